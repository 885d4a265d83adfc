"""How tests get a SQLite database: one in memory, or a file per test process.

The generic part is in `testing.provision`.
"""

from __future__ import annotations

import os
import typing

if typing.TYPE_CHECKING:
    from typing import Any

__all__ = ["follower_url", "remove_database"]


def follower_url(url: Any, ident: str) -> Any:
    """Return the URL of a database of its own for the test process `ident`."""
    database = url.database
    if not database or database == ":memory:":
        return url
    folder, name = os.path.split(database)
    base, extension = os.path.splitext(name)
    return url.set(database=os.path.join(folder, "%s_%s%s" % (base, ident, extension or ".db")))


def remove_database(url: Any) -> None:
    """Delete the file of a database, with the files that SQLite keeps beside it."""
    database = url.database
    if not database or database == ":memory:":
        return
    for suffix in ("", "-journal", "-wal", "-shm"):
        path = database + suffix
        if os.path.exists(path):
            os.remove(path)
