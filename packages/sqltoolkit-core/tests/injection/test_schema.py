"""Hostile names, texts and numbers in DDL and in sources of rows: what SQLite understands, and what is refused."""

from __future__ import annotations

import datetime as dt

import pytest

from hostile import ENGINES
from hostile import SETTINGS
from hostile import engine_of
from hostile import names
from hostile import objects
from hostile import run_literal
from hostile import strings
from hypothesis import assume
from hypothesis import given

from sqltoolkit_core import CHAR
from sqltoolkit_core import NVARCHAR
from sqltoolkit_core import TEXT
from sqltoolkit_core import VARBINARY
from sqltoolkit_core import Column
from sqltoolkit_core import Computed
from sqltoolkit_core import Enum
from sqltoolkit_core import FrameClause
from sqltoolkit_core import FrameClauseType
from sqltoolkit_core import Identity
from sqltoolkit_core import Index
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import Numeric
from sqltoolkit_core import Sequence
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import UniqueConstraint
from sqltoolkit_core import cast
from sqltoolkit_core import column
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_core import inspect
from sqltoolkit_core import literal
from sqltoolkit_core import select
from sqltoolkit_core import text
from sqltoolkit_core import tuple_
from sqltoolkit_core import upsert
from sqltoolkit_core import values
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.schema import CreateSequence
from sqltoolkit_core.schema import CreateTable
from sqltoolkit_core.schema import CreateTableAs
from sqltoolkit_core.schema import CreateView
from sqltoolkit_core.schema import DropView
from sqltoolkit_core.schema import SetColumnComment

BAD = "1); DROP TABLE guard --"


@SETTINGS
@given(names, names, names)
def test_views_and_tables_from_selects(view, table, label):
    assume(len({view.lower(), table.lower(), "t", "guard"}) == 4)
    assume(label.lower() not in ("true", "false"))
    made = Table("t", MetaData(), Column("x", String))
    with engine_of().begin() as connection:
        made.create(connection)
        connection.execute(made.insert(), {"x": "it's"})
        query = select(made.c.x.label(label)).where(made.c.x == "it's")
        seen, kept = CreateView(query, view), CreateTableAs(query, table)
        connection.execute(seen)
        connection.execute(kept)
        assert objects(connection, "view") == [view] and objects(connection) == sorted(["guard", "t", table])
        for source in (seen.table, kept.table):
            assert connection.execute(select(source.c[label])).all() == [("it's",)]
        connection.execute(DropView(seen.table))
        assert objects(connection, "view") == []


@SETTINGS
@given(names, names, strings, strings)
def test_values_as_rows(source, name, one, other):
    # SQLite itself renames the columns "true" and "false"
    assume(name.lower() not in ("true", "false"))
    rows = values(column(name, String), column(name + "2", String), name=source)
    for literal_binds in (False, True):
        rows.literal_binds = literal_binds
        common = rows.data([(one, "a"), (other, one)]).cte(source)
        query = select(common.c[name]).where(common.c[name + "2"] == one)
        with engine_of().connect() as connection:
            assert connection.execute(query).all() == ([(one,)] if one == "a" else []) + [(other,)]


@SETTINGS
@given(names, strings)
def test_functions_as_tables(alias, value):
    each = func.json_each(func.json_array(value, "second")).table_valued("value", "key", name=alias)
    with engine_of().connect() as connection:
        assert connection.execute(select(each.c.value).where(each.c.key == 0)).all() == [(value,)]


@SETTINGS
@given(names, strings, strings)
def test_upserts_and_indexes_with_conditions(name, one, other):
    made = Table("t", MetaData(), Column(name, String, primary_key=True, key="k"), Column("x", String))
    Index("i", made.c.k, sqlite_where=made.c.x == one)
    with engine_of().begin() as connection:
        made.create(connection)
        connection.execute(upsert(made).values(k=one, x="new"))
        connection.execute(upsert(made).values(k=one, x=other))
        insert = sqlite.insert(made).values(k=one, x="z")
        connection.execute(insert.on_conflict_do_update(index_elements=[made.c.k], set_={"x": insert.excluded.x + other}))
        assert connection.execute(select(made)).all() == [(one, "z" + other)]
        assert objects(connection) == ["guard", "t"] and objects(connection, "index") == ["i"]


@SETTINGS
@given(names, strings)
def test_conventions_put_names_together(name, comment):
    metadata = MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s_%(constraint_name)s"})
    made = Table(name, metadata, Column(name, String, comment=comment), UniqueConstraint(name, name=name))
    expected = "uq_%s_%s_%s" % (name, name, name)
    with engine_of().begin() as connection:
        made.create(connection)
        assert [found["name"] for found in inspect(connection).get_unique_constraints(name)] == [expected]
    dialect = DefaultDialect(paramstyle="qmark")
    sql = str(SetColumnComment(made.c[name]).compile(dialect=dialect))
    quote = dialect.identifier_preparer.quote
    prefix = "COMMENT ON COLUMN %s.%s IS " % (quote(name), quote(name))
    assert sql.startswith(prefix) and sql[len(prefix) :] == "'%s'" % comment.replace("'", "''")


@SETTINGS
@given(strings, strings)
def test_texts_that_functions_and_operators_take(one, other):
    subject = literal(one)
    query = select(
        func.aggregate_strings(subject, other), subject.concat(other), func.replace(subject, other, "x"),
        tuple_(subject, other) == tuple_(one, other), subject.between(one, one), subject.like("x" + other, escape="!"),
    )  # fmt: skip
    expected = run_literal(query)
    assert expected[0][1] == one + other and expected[0][3:5] == (1, 1)
    with ENGINES["qmark"].connect() as connection:
        row = connection.execute(query).one()
    assert tuple(row[:3]) == expected[0][:3] and [int(found) for found in row[3:]] == list(expected[0][3:])


@SETTINGS
@given(strings)
def test_escape_characters_are_literals(escape):
    for make in (lambda x: x.like("a", escape=escape), lambda x: x.ilike("a", escape=escape), lambda x: x.contains("a", escape=escape)):
        sql = str(select(make(column("x"))).compile(dialect=DefaultDialect(paramstyle="qmark")))
        assert sql.split(" ESCAPE ", 1)[1].startswith("'%s'" % escape.replace("'", "''"))


@SETTINGS
@given(strings)
def test_generated_columns_and_expressions_of_defaults(value):
    made = Table(
        "t", MetaData(), Column("x", Integer), Column("y", String, Computed(literal(value))),
        Column("z", String, server_default=literal(value)),
    )  # fmt: skip
    with engine_of().begin() as connection:
        made.create(connection)
        connection.execute(made.insert(), {"x": 1})
        assert connection.execute(select(made)).all() == [(1, value, value)]


@pytest.mark.parametrize(
    "type_",
    [String(BAD), CHAR(BAD), TEXT(BAD), NVARCHAR(BAD), Numeric(BAD, 2), Numeric(5, BAD), VARBINARY(BAD), String("5'"), String("a\n")],
    ids=repr,
)  # fmt: skip
def test_sizes_of_types_are_numbers_or_words(type_):
    for make in (lambda: cast(column("x"), type_).compile(), lambda: CreateTable(Table("t", MetaData(), Column("x", type_))).compile()):
        with pytest.raises(exc.CompileError, match="expected a number|has no SQL"):
            make()
    assert str(cast(column("x"), String("max"))) == "CAST(x AS VARCHAR(max))"
    assert str(cast(column("x"), String("10 CHAR"))) == "CAST(x AS VARCHAR(10 CHAR))"


@pytest.mark.parametrize("option", ["start", "increment", "minvalue", "maxvalue", "cache"])
def test_options_of_sequences_are_numbers(option):
    made = Table("t", MetaData(), Column("x", Integer, Identity(**{option: BAD})))
    for statement in (CreateSequence(Sequence("s", **{option: BAD})), CreateTable(made)):
        with pytest.raises(exc.CompileError, match="expected a number"):
            statement.compile()


def test_frames_have_numbers_and_known_words():
    with pytest.raises(exc.ArgumentError, match="integer or None"):
        func.sum(column("x")).over(rows=(None, BAD))
    with pytest.raises(exc.CompileError):
        func.sum(column("x")).over(rows=(None, 0), exclude=BAD).compile()
    # an expression as a boundary is a parameter
    frame = FrameClause(BAD, None, FrameClauseType.PRECEDING, FrameClauseType.CURRENT)
    compiled = func.sum(column("x")).over(rows=frame).compile()
    assert BAD not in str(compiled) and BAD in compiled.params.values()


@pytest.mark.parametrize("value", [BAD, "5", dt.date(2020, 1, 1), 1.5])
def test_limits_are_numbers(value):
    try:
        statement = select(column("x")).limit(value).offset(value)
    except (ValueError, TypeError, exc.ArgumentError):
        return
    assert BAD not in str(statement)


@SETTINGS
@given(strings)
def test_texts_keep_to_their_colons(value):
    # a name behind a colon is a parameter; with a backslash before it, and in values, it is none
    statement = text("SELECT :x, '\\:x'").bindparams(x=value)
    with ENGINES["qmark"].connect() as connection:
        assert connection.execute(statement).all() == [(value, ":x")]


@SETTINGS
@given(strings, names)
def test_members_of_enumerations(member, name):
    made = Table("t", MetaData(), Column("x", Enum(member, "other", name=name, create_constraint=True, native_enum=False)))
    with engine_of().begin() as connection:
        made.create(connection)
        connection.execute(made.insert(), [{"x": member}, {"x": "other"}])
        assert connection.execute(select(made.c.x).where(made.c.x == member)).scalars().first() == member
        assert [found["name"] for found in inspect(connection).get_check_constraints("t")] == [name]
