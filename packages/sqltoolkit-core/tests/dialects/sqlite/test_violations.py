"""Errors about constraints: class, table, columns and name, for each wording of SQLite."""

from __future__ import annotations

import sqlite3

import pytest

from sqltoolkit_core import CheckConstraint
from sqltoolkit_core import Column
from sqltoolkit_core import Computed
from sqltoolkit_core import ForeignKey
from sqltoolkit_core import Index
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import UniqueConstraint
from sqltoolkit_core import column
from sqltoolkit_core import create_engine
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_core import text
from sqltoolkit_core.dialects.sqlite.violations import violation_of

metadata = MetaData()
parent = Table("parent", metadata, Column("id", Integer, primary_key=True))
child = Table(
    "child",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("parent_id", Integer, ForeignKey("parent.id", name="fk_parent")),
    Column("late_id", Integer, ForeignKey("parent.id", name="fk_late", deferrable=True, initially="DEFERRED")),
)
thing = Table(
    "thing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("a", Integer),
    Column("b", Integer),
    Column("needed", Integer, nullable=False, server_default="1"),
    Column("email", String),
    Column("positive", Integer, CheckConstraint("positive > 0")),
    Column("odd name, x.y", Integer, unique=True),
    Column("doubled", Integer, Computed("needed * 2")),
    UniqueConstraint("a", "b", name="uq_a_b"),
    CheckConstraint("a < 100 AND b <> 7", name="ck_small"),
    Index("uq_text", text("positive + needed"), unique=True),
)
Index("uq_lower", func.lower(thing.c.email), unique=True)
Index("uq_partial", thing.c.b, unique=True, sqlite_where=text("needed = 5"))
pair = Table(
    "pair",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("two", Integer, primary_key=True),
    sqlite_with_rowid=False,
)
dotted = Table("dotted.table", metadata, Column("x.y", Integer, unique=True), Column("z", Integer, nullable=False))


@pytest.fixture
def conn():
    engine = create_engine("sqlite://")
    event.listen(engine, "connect", lambda raw, record: raw.execute("PRAGMA foreign_keys = ON") and None)
    with engine.connect() as connection:
        metadata.create_all(connection)
        connection.execute(parent.insert(), {"id": 1})
        connection.execute(
            thing.insert(), {"id": 1, "a": 1, "b": 2, "email": "x", "odd name, x.y": 1, "positive": 4, "needed": 5}
        )
        connection.execute(pair.insert(), {"one": 1, "two": 1})
        connection.execute(dotted.insert(), {"x.y": 1, "z": 1})
        connection.commit()
        yield connection


def violate(connection, statement, parameters=None):
    with pytest.raises(exc.IntegrityError) as caught:
        connection.execute(statement, parameters)
    return caught.value


@pytest.mark.parametrize(
    "table, values, kind, columns, constraint",
    [
        (thing, {"id": 1}, exc.UniqueViolation, ("id",), None),
        (thing, {"a": 1, "b": 2}, exc.UniqueViolation, ("a", "b"), "uq_a_b"),
        (thing, {"odd name, x.y": 1}, exc.UniqueViolation, ("odd name, x.y",), None),
        (thing, {"email": "X"}, exc.UniqueViolation, ("email",), "uq_lower"),
        (thing, {"positive": 8, "needed": 1}, exc.UniqueViolation, ("positive", "needed"), "uq_text"),
        (thing, {"b": 2, "needed": 5}, exc.UniqueViolation, ("b",), "uq_partial"),
        (thing, {"needed": None}, exc.NotNullViolation, ("needed",), None),
        (thing, {"a": 100}, exc.CheckViolation, ("a", "b"), "ck_small"),
        (thing, {"positive": 0}, exc.CheckViolation, ("positive",), None),
        (pair, {"one": 1, "two": 1}, exc.UniqueViolation, ("one", "two"), None),
        (pair, {"one": 1, "two": None}, exc.NotNullViolation, ("two",), None),
        (dotted, {"x.y": 1, "z": 2}, exc.UniqueViolation, ("x.y",), None),
        (dotted, {"x.y": 2, "z": None}, exc.NotNullViolation, ("z",), None),
        (child, {"parent_id": 9}, exc.ForeignKeyViolation, ("parent_id",), "fk_parent"),
    ],
)
@pytest.mark.parametrize("form", ["one", "many", "returning", "or fail"])
def test_inserts(conn, table, values, kind, columns, constraint, form):
    statement = table.insert()
    given = values
    if form == "many":
        given = [values, values]
    elif form == "returning":
        if sqlite3.sqlite_version_info < (3, 35):
            pytest.skip("RETURNING is of SQLite 3.35")
        statement = statement.returning(*table.primary_key or table.columns)
    elif form == "or fail":
        statement = statement.prefix_with("OR FAIL")
    if constraint in ("uq_lower", "uq_text", "ck_small") and sqlite3.sqlite_version_info < (3, 9):
        pytest.skip("indexes of expressions are of SQLite 3.9")
    error = violate(conn, statement, given)
    assert type(error) is kind and error.table is table and error.table_name == table.name
    assert sorted(error.columns) == sorted(columns) and error.constraint == constraint


def test_updates_and_deletes(conn):
    conn.execute(child.insert(), {"id": 1, "parent_id": 1})
    error = violate(conn, thing.update().values(positive=-1))
    assert type(error) is exc.CheckViolation and error.columns == ("positive",)
    # the key that refers to the row is the one that is violated
    for statement in (parent.delete(), parent.update().values(id=5)):
        error = violate(conn, statement)
        assert type(error) is exc.ForeignKeyViolation
        assert (error.table, error.columns, error.constraint) == (child, ("parent_id",), "fk_parent")


def test_one_of_several_foreign_keys_is_not_guessed(conn):
    other = MetaData()
    Table("parent", other, Column("id", Integer, primary_key=True))
    two = Table(
        "two_keys",
        other,
        Column("p", Integer, ForeignKey("parent.id")),
        Column("q", Integer, ForeignKey("parent.id")),
        Column("unknown", Integer, ForeignKey("elsewhere.id")),
    )
    conn.exec_driver_sql("CREATE TABLE two_keys (p REFERENCES parent (id), q REFERENCES parent (id), unknown)")
    error = violate(conn, two.insert(), {"p": 9})
    assert type(error) is exc.ForeignKeyViolation
    assert (error.table, error.columns, error.constraint) == (two, (), None)


def test_deferred_until_the_commit(conn):
    conn.execute(child.insert(), {"late_id": 9})
    with pytest.raises(exc.ForeignKeyViolation) as caught:
        conn.commit()
    assert caught.value.table is None and caught.value.columns == ()
    conn.rollback()


def test_triggers(conn):
    conn.exec_driver_sql("CREATE TRIGGER r BEFORE INSERT ON parent WHEN new.id = 6 BEGIN "
                         "SELECT RAISE(ABORT, 'UNIQUE constraint failed: thing.a'); END")
    conn.exec_driver_sql("CREATE TRIGGER s AFTER INSERT ON parent WHEN new.id = 7 BEGIN "
                         "INSERT INTO thing (a, b) VALUES (1, 2); END")
    # the table of the constraint, not that of the statement
    error = violate(conn, parent.insert(), {"id": 7})
    assert type(error) is exc.UniqueViolation
    assert (error.table, error.columns, error.constraint) == (thing, ("a", "b"), "uq_a_b")
    error = violate(conn, parent.insert(), {"id": 6})
    if hasattr(error.orig, "sqlite_errorcode"):
        # what RAISE() says is no message of SQLite's
        assert type(error) is exc.IntegrityError and error.table is None


@pytest.mark.skipif(sqlite3.sqlite_version_info < (3, 37), reason="STRICT is of SQLite 3.37")
def test_strict_tables(conn):
    table = Table("strict", MetaData(), Column("id", Integer, primary_key=True), Column("n", Integer), sqlite_strict=True)
    table.create(conn)
    error = violate(conn, table.insert().values(n=text("'abc'")))
    assert type(error) is exc.IntegrityError
    assert (error.table, error.columns, error.constraint) == (table, ("n",), None)


def test_attached_databases(conn):
    conn.exec_driver_sql("ATTACH ':memory:' AS other")
    table = Table("thing", metadata, Column("id", Integer, primary_key=True), Column("u", Integer, unique=True), schema="other")
    try:
        table.create(conn)
        conn.execute(table.insert(), {"u": 1})
        error = violate(conn, table.insert(), {"u": 1})
    finally:
        metadata.remove(table)
    assert error.table is table and error.columns == ("u",)


def test_text_tells_names_only(conn):
    for statement in ("INSERT INTO thing (a, b) VALUES (1, 2)", "INSERT INTO main.thing (a, b) VALUES (1, 2)"):
        error = violate(conn, text(statement))
        assert (error.table, error.table_name, error.columns) == (None, "thing", ("a", "b"))
    error = violate(conn, text("INSERT INTO thing (email) VALUES ('X')"))
    assert (error.table, error.columns, error.constraint) == (None, (), "uq_lower")
    error = violate(conn, text("INSERT INTO thing (a) VALUES (100)"))
    assert (error.table, error.constraint) == (None, "ck_small")


class Context:
    isinsert = True
    isdelete = False

    class compiled:
        statement = thing.insert()


@pytest.mark.parametrize(
    "message, kind, columns, constraint",
    [
        ("PRIMARY KEY must be unique", exc.UniqueViolation, ("id",), None),
        ("columns a, b are not unique", exc.UniqueViolation, ("a", "b"), "uq_a_b"),
        ("column email is not unique", exc.UniqueViolation, ("email",), None),
        ("thing.needed may not be NULL", exc.NotNullViolation, ("needed",), None),
        ("constraint ck_small failed", exc.CheckViolation, ("a", "b"), "ck_small"),
        ("foreign key constraint failed", exc.ForeignKeyViolation, (), None),
        ("CHECK constraint failed: thing", exc.CheckViolation, (), None),
    ],
)
def test_messages_of_old_versions(message, kind, columns, constraint):
    found, details = violation_of(sqlite3.IntegrityError(message), Context)
    assert found is kind and details["table"] is thing
    assert tuple(sorted(details.get("columns", ()))) == columns and details.get("constraint") == constraint


def test_messages_about_nothing_known():
    assert violation_of(sqlite3.IntegrityError("datatype mismatch"), None) is None
    kind, details = violation_of(sqlite3.IntegrityError("CHECK constraint failed: length(x) > 3"), None)
    assert kind is exc.CheckViolation and details == {"constraint": None}
    kind, details = violation_of(sqlite3.IntegrityError("UNIQUE constraint failed: index 'i'"), Context)
    assert kind is exc.UniqueViolation and details == {"constraint": "i"}
    kind, details = violation_of(sqlite3.IntegrityError("UNIQUE constraint failed: q.a, q.b"), Context)
    assert details == {"table_name": "q", "columns": ("a", "b")}


def test_columns_of_a_check_of_expressions(conn):
    table = Table("checked", MetaData(), Column("n", Integer), CheckConstraint(column("n") > 3, name="ck_n"))
    table.create(conn)
    error = violate(conn, table.insert(), {"n": 1})
    assert (error.table, error.columns, error.constraint) == (table, ("n",), "ck_n")
