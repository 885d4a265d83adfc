"""A DBAPI module around sqlite3 whose calls are counted and of which a chosen one fails."""

from __future__ import annotations

import sqlite3
from typing import Any, Callable, Dict, List, Optional

COUNTED = ("execute", "executemany", "fetchone", "fetchall", "fetchmany", "commit", "rollback", "cursor", "close")


class Faults:
    """Which call fails, and how; records every call and every open driver connection."""

    def __init__(self) -> None:
        self.reset()
        self.open: List[Any] = []

    def reset(self, fail_at: Optional[int] = None, error: Optional[Callable[[], BaseException]] = None) -> None:
        self.fail_at, self.error = fail_at, error
        self.calls: List[str] = []
        self.fired = False

    def count(self, name: str) -> None:
        self.calls.append(name)
        if self.fail_at is not None and len(self.calls) == self.fail_at:
            self.fired = True
            assert self.error is not None
            raise self.error()


class Module:
    """Stands in for the sqlite3 module: `create_engine("sqlite:///file", module=Module(faults))`."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlite3, name)

    def connect(self, *args: Any, **kw: Any) -> Any:
        self.faults.count("connect")
        faults = self.faults

        class Cursor(sqlite3.Cursor):
            pass

        class Connection(sqlite3.Connection):
            def cursor(self, factory: Any = None) -> Any:
                faults.count("cursor")
                return sqlite3.Connection.cursor(self, Cursor)

            def commit(self) -> None:
                faults.count("commit")
                sqlite3.Connection.commit(self)

            def rollback(self) -> None:
                faults.count("rollback")
                sqlite3.Connection.rollback(self)

            def close(self) -> None:
                if self in faults.open:
                    faults.open.remove(self)
                sqlite3.Connection.close(self)
                faults.count("close")

        def counted(name: str) -> Any:
            plain = getattr(sqlite3.Cursor, name)

            def call(self: Any, *a: Any, **k: Any) -> Any:
                faults.count(name)
                return plain(self, *a, **k)

            return call

        for name in ("execute", "executemany", "fetchone", "fetchall", "fetchmany", "close"):
            setattr(Cursor, name, counted(name))
        kw["factory"] = Connection
        made = sqlite3.connect(*args, **kw)
        self.faults.open.append(made)
        return made


# Errors a driver call may end in: ones that mean the connection is gone, ones that do not, and an interrupt. Each is made
# anew when it is raised: an exception that is kept holds, by its traceback, the cursors of the call that it ended.
VARIANTS: Dict[str, Callable[[], BaseException]] = {
    "operational": lambda: sqlite3.OperationalError("disk I/O error"),
    "programming": lambda: sqlite3.ProgrammingError("Cannot operate on a closed database."),
    "interface": lambda: sqlite3.InterfaceError("bad parameter or other API misuse"),
    "plain": lambda: RuntimeError("driver bug"),
    "interrupt": KeyboardInterrupt,
}
