"""Class managers: how a class is prepared for its objects to be tracked.

The manager of a class holds its attributes, its state class, and what its generated ``__init__``, ``__setattr__`` and
``__delattr__`` consult.  What the class is mapped to is the mapper's business.
"""

from __future__ import annotations

import builtins
import typing
import weakref
from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.util import codegen

from . import exc as orm_exc
from .attributes import DataInstrumentedAttribute
from .attributes import InstrumentedAttribute
from .base import DONT_SET
from .base import MANAGER_ATTR
from .base import NO_VALUE
from .base import STATE_ATTR
from .base import instance_state
from .base import manager_of_class
from .base import opt_manager_of_class
from .identity import sessions
from .interfaces import InspectionAttr
from .state import InstanceState
from .state import MODIFIED

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Dict
    from typing import FrozenSet
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Set
    from typing import TypeVar

    _M = TypeVar("_M")
    _Attributes = Dict[str, Any]
else:
    _Attributes = dict

__all__ = [
    "ClassManager",
    "InstrumentationFactory",
    "announce",
    "is_instrumented",
    "new_manager_hooks",
    "manager_of_class",
    "opt_manager_of_class",
    "register_class",
    "set_factory",
    "unregister_class",
]

_OWN_HOOK = "_sa_own_hook"
_sessions = sessions.references


class ClassManager(_Attributes, InspectionAttr):
    """The instrumented attributes of one class, by key, and what else its objects need.

    :param class_: the class.
    """

    #: the names of what the ORM keeps on classes and objects
    MANAGER_ATTR = MANAGER_ATTR
    STATE_ATTR = STATE_ATTR

    dispatch: Any
    #: loads expired attributes: ``fn(state, keys, passive)``; the session layer sets it for all managers
    expired_attribute_loader: Any = None

    def __init__(self, class_: Any) -> None:
        super().__init__()
        self.class_ = class_
        self.registry: Any = None
        self.mapper: Any = None
        self.declarative_scan: Any = None
        self.local_attrs: Dict[str, Any] = {}
        self.originals: Dict[str, Any] = {}
        self.factory: Any = None
        self.finalized = False
        #: fast mode: key -> None for a plain attribute, or setter(obj, value)
        self.setters: Dict[str, Any] = {}
        #: keys that the generated constructor may put into the dictionary as they are
        self.plain_keys: Set[str] = set()
        #: values every new object begins with, such as its polymorphic identity
        self.initial_values: Dict[str, Any] = {}
        self.init_listeners = False
        self.expire_listeners = False
        self.pickle_listeners = False
        self.original_init: Any = None
        self.init_method: Any = None
        self.default_init = False
        #: the declarative scan made the table
        self.made_table = False
        self._memo: Dict[str, Any] = {}
        self._children: weakref.WeakSet[ClassManager] = weakref.WeakSet()
        self.bases: List[ClassManager] = [
            found
            for found in (opt_manager_of_class(base) for base in class_.__mro__[1:])
            if found is not None
        ][:1]
        for base in class_.__bases__:
            found = opt_manager_of_class(base)
            if found is not None and found not in self.bases:
                self.bases.append(found)
        self.state_class = type(
            "InstanceState", (InstanceState,), {"__slots__": (), "manager": self, "__module__": __name__}
        )
        self.fast = self._may_be_fast()
        for base_manager in reversed(self.bases):
            base_manager._children.add(self)
            self.dispatch.update(base_manager.dispatch)
            for key, attribute in base_manager.items():
                dict.__setitem__(self, key, attribute)
        if self.bases:
            self.registry = self.bases[0].registry
        type.__setattr__(class_, MANAGER_ATTR, self)
        if self.fast:
            self._install_hooks()
        self._refresh_listening()

    __hash__ = object.__hash__  # type: ignore[assignment]

    def __eq__(self, other: Any) -> bool:
        return other is self

    def __ne__(self, other: Any) -> bool:
        return other is not self

    def __bool__(self) -> bool:
        return True

    # -- modes -------------------------------------------------------------------------------------------------------

    def _may_be_fast(self) -> bool:
        """Return whether nothing in the class has attribute access of its own."""
        if self.class_.__dict__.get("__sa_compatible_attributes__", False):
            return False
        for base in self.class_.__mro__:
            names = base.__dict__
            if base is object:
                continue
            for name in ("__setattr__", "__delattr__"):
                if name in names and not hasattr(names[name], _OWN_HOOK):
                    return False
            if "__getattribute__" in names:
                return False
        if self.bases and not all(base.fast for base in self.bases):
            return False
        return True

    @property
    def attribute_class(self) -> Any:
        """The class of the attributes of this mode."""
        return InstrumentedAttribute if self.fast else DataInstrumentedAttribute

    def _install_hooks(self) -> None:
        namespace = {
            "__builtins__": builtins,
            "setters": self.setters,
            "state_attr": STATE_ATTR,
            "no_state": _no_state,
            "plain_set": object.__setattr__,
            "plain_delete": object.__delattr__,
            "first_change": _first_change,
            "no_value": NO_VALUE,
            "delete": _delete,
        }
        for name, template in _hooks.items():
            hook = codegen.instantiate(template.code(None), namespace, name, ())
            setattr(hook, _OWN_HOOK, True)
            hook.__qualname__ = "%s.%s" % (self.class_.__qualname__, name)
            hook.__module__ = self.class_.__module__
            type.__setattr__(self.class_, name, hook)

    def switch_to_compatible(self) -> None:
        """Use data descriptors from now on; for a class whose ``__setattr__`` is replaced after mapping."""
        if not self.fast:
            return
        self.fast = False
        for name in ("__setattr__", "__delattr__"):
            if hasattr(self.class_.__dict__.get(name), _OWN_HOOK):
                type.__delattr__(self.class_, name)
        for attribute in self.values():
            if type(attribute) is InstrumentedAttribute:
                attribute.__class__ = DataInstrumentedAttribute
        self.setters.clear()
        for child in self._children:
            child.switch_to_compatible()

    def hooks_in_place(self) -> bool:
        """Return whether the class still tracks changes: nobody replaced its ``__setattr__``."""
        return not self.fast or hasattr(self.class_.__setattr__, _OWN_HOOK)

    # -- attributes --------------------------------------------------------------------------------------------------

    @property
    def is_mapped(self) -> bool:
        """Whether the class has a mapper."""
        return self.mapper is not None

    @property
    def attributes(self) -> Any:
        """The instrumented attributes."""
        return iter(self.values())

    def _memoized(self, name: str, compute: Callable[[], _M]) -> _M:
        found: _M
        try:
            found = self._memo[name]
        except KeyError:
            found = self._memo[name] = compute()
        return found

    def _impls(self) -> Iterator[Any]:
        return (attribute.impl for attribute in self.values() if attribute.impl is not None)

    @property
    def expirable(self) -> FrozenSet[str]:
        """Keys of the attributes that expire with the object though they were not loaded."""
        return self._memoized(
            "expirable",
            lambda: frozenset(i.key for i in self._impls() if i.accepts_scalar_loader and i.expire_missing),
        )

    @property
    def deferred_keys(self) -> FrozenSet[str]:
        """Keys of the attributes that expire with the object only when they were loaded."""
        return self._memoized(
            "deferred_keys",
            lambda: frozenset(i.key for i in self._impls() if i.accepts_scalar_loader and not i.expire_missing),
        )

    @property
    def collection_keys(self) -> FrozenSet[str]:
        """Keys of the collections."""
        return self._memoized("collection_keys", lambda: frozenset(i.key for i in self._impls() if i.collection))

    @property
    def known_keys(self) -> FrozenSet[str]:
        """All keys, and the key of the state."""
        return self._memoized("known_keys", lambda: frozenset(self) | {STATE_ATTR})

    def attribute_keys(self) -> List[str]:
        """Return the keys in order."""
        return list(self)

    def instrument_attribute(self, key: str, attribute: Any, propagated: bool = False) -> None:
        """Install an attribute on the class, and on subclasses that have none of their own.

        :param propagated: the attribute comes from a base class.
        """
        if propagated:
            if key in self.local_attrs:
                return
        else:
            self.local_attrs[key] = attribute
            self.install_descriptor(key, attribute)
        dict.__setitem__(self, key, attribute)
        self._memo.clear()
        self.refresh_attribute(key)
        for child in list(self._children):
            child.instrument_attribute(key, attribute, True)

    def post_configure_attribute(self, key: str) -> None:
        """Tell listeners of instrumentation that an attribute is complete."""
        _dispatch_instrumentation("attribute_instrument", self.class_, key, self[key])

    def uninstrument_attribute(self, key: str, propagated: bool = False) -> None:
        """Remove an attribute from the class."""
        if key not in self:
            return
        if propagated:
            if key in self.local_attrs:
                return
        else:
            self.local_attrs.pop(key, None)
            self.uninstall_descriptor(key)
        dict.pop(self, key, None)
        self.setters.pop(key, None)
        self.plain_keys.discard(key)
        self._memo.clear()
        for child in list(self._children):
            child.uninstrument_attribute(key, True)

    def install_descriptor(self, key: str, attribute: Any) -> None:
        """Put an attribute on the class."""
        if key in (STATE_ATTR, MANAGER_ATTR):
            raise KeyError("%r is the name of something the ORM keeps on every object; choose another" % key)
        if key not in self.originals and key in self.class_.__dict__:
            self.originals[key] = self.class_.__dict__[key]
        type.__setattr__(self.class_, key, attribute)

    def uninstall_descriptor(self, key: str) -> None:
        """Take an attribute off the class."""
        if key in self.class_.__dict__:
            type.__delattr__(self.class_, key)

    def refresh_attribute(self, key: str) -> None:
        """Choose anew how the attribute is set, after its listeners changed."""
        self._memo.clear()
        attribute = self.get(key)
        impl = None if attribute is None else attribute.impl
        if impl is None or impl.through_descriptor:
            # synonyms and composites are set through their descriptor on the class
            self.setters.pop(key, None)
            self.plain_keys.discard(key)
            return
        plain = impl.plain
        if self.fast:
            # bulk setting puts values where a read finds them; the descriptor on the class must be ours for that
            self.setters[key] = None if plain else _setter(impl)
        if impl.plain_at_first and self.fast:
            self.plain_keys.add(key)
        else:
            self.plain_keys.discard(key)
        if self.mapper is not None:
            self.mapper.loader_version += 1

    def refresh_listeners(self, key: str) -> None:
        """Read off an attribute whether anybody listens to it, here and in subclasses."""
        attribute = self.get(key)
        if attribute is None or attribute.impl is None:
            return
        impl = attribute.impl
        impl.dispatch = attribute.dispatch
        impl.update_listening()
        self.refresh_attribute(key)

    def get_impl(self, key: str) -> Any:
        """Return the implementation of an attribute."""
        return self[key].impl

    def has_parent(self, state: Any, key: str, optimistic: bool = False) -> bool:
        """Return whether an object is held by some parent through attribute ``key``."""
        return bool(self.get_impl(key).hasparent(state, optimistic=optimistic))

    def subclass_managers(self, recursive: bool) -> Iterator[ClassManager]:
        """Iterate over the managers of subclasses."""
        for child in sorted(self._children, key=lambda manager: manager.class_.__name__):
            yield child
            if recursive:
                yield from child.subclass_managers(True)

    # -- objects -----------------------------------------------------------------------------------------------------

    def new_instance(self, state: Any = None) -> Any:
        """Return an object that was not initialised, with a state."""
        instance = self.class_.__new__(self.class_)
        self.setup_instance(instance, state)
        return instance

    def setup_instance(self, instance: Any, state: Any = None) -> Any:
        """Give an object a state; return the state."""
        if state is None:
            state = self.new_state(instance)
        instance.__dict__[STATE_ATTR] = state
        return state

    def new_state(self, instance: Any) -> Any:
        """Return a new state for an object, which the caller stores."""
        state = self.state_class(instance)
        state.pk = None
        state.session_id = None
        state.committed = None
        state.flags = 0
        state.load = None
        state.extras = None
        return state

    def new_instance_of(self, state: Any) -> Any:
        """Return a new, bare object; states cannot be moved to another object."""
        return self.new_instance(None)

    def state_getter(self) -> Callable[[Any], Any]:
        """Return a function that gives the state of an object."""
        return instance_state

    def has_state(self, instance: Any) -> bool:
        """Return whether an object has a state."""
        return STATE_ATTR in instance.__dict__

    def teardown_instance(self, instance: Any) -> None:
        """Remove the state of an object."""
        instance.__dict__.pop(STATE_ATTR, None)

    # -- construction ------------------------------------------------------------------------------------------------

    def install_init(self) -> None:
        """Replace ``__init__`` of the class by one that prepares the object first."""
        own = self.class_.__dict__.get("__init__")
        if own is not None and hasattr(own, _OWN_HOOK):
            return
        original = self.class_.__init__
        if own is None and hasattr(original, _OWN_HOOK):
            # an inherited constructor of a mapped class: go on to what it calls in the end
            original = getattr(original, "_sa_original_init", original)
        self.original_init = original
        if self.class_.__dict__.get("__init__") is not None:
            self.originals["__init__"] = self.class_.__dict__["__init__"]
        self.default_init = getattr(original, "_sa_default_constructor", False)
        hook = _generate_init(self, original)
        self.init_method = hook
        type.__setattr__(self.class_, "__init__", hook)

    def _refresh_listening(self) -> None:
        dispatch = self.dispatch
        self.init_listeners = bool(dispatch.init) or bool(dispatch.init_failure) or bool(dispatch.first_init)
        self.expire_listeners = bool(dispatch.expire)
        self.pickle_listeners = bool(dispatch.pickle)
        if self.mapper is not None:
            self.mapper.loader_version += 1

    def refresh_instance_listeners(self) -> None:
        """Read off anew whether anybody listens to the objects of the class, here and in subclasses."""
        self._refresh_listening()
        for child in list(self._children):
            child.refresh_instance_listeners()

    # -- the end -----------------------------------------------------------------------------------------------------

    def manage(self) -> None:
        """Put this manager on its class."""
        type.__setattr__(self.class_, MANAGER_ATTR, self)

    def unregister(self) -> None:
        """Take everything off the class that was put there."""
        for key in list(self.originals):
            if key == "__init__":
                continue
            self.originals.pop(key, None)
        names = ["__init__", "__setattr__", "__delattr__"]
        for name in names:
            if hasattr(self.class_.__dict__.get(name), _OWN_HOOK):
                type.__delattr__(self.class_, name)
                if name in self.originals:
                    type.__setattr__(self.class_, name, self.originals[name])
        for key in list(self.local_attrs):
            self.uninstrument_attribute(key)
        for base in self.bases:
            base._children.discard(self)
        self.mapper = None
        self.dispatch.clear()
        if MANAGER_ATTR in self.class_.__dict__:
            type.__delattr__(self.class_, MANAGER_ATTR)

    @property
    def deferred_scalar_loader(self) -> Any:
        """The older name of ``expired_attribute_loader``."""
        return self.expired_attribute_loader

    @deferred_scalar_loader.setter
    def deferred_scalar_loader(self, loader: Any) -> None:
        self.expired_attribute_loader = loader

    def __repr__(self) -> str:
        return "<%s of %r at 0x%x>" % (type(self).__name__, self.class_, id(self))

    def __reduce__(self) -> Any:
        return manager_of_class, (self.class_,)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.__reduce__()


# -- generated methods -----------------------------------------------------------------------------------------------

_SETATTR = '''\
def __setattr__(self, name, value):
    if name in setters:
        setter = setters[name]
        if setter is None:
            values = self.__dict__
            try:
                state = values[state_attr]
            except KeyError:
                raise no_state(self) from None
            committed = state.committed
            if committed is None:
                first_change(self, state, values, name)
            elif name not in committed:
                if state.flags & 1 and state.pk is not None:
                    committed[name] = values.get(name, no_value)
                else:
                    first_change(self, state, values, name)
            values[name] = value
        else:
            setter(self, value)
    else:
        plain_set(self, name, value)
'''

_DELATTR = '''\
def __delattr__(self, name):
    if name in setters:
        delete(self, name)
    else:
        plain_delete(self, name)
'''

_INIT_DEFAULT = '''\
def __init__(self, **kwargs):
    values = self.__dict__
    if state_attr in values or manager.init_listeners or not manager.finalized:
        return slow_init(manager, self, original, (), kwargs)
    state = State(self)
    state.pk = None
    state.session_id = None
    state.committed = None
    state.flags = 0
    state.load = None
    state.extras = None
    values[state_attr] = state
    if initial:
        values.update(initial)
    if kwargs:
        if kwargs.keys() <= plain and self.__class__ is cls:
            values.update(kwargs)
        else:
            original(self, **kwargs)
'''

_INIT_ANY = '''\
def __init__(self, *args, **kwargs):
    values = self.__dict__
    if state_attr in values:
        return original(self, *args, **kwargs)
    if manager.init_listeners or not manager.finalized:
        return slow_init(manager, self, original, args, kwargs)
    state = State(self)
    state.pk = None
    state.session_id = None
    state.committed = None
    state.flags = 0
    state.load = None
    state.extras = None
    values[state_attr] = state
    if initial:
        values.update(initial)
    return original(self, *args, **kwargs)
'''

# compiled when the first class needs them, not with the import
_hooks = {
    "__setattr__": codegen.TemplateCache("__setattr__", lambda _: _SETATTR),
    "__delattr__": codegen.TemplateCache("__delattr__", lambda _: _DELATTR),
}
_constructors = codegen.TemplateCache("__init__", lambda is_default: _INIT_DEFAULT if is_default else _INIT_ANY)


def _generate_init(manager: ClassManager, original: Any) -> Any:
    namespace = {
        "__builtins__": builtins,
        "state_attr": STATE_ATTR,
        "manager": manager,
        "State": manager.state_class,
        "plain": manager.plain_keys,
        "initial": manager.initial_values,
        "original": original,
        "slow_init": _slow_init,
        "cls": manager.class_,
    }
    hook = codegen.instantiate(_constructors.code(manager.default_init), namespace, "__init__", ())
    setattr(hook, _OWN_HOOK, True)
    hook.__doc__ = original.__doc__
    hook._sa_original_init = original  # type: ignore[attr-defined]
    hook.__qualname__ = "%s.__init__" % manager.class_.__qualname__
    hook.__module__ = manager.class_.__module__
    if not manager.default_init:
        # so that inspect.signature() tells the arguments of the class's own constructor
        hook.__wrapped__ = original  # type: ignore[attr-defined]
        _copy_signature(hook, original)
    return hook


def _copy_signature(hook: Any, original: Any) -> None:
    """Let tools that look at signatures see that of the class's own constructor."""
    import inspect

    try:
        hook.__signature__ = inspect.signature(original)
    except (TypeError, ValueError):
        # a constructor written in C that does not tell
        return


def _slow_init(manager: ClassManager, instance: Any, original: Any, args: Any, kwargs: Any) -> None:
    """Construct an object with everything that may happen then: first use of the class, listeners, subclasses."""
    values = instance.__dict__
    if STATE_ATTR in values:
        original(instance, *args, **kwargs)
        return
    own = opt_manager_of_class(type(instance)) or manager
    if not own.finalized and own.mapper is not None:
        own.mapper.check_configure()
        if own.mapper.polymorphic_abstract:
            raise core_exc.InvalidRequestError(
                "%s is mapped with polymorphic_abstract=True and has no rows of its own; make an object of a subclass"
                % own.class_.__name__
            )
        own.finalized = True
    state = own.setup_instance(instance)
    dispatch = own.dispatch
    if dispatch.first_init:
        for fn in dispatch.first_init:
            fn(own, own.class_)
        own.dispatch.first_init.clear()
    values.update(own.initial_values)
    for fn in dispatch.init:
        answer = fn(state, args, kwargs)
        if isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], dict):
            args, kwargs = answer
    try:
        original(instance, *args, **kwargs)
    except BaseException:
        for fn in dispatch.init_failure:
            fn(state, args, kwargs)
        raise


def _first_change(instance: Any, state: Any, values: Dict[str, Any], name: str) -> None:
    """Record the old value of a plain attribute before its first change, and tell the session."""
    flags = state.flags
    if not flags & MODIFIED:
        number = state.session_id
        reference = None if number is None else _sessions.get(number)
        session = None if reference is None else reference()
        if session is not None:
            # first, since a session that cannot begin a transaction does not take the change
            session.note_modified(state, instance)
        state.flags = flags | MODIFIED
    old = NO_VALUE if state.pk is None else values.get(name, NO_VALUE)
    committed = state.committed
    if committed is None:
        state.committed = {name: old}
    else:
        committed[name] = old


def _delete(instance: Any, name: str) -> None:
    values = instance.__dict__
    state = values.get(STATE_ATTR)
    if state is None:
        raise _no_state(instance)
    state.manager[name].impl.delete(state, values)


def _setter(impl: Any) -> Callable[[Any, Any], None]:
    set_ = impl.set

    def setter(instance: Any, value: Any) -> None:
        if value is DONT_SET:
            return
        values = instance.__dict__
        try:
            state = values[STATE_ATTR]
        except KeyError:
            raise _no_state(instance) from None
        set_(state, values, value)

    return setter


def _no_state(instance: Any) -> Exception:
    return AttributeError(
        "%r object has no ORM state (%r); was its mapped class's __init__() called?"
        % (type(instance).__name__, STATE_ATTR)
    )


# -- registration ----------------------------------------------------------------------------------------------------


class InstrumentationFactory:
    """Makes the managers of classes; the target of instrumentation events."""

    dispatch: Any

    def create_manager_for_cls(self, class_: Any) -> ClassManager:
        """Return a new manager for a class that has none."""
        if opt_manager_of_class(class_) is not None:
            raise core_exc.InvalidRequestError("Class %r is instrumented already" % class_)
        finder = self.manager_finder(class_)
        if finder is None:
            return ClassManager(class_)
        manager = finder(class_)
        if not isinstance(manager, ClassManager):
            raise TypeError(
                "%r gave %r to manage the class %r; a ClassManager was expected" % (finder, manager, class_)
            )
        return manager

    def manager_finder(self, class_: Any) -> Any:
        """Return the factory of the manager of a class, or None for ClassManager; extensions override it."""
        return None

    def unregister(self, class_: Any) -> None:
        """Remove the manager of a class."""
        manager = manager_of_class(class_)
        _dispatch_instrumentation("class_uninstrument", class_)
        manager.unregister()


class _Factory:
    """Where the one factory is kept; ``ext.instrumentation`` puts another one here."""

    current = InstrumentationFactory()


def set_factory(factory: InstrumentationFactory) -> None:
    """Use another factory from now on."""
    _Factory.current = factory


def _dispatch_instrumentation(event: str, *args: Any) -> None:
    dispatch = getattr(_Factory.current, "dispatch", None)
    if dispatch is not None:
        for fn in getattr(dispatch, event):
            fn(*args)


#: called with each class that gets a manager
new_manager_hooks: List[Callable[[Any], None]] = []


def announce(class_: Any) -> None:
    """Tell listeners of instrumentation that a class is being mapped."""
    _dispatch_instrumentation("class_instrument", class_)


def register_class(
    class_: Any,
    *,
    mapper: Any = None,
    registry: Any = None,
    declarative_scan: Any = None,
    init_method: Optional[Callable[..., None]] = None,
    finalize: bool = True
) -> ClassManager:
    """Return the manager of a class, making one where there is none.

    :param mapper: the mapper to attach.
    :param registry: the registry the class belongs to.
    :param declarative_scan: the scan of the class body that made the mapping.
    :param init_method: the constructor of classes that have none.
    :param finalize: replace the constructor now.
    """
    manager: Optional[ClassManager] = opt_manager_of_class(class_)
    if manager is None:
        manager = _Factory.current.create_manager_for_cls(class_)
        for hook in new_manager_hooks:
            hook(class_)
    if mapper is not None:
        manager.mapper = mapper
    if registry is not None:
        manager.registry = registry
    if declarative_scan is not None:
        manager.declarative_scan = declarative_scan
    if init_method is not None and class_.__init__ is object.__init__:
        type.__setattr__(class_, "__init__", init_method)
    if finalize:
        manager.install_init()
    return manager


def unregister_class(class_: Any) -> None:
    """Take the instrumentation off a class."""
    _Factory.current.unregister(class_)


def is_instrumented(instance: Any, key: str) -> bool:
    """Return whether attribute ``key`` of an object's class is a mapped one.

    :param instance: a mapped object.
    :param key: the attribute.
    """
    manager = opt_manager_of_class(type(instance))
    if manager is None:
        raise orm_exc.UnmappedInstanceError(instance)
    return key in manager
