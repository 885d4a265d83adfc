"""How a mapper continues another one: single-table, joined-table and concrete inheritance.

Identities and the loading of subclasses are in ``polymorphic``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core import inspection
from sqltoolkit_core.sql import visitors
from sqltoolkit_core.sql.selectable import join
from sqltoolkit_core.sql.selectable import join_condition
from sqltoolkit_core.sql.selectable import Join
from sqltoolkit_core.util import warn

from ..base import class_mapper
from .columns import tables_of

if typing.TYPE_CHECKING:
    from typing import List
    from typing import Tuple

    from .mapper import Mapper

__all__ = ["configure_inheritance", "joined_selectable", "next_version", "sync_pairs"]


def configure_inheritance(mapper: Mapper) -> None:
    """Find the parent, the tables and what is taken over from the parent."""
    parent = mapper.inherits
    if parent is None:
        _begin_hierarchy(mapper)
        return
    if isinstance(parent, type):
        parent = mapper.inherits = class_mapper(parent, configure=False)
    else:
        parent = mapper.inherits = inspection.inspect(parent).mapper
    if not issubclass(mapper.class_, parent.class_):
        raise core_exc.ArgumentError(
            "inherits= names the mapper of '%s', of which '%s' is no subclass"
            % (parent.class_.__name__, mapper.class_.__name__)
        )
    mapper.dispatch.update(parent.dispatch)
    if mapper.registry is not parent.registry:
        mapper.registry.note_dependency(parent.registry)
    _join_tables(mapper, parent)
    _take_over(mapper, parent)
    parent.inheriting_mappers.append(mapper)
    mapper.base_mapper = parent.base_mapper
    mapper.passive_updates = parent.passive_updates
    mapper.passive_deletes = parent.passive_deletes or mapper.passive_deletes
    mapper.all_tables = parent.base_mapper.all_tables
    mapper.all_tables.update(tables_of(mapper.persist_selectable))


def _begin_hierarchy(mapper: Mapper) -> None:
    if mapper.local_table is None:
        raise core_exc.ArgumentError(
            "Mapper %r has no table to map the class to, and inherits from no other mapper" % mapper
        )
    mapper.persist_selectable = mapper.local_table
    mapper.base_mapper = mapper
    mapper.identity_class = mapper.class_
    mapper.polymorphic_map = {}
    mapper.all_tables = set(tables_of(mapper.persist_selectable))
    if mapper.polymorphic_identity is not None:
        mapper.polymorphic_map[mapper.polymorphic_identity] = mapper
    if mapper.eager_defaults is None:
        mapper.eager_defaults = "auto"
    if mapper.passive_updates is None:
        mapper.passive_updates = True
    if mapper.version_id_generator is None:
        mapper.version_id_generator = next_version


def next_version(previous: Any) -> int:
    """Return the version after this one: the default version counter."""
    return (previous or 0) + 1


def _join_tables(mapper: Mapper, parent: Mapper) -> None:
    if mapper.local_table is None:
        mapper.local_table = parent.local_table
        mapper.persist_selectable = parent.persist_selectable
        mapper.single = True
        mapper.inherit_condition = None
    elif mapper.local_table is parent.local_table:
        mapper.persist_selectable = parent.persist_selectable
        mapper.single = True
    elif mapper.concrete:
        mapper.persist_selectable = mapper.local_table
        mapper.inherit_condition = None
    else:
        if mapper.inherit_condition is None:
            mapper.inherit_condition = _find_condition(mapper, parent)
        mapper.persist_selectable = join(parent.persist_selectable, mapper.local_table, mapper.inherit_condition)
        mapper.inherits_sync_pairs = sync_pairs(mapper, parent)
    if mapper.concrete and mapper.single:
        raise core_exc.ArgumentError(
            "Mapper %s is concrete but has no table of its own besides its parent's" % mapper
        )


def _find_condition(mapper: Mapper, parent: Mapper) -> Any:
    try:
        return join_condition(parent.persist_selectable, mapper.local_table, a_subset=parent.local_table)
    except core_exc.NoForeignKeysError as err:
        raise core_exc.NoForeignKeysError(
            "No foreign key links the parent's table '%s' with the table '%s' of a subclass: give one, "
            "or the mapper an inherit_condition. %s"
            % (_name(parent.local_table), _name(mapper.local_table), err)
        ) from err
    except core_exc.AmbiguousForeignKeysError as err:
        raise core_exc.AmbiguousForeignKeysError(
            "Several foreign keys link the parent's table '%s' with the table '%s' of a subclass: name "
            "the columns with inherit_condition. %s"
            % (_name(parent.local_table), _name(mapper.local_table), err)
        ) from err


def _name(table: Any) -> str:
    return str(getattr(table, "description", table))


def sync_pairs(mapper: Mapper, parent: Mapper) -> List[Tuple[Any, Any]]:
    """Return (parent column, own column) of the columns an INSERT copies down to the mapper's own table."""
    given = set(mapper.inherit_foreign_keys or ())
    found = []
    for element in visitors.iterate(mapper.inherit_condition):
        if element.__visit_name__ != "binary":
            continue
        left, right = element.left, element.right
        if not hasattr(left, "table") or not hasattr(right, "table"):
            continue
        if given:
            if left in given and right not in given:
                found.append((right, left))
            elif right in given:
                found.append((left, right))
        elif left.table is mapper.local_table and right.table is not mapper.local_table:
            found.append((right, left))
        elif right.table is mapper.local_table:
            found.append((left, right))
    return found


def _take_over(mapper: Mapper, parent: Mapper) -> None:
    mapper.polymorphic_map = parent.polymorphic_map
    if mapper.polymorphic_identity is not None:
        present = mapper.polymorphic_map.get(mapper.polymorphic_identity)
        if present is not None and present is not mapper:
            warn(
                "The polymorphic identity %r was that of %r and is now that of %r; is %r used twice?"
                % (mapper.polymorphic_identity, present, mapper, mapper.polymorphic_identity)
            )
        mapper.polymorphic_map[mapper.polymorphic_identity] = mapper
    mapper.identity_class = mapper.class_ if mapper.concrete else parent.identity_class
    if mapper.version_id_col is None:
        if not mapper.concrete or parent.version_id_col is None:
            mapper.version_id_col = None if mapper.concrete else parent.version_id_col
        if mapper.version_id_generator is None:
            mapper.version_id_generator = parent.version_id_generator
    elif parent.version_id_col is not None and mapper.version_id_col is not parent.version_id_col:
        warn(
            "version_id_col '%s' differs from that of the parent, '%s', whose column will not be "
            "written; name it on the topmost mapper only" % (mapper.version_id_col, parent.version_id_col)
        )
    if mapper.version_id_generator is None:
        mapper.version_id_generator = next_version
    if mapper.eager_defaults is None:
        mapper.eager_defaults = parent.eager_defaults
    if mapper.always_refresh is False:
        mapper.always_refresh = parent.always_refresh
    mapper.confirm_deleted_rows = mapper.confirm_deleted_rows and parent.confirm_deleted_rows
    mapper.validators = {**parent.validators, **mapper.validators}


def joined_selectable(mapper: Mapper, mappers: Any, innerjoin: bool) -> Any:
    """Return the FROM of a mapper with the tables of the given subclasses joined to it."""
    found = mapper.persist_selectable
    present = set(tables_of(found))
    for other in mappers:
        if other is mapper or other.local_table in present:
            continue
        if other.concrete:
            raise core_exc.InvalidRequestError(
                "with_polymorphic() cannot join the concrete mapper %s; give it a selectable" % other
            )
        if other.single:
            continue
        found = Join(found, other.local_table, other.inherit_condition, isouter=not innerjoin)
        present.add(other.local_table)
    return found
