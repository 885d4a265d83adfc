"""Engine.run(): transactions that are run again."""

from __future__ import annotations

import sqlite3

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core import text


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
