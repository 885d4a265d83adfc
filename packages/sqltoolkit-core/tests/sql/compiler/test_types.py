"""How types are written in DDL and CAST."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Integer
from sqltoolkit_core import String
from sqltoolkit_core import TypeDecorator
from sqltoolkit_core import cast
from sqltoolkit_core import column
from sqltoolkit_core import exc
from sqltoolkit_core import types
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.sql.compiler import GenericTypeCompiler
from sqltoolkit_core.sql.type_api import TypeEngine


class Point(types.UserDefinedType):
    cache_ok = True

    def __init__(self, srid=None):
        self.srid = srid

    def get_col_spec(self, **kw):
        return "POINT" if self.srid is None else "POINT(%d)" % self.srid


class Unheard(TypeEngine):
    __visit_name__ = "unheard"


def compiled(type_, **flags):
    return type_.compile(dialect=DefaultDialect(**flags))


@pytest.mark.parametrize(
    "type_, expected",
    [
        (types.String(), "VARCHAR"), (types.String(5, collation="x"), "VARCHAR(5) COLLATE x"),
        (types.Unicode(5), "VARCHAR(5)"), (types.Text(), "TEXT"), (types.UnicodeText(7), "TEXT(7)"),
        (types.Text(collation="Mixed"), 'TEXT COLLATE "Mixed"'), (types.CHAR(3), "CHAR(3)"), (types.NCHAR(), "NCHAR"),
        (types.NVARCHAR(4), "NVARCHAR(4)"), (types.CLOB(), "CLOB"),
        (types.Numeric(), "NUMERIC"), (types.Numeric(5), "NUMERIC(5)"), (types.Numeric(5, 2), "NUMERIC(5, 2)"),
        (types.Numeric(scale=2), "NUMERIC"), (types.DECIMAL(5, 0), "DECIMAL(5, 0)"),
        (types.Float(), "FLOAT"), (types.Float(53), "FLOAT"), (types.REAL(), "REAL"), (types.Double(), "DOUBLE"),
        (types.DOUBLE_PRECISION(), "DOUBLE PRECISION"),
        (types.SmallInteger(), "SMALLINT"), (types.BigInteger(), "BIGINT"), (types.Boolean(), "BOOLEAN"),
        (types.Date(), "DATE"), (types.Time(), "TIME"), (types.DateTime(), "DATETIME"), (types.TIMESTAMP(), "TIMESTAMP"),
        (types.Interval(), "DATETIME"),
        (types.LargeBinary(), "BLOB"), (types.BINARY(), "BINARY"), (types.BINARY(0), "BINARY"), (types.VARBINARY(9), "VARBINARY(9)"),
        (types.PickleType(), "BLOB"), (types.Enum("a", "bbb"), "VARCHAR(3)"),
        (types.Uuid(), "CHAR(32)"), (types.UUID(), "UUID"), (Point(), "POINT"), (Point(4326), "POINT(4326)"),
    ],
)  # fmt: skip
def test_names(type_, expected):
    assert compiled(type_) == expected


def test_native_uuids():
    dialect = DefaultDialect()
    dialect.supports_native_uuid = True
    assert types.Uuid().compile(dialect=dialect) == "UUID"
    assert types.Uuid(native_uuid=False).compile(dialect=dialect) == "CHAR(32)"


@pytest.mark.parametrize("type_, found", [(types.NullType(), "no name in DDL"), (types.ARRAY(Integer), "ARRAY")])
def test_types_that_no_dialect_writes_by_itself(type_, found):
    with pytest.raises(exc.CompileError, match=found):
        compiled(type_)


def test_types_without_a_method():
    with pytest.raises(exc.UnsupportedCompilationError, match="Unheard"):
        compiled(Unheard())
    assert issubclass(exc.UnsupportedCompilationError, exc.CompileError)


class TestWithoutADialect:
    @pytest.mark.parametrize(
        "type_, expected",
        [
            (types.String(5), "VARCHAR(5)"), (types.NullType(), "NULL"), (Unheard(), "Unheard()"), (Point(), "POINT"),
            (type("HSTORE", (TypeEngine,), {"__visit_name__": "HSTORE"})(), "HSTORE"),
        ],
    )  # fmt: skip
    def test_everything_has_a_text(self, type_, expected):
        assert str(type_) == expected
        assert str(cast(column("x"), type_)) == "CAST(x AS %s)" % expected


class TestVariants:
    def test_by_name_of_the_dialect(self):
        type_ = String(5).with_variant(types.CHAR(6), "default").with_variant(types.TEXT(), "other")
        assert compiled(type_) == "CHAR(6)"
        other = DefaultDialect()
        other.name = "other"
        assert type_.compile(dialect=other) == "TEXT"
        other.name = "third"
        assert type_.compile(dialect=other) == "VARCHAR(5)"

    def test_of_a_decorated_type(self):
        class Money(TypeDecorator):
            impl = types.Numeric
            cache_ok = True

            def load_dialect_impl(self, dialect):
                return dialect.type_descriptor(types.Numeric(12, 2))

        assert compiled(Money()) == "NUMERIC(12, 2)"


class TestMethodsOfADialect:
    def dialect(self, **methods):
        dialect = DefaultDialect()
        dialect.type_compiler_instance = type("Types", (GenericTypeCompiler,), methods)(dialect)
        return dialect

    def test_generic_types_end_in_named_ones(self):
        dialect = self.dialect(visit_VARCHAR=lambda self, type_, **kw: "TEXT/%s" % type_.length)
        for type_ in (types.String(5), types.Unicode(5), types.VARCHAR(5), types.Enum("abcde")):
            assert type_.compile(dialect=dialect) == "TEXT/5"
        assert types.CHAR(5).compile(dialect=dialect) == "CHAR(5)"

    def test_one_generic_type(self):
        dialect = self.dialect(visit_datetime=lambda self, type_, **kw: "TIMESTAMPTZ" if type_.timezone else "TIMESTAMP")
        assert types.DateTime(timezone=True).compile(dialect=dialect) == "TIMESTAMPTZ"
        assert types.DATETIME().compile(dialect=dialect) == "DATETIME"

    def test_keyword_arguments_are_handed_on(self):
        seen = []

        def visit_INTEGER(self, type_, **kw):
            seen.append(kw)
            return "INT"

        dialect = self.dialect(visit_INTEGER=visit_INTEGER)
        assert str(cast(column("x"), Integer).compile(dialect=dialect)) == "CAST(x AS INT)"
        assert seen[0]["type_expression"].type.__class__ is Integer
