"""Loading attributes of one object from the tables of its subclasses alone, without those of the classes above.

The loads that use it are in ``plugin``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import bindparam
from sqltoolkit_core import select
from sqltoolkit_core.sql import visitors
from sqltoolkit_core.sql.names import anonymous_parameter
from sqltoolkit_core.sql.schema import Column
from sqltoolkit_core.sql.selectable import LABEL_STYLE_TABLENAME_PLUS_COL

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Set
    from typing import Tuple

__all__ = ["select_from_own_tables"]


def select_from_own_tables(mapper: Any, keys: Tuple[str, ...]) -> Optional[Tuple[Any, Dict[str, int]]]:
    """Return (the SELECT of some column attributes, parameter -> place in the primary key).

    None, where the attributes are not in tables that joined-table inheritance adds to a base class.
    """
    chain = _joined_levels(mapper)
    if not chain or mapper.single_table_criterion is not None or any(key in mapper.pk_keys for key in keys):
        return None
    place_of = {level.local_table: place for place, level in enumerate(chain)}
    tables = _tables(mapper, keys)
    if not tables or any(table not in place_of for table in tables):
        return None
    top = max(place_of[table] for table in tables)
    start = _with_key_as_parameters(chain[top])
    if start is None:
        return None
    condition, parameters = start
    levels = chain[: top + 1]
    statement = select(*[getattr(mapper.class_, key) for key in keys]).where(condition)
    for level in reversed(levels[:-1]):
        statement = statement.where(level.inherit_condition)
    # named one by one: the attributes would bring the joins of their classes
    statement = statement.select_from(*dict.fromkeys(tables + [level.local_table for level in reversed(levels)]))
    return statement.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL), parameters


def _joined_levels(mapper: Any) -> List[Any]:
    """Return the classes with a table of their own, from the given one towards the root, which is left out.

    There are none where attributes stand for columns of other FROM elements than these tables.
    """
    found = []
    for level in mapper.iterate_to_root():
        if level.concrete or level.polymorphic_source_adapter is not None:
            return []
        if level.inherit_condition is not None and level.inherits is not None:
            found.append(level)
    return found


def _tables(mapper: Any, keys: Tuple[str, ...]) -> List[Any]:
    """Return the tables that attributes are read from; none where an expression has a subquery in it."""
    found: List[Any] = []
    for key in keys:
        for element in visitors.iterate(mapper.get_property(key).columns[0]):
            if element.__visit_name__ in ("select", "compound_select", "select_statement_grouping"):
                return []
            if isinstance(element, Column):
                found.append(element.table)
    return found


def _with_key_as_parameters(level: Any) -> Optional[Tuple[Any, Dict[str, int]]]:
    """Return the condition of a class and its parent, with the key of the parent as parameters.

    None, if the parent has other columns in it.
    """
    parent = level.inherits
    parameters: Dict[str, int] = {}
    complete = True

    def replace(element: Any) -> Any:
        nonlocal complete
        if not isinstance(element, Column) or level.local_table.c.contains_column(element):
            return None
        same = _equated(parent, element)
        place = next((at for at, key in enumerate(parent.primary_key) if key in same), None)
        if place is None:
            complete = False
            return None
        name = anonymous_parameter("param")
        parameters[name] = place
        return bindparam(name, type_=element.type)

    condition = visitors.replacement_traverse(level.inherit_condition, {}, replace)
    return (condition, parameters) if complete and parameters else None


def _equated(mapper: Any, column: Any) -> Set[Any]:
    """Return a column and those that the inheritance of a class equates with it, over any number of levels."""
    found = {column}
    waiting = [column]
    while waiting:
        fresh = mapper.equivalent_columns.get(waiting.pop(), set()) - found
        found |= fresh
        waiting.extend(fresh)
    return found
