"""Write-only relationships: the collection is never loaded; it takes changes and makes statements.

``lazy="dynamic"`` builds on it, in ``dynamic``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import bindparam
from sqltoolkit_core import delete
from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import insert
from sqltoolkit_core import select
from sqltoolkit_core import update
from sqltoolkit_core.sql.selectable import Join
from sqltoolkit_core.util.typing import Unsubscripted

from .. import exc as orm_exc
from ..attributes.history import History
from ..attributes.impl import AttributeImpl
from ..base import MANYTOONE
from ..base import PASSIVE_OFF
from ..base import PassiveFlag
from ..base import state_str
from ..base import STATE_ATTR
from ..identity import session_of
from ..interfaces import strategy_for
from ..loading.plugin import fetch_objects
from ..context.compile_state import LoadRequest
from ..relationships import RelationshipProperty
from ..relationships.comparator import value_of_instance
from .lazy import RelationshipStrategy

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterable
    from typing import List

__all__ = [
    "WriteOnlyAttributeImpl",
    "WriteOnlyCollection",
    "WriteOnlyLoader",
    "detached",
]


class _Changes:
    """What was added to and removed from a write-only collection since the last flush."""

    __slots__ = ("added", "removed")

    def __init__(self) -> None:
        self.added: List[Any] = []
        self.removed: List[Any] = []


class WriteOnlyAttributeImpl(AttributeImpl):
    """An attribute whose value is an object that takes changes, never a loaded collection."""

    uses_objects = True
    default_accepts_scalar_loader = False
    collection = True
    dynamic = True
    collection_history_cls = _Changes
    query_class: Any = None

    def __init__(self, *args: Any, **kw: Any) -> None:
        self.order_by = kw.pop("order_by", ())
        self.prop = kw.pop("prop", None)
        query_class = kw.pop("query_class", None)
        super().__init__(*args, **kw)
        self.query_class = query_class

    @property
    def target_mapper(self) -> Any:
        """The mapper of the members."""
        return self.manager[self.key].property.mapper

    def make_value(self, state: Any) -> Any:
        """Return the object that stands for the collection."""
        return WriteOnlyCollection(self, state)

    def get(self, state: Any, dict_: Dict[str, Any], passive: int = PASSIVE_OFF) -> Any:
        if not passive & PassiveFlag.SQL_OK:
            changes = self._changes(state)
            return list(changes.added) if changes is not None else []
        return self.make_value(state)

    def has_changes(self, state: Any) -> bool:
        """Tell whether members came or went since the last flush."""
        return self._changes(state) is not None

    def _changes(self, state: Any, make: bool = False) -> Any:
        committed = state.committed
        found = None if committed is None else committed.get(self.key)
        if found is None and make:
            found = _Changes()
            obj = state()
            state.record_change(obj.__dict__, self.key, found)
            found = state.committed[self.key]
        return found

    def get_collection(
        self, state: Any, dict_: Dict[str, Any], user_data: Any = None, passive: int = PASSIVE_OFF
    ) -> Any:
        """Return the members known here: added ones, and where SQL may be sent those of the database."""
        if not passive & PassiveFlag.SQL_OK:
            changes = self._changes(state)
            return list(changes.added) if changes is not None else []
        history = self.get_history(state, dict_, passive)
        return list(history[0]) + list(history[1])

    def initialize(self, state: Any, dict_: Dict[str, Any]) -> Any:
        return self.make_value(state)

    def default_value(self, state: Any, dict_: Dict[str, Any]) -> Any:
        return self.make_value(state)

    def invalidate_collection(self, collection: Any) -> None:
        """Nothing is kept that could go stale."""

    def fire_append(self, state: Any, dict_: Any, value: Any, initiator: Any) -> Any:
        """Record that a member comes in, with events."""
        token = initiator or self.append_token
        for follower in self.followers:
            value = follower.on_append(state, value, token)
        if self.listening:
            for fn in self.dispatch.append:
                value = fn(state, value, token)
            for follower in self.late_followers:
                value = follower.on_append(state, value, token)
        changes = self._changes(state, True)
        if value in changes.removed:
            changes.removed.remove(value)
        changes.added.append(value)
        if not state.modified:
            state.record_change(dict_, None, None)
        if self.trackparent and value is not None:
            self.sethasparent(value.__dict__[STATE_ATTR], state, True)
        return value

    def fire_remove(self, state: Any, dict_: Any, value: Any, initiator: Any) -> None:
        """Record that a member goes, with events."""
        changes = self._changes(state, True)
        if value in changes.added:
            changes.added.remove(value)
        else:
            changes.removed.append(value)
        if self.trackparent and value is not None:
            self.sethasparent(value.__dict__[STATE_ATTR], state, False)
        token = initiator or self.remove_token
        for follower in self.followers:
            follower.on_remove(state, value, token)
        if self.listening:
            for fn in self.dispatch.remove:
                fn(state, value, token)
            for follower in self.late_followers:
                follower.on_remove(state, value, token)

    def append(self, state: Any, dict_: Any, value: Any, initiator: Any, passive: int = PASSIVE_OFF) -> None:
        if initiator is not self:
            self.fire_append(state, dict_, value, initiator)

    def remove(self, state: Any, dict_: Any, value: Any, initiator: Any, passive: int = PASSIVE_OFF) -> None:
        if initiator is not self:
            self.fire_remove(state, dict_, value, initiator)

    def pop(self, state: Any, dict_: Any, value: Any, initiator: Any, passive: int = PASSIVE_OFF) -> None:
        self.remove(state, dict_, value, initiator, passive)

    def set(
        self,
        state: Any,
        dict_: Any,
        value: Any,
        initiator: Any = None,
        passive: int = PASSIVE_OFF,
        check_old: Any = None,
        pop: bool = False,
    ) -> None:
        if initiator is not None and initiator.parent_token is self.parent_token:
            return
        if pop and value is None:
            return
        if not self.dynamic_replaceable and state.pk is not None:
            raise sa_exc.InvalidRequestError(
                "Collection \"%s\" is not loaded, so it can't be replaced as a whole; add() and remove() "
                "members"
                % self
            )
        new = list(value)
        old = list(self.get_collection(state, dict_)) if state.pk is not None else []
        pending = self._changes(state)
        if state.pk is None and pending is not None:
            old = list(pending.added)
        for member in new:
            if not any(member is other for other in old):
                self.fire_append(state, dict_, member, None)
        for member in old:
            if not any(member is other for other in new):
                self.fire_remove(state, dict_, member, None)

    #: whether an existing collection may be replaced (the dynamic kind can be read for it)
    dynamic_replaceable = False

    def delete(self, state: Any, dict_: Any) -> None:
        raise NotImplementedError("A write-only collection can't be deleted")

    def set_committed_value(self, state: Any, dict_: Any, value: Any) -> Any:
        raise NotImplementedError("Collection attributes can't be preloaded here")

    def get_all_pending(
        self, state: Any, dict_: Any, passive: int = PassiveFlag.PASSIVE_NO_INITIALIZE
    ) -> List[Any]:
        added, unchanged, removed = self.get_history(state, dict_, passive)
        return [(member.__dict__[STATE_ATTR], member) for member in list(added) + list(unchanged) + list(removed)]

    def get_history(self, state: Any, dict_: Any, passive: int = PASSIVE_OFF) -> History:
        changes = self._changes(state)
        added = list(changes.added) if changes is not None else []
        removed = list(changes.removed) if changes is not None else []
        unchanged: List[Any] = []
        if passive & PassiveFlag.SQL_OK and passive & PassiveFlag.INIT_OK and state.pk is not None:
            unchanged = [
                member
                for member in self.existing(state, passive)
                if not any(member is other for other in added) and not any(member is other for other in removed)
            ]
        return History(added, unchanged, removed)

    def existing(self, state: Any, passive: int) -> List[Any]:
        """Return the members in the database for those who need them all, such as a flush that deletes the parent.

        :raises sqltoolkit_core.exc.InvalidRequestError: the collection is never loaded as a whole.
        """
        if self.dynamic_replaceable:
            return self.load_all(state, passive)
        raise sa_exc.InvalidRequestError(
            "Collection %s is not loaded as a whole, and its members are needed here; leave them to the database with "
            "passive_deletes=True" % self
        )

    def load_all(self, state: Any, passive: int = PASSIVE_OFF) -> List[Any]:
        """Return the members in the database."""
        session = session_of(state)
        if session is None:
            return []
        statement = WriteOnlyCollection(self, state).select()
        if not passive & PassiveFlag.NO_AUTOFLUSH:
            session._autoflush()
        return fetch_objects(session, statement, None, LoadRequest(autoflush=False), self.target_mapper)


@strategy_for(RelationshipProperty, lazy="write_only")
class WriteOnlyLoader(RelationshipStrategy):
    """Gives the attribute a write-only implementation."""

    impl_class: Any = WriteOnlyAttributeImpl

    def init_class_attribute(self, mapper: Any) -> None:
        prop = self.prop
        self.is_class_level = True
        if not self.uselist or prop.direction is MANYTOONE:
            raise sa_exc.InvalidRequestError(
                "%s leads to one object; dynamic and write-only loading is for collections" % prop
            )
        prop.register_impl(mapper, impl_class=self.impl_class, order_by=prop.order_by, query_class=prop.query_class)
        impl = mapper.class_manager[self.key].impl
        if self.on_attribute is not None and not prop.viewonly:
            self.on_attribute(impl, prop)

    def setup_query(self, builder: Any, plan: Any, prop: Any, choice: Any) -> None:  # type: ignore[override]
        if choice is not None and choice.strategy not in ("write_only", "dynamic", None):
            raise sa_exc.InvalidRequestError(
                "'%s' is never loaded as a whole, so no eager loading applies to it" % prop
            )


if typing.TYPE_CHECKING:
    _T = typing.TypeVar("_T")

    class _Members(typing.Generic[_T]):
        pass

else:
    _Members = Unsubscripted(object)


class WriteOnlyCollection(_Members["_T"]):
    """A collection that takes changes and makes statements, but is never loaded by itself."""

    def __class_getitem__(cls, _type: Any) -> Any:
        return cls

    def __init__(self, attr: Any, state: Any) -> None:
        self.instance = state.obj()
        self.attr = attr
        mapper = state.manager.mapper
        self._prop = mapper.get_property(attr.key)
        prop = self._prop
        self._from: Any = None
        if isinstance(prop.secondary, Join):
            # the criterion brings a table into FROM, but not how several are joined
            self._from = (prop.mapper.__clause_element__(), prop.secondary)
        self._order_by = tuple(prop.order_by) if prop.order_by else ()

    def __iter__(self) -> Any:
        raise TypeError(
            "A write-only collection can't be iterated; execute its select() with session.scalars()"
        )

    def _criterion(self) -> Any:
        # users may add criteria about the secondary table, so it has no alias
        return self._prop.optimized_compare(self.instance, value_is_parent=True, alias_secondary=False)

    def select(self) -> Any:
        """Return a SELECT of the members."""
        statement = select(self._prop.mapper).where(self._criterion())
        if self._from is not None:
            statement = statement.select_from(*self._from)
        if self._order_by:
            statement = statement.order_by(*self._order_by)
        return statement

    def insert(self) -> Any:
        """Return an INSERT of members, with the key of the parent filled in (one-to-many only)."""
        prop = self._prop
        if prop.secondary is not None:
            raise sa_exc.InvalidRequestError("insert() of a write-only collection needs a one-to-many "
                                             "relationship without secondary table")
        state = self.instance.__dict__[STATE_ATTR]
        values = {}
        for left, right in prop.synchronize_pairs:
            # the parent may be flushed only when the statement runs
            value = value_of_instance(state.manager.mapper, state, left)
            values[right.key] = bindparam(None, callable_=value, type_=right.type, unique=True)
        return insert(prop.mapper.class_).values(values)

    def update(self) -> Any:
        """Return an UPDATE of the members."""
        return update(self._prop.mapper.class_).where(self._criterion())

    def delete(self) -> Any:
        """Return a DELETE of the members."""
        return delete(self._prop.mapper.class_).where(self._criterion())

    def add(self, item: Any) -> None:
        """Add an object."""
        self._append([item])

    def add_all(self, iterator: Iterable[Any]) -> None:
        """Add several objects."""
        self._append(iterator)

    def remove(self, item: Any) -> None:
        """Remove an object."""
        self.attr.remove(self.instance.__dict__[STATE_ATTR], self.instance.__dict__, item, None)

    def _append(self, items: Iterable[Any]) -> None:
        instance = self.instance
        for item in items:
            self.attr.append(instance.__dict__[STATE_ATTR], instance.__dict__, item, None)


def detached(state: Any) -> Exception:
    """Return the error of a collection whose object has no session."""
    return orm_exc.DetachedInstanceError(
        "%s belongs to no Session, so its collection can't be loaded; add() it to one" % state_str(state)
    )


