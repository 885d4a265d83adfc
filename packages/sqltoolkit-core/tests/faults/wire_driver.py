"""A database server on TCP, a driver for it in the shape of PEP 249 and a dialect, for tests of a network that fails.

The server keeps its rows in a SQLite file; a message is a line of JSON.  The driver does as drivers of real databases do: it
begins a transaction with the first statement, gives up after a time without an answer, and is of no use afterwards.
"""

from __future__ import annotations

import json
import socket
import sqlite3
import threading
from typing import Any

from sqltoolkit_core.engine.default import DefaultDialect

apilevel, threadsafety, paramstyle = "2.0", 1, "qmark"


class Error(Exception):
    pass


class InterfaceError(Error):
    pass


class DatabaseError(Error):
    pass


class OperationalError(DatabaseError):
    pass


class ProgrammingError(DatabaseError):
    pass


class IntegrityError(DatabaseError):
    pass


class Connection:
    """A connection to the server; ``lost`` once an answer did not come as it should."""

    def __init__(self, host: str, port: int, timeout: float) -> None:
        try:
            self.socket = socket.create_connection((host, port), timeout=timeout)
        except OSError as err:
            raise OperationalError("no connection: %s" % err) from err
        self.received = b""
        self.lost = False
        self.closed = False
        self.in_transaction = False
        # what a test has happen between sending and receiving
        self.interrupt: Any = None

    def ask(self, sql: str, parameters: Any = ()) -> Any:
        if self.closed or self.lost:
            raise InterfaceError("the connection is closed")
        try:
            self.socket.sendall(json.dumps([sql, list(parameters)]).encode() + b"\n")
            if self.interrupt is not None:
                self.interrupt()
            while b"\n" not in self.received:
                more = self.socket.recv(4096)
                if not more:
                    raise OSError("the server closed the connection")
                self.received += more
            line, self.received = self.received.split(b"\n", 1)
        except OSError as err:
            self.lost = True
            raise OperationalError("connection lost: %s" % err) from err
        kind, answer = json.loads(line.decode())
        if kind != "rows":
            raise globals()[kind](answer)
        return answer

    def cursor(self) -> Cursor:
        return Cursor(self)

    def _end(self, word: str) -> None:
        if self.in_transaction:
            self.ask(word)
            self.in_transaction = False

    def commit(self) -> None:
        self._end("COMMIT")

    def rollback(self) -> None:
        self._end("ROLLBACK")

    def close(self) -> None:
        self.closed = True
        self.socket.close()


class Cursor:
    arraysize = 1
    description: Any = None
    rowcount = -1
    lastrowid = None

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.rows: Any = []

    def execute(self, sql: str, parameters: Any = ()) -> None:
        if not self.connection.in_transaction:
            self.connection.ask("BEGIN")
            self.connection.in_transaction = True
        names, self.rowcount, self.rows = self.connection.ask(sql, parameters)
        self.description = [(name,) + (None,) * 6 for name in names] if names else None

    def executemany(self, sql: str, many: Any) -> None:
        for parameters in many:
            self.execute(sql, parameters)

    def fetchone(self) -> Any:
        return tuple(self.rows.pop(0)) if self.rows else None

    def fetchmany(self, size: int = 1) -> Any:
        taken, self.rows = self.rows[:size], self.rows[size:]
        return [tuple(row) for row in taken]

    def fetchall(self) -> Any:
        return self.fetchmany(len(self.rows))

    def close(self) -> None:
        self.rows = []


def connect(host: str, port: int, timeout: float = 5.0) -> Connection:
    return Connection(host, port, timeout)


class Server:
    """Serves a SQLite file on a free port of 127.0.0.1."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(64)
        self.host, self.port = self.listener.getsockname()
        self.sessions: Any = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
            self.sessions.append((thread, client))
            thread.start()

    def _serve(self, client: Any) -> None:
        database = sqlite3.connect(self.path, isolation_level=None, timeout=10)
        try:
            with client, client.makefile("rwb") as stream:
                for line in stream:
                    stream.write(json.dumps(self._answer(database, *json.loads(line.decode()))).encode() + b"\n")
                    stream.flush()
        except (OSError, ValueError):
            # the client is gone, perhaps in the middle of a message
            return
        finally:
            # rolls back what was not committed
            database.close()

    @staticmethod
    def _answer(database: Any, sql: str, parameters: Any) -> Any:
        try:
            cursor = database.execute(sql, parameters)
            names = [column[0] for column in cursor.description or ()]
            return "rows", [names, cursor.rowcount, cursor.fetchall()]
        except sqlite3.Error as err:
            return type(err).__name__, str(err)

    def wait_for_sessions(self) -> None:
        """Wait until the sessions of closed connections have ended, and rolled back what they had begun."""
        for thread, client in self.sessions:
            if client.fileno() < 0:
                thread.join(5)

    def close(self) -> None:
        self.listener.close()


class WireDialect(DefaultDialect):
    """What a dialect says about its driver when it comes to lost connections."""

    name = driver = "wire"
    default_paramstyle = "qmark"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> Any:
        import sys

        return sys.modules[__name__]

    def create_connect_args(self, url: Any) -> Any:
        return [], {"host": url.host, "port": url.port}

    def is_disconnect(self, error: Any, connection: Any, cursor: Any) -> bool:
        driver_connection = getattr(connection, "dbapi_connection", connection)
        return bool(getattr(driver_connection, "lost", False)) or isinstance(error, InterfaceError)

    def do_ping(self, dbapi_connection: Any) -> bool:
        dbapi_connection.ask("SELECT 1")
        return True
