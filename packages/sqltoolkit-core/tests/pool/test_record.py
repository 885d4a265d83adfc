"""Entries and proxies: dictionaries, detaching, invalidating, closing twice."""

from __future__ import annotations

import gc

import pytest

from sqltoolkit_core import exc
from sqltoolkit_core import pool


def test_dictionaries(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0)
    connection = one.connect()
    connection.info["a"] = 1
    connection.record_info["b"] = 2
    connection.close()
    connection = one.connect()
    assert connection.info == {"a": 1} and connection.record_info == {"b": 2}
    connection.invalidate()
    connection = one.connect()
    assert connection.info == {} and connection.record_info == {"b": 2}


def test_detach(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0)
    connection = one.connect()
    connection.info["a"] = 1
    raw = connection.dbapi_connection
    connection.detach()
    assert connection.is_detached and connection.is_valid
    assert connection.info == {"a": 1} and connection.record_info is None
    other = one.connect()
    assert other.dbapi_connection is not raw
    connection.close()
    assert raw.closed and not connection.is_valid


def test_soft_invalidation_waits_for_the_next_use(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0)
    connection = one.connect()
    connection.invalidate(soft=True)
    assert connection.is_valid and not driver.opened[0].closed
    connection.close()
    connection = one.connect()
    assert connection.dbapi_connection is driver.opened[1] and driver.opened[0].closed


def test_after_close(driver) -> None:
    one = pool.QueuePool(driver.connect)
    connection = one.connect()
    connection.close()
    connection.close()
    assert not connection.is_valid and one.checkedin() == 1
    with pytest.raises(exc.ResourceClosedError):
        connection.nothing_like_this
    with pytest.warns(exc.SAWarning):
        connection.invalidate()


def test_unknown_attributes_are_those_of_the_driver(driver) -> None:
    connection = pool.QueuePool(driver.connect).connect()
    assert connection.alive is True
    assert connection.driver_connection is driver.opened[0]
    connection.mine = 5
    assert connection.mine == 5


def test_cycle_is_collected(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0, timeout=0.05)
    connection = one.connect()
    connection.cycle = connection
    del connection
    gc.collect()
    assert one.checkedin() == 1


def test_collected_with_everything_else_is_no_error(caplog) -> None:
    from sqltoolkit_core import create_engine, text

    engine = create_engine("sqlite://")
    connection = engine.connect()
    connection.execute(text("SELECT 1")).all()
    engine.cycle = engine
    del engine, connection
    gc.collect()
    assert caplog.records == []


def test_lost_proxy_of_a_shared_entry_changes_nothing(driver) -> None:
    one = pool.StaticPool(driver.connect)
    first = one.connect()
    first.cycle = first
    second = one.connect()
    record = second._connection_record
    del first
    gc.collect()
    assert record.in_use
    second.close()
    assert not record.in_use


class AsyncDialect:
    is_async = True
    has_terminate = True

    def __init__(self):
        self.terminated = []

    def do_rollback(self, connection):
        raise AssertionError("nothing may be awaited in the garbage collector")

    def do_terminate(self, connection):
        self.terminated.append(connection)

    def get_driver_connection(self, connection):
        return connection


def test_asynchronous_connection_is_dropped_by_the_collector(driver) -> None:
    dialect = AsyncDialect()
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0, dialect=dialect)
    one._is_asyncio = True
    connection = one.connect()
    with pytest.warns(exc.SAWarning, match="garbage collector"):
        del connection
        gc.collect()
    assert dialect.terminated == driver.opened
    assert one.checkedout() == 0
    connection = one.connect()
    assert connection.dbapi_connection is driver.opened[1]
    connection.invalidate()


def test_nothing_behind_a_closed_proxy(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0)
    connection = one.connect()
    connection.close()
    for name in ("cursor", "commit", "rollback"):
        with pytest.raises(exc.ResourceClosedError, match=name):
            getattr(connection, name)()


@pytest.mark.parametrize("style", ["rollback", "commit"])
def test_the_log_says_how_a_connection_is_reset(driver, caplog, style) -> None:
    one = pool.QueuePool(driver.connect, echo="debug", reset_on_return=style)
    one.connect().close()
    assert any(record.getMessage().endswith(" %s-on-return" % style) for record in caplog.records)
