"""``lazy="dynamic"``: a relationship whose attribute is a query of its members.

It is the write-only relationship of ``strategies.writeonly`` with reading added.
"""

from __future__ import annotations

import typing

from sqltoolkit_core.engine.result import IteratorResult
from sqltoolkit_core.engine.result import SimpleResultMetaData
from sqltoolkit_core.util import warn

from .base import STATE_ATTR
from .base import state_str
from .identity import session_of
from .interfaces import strategy_for
from .query.query import Query
from .relationships import RelationshipProperty
from .strategies.writeonly import detached
from .strategies.writeonly import WriteOnlyAttributeImpl
from .strategies.writeonly import WriteOnlyCollection
from .strategies.writeonly import WriteOnlyLoader

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Iterable
    from typing import Iterator
    from typing import TypeVar

    _T = TypeVar("_T")

__all__ = ["AppenderMixin", "AppenderQuery", "DynaLoader", "DynamicAttributeImpl", "mixin_user_query"]


class AppenderMixin:
    """A query of the members of a relationship that also takes changes."""

    query_class: Any = None
    instance: Any
    attr: Any

    def __init__(self, attr: Any, state: Any) -> None:
        prop = state.manager.mapper.get_property(attr.key)
        Query.__init__(self, prop.mapper, None)  # type: ignore[arg-type]
        self.instance = state.obj()
        self.attr = attr
        self._prop = prop
        collection: Any = WriteOnlyCollection(attr, state)
        if state.pk is not None or session_of(state) is not None:
            statement = self._statement  # type: ignore[has-type]
            if collection._from is not None:
                statement = statement.select_from(*collection._from)
            self._statement = statement.where(collection._criterion())
            if collection._order_by:
                self._statement = self._statement.order_by(*collection._order_by)

    @property
    def session(self) -> Any:
        """The session of the parent, flushed where it flushes by itself."""
        session = session_of(self.instance.__dict__[STATE_ATTR])
        if session is not None and session.autoflush and self.instance in session:
            session.flush()
        if session is None or self.instance.__dict__[STATE_ATTR].pk is None:
            return None
        return session

    @session.setter
    def session(self, session: Any) -> None:
        self._own_session = session

    def _with(self, statement: Any) -> Any:
        state = self.instance.__dict__[STATE_ATTR]
        if session_of(state) is None:
            raise detached(state)
        return super()._with(statement)  # type: ignore[misc]

    def _pending(self) -> Any:
        state = self.instance.__dict__[STATE_ATTR]
        if state.pk is not None and session_of(state) is None:
            warn(
                "%s is detached, so of its dynamic collection '%s' only the members are known that were added since"
                % (state_str(state), self.attr.key)
            )
        return self.attr.get_history(state, self.instance.__dict__, 0)[0]

    def _result(self) -> Any:
        if self.session is None:
            keys = SimpleResultMetaData([self._prop.mapper.class_.__name__])
            return IteratorResult(keys, iter(self._pending()), None, True).scalars()
        return super()._result()  # type: ignore[misc]

    def __iter__(self) -> Iterator[Any]:
        if self.session is None:
            return iter(self._pending())
        return iter(super()._result())  # type: ignore[misc]

    def __getitem__(self, index: Any) -> Any:
        if self.session is None:
            return list(self._pending())[index]
        return super().__getitem__(index)  # type: ignore[misc]

    def count(self) -> int:
        """Return how many members there are."""
        if self.session is None:
            return len(self._pending())
        return super().count()  # type: ignore[misc,no-any-return]

    def append(self, item: Any) -> None:
        """Add an object."""
        self.add_all([item])

    def add(self, item: Any) -> None:
        """Add an object."""
        self.add_all([item])

    def add_all(self, iterator: Iterable[Any]) -> None:
        """Add several objects."""
        instance = self.instance
        for item in iterator:
            self.attr.append(instance.__dict__[STATE_ATTR], instance.__dict__, item, None)

    extend = add_all

    def remove(self, item: Any) -> None:
        """Remove an object."""
        self.attr.remove(self.instance.__dict__[STATE_ATTR], self.instance.__dict__, item, None)


class AppenderQuery(AppenderMixin, Query["_T"]):  # type: ignore[misc]
    """The value of a ``lazy="dynamic"`` relationship."""


def mixin_user_query(cls: Any) -> Any:
    """Return a class of dynamic collections on top of a query class of the user's."""
    return type("Appender" + cls.__name__, (AppenderMixin, cls), {"query_class": cls})


class DynamicAttributeImpl(WriteOnlyAttributeImpl):
    """The implementation of a ``lazy="dynamic"`` attribute."""

    dynamic_replaceable = True

    def make_value(self, state: Any) -> Any:
        query_class = self.query_class
        if query_class is None:
            return AppenderQuery(self, state)
        if not issubclass(query_class, AppenderMixin):
            query_class = self.query_class = mixin_user_query(query_class)
        return query_class(self, state)


@strategy_for(RelationshipProperty, lazy="dynamic")
class DynaLoader(WriteOnlyLoader):
    """Gives the attribute a dynamic implementation."""

    impl_class = DynamicAttributeImpl
