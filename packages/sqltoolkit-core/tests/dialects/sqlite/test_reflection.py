"""Reflecting what only SQLite has."""

from __future__ import annotations

import pytest

from sqltoolkit_core import MetaData
from sqltoolkit_core import create_engine
from sqltoolkit_core import inspect
from sqltoolkit_core import types
from sqltoolkit_core.dialects.sqlite.base import ischema_names


@pytest.fixture
def run():
    with create_engine("sqlite://").connect() as connection:

        def execute(*statements):
            for statement in statements:
                connection.exec_driver_sql(statement)
            return inspect(connection)

        yield execute


@pytest.mark.parametrize(
    "text, kind",
    [
        ("VARCHAR(20)", types.VARCHAR), ("unsigned big int", types.INTEGER), ("CLOB", types.TEXT),
        ("", types.NullType), ("DOUBLE THING", types.REAL), ("MONEY", types.NUMERIC), ("JSON", types.JSON),
    ],
)  # fmt: skip
def test_types(run, text, kind):
    (column,) = run("create table t (x %s)" % text).get_columns("t")
    assert isinstance(column["type"], kind)


def test_indexes(run):
    found = run(
        "create table t (a, b unique)",
        "create index i1 on t (a desc, b) where a > 1",
        "create unique index i2 on t (lower(a), b)",
    ).get_indexes("t")
    one, two = found
    assert one["column_names"] == ["a", "b"] and one["column_sorting"] == {"a": ("desc",)}
    assert str(one["dialect_options"]["sqlite_where"]) == "a > 1" and not one["unique"]
    assert two["expressions"] == ["lower(a)", "b"] and two["column_names"] == [None, "b"]


def test_keys(run):
    found = run(
        "create table p (a, b, c, constraint k primary key (b, a))",
        "create table q (x, y, constraint f foreign key (x, y) references p on delete cascade)",
    )
    assert found.get_pk_constraint("p") == {"constrained_columns": ["b", "a"], "name": "k"}
    assert found.get_foreign_keys("q") == [
        {
            "name": "f", "constrained_columns": ["x", "y"], "referred_schema": None, "referred_table": "p",
            "referred_columns": ["b", "a"], "options": {"ondelete": "CASCADE"},
        }
    ]  # fmt: skip


def test_attached_schemas_views_and_options(run):
    found = run(
        "attach ':memory:' as other",
        "create table other.t (id integer primary key) without rowid",
        "create view other.v as select id from t",
    )
    assert found.get_table_names("other") == ["t"] and found.get_schema_names() == ["main", "other"]
    assert found.get_table_options("t", "other") == {"sqlite_with_rowid": False}
    assert found.get_view_definition("v", "other").startswith("CREATE VIEW")
    assert found.has_table("t", "other") and not found.has_table("t") and not found.has_table("t", "none")


def test_constraints_written_beside_a_column(run):
    found = run(
        "create table p (id integer primary key)",
        "create table q (n integer check (n > 0), p_id integer references p (id) on delete cascade)",
    )
    assert [check["sqltext"] for check in found.get_check_constraints("q")] == ["n > 0"]
    (key,) = found.get_foreign_keys("q")
    assert key["options"] == {"ondelete": "CASCADE"} and key["name"] is None


def test_the_schema_of_temporary_tables(run):
    found = run(
        "create temp table top (id integer primary key)",
        "create temp table sub (id integer primary key, top_id references top)",
    )
    assert found.has_table("sub", "temp") and not found.has_table("nowhere", "temp")
    assert found.get_foreign_keys("top", "temp") == [] and found.get_indexes("top", "temp") == []
    metadata = MetaData()
    metadata.reflect(found.bind, schema="temp")
    assert sorted(metadata.tables) == ["temp.sub", "temp.top"]
    metadata.create_all(found.bind)


def test_programs_add_types_that_reflection_knows(run, monkeypatch):
    class Point(types.UserDefinedType):
        cache_ok = True

        def __init__(self, dimensions=2):
            self.dimensions = dimensions

        def get_col_spec(self, **kw):
            return "POINT(%d)" % self.dimensions

    monkeypatch.setitem(ischema_names, "POINT", Point)
    plain, three = run("create table t (a POINT, b point(3))").get_columns("t")
    assert type(plain["type"]) is Point and plain["type"].dimensions == 2
    assert type(three["type"]) is Point and three["type"].dimensions == 3
