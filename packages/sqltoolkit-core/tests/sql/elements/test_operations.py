"""AND, OR, NOT and parentheses."""

from __future__ import annotations

import pytest
from sql_cases import check_sql
from sql_columns import a, b, u, x, y

from sqltoolkit_core import and_, any_, exc, false, not_, or_, select, true

CASES = [
    (lambda: ~x.bool_op('@')(5), 'NOT (x @ :x_1)', {'x_1': 5}),
    (lambda: ~(x==5), 'x != :x_1', {'x_1': 5}),
    (lambda: ~(x<5), 'x >= :x_1', {'x_1': 5}),
    (lambda: ~b, 'NOT b', {}),
    (lambda: ~~b, 'b', {}),
    (lambda: ~(~b), 'b', {}),
    (lambda: ~x, 'NOT x', {}),
    (lambda: not_(x==5), 'x != :x_1', {'x_1': 5}),
    (lambda: not_(not_(x==5)), 'x = :x_1', {'x_1': 5}),
    (lambda: not_(and_(x==5,x==6)), 'NOT (x = :x_1 AND x = :x_2)', {'x_1': 5, 'x_2': 6}),
    (lambda: ~and_(x==5,x==6), 'NOT (x = :x_1 AND x = :x_2)', {'x_1': 5, 'x_2': 6}),
    (lambda: ~or_(x==5,x==6), 'NOT (x = :x_1 OR x = :x_2)', {'x_1': 5, 'x_2': 6}),
    (lambda: and_(x==5), 'x = :x_1', {'x_1': 5}),
    (lambda: and_(), '', {}),
    (lambda: or_(), '', {}),
    (lambda: and_(True), 'true', {}),
    (lambda: and_(x==5,True), 'x = :x_1', {'x_1': 5}),
    (lambda: and_(x==5,False), 'false', {}),
    (lambda: or_(x==5,True), 'true', {}),
    (lambda: or_(x==5,False), 'x = :x_1', {'x_1': 5}),
    (lambda: and_(true(),x==5), 'x = :x_1', {'x_1': 5}),
    (lambda: and_(true(),true()), 'true', {}),
    (lambda: or_(false(),false()), 'false', {}),
    (lambda: and_(true()), 'true', {}),
    (lambda: and_(true(),false()), 'false', {}),
    (lambda: and_(None,x==5), 'NULL AND x = :x_1', {'x_1': 5}),
    (lambda: and_(b,x==5), 'b AND x = :x_1', {'x_1': 5}),
    (lambda: or_(b,~b), 'b OR NOT b', {}),
    (lambda: and_(or_(x==1,x==2),x==3), '(x = :x_1 OR x = :x_2) AND x = :x_3', {'x_1': 1, 'x_2': 2, 'x_3': 3}),
    (lambda: or_(and_(x==1,x==2),x==3), 'x = :x_1 AND x = :x_2 OR x = :x_3', {'x_1': 1, 'x_2': 2, 'x_3': 3}),
    (lambda: and_(and_(x==1,x==2),x==3), 'x = :x_1 AND x = :x_2 AND x = :x_3', {'x_1': 1, 'x_2': 2, 'x_3': 3}),
    (lambda: and_(x==1,and_(x==2,x==3)), 'x = :x_1 AND x = :x_2 AND x = :x_3', {'x_1': 1, 'x_2': 2, 'x_3': 3}),
    (lambda: (x==1)&(x==2)&(x==3), 'x = :x_1 AND x = :x_2 AND x = :x_3', {'x_1': 1, 'x_2': 2, 'x_3': 3}),
    (lambda: (x==1)|(x==2)|(x==3), 'x = :x_1 OR x = :x_2 OR x = :x_3', {'x_1': 1, 'x_2': 2, 'x_3': 3}),
    (lambda: (x==1)|(x==2)&(x==3), 'x = :x_1 OR x = :x_2 AND x = :x_3', {'x_1': 1, 'x_2': 2, 'x_3': 3}),
    (lambda: ((x==1)|(x==2))&(x==3), '(x = :x_1 OR x = :x_2) AND x = :x_3', {'x_1': 1, 'x_2': 2, 'x_3': 3}),
    (lambda: ~((x==1)|(x==2)), 'NOT (x = :x_1 OR x = :x_2)', {'x_1': 1, 'x_2': 2}),
    (lambda: x.not_in([]), '(x NOT IN (__[POSTCOMPILE_x_1]))', {'x_1': []}),
    (lambda: x.not_in([1,2]), '(x NOT IN (__[POSTCOMPILE_x_1]))', {'x_1': [1, 2]}),
    (lambda: ~x.in_([1]), '(x NOT IN (__[POSTCOMPILE_x_1]))', {'x_1': [1]}),
    (lambda: x.not_in(select(u.c.id)), '(x NOT IN (SELECT u.id \nFROM u))', {}),
    (lambda: ~x.between(1,2), 'x NOT BETWEEN :x_1 AND :x_2', {'x_1': 1, 'x_2': 2}),
    (lambda: y.not_like('a'), 'y NOT LIKE :y_1', {'y_1': 'a'}),
    (lambda: ~y.like('a'), 'y NOT LIKE :y_1', {'y_1': 'a'}),
    (lambda: y.not_ilike('a',escape='/'), "lower(y) NOT LIKE lower(:y_1) ESCAPE '/'", {'y_1': 'a'}),
    (lambda: ~y.ilike('a'), 'lower(y) NOT LIKE lower(:y_1)', {'y_1': 'a'}),
    (lambda: ~y.startswith('a'), "y NOT LIKE :y_1 || '%'", {'y_1': 'a'}),
    (lambda: ~y.icontains('a'), "lower(y) NOT LIKE '%' || lower(:y_1) || '%'", {'y_1': 'a'}),
    (lambda: ~y.match('a'), 'NOT y MATCH :y_1', {'y_1': 'a'}),
    (lambda: ~y.regexp_match('a'), 'y <not regexp> :y_1', {'y_1': 'a'}),
    (lambda: ~(5==any_(a)), 'NOT (:param_1 = ANY (a))', {'param_1': 5}),
    (lambda: x.is_not_distinct_from(None), 'x IS NOT DISTINCT FROM NULL', {}),
    (lambda: ~x.is_distinct_from(5), 'x IS NOT DISTINCT FROM :x_1', {'x_1': 5}),
    (lambda: ~true(), 'false', {}),
    (lambda: and_(or_(x==1,x==2)), 'x = :x_1 OR x = :x_2', {'x_1': 1, 'x_2': 2}),
    (lambda: or_(and_(x==1,x==2)), 'x = :x_1 AND x = :x_2', {'x_1': 1, 'x_2': 2}),
    (lambda: and_(b), 'b', {}),
    (lambda: or_(b), 'b', {}),
    (lambda: and_(~b), 'NOT b', {}),
    (lambda: and_(x+1), 'x + :x_1', {'x_1': 1}),
    (lambda: and_(x+1,x==2), 'x + :x_1 AND x = :x_2', {'x_1': 1, 'x_2': 2}),
    (lambda: or_(x.op('@')(1)), 'x @ :x_1', {'x_1': 1}),
    (lambda: or_(x.op('@')(1),x.op('@')(2)), '(x @ :x_1) OR (x @ :x_2)', {'x_1': 1, 'x_2': 2}),
    (lambda: ~(x+1), 'NOT (x + :x_1)', {'x_1': 1}),
    (lambda: ~x.op('@')(5), 'NOT (x @ :x_1)', {'x_1': 5}),
    (lambda: not_(True), 'NOT :param_1', {'param_1': True}),
    (lambda: not_(None), 'NOT NULL', {}),
    (lambda: b & b, 'b AND b', {}),
    (lambda: b | None, 'b OR NULL', {}),
    (lambda: ~(x==any_(a)), 'NOT (x = ANY (a))', {}),
]


@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SADeprecationWarning")
@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SAWarning")
@pytest.mark.parametrize("make, sql, params", CASES, ids=[item[1] for item in CASES])
def test_renders(make, sql, params):
    check_sql(make, sql, params)


REFUSED = [
    (lambda: and_('x'), exc.ArgumentError),
    (lambda: and_(5), exc.ArgumentError),
    (lambda: x & 5, exc.ArgumentError),
]


@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SADeprecationWarning")
@pytest.mark.parametrize("make, error", REFUSED)
def test_refuses(make, error):
    with pytest.raises(error):
        make()
