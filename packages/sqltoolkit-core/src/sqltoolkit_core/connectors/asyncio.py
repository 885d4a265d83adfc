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

    __slots__ = ("_adapt_connection", "_connection", "_cursor", "_rows")

    _adapt_connection: Any
    _connection: Any
    _cursor: Any
    _rows: Deque[Any]

    def __init__(self, adapt_connection: AsyncAdapt_dbapi_connection) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._rows = deque()
        self._cursor = self._aenter_cursor(self._make_new_cursor(self._connection))

    def _make_new_cursor(self, connection: Any) -> Any:
        return connection.cursor()

    def _aenter_cursor(self, cursor: Any) -> Any:
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

    async def _async_soft_close(self) -> None:
        """Release what the driver's cursor holds; rows fetched before stay."""

    def close(self) -> None:
        """Drop the rows that were not fetched."""
        # nothing is awaited: the driver's cursor has no rows left, and a close may come from the garbage collector
        self._rows.clear()

    def execute(self, operation: Any, parameters: Optional[Any] = None) -> Any:
        """Wait for a statement and for all of its rows; errors are those of PEP 249."""
        try:
            return await_only(self._execute_async(operation, parameters))
        except Exception as error:
            self._adapt_connection._handle_exception(error)

    def executemany(self, operation: Any, seq_of_parameters: Sequence[Any]) -> Any:
        """Wait for a statement that is executed once per set of parameters."""
        try:
            return await_only(self._executemany_async(operation, seq_of_parameters))
        except Exception as error:
            self._adapt_connection._handle_exception(error)

    async def _execute_async(self, operation: Any, parameters: Optional[Any]) -> Any:
        cursor = self._cursor
        if parameters is None:
            result = await cursor.execute(operation)
        else:
            result = await cursor.execute(operation, parameters)
        if cursor.description and not self.server_side:
            self._rows = deque(await cursor.fetchall())
        return result

    async def _executemany_async(self, operation: Any, seq_of_parameters: Sequence[Any]) -> Any:
        return await self._cursor.executemany(operation, seq_of_parameters)

    def nextset(self) -> None:
        """Go on to the next result of a statement that has several."""
        try:
            await_only(self.nextset_async())
        except Exception as error:
            self._adapt_connection._handle_exception(error)

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

    def _bridged(self, awaitable: Any) -> Any:
        try:
            return await_only(awaitable)
        except Exception as error:
            self._adapt_connection._handle_exception(error)

    def fetchone(self) -> Any:
        """Wait for the next row; None when there is none."""
        return self._bridged(self._cursor.fetchone())

    def fetchmany(self, size: Optional[int] = None) -> Any:
        """Wait for the next `size` rows."""
        return self._bridged(
            self._cursor.fetchmany() if size is None else self._cursor.fetchmany(size=size)
        )

    def fetchall(self) -> Any:
        """Wait for the rows that are left."""
        return self._bridged(self._cursor.fetchall())

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

    def _handle_exception(self, error: BaseException) -> NoReturn:
        # dialects translate the driver's errors here
        raise error

    def rollback(self) -> None:
        """Wait for the driver to roll back."""
        try:
            await_only(self._connection.rollback())
        except Exception as error:
            self._handle_exception(error)

    def commit(self) -> None:
        """Wait for the driver to commit."""
        try:
            await_only(self._connection.commit())
        except Exception as error:
            self._handle_exception(error)

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
                if is_exit_exception(error) or not isinstance(error, self._terminate_handled_exceptions()):
                    raise
        self._terminate_force_close()

    async def _terminate_in_time(self) -> None:
        import asyncio

        await asyncio.wait_for(self._terminate_graceful_close(), 2)

    def _terminate_handled_exceptions(self) -> Any:
        import asyncio

        return (asyncio.TimeoutError, OSError)

    async def _terminate_graceful_close(self) -> None:
        """Close politely."""
        raise NotImplementedError()

    def _terminate_force_close(self) -> None:
        """Close at once, awaiting nothing."""
        raise NotImplementedError()
