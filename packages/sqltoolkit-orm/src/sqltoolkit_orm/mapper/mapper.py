"""Mapper: what one class is mapped to, and its questions and answers.

How a mapper comes to be is in ``columns``, ``inheritance`` and ``polymorphic``; the second phase, in which mappers
learn of each other, in ``configure``.
"""

from __future__ import annotations

import collections
import operator
import typing
from typing import Any

from sqltoolkit_core.event import listen
from sqltoolkit_core import exc as core_exc
from sqltoolkit_core import inspection
from sqltoolkit_core import log
from sqltoolkit_core.sql import coercions
from sqltoolkit_core.sql import roles
from sqltoolkit_core.sql.base import EntityMark
from sqltoolkit_core.sql.cache_key import HasCacheKey
from sqltoolkit_core.sql.cache_key import KeyKind
from sqltoolkit_core.sql.schema import Column
from sqltoolkit_core.util import ReadOnlyProperties
from sqltoolkit_core.util.typing import Unsubscripted

from .. import exc as orm_exc
from .. import instrumentation
from ..base import PASSIVE_RETURN_NO_VALUE
from ..base import PassiveFlag
from ..base import instance_state
from ..base import manager_of_class
from ..interfaces import InspectionAttr
from ..interfaces import MapperProperty
from ..path_registry import PathRegistry
from .columns import collect_keys
from .columns import collect_properties
from .columns import configure_property
from .columns import equated_columns
from .columns import equivalents
from .configure import check_configure
from .configure import enter_mapper
from .configure import lock
from .inheritance import configure_inheritance
from .polymorphic import configure_discriminator
from .polymorphic import single_table_criterion
from .polymorphic import source_adapter
from .polymorphic import with_polymorphic_args

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Dict
    from typing import Iterable
    from typing import Iterator
    from typing import List
    from typing import Mapping
    from typing import Optional
    from typing import Generic
    from typing import Set
    from typing import Tuple
    from typing import Type

    from typing_extensions import TypeVar

    _M = TypeVar("_M")
    # the mapped class; one of any class where it is not said
    _O = TypeVar("_O", default=Any)

    class _Maps(InspectionAttr, Generic[_O]):
        pass

else:
    _Maps = Unsubscripted(InspectionAttr)

__all__ = ["Mapper"]


@inspection.self_inspecting
@log.class_logger
class Mapper(HasCacheKey, _Maps["_O"], log.Identified):
    """What one class is mapped to.  Classes are mapped through a ``registry`` or a declarative base.

    :param class_: the class.
    :param local_table: the table, or other selectable.
    :param properties: attributes beside those made for the columns, or in their place.
    :param primary_key: columns that tell rows apart, where the table does not say so.
    :param inherits: the mapper or mapped class this one continues.
    :param inherit_condition: how the tables join.
    :param inherit_foreign_keys: the columns of that condition on the inheriting side.
    :param always_refresh: queries overwrite what objects hold.
    :param version_id_col: a column that counts the versions of a row.
    :param version_id_generator: makes the next version; False if the database does.
    :param polymorphic_on: the column, attribute or expression that tells the class of a row.
    :param polymorphic_identity: its value for this class.
    :param concrete: the table holds everything; the parent's table is not joined.
    :param with_polymorphic: subclasses that queries of this class load.
    :param polymorphic_abstract: the class has no rows of its own.
    :param polymorphic_load: how the parent's queries load this class: ``"selectin"`` or ``"inline"``.
    :param allow_partial_pks: a primary key may have NULLs, if not all are.
    :param batch: the rows of several objects may go in one statement.
    :param column_prefix: put before column names for attribute names.
    :param include_properties: map these columns only.
    :param exclude_properties: do not map these columns.
    :param passive_updates: the database follows changed primary keys.
    :param passive_deletes: the database deletes rows of joined tables.
    :param confirm_deleted_rows: warn when a DELETE matches another number of rows.
    :param eager_defaults: fetch server defaults at once: True, False or ``"auto"``.
    :param legacy_is_orphan: an object is an orphan only when all its parents let it go.
    """

    is_mapper = True
    represents_outer_join = False
    non_primary = False
    inherit_cache = True
    cache_key_fields = (("_token", KeyKind.TOKEN),)

    if typing.TYPE_CHECKING:

        def __inspect_object__(self) -> Mapper[_O]: ...

    def __class_getitem__(cls, _type: Any) -> Any:
        return cls

    dispatch: Any
    order_by: Any = False
    class_: Type[_O]
    #: the mapper at the top of the hierarchy
    base_mapper: Mapper
    #: the columns that tell rows apart
    primary_key: Tuple[Any, ...]
    #: the tables of the mapping, parents first
    tables: Tuple[Any, ...]
    #: whether one column is the primary key
    single_pk: bool
    #: the class that stands in identity keys
    identity_class: Any
    pks_by_table: Dict[Any, List[Any]]
    cols_by_table: Dict[Any, List[Any]]

    def __init__(
        self,
        class_: Any,
        local_table: Any = None,
        properties: Optional[Mapping[str, Any]] = None,
        primary_key: Optional[Iterable[Any]] = None,
        inherits: Any = None,
        inherit_condition: Any = None,
        inherit_foreign_keys: Any = None,
        always_refresh: bool = False,
        version_id_col: Any = None,
        version_id_generator: Any = None,
        polymorphic_on: Any = None,
        _polymorphic_map: Any = None,
        polymorphic_identity: Any = None,
        concrete: bool = False,
        with_polymorphic: Any = None,
        polymorphic_abstract: bool = False,
        polymorphic_load: Any = None,
        allow_partial_pks: bool = True,
        batch: bool = True,
        column_prefix: Optional[str] = None,
        include_properties: Any = None,
        exclude_properties: Any = None,
        passive_updates: Any = None,
        passive_deletes: bool = False,
        confirm_deleted_rows: bool = True,
        eager_defaults: Any = None,
        legacy_is_orphan: bool = False,
        _compiled_cache_size: int = 100,
    ) -> None:
        if not isinstance(class_, type):
            raise core_exc.ArgumentError("A mapper maps a class; got %r" % (class_,))
        # stands for the mapper in statement cache keys
        self._token = object()
        self.class_ = class_
        self.version_id_generator = version_id_generator
        self.version_id_col = _unwrap_column(version_id_col)
        self.concrete = concrete
        self.single = False
        self.inherits = inherits
        if isinstance(local_table, type):
            raise core_exc.ArgumentError(
                "Class %r is to be mapped to the class %r; a table or another FROM expression was expected"
                % (class_.__name__, local_table.__name__)
            )
        if local_table is not None:
            self.local_table = coercions.expect(roles.FromClauseRole, local_table)
        else:
            self.local_table = None
        self.inherit_condition = inherit_condition
        self.inherit_foreign_keys = _as_columns(inherit_foreign_keys)
        self.inherits_sync_pairs: List[Tuple[Any, Any]] = []
        self.given_properties: Dict[str, Any] = dict(properties or {})
        self.primary_key_argument = _as_columns(primary_key)
        self.always_refresh = always_refresh
        self.polymorphic_on = polymorphic_on
        self.polymorphic_identity = polymorphic_identity
        self.polymorphic_abstract = polymorphic_abstract
        self.polymorphic_prop: Any = None
        self.polymorphic_discriminator_key: Optional[str] = None
        self.polymorphic_load = _check_polymorphic_load(polymorphic_load)
        self.polymorphic_map: Dict[Any, Mapper] = {}
        self.with_polymorphic_argument = _with_polymorphic(with_polymorphic)
        self.allow_partial_pks = allow_partial_pks
        self.batch = batch
        self.column_prefix = column_prefix
        self.include_properties = _names(include_properties)
        self.exclude_properties = _names(exclude_properties)
        self.passive_updates = passive_updates
        self.passive_deletes = passive_deletes
        self.confirm_deleted_rows = confirm_deleted_rows
        self.eager_defaults = eager_defaults
        self.legacy_is_orphan = legacy_is_orphan
        self.persist_selectable: Any = None
        self.inheriting_mappers: List[Mapper] = []
        self.all_tables: Set[Any] = set()
        self.props: Dict[str, MapperProperty] = {}
        self.column_to_property: Dict[Any, Any] = {}
        self.mapped_columns: Set[Any] = set()
        self.columns_excluded_by_class: Set[Any] = set()
        self.delete_orphans: List[Tuple[str, Any]] = []
        self.dependency_processors: List[Any] = []
        self.memo: Dict[Any, Any] = {}
        self.loader_version = 0
        #: whether the properties are there
        self.constructed = False
        self.configured = False
        self.configure_failed: Any = False
        self.validators: Dict[str, Any] = {}
        self.reconstructor: Any = None
        if _polymorphic_map:
            self.polymorphic_map = _polymorphic_map
        with lock:
            self._construct()

    def _construct(self) -> None:
        manager = self._manage_class()
        configure_inheritance(self)
        if isinstance(self.version_id_col, str):
            self.version_id_col = self.local_table.c[self.version_id_col]
        self._find_methods(manager)
        collect_keys(self)
        collect_properties(self)
        self.constructed = True
        configure_discriminator(self)
        #: the attributes of the mapping as it was made; statements select what was added later behind them
        self.first_keys = frozenset(self.props)
        if self.polymorphic_load == "inline" and self.inherits is not None:
            self.inherits.add_inline_subclass(self)
        manager.install_init()
        type.__setattr__(self.class_, "__mapper__", self)
        if "__table__" not in self.class_.__dict__ and self.local_table is not None and not self.single:
            type.__setattr__(self.class_, "__table__", self.local_table)
            manager.made_table = True
        if self.reconstructor is not None:
            listen(manager, "load", _call_reconstructor, raw=True)
        enter_mapper(self)
        self.dispatch.after_mapper_constructed(self, self.class_)

    # -- construction ------------------------------------------------------------------------------------------------

    def _manage_class(self) -> Any:
        present = instrumentation.opt_manager_of_class(self.class_)
        if present is not None and present.is_mapped:
            raise core_exc.ArgumentError(
                "Class '%s' is mapped already, and a class is mapped once; clear_mappers() removes all "
                "mappings" % self.class_.__name__
            )
        if present is None or present.registry is None:
            raise core_exc.InvalidRequestError(
                "Mapper for class %s was made without a registry; use registry.map_imperatively()"
                % self.class_.__name__
            )
        self.registry = present.registry
        self.dispatch.instrument_class(self, self.class_)
        instrumentation.announce(self.class_)
        self.class_manager = instrumentation.register_class(
            self.class_, mapper=self, registry=self.registry, finalize=False
        )
        return self.class_manager

    def _find_methods(self, manager: Any) -> None:
        """Find the methods of the class marked as reconstructors and validators."""
        seen: Set[str] = set()
        found: Dict[str, Any] = {}
        for cls in self.class_.__mro__:
            for name, member in list(cls.__dict__.items()):
                if name in seen:
                    continue
                seen.add(name)
                if getattr(member, "_sa_reconstructor", False):
                    self.reconstructor = self.reconstructor or member
                names = getattr(member, "_sa_validators", None)
                if names is not None:
                    for key in names:
                        if key in found:
                            raise core_exc.InvalidRequestError(
                                "Attribute '%s' of %s has two validators, the methods %r and %r; one may call the other"
                                % (key, self, found[key][0].__name__, name)
                            )
                        found[key] = (member, member._sa_validation_options)
        self.validators.update(found)

    def is_dataclass_field(self, name: str) -> bool:
        """Return whether the class, as a dataclass, has a field of this name that is not mapped by itself."""
        return name in getattr(self.class_, "__dataclass_fields__", {})

    def set_initial_identity(self) -> None:
        """Let new objects begin with the class's polymorphic identity."""
        key = self.polymorphic_discriminator_key
        values = self.class_manager.initial_values
        values.clear()
        if key is None or self.polymorphic_identity is None:
            return
        attribute = self.class_manager.get(key)
        if attribute is not None and attribute.impl is not None:
            values[key] = self.polymorphic_identity

    def add_inline_subclass(self, mapper: Mapper) -> None:
        """Load a subclass with this mapper's queries."""
        if self.with_polymorphic_argument is None:
            self.with_polymorphic_argument = ([mapper], None)
        elif self.with_polymorphic_argument[0] != "*":
            self.with_polymorphic_argument[0].append(mapper)
        self.forget_memos()

    def leave_hierarchy(self) -> None:
        """Let the parent go: its queries know of this subclass no more."""
        parent = self.inherits
        if not isinstance(parent, Mapper) or self not in parent.inheriting_mappers:
            return
        parent.inheriting_mappers.remove(self)
        identities = parent.polymorphic_map
        for identity in [identity for identity, mapper in identities.items() if mapper is self]:
            del identities[identity]
        loaded = parent.with_polymorphic_argument
        if loaded is not None and isinstance(loaded[0], list) and self in loaded[0]:
            loaded[0].remove(self)
        parent.forget_memos()

    def add_property(self, key: str, prop: Any) -> None:
        """Add an attribute to the mapping, and configure it if the mapper is configured.

        :param key: its name.
        :param prop: a property, or a column.
        """
        prop = getattr(prop, "column", prop) if not isinstance(prop, MapperProperty) else prop
        self.given_properties[key] = prop
        if not self.constructed:
            # a listener that is called while the mapper is made
            return
        configure_property(self, key, prop, init=self.configured, warn_for_existing=True)

    def configure_property(self, key: str, prop: Any, init: bool = False) -> Any:
        """Enter a property for a column that another property brings; return it."""
        return configure_property(self, key, prop, init=init)

    def add_properties(self, dict_of_properties: Mapping[str, Any]) -> None:
        """Add several attributes to the mapping."""
        for key, value in dict_of_properties.items():
            self.add_property(key, value)

    def forget_memos(self) -> None:
        """Forget what was computed from the properties, here and in subclasses."""
        self.memo.clear()
        self.loader_version += 1
        for child in self.inheriting_mappers:
            child.forget_memos()

    def configure_properties(self) -> None:
        """Initialise every property; runs once, when all mappers exist."""
        done: Set[Any] = set()
        # configuring a relationship may add its other end to this very mapper
        while True:
            waiting = [prop for prop in self.props.values() if id(prop) not in done]
            if not waiting:
                break
            for prop in waiting:
                done.add(id(prop))
                if prop.parent is self and not prop.configured:
                    prop.init()
                if prop.configured:
                    prop.post_instrument_class(self)

    def check_configure(self) -> None:
        """Configure all mappers, if any is new."""
        if self.registry.new_mappers:
            check_configure(self.registry)

    def _memoized(self, name: Any, compute: Callable[[], _M]) -> _M:
        found: _M
        try:
            found = self.memo[name]
        except KeyError:
            found = self.memo[name] = compute()
        return found

    # -- what it is --------------------------------------------------------------------------------------------------

    @property
    def mapper(self) -> Mapper[_O]:
        """The mapper itself."""
        return self

    @property
    def entity(self) -> Type[_O]:
        """The mapped class."""
        return self.class_

    @property
    def class_attribute_namespace(self) -> Any:
        """The mapped class."""
        return self.class_

    @property
    def path_registry(self) -> Any:
        """The path of this entity."""
        return PathRegistry.per_mapper(self)

    @property
    def entity_namespace(self) -> Any:
        """What ``filter_by()`` looks names up on."""
        return self.class_

    @property
    def entity_mark(self) -> EntityMark:
        """The mark of statements that select this entity."""
        return EntityMark("orm", self)

    def __clause_element__(self) -> Any:
        return self._memoized("element", self._make_element)

    def _make_element(self) -> Any:
        marked = self.selectable.annotate({"entity_namespace": self, "parententity": self, "parentmapper": self})
        marked.entity_mark = EntityMark("orm", self)
        return marked

    @property
    def selectable(self) -> Any:
        """What queries of the class select from."""
        return self.with_polymorphic_selectable

    @property
    def with_polymorphic_mappers(self) -> List[Mapper]:
        """The subclasses that queries of the class load with it, this one included."""
        self.check_configure()
        if self.with_polymorphic_argument is None:
            return []
        return self._memoized(
            "with_polymorphic_mappers", lambda: with_polymorphic_args(self, None, False, False)[0]
        )

    @property
    def with_polymorphic_selectable(self) -> Any:
        """The tables, joined, that queries of the class select from."""
        if self.with_polymorphic_argument is None:
            return self.persist_selectable
        return self._memoized(
            "with_polymorphic_selectable", lambda: with_polymorphic_args(self, None, False, False)[1]
        )

    def polymorphic_args(self, spec: Any, selectable: Any = False, innerjoin: bool = False) -> Any:
        """Return (mappers, selectable) for loading this class with the given subclasses."""
        return with_polymorphic_args(self, spec, selectable, innerjoin)

    @property
    def polymorphic_source_adapter(self) -> Any:
        """What says columns in terms of the alias that queries of the class select from, None where there is none."""
        return self._memoized("polymorphic_source_adapter", lambda: source_adapter(self))

    @property
    def single_table_criterion(self) -> Any:
        """The criterion that tells the rows of a single-table subclass, or None."""
        return self._memoized("single_table_criterion", lambda: single_table_criterion(self))

    @property
    def equivalent_columns(self) -> Dict[Any, Set[Any]]:
        """Columns that joined inheritance equates, each with those equal to it."""
        return self._memoized("equivalent_columns", lambda: equivalents(self))

    def inherited_equals(self, column: Any) -> Set[Any]:
        """Return the columns of the own table that the inherit condition equates with a parent's."""
        if self.inherit_condition is None:
            return set()
        found = set()
        for left, right in equated_columns(self.inherit_condition):
            if left is column:
                found.add(right)
            elif right is column:
                found.add(left)
        return found

    @property
    def sorted_tables(self) -> Dict[Any, Mapper]:
        """Each table of the hierarchy with the mapper that brings it, parents first."""
        return self._memoized("sorted_tables", self._sort_tables)

    def _sort_tables(self) -> Dict[Any, Mapper]:
        found: Dict[Any, Mapper] = {}
        for mapper in self.base_mapper.self_and_descendants:
            for table in mapper.tables:
                found.setdefault(table, mapper)
        return found

    # -- hierarchy ---------------------------------------------------------------------------------------------------

    def isa(self, other: Any) -> bool:
        """Return whether this mapper is the other one or inherits from it."""
        found: Any = self
        while found is not None and found is not other:
            found = found.inherits
        return found is not None

    def iterate_to_root(self) -> Iterator[Mapper]:
        """Iterate over this mapper and its parents."""
        found: Any = self
        while found is not None:
            yield found
            found = found.inherits

    @property
    def self_and_descendants(self) -> List[Mapper]:
        """This mapper and all mappers that inherit from it, by level."""
        return self._memoized("self_and_descendants", self._descend)

    def _descend(self) -> List[Mapper]:
        found = []
        waiting = collections.deque([self])
        while waiting:
            mapper = waiting.popleft()
            found.append(mapper)
            waiting.extend(mapper.inheriting_mappers)
        return found

    def polymorphic_iterator(self) -> Iterator[Mapper]:
        """Iterate over this mapper and all mappers that inherit from it."""
        return iter(self.self_and_descendants)

    def primary_mapper(self) -> Mapper:
        """Return the mapper itself."""
        return self

    def common_parent(self, other: Any) -> bool:
        """Return whether both mappers belong to one hierarchy."""
        return self.base_mapper is other.mapper.base_mapper

    def is_sibling(self, other: Any) -> bool:
        """Return whether both belong to one hierarchy and neither inherits from the other."""
        return self.base_mapper is other.base_mapper and not self.isa(other) and not other.isa(self)

    # -- properties --------------------------------------------------------------------------------------------------

    def has_property(self, key: str) -> bool:
        """Return whether there is a property of this name."""
        return key in self.props

    def get_property_unconfigured(self, key: str) -> Any:
        """Return the property of this name, as it is before configuration."""
        try:
            return self.props[key]
        except KeyError:
            raise core_exc.InvalidRequestError("Mapper '%s' has no property '%s'" % (self, key)) from None

    def get_property(self, key: str) -> Any:
        """Return the property of this name; a backref is there once the mappers are configured.

        :raises InvalidRequestError: if there is none.
        """
        return self.get_property_unconfigured(key)

    def get_property_by_column(self, column: Any) -> Any:
        """Return the property of a column.

        :raises UnmappedColumnError: if the column is not mapped.
        """
        found = self.get_property_by_column_or_none(column)
        if found is not None:
            return found
        prop = self.props.get(getattr(column, "key", None))  # type: ignore[arg-type]
        if prop is not None and prop.key in getattr(self.local_table, "c", ()):
            raise orm_exc.UnmappedColumnError(
                "Column '%s' is not the column of mapper %s that is mapped under attribute '%s'"
                % (column, self, prop.key)
            )
        raise orm_exc.UnmappedColumnError("No column '%s' is mapped by mapper %s" % (column, self))

    def get_property_by_column_or_none(self, column: Any) -> Any:
        """Return the property of a column, or None."""
        found = self.column_to_property.get(column)
        if found is None and hasattr(column, "proxy_set"):
            local = self.persist_selectable.corresponding_column(column)
            if local is not None:
                found = self.column_to_property.get(local)
        return found

    @property
    def iterate_properties(self) -> Iterator[Any]:
        """All properties there are; ``attrs`` configures the mappers first."""
        return iter(list(self.props.values()))

    @property
    def attrs(self) -> ReadOnlyProperties[MapperProperty]:
        """All properties, by name."""
        self.check_configure()
        return self._memoized("attrs", lambda: ReadOnlyProperties(dict(self.props)))

    def _filtered(self, kind: str) -> ReadOnlyProperties[Any]:
        self.check_configure()
        return self._memoized(
            kind,
            lambda: ReadOnlyProperties(
                {key: prop for key, prop in self.props.items() if getattr(prop, "kind", None) == kind}
            ),
        )

    @property
    def column_attrs(self) -> ReadOnlyProperties[Any]:
        """The column properties, by name."""
        return self._filtered("column")

    @property
    def loaded_columns(self) -> Tuple[Any, ...]:
        """The column properties that are attributes of objects: all but a discriminator that is none."""
        self.check_configure()
        return self._memoized(
            "loaded_columns",
            lambda: tuple(
                p for p in self.props.values() if getattr(p, "kind", None) == "column" and p.instrument  # type: ignore[attr-defined]
            ),
        )

    @property
    def relationships(self) -> ReadOnlyProperties[Any]:
        """The relationships, by name."""
        return self._filtered("relationship")

    @property
    def synonyms(self) -> ReadOnlyProperties[Any]:
        """The synonyms, by name."""
        return self._filtered("synonym")

    @property
    def composites(self) -> ReadOnlyProperties[Any]:
        """The composites, by name."""
        return self._filtered("composite")

    @property
    def all_orm_descriptors(self) -> ReadOnlyProperties[Any]:
        """Every attribute of the class that takes part in SQL: mapped ones, hybrids, association proxies."""
        return self._memoized("all_orm_descriptors", self._find_descriptors)

    def _find_descriptors(self) -> ReadOnlyProperties[Any]:
        found: Dict[str, Any] = {}
        for cls in self.class_.__mro__:
            for key, value in cls.__dict__.items():
                if isinstance(value, InspectionAttr) and not value.is_mapper and value is not self.class_manager:
                    if key not in found and not isinstance(value, instrumentation.ClassManager):
                        found[key] = value
        for key in self.class_manager:
            found[key] = self.class_manager[key]
        return ReadOnlyProperties(found)

    @property
    def columns(self) -> ReadOnlyProperties[Column[Any]]:
        """The columns, by attribute name."""
        return self._memoized("columns", self._collect_columns)

    c = columns

    def _collect_columns(self) -> ReadOnlyProperties[Column[Any]]:
        return ReadOnlyProperties(
            {
                key: prop.columns[0]  # type: ignore[attr-defined]
                for key, prop in self.props.items()
                if getattr(prop, "kind", None) == "column"
            }
        )

    # -- identity ----------------------------------------------------------------------------------------------------

    @property
    def pk_keys(self) -> Tuple[str, ...]:
        """The names of the attributes that hold the primary key."""
        return self._memoized(
            "pk_keys", lambda: tuple(self.column_to_property[c].key for c in self.primary_key)
        )

    @property
    def pk_getter(self) -> Callable[[Dict[str, Any]], Any]:
        """A function of an object's dictionary that returns its primary key, a scalar or a tuple."""
        return self._memoized("pk_getter", lambda: operator.itemgetter(*self.pk_keys))

    def pk_from_state(self, state: Any, dict_: Dict[str, Any]) -> Any:
        """Return the primary key in an object's dictionary: a scalar or a tuple; None where a value is missing."""
        try:
            found = self.pk_getter(dict_)
        except KeyError:
            return None
        if not self.single_pk and any(value is None for value in found):
            if not self.allow_partial_pks or all(value is None for value in found):
                return None
        return found

    def identity_key_from_row(self, row: Any, identity_token: Any = None, adapter: Any = None) -> Any:
        """Return the identity key in a row.

        :param row: a row with the primary key columns.
        :param identity_token: the token of its database.
        :param adapter: translates columns to those of the row.
        """
        columns = self.primary_key
        if adapter is not None:
            columns = [adapter.columns[c] for c in columns]  # type: ignore[assignment]
        mapping = getattr(row, "_mapping", row)
        return self.identity_class, tuple(mapping[c] for c in columns), identity_token

    def identity_key_from_primary_key(self, primary_key: Any, identity_token: Any = None) -> Any:
        """Return the identity key of primary key values."""
        return self.identity_class, tuple(primary_key), identity_token

    def identity_key_from_instance(self, instance: Any) -> Any:
        """Return the identity key that an object's present attributes make."""
        state = instance_state(instance)
        return self.identity_key_from_state(state)

    def identity_key_from_state(self, state: Any, passive: int = PASSIVE_RETURN_NO_VALUE) -> Any:
        """Return the identity key that an object's present attributes make, by state."""
        values = self.primary_key_from_state(state, passive)
        return self.identity_class, tuple(values), state.identity_token

    def primary_key_from_instance(self, instance: Any) -> List[Any]:
        """Return the primary key values of an object's present attributes."""
        return self.primary_key_from_state(instance_state(instance), PASSIVE_RETURN_NO_VALUE)

    def primary_key_from_state(self, state: Any, passive: int = PASSIVE_RETURN_NO_VALUE) -> List[Any]:
        """Return the primary key values of an object's present attributes, by state."""
        dict_ = state.dict
        manager = state.manager
        return [manager[key].impl.get(state, dict_, passive) for key in self.pk_keys]

    def attribute_value(self, state: Any, dict_: Dict[str, Any], column: Any, passive: int = 0) -> Any:
        """Return the value of the attribute that holds a column."""
        prop = self.column_to_property[column]
        return state.manager[prop.key].impl.get(state, dict_, passive or PassiveFlag.PASSIVE_RETURN_NO_VALUE)

    # -- cascades ----------------------------------------------------------------------------------------------------

    def is_orphan(self, state: Any) -> bool:
        """Return whether a parent that must hold the object does not."""
        possible = False
        for mapper in self.iterate_to_root():
            for key, cls in mapper.delete_orphans:
                possible = True
                held = manager_of_class(cls).has_parent(state, key, optimistic=state.has_identity)
                if self.legacy_is_orphan and held:
                    return False
                if not self.legacy_is_orphan and not held:
                    return True
        return possible and self.legacy_is_orphan

    def cascade_iterator(
        self, type_: str, state: Any, halt_on: Optional[Callable[[Any], bool]] = None
    ) -> Iterator[Tuple[Any, Mapper, Any, Dict[str, Any]]]:
        """Iterate over what a cascade reaches from an object: (object, mapper, state, dictionary).

        :param type_: the cascade, such as ``"delete"``.
        :param state: where to begin.
        :param halt_on: does not go on to states for which this is true.
        """
        visited: Set[Any] = set()
        # depth first; what one relationship leads to is visited before the next one is looked at
        stack = [self._cascade_level(type_, state.mapper, state, state.dict, visited, halt_on)]
        while stack:
            found = next(stack[-1], None)
            if found is None:
                stack.pop()
                continue
            yield found
            stack.append(self._cascade_level(type_, found[1], found[2], found[3], visited, halt_on))

    @staticmethod
    def _cascade_level(
        type_: str, mapper: Mapper, state: Any, dict_: Dict[str, Any], visited: Set[Any], halt_on: Any
    ) -> Iterator[Any]:
        for prop in mapper.cascading(type_):
            for found in list(prop.cascade_iterator(type_, state, dict_, visited, halt_on)):
                yield found

    def cascading(self, type_: str) -> List[Any]:
        """Return the relationships with this cascade."""
        return self._memoized(
            ("cascade", type_),
            lambda: [p for p in self.props.values() if getattr(p, "kind", "") == "relationship" and type_ in p.cascade],  # type: ignore[attr-defined]
        )

    # -- words -------------------------------------------------------------------------------------------------------

    def path_string(self) -> str:
        """Return what the class is called in paths."""
        return self.class_.__name__

    def __str__(self) -> str:
        table = self.local_table
        name = "" if table is None else "|%s" % getattr(table, "description", type(table).__name__)
        return "Mapper[%s(%s)]" % (self.class_.__name__, name[1:])

    def __repr__(self) -> str:
        return "<Mapper at 0x%x; %s>" % (id(self), self.class_.__name__)

    def __reduce__(self) -> Any:
        return _mapper_of, (self.class_,)


def _call_reconstructor(state: Any, context: Any) -> None:
    obj = state()
    state.mapper.reconstructor(obj)


def _mapper_of(cls: Any) -> Any:
    return manager_of_class(cls).mapper


def _unwrap_column(given: Any) -> Any:
    if given is None or isinstance(given, str):
        return given
    if hasattr(given, "columns_to_assign") and hasattr(given, "column"):
        return given.column
    return coercions.expect(roles.ColumnArgumentOrKeyRole, given, argname="version_id_col")


def _as_columns(given: Any) -> List[Any]:
    if given is None:
        return []
    items = given if isinstance(given, (list, tuple, set)) else [given]
    return [
        item.column
        if hasattr(item, "columns_to_assign") and hasattr(item, "column")
        else item
        if isinstance(item, Column)
        else coercions.expect(roles.ColumnArgumentRole, item)
        for item in items
    ]


def _names(given: Any) -> Any:
    if given is None:
        return None
    return {item if isinstance(item, (str, Column)) else getattr(item, "column", item) for item in given}


def _check_polymorphic_load(given: Any) -> Any:
    if given not in (None, "inline", "selectin"):
        raise core_exc.ArgumentError("polymorphic_load is 'inline', 'selectin' or None; got %r" % (given,))
    return given


def _with_polymorphic(given: Any) -> Any:
    if given is None:
        return None
    if given == "*":
        return ("*", None)
    if isinstance(given, (list, tuple)):
        if len(given) == 2 and (given[0] == "*" or isinstance(given[0], (list, tuple))):
            selectable = given[1]
            if selectable is not None:
                selectable = coercions.expect(roles.FromClauseRole, selectable)
            return (given[0] if given[0] == "*" else list(given[0]), selectable)
        return (list(given), None)
    raise core_exc.ArgumentError("with_polymorphic takes '*', a list of classes, or (classes, selectable)")


@inspection.inspects(type)
def _inspect_class(cls: Any) -> Any:
    manager = instrumentation.opt_manager_of_class(cls)
    if manager is None or manager.mapper is None:
        return None
    return manager.mapper
