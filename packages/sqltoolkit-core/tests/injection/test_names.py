"""Hostile names of every kind are executed on SQLite: one statement, the objects that were meant, the same values back."""

from __future__ import annotations

import sqlite3
import sys

import pytest

from hypothesis import assume
from hypothesis import example
from hostile import SETTINGS
from hostile import engine_of
from hostile import names
from hostile import objects
from hostile import texts
from hypothesis import given
from hypothesis import strategies as st

from sqltoolkit_core import Column
from sqltoolkit_core import ForeignKeyConstraint
from sqltoolkit_core import Index
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import UniqueConstraint
from sqltoolkit_core import bindparam
from sqltoolkit_core import cast
from sqltoolkit_core import create_engine
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_core import inspect
from sqltoolkit_core import literal
from sqltoolkit_core import select
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.pool import StaticPool
from sqltoolkit_core.schema import CreateTable
from sqltoolkit_core.sql.functions import Function

MARKS = ["\x02x\x03", "\x04", "a\x05b", "__[SCHEMA_x]", "__[POSTCOMPILE_x]"]


@pytest.mark.parametrize("paramstyle", ["qmark", "named"])
@SETTINGS
@given(names, names, names, texts)
@example("t\n", "c\n", "d\n", "v")
@example("t", "a b", "a_b", "v")
@example("t", "a_b", "a b", "v")
@example("t", "x'); DROP TABLE guard --", "y", "v")
def test_tables_and_columns(paramstyle, table, one, other, value):
    assume(one.lower() != other.lower())
    engine = engine_of(paramstyle)
    made = Table(
        table, MetaData(), Column(one, Integer, primary_key=True, key="k1"), Column(other, String, key="k2", comment=value),
        comment=value,
    )  # fmt: skip
    with engine.begin() as connection:
        made.create(connection)
        assert objects(connection) == sorted(["guard", table])
        found = inspect(connection).get_columns(table)
        assert [column["name"] for column in found] == [one, other]
        connection.execute(made.insert(), {"k1": 1, "k2": value})
        connection.execute(made.insert(), [{"k1": 2, "k2": value}, {"k1": 3, "k2": "z"}])
        assert connection.execute(made.insert().returning(made.c.k2), {"k1": 4, "k2": value}).scalar() == value
        assert connection.execute(select(made).where(made.c.k1.in_([1, 2]))).all() == [(1, value), (2, value)]
        assert connection.execute(made.update().where(made.c.k1 == 3).values(k2="new")).rowcount == 1
        row = connection.execute(select(made).where(made.c.k1 == 3, made.c.k2 == "new")).one()
        assert row._mapping[made.c.k2] == "new"
        assert connection.execute(made.delete().where(made.c.k2 == "new")).rowcount == 1
        made.drop(connection)
        assert objects(connection) == ["guard"]


@SETTINGS
@given(names, names, texts)
def test_without_keys_names_are_bound_too(one, other, value):
    assume(one.lower() != other.lower())
    made = Table("t", MetaData(), Column(one, Integer, primary_key=True), Column(other, String))
    for paramstyle in ("qmark", "named"):
        with engine_of(paramstyle).begin() as connection:
            made.create(connection)
            connection.execute(made.insert(), {one: 1, other: value})
            connection.execute(made.insert(), [{one: 2, other: "b"}, {one: 3, other: "c"}])
            query = select(made.c[other]).where(made.c[one] == 1, made.c[other].in_([value, "b"]))
            assert connection.execute(query).all() == [(value,)]
            assert connection.execute(made.update().values({other: value + "!"})).rowcount == 3


@SETTINGS
@given(names, names, names)
def test_labels_aliases_and_ctes(label, alias, cte):
    # SQLite itself renames the columns "true" and "false" of subqueries
    assume(label.lower() not in ("true", "false"))
    made = Table("t", MetaData(), Column("id", Integer), Column("x", String))
    with engine_of().begin() as connection:
        made.create(connection)
        connection.execute(made.insert(), {"id": 1, "x": "one"})
        aliased = made.alias(alias)
        columns = select(aliased.c.x.label(label), literal("two").label(label + "2"))
        common = columns.cte(cte)
        row = connection.execute(select(common)).one()
        assert tuple(row) == ("one", "two")
        assert list(row._mapping) == [label, label + "2"]
        inner = columns.subquery(alias)
        assert connection.execute(select(inner.c[label]).order_by(inner.c[label])).scalar() == "one"
        assert connection.execute(select(func.count(made.c.id).label(label)).group_by(made.c.x)).scalar() == 1
        assert objects(connection) == ["guard", "t"]


@SETTINGS
@given(names, names, names)
def test_indexes_and_constraints(index, unique, foreign):
    assume(len({index.lower(), unique.lower(), foreign.lower(), "guard", "t", "p"}) == 6)
    metadata = MetaData()
    Table("p", metadata, Column("id", Integer, primary_key=True))
    made = Table(
        "t", metadata, Column("id", Integer, primary_key=True), Column("x", String), Column("p", Integer),
        UniqueConstraint("x", "p", name=unique), ForeignKeyConstraint(["p"], ["p.id"], name=foreign),
    )  # fmt: skip
    made_index = Index(index, made.c.x)
    with engine_of().begin() as connection:
        metadata.create_all(connection)
        assert objects(connection) == ["guard", "p", "t"]
        assert objects(connection, "index") == [index]
        seen = inspect(connection)
        assert [found["name"] for found in seen.get_indexes("t")] == [index]
        assert [found["name"] for found in seen.get_unique_constraints("t")] == [unique]
        assert [found["name"] for found in seen.get_foreign_keys("t")] == [foreign]
        made_index.drop(connection)
        assert objects(connection, "index") == []


@SETTINGS
@given(names, names)
def test_reflection_of_names(table, column):
    quoted = ['"%s"' % name.replace('"', '""') for name in (table, column)]
    with engine_of().begin() as connection:
        connection.exec_driver_sql("CREATE TABLE %s (%s INTEGER PRIMARY KEY, other TEXT)" % tuple(quoted))
        seen = inspect(connection)
        assert seen.has_table(table)
        assert sorted(seen.get_table_names()) == sorted(["guard", table])
        assert seen.get_pk_constraint(table)["constrained_columns"] == [column]
        assert not seen.has_table(table + "'); DROP TABLE guard --")
        reflected = Table(table, MetaData(), autoload_with=connection)
        assert set(reflected.c.keys()) == {column, "other"}
        assert objects(connection) == sorted(["guard", table])


@SETTINGS
@given(names)
def test_attached_schemas_and_schema_translate_map(schema):
    assume(schema.lower() not in ("main", "temp"))
    engine = engine_of()
    made = Table("t", MetaData(), Column("x", Integer), schema="meant")
    with engine.connect() as connection:
        try:
            connection.connection.execute("ATTACH DATABASE ':memory:' AS \"%s\"" % schema.replace('"', '""'))
        except sqlite3.OperationalError:
            assume(False)
        mapped = connection.execution_options(schema_translate_map={"meant": schema})
        made.create(mapped)
        mapped.execute(made.insert(), [{"x": 1}, {"x": 2}])
        assert mapped.execute(select(made.c.x).where(made.c.x.in_([2, 3]))).scalars().all() == [2]
        assert inspect(connection).get_table_names(schema=schema) == ["t"]
        assert objects(connection) == ["guard"]
        connection.rollback()
    engine.dispose()


@SETTINGS
@given(names)
def test_savepoints(name):
    with engine_of().connect() as connection:
        with connection.begin():
            dialect = connection.dialect
            dialect.do_savepoint(connection, name)
            connection.exec_driver_sql("INSERT INTO guard VALUES (1)")
            dialect.do_rollback_to_savepoint(connection, name)
            dialect.do_release_savepoint(connection, name)
            assert connection.exec_driver_sql("SELECT count(*) FROM guard").scalar() == 0


# before Python 3.11 sqlite3 takes only letters, digits and underscores
plain_names = st.text("abcXYZ019_", min_size=1, max_size=12)


@SETTINGS
@given(names if sys.version_info >= (3, 11) else plain_names)
def test_collations(name):
    try:
        sqlite3.connect(":memory:").create_collation(name, lambda a, b: 0)
    except Exception:
        assume(False)
    engine = create_engine("sqlite://", poolclass=StaticPool)

    @event.listens_for(engine, "connect")
    def add_collation(driver_connection, record):
        driver_connection.create_collation(name, lambda a, b: (a.lower() > b.lower()) - (a.lower() < b.lower()))

    made = Table("t", MetaData(), Column("x", String(collation=name)), Column("y", String))
    with engine.begin() as connection:
        made.create(connection)
        connection.execute(made.insert(), {"x": "A", "y": "A"})
        assert connection.execute(select(made.c.x).where(made.c.x == "a")).all() == [("A",)]
        assert connection.execute(select(made.c.x).where(made.c.y.collate(name) == "a")).all() == [("A",)]
        casted = cast(made.c.y, String(collation=name))
        assert connection.execute(select(made.c.x).where(casted == "a")).all() == [("A",)]


@pytest.mark.parametrize("name", ["a; DROP TABLE guard", "a b", 'a"', "a--", "", "a\n", "a.b", "1a", "de-x-icu"])
def test_collations_that_are_not_quoted_have_to_be_identifiers(name):
    dialect = sqlite.dialect()
    dialect.identifier_preparer.quote_case_sensitive_collations = False
    expression = Column("x", String).collate(name)
    with pytest.raises(exc.CompileError, match="expected letters, digits and underscores"):
        expression.compile(dialect=dialect)
    if name:
        with pytest.raises(exc.CompileError):
            CreateTable(Table("t", MetaData(), Column("x", String(collation=name)))).compile(dialect=dialect)
    assert str(Column("x", String).collate("Latin1_CI").compile(dialect=dialect)) == "x COLLATE Latin1_CI"


@pytest.mark.parametrize("name", MARKS)
def test_names_that_look_like_marks_of_the_compiler_are_refused(name):
    with pytest.raises(exc.CompileError, match="bound value"):
        select(Column(name, Integer)).compile(dialect=sqlite.dialect())
    with pytest.raises(exc.CompileError, match="bound value"):
        select(Column("x", Integer).label(name)).compile(dialect=sqlite.dialect())
    with pytest.raises(exc.CompileError, match="bound value"):
        select(bindparam(name)).compile(dialect=sqlite.dialect())


@pytest.mark.parametrize("paramstyle", ["qmark", "named"])
@SETTINGS
@given(names, names)
@example("a b", "a_b")
@example("a.b", "a_b")
@example("a;b", "a_b")
def test_names_of_parameters(paramstyle, one, other):
    assume(one != other)
    with engine_of(paramstyle).connect() as connection:
        query = select(bindparam(one, type_=Integer), bindparam(other, type_=Integer), literal("x"))
        assert connection.execute(query, {one: 1, other: 2}).one() == (1, 2, "x")
        # the values of a list have names of their own
        listed = select(literal(1)).where(literal(5).in_(bindparam(one, expanding=True)), literal(1) == bindparam(other))
        assert connection.execute(listed, {one: [4, 5], other: 1}).all() == [(1,)]
        assert connection.execute(listed, {one: [4], other: 1}).all() == []


@SETTINGS
@given(names)
@example("$1")
@example("1a")
def test_function_names(name):
    with engine_of().connect() as connection:
        # like other databases SQLite has functions whose names are reserved: those names stay as they are
        assume(name.lower() not in connection.dialect.identifier_preparer.reserved_words)
        try:
            connection.connection.create_function(name, 1, lambda value: value + 1)
        except Exception:
            assume(False)
        assert connection.execute(select(Function(name, 1))).scalar() == 2
