"""What objects take over from rows that were just written: values of defaults, keys, and what must be loaded again.

The statements are in ``insert`` and ``update``.  A flush (``uow``) remembers what it put into new objects, so that one
that fails can take it back; statements outside of a flush pass None.
"""

from __future__ import annotations

import typing

from ..base import NO_VALUE

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Iterable
    from typing import List
    from typing import Tuple

__all__ = ["expire", "fill_defaults", "take_prefetched", "tell_refreshed", "took"]


def take_prefetched(uow: Any, result: Any, batch: List[Any], prefetch: Any) -> Tuple[str, ...]:
    """Copy the values that Python-side defaults gave to the objects; return the attribute keys.

    :param prefetch: (attribute key, column) of the columns with such defaults.
    """
    parameters = result.context.compiled_parameters
    found = tuple([(key, column.key) for key, column in prefetch if column.key in parameters[0]])
    for record, given in zip(batch, parameters):
        dict_ = record[1]
        for key, name in found:
            dict_[key] = given[name]
        state = record[0]
        if state is not None and state.committed:
            # the value of the database takes the place of whatever was there before
            for key, _name in found:
                state.committed.pop(key, None)
    return tuple([key for key, _name in found])


def fill_defaults(uow: Any, plan: Any, records: List[Any]) -> None:
    """Give new objects the defaults of their attributes that the columns do not have."""
    for record in records:
        dict_ = record[1]
        absent = [
            key
            for key in plan.own_defaults
            if dict_.get(key) is None and not (key in dict_ and plan.by_key[key][1] in plan.evaluates_none)
        ]
        for key in absent:
            dict_[key] = plan.own_defaults[key]
        took(uow, [record], absent)
        tell_refreshed(uow, plan, [record], absent)


def tell_refreshed(uow: Any, plan: Any, batch: List[Any], keys: Iterable[str]) -> None:
    """Tell listeners of ``refresh_flush`` which attributes a statement filled."""
    dispatch = plan.mapper.class_manager.dispatch
    if uow is None or not keys or not dispatch.refresh_flush:
        return
    for record in batch:
        record[0].manager.dispatch.refresh_flush(record[0], uow, list(keys))


def expire(uow: Any, batch: List[Any], keys: Iterable[str]) -> None:
    """Have attributes loaded again when they are read, or at the end of the flush."""
    keys = list(keys)
    if not keys:
        return
    for record in batch:
        state, dict_ = record[0], record[1]
        if state is None:
            continue
        present = [key for key in keys if key in state.manager]
        if uow is not None and state.pk is None:
            uow.keep(state, {key: dict_[key] for key in present if dict_.get(key, NO_VALUE) is not NO_VALUE})
        state.expire_attributes(dict_, present)


def took(uow: Any, batch: List[Any], keys: Iterable[str]) -> None:
    """Note attributes of new objects that the flush filled."""
    if uow is not None and keys:
        uow.filled.append((batch, tuple(keys)))
