"""CollectionAdapter: the link between a collection, the object that owns it and the attribute it is in.

How the methods of lists, sets, dicts and the user's own classes come to report their changes is in ``instrument``.
The adapter *is* the weak reference to its collection: call it for the collection.
"""

from __future__ import annotations

import operator
import typing
import weakref
from typing import Any

from sqltoolkit_core.util import IdentitySet
from sqltoolkit_core.util import warn

from ..base import NO_KEY

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Iterable
    from typing import Iterator
    from typing import List

    _WeakRef = weakref.ref[Any]
else:
    _WeakRef = weakref.ref

__all__ = ["ADAPTER_ATTR", "CollectionAdapter", "bulk_replace", "collection_adapter", "restore_adapter"]

#: the attribute of a collection that holds its adapter
ADAPTER_ATTR = "_sa_adapter"

#: Return the adapter of a collection.
collection_adapter = operator.attrgetter(ADAPTER_ATTR)


class CollectionAdapter(_WeakRef):
    """Moves members in and out of one collection, with and without events.

    :param attr: the attribute implementation.
    :param owner_state: the state of the object the collection belongs to.
    :param data: the collection.
    """

    __slots__ = ("attr", "owner_state", "invalidated", "empty")

    attr: Any
    owner_state: Any
    invalidated: bool
    empty: bool

    if typing.TYPE_CHECKING:

        def __call__(self) -> Any: ...

    __hash__ = object.__hash__
    __eq__ = object.__eq__
    __ne__ = object.__ne__

    def __new__(cls, attr: Any, owner_state: Any, data: Any) -> CollectionAdapter:
        self = weakref.ref.__new__(cls, data)
        self.attr = attr
        self.owner_state = owner_state
        self.invalidated = False
        self.empty = False
        data._sa_adapter = self
        return self

    def __init__(self, attr: Any, owner_state: Any, data: Any) -> None:
        super().__init__(data)  # type: ignore[call-arg]

    @property
    def data(self) -> Any:
        """The collection; None once it was garbage collected."""
        return self()

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Any]:
        data = self()
        return iter(()) if data is None else iter(data._sa_iterator())

    # -- members -----------------------------------------------------------------------------------------------------

    def append_with_event(self, item: Any, initiator: Any = None) -> None:
        """Add a member and tell the attribute."""
        self()._sa_appender(item, _sa_initiator=initiator)

    def append_without_event(self, item: Any) -> None:
        """Add a member silently."""
        self()._sa_appender(item, _sa_initiator=False)

    def append_multiple_without_event(self, items: Iterable[Any]) -> None:
        """Add members silently."""
        data = self()
        extend = getattr(data, "_sa_fill", None)
        if extend is not None:
            extend(items)
            return
        appender = data._sa_appender
        for item in items:
            appender(item, _sa_initiator=False)

    def bulk_appender(self) -> Callable[..., Any]:
        """Return the method that adds a member; it takes ``_sa_initiator``."""
        appender: Callable[..., Any] = self()._sa_appender
        return appender

    def bulk_remover(self) -> Callable[..., Any]:
        """Return the method that removes a member; it takes ``_sa_initiator``."""
        remover: Callable[..., Any] = self()._sa_remover
        return remover

    def remove_with_event(self, item: Any, initiator: Any = None) -> None:
        """Remove a member and tell the attribute."""
        self()._sa_remover(item, _sa_initiator=initiator)

    def remove_without_event(self, item: Any) -> None:
        """Remove a member silently."""
        self()._sa_remover(item, _sa_initiator=False)

    def clear_with_event(self, initiator: Any = None) -> None:
        """Remove all members and tell the attribute of each."""
        if self.empty:
            return
        remover = self()._sa_remover
        for item in list(self):
            remover(item, _sa_initiator=initiator)

    def clear_without_event(self) -> None:
        """Remove all members silently."""
        if self.empty:
            return
        remover = self()._sa_remover
        for item in list(self):
            remover(item, _sa_initiator=False)

    # -- events ------------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Put a collection that was made by a read into the object's dictionary, now that it gets content."""
        self.empty = False
        state = self.owner_state
        empties = state.extra("empty")
        if empties is not None:
            empties.pop(self.attr.key, None)
        state.dict[self.attr.key] = self()

    def _check(self) -> None:
        """Warn of changes to a stale collection; let an empty one be that of its object."""
        if self.invalidated:
            self._warn_stale()
        if self.empty:
            self._settle()

    def _warn_stale(self) -> None:
        warn("This collection has been invalidated: attribute %r was expired or replaced meanwhile" % self.attr.key)

    def fire_append_event(self, item: Any, initiator: Any = None, key: Any = NO_KEY) -> Any:
        """Tell the attribute that a member comes in; return the member to use."""
        if initiator is False:
            return item
        if self.invalidated or self.empty:
            self._check()
        state = self.owner_state
        return self.attr.fire_append_event(state, state.dict, item, initiator, key)

    def fire_append_wo_mutation_event(self, item: Any, initiator: Any = None, key: Any = NO_KEY) -> Any:
        """Tell the attribute that a member comes in which is there already."""
        if initiator is False:
            return item
        self._check()
        state = self.owner_state
        return self.attr.fire_append_wo_mutation_event(state, state.dict, item, initiator, key)

    def fire_append_wo_mutation_event_bulk(self, items: Iterable[Any], initiator: Any = None) -> None:
        """Tell the attribute that members come in which are there already."""
        for item in items:
            self.fire_append_wo_mutation_event(item, initiator)

    def fire_remove_event(self, item: Any, initiator: Any = None, key: Any = NO_KEY) -> None:
        """Tell the attribute that a member goes."""
        if initiator is False:
            return
        self._check()
        state = self.owner_state
        self.attr.fire_remove_event(state, state.dict, item, initiator, key)

    def fire_pre_remove_event(self, initiator: Any = None, key: Any = NO_KEY) -> None:
        """Tell the attribute that a member not yet known is about to go."""
        if initiator is False:
            return
        self._check()
        state = self.owner_state
        self.attr.fire_pre_remove_event(state, state.dict, initiator, key)

    # -- pickling ----------------------------------------------------------------------------------------------------

    def __reduce__(self) -> Any:
        return restore_adapter, (self(), self.attr.key, self.owner_state, self.owner_state.class_, self.invalidated)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.__reduce__()


def restore_adapter(data: Any, key: str, owner_state: Any, owner_class: Any, invalidated: bool) -> CollectionAdapter:
    """Return the adapter of a collection that is being unpickled."""
    attr = owner_class.__dict__["_sa_class_manager"][key].impl
    adapter = CollectionAdapter(attr, owner_state, data)
    adapter.invalidated = invalidated
    return adapter


def bulk_replace(values: Any, existing_adapter: Any, new_adapter: Any, initiator: Any = None) -> None:
    """Fill a new collection in the place of an existing one, with events for the members that differ.

    :param values: the members of the new collection.
    :param existing_adapter: the adapter of the old collection, or None.
    :param new_adapter: the adapter of the new, empty collection.
    :param initiator: the token for the events.
    """
    values = list(values)
    wanted = IdentitySet(values)
    existing: List[Any] = list(existing_adapter) if existing_adapter is not None else []
    before = IdentitySet(existing)
    appender = new_adapter.bulk_appender()
    for member in values:
        if member in before:
            appender(member, _sa_initiator=False)
        else:
            appender(member, _sa_initiator=initiator)
    if existing_adapter is not None:
        kept = [member for member in values if member in before]
        for member in kept:
            existing_adapter.fire_append_wo_mutation_event(member, initiator=initiator)
        for member in existing:
            if member not in wanted:
                existing_adapter.fire_remove_event(member, initiator=initiator)
