"""The driver aiosqlite: pools, one trip per statement, what it says about itself."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import types

import pytest

pytest.importorskip("greenlet")
aiosqlite = pytest.importorskip("aiosqlite")

from sqltoolkit_core import exc  # noqa: E402
from sqltoolkit_core import pool  # noqa: E402
from sqltoolkit_core import select  # noqa: E402
from sqltoolkit_core import text  # noqa: E402
from sqltoolkit_core.asyncio import create_async_engine  # noqa: E402
from sqltoolkit_core.util import greenlet_spawn  # noqa: E402


def run(coroutine):
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


@pytest.mark.parametrize(
    "url, expected",
    [
        ("sqlite+aiosqlite://", pool.StaticPool),
        ("sqlite+aiosqlite:///:memory:", pool.StaticPool),
        ("sqlite+aiosqlite:///file.db", pool.AsyncAdaptedQueuePool),
    ],
)
def test_pools(url, expected) -> None:
    assert type(create_async_engine(url).pool) is expected


def test_memory_database_is_one() -> None:
    async def main():
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE t (x INTEGER)"))
            await connection.execute(text("INSERT INTO t VALUES (1)"))
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT x FROM t")) == 1
        await engine.dispose()

    run(main())


def test_one_trip_to_the_thread_per_statement(tmp_path, monkeypatch) -> None:
    trips = []
    real = aiosqlite.Connection._execute

    async def counting(self, fn, *args, **kw):
        trips.append(fn)
        return await real(self, fn, *args, **kw)

    async def main():
        engine = create_async_engine("sqlite+aiosqlite:///%s" % (tmp_path / "t.db"))
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
            monkeypatch.setattr(aiosqlite.Connection, "_execute", counting)
            rows = (await connection.execute(text("SELECT 1 UNION SELECT 2"))).all()
            found = len(trips)
            monkeypatch.undo()
        await engine.dispose()
        return rows, found

    assert run(main()) == ([(1,), (2,)], 1)


def test_own_connection_and_own_factory(tmp_path) -> None:
    import sqlite3

    class Mine(sqlite3.Connection):
        pass

    async def creator():
        return await aiosqlite.connect(str(tmp_path / "t.db"))

    async def use(**kw):
        engine = create_async_engine("sqlite+aiosqlite:///%s" % (tmp_path / "t.db"), **kw)
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE IF NOT EXISTS t (x INTEGER)"))
            done = await connection.execute(text("INSERT INTO t VALUES (:x)"), [{"x": 1}, {"x": 2}])
            assert done.rowcount == 2
            rows = (await connection.execute(text("SELECT x FROM t"))).all()
            await connection.execute(text("DELETE FROM t"))
            with pytest.raises(exc.OperationalError):
                await connection.execute(text("SELECT nothing"))
        await engine.dispose()
        return rows

    for kw in ({"async_creator": creator}, {"connect_args": {"factory": Mine}}):
        assert run(use(**kw)) == [(1,), (2,)]


def test_attributes_of_the_driver_connection(tmp_path) -> None:
    async def main():
        engine = create_async_engine("sqlite+aiosqlite:///%s" % (tmp_path / "t.db"))
        async with engine.connect() as connection:
            raw = (await connection.get_raw_connection()).dbapi_connection

            def use():
                raw.isolation_level = "IMMEDIATE"
                raw.create_function("twice", 1, lambda x: 2 * x)
                cursor = raw.cursor()
                cursor.execute("SELECT twice(4)")
                return cursor.fetchone(), raw.isolation_level, raw.in_transaction, raw.total_changes

            assert await greenlet_spawn(use) == ((8,), "IMMEDIATE", False, 0)
        await engine.dispose()

    run(main())


def test_closed_behind_our_back(tmp_path) -> None:
    async def main():
        engine = create_async_engine("sqlite+aiosqlite:///%s" % (tmp_path / "t.db"))
        async with engine.connect() as connection:
            raw = await connection.get_raw_connection()
            await raw.driver_connection.close()
            with pytest.raises(exc.OperationalError) as caught:
                await connection.execute(select(1))
            assert caught.value.connection_invalidated
        async with engine.connect() as connection:
            assert await connection.scalar(select(1)) == 1
        await engine.dispose()

    run(main())


def test_isolation_levels(tmp_path) -> None:
    async def main():
        engine = create_async_engine("sqlite+aiosqlite:///%s" % (tmp_path / "t.db"))
        async with engine.connect() as connection:
            assert await connection.get_isolation_level() == "SERIALIZABLE"
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("CREATE TABLE t (x INTEGER)"))
            await connection.rollback()
        async with engine.connect() as connection:
            assert await connection.get_isolation_level() == "SERIALIZABLE"
            assert (await connection.execute(text("SELECT * FROM t"))).all() == []
        await engine.dispose()

    run(main())


@pytest.mark.skipif(not hasattr(sqlite3.Connection, "interrupt"), reason="the driver of this Python can't interrupt")
def test_cancelled_statement_is_stopped(tmp_path) -> None:
    endless = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")

    async def main():
        engine = create_async_engine("sqlite+aiosqlite:///%s" % (tmp_path / "c.db"), pool_size=1, max_overflow=0)

        async def count():
            async with engine.connect() as connection:
                await connection.execute(endless)

        task = asyncio.ensure_future(count())
        await asyncio.sleep(0.05)
        task.cancel()
        # the thread of the connection is free at once, and so is the place in the pool
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 1.5)
        async with engine.connect() as connection:
            assert await connection.scalar(select(1)) == 1
        assert engine.pool.checkedout() == 0
        await engine.dispose()

    run(asyncio.wait_for(main(), 10))


def test_a_module_that_cannot_interrupt(tmp_path, monkeypatch) -> None:
    """As PyPy's: the connection of a cancelled task is closed all the same."""

    async def main():
        engine = create_async_engine("sqlite+aiosqlite:///%s" % (tmp_path / "t.db"))
        async with engine.connect() as connection:
            raw = await connection.get_raw_connection()
            driver = raw.driver_connection
            monkeypatch.setattr(engine.dialect.dbapi, "sqlite", types.SimpleNamespace(Connection=object))
            monkeypatch.delattr(aiosqlite.Connection, "interrupt")
            await connection.invalidate()
        with pytest.raises(ValueError):
            await driver.execute("SELECT 1")
        await engine.dispose()

    run(main())


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the setting came with Python 3.12")
def test_a_driver_that_commits_by_itself_is_left_alone(tmp_path) -> None:
    async def main():
        engine = create_async_engine("sqlite+aiosqlite:///%s" % (tmp_path / "t.db"), connect_args={"autocommit": True})
        async with engine.connect() as connection:
            await connection.execute(text("CREATE TABLE t (x INTEGER)"))
            raw = await connection.get_raw_connection()
            assert not raw.dbapi_connection.in_transaction and raw.dbapi_connection.autocommit is True
        await engine.dispose()

    run(main())
