"""`DefaultDialect`: what dialects of PEP 249 drivers have in common.

Which questions a dialect answers is declared in `..interfaces.Dialect`; how a statement is run in `..base`.
"""

from __future__ import annotations

import random
import re
import typing
import weakref

from ... import exc
from ...pool import QueuePool
from ...sql.compiler import DDLCompiler
from ...sql.compiler import GenericTypeCompiler, StrSQLTypeCompiler
from ...sql.compiler import IdentifierPreparer
from ...sql.compiler import SQLCompiler
from ...sql.compiler import StrSQLCompiler
from ...sql.elements import ReleaseSavepointClause
from ...sql.elements import RollbackToSavepointClause
from ...sql.elements import SavepointClause
from ...sql.type_api.engine import adapt_type
from ...util.collections import immutabledict
from ...util.decorators import memoized_property
from ...util.decorators import warn_deprecated
from ...util.introspect import asbool
from ...util.introspect import asint
from ...util.introspect import bool_or_str
from ..characteristics import IsolationLevelCharacteristic
from ..characteristics import LoggingTokenCharacteristic
from ..characteristics import characteristics_in
from ..interfaces import BindTyping
from ..interfaces import Dialect
from ..interfaces import ObjectKind
from ..interfaces import ObjectScope
from .context import DefaultExecutionContext
from .errors import connect_error

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Collection
    from typing import Dict
    from typing import Iterable
    from typing import Iterator
    from typing import List
    from typing import Mapping
    from typing import Optional
    from typing import Sequence
    from typing import Tuple
    from typing import Type

    from ...pool import Pool
    from ..base import Connection, Engine
    from ..interfaces import DBAPIConnection
    from ..interfaces import TableKey
    from ..url import URL

__all__ = ["DefaultDialect", "StrCompileDialect"]

_POSITIONAL_STYLES = frozenset(["qmark", "format", "numeric", "numeric_dollar"])
_HOOKS = (
    "create_cursor",
    "create_default_cursor",
    "get_lastrowid",
    "get_rowcount",
    "get_result_processor",
    "pre_exec",
    "post_exec",
    "handle_dbapi_exception",
)


class _derived:
    """A capability that follows from others; one that is set on a dialect has the last word."""

    def __init__(self, fget: Callable[[Any], bool]) -> None:
        self.fget = fget
        self.__doc__ = fget.__doc__

    def __get__(self, dialect: Any, cls: Any) -> Any:
        return self if dialect is None else self.fget(dialect)


class DefaultDialect(Dialect):
    """A dialect with the answers of a plain PEP 249 driver, from which others start."""

    has_events = False

    statement_compiler = SQLCompiler
    ddl_compiler = DDLCompiler
    type_compiler_cls = GenericTypeCompiler
    preparer = IdentifierPreparer
    execution_ctx_cls = DefaultExecutionContext
    # the isolation level that create_engine() was given
    isolation_level: Optional[Any] = None
    # which class of pool is used unless the dialect or the user says otherwise
    poolclass: Type[Pool] = QueuePool

    connection_characteristics = immutabledict(
        {
            "isolation_level": IsolationLevelCharacteristic(),
            "logging_token": LoggingTokenCharacteristic(),
        }
    )
    engine_config_types = immutabledict(
        {
            "echo": bool_or_str("debug"),
            "echo_pool": bool_or_str("debug"),
            "enable_from_linting": asbool,
            "future": asbool,
            "hide_parameters": asbool,
            "insertmanyvalues_page_size": asint,
            "label_length": asint,
            "max_identifier_length": asint,
            "max_overflow": asint,
            "pool_lifetime_jitter": float,
            "pool_max_lifetime": float,
            "pool_min_size": asint,
            "pool_ping_idle": float,
            "pool_pre_ping": asbool,
            "pool_recycle": asint,
            "pool_size": asint,
            "pool_timeout": asint,
            "pool_trace_checkouts": asbool,
            "pool_use_lifo": asbool,
            "query_cache_size": asint,
            "skip_autocommit_rollback": asbool,
            "slow_query_threshold": float,
            "use_insertmanyvalues": asbool,
        }
    )

    def __init__(
        self,
        paramstyle: Optional[str] = None,
        isolation_level: Optional[Any] = None,
        dbapi: Any = None,
        implicit_returning: bool = True,
        supports_native_boolean: Optional[bool] = None,
        max_identifier_length: Optional[int] = None,
        label_length: Optional[int] = None,
        insertmanyvalues_page_size: Any = None,
        use_insertmanyvalues: Optional[bool] = None,
        compiler_linting: Any = 0,
        server_side_cursors: bool = False,
        skip_autocommit_rollback: bool = False,
        **kwargs: Any,
    ) -> None:
        if kwargs:
            raise TypeError(
                "%s does not take the arguments %s"
                % (type(self).__name__, ", ".join(sorted(kwargs)))
            )
        self._choose_paramstyle(paramstyle, dbapi)
        self.dbapi = dbapi
        if isolation_level is not None:
            self.isolation_level = isolation_level
        if supports_native_boolean is not None:
            self.supports_native_boolean = supports_native_boolean
        self._user_defined_max_identifier_length = max_identifier_length
        if max_identifier_length:
            self.max_identifier_length = max_identifier_length
        if label_length is not None:
            self.label_length = label_length
        if insertmanyvalues_page_size is not None:
            self.insertmanyvalues_page_size = insertmanyvalues_page_size
        if use_insertmanyvalues is not None:
            self.use_insertmanyvalues = use_insertmanyvalues
        self.compiler_linting = compiler_linting
        self.skip_autocommit_rollback = skip_autocommit_rollback
        self.implicit_returning = implicit_returning
        if getattr(self, "use_setinputsizes", False):
            # as dialects of earlier versions say it
            warn_deprecated(
                "%s says use_setinputsizes, which is deprecated: let it say bind_typing = BindTyping.SETINPUTSIZES"
                % type(self).__name__,
                "2.0",
            )
            self.bind_typing = BindTyping.SETINPUTSIZES
        if server_side_cursors:
            warn_deprecated("server_side_cursors=True is deprecated; use the execution option stream_results", "1.4")
            if not self.supports_server_side_cursors:
                raise exc.ArgumentError(
                    "server_side_cursors=True was given, but the dialect %s has no such cursors"
                    % self.name
                )
            self.server_side_cursors = True
        if self.minimum_dbapi_version is not None and dbapi is not None:
            self._check_dbapi_version()
        self.identifier_preparer = self.preparer(self)
        self.type_compiler_instance = self.type_compiler = self.type_compiler_cls(self)
        # meta data of textual results by the names of their columns
        self.named_shapes: Dict[Any, Any] = {}
        # implementations of types, kept by the types themselves
        self._type_memos = weakref.WeakKeyDictionary()
        self.plain_execution = self._has_plain_execution()

    def _choose_paramstyle(self, paramstyle: Optional[str], dbapi: Any) -> None:
        if paramstyle is not None:
            self.paramstyle = paramstyle
        elif dbapi is not None:
            self.paramstyle = dbapi.paramstyle
        else:
            self.paramstyle = self.default_paramstyle
        self.positional = self.paramstyle in _POSITIONAL_STYLES

    def _has_plain_execution(self) -> bool:
        """Say whether a statement can go straight to `do_execute()`, without an execution context."""
        if type(self).do_execute is not DefaultDialect.do_execute:
            return False  # it may want the context
        cls = self.execution_ctx_cls
        for name in _HOOKS:
            if getattr(cls, name) is not getattr(DefaultExecutionContext, name):
                # what a class says of its hooks does not hold for those of its subclasses
                owner = next(each for each in cls.__mro__ if name in each.__dict__)
                if not owner.__dict__.get("hooks_optional", False):
                    return False
        return not self.server_side_cursors and self.bind_typing.name != "SETINPUTSIZES"

    def allows_plain_execution(self, compiled: Any) -> bool:
        """Say whether this statement may be run without an execution context: no hook of it is then called."""
        return self.plain_execution

    def __repr__(self) -> str:
        return "<%s %s>" % (type(self).__name__, self.dialect_description)

    def __getstate__(self) -> Dict[str, Any]:
        state = dict(self.__dict__)
        state["named_shapes"] = {}
        state["_type_memos"] = {}
        return state

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._type_memos = weakref.WeakKeyDictionary()

    @property
    def dialect_description(self) -> str:
        """Return the names of database and driver, as in a URL."""
        return "%s+%s" % (self.name, getattr(self, "driver", "?"))

    @property
    def full_returning(self) -> bool:
        """Say whether all three of INSERT, UPDATE and DELETE have RETURNING."""
        return self.insert_returning and self.delete_returning and self.update_returning

    @_derived
    def insert_executemany_returning(self) -> bool:
        """Say whether many inserted rows come back: by the driver, or by statements with many rows of VALUES."""
        return (
            self.insert_returning
            and self.supports_multivalues_insert
            and self.use_insertmanyvalues
        )

    @_derived
    def insert_executemany_returning_sort_by_parameter_order(self) -> bool:
        """Say whether they can come back in the order of the parameters."""
        able: bool = self.insert_executemany_returning
        return able

    @property
    def supports_sane_rowcount_returning(self) -> bool:
        """Say whether the row count is right with RETURNING too."""
        return self.supports_sane_rowcount

    # --------------------------------------------------------------- driver

    @memoized_property
    def loaded_dbapi(self) -> Any:
        """Return the module of the driver; raises where the dialect was made without one."""
        if self.dbapi is None:
            raise exc.NoDBAPILoaded(
                "The dialect %s was made without a driver and can't connect to a database" % self.dialect_description
            )
        return self.dbapi

    @memoized_property
    def dbapi_version(self) -> Any:
        """Return the version of the driver as a tuple of numbers; raises where it tells none."""
        if self.dbapi is None:
            raise exc.NoDBAPILoaded(
                "The dialect %s was made without a driver, so there is no version of it"
                % self.dialect_description
            )
        found = self.retrieve_dbapi_version(self.dbapi)
        if found is None:
            raise exc.NoDBAPILoaded(
                "The dialect %s found no version in its driver %r"
                % (self.dialect_description, getattr(self.dbapi, "__name__", self.driver))
            )
        return found

    @property
    def dbapi_version_or_none(self) -> Any:
        """Return the version of the driver, None where it is not known."""
        try:
            return self.dbapi_version
        except (exc.NoDBAPILoaded, NotImplementedError):
            return None

    def retrieve_dbapi_version(self, dbapi: Any) -> Any:
        """Return the version of the driver; for the dialects of single drivers."""
        raise NotImplementedError(
            "The dialect %s does not say how to read the version of its driver: it has no "
            "retrieve_dbapi_version()" % self.dialect_description
        )

    @staticmethod
    def version_numbers(text: Any) -> Optional[Tuple[int, ...]]:
        """Return the numbers in the text of a version, None where there is no text."""
        if not isinstance(text, str):
            return None
        return tuple(int(piece) for piece in re.findall(r"\d+", text)[:3])

    def _check_dbapi_version(self) -> None:
        found = self.dbapi_version_or_none
        wanted = self.minimum_dbapi_version
        if found and wanted and found < wanted:
            raise exc.InvalidRequestError(
                "The driver of %s is of version %s, but %s or newer is needed"
                % (
                    self.dialect_description,
                    ".".join(map(str, found)),
                    ".".join(map(str, wanted)),
                )
            )

    @classmethod
    def get_pool_class(cls, url: URL) -> Type[Pool]:
        """Return the class of pool for a URL."""
        return getattr(cls, "poolclass", QueuePool)

    def get_dialect_pool_class(self, url: URL) -> Type[Pool]:
        """Return the class of pool for a URL where the user named none."""
        return self.get_pool_class(url)

    @classmethod
    def load_provisioning(cls) -> None:
        """Import the module `provision` beside the module of the dialect, if there is one."""
        import importlib

        package = ".".join(cls.__module__.split(".")[0:-1])
        try:
            importlib.import_module(package + ".provision")
        except ModuleNotFoundError as err:
            if err.name != package + ".provision":
                raise

    def survives_fork(self, url: URL) -> bool:
        """Say whether a child process can go on with connections of its parent: not those to a file or server."""
        return False

    def create_connect_args(self, url: URL) -> Tuple[Sequence[Any], Dict[str, Any]]:
        """Return the positional and keyword arguments for the driver's `connect()`."""
        arguments = url.translate_connect_args()
        arguments.update(url.query)
        return [], arguments

    def connect(self, *cargs: Any, **cparams: Any) -> DBAPIConnection:
        """Return a new connection of the driver."""
        return typing.cast("DBAPIConnection", self.loaded_dbapi.connect(*cargs, **cparams))

    def _level_setter(self) -> Optional[Callable[[Any, Any], None]]:
        level = self.isolation_level
        if level is None:
            return None

        def set_level(dbapi_connection: Any, _record: Any) -> None:
            self._set_checked_level(dbapi_connection, level)

        return set_level

    def initialize(self, connection: Connection) -> None:
        """Find out about the server, over its first connection."""
        self.server_version_info = _answer(self._get_server_version_info, connection)
        self.default_schema_name = _answer(self._get_default_schema_name, connection)
        self.default_isolation_level = _answer(
            self.get_default_isolation_level, connection.connection.dbapi_connection
        )
        if not self._user_defined_max_identifier_length:
            found = self._check_max_identifier_length(connection)
            if found:
                self.max_identifier_length = found
        if self.label_length and self.label_length > self.max_identifier_length:
            raise exc.ArgumentError(
                "label_length is %d, but an identifier may have %d characters at most"
                % (self.label_length, self.max_identifier_length)
            )

    def _get_server_version_info(self, connection: Connection) -> Any:
        raise NotImplementedError("the version of the server is not known to this dialect")

    def _get_default_schema_name(self, connection: Connection) -> Any:
        raise NotImplementedError("the default schema is not known to this dialect")

    def _check_max_identifier_length(self, connection: Connection) -> Optional[int]:
        """Return how long an identifier may be, None to leave it as declared."""
        return None

    def set_engine_execution_options(self, engine: Engine, opts: Mapping[str, Any]) -> None:
        """Have the settings among `opts` applied to each connection of the engine."""
        found = characteristics_in(self.connection_characteristics, opts)
        if found:
            engine._connection_settings = {**engine._connection_settings, **found}

    def set_connection_execution_options(
        self, connection: Connection, opts: Mapping[str, Any]
    ) -> None:
        """Apply the settings among `opts` to a connection."""
        found = characteristics_in(self.connection_characteristics, opts)
        if found:
            self._set_connection_characteristics(connection, found)

    def _set_connection_characteristics(
        self, connection: Connection, settings: Mapping[str, Any]
    ) -> None:
        known = self.connection_characteristics
        transactional = [name for name in settings if known[name].transactional]
        if transactional and connection.in_transaction():
            raise exc.InvalidRequestError(
                "%s can't be changed: a transaction is under way on this connection; set it with "
                "execution_options() before the first statement" % ", ".join(sorted(transactional))
            )
        pooled: Any = connection.connection
        dbapi_connection = pooled.dbapi_connection
        for name, value in settings.items():
            known[name].set_connection_characteristic(self, connection, dbapi_connection, value)
        pooled._connection_record.finalize_callback.append(
            self._resetter(connection, transactional)
        )

    def _resetter(self, connection: Connection, names: Sequence[str]) -> Callable[[Any], None]:
        known = self.connection_characteristics

        def reset(dbapi_connection: Any) -> None:
            for name in names:
                known[name].reset_characteristic(self, dbapi_connection)

        return reset

    # --------------------------------------------------------- transactions

    def do_begin(self, dbapi_connection: Any) -> None:
        """Do nothing: drivers of PEP 249 begin a transaction with the first statement."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Roll the transaction back."""
        if self.skip_autocommit_rollback and self.detect_autocommit_setting(dbapi_connection):
            return
        dbapi_connection.rollback()

    def do_commit(self, dbapi_connection: DBAPIConnection) -> None:
        """Commit the transaction."""
        dbapi_connection.commit()

    def do_terminate(self, dbapi_connection: DBAPIConnection) -> None:
        """Close a connection; nothing quicker is known."""
        self.do_close(dbapi_connection)

    def do_close(self, dbapi_connection: DBAPIConnection) -> None:
        """Close a connection."""
        dbapi_connection.close()

    @property
    def _dialect_specific_select_one(self) -> str:
        # a literal has no parameters, so any paramstyle will do
        return "SELECT 1"

    def in_transaction(self, dbapi_connection: Any) -> Optional[bool]:
        """Say whether a transaction is under way as far as the driver knows by itself; None where it does not tell."""
        found = getattr(dbapi_connection, "in_transaction", None)
        return found if isinstance(found, bool) else None

    def rolled_back_by_itself(self, dbapi_connection: Any, was_seen_begun: bool) -> bool:
        """Say whether, after an error, the database has rolled back the transaction that was under way.

        Where it does so the connection refuses further statements until `rollback()`: they would be in a transaction
        of their own.  `was_seen_begun` says whether `in_transaction()` was true before; else a statement has written.
        """
        return False

    def do_ping(self, dbapi_connection: DBAPIConnection) -> bool:
        """Say whether the connection is alive, by asking for a row."""
        cursor = dbapi_connection.cursor()
        try:
            cursor.execute(self._dialect_specific_select_one)
        finally:
            cursor.close()
        return True

    def ping_with_events(self, dbapi_connection: DBAPIConnection) -> bool:
        """Say whether the connection is alive, listeners of `handle_error` having their say about an error."""
        try:
            return self.do_ping(dbapi_connection)
        except self.loaded_dbapi.Error as err:
            if connect_error(err, self, None, is_pre_ping=True):
                return False
            raise

    def do_savepoint(self, connection: Connection, name: str) -> None:
        """Set a savepoint."""
        connection.execute(SavepointClause(name))

    def do_rollback_to_savepoint(self, connection: Connection, name: str) -> None:
        """Roll back to a savepoint."""
        connection.execute(RollbackToSavepointClause(name))

    def do_release_savepoint(self, connection: Connection, name: str) -> None:
        """Release a savepoint."""
        connection.execute(ReleaseSavepointClause(name))

    def create_xid(self) -> Any:
        """Return a new identifier for a two-phase transaction, at random."""
        return "_sqltk_%032x" % random.randint(0, 2**128)

    # ------------------------------------------------------ isolation levels

    def get_default_isolation_level(self, dbapi_conn: DBAPIConnection) -> Any:
        """Return the isolation level of a connection to which none was given."""
        return self.get_isolation_level(dbapi_conn)

    def _set_checked_level(self, dbapi_conn: Any, level: Any) -> None:
        shown = level.replace("_", " ").upper() if isinstance(level, str) else level
        allowed = self.get_isolation_level_values(dbapi_conn)
        if shown not in allowed:
            raise exc.ArgumentError(
                "%r is no isolation level of %s; it has %s"
                % (level, self.name, ", ".join(str(one) for one in allowed))
            )
        self.set_isolation_level(dbapi_conn, shown)

    def reset_isolation_level(self, dbapi_conn: DBAPIConnection) -> None:
        """Set the level back to what the engine was given, or else to the default."""
        if self.isolation_level is not None:
            self._set_checked_level(dbapi_conn, self.isolation_level)
        elif self.default_isolation_level is not None:
            self._set_checked_level(dbapi_conn, self.default_isolation_level)
        else:
            raise exc.InvalidRequestError(
                "the default isolation level is not known, so it can't be set back"
            )

    def detect_autocommit_setting(self, dbapi_conn: DBAPIConnection) -> bool:
        """Say whether the driver commits each statement at the moment."""
        raise NotImplementedError(
            "the dialect %s can't tell whether its driver is in AUTOCOMMIT mode" % self.name
        )

    # ------------------------------------------------------------ execution

    def do_execute(
        self, cursor: Any, statement: str, parameters: Any, context: Any = None
    ) -> None:
        """Run a statement by `cursor.execute()`."""
        cursor.execute(statement, parameters)

    def do_execute_no_params(self, cursor: Any, statement: str, context: Any = None) -> None:
        """Run a statement by `cursor.execute()` without a collection of parameters."""
        cursor.execute(statement)

    def do_executemany(
        self, cursor: Any, statement: str, parameters: Any, context: Any = None
    ) -> None:
        """Run a statement by `cursor.executemany()`."""
        cursor.executemany(statement, parameters)

    def do_set_input_sizes(
        self, cursor: Any, list_of_tuples: Iterable[Tuple[str, Any, Any]], context: Any
    ) -> Any:
        """Call `cursor.setinputsizes()`: by position or by name, as parameters are passed."""
        if self.positional:
            cursor.setinputsizes(*[one[1] for one in list_of_tuples])
        else:
            cursor.setinputsizes(**{one[0]: one[1] for one in list_of_tuples if one[1] is not None})

    def is_disconnect(self, e: BaseException, connection: Any, cursor: Any) -> bool:
        """Say whether an error of the driver means that the connection is lost: not that we knew."""
        return False

    def violation_of(self, error: BaseException, context: Any) -> Any:
        """Return `(class of error, keyword arguments for with_constraint())` for a violated constraint, or None."""
        return None

    def begin_timeout(self, dbapi_connection: Any, seconds: float) -> Callable[[], bool]:
        """Have the statement that comes next stopped after some time.

        Returns a function that takes this back and says whether the time was up.
        """
        raise exc.InvalidRequestError(
            "the dialect %s has no limit of time for a statement (execution option 'timeout')"
            % self.name
        )

    def type_descriptor(self, typeobj: Any) -> Any:
        """Return the type that the database has for a generic one."""
        return adapt_type(typeobj, self.colspecs)

    def min_year_for_type(self, typeobj: Any) -> int:
        """Return the first year that a date type can hold."""
        return 1

    def validate_identifier(self, ident: str) -> None:
        """Raise `IdentifierError` for a name that is too long."""
        if len(ident) > self.max_identifier_length:
            raise exc.IdentifierError(
                "The name %r has %d characters; %d are allowed"
                % (ident, len(ident), self.max_identifier_length)
            )

    def normalize_name(self, name: str) -> str:
        """Return a name in lower case if the database knows it in any case."""
        if name is None:
            return None
        lower, upper = name.lower(), name.upper()
        if upper == lower:
            return name
        if upper == name and not self.identifier_preparer._requires_quotes(lower):
            return lower
        if lower == name:
            # a name in lower case in the database was quoted, and must be again
            from ...sql.names import quoted_name

            return quoted_name(name, quote=True)
        return name

    def denormalize_name(self, name: str) -> str:
        """Return a lower-case name in the case in which the database keeps it."""
        if name is None:
            return None
        lower, upper = name.lower(), name.upper()
        if upper == lower:
            return name
        if lower == name and not self.identifier_preparer._requires_quotes(lower):
            return upper
        return name

    # ----------------------------------------------------------- reflection

    def check_connection(self, arg: Any) -> None:
        """Raise if what a method of reflection was given is no connection."""
        if not hasattr(arg, "exec_driver_sql"):
            raise exc.ArgumentError(
                "Dialect.has_table() is given a Connection, not %s; it is for use inside of dialects: "
                "programs call inspect(engine).has_table()" % type(arg).__name__
            )

    def has_schema(self, connection: Connection, schema_name: str, **kw: Any) -> bool:
        """Say whether there is such a schema."""
        return schema_name in self.get_schema_names(connection, **kw)

    def has_index(
        self,
        connection: Connection,
        table_name: str,
        index_name: str,
        schema: Optional[str] = None,
        **kw: Any,
    ) -> bool:
        """Say whether a table has such an index."""
        if not self.has_table(connection, table_name, schema=schema, **kw):
            return False
        found = self.get_indexes(connection, table_name, schema=schema, **kw)
        return any(index["name"] == index_name for index in found)

    def has_multi_table(
        self,
        connection: Connection,
        table_names: Collection[str],
        schema: Optional[str] = None,
        **kw: Any,
    ) -> Iterable[Tuple[TableKey, bool]]:
        """Say for each name whether there is such a table or view: pairs of (schema, name) and the answer."""
        for name in table_names:
            yield (schema, name), self.has_table(connection, name, schema=schema, **kw)

    def _names_of_kind(self, connection: Any, schema: Any, kind: Any, scope: Any, kw: Any) -> Any:
        names: List[str] = []
        if ObjectScope.DEFAULT in scope:
            if ObjectKind.TABLE in kind:
                names.extend(self.get_table_names(connection, schema, **kw))
            if ObjectKind.VIEW in kind:
                names.extend(self.get_view_names(connection, schema, **kw))
            if ObjectKind.MATERIALIZED_VIEW in kind:
                names.extend(self._or_none(self.get_materialized_view_names, connection, schema, kw))
        if ObjectScope.TEMPORARY in scope:
            if ObjectKind.TABLE in kind:
                names.extend(self._or_none(self.get_temp_table_names, connection, schema, kw))
            if ObjectKind.VIEW in kind:
                names.extend(self._or_none(self.get_temp_view_names, connection, schema, kw))
        return names

    @staticmethod
    def _or_none(method: Any, connection: Any, schema: Any, kw: Any) -> Sequence[str]:
        try:
            return typing.cast("Sequence[str]", method(connection, schema=schema, **kw))
        except NotImplementedError:
            return ()

    def _one_by_one(
        self, method: Any, connection: Any, schema: Any, filter_names: Any, scope: Any, kind: Any, kw: Any
    ) -> Iterator[Any]:
        """Yield what a method for one table returns, for each table that is meant."""
        if filter_names and kind is ObjectKind.ANY and scope is ObjectScope.ANY:
            names = list(filter_names)
        else:
            names = self._names_of_kind(connection, schema, kind, scope, kw)
            if filter_names:
                wanted = set(filter_names)
                names = [name for name in names if name in wanted]
        for name in names:
            key = (schema, name)
            try:
                yield key, method(connection, name, schema=schema, **kw)
            except exc.UnreflectableTableError as err:
                if kw.get("unreflectable") is None:
                    raise
                kw["unreflectable"].setdefault(key, err)
            except exc.NoSuchTableError:
                # dropped since its name was read, or never there
                continue

    def _multi(self, method: Any, connection: Any, kw: Dict[str, Any]) -> Any:
        schema = kw.pop("schema", None)
        filter_names = kw.pop("filter_names", None)
        scope = kw.pop("scope", ObjectScope.DEFAULT)
        kind = kw.pop("kind", ObjectKind.TABLE)
        return self._one_by_one(method, connection, schema, filter_names, scope, kind, kw)

    def get_multi_columns(self, connection: Connection, **kw: Any) -> Any:
        """Return the columns of several tables, asking for one after the other."""
        return self._multi(self.get_columns, connection, kw)

    def get_multi_pk_constraint(self, connection: Connection, **kw: Any) -> Any:
        """Return the primary keys of several tables, asking for one after the other."""
        return self._multi(self.get_pk_constraint, connection, kw)

    def get_multi_foreign_keys(self, connection: Connection, **kw: Any) -> Any:
        """Return the foreign keys of several tables, asking for one after the other."""
        return self._multi(self.get_foreign_keys, connection, kw)

    def get_multi_indexes(self, connection: Connection, **kw: Any) -> Any:
        """Return the indexes of several tables, asking for one after the other."""
        return self._multi(self.get_indexes, connection, kw)

    def get_multi_unique_constraints(self, connection: Connection, **kw: Any) -> Any:
        """Return the unique constraints of several tables, asking for one after the other."""
        return self._multi(self.get_unique_constraints, connection, kw)

    def get_multi_check_constraints(self, connection: Connection, **kw: Any) -> Any:
        """Return the check constraints of several tables, asking for one after the other."""
        return self._multi(self.get_check_constraints, connection, kw)

    def get_multi_table_options(self, connection: Connection, **kw: Any) -> Any:
        """Return the dialect options of several tables, asking for one after the other."""
        return self._multi(self.get_table_options, connection, kw)

    def get_multi_table_comment(self, connection: Connection, **kw: Any) -> Any:
        """Return the comments of several tables, asking for one after the other."""
        return self._multi(self.get_table_comment, connection, kw)


def _answer(question: Callable[[Any], Any], connection: Any) -> Any:
    """What the server answers, or None where the dialect has no such question."""
    try:
        return question(connection)
    except NotImplementedError:
        return None


class StrCompileDialect(DefaultDialect):
    """The dialect of `str(statement)`: it renders everything, in plain words where SQL has none."""

    name = "default"
    driver = "none"
    statement_compiler = StrSQLCompiler
    ddl_compiler = DDLCompiler
    type_compiler_cls = StrSQLTypeCompiler
    supports_statement_cache = True
    supports_identity_columns = True
    supports_sequences = True
    sequences_optional = True
    preexecute_autoincrement_sequences = False
    insert_returning = True
    update_returning = True
    delete_returning = True
    supports_native_boolean = True
    supports_multivalues_insert = True
    supports_simple_order_by_label = True
    cte_follows_insert = False
