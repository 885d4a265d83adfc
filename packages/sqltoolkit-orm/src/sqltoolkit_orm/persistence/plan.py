"""Which rows to write for which objects: the precomputed facts of each mapper and table.

Writing the rows is in ``insert`` and ``update``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core.exc import CircularDependencyError
from sqltoolkit_core.util import topological

from ..properties import NO_DEFAULT

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import FrozenSet
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = [
    "PLAIN_TYPES",
    "TablePlan",
    "has_expression",
    "is_expression",
    "late_keys",
    "table_plans",
]

#: types of values that are no SQL expressions for certain; others join when they are met
PLAIN_TYPES = {int, str, float, bool, bytes, type(None), dict, list, tuple, set}
_MANY = 500


def has_expression(values: Any) -> bool:
    """Tell whether a SQL expression is among some values."""
    if PLAIN_TYPES.issuperset(map(type, values)):
        return False
    return any([is_expression(value) for value in values])


def is_expression(value: Any) -> bool:
    """Tell whether a value is a SQL expression."""
    cls = type(value)
    if cls in PLAIN_TYPES:
        return False
    if hasattr(value, "__clause_element__") or (hasattr(value, "compile") and hasattr(value, "annotations")):
        return True
    if len(PLAIN_TYPES) < _MANY and not hasattr(cls, "__getattr__"):
        PLAIN_TYPES.add(cls)
    return False


class TablePlan:
    """The facts of one table of one mapper."""

    __slots__ = (
        "all_pairs",
        "by_key",
        "columns",
        "deletes_like",
        "default_keys",
        "evaluates_none",
        "fetch_on_insert",
        "fetch_on_update",
        "follows",
        "key_columns",
        "key_names",
        "key_places",
        "mapper",
        "memo",
        "null_pairs",
        "own_defaults",
        "prefetch",
        "prefetch_on_update",
        "table",
        "version",
        "version_key",
        "written_like",
    )

    def __init__(self, mapper: Any, table: Any) -> None:
        self.mapper = mapper
        self.table = table
        #: (attribute key, column) of every mapped column of the table
        self.columns: List[Tuple[str, Any]] = []
        for column in table.c:
            prop = mapper.column_to_property.get(column)
            if prop is not None and hasattr(prop, "columns") and not column.omit_from_statements:
                self.columns.append((prop.key, column))
        own = {column for _key, column in self.columns}
        primary = mapper.pks_by_table.get(table) or [column for column in table.primary_key]
        self.key_columns = tuple(column for column in primary if column in own)
        names = {column: key for key, column in self.columns}
        self.key_names = tuple(names[column] for column in self.key_columns)
        #: place of each key column in the identity; None for a column that is no part of it
        self.key_places = tuple(_place_in_identity(mapper, column, names[column]) for column in self.key_columns)
        #: (column key, attribute key): a missing value of these is NULL
        self.null_pairs: List[Tuple[str, str]] = []
        #: (column key, attribute key, column): a missing value of these is the default's business
        self.default_keys: List[Tuple[str, str, Any]] = []
        self.evaluates_none = frozenset(
            column.key for _key, column in self.columns if getattr(column.type, "should_evaluate_none", False)
        )
        for key, column in self.columns:
            if (
                column.primary_key
                or column.default is not None
                or column.server_default is not None
                or getattr(column, "computed", None) is not None
                or getattr(column, "identity", None) is not None
            ):
                self.default_keys.append((column.key, key, column))
            else:
                self.null_pairs.append((column.key, key))
        self.all_pairs = [(column.key, key) for key, column in self.columns]
        #: attribute key -> default of dataclass attributes that their column, which others share, does not have
        self.own_defaults: Dict[str, Any] = {}
        for key, column in self.columns:
            default = mapper.column_to_property[column].instance_default
            if default is not None and default is not NO_DEFAULT and not _has_default(column, default):
                self.own_defaults[key] = default
        #: attribute key -> (place in the table, column key)
        self.by_key = {key: (place, column.key) for place, (key, column) in enumerate(self.columns)}
        #: attributes that the database fills on INSERT, on UPDATE
        self.fetch_on_insert = tuple(
            (key, column) for key, column in self.columns if not column.primary_key and _filled_on_insert(column)
        )
        self.fetch_on_update = tuple((key, column) for key, column in self.columns if _filled_on_update(column))
        #: attributes that Python-side defaults fill
        self.prefetch = tuple((key, column) for key, column in self.columns if _is_made_here(column.default))
        self.prefetch_on_update = tuple(
            (key, column) for key, column in self.columns if _is_made_here(column.onupdate)
        )
        #: keys that ON UPDATE CASCADE copies from the parent's table
        self.follows: FrozenSet[str] = frozenset()
        if mapper.passive_updates and table is not mapper.base_mapper.local_table:
            equated = {right for each in mapper.iterate_to_root() for _left, right in each.inherits_sync_pairs}
            self.follows = frozenset(names[column] for column in self.key_columns if column in equated)
        version = mapper.version_id_col
        self.version = version if version is not None and version in own else None
        self.version_key = names.get(self.version) if self.version is not None else None
        self.memo: Dict[Any, Any] = {}
        #: the plan by which rows of this class are deleted, inserted and updated together with those of its parents
        self.deletes_like = self
        self.written_like = self
        parent = None if mapper.inherits is None else table_plans(mapper.inherits).get(table)
        if parent is not None and _finds_alike(self, parent):
            self.deletes_like = parent.deletes_like
            if _has_columns_alike(self, parent):
                self.written_like = parent.written_like


def _finds_alike(one: TablePlan, other: TablePlan) -> bool:
    """Tell whether rows are found and verified in the same way by two plans of one table."""
    return (
        one.key_names == other.key_names
        and one.key_places == other.key_places
        and one.version_key == other.version_key
        and one.mapper.confirm_deleted_rows == other.mapper.confirm_deleted_rows
    )


def _has_columns_alike(one: TablePlan, other: TablePlan) -> bool:
    """Tell whether rows are filled in the same way by two plans of one table."""
    return (
        [key for key, _column in one.columns] == [key for key, _column in other.columns]
        and all(mine is theirs for (_, mine), (_, theirs) in zip(one.columns, other.columns))
        and one.follows == other.follows
        and not one.own_defaults
        and not other.own_defaults
        and one.mapper.eager_defaults == other.mapper.eager_defaults
        and one.mapper.version_id_generator is other.mapper.version_id_generator
    )


def _place_in_identity(mapper: Any, column: Any, key: str) -> Optional[int]:
    for place, own in enumerate(mapper.primary_key):
        if mapper.column_to_property[own].key == key or column in mapper.equivalent_columns.get(own, ()):
            return place
    return None


def _is_made_here(default: Any) -> bool:
    """Tell whether a default makes its values in Python."""
    return default is not None and not default.is_clause_element and not default.is_sequence


def _has_default(column: Any, value: Any) -> bool:
    return column.default is not None and column.default.is_scalar and column.default.arg == value


def _is_expression_default(default: Any) -> bool:
    return default is not None and bool(default.is_clause_element)


def _filled_on_insert(column: Any) -> bool:
    return (
        column.server_default is not None
        or getattr(column, "computed", None) is not None
        or _is_expression_default(column.default)
    )


def _filled_on_update(column: Any) -> bool:
    return (
        column.server_onupdate is not None
        or getattr(column, "computed", None) is not None
        or _is_expression_default(column.onupdate)
    )


def late_keys(mapper: Any) -> FrozenSet[str]:
    """Return the keys of attributes that the database fills; those missing after a flush are loaded on demand."""
    memo = mapper.memo
    found: Optional[FrozenSet[str]] = memo.get("late_keys")
    if found is None:
        found = memo["late_keys"] = frozenset(
            key
            for plan in table_plans(mapper).values()
            for key, _column in plan.fetch_on_insert + plan.fetch_on_update
        )
    return found


def table_plans(mapper: Any) -> Dict[Any, TablePlan]:
    """Return the plan of each table that objects of ``mapper`` are written to, parents first."""
    memo = mapper.memo
    found: Optional[Dict[Any, TablePlan]] = memo.get("table_plans")
    if found is None:
        # rows without a key in the mapping are not written
        found = memo["table_plans"] = {
            table: TablePlan(mapper, table) for table in _in_order(mapper) if table in mapper.pks_by_table
        }
    return found


def _in_order(mapper: Any) -> List[Any]:
    """Return the tables of a mapper: those of its parent first, its own in the order of their foreign keys."""
    above = [] if mapper.inherits is None else _in_order(mapper.inherits)
    inherited = [table for table in above if table in mapper.tables]
    own = [table for table in mapper.tables if table not in inherited]
    if len(own) < 2:
        return inherited + own
    keys = [(key.column.table, table) for table in own for key in table.foreign_keys]
    try:
        return inherited + list(topological.sort([edge for edge in keys if edge[0] is not edge[1]], own))
    except CircularDependencyError:
        return inherited + own
