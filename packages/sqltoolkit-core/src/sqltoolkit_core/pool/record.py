"""One pooled connection: the entry that the pool keeps, and the proxy that users hold.

The pool's own decisions (who waits, who gets what) are in ``pool/base.py`` and ``pool/impl.py``.  An *entry* lives as
long as its place in the pool, over several driver connections; a *proxy* lives from one checkout to its return.
"""

from __future__ import annotations

import collections
import gc
import os
import sys
import threading
import time
import typing
from typing import Any

from .. import exc
from ..util import deprecated
from ..util import is_exit_exception
from ..util import safe_reraise
from ..util.frames import site_text

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import List
    from typing import Optional

    from .base import Pool

__all__ = [
    "ConnectionPoolEntry",
    "Holder",
    "ManagesConnection",
    "PoolProxiedConnection",
    "PoolResetState",
    "_ConnectionFairy",
    "_ConnectionRecord",
    "make_invalid",
]

_get_ident = threading.get_ident
_is_finalizing = sys.is_finalizing
_monotonic = time.monotonic


class PoolResetState(
    collections.namedtuple(
        "PoolResetState", "transaction_was_reset terminate_only asyncio_safe"
    )
):
    """How a connection is reset, told to listeners of the event ``reset``.

    ``transaction_was_reset``: the transaction was ended already.  ``terminate_only``: the connection is about to be
    closed, not pooled.  ``asyncio_safe``: a coroutine may be awaited; false where the garbage collector returns it.
    """

    __slots__ = ()

    transaction_was_reset: bool
    terminate_only: bool
    asyncio_safe: bool


_RESET_AT_RETURN = PoolResetState(False, False, True)
_RESET_DONE_BEFORE = PoolResetState(True, False, True)
_RESET_BEFORE_CLOSE = PoolResetState(False, True, True)
_RESET_DONE_BEFORE_CLOSE = PoolResetState(True, True, True)
_RESET_BY_COLLECTOR = PoolResetState(False, True, False)


class ManagesConnection:
    """What entries and proxies have in common: a driver connection, and dictionaries beside it."""

    __slots__ = ()

    dbapi_connection: Optional[Any]

    @property
    def driver_connection(self) -> Optional[Any]:
        """The connection of the driver itself, also where an adapter stands in between."""
        raise NotImplementedError()

    @property
    def info(self) -> Dict[Any, Any]:
        """A dictionary of the user's that lives as long as the driver connection."""
        raise NotImplementedError()

    @property
    def record_info(self) -> Optional[Dict[Any, Any]]:
        """A dictionary of the user's that lives as long as the entry; None on a detached connection."""
        raise NotImplementedError()

    def invalidate(self, e: Optional[BaseException] = None, soft: bool = False) -> None:
        """Close the connection and replace it at the next use; with ``soft``, leave it open until then."""
        raise NotImplementedError()


class ConnectionPoolEntry(ManagesConnection):
    """The entry of a connection in its pool, given to listeners as ``connection_record``."""

    __slots__ = ()

    @property
    def in_use(self) -> bool:
        """Say whether the connection is given out."""
        raise NotImplementedError()

    def close(self) -> None:
        """Close the driver connection; the entry opens another one when it is needed."""
        raise NotImplementedError()


class PoolProxiedConnection(ManagesConnection):
    """A driver connection as users hold it; ``close()`` gives it back."""

    __slots__ = ()

    @property
    def is_valid(self) -> bool:
        """Say whether there is a driver connection behind this proxy."""
        raise NotImplementedError()

    @property
    def is_detached(self) -> bool:
        """Say whether this connection was taken out of its pool."""
        raise NotImplementedError()

    def detach(self) -> None:
        """Take this connection out of its pool for good; ``close()`` will then close it."""
        raise NotImplementedError()

    def close(self) -> None:
        """Give the connection back to its pool."""
        raise NotImplementedError()

    def commit(self) -> None:
        """Call `commit()` of the driver connection."""
        raise NotImplementedError()

    def rollback(self) -> None:
        """Call `rollback()` of the driver connection."""
        raise NotImplementedError()

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        """Return a cursor of the driver connection."""
        raise NotImplementedError()


# connections that a fork brought along: closing them here would close them for the parent too
_inherited: List[Any] = []


def _ignore(connection: Any) -> None:
    return None


class _ConnectionRecord(ConnectionPoolEntry):
    # a plain class: the few attributes set at each checkout are the price of the fast path
    fairy: Any = None
    dbapi_connection: Any = None
    starttime: float = 0.0
    expires: Optional[float] = None
    fresh: bool = False
    # equal to the pool's while the connection can be given out as it is
    epoch: int = -1
    uses: int = 0
    thread: int = 0
    since: float = 0.0
    idle_since: float = 0.0
    site: Any = None
    task: Any = None
    task_ref: Any = None
    last_sql: Optional[str] = None
    loop: Any = None
    finalize_callback: Any = None
    _info: Optional[Dict[Any, Any]] = None
    _record_info: Optional[Dict[Any, Any]] = None
    _in_use: bool = False
    inherited: bool = False

    def __init__(self, pool: Pool, connect: bool = True) -> None:
        self.pool = pool
        if connect:
            try:
                self.connect()
            except BaseException:
                pool._forget(self)
                raise
        self.finalize_callback = collections.deque()

    @property
    def info(self) -> Dict[Any, Any]:
        found = self._info
        if found is None:
            found = self._info = {}
        return found

    @property
    def record_info(self) -> Optional[Dict[Any, Any]]:
        found = self._record_info
        if found is None:
            found = self._record_info = {}
        return found

    @property
    def driver_connection(self) -> Optional[Any]:
        connection = self.dbapi_connection
        if connection is None:
            return None
        return self.pool._dialect.get_driver_connection(connection)

    @property
    @deprecated(
        "2.0",
        "connection of a _ConnectionRecord is deprecated: use driver_connection",
    )
    def connection(self) -> Any:
        return self.dbapi_connection

    @property
    def in_use(self) -> bool:
        return self._in_use

    @property
    def fairy_ref(self) -> Any:
        return self.fairy

    @property
    def last_connect_time(self) -> float:
        return self.starttime

    @property
    def needs_gc(self) -> bool:
        return False

    @classmethod
    def checkout(cls, pool: Pool) -> Any:
        return pool._checkout()

    def connect(self) -> None:
        """Open the driver connection and tell the listeners."""
        pool = self.pool
        pool._refresh_logging()
        self.dbapi_connection = None
        epoch = pool._epoch
        try:
            self.starttime = time.time()
            self.dbapi_connection = connection = pool._invoke_creator(self)
            pool._note_opened(self)
            self.fresh = True
        except BaseException as err:
            with safe_reraise():
                if pool._debug:
                    pool.logger.debug("Error on connect(): %s", err)
        try:
            dispatch = pool.dispatch
            if dispatch.first_connect:
                dispatch.for_modify("first_connect").exec_once_unless_exception(connection, self)
            if dispatch.connect:
                dispatch.connect(connection, self)
        except BaseException:
            # what listeners have half set up is not to be given to anybody
            with safe_reraise():
                self._close(terminate=True)
        # last: an invalidation of the pool that came meanwhile counts for this connection too
        self.epoch = epoch

    def get_connection(self) -> Any:
        """Return the driver connection, opened or replaced where needed."""
        pool = self.pool
        reason = None
        if self.dbapi_connection is None:
            self._info = None
            self.connect()
            return self.dbapi_connection
        if self.epoch != pool._epoch:
            reason = "invalidation"
        elif pool._recycle > -1 and time.time() - self.starttime > pool._recycle:
            reason = "exceeding its recycle time"
        elif self.expires is not None and _monotonic() > self.expires:
            reason = "exceeding its lifetime"
        if reason is not None:
            if pool._info:
                pool.logger.info("Connection %r is replaced because of %s", self.dbapi_connection, reason)
            self._close(terminate=True)
            self._info = None
            pool._count("recycled")
            self.connect()
        return self.dbapi_connection

    def checkin(self) -> None:
        """Give the entry back to its pool."""
        if not self._in_use:
            if self.pool.gives_to_several:
                # the one before this was the last
                return
            from ..util import warn

            warn("The connection %s was given back to its pool twice" % self)
            return
        self.fairy = None
        self._in_use = False
        pool = self.pool
        try:
            self._finalize()
            if pool.has_use_listeners and pool.dispatch.checkin:
                pool.dispatch.checkin(self.dbapi_connection, self)
        except BaseException as err:
            # what was left undone must not be met by the next user
            with safe_reraise():
                self.invalidate(err)
        finally:
            pool._give(self)

    def _finalize(self) -> None:
        """Take back the settings that the last user made; a connection that refuses is thrown away."""
        callbacks = self.finalize_callback
        connection = self.dbapi_connection
        try:
            while callbacks:
                callbacks.pop()(connection)
        except Exception as err:
            self.pool.logger.error("Exception during reset or similar", exc_info=True)
            self.invalidate(err)

    def give_back_failed(self) -> None:
        """Give the entry back without its connection, which could not be opened or reset."""
        if self._in_use:
            self.checkin()
        else:
            self.pool._give(self)

    def close(self) -> None:
        if self.dbapi_connection is not None:
            self._close()

    def invalidate(self, e: Optional[BaseException] = None, soft: bool = False) -> None:
        connection = self.dbapi_connection
        if connection is None:
            return
        pool = self.pool
        try:
            if soft:
                if pool.dispatch.soft_invalidate:
                    pool.dispatch.soft_invalidate(connection, self, e)
            elif pool.dispatch.invalidate:
                pool.dispatch.invalidate(connection, self, e)
        finally:
            # whatever a listener says
            self._become_invalid(connection, e, soft)

    def _become_invalid(self, connection: Any, e: Optional[BaseException], soft: bool) -> None:
        pool = self.pool
        pool._count("invalidated")
        if pool._info:
            pool.logger.info(
                "%s connection %r%s",
                "Soft invalidate" if soft else "Invalidate",
                connection,
                " (reason: %s:%s)" % (e.__class__.__name__, e) if e is not None else "",
            )
        self.epoch = -1
        if not soft:
            self._close(terminate=True)

    def inherit(self) -> None:
        """Note, in a child process, that the connection is the parent's: it is neither used nor closed here.

        Called for all entries of a pool after `make_invalid()`.
        """
        self.inherited = True
        self.dbapi_connection = None
        self.epoch = -1
        # takes the return of a proxy off its fast path
        self.finalize_callback = collections.deque([_ignore])

    def _close(self, terminate: bool = False) -> None:
        connection = self.dbapi_connection
        if connection is None:
            return
        pool = self.pool
        if self.finalize_callback:
            self.finalize_callback.clear()
        self.epoch = -1
        try:
            if pool.dispatch.close:
                pool.dispatch.close(connection, self)
        finally:
            self.dbapi_connection = None
            pool._close_connection(connection, terminate=terminate)

    def holder(self) -> Holder:
        """Return who has this connection at the moment."""
        return Holder(self)


def make_invalid(records: List[_ConnectionRecord]) -> None:
    """Take the connections from the proxies that these entries were given out with; for a child process, after a fork.

    Entries don't know their proxies: that would cost something at each checkout.
    """
    if not records:
        return
    wanted = {id(record) for record in records}
    for found in gc.get_referrers(*records):
        # up to Python 3.10 the attributes are what refers to an entry, later the proxy itself
        attributes = found.__dict__ if isinstance(found, _ConnectionFairy) else found
        if isinstance(attributes, dict) and id(attributes.get("_connection_record")) in wanted:
            attributes["dbapi_connection"] = None


class Holder:
    """Who has a connection of a pool, as shown when the pool has none left.

    ``age`` in seconds, ``thread`` and ``task`` names, ``site`` the line that took it (None where not traced),
    ``now`` the line that its thread is at, ``last_sql``, and ``in_transaction`` (None where the driver does not tell).
    """

    __slots__ = ("age", "in_transaction", "last_sql", "now", "site", "task", "thread")

    def __init__(self, record: _ConnectionRecord) -> None:
        self.age = max(0.0, _monotonic() - record.since)
        self.task: Optional[str] = record.task
        self.thread = _thread_name(record.thread)
        self.site: Optional[str] = site_text(record.site)
        self.now: Optional[str] = None if record.task else _present_line(record.thread)
        self.last_sql: Optional[str] = record.last_sql
        connection = record.dbapi_connection
        self.in_transaction: Optional[bool] = (
            None if connection is None else record.pool._dialect.in_transaction(connection)
        )

    def __str__(self) -> str:
        pieces = ["%.1f s" % self.age]
        pieces.append("task %s" % self.task if self.task else "thread %s" % self.thread)
        if self.site:
            pieces.append("taken at %s" % self.site)
        elif self.now:
            pieces.append("thread now at %s" % self.now)
        if self.in_transaction is not None:
            pieces.append("in a transaction" if self.in_transaction else "not in a transaction")
        if self.last_sql:
            text = " ".join(self.last_sql.split())
            pieces.append("last SQL: %s" % (text if len(text) <= 80 else text[:77] + "..."))
        return ", ".join(pieces)

    def __repr__(self) -> str:
        return "<Holder: %s>" % self


def _thread_name(ident: int) -> str:
    for thread in threading.enumerate():
        if thread.ident == ident:
            return thread.name
    return "%d (ended)" % ident


def _present_line(ident: int) -> Optional[str]:
    if ident == _get_ident():
        return None
    current = getattr(sys, "_current_frames", None)
    frame = current().get(ident) if current is not None else None
    if frame is None:
        return None
    return site_text((frame.f_code, frame.f_lasti))


class _ConnectionFairy(PoolProxiedConnection):
    # the proxy forwards what it does not know to the driver connection
    dbapi_connection: Any
    _connection_record: Any = None
    _pool: Pool
    # how often a pool that gives one thread the same proxy has given it
    _counter: int = 1
    # given back by the garbage collector?
    _collected = False

    def __init__(
        self, pool: Pool, dbapi_connection: Any, connection_record: Any, echo: Any = None
    ) -> None:
        self._pool = pool
        self.dbapi_connection = dbapi_connection
        self._connection_record = connection_record

    @property
    def pool(self) -> Pool:
        return self._pool

    @property
    def driver_connection(self) -> Optional[Any]:
        if self._connection_record is not None:
            return self._connection_record.driver_connection
        return self._pool._dialect.get_driver_connection(self.dbapi_connection)

    @property
    @deprecated(
        "2.0",
        "connection of a _ConnectionFairy is deprecated: use driver_connection",
    )
    def connection(self) -> Any:
        return self.dbapi_connection

    @property
    def info(self) -> Dict[Any, Any]:
        record = self._connection_record
        found: Dict[Any, Any] = (
            self.__dict__.setdefault("_detached_info", {}) if record is None else record.info
        )
        return found

    @property
    def record_info(self) -> Optional[Dict[Any, Any]]:
        record = self._connection_record
        return None if record is None else record.record_info

    @property
    def is_valid(self) -> bool:
        return self.dbapi_connection is not None

    @property
    def is_detached(self) -> bool:
        return self._connection_record is None

    def note_statement(self, statement: str) -> None:
        """Remember the SQL text last run, for the report of a pool that ran empty."""
        record = self._connection_record
        if record is not None:
            record.last_sql = statement

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        try:
            make = self.dbapi_connection.cursor
        except AttributeError:
            # there may be no connection any more: then this raises
            make = self._required("cursor").cursor
        return make(*args, **kwargs)

    def commit(self) -> None:
        connection = self.dbapi_connection
        if connection is None:
            connection = self._required("commit")
        connection.commit()

    def rollback(self) -> None:
        connection = self.dbapi_connection
        if connection is None:
            connection = self._required("rollback")
        connection.rollback()

    def _required(self, key: str) -> Any:
        connection = self.__dict__.get("dbapi_connection")
        if connection is None:
            raise exc.ResourceClosedError(
                "this connection was given back or invalidated, or belongs to the parent process; %r needs a driver "
                "connection" % key
            )
        return connection

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        return getattr(self._required(key), key)

    def close(self) -> None:
        if self._counter > 1:
            self._counter -= 1
            return
        record = self._connection_record
        pool = self._pool
        if not pool._plain_return or pool.has_use_listeners or self.dbapi_connection is None:
            self._checkin()
            return
        if record is None or record.finalize_callback:
            self._checkin()
            return
        # the fast path of _checkin()
        try:
            pool._dialect.do_rollback(self)
        except BaseException as err:
            self._reset_failed(err)
            return
        self.dbapi_connection = None
        self._connection_record = None
        record._in_use = False
        pool._give(record)

    def close_after_rollback(self) -> None:
        """Give the connection back as `close()` does, without the rollback, which was made by its holder."""
        if self._counter > 1:
            self._counter -= 1
            return
        self._checkin(transaction_was_reset=True)

    def _checkin(self, transaction_was_reset: bool = False) -> None:
        record = self._connection_record
        if record is None:
            if self.dbapi_connection is not None:
                self._close_detached(state=_RESET_DONE_BEFORE_CLOSE if transaction_was_reset else _RESET_BEFORE_CLOSE)
            return
        pool = self._pool
        if record.inherited:
            self._connection_record = None
            self.dbapi_connection = None
            return
        if self.dbapi_connection is not None:
            try:
                if pool._debug:
                    pool.logger.debug("Connection %r is returned to the pool", self.dbapi_connection)
                if pool.has_use_listeners or pool._debug:
                    self._reset(_RESET_DONE_BEFORE if transaction_was_reset else _RESET_AT_RETURN)
                elif not transaction_was_reset or pool._reset_on_return is not pool.reset_rollback:
                    pool._reset_action(self)
            except BaseException as err:
                self._reset_failed(err)
                return
            self.dbapi_connection = None
        self._connection_record = None
        if pool.has_use_listeners or record.finalize_callback or not record._in_use:
            record.checkin()
        else:
            record.fairy = None
            record._in_use = False
            pool._give(record)

    def _reset_failed(self, err: BaseException) -> None:
        # what the connection is in the middle of is unknown now: it must not be given to anybody else
        record = self._connection_record
        self._connection_record = None
        self.dbapi_connection = None
        pool = self._pool
        try:
            if self._collected and self._is_gone(err, record.dbapi_connection):
                # garbage is taken in any order: the driver closed its connection first, so nothing is left to reset
                pool.logger.debug("Connection %r was collected before it was given back", record.dbapi_connection)
            else:
                pool.logger.error("Exception during reset or similar", exc_info=True)
            record.invalidate(err)
        finally:
            record.give_back_failed()
        if is_exit_exception(err):
            raise err

    def _is_gone(self, error: BaseException, connection: Any) -> bool:
        return isinstance(error, Exception) and self._pool._dialect.is_disconnect(error, connection, None)

    def _reset(self, state: PoolResetState) -> None:
        pool = self._pool
        if pool.has_use_listeners and pool.dispatch.reset:
            pool.dispatch.reset(self.dbapi_connection, self._connection_record, state)
        if not state.asyncio_safe:
            return
        if state.transaction_was_reset and pool._reset_on_return is pool.reset_rollback:
            if pool._debug:
                pool.logger.debug(
                    "Connection %s reset, transaction already reset", self.dbapi_connection
                )
            return
        if pool._debug and pool._reset_on_return is not pool.reset_none:
            pool.logger.debug(
                "Connection %s %s-on-return",
                    self.dbapi_connection,
                    pool._reset_on_return.name.replace("reset_", ""),
            )
        pool._reset_action(self)

    def invalidate(self, e: Optional[BaseException] = None, soft: bool = False) -> None:
        if self.dbapi_connection is None:
            from ..util import warn

            warn("A closed connection has nothing to invalidate")
            return
        record = self._connection_record
        if soft:
            if record is not None:
                record.invalidate(e=e, soft=True)
            return
        try:
            if record is None:
                self._close_detached(terminate=True)
            else:
                record.invalidate(e=e)
        finally:
            # also where closing was interrupted the place in the pool is free for others from now on
            self.dbapi_connection = None
            self._checkin()

    def detach(self) -> None:
        record = self._connection_record
        if record is None:
            return
        pool = self._pool
        connection = self.dbapi_connection
        self.__dict__["_detached_info"] = dict(record.info)
        self.__dict__["_detached_in"] = os.getpid()
        self._connection_record = None
        record.fairy = None
        record.dbapi_connection = None
        record._info = None
        record.epoch = -1
        record._in_use = False
        pool._give(record)
        if pool.dispatch.detach:
            pool.dispatch.detach(connection, record)

    def _close_detached(self, terminate: bool = False, state: PoolResetState = _RESET_BEFORE_CLOSE) -> None:
        pool = self._pool
        connection = self.dbapi_connection
        if self.__dict__.get("_detached_in") != os.getpid():
            # the parent process goes on with it, so that it can't be closed here
            self.dbapi_connection = None
            _inherited.append(connection)
            return
        try:
            if not terminate:
                self._reset(state)
        except Exception as err:
            if is_exit_exception(err):
                raise
            pool.logger.error("Exception during reset or similar", exc_info=True)
        finally:
            self.dbapi_connection = None
            try:
                if pool.dispatch.close_detached:
                    pool.dispatch.close_detached(connection)
            finally:
                pool._close_connection(connection, terminate=terminate)

    def __del__(self) -> None:
        # at the end of the process the driver closes its connections; nothing else can be relied on
        if self._connection_record is not None and not _is_finalizing():
            self._return_by_collector()

    def _return_by_collector(self) -> None:
        record = self._connection_record
        if record.fairy is not None and record.fairy() not in (None, self):
            # the entry was handed to another proxy since
            return
        if record.inherited or not record._in_use:
            return
        connection = self.dbapi_connection
        pool = self._pool
        if connection is None or record.dbapi_connection is not connection:
            self._connection_record = None
            record.checkin()
            return
        if pool._is_asyncio or pool._dialect.is_async:
            self._drop_by_collector(record, connection)
            return
        self._collected = True
        self._checkin()

    def _drop_by_collector(self, record: Any, connection: Any) -> None:
        # nothing can be awaited here: the connection cannot be reset, and so is not pooled
        from ..util import warn

        pool = self._pool
        can_terminate = pool._dialect.has_terminate
        try:
            self._reset(_RESET_BY_COLLECTOR)
            if record.finalize_callback:
                # settings of a connection that nobody gets again need not be taken back
                record.finalize_callback.clear()
            self.detach()
            self.dbapi_connection = None
            if can_terminate:
                if pool.dispatch.close_detached:
                    pool.dispatch.close_detached(connection)
                pool._close_connection(connection, terminate=True)
        except Exception:
            pool.logger.error("Exception while a lost connection was dropped", exc_info=True)
        warn(
            "The connection %r was never given back; the garbage collector found it, and it will be %s.  "
            "Return connections by close(), best with a context manager"
            % (
                connection,
                "terminated" if can_terminate else "dropped: this driver cannot close it from here",
            )
        )

