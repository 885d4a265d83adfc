"""Comments behind statements and parameters in the log."""

from __future__ import annotations

import logging
import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import Table
from sqltoolkit_core import TypeDecorator
from sqltoolkit_core import create_engine
from sqltoolkit_core import insert
from sqltoolkit_core import literal
from sqltoolkit_core import select
from sqltoolkit_core import text
from sqltoolkit_core.engine.base.messages import LoggedParameters
from sqltoolkit_core.engine.base.messages import tagged
from sqltoolkit_core.engine.default import DefaultDialect


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1))
def test_tags_cannot_end_the_comment(tags):
    shown = tagged("SELECT 1", tags, DefaultDialect())
    assert shown.startswith("SELECT 1 /*") and shown.count("*/") == 1 and shown.endswith("*/")
    pairs = re.findall(r"([^,=']*)='([^']*)'", shown[11:-2])
    assert {unquote(key): unquote(value) for key, value in pairs} == tags


def test_long_parameters_are_cut():
    assert len(str(LoggedParameters([(n,) for n in range(1000)], True))) < 500


def logged(caplog, level=logging.DEBUG):
    return [record.getMessage() for record in caplog.records if record.levelno == level]


def fetch_each_way(connection, statement):
    connection.execute(statement).all()
    connection.execute(statement).first()
    for _ in connection.execute(statement):
        pass
    list(connection.execute(statement).partitions(2))
    connection.execute(statement, execution_options={"yield_per": 1}).scalars().all()


@pytest.mark.parametrize("statement", [text("SELECT 1 AS a UNION SELECT 2"), select(literal(1).label("a")).union(select(literal(2)))])
def test_rows_are_logged(caplog, statement):
    """Also where the statement is in the cache, and whichever way rows are fetched."""
    engine = create_engine("sqlite://", echo="debug")
    with engine.connect() as connection:
        fetch_each_way(connection, statement)
        assert logged(caplog) == (
            ["Col ('a',)", "Row (1,)", "Row (2,)"] + ["Col ('a',)", "Row (1,)"] + ["Col ('a',)", "Row (1,)", "Row (2,)"] * 3
        )
    assert {record.name for record in caplog.records} == {"sqltoolkit_core.engine.Engine"}


def test_rows_are_not_logged_at_info(caplog):
    with create_engine("sqlite://", echo=True).connect() as connection:
        fetch_each_way(connection, text("SELECT 1 AS a UNION SELECT 2"))
    assert logged(caplog) == [] and len(logged(caplog, logging.INFO)) == 12


def test_loggers_are_named_as_engines_are_imported(caplog):
    with caplog.at_level(logging.DEBUG, logger="sqltoolkit_core.engine"):
        engine = create_engine("sqlite://", logging_name="books")
        with engine.connect().execution_options(logging_token="tok") as connection:
            connection.execute(text("SELECT 'x' AS a"), execution_options={"logging_token": "tok"}).all()
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.scalar(text("SELECT 5 AS a"))
    assert {record.name for record in caplog.records} == {"sqltoolkit_core.engine.Engine.books"}
    assert logged(caplog) == ["[tok] Col ('a',)", "[tok] Row ('x',)", "Col ('a',)", "Row (5,)"]


@pytest.mark.parametrize("in_order", [False, True])
def test_batches_in_the_log(caplog, in_order):
    table = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer))
    engine = create_engine("sqlite://", echo="debug", insertmanyvalues_page_size=2)
    with engine.connect() as connection:
        table.create(connection)
        caplog.clear()
        statement = insert(table).returning(table.c.x, sort_by_parameter_order=in_order)
        connection.execute(statement, [{"x": number} for number in range(3)]).all()
    notes = [re.sub("[0-9.]+s", "", line) for line in logged(caplog, logging.INFO) if line.startswith("[")]
    word = "ordered" if in_order else "unordered"
    assert [note.split("]")[0] for note in notes] == [
        "[generated in  (insertmanyvalues) 1/2 (%s)" % word, "[insertmanyvalues 2/2 (%s)" % word,
    ]  # fmt: skip
    assert [line[:6] for line in logged(caplog) if line.startswith("Row")] == ["Row (0", "Row (1", "Row (2"]


def test_how_old_a_statement_is_stands_beside_its_parameters(caplog):
    class Uncached(TypeDecorator):
        impl = Integer
        cache_ok = False

    engine = create_engine("sqlite://", echo=True)
    with engine.connect() as connection:
        connection.execute(select(literal(1)))
        connection.execute(select(literal(2)))
        connection.execute(select(literal(3, Uncached())))
        connection.begin_nested()
        connection.execution_options(compiled_cache=None).execute(select(literal(4)))
        connection.exec_driver_sql("SELECT 5")
    notes = [re.sub("[0-9.e-]+s", "0s", line) for line in logged(caplog, logging.INFO) if line.startswith("[")]
    assert [note.split("]")[0][1:] for note in notes] == [
        "generated in 0s", "cached since 0s ago", "no key 0s", "no key 0s", "caching disabled 0s", "raw sql"
    ]  # fmt: skip
