"""Operator functions with their precedence and traits, and the registry of what each builds.

An operator is a plain function; applied to objects with ``operate()`` it builds an expression. The methods of
column-like objects are in ``column_operators``; the builders are registered here by ``sql.elements.comparison``.
"""

from __future__ import annotations

from enum import Flag
from operator import (
    add, and_, contains, eq, floordiv, ge, getitem, gt, inv, le, lshift, lt, matmul, mod, mul, ne, neg, or_, rshift,
    sub, truediv,
)  # fmt: skip
from operator import pow as pow_
from typing import Any, Callable, Dict, Optional

from ... import exc

__all__ = [
    "OperatorClass", "add", "all_op", "and_", "any_op", "as_", "asc_op", "between_op", "bitwise_and_op",
    "bitwise_lshift_op", "bitwise_not_op", "bitwise_or_op", "bitwise_rshift_op", "bitwise_xor_op", "collate",
    "comma_op", "concat_op", "contains", "contains_op", "custom_op", "desc_op", "distinct_op", "endswith_op", "eq",
    "exists", "filter_op", "floordiv", "from_", "function_as_comparison_op", "ge", "getitem", "gt", "icontains_op",
    "iendswith_op", "ilike_op", "implementation", "implements", "in_op", "inv", "is_", "is_associative", "is_boolean",
    "is_commutative", "is_comparison", "is_distinct_from", "is_false", "is_natural_self_precedent", "is_not",
    "is_not_distinct_from", "is_order_by_modifier", "is_ordering_modifier", "is_precedent", "is_true", "isfalse",
    "isnot", "isnot_distinct_from", "istartswith_op", "istrue", "json_getitem_op", "json_path_getitem_op", "le",
    "like_op", "lshift", "lt", "match_op", "matmul", "mirror", "mod", "mul", "ne", "neg", "negate",
    "not_between_op", "not_contains_op", "not_endswith_op", "not_icontains_op", "not_iendswith_op", "not_ilike_op",
    "not_in_op", "not_istartswith_op", "not_like_op", "not_match_op", "not_regexp_match_op", "not_startswith_op",
    "notbetween_op", "notcontains_op", "notendswith_op", "notilike_op", "notin_op", "notlike_op", "notmatch_op",
    "notstartswith_op", "null_op", "nulls_first_op", "nulls_last_op", "nullsfirst_op", "nullslast_op",
    "operator_class_of",
    "or_", "pow_", "precedence_of", "python_op", "regexp_match_op", "regexp_replace_op", "rshift", "startswith_op",
    "sub", "truediv",
]  # fmt: skip

OperatorType = Callable[..., Any]


class OperatorClass(Flag):
    """Families of operators; a type declares which ones make sense for it."""

    UNSPECIFIED = 1
    BASE = 2
    BOOLEAN_ALGEBRA = 4
    EQUALITY = 8
    ORDERING = 16
    INDEXABLE = 32
    CONTAINS = 64
    CONCATENABLE = 128
    STRING_MATCH = 256
    MATH = 512
    BITWISE = 1024
    DATE_ARITHEMETIC = 2048
    JSON_GETITEM = 4096
    COMPARISON = 24
    STRING = 506
    INTEGER = 1562
    NUMERIC = 1562
    BOOLEAN = 30
    BINARY = 250
    DATETIME = 2074
    JSON = 4154
    ARRAY = 250
    TUPLE = 250
    ANY = 8190


class custom_op:
    """An operator given as text, as ``column.op("->")`` makes it.

    Two of them are equal when all their settings are.
    """

    __name__ = "custom_op"
    __slots__ = (
        "opstring", "precedence", "is_comparison", "natural_self_precedent", "eager_grouping", "return_type",
        "python_impl", "operator_class", "visit_name", "_key",
    )  # fmt: skip

    def __init__(
        self,
        opstring: str,
        *,
        precedence: int = 0,
        is_comparison: bool = False,
        return_type: Any = None,
        natural_self_precedent: bool = False,
        eager_grouping: bool = False,
        python_impl: Optional[Callable[..., Any]] = None,
        operator_class: OperatorClass = OperatorClass.BASE,
        visit_name: Optional[str] = None,
    ) -> None:
        if not isinstance(opstring, str):
            raise exc.ArgumentError("an operator is given as text, found %r" % (opstring,))
        self.opstring = opstring
        self.precedence = precedence
        self.is_comparison = is_comparison
        self.natural_self_precedent = natural_self_precedent
        self.eager_grouping = eager_grouping
        if return_type is not None and isinstance(return_type, type):
            return_type = return_type()
        self.return_type = return_type
        self.python_impl = python_impl
        self.operator_class = operator_class
        self.visit_name = visit_name
        self._key = (
            custom_op, opstring, precedence, bool(is_comparison), bool(natural_self_precedent), bool(eager_grouping),
            visit_name, operator_class, getattr(return_type, "_static_cache_key", None),
        )  # fmt: skip

    def __getstate__(self) -> Any:
        return None, {name: getattr(self, name) for name in custom_op.__slots__ if name not in ("_key", "python_impl")}

    def __setstate__(self, state: Any) -> None:
        self.__init__(**state[1])  # type: ignore[misc]

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, custom_op) and self._key == other._key

    def __ne__(self, other: Any) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return "custom_op(%r)" % self.opstring

    def __call__(self, left: Any, right: Any, *other: Any, **kwargs: Any) -> Any:
        operate = getattr(left, "operate", None)
        if operate is not None:
            return operate(self, right, *other, **kwargs)
        if self.python_impl is not None:
            return self.python_impl(left, right, *other, **kwargs)
        raise exc.InvalidRequestError(
            "the operator %r has no python_impl, so it can't be applied to the plain object %r" % (self.opstring, left)
        )


def python_op(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Mark an operator that has a meaning in Python too: plain operands are combined at once."""
    fn.python_impl = fn  # type: ignore[attr-defined]
    return fn


def is_(a: Any, b: Any) -> Any:
    """IS, which compares with NULL, true and false."""
    return a.is_(b)


def is_not(a: Any, b: Any) -> Any:
    """IS NOT."""
    return a.is_not(b)


def is_distinct_from(a: Any, b: Any) -> Any:
    """IS DISTINCT FROM: unequal, where two NULLs are equal."""
    return a.is_distinct_from(b)


def is_not_distinct_from(a: Any, b: Any) -> Any:
    """IS NOT DISTINCT FROM: equal, where two NULLs are equal."""
    return a.is_not_distinct_from(b)


def is_true(a: Any) -> Any:
    """The test whether an expression is true."""
    raise NotImplementedError("is_true() has no meaning for plain Python values")


def is_false(a: Any) -> Any:
    """The test whether an expression is false."""
    raise NotImplementedError("is_false() has no meaning for plain Python values")


def from_() -> Any:
    """FROM among the arguments of a function; it computes nothing."""
    raise NotImplementedError("from_() only separates the parts of a function's arguments")


def function_as_comparison_op() -> Any:
    """The mark of a function whose arguments are compared; it computes nothing."""
    raise NotImplementedError("function_as_comparison_op() only marks functions used as a comparison")


def as_() -> Any:
    """AS, which separates an expression from its label; it computes nothing."""
    raise NotImplementedError("as_() only tells the place of a label")


def exists() -> Any:
    """EXISTS in front of a subquery; it computes nothing."""
    raise NotImplementedError("exists() only marks EXISTS")


def like_op(a: Any, b: Any, escape: Optional[str] = None) -> Any:
    """LIKE; `escape` is the character that takes a wildcard literally."""
    return a.like(b, escape=escape)


def not_like_op(a: Any, b: Any, escape: Optional[str] = None) -> Any:
    """NOT LIKE."""
    return a.not_like(b, escape=escape)


def ilike_op(a: Any, b: Any, escape: Optional[str] = None) -> Any:
    """LIKE that ignores case."""
    return a.ilike(b, escape=escape)


def not_ilike_op(a: Any, b: Any, escape: Optional[str] = None) -> Any:
    """The negation of `ilike_op()`."""
    return a.not_ilike(b, escape=escape)


def between_op(a: Any, b: Any, c: Any, symmetric: bool = False) -> Any:
    """BETWEEN; `symmetric` allows the bounds in either order."""
    return a.between(b, c, symmetric=symmetric)


def not_between_op(a: Any, b: Any, c: Any, symmetric: bool = False) -> Any:
    """NOT BETWEEN."""
    return ~a.between(b, c, symmetric=symmetric)


def in_op(a: Any, b: Any) -> Any:
    """IN a list or a subquery."""
    return a.in_(b)


def not_in_op(a: Any, b: Any) -> Any:
    """NOT IN a list or a subquery."""
    return a.not_in(b)


def distinct_op(a: Any) -> Any:
    """DISTINCT in front of an expression."""
    return a.distinct()


def any_op(a: Any) -> Any:
    """ANY of an array or a subquery."""
    return a.any_()


def all_op(a: Any) -> Any:
    """ALL of an array or a subquery."""
    return a.all_()


def startswith_op(a: Any, b: Any, escape: Optional[str] = None, autoescape: bool = False) -> Any:
    """LIKE with a wildcard behind; `autoescape` takes wildcards in the value literally."""
    return a.startswith(b, autoescape=autoescape, escape=escape)


def not_startswith_op(a: Any, b: Any, escape: Optional[str] = None, autoescape: bool = False) -> Any:
    """The negation of `startswith_op()`."""
    return ~a.startswith(b, autoescape=autoescape, escape=escape)


def istartswith_op(a: Any, b: Any, escape: Optional[str] = None, autoescape: bool = False) -> Any:
    """`startswith_op()` that ignores case."""
    return a.istartswith(b, autoescape=autoescape, escape=escape)


def not_istartswith_op(a: Any, b: Any, escape: Optional[str] = None, autoescape: bool = False) -> Any:
    """The negation of `istartswith_op()`."""
    return ~a.istartswith(b, autoescape=autoescape, escape=escape)


def endswith_op(a: Any, b: Any, escape: Optional[str] = None, autoescape: bool = False) -> Any:
    """LIKE with a wildcard in front; `autoescape` takes wildcards in the value literally."""
    return a.endswith(b, autoescape=autoescape, escape=escape)


def not_endswith_op(a: Any, b: Any, escape: Optional[str] = None, autoescape: bool = False) -> Any:
    """The negation of `endswith_op()`."""
    return ~a.endswith(b, autoescape=autoescape, escape=escape)


def iendswith_op(a: Any, b: Any, escape: Optional[str] = None, autoescape: bool = False) -> Any:
    """`endswith_op()` that ignores case."""
    return a.iendswith(b, autoescape=autoescape, escape=escape)


def not_iendswith_op(a: Any, b: Any, escape: Optional[str] = None, autoescape: bool = False) -> Any:
    """The negation of `iendswith_op()`."""
    return ~a.iendswith(b, autoescape=autoescape, escape=escape)


def contains_op(a: Any, b: Any, escape: Optional[str] = None, autoescape: bool = False) -> Any:
    """LIKE with a wildcard on both sides; `autoescape` takes wildcards in the value literally."""
    return a.contains(b, autoescape=autoescape, escape=escape)


def not_contains_op(a: Any, b: Any, escape: Optional[str] = None, autoescape: bool = False) -> Any:
    """The negation of `contains_op()`."""
    return ~a.contains(b, autoescape=autoescape, escape=escape)


def icontains_op(a: Any, b: Any, escape: Optional[str] = None, autoescape: bool = False) -> Any:
    """`contains_op()` that ignores case."""
    return a.icontains(b, autoescape=autoescape, escape=escape)


def not_icontains_op(a: Any, b: Any, escape: Optional[str] = None, autoescape: bool = False) -> Any:
    """The negation of `icontains_op()`."""
    return ~a.icontains(b, autoescape=autoescape, escape=escape)


def match_op(a: Any, b: Any, **kw: Any) -> Any:
    """The text search of the database, MATCH on most."""
    return a.match(b, **kw)


def not_match_op(a: Any, b: Any, **kw: Any) -> Any:
    """The negation of `match_op()`."""
    return ~a.match(b, **kw)


def regexp_match_op(a: Any, b: Any, flags: Optional[str] = None) -> Any:
    """The match of a regular expression in the database's own syntax; `flags` are the database's."""
    return a.regexp_match(b, flags=flags)


def not_regexp_match_op(a: Any, b: Any, flags: Optional[str] = None) -> Any:
    """The negation of `regexp_match_op()`."""
    return ~a.regexp_match(b, flags=flags)


def regexp_replace_op(a: Any, b: Any, replacement: Any, flags: Optional[str] = None) -> Any:
    """A string with the matches of a regular expression replaced."""
    return a.regexp_replace(b, replacement=replacement, flags=flags)


def collate(a: Any, b: Any, collation_schema: Optional[str] = None) -> Any:
    """COLLATE, the order of characters for one expression."""
    return a.collate(b, collation_schema=collation_schema)


def concat_op(a: Any, b: Any) -> Any:
    """The strings one behind the other."""
    concat = getattr(a, "concat", None)
    if concat is None:
        return b._rconcat(a)
    return concat(b)


def null_op(a: Any) -> Any:
    """The mark of an expression that has no operator; it computes nothing."""
    raise NotImplementedError("null_op() only stands for the absence of an operator")


def _asbool(a: Any) -> Any:
    raise NotImplementedError("_asbool() only stands for the place of a lone condition")


def comma_op(a: Any, b: Any) -> Any:
    """The comma between the items of a list; it computes nothing."""
    raise NotImplementedError("comma_op() only separates the items of a list")


def filter_op(a: Any, b: Any) -> Any:
    """FILTER behind an aggregate; it computes nothing."""
    raise NotImplementedError("filter_op() only marks FILTER")


def desc_op(a: Any) -> Any:
    """DESC, descending order."""
    return a.desc()


def asc_op(a: Any) -> Any:
    """ASC, ascending order."""
    return a.asc()


def nulls_first_op(a: Any) -> Any:
    """NULLS FIRST in an order."""
    return a.nulls_first()


def nulls_last_op(a: Any) -> Any:
    """NULLS LAST in an order."""
    return a.nulls_last()


def json_getitem_op(a: Any, b: Any) -> Any:
    """The element of a JSON value at a key or an index."""
    raise NotImplementedError("json_getitem_op() is built by JSON types only")


def json_path_getitem_op(a: Any, b: Any) -> Any:
    """The element of a JSON value at the end of a path."""
    raise NotImplementedError("json_path_getitem_op() is built by JSON types only")


def bitwise_xor_op(a: Any, b: Any) -> Any:
    """The bits that are set in one of the numbers only."""
    return a.bitwise_xor(b)


def bitwise_or_op(a: Any, b: Any) -> Any:
    """The bits that are set in either number."""
    return a.bitwise_or(b)


def bitwise_and_op(a: Any, b: Any) -> Any:
    """The bits that are set in both numbers."""
    return a.bitwise_and(b)


def bitwise_not_op(a: Any) -> Any:
    """The bits of a number turned over."""
    return a.bitwise_not()


def bitwise_lshift_op(a: Any, b: Any) -> Any:
    """The bits of a number moved to the left."""
    return a.bitwise_lshift(b)


def bitwise_rshift_op(a: Any, b: Any) -> Any:
    """The bits of a number moved to the right."""
    return a.bitwise_rshift(b)


# older spellings
istrue = is_true
isfalse = is_false
isnot = is_not
isnot_distinct_from = is_not_distinct_from
notlike_op = not_like_op
notilike_op = not_ilike_op
notbetween_op = not_between_op
notin_op = not_in_op
notstartswith_op = not_startswith_op
notendswith_op = not_endswith_op
notcontains_op = not_contains_op
notmatch_op = not_match_op
nullsfirst_op = nulls_first_op
nullslast_op = nulls_last_op

_LOWEST = -100
_HIGHEST = 100
_PRECEDENCE: Dict[Any, int] = {}
for _rank, _members in (
    (15, (from_, function_as_comparison_op, any_op, all_op, getitem, json_getitem_op, json_path_getitem_op, pow_)),
    (8, (mul, truediv, floordiv, mod, neg, bitwise_not_op)),
    (7, (add, sub, bitwise_xor_op, bitwise_or_op, bitwise_and_op, bitwise_lshift_op, bitwise_rshift_op, null_op)),
    (6, (filter_op,)),
    (5, (concat_op, match_op, not_match_op, regexp_match_op, not_regexp_match_op, regexp_replace_op, ilike_op,
         not_ilike_op, like_op, not_like_op, in_op, not_in_op, is_, is_not, eq, ne, is_distinct_from,
         is_not_distinct_from, gt, lt, ge, le, between_op, not_between_op, distinct_op, inv, is_true, is_false)),
    (4, (collate,)),
    (3, (and_, desc_op, asc_op)),
    (2, (or_,)),
    (0, (exists,)),
    (-1, (comma_op, as_)),
    (-10, (_asbool,)),
):  # fmt: skip
    for _op in _members:
        _PRECEDENCE[_op] = _rank
del _rank, _members, _op

_NEGATED: Dict[Any, Any] = {
    eq: ne, lt: ge, le: gt, in_op: not_in_op, like_op: not_like_op, ilike_op: not_ilike_op, is_: is_not,
    is_distinct_from: is_not_distinct_from, between_op: not_between_op, contains_op: not_contains_op,
    icontains_op: not_icontains_op, startswith_op: not_startswith_op, istartswith_op: not_istartswith_op,
    endswith_op: not_endswith_op, iendswith_op: not_iendswith_op, match_op: not_match_op,
    regexp_match_op: not_regexp_match_op, is_true: is_false,
}  # fmt: skip
_NEGATED.update({_to: _from for _from, _to in list(_NEGATED.items())})

_COMPARISON = frozenset(
    [
        eq, ne, gt, lt, ge, le, is_, is_not, is_distinct_from, is_not_distinct_from, in_op, not_in_op, between_op,
        not_between_op, like_op, not_like_op, ilike_op, not_ilike_op, contains_op, not_contains_op, icontains_op,
        not_icontains_op, startswith_op, not_startswith_op, istartswith_op, not_istartswith_op, endswith_op,
        not_endswith_op, iendswith_op, not_iendswith_op, match_op, not_match_op, regexp_match_op, not_regexp_match_op,
        function_as_comparison_op,
    ]
)  # fmt: skip
_ASSOCIATIVE = frozenset([and_, or_, concat_op, add, mul])
_SELF_PRECEDENT = _ASSOCIATIVE | frozenset([getitem, json_getitem_op, json_path_getitem_op])
_COMMUTATIVE = frozenset([eq, ne, add, mul])
_BOOLEAN = _COMPARISON | frozenset([and_, or_, inv, is_true, is_false])
_ORDERING = frozenset([asc_op, desc_op, nulls_first_op, nulls_last_op])
_MIRROR: Dict[Any, Any] = {gt: lt, lt: gt, ge: le, le: ge}

_CLASSES: Dict[Any, OperatorClass] = {}
for _family, _members2 in (
    (OperatorClass.EQUALITY, (eq, ne, in_op, not_in_op, distinct_op, any_op, all_op)),
    (OperatorClass.BASE, (is_, is_not, is_distinct_from, is_not_distinct_from)),
    (OperatorClass.ORDERING, (
        gt, lt, ge, le, between_op, not_between_op, desc_op, asc_op, nulls_first_op, nulls_last_op)),
    (OperatorClass.BOOLEAN_ALGEBRA, (and_, or_, is_true, is_false)),
    (OperatorClass.BOOLEAN_ALGEBRA | OperatorClass.BITWISE, (inv,)),
    (OperatorClass.INDEXABLE | OperatorClass.JSON_GETITEM, (getitem,)),
    (OperatorClass.JSON_GETITEM, (json_getitem_op, json_path_getitem_op)),
    (OperatorClass.CONCATENABLE | OperatorClass.BITWISE, (concat_op,)),
    (OperatorClass.CONTAINS, (contains_op, not_contains_op, icontains_op, not_icontains_op, contains)),
    (OperatorClass.STRING_MATCH, (
        like_op, not_like_op, ilike_op, not_ilike_op, startswith_op, not_startswith_op, istartswith_op,
        not_istartswith_op, endswith_op, not_endswith_op, iendswith_op, not_iendswith_op, match_op, not_match_op,
        regexp_match_op, not_regexp_match_op, regexp_replace_op, collate)),
    (OperatorClass.CONCATENABLE | OperatorClass.MATH | OperatorClass.BITWISE | OperatorClass.DATE_ARITHEMETIC, (add,)),
    (OperatorClass.MATH | OperatorClass.DATE_ARITHEMETIC, (sub,)),
    (OperatorClass.MATH, (mul, truediv, floordiv, mod, neg, pow_)),
    (OperatorClass.BITWISE, (
        bitwise_and_op, bitwise_or_op, bitwise_xor_op, bitwise_not_op, bitwise_lshift_op, bitwise_rshift_op)),
):  # fmt: skip
    for _op2 in _members2:
        _CLASSES[_op2] = _family
del _family, _members2, _op2


def precedence_of(op: Any, default: int = 0) -> int:
    """Return the rank of an operator: the higher, the tighter it binds."""
    rank = _PRECEDENCE.get(op)
    if rank is None:
        rank = getattr(op, "precedence", default)
    return rank


def is_precedent(operator: Any, against: Any) -> bool:
    """Tell whether an expression of ``operator`` needs parentheses as an operand of ``against``."""
    if operator is against and operator in _SELF_PRECEDENT:
        return False
    rank = _PRECEDENCE.get(operator)
    if rank is None:
        if operator == against and is_natural_self_precedent(operator):
            return False
        rank = getattr(operator, "precedence", _LOWEST)
    other = _PRECEDENCE.get(against)
    if other is None:
        other = getattr(against, "precedence", _HIGHEST)
    return rank <= other


def is_comparison(op: Any) -> bool:
    """Tell whether the operator compares two values."""
    return op in _COMPARISON or (isinstance(op, custom_op) and op.is_comparison)


def is_commutative(op: Any) -> bool:
    """Tell whether the operands may be exchanged."""
    return op in _COMMUTATIVE


def is_associative(op: Any) -> bool:
    """Tell whether nesting on either side means the same."""
    return op in _ASSOCIATIVE


def is_natural_self_precedent(op: Any) -> bool:
    """Tell whether the operator needs no parentheses inside itself."""
    return op in _SELF_PRECEDENT or (isinstance(op, custom_op) and op.natural_self_precedent)


def is_boolean(op: Any) -> bool:
    """Tell whether the result is true or false."""
    return op in _BOOLEAN or (isinstance(op, custom_op) and op.is_comparison)


def is_ordering_modifier(op: Any) -> bool:
    """Tell whether the operator changes the direction or NULL placement of ORDER BY."""
    return op in _ORDERING


is_order_by_modifier = is_ordering_modifier


def mirror(op: Any) -> Any:
    """Return the comparison that holds with its operands exchanged."""
    return _MIRROR.get(op, op)


def negate(op: Any) -> Any:
    """Return the operator of the opposite condition, None when there is none."""
    return _NEGATED.get(op)


def operator_class_of(op: Any) -> OperatorClass:
    """Return the family of an operator."""
    family = _CLASSES.get(op)
    if family is None:
        # what no type supports is refused when it is built
        family = getattr(op, "operator_class", OperatorClass.ANY)
    return family


_IMPLEMENTATIONS: Dict[Any, Callable[..., Any]] = {}


def implements(*ops: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register what ``operate()`` of the default comparator builds for these operators.

    The builder is called as ``builder(expr, op, *other, reverse=False, **kwargs)`` and returns an element.
    ``custom_op`` (the class) stands for all operators given as text.
    """

    def register(builder: Callable[..., Any]) -> Callable[..., Any]:
        for op in ops:
            _IMPLEMENTATIONS[op] = builder
        return builder

    return register


def implementation(op: Any) -> Callable[..., Any]:
    """Return the builder of an operator.

    :raises NotImplementedError: when none is registered.
    """
    builder = _IMPLEMENTATIONS.get(op)
    if builder is None:
        builder = _IMPLEMENTATIONS.get(op.__class__)
        if builder is None:
            raise NotImplementedError(
                "the operator %r has no SQL meaning for this expression"
                % (getattr(op, "__name__", None) or op)
            )
    return builder


