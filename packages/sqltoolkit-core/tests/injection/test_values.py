"""Hostile values written into SQL text: literals of every type, LIKE patterns, JSON paths, defaults, CHECK conditions."""

from __future__ import annotations

import datetime as dt
import decimal

import pytest

from hostile import ENGINES
from hostile import SETTINGS
from hostile import run_literal
from hostile import strings
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st

from sqltoolkit_core import JSON
from sqltoolkit_core import Boolean
from sqltoolkit_core import CheckConstraint
from sqltoolkit_core import Column
from sqltoolkit_core import Date
from sqltoolkit_core import DateTime
from sqltoolkit_core import Enum
from sqltoolkit_core import Float
from sqltoolkit_core import ForeignKeyConstraint
from sqltoolkit_core import Integer
from sqltoolkit_core import Interval
from sqltoolkit_core import LargeBinary
from sqltoolkit_core import MetaData
from sqltoolkit_core import Numeric
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import Time
from sqltoolkit_core import UniqueConstraint
from sqltoolkit_core import Uuid
from sqltoolkit_core import bindparam
from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core import extract
from sqltoolkit_core import inspect
from sqltoolkit_core import literal
from sqltoolkit_core import select
from sqltoolkit_core import text
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.pool import StaticPool
from sqltoolkit_core.schema import CreateTable
from sqltoolkit_core.schema import SetTableComment


@pytest.mark.parametrize("style", sorted(ENGINES))
@SETTINGS
@given(strings, strings)
def test_literal_strings(style, one, other):
    query = select(literal(one), literal(other)).where(literal(one) == one, literal(one).in_([one, other]))
    assert run_literal(query, ENGINES[style]) == [(one, other)]


@SETTINGS
@given(strings)
def test_literals_for_drivers_that_interpolate(value):
    query = select(literal(value).label(value or "x"))
    for style in ("format", "pyformat"):
        dialect = sqlite.dialect(paramstyle=style)
        sql = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        sent = sql % (() if style == "format" else {})
        with ENGINES["qmark"].connect() as connection:
            cursor = connection.connection.execute(sent)
            assert cursor.fetchall() == [(value,)]
            assert cursor.description[0][0] == (value or "x")


@SETTINGS
@given(
    st.one_of(
        st.integers(-(2**63), 2**63 - 1).map(lambda v: (Integer(), v)),
        st.booleans().map(lambda v: (Boolean(), v)),
        st.floats(allow_nan=False, allow_infinity=False).map(lambda v: (Float(), v)),
        st.decimals(-1000, 1000, places=3).map(lambda v: (Numeric(10, 3), v)),
        st.dates().map(lambda v: (Date(), v)),
        st.datetimes().map(lambda v: (DateTime(), v)),
        st.times().map(lambda v: (Time(), v)),
        st.uuids().map(lambda v: (Uuid(), v)),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(-9, 9), strings),
            lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(strings, inner, max_size=3)),
            max_leaves=5,
        ).map(lambda v: (JSON(), v)),
        st.binary(max_size=8).filter(lambda v: b"\0" not in v).map(lambda v: (LargeBinary(), v)),
        strings.map(lambda v: (Enum(v, "other", native_enum=False), v)),
        st.timedeltas(dt.timedelta(0), dt.timedelta(1000)).map(lambda v: (Interval(), v)),
    )
)
def test_literals_of_types(given_type):
    type_, value = given_type
    if isinstance(type_, LargeBinary):
        try:
            value.decode()
        except UnicodeDecodeError:
            with pytest.raises(exc.CompileError):
                select(literal(value, type_)).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
            return
        if any(mark in value.decode() for mark in "\x02\x03\x04\x05"):
            return
    if isinstance(type_, JSON) and value is None:
        return
    engine = ENGINES["qmark"]
    sql = str(
        select(literal(value, type_)).compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True})
    )
    with engine.connect() as connection:
        found = connection.connection.execute(sql).fetchone()[0]
    read = type_._cached_result_processor(engine.dialect, None)
    found = found if read is None else read(found)
    if isinstance(type_, LargeBinary):
        found = found.encode() if isinstance(found, str) else found
    assert found == value or isinstance(value, float) and found == pytest.approx(value)


@pytest.mark.parametrize(
    "type_",
    [Integer(), Float(), Numeric(), Boolean(), Date(), DateTime(), Time(), Uuid(), Uuid(as_uuid=False), Interval(), LargeBinary(), Enum("a")],
    ids=repr,
)
@pytest.mark.parametrize("value", ["1; DROP TABLE guard", "1 OR 1=1", "'; --", "1)"])
def test_text_in_the_place_of_other_values_stays_inside(type_, value):
    try:
        sql = str(select(literal(value, type_)).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    except exc.CompileError:
        return
    rows = ENGINES["qmark"].connect().connection.execute(sql).fetchall()
    assert rows in ([(value,)], [(value.replace("-", ""),)])


@SETTINGS
@given(strings, strings, strings)
@example("50%_/x", "a", "b")
def test_like_patterns(part, before, after):
    whole = before + part + after
    column = literal(whole)
    query = select(
        column.contains(part, autoescape=True),
        column.startswith(before, autoescape=True),
        column.endswith(after, autoescape=True),
        column.startswith(before, autoescape=True, escape="\\"),
        column.icontains(part, autoescape=True),
        literal("x" + part.replace("%", "y").replace("_", "z")).startswith("x" + part, autoescape=True),
    )
    expected = (1, 1, 1, 1, 1, int(not set("%_") & set(part)))
    with ENGINES["qmark"].connect() as connection:
        assert tuple(int(found) for found in connection.execute(query).one()) == expected
    assert run_literal(query) == [expected]


@SETTINGS
@given(st.lists(strings, min_size=1, max_size=3), st.integers(0, 9))
@example(["a.b"], 1)
@example(["\u00e9"], 1)
@example(["a\\b", "c\n"], 1)
def test_json_keys(keys, value):
    document = value
    for key in reversed(keys):
        document = {key: document, key + "x": 77}
    if keys[0] != "a":
        # what a key that breaks out of its quotes would find
        document.setdefault("a", {"b": 88})
    column = literal(document, JSON)
    with ENGINES["qmark"].connect() as connection:
        for found in (column[keys[0]] if len(keys) == 1 else None, column[tuple(keys)]):
            if found is None:
                continue
            try:
                read = connection.execute(select(found.as_integer())).scalar()
            except exc.OperationalError:
                # versions before 3.46 can't name a key with a quote in it
                assert '"' in "".join(keys)
                continue
            assert read == value or (read is None and '"' in "".join(keys))


@SETTINGS
@given(strings, strings)
def test_defaults_checks_and_comments(default, allowed):
    metadata = MetaData()
    table = Table(
        "t", metadata, Column("id", Integer, primary_key=True), Column("x", String, server_default=default, comment=default),
        Column("y", String, server_default=text("'it''s'")), Column("z", Enum(allowed, "other", native_enum=False, create_constraint=True, name="ck")),
        CheckConstraint(literal(allowed) == literal(allowed)), comment=allowed,
    )  # fmt: skip
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        table.create(connection)
        assert inspect(connection).get_table_names() == ["t"]
        connection.execute(table.insert().values(id=1, z=allowed))
        assert connection.execute(select(table)).all() == [(1, default, "it's", allowed)]
        if allowed != "other":
            with pytest.raises(exc.IntegrityError):
                connection.exec_driver_sql("INSERT INTO t (id, z) VALUES (2, ?)", (allowed + "!",))


@SETTINGS
@given(strings)
def test_comments_are_literals(comment):
    dialect = DefaultDialect(paramstyle="qmark")
    table = Table("t", MetaData(), Column("x", Integer), comment=comment)
    prefix = "COMMENT ON TABLE t IS "
    sql = str(SetTableComment(table).compile(dialect=dialect))
    assert sql.startswith(prefix)
    with ENGINES["qmark"].connect() as connection:
        assert connection.connection.execute("SELECT " + sql[len(prefix) :]).fetchall() == [(comment,)]


@SETTINGS
@given(strings, st.lists(strings, max_size=3))
def test_late_literals(value, others):
    query = select(bindparam("v", type_=String, literal_execute=True)).where(
        literal(value).in_(bindparam("others", expanding=True, literal_execute=True, type_=String)) | (literal(1) == 1)
    )
    with ENGINES["qmark"].connect() as connection:
        assert connection.execute(query, {"v": value, "others": others}).all() == [(value,)]


@pytest.mark.parametrize("value", ["\x02x\x03", "__[SCHEMA_x]", "__[POSTCOMPILE_x]", "\x04", "\x05"])
def test_marks_of_the_compiler_are_no_literals_but_values(value):
    query = select(literal(value))
    with pytest.raises(exc.CompileError, match="bound value"):
        query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with ENGINES["qmark"].connect() as connection:
        mapped = connection.execution_options(schema_translate_map={"x": "main"})
        assert mapped.execute(query).scalar() == value


@pytest.mark.parametrize("phrase", ["x; DROP TABLE guard", "a--", "a)", "'"])
def test_phrases_are_words(phrase):
    with pytest.raises(exc.CompileError):
        select(extract(phrase, literal(dt.date(2020, 1, 1)))).compile(dialect=DefaultDialect())
    metadata = MetaData()
    Table("p", metadata, Column("id", Integer, primary_key=True))
    for arguments in ({"ondelete": phrase}, {"onupdate": phrase}, {"initially": phrase}, {"match": phrase}):
        made = Table(
            "t", metadata, Column("x", Integer), ForeignKeyConstraint(["x"], ["p.id"], **arguments), extend_existing=False
        )
        with pytest.raises(exc.CompileError):
            CreateTable(made).compile(dialect=DefaultDialect())
        metadata.remove(made)
    made = Table("u", metadata, Column("x", Integer), UniqueConstraint("x", sqlite_on_conflict=phrase))
    with pytest.raises(exc.CompileError):
        CreateTable(made).compile(dialect=sqlite.dialect())


def test_numbers_of_text_are_no_numbers():
    for value in ("1; DROP", decimal.Decimal("NaN")):
        with pytest.raises(exc.CompileError):
            select(literal(value, Integer())).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
