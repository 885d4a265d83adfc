"""Bound values, text and constants."""

from __future__ import annotations

import datetime
import decimal
import sys
import types

import pytest
from sql_cases import check_sql
from sql_columns import u, x

from sqltoolkit_core import (
    Integer, String, and_, bindparam, column, create_engine, exc, false, insert, literal, null, outparam,
    select, table, text, true, tstring,
)  # fmt: skip
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.testing.assertions import expect_warnings

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
    check_sql(make, sql, params)


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


class Template:
    """Stands for a template string on Pythons that have none: texts, and values with the expressions they came from."""

    def __init__(self, *parts):
        self.parts = [part if isinstance(part, str) else types.SimpleNamespace(value=part[0], expression=part[1]) for part in parts]
        self.interpolations = [part for part in self.parts if not isinstance(part, str)]

    def __iter__(self):
        return iter(self.parts)


class TestTemplates:
    def test_values_become_parameters(self):
        made = tstring(Template("SELECT ", (5, "number"), ", ", ("it's", "row.name"), " % x"))
        assert str(made) == made.text == "SELECT :param_1, :param_2 % x"
        assert made.compile().params == {"param_1": 5, "param_2": "it's"}
        assert str(made.compile(dialect=DefaultDialect(paramstyle="format"))) == "SELECT %s, %s %% x"

    def test_elements_are_rendered(self):
        inner = select(column("a")).where(column("a") == 3)
        with expect_warnings("a Select is taken for a value here"):
            made = tstring(Template("WITH x AS ", (inner, "inner"), " SELECT ", (column("b c"), "c")))
        assert " ".join(str(made).split()) == 'WITH x AS (SELECT a WHERE a = :a_1) SELECT "b c"'

    def test_elements_and_constants(self):
        source = table("t", column("a"), column("b c"))
        parts = [(source.c, "c"), " FROM ", (source.alias("x"), "x"), " WHERE ", (source.c.a.in_([1]), "x"), " OR ", (None, "n")]
        made = tstring(Template("SELECT ", *parts))
        assert str(made) == 'SELECT t.a, t."b c" FROM t AS x WHERE t.a IN (__[POSTCOMPILE_a_1]) OR NULL'

    def test_statements_that_write_have_no_place(self):
        with pytest.raises(exc.ArgumentError, match="element for a template string .*found the Insert 'INSERT INTO t"):
            tstring(Template("x ", (insert(table("t", column("a"))), "x")))

    def test_a_cte_inside_of_a_statement_has_no_place(self):
        inner = tstring(Template("SELECT a FROM ", (select(column("a")).cte("c"), "c"))).columns(column("a"))
        with pytest.raises(exc.CompileError, match="no place for its WITH"):
            select(inner.subquery()).compile()

    def test_it_runs(self):
        with create_engine("sqlite://").connect() as connection:
            assert connection.execute(tstring(Template("SELECT ", (5, "number"), " + ", (6, "number")))).scalar() == 11

    def test_cache_keys(self):
        one, other, third = (
            tstring(Template("SELECT ", (value, "x"), text)) for value, text in ((1, ""), (2, ""), (1, " + 1"))
        )  # fmt: skip
        assert one._generate_cache_key().key == other._generate_cache_key().key != third._generate_cache_key().key
        assert [bind.value for bind in other._generate_cache_key().bindparams] == [2]

    @pytest.mark.parametrize("wrong", ["SELECT 1", 5, None])
    def test_no_template(self, wrong):
        with pytest.raises(exc.ArgumentError, match="takes a template string"):
            tstring(wrong)

    @pytest.mark.skipif(sys.version_info < (3, 14), reason="Python has template strings since 3.14")
    def test_real_ones(self):
        made = eval('tstring(t"SELECT {number} + {number * 2}")', {"tstring": tstring, "number": 5})
        assert list(made.compile().params.values()) == [5, 10]
