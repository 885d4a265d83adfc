"""The ORM's own extension points: inspection attributes, mapper properties, comparators, loader strategies, options.

What the properties do lives in ``properties``, ``descriptor_props`` and ``relationships``; the strategies live in
``strategies`` and register here for a property class and its options.
"""

from __future__ import annotations

import enum
import typing
from typing import Any
from typing import Generic

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.sql import operators
from sqltoolkit_core.sql.cache_key import HasCacheKey
from sqltoolkit_core.sql.cache_key import KeyKind
from sqltoolkit_core.sql.executable import ExecutableOption
from sqltoolkit_core.sql.operators import ColumnOperators
from sqltoolkit_core.util import memoized_property

from . import exc as orm_exc
from .base import EXT_CONTINUE
from .base import EXT_SKIP
from .base import EXT_STOP
from .base import MANYTOMANY
from .base import MANYTOONE
from .base import ONETOMANY
from .base import SQLORMOperations
from .base import manager_of_class
from .typing import T_co

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Dict
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Set
    from typing import Tuple
    from typing import Type

    from sqltoolkit_core import ColumnElement

__all__ = [
    "CompileStateOption",
    "CriteriaOption",
    "EXT_CONTINUE",
    "EXT_SKIP",
    "EXT_STOP",
    "InspectionAttr",
    "InspectionAttrExtensionType",
    "InspectionAttrInfo",
    "IntrospectsAnnotations",
    "LoaderOption",
    "LoaderStrategy",
    "MANYTOMANY",
    "MANYTOONE",
    "MapperProperty",
    "NotExtension",
    "ONETOMANY",
    "ORMOption",
    "PropComparator",
    "StrategizedProperty",
    "UserDefinedOption",
    "find_strategy",
    "strategy_for",
]


class InspectionAttrExtensionType(enum.Enum):
    """Base of the enumerations that name extension types; extensions derive their own."""


class NotExtension(InspectionAttrExtensionType):
    """The extension type of what is not an extension."""

    NOT_EXTENSION = "not_extension"


class InspectionAttr:
    """What every object that ``inspect()`` can return for the ORM tells about itself."""

    __slots__ = ()

    is_selectable = False
    is_aliased_class = False
    is_instance = False
    is_mapper = False
    is_bundle = False
    is_property = False
    is_attribute = False
    is_clause_element = False
    extension_type: InspectionAttrExtensionType = NotExtension.NOT_EXTENSION


class InspectionAttrInfo(InspectionAttr):
    """An inspection object with a dictionary for the user's own notes."""

    __slots__ = ()

    @property
    def info(self) -> Dict[Any, Any]:
        """A dictionary for the user's own notes about this object, made on first access."""
        try:
            found: Dict[Any, Any] = self.__dict__["info"]
        except KeyError:
            found = self.__dict__["info"] = {}
        return found

    @info.setter
    def info(self, value: Dict[Any, Any]) -> None:
        self.__dict__["info"] = value


class IntrospectsAnnotations:
    """A construct of a class body that reads the annotation beside it."""

    __slots__ = ()

    def declarative_scan(
        self,
        decl_scan: Any,
        registry: Any,
        cls: Type[Any],
        originating_module: Optional[str],
        key: str,
        mapped_container: Any,
        annotation: Any,
        extracted_mapped_annotation: Any,
        is_dataclass_field: bool,
    ) -> None:
        """Take what is needed from the annotation of attribute ``key`` of ``cls``; by default nothing."""

    def missing_annotation(self, cls: Type[Any], key: str) -> Exception:
        """Return the error for a construct that cannot do without an annotation and has none."""
        return core_exc.ArgumentError(
            "The %s() of attribute '%s.%s' has neither an argument naming its target nor a Mapped[] annotation to "
            "take it from" % (type(self).__name__.lower(), cls.__name__, key)
        )


class MapperProperty(HasCacheKey, InspectionAttrInfo):
    """One mapped attribute, as its mapper knows it: a column, a relationship, a composite or a synonym."""

    def __class_getitem__(cls, type_: Any) -> Any:
        # those that stand in annotations keep their type there
        inherited = getattr(super(), "__class_getitem__", None)
        return cls if inherited is None else inherited(type_)

    is_property = True
    inherit_cache = True
    cache_key_fields = (("_token", KeyKind.TOKEN),)

    key: str = ""
    parent: Any = None
    doc: Optional[str] = None
    comparator: Any = None
    links_to_entity = False
    #: True once init() ran
    configured = False
    #: key of a concrete subclass's attribute that must not be set; see descriptor_props
    concrete_disabled = False
    #: arguments for a dataclass field, where the class is one; see decl_api.dataclasses
    dataclass_arguments: Optional[Dict[str, Any]] = None

    def __init__(self) -> None:
        # stands for this property in statement cache keys
        self._token = object()

    def setup(self, context: Any, query_entity: Any, path: Any, adapter: Any, **kwargs: Any) -> None:
        """Add what this property needs to the statement under construction; by default nothing."""

    def create_row_processor(
        self, context: Any, query_entity: Any, path: Any, mapper: Any, result: Any, adapter: Any, populators: Any
    ) -> None:
        """Register functions that fill this attribute from rows; by default none."""

    def cascade_iterator(
        self,
        type_: str,
        state: Any,
        dict_: Dict[str, Any],
        visited_states: Set[Any],
        halt_on: Optional[Callable[[Any], bool]] = None,
    ) -> Iterator[Tuple[Any, Any, Any, Dict[str, Any]]]:
        """Iterate over (object, mapper, state, dict) that a cascade of this type reaches; by default none."""
        return iter(())

    def set_parent(self, parent: Any, init: bool) -> None:
        """Tell the property its mapper."""
        self.parent = parent

    def instrument_class(self, mapper: Any) -> None:
        """Install the attribute on the mapped class; runs when the property is added to a mapper."""

    def init(self) -> None:
        """Configure the property once every mapper exists."""
        self.configured = True
        self.do_init()

    def do_init(self) -> None:
        """The part of ``init()`` that subclasses write."""

    def post_instrument_class(self, mapper: Any) -> None:
        """Finish the attribute after ``init()``."""

    @property
    def class_attribute(self) -> Any:
        """The attribute of the mapped class that stands for this property."""
        return getattr(self.parent.class_, self.key)

    def merge(
        self,
        session: Any,
        source_state: Any,
        source_dict: Dict[str, Any],
        dest_state: Any,
        dest_dict: Dict[str, Any],
        load: bool,
        recursive: Dict[Any, object],
        resolve_conflict_map: Dict[Any, object],
    ) -> None:
        """Copy this attribute from one object to another within ``Session.merge()``; by default nothing."""

    def path_string(self) -> str:
        """Return the name of this property within a path."""
        return "%s.%s" % (self.parent.class_.__name__ if self.parent else "?", self.key)

    @property
    def mapper_property_to_assign(self) -> Optional[MapperProperty]:
        """The property that a class body gives its mapper for this construct."""
        return self

    @property
    def columns_to_assign(self) -> List[Tuple[Any, int]]:
        """Columns, with their sort order, that a class body adds to its table for this construct."""
        return []

    def __reduce_ex__(self, protocol: Any) -> Any:
        if self.parent is None:
            return super().__reduce_ex__(protocol)
        # a pickled object comes back to the mapping of the program that reads it
        return _property_of, (self.parent.class_, self.key)

    def __str__(self) -> str:
        if self.parent is None:
            return "%s(no parent).%s" % (type(self).__name__, self.key or "?")
        return "%s.%s" % (self.parent.class_.__name__, self.key)

    def __repr__(self) -> str:
        return "<%s at 0x%x; %s>" % (type(self).__name__, id(self), self.key or "no key")


def _property_of(cls: Any, key: str) -> Any:
    """Return a property of a mapped class."""
    return manager_of_class(cls).mapper.props[key]


class PropComparator(SQLORMOperations[T_co], Generic[T_co], ColumnOperators):
    """The SQL operators of a mapped attribute.

    :param prop: the property.
    :param parentmapper: the mapper (or aliased entity) whose attribute is meant.
    :param adapt_to_entity: an aliased entity to speak for instead of the mapper.
    """

    __visit_name__ = "orm_prop_comparator"

    def __init__(self, prop: Any, parentmapper: Any, adapt_to_entity: Any = None) -> None:
        self.prop = prop
        self._parententity = adapt_to_entity or parentmapper
        self._adapt_to_entity = adapt_to_entity

    def __clause_element__(self) -> Any:
        raise NotImplementedError("%r gives no SQL expression" % self)

    def adapt_to_entity(self, adapt_to_entity: Any) -> PropComparator[T_co]:
        """Return a copy that speaks for the given aliased entity."""
        return type(self)(self.prop, self._parententity, adapt_to_entity)

    @property
    def _parentmapper(self) -> Any:
        return self._parententity.mapper

    @property
    def adapter(self) -> Any:
        """A function that adapts an expression to the aliased entity, or None."""
        entity = self._adapt_to_entity
        return None if entity is None else entity.adapt_element

    @staticmethod
    def any_op(a: Any, b: Any, **kwargs: Any) -> Any:
        """The operator behind `any()`."""
        return a.any(b, **kwargs)

    @staticmethod
    def has_op(a: Any, b: Any, **kwargs: Any) -> Any:
        """The operator behind `has()`."""
        return a.has(b, **kwargs)

    @staticmethod
    def of_type_op(a: Any, class_: Any) -> Any:
        """The operator behind `of_type()`."""
        return a.of_type(class_)

    def of_type(self, class_: Any) -> PropComparator[T_co]:
        """Return the same attribute seen as leading to a subclass or an alias of its target."""
        seen: PropComparator[T_co] = self.operate(PropComparator.of_type_op, class_)
        return seen

    def and_(self, *criteria: Any) -> PropComparator[Any]:
        """Return the same relationship with more criteria in its ON clause."""
        narrowed: PropComparator[Any] = self.operate(operators.and_, *criteria)
        return narrowed

    def any(self, criterion: Optional[Any] = None, **kwargs: Any) -> ColumnElement[bool]:
        """Return an EXISTS over the members of a collection.

        :param criterion: what a member must fulfil.
        :param kwargs: attribute values that a member must have.
        """
        condition: ColumnElement[bool] = self.operate(PropComparator.any_op, criterion, **kwargs)
        return condition

    def has(self, criterion: Optional[Any] = None, **kwargs: Any) -> ColumnElement[bool]:
        """Return an EXISTS over the one related object.

        :param criterion: what it must fulfil.
        :param kwargs: attribute values that it must have.
        """
        condition: ColumnElement[bool] = self.operate(PropComparator.has_op, criterion, **kwargs)
        return condition

    # last, since it hides the builtin within this class body
    @property
    def property(self) -> Any:
        """The property whose operators these are."""
        return self.prop


# -- strategies ------------------------------------------------------------------------------------------------------

_strategies: Dict[type, Dict[Tuple[Tuple[str, Any], ...], type]] = {}


def strategy_for(property_class: type, **options: Any) -> Callable[[Any], Any]:
    """Return a decorator that registers a LoaderStrategy for properties of that class with these options.

    :param property_class: ColumnProperty, RelationshipProperty or a class of the user's.
    :param options: for instance ``lazy="joined"`` or ``deferred=True, instrument=True``.
    """

    def register(strategy_class: Any) -> Any:
        key = tuple(sorted(options.items()))
        _strategies.setdefault(property_class, {})[key] = strategy_class
        if "strategy_keys" not in strategy_class.__dict__:
            strategy_class.strategy_keys = []
        strategy_class.strategy_keys.append(key)
        return strategy_class

    return register


def find_strategy(property_class: type, key: Tuple[Tuple[str, Any], ...]) -> Any:
    """Return the strategy class registered for the property class or one of its bases, or None."""
    for cls in property_class.__mro__:
        found = _strategies.get(cls)
        if found is not None and key in found:
            return found[key]
    return None


class StrategizedProperty(MapperProperty):
    """A property whose loading is done by exchangeable strategies."""

    strategy_key: Tuple[Tuple[str, Any], ...] = ()

    @classmethod
    def strategy_for(cls, **options: Any) -> Callable[[Any], Any]:
        """Return a decorator that registers a LoaderStrategy for this class of properties."""
        return strategy_for(cls, **options)

    @memoized_property
    def _strategy_memo(self) -> Dict[Any, Any]:
        return {}

    def get_strategy(self, key: Tuple[Tuple[str, Any], ...]) -> Any:
        """Return this property's strategy for a key of sorted options; made once per key.

        :raises LoaderStrategyException: if no strategy is registered for the key.
        """
        memo = self._strategy_memo
        try:
            return memo[key]
        except KeyError:
            pass
        strategy_class = find_strategy(type(self), key)
        if strategy_class is None:
            other = next((c for c, found in _strategies.items() if key in found), None)
            actual = None if other is None else _strategies[other][key]
            raise orm_exc.LoaderStrategyException(type(self), self, other, actual, key)
        strategy = memo[key] = strategy_class(self, key)
        return strategy

    @property
    def strategy(self) -> Any:
        """The strategy of the options this property was made with."""
        return self.get_strategy(self.strategy_key)

    def post_instrument_class(self, mapper: Any) -> None:
        if (
            not mapper.class_manager.get(self.key)
            or mapper.class_manager[self.key].property is not self
            or find_strategy(type(self), self.strategy_key) is None
        ):
            return
        self.strategy.init_class_attribute(mapper)


class LoaderStrategy:
    """How a property is loaded; see ``strategies``.

    :param parent: the property.
    :param strategy_key: the sorted options it was found by.
    """

    strategy_keys: List[Any] = []

    def __init__(self, parent: Any, strategy_key: Any) -> None:
        self.parent_property = parent
        self.parent = parent.parent
        self.key = parent.key
        self.is_class_level = False
        self.strategy_key = strategy_key
        self.strategy_opts = dict(strategy_key)

    def init_class_attribute(self, mapper: Any) -> None:
        """Prepare the attribute of ``mapper``'s class; by default nothing."""

    def setup_query(
        self, compile_state: Any, query_entity: Any, path: Any, loadopt: Any, adapter: Any, **kwargs: Any
    ) -> None:
        """Add columns and joins to a statement; by default nothing."""

    def create_row_processor(
        self,
        context: Any,
        query_entity: Any,
        path: Any,
        loadopt: Any,
        mapper: Any,
        result: Any,
        adapter: Any,
        populators: Any,
    ) -> None:
        """Register functions that fill the attribute from rows; by default none."""

    def __str__(self) -> str:
        return str(self.parent_property)


# -- options ---------------------------------------------------------------------------------------------------------


class ORMOption(ExecutableOption):
    """An option of a statement that the ORM understands."""

    __slots__ = ()

    propagate_to_loaders = False
    _is_compile_state = False
    _is_legacy_option = False
    _is_user_defined = False
    _is_strategy_option = False
    _is_criteria_option = False


class CompileStateOption(ORMOption):
    """An option that changes the SQL of the statement it is given to."""

    __slots__ = ()

    _is_compile_state = True

    def process_compile_state(self, compile_state: Any) -> None:
        """Change the statement under construction."""

    def process_compile_state_replaced_entities(self, compile_state: Any, mapper_entities: Any) -> None:
        """Change the statement under construction after its entities were replaced."""
        self.process_compile_state(compile_state)


class LoaderOption(CompileStateOption):
    """An option that changes how attributes are loaded."""

    __slots__ = ()

    _is_strategy_option = True


class CriteriaOption(CompileStateOption):
    """An option that adds criteria."""

    __slots__ = ()

    _is_criteria_option = True

    def get_global_criteria(self, attributes: Dict[Any, Any]) -> None:
        """Enter this option's criteria where later stages find them."""


class UserDefinedOption(ORMOption):
    """An option of the application, carried with the statement and found by event handlers.

    :param payload: any object.
    """

    __slots__ = ("payload",)

    _is_user_defined = True
    propagate_to_loaders = False

    def __init__(self, payload: Any = None) -> None:
        self.payload = payload
