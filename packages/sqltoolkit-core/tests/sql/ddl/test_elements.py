"""DDL statements: what they hold, and their text on the default dialect."""

from __future__ import annotations

import pytest

from sqltoolkit_core import exc
from sqltoolkit_core import types
from sqltoolkit_core.schema import AddConstraint
from sqltoolkit_core.schema import Column
from sqltoolkit_core.schema import CreateIndex
from sqltoolkit_core.schema import CreateSchema
from sqltoolkit_core.schema import CreateSequence
from sqltoolkit_core.schema import CreateTable
from sqltoolkit_core.schema import CreateTableAs
from sqltoolkit_core.schema import CreateView
from sqltoolkit_core.schema import DDL
from sqltoolkit_core.schema import DropConstraint
from sqltoolkit_core.schema import DropIndex
from sqltoolkit_core.schema import DropSchema
from sqltoolkit_core.schema import DropTable
from sqltoolkit_core.schema import DropView
from sqltoolkit_core.schema import Index
from sqltoolkit_core.schema import MetaData
from sqltoolkit_core.schema import Sequence
from sqltoolkit_core.schema import Table
from sqltoolkit_core.schema import UniqueConstraint


@pytest.fixture
def table():
    return Table("t", MetaData(), Column("id", types.Integer, primary_key=True), Column("x", types.Integer), schema="s")


def text(statement):
    return str(statement).strip()


def test_texts(table):
    assert text(DropTable(table, if_exists=True)) == "DROP TABLE IF EXISTS s.t"
    assert text(CreateSchema("q", if_not_exists=True)) == "CREATE SCHEMA IF NOT EXISTS q"
    assert text(DropSchema("q", cascade=True)) == "DROP SCHEMA q CASCADE"
    assert text(CreateSequence(Sequence("q", start=3))) == "CREATE SEQUENCE q START WITH 3"
    assert text(CreateIndex(Index("i", table.c.x, unique=True))) == "CREATE UNIQUE INDEX i ON s.t (x)"
    assert text(DropIndex(Index("j", table.c.x), if_exists=True)) == "DROP INDEX IF EXISTS s.j"
    assert text(DDL("go %(table)s %(x)s %%", context={"x": 5}).against(table)) == "go t 5 %"


def test_constraints_added_apart_are_left_out_of_the_table(table):
    constraint = UniqueConstraint(table.c.x, name="u")
    assert "UNIQUE" in str(CreateTable(table))
    assert text(AddConstraint(constraint)) == "ALTER TABLE s.t ADD CONSTRAINT u UNIQUE (x)"
    assert "UNIQUE" not in str(CreateTable(table))
    dropped = DropConstraint(constraint, cascade=True, if_exists=True)
    assert text(dropped) == "ALTER TABLE s.t DROP CONSTRAINT IF EXISTS u CASCADE"


def test_views(table):
    metadata = table.metadata
    view = CreateView(table.select(), "v", metadata=metadata, or_replace=True)
    assert text(view) == "CREATE OR REPLACE VIEW v AS SELECT s.t.id, s.t.x \nFROM s.t"
    assert view.table.is_view and view.table.metadata is metadata
    assert view.table.c.keys() == ["id", "x"]
    assert [t.key for t in metadata.sorted_tables] == ["s.t", "v"]
    assert text(DropView(view.table, if_exists=True, materialized=True)) == "DROP MATERIALIZED VIEW IF EXISTS v"
    copied = view.table.to_metadata(MetaData())
    assert copied._creator_ddl.table is copied and copied.is_view


def test_create_table_as(table):
    statement = CreateTableAs(table.select(), "c", temporary=True, if_not_exists=True)
    assert text(statement).startswith("CREATE TEMPORARY TABLE IF NOT EXISTS c AS SELECT")
    assert statement.table.c.keys() == ["id", "x"]
    assert "c" not in table.metadata.tables


def test_refusals():
    with pytest.raises(exc.ArgumentError, match="text of a statement"):
        DDL(5)
    with pytest.raises(TypeError, match="nonsense"):
        DropConstraint(UniqueConstraint("x"), nonsense=True)
