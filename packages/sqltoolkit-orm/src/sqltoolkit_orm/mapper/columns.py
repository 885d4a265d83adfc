"""From tables to properties: which tables, keys and columns a mapper has, and the property for each column.

How tables of a hierarchy are joined is in ``inheritance``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.sql import operators
from sqltoolkit_core.sql import visitors
from sqltoolkit_core.sql.analysis import find_tables
from sqltoolkit_core.sql.schema import Column
from sqltoolkit_core.sql.selectable import reduce_columns
from sqltoolkit_core.util import warn

from ..base import MANAGER_ATTR
from ..descriptor_props import ConcreteInheritedProperty
from ..descriptor_props import DescriptorProperty
from ..interfaces import MapperProperty
from ..properties import ColumnProperty

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Set
    from typing import Tuple

    from .mapper import Mapper

__all__ = [
    "adapt_inherited",
    "collect_keys",
    "collect_properties",
    "configure_property",
    "equated_columns",
    "equivalents",
    "property_for_column",
    "tables_of",
]


def tables_of(selectable: Any) -> List[Any]:
    """Return the tables within a selectable, without looking into subqueries."""
    found: List[Any] = []
    waiting = [selectable]
    while waiting:
        item = waiting.pop(0)
        if item.__visit_name__ == "join":
            waiting[0:0] = [item.left, item.right]
        elif item.__visit_name__ in ("grouping", "from_grouping") and hasattr(item, "element"):
            waiting.insert(0, item.element)
        elif item not in found:
            found.append(item)
    return found


def _written_tables(selectable: Any) -> List[Any]:
    """Return the tables that rows of a selectable are written to: those of subqueries and aliases, too."""
    found: List[Any] = []
    for item in tables_of(selectable):
        inner = [item] if item.__visit_name__ == "table" else find_tables(item)
        found.extend(table for table in inner if table not in found)
    return found


def equated_columns(onclause: Any) -> Iterator[Tuple[Any, Any]]:
    """Iterate over pairs of columns that the expression holds to be equal."""
    for element in visitors.iterate(onclause):
        if element.__visit_name__ == "binary" and element.operator is operators.eq:
            if isinstance(element.left, Column) and isinstance(element.right, Column):
                yield element.left.deannotate(), element.right.deannotate()


def collect_keys(mapper: Mapper) -> None:
    """Find the tables, their primary keys and the primary key of the mapper."""
    mapper.tables = tuple(_written_tables(mapper.persist_selectable))
    columns = list(mapper.persist_selectable.c)
    present = {proxied for column in columns for proxied in column.proxy_set}
    mapper.pks_by_table = {}
    mapper.cols_by_table = {}
    for table in mapper.tables:
        own = [c for c in table.c if c in present]
        mapper.cols_by_table[table] = own
        keys = [c for c in table.primary_key if c in present and not _left_out(mapper, c)]
        # no row is told by a part of a key
        if keys and len(keys) == len(table.primary_key):
            mapper.pks_by_table[table] = keys
    given = mapper.primary_key_argument
    if given:
        own_column = mapper.persist_selectable.corresponding_column
        found = [c if c in present else own_column(c, require_embedded=False) for c in given]
        mapper.pks_by_table[mapper.persist_selectable] = [
            column if own is None else own for own, column in zip(found, given)
        ]
        key = list(mapper.pks_by_table[mapper.persist_selectable])
        for column in key:
            table_keys = mapper.pks_by_table.setdefault(column.table, [])
            if column not in table_keys:
                table_keys.append(column)
    elif mapper.inherits is not None and not mapper.concrete:
        key = list(mapper.inherits.primary_key)
    else:
        every = [c for c in mapper.persist_selectable.primary_key if not _left_out(mapper, c)]
        if mapper.persist_selectable in mapper.cols_by_table and mapper.persist_selectable not in mapper.pks_by_table:
            every = []
        if not every:
            every = [c for keys in mapper.pks_by_table.values() for c in keys]
        key = list(reduce_columns(every, ignore_nonexistent_tables=True))
    if not key:
        raise core_exc.ArgumentError(
            "Mapper %s found no primary key in '%s'; name its columns with the argument primary_key"
            % (mapper, getattr(mapper.persist_selectable, "description", mapper.persist_selectable))
        )
    if not given and mapper.local_table in mapper.cols_by_table and mapper.local_table not in mapper.pks_by_table:
        warn(
            "The table '%s' of mapper %s has no primary key, so no rows are written to it; name its columns with the "
            "argument primary_key, or give them primary_key=True" % (mapper.local_table.description, mapper)
        )
    mapper.primary_key = tuple(key)
    mapper.single_pk = len(key) == 1


def _left_out(mapper: Mapper, column: Any) -> bool:
    """Return whether the arguments of the mapper leave a column out."""
    included, excluded = mapper.include_properties, mapper.exclude_properties
    if included is not None and column.key not in included and column not in included:
        return _column_of_properties(mapper, column) is None
    if excluded is not None and (column.key in excluded or column in excluded):
        return _column_of_properties(mapper, column) is None
    return False


def _column_of_properties(mapper: Mapper, column: Any) -> Any:
    return next((key for key, prop in mapper.given_properties.items() if _column_of(prop) is column), None)


def collect_properties(mapper: Mapper) -> None:
    """Make the properties: those inherited, one for every column, and those given."""
    given = {
        key: _several_columns(mapper, key, prop) if isinstance(prop, (list, tuple)) and len(prop) > 1 else prop
        for key, prop in mapper.given_properties.items()
    }
    by_column = {_column_of(prop): key for key, prop in given.items() if _column_of(prop) is not None}
    columns_given = set(by_column.values())
    for key in [key for key in given if key not in columns_given]:
        prop = given.pop(key)
        if isinstance(prop, MapperProperty) and not getattr(prop, "map_column", False):
            configure_property(mapper, key, prop, init=False)
        else:
            given[key] = prop
    if mapper.inherits is not None:
        for key, prop in list(mapper.inherits.props.items()):
            if key in given:
                # a column of that very name takes the place of the inherited one; others come with their columns
                if isinstance(given[key], Column) and given[key].key == key:
                    configure_property(mapper, key, given.pop(key), init=False)
            elif key not in mapper.props and not _excluded(mapper, key, key, False, None):
                adapt_inherited(mapper, key, prop, init=False)
    for column in mapper.persist_selectable.c:
        if column in mapper.column_to_property:
            continue
        if column in by_column and by_column[column] in given:
            key = by_column[column]
            configure_property(mapper, key, given.pop(key), init=False)
            continue
        _map_column(mapper, column, given)
    for key, prop in given.items():
        configure_property(mapper, key, prop, init=False)


def _several_columns(mapper: Mapper, key: str, columns: Any) -> ColumnProperty:
    """Return the property of columns that were given together."""
    return ColumnProperty(*[_in_mapped_table(mapper, key, column) for column in columns])


def _column_of(prop: Any) -> Any:
    """Return the column that was given for an attribute, or None for anything else."""
    if isinstance(prop, (list, tuple)) and prop:
        prop = prop[0]
    if isinstance(prop, Column):
        return prop
    if isinstance(prop, ColumnProperty) and isinstance(prop.columns[0], Column):
        return prop.columns[0]
    return None


def _map_column(mapper: Mapper, column: Any, given: Dict[str, Any]) -> None:
    """Make the property of a column for which none was given."""
    for prop in list(given.values()) + list(mapper.props.values()):
        if isinstance(prop, ColumnProperty) and any(column is other for other in prop.columns):
            return
    key = (mapper.column_prefix or "") + column.key
    if _excluded(mapper, column.key, key, mapper.local_table.c.contains_column(column), column):
        return
    if mapper.inherits is not None:
        for base in mapper.inherits.iterate_to_root():
            if column in base.column_to_property:
                key = base.column_to_property[column].key
    if key in given and not isinstance(given[key], DescriptorProperty):
        configure_property(mapper, key, given.pop(key), init=False)
        if column in mapper.column_to_property:
            return
    configure_property(mapper, key, column, init=False)


def _excluded(mapper: Mapper, name: str, assigned_name: str, local: bool, column: Any) -> bool:
    """Return whether a column or inherited attribute gets no property."""
    if column is not None and column in mapper.columns_excluded_by_class:
        return True
    if assigned_name == MANAGER_ATTR:
        # the manager refuses it
        return False
    # a plain attribute of the class hides an inherited or mapped one of that name
    present = mapper.class_.__dict__.get(assigned_name) if local else _unmapped_attribute(mapper, assigned_name)
    if _is_true(present) and _hides(mapper, assigned_name, present):
        return True
    if mapper.include_properties is not None and name not in mapper.include_properties:
        if column is None or column not in mapper.include_properties:
            return True
    if mapper.exclude_properties is not None:
        if name in mapper.exclude_properties:
            return True
        if column is not None and column in mapper.exclude_properties:
            return True
    return False


def _unmapped_attribute(mapper: Mapper, name: str) -> Any:
    if mapper.class_manager.get(name) is not None and name not in mapper.class_.__dict__:
        return None
    for cls in mapper.class_.__mro__:
        if name in cls.__dict__:
            return cls.__dict__[name]
    return None


def _is_true(value: Any) -> bool:
    """Return whether a class attribute holds something."""
    return value is not None and (hasattr(value, "__clause_element__") or bool(value))


def _hides(mapper: Mapper, name: str, value: Any) -> bool:
    """Return whether a class attribute is a descriptor of the user's, which a column must not replace."""
    if getattr(value, "is_attribute", False) or isinstance(value, (MapperProperty, Column)):
        return False
    if hasattr(value, "__clause_element__") or hasattr(value, "columns_to_assign"):
        return False
    if mapper.is_dataclass_field(name):
        return False
    return not (isinstance(value, type) and name == value.__name__)


def adapt_inherited(mapper: Mapper, key: str, prop: Any, init: bool) -> None:
    """Give a mapper the property of its parent."""
    if not mapper.concrete:
        configure_property(mapper, key, prop, init=False, set_parent=False)
        return
    if key in mapper.props:
        return
    own = mapper.class_.__dict__.get(key)
    if own is not None and not getattr(own, "is_attribute", False) and not isinstance(own, MapperProperty):
        return
    if isinstance(prop, ColumnProperty) and key in mapper.local_table.c:
        # the column has the place among the attributes that the parent's has there
        column = mapper.local_table.c[key]
        if not mapper.column_prefix and _column_of_properties(mapper, column) is None:
            configure_property(mapper, key, column, init=init)
        return
    configure_property(mapper, key, ConcreteInheritedProperty(), init=init, set_parent=True)


def configure_property(
    mapper: Mapper, key: str, given: Any, *, init: bool, set_parent: bool = True, warn_for_existing: bool = False
) -> Any:
    """Enter a property into a mapper and install its attribute.

    :param given: a property, or a column to make one for.
    :param init: configure it at once; else ``configure_mappers()`` does.
    :param set_parent: the property is the mapper's own, not an inherited one.
    """
    prop = given if isinstance(given, MapperProperty) else property_for_column(mapper, key, given)
    if isinstance(prop, ColumnProperty):
        _enter_columns(mapper, key, prop, set_parent)
    if set_parent:
        if prop.key and prop.key != key and prop.parent is mapper:
            warn(
                "The mapped property %s.%s is put under the name %r and has the name %r; it leaves %r"
                % (mapper.class_.__name__, prop.key, key, prop.key, prop.key)
            )
        prop.key = key
    if set_parent:
        prop.set_parent(mapper, init)
    existing = mapper.props.get(key)
    if existing is not None and existing is not prop:
        _check_replaced(mapper, key, existing, prop, warn_for_existing)
    mapper.props[key] = prop
    if mapper.configured:
        mapper.forget_memos()
    if not (existing is prop and not set_parent):
        prop.instrument_class(mapper)
    for child in list(mapper.inheriting_mappers):
        if child.props.get(key) is None or child.props[key] is existing:
            adapt_inherited(child, key, prop, init)
    if init:
        prop.init()
        prop.post_instrument_class(mapper)
        for child in mapper.self_and_descendants:
            if child is not mapper and child.props.get(key) is prop:
                prop.post_instrument_class(child)
    mapper.forget_memos()
    return prop


def _check_replaced(mapper: Mapper, key: str, existing: Any, prop: Any, warn_for_existing: bool) -> None:
    mapped_by = getattr(existing, "mapped_by_synonym", False)
    if mapped_by:
        raise core_exc.ArgumentError(
            "Cannot map attribute '%s' of %s again: synonym %r stands for its column" % (key, mapper, mapped_by)
        )
    if existing.parent is mapper and not isinstance(prop, (ColumnProperty, DescriptorProperty)):
        if warn_for_existing or not isinstance(existing, ConcreteInheritedProperty):
            warn(
                "Property '%s' of %s is replaced by %s"
                % (key, mapper, prop)
            )
    elif warn_for_existing and existing.parent is mapper:
        warn(
            "The attribute '%s' that %s has is replaced by a mapped one"
            % (key, mapper)
        )


def _enter_columns(mapper: Mapper, key: str, prop: ColumnProperty, own: bool) -> None:
    first = prop.columns[0]
    column = mapper.persist_selectable.corresponding_column(first) if isinstance(first, Column) else None
    if column is None and isinstance(first, Column) and mapper.inherits is not None:
        # a column of a base table that the joined columns show under another name
        for base in mapper.inherits.iterate_to_root():
            column = base.local_table.corresponding_column(first)
            if column is not None:
                break
    if column is None:
        column = first
        if isinstance(first, Column) and first.table is None and own:
            raise core_exc.ArgumentError(
                "Column %r of attribute '%s' belongs to no table; it cannot be mapped" % (first, key)
            )
    else:
        mapper.mapped_columns.add(column)
    if not hasattr(prop, "is_polymorphic_discriminator"):
        prop.is_polymorphic_discriminator = False
    if isinstance(first, Column) and not first.key:
        first.key = key
    known = mapper.column_to_property
    for item in prop.columns + [column]:
        known[item] = prop
        for proxied in getattr(item, "proxy_set", ()):
            # the column of a subquery stands for one of a table
            if proxied is not item and (proxied not in known or known[proxied].key == key):
                known[proxied] = prop


def property_for_column(mapper: Mapper, key: str, column: Any) -> ColumnProperty:
    """Return the property for a column: a new one, or an inherited or present one that takes the column in."""
    columns = list(column) if isinstance(column, (list, tuple)) else [column]
    column = columns[0]
    existing = mapper.props.get(key)
    if existing is None and mapper.inherits is not None and not mapper.concrete:
        existing = mapper.inherits.props.get(key)
    if isinstance(existing, ConcreteInheritedProperty):
        existing = None
    if isinstance(existing, ColumnProperty) and (
        existing.parent is mapper or len(columns) == 1 or existing.columns[0] not in columns
    ):
        return _combine(mapper, key, existing, column)
    if existing is not None and existing.parent is mapper:
        raise core_exc.ArgumentError(
            "Column '%s' of %s has the name of another property of the mapper, %s; map the column under another name, "
            "or leave it out with exclude_properties" % (key, mapper, existing)
        )
    return ColumnProperty(*[_in_mapped_table(mapper, key, item) for item in columns])


def _in_mapped_table(mapper: Mapper, key: str, column: Any) -> Any:
    if not isinstance(column, Column) and not hasattr(column, "proxy_set"):
        return column
    found = mapper.persist_selectable.corresponding_column(column)
    if found is None and isinstance(column, Column) and column.table is not None:
        if column.table in tables_of(mapper.persist_selectable):
            # put into the table after the tables were joined
            return column
        raise core_exc.ArgumentError(
            "The column '%s' of attribute '%s' is not in what mapper %s is mapped to; column_property() makes an "
            "attribute of it that is only read" % (column, key, mapper)
        )
    return column if found is None else found


def _combine(mapper: Mapper, key: str, existing: ColumnProperty, column: Any) -> ColumnProperty:
    first = existing.columns[0]
    if first is column or column in existing.columns:
        return existing
    inherited = existing.parent is not mapper
    if inherited:
        if key in mapper.given_properties and mapper.class_manager.declarative_scan is None:
            raise core_exc.InvalidRequestError(
                "The attribute '%s' of the parent is the column %s, and is to be %s here; give both columns, in a "
                "list, or name an attribute for each" % (key, first, column)
            )
        shares = first.shares_lineage(column) or column in mapper.inherited_equals(first)
        prop = existing.copy() if column.table in mapper.tables else ColumnProperty(column)
        hidden = getattr(column, "omit_from_statements", False)
        if not shares and not hidden and not _may_combine(mapper, first, column):
            warn(
                "The columns %s and %s would share the attribute '%s' only because of their name; say so "
                "with column_property(), or name an attribute for each" % (first, column, key)
            )
    else:
        prop = existing
        if not first.shares_lineage(column) and not _may_combine(mapper, first, column):
            raise core_exc.InvalidRequestError(
                "The columns %s and %s would share the attribute '%s' only because of their name; say so "
                "with column_property(), or name an attribute for each" % (first, column, key)
            )
        prop.columns.append(column)
        return prop
    if column not in prop.columns:
        prop.columns.insert(0, column)
    return prop


def _may_combine(mapper: Mapper, first: Any, column: Any) -> bool:
    """Return whether a subclass column of the same name is expected to hold what the parent's holds."""
    version = mapper.version_id_col
    return version is not None and (version is first or version is column)


def equivalents(mapper: Mapper) -> Dict[Any, Set[Any]]:
    """Return, for each column that joined inheritance equates, the columns equal to it."""
    found: Dict[Any, Set[Any]] = {}
    for owner in mapper.base_mapper.self_and_descendants:
        condition: Optional[Any] = owner.inherit_condition
        if condition is None:
            continue
        for left, right in equated_columns(condition):
            found.setdefault(left, set()).add(right)
            found.setdefault(right, set()).add(left)
    return found
