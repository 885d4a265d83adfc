"""SQLCipher: encrypted SQLite files, by the drivers sqlcipher3 and pysqlcipher3.

Everything but the key and how it is given is in `.pysqlite`.
"""

from __future__ import annotations

import typing

from ...pool import SingletonThreadPool
from .pysqlite import SQLiteDialect_pysqlite

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Optional
    from typing import Type

    from ...engine import URL
    from ...pool import Pool

__all__ = ["SQLiteDialect_pysqlcipher", "dialect"]


class SQLiteDialect_pysqlcipher(SQLiteDialect_pysqlite):
    """SQLite with encryption; the password of the URL is the key."""

    driver = "pysqlcipher"
    supports_statement_cache = True
    pragmas = ("kdf_iter", "cipher", "cipher_page_size", "cipher_use_hmac")

    @classmethod
    def import_dbapi(cls) -> Any:
        """Return the driver: sqlcipher3, or else pysqlcipher3."""
        try:
            import sqlcipher3 as sqlcipher
        except ImportError:
            from pysqlcipher3 import dbapi2 as sqlcipher
        return sqlcipher

    @classmethod
    def get_pool_class(cls, url: URL) -> Type[Pool]:
        """Return a pool with one connection per thread."""
        return SingletonThreadPool

    def on_connect_url(self, url: URL) -> Optional[Callable[[Any], Any]]:
        """Return the function that gives a new connection its key."""
        set_up = self.on_connect()
        key = (url.password or "").replace('"', '""')
        settings = {name: url.query.get(name) for name in self.pragmas}

        def unlock(dbapi_connection: Any) -> None:
            cursor = dbapi_connection.cursor()
            cursor.execute('PRAGMA key="%s"' % key)
            for name, value in settings.items():
                if value is not None:
                    cursor.execute('PRAGMA %s="%s"' % (name, str(value).replace('"', '""')))
            cursor.close()
            if set_up is not None:
                set_up(dbapi_connection)

        return unlock

    def create_connect_args(self, url: URL) -> Any:
        """Return the arguments of `connect()`, without what is meant for the key."""
        plain = url._replace(username=None, password=None, host=None, port=None)
        return super().create_connect_args(plain.difference_update_query(self.pragmas))


#: the class that a URL with this driver means
dialect = SQLiteDialect_pysqlcipher
