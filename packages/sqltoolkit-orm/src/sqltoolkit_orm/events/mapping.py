"""Event families of classes, mappers, attributes and objects; each attaches itself to its target.

Session and query events are in ``runtime``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core import event

from .. import instrumentation
from ..attributes import QueryableAttribute
from ..base import EXT_SKIP
from ..base import NO_KEY
from ..base import class_mapper_or_none
from ..decl_api.registry import registry as Registry
from ..decl_api.registry import TypeResolve
from ..instrumentation import ClassManager
from ..instrumentation import InstrumentationFactory
from ..mapper import Mapper

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import List

__all__ = [
    "AttributeEvents",
    "InstanceEvents",
    "InstrumentationEvents",
    "MapperEvents",
    "RegistryEvents",
    "clear_waiting",
]


class _Hold:
    """Listeners of classes that are not mapped yet, until they are.

    :param family: the event family.
    """

    def __init__(self) -> None:
        self.waiting: Dict[Any, List[Any]] = {}

    def add(self, class_: Any, key: Any, options: Dict[str, Any]) -> None:
        self.waiting.setdefault(class_, []).append((key, options))

    def remove(self, class_: Any, key: Any) -> bool:
        """Forget a listener; tell whether it was there."""
        kept = self.waiting.get(class_, [])
        left = [(k, o) for k, o in kept if not (k.fn is key.fn and k.identifier == key.identifier)]
        if class_ in self.waiting:
            self.waiting[class_] = left
        return len(left) != len(kept)

    def release(self, class_: Any, target: Any) -> List[Any]:
        """Register what waited for a class, or with propagate for one of its bases; return the keys."""
        found = []
        for cls in class_.__mro__:
            for key, options in self.waiting.get(cls, ()):
                if cls is class_ or options.get("propagate"):
                    released = key.retargeted(target)
                    # subclasses get it when they are mapped, or had it then
                    released.listen_as_is(**dict(options, propagate=False))
                    found.append(released)
        return found

    def clear(self) -> None:
        self.waiting.clear()


class _Unmapped:
    """Stands for a class that is not mapped yet as the target of a listener."""

    def __init__(self, class_: Any, hold: _Hold) -> None:
        self.class_ = class_
        self.hold = hold


_instance_hold = _Hold()
_mapper_hold = _Hold()


class InstrumentationEvents(event.Events[InstrumentationFactory]):
    """Events of the preparation of classes; listen on a class, or on ``object`` for all."""

    dispatch_target = InstrumentationFactory

    @classmethod
    def accept_target(cls, target: Any, identifier: str) -> Any:
        if isinstance(target, type) and identifier in (
            "class_instrument",
            "class_uninstrument",
            "attribute_instrument",
        ):
            return InstrumentationFactory
        if isinstance(target, InstrumentationFactory):
            return target
        return None

    @classmethod
    def listen(cls, key: Any, propagate: bool = True, **kw: Any) -> None:
        target = key.target
        fn = key.listener

        def for_class(class_: Any, *args: Any) -> Any:
            if not isinstance(target, type) or class_ is target or (propagate and issubclass(class_, target)):
                return fn(class_, *args)
            return None

        kw.pop("propagate", None)
        key.wrapped(for_class).base_listen(**kw)

    def class_instrument(self, cls: Any) -> None:
        """A class was prepared."""

    def class_uninstrument(self, cls: Any) -> None:
        """A class is about to lose what was put on it."""

    def attribute_instrument(self, cls: Any, key: str, inst: Any) -> None:
        """An attribute was put on a class."""


class InstanceEvents(event.Events[ClassManager]):
    """Events of objects; listen on a mapped class, or on Mapper for all.

    With ``raw=True`` listeners receive the state in the place of the object; ``propagate=True`` holds for subclasses.
    With ``restore_load_context=True`` a listener may load more while a row is read.
    """

    dispatch_target = ClassManager

    @classmethod
    def accept_target(cls, target: Any, identifier: str) -> Any:
        if isinstance(target, ClassManager):
            return target
        if isinstance(target, Mapper):
            return target.class_manager
        if target is Mapper or target is ClassManager:
            return ClassManager
        if isinstance(target, type):
            if issubclass(target, Mapper):
                return ClassManager
            manager = instrumentation.opt_manager_of_class(target)
            if manager is not None:
                return manager
            return _Unmapped(target, _instance_hold) if _may_be_mapped(target) else None
        return None

    @classmethod
    def listen(
        cls,
        key: Any,
        raw: bool = False,
        propagate: bool = False,
        restore_load_context: bool = False,
        **kw: Any
    ) -> None:
        target = key.dispatch_target
        if not raw or restore_load_context:
            fn = key.listener

            def with_object(state: Any, *args: Any, **options: Any) -> Any:
                return fn(state if raw else state.obj(), *args, **options)

            key = key.wrapped(with_object)
        if isinstance(target, _Unmapped):
            target.hold.add(target.class_, key, dict(propagate=propagate, raw=True, **kw))
            for manager in _managers_below(target.class_) if propagate else ():
                key.retargeted(manager).base_listen(propagate=False, **kw)
                manager.refresh_instance_listeners()
            return
        key.base_listen(propagate=propagate, **kw)
        if isinstance(target, type):
            _refresh_all_managers()
            return
        if propagate:
            for manager in target.subclass_managers(True):
                key.retargeted(manager).base_listen(propagate=True, **kw)
        target.refresh_instance_listeners()

    @classmethod
    def remove(cls, key: Any) -> None:
        _remove_listener(key, _instance_hold)
        _refresh_all_managers()

    def first_init(self, manager: Any, cls: Any) -> None:
        """The first object of a class is about to be constructed."""

    def init(self, target: Any, args: Any, kwargs: Any) -> None:
        """An object is about to be constructed; the arguments may be changed."""

    def init_failure(self, target: Any, args: Any, kwargs: Any) -> None:
        """The construction of an object failed."""

    def load(self, target: Any, context: Any) -> None:
        """An object was made from a row."""

    def refresh(self, target: Any, context: Any, attrs: Any) -> None:
        """Attributes of an object were loaded anew."""

    def refresh_flush(self, target: Any, flush_context: Any, attrs: Any) -> None:
        """Attributes of an object were fetched during a flush."""

    def expire(self, target: Any, attrs: Any) -> None:
        """Attributes of an object expired; None stands for all."""

    def pickle(self, target: Any, state_dict: Any) -> None:
        """The state of an object is being pickled."""

    def unpickle(self, target: Any, state_dict: Any) -> None:
        """The state of an object was unpickled."""


def _managers_below(class_: Any) -> List[ClassManager]:
    """Return the managers of the subclasses of a class that are mapped though the class is not."""
    found = []
    below = list(class_.__subclasses__())
    while below:
        subclass = below.pop(0)
        manager = instrumentation.opt_manager_of_class(subclass)
        if manager is not None and manager.class_ is subclass:
            found.append(manager)
        below.extend(subclass.__subclasses__())
    return found


def _remove_listener(key: Any, hold: _Hold) -> None:
    """Take a listener out of all that it was registered for, and from those that wait."""
    held = isinstance(key.target, type) and hold.remove(key.target, key)
    if not held or event.contains(key.target, key.identifier, key.fn):
        key.remove()


def _may_be_mapped(target: Any) -> bool:
    """Return whether a class without mapping may be the target of events: anything that is no event target itself."""
    return not hasattr(target, "dispatch") and not target.__module__.startswith("builtins")


def _refresh_all_managers() -> None:
    from ..mapper.configure import registries

    for registry in list(registries):
        for manager in registry.managers():
            manager.refresh_instance_listeners()


class MapperEvents(event.Events[Mapper]):
    """Events of mappers; listen on a mapped class, a mapper, or on Mapper for all.

    With ``raw=True`` listeners receive states in the place of objects; ``propagate=True`` holds for subclasses;
    ``retval=True`` lets the listener answer, where the event says so.
    """

    dispatch_target = Mapper

    @classmethod
    def accept_target(cls, target: Any, identifier: str) -> Any:
        if identifier in _OF_ALL_MAPPERS:
            return Mapper if isinstance(target, type) and issubclass(target, Mapper) else None
        if target is Mapper or isinstance(target, Mapper):
            return target
        if isinstance(target, type):
            if issubclass(target, Mapper):
                return Mapper
            mapper = class_mapper_or_none(target)
            if mapper is not None:
                return mapper
            return _Unmapped(target, _mapper_hold) if _may_be_mapped(target) else None
        return None

    @classmethod
    def listen(
        cls, key: Any, raw: bool = False, retval: bool = False, propagate: bool = False, **kw: Any
    ) -> None:
        target, identifier = key.dispatch_target, key.identifier
        if not raw or not retval:
            key = key.wrapped(_adapted_mapper_listener(identifier, key.listener, raw, retval))
        if isinstance(target, _Unmapped):
            target.hold.add(target.class_, key, dict(propagate=propagate, raw=True, retval=True, **kw))
            for manager in _managers_below(target.class_) if propagate else ():
                if manager.mapper is not None:
                    key.retargeted(manager.mapper).base_listen(propagate=False, **kw)
                    manager.mapper.forget_memos()
            return
        key.base_listen(propagate=propagate, **kw)
        if propagate and isinstance(target, Mapper):
            for mapper in target.self_and_descendants:
                if mapper is not target:
                    key.retargeted(mapper).base_listen(propagate=True, **kw)
        if isinstance(target, Mapper):
            target.forget_memos()

    @classmethod
    def remove(cls, key: Any) -> None:
        _remove_listener(key, _mapper_hold)

    def instrument_class(self, mapper: Any, class_: Any) -> None:
        """A mapper is being made for a class; its attributes do not exist yet."""

    def after_mapper_constructed(self, mapper: Any, class_: Any) -> None:
        """A mapper was made; it is not configured yet."""

    def before_mapper_configured(self, mapper: Any, class_: Any) -> None:
        """A mapper is about to be configured; with ``retval=True``, EXT_SKIP puts it off."""

    def mapper_configured(self, mapper: Any, class_: Any) -> None:
        """A mapper was configured."""

    def before_configured(self) -> None:
        """Mappers are about to be configured."""

    def after_configured(self) -> None:
        """Mappers were configured."""

    def before_insert(self, mapper: Any, connection: Any, target: Any) -> None:
        """An object is about to be inserted."""

    def after_insert(self, mapper: Any, connection: Any, target: Any) -> None:
        """An object was inserted."""

    def before_update(self, mapper: Any, connection: Any, target: Any) -> None:
        """An object is about to be updated."""

    def after_update(self, mapper: Any, connection: Any, target: Any) -> None:
        """An object was updated."""

    def before_delete(self, mapper: Any, connection: Any, target: Any) -> None:
        """An object is about to be deleted."""

    def after_delete(self, mapper: Any, connection: Any, target: Any) -> None:
        """An object was deleted."""


#: events that tell of the configuration as a whole: of all mappers, or of those of a registry
_OF_ALL_MAPPERS = frozenset(["before_configured", "after_configured"])
_WITH_OBJECT = frozenset(
    ["before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete"]
)


def _adapted_mapper_listener(identifier: str, fn: Any, raw: bool, retval: bool) -> Any:
    gets_object = identifier in _WITH_OBJECT and not raw

    def call(*args: Any, **kw: Any) -> Any:
        if gets_object:
            args = args[:2] + (args[2].obj(),) + args[3:]
        answer = fn(*args, **kw)
        return answer if retval or answer is EXT_SKIP and identifier == "before_mapper_configured" else None

    return call


class AttributeEvents(event.Events[QueryableAttribute[Any]]):
    """Events of attributes; listen on a class-level attribute.

    ``active_history=True`` loads the old value first; ``raw=True`` passes the state in the place of the object;
    ``propagate=True`` holds for subclasses; ``retval=True`` lets the listener return the value to use;
    ``include_key=True`` passes the key of a dictionary or list member.
    """

    dispatch_target = QueryableAttribute

    @classmethod
    def accept_target(cls, target: Any, identifier: str) -> Any:
        if isinstance(target, QueryableAttribute):
            if target.impl is None and target.parent is not None and getattr(target.parent, "is_mapper", False):
                manager = target.parent.class_manager
                return manager.get(target.key, target)
            return target
        if target is QueryableAttribute:
            return target
        # an object that stands for an attribute, such as a validator's
        original = getattr(target, "property", None)
        if original is not None and getattr(target, "is_attribute", False):
            return getattr(original.parent.class_, target.key)
        return None

    @classmethod
    def listen(
        cls,
        key: Any,
        active_history: bool = False,
        raw: bool = False,
        retval: bool = False,
        propagate: bool = False,
        include_key: bool = False,
        **kw: Any
    ) -> None:
        target = key.dispatch_target
        takes_key = key.identifier in ("append", "append_wo_mutation", "remove")
        key = key.wrapped(
            _adapted_attribute_listener(key.identifier, key.listener, raw, retval, include_key, takes_key)
        )
        key.base_listen(propagate=propagate, **kw)
        if isinstance(target, type):
            return
        attributes = [target]
        if propagate and target.impl is None or propagate:
            manager = instrumentation.opt_manager_of_class(target.class_)
            for child in manager.subclass_managers(True) if manager is not None else ():
                other = child.get(target.key)
                if other is not None and other is not target:
                    key.retargeted(other).base_listen(propagate=True, **kw)
                    attributes.append(other)
        for attribute in attributes:
            if active_history and attribute.impl is not None:
                attribute.impl.active_history = True
            manager = instrumentation.opt_manager_of_class(attribute.class_)
            if manager is not None:
                manager.refresh_listeners(attribute.key)
                if active_history and attribute.impl is None:
                    attribute.comparator.prop.active_history = True

    @classmethod
    def remove_listener(cls, key: Any) -> None:
        key.remove()
        target = key.dispatch_target
        if not isinstance(target, type):
            manager = instrumentation.opt_manager_of_class(target.class_)
            if manager is not None:
                manager.refresh_listeners(target.key)
                for child in manager.subclass_managers(True):
                    child.refresh_listeners(target.key)

    def append(self, target: Any, value: Any, initiator: Any, *, key: Any = NO_KEY) -> Any:
        """A member comes into a collection."""

    def append_wo_mutation(self, target: Any, value: Any, initiator: Any, *, key: Any = NO_KEY) -> None:
        """A member comes into a collection that is there already."""

    def bulk_replace(self, target: Any, values: Any, initiator: Any, *, keys: Any = None) -> None:
        """A collection is about to be replaced as a whole; the list may be changed."""

    def remove(self, target: Any, value: Any, initiator: Any, *, key: Any = NO_KEY) -> None:  # type: ignore[override]
        """A member leaves a collection, or a value is deleted."""

    def set(self, target: Any, value: Any, oldvalue: Any, initiator: Any) -> Any:
        """A value takes the place of another."""

    def init_scalar(self, target: Any, value: Any, dict_: Any) -> Any:
        """A value is read that was never set."""

    def init_collection(self, target: Any, collection: Any, collection_adapter: Any) -> None:
        """A collection was made for an object."""

    def dispose_collection(self, target: Any, collection: Any, collection_adapter: Any) -> None:
        """A collection is no longer in use."""

    def modified(self, target: Any, initiator: Any) -> None:
        """``flag_modified()`` was called."""


def _adapted_attribute_listener(
    identifier: str, fn: Any, raw: bool, retval: bool, include_key: bool, takes_key: bool
) -> Any:
    answers = retval or identifier == "init_scalar"
    returns_value = identifier in ("append", "append_wo_mutation", "set")

    def call(state: Any, *args: Any, key: Any = NO_KEY, keys: Any = None) -> Any:
        options = {}
        if include_key:
            if identifier == "bulk_replace":
                options["keys"] = keys
            elif takes_key:
                options["key"] = key
        answer = fn(state if raw else state.obj(), *args, **options)
        if answers:
            return answer
        return args[0] if returns_value else None

    return call


class RegistryEvents(event.Events[Registry]):
    """Events of registries and declarative bases; listen on a registry or a declarative base."""

    dispatch_target = Registry

    @classmethod
    def accept_target(cls, target: Any, identifier: str) -> Any:
        if isinstance(target, Registry) or target is Registry:
            return target
        if isinstance(target, type):
            found = getattr(target, "registry", None)
            if isinstance(found, Registry) and class_mapper_or_none(target) is None:
                return found
        return None

    def resolve_type_annotation(self, resolve_type: TypeResolve) -> Any:
        """The SQL type of an annotation is looked for; the listener may return it."""

    def before_configured(self, registry: Any) -> None:
        """The mappers of the registry are about to be configured."""

    def after_configured(self, registry: Any) -> None:
        """The mappers of the registry were configured."""


# listeners that were registered for a class before it was mapped


def _release_instance_listeners(class_: Any) -> None:
    manager = instrumentation.opt_manager_of_class(class_)
    if manager is not None:
        _instance_hold.release(class_, manager)


def _release_mapper_listeners(mapper: Any, class_: Any) -> None:
    for key in _mapper_hold.release(class_, mapper):
        if key.identifier == "instrument_class":
            # it is being announced right now, to those who listened before
            key.listener(mapper, class_)


instrumentation.new_manager_hooks.append(_release_instance_listeners)
event.listen(Mapper, "instrument_class", _release_mapper_listeners)


def clear_waiting() -> None:
    """Forget the listeners of classes that were never mapped."""
    _instance_hold.clear()
    _mapper_hold.clear()
