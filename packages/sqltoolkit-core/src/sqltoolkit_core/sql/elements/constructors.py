"""The short functions that make elements: and_(), case(), cast(), bindparam(), text() and their kin.

The classes are in the sibling modules; select() and what makes FROM elements is in ``selectable.constructors``.
"""

from __future__ import annotations

from typing import Any, Optional

from ... import exc
from .. import coercions, operators, roles
from ..base import NO_ARG
from .base import factories
from .casting import Case, Cast, CollationClause, Extract, TryCast, TypeCoerce
from .columns import ColumnClause, DMLTargetCopy, Label
from .lists import OrderByList, Tuple
from .literals import BindParameter, False_, Null, TextClause, True_, TString
from .operations import BooleanClauseList, CollectionAggregate, UnaryExpression
from .window import AggregateOrderBy, FunctionFilter, Over, WithinGroup

__all__ = [
    "aggregate_order_by", "all_", "and_", "any_", "asc", "between", "bindparam", "bitwise_not", "case", "cast",
    "collate", "column", "desc", "distinct", "extract", "false", "from_dml_column", "funcfilter", "label", "literal",
    "literal_column", "not_", "null", "nulls_first", "nulls_last", "nullsfirst", "nullslast", "or_", "outparam",
    "over", "text", "true", "try_cast", "tstring", "tuple_", "type_coerce", "within_group",
]  # fmt: skip


def all_(expr: Any) -> Any:
    """Return ``ALL (expr)``, to compare with every element of an array or row of a subquery."""
    if isinstance(expr, operators.ColumnOperators):
        return expr.all_()
    return CollectionAggregate._create(expr, operators.all_op)


def any_(expr: Any) -> Any:
    """Return ``ANY (expr)``, to compare with some element of an array or row of a subquery."""
    if isinstance(expr, operators.ColumnOperators):
        return expr.any_()
    return CollectionAggregate._create(expr, operators.any_op)


def and_(*clauses: Any) -> Any:
    """Return the conditions joined by AND.

    Without any the result is empty, which is deprecated: start with ``true()``, which disappears beside others.
    """
    return BooleanClauseList.and_(*clauses)


def or_(*clauses: Any) -> Any:
    """Return the conditions joined by OR.

    Without any the result is empty, which is deprecated: start with ``false()``, which disappears beside others.
    """
    return BooleanClauseList.or_(*clauses)


def not_(clause: Any) -> Any:
    """Return the negation of a condition."""
    return coercions.expect(roles.ExpressionElementRole, clause).__invert__()


def asc(column: Any) -> Any:
    """Return ``column ASC``, for ORDER BY."""
    return _ordering(column, operators.asc_op)


def desc(column: Any) -> Any:
    """Return ``column DESC``, for ORDER BY."""
    return _ordering(column, operators.desc_op)


def nulls_first(column: Any) -> Any:
    """Return ``column NULLS FIRST``, for ORDER BY."""
    return _ordering(column, operators.nulls_first_op)


def nulls_last(column: Any) -> Any:
    """Return ``column NULLS LAST``, for ORDER BY."""
    return _ordering(column, operators.nulls_last_op)


nullsfirst = nulls_first
nullslast = nulls_last


def _ordering(column: Any, modifier: Any) -> Any:
    if isinstance(column, (operators.ColumnOperators, OrderByList)):
        return modifier(column)
    return UnaryExpression(coercions.expect(roles.ByOfRole, column), modifier=modifier)


def collate(expression: Any, collation: str, collation_schema: Optional[str] = None) -> Any:
    """Return ``expression COLLATE collation``."""
    if isinstance(expression, operators.ColumnOperators):
        return expression.collate(collation, collation_schema=collation_schema)
    return CollationClause._create_collation_expression(
        coercions.expect(roles.ExpressionElementRole, expression), collation, collation_schema
    )


def between(expr: Any, lower_bound: Any, upper_bound: Any, symmetric: bool = False) -> Any:
    """Return ``expr BETWEEN lower_bound AND upper_bound``."""
    column = coercions.expect(roles.ExpressionElementRole, expr)
    return column.between(lower_bound, upper_bound, symmetric=symmetric)


def bitwise_not(expr: Any) -> Any:
    """Return ``~expr``."""
    if isinstance(expr, operators.ColumnOperators):
        return expr.bitwise_not()
    column = coercions.expect(roles.ExpressionElementRole, expr)
    return UnaryExpression(column, operator=operators.bitwise_not_op, type_=column.type)


def outparam(key: str, type_: Any = None) -> BindParameter:
    """Return a parameter that a stored procedure sets; its value is in ``result.out_parameters``."""
    return BindParameter(key, None, type_=type_, unique=False, isoutparam=True)


def bindparam(
    key: Optional[str],
    value: Any = NO_ARG,
    type_: Any = None,
    unique: bool = False,
    required: Any = NO_ARG,
    quote: Optional[bool] = None,
    callable_: Any = None,
    expanding: bool = False,
    isoutparam: bool = False,
    literal_execute: bool = False,
) -> BindParameter:
    """Return a named parameter.

    :param key: the name by which ``execute()`` gives its value; None: it is chosen when compiling.
    :param value: the value when execution gives none.
    :param type_: the type; otherwise that of the value, or of the other operand.
    :param unique: the name may be changed so that it is unique in the statement.
    :param required: execution must give a value; so by default without ``value`` and ``callable_``.
    :param quote: quote the name, which databases with named parameters may need.
    :param callable_: a function that returns the value at execution.
    :param expanding: the value is a list, for IN.
    :param isoutparam: the parameter is set by a stored procedure.
    :param literal_execute: the value is written into the SQL when the statement is executed.
    """
    return BindParameter(
        key, value, type_, unique, required, quote, callable_, expanding, isoutparam, literal_execute
    )


def case(*whens: Any, value: Any = None, else_: Any = None) -> Case:
    """Return ``CASE WHEN condition THEN result ... ELSE else_ END``.

    :param whens: (condition, result) pairs, or one dict of results by condition.
    :param value: what the conditions are compared with: ``CASE value WHEN ...``.
    :param else_: the result when no condition holds; NULL without it.
    """
    return Case(*whens, value=value, else_=else_)


def cast(expression: Any, type_: Any) -> Cast:
    """Return ``CAST(expression AS type_)``."""
    return Cast(expression, type_)


def try_cast(expression: Any, type_: Any) -> TryCast:
    """Return ``TRY_CAST(expression AS type_)``, NULL where the cast fails."""
    return TryCast(expression, type_)


def type_coerce(expression: Any, type_: Any) -> TypeCoerce:
    """Return the expression with another type on the Python side; the SQL stays the same."""
    return TypeCoerce(expression, type_)


def column(text: str, type_: Any = None, is_literal: bool = False, _selectable: Any = None) -> ColumnClause:
    """Return a column by name, for use without a schema."""
    return ColumnClause(text, type_, is_literal, _selectable)


def literal_column(text: str, type_: Any = None) -> ColumnClause:
    """Return text that is rendered as it is and has the operators of a column."""
    return ColumnClause(text, type_=type_, is_literal=True)


def literal(value: Any, type_: Any = None, literal_execute: bool = False) -> BindParameter:
    """Return a value as a bound parameter; needed where no other operand makes it one."""
    return coercions.expect(roles.LiteralValueRole, value, type_=type_, literal_execute=literal_execute)


def distinct(expr: Any) -> Any:
    """Return ``DISTINCT expr``, as in ``count(DISTINCT x)``."""
    if isinstance(expr, operators.ColumnOperators):
        return expr.distinct()
    expr = coercions.expect(roles.ExpressionElementRole, expr)
    return UnaryExpression(expr, operator=operators.distinct_op, type_=expr.type)


def extract(field: str, expr: Any) -> Extract:
    """Return ``EXTRACT(field FROM expr)``: the year, month ... of a date."""
    return Extract(field, expr)


def false() -> False_:
    """Return FALSE."""
    return False_()


def true() -> True_:
    """Return TRUE."""
    return True_()


def null() -> Null:
    """Return NULL."""
    return Null()


def from_dml_column(column: Any) -> DMLTargetCopy:
    """Return, inside INSERT or UPDATE, the value that the statement gives to another column."""
    return DMLTargetCopy(coercions.expect(roles.ColumnArgumentRole, column))


def funcfilter(func: Any, *criterion: Any) -> FunctionFilter:
    """Return ``func FILTER (WHERE criterion)``."""
    return FunctionFilter(func, *criterion)


def label(name: str, element: Any, type_: Any = None) -> Label:
    """Return ``element AS name``."""
    return Label(name, element, type_)


def over(
    element: Any,
    partition_by: Any = None,
    order_by: Any = None,
    range_: Any = None,
    rows: Any = None,
    groups: Any = None,
    exclude: Optional[str] = None,
) -> Over:
    """Return ``element OVER (...)``.

    :param range_: the frame by value: a pair of numbers, 0 for the current row, None for no bound.
    :param rows: the frame by number of rows.
    :param groups: the frame by number of peer groups.
    :param exclude: what EXCLUDE drops from the frame, such as ``"CURRENT ROW"``.
    """
    return Over(element, partition_by, order_by, range_, rows, groups, exclude)


def text(text: str) -> TextClause:
    """Return SQL given as a string; ``:name`` in it is a parameter."""
    return TextClause(text)


def tstring(template: Any) -> TString:
    """Return SQL given as a template string, ``t"..."``: interpolated values become parameters."""
    if not hasattr(template, "interpolations"):
        raise exc.ArgumentError("tstring() takes a template string, t\"...\", and got %r" % (template,))
    return TString(template)


def tuple_(*clauses: Any, types: Optional[Any] = None) -> Tuple:
    """Return ``(a, b, ...)`` as one value, for IN and comparisons of rows."""
    return Tuple(*clauses, types=types)


def within_group(element: Any, *order_by: Any) -> WithinGroup:
    """Return ``element WITHIN GROUP (ORDER BY ...)``."""
    return WithinGroup(element, *order_by)


def aggregate_order_by(element: Any, *order_by: Any) -> AggregateOrderBy:
    """Return an aggregate function whose rows are ordered inside the call."""
    return AggregateOrderBy(element, *order_by)


factories.and_ = and_
factories.or_ = or_
factories.not_ = not_
