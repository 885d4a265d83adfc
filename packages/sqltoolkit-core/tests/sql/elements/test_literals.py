"""Bound values, text and constants."""

from __future__ import annotations

import datetime
import decimal

import pytest

from sqltoolkit_core import (
    ARRAY, Boolean, DateTime, Float, Integer, JSON, Numeric, String, and_, bindparam, column, false,
    literal, null, outparam, select, table, text, true,
)  # fmt: skip
from sqltoolkit_core import exc

a, b, d, f = column("a", ARRAY(Integer)), column("b", Boolean), column("d", DateTime), column("f", Float)
i2, j, n, x = column("i2", Integer), column("j", JSON), column("n", Numeric), column("x", Integer)
y, z = column("y", String), column("z")
t = table("t", column("x", Integer), column("y", String), column("b", Boolean))
u = table("u", column("id", Integer), column("x", Integer))

CASES = [
    (lambda: x.in_(bindparam('q')), 'x IN (__[POSTCOMPILE_q])', {'q': None}),
    (lambda: x.in_(bindparam('q',expanding=True)), 'x IN (__[POSTCOMPILE_q])', {'q': None}),
    (lambda: x.in_(bindparam('q',[1,2],expanding=True)), 'x IN (__[POSTCOMPILE_q])', {'q': [1, 2]}),
    (lambda: x.in_(text('select 1')), 'x IN (select 1)', {}),
    (lambda: literal(5), ':param_1', {'param_1': 5}),
    (lambda: literal('a'), ':param_1', {'param_1': 'a'}),
    (lambda: literal(None), ':param_1', {'param_1': None}),
    (lambda: literal(5,String), ':param_1', {'param_1': 5}),
    (lambda: literal(5,literal_execute=True), '__[POSTCOMPILE_param_1]', {'param_1': 5}),
    (lambda: bindparam('q'), ':q', {'q': None}),
    (lambda: bindparam('q',5), ':q', {'q': 5}),
    (lambda: bindparam('q',5,unique=True), ':q_1', {'q_1': 5}),
    (lambda: bindparam('q',type_=Integer), ':q', {'q': None}),
    (lambda: bindparam(None,5), ':param_1', {'param_1': 5}),
    (lambda: bindparam('q',expanding=True,value=[1,2]), '(__[POSTCOMPILE_q])', {'q': [1, 2]}),
    (lambda: bindparam('q',callable_=lambda:5), ':q', {'q': 5}),
    (lambda: x==bindparam('q'), 'x = :q', {'q': None}),
    (lambda: x==bindparam('q',5,unique=True), 'x = :q_1', {'q_1': 5}),
    (lambda: x==bindparam('x'), 'x = :x', {'x': None}),
    (lambda: outparam('q',Integer), ':q', {'q': None}),
    (lambda: null(), 'NULL', {}),
    (lambda: true(), 'true', {}),
    (lambda: false(), 'false', {}),
    (lambda: text('a = :b'), 'a = :b', {'b': None}),
    (lambda: text('a = :b').bindparams(b=5), 'a = :b', {'b': 5}),
    (lambda: text('a = :b').bindparams(bindparam('b',5,Integer)), 'a = :b', {'b': 5}),
    (lambda: text(r'a \:b :c').bindparams(c=2), 'a :b :c', {'c': 2}),
    (lambda: text('a::int :x'), 'a::int :x', {'x': None}),
    (lambda: text('a') & text('b'), 'a AND b', {}),
    (lambda: and_(text('a'),x==5), 'a AND x = :x_1', {'x_1': 5}),
    (lambda: x==text('5'), 'x = 5', {}),
    (lambda: x+text('5'), 'x + 5', {}),
    (lambda: ~literal(True), 'NOT :param_1', {'param_1': True}),
    (lambda: ~bindparam('q',True), 'NOT :q', {'q': True}),
    (lambda: literal((1,2)), ':param_1', {'param_1': (1, 2)}),
    (lambda: literal([1,2]), ':param_1', {'param_1': [1, 2]}),
    (lambda: literal(datetime.date(2020,1,1)), ':param_1', {'param_1': datetime.date(2020, 1, 1)}),
    (lambda: literal(decimal.Decimal('1')), ':param_1', {'param_1': decimal.Decimal('1')}),
    (lambda: literal(True), ':param_1', {'param_1': True}),
    (lambda: literal(b'a'), ':param_1', {'param_1': b'a'}),
    (lambda: bindparam('q',[1,2]), ':q', {'q': [1, 2]}),
    (lambda: bindparam('q',value=None), ':q', {'q': None}),
    (lambda: bindparam('q',5,required=True), ':q', {'q': 5}),
    (lambda: bindparam('q',quote=True), ':q', {'q': None}),
    (lambda: bindparam('a b'), ':a_b', {'a_b': None}),
    (lambda: x==bindparam('q',expanding=True,value=[1]), 'x = (__[POSTCOMPILE_q])', {'q': [1]}),
    (lambda: x==bindparam('q',[1],type_=String), 'x = :q', {'q': [1]}),
    (lambda: x+bindparam('q'), 'x + :q', {'q': None}),
    (lambda: bindparam('q')+x, ':q + x', {'q': None}),
    (lambda: bindparam('q')==5, ':q = :param_1', {'q': None, 'param_1': 5}),
    (lambda: bindparam('q').in_([1]), ':q IN (__[POSTCOMPILE_param_1])', {'q': None, 'param_1': [1]}),
    (lambda: bindparam('q',5).render_literal_execute(), '__[POSTCOMPILE_q]', {'q': 5}),
    (lambda: text('a').columns(x=Integer), 'a', {}),
    (lambda: text('select 1').columns(x=Integer).subquery('q').select(), 'SELECT q.x \nFROM (select 1) AS q', {}),
    (lambda: select(text('a')), 'SELECT a', {}),
    (lambda: select(literal(5)), 'SELECT :param_1 AS anon_1', {'param_1': 5}),
]


@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SADeprecationWarning")
@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SAWarning")
@pytest.mark.parametrize("make, sql, params", CASES, ids=[item[1] for item in CASES])
def test_renders(make, sql, params):
    compiled = make().compile()
    assert str(compiled) == sql
    assert dict(compiled.params) == params


REFUSED = [
    (lambda: literal(x), exc.ArgumentError),
    (lambda: text('a = :b').bindparams(c=5), exc.ArgumentError),
    (lambda: literal(x==5), exc.ArgumentError),
    (lambda: literal(select(u)), exc.ArgumentError),
]


@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SADeprecationWarning")
@pytest.mark.parametrize("make, error", REFUSED)
def test_refuses(make, error):
    with pytest.raises(error):
        make()
