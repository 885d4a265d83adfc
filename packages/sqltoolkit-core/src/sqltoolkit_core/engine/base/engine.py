"""`Engine`: a dialect and a pool together, and where connections come from.

What a connection does is in `.connection`; how an engine is put together in `..create`.
"""

from __future__ import annotations

import contextlib
import typing

from ...inspection import inspects
from ...log import Identified
from ...log import echo_property
from ...log import instance_logger
from ...log import rootlogger_name
from ...util.collections import immutabledict
from ..reflection.inspector import inspector_of
from .connection import Connection
from .connection import ConnectionEventsTarget
from .retry import RetryRunner

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import Iterator
    from typing import Mapping
    from typing import Optional
    from typing import Type

    from ...log import EchoFlag
    from ...pool import Pool
    from ...pool import PoolProxiedConnection
    from ..interfaces import Dialect
    from ..reflection import Inspector
    from ..url import URL

    _Cache = Dict[Any, Any]
else:
    _Cache = dict

__all__ = ["Engine", "OptionEngine", "StatementCache"]

EMPTY: Any = immutabledict()


class StatementCache(_Cache):
    """Compiled statements by cache key; the oldest go, many at once, when it is half over its size."""

    __slots__ = ("capacity", "on_eviction", "threshold")

    def __init__(self, capacity: int, on_eviction: Optional[Callable[[Any], None]] = None) -> None:
        self.capacity = capacity
        self.threshold = capacity + max(1, capacity // 2)
        self.on_eviction = on_eviction

    def __setitem__(self, key: Any, value: Any) -> None:
        if len(self) >= self.threshold:
            self.evict()
        super().__setitem__(key, value)

    def evict(self) -> None:
        """Drop the oldest entries until no more than the capacity is left."""
        # another thread may change the dict meanwhile: the copy of its keys is made in one step
        for key in list(self)[: len(self) - self.capacity + 1]:
            self.pop(key, None)
        if self.on_eviction is not None:
            self.on_eviction(self)


class Engine(ConnectionEventsTarget, Identified):
    """The source of connections to one database: a dialect, which speaks to it, and a pool.

    An engine is made once per process and database by `create_engine()` and can be used from all threads.
    """

    if typing.TYPE_CHECKING:

        def __inspect_object__(self) -> Inspector: ...

    # with the classes made of it, whatever their names
    logger_namespace = rootlogger_name + ".engine.Engine"
    # does anybody listen on this engine or on all engines? Set by the event system
    has_events = False
    _execution_options: Mapping[str, Any] = EMPTY
    # those of the options that are settings of each connection
    _connection_settings: Mapping[str, Any] = EMPTY
    _connection_cls: Type[Connection] = Connection
    _option_cls: Type[OptionEngine]

    dialect: Dialect
    pool: Pool
    url: URL
    hide_parameters: bool

    def __init__(
        self,
        pool: Pool,
        dialect: Dialect,
        url: URL,
        logging_name: Optional[str] = None,
        echo: EchoFlag = None,
        query_cache_size: int = 500,
        execution_options: Optional[Mapping[str, Any]] = None,
        hide_parameters: bool = False,
        slow_query_threshold: Optional[float] = None,
    ) -> None:
        self.pool = pool
        self.url = url
        self.dialect = dialect
        if logging_name:
            self.logging_name = logging_name
        self._echo = echo
        self.hide_parameters = hide_parameters
        self.slow_query_threshold = slow_query_threshold
        self._compiled_cache: Optional[StatementCache] = (
            StatementCache(query_cache_size, self._log_eviction) if query_cache_size else None
        )
        instance_logger(self, echoflag=echo)
        if execution_options:
            self.update_execution_options(**execution_options)

    def _log_eviction(self, cache: StatementCache) -> None:
        self.logger.info("statement cache was cut down to %d entries", len(cache))

    echo = echo_property()

    @property
    def engine(self) -> Engine:
        """Return the engine itself."""
        return self

    @property
    def name(self) -> str:
        """Return the name of the database, such as "sqlite"."""
        return self.dialect.name

    @property
    def driver(self) -> str:
        """Return the name of the driver."""
        return self.dialect.driver

    def __repr__(self) -> str:
        return "Engine(%r)" % (self.url,)

    # -------------------------------------------------------------- settings

    def clear_compiled_cache(self) -> None:
        """Forget all compiled statements."""
        if self._compiled_cache is not None:
            self._compiled_cache.clear()

    def update_execution_options(self, **opt: Any) -> None:
        """Set execution options for all connections made from now on."""
        if self.has_events:
            self.dispatch.set_engine_execution_options(self, opt)
        self._execution_options = immutabledict({**self._execution_options, **opt})
        if "compiled_cache" in opt:
            self._compiled_cache = opt["compiled_cache"]
        self.dialect.set_engine_execution_options(self, opt)

    def execution_options(self, **opt: Any) -> OptionEngine:
        """Return an engine with further execution options, over the same pool, dialect and statement cache."""
        return self._option_cls(self, opt)

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the execution options of connections."""
        return self._execution_options

    # ----------------------------------------------------------- connections

    def connect(self) -> Connection:
        """Return a new `Connection`, which takes a connection out of the pool."""
        return self._connection_cls(self)

    @contextlib.contextmanager
    def begin(self) -> Iterator[Connection]:
        """Return a context manager: a connection with a transaction, committed at the end of the block."""
        with self.connect() as connection:
            with connection.begin():
                yield connection

    def _checkout(self) -> PoolProxiedConnection:
        try:
            return self.pool.connect()
        except BaseException as err:
            Connection._handle_connect_error(err, self)
            raise

    def raw_connection(self) -> PoolProxiedConnection:
        """Return a pooled connection of the driver, without a `Connection` around it."""
        try:
            return self.pool.connect()
        except BaseException as err:
            Connection._handle_connect_error(err, self)
            raise

    def dispose(self, close: bool = True) -> None:
        """Replace the pool by a new one.

        Connections at rest are closed; with `close=False` they are left alone, for the other process that still uses
        them.  Connections in use are closed when they come back.  A child process made by `os.fork()` needs neither:
        it forgets its parent's connections by itself.
        """
        if close:
            self.pool.dispose()
        self.pool = self.pool.recreate()
        if self.has_events:
            self.dispatch.engine_disposed(self)

    def _run_ddl(self, runner: Any, element: Any, **kw: Any) -> None:
        with self.begin() as connection:
            connection._run_ddl(runner, element, **kw)

    def run(
        self,
        fn: Callable[[Connection], Any],
        *,
        retry: int = 3,
        deadline: Optional[float] = None,
        backoff: float = 0.05,
        max_backoff: float = 2.0,
        execution_options: Optional[Mapping[str, Any]] = None,
    ) -> Any:
        """Call `fn(connection)` in a transaction, commit, and return what it returned.

        After an error that may not come back (a deadlock, a serialisation failure, a lost connection; see
        `exc.is_retryable()`) the whole is done again, up to `retry` times and for `deadline` seconds in all, with
        pauses that grow from `backoff` to `max_backoff` seconds, at random.  `fn` must not do anything outside of the
        database that can't be done twice.

        An error of the commit itself is raised at once if it leaves open whether anything was committed.  Raises
        `InvalidRequestError` while another `run()` of this engine is under way in the thread, or where the thread has
        a transaction of this engine under way, as far as the driver tells.
        """
        return RetryRunner(self, retry, deadline, backoff, max_backoff, execution_options).run(fn)


class OptionEngine(Engine):
    """An engine with other execution options, made by `Engine.execution_options()`."""

    _proxied: Engine

    def __init__(self, proxied: Engine, execution_options: Mapping[str, Any]) -> None:
        self._proxied = proxied
        self.url = proxied.url
        self.dialect = proxied.dialect
        self.logging_name = proxied.logging_name
        self._echo = proxied._echo
        self.hide_parameters = proxied.hide_parameters
        self.slow_query_threshold = proxied.slow_query_threshold
        self._compiled_cache = proxied._compiled_cache
        instance_logger(self, echoflag=proxied._echo)
        self._own_events = False
        self._execution_options = proxied._execution_options
        self._connection_settings = proxied._connection_settings
        self.update_execution_options(**execution_options)

    @property
    def has_events(self) -> bool:
        """Say whether anybody listens on this engine or on the one it was made from."""
        return self._own_events or self._proxied.has_events

    @has_events.setter
    def has_events(self, value: bool) -> None:
        self._own_events = value

    @property
    def pool(self) -> Any:
        """Return the pool of the first engine."""
        return self._proxied.pool

    @pool.setter
    def pool(self, pool: Pool) -> None:
        self._proxied.pool = pool


Engine._option_cls = OptionEngine


inspects(Engine)(inspector_of)
inspects(Connection)(inspector_of)
