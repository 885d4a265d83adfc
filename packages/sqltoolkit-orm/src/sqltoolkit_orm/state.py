"""The state of one mapped object: its identity, its session, its changes.

The state *is* the weak reference to its object.  It knows no mapper and no session: the attributes of its class are
handed to it through its class's manager, and its session is found by number in ``identity``.  Each instrumented class
has its own subclass of InstanceState, made by ``instrumentation``, which carries the manager.
"""

from __future__ import annotations

import typing
import weakref
from typing import Any

from sqltoolkit_core import inspection
from sqltoolkit_core.util import ReadOnlyProperties
from sqltoolkit_core.util.typing import Unsubscripted

from . import exc as orm_exc
from .base import NO_VALUE
from .base import PASSIVE_NO_INITIALIZE
from .base import PASSIVE_NO_RESULT
from .base import PASSIVE_OFF
from .base import PassiveFlag
from .base import STATE_ATTR
from .base import state_str
from .identity import session_of
from .identity import sessions
from .interfaces import InspectionAttrInfo

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Dict
    from typing import FrozenSet
    from typing import Generic
    from typing import Iterable
    from typing import Optional
    from typing import Set
    from typing import Tuple
    from typing import Type

    from typing_extensions import TypeVar

    # the class of the object; any where it is not said
    _O = TypeVar("_O", default=Any)

    class _WeakRef(weakref.ref[Any], Generic[_O]):
        pass

else:
    _WeakRef = Unsubscripted(weakref.ref)

__all__ = [
    "AttributeState",
    "DELETED",
    "EXPIRED",
    "InstanceState",
    "LACKING",
    "MODIFIED",
    "PARTIAL",
    "PARTLY_EXPIRED",
    "restore_state",
    "track_modification",
]

#: something was changed since the object was loaded or flushed
MODIFIED = 1
#: every expirable attribute that is absent from the dictionary is to be loaded anew
EXPIRED = 2
#: the attributes named in extras["expired"] are to be loaded anew
PARTLY_EXPIRED = 4
#: the row was deleted by a flush
DELETED = 8
#: column attributes are missing though they are not expired
PARTIAL = 256

#: any of the reasons for which an attribute without a value is loaded
LACKING = EXPIRED | PARTLY_EXPIRED | PARTIAL

_ANY_EXPIRY = EXPIRED | PARTLY_EXPIRED
_NOTHING: FrozenSet[str] = frozenset()
#: what a changed object leaves behind that a commit removes
_PENDING_EXTRAS = ("pending", "last_known_pending")


class InstanceState(_WeakRef["_O"], InspectionAttrInfo):
    """The state of one mapped object.  Call it for the object, or None when that is gone.

    Whoever creates a state must store all six slots; ``manager.setup_instance()`` does.
    """

    __slots__ = ("pk", "session_id", "committed", "flags", "load", "extras")

    pk: Any
    session_id: Optional[int]
    committed: Optional[Dict[str, Any]]
    flags: int
    load: Any
    extras: Optional[Dict[str, Any]]

    def __class_getitem__(cls, _type: Any) -> Any:
        return cls

    is_instance = True
    #: the manager of the class; set on the subclass that each instrumented class has
    manager: Any = None

    # a weak reference hashes and compares as its object; a state is its own identity
    __hash__ = object.__hash__
    __eq__ = object.__eq__
    __ne__ = object.__ne__

    # -- who it is ---------------------------------------------------------------------------------------------------

    @property
    def obj(self) -> Callable[[], Any]:
        """The weak reference to the object: this state itself."""
        return self

    @property
    def object(self) -> Optional[_O]:
        """The object, or None if it was garbage collected."""
        obj: Optional[_O] = self()
        return obj

    @property
    def dict(self) -> Dict[str, Any]:
        """The ``__dict__`` of the object; empty if the object is gone."""
        obj = self()
        return {} if obj is None else obj.__dict__

    @property
    def mapper(self) -> Any:
        """The mapper of the object's class."""
        return self.manager.mapper

    @property
    def class_(self) -> Type[_O]:
        """The class of the object."""
        cls: Type[_O] = self.manager.class_
        return cls

    @property
    def table_key(self) -> Any:
        """The name of the table of an identity map that this state belongs to."""
        extras = self.extras
        mapper = self.manager.mapper
        # a mapping may be removed while its objects are in a session
        identity_class = self.manager.class_ if mapper is None else mapper.identity_class
        if extras is not None and extras.get("token") is not None:
            return identity_class, extras["token"]
        return identity_class

    @property
    def key(self) -> Any:
        """The identity key (class, primary key values, identity token), or None without an identity."""
        pk = self.pk
        if pk is None:
            return None
        mapper = self.manager.mapper
        if mapper.single_pk:
            pk = (pk,)
        return mapper.identity_class, pk, self.identity_token

    @key.setter
    def key(self, key: Any) -> None:
        if key is None:
            self.pk = None
            return
        pk = key[1]
        self.pk = pk[0] if self.manager.mapper.single_pk else tuple(pk)
        self.identity_token = key[2] if len(key) > 2 else None

    @property
    def identity_token(self) -> Any:
        """The token that tells apart equal primary keys of different databases, or None."""
        extras = self.extras
        return None if extras is None else extras.get("token")

    @identity_token.setter
    def identity_token(self, token: Any) -> None:
        if token is not None or self.identity_token is not None:
            self.set_extra("token", token)

    @property
    def identity_key(self) -> Any:
        """The identity key, or None without an identity."""
        return self.key

    @property
    def identity(self) -> Optional[Tuple[Any, ...]]:
        """The primary key values, or None without an identity."""
        key = self.key
        return None if key is None else key[1]

    @property
    def has_identity(self) -> bool:
        """Whether the object has an identity key."""
        return self.pk is not None

    @property  # type: ignore[misc]
    def info(self) -> Dict[Any, Any]:
        """A dictionary for the user's own notes about this object."""
        found: Optional[Dict[Any, Any]] = self.extra("info")
        if found is None:
            found = {}
            self.set_extra("info", found)
        return found

    def extra(self, name: str, default: Any = None) -> Any:
        """Return one of the rarely needed facts."""
        extras = self.extras
        return default if extras is None else extras.get(name, default)

    def set_extra(self, name: str, value: Any) -> None:
        """Store one of the rarely needed facts."""
        extras = self.extras
        if extras is None:
            self.extras = {name: value}
        else:
            extras[name] = value

    def drop_extra(self, name: str) -> Any:
        """Remove one of the rarely needed facts and return it, or None."""
        extras = self.extras
        return None if extras is None else extras.pop(name, None)

    @property
    def insert_order(self) -> int:
        """The number of the object among those added to its session."""
        number: int = self.extra("insert_order", 0)
        return number

    @insert_order.setter
    def insert_order(self, value: int) -> None:
        self.set_extra("insert_order", value)

    @property
    def callables(self) -> Dict[str, Any]:
        """Loader functions of single attributes of this object alone."""
        functions: Dict[str, Any] = self.extra("callables", {})
        return functions

    @property
    def load_options(self) -> Any:
        """The loader options that came with the object and go on to its lazy loads."""
        load = self.load
        return () if load is None else load.options

    @property
    def load_path(self) -> Any:
        """The path along which the object was loaded, or None."""
        load = self.load
        return None if load is None else load.path

    # -- where it stands ---------------------------------------------------------------------------------------------

    @property
    def session(self) -> Any:
        """The session the object belongs to, or None."""
        return session_of(self)

    @property
    def async_session(self) -> Any:
        """The AsyncSession the object belongs to, or None."""
        session = session_of(self)
        return None if session is None else getattr(session, "async_session", None)

    @property
    def transient(self) -> bool:
        """Whether the object has no identity and no session."""
        return self.pk is None and session_of(self) is None

    @property
    def pending(self) -> bool:
        """Whether the object has a session but no identity yet."""
        return self.pk is None and session_of(self) is not None

    @property
    def deleted(self) -> bool:
        """Whether the row was deleted by a flush whose transaction is still open."""
        return bool(self.flags & DELETED) and self.pk is not None and session_of(self) is not None

    @property
    def persistent(self) -> bool:
        """Whether the object has an identity and a session."""
        return self.pk is not None and not self.flags & DELETED and session_of(self) is not None

    @property
    def detached(self) -> bool:
        """Whether the object has an identity but no session."""
        return self.pk is not None and session_of(self) is None

    @property
    def was_deleted(self) -> bool:
        """Whether the row was deleted by a flush, though the object may be detached since."""
        return bool(self.flags & DELETED)

    @property
    def modified(self) -> bool:
        """Whether attributes were changed; for an object without identity, whether it has any."""
        if self.flags & MODIFIED:
            return True
        if self.pk is None:
            obj = self()
            return obj is not None and len(obj.__dict__) > 1
        return False

    @modified.setter
    def modified(self, value: bool) -> None:
        self.flags = self.flags | MODIFIED if value else self.flags & ~MODIFIED

    @property
    def attached(self) -> bool:
        """Whether the object belongs to a session."""
        return session_of(self) is not None

    def detach(self) -> None:
        """Leave the session."""
        self.session_id = None

    # -- its attributes ----------------------------------------------------------------------------------------------

    @property
    def attrs(self) -> ReadOnlyProperties[AttributeState]:
        """The attributes of the object, each an AttributeState, by key."""
        return ReadOnlyProperties({key: AttributeState(self, key) for key in self.manager})

    @property
    def unloaded(self) -> Set[str]:
        """Keys of the attributes that hold no value."""
        dict_ = self.dict
        committed = self.committed or _NOTHING
        return {key for key in self.manager if key not in dict_ and key not in committed}

    @property
    def unloaded_expirable(self) -> Set[str]:
        """The same as ``unloaded``."""
        return self.unloaded

    @property
    def unmodified(self) -> Set[str]:
        """Keys of the attributes without pending changes."""
        return set(self.manager).difference(self._changed_keys())

    def _changed_keys(self) -> Any:
        # whatever an object without identity holds is new
        return self.committed_state if self.pk is not None else self.dict.keys() | self.committed_state.keys()

    def unmodified_intersection(self, keys: Iterable[str]) -> Set[str]:
        """Return those of the keys that have no pending changes."""
        return set(keys).intersection(self.manager).difference(self._changed_keys())

    @property
    def committed_state(self) -> Dict[str, Any]:
        """The values before the first change, by key; empty without changes."""
        return self.committed or {}

    def get_impl(self, key: str) -> Any:
        """Return the implementation of the attribute."""
        return self.manager[key].impl

    def get_history(self, key: str, passive: int) -> Any:
        """Return the History of one attribute."""
        return self.manager[key].impl.get_history(self, self.dict, passive)

    def value_as_iterable(self, dict_: Dict[str, Any], key: str, passive: int = PASSIVE_OFF) -> Any:
        """Return a list of (state, object) that the attribute holds, whatever its kind."""
        impl = self.manager[key].impl
        found = impl.get(self, dict_, passive=passive)
        if found is PASSIVE_NO_RESULT or found is None or found is NO_VALUE:
            return ()
        if impl.collection:
            return [(obj.__dict__.get(STATE_ATTR), obj) for obj in impl.get_collection(self, dict_, found)]
        return [(found.__dict__.get(STATE_ATTR), found)]

    # -- changes -----------------------------------------------------------------------------------------------------

    def record_change(self, dict_: Dict[str, Any], key: Optional[str], old: Any) -> None:
        """Remember the value an attribute had before its first change, and tell the session.

        :param dict_: the dictionary of the object.
        :param key: the attribute, or None to mark the object only.
        :param old: its value, or NO_VALUE.
        """
        if not self.flags & MODIFIED:
            # first, since a session that cannot begin a transaction does not take the change
            track_modification(self)
        if key is not None:
            committed = self.committed
            if committed is None:
                self.committed = {key: old}
            elif key not in committed:
                committed[key] = old

    def commit(self, dict_: Dict[str, Any], keys: Iterable[str]) -> None:
        """Take the present values of the keys as unchanged."""
        committed = self.committed
        pending = self.extra("pending")
        expired = self.extra("expired")
        for key in keys:
            if committed is not None:
                committed.pop(key, None)
            if pending is not None:
                pending.pop(key, None)
            if expired is not None and key in dict_:
                expired.discard(key)

    def commit_all(self, dict_: Dict[str, Any], instance_dict: Any = None) -> None:
        """Take all present values as unchanged.

        :param dict_: the dictionary of the object.
        :param instance_dict: the identity map, which lets go of the object's changes.
        """
        self.committed = None
        if self.extras is not None:
            self.extras.pop("pending", None)
            self.extras.pop("last_known_pending", None)
        flags = self.flags
        if flags & _ANY_EXPIRY:
            left = self.expired_attributes
            if left:
                self.set_extra("expired", set(left))
                flags = flags & ~EXPIRED | PARTLY_EXPIRED
            else:
                self.drop_extra("expired")
                flags &= ~_ANY_EXPIRY
        if flags & MODIFIED and instance_dict is not None:
            instance_dict.modified.pop(self, None)
        self.flags = flags & ~MODIFIED

    def reset(self, dict_: Dict[str, Any], key: str) -> None:
        """Forget the attribute's value and changes; a read loads it again."""
        old = dict_.pop(key, None)
        if old is not None and self.manager[key].impl.collection:
            self.manager[key].impl.invalidate_collection(old)
        if self.committed is not None:
            self.committed.pop(key, None)
        callables = self.extra("callables")
        if callables:
            callables.pop(key, None)

    # -- expiry ------------------------------------------------------------------------------------------------------

    @property
    def expired(self) -> bool:
        """Whether the whole object is expired."""
        return bool(self.flags & EXPIRED)

    @expired.setter
    def expired(self, value: bool) -> None:
        self.flags = self.flags | EXPIRED if value else self.flags & ~EXPIRED

    @property
    def expired_attributes(self) -> Set[str]:
        """Keys of the attributes that the next read loads anew."""
        flags = self.flags
        if not flags & _ANY_EXPIRY:
            return set()
        dict_ = self.dict
        found: Set[str] = set(self.extra("expired", _NOTHING)) if flags & PARTLY_EXPIRED else set()
        if flags & EXPIRED:
            found.update(self.manager.expirable)
        if self.committed:
            found.difference_update(self.committed)
        found.difference_update(dict_)
        return found

    def is_expired(self, key: str) -> bool:
        """Return whether an attribute that is absent from the dictionary is to be loaded anew."""
        flags = self.flags
        if not flags & _ANY_EXPIRY or (self.committed is not None and key in self.committed):
            return False
        if flags & EXPIRED and key in self.manager.expirable:
            return True
        return bool(flags & PARTLY_EXPIRED) and key in self.extra("expired", _NOTHING)

    def clear_expiry(self) -> None:
        """Take no attribute as expired any more."""
        if self.flags & PARTLY_EXPIRED:
            self.drop_extra("expired")
        self.flags &= ~_ANY_EXPIRY

    def expire(self, dict_: Dict[str, Any], modified: Dict[InstanceState, Any]) -> None:
        """Forget all values and changes; the next read of one loads them anew.

        :param dict_: the dictionary of the object.
        :param modified: the identity map's record of changed objects.
        """
        flags = self.flags
        manager = self.manager
        if flags & MODIFIED:
            modified.pop(self, None)
        self.committed = None
        if self.extras is not None:
            for name in ("pending", "last_known_pending", "expired"):
                self.extras.pop(name, None)
            known = self.extras.get("last_known")
            if known:
                known.update({key: dict_[key] for key in known if key in dict_})
        self.flags = flags & ~(MODIFIED | PARTLY_EXPIRED) | EXPIRED
        if manager.deferred_keys:
            loaded = manager.deferred_keys.intersection(dict_)
            if loaded:
                self.set_extra("expired", loaded)
                self.flags |= PARTLY_EXPIRED
        for key in manager.collection_keys:
            if key in dict_:
                manager[key].impl.invalidate_collection(dict_[key])
        if dict_.keys() <= manager.known_keys:
            dict_.clear()
            dict_[STATE_ATTR] = self
        else:
            for key in manager:
                dict_.pop(key, None)
        if manager.expire_listeners:
            manager.dispatch.expire(self, None)

    def expire_attributes(
        self, dict_: Dict[str, Any], attribute_names: Iterable[str], no_loader: bool = False
    ) -> None:
        """Forget the values and changes of some attributes.

        :param dict_: the dictionary of the object.
        :param attribute_names: their keys.
        :param no_loader: leave out those that have a loader of their own.
        """
        manager = self.manager
        names = list(attribute_names)
        expired = self.extra("expired")
        pending = self.extra("pending")
        callables = self.extra("callables")
        for key in names:
            impl = manager[key].impl
            if impl.accepts_scalar_loader:
                if no_loader and (impl.loader is not None or (callables and key in callables)):
                    continue
                if impl.expire_missing or key in dict_:
                    if expired is None:
                        expired = set()
                        self.set_extra("expired", expired)
                    expired.add(key)
                    self.flags |= PARTLY_EXPIRED
                if callables:
                    callables.pop(key, None)
            elif not impl.uses_objects:
                # nothing loads it by itself; the next statement that has it gives the value
                self.flags |= PARTIAL
            old = dict_.pop(key, NO_VALUE)
            if impl.collection and old is not NO_VALUE:
                impl.invalidate_collection(old)
            last_known = self.extra("last_known")
            if last_known is not None and key in last_known and old is not NO_VALUE:
                last_known[key] = old
            if self.committed is not None:
                self.committed.pop(key, None)
            if pending is not None:
                pending.pop(key, None)
        if manager.expire_listeners:
            manager.dispatch.expire(self, names)

    def load_expired(self, passive: int) -> Any:
        """Load the expired attributes that have no changes; called by a read of one of them."""
        if not passive & PassiveFlag.SQL_OK:
            return PASSIVE_NO_RESULT
        keys = self.expired_attributes
        keys = {
            key for key in keys if (self.committed is None or key not in self.committed)
        }
        loader = self.manager.expired_attribute_loader
        if loader is None:
            raise orm_exc.DetachedInstanceError(
                "%s has expired attributes (%s) and nothing here can load them" % (state_str(self), sorted(keys))
            )
        loader(self, keys, passive)
        left = self.expired_attributes
        if not left:
            self.clear_expiry()
        return NO_VALUE

    def track_last_known_value(self, key: str) -> None:
        """Keep the last value of the attribute even when it expires."""
        known = self.extra("last_known")
        if known is None:
            known = {}
            self.set_extra("last_known", known)
        if key not in known:
            known[key] = NO_VALUE

    # -- pickling ----------------------------------------------------------------------------------------------------

    def __reduce__(self) -> Any:
        facts = {
            "pk": self.pk,
            "committed": self.committed,
            "flags": self.flags,
            "load": None if self.load is None else self.load,
            "extras": self.extras,
            "class": self.class_,
        }
        if self.manager.pickle_listeners:
            self.manager.dispatch.pickle(self, facts)
        return restore_state, (self(), facts)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.__reduce__()

    def __repr__(self) -> str:
        return "<%s of %s at 0x%x>" % (type(self).__name__, self.class_.__name__, id(self))


def restore_state(obj: Any, facts: Dict[str, Any]) -> InstanceState:
    """Return the state of an object that is being unpickled."""
    manager = facts["class"].__dict__.get("_sa_class_manager")
    if manager is None:
        raise orm_exc.UnmappedInstanceError(
            obj,
            "Cannot unpickle an object of class %r: the class is not mapped in this process" % (facts["class"],),
        )
    if manager.is_mapped:
        manager.mapper.check_configure()
    # the state of an object that was gone refers to nothing
    state: InstanceState = manager.state_class(facts["class"].__new__(facts["class"]) if obj is None else obj)
    state.pk = facts["pk"]
    state.session_id = None
    state.committed = facts["committed"]
    # whether its row comes back is known to the session that it was in
    state.flags = facts["flags"] & ~DELETED
    state.load = facts["load"]
    state.extras = facts["extras"]
    manager.dispatch.unpickle(state, facts)
    return state


def track_modification(state: InstanceState) -> None:
    """Mark a state as changed and have its session hold the object until the next flush."""
    number = state.session_id
    session = None if number is None else sessions.get(number)
    if session is None:
        state.flags |= MODIFIED
        return
    obj = state()
    if obj is None:
        raise orm_exc.ObjectDereferencedError(
            "The object of a %s state cannot be marked as changed: it was garbage collected" % state.class_.__name__
        )
    session.note_modified(state, obj)
    state.flags |= MODIFIED


class AttributeState:
    """One attribute of one object, as ``inspect(obj).attrs.key`` gives it.

    :param state: the state of the object.
    :param key: the attribute.
    """

    __slots__ = ("state", "key")

    def __init__(self, state: InstanceState, key: str) -> None:
        self.state = state
        self.key = key

    @property
    def loaded_value(self) -> Any:
        """The value as it is in memory, or NO_VALUE; loads nothing."""
        return self.state.dict.get(self.key, NO_VALUE)

    @property
    def value(self) -> Any:
        """The value, loaded if need be: the same as reading the attribute."""
        return self.state.manager[self.key].__get__(self.state(), self.state.class_)

    @property
    def history(self) -> Any:
        """The pending changes as a History; loads nothing."""
        return self.state.get_history(self.key, PASSIVE_NO_INITIALIZE)

    def load_history(self) -> Any:
        """Return the pending changes as a History, loading the old value where the attribute needs it."""
        return self.state.get_history(self.key, PASSIVE_OFF ^ PassiveFlag.INIT_OK)


def _inspect_object(instance: Any) -> Optional[InstanceState]:
    dict_ = getattr(instance, "__dict__", None)
    return None if dict_ is None else dict_.get(STATE_ATTR)


inspection.inspects(object)(_inspect_object)
