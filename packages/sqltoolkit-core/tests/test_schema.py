"""The facade of schema objects: every name is there, and is the object defined below."""

from __future__ import annotations

from sqltoolkit_core import schema
from sqltoolkit_core.sql import ddl
from sqltoolkit_core.sql import schema as parts


def test_names():
    for name in schema.__all__:
        own = getattr(schema, name)
        below = getattr(ddl, name, None) or getattr(parts, name)
        assert own is below, name


def test_no_statement_is_forgotten():
    assert {name for name in ddl.__all__ if name.startswith(("Create", "Drop", "Set"))} <= set(schema.__all__)
