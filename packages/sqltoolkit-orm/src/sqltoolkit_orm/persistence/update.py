"""UPDATE and DELETE batches: rows of equal shape go together; row counts and version counters are checked.

INSERT is in ``insert``; which columns a mapper has is in ``plan``.
"""

from __future__ import annotations

import operator
import typing

from sqltoolkit_core import and_
from sqltoolkit_core import bindparam
from sqltoolkit_core import delete
from sqltoolkit_core import update
from sqltoolkit_core.types import TypeEngine
from sqltoolkit_core.util.decorators import warn

from ..base import NO_VALUE
from ..base import PASSIVE_NO_RESULT
from ..exc import FlushError
from ..exc import StaleDataError
from .plan import has_expression
from .plan import is_expression
from .plan import PLAIN_TYPES

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = ["changed_values", "delete_rows", "post_update_rows", "update_rows"]


def changed_values(plan: Any, state: Any, dict_: Dict[str, Any]) -> Dict[str, Any]:
    """Return the values of the table's columns that differ from the row, by column key."""
    committed = state.committed
    if not committed:
        return {}
    manager = state.manager
    by_key = plan.by_key
    changed = []
    for key, old in committed.items():
        place = by_key.get(key)
        if place is None:
            continue
        if key in dict_:
            new = dict_[key]
        elif old is None:
            continue
        else:
            new = None
        if old is new:
            continue
        if old is not NO_VALUE and old is not PASSIVE_NO_RESULT and new is not None and old is not None:
            if not is_expression(new) and manager[key].impl.is_equal(new, old) is True:
                continue
        changed.append((place, new))
    if len(changed) > 1:
        # the SET clause follows the table, whatever the order of the changes
        changed.sort(key=_by_place)
    return {place[1]: new for place, new in changed}


def _by_place(change: Any) -> int:
    place: int = change[0][0]
    return place


def _old_key(plan: Any, state: Any, dict_: Dict[str, Any]) -> List[Any]:
    """Return the primary key of the row as it is in the database."""
    committed = state.committed or {}
    values = []
    pk = state.pk
    if pk is not None and len(plan.key_names) == 1 and not isinstance(pk, tuple):
        if plan.key_names[0] not in committed:
            return [pk]
    single = len(plan.key_names) == 1 and not isinstance(pk, tuple)
    for position, key in enumerate(plan.key_names):
        if key in committed and committed[key] is not NO_VALUE:
            value = committed[key]
        elif key in committed and pk is not None:
            value = pk if single else _from_pk(plan, pk, position)
        elif key in dict_:
            value = dict_[key]
        else:
            value = pk if single else _from_pk(plan, pk, position)
        if value is None and not plan.mapper.allow_partial_pks:
            raise FlushError(
                "The primary key column %s of an object is None, so its row can't be found for UPDATE or "
                "DELETE" % plan.key_columns[position]
            )
        values.append(value)
    return values


def _from_pk(plan: Any, pk: Any, position: int) -> Any:
    if not isinstance(pk, tuple):
        return pk
    return pk[position] if position < len(pk) else None


def _where(plan: Any, prefix: str) -> Tuple[Any, List[str]]:
    """Return the criterion of the primary key and the names of its parameters."""
    names = []
    criteria = []
    for column in plan.key_columns:
        name = "%s_%s" % (plan.table.name, column.name) if prefix == "update" else column.key
        names.append(name)
        criteria.append(column == bindparam(name, type_=column.type))
    return criteria, names


def _update_statement(plan: Any) -> Tuple[Any, List[str], Any]:
    found: Optional[Tuple[Any, List[str], Any]] = plan.memo.get("update")
    if found is None:
        criteria, names = _where(plan, "update")
        taken = {column.key for _key, column in plan.columns}
        if taken.intersection(names):
            names = ["old_%s" % name for name in names]
            criteria = [
                column == bindparam(name, type_=column.type) for name, column in zip(names, plan.key_columns)
            ]
        version_name = None
        if plan.version is not None:
            version_name = "%s_%s" % (plan.table.name, plan.version.name)
            criteria.append(plan.version == bindparam(version_name, type_=plan.version.type))
        found = plan.memo["update"] = (update(plan.table).where(and_(*criteria)), names, version_name)
    return found


def update_rows(connection: Any, plan: Any, records: List[Tuple[Any, Any]], eager: Any, bumped: Any) -> None:
    """Update the row of each (state, object dictionary) that has changes in the plan's table.

    :param bumped: states whose version counter must go up though this table has no change.
    """
    if plan.version is None:
        _update_plain(connection, plan, records, eager)
        return
    statement, names, version_name = _update_statement(plan)
    batch: List[Tuple[Any, Any]] = []
    rows: List[Dict[str, Any]] = []
    shape: Any = None
    version_key = plan.version_key
    generator = plan.mapper.version_id_generator
    for record in records:
        state, dict_ = record
        params = changed_values(plan, state, dict_)
        if not params and state not in bumped:
            continue
        new_version: Any = None
        old = (state.committed or {}).get(version_key, NO_VALUE)
        if old is NO_VALUE:
            old = dict_.get(version_key)
        if generator and plan.version.key not in params:
            new_version = generator(old)
            params[plan.version.key] = new_version
        params[version_name] = old
        for name, value in zip(names, _old_key(plan, state, dict_)):
            params[name] = value
        if has_expression(params.values()):
            _flush_updates(connection, plan, statement, batch, rows, version_name)
            batch, rows, shape = [], [], None
            _update_with_expressions(connection, plan, state, dict_, params, eager)
            if new_version is not None:
                dict_[version_key] = new_version
            continue
        own = tuple(params)
        if own != shape:
            _flush_updates(connection, plan, statement, batch, rows, version_name)
            batch, rows, shape = [], [], own
        batch.append(record)
        rows.append(params)
    _flush_updates(connection, plan, statement, batch, rows, version_name)


def _changes_of(plan: Any, manager: Any, changed: Tuple[str, ...], names: List[str]) -> Any:
    """Return what to compare for objects with changes of the same attributes, and the shape of a full update.

    The SET clause follows the table, whatever the order of the changes.
    """
    by_key = plan.by_key
    places = sorted([by_key[key] + (key,) for key in changed if key in by_key])
    compared = [(key, name, _equality(manager[key].impl.is_equal)) for _place, name, key in places]
    single = len(names) == 1 and plan.key_names[0] not in changed
    return compared, tuple([name for _place, name, _key in places] + names), single


def _equality(is_equal: Any) -> Any:
    # most types compare by ==, which needs no call of theirs
    return operator.eq if getattr(is_equal, "__func__", None) is TypeEngine.compare_values else is_equal


def _update_plain(connection: Any, plan: Any, records: List[Tuple[Any, Any]], eager: Any) -> None:
    """Update rows of a table without version counter: one straight loop over all objects of a class."""
    statement, names, _version = _update_statement(plan)
    batch: List[Tuple[Any, Any]] = []
    rows: List[Dict[str, Any]] = []
    shape: Any = None
    shapes: Dict[Tuple[str, ...], Any] = {}
    width = len(names)
    first = names[0] if names else ""
    plain_types = PLAIN_TYPES
    for record in records:
        state, dict_ = record
        committed = state.committed
        if not committed:
            continue
        changed = tuple(committed)
        try:
            compared, full, single = shapes[changed]
        except KeyError:
            compared, full, single = shapes[changed] = _changes_of(plan, state.manager, changed, names)
        params = {}
        simple = True
        for key, name, is_equal in compared:
            old = committed[key]
            new = dict_.get(key)
            if new is old:
                continue
            if new is not None:
                if type(new) not in plain_types and is_expression(new):
                    simple = False
                elif old is not None and old is not NO_VALUE and old is not PASSIVE_NO_RESULT:
                    if is_equal(new, old) is True:
                        continue
            params[name] = new
        if not params:
            continue
        pk = state.pk
        if single and pk is not None and pk.__class__ is not tuple:
            params[first] = pk
        else:
            for name, value in zip(names, _old_key(plan, state, dict_)):
                params[name] = value
        if not simple:
            _flush_updates(connection, plan, statement, batch, rows, None)
            batch, rows, shape = [], [], None
            _update_with_expressions(connection, plan, state, dict_, params, eager)
            continue
        own = full if len(params) == len(compared) + width else tuple(params)
        if own is not shape and own != shape:
            _flush_updates(connection, plan, statement, batch, rows, None)
            batch, rows, shape = [], [], own
        batch.append(record)
        rows.append(params)
    _flush_updates(connection, plan, statement, batch, rows, None)


def _flush_updates(
    connection: Any, plan: Any, statement: Any, batch: List[Any], rows: List[Any], version_name: Any
) -> None:
    if not batch:
        return
    dialect = connection.dialect
    prefetch = [
        (key, column)
        for key, column in plan.columns
        if column.onupdate is not None and column.key not in rows[0]
    ]
    if version_name is not None and not dialect.supports_sane_multi_rowcount:
        matched = 0
        for record, row in zip(batch, rows):
            result = connection.execute(statement, row)
            matched += result.rowcount
            _after_update(plan, [record], result, prefetch)
        sane = dialect.supports_sane_rowcount
    elif len(rows) == 1:
        result = connection.execute(statement, rows[0])
        matched, sane = result.rowcount, dialect.supports_sane_rowcount
        _after_update(plan, batch, result, prefetch)
    else:
        result = connection.execute(statement, rows)
        matched, sane = result.rowcount, dialect.supports_sane_multi_rowcount
        _after_update(plan, batch, result, prefetch)
    if sane and matched >= 0 and matched != len(rows):
        raise StaleDataError(
            "The UPDATE of rows of '%s' should have met %d row(s) and met %d; they were deleted or "
            "changed by somebody else"
            % (plan.table.description, len(rows), matched)
        )
    if version_name is not None:
        key, name = plan.version_key, plan.version.key
        for (_state, dict_), params in zip(batch, rows):
            if name in params:
                dict_[key] = params[name]


def _after_update(plan: Any, batch: List[Any], result: Any, prefetch: Any) -> None:
    if prefetch:
        parameters = result.context.compiled_parameters
        for (_state, dict_), given in zip(batch, parameters):
            for key, column in prefetch:
                if column.key in given:
                    dict_[key] = given[column.key]
    if plan.fetch_on_update:
        for state, dict_ in batch:
            _expire(state, dict_, [key for key, _column in plan.fetch_on_update])


def _expire(state: Any, dict_: Any, keys: Any) -> None:
    for key in keys:
        dict_.pop(key, None)
    state.set_extra("flush_expired", set(keys) | (state.extra("flush_expired") or set()))


def _update_with_expressions(
    connection: Any,
    plan: Any,
    state: Any,
    dict_: Any,
    params: Dict[str, Any],
    eager: Any,
) -> None:
    """Update one row some of whose values are SQL expressions; those are loaded again when read."""
    plain: Dict[str, Any] = {}
    expressions: Dict[Any, Any] = {}
    for name, value in params.items():
        if is_expression(value):
            expressions[plan.table.c[name]] = (
                value.__clause_element__() if hasattr(value, "__clause_element__") else value
            )
        else:
            plain[name] = value
    statement = _update_statement(plan)[0].values(expressions)
    by_column = {column.key: key for key, column in plan.columns}
    keys = [by_column[column.key] for column in expressions]
    fetch = eager is True and connection.dialect.update_returning
    if fetch:
        statement = statement.return_defaults(*expressions)
    result = connection.execute(statement, plain)
    if connection.dialect.supports_sane_rowcount and result.rowcount not in (1, -1):
        raise StaleDataError(
            "The UPDATE of a row of '%s' should have met 1 row and met %d; it was deleted or changed by "
            "somebody else"
            % (plan.table.description, result.rowcount)
        )
    prefetch = [
        (key, column)
        for key, column in plan.columns
        if column.onupdate is not None and column.key not in params
    ]
    _after_update(plan, [(state, dict_)], result, prefetch)
    row = result.returned_defaults if fetch else None
    if row is not None:
        for column in expressions:
            dict_[by_column[column.key]] = row._mapping[column]
        return
    _expire(state, dict_, keys)


def post_update_rows(connection: Any, plan: Any, records: List[Tuple[Any, Any, Any]]) -> None:
    """Update single columns of rows after all else was written.

    :param records: (state, object dictionary, columns).
    """
    statement, names, version_name = _update_statement(plan)
    batch: List[Tuple[Any, Any, Dict[str, Any]]] = []
    for state, dict_, columns in records:
        by_column = {column: key for key, column in plan.columns}
        params = {column.key: dict_.get(by_column[column]) for column in columns if column in by_column}
        if not params:
            continue
        if version_name is not None:
            old = dict_.get(plan.version_key)
            generator = plan.mapper.version_id_generator
            if generator:
                params[plan.version.key] = generator(old)
            params[version_name] = old
        pk = state.pk
        values = (
            [pk] if not isinstance(pk, tuple) else list(pk)
        ) if pk is not None else [dict_.get(name) for name in plan.key_names]
        for name, value in zip(names, values):
            params[name] = value
        if batch and (version_name is not None or batch[0][2].keys() != params.keys()):
            _run_post_update(connection, plan, batch)
            batch = []
        batch.append((state, dict_, params))
    _run_post_update(connection, plan, batch)


def _run_post_update(connection: Any, plan: Any, batch: List[Tuple[Any, Any, Dict[str, Any]]]) -> None:
    """Run one UPDATE for rows that set the same columns."""
    if not batch:
        return
    statement, _names, version_name = _update_statement(plan)
    rows = [params for _state, _dict, params in batch]
    result = connection.execute(statement, rows if len(rows) > 1 else rows[0])
    if version_name is not None and plan.version.key in rows[0]:
        batch[0][1][plan.version_key] = rows[0][plan.version.key]
    prefetch = [
        (key, column)
        for key, column in plan.columns
        if column.onupdate is not None and column.key not in rows[0]
    ]
    _after_update(plan, batch, result, prefetch)


def delete_rows(connection: Any, plan: Any, records: List[Tuple[Any, Any]]) -> None:
    """Delete the row of each (state, object dictionary) from the plan's table."""
    found = plan.memo.get("delete")
    if found is None:
        criteria, names = _where(plan, "delete")
        version_name = None
        if plan.version is not None:
            version_name = plan.version.key
            criteria.append(plan.version == bindparam(version_name, type_=plan.version.type))
        found = plan.memo["delete"] = (delete(plan.table).where(and_(*criteria)), names, version_name)
    statement, names, version_name = found
    rows = []
    for state, dict_ in records:
        params = dict(zip(names, _old_key(plan, state, dict_)))
        if version_name is not None:
            committed = state.committed or {}
            value = committed.get(plan.version_key, NO_VALUE)
            params[version_name] = dict_.get(plan.version_key) if value is NO_VALUE else value
        rows.append(params)
    dialect = connection.dialect
    if len(rows) == 1:
        matched = connection.execute(statement, rows[0]).rowcount
        sane = dialect.supports_sane_rowcount
    elif version_name is not None and not dialect.supports_sane_multi_rowcount:
        matched = sum(connection.execute(statement, row).rowcount for row in rows)
        sane = dialect.supports_sane_rowcount
    else:
        matched = connection.execute(statement, rows).rowcount
        sane = dialect.supports_sane_multi_rowcount
    if plan.mapper.confirm_deleted_rows and sane and 0 <= matched != len(rows):
        message = ("The DELETE of rows of '%s' should have met %d row(s) and met %d; they were deleted or "
                   "changed by somebody else") % (
            plan.table.description,
            len(rows),
            matched,
        )
        if version_name is not None:
            raise StaleDataError(message)
        warn(message + " Where that is meant to happen, set confirm_deleted_rows=False on the mapper.")


