"""What a session does with single objects: add, delete, expire, refresh, merge, expunge, and their cascades.

Running statements is in ``execution``; flush() orders its work in ``unitofwork``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core.util.collections import IdentitySet
from sqltoolkit_core.util.decorators import warn

from .. import exc
from ..base import NO_VALUE
from ..base import PASSIVE_NO_FETCH
from ..base import state_str
from ..base import STATE_ATTR
from ..collections import InstrumentedList
from ..identity import session_of
from ..identity import sessions
from ..loading.plugin import refresh_state
from ..state import DELETED
from ..state import EXPIRED
from ..state import MODIFIED
from ..state import PARTIAL
from ..state import PARTLY_EXPIRED
from ..unitofwork import expand_deletes

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterable
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Set
    from typing import TypeVar

    _O = TypeVar("_O")

__all__ = ["ObjectOperations", "attached_session", "required_state"]


def required_state(obj: Any) -> Any:
    """Return the state of a mapped object.

    :raises sqltoolkit_orm.exc.UnmappedInstanceError: the class of ``obj`` is not mapped.
    """
    try:
        return obj.__dict__[STATE_ATTR]
    except (AttributeError, KeyError):
        try:
            return getattr(obj, STATE_ATTR)
        except AttributeError as err:
            raise exc.UnmappedInstanceError(obj) from err


def attached_session(state: Any) -> Any:
    """Return the session of a state, None if it has none."""
    return session_of(state)


def _cascade_keys(state: Any, obj: Any) -> Any:
    """Return (key, relationship, is it a collection?) of what save-update follows.

    :raises sqltoolkit_orm.exc.UnmappedClassError: the class of the object merely inherits from a mapped one.
    """
    memo = state.manager.mapper.memo
    # kept by class, so that objects of a class without a mapper are found out at no cost
    found = memo.get(type(obj))
    if found is None:
        mapper = _mapper_of(state, obj)
        found = memo[type(obj)] = tuple(
            (prop.key, prop, bool(prop.uselist)) for prop in mapper.relationships if prop.cascade.save_update
        )
    return found


def _mapper_of(state: Any, obj: Any) -> Any:
    """Return the mapper of an object.

    :raises sqltoolkit_orm.exc.UnmappedClassError: its class merely inherits from a mapped one.
    """
    mapper = state.manager.mapper
    if type(obj) is not mapper.class_:
        raise exc.UnmappedClassError(type(obj))
    return mapper


class ObjectOperations:
    """The part of :class:`Session` that moves objects between transient, pending, persistent, deleted, detached."""

    identity_map: Any
    dispatch: Any
    has_events: bool
    hash_key: int
    _new: Dict[Any, Any]
    _deleted: Dict[Any, Any]
    _transaction: Any
    _waiting_deletes: List[Any]

    # --------------------------------------------------------------------- add
    if typing.TYPE_CHECKING:
        # of Session
        _flushing: bool
        _get_tables: Any
        get: Any
        autoflush: bool
        _warn_on_events: bool

        def _warn_in_flush(self, method: str) -> None: ...

        def _autobegin_t(self) -> Any: ...

        def _autoflush(self) -> None: ...


    def add(self, instance: Any, *, _warn: bool = True) -> None:
        """Place an object into the session; it is inserted, or its changes written, at the next flush.

        :raises sqltoolkit_orm.exc.UnmappedInstanceError: the class is not mapped.
        :raises sqltoolkit_core.exc.InvalidRequestError: the object belongs to another session.
        """
        if self._warn_on_events and _warn:
            self._warn_in_flush("Session.add()")
        self._save_or_update(required_state(instance), instance)

    def add_all(self, instances: Iterable[Any]) -> None:
        """Place all objects of an iterable into the session."""
        if self._warn_on_events:
            self._warn_in_flush("Session.add_all()")
        save = self._save_or_update
        for instance in instances:
            try:
                state = instance.__dict__[STATE_ATTR]
            except (AttributeError, KeyError):
                state = required_state(instance)
            save(state, instance)

    def _save_or_update(self, state: Any, obj: Any) -> None:
        if state.extras is not None:
            state.extras.pop("orphaned_outside", None)
        keys = _cascade_keys(state, obj)
        self._attach_one(state, obj)
        if not keys:
            return
        # depth first: objects are inserted in the order in which they are met
        seen: Set[Any] = set()
        stack = [self._cascaded(state, obj, keys, seen)]
        while stack:
            found = next(stack[-1], None)
            if found is None:
                stack.pop()
                continue
            found_state, found_obj = found
            below = _cascade_keys(found_state, found_obj)
            self._attach_one(found_state, found_obj)
            if below and not self._leads_back(found_state, found_obj, below):
                stack.append(self._cascaded(found_state, found_obj, below, seen))

    def _leads_back(self, state: Any, obj: Any, keys: Any) -> bool:
        """Tell whether a new object leads to none but single new objects of this session, as members of a tree do."""
        if state.pk is not None or state.extras is not None and "pending" in state.extras:
            return False
        values = obj.__dict__
        committed = state.committed
        for key, _prop, collection in keys:
            value = values.get(key)
            if committed is not None and committed.get(key, NO_VALUE) is not NO_VALUE:
                # what stood there before comes along
                return False
            if value is None:
                continue
            if collection:
                return False
            other = value.__dict__.get(STATE_ATTR)
            if other is None or other.session_id != self.hash_key or other not in self._new:
                return False
        return True

    def _cascaded(self, parent: Any, obj: Any, keys: Any, seen: Set[Any]) -> Iterator[Any]:
        """Yield (state, object) of what save-update cascades draw into the session from one object."""
        dict_ = obj.__dict__
        committed = parent.committed
        extras = parent.extras
        number = self.hash_key
        new = self._new
        for key, prop, collection in keys:
            value = dict_.get(key)
            if (extras is not None and key in extras.get("pending", ())) or (
                committed is not None and committed.get(key, NO_VALUE) is not NO_VALUE
            ):
                members = [found for _state, found in parent.manager[key].impl.get_all_pending(parent, dict_)]
            elif value is None:
                continue
            elif type(value) is InstrumentedList:
                members = value
            elif collection:
                members = parent.manager[key].impl.get_collection(parent, dict_, value)
            else:
                members = (value,)  # type: ignore[assignment]
            wanted = []
            for found in members:
                if found is None:
                    continue
                try:
                    found_state = found.__dict__[STATE_ATTR]
                except (AttributeError, KeyError):
                    continue
                if found_state in seen:
                    continue
                seen.add(found_state)
                if found_state.session_id == number and (found_state in new or self._contains_state(found_state)):
                    continue
                mapper = found_state.manager.mapper
                if mapper is not prop.mapper and not mapper.isa(prop.mapper):
                    raise AssertionError(
                        "The relationship '%s' of class '%s' does not lead to objects of type '%s'"
                        % (key, prop.parent.class_, type(found))
                    )
                wanted.append((found_state, found))
            for pair in wanted:
                yield pair

    def _attach_one(self, state: Any, obj: Any) -> None:
        if state.pk is None:
            self._save_new(state, obj)
        else:
            self._update_existing(state, obj)

    def _save_new(self, state: Any, obj: Any) -> None:
        new = self._new
        if state.session_id is None and self._transaction is not None and not self.has_events:
            if state not in new:
                new[state] = obj
                state.session_id = self.hash_key
            return
        if state.session_id == self.hash_key and state in new:
            return
        to_attach = self._before_attach(state, obj)
        if state in new:
            return
        new[state] = obj
        if to_attach:
            self._after_attach(state, obj)
            if self.has_events and self.dispatch.transient_to_pending:
                self.dispatch.transient_to_pending(self, state)

    def _update_existing(self, state: Any, obj: Any) -> None:
        if state.session_id == self.hash_key and not (state.flags & DELETED):
            if self.identity_map.contains_state(state):
                self._deleted.pop(state, None) if state in self._deleted else None
                return
        if state.flags & DELETED:
            if self._transaction is not None and state in self._transaction.deleted:
                if state.session_id == self.hash_key:
                    raise sa_exc.InvalidRequestError(
                        "%s was deleted in this transaction; use make_transient() to send it again"
                        % state_str(state)
                    )
            raise sa_exc.InvalidRequestError(
                "%s was deleted; make_transient() makes a new object of it"
                % state_str(state)
            )
        to_attach = self._before_attach(state, obj)
        self._deleted.pop(state, None)
        self.identity_map.add(state)
        if state.committed is not None:
            self.identity_map.modified[state] = obj
        if to_attach:
            self._after_attach(state, obj)
            if self.has_events and self.dispatch.detached_to_persistent:
                self.dispatch.detached_to_persistent(self, state)

    def _before_attach(self, state: Any, obj: Any) -> bool:
        self._autobegin_t()
        other = state.session_id
        if other == self.hash_key:
            return False
        if other is not None and sessions.get(other) is not None:
            raise sa_exc.InvalidRequestError(
                "%s is attached to session %r already (this is %r)" % (state_str(state), other, self.hash_key)
            )
        if self.has_events and self.dispatch.before_attach:
            self.dispatch.before_attach(self, state)
        return True

    def _after_attach(self, state: Any, obj: Any) -> None:
        state.session_id = self.hash_key
        if self.has_events and self.dispatch.after_attach:
            self.dispatch.after_attach(self, state)

    # ------------------------------------------------------------------ delete
    def delete(self, instance: Any) -> None:
        """Mark a persistent object, and what its delete cascades reach, for deletion at the next flush.

        :raises sqltoolkit_core.exc.InvalidRequestError: the object is not persistent.
        """
        if self._warn_on_events:
            self._warn_in_flush("Session.delete()")
        self._delete(required_state(instance), instance)

    def delete_all(self, instances: Iterable[Any]) -> None:
        """Mark all objects of an iterable for deletion."""
        for instance in list(instances):
            self.delete(instance)

    def _delete(self, state: Any, obj: Any) -> None:
        if state.pk is None:
            if state in self._new:
                raise sa_exc.InvalidRequestError(
                    "%s is not persisted; expunge() takes a pending object out of the session" % state_str(state)
                )
            raise sa_exc.InvalidRequestError("%s is not persisted" % state_str(state))
        if self._hold_for_deletion(state, obj) and _delete_keys(state.manager.mapper):
            # the cascade is expanded for many objects at once: see unitofwork.expand_deletes
            self._waiting_deletes.append(state)

    def _hold_for_deletion(self, state: Any, obj: Any) -> bool:
        """Have the next flush delete an object; return whether that is new."""
        attaches = self._before_attach(state, obj)
        if state in self._deleted:
            return False
        self.identity_map.add(state)
        if attaches:
            self._after_attach(state, obj)
        self._deleted[state] = obj
        return True

    def _expand_deletes(self) -> None:
        """Follow the delete cascades of what was marked since the last time."""
        if self._waiting_deletes:
            expand_deletes(self)

    def _drop_pending_deletes(self) -> None:
        del self._waiting_deletes[:]

    def _mark_deleted(self, state: Any, obj: Any) -> None:
        """Mark an object that a cascade reached; its own cascade is the caller's work."""
        if state.pk is None:
            if state in self._new:
                self._expunge_states([state], to_transient=True)
            return
        if state not in self._deleted and not state.flags & DELETED:
            self._hold_for_deletion(state, obj)

    # ----------------------------------------------------------------- expunge
    def expunge(self, instance: Any) -> None:
        """Take an object, and what its expunge cascades reach, out of the session.

        :raises sqltoolkit_core.exc.InvalidRequestError: the object is not in this session.
        """
        state = required_state(instance)
        if state.session_id != self.hash_key:
            raise sa_exc.InvalidRequestError("This session does not hold %s" % state_str(state))
        self._expand_deletes()
        cascaded = [
            found_state
            for _found, _mapper, found_state, _dict in state.manager.mapper.cascade_iterator("expunge", state)
        ]
        self._expunge_states([state] + cascaded)

    def expunge_all(self) -> None:
        """Take all objects out of the session."""
        every = self.identity_map.all_states() + list(self._new)
        self.identity_map.clear()
        self._new.clear()
        self._deleted.clear()
        self._drop_pending_deletes()
        self._get_tables.clear()
        _detach(self, every)

    def _expunge_states(self, states: List[Any], to_transient: bool = False) -> None:
        for state in states:
            if self._new.pop(state, None) is not None:
                continue
            if self.identity_map.contains_state(state):
                self.identity_map.safe_discard(state)
                self._deleted.pop(state, None)
            elif self._transaction is not None:
                self._transaction.deleted.pop(state, None)
        _detach(self, states, to_transient)

    def _undelete(self, state: Any, obj: Any) -> None:
        """Make an object that was marked or flushed as deleted persistent again, after a rollback."""
        if state.pk is None:
            return
        was_deleted = bool(state.flags & DELETED)
        state.flags &= ~DELETED
        if state.session_id != self.hash_key:
            state.session_id = self.hash_key
        self.identity_map.replace(state)
        if was_deleted and self.has_events and self.dispatch.deleted_to_persistent:
            self.dispatch.deleted_to_persistent(self, state)

    def _remove_deleted_by_criteria(self, state: Any, obj: Any) -> None:
        """Take an object out whose row a DELETE statement removed."""
        self.identity_map.safe_discard(state)
        self._deleted.pop(state, None)
        state.flags |= DELETED
        if self._transaction is not None:
            self._transaction.deleted[state] = obj
        if self.has_events and self.dispatch.persistent_to_deleted:
            self.dispatch.persistent_to_deleted(self, state)

    def _detach_deleted(self, state: Any) -> None:
        """Detach an object whose deletion was committed."""
        if state.session_id == self.hash_key:
            state.session_id = None
        if self.has_events and self.dispatch.deleted_to_detached:
            self.dispatch.deleted_to_detached(self, state)

    # ------------------------------------------------------------------ expire
    def expire(self, instance: Any, attribute_names: Optional[Iterable[str]] = None) -> None:
        """Forget the loaded values of an object; they are loaded again when read.

        :param attribute_names: only these attributes.
        """
        state = required_state(instance)
        self._require_in(state)
        if attribute_names:
            self._expire_names(state, instance, attribute_names)
            return
        cascaded = list(state.manager.mapper.cascade_iterator("refresh-expire", state))
        self._expire_one(state)
        for _obj, _mapper, found_state, _dict in cascaded:
            self._expire_one(found_state)

    def _expire_names(self, state: Any, instance: Any, names: Iterable[str]) -> None:
        state.expire_attributes(instance.__dict__, list(names))
        if not (state.flags & DELETED) and not state.modified:
            self.identity_map.modified.pop(state, None)

    def _expire_one(self, state: Any) -> None:
        if self.identity_map.contains_state(state):
            state.expire(state.dict, self.identity_map.modified)
        elif state in self._new:
            self._new.pop(state)
            _detach(self, [state])

    def expire_all(self) -> None:
        """Forget the loaded values of all persistent objects."""
        self._expire_everything()

    def _expire_everything(self, only: Optional[Dict[Any, bool]] = None) -> None:
        modified = self.identity_map.modified
        plain: Dict[Any, Any] = {}
        for table in list(self.identity_map.tables.values()):
            for state in list(table.values()):
                obj = state()
                if obj is None or not (only is None or state.modified or state in only):
                    continue
                if state.extras is None:
                    manager = state.manager
                    facts = plain.get(manager)
                    if facts is None:
                        facts = plain[manager] = _expiry_facts(manager)
                    known, collections = facts
                    if known is not None:
                        dict_ = obj.__dict__
                        if dict_.keys() <= known and (not collections or collections.isdisjoint(dict_)):
                            if state.flags & MODIFIED:
                                modified.pop(state, None)
                            state.committed = None
                            state.flags = state.flags & ~(MODIFIED | PARTLY_EXPIRED) | EXPIRED
                            dict_.clear()
                            dict_[STATE_ATTR] = state
                            continue
                state.expire(obj.__dict__, modified)

    def refresh(
        self, instance: Any, attribute_names: Optional[Iterable[str]] = None, with_for_update: Any = None
    ) -> None:
        """Load the attributes of an object anew.

        :param attribute_names: only these attributes.
        :param with_for_update: lock the row: True, or a dictionary of :meth:`Select.with_for_update` arguments.
        :raises sqltoolkit_core.exc.InvalidRequestError: the row is gone, or the object is not persistent.
        """
        state = required_state(instance)
        self._require_in(state)
        if with_for_update == {}:
            raise sa_exc.ArgumentError("with_for_update takes True, False, None or a filled dictionary")
        if state.pk is None:
            raise sa_exc.InvalidRequestError(
                "%s has no row in the database as far as this session knows, so there is nothing to refresh it from"
                % state_str(state)
            )
        names = list(attribute_names or ()) or None
        if names is None:
            cascaded = list(state.manager.mapper.cascade_iterator("refresh-expire", state))
            self._expire_one(state)
            for _obj, _mapper, found_state, _dict in cascaded:
                self._expire_one(found_state)
        else:
            self._expire_names(state, instance, names)
        # what was just given up is not written; the rest is
        self._autoflush()
        found = refresh_state(self, state, instance, names, with_for_update)
        if found is None:
            raise sa_exc.InvalidRequestError("Could not refresh %s: its row is gone" % state_str(state))

    def _require_in(self, state: Any) -> None:
        if state.session_id != self.hash_key or not self.identity_map.contains_state(state):
            raise sa_exc.InvalidRequestError("%s is no persistent object of this session" % state_str(state))

    # ------------------------------------------------------------------- merge
    def merge(self, instance: _O, *, load: bool = True, options: Any = None) -> _O:
        """Copy the state of an object onto the persistent object of the same identity, and return that one.

        :param load: when False, no row is loaded: the given object must be unchanged.
        :param options: loader options for the rows that are loaded.
        """
        if self._warn_on_events:
            self._warn_in_flush("Session.merge()")
        if load:
            self._autoflush()
        previous, self.autoflush = self.autoflush, False
        try:
            merged: _O = self._merge(
                required_state(instance), instance.__dict__, load, options, {}, {}
            )
            return merged
        finally:
            self.autoflush = previous

    def merge_all(self, instances: Iterable[Any], *, load: bool = True, options: Any = None) -> Any:
        """Merge each object of an iterable; return the list of persistent objects."""
        if load:
            self._autoflush()
        previous, self.autoflush = self.autoflush, False
        try:
            recursive: Dict[Any, Any] = {}
            resolve: Dict[Any, Any] = {}
            return [
                self._merge(required_state(obj), obj.__dict__, load, options, recursive, resolve)
                for obj in instances
            ]
        finally:
            self.autoflush = previous

    def _merge(
        self,
        state: Any,
        state_dict: Any,
        load: bool = True,
        options: Any = None,
        _recursive: Any = None,
        _resolve_conflict_map: Any = None,
    ) -> Any:
        recursive, resolve = _recursive, _resolve_conflict_map
        mapper = _mapper_of(state, state())
        if state in recursive:
            return recursive[state]
        new_instance = False
        key = state.key
        if key is None:
            if state in self._new:
                warn(
                    "%s is pending in this session; merge() makes another new object from it, and both are inserted"
                    % state_str(state)
                )
            if not load:
                raise sa_exc.InvalidRequestError(
                    "merge() with load=False takes persistent or detached objects; this one is transient"
                )
            pk = mapper.pk_from_state(state, state_dict)
            if pk is not None:
                key = (mapper.identity_class, pk if isinstance(pk, tuple) else (pk,), None)
        merged = None
        if key is not None:
            merged = self.identity_map.get(key)
            if merged is None:
                merged = resolve.get(key)
            if merged is None:
                if not load:
                    if state.modified:
                        raise sa_exc.InvalidRequestError(
                            "merge() with load=False can't take over changes; flush or expire the object first"
                        )
                    merged = mapper.class_manager.new_instance()
                    merged_state = required_state(merged)
                    merged_state.key = key
                    merged_state.flags |= PARTIAL
                    self._update_existing(merged_state, merged)
                    new_instance = True
                else:
                    merged = self.get(
                        mapper.class_,
                        key[1] if len(key[1]) > 1 else key[1][0],
                        identity_token=key[2] if len(key) > 2 else None,
                        options=options,
                    )
        if merged is None:
            merged = mapper.class_manager.new_instance()
            new_instance = True
            merged_state = required_state(merged)
            recursive[state] = merged
            if key is not None:
                resolve[key] = merged
            self._save_or_update(merged_state, merged)
        else:
            merged_state = required_state(merged)
            recursive[state] = merged
            if key is not None:
                resolve[key] = merged
        merged_dict = merged.__dict__
        if state is not merged_state:
            self._check_versions(mapper, state, state_dict, merged_state, merged_dict)
            for prop in mapper.attrs:
                prop.merge(
                    self, state, state_dict, merged_state, merged_dict, load, recursive, resolve
                )
        if not load:
            merged_state.commit_all(merged_dict, self.identity_map)
            if state.load is not None:
                merged_state.load = state.load
        if new_instance and load is False and merged_state.manager.dispatch.load:
            merged_state.manager.dispatch.load(merged_state, None)
        elif new_instance and merged_state.manager.dispatch.load:
            merged_state.manager.dispatch.load(merged_state, None)
        return merged

    @staticmethod
    def _check_versions(mapper: Any, state: Any, state_dict: Any, merged_state: Any, merged_dict: Any) -> None:
        column = mapper.version_id_col
        if column is None:
            return
        prop = mapper.get_property_by_column(column)
        given = state.get_impl(prop.key).get(state, state_dict, PASSIVE_NO_FETCH)
        present = merged_state.get_impl(prop.key).get(merged_state, merged_dict)
        missing = (None,)
        if (
            given is not None
            and present not in missing
            and not hasattr(given, "name")
            and present != given
            and merged_state.pk is not None
        ):
            raise exc.StaleDataError(
                "The version of the given %s is %r, that of the persistent object is %r"
                % (state_str(state), given, present)
            )

    # ------------------------------------------------------------------- facts
    def _contains_state(self, state: Any) -> bool:
        return state in self._new or (state.pk is not None and self.identity_map.contains_state(state))

    def __contains__(self, instance: Any) -> bool:
        """Tell whether the object is pending or persistent in this session."""
        return self._contains_state(required_state(instance))

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the pending and persistent objects."""
        return iter(list(self._new.values()) + self.identity_map.values())

    @property
    def new(self) -> IdentitySet:
        """The objects that the next flush inserts."""
        return _identity_set(self._new.values())

    @property
    def deleted(self) -> IdentitySet:
        """The objects that the next flush deletes."""
        self._expand_deletes()
        return _identity_set(self._deleted.values())

    @property
    def dirty(self) -> IdentitySet:
        """The persistent objects on which something was set since the last flush."""
        deleted = self._deleted
        return _identity_set(
            [obj for state, obj in list(self.identity_map.modified.items()) if state not in deleted]
        )

    def is_modified(self, instance: Any, include_collections: bool = True) -> bool:
        """Tell whether an object has changes that a flush would write.

        :param include_collections: look at collections too.
        """
        state = required_state(instance)
        if not state.modified:
            return False
        dict_ = instance.__dict__
        for attr in state.manager.attributes:
            impl = getattr(attr, "impl", None)
            if impl is None or not hasattr(impl, "get_history"):
                continue
            if impl.collection and not include_collections:
                continue
            added, _unchanged, removed = impl.get_history(state, dict_, PASSIVE_NO_FETCH)
            if added or removed:
                return True
        return False

    def enable_relationship_loading(self, obj: Any) -> None:
        """Let an object that is not persistent load its relationships from this session."""
        state = required_state(obj)
        to_attach = self._before_attach(state, obj)
        state.set_extra("load_pending", True)
        if to_attach:
            self._after_attach(state, obj)


def _delete_keys(mapper: Any) -> Any:
    """Return the keys of relationships that delete cascades follow."""
    memo = mapper.memo
    found = memo.get("delete_keys")
    if found is None:
        found = memo["delete_keys"] = tuple(
            prop.key
            for sub in mapper.self_and_descendants
            for prop in sub.relationships
            if prop.cascade.delete
        )
    return found


def _expiry_facts(manager: Any) -> Any:
    """Return (keys that may be cleared at once, collections) of a class; (None, ...) if expiry needs more."""
    if manager.deferred_keys or manager.expire_listeners:
        return None, ()
    return manager.known_keys, frozenset(manager.collection_keys)


def _identity_set(values: Iterable[Any]) -> IdentitySet:
    return IdentitySet(values)


def _detach(session: Any, states: List[Any], to_transient: bool = False) -> None:
    """Cut states off their session; with ``to_transient`` they lose their identity too."""
    number = session.hash_key
    dispatch = session.dispatch if session.has_events else None
    for state in states:
        deleted = bool(state.flags & DELETED)
        pending = state.pk is None
        attached = state.session_id == number
        if attached:
            state.session_id = None
        if to_transient and not pending:
            state.pk = None
            state.flags &= ~DELETED
        if not attached or dispatch is None:
            continue
        if to_transient:
            if pending:
                if dispatch.pending_to_transient:
                    dispatch.pending_to_transient(session, state)
            elif dispatch.persistent_to_transient:
                dispatch.persistent_to_transient(session, state)
        elif deleted:
            if dispatch.deleted_to_detached:
                dispatch.deleted_to_detached(session, state)
        elif pending:
            if dispatch.pending_to_transient:
                dispatch.pending_to_transient(session, state)
        elif dispatch.persistent_to_detached:
            dispatch.persistent_to_detached(session, state)
