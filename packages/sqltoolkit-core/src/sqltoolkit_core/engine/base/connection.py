"""`Connection`: its options, its transactions, its life on a pooled connection.

How a statement gets to the cursor is in `.execution`, the transaction objects in `.transaction`.
"""

from __future__ import annotations

import typing

from ... import exc
from ...event import EventTarget
from ...util.collections import immutabledict
from .execution import StatementExecution
from .transaction import NestedTransaction
from .transaction import RootTransaction
from .transaction import TransactionalContext
from .transaction import TwoPhaseTransaction

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Mapping
    from typing import NoReturn
    from typing import Optional

    from typing_extensions import Self

    from ...pool import PoolProxiedConnection
    from ..reflection import Inspector
    from ..interfaces import Dialect
    from .engine import Engine
    from .transaction import Transaction

__all__ = ["Connectable", "Connection", "ConnectionEventsTarget"]

EMPTY: Any = immutabledict()


class ConnectionEventsTarget(EventTarget):
    """What connection events can be listened to on: engines and connections."""

    __slots__ = ()

    dispatch: Any


class Connection(StatementExecution, ConnectionEventsTarget):
    """A connection of the pool in use, with the transaction under way on it.

    The first statement begins a transaction, which lasts until `commit()`, `rollback()` or `close()`.
    """

    if typing.TYPE_CHECKING:

        def __inspect_object__(self) -> Inspector: ...

    # does anybody listen on this connection itself? Set by the event system
    has_events = False
    _transaction: Optional[RootTransaction] = None
    _nested_transaction: Optional[NestedTransaction] = None
    # the innermost `with` block on a transaction of this connection
    open_block: Any = None
    _execution_options: Mapping[str, Any] = EMPTY
    _savepoint_number = 0
    _allow_autobegin = True
    _may_reconnect = True
    _logging_token: Any = None
    # is an error being handled? An error of that is not handled again
    _reentrant_error = False

    engine: Engine
    dialect: Dialect
    # the pooled connection: None after close()
    _dbapi_connection: Any

    def __init__(
        self,
        engine: Engine,
        connection: Optional[PoolProxiedConnection] = None,
        *,
        allow_autobegin: bool = True,
    ) -> None:
        self.engine = engine
        self.dialect = dialect = engine.dialect
        if connection is None:
            connection = engine._checkout()
        self._dbapi_connection: Any = connection
        if not allow_autobegin:
            self._allow_autobegin = False
        self._echo = echo = bool(engine.logger.isEnabledFor(20))
        self._observed = echo or engine.slow_query_threshold is not None
        self._compiled_cache = engine._compiled_cache
        if engine._execution_options and allow_autobegin:
            self._execution_options = engine._execution_options
            if engine._connection_settings:
                dialect.set_connection_execution_options(self, engine._connection_settings)
        if allow_autobegin and (self.has_events or engine.has_events):
            self.dispatch.engine_connect(self)

    # -------------------------------------------------------------- settings

    @property
    def compiled_cache(self) -> Any:
        """Return the mapping in which compiled statements are kept, None where they are not."""
        return self._compiled_cache

    @property
    def is_async(self) -> bool:
        """Say whether the driver is asynchronous."""
        return self.dialect.is_async

    @property
    def hide_parameters(self) -> bool:
        """Say whether bound values are kept out of logs and errors."""
        return self.engine.hide_parameters

    def schema_for_object(self, obj: Any) -> Optional[str]:
        """Return the schema of a table or sequence, translated by the option `schema_translate_map`."""
        name = obj.schema
        translate = self._execution_options.get("schema_translate_map")
        if translate and name in translate and getattr(obj, "_translatable", True):
            return typing.cast("Optional[str]", translate[name])
        return typing.cast("Optional[str]", name)

    def execution_options(self, **opt: Any) -> Self:
        """Set execution options for all further statements of this connection; return the connection itself.

        Known are `isolation_level`, `stream_results`, `max_row_buffer`, `yield_per`, `timeout`, `query_tags`,
        `schema_translate_map`, `compiled_cache`, `logging_token`, `preserve_rowcount`, `insertmanyvalues_page_size`;
        others are for listeners of events. `docs/tutorial/statements.md` says what they do.

        :raises InvalidRequestError: the isolation level is to change, and a transaction is under way.
        """
        if self.has_events or self.engine.has_events:
            self.dispatch.set_connection_execution_options(self, opt)
        self._execution_options = immutabledict({**self._execution_options, **opt})
        if "compiled_cache" in opt:
            self._compiled_cache = opt["compiled_cache"]
        self.dialect.set_connection_execution_options(self, opt)
        return self

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the execution options in force."""
        return self._execution_options

    def _set_logging_token(self, token: Any) -> None:
        self._logging_token = token

    def _message(self, text: str) -> str:
        return text if self._logging_token is None else "[%s] %s" % (self._logging_token, text)

    def _log_info(self, message: str, *arg: Any, **kw: Any) -> None:
        self.engine.logger.info(self._message(message), *arg, **kw)

    def _log_debug(self, message: str, *arg: Any, **kw: Any) -> None:
        self.engine.logger.debug(self._message(message), *arg, **kw)

    # ------------------------------------------------------------- life time

    def __enter__(self) -> Self:
        return self

    def __exit__(self, type_: Any, value: Any, traceback: Any) -> None:
        self.close()

    @property
    def closed(self) -> bool:
        """Say whether `close()` was called."""
        return self._dbapi_connection is None and not self._may_reconnect

    @property
    def invalidated(self) -> bool:
        """Say whether the connection was lost or invalidated; the next statement gets another one."""
        pooled = self._dbapi_connection
        if pooled is None:
            return self._may_reconnect
        return not pooled.is_valid

    @property
    def connection(self) -> PoolProxiedConnection:
        """Return the pooled connection, a proxy of the driver's."""
        pooled = self._dbapi_connection
        if pooled is None or not pooled.is_valid:
            return self._revalidate()
        held: PoolProxiedConnection = pooled
        return held

    def _driver_connection(self) -> Any:
        """Return the connection of the driver, a new one if the one before was invalidated."""
        pooled = self._dbapi_connection
        if pooled is None or pooled.dbapi_connection is None:
            pooled = self._revalidate()
        return pooled.dbapi_connection

    def _revalidate(self) -> PoolProxiedConnection:
        if self._may_reconnect and self.invalidated:
            if self._transaction is not None:
                self._refuse_until_rollback()
            try:
                pooled = self.engine.pool.connect()
            except BaseException as err:
                self._handle_dbapi_exception(err, None, None, None, None)
                raise
            self._dbapi_connection = pooled
            return pooled
        raise exc.ResourceClosedError("This Connection is closed")

    @property
    def info(self) -> Dict[Any, Any]:
        """Return a dictionary that lives as long as the connection of the driver."""
        return self.connection.info

    def invalidate(self, exception: Optional[BaseException] = None) -> None:
        """Throw the connection of the driver away; the next statement gets another one.

        A transaction under way becomes invalid and must be rolled back first.
        """
        if self.invalidated:
            return
        if self.closed:
            raise exc.ResourceClosedError("This Connection is closed")
        pooled = self._dbapi_connection
        self._dbapi_connection = None
        if pooled.is_valid:
            pooled.invalidate(exception)

    def detach(self) -> None:
        """Take the connection out of the pool: `close()` will close it for good."""
        if self.closed:
            raise exc.ResourceClosedError("This Connection is closed")
        if self.invalidated:
            raise exc.InvalidRequestError(
                "An invalidated Connection has no connection of the driver to detach"
            )
        self._dbapi_connection.detach()

    def close(self) -> None:
        """Roll back what is under way and give the connection back to the pool."""
        was_reset = False
        transaction = self._transaction
        if transaction is not None:
            try:
                transaction.close()
            except BaseException as err:
                self._give_up(err)
                raise
            was_reset = not transaction.is_active and not self.invalidated
        pooled = self._dbapi_connection
        self._may_reconnect = False
        if pooled is not None:
            self._dbapi_connection = None
            if was_reset:
                pooled.close_after_rollback()
            else:
                pooled.close()

    def _give_up(self, error: BaseException) -> None:
        """Close a connection that could not be rolled back, and with it that of the driver."""
        pooled = self._dbapi_connection
        self._dbapi_connection = None
        self._may_reconnect = False
        if pooled is not None and pooled.is_valid:
            pooled.invalidate(error)

    # ---------------------------------------------------- transactions: asked

    def in_transaction(self) -> bool:
        """Say whether a transaction is under way."""
        return self._transaction is not None and self._transaction.is_active

    def in_nested_transaction(self) -> bool:
        """Say whether a savepoint is in use."""
        return self._nested_transaction is not None and self._nested_transaction.is_active

    def get_transaction(self) -> Optional[RootTransaction]:
        """Return the transaction under way."""
        return self._transaction

    def get_nested_transaction(self) -> Optional[NestedTransaction]:
        """Return the innermost savepoint in use."""
        return self._nested_transaction

    @property
    def transaction(self) -> Optional[Transaction]:
        """Return the transaction under way."""
        return self._transaction

    @property
    def nested_transaction(self) -> Optional[NestedTransaction]:
        """Return the innermost savepoint in use."""
        return self._nested_transaction

    # ---------------------------------------------------- transactions: begun

    def begin(self) -> RootTransaction:
        """Begin a transaction; as a context manager it commits at the end of the block."""
        if self._transaction is not None:
            raise exc.InvalidRequestError(
                "A transaction is under way on this connection already, begun %s; "
                "commit or roll it back first, or use begin_nested()"
                % (
                    "by a statement before"
                    if self.open_block is None
                    else "by begin() or by a statement"
                )
            )
        if self.open_block is not None:
            TransactionalContext.check_subject(self)
        return RootTransaction(self)

    def begin_nested(self) -> NestedTransaction:
        """Set a savepoint, beginning a transaction first if there is none."""
        if self._transaction is None:
            self._autobegin()
        elif self.open_block is not None:
            TransactionalContext.check_subject(self)
        return NestedTransaction(self)

    def begin_twophase(self, xid: Any = None) -> TwoPhaseTransaction:
        """Begin a two-phase transaction, under an identifier that is made up unless given."""
        if self._transaction is not None:
            raise exc.InvalidRequestError(
                "A two-phase transaction can't begin: a transaction is under way on this connection"
            )
        if self.open_block is not None:
            TransactionalContext.check_subject(self)
        if xid is None:
            xid = self.engine.dialect.create_xid()
        return TwoPhaseTransaction(self, xid)

    def commit(self) -> None:
        """Commit the transaction under way; nothing happens where there is none."""
        transaction = self._transaction
        if transaction is not None:
            transaction.commit()

    def rollback(self) -> None:
        """Roll back the transaction under way; nothing happens where there is none."""
        transaction = self._transaction
        if transaction is not None:
            transaction.rollback()

    def recover_twophase(self) -> List[Any]:
        """Return the identifiers of transactions that are prepared and wait for their end."""
        return self.engine.dialect.do_recover_twophase(self)

    def rollback_prepared(self, xid: Any, recover: bool = False) -> None:
        """Roll back a prepared transaction."""
        self.engine.dialect.do_rollback_twophase(self, xid, recover=recover)

    def commit_prepared(self, xid: Any, recover: bool = False) -> None:
        """Commit a prepared transaction."""
        self.engine.dialect.do_commit_twophase(self, xid, recover=recover)

    def get_isolation_level(self) -> Any:
        """Return the isolation level in force on the database."""
        try:
            return self.dialect.get_isolation_level(self._driver_connection())
        except BaseException as err:
            self._handle_dbapi_exception(err, None, None, None, None)
            raise

    @property
    def default_isolation_level(self) -> Any:
        """Return the isolation level that a connection has to which none was given."""
        return self.dialect.default_isolation_level

    # ----------------------------------------------------- transactions: sent

    def _autobegin(self) -> None:
        if not self._allow_autobegin:
            return
        if self.open_block is not None:
            TransactionalContext.check_subject(self)
        RootTransaction(self)

    def _check_transaction(self) -> None:
        """Raise if statements are refused in the present state of transactions."""
        transaction, nested = self._transaction, self._nested_transaction
        if (transaction is not None and not transaction.is_active) or (
            nested is not None and not nested.is_active
        ):
            self._refuse_until_rollback()
        if self.open_block is not None:
            TransactionalContext.check_subject(self)

    def _refuse_until_rollback(self) -> NoReturn:
        nested = self._nested_transaction is not None and not self._nested_transaction.is_active
        raise exc.PendingRollbackError(
            "%s; call its rollback() first"
            % (
                "The transaction lost its connection and has to be rolled back before there is a new one"
                if self.invalidated
                else "The database rolled the transaction back after an error"
                if self._transaction is not None and self._transaction.ended_by_database
                else "The %s has failed" % ("savepoint" if nested else "transaction")
            ),
            code="8s2b",
        )

    def _tell(self, event: str, *arg: Any) -> None:
        """Announce a step of a transaction."""
        if self.has_events or self.engine.has_events:
            getattr(self.dispatch, event)(self, *arg)

    def _take_step(self, step: Callable[..., None], *arg: Any) -> None:
        """Have the dialect take a step of a transaction; errors of the driver become ours."""
        try:
            step(*arg)
        except BaseException as err:
            self._handle_dbapi_exception(err, None, None, None, None)
            raise

    def _usable(self) -> Any:
        """Return the pooled connection, or None where the connection was lost or given back."""
        pooled = self._dbapi_connection
        return pooled if pooled is not None and pooled.is_valid else None

    def _note_begun(self) -> None:
        """Note whether the driver says that it is in a transaction."""
        transaction, pooled = self._transaction, self._dbapi_connection
        if transaction is not None and not transaction.seen_begun and pooled is not None:
            driver = pooled.dbapi_connection
            if driver is not None and self.dialect.in_transaction(driver):  # type: ignore[attr-defined]
                transaction.seen_begun = True

    def _note_end(self) -> None:
        """Note whether an error made the database roll back the transaction under way."""
        transaction, pooled = self._transaction, self._dbapi_connection
        if transaction is None or not transaction.is_active or pooled is None or not pooled.is_valid:
            return
        # in autocommit mode there may have been one for a savepoint, which ends with it
        if self._is_autocommit_now() or not (transaction.seen_begun or transaction.has_written):
            return
        if self.dialect.rolled_back_by_itself(  # type: ignore[attr-defined]
            pooled.dbapi_connection, transaction.seen_begun
        ):
            transaction.end_by_database()

    def _is_autocommit_now(self) -> bool:
        level = self._execution_options.get("isolation_level") or self.dialect.isolation_level  # type: ignore[attr-defined]
        return bool(level == "AUTOCOMMIT")

    def _send_begin(self) -> None:
        if self._echo:
            autocommit = "; the connection is in AUTOCOMMIT mode" if self._is_autocommit_now() else ""
            self._log_info("BEGIN (implicit%s)" % autocommit)
        self._tell("begin")
        if self.has_events or self.engine.has_events:
            # a listener may have begun by hand
            self._note_begun()
        # where a new connection must be opened first, its errors are dealt with there
        self._take_step(self.dialect.do_begin, self.connection)

    def _send_rollback(self) -> None:
        self._tell("rollback")
        pooled = self._usable()
        if pooled is None:
            return
        if self._echo:
            if not self._is_autocommit_now():
                self._log_info("ROLLBACK")
            elif self.dialect.skip_autocommit_rollback:
                self._log_info("ROLLBACK left out: the connection is in AUTOCOMMIT mode")
            else:
                self._log_info("ROLLBACK by the driver's rollback(), in AUTOCOMMIT mode")
        self._take_step(self.dialect.do_rollback, pooled)

    def _send_commit(self) -> None:
        self._tell("commit")
        if self._echo:
            autocommit = " by the driver's commit(), in AUTOCOMMIT mode" if self._is_autocommit_now() else ""
            self._log_info("COMMIT" + autocommit)
        self._take_step(self.dialect.do_commit, self.connection)

    def _send_savepoint(self) -> str:
        self._tell("savepoint", None)
        self._savepoint_number += 1
        name = "sa_savepoint_%d" % self._savepoint_number
        self.dialect.do_savepoint(self, name)
        return name

    def _send_savepoint_rollback(self, name: str) -> None:
        self._tell("rollback_savepoint", name, None)
        if self._usable() is not None:
            self.dialect.do_rollback_to_savepoint(self, name)

    def _send_savepoint_release(self, name: str) -> None:
        self._tell("release_savepoint", name, None)
        self.dialect.do_release_savepoint(self, name)

    def _send_twophase_begin(self, xid: Any) -> None:
        if self._echo:
            self._log_info("BEGIN TWOPHASE (implicit)")
        self._tell("begin_twophase", xid)
        # the dialect's own statements must not begin a transaction of their own
        allowed, self._allow_autobegin = self._allow_autobegin, False
        try:
            self._take_step(self.dialect.do_begin_twophase, self, xid)
        finally:
            if allowed:
                del self._allow_autobegin

    def _send_prepare(self, xid: Any) -> None:
        self._tell("prepare_twophase", xid)
        self._take_step(self.dialect.do_prepare_twophase, self, xid)

    def _send_twophase_rollback(self, xid: Any, is_prepared: bool) -> None:
        self._tell("rollback_twophase", xid, is_prepared)
        if self._usable() is not None:
            self._take_step(self.dialect.do_rollback_twophase, self, xid, is_prepared)

    def _send_twophase_commit(self, xid: Any, is_prepared: bool) -> None:
        self._tell("commit_twophase", xid, is_prepared)
        self._take_step(self.dialect.do_commit_twophase, self, xid, is_prepared)

    # ---------------------------------------------------------------- schema

    def _run_ddl(self, runner: Any, element: Any, **kw: Any) -> None:
        """Have a ``runner`` create or drop a part of a schema over this connection."""
        runner(self.dialect, self, **kw).traverse_single(element)


# an older name of what connection events can be listened to on
Connectable = ConnectionEventsTarget
