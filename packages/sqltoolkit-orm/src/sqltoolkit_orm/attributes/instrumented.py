"""The class-level face of mapped attributes: an SQL expression on the class, a value on its objects.

What reading and setting do is in ``impl``.  In *fast mode* an attribute is a non-data descriptor, so that a loaded
value is read from the object's dictionary at native speed and ``__setattr__`` of the class tracks changes; in
*compatible mode*, for classes with attribute access of their own, it is a data descriptor.
"""

from __future__ import annotations

import typing
from typing import Any
from typing import Generic

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core import inspection
from sqltoolkit_core.sql import roles
from sqltoolkit_core.sql.base import EntityMark
from sqltoolkit_core.sql.cache_key import HasCacheKey
from sqltoolkit_core.sql.cache_key import KeyKind
from sqltoolkit_core.util import memoized_property

from ..base import DONT_SET
from ..base import Mapped
from ..base import NO_VALUE
from ..base import PASSIVE_OFF
from ..base import STATE_ATTR
from ..base import instance_dict
from ..base import instance_state
from ..interfaces import InspectionAttrInfo
from ..interfaces import PropComparator
from ..typing import T_co
from .history import History

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import Type
    from typing import TypeVar

    from sqltoolkit_core.sql.elements import Label

    _E = TypeVar("_E")

__all__ = [
    "DataInstrumentedAttribute",
    "InstrumentedAttribute",
    "QueryableAttribute",
    "create_proxied_attribute",
    "del_attribute",
    "flag_dirty",
    "flag_modified",
    "get_attribute",
    "get_history",
    "get_state_history",
    "has_parent",
    "init_collection",
    "init_state_collection",
    "set_attribute",
    "set_committed_value",
]


@inspection.self_inspecting
class QueryableAttribute(
    Mapped[T_co],
    InspectionAttrInfo,
    PropComparator[T_co],
    HasCacheKey,
    roles.JoinTargetRole,
    roles.OnClauseRole,
    Generic[T_co],
):
    """An attribute of a mapped class or of an alias of one, used as an SQL expression.

    :param class_: the class.
    :param key: the name of the attribute.
    :param parententity: the mapper or aliased entity.
    :param comparator: the operators, as a PropComparator.
    :param impl: the implementation on objects.
    :param of_type: a subclass or alias that a relationship leads to.
    :param extra_criteria: more criteria of a relationship.
    """

    is_attribute = True
    inherit_cache = True

    @property
    def _from_objects(self) -> Any:
        """The FROM elements that the attribute stands for as the target of a join, or as a column."""
        target = getattr(self.property, "entity", None)
        if target is None:
            return self.__clause_element__()._from_objects
        of_type = self._of_type
        if of_type is not None:
            target = inspection.inspect(of_type)
        return [target.__clause_element__()]

    cache_key_fields = (
        ("key", KeyKind.PLAIN),
        ("parent", KeyKind.KEYED),
        ("_of_type", KeyKind.KEYED),
        ("_extra_criteria", KeyKind.CLAUSES),
    )
    dispatch: Any

    def __init__(
        self,
        class_: Any,
        key: str,
        parententity: Any,
        comparator: Any,
        impl: Any = None,
        of_type: Any = None,
        extra_criteria: Any = (),
    ) -> None:
        self.class_ = class_
        self.key = key
        self.parent = self._parententity = parententity
        self.comparator = comparator
        self.impl = impl
        self._of_type = of_type
        self._extra_criteria = extra_criteria
        self._direct = getattr(comparator, "operates_on_expression", False)
        self.__doc__ = getattr(getattr(comparator, "prop", None), "doc", None)

    __hash__ = object.__hash__

    # -- as an expression --------------------------------------------------------------------------------------------

    @memoized_property
    def expression(self) -> Any:
        """The SQL expression of the attribute, marked with its entity."""
        entity = self.parent
        element = self.comparator.__clause_element__()
        if hasattr(element, "__clause_element__"):
            element = element.__clause_element__()
        annotations: Dict[str, Any] = {"proxy_key": self.key}
        if "parententity" not in element.annotations:
            annotations["parententity"] = entity
            annotations["parentmapper"] = entity.mapper
        if "entity_namespace" not in element.annotations:
            annotations["entity_namespace"] = getattr(self.comparator, "entity_namespace", entity)
        marked = element.annotate(annotations)
        marked.entity_mark = EntityMark("orm", entity)
        return marked

    def __clause_element__(self) -> Any:
        return self.expression

    @property
    def entity_namespace(self) -> Any:
        """What ``filter_by()`` looks attributes up on."""
        return self.parent

    @property
    def entity_mark(self) -> EntityMark:
        """The mark of statements that mention this attribute."""
        return EntityMark("orm", self.parent)

    @property
    def annotations(self) -> Any:
        """The marks of the expression."""
        return self.expression.annotations

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        if self._direct:
            return op(self.expression, *other, **kwargs)
        return op(self.comparator, *other, **kwargs)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        if self._direct:
            return self.expression.reverse_operate(op, other, **kwargs)
        return op(other, self.comparator, **kwargs)

    def label(self, name: Any) -> Label[T_co]:
        """Return the expression under a name."""
        element = self.__clause_element__()
        label: Label[T_co] = element.annotations.get("bundle", element).label(name)
        return label

    @property  # type: ignore[misc]
    def info(self) -> Any:
        """The dictionary of the user's own notes: of the column, where the attribute is one, or the property."""
        prop = self.comparator.property
        columns = prop.columns if prop.kind == "column" else ()
        return columns[0].info if columns and hasattr(columns[0], "info") else prop.info

    # -- variations --------------------------------------------------------------------------------------------------

    def adapt_to_entity(self, adapt_to_entity: Any) -> Any:
        """Return the attribute of an aliased entity."""
        return self.__class__(
            adapt_to_entity.entity,
            self.key,
            impl=self.impl,
            comparator=self.comparator.adapt_to_entity(adapt_to_entity),
            parententity=adapt_to_entity,
        )

    def of_type(self, entity: Type[_E]) -> QueryableAttribute[_E]:
        """Return the attribute seen as leading to a subclass or alias of its target."""
        of_type = inspection.inspect(entity)
        return self._with_comparator(self.comparator.of_type(entity), of_type, self._extra_criteria)

    def and_(self, *clauses: Any) -> QueryableAttribute[bool]:
        """Return the relationship with more criteria."""
        criteria = tuple(self._extra_criteria) + clauses
        return self._with_comparator(self.comparator.and_(*clauses), self._of_type, criteria)

    def _with_comparator(self, comparator: Any, of_type: Any, criteria: Any) -> QueryableAttribute[Any]:
        return QueryableAttribute(
            self.class_,
            self.key,
            self.parent,
            comparator=comparator,
            of_type=of_type,
            extra_criteria=criteria,
            impl=self.impl,
        )

    def get_history(self, instance: Any, passive: int = PASSIVE_OFF) -> History:
        """Return the pending changes of an object's attribute."""
        history: History = self.impl.get_history(instance_state(instance), instance_dict(instance), passive)
        return history

    # -- other -------------------------------------------------------------------------------------------------------

    def hasparent(self, state: Any, optimistic: bool = False) -> bool:
        """Return whether an object is held by some parent through this attribute."""
        return bool(self.impl.hasparent(state, optimistic))

    def __getattr__(self, key: str) -> Any:
        # reached for names that are not on the attribute itself: those of the comparator and of the expression's type
        if key.startswith("__") and key.endswith("__"):
            raise AttributeError(key)
        comparator = self.__dict__.get("comparator")
        if comparator is None:
            raise AttributeError(key)
        try:
            return getattr(comparator, key)
        except AttributeError as err:
            raise AttributeError(
                "Neither %r nor %r, through which %s is reached, has an attribute %r"
                % (type(self).__name__, type(comparator).__name__, self, key)
            ) from err

    def __str__(self) -> str:
        shown = "aliased(%s).%s" if getattr(self.parent, "is_aliased_class", False) else "%s.%s"
        return shown % (self.class_.__name__, self.key)

    def __repr__(self) -> str:
        return "<%s %s at 0x%x>" % (type(self).__name__, self, id(self))

    def __reduce__(self) -> Any:
        return getattr, (self.class_, self.key)

    # last, since it hides the builtin within this class body
    @property
    def property(self) -> Any:
        """The mapper property behind the attribute."""
        return self.comparator.property

    prop = property


class InstrumentedAttribute(QueryableAttribute[T_co]):
    """The attribute of a mapped class.  On an object it is reached only when no value is loaded (fast mode)."""

    inherit_cache = True

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        dict_ = instance.__dict__
        try:
            return dict_[self.key]
        except KeyError:
            pass
        try:
            state = dict_[STATE_ATTR]
        except KeyError:
            raise AttributeError(
                "%r object has no ORM state (%r); was its mapped class's __init__() called?"
                % (type(instance).__name__, STATE_ATTR)
            ) from None
        return self.impl.get(state, dict_)


class DataInstrumentedAttribute(InstrumentedAttribute[T_co]):
    """The attribute of a mapped class in compatible mode: a data descriptor that tracks changes itself."""

    inherit_cache = True

    def __set__(self, instance: Any, value: Any) -> None:
        if value is DONT_SET:
            return
        dict_ = instance.__dict__
        try:
            state = dict_[STATE_ATTR]
        except KeyError:
            raise AttributeError(
                "%r object has no ORM state (%r); was its mapped class's __init__() called?"
                % (type(instance).__name__, STATE_ATTR)
            ) from None
        self.impl.set(state, dict_, value, None)

    def __delete__(self, instance: Any) -> None:
        self.impl.delete(instance_state(instance), instance_dict(instance))


def create_proxied_attribute(descriptor: Any) -> Any:
    """Return the class of attributes that stand before a descriptor: synonyms, composites, hybrids.

    On an object the descriptor decides; on the class the attribute is an expression.

    :param descriptor: an object with ``__get__`` and, mostly, ``__set__``.
    """

    class Proxy(QueryableAttribute[Any]):
        inherit_cache = True

        def __init__(
            self,
            class_: Any,
            key: str,
            descriptor: Any,
            comparator: Any,
            adapt_to_entity: Any = None,
            doc: Any = None,
            original_property: Any = None,
        ) -> None:
            self.class_ = class_
            self.key = key
            self.descriptor = descriptor
            self.original_property = original_property
            self._comparator = comparator
            self._adapt_to_entity = adapt_to_entity
            self._doc = self.__doc__ = doc
            self._of_type = None
            self._extra_criteria = ()
            self._direct = False
            self.impl = None

        @property
        def comparator(self) -> Any:
            found = self._comparator
            if callable(found) and not isinstance(found, PropComparator):
                found = self._comparator = found()
            if self._adapt_to_entity is not None:
                found = self._comparator = found.adapt_to_entity(self._adapt_to_entity)
                self._adapt_to_entity_done = self._adapt_to_entity
                self._adapt_to_entity = None
            return found

        @property
        def parent(self) -> Any:
            entity = self.__dict__.get("_adapt_to_entity") or self.__dict__.get("_adapt_to_entity_done")
            return entity if entity is not None else inspection.inspect(self.class_)

        _parententity = parent

        @property
        def property(self) -> Any:
            return self.comparator.property

        prop = property

        def adapt_to_entity(self, adapt_to_entity: Any) -> Any:
            return self.__class__(
                adapt_to_entity.entity,
                self.key,
                self.descriptor,
                self._comparator,
                adapt_to_entity,
                self._doc,
                self.original_property,
            )

        def __clause_element__(self) -> Any:
            return self.expression

        def __get__(self, instance: Any, owner: Any) -> Any:
            found = self.descriptor.__get__(instance, owner)
            if found is self.descriptor and instance is None:
                return self
            return found

        def __set__(self, instance: Any, value: Any) -> None:
            if value is not DONT_SET:
                self.descriptor.__set__(instance, value)

        def __delete__(self, instance: Any) -> None:
            self.descriptor.__delete__(instance)

        def __getattr__(self, attribute: str) -> Any:
            if attribute == "comparator" or attribute.startswith("__") and attribute.endswith("__"):
                # there is none as long as a synonym leads nowhere
                raise AttributeError(attribute)
            for source in (self.descriptor, self.comparator):
                try:
                    return getattr(source, attribute)
                except AttributeError:
                    continue
            raise AttributeError(
                "Neither %r nor %r, through which %s is reached, has an attribute %r"
                % (type(self.descriptor).__name__, type(self.comparator).__name__, self, attribute)
            )

    Proxy.__name__ = type(descriptor).__name__ + "Proxy"
    return Proxy


# -- functions on objects --------------------------------------------------------------------------------------------


def get_history(obj: Any, key: str, passive: int = PASSIVE_OFF) -> History:
    """Return the pending changes of an object's attribute.

    :param obj: the object.
    :param key: the attribute.
    :param passive: what may be loaded for it.
    """
    state = instance_state(obj)
    history: History = state.get_history(key, passive)
    return history


def get_state_history(state: Any, key: str, passive: int = PASSIVE_OFF) -> History:
    """Return the pending changes of an attribute, by state."""
    history: History = state.get_history(key, passive)
    return history


def has_parent(cls: Any, obj: Any, key: str, optimistic: bool = False) -> bool:
    """Return whether an object is held through attribute ``key`` of class ``cls``."""
    manager = cls.__dict__["_sa_class_manager"]
    return bool(manager.has_parent(instance_state(obj), key, optimistic))


def set_attribute(instance: Any, key: str, value: Any, initiator: Any = None) -> None:
    """Set an attribute with events, whatever the class does about attribute access.

    :param instance: a mapped object.
    :param key: the attribute.
    :param value: its new value.
    :param initiator: the token of the chain of events this belongs to.
    """
    state, dict_ = instance_state(instance), instance_dict(instance)
    state.manager[key].impl.set(state, dict_, value, initiator)


def get_attribute(instance: Any, key: str) -> Any:
    """Return the value of an attribute, loading it if need be, whatever the class does about attribute access."""
    state, dict_ = instance_state(instance), instance_dict(instance)
    return state.manager[key].impl.get(state, dict_)


def del_attribute(instance: Any, key: str) -> None:
    """Delete an attribute's value, telling listeners, whatever the class does about attribute access."""
    state, dict_ = instance_state(instance), instance_dict(instance)
    state.manager[key].impl.delete(state, dict_)


def set_committed_value(instance: Any, key: str, value: Any) -> None:
    """Set an attribute as if it had been loaded: no events, no change."""
    state, dict_ = instance_state(instance), instance_dict(instance)
    state.manager[key].impl.set_committed_value(state, dict_, value)


def flag_modified(instance: Any, key: str) -> None:
    """Mark an attribute as changed, so that the next flush writes it.

    :raises InvalidRequestError: if the attribute has no value.
    """
    state, dict_ = instance_state(instance), instance_dict(instance)
    impl = state.manager[key].impl
    if key not in dict_:
        raise core_exc.InvalidRequestError(
            "Attribute '%s' of the object has no value loaded and cannot be marked as changed" % key
        )
    if impl.listening:
        for fn in impl.dispatch.modified:
            fn(state, impl.modified_token)
    # what was known of the old value is no reason to leave the new one out
    if state.committed is not None:
        state.committed.pop(key, None)
    state.record_change(dict_, key, NO_VALUE)


def flag_dirty(instance: Any) -> None:
    """Mark an object as changed, though none of its attributes is."""
    state, dict_ = instance_state(instance), instance_dict(instance)
    state.record_change(dict_, None, NO_VALUE)


def init_collection(obj: Any, key: str) -> Any:
    """Give a collection attribute a new, empty collection and return its adapter."""
    state = instance_state(obj)
    return init_state_collection(state, state.dict, key)


def init_state_collection(state: Any, dict_: Dict[str, Any], key: str) -> Any:
    """Give a collection attribute a new, empty collection and return its adapter, by state."""
    attribute = state.manager[key].impl
    old = dict_.pop(key, None)
    if old is not None:
        # nobody is told of what happens to it from now on
        del old._sa_adapter
    return attribute.initialize(state, dict_)._sa_adapter
