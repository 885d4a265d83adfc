"""Filling one object from a row: objects that exist already, collections that rows fill, empty attributes.

New objects are filled by the generated code of ``instances`` itself.
"""

from __future__ import annotations

import typing

from .. import exc as orm_exc
from ..base import STATE_ATTR
from ..base import state_str
from ..collections import InstrumentedList
from ..state import EXPIRED
from ..state import PARTIAL
from ..state import PARTLY_EXPIRED

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Optional

__all__ = ["fill_existing", "set_empty", "start_collection"]

_list_append = list.append


def fill_existing(state: Any, obj: Any, row: Any, plan: Any, converters: Any, run: Any) -> None:
    """Fill an object that the session has already from a row.

    Expired and missing attributes are set; all of them with populate_existing.
    """
    mapper = state.manager.mapper
    if run.request.populate_existing or mapper.always_refresh:
        _overwrite(state, obj, row, plan, converters, run)
        return
    flags = state.flags
    dict_ = obj.__dict__
    committed = state.committed
    was_expired = flags & (EXPIRED | PARTLY_EXPIRED)
    filled = []
    for key, position in plan.columns:
        if key not in dict_ and (committed is None or key not in committed):
            converter = converters[position]
            value = row[position]
            dict_[key] = value if converter is None else converter(value)
            filled.append(key)
    if was_expired:
        left = state.expired_attributes
        if left:
            state.set_extra("expired", set(left))
            state.flags = state.flags & ~EXPIRED | PARTLY_EXPIRED
        else:
            state.clear_expiry()
        if plan.carry and state.load is None:
            state.load = run.note(plan)
    if flags & PARTIAL and not plan.partial:
        state.flags &= ~PARTIAL
    elif was_expired and plan.partial:
        state.flags |= PARTIAL
    if filled and was_expired:
        refresh = state.manager.dispatch.refresh
        if refresh:
            refresh(state, run, set(filled))
            state.commit(dict_, filled)


def _overwrite(state: Any, obj: Any, row: Any, plan: Any, converters: Any, run: Any) -> None:
    seen = run.bound
    if state in seen:
        return
    seen[state] = True
    dict_ = obj.__dict__
    if run.request.version_check:
        _require_version(state, dict_, row, plan, converters)
    only = run.request.only_keys if run.request.refresh_state is state else None
    keys = []
    for key, position in plan.columns:
        if only is not None and key not in only and key in dict_:
            continue
        converter = converters[position]
        value = row[position]
        dict_[key] = value if converter is None else converter(value)
        keys.append(key)
    manager = state.manager
    if only is None:
        for prop in manager.mapper.relationships:
            if prop.key in dict_:
                state.reset(dict_, prop.key)
        state.commit_all(dict_, run.session.identity_map)
        if not plan.partial:
            state.flags &= ~PARTIAL
    else:
        state.commit(dict_, keys)
    if state.flags & (EXPIRED | PARTLY_EXPIRED) and not state.expired_attributes:
        state.clear_expiry()
    if plan.carry and only is None:
        # which attributes were asked for this time says nothing about the next
        state.load = run.note(plan)
    if manager.dispatch.refresh:
        manager.dispatch.refresh(state, run, set(keys) if only is not None else None)
        # what listeners set belongs to the loaded object: it is no change
        if only is None:
            state.commit_all(dict_, run.session.identity_map)
        else:
            state.commit(dict_, keys)


def _require_version(state: Any, dict_: Any, row: Any, plan: Any, converters: Any) -> None:
    """Refuse the row of an object that was changed in the database since the object was loaded.

    :raises sqltoolkit_orm.exc.StaleDataError: the versions differ.
    """
    mapper = state.manager.mapper
    if mapper.version_id_col is None:
        return
    version = mapper.get_property_by_column(mapper.version_id_col).key
    for key, position in plan.columns:
        if key == version and key in dict_:
            converter = converters[position]
            found = row[position] if converter is None else converter(row[position])
            if found != dict_[key]:
                raise orm_exc.StaleDataError(
                    "%s was loaded with version %r and its row has version %r now; refresh() it before it is locked"
                    % (state_str(state), dict_[key], found)
                )


def start_collection(obj: Any, key: str, prop: Any, run: Any) -> Optional[Callable[[Any], Any]]:
    """Give an object a new collection for a joined relationship and return the function that fills it.

    None, if the collection is loaded already and stays as it is.
    """
    if obj is None:
        return None
    dict_ = obj.__dict__
    state = dict_[STATE_ATTR]
    if key in dict_ and not run.request.populate_existing:
        return None
    impl = state.manager[key].impl
    adapter, collection = impl.new_collection(state, dict_)
    dict_[key] = collection
    if state.extras is not None and "pending" in state.extras and key in state.extras["pending"]:
        return _with_pending(impl, state, dict_, adapter, key)
    if type(collection) is InstrumentedList:
        append: Callable[[Any], Any] = _list_append.__get__(collection)
        return append
    fill: Callable[[Any], Any] = adapter.append_without_event
    return fill


def _with_pending(impl: Any, state: Any, dict_: Any, adapter: Any, key: str) -> Callable[[Any], Any]:
    fill: Callable[[Any], Any] = adapter.append_without_event
    return fill


def set_empty(state: Any, dict_: Any, prop: Any) -> None:
    """Set an attribute that is never loaded to None or to an empty collection."""
    if prop.key in dict_:
        return
    impl = state.manager[prop.key].impl
    if impl.collection:
        _adapter, collection = impl.new_collection(state, dict_)
        dict_[prop.key] = collection
    else:
        dict_[prop.key] = None
