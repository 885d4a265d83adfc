"""Order of dependency, and what a MetaData knows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqltoolkit_core import exc
from sqltoolkit_core import types
from sqltoolkit_core.schema import Column
from sqltoolkit_core.schema import ForeignKey
from sqltoolkit_core.schema import MetaData
from sqltoolkit_core.schema import Sequence
from sqltoolkit_core.schema import sort_tables
from sqltoolkit_core.schema import sort_tables_and_constraints
from sqltoolkit_core.schema import Table


def tables(references):
    metadata = MetaData()
    for name, targets in references.items():
        Table(
            name,
            metadata,
            Column("id", types.Integer, primary_key=True),
            *[Column("r%d" % i, ForeignKey("%s.id" % target)) for i, target in enumerate(targets)],
        )
    return metadata


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_tables_come_after_those_they_refer_to(pairs):
    references = {"t%d" % i: set() for i in range(10)}
    for a, b in pairs:
        low, high = min(a, b), max(a, b)
        references["t%d" % high].add("t%d" % low)
    metadata = tables(references)
    order = [table.name for table in metadata.sorted_tables]
    assert sorted(order) == sorted(references)
    for name, targets in references.items():
        for target in targets:
            assert target == name or order.index(target) < order.index(name)


def test_circles_are_opened():
    metadata = tables({"a": ["b"], "b": ["a"], "c": ["a"]})
    with pytest.warns(exc.SAWarning, match="circle"):
        assert [table.name for table in metadata.sorted_tables] == ["a", "b", "c"]
    pairs = sort_tables_and_constraints(metadata.tables.values())
    assert pairs[-1][0] is None
    assert len(pairs[-1][1]) == 2
    assert [table.name for table in sort_tables(metadata.tables.values(), skip_fn=lambda fk: True)]


def test_dependencies_without_keys():
    metadata = tables({"a": [], "b": []})
    metadata.tables["a"].add_is_dependent_on(metadata.tables["b"])
    assert [table.name for table in metadata.sorted_tables] == ["b", "a"]


def test_objects_by_kind():
    metadata = MetaData(schema="main")
    enum = types.Enum("a", name="e")
    sequence = Sequence("s", metadata=metadata)
    Table("t", metadata, Column("x", enum), schema="other")
    assert metadata.get_schema_objects(types.Enum, schema="main") == (enum,)
    assert metadata.get_schema_objects(Sequence, schema="main") == (sequence,)
    assert metadata.get_schema_object_by_name(types.Enum, "e", schema="main") is enum
    assert metadata.get_schema_object_by_name(types.Enum, "e") is None
    assert sorted(metadata.schemas) == ["main", "other"]


def test_removing():
    metadata = tables({"a": [], "b": ["a"]})
    metadata.remove(metadata.tables["b"])
    assert list(metadata.tables) == ["a"]
    metadata.clear()
    assert not metadata.tables


def test_an_engine_is_no_schema():
    with pytest.raises(exc.ArgumentError, match="name of a schema"):
        MetaData(5)
