"""AsyncResult and its filters: results that are fetched asynchronously.

The rows themselves, their keys and uniqueness are those of the synchronous result that each of these wraps.
"""

from __future__ import annotations

import typing
from typing import Any

from ..engine.result import FilterResult
from ..util import greenlet_spawn
from ..util.decorators import warn_deprecated
from .exc import AsyncMethodRequired

if typing.TYPE_CHECKING:
    from typing import AsyncIterator
    from typing import Callable
    from typing import List
    from typing import Optional

    from ..util.typing import Self

__all__ = [
    "AsyncCommon",
    "AsyncMappingResult",
    "AsyncResult",
    "AsyncScalarResult",
    "AsyncTupleResult",
    "ensure_sync_result",
    "needs_stream",
]

_END = object()


def _next_or_end(rows: Any) -> Any:
    return next(rows, _END)


class AsyncCommon(FilterResult):
    """What all asynchronous results have: each public method is one trip to the synchronous side."""

    # the synchronous result or filter that delivers what this one returns
    _sync: Any
    _rows: Any = None

    def __init__(self, real_result: Any, sync: Any) -> None:
        super().__init__(real_result)
        self._sync = sync

    async def close(self) -> None:  # type: ignore[override]
        """Close the result and give back its cursor."""
        await greenlet_spawn(self._sync.close)

    @property
    def closed(self) -> bool:
        """Say whether the result is closed."""
        return bool(self._sync.closed)

    def unique(self, strategy: Optional[Callable[[Any], Any]] = None) -> Self:
        """Return this result, from now on without repetitions."""
        self._sync.unique(strategy)
        return self

    def yield_per(self, num: int) -> Self:
        """Return this result, from now on fetching ``num`` rows at a time."""
        self._sync.yield_per(num)
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        if self._rows is None:
            self._rows = iter(self._sync)
        row = await greenlet_spawn(_next_or_end, self._rows)
        if row is _END:
            raise StopAsyncIteration()
        return row

    async def partitions(self, size: Optional[int] = None) -> AsyncIterator[Any]:
        """Yield lists of ``size`` rows."""
        parts = iter(self._sync.partitions(size))
        while True:
            part = await greenlet_spawn(_next_or_end, parts)
            if part is _END:
                return
            yield part

    async def fetchall(self) -> List[Any]:
        """Return the rows that are left; the same as ``all()``."""
        return await greenlet_spawn(self._sync.all)

    async def fetchmany(self, size: Optional[int] = None) -> List[Any]:
        """Return the next ``size`` rows."""
        return await greenlet_spawn(self._sync.fetchmany, size)

    async def all(self) -> List[Any]:
        """Return the rows that are left, and close the result."""
        return await greenlet_spawn(self._sync.all)

    async def first(self) -> Any:
        """Return the first row or None, and close the result."""
        return await greenlet_spawn(self._sync.first)

    async def one_or_none(self) -> Any:
        """Return the only row or None, and close the result; ``MultipleResultsFound`` for more than one."""
        return await greenlet_spawn(self._sync.one_or_none)

    async def one(self) -> Any:
        """Return the only row, and close the result; ``NoResultFound`` or ``MultipleResultsFound`` otherwise."""
        return await greenlet_spawn(self._sync.one)


class AsyncResult(AsyncCommon):
    """A ``Result`` that is fetched asynchronously; returned by ``AsyncConnection.stream()``."""

    def __init__(self, real_result: Any) -> None:
        super().__init__(real_result, real_result)

    def __class_getitem__(cls, _types: Any) -> Any:
        return cls

    def keys(self) -> Any:
        """Return the names of the columns."""
        return self._sync.keys()

    def columns(self, *col_expressions: Any) -> Self:
        """Return this result, from now on with these columns alone."""
        self._sync = self._sync.columns(*col_expressions)
        return self

    async def fetchone(self) -> Any:
        """Return the next row, None at the end."""
        return await greenlet_spawn(self._sync.fetchone)

    async def scalar_one(self) -> Any:
        """Return the first value of the only row, and close the result."""
        return await greenlet_spawn(self._sync.scalar_one)

    async def scalar_one_or_none(self) -> Any:
        """Return the first value of the only row or None, and close the result."""
        return await greenlet_spawn(self._sync.scalar_one_or_none)

    async def scalar(self) -> Any:
        """Return the first value of the first row or None, and close the result."""
        return await greenlet_spawn(self._sync.scalar)

    async def freeze(self) -> Any:  # type: ignore[override]
        """Fetch the rows that are left and return an object that makes results of them."""
        return await greenlet_spawn(self._sync.freeze)

    async def to_arrow(self, schema: Any = None, batch_size: Optional[int] = None) -> Any:
        """Return the rows that are left as a ``pyarrow.Table``; see ``Result.to_arrow()``."""
        return await greenlet_spawn(self._sync.to_arrow, schema, batch_size)

    async def to_arrow_batches(self, size: int, schema: Any = None) -> AsyncIterator[Any]:
        """Yield ``pyarrow.RecordBatch`` objects with up to ``size`` rows each; see ``Result.to_arrow_batches()``."""
        batches = self._sync.to_arrow_batches(size, schema)
        while True:
            batch = await greenlet_spawn(_next_or_end, batches)
            if batch is _END:
                return
            yield batch

    def scalars(self, index: Any = 0) -> AsyncScalarResult:
        """Return a result of the values of one column."""
        return AsyncScalarResult(self._sync, index)

    def mappings(self) -> AsyncMappingResult:
        """Return a result of mappings."""
        return AsyncMappingResult(self._sync)

    def tuples(self) -> AsyncTupleResult:
        """Return this result, to a type checker one of plain tuples."""
        warn_deprecated("tuples() is deprecated: an AsyncResult gives rows that type checkers know as tuples", "2.1.0")
        return self  # type: ignore[return-value]

    @property
    def t(self) -> AsyncTupleResult:
        """This result, to a type checker one of plain tuples."""
        warn_deprecated("AsyncResult.t is deprecated: its rows are known as tuples to type checkers", "2.1.0")
        return self  # type: ignore[return-value]


class AsyncScalarResult(AsyncCommon):
    """A ``ScalarResult`` that is fetched asynchronously."""

    def __init__(self, result: Any, index: Any) -> None:
        super().__init__(result, result.scalars(index))

    def __class_getitem__(cls, _types: Any) -> Any:
        return cls


class AsyncMappingResult(AsyncCommon):
    """A ``MappingResult`` that is fetched asynchronously."""

    def __init__(self, result: Any) -> None:
        super().__init__(result, result.mappings())

    def keys(self) -> Any:
        """Return the names of the columns."""
        return self._sync.keys()

    def columns(self, *col_expressions: Any) -> Self:
        """Return this result, from now on with these columns alone."""
        self._sync = self._sync.columns(*col_expressions)
        return self

    async def fetchone(self) -> Any:
        """Return the next mapping, None at the end."""
        return await greenlet_spawn(self._sync.fetchone)


class AsyncTupleResult(AsyncCommon):
    """An ``AsyncResult`` that a type checker sees as one of plain tuples."""

    if typing.TYPE_CHECKING:

        async def fetchone(self) -> Any: ...

        async def scalar(self) -> Any: ...

        async def scalar_one(self) -> Any: ...

        async def scalar_one_or_none(self) -> Any: ...


def needs_stream(result: Any) -> bool:
    """Say whether the rows of a synchronous result are still at the server."""
    # a result made the short way has no context, and its rows are here
    context = getattr(result, "_context", None)
    return context is not None and context._is_server_side


async def ensure_sync_result(result: Any, calling_method: Any) -> Any:
    """Return a result whose rows have all come; ``AsyncMethodRequired`` for one whose rows are at the server."""
    if not needs_stream(result):
        return result
    await greenlet_spawn(result.close)
    raise AsyncMethodRequired(
        "%s.%s() cannot return a result whose rows are still at the server; use stream()"
        % (type(calling_method.__self__).__name__, calling_method.__name__)
    )
