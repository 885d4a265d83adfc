"""The short functions that make elements: and_(), case(), cast(), bindparam(), text() and their kin.

The classes are in the sibling modules; select() and what makes FROM elements is in ``selectable.constructors``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, TypeVar, overload

from ... import exc
from .. import coercions, operators, roles
from ..base import NO_ARG
from ..type_api import TypeEngine
from .base import factories
from .casting import Case, Cast, CollationClause, Extract, TryCast, TypeCoerce
from .columns import ColumnClause, DMLTargetCopy, Label
from .lists import OrderByList, Tuple
from .literals import BindParameter, False_, Null, TextClause, True_, TString
from .operations import BinaryExpression, BooleanClauseList, CollectionAggregate, UnaryExpression
from .window import AggregateOrderBy, FunctionFilter, Over, WithinGroup

if TYPE_CHECKING:
    from ..type_api.engine import TypeEngineArgument
    from ..typing import ColumnExpressionOrStrLabelArgument, SQLCoreOperations
    from .base import ColumnElement

__all__ = [
    "aggregate_order_by", "all_", "and_", "any_", "asc", "between", "bindparam", "bitwise_not", "case", "cast",
    "collate", "column", "desc", "distinct", "extract", "false", "from_dml_column", "funcfilter", "label", "literal",
    "literal_column", "not_", "null", "nulls_first", "nulls_last", "nullsfirst", "nullslast", "or_", "outparam",
    "over", "text", "true", "try_cast", "tstring", "tuple_", "type_coerce", "within_group",
]  # fmt: skip

_T = TypeVar("_T")


def all_(expr: Any) -> CollectionAggregate[bool]:
    """Return ``ALL (expr)``, to compare with every element of an array or row of a subquery."""
    if isinstance(expr, operators.ColumnOperators):
        made: CollectionAggregate[bool] = expr.all_()
        return made
    return CollectionAggregate._create(expr, operators.all_op)


def any_(expr: Any) -> CollectionAggregate[bool]:
    """Return ``ANY (expr)``, to compare with some element of an array or row of a subquery."""
    if isinstance(expr, operators.ColumnOperators):
        made: CollectionAggregate[bool] = expr.any_()
        return made
    return CollectionAggregate._create(expr, operators.any_op)


def and_(*clauses: Any) -> ColumnElement[bool]:
    """Return the conditions joined by AND.

    Without any the result is empty, which is deprecated: start with ``true()``, which disappears beside others.
    """
    return BooleanClauseList.and_(*clauses)


def or_(*clauses: Any) -> ColumnElement[bool]:
    """Return the conditions joined by OR.

    Without any the result is empty, which is deprecated: start with ``false()``, which disappears beside others.
    """
    return BooleanClauseList.or_(*clauses)


@overload
def not_(clause: SQLCoreOperations[_T]) -> ColumnElement[_T]: ...


@overload
def not_(clause: Any) -> ColumnElement[Any]: ...


def not_(clause: Any) -> ColumnElement[Any]:
    """Return the negation of a condition."""
    negated: ColumnElement[Any] = coercions.expect(roles.ExpressionElementRole, clause).__invert__()
    return negated


def asc(column: ColumnExpressionOrStrLabelArgument[_T]) -> UnaryExpression[_T]:
    """Return ``column ASC``, for ORDER BY."""
    return _ordering(column, operators.asc_op)


def desc(column: ColumnExpressionOrStrLabelArgument[_T]) -> UnaryExpression[_T]:
    """Return ``column DESC``, for ORDER BY."""
    return _ordering(column, operators.desc_op)


def nulls_first(column: ColumnExpressionOrStrLabelArgument[_T]) -> UnaryExpression[_T]:
    """Return ``column NULLS FIRST``, for ORDER BY."""
    return _ordering(column, operators.nulls_first_op)


def nulls_last(column: ColumnExpressionOrStrLabelArgument[_T]) -> UnaryExpression[_T]:
    """Return ``column NULLS LAST``, for ORDER BY."""
    return _ordering(column, operators.nulls_last_op)


nullsfirst = nulls_first
nullslast = nulls_last


def _ordering(column: Any, modifier: Any) -> UnaryExpression[Any]:
    if isinstance(column, (operators.ColumnOperators, OrderByList)):
        made: UnaryExpression[Any] = modifier(column)
        return made
    return UnaryExpression(coercions.expect(roles.ByOfRole, column), modifier=modifier)


def collate(expression: Any, collation: str, collation_schema: Optional[str] = None) -> BinaryExpression[str]:
    """Return ``expression COLLATE collation``."""
    made: BinaryExpression[str]
    if isinstance(expression, operators.ColumnOperators):
        made = expression.collate(collation, collation_schema=collation_schema)
        return made
    made = CollationClause._create_collation_expression(
        coercions.expect(roles.ExpressionElementRole, expression), collation, collation_schema
    )
    return made


def between(expr: Any, lower_bound: Any, upper_bound: Any, symmetric: bool = False) -> BinaryExpression[bool]:
    """Return ``expr BETWEEN lower_bound AND upper_bound``."""
    column = coercions.expect(roles.ExpressionElementRole, expr)
    made: BinaryExpression[bool] = column.between(lower_bound, upper_bound, symmetric=symmetric)
    return made


@overload
def bitwise_not(expr: SQLCoreOperations[_T]) -> UnaryExpression[_T]: ...


@overload
def bitwise_not(expr: Any) -> UnaryExpression[Any]: ...


def bitwise_not(expr: Any) -> UnaryExpression[Any]:
    """Return ``~expr``."""
    if isinstance(expr, operators.ColumnOperators):
        made: UnaryExpression[Any] = expr.bitwise_not()
        return made
    column = coercions.expect(roles.ExpressionElementRole, expr)
    return UnaryExpression(column, operator=operators.bitwise_not_op, type_=column.type)


@overload
def outparam(key: str, type_: TypeEngineArgument[_T]) -> BindParameter[_T]: ...


@overload
def outparam(key: str, type_: None = None) -> BindParameter[Any]: ...


def outparam(key: str, type_: Any = None) -> BindParameter[Any]:
    """Return a parameter that a stored procedure sets; its value is in ``result.out_parameters``."""
    return BindParameter(key, None, type_=type_, unique=False, isoutparam=True)


@overload
def bindparam(
    key: Optional[str],
    value: Any = ...,
    *,
    type_: TypeEngineArgument[_T],
    unique: bool = False,
    required: Any = ...,
    quote: Optional[bool] = None,
    callable_: Any = None,
    expanding: bool = False,
    isoutparam: bool = False,
    literal_execute: bool = False,
) -> BindParameter[_T]: ...


@overload
def bindparam(
    key: Optional[str],
    value: Any,
    type_: TypeEngineArgument[_T],
    unique: bool = False,
    required: Any = ...,
    quote: Optional[bool] = None,
    callable_: Any = None,
    expanding: bool = False,
    isoutparam: bool = False,
    literal_execute: bool = False,
) -> BindParameter[_T]: ...


@overload
def bindparam(
    key: Optional[str],
    value: Any = ...,
    type_: None = None,
    unique: bool = False,
    required: Any = ...,
    quote: Optional[bool] = None,
    callable_: Any = None,
    expanding: bool = False,
    isoutparam: bool = False,
    literal_execute: bool = False,
) -> BindParameter[Any]: ...


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
) -> BindParameter[Any]:
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


def case(*whens: Any, value: Any = None, else_: Any = None) -> Case[Any]:
    """Return ``CASE WHEN condition THEN result ... ELSE else_ END``.

    :param whens: (condition, result) pairs, or one dict of results by condition.
    :param value: what the conditions are compared with: ``CASE value WHEN ...``.
    :param else_: the result when no condition holds; NULL without it.
    """
    return Case(*whens, value=value, else_=else_)


def cast(expression: Any, type_: TypeEngineArgument[_T]) -> Cast[_T]:
    """Return ``CAST(expression AS type_)``."""
    return Cast(expression, type_)


def try_cast(expression: Any, type_: TypeEngineArgument[_T]) -> TryCast[_T]:
    """Return ``TRY_CAST(expression AS type_)``, NULL where the cast fails."""
    return TryCast(expression, type_)


def type_coerce(expression: Any, type_: TypeEngineArgument[_T]) -> TypeCoerce[_T]:
    """Return the expression with another type on the Python side; the SQL stays the same."""
    return TypeCoerce(expression, type_)


def _is_type(given: Any) -> bool:
    # written for Column() in the body of a class: the mapping warns of it by its name
    return isinstance(given, TypeEngine) or isinstance(given, type) and issubclass(given, TypeEngine)


@overload
def column(
    text: str, type_: TypeEngineArgument[_T], is_literal: bool = False, _selectable: Any = None
) -> ColumnClause[_T]: ...


@overload
def column(text: str, type_: None = None, is_literal: bool = False, _selectable: Any = None) -> ColumnClause[Any]: ...


def column(text: str, type_: Any = None, is_literal: bool = False, _selectable: Any = None) -> ColumnClause[Any]:
    """Return a column by name, for use without a schema."""
    if not isinstance(text, str) and not _is_type(text):
        raise exc.ArgumentError("column() takes the name of a column and got %s" % coercions.shown(text))
    return ColumnClause(text, type_, is_literal, _selectable)


@overload
def literal_column(text: str, type_: TypeEngineArgument[_T]) -> ColumnClause[_T]: ...


@overload
def literal_column(text: str, type_: None = None) -> ColumnClause[Any]: ...


def literal_column(text: str, type_: Any = None) -> ColumnClause[Any]:
    """Return text that is rendered as it is and has the operators of a column."""
    if not isinstance(text, str):
        raise exc.ArgumentError("literal_column() takes a string and got %s" % coercions.shown(text))
    return ColumnClause(text, type_=type_, is_literal=True)


@overload
def literal(value: Any, type_: TypeEngineArgument[_T], literal_execute: bool = False) -> BindParameter[_T]: ...


@overload
def literal(value: _T, type_: None = None, literal_execute: bool = False) -> BindParameter[_T]: ...


def literal(value: Any, type_: Any = None, literal_execute: bool = False) -> BindParameter[Any]:
    """Return a value as a bound parameter; needed where no other operand makes it one."""
    made: BindParameter[Any] = coercions.expect(
        roles.LiteralValueRole, value, type_=type_, literal_execute=literal_execute
    )
    return made


@overload
def distinct(expr: SQLCoreOperations[_T]) -> UnaryExpression[_T]: ...


@overload
def distinct(expr: Any) -> UnaryExpression[Any]: ...


def distinct(expr: Any) -> UnaryExpression[Any]:
    """Return ``DISTINCT expr``, as in ``count(DISTINCT x)``."""
    if isinstance(expr, operators.ColumnOperators):
        made: UnaryExpression[Any] = expr.distinct()
        return made
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


def funcfilter(func: ColumnElement[_T], *criterion: Any) -> FunctionFilter[_T]:
    """Return ``func FILTER (WHERE criterion)``."""
    return FunctionFilter(func, *criterion)


@overload
def label(name: str, element: Any, type_: TypeEngineArgument[_T]) -> Label[_T]: ...


@overload
def label(name: str, element: SQLCoreOperations[_T], type_: None = None) -> Label[_T]: ...


@overload
def label(name: str, element: Any, type_: None = None) -> Label[Any]: ...


def label(name: str, element: Any, type_: Any = None) -> Label[Any]:
    """Return ``element AS name``."""
    return Label(name, element, type_)


def over(
    element: ColumnElement[_T],
    partition_by: Any = None,
    order_by: Any = None,
    range_: Any = None,
    rows: Any = None,
    groups: Any = None,
    exclude: Optional[str] = None,
) -> Over[_T]:
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


def within_group(element: ColumnElement[_T], *order_by: Any) -> WithinGroup[_T]:
    """Return ``element WITHIN GROUP (ORDER BY ...)``."""
    return WithinGroup(element, *order_by)


def aggregate_order_by(element: ColumnElement[_T], *order_by: Any) -> AggregateOrderBy[_T]:
    """Return an aggregate function whose rows are ordered inside the call.

    :param element: the call of the function.
    :param order_by: what the rows are ordered by.
    :raises ArgumentError: ``element`` is not a function, or there is nothing to order by.
    """
    if getattr(element, "clause_expr", None) is None:
        raise exc.ArgumentError(
            "aggregate_order_by() orders the rows of a call such as func.array_agg(column), %r is none" % (element,)
        )
    return AggregateOrderBy(element, *order_by)


factories.and_ = and_
factories.or_ = or_
factories.not_ = not_
