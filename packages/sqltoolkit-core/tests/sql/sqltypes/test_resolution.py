"""Types of Python values, of Python types, and of operators between two types."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import uuid
from typing import NewType

import pytest

from sqltoolkit_core import types
from sqltoolkit_core.sql.elements import column
from sqltoolkit_core.sql.elements import literal
from sqltoolkit_core.sql.sqltypes import resolve_python_type


class Colour(enum.Enum):
    red = 1
    green = 2


class WholeNumber(types.TypeDecorator):
    impl = types.Integer
    cache_ok = True


@pytest.mark.parametrize(
    "value, text",
    [
        (5, "Integer()"),
        (2**31, "BigInteger()"),
        (-(2**31) - 1, "BigInteger()"),
        (1.5, "Double()"),
        (True, "Boolean()"),
        ("x", "String()"),
        ("\u00e9", "Unicode()"),
        (b"x", "LargeBinary()"),
        (None, "NullType()"),
        (decimal.Decimal(1), "Numeric()"),
        (uuid.UUID(int=1), "Uuid()"),
        (dt.date(2020, 1, 1), "Date()"),
        (dt.datetime(2020, 1, 1), "DateTime()"),
        (dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc), "DateTime(timezone=True)"),
        (dt.time(1), "Time()"),
        (dt.timedelta(1), "Interval()"),
        ([], "NullType()"),
        (Colour.red, "NullType()"),
        (types.JSON.NULL, "NullType()"),
    ],
)
def test_literal_types(value, text):
    assert repr(literal(value).type) == text


@pytest.mark.parametrize(
    "left, op, right, text",
    [
        (types.Integer(), "+", types.Numeric(5, 2), "Numeric(precision=5, scale=2)"),
        (types.Integer(), "/", types.Integer(), "Numeric()"),
        (types.Integer(), "//", types.Float(), "Integer()"),
        (types.BigInteger(), "+", types.Integer(), "BigInteger()"),
        (types.Integer(), "+", types.BigInteger(), "BigInteger()"),
        # of two of a kind the left one, unless it is the general one
        (types.SmallInteger(), "+", types.BigInteger(), "SmallInteger()"),
        (types.BigInteger(), "-", types.SmallInteger(), "BigInteger()"),
        (types.Double(), "-", types.REAL(), "Double()"),
        (types.NUMERIC(5), "+", types.DECIMAL(3), "NUMERIC(precision=5)"),
        (WholeNumber(), "+", types.BigInteger(), "BigInteger()"),
        (types.Float(5), "+", types.Double(9), "Double(precision=9)"),
        (types.Date(), "-", types.Date(), "Integer()"),
        (types.Date(), "+", types.Interval(), "DateTime()"),
        (types.DateTime(), "-", types.DateTime(), "Interval()"),
        (types.String(5), "+", types.Integer(), "String(length=5)"),
        (types.Enum("a", "bb"), "+", types.String(9), "String(length=2)"),
    ],
)
def test_types_of_expressions(left, op, right, text):
    operations = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "/": lambda a, b: a / b,
        "//": lambda a, b: a // b,
    }
    assert repr(operations[op](column("l", left), column("r", right)).type) == text


@pytest.mark.parametrize(
    "python_type, text",
    [
        (int, "Integer()"),
        (float, "Double()"),
        (str, "String()"),
        (Colour, "Enum('red', 'green', name='colour')"),
        (uuid.UUID, "Uuid()"),
        (bytes, "LargeBinary()"),
    ],
)
def test_python_types(python_type, text):
    assert repr(resolve_python_type(python_type)) == text


def test_python_type_maps_and_strangers():
    class Sub(str):
        pass

    class Mixed(str, enum.Enum):
        a = "x"

    assert resolve_python_type(dict) is None
    # entries are for the type itself; that of Enum answers for its classes
    assert resolve_python_type(Sub, {str: types.String(7)}) is None
    assert resolve_python_type(NewType("Name", str)) is None
    assert isinstance(resolve_python_type(Mixed), types.Enum)
    assert repr(resolve_python_type(dict, {dict: types.JSON})) == "JSON()"
