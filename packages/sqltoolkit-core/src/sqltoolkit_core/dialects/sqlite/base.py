"""`SQLiteDialect`: what SQLite can do, its transactions and isolation levels, and what its errors mean.

SQL text is the compiler's work (`.compiler`), questions about tables are in `.reflection`, drivers in `.pysqlite` and
`.aiosqlite`.
"""

from __future__ import annotations

import re
import time
import typing

from ...engine.default import DefaultDialect
from ...engine.default import DefaultExecutionContext
from ...engine.interfaces import InsertmanyvaluesSentinelOpts
from ...schema import Column
from ...schema import Constraint
from ...schema import CreateView
from ...schema import Index
from ...schema import Table
from ...sql import sqltypes
from ...util.introspect import asbool
from .compiler import SQLiteCompiler
from .compiler import SQLiteDDLCompiler
from .compiler import SQLiteIdentifierPreparer
from .compiler import SQLiteTypeCompiler
from .reflection import SQLiteReflection
from .types import DATE
from .types import DATETIME
from .types import JSON
from .types import JSONIndexType
from .types import JSONPathType
from .types import TIME
from .violations import violation_of

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = ["JSONB", "SQLiteDialect", "SQLiteExecutionContext", "ischema_names"]


class JSONB(JSON):
    """JSON kept in SQLite's binary form; needs SQLite 3.45."""

    __visit_name__ = "JSONB"

    def bind_expression(self, bindvalue: Any) -> Any:
        """Have the database turn the text that is bound into its binary form."""
        from ...sql.functions import func

        return func.jsonb(bindvalue, type_=self)

    def column_expression(self, col: Any) -> Any:
        """Have the database turn the binary form into text."""
        from ...sql.functions import func

        return func.json(col, type_=self)


# statements which the driver runs outside of a transaction unless one is begun for them
_NEEDS_BEGIN = re.compile(r"\s*(?:CREATE|DROP|ALTER|REINDEX|WITH)\b", re.I)
_WRITES = re.compile(r"\b(?:INSERT|UPDATE|DELETE|REPLACE)\b", re.I)
_LEADING_COMMENTS = re.compile(r"(?:\s+|--[^\n]*\n|/\*.*?\*/)+", re.S)


def _commits_by_itself(dbapi_connection: Any) -> bool:
    """Say whether the driver leaves transactions alone; its commit() then does nothing, since Python 3.12 at least."""
    return getattr(dbapi_connection, "isolation_level", "") is None or (
        getattr(dbapi_connection, "autocommit", None) is True
    )


class SQLiteExecutionContext(DefaultExecutionContext):
    """An execution on SQLite."""

    # the hooks below do nothing for statements that may go the short way
    hooks_optional = True

    @property
    def driver(self) -> Any:
        """Return the connection of the driver."""
        return self.root_connection.connection.dbapi_connection

    def pre_exec(self) -> None:
        """Begin the transaction where the driver itself would let the statement run outside of it."""
        if self.isddl or self.is_text or (self.is_crud and self.compiled.ctes):
            if not self.isddl:
                comments = _LEADING_COMMENTS.match(self.statement)
                found = _NEEDS_BEGIN.match(self.statement, comments.end() if comments else 0)
                if not found or (
                    found.group().strip().upper() == "WITH" and not _WRITES.search(self.statement)
                ):
                    return
            self.dialect.begin_if_needed(self.driver)

    def translate_colname(self, name: str) -> str:
        """Return a column name without the table name that old versions put before it."""
        if (
            self.dialect.broken_dotted_colnames
            and "." in name
            and not self.execution_options.get("sqlite_raw_colnames", False)
        ):
            return name.split(".")[-1]
        return name


#: the types that reflection makes of names; programs may add their own
ischema_names: Dict[str, Any] = {
    "BIGINT": sqltypes.BIGINT,
    "BLOB": sqltypes.BLOB,
    "BOOL": sqltypes.BOOLEAN,
    "BOOLEAN": sqltypes.BOOLEAN,
    "CHAR": sqltypes.CHAR,
    "DATE": sqltypes.DATE,
    "DATE_CHAR": sqltypes.DATE,
    "DATETIME": sqltypes.DATETIME,
    "DATETIME_CHAR": sqltypes.DATETIME,
    "DECIMAL": sqltypes.DECIMAL,
    "DOUBLE": sqltypes.DOUBLE,
    "FLOAT": sqltypes.FLOAT,
    "INT": sqltypes.INTEGER,
    "INTEGER": sqltypes.INTEGER,
    "JSON": JSON,
    "JSONB": JSONB,
    "NCHAR": sqltypes.NCHAR,
    "NUMERIC": sqltypes.NUMERIC,
    "NVARCHAR": sqltypes.NVARCHAR,
    "REAL": sqltypes.REAL,
    "SMALLINT": sqltypes.SMALLINT,
    "TEXT": sqltypes.TEXT,
    "TIME": sqltypes.TIME,
    "TIME_CHAR": sqltypes.TIME,
    "TIMESTAMP": sqltypes.TIMESTAMP,
    "VARCHAR": sqltypes.VARCHAR,
}


class SQLiteDialect(SQLiteReflection, DefaultDialect):
    """The dialect of SQLite, whatever the driver."""

    name = "sqlite"
    supports_alter = False
    # there is the word DEFAULT nowhere in VALUES, but NULL makes a new key
    supports_default_values = True
    supports_default_metavalue = True
    default_metavalue_token = "NULL"
    supports_empty_insert = False
    supports_multivalues_insert = True
    use_insertmanyvalues = True
    insertmanyvalues_implicit_sentinel = InsertmanyvaluesSentinelOpts.AUTOINCREMENT
    insert_null_pk_still_autoincrements = True
    insert_returning = True
    update_returning = True
    delete_returning = True
    update_returning_multifrom = True
    tuple_in_values = True
    returns_native_bytes = True
    supports_cast = True
    supports_statement_cache = True
    supports_sane_rowcount_returning = False
    default_paramstyle = "qmark"
    fast_cursor_iteration = True

    execution_ctx_cls = SQLiteExecutionContext
    statement_compiler = SQLiteCompiler
    ddl_compiler = SQLiteDDLCompiler
    type_compiler_cls = SQLiteTypeCompiler
    preparer = SQLiteIdentifierPreparer
    description_encoding = None
    # do columns of a UNION have names with the table before them? So before SQLite 3.10
    broken_dotted_colnames = False
    # are dates and times left to the driver's own converters?
    native_datetime = False
    engine_config_types = DefaultDialect.engine_config_types.union({"native_datetime": asbool})

    colspecs = {
        sqltypes.Date: DATE,
        sqltypes.DateTime: DATETIME,
        sqltypes.JSON: JSON,
        sqltypes.JSON.JSONIndexType: JSONIndexType,
        sqltypes.JSON.JSONPathType: JSONPathType,
        sqltypes.Time: TIME,
    }

    ischema_names = ischema_names

    construct_arguments = [
        (Table, {"autoincrement": False, "with_rowid": True, "strict": False}),
        (Index, {"where": None}),
        (
            Column,
            {
                "on_conflict_primary_key": None,
                "on_conflict_not_null": None,
                "on_conflict_unique": None,
            },
        ),
        (Constraint, {"on_conflict": None}),
        (CreateView, {"if_not_exists": False}),
    ]

    def __init__(
        self,
        native_datetime: bool = False,
        json_serializer: Optional[Callable[..., Any]] = None,
        json_deserializer: Optional[Callable[..., Any]] = None,
        _json_serializer: Optional[Callable[..., Any]] = None,
        _json_deserializer: Optional[Callable[..., Any]] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._json_serializer = json_serializer or _json_serializer
        self._json_deserializer = json_deserializer or _json_deserializer
        self.native_datetime = native_datetime
        if self.dbapi is not None:
            self._fit_to_version(self.dbapi.sqlite_version_info)

    def _fit_to_version(self, version: Tuple[int, ...]) -> None:
        if version < (3, 35):
            self.insert_returning = self.update_returning = self.delete_returning = False
        if version < (3, 10):
            self.broken_dotted_colnames = True
        if version < (3, 33):
            self.update_returning_multifrom = False
        if version < (3, 32):
            # the limit on parameters of older versions
            self.insertmanyvalues_max_parameters = 999

    @property
    def json_serializer(self) -> Any:
        """Return the function that makes text of JSON values, None for the standard one."""
        return self._json_serializer

    @property
    def json_deserializer(self) -> Any:
        """Return the function that reads JSON text, None for the standard one."""
        return self._json_deserializer

    def allows_plain_execution(self, compiled: Any) -> bool:
        """Say whether a statement may go the short way: not if a transaction must be begun for it."""
        writes = compiled.isinsert or compiled.isupdate or compiled.isdelete
        return self.plain_execution and not (writes and compiled.ctes)

    # --------------------------------------------------------- transactions

    def begin_if_needed(self, dbapi_connection: Any) -> None:
        """Begin a transaction on a connection of the driver unless one is under way or it commits by itself.

        The driver begins one before INSERT, UPDATE and DELETE only; for savepoints, DDL and WITH it is done here.
        """
        if _commits_by_itself(dbapi_connection) or dbapi_connection.in_transaction:
            return
        mode = getattr(dbapi_connection, "isolation_level", "")
        cursor = dbapi_connection.cursor()
        try:
            cursor.execute("BEGIN %s" % mode if mode else "BEGIN")
        finally:
            cursor.close()

    def rolled_back_by_itself(self, dbapi_connection: Any, was_seen_begun: bool) -> bool:
        """Say whether SQLite has ended the transaction: on a full disk, an I/O error, or with OR ROLLBACK."""
        if dbapi_connection.in_transaction:
            return False
        # of a driver that commits by itself nothing else is to be expected
        return was_seen_begun or not _commits_by_itself(dbapi_connection)

    def do_savepoint(self, connection: Any, name: str) -> None:
        """Set a savepoint, inside of a transaction."""
        self.begin_if_needed(connection.connection.dbapi_connection)
        super().do_savepoint(connection, name)

    _levels = {"READ UNCOMMITTED": 1, "SERIALIZABLE": 0}

    def get_isolation_level_values(self, dbapi_conn: Any) -> List[str]:
        """Return the levels that can be set."""
        return list(self._levels)

    def set_isolation_level(self, dbapi_connection: Any, level: Any) -> None:
        """Set the level by PRAGMA."""
        cursor = dbapi_connection.cursor()
        cursor.execute("PRAGMA read_uncommitted = %d" % self._levels[level])
        cursor.close()

    def get_isolation_level(self, dbapi_connection: Any) -> str:
        """Return the level in force."""
        cursor = dbapi_connection.cursor()
        cursor.execute("PRAGMA read_uncommitted")
        row = cursor.fetchone()
        cursor.close()
        value = row[0] if row else 0
        return "READ UNCOMMITTED" if value == 1 else "SERIALIZABLE"

    def begin_timeout(self, dbapi_connection: Any, seconds: float) -> Callable[[], bool]:
        """Have the statement that comes next interrupted after some time, also where it waits for a lock.

        A progress handler of the program's own is replaced.
        """
        deadline = _Deadline(seconds)
        self.run_on_driver(dbapi_connection, deadline.begin)

        def cancel() -> bool:
            self.run_on_driver(dbapi_connection, deadline.end)
            return deadline.is_over

        return cancel

    def run_on_driver(self, dbapi_connection: Any, fn: Callable[[Any], Any]) -> None:
        """Call a function with the connection of the module sqlite3 that is behind `dbapi_connection`."""
        fn(dbapi_connection)

    # ---------------------------------------------------------------- errors

    def violation_of(self, error: BaseException, context: Any) -> Any:
        """Return which constraint an error is about, read from SQLite's message."""
        return violation_of(error, context)


class _Deadline:
    """What stops the statements of a connection after some time."""

    __slots__ = ("_at", "_patience", "is_over")

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds
        self._patience: Any = None
        self.is_over = False

    def begin(self, connection: Any) -> None:
        # called after so many steps of SQLite's virtual machine: some tens of microseconds
        connection.set_progress_handler(self._check, 2000)
        try:
            self._limit_patience(connection)
        except BaseException:
            connection.set_progress_handler(None, 0)
            raise

    def _limit_patience(self, connection: Any) -> None:
        # the handler is not called while SQLite waits for a lock
        patience = connection.execute("PRAGMA busy_timeout").fetchone()[0]
        # not sooner than the limit, so that it is known which of them was reached
        left = max(0, int((self._at - time.monotonic()) * 1000)) + 1
        if left < patience:
            connection.execute("PRAGMA busy_timeout = %d" % left)
            self._patience = patience

    def _check(self) -> int:
        return 1 if time.monotonic() > self._at else 0

    def end(self, connection: Any) -> None:
        self.is_over = time.monotonic() >= self._at
        connection.set_progress_handler(None, 0)
        if self._patience is not None:
            connection.execute("PRAGMA busy_timeout = %d" % self._patience)
