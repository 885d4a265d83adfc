"""INSERT batches: rows of equal shape go together, in order; keys and server values come back to the objects.

Which columns a mapper has is in ``plan``; UPDATE and DELETE are in ``update``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import insert
from sqltoolkit_core.exc import InvalidRequestError

from ..exc import FlushError
from ..base import state_str
from .plan import has_expression
from .plan import is_expression
from .received import expire
from .received import fill_defaults
from .received import take_prefetched
from .received import tell_refreshed
from .received import took

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = ["insert_rows"]


def insert_rows(uow: Any, connection: Any, plan: Any, records: List[Tuple[Any, Any]], eager: Any) -> None:
    """Insert a row into the plan's table for each (state, object dictionary).

    :param uow: the flush, or None.
    :param eager: whether server values are fetched at once: True, False or "auto".
    """
    batch: List[Tuple[Any, Any, Dict[str, Any]]] = []
    shape: Any = None
    version_key = plan.version_key
    generator = plan.mapper.version_id_generator if version_key is not None else None
    null_pairs = plan.null_pairs
    default_keys = plan.default_keys
    evaluates_none = plan.evaluates_none
    if plan.own_defaults:
        fill_defaults(uow, plan, records)
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
                _insert_batch(uow, connection, plan, batch, eager, shape)
                batch = []
            shape = None
            _insert_with_expressions(uow, connection, plan, state, dict_, params, eager)
            continue
        names = tuple(params)
        if names != shape:
            if batch:
                _insert_batch(uow, connection, plan, batch, eager, shape)
                batch = []
            shape = names
        batch.append((state, dict_, params))
    if batch:
        _insert_batch(uow, connection, plan, batch, eager, shape)


def _without_absent(plan: Any, dict_: Any, params: Dict[str, Any]) -> Dict[str, Any]:
    """Leave out absent values of types that give None a meaning of their own (JSON)."""
    for name, key in plan.null_pairs:
        if name in plan.evaluates_none and key not in dict_:
            del params[name]
    return params


def _fetched(plan: Any, names: Any, eager: Any, dialect: Any) -> Tuple[Any, Any]:
    """Return the columns to be fetched with the INSERT, and the attributes to expire after it."""
    missing = tuple((key, column) for key, column in plan.fetch_on_insert if column.key not in names)
    if not missing:
        return (), ()
    if (
        plan.table.implicit_returning
        and dialect.insert_returning
        and (eager is True or (eager == "auto" and dialect.insert_executemany_returning))
    ):
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


class _Shape:
    """What the INSERTs of rows with the same columns have in common.

    :param names: the columns that have values.
    """

    __slots__ = ("expired", "fetched", "keys", "missing_key", "places", "prefetch", "received", "returning", "wanted")

    def __init__(self, plan: Any, names: Tuple[str, ...], eager: Any, dialect: Any) -> None:
        #: (attribute key, column) of the columns whose default is a Python function
        self.prefetch = [(key, column) for key, column in plan.prefetch if column.key not in names]
        made_here = [key for key, _column in self.prefetch]
        #: the same of the columns of the key that the database makes
        self.missing_key = [
            (key, column)
            for key, column in zip(plan.key_names, plan.key_columns)
            if column.key not in names and key not in made_here
        ]
        #: the same of columns fetched with the INSERT, and the attributes that are to be loaded later
        self.fetched, self.expired = _fetched(plan, names, eager, dialect)
        #: all that come back with many rows, in the order of the table
        self.wanted = sorted(self.missing_key + list(self.fetched), key=lambda pair: plan.by_key[pair[0]][0])
        #: (attribute key, place in the primary key of the table)
        self.places = _places(plan, self.missing_key)
        self.received = [key for key, _column in self.fetched]
        self.keys = [key for key, _column in self.missing_key]
        #: whether keys of many rows come back with them
        self.returning = plan.table.implicit_returning and (
            dialect.insert_executemany_returning_sort_by_parameter_order or dialect.insert_executemany_returning
        )


def _places(plan: Any, missing_key: Any) -> List[Tuple[str, int]]:
    names = [column.key for column in plan.table.primary_key]
    return [(key, names.index(column.key)) for key, column in missing_key if column.key in names]


def _shape_of(plan: Any, names: Tuple[str, ...], eager: Any, dialect: Any) -> _Shape:
    place = (
        names,
        eager,
        dialect.insert_returning,
        dialect.insert_executemany_returning,
        dialect.insert_executemany_returning_sort_by_parameter_order,
    )
    found: Optional[_Shape] = plan.memo.get(place)
    if found is None:
        found = plan.memo[place] = _Shape(plan, names, eager, dialect)
    return found


def _insert_batch(
    uow: Any, connection: Any, plan: Any, batch: List[Any], eager: Any, names: Tuple[str, ...]
) -> None:
    shape = _shape_of(plan, names, eager, connection.dialect)
    if len(batch) == 1:
        _insert_one(uow, connection, plan, shape, batch)
    elif not (shape.missing_key or shape.fetched):
        _insert_plain(uow, connection, plan, shape, batch)
    elif shape.returning:
        _insert_returning(uow, connection, plan, shape, batch)
    else:
        for record in batch:
            _insert_one(uow, connection, plan, shape, [record])
    if shape.expired:
        expire(uow, batch, shape.expired)


def _insert_plain(uow: Any, connection: Any, plan: Any, shape: _Shape, batch: List[Any]) -> None:
    result = connection.execute(_statement(plan, "plain", ()), [record[2] for record in batch])
    if shape.prefetch:
        keys = take_prefetched(uow, result, batch, shape.prefetch)
        took(uow, batch, keys)
        tell_refreshed(uow, plan, batch, keys)


def _insert_one(uow: Any, connection: Any, plan: Any, shape: _Shape, batch: List[Any]) -> None:
    record = batch[0]
    columns = tuple([column for _key, column in shape.fetched])
    result = connection.execute(_statement(plan, "defaults", columns), record[2])
    filled = shape.received
    if shape.fetched:
        row = result.returned_defaults
        if row is not None:
            for key, column in shape.fetched:
                record[1][key] = row._mapping[column]
    if shape.prefetch:
        filled = filled + list(take_prefetched(uow, result, batch, shape.prefetch))
    if shape.missing_key:
        _take_key(result, record, shape.places)
    took(uow, batch, filled + shape.keys)
    tell_refreshed(uow, plan, batch, filled)


def _take_key(result: Any, record: Any, places: List[Tuple[str, int]]) -> None:
    """Put the new primary key of a row into its object."""
    primary = result.inserted_primary_key
    if primary is None:
        raise FlushError("The database gave no primary key for %s" % state_str(record[0]))
    for key, at in places:
        value = primary[at]
        if value is not None:
            record[1][key] = value


def _insert_returning(uow: Any, connection: Any, plan: Any, shape: _Shape, batch: List[Any]) -> None:
    keys = [key for key, _column in shape.wanted]
    statement = _statement(plan, "returning", tuple(column for _key, column in shape.wanted))
    try:
        result = connection.execute(statement, [record[2] for record in batch])
    except InvalidRequestError as err:
        if type(err) is not InvalidRequestError:
            # of a closed connection, a transaction that is over
            raise
        raise FlushError("The new rows of %s can't be matched with their objects: %s" % (plan.table, err)) from err
    if len(keys) == 1:
        key = keys[0]
        found = result.scalars().all()
        _check_count(plan, found, batch)
        for record, value in zip(batch, found):
            record[1][key] = value
    else:
        found = result.all()
        _check_count(plan, found, batch)
        for record, row in zip(batch, found):
            dict_ = record[1]
            for key, value in zip(keys, row):
                dict_[key] = value
    filled = shape.received
    if shape.prefetch:
        filled = filled + list(take_prefetched(uow, result, batch, shape.prefetch))
    took(uow, batch, keys + filled)
    tell_refreshed(uow, plan, batch, filled)


def _check_count(plan: Any, found: List[Any], batch: List[Any]) -> None:
    if len(found) != len(batch):
        raise FlushError(
            "The INSERT into %s gave %d rows back for %d objects, so that keys can't be matched; does a trigger or an "
            "ON CONFLICT drop rows?" % (plan.table, len(found), len(batch))
        )


def _insert_with_expressions(
    uow: Any, connection: Any, plan: Any, state: Any, dict_: Dict[str, Any], params: Dict[str, Any], eager: Any
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
    names = {column.key: key for key, column in plan.columns}
    fetched, expired = _fetched(plan, params, eager, connection.dialect)
    missing_key = [
        (name, column)
        for name, column in zip(plan.key_names, plan.key_columns)
        if column.key not in params or column in expressions
    ]
    statement = insert(plan.table).values(expressions)
    if fetched:
        statement = statement.return_defaults(*[column for _key, column in fetched])
    result = connection.execute(statement, plain)
    batch = [(state, dict_)]
    filled = []
    row: Optional[Any] = result.returned_defaults if fetched else None
    if row is not None:
        for key, column in fetched:
            dict_[key] = row._mapping[column]
            filled.append(key)
    prefetch = [(key, column) for key, column in plan.prefetch if column.key not in params]
    if prefetch:
        filled.extend(take_prefetched(uow, result, batch, prefetch))
    if missing_key:
        if uow is not None:
            uow.keep(state, {key: dict_[key] for key, _column in missing_key if key in dict_})
        _take_key(result, (state, dict_), _places(plan, missing_key))
    took(uow, batch, filled + [key for key, _column in missing_key])
    tell_refreshed(uow, plan, batch, filled)
    keys = [names[column.key] for column in expressions if column.key in names]
    expire(uow, batch, [key for key in keys + list(expired) if key not in plan.key_names])
