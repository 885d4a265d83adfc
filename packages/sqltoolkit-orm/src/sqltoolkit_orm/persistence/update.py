"""UPDATE and DELETE batches: rows of equal shape go together; row counts and version counters are checked.

INSERT is in ``insert``; which columns a mapper has is in ``plan``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import and_
from sqltoolkit_core import bindparam
from sqltoolkit_core import delete
from sqltoolkit_core import select
from sqltoolkit_core import update
from sqltoolkit_core.types import TypeEngine
from sqltoolkit_core.util.decorators import warn

from ..base import NO_VALUE
from ..base import PASSIVE_NO_RESULT
from ..base import PASSIVE_OFF
from ..exc import FlushError
from ..exc import StaleDataError
from .plan import has_expression
from .plan import is_expression
from .plan import PLAIN_TYPES
from .received import expire
from .received import take_prefetched
from .received import tell_refreshed

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import FrozenSet
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = ["changed_values", "delete_rows", "post_update_rows", "update_rows", "version_in_row"]


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
        if old is new or (old is NO_VALUE and key in plan.key_names) or key in plan.follows:
            # a key that was not there before names the row, it does not change it
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


def _old_key(plan: Any, state: Any, dict_: Dict[str, Any], follows: FrozenSet[str] = frozenset()) -> List[Any]:
    """Return the primary key by which the database knows the row.

    :param follows: keys that the database has changed by now.
    """
    committed = state.committed or {}
    values: List[Any] = []
    pk = state.pk
    for key, place in zip(plan.key_names, plan.key_places):
        old = committed.get(key, NO_VALUE)
        if key in follows and key in dict_:
            value = dict_[key]
        elif old is not NO_VALUE and old is not PASSIVE_NO_RESULT:
            value = old
        elif pk is not None and place is not None:
            value = pk[place] if isinstance(pk, tuple) and len(plan.mapper.primary_key) > 1 else pk
        elif key in dict_:
            value = dict_[key]
        else:
            value = state.manager[key].impl.get(state, dict_, PASSIVE_OFF)
        if value is None:
            raise FlushError(
                "The primary key column %s of an object is None, so its row can't be found for UPDATE or "
                "DELETE" % plan.key_columns[len(values)]
            )
        values.append(value)
    return values


def _where(plan: Any, prefix: str) -> Tuple[Any, List[str]]:
    """Return the criterion of the primary key and the names of its parameters."""
    names = []
    criteria = []
    for column in plan.key_columns:
        name = "%s_%s" % (plan.table.name, column.name) if prefix == "update" else column.key
        names.append(name)
        criteria.append(column == bindparam(name, type_=column.type))
    return criteria, names


def _update_statement(plan: Any, versioned: bool = True) -> Tuple[Any, List[str], Any]:
    """Return (statement, names of the key's parameters, name of the version's parameter or None)."""
    versioned = versioned and plan.version is not None
    place = "update" if versioned or plan.version is None else "update without version"
    found: Optional[Tuple[Any, List[str], Any]] = plan.memo.get(place)
    if found is None:
        criteria, names = _where(plan, "update")
        taken = {column.key for _key, column in plan.columns}
        if taken.intersection(names):
            names = ["old_%s" % name for name in names]
            criteria = [
                column == bindparam(name, type_=column.type) for name, column in zip(names, plan.key_columns)
            ]
        version_name = None
        if versioned:
            version_name = "%s_%s" % (plan.table.name, plan.version.name)
            criteria.append(plan.version == bindparam(version_name, type_=plan.version.type))
        found = plan.memo[place] = (update(plan.table).where(and_(*criteria)), names, version_name)
    return found


def version_in_row(plan: Any, state: Any, dict_: Dict[str, Any]) -> Any:
    """Return the version that the row of an object has, as far as the object knows; loads an expired one."""
    key = plan.version_key
    committed = state.committed
    if committed is not None and key in committed:
        found = committed[key]
        if found is not NO_VALUE and found is not PASSIVE_NO_RESULT:
            return found
        # set without being loaded before: the row may have any version
        return _load_committed(state, key)
    if key in dict_:
        return dict_[key]
    found = state.manager[key].impl.get(state, dict_, PASSIVE_OFF)
    return None if found is NO_VALUE or found is PASSIVE_NO_RESULT else found


def _load_committed(state: Any, key: str) -> Any:
    """Return the value of the row for an attribute that was set before it was loaded; None if there is no row."""
    mapper = state.manager.mapper
    session = state.session
    if session is None or state.pk is None:
        return None
    column = mapper.get_property(key).columns[0]
    criteria = [column == value for column, value in zip(mapper.primary_key, state.key[1])]
    with session.no_autoflush:
        return session.execute(
            select(column).where(and_(*criteria)), bind_arguments={"mapper": mapper}
        ).scalar()


def update_rows(
    uow: Any, connection: Any, plan: Any, records: List[Tuple[Any, Any]], eager: Any, bumped: Any
) -> None:
    """Update the row of each (state, object dictionary) that has changes in the plan's table.

    :param uow: the flush, or None.
    :param eager: whether values that the database makes are fetched at once.
    :param bumped: states whose version counter must go up though this table has no change.
    """
    if plan.version is None:
        _update_plain(uow, connection, plan, records, eager)
        return
    statement, names, version_name = _update_statement(plan)
    batch: List[Tuple[Any, Any]] = []
    rows: List[Dict[str, Any]] = []
    shape: Any = None
    version = plan.version.key
    generator = plan.mapper.version_id_generator
    for record in records:
        state, dict_ = record
        params = changed_values(plan, state, dict_)
        if not params and (state not in bumped or not generator):
            continue
        old = version_in_row(plan, state, dict_)
        if generator and version not in params:
            params[version] = generator(old)
        params[version_name] = old
        for name, value in zip(names, _old_key(plan, state, dict_, plan.follows)):
            params[name] = value
        if has_expression(params.values()):
            _flush_updates(uow, connection, plan, statement, batch, rows, eager)
            batch, rows, shape = [], [], None
            _update_with_expressions(uow, connection, plan, state, dict_, params, eager)
            continue
        own = tuple(params)
        if own != shape:
            _flush_updates(uow, connection, plan, statement, batch, rows, eager)
            batch, rows, shape = [], [], own
        batch.append(record)
        rows.append(params)
    _flush_updates(uow, connection, plan, statement, batch, rows, eager)


def _changes_of(plan: Any, manager: Any, changed: Tuple[str, ...], names: List[str]) -> Any:
    """Return what to compare for objects with changes of the same attributes, and the shape of a full update.

    The SET clause follows the table, whatever the order of the changes.
    """
    by_key = plan.by_key
    places = sorted([by_key[key] + (key,) for key in changed if key in by_key and key not in plan.follows])
    compared = [(key, name, _equality(manager[key].impl.is_equal)) for _place, name, key in places]
    single = len(names) == 1 and plan.key_names[0] not in changed and plan.key_places[0] == 0
    return compared, tuple([name for _place, name, _key in places] + names), single


def _equality(is_equal: Any) -> Any:
    # None: most types compare by ==, which needs no call of theirs
    return None if getattr(is_equal, "__func__", None) is TypeEngine.compare_values else is_equal


def _update_plain(
    uow: Any, connection: Any, plan: Any, records: List[Tuple[Any, Any]], eager: Any
) -> None:
    """Update rows of a table without version counter: one straight loop over all objects of a class."""
    statement, names, _version = _update_statement(plan)
    batch: List[Tuple[Any, Any]] = []
    rows: List[Dict[str, Any]] = []
    shape: Any = None
    shapes: Dict[Tuple[str, ...], Any] = {}
    width = len(names)
    first = names[0] if names else ""
    key_names = plan.key_names
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
            if new is old or (old is NO_VALUE and key in key_names):
                continue
            if new is not None:
                if type(new) not in plain_types and is_expression(new):
                    simple = False
                elif old is not None and old is not NO_VALUE and old is not PASSIVE_NO_RESULT:
                    if (new == old if is_equal is None else is_equal(new, old)) is True:
                        continue
            params[name] = new
        if not params:
            continue
        pk = state.pk
        if single and pk is not None and pk.__class__ is not tuple:
            params[first] = pk
        else:
            for name, value in zip(names, _old_key(plan, state, dict_, plan.follows)):
                params[name] = value
        if not simple:
            _flush_updates(uow, connection, plan, statement, batch, rows, eager)
            batch, rows, shape = [], [], None
            _update_with_expressions(uow, connection, plan, state, dict_, params, eager)
            continue
        own = full if len(params) == len(compared) + width else tuple(params)
        if own is not shape and own != shape:
            _flush_updates(uow, connection, plan, statement, batch, rows, eager)
            batch, rows, shape = [], [], own
        batch.append(record)
        rows.append(params)
    _flush_updates(uow, connection, plan, statement, batch, rows, eager)


def _flush_updates(
    uow: Any, connection: Any, plan: Any, statement: Any, batch: List[Any], rows: List[Any], eager: Any
) -> None:
    if not batch:
        return
    dialect = connection.dialect
    params = rows[0]
    late = [(key, column) for key, column in plan.fetch_on_update if column.key not in params]
    prefetch = [(key, column) for key, column in plan.prefetch_on_update if column.key not in params]
    fetched: Any = ()
    if late and eager is True and dialect.update_returning and plan.table.implicit_returning:
        fetched, late = late, []
        place = ("update", tuple(column for _key, column in fetched))
        if place not in plan.memo:
            plan.memo[place] = statement.return_defaults(*place[1])
        statement = plan.memo[place]
    one_by_one = bool(fetched) or (plan.version is not None and not dialect.supports_sane_multi_rowcount)
    if len(rows) == 1 or one_by_one:
        matched = 0
        for record, row in zip(batch, rows):
            result = connection.execute(statement, row)
            matched += result.rowcount
            _after_update(uow, plan, [record], result, prefetch, fetched, late)
        sane = dialect.supports_sane_rowcount
    else:
        result = connection.execute(statement, rows)
        matched, sane = result.rowcount, dialect.supports_sane_multi_rowcount
        _after_update(uow, plan, batch, result, prefetch, fetched, late)
    _check_matched(plan, dialect, matched, len(rows), sane)
    if plan.version is not None:
        _take_versions(plan, batch, rows)


def _take_versions(plan: Any, batch: List[Any], rows: List[Dict[str, Any]]) -> None:
    """Let objects know the versions that were written."""
    key, name = plan.version_key, plan.version.key
    for record, params in zip(batch, rows):
        if name in params:
            record[1][key] = params[name]
            committed = record[0].committed
            if committed:
                committed.pop(key, None)


def _check_matched(plan: Any, dialect: Any, matched: int, expected: int, sane: bool) -> None:
    """Raise an error if an UPDATE met other rows than it should; warn if versions can't be verified."""
    if plan.version is not None and not dialect.supports_sane_rowcount:
        warn(
            "The dialect '%s' does not tell how many rows an UPDATE met, so that the versions of rows in '%s' can't be "
            "verified" % (dialect.name, plan.table.description)
        )
    if sane and 0 <= matched != expected:
        raise StaleDataError(
            "The UPDATE of rows of '%s' should have met %d row(s) and met %d; they were deleted or "
            "changed by somebody else" % (plan.table.description, expected, matched)
        )


def _after_update(
    uow: Any, plan: Any, batch: List[Any], result: Any, prefetch: Any, fetched: Any, late: Any
) -> None:
    if not (prefetch or fetched or late):
        return
    filled: List[str] = []
    row = result.returned_defaults if fetched else None
    if row is not None:
        state, dict_ = batch[0]
        for key, column in fetched:
            dict_[key] = row._mapping[column]
            if state is not None and state.committed and key not in plan.key_names:
                state.committed.pop(key, None)
            filled.append(key)
    if prefetch:
        filled.extend(take_prefetched(uow, result, batch, prefetch))
    tell_refreshed(uow, plan, batch, filled)
    if late:
        expire(uow, batch, [key for key, _column in late])


def _update_with_expressions(
    uow: Any,
    connection: Any,
    plan: Any,
    state: Any,
    dict_: Dict[str, Any],
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
    late = [(key, column) for key, column in plan.fetch_on_update if column.key not in params]
    fetched: Any = ()
    dialect = connection.dialect
    if late and eager is True and dialect.update_returning and plan.table.implicit_returning:
        fetched, late = late, []
        statement = statement.return_defaults(*[column for _key, column in fetched])
    new_keys = [(by_column[column.key], column) for column in expressions if column.primary_key]
    if new_keys and dialect.update_returning and plan.table.implicit_returning:
        # without its key the row could not be found again
        fetched = list(fetched) + new_keys
        statement = statement.return_defaults(*[column for _key, column in new_keys])
        for key, _column in new_keys:
            state.record_change(dict_, key, NO_VALUE)
    result = connection.execute(statement, plain)
    _check_matched(plan, dialect, result.rowcount, 1, dialect.supports_sane_rowcount)
    prefetch = [(key, column) for key, column in plan.prefetch_on_update if column.key not in params]
    known = {key for key, _column in fetched}
    late = [pair for pair in [(by_column[column.key], column) for column in expressions] + late if pair[0] not in known]
    _after_update(uow, plan, [(state, dict_)], result, prefetch, fetched, late)
    if plan.version is not None:
        _take_versions(plan, [(state, dict_)], [plain])


def post_update_rows(
    uow: Any, connection: Any, plan: Any, records: List[Tuple[Any, Any, Any]], isdelete: bool
) -> None:
    """Update single columns of rows after all else was written.

    :param records: (state, object dictionary, columns).
    :param isdelete: the rows are about to be deleted.
    """
    batch: List[Tuple[Any, Any]] = []
    rows: List[Dict[str, Any]] = []
    shape: Any = None
    for state, dict_, columns in records:
        # a row that this flush inserted has the version it began with
        versioned = plan.version is not None and state not in uow.fresh
        statement, names, version_name = _update_statement(plan, versioned)
        changed = changed_values(plan, state, dict_)
        wanted = {column.key for column in columns}
        params = {name: value for name, value in changed.items() if name in wanted}
        if not params:
            continue
        for _key, column in plan.columns:
            if column.onupdate is not None and column.key in changed:
                params[column.key] = changed[column.key]
        if versioned:
            old = version_in_row(plan, state, dict_)
            generator = plan.mapper.version_id_generator
            if generator:
                params[plan.version.key] = generator(old)
            params[version_name] = old
        for name, value in zip(names, _old_key(plan, state, dict_, plan.follows)):
            params[name] = value
        own = tuple(params), versioned
        if batch and own != shape:
            _run_post_update(uow, connection, plan, shape[1], batch, rows, isdelete)
            batch, rows = [], []
        shape = own
        batch.append((state, dict_))
        rows.append(params)
    if batch:
        _run_post_update(uow, connection, plan, shape[1], batch, rows, isdelete)


def _run_post_update(
    uow: Any, connection: Any, plan: Any, versioned: bool, batch: List[Any], rows: List[Any], isdelete: bool
) -> None:
    """Run one UPDATE for rows that set the same columns."""
    statement = _update_statement(plan, versioned)[0]
    dialect = connection.dialect
    params = rows[0]
    late = [(key, column) for key, column in plan.fetch_on_update if column.key not in params]
    prefetch = [(key, column) for key, column in plan.prefetch_on_update if column.key not in params]
    if isdelete:
        # what these objects show is the row as it was before it went
        late, prefetch = [], []
    if len(rows) > 1 and (dialect.supports_sane_multi_rowcount or not versioned):
        result = connection.execute(statement, rows)
        matched, sane = result.rowcount, dialect.supports_sane_multi_rowcount
        _after_update(uow, plan, batch, result, prefetch, (), late)
    else:
        matched = 0
        for record, row in zip(batch, rows):
            result = connection.execute(statement, row)
            matched += result.rowcount
            _after_update(uow, plan, [record], result, prefetch, (), late)
        sane = dialect.supports_sane_rowcount
    if versioned:
        _check_matched(plan, dialect, matched, len(rows), sane)
        _take_versions(plan, batch, rows)


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
            params[version_name] = version_in_row(plan, state, dict_)
        rows.append(params)
    dialect = connection.dialect
    if len(rows) == 1:
        matched = connection.execute(statement, rows[0]).rowcount
        sane = dialect.supports_sane_rowcount
    elif version_name is not None and not dialect.supports_sane_multi_rowcount and dialect.supports_sane_rowcount:
        matched = sum([connection.execute(statement, row).rowcount for row in rows])
        sane = True
    else:
        matched = connection.execute(statement, rows).rowcount
        sane = dialect.supports_sane_multi_rowcount
    if version_name is not None and not dialect.supports_sane_rowcount:
        warn(
            "The dialect '%s' does not tell how many rows a DELETE met, so that the versions of rows in '%s' can't be "
            "verified" % (dialect.name, plan.table.description)
        )
    if plan.mapper.confirm_deleted_rows and sane and 0 <= matched != len(rows):
        message = (
            "The DELETE of rows of '%s' should have met %d row(s) and met %d; they were deleted or "
            "changed by somebody else" % (plan.table.description, len(rows), matched)
        )
        if version_name is not None:
            raise StaleDataError(message)
        warn(message + " Where that is meant to happen, set confirm_deleted_rows=False on the mapper.")
