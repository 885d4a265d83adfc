"""create_all and drop_all on SQLite: order, checks, events, conditions."""

from __future__ import annotations

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import inspect
from sqltoolkit_core import types
from sqltoolkit_core.schema import CheckFirst
from sqltoolkit_core.schema import Column
from sqltoolkit_core.schema import CreateView
from sqltoolkit_core.schema import DDL
from sqltoolkit_core.schema import ForeignKey
from sqltoolkit_core.schema import Index
from sqltoolkit_core.schema import MetaData
from sqltoolkit_core.schema import Table


@pytest.fixture
def engine():
    made = create_engine("sqlite://")
    yield made
    made.dispose()


@pytest.fixture
def metadata():
    made = MetaData()
    Table("child", made, Column("id", types.Integer, primary_key=True), Column("pid", ForeignKey("parent.id")))
    Table("parent", made, Column("id", types.Integer, primary_key=True), Column("n", types.Integer, index=True))
    return made


def statements(engine):
    seen = []
    event.listen(engine, "before_cursor_execute", lambda c, cur, sql, *rest: seen.append(" ".join(sql.split())))
    return seen


def test_order_and_checks(engine, metadata):
    seen = statements(engine)
    metadata.create_all(engine)
    created = [sql.split("(")[0].strip() for sql in seen if sql.startswith("CREATE")]
    assert created == ["CREATE TABLE parent", "CREATE INDEX ix_parent_n ON parent", "CREATE TABLE child"]
    del seen[:]
    metadata.create_all(engine)
    assert not [sql for sql in seen if sql.startswith("CREATE")]
    metadata.drop_all(engine)
    assert [sql for sql in seen if sql.startswith("DROP")] == ["DROP TABLE child", "DROP TABLE parent"]
    assert inspect(engine).get_table_names() == []
    with pytest.raises(exc.OperationalError):
        metadata.drop_all(engine, checkfirst=False)


def test_some_tables_and_one_table(engine, metadata):
    metadata.create_all(engine, tables=[metadata.tables["parent"]])
    assert inspect(engine).get_table_names() == ["parent"]
    metadata.tables["parent"].create(engine, checkfirst=True)
    with pytest.raises(exc.OperationalError):
        metadata.tables["parent"].create(engine)
    metadata.tables["parent"].drop(engine)
    metadata.tables["parent"].drop(engine, checkfirst=True)


def test_circles(engine):
    metadata = MetaData()
    Table("a", metadata, Column("id", types.Integer, primary_key=True), Column("b", ForeignKey("b.id")))
    Table("b", metadata, Column("id", types.Integer, primary_key=True), Column("a", ForeignKey("a.id")))
    metadata.create_all(engine)
    assert inspect(engine).get_table_names() == ["a", "b"]
    with pytest.warns(exc.SAWarning, match="circle"):
        metadata.drop_all(engine)
    assert inspect(engine).get_table_names() == []


def test_events_and_conditions(engine, metadata):
    seen = []
    parent = metadata.tables["parent"]

    def listener(target, connection, **kw):
        seen.append((type(target).__name__, kw["checkfirst"], [t.name for t in kw.get("tables", [])]))

    event.listen(metadata, "before_create", listener)
    event.listen(parent, "after_create", listener)
    event.listen(parent, "after_create", DDL("CREATE TABLE yes (x INTEGER)").execute_if(dialect=("sqlite", "mysql")))
    event.listen(parent, "after_create", DDL("CREATE TABLE no (x INTEGER)").execute_if(dialect="mysql"))
    event.listen(
        parent,
        "after_create",
        DDL("CREATE TABLE maybe (x INTEGER)").execute_if(callable_=lambda ddl, target, bind, state, **kw: state, state=1),
    )
    Index("not_here", parent.c.n).ddl_if(dialect="mysql")
    metadata.create_all(engine)
    assert seen == [("MetaData", CheckFirst.ALL, ["parent", "child"]), ("Table", CheckFirst.ALL, [])]
    assert set(inspect(engine).get_table_names()) == {"child", "parent", "yes", "maybe"}
    assert [index["name"] for index in inspect(engine).get_indexes("parent")] == ["ix_parent_n"]


def test_views_are_created_after_their_tables(engine, metadata):
    CreateView(metadata.tables["child"].select(), "a_view", metadata=metadata)
    metadata.create_all(engine)
    metadata.create_all(engine)
    assert inspect(engine).get_view_names() == ["a_view"]
    metadata.drop_all(engine)
    assert inspect(engine).get_view_names() == []


def test_checkfirst_values():
    assert CheckFirst(True) is CheckFirst.ALL
    assert CheckFirst(False) is CheckFirst.NONE
    assert CheckFirst.TABLES & CheckFirst.ALL and not CheckFirst.NONE
    with pytest.raises(ValueError):
        CheckFirst("x")
