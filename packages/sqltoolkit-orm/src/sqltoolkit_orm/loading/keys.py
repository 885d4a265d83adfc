"""How the elements of loaded rows are found, and which rows ``unique()`` takes for the same.

Making the rows is in ``instances``; the result that has them is in ``plugin``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import inspect
from sqltoolkit_core.engine.result import SimpleResultMetaData
from sqltoolkit_core.sql.cache_key import generate
from sqltoolkit_core.types import NullType

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import List
    from typing import Optional

__all__ = ["LoadedKeys", "loose_key_of_rows"]


class LoadedKeys(SimpleResultMetaData):
    """The keys of loaded rows: names, and the entities and expressions of the statement.

    The plan may be that of a statement like the one that was executed, whose expressions are equal but not the same.

    :param plan: the plan of the rows.
    """

    def __init__(self, plan: Any) -> None:
        super().__init__(plan.keys, plan.extra, unique_filters=_unique_filters(plan, _by_value))

    def find_expression(self, key: Any) -> Optional[int]:
        element = _element_of(key)
        if element is None:
            return None
        found: Optional[int] = self.index.get(element)
        if found is not None:
            return found
        shape = _shape_of(element)
        if shape is None:
            return None
        places = {
            at
            for other, at in self.index.items()
            if other.__class__ is element.__class__ and _shape_of(other) == shape
        }
        return places.pop() if len(places) == 1 else None


def _element_of(key: Any) -> Any:
    """Return the expression or FROM element that a key stands for, None if it is no such thing."""
    if hasattr(key, "__clause_element__"):
        return key.__clause_element__()
    inspected = inspect(key, raiseerr=False)
    return inspected.__clause_element__() if hasattr(inspected, "__clause_element__") else None


def _shape_of(element: Any) -> Any:
    key = generate(element)
    return None if key is None else key.key


def _unique_filters(plan: Any, column_filter: Callable[[Any], Any]) -> List[Any]:
    """Return for each entry of a row the function that gives what unique() compares, None for the value itself."""
    return [
        id
        if entry.kind == "entity"
        else column_filter(plan.types[entry.position])
        if entry.kind == "column"
        else None
        for entry in plan.entries
    ]


def _by_value(type_: Any) -> Any:
    """Return the function that gives what a column value is compared by; it refuses those that can't be compared."""
    if getattr(type_, "hashable", True) and not isinstance(type_, NullType):
        return None

    def compared(value: Any) -> Any:
        if type_.hashable and _has_hash(value):
            return value
        raise sa_exc.InvalidRequestError(
            "unique() can't compare rows with a value of type %r: it has no hash; give unique() a function of the row"
            % (type_,)
        )

    return compared


def _has_hash(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _by_value_or_identity(type_: Any) -> Any:
    """Return the function for rows of a Query, in which values without a hash are told apart as objects."""
    if getattr(type_, "hashable", True) and not isinstance(type_, NullType):
        return None
    return lambda value: value if getattr(value, "__hash__", None) is not None and type_.hashable else id(value)


def loose_key_of_rows(plan: Any) -> Optional[Callable[[Any], Any]]:
    """Return the function by which a Query tells its rows apart, None where values alone do."""
    filters = _unique_filters(plan, _by_value_or_identity)
    if not any(
        compared is not None and entry.kind == "column" for compared, entry in zip(filters, plan.entries)
    ):
        return None
    return SimpleResultMetaData(plan.keys, unique_filters=filters).unique_key()
