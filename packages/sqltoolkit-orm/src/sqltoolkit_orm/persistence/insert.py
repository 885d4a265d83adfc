"""INSERT batches: rows of equal shape go together, in order; keys and server values come back to the objects.

Which columns a mapper has is in ``plan``; UPDATE and DELETE are in ``update``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import insert

from ..exc import FlushError
from ..base import state_str
from .plan import has_expression
from .plan import is_expression

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = ["insert_rows"]


def insert_rows(connection: Any, plan: Any, records: List[Tuple[Any, Any]], eager: Any) -> None:
    """Insert a row into the plan's table for each (state, object dictionary).

    :param eager: whether server values are fetched at once: True, False or "auto".
    """
    batch: List[Tuple[Any, Any, Dict[str, Any]]] = []
    shape: Any = None
    version_key = plan.version_key
    generator = plan.mapper.version_id_generator if version_key is not None else None
    null_pairs = plan.null_pairs
    default_keys = plan.default_keys
    evaluates_none = plan.evaluates_none
    for state, dict_ in records:
        if generator and dict_.get(version_key) is None:
            dict_[version_key] = generator(None)
        get = dict_.get
        params = {name: get(key) for name, key in null_pairs}
        for name, key, _column in default_keys:
            value = get(key)
            if value is not None or (key in dict_ and name in evaluates_none):
                params[name] = value
        if evaluates_none:
            params = _without_absent(plan, dict_, params)
        if has_expression(params.values()):
            if batch:
                _insert_batch(connection, plan, batch, eager)
                batch = []
            shape = None
            _insert_with_expressions(connection, plan, state, dict_, params, eager)
            continue
        own = len(params), tuple(params)
        if own != shape:
            if batch:
                _insert_batch(connection, plan, batch, eager)
                batch = []
            shape = own
        batch.append((state, dict_, params))
    if batch:
        _insert_batch(connection, plan, batch, eager)


def _without_absent(plan: Any, dict_: Any, params: Dict[str, Any]) -> Dict[str, Any]:
    """Leave out absent values of types that give None a meaning of their own (JSON)."""
    for name, key in plan.null_pairs:
        if name in plan.evaluates_none and key not in dict_:
            del params[name]
    return params


def _fetched(plan: Any, params: Dict[str, Any], eager: Any, many: bool, connection: Any) -> Tuple[Any, Any]:
    """Return the columns to be fetched with the INSERT, and the attributes to expire after it."""
    missing = tuple((key, column) for key, column in plan.fetch_on_insert if column.key not in params)
    if not missing:
        return (), ()
    if eager is True or (eager == "auto" and connection.dialect.insert_returning):
        return missing, ()
    return (), tuple(key for key, _column in missing)


def _statement(plan: Any, kind: str, columns: Any) -> Any:
    place = (kind, columns)
    found = plan.memo.get(place)
    if found is None:
        found = insert(plan.table)
        if kind == "returning":
            found = found.returning(*columns, sort_by_parameter_order=True)
        elif kind == "defaults":
            found = found.return_defaults(*columns) if columns else found
        plan.memo[place] = found
    return found


def _insert_batch(connection: Any, plan: Any, batch: List[Any], eager: Any) -> None:
    params = batch[0][2]
    keys = plan.key_columns
    missing_key = [
        (name, column) for name, column in zip(plan.key_names, keys) if column.key not in params
    ]
    fetched, expire = _fetched(plan, params, eager, len(batch) > 1, connection)
    prefetch = [(key, column) for key, column in plan.prefetch if column.key not in params]
    rows = [record[2] for record in batch]
    if len(batch) == 1 or not (missing_key or fetched):
        _insert_plain(connection, plan, batch, rows, fetched, prefetch, missing_key)
    elif connection.dialect.insert_executemany_returning_sort_by_parameter_order or (
        connection.dialect.insert_executemany_returning
    ):
        _insert_returning(connection, plan, batch, rows, fetched, prefetch, missing_key)
    else:
        for record in batch:
            _insert_plain(connection, plan, [record], [record[2]], fetched, prefetch, missing_key)
    if expire:
        for state, dict_, _params in batch:
            if state is not None:
                _expire(state, dict_, expire)


def _expire(state: Any, dict_: Any, keys: Any) -> None:
    present = [key for key in keys if key in state.manager]
    for key in present:
        dict_.pop(key, None)
    waiting = state.extra("flush_expired")
    state.set_extra("flush_expired", set(present) | (waiting or set()))


def _insert_plain(
    connection: Any, plan: Any, batch: List[Any], rows: List[Any], fetched: Any, prefetch: Any, missing_key: Any
) -> None:
    if len(batch) > 1:
        result = connection.execute(_statement(plan, "plain", ()), rows)
        if prefetch:
            _take_prefetched(result, batch, prefetch)
        return
    columns = tuple(column for _key, column in fetched)
    result = connection.execute(_statement(plan, "defaults", columns), rows[0])
    state, dict_, _params = batch[0]
    if prefetch:
        _take_prefetched(result, batch, prefetch)
    if missing_key:
        primary = result.inserted_primary_key
        if primary is None:
            raise FlushError("The database gave no primary key for %s" % state_str(state))
        by_column = dict(zip((column.key for column in plan.table.primary_key), primary))
        for key, column in missing_key:
            value = by_column.get(column.key)
            if value is not None:
                dict_[key] = value
    if fetched:
        row = result.returned_defaults
        if row is not None:
            for key, column in fetched:
                dict_[key] = row._mapping[column]


def _take_prefetched(result: Any, batch: List[Any], prefetch: Any) -> None:
    """Copy the values that Python-side defaults gave to the objects."""
    parameters = result.context.compiled_parameters
    for (_state, dict_, _params), given in zip(batch, parameters):
        for key, column in prefetch:
            if column.key in given:
                dict_[key] = given[column.key]


def _insert_returning(
    connection: Any, plan: Any, batch: List[Any], rows: List[Any], fetched: Any, prefetch: Any, missing_key: Any
) -> None:
    wanted = list(missing_key) + list(fetched)
    returned_prefetch = list(prefetch)
    columns = tuple(column for _key, column in wanted + returned_prefetch)
    keys = [key for key, _column in wanted + returned_prefetch]
    result = connection.execute(_statement(plan, "returning", columns), rows)
    found = result.all() if len(keys) > 1 else result.scalars().all()
    if len(found) != len(batch):
        raise FlushError(
            "The INSERT into %s gave %d rows back for %d objects, so that keys can't be matched; does a trigger or an "
            "ON CONFLICT drop rows?" % (plan.table, len(found), len(batch))
        )
    if len(keys) == 1:
        key = keys[0]
        for record, value in zip(batch, found):
            record[1][key] = value
        return
    for record, row in zip(batch, found):
        dict_ = record[1]
        for key, value in zip(keys, row):
            dict_[key] = value


def _insert_with_expressions(
    connection: Any, plan: Any, state: Any, dict_: Any, params: Dict[str, Any], eager: Any
) -> None:
    """Insert one row some of whose values are SQL expressions; those are loaded again when read."""
    plain: Dict[str, Any] = {}
    expressions: Dict[Any, Any] = {}
    for name, value in params.items():
        if is_expression(value):
            column = plan.table.c[name]
            expressions[column] = value.__clause_element__() if hasattr(value, "__clause_element__") else value
        else:
            plain[name] = value
    statement = insert(plan.table).values(expressions)
    names = {column.key: key for key, column in plan.columns}
    keys = [names[column.key] for column in expressions if column.key in names]
    fetched, expire = _fetched(plan, params, eager, False, connection)
    missing_key = [
        (name, column)
        for name, column in zip(plan.key_names, plan.key_columns)
        if column.key not in params or column in expressions
    ]
    fetch_columns = [column for _key, column in fetched]
    returning: List[Any] = []
    if connection.dialect.insert_returning and (eager is True or eager == "auto"):
        returning = [column for column in expressions if not column.primary_key]
    if fetch_columns or returning:
        statement = statement.return_defaults(*(fetch_columns + returning))
    result = connection.execute(statement, plain)
    for key, column in missing_key:
        primary = result.inserted_primary_key
        by_column = dict(zip((each.key for each in plan.table.primary_key), primary))
        if by_column.get(column.key) is not None:
            dict_[key] = by_column[column.key]
    prefetch = [(key, column) for key, column in plan.prefetch if column.key not in params]
    if prefetch:
        _take_prefetched(result, [(state, dict_, params)], prefetch)
    row: Optional[Any] = result.returned_defaults if (fetch_columns or returning) else None
    loaded = set()
    if row is not None:
        for column in fetch_columns + returning:
            key = names[column.key]
            dict_[key] = row._mapping[column]
            loaded.add(key)
    _expire(
        state,
        dict_,
        [key for key in list(keys) + list(expire) if key not in loaded and key not in plan.key_names],
    )
