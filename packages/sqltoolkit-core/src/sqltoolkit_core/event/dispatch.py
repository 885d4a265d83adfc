"""Event families, the collections of their listeners, and the keys by which listeners are known.

``listen()`` and its kin are in ``event/api.py``; which events there are is said by the families beside their targets.
A *family* is a subclass of ``Events``: each public method is an event, its parameters are what listeners receive.  A
*target* is a class with ``dispatch = dispatcher(Family)``, or an instance of it.  A *dispatch* object holds one
*collection* of listeners per event; it is falsy and costs nothing to call while nobody listens.
"""

from __future__ import annotations

import threading
import typing
import weakref
from typing import Any
from typing import Callable
from typing import Generic
from typing import Optional
from typing import TypeVar

from .. import exc
from ..util.introspect import only_once

if typing.TYPE_CHECKING:
    from typing import ClassVar
    from typing import Dict
    from typing import Iterator
    from typing import List
    from typing import MutableMapping
    from typing import Sequence
    from typing import Tuple
    from typing import Type

    ListenerFn = Callable[..., Any]

__all__ = [
    "ClassDispatch",
    "ClassListeners",
    "Dispatch",
    "EventKey",
    "EventTarget",
    "Events",
    "JoinedListeners",
    "Listener",
    "Listeners",
    "RefCollection",
    "dispatcher",
    "families_of",
    "legacy_signature",
    "registrations",
    "registry_key",
]

_ET = TypeVar("_ET")

_lock = threading.RLock()
_families: Dict[str, List[Type[Events[Any]]]] = {}
# (id of target, event, identity of function) -> registrations; looked at when listeners are removed
_registrations: Dict[Any, List[Any]] = {}


class EventTarget:
    """A class that events can be listened to on; ``dispatch`` is its ``dispatcher(Family)``.

    A class that defines ``has_events = False`` finds it set to True, on the class or instance, when somebody listens:
    one plain attribute to read where events must cost nothing.
    """

    __slots__ = ()

    dispatch: Any


class RefCollection:
    """Something that a listener is registered in."""

    __slots__ = ("__weakref__",)

    @property
    def ref(self) -> Any:
        """Return a weak reference to this collection."""
        return weakref.ref(self)


class Listener:
    """One registered function: what was given, and what is called in its place."""

    __slots__ = ("__weakref__", "call", "collections", "fn", "order", "propagate", "target")

    def __init__(self, fn: Any, call: Any, target: Any, propagate: bool) -> None:
        self.fn = fn
        self.call = call
        self.propagate = propagate
        self.order = 0
        self.collections: List[Any] = []
        try:
            self.target: Any = weakref.ref(target)
        except TypeError:
            self.target = lambda: target


class ClassListeners(RefCollection):
    """What listens to one event on a class and on the classes above it; shared by all instances."""

    __slots__ = ("calls", "cls_ref", "family", "listeners", "name")

    def __init__(self, family: Type[Events[Any]], name: str, cls: type) -> None:
        self.family = family
        self.name = name
        self.cls_ref = weakref.ref(cls)
        self.listeners: List[Listener] = []
        self.calls: Tuple[Any, ...] = ()
        self.refresh()

    def refresh(self) -> None:
        """Work out anew what is called for targets of this class."""
        cls = self.cls_ref()
        if cls is None:
            return
        by_class = self.family._class_level[self.name]
        found: List[Listener] = []
        for base in _listening_bases(cls):
            found.extend(by_class.get(base, ()))
        found.sort(key=_by_order)
        self.listeners = found
        self.calls = tuple(one.call for one in found)

    def __call__(self, *args: Any, **kw: Any) -> None:
        for fn in self.calls:
            fn(*args, **kw)

    def __len__(self) -> int:
        return len(self.calls)

    def __bool__(self) -> bool:
        return bool(self.calls)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.calls)

    def __contains__(self, fn: Any) -> bool:
        return fn in self.calls


def _by_order(listener: Listener) -> int:
    return listener.order


def _listening_bases(cls: type) -> List[type]:
    bases = []
    for base in cls.__mro__:
        bases.append(base)
        if base.__dict__.get("propagate_class_events", True) is False:
            break
    return bases


class Listeners(RefCollection):
    """What listens to one event on one instance: the listeners of its class, then its own."""

    __slots__ = ("_done", "_lock", "calls", "listeners", "of_class")

    def __init__(self, of_class: ClassListeners) -> None:
        self.of_class = of_class
        self.listeners: List[Listener] = []
        self.calls: Tuple[Any, ...] = ()
        self._done = False
        self._lock: Any = None

    def __call__(self, *args: Any, **kw: Any) -> None:
        for fn in self.of_class.calls:
            fn(*args, **kw)
        for fn in self.calls:
            fn(*args, **kw)

    def __len__(self) -> int:
        return len(self.of_class.calls) + len(self.calls)

    def __bool__(self) -> bool:
        return bool(self.calls or self.of_class.calls)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.of_class.calls + self.calls)

    def __contains__(self, fn: Any) -> bool:
        return fn in self.calls or fn in self.of_class.calls

    def add(self, listener: Listener, insert: bool) -> None:
        """Add a listener, before the others if `insert` is true."""
        with _lock:
            if insert:
                self.listeners.insert(0, listener)
            else:
                self.listeners.append(listener)
            listener.collections.append(weakref.ref(self))
            self.refresh()

    def discard(self, listener: Listener) -> None:
        """Take a listener away; it is no error if it is not there."""
        with _lock:
            self.listeners = [one for one in self.listeners if one is not listener]
            self.refresh()

    def refresh(self) -> None:
        """Take over which functions are called from the list of listeners."""
        self.calls = tuple(one.call for one in self.listeners)

    def exec_once(self, *args: Any, **kw: Any) -> None:
        """Call the listeners, the first time that this is asked for; an error does not bring the time back."""
        self._once_calling(self, False, args, kw)

    def exec_once_unless_exception(self, *args: Any, **kw: Any) -> None:
        """Call the listeners until one call of them all has gone well."""
        self._once_calling(self, True, args, kw)

    def _once_calling(self, whole: Any, retry: bool, args: Any, kw: Any) -> None:
        if self._done:
            return
        with _lock:
            if self._lock is None:
                self._lock = threading.RLock()
        with self._lock:
            if self._done:
                return
            self._done = not retry
            whole(*args, **kw)
            self._done = True


class JoinedListeners(RefCollection):
    """What listens to one event on an instance and on the one it was joined to, whose listeners come first."""

    __slots__ = ("name", "own", "parent")

    def __init__(self, parent: Dispatch, name: str, own: Listeners) -> None:
        self.parent = parent
        self.name = name
        self.own = own

    def __call__(self, *args: Any, **kw: Any) -> None:
        getattr(self.parent, self.name)(*args, **kw)
        self.own(*args, **kw)

    def __len__(self) -> int:
        return len(getattr(self.parent, self.name)) + len(self.own)

    def __bool__(self) -> bool:
        return bool(self.own) or bool(getattr(self.parent, self.name))

    def __iter__(self) -> Iterator[Any]:
        for fn in getattr(self.parent, self.name):
            yield fn
        for fn in self.own:
            yield fn

    def __contains__(self, fn: Any) -> bool:
        return fn in self.own or fn in getattr(self.parent, self.name)

    @property
    def listeners(self) -> List[Listener]:
        """The instance's own listeners."""
        return self.own.listeners

    def add(self, listener: Listener, insert: bool) -> None:
        """Add a listener of the instance itself, before its others if `insert` is true."""
        self.own.add(listener, insert)

    def discard(self, listener: Listener) -> None:
        """Take a listener of the instance itself away."""
        self.own.discard(listener)

    def exec_once(self, *args: Any, **kw: Any) -> None:
        """Call all listeners, the first time that this is asked for."""
        self.own._once_calling(self, False, args, kw)

    def exec_once_unless_exception(self, *args: Any, **kw: Any) -> None:
        """Call all listeners until one call of them all has gone well."""
        self.own._once_calling(self, True, args, kw)


class ClassDispatch:
    """The listeners registered on a class, by event, as attributes."""

    __slots__ = ("cls", "events")

    def __init__(self, events: Type[Events[Any]], cls: type) -> None:
        self.events = events
        self.cls = cls

    def __getattr__(self, name: str) -> ClassListeners:
        return self.events.class_listeners(name, self.cls)

    def __contains__(self, name: str) -> bool:
        return name in self.events.event_names

    def __repr__(self) -> str:
        return "<%s on class %s>" % (self.events.__name__, self.cls.__name__)


class Dispatch:
    """The listeners of one instance, by event, as attributes; each is called to run its listeners."""

    events: Type[Events[Any]]

    def __init__(
        self,
        events: Type[Events[Any]],
        cls: type,
        parent: Optional[Dispatch] = None,
    ) -> None:
        state = self.__dict__
        if parent is None:
            # what was asked for on other instances will be asked for on this one
            state.update(events.known_listeners(cls))
        state["events"] = events
        state["_cls"] = cls
        state["_parent"] = parent

    def __getattr__(self, name: str) -> Any:
        # reached once per event and class, or joined instance: what is found stays in __dict__
        of_class = self.events.class_listeners(name, self._cls)
        found: Any = of_class
        if self._parent is not None:
            found = JoinedListeners(self._parent, name, Listeners(of_class))
        else:
            self.events.known_listeners(self._cls)[name] = of_class
        self.__dict__[name] = found
        return found

    def for_modify(self, name: str) -> Any:
        """Return the collection of this instance itself for the event ``name``, to which listeners can be added."""
        found = getattr(self, name)
        if isinstance(found, ClassListeners):
            with _lock:
                found = self.__dict__.get(name)
                if found is None or isinstance(found, ClassListeners):
                    found = Listeners(self.events.class_listeners(name, self._cls))
                    self.__dict__[name] = found
        return found

    def __contains__(self, name: str) -> bool:
        return name in self.events.event_names

    @property
    def any(self) -> bool:
        """Say whether anybody listens to any event of this instance, its class or what it is joined to."""
        return any(bool(getattr(self, name)) for name in self.events.event_names)

    def join(self, other: Dispatch) -> Dispatch:
        """Return a dispatch for the same class of target whose listeners come after those of ``other``."""
        return Dispatch(self.events, self._cls, other)

    def update(self, other: Dispatch, only_propagate: bool = True) -> None:
        """Add the listeners of ``other``'s own; unless told otherwise, those registered with ``propagate=True``."""
        for name, theirs in list(other.__dict__.items()):
            if not isinstance(theirs, (Listeners, JoinedListeners)):
                continue
            moved = [one for one in theirs.listeners if one.propagate or not only_propagate]
            if moved:
                ours = self.for_modify(name)
                present = set(map(id, ours.listeners))
                for listener in moved:
                    if id(listener) not in present:
                        ours.add(listener, False)

    def clear(self) -> None:
        """Remove every listener of this instance itself."""
        for found in list(self.__dict__.values()):
            if isinstance(found, (Listeners, JoinedListeners)):
                for listener in list(found.listeners):
                    found.discard(listener)

    def __reduce__(self) -> Any:
        # listeners belong to the process: a copy in another one begins with those of its class
        return Dispatch, (self.events, self._cls)

    def __repr__(self) -> str:
        return "<%s of a %s>" % (self.events.__name__, self._cls.__name__)


class dispatcher:
    """The ``dispatch`` attribute of a target class: of the class on the class, of the instance on an instance."""

    def __init__(self, events: Type[Events[Any]]) -> None:
        self.events = events

    def __set_name__(self, owner: type, name: str) -> None:
        if self.events.dispatch_target is None:
            self.events.dispatch_target = owner

    def __get__(self, obj: Any, cls: Any) -> Any:
        if obj is None:
            return ClassDispatch(self.events, cls)
        made = Dispatch(self.events, obj.__class__)
        try:
            # this attribute is then found before the descriptor
            return obj.__dict__.setdefault("dispatch", made)
        except AttributeError:
            return self._in_slot(obj, made)

    def _in_slot(self, obj: Any, made: Dispatch) -> Dispatch:
        try:
            found: Dispatch = obj.event_dispatch
            return found
        except AttributeError:
            try:
                obj.event_dispatch = made
            except AttributeError:
                raise TypeError(
                    "%r can keep no listeners: its class has neither a __dict__ nor a slot named "
                    "'event_dispatch'" % (obj,)
                ) from None
        return made


class Events(Generic[_ET]):
    """The base of an event family.  Each public method is an event; its parameters are what listeners receive.

    ``accept_target()`` and ``listen()`` may be overridden: which targets the family serves, and what is made of a
    listener before it is registered.
    """

    dispatch_target: ClassVar[Any] = None
    event_names: ClassVar[Dict[str, Any]] = {}
    _class_level: ClassVar[Dict[str, Any]] = {}
    _collections: ClassVar[Dict[str, MutableMapping[type, ClassListeners]]] = {}
    _known: ClassVar[MutableMapping[type, Dict[str, ClassListeners]]] = {}

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        names = {}
        for base in reversed(cls.__mro__):
            if base in _NOT_EVENTS:
                continue
            for name, member in vars(base).items():
                if name.startswith("_") or not callable(member) or isinstance(member, type):
                    continue
                names[name] = member
        if not names:
            return
        cls.event_names = names
        cls._class_level = {name: weakref.WeakKeyDictionary() for name in names}
        cls._collections = {name: weakref.WeakKeyDictionary() for name in names}
        cls._known = weakref.WeakKeyDictionary()
        for name in names:
            _families.setdefault(name, []).append(cls)
        target = cls.__dict__.get("dispatch_target")
        if isinstance(target, type) and not isinstance(target.__dict__.get("dispatch"), dispatcher):
            target.dispatch = dispatcher(cls)  # type: ignore[attr-defined]

    @classmethod
    def accept_target(cls, target: Any, identifier: str) -> Any:
        """Return the class or instance whose listeners ``target`` stands for, None where there is none."""
        dispatch = getattr(target, "dispatch", None)
        if isinstance(dispatch, (Dispatch, ClassDispatch)) and issubclass(dispatch.events, cls):
            return target
        return None

    @classmethod
    def listen(
        cls,
        key: EventKey,
        *,
        propagate: bool = False,
        insert: bool = False,
        named: bool = False,
        asyncio: bool = False,
    ) -> None:
        """Register the listener that ``key`` describes."""
        key.base_listen(propagate=propagate, insert=insert, named=named, asyncio=asyncio)

    @classmethod
    def remove(cls, key: EventKey) -> None:
        """Remove the listener that ``key`` describes."""
        key.remove()

    @classmethod
    def remove_listener(cls, key: EventKey) -> None:
        """Remove the listener that ``key`` describes; for families that have an event named ``remove``."""
        cls.remove(key)

    @classmethod
    def clear(cls) -> None:
        """Remove every listener registered on a class."""
        with _lock:
            for by_class in cls._class_level.values():
                by_class.clear()
            for name in cls.event_names:
                cls._refresh(name)

    @classmethod
    def known_listeners(cls, target: type) -> Dict[str, ClassListeners]:
        """Return, by event, what listens on the class ``target``, of the events that were asked for so far."""
        found = cls._known.get(target)
        if found is None:
            with _lock:
                found = cls._known.setdefault(target, {})
        return found

    @classmethod
    def class_listeners(cls, name: str, target: type) -> ClassListeners:
        """Return what listens to the event ``name`` on the class ``target``; ``AttributeError`` for no such event."""
        try:
            by_class = cls._collections[name]
        except KeyError:
            raise AttributeError("%s has no event %r" % (cls.__name__, name)) from None
        found = by_class.get(target)
        if found is None:
            with _lock:
                found = by_class.get(target)
                if found is None:
                    found = by_class[target] = ClassListeners(cls, name, target)
        return found

    @classmethod
    def _refresh(cls, name: str) -> None:
        for collection in list(cls._collections[name].values()):
            collection.refresh()


_NOT_EVENTS = (Events, Generic, object)
_orders = iter(range(1, 1 << 62))


class _ClassLevel:
    """Where listeners of one event on one class are added and removed."""

    __slots__ = ("cls", "family", "name")

    def __init__(self, family: Type[Events[Any]], name: str, cls: type) -> None:
        self.family = family
        self.name = name
        self.cls = weakref.ref(cls)

    def add(self, listener: Listener, insert: bool) -> None:
        with _lock:
            order = next(_orders)
            listener.order = -order if insert else order
            self.family._class_level[self.name].setdefault(self.cls(), []).append(listener)
            listener.collections.append(lambda: self)
            self.family._refresh(self.name)

    def discard(self, listener: Listener) -> None:
        with _lock:
            kept = self.family._class_level[self.name].get(self.cls(), [])
            if listener in kept:
                kept.remove(listener)
            self.family._refresh(self.name)


class EventKey:
    """A function that is to listen to an event of a target, on its way into a collection.

    ``target`` is what the user gave, ``dispatch_target`` whose listeners it joins, ``fn`` the user's function and
    ``listener`` what will be called.
    """

    __slots__ = ("dispatch_target", "events", "fn", "identifier", "listener", "target")

    def __init__(
        self,
        target: Any,
        identifier: str,
        fn: Any,
        dispatch_target: Any,
        events: Type[Events[Any]],
        listener: Any = None,
    ) -> None:
        self.target = target
        self.identifier = identifier
        self.fn = fn
        self.dispatch_target = dispatch_target
        self.events = events
        self.listener = fn if listener is None else listener

    def wrapped(self, fn: Any) -> EventKey:
        """Return this key with ``fn`` to be called in the place of the user's function."""
        if fn is self.listener:
            return self
        return EventKey(self.target, self.identifier, self.fn, self.dispatch_target, self.events, fn)

    def retargeted(self, dispatch_target: Any) -> EventKey:
        """Return this key with another class or instance whose listeners the function joins."""
        if dispatch_target is self.dispatch_target:
            return self
        return EventKey(
            self.target, self.identifier, self.fn, dispatch_target, self.events, self.listener
        )

    def listen(self, *args: Any, **kw: Any) -> None:
        """Register by way of the family."""
        once = kw.pop("once", False)
        once_unless_exception = kw.pop("once_unless_exception", False)
        if kw.get("named"):
            self.listener = _named(self.events.event_names[self.identifier], self.listener)
        else:
            self.listener = _adapted(self.events, self.identifier, self.listener)
        if once or once_unless_exception:
            self.wrapped(
                only_once(self.listener, retry_on_exception=once_unless_exception)
            ).listen_as_is(*args, **kw)
        else:
            self.listen_as_is(*args, **kw)

    def listen_as_is(self, *args: Any, **kw: Any) -> None:
        """Register the function by way of the family, which may put another one in its place."""
        self.events.listen(self, *args, **kw)

    def base_listen(
        self,
        propagate: bool = False,
        insert: bool = False,
        named: bool = False,
        retval: Optional[bool] = None,
        asyncio: bool = False,
    ) -> None:
        """Put the listener into the collection of the dispatch target, where an instance does not have it already."""
        entry = Listener(self.fn, self.listener, self.target, propagate)
        target = self.dispatch_target
        place: Any
        if isinstance(target, type):
            place = _ClassLevel(self.events, self.identifier, target)
        else:
            place = target.dispatch.for_modify(self.identifier)
        with _lock:
            if self._is_in(place):
                return
            place.add(entry, insert)
            known = _registrations.setdefault(self.registry_key, [])
            known[:] = [ref for ref in known if ref() is not None]
            known.append(weakref.ref(entry))
        # on the target itself, whatever its class says: listeners of the class may go before those of the target
        told = isinstance(getattr(target, "has_events", None), bool)
        if told and getattr(target, "__dict__", {}).get("has_events") is not True:
            target.has_events = True

    def _is_in(self, place: Any) -> bool:
        held = getattr(place, "own", place)
        return any(
            ref() is held
            for entry in registrations(self.target, self.identifier, self.fn)
            for ref in entry.collections
        )

    @property
    def registry_key(self) -> Any:
        """What `remove()` and `contains()` know this registration by: target, event and function."""
        return registry_key(self.target, self.identifier, self.fn)

    def contains(self) -> bool:
        """Say whether the user's function listens to the event of the target."""
        return bool(registrations(self.target, self.identifier, self.fn))

    def remove(self) -> None:
        """Take the listener out of every collection it went into."""
        found = registrations(self.target, self.identifier, self.fn)
        if not found:
            raise exc.InvalidRequestError(
                "No listeners found for event %r of %r with the function %r; it was removed before, or was "
                "registered for another target" % (self.identifier, self.target, self.fn)
            )
        with _lock:
            for entry in found:
                for ref in entry.collections:
                    place = ref()
                    if place is not None:
                        place.discard(entry)
            _registrations.pop(self.registry_key, None)
        self._calm_down()

    def _calm_down(self) -> None:
        """Say no longer that somebody listens, where that was the last listener of the class or instance."""
        target = self.dispatch_target
        if getattr(target, "__dict__", {}).get("has_events") is not True:
            return
        if isinstance(target, type):
            if not any(by_class.get(target) for by_class in self.events._class_level.values()):
                target.has_events = False  # type: ignore[attr-defined]
        else:
            collections = [found for found in vars(target.dispatch).values() if hasattr(found, "listeners")]
            if not any(found.listeners for found in collections if not isinstance(found, ClassListeners)):
                del target.has_events


def registry_key(target: Any, identifier: str, fn: Any) -> Any:
    """Return the key under which a listener is known; methods of one object are the same function each time."""
    owner = getattr(fn, "__self__", None)
    if owner is not None:
        function = getattr(fn, "__func__", None)
        # methods of builtin objects have a name only
        part = fn.__name__ if function is None else id(function)
        return (id(target), identifier, part, id(owner))
    return (id(target), identifier, id(fn))


def registrations(target: Any, identifier: str, fn: Any) -> List[Listener]:
    """Return what was registered for exactly this target, event and function."""
    found = []
    for ref in _registrations.get(registry_key(target, identifier, fn), ()):
        entry = ref()
        if entry is not None and entry.target() is target:
            found.append(entry)
    return found


def families_of(identifier: str) -> Sequence[Type[Events[Any]]]:
    """Return the families that have an event of this name."""
    return list(_families.get(identifier, ()))


def _argument_names(event: Any) -> Sequence[str]:
    code = event.__code__
    names: Sequence[str] = code.co_varnames[1 : code.co_argcount]
    return names


def _named(event: Any, fn: Any) -> Any:
    names = _argument_names(event)

    def call_by_name(*args: Any, **kw: Any) -> Any:
        given = dict(zip(names, args))
        given.update(kw)
        return fn(**given)

    return call_by_name


def legacy_signature(
    since: str, argnames: List[str], converter: Optional[Callable[..., Any]] = None
) -> Callable[[Any], Any]:
    """Return a decorator of an event that had other parameters before ``since``.

    A listener that takes exactly ``argnames`` (a last ``"**kw"`` stands for any keywords) still works, with a warning;
    ``converter`` turns the parameters of now into those.
    """

    def mark(event: Any) -> Any:
        if not hasattr(event, "legacy_signatures"):
            event.legacy_signatures = []
        event.legacy_signatures.append((since, argnames, converter))
        return event

    return mark


def _adapted(events: Type[Events[Any]], name: str, fn: Any) -> Any:
    event = events.event_names[name]
    legacy = getattr(event, "legacy_signatures", None)
    if not legacy:
        return fn
    from ..util.introspect import get_callable_argspec

    try:
        spec = get_callable_argspec(fn, no_self=True)
    except TypeError:
        return fn
    for since, argnames, converter in sorted(legacy, key=lambda one: one[0], reverse=True):
        takes_kw = bool(argnames) and argnames[-1] == "**kw"
        wanted = argnames[:-1] if takes_kw else argnames
        if len(spec.args) != len(wanted) or bool(spec.varkw) is not takes_kw or spec.varargs:
            continue
        if len(wanted) == len(_argument_names(event)) and converter is None:
            continue
        return _with_legacy_arguments(events, event, since, wanted, converter, takes_kw, fn)
    return fn


def _with_legacy_arguments(
    events: Any, event: Any, since: str, wanted: Any, converter: Any, takes_kw: bool, fn: Any
) -> Any:
    from ..util.decorators import warn_deprecated

    names = _argument_names(event)
    pick = converter
    if pick is None:
        places = [list(names).index(name) for name in wanted]

        def pick(*args: Any) -> Any:
            return [args[place] for place in places]

    text = "(%s%s)" % (", ".join(names), ", **kw" if event.__code__.co_flags & 0x08 else "")
    message = (
        'A listener of "%s.%s" takes the arguments that this event had before version %s. It is still understood; '
        'write it as "def %s%s"' % (events.__name__, event.__name__, since, event.__name__, text)
    )

    def call_the_old_way(*args: Any, **kw: Any) -> Any:
        warn_deprecated(message, version=since)
        return fn(*pick(*args), **(kw if takes_kw else {}))

    return call_the_old_way
