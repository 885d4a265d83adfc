"""The greenlet bridge between asynchronous callers and synchronous code, and a lock and waiters that work on it.

Neither asyncio nor greenlet is imported before the first asynchronous call.  A *worker* is a greenlet that runs
synchronous functions one after the other; idle ones wait in a pool per thread, because making one costs more than all
the rest of a bridged call.
"""

from __future__ import annotations

import sys
import threading
import types
import typing
from typing import Any
from typing import Callable

from .. import exc

if typing.TYPE_CHECKING:
    from typing import Awaitable
    from typing import List
    from typing import Optional
    from typing import TypeVar

    _T = TypeVar("_T")

__all__ = [
    "AsyncAdaptedLock",
    "LoopWaiter",
    "ThreadWaiter",
    "await_",
    "await_only",
    "calling_frame",
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

    class Worker(greenlet.greenlet):  # type: ignore[misc]
        done = False
        # what the call came to: not in a variable of run(), where an idle worker would keep it alive
        outcome: Any = None
        error: Optional[BaseException] = None

        def run(self, fn: Any, args: Any, kw: Any) -> None:
            while True:
                try:
                    self.outcome = fn(*args, **kw)
                except BaseException as err:
                    self.error = err
                self.done = True
                fn = args = kw = None
                fn, args, kw = self.parent.switch()

    _Worker = Worker
    _getcurrent = greenlet.getcurrent


def _idle_workers() -> List[Any]:
    idle: List[Any]
    try:
        idle = _local.idle
    except AttributeError:
        idle = _local.idle = []
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
    outcome: _T = worker.outcome
    error = worker.error
    worker.done = False
    worker.outcome = None
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
    return outcome


def await_only(awaitable: Awaitable[_T]) -> _T:
    """Wait for ``awaitable`` from synchronous code that runs inside ``greenlet_spawn()``, and return its result."""
    if _Worker is None:
        _load_greenlet()
    current = _getcurrent()
    if not isinstance(current, _Worker):
        if isinstance(awaitable, types.CoroutineType):
            # it will never be awaited: say nothing about that beside the real error
            awaitable.close()
        raise exc.MissingGreenlet(
            "an asynchronous driver was called from code that no bridge runs; "
            "use the Async... classes, or put the synchronous code into run_sync()"
        )
    result: _T = current.parent.switch(awaitable)
    return result


await_ = await_only


def in_greenlet() -> bool:
    """Say whether the caller runs inside ``greenlet_spawn()``."""
    return _Worker is not None and isinstance(_getcurrent(), _Worker)


def calling_frame() -> Any:
    """Return the frame that waits for the bridge on which the caller runs, None where there is no bridge."""
    if not in_greenlet():
        return None
    return _getcurrent().parent.gr_frame


def is_exit_exception(error: BaseException) -> bool:
    """Say whether ``error`` ends what runs (interrupt, exit, cancellation) and is no ordinary failure."""
    if not isinstance(error, Exception):
        return True
    # before Python 3.8 a cancellation is an ordinary Exception
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and isinstance(error, asyncio.CancelledError)


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


class ThreadWaiter:
    """Waits once, in a thread, until another one calls ``wake()``."""

    __slots__ = ("_lock", "woken")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()
        self.woken = False

    def wake(self) -> bool:
        """End the waiting; False where nobody waits any more."""
        self.woken = True
        self._lock.release()
        return True

    def wait(self, timeout: float) -> bool:
        """Wait ``timeout`` seconds at most and say whether somebody called ``wake()``."""
        return self._lock.acquire(True, timeout)


class LoopWaiter:
    """Waits once, on the bridge, until somebody in any thread calls ``wake()``; the event loop runs on meanwhile."""

    __slots__ = ("_future", "_loop", "woken")

    def __init__(self) -> None:
        import asyncio

        self._loop: Any = asyncio.get_running_loop()
        self._future: Any = self._loop.create_future()
        self.woken = False

    def wake(self) -> bool:
        """End the waiting; False where nobody waits any more."""
        if self._loop.is_closed():
            return False
        self.woken = True
        self._loop.call_soon_threadsafe(self._finish)
        return True

    def _finish(self) -> None:
        if not self._future.done():
            self._future.set_result(None)

    def wait(self, timeout: float) -> bool:
        """Wait ``timeout`` seconds at most and say whether somebody called ``wake()``."""
        return await_only(self._wait(timeout))

    async def _wait(self, timeout: float) -> bool:
        # not by asyncio.wait_for(), which forgets a cancellation on some Pythons
        over = self._loop.call_later(timeout, self._finish)
        try:
            await self._future
        finally:
            over.cancel()
        return self.woken
