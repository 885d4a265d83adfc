"""Lowering INSERT, UPDATE and DELETE of entities: attributes to columns, criteria of inheritance, RETURNING of objects.

Running them, and keeping the session's objects in step, is in ``session.dml``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core.sql.schema import Column

from ..entities.criteria import criteria_for
from .nesting import prepare_lowering
from .select import fresh_criterion
from .select import note_criteria
from .select import within_criteria_of
from .select import SelectLowering

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = [
    "attribute_columns",
    "expanded_composites",
    "expanded_values",
    "lower_dml",
    "refuse_joined",
    "returning_plan",
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
                # an expression is nothing that could be set
                if isinstance(prop.columns[0], Column):
                    found.setdefault(prop.key, prop.columns[0])
        memo["attribute_columns"] = found
    return found


def _property_of(mapper: Any, key: Any) -> Any:
    """Return the property that a key of values() means, with synonyms followed; None for no attribute."""
    if not isinstance(key, str):
        name = key.annotations.get("proxy_key")
        if name is None:
            return mapper.column_to_property.get(key)
        key = name
    prop = mapper.props.get(key)
    while prop is not None and prop.kind == "synonym":
        prop = mapper.props.get(prop.name)
    return prop


def expanded_composites(statement: Any, values: Any) -> Any:
    """Return values with the columns of composites in their places."""
    mapper = target_mapper(statement)
    if mapper is None:
        return values
    composites = mapper.memo.get("composite_keys")
    if composites is None:
        composites = mapper.memo["composite_keys"] = {
            key: prop for key, prop in mapper.props.items() if getattr(prop, "kind", None) == "composite"
        }
    if not composites:
        return values
    found: Dict[Any, Any] = {}
    for key, value in values.items():
        by_name = isinstance(key, str)
        prop = composites.get(key if by_name else getattr(key, "key", None))
        if prop is None or not (by_name or getattr(key, "prop", None) is prop):
            found[key] = value
            continue
        for part, part_value in _parts_of(prop, value):
            found[part.key if by_name else part.class_attribute] = part_value
    return found


def _parts_of(prop: Any, value: Any) -> List[Tuple[Any, Any]]:
    """Return (column property, value) of what a composite value is made of."""
    if value is None:
        values: Any = [None] * len(prop.props)
    elif hasattr(value, "__clause_element__") or hasattr(value, "__visit_name__"):
        values = list((value.__clause_element__() if hasattr(value, "__clause_element__") else value).clauses)
    else:
        values = prop.values_of(value)
    return list(zip(prop.props, values))


def _translated(mapper: Any, values: Any) -> Dict[Any, Any]:
    """Return values by column for values by attribute key, attribute or column."""
    columns = attribute_columns(mapper)
    found: Dict[Any, Any] = {}
    for key, value in values.items():
        prop = _property_of(mapper, key)
        if isinstance(key, str):
            column = None if prop is None else columns.get(prop.key)
            found[column if column is not None else key] = value
        elif prop is not None and prop.kind == "column" and prop.key not in columns:
            # an expression; the core says of its name that there is no such column
            found[prop.key] = value
        elif key.annotations:
            found[key.deannotate()] = value
        else:
            found[key] = value
    return found


def expanded_values(statement: Any, mapper: Any, params: Any = None) -> Dict[str, Any]:
    """Return the values of an UPDATE by the key of the column attribute that shows them.

    :param params: the parameters it runs with.
    :raises InvalidRequestError: values() names what is no attribute, so that objects can't be told.
    """
    parts = statement.parts
    pairs: List[Tuple[Any, Any]] = []
    if parts.values:
        pairs.extend(parts.values.items())
    if getattr(parts, "ordered_values", None):
        pairs.extend(parts.ordered_values)
    given = len(pairs)
    pairs.extend((params or {}).items())
    found: Dict[str, Any] = {}
    for position, (key, value) in enumerate(pairs):
        prop = _property_of(mapper, key)
        if prop is None:
            if position < given and isinstance(key, str):
                raise sa_exc.InvalidRequestError(
                    "%r is no attribute of %s, so that its new value can't be given to the objects of the session; "
                    "name the attribute, or set synchronize_session to False" % (key, mapper.class_.__name__)
                )
        elif prop.kind == "composite":
            found.update((part.key, part_value) for part, part_value in _parts_of(prop, value))
        elif prop.kind == "column":
            found[prop.key] = value
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
                pair for key, value in parts.ordered_values for pair in _translated(mapper, {key: value}).items()
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
            extra.append(fresh_criterion(single))
        extra.extend(criteria_for(criteria, entity, within_criteria_of(statement), ctx.forbid_caching))
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
    columns, plan = returning_plan(statement)
    if ctx.toplevel:
        ctx.notes["plan"] = plan
    return columns


def returning_plan(statement: Any) -> Tuple[Tuple[Any, ...], Any]:
    """Return the columns of a statement's RETURNING, and the plan that makes objects and values of their rows."""
    parts = statement.parts
    lowering = SelectLowering.__new__(SelectLowering)
    prepare_lowering(lowering, statement, parts.returning, parts.options, returning=True)
    return tuple(lowering.primary + lowering.secondary), lowering.plan


def refuse_joined(mapper: Any, what: str) -> None:
    """Raise for a multi-table mapping that a statement of one table can't write.

    :raises sqltoolkit_core.exc.InvalidRequestError: the mapping spans several tables.
    """
    if len(mapper.tables) > 1:
        raise sa_exc.InvalidRequestError("%s of %s needs several tables" % (what, mapper))


