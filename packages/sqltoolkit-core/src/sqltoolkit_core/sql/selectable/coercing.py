"""How statements and sources are coerced where another role is asked for: a SELECT as a value, for example.

Coercion of plain Python objects and expressions is registered in ``elements``.
"""

from __future__ import annotations

from typing import Any

from ... import util
from .. import roles
from ..coercions import coerces, reject
from ..collections import ColumnCollection
from ..elements.columns import ColumnClause
from ..elements.lists import ClauseList
from ..elements.literals import False_, Null, True_
from ..operators import comma_op
from .base import FromClause
from .select import Select
from .sources import Subquery, Values
from .statement import SelectBase

__all__ = [
    "column_value",
    "columns_of_source",
    "compound_element",
    "from_select",
    "group_by",
    "in_rows",
    "insert_select",
    "one_expression",
    "scalar_select",
    "several_columns",
]


@coerces(roles.ExpressionElementRole, SelectBase, Subquery)
@coerces(roles.ColumnArgumentRole, SelectBase, Subquery)
@coerces(roles.ByOfRole, SelectBase, Subquery)
@coerces(roles.OnClauseRole, SelectBase, Subquery)
@coerces(roles.TStringElementRole, SelectBase)
def scalar_select(obj: Any, *, role: Any, argname: Any = None, **hints: Any) -> Any:
    """A SELECT as an expression is its scalar subquery."""
    if role is roles.ColumnsClauseRole or issubclass(role, roles.FromClauseRole):
        return NotImplemented
    util.warn("a %s is taken for a value here; make it one with scalar_subquery()" % type(obj).__name__)
    return (obj.element if obj._is_subquery else obj).scalar_subquery()


@coerces(roles.InElementRole, SelectBase, FromClause)
def in_rows(obj: Any, *, role: Any, argname: Any = None, **hints: Any) -> Any:
    """The right side of IN: a SELECT, a VALUES list, or all columns of a source."""
    if isinstance(obj, SelectBase):
        return obj.scalar_subquery()
    if isinstance(obj, Values):
        return obj.scalar_values()
    if isinstance(obj, FromClause):
        util.warn(
            "%s on the right side of IN is read as a SELECT of all its columns; pass that select() explicitly"
            % type(obj).__name__
        )
        return Select(obj).scalar_subquery()
    return NotImplemented


@coerces(roles.GroupByRole, roles.ByOfRole)
def group_by(obj: Any, *, role: Any, argname: Any = None, **hints: Any) -> Any:
    """What can stand in ORDER BY can stand in GROUP BY."""
    return obj


@coerces(roles.GroupByRole, FromClause)
def columns_of_source(obj: Any, *, role: Any, argname: Any = None, **hints: Any) -> Any:
    """A source in GROUP BY stands for all of its columns."""
    return ClauseList._construct_raw(comma_op, tuple(obj.c))


@coerces(roles.ColumnsClauseRole)
def column_value(obj: Any, *, role: Any, argname: Any = None, **hints: Any) -> Any:
    """Constants and numbers can be selected as they are; a string only as ``*``."""
    if role is not roles.ColumnsClauseRole:
        return NotImplemented
    if obj is None:
        return Null()
    if obj is True or obj is False:
        return True_() if obj else False_()
    if obj == "*" or _is_number(obj):
        return ColumnClause(str(obj), is_literal=True)
    if isinstance(obj, SelectBase):
        raise reject(
            role, obj, argname, "make it a value with scalar_subquery() or a source with subquery()"
        )
    if isinstance(obj, str):
        raise reject(role, obj, argname, "write a column as column(...) and other SQL as text(...)")
    if isinstance(obj, (list, tuple)):
        raise reject(role, obj, argname, "give columns as separate arguments, not as a list")
    return NotImplemented


def _is_number(obj: Any) -> bool:
    if isinstance(obj, (int, float)):
        return True
    cls = type(obj)
    return cls.__name__ == "Decimal" and cls.__module__ in ("decimal", "_decimal")


@coerces(roles.ColumnsClauseRole, ColumnCollection)
@coerces(roles.TStringElementRole, ColumnCollection)
@coerces(roles.ByOfRole, ColumnCollection)
def several_columns(obj: Any, *, role: Any, argname: Any = None, **hints: Any) -> Any:
    """A collection of columns stands for all of them, in order."""
    if issubclass(role, roles.FromClauseRole):
        return NotImplemented
    return ClauseList._construct_raw(comma_op, tuple(obj))


@coerces(roles.BinaryElementRole, ColumnCollection)
@coerces(roles.ExpressionElementRole, ColumnCollection)
def one_expression(obj: Any, *, role: Any, argname: Any = None, **hints: Any) -> Any:
    """A collection of columns is no expression, nor a value to bind."""
    raise reject(role, obj, argname, "give its columns one by one, with * before the collection")


@coerces(roles.FromClauseRole, SelectBase)
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
    if explicit_subquery:
        return obj.subquery()
    if allow_select:
        return obj
    raise reject(role, obj, argname, "make a source of the SELECT with its subquery() method")


@coerces(roles.DMLSelectRole, FromClause)
def insert_select(obj: Any, *, role: Any, argname: Any = None, **hints: Any) -> Any:
    """A source to insert from stands for all its rows."""
    return obj.select()


@coerces(roles.CompoundElementRole, FromClause)
def compound_element(obj: Any, *, role: Any, argname: Any = None, **hints: Any) -> Any:
    """A source in a UNION has to be selected from first."""
    advice = (
        "use the statement inside instead of the subquery"
        if obj._is_subquery
        else "use its select() method"
    )
    raise reject(role, obj, argname, advice)
