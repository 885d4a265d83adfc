"""AsyncEngine.run(): transactions that are run again."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from sqltoolkit_core import exc
from sqltoolkit_core import text
from sqltoolkit_core.asyncio import create_async_engine


@pytest.fixture()
def scene(run, url):
    """Run a coroutine function with an engine for a database that has a table."""

    def call(fn):
        async def main():
            engine = create_async_engine(url, connect_args={"timeout": 0})
            async with engine.begin() as connection:
                await connection.execute(text("create table t (x)"))
            try:
                return await fn(engine)
            finally:
                assert engine.pool.checkedout() == 0
                await engine.dispose()

        return run(main())

    return call


async def rows(connection):
    return (await connection.scalars(text("select x from t"))).all()


async def insert(connection):
    await connection.execute(text("insert into t values (1)"))
    return "done"


def test_locked_database_is_tried_again(scene) -> None:
    async def main(engine):
        other = sqlite3.connect(engine.url.database, isolation_level=None)
        other.execute("begin exclusive")
        attempts = []

        async def work(connection):
            attempts.append(1)
            if len(attempts) == 3:
                other.execute("commit")
            return await insert(connection)

        assert await engine.run(work, retry=5, backoff=0.001) == "done"
        assert len(attempts) == 3 and await engine.run(rows) == [1]
        other.execute("begin exclusive")
        with pytest.raises(exc.OperationalError, match="locked"):
            await engine.run(work, retry=2, backoff=0.001)
        assert len(attempts) == 6
        with pytest.raises(exc.OperationalError, match="locked"):
            await engine.run(work, retry=1000, backoff=5, deadline=0.1)
        assert len(attempts) == 7
        other.close()

    scene(main)


def test_other_errors_are_not(scene) -> None:
    async def main(engine):
        attempts = []

        async def work(connection):
            attempts.append(1)
            await insert(connection)
            await connection.execute(text("select nothing"))

        with pytest.raises(exc.OperationalError, match="nothing"):
            await engine.run(work, backoff=0.001)
        assert len(attempts) == 1 and await engine.run(rows) == []

    scene(main)


def test_refused_inside_of_a_transaction_of_the_same_task(scene) -> None:
    async def main(engine):
        async def outer(connection):
            await engine.run(insert)

        with pytest.raises(exc.InvalidRequestError, match="under way"):
            await engine.run(outer)
        async with engine.begin() as connection:
            await insert(connection)
            with pytest.raises(exc.InvalidRequestError, match="under way"):
                await engine.run(rows)
            # another task is not concerned
            assert await asyncio.ensure_future(engine.run(rows)) == []
        assert await engine.run(rows) == [1]

    scene(main)


def test_an_error_of_the_commit(scene, monkeypatch) -> None:
    async def main(engine):
        dialect = engine.dialect
        real = dialect.do_commit
        errors = [dialect.dbapi.OperationalError("database is locked")]

        def do_commit(dbapi_connection):
            if errors:
                raise errors.pop()
            real(dbapi_connection)

        monkeypatch.setattr(dialect, "do_commit", do_commit)
        assert await engine.run(insert, backoff=0.001) == "done" and await engine.run(rows) == [1]
        errors.append(dialect.dbapi.OperationalError("no active connection"))
        with pytest.raises(exc.OperationalError) as caught:
            await engine.run(insert, backoff=0.001)
        assert caught.value.connection_invalidated

    scene(main)


def test_cancelled_between_attempts(scene) -> None:
    async def main(engine):
        other = sqlite3.connect(engine.url.database, isolation_level=None)
        other.execute("begin exclusive")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(engine.run(insert, retry=100, backoff=60, max_backoff=60), 0.1)
        other.close()
        # nothing remains of the call that was given up
        assert await engine.run(insert, execution_options={"note": 1}) == "done"

    scene(main)
