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
from ..persistence.states import in_order
from ..persistence.states import save_states
from ..persistence.update import post_update_rows
from ..state import DELETED
from ..state import MODIFIED
from .order import DELETE
from .order import PROCESS
from .order import SAVE
from .order import key_followers
from .order import rules_of
from .order import steps_of

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
        self._histories: Dict[Any, Tuple[int, Tuple[Any, Any, Any], Any]] = {}
        self._connections: Dict[Any, Any] = {}
        self._places: Optional[Dict[Any, int]] = None
        #: rule -> members that came into some collection in this flush
        self.arrivals: Dict[Any, Set[Any]] = {}
        self.bumped: Set[Any] = set()
        #: (rule, states) of changed keys that the database copies, and objects are to show
        self._late_followers: List[Tuple[Any, List[Any]]] = []
        #: (batch of records, attribute keys that the flush filled in new objects)
        self.filled: List[Tuple[Any, Tuple[str, ...]]] = []
        #: new object -> values of its attributes that the flush took away
        self.kept: Dict[Any, Dict[str, Any]] = {}
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
        # nobody else holds the members that a dynamic collection loaded
        self._histories[place] = (passive, made, history if impl.dynamic else None)
        return made

    def get_attribute_history(self, state: Any, key: str, passive: int = PASSIVE_NO_INITIALIZE) -> Any:
        """Return the history of an attribute."""
        return state.manager[key].impl.get_history(state, state.dict, passive)

    def keep(self, state: Any, values: Dict[str, Any]) -> None:
        """Remember values that the flush takes from a new object, for the case that it fails."""
        if values:
            found = self.kept.setdefault(state, {})
            for key, value in values.items():
                found.setdefault(key, value)

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
            if session.finds_bind_itself:
                transaction = session._transaction or session._autobegin_t()
                found = transaction.connection_for_bind(session.bind)
            else:
                found = session.connection({"mapper": mapper})
            self._connections[base] = found
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
            base = state.manager.mapper.base_mapper
            self._post_updates.setdefault(base, {}).setdefault(state, set()).update(columns)

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
            for mapper, states in self._with_changed_keys(fresh):
                for rule in key_followers(mapper)[1]:
                    if rule.passive_updates:
                        self._late_followers.append((rule, states))
                    else:
                        rule.follow_keys(self, states)

    def _with_changed_keys(self, fresh: List[Any]) -> List[Tuple[Any, List[Any]]]:
        """Return (mapper, states) of objects to save whose keys others refer to and were changed."""
        found: Dict[Any, List[Any]] = {}
        for state in fresh:
            committed = state.committed
            if committed and state.pk is not None and not self.states.get(state):
                mapper = state.manager.mapper
                keys = key_followers(mapper)[0]
                if not keys.isdisjoint(committed):
                    found.setdefault(mapper, []).append(state)
        return list(found.items())

    def execute(self) -> None:
        """Write everything, in order."""
        if len(self.saves) == 1 and not self.deletes:
            mapper, only = next(iter(self.saves.items()))
            if not rules_of(mapper) and not self._with_changed_keys(self._fresh):
                # rows of one class that refers to no other: nothing to be put in order
                save_states(self, mapper.base_mapper, only)
                return
        self.presort()
        bases: Dict[Any, bool] = {}
        for table in (self.saves, self.deletes):
            for mapper in table:
                bases[mapper.base_mapper] = True
        rules = self._active_rules()
        for kind, subject, flag, states in steps_of(self, bases, rules):
            if kind == SAVE:
                found = self._members(self.saves, subject, states)
                if found:
                    save_states(self, subject, found)
            elif kind == PROCESS:
                if states is None:
                    states = _each(self.deletes if flag else self.saves, rules[subject])
                else:
                    states = [state for state in states if self.states.get(state) is flag]
                if states:
                    (subject.process_deletes if flag else subject.process_saves)(self, states)
            elif kind == DELETE:
                found = self._members(self.deletes, subject, states)
                if found:
                    delete_states(self, subject, found)
            else:
                self._run_post_updates(subject, flag)
        for rule, followed in self._late_followers:
            rule.follow_keys(self, followed)

    def _active_rules(self) -> Dict[Any, List[Any]]:
        """Return the relationships that take part, each with the mappers that have it."""
        saves, deletes = self.saves, self.deletes
        found: Dict[Any, List[Any]] = {}
        for mapper in list(saves) + [each for each in deletes if each not in saves]:
            for rule in rules_of(mapper):
                if rule in found:
                    found[rule].append(mapper)
                else:
                    found[rule] = [mapper]
        return {
            rule: mappers
            for rule, mappers in found.items()
            if rule.is_active(self, _each(saves, mappers), _each(deletes, mappers))
        }

    @property
    def places(self) -> Dict[Any, int]:
        """The place of each new state among those added to the session."""
        found = self._places
        if found is None:
            found = self._places = {state: at for at, state in enumerate(self.session._new)}
        return found

    def _members(self, table: Dict[Any, Dict[Any, Any]], base: Any, chosen: Any) -> Dict[Any, Any]:
        """Return the objects of a hierarchy, or the chosen states of it."""
        if chosen is not None:
            # a new row that took the place of a deleted one left that table
            known = {state: table[state.manager.mapper].get(state) for state in in_order(self, chosen)}
            return {state: obj for state, obj in known.items() if obj is not None}
        if base in table and not base.inheriting_mappers:
            return table[base]
        found: Dict[Any, Any] = {}
        for mapper, states in table.items():
            if mapper.base_mapper is base:
                found.update(states)
        return found

    def _run_post_updates(self, base: Any, isdelete: bool) -> None:
        waiting = self._post_updates.get(base)
        if not waiting:
            return
        chosen = [state for state in waiting if bool(self.states.get(state, False)) is isdelete]
        by_mapper: Dict[Any, List[Any]] = {}
        for state in in_order(self, chosen):
            by_mapper.setdefault(state.manager.mapper, []).append((state, state.dict, waiting.pop(state)))
        connection = self.connection_for(base)
        for mapper, found in by_mapper.items():
            for table, plan in table_plans(mapper).items():
                records = []
                for state, dict_, columns in found:
                    own = [column for column in columns if column.table is table]
                    if own and state.pk is not None:
                        records.append((state, dict_, own))
                if records:
                    post_update_rows(self, connection, plan, records, isdelete)

    # ------------------------------------------------------------------ settling
    def finalize_flush_changes(self) -> None:
        """Settle the objects after all rows are written."""
        session = self.session
        identity_map = session.identity_map
        modified = identity_map.modified
        transaction = self.transaction
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
                    # what was set by the program stays
                    own = dict_ if state in new else (state.committed or ())
                    loaded = [key for key in readonly if key in dict_ and key not in own]
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
        if session.has_events and session.dispatch.persistent_to_deleted:
            session.dispatch.persistent_to_deleted(session, state)


def _readonly_keys(mapper: Any) -> Tuple[str, ...]:
    """Return the keys of SQL expressions that a flush expires."""
    found: Optional[Tuple[str, ...]] = mapper.memo.get("readonly_keys")
    if found is None:
        written = {column for plan in table_plans(mapper).values() for _key, column in plan.columns}
        found = mapper.memo["readonly_keys"] = tuple(
            prop.key for prop in mapper.loaded_columns if prop.expire_on_flush and prop.columns[0] not in written
        )
    return found


#: extras of a state that settling it after a flush must look at
_SETTLING = frozenset(("flush_expired", "pending", "last_known_pending", "expired"))


def _each(table: Dict[Any, Dict[Any, Any]], mappers: List[Any]) -> List[Any]:
    if len(mappers) == 1:
        return list(table.get(mappers[0], ()))
    return [state for mapper in mappers for state in table.get(mapper, ())]


def _states(members: Any) -> Any:
    if not members:
        return ()
    return [None if member is None else member.__dict__.get(STATE_ATTR) for member in members]
