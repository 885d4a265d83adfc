"""Adapters that let a synchronous dialect drive an asynchronous driver: connection, cursors, module.

The bridge itself is in ``util/concurrency.py``; what one driver needs beside this is in its dialect.  Everything here
is called on the bridge.
"""

from __future__ import annotations

import typing
from collections import deque
from typing import Any

from .. import exc
from ..util import await_only
from ..util import in_greenlet
from ..util import is_exit_exception

if typing.TYPE_CHECKING:
    from typing import Deque
    from typing import Iterator
    from typing import NoReturn
    from typing import Optional
    from typing import Sequence
    from typing import Type

__all__ = [
    "AsyncAdapt_Error",
    "AsyncAdapt_dbapi_connection",
    "AsyncAdapt_dbapi_cursor",
    "AsyncAdapt_dbapi_module",
    "AsyncAdapt_dbapi_ss_cursor",
    "AsyncAdapt_terminate",
]


class AsyncAdapt_Error(exc.EmulatedDBAPIException):
    """A base for the PEP 249 errors of drivers that have none of their own."""


class AsyncAdapt_dbapi_module:
    """A driver's module as a PEP 249 module: ``connect()`` returns an adapted connection."""

    Warning: Any
    Error: Any
    InterfaceError: Any
    DataError: Any
    DatabaseError: Any
    OperationalError: Any
    InternalError: Any
    IntegrityError: Any
    ProgrammingError: Any
    NotSupportedError: Any

    def __init__(self, driver: Any, dbapi_module: Any = None) -> None:
        self.driver = driver
        self.dbapi_module = dbapi_module

    @property
    def exceptions_module(self) -> Any:
        """The module that has the driver's PEP 249 errors."""
        return self.driver

    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_dbapi_connection:
        """Return an adapted connection."""
        raise NotImplementedError()


class AsyncAdapt_dbapi_cursor:
    """A cursor that has all rows before anybody asks for them: fetching awaits nothing."""

    server_side = False

    __slots__ = ("_adapted", "_connection", "_cursor", "_rows")

    _adapted: Any
    _connection: Any
    _cursor: Any
    _rows: Deque[Any]

    def __init__(self, adapt_connection: AsyncAdapt_dbapi_connection) -> None:
        self._adapted = adapt_connection
        self._connection = adapt_connection._connection
        self._rows = deque()
        self._cursor = self._opened(self._connection.cursor())

    def _opened(self, cursor: Any) -> Any:
        """Return the driver's cursor, ready for use."""
        return await_only(cursor.__aenter__())

    @property
    def description(self) -> Any:
        """The columns of the result as the driver describes them, None if there is none."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """The number of rows that the last statement changed, -1 if the driver does not know."""
        count: int = self._cursor.rowcount
        return count

    @property
    def arraysize(self) -> int:
        """How many rows `fetchmany()` returns if not told."""
        size: int = self._cursor.arraysize
        return size

    @arraysize.setter
    def arraysize(self, value: int) -> None:
        self._cursor.arraysize = value

    @property
    def lastrowid(self) -> Any:
        """The key of the row inserted last, where the driver knows it."""
        return self._cursor.lastrowid

    def __enter__(self) -> AsyncAdapt_dbapi_cursor:
        return self

    def __exit__(self, type_: Any, value: Any, traceback: Any) -> None:
        self.close()

    def close(self) -> None:
        """Drop the rows that were not fetched."""
        # nothing is awaited: the driver's cursor has no rows left, and a close may come from the garbage collector
        self._rows.clear()

    def execute(self, operation: Any, parameters: Optional[Any] = None) -> Any:
        """Wait for a statement and for all of its rows; errors are those of PEP 249."""
        return self._adapted.awaited(self._run(operation, parameters))

    def executemany(self, operation: Any, seq_of_parameters: Sequence[Any]) -> Any:
        """Wait for a statement that is executed once per set of parameters."""
        return self._adapted.awaited(self._run_many(operation, seq_of_parameters))

    async def _run(self, operation: Any, parameters: Optional[Any]) -> Any:
        cursor = self._cursor
        if parameters is None:
            result = await cursor.execute(operation)
        else:
            result = await cursor.execute(operation, parameters)
        if cursor.description and not self.server_side:
            self._rows = deque(await cursor.fetchall())
        return result

    async def _run_many(self, operation: Any, seq_of_parameters: Sequence[Any]) -> Any:
        return await self._cursor.executemany(operation, seq_of_parameters)

    def nextset(self) -> None:
        """Go on to the next result of a statement that has several."""
        self._adapted.awaited(self.nextset_async())

    async def nextset_async(self) -> None:
        """Do what `nextset()` waits for."""
        if await self._cursor.nextset() and self._cursor.description:
            self._rows = deque(await self._cursor.fetchall())

    def setinputsizes(self, *inputsizes: Any) -> None:
        """Nothing is to be prepared."""

    def __iter__(self) -> Iterator[Any]:
        while self._rows:
            yield self._rows.popleft()

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: Optional[int] = None) -> Sequence[Any]:
        """Return the next `size` rows, or as many as there are."""
        rows = self._rows
        if size is None:
            size = self.arraysize
        return [rows.popleft() for _ in range(min(size, len(rows)))]

    def fetchall(self) -> Sequence[Any]:
        """Return the rows that are left."""
        rows = list(self._rows)
        self._rows.clear()
        return rows


class AsyncAdapt_dbapi_ss_cursor(AsyncAdapt_dbapi_cursor):
    """A cursor that fetches rows from the server as they are asked for."""

    server_side = True

    __slots__ = ()

    def close(self) -> None:
        """Wait for the driver to close the cursor, which may hold rows at the server."""
        if self._cursor is not None:
            cursor, self._cursor = self._cursor, None
            if in_greenlet():
                await_only(cursor.close())

    def fetchone(self) -> Any:
        """Wait for the next row; None when there is none."""
        return self._adapted.awaited(self._cursor.fetchone())

    def fetchmany(self, size: Optional[int] = None) -> Any:
        """Wait for the next `size` rows."""
        fetching = self._cursor.fetchmany() if size is None else self._cursor.fetchmany(size=size)
        return self._adapted.awaited(fetching)

    def fetchall(self) -> Any:
        """Wait for the rows that are left."""
        return self._adapted.awaited(self._cursor.fetchall())

    def __iter__(self) -> Iterator[Any]:
        while True:
            rows = self.fetchmany(100)
            if not rows:
                return
            for row in rows:
                yield row


class AsyncAdapt_dbapi_connection:
    """An asynchronous driver's connection as a PEP 249 connection."""

    _cursor_cls: Type[AsyncAdapt_dbapi_cursor] = AsyncAdapt_dbapi_cursor
    _ss_cursor_cls: Type[AsyncAdapt_dbapi_cursor] = AsyncAdapt_dbapi_ss_cursor

    __slots__ = ("_connection", "dbapi")

    _connection: Any

    def __init__(self, dbapi: Any, connection: Any) -> None:
        self.dbapi = dbapi
        self._connection = connection

    @property
    def driver_connection(self) -> Any:
        """The driver's own connection."""
        return self._connection

    def run_async(self, fn: Any) -> Any:
        """Await ``fn(connection)`` for the driver's own connection and return its result."""
        return await_only(fn(self._connection))

    def cursor(self, server_side: bool = False) -> AsyncAdapt_dbapi_cursor:
        """Return a cursor."""
        made = self._ss_cursor_cls if server_side else self._cursor_cls
        return made(self)

    def execute(self, operation: Any, parameters: Optional[Any] = None) -> Any:
        """Execute on a new cursor and return that."""
        cursor = self.cursor()
        cursor.execute(operation, parameters)
        return cursor

    def awaited(self, awaitable: Any) -> Any:
        """Wait for something of the driver and return its result; its errors are raised as PEP 249 has them."""
        try:
            return await_only(awaitable)
        except Exception as error:
            self._raise_translated(error)

    def _raise_translated(self, error: BaseException) -> NoReturn:
        # adapters of drivers with errors of their own raise another one
        raise error

    def rollback(self) -> None:
        """Wait for the driver to roll back."""
        self.awaited(self._connection.rollback())

    def commit(self) -> None:
        """Wait for the driver to commit."""
        self.awaited(self._connection.commit())

    def close(self) -> None:
        """Wait for the driver to close the connection."""
        await_only(self._connection.close())


class AsyncAdapt_terminate:
    """A mixin for connections that can be closed politely on the bridge, and at once without it."""

    __slots__ = ()

    def terminate(self) -> None:
        """Close the connection, waiting two seconds at most for the server's answer."""
        if in_greenlet():
            import asyncio

            try:
                await_only(asyncio.shield(self._terminate_in_time()))
                return
            except Exception as error:
                # where the caller is cancelled, the polite closing goes on by itself
                if is_exit_exception(error) or not isinstance(error, self._errors_of_closing()):
                    raise
        self._close_at_once()

    async def _terminate_in_time(self) -> None:
        import asyncio

        await asyncio.wait_for(self._close_politely(), 2)

    def _errors_of_closing(self) -> Any:
        import asyncio

        return (asyncio.TimeoutError, OSError)

    async def _close_politely(self) -> None:
        """Close politely."""
        raise NotImplementedError()

    def _close_at_once(self) -> None:
        """Close at once, awaiting nothing."""
        raise NotImplementedError()
