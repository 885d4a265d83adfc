"""What is known about one execution, about its options and about an error in it.

The execution contexts that do the work live in `..default`; the dialect's face is in `.dialect`.
"""

from __future__ import annotations

import typing
from enum import Enum
from enum import Flag

from ... import exc

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import FrozenSet
    from typing import Iterable
    from typing import List
    from typing import Mapping
    from typing import Optional
    from typing import Sequence
    from typing import Tuple

    from ..base import Connection, Engine
    from ..url import URL
    from .dialect import Dialect
    from .driver import DBAPICursor

__all__ = [
    "AggregateOrderByStyle",
    "BindTyping",
    "CacheStats",
    "CreateEnginePlugin",
    "ExceptionContext",
    "ExecuteStyle",
    "ExecutionContext",
    "InsertmanyvaluesSentinelOpts",
    "declare_execution_option",
    "declared_execution_options",
]


class ExecuteStyle(Enum):
    """Which call of the cursor an execution uses."""

    EXECUTE = 0
    EXECUTEMANY = 1
    INSERTMANYVALUES = 2


class BindTyping(Enum):
    """How a dialect tells the database the types of bound values."""

    # not at all
    NONE = 1
    # by cursor.setinputsizes()
    SETINPUTSIZES = 2
    # by a cast in the SQL text
    RENDER_CASTS = 3


class AggregateOrderByStyle(Enum):
    """How an aggregate function is given an order."""

    # the dialect has no such thing
    NONE = 0
    # inside of the parentheses
    INLINE = 1
    # by WITHIN GROUP
    WITHIN_GROUP = 2


class InsertmanyvaluesSentinelOpts(Flag):
    """Which kinds of new keys count up in the order of VALUES, so that returned rows can be sorted by them."""

    NOT_SUPPORTED = 1
    AUTOINCREMENT = 2
    IDENTITY = 4
    SEQUENCE = 8
    ANY_AUTOINCREMENT = AUTOINCREMENT | IDENTITY | SEQUENCE
    # only where the rows are selected in the order of a counter
    USE_INSERT_FROM_SELECT = 16
    # and the columns of that SELECT must be cast
    RENDER_SELECT_COL_CASTS = 64


class CacheStats(Enum):
    """What the statement cache did for an execution."""

    CACHE_HIT = 0
    CACHE_MISS = 1
    CACHING_DISABLED = 2
    NO_CACHE_KEY = 3
    NO_DIALECT_SUPPORT = 4


class _ExecutionOption:
    """What is declared of an execution option."""

    __slots__ = ("cached", "name", "scopes")

    def __init__(self, name: str, scopes: FrozenSet[str], cached: bool) -> None:
        self.name = name
        self.scopes = scopes
        self.cached = cached


_SCOPES = frozenset(["statement", "connection", "engine", "execution"])
_declared: Dict[str, _ExecutionOption] = {}


def declare_execution_option(name: str, scopes: Iterable[str], cached: bool = False) -> None:
    """Declare the execution option `name`.

    `scopes` says where it may be given: "statement", "connection", "engine", "execution".  `cached` notes that the SQL
    of a statement depends on it: whoever renders it so brings it into the cache key, by an option of the statement.
    """
    found = frozenset(scopes)
    if not found <= _SCOPES:
        raise exc.ArgumentError(
            "the scopes of an execution option are %s, not %s"
            % (", ".join(sorted(_SCOPES)), ", ".join(sorted(found - _SCOPES)))
        )
    _declared[name] = _ExecutionOption(name, found, cached)


def declared_execution_options() -> Mapping[str, Any]:
    """Return what is declared, by name."""
    return dict(_declared)


for _name, _scopes in (
    ("autocommit", ("statement", "connection", "engine")),
    ("compiled_cache", ("connection", "engine", "execution")),
    ("driver_column_names", ("statement", "connection", "engine", "execution")),
    ("insertmanyvalues_page_size", ("connection", "engine", "execution")),
    ("isolation_level", ("connection", "engine")),
    ("logging_token", ("statement", "connection", "engine", "execution")),
    ("max_row_buffer", ("statement", "connection", "engine", "execution")),
    ("no_parameters", ("statement", "connection", "engine", "execution")),
    ("preserve_rowcount", ("statement", "connection", "engine", "execution")),
    ("query_tags", ("statement", "connection", "engine", "execution")),
    ("schema_translate_map", ("statement", "connection", "engine", "execution")),
    ("stream_results", ("statement", "connection", "engine", "execution")),
    ("timeout", ("statement", "connection", "engine", "execution")),
    ("yield_per", ("statement", "connection", "engine", "execution")),
):
    declare_execution_option(_name, _scopes, cached=_name == "schema_translate_map")


class ExecutionContext:
    """What is known about one execution of a statement: its cursor, parameters, options and outcome."""

    engine: Engine
    connection: Connection
    root_connection: Connection
    dialect: Dialect
    cursor: DBAPICursor
    compiled: Optional[Any]
    invoked_statement: Optional[Any]
    statement: str
    parameters: Any
    no_parameters: bool
    execution_options: Mapping[str, Any]
    execute_style: ExecuteStyle
    executemany: bool
    isinsert: bool
    isupdate: bool
    prefetch_cols: Optional[Sequence[Any]]
    postfetch_cols: Optional[Sequence[Any]]

    def _missing(self, name: str) -> NotImplementedError:
        return NotImplementedError("%s does not implement %s()" % (type(self).__name__, name))

    def fire_sequence(self, seq: Any, type_: Any) -> Any:
        """Return the next value of a sequence, already converted by `type_`."""
        raise self._missing("fire_sequence")

    def create_cursor(self) -> DBAPICursor:
        """Return the cursor for this execution."""
        raise self._missing("create_cursor")

    def pre_exec(self) -> None:
        """Do what must be done before the cursor is used."""
        raise self._missing("pre_exec")

    def post_exec(self) -> None:
        """Do what must be done after the cursor was used."""
        raise self._missing("post_exec")

    def get_out_parameter_values(self, out_param_names: Sequence[str]) -> Sequence[Any]:
        """Return the values of OUT parameters."""
        raise self._missing("get_out_parameter_values")

    def handle_dbapi_exception(self, e: BaseException) -> None:
        """Note or act upon an error of the driver."""
        raise self._missing("handle_dbapi_exception")

    def lastrow_has_defaults(self) -> bool:
        """Say whether the row written last has values which only the database knows."""
        raise self._missing("lastrow_has_defaults")

    def get_rowcount(self) -> Optional[int]:
        """Return the number of rows matched, None where it is not known."""
        raise self._missing("get_rowcount")

    def fetchall_for_returning(self, cursor: DBAPICursor) -> Sequence[Any]:
        """Return the rows of a RETURNING clause."""
        raise self._missing("fetchall_for_returning")


class ExceptionContext:
    """What is known about an error, as `handle_error` listeners see it.

    A listener may set `chained_exception` to the error to raise, change `is_disconnect`, and say by
    `invalidate_pool_on_disconnect` whether the other pooled connections are to be replaced as well.
    """

    __slots__ = ()

    dialect: Dialect
    connection: Optional[Connection]
    engine: Optional[Engine]
    cursor: Optional[DBAPICursor]
    statement: Optional[str]
    parameters: Any
    original_exception: BaseException
    sqlalchemy_exception: Optional[exc.StatementError]
    chained_exception: Optional[BaseException]
    execution_context: Optional[ExecutionContext]
    is_disconnect: bool
    invalidate_pool_on_disconnect: bool
    is_pre_ping: bool


class CreateEnginePlugin:
    """An object which may change what `create_engine()` is given, and see the engine that comes out.

    Plugins are named in the URL (`?plugin=name`) or by `create_engine(plugins=[...])`, found through the entry-point
    group or `dialects.plugins.register()`.
    """

    def __init__(self, url: URL, kwargs: Dict[str, Any]) -> None:
        self.url = url

    def update_url(self, url: URL) -> URL:
        """Return the URL without the arguments that are meant for the plugin."""
        return url

    def handle_dialect_kwargs(self, dialect_cls: Any, dialect_args: Dict[str, Any]) -> None:
        """Change, in place, the arguments that the dialect will get."""
        return None if dialect_args else None

    def handle_pool_kwargs(self, pool_cls: Any, pool_args: Dict[str, Any]) -> None:
        """Change, in place, the arguments that the pool will get."""
        return None if pool_args else None

    def engine_created(self, engine: Engine) -> None:
        """See the finished engine."""
        return None if engine else None


if typing.TYPE_CHECKING:
    # the forms in which parameters travel inside the engine
    CoreParameters = Mapping[str, Any]
    CoreMultiParameters = List[CoreParameters]
    DriverParameters = Tuple[Any, ...]
