"""AsyncEngine, AsyncConnection and AsyncTransaction on aiosqlite."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import create_engine
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_core import inspect
from sqltoolkit_core import pool
from sqltoolkit_core import select
from sqltoolkit_core import text
from sqltoolkit_core.asyncio import AsyncConnection
from sqltoolkit_core.asyncio import AsyncEngine
from sqltoolkit_core.asyncio import async_engine_from_config
from sqltoolkit_core.asyncio import create_async_engine
from sqltoolkit_core.asyncio import create_async_pool_from_url
from sqltoolkit_core.asyncio import exc as async_exc

metadata = MetaData()
things = Table(
    "things", metadata, Column("id", Integer, primary_key=True), Column("name", String(20))
)


async def filled(url, **kw):
    engine = create_async_engine(url, **kw)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(things.insert(), [{"name": n} for n in "abc"])
    return engine


def test_execute_and_commit(run, url) -> None:
    async def main():
        engine = await filled(url)
        async with engine.connect() as connection:
            await connection.execute(things.insert(), {"name": "d"})
            await connection.rollback()
            rows = (await connection.execute(select(things.c.name).order_by(things.c.id))).all()
            assert [row.name for row in rows] == ["a", "b", "c"]
            assert await connection.scalar(select(func.count()).select_from(things)) == 3
            assert (await connection.scalars(select(things.c.id))).all() == [1, 2, 3]
            result = await connection.exec_driver_sql("SELECT 5")
            assert result.scalar_one() == 5
        assert engine.pool.checkedout() == 0
        await engine.dispose()

    run(main())


def test_begin_rolls_back_after_an_error(run, url) -> None:
    async def main():
        engine = await filled(url)
        with pytest.raises(ZeroDivisionError):
            async with engine.begin() as connection:
                await connection.execute(things.delete())
                1 / 0
        async with engine.connect() as connection:
            assert await connection.scalar(select(func.count()).select_from(things)) == 3
        await engine.dispose()

    run(main())


def test_transactions(run, url) -> None:
    async def main():
        engine = await filled(url)
        async with engine.connect() as connection:
            assert not connection.in_transaction() and connection.get_transaction() is None
            transaction = await connection.begin()
            assert connection.get_transaction() is transaction
            assert transaction.is_active and transaction.is_valid
            async with connection.begin_nested() as savepoint:
                assert connection.in_nested_transaction()
                assert connection.get_nested_transaction() is savepoint
                await connection.execute(things.delete())
                await savepoint.rollback()
            assert await connection.scalar(select(func.count()).select_from(things)) == 3
            await transaction.commit()
            assert not transaction.is_active
            async with connection.begin():
                await connection.execute(things.insert(), {"name": "d"})
        async with engine.connect() as connection:
            assert await connection.scalar(select(func.count()).select_from(things)) == 4
        await engine.dispose()

    run(main())


def test_not_started_and_started_twice(run, url) -> None:
    async def main():
        engine = create_async_engine(url)
        connection = engine.connect()
        with pytest.raises(async_exc.AsyncContextNotStarted):
            await connection.execute(select(1))
        with pytest.raises(async_exc.AsyncContextNotStarted):
            connection.begin()
        await connection
        with pytest.raises(async_exc.AsyncContextAlreadyStarted):
            await connection.start()
        transaction = connection.begin()
        with pytest.raises(async_exc.AsyncContextNotStarted):
            await transaction.commit()
        await transaction
        with pytest.raises(async_exc.AsyncContextAlreadyStarted):
            await transaction
        await connection.close()
        await engine.dispose()

    run(main())


def test_faces_of_the_synchronous_objects(run, url) -> None:
    async def main():
        engine = create_async_engine(url, echo=False)
        assert (engine.name, engine.driver) == ("sqlite", "aiosqlite")
        assert engine.url.drivername == "sqlite+aiosqlite"
        assert engine.engine is engine and engine.dialect.is_async
        assert isinstance(engine.pool, pool.AsyncAdaptedQueuePool)
        other = engine.execution_options(isolation_level="AUTOCOMMIT")
        assert other.get_execution_options()["isolation_level"] == "AUTOCOMMIT"
        assert other.pool is engine.pool and other != engine
        engine.update_execution_options(mine=5)
        assert engine.get_execution_options()["mine"] == 5
        engine.clear_compiled_cache()
        assert AsyncEngine.retrieve_proxy_for_target(engine.sync_engine) is engine
        async with engine.connect() as connection:
            assert AsyncConnection.retrieve_proxy_for_target(connection.sync_connection) is (
                connection
            )
            assert connection.engine is engine and not connection.closed
            connection.info["a"] = 1
            assert (await connection.execution_options(mine=6)) is connection
            raw = await connection.get_raw_connection()
            assert raw.info == {"a": 1}
            assert type(raw.driver_connection).__module__.startswith("aiosqlite")
            with pytest.raises(exc.InvalidRequestError):
                connection.connection
            await connection.invalidate()
            assert connection.invalidated
        assert connection.closed
        raw = await engine.raw_connection()
        assert raw.is_valid
        await asyncio.get_running_loop().run_in_executor(None, lambda: None)
        engine.sync_engine  # the pooled connection is returned on the bridge
        from sqltoolkit_core.util import greenlet_spawn

        await greenlet_spawn(raw.close)
        await engine.dispose()

    run(main())


def test_events_belong_to_the_synchronous_objects(run, url) -> None:
    async def main():
        engine = create_async_engine(url)
        calls = []
        with pytest.raises(NotImplementedError, match="sync_engine"):
            event.listen(engine, "before_cursor_execute", lambda *a: None)
        event.listen(
            engine.sync_engine, "before_cursor_execute", lambda *args: calls.append(args[2])
        )
        async with engine.connect() as connection:
            with pytest.raises(NotImplementedError, match="sync_connection"):
                event.listen(connection, "begin", lambda *a: None)
            await connection.execute(text("SELECT 7"))
        assert calls == ["SELECT 7"]
        await engine.dispose()

    run(main())


def test_synchronous_driver_is_refused(url) -> None:
    with pytest.raises(exc.InvalidRequestError, match="asynchronous driver"):
        create_async_engine("sqlite+pysqlite://")


def test_outside_of_the_bridge(url) -> None:
    engine = create_async_engine(url)
    with pytest.raises(exc.MissingGreenlet):
        engine.sync_engine.connect()
    assert engine.pool.checkedout() == 0


def test_from_configuration(run, url) -> None:
    async def main():
        engine = async_engine_from_config({"db.url": url, "db.echo": "false"}, prefix="db.")
        async with engine.connect() as connection:
            assert await connection.scalar(select(1)) == 1
        await engine.dispose()

    run(main())
    assert isinstance(create_async_pool_from_url(url), pool.AsyncAdaptedQueuePool)


def test_own_connection_function(run, tmp_path) -> None:
    import aiosqlite

    made = []

    async def creator():
        made.append(1)
        return await aiosqlite.connect(str(tmp_path / "own.db"))

    async def main():
        engine = create_async_engine("sqlite+aiosqlite://", async_creator=creator)
        async with engine.connect() as connection:
            assert await connection.scalar(select(1)) == 1
        await engine.dispose()

    run(main())
    assert made == [1]
    with pytest.raises(exc.ArgumentError):
        create_async_engine("sqlite+aiosqlite://", async_creator=creator, creator=creator)


def test_no_inspection(url) -> None:
    with pytest.raises(exc.NoInspectionAvailable):
        inspect(create_async_engine(url))


def test_waiting_for_the_pool_lets_others_run(run, url) -> None:
    async def main():
        engine = await filled(url, pool_size=2, max_overflow=0)
        busy = []

        async def work():
            async with engine.connect() as connection:
                busy.append(engine.pool.checkedout())
                await connection.execute(select(things))
                await asyncio.sleep(0.001)

        await asyncio.gather(*[work() for _ in range(20)])
        assert max(busy) == 2 and engine.pool.checkedout() == 0
        await engine.dispose()

    run(main())


def test_pool_that_runs_empty_names_the_tasks(run, url) -> None:
    async def main():
        engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=0.05)
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 'the last'"))
            with pytest.raises(exc.TimeoutError) as caught:
                async with engine.connect():
                    raise AssertionError("there was no connection to have")
        (holder,) = caught.value.holders
        assert holder.task and "the last" in holder.last_sql
        await engine.dispose()

    run(main())


def test_two_living_loops_are_named(run, url) -> None:
    engine = create_async_engine(url, pool_size=1, max_overflow=0)
    first = asyncio.new_event_loop()
    thread = threading.Thread(target=first.run_forever, daemon=True)
    thread.start()

    async def use():
        async with engine.connect() as connection:
            return await connection.scalar(select(1))

    assert asyncio.run_coroutine_threadsafe(use(), first).result(10) == 1
    with pytest.raises(exc.WrongLoopError) as caught:
        run(use())
    assert str(caught.value).count("loop") >= 3
    assert asyncio.run_coroutine_threadsafe(use(), first).result(10) == 1
    asyncio.run_coroutine_threadsafe(engine.dispose(), first).result(10)
    first.call_soon_threadsafe(first.stop)
    thread.join(10)
    first.close()


def test_loop_after_loop(run, url) -> None:
    engine = create_async_engine(url)

    async def use():
        async with engine.connect() as connection:
            return await connection.scalar(select(1))

    assert (run(use()), run(use())) == (1, 1)
    run(engine.dispose())


def test_lost_connection_is_dropped_with_a_warning(run, url) -> None:
    async def main():
        engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=1)
        connection = await engine.connect()
        await connection.execute(select(1))
        with pytest.warns(exc.SAWarning, match="garbage collector"):
            del connection
            gc.collect()
        assert engine.pool.checkedout() == 0
        async with engine.connect() as connection:
            assert await connection.scalar(select(1)) == 1
        await engine.dispose()

    run(main())


def test_import_needs_neither_greenlet_nor_asyncio() -> None:
    import os

    code = (
        "import sys; sys.modules['greenlet'] = None; import sqltoolkit_core.asyncio as a; "
        "a.AsyncEngine; print('asyncio' in sys.modules)"
    )
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(p for p in sys.path if p))
    found = subprocess.check_output([sys.executable, "-S", "-c", code], env=environment)
    assert found.decode().strip() == "False"


def test_synchronous_engine_on_the_same_file(run, tmp_path, url) -> None:
    async def main():
        engine = await filled(url)
        await engine.dispose()

    run(main())
    engine = create_engine("sqlite:///%s" % (tmp_path / "test.db"))
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(things)) == 3
    engine.dispose()


COUNTING = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT %s FROM n"


def test_limits_of_time(run, url) -> None:
    async def main() -> None:
        engine = create_async_engine(url)
        short = {"timeout": 0.05}
        async with engine.connect() as connection:
            with pytest.raises(exc.OperationalError, match="time limit"):
                await connection.execute(text(COUNTING % "count(*)"), execution_options=short)
            result = await connection.stream(text(COUNTING % "i"), execution_options=short)
            assert await result.fetchone() == (1,)
            with pytest.raises(exc.OperationalError, match="time limit"):
                await result.all()
            await connection.rollback()
            # a buffered result needs no bridge
            result = await connection.execute(select(1), execution_options=short)
            assert result.all() == [(1,)]
            long = COUNTING.replace("FROM n)", "FROM n WHERE i < 600000)") % "count(*)"
            assert await connection.scalar(text(long)) == 600000
        await engine.dispose()

    run(main())


@pytest.mark.skipif(not hasattr(sqlite3.Connection, "interrupt"), reason="the driver of this Python can't interrupt")
def test_cancelling_stops_the_statement(run, url) -> None:
    async def main() -> None:
        engine = create_async_engine(url)
        before = time.monotonic()
        async with engine.connect() as connection:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(connection.execute(text(COUNTING % "count(*)")), 0.1)
        assert engine.pool.checkedout() == 0
        await engine.dispose()
        # not the two seconds that a connection may take to end
        assert time.monotonic() - before < 1.5
        while threading.active_count() > threads:
            await asyncio.sleep(0.001)

    threads = threading.active_count()
    run(main())


def test_limits_on_a_connection_made_by_the_program(run, tmp_path) -> None:
    async def main() -> None:
        import aiosqlite

        async def connect():
            return await aiosqlite.connect(str(tmp_path / "own.db"))

        engine = create_async_engine("sqlite+aiosqlite://", async_creator=connect)
        async with engine.connect() as connection:
            with pytest.raises(exc.OperationalError, match="time limit"):
                await connection.execute(text(COUNTING % "count(*)"), execution_options={"timeout": 0.05})
            assert await connection.scalar(select(1), execution_options={"timeout": 5}) == 1
        await engine.dispose()

    run(main())


def test_lost_connections_are_dropped_without_taking_back_their_settings(run, caplog) -> None:
    async def main():
        # a pool that knows nothing of asyncio; taking the level back would have to be awaited
        engine = create_async_engine("sqlite+aiosqlite://", poolclass=pool.StaticPool)
        connection = await (await engine.connect()).execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(select(1))
        with pytest.warns(exc.SAWarning, match="garbage collector"):
            del connection
            gc.collect()
        async with engine.connect() as connection:
            assert await connection.scalar(select(1)) == 1
        await engine.dispose()

    with caplog.at_level("ERROR"):
        run(main())
    assert not caplog.records
