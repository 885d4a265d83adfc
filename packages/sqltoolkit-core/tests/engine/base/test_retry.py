"""Engine.run(): transactions that are run again."""

from __future__ import annotations

import sqlite3
import threading

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core import text
from sqltoolkit_core.engine.base.retry import RetryPlan


@pytest.fixture
def engine(tmp_path):
    engine = create_engine("sqlite:///%s" % (tmp_path / "r.db"), connect_args={"timeout": 0})
    with engine.begin() as connection:
        connection.exec_driver_sql("create table t (x)")
    return engine


def rows(engine):
    with engine.connect() as connection:
        return connection.scalars(text("select x from t")).all()


def test_locked_database_is_tried_again(engine):
    other = sqlite3.connect(engine.url.database, isolation_level=None)
    other.execute("begin exclusive")
    attempts = []

    def work(connection):
        attempts.append(1)
        if len(attempts) == 3:
            other.execute("commit")
        connection.execute(text("insert into t values (1)"))
        return "done"

    assert engine.run(work, retry=5, backoff=0.001) == "done"
    assert len(attempts) == 3 and rows(engine) == [1]


def test_other_errors_are_not(engine):
    attempts = []

    def work(connection):
        attempts.append(1)
        connection.execute(text("insert into t values (1)"))
        connection.execute(text("select nothing"))

    with pytest.raises(exc.OperationalError):
        engine.run(work, backoff=0.001)
    assert len(attempts) == 1 and rows(engine) == []


def test_number_and_deadline_are_kept(engine):
    other = sqlite3.connect(engine.url.database, isolation_level=None)
    other.execute("begin exclusive")
    attempts = []

    def work(connection):
        attempts.append(1)
        connection.execute(text("insert into t values (1)"))

    with pytest.raises(exc.OperationalError):
        engine.run(work, retry=2, backoff=0.001)
    assert len(attempts) == 3
    with pytest.raises(exc.OperationalError):
        engine.run(work, retry=1000, backoff=5, deadline=0.1)
    assert len(attempts) == 4


def test_refused_inside_of_another(engine):
    with pytest.raises(exc.InvalidRequestError):
        engine.run(lambda connection: engine.run(lambda inner: None))


def test_refused_inside_of_a_transaction_of_the_same_engine(engine):
    with engine.begin() as connection:
        connection.execute(text("insert into t values (1)"))
        with pytest.raises(exc.InvalidRequestError, match="under way"):
            engine.run(lambda inner: None)
        with pytest.raises(exc.InvalidRequestError, match="under way"):
            engine.execution_options(a=1).run(lambda inner: None)
        # another thread is not concerned: there it waits, as anybody does
        found = []
        thread = threading.Thread(target=lambda: found.append(engine.run(rows_on)))
        thread.start()
        thread.join()
    assert found == [[]] and rows(engine) == [1]
    assert engine.run(rows_on) == [1]


def rows_on(connection):
    return connection.scalars(text("select x from t")).all()


def test_a_shared_connection_does_not_commit_for_others():
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.execute(text("create table t (x)"))
        connection.commit()
        connection.execute(text("insert into t values (1)"))
        with pytest.raises(exc.InvalidRequestError):
            engine.run(lambda inner: inner.execute(text("insert into t values (2)")))
        connection.rollback()
        assert engine.run(rows_on) == []


def failing_commit(engine, monkeypatch, errors):
    """Have commits fail with these errors in turn, after the database has done them."""
    real = engine.dialect.do_commit

    def do_commit(dbapi_connection):
        real(dbapi_connection)
        if errors:
            raise errors.pop(0)

    monkeypatch.setattr(engine.dialect, "do_commit", do_commit)


def test_a_commit_whose_answer_was_lost_is_not_done_again(engine, monkeypatch):
    lost = engine.dialect.dbapi.ProgrammingError("Cannot operate on a closed database.")
    failing_commit(engine, monkeypatch, [lost])
    with pytest.raises(exc.ProgrammingError) as caught:
        engine.run(lambda connection: connection.execute(text("insert into t values (1)")), backoff=0.001)
    assert caught.value.connection_invalidated and caught.value.is_retryable
    assert rows(engine) == [1]


def test_a_commit_that_surely_failed_is_done_again(engine, monkeypatch):
    attempts = []
    real = engine.dialect.do_commit

    def do_commit(dbapi_connection):
        attempts.append(1)
        if len(attempts) == 1:
            raise engine.dialect.dbapi.OperationalError("database is locked")
        real(dbapi_connection)

    monkeypatch.setattr(engine.dialect, "do_commit", do_commit)
    engine.run(lambda connection: connection.execute(text("insert into t values (1)")), backoff=0.001)
    assert len(attempts) == 2 and rows(engine) == [1]


def test_a_function_may_end_the_transaction_itself(engine):
    def work(connection):
        connection.execute(text("insert into t values (1)"))
        connection.rollback()
        return "rolled back"

    assert engine.run(work) == "rolled back" and rows(engine) == []


def test_options_and_pauses(engine):
    with pytest.raises(exc.ArgumentError, match="retry"):
        engine.run(rows_on, retry=-1)
    seen = engine.run(lambda connection: connection.get_execution_options(), execution_options={"note": 1})
    assert seen["note"] == 1
    plan = RetryPlan(engine, 8, None, 0.1, 0.4, None)
    error = exc.OperationalError("x", {}, sqlite3.OperationalError("database is locked"))
    pauses = [plan.pause_after(error, False) for _ in range(9)]
    assert pauses.pop() is None
    for pause, longest in zip(pauses, [0.1, 0.2, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4]):
        assert longest / 2 <= pause <= longest
