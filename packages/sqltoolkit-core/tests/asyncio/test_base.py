"""Cancellation at every await: no connection is lost, no transaction stays open."""

from __future__ import annotations

import asyncio
import sys
import itertools

import pytest

from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import text
from sqltoolkit_core.asyncio import create_async_engine
from sqltoolkit_core.asyncio.base import asyncstartablecontext
from sqltoolkit_core.connectors import asyncio as connectors
from sqltoolkit_core.dialects.sqlite import aiosqlite as dialect_module
from sqltoolkit_core.util import concurrency


async def write_in_block(engine):
    async with engine.begin() as connection:
        await connection.execute(text("INSERT INTO t VALUES (1)"))
        await connection.execute(text("INSERT INTO t VALUES (2)"))


async def write_and_savepoint(engine):
    async with engine.connect() as connection:
        await connection.execute(text("INSERT INTO t VALUES (1)"))
        async with connection.begin_nested():
            await connection.execute(text("INSERT INTO t VALUES (2)"))
        await connection.commit()


async def stream(engine):
    async with engine.connect() as connection:
        result = await connection.stream(text("SELECT 1 UNION SELECT 2"))
        async for _row in result:
            await connection.execute(text("INSERT INTO t VALUES (3)"))
        await connection.rollback()


async def close_by_hand(engine):
    connection = await engine.connect()
    try:
        await connection.execute(text("INSERT INTO t VALUES (1)"))
    finally:
        await connection.close()


@pytest.mark.parametrize("program", [write_in_block, write_and_savepoint, stream, close_by_hand])
def test_cancelled_at_every_await(program, run, url, monkeypatch) -> None:
    real = concurrency.await_only
    state = {"at": None, "count": 0}

    def counting(awaitable):
        state["count"] += 1
        if state["count"] == state["at"]:
            asyncio.current_task().cancel()
        return real(awaitable)

    for module in (connectors, dialect_module, concurrency):
        monkeypatch.setattr(module, "await_only", counting)

    async def attempt(at) -> bool:
        other = create_async_engine(url)
        async with other.begin() as connection:
            await connection.execute(text("CREATE TABLE IF NOT EXISTS t (x INTEGER)"))
        await other.dispose()
        engine = create_async_engine(
            url, pool_size=1, max_overflow=0, pool_timeout=5, connect_args={"timeout": 1}
        )
        state.update(at=at, count=0)
        task = asyncio.ensure_future(program(engine))
        cancelled = False
        try:
            await task
        except asyncio.CancelledError:
            cancelled = True
        reached = state["count"] >= at
        state["at"] = None
        # in Python 3.7 a cancellation is an Exception, which closing a cursor may swallow like any other of its errors
        assert cancelled == reached or sys.version_info < (3, 8), at
        assert engine.pool.checkedout() == 0, at
        # a transaction left open would hold the lock, and this would fail
        async with engine.begin() as connection:
            await connection.execute(text("DELETE FROM t"))
        await engine.dispose()
        return reached

    async def main():
        for at in itertools.count(1):
            if not await attempt(at):
                return at
        return 0

    assert run(main()) >= 4


def test_cancelled_while_waiting_for_the_pool(run, url) -> None:
    async def main():
        engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=5)

        async def wait():
            async with engine.connect():
                raise AssertionError("there was nothing to get")

        async with engine.connect():
            tasks = [asyncio.ensure_future(wait()) for _ in range(3)]
            await asyncio.sleep(0.01)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert all(task.cancelled() for task in tasks)
        assert engine.pool.checkedout() == 0
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT 1")) == 1
        await engine.dispose()

    run(main())


def test_failed_connect_leaves_nothing(run, url) -> None:
    async def main():
        engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=1)

        @event.listens_for(engine.sync_engine, "connect", once=True)
        def fail(connection, record):
            raise ValueError("not set up")

        with pytest.raises(ValueError):
            await engine.connect()
        assert engine.pool.checkedout() == 0
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT 1")) == 1
        await engine.dispose()

    run(main())


def test_context_of_a_generator(run) -> None:
    calls = []

    @asyncstartablecontext
    async def context(value):
        calls.append("start")
        try:
            yield value
        except KeyError:
            calls.append("caught")
        finally:
            calls.append("end")

    async def main():
        async with context(5) as value:
            assert value == 5
        async with context(6):
            raise KeyError("swallowed by the generator")
        with pytest.raises(ValueError):
            async with context(7):
                raise ValueError("not swallowed")
        assert await context(8) == 8

    run(main())
    assert calls == ["start", "end", "start", "caught", "end", "start", "end", "start", "end"]


def test_interrupted_statement_closes_its_connection(run, url) -> None:
    async def main():
        engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=5)
        async with engine.connect() as connection:
            first = (await connection.get_raw_connection()).driver_connection
        slow = text(
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000000) "
            "SELECT count(*) FROM c"
        )

        async def work():
            async with engine.connect() as connection:
                await connection.execute(slow)

        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(work(), 0.01)
        async with engine.connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not first
            assert await connection.scalar(text("SELECT 1")) == 1
        await engine.dispose()

    run(main())


def test_errors_keep_their_classes(run, url) -> None:
    async def main():
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            with pytest.raises(exc.OperationalError, match="no such table"):
                await connection.execute(text("SELECT * FROM nowhere"))
        await engine.dispose()

    run(main())
