"""Pool: what all connection pools share: giving out, taking back, resetting, replacing.

How many connections there are and who waits is decided by the pools of ``pool/impl.py``; one connection's life is in
``pool/record.py``.
"""

from __future__ import annotations

import enum
import os
import sys
import threading
import time
import typing
import weakref
from typing import Any

from .. import event
from .. import exc
from .. import log
from ..util import is_exit_exception
from ..util import memoized_property
from ..util import visible_frame
from .events import PoolEvents
from .record import Holder
from .record import _ConnectionFairy
from .record import _ConnectionRecord
from .record import _inherited
from .record import make_invalid

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import NoReturn
    from typing import Optional

    from .record import PoolProxiedConnection

__all__ = [
    "Pool",
    "ResetStyle",
    "reset_commit",
    "reset_none",
    "reset_rollback",
]


class ResetStyle(enum.Enum):
    """What is done to a connection when it is given back."""

    reset_rollback = 0
    reset_commit = 1
    reset_none = 2


reset_rollback = ResetStyle.reset_rollback
reset_commit = ResetStyle.reset_commit
reset_none = ResetStyle.reset_none

_RESET_NAMES = {
    "rollback": reset_rollback,
    True: reset_rollback,
    reset_rollback: reset_rollback,
    "commit": reset_commit,
    reset_commit: reset_commit,
    None: reset_none,
    "none": reset_none,
    False: reset_none,
    reset_none: reset_none,
}


class _PlainDialect:
    """Stands for a dialect in a pool that was made without one: calls the driver's own methods."""

    is_async = False
    has_terminate = False

    def do_rollback(self, dbapi_connection: Any) -> None:
        dbapi_connection.rollback()

    def do_commit(self, dbapi_connection: Any) -> None:
        dbapi_connection.commit()

    def do_close(self, dbapi_connection: Any) -> None:
        dbapi_connection.close()

    def do_terminate(self, dbapi_connection: Any) -> None:
        dbapi_connection.close()

    def do_ping(self, dbapi_connection: Any) -> bool:
        raise NotImplementedError("a pool can ping its connections only when it has a dialect")

    def is_disconnect(self, error: Exception, connection: Any, cursor: Any) -> bool:
        return False

    def in_transaction(self, dbapi_connection: Any) -> Optional[bool]:
        found = getattr(dbapi_connection, "in_transaction", None)
        return found if isinstance(found, bool) else None

    def get_driver_connection(self, connection: Any) -> Any:
        return connection


_get_ident = threading.get_ident
_monotonic = time.monotonic
_new_proxy = _ConnectionFairy.__new__
_live_pools: Any = weakref.WeakSet()


@log.class_logger
class Pool(log.Identified, event.EventTarget):
    """The base of connection pools.

    ``creator()`` opens a driver connection.  ``recycle``: seconds after which one is replaced (-1: never).
    ``reset_on_return``: "rollback", "commit" or None.  ``pre_ping``: ask the database whether it is there
    before giving out.

    ``ping_idle``: ping only after so many idle seconds.  ``max_lifetime``: replace connections after so many seconds,
    each up to ``lifetime_jitter`` of it earlier so that they don't all go at once.  ``trace_checkouts``: always
    note the line that took a connection, not only while others have one, too.
    """

    dispatch = event.dispatcher(PoolEvents)
    _info = False
    _debug = False
    _is_asyncio: Any = False
    # set by listeners of checkout, checkin and reset, which the fast path must not look for
    has_use_listeners = False
    # the fast paths read these instead of the module's names
    reset_rollback = reset_rollback
    reset_none = reset_none
    _epoch = 0
    # how often the entries were given out that are gone
    _past_uses = 0
    # can a child process go on with the connections opened before the fork? So with a database in memory
    survives_fork = False
    # may several have one connection at a time?
    gives_to_several = False
    # each pool's own
    _lock: Any = None
    _records: Any = None
    counts: Any = None

    def __init__(
        self,
        creator: Callable[..., Any],
        recycle: int = -1,
        echo: log.EchoFlag = None,
        logging_name: Optional[str] = None,
        reset_on_return: Any = True,
        events: Any = None,
        dialect: Any = None,
        pre_ping: bool = False,
        *,
        ping_idle: float = 0.0,
        max_lifetime: Optional[float] = None,
        lifetime_jitter: float = 0.1,
        trace_checkouts: bool = False,
        _dispatch: Any = None,
        _survives_fork: Optional[bool] = None,
    ) -> None:
        self._orig_logging_name = logging_name or None
        if logging_name:
            self.logging_name = logging_name
        log.instance_logger(self, echoflag=echo)
        self._given_creator = creator
        self._recycle = recycle
        self._invalidate_time = 0.0
        self._pre_ping = bool(pre_ping)
        self._ping_idle = ping_idle
        self._max_lifetime = max_lifetime
        self._lifetime_jitter = lifetime_jitter
        self._trace_checkouts = trace_checkouts
        self._reset_on_return = _reset_style(reset_on_return)
        self._dialect = _PlainDialect() if dialect is None else dialect
        if _survives_fork is not None:
            self.survives_fork = _survives_fork
        self._records = {}
        self._lock = threading.RLock()
        self.counts = dict.fromkeys(
            ("opened", "closed", "invalidated", "recycled", "pings", "timeouts", "waits"), 0
        )
        self._refresh_logging()
        if _dispatch is not None:
            self.dispatch.update(_dispatch, only_propagate=False)
            self.has_use_listeners = any(
                bool(getattr(self.dispatch, name)) for name in ("checkout", "checkin", "reset")
            )
        for fn, name in events or ():
            event.listen(self, name, fn)
        _live_pools.add(self)

    def _refresh_fast_path(self) -> None:
        # whether a connection of the present epoch may be given out unseen
        self._unchecked = (
            not self._pre_ping and self._recycle == -1 and self._max_lifetime is None and not self._debug
        )

    @property
    def _creator(self) -> Callable[..., Any]:
        return self._given_creator

    @_creator.setter
    def _creator(self, creator: Callable[..., Any]) -> None:
        self._given_creator = creator
        self.__dict__.pop("_invoke_creator", None)

    @memoized_property
    def _invoke_creator(self) -> Callable[[Any], Any]:
        creator = self._given_creator
        if _takes_record(creator):
            return creator
        return lambda record: creator()

    def _refresh_logging(self) -> None:
        # asked when connections are opened or looked at with care, not at each checkout
        self._info = self.logger.isEnabledFor(20)
        self._debug = self._info and self.logger.isEnabledFor(10)
        self._plain_return = not self._debug and self._reset_on_return is reset_rollback
        self._refresh_fast_path()

    @property
    def echo(self) -> log.EchoFlag:
        """True: write to standard output when connections are opened and closed; "debug": every use of them too."""
        return self._echo

    @echo.setter
    def echo(self, value: log.EchoFlag) -> None:
        log.instance_logger(self, echoflag=value)
        self._refresh_logging()

    # what the kinds of pools provide

    def _take(self) -> Any:
        """Return an entry, whose connection may have to be opened or replaced first."""
        raise NotImplementedError()

    def _give(self, record: Any) -> None:
        """Take back an entry."""
        raise NotImplementedError()

    def recreate(self) -> Pool:
        """Return a new, empty pool of the same settings and listeners."""
        raise NotImplementedError()

    def dispose(self) -> None:
        """Close the connections that are idle; those given out are closed when they come back."""
        raise NotImplementedError()

    def status(self) -> str:
        """Return a text on the pool's present state."""
        raise NotImplementedError()

    # giving out

    def connect(self) -> PoolProxiedConnection:
        """Return a connection; its ``close()`` gives it back."""
        return self._checkout()

    def _checkout(self) -> _ConnectionFairy:
        record = self._take()
        if record.epoch != self._epoch or not self._unchecked or self.has_use_listeners:
            return self._checkout_with_care(record)
        return self._hand_out(record)

    def _hand_out(self, record: Any) -> _ConnectionFairy:
        proxy = _new_proxy(_ConnectionFairy)
        proxy._pool = self
        proxy._connection_record = record
        proxy.dbapi_connection = record.dbapi_connection
        record._in_use = True
        record.uses += 1
        record.thread = _get_ident()
        record.since = _monotonic()
        record.last_sql = None
        if self._trace_checkouts:
            self._note_site(record)
        return proxy

    def _note_site(self, record: Any) -> None:
        """Remember the line that takes the connection: the innermost one outside of this library."""
        frame = visible_frame(sys._getframe(2))
        record.site = None if frame is None else (frame.f_code, frame.f_lasti)

    def _checkout_with_care(self, record: Any) -> _ConnectionFairy:
        self._refresh_logging()
        proxy = self._opened(record)
        attempts = 2
        while True:
            fresh = record.fresh
            record.fresh = False
            try:
                if not self._alive(record, fresh):
                    raise exc.InvalidatePoolError("the connection did not answer to a ping")
                if self.has_use_listeners and self.dispatch.checkout:
                    self.dispatch.checkout(record.dbapi_connection, record, proxy)
                return proxy
            except exc.DisconnectionError as err:
                attempts -= 1
                try:
                    self._replace(record, proxy, err, give_up=attempts < 0)
                except BaseException as failure:
                    if proxy._connection_record is not None:
                        self._give_up(record, proxy, failure)
                    raise
                if attempts < 0:
                    raise exc.InvalidRequestError(
                        "This connection is closed: it was refused as disconnected each time it was opened"
                    ) from err
            except BaseException as err:
                self._give_up(record, proxy, err)
                raise

    def _opened(self, record: Any) -> _ConnectionFairy:
        try:
            record.get_connection()
        except BaseException as err:
            # the place in the pool stays, without a connection
            with _going_on(err):
                record.give_back_failed()
        try:
            proxy = self._hand_out(record)
        except BaseException:
            record.give_back_failed()
            raise
        self._note_site(record)
        if self._debug:
            self.logger.debug("Connection %r checked out from pool", record.dbapi_connection)
        return proxy

    def _replace(self, record: Any, proxy: Any, err: Any, give_up: bool) -> None:
        if err.invalidate_pool:
            if self._info:
                self.logger.info("Disconnection detected on checkout, invalidating the whole pool")
            self._invalidate(proxy, err, checkin=False)
        else:
            record.invalidate(err)
        if give_up:
            self._give_up(record, proxy, err)
            return
        proxy.dbapi_connection = record.get_connection()

    def _give_up(self, record: Any, proxy: Any, err: BaseException) -> None:
        proxy._connection_record = None
        proxy.dbapi_connection = None
        # nobody got it
        record.uses -= 1
        try:
            record.invalidate(err)
        finally:
            record.give_back_failed()

    def _alive(self, record: Any, fresh: bool) -> bool:
        if not self._pre_ping or fresh:
            return True
        if self._ping_idle and record.since - record.idle_since < self._ping_idle:
            return True
        self._count("pings")
        connection = record.dbapi_connection
        dialect = self._dialect
        if self._debug:
            self.logger.debug("Pool pre-ping on connection %s", connection)
        try:
            return bool(dialect.do_ping(connection))
        except Exception as err:
            if not self.ping_error_means_lost(dialect, err, connection):
                raise
            return False

    @staticmethod
    def ping_error_means_lost(dialect: Any, error: Exception, connection: Any) -> bool:
        """Say whether an error of a ping means that the connection is lost.

        The engine puts a function here that asks the listeners of ``handle_error`` too.
        """
        return bool(dialect.is_disconnect(error, connection, None))

    # taking back

    def _reset_action(self, proxy: Any) -> None:
        if self._reset_on_return is reset_rollback:
            self._dialect.do_rollback(proxy)
        elif self._reset_on_return is reset_commit:
            self._dialect.do_commit(proxy)

    # the pool's records and their connections

    def _create_connection(self) -> _ConnectionRecord:
        return _ConnectionRecord(self)

    def _note_opened(self, record: Any) -> None:
        self._count("opened")
        self._records[id(record)] = record
        if self._debug:
            self.logger.debug("Created new connection %r", record.dbapi_connection)
        lifetime = self._max_lifetime
        if lifetime is not None:
            import random

            record.expires = _monotonic() + lifetime * (1 - random.random() * self._lifetime_jitter)

    def _forget(self, record: Any) -> None:
        with self._lock:
            if self._records.pop(id(record), None) is not None:
                self._past_uses += record.uses

    def _count(self, name: str) -> None:
        # adding is several steps for the interpreter
        with self._lock:
            self.counts[name] += 1

    def _invalidate(
        self, connection: Any, exception: Optional[BaseException] = None, checkin: bool = True
    ) -> None:
        """Have every connection that is open now replaced before its next use; close ``connection`` at once."""
        record = getattr(connection, "_connection_record", None)
        if record is None or record.epoch == self._epoch:
            with self._lock:
                self._epoch += 1
                self._invalidate_time = time.time()
        if checkin and getattr(connection, "is_valid", False):
            connection.invalidate(exception)
        elif record is not None:
            record.invalidate(exception)

    def _close_connection(self, connection: Any, *, terminate: bool = False) -> None:
        self._count("closed")
        if self._debug:
            self.logger.debug(
                "%s connection %r", "Hard-closing" if terminate else "Closing", connection
            )
        dialect = self._dialect
        try:
            if terminate and getattr(dialect, "has_terminate", False):
                dialect.do_terminate(connection)
            else:
                dialect.do_close(connection)
        except Exception as err:
            if is_exit_exception(err):
                raise
            self.logger.error(
                "Exception %s connection %r",
                "terminating" if terminate else "closing",
                connection,
                exc_info=True,
            )

    def holders(self) -> List[Holder]:
        """Return who has connections of this pool, oldest checkout first."""
        records = [one for one in list(self._records.values()) if one._in_use]
        records.sort(key=lambda one: one.since)
        return [one.holder() for one in records]

    def held_here(self) -> List[Any]:
        """Return the entries of the connections that this thread (or task) has taken."""
        here = _get_ident()
        return [one for one in list(self._records.values()) if one._in_use and one.thread == here]

    def metrics(self) -> Dict[str, int]:
        """Return counts since the pool was made (``opened``, ``closed``, ``waits`` ...) and its present state."""
        found = dict(self.counts)
        records = list(self._records.values())
        found["checkouts"] = sum(one.uses for one in records) + self._past_uses
        found["in_use"] = sum(1 for one in records if one._in_use)
        return found

    def _after_fork(self) -> None:
        """Forget, in a child process, the connections that belong to the parent; those given out become invalid."""
        # it may be held by a thread that is not here
        self._lock = threading.RLock()
        if self.survives_fork:
            return
        records = list(self._records.values())
        _inherited.extend([record.dbapi_connection for record in records])
        make_invalid([record for record in records if record._in_use])
        for record in records:
            record.inherit()
        self._records = {}
        self._epoch += 1
        self._begin_empty()

    def _begin_empty(self) -> None:
        """Take all entries for gone."""

    def _settings(self) -> Dict[str, Any]:
        """Return the keyword arguments by which ``recreate()`` makes its copy."""
        return {
            "recycle": self._recycle,
            "echo": self.echo,
            "logging_name": self._orig_logging_name,
            "reset_on_return": self._reset_on_return,
            "dialect": self._dialect,
            "pre_ping": self._pre_ping,
            "ping_idle": self._ping_idle,
            "max_lifetime": self._max_lifetime,
            "lifetime_jitter": self._lifetime_jitter,
            "trace_checkouts": self._trace_checkouts,
            "_dispatch": self.dispatch,
            "_survives_fork": self.survives_fork,
        }


class _going_on:
    # run a clean-up, then let the error go on, whatever the clean-up says
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __enter__(self) -> None:
        return None

    def __exit__(self, type_: Any, value: Any, traceback: Any) -> NoReturn:
        raise self.error.with_traceback(self.error.__traceback__)


def _reset_style(given: Any) -> ResetStyle:
    try:
        return _RESET_NAMES[given]
    except (KeyError, TypeError):
        raise exc.ArgumentError(
            "'reset_on_return' is %r; expected 'rollback', 'commit' or None" % (given,)
        ) from None


def _takes_record(creator: Callable[..., Any]) -> bool:
    """Say whether ``creator`` takes the connection's entry as its one argument."""
    code = getattr(creator, "__code__", None)
    if code is not None and getattr(creator, "__self__", None) is None:
        required = code.co_argcount - len(creator.__defaults__ or ())
        return bool(required == 1)
    from ..util import get_callable_argspec

    try:
        spec = get_callable_argspec(creator, no_self=True)
    except TypeError:
        return False
    return len(spec.args) - len(spec.defaults or ()) == 1


def _forget_in_child() -> None:
    for pool in list(_live_pools):
        pool._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_in_child)
