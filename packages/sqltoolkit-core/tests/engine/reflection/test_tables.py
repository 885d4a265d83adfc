"""Tables filled from the database."""

from __future__ import annotations

import pytest

from sqltoolkit_core import CheckConstraint
from sqltoolkit_core import Column
from sqltoolkit_core import Computed
from sqltoolkit_core import ForeignKey
from sqltoolkit_core import Index
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import Numeric
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import UniqueConstraint
from sqltoolkit_core import create_engine
from sqltoolkit_core import event
from sqltoolkit_core import exc


@pytest.fixture
def conn():
    metadata = MetaData()
    Table("parent", metadata, Column("id", Integer, primary_key=True))
    child = Table(
        "child",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(30), nullable=False, server_default="x"),
        Column("price", Numeric(8, 2)),
        Column("twice", Numeric(8, 2), Computed("price * 2")),
        Column("parent_id", ForeignKey("parent.id", name="fk_p", ondelete="CASCADE")),
        UniqueConstraint("name", name="uq"),
        CheckConstraint("price > 0", name="ck"),
    )
    Index("ix_price", child.c.price, child.c.name, unique=True)
    with create_engine("sqlite://").connect() as connection:
        metadata.create_all(connection)
        yield connection


def test_everything_comes_back(conn):
    metadata = MetaData()
    child = Table("child", metadata, autoload_with=conn)
    assert child.c.keys() == ["id", "name", "price", "twice", "parent_id"]
    assert child.c.name.type.length == 30 and not child.c.name.nullable
    assert (child.c.price.type.precision, child.c.price.type.scale) == (8, 2)
    assert str(child.c.name.server_default.arg) == "'x'" and child.c.twice.computed is not None
    assert child.primary_key.columns.keys() == ["id"]
    (fk,) = child.foreign_key_constraints
    assert fk.name == "fk_p" and fk.ondelete == "CASCADE" and fk.referred_table is metadata.tables["parent"]
    names = {constraint.name for constraint in child.constraints}
    assert {"uq", "ck", "fk_p"} <= names
    (index,) = child.indexes
    assert index.name == "ix_price" and index.unique and len(index.columns) == 2


def test_created_again_it_is_the_same(conn):
    metadata = MetaData()
    metadata.reflect(conn)
    with create_engine("sqlite://").connect() as other:
        metadata.create_all(other)
        again = MetaData()
        again.reflect(other)
        assert sorted(again.tables) == sorted(metadata.tables)
        assert again.tables["child"].c.keys() == metadata.tables["child"].c.keys()


def test_choice_of_columns_and_events(conn):
    some = Table("child", MetaData(), include_columns=["id", "name"], autoload_with=conn)
    assert some.c.keys() == ["id", "name"]
    metadata = MetaData()

    @event.listens_for(metadata, "column_reflect")
    def rename(inspector, table, info):
        info["key"] = "k_" + info["name"]

    assert "k_name" in Table("child", metadata, autoload_with=conn).c


def test_missing_and_unresolved(conn):
    with pytest.raises(exc.NoSuchTableError):
        Table("zz", MetaData(), autoload_with=conn)
    metadata = MetaData()
    Table("child", metadata, autoload_with=conn, resolve_fks=False)
    assert list(metadata.tables) == ["child"]


def test_indexes_of_expressions_are_left_out_with_columns(conn):
    """They may be made of a column that is not among those included."""
    conn.exec_driver_sql("CREATE INDEX ix_upper ON child (upper(name))")
    names = {index.name for index in Table("child", MetaData(), autoload_with=conn).indexes}
    assert names == {"ix_price", "ix_upper"}
    part = Table("child", MetaData(), autoload_with=conn, include_columns=["id", "price"])
    assert part.indexes == set()
