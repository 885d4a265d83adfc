"""What reading, setting, deleting and the events of an attribute do, by kind of attribute.

The class-level face is in ``instrumented``, the form of recorded changes in ``history``, and the way two ends of a
bidirectional relationship follow each other in ``backrefs``.
"""

from __future__ import annotations

import enum
import operator
import typing
from typing import Any

from sqltoolkit_core.util import IdentitySet
from sqltoolkit_core.util import OrderedIdentitySet

from .. import collections
from ..base import ATTR_EMPTY
from ..base import ATTR_WAS_SET
from ..base import NO_KEY
from ..base import NO_VALUE
from ..base import PASSIVE_NO_FETCH
from ..base import PASSIVE_NO_RESULT
from ..base import PASSIVE_OFF
from ..base import PASSIVE_ONLY_PERSISTENT
from ..base import PASSIVE_RETURN_NO_VALUE
from ..base import PassiveFlag
from ..base import STATE_ATTR
from ..base import state_str
from ..collections import CollectionAdapter
from .history import HISTORY_BLANK
from .history import History
from .history import UNCHANGED
from .history import history_of_collection
from .history import history_of_object
from .history import history_of_scalar

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = [
    "AttributeEventToken",
    "AttributeImpl",
    "AttributeOp",
    "CollectionAttributeImpl",
    "OP_APPEND",
    "OP_BULK_REPLACE",
    "OP_MODIFIED",
    "OP_REMOVE",
    "OP_REPLACE",
    "PendingCollection",
    "ScalarAttributeImpl",
    "ScalarObjectAttributeImpl",
]

SQL_OK = PassiveFlag.SQL_OK
CALLABLES_OK = PassiveFlag.CALLABLES_OK
INIT_OK = PassiveFlag.INIT_OK
LOAD_AGAINST_COMMITTED = PassiveFlag.LOAD_AGAINST_COMMITTED
NO_AUTOFLUSH = PassiveFlag.NO_AUTOFLUSH
NO_RAISE = PassiveFlag.NO_RAISE
NON_PERSISTENT_OK = PassiveFlag.NON_PERSISTENT_OK
INCLUDE_PENDING_MUTATIONS = PassiveFlag.INCLUDE_PENDING_MUTATIONS


class AttributeOp(enum.Enum):
    """The operation in which a chain of attribute events began."""

    APPEND = 1
    REMOVE = 2
    REPLACE = 3
    BULK_REPLACE = 4
    MODIFIED = 5


OP_APPEND = AttributeOp.APPEND
OP_REMOVE = AttributeOp.REMOVE
OP_REPLACE = AttributeOp.REPLACE
OP_BULK_REPLACE = AttributeOp.BULK_REPLACE
OP_MODIFIED = AttributeOp.MODIFIED


class AttributeEventToken:
    """The ``initiator`` of attribute events: the attribute and operation in which a chain of events began."""

    __slots__ = ("impl", "op", "parent_token")

    def __init__(self, attribute_impl: AttributeImpl, op: AttributeOp) -> None:
        self.impl = attribute_impl
        self.op = op
        self.parent_token = attribute_impl.parent_token

    @property
    def key(self) -> str:
        """The key of the attribute."""
        return self.impl.key

    def hasparent(self, state: Any) -> bool:
        """Return whether an object is a member of the attribute on some parent."""
        return self.impl.hasparent(state)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, AttributeEventToken) and other.impl is self.impl and other.op is self.op

    def __hash__(self) -> int:
        return hash((id(self.impl), self.op))

    def __repr__(self) -> str:
        return "<AttributeEventToken %s of %s>" % (self.op.name, self.impl.key)


class AttributeImpl:
    """One attribute of one mapped class: where its values come from and who hears of their changes.

    :param class_: the mapped class.
    :param key: the attribute.
    :param manager: the manager of the class.
    :param loader: ``fn(state, passive)`` for values that are not loaded; see ``get()``.
    :param dispatch: the event dispatcher of the class-level attribute.
    :param trackparent: remember for each member which parent holds it.
    :param compare_function: tells whether two values are equal; ``==`` by default.
    :param active_history: load the old value before a change.
    :param parent_token: stands for the attribute across the classes of an inheritance hierarchy.
    :param load_on_unexpire: load the attribute together with the other expired ones.
    :param send_modified_events: mark the object as changed when the attribute changes.
    :param accepts_scalar_loader: the attribute is loaded together with the columns of the row.
    :param expire_missing: expire the attribute even when it was not loaded.
    :param default_function: gives what the attribute shows when it has no value.
    :param takes_dont_set: assigning ``DONT_SET``, as constructors of dataclasses do, leaves the attribute as it is.
    """

    collection = False
    uses_objects = False
    dynamic = False
    through_descriptor = False
    #: for a member that goes from one place of a list and has another one there
    one_place_token: Any = None
    #: whether an object that was replaced unseen is loaded when the history is asked for
    loads_old_for_history = False
    default_accepts_scalar_loader = True

    def __init__(
        self,
        class_: Any,
        key: str,
        manager: Any,
        loader: Optional[Callable[[Any, int], Any]] = None,
        dispatch: Any = None,
        trackparent: bool = False,
        compare_function: Optional[Callable[[Any, Any], bool]] = None,
        active_history: bool = False,
        parent_token: Any = None,
        load_on_unexpire: bool = True,
        send_modified_events: bool = True,
        accepts_scalar_loader: Optional[bool] = None,
        expire_missing: bool = True,
        default_function: Optional[Callable[[], Any]] = None,
        takes_dont_set: bool = False,
        **kwargs: Any
    ) -> None:
        self.class_ = class_
        self.key = key
        self.manager = manager
        self.loader = loader
        self.dispatch = dispatch
        self.trackparent = trackparent
        self.active_history = active_history
        self.parent_token = parent_token if parent_token is not None else self
        self.load_on_unexpire = load_on_unexpire
        self.send_modified_events = send_modified_events
        self.accepts_scalar_loader = (
            self.default_accepts_scalar_loader if accepts_scalar_loader is None else accepts_scalar_loader
        )
        self.expire_missing = expire_missing
        self.default_function = default_function
        self.takes_dont_set = takes_dont_set
        self.is_equal: Callable[[Any, Any], Any] = operator.eq if compare_function is None else compare_function
        #: internal listeners, told before the application's: objects with on_append, on_remove, on_set
        self.followers: Tuple[Any, ...] = ()
        #: those that were added when the application listened already, which is told before them
        self.late_followers: Tuple[Any, ...] = ()
        #: the one of the followers that sees new collections as a whole
        self.validator: Any = None
        #: whether the application listens; kept by the event family of attributes
        self.listening = False
        self.append_token = AttributeEventToken(self, OP_APPEND)
        self.remove_token = AttributeEventToken(self, OP_REMOVE)
        self.replace_token = AttributeEventToken(self, OP_REPLACE)
        self.bulk_replace_token = AttributeEventToken(self, OP_BULK_REPLACE)
        self.modified_token = AttributeEventToken(self, OP_MODIFIED)

    def __str__(self) -> str:
        return "%s.%s" % (self.class_.__name__, self.key)

    @property
    def plain(self) -> bool:
        """Whether setting the attribute needs nothing but the record of the change."""
        return False

    @property
    def plain_at_first(self) -> bool:
        """Whether giving a new object its first value needs nothing but the value."""
        return False

    def follow(self, follower: Any, before: Any = None) -> None:
        """Add an internal listener: an object with ``on_append``, ``on_remove`` and ``on_set``.

        :param before: the class of those that it goes before; None for the end.
        """
        told = self.late_followers if self.listening else self.followers
        at = len(told)
        if before is not None:
            at = next((at for at, other in enumerate(told) if isinstance(other, before)), at)
        told = (*told[:at], follower, *told[at:])
        if self.listening:
            self.late_followers = told
        else:
            self.followers = told
        self.manager.refresh_attribute(self.key)

    def update_listening(self) -> None:
        """Note whether the application listens."""
        self.listening = self.dispatch.any
        if self.late_followers and not self.listening:
            self.followers += self.late_followers
            self.late_followers = ()

    # -- parents -----------------------------------------------------------------------------------------------------

    def hasparent(self, state: Any, optimistic: bool = False) -> bool:
        """Return whether an object is held by some parent through this attribute.

        :param state: the state of the object.
        :param optimistic: the answer where nothing is recorded.
        """
        parents = state.extra("parents")
        if parents is None:
            return optimistic
        found = parents.get(self.parent_token, optimistic)
        return found is not False

    def held_elsewhere(self, state: Any, parent_state: Any) -> bool:
        """Return whether an object went on to another parent than this one."""
        parents = state.extra("parents")
        held_by = None if parents is None else parents.get(self.parent_token)
        return held_by is not None and held_by is not False and held_by is not parent_state

    def sethasparent(self, state: Any, parent_state: Any, value: bool) -> None:
        """Record that an object is held, or no longer held, by a parent through this attribute."""
        parents = state.extra("parents")
        if parents is None:
            parents = {}
            state.set_extra("parents", parents)
        if value:
            parents[self.parent_token] = parent_state
            return
        held_by = parents.get(self.parent_token, None)
        if held_by is not None and held_by is not False and held_by is not parent_state:
            # another parent took the object meanwhile; losing this one changes nothing
            if held_by.key is None or parent_state.key is None or held_by.key != parent_state.key:
                return
        parents[self.parent_token] = False

    # -- reading -----------------------------------------------------------------------------------------------------

    def get(self, state: Any, dict_: Dict[str, Any], passive: int = PASSIVE_OFF) -> Any:
        """Return the value of the attribute, loading it where that is needed and allowed.

        :param state: the state of the object.
        :param dict_: its dictionary.
        :param passive: what may be done, as PassiveFlag bits.
        :return: the value; or PASSIVE_NO_RESULT or NO_VALUE where loading or creating one was not allowed.
        """
        key = self.key
        if key in dict_:
            return dict_[key]
        if not passive & CALLABLES_OK:
            return PASSIVE_NO_RESULT
        if (
            state.committed is None
            or key not in state.committed
            or passive & LOAD_AGAINST_COMMITTED
            # changes of a collection that is not loaded wait until it is
            or (self.collection and state.committed[key] is NO_VALUE)
        ):
            value = self._load(state, key, passive)
            if value is PASSIVE_NO_RESULT or value is NO_VALUE:
                return value
            if value is ATTR_WAS_SET:
                if key in dict_:
                    return dict_[key]
            elif value is not ATTR_EMPTY:
                return self.set_committed_value(state, dict_, value)
        if not passive & INIT_OK:
            return NO_VALUE
        return self.default_value(state, dict_)

    def _load(self, state: Any, key: str, passive: int) -> Any:
        """Return a freshly loaded value, or what became of the attempt."""
        if self.accepts_scalar_loader and self.load_on_unexpire and state.is_expired(key):
            status = state.load_expired(passive)
            if status is PASSIVE_NO_RESULT:
                return status
            if self.loader is None or key in state.dict:
                return ATTR_WAS_SET
            # a deferred one is no part of what was loaded
        callables = state.extra("callables")
        if callables is not None and key in callables:
            return callables[key](state, passive)
        loader = self.loader
        return ATTR_EMPTY if loader is None else loader(state, passive)

    def default_value(self, state: Any, dict_: Dict[str, Any]) -> Any:
        """Return what the attribute shows when it has no value; by default None, and nothing is stored."""
        value = None if self.default_function is None else self.default_function()
        if self.listening:
            for fn in self.dispatch.init_scalar:
                given = fn(state, value, dict_)
                if given is not ATTR_EMPTY:
                    value = given
        return value

    def initialize(self, state: Any, dict_: Dict[str, Any]) -> Any:
        """Return the empty value of the attribute."""
        return self.default_value(state, dict_)

    def set_committed_value(self, state: Any, dict_: Dict[str, Any], value: Any) -> Any:
        """Store a value as loaded, without events; return it."""
        dict_[self.key] = value
        if state.committed is not None:
            state.committed.pop(self.key, None)
        return value

    def get_committed_value(self, state: Any, dict_: Dict[str, Any], passive: int = PASSIVE_OFF) -> Any:
        """Return the value before the pending changes; None where there was none."""
        original = UNCHANGED if state.committed is None else state.committed.get(self.key, UNCHANGED)
        if original is UNCHANGED:
            return self.get(state, dict_, passive)
        return None if original is NO_VALUE or original is PASSIVE_NO_RESULT else original

    def get_all_pending(
        self, state: Any, dict_: Dict[str, Any], passive: int = PassiveFlag.PASSIVE_NO_INITIALIZE
    ) -> List[Tuple[Any, Any]]:
        """Return (state, object) of everything the attribute holds or held before pending changes."""
        raise NotImplementedError()

    def get_history(self, state: Any, dict_: Dict[str, Any], passive: int = PASSIVE_OFF) -> History:
        """Return the pending changes of the attribute."""
        raise NotImplementedError()

    # -- changing ----------------------------------------------------------------------------------------------------

    def set(
        self,
        state: Any,
        dict_: Dict[str, Any],
        value: Any,
        initiator: Any = None,
        passive: int = PASSIVE_OFF,
        check_old: Any = None,
        pop: bool = False,
    ) -> None:
        """Set the attribute, with events.

        :param check_old: change only if this is the present value.
        :param pop: with ``check_old``, pass over a different present value silently.
        """
        raise NotImplementedError()

    def delete(self, state: Any, dict_: Dict[str, Any]) -> None:
        """Remove the value; raise AttributeError if there is none."""
        raise NotImplementedError()

    def append(
        self, state: Any, dict_: Dict[str, Any], value: Any, initiator: Any, passive: int = PASSIVE_OFF
    ) -> None:
        """Bring a related object in: set a scalar, add to a collection."""
        self.set(state, dict_, value, initiator, passive=passive)

    def remove(
        self, state: Any, dict_: Dict[str, Any], value: Any, initiator: Any, passive: int = PASSIVE_OFF
    ) -> None:
        """Take a related object out; it must be there."""
        self.set(state, dict_, None, initiator, passive=passive, check_old=value)

    def pop(
        self, state: Any, dict_: Dict[str, Any], value: Any, initiator: Any, passive: int = PASSIVE_OFF
    ) -> None:
        """Take a related object out, if it is there."""
        self.set(state, dict_, None, initiator, passive=passive, check_old=value, pop=True)

    def record(self, state: Any, dict_: Dict[str, Any], old: Any) -> None:
        """Remember the old value and mark the object as changed."""
        if self.send_modified_events:
            state.record_change(dict_, self.key, NO_VALUE if state.pk is None else old)


class ScalarAttributeImpl(AttributeImpl):
    """An attribute that holds a plain value."""

    @property
    def plain(self) -> bool:
        return not self.active_history and self.plain_at_first

    @property
    def plain_at_first(self) -> bool:
        return not (self.followers or self.listening or not self.send_modified_events or self.takes_dont_set)

    def _old(self, state: Any, dict_: Dict[str, Any]) -> Any:
        if self.active_history:
            return self.get(state, dict_, PASSIVE_RETURN_NO_VALUE)
        return dict_.get(self.key, NO_VALUE)

    def set(
        self,
        state: Any,
        dict_: Dict[str, Any],
        value: Any,
        initiator: Any = None,
        passive: int = PASSIVE_OFF,
        check_old: Any = None,
        pop: bool = False,
    ) -> None:
        old = self._old(state, dict_)
        if self.followers or self.listening:
            token = initiator or self.replace_token
            for follower in self.followers:
                value = follower.on_set(state, value, old, token)
            if self.listening:
                for fn in self.dispatch.set:
                    value = fn(state, value, old, token)
                for follower in self.late_followers:
                    value = follower.on_set(state, value, old, token)
        self.record(state, dict_, old)
        dict_[self.key] = value

    def delete(self, state: Any, dict_: Dict[str, Any]) -> None:
        old = self._old(state, dict_)
        if self.followers or self.listening:
            for follower in self.followers:
                follower.on_remove(state, old, self.remove_token)
            if self.listening:
                for fn in self.dispatch.remove:
                    fn(state, old, self.remove_token)
                for follower in self.late_followers:
                    follower.on_remove(state, old, self.remove_token)
        if self.key not in dict_ and not state.is_expired(self.key):
            raise AttributeError("The attribute %s has no value that could be deleted" % self)
        self.record(state, dict_, old)
        dict_.pop(self.key, None)

    def get_history(self, state: Any, dict_: Dict[str, Any], passive: int = PASSIVE_OFF) -> History:
        if self.key in dict_:
            return history_of_scalar(self, state, dict_[self.key])
        current = self.get(state, dict_, passive & ~INIT_OK)
        if current is PASSIVE_NO_RESULT:
            committed = state.committed
            if committed is not None and self.key in committed:
                return history_of_scalar(self, state, NO_VALUE)
            return HISTORY_BLANK
        return history_of_scalar(self, state, current)

    def get_all_pending(
        self, state: Any, dict_: Dict[str, Any], passive: int = PassiveFlag.PASSIVE_NO_INITIALIZE
    ) -> List[Tuple[Any, Any]]:
        return []


class ScalarObjectAttributeImpl(AttributeImpl):
    """An attribute that holds one object or None."""

    default_accepts_scalar_loader = False
    uses_objects = True
    #: whether the loader has nothing to give to objects without an identity, unless their extras say so
    loads_for_persistent_only = False

    def _old(self, state: Any, dict_: Dict[str, Any], check: bool) -> Any:
        """Return the object to be replaced, with as little loading as the attribute allows."""
        if self.active_history or check:
            return self.get(state, dict_, PASSIVE_ONLY_PERSISTENT | NO_AUTOFLUSH | LOAD_AGAINST_COMMITTED)
        if state.pk is None and state.extras is None and self.loads_for_persistent_only:
            # nothing to be found out about a new object
            return NO_VALUE
        return self.get(
            state, dict_, PASSIVE_NO_FETCH & ~INIT_OK | LOAD_AGAINST_COMMITTED | NO_RAISE
        )

    def set(
        self,
        state: Any,
        dict_: Dict[str, Any],
        value: Any,
        initiator: Any = None,
        passive: int = PASSIVE_OFF,
        check_old: Any = None,
        pop: bool = False,
    ) -> None:
        old = dict_[self.key] if self.key in dict_ else self._old(state, dict_, False)
        if check_old is not None and old is not PASSIVE_NO_RESULT and old is not NO_VALUE and check_old is not old:
            if pop:
                return
            raise ValueError(
                "%s is not the value of attribute '%s' of %s" % (check_old, self.key, state_str(state))
            )
        if check_old is not None and pop and (old is NO_VALUE or old is PASSIVE_NO_RESULT) and value is None:
            if old is NO_VALUE and state.pk is None:
                return
        value = self.fire_replace_event(state, dict_, value, old, initiator)
        dict_[self.key] = value

    def fire_replace_event(
        self, state: Any, dict_: Dict[str, Any], value: Any, previous: Any, initiator: Any
    ) -> Any:
        """Tell that one object takes the place of another; return the one to use."""
        had = previous is not None and previous is not NO_VALUE and previous is not PASSIVE_NO_RESULT
        if self.trackparent and had and previous is not value:
            self.sethasparent(previous.__dict__[STATE_ATTR], state, False)
        token = initiator or self.replace_token
        for follower in self.followers:
            value = follower.on_set(state, value, previous, token)
        if self.listening:
            for fn in self.dispatch.set:
                value = fn(state, value, previous, token)
            for follower in self.late_followers:
                value = follower.on_set(state, value, previous, token)
        self.record(state, dict_, previous)
        if self.trackparent and value is not None:
            self.sethasparent(_state_of(self, value), state, True)
        return value

    def delete(self, state: Any, dict_: Dict[str, Any]) -> None:
        old = dict_[self.key] if self.key in dict_ else self._old(state, dict_, False)
        if self.key not in dict_ and (old is None or old is NO_VALUE):
            if state.committed is not None and self.key in state.committed or old is not None:
                raise AttributeError("The attribute %s has no value that could be deleted" % self)
        previous = None if old is NO_VALUE or old is PASSIVE_NO_RESULT else old
        if self.trackparent and previous is not None:
            self.sethasparent(previous.__dict__[STATE_ATTR], state, False)
        for follower in self.followers:
            follower.on_remove(state, previous, self.remove_token)
        if self.listening:
            for fn in self.dispatch.remove:
                fn(state, previous, self.remove_token)
            for follower in self.late_followers:
                follower.on_remove(state, previous, self.remove_token)
        self.record(state, dict_, old)
        dict_.pop(self.key, None)

    def get_history(self, state: Any, dict_: Dict[str, Any], passive: int = PASSIVE_OFF) -> History:
        if self.key in dict_:
            current = dict_[self.key]
        else:
            current = self.get(state, dict_, passive & ~INIT_OK)
            if current is PASSIVE_NO_RESULT:
                if state.committed is None or self.key not in state.committed:
                    return HISTORY_BLANK
                current = NO_VALUE
        original = UNCHANGED if state.committed is None else state.committed.get(self.key, UNCHANGED)
        if original is PASSIVE_NO_RESULT and (
            self.loads_old_for_history or passive & PassiveFlag.DEFERRED_HISTORY_LOAD
        ):
            original = self._replaced(state, current)
        return history_of_object(self, state, current, original)

    def _replaced(self, state: Any, current: Any) -> Any:
        """Load the object that was replaced unseen, for those who must know who it was; return and remember it."""
        original = self._load(
            state, self.key, PASSIVE_ONLY_PERSISTENT | LOAD_AGAINST_COMMITTED | NO_AUTOFLUSH | NO_RAISE
        )
        if original is ATTR_EMPTY or original is ATTR_WAS_SET:
            return NO_VALUE
        if original is PASSIVE_NO_RESULT:
            return original
        if state.committed is not None:
            state.committed[self.key] = original
        if self.trackparent and original is not None and original is not current:
            self.sethasparent(original.__dict__[STATE_ATTR], state, False)
        return original

    def get_all_pending(
        self, state: Any, dict_: Dict[str, Any], passive: int = PassiveFlag.PASSIVE_NO_INITIALIZE
    ) -> List[Tuple[Any, Any]]:
        key = self.key
        if key not in dict_ and not passive & CALLABLES_OK:
            return []
        current = dict_[key] if key in dict_ else self.get(state, dict_, passive)
        original = None if state.committed is None else state.committed.get(key)
        found: List[Tuple[Any, Any]] = [(None, None)] if current is None else []
        for value in (current,) if original is current else (current, original):
            if value is not None and value is not PASSIVE_NO_RESULT and value is not NO_VALUE:
                found.append((value.__dict__[STATE_ATTR], value))
        return found


class PendingCollection:
    """Changes of a collection that is not loaded."""

    __slots__ = ("added_items", "deleted_items")

    def __init__(self) -> None:
        self.added_items = OrderedIdentitySet()
        self.deleted_items = IdentitySet()

    def append(self, value: Any) -> None:
        """Note a member that comes in."""
        if value in self.deleted_items:
            self.deleted_items.remove(value)
        else:
            self.added_items.add(value)

    def remove(self, value: Any) -> None:
        """Note a member that goes."""
        if value in self.added_items:
            self.added_items.remove(value)
        else:
            self.deleted_items.add(value)

    def __reduce__(self) -> Any:
        return _restore_pending, (list(self.added_items), list(self.deleted_items))


def _restore_pending(added: List[Any], deleted: List[Any]) -> PendingCollection:
    pending = PendingCollection()
    pending.added_items.update(added)
    pending.deleted_items.update(deleted)
    return pending


class CollectionAttributeImpl(AttributeImpl):
    """An attribute that holds a collection of objects.

    :param collection_factory: makes an empty, instrumented collection.
    """

    default_accepts_scalar_loader = False
    uses_objects = True
    collection = True

    def __init__(self, *args: Any, collection_factory: Any = collections.InstrumentedList, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.collection_factory = collection_factory
        self._converter = getattr(collection_factory, "_sa_converter", None)
        self.one_place_token = AttributeEventToken(self, OP_REMOVE)

    # -- the collection itself ---------------------------------------------------------------------------------------

    def new_collection(self, state: Any, dict_: Dict[str, Any]) -> Tuple[CollectionAdapter, Any]:
        """Return (adapter, collection) of a new, empty collection for the object; nothing is stored."""
        made = self.collection_factory()
        adapter = CollectionAdapter(self, state, made)
        if self.listening:
            self.dispatch.init_collection(state, made, adapter)
        return adapter, made

    def initialize(self, state: Any, dict_: Dict[str, Any]) -> Any:
        """Store an empty collection as the value of the attribute; return it."""
        made = self.new_collection(state, dict_)[1]
        dict_[self.key] = made
        return made

    def default_value(self, state: Any, dict_: Dict[str, Any]) -> Any:
        """Return an empty collection that enters the dictionary with its first member."""
        empties = state.extra("empty")
        if empties is None:
            empties = {}
            state.set_extra("empty", empties)
        elif self.key in empties:
            return empties[self.key]
        adapter, made = self.new_collection(state, dict_)
        adapter.empty = True
        empties[self.key] = made
        return made

    def invalidate_collection(self, collection: Any) -> None:
        """Mark a collection as one that is no longer what the object shows."""
        adapter = getattr(collection, "_sa_adapter", None)
        if adapter is not None:
            adapter.invalidated = True

    def _release(self, collection: Any) -> None:
        """Let go of a collection that another one replaced: it is a plain one from now on."""
        adapter = collection._sa_adapter
        del collection._sa_adapter
        if self.listening:
            self.dispatch.dispose_collection(adapter.owner_state, collection, adapter)

    def get_collection(
        self, state: Any, dict_: Dict[str, Any], user_data: Any = None, passive: int = PASSIVE_OFF
    ) -> Any:
        """Return the adapter of the object's collection; PASSIVE_NO_RESULT where it may not be loaded."""
        if user_data is None:
            found = self.get(state, dict_, passive=passive)
            if found is PASSIVE_NO_RESULT or found is NO_VALUE:
                return found
            user_data = found
        return user_data._sa_adapter

    def set_committed_value(self, state: Any, dict_: Dict[str, Any], value: Any) -> Any:
        """Store loaded members, and apply the changes that waited for them; return the collection."""
        adapter, made = self.new_collection(state, dict_)
        if value:
            adapter.append_multiple_without_event(value)
        dict_[self.key] = made
        if state.committed is not None:
            state.committed.pop(self.key, None)
        pending = state.extra("pending")
        if pending and self.key in pending:
            waiting = pending.pop(self.key)
            before = self.copy(made)
            added = waiting.added_items
            removed = waiting.deleted_items
            present = IdentitySet(adapter)
            for item in added:
                if item not in present:
                    adapter.append_without_event(item)
            for item in removed:
                if item in present:
                    adapter.remove_without_event(item)
            if state.committed is None:
                state.committed = {}
            state.committed[self.key] = before
            state.record_change(dict_, None, None)
        return made

    def copy(self, value: Any) -> List[Any]:
        """Return the members of a collection as a list, to be compared with later."""
        return list(value._sa_adapter)

    def _record(self, state: Any, dict_: Dict[str, Any]) -> None:
        """Keep the members before the first change, and mark the object as changed."""
        if not self.send_modified_events:
            return
        key = self.key
        committed = state.committed
        if committed is None or key not in committed:
            current = dict_.get(key)
            if state.pk is None or current is None:
                old: Any = NO_VALUE
            else:
                old = self.copy(current)
            state.record_change(dict_, key, old)
        else:
            state.record_change(dict_, None, None)

    # -- events ------------------------------------------------------------------------------------------------------

    def fire_append_event(
        self, state: Any, dict_: Dict[str, Any], value: Any, initiator: Any, key: Any = NO_KEY
    ) -> Any:
        """Tell that a member comes in; return the one to use."""
        token = initiator or self.append_token
        for follower in self.followers:
            value = follower.on_append(state, value, token)
        if self.listening:
            for fn in self.dispatch.append:
                value = fn(state, value, token, key=key)
            for follower in self.late_followers:
                value = follower.on_append(state, value, token)
        self._record(state, dict_)
        if self.trackparent and value is not None:
            self.sethasparent(_state_of(self, value), state, True)
        return value

    def fire_append_wo_mutation_event(
        self, state: Any, dict_: Dict[str, Any], value: Any, initiator: Any, key: Any = NO_KEY
    ) -> Any:
        """Tell that a member comes in which is there already; return the one to use."""
        token = initiator or self.append_token
        for follower in self.followers:
            follower.on_append_again(state, value, token)
        if self.listening:
            for fn in self.dispatch.append_wo_mutation:
                value = fn(state, value, token, key=key)
            for follower in self.late_followers:
                follower.on_append_again(state, value, token)
        return value

    def fire_pre_remove_event(self, state: Any, dict_: Dict[str, Any], initiator: Any, key: Any = NO_KEY) -> None:
        """Keep the members before one goes that is not yet known."""
        self._record(state, dict_)

    def fire_remove_event(
        self, state: Any, dict_: Dict[str, Any], value: Any, initiator: Any, key: Any = NO_KEY
    ) -> None:
        """Tell that a member goes."""
        if self.trackparent and value is not None:
            self.sethasparent(value.__dict__[STATE_ATTR], state, False)
        token = initiator or self.remove_token
        for follower in self.followers:
            follower.on_remove(state, value, token)
        if self.listening:
            for fn in self.dispatch.remove:
                fn(state, value, token, key=key)
            for follower in self.late_followers:
                follower.on_remove(state, value, token)
        self._record(state, dict_)

    # -- changing ----------------------------------------------------------------------------------------------------

    def append(
        self, state: Any, dict_: Dict[str, Any], value: Any, initiator: Any, passive: int = PASSIVE_OFF
    ) -> None:
        adapter = self.get_collection(state, dict_, passive=passive)
        if adapter is PASSIVE_NO_RESULT or adapter is NO_VALUE:
            value = self.fire_append_event(state, dict_, value, initiator)
            self._pending_of(state).append(value)
        else:
            adapter.append_with_event(value, initiator)

    def remove(
        self, state: Any, dict_: Dict[str, Any], value: Any, initiator: Any, passive: int = PASSIVE_OFF
    ) -> None:
        adapter = self.get_collection(state, dict_, passive=passive)
        if adapter is PASSIVE_NO_RESULT or adapter is NO_VALUE:
            self.fire_remove_event(state, dict_, value, initiator)
            self._pending_of(state).remove(value)
        else:
            adapter.remove_with_event(value, initiator)

    def pop(
        self, state: Any, dict_: Dict[str, Any], value: Any, initiator: Any, passive: int = PASSIVE_OFF
    ) -> None:
        try:
            self.remove(state, dict_, value, initiator, passive=passive)
        except (ValueError, KeyError, IndexError):
            # the object is not a member; that is what pop() permits
            return

    def _pending_of(self, state: Any) -> PendingCollection:
        pending: Optional[Dict[str, PendingCollection]] = state.extra("pending")
        if pending is None:
            pending = {}
            state.set_extra("pending", pending)
        if self.key not in pending:
            pending[self.key] = PendingCollection()
        return pending[self.key]

    def set(
        self,
        state: Any,
        dict_: Dict[str, Any],
        value: Any,
        initiator: Any = None,
        passive: int = PASSIVE_OFF,
        check_old: Any = None,
        pop: bool = False,
        adapt: bool = True,
    ) -> None:
        self._set(state, dict_, value, initiator, adapt)

    def _set(self, state: Any, dict_: Dict[str, Any], value: Any, initiator: Any, adapt: bool) -> None:
        if value is not None and dict_.get(self.key) is value and not self.listening and self.validator is None:
            # in-place operators assign the collection to itself
            return
        adapter, made = self.new_collection(state, dict_)
        members = self._members(value) if adapt else list(value)
        token = initiator or self.bulk_replace_token
        if self.validator is not None:
            self.validator.on_bulk_replace(state, members, token)
        if self.listening:
            keys = list(value.keys()) if hasattr(value, "keys") else None
            for fn in self.dispatch.bulk_replace:
                if keys is None:
                    fn(state, members, token)
                else:
                    fn(state, members, token, keys=keys)
        old = self.get(state, dict_, passive=PASSIVE_ONLY_PERSISTENT)
        if old is value and value is not None:
            return
        had = old is not PASSIVE_NO_RESULT and old is not NO_VALUE and old is not None
        if had and self.key in dict_:
            self._record(state, dict_)
        elif had:
            dict_[self.key] = old
            self._record(state, dict_)
        else:
            self._record(state, dict_)
        old_adapter = old._sa_adapter if had else None
        if old_adapter is not None:
            old_adapter.empty = False
        empties = state.extra("empty")
        if empties is not None:
            empties.pop(self.key, None)
        dict_[self.key] = made
        collections.bulk_replace(members, old_adapter, adapter, initiator=token)
        if had:
            self._release(old)

    def _members(self, value: Any) -> List[Any]:
        """Return the members of what was assigned; raise TypeError for a container of another kind."""
        if self._converter is not None:
            return list(self._converter(self.collection_factory(), value))
        given = collections.container_kind(value)
        wanted = collections.container_kind(self.collection_factory)
        if wanted is None or not isinstance(self.collection_factory, type):
            wanted = collections.container_kind(self.collection_factory())
        if given is not wanted:
            raise TypeError(
                "Attribute %s holds a %s-like collection; got %s"
                % (self, wanted, "None" if value is None else "%s-like %s" % (given or "non", type(value).__name__))
            )
        if hasattr(value, "_sa_iterator"):
            return list(value._sa_iterator())
        if given == "dict":
            return list(value.values())
        return list(value)

    def delete(self, state: Any, dict_: Dict[str, Any]) -> None:
        if self.key not in dict_:
            return
        self._record(state, dict_)
        adapter = self.get_collection(state, dict_)
        adapter.clear_with_event()
        dict_.pop(self.key, None)

    # -- history -----------------------------------------------------------------------------------------------------

    def get_history(self, state: Any, dict_: Dict[str, Any], passive: int = PASSIVE_OFF) -> History:
        current = self.get(state, dict_, passive & ~INIT_OK)
        if current is PASSIVE_NO_RESULT:
            pending = state.extra("pending")
            if passive & INCLUDE_PENDING_MUTATIONS and pending and self.key in pending:
                waiting = pending[self.key]
                return History(list(waiting.added_items), (), list(waiting.deleted_items))
            return HISTORY_BLANK
        if current is NO_VALUE:
            original = UNCHANGED if state.committed is None else state.committed.get(self.key, UNCHANGED)
            if original is not UNCHANGED and original is not NO_VALUE and original is not None:
                return History((), (), list(original))  # type: ignore[arg-type]
            return HISTORY_BLANK
        return history_of_collection(self, state, current)

    def get_all_pending(
        self, state: Any, dict_: Dict[str, Any], passive: int = PassiveFlag.PASSIVE_NO_INITIALIZE
    ) -> List[Tuple[Any, Any]]:
        if self.key not in dict_:
            return []
        current = list(dict_[self.key]._sa_adapter)
        found = [(_state_or_none(obj), obj) for obj in current]
        original = None if state.committed is None else state.committed.get(self.key)
        if original is not None and original is not NO_VALUE:
            now = {id(obj) for obj in current}
            found.extend((_state_or_none(obj), obj) for obj in original if id(obj) not in now)
        return found


def _state_or_none(obj: Any) -> Any:
    return None if obj is None else obj.__dict__[STATE_ATTR]


def _state_of(impl: AttributeImpl, value: Any) -> Any:
    """Return the state of an object that was put into an attribute."""
    try:
        return value.__dict__[STATE_ATTR]
    except (AttributeError, KeyError):
        raise AttributeError(
            "Attribute %s holds mapped objects; got %r of type %s, which has no %r"
            % (impl, value, type(value).__name__, STATE_ATTR)
        ) from None
