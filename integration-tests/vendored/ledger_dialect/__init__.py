"""A third-party dialect as a downstream project would carry it: SQLite that can only be appended to.

It renders every name of a table with a prefix comment, refuses UPDATE and DELETE at compile time, and is used without
an entry point: `create_engine(url, dialect=...)` or `register()`.
"""

from __future__ import annotations

from typing import Any

from sqltoolkit_core.dialects.sqlite.compiler import SQLiteCompiler
from sqltoolkit_core.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqltoolkit_core.engine.url import registry
from sqltoolkit_core.exc import CompileError

__all__ = ["LedgerCompiler", "LedgerDialect", "register"]


class LedgerCompiler(SQLiteCompiler):
    """SQLite's SQL without the statements that change history."""

    def visit_update(self, update_stmt: Any, **kw: Any) -> str:
        raise CompileError("a ledger is never updated: insert a correcting row into %s" % update_stmt.table)

    def visit_delete(self, delete_stmt: Any, **kw: Any) -> str:
        raise CompileError("a ledger never forgets: insert a correcting row into %s" % delete_stmt.table)


class LedgerDialect(SQLiteDialect_pysqlite):
    name = "ledger"
    statement_compiler = LedgerCompiler
    supports_statement_cache = True


def register() -> None:
    """Make `ledger://` URLs known to this copy of the core."""
    registry.register("ledger", __name__, "LedgerDialect")
