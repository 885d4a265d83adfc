"""Which SQL type goes with a Python value, a Python type, and an operator between two types.

The types themselves live in the other modules of this package.
"""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any
from typing import Dict
from typing import List
from typing import Mapping
from typing import Optional

from .basic import Double
from .basic import Float
from .basic import Integer
from .basic import LargeBinary
from .basic import NULLTYPE
from .basic import Numeric
from .basic import String
from .enums import Boolean
from .enums import Enum
from .enums import MatchType
from .structured import Uuid
from .temporal import _AbstractInterval
from .temporal import Date
from .temporal import DateTime
from .temporal import Interval
from .temporal import Time
from .. import operators
from ..type_api.engine import register_value_types
from ..type_api.engine import to_instance
from ..type_api.engine import TypeEngine
from ..type_api.engine import value_type
from ...util import typing

__all__ = (
    "BOOLEANTYPE",
    "INTEGERTYPE",
    "MATCHTYPE",
    "TABLEVALUE",
    "TableValueType",
    "python_types",
    "resolve_python_type",
    "resolve_value_type",
)

#: the type of conditions
BOOLEANTYPE = Boolean()
"""The type of comparisons."""
#: the type of counts and of `int` values
INTEGERTYPE = Integer()
"""A plain integer type."""
#: the type of text searches
MATCHTYPE = MatchType()
"""The type of MATCH."""


class TableValueType(TypeEngine[Any]):
    """The type of an expression that stands for all columns of a table."""

    _is_table_value = True

    def __init__(self, *elements: Any) -> None:
        self._elements = elements

    def _compare_type_affinity(self, other: TypeEngine[Any]) -> bool:
        if not isinstance(other, TableValueType):
            return False
        return self._element_names() == other._element_names()

    def _element_names(self) -> List[str]:
        return [element if isinstance(element, str) else element.name for element in self._elements]

    @property
    def _static_cache_key(self) -> Any:
        return (type(self),) + tuple(
            element if isinstance(element, str) else (element.name, element.type._static_cache_key)
            for element in self._elements
        )


#: the type of a whole row of a source
TABLEVALUE = TableValueType()
"""A table-valued type without columns."""

_INTEGER = INTEGERTYPE
_STRING = String()
_DATETIME = DateTime()
_TIME = Time()


register_value_types(
    {
        int: _INTEGER._resolve_for_literal,
        float: Double(),
        bool: BOOLEANTYPE,
        str: _STRING._resolve_for_literal,
        bytes: LargeBinary(),
        dt.date: Date(),
        dt.datetime: _DATETIME._resolve_for_literal,
        dt.time: _TIME._resolve_for_literal,
        dt.timedelta: Interval(),
        type(None): NULLTYPE,
    },
    {("decimal", "Decimal"): Numeric(), ("uuid", "UUID"): Uuid()},
    NULLTYPE,
)

resolve_value_type = value_type


# ---------------------------------------------------------------- two types and an operator


def _adaptations(cls: Any, table: Dict[Any, Dict[Any, Any]]) -> None:
    cls._expression_adaptations = table


_adaptations(
    Integer,
    {
        operators.add: {Date: Date, Integer: Integer, Numeric: Numeric, Float: Float},
        operators.mul: {Interval: Interval, Integer: Integer, Numeric: Numeric, Float: Float},
        operators.truediv: {Integer: Numeric, Numeric: Numeric, Float: Float},
        operators.floordiv: {Integer: Integer, Numeric: Numeric},
        operators.sub: {Integer: Integer, Numeric: Numeric, Float: Float},
    },
)
_adaptations(
    Numeric,
    {
        operators.mul: {Interval: Interval, Numeric: Numeric, Integer: Numeric},
        operators.truediv: {Numeric: Numeric, Integer: Numeric},
        operators.add: {Numeric: Numeric, Integer: Numeric},
        operators.sub: {Numeric: Numeric, Integer: Numeric},
    },
)
_adaptations(
    Float,
    {
        operators.mul: {Interval: Interval, Float: Float, Numeric: Float},
        operators.truediv: {Float: Float, Numeric: Float},
        operators.add: {Float: Float, Numeric: Float},
        operators.sub: {Float: Float, Numeric: Float},
    },
)
_adaptations(
    DateTime,
    {
        operators.add: {Interval: DateTime},
        operators.sub: {Interval: DateTime, DateTime: Interval},
    },
)
_adaptations(
    Date,
    {
        operators.add: {Integer: Date, Interval: DateTime, Time: DateTime},
        operators.sub: {Integer: Date, Date: Integer, Interval: DateTime, DateTime: Interval},
    },
)
_adaptations(
    Time,
    {
        operators.add: {Date: DateTime, Interval: Time},
        operators.sub: {Time: Interval, Interval: Time},
    },
)
_adaptations(
    _AbstractInterval,
    {
        operators.add: {Date: DateTime, Interval: Interval, DateTime: DateTime, Time: Time},
        operators.sub: {Interval: Interval},
        operators.mul: {Numeric: Interval, Integer: Interval, Float: Interval},
        operators.truediv: {Numeric: Interval, Integer: Interval, Float: Interval},
    },
)


# ---------------------------------------------------------------- Python types

_python_types: Optional[Dict[Any, TypeEngine[Any]]] = None


def python_types() -> Dict[Any, TypeEngine[Any]]:
    """The SQL type of each Python type that has one by default; a new dictionary."""
    global _python_types
    if _python_types is None:
        import decimal
        import uuid

        _python_types = {
            int: INTEGERTYPE,
            float: Double(),
            bool: BOOLEANTYPE,
            decimal.Decimal: Numeric(),
            dt.date: Date(),
            dt.datetime: _DATETIME,
            dt.time: _TIME,
            dt.timedelta: Interval(),
            type(None): NULLTYPE,
            bytes: LargeBinary(),
            str: _STRING,
            enum.Enum: Enum(enum.Enum),
            uuid.UUID: Uuid(),
        }
    return dict(_python_types)


def resolve_python_type(annotation: Any, type_map: Optional[Mapping[Any, Any]] = None) -> Optional[TypeEngine[Any]]:
    """The SQL type for a Python type or annotation; None when there is none.

    The annotation is looked up as it stands, then what its ``type`` alias or Annotated stands for; a union that admits
    None counts as its other member. The entry of a base of the class may answer, as that of ``enum.Enum`` does; a
    NewType has an entry of its own or none.

    :param annotation: a class or an annotation, with all names resolved.
    :param type_map: entries that come before the default ones.
    """
    known = python_types()
    if type_map:
        known.update(type_map)
    for candidate in _candidates(annotation):
        found = _look_up(candidate, known)
        if found is not None:
            return found
    return None


def _candidates(annotation: Any) -> Any:
    """The annotation and what it stands for, outermost first."""
    seen = annotation
    # of an alias, what it says is meant, not what other aliases in it say
    may_follow = True
    while True:
        yield seen
        if may_follow and typing.is_pep695(seen):
            seen = typing.pep695_value(seen)
            may_follow = False
        elif typing.is_annotated(seen):
            seen = seen.__origin__
            may_follow = False
        else:
            inner, optional = typing.strip_optional(seen)
            if not optional or inner is seen:
                return
            seen = inner


def _look_up(candidate: Any, known: Mapping[Any, Any]) -> Optional[TypeEngine[Any]]:
    try:
        direct = known.get(candidate)
    except TypeError:
        return None
    if direct is not None:
        typ = to_instance(direct)
        return typ._resolve_for_python_type(candidate, candidate, candidate) or typ
    if typing.is_literal(candidate):
        for key in (getattr(candidate, "__origin__", None), enum.Enum):
            if key in known:
                return to_instance(known[key])._resolve_for_python_type(candidate, key, key)
        return None
    if isinstance(candidate, type):
        for base in candidate.__mro__[1:-1]:
            found = known.get(base)
            if found is not None:
                resolved = to_instance(found)._resolve_for_python_type(candidate, base, base)
                if resolved is not None:
                    return resolved
    return None
