"""Enum, Boolean, and the constraints they bring."""

from __future__ import annotations

import enum

import pytest

from sqltoolkit_core import types
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.schema import Column
from sqltoolkit_core.schema import CreateTable
from sqltoolkit_core.schema import MetaData
from sqltoolkit_core.schema import Table

DIALECT = DefaultDialect()


class Size(enum.Enum):
    small = "S"
    large = "L"
    big = "L"


def bind(typ, value):
    return typ._cached_bind_processor(DIALECT)(value)


def result(typ, value):
    return typ._cached_result_processor(DIALECT, None)(value)


def test_members_are_stored_by_name():
    typ = types.Enum(Size)
    assert typ.enums == ["small", "large"]
    assert typ.name == "size"
    assert typ.length == 5
    assert bind(typ, Size.big) == "large"
    assert result(typ, "large") is Size.large
    assert typ.python_type is Size
    assert result(types.Enum(Size, omit_aliases=False), "big") is Size.big


def test_values_callable():
    typ = types.Enum(Size, values_callable=lambda cls: [member.value for member in cls])
    assert typ.enums == ["S", "L"]
    assert bind(typ, Size.small) == "S"
    assert result(typ, "L") is Size.large


def test_unknown_values():
    assert bind(types.Enum("a", "b"), "zzz") == "zzz"
    with pytest.raises(LookupError, match="'zzz'.*a, b"):
        bind(types.Enum("a", "b", validate_strings=True), "zzz")
    with pytest.raises(LookupError):
        bind(types.Enum("a", "b"), 5)
    with pytest.raises(LookupError):
        result(types.Enum("a", "b"), "zzz")
    assert bind(types.Enum("a"), None) is None


def test_length():
    assert types.Enum("a", "bbb", native_enum=False, length=20).length == 20
    assert types.Enum("a", "bbb").length == 3 and types.Enum("a", "bbb", length=None).length is None
    assert types.Enum("a", "bbb", length=None).compile(dialect=DIALECT) == "VARCHAR"
    with pytest.raises(ValueError, match="too short"):
        types.Enum("a", "bbb", native_enum=False, length=2)
    with pytest.raises(ValueError, match="too short"):
        types.Enum("a", "bbb", length=2)


def test_constraints_in_ddl():
    table = Table(
        "t",
        MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"}),
        Column("e", types.Enum("x", "y", name="en", create_constraint=True)),
        Column("b", types.Boolean(create_constraint=True, name="bn")),
    )
    dialect = DefaultDialect()
    text = str(CreateTable(table).compile(dialect=dialect))
    assert "CONSTRAINT ck_t_en CHECK (e IN ('x', 'y'))" in text
    assert "CONSTRAINT ck_t_bn CHECK (b IN (0, 1))" in text
    dialect.supports_native_boolean = dialect.supports_native_enum = True
    text = str(CreateTable(table).compile(dialect=dialect))
    assert "CHECK" not in text


def test_constraints_are_copied_with_the_table_once():
    table = Table("t", MetaData(), Column("e", types.Enum("x", name="en", create_constraint=True)))
    copied = table.to_metadata(MetaData())
    text = str(CreateTable(copied).compile(dialect=DIALECT))
    assert text.count("CHECK") == 1


@pytest.mark.parametrize("value, stored", [(True, 1), (False, 0), (1, 1), (0, 0), (None, None)])
def test_boolean(value, stored):
    assert bind(types.Boolean(), value) == stored


@pytest.mark.parametrize("value, error", [("yes", TypeError), (5, ValueError), ([], TypeError)])
def test_boolean_refuses(value, error):
    with pytest.raises(error):
        bind(types.Boolean(), value)


def test_boolean_literals():
    assert types.Boolean()._cached_literal_processor(DIALECT)(True) == "1"
    native = DefaultDialect(supports_native_boolean=True)
    assert types.Boolean()._cached_literal_processor(native)(True) == "true"
    assert types.Boolean()._cached_result_processor(native, None) is None
