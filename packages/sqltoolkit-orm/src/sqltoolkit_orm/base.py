"""Constants, class-level look-ups and the typing faces (``Mapped``) that every other module of the ORM may use.

Instance state lives in ``state``, class management in ``instrumentation``; this module only knows the names under
which both are stored on classes and objects.
"""

from __future__ import annotations

import enum
import operator
import typing
from typing import Any
from typing import Generic

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core import inspection
from sqltoolkit_core.sql.typing import SQLColumnExpression

from . import exc as orm_exc
from .typing import T_co

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Dict
    from typing import Optional
    from typing import Type
    from typing import TypeVar
    from typing import Union

    from sqltoolkit_core.inspection import InspectedClass
    from sqltoolkit_core.sql.typing import SQLCoreOperations
    from typing_extensions import overload

    from .attributes.instrumented import InstrumentedAttribute
    from .dynamic import AppenderQuery
    from .strategies.writeonly import WriteOnlyCollection

    _M = TypeVar("_M")

__all__ = [
    "ATTR_EMPTY",
    "ATTR_WAS_SET",
    "DONT_SET",
    "DynamicMapped",
    "EXT_CONTINUE",
    "EXT_SKIP",
    "EXT_STOP",
    "EventConstants",
    "LoaderCallableStatus",
    "MANAGER_ATTR",
    "MANYTOMANY",
    "MANYTOONE",
    "Mapped",
    "NEVER_SET",
    "NO_KEY",
    "NO_VALUE",
    "ONETOMANY",
    "ORMDescriptor",
    "PASSIVE_CLASS_MISMATCH",
    "PASSIVE_MERGE",
    "PASSIVE_NO_FETCH",
    "PASSIVE_NO_FETCH_RELATED",
    "PASSIVE_NO_INITIALIZE",
    "PASSIVE_NO_RESULT",
    "PASSIVE_OFF",
    "PASSIVE_ONLY_PERSISTENT",
    "PASSIVE_RETURN_NO_VALUE",
    "PassiveFlag",
    "RelationshipDirection",
    "SQLORMExpression",
    "SQLORMOperations",
    "STATE_ATTR",
    "WriteOnlyMapped",
    "attribute_str",
    "class_mapper",
    "class_mapper_or_none",
    "inspect_entity",
    "instance_dict",
    "instance_state",
    "instance_str",
    "is_mapped_class",
    "manager_of_class",
    "object_mapper",
    "object_state",
    "opt_manager_of_class",
    "state_attribute_str",
    "state_class_str",
    "state_str",
]

#: the key of the state in an object's ``__dict__``
STATE_ATTR = "_sa_instance_state"
#: the name of the manager in a class's ``__dict__``
MANAGER_ATTR = "_sa_class_manager"


class LoaderCallableStatus(enum.Enum):
    """What reading an attribute came to, where no value can say it."""

    PASSIVE_NO_RESULT = 0
    PASSIVE_CLASS_MISMATCH = 1
    ATTR_WAS_SET = 2
    ATTR_EMPTY = 3
    NO_VALUE = 4
    NEVER_SET = NO_VALUE
    DONT_SET = 5


PASSIVE_NO_RESULT = LoaderCallableStatus.PASSIVE_NO_RESULT
PASSIVE_CLASS_MISMATCH = LoaderCallableStatus.PASSIVE_CLASS_MISMATCH
ATTR_WAS_SET = LoaderCallableStatus.ATTR_WAS_SET
ATTR_EMPTY = LoaderCallableStatus.ATTR_EMPTY
NO_VALUE = LoaderCallableStatus.NO_VALUE
NEVER_SET = NO_VALUE
DONT_SET = LoaderCallableStatus.DONT_SET


class PassiveFlag:
    """Bits that say what reading an attribute may do: plain integers, combined with ``|`` and ``^``."""

    NO_CHANGE = 0
    CALLABLES_OK = 1
    SQL_OK = 2
    RELATED_OBJECT_OK = 4
    INIT_OK = 8
    NON_PERSISTENT_OK = 16
    LOAD_AGAINST_COMMITTED = 32
    NO_AUTOFLUSH = 64
    NO_RAISE = 128
    DEFERRED_HISTORY_LOAD = 256
    INCLUDE_PENDING_MUTATIONS = 512
    PASSIVE_OFF = 31
    PASSIVE_RETURN_NO_VALUE = 23
    PASSIVE_NO_INITIALIZE = 22
    PASSIVE_NO_FETCH = 29
    PASSIVE_NO_FETCH_RELATED = 27
    PASSIVE_ONLY_PERSISTENT = 15
    PASSIVE_MERGE = 159


PASSIVE_OFF = PassiveFlag.PASSIVE_OFF
PASSIVE_RETURN_NO_VALUE = PassiveFlag.PASSIVE_RETURN_NO_VALUE
PASSIVE_NO_INITIALIZE = PassiveFlag.PASSIVE_NO_INITIALIZE
PASSIVE_NO_FETCH = PassiveFlag.PASSIVE_NO_FETCH
PASSIVE_NO_FETCH_RELATED = PassiveFlag.PASSIVE_NO_FETCH_RELATED
PASSIVE_ONLY_PERSISTENT = PassiveFlag.PASSIVE_ONLY_PERSISTENT
PASSIVE_MERGE = PassiveFlag.PASSIVE_MERGE


class EventConstants(enum.Enum):
    """What an event listener may return to steer the event, and the key of an event that has none."""

    EXT_CONTINUE = 1
    EXT_STOP = 2
    EXT_SKIP = 3
    NO_KEY = 4


EXT_CONTINUE = EventConstants.EXT_CONTINUE
EXT_STOP = EventConstants.EXT_STOP
EXT_SKIP = EventConstants.EXT_SKIP
NO_KEY = EventConstants.NO_KEY


class RelationshipDirection(enum.Enum):
    """On which side of a relationship the foreign key stands."""

    ONETOMANY = 1
    MANYTOONE = 2
    MANYTOMANY = 3


ONETOMANY = RelationshipDirection.ONETOMANY
MANYTOONE = RelationshipDirection.MANYTOONE
MANYTOMANY = RelationshipDirection.MANYTOMANY


# -- from classes and objects to what describes them -----------------------------------------------------------------


#: return the InstanceState of a mapped object
instance_state: Callable[[Any], Any] = operator.attrgetter(STATE_ATTR)
#: return the `__dict__` of a mapped object
instance_dict: Callable[[Any], Dict[str, Any]] = operator.attrgetter("__dict__")


def opt_manager_of_class(cls: Any) -> Any:
    """Return the manager that belongs to this very class, or None."""
    try:
        return cls.__dict__.get(MANAGER_ATTR)
    except AttributeError:
        return None


def manager_of_class(cls: Any) -> Any:
    """Return the manager that belongs to this very class; raise UnmappedClassError where there is none."""
    manager = opt_manager_of_class(cls)
    if manager is None:
        raise orm_exc.UnmappedClassError(cls)
    return manager


def class_mapper_or_none(class_: Any, configure: bool = False) -> Any:
    """Return the mapper of the class, or None."""
    manager = opt_manager_of_class(class_)
    mapper = None if manager is None else manager.mapper
    if mapper is not None and configure:
        mapper.check_configure()
    return mapper


def is_mapped_class(entity: Any) -> bool:
    """Return whether ``entity`` is a mapped class, a mapper or an alias of one."""
    found = inspection.inspect(entity, False)
    return found is not None and not found.is_clause_element and (found.is_mapper or found.is_aliased_class)


if typing.TYPE_CHECKING:

    @overload
    def class_mapper(class_: Type[InspectedClass[_M]], configure: bool = True) -> _M: ...

    @overload
    def class_mapper(class_: Type[Any], configure: bool = True) -> Any: ...


def class_mapper(class_: Type[Any], configure: bool = True) -> Any:
    """Return the mapper of ``class_``.

    :param class_: a class.
    :param configure: configure all mappers first.
    :raises UnmappedClassError: ``class_`` is no mapped class.
    :raises ArgumentError: if ``class_`` is no class.
    """
    mapper = class_mapper_or_none(class_, configure)
    if mapper is None:
        if not isinstance(class_, type):
            raise core_exc.ArgumentError("class_mapper() takes a class; got %r" % (class_,))
        raise orm_exc.UnmappedClassError(class_)
    return mapper


if typing.TYPE_CHECKING:

    @overload
    def object_mapper(instance: InspectedClass[_M]) -> _M: ...

    @overload
    def object_mapper(instance: Any) -> Any: ...


def object_mapper(instance: Any) -> Any:
    """Return the mapper of an object; raise UnmappedInstanceError for an object that has none."""
    return object_state(instance).mapper


def object_state(instance: Any) -> Any:
    """Return the state of an object; raise UnmappedInstanceError for an object that has none."""
    state = getattr(instance, "__dict__", {}).get(STATE_ATTR)
    if state is None:
        raise orm_exc.UnmappedInstanceError(instance)
    return state


def inspect_entity(entity: Any) -> Any:
    """Return the mapper or aliased entity behind ``entity``, or None."""
    found = inspection.inspect(entity, False)
    if found is None or found.is_clause_element:
        return None
    return found if (found.is_mapper or found.is_aliased_class) else None


# -- words for messages ----------------------------------------------------------------------------------------------


def instance_str(instance: Any) -> str:
    """Return a short description of an object for messages."""
    return "<%s at 0x%x>" % (type(instance).__name__, id(instance))


def state_str(state: Any) -> str:
    """Return a short description of a state's object for messages."""
    if state is None:
        return "None"
    return "<%s at 0x%x>" % (state.class_.__name__, id(state()))


def state_class_str(state: Any) -> str:
    """Return the class of a state's object for messages."""
    return "None" if state is None else "<%s>" % state.class_.__name__


def attribute_str(instance: Any, attribute: str) -> str:
    """Return ``object.attribute`` for messages."""
    return "%s.%s" % (instance_str(instance), attribute)


def state_attribute_str(state: Any, attribute: str) -> str:
    """Return ``object.attribute`` for messages."""
    return "%s.%s" % (state_str(state), attribute)


# -- what a type checker sees ----------------------------------------------------------------------------------------


class SQLORMOperations(Generic[T_co]):
    """Operations that only ORM expressions have."""

    __slots__ = ()

    if typing.TYPE_CHECKING:

        def of_type(self, class_: Any) -> Any:
            """Read a relationship as one to a subclass or an alias."""

        def and_(self, *criteria: Any) -> Any:
            """Have further criteria beside those of the relationship in ON."""

        def any(self, criterion: Optional[Any] = None, **kwargs: Any) -> Any:
            """Say in SQL whether a member of the collection meets the criterion."""

        def has(self, criterion: Optional[Any] = None, **kwargs: Any) -> Any:
            """Say in SQL whether the object referred to meets the criterion."""


class SQLORMExpression(SQLORMOperations[T_co], SQLColumnExpression[T_co]):
    """An expression of the SQL language that stands for an ORM attribute."""

    __slots__ = ()


class ORMDescriptor(Generic[T_co]):
    """A descriptor that is an expression on the class and a value on the object."""

    __slots__ = ()

    if typing.TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> ORMDescriptor[T_co]: ...

        @overload
        def __get__(self, instance: object, owner: Any) -> T_co: ...

        def __get__(self, instance: Any, owner: Any) -> Any: ...


class _MappedAnnotationBase(Generic[T_co]):
    """Parent of the names that mark a mapped attribute in an annotation."""

    __slots__ = ()


class Mapped(SQLORMExpression[T_co], ORMDescriptor[T_co], _MappedAnnotationBase[T_co]):
    """Marks an attribute of a mapped class in its annotation: ``id: Mapped[int]``."""

    __slots__ = ()

    if typing.TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[T_co]: ...

        @overload
        def __get__(self, instance: object, owner: Any) -> T_co: ...

        def __get__(self, instance: Any, owner: Any) -> Any: ...

        def __set__(self, instance: Any, value: Union[SQLCoreOperations[T_co], T_co]) -> None: ...

        def __delete__(self, instance: Any) -> None: ...


class DynamicMapped(_MappedAnnotationBase[T_co]):
    """Marks a relationship that is read through a query (``lazy="dynamic"``)."""

    __slots__ = ()

    if typing.TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[T_co]: ...

        @overload
        def __get__(self, instance: object, owner: Any) -> AppenderQuery[T_co]: ...

        def __get__(self, instance: Any, owner: Any) -> Any: ...

        def __set__(self, instance: Any, value: Any) -> None: ...


class WriteOnlyMapped(_MappedAnnotationBase[T_co]):
    """Marks a collection that is never loaded as a whole (``lazy="write_only"``)."""

    __slots__ = ()

    if typing.TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[T_co]: ...

        @overload
        def __get__(self, instance: object, owner: Any) -> WriteOnlyCollection[T_co]: ...

        def __get__(self, instance: Any, owner: Any) -> Any: ...

        def __set__(self, instance: Any, value: Any) -> None: ...
