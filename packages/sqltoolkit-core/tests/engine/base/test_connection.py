"""Connections: life time, options, isolation levels, invalidation."""

from __future__ import annotations

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core import select
from sqltoolkit_core import text


@pytest.fixture
def engine(tmp_path):
    engine = create_engine("sqlite:///%s" % (tmp_path / "c.db"))
    with engine.begin() as connection:
        connection.exec_driver_sql("create table t (x)")
    return engine


def count(connection):
    return connection.exec_driver_sql("select count(*) from t").scalar()


def test_close_rolls_back(engine):
    with engine.connect() as connection:
        connection.execute(text("insert into t values (1)"))
        assert connection.in_transaction()
    assert connection.closed
    with engine.connect() as connection:
        assert count(connection) == 0
    with pytest.raises(exc.ResourceClosedError):
        with engine.connect() as connection:
            connection.close()
            connection.execute(select(1))


def test_connections_of_one_thread_share_a_memory_database():
    engine = create_engine("sqlite://")
    with engine.connect() as first:
        first.execute(text("create table t (x)"))
        first.commit()
        with engine.connect() as second:
            second.execute(text("insert into t values (1)"))
            second.commit()
            assert count(first) == 1
        # the end of one is not the end of the other
        assert not first.invalidated
        assert count(first) == 1


def test_autocommit(engine):
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("insert into t values (1)"))
    with engine.connect() as connection:
        assert count(connection) == 1
        assert connection.connection.dbapi_connection.isolation_level == ""


def test_isolation_level_before_the_transaction_only(engine):
    with engine.connect() as connection:
        assert connection.get_isolation_level() == connection.default_isolation_level == "SERIALIZABLE"
        connection.execute(select(1))
        with pytest.raises(exc.InvalidRequestError):
            connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.rollback()
        connection.execution_options(isolation_level="READ UNCOMMITTED")
        assert connection.get_isolation_level() == "READ UNCOMMITTED"
        with pytest.raises(exc.ArgumentError):
            connection.execution_options(isolation_level="NO SUCH")


def test_invalidate(engine):
    with engine.connect() as connection:
        connection.execute(select(1))
        connection.invalidate()
        assert connection.invalidated and not connection.closed
        with pytest.raises(exc.PendingRollbackError):
            connection.execute(select(1))
        connection.rollback()
        assert connection.scalar(select(1)) == 1 and not connection.invalidated


def test_lost_connection_is_replaced(engine):
    with engine.connect() as connection:
        connection.connection.dbapi_connection.close()
        with pytest.raises(exc.ProgrammingError) as caught:
            connection.execute(select(1))
        assert caught.value.connection_invalidated and caught.value.is_retryable
        connection.rollback()
        assert connection.scalar(select(1)) == 1


def test_detach_and_info(engine):
    with engine.connect() as connection:
        connection.info["k"] = 1
        driver = connection.connection.dbapi_connection
        connection.detach()
    with engine.connect() as connection:
        assert connection.connection.dbapi_connection is not driver and "k" not in connection.info


def test_options_are_merged(engine):
    seen = engine.execution_options(a=1).connect().execution_options(b=2).get_execution_options()
    assert dict(seen) == {"a": 1, "b": 2} and not engine.get_execution_options()


def test_close_after_a_failed_rollback(engine, monkeypatch):
    connection = engine.connect()
    connection.execute(text("insert into t values (1)"))
    raw = connection.connection.dbapi_connection

    def fail(dbapi_connection):
        raise engine.dialect.dbapi.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(engine.dialect, "do_rollback", fail)
        with pytest.raises(exc.OperationalError):
            connection.close()
    assert connection.closed and engine.pool.checkedout() == 0
    with pytest.raises(engine.dialect.dbapi.ProgrammingError):
        raw.cursor()
    with engine.connect() as connection:
        assert count(connection) == 0
