"""The driver aiosqlite: SQLite from asynchronous programs.

All that is SQLite's and not this driver's is in the other modules of this package.  The driver runs each connection in
a thread of its own; one statement is one trip to that thread, its rows included.
"""

from __future__ import annotations

import threading
import typing
from collections import deque
from typing import Any

from ...connectors.asyncio import AsyncAdapt_dbapi_connection
from ...connectors.asyncio import AsyncAdapt_dbapi_cursor
from ...connectors.asyncio import AsyncAdapt_dbapi_module
from ...connectors.asyncio import AsyncAdapt_dbapi_ss_cursor
from ...connectors.asyncio import AsyncAdapt_terminate
from ...pool import AsyncAdaptedQueuePool
from ...pool import StaticPool
from ...util import await_only
from .base import SQLiteExecutionContext
from .pysqlite import SQLiteDialect_pysqlite

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import List
    from typing import NoReturn
    from typing import Optional
    from typing import Sequence
    from typing import Tuple
    from typing import Type

    from ...engine import URL
    from ...pool import Pool

__all__ = [
    "AsyncAdapt_aiosqlite_connection",
    "AsyncAdapt_aiosqlite_cursor",
    "AsyncAdapt_aiosqlite_dbapi",
    "AsyncAdapt_aiosqlite_ss_cursor",
    "SQLiteDialect_aiosqlite",
    "SQLiteExecutionContext_aiosqlite",
    "dialect",
]


def _run(connection: Any, statement: Any, parameters: Any) -> Any:
    # in the thread of the connection: all that a buffered result needs, in one trip
    cursor = connection.cursor()
    if parameters is None:
        cursor.execute(statement)
    else:
        cursor.execute(statement, parameters)
    return _taken_from(cursor)


def _run_many(connection: Any, statement: Any, parameters: Any) -> Any:
    cursor = connection.cursor()
    cursor.executemany(statement, parameters)
    return _taken_from(cursor)


def _taken_from(cursor: Any) -> Any:
    rows = cursor.fetchall() if cursor.description else ()
    found = (cursor.description, cursor.rowcount, cursor.lastrowid, rows)
    cursor.close()
    return found


class AsyncAdapt_aiosqlite_cursor(AsyncAdapt_dbapi_cursor):
    """A cursor that has all its rows."""

    __slots__ = ("_description", "_lastrowid", "_rowcount", "arraysize")

    def __init__(self, adapt_connection: Any) -> None:
        # there is no cursor of the driver before something is executed
        self._adapted = adapt_connection
        self._connection = adapt_connection.driver_connection
        self._rows = deque()
        self._description: Any = None
        self._rowcount = -1
        self._lastrowid: Any = -1
        self.arraysize = 1

    @property
    def description(self) -> Any:
        """The columns of the result as `sqlite3` describes them, None if there is none."""
        return self._description

    @property
    def rowcount(self) -> int:
        """The number of rows that the last statement changed, -1 for a query."""
        return self._rowcount

    @property
    def lastrowid(self) -> Any:
        """The rowid of the row inserted last."""
        return self._lastrowid

    async def _run(self, operation: Any, parameters: Optional[Any]) -> None:
        await self._in_thread(_run, operation, parameters)

    async def _run_many(self, operation: Any, seq_of_parameters: Sequence[Any]) -> None:
        await self._in_thread(_run_many, operation, seq_of_parameters)

    async def _in_thread(self, run: Any, operation: Any, parameters: Any) -> None:
        if self._adapted.runs_jobs:
            job = _Job(run, (operation, parameters))
            await self._connection.execute(job)
            found = job.result
        else:
            found = await self._in_several_trips(run, operation, parameters)
        self._description, self._rowcount, self._lastrowid, rows = found
        self._rows = deque(rows)

    async def _in_several_trips(self, run: Any, operation: Any, parameters: Any) -> Any:
        connection = self._connection
        execute = connection.executemany if run is _run_many else connection.execute
        cursor = await execute(operation, parameters)
        rows = await cursor.fetchall() if cursor.description else ()
        found = (cursor.description, cursor.rowcount, cursor.lastrowid, rows)
        await cursor.close()
        return found


class _Job:
    """A function to be called in the thread of a connection, in the place of a statement."""

    __slots__ = ("arg", "result", "run")

    def __init__(self, run: Any, arg: Any) -> None:
        self.run = run
        self.arg = arg
        self.result: Any = None


_job_classes: Dict[Any, Any] = {}


def _class_running_jobs(base: Any) -> Any:
    """Return a subclass of a sqlite3 connection class whose ``execute()`` takes jobs too.

    The driver has no other public way to have more than one thing done in one trip to its thread.
    """
    found = _job_classes.get(base)
    if found is None:

        class JobConnection(base):  # type: ignore[misc]
            def execute(self, statement: Any, *arg: Any) -> Any:
                if statement.__class__ is _Job:
                    statement.result = statement.run(self, *statement.arg)
                    return statement
                return super().execute(statement, *arg)

        found = _job_classes[base] = JobConnection
    return found


class _Opening:
    """A connection that is being opened in its thread, while the one who waits for it may be cancelled."""

    __slots__ = ("_class", "_given_up", "_lock", "_made")

    def __init__(self, connection_class: Any) -> None:
        self._class = connection_class
        self._lock = threading.Lock()
        self._made: Any = None
        self._given_up = False

    def make(self, *arg: Any, **kw: Any) -> Any:
        """Open the connection; called in the thread."""
        made = self._class(*arg, **kw)
        with self._lock:
            self._made = made
            if self._given_up:
                made.close()
        return made

    def give_up(self) -> None:
        """Close the connection, which the driver has not handed over and knows nothing of, now or when it is open."""
        with self._lock:
            self._given_up = True
            if self._made is not None:
                self._made.close()


class AsyncAdapt_aiosqlite_ss_cursor(AsyncAdapt_dbapi_ss_cursor):
    """A cursor that fetches rows from the thread as they are asked for."""

    __slots__ = ()

    def _opened(self, cursor: Any) -> Any:
        return await_only(cursor)


class AsyncAdapt_aiosqlite_connection(AsyncAdapt_terminate, AsyncAdapt_dbapi_connection):
    """An aiosqlite connection as a PEP 249 connection."""

    __slots__ = ("autocommit", "runs_jobs")

    def __init__(self, dbapi: Any, connection: Any, runs_jobs: bool = False, autocommit: Any = None) -> None:
        super().__init__(dbapi, connection)
        # as it was asked for: the `sqlite3` connection tells it in its own thread only
        self.autocommit = autocommit
        self.runs_jobs = runs_jobs

    _cursor_cls = AsyncAdapt_aiosqlite_cursor
    _ss_cursor_cls = AsyncAdapt_aiosqlite_ss_cursor

    @property
    def isolation_level(self) -> Optional[str]:
        """The setting of the same name of the `sqlite3` connection; None leaves BEGIN to the dialect."""
        level: Optional[str] = self._connection.isolation_level
        return level

    @isolation_level.setter
    def isolation_level(self, value: Optional[str]) -> None:
        if self.runs_jobs:
            self.awaited(self._connection.execute(_Job(_set_isolation_level, (value,))))
        else:
            self._connection.isolation_level = value

    @property
    def in_transaction(self) -> bool:
        """Whether SQLite has a transaction open."""
        try:
            begun: bool = self._connection.in_transaction
        except ValueError:
            # closed behind our back
            return False
        return begun

    @property
    def total_changes(self) -> int:
        """How many rows were changed since the connection was opened."""
        changes: int = self._connection.total_changes
        return changes

    def interrupt(self) -> None:
        """Stop the statement that is running; it fails with an OperationalError."""
        self.awaited(self._connection.interrupt())

    def create_function(self, *args: Any, **kw: Any) -> None:
        """Make a Python function callable from SQL; the arguments are those of `sqlite3`."""
        self.awaited(self._connection.create_function(*args, **kw))

    def set_progress_handler(self, *args: Any) -> None:
        """Have a function called every few steps of SQLite's virtual machine."""
        self.awaited(self._connection.set_progress_handler(*args))

    def run_in_thread(self, fn: Any) -> Any:
        """Call `fn(connection)` with the connection of the module sqlite3, in the thread of this connection."""
        if not self.runs_jobs:
            # a connection made by the program: the adapter has the methods that are needed
            return fn(self)
        job = _Job(_call, (fn,))
        self.awaited(self._connection.execute(job))
        return job.result

    def rollback(self) -> None:
        """Wait for the driver to roll back."""
        # the driver knows without a trip to the thread, and truthfully
        if self._connection.in_transaction:
            super().rollback()

    def commit(self) -> None:
        """Wait for the driver to commit."""
        if self._connection.in_transaction:
            super().commit()

    def close(self) -> None:
        """Wait for the driver to close the connection and to end its thread."""
        try:
            await_only(self._connection.close())
        except ValueError:
            # closed before
            return
        except Exception as error:
            self._raise_translated(error)

    def _raise_translated(self, error: BaseException) -> NoReturn:
        if isinstance(error, ValueError) and str(error) in _CLOSED:
            raise self.dbapi.OperationalError("no active connection") from error
        raise error

    async def _close_politely(self) -> None:
        # the statement of a task that was cancelled would keep the thread busy, and the close waiting
        try:
            # (with PyPy's module there is nothing to stop it with)
            if hasattr(self.dbapi.sqlite.Connection, "interrupt"):
                await self._connection.interrupt()
            await self._connection.close()
        except ValueError:
            # closed before
            return

    def _close_at_once(self) -> None:
        stop = getattr(self._connection, "stop", None)
        if stop is not None:
            stop()


def _call(connection: Any, fn: Any) -> Any:
    return fn(connection)


_CLOSED = ("no active connection", "Connection closed")


def _set_isolation_level(connection: Any, value: Any) -> None:
    connection.isolation_level = value


class AsyncAdapt_aiosqlite_dbapi(AsyncAdapt_dbapi_module):
    """The module aiosqlite as a PEP 249 module."""

    def __init__(self, aiosqlite: Any, sqlite: Any) -> None:
        super().__init__(aiosqlite, dbapi_module=sqlite)
        self.aiosqlite = aiosqlite
        self.sqlite = sqlite
        self.paramstyle = "qmark"
        for module, names in (
            (aiosqlite, "Error DatabaseError IntegrityError NotSupportedError OperationalError ProgrammingError"),
            (aiosqlite, "sqlite_version sqlite_version_info"),
            (sqlite, "Warning InterfaceError DataError InternalError"),
            (sqlite, "PARSE_COLNAMES PARSE_DECLTYPES Binary"),
        ):
            for name in names.split():
                setattr(self, name, getattr(module, name))

    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        async_creator = kw.pop("async_creator_fn", None)
        if async_creator is not None:
            return AsyncAdapt_aiosqlite_connection(self, await_only(async_creator(*arg, **kw)))
        opening = _Opening(_class_running_jobs(kw.get("factory", self.sqlite.Connection)))
        kw["factory"] = opening.make
        connection = self.aiosqlite.connect(*arg, **kw)
        # a program that forgot to close a connection must still be able to end
        thread = getattr(connection, "_thread", connection)
        if hasattr(thread, "daemon"):
            thread.daemon = True
        try:
            await_only(connection)
        except BaseException:
            opening.give_up()
            raise
        return AsyncAdapt_aiosqlite_connection(
            self, connection, runs_jobs=True, autocommit=kw.get("autocommit")
        )


class SQLiteExecutionContext_aiosqlite(SQLiteExecutionContext):
    """The execution context of this driver."""

    def create_server_side_cursor(self) -> Any:
        return self.root_connection.connection.cursor(server_side=True)


class SQLiteDialect_aiosqlite(SQLiteDialect_pysqlite):
    """The dialect of the driver aiosqlite."""

    driver = "aiosqlite"
    supports_statement_cache = True
    is_async = True
    has_terminate = True
    # each connection has its own thread and makes its futures in the loop that calls
    loop_bound = False
    supports_server_side_cursors = True
    execution_ctx_cls = SQLiteExecutionContext_aiosqlite

    @classmethod
    def import_dbapi(cls) -> Any:
        import sqlite3

        import aiosqlite

        return AsyncAdapt_aiosqlite_dbapi(aiosqlite, sqlite3)

    def create_connect_args(self, url: URL) -> Tuple[List[Any], Dict[str, Any]]:
        positional, named = super().create_connect_args(url)
        if "check_same_thread" not in url.query:
            # the driver itself keeps a connection to its thread
            named["check_same_thread"] = False
        return positional, named

    @classmethod
    def get_pool_class(cls, url: URL) -> Type[Pool]:
        if cls.is_file_database(url):
            return AsyncAdaptedQueuePool
        return StaticPool

    def is_disconnect(self, e: Any, connection: Any, cursor: Any) -> bool:
        if isinstance(e, self.dbapi.OperationalError) and "no active connection" in str(e):
            return True
        return super().is_disconnect(e, connection, cursor)

    def get_driver_connection(self, connection: Any) -> Any:
        return connection.driver_connection

    def do_terminate(self, dbapi_connection: Any) -> None:
        dbapi_connection.terminate()

    def run_on_driver(self, dbapi_connection: Any, fn: Any) -> None:
        dbapi_connection.run_in_thread(fn)


#: the class that a URL with this driver means
dialect = SQLiteDialect_aiosqlite
