"""The events of engines and connections, and those of dialects.

When they happen is decided in ``engine/base`` and ``engine/default``.  A listener registered with ``retval=True``
answers with what is to be used in the place of what it was given.
"""

from __future__ import annotations

import typing
from typing import Any

from .. import event
from .. import exc
from ..event import Dispatch
from ..event import dispatcher
from ..event import legacy_signature
from ..event.dispatch import JoinedListeners
from ..event.dispatch import Listeners
from ..pool import Pool
from ..pool import PoolEvents
from ..pool.events import refuse_async
from .base import Connection
from .base import Engine
from .default import DefaultDialect
from .default.errors import Outcome
from .default.errors import ask_listeners
from .interfaces import Dialect

if typing.TYPE_CHECKING:
    from typing import Optional

    from ..event import EventKey

__all__ = ["ConnectionEvents", "DialectEvents"]

_CHANGES_STATEMENT = frozenset(["before_execute", "before_cursor_execute"])


class ConnectionEvents(event.Events[Any]):
    """What happens on connections; listened to on an ``Engine``, a ``Connection``, or on those classes."""

    dispatch_target = None

    @classmethod
    def accept_target(cls, target: Any, identifier: str) -> Any:
        refuse_async(target)
        if isinstance(target, type):
            return target if issubclass(target, (Engine, Connection)) else None
        return target if isinstance(target, (Engine, Connection)) else None

    @classmethod
    def listen(cls, key: EventKey, *, retval: bool = False, **kw: Any) -> None:
        name = key.identifier
        if retval and name not in _CHANGES_STATEMENT:
            raise exc.ArgumentError(
                "retval=True is for events whose listeners may change something (%s), not for %r"
                % (", ".join(sorted(_CHANGES_STATEMENT)), name)
            )
        if not retval and name in _CHANGES_STATEMENT:
            key = key.wrapped(_ANSWERING[name](key.listener))
        super().listen(key, **kw)

    @legacy_signature("1.4", ["conn", "clauseelement", "multiparams", "params"])
    def before_execute(
        self,
        conn: Any,
        clauseelement: Any,
        multiparams: Any,
        params: Any,
        execution_options: Any,
    ) -> Any:
        """A statement object is about to be compiled and executed; ``retval``: (element, multiparams, params)."""

    @legacy_signature("1.4", ["conn", "clauseelement", "multiparams", "params", "result"])
    def after_execute(
        self,
        conn: Any,
        clauseelement: Any,
        multiparams: Any,
        params: Any,
        execution_options: Any,
        result: Any,
    ) -> None:
        """A statement object was executed."""

    def before_cursor_execute(
        self,
        conn: Any,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Optional[Any],
        executemany: bool,
    ) -> Any:
        """SQL text is about to be given to the driver's cursor; ``retval``: (statement, parameters)."""

    def after_cursor_execute(
        self,
        conn: Any,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Optional[Any],
        executemany: bool,
    ) -> None:
        """The driver's cursor has executed SQL text."""

    @legacy_signature("2.0", ["conn", "branch"], converter=lambda conn: (conn, False))
    def engine_connect(self, conn: Any) -> None:
        """A ``Connection`` was made."""

    def set_connection_execution_options(self, conn: Any, opts: Any) -> None:
        """``Connection.execution_options()`` was called; the dictionary ``opts`` may be changed."""

    def set_engine_execution_options(self, engine: Any, opts: Any) -> None:
        """``Engine.execution_options()`` was called; the dictionary ``opts`` may be changed."""

    def engine_disposed(self, engine: Any) -> None:
        """``Engine.dispose()`` was called."""

    def begin(self, conn: Any) -> None:
        """A transaction begins."""

    def rollback(self, conn: Any) -> None:
        """A transaction is about to be rolled back."""

    def commit(self, conn: Any) -> None:
        """A transaction is about to be committed."""

    def savepoint(self, conn: Any, name: str) -> None:
        """A savepoint is made."""

    def rollback_savepoint(self, conn: Any, name: str, context: None) -> None:
        """A savepoint is about to be rolled back to."""

    def release_savepoint(self, conn: Any, name: str, context: None) -> None:
        """A savepoint is about to be released."""

    def begin_twophase(self, conn: Any, xid: Any) -> None:
        """A two-phase transaction begins."""

    def prepare_twophase(self, conn: Any, xid: Any) -> None:
        """A two-phase transaction is about to be prepared."""

    def rollback_twophase(self, conn: Any, xid: Any, is_prepared: bool) -> None:
        """A two-phase transaction is about to be rolled back."""

    def commit_twophase(self, conn: Any, xid: Any, is_prepared: bool) -> None:
        """A two-phase transaction is about to be committed."""


def _answering_before_execute(fn: Any) -> Any:
    def before_execute(
        conn: Any, clauseelement: Any, multiparams: Any, params: Any, execution_options: Any
    ) -> Any:
        fn(conn, clauseelement, multiparams, params, execution_options)
        return clauseelement, multiparams, params

    return before_execute


def _answering_before_cursor_execute(fn: Any) -> Any:
    def before_cursor_execute(
        conn: Any, cursor: Any, statement: Any, parameters: Any, context: Any, executemany: bool
    ) -> Any:
        fn(conn, cursor, statement, parameters, context, executemany)
        return statement, parameters

    return before_cursor_execute


_ANSWERING = {
    "before_execute": _answering_before_execute,
    "before_cursor_execute": _answering_before_cursor_execute,
}


class DialectEvents(event.Events[Any]):
    """What a dialect does with its driver; listened to on an ``Engine``, a ``Dialect``, or on those classes."""

    dispatch_target = None

    @classmethod
    def accept_target(cls, target: Any, identifier: str) -> Any:
        refuse_async(target)
        if isinstance(target, type):
            if issubclass(target, Engine):
                return DefaultDialect
            return target if issubclass(target, Dialect) else None
        if isinstance(target, Engine):
            return target.dialect
        if isinstance(target, Dialect):
            return target
        if isinstance(target, Connection) and identifier == "handle_error":
            raise exc.InvalidRequestError(
                "handle_error is an event of the dialect: listen on the Engine or on the Dialect, not on one Connection"
            )
        return None

    @classmethod
    def listen(cls, key: EventKey, *, retval: bool = False, **kw: Any) -> None:
        if key.identifier == "handle_error" and not retval:
            key = key.wrapped(_saying_errors_only(key.listener))
        super().listen(key, **kw)

    def handle_error(self, exception_context: Any) -> Optional[BaseException]:
        """An error came from the driver or from the work around it; ``retval``: the error to raise instead."""

    def do_connect(self, dialect: Any, conn_rec: Any, cargs: Any, cparams: Any) -> Optional[Any]:
        """A connection is about to be opened; arguments may be changed, a connection may be returned."""

    def do_executemany(
        self, cursor: Any, statement: str, parameters: Any, context: Any
    ) -> Optional[bool]:
        """``executemany()`` is about to be called; True says that the listener did it."""

    def do_execute_no_params(self, cursor: Any, statement: str, context: Any) -> Optional[bool]:
        """``execute()`` is about to be called without parameters; True says that the listener did it."""

    def do_execute(
        self, cursor: Any, statement: str, parameters: Any, context: Any
    ) -> Optional[bool]:
        """``execute()`` is about to be called; True says that the listener did it."""

    def do_setinputsizes(
        self, inputsizes: Any, cursor: Any, statement: str, parameters: Any, context: Any
    ) -> None:
        """``setinputsizes()`` is about to be called; the dictionary ``inputsizes`` may be changed."""


def _saying_errors_only(fn: Any) -> Any:
    # an error that is returned is meant to be raised, also where retval was forgotten
    def handle_error(exception_context: Any) -> Optional[BaseException]:
        answer = fn(exception_context)
        return answer if isinstance(answer, BaseException) else None

    return handle_error


class _Nobody:
    """A class that nobody listens on."""


class _OwnFirst(JoinedListeners):
    """The listeners of a connection, or of an engine with options, then those of the engine it was made from."""

    __slots__ = ()

    def __call__(self, *args: Any, **kw: Any) -> None:
        self.own(*args, **kw)
        getattr(self.parent, self.name)(*args, **kw)

    def __iter__(self) -> Any:
        for fn in self.own:
            yield fn
        for fn in getattr(self.parent, self.name):
            yield fn


class _OwnFirstDispatch(Dispatch):
    def __getattr__(self, name: str) -> Any:
        of_class = self.events.class_listeners(name, self._cls)
        found = self.__dict__[name] = _OwnFirst(self._parent, name, Listeners(of_class))
        return found


class _ConnectionDispatch(dispatcher):
    def __get__(self, obj: Any, cls: Any) -> Any:
        engine = getattr(obj, "engine", None)
        if engine is None:
            return super().__get__(obj, cls)
        made = _OwnFirstDispatch(self.events, obj.__class__, engine.dispatch)
        return obj.__dict__.setdefault("dispatch", made)


class _EngineDispatch(dispatcher):
    def __get__(self, obj: Any, cls: Any) -> Any:
        above = None if obj is None else obj.__dict__.get("_proxied")
        if above is None:
            return super().__get__(obj, cls)
        # the listeners of the class come with the parent's
        made = _OwnFirstDispatch(self.events, _Nobody, above.dispatch)
        return obj.__dict__.setdefault("dispatch", made)


def _ping_error_means_lost(dialect: Any, error: Exception, connection: Any) -> bool:
    lost = bool(dialect.is_disconnect(error, connection, None))
    if not getattr(dialect, "has_events", False) or not dialect.dispatch.handle_error:
        return lost
    dbapi_error = dialect.loaded_dbapi.Error
    wrapped = None
    if isinstance(error, dbapi_error):
        wrapped = exc.DBAPIError.instance(
            None, None, error, dbapi_error, connection_invalidated=lost, dialect=dialect
        )
    outcome = Outcome(lost, True)
    instead = ask_listeners(
        dialect, None, None, error, wrapped, None, None, None, None, outcome, True
    )
    if instead is not None:
        raise instead.with_traceback(error.__traceback__) from error
    return outcome.is_disconnect


# the classes below know nothing of their events' families
Engine.dispatch = _EngineDispatch(ConnectionEvents)
Connection.dispatch = _ConnectionDispatch(ConnectionEvents)
Dialect.dispatch = dispatcher(DialectEvents)
PoolEvents.pool_owners = (Engine,)
Pool.ping_error_means_lost = staticmethod(_ping_error_means_lost)  # type: ignore[method-assign]
