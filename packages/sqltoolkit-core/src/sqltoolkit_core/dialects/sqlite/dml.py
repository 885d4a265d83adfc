"""INSERT for SQLite: ``insert()`` with ON CONFLICT.

How the clauses are rendered is in ``compiler``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import exc
from ...sql import coercions
from ...sql import roles
from ...sql.base import generative
from ...sql.cache_key import KeyKind
from ...sql.dml import Insert as StandardInsert
from ...sql.elements import ClauseElement
from ...sql.selectable import alias
from ...sql.sqltypes import NULLTYPE
from ...util.decorators import memoized_property

if TYPE_CHECKING:
    from typing import Any
    from typing import Optional
    from typing import Tuple

__all__ = [
    "Insert",
    "OnConflict",
    "OnConflictDoNothing",
    "OnConflictDoUpdate",
    "insert",
]


def insert(table: Any) -> Insert:
    """Return an INSERT into ``table`` that can say what happens on a conflict."""
    return Insert(table)


class Insert(StandardInsert):
    """INSERT with SQLite's ON CONFLICT; made by ``insert()``."""

    stringify_dialect = "sqlite"
    inherit_cache = True

    @memoized_property
    def excluded(self) -> Any:
        """The columns of the row that could not be inserted, as ``excluded.name``."""
        return alias(self.table, name="excluded").columns

    @generative
    def on_conflict_do_update(
        self,
        index_elements: Any = None,
        index_where: Any = None,
        set_: Any = None,
        where: Any = None,
    ) -> Any:
        """Return the statement with ON CONFLICT DO UPDATE.

        :param index_elements: columns or their names, that make up the unique index in question.
        :param index_where: condition of a partial index.
        :param set_: what to set: column or its name to value; a column collection, to set all to their own values.
        :param where: which rows to update.
        """
        self._add_clause(OnConflictDoUpdate(index_elements, index_where, set_, where))
        return self

    @generative
    def on_conflict_do_nothing(self, index_elements: Any = None, index_where: Any = None) -> Any:
        """Return the statement with ON CONFLICT DO NOTHING.

        :param index_elements: columns or their names, that make up the unique index in question; None for any.
        :param index_where: condition of a partial index.
        """
        self._add_clause(OnConflictDoNothing(index_elements, index_where))
        return self

    def _add_clause(self, clause: OnConflict) -> None:
        def added(present: Any) -> Any:
            conflicts = [element for element in present if isinstance(element, OnConflict)]
            if conflicts and conflicts[-1].inferred_target_elements is None:
                raise exc.InvalidRequestError(
                    "the statement has an ON CONFLICT without a target, which applies to every conflict: it has to be "
                    "the last one"
                )
            return list(present) + [clause]

        self.apply_syntax_extension_point(added, "post_values")


class OnConflict(ClauseElement):
    """Base of both ON CONFLICT clauses."""

    stringify_dialect = "sqlite"
    inferred_target_elements: Optional[Tuple[Any, ...]] = None
    inferred_target_whereclause: Any = None
    # constraints can't be named in SQLite
    constraint_target: Optional[str] = None
    conflict_key_fields = (
        ("inferred_target_elements", KeyKind.CLAUSE_TUPLES),
        ("inferred_target_whereclause", KeyKind.CLAUSE),
    )

    def __init__(self, index_elements: Any = None, index_where: Any = None) -> None:
        if index_elements is not None:
            elements = [coercions.expect(roles.DDLConstraintColumnRole, element) for element in index_elements]
            self.inferred_target_elements = ((tuple(elements)),)
            if index_where is not None:
                self.inferred_target_whereclause = coercions.expect(roles.WhereHavingRole, index_where)

    @property
    def targets(self) -> Tuple[Any, ...]:
        """The elements of the unique index."""
        return self.inferred_target_elements[0] if self.inferred_target_elements else ()


class OnConflictDoNothing(OnConflict):
    """ON CONFLICT DO NOTHING."""

    __visit_name__ = "on_conflict_do_nothing"
    cache_key_fields = OnConflict.conflict_key_fields


class OnConflictDoUpdate(OnConflict):
    """ON CONFLICT DO UPDATE SET.

    ``update_values_to_set`` is a tuple of (column or name, element).
    """

    __visit_name__ = "on_conflict_do_update"
    cache_key_fields = OnConflict.conflict_key_fields + (
        ("update_values_to_set", KeyKind.CLAUSE_TUPLES),
        ("update_whereclause", KeyKind.CLAUSE),
    )
    update_whereclause: Any = None

    def __init__(
        self, index_elements: Any = None, index_where: Any = None, set_: Any = None, where: Any = None
    ) -> None:
        super().__init__(index_elements, index_where)
        if set_ is None or (hasattr(set_, "__len__") and not len(set_)):
            raise ValueError("set_ has nothing to set: expected a dictionary of columns and values")
        if isinstance(set_, dict):
            items = list(set_.items())
        elif hasattr(set_, "items"):
            items = list(set_.items())
        else:
            raise ValueError(
                "set_ is %r: expected a dictionary, or a collection of columns such as .excluded" % (set_,)
            )
        self.update_values_to_set = tuple(
            [(coercions.expect(roles.DMLColumnRole, key), _value(value)) for key, value in items]
        )
        if where is not None:
            self.update_whereclause = coercions.expect(roles.WhereHavingRole, where)


def _value(value: Any) -> Any:
    if value is None or isinstance(value, (dict, list)):
        from ...sql.elements import BindParameter

        return BindParameter(None, value, type_=NULLTYPE, unique=True)
    return coercions.expect(roles.ExpressionElementRole, value, type_=NULLTYPE, is_crud=True)
