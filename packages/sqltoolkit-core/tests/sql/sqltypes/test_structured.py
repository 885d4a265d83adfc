"""JSON, arrays, tuples, UUIDs, pickles."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqltoolkit_core import exc
from sqltoolkit_core import types
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.exc import SADeprecationWarning
from sqltoolkit_core.sql.elements import any_
from sqltoolkit_core.sql.elements import bindparam
from sqltoolkit_core.sql.elements import column
from sqltoolkit_core.sql.elements import null

DIALECT = DefaultDialect()


def bind(typ, value):
    return typ._cached_bind_processor(DIALECT)(value)


def result(typ, value):
    return typ._cached_result_processor(DIALECT, None)(value)


class TestJson:
    def test_null_in_its_three_forms(self):
        assert bind(types.JSON(), None) == "null"
        assert bind(types.JSON(none_as_null=True), None) is None
        assert bind(types.JSON(none_as_null=True), types.JSON.NULL) == "null"
        assert bind(types.JSON(), null()) is None
        assert types.JSON().should_evaluate_none
        assert not types.JSON(none_as_null=True).should_evaluate_none

    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
    def test_round_trip(self, document):
        assert result(types.JSON(), bind(types.JSON(), document)) == document

    def test_indexes(self):
        doc = column("doc", types.JSON)
        assert isinstance(doc["x"].right.type, types.JSON.JSONStrIndexType)
        assert isinstance(doc[1].right.type, types.JSON.JSONIntIndexType)
        assert isinstance(doc["a", 1].right.type, types.JSON.JSONPathType)
        assert isinstance(doc["x"].type, types.JSON)

    def test_casts(self):
        doc = column("doc", types.JSON)
        assert isinstance(doc["x"].as_integer().type, types.Integer)
        assert isinstance(doc["x"].as_string().type, types.Unicode)
        assert isinstance(doc["x"].as_boolean().type, types.Boolean)
        assert isinstance(doc["x"].as_float().type, types.Float)
        assert repr(doc["x"].as_numeric(10, 2).type) == "Numeric(precision=10, scale=2)"
        assert isinstance(doc["x"].type, types.JSON)
        with pytest.raises(exc.InvalidRequestError, match="as_integer"):
            doc.as_integer()

    def test_literal(self):
        render = types.JSON()._cached_literal_processor(DIALECT)
        assert render({"a": "o'x"}) == "'{\"a\": \"o''x\"}'"


class TestArray:
    def test_indexes(self):
        one = column("a", types.ARRAY(types.Integer))
        two = column("a", types.ARRAY(types.Integer, dimensions=2, zero_indexes=True))
        assert isinstance(one[1].type, types.Integer)
        assert two[1].type.dimensions == 1
        assert two[1].right.value == 2
        assert isinstance(one[1:3].type, types.ARRAY)
        assert two[1:3].right.start.value == 2

    def test_any_and_all(self):
        one = column("a", types.ARRAY(types.Integer))
        with pytest.warns(SADeprecationWarning, match="any_"):
            assert str(one.any(5)) == ":a_1 = ANY (a)"
        with pytest.warns(SADeprecationWarning, match="all_"):
            assert isinstance(one.all(bindparam("p")).left.type, types.Integer)
        assert isinstance((5 == any_(column("e", types.ARRAY(types.Enum("x"))))).left.type, types.Integer)
        assert isinstance(("x" == any_(column("e", types.ARRAY(types.Enum("x"))))).left.type, types.Enum)
        with pytest.raises(NotImplementedError):
            one.contains([1])

    def test_nesting_is_refused(self):
        with pytest.raises(ValueError):
            types.ARRAY(types.ARRAY(types.Integer))

    def test_literal(self):
        render = types.ARRAY(types.Integer)._cached_literal_processor(DIALECT)
        assert render([1, 2]) == "[1, 2]"
        assert render([[1], [2]]) == "[[1], [2]]"


def test_indexing_other_types():
    with pytest.raises(NotImplementedError), pytest.warns(exc.SADeprecationWarning):
        column("x", types.Integer)[5]


class TestUuid:
    @given(st.uuids())
    def test_round_trip(self, value):
        typ = types.Uuid()
        stored = bind(typ, value)
        assert stored == value.hex
        found = result(typ, stored)
        assert found == value and type(found) is uuid.UUID and found.is_safe is value.is_safe
        assert hash(found) == hash(value) and repr(found) == repr(value)
        assert result(types.Uuid(as_uuid=False), stored) == str(value)

    def test_hyphens_and_native(self):
        value = uuid.UUID(int=77)
        assert result(types.Uuid(), str(value)) == value
        native = DefaultDialect()
        native.supports_native_uuid = True
        assert types.Uuid()._cached_bind_processor(native) is None
        assert types.Uuid(as_uuid=False)._cached_result_processor(native, None)(value) == str(value)
        with pytest.raises(ValueError):
            result(types.Uuid(), "not a uuid")


def test_pickles():
    typ = types.PickleType()
    assert result(typ, bind(typ, {1: "x"})) == {1: "x"}
    assert bind(typ, None) is None
    assert types.PickleType(comparator=lambda a, b: True).compare_values(1, 2)


def test_tuples():
    typ = types.TupleType(types.Integer, types.String)
    assert repr(typ) == "TupleType(Integer(), String())"
    with pytest.raises(NotImplementedError):
        typ.result_processor(DIALECT, None)
