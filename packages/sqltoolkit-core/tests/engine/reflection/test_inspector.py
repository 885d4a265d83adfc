"""The inspector: names, one table, many tables, cache, order of dependency."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import Table
from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core import inspect
from sqltoolkit_core.engine.reflection import Inspector
from sqltoolkit_core.engine.reflection import ObjectKind
from sqltoolkit_core.engine.reflection import ObjectScope


@pytest.fixture
def conn():
    with create_engine("sqlite://").connect() as connection:
        for sql in (
            "create table a (id integer primary key, b_id integer, constraint ab foreign key (b_id) references b)",
            "create table b (id integer primary key, a_id integer references a (id))",
            "create table c (id integer primary key, a_id integer references a (id))",
            "create view v as select id from c",
            "create temporary table tmp (x)",
        ):
            connection.exec_driver_sql(sql)
        yield connection


def test_names(conn):
    found = inspect(conn)
    assert found.get_table_names() == ["a", "b", "c"] and found.get_view_names() == ["v"]
    assert found.get_temp_table_names() == ["tmp"] and found.get_schema_names() == ["main"]
    assert found.has_table("v") and found.has_table("tmp") and not found.has_table("zz")
    assert found.has_multi_table(["a", "zz"]) == {(None, "a"): True, (None, "zz"): False}
    assert found.has_multi_table(["a"], schema="main") == {("main", "a"): True}
    assert found.has_schema("main") and not found.has_schema("zz")
    with pytest.raises(exc.NoSuchTableError):
        found.get_columns("zz")


def test_multi(conn):
    found = inspect(conn)
    assert set(found.get_multi_columns()) == {(None, "a"), (None, "b"), (None, "c")}
    assert set(found.get_multi_columns(kind=ObjectKind.VIEW)) == {(None, "v")}
    assert set(found.get_multi_columns(scope=ObjectScope.TEMPORARY)) == {(None, "tmp")}
    assert list(found.get_multi_pk_constraint(filter_names=["b"]).values()) == [
        {"constrained_columns": ["id"], "name": None}
    ]


def test_cache(conn):
    found = inspect(conn)
    found.get_table_names()
    conn.exec_driver_sql("create table d (x)")
    assert "d" not in found.get_table_names()
    found.clear_cache()
    assert "d" in found.get_table_names()


def test_order_with_a_cycle(conn):
    ordered = inspect(conn).get_sorted_table_and_fkc_names()
    names = [name for name, _ in ordered]
    assert set(names[:-1]) == {"a", "b", "c"} and names[-1] is None
    assert names.index("a") < names.index("c")
    assert dict(ordered) == {"a": [], "b": [], "c": [("c", None)], None: [("a", "ab"), ("b", None)]}
    by_key = inspect(conn).sort_tables_on_foreign_key_dependency()
    assert dict(by_key)[None] == [((None, "a"), "ab"), ((None, "b"), None)]
    assert dict(by_key)[None, "c"] == [((None, "c"), None)]
    schemas = dict(inspect(conn).sort_tables_on_foreign_key_dependency(consider_schemas=("main",)))
    assert schemas["main", "c"] == [(("main", "c"), None)]


def test_older_spellings():
    engine = create_engine("sqlite://")
    for make in (Inspector, Inspector.from_engine):
        with pytest.warns(exc.SADeprecationWarning, match="inspect"):
            made = make(engine)
        assert type(made) is Inspector and made.get_table_names() == []


def test_engine_is_inspected_too():
    assert inspect(create_engine("sqlite://")).get_table_names() == []


def test_many_tables_of_an_engine(tmp_path):
    engine = create_engine("sqlite:///%s" % (tmp_path / "many.db"))
    with engine.begin() as connection:
        connection.exec_driver_sql("create table a (x integer)")
        connection.exec_driver_sql("create table b (y integer)")
    found = inspect(engine).get_multi_columns()
    assert {key: [column["name"] for column in columns] for key, columns in found.items()} == {
        (None, "a"): ["x"], (None, "b"): ["y"],
    }
    assert set(inspect(engine).get_multi_table_options()) == set(found)


QUESTIONS = (
    "columns", "table_options", "pk_constraint", "foreign_keys", "indexes", "unique_constraints", "check_constraints",
    "table_comment",
)  # fmt: skip


def count_questions(conn, monkeypatch):
    asked = []
    for question in QUESTIONS:
        method = "get_multi_" + question
        monkeypatch.setattr(conn.dialect, method, counting(method, getattr(conn.dialect, method), asked))
    return asked


def counting(method, ask, asked):
    def counted(connection, **kw):
        asked.append((method, kw["schema"], tuple(kw["filter_names"])))
        return ask(connection, **kw)

    return counted


def test_many_tables_are_asked_for_at_once(conn, monkeypatch):
    asked = count_questions(conn, monkeypatch)
    metadata = MetaData()
    metadata.reflect(conn, views=True)
    assert sorted(metadata.tables) == ["a", "b", "c", "v"]
    assert asked == [("get_multi_" + question, None, ("a", "b", "c", "v")) for question in QUESTIONS]
    assert {key.parent.name for key in metadata.tables["b"].c.id.table.foreign_keys} == {"a_id"}
    # one table is asked for alone, and those that it refers to
    asked.clear()
    Table("c", MetaData(), autoload_with=conn)
    assert {names for _, _, names in asked} == {("c",), ("a",), ("b",)} and len(asked) == 3 * len(QUESTIONS)


def test_gathered(conn):
    knowing = inspect(conn).gather(["a", "nothing"])
    table = Table("a", MetaData())
    conn.exec_driver_sql("drop view v")
    conn.exec_driver_sql("alter table a add column late integer")
    knowing.reflect_table(table, None, resolve_fks=False)
    assert table.c.keys() == ["id", "b_id"]
    # the one that it was made from knows nothing
    inspect(conn).reflect_table(table, None, resolve_fks=False)
    assert table.c.keys() == ["id", "b_id", "late"]
    with pytest.raises(exc.NoSuchTableError):
        knowing.reflect_table(Table("nothing", MetaData()), None)


@pytest.mark.parametrize("question", QUESTIONS)
def test_unreflectable(conn, monkeypatch, question):
    ask = getattr(conn.dialect, "get_" + question)

    def refuse(connection, name, schema=None, **kw):
        if name == "c":
            raise exc.UnreflectableTableError("c is odd")
        return ask(connection, name, schema=schema, **kw)

    monkeypatch.setattr(conn.dialect, "get_" + question, refuse)
    metadata = MetaData()
    with pytest.warns(exc.SAWarning, match="c is odd"):
        metadata.reflect(conn)
    assert sorted(metadata.tables) == ["a", "b"]
    with pytest.raises(exc.UnreflectableTableError):
        Table("c", MetaData(), autoload_with=conn)
    with pytest.raises(exc.NoSuchTableError):
        Table("nothing", MetaData(), autoload_with=conn)


def test_types_given_as_classes(conn, monkeypatch):
    monkeypatch.setattr(
        conn.dialect, "get_columns", lambda *args, **kw: [{"name": "x", "type": Integer, "nullable": True, "default": None}]
    )
    assert isinstance(inspect(conn).get_columns("a")[0]["type"], Integer)
    assert all(isinstance(one["type"], Integer) for (one,) in inspect(conn).get_multi_columns().values())
    assert isinstance(Table("v", MetaData(), autoload_with=conn).c.x.type, Integer)
