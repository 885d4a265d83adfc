"""Composites: one attribute whose value is an object made from several columns.

Synonyms are in ``synonym``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core.event import listen
from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.sql import expression
from sqltoolkit_core.sql import operators
from sqltoolkit_core.sql.schema import Column
from sqltoolkit_core.types import NullType
from sqltoolkit_core.util import memoized_property
from sqltoolkit_core.util.typing import get_annotations
from sqltoolkit_core.util.typing import includes_none
from sqltoolkit_core.util.typing import is_fwd_ref
from sqltoolkit_core.util.typing import resolve_annotation
from sqltoolkit_core.util.typing import strip_optional

from .. import attributes
from ..base import Mapped
from ..base import NO_VALUE
from ..exc import MappedAnnotationError
from ..interfaces import IntrospectsAnnotations
from ..interfaces import PropComparator
from ..properties import MappedColumn
from ..properties import NO_DEFAULT
from ..typing import T
from ..typing import T_co
from .synonym import DescriptorProperty

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = ["Composite", "CompositeProperty"]

_ORDERING = (
    operators.asc_op, operators.desc_op, operators.nulls_first_op, operators.nulls_last_op,
)  # fmt: skip


class CompositeProperty(DescriptorProperty, IntrospectsAnnotations):
    """A property whose value is made from several columns.

    :param class_or_attr: the class (or a function) that makes the value from the columns' values.
    :param attrs: the columns, attributes or their names.
    :param column_template: a text with one ``%s``, which makes names of columns from those of a dataclass's fields.
    """

    inherit_cache = True
    kind = "composite"
    #: makes the Bundle that a composite is in a SELECT; the entity layer provides it
    bundle_factory: Any = None

    def __init__(
        self,
        class_or_attr: Any = None,
        *attrs: Any,
        attribute_options: Optional[Dict[str, Any]] = None,
        active_history: bool = False,
        deferred: bool = False,
        raiseload: bool = False,
        group: Optional[str] = None,
        comparator_factory: Any = None,
        return_none_on: Any = NO_DEFAULT,
        column_template: Any = None,
        info: Any = None,
        doc: Optional[str] = None
    ) -> None:
        super().__init__()
        self.given_class = class_or_attr
        self.composite_class: Any = None
        self.attrs: Tuple[Any, ...] = attrs
        if isinstance(class_or_attr, (str, Column, MappedColumn)) or hasattr(class_or_attr, "property"):
            self.attrs = (class_or_attr,) + attrs
        else:
            self.composite_class = class_or_attr
        self.active_history = active_history
        self.deferred = deferred
        self.raiseload = raiseload
        self.group = group
        self.column_template = _checked_template(column_template)
        self.comparator_factory = comparator_factory or self.__class__.Comparator
        self.dataclass_arguments = attribute_options
        self.return_none_on = self._none_rule(return_none_on)
        self.generated_getter: Optional[Callable[[Any], Tuple[Any, ...]]] = None
        self.doc = doc
        if info is not None:
            self.info.update(info)
        self._set_up = False

    @staticmethod
    def _none_rule(given: Any) -> Optional[Callable[..., bool]]:
        if given is NO_DEFAULT:
            return None
        if given is None:
            return lambda *values: False
        rule: Callable[..., bool] = given
        return rule

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
        found = extracted_mapped_annotation
        optional = False
        if found is not None:
            optional = includes_none(found)
            found = strip_optional(found)[0]
        if self.composite_class is None:
            if found is None:
                raise self.missing_annotation(cls, key)
            if isinstance(found, str) or is_fwd_ref(found):
                found = self._named_class(cls, originating_module, key, found)
            self.composite_class = getattr(found, "__origin__", found)
        if self.return_none_on is None and optional:
            self.return_none_on = _all_none
        if isinstance(self.composite_class, type) and _is_dataclass(self.composite_class):
            self._columns_of_dataclass(decl_scan, registry, cls, originating_module, key)
        else:
            if self.column_template is not None:
                raise core_exc.ArgumentError(
                    "The column_template of composite '%s.%s' makes names of columns from fields of a dataclass, and "
                    "%r is none" % (cls.__name__, key, self.composite_class)
                )
            for attr in self.attrs:
                if isinstance(attr, MappedColumn) and isinstance(attr.column.type, NullType):
                    raise core_exc.ArgumentError(
                        "The columns of the composite '%s.%s' need names and types, except where its "
                        "class is a dataclass" % (cls.__name__, key)
                    )
        if not self.attrs:
            raise core_exc.ArgumentError("composite() '%s.%s' has no columns" % (cls.__name__, key))

    @staticmethod
    def _named_class(cls: Any, module: Optional[str], key: str, annotation: Any) -> Any:
        try:
            return resolve_annotation(annotation, module or cls.__module__)
        except NameError as err:
            raise MappedAnnotationError(
                "The class of the composite '%s.%s' can't be found: %s" % (cls.__name__, key, err)
            ) from err

    def _columns_of_dataclass(
        self, decl_scan: Any, registry: Any, cls: Any, originating_module: Any, key: str
    ) -> None:
        import dataclasses

        fields = [f for f in dataclasses.fields(self.composite_class) if f.init]
        hints = _hints_of(self.composite_class)
        given = list(self.attrs)
        if len(given) > len(fields):
            raise core_exc.ArgumentError(
                "The composite was given %d columns, and %s has only %d fields to hold them"
                % (len(given), self.composite_class.__name__, len(fields))
            )
        made = []
        for position, field in enumerate(fields):
            attr = given[position] if position < len(given) else MappedColumn()
            if isinstance(attr, Column) and attr.table is None:
                wrapped: Any = MappedColumn()
                wrapped.column = attr
                wrapped.name_given = attr.name is not None
                attr = wrapped
            if isinstance(attr, MappedColumn):
                annotation = hints.get(field.name, field.type)
                decl_scan.read_column_annotation(attr, originating_module, field.name, annotation)
                if attr.column.name is None:
                    name = field.name if self.column_template is None else self.column_template % field.name
                    attr.column.name = attr.column.key = name
            made.append(attr)
        self.attrs = tuple(made)

    # -- the descriptor ----------------------------------------------------------------------------------------------

    def make_descriptor(self, mapper: Any) -> Any:
        return _CompositeDescriptor(self)

    def instrument_class(self, mapper: Any) -> None:
        super().instrument_class(mapper)
        self._listen(mapper)

    def values_of(self, value: Any) -> Tuple[Any, ...]:
        """Return what a composite value is made of, in the order of the columns."""
        getter = self.generated_getter
        if getter is None:
            getter = self.generated_getter = self._make_getter()
        return getter(value)

    def _make_getter(self) -> Callable[[Any], Tuple[Any, ...]]:
        cls = self.composite_class
        if hasattr(cls, "__composite_values__"):
            return lambda value: tuple(value.__composite_values__())
        if isinstance(cls, type) and _is_dataclass(cls):
            import dataclasses

            names = [f.name for f in dataclasses.fields(cls) if f.init]
            return lambda value: tuple([getattr(value, name) for name in names])
        if not isinstance(cls, type):
            return lambda value: tuple(value.__composite_values__())
        raise core_exc.ArgumentError(
            "The class %r of a composite has no __composite_values__() and is no dataclass" % (cls,)
        )

    def make_value(self, values: Any) -> Any:
        """Return the composite of column values, or None where the rule for None says so."""
        if self.return_none_on is not None:
            if self.return_none_on(*values):
                return None
        return self.composite_class(*values)

    # -- configuration -----------------------------------------------------------------------------------------------

    @memoized_property
    def _comparable_elements(self) -> Any:
        return [getattr(self.parent.class_, prop.key) for prop in self.props]

    @memoized_property
    def props(self) -> List[Any]:
        """The properties of the columns."""
        found = []
        for attr in self.attrs:
            if isinstance(attr, str):
                prop = self.parent.get_property_unconfigured(attr)
            elif isinstance(attr, Column):
                prop = self.parent.get_property_by_column(attr)
            elif isinstance(attr, MappedColumn):
                prop = self.parent.get_property_by_column(attr.column)
            elif hasattr(attr, "property"):
                prop = attr.property
            else:
                raise core_exc.ArgumentError(
                    "composite() takes columns, mapped attributes or names of them after its class; got %r"
                    % (attr,)
                )
            found.append(prop)
        return found

    @property
    def columns(self) -> List[Any]:
        """The columns."""
        return [prop.columns[0] for prop in self.props]

    @property
    def column_keys(self) -> List[str]:
        """The names of the attributes of the columns."""
        return [prop.key for prop in self.props]

    @property
    def mapper_property_to_assign(self) -> Any:
        return self

    @property
    def columns_to_assign(self) -> List[Tuple[Any, int]]:
        found = []
        for attr in self.attrs:
            if isinstance(attr, MappedColumn):
                found.extend(attr.columns_to_assign)
            elif isinstance(attr, Column) and attr.table is None:
                found.append((attr, 0))
        return found

    def do_init(self) -> None:
        for prop in self.props:
            prop.active_history = self.active_history
            if self.deferred:
                prop.deferred = self.deferred
                prop.strategy_key = (("deferred", True), ("instrument", True))
            prop.group = self.group

    # -- staying in step with the columns ----------------------------------------------------------------------------

    def _listen(self, mapper: Any) -> None:
        """Drop or make the value anew when its columns are loaded, refreshed or expired."""
        prop = self
        key = self.key

        def expired(state: Any, keys: Any) -> None:
            if keys is None or not set(prop.column_keys).isdisjoint(keys):
                state.dict.pop(key, None)

        def refreshed(state: Any, context: Any, keys: Any) -> None:
            if keys is None or key in keys or not set(prop.column_keys).isdisjoint(keys):
                state.dict.pop(key, None)

        manager = mapper.class_manager
        listen(manager, "refresh", refreshed, raw=True)
        listen(manager, "refresh_flush", refreshed, raw=True)
        listen(manager, "expire", expired, raw=True)

    def get_history(self, state: Any, dict_: Dict[str, Any], passive: int = attributes.PASSIVE_OFF) -> Any:
        added = []
        deleted = []
        has_history = False
        for prop in self.props:
            history = state.manager[prop.key].impl.get_history(state, dict_)
            if history.has_changes():
                has_history = True
            values = history.non_deleted()
            added.append(values[0] if values else None)
            deleted.append(history.deleted[0] if history.deleted else (history.unchanged or [None])[0])
        if has_history:
            return attributes.History([self.composite_class(*added)], (), [self.composite_class(*deleted)])
        return attributes.History((), [self.composite_class(*added)], ())

    class Comparator(PropComparator[T]):
        """The SQL operators of a composite."""

        def __clause_element__(self) -> Any:
            return self.expression

        @property
        def clauses(self) -> Any:
            """The columns as a list of expressions."""
            return expression.ClauseList(*self._columns(), group=False)

        def _attributes(self) -> List[Any]:
            adapted = self._adapt_to_entity
            entity = self._parententity.class_ if adapted is None else adapted.entity
            return [getattr(entity, prop.key) for prop in self.prop.props]

        def _columns(self) -> List[Any]:
            return [attribute.__clause_element__() for attribute in self._attributes()]

        @memoized_property
        def expression(self) -> Any:
            """The columns as one expression."""
            entity = self._parententity
            clauses = self.clauses.annotate(
                {"parententity": entity, "parentmapper": entity.mapper, "proxy_key": self.prop.key}
            )
            factory = CompositeProperty.bundle_factory
            return clauses if factory is None else factory(self.prop, clauses)

        def _values(self, other: Any) -> Any:
            if other is None:
                return [None] * len(self.prop.props)
            if isinstance(other, CompositeProperty.Comparator):
                return other._attributes()
            if hasattr(other, "comparator") and isinstance(other.comparator, CompositeProperty.Comparator):
                return other.comparator._attributes()
            return self.prop.values_of(other)

        def _bulk_update_tuples(self, value: Any) -> Any:
            return [
                (getattr(self._parententity.class_, prop.key), item)
                for prop, item in zip(self.prop.props, self._values(value))
            ]

        def _compare(self, operator: Any, other: Any) -> Any:
            # attributes, not their columns: one of them may be a relationship
            pairs = zip(self._attributes(), self._values(other))
            return expression.and_(*[operator(column, value) for column, value in pairs])

        def __eq__(self, other: Any) -> Any:
            return self._compare(lambda a, b: a == b, other)

        def __ne__(self, other: Any) -> Any:
            return self._compare(lambda a, b: a != b, other)

        def __lt__(self, other: Any) -> Any:
            return self._compare(lambda a, b: a < b, other)

        def __le__(self, other: Any) -> Any:
            return self._compare(lambda a, b: a <= b, other)

        def __gt__(self, other: Any) -> Any:
            return self._compare(lambda a, b: a > b, other)

        def __ge__(self, other: Any) -> Any:
            return self._compare(lambda a, b: a >= b, other)

        __hash__ = None  # type: ignore[assignment]

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            if op in _ORDERING:
                return expression.OrderByList([op(column) for column in self._columns()])
            method = getattr(self, "__%s__" % op.__name__, None)
            if method is None:
                raise NotImplementedError(
                    "composites are compared by ==, !=, <, <=, > and >=; for %s use their columns" % op.__name__
                )
            return method(*other, **kwargs)

    class CompositeBundle:
        """What a composite is in a SELECT: its columns, made into the composite in rows.

        :param property_: the composite.
        :param expr: its columns.
        """

        def __init__(self, property_: Any, expr: Any) -> None:
            self.property = property_
            self.expr = expr
            self.name = property_.key

        def create_row_processor(self, query: Any, procs: Any, labels: Any) -> Any:
            """Return a function of a row that makes the composite."""
            make = self.property.make_value

            def process(row: Any) -> Any:
                return make([proc(row) for proc in procs])

            return process

    def __str__(self) -> str:
        return "%s.%s" % (self.parent.class_.__name__ if self.parent else "?", self.key)


class Composite(CompositeProperty, Mapped[T_co]):
    """What ``composite()`` gives in a class body."""

    inherit_cache = True
    __hash__ = object.__hash__
    # a property, unlike an attribute, is compared by identity
    __eq__ = object.__eq__  # type: ignore[assignment]
    __ne__ = object.__ne__  # type: ignore[assignment]


class _CompositeDescriptor:
    """Makes the value from the columns, and takes it apart into them."""

    def __init__(self, prop: CompositeProperty) -> None:
        self.prop = prop

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        prop = self.prop
        dict_ = attributes.instance_dict(instance)
        if prop.key not in dict_:
            dict_[prop.key] = prop.make_value([getattr(instance, key) for key in prop.column_keys])
        return dict_[prop.key]

    def __set__(self, instance: Any, value: Any) -> None:
        prop = self.prop
        dict_ = attributes.instance_dict(instance)
        state = attributes.instance_state(instance)
        attribute = state.manager[prop.key]
        previous = dict_.get(prop.key, NO_VALUE)
        if attribute.impl.active_history and previous is NO_VALUE:
            previous = self.__get__(instance, type(instance))
        for fn in attribute.dispatch.set:
            value = fn(state, value, previous, attribute.impl)
        dict_[prop.key] = value
        values = [None] * len(prop.props) if value is None else prop.values_of(value)
        for key, item in zip(prop.column_keys, values):
            setattr(instance, key, item)

    def __delete__(self, instance: Any) -> None:
        prop = self.prop
        state = attributes.instance_state(instance)
        dict_ = attributes.instance_dict(instance)
        attribute = state.manager[prop.key]
        previous = dict_.get(prop.key, NO_VALUE)
        if attribute.impl.active_history and previous is NO_VALUE:
            previous = self.__get__(instance, type(instance))
        dict_.pop(prop.key, None)
        for fn in attribute.dispatch.remove:
            fn(state, previous, attribute.impl)
        for key in prop.column_keys:
            setattr(instance, key, None)


def _checked_template(template: Any) -> Any:
    """Return the template of column names, which has one place for the name of a field."""
    if template is not None:
        places = template.replace("%%", "")
        if places.count("%s") != 1 or places.count("%") != 1:
            raise core_exc.ArgumentError(
                "column_template=%r of composite() needs one %%s, where the name of the field goes" % (template,)
            )
    return template


def _all_none(*values: Any) -> bool:
    return all(value is None for value in values)


def _is_dataclass(cls: Any) -> bool:
    return "__dataclass_fields__" in cls.__dict__ or hasattr(cls, "__dataclass_fields__")


def _hints_of(cls: Any) -> Dict[str, Any]:
    try:
        return typing.get_type_hints(cls)
    except NameError:
        # a name that is imported for type checkers only; the annotations are taken as they stand
        found: Dict[str, Any] = {}
        for base in reversed(cls.__mro__):
            found.update(get_annotations(base))
        return found
