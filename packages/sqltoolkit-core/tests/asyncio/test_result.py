"""Asynchronous results: every way of fetching agrees with the synchronous one."""

from __future__ import annotations

import pytest

from sqltoolkit_core import column
from sqltoolkit_core import exc
from sqltoolkit_core import select
from sqltoolkit_core import text
from sqltoolkit_core.asyncio import AsyncMappingResult
from sqltoolkit_core.asyncio import AsyncResult
from sqltoolkit_core.asyncio import AsyncScalarResult
from sqltoolkit_core.asyncio import create_async_engine
from sqltoolkit_core.asyncio import exc as async_exc

ROWS = [(1, "a"), (2, "b"), (2, "b"), (3, "c")]
QUERY = text("SELECT 1 AS x, 'a' AS y UNION ALL SELECT 2, 'b' UNION ALL SELECT 2, 'b' UNION ALL SELECT 3, 'c'")


@pytest.fixture()
def streamed(run, url):
    """Run a function with an ``AsyncResult`` of the rows."""

    def call(fn):
        async def main():
            engine = create_async_engine(url)
            async with engine.connect() as connection:
                result = await connection.stream(QUERY)
                assert isinstance(result, AsyncResult)
                found = await fn(result)
            await engine.dispose()
            return found

        return run(main())

    return call


async def listed(iterator):
    return [item async for item in iterator]


@pytest.mark.parametrize(
    "fn, expected",
    [
        (lambda r: r.all(), ROWS),
        (lambda r: r.fetchall(), ROWS),
        (lambda r: listed(r), ROWS),
        (lambda r: r.fetchmany(2), ROWS[:2]),
        (lambda r: r.fetchone(), ROWS[0]),
        (lambda r: r.first(), ROWS[0]),
        (lambda r: r.scalar(), 1),
        (lambda r: r.unique().all(), [ROWS[0], ROWS[1], ROWS[3]]),
        (lambda r: r.columns("y").all(), [("a",), ("b",), ("b",), ("c",)]),
        (lambda r: listed(r.partitions(3)), [ROWS[:3], ROWS[3:]]),
        (lambda r: r.scalars().all(), [1, 2, 2, 3]),
        (lambda r: r.scalars("y").unique().all(), ["a", "b", "c"]),
        (lambda r: r.scalars().fetchmany(2), [1, 2]),
        (lambda r: listed(r.scalars().partitions(3)), [[1, 2, 2], [3]]),
        (lambda r: r.scalars().first(), 1),
        (lambda r: r.mappings().first(), {"x": 1, "y": "a"}),
        (lambda r: r.mappings().fetchone(), {"x": 1, "y": "a"}),
        (lambda r: r.mappings().columns("y").fetchmany(1), [{"y": "a"}]),
        (lambda r: listed(r.mappings().unique()), [{"x": x, "y": y} for x, y in ROWS[:2] + ROWS[3:]]),
        (lambda r: r.yield_per(2).all(), ROWS),
    ],
)
def test_fetching(streamed, fn, expected) -> None:
    assert streamed(fn) == expected


@pytest.mark.parametrize("fn", [lambda r: r.tuples().all(), lambda r: r.t.all()])
def test_tuples(streamed, fn) -> None:
    with pytest.warns(exc.SADeprecationWarning):
        assert streamed(fn) == ROWS


@pytest.mark.parametrize("name", ["one", "one_or_none", "scalar_one", "scalar_one_or_none"])
def test_too_many(streamed, name) -> None:
    with pytest.raises(exc.MultipleResultsFound):
        streamed(lambda result: getattr(result, name)())


def test_going_on_after_a_loop_was_left(streamed) -> None:
    async def fn(result):
        async for _row in result:
            break
        return [await result.fetchone(), await result.fetchall()]

    assert streamed(fn) == [ROWS[1], ROWS[2:]]


def test_keys_closing_and_kinds(streamed) -> None:
    async def fn(result):
        assert list(result.keys()) == ["x", "y"] and not result.closed
        assert list(result.mappings().keys()) == ["x", "y"]
        assert isinstance(result.scalars(), AsyncScalarResult)
        assert isinstance(result.mappings(), AsyncMappingResult)
        frozen = await result.freeze()
        assert frozen().all() == ROWS
        await result.close()
        assert result.closed
        with pytest.raises(exc.ResourceClosedError):
            await result.fetchone()

    streamed(fn)


def test_single_rows(run, url) -> None:
    async def main():
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            one = select(column("x")).select_from(text("(SELECT 5 AS x)"))
            assert await (await connection.stream(one)).scalar_one() == 5
            assert await (await connection.stream(one)).one() == (5,)
            assert await (await connection.stream_scalars(one)).one() == 5
            none = one.where(column("x") == 6)
            assert await (await connection.stream(none)).one_or_none() is None
            with pytest.raises(exc.NoResultFound):
                await (await connection.stream(none)).one()
        await engine.dispose()

    run(main())


def test_leaving_the_block_closes_the_result(run, url) -> None:
    async def main():
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            async with connection.stream(QUERY) as result:
                assert await result.fetchone() == ROWS[0]
            assert result.closed
            async with connection.stream_scalars(QUERY) as result:
                assert await listed(result) == [1, 2, 2, 3]
        await engine.dispose()

    run(main())


def test_rows_at_the_server_need_stream(run, url) -> None:
    async def main():
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            with pytest.raises(async_exc.AsyncMethodRequired, match="stream"):
                await connection.execute(QUERY, execution_options={"stream_results": True})
            assert await connection.scalar(select(1)) == 1
        await engine.dispose()

    run(main())


def test_arrow(streamed) -> None:
    pyarrow = pytest.importorskip("pyarrow")

    async def sizes(result):
        return [batch.num_rows async for batch in result.to_arrow_batches(3)]

    table = streamed(lambda result: result.to_arrow())
    assert table.schema.types == [pyarrow.int64(), pyarrow.string()]
    assert [tuple(row.values()) for row in table.to_pylist()] == ROWS
    assert streamed(sizes) == [3, 1]


def test_arrow_is_asked_of_the_synchronous_result(run, monkeypatch) -> None:
    class Rows:
        calls = []

        def to_arrow(self, *args):
            self.calls.append(args)
            return "table"

        def to_arrow_batches(self, *args):
            self.calls.append(args)
            return iter(["one", "two"])

    async def main() -> None:
        result = AsyncResult.__new__(AsyncResult)
        result._sync = Rows()
        assert await result.to_arrow("schema", 5) == "table"
        assert [batch async for batch in result.to_arrow_batches(7, "schema")] == ["one", "two"]

    run(main())
    assert Rows.calls == [("schema", 5), (7, "schema")]
