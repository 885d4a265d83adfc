"""What a flush does for relationships, by their direction.

Their interface is in ``base``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import and_
from sqltoolkit_core import bindparam
from sqltoolkit_core import delete
from sqltoolkit_core import insert
from sqltoolkit_core import update

from .. import sync
from ..base import NO_VALUE
from ..base import PASSIVE_NO_INITIALIZE
from ..base import PASSIVE_NO_RESULT
from ..base import PASSIVE_OFF
from ..base import PassiveFlag
from ..base import RelationshipDirection
from ..base import STATE_ATTR
from ..collections import InstrumentedList
from ..exc import StaleDataError
from ..state import DELETED
from ..unitofwork.order import AFTER_SAVE
from ..unitofwork.order import BEFORE_DELETE
from ..unitofwork.order import DELETE_CHILD
from ..unitofwork.order import DELETE_PARENT
from ..unitofwork.order import SAVE_CHILD
from ..unitofwork.order import SAVE_PARENT
from ..unitofwork.order import UPDATE_CHILD
from ..unitofwork.order import UPDATE_DELETED_CHILD
from ..unitofwork.order import UPDATE_DELETED_PARENT
from ..unitofwork.order import UPDATE_PARENT
from .base import DependencyRule
from .base import raise_none

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterable
    from typing import List
    from typing import Set

__all__ = ["ManyToManyRule", "ManyToOneRule", "OneToManyRule", "rule_for"]

_PERSISTENT = PASSIVE_OFF | PassiveFlag.NO_AUTOFLUSH | PassiveFlag.LOAD_AGAINST_COMMITTED | PassiveFlag.NO_RAISE


_ONE_TO_MANY = (
    (SAVE_PARENT, AFTER_SAVE),
    (AFTER_SAVE, SAVE_CHILD),
    (AFTER_SAVE, DELETE_CHILD),
    (SAVE_CHILD, DELETE_PARENT),
    (DELETE_CHILD, DELETE_PARENT),
    (BEFORE_DELETE, SAVE_CHILD),
    (BEFORE_DELETE, DELETE_CHILD),
    (BEFORE_DELETE, DELETE_PARENT),
)
_ONE_TO_MANY_AFTERWARDS = (
    (SAVE_CHILD, AFTER_SAVE),
    (SAVE_PARENT, AFTER_SAVE),
    (AFTER_SAVE, UPDATE_CHILD),
    (SAVE_CHILD, BEFORE_DELETE),
    (BEFORE_DELETE, UPDATE_CHILD),
    (BEFORE_DELETE, UPDATE_DELETED_CHILD),
    (UPDATE_DELETED_CHILD, DELETE_PARENT),
    (UPDATE_DELETED_CHILD, DELETE_CHILD),
    (UPDATE_CHILD, DELETE_PARENT),
)
_MANY_TO_ONE = (
    (SAVE_CHILD, AFTER_SAVE),
    (AFTER_SAVE, SAVE_PARENT),
    (SAVE_PARENT, DELETE_CHILD),
    (DELETE_PARENT, DELETE_CHILD),
)
_MANY_TO_ONE_AFTERWARDS = (
    (SAVE_CHILD, AFTER_SAVE),
    (SAVE_PARENT, AFTER_SAVE),
    (AFTER_SAVE, UPDATE_PARENT),
    (AFTER_SAVE, UPDATE_DELETED_PARENT),
    (BEFORE_DELETE, UPDATE_DELETED_PARENT),
    (UPDATE_DELETED_PARENT, DELETE_CHILD),
    (UPDATE_DELETED_PARENT, DELETE_PARENT),
    (UPDATE_PARENT, DELETE_CHILD),
)
_MANY_TO_MANY = (
    (SAVE_PARENT, AFTER_SAVE),
    (SAVE_CHILD, AFTER_SAVE),
    (AFTER_SAVE, DELETE_CHILD),
    (BEFORE_DELETE, SAVE_PARENT),
    (BEFORE_DELETE, SAVE_CHILD),
    (BEFORE_DELETE, DELETE_PARENT),
    (BEFORE_DELETE, DELETE_CHILD),
)


class OneToManyRule(DependencyRule):
    """The children refer to the parent: its key is copied into them once it is known."""

    def __init__(self, prop: Any) -> None:
        super().__init__(prop)
        self.ordering = _ONE_TO_MANY_AFTERWARDS if self.post_update else _ONE_TO_MANY

    def presort_saves(self, uow: Any, states: Iterable[Any]) -> None:
        orphans = self.cascade.delete_orphan
        for state in states:
            members = self._new_members(state)
            if members is not None:
                known = uow.states
                for child in members:
                    child_state = child.__dict__[STATE_ATTR]
                    if child_state not in known:
                        self.verify(state, child_state)
                        uow.register(child_state, operation="add", prop=self.prop)
                    elif child_state.manager.mapper is not self.mapper:
                        self.verify(state, child_state)
                continue
            if not self.touched(state):
                if self._key_switch(uow, state):
                    for child in self._all_members(uow, state):
                        if child is not None:
                            uow.register(child)
                continue
            self.warn_of_pending(uow, state)
            added, unchanged, removed = self.history(uow, state)
            for child in added:
                if child is not None:
                    self.verify(state, child)
                    uow.register(child, operation="add", prop=self.prop)
                elif self.prop.uselist:
                    raise_none(self)
            for child in removed:
                if child is None:
                    continue
                if not orphans:
                    uow.register(child, operation="delete", prop=self.prop)
                elif not self._has_parent(child):
                    uow.register(child, isdelete=True, operation="delete", prop=self.prop)
                    uow.cascade_delete(child)
            if self._key_switch(uow, state):
                for child in unchanged:
                    if child is not None:
                        uow.register(child)

    def _new_members(self, state: Any) -> Any:
        """Return the members of a plain list on a new parent: all of them are added; None for anything else."""
        if state.pk is not None and state.committed is None:
            return None
        committed = state.committed
        if committed is None or committed.get(self.key) is not NO_VALUE or self._has_pending(state):
            return None
        obj = state()
        members = obj.__dict__.get(self.key) if obj is not None else None
        return members if type(members) is InstrumentedList and None not in members else None

    def _has_parent(self, child: Any) -> bool:
        impl = self.prop.parent.class_manager[self.key].impl
        return bool(impl.hasparent(child))

    def _key_switch(self, uow: Any, state: Any) -> bool:
        return (
            not self.passive_updates
            and state.pk is not None
            and sync.source_modified(uow, state, self.parent, self.pairs)
        )

    def _all_members(self, uow: Any, state: Any) -> List[Any]:
        added, unchanged, _removed = self.history(uow, state, _PERSISTENT)
        return list(added) + list(unchanged)

    def presort_deletes(self, uow: Any, states: Iterable[Any]) -> None:
        if self.passive_deletes == "all":
            return
        cascade = self.cascade.delete
        orphans = self.cascade.delete_orphan
        for state in states:
            _added, unchanged, removed = self.delete_history(uow, state)
            for child in removed:
                if child is not None and not self._has_parent(child):
                    if orphans:
                        uow.register(child, isdelete=True)
                        uow.cascade_delete(child)
                    else:
                        uow.register(child)
            if cascade or orphans:
                for child in unchanged:
                    if child is not None and not self._moved(child, state):
                        uow.register(child, isdelete=True)
            else:
                for child in unchanged:
                    if child is not None:
                        uow.register(child)

    def process_deletes(self, uow: Any, states: Iterable[Any]) -> None:
        if not self.post_update and (self.passive_deletes == "all" or self.cascade.delete_orphan):
            # members that stay were moved elsewhere; those that go need no NULL first
            return
        only_removed = self.cascade.delete and not self.post_update
        arrivals: Any = None
        for state in states:
            if only_removed and not self.touched(state):
                continue
            _added, unchanged, removed = self.delete_history(uow, state)
            leaving = [child for child in removed if child is not None and not self._has_parent(child)]
            if unchanged and (self.post_update or not self.cascade.delete):
                if arrivals is None:
                    arrivals = self._arrivals(uow)
                leaving.extend(child for child in unchanged if child is not None and child not in arrivals)
            for child in leaving:
                self._clear(uow, state, child)

    def _arrivals(self, uow: Any) -> Set[Any]:
        """Return the members that come into a collection in this flush."""
        found = set()
        for mapper, states in uow.saves.items():
            if mapper.isa(self.parent):
                for state in states:
                    if self.touched(state):
                        found.update(self.history(uow, state)[0])
        return found

    def _clear(self, uow: Any, state: Any, child: Any) -> None:
        """Let a member refer to no parent, unless its row goes anyway."""
        if not self.post_update and uow.is_deleted(child):
            return
        sync.clear(child, _mapper_of(child, self.mapper), self.parent, self.pairs)
        if self.post_update:
            uow.post_update(child, [right for _left, right in self.pairs])

    def process_saves(self, uow: Any, states: Iterable[Any]) -> None:
        pairs = self.pairs
        parent = self.parent
        post = [right for _left, right in pairs] if self.post_update else None
        orphans = self.cascade.delete_orphan
        for state in states:
            if state in uow.fresh and not post:
                members = self._new_members(state)
                if members is not None:
                    dict_ = state().__dict__
                    for child in members:
                        child_dict = child.__dict__
                        child_state = child_dict[STATE_ATTR]
                        sync.copy_keys(
                            state, dict_, child_state, child_dict, self.keys_for(child_state.manager.mapper)
                        )
                    continue
            changed = self.touched(state)
            switched = self._key_switch(uow, state)
            if not changed and not switched:
                continue
            added, unchanged, removed = self.history(uow, state)
            for child in added:
                if child is not None:
                    sync.populate(state, parent, child, _mapper_of(child, self.mapper), pairs)
                    if post:
                        uow.post_update(child, post)
            for child in removed:
                if child is None or (orphans and not self._has_parent(child)):
                    continue
                if not self._moved(child, state):
                    self._clear(uow, state, child)
            if switched:
                for child in unchanged:
                    if child is not None:
                        sync.populate(state, parent, child, _mapper_of(child, self.mapper), pairs)

    def _moved(self, child: Any, state: Any) -> bool:
        """Tell whether a member has another parent by now."""
        moved: bool = self.prop.parent.class_manager[self.key].impl.held_elsewhere(child, state)
        return moved



class ManyToOneRule(DependencyRule):
    """The parent refers to the target: the target's key is copied into it before it is written."""

    target_first = True

    def __init__(self, prop: Any) -> None:
        super().__init__(prop)
        self.ordering = _MANY_TO_ONE_AFTERWARDS if self.post_update else _MANY_TO_ONE
        reverse = prop.reverse_properties
        if not reverse:
            self.follows_keys = True
        elif not self.passive_updates:
            self.follows_keys = all(other.passive_updates for other in reverse)

    def follow_keys(self, uow: Any, targets: Iterable[Any]) -> None:
        """Let objects of the session that refer to one of ``targets`` have its new key."""
        switched = {state for state in targets if sync.source_modified(uow, state, self.mapper, self.pairs)}
        if not switched:
            return
        passive = PASSIVE_NO_INITIALIZE if self.passive_updates else _PERSISTENT
        for state in uow.session.identity_map.all_states():
            mapper = state.manager.mapper
            if not mapper.isa(self.parent) or uow.is_deleted(state):
                continue
            dict_ = state.dict
            related = state.manager[self.key].impl.get(state, dict_, passive)
            if related is None or related is PASSIVE_NO_RESULT or related is NO_VALUE:
                continue
            if self.prop.uselist:
                members = list(related)
                if not members:
                    continue
                related = members[0]
            target = related.__dict__[STATE_ATTR]
            if target not in switched:
                continue
            if self.passive_updates:
                for left, right, _column in self.keys_for(mapper):
                    dict_[right] = target.dict[left]
            else:
                uow.register(state)
                sync.populate(target, self.mapper, state, mapper, self.pairs)

    def presort_saves(self, uow: Any, states: Iterable[Any]) -> None:
        orphans = self.cascade.delete_orphan
        for state in states:
            if state.pk is None and not orphans:
                continue
            if self.touched(state):
                uow.register(state, operation="add", prop=self.prop)
                impl = self.prop.parent.class_manager[self.key].impl
                if orphans or impl.loads_old_for_history:
                    # what has to be loaded is, before anything is written
                    _added, _unchanged, removed = self.history(uow, state)
                    for child in removed if orphans else ():
                        if child is not None and not impl.hasparent(child):
                            uow.register(child, isdelete=True, operation="delete", prop=self.prop)
                            uow.cascade_delete(child)

    def presort_deletes(self, uow: Any, states: Iterable[Any]) -> None:
        if not (self.cascade.delete or self.cascade.delete_orphan):
            return
        for state in states:
            added, unchanged, removed = self.delete_history(uow, state)
            targets = list(added) + list(unchanged)
            if self.cascade.delete_orphan:
                targets += list(removed)
            for child in targets:
                if child is not None:
                    uow.register(child, isdelete=True, operation="delete", prop=self.prop)
                    uow.cascade_delete(child)

    def process_deletes(self, uow: Any, states: Iterable[Any]) -> None:
        if not self.post_update or self.cascade.delete_orphan or self.passive_deletes == "all":
            return
        columns = [right for _left, right in self.pairs]
        for state in states:
            if state.pk is None:
                continue
            history = self.delete_history(uow, state)
            if any(child is not None for part in history for child in part):
                self._clear(state)
                uow.post_update(state, columns)

    def _clear(self, state: Any) -> None:
        sync.clear(state, _mapper_of(state, self.parent), self.mapper, self.pairs)

    def process_saves(self, uow: Any, states: Iterable[Any]) -> None:
        pairs = self.pairs
        mapper = self.mapper
        parent = self.parent
        post = [right for _left, right in pairs] if self.post_update else None
        for state in states:
            if state.pk is None and not post and not self.prop.uselist:
                dict_ = state().__dict__
                target = dict_.get(self.key)
                target_state = target.__dict__[STATE_ATTR] if target is not None else None
                if (
                    target_state is not None
                    and target_state.pk is not None
                    and target_state.manager.mapper is mapper
                    and (target_state in uow.states or uow.knows(target_state))
                    and not target_state.flags & DELETED
                ):
                    sync.copy_keys(
                        target_state, target.__dict__, state, dict_, self.keys_for(state.manager.mapper)
                    )
                    continue
            if not self.touched(state):
                if post:
                    # the foreign key may have been set by itself
                    uow.post_update(state, post)
                continue
            added, _unchanged, removed = self.history(uow, state)
            if added:
                for child in added:
                    self.verify(state, child)
                    if child is None:
                        self._blank(uow, state, removed)
                    elif uow.is_deleted(child) and child.pk is None:
                        continue
                    elif not uow.knows(child):
                        uow.warn_outside(child, self.prop, "add")
                    else:
                        sync.populate(child, mapper, state, _mapper_of(state, parent), pairs)
            elif removed:
                self._blank(uow, state, removed)
            if post:
                uow.post_update(state, post)

    def _blank(self, uow: Any, state: Any, removed: Any) -> None:
        if state.pk is None:
            dict_ = state.dict
            keys = sync.key_pairs(self.mapper, _mapper_of(state, self.parent), self.pairs)
            if not removed and any(dict_.get(right) is not None for _left, right, _column in keys):
                # None was assigned, but the foreign key has a value of its own
                if self.key in dict_ and dict_[self.key] is None and state.committed is None:
                    return
        self._clear(state)



class ManyToManyRule(DependencyRule):
    """Rows of a secondary table link both sides."""

    many_to_many = True
    ordering = _MANY_TO_MANY

    def __init__(self, prop: Any) -> None:
        super().__init__(prop)
        self.secondary = prop.secondary
        self.secondary_pairs = tuple(prop.secondary_synchronize_pairs)
        self._statements: Dict[str, Any] = {}

    def presort_saves(self, uow: Any, states: Iterable[Any]) -> None:
        if not self.passive_updates:
            for state in states:
                if sync.source_modified(uow, state, self.parent, self.pairs):
                    self.history(uow, state, _PERSISTENT)
        orphans = self.cascade.delete_orphan
        for state in states:
            if not self.touched(state):
                continue
            self.warn_of_pending(uow, state)
            added, _unchanged, removed = self.history(uow, state)
            for child in added:
                if child is None:
                    raise_none(self)
                self.verify(state, child)
                uow.register(child, operation="add", prop=self.prop, listonly=True)
            if orphans:
                impl = self.prop.parent.class_manager[self.key].impl
                for child in removed:
                    if child is not None and not impl.hasparent(child):
                        uow.register(child, isdelete=True, operation="delete", prop=self.prop)
                        uow.cascade_delete(child)

    def presort_deletes(self, uow: Any, states: Iterable[Any]) -> None:
        if self.passive_deletes:
            return
        for state in states:
            self.delete_history(uow, state)

    def process_deletes(self, uow: Any, states: Iterable[Any]) -> None:
        rows: List[Dict[str, Any]] = []
        done = uow.links_done(self.secondary)
        for state in states:
            added, unchanged, removed = self.delete_history(uow, state)
            del added
            for child in list(unchanged) + list(removed):
                if child is None or not self._mark(done, state, child, "delete"):
                    continue
                if self._in_session(uow, child):
                    rows.append(self._row(state, child, True))
        self._delete(uow, rows)

    def process_saves(self, uow: Any, states: Iterable[Any]) -> None:
        inserts: List[Dict[str, Any]] = []
        deletes: List[Dict[str, Any]] = []
        updates: List[Dict[str, Any]] = []
        done = uow.links_done(self.secondary)
        for state in states:
            switched = not self.passive_updates and sync.source_modified(uow, state, self.parent, self.pairs)
            if not self.touched(state) and not switched:
                continue
            added, unchanged, removed = self.history(
                uow, state, _PERSISTENT if switched else PASSIVE_NO_INITIALIZE
            )
            for child in added:
                if child is None or not self._mark(done, state, child, "insert"):
                    continue
                # presort_saves() warned of those that the session does not hold
                if uow.knows(child):
                    inserts.append(self._row(state, child, False))
            for child in removed:
                if child is None or not self._mark(done, state, child, "delete"):
                    continue
                if self._in_session(uow, child):
                    deletes.append(self._row(state, child, True))
            if switched:
                for child in unchanged:
                    if child is not None:
                        row = self._row(state, child, False)
                        old = self._row(state, child, True)
                        updates.append(dict(row, **{"old_%s" % name: value for name, value in old.items()}))
        self._delete(uow, deletes)
        if updates:
            uow.connection_for(self.parent).execute(self._statement("update"), updates)
        if inserts:
            uow.connection_for(self.parent).execute(self._statement("insert"), inserts)

    def _in_session(self, uow: Any, child: Any) -> bool:
        """Tell whether a former member has a row; warn of one that was never added to the session."""
        if uow.knows(child):
            return True
        if not child.flags & DELETED:
            uow.warn_outside(child, self.prop, "delete")
        return False

    def _mark(self, done: Any, state: Any, child: Any, what: str) -> bool:
        """Note a link; False if the other side of the relationship wrote it already.

        Both sides name a link in the same direction, that of one of the two properties: in a self-referential
        relationship the link from a to b is another one than that from b to a.
        """
        named_by = min(self.prop.reverse_properties | {self.prop}, key=id)
        link = (what, named_by, state, child) if named_by is self.prop else (what, named_by, child, state)
        if link in done:
            return False
        done[link] = True
        return True

    def _row(self, state: Any, child: Any, old: bool) -> Dict[str, Any]:
        row: Dict[str, Any] = {}
        sync.populate_dict(state, _mapper_of(state, self.parent), row, self.pairs, old)
        sync.populate_dict(child, _mapper_of(child, self.mapper), row, self.secondary_pairs, old)
        return row

    def _delete(self, uow: Any, rows: List[Dict[str, Any]]) -> None:
        if not rows:
            return
        connection = uow.connection_for(self.parent)
        result = connection.execute(self._statement("delete"), rows if len(rows) > 1 else rows[0])
        dialect = connection.dialect
        sane = dialect.supports_sane_multi_rowcount if len(rows) > 1 else dialect.supports_sane_rowcount
        if sane and 0 <= result.rowcount != len(rows):
            raise StaleDataError(
                "The DELETE of rows of '%s' should have met %d row(s) and met %d; they were deleted or "
                "changed by somebody else"
                % (self.secondary.description, len(rows), result.rowcount)
            )

    def _statement(self, kind: str) -> Any:
        found = self._statements.get(kind)
        if found is None:
            linked = {right for _left, right in self.pairs + self.secondary_pairs}
            # the same statement from either end
            columns = [column for column in self.secondary.c if column in linked]
            if kind == "insert":
                found = insert(self.secondary)
            elif kind == "delete":
                found = delete(self.secondary).where(
                    and_(*[column == bindparam(column.key, type_=column.type) for column in columns])
                )
            else:
                found = update(self.secondary).where(
                    and_(*[column == bindparam("old_%s" % column.key, type_=column.type) for column in columns])
                )
            self._statements[kind] = found
        return found


def _mapper_of(state: Any, fallback: Any) -> Any:
    mapper = state.manager.mapper
    return mapper if mapper is not None else fallback


_RULES = {
    RelationshipDirection.ONETOMANY: OneToManyRule,
    RelationshipDirection.MANYTOONE: ManyToOneRule,
    RelationshipDirection.MANYTOMANY: ManyToManyRule,
}


def rule_for(prop: Any) -> DependencyRule:
    """Return the rule of a relationship."""
    return _RULES[prop.direction](prop)
