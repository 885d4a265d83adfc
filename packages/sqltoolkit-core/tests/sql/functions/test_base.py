"""func and what a call can do."""

from __future__ import annotations

import pytest
from sql_cases import A, check_sql

from sqltoolkit_core import (
    Integer,
    column,
    func,
    literal_column,
    select,
    text,
    true,
    tuple_,
)


def F():
    return func.json_each(A.c.x).table_valued("key", "value", column("z", Integer))


def ty(x):
    return repr(x.type)


SQL = [
    (lambda: F().element,
     'json_each(a.x)', {}),
    (lambda: select(F()),
     'SELECT anon_1.key, anon_1.value, anon_1.z \nFROM json_each(a.x) AS anon_1', {}),
    (lambda: select(F().c.key),
     'SELECT anon_1.key \nFROM json_each(a.x) AS anon_1', {}),
    (lambda: select(F().column),
     'SELECT anon_1 \nFROM json_each(a.x) AS anon_1', {}),
    (lambda: select(F().render_derived()),
     'SELECT anon_1.key, anon_1.value, anon_1.z \nFROM json_each(a.x) AS anon_1(key, value, z)', {}),
    (lambda: select(F().render_derived(with_types=True,name='foo')),
     'SELECT foo.key, foo.value, foo.z \nFROM json_each(a.x) AS foo(key NULL, value NULL, z INTEGER)', {}),
    (lambda: select(F().alias('q')),
     'SELECT q.key, q.value, q.z \nFROM json_each(a.x) AS q', {}),
    (lambda: select(F().lateral()),
     'SELECT anon_1.key, anon_1.value, anon_1.z \nFROM LATERAL json_each(a.x) AS anon_1', {}),
    (lambda: select(func.foo(3).column_valued('x')),
     'SELECT x \nFROM foo(:foo_1) AS x', {'foo_1': 3}),
    (lambda: select(func.foo(3).column_valued()),
     'SELECT anon_1 \nFROM foo(:foo_1) AS anon_1', {'foo_1': 3}),
    (lambda: select(func.foo(3).table_valued('x',with_ordinality='o',name='tt').render_derived()),
     'SELECT anon_1.x, anon_1.o \nFROM foo(:foo_1) WITH ORDINALITY AS anon_1(x, o)', {'foo_1': 3}),
    (lambda: select(func.foo(3).table_valued('x',with_ordinality='o',name='tt')),
     'SELECT tt.x, tt.o \nFROM foo(:foo_1) WITH ORDINALITY AS tt', {'foo_1': 3}),
    (lambda: select(func.foo(3).alias('x')),
     'SELECT x.foo_1 \nFROM foo(:foo_2) AS x', {'foo_2': 3}),
    (lambda: select(func.foo(3).alias('x').column),
     'SELECT x \nFROM foo(:foo_1) AS x', {'foo_1': 3}),
    (lambda: select(func.foo(3).scalar_table_valued('x')),
     'SELECT (foo(:foo_1)).x', {'foo_1': 3}),
    (lambda: select(A, func.foo(A.c.x).table_valued('q')),
     'SELECT a.id, a.x, anon_1.q \nFROM a, foo(a.x) AS anon_1', {}),
    (lambda: select(A).join(func.foo(A.c.x).table_valued('q'), true()),
     'SELECT a.id, a.x \nFROM a JOIN foo(a.x) AS anon_1 ON true', {}),
    (lambda: func.foo(3).select(),
     'SELECT foo(:foo_2) AS foo_1', {'foo_2': 3}),
    (lambda: func.foo.bar.bat(1),
     'foo.bar.bat(:bat_1)', {'bat_1': 1}),
    (lambda: func.current_timestamp(),
     'CURRENT_TIMESTAMP', {}),
    (lambda: func.CURRENT_TIMESTAMP(),
     'CURRENT_TIMESTAMP', {}),
    (lambda: func.percentile_cont(.5).within_group(A.c.x.desc()).over(),
     'percentile_cont(:percentile_cont_1) WITHIN GROUP (ORDER BY a.x DESC) OVER ()', {'percentile_cont_1': 0.5}),
    (lambda: func.grouping_sets(A.c.x, tuple_(A.c.x,A.c.id)),
     'GROUPING SETS(a.x, (a.x, a.id))', {}),
    (lambda: func.current_user(),
     'CURRENT_USER', {}),
    (lambda: func.session_user(),
     'SESSION_USER', {}),
    (lambda: func.localtimestamp(),
     'LOCALTIMESTAMP', {}),
    (lambda: func.print_(3),
     'print(:print_1)', {'print_1': 3}),
    (lambda: func.foo(5) + 3,
     'foo(:foo_1) + :foo_2', {'foo_1': 5, 'foo_2': 3}),
    (lambda: func.foo(5) == func.bar(),
     'foo(:foo_1) = bar()', {'foo_1': 5}),
    (lambda: func.foo(A.c.x).label('q'),
     'foo(a.x)', {}),
    (lambda: func.lower(A.c.x).as_comparison(1,1),
     'lower(a.x)', {}),
    (lambda: func.foo(A.c.x,A.c.id).as_comparison(1,2),
     'foo(a.x, a.id)', {}),
    (lambda: func.foo(1,None,True),
     'foo(:foo_1, NULL, :foo_2)', {'foo_1': 1, 'foo_2': True}),
    (lambda: func.foo(select(A.c.x).scalar_subquery()),
     'foo((SELECT a.x \nFROM a))', {}),
    (lambda: func.foo(select(A.c.x)),
     'foo((SELECT a.x \nFROM a))', {}),
    (lambda: func.foo(text('x'), literal_column('y')),
     'foo(x, y)', {}),
    (lambda: func.foo(A.c.x.desc()),
     'foo(a.x DESC)', {}),
    (lambda: func.foo(A.c.x.distinct()),
     'foo(DISTINCT a.x)', {}),
    (lambda: func.string_agg(A.c.x, ',').aggregate_order_by(A.c.x.desc()),
     'string_agg(a.x, :string_agg_1 ORDER BY a.x DESC)', {'string_agg_1': ','}),
    (lambda: select(func.foo(A.c.x)).select_from(func.bar(3)),
     'SELECT foo(a.x) AS foo_1 \nFROM bar(:bar_1), a', {'bar_1': 3}),
    (lambda: select(func.row_to_json(A.table_valued())),
     'SELECT row_to_json(a) AS row_to_json_1 \nFROM a', {}),
    (lambda: select(func.row_to_json(select(A).subquery('z').table_valued())),
     'SELECT row_to_json(z) AS row_to_json_1 \nFROM (SELECT a.id AS id, a.x AS x \nFROM a) AS z', {}),
]  # fmt: skip

VALUES = [
    (lambda: F().c.keys(),
     "['key', 'value', 'z']"),
    (lambda: F().description,
     "'Anonymous alias of json_each'"),
    (lambda: repr(F().column.type),
     "'TableValueType()'"),
    (lambda: type(F().c.key).__name__,
     "'ColumnClause'"),
    (lambda: repr(func.percentile_cont(.5).within_group(A.c.x.desc()).type),
     "'Integer()'"),
    (lambda: repr(func.percentile_cont(.5,.7).within_group(A.c.x.desc()).type),
     "'ARRAY(Integer())'"),
    (lambda: func.foo('a') .is_derived_from(A),
     'False'),
]  # fmt: skip


@pytest.mark.parametrize("make, sql, params", SQL)
def test_sql(make, sql, params):
    check_sql(make, sql, params)


@pytest.mark.parametrize("make, shown", VALUES)
def test_values(make, shown):
    assert repr(make()) == shown
