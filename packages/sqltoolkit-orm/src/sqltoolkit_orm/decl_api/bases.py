"""Declarative bases and their decorators: ``DeclarativeBase``, ``MappedAsDataclass``, ``declarative_base()``.

Registries and metaclasses are in ``registry``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core import inspection
from sqltoolkit_core.sql import coercions
from sqltoolkit_core.sql import roles
from sqltoolkit_core.sql.schema import MetaData
from sqltoolkit_core.util.typing import get_annotations

from ..properties import NO_DEFAULT
from . import added
from . import scan
from .annotations import extract_mapped
from .annotations import is_class_var
from .dataclasses import NOT_MAPPED
from .dataclasses import apply_dataclass
from .dataclasses import field_of
from .dataclasses import options_of
from .declared import declared_attr
from .registry import DeclarativeAttributeIntercept
from .registry import DeclarativeMeta
from .registry import constructor as default_constructor
from .registry import registry as Registry
from .typed_tables import Unmapped

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Dict
    from typing import Optional

    from sqltoolkit_core.sql.selectable import FromClause
    from typing_extensions import Self

    from ..mapper import Mapper
    from ..properties import MappedColumn
    from ..state import InstanceState

__all__ = [
    "DeclarativeBase",
    "DeclarativeBaseNoMeta",
    "MappedAsDataclass",
    "MappedClassProtocol",
    "add_mapped_attribute",
    "as_declarative",
    "declarative_base",
    "declarative_mixin",
    "mapped_as_dataclass",
    "unmapped_dataclass",
]


class MappedClassProtocol:
    """What every mapped class has; for type checkers."""

    if typing.TYPE_CHECKING:
        __name__: str
        __mapper__: Any
        __table__: Any

        def __call__(self, **kw: Any) -> Any: ...


def _set_up_base(cls: Any) -> None:
    """Give a direct subclass of DeclarativeBase its registry and metadata."""
    set_ = type.__setattr__
    metadata = getattr(cls, "metadata", None) if "metadata" in _names(cls) else None
    if metadata is not None and not isinstance(metadata, MetaData):
        raise core_exc.InvalidRequestError("Attribute 'metadata' of %r is no MetaData" % cls)
    types = getattr(cls, "type_annotation_map", None)
    found = getattr(cls, "registry", None) if "registry" in _names(cls) else None
    if found is not None:
        if not isinstance(found, Registry):
            raise core_exc.InvalidRequestError(
                "The attribute 'registry' of a declarative base must be a registry()"
            )
        if types is not None:
            raise core_exc.InvalidRequestError(
                "A declarative base has either a 'registry' or a type_annotation_map; put the map into "
                "the registry"
            )
    else:
        found = Registry(metadata=metadata, type_annotation_map=types)
        set_(cls, "registry", found)
    set_(cls, "_sa_registry", found)
    # a registry may serve several bases, each with tables of its own
    set_(cls, "metadata", found.metadata if metadata is None else metadata)
    if getattr(cls, "__init__", object.__init__) is object.__init__:
        set_(cls, "__init__", found.constructor)


def _names(cls: Any) -> Any:
    found: Dict[str, Any] = {}
    for base in cls.__mro__:
        if base in (DeclarativeBase, DeclarativeBaseNoMeta):
            continue
        for name in base.__dict__:
            found.setdefault(name, base)
    return found


def _check_not_subclassed_directly(cls: Any, base: Any) -> None:
    for name in ("__tablename__", "__table__"):
        if name in cls.__dict__ and not isinstance(cls.__dict__[name], declared_attr):
            raise core_exc.InvalidRequestError(
                "%r is what bases are made of, not a base: %r has a table and cannot be its child. Derive a base "
                "from %s, "
                "and this class from that base" % (base.__name__, cls, base.__name__)
            )


class DeclarativeBase(metaclass=DeclarativeAttributeIntercept):
    """Derive from this the base of the application's mapped classes; classes derived from that one are mapped.

    The base may define ``metadata``, ``registry`` or ``type_annotation_map``.
    """

    if typing.TYPE_CHECKING:
        _sa_registry: Any
        registry: typing.ClassVar[Registry]
        metadata: typing.ClassVar[MetaData]
        __name__: str
        __mapper__: typing.ClassVar[Mapper[Any]]
        __table__: typing.ClassVar[FromClause]
        __tablename__: Any
        __mapper_args__: Any
        __table_args__: Any

        def __init__(self, **kw: Any) -> None: ...

        def __inspect_class__(self) -> Mapper[Self]: ...

        def __inspect_object__(self) -> InstanceState[Self]: ...

    def __init_subclass__(cls, **kw: Any) -> None:
        if DeclarativeBase in cls.__bases__:
            _check_not_subclassed_directly(cls, DeclarativeBase)
            _set_up_base(cls)
        else:
            scan.map_class(cls._sa_registry, cls, _dataclass_setup(cls))
        super().__init_subclass__(**kw)


class DeclarativeBaseNoMeta:
    """The same as DeclarativeBase without a metaclass: attributes put on a mapped class later do not join its
    mapping."""

    if typing.TYPE_CHECKING:
        _sa_registry: Any
        registry: typing.ClassVar[Registry]
        metadata: typing.ClassVar[MetaData]
        __mapper__: typing.ClassVar[Mapper[Any]]
        __table__: typing.ClassVar[FromClause]
        __tablename__: Any
        __mapper_args__: Any
        __table_args__: Any

        def __init__(self, **kw: Any) -> None: ...

        def __inspect_class__(self) -> Mapper[Self]: ...

        def __inspect_object__(self) -> InstanceState[Self]: ...

    def __init_subclass__(cls, **kw: Any) -> None:
        if DeclarativeBaseNoMeta in cls.__bases__:
            _check_not_subclassed_directly(cls, DeclarativeBaseNoMeta)
            _set_up_base(cls)
        else:
            scan.map_class(cls._sa_registry, cls, _dataclass_setup(cls))
        super().__init_subclass__(**kw)


def _dataclass_setup(cls: Any) -> Any:
    """Return the arguments of the dataclass decorator for a class below MappedAsDataclass, or None."""
    return getattr(cls, "_sa_apply_dc_transforms", None) if issubclass(cls, MappedAsDataclass) else None


if typing.TYPE_CHECKING:
    from typing_extensions import dataclass_transform

    from ..constructors import column_property, composite, mapped_column, relationship, synonym

    @dataclass_transform(
        field_specifiers=(mapped_column, relationship, composite, synonym, column_property, MappedColumn),
    )
    class _DataclassIntercept(DeclarativeAttributeIntercept):
        pass

else:
    _DataclassIntercept = DeclarativeAttributeIntercept


class MappedAsDataclass(metaclass=_DataclassIntercept):
    """Makes mapped classes that derive from it dataclasses; derive the base or single classes from it.

    Arguments of the dataclass decorator are given in the class statement: ``class A(Base, kw_only=True)``.
    """

    def __init_subclass__(
        cls,
        init: Any = NO_DEFAULT,
        repr: Any = NO_DEFAULT,
        eq: Any = NO_DEFAULT,
        order: Any = NO_DEFAULT,
        unsafe_hash: Any = NO_DEFAULT,
        match_args: Any = NO_DEFAULT,
        kw_only: Any = NO_DEFAULT,
        dataclass_callable: Any = NO_DEFAULT,
        **kw: Any
    ) -> None:
        given = dict(
            init=init, repr=repr, eq=eq, order=order, unsafe_hash=unsafe_hash, match_args=match_args,
            kw_only=kw_only, dataclass_callable=dataclass_callable,
        )
        inherited = getattr(cls, "_sa_apply_dc_transforms", None)
        if inherited is not None:
            given = {
                name: inherited.get(name, NO_DEFAULT) if value is NO_DEFAULT else value for name, value in given.items()
            }
        type.__setattr__(cls, "_sa_apply_dc_transforms", given)
        super().__init_subclass__(**kw)
        if cls.__dict__.get("_sa_class_manager") is None:
            # a mixin or base: its fields must be known before the classes that use it
            constructor = cls.__dict__.get("__init__")
            _make_mixin_dataclass(cls, given)
            if "_sa_registry" in cls.__dict__:
                # objects are made of the classes below; those that make no constructor take that of the registry
                type.__setattr__(cls, "__init__", constructor)


def _make_mixin_dataclass(cls: Any, setup: Dict[str, Any]) -> None:
    """Make an unmapped mixin, abstract class or base a dataclass, with the fields of its mapped attributes."""
    fields = []
    for name, raw in dict(get_annotations(cls)).items():
        _, container = extract_mapped(raw, cls, cls.__module__, name)
        if container is Unmapped or is_class_var(raw):
            continue
        field = NOT_MAPPED
        if container is not None:
            value = cls.__dict__.get(name)
            field = NO_DEFAULT if value is None else field_of(options_of(value), False)
        fields.append((name, raw, field))
    apply_dataclass(cls, setup, fields)


def add_mapped_attribute(target: Any, key: str, attr: Any) -> None:
    """Add an attribute to a mapped class.

    :param target: the class.
    :param key: the name.
    :param attr: a column or property.
    """
    added.add_attribute(target, key, attr)


def declarative_mixin(cls: Any) -> Any:
    """Mark a class as a mixin of mapped classes, for type checkers; nothing happens."""
    return cls


def declarative_base(
    *,
    metadata: Optional[MetaData] = None,
    mapper: Optional[Callable[..., Any]] = None,
    cls: Any = object,
    name: str = "Base",
    class_registry: Any = None,
    type_annotation_map: Any = None,
    constructor: Callable[..., None] = default_constructor,
    metaclass: Any = DeclarativeMeta
) -> Any:
    """Return a declarative base class with a registry of its own.

    :param metadata: the collection of tables.
    :param mapper: makes the mappers, in the place of Mapper.
    :param cls: the class it derives from.
    :param name: its name.
    :param class_registry: the dictionary of class names.
    :param type_annotation_map: SQL types for Python types in annotations.
    :param constructor: ``__init__`` of classes that have none.
    :param metaclass: the class of the base.
    """
    return Registry(
        metadata=metadata,
        class_registry=class_registry,
        constructor=constructor,
        type_annotation_map=type_annotation_map,
    ).generate_base(mapper=mapper, cls=cls, name=name, metaclass=metaclass)


def as_declarative(**kw: Any) -> Callable[[Any], Any]:
    """Decorate a class to be a declarative base; the arguments are those of declarative_base()."""
    options = {
        name: kw.pop(name)
        for name in ("metadata", "class_registry", "constructor", "type_annotation_map")
        if name in kw
    }
    return Registry(**options).as_declarative_base(**kw)


def mapped_as_dataclass(
    __registry: Any,
    *,
    init: Any = NO_DEFAULT,
    repr: Any = NO_DEFAULT,
    eq: Any = NO_DEFAULT,
    order: Any = NO_DEFAULT,
    unsafe_hash: Any = NO_DEFAULT,
    match_args: Any = NO_DEFAULT,
    kw_only: Any = NO_DEFAULT,
    dataclass_callable: Any = NO_DEFAULT
) -> Callable[[Any], Any]:
    """Decorate a class to be mapped in a registry and made a dataclass; see registry.mapped_as_dataclass()."""
    found: Callable[[Any], Any] = __registry.mapped_as_dataclass(
        init=init,
        repr=repr,
        eq=eq,
        order=order,
        unsafe_hash=unsafe_hash,
        match_args=match_args,
        kw_only=kw_only,
        dataclass_callable=dataclass_callable,
    )
    return found


def unmapped_dataclass(
    __cls: Any = None,
    *,
    init: Any = NO_DEFAULT,
    repr: Any = NO_DEFAULT,
    eq: Any = NO_DEFAULT,
    order: Any = NO_DEFAULT,
    unsafe_hash: Any = NO_DEFAULT,
    match_args: Any = NO_DEFAULT,
    kw_only: Any = NO_DEFAULT,
    dataclass_callable: Any = NO_DEFAULT
) -> Any:
    """Decorate a mixin or abstract class to be a dataclass with the fields of its mapped attributes, unmapped."""
    setup = dict(
        init=init, repr=repr, eq=eq, order=order, unsafe_hash=unsafe_hash, match_args=match_args,
        kw_only=kw_only, dataclass_callable=dataclass_callable,
    )

    def decorate(cls: Any) -> Any:
        _make_mixin_dataclass(cls, setup)
        return cls

    return decorate if __cls is None else decorate(__cls)


@inspection.inspects(DeclarativeAttributeIntercept, DeclarativeMeta)
def _inspect_declarative(cls: Any) -> Any:
    manager = cls.__dict__.get("_sa_class_manager")
    if manager is None or manager.mapper is None:
        if cls in scan.deferred_scans:
            from .. import exc as orm_exc

            raise orm_exc.UnmappedClassError(
                cls, "Class %s waits for its mapping: call prepare() before it is used" % cls.__name__
            )
        return None
    return manager.mapper


@coercions.coerces(roles.ColumnsClauseRole, DeclarativeAttributeIntercept, DeclarativeMeta)
def _select_declarative(cls: Any, *, role: Any, argname: Any = None, **hints: Any) -> Any:
    # select(cls) is in every query: this is what inspection comes to, with less in between
    manager = cls.__dict__.get("_sa_class_manager")
    mapper = None if manager is None else manager.mapper
    if mapper is None:
        return NotImplemented
    element = mapper.memo.get("element")
    return mapper.__clause_element__() if element is None else element
