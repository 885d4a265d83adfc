"""`Dialect`: what the toolkit asks about a database and its driver, and what it asks them to do.

Each class attribute is the answer to one question, stated in the comment before it; the value given here is the answer
of a database that can do little.  The shared implementation is `..default.DefaultDialect`.
"""

from __future__ import annotations

import typing

from ...util.collections import immutabledict
from .execution import AggregateOrderByStyle
from .execution import BindTyping
from .execution import CacheStats
from .execution import InsertmanyvaluesSentinelOpts

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Collection
    from typing import Dict
    from typing import Iterable
    from typing import List
    from typing import Mapping
    from typing import MutableMapping
    from typing import Optional
    from typing import Sequence
    from typing import Tuple
    from typing import Type

    from ...pool import Pool
    from ..base import Connection, Engine
    from ..characteristics import ConnectionCharacteristic
    from ..url import URL
    from .driver import DBAPIConnection
    from .driver import DBAPICursor
    from .reflected import ReflectedCheckConstraint
    from .reflected import ReflectedColumn
    from .reflected import ReflectedForeignKeyConstraint
    from .reflected import ReflectedIndex
    from .reflected import ReflectedPrimaryKeyConstraint
    from .reflected import ReflectedTableComment
    from .reflected import ReflectedUniqueConstraint
    from .reflected import TableKey

__all__ = ["Dialect"]


class Dialect:
    """The behaviour of one database with one driver."""

    CACHE_HIT = CacheStats.CACHE_HIT
    CACHE_MISS = CacheStats.CACHE_MISS
    CACHING_DISABLED = CacheStats.CACHING_DISABLED
    NO_CACHE_KEY = CacheStats.NO_CACHE_KEY
    NO_DIALECT_SUPPORT = CacheStats.NO_DIALECT_SUPPORT

    # ------------------------------------------------------------ identity

    # What is the database called in URLs and keyword arguments?
    name: str = "default"
    # What is the driver called in URLs?
    driver: str
    # Which module is the driver?
    dbapi: Any = None
    # What is the oldest version of the driver that works, as a tuple?
    minimum_dbapi_version: Optional[Tuple[int, ...]] = None
    # Which version of the server was found at the first connection?
    server_version_info: Optional[Tuple[Any, ...]] = None
    # Which schema is meant where none is named, as found at the first connection?
    default_schema_name: Optional[str] = None
    # Which isolation level has a connection to which none was given?
    default_isolation_level: Optional[Any] = None
    # Is the driver asynchronous?
    is_async: bool = False
    # Can do_terminate() close a connection without waiting for the server?
    has_terminate: bool = False
    # Events of the dialect.
    dispatch: Any
    # What types remember together with the dialect.
    _type_memos: MutableMapping[Any, Any]

    # ---------------------------------------------------------- compilation

    # Which class renders statements?
    statement_compiler: Type[Any]
    # Which class renders DDL?
    ddl_compiler: Type[Any]
    # Which class renders types?
    type_compiler_cls: Type[Any]
    # The object made of it.
    type_compiler_instance: Any
    # The same, by its older name.
    type_compiler: Any
    # Which class quotes identifiers?
    preparer: Type[Any]
    # The object made of it.
    identifier_preparer: Any
    # How are parameters written: qmark, format, numeric, numeric_dollar, named, pyformat?
    paramstyle: str = "named"
    # Which paramstyle is used where the driver does not say?
    default_paramstyle: str = "named"
    # Are parameters passed by position?
    positional: bool = False
    # Which class of sequence does the driver want positional parameters in?
    execute_sequence_format: Type[Any] = tuple
    # Does the dialect take part in the statement cache?
    supports_statement_cache: bool = True
    # Is a FROM list without joining conditions reported when a statement is compiled?
    compiler_linting: Any = 0
    # Which keyword arguments do schema constructs take, prefixed by the name of the dialect?
    construct_arguments: Optional[Sequence[Tuple[Type[Any], Mapping[str, Any]]]] = None
    # The dialect options of a Table that reflection returns and that are used when it is made.
    reflection_options: Sequence[str] = ()
    # Which implementation does a generic type get?
    colspecs: Mapping[Type[Any], Type[Any]] = immutabledict()
    # How long may an identifier be?
    max_identifier_length: int = 9999
    # How long may the name of an index be, if not as long as others?
    max_index_name_length: Optional[int] = None
    # How long may the name of a constraint be, if not as long as others?
    max_constraint_name_length: Optional[int] = None
    # How long may a label be, if it is to be shorter than an identifier may be?
    label_length: Optional[int] = None

    # ------------------------------------------------------------------ DDL

    # Is there ALTER TABLE ... ADD CONSTRAINT?
    supports_alter: bool = True
    # Are there schemas?
    supports_schemas: bool = True
    # Are there views?
    supports_views: bool = True
    # Do tables and columns have comments?
    supports_comments: bool = False
    # Do constraints have comments?
    supports_constraint_comments: bool = False
    # Are comments part of CREATE TABLE?
    inline_comments: bool = False
    # Are there sequences?
    supports_sequences: bool = False
    # Can a column draw its keys from elsewhere where a Sequence is marked as optional?
    sequences_optional: bool = False
    # Must the sequence of a key be run before the INSERT?
    preexecute_autoincrement_sequences: bool = False
    # Which number does a sequence start with?
    default_sequence_base: int = 1
    # Is there GENERATED AS IDENTITY?
    supports_identity_columns: bool = False
    # Is there an ENUM type?
    supports_native_enum: bool = False
    # Is there a BOOLEAN type?
    supports_native_boolean: bool = False
    # Does a Boolean without such a type get a CHECK constraint if it asks for one?
    non_native_boolean_check_constraint: bool = True
    # Does the driver return decimal numbers as Decimal?
    supports_native_decimal: bool = False
    # Is there a UUID type whose driver takes UUID objects?
    supports_native_uuid: bool = False
    # Does the driver return binary data as bytes?
    returns_native_bytes: bool = False
    # Does the driver itself make JSON text of objects?
    supports_native_json_serialization: bool = False
    # Does the driver itself make objects of JSON text?
    supports_native_json_deserialization: bool = False
    # Is json_deserializer handed to the driver?
    dialect_injects_custom_json_deserializer: bool = False
    # Must names change their case on the way to the database and back?
    requires_name_normalize: bool = False

    # -------------------------------------------------------------- queries

    # Can ORDER BY name a label of the SELECT list, in an expression too?
    supports_simple_order_by_label: bool = True
    # Is there IS DISTINCT FROM, by whatever name?
    supports_is_distinct_from: bool = True
    # Is there FOR UPDATE OF?
    supports_for_update_of: bool = False
    # Must a tuple in IN be written as VALUES?
    tuple_in_values: bool = False
    # Is 5 / 2 equal to 2?
    div_is_floordiv: bool = True
    # How is an aggregate function given an order?
    aggregate_order_by_style: AggregateOrderByStyle = AggregateOrderByStyle.INLINE
    # How is the database told the types of bound values?
    bind_typing: BindTyping = BindTyping.NONE
    # Which driver types are passed to setinputsizes(), if not all?
    include_set_input_sizes: Optional[Any] = None
    # Which driver types are not passed to setinputsizes()?
    exclude_set_input_sizes: Optional[Any] = None
    # Can rows be fetched from the server bit by bit?
    supports_server_side_cursors: bool = False
    # Is that done for all statements?
    server_side_cursors: bool = False
    # Is iterating over the driver's cursor as quick as fetchall()?
    fast_cursor_iteration: bool = False

    # ------------------------------------------------------------------ DML

    # Is there INSERT .. RETURNING?
    insert_returning: bool = False
    # Is there UPDATE .. RETURNING?
    update_returning: bool = False
    # Is there DELETE .. RETURNING?
    delete_returning: bool = False
    # Does UPDATE .. RETURNING work with several tables?
    update_returning_multifrom: bool = False
    # Does DELETE .. RETURNING work with several tables?
    delete_returning_multifrom: bool = False
    # Does INSERT .. RETURNING work with executemany()?
    insert_executemany_returning: bool = False
    # Can that keep the order of the parameter sets?
    insert_executemany_returning_sort_by_parameter_order: bool = False
    # Does UPDATE .. RETURNING work with executemany()?
    update_executemany_returning: bool = False
    # Does DELETE .. RETURNING work with executemany()?
    delete_executemany_returning: bool = False
    # Is RETURNING preferred to cursor.lastrowid for new keys?
    favor_returning_over_lastrowid: bool = False
    # Is cursor.lastrowid the key of the new row?
    postfetch_lastrowid: bool = True
    # Does an INSERT of NULL into an autoincrementing key make a new key?
    insert_null_pk_still_autoincrements: bool = False
    # Is there INSERT .. DEFAULT VALUES?
    supports_default_values: bool = False
    # Is there a word such as DEFAULT which stands for the default in VALUES?
    supports_default_metavalue: bool = False
    # Which word is it?
    default_metavalue_token: str = "DEFAULT"
    # Can a row be inserted without naming any column?
    supports_empty_insert: bool = True
    # Can one INSERT have several rows of VALUES?
    supports_multivalues_insert: bool = False
    # Are many rows inserted in few statements where their keys must come back?
    use_insertmanyvalues: bool = False
    # Is that done where nothing comes back, too?
    use_insertmanyvalues_wo_returning: bool = False
    # Which kinds of new keys can serve to put returned rows in order?
    insertmanyvalues_implicit_sentinel: Any = InsertmanyvaluesSentinelOpts.NOT_SUPPORTED
    # How many rows go into one such statement at most?
    insertmanyvalues_page_size: int = 1000
    # How many parameters may one statement have?
    insertmanyvalues_max_parameters: int = 32700
    # Does a WITH clause stand after INSERT INTO?
    cte_follows_insert: bool = False
    # Is cursor.rowcount right for UPDATE and DELETE?
    supports_sane_rowcount: bool = True
    # Is it right after executemany()?
    supports_sane_multi_rowcount: bool = True

    # ------------------------------------------------- connections, options

    # Which arguments of create_engine() are converted from strings, and how?
    engine_config_types: Mapping[str, Callable[[Any], Any]] = immutabledict()
    # Which execution options are settings of the connection?
    connection_characteristics: Mapping[str, ConnectionCharacteristic] = immutabledict()
    # Which names do errors of the driver have in place of those of PEP 249?
    dbapi_exception_translation_map: Mapping[str, str] = immutabledict()
    # Is the rollback of a pooled connection in AUTOCOMMIT mode left out?
    skip_autocommit_rollback: bool = False

    def _missing(self, name: str) -> NotImplementedError:
        return NotImplementedError(
            "the dialect %r does not implement %s()" % (getattr(self, "name", "?"), name)
        )

    # --------------------------------------------------------------- driver

    @classmethod
    def import_dbapi(cls) -> Any:
        """Return the module of the driver, importing it."""
        raise NotImplementedError("%s does not implement import_dbapi()" % cls.__name__)

    @property
    def loaded_dbapi(self) -> Any:
        """Return the module of the driver; raises where the dialect was made without one."""
        raise self._missing("loaded_dbapi")

    @property
    def dbapi_version(self) -> Tuple[int, ...]:
        """Return the version of the driver as a tuple of numbers."""
        raise self._missing("dbapi_version")

    def retrieve_dbapi_version(self, dbapi: Any) -> Optional[str]:
        """Return the version of the driver as its module tells it."""
        return getattr(dbapi, "__version__", None)

    @classmethod
    def get_dialect_cls(cls, url: URL) -> Type[Dialect]:
        """Return the class of dialect for a URL that led to this one."""
        return cls

    @classmethod
    def get_async_dialect_cls(cls, url: URL) -> Type[Dialect]:
        """Return the class of dialect for a URL given to `create_async_engine()`."""
        return cls.get_dialect_cls(url)

    @classmethod
    def load_provisioning(cls) -> None:
        """Import the module that tells how tests get a database."""
        raise NotImplementedError("%s does not implement load_provisioning()" % cls.__name__)

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """See a new engine before it is handed out."""
        return None if engine else None

    def get_dialect_pool_class(self, url: URL) -> Type[Pool]:
        """Return the class of pool for a URL where the user named none."""
        raise self._missing("get_dialect_pool_class")

    def create_connect_args(self, url: URL) -> Tuple[Sequence[Any], Dict[str, Any]]:
        """Return the positional and keyword arguments for the driver's `connect()`."""
        raise self._missing("create_connect_args")

    def connect(self, *cargs: Any, **cparams: Any) -> DBAPIConnection:
        """Return a new connection of the driver."""
        raise self._missing("connect")

    def on_connect_url(self, url: URL) -> Optional[Callable[[Any], Any]]:
        """Return what is called with each new connection; for dialects that need the URL for it."""
        return self.on_connect()

    def on_connect(self) -> Optional[Callable[[Any], Any]]:
        """Return what is called with each new connection of the driver, None where there is nothing to do."""
        return None

    def initialize(self, connection: Connection) -> None:
        """Find out about the server, over its first connection."""
        raise self._missing("initialize")

    def get_driver_connection(self, connection: DBAPIConnection) -> Any:
        """Return the driver's own connection where `connection` only adapts it."""
        return connection

    def set_engine_execution_options(self, engine: Engine, opts: Mapping[str, Any]) -> None:
        """Act upon options that an engine was given."""
        raise self._missing("set_engine_execution_options")

    def set_connection_execution_options(
        self, connection: Connection, opts: Mapping[str, Any]
    ) -> None:
        """Act upon options that a connection was given."""
        raise self._missing("set_connection_execution_options")

    # --------------------------------------------------------- transactions

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin a transaction, where the driver doesn't do it by itself."""
        raise self._missing("do_begin")

    def do_commit(self, dbapi_connection: DBAPIConnection) -> None:
        """Commit the transaction."""
        raise self._missing("do_commit")

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Roll the transaction back."""
        raise self._missing("do_rollback")

    def do_close(self, dbapi_connection: DBAPIConnection) -> None:
        """Close a connection."""
        raise self._missing("do_close")

    def do_terminate(self, dbapi_connection: DBAPIConnection) -> None:
        """Close a connection without waiting for the server."""
        raise self._missing("do_terminate")

    def do_ping(self, dbapi_connection: DBAPIConnection) -> bool:
        """Say whether the connection is alive."""
        raise self._missing("do_ping")

    def do_savepoint(self, connection: Connection, name: str) -> None:
        """Set a savepoint."""
        raise self._missing("do_savepoint")

    def do_rollback_to_savepoint(self, connection: Connection, name: str) -> None:
        """Roll back to a savepoint."""
        raise self._missing("do_rollback_to_savepoint")

    def do_release_savepoint(self, connection: Connection, name: str) -> None:
        """Release a savepoint."""
        raise self._missing("do_release_savepoint")

    def create_xid(self) -> Any:
        """Return a new identifier for a two-phase transaction."""
        raise self._missing("create_xid")

    def do_begin_twophase(self, connection: Connection, xid: Any) -> None:
        """Begin a two-phase transaction."""
        raise self._missing("do_begin_twophase")

    def do_prepare_twophase(self, connection: Connection, xid: Any) -> None:
        """Prepare a two-phase transaction."""
        raise self._missing("do_prepare_twophase")

    def do_rollback_twophase(
        self, connection: Connection, xid: Any, is_prepared: bool = True, recover: bool = False
    ) -> None:
        """Roll back a two-phase transaction."""
        raise self._missing("do_rollback_twophase")

    def do_commit_twophase(
        self, connection: Connection, xid: Any, is_prepared: bool = True, recover: bool = False
    ) -> None:
        """Commit a two-phase transaction."""
        raise self._missing("do_commit_twophase")

    def do_recover_twophase(self, connection: Connection) -> List[Any]:
        """Return the identifiers of prepared transactions."""
        raise self._missing("do_recover_twophase")

    # ------------------------------------------------------ isolation levels

    def get_default_isolation_level(self, dbapi_conn: DBAPIConnection) -> Any:
        """Return the isolation level of a connection to which none was given."""
        raise self._missing("get_default_isolation_level")

    def get_isolation_level_values(self, dbapi_conn: DBAPIConnection) -> Sequence[Any]:
        """Return the levels that `set_isolation_level()` takes."""
        raise self._missing("get_isolation_level_values")

    def get_isolation_level(self, dbapi_connection: DBAPIConnection) -> Any:
        """Return the level in force."""
        raise self._missing("get_isolation_level")

    def set_isolation_level(self, dbapi_connection: DBAPIConnection, level: Any) -> None:
        """Set the level."""
        raise self._missing("set_isolation_level")

    def reset_isolation_level(self, dbapi_connection: DBAPIConnection) -> None:
        """Set the level back to the default."""
        raise self._missing("reset_isolation_level")

    def detect_autocommit_setting(self, dbapi_conn: DBAPIConnection) -> bool:
        """Say whether the driver commits each statement at the moment."""
        raise self._missing("detect_autocommit_setting")

    # ------------------------------------------------------------ execution

    # Which class holds what is known about an execution?
    execution_ctx_cls: Type[Any]

    def do_execute(
        self, cursor: DBAPICursor, statement: str, parameters: Any, context: Any = None
    ) -> None:
        """Run a statement by `cursor.execute()`."""
        raise self._missing("do_execute")

    def do_execute_no_params(
        self, cursor: DBAPICursor, statement: str, context: Any = None
    ) -> None:
        """Run a statement by `cursor.execute()` without a collection of parameters."""
        raise self._missing("do_execute_no_params")

    def do_executemany(
        self, cursor: DBAPICursor, statement: str, parameters: Any, context: Any = None
    ) -> None:
        """Run a statement by `cursor.executemany()`."""
        raise self._missing("do_executemany")

    def do_set_input_sizes(
        self, cursor: DBAPICursor, list_of_tuples: Iterable[Tuple[str, Any, Any]], context: Any
    ) -> Any:
        """Call `cursor.setinputsizes()` for triples of name, driver type and SQL type."""
        raise self._missing("do_set_input_sizes")

    def is_disconnect(
        self, e: BaseException, connection: Optional[Any], cursor: Optional[DBAPICursor]
    ) -> bool:
        """Say whether an error of the driver means that the connection is lost."""
        raise self._missing("is_disconnect")

    def type_descriptor(self, typeobj: Any) -> Any:
        """Return the type that the database has for a generic one."""
        raise self._missing("type_descriptor")

    def min_year_for_type(self, typeobj: Any) -> int:
        """Return the first year that a date type can hold."""
        raise self._missing("min_year_for_type")

    def validate_identifier(self, ident: str) -> None:
        """Raise `IdentifierError` for a name that the database does not take."""
        raise self._missing("validate_identifier")

    def normalize_name(self, name: str) -> str:
        """Return a name in lower case if the database knows it in any case."""
        raise self._missing("normalize_name")

    def denormalize_name(self, name: str) -> str:
        """Return a lower-case name in the case in which the database keeps it."""
        raise self._missing("denormalize_name")

    # ----------------------------------------------------------- reflection

    def has_table(
        self, connection: Connection, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> bool:
        """Say whether there is such a table or view."""
        raise self._missing("has_table")

    def has_multi_table(
        self,
        connection: Connection,
        table_names: Collection[str],
        schema: Optional[str] = None,
        **kw: Any,
    ) -> Iterable[Tuple[TableKey, bool]]:
        """Say for each name whether there is such a table or view: pairs of (schema, name) and the answer."""
        raise self._missing("has_multi_table")

    def has_index(
        self,
        connection: Connection,
        table_name: str,
        index_name: str,
        schema: Optional[str] = None,
        **kw: Any,
    ) -> bool:
        """Say whether a table has such an index."""
        raise self._missing("has_index")

    def has_sequence(
        self, connection: Connection, sequence_name: str, schema: Optional[str] = None, **kw: Any
    ) -> bool:
        """Say whether there is such a sequence."""
        raise self._missing("has_sequence")

    def has_schema(self, connection: Connection, schema_name: str, **kw: Any) -> bool:
        """Say whether there is such a schema."""
        raise self._missing("has_schema")

    def get_schema_names(self, connection: Connection, **kw: Any) -> List[str]:
        """Return the names of all schemas."""
        raise self._missing("get_schema_names")

    def get_table_names(
        self, connection: Connection, schema: Optional[str] = None, **kw: Any
    ) -> List[str]:
        """Return the names of the tables."""
        raise self._missing("get_table_names")

    def get_temp_table_names(
        self, connection: Connection, schema: Optional[str] = None, **kw: Any
    ) -> List[str]:
        """Return the names of the temporary tables of this connection."""
        raise self._missing("get_temp_table_names")

    def get_view_names(
        self, connection: Connection, schema: Optional[str] = None, **kw: Any
    ) -> List[str]:
        """Return the names of the views."""
        raise self._missing("get_view_names")

    def get_materialized_view_names(
        self, connection: Connection, schema: Optional[str] = None, **kw: Any
    ) -> List[str]:
        """Return the names of the materialized views."""
        raise self._missing("get_materialized_view_names")

    def get_temp_view_names(
        self, connection: Connection, schema: Optional[str] = None, **kw: Any
    ) -> List[str]:
        """Return the names of the temporary views of this connection."""
        raise self._missing("get_temp_view_names")

    def get_sequence_names(
        self, connection: Connection, schema: Optional[str] = None, **kw: Any
    ) -> List[str]:
        """Return the names of the sequences."""
        raise self._missing("get_sequence_names")

    def get_view_definition(
        self, connection: Connection, view_name: str, schema: Optional[str] = None, **kw: Any
    ) -> str:
        """Return the statement that defines a view."""
        raise self._missing("get_view_definition")

    def get_columns(
        self, connection: Connection, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> List[ReflectedColumn]:
        """Return the columns of a table or view."""
        raise self._missing("get_columns")

    def get_pk_constraint(
        self, connection: Connection, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> ReflectedPrimaryKeyConstraint:
        """Return the primary key that a table has."""
        raise self._missing("get_pk_constraint")

    def get_foreign_keys(
        self, connection: Connection, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> List[ReflectedForeignKeyConstraint]:
        """Return the foreign keys of a table."""
        raise self._missing("get_foreign_keys")

    def get_indexes(
        self, connection: Connection, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> List[ReflectedIndex]:
        """Return the indexes of a table."""
        raise self._missing("get_indexes")

    def get_unique_constraints(
        self, connection: Connection, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> List[ReflectedUniqueConstraint]:
        """Return the unique constraints of a table."""
        raise self._missing("get_unique_constraints")

    def get_check_constraints(
        self, connection: Connection, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> List[ReflectedCheckConstraint]:
        """Return the check constraints of a table."""
        raise self._missing("get_check_constraints")

    def get_table_options(
        self, connection: Connection, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> Dict[str, Any]:
        """Return the dialect options of a table."""
        raise self._missing("get_table_options")

    def get_table_comment(
        self, connection: Connection, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> ReflectedTableComment:
        """Return the comment of a table."""
        raise self._missing("get_table_comment")

    def get_multi_columns(
        self,
        connection: Connection,
        *,
        schema: Optional[str] = None,
        filter_names: Optional[Collection[str]] = None,
        **kw: Any,
    ) -> Iterable[Tuple[Tuple[Optional[str], str], List[ReflectedColumn]]]:
        """Return the columns of several tables, as pairs of (schema, table) and the same as for one."""
        raise self._missing("get_multi_columns")

    def get_multi_pk_constraint(
        self,
        connection: Connection,
        *,
        schema: Optional[str] = None,
        filter_names: Optional[Collection[str]] = None,
        **kw: Any,
    ) -> Iterable[Tuple[Tuple[Optional[str], str], ReflectedPrimaryKeyConstraint]]:
        """Return the primary keys of several tables, as pairs of (schema, table) and the same as for one."""
        raise self._missing("get_multi_pk_constraint")

    def get_multi_foreign_keys(
        self,
        connection: Connection,
        *,
        schema: Optional[str] = None,
        filter_names: Optional[Collection[str]] = None,
        **kw: Any,
    ) -> Iterable[Tuple[Tuple[Optional[str], str], List[ReflectedForeignKeyConstraint]]]:
        """Return the foreign keys of several tables, as pairs of (schema, table) and the same as for one."""
        raise self._missing("get_multi_foreign_keys")

    def get_multi_indexes(
        self,
        connection: Connection,
        *,
        schema: Optional[str] = None,
        filter_names: Optional[Collection[str]] = None,
        **kw: Any,
    ) -> Iterable[Tuple[Tuple[Optional[str], str], List[ReflectedIndex]]]:
        """Return the indexes of several tables, as pairs of (schema, table) and the same as for one."""
        raise self._missing("get_multi_indexes")

    def get_multi_unique_constraints(
        self,
        connection: Connection,
        *,
        schema: Optional[str] = None,
        filter_names: Optional[Collection[str]] = None,
        **kw: Any,
    ) -> Iterable[Tuple[Tuple[Optional[str], str], List[ReflectedUniqueConstraint]]]:
        """Return the unique constraints of several tables, as pairs of (schema, table) and the same as for one."""
        raise self._missing("get_multi_unique_constraints")

    def get_multi_check_constraints(
        self,
        connection: Connection,
        *,
        schema: Optional[str] = None,
        filter_names: Optional[Collection[str]] = None,
        **kw: Any,
    ) -> Iterable[Tuple[Tuple[Optional[str], str], List[ReflectedCheckConstraint]]]:
        """Return the check constraints of several tables, as pairs of (schema, table) and the same as for one."""
        raise self._missing("get_multi_check_constraints")

    def get_multi_table_options(
        self,
        connection: Connection,
        *,
        schema: Optional[str] = None,
        filter_names: Optional[Collection[str]] = None,
        **kw: Any,
    ) -> Iterable[Tuple[Tuple[Optional[str], str], Dict[str, Any]]]:
        """Return the dialect options of several tables, as pairs of (schema, table) and the same as for one."""
        raise self._missing("get_multi_table_options")

    def get_multi_table_comment(
        self,
        connection: Connection,
        *,
        schema: Optional[str] = None,
        filter_names: Optional[Collection[str]] = None,
        **kw: Any,
    ) -> Iterable[Tuple[Tuple[Optional[str], str], ReflectedTableComment]]:
        """Return the comments of several tables, as pairs of (schema, table) and the same as for one."""
        raise self._missing("get_multi_table_comment")
