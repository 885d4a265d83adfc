"""Insert-or-update and MERGE, portable: ``upsert()`` and ``merge_into()``.

What each database makes of them, and what it refuses, is in the compilers; ON CONFLICT and its kin, in the words of one
database, are in the dialects' own ``insert()``.

Words: the *proposed* row is the one that was to be inserted; the *match* is the unique key that decides whether it is
there already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Tuple

from .. import coercions, roles
from ..base import generative
from ..cache_key import KeyKind
from ..elements.base import ClauseElement, ColumnElement
from ..selectable.join import conjunction
from ... import exc
from .base import UpdateBase, crud_value
from .statements import Insert

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Merge", "MergeWhen", "ProposedColumn", "Upsert", "merge_into", "upsert"]


class ProposedColumn(ColumnElement[Any]):
    """The value that the proposed row has for a column; found as ``statement.proposed.<column>``."""

    __visit_name__ = "proposed_column"
    _from_objects = ClauseElement._from_objects
    cache_key_fields = (("column", KeyKind.CLAUSE), ("type", KeyKind.TYPE))

    def __init__(self, column: Any) -> None:
        self.column = column
        self.key = column.key
        self.type = column.type

    @property
    def description(self) -> str:
        """The column's name, for messages."""
        return "proposed.%s" % self.column.name


class _Proposed:
    """The columns of the proposed row, by key, as attributes or items."""

    __slots__ = ("_table",)

    def __init__(self, table: Any) -> None:
        self._table = table

    def __getattr__(self, key: str) -> ProposedColumn:
        if key.startswith("__"):
            raise AttributeError(key)
        try:
            return self[key]
        except KeyError:
            raise AttributeError(
                "table %r has no column %r" % (self._table.description, key)
            ) from None

    def __getitem__(self, key: str) -> ProposedColumn:
        return ProposedColumn(self._table.c[key])


class Upsert(Insert):
    """An INSERT that changes the row that is there already; made by ``upsert()``.

    Without further calls a row with the same primary key gets all values of the proposed one.

    :param table: the table.
    """

    __visit_name__ = "upsert"
    cache_key_fields = Insert.cache_key_fields + (  # type: ignore[assignment]
        ("_match_columns", KeyKind.CLAUSES),
        ("_ignore", KeyKind.PLAIN),
        ("_set_values", KeyKind.DML_VALUES),
        ("_update_criteria", KeyKind.CLAUSES),
    )
    inherit_cache = None
    _match_columns: Tuple[Any, ...] = ()
    _ignore = False
    _set_values: Optional[Dict[Any, Any]] = None
    _update_criteria: Tuple[Any, ...] = ()

    @property
    def proposed(self) -> _Proposed:
        """The columns of the row that was to be inserted, for ``update_values()`` and ``update_where()``."""
        return _Proposed(self.table)

    @property
    def match_columns(self) -> Tuple[Any, ...]:
        """The columns that decide whether a row is there: those of ``match_on()``, else the primary key.

        :raises ArgumentError: there are none.
        """
        columns = self._match_columns or tuple(self.table.primary_key)
        if not columns:
            raise exc.ArgumentError(
                "upsert() into %r needs match_on(columns): the table has no primary key"
                % self.table.description
            )
        return columns

    @generative
    def match_on(self, *columns: Any) -> Self:
        """Return a copy that looks for the row by these columns; they need a unique key.

        :param columns: columns of the table, or their keys.
        """
        self._match_columns = tuple([self._own_column(column) for column in columns])
        return self

    @generative
    def update_values(self, *columns: Any, **values: Any) -> Self:
        """Return a copy that sets these columns of a row that is there, and no others.

        :param columns: columns or keys to set to the proposed value; or one dictionary of values.
        :param values: values by column key; expressions may use the table's columns (the present
            row) and ``proposed``.
        :raises InvalidRequestError: ``ignore()`` is in use.
        """
        if self._ignore:
            raise exc.InvalidRequestError("this upsert() ignores rows that are there: nothing to set")
        made = dict(self._set_values or {})
        for column in columns:
            if isinstance(column, Mapping):
                for key, value in column.items():
                    made[coercions.expect(roles.DMLColumnRole, key)] = crud_value(value)
            else:
                own = self._own_column(column)
                made[own] = ProposedColumn(own)
        for key, value in values.items():
            made[key] = crud_value(value)
        self._set_values = made
        return self

    @generative
    def update_where(self, *criteria: Any) -> Self:
        """Return a copy that changes a row that is there only if these criteria hold for it."""
        self._update_criteria = self._update_criteria + tuple(
            [coercions.expect(roles.WhereHavingRole, criterion) for criterion in criteria]
        )
        return self

    @generative
    def ignore(self) -> Self:
        """Return a copy that leaves a row that is there as it is.

        :raises InvalidRequestError: there are values to update.
        """
        if self._set_values or self._update_criteria:
            raise exc.InvalidRequestError("this upsert() says what to update; it cannot ignore rows")
        self._ignore = True
        return self

    def _own_column(self, column: Any) -> Any:
        if isinstance(column, str):
            if column not in self.table.c:
                raise exc.ArgumentError(
                    "table %r has no column %r" % (self.table.description, column)
                )
            return self.table.c[column]
        return coercions.expect(roles.DMLColumnRole, column)


class MergeWhen(ClauseElement):
    """One WHEN of a MERGE.

    ``kind``: ``matched``, ``not_matched`` or ``not_matched_by_source``; ``action``: ``update``, ``delete``,
    ``insert`` or
    ``nothing``.
    """

    __visit_name__ = "merge_when"
    cache_key_fields = (
        ("kind", KeyKind.PLAIN),
        ("action", KeyKind.PLAIN),
        ("condition", KeyKind.CLAUSE),
        ("values", KeyKind.DML_VALUES),
    )

    def __init__(
        self,
        kind: str,
        action: str,
        condition: Any = None,
        values: Optional[Dict[Any, Any]] = None,
    ) -> None:
        self.kind = kind
        self.action = action
        self.condition = condition
        self.values = values


class Merge(UpdateBase):
    """A MERGE statement; made by ``merge_into()``.

    :param table: the table to change.
    """

    __visit_name__ = "merge"
    cache_key_fields = UpdateBase.dml_key_fields + (
        ("_source", KeyKind.CLAUSE),
        ("_on", KeyKind.CLAUSE),
        ("_whens", KeyKind.CLAUSES),
    )
    is_update = True
    _source: Any = None
    _on: Any = None
    _whens: Tuple[MergeWhen, ...] = ()

    @generative
    def using(self, source: Any, *on: Any) -> Self:
        """Return a copy that reads from a source.

        :param source: table, alias, subquery or ``values()``.
        :param on: criteria that say which row of the source belongs to which row of the table.
        """
        if not on:
            raise exc.ArgumentError("using() needs at least one criterion after the source")
        self._source = coercions.expect(roles.FromClauseRole, source, explicit_subquery=True)
        self._on = conjunction([coercions.expect(roles.OnClauseRole, each) for each in on])
        return self

    def when_matched_update(self, *conditions: Any, **values: Any) -> Self:
        """Return a copy that sets these values in rows found in the source.

        :param conditions: only for rows for which these hold; a dictionary among them is values.
        :param values: values by column key.
        """
        return self._with_when("matched", "update", conditions, values)

    def when_matched_delete(self, *conditions: Any) -> Self:
        """Return a copy that deletes rows found in the source."""
        return self._with_when("matched", "delete", conditions, None)

    def when_matched_nothing(self, *conditions: Any) -> Self:
        """Return a copy that leaves rows found in the source as they are."""
        return self._with_when("matched", "nothing", conditions, None)

    def when_not_matched_insert(self, *conditions: Any, **values: Any) -> Self:
        """Return a copy that inserts rows of the source that the table does not have.

        :param conditions: only for rows for which these hold; a dictionary among them is values.
        :param values: values by column key; mostly columns of the source.
        """
        return self._with_when("not_matched", "insert", conditions, values)

    def when_not_matched_by_source_update(self, *conditions: Any, **values: Any) -> Self:
        """Return a copy that sets these values in rows that the source does not have."""
        return self._with_when("not_matched_by_source", "update", conditions, values)

    def when_not_matched_by_source_delete(self, *conditions: Any) -> Self:
        """Return a copy that deletes rows that the source does not have."""
        return self._with_when("not_matched_by_source", "delete", conditions, None)

    def _with_when(
        self, kind: str, action: str, conditions: Tuple[Any, ...], values: Optional[Dict[str, Any]]
    ) -> Self:
        made: Optional[Dict[Any, Any]] = None
        criteria = []
        if values is not None:
            made = {key: crud_value(value) for key, value in values.items()}
        for condition in conditions:
            if isinstance(condition, Mapping) and made is not None:
                for key, value in condition.items():
                    made[coercions.expect(roles.DMLColumnRole, key)] = crud_value(value)
            else:
                criteria.append(coercions.expect(roles.WhereHavingRole, condition))
        if values is not None and not made:
            raise exc.ArgumentError("a MERGE that should %s rows needs values" % action)
        new = self._generate()
        new._whens = self._whens + (MergeWhen(kind, action, conjunction(criteria), made),)
        return new


def upsert(table: Any) -> Upsert:
    """Return an INSERT that changes the row that is there already, on any database that can.

    :param table: a table or mapped class.
    """
    return Upsert(table)


def merge_into(table: Any) -> Merge:
    """Return a MERGE into a table.

    :param table: a table or mapped class.
    """
    return Merge(table)
