"""Properties for columns: ColumnProperty, what ``mapped_column()`` and ``column_property()`` make in a class body.

Relationships are in ``relationships``, composites and synonyms in ``descriptor_props``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core import log
from sqltoolkit_core.sql import coercions
from sqltoolkit_core.sql import roles
from sqltoolkit_core.sql.base import EntityMark
from sqltoolkit_core.sql.schema import Column
from sqltoolkit_core.types import NullType
from sqltoolkit_core.util import memoized_property
from sqltoolkit_core.util import warn

from . import attributes
from .base import Mapped
from .exc import MappedAnnotationError
from .interfaces import IntrospectsAnnotations
from .interfaces import PropComparator
from .interfaces import StrategizedProperty
from .typing import T
from .typing import T_co

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import List
    from typing import Mapping
    from typing import Optional
    from typing import Tuple

__all__ = [
    "ColumnProperty",
    "MappedColumn",
    "MappedSQLExpression",
    "NO_DEFAULT",
    "Validator",
    "instance_default",
    "make_impl",
    "register_attribute",
]


class _NoDefault:
    """Stands for an argument that was not given, where None means something."""

    def __repr__(self) -> str:
        return "NO_DEFAULT"

    def __bool__(self) -> bool:
        return False


#: no default was given, where None would be one
NO_DEFAULT: Any = _NoDefault()


def instance_default(options: Mapping[str, Any]) -> Any:
    """Return what a column attribute of a dataclass shows while it has no value of its own.

    The constructor leaves such an attribute unset, and the column has a default for INSERT.

    :param options: the dataclass arguments of the attribute.
    :return: NO_DEFAULT if the constructor sets the attribute.
    """
    default = options.get("default", NO_DEFAULT)
    if default is NO_DEFAULT or callable(default):
        return NO_DEFAULT
    # what the database or a sequence makes is not known before
    return None if hasattr(default, "__visit_name__") else default


@log.class_logger
class ColumnProperty(StrategizedProperty, IntrospectsAnnotations, log.Identified):
    """A mapped attribute whose value is a column, or an SQL expression loaded with the row.

    :param column: the column or expression.
    :param additional_columns: other columns of a joined table that hold the same value.
    """

    inherit_cache = True
    kind = "column"
    links_to_entity = False
    is_polymorphic_discriminator = False
    query_expression = False

    def __init__(
        self,
        column: Any,
        *additional_columns: Any,
        attribute_options: Optional[Dict[str, Any]] = None,
        group: Optional[str] = None,
        deferred: bool = False,
        raiseload: bool = False,
        comparator_factory: Any = None,
        active_history: bool = False,
        expire_on_flush: bool = True,
        info: Any = None,
        doc: Optional[str] = None,
        query_expression: bool = False
    ) -> None:
        super().__init__()
        self.columns: List[Any] = [_named(c) for c in (column,) + additional_columns]
        self.group = group
        self.deferred = bool(deferred)
        self.raiseload = raiseload
        self.instrument = True
        self.comparator_factory = comparator_factory or self.__class__.Comparator
        self.active_history = active_history
        self.expire_on_flush = expire_on_flush
        self.dataclass_arguments = attribute_options
        if info is not None:
            self.info.update(info)
        self.doc = doc if doc is not None else self._doc_of_columns()
        self.query_expression = query_expression
        #: what objects show that have no value; the class body of a dataclass says so
        self.instance_default: Any = NO_DEFAULT
        self.strategy_key = self._key_of_strategy()

    def _doc_of_columns(self) -> Optional[str]:
        for column in reversed(self.columns):
            doc: Optional[str] = getattr(column, "doc", None)
            if doc is not None:
                return doc
        return None

    def _key_of_strategy(self) -> Tuple[Tuple[str, Any], ...]:
        if self.query_expression:
            return (("query_expression", True),)
        key: Tuple[Tuple[str, Any], ...] = (("deferred", self.deferred), ("instrument", self.instrument))
        if self.raiseload:
            key += (("raiseload", True),)
        return key

    def defer(self) -> None:
        """Load the column only when it is read."""
        self.deferred = True
        self.strategy_key = self._key_of_strategy()

    def copy(self) -> ColumnProperty:
        """Return a property of the same columns and options without a mapper."""
        made = ColumnProperty(
            *self.columns,
            group=self.group,
            deferred=self.deferred,
            raiseload=self.raiseload,
            comparator_factory=self.comparator_factory,
            active_history=self.active_history,
            expire_on_flush=self.expire_on_flush,
            query_expression=self.query_expression,
            doc=self.doc
        )
        made.instance_default = self.instance_default
        if "info" in self.__dict__:
            made.info.update(self.info)
        return made

    def declarative_scan(
        self,
        decl_scan: Any,
        registry: Any,
        cls: Any,
        originating_module: Optional[str],
        key: str,
        mapped_container: Any,
        annotation: Any,
        extracted_mapped_annotation: Any,
        is_dataclass_field: bool,
    ) -> None:
        column = self.columns[0]
        if getattr(column, "name", None) is None and isinstance(column, Column):
            column.name = key
            column.key = key
        if decl_scan.leaves_defaults_to_attributes and is_dataclass_field:
            self.instance_default = instance_default(self.dataclass_arguments or {})

    @property
    def mapper_property_to_assign(self) -> Any:
        return self

    @property
    def columns_to_assign(self) -> List[Tuple[Any, int]]:
        unowned = [column for column in self.columns if isinstance(column, Column) and column.table is None]
        return [(column, 0) for column in unowned]

    @property
    def expression(self) -> Any:
        """The column or expression; the first of several columns."""
        return self.columns[0]

    def instrument_class(self, mapper: Any) -> None:
        if not self.instrument:
            return
        register_attribute(
            mapper,
            self,
            comparator=self.comparator_factory(self, mapper),
            impl_class=attributes.ScalarAttributeImpl,
            compare_function=getattr(self.columns[0].type, "compare_values", None),
            active_history=self.active_history or self.tells_rows_apart(mapper),
            expire_missing=not self.deferred,
            accepts_scalar_loader=False if self.query_expression else None,
            **self._default_arguments()
        )

    def _default_arguments(self) -> Dict[str, Any]:
        value = self.instance_default
        return {} if value is NO_DEFAULT else {"default_function": lambda: value, "takes_dont_set": True}

    def tells_rows_apart(self, mapper: Any) -> bool:
        """Return whether an UPDATE needs the old value: of a version counter, of a part of a primary key."""
        if getattr(self.columns[0], "primary_key", False):
            return True
        version = mapper.version_id_col
        return version is not None and any(column.shares_lineage(version) for column in self.columns)

    def do_init(self) -> None:
        if len(self.columns) > 1 and set(self.parent.primary_key).issuperset(self.columns):
            warn(
                "On mapper %s, the primary key columns %s are combined under attribute '%s'; that may be an accident. "
                "Name the attribute with column_property(), or give the columns separate attributes."
                % (self.parent, ", ".join(sorted(str(c) for c in self.columns)), self.key)
            )

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
        key = self.key
        if not self.instrument:
            return
        if key not in source_dict:
            if dest_state.has_identity and key not in dest_dict:
                dest_state.expire_attributes(dest_dict, [key], no_loader=True)
        elif load:
            dest_state.get_impl(key).set(dest_state, dest_dict, source_dict[key], None)
        else:
            dest_dict[key] = source_dict[key]

    class Comparator(PropComparator[T]):
        """The SQL operators of a column attribute."""

        #: nothing here changes what the expression's own operators do
        operates_on_expression = True

        def __init_subclass__(cls, **kw: Any) -> None:
            super().__init_subclass__(**kw)
            cls.operates_on_expression = False

        def _marked(self, column: Any) -> Any:
            entity = self._parententity
            annotations = {
                "entity_namespace": entity,
                "parententity": entity,
                "parentmapper": entity.mapper,
                "proxy_key": self.prop.key,
            }
            if self._adapt_to_entity is not None:
                column = self._adapt_to_entity.adapt_element(column, self.prop.key)
            elif entity.polymorphic_source_adapter is not None:
                # what another FROM element makes of it starts at the mapped column
                annotations["adapt_column"] = column
                column = entity.polymorphic_source_adapter.traverse(column)
            marked = column.annotate(annotations)
            marked.entity_mark = EntityMark("orm", entity)
            return marked

        @memoized_property
        def expressions(self) -> Any:
            """The expressions of all columns of the attribute."""
            return [self._marked(column) for column in self.prop.columns]

        def __clause_element__(self) -> Any:
            return self._memoized_element

        @memoized_property
        def _memoized_element(self) -> Any:
            return self._marked(self.prop.columns[0])

        @memoized_property
        def info(self) -> Any:
            """The notes of the column where it has some, else of the property."""
            try:
                return self.prop.columns[0].info
            except AttributeError:
                return self.prop.info

        def __getattr__(self, key: str) -> Any:
            if key.startswith("__") or "prop" not in self.__dict__:
                raise AttributeError(key)
            return getattr(self.__clause_element__(), key)

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            return op(self.__clause_element__(), *other, **kwargs)

        def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
            return op(other, self.__clause_element__(), **kwargs)

    def __str__(self) -> str:
        if self.parent is None or not self.key:
            return "<ColumnProperty without a mapper>"
        return "%s.%s" % (self.parent.class_.__name__, self.key)


def _named(expression: Any) -> Any:
    """Return an expression that has a name in a SELECT: a column, a label, or anything else under a generated label."""
    found = coercions.expect(roles.ColumnArgumentRole, expression)
    if found.__visit_name__ in ("column", "label"):
        return found
    return found.label(None)


class MappedSQLExpression(ColumnProperty, Mapped[T_co]):
    """What ``column_property()`` gives in a class body."""

    inherit_cache = True
    __hash__ = object.__hash__

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        return op(self.columns[0], *other, **kwargs)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        return op(other, self.columns[0], **kwargs)

    def __clause_element__(self) -> Any:
        return self.columns[0]


def register_attribute(
    mapper: Any,
    prop: Any,
    *,
    comparator: Any,
    impl_class: Any,
    **impl_arguments: Any
) -> None:
    """Put the attribute of a property on its class, and on mapped subclasses where it is inherited.

    :param mapper: the mapper.
    :param prop: the property.
    :param comparator: its operators.
    :param impl_class: the kind of attribute; None if that is told later, see ``register_impl()``.
    :param impl_arguments: arguments of the implementation.
    """
    manager = mapper.class_manager
    attribute = manager.attribute_class(mapper.class_, prop.key, parententity=mapper, comparator=comparator)
    attribute.__doc__ = prop.doc
    for base in manager.bases:
        if prop.key in base:
            attribute.dispatch.update(base[prop.key].dispatch)
    if impl_class is not None:
        attribute.impl = make_impl(mapper, prop, attribute, impl_class, **impl_arguments)
    manager.instrument_attribute(prop.key, attribute)
    if impl_class is not None:
        manager.refresh_listeners(prop.key)


def make_impl(mapper: Any, prop: Any, attribute: Any, impl_class: Any, **impl_arguments: Any) -> Any:
    """Return the implementation of a property's attribute, with validators as its first listeners."""
    impl = impl_class(
        mapper.class_,
        prop.key,
        mapper.class_manager,
        dispatch=attribute.dispatch,
        parent_token=prop,
        **impl_arguments
    )
    impl.update_listening()
    validation = mapper.validators.get(prop.key)
    if validation is not None:
        impl.validator = Validator(prop.key, *validation)
        impl.follow(impl.validator)
    return impl


class Validator:
    """Lets a method that ``@validates`` marks see the values that enter an attribute.

    :param key: the attribute.
    :param function: the method.
    :param options: ``include_removes`` and ``include_backrefs``.
    """

    __slots__ = ("key", "function", "include_removes", "include_backrefs")

    def __init__(self, key: str, function: Any, options: Dict[str, Any]) -> None:
        self.key = key
        self.function = function
        self.include_removes = options.get("include_removes", False)
        self.include_backrefs = options.get("include_backrefs", True)

    def _applies(self, state: Any, initiator: Any) -> bool:
        return self.include_backrefs or initiator is None or initiator.parent_token is (
            state.manager[self.key].impl.parent_token
        )

    def _call(self, state: Any, value: Any, is_remove: bool) -> Any:
        if self.include_removes:
            return self.function(state(), self.key, value, is_remove)
        return self.function(state(), self.key, value)

    def on_append(self, state: Any, value: Any, initiator: Any) -> Any:
        """Return what the method makes of a value that enters a collection."""
        if initiator is state.manager[self.key].impl.bulk_replace_token:
            # seen already, see on_bulk_replace()
            return value
        return self._call(state, value, False) if self._applies(state, initiator) else value

    def on_bulk_replace(self, state: Any, values: List[Any], initiator: Any) -> None:
        """Put what the method makes of the members of a new collection in their place."""
        if self._applies(state, initiator):
            values[:] = [self._call(state, value, False) for value in values]

    def on_append_again(self, state: Any, value: Any, initiator: Any) -> None:
        """A value that is there already was validated."""

    def on_set(self, state: Any, value: Any, old: Any, initiator: Any) -> Any:
        """Return what the method makes of a value that is assigned."""
        return self._call(state, value, False) if self._applies(state, initiator) else value

    def on_remove(self, state: Any, value: Any, initiator: Any) -> None:
        """Show the method a value that leaves, if it asked for removals."""
        if self.include_removes and self._applies(state, initiator):
            self._call(state, value, True)


_MAPPED_ARGUMENTS = ("deferred", "deferred_group", "deferred_raiseload", "active_history")


class MappedColumn(IntrospectsAnnotations, Mapped[T_co]):
    """What ``mapped_column()`` gives in a class body: a Column to be, and the options of its attribute.

    :param arg: positional arguments of Column.
    :param kw: keyword arguments of Column, and of the attribute.
    """

    __hash__ = object.__hash__

    def __init__(self, *arg: Any, **kw: Any) -> None:
        self.attribute_options: Dict[str, Any] = kw.pop("attribute_options", {})
        self.use_existing_column = kw.pop("use_existing_column", False)
        #: the column is part of the table and not of the mapping
        self.unmapped = kw.pop("unmapped", False)
        self.deferred_group = kw.pop("deferred_group", None)
        self.deferred_raiseload = kw.pop("deferred_raiseload", None)
        deferred = kw.pop("deferred", NO_DEFAULT)
        self.active_history = kw.pop("active_history", False)
        self.sort_order = kw.pop("sort_order", NO_DEFAULT)
        self.has_sort_order = self.sort_order is not NO_DEFAULT
        self.deferred = bool(self.deferred_group or self.deferred_raiseload) if deferred is NO_DEFAULT else deferred
        default = self.attribute_options.get("default", NO_DEFAULT)
        insert_default = kw.pop("insert_default", NO_DEFAULT)
        self.has_insert_default = insert_default is not NO_DEFAULT
        #: whether the INSERT default was told, be it None
        self.has_default = self.has_insert_default or default is not NO_DEFAULT
        self.instance_default: Any = NO_DEFAULT
        if self.has_insert_default:
            kw["default"] = insert_default
        elif default is not NO_DEFAULT:
            kw["default"] = default
        self.has_nullable = "nullable" in kw
        #: names of the column arguments that were given
        self.given = frozenset(kw)
        self.column: Column[Any] = Column(*arg, **kw)
        self.name_given = self.column.name is not None

    def declarative_scan(
        self,
        decl_scan: Any,
        registry: Any,
        cls: Any,
        originating_module: Optional[str],
        key: str,
        mapped_container: Any,
        annotation: Any,
        extracted_mapped_annotation: Any,
        is_dataclass_field: bool,
    ) -> None:
        self.check_dataclass_arguments(decl_scan.is_dataclass, cls, key)
        if not self._uses_existing(decl_scan, key):
            if extracted_mapped_annotation is not None:
                decl_scan.read_column_annotation(self, originating_module, key, extracted_mapped_annotation)
            elif isinstance(self.column.type, NullType) and not self.column.foreign_keys:
                raise MappedAnnotationError(
                    "The column of attribute '%s.%s' has no type; annotate it with Mapped[...], or give "
                    "mapped_column() a type" % (cls.__name__, key)
                )
            # an Annotated type may have said it
            self._uses_existing(decl_scan, key)
        if self.unmapped:
            self._refuse_mapped_arguments(cls, key)
        self._settle_default(decl_scan, is_dataclass_field)
        if self.column.key is None:
            self.column.key = key
        if self.column.name is None:
            self.column.name = key

    def _uses_existing(self, decl_scan: Any, key: str) -> bool:
        """Take the column of the inherited table, if there is one and it is to be taken."""
        if not self.use_existing_column or decl_scan.inherits is None:
            return False
        table = decl_scan.inherited_table
        found = None if table is None or decl_scan.has_own_table else table.c.get(self.column.name or key)
        if found is None:
            return False
        self.column = found
        return True

    def _refuse_mapped_arguments(self, cls: Any, key: str) -> None:
        refused = [name for name in _MAPPED_ARGUMENTS if getattr(self, name)]
        if "deferred_group" in refused or "deferred_raiseload" in refused:
            refused.remove("deferred")
        if refused:
            raise core_exc.ArgumentError(
                "Attribute '%s.%s' is an unmapped column, which takes no %s"
                % (cls.__name__, key, ", ".join(map(repr, refused)))
            )

    def _settle_default(self, decl_scan: Any, is_dataclass_field: bool) -> None:
        if decl_scan.leaves_defaults_to_attributes and is_dataclass_field:
            self.instance_default = instance_default(self.attribute_options)

    def check_dataclass_arguments(self, is_dataclass: bool, cls: Any, key: str) -> None:
        """Refuse arguments of dataclass fields outside of dataclasses."""
        given = [name for name, value in self.attribute_options.items() if value is not NO_DEFAULT]
        if is_dataclass or not given:
            if is_dataclass and {"default", "default_factory"}.issubset(given):
                raise core_exc.ArgumentError(
                    "mapped_column() of '%s.%s' takes default or default_factory, not both" % (cls.__name__, key)
                )
            return
        wrong = [name for name in given if name != "default"]
        if wrong:
            raise core_exc.ArgumentError(
                "Attribute '%s' of class %s has arguments for dataclasses, %s, but its class is not "
                "mapped as one (MappedAsDataclass)" % (key, cls, ", ".join(repr(name) for name in sorted(wrong)))
            )

    def take_template(self, template: MappedColumn[Any]) -> None:
        """Take over what an ``Annotated`` type says of its columns, where this one says nothing."""
        ours = self.column
        default = ours.default
        template.column.merge_into(ours)
        if self.has_default and ours.default is not default:
            ours.default = default
        if ours.name is None and template.column.name is not None:
            ours.name = template.column.name
            ours.key = template.column.key
        if template.has_nullable and not self.has_nullable:
            ours.nullable = template.column.nullable
            self.has_nullable = True
        elif ours.primary_key and not self.has_nullable:
            ours.nullable = False
        if template.has_insert_default and not self.has_insert_default:
            self.has_insert_default = True
        for name, value in template.attribute_options.items():
            if name != "default" or not self.has_default:
                self.attribute_options.setdefault(name, value)
        if not self.has_sort_order and template.has_sort_order:
            self.sort_order, self.has_sort_order = template.sort_order, True
        self.deferred = self.deferred or template.deferred
        self.deferred_group = self.deferred_group or template.deferred_group
        self.deferred_raiseload = self.deferred_raiseload or template.deferred_raiseload
        self.active_history = self.active_history or template.active_history
        self.use_existing_column = self.use_existing_column or template.use_existing_column

    def set_default(self, value: Any) -> None:
        """Give the column a default on INSERT."""
        self.column.default = value

    @property
    def name(self) -> Any:
        """The name of the column, if it has one by now."""
        return self.column.name

    @property
    def key(self) -> Any:
        """That of the column, None while it has none."""
        return self.column.key

    @property
    def table(self) -> Any:
        """The table of the column, if it has one by now."""
        return self.column.table

    @property
    def foreign_keys(self) -> Any:
        """The foreign keys of the column."""
        return self.column.foreign_keys

    @property
    def mapper_property_to_assign(self) -> Optional[Any]:
        """The property that the class gets for it, None where the column alone is mapped."""
        if not (self.deferred or self.active_history or self.instance_default is not NO_DEFAULT):
            return None
        prop = ColumnProperty(
            self.column,
            deferred=bool(self.deferred),
            group=self.deferred_group,
            raiseload=bool(self.deferred_raiseload),
            attribute_options=self.attribute_options,
            active_history=self.active_history,
        )
        prop.instance_default = self.instance_default
        return prop

    @property
    def columns_to_assign(self) -> List[Tuple[Any, int]]:
        """The column for the table, with the place that `sort_order` gives it."""
        return [(self.column, self.sort_order if self.has_sort_order else 0)]

    def __clause_element__(self) -> Any:
        return self.column

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        return op(self.column, *other, **kwargs)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        return op(other, self.column, **kwargs)

    def copy(self, **kw: Any) -> MappedColumn[Any]:
        """Return the same for another class; used for mixins."""
        made = self.__class__.__new__(self.__class__)
        made.__dict__.update(self.__dict__)
        made.column = self.column.clone(**kw)
        made.attribute_options = dict(self.attribute_options)
        return made

    def __repr__(self) -> str:
        return "<MappedColumn %r>" % (self.column,)
