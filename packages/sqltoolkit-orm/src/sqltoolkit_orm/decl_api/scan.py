"""Reading a class body and its mixins: which attributes are mapped, and to which table.

What annotations mean is in ``annotations``, dataclasses in ``dataclasses``, the arguments of the mapper in
``mapper_arguments``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.sql.elements import ColumnElement
from sqltoolkit_core.sql.schema import Column
from sqltoolkit_core.sql.schema import Table
from sqltoolkit_core.sql.schema import TypedColumns
from sqltoolkit_core.util import merge_lists_w_ordering
from sqltoolkit_core.util import warn
from sqltoolkit_core.util.typing import get_annotations

from .. import clsregistry
from .. import exc as orm_exc
from .. import instrumentation
from ..attributes import InstrumentedAttribute
from ..attributes import QueryableAttribute
from ..base import Mapped
from ..base import class_mapper_or_none
from ..descriptor_props import CompositeProperty
from ..descriptor_props import Synonym
from ..interfaces import IntrospectsAnnotations
from ..interfaces import MapperProperty
from ..mapper import Mapper
from ..properties import ColumnProperty
from ..properties import MappedColumn
from ..properties import NO_DEFAULT as NO_DEFAULT
from ..properties import instance_default
from .annotations import extract_mapped
from .annotations import find_template_options
from .annotations import is_class_var
from .annotations import read_column_annotation
from .annotations import read_relationship_annotation
from .dataclasses import NOT_MAPPED
from .dataclasses import apply_dataclass
from .dataclasses import field_of
from .dataclasses import left_to_attribute
from .dataclasses import options_of
from .dataclasses import refuse_options
from .dataclasses import warn_callable_default
from .declared import declared_attr
from .mapper_arguments import mapper_arguments
from .typed_tables import Unmapped

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Set
    from typing import Tuple

__all__ = ["ClassScan", "deferred_scans", "map_class", "map_imperatively"]

_SPECIAL = ("__mapper_args__", "__table_args__", "__tablename__", "__table__", "__table_cls__")

#: scans of classes whose mapping waits for their tables, by class; extensions finish them
deferred_scans: Dict[Any, ClassScan] = {}


def map_class(registry: Any, cls: Any, dataclass_setup: Optional[Dict[str, Any]] = None) -> None:
    """Map a class by what its body says; a class with ``__abstract__ = True`` is left alone.

    :param registry: the registry it belongs to.
    :param cls: the class.
    :param dataclass_setup: the arguments of the dataclass decorator, for classes that become dataclasses.
    """
    if cls.__dict__.get("__abstract__", False) or issubclass(cls, TypedColumns):
        # the latter describes the table of a mapped class for type checkers
        return
    manager = instrumentation.opt_manager_of_class(cls)
    if manager is not None and manager.is_mapped:
        raise core_exc.InvalidRequestError("Class %r is mapped already" % cls)
    scan = ClassScan(registry, cls, dataclass_setup)
    if getattr(cls, "__sa_defer_mapping__", False):
        deferred_scans[cls] = scan
        return
    scan.map()


def map_imperatively(registry: Any, cls: Any, table: Any, mapper_kw: Dict[str, Any]) -> Mapper:
    """Map a class to a table by arguments; return the mapper."""
    present = cls.__dict__.get("__table__")
    if present is not None and table is not None and present is not table and not class_mapper_or_none(cls):
        raise core_exc.ArgumentError("Class %r has a __table__ already and cannot be mapped to %s" % (cls, table))
    manager = instrumentation.register_class(cls, registry=registry, init_method=registry.constructor, finalize=False)
    if not manager.is_mapped:
        manager.registry = registry
    registry.add_manager(manager)
    clsregistry.add_class(cls.__name__, cls, registry.class_registry)
    return _make_mapper(registry, manager, lambda: Mapper(cls, table, **mapper_kw))


def _make_mapper(registry: Any, manager: Any, make: Callable[[], Mapper]) -> Mapper:
    """Return a new mapper; a class that cannot be mapped is left as it was."""
    mapped_before = manager.is_mapped
    try:
        return make()
    except BaseException:
        if not mapped_before:
            registry.discard(manager)
        raise


class _Found:
    """One attribute of a class or mixin, as it was found."""

    __slots__ = ("value", "raw", "container", "inner", "module", "owner", "from_mixin")

    def __init__(
        self, value: Any, raw: Any, container: Any, inner: Any, module: Any, owner: Any, from_mixin: bool
    ) -> None:
        self.value = value
        self.raw = raw
        self.container = container
        self.inner = inner
        self.module = module
        self.owner = owner
        self.from_mixin = from_mixin


class ClassScan:
    """The reading of one class.

    :param registry: its registry.
    :param cls: the class.
    :param dataclass_setup: the arguments of the dataclass decorator, or None.
    """

    def __init__(self, registry: Any, cls: Any, dataclass_setup: Optional[Dict[str, Any]]) -> None:
        self.registry = registry
        self.cls = cls
        self.dataclass_setup = dataclass_setup
        self.is_dataclass = dataclass_setup is not None or "__dataclass_fields__" in cls.__dict__
        #: the constructor leaves attributes unset that have a default, and the attributes show it; a class that has the
        #: name below set to true has the defaults put into its objects, as they were before version 2.1
        self.leaves_defaults_to_attributes = dataclass_setup is not None and not getattr(
            cls, "_sa_disable_descriptor_defaults", False
        )
        self.allow_unmapped = bool(getattr(cls, "__allow_unmapped__", False))
        self.declared_attr_memo: Dict[Any, Any] = {}
        #: what stands in the class body until the mapper puts an attribute in its place
        self.replaced: List[str] = []
        self.found: Dict[str, _Found] = {}
        #: declared attributes of mixins, by name: (mixin, declared_attr, annotation)
        self.declared_later: Dict[str, Tuple[Any, Any, Any]] = {}
        #: attributes that a cascading declared_attr has made
        self.cascading_names: Set[str] = set()
        self.properties: Dict[str, Any] = {}
        self.columns: List[Tuple[int, int, Any]] = []
        #: column name -> attributes that hold a column of that name
        self.names_to_keys: Dict[str, List[str]] = {}
        #: columns of the table that are not mapped
        self.unmapped: List[Any] = []
        #: column of a mixin -> the copy for this class
        self.copies: Dict[Any, Any] = {}
        self.table: Any = None
        self.tablename: Any = None
        self.table_args: Any = None
        #: a mixin has them, for those classes that have a table
        self.table_args_inherited = False
        self.mapper_args_fn: Any = None
        self.table_cls: Any = Table
        self.inherits: Any = None
        self.inherited_table: Any = None
        self.field_annotations: Dict[str, Any] = {}
        self.manager = instrumentation.register_class(
            cls, registry=registry, declarative_scan=self, finalize=False
        )
        registry.add_manager(self.manager)
        try:
            self._read()
        except BaseException:
            if not self.manager.is_mapped:
                registry.forget_manager(self.manager)
                self.manager.unregister()
            raise

    def _read(self) -> None:
        if "registry" in self.cls.__dict__ and hasattr(self.cls, "_sa_registry"):
            warn(
                "The name 'registry' is used by the declarative base itself and changes nothing on %r; call the "
                "attribute something else" % self.cls
            )
        self._find_parent()
        self._collect()
        if self.dataclass_setup is not None:
            self._make_dataclass()
        self._extract()
        self._set_up_table()

    def read_column_annotation(self, column: Any, module: Any, key: str, annotation: Any) -> None:
        """Give a column the type and nullability of its annotation."""
        read_column_annotation(self, column, module, key, annotation)

    def read_relationship_annotation(self, prop: Any, module: Any, key: str, container: Any, annotation: Any) -> None:
        """Give a relationship the target and kind of collection of its annotation."""
        read_relationship_annotation(self, prop, module, key, container, annotation)

    # -- the parent --------------------------------------------------------------------------------------------------

    def _find_parent(self) -> None:
        for base in self.cls.__bases__:
            found = _nearest_mapped(base)
            if found is not None:
                if self.inherits is not None and found is not self.inherits and not issubclass(self.inherits, found):
                    if not issubclass(found, self.inherits):
                        raise core_exc.InvalidRequestError(
                            "Class %r inherits from two mapped classes, %r and %r; only one can be the parent of the "
                            "mapping" % (self.cls, self.inherits, found)
                        )
                self.inherits = self.inherits or found
        if self.inherits is not None:
            mapper = class_mapper_or_none(self.inherits)
            self.inherited_table = None if mapper is None else mapper.local_table

    @property
    def has_own_table(self) -> bool:
        """Whether the class has a table besides its parent's."""
        return self.tablename is not None or self.table is not None

    # -- collecting --------------------------------------------------------------------------------------------------

    def _collect(self) -> None:
        for base in self.cls.__mro__:
            if base is object or base.__module__ == "typing":
                continue
            mapped_base = base is not self.cls and _is_mapped(base)
            self._read_special(base, mapped_base)
            if not mapped_base and not self._is_own_base(base):
                self._collect_from(base)
            elif mapped_base:
                self._collect_cascading(base)
        # when the columns are known that they may refer to
        for name, (base, value, noted) in self.declared_later.items():
            self._collect_one(base, name, True, value, noted, False)

    @staticmethod
    def _is_own_base(base: Any) -> bool:
        """Return whether a base is one of ours that holds no attributes of the user's."""
        return bool(base.__module__.startswith(__name__.rpartition(".")[0]))

    def _read_special(self, base: Any, mapped_base: bool) -> None:
        names = base.__dict__
        for name in _SPECIAL:
            if name not in names:
                continue
            value = names[name]
            declared = isinstance(value, declared_attr)
            if mapped_base and not declared:
                continue
            if name == "__mapper_args__":
                if self.mapper_args_fn is None:
                    self.mapper_args_fn = lambda: dict(getattr(self.cls, "__mapper_args__"))
            elif name == "__tablename__":
                if declared and value.is_cascading:
                    warn("@declared_attr.cascading does nothing for __tablename__; see %r, of %r" % (base, self.cls))
                if self.tablename is None and "__tablename__" not in self._seen_special:
                    self._seen_special.add("__tablename__")
                    self.tablename = getattr(self.cls, "__tablename__")
            elif name == "__table_args__":
                if self.table_args is None:
                    self.table_args = getattr(self.cls, "__table_args__")
                    self.table_args_inherited = base is not self.cls
                    if not isinstance(self.table_args, (tuple, dict, type(None))):
                        raise core_exc.ArgumentError(
                            "__table_args__ of class %s is %r, expected a tuple, a dictionary or None"
                            % (self.cls.__name__, self.table_args)
                        )
            elif name == "__table__":
                if self.table is None and base is self.cls or declared or not mapped_base:
                    self.table = getattr(self.cls, "__table__")
            elif name == "__table_cls__" and self.table_cls is Table:
                self.table_cls = getattr(self.cls, "__table_cls__")

    @property
    def _seen_special(self) -> Set[str]:
        seen: Set[str] = self.__dict__.setdefault("_seen", set())
        return seen

    def _collect_from(self, base: Any) -> None:
        own = base is self.cls
        names = base.__dict__
        noted = get_annotations(base)
        # before their defaults, which are values of the class
        self._collect_dataclass_fields(base, names, noted)
        stored = names.get("__sa_attribute_order__")
        present = list(names) if stored is None else [n for n in stored if n in names or n in noted]
        present += [n for n in names if stored is not None and n not in present]
        ordered = merge_lists_w_ordering(
            [n for n in present if _is_candidate(n)], [n for n in noted if _is_candidate(n)]
        )
        for name in ordered:
            value = names.get(name)
            if not own and isinstance(value, declared_attr) and value.is_cascading:
                # goes before whatever the class or another mixin has under that name
                if name not in self.cascading_names:
                    self.cascading_names.add(name)
                    self._collect_declared(base, name, value)
                continue
            if name in self.found or name in self.declared_later or (not own and self._hidden_by_parent(base, name)):
                continue
            if name in names and not own and isinstance(value, declared_attr):
                self.declared_later[name] = base, value, noted.get(name)
                continue
            self._collect_one(base, name, name in names, value, noted.get(name), own)

    def _hidden_by_parent(self, base: Any, name: str) -> bool:
        """Return whether a mapped parent class, which comes first, has the attribute of a mixin already."""
        for cls in self.cls.__mro__:
            if cls is base:
                return False
            if cls is not self.cls and name in cls.__dict__ and _is_mapped(cls):
                return True
        return False

    def _collect_dataclass_fields(self, base: Any, names: Any, noted: Any) -> None:
        """Take the mapping from the metadata of the fields of a class that was a dataclass before."""
        fields = names.get("__dataclass_fields__")
        key = self._metadata_key() if fields else None
        if key is None:
            return
        for name, field in fields.items():
            # those of its bases are found there
            if name not in noted or key not in field.metadata or name in self.found:
                continue
            if base is self.cls or not self._hidden_by_parent(base, name):
                self._collect_dataclass_field(base, name, field.metadata[key], noted[name])

    def _metadata_key(self) -> Any:
        """Return the key of the mapping in the metadata of fields; mapped parents say theirs for themselves alone."""
        for cls in self.cls.__mro__:
            if "__sa_dataclass_metadata_key__" in cls.__dict__ and (cls is self.cls or not _is_mapped(cls)):
                return cls.__dict__["__sa_dataclass_metadata_key__"]
        return None

    def _collect_dataclass_field(self, base: Any, name: str, value: Any, raw: Any) -> None:
        if isinstance(value, declared_attr):
            value = value.fget(self.cls)
        elif callable(value) and not isinstance(value, (MapperProperty, MappedColumn, Column)):
            value = value()
        elif isinstance(value, Column):
            value = value.clone()
        inner, container = extract_mapped(raw, base, base.__module__, name)
        self.found[name] = _Found(value, raw, container, inner, base.__module__, base, True)

    def _collect_one(
        self, base: Any, name: str, present: bool, value: Any, raw: Any, own: bool
    ) -> None:
        if isinstance(value, declared_attr):
            if own and value.is_cascading:
                warn(
                    "@declared_attr.cascading is for mixins and abstract classes; on "
                    "the mapped class %s it does nothing" % self.cls
                )
            self._collect_declared(base, name, value)
            return
        if raw is not None and is_class_var(raw):
            return
        module = base.__module__
        inner, container = extract_mapped(raw, base, module, name)
        if own and value is None and container is None and raw is not None:
            self._refuse_plain_annotation(name)
        if present and own and value is None and container is None:
            # None on the class hides what mixins have
            self.found[name] = _Found(None, None, None, None, module, base, False)
            return
        if not own:
            value = self._from_mixin(base, name, value, raw)
        if not present and container is None:
            return
        if not present and not self.is_dataclass and container in (Mapped, Unmapped):
            # other attributes of the body may refer to the column, through the class
            value = MappedColumn(unmapped=container is Unmapped)
            present = True
            type.__setattr__(self.cls, name, value)
        if present and container is None and isinstance(value, ColumnElement) and not isinstance(value, Column):
            self._warn_expression(name, base)
            return
        self.found[name] = _Found(value if present else None, raw, container, inner, module, base, not own)
        if container is None and raw is not None and isinstance(value, (MapperProperty, MappedColumn, Column)):
            self._refuse_bare_annotation(name, raw, value)

    def _warn_expression(self, name: str, base: Any) -> None:
        warn(
            "The attribute '%s' of class %r is an SQL expression and is not mapped; pass it to "
            "column_property() if it should be"
            % (name, self.cls if base is not self.cls else base)
        )

    def _refuse_bare_annotation(self, name: str, raw: Any, value: Any) -> None:
        if self.is_dataclass and self.dataclass_setup is None:
            return
        if isinstance(value, (MapperProperty, MappedColumn)):
            self._refuse_annotation(name)

    def _refuse_plain_annotation(self, name: str) -> None:
        if not self.is_dataclass:
            self._refuse_annotation(name)

    def _refuse_annotation(self, name: str) -> None:
        if self.allow_unmapped:
            return
        raise orm_exc.MappedAnnotationError(
            "The annotation of '%s.%s' is not of the form Mapped[...]. Write Mapped[...] for an "
            "attribute that is mapped and ClassVar[...] for one that is not, or let the class say "
            "__allow_unmapped__ = True, which has all other annotations ignored." % (self.cls.__name__, name)
        )

    def _from_mixin(self, base: Any, name: str, value: Any, raw: Any) -> Any:
        """Return the attribute of a mixin for this class: columns are copied, properties refused."""
        if isinstance(value, Column):
            if value.table is not None:
                return value
            made = self.copies[value] = value.clone()
            type.__setattr__(self.cls, name, made)
            return made
        if isinstance(value, MappedColumn):
            copy = value.copy()
            self.copies[value.column] = copy.column
            type.__setattr__(self.cls, name, copy)
            return copy
        if isinstance(value, MapperProperty):
            if "__dataclass_fields__" in base.__dict__ and name in base.__dict__["__dataclass_fields__"]:
                return value
            raise core_exc.InvalidRequestError(
                "A mixin can't hold a mapped attribute that belongs to one class: return it from a "
                "function with @declared_attr, or from the lambda of a dataclass field: '%s.%s'" % (base.__name__, name)
            )
        return value

    def _collect_declared(self, base: Any, name: str, value: declared_attr[Any]) -> None:
        if value.is_cascading:
            if base is not self.cls and name in self.found and self.found[name].owner is self.cls:
                warn(
                    "The attribute '%s' of class %s is ignored: a @declared_attr.cascading of the same "
                    "name decides"
                    % (name, self.cls)
                )
            made: Any = value.__get__(None, self.cls)
            type.__setattr__(self.cls, name, made)
        else:
            made = value.__get__(None, self.cls) if base is not self.cls else value.fget(self.cls)
        noted = get_annotations(value.fget).get("return")
        module = value.fget.__module__
        inner, container = extract_mapped(noted, base, module, name)
        if hasattr(made, "column") and hasattr(made, "columns_to_assign") and isinstance(made, MappedColumn):
            if made.column.table is not None:
                made = made.copy()
        elif isinstance(made, (QueryableAttribute,)) and not isinstance(made, MapperProperty):
            if getattr(made, "extension_type", None) is None or isinstance(made, InstrumentedAttribute):
                raise core_exc.InvalidRequestError(
                    "The attribute '%s' belongs to another mapped class, so the declared_attr of class "
                    "%r can't return it"
                    % (made, self.cls)
                )
        if isinstance(made, ColumnElement) and not isinstance(made, Column):
            self._warn_expression(name, base)
            return
        self.found[name] = _Found(made, noted, container, inner, module, base, base is not self.cls)
        if not _is_mappable(made):
            # not a mapped attribute: an association proxy, a hybrid, a plain value
            if (base is self.cls or name not in self.cls.__dict__) and made is not None:
                type.__setattr__(self.cls, name, made)
        elif value.fget.__doc__:
            _document(made, value.fget.__doc__)

    def _collect_cascading(self, base: Any) -> None:
        """Make the cascading declared attributes of mixins above a mapped base for this class, too."""
        for name, value in base.__dict__.items():
            if isinstance(value, declared_attr) and _is_candidate(name) and name not in self.found:
                if not value.quiet and not value.is_cascading:
                    warn(
                        "The @declared_attr '%s.%s' belongs to the mapped class %s, so it is not made "
                        "again for its subclass %s" % (base.__name__, name, base, self.cls)
                    )

    # -- dataclasses -------------------------------------------------------------------------------------------------

    def _make_dataclass(self) -> None:
        self._check_dataclass()
        fields: List[Tuple[str, Any, Any]] = []
        noted = get_annotations(self.cls)
        added = [name for name in self.found if name not in noted]
        # before a mark in the body that has the following fields given by keyword only
        inherited = [name for name in added if self._is_field_of_base(name)]
        for name in inherited + list(noted) + [name for name in added if name not in inherited]:
            found = self.found.get(name)
            if found is None or found.container is None:
                if name in noted and not is_class_var(noted[name]):
                    fields.append((name, noted[name], NOT_MAPPED))
            elif found.container is not Unmapped:
                fields.append((name, found.raw, self._dataclass_field(name, found)))
        apply_dataclass(self.cls, self.dataclass_setup or {}, fields)

    def _is_field_of_base(self, name: str) -> bool:
        return any(name in base.__dict__.get("__dataclass_fields__", ()) for base in self.cls.__mro__[1:])

    def _dataclass_field(self, name: str, found: _Found) -> Any:
        options = options_of(found.value) if found.value is not None else {}
        if found.value is None or isinstance(found.value, MappedColumn):
            warn_callable_default(name, options)
            options = dict(find_template_options(found.inner), **options)
            if not options and found.value is None:
                return NO_DEFAULT
        return field_of(options, self.leaves_defaults_to_attributes and left_to_attribute(found.value, options))

    def _check_dataclass(self) -> None:
        """Refuse what cannot be part of a mapped dataclass."""
        from dataclasses import Field

        if "__table__" in self.cls.__dict__:
            raise core_exc.InvalidRequestError(
                "Class %r has a __table__; a dataclass is made of the attributes that its body declares, with a "
                "__tablename__" % self.cls
            )
        key = getattr(self.cls, "__sa_dataclass_metadata_key__", None)
        for name, value in self.cls.__dict__.items():
            if key is not None and isinstance(value, Field) and key in value.metadata:
                raise core_exc.InvalidRequestError(
                    "The field '%s' of %r has mapping information in its metadata, which is for classes that are "
                    "dataclasses before they are mapped; this one becomes a dataclass with its mapping: write "
                    "Mapped[...] and mapped_column()" % (name, self.cls)
                )
        for owner in self.cls.__mro__[1:]:
            names = [name for name, found in self.found.items() if found.owner is owner and found.container is not None]
            if names and "__dataclass_fields__" not in owner.__dict__:
                raise core_exc.InvalidRequestError(
                    "%r is to be a dataclass, and has %s from %r, which is none; let it derive from MappedAsDataclass "
                    "or decorate it with @unmapped_dataclass" % (self.cls, ", ".join(map(repr, names)), owner)
                )

    # -- properties --------------------------------------------------------------------------------------------------

    def _extract(self) -> None:
        for name in list(self.found):
            self._extract_one(name, self.found[name])
        if self.leaves_defaults_to_attributes:
            self._check_synonyms()
        self._warn_duplicates()

    def _check_synonyms(self) -> None:
        """Refuse synonyms with another default than what they stand for, which shows its own."""
        for name, found in self.found.items():
            if found.container is None or not isinstance(found.value, Synonym):
                continue
            default = instance_default(options_of(found.value))
            if default is NO_DEFAULT:
                continue
            behind = self._default_of(found.value.name)
            if behind is NO_DEFAULT or behind != default:
                raise core_exc.ArgumentError(
                    "The synonym '%s' has the default %r, and '%s', for which it stands, has %s; a synonym has the "
                    "same default, or none"
                    % (name, default, found.value.name, "none" if behind is NO_DEFAULT else repr(behind))
                )

    def _default_of(self, name: str) -> Any:
        found = self.found.get(name)
        if found is not None:
            return instance_default(options_of(found.value))
        parent = class_mapper_or_none(self.inherits) if self.inherits is not None else None
        prop = None if parent is None else parent.props.get(name)
        return getattr(prop, "instance_default", NO_DEFAULT)

    def _extract_one(self, name: str, found: _Found) -> None:
        value = found.value
        if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], (Column, MapperProperty)):
            warn(
                "The attribute '%s' is a tuple with a mapped attribute in it and is ignored; is there a "
                "comma at the end of its line?" % name
            )
            return
        if value is None and found.container is not None:
            value = MappedColumn(unmapped=found.container is Unmapped)
        elif isinstance(value, InstrumentedAttribute) and value.class_ is not self.cls and value.key != name:
            # another attribute of the mapped class under a second name
            value = Synonym(value.key)
        self._check_unmapped(name, value, found.container)
        if value is None or not _is_mappable(value):
            return
        if name in ("metadata", "registry"):
            warn("The name '%s' is used by the declarative base itself; call the attribute something else" % name)
        if isinstance(value, MapperProperty) and not self.is_dataclass:
            refuse_options(self.cls, name, value)
        if isinstance(value, IntrospectsAnnotations):
            self._scan_one(name, value, found)
        if isinstance(value, Column):
            self._add_column(name, value, 0)
            self.properties[name] = value
        elif isinstance(value, MappedColumn):
            for column, order in value.columns_to_assign:
                self._add_column(name, column, order)
            if value.unmapped:
                self.unmapped.append(value.column)
                self.replaced.append(name)
                return
            prop = value.mapper_property_to_assign
            self.properties[name] = value.column if prop is None else prop
        elif isinstance(value, MapperProperty):
            composite = isinstance(value, CompositeProperty)
            for column, order in value.columns_to_assign:
                self._add_column(column.key if composite else name, column, order, named=not composite)
            self.properties[name] = value.mapper_property_to_assign
        if name in self.cls.__dict__ and isinstance(
            self.cls.__dict__[name], (Column, MappedColumn, MapperProperty, declared_attr)
        ):
            self.replaced.append(name)

    def _check_unmapped(self, name: str, value: Any, container: Any) -> None:
        """Refuse Unmapped[...] for what is mapped, and Mapped[...] for what is not."""
        unmapped = isinstance(value, MappedColumn) and value.unmapped
        if container is Unmapped and not unmapped:
            raise core_exc.ArgumentError(
                "Attribute '%s.%s' has the annotation Unmapped[], which goes with unmapped_column() or no value; it "
                "is %r"
                % (self.cls.__name__, name, value)
            )
        if unmapped and container not in (Unmapped, None):
            raise core_exc.ArgumentError(
                "Attribute '%s.%s' is an unmapped_column(): its annotation is Unmapped[], not Mapped[]"
                % (self.cls.__name__, name)
            )

    def _scan_one(self, name: str, value: Any, found: _Found) -> None:
        value.declarative_scan(
            self,
            self.registry,
            self.cls,
            found.module,
            name,
            found.container,
            found.raw,
            found.inner,
            self.is_dataclass and found.container is not None,
        )

    def _add_column(self, key: str, column: Any, order: Any, named: bool = True) -> None:
        """Take a column for the table.

        :param named: an attribute of the class has it; two of them having one name are told of.
        """
        if column.table is not None:
            return
        if column.name is None:
            column.name = key
        if column.key is None:
            column.key = key
        keys = self.names_to_keys.setdefault(column.name, [])
        if named and key not in keys:
            keys.append(key)
        if any(column is present for _, _, present in self.columns):
            return
        self.columns.append((order or 0, len(self.columns), column))

    def _warn_duplicates(self) -> None:
        for name, keys in self.names_to_keys.items():
            if len(keys) > 1:
                warn(
                    "Class %r maps the column %r under several names, of which one is kept: %s; use "
                    "synonym() for the others" % (self.cls.__name__, name, ", ".join(keys))
                )

    # -- table -------------------------------------------------------------------------------------------------------

    def _ordered_columns(self) -> List[Any]:
        return [column for _, _, column in sorted(self.columns, key=lambda item: (item[0], item[1]))]

    def _set_up_table(self) -> None:
        columns = self._ordered_columns()
        if self.table is None and "__table__" not in self.cls.__dict__:
            if self.tablename is not None:
                self.table = self._make_table(columns)
                if self.table is not None:
                    type.__setattr__(self.cls, "__table__", self.table)
                    self._made_table = True
        elif self.table is not None:
            self._check_given_table(columns)
        if self.table is None:
            self._use_inherited_table(columns)

    def _make_table(self, columns: List[Any]) -> Any:
        args: Tuple[Any, ...] = ()
        options: Dict[str, Any] = {}
        given = self.table_args
        if given:
            if isinstance(given, dict):
                options = given
            elif isinstance(given[-1], dict):
                args, options = tuple(given[:-1]), given[-1]
            else:
                args = tuple(given)
        options = dict(options)
        autoload_with = options.get("autoload_with")
        if autoload_with is None and options.get("autoload"):
            raise core_exc.ArgumentError("__table_args__ takes autoload_with, an Engine or Connection, not autoload")
        metadata = clsregistry.metadata_of(self.cls, self.registry)
        return self.table_cls(self.tablename, metadata, *(tuple(columns) + args), **options)

    def _check_given_table(self, columns: List[Any]) -> None:
        for column in columns:
            named = self.table.c.get(column.key)
            if named is not None and not self.table.c.contains_column(column):
                # declared for the sake of its annotation: the table's own column is meant
                for key, prop in list(self.properties.items()):
                    if prop is column:
                        self.properties[key] = named
                    elif isinstance(prop, ColumnProperty) and prop.columns[0] is column:
                        prop.columns[0] = named
                continue
            if not self.table.c.contains_column(column):
                raise core_exc.ArgumentError(
                    "The column %r can't be added: the class has a __table__, which decides on its columns" % column.key
                )

    def _use_inherited_table(self, columns: List[Any]) -> None:
        if self.inherits is None:
            if not self.registry.allows_tableless(self.cls):
                raise core_exc.InvalidRequestError(
                    "Class %r has neither a __tablename__ nor a __table__, and inherits from no class "
                    "that has one" % self.cls
                )
            return
        if self._is_concrete():
            return
        if self.table_args and not self.table_args_inherited:
            raise core_exc.ArgumentError("__table_args__ needs a table, and this class shares the one of "
                                         "its parent")
        table = self.inherited_table
        for column in columns:
            present = table.c.get(column.key)
            if present is column:
                continue
            if column.primary_key:
                raise core_exc.ArgumentError("A primary key column needs a table, and this class shares "
                                             "the one of its parent")
            if present is not None:
                raise core_exc.ArgumentError(
                    "Column '%s' of class %s meets the column '%s', which the shared table has already; "
                    "mapped_column(use_existing_column=True) takes that one"
                    % (column, self.cls.__name__, present)
                )
            table.append_column(column)

    def _is_concrete(self) -> bool:
        return bool(self.mapper_args_fn is not None and self.mapper_args_fn().get("concrete", False))

    # -- mapper ------------------------------------------------------------------------------------------------------

    def map(self, extra: Optional[Dict[str, Any]] = None) -> Any:
        """Make the mapper.

        :param extra: more mapper arguments.
        """
        deferred_scans.pop(self.cls, None)
        if self.inherits is not None and self.inherits in deferred_scans:
            raise orm_exc.UnmappedClassError(
                self.inherits,
                "Class %s waits for its mapping: call prepare() before it is used"
                % self.inherits.__name__,
            )
        clsregistry.add_class(self.cls.__name__, self.cls, self.registry.class_registry)
        self.manager.made_table = self.__dict__.get("_made_table", False)
        return _make_mapper(self.registry, self.manager, lambda: self._make_mapper(extra or {}))

    def _make_mapper(self, extra: Dict[str, Any]) -> Any:
        arguments = mapper_arguments(self, extra)
        for name in self.replaced:
            if name in self.cls.__dict__:
                type.__delattr__(self.cls, name)
        constructor = self.registry.constructor
        if self.cls.__init__ is object.__init__ and constructor is not None:
            type.__setattr__(self.cls, "__init__", constructor)
        mapper_cls = getattr(self.cls, "__mapper_cls__", None) or Mapper
        return mapper_cls(self.cls, self.table, properties=self.properties, **arguments)


def _document(made: Any, doc: str) -> None:
    """Let an attribute that a function made have the text of the function."""
    documented = getattr(made, "column", made)
    if getattr(documented, "doc", None) is None:
        documented.doc = doc


def _nearest_mapped(cls: Any) -> Any:
    for base in cls.__mro__:
        if _is_mapped(base):
            return base
    return None


def _is_mapped(cls: Any) -> bool:
    if cls in deferred_scans:
        return True
    return class_mapper_or_none(cls) is not None


def _is_candidate(name: str) -> bool:
    if name.startswith("__") and name.endswith("__"):
        return False
    return not name.startswith("_sa_")


def _is_mappable(value: Any) -> bool:
    return isinstance(value, (Column, MapperProperty, MappedColumn))
