"""The adapters, on a driver without a database."""

from __future__ import annotations

import asyncio

import pytest

from sqltoolkit_core.connectors.asyncio import AsyncAdapt_dbapi_connection
from sqltoolkit_core.connectors.asyncio import AsyncAdapt_dbapi_module
from sqltoolkit_core.connectors.asyncio import AsyncAdapt_terminate
from sqltoolkit_core.util import greenlet_spawn

pytest.importorskip("greenlet")


class Cursor:
    arraysize = 2
    rowcount = 3
    lastrowid = 7

    def __init__(self):
        self.description = None
        self.rows = []
        self.closed = False

    async def __aenter__(self):
        return self

    async def execute(self, operation, parameters=None):
        if operation == "fail":
            raise ValueError("refused")
        self.description = (("x",),)
        self.rows = [(n,) for n in range(parameters or 5)]

    async def executemany(self, operation, parameters):
        self.rowcount = len(parameters)

    async def nextset(self):
        self.rows = [("next",)]
        return True

    async def fetchall(self):
        rows, self.rows = self.rows, []
        return rows

    async def fetchone(self):
        return self.rows.pop(0) if self.rows else None

    async def fetchmany(self, size=2):
        rows, self.rows = self.rows[:size], self.rows[size:]
        return rows

    async def close(self):
        self.closed = True


class Driver:
    def __init__(self):
        self.calls = []

    def cursor(self):
        return Cursor()

    async def commit(self):
        self.calls.append("commit")

    async def rollback(self):
        self.calls.append("rollback")

    async def close(self):
        self.calls.append("close")


class Connection(AsyncAdapt_terminate, AsyncAdapt_dbapi_connection):
    slow = False

    def _raise_translated(self, error):
        raise KeyError("translated") from error

    async def _close_politely(self):
        if self.slow:
            raise asyncio.TimeoutError()
        await self._connection.close()

    def _close_at_once(self):
        self._connection.calls.append("abort")


def bridged(fn):
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(greenlet_spawn(fn))
    finally:
        loop.close()


def test_buffered_cursor() -> None:
    def work():
        cursor = Connection(None, Driver()).cursor()
        cursor.execute("q")
        found = [cursor.fetchone(), cursor.fetchmany(), cursor.fetchmany(1), list(cursor)]
        assert cursor.fetchone() is None and cursor.fetchall() == []
        cursor.execute("q", 1)
        found.append(cursor.fetchall())
        cursor.nextset()
        found.append(cursor.fetchall())
        cursor.executemany("q", [1, 2])
        found.append((cursor.rowcount, cursor.lastrowid, cursor.description))
        cursor.arraysize = 9
        assert cursor.arraysize == 9
        cursor.close()
        return found

    assert bridged(work) == [
        (0,),
        [(1,), (2,)],
        [(3,)],
        [(4,)],
        [(0,)],
        [("next",)],
        (2, 7, (("x",),)),
    ]


def test_cursor_at_the_server() -> None:
    def work():
        cursor = Connection(None, Driver()).cursor(server_side=True)
        cursor.execute("q")
        found = [cursor.fetchone(), cursor.fetchmany(2), cursor.fetchall()]
        cursor.execute("q", 3)
        found.append(list(cursor))
        raw = cursor._cursor
        cursor.close()
        assert raw.closed
        return found

    assert bridged(work) == [(0,), [(1,), (2,)], [(3,), (4,)], [(0,), (1,), (2,)]]


def test_errors_are_translated() -> None:
    def work():
        with pytest.raises(KeyError, match="translated"):
            Connection(None, Driver()).cursor().execute("fail")

    bridged(work)


@pytest.mark.parametrize(
    "slow, on_bridge, expected",
    [(False, True, "close"), (True, True, "abort"), (False, False, "abort")],
)
def test_terminate(slow, on_bridge, expected) -> None:
    driver = Driver()
    connection = Connection(None, driver)
    connection.slow = slow
    if on_bridge:
        bridged(connection.terminate)
    else:
        connection.terminate()
    assert driver.calls == [expected]


def test_connection() -> None:
    driver = Driver()

    def work():
        connection = Connection(None, driver)
        connection.commit()
        connection.rollback()
        connection.close()
        assert connection.driver_connection is driver
        cursor = connection.execute("q", 1)
        assert cursor.fetchall() == [(0,)]

        async def ask(raw):
            return raw is driver

        return connection.run_async(ask)

    assert bridged(work) is True
    assert driver.calls == ["commit", "rollback", "close"]


def test_module() -> None:
    driver = Driver()
    module = AsyncAdapt_dbapi_module(driver, dbapi_module=None)
    assert module.driver is module.exceptions_module is driver
    with pytest.raises(NotImplementedError):
        module.connect()
