"""Synonyms, the base of properties with a descriptor of their own, and attributes a concrete subclass lacks.

Composites are in ``composite``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.sql.schema import Column

from .. import attributes
from ..base import Mapped
from ..interfaces import IntrospectsAnnotations
from ..interfaces import MapperProperty
from ..interfaces import PropComparator
from ..typing import T_co

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import Optional

__all__ = [
    "ConcreteInheritedProperty",
    "DescriptorImpl",
    "DescriptorProperty",
    "Synonym",
    "SynonymProperty",
]


class DescriptorProperty(MapperProperty):
    """A property that puts a descriptor on the class; it has no attribute implementation."""

    inherit_cache = True
    uses_objects = False
    active_history = False
    links_to_entity = False
    comparator_factory: Any = None
    descriptor: Any = None

    def get_history(self, state: Any, dict_: Dict[str, Any], passive: int = attributes.PASSIVE_OFF) -> Any:
        """Return the pending changes of the attribute."""
        raise NotImplementedError("%s keeps no history" % type(self).__name__)

    def make_comparator(self, mapper: Any) -> Any:
        """Return the operators of the attribute."""
        return self.comparator_factory(self, mapper)

    def instrument_class(self, mapper: Any) -> None:
        descriptor = self.descriptor
        if descriptor is None:
            own = mapper.class_.__dict__.get(self.key)
            if _is_user_descriptor(own):
                descriptor = own
        if descriptor is None:
            descriptor = self.make_descriptor(mapper)
        self.descriptor = descriptor
        proxy = attributes.create_proxied_attribute(descriptor)(
            mapper.class_,
            self.key,
            descriptor,
            lambda: self.make_comparator(mapper),
            doc=self.doc,
            original_property=self,
        )
        proxy.impl = DescriptorImpl(self)
        mapper.class_manager.instrument_attribute(self.key, proxy)
        # setting goes through the descriptor: the fast path must not know the name
        mapper.class_manager.setters.pop(self.key, None)

    def make_descriptor(self, mapper: Any) -> Any:
        """Return the descriptor for the class."""
        raise NotImplementedError()


class DescriptorImpl:
    """Stands where other attributes have an implementation."""

    accepts_scalar_loader = False
    through_descriptor = True
    collection = False
    expire_missing = True
    dynamic = False
    listening = False
    loader = None
    plain = False
    followers = ()

    def __init__(self, prop: DescriptorProperty) -> None:
        self.prop = prop
        self.key = prop.key
        self.parent_token = prop
        self.uses_objects = prop.uses_objects
        self.active_history = prop.active_history
        self.dispatch: Any = None

    def update_listening(self) -> None:
        """Note whether the application listens."""
        self.listening = self.dispatch.any

    def get(self, state: Any, dict_: Dict[str, Any], passive: int = attributes.PASSIVE_OFF) -> Any:
        """Return the value of the attribute."""
        return getattr(state(), self.key)

    def set(self, state: Any, dict_: Dict[str, Any], value: Any, initiator: Any = None, **kw: Any) -> None:
        """Set the attribute."""
        setattr(state(), self.key, value)

    def delete(self, state: Any, dict_: Dict[str, Any]) -> None:
        """Delete the attribute."""
        delattr(state(), self.key)

    def get_history(self, state: Any, dict_: Dict[str, Any], passive: int = attributes.PASSIVE_OFF) -> Any:
        """Return the pending changes of the attribute."""
        return self.prop.get_history(state, dict_, passive)


def _is_user_descriptor(value: Any) -> bool:
    if value is None or getattr(value, "is_attribute", False) or isinstance(value, (MapperProperty, Column)):
        return False
    return hasattr(value, "__get__") and not isinstance(value, type)


class SynonymProperty(DescriptorProperty, IntrospectsAnnotations):
    """Another name for an attribute.

    :param name: the attribute.
    :param map_column: map the column of the synonym's own name under ``name``.
    :param descriptor: what to put on the class instead.
    :param comparator_factory: the operators of the synonym.
    """

    inherit_cache = True
    kind = "synonym"
    is_synonym = True

    def __init__(
        self,
        name: str,
        map_column: Optional[bool] = None,
        descriptor: Any = None,
        comparator_factory: Any = None,
        attribute_options: Optional[Dict[str, Any]] = None,
        info: Any = None,
        doc: Optional[str] = None,
    ) -> None:
        super().__init__()
        self.name = name
        self.map_column = map_column
        self.descriptor = descriptor
        self.comparator_factory = comparator_factory
        self.dataclass_arguments = attribute_options
        self.doc = doc or (getattr(descriptor, "__doc__", None) if descriptor is not None else None)
        if info is not None:
            self.info.update(info)

    def make_descriptor(self, mapper: Any) -> Any:
        return _SynonymDescriptor(self.key, self.name)

    @property
    def uses_objects(self) -> bool:  # type: ignore[override]
        """Whether the attribute behind the synonym holds objects."""
        if self.parent is None:
            return False
        attribute = self.parent.class_manager.get(self.name)
        return bool(attribute is not None and attribute.impl is not None and attribute.impl.uses_objects)

    def _attribute(self) -> Any:
        found = getattr(self.parent.class_, self.name)
        if not hasattr(found, "property") or not isinstance(found.property, MapperProperty):
            if not isinstance(found, attributes.QueryableAttribute) and not hasattr(found, "operate"):
                raise core_exc.InvalidRequestError(
                    "The synonym '%s.%s' stands for '%s', which is no mapped attribute but %r"
                    % (self.parent.class_.__name__, self.key, self.name, found)
                )
        return found

    def make_comparator(self, mapper: Any) -> Any:
        attribute = self._attribute()
        prop = getattr(attribute, "property", None)
        if isinstance(prop, MapperProperty):
            if self.comparator_factory is not None:
                return self.comparator_factory(prop, mapper)
            comparator = attribute.comparator
            return comparator
        return attribute

    @property
    def target(self) -> Any:
        """The property behind the synonym."""
        return self._attribute().property

    def get_history(self, state: Any, dict_: Dict[str, Any], passive: int = attributes.PASSIVE_OFF) -> Any:
        return state.manager[self.name].impl.get_history(state, dict_, passive)

    def set_parent(self, parent: Any, init: bool) -> None:
        if self.map_column:
            if self.key not in parent.persist_selectable.c:
                raise core_exc.ArgumentError(
                    "synonym() '%s' of %s has map_column=True, but the table '%s' has no column of that name"
                    % (self.name, parent, parent.persist_selectable.description)
                )
            column = parent.persist_selectable.c[self.key]
            present = parent.column_to_property.get(column)
            if present is not None and present.key == self.name:
                raise core_exc.ArgumentError(
                    "synonym() '%s' of %s has map_column=True, but the column '%s' is mapped under '%s' already"
                    % (self.key, parent, self.key, self.name)
                )
            self.parent = parent
            parent.given_properties.pop(self.name, None)
            prop = parent.configure_property(self.name, column, init=init)
            prop.mapped_by_synonym = self.key
        self.parent = parent


class _SynonymDescriptor:
    """Reads and writes the attribute behind a synonym."""

    def __init__(self, key: str, name: str) -> None:
        self.key = key
        self.name = name

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        return getattr(instance, self.name)

    def __set__(self, instance: Any, value: Any) -> None:
        setattr(instance, self.name, value)

    def __delete__(self, instance: Any) -> None:
        delattr(instance, self.name)


class Synonym(SynonymProperty, Mapped[T_co]):
    """What ``synonym()`` gives in a class body."""

    inherit_cache = True
    __hash__ = object.__hash__
    # a property, unlike an attribute, is compared by identity
    __eq__ = object.__eq__  # type: ignore[assignment]
    __ne__ = object.__ne__  # type: ignore[assignment]


class ConcreteInheritedProperty(DescriptorProperty):
    """An attribute of the parent class that a concrete subclass does not map: reading it on an object is an error."""

    inherit_cache = True
    concrete_disabled = True

    def make_descriptor(self, mapper: Any) -> Any:
        return _NotMapped(self)

    def _parent_property(self) -> Any:
        for base in self.parent.inherits.iterate_to_root():
            found = base.props.get(self.key)
            if found is not None and not isinstance(found, ConcreteInheritedProperty):
                return found
        return None

    def make_comparator(self, mapper: Any) -> Any:
        found = self._parent_property()
        if found is None:
            raise AttributeError(self.key)
        factory = getattr(found, "comparator_factory", None) or PropComparator
        return factory(found, self.parent)


class _NotMapped:
    """Refuses access on objects."""

    def __init__(self, prop: ConcreteInheritedProperty) -> None:
        self.prop = prop

    def _refuse(self) -> Exception:
        return AttributeError(
            "The concrete %s does not inherit the attribute %r; map one of its own on %s"
            % (self.prop.parent, self.prop.key, self.prop.parent)
        )

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        raise self._refuse()

    def __set__(self, instance: Any, value: Any) -> None:
        raise self._refuse()

    def __delete__(self, instance: Any) -> None:
        raise self._refuse()
