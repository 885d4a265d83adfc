"""TypeDecorator and UserDefinedType."""

from __future__ import annotations

import pytest

from sqltoolkit_core import func, select, types
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.sql.elements import column
from sqltoolkit_core.sql.elements import literal


class Shouting(types.TypeDecorator):
    impl = types.String
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else value.upper()

    def process_result_value(self, value, dialect):
        return None if value is None else value.lower()


class ByDialect(types.TypeDecorator):
    impl = types.String
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "other":
            return dialect.type_descriptor(types.Integer())
        return dialect.type_descriptor(types.String(3))


def test_hooks_wrap_the_processors():
    dialect = DefaultDialect()
    typ = Shouting(10)
    assert typ._cached_bind_processor(dialect)("abc") == "ABC"
    assert typ._cached_result_processor(dialect, None)("ABC") == "abc"
    assert typ._cached_literal_processor(dialect)("o'x") == "'O''X'"
    assert typ.length == 10
    assert repr(typ) == "Shouting(length=10)"
    assert typ._type_affinity is types.String


def test_chained_decorators():
    class Outer(types.TypeDecorator):
        impl = Shouting
        cache_ok = True

        def process_bind_param(self, value, dialect):
            return value + "!"

    assert Outer()._cached_bind_processor(DefaultDialect())("a") == "A!"


def test_dialect_chooses_the_type_below():
    other = DefaultDialect()
    other.name = "other"
    assert ByDialect().compile(dialect=other) == "INTEGER"
    assert ByDialect().compile(dialect=DefaultDialect()) == "VARCHAR(3)"


def test_comparators_join():
    class Comparator(types.String.Comparator):
        def shout(self):
            return "shouted %s" % self.expr.name

    class Base(types.String):
        comparator_factory = Comparator

    class Decorated(types.TypeDecorator):
        impl = Base
        cache_ok = True

    expr = column("q", Decorated())
    assert expr.shout() == "shouted q"
    assert str(expr + "x") == "q || :q_1"
    assert isinstance((expr + "x").right.type, Decorated)


@pytest.mark.parametrize(
    "is_types, expected", [((type(None),), "x IS NULL"), ((), "x = :x_1")]
)
def test_coerce_to_is_types(is_types, expected):
    class Typed(types.TypeDecorator):
        impl = types.String
        cache_ok = True
        coerce_to_is_types = is_types

    assert str(column("x", Typed()) == None) == expected


def test_missing_impl():
    class Nothing(types.TypeDecorator):
        pass

    with pytest.raises(AssertionError, match="impl"):
        Nothing()


def test_bind_expression_is_seen():
    from sqltoolkit_core.sql.functions import func

    class Wrapped(types.TypeDecorator):
        impl = types.String
        cache_ok = True

        def bind_expression(self, bindparam):
            return func.lower(bindparam)

    assert Wrapped()._has_bind_expression
    assert not Shouting()._has_bind_expression
    assert str(literal("x", Wrapped()) == "q") == "lower(:param_1) = lower(:param_2)"


def test_expressions_of_a_variant_are_those_of_its_dialect():
    class Wrapped(types.TypeDecorator):
        impl = types.String
        cache_ok = True

        def bind_expression(self, bindparam):
            return func.pack(bindparam)

        def column_expression(self, column):
            return func.unpack(column)

    other = DefaultDialect()
    other.name = "other"
    for typ, here, there in [
        (types.String().with_variant(Wrapped(), "other"), "SELECT x WHERE x = :x_1", "SELECT unpack(x) AS x WHERE x = pack(:x_1)"),
        (Wrapped().with_variant(types.String(), "other"), "SELECT unpack(x) AS x WHERE x = pack(:x_1)", "SELECT x WHERE x = :x_1"),
    ]:
        statement = select(column("x", typ)).where(column("x", typ) == "a")
        assert " ".join(str(statement.compile(dialect=DefaultDialect())).split()) == here
        assert " ".join(str(statement.compile(dialect=other)).split()) == there


def test_user_defined_type():
    class Point(types.UserDefinedType):
        cache_ok = True

        def __init__(self, size=8):
            self.size = size

        def get_col_spec(self):
            return "POINT(%d)" % self.size

        def bind_processor(self, dialect):
            return lambda value: "p%s" % value

    assert str(Point(3)) == "POINT(3)"
    assert repr(Point(3)) == "Point(size=3)"
    assert isinstance((column("x", Point()) == 5).right.type, Point)
    assert Point()._cached_bind_processor(DefaultDialect())(5) == "p5"
