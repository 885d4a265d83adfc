"""The bridge: results, errors, cancellation, context variables; and what works on it."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import subprocess
import sys
import threading
import weakref

import pytest

from sqltoolkit_core import exc
from sqltoolkit_core import util
from sqltoolkit_core.util import concurrency

pytest.importorskip("greenlet")


def run(coroutine):
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


async def later(value):
    await asyncio.sleep(0)
    return value


async def failing():
    await asyncio.sleep(0)
    raise KeyError("inside")


def test_values_come_through() -> None:
    def work(a, b=0):
        return util.await_only(later(a)) + util.await_only(later(b))

    assert run(util.greenlet_spawn(work, 1, b=2)) == 3


def test_errors_come_through_both_ways() -> None:
    def work():
        try:
            util.await_only(failing())
        except KeyError:
            raise ValueError("outside") from None

    with pytest.raises(ValueError, match="outside"):
        run(util.greenlet_spawn(work))


def test_outside_of_the_bridge() -> None:
    with pytest.raises(exc.MissingGreenlet):
        util.await_only(later(1))
    assert not util.in_greenlet()
    assert run(util.greenlet_spawn(util.in_greenlet))


def test_required_await() -> None:
    with pytest.raises(exc.AwaitRequired):
        run(util.greenlet_spawn(lambda: 5, _require_await=True))
    assert run(util.greenlet_spawn(lambda: 5)) == 5


def test_cancelled_call_can_clean_up() -> None:
    calls = []

    def work():
        try:
            util.await_only(asyncio.sleep(10))
        finally:
            calls.append(util.await_only(later("cleaned")))

    async def main():
        task = asyncio.ensure_future(util.greenlet_spawn(work))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await util.greenlet_spawn(lambda: util.await_only(later("next")))

    assert run(main()) == "next"
    assert calls == ["cleaned"]


@pytest.mark.skipif(sys.version_info < (3, 7), reason="context variables")
def test_context_variables_are_shared() -> None:
    variable = contextvars.ContextVar("variable", default=0)

    def work():
        before = variable.get()
        util.await_only(later(1))
        variable.set(before + 1)

    async def main():
        variable.set(5)
        await util.greenlet_spawn(work)
        await util.greenlet_spawn(work)
        return variable.get()

    assert run(main()) == 7


def test_nested_calls_and_many_tasks() -> None:
    def inner(number):
        return util.await_only(later(number))

    def outer(number):
        return util.await_only(util.greenlet_spawn(inner, number)) + inner(number)

    async def main():
        return await asyncio.gather(*[util.greenlet_spawn(outer, n) for n in range(50)])

    assert run(main()) == [2 * n for n in range(50)]


def test_threads_have_their_own_workers() -> None:
    results = []

    def work():
        results.append(run(util.greenlet_spawn(lambda: util.await_only(later(1)))))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [1] * 4


def test_idle_workers_hold_nothing() -> None:
    class Thing:
        pass

    def work(thing):
        util.await_only(later(1))
        return thing

    def fail(thing):
        util.await_only(later(thing))
        raise ValueError()

    async def main():
        thing = Thing()
        ref = weakref.ref(thing)
        await util.greenlet_spawn(call, thing)
        del thing
        gc.collect()
        return ref()

    def expected_failure(thing):
        with pytest.raises(ValueError):
            fail(thing)

    for call in (work, expected_failure):
        assert run(main()) is None


def test_closed_coroutine_gives_its_worker_up() -> None:
    calls = []

    def work():
        try:
            util.await_only(later(1))
        finally:
            calls.append("ended")

    async def main():
        coroutine = util.greenlet_spawn(work)
        coroutine.send(None)
        coroutine.close()
        return await util.greenlet_spawn(lambda: util.await_only(later(2)))

    assert run(main()) == 2
    assert calls == ["ended"]


def test_lock() -> None:
    order = []

    async def main():
        lock = util.AsyncAdaptedLock()

        def work(number):
            with lock:
                order.append(number)
                util.await_only(asyncio.sleep(0.001))
                order.append(number)

        await asyncio.gather(*[util.greenlet_spawn(work, n) for n in range(3)])

    run(main())
    assert order == [0, 0, 1, 1, 2, 2]


def test_loop_waiter() -> None:
    async def main():
        def work(timeout):
            waiter = util.LoopWaiter()
            if timeout is None:
                threading.Timer(0.01, waiter.wake).start()
            return waiter.wait(timeout or 5)

        return await asyncio.gather(
            util.greenlet_spawn(work, None), util.greenlet_spawn(work, 0.01)
        )

    assert run(main()) == [True, False]


def test_thread_waiter() -> None:
    waiter = util.ThreadWaiter()
    assert not waiter.wait(0.001)
    threading.Timer(0.01, waiter.wake).start()
    assert waiter.wait(5)


def test_exit_exceptions() -> None:
    assert util.is_exit_exception(KeyboardInterrupt())
    assert util.is_exit_exception(asyncio.CancelledError())
    assert not util.is_exit_exception(ValueError())


def test_nothing_asynchronous_is_imported_early() -> None:
    code = (
        "import sys, %s; "
        "print([m for m in ('asyncio', 'greenlet', 'logging', 'inspect') if m in sys.modules])"
        % concurrency.__name__.rpartition(".util")[0]
    )
    found = subprocess.check_output([sys.executable, "-S", "-c", code], env=_environment())
    assert found.decode().strip() == "[]"


def _environment():
    import os

    environment = dict(os.environ)
    places = [p for p in sys.path if p]
    environment["PYTHONPATH"] = os.pathsep.join(places)
    return environment
