from __future__ import annotations

import pytest

from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.sql.compiler import SQLCompiler


@pytest.fixture
def dialect_with():
    """A function that makes a dialect whose compiler has the given methods; ``paramstyle`` goes to the dialect."""

    def make(paramstyle="named", flags=None, **methods):
        compiler = type("SomeCompiler", (SQLCompiler,), methods)
        kind = type("SomeDialect", (DefaultDialect,), dict(flags or {}, statement_compiler=compiler))
        return kind(paramstyle=paramstyle)

    return make
