"""Foreign keys: targets, late resolution, errors."""

from __future__ import annotations

import pytest

from sqltoolkit_core import exc
from sqltoolkit_core import types
from sqltoolkit_core.schema import Column
from sqltoolkit_core.schema import ForeignKey
from sqltoolkit_core.schema import ForeignKeyConstraint
from sqltoolkit_core.schema import ForeignKeyTarget
from sqltoolkit_core.schema import MetaData
from sqltoolkit_core.schema import Table


@pytest.mark.parametrize(
    "given, tokens",
    [
        ("t", (None, "t", None)),
        ("t.x", (None, "t", "x")),
        ("s.t.x", ("s", "t", "x")),
        ("db.s.t.x", ("db.s", "t", "x")),
        (("t", "x"), (None, "t", "x")),
        (ForeignKeyTarget("s", "my.t", "x"), ("s", "my.t", "x")),
    ],
)
def test_targets(given, tokens):
    assert ForeignKey(given).target_tokens == tokens


@pytest.mark.parametrize("given", [("t",), ("a", "b", "c", "d"), ("", "x"), ("t", "")])
def test_bad_targets(given):
    with pytest.raises(exc.ArgumentError):
        ForeignKey(given)


def test_dots_in_names_have_no_single_string():
    with pytest.raises(exc.InvalidRequestError, match="contains a dot"):
        ForeignKey((None, "my.t", "x")).target_fullname


def child_of(target, **kw):
    metadata = MetaData()
    table = Table("child", metadata, Column("x", types.Integer, ForeignKey(target, **kw)))
    return metadata, next(iter(table.foreign_keys))


def test_resolution_waits_for_the_table():
    metadata, fk = child_of("parent.id")
    with pytest.raises(exc.NoReferencedTableError, match="'parent'") as raised:
        fk.column
    assert raised.value.table_name == "parent"
    parent = Table("parent", metadata, Column("other", types.Integer))
    with pytest.raises(exc.NoReferencedColumnError, match="it has: other") as raised:
        fk.column
    assert raised.value.column_name == "id"
    parent.append_column(Column("id", types.Integer))
    assert fk.column is parent.c.id
    assert fk.references(parent)
    assert fk.constraint.referred_table is parent


def test_link_to_name():
    metadata, by_name = child_of("parent.real", link_to_name=True)
    parent = Table("parent", metadata, Column("real", types.Integer, key="k"))
    assert by_name.column is parent.c.k


def test_schema_of_the_metadata_applies():
    metadata = MetaData(schema="s")
    parent = Table("parent", metadata, Column("id", types.Integer))
    child = Table("child", metadata, Column("x", ForeignKey("parent.id")))
    assert next(iter(child.foreign_keys)).column is parent.c.id


def test_unattached():
    with pytest.raises(exc.InvalidRequestError, match="belongs to no Column"):
        ForeignKey("a.b").column
    fk = ForeignKey("a.b")
    Column("x", fk)
    with pytest.raises(exc.InvalidRequestError, match="belongs to no Table"):
        fk.column


def test_constraint_arguments():
    with pytest.raises(exc.ArgumentError, match="found 2 and 1"):
        ForeignKeyConstraint(["a", "b"], ["x.y"])
    metadata = MetaData()
    with pytest.raises(exc.ArgumentError, match="several tables"):
        Table("t", metadata, Column("a"), Column("b"), ForeignKeyConstraint(["a", "b"], ["x.y", "z.y"]))
    with pytest.raises(exc.ConstraintColumnNotFoundError, match="'q'"):
        Table("t2", metadata, Column("a"), ForeignKeyConstraint(["q"], ["x.y"]))


def test_a_column_may_refer_twice():
    metadata = MetaData()
    Table("b", metadata, Column("a", types.Integer), Column("b", types.Integer))
    table = Table("t", metadata, Column("x", types.Integer), ForeignKeyConstraint(["x", "x"], ["b.a", "b.b"]))
    (constraint,) = table.foreign_key_constraints
    assert constraint.column_keys == ["x", "x"]
    assert [fk.column.name for fk in constraint.elements] == ["a", "b"]
