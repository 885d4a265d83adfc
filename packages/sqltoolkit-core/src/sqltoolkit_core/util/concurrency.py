"""The greenlet bridge between asynchronous callers and synchronous code, and a lock and a queue that work on it.

Neither asyncio nor greenlet is imported before the first asynchronous call.  A *worker* is a greenlet that runs
synchronous functions one after the other; idle ones wait in a pool per thread, because making one costs more than all
the rest of a bridged call.
"""

from __future__ import annotations

import sys
import threading
import typing
from collections import deque
from typing import Any
from typing import Callable

from .. import exc

if typing.TYPE_CHECKING:
    from typing import Awaitable
    from typing import Deque
    from typing import List
    from typing import Optional
    from typing import TypeVar

    _T = TypeVar("_T")

__all__ = [
    "AsyncAdaptedLock",
    "AsyncAdaptedQueue",
    "QueueEmpty",
    "QueueFull",
    "await_",
    "await_only",
    "greenlet_spawn",
    "have_greenlet",
    "in_greenlet",
    "is_exit_exception",
]

_IDLE_WORKERS = 32
_local = threading.local()
_getcurrent: Any = None
_Worker: Any = None


def have_greenlet() -> bool:
    """Say whether the greenlet library can be imported."""
    try:
        import greenlet  # noqa: F401
    except ImportError:
        return False
    return True


def _load_greenlet() -> None:
    global _getcurrent, _Worker
    try:
        import greenlet
    except ImportError as err:
        raise ValueError(
            "asynchronous use needs the greenlet library, which cannot be imported (%s); "
            'install it, for example with: pip install "sqltoolkit-core[asyncio]"' % (err,)
        ) from err

    class Worker(greenlet.greenlet):
        # set by the function that runs in this worker
        done = False
        error: Optional[BaseException] = None

        def run(self, fn: Any, args: Any, kw: Any) -> None:
            while True:
                result = None
                try:
                    result = fn(*args, **kw)
                except BaseException as err:
                    self.error = err
                self.done = True
                # nothing of the call may stay alive in an idle worker
                fn = args = kw = None
                fn, args, kw = self.parent.switch(_taken(result))

    _Worker = Worker
    _getcurrent = greenlet.getcurrent


def _taken(result: Any) -> Any:
    return result


def _idle_workers() -> List[Any]:
    try:
        return _local.idle  # type: ignore[no-any-return]
    except AttributeError:
        idle: List[Any] = []
        _local.idle = idle
        return idle


async def greenlet_spawn(
    fn: Callable[..., _T], *args: Any, _require_await: bool = False, **kwargs: Any
) -> _T:
    """Run the synchronous ``fn(*args, **kwargs)``, in which ``await_only()`` may be called, and return its result.

    With ``_require_await``, a call in which nothing was awaited raises ``AwaitRequired``.
    """
    if _Worker is None:
        _load_greenlet()
    idle = _idle_workers()
    worker = idle.pop() if idle else _Worker()
    here = _getcurrent()
    worker.parent = here
    # variables of the context that are set inside must be visible to the caller
    worker.gr_context = here.gr_context
    awaited = False
    result = worker.switch(fn, args, kwargs)
    del fn, args, kwargs
    while not worker.done:
        awaited = True
        try:
            value = await result
        except GeneratorExit:
            # this coroutine is closed: nothing more can be awaited, and the worker is given up
            worker.throw(*sys.exc_info())
            raise
        except BaseException:
            result = worker.throw(*sys.exc_info())
        else:
            result = worker.switch(value)
            del value
    error = worker.error
    worker.done = False
    worker.error = None
    worker.gr_context = None
    if len(idle) < _IDLE_WORKERS:
        idle.append(worker)
    if error is not None:
        try:
            raise error
        finally:
            del error
    if _require_await and not awaited:
        raise exc.AwaitRequired(
            "nothing was awaited while this ran, although an asynchronous operation was expected; "
            "is an asynchronous driver in use?"
        )
    return result  # type: ignore[no-any-return]


def await_only(awaitable: Awaitable[_T]) -> _T:
    """Wait for ``awaitable`` from synchronous code that runs inside ``greenlet_spawn()``, and return its result."""
    if _Worker is None:
        _load_greenlet()
    current = _getcurrent()
    if not isinstance(current, _Worker):
        if hasattr(awaitable, "close"):
            # it will never be awaited: say nothing about that beside the real error
            awaitable.close()
        raise exc.MissingGreenlet(
            "an asynchronous driver was called from code that no bridge runs; "
            "use the Async... classes, or put the synchronous code into run_sync()"
        )
    return current.parent.switch(awaitable)  # type: ignore[no-any-return]


await_ = await_only


def in_greenlet() -> bool:
    """Say whether the caller runs inside ``greenlet_spawn()``."""
    return _Worker is not None and isinstance(_getcurrent(), _Worker)


def is_exit_exception(error: BaseException) -> bool:
    """Say whether ``error`` ends what runs (interrupt, exit, cancellation) and is no ordinary failure."""
    if not isinstance(error, Exception):
        return True
    # before Python 3.8 a cancellation is an ordinary Exception
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and isinstance(error, asyncio.CancelledError)


class QueueEmpty(Exception):
    """The queue had nothing to give in time."""


class QueueFull(Exception):
    """The queue had no place in time."""


class AsyncAdaptedLock:
    """A lock for synchronous code on the bridge: waiting lets the event loop run on."""

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        # bound to a loop on some Pythons when it is made: that waits until there is one
        self._lock: Any = None

    def __enter__(self) -> None:
        if self._lock is None:
            import asyncio

            self._lock = asyncio.Lock()
        await_only(self._lock.acquire())

    def __exit__(self, *arg: Any) -> None:
        self._lock.release()


class AsyncAdaptedQueue:
    """A queue for synchronous code on the bridge: ``get()`` lets the event loop run on while it waits.

    Putting never waits.  Waiters are served in their order; each belongs to the loop in which it waits.
    """

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:
        self.use_lifo = use_lifo
        self.maxsize = maxsize
        self._items: Deque[Any] = deque()
        self._waiters: Deque[Any] = deque()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._items)

    qsize = __len__

    def empty(self) -> bool:
        return not self._items

    def full(self) -> bool:
        return 0 < self.maxsize <= len(self._items)

    def put_nowait(self, item: Any) -> None:
        """Add ``item``; ``QueueFull`` where there is no place."""
        if 0 < self.maxsize <= len(self._items):
            raise QueueFull()
        self._items.append(item)
        self.wake_one()

    def put(self, item: Any) -> None:
        """Add ``item``; ``QueueFull`` where there is no place."""
        self.put_nowait(item)

    def get_nowait(self) -> Any:
        """Return an item; ``QueueEmpty`` where there is none."""
        try:
            return self._items.pop() if self.use_lifo else self._items.popleft()
        except IndexError:
            raise QueueEmpty() from None

    def wake_one(self) -> None:
        """Let the waiter that waits longest look again."""
        while True:
            try:
                waiter = self._waiters.popleft()
            except IndexError:
                return
            if waiter.wake():
                return

    def get(self, timeout: Optional[float] = None) -> Any:
        """Return an item, waiting ``timeout`` seconds at most; ``QueueEmpty`` where none came."""
        return await_only(self._get(timeout))

    async def _get(self, timeout: Optional[float]) -> Any:
        import time

        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                return self.get_nowait()
            except QueueEmpty:
                pass
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise QueueEmpty()
            await self.wait_turn(left)

    async def wait_turn(self, timeout: Optional[float]) -> None:
        """Wait until somebody calls ``wake_one()``, ``timeout`` seconds at most."""
        import asyncio

        waiter = _LoopWaiter(asyncio.get_event_loop())
        self._waiters.append(waiter)
        try:
            if not self._items:
                await asyncio.wait_for(waiter.future, timeout)
        except asyncio.TimeoutError:
            return
        except BaseException:
            if waiter.woken:
                # the turn given to this waiter would be lost with it
                self.wake_one()
            raise
        finally:
            waiter.cancelled = True
            if waiter in self._waiters:
                self._waiters.remove(waiter)


class _LoopWaiter:
    __slots__ = ("cancelled", "future", "loop", "woken")

    def __init__(self, loop: Any) -> None:
        self.loop = loop
        self.future = loop.create_future()
        self.cancelled = False
        self.woken = False

    def wake(self) -> bool:
        if self.cancelled or self.loop.is_closed():
            return False
        self.woken = True
        self.loop.call_soon_threadsafe(self._finish)
        return True

    def _finish(self) -> None:
        if not self.future.done():
            self.future.set_result(None)

