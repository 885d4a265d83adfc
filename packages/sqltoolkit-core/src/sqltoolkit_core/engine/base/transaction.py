"""Transactions of a connection: root, nested (savepoints) and two-phase, and their use as context managers.

What is sent to the database for them is in `.connection`; which statements begin one by themselves in `.execution`.
"""

from __future__ import annotations

import typing

from ... import exc
from ...util.decorators import warn
from ...util.introspect import safe_reraise

if typing.TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Self

    from .connection import Connection

__all__ = [
    "NestedTransaction",
    "RootTransaction",
    "Transaction",
    "TransactionalContext",
    "TwoPhaseTransaction",
]


class TransactionalContext:
    """A transaction that is also a context manager: commit at the end of the block, rollback after an error.

    The *subject* is what runs statements, such as a connection or a session.  While the block lasts the subject keeps
    the context in `open_block`, so that statements after an early commit or rollback are refused: they
    would be outside of the transaction that the block promises.
    """

    __slots__ = ("_outer_context", "_subject")

    _subject: Any
    _outer_context: Any

    @property
    def is_active(self) -> bool:
        """Say whether the transaction is under way."""
        raise NotImplementedError()

    @property
    def subject(self) -> Any:
        """Return what runs the statements of the transaction."""
        raise NotImplementedError()

    def commit(self) -> None:
        """Commit."""
        raise NotImplementedError()

    def rollback(self) -> None:
        """Roll back."""
        raise NotImplementedError()

    def close(self) -> None:
        """Roll back if the transaction is still under way."""
        raise NotImplementedError()

    @staticmethod
    def check_subject(subject: Any) -> None:
        """Raise if a block of `subject` goes on although its transaction has ended."""
        context = subject.open_block
        if context is not None and not context.is_active:
            raise exc.InvalidRequestError(
                "The transaction of this 'with' block was committed or rolled back inside of the block; "
                "leave the block before the next statement"
            )

    def __enter__(self) -> Self:
        subject = self._subject = self.subject
        self._outer_context = subject.open_block
        subject.open_block = self
        return self

    def _check_end(self) -> None:
        """Raise where a block that went well has lost its transaction without anybody noticing."""

    def __exit__(self, type_: Any, value: Any, traceback: Any) -> None:
        subject: Any = getattr(self, "_subject", None)
        # an inner block that was left open, such as by a generator, must not take over the outer one
        in_place = subject is not None and subject.open_block is self
        try:
            self.end_block(type_ is not None)
        finally:
            if in_place:
                subject.open_block = self._outer_context
            self._subject = self._outer_context = None

    def end_block(self, failed: bool) -> None:
        """End the transaction with its block: commit, or roll back what failed."""
        if not self.is_active:
            # it ended inside of the block, or a commit there failed
            if not failed:
                self._check_end()
        elif failed:
            self.rollback()
        else:
            self._commit_or_roll_back()

    def _commit_or_roll_back(self) -> None:
        try:
            self.commit()
        except BaseException:
            with safe_reraise():
                self.rollback()


class Transaction(TransactionalContext):
    """A transaction of a `Connection`."""

    __slots__ = ()

    is_active: bool
    connection: Connection

    def __init__(self, connection: Connection) -> None:
        raise NotImplementedError("use Connection.begin() and its kin")

    @property
    def is_valid(self) -> bool:
        """Say whether the transaction is under way and its connection was not lost."""
        return self.is_active and not self.connection.invalidated

    @property
    def subject(self) -> Connection:
        """Return the connection."""
        return self.connection


class RootTransaction(Transaction):
    """The transaction proper of a connection, begun by `Connection.begin()` or by the first statement."""

    __slots__ = ("_unfinished", "connection", "ended_by_database", "has_written", "is_active", "seen_begun")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.is_active = True
        # did the commit fail? Then the database waits for the rollback
        self._unfinished = False
        # did the database roll the transaction back by itself, because of an error?
        self.ended_by_database = False
        # did a statement write, so that a driver which begins by itself has begun? Did it tell that?
        self.has_written = self.seen_begun = False
        pooled = connection._dbapi_connection
        if pooled is None or pooled.dbapi_connection is None:
            # lost before: a new connection is taken while no transaction stands in the way
            connection._revalidate()
        # before the event `begin`: what its listeners execute belongs to this transaction
        connection._transaction = self
        try:
            self._begin()
        except BaseException:
            self.is_active = False
            connection._transaction = None
            raise

    def _begin(self) -> None:
        self.connection._send_begin()

    def _send_commit(self) -> None:
        self.connection._send_commit()

    def _send_rollback(self) -> None:
        self.connection._send_rollback()

    def _cancel_nested(self) -> None:
        nested = self.connection._nested_transaction
        if nested is not None:
            nested._cancel()

    def rollback(self) -> None:
        """Roll back; nothing happens, but a warning, where the transaction was ended before."""
        if not self.is_active and self.connection._transaction is not self:
            warn("This transaction was ended before: there is nothing to roll back")
            return
        self.close()

    def close(self) -> None:
        """Roll back; nothing happens where the transaction was ended before."""
        connection = self.connection
        try:
            if self.is_active or self._unfinished:
                self._send_rollback()
            self._cancel_nested()
        finally:
            self.is_active = self._unfinished = False
            if connection._transaction is self:
                connection._transaction = None

    def end_by_database(self) -> None:
        """Note that the database has rolled the transaction back: what follows must not be taken for a part of it."""
        self.is_active = False
        self.ended_by_database = True

    def _check_end(self) -> None:
        if self.ended_by_database:
            self.close()
            raise exc.PendingRollbackError(
                "The database rolled this transaction back after an error in its block: nothing of it was committed",
                code="8s2b",
            )

    def commit(self) -> None:
        """Commit."""
        connection = self.connection
        if not self.is_active:
            if connection._transaction is self:
                connection._refuse_until_rollback()
            raise exc.InvalidRequestError("This transaction was ended before")
        self._unfinished = True
        try:
            self._send_commit()
            self._unfinished = False
        finally:
            # after a failed commit the connection keeps the transaction until rollback() is called
            self._cancel_nested()
            self.is_active = False
        connection._transaction = None


class NestedTransaction(Transaction):
    """A savepoint inside of a transaction, made by `Connection.begin_nested()`."""

    __slots__ = ("_previous", "_savepoint", "_unfinished", "connection", "is_active")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.is_active = True
        # did the release fail?
        self._unfinished = False
        self._savepoint = connection._send_savepoint()
        self._previous = connection._nested_transaction
        connection._nested_transaction = self

    def _leave(self) -> None:
        connection = self.connection
        if connection._nested_transaction is self:
            connection._nested_transaction = self._previous
        else:
            warn("A nested transaction ended that was not the innermost of its connection")

    def _cancel(self) -> None:
        """Become inactive because the root transaction ended."""
        self.is_active = False
        self._leave()
        if self._previous is not None:
            self._previous._cancel()

    def rollback(self) -> None:
        """Roll back to the savepoint; nothing happens, but a warning, where it was released or rolled back before."""
        if not self.is_active and self.connection._nested_transaction is not self:
            warn("This savepoint was ended before: there is nothing to roll back")
            return
        is_innermost = self.connection._nested_transaction is self
        self.close()
        if not is_innermost:
            warn("A nested transaction ended that was not the innermost of its connection")

    def close(self) -> None:
        """Roll back to the savepoint; nothing happens where that was done before."""
        connection = self.connection
        root = connection._transaction
        try:
            if root is not None and root.is_active:
                if self.is_active:
                    connection._send_savepoint_rollback(self._savepoint)
                elif self._unfinished:
                    self._roll_back_unreleased(root)
        finally:
            self.is_active = self._unfinished = False
            if connection._nested_transaction is self:
                self._leave()

    def _roll_back_unreleased(self, root: RootTransaction) -> None:
        # an inactive one would have the statement refused
        self.is_active = True
        try:
            self.connection._send_savepoint_rollback(self._savepoint)
        except exc.DBAPIError:
            # what was done since the savepoint can't be undone alone: only the whole transaction can
            root.is_active = False
            root._unfinished = True

    def commit(self) -> None:
        """Release the savepoint."""
        connection = self.connection
        if not self.is_active:
            if connection._nested_transaction is self:
                connection._refuse_until_rollback()
            raise exc.InvalidRequestError("This savepoint was ended before")
        self._unfinished = True
        try:
            connection._send_savepoint_release(self._savepoint)
            self._unfinished = False
        finally:
            # after a failed release nothing is done before rollback() was called
            self.is_active = False
        self._leave()


class TwoPhaseTransaction(RootTransaction):
    """A two-phase transaction, made by `Connection.begin_twophase()`."""

    __slots__ = ("_is_prepared", "xid")

    def __init__(self, connection: Connection, xid: Any) -> None:
        self._is_prepared = False
        self.xid = xid
        super().__init__(connection)

    def prepare(self) -> None:
        """Prepare the transaction: after this, `commit()` cannot fail for reasons of data."""
        if not self.is_active:
            raise exc.InvalidRequestError("This transaction was ended before")
        self.connection._send_prepare(self.xid)
        self._is_prepared = True

    def _begin(self) -> None:
        self.connection._send_twophase_begin(self.xid)

    def _send_commit(self) -> None:
        self.connection._send_twophase_commit(self.xid, self._is_prepared)

    def _send_rollback(self) -> None:
        self.connection._send_twophase_rollback(self.xid, self._is_prepared)
