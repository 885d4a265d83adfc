"""One flush: what is to be saved and deleted, in which order it is written, and how the objects are settled.

Rows are written in ``persistence``; what relationships add is in ``dependency``.  Work is ordered by mapper, see
``order``; what takes part at all is collected in ``flushing``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core.util.decorators import warn

from ..base import PASSIVE_NO_INITIALIZE
from ..base import STATE_ATTR
from ..persistence.plan import table_plans
from ..persistence.states import delete_states
from ..persistence.states import save_states
from ..persistence.update import post_update_rows
from ..state import DELETED
from ..state import MODIFIED
from .order import components
from .order import rules_of
from .order import sort_levels

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterable
    from typing import List
    from typing import Optional
    from typing import Set
    from typing import Tuple

__all__ = ["UOWTransaction"]


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
        self._histories: Dict[Any, Tuple[int, Tuple[Any, Any, Any]]] = {}
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
        ordered = components(self)
        rules = self._active_rules()
        for rule, mapper in rules:
            states = self._states_of(self.deletes, mapper)
            if states and not rule.many_to_many:
                rule.process_deletes(self, states)
        for component, cyclic in ordered:
            for level in self._levels(component, cyclic, self.saves, rules):
                self._save_level(level, rules, component)
        self._many_to_many(rules, False)
        self._run_post_updates(False)
        self._many_to_many(rules, True)
        self._run_post_updates(True)
        for component, cyclic in reversed(ordered):
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
        return sort_levels(self, states, rules, members)

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
    found: Optional[Tuple[str, ...]] = mapper.memo.get("readonly_keys")
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
