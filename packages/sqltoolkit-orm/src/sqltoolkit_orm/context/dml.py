"""Lowering INSERT, UPDATE and DELETE of entities: attributes to columns, criteria of inheritance, RETURNING of objects.

Running them, and keeping the session's objects in step, is in ``session.bulk``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc

from ..entities.criteria import criteria_for
from .nesting import prepare_lowering
from .select import note_criteria
from .select import SelectLowering

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = [
    "attribute_columns",
    "lower_dml",
    "refuse_joined",
    "target_mapper",
]


def target_mapper(statement: Any) -> Any:
    """Return the mapper of the table of an INSERT, UPDATE or DELETE; None for a plain table."""
    entity = statement.parts.table.annotations.get("parententity")
    return None if entity is None else entity.mapper


def attribute_columns(mapper: Any) -> Dict[str, Any]:
    """Return the column that an attribute key, in a row of values, stands for."""
    memo = mapper.memo
    found: Optional[Dict[str, Any]] = memo.get("attribute_columns")
    if found is None:
        found = {}
        for prop in mapper.column_attrs:
            for column in prop.columns:
                if getattr(column, "table", None) is mapper.local_table:
                    found[prop.key] = column
                    break
            else:
                found.setdefault(prop.key, prop.columns[0])
        memo["attribute_columns"] = found
    return found


def _translated(mapper: Any, values: Any) -> Dict[Any, Any]:
    """Return values by column for values by attribute key or column."""
    columns = attribute_columns(mapper)
    found: Dict[Any, Any] = {}
    for key, value in values.items():
        if isinstance(key, str):
            column = columns.get(key)
            if column is None:
                prop = mapper.props.get(key) if hasattr(mapper, "props") else None
                name = getattr(prop, "name", None)
                column = columns.get(name) if name is not None else None
            found[column if column is not None else key] = value
        elif key.annotations:
            found[key.deannotate()] = value
        else:
            found[key] = value
    return found


def lower_dml(statement: Any, ctx: Any) -> Any:
    """Return the plain statement; ``ctx.notes`` holds the plan of RETURNING, if objects come back."""
    parts = statement.parts
    table = parts.table
    entity = table.annotations.get("parententity")
    changes: Dict[str, Any] = {"options": ()}
    criteria = note_criteria(statement, ctx)
    if entity is None:
        lowered = statement.with_parts(**changes)
        lowered.entity_mark = None
        return lowered
    mapper = entity.mapper
    changes["table"] = mapper.local_table if not statement.is_insert else mapper.local_table
    if getattr(entity, "is_aliased_class", False):
        changes["table"] = entity.selectable
    if not statement.is_delete:
        if parts.values:
            changes["values"] = _translated(mapper, parts.values)
        if statement.is_update and parts.ordered_values:
            changes["ordered_values"] = tuple(
                (next(iter(_translated(mapper, {key: value}))), value) for key, value in parts.ordered_values
            )
        if statement.is_insert and parts.multi_values:
            changes["multi_values"] = tuple(
                tuple(_translated(mapper, row) if isinstance(row, dict) else row for row in rows)
                for rows in parts.multi_values
            )
    if not statement.is_insert:
        extra: List[Any] = []
        single = mapper.single_table_criterion
        if single is not None:
            extra.append(single)
        extra.extend(criteria_for(criteria, entity))
        if extra:
            changes["where"] = tuple(parts.where) + tuple(extra)
    if parts.returning:
        changes["returning"] = _lower_returning(statement, parts, ctx)
    lowered = statement.with_parts(**changes)
    lowered.entity_mark = None
    return lowered


def _lower_returning(statement: Any, parts: Any, ctx: Any) -> Tuple[Any, ...]:
    """Return the columns of RETURNING and leave the plan of their rows."""
    if not any("parententity" in raw.annotations or "bundle" in raw.annotations for raw in parts.returning):
        return tuple(parts.returning)
    lowering = SelectLowering.__new__(SelectLowering)
    prepare_lowering(lowering, statement, parts.returning, parts.options)
    if ctx.toplevel:
        ctx.notes["plan"] = lowering.plan
    return tuple(lowering.primary + lowering.secondary)


def refuse_joined(mapper: Any, what: str) -> None:
    """Raise for a multi-table mapping that a statement of one table can't write.

    :raises sqltoolkit_core.exc.InvalidRequestError: the mapping spans several tables.
    """
    if len(mapper.tables) > 1:
        raise sa_exc.InvalidRequestError("%s of %s needs several tables" % (what, mapper))


