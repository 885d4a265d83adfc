"""AsyncEngine, AsyncConnection, AsyncTransaction, and the functions that make engines.

Each public method that may reach the database is one trip over the bridge to the synchronous object behind; results
that are fetched asynchronously are in ``asyncio/result.py``.
"""

from __future__ import annotations

import typing
from typing import Any

from .. import exc
from .. import inspection
from ..engine.base import Connection
from ..engine.base import Engine
from ..engine.create import create_engine
from ..engine.create import create_pool_from_url
from ..engine.create import engine_from_config
from ..util import greenlet_spawn
from .base import ReversibleProxy
from .base import StartableContext
from .base import asyncstartablecontext
from .base import refuse_second_start
from .exc import AsyncMethodRequired
from .result import AsyncResult
from .result import ensure_sync_result
from .result import needs_stream
from .retry import AsyncRetryRunner

if typing.TYPE_CHECKING:
    from typing import Awaitable
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Mapping
    from typing import NoReturn
    from typing import Optional
    from typing import Tuple
    from typing import Union

    from ..engine import Dialect
    from ..engine import URL
    from ..engine.base import Transaction
    from ..pool import Pool
    from ..pool import PoolProxiedConnection

__all__ = [
    "AsyncConnection",
    "AsyncEngine",
    "AsyncTransaction",
    "async_engine_from_config",
    "create_async_engine",
    "create_async_pool_from_url",
]

_STREAM = {"stream_results": True}


def create_async_engine(url: Union[str, URL], **kw: Any) -> AsyncEngine:
    """Return an ``AsyncEngine``; the arguments are those of ``create_engine()``.

    ``async_creator`` is a coroutine function that returns a driver connection, in the place of ``creator``.
    """
    made, arguments = _arguments_of_sync(kw)
    made.append(create_engine(url, **arguments))
    return AsyncEngine(made[0])


def async_engine_from_config(
    configuration: Dict[str, Any], prefix: str = "sqlalchemy.", **kwargs: Any
) -> AsyncEngine:
    """Return an ``AsyncEngine`` made from a configuration dictionary, as ``engine_from_config()`` does."""
    made, arguments = _arguments_of_sync(kwargs)
    made.append(engine_from_config(configuration, prefix, **arguments))
    return AsyncEngine(made[0])


def _arguments_of_sync(kw: Dict[str, Any]) -> Tuple[List[Engine], Dict[str, Any]]:
    """Return a list, to which the engine is added once it exists, and the arguments to make it with."""
    made: List[Engine] = []
    if kw.get("server_side_cursors", False):
        raise AsyncMethodRequired(
            "server_side_cursors can't be set for a whole asynchronous engine; use AsyncConnection.stream()"
        )
    arguments = dict(kw)
    async_creator = arguments.pop("async_creator", None)
    if async_creator is not None:
        if arguments.get("creator") is not None:
            raise exc.ArgumentError("Give one of 'async_creator' and 'creator', not both")
        arguments["creator"] = lambda: made[0].dialect.dbapi.connect(async_creator_fn=async_creator)
    arguments["_is_async"] = True
    return made, arguments


def create_async_pool_from_url(url: Union[str, URL], **kwargs: Any) -> Pool:
    """Return the pool that ``create_async_engine()`` would use for this URL."""
    kwargs["_is_async"] = True
    return create_pool_from_url(url, **kwargs)


class _AsyncConnectable:
    """Events are listened to on the synchronous object."""

    __slots__ = ()

    events_on_sync_object = "sync_engine"


class AsyncEngine(ReversibleProxy[Engine], _AsyncConnectable):
    """The asynchronous face of an ``Engine``, which is ``sync_engine``."""

    __slots__ = ("sync_engine",)

    sync_engine: Engine

    def __init__(self, sync_engine: Engine) -> None:
        if not sync_engine.dialect.is_async:
            raise exc.InvalidRequestError(
                "An asynchronous engine needs an asynchronous driver, and %r is not one; "
                "name another in the URL, for example sqlite+aiosqlite://" % sync_engine.dialect.driver
            )
        self.sync_engine = self.assign_proxied(sync_engine)

    @classmethod
    def regenerate_proxy_for_target(cls, target: Engine) -> AsyncEngine:
        return cls(target)

    @asyncstartablecontext
    async def begin(self) -> Any:
        """Return a context: a connection with a transaction, committed at the end of the block."""
        connection = self.connect()
        async with connection:
            async with connection.begin():
                yield connection

    def connect(self) -> AsyncConnection:
        """Return a connection, to be awaited or entered."""
        return AsyncConnection(self)

    async def raw_connection(self) -> PoolProxiedConnection:
        """Return a connection of the pool."""
        return await greenlet_spawn(self.sync_engine.raw_connection)

    def execution_options(self, **opt: Any) -> AsyncEngine:
        """Return an engine with other execution options on the same pool."""
        return AsyncEngine(self.sync_engine.execution_options(**opt))

    async def run(
        self,
        fn: Callable[[AsyncConnection], Awaitable[Any]],
        *,
        retry: int = 3,
        deadline: Optional[float] = None,
        backoff: float = 0.05,
        max_backoff: float = 2.0,
        execution_options: Optional[Mapping[str, Any]] = None,
    ) -> Any:
        """Await ``fn(connection)`` in a transaction, commit, and return what it returned.

        All else is as with ``Engine.run()``; what is said there of threads applies to tasks here.
        """
        runner = AsyncRetryRunner(
            self.sync_engine, retry, deadline, backoff, max_backoff, execution_options
        )
        return await runner.run(self, fn)

    async def dispose(self, close: bool = True) -> None:
        """Close the connections that are idle and begin with a new pool; with ``close=False`` leave them alone."""
        await greenlet_spawn(self.sync_engine.dispose, close=close)

    def clear_compiled_cache(self) -> None:
        """Forget all compiled statements."""
        self.sync_engine.clear_compiled_cache()

    def update_execution_options(self, **opt: Any) -> None:
        """Change the execution options of this engine."""
        self.sync_engine.update_execution_options(**opt)

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the execution options of this engine."""
        return self.sync_engine.get_execution_options()

    @property
    def engine(self) -> AsyncEngine:
        """This engine."""
        return self

    @property
    def url(self) -> URL:
        """The URL of the database."""
        return self.sync_engine.url

    @property
    def pool(self) -> Pool:
        """The pool."""
        return self.sync_engine.pool

    @property
    def dialect(self) -> Dialect:
        """The dialect."""
        return self.sync_engine.dialect

    @property
    def name(self) -> str:
        """The name of the database."""
        return self.sync_engine.name

    @property
    def driver(self) -> str:
        """The name of the driver."""
        return self.sync_engine.driver

    @property
    def echo(self) -> Any:
        """Whether statements are logged; may be set."""
        return self.sync_engine.echo

    @echo.setter
    def echo(self, value: Any) -> None:
        self.sync_engine.echo = value

    def __repr__(self) -> str:
        return "AsyncEngine(%r)" % (self.sync_engine.url,)

    def __hash__(self) -> int:
        return hash((self.__class__, self.sync_engine))

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, self.__class__) and self.sync_engine is other.sync_engine

    def __ne__(self, other: Any) -> bool:
        return not self == other


class AsyncConnection(
    ReversibleProxy[Connection], StartableContext["AsyncConnection"], _AsyncConnectable
):
    """The asynchronous face of a ``Connection``, which is ``sync_connection`` once this is started.

    ``await engine.connect()`` or ``async with engine.connect() as connection`` starts it.
    """

    __slots__ = ("engine", "sync_connection", "sync_engine")

    events_on_sync_object = "sync_connection"

    engine: AsyncEngine
    sync_engine: Engine
    sync_connection: Optional[Connection]

    def __init__(
        self, async_engine: AsyncEngine, sync_connection: Optional[Connection] = None
    ) -> None:
        self.engine = async_engine
        self.sync_engine = async_engine.sync_engine
        self.sync_connection = self.assign_proxied(sync_connection)

    @classmethod
    def regenerate_proxy_for_target(cls, target: Connection) -> AsyncConnection:
        return cls(AsyncEngine.retrieve_proxy_for_target(target.engine), target)

    async def start(self, is_ctxmanager: bool = False) -> AsyncConnection:
        """Take a connection from the pool."""
        if self.sync_connection is not None:
            refuse_second_start(self)
        self.sync_connection = self.assign_proxied(await greenlet_spawn(self.sync_engine.connect))
        return self

    @property
    def _started(self) -> Connection:
        found = self.sync_connection
        if found is None:
            self.raise_for_not_started()
        return found

    async def __aexit__(self, type_: Any, value: Any, traceback: Any) -> None:
        # a cancellation that comes meanwhile reaches the driver's await: the pool then drops the connection
        await self.close()

    @property
    def connection(self) -> NoReturn:
        """Not to be had by an attribute: ``await connection.get_raw_connection()``."""
        raise exc.InvalidRequestError(
            "AsyncConnection has no attribute 'connection', which might have to connect; await "
            "get_raw_connection()"
        )

    async def get_raw_connection(self) -> PoolProxiedConnection:
        """Return the pooled connection in use."""
        return await greenlet_spawn(getattr, self._started, "connection")

    @property
    def info(self) -> Dict[str, Any]:
        """A dictionary that lives as long as the driver connection."""
        return self._started.info

    @property
    def dialect(self) -> Dialect:
        """The dialect."""
        return self._started.dialect

    @property
    def closed(self) -> Any:
        """Whether this connection is closed."""
        return self._started.closed

    @property
    def invalidated(self) -> Any:
        """Whether this connection was invalidated."""
        return self._started.invalidated

    @property
    def default_isolation_level(self) -> Any:
        """The isolation level that the first connection of the engine had."""
        return self._started.default_isolation_level

    # transactions

    def begin(self) -> AsyncTransaction:
        """Return a transaction, to be awaited or entered."""
        self._started
        return AsyncTransaction(self)

    def begin_nested(self) -> AsyncTransaction:
        """Return a savepoint, to be awaited or entered."""
        self._started
        return AsyncTransaction(self, nested=True)

    def in_transaction(self) -> bool:
        """Say whether a transaction is in progress."""
        return self._started.in_transaction()

    def in_nested_transaction(self) -> bool:
        """Say whether a savepoint is in use."""
        return self._started.in_nested_transaction()

    def get_transaction(self) -> Optional[AsyncTransaction]:
        """Return the transaction in progress, None if there is none."""
        return self._async_transaction(self._started.get_transaction())

    def get_nested_transaction(self) -> Optional[AsyncTransaction]:
        """Return the savepoint in use, None if there is none."""
        return self._async_transaction(self._started.get_nested_transaction())

    def _async_transaction(self, transaction: Any) -> Optional[AsyncTransaction]:
        if transaction is None:
            return None
        found: AsyncTransaction = AsyncTransaction.retrieve_proxy_for_target(transaction)
        return found

    async def commit(self) -> None:
        """Commit the transaction in progress."""
        await greenlet_spawn(self._started.commit)

    async def rollback(self) -> None:
        """Roll back the transaction in progress."""
        await greenlet_spawn(self._started.rollback)

    async def invalidate(self, exception: Optional[BaseException] = None) -> None:
        """Close the driver connection; another one is opened when this is used again."""
        await greenlet_spawn(self._started.invalidate, exception=exception)

    async def close(self) -> None:
        """Roll back what is in progress and give the connection back to the pool."""
        await greenlet_spawn(self._started.close)

    async def aclose(self) -> None:
        """The same as ``close()``; the name that ``contextlib.aclosing()`` calls."""
        await self.close()

    async def get_isolation_level(self) -> Any:
        """Return the isolation level now in force on the connection."""
        return await greenlet_spawn(self._started.get_isolation_level)

    async def execution_options(self, **opt: Any) -> AsyncConnection:
        """Set execution options of this connection and return it."""
        connection = self._started
        changed = await greenlet_spawn(connection.execution_options, **opt)
        assert changed is connection
        return self

    # statements

    async def exec_driver_sql(
        self, statement: str, parameters: Any = None, execution_options: Any = None
    ) -> Any:
        """Give SQL text to the driver as it is and return the result, its rows all fetched."""
        result = await greenlet_spawn(
            self._started.exec_driver_sql,
            statement,
            parameters,
            execution_options,
            _require_await=True,
        )
        return await ensure_sync_result(result, self.exec_driver_sql)

    async def execute(
        self, statement: Any, parameters: Any = None, *, execution_options: Any = None
    ) -> Any:
        """Run a statement; the result has all its rows fetched."""
        result = await greenlet_spawn(
            self._started.execute,
            statement,
            parameters,
            execution_options=execution_options,
            _require_await=True,
        )
        if needs_stream(result):
            return await ensure_sync_result(result, self.execute)
        return result

    async def scalar(
        self, statement: Any, parameters: Any = None, *, execution_options: Any = None
    ) -> Any:
        """Run a statement and return one value, that of the first row's first column; None without a row."""
        return await greenlet_spawn(
            self._started.scalar,
            statement,
            parameters,
            execution_options=execution_options,
            _require_await=True,
        )

    async def scalars(
        self, statement: Any, parameters: Any = None, *, execution_options: Any = None
    ) -> Any:
        """Run a statement; the result has the first value of each row, all fetched."""
        result = await self.execute(statement, parameters, execution_options=execution_options)
        return result.scalars()

    def stream(
        self, statement: Any, parameters: Any = None, *, execution_options: Any = None
    ) -> Any:
        """Run a statement; awaited or entered, it gives an ``AsyncResult`` whose rows are fetched as they are read."""
        return _Stream(self, statement, parameters, execution_options, scalars=False)

    def stream_scalars(
        self, statement: Any, parameters: Any = None, *, execution_options: Any = None
    ) -> Any:
        """Do as ``stream()`` does and return an ``AsyncScalarResult``."""
        return _Stream(self, statement, parameters, execution_options, scalars=True)

    async def run_sync(self, fn: Callable[..., Any], *arg: Any, **kw: Any) -> Any:
        """Call ``fn(connection, *arg, **kw)`` with the synchronous connection, and return its result."""
        return await greenlet_spawn(fn, self._started, *arg, _require_await=False, **kw)

    def __repr__(self) -> str:
        return "<AsyncConnection of %r>" % (self.engine,)

    def __hash__(self) -> int:
        return id(self) if self.sync_connection is None else hash(self.sync_connection)

    def __eq__(self, other: Any) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, AsyncConnection)
            and self.sync_connection is not None
            and self.sync_connection is other.sync_connection
        )

    def __ne__(self, other: Any) -> bool:
        return not self == other


class _Stream(StartableContext[Any]):
    """A statement to be executed when it is awaited or entered; leaving the block closes its result."""

    __slots__ = ("_arguments", "_connection", "_result", "_scalars")

    def __init__(
        self, connection: AsyncConnection, statement: Any, parameters: Any, options: Any, scalars: bool
    ) -> None:
        self._connection = connection
        self._arguments = (statement, parameters, options)
        self._scalars = scalars
        self._result: Any = None

    async def start(self, is_ctxmanager: bool = False) -> Any:
        statement, parameters, options = self._arguments
        connection = self._connection._started
        if not connection.dialect.supports_server_side_cursors:
            raise exc.InvalidRequestError(
                "stream() and stream_scalars() need server-side cursors, which the dialect %s has not; use execute()"
                % connection.dialect.name
            )
        merged = dict(options or ())
        merged.update(_STREAM)
        result = AsyncResult(
            await greenlet_spawn(
                connection.execute,
                statement,
                parameters,
                execution_options=merged,
                _require_await=True,
            )
        )
        self._result = result.scalars() if self._scalars else result
        return self._result

    async def __aexit__(self, type_: Any, value: Any, traceback: Any) -> None:
        if self._result is not None:
            await self._result.close()


class AsyncTransaction(ReversibleProxy[Any], StartableContext["AsyncTransaction"]):
    """The asynchronous face of a ``Transaction``, which is ``sync_transaction`` once this is started."""

    __slots__ = ("connection", "nested", "sync_transaction")

    connection: AsyncConnection
    sync_transaction: Optional[Transaction]

    def __init__(self, connection: AsyncConnection, nested: bool = False) -> None:
        self.connection = connection
        self.nested = nested
        self.sync_transaction = None

    @classmethod
    def regenerate_proxy_for_target(cls, target: Any) -> AsyncTransaction:
        made = cls.__new__(cls)
        made.connection = AsyncConnection.retrieve_proxy_for_target(target.connection)
        made.nested = target.is_nested if hasattr(target, "is_nested") else False
        made.sync_transaction = made.assign_proxied(target)
        return made

    async def start(self, is_ctxmanager: bool = False) -> AsyncTransaction:
        """Begin."""
        if self.sync_transaction is not None:
            refuse_second_start(self)
        connection = self.connection._started
        begin = connection.begin_nested if self.nested else connection.begin
        transaction = await greenlet_spawn(begin)
        self.sync_transaction = self.assign_proxied(transaction)
        if is_ctxmanager:
            transaction.__enter__()
        return self

    async def __aexit__(self, type_: Any, value: Any, traceback: Any) -> None:
        await greenlet_spawn(self._started.__exit__, type_, value, traceback)

    @property
    def _started(self) -> Transaction:
        found = self.sync_transaction
        if found is None:
            self.raise_for_not_started()
        return found

    @property
    def is_valid(self) -> bool:
        """Whether the connection of this transaction is still there."""
        return self._started.is_valid

    @property
    def is_active(self) -> bool:
        """Whether this transaction can go on."""
        return self._started.is_active

    async def close(self) -> None:
        """Roll back, unless this is ended already."""
        await greenlet_spawn(self._started.close)

    async def rollback(self) -> None:
        """Roll back."""
        await greenlet_spawn(self._started.rollback)

    async def commit(self) -> None:
        """Commit."""
        await greenlet_spawn(self._started.commit)


@inspection.inspects(AsyncEngine, AsyncConnection)
def _no_inspection(subject: Any) -> NoReturn:
    raise exc.NoInspectionAvailable(
        "There is no inspection of an asynchronous object: use "
        "'await connection.run_sync(inspect)', or a function that inspects, with run_sync()",
        code="xd3s",
    )
