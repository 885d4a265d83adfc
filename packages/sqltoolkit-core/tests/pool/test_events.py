"""The pool's events: when each comes and with what."""

from __future__ import annotations

import threading
import time

import pytest

from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import pool

NAMES = [
    "connect",
    "first_connect",
    "checkout",
    "checkin",
    "reset",
    "invalidate",
    "soft_invalidate",
    "close",
    "detach",
    "close_detached",
]


@pytest.fixture()
def listened(driver):
    calls = []
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0)
    for name in NAMES:
        event.listen(one, name, lambda *args, name=name: calls.append((name,) + args))
    return one, calls


def names(calls):
    found = [call[0] for call in calls]
    calls.clear()
    return found


def test_from_opening_to_closing(listened) -> None:
    one, calls = listened
    connection = one.connect()
    assert names(calls) == ["first_connect", "connect", "checkout"]
    connection.close()
    assert names(calls) == ["reset", "checkin"]
    connection = one.connect()
    assert names(calls) == ["checkout"]
    connection.invalidate()
    assert names(calls) == ["invalidate", "close", "checkin"]
    connection = one.connect()
    assert names(calls) == ["connect", "checkout"]
    connection.detach()
    connection.close()
    assert names(calls) == ["detach", "reset", "close_detached"]
    connection = one.connect()
    connection.invalidate(soft=True)
    connection.close()
    calls.clear()
    connection = one.connect()
    assert names(calls) == ["close", "connect", "checkout"]
    connection.close()
    calls.clear()
    one.dispose()
    assert names(calls) == ["close"]


def test_arguments(listened) -> None:
    one, calls = listened
    connection = one.connect()
    raw, record = connection.dbapi_connection, connection._connection_record
    assert calls[-1] == ("checkout", raw, record, connection)
    calls.clear()
    connection.close()
    name, dbapi_connection, given, state = calls[0]
    assert (name, dbapi_connection, given) == ("reset", raw, record)
    assert tuple(state) == (False, False, True)
    assert not state.transaction_was_reset and not state.terminate_only and state.asyncio_safe
    assert calls[1] == ("checkin", raw, record)
    connection = one.connect()
    calls.clear()
    error = ValueError("why")
    connection.invalidate(error)
    assert calls[0] == ("invalidate", raw, record, error)
    assert calls[-1] == ("checkin", None, record)


def test_class_level(driver) -> None:
    calls = []

    def listener(connection, record):
        calls.append(connection)

    event.listen(pool.Pool, "connect", listener)
    try:
        pool.QueuePool(driver.connect).connect()
        pool.NullPool(driver.connect).connect()
    finally:
        event.remove(pool.Pool, "connect", listener)
    pool.NullPool(driver.connect).connect()
    assert calls == driver.opened[:2]


def test_older_reset(driver) -> None:
    calls = []
    one = pool.QueuePool(driver.connect)
    event.listen(one, "reset", lambda connection, record: calls.append(connection))
    with pytest.warns(exc.SADeprecationWarning):
        one.connect().close()
    assert calls == driver.opened


def test_events_given_with_the_pool(driver) -> None:
    calls = []
    one = pool.QueuePool(driver.connect, events=[(lambda *args: calls.append(1), "connect")])
    one.connect()
    assert calls == [1]


def test_first_connect_is_over_before_others_go_on(driver) -> None:
    calls = []
    one = pool.QueuePool(driver.connect, pool_size=5)

    @event.listens_for(one, "first_connect")
    def slow(connection, record):
        time.sleep(0.05)
        calls.append("first")

    @event.listens_for(one, "connect")
    def quick(connection, record):
        calls.append("connect")

    threads = [threading.Thread(target=lambda: one.connect()) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls[0] == "first" and calls.count("first") == 1


def test_failed_first_connect_is_tried_again(driver) -> None:
    calls = []
    one = pool.QueuePool(driver.connect)

    @event.listens_for(one, "first_connect")
    def fail_once(connection, record):
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("not yet")

    with pytest.raises(ValueError):
        one.connect()
    one.connect()
    one.connect()
    assert len(calls) == 2


def test_an_entry_has_its_connection_until_it_is_closed(driver) -> None:
    one, seen = pool.QueuePool(driver.connect), []
    event.listen(one, "close", lambda connection, record: seen.append((record.dbapi_connection, connection.closed)))
    one.connect().invalidate()
    assert seen == [(driver.opened[0], False)] and driver.opened[0].closed
