"""The older methods for many rows: ``bulk_save_objects()`` and its kin.

INSERT and UPDATE statements with many parameter sets are in ``dml``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import insert

from ..base import STATE_ATTR
from ..persistence.mappings import rows_for
from ..persistence.mappings import update_by_key
from ..persistence.plan import table_plans
from ..persistence.states import insert_new_rows
from ..persistence.update import update_rows

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterable
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = ["bulk_insert_mappings", "bulk_save_objects", "bulk_update_mappings"]


def bulk_insert_mappings(
    session: Any, mapper: Any, mappings: Iterable[Dict[str, Any]], return_defaults: bool, render_nulls: bool
) -> None:
    """Insert rows of attribute values; with ``return_defaults`` the new keys go into the dictionaries."""
    rows = list(mappings)
    if not rows:
        return
    with _flushing(session):
        connection = session.connection({"mapper": mapper})
        if return_defaults:
            records = [dict(row) for row in rows]
            insert_new_rows(connection, mapper, [(None, record) for record in records])
            for row, record in zip(rows, records):
                row.update(record)
            return
        for plan in table_plans(mapper).values():
            if len(table_plans(mapper)) > 1:
                insert_new_rows(connection, mapper, [(None, dict(row)) for row in rows])
                return
            for run in rows_for(mapper, plan, rows, render_nulls):
                connection.execute(insert(plan.table), run)


def bulk_update_mappings(session: Any, mapper: Any, mappings: Iterable[Dict[str, Any]]) -> None:
    """Update rows of attribute values by their primary keys."""
    with _flushing(session):
        update_by_key(session.connection({"mapper": mapper}), mapper, mappings)


def bulk_save_objects(
    session: Any, objects: Iterable[Any], return_defaults: bool, update_changed_only: bool, preserve_order: bool
) -> None:
    """Insert transient objects and update persistent ones without further tracking."""
    groups: List[Tuple[Any, bool, List[Any]]] = []
    ordered = list(objects)
    if not preserve_order:
        ordered.sort(key=lambda obj: (id(type(obj)), obj.__dict__[STATE_ATTR].pk is not None))
    for obj in ordered:
        state = obj.__dict__[STATE_ATTR]
        persistent = state.pk is not None
        mapper = state.manager.mapper
        if not groups or groups[-1][0] is not mapper or groups[-1][1] != persistent:
            groups.append((mapper, persistent, []))
        groups[-1][2].append(obj)
    with _flushing(session):
        for mapper, persistent, members in groups:
            connection = session.connection({"mapper": mapper})
            if persistent:
                _update_objects(session, connection, mapper, members, update_changed_only)
            elif return_defaults:
                insert_new_rows(connection, mapper, [(obj.__dict__[STATE_ATTR], obj.__dict__) for obj in members])
                for obj in members:
                    state = obj.__dict__[STATE_ATTR]
                    state.pk = mapper.pk_from_state(state, obj.__dict__)
                    state.commit_all(obj.__dict__)
            else:
                rows = [_row_of(mapper, obj) for obj in members]
                if len(table_plans(mapper)) > 1:
                    insert_new_rows(connection, mapper, [(None, row) for row in rows])
                    continue
                plan = next(iter(table_plans(mapper).values()))
                for run in rows_for(mapper, plan, rows, False):
                    connection.execute(insert(plan.table), run)


def _row_of(mapper: Any, obj: Any) -> Dict[str, Any]:
    dict_ = obj.__dict__
    return {prop.key: dict_[prop.key] for prop in mapper.loaded_columns if prop.key in dict_}


def _update_objects(
    session: Any, connection: Any, mapper: Any, members: List[Any], changed_only: bool
) -> None:
    identity_map = session.identity_map
    if changed_only:
        for plan in table_plans(mapper).values():
            records = [(obj.__dict__[STATE_ATTR], obj.__dict__) for obj in members]
            update_rows(None, connection, plan, records, False, ())
        for obj in members:
            obj.__dict__[STATE_ATTR].commit_all(obj.__dict__, identity_map)
        return
    update_by_key(connection, mapper, [_row_of(mapper, obj) for obj in members])


class _flushing:
    """Marks a session as flushing and rolls back on errors."""

    def __init__(self, session: Any) -> None:
        self.session = session

    def __enter__(self) -> None:
        session = self.session
        if session._flushing:
            raise sa_exc.InvalidRequestError("flush() was called within a flush; listeners of flush "
                                             "events can't flush")
        session._flushing = True
        self.level = (session._transaction or session._autobegin_t()).begin_flush()

    def __exit__(self, type_: Any, value: Optional[BaseException], traceback: Any) -> None:
        session = self.session
        session._flushing = False
        if value is None:
            self.level.end_flush()
        elif session._transaction is not None:
            self.level.rollback_failed_flush(value)

