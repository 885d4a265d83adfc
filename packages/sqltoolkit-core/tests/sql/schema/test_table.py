"""Tables: making, extending, copying, pickling; typed columns."""

from __future__ import annotations

import datetime as dt
import pickle
from typing import Optional

import pytest

from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import types
from sqltoolkit_core.schema import BLANK_SCHEMA
from sqltoolkit_core.schema import CheckConstraint
from sqltoolkit_core.schema import Column
from sqltoolkit_core.schema import CreateTable
from sqltoolkit_core.schema import ForeignKey
from sqltoolkit_core.schema import Index
from sqltoolkit_core.schema import MetaData
from sqltoolkit_core.schema import Named
from sqltoolkit_core.schema import PrimaryKeyConstraint
from sqltoolkit_core.schema import Table
from sqltoolkit_core.schema import TypedColumns
from sqltoolkit_core.schema import UniqueConstraint


def two_tables(metadata):
    parent = Table(
        "parent",
        metadata,
        Column("id", types.Integer, primary_key=True),
        Column("size", types.Enum("s", "m", name="size", create_constraint=True)),
    )
    child = Table(
        "child",
        metadata,
        Column("id", types.Integer, primary_key=True),
        Column("parent_id", ForeignKey("parent.id", ondelete="CASCADE"), index=True),
        Column("name", types.String(20), unique=True, nullable=False, server_default="x", info={"note": 1}),
        CheckConstraint("id > 0", name="positive"),
        comment="children",
        info={"kind": "child"},
    )
    return parent, child


def test_by_name():
    metadata = MetaData()
    parent, _ = two_tables(metadata)
    assert Table("parent", metadata) is parent
    assert metadata.tables["parent"] is parent
    assert list(parent.c.keys()) == ["id", "size"]
    assert "parent" in metadata and parent in metadata
    assert repr(parent.c.id) == "Column('id', Integer(), table=<parent>, primary_key=True, nullable=False)"
    assert str(parent.c.id) == "parent.id"


@pytest.mark.parametrize(
    "make, error, words",
    [
        (lambda m: Table("parent", m, Column("x")), exc.InvalidRequestError, "already"),
        (lambda m: Table("none", m, must_exist=True), exc.InvalidRequestError, "no table"),
        (lambda m: Table("parent", m, keep_existing=True, extend_existing=True), exc.ArgumentError, "exclude"),
        (lambda m: Table("x"), TypeError, "MetaData"),
        (lambda m: Table("x", "y"), exc.ArgumentError, "MetaData"),
        (lambda m: Table("x", m, "y"), exc.ArgumentError, "'y'"),
        (lambda m: Table("x", m, Column("a"), Column("a")), exc.DuplicateColumnError, "'a'"),
        (lambda m: Table("x", m, Column("a", key="k"), Column("b", key="k")), exc.DuplicateColumnError, "'k'"),
        (lambda m: Table("x", m, Column(types.Integer)), exc.ArgumentError, "name"),
        (lambda m: Table("x", m, m.tables["parent"].c.id), exc.ArgumentError, "belongs to table 'parent'"),
        (lambda m: Table("x", m, wrong=5), TypeError, "wrong"),
        (lambda m: Table("x", m, UniqueConstraint("nope")), exc.ConstraintColumnNotFoundError, "'nope'"),
        (lambda m: Table("x", m, Column("a", index="name")), exc.ArgumentError, "True or False"),
    ],
)
def test_refusals(make, error, words):
    metadata = MetaData()
    two_tables(metadata)
    with pytest.raises(error, match=words):
        make(metadata)
    assert sorted(metadata.tables) == ["child", "parent"]


def test_extending():
    metadata = MetaData()
    parent, _ = two_tables(metadata)
    same = Table("parent", metadata, Column("extra", types.Text), extend_existing=True, comment="new")
    assert same is parent and parent.comment == "new" and "extra" in parent.c
    assert Table("parent", metadata, Column("more"), keep_existing=True) is parent
    assert "more" not in parent.c
    with pytest.raises(exc.DuplicateColumnError):
        parent.append_column(Column("extra", types.Integer))
    parent.append_column(Column("extra", types.Integer), replace_existing=True)
    assert isinstance(parent.c.extra.type, types.Integer)
    parent.insert_column(Column("first", types.Integer), 0)
    assert parent.c.keys()[0] == "first"
    new = Column("second", types.Integer)
    parent.replace_column(parent.c.first, new)
    assert parent.c.keys()[0] == "second" and new.table is parent


def test_copying_to_another_metadata():
    metadata = MetaData(
        naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s", "ix": "ix_%(column_0_label)s"}
    )
    parent, child = two_tables(metadata)
    other = MetaData(naming_convention=metadata.naming_convention)
    made_parent = parent.to_metadata(other)
    made = child.to_metadata(other)
    lines, made_lines = [
        sorted(line.strip(", \t") for line in str(CreateTable(t)).split("\n")) for t in (child, made)
    ]
    assert made_lines == lines
    assert made.c.name.info == {"note": 1} and made.info == {"kind": "child"}
    assert next(iter(made.foreign_keys)).column is made_parent.c.id
    assert {index.name for index in made.indexes} == {"ix_child_parent_id"}
    with pytest.warns(exc.SAWarning, match="already"):
        assert child.to_metadata(other) is made


@pytest.mark.parametrize(
    "schema, referred", [("other", "other.parent.id"), (BLANK_SCHEMA, "parent.id")]
)
def test_copying_to_another_schema(schema, referred):
    metadata = MetaData(schema="main")
    parent = Table("parent", metadata, Column("id", types.Integer, primary_key=True))
    child = Table("child", metadata, Column("parent_id", ForeignKey(parent.c.id)))
    made = child.to_metadata(MetaData(), schema=schema)
    assert next(iter(made.foreign_keys)).target_fullname == referred


def test_pickling():
    metadata = MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"}, schema="s")
    Table("parent", metadata, Column("id", types.Integer, primary_key=True, default=5))
    child = Table(
        "child",
        metadata,
        Column("parent_id", ForeignKey("s.parent.id")),
        Column("e", types.Enum("a", name="e", create_constraint=True)),
        Column("u", types.Integer, unique=True),
        Index("ix", "u"),
    )
    loaded = pickle.loads(pickle.dumps(metadata))
    made = loaded.tables["s.child"]
    assert made.metadata is loaded
    assert str(CreateTable(made)) == str(CreateTable(child))
    assert next(iter(made.foreign_keys)).column is loaded.tables["s.parent"].c.id
    assert made._token is not child._token
    assert made.c.u.table is made and made.c["u"] is made.c.u
    assert [index.name for index in made.indexes] == ["ix"]
    assert loaded.tables["s.parent"].c.id.default.arg == 5


class Announced(types.SchemaType, types.TypeEngine):
    """A type that notes the events it hears."""

    heard = []

    def _on_table_create(self, target, bind, **kw):
        self.heard.append(target.name)

    def _on_metadata_create(self, target, bind, **kw):
        self.heard.append("all")


def test_types_hear_of_creation_after_unpickling():
    metadata = MetaData()
    Table("t", metadata, Column("x", Announced(name="a")))
    for made in (metadata, pickle.loads(pickle.dumps(metadata))):
        del Announced.heard[:]
        made._wake()
        made.dispatch.before_create(made, None)
        made.tables["t"].dispatch.before_create(made.tables["t"], None)
        assert Announced.heard == ["all", "t"]


def test_keys_in_the_cache_are_tokens():
    one, two = Table("t", MetaData(), Column("x")), Table("t", MetaData(), Column("x"))
    keys = [table.select()._generate_cache_key().key for table in (one, one, two)]
    assert keys[0] == keys[1] != keys[2]


def test_constraints_find_their_table():
    a, b = Column("a", types.Integer), Column("b", types.Integer)
    unique, index, check = UniqueConstraint(a, b), Index("ix", a), CheckConstraint(a > 5)
    with pytest.raises(exc.InvalidRequestError, match="no table"):
        unique.table
    table = Table("t", MetaData(), a, b)
    assert unique.table is table and index.table is table and check.table is table
    assert list(unique.columns.keys()) == ["a", "b"]
    other = Table("o", MetaData(), Column("z"))
    with pytest.raises(exc.ArgumentError, match="several tables"):
        Index("bad", table.c.a, other.c.z)


@pytest.mark.parametrize(
    "columns, expected",
    [
        ([Column("x", types.Integer, primary_key=True)], "x"),
        ([Column("x", types.BigInteger, primary_key=True)], "x"),
        ([Column("x", types.String, primary_key=True)], None),
        ([Column("x", types.Integer, primary_key=True, default=5)], None),
        ([Column("x", types.Integer, ForeignKey("y.z"), primary_key=True)], None),
        ([Column("x", types.Integer, ForeignKey("y.z"), primary_key=True, autoincrement="ignore_fk")], "x"),
        ([Column("x", types.Integer, primary_key=True), Column("y", types.Integer, primary_key=True)], None),
        (
            [
                Column("x", types.Integer, primary_key=True),
                Column("y", types.Integer, primary_key=True, autoincrement=True),
            ],
            "y",
        ),
    ],
)
def test_autoincrement_column(columns, expected):
    found = Table("t", MetaData(), *[column.clone() for column in columns]).autoincrement_column
    assert (found.name if found is not None else None) == expected


def test_autoincrement_refuses_types_that_do_not_count():
    table = Table("t", MetaData(), Column("x", types.String, primary_key=True, autoincrement=True))
    with pytest.raises(exc.ArgumentError, match="does not count up"):
        table.autoincrement_column


def test_primary_key_constraint_marks_columns():
    table = Table("t", MetaData(), Column("a"), Column("b"), PrimaryKeyConstraint("b", "a", name="pk"))
    assert [column.name for column in table.primary_key] == ["b", "a"]
    assert table.c.a.primary_key and not table.c.a.nullable
    assert table.primary_key.name == "pk"
    assert len([c for c in table.constraints if isinstance(c, PrimaryKeyConstraint)]) == 1


class UserColumns(TypedColumns):
    id: Named[int] = Column(primary_key=True)
    name: Column[str]
    nick: Named[Optional[str]]
    note: Named[str] = Column("remark", types.Text)
    other: Named[int] = Column("else", key="given")
    owner: Named[int] = Column(ForeignKey("owners.id"))
    size = Column(types.Integer)


class Dated:
    day: Named[dt.date]


class MoreColumns(UserColumns, Dated):
    extra: Named[float]
    name: Named[bytes]


def test_typed_columns():
    table = Table("users", MetaData(), UserColumns)
    assert [(c.name, c.key, c.nullable, repr(c.type)) for c in table.c] == [
        # those without an annotation come first
        ("size", "size", True, "Integer()"),
        ("id", "id", False, "Integer()"),
        ("name", "name", False, "String()"),
        ("nick", "nick", True, "String()"),
        ("remark", "note", False, "Text()"),
        ("else", "given", False, "Integer()"),
        ("owner", "owner", False, "Integer()"),
    ]
    more = Table("more", MetaData(), MoreColumns, Column("last", types.Integer))
    assert more.c.keys() == ["day", "size", "id", "name", "nick", "note", "given", "owner", "extra", "last"]
    assert isinstance(more.c.name.type, types.LargeBinary) and more.c.id is not table.c.id


def test_typed_columns_refuse_other_annotations():
    class Wrong(TypedColumns):
        x: int

    with pytest.raises(exc.ArgumentError, match="Wrong.x"):
        Table("t", MetaData(), Wrong)


@pytest.mark.parametrize(
    "body, found",
    [({"x": 5}, "x is 5, expected a Column"), ({"__annotations__": {"x": Named}}, "No SQL type is known"),
     ({"__annotations__": {"x": Named[int]}, "x": "y"}, "x is 'y', expected a Column"),
     ({"__annotations__": {"x": Named[dict]}}, "No SQL type is known for <class 'dict'>")],
)  # fmt: skip
def test_typed_columns_are_columns(body, found):
    with pytest.raises(exc.ArgumentError, match=found):
        Table("t", MetaData(), type("Wrong", (TypedColumns,), body))


def test_typed_columns_are_no_class_of_objects():
    with pytest.raises(exc.InvalidRequestError, match="no object of it is made"):
        UserColumns()
    for body in ({"method": lambda self: 1}, {"Inner": int}, {"__init__": lambda self: None}):
        with pytest.raises(exc.InvalidRequestError, match="has no methods; found %s" % list(body)[0]):
            type("Wrong", (TypedColumns,), body)


def test_attach_events_and_hooks():
    seen = []

    def listener(item, parent):
        seen.append((type(item).__name__, parent.name))

    event.listen(Column, "after_parent_attach", listener)
    try:
        column = Column("x", types.Integer)
        column.on_attach(lambda item, parent: seen.append(("hook", parent.name)))
        column.on_attach(lambda item, parent: seen.append(("before", item.table)), before=True)
        Table("t", MetaData(), column)
    finally:
        event.remove(Column, "after_parent_attach", listener)
    assert seen == [("before", None), ("Column", "t"), ("hook", "t")]


@pytest.mark.parametrize(
    "older",
    [
        lambda table: table.c.a.copy(),
        lambda table: table.primary_key.copy(),
        lambda table: next(iter(table.c.a.foreign_keys)).copy(),
        lambda table: next(iter(table.foreign_key_constraints)).copy(),
        lambda table: table.tometadata(MetaData()),
        lambda table: Table("t", table.metadata, mustexist=True),
    ],
)
def test_older_names_warn(older):
    table = Table("t", MetaData(), Column("a", ForeignKey("other.a"), primary_key=True))
    with pytest.warns(exc.SADeprecationWarning):
        assert type(older(table)).__module__.startswith("sqltoolkit_core.sql.schema")
