"""`create_engine()` and its kin: a URL and keyword arguments become a dialect, a pool and an engine.

What the parts do is said where they live; which dialect a URL means, in `.url`.
"""

from __future__ import annotations

import os
import threading
import typing
import weakref

from .. import event
from .. import exc
from ..pool import QueuePool
from ..sql.compiler import FROM_LINTING
from ..sql.compiler import NO_LINTING
from ..util.decorators import warn_deprecated
from ..util.introspect import get_cls_kwargs
from ..util.introspect import get_func_kwargs
from . import events as _events  # noqa: F401  (the event families attach themselves to engines)
from .base import Connection
from .base import Engine
from .url import make_url

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Mapping
    from typing import Tuple

    from ..pool import Pool
    from .interfaces import Dialect

__all__ = [
    "AdHocConnection",
    "MockConnection",
    "create_engine",
    "create_mock_engine",
    "create_pool_from_url",
    "engine_from_config",
]

_POOL_ARGUMENTS = {
    "logging_name": "pool_logging_name",
    "echo": "echo_pool",
    "timeout": "pool_timeout",
    "recycle": "pool_recycle",
    "events": "pool_events",
    "use_lifo": "pool_use_lifo",
    "pre_ping": "pool_pre_ping",
    "reset_on_return": "pool_reset_on_return",
    "pool_size": "pool_size",
    "max_overflow": "max_overflow",
    "dialect": "dialect",
    "ping_idle": "pool_ping_idle",
    "max_lifetime": "pool_max_lifetime",
    "lifetime_jitter": "pool_lifetime_jitter",
    "trace_checkouts": "pool_trace_checkouts",
    "min_size": "pool_min_size",
}


def create_engine(url: Any, **kwargs: Any) -> Engine:
    """Return a new engine for the database at `url`.

    `url` is a string or `URL` of the form `dialect+driver://username:password@host:port/database?option=value`.
    Nothing is connected to before the first use. `docs/guides/engines.md` tells more.

    :param echo: log statements and transactions; `"debug"` logs rows, too.
    :param logging_name: a name behind that of the engine's logger; `pool_logging_name` is that of the pool's.
    :param hide_parameters: keep values out of logs and errors.
    :param slow_query_threshold: seconds after which a statement is reported in the log.
    :param execution_options: options for everything that is executed.
    :param query_cache_size: how many compiled statements are kept; 0 for none.
    :param plugins: names of engine plugins.
    :param isolation_level: the isolation level of all connections.
    :param skip_autocommit_rollback: do not roll back connections that are in AUTOCOMMIT mode.
    :param module: the driver, as a module object.
    :param dialect: a dialect object, in the place of the one that the URL names.
    :param paramstyle: how parameters are written, where the driver takes several styles.
    :param label_length: how long made-up names of columns may be.
    :param max_identifier_length: how long names may be, where the dialect does not know.
    :param json_serializer, json_deserializer: what is called in the place of `json.dumps` and `json.loads`.
    :param enable_from_linting: warn of tables in FROM that nothing joins.
    :param use_insertmanyvalues: send many rows with RETURNING in few statements.
    :param insertmanyvalues_page_size: how many rows such a statement has.
    :param connect_args: keyword arguments for the driver's `connect()`.
    :param creator: a function that returns a connection of the driver.
    :param poolclass: the class of the pool.
    :param pool: a pool that is there already.
    :param pool_size, max_overflow: how many connections are kept, and how many more may be opened.
    :param pool_timeout: how many seconds to wait for a connection.
    :param pool_recycle: the age in seconds at which a connection is replaced.
    :param pool_max_lifetime, pool_lifetime_jitter: the same, up to this part of the time earlier, at random.
    :param pool_pre_ping: ask the database whether it is there before each checkout.
    :param pool_ping_idle: ask only after so many seconds of silence.
    :param pool_min_size: how many connections the first one brings along.
    :param pool_use_lifo: give out the connection that came back last.
    :param pool_reset_on_return: `"rollback"`, `"commit"` or None.
    :param pool_trace_checkouts: note the line of the program that takes a connection.
    :param pool_events: pairs of function and name of the event, to be listened to from the beginning.
    :param echo_pool: log what the pool does.
    :raises ArgumentError: the URL cannot be read.
    :raises NoSuchModuleError: there is no such dialect.
    :raises TypeError: neither engine, dialect nor pool takes a keyword.
    """
    if kwargs.get("strategy") is not None:
        return _by_strategy(url, kwargs)  # type: ignore[return-value]
    _old_keywords(kwargs)
    is_async = kwargs.pop("_is_async", False)
    url = make_url(url)
    url, plugins, kwargs = url.instantiate_plugins(kwargs)
    dialect = _make_dialect(url, kwargs, plugins, is_async)
    pool = _make_pool(url, dialect, kwargs, plugins)
    if kwargs.pop("_only_pool", False):
        _refuse_rest(kwargs, dialect, pool.__class__)
        # create_pool_from_url() is who asks for it, and says so
        return typing.cast("Engine", pool)
    engine_kwargs = {
        name: kwargs.pop(name) for name in get_cls_kwargs(Engine) if name in kwargs
    }
    initialize = kwargs.pop("_initialize", True)
    _refuse_rest(kwargs, dialect, pool.__class__)
    engine = Engine(pool, dialect, url, **engine_kwargs)
    _listen_for_connections(engine, dialect, pool, url, initialize)
    dialect.engine_created(engine)
    for plugin in plugins:
        plugin.engine_created(engine)
    return engine


def _by_strategy(url: Any, kwargs: Dict[str, Any]) -> MockConnection:
    warn_deprecated(
        "strategy= of create_engine() is deprecated: use create_mock_engine()",
        "1.4",
    )
    if kwargs.pop("strategy") != "mock":
        raise exc.ArgumentError("strategy has no other value than 'mock'")
    return create_mock_engine(url, **kwargs)


def _old_keywords(kwargs: Dict[str, Any]) -> None:
    """Take out keywords of earlier versions, which have no effect any more."""
    kwargs.pop("strategy", None)
    for name in ("empty_in_strategy", "implicit_returning"):
        if name in kwargs:
            warn_deprecated(
                "The argument %s of create_engine() is deprecated and will go away; leave it out"
                % name,
                "2.0",
            )
    kwargs.pop("empty_in_strategy", None)
    if not kwargs.pop("future", True):
        raise exc.ArgumentError("future=False is not available: there is one style of engines only")


def _refuse_rest(kwargs: Mapping[str, Any], dialect: Dialect, pool_cls: Any) -> None:
    if kwargs:
        raise TypeError(
            "create_engine() was given keywords that neither the engine, the dialect (%s) nor the pool (%s) takes: %s"
            % (type(dialect).__name__, pool_cls.__name__, ", ".join(sorted(map(repr, kwargs))))
        )


def _make_dialect(url: Any, kwargs: Dict[str, Any], plugins: List[Any], is_async: bool) -> Any:
    given = kwargs.pop("dialect", None)
    if given is not None and not isinstance(given, type):
        if given.dbapi is None:
            given.dbapi = kwargs.pop("module", None) or type(given).import_dbapi()
        kwargs.pop("module", None)
        kwargs.pop("enable_from_linting", None)
        return given
    dialect_cls: Any = given
    if given is None:
        dialect_cls = url.get_dialect(True) if is_async else url.get_dialect()
    names = get_cls_kwargs(dialect_cls)
    dialect_args = {
        name: kwargs.pop(name) for name in names if name in kwargs and name != "dbapi"
    }
    dbapi = kwargs.pop("module", None)
    if dbapi is None:
        dbapi = _import_driver(dialect_cls, dialect_args)
    dialect_args["dbapi"] = dbapi
    linting = kwargs.pop("enable_from_linting", True)
    dialect_args.setdefault(
        "compiler_linting", FROM_LINTING if linting else NO_LINTING
    )
    for plugin in plugins:
        plugin.handle_dialect_kwargs(dialect_cls, dialect_args)
    return dialect_cls(**dialect_args)


def _import_driver(dialect_cls: Any, dialect_args: Dict[str, Any]) -> Any:
    arguments = {}
    for name in get_func_kwargs(dialect_cls.import_dbapi):
        if name in dialect_args:
            arguments[name] = dialect_args.pop(name)
    return dialect_cls.import_dbapi(**arguments)


def _make_pool(url: Any, dialect: Any, kwargs: Dict[str, Any], plugins: List[Any]) -> Any:
    connect = _connector(url, dialect, kwargs, plugins)
    creator = kwargs.pop("creator", connect)
    pool: Any = kwargs.pop("pool", None)
    if pool is not None:
        pool._dialect = dialect
        return pool
    pool_cls = kwargs.pop("poolclass", None) or dialect.get_dialect_pool_class(url)
    if dialect.is_async is not bool(pool_cls._is_asyncio) and issubclass(pool_cls, QueuePool):
        raise exc.ArgumentError(
            "The pool class %s can't be used with the %s driver %s; take %s"
            % (
                pool_cls.__name__,
                "asynchronous" if dialect.is_async else "synchronous",
                dialect.driver,
                "AsyncAdaptedQueuePool" if dialect.is_async else "QueuePool",
            ),
            code="pcls",
        )
    taken = set(get_cls_kwargs(pool_cls))
    pool_args: Dict[str, Any] = {"dialect": dialect}
    for name, outer in _POOL_ARGUMENTS.items():
        if name in taken and outer in kwargs:
            pool_args[name] = kwargs.pop(outer)
    for plugin in plugins:
        plugin.handle_pool_kwargs(pool_cls, pool_args)
    made = pool_cls(creator, **pool_args)
    if made.survives_fork:
        made.survives_fork = dialect.survives_fork(url)
    return made


def _connector(
    url: Any, dialect: Any, kwargs: Dict[str, Any], plugins: List[Any]
) -> Callable[..., Any]:
    positional, named = dialect.create_connect_args(url)
    named = dict(named)
    named.update(kwargs.pop("connect_args", {}))
    arguments: Tuple[Any, ...] = tuple(positional)

    def connect(connection_record: Any) -> Any:
        if dialect.has_events and dialect.dispatch.do_connect:
            cargs, cparams = list(arguments), dict(named)
            for fn in dialect.dispatch.do_connect:
                made = fn(dialect, connection_record, cargs, cparams)
                if made is not None:
                    return made
            return dialect.connect(*cargs, **cparams)
        return dialect.connect(*arguments, **named)

    return connect


def _listen_for_connections(
    engine: Engine, dialect: Any, pool: Any, url: Any, initialize: bool
) -> None:
    """Have each new connection set up, and the first one asked about the server."""
    set_up = dialect.on_connect_url(url)
    if set_up is not None and initialize:

        def on_connect(dbapi_connection: Any, _record: Any) -> None:
            set_up(dbapi_connection)

        event.listen(pool, "connect", on_connect)
    own = dialect._level_setter()
    if own is not None:
        event.listen(pool, "connect", own)
    if initialize:
        # last: the questions are asked on a connection that was set up
        event.listen(pool, "connect", _Initialization(engine, dialect))


_initializations: Any = weakref.WeakSet()


def _unlock_in_child() -> None:
    for one in list(_initializations):
        one.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock_in_child)


class _QuietEngine(Engine):
    """Stands for an engine while the dialect asks its first questions: nobody listens on it."""

    has_events = False


class _Initialization:
    """The listener that has the dialect ask its questions over the first connection; others wait meanwhile."""

    def __init__(self, engine: Engine, dialect: Any) -> None:
        self._engine = engine
        self._dialect = dialect
        self.after_fork()
        self._done = False
        _initializations.add(self)

    def after_fork(self) -> None:
        """Begin with a new lock: the one before may be held by a thread of the parent process."""
        self._lock = threading.RLock()

    def __call__(self, dbapi_connection: Any, connection_record: Any) -> None:
        if self._done:
            return
        with self._lock:
            if not self._done:
                self._ask(dbapi_connection, connection_record)
                self._done = True

    def _ask(self, dbapi_connection: Any, connection_record: Any) -> None:
        quiet = _QuietEngine.__new__(_QuietEngine)
        quiet.__dict__.update(self._engine.__dict__)
        quiet.__dict__.pop("has_events", None)
        connection = Connection(
            quiet,
            connection=AdHocConnection(dbapi_connection, connection_record),  # type: ignore[arg-type]
            allow_autobegin=False,
        )
        connection.has_events = False
        self._dialect.initialize(connection)
        # what the questions may have begun must not stay open
        self._dialect.do_rollback(dbapi_connection)


class AdHocConnection:
    """A connection of the driver in the role of a pooled one, for the questions asked at the first connect."""

    is_valid = True
    is_detached = False

    def __init__(self, dbapi_connection: Any, connection_record: Any) -> None:
        self.dbapi_connection = dbapi_connection
        self._connection_record = connection_record

    @property
    def driver_connection(self) -> Any:
        """Return the connection of the driver itself."""
        return self._connection_record.driver_connection

    @property
    def info(self) -> Any:
        """Return the dictionary of the pooled connection."""
        return self._connection_record.info

    @property
    def record_info(self) -> Any:
        """Return the dictionary of the place in the pool."""
        return self._connection_record.record_info

    def invalidate(self, e: Any = None, soft: bool = False) -> None:
        """Close the connection: it is not pooled yet, and of no use."""
        self.is_valid = False
        self._connection_record.invalidate(e, soft)

    def note_statement(self, statement: str) -> None:
        """Take no note: nobody waits for this connection."""
        return None if statement else None

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        """Return a new cursor."""
        return self.dbapi_connection.cursor(*args, **kwargs)

    def __getattr__(self, key: str) -> Any:
        return getattr(self.dbapi_connection, key)


def create_pool_from_url(url: Any, **kwargs: Any) -> Pool:
    """Return a pool of connections to the database at `url`, without an engine.

    Takes the keywords of `create_engine()` that are about the pool, the dialect and the driver; those of the pool may
    also be given without their prefix `pool_`.
    """
    for name, outer in _POOL_ARGUMENTS.items():
        if name in kwargs and name != "dialect":
            kwargs[outer] = kwargs.pop(name)
    kwargs["_only_pool"] = True
    return create_engine(url, **kwargs)  # type: ignore[return-value]


def engine_from_config(
    configuration: Dict[str, Any], prefix: str = "sqlalchemy.", **kwargs: Any
) -> Engine:
    """Return a new engine for a dictionary of settings, such as one read from a file.

    The keys begin with `prefix`; `prefix + "url"` is required.  Values that are strings are converted as the keyword
    needs it; `kwargs` come on top.
    """
    settings = {key[len(prefix) :]: value for key, value in configuration.items() if key.startswith(prefix)}
    settings.update(kwargs)
    url = make_url(settings.pop("url"))
    for name, convert in url.get_dialect().engine_config_types.items():
        if isinstance(settings.get(name), str):
            settings[name] = convert(settings[name])
    return create_engine(url, **settings)


class MockConnection:
    """Stands for engine and connection; each statement is given to the executor."""

    def __init__(self, dialect: Any, execute: Callable[..., Any]) -> None:
        self._dialect = dialect
        self._execute_impl = execute

    @property
    def engine(self) -> MockConnection:
        """Return the object itself."""
        return self

    @property
    def dialect(self) -> Any:
        """Return the dialect."""
        return self._dialect

    @property
    def name(self) -> str:
        """Return the name of the dialect."""
        return typing.cast("str", self._dialect.name)

    def connect(self, **kwargs: Any) -> MockConnection:
        """Return the object itself."""
        return self

    def schema_for_object(self, obj: Any) -> Any:
        """Return the schema of a table or sequence."""
        return obj.schema

    def execution_options(self, **kw: Any) -> MockConnection:
        """Return the object itself; options have no effect."""
        return self

    def _run_ddl(self, runner: Any, element: Any, **kw: Any) -> None:
        # there is no database to ask what exists already
        kw["checkfirst"] = False
        runner(self.dialect, self, **kw).traverse_single(element)

    def execute(
        self,
        obj: Any,
        parameters: Any = None,
        execution_options: Any = None,
    ) -> Any:
        """Give a statement to the executor and return what it returns."""
        return self._execute_impl(obj, parameters)


def create_mock_engine(url: Any, executor: Callable[..., Any], **kw: Any) -> MockConnection:
    """Return an object that calls `executor(statement, parameters)` for each statement executed.

    The dialect is that of `url`; no driver is needed.
    """
    dialect_cls = make_url(url).get_dialect()
    options: Mapping[str, Any] = {
        name: kw.pop(name) for name in get_cls_kwargs(dialect_cls) if name in kw
    }
    return MockConnection(dialect_cls(**options), executor)
