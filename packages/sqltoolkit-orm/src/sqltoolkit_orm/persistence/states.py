"""Saving and deleting the rows of objects: which are new, whose keys change, in which order the tables go.

The rows themselves are written by ``insert`` and ``update``; when this happens is decided in ``unitofwork``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core.exc import InvalidRequestError
from sqltoolkit_core.util.decorators import warn

from ..base import NO_VALUE
from ..base import PASSIVE_OFF
from ..base import state_str
from ..exc import FlushError
from ..loading.plugin import refresh_state
from ..state import DELETED
from ..state import EXPIRED
from ..state import MODIFIED
from .insert import insert_rows
from .plan import late_keys
from .plan import table_plans
from .update import changed_values
from .update import delete_rows
from .update import update_rows

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import FrozenSet
    from typing import Iterable
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Set
    from typing import Tuple

__all__ = ["delete_states", "in_order", "insert_new_rows", "save_states"]


def in_order(uow: Any, states: Any) -> List[Any]:
    """Return states in the order of their statements: new ones as they were added, all others by primary key.

    :raises InvalidRequestError: the primary keys can't be compared with each other.
    """
    if len(states) < 2:
        return list(states)
    pending = [state for state in states if state.pk is None]
    if len(pending) > 1:
        place = uow.places
        last = len(place)
        pending.sort(key=lambda state: place.get(state, last))
    persistent = [state for state in states if state.pk is not None]
    if len(persistent) > 1:
        persistent = _by_key([(state, None) for state in persistent])
        return pending + [state for state, _dict in persistent]
    return pending + persistent


def _by_key(records: List[Tuple[Any, Any]]) -> List[Tuple[Any, Any]]:
    """Return (state, ...) of one hierarchy by primary key: flushes that meet the same rows lock them in one order.

    :raises InvalidRequestError: the primary keys can't be compared with each other.
    """
    functions = _key_functions(records[0][0].manager.mapper)
    try:
        if functions is None:
            return sorted(records, key=_pk_of)
        return sorted(records, key=lambda record: _sort_key(record[0], functions))
    except TypeError:
        # None, perhaps, which a primary key of several columns may have
        functions = functions or (None,) * len(records[0][0].key[1])
    try:
        return sorted(records, key=lambda record: _sort_key(record[0], functions))
    except TypeError as err:
        raise InvalidRequestError(
            "The objects can't be put in the order of their primary keys, whose values must be comparable: %s" % err
        ) from err


def _pk_of(record: Any) -> Any:
    return record[0].pk


def _sort_key(state: Any, functions: Any) -> Any:
    return [
        (False, None) if value is None else (True, value if function is None else function(value))
        for function, value in zip(functions, state.key[1])
    ]


def _key_functions(mapper: Any) -> Any:
    """Return a sort key function or None for each column of the primary key; None if all compare by themselves."""
    found = mapper.memo.get("pk_sort")
    if found is None:
        functions = tuple(column.type.sort_key_function for column in mapper.primary_key)
        found = mapper.memo["pk_sort"] = (None if not any(functions) else functions,)
    return found[0]


def save_states(uow: Any, base: Any, states: Dict[Any, Any]) -> None:
    """Insert or update the rows of states of one hierarchy of mappers."""
    if base.batch or len(states) < 2:
        _save_batch(uow, base, states)
        return
    for state in in_order(uow, states):
        _save_batch(uow, base, {state: states[state]})


def _save_batch(uow: Any, base: Any, states: Dict[Any, Any]) -> None:
    connection = uow.connection_for(base)
    inserts: Dict[Any, List[Tuple[Any, Any]]] = {}
    updates: Dict[Any, List[Tuple[Any, Any]]] = {}
    order: Dict[Any, bool] = {}
    events = _has_events(states)
    if events:
        states = {state: states[state] for state in in_order(uow, states)}
        _before_events(uow, connection, states)
    manager: Any = None
    mapper: Any = None
    changed: List[Tuple[Any, Any]] = []
    list_only = uow.list_only
    for state, obj in states.items():
        if state.manager is not manager:
            manager = state.manager
            mapper = manager.mapper
            order[mapper] = True
            keys = _key_names(mapper)
            changed = updates.setdefault(mapper, [])
        if state.pk is None:
            dict_ = obj.__dict__
            # a key that the database makes can't be anybody else's
            switched = None if dict_.get(keys[0]) is None else _row_switch(uow, mapper, state, obj)
            if switched is None:
                uow.fresh.add(state)
                try:
                    inserts[mapper].append((state, dict_))
                except KeyError:
                    inserts[mapper] = [(state, dict_)]
            else:
                changed.append((state, dict_))
        elif (state.committed or state.flags & MODIFIED) and state not in list_only:
            changed.append((state, obj.__dict__))
    for mapper in order:
        if mapper.polymorphic_discriminator_key is not None:
            _check_discriminators(mapper, inserts.get(mapper, ()), updates[mapper])
    runs = _insert_runs(uow, inserts)
    for mapper, changed in updates.items():
        if len(changed) > 1:
            updates[mapper] = _by_key(changed)
    for table in table_plans(mapper) if len(order) == 1 else _tables_in_order(list(order)):
        # an UPDATE may free a unique value that an INSERT needs
        for plan, changed in _updates_of_table(uow, table, updates).items():
            update_rows(uow, connection, plan, changed, plan.mapper.eager_defaults, uow.bumped)
        for plan, records in _inserts_of_table(table, runs):
            insert_rows(uow, connection, plan, records, plan.mapper.eager_defaults)
    for mapper, records in inserts.items():
        _set_keys(mapper, records)
    for mapper, records in updates.items():
        if records:
            _switch_keys(uow, mapper, records)
    if events:
        _finish_with_events(uow, connection, states, inserts)
    else:
        for table in (inserts, updates):
            for mapper, records in table.items():
                if records:
                    _finish(uow, mapper, records)


def _check_discriminators(mapper: Any, *tables: Iterable[Tuple[Any, Any]]) -> None:
    """Warn of objects whose rows would be loaded as another class."""
    key = mapper.polymorphic_discriminator_key
    own = mapper.memo.get("own_identities")
    if own is None:
        # a subclass in the same table has no more columns than its parent's rows
        own = mapper.memo["own_identities"] = {mapper.polymorphic_identity, *_identities_of_single(mapper)}
    for records in tables:
        for state, dict_ in records:
            if key in dict_ and dict_[key] not in own:
                warn(
                    "%s is written with %r as its '%s', which stands for another class: its row may be loaded as that "
                    "class, or not at all" % (state_str(state), dict_[key], key)
                )


def _identities_of_single(mapper: Any) -> Iterator[Any]:
    for sub in mapper.inheriting_mappers:
        if sub.single:
            yield sub.polymorphic_identity
            yield from _identities_of_single(sub)


def _finish(uow: Any, mapper: Any, records: Iterable[Tuple[Any, Any]]) -> None:
    """Load what the database made and must be known at once; check that rows have versions."""
    keys, version = _keys_to_finish(mapper)
    if not keys and version is None:
        return
    for state, dict_ in records:
        missing = keys.difference(dict_)
        if missing and state.pk is not None:
            _load_into(uow, state, sorted(missing))
        if version is not None and version in dict_ and dict_[version] is None:
            raise FlushError(
                "%s has no version in its column '%s'; a row without one can't be updated"
                % (state_str(state), mapper.version_id_col)
            )


def _keys_to_finish(mapper: Any) -> Tuple[FrozenSet[str], Any]:
    """Return the keys of attributes that must be known after a flush, and the key of the version."""
    found: Optional[Tuple[FrozenSet[str], Any]] = mapper.memo.get("keys_to_finish")
    if found is None:
        keys = late_keys(mapper) if mapper.eager_defaults is True else frozenset()
        column = mapper.version_id_col
        prop = None if column is None else mapper.column_to_property.get(column)
        version = None if prop is None else prop.key
        if version is not None and not mapper.version_id_generator:
            keys = keys | {version}
        found = mapper.memo["keys_to_finish"] = (keys, version)
    return found


def _load_into(uow: Any, state: Any, keys: List[str]) -> None:
    committed = state.committed
    refresh_state(uow.session, state, state(), keys)
    # what was set in this flush is still to be settled
    state.committed = committed


def _insert_runs(uow: Any, inserts: Dict[Any, List[Any]]) -> List[Tuple[Any, List[Any]]]:
    """Return the new states by class, in the order they were added: objects of one class in a row go together."""
    if len(inserts) < 2:
        return list(inserts.items())
    place = uow.places
    last = len(place)
    every = [(mapper, record) for mapper, records in inserts.items() for record in records]
    every.sort(key=lambda pair: place.get(pair[1][0], last))
    runs: List[Tuple[Any, List[Any]]] = []
    for mapper, record in every:
        if runs and runs[-1][0] is mapper:
            runs[-1][1].append(record)
        else:
            runs.append((mapper, [record]))
    return runs


def _inserts_of_table(table: Any, runs: List[Tuple[Any, List[Any]]]) -> Iterator[Tuple[Any, List[Any]]]:
    """Return (plan, new states) for the rows of a table; classes whose rows are filled alike share a plan."""
    shared: Any = None
    together: List[Any] = []
    for mapper, records in runs:
        plan = table_plans(mapper).get(table)
        if plan is None:
            continue
        if mapper.inherits is not None:
            _sync_inherited(mapper, table, records)
        plan = _shared(plan)
        if plan is shared:
            together.extend(records)
            continue
        if shared is not None:
            yield shared, together
        shared, together = plan, list(records)
    if shared is not None:
        yield shared, together


def _updates_of_table(uow: Any, table: Any, updates: Dict[Any, List[Any]]) -> Dict[Any, List[Any]]:
    """Return the changed states by the plan of their rows in a table; classes whose rows are filled alike share one."""
    found: Dict[Any, List[Any]] = {}
    for mapper, changed in updates.items():
        plan = table_plans(mapper).get(table) if changed else None
        if plan is None:
            continue
        if mapper.inherits is not None:
            _sync_changed(mapper, table, changed)
        if plan.version is not None:
            uow.bumped.update(_changed_elsewhere(mapper, table, changed))
        plan = _shared(plan)
        # class by class: objects of one class are more likely to have the same changes
        found[plan] = found[plan] + changed if plan in found else changed
    return found


def _shared(plan: Any) -> Any:
    # the listeners of others are asked for by class
    return plan if plan.mapper.class_manager.dispatch.refresh_flush else plan.written_like


def insert_new_rows(connection: Any, mapper: Any, records: List[Tuple[Any, Any]]) -> None:
    """Insert rows of a mapper from (state or None, dictionary of attribute values); keys go into the dictionaries."""
    column = mapper.polymorphic_on
    if column is not None and mapper.polymorphic_identity is not None:
        prop = mapper.column_to_property.get(column)
        if prop is not None:
            for _state, dict_ in records:
                dict_.setdefault(prop.key, mapper.polymorphic_identity)
    for table, plan in table_plans(mapper).items():
        if mapper.inherits is not None:
            _sync_inherited(mapper, table, records)
        insert_rows(None, connection, plan, records, False)


def _tables_in_order(mappers: List[Any]) -> List[Any]:
    found: Dict[Any, bool] = {}
    for mapper in sorted(mappers, key=lambda each: len(list(each.iterate_to_root()))):
        for table in table_plans(mapper):
            found[table] = True
    return list(found)


def _changed_elsewhere(mapper: Any, table: Any, records: List[Any]) -> Set[Any]:
    """Return the states that have changes in other tables of the mapper than ``table``."""
    found = set()
    others = [plan for other, plan in table_plans(mapper).items() if other is not table]
    for state, dict_ in records:
        if any(changed_values(plan, state, dict_) for plan in others):
            found.add(state)
    return found


def _sync_inherited(mapper: Any, table: Any, records: List[Tuple[Any, Any]]) -> None:
    """Copy the key of the parent row into differently named attributes of the child row."""
    pairs = _renamed_keys(mapper, table)
    if pairs:
        for _state, dict_ in records:
            for left, right in pairs:
                dict_[right] = dict_.get(left)


def _sync_changed(mapper: Any, table: Any, records: List[Tuple[Any, Any]]) -> None:
    """Copy changed keys of parent rows; where the database does so by itself, for the objects' sake only."""
    for left, right in _renamed_keys(mapper, table):
        for state, dict_ in records:
            committed = state.committed
            if committed is None or left not in committed or committed[left] is NO_VALUE or left not in dict_:
                continue
            if not mapper.passive_updates:
                state.record_change(dict_, right, dict_.get(right, NO_VALUE))
            dict_[right] = dict_[left]


def _renamed_keys(mapper: Any, table: Any) -> List[Tuple[str, str]]:
    """Return (key of the parent row, key of the child row) of attributes that an inheritance equates."""
    place = ("inherit_sync", table)
    pairs: Optional[List[Tuple[str, str]]] = mapper.memo.get(place)
    if pairs is None:
        pairs = []
        current = mapper
        while current is not None and current.inherits is not None:
            for left, right in current.inherits_sync_pairs:
                if right.table is table:
                    left_prop = mapper.column_to_property.get(left)
                    right_prop = mapper.column_to_property.get(right)
                    if left_prop is not None and right_prop is not None and left_prop.key != right_prop.key:
                        pairs.append((left_prop.key, right_prop.key))
            current = current.inherits
        mapper.memo[place] = pairs
    return pairs


def _set_keys(mapper: Any, records: List[Tuple[Any, Any]]) -> None:
    """Give inserted states their identity."""
    keys = _key_names(mapper)
    if len(keys) == 1:
        key = keys[0]
        for state, dict_ in records:
            pk = dict_.get(key)
            if pk is None:
                raise _null_key(state, mapper)
            state.pk = pk
        return
    partial = mapper.allow_partial_pks
    for state, dict_ in records:
        pk = tuple([dict_.get(key) for key in keys])
        if all(part is None for part in pk) or (not partial and any(part is None for part in pk)):
            raise _null_key(state, mapper)
        state.pk = pk


def _key_names(mapper: Any) -> Tuple[str, ...]:
    """Return the attribute keys of the primary key."""
    found: Optional[Tuple[str, ...]] = mapper.memo.get("pk_keys")
    if found is None:
        found = mapper.memo["pk_keys"] = tuple(
            mapper.get_property_by_column(column).key for column in mapper.primary_key
        )
    return found


def _null_key(state: Any, mapper: Any) -> Exception:
    return FlushError(
        "%s has NULL in its primary key after an INSERT. Does its table make keys by itself, and does "
        "the Column say so?" % state_str(state)
    )


def _row_switch(uow: Any, mapper: Any, state: Any, obj: Any) -> Any:
    """Return the state whose row a new object takes over (that one is deleted in this flush), None without one.

    :raises sqltoolkit_orm.exc.FlushError: another living object has the identity of the new one.
    """
    pk = mapper.pk_from_state(state, obj.__dict__)
    if pk is None:
        return None
    try:
        existing = uow.session.identity_map.table(mapper.identity_class, state.identity_token).get(pk)
    except TypeError:
        # a SQL expression as key: the database decides
        return None
    if existing is None or existing is state or existing() is None:
        return None
    if not uow.is_deleted(existing):
        warn(
            "The new object %s has the identity key %s of a persistent one, %s"
            % (state_str(state), (mapper.identity_class, pk), state_str(existing))
        )
        return None
    uow.remove_state_actions(existing)
    session = uow.session
    session.identity_map.safe_discard(existing)
    session._deleted.pop(existing, None)
    existing.flags |= DELETED
    if session._transaction is not None:
        session._transaction.deleted[existing] = existing()
    state.pk = pk
    # whatever the new object holds is written; what it does not hold stays as the row has it
    committed = dict(state.committed or {})
    dict_ = obj.__dict__
    for plan in table_plans(mapper).values():
        for _name, key in plan.all_pairs:
            if key in dict_:
                committed[key] = NO_VALUE
    if mapper.version_id_col is not None:
        version = mapper.get_property_by_column(mapper.version_id_col).key
        dict_[version] = existing.dict.get(version)
        committed.pop(version, None)
    state.committed = committed
    state.flags |= MODIFIED
    return existing


def _switch_keys(uow: Any, mapper: Any, records: List[Tuple[Any, Any]]) -> None:
    """Enter states under their new keys where primary keys were changed."""
    keys = _key_names(mapper)
    session = uow.session
    if len(keys) == 1:
        key = keys[0]
        records = [record for record in records if record[0].committed and key in record[0].committed]
    else:
        key_set = frozenset(keys)
        records = [record for record in records if not key_set.isdisjoint(record[0].committed or ())]
    for state, dict_ in records:
        pk = dict_.get(keys[0]) if len(keys) == 1 else tuple([dict_.get(key) for key in keys])
        if pk == state.pk or pk is None:
            continue
        if state in session._new:
            state.pk = pk
            continue
        before = state.key
        session.identity_map.safe_discard(state)
        state.pk = pk
        session.identity_map.replace(state)
        session.identity_map.modified[state] = state()
        transaction = session._transaction
        if transaction is not None:
            first = transaction.key_switches.get(state)
            transaction.key_switches[state] = (first[0] if first else before, state.key)


def delete_states(uow: Any, base: Any, states: Dict[Any, Any]) -> None:
    """Delete the rows of states of one hierarchy of mappers."""
    connection = uow.connection_for(base)
    by_mapper: Dict[Any, List[Tuple[Any, Any]]] = {}
    ordered = in_order(uow, states)
    for state in ordered:
        obj = states[state]
        mapper = state.manager.mapper
        if state.flags & EXPIRED:
            # what the object shows after its row is gone
            _load_before_delete(mapper, state, obj.__dict__)
        if mapper.dispatch.before_delete:
            mapper.dispatch.before_delete(mapper, connection, state)
        by_mapper.setdefault(mapper, []).append((state, obj.__dict__))
    for table in reversed(_tables_in_order(list(by_mapper))):
        for plan, mappers in _deleters_of_table(table, by_mapper).items():
            if len(mappers) == 1:
                records = by_mapper[mappers[0]]
            else:
                records = [(state, states[state].__dict__) for state in ordered if state.manager.mapper in mappers]
            delete_rows(connection, plan, records)
    for mapper, records in by_mapper.items():
        if mapper.dispatch.after_delete:
            for state, _dict in records:
                mapper.dispatch.after_delete(mapper, connection, state)


def _deleters_of_table(table: Any, mappers: Iterable[Any]) -> Dict[Any, List[Any]]:
    """Return the plans by which rows of a table are deleted, each with the mappers of their objects."""
    found: Dict[Any, List[Any]] = {}
    for mapper in mappers:
        plan = table_plans(mapper).get(table)
        if plan is not None and not _passive(mapper, table):
            found.setdefault(plan.deletes_like, []).append(mapper)
    return found


def _load_before_delete(mapper: Any, state: Any, dict_: Dict[str, Any]) -> None:
    key = _key_names(mapper)[0]
    if key not in dict_:
        state.manager[key].impl.get(state, dict_, PASSIVE_OFF)


def _passive(mapper: Any, table: Any) -> bool:
    """Tell whether the database deletes the rows of a subclass table by itself."""
    if not mapper.passive_deletes:
        return False
    return table is not mapper.base_mapper.local_table


# ------------------------------------------------------------------------------------------------------------- events


def _has_events(states: Dict[Any, Any]) -> bool:
    last = None
    seen = set()
    for state in states:
        manager = state.manager
        if manager is last or manager in seen:
            continue
        last = manager
        seen.add(manager)
        dispatch = manager.mapper.dispatch
        if (
            dispatch.before_insert
            or dispatch.before_update
            or dispatch.after_insert
            or dispatch.after_update
            or manager.dispatch.refresh_flush
        ):
            return True
    return False


def _before_events(uow: Any, connection: Any, states: Dict[Any, Any]) -> None:
    for state in list(states):
        mapper = state.manager.mapper
        if state.pk is None:
            mapper.dispatch.before_insert(mapper, connection, state)
        elif state not in uow.list_only:
            mapper.dispatch.before_update(mapper, connection, state)


def _finish_with_events(uow: Any, connection: Any, states: Dict[Any, Any], inserts: Dict[Any, Any]) -> None:
    inserted = {state for records in inserts.values() for state, _dict in records}
    for state, obj in states.items():
        mapper = state.manager.mapper
        if state in inserted:
            _finish(uow, mapper, [(state, obj.__dict__)])
            mapper.dispatch.after_insert(mapper, connection, state)
        elif state not in uow.list_only:
            _finish(uow, mapper, [(state, obj.__dict__)])
            mapper.dispatch.after_update(mapper, connection, state)
