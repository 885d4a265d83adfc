"""Rows: tuples with names, mappings, ambiguity, pickling."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqltoolkit_core import JSON
from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core import literal
from sqltoolkit_core import select
from sqltoolkit_core import text
from sqltoolkit_core.engine.result import SimpleResultMetaData
from sqltoolkit_core.engine.row import Row
from sqltoolkit_core.engine.row import result_tuple
from sqltoolkit_core.engine.row import row_factory


def test_row_is_a_tuple_with_names():
    row = row_factory(["a", "b"])((1, 2))
    assert row == (1, 2) and row.a == 1 and row[1] == 2
    assert row._fields == ("a", "b") and row._asdict() == {"a": 1, "b": 2}
    assert isinstance(row, Row) and hash(row) == hash((1, 2))
    with pytest.raises(AttributeError):
        row.c
    with pytest.raises(AttributeError):
        row.a = 5


def test_mapping_view():
    mapping = row_factory(["a", "b"])((1, 2))._mapping
    assert mapping == {"a": 1, "b": 2} and list(mapping) == ["a", "b"]
    assert list(mapping.values()) == [1, 2] and mapping.keys() == ["a", "b"]
    assert "a" in mapping and "c" not in mapping
    with pytest.raises(exc.NoSuchColumnError) as caught:
        mapping["c"]
    assert caught.value.__context__ is None
    with pytest.raises(exc.NoSuchColumnError):
        mapping[0]


def test_columns_named_as_tuple_methods_win():
    row = row_factory(["count", "index", "_parent"])((1, 2, 3))
    assert (row.count, row.index) == (1, 2) and row._mapping["_parent"] == 3
    assert row_factory(["a"])((5,)).count(5) == 1


def test_columns_without_name():
    row = result_tuple(["a", None, "b"])((1, 2, 3))
    assert row == (1, 2, 3) and row._fields == ("a", "b") and row.b == 3


@given(st.lists(st.text(min_size=1), min_size=1, unique=True), st.data())
def test_rows_survive_pickling(names, data):
    values = tuple(data.draw(st.lists(st.integers(), min_size=len(names), max_size=len(names))))
    row = row_factory(names)(values)
    again = pickle.loads(pickle.dumps(row))
    assert again == row and again._fields == row._fields
    assert dict(again._mapping) == dict(row._mapping)


def test_conversions_are_fused_by_pattern():
    keys = SimpleResultMetaData(["a", "b", "c"])
    keys.processors = (None, str, float)
    keys.hints = "vfn"
    assert keys.make_rows([(1, 2, None), (3, None, 4)]) == [(1, "2", None), (3, "None", 4.0)]
    assert keys.make_row((1, 2, 3)) == (1, "2", 3.0)
    assert keys.make_mapping((1, 2, 3))["b"] == "2"
    assert keys.scalar_makers(1)[1]([(1, 2, 3)]) == ["2"]


def test_equal_mappings_are_one_in_a_set() -> None:
    with create_engine("sqlite://").connect() as connection:
        found = [connection.execute(text(sql)).mappings().one() for sql in ("SELECT 1 AS a, 2 AS b", "SELECT 2 AS b, 1 AS a")]
        assert found[0] == found[1] and len(set(found)) == 1
        with pytest.raises(TypeError):
            hash(connection.execute(select(literal([1], JSON).label("a"))).mappings().one())
