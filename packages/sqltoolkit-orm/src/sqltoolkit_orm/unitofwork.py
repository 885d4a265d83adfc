"""The flush: collects what has changed, orders it by mapper, has it written, and settles the objects.

Rows are written in ``persistence``; what relationships add is in ``dependency``, whose rules are registered here by
this package's ``__init__``.  Work is ordered by mapper; single objects are ordered only where relationships form a
cycle.
"""

from __future__ import annotations

import typing

from sqltoolkit_core.exc import CircularDependencyError
from sqltoolkit_core.util.decorators import warn

from .base import NO_VALUE
from .base import PASSIVE_NO_INITIALIZE
from .base import PASSIVE_NO_RESULT
from .base import PASSIVE_OFF
from .base import PassiveFlag
from .base import state_str
from .base import STATE_ATTR
from .identity import sessions
from .persistence.plan import table_plans
from .persistence.states import delete_states
from .persistence.states import save_states
from .persistence.update import post_update_rows
from .state import DELETED
from .state import MODIFIED
from .strategies.lazy import RelationshipStrategy
from .strategies.selectin import load_relationship

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterable
    from typing import List
    from typing import Optional
    from typing import Set
    from typing import Tuple

__all__ = [
    "CascadeFollower",
    "UOWTransaction",
    "expand_deletes",
    "flush",
    "rules_of",
    "track_cascade_events",
]


#: makes the rule of a relationship; set by the package's ``__init__``, which knows ``dependency``
make_rule: Any = None


# ---------------------------------------------------------------------------------------- cascades of attribute events


class CascadeFollower:
    """Takes objects that enter a relationship into the session of their parent, and orphans out of it."""

    __slots__ = ("prop",)

    def __init__(self, prop: Any) -> None:
        self.prop = prop

    def _save(self, state: Any, item: Any, initiator: Any) -> None:
        number = state.session_id
        if number is None:
            return
        session = sessions.get(number)
        if session is None:
            return
        prop = self.prop
        item_state = item.__dict__.get(STATE_ATTR)
        if item_state is None:
            return
        if session._warn_on_events:
            session._warn_in_flush("collection append")
        if prop.cascade.save_update and (
            initiator is None or initiator.impl is state.manager[prop.key].impl or prop.key == initiator.key
        ):
            if not session._contains_state(item_state):
                session._save_or_update(item_state, item)

    def on_append(self, state: Any, item: Any, initiator: Any) -> Any:
        """An object entered the collection."""
        if item is not None:
            item_state = item.__dict__.get(STATE_ATTR)
            if item_state is not None and item_state.extras:
                item_state.extras.pop("orphaned_outside", None)
            self._save(state, item, initiator)
        return item

    def on_set(self, state: Any, item: Any, old: Any, initiator: Any) -> Any:
        """An object took the place of another."""
        if item is old:
            return item
        if item is not None:
            self._save(state, item, initiator)
        if old is not None and old is not NO_VALUE and old is not PASSIVE_NO_RESULT:
            self._drop_pending_orphan(state, old)
        return item

    def on_remove(self, state: Any, item: Any, initiator: Any) -> None:
        """An object left."""
        if item is None or item is NO_VALUE or item is PASSIVE_NO_RESULT:
            return
        self._drop_pending_orphan(state, item)

    def _drop_pending_orphan(self, state: Any, item: Any) -> None:
        prop = self.prop
        item_state = item.__dict__.get(STATE_ATTR)
        if item_state is None or not prop.cascade.delete_orphan:
            return
        number = state.session_id
        session = sessions.get(number) if number is not None else None
        if session is None:
            if item_state.pk is None:
                item_state.set_extra("orphaned_outside", True)
            return
        if item_state in session._new:
            if prop.mapper.is_orphan(item_state):
                session._expunge_states([item_state], to_transient=True)


def track_cascade_events(impl: Any, prop: Any) -> None:
    """Have the changes of a relationship attribute cascade into sessions."""
    impl.follow(CascadeFollower(prop))


RelationshipStrategy.on_attribute = staticmethod(track_cascade_events)


# ------------------------------------------------------------------------------------------------ cascading deletes


def expand_deletes(session: Any) -> None:
    """Follow the delete cascades of objects marked since the last time, relationship by relationship.

    Collections that are not loaded are loaded for all marked objects at once.
    """
    while session._waiting_deletes:
        waiting = session._waiting_deletes
        session._waiting_deletes = []
        by_mapper: Dict[Any, List[Any]] = {}
        for state in waiting:
            if state in session._deleted and state() is not None:
                by_mapper.setdefault(state.manager.mapper, []).append(state)
        for mapper, states in by_mapper.items():
            for prop in mapper.relationships:
                if prop.cascade.delete and not prop.viewonly:
                    _delete_along(session, prop, states)


#: a cascade neither flushes nor fails on attributes that raise
_QUIETLY = PassiveFlag.NO_AUTOFLUSH | PassiveFlag.NO_RAISE


def _delete_along(session: Any, prop: Any, states: List[Any]) -> None:
    key = prop.key
    if not prop.passive_deletes and prop.lazy not in ("dynamic", "write_only", "raise", "raise_on_sql"):
        unloaded = [state() for state in states if key not in state.dict and state.pk is not None]
        if len(unloaded) > 1:
            with session.no_autoflush:
                load_relationship(session, prop, unloaded)
    passive = PASSIVE_NO_INITIALIZE if prop.passive_deletes else PASSIVE_OFF
    for state in states:
        dict_ = state.dict
        impl = state.manager[key].impl
        previous, session.autoflush = session.autoflush, False
        try:
            if key not in dict_ and not impl.dynamic and not prop.passive_deletes:
                impl.get(state, dict_, PASSIVE_OFF | _QUIETLY)
            pending = impl.get_all_pending(state, dict_, passive)
        finally:
            session.autoflush = previous
        if prop.uselist is False and not pending and key in dict_ and dict_[key] is not None:
            pending = [(dict_[key].__dict__[STATE_ATTR], dict_[key])]
        for item_state, item in pending:
            if item is None or item is NO_VALUE or item is PASSIVE_NO_RESULT:
                continue
            if item_state is None:
                item_state = item.__dict__[STATE_ATTR]
            if item_state in session._deleted or item_state.flags & DELETED:
                continue
            session._mark_deleted(item_state, item)
            if item_state in session._deleted:
                session._waiting_deletes.append(item_state)


# --------------------------------------------------------------------------------------------------------- the flush


class UOWTransaction:
    """One flush: the objects to save and to delete, by mapper, and what is known of their histories."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.attributes: Dict[Any, Any] = {}
        #: mapper -> states to save, in order
        self.saves: Dict[Any, Dict[Any, Any]] = {}
        #: mapper -> states to delete, in order
        self.deletes: Dict[Any, Dict[Any, Any]] = {}
        #: state -> is it to be deleted?
        self.states: Dict[Any, bool] = {}
        #: saved states without changes of their own
        self.list_only: Set[Any] = set()
        self.transaction: Any = None
        self._fresh: List[Any] = []
        self._links: Dict[Any, Dict[Any, Any]] = {}
        self._post_updates: Dict[Any, Dict[Any, Set[Any]]] = {}
        self._histories: Dict[Any, Any] = {}
        self._connections: Dict[Any, Any] = {}
        self.bumped: Set[Any] = set()
        #: states inserted by this flush
        self.fresh: Set[Any] = set()

    # ----------------------------------------------------------------- facts
    @property
    def has_work(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.states)

    @property
    def mappers(self) -> Any:
        """The states by mapper."""
        return self.saves

    def is_deleted(self, state: Any) -> bool:
        """Tell whether a state is deleted, or is going to be by this flush."""
        return bool(self.states.get(state, False)) or bool(state.flags & DELETED)

    def was_already_deleted(self, state: Any) -> bool:
        """Tell whether a state was deleted by an earlier flush."""
        return bool(state.flags & DELETED)

    def knows(self, state: Any) -> bool:
        """Tell whether a state is in the session of this flush, or gets there."""
        return state in self.states or self.session._contains_state(state)

    def history(self, state: Any, key: str, passive: int) -> Tuple[Any, Any, Any]:
        """Return (added, unchanged, removed) states of a relationship attribute."""
        place = (state, key)
        found = self._histories.get(place)
        if found is not None and (found[0] >= passive or found[0] & passive == passive):
            return found[1]
        obj = state()
        if obj is None:
            return (), (), ()
        impl = state.manager[key].impl
        history = impl.get_history(state, obj.__dict__, passive)
        made = (_states(history[0]), _states(history[1]), _states(history[2]))
        self._histories[place] = (passive, made)
        return made

    def get_attribute_history(self, state: Any, key: str, passive: int = PASSIVE_NO_INITIALIZE) -> Any:
        """Return the history of an attribute."""
        return state.manager[key].impl.get_history(state, state.dict, passive)

    def links_done(self, secondary: Any) -> Dict[Any, Any]:
        """Return the links of a secondary table that this flush has written."""
        return self._links.setdefault(secondary, {})

    def connection_for(self, mapper: Any) -> Any:
        """Return the connection that rows of a mapper are written with."""
        base = mapper.base_mapper
        found = self._connections.get(base)
        if found is None:
            session = self.session
            callable_ = session.connection_callable
            if callable_ is not None:
                return callable_(mapper, None)
            found = self._connections[base] = session.connection({"mapper": mapper})
        return found

    # -------------------------------------------------------------- registering
    def register(
        self,
        state: Any,
        isdelete: bool = False,
        listonly: bool = False,
        operation: Optional[str] = None,
        prop: Any = None,
    ) -> bool:
        """Have a state saved or deleted; False if it is outside of the session."""
        known = self.states.get(state)
        if known is not None:
            if isdelete and not known:
                del self.saves[state.manager.mapper][state]
                self.states[state] = True
                self.deletes.setdefault(state.manager.mapper, {})[state] = state()
                self._fresh.append(state)
            elif not listonly:
                self.list_only.discard(state)
            return True
        if not self.session._contains_state(state):
            if not (state.flags & DELETED) and operation is not None:
                self.warn_outside(state, prop, operation)
            return False
        obj = state()
        if obj is None:
            return False
        if isdelete and state.pk is None:
            self.session._expunge_states([state], to_transient=True)
            return False
        mapper = state.manager.mapper
        self.states[state] = isdelete
        (self.deletes if isdelete else self.saves).setdefault(mapper, {})[state] = obj
        if listonly and not isdelete:
            self.list_only.add(state)
        self._fresh.append(state)
        return True

    register_object = register

    def take(self, state: Any, obj: Any, mapper: Any) -> None:
        """Register a state of the session that is to be saved, and not known yet."""
        if state in self.states:
            self.list_only.discard(state)
            return
        self.states[state] = False
        try:
            self.saves[mapper][state] = obj
        except KeyError:
            self.saves[mapper] = {state: obj}
        self._fresh.append(state)

    def warn_outside(self, state: Any, prop: Any, operation: str) -> None:
        """Warn that a related object is not in the session."""
        warn(
            "An object of type <%s> is not in the session: its %s by '%s' is not written"
            % (state.class_.__name__, operation, prop)
        )

    def cascade_delete(self, state: Any) -> None:
        """Register what the delete cascades of a state reach."""
        for _obj, _mapper, found, _dict in state.manager.mapper.cascade_iterator("delete", state):
            self.register(found, isdelete=True)

    def post_update(self, state: Any, columns: Iterable[Any]) -> None:
        """Have columns of a row updated after all rows are written."""
        if state in self.states or self.session._contains_state(state):
            mapper = state.manager.mapper
            self._post_updates.setdefault(mapper, {}).setdefault(state, set()).update(columns)

    register_post_update = post_update

    def remove_state_actions(self, state: Any) -> None:
        """Take a state out of this flush."""
        known = self.states.pop(state, None)
        if known is not None:
            (self.deletes if known else self.saves).get(state.manager.mapper, {}).pop(state, None)

    # ------------------------------------------------------------------ running
    def presort(self) -> None:
        """Let the relationships register what else takes part, until nothing new comes."""
        while self._fresh:
            fresh, self._fresh = self._fresh, []
            groups: Dict[Tuple[Any, bool], List[Any]] = {}
            for state in fresh:
                isdelete = self.states.get(state)
                if isdelete is not None:
                    mapper = state.manager.mapper
                    if rules_of(mapper):
                        groups.setdefault((mapper, isdelete), []).append(state)
            for (mapper, isdelete), states in groups.items():
                for rule in rules_of(mapper):
                    if isdelete:
                        rule.presort_deletes(self, states)
                    else:
                        rule.presort_saves(self, states)

    def execute(self) -> None:
        """Write everything, in order."""
        self.presort()
        components = _components(self)
        rules = self._active_rules()
        for rule, mapper in rules:
            states = self._states_of(self.deletes, mapper)
            if states and not rule.many_to_many:
                rule.process_deletes(self, states)
        for component, cyclic in components:
            for level in self._levels(component, cyclic, self.saves, rules):
                self._save_level(level, rules, component)
        self._many_to_many(rules, False)
        self._run_post_updates(False)
        self._many_to_many(rules, True)
        self._run_post_updates(True)
        for component, cyclic in reversed(components):
            for level in reversed(self._levels(component, cyclic, self.deletes, rules)):
                self._delete_level(level)

    def _active_rules(self) -> List[Tuple[Any, Any]]:
        found = []
        for mapper in list(self.saves) + [each for each in self.deletes if each not in self.saves]:
            for rule in rules_of(mapper):
                found.append((rule, mapper))
        return found

    @staticmethod
    def _states_of(table: Dict[Any, Dict[Any, Any]], mapper: Any) -> List[Any]:
        return list(table.get(mapper, ()))

    def _levels(
        self, component: List[Any], cyclic: bool, table: Dict[Any, Dict[Any, Any]], rules: List[Any]
    ) -> List[Dict[Any, Any]]:
        """Return the states of a group of mappers in levels: those of one level do not depend on each other."""
        members = set(component)
        states: Dict[Any, Any] = {}
        for mapper, found in table.items():
            if mapper.base_mapper in members:
                states.update(found)
        if not states:
            return []
        if not cyclic:
            return [states]
        return _sort_levels(self, states, rules, members)

    def _save_level(self, states: Dict[Any, Any], rules: List[Any], component: List[Any]) -> None:
        by_mapper: Dict[Any, List[Any]] = {}
        if rules:
            for state in states:
                by_mapper.setdefault(state.manager.mapper, []).append(state)
        for rule, mapper in rules:
            if rule.target_first and not rule.post_update and mapper in by_mapper:
                rule.process_saves(self, by_mapper[mapper])
        by_base: Dict[Any, Dict[Any, Any]] = {}
        if len(component) == 1:
            by_base[component[0]] = states
        else:
            for state, obj in states.items():
                by_base.setdefault(state.manager.mapper.base_mapper, {})[state] = obj
        for base, members in by_base.items():
            save_states(self, base, members)
        for rule, mapper in rules:
            if mapper in by_mapper and not rule.many_to_many and (not rule.target_first or rule.post_update):
                rule.process_saves(self, by_mapper[mapper])

    def _many_to_many(self, rules: List[Any], deletes: bool) -> None:
        for rule, mapper in rules:
            if rule.many_to_many:
                states = self._states_of(self.deletes if deletes else self.saves, mapper)
                if states:
                    if deletes:
                        rule.process_deletes(self, states)
                    else:
                        rule.process_saves(self, states)

    def _run_post_updates(self, _deletes: bool) -> None:
        waiting, self._post_updates = self._post_updates, {}
        for mapper, states in waiting.items():
            connection = self.connection_for(mapper)
            for table, plan in table_plans(mapper).items():
                records = []
                for state, columns in states.items():
                    own = [column for column in columns if column.table is table]
                    if own and state.pk is not None:
                        records.append((state, state.dict, own))
                if records:
                    post_update_rows(connection, plan, records)

    def _delete_level(self, states: Dict[Any, Any]) -> None:
        by_base: Dict[Any, Dict[Any, Any]] = {}
        for state, obj in states.items():
            by_base.setdefault(state.manager.mapper.base_mapper, {})[state] = obj
        for base, members in by_base.items():
            delete_states(self, base, members)

    # ------------------------------------------------------------------ settling
    def finalize_flush_changes(self) -> None:
        """Settle the objects after all rows are written."""
        session = self.session
        identity_map = session.identity_map
        modified = identity_map.modified
        transaction = session._transaction
        nested = transaction is not None and transaction.nested
        new = session._new
        fresh = []
        for mapper, found in self.saves.items():
            readonly = _readonly_keys(mapper)
            for state, obj in found.items():
                if state in new:
                    fresh.append(state)
                elif nested:
                    transaction.dirty[state] = True
                if readonly and state not in self.list_only:
                    dict_ = obj.__dict__
                    loaded = [key for key in readonly if key in dict_]
                    if loaded:
                        state.set_extra("flush_expired", set(loaded) | (state.extra("flush_expired") or set()))
                extras = state.extras
                if extras is None or _SETTLING.isdisjoint(extras):
                    state.committed = None
                    state.flags &= ~MODIFIED
                    modified.pop(state, None)
                else:
                    dict_ = obj.__dict__
                    expired = state.extras.pop("flush_expired", None)
                    state.commit_all(dict_, identity_map)
                    if expired:
                        state.expire_attributes(dict_, expired)
        if fresh:
            session._register_persistent(fresh)
        for found in self.deletes.values():
            for state, obj in found.items():
                self._settle_deleted(state, obj, transaction)

    def _settle_deleted(self, state: Any, obj: Any, transaction: Any) -> None:
        session = self.session
        session.identity_map.safe_discard(state)
        session._deleted.pop(state, None)
        state.flags |= DELETED
        if transaction is not None:
            transaction.deleted[state] = obj
        if session.dispatch.persistent_to_deleted:
            session.dispatch.persistent_to_deleted(session, state)


def _readonly_keys(mapper: Any) -> Tuple[str, ...]:
    """Return the keys of SQL expressions that a flush expires."""
    found = mapper.memo.get("readonly_keys")
    if found is None:
        written = {column for plan in table_plans(mapper).values() for _key, column in plan.columns}
        found = mapper.memo["readonly_keys"] = tuple(
            prop.key for prop in mapper.column_attrs if prop.expire_on_flush and prop.columns[0] not in written
        )
    return found


#: extras of a state that settling it after a flush must look at
_SETTLING = frozenset(("flush_expired", "pending", "last_known_pending", "expired"))


def _states(members: Any) -> Any:
    if not members:
        return ()
    return [None if member is None else member.__dict__.get(STATE_ATTR) for member in members]


def rules_of(mapper: Any) -> Tuple[Any, ...]:
    """Return the rules of the relationships of a mapper."""
    memo = mapper.memo
    found = memo.get("dependency_rules")
    if found is None:
        found = memo["dependency_rules"] = tuple(
            make_rule(prop) for prop in mapper.relationships if not prop.viewonly
        )
    return found


# ---------------------------------------------------------------------------------------------------------- ordering


def _components(uow: UOWTransaction) -> List[Tuple[List[Any], bool]]:
    """Return the base mappers in the order to save them, grouped where they depend on each other."""
    bases: Dict[Any, bool] = {}
    for table in (uow.saves, uow.deletes):
        for mapper in table:
            bases[mapper.base_mapper] = True
    if len(bases) == 1:
        only = next(iter(bases))
        return [([only], _self_referential(uow, only))]
    edges: Set[Tuple[Any, Any]] = set()
    for table in (uow.saves, uow.deletes):
        for mapper in table:
            for rule in rules_of(mapper):
                if rule.many_to_many or rule.post_update:
                    continue
                before, after = rule.parent.base_mapper, rule.mapper.base_mapper
                if rule.target_first:
                    before, after = after, before
                if before is not after and before in bases and after in bases:
                    edges.add((before, after))
    ordered = sorted(bases, key=_table_rank)
    return _strong_components(ordered, edges, uow)


def _table_rank(mapper: Any) -> Any:
    """Return the place of a mapper's table among tables sorted by foreign keys."""
    memo = mapper.memo
    found = memo.get("table_rank")
    if found is None:
        found = memo["table_rank"] = _depth(mapper.local_table, set())
    return found


def _depth(table: Any, seen: Set[Any]) -> int:
    seen = seen | {table}
    deepest = 0
    for key in getattr(table, "foreign_keys", ()):
        try:
            referred = key.column.table
        except Exception:
            # a reference to a table that is not known here says nothing about the order
            continue
        if referred not in seen:
            deepest = max(deepest, 1 + _depth(referred, seen))
    return deepest


def _self_referential(uow: UOWTransaction, base: Any) -> bool:
    for table in (uow.saves, uow.deletes):
        for mapper in table:
            if mapper.base_mapper is base:
                for rule in rules_of(mapper):
                    if rule.cyclic and not rule.many_to_many and not rule.post_update:
                        return True
    return False


def _strong_components(
    nodes: List[Any], edges: Set[Tuple[Any, Any]], uow: UOWTransaction
) -> List[Tuple[List[Any], bool]]:
    """Return groups of nodes that reach each other, in an order that follows the edges (Tarjan)."""
    following: Dict[Any, List[Any]] = {node: [] for node in nodes}
    place = {node: at for at, node in enumerate(nodes)}
    for before, after in sorted(edges, key=lambda edge: (place[edge[0]], place[edge[1]])):
        following[before].append(after)
    index: Dict[Any, int] = {}
    low: Dict[Any, int] = {}
    stack: List[Any] = []
    on_stack: Set[Any] = set()
    found: List[List[Any]] = []

    def visit(node: Any) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        on_stack.add(node)
        for after in reversed(following[node]):
            if after not in index:
                visit(after)
                low[node] = min(low[node], low[after])
            elif after in on_stack:
                low[node] = min(low[node], index[after])
        if low[node] == index[node]:
            group = []
            while True:
                member = stack.pop()
                on_stack.discard(member)
                group.append(member)
                if member is node:
                    break
            found.append(group)

    for node in reversed(nodes):
        if node not in index:
            visit(node)
    found.reverse()
    return [(group, len(group) > 1 or _self_referential(uow, group[0])) for group in found]


def _sort_levels(
    uow: UOWTransaction, states: Dict[Any, Any], rules: List[Any], members: Set[Any]
) -> List[Dict[Any, Any]]:
    """Return levels of states, each depending on earlier ones only.

    :raises sqltoolkit_orm.exc.FlushError: objects depend on each other in a circle.
    """
    by_mapper: Dict[Any, List[Any]] = {}
    for state in states:
        by_mapper.setdefault(state.manager.mapper, []).append(state)
    following: Dict[Any, List[Any]] = {}
    waiting: Dict[Any, int] = {state: 0 for state in states}
    seen: Set[Tuple[Any, Any]] = set()
    for rule, mapper in rules:
        if rule.many_to_many or mapper not in by_mapper:
            continue
        for before, after in rule.edges(uow, by_mapper[mapper]):
            if before in waiting and after in waiting and before is not after and (before, after) not in seen:
                seen.add((before, after))
                following.setdefault(before, []).append(after)
                waiting[after] += 1
    levels = []
    current = [state for state in states if not waiting[state]]
    done = 0
    order = {state: at for at, state in enumerate(states)}
    while current:
        levels.append({state: states[state] for state in current})
        done += len(current)
        coming = []
        for state in current:
            for after in following.get(state, ()):
                waiting[after] -= 1
                if not waiting[after]:
                    coming.append(after)
        current = sorted(coming, key=order.__getitem__)
    if done < len(states):
        left = [state_str(state) for state in states if waiting[state] > 0]
        raise _circular(left)
    return levels


def _circular(left: List[str]) -> Exception:
    """Return the error of objects that depend on each other in a circle."""
    return CircularDependencyError(
        "The rows of these depend on each other in a circle: %s; post_update=True on one of the "
        "relationships breaks it"
        % ", ".join(left[:10]),
        set(left),
        set(),
    )


# --------------------------------------------------------------------------------------------------------- entry point


def flush(session: Any, objects: Optional[Iterable[Any]] = None) -> None:
    """Write all pending changes of a session, or roll its transaction back."""
    session._expand_deletes()
    uow = UOWTransaction(session)
    dispatch = session.dispatch
    if dispatch.before_flush:
        dispatch.before_flush(session, uow, objects)
        session._expand_deletes()
    chosen = None
    if objects is not None:
        chosen = {obj.__dict__[STATE_ATTR] for obj in objects}
    _collect(session, uow, chosen)
    if not uow.states:
        _forget_clean(session, chosen)
        return
    transaction = session._transaction or session._autobegin_t()
    transaction.require_usable()
    uow.transaction = transaction
    session._warn_on_events = True
    try:
        try:
            uow.execute()
        finally:
            session._warn_on_events = False
        if dispatch.after_flush:
            dispatch.after_flush(session, uow)
        uow.finalize_flush_changes()
        if chosen is None:
            _forget_clean(session, None)
        if dispatch.after_flush_postexec:
            dispatch.after_flush_postexec(session, uow)
    except BaseException as err:
        _restore_unflushed(uow)
        transaction.rollback_failed_flush(err)
        raise


def _restore_unflushed(uow: UOWTransaction) -> None:
    """Take back the identities that a failed flush gave to new objects."""
    new = uow.session._new
    for found in uow.saves.values():
        for state in found:
            if state.extras is not None:
                state.extras.pop("flush_expired", None)
            if state in new and state.pk is not None:
                state.pk = None


def _collect(session: Any, uow: UOWTransaction, chosen: Any) -> None:
    deleted = session._deleted
    for state, obj in list(session._new.items()):
        if chosen is not None and state not in chosen:
            continue
        mapper = state.manager.mapper
        if state.extras and "orphaned_outside" in state.extras and mapper.delete_orphans and mapper.is_orphan(state):
            session._expunge_states([state], to_transient=True)
            continue
        uow.take(state, obj, mapper)
    _collect_changed(session, uow, chosen)
    for state in list(deleted):
        if chosen is None or state in chosen:
            uow.register(state, isdelete=True)


def _collect_changed(session: Any, uow: UOWTransaction, chosen: Any) -> None:
    deleted = session._deleted
    known = uow.states
    manager: Any = None
    mapper: Any = None
    ruled: Any = ()
    saves: Any = None
    for state, obj in list(session.identity_map.modified.items()):
        if state.flags & DELETED or state in deleted or (chosen is not None and state not in chosen):
            continue
        if state.manager is not manager:
            manager = state.manager
            mapper = manager.mapper
            ruled = rules_of(mapper)
            saves = None
        if mapper.delete_orphans and mapper.is_orphan(state):
            uow.register(state, isdelete=True)
            uow.cascade_delete(state)
        elif ruled or saves is None or state in known:
            uow.take(state, obj, mapper)
            saves = uow.saves.get(mapper)
        else:
            # nothing is to be found out about an object without relationships
            known[state] = False
            saves[state] = obj


def _forget_clean(session: Any, chosen: Any) -> None:
    """Take objects whose changes came to nothing off the list of changed ones."""
    if chosen is not None:
        return
    identity_map = session.identity_map
    for state, obj in list(identity_map.modified.items()):
        state.commit_all(obj.__dict__, identity_map)
