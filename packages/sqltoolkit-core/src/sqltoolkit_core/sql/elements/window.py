"""What follows a function call: OVER with its frame, WITHIN GROUP, FILTER, ORDER BY inside an aggregate.

Functions themselves are in ``sql.functions``.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, List, Optional, Tuple, TypeVar

from ... import exc
from .. import coercions, roles
from ..base import Generative
from ..cache_key import KeyKind
from ..operators import filter_op, is_precedent
from ..sqltypes import INTEGERTYPE
from .base import ClauseElement, ColumnElement, WrapsColumnExpression, factories
from .lists import ClauseList
from .operations import Grouping

__all__ = ["AggregateOrderBy", "FrameClause", "FrameClauseType", "FunctionFilter", "Over", "WithinGroup"]

_T = TypeVar("_T")


class FrameClauseType(Enum):
    """Kinds of frame boundaries."""

    UNBOUNDED = 0
    CURRENT = 1
    PRECEDING = 2
    FOLLOWING = 3


class FrameClause(ClauseElement):
    """Where the frame of a window begins and ends.

    :param start: the value of the lower one, where its kind has one.
    :param end: the value of the upper one.
    :param start_frame_type: the kind of the lower boundary.
    :param end_frame_type: the kind of the upper boundary.
    """

    __visit_name__ = "frame_clause"

    cache_key_fields = (
        ("lower_bind", KeyKind.CLAUSE), ("upper_bind", KeyKind.CLAUSE), ("lower_type", KeyKind.PLAIN),
        ("upper_type", KeyKind.PLAIN),
    )  # fmt: skip

    def __init__(
        self, start: Any, end: Any, start_frame_type: FrameClauseType, end_frame_type: FrameClauseType
    ) -> None:
        self.lower_bind = self._value(start)
        self.upper_bind = self._value(end)
        self.lower_type = FrameClauseType(start_frame_type)
        self.upper_type = FrameClauseType(end_frame_type)

    @staticmethod
    def _value(value: Any) -> Any:
        if value is None:
            return None
        type_ = INTEGERTYPE if isinstance(value, int) else None
        return coercions.expect(roles.ExpressionElementRole, value, type_=type_)

    @classmethod
    def _parse(cls, range_: Any, of_values: bool = False) -> FrameClause:
        """Return the frame that a pair of numbers or None stands for.

        :param of_values: the boundaries are distances of values, where a fraction would mean something else than the
            number it is rounded to.
        """
        if isinstance(range_, FrameClause):
            return range_
        if not isinstance(range_, (tuple, list)) or len(range_) != 2:
            raise exc.ArgumentError("a window frame is given as a pair (lower, upper), and got %r" % (range_,))
        for value in range_ if of_values else ():
            if not (value is None or isinstance(value, int)):
                raise _no_boundary(value)
        lower, upper = map(_integer, range_)
        start, start_type = cls._boundary(lower)
        end, end_type = cls._boundary(upper)
        return cls(start, end, start_type, end_type)

    @staticmethod
    def _boundary(value: Any) -> Tuple[Any, FrameClauseType]:
        if value is None:
            return None, FrameClauseType.UNBOUNDED
        if isinstance(value, int):
            if value == 0:
                return None, FrameClauseType.CURRENT
            if value < 0:
                return abs(value), FrameClauseType.PRECEDING
        return value, FrameClauseType.FOLLOWING


def _integer(value: Any) -> Optional[int]:
    if value is None:
        return None
    try:
        return int(value)
    except (TypeError, ValueError):
        raise _no_boundary(value) from None


def _no_boundary(value: Any) -> exc.ArgumentError:
    return exc.ArgumentError(
        "a boundary of a window frame is an integer or None, and got %r; others are given in a FrameClause" % (value,)
    )


class Over(ColumnElement[_T]):
    """``element OVER (PARTITION BY ... ORDER BY ... frame)``."""

    __visit_name__ = "over"

    cache_key_fields = (
        ("element", KeyKind.CLAUSE), ("order_by", KeyKind.CLAUSE), ("partition_by", KeyKind.CLAUSE),
        ("range_", KeyKind.CLAUSE), ("rows", KeyKind.CLAUSE), ("groups", KeyKind.CLAUSE), ("exclude", KeyKind.PLAIN),
    )  # fmt: skip

    order_by: Any = None
    partition_by: Any = None
    range_: Any = None
    rows: Any = None
    groups: Any = None
    exclude: Optional[str] = None

    def __init__(
        self,
        element: Any,
        partition_by: Any = None,
        order_by: Any = None,
        range_: Any = None,
        rows: Any = None,
        groups: Any = None,
        exclude: Optional[str] = None,
    ) -> None:
        if not hasattr(element, "_visit"):
            raise exc.ArgumentError("OVER stands behind a function such as func.sum(column), found %r" % (element,))
        self.element = element
        if order_by is not None:
            self.order_by = ClauseList(*_listed(order_by), _role=roles.ByOfRole)
        if partition_by is not None:
            self.partition_by = ClauseList(*_listed(partition_by), _role=roles.ByOfRole)
        if sum(frame is not None for frame in (range_, rows, groups)) > 1:
            raise exc.ArgumentError("a window has one frame: only one of rows, range_ and groups may be given")
        if range_ is not None:
            self.range_ = FrameClause._parse(range_, of_values=True)
        if rows is not None:
            self.rows = FrameClause._parse(rows)
        if groups is not None:
            self.groups = FrameClause._parse(groups)
        if exclude is not None:
            if range_ is None and rows is None and groups is None:
                raise exc.ArgumentError(
                    "exclude=%r leaves out rows of a frame: give rows, range_ or groups too" % (exclude,)
                )
            self.exclude = exclude
        if getattr(element, "entity_mark", None) is not None:
            self.entity_mark = element.entity_mark

    @property
    def type(self) -> Any:  # type: ignore[override]
        """The type of the function."""
        return self.element.type

    @property
    def _from_objects(self) -> List[Any]:
        parts = (self.element, self.partition_by, self.order_by)
        return [source for part in parts if part is not None for source in part._from_objects]


def _listed(value: Any) -> Any:
    return value if isinstance(value, (tuple, list)) else (value,)


class AggregateOrderBy(WrapsColumnExpression[_T]):
    """An aggregate function whose rows are ordered inside the call."""

    __visit_name__ = "aggregateorderby"

    cache_key_fields = (("element", KeyKind.CLAUSE), ("order_by", KeyKind.CLAUSE))

    order_by: Any

    def __init__(self, element: Any, *order_by: Any) -> None:
        self.element = element
        if not order_by:
            raise exc.ArgumentError("an ordered aggregate needs at least one expression to order by")
        self.order_by = ClauseList(*order_by, _role=roles.ByOfRole)
        if getattr(element, "entity_mark", None) is not None:
            self.entity_mark = element.entity_mark

    @property
    def wrapped_column_expression(self) -> Any:
        """The function."""
        return self.element

    def __reduce__(self) -> Tuple[Any, ...]:
        return self.__class__, (self.element,) + tuple(self.order_by)

    def over(
        self,
        *,
        partition_by: Any = None,
        order_by: Any = None,
        rows: Any = None,
        range_: Any = None,
        groups: Any = None,
        exclude: Optional[str] = None,
    ) -> Over[_T]:
        """Return this function over a window."""
        return Over(
            self, partition_by=partition_by, order_by=order_by, range_=range_, rows=rows, groups=groups, exclude=exclude
        )

    def filter(self, *criterion: Any) -> Any:
        """Return this function with FILTER (WHERE ...); itself without criteria."""
        return FunctionFilter(self, *criterion) if criterion else self

    @property
    def type(self) -> Any:  # type: ignore[override]
        """The type of the function, which the ordering may decide."""
        within = getattr(self.element, "within_group_type", None)
        found = within(self) if within is not None else None
        return self.element.type if found is None else found

    @property
    def _from_objects(self) -> List[Any]:
        froms: List[Any] = self.element._from_objects + self.order_by._from_objects
        return froms


class WithinGroup(AggregateOrderBy[_T]):
    """``element WITHIN GROUP (ORDER BY ...)``."""

    __visit_name__ = "withingroup"
    inherit_cache = True

    def __init__(self, element: Any, *order_by: Any) -> None:
        self.element = element
        self.order_by = ClauseList(*order_by, _role=roles.ByOfRole)
        if getattr(element, "entity_mark", None) is not None:
            self.entity_mark = element.entity_mark


class FunctionFilter(Generative, ColumnElement[_T]):
    """``func FILTER (WHERE criterion)``."""

    __visit_name__ = "funcfilter"

    cache_key_fields = (("func", KeyKind.CLAUSE), ("criterion", KeyKind.CLAUSE))

    criterion: Any = None

    def __init__(self, func: Any, *criterion: Any) -> None:
        self.func = func
        if getattr(func, "entity_mark", None) is not None:
            self.entity_mark = func.entity_mark
        self._add(criterion)

    def _add(self, criterion: Tuple[Any, ...]) -> None:
        for condition in criterion:
            condition = coercions.expect(roles.WhereHavingRole, condition, sink=self)
            self.criterion = condition if self.criterion is None else factories.and_(self.criterion, condition)

    def filter(self, *criterion: Any) -> FunctionFilter[_T]:
        """Return the function with more criteria, joined by AND."""
        made = self._generate()
        made._add(criterion)
        return made

    def over(
        self,
        partition_by: Any = None,
        order_by: Any = None,
        range_: Any = None,
        rows: Any = None,
        groups: Any = None,
        exclude: Optional[str] = None,
    ) -> Over[_T]:
        """Return this function over a window."""
        return Over(
            self, partition_by=partition_by, order_by=order_by, range_=range_, rows=rows, groups=groups, exclude=exclude
        )

    def within_group(self, *order_by: Any) -> WithinGroup[_T]:
        """Return this function with WITHIN GROUP."""
        return WithinGroup(self, *order_by)

    def within_group_type(self, within_group: Any) -> Any:
        """Return None: the ordering does not change the type."""
        return None

    def self_group(self, against: Any = None) -> Any:
        """Return this, in parentheses when FILTER does not bind tighter than ``against``."""
        return Grouping(self) if is_precedent(filter_op, against) else self

    @property
    def type(self) -> Any:  # type: ignore[override]
        """The type of the function."""
        return self.func.type

    @property
    def _from_objects(self) -> List[Any]:
        parts = (self.func, self.criterion)
        return [source for part in parts if part is not None for source in part._from_objects]


