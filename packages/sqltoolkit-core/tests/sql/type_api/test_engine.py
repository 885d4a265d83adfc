"""What every type does: copies, variants, keys, processors, implementations."""

from __future__ import annotations

import pickle

import pytest

from sqltoolkit_core import exc
from sqltoolkit_core import types
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.sql.elements import bindparam
from sqltoolkit_core.sql.elements import cast
from sqltoolkit_core.sql.elements import column
from sqltoolkit_core.sql.selectable import table
from sqltoolkit_core.sql.type_api import CALL_ALWAYS
from sqltoolkit_core.sql.type_api import CALL_UNLESS_NONE
from sqltoolkit_core.types import NO_CACHE
from sqltoolkit_core.sql.type_api import PASS_THROUGH


class Choice(types.TypeDecorator):
    impl = types.Enum
    cache_ok = True


class Code(types.TypeDecorator):
    impl = types.String
    cache_ok = True

    def __init__(self, length, prefix):
        super().__init__(length)
        self.prefix = prefix


ALL = [
    types.Integer(),
    types.Numeric(10, 2),
    types.Float(asdecimal=True),
    types.String(5, "x"),
    types.DateTime(True),
    types.Interval(second_precision=3),
    types.LargeBinary(7),
    types.Boolean(create_constraint=True, name="ck"),
    types.JSON(none_as_null=True),
    types.ARRAY(types.String(3), dimensions=2),
    types.Uuid(as_uuid=False),
    types.Enum("a", "b", name="e"),
    types.Integer().with_variant(types.String(4), "sqlite"),
]


@pytest.fixture
def dialect():
    return DefaultDialect()


@pytest.mark.parametrize("typ", ALL, ids=repr)
def test_copies_and_pickles_are_alike(typ):
    for made in (typ.copy(), pickle.loads(pickle.dumps(typ))):
        assert made is not typ
        assert repr(made) == repr(typ)
        assert made._static_cache_key == typ._static_cache_key


@pytest.mark.parametrize("typ", ALL, ids=repr)
def test_keys_are_hashable_and_tell_arguments_apart(typ):
    keys = [other._static_cache_key for other in ALL]
    assert len(set(keys)) == len(ALL)


@pytest.mark.parametrize(
    "typ, text",
    [
        (types.String(length=5), "String(length=5)"),
        (types.Numeric(10, 2), "Numeric(precision=10, scale=2)"),
        (types.ARRAY(types.Integer), "ARRAY(Integer())"),
        (types.Enum("a", "b", name="x"), "Enum('a', 'b', name='x')"),
        (types.Integer(), "Integer()"),
        (Choice("a", "b", name="x"), "Choice('a', 'b', name='x')"),
        (Code(4, "unseen"), "Code(length=4)"),
    ],
)
def test_repr(typ, text):
    assert repr(typ) == text


def test_variant_is_chosen_by_dialect_name(dialect):
    typ = types.Integer().with_variant(types.String(5), "other", "sqlite")
    assert isinstance(typ.dialect_impl(dialect), types.Integer)
    other = DefaultDialect()
    other.name = "other"
    assert isinstance(typ.dialect_impl(other), types.String)
    assert typ.compile(dialect=other) == "VARCHAR(5)"


def test_python_type_is_object_where_nothing_is_known():
    class Plain(types.UserDefinedType):
        pass

    assert Plain().python_type is types.JSON().python_type is Choice("a").python_type is object
    assert types.BigInteger().python_type is int


def test_variant_refusals():
    with pytest.raises(exc.ArgumentError, match="at least one dialect"):
        types.Integer().with_variant(types.String())
    typ = types.Integer().with_variant(types.String(), "sqlite")
    with pytest.raises(exc.ArgumentError, match="already has a variant"):
        typ.with_variant(types.Text(), "sqlite")
    with pytest.raises(exc.ArgumentError, match="variants of its own"):
        types.Integer().with_variant(typ, "mysql")


def test_affinity_and_generic():
    assert types.BIGINT().affinity is types.Integer
    assert types.VARCHAR(5).affinity is types.String
    assert repr(types.NVARCHAR(5).as_generic()) == "Unicode(length=5)"
    assert repr(types.VARBINARY(5).as_generic()) == "LargeBinary(length=5)"
    with pytest.raises(NotImplementedError):
        types.NullType().as_generic()
    assert isinstance(types.NullType().as_generic(allow_nulltype=True), types.NullType)


def test_conversion_hints(dialect):
    assert types.Integer().result_conversion(dialect) == (PASS_THROUGH, None)
    kind, convert = types.Numeric(10, 2).result_conversion(dialect)
    assert kind == CALL_UNLESS_NONE
    assert str(convert(1.5)) == "1.50"

    class Decorated(types.TypeDecorator):
        impl = types.Integer
        cache_ok = True

        def process_result_value(self, value, dialect):
            return ("seen", value)

    kind, convert = Decorated().result_conversion(dialect)
    assert kind == CALL_ALWAYS
    assert convert(None) == ("seen", None)


def test_processors_are_remembered_without_keeping_the_type_alive(dialect):
    import gc
    import weakref

    typ = types.Numeric(7, 3)
    assert typ._cached_result_processor(dialect, None) is typ._cached_result_processor(dialect, None)
    seen = weakref.ref(typ)
    del typ
    gc.collect()
    assert seen() is None


def test_uncacheable_types():
    class Silent(types.UserDefinedType):
        def get_col_spec(self):
            return "SILENT"

    class Never(types.UserDefinedType):
        cache_ok = False

    class Fine(types.UserDefinedType):
        cache_ok = True

        def __init__(self, size):
            self.size = size

    with pytest.warns(exc.SAWarning, match="cache_ok"):
        assert Silent()._static_cache_key is NO_CACHE
    assert Never()._static_cache_key is NO_CACHE
    assert Fine(3)._static_cache_key == Fine(3)._static_cache_key != Fine(4)._static_cache_key
    assert Fine([{}])._static_cache_key is not NO_CACHE
    assert Silent().compile() == "SILENT"


def test_operator_outside_of_its_classes_warns_each_time():
    for _ in range(2):
        with pytest.warns(exc.SADeprecationWarning, match="like_op"):
            column("x", types.Integer).like("y")


def test_evaluates_none():
    typ = types.Integer()
    assert not typ.should_evaluate_none
    assert typ.evaluates_none().should_evaluate_none
    assert typ.evaluates_none().copy().should_evaluate_none
    assert not typ.should_evaluate_none


@pytest.mark.parametrize("given", [5, "integer", object(), int, lambda: "x", table("t")])
def test_what_is_no_type(given):
    for make in (lambda: cast(column("a"), given), lambda: bindparam("a", 1, given), lambda: column("a", given)):
        with pytest.raises(exc.ArgumentError, match="expected a SQL type such as Integer"):
            make()
