"""Numbers, strings and binary data."""

from __future__ import annotations

import decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqltoolkit_core import types
from sqltoolkit_core.engine.default import DefaultDialect

DIALECT = DefaultDialect()


def bind(typ, value):
    process = typ._cached_bind_processor(DIALECT)
    return value if process is None else process(value)


def result(typ, value):
    process = typ._cached_result_processor(DIALECT, None)
    return value if process is None else process(value)


def literal(typ, value):
    return typ._cached_literal_processor(DIALECT)(value)


def test_numeric_goes_through_float():
    assert bind(types.Numeric(10, 2), decimal.Decimal("3.75")) == 3.75
    assert result(types.Numeric(10, 2), 3.75) == decimal.Decimal("3.75")
    assert str(result(types.Numeric(10, 2), 3)) == "3.00"
    assert str(result(types.Float(asdecimal=True), 3)) == "3.0000000000"
    assert str(result(types.Numeric(decimal_return_scale=4), 3)) == "3.0000"
    assert result(types.Numeric(asdecimal=False), 3.5) == 3.5
    assert result(types.Numeric(10, 2), None) is None


@pytest.mark.parametrize("typ", [types.Integer(), types.Numeric(), types.Float()])
@pytest.mark.parametrize("text", ["1; DROP TABLE x", "' OR 1=1", "x"])
def test_numbers_refuse_text_in_literals(typ, text):
    with pytest.raises((ValueError, decimal.InvalidOperation)):
        literal(typ, text)


@given(st.text())
def test_string_literals_read_back(text):
    rendered = literal(types.String(), text)
    assert rendered[0] == rendered[-1] == "'"
    assert "'" not in rendered[1:-1].replace("''", "")
    assert rendered[1:-1].replace("''", "'") == text


def test_strings_know_length_and_collation():
    assert str(types.String(5, "de")) == "VARCHAR(5) COLLATE de"
    assert str(types.Text()) == "TEXT"
    assert types.INT is types.INTEGER


def test_binary():
    assert literal(types.LargeBinary(), b"ab'c") == "'ab''c'"
    assert result(types.LargeBinary(), bytearray(b"x")) == b"x"
    assert types.LargeBinary().python_type is bytes
