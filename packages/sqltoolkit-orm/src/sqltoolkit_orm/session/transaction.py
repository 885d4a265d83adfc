"""``SessionTransaction``: the connections of a session's transaction, savepoints, and what rollback restores.

The session's own methods are in ``session`` and ``objects``.  A *snapshot* is what changed hands in one transaction:
objects that became persistent, objects that were deleted, keys that changed.
"""

from __future__ import annotations

import enum
import os
import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core.engine import TransactionalContext
from sqltoolkit_core.util import hide_frames
from sqltoolkit_core.util.decorators import warn

from ..exc import FlushError

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterator
    from typing import Optional
    from typing import Set
    from typing import Tuple

__all__ = ["SessionTransaction", "SessionTransactionOrigin"]

_ACTIVE = "active"
_PREPARED = "prepared"
_COMMITTED = "committed"
_DEACTIVE = "deactive"
_CLOSED = "closed"

_FLUSH_ROUNDS = 100

# reports of a pool name the line that uses the session
hide_frames(os.path.dirname(os.path.dirname(__file__)))


class SessionTransactionOrigin(enum.Enum):
    """How a :class:`SessionTransaction` came to be."""

    AUTOBEGIN = 0
    BEGIN = 1
    BEGIN_NESTED = 2
    SUBTRANSACTION = 3


def _is_connection(bind: Any) -> bool:
    # an engine is its own engine
    return bind.engine is not bind


class SessionTransaction(TransactionalContext):
    """One level of a session's transaction: the outermost one, or a savepoint.

    Used as a context manager it commits at the end of the block, or rolls back if the block raised.
    """

    #: the exception of a failed flush, after which only rollback() is possible
    rollback_exception: Optional[BaseException] = None

    def __init__(
        self, session: Any, origin: SessionTransactionOrigin, parent: Optional[SessionTransaction] = None
    ) -> None:
        self.session = session
        self.origin = origin
        self.nested = origin is SessionTransactionOrigin.BEGIN_NESTED
        self._parent = parent
        self.state = _ACTIVE
        # bind -> (connection, transaction, commit it?, close the connection?)
        self.connection_entries: Dict[Any, Tuple[Any, Any, bool, bool]] = {}
        if self.nested and parent is None:
            raise sa_exc.InvalidRequestError(
                "A savepoint needs a transaction around it, and there is none on this session"
            )
        #: states that became persistent, with their objects
        self.new: Dict[Any, Any] = {}
        #: states flushed as deleted, with their objects
        self.deleted: Dict[Any, Any] = {}
        #: states flushed as changed (kept inside savepoints only)
        self.dirty: Dict[Any, bool] = {}
        #: state -> (key before, key now)
        self.key_switches: Dict[Any, Tuple[Any, Any]] = {}
        self._close_on_exit = False
        if self.nested:
            if not session._flushing:
                session.flush()
            self._previous_nested = session._nested_transaction
        elif origin is SessionTransactionOrigin.SUBTRANSACTION and parent is not None:
            self.new, self.deleted = parent.new, parent.deleted
            self.dirty, self.key_switches = parent.dirty, parent.key_switches
            self._previous_nested = session._nested_transaction
        else:
            self._previous_nested = session._nested_transaction
        session._transaction = self
        if session.has_events and session.dispatch.after_transaction_create:
            session.dispatch.after_transaction_create(session, self)
        if self.nested:
            session._nested_transaction = self

    # ------------------------------------------------------------------ facts
    @property
    def parent(self) -> Optional[SessionTransaction]:
        """The transaction around this one, None for the outermost."""
        return self._parent

    @property
    def is_active(self) -> bool:
        """Whether statements and commit() are possible."""
        return self.session is not None and self.state == _ACTIVE

    @property
    def connections(self) -> Set[Any]:
        """The connections that take part."""
        return {entry[0] for entry in self.connection_entries.values()}

    def require_usable(self, preparing: bool = False) -> None:
        """Raise where this transaction can't run statements.

        :raises sqltoolkit_core.exc.PendingRollbackError: a flush failed before.
        :raises sqltoolkit_core.exc.InvalidRequestError: it is prepared or committed.
        :raises sqltoolkit_core.exc.ResourceClosedError: it is closed.
        """
        state = self.state
        if state == _ACTIVE or (preparing and state == _PREPARED):
            return
        if state == _DEACTIVE:
            if self.rollback_exception is not None:
                raise sa_exc.PendingRollbackError(
                    "The transaction of this session was rolled back after an error in flush(). Call rollback() "
                    "before going on. The error was: %s" % (self.rollback_exception,),
                    code="7s2a",
                )
            raise sa_exc.InvalidRequestError(
                "The inner transaction was rolled back; call rollback() on the session to go on"
            )
        if state == _CLOSED:
            raise sa_exc.ResourceClosedError("This transaction is closed")
        if state == _COMMITTED:
            raise sa_exc.InvalidRequestError(
                "The transaction of this session is committed; nothing more can be sent in it"
            )
        raise sa_exc.InvalidRequestError(
            "The transaction of this session is prepared; it can only be committed or rolled back"
        )

    def _chain(self, upto: Optional[SessionTransaction] = None) -> Iterator[SessionTransaction]:
        """Yield this transaction and those around it, up to and with ``upto``."""
        current: Optional[SessionTransaction] = self
        while current is not None:
            yield current
            if current is upto:
                return
            current = current._parent
        if upto is not None:
            raise sa_exc.InvalidRequestError(
                "The transaction %s is not around the session's current one" % (upto,)
            )

    # ------------------------------------------------------------- connections
    def bound_connection(self, bindkey: Any = None, **kwargs: Any) -> Any:
        """Return the connection that this transaction has for a bind."""
        return self.connection(bindkey, **kwargs)

    def connection(self, bindkey: Any, execution_options: Any = None, **kwargs: Any) -> Any:
        """Return the connection for the bind that :meth:`Session.get_bind` finds for ``bindkey``."""
        self.require_usable()
        bind = self.session.get_bind(bindkey, **kwargs)
        return self.connection_for_bind(bind, execution_options)

    def connection_for_bind(self, bind: Any, execution_options: Any = None) -> Any:
        """Return the connection for an engine or connection, opened and begun when it is new here."""
        entry = self.connection_entries.get(bind)
        if self.session is not None and self.session.open_block is not None:
            self.check_subject(self.session)
        if entry is not None:
            if self.state != _ACTIVE:
                self.require_usable()
            if execution_options:
                raise_later = entry[0]
                _warn_options(raise_later)
            return entry[0]
        self.require_usable()
        session = self.session
        own = False
        if self._parent is not None:
            connection = self._parent.connection_for_bind(bind, execution_options)
            if not self.nested:
                return connection
        elif _is_connection(bind):
            connection = bind
            if connection.engine in self.connection_entries:
                raise sa_exc.InvalidRequestError(
                    "The session has another connection of the same engine in this transaction already"
                )
        else:
            connection = bind.connect()
            own = True
        try:
            if execution_options:
                connection = connection.execution_options(**execution_options)
            transaction, commit = self._begin_on(connection, session)
        except BaseException:
            if own:
                connection.close()
            raise
        entry = (connection, transaction, commit, own)
        self.connection_entries[connection] = self.connection_entries[connection.engine] = entry
        self.connection_entries[bind] = entry
        if session.has_events and session.dispatch.after_begin:
            session.dispatch.after_begin(session, self, connection)
        return connection

    def _begin_on(self, connection: Any, session: Any) -> Tuple[Any, bool]:
        if session.twophase and self._parent is None:
            return connection.begin_twophase(), True
        if self.nested:
            return connection.begin_nested(), True
        if connection.in_transaction():
            mode = session.join_transaction_mode
            if mode == "conditional_savepoint":
                mode = "create_savepoint" if connection.in_nested_transaction() else "rollback_only"
            if mode == "create_savepoint":
                return connection.begin_nested(), True
            transaction = connection.get_nested_transaction() or connection.get_transaction()
            if mode == "control_fully":
                return transaction, True
            return _JoinedTransaction(transaction), False
        return connection.begin(), True

    # ------------------------------------------------------------------- commit
    def prepare(self) -> None:
        """Flush and, in a two-phase session, prepare the connections for commit."""
        self.require_usable()
        if self._parent is not None or not self.session.twophase:
            raise sa_exc.InvalidRequestError(
                "prepare() needs a session with twophase=True and its outermost transaction"
            )
        self._prepare()

    def _prepare(self) -> None:
        session = self.session
        self.require_usable()
        if (self._parent is None or self.nested) and session.has_events and session.dispatch.before_commit:
            session.dispatch.before_commit(session)
        current = session._transaction
        if current is not self and current is not None:
            for inner in list(current._chain(self)):
                if inner is not self:
                    inner.commit()
        if not session._flushing:
            for _ in range(_FLUSH_ROUNDS):
                if session._is_clean():
                    break
                session.flush()
            else:
                raise FlushError(
                    "After %d flushes in commit() there were still changes; does an event make new ones each time?"
                    % _FLUSH_ROUNDS
                )
        if self._parent is None and session.twophase:
            try:
                for entry in set(self.connection_entries.values()):
                    entry[1].prepare()
            except BaseException:
                self.rollback()
                raise
        self.state = _PREPARED

    def commit(self, _to_root: bool = False) -> None:
        """Flush and commit (release the savepoint of a nested transaction)."""
        self.require_usable(preparing=True)
        if self.state != _PREPARED:
            self._prepare()
        session = self.session
        if self._parent is None or self.nested:
            for connection, transaction, commit, _ in set(self.connection_entries.values()):
                if commit:
                    transaction.commit()
            self.state = _COMMITTED
            if session.has_events and session.dispatch.after_commit:
                session.dispatch.after_commit(session)
            self._forget_snapshot()
        parent = self._parent
        self.close()
        if _to_root and parent is not None:
            parent.commit(_to_root=True)

    def _forget_snapshot(self) -> None:
        session = self.session
        if not self.nested:
            if session.expire_on_commit:
                session._expire_everything()
            for state in list(self.deleted):
                session._detach_deleted(state)
            self.deleted.clear()
        elif self._parent is not None:
            self._parent.new.update(self.new)
            self._parent.dirty.update(self.dirty)
            self._parent.deleted.update(self.deleted)
            self._parent.key_switches.update(self.key_switches)

    # ----------------------------------------------------------------- rollback
    def rollback(self, _to_root: bool = False, _cause: Optional[BaseException] = None) -> None:
        """Roll back (to the savepoint of a nested transaction) and restore the objects."""
        if self.state == _CLOSED:
            raise sa_exc.ResourceClosedError("This transaction is closed")
        session = self.session
        current = session._transaction
        if current is not None and current is not self:
            for inner in list(current._chain(self)):
                if inner is not self:
                    inner.close()
        boundary = self
        error: Optional[BaseException] = None
        if self.state in (_ACTIVE, _PREPARED):
            for level in self._chain():
                if level._parent is None or level.nested:
                    error = level._roll_back_connections()
                    level.state = _DEACTIVE
                    boundary = level
                    try:
                        if session.has_events and session.dispatch.after_rollback and error is None:
                            # listeners see the objects as they were
                            session.dispatch.after_rollback(session)
                    finally:
                        level._restore_snapshot(level.nested)
                    break
                level.state = _DEACTIVE
        if _cause is not None:
            self.rollback_exception = boundary.rollback_exception = _cause
            level2: Optional[SessionTransaction] = self
            while level2 is not None and level2 is not boundary:
                level2.rollback_exception = _cause
                level2 = level2._parent
        parent = self._parent
        if _cause is None or self.origin is SessionTransactionOrigin.SUBTRANSACTION:
            self.close()
        if error is not None:
            raise error
        if session.has_events and session.dispatch.after_soft_rollback:
            session.dispatch.after_soft_rollback(session, self)
        if _cause is None and _to_root and parent is not None:
            parent.rollback(_to_root=True)

    def begin_flush(self) -> SessionTransaction:
        """Return the level that a flush takes place in: one of its own where listeners may see it, else this one."""
        if self.session.has_events:
            return SessionTransaction(self.session, SessionTransactionOrigin.SUBTRANSACTION, self)
        return self

    def end_flush(self) -> None:
        """End the level that :meth:`begin_flush` returned."""
        if self.origin is SessionTransactionOrigin.SUBTRANSACTION:
            self.close()

    def rollback_failed_flush(self, cause: BaseException) -> None:
        """Roll back after a failed flush; the transaction then waits for the user's rollback()."""
        self.rollback(_cause=cause)

    def _roll_back_connections(self) -> Optional[BaseException]:
        error: Optional[BaseException] = None
        for entry in set(self.connection_entries.values()):
            try:
                entry[1].rollback()
            except BaseException as err:
                # the objects must be restored, and the other connections rolled back, before this one is raised
                error = error or err
        return error

    def _restore_snapshot(self, dirty_only: bool) -> None:
        session = self.session
        to_expunge = dict(self.new)
        to_expunge.update(session._new)
        session._expunge_states(list(to_expunge), to_transient=True)
        for state, (before, _now) in self.key_switches.items():
            session.identity_map.safe_discard(state)
            if state in to_expunge:
                continue
            state.key = before
            if state() is not None:
                session.identity_map.replace(state)
        session._drop_pending_deletes()
        for state, obj in list(self.deleted.items()) + list(session._deleted.items()):
            session._undelete(state, obj)
        session._deleted.clear()
        session._expire_everything(self.dirty if dirty_only else None)

    # -------------------------------------------------------------------- close
    def close(self, invalidate: bool = False) -> None:
        """End this level; the connections it opened go back to the pool."""
        session = self.session
        if self.nested:
            session._nested_transaction = self._previous_nested
        else:
            session._nested_transaction = None if self._parent is None else self._previous_nested
        session._transaction = self._parent
        if self._parent is None or self.nested:
            for connection, transaction, commit, own in set(self.connection_entries.values()):
                if invalidate and self._parent is None:
                    connection.invalidate()
                if commit and getattr(transaction, "is_active", False):
                    transaction.close()
                if own:
                    connection.close()
        self.state = _CLOSED
        self.connection_entries = {}
        if session.has_events and session.dispatch.after_transaction_end:
            session.dispatch.after_transaction_end(session, self)
        self.session = None

    # ---------------------------------------------------------- context manager
    @property
    def subject(self) -> Any:
        """The session."""
        return self.session

    def end_block(self, failed: bool) -> None:
        """End the transaction with its block: commit, or roll back what failed."""
        if self.state == _DEACTIVE:
            self.close()
        elif failed:
            if self.state != _CLOSED:
                self.rollback()
        elif self.state in (_ACTIVE, _PREPARED):
            try:
                self.commit()
            except BaseException:
                if self.session is not None and self.state != _CLOSED:
                    self.rollback()
                raise


class _JoinedTransaction:
    """The transaction of somebody else's connection: only rollback reaches it."""

    __slots__ = ("transaction",)

    def __init__(self, transaction: Any) -> None:
        self.transaction = transaction

    def rollback(self) -> None:
        if self.transaction.is_active:
            self.transaction.rollback()

    def prepare(self) -> None:
        self.transaction.prepare()

    def commit(self) -> None:
        """Leave the commit to whoever began the transaction."""


def _warn_options(connection: Any) -> None:
    warn(
        "The connection %r is already begun in this transaction, its execution options can't be changed" % connection
    )
