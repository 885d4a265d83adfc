"""The methods and Python operators of column-like objects: each hands its operator function to ``operate()``.

What an operator builds is decided by the type's comparator and ``sql.elements.comparison``.
"""

from __future__ import annotations

from typing import Any, Callable, Optional

from . import functions as ops

__all__ = ["ColumnOperators", "Operators", "OrderingOperators"]


class Operators:
    """Base of everything operators can be applied to: and, or, not, and operators given as text."""

    __slots__ = ()

    def __and__(self, other: Any) -> Any:
        """Return ``self AND other``."""
        return self.operate(ops.and_, other)

    def __or__(self, other: Any) -> Any:
        """Return ``self OR other``."""
        return self.operate(ops.or_, other)

    def __invert__(self) -> Any:
        """Return ``NOT self``."""
        return self.operate(ops.inv)

    def op(
        self,
        opstring: str,
        precedence: int = 0,
        is_comparison: bool = False,
        return_type: Any = None,
        python_impl: Optional[Callable[..., Any]] = None,
        operator_class: ops.OperatorClass = ops.OperatorClass.BASE,
        visit_name: Optional[str] = None,
    ) -> Callable[[Any], Any]:
        """Return a function that applies an operator given as text to this object and its argument.

        :param opstring: the operator as it appears in SQL.
        :param precedence: the higher, the tighter the operator binds; comparisons are at 5, ``+`` at 7.
        :param is_comparison: the result is true or false, and the operator may compare columns of a relationship.
        :param return_type: the type of the result; without it the left side's type.
        :param python_impl: what the operator does to plain values.
        :param operator_class: the family the operator belongs to.
        :param visit_name: the compiler method that renders it: ``visit_<visit_name>_op_binary``.
        """
        operator = ops.custom_op(
            opstring,
            precedence=precedence,
            is_comparison=is_comparison,
            return_type=return_type,
            python_impl=python_impl,
            operator_class=operator_class,
            visit_name=visit_name,
        )

        def against(other: Any) -> Any:
            return operator(self, other)

        return against

    def bool_op(
        self, opstring: str, precedence: int = 0, python_impl: Optional[Callable[..., Any]] = None
    ) -> Callable[[Any], Any]:
        """Return :meth:`op` for an operator whose result is true or false."""
        return self.op(opstring, precedence=precedence, is_comparison=True, python_impl=python_impl)

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        """Apply ``op`` with this object on the left."""
        raise NotImplementedError("%s does not support the operator %s" % (type(self).__name__, _name(op)))

    def __sa_operate__(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        """Apply ``op`` with this object on the left."""
        return self.operate(op, *other, **kwargs)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        """Apply ``op`` with this object on the right."""
        raise NotImplementedError("%s does not support the operator %s" % (type(self).__name__, _name(op)))


def _name(op: Any) -> str:
    return getattr(op, "opstring", None) or getattr(op, "__name__", None) or repr(op)


class OrderingOperators(Operators):
    """What an item of ORDER BY understands."""

    __slots__ = ()

    def desc(self) -> Any:
        """Return ``self DESC``."""
        return self.operate(ops.desc_op)

    def asc(self) -> Any:
        """Return ``self ASC``."""
        return self.operate(ops.asc_op)

    def nulls_first(self) -> Any:
        """Return ``self NULLS FIRST``."""
        return self.operate(ops.nulls_first_op)

    nullsfirst = nulls_first

    def nulls_last(self) -> Any:
        """Return ``self NULLS LAST``."""
        return self.operate(ops.nulls_last_op)

    nullslast = nulls_last


class ColumnOperators(Operators):
    """All operators of a column expression."""

    __slots__ = ()

    # an object of this module is no date, whatever date's reflected operators ask for
    timetuple: Any = None

    __hash__: Any = object.__hash__

    def __lt__(self, other: Any) -> Any:
        return self.operate(ops.lt, other)

    def __le__(self, other: Any) -> Any:
        return self.operate(ops.le, other)

    def __eq__(self, other: Any) -> Any:
        """Return ``self = other``, or ``self IS NULL`` for None."""
        return self.operate(ops.eq, other)

    def __ne__(self, other: Any) -> Any:
        """Return ``self != other``, or ``self IS NOT NULL`` for None."""
        return self.operate(ops.ne, other)

    def __gt__(self, other: Any) -> Any:
        return self.operate(ops.gt, other)

    def __ge__(self, other: Any) -> Any:
        return self.operate(ops.ge, other)

    def is_distinct_from(self, other: Any) -> Any:
        """Return ``self IS DISTINCT FROM other``."""
        return self.operate(ops.is_distinct_from, other)

    def is_not_distinct_from(self, other: Any) -> Any:
        """Return ``self IS NOT DISTINCT FROM other``."""
        return self.operate(ops.is_not_distinct_from, other)

    isnot_distinct_from = is_not_distinct_from

    def __neg__(self) -> Any:
        return self.operate(ops.neg)

    def __contains__(self, other: Any) -> Any:
        return self.operate(ops.contains, other)

    def __getitem__(self, index: Any) -> Any:
        """Return an element of an array or JSON value."""
        return self.operate(ops.getitem, index)

    # __getitem__ alone would make Python think that this can be iterated
    __iter__: Any = None

    def __lshift__(self, other: Any) -> Any:
        return self.operate(ops.lshift, other)

    def __rlshift__(self, other: Any) -> Any:
        return self.reverse_operate(ops.lshift, other)

    def __rshift__(self, other: Any) -> Any:
        return self.operate(ops.rshift, other)

    def __rrshift__(self, other: Any) -> Any:
        return self.reverse_operate(ops.rshift, other)

    def __matmul__(self, other: Any) -> Any:
        return self.operate(ops.matmul, other)

    def __rmatmul__(self, other: Any) -> Any:
        return self.reverse_operate(ops.matmul, other)

    def __pow__(self, other: Any) -> Any:
        return self.operate(ops.pow_, other)

    def __rpow__(self, other: Any) -> Any:
        return self.reverse_operate(ops.pow_, other)

    def concat(self, other: Any) -> Any:
        """Return ``self || other``."""
        return self.operate(ops.concat_op, other)

    def _rconcat(self, other: Any) -> Any:
        return self.reverse_operate(ops.concat_op, other)

    def like(self, other: Any, escape: Optional[str] = None) -> Any:
        """Return ``self LIKE other``, with an ESCAPE character when one is given."""
        return self.operate(ops.like_op, other, escape=escape)

    def ilike(self, other: Any, escape: Optional[str] = None) -> Any:
        """Return a LIKE that ignores case."""
        return self.operate(ops.ilike_op, other, escape=escape)

    def bitwise_xor(self, other: Any) -> Any:
        """Return ``self ^ other``."""
        return self.operate(ops.bitwise_xor_op, other)

    def bitwise_or(self, other: Any) -> Any:
        """Return ``self | other``."""
        return self.operate(ops.bitwise_or_op, other)

    def bitwise_and(self, other: Any) -> Any:
        """Return ``self & other``."""
        return self.operate(ops.bitwise_and_op, other)

    def bitwise_not(self) -> Any:
        """Return ``~self``."""
        return self.operate(ops.bitwise_not_op)

    def bitwise_lshift(self, other: Any) -> Any:
        """Return ``self << other``."""
        return self.operate(ops.bitwise_lshift_op, other)

    def bitwise_rshift(self, other: Any) -> Any:
        """Return ``self >> other``."""
        return self.operate(ops.bitwise_rshift_op, other)

    def in_(self, other: Any) -> Any:
        """Return ``self IN (other)``; ``other`` is a list of values, a SELECT or an expanding parameter."""
        return self.operate(ops.in_op, other)

    def not_in(self, other: Any) -> Any:
        """Return ``self NOT IN (other)``."""
        return self.operate(ops.not_in_op, other)

    notin_ = not_in

    def not_like(self, other: Any, escape: Optional[str] = None) -> Any:
        """Return ``self NOT LIKE other``."""
        return self.operate(ops.not_like_op, other, escape=escape)

    notlike = not_like

    def not_ilike(self, other: Any, escape: Optional[str] = None) -> Any:
        """Return the negation of :meth:`ilike`."""
        return self.operate(ops.not_ilike_op, other, escape=escape)

    notilike = not_ilike

    def is_(self, other: Any) -> Any:
        """Return ``self IS other``."""
        return self.operate(ops.is_, other)

    def is_not(self, other: Any) -> Any:
        """Return ``self IS NOT other``."""
        return self.operate(ops.is_not, other)

    isnot = is_not

    def startswith(self, other: Any, escape: Optional[str] = None, autoescape: bool = False) -> Any:
        """Return ``self LIKE other || '%'``; ``autoescape`` escapes the wildcards in a plain value."""
        return self.operate(ops.startswith_op, other, escape=escape, autoescape=autoescape)

    def istartswith(self, other: Any, escape: Optional[str] = None, autoescape: bool = False) -> Any:
        """Return :meth:`startswith` that ignores case."""
        return self.operate(ops.istartswith_op, other, escape=escape, autoescape=autoescape)

    def endswith(self, other: Any, escape: Optional[str] = None, autoescape: bool = False) -> Any:
        """Return ``self LIKE '%' || other``."""
        return self.operate(ops.endswith_op, other, escape=escape, autoescape=autoescape)

    def iendswith(self, other: Any, escape: Optional[str] = None, autoescape: bool = False) -> Any:
        """Return :meth:`endswith` that ignores case."""
        return self.operate(ops.iendswith_op, other, escape=escape, autoescape=autoescape)

    def contains(self, other: Any, **kw: Any) -> Any:
        """Return ``self LIKE '%' || other || '%'``; takes ``escape`` and ``autoescape``."""
        return self.operate(ops.contains_op, other, **kw)

    def icontains(self, other: Any, **kw: Any) -> Any:
        """Return :meth:`contains` that ignores case."""
        return self.operate(ops.icontains_op, other, **kw)

    def match(self, other: Any, **kwargs: Any) -> Any:
        """Return the database's full-text ``MATCH``; options depend on the database."""
        return self.operate(ops.match_op, other, **kwargs)

    def regexp_match(self, pattern: Any, flags: Optional[str] = None) -> Any:
        """Return a regular-expression match in the database's syntax."""
        return self.operate(ops.regexp_match_op, pattern, flags=flags)

    def regexp_replace(self, pattern: Any, replacement: Any, flags: Optional[str] = None) -> Any:
        """Return a regular-expression replacement in the database's syntax."""
        return self.operate(ops.regexp_replace_op, pattern, replacement=replacement, flags=flags)

    def desc(self) -> Any:
        """Return ``self DESC``."""
        return self.operate(ops.desc_op)

    def asc(self) -> Any:
        """Return ``self ASC``."""
        return self.operate(ops.asc_op)

    def nulls_first(self) -> Any:
        """Return ``self NULLS FIRST``."""
        return self.operate(ops.nulls_first_op)

    nullsfirst = nulls_first

    def nulls_last(self) -> Any:
        """Return ``self NULLS LAST``."""
        return self.operate(ops.nulls_last_op)

    nullslast = nulls_last

    def collate(self, collation: str, collation_schema: Optional[str] = None) -> Any:
        """Return ``self COLLATE collation``."""
        return self.operate(ops.collate, collation, collation_schema=collation_schema)

    def __radd__(self, other: Any) -> Any:
        return self.reverse_operate(ops.add, other)

    def __rsub__(self, other: Any) -> Any:
        return self.reverse_operate(ops.sub, other)

    def __rmul__(self, other: Any) -> Any:
        return self.reverse_operate(ops.mul, other)

    def __rmod__(self, other: Any) -> Any:
        return self.reverse_operate(ops.mod, other)

    def between(self, cleft: Any, cright: Any, symmetric: bool = False) -> Any:
        """Return ``self BETWEEN cleft AND cright``."""
        return self.operate(ops.between_op, cleft, cright, symmetric=symmetric)

    def distinct(self) -> Any:
        """Return ``DISTINCT self``."""
        return self.operate(ops.distinct_op)

    def any_(self) -> Any:
        """Return ``ANY (self)``."""
        return self.operate(ops.any_op)

    def all_(self) -> Any:
        """Return ``ALL (self)``."""
        return self.operate(ops.all_op)

    def __add__(self, other: Any) -> Any:
        """Return ``self + other``, or ``self || other`` for strings."""
        return self.operate(ops.add, other)

    def __sub__(self, other: Any) -> Any:
        return self.operate(ops.sub, other)

    def __mul__(self, other: Any) -> Any:
        return self.operate(ops.mul, other)

    def __mod__(self, other: Any) -> Any:
        return self.operate(ops.mod, other)

    def __truediv__(self, other: Any) -> Any:
        """Return ``self / other`` with a fractional result."""
        return self.operate(ops.truediv, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self.reverse_operate(ops.truediv, other)

    def __floordiv__(self, other: Any) -> Any:
        """Return ``self / other`` rounded down."""
        return self.operate(ops.floordiv, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return self.reverse_operate(ops.floordiv, other)
