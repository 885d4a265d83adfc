"""The driver sqlite3 of the standard library.

What belongs to SQLite whatever the driver is in `.base`; SQLCipher is in `.pysqlcipher`.
"""

from __future__ import annotations

import math
import os
import re
import sys
import typing

from ... import exc
from ...pool import QueuePool
from ...pool import SingletonThreadPool
from ...sql import sqltypes
from ...util.introspect import asbool
from ...util.introspect import asint
from .base import SQLiteDialect
from .types import DATE
from .types import DATETIME

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Tuple
    from typing import Type

    from ...engine import URL
    from ...pool import Pool

__all__ = ["SQLiteDialect_pysqlite", "dialect"]


class _Timestamp(DATETIME):
    """A timestamp which the driver converts itself if the dialect was told so (`native_datetime`)."""

    def bind_processor(self, dialect: Any) -> Any:
        return None if dialect.native_datetime else super().bind_processor(dialect)

    def result_processor(self, dialect: Any, coltype: object) -> Any:
        return None if dialect.native_datetime else super().result_processor(dialect, coltype)


class _Date(DATE):
    """A date which the driver converts itself if the dialect was told so (`native_datetime`)."""

    def bind_processor(self, dialect: Any) -> Any:
        return None if dialect.native_datetime else super().bind_processor(dialect)

    def result_processor(self, dialect: Any, coltype: object) -> Any:
        return None if dialect.native_datetime else super().result_processor(dialect, coltype)


_CONNECT_ARGUMENTS: Dict[str, Callable[[Any], Any]] = {
    "uri": asbool,
    "timeout": float,
    "isolation_level": str,
    "detect_types": asint,
    "check_same_thread": asbool,
    "cached_statements": asint,
}


class SQLiteDialect_pysqlite(SQLiteDialect):
    """SQLite by the module sqlite3."""

    driver = "pysqlite"
    default_paramstyle = "qmark"
    supports_statement_cache = True
    returns_native_bytes = True

    colspecs = {**SQLiteDialect.colspecs, sqltypes.Date: _Date, sqltypes.TIMESTAMP: _Timestamp}

    @classmethod
    def import_dbapi(cls) -> Any:
        """Return the module sqlite3."""
        import sqlite3

        return sqlite3

    @classmethod
    def is_file_database(cls, url: URL) -> bool:
        """Say whether a URL names a file, not a database in memory."""
        if url.query.get("mode") == "memory":
            return False
        database = url.database
        return bool(database) and database != ":memory:" and "mode=memory" not in str(database)

    @classmethod
    def get_pool_class(cls, url: URL) -> Type[Pool]:
        """Return a pool with one connection per thread for databases in memory, which live in their connection."""
        return QueuePool if cls.is_file_database(url) else SingletonThreadPool

    def survives_fork(self, url: URL) -> bool:
        """Say whether the database is in memory: the child process has a copy of its own."""
        return not self.is_file_database(url)

    def retrieve_dbapi_version(self, dbapi: Any) -> Any:
        """Return the version of the SQLite library: the module's own says nothing and is going away."""
        return self.version_numbers(getattr(dbapi, "sqlite_version", None))

    def get_server_version(self) -> Tuple[int, ...]:
        """Return the version of the SQLite library."""
        return typing.cast("Tuple[int, ...]", self.loaded_dbapi.sqlite_version_info)

    def initialize(self, connection: Any) -> None:
        """Note version, schema and isolation level; the first needs no question."""
        super().initialize(connection)
        self.server_version_info = self.get_server_version()
        self.default_schema_name = "main"

    # ------------------------------------------------------------ connecting

    def create_connect_args(self, url: URL) -> Tuple[List[Any], Dict[str, Any]]:
        """Return the path of the file and the arguments of `sqlite3.connect()`."""
        if url.username or url.host or url.password or url.port:
            raise exc.ArgumentError(
                "The SQLite URL %s has a host or user: give the file as sqlite:///relative/path.db "
                "or sqlite:////absolute/path.db" % (url,)
            )
        query = dict(url.query)
        arguments: Dict[str, Any] = {}
        for name, convert in _CONNECT_ARGUMENTS.items():
            if name in query:
                arguments[name] = convert(query.pop(name))
        path = url.database or ":memory:"
        if arguments.get("uri", False):
            if query:
                path += ("&" if "?" in path else "?") + "&".join(
                    "%s=%s" % (name, value) for name, value in sorted(query.items())
                )
        else:
            if query:
                self._warn_about_ignored(sorted(query))
            if path != ":memory:" and path:
                path = os.path.abspath(path)
        arguments.setdefault("check_same_thread", not self.is_file_database(url))
        return [path], arguments

    def _warn_about_ignored(self, names: List[str]) -> None:
        from ...util.decorators import warn

        warn(
            "the arguments %s in the SQLite URL have no effect: sqlite3 does not know them, and SQLite itself "
            "is given them with uri=true only" % ", ".join(map(repr, names))
        )

    def on_connect(self) -> Optional[Callable[[Any], Any]]:
        """Return the function that gives a new connection the functions SQLite lacks."""

        def set_up(dbapi_connection: Any) -> None:
            # deterministic functions are of Python 3.8; older drivers warn or refuse
            settings = {"deterministic": True} if sys.version_info >= (3, 8) else {}
            dbapi_connection.create_function("regexp", 2, _regexp, **settings)
            dbapi_connection.create_function("floor", 1, _floor, **settings)

        return set_up

    def is_disconnect(self, e: BaseException, connection: Any, cursor: Any) -> bool:
        """Say whether the connection was closed under our hands."""
        return isinstance(
            e, self.loaded_dbapi.ProgrammingError
        ) and "Cannot operate on a closed database." in str(e)

    # ---------------------------------------------------------- transactions

    def get_isolation_level_values(self, dbapi_conn: Any) -> List[str]:
        """Return the levels that can be set."""
        return super().get_isolation_level_values(dbapi_conn) + ["AUTOCOMMIT"]

    def set_isolation_level(self, dbapi_connection: Any, level: Any) -> None:
        """Set the level; for AUTOCOMMIT the driver begins no transaction."""
        if level == "AUTOCOMMIT":
            dbapi_connection.isolation_level = None
            return
        if dbapi_connection.isolation_level is None:
            dbapi_connection.isolation_level = ""
        super().set_isolation_level(dbapi_connection, level)

    def detect_autocommit_setting(self, dbapi_conn: Any) -> bool:
        """Say whether the driver begins no transaction."""
        return dbapi_conn.isolation_level is None


def _regexp(pattern: Optional[str], value: Optional[str]) -> Optional[bool]:
    if pattern is None or value is None:
        return None
    return re.search(pattern, value) is not None


def _floor(value: Any) -> Any:
    return None if value is None else math.floor(value)


#: the class that a URL with this driver means
dialect = SQLiteDialect_pysqlite
