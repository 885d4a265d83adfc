"""What an error of the driver is seen as, and what listeners of `handle_error` are told.

When errors are looked at is decided in `..base.execution` and, for pings of the pool, in `.dialect`.
"""

from __future__ import annotations

import typing

from ... import exc
from ..interfaces import ExceptionContext

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Optional

__all__ = ["ExceptionContextImpl", "Outcome", "ask_listeners", "connect_error", "typed_violation"]


def connect_error(e: BaseException, dialect: Any, engine: Any, is_pre_ping: bool = False) -> bool:
    """Raise what an error met without a `Connection` is to be seen as.

    Returns, saying whether the connection is lost, where it is to be raised as it is or is about a ping.
    """
    dbapi = dialect.dbapi
    driver_error = dbapi is not None and isinstance(e, dbapi.Error)
    if not driver_error and not dialect.has_events:
        return False
    lost = driver_error and dialect.is_disconnect(e, None, None)
    wrapped = None
    if driver_error:
        hide = engine.hide_parameters if engine is not None else False
        wrapped = exc.DBAPIError.instance(
            None, None, e, dbapi.Error, hide_parameters=hide, connection_invalidated=lost, dialect=dialect
        )
    state = Outcome(lost, True)
    instead = ask_listeners(
        dialect, None, engine, e, wrapped, None, None, None, None, state, is_pre_ping
    )
    if is_pre_ping and state.is_disconnect:
        return True
    if instead is not None:
        raise instead.with_traceback(e.__traceback__) from e
    if wrapped is not None:
        raise wrapped.with_traceback(e.__traceback__) from e
    return state.is_disconnect


class Outcome:
    """What an error means for the connection and the pool."""

    __slots__ = ("invalidate_pool", "is_disconnect")

    def __init__(self, is_disconnect: bool, invalidate_pool: bool) -> None:
        self.is_disconnect = is_disconnect
        self.invalidate_pool = invalidate_pool


def typed_violation(dialect: Any, wrapped: Any, e: BaseException, context: Any) -> Any:
    """Return the subclass of `IntegrityError` that says which constraint was violated, as far as that is known."""
    if not isinstance(wrapped, exc.IntegrityError):
        return wrapped
    found = dialect.violation_of(e, context)
    if found is None:
        return wrapped
    kind, details = found
    typed = kind(
        wrapped.statement,
        wrapped.params,
        e,
        hide_parameters=wrapped.hide_parameters,
        connection_invalidated=wrapped.connection_invalidated,
        ismulti=wrapped.ismulti,
    )
    return typed.with_constraint(**details)


def ask_listeners(
    dialect: Any,
    connection: Any,
    engine: Any,
    e: BaseException,
    wrapped: Any,
    cursor: Any,
    statement: Any,
    parameters: Any,
    context: Any,
    state: Outcome,
    is_pre_ping: bool,
) -> Optional[BaseException]:
    """Tell the listeners of `handle_error` and return the error that they want to see raised."""
    if not dialect.has_events or not dialect.dispatch.handle_error:
        return None
    told = ExceptionContextImpl(
        e, wrapped, engine, dialect, connection, cursor, statement, parameters, context,
        state.is_disconnect, state.invalidate_pool, is_pre_ping,
    )  # fmt: skip
    instead = None
    for fn in dialect.dispatch.handle_error:
        try:
            answer = fn(told)
            if answer is not None:
                told.chained_exception = instead = answer
        except Exception as raised:
            # a listener that raises has the last word
            instead = raised
            break
    if told.is_disconnect != state.is_disconnect:
        state.is_disconnect = told.is_disconnect
        if wrapped is not None:
            wrapped.connection_invalidated = told.is_disconnect
    if not told.invalidate_pool_on_disconnect:
        state.invalidate_pool = False
    return instead


class ExceptionContextImpl(ExceptionContext):
    """What listeners of `handle_error` are told."""

    __slots__ = (
        "chained_exception", "connection", "cursor", "dialect", "engine", "execution_context",
        "invalidate_pool_on_disconnect", "is_disconnect", "is_pre_ping", "original_exception",
        "parameters", "sqlalchemy_exception", "statement",
    )  # fmt: skip

    def __init__(
        self,
        exception: BaseException,
        sqlalchemy_exception: Any,
        engine: Any,
        dialect: Any,
        connection: Any,
        cursor: Any,
        statement: Optional[str],
        parameters: Any,
        context: Any,
        is_disconnect: bool,
        invalidate_pool_on_disconnect: bool,
        is_pre_ping: bool,
    ) -> None:
        self.engine = engine
        self.dialect = dialect
        self.connection = connection
        self.sqlalchemy_exception = sqlalchemy_exception
        self.original_exception = exception
        self.execution_context = context
        self.cursor = cursor
        self.statement = statement
        self.parameters = parameters
        self.is_disconnect = is_disconnect
        self.invalidate_pool_on_disconnect = invalidate_pool_on_disconnect
        self.is_pre_ping = is_pre_ping
        self.chained_exception = None
