"""Limits of time for statements: what they cover, and that nothing of them stays on the connection."""

from __future__ import annotations

import sqlite3
import time

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import Table
from sqltoolkit_core import create_engine
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import literal_column
from sqltoolkit_core import select
from sqltoolkit_core import text
from sqltoolkit_core.engine.base.limits import LimitedCursor
from sqltoolkit_core.engine.base.limits import TimeLimit

numbers = Table("numbers", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer))

COUNTING = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n%s) SELECT %s FROM n"
endless = text(COUNTING % ("", "count(*)"))
endless_rows = text(COUNTING % ("", "i"))
# takes longer than the limits of these tests
long = text(COUNTING % (" WHERE i < 600000", "count(*)"))
SHORT = {"timeout": 0.05}


@pytest.fixture
def engine(tmp_path):
    made = create_engine("sqlite:///%s" % (tmp_path / "t.db"))
    numbers.metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def conn(engine):
    with engine.connect() as connection:
        yield connection


def stopped():
    return pytest.raises(exc.OperationalError, match="time limit")


def insert_endlessly(conn):
    endless_number = literal_column("(%s)" % (COUNTING % ("", "count(*)")))
    conn.execute(numbers.insert().values(x=endless_number), execution_options=SHORT)


def iterate(conn):
    for _ in conn.execute(endless_rows, execution_options=SHORT):
        pass


def fetch_all(conn):
    conn.execute(endless_rows, execution_options=SHORT).all()


def fetch_partitions(conn):
    result = conn.execute(endless_rows, execution_options={"timeout": 0.05, "yield_per": 100})
    for _ in result.partitions():
        pass


def execute_many(conn):
    conn.execute(numbers.insert(), [{"x": 1}] * 1000000, execution_options=SHORT)


def insert_many_values(conn):
    conn.execute(numbers.insert().returning(numbers.c.id), [{"x": 1}] * 1000000, execution_options=SHORT)


@pytest.mark.parametrize(
    "run", [insert_endlessly, iterate, fetch_all, fetch_partitions, execute_many, insert_many_values]
)
def test_stopped_everywhere(conn, run):
    with stopped():
        run(conn)
    conn.rollback()
    # nothing is left of the limit
    assert conn.scalar(long) == 600000
    assert conn.scalar(select(numbers.c.id)) is None


def test_levels_of_the_option(engine):
    with engine.execution_options(**SHORT).connect() as connection, stopped():
        connection.execute(endless)
    with engine.connect().execution_options(**SHORT) as connection, stopped():
        connection.execute(endless)
    with engine.connect() as connection, stopped():
        connection.execute(endless.execution_options(**SHORT))
    with engine.connect() as connection, stopped():
        connection.exec_driver_sql(str(endless), None, SHORT)


def test_the_time_of_the_program_does_not_count(conn):
    result = conn.execute(endless_rows, execution_options=SHORT)
    assert isinstance(result.cursor, LimitedCursor)
    assert result.fetchone() == (1,)
    time.sleep(0.1)
    assert result.fetchmany(2) == [(2,), (3,)] and result.first() == (4,)


def test_other_statements_are_not_concerned(conn):
    open_result = conn.execute(endless_rows, execution_options=SHORT)
    open_result.fetchone()
    assert conn.scalar(long) == 600000
    # neither where a result is forgotten
    del open_result
    assert conn.scalar(long) == 600000


def test_waiting_for_a_lock_counts(engine, conn, tmp_path):
    other = sqlite3.connect(str(tmp_path / "t.db"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    before = time.monotonic()
    with pytest.raises(exc.OperationalError, match="locked") as caught:
        conn.execute(numbers.insert(), {"x": 1}, execution_options=SHORT)
    assert time.monotonic() - before < 2
    assert "time limit" in str(caught.value) and caught.value.is_retryable
    conn.rollback()
    assert conn.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
    other.close()


@pytest.mark.parametrize("wrong", [0, -1, "1", True, float("nan")])
def test_what_is_no_limit(conn, wrong):
    with pytest.raises(exc.ArgumentError, match="number of seconds above 0"):
        conn.execute(select(1), execution_options={"timeout": wrong})


def test_errors_of_the_statement_are_its_own(conn):
    with pytest.raises(exc.OperationalError, match="nothing") as caught:
        conn.execute(text("SELECT nothing"), execution_options={"timeout": 5})
    assert "time limit" not in str(caught.value)
    assert conn.scalar(select(1), execution_options={"timeout": 5}) == 1


class Dialect:
    """Notes what is begun and taken back."""

    def __init__(self):
        self.notes = []

    def begin_timeout(self, dbapi_connection, seconds):
        self.notes.append("begin")

        def cancel():
            self.notes.append("cancel")
            return False

        return cancel


def test_taken_back_whatever_happens():
    class Connection:
        dialect = Dialect()
        connection = type("Pooled", (), {"dbapi_connection": None})

    limit = TimeLimit(Connection, 1)
    with pytest.raises(KeyboardInterrupt), limit:
        raise KeyboardInterrupt()
    with limit:
        pass
    assert Connection.dialect.notes == ["begin", "cancel"] * 2
    assert 0 < limit.left < 1 and not limit.is_over


def test_a_limit_that_cannot_be_set_leaves_nothing(engine, conn):
    raw = conn.connection.dbapi_connection

    class Raw:
        notes = []

        def set_progress_handler(self, fn, steps):
            self.notes.append(fn is not None)

        def execute(self, statement):
            raise sqlite3.OperationalError("disk I/O error")

    with pytest.raises(sqlite3.OperationalError):
        engine.dialect.begin_timeout(Raw(), 1)
    assert Raw.notes == [True, False]
    cancel = engine.dialect.begin_timeout(raw, 5)
    assert cancel() is False


def test_a_listener_may_take_its_time(conn):
    @event.listens_for(conn, "before_cursor_execute")
    def wait(*args):
        time.sleep(0.06)

    assert conn.scalar(select(1), execution_options=SHORT) == 1
