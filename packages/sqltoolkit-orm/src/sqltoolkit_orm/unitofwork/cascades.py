"""What follows the changes of relationships before a flush: objects that come into sessions or leave them, and deletes.

The flush itself is in ``flushing``.
"""

from __future__ import annotations

import typing

from ..attributes import BackrefFollower
from ..base import NO_VALUE
from ..base import PASSIVE_NO_INITIALIZE
from ..base import PASSIVE_NO_RESULT
from ..base import PASSIVE_OFF
from ..base import PassiveFlag
from ..base import STATE_ATTR
from ..identity import sessions
from ..state import DELETED
from ..strategies.lazy import RelationshipStrategy
from ..strategies.selectin import load_relationship

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List

__all__ = ["CascadeFollower", "expand_deletes", "track_cascade_events"]


class CascadeFollower:
    """Takes objects that enter a relationship into the session of their parent, and orphans out of it."""

    __slots__ = ("prop",)

    def __init__(self, prop: Any) -> None:
        self.prop = prop

    def _save(self, state: Any, item: Any, initiator: Any) -> None:
        number = state.session_id
        if number is None:
            return
        session = sessions.get(number)
        if session is None:
            return
        prop = self.prop
        item_state = item.__dict__.get(STATE_ATTR)
        if item_state is None:
            return
        if session._warn_on_events:
            session._warn_in_flush("collection append")
        if prop.cascade.save_update and (
            initiator is None or initiator.impl is state.manager[prop.key].impl or prop.key == initiator.key
        ):
            if not session._contains_state(item_state):
                session._save_or_update(item_state, item)

    def on_append(self, state: Any, item: Any, initiator: Any) -> Any:
        """An object entered the collection."""
        if item is not None:
            item_state = item.__dict__.get(STATE_ATTR)
            if item_state is not None and item_state.extras:
                item_state.extras.pop("orphaned_outside", None)
            self._save(state, item, initiator)
        return item

    def on_append_again(self, state: Any, item: Any, initiator: Any) -> None:
        """An object was put into the collection that is there already, brought by its backref for example."""
        if item is not None:
            self._save(state, item, initiator)

    def on_set(self, state: Any, item: Any, old: Any, initiator: Any) -> Any:
        """An object took the place of another."""
        if item is old:
            return item
        if item is not None:
            self._save(state, item, initiator)
        if old is not None and old is not NO_VALUE and old is not PASSIVE_NO_RESULT:
            self._drop_pending_orphan(state, old)
        return item

    def on_remove(self, state: Any, item: Any, initiator: Any) -> None:
        """An object left."""
        if item is None or item is NO_VALUE or item is PASSIVE_NO_RESULT:
            return
        self._drop_pending_orphan(state, item)

    def _drop_pending_orphan(self, state: Any, item: Any) -> None:
        prop = self.prop
        item_state = item.__dict__.get(STATE_ATTR)
        if item_state is None or not prop.cascade.delete_orphan:
            return
        number = state.session_id
        session = sessions.get(number) if number is not None else None
        if session is None:
            if item_state.pk is None:
                item_state.set_extra("orphaned_outside", True)
            return
        if item_state in session._new:
            if prop.mapper.is_orphan(item_state):
                below = [
                    found_state
                    for _found, _mapper, found_state, _dict in item_state.manager.mapper.cascade_iterator(
                        "expunge", item_state
                    )
                    if session._contains_state(found_state)
                ]
                session._expunge_states([item_state] + below, to_transient=True)


def track_cascade_events(impl: Any, prop: Any) -> None:
    """Have the changes of a relationship attribute cascade into sessions."""
    # before the other end hears of it, which may have to load
    impl.follow(CascadeFollower(prop), before=BackrefFollower)


RelationshipStrategy.on_attribute = staticmethod(track_cascade_events)


def expand_deletes(session: Any) -> None:
    """Follow the delete cascades of objects marked since the last time, relationship by relationship.

    Collections that are not loaded are loaded for all marked objects at once.
    """
    while session._waiting_deletes:
        waiting = session._waiting_deletes
        session._waiting_deletes = []
        by_mapper: Dict[Any, List[Any]] = {}
        for state in waiting:
            if state in session._deleted and state() is not None:
                by_mapper.setdefault(state.manager.mapper, []).append(state)
        for mapper, states in by_mapper.items():
            for prop in mapper.relationships:
                if prop.cascade.delete and not prop.viewonly:
                    _delete_along(session, prop, states)


#: a cascade neither flushes nor fails on attributes that raise
_QUIETLY = PassiveFlag.NO_AUTOFLUSH | PassiveFlag.NO_RAISE


def _delete_along(session: Any, prop: Any, states: List[Any]) -> None:
    key = prop.key
    if not prop.passive_deletes and prop.lazy not in ("dynamic", "write_only", "raise", "raise_on_sql"):
        unloaded = [state() for state in states if key not in state.dict and state.pk is not None]
        if len(unloaded) > 1:
            with session.no_autoflush:
                load_relationship(session, prop, unloaded)
    passive = PASSIVE_NO_INITIALIZE if prop.passive_deletes else PASSIVE_OFF
    for state in states:
        dict_ = state.dict
        impl = state.manager[key].impl
        previous, session.autoflush = session.autoflush, False
        try:
            if key not in dict_ and not impl.dynamic and not prop.passive_deletes:
                impl.get(state, dict_, PASSIVE_OFF | _QUIETLY)
            pending = impl.get_all_pending(state, dict_, passive)
            if state.committed is not None:
                # what was taken out stays; where that makes it an orphan the flush deletes it
                gone = {id(obj) for obj in impl.get_history(state, dict_, PASSIVE_NO_INITIALIZE).deleted}
                pending = [(item_state, item) for item_state, item in pending if id(item) not in gone]
        finally:
            session.autoflush = previous
        if prop.uselist is False and not pending and key in dict_ and dict_[key] is not None:
            pending = [(dict_[key].__dict__[STATE_ATTR], dict_[key])]
        for item_state, item in pending:
            if item is None or item is NO_VALUE or item is PASSIVE_NO_RESULT:
                continue
            if item_state is None:
                item_state = item.__dict__[STATE_ATTR]
            if item_state in session._deleted or item_state.flags & DELETED:
                continue
            if item_state.extras is not None and impl.trackparent and impl.held_elsewhere(item_state, state):
                # it has another parent by now
                continue
            session._mark_deleted(item_state, item)
            if item_state in session._deleted:
                session._waiting_deletes.append(item_state)
