"""Columns and labels."""

from __future__ import annotations

import datetime as dt

import pytest
from sql_cases import check_sql
from sql_columns import t, x, y

from sqltoolkit_core import (
    Date, DateTime, String, column, desc, exc, func, label, literal, literal_column, nulls_last, select,
    table, text,
)  # fmt: skip
from sqltoolkit_core.sql import operators
from sqltoolkit_core.sql.visitors import iterate

CASES = [
    (lambda: x.label('q').desc(), 'x DESC', {}),
    (lambda: literal_column('a b'), 'a b', {}),
    (lambda: literal_column('a b')+5, 'a b + :a_b_1', {'a_b_1': 5}),
    (lambda: literal_column('a')=='q', 'a = :a_1', {'a_1': 'q'}),
    (lambda: literal_column('*'), '*', {}),
    (lambda: column('x y'), '"x y"', {}),
    (lambda: column('select'), '"select"', {}),
    (lambda: x.label('q'), 'x', {}),
    (lambda: x.label(None), 'x', {}),
    (lambda: (x+1).label('q'), 'x + :x_1', {'x_1': 1}),
    (lambda: (x+1).label('q')+2, 'x + :x_1 + :param_1', {'x_1': 1, 'param_1': 2}),
    (lambda: x.label('q')==5, 'x = :param_1', {'param_1': 5}),
    (lambda: x.label('q').label('r'), 'x', {}),
    (lambda: label('q',x), 'x', {}),
    (lambda: label('q',5), ':param_1', {'param_1': 5}),
    (lambda: x==literal_column('5'), 'x = 5', {}),
    (lambda: (x==5).label('q'), 'x = :x_1', {'x_1': 5}),
    (lambda: column('Foo'), '"Foo"', {}),
    (lambda: select(t.c.x.label('q')).order_by('q'), 'SELECT t.x AS q \nFROM t ORDER BY q', {}),
    (lambda: select(t.c.x.label('q')).order_by(desc('q')), 'SELECT t.x AS q \nFROM t ORDER BY q DESC', {}),
    (lambda: select(t.c.x.label('q')).order_by(t.c.x.label('q')), 'SELECT t.x AS q \nFROM t ORDER BY q', {}),
    (lambda: select((t.c.x+1).label('w')).group_by('w').having(func.count()>5), 'SELECT t.x + :x_1 AS w \nFROM t GROUP BY w \nHAVING count(*) > :count_1', {'x_1': 1, 'count_1': 5}),
    (lambda: (x+1).label('q')==5, 'x + :x_1 = :param_1', {'x_1': 1, 'param_1': 5}),
    (lambda: x.label('q')+5, 'x + :param_1', {'param_1': 5}),
    (lambda: x.label('q').in_([1]), 'x IN (__[POSTCOMPILE_param_1])', {'param_1': [1]}),
    (lambda: x.label('q').like('a'), 'x LIKE :param_1', {'param_1': 'a'}),
    (lambda: select(t.c.x.label('q')).order_by(t.c.x.label('q').desc()), 'SELECT t.x AS q \nFROM t ORDER BY q DESC', {}),
    (lambda: select(t.c.x.label('q')).order_by(t.c.x), 'SELECT t.x AS q \nFROM t ORDER BY t.x', {}),
    (lambda: select(t.c.x.label('q')).group_by(t.c.x.label('q')), 'SELECT t.x AS q \nFROM t GROUP BY t.x', {}),
    (lambda: select((t.c.x+1).label('q')).order_by((t.c.x+1).label('q')), 'SELECT t.x + :x_1 AS q \nFROM t ORDER BY t.x + :x_2', {'x_1': 1, 'x_2': 1}),
    (lambda: select(t.c.x.label('q')).order_by(nulls_last(desc('q'))), 'SELECT t.x AS q \nFROM t ORDER BY q DESC NULLS LAST', {}),
    (lambda: select(t.c.x.label('q')).order_by(func.lower(t.c.x.label('q'))), 'SELECT t.x AS q \nFROM t ORDER BY lower(t.x)', {}),
    (lambda: select(t.c.x.label('q')).where(t.c.x.label('q')==5), 'SELECT t.x AS q \nFROM t \nWHERE t.x = :param_1', {'param_1': 5}),
    (lambda: select(t.c.x.label('q')+1), 'SELECT t.x + :param_1 AS anon_1 \nFROM t', {'param_1': 1}),
    (lambda: x.in_([literal_column('1'),2]), 'x IN (1, :x_1)', {'x_1': 2}),
    (lambda: x.in_(table('q',column('a'))), 'x IN (SELECT q.a \nFROM q)', {}),
    (lambda: text('a').columns(column('x')), 'a', {}),
    (lambda: literal_column('a').label('q'), 'a', {}),
    (lambda: select(literal_column('a').label('q')), 'SELECT a AS q', {}),
    (lambda: select(literal(5).label('q')), 'SELECT :param_1 AS q', {'param_1': 5}),
    (lambda: select(func.foo(t.c.x).label(None)), 'SELECT foo(t.x) AS foo_1 \nFROM t', {}),
    (lambda: select(t.c.x.label('a'),t.c.x.label('a')), 'SELECT t.x AS a, t.x AS a \nFROM t', {}),
    (lambda: select(select(t.c.x.label('a')).subquery('z').c.a), 'SELECT z.a \nFROM (SELECT t.x AS a \nFROM t) AS z', {}),
]


@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SADeprecationWarning")
@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SAWarning")
@pytest.mark.parametrize("make, sql, params", CASES, ids=[item[1] for item in CASES])
def test_renders(make, sql, params):
    check_sql(make, sql, params)


REFUSED = [
    (lambda: x.in_(literal_column('a')), exc.ArgumentError),
    (lambda: y.startswith(column('q'),autoescape=True), TypeError),
]


@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SADeprecationWarning")
@pytest.mark.parametrize("make, error", REFUSED)
def test_refuses(make, error):
    with pytest.raises(error):
        make()


SHORT_WAYS = [
    ("__eq__", operators.eq, (3,)), ("__ne__", operators.ne, (3,)), ("__lt__", operators.lt, (3,)),
    ("__le__", operators.le, (3,)), ("__gt__", operators.gt, (3,)), ("__ge__", operators.ge, (3,)),
    ("in_", operators.in_op, ([1, 2],)), ("not_in", operators.not_in_op, ([1, 2],)),
    ("between", operators.between_op, (1, 2)), ("desc", operators.desc_op, ()), ("asc", operators.asc_op, ()),
]  # fmt: skip


@pytest.mark.parametrize("method, operator, arguments", SHORT_WAYS, ids=[item[0] for item in SHORT_WAYS])
def test_short_ways_lead_where_operators_do(method, operator, arguments):
    short, long = getattr(x, method)(*arguments), x.operate(operator, *arguments)
    assert (type(short), type(short.type), str(short)) == (type(long), type(long.type), str(long))
    assert short._generate_cache_key() == long._generate_cache_key()
    assert short.compare(long)
    assert str(~short) == str(~long)
    assert short.compile().params == long.compile().params


@pytest.mark.parametrize("kind, value", [(Date, dt.date(2024, 1, 2)), (DateTime, dt.datetime(2024, 1, 2)), (String, "a")])
def test_values_of_the_columns_own_type_in_short_ways(kind, value):
    made = column("c", kind)
    for condition in (made == value, made.between(value, value), made.in_([value])):
        for bind in iterate(condition):
            if bind.__visit_name__ == "bindparam":
                assert bind.type is made.type
