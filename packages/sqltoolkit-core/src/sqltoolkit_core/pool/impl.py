"""The kinds of pools: QueuePool and its asynchronous form, NullPool, SingletonThreadPool, StaticPool, AssertionPool.

What all pools share is in ``pool/base.py``.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
import typing
import weakref
from collections import deque
from typing import Any

from .. import exc
from ..util import LoopWaiter
from ..util import ThreadWaiter
from ..util import calling_frame
from ..util import visible_frame
from ..util import memoized_property
from .base import Pool
from .record import _ConnectionFairy

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Optional

__all__ = [
    "AssertionPool",
    "AsyncAdaptedQueuePool",
    "NullPool",
    "QueuePool",
    "SingletonThreadPool",
    "StaticPool",
]

_get_ident = threading.get_ident
_monotonic = time.monotonic
_getframe = sys._getframe
_new_proxy = _ConnectionFairy.__new__
_FINALIZES_AT_ONCE = sys.implementation.name == "cpython"


class QueuePool(Pool):
    """A bounded pool: ``pool_size`` connections are kept, ``max_overflow`` more may be open for a while.

    ``timeout``: seconds that one waits for a connection.  ``use_lifo``: give out the one used last instead of the one
    idle longest.  0 for ``pool_size`` and -1 for ``max_overflow`` mean no limit.  ``min_size`` connections are opened
    with the first one.
    """

    _waiter: Any = ThreadWaiter
    # each pool's own
    _idle: Any = None
    _pop: Any = None
    _waiters: Any = None
    _was_disposed = False

    def __init__(
        self,
        creator: Callable[..., Any],
        pool_size: int = 5,
        max_overflow: int = 10,
        timeout: float = 30.0,
        use_lifo: bool = False,
        *,
        min_size: int = 0,
        **kw: Any,
    ) -> None:
        super().__init__(creator, **kw)
        self._pool_size = pool_size
        self._max_overflow = -1 if pool_size == 0 else max_overflow
        self._timeout = timeout
        self._use_lifo = use_lifo
        self._min_size = min_size if pool_size == 0 else min(min_size, pool_size)
        self._to_fill = self._min_size > 0
        self._idle = deque()
        self._pop = self._idle.pop if use_lifo else self._idle.popleft
        self._waiters = deque()
        # connections open or being opened, given out or idle
        self._total = 0
        # connections of an earlier epoch are closed when they come back
        self._disposed_at = -1
        self._limit = float("inf") if self._max_overflow < 0 else pool_size + max_overflow
        # from how many connections in use on the lines are noted that took them: all once somebody had to wait
        self._crowded = 1

    # giving out

    def connect(self) -> _ConnectionFairy:
        try:
            record = self._pop()
        except IndexError:
            record = None
        if record is None:
            record = self._take_or_open()
        if record.epoch != self._epoch or not self._unchecked or self.has_use_listeners:
            return self._checkout_with_care(record)
        proxy = _new_proxy(_ConnectionFairy)
        proxy._pool = self
        proxy._connection_record = record
        proxy.dbapi_connection = record.dbapi_connection
        record._in_use = True
        record.uses += 1
        record.thread = _get_ident()
        record.since = _monotonic()
        record.last_sql = None
        if self._total - len(self._idle) > self._crowded or self._trace_checkouts:
            frame = visible_frame(_getframe(1))
            record.site = None if frame is None else (frame.f_code, frame.f_lasti)
        else:
            record.site = None
        return proxy

    _checkout = connect

    def _take(self) -> Any:
        try:
            record = self._pop()
        except IndexError:
            # an error in opening has nothing to do with the empty queue: not inside of this handler
            record = None
        return self._take_or_open() if record is None else record

    def _take_or_open(self) -> Any:
        if self._reserve():
            return self._open()
        return self._wait()

    def _reserve(self) -> bool:
        with self._lock:
            if self._total < self._limit:
                self._total += 1
                return True
        return False

    def _open(self) -> Any:
        try:
            record = self._create_connection()
        except BaseException:
            self._release()
            raise
        if self._to_fill:
            self._fill()
        return record

    def _release(self) -> None:
        with self._lock:
            self._total -= 1
        # whoever waits may open one now
        if self._waiters:
            self._wake_one()

    def _fill(self) -> None:
        self._to_fill = False
        while True:
            with self._lock:
                if self._total >= self._min_size:
                    return
                self._total += 1
            try:
                record = self._create_connection()
            except BaseException:
                self._release()
                raise
            self._idle.append(record)

    def _wait(self) -> Any:
        self._count("waits")
        self._crowded = 0
        begun = _monotonic()
        deadline = begun + self._timeout
        # where dropped proxies are not finalized at once, they are looked for before anybody gives up
        collect_at = deadline if _FINALIZES_AT_ONCE else min(begun + 1.0, (begun + deadline) / 2)
        waiter = self._waiter()
        while True:
            self._waiters.append(waiter)
            # one may have come back before the waiter could be seen
            try:
                record = self._pop()
            except IndexError:
                record = None
            if record is not None or self._reserve():
                self._stop_waiting(waiter)
                return self._open() if record is None else record
            left = min(collect_at, deadline) - _monotonic()
            try:
                if left > 0:
                    waiter.wait(left)
            except BaseException:
                self._stop_waiting(waiter)
                raise
            self._stop_waiting(waiter)
            if left <= 0:
                if collect_at >= deadline:
                    self._timed_out()
                collect_at = deadline
                gc.collect()
            waiter = self._waiter()

    def _stop_waiting(self, waiter: Any) -> None:
        with self._lock:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
                return
            was_woken = waiter.woken
        # the turn was given to this waiter: it goes on to the next if something is left
        if was_woken and self._waiters and (self._idle or self._total < self._limit):
            self._wake_one()

    def _wake_one(self) -> None:
        while True:
            with self._lock:
                if not self._waiters:
                    return
                waiter = self._waiters.popleft()
            if waiter.wake():
                return

    def _timed_out(self) -> None:
        self._count("timeouts")
        holders = self.holders()
        lines = "".join("\n  %d. %s" % (index, one) for index, one in enumerate(holders, 1))
        raise exc.TimeoutError(
            "The QueuePool has given out all it may, size %d and overflow %d, and got nothing back "
            "within %0.2f seconds.  Held by:%s\n"
            % (self._pool_size, self._overflow_limit(), self._timeout, lines or " nobody"),
            code="3o7r",
            holders=holders,
        )

    def _overflow_limit(self) -> int:
        return self._max_overflow

    # taking back

    def _give(self, record: Any) -> None:
        if self._pre_ping:
            record.idle_since = _monotonic()
        if record.epoch < self._disposed_at and record.dbapi_connection is not None:
            self._close_disposed(record)
            return
        if self._total > self._pool_size > 0 and self._close_surplus(record):
            return
        self._idle.append(record)
        if self._waiters:
            self._wake_one()

    def _close_disposed(self, record: Any) -> None:
        try:
            record.close()
        finally:
            self._idle.append(record)
            if self._waiters:
                self._wake_one()

    def _close_surplus(self, record: Any) -> bool:
        with self._lock:
            if self._waiters or len(self._idle) < self._pool_size:
                return False
            self._total -= 1
        self._forget(record)
        try:
            record.close()
        finally:
            # a waiter that came meanwhile saw no place
            if self._waiters:
                self._wake_one()
        return True

    # the whole

    def recreate(self) -> QueuePool:
        self.logger.info("Pool recreating")
        if self._was_disposed:
            # nobody will ask here again: what comes back is closed
            with self._lock:
                self._epoch += 1
                self._disposed_at = self._epoch
        return self.__class__(
            self._given_creator,
            pool_size=self._pool_size,
            max_overflow=self._max_overflow,
            timeout=self._timeout,
            use_lifo=self._use_lifo,
            min_size=self._min_size,
            **self._settings(),
        )

    def dispose(self) -> None:
        self._was_disposed = True
        while True:
            try:
                record = self._idle.popleft()
            except IndexError:
                break
            self._forget(record)
            with self._lock:
                self._total -= 1
            record.close()
        if self._waiters:
            self._wake_one()
        self.logger.info("Pool disposed. %s", self.status())

    def _begin_empty(self) -> None:
        self._idle.clear()
        self._waiters.clear()
        self._total = 0

    def status(self) -> str:
        return (
            "Pool size: %d  Connections in pool: %d Current Overflow: %d Current Checked out connections: %d"
            % (self.size(), self.checkedin(), self.overflow(), self.checkedout())
        )

    def size(self) -> int:
        """Return the number of connections that are kept."""
        return self._pool_size

    def timeout(self) -> float:
        """Return the seconds that one waits for a connection."""
        return self._timeout

    def checkedin(self) -> int:
        """Return the number of idle connections."""
        return len(self._idle)

    def overflow(self) -> int:
        """Return how many connections are open beyond ``pool_size``; negative while there are fewer, 0 if unlimited."""
        return self._total - self._pool_size if self._pool_size else 0

    def checkedout(self) -> int:
        """Return the number of connections given out."""
        return self._total - len(self._idle)

    def metrics(self) -> Dict[str, int]:
        found = super().metrics()
        found["idle"] = len(self._idle)
        found["size"] = self._pool_size
        found["total"] = self._total
        found["waiting"] = len(self._waiters)
        return found


class AsyncAdaptedQueuePool(QueuePool):
    """The pool of asynchronous engines: waiting for a connection lets the event loop run on."""

    _is_asyncio = True
    _waiter: Any = LoopWaiter

    def connect(self) -> _ConnectionFairy:
        return self._checkout_with_care(self._take())

    _checkout = connect

    def _hand_out(self, record: Any) -> _ConnectionFairy:
        import asyncio

        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            raise exc.MissingGreenlet(
                "a connection of an asynchronous engine was asked for where no event loop is running; use it inside of "
                "a coroutine",
                code="xd2s",
            ) from None
        if record.loop is None:
            record.loop = weakref.ref(running)
        elif record.loop() is not running:
            self._check_loop(record, running)
        proxy = super()._hand_out(record)
        current = asyncio.current_task(running) if hasattr(asyncio, "current_task") else None
        record.task = _task_name(current)
        record.task_ref = None if current is None else weakref.ref(current)
        return proxy

    def _note_site(self, record: Any) -> None:
        super()._note_site(record)
        if record.site is None:
            # the frames of the program are those of the coroutine that waits for this greenlet
            frame = visible_frame(calling_frame())
            record.site = None if frame is None else (frame.f_code, frame.f_lasti)

    def held_here(self) -> List[Any]:
        import asyncio

        current = asyncio.current_task()
        found = list(self._records.values())
        return [one for one in found if one._in_use and one.task_ref is not None and one.task_ref() is current]

    def _check_loop(self, record: Any, running: Any) -> None:
        before = record.loop()
        bound = getattr(self._dialect, "loop_bound", True)
        if not bound and (before is None or not before.is_running()):
            # such a driver is not tied to the loop in which it connected, and nobody else is using it
            record.loop = weakref.ref(running)
            return
        raise exc.WrongLoopError(
            "this engine's connection belongs to the event loop %r and is now asked for in %r; dispose() of the engine "
            "before the first loop ends, use one engine per loop, or poolclass=NullPool"
            % (before if before is not None else "(ended)", running)
        )


def _task_name(task: Any) -> Optional[str]:
    if task is None:
        return None
    return task.get_name() if hasattr(task, "get_name") else repr(task)


class NullPool(Pool):
    """A pool that keeps nothing: each connection is opened when asked for and closed when given back."""

    def _take(self) -> Any:
        return self._create_connection()

    def _give(self, record: Any) -> None:
        self._forget(record)
        record.close()

    def recreate(self) -> NullPool:
        self.logger.info("Pool recreating")
        return self.__class__(self._given_creator, **self._settings())

    def dispose(self) -> None:
        """Nothing is kept, so there is nothing to close."""

    def status(self) -> str:
        return "NullPool"


class SingletonThreadPool(Pool):
    """One connection per thread, given to every caller in it; beyond ``pool_size`` threads old ones are closed.

    Made for databases that live in the memory of one connection.
    """

    survives_fork = True
    # each pool's own
    _of_thread: Any = None
    _all_conns: Any = None

    def __init__(self, creator: Callable[..., Any], pool_size: int = 5, **kw: Any) -> None:
        super().__init__(creator, **kw)
        self.size = pool_size
        self._of_thread = threading.local()
        self._all_conns = set()

    def connect(self) -> Any:
        local = self._of_thread
        held = getattr(local, "proxy", None)
        if held is not None:
            proxy = held()
            if proxy is not None and proxy._connection_record is not None:
                proxy._counter += 1
                return proxy
        proxy = self._checkout()
        local.proxy = weakref.ref(proxy)
        return proxy

    def _take(self) -> Any:
        local = self._of_thread
        record = getattr(local, "record", None)
        if record is not None and record in self._all_conns:
            return record
        record = self._create_connection()
        local.record = record
        with self._lock:
            if len(self._all_conns) >= self.size:
                self._cleanup()
            self._all_conns.add(record)
        return record

    def _give(self, record: Any) -> None:
        local = self._of_thread
        if getattr(local, "record", None) is record:
            local.proxy = None

    def _cleanup(self) -> None:
        while len(self._all_conns) >= self.size:
            record = self._all_conns.pop()
            self._forget(record)
            record.close()

    def _begin_empty(self) -> None:
        self._of_thread = threading.local()
        self._all_conns = set()

    def recreate(self) -> SingletonThreadPool:
        self.logger.info("Pool recreating")
        return self.__class__(self._given_creator, pool_size=self.size, **self._settings())

    def dispose(self) -> None:
        with self._lock:
            records = list(self._all_conns)
            self._all_conns.clear()
        for record in records:
            self._forget(record)
            try:
                record.close()
            except Exception:
                # a connection may refuse to be closed by another thread than its own
                self.logger.error("Exception closing connection of another thread", exc_info=True)

    def status(self) -> str:
        return "SingletonThreadPool id:%d size: %d" % (id(self), len(self._all_conns))


class StaticPool(Pool):
    """One connection, given to everybody."""

    survives_fork = True
    gives_to_several = True

    @memoized_property
    def _only(self) -> Any:
        return self._create_connection()

    @property
    def connection(self) -> Any:
        """The entry of the one connection."""
        return self._take()

    def _take(self) -> Any:
        with self._lock:
            return self._only

    def _hand_out(self, record: Any) -> _ConnectionFairy:
        with self._lock:
            proxy = super()._hand_out(record)
        # several may have it: only the last one's end is the end of its use
        record.fairy = weakref.ref(proxy)
        return proxy

    def _give(self, record: Any) -> None:
        """The one connection stays where it is."""

    def _begin_empty(self) -> None:
        self.__dict__.pop("_only", None)

    def held_here(self) -> List[Any]:
        # whoever has it, a transaction on it is everybody's
        return list(self._records.values())

    def recreate(self) -> StaticPool:
        self.logger.info("Pool recreating")
        return self.__class__(self._given_creator, **self._settings())

    def dispose(self) -> None:
        record = self.__dict__.pop("_only", None)
        if record is not None:
            self._forget(record)
            record.close()

    def status(self) -> str:
        return "StaticPool"


class AssertionPool(Pool):
    """A pool of one connection that refuses, with the place of the first checkout, to give it out twice."""

    _conn: Any = None

    def __init__(self, creator: Callable[..., Any], *args: Any, **kw: Any) -> None:
        self._out = False
        self._store_traceback = kw.pop("store_traceback", True)
        self._taken_at: Any = None
        super().__init__(creator, *args, **kw)

    def _take(self) -> Any:
        if self._out:
            at = "".join(self._taken_at) if self._taken_at else "(not stored)"
            raise AssertionError("the only connection is in use; it was taken at:\n%s" % at)
        if self._conn is None:
            self._conn = self._create_connection()
        self._out = True
        if self._store_traceback:
            import traceback

            self._taken_at = traceback.format_stack()[:-3]
        return self._conn

    def _give(self, record: Any) -> None:
        if not self._out:
            raise AssertionError("the connection that is given back is not in use")
        self._out = False

    def _begin_empty(self) -> None:
        self._out = False
        self._conn = None

    def recreate(self) -> AssertionPool:
        self.logger.info("Pool recreating")
        return self.__class__(
            self._given_creator, store_traceback=self._store_traceback, **self._settings()
        )

    def dispose(self) -> None:
        self._out = False
        record, self._conn = self._conn, None
        if record is not None:
            self._forget(record)
            record.close()

    def status(self) -> str:
        return "AssertionPool"
