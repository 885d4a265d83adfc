"""Which class a row is of: discriminators and identities, and which subclasses a query of the base loads.

How the tables of a hierarchy are joined is in ``inheritance``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core import cast as sql_cast
from sqltoolkit_core import exc as core_exc
from sqltoolkit_core import inspection
from sqltoolkit_core import literal_column
from sqltoolkit_core import null as sql_null
from sqltoolkit_core import select as core_select
from sqltoolkit_core import type_coerce
from sqltoolkit_core import union_all as core_union_all
from sqltoolkit_core.sql import coercions
from sqltoolkit_core.sql import roles
from sqltoolkit_core.sql.adapt import ColumnAdapter
from sqltoolkit_core.sql.analysis import find_tables
from sqltoolkit_core.sql.schema import Column
from sqltoolkit_core.sql.selectable import AliasedReturnsRows
from sqltoolkit_core.util import warn

from ..interfaces import MapperProperty
from ..properties import ColumnProperty
from .columns import configure_property
from .inheritance import joined_selectable

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Tuple

    from .mapper import Mapper

__all__ = [
    "configure_discriminator",
    "mappers_of",
    "polymorphic_union",
    "quoted_literal",
    "single_table_criterion",
    "source_adapter",
    "with_polymorphic_args",
]

#: the key of a discriminator that is no attribute of its own
HIDDEN_KEY = "_sa_polymorphic_on"


def configure_discriminator(mapper: Mapper) -> None:
    """Find the property of the discriminator and let new objects begin with their identity."""
    if mapper.polymorphic_on is not None:
        _own_discriminator(mapper)
    elif mapper.inherits is not None:
        _inherited_discriminator(mapper)
    if mapper.polymorphic_abstract and mapper.polymorphic_on is None:
        raise core_exc.InvalidRequestError(
            "Mapper %s is polymorphic_abstract, but no discriminator is set in its hierarchy" % mapper
        )
    if mapper.inherits is not None and mapper.base_mapper.polymorphic_on is not None:
        if mapper.polymorphic_identity is None and not mapper.polymorphic_abstract and not mapper.concrete:
            warn(
                "%s has no polymorphic_identity, so rows of its hierarchy, which '%s' tells apart, are never loaded "
                "as this class. A class without rows of its own says polymorphic_abstract=True, or __abstract__ = "
                "True if it need not be mapped" % (mapper, mapper.base_mapper.polymorphic_on)
            )
    mapper.set_initial_identity()


def _own_discriminator(mapper: Mapper) -> None:
    given = mapper.polymorphic_on
    if isinstance(given, str):
        if given not in mapper.props:
            raise core_exc.ArgumentError(
                "polymorphic_on is '%s', which is no mapped attribute of %s" % (given, mapper)
            )
        given = mapper.props[given]
    if isinstance(given, MapperProperty):
        if not isinstance(given, ColumnProperty):
            raise core_exc.ArgumentError(
                "polymorphic_on takes a column attribute or an SQL expression; %s is neither" % given
            )
        prop = given
    else:
        prop = _property_of(mapper, given)
    mapper.polymorphic_prop = prop
    mapper.polymorphic_on = prop.columns[0]
    prop.is_polymorphic_discriminator = True
    mapper.polymorphic_discriminator_key = prop.key if prop.instrument else None


def _property_of(mapper: Mapper, given: Any) -> ColumnProperty:
    if hasattr(given, "column") and hasattr(given, "columns_to_assign"):
        given = given.column
    for prop in mapper.props.values():
        if isinstance(prop, ColumnProperty) and prop.columns[0] is given:
            return prop
    if hasattr(given, "property") and isinstance(getattr(given, "property"), ColumnProperty):
        known: ColumnProperty = given.property
        return known
    expression = coercions.expect(roles.ColumnArgumentRole, given)
    found: Optional[ColumnProperty] = mapper.column_to_property.get(expression)
    if found is not None:
        return found
    if expression.__visit_name__ == "column" and expression.key is not None:
        mapped = mapper.persist_selectable.corresponding_column(expression)
        if mapped is not None and mapped in mapper.column_to_property:
            inherited: ColumnProperty = mapper.column_to_property[mapped]
            return inherited
        key = expression.key
        if mapped is None and isinstance(expression, Column) and not _in_polymorphic_source(mapper, expression):
            raise core_exc.InvalidRequestError(
                "The discriminator column %r of %s is neither in its table nor in the selectable of with_polymorphic: "
                "rows can't tell their class" % (key, mapper)
            )
        present = mapper.props.get(key)
        if (present is not None and present.parent is mapper and not present.concrete_disabled) or (
            mapper.exclude_properties and key in mapper.exclude_properties
        ):
            raise core_exc.InvalidRequestError(
                "%r is the discriminator of %s: it can be neither excluded nor mapped to something else" % (key, mapper)
            )
        prop = ColumnProperty(expression if mapped is None else mapped)
        prop.instrument = mapped is not None and mapper.persist_selectable.c.contains_column(mapped)
    else:
        named = expression if getattr(expression, "__visit_name__", "") == "label" else expression.label(None)
        prop = ColumnProperty(named)
        prop.instrument = False
        key = HIDDEN_KEY
    prop.strategy_key = (("deferred", False), ("instrument", prop.instrument))
    made: ColumnProperty = configure_property(mapper, key, prop, init=False)
    return made


def _in_polymorphic_source(mapper: Mapper, column: Any) -> bool:
    argument = mapper.with_polymorphic_argument
    source = None if argument is None else argument[1]
    return source is not None and source is not False and source.corresponding_column(column) is not None


def _inherited_discriminator(mapper: Mapper) -> None:
    for parent in mapper.inherits.iterate_to_root():
        if parent.polymorphic_on is None:
            continue
        found = mapper.persist_selectable.corresponding_column(parent.polymorphic_on)
        prop = None if found is None else mapper.column_to_property.get(found)
        if found is None and (
            parent.polymorphic_on.__visit_name__ != "column"
            or parent.polymorphic_on.table is None
            or mapper.with_polymorphic_argument is None
            or _in_polymorphic_source(mapper, parent.polymorphic_on)
        ):
            found = parent.polymorphic_on
        mapper.polymorphic_on = found
        mapper.polymorphic_prop = prop if prop is not None else parent.polymorphic_prop
        mapper.polymorphic_discriminator_key = parent.polymorphic_discriminator_key
        if mapper.concrete and mapper.persist_selectable.corresponding_column(parent.polymorphic_on) is None:
            mapper.polymorphic_discriminator_key = None
        if parent.polymorphic_prop is not None and parent.polymorphic_prop.key == HIDDEN_KEY:
            mapper.props.setdefault(HIDDEN_KEY, parent.polymorphic_prop)
        return


def single_table_criterion(mapper: Mapper) -> Any:
    """Return the criterion that tells the rows of a single-table subclass, or None."""
    if not mapper.single or mapper.inherits is None or mapper.polymorphic_on is None:
        return None
    identities = [m.polymorphic_identity for m in mapper.self_and_descendants if not m.polymorphic_abstract]
    return mapper.polymorphic_on.annotate({"parententity": mapper, "parentmapper": mapper}).in_(identities)


def source_adapter(mapper: Mapper) -> Any:
    """Return what says columns in terms of the subquery or alias in ``with_polymorphic``, None without one."""
    argument = mapper.with_polymorphic_argument
    source = None if argument is None else argument[1]
    if not isinstance(source, AliasedReturnsRows):
        return None
    return ColumnAdapter(source, equivalents=mapper.equivalent_columns)


def with_polymorphic_args(
    mapper: Mapper, spec: Any, selectable: Any, innerjoin: bool
) -> Tuple[List[Mapper], Any]:
    """Return (mappers, selectable) for loading the mapper with subclasses.

    :param spec: ``"*"``, or classes; None for the mapper's own setting.
    :param selectable: what to select from; False for the mapper's own setting, None for the joined tables.
    """
    own = mapper.with_polymorphic_argument
    if own is not None:
        spec = spec or own[0]
        if selectable is False:
            selectable = own[1]
    if selectable is False:
        selectable = None
    mappers = mappers_of(mapper, spec, selectable)
    if selectable is None:
        selectable = joined_selectable(mapper, mappers, innerjoin)
    return mappers, selectable


def mappers_of(mapper: Mapper, spec: Any, selectable: Any) -> List[Mapper]:
    """Return the mappers a with_polymorphic setting names."""
    if not spec:
        return []
    if spec == "*":
        if selectable is None:
            return [m for m in mapper.self_and_descendants if not m.concrete or m is mapper]
        tables = set(find_tables(selectable, include_aliases=True))
        return [m for m in mapper.self_and_descendants if m.local_table in tables]
    wanted: Any = []
    for item in spec:
        found = inspection.inspect(item).mapper
        if not found.isa(mapper):
            raise core_exc.InvalidRequestError("%r, named for with_polymorphic, is no subclass of %r" % (found, mapper))
        if selectable is None:
            wanted.extend(m for m in found.iterate_to_root() if m.isa(mapper) and m not in wanted)
        elif found not in wanted:
            wanted.append(found)
    return [m for m in mapper.self_and_descendants if m in wanted]


def polymorphic_union(
    table_map: Any, typecolname: Optional[str], aliasname: str = "p_union", cast_nulls: bool = True
) -> Any:
    """Return an alias of a UNION ALL of tables, for concrete inheritance.

    :param table_map: the table of each identity.
    :param typecolname: name of a column that tells the identity of a row; None for no such column.
    :param aliasname: name of the alias.
    :param cast_nulls: cast the NULLs that stand for columns a table does not have.
    """
    types: Dict[str, Any] = {}
    tables: Dict[Any, Tuple[Any, Dict[str, Any]]] = {}
    for identity, table in table_map.items():
        table = coercions.expect(roles.FromClauseRole, table)
        # of a join, columns of one key: the last
        columns = {column.key: column for column in table.c}
        if typecolname in columns:
            raise core_exc.InvalidRequestError(
                "The polymorphic union calls its discriminator '%s', as the mapped column %r is "
                "called: choose another with typecolname=, or '_concrete_discriminator_name' of "
                "ConcreteBase" % (typecolname, columns[typecolname])
            )
        tables[identity] = table, columns
        types.update((key, column.type) for key, column in columns.items())
    selects = []
    for identity, (table, columns) in tables.items():
        chosen = []
        for key, type_ in types.items():
            if key in columns:
                chosen.append(columns[key])
            elif cast_nulls:
                chosen.append(sql_cast(sql_null(), type_).label(key))
            else:
                chosen.append(type_coerce(sql_null(), type_).label(key))
        if typecolname is not None:
            literal = literal_column(quoted_literal(identity))
            chosen.append(literal.label(typecolname))
        selects.append(core_select(*chosen).select_from(table))
    return core_union_all(*selects).alias(aliasname)


def quoted_literal(value: Any) -> str:
    """Return a string as a SQL literal."""
    return "'%s'" % str(value).replace("'", "''")
