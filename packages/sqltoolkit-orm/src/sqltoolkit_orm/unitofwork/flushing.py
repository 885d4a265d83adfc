"""The flush: collects what has changed, has it written, and settles the objects or rolls back.

The work itself is in ``work``.
"""

from __future__ import annotations

import typing

from ..base import STATE_ATTR
from ..state import DELETED
from .order import rules_of
from .work import UOWTransaction

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Iterable
    from typing import Optional

__all__ = ["flush"]


def flush(session: Any, objects: Optional[Iterable[Any]] = None) -> None:
    """Write all pending changes of a session, or roll its transaction back."""
    session._expand_deletes()
    uow = UOWTransaction(session)
    if session.has_events:
        session.dispatch.before_flush(session, uow, objects)
        session._expand_deletes()
    chosen = None
    if objects is not None:
        chosen = {obj.__dict__[STATE_ATTR] for obj in objects}
    _collect(session, uow, chosen)
    if not uow.states:
        _forget_clean(session, chosen)
        return
    transaction = session._transaction or session._autobegin_t()
    transaction.require_usable()
    uow.transaction = transaction
    level = transaction.begin_flush()
    session._warn_on_events = True
    try:
        try:
            uow.execute()
        finally:
            session._warn_on_events = False
        if session.has_events:
            session.dispatch.after_flush(session, uow)
        uow.finalize_flush_changes()
        if chosen is None:
            _forget_clean(session, None)
        if session.has_events:
            session.dispatch.after_flush_postexec(session, uow)
    except BaseException as err:
        _restore_unflushed(uow)
        level.rollback_failed_flush(err)
        raise
    level.end_flush()


def _restore_unflushed(uow: Any) -> None:
    """Take back the identities that a failed flush gave to new objects."""
    new = uow.session._new
    for found in uow.saves.values():
        for state in found:
            if state.extras is not None:
                state.extras.pop("flush_expired", None)
            if state in new and state.pk is not None:
                state.pk = None


def _collect(session: Any, uow: Any, chosen: Any) -> None:
    deleted = session._deleted
    for state, obj in list(session._new.items()):
        if chosen is not None and state not in chosen:
            continue
        mapper = state.manager.mapper
        if state.extras and "orphaned_outside" in state.extras and mapper.delete_orphans and mapper.is_orphan(state):
            session._expunge_states([state], to_transient=True)
            continue
        uow.take(state, obj, mapper)
    _collect_changed(session, uow, chosen)
    for state in list(deleted):
        if chosen is None or state in chosen:
            uow.register(state, isdelete=True)


def _collect_changed(session: Any, uow: Any, chosen: Any) -> None:
    deleted = session._deleted
    known = uow.states
    manager: Any = None
    mapper: Any = None
    ruled: Any = ()
    saves: Any = None
    for state, obj in list(session.identity_map.modified.items()):
        if state.flags & DELETED or state in deleted or (chosen is not None and state not in chosen):
            continue
        if state.manager is not manager:
            manager = state.manager
            mapper = manager.mapper
            ruled = rules_of(mapper)
            saves = None
        if mapper.delete_orphans and mapper.is_orphan(state):
            uow.register(state, isdelete=True)
            uow.cascade_delete(state)
        elif ruled or saves is None or state in known:
            uow.take(state, obj, mapper)
            saves = uow.saves.get(mapper)
        else:
            # nothing is to be found out about an object without relationships
            known[state] = False
            saves[state] = obj


def _forget_clean(session: Any, chosen: Any) -> None:
    """Take objects whose changes came to nothing off the list of changed ones."""
    if chosen is not None:
        return
    identity_map = session.identity_map
    for state, obj in list(identity_map.modified.items()):
        state.commit_all(obj.__dict__, identity_map)
