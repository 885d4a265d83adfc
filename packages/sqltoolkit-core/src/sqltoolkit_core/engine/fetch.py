"""Strategies of fetching: rows kept in memory, rows taken from the server bit by bit.

The plain case, each call going straight to the driver's cursor, needs no strategy: `.cursor` does it itself.
"""

from __future__ import annotations

import typing
from collections import deque
from itertools import chain

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Deque
    from typing import Iterable
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Sequence

__all__ = [
    "BufferedRowFetch",
    "FetchStrategy",
    "FullyBufferedFetch",
    "LoggedFetch",
    "PlainFetch",
    "chunks",
]


class FetchStrategy:
    """How raw rows come from a cursor.  An error of the driver is left to the caller."""

    __slots__ = ()

    def yield_per(self, num: int) -> None:
        """Fetch rows in batches of `num` from now on."""
        raise NotImplementedError()

    def one(self, cursor: Any) -> Any:
        """Return the next row, None at the end."""
        raise NotImplementedError()

    def many(self, cursor: Any, size: Optional[int]) -> Sequence[Any]:
        """Return the next rows."""
        raise NotImplementedError()

    def all(self, cursor: Any) -> Iterable[Any]:
        """Return all rows left."""
        raise NotImplementedError()

    def stream(self, cursor: Any) -> Iterable[Any]:
        """Return an iterable of the rows left that fetches as it goes."""
        raise NotImplementedError()


class PlainFetch(FetchStrategy):
    """Each call goes to the cursor; `size` rows at a time where `yield_per()` was given."""

    __slots__ = ("size",)

    def __init__(self) -> None:
        self.size: Optional[int] = None

    def yield_per(self, num: int) -> None:
        self.size = num

    def one(self, cursor: Any) -> Any:
        return cursor.fetchone()

    def many(self, cursor: Any, size: Optional[int]) -> Sequence[Any]:
        if size is None:
            return typing.cast("Sequence[Any]", cursor.fetchmany())
        return typing.cast("Sequence[Any]", cursor.fetchmany(size))

    def all(self, cursor: Any) -> Iterable[Any]:
        return typing.cast("Iterable[Any]", cursor.fetchall())

    def stream(self, cursor: Any) -> Iterable[Any]:
        if self.size is None:
            return iter(cursor.fetchone, None)
        return chain.from_iterable(chunks(cursor, self.size))


def chunks(cursor: Any, size: int) -> Iterator[Sequence[Any]]:
    """Return an iterator of the rows left, `size` at a time."""
    while True:
        rows = cursor.fetchmany(size)
        if not rows:
            return
        yield rows


class BufferedRowFetch(FetchStrategy):
    """Rows are taken from the server in batches that grow, up to a limit, and handed out from a buffer."""

    __slots__ = ("buffer", "growing", "limit", "size")

    def __init__(self, limit: int = 1000, growing: bool = True) -> None:
        self.buffer: Deque[Any] = deque()
        self.limit = limit
        self.growing = growing
        self.size = 5 if growing and limit > 5 else limit

    def yield_per(self, num: int) -> None:
        self.growing = False
        self.limit = self.size = num

    def _fill(self, cursor: Any) -> None:
        rows = cursor.fetchmany(self.size)
        if self.growing and self.size < self.limit:
            self.size = min(self.limit, self.size * 5)
        self.buffer.extend(rows)

    def one(self, cursor: Any) -> Any:
        if not self.buffer:
            self._fill(cursor)
            if not self.buffer:
                return None
        return self.buffer.popleft()

    def many(self, cursor: Any, size: Optional[int]) -> Sequence[Any]:
        if size is None:
            size = self.size if not self.growing else None
            if size is None:
                return list(self.all(cursor))
        buffer = self.buffer
        if not buffer and not self.growing:
            return typing.cast("Sequence[Any]", cursor.fetchmany(size))
        while len(buffer) < size:
            rows = cursor.fetchmany(size - len(buffer))
            if not rows:
                break
            buffer.extend(rows)
        return [buffer.popleft() for _ in range(min(size, len(buffer)))]

    def all(self, cursor: Any) -> Iterable[Any]:
        rows = list(self.buffer)
        self.buffer.clear()
        rows.extend(cursor.fetchall())
        return rows

    def stream(self, cursor: Any) -> Iterator[Any]:
        buffer = self.buffer
        while True:
            while buffer:
                yield buffer.popleft()
            self._fill(cursor)
            if not buffer:
                return


class FullyBufferedFetch(FetchStrategy):
    """All rows are in memory; the cursor is not asked again."""

    __slots__ = ("rows",)

    def __init__(self, rows: Iterable[Any]) -> None:
        self.rows: Deque[Any] = deque(rows)

    def yield_per(self, num: int) -> None:
        return None if num else None

    def one(self, cursor: Any) -> Any:
        return self.rows.popleft() if self.rows else None

    def many(self, cursor: Any, size: Optional[int]) -> Sequence[Any]:
        rows = self.rows
        if size is None:
            return self._take_all()
        return [rows.popleft() for _ in range(min(size, len(rows)))]

    def _take_all(self) -> List[Any]:
        rows = list(self.rows)
        self.rows.clear()
        return rows

    def all(self, cursor: Any) -> Iterable[Any]:
        return self._take_all()

    def stream(self, cursor: Any) -> Iterator[Any]:
        rows = self.rows
        while rows:
            yield rows.popleft()


class LoggedFetch(FetchStrategy):
    """Rows as another strategy delivers them, each shown to a function that writes the log."""

    __slots__ = ("inner", "log")

    def __init__(self, inner: FetchStrategy, log: Callable[[Any], None]) -> None:
        self.inner = inner
        self.log = log

    def _seen(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            self.log(row)
            yield row

    def yield_per(self, num: int) -> None:
        self.inner.yield_per(num)

    def one(self, cursor: Any) -> Any:
        row = self.inner.one(cursor)
        if row is not None:
            self.log(row)
        return row

    def many(self, cursor: Any, size: Optional[int]) -> Sequence[Any]:
        return list(self._seen(self.inner.many(cursor, size)))

    def all(self, cursor: Any) -> Iterable[Any]:
        return list(self._seen(self.inner.all(cursor)))

    def stream(self, cursor: Any) -> Iterable[Any]:
        return self._seen(self.inner.stream(cursor))
