"""How statements and sources are coerced where another role is asked for: a SELECT as a value, for example.

Coercion of plain Python objects and expressions is registered in ``elements``.
"""

from __future__ import annotations

from typing import Any

from .. import roles
from ..coercions import coerces, reject
from .base import FromClause
from .select import Select
from .sources import Values
from .statement import SelectBase

__all__ = ["from_select", "in_rows", "scalar_select"]


@coerces(roles.ExpressionElementRole)
@coerces(roles.ColumnArgumentRole)
@coerces(roles.ByOfRole)
@coerces(roles.WhereHavingRole)
@coerces(roles.LabeledColumnExprRole)
@coerces(roles.LimitOffsetRole)
def scalar_select(obj: Any, *, role: Any, argname: Any = None, **hints: Any) -> Any:
    """A SELECT as an expression is its scalar subquery."""
    if isinstance(obj, SelectBase):
        return obj.scalar_subquery()
    return NotImplemented


@coerces(roles.InElementRole)
def in_rows(obj: Any, *, role: Any, argname: Any = None, **hints: Any) -> Any:
    """The right side of IN: a SELECT, a VALUES list, or all columns of a source."""
    if isinstance(obj, SelectBase):
        return obj.scalar_subquery()
    if isinstance(obj, Values):
        return obj.scalar_values()
    if isinstance(obj, FromClause):
        return Select(obj).scalar_subquery()
    return NotImplemented


@coerces(roles.FromClauseRole)
def from_select(
    obj: Any,
    *,
    role: Any,
    argname: Any = None,
    explicit_subquery: bool = False,
    allow_select: bool = False,
    **hints: Any,
) -> Any:
    """A SELECT in FROM has to be made a subquery, unless the caller does that."""
    if not isinstance(obj, SelectBase):
        return NotImplemented
    if explicit_subquery:
        return obj.subquery()
    if allow_select:
        return obj
    raise reject(role, obj, argname, "make a source of the SELECT with its subquery() method")


@coerces(roles.CompoundElementRole)
def compound_element(obj: Any, *, role: Any, argname: Any = None, **hints: Any) -> Any:
    """A source in a UNION has to be selected from first."""
    if isinstance(obj, FromClause):
        advice = (
            "use the statement inside instead of the subquery"
            if obj._is_subquery
            else "use its select() method"
        )
        raise reject(role, obj, argname, advice)
    return NotImplemented
