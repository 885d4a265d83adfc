"""What each operator builds from its operands, and how Python objects become operands.

A type's comparator asks for these builders through ``operators.implementation()`` and may build otherwise itself.
"""

from __future__ import annotations

import collections.abc as _abc
import datetime as dt
from typing import Any, Dict, Optional

from ... import exc, util
from .. import coercions, operators, roles
from ..base import SchemaEventTarget
from ..forward import slots
from ..operators import (
    add, all_op, and_, any_op, asc_op, between_op, bitwise_and_op, bitwise_lshift_op, bitwise_not_op, bitwise_or_op,
    bitwise_rshift_op, bitwise_xor_op, collate, concat_op, contains, contains_op, custom_op, desc_op, distinct_op,
    endswith_op, eq, floordiv, ge, getitem, gt, icontains_op, iendswith_op, ilike_op, implements, in_op, inv, is_,
    is_distinct_from, is_not, is_not_distinct_from, istartswith_op, json_getitem_op, json_path_getitem_op, le,
    like_op, lshift, lt, match_op, matmul, mod, mul, ne, neg, not_between_op, not_contains_op, not_endswith_op,
    not_icontains_op, not_iendswith_op, not_ilike_op, not_in_op, not_istartswith_op, not_like_op, not_match_op,
    not_regexp_match_op, not_startswith_op, nulls_first_op, nulls_last_op, or_, pow_, regexp_match_op,
    regexp_replace_op, rshift, startswith_op, sub, truediv,
)  # fmt: skip
from ..sqltypes import BOOLEANTYPE, INTEGERTYPE, MATCHTYPE, NULLTYPE, Indexable
from ..type_api import value_type
from ..visitors import Visitable
from .base import ClauseElement, ColumnElement
from .casting import CollationClause
from .columns import ColumnClause, LabelReference, TextualLabelReference
from .lists import ClauseList
from .literals import BindParameter, False_, Null, OffsetLimitParam, TextClause, True_, plain_bind
from .operations import (
    BinaryExpression, BooleanClauseList, CollectionAggregate, ExpressionClauseList,
    OperatorExpression, UnaryExpression, Slice,
)  # fmt: skip

__all__ = [
    "boolean_compare",
    "binary_operate",
    "operand",
    "prepare_in",
]

_negate = operators.negate
_CONST = (Null, True_, False_)
_CONST_TYPES = frozenset([type(None), bool])
_PLAIN_TYPES = frozenset([int, str, float, bytes, dt.date, dt.datetime, dt.time, dt.timedelta])


def operand(expr: Any, op: Any, value: Any) -> Any:
    """Return the other side of ``expr op value`` as an element; a plain value takes its type from ``expr``."""
    if value.__class__ in _PLAIN_TYPES:
        return expr._bound_value(op, value)
    if isinstance(value, ColumnElement):
        if value._is_bind_parameter and value.type is NULLTYPE and expr.type is not NULLTYPE:
            # a parameter whose type nobody said has that of what it is compared with
            return value._with_binary_element_type(expr.type)
        return value
    return coercions.expect(roles.BinaryElementRole, value, expr=expr, operator=op)


# -- comparisons ----------------------------------------------------------------------------------------------------


@implements(eq, ne, lt, le, gt, ge, is_, is_not, is_distinct_from, is_not_distinct_from)
def boolean_compare(
    expr: Any, op: Any, obj: Any, *, reverse: bool = False, negate_op: Any = None, type_: Any = BOOLEANTYPE, **kw: Any
) -> Any:
    """Return the condition ``expr op obj``; None, True and False become IS NULL and constants."""
    is_types = kw.pop("_python_is_types", None)
    if isinstance(obj, _CONST) or (obj.__class__ in _CONST_TYPES if is_types is None else isinstance(obj, is_types)):
        return _compare_constant(expr, op, obj, reverse, type_, kw)
    other = operand(expr, op, obj)
    negate = negate_op or _negate(op)
    if reverse:
        if expr._is_collection_aggregate:
            negate = None
        return BinaryExpression(other, expr, op, type_=type_, negate=negate, modifiers=kw)
    if other._is_collection_aggregate or expr._is_collection_aggregate:
        negate = None
    return BinaryExpression(expr, other, op, type_=type_, negate=negate, modifiers=kw)


def _compare_constant(expr: Any, op: Any, obj: Any, reverse: bool, type_: Any, kw: Dict[str, Any]) -> Any:
    is_bool = isinstance(obj, (bool, True_, False_))
    if op in (eq, ne) and is_bool or op in (is_distinct_from, is_not_distinct_from):
        constant = coercions.expect(roles.ConstExprRole, obj)
        if expr._is_collection_aggregate:
            # NOT (x = ANY (...)) is another condition than x != ANY (...)
            return BinaryExpression(expr, constant, op, type_=type_, modifiers=kw)
        left, right = (constant, expr) if reverse else (expr, constant)
        return BinaryExpression(left, right, op, type_=type_, negate=_negate(op), modifiers=kw)
    if expr._is_collection_aggregate:
        constant = coercions.expect(roles.ConstExprRole, obj)
        return BinaryExpression(constant, expr, op, type_=type_, modifiers=kw)
    constant = coercions.expect(roles.ConstExprRole, obj)
    if op in (eq, is_):
        return BinaryExpression(expr, constant, is_, type_=type_, negate=is_not, modifiers=kw)
    if op in (ne, is_not):
        return BinaryExpression(expr, constant, is_not, type_=type_, negate=is_, modifiers=kw)
    raise exc.ArgumentError(
        "%s cannot be used with None, True or False; use =, != or one of is_(), is_distinct_from() and their "
        "negations" % (getattr(op, "opstring", None) or op.__name__)
    )


@implements(
    like_op, not_like_op, ilike_op, not_ilike_op, startswith_op, not_startswith_op, istartswith_op,
    not_istartswith_op, endswith_op, not_endswith_op, iendswith_op, not_iendswith_op, contains_op, not_contains_op,
    icontains_op, not_icontains_op,
)  # fmt: skip
def _like(
    expr: Any,
    op: Any,
    other: Any,
    *,
    reverse: bool = False,
    escape: Optional[str] = None,
    autoescape: bool = False,
    **kw: Any,
) -> Any:
    if autoescape:
        if autoescape is not True:
            util.warn("autoescape is True or False; the escape character is given as escape=")
        if not isinstance(other, str):
            raise TypeError("autoescape needs a plain string to escape, and got %r" % (other,))
        if escape is None:
            escape = "/"
        other = other.translate({ord(special): escape + special for special in "%_" + escape})
    if escape is not None:
        kw["escape"] = escape
    return boolean_compare(expr, op, other, reverse=reverse, **kw)


@implements(match_op, not_match_op)
def _match(expr: Any, op: Any, other: Any, **kw: Any) -> Any:
    return boolean_compare(
        expr, op, operand(expr, op, other), negate_op=_negate(op), type_=MATCHTYPE, **kw
    )


@implements(regexp_match_op, not_regexp_match_op)
def _regexp_match(expr: Any, op: Any, pattern: Any, *, flags: Optional[str] = None, **kw: Any) -> Any:
    return BinaryExpression(
        expr, operand(expr, op, pattern), op, negate=_negate(op),
        modifiers=None if flags is None else {"flags": flags},
    )  # fmt: skip


@implements(regexp_replace_op)
def _regexp_replace(
    expr: Any, op: Any, pattern: Any, *, replacement: Any, flags: Optional[str] = None, **kw: Any
) -> Any:
    arguments = ExpressionClauseList._of_list(
        operators.comma_op, NULLTYPE, operand(expr, op, pattern), operand(expr, op, replacement), group=False
    )
    arguments.group = False
    return BinaryExpression(
        expr, arguments, op, modifiers=None if flags is None else {"flags": flags}
    )


@implements(between_op, not_between_op)
def _between(expr: Any, op: Any, cleft: Any, cright: Any, *, symmetric: bool = False, **kw: Any) -> Any:
    bounds = ExpressionClauseList._of_list(
        and_, NULLTYPE, operand(expr, and_, cleft), operand(expr, and_, cright), group=False
    )
    bounds.group = False
    return BinaryExpression(
        expr, bounds, op, negate=_negate(op), modifiers={"symmetric": symmetric} if symmetric else None
    )


# -- arithmetic and text --------------------------------------------------------------------------------------------


@implements(
    add, sub, mul, truediv, floordiv, mod, concat_op, bitwise_and_op, bitwise_or_op, bitwise_xor_op,
    bitwise_lshift_op, bitwise_rshift_op,
)  # fmt: skip
def binary_operate(expr: Any, op: Any, obj: Any, *, reverse: bool = False, result_type: Any = None, **kw: Any) -> Any:
    """Return ``expr op obj`` with the operator and type that the left side's type says."""
    other = operand(expr, op, obj)
    left, right = (other, expr) if reverse else (expr, other)
    if result_type is None:
        op, result_type = left.comparator._adapt_expression(op, right.comparator)
    return OperatorExpression._applied_to(left, right, op, type_=result_type, modifiers=kw or None)


@implements(custom_op)
def _custom(expr: Any, op: Any, obj: Any, *, reverse: bool = False, result_type: Any = None, **kw: Any) -> Any:
    if result_type is None:
        if op.return_type is not None:
            result_type = op.return_type
        elif op.is_comparison:
            result_type = BOOLEANTYPE
    if op.is_comparison:
        other = operand(expr, op, obj)
        left, right = (other, expr) if reverse else (expr, other)
        return BinaryExpression(left, right, op, type_=result_type, modifiers=kw)
    return binary_operate(expr, op, obj, reverse=reverse, result_type=result_type, **kw)


@implements(pow_)
def _power(expr: Any, op: Any, obj: Any, *, reverse: bool = False, **kw: Any) -> Any:
    return slots.function("pow", obj, expr) if reverse else slots.function("pow", expr, obj)


@implements(and_)
def _and(expr: Any, op: Any, other: Any, *, reverse: bool = False, **kw: Any) -> Any:
    return BooleanClauseList.and_(other, expr) if reverse else BooleanClauseList.and_(expr, other)


@implements(or_)
def _or(expr: Any, op: Any, other: Any, *, reverse: bool = False, **kw: Any) -> Any:
    return BooleanClauseList.or_(other, expr) if reverse else BooleanClauseList.or_(expr, other)


@implements(inv)
def _inverse(expr: Any, op: Any, **kw: Any) -> Any:
    return expr._negate() if hasattr(expr, "_negate") else UnaryExpression(expr, operator=inv)


@implements(neg)
def _negative(expr: Any, op: Any, **kw: Any) -> Any:
    return UnaryExpression(expr, operator=neg, type_=expr.type)


@implements(bitwise_not_op)
def _bitwise_not(expr: Any, op: Any, **kw: Any) -> Any:
    return UnaryExpression(expr, operator=bitwise_not_op, type_=expr.type)


@implements(desc_op, asc_op, nulls_first_op, nulls_last_op)
def _ordering(expr: Any, op: Any, **kw: Any) -> Any:
    return UnaryExpression(expr, modifier=op)


@implements(distinct_op)
def _distinct(expr: Any, op: Any, **kw: Any) -> Any:
    return UnaryExpression(expr, operator=distinct_op, type_=expr.type)


@implements(any_op, all_op)
def _collection(expr: Any, op: Any, **kw: Any) -> Any:
    return CollectionAggregate._create(expr, op)


@implements(collate)
def _collate(expr: Any, op: Any, collation: str, *, collation_schema: Optional[str] = None, **kw: Any) -> Any:
    return CollationClause._create_collation_expression(expr, collation, collation_schema)


@implements(getitem, json_getitem_op, json_path_getitem_op)
def _getitem(
    expr: Any, op: Any, index: Any, *, bindparam_type: Any = None, result_type: Any = None, **kw: Any
) -> Any:
    if result_type is None:
        if isinstance(expr.type, Indexable):
            return binary_operate(expr, op, index, **kw)
        raise NotImplementedError(
            "an expression of type %r has no elements to pick with []; types such as JSON and ARRAY do" % (expr.type,)
        )
    if isinstance(index, slice):
        part: Any = Slice(index.start, index.stop, index.step, _name=getattr(expr, "key", None))
    else:
        part = coercions.expect(
            roles.BinaryElementRole, index, expr=expr, operator=op, bindparam_type=bindparam_type
        )
    return BinaryExpression(expr, part, op, type_=result_type)


@implements(contains, lshift, rshift, matmul)
def _unsupported(expr: Any, op: Any, *other: Any, **kw: Any) -> Any:
    raise NotImplementedError(
        "the operator %r has no SQL meaning for an expression of type %r" % (op.__name__, expr.type)
    )


# -- Python objects as elements -------------------------------------------------------------------------------------


@coercions.coerces(roles.ConstExprRole)
def _constant(obj: Any, *, role: Any, argname: Optional[str] = None, **kw: Any) -> Any:
    if obj is None:
        return Null()
    if obj is True:
        return True_()
    if obj is False:
        return False_()
    return NotImplemented


def _is_element(obj: Any) -> bool:
    return isinstance(obj, ClauseElement)


@coercions.coerces(roles.ExpressionElementRole)
def _expression(
    obj: Any,
    *,
    role: Any,
    argname: Optional[str] = None,
    name: Optional[str] = None,
    type_: Any = None,
    literal_execute: bool = False,
    is_crud: bool = False,
    **kw: Any,
) -> Any:
    if obj.__class__ in _PLAIN_TYPES and type_ is None and not literal_execute and not is_crud:
        if name is None or name.__class__ is str:
            return plain_bind(name or "param", obj, value_type(obj))
    elif _is_element(obj):
        return _element_as_expression(obj, role, argname)
    if obj is None and not is_crud and (type_ is None or not type_.should_evaluate_none):
        return Null()
    if not _is_plain(obj):
        raise coercions.reject(role, obj, argname)
    return BindParameter(name, obj, type_, unique=True, _is_crud=is_crud, literal_execute=literal_execute)


def _is_plain(obj: Any) -> bool:
    """Tell whether an object can be a bound value: anything but types of SQL objects and things under inspection."""
    if isinstance(obj, (Visitable, SchemaEventTarget)):
        return False
    return not (isinstance(obj, type) and hasattr(obj, "__table__"))


def _element_as_expression(obj: Any, role: Any, argname: Optional[str]) -> Any:
    if isinstance(obj, (ClauseList, TextClause)):
        return obj
    raise coercions.reject(role, obj, argname)


@coercions.coerces(roles.BinaryElementRole)
def _binary_operand(
    obj: Any,
    *,
    role: Any,
    expr: Any = None,
    operator: Any = None,
    type_: Any = None,
    bindparam_type: Any = None,
    argname: Optional[str] = None,
    **kw: Any,
) -> Any:
    if _is_element(obj) or expr is None or not _is_plain(obj):
        return NotImplemented
    return expr._bound_value(operator, obj, type_=bindparam_type or type_)


@coercions.coerces(roles.InElementRole)
def _in_choices(
    obj: Any, *, role: Any, expr: Any = None, operator: Any = None, argname: Optional[str] = None, **kw: Any
) -> Any:
    if _is_element(obj):
        raise coercions.reject(role, obj, argname)
    if isinstance(obj, str) or not isinstance(obj, _abc.Iterable):
        raise coercions.reject(role, obj, argname)
    values = list(obj) if not isinstance(obj, (list, tuple)) else obj
    elements = False
    for value in values:
        if not isinstance(value, (str, int, float)) and (
            isinstance(value, operators.ColumnOperators) or hasattr(value, "__clause_element__") or _is_element(value)
        ):
            elements = True
            break
    if elements:
        made = [
            expr._bound_value(operator, value) if not _looks_like_element(value)
            else _in_element(value)
            for value in values
        ]  # fmt: skip
        return ClauseList(*made, _role=roles.ExpressionElementRole).self_group(against=operator)
    bind = expr._bound_value(operator, list(values), expanding=True)
    bind.expand_op = operator
    return bind


def _in_element(value: Any) -> Any:
    if not isinstance(value, operators.ColumnOperators) and not hasattr(value, "__clause_element__"):
        raise coercions.reject(roles.InElementRole, value)
    return coercions.expect(roles.ExpressionElementRole, value)


def _looks_like_element(value: Any) -> bool:
    return (
        isinstance(value, operators.ColumnOperators) or hasattr(value, "__clause_element__") or _is_element(value)
    )


def prepare_in(element: Any, expr: Any, operator: Any) -> Any:
    """Return the right side of IN made fit: a parameter becomes expanding, a SELECT a scalar subquery."""
    if element._is_bind_parameter:
        made = element._clone(maintain_key=True)
        made.expanding = True
        made.expand_op = operator
        if made.type._isnull and expr is not None:
            made.type = expr.type
        made._set_flags()
        return made
    if element._is_select_base:
        return element.scalar_subquery()
    return element.self_group(against=operator)


@implements(in_op, not_in_op)
def _in(expr: Any, op: Any, other: Any, **kw: Any) -> Any:
    choices = coercions.expect(roles.InElementRole, other, expr=expr, operator=op)
    if not choices._is_bind_parameter or choices.expand_op is not op:
        choices = prepare_in(choices, expr, op)
    return BinaryExpression(expr, choices, op, type_=BOOLEANTYPE, negate=_negate(op), modifiers=kw)


@coercions.coerces(roles.WhereHavingRole)
def _condition(obj: Any, *, role: Any, argname: Optional[str] = None, **kw: Any) -> Any:
    if obj is None:
        return Null()
    if obj is True:
        return True_()
    if obj is False:
        return False_()
    if isinstance(obj, str):
        raise coercions.reject(role, obj, argname, "textual conditions are written with text()")
    return NotImplemented


@coercions.completes(roles.OrderByRole)
def _order_by(element: Any, **kw: Any) -> Any:
    """Return an item of ORDER BY as it is ordered by: by its label where it has one."""
    if element._order_by_label_element is not None and element.__class__ is not LabelReference:
        return LabelReference(element)
    return element


# most classes say once and for all that they are no label
_order_by.skips = lambda cls: getattr(cls, "_order_by_label_element", None) is None  # type: ignore[attr-defined]


@coercions.coerces(roles.ByOfRole, str)
def _by(obj: Any, *, role: Any, argname: Optional[str] = None, **kw: Any) -> Any:
    return TextualLabelReference(obj)


@coercions.coerces(roles.ByOfRole, bool, type(None))
def _by_constant(obj: Any, *, role: Any, argname: Optional[str] = None, **kw: Any) -> Any:
    return _constant(obj, role=role)


@coercions.coerces(roles.LimitOffsetRole)
def _limit(
    obj: Any, *, role: Any, name: Any = None, type_: Any = None, argname: Optional[str] = None, **kw: Any
) -> Any:
    if obj is None:
        return None
    if _is_element(obj):
        raise coercions.reject(role, obj, argname)
    if obj.__class__ is int and name is None and type_ is None:
        made: Any = object.__new__(OffsetLimitParam)
        made.value = obj
        made.type = INTEGERTYPE
        return made
    try:
        value = obj.__index__() if hasattr(obj, "__index__") else int(obj)
    except (TypeError, ValueError):
        raise coercions.reject(role, obj, argname) from None
    return OffsetLimitParam(name, value, type_=type_, unique=True)


@coercions.coerces(roles.LiteralValueRole)
def _literal_value(
    obj: Any, *, role: Any, type_: Any = None, literal_execute: bool = False, argname: Optional[str] = None, **kw: Any
) -> Any:
    if _is_element(obj) or hasattr(obj, "__clause_element__"):
        raise coercions.reject(role, obj, argname)
    return BindParameter(None, obj, type_=type_, unique=True, literal_execute=literal_execute)


@coercions.coerces(roles.ColumnArgumentOrKeyRole, str)
def _column_or_key(obj: Any, *, role: Any, **kw: Any) -> Any:
    return obj


@coercions.coerces(roles.StrAsPlainColumnRole, str)
def _plain_column(obj: Any, *, role: Any, **kw: Any) -> Any:
    return ColumnClause(obj)


@coercions.coerces(roles.DMLColumnRole, str)
def _dml_column(obj: Any, *, role: Any, as_key: bool = False, **kw: Any) -> Any:
    return obj


@coercions.coerces(roles.DDLConstraintColumnRole, str)
def _ddl_column(obj: Any, *, role: Any, **kw: Any) -> Any:
    return obj


@coercions.coerces(roles.DDLExpressionRole, str)
def _ddl_expression(obj: Any, *, role: Any, **kw: Any) -> Any:
    return TextClause(obj)


@coercions.coerces(roles.StatementOptionRole, str)
def _statement_text(obj: Any, *, role: Any, **kw: Any) -> Any:
    return TextClause(obj)


@coercions.coerces(roles.TruncatedLabelRole)
def _label_name(obj: Any, *, role: Any, **kw: Any) -> Any:
    return obj if obj is None or isinstance(obj, str) else NotImplemented


@coercions.coerces(roles.TStringElementRole)
def _template_value(obj: Any, *, role: Any, argname: Optional[str] = None, **kw: Any) -> Any:
    if role is not roles.TStringElementRole:
        return NotImplemented
    if _is_element(obj):
        return NotImplemented if isinstance(obj, roles.DMLRole) else obj
    if obj is None:
        return Null()
    return BindParameter(None, obj, unique=True)


