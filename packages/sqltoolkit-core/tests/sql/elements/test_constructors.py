"""Expressions inside statements."""

from __future__ import annotations

import pytest
from sql_cases import check_sql
from sql_columns import t, u, x, y

from sqltoolkit_core import and_, any_, distinct, exc, exists, false, func, null, or_, select, true

CASES = [
    (lambda: func.count(distinct(x)), 'count(DISTINCT x)', {}),
    (lambda: func.lower(y)=='a', 'lower(y) = :lower_1', {'lower_1': 'a'}),
    (lambda: func.foo(x,y,5,None), 'foo(x, y, :foo_1, NULL)', {'foo_1': 5}),
    (lambda: func.foo()+1, 'foo() + :foo_1', {'foo_1': 1}),
    (lambda: func.now(), 'now()', {}),
    (lambda: func.coalesce(x,5), 'coalesce(x, :coalesce_1)', {'coalesce_1': 5}),
    (lambda: func.coalesce(None,x), 'coalesce(NULL, x)', {}),
    (lambda: func.max(x)+5, 'max(x) + :max_1', {'max_1': 5}),
    (lambda: func.foo.bar(5), 'foo.bar(:bar_1)', {'bar_1': 5}),
    (lambda: func.concat('a',y), 'concat(:concat_1, y)', {'concat_1': 'a'}),
    (lambda: -func.foo(), '-foo()', {}),
    (lambda: select(x), 'SELECT x', {}),
    (lambda: x==func.foo(), 'x = foo()', {}),
    (lambda: exists(select(u.c.id)), 'EXISTS (SELECT u.id \nFROM u)', {}),
    (lambda: ~exists(select(u.c.id)), 'NOT (EXISTS (SELECT u.id \nFROM u))', {}),
    (lambda: exists().where(x==u.c.x), 'EXISTS (SELECT * \nFROM u \nWHERE x = u.x)', {}),
    (lambda: select(t).where(t.c.b), 'SELECT t.x, t.y, t.b \nFROM t \nWHERE t.b', {}),
    (lambda: select(t).where(~t.c.b), 'SELECT t.x, t.y, t.b \nFROM t \nWHERE NOT t.b', {}),
    (lambda: select(t).where(t.c.b==True), 'SELECT t.x, t.y, t.b \nFROM t \nWHERE t.b = true', {}),
    (lambda: select(t.c.x+1, t.c.x+1), 'SELECT t.x + :x_1 AS anon_1, t.x + :x_2 AS anon_2 \nFROM t', {'x_1': 1, 'x_2': 1}),
    (lambda: ~func.foo(), 'NOT foo()', {}),
    (lambda: select(t).where(true()), 'SELECT t.x, t.y, t.b \nFROM t \nWHERE true', {}),
    (lambda: select(t).where(false()), 'SELECT t.x, t.y, t.b \nFROM t \nWHERE false', {}),
    (lambda: select(t).where(and_()), 'SELECT t.x, t.y, t.b \nFROM t', {}),
    (lambda: select(t).where(or_(false(),t.c.x==1)), 'SELECT t.x, t.y, t.b \nFROM t \nWHERE t.x = :x_1', {'x_1': 1}),
    (lambda: select(t).where(t.c.x==1).where(true()), 'SELECT t.x, t.y, t.b \nFROM t \nWHERE t.x = :x_1', {'x_1': 1}),
    (lambda: select(t).where(None), 'SELECT t.x, t.y, t.b \nFROM t \nWHERE NULL', {}),
    (lambda: select(t).where(True), 'SELECT t.x, t.y, t.b \nFROM t \nWHERE true', {}),
    (lambda: select(t).where(t.c.b, t.c.x), 'SELECT t.x, t.y, t.b \nFROM t \nWHERE t.b AND t.x', {}),
    (lambda: select(t).where(t.c.x), 'SELECT t.x, t.y, t.b \nFROM t \nWHERE t.x', {}),
    (lambda: select(t).where(select(u)), 'SELECT t.x, t.y, t.b \nFROM t \nWHERE (SELECT u.id, u.x \nFROM u)', {}),
    (lambda: select(t).where(exists(select(u))), 'SELECT t.x, t.y, t.b \nFROM t \nWHERE EXISTS (SELECT u.id, u.x \nFROM u)', {}),
    (lambda: select(t).having(t.c.b), 'SELECT t.x, t.y, t.b \nFROM t \nHAVING t.b', {}),
    (lambda: func.foo(x==5), 'foo(x = :x_1)', {'x_1': 5}),
    (lambda: func.foo(x.in_([1])), 'foo(x IN (__[POSTCOMPILE_x_1]))', {'x_1': [1]}),
    (lambda: func.foo(x,y)+func.bar(), 'foo(x, y) + bar()', {}),
    (lambda: func.foo()==None, 'foo() IS NULL', {}),
    (lambda: func.foo(None), 'foo(NULL)', {}),
    (lambda: func.foo(True), 'foo(:foo_1)', {'foo_1': True}),
    (lambda: any_(func.array([1,2]))==5, ':param_1 = ANY (array(:array_1))', {'param_1': 5, 'array_1': [1, 2]}),
    (lambda: x.in_([func.foo(),None]), 'x IN (foo(), :x_1)', {'x_1': None}),
    (lambda: x.in_(func.foo()), 'x IN (SELECT foo() AS foo_1)', {}),
    (lambda: x==exists(select(u)), 'x = (EXISTS (SELECT u.id, u.x \nFROM u))', {}),
    (lambda: select(null()), 'SELECT NULL AS anon_1', {}),
    (lambda: select(true()), 'SELECT true AS anon_1', {}),
    (lambda: select(5), 'SELECT 5', {}),
    (lambda: select(x==5), 'SELECT x = :x_1 AS anon_1', {'x_1': 5}),
    (lambda: select(x+5), 'SELECT x + :x_1 AS anon_1', {'x_1': 5}),
    (lambda: select(func.foo()), 'SELECT foo() AS foo_1', {}),
    (lambda: select(-t.c.x), 'SELECT -t.x \nFROM t', {}),
    (lambda: select(~t.c.b), 'SELECT NOT t.b \nFROM t', {}),
    (lambda: select(t.c.x.distinct()), 'SELECT DISTINCT t.x \nFROM t', {}),
    (lambda: select(t.c.x.desc()), 'SELECT t.x DESC \nFROM t', {}),
    (lambda: select(func.max(t.c.x), func.max(t.c.x)), 'SELECT max(t.x) AS max_1, max(t.x) AS max_2 \nFROM t', {}),
    (lambda: select(t.c.x,t.c.x), 'SELECT t.x, t.x AS x__1 \nFROM t', {}),
    (lambda: select(t.alias().c.x).where(t.alias('q').c.x==5), 'SELECT t_1.x \nFROM t AS t_1, t AS q \nWHERE q.x = :x_1', {'x_1': 5}),
    (lambda: select(t.c.x).where(exists(select(u)),t.c.x==1), 'SELECT t.x \nFROM t \nWHERE (EXISTS (SELECT u.id, u.x \nFROM u)) AND t.x = :x_1', {'x_1': 1}),
    (lambda: select(t).where(or_(t.c.x==1,t.c.x==2)), 'SELECT t.x, t.y, t.b \nFROM t \nWHERE t.x = :x_1 OR t.x = :x_2', {'x_1': 1, 'x_2': 2}),
    (lambda: select(t).where(or_(t.c.x==1,t.c.x==2),t.c.y=='a'), 'SELECT t.x, t.y, t.b \nFROM t \nWHERE (t.x = :x_1 OR t.x = :x_2) AND t.y = :y_1', {'x_1': 1, 'x_2': 2, 'y_1': 'a'}),
    (lambda: select(t).where(t.c.x.op('@')(1)), 'SELECT t.x, t.y, t.b \nFROM t \nWHERE t.x @ :x_1', {'x_1': 1}),
]


@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SADeprecationWarning")
@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SAWarning")
@pytest.mark.parametrize("make, sql, params", CASES, ids=[item[1] for item in CASES])
def test_renders(make, sql, params):
    check_sql(make, sql, params)


REFUSED = [
    (lambda: select(t).where('x'), exc.ArgumentError),
    (lambda: select(t).where(t), exc.ArgumentError),
    (lambda: x.in_(exists(select(u))), exc.ArgumentError),
    (lambda: select('a'), exc.ArgumentError),
]


@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SADeprecationWarning")
@pytest.mark.parametrize("make, error", REFUSED)
def test_refuses(make, error):
    with pytest.raises(error):
        make()
