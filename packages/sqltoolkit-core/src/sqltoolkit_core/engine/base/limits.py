"""Limits of time: the execution option `timeout`.

How a statement is stopped is the dialect's business (`Dialect.begin_timeout()`).  Here it is decided when the clock
runs: while the driver works on the statement or fetches its rows, and not while the program thinks about them.
"""

from __future__ import annotations

import time
import typing

from ... import exc

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Optional

__all__ = ["LimitedCursor", "TimeLimit"]


class TimeLimit:
    """The time left for one statement; as a context manager it surrounds each call of the driver.

    Nothing stays behind on the connection between the calls, so that it does not matter how a result ends.
    """

    __slots__ = ("_cancel", "_connection", "_started", "is_over", "left")

    def __init__(self, connection: Any, seconds: Any) -> None:
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds > 0:
            raise exc.ArgumentError(
                "the execution option 'timeout' is a number of seconds above 0, not %r" % (seconds,)
            )
        self._connection = connection
        self.left = float(seconds)
        self.is_over = False
        self._started = 0.0
        self._cancel: Optional[Callable[[], bool]] = None

    def __enter__(self) -> None:
        connection = self._connection
        self._cancel = connection.dialect.begin_timeout(
            connection.connection.dbapi_connection, max(self.left, 0.0)
        )
        self._started = time.monotonic()

    def __exit__(self, type_: Any, value: Any, traceback: Any) -> None:
        self.left -= time.monotonic() - self._started
        cancel, self._cancel = self._cancel, None
        if cancel is not None and cancel():
            self.is_over = True


class LimitedCursor:
    """A cursor whose rows are fetched within a limit of time."""

    __slots__ = ("cursor", "limit")

    def __init__(self, cursor: Any, limit: TimeLimit) -> None:
        self.cursor = cursor
        self.limit = limit

    def fetchone(self) -> Any:
        """Return the next row of the driver's cursor."""
        with self.limit:
            return self.cursor.fetchone()

    def fetchmany(self, *size: Any, **kw: Any) -> Any:
        """Return the next rows of the driver's cursor."""
        with self.limit:
            return self.cursor.fetchmany(*size, **kw)

    def fetchall(self) -> Any:
        """Return the rows left of the driver's cursor."""
        with self.limit:
            return self.cursor.fetchall()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cursor, name)
