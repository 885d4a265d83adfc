"""What all pools do: resetting, pinging, replacing, refusing."""

from __future__ import annotations

import logging
import time

import pytest

from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import pool


@pytest.mark.parametrize(
    "given, expected",
    [
        (True, ["rollback"]),
        ("rollback", ["rollback"]),
        ("commit", ["commit"]),
        (None, []),
        (False, []),
        (pool.reset_commit, ["commit"]),
        (pool.reset_none, []),
    ],
)
def test_reset_on_return(driver, dialect, given, expected) -> None:
    one = pool.QueuePool(driver.connect, reset_on_return=given, dialect=dialect)
    one.connect().close()
    assert dialect.calls == expected


def test_unknown_reset_is_refused(driver) -> None:
    with pytest.raises(exc.ArgumentError, match="reset_on_return"):
        pool.QueuePool(driver.connect, reset_on_return="later")


def test_failed_reset_closes_the_connection(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0)
    driver.failing["rollback"] = ValueError("no")
    one.connect().close()
    del driver.failing["rollback"]
    assert not driver.open
    one.connect().close()
    assert len(driver.open) == 1 and one.checkedin() == 1


def test_interrupted_reset_closes_the_connection_and_goes_on(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0)
    driver.failing["rollback"] = KeyboardInterrupt()
    connection = one.connect()
    with pytest.raises(KeyboardInterrupt):
        connection.close()
    driver.failing.clear()
    assert not driver.open and one.checkedout() == 0
    assert not connection.is_valid


def test_ping_replaces_what_does_not_answer(driver, dialect) -> None:
    one = pool.QueuePool(driver.connect, pre_ping=True, dialect=dialect)
    one.connect().close()
    assert "ping" not in dialect.calls
    one.connect().close()
    assert dialect.calls.count("ping") == 1
    driver.opened[0].alive = False
    connection = one.connect()
    assert connection.dbapi_connection is driver.opened[1]
    assert driver.opened[0].closed


def test_ping_only_after_idling(driver, dialect) -> None:
    one = pool.QueuePool(driver.connect, pre_ping=True, ping_idle=0.05, dialect=dialect)
    one.connect().close()
    one.connect().close()
    assert "ping" not in dialect.calls
    time.sleep(0.06)
    one.connect().close()
    assert dialect.calls.count("ping") == 1


def test_ping_error_of_another_kind_is_raised(driver, dialect) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0, pre_ping=True, dialect=dialect)
    one.connect().close()
    dialect.do_ping = lambda connection: 1 / 0
    with pytest.raises(ZeroDivisionError):
        one.connect()
    assert one.checkedout() == 0


def test_recycle(driver) -> None:
    one = pool.QueuePool(driver.connect, recycle=10)
    connection = one.connect()
    record = connection._connection_record
    connection.close()
    connection = one.connect()
    assert connection.dbapi_connection is driver.opened[0]
    connection.close()
    record.starttime -= 11
    again = one.connect()
    assert again.dbapi_connection is driver.opened[1] and driver.opened[0].closed
    assert one.metrics()["recycled"] == 1


def test_lifetime_ends_earlier_for_some(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=50, max_lifetime=100, lifetime_jitter=0.5)
    held = [one.connect() for _ in range(50)]
    ends = [c._connection_record.expires - time.monotonic() for c in held]
    assert all(49 < end <= 100 for end in ends)
    assert max(ends) - min(ends) > 10
    record = held[0]._connection_record
    for connection in held:
        connection.close()
    record.expires = time.monotonic() - 1
    assert one.connect().dbapi_connection is driver.opened[50]


def test_listener_may_refuse_a_connection(driver) -> None:
    one = pool.QueuePool(driver.connect)
    refused = []

    @event.listens_for(one, "checkout")
    def refuse_once(connection, record, proxy):
        if not refused:
            refused.append(connection)
            raise exc.DisconnectionError()

    connection = one.connect()
    assert refused == [driver.opened[0]] and driver.opened[0].closed
    assert connection.dbapi_connection is driver.opened[1]


def test_listener_that_always_refuses(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0)

    @event.listens_for(one, "checkout")
    def refuse(connection, record, proxy):
        raise exc.DisconnectionError()

    with pytest.raises(exc.InvalidRequestError):
        one.connect()
    assert one.checkedout() == 0 and not driver.open


def test_listener_may_refuse_all(driver) -> None:
    one = pool.QueuePool(driver.connect)
    first, second = one.connect(), one.connect()
    first.close()
    second.close()
    refused = []

    @event.listens_for(one, "checkout")
    def refuse_once(connection, record, proxy):
        if not refused:
            refused.append(connection)
            raise exc.InvalidatePoolError()

    one.connect().close()
    assert one.connect().dbapi_connection not in driver.opened[:2]


def test_failing_connect_listener_leaves_nothing_open(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0)

    @event.listens_for(one, "connect")
    def fail(connection, record):
        raise ValueError("not set up")

    for _ in range(2):
        with pytest.raises(ValueError):
            one.connect()
    assert not driver.open and one.checkedout() == 0


def test_creator_may_take_the_record(driver) -> None:
    records = []

    def creator(record):
        records.append(record)
        return driver.connect()

    connection = pool.QueuePool(creator).connect()
    assert records == [connection._connection_record]
    assert pool.QueuePool(lambda number=5: driver.connect()).connect().is_valid


def test_logging(driver, caplog) -> None:
    with caplog.at_level(logging.DEBUG, logger="sqltoolkit_core.pool"):
        one = pool.QueuePool(driver.connect, logging_name="mine")
        one.connect().close()
        one.connect().invalidate()
    text = caplog.text
    assert "pool.impl.QueuePool.mine" in text
    assert "Created new connection" in text and "Invalidate connection" in text
    assert " rollback-on-return" in text


@pytest.mark.parametrize("cls", [pool.QueuePool, pool.NullPool, pool.StaticPool, pool.SingletonThreadPool])
def test_each_loan_and_return_is_logged(cls, driver, caplog) -> None:
    one = cls(driver.connect, echo="debug")
    for _ in range(3):
        one.connect().close()
    messages = [record.getMessage() for record in caplog.records]
    assert sum("checked out" in message for message in messages) == 3
    assert sum("is returned" in message for message in messages) == 3
    one.echo = False
    caplog.clear()
    one.connect().close()
    assert not caplog.records


def test_listeners_survive_recreation(driver) -> None:
    calls = []
    one = pool.QueuePool(driver.connect)
    event.listen(one, "checkout", lambda *args: calls.append("checkout"))
    event.listen(one, "connect", lambda *args: calls.append("connect"))
    two = one.recreate()
    two.connect().close()
    two.connect().close()
    assert calls == ["connect", "checkout", "checkout"]


@pytest.mark.parametrize("name", ["checkin", "reset", "invalidate", "soft_invalidate", "close"])
def test_failing_listeners_lose_no_connection(driver, name) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0, timeout=0.01)

    def fail(*args) -> None:
        raise LookupError("of the listener")

    event.listen(one, name, fail)
    connection = one.connect()
    raw = connection.dbapi_connection
    if name in ("checkin", "reset"):
        end = connection.close
    else:
        end = connection.invalidate if name != "soft_invalidate" else lambda: connection.invalidate(soft=True)
    if name == "reset":
        # errors of a reset are written to the log
        end()
    else:
        with pytest.raises(LookupError):
            end()
    event.remove(one, name, fail)
    connection.close()
    assert raw.closed or name == "soft_invalidate"
    again = one.connect()
    assert again.dbapi_connection is not raw
    again.close()
    assert (one.checkedout(), one.checkedin(), len(driver.open)) == (0, 1, 1)


def test_a_listener_that_fails_while_a_lost_connection_is_replaced(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0, timeout=0.01)

    def lost(*args) -> None:
        raise exc.InvalidatePoolError("gone")

    def fail(*args) -> None:
        raise LookupError("of the listener")

    event.listen(one, "checkout", lost)
    event.listen(one, "invalidate", fail)
    with pytest.raises(LookupError):
        one.connect()
    event.remove(one, "checkout", lost)
    event.remove(one, "invalidate", fail)
    one.connect().close()
    assert (one.checkedout(), one.checkedin(), len(driver.open)) == (0, 1, 1)


def test_settings_that_cannot_be_taken_back(driver, caplog) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0, timeout=0.01)
    connection = one.connect()
    raw = connection.dbapi_connection

    def fail(dbapi_connection) -> None:
        raise LookupError("of the driver")

    connection._connection_record.finalize_callback.append(fail)
    connection.close()
    assert raw.closed and "LookupError" in caplog.text
    assert one.connect().dbapi_connection is not raw


def test_ping_without_a_dialect(driver) -> None:
    one = pool.QueuePool(driver.connect, pre_ping=True)
    one.connect().close()
    with pytest.raises(NotImplementedError, match="dialect"):
        one.connect()
