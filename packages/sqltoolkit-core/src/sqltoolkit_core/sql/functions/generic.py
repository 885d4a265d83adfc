"""The functions with a known type or rendering: count, sum, coalesce, now, rank, grouping sets ...

What every function call can do is in ``base``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, List, TypeVar

from .. import coercions, roles
from ..cache_key import KeyKind
from ..elements.casting import Cast, Extract
from ..elements.columns import ColumnClause
from ..sqltypes import (
    ARRAY,
    NULLTYPE,
    Date,
    DateTime,
    Integer,
    Numeric,
    String,
    Time,
)
from ..type_api import to_instance
from .base import GenericFunction, register_function

if TYPE_CHECKING:
    # in the texts of base classes
    import datetime as dt  # noqa: F401
    import decimal  # noqa: F401

    from typing_extensions import overload

    from ..typing import SQLCoreOperations

__all__ = [
    "AnsiFunction",
    "OrderedSetAgg",
    "ReturnTypeFromArgs",
    "aggregate_strings",
    "array_agg",
    "char_length",
    "coalesce",
    "concat",
    "count",
    "cube",
    "cume_dist",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "dense_rank",
    "grouping_sets",
    "localtime",
    "localtimestamp",
    "max",
    "min",
    "mode",
    "next_value",
    "now",
    "percent_rank",
    "percentile_cont",
    "percentile_disc",
    "pow",
    "random",
    "rank",
    "rollup",
    "session_user",
    "sum",
    "sysdate",
    "user",
]

_T = TypeVar("_T")

register_function("cast", Cast)
register_function("extract", Extract)


def _type_of_arguments(arguments: Iterable[Any]) -> Any:
    for argument in arguments:
        if not argument.type._isnull:
            return argument.type
    return NULLTYPE


class ReturnTypeFromArgs(GenericFunction[_T]):
    """The base of functions whose value has the type of their arguments."""

    _register = False
    inherit_cache = True

    if TYPE_CHECKING:

        @overload
        def __init__(self, col: SQLCoreOperations[_T], *args: Any, **kwargs: Any) -> None: ...

        @overload
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        parsed = self._coerced(args)
        if not kwargs:
            self._set_arguments(parsed)
            self.type = _type_of_arguments(parsed)
            return
        kwargs.setdefault("type_", _type_of_arguments(parsed))
        kwargs["_parsed_args"] = parsed
        super().__init__(*args, **kwargs)


class AnsiFunction(GenericFunction[_T]):
    """The base of functions that are written without parentheses when they have no arguments."""

    _register = False
    inherit_cache = True
    name = identifier = "ansifunction"


class OrderedSetAgg(GenericFunction[_T]):
    """The base of aggregates used with ``within_group()``, typed by what that orders by."""

    _register = False
    inherit_cache = True
    array_for_multi_clause = False

    def within_group_type(self, within_group: Any) -> Any:
        """Return the type of the ordering expression; an array of it for several arguments."""
        ordering = within_group.order_by
        first = getattr(ordering, "clauses", (ordering,))[0]
        while getattr(first, "modifier", None) is not None:
            first = first.element
        if self.array_for_multi_clause and len(self._arguments) > 1:
            return ARRAY(first.type)
        return first.type


# names of the builtins are shadowed on purpose below: classes are named as the functions are


class coalesce(ReturnTypeFromArgs[_T]):
    """The first argument that is not NULL."""

    _has_args = True
    inherit_cache = True


class max(ReturnTypeFromArgs[_T]):
    """The greatest value of a group."""

    inherit_cache = True


class min(ReturnTypeFromArgs[_T]):
    """The least value of a group."""

    inherit_cache = True


class sum(ReturnTypeFromArgs[_T]):
    """The sum over a group."""

    inherit_cache = True


class pow(ReturnTypeFromArgs[_T]):
    """The first argument to the power of the second."""

    inherit_cache = True


class now(GenericFunction["dt.datetime"]):
    """The present date and time."""

    type: Any = DateTime()
    inherit_cache = True


class concat(GenericFunction[str]):
    """The arguments as strings, one after the other."""

    type: Any = String()
    inherit_cache = True


class char_length(GenericFunction[int]):
    """The length of a string in characters."""

    type: Any = Integer()
    inherit_cache = True

    def __init__(self, arg: Any, **kw: Any) -> None:
        super().__init__(arg, **kw)


class random(GenericFunction[float]):
    """A random number."""

    _has_args = True
    inherit_cache = True


class count(GenericFunction[int]):
    """The number of rows, or of values that are not NULL.

    :param expression: what to count; rows by default.
    """

    type: Any = Integer()
    inherit_cache = True

    def __init__(self, expression: Any = None, **kwargs: Any) -> None:
        if expression is None:
            expression = ColumnClause("*", is_literal=True)
        super().__init__(expression, **kwargs)


class current_date(AnsiFunction["dt.date"]):
    """CURRENT_DATE."""

    type: Any = Date()
    inherit_cache = True


class current_time(AnsiFunction["dt.time"]):
    """CURRENT_TIME."""

    type: Any = Time()
    inherit_cache = True


class current_timestamp(AnsiFunction["dt.datetime"]):
    """CURRENT_TIMESTAMP."""

    type: Any = DateTime()
    inherit_cache = True


class current_user(AnsiFunction[str]):
    """CURRENT_USER."""

    type: Any = String()
    inherit_cache = True


class localtime(AnsiFunction["dt.datetime"]):
    """LOCALTIME."""

    type: Any = DateTime()
    inherit_cache = True


class localtimestamp(AnsiFunction["dt.datetime"]):
    """LOCALTIMESTAMP."""

    type: Any = DateTime()
    inherit_cache = True


class session_user(AnsiFunction[str]):
    """SESSION_USER."""

    type: Any = String()
    inherit_cache = True


class sysdate(AnsiFunction["dt.datetime"]):
    """SYSDATE."""

    type: Any = DateTime()
    inherit_cache = True


class user(AnsiFunction[str]):
    """USER."""

    type: Any = String()
    inherit_cache = True


class next_value(GenericFunction[int]):
    """The next value of a sequence.

    :param seq: the sequence.
    """

    type: Any = Integer()
    name = "next_value"
    cache_key_fields = (("sequence", KeyKind.KEYED), ("type", KeyKind.TYPE))  # type: ignore[misc]

    def __init__(self, seq: Any, **kw: Any) -> None:
        if getattr(seq, "__visit_name__", None) != "sequence":
            raise TypeError("next_value() takes a Sequence and got %r" % (seq,))
        self.sequence = seq
        self.type = to_instance(getattr(seq, "data_type", None) or kw.get("type_") or Integer())
        self._set_arguments(())

    @property
    def _from_objects(self) -> List[Any]:
        return []

    def _compare_to(self, other: Any, comparison: Any) -> Any:
        return isinstance(other, next_value) and self.sequence.name == other.sequence.name


class array_agg(ReturnTypeFromArgs[Any]):
    """The values of a group as an array."""

    inherit_cache = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        array_type = kwargs.pop("_default_array_type", ARRAY)
        parsed = [
            coercions.expect(roles.ExpressionElementRole, arg, name=self.name, sink=self)
            for arg in args
        ]
        if "type_" not in kwargs:
            found = _type_of_arguments(parsed)
            kwargs["type_"] = found if isinstance(found, ARRAY) else array_type(found, dimensions=1)
        kwargs["_parsed_args"] = parsed
        GenericFunction.__init__(self, *args, **kwargs)


class mode(OrderedSetAgg[_T]):
    """The most frequent value; used with ``within_group()``."""

    inherit_cache = True


class percentile_cont(OrderedSetAgg[_T]):
    """The value at a fraction of the ordering, interpolated; used with ``within_group()``."""

    array_for_multi_clause = True
    inherit_cache = True


class percentile_disc(OrderedSetAgg[_T]):
    """The first value at or after a fraction of the ordering; used with ``within_group()``."""

    array_for_multi_clause = True
    inherit_cache = True


class rank(GenericFunction[int]):
    """The rank of a row with gaps; used with ``over()`` or ``within_group()``."""

    type: Any = Integer()
    inherit_cache = True


class dense_rank(GenericFunction[int]):
    """The rank of a row without gaps; used with ``over()`` or ``within_group()``."""

    type: Any = Integer()
    inherit_cache = True


class percent_rank(GenericFunction["decimal.Decimal"]):
    """The relative rank of a row; used with ``over()`` or ``within_group()``."""

    type: Any = Numeric()
    inherit_cache = True


class cume_dist(GenericFunction["decimal.Decimal"]):
    """The relative position of a row; used with ``over()`` or ``within_group()``."""

    type: Any = Numeric()
    inherit_cache = True


class cube(GenericFunction[Any]):
    """CUBE of GROUP BY."""

    _has_args = True
    inherit_cache = True


class rollup(GenericFunction[Any]):
    """ROLLUP of GROUP BY."""

    _has_args = True
    inherit_cache = True


class grouping_sets(GenericFunction[Any]):
    """GROUPING SETS of GROUP BY."""

    _has_args = True
    inherit_cache = True


class aggregate_strings(GenericFunction[str]):
    """The strings of a group put together.

    :param clause: what to put together.
    :param separator: what to put between.
    """

    type: Any = String()
    _has_args = True
    inherit_cache = True

    def __init__(self, clause: Any, separator: str, **kw: Any) -> None:
        between = coercions.expect(
            roles.ExpressionElementRole, separator, name=self.name, type_=String(), literal_execute=True
        )
        super().__init__(clause, between, **kw)


