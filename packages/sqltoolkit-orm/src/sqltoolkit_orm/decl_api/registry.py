"""``registry``: the classes mapped together, the types of their annotations, and the styles of mapping.

Declarative bases are in ``bases``, the reading of class bodies in ``scan``.
"""

from __future__ import annotations

import typing
import weakref
from typing import Any

from sqltoolkit_core.event import listen
from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.sql.schema import MetaData
from sqltoolkit_core.types import resolve_python_type
from sqltoolkit_core.util.typing import is_annotated
from sqltoolkit_core.util.typing import is_pep695
from sqltoolkit_core.util.typing import pep695_value
from sqltoolkit_core.util.typing import strip_optional

from .. import clsregistry
from .. import instrumentation
from ..mapper import configure_registries
from ..mapper.configure import lock
from ..mapper.configure import registries
from . import added
from . import scan

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Dict
    from typing import FrozenSet
    from typing import List
    from typing import Optional
    from typing import Set

__all__ = ["DeclarativeAttributeIntercept", "DeclarativeMeta", "TypeResolve", "constructor", "registry"]


def constructor(self: Any, **kwargs: Any) -> None:
    """Set the attributes that are given by keyword; an unknown name is a TypeError."""
    cls = type(self)
    for key in kwargs:
        if not hasattr(cls, key):
            raise TypeError(
                "There is no attribute %r to be set by keyword in the constructor of %s" % (key, cls.__name__)
            )
        setattr(self, key, kwargs[key])


constructor.__name__ = "__init__"
constructor._sa_default_constructor = True  # type: ignore[attr-defined]


class TypeResolve:
    """What a listener for ``resolve_type_annotation`` is asked: which SQL type an annotation means.

    :param registry: the registry.
    :param cls: the class.
    :param key: the attribute.
    :param raw_type: the annotation, without Optional.
    """

    __slots__ = (
        "registry", "cls", "key", "raw_type", "resolved_type", "raw_pep_593_type", "pep_593_resolved_argument",
        "raw_pep_695_type", "pep_695_resolved_value",
    )  # fmt: skip

    registry: Any
    cls: Any
    key: str
    raw_type: Any
    resolved_type: Any
    raw_pep_593_type: Any
    pep_593_resolved_argument: Any
    raw_pep_695_type: Any
    pep_695_resolved_value: Any

    def __init__(self, registry: Any, cls: Any, key: str, raw_type: Any) -> None:
        self.registry = registry
        self.cls = cls
        self.key = key
        self.raw_type = raw_type
        self.raw_pep_593_type = self.pep_593_resolved_argument = None
        self.raw_pep_695_type = self.pep_695_resolved_value = None
        found = raw_type
        if is_pep695(found):
            self.raw_pep_695_type = found
            self.pep_695_resolved_value = pep695_value(found)
            found = strip_optional(self.pep_695_resolved_value)[0]
        if is_annotated(found):
            self.raw_pep_593_type = found
            found = self.pep_593_resolved_argument = found.__origin__
        self.resolved_type = found

    def resolve(self, python_type: Any) -> Any:
        """Return the SQL type that the registry has for a Python type, or None."""
        return self.registry.type_for(python_type)


def _call_declare_first(of: registry) -> None:
    """Call ``__declare_first__()`` of the classes that have or inherit it, parents first."""
    _call_hooks(of, "__declare_first__")


def _call_declare_last(of: registry) -> None:
    """Call ``__declare_last__()`` of the classes that have or inherit it, parents first."""
    _call_hooks(of, "__declare_last__")


def _call_hooks(of: registry, name: str) -> None:
    for manager in of.managers():
        hook = getattr(manager.class_, name, None) if manager.is_mapped else None
        if hook is not None:
            hook()


class registry:
    """The classes that are mapped together: their names, their metadata and their types.

    :param metadata: the collection of tables; a new one by default.
    :param class_registry: the dictionary of class names.
    :param type_annotation_map: SQL types for Python types in annotations.
    :param constructor: ``__init__`` of classes that have none.
    """

    dispatch: Any

    def __init__(
        self,
        *,
        metadata: Optional[MetaData] = None,
        class_registry: Any = None,
        type_annotation_map: Any = None,
        constructor: Callable[..., None] = constructor
    ) -> None:
        self.metadata = metadata if metadata is not None else MetaData()
        self.class_registry: Any = {} if class_registry is None else class_registry
        self.constructor = constructor
        self.type_annotation_map: Dict[Any, Any] = {}
        self._managers: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._count = 0
        self.new_mappers = False
        self.any_finalized = True
        self.skipped: Set[Any] = set()
        self.dependencies: Set[registry] = set()
        self.column_writers: Dict[Any, Any] = {}
        if type_annotation_map is not None:
            self.update_type_annotation_map(type_annotation_map)
        with lock:
            registries.add(self)
        # first in line, before the application's listeners
        listen(self, "before_configured", _call_declare_first)
        listen(self, "after_configured", _call_declare_last)

    # -- types -------------------------------------------------------------------------------------------------------

    def update_type_annotation_map(self, type_annotation_map: Any) -> None:
        """Add SQL types for Python types in annotations.

        :param type_annotation_map: Python type, Annotated or union to SQL type.
        """
        for python_type, sql_type in type_annotation_map.items():
            bare, optional = strip_optional(python_type)
            self.type_annotation_map[bare if optional else python_type] = sql_type
            if optional:
                self.type_annotation_map[python_type] = sql_type

    def type_for(self, python_type: Any) -> Any:
        """Return the SQL type for a Python type, or None."""
        return resolve_python_type(python_type, self.type_annotation_map)

    def resolve_annotation_type(self, cls: Any, key: str, annotation: Any) -> Any:
        """Return the SQL type for the annotation of an attribute, or None."""
        bare = strip_optional(annotation)[0]
        if self.dispatch.resolve_type_annotation:
            question = TypeResolve(self, cls, key, bare)
            for fn in self.dispatch.resolve_type_annotation:
                answer = fn(question)
                if answer is not None:
                    return answer
        found = self.type_for(annotation)
        if found is None and bare is not annotation:
            found = self.type_for(bare)
        return found

    # -- members -----------------------------------------------------------------------------------------------------

    def add_manager(self, manager: Any) -> None:
        """Take a class in."""
        self._count += 1
        self._managers[manager] = self._count
        manager.registry = self

    def forget_manager(self, manager: Any) -> None:
        """Let a class go."""
        self._managers.pop(manager, None)

    def managers(self) -> List[Any]:
        """Return the managers of the classes, in the order they came."""
        return sorted(self._managers, key=self._managers.__getitem__)

    def mappers_in_order(self) -> List[Any]:
        """Return the mappers, in the order they were made."""
        return [manager.mapper for manager in self.managers() if manager.mapper is not None]

    @property
    def mappers(self) -> FrozenSet[Any]:
        """The mappers of all classes."""
        return frozenset(self.mappers_in_order())

    def note_dependency(self, other: registry) -> None:
        """Note that a mapper here refers to one of another registry."""
        self.dependencies.add(other)

    @staticmethod
    def allows_tableless(cls: Any) -> bool:
        """Return whether a class may be mapped though it has no table and no parent."""
        return False

    def configure(self, cascade: bool = False) -> None:
        """Configure the mappers of this registry.

        :param cascade: configure the registries it refers to as well, instead of an error.
        """
        configure_registries([self], cascade=cascade)

    def dispose(self, cascade: bool = False) -> None:
        """Remove the mappings of this registry's classes.

        :param cascade: those of registries that refer to it as well, instead of an error.
        """
        dependents = [other for other in list(registries) if self in other.dependencies and other is not self]
        living = [other for other in dependents if other.mappers]
        if living and not cascade:
            raise core_exc.InvalidRequestError(
                "Other registries refer to this one; dispose of them first, or with cascade=True"
            )
        self.dependencies.clear()
        for other in living:
            other.dispose(cascade=True)
        for manager in reversed(self.managers()):
            self.discard(manager)
        self._managers.clear()
        self.column_writers.clear()
        self.skipped.clear()
        self.new_mappers = False

    def discard(self, manager: Any) -> None:
        """Take the mapping off one class, or what there is of it when mapping failed."""
        mapper = manager.mapper
        cls = manager.class_
        self.forget_manager(manager)
        clsregistry.remove_class(cls.__name__, cls, self.class_registry)
        if mapper is not None:
            mapper.configured = False
            mapper.leave_hierarchy()
            mapper.dispatch.clear()
        scan.deferred_scans.pop(cls, None)
        if instrumentation.opt_manager_of_class(cls) is not manager:
            # a mapping that failed half-way, or was followed by another one
            return
        instrumentation.unregister_class(cls)
        names = ("__mapper__", "__table__") if manager.made_table else ("__mapper__",)
        for name in names:
            if name in cls.__dict__:
                type.__delattr__(cls, name)

    # -- mapping -----------------------------------------------------------------------------------------------------

    def map_imperatively(self, class_: Any, local_table: Any = None, **kw: Any) -> Any:
        """Map a class to a table by arguments alone; return the mapper.

        :param class_: the class.
        :param local_table: the table or other selectable.
        :param kw: arguments of Mapper.
        """
        return scan.map_imperatively(self, class_, local_table, kw)

    def map_declaratively(self, cls: Any) -> Any:
        """Map a class by what its body says; return the mapper."""
        scan.map_class(self, cls)
        return cls.__mapper__

    def mapped(self, cls: Any) -> Any:
        """Decorate a class to be mapped by what its body says."""
        scan.map_class(self, cls)
        return cls

    def mapped_as_dataclass(
        self,
        __cls: Any = None,
        *,
        init: Any = scan.NO_DEFAULT,
        repr: Any = scan.NO_DEFAULT,
        eq: Any = scan.NO_DEFAULT,
        order: Any = scan.NO_DEFAULT,
        unsafe_hash: Any = scan.NO_DEFAULT,
        match_args: Any = scan.NO_DEFAULT,
        kw_only: Any = scan.NO_DEFAULT,
        dataclass_callable: Any = scan.NO_DEFAULT
    ) -> Any:
        """Decorate a class to be mapped by what its body says, and made a dataclass.

        :param init, repr, eq, order, unsafe_hash, match_args, kw_only: arguments of the dataclass decorator.
        :param dataclass_callable: another decorator than that of dataclasses.
        """
        setup = dict(
            init=init, repr=repr, eq=eq, order=order, unsafe_hash=unsafe_hash, match_args=match_args,
            kw_only=kw_only, dataclass_callable=dataclass_callable,
        )

        def decorate(cls: Any) -> Any:
            type.__setattr__(cls, "_sa_apply_dc_transforms", setup)
            scan.map_class(self, cls, setup)
            return cls

        return decorate if __cls is None else decorate(__cls)

    def generate_base(
        self,
        mapper: Optional[Callable[..., Any]] = None,
        cls: Any = object,
        name: str = "Base",
        metaclass: Any = None,
    ) -> Any:
        """Return a declarative base class.

        :param mapper: makes the mappers, in the place of Mapper.
        :param cls: the class it derives from, or several.
        :param name: its name.
        :param metaclass: the class of the base; DeclarativeMeta by default.
        """
        bases = cls if isinstance(cls, tuple) else (cls,)
        namespace: Dict[str, Any] = {"registry": self, "metadata": self.metadata}
        if isinstance(cls, type):
            namespace["__doc__"] = cls.__doc__
        if self.constructor is not None:
            namespace["__init__"] = self.constructor
        namespace["__abstract__"] = True
        if mapper is not None:
            namespace["__mapper_cls__"] = mapper
        if hasattr(cls, "__class_getitem__"):

            def __class_getitem__(inner: Any, key: Any) -> Any:
                return inner

            namespace["__class_getitem__"] = classmethod(__class_getitem__)
        return (metaclass or DeclarativeMeta)(name, bases, namespace)

    def as_declarative_base(self, **kw: Any) -> Callable[[Any], Any]:
        """Decorate a class to be the declarative base of this registry; the arguments are those of generate_base()."""

        def decorate(cls: Any) -> Any:
            kw["cls"] = cls
            kw["name"] = cls.__name__
            return self.generate_base(**kw)

        return decorate

    def __repr__(self) -> str:
        return "<registry of %d classes>" % len(self._managers)


class DeclarativeAttributeIntercept(type):
    """The metaclass of DeclarativeBase: attributes put on a mapped class join its mapping."""

    def __setattr__(cls, key: str, value: Any) -> None:
        if "__mapper__" in cls.__dict__:
            added.add_attribute(cls, key, value)
            _follow_hooks(cls, key)
        else:
            type.__setattr__(cls, key, value)

    def __delattr__(cls, key: str) -> None:
        if "__mapper__" in cls.__dict__:
            added.delete_attribute(cls, key)
        else:
            type.__delattr__(cls, key)


def _follow_hooks(cls: Any, key: str) -> None:
    """Use data descriptors on a class that gets attribute access of its own after it was mapped."""
    if key in ("__setattr__", "__delattr__", "__getattribute__"):
        manager = instrumentation.opt_manager_of_class(cls)
        if manager is not None and manager.fast:
            value = cls.__dict__[key]
            manager.switch_to_compatible()
            type.__setattr__(cls, key, value)


class DeclarativeMeta(DeclarativeAttributeIntercept):
    """The metaclass of bases made by ``declarative_base()``: its subclasses are mapped when they are made."""

    metadata: MetaData
    registry: registry

    def __init__(cls, classname: Any, bases: Any, dict_: Any, **kw: Any) -> None:
        dict_ = cls.__dict__
        found = getattr(cls, "_sa_registry", None)
        if found is None:
            found = dict_.get("registry", None)
            if not isinstance(found, registry):
                raise core_exc.InvalidRequestError(
                    "Declarative base class %r has no 'registry' attribute that is a registry()" % classname
                )
            cls._sa_registry = found
        if not cls.__dict__.get("__abstract__", False):
            scan.map_class(found, cls, getattr(cls, "_sa_apply_dc_transforms", None))
        type.__init__(cls, classname, bases, dict_)
