"""The events of sessions and of queries.

Instance, mapper and attribute events are in ``mapping``; when session events happen is decided in ``session`` and
``unitofwork``.
"""

from __future__ import annotations

import functools
import typing
from typing import Any

from sqltoolkit_core import event
from sqltoolkit_core import exc as sa_exc

from ..query.query import Query
from ..scoping import scoped_session
from ..session.factory import sessionmaker
from ..session.session import Session

if typing.TYPE_CHECKING:
    from typing import Callable

    from sqltoolkit_core.event import EventKey

__all__ = ["QueryEvents", "SessionEvents"]

#: events whose second argument is an instance
_OF_INSTANCES = frozenset(
    (
        "after_attach",
        "before_attach",
        "deleted_to_detached",
        "deleted_to_persistent",
        "detached_to_persistent",
        "loaded_as_persistent",
        "pending_to_persistent",
        "pending_to_transient",
        "persistent_to_deleted",
        "persistent_to_detached",
        "persistent_to_transient",
        "transient_to_pending",
    )
)


def _with_object(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Return a listener that receives the object in place of its state."""

    @functools.wraps(fn)
    def listener(session: Any, state: Any) -> Any:
        obj = state()
        if obj is None:
            return None
        return fn(session, obj)

    return listener


class SessionEvents(event.Events[Any]):
    """What happens in sessions; listened to on a session, a ``sessionmaker``, a scoped session, or a class of them.

    Listeners of instance events receive the object; with ``raw=True`` its state.
    """

    dispatch_target = Session

    @classmethod
    def accept_target(cls, target: Any, identifier: str) -> Any:
        if isinstance(target, scoped_session):
            target = target.session_factory
            if isinstance(target, type) and issubclass(target, Session):
                return target
            if not isinstance(target, sessionmaker):
                raise sa_exc.ArgumentError(
                    "Events of a scoped session need a sessionmaker or a Session class to make its sessions, not %r"
                    % (target,)
                )
        if isinstance(target, sessionmaker):
            return target.class_
        if isinstance(target, type):
            if issubclass(target, (scoped_session, sessionmaker)):
                return Session
            return target if issubclass(target, Session) else None
        if getattr(target, "_is_asyncio", False):
            raise NotImplementedError(
                "There are no asynchronous listeners: listen on the sync_session of %r" % (target,)
            )
        return target if isinstance(target, Session) else None

    @classmethod
    def listen(
        cls, key: EventKey, *, raw: bool = False, restore_load_context: bool = False, retval: bool = False, **kw: Any
    ) -> None:
        # what a listener of do_orm_execute returns counts in any case, so there is nothing to say with retval
        if key.identifier in _OF_INSTANCES and not raw:
            key = key.wrapped(_with_object(key.listener))
        super().listen(key, **kw)

    def do_orm_execute(self, orm_execute_state: Any) -> Any:
        """A statement is about to run; a result that is returned takes the place of its own."""

    def after_transaction_create(self, session: Any, transaction: Any) -> None:
        """A SessionTransaction was made."""

    def after_transaction_end(self, session: Any, transaction: Any) -> None:
        """A SessionTransaction ended."""

    def before_commit(self, session: Any) -> None:
        """A commit was called, nothing was flushed for it yet."""

    def after_commit(self, session: Any) -> None:
        """A commit took place."""

    def after_rollback(self, session: Any) -> None:
        """A rollback of the database took place."""

    def after_soft_rollback(self, session: Any, previous_transaction: Any) -> None:
        """A level of the transaction was rolled back, also where the database saw nothing of it."""

    def before_flush(self, session: Any, flush_context: Any, instances: Any) -> None:
        """A flush begins; objects may still be added and changed."""

    def after_flush(self, session: Any, flush_context: Any) -> None:
        """The rows are written; the session shows the objects as before the flush."""

    def after_flush_postexec(self, session: Any, flush_context: Any) -> None:
        """The flush is over and the objects are settled."""

    def after_begin(self, session: Any, transaction: Any, connection: Any) -> None:
        """A connection began a transaction for the session."""

    def before_attach(self, session: Any, instance: Any) -> None:
        """An object is about to come into the session."""

    def after_attach(self, session: Any, instance: Any) -> None:
        """An object came into the session."""

    def after_bulk_update(self, update_context: Any) -> None:
        """An UPDATE by criteria ran."""

    def after_bulk_delete(self, delete_context: Any) -> None:
        """A DELETE by criteria ran."""

    def transient_to_pending(self, session: Any, instance: Any) -> None:
        """An object was added."""

    def pending_to_transient(self, session: Any, instance: Any) -> None:
        """An added object left before it was flushed."""

    def persistent_to_transient(self, session: Any, instance: Any) -> None:
        """A flushed object became transient by a rollback."""

    def pending_to_persistent(self, session: Any, instance: Any) -> None:
        """An object was inserted."""

    def detached_to_persistent(self, session: Any, instance: Any) -> None:
        """A detached object came into the session."""

    def loaded_as_persistent(self, session: Any, instance: Any) -> None:
        """An object was loaded from a row."""

    def persistent_to_deleted(self, session: Any, instance: Any) -> None:
        """The row of an object was deleted by a flush."""

    def deleted_to_persistent(self, session: Any, instance: Any) -> None:
        """The deletion of an object was rolled back."""

    def deleted_to_detached(self, session: Any, instance: Any) -> None:
        """The deletion of an object was committed."""

    def persistent_to_detached(self, session: Any, instance: Any) -> None:
        """An object left the session."""


class QueryEvents(event.Events[Any]):
    """What happens with :class:`Query` objects."""

    dispatch_target = Query

    @classmethod
    def listen(
        cls, key: EventKey, *, retval: bool = False, bake_ok: bool = False, **kw: Any
    ) -> None:
        fn = key.listener
        if not retval:

            @functools.wraps(fn)
            def listener(*arg: Any, **named: Any) -> Any:
                fn(*arg, **named)
                return arg[0] if arg else None

            key = key.wrapped(listener)
        super().listen(key, **kw)

    def before_compile(self, query: Any) -> Any:
        """A query is about to become a statement; with ``retval=True`` the query that is returned is used."""

    def before_compile_update(self, query: Any, update_context: Any) -> Any:
        """Query.update() was called."""

    def before_compile_delete(self, query: Any, delete_context: Any) -> Any:
        """Query.delete() was called."""
