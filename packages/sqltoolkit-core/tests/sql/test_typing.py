"""Names for type checkers do nothing at run time."""

from __future__ import annotations

from sqltoolkit_core import ColumnElement, NotNullable, Nullable, SQLColumnExpression, column
from sqltoolkit_core.sql.typing import ColumnExpressionArgument, TypedReturnsRows


def test_generic_names():
    x = column("x")
    assert Nullable(x) is x and NotNullable(x) is x and isinstance(x, SQLColumnExpression)
    assert ColumnElement[int] is not None and ColumnExpressionArgument[int] and TypedReturnsRows[int]
