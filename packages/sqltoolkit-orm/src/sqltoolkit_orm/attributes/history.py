"""What changed in one attribute: the History tuple.

Where the old values come from is the business of ``impl``.
"""

from __future__ import annotations

import typing
from typing import Any

from ..base import NO_VALUE
from ..base import PASSIVE_NO_RESULT
from ..base import STATE_ATTR

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import List
    from typing import Tuple

    _Parts = Tuple[Any, Any, Any]
else:
    _Parts = tuple

__all__ = [
    "HISTORY_BLANK",
    "History",
    "history_of_collection",
    "history_of_object",
    "history_of_scalar",
    "original_of",
]

#: no change was recorded, which is not the same as a change from NO_VALUE
UNCHANGED = object()


class History(_Parts):
    """Three sequences: ``added``, ``unchanged`` and ``deleted``.  True if there is anything in added or deleted."""

    __slots__ = ()

    def __new__(cls, added: Any = (), unchanged: Any = (), deleted: Any = ()) -> History:
        return tuple.__new__(cls, (added, unchanged, deleted))

    @property
    def added(self) -> Any:
        """What came in since the last flush."""
        return self[0]

    @property
    def unchanged(self) -> Any:
        """What was there and still is."""
        return self[1]

    @property
    def deleted(self) -> Any:
        """What was there and is gone."""
        return self[2]

    def __bool__(self) -> bool:
        return bool(self[0] or self[2])

    def empty(self) -> bool:
        """Return whether nothing is known: no change and no value."""
        return not self[0] and not self[1] and not self[2]

    def sum(self) -> List[Any]:
        """Return everything: added, unchanged and deleted."""
        return list(self[0] or ()) + list(self[1] or ()) + list(self[2] or ())

    def non_deleted(self) -> List[Any]:
        """Return added and unchanged."""
        return list(self[0] or ()) + list(self[1] or ())

    def non_added(self) -> List[Any]:
        """Return unchanged and deleted."""
        return list(self[1] or ()) + list(self[2] or ())

    def has_changes(self) -> bool:
        """Return whether there is anything in added or deleted."""
        return bool(self[0] or self[2])

    def as_state(self) -> History:
        """Return the same history of the objects' states."""
        return History(_states(self[0]), _states(self[1]), _states(self[2]))

    def __getnewargs__(self) -> Tuple[Any, ...]:
        return tuple(self)

    def __repr__(self) -> str:
        return "History(added=%r, unchanged=%r, deleted=%r)" % tuple(self)


def _states(objects: Any) -> List[Any]:
    return [obj.__dict__[STATE_ATTR] if obj is not None else None for obj in objects or ()]


#: nothing added, unchanged or deleted
HISTORY_BLANK = History((), (), ())


def original_of(state: Any, key: str) -> Any:
    """Return the value before the first change, or UNCHANGED."""
    committed = state.committed
    return UNCHANGED if committed is None else committed.get(key, UNCHANGED)


def history_of_scalar(impl: Any, state: Any, current: Any) -> History:
    """Return the history of an attribute that holds one value."""
    original = original_of(state, impl.key)
    if original is UNCHANGED:
        if current is NO_VALUE:
            return HISTORY_BLANK
        if state.pk is None and impl.send_modified_events:
            return History([current], (), ())
        return History((), [current], ())
    if current is not NO_VALUE and original is not NO_VALUE and impl.is_equal(current, original) is True:
        return History((), [current], ())
    deleted: Any = () if original is NO_VALUE or original is PASSIVE_NO_RESULT else [original]
    if current is NO_VALUE:
        # deleted before it was ever flushed: NULL is what a flush writes
        return History([None], (), ()) if original is NO_VALUE else History((), (), deleted)
    return History([current], (), deleted)


def history_of_object(impl: Any, state: Any, current: Any, original: Any = UNCHANGED) -> History:
    """Return the history of an attribute that holds one object."""
    if original is UNCHANGED:
        original = original_of(state, impl.key)
    if original is UNCHANGED:
        if current is NO_VALUE:
            return HISTORY_BLANK
        if state.pk is None and impl.send_modified_events:
            return History([current], (), ())
        return History((), [current], ())
    if current is original and current is not NO_VALUE:
        return History((), [current], ())
    if original is NO_VALUE or original is PASSIVE_NO_RESULT or original is None:
        deleted: Any = ()
    else:
        deleted = [original]
    if current is NO_VALUE or current is PASSIVE_NO_RESULT:
        # an object that was taken out unseen: there is none now
        return History((), (), deleted) if deleted or original is NO_VALUE else History([None], (), ())
    return History([current], (), deleted)


def history_of_collection(impl: Any, state: Any, current: Any) -> History:
    """Return the history of a collection, comparing members by identity."""
    if current is NO_VALUE or current is PASSIVE_NO_RESULT:
        return HISTORY_BLANK
    members = list(current._sa_adapter)
    original = original_of(state, impl.key)
    if original is UNCHANGED:
        if state.pk is None and impl.send_modified_events:
            return History(members, (), ())
        return History((), members, ())
    if original is NO_VALUE or original is None:
        return History(members, (), ())
    before: Dict[int, Any] = {id(obj): obj for obj in original}
    now = {id(obj) for obj in members}
    added = [obj for obj in members if id(obj) not in before]
    unchanged = [obj for obj in members if id(obj) in before]
    deleted = [obj for key, obj in before.items() if key not in now]
    return History(added, unchanged, deleted)
