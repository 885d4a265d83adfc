"""Settings of a connection that are given as execution options and taken back when it returns to the pool.

The dialect lists them in `connection_characteristics`; the connection applies them.
"""

from __future__ import annotations

import typing

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Mapping

    from .base import Connection
    from .interfaces import DBAPIConnection
    from .interfaces import Dialect

__all__ = [
    "ConnectionCharacteristic",
    "IsolationLevelCharacteristic",
    "LoggingTokenCharacteristic",
    "characteristics_in",
]


class ConnectionCharacteristic:
    """A setting of a connection of the driver that has a value, can be changed and set back."""

    __slots__ = ()

    # Does changing it need a connection without a transaction?
    transactional = False

    def set_characteristic(
        self, dialect: Dialect, dbapi_conn: DBAPIConnection, value: Any
    ) -> None:
        """Give a connection of the driver the value."""
        raise NotImplementedError("%s can't be set" % type(self).__name__)

    def reset_characteristic(self, dialect: Dialect, dbapi_conn: DBAPIConnection) -> None:
        """Give a connection of the driver the default value back."""
        raise NotImplementedError("%s can't be reset" % type(self).__name__)

    def get_characteristic(self, dialect: Dialect, dbapi_conn: DBAPIConnection) -> Any:
        """Return the value in force."""
        raise NotImplementedError("%s can't be read" % type(self).__name__)

    def set_connection_characteristic(
        self, dialect: Dialect, conn: Connection, dbapi_conn: DBAPIConnection, value: Any
    ) -> None:
        """Give a `Connection` the value."""
        self.set_characteristic(dialect, dbapi_conn, value)

    def reset_connection_characteristic(
        self, dialect: Dialect, conn: Connection, dbapi_conn: DBAPIConnection
    ) -> None:
        """Give a `Connection` the default value back."""
        self.reset_characteristic(dialect, dbapi_conn)

    def get_connection_characteristic(
        self, dialect: Dialect, conn: Connection, dbapi_conn: DBAPIConnection
    ) -> Any:
        """Return the value in force for a `Connection`."""
        return self.get_characteristic(dialect, dbapi_conn)


class IsolationLevelCharacteristic(ConnectionCharacteristic):
    """The isolation level."""

    __slots__ = ()

    transactional = True

    def set_characteristic(
        self, dialect: Dialect, dbapi_conn: DBAPIConnection, value: Any
    ) -> None:
        dialect._set_checked_level(dbapi_conn, value)  # type: ignore[attr-defined]

    def reset_characteristic(self, dialect: Dialect, dbapi_conn: DBAPIConnection) -> None:
        dialect.reset_isolation_level(dbapi_conn)

    def get_characteristic(self, dialect: Dialect, dbapi_conn: DBAPIConnection) -> Any:
        return dialect.get_isolation_level(dbapi_conn)


class LoggingTokenCharacteristic(ConnectionCharacteristic):
    """The token that stands before each line of the log; it belongs to the `Connection` alone."""

    __slots__ = ()

    def set_characteristic(
        self, dialect: Dialect, dbapi_conn: DBAPIConnection, value: Any
    ) -> None:
        raise NotImplementedError("a logging token belongs to a Connection, not to the driver's")

    def set_connection_characteristic(
        self, dialect: Dialect, conn: Connection, dbapi_conn: DBAPIConnection, value: Any
    ) -> None:
        conn._set_logging_token(value)

    def reset_connection_characteristic(
        self, dialect: Dialect, conn: Connection, dbapi_conn: DBAPIConnection
    ) -> None:
        conn._set_logging_token(None)

    def reset_characteristic(self, dialect: Dialect, dbapi_conn: DBAPIConnection) -> None:
        # nothing of it is kept on the connection of the driver
        return None

    def get_connection_characteristic(
        self, dialect: Dialect, conn: Connection, dbapi_conn: DBAPIConnection
    ) -> Any:
        return conn._execution_options.get("logging_token")


def characteristics_in(
    known: Mapping[str, ConnectionCharacteristic], options: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the options that are settings of the connection."""
    return {name: options[name] for name in known if name in options}
