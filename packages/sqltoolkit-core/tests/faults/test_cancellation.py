"""A program is cancelled at each of its awaits in turn: no connection is lost, no transaction stays open.

An *await* is counted where the program really waits for the event loop.  It is cancelled there while it *waits*, or when
what it waits for is *ready* and it has not gone on yet.  Some tests take every third await only;
``SQLTOOLKIT_STRESS_AWAITS=1`` makes them take all.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import logging
import os
import sqlite3
import sys
import threading
import time
import types
import warnings

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import Table
from sqltoolkit_core import exc
from sqltoolkit_core import pool
from sqltoolkit_core import select

if not (importlib.util.find_spec("greenlet") and importlib.util.find_spec("aiosqlite")):
    pytest.skip("needs the extra 'asyncio'", allow_module_level=True)

import aiosqlite

from sqltoolkit_core.asyncio import create_async_engine
from sqltoolkit_core.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_dbapi

account = Table("account", MetaData(), Column("id", Integer, primary_key=True), Column("cents", Integer))

STEP = int(os.environ.get("SQLTOOLKIT_STRESS_AWAITS", "3"))

# what the program may have left in the table: whole transactions
OUTCOMES = ([], [2, 3], [2, 3, 5])


async def program(engine) -> None:
    async with engine.connect() as connection:
        async with connection.begin():
            await connection.execute(account.insert(), [{"cents": 1}, {"cents": 2}])
            async with connection.begin_nested():
                await connection.execute(account.update().values(cents=account.c.cents + 1))
        result = await connection.stream(select(account))
        async for _ in result:
            break
        await result.close()
        await connection.commit()
        await connection.scalar(select(account.c.cents))
    async with engine.begin() as connection:
        await connection.execute(account.insert(), {"cents": 5})
        await connection.run_sync(lambda sync: sync.execute(select(account)).all())
        async with connection.stream(select(account)) as result:
            await result.fetchmany(1)
    with pytest.raises(ZeroDivisionError):
        async with engine.begin() as connection:
            await connection.execute(account.insert(), {"cents": 7})
            1 / 0


@pytest.fixture(autouse=True)
def nothing_left_by_other_tests():
    # connections that they did not close would be taken for this module's
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


class Driver:
    """The module aiosqlite, which notes the connections it opens."""

    def __init__(self) -> None:
        self.opened = []

    def __getattr__(self, name):
        return getattr(aiosqlite, name)

    def connect(self, *args, **kw):
        made = aiosqlite.connect(*args, **kw)
        self.opened.append(made)
        return made

    def running(self):
        # a connection is a thread, or has one
        return [one for one in self.opened if getattr(one, "_thread", one).is_alive()]


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock can be put forward."""

    ahead = 0.0

    def time(self):
        return super().time() + self.ahead


@types.coroutine
def watched(coroutine, act, counts):
    """Run a coroutine and call ``act(number, future)`` at each of its awaits."""
    value = error = None
    while True:
        try:
            if error is None:
                future = coroutine.send(value)
            else:
                thrown, error = error, None
                future = coroutine.throw(thrown)
        except StopIteration as end:
            return end.value
        counts.append(future)
        act(len(counts), future)
        try:
            value = yield future
        except BaseException as err:
            error = err


def run_in(loop, coroutine):
    try:
        return loop.run_until_complete(asyncio.wait_for(coroutine, 7200))
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def rows_of(path):
    plain = sqlite3.connect(path, timeout=2)
    try:
        # fails where somebody's transaction is open
        plain.execute("BEGIN IMMEDIATE")
        return [row[0] for row in plain.execute("SELECT cents FROM account ORDER BY id")]
    finally:
        plain.close()


class Course:
    """One run of the program with something done at some of its awaits, and what is checked after it."""

    def __init__(self, path, **options) -> None:
        self.path = str(path)
        self.driver = Driver()
        self.options = options
        self.awaits = []
        if sys.implementation.name != "cpython":
            # what earlier tests left behind, and is not counted, is not this one's
            gc.collect()

    def clean(self) -> None:
        plain = sqlite3.connect(self.path)
        plain.execute("CREATE TABLE IF NOT EXISTS account (id INTEGER PRIMARY KEY, cents INTEGER)")
        plain.execute("DELETE FROM account")
        plain.commit()
        plain.close()

    def run(self, frame, act):
        """Run the program inside of ``frame`` and return the error it ended in."""
        self.clean()
        loop = JumpingLoop()
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            error = run_in(loop, self._run(loop, frame, act))
            gc.collect()
        # "a connection was never given back", "... was deleted before being closed"
        assert [str(one.message) for one in seen if one.category is not DeprecationWarning] == []
        return error

    async def _run(self, loop, frame, act):
        engine = create_async_engine(
            "sqlite+aiosqlite:///" + self.path,
            module=AsyncAdapt_aiosqlite_dbapi(self.driver, sqlite3),
            **self.options,
        )
        task = asyncio.ensure_future(self._watched(engine, frame, lambda *at: act(task, loop, *at)))
        error = None
        try:
            await task
        except BaseException as err:
            error = err
        await self._check(engine)
        return error

    async def _watched(self, engine, frame, act):
        return await frame(lambda: self._program(engine, act))

    async def _program(self, engine, act):
        return await watched(program(engine), act, self.awaits)

    async def _check(self, engine) -> None:
        if hasattr(engine.pool, "checkedout"):
            assert engine.pool.checkedout() == 0, engine.pool.holders()
        assert engine.pool.metrics()["in_use"] == 0
        assert rows_of(self.path) in OUTCOMES
        self.clean()
        # the engine works at once, without anybody's help
        await program(engine)
        assert rows_of(self.path) == OUTCOMES[-1]
        await engine.dispose()
        end = time.monotonic() + 10
        while self.driver.running() and time.monotonic() < end:
            await asyncio.sleep(0.001)
        assert self.driver.running() == []


async def plainly(start):
    return await start()


def awaits_of(path, **options) -> int:
    course = Course(path, **options)
    assert course.run(plainly, lambda *at: None) is None
    return len(course.awaits)


def cancel(task, future, ready) -> None:
    if ready and future is not None:
        future.add_done_callback(lambda _: task.cancel())
    else:
        task.cancel()


QUEUE = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 1}
POOLS = {"queue": QUEUE, "null": {"poolclass": pool.NullPool}, "static": {"poolclass": pool.StaticPool}}


@pytest.fixture(autouse=True)
def quiet(caplog):
    caplog.set_level(logging.CRITICAL)
    before = threading.active_count()
    yield
    end = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.001)
    assert threading.active_count() <= before


@pytest.mark.parametrize("ready", [False, True], ids=["waiting", "ready"])
@pytest.mark.parametrize("kind", sorted(POOLS))
def test_cancelled_at_each_await(tmp_path, kind, ready) -> None:
    path = tmp_path / "bank.db"
    total = awaits_of(path, **POOLS[kind])
    assert total > 20
    for chosen in range(1, total + 1, 1 if kind == "queue" else STEP):

        def act(task, loop, number, future, chosen=chosen):
            if number == chosen:
                cancel(task, future, ready)

        assert isinstance(Course(path, **POOLS[kind]).run(plainly, act), asyncio.CancelledError), chosen


@pytest.mark.parametrize("distance", [1, 2, 3])
def test_cancelled_again_while_cleaning_up(tmp_path, distance) -> None:
    path = tmp_path / "bank.db"
    for chosen in range(1 + distance % STEP, awaits_of(path, **QUEUE) + 1, STEP):

        def act(task, loop, number, future, chosen=chosen):
            if number in (chosen, chosen + distance):
                cancel(task, future, False)

        assert isinstance(Course(path, **QUEUE).run(plainly, act), asyncio.CancelledError), chosen


async def in_wait_for(start):
    return await asyncio.wait_for(start(), 3600)


async def in_timeout(start):
    async with asyncio.timeout(3600):
        return await start()


@pytest.mark.parametrize("frame", [in_wait_for, in_timeout])
def test_time_is_over_at_each_await(tmp_path, frame) -> None:
    if frame is in_timeout and sys.version_info < (3, 11):
        pytest.skip("asyncio.timeout() is of Python 3.11")
    path = tmp_path / "bank.db"
    for chosen in range(1, awaits_of(path, **QUEUE) + 1, STEP):

        def act(task, loop, number, future, chosen=chosen):
            if number == chosen:
                loop.ahead += 3600

        error = Course(path, **QUEUE).run(frame, act)
        # at the last awaits what was waited for may come first
        assert error is None or isinstance(error, asyncio.TimeoutError), (chosen, error)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="task groups are of Python 3.11")
def test_another_task_of_the_group_fails_at_each_await(tmp_path) -> None:
    path = tmp_path / "bank.db"
    for chosen in range(1, awaits_of(path, **QUEUE) + 1, STEP):
        failing = None

        async def fail():
            await failing
            raise LookupError("the other task")

        async def in_group(start):
            nonlocal failing
            failing = asyncio.get_running_loop().create_future()
            async with asyncio.TaskGroup() as group:
                group.create_task(start())
                group.create_task(fail())

        def act(task, loop, number, future, chosen=chosen):
            if number == chosen:
                failing.set_result(None)

        error = Course(path, **QUEUE).run(in_group, act)
        assert [type(one) for one in error.exceptions] == [LookupError]


@pytest.mark.parametrize("ready", [False, True], ids=["waiting", "ready"])
def test_cancelled_while_waiting_for_a_connection(tmp_path, ready) -> None:
    path = tmp_path / "bank.db"
    Course(path).clean()

    async def scene(chosen):
        engine = create_async_engine("sqlite+aiosqlite:///%s" % path, pool_size=1, max_overflow=0, pool_timeout=5)
        held = await engine.connect()
        counts = []

        def act(number, future):
            if number == chosen:
                cancel(waiting, future, ready)
            if number == 1:
                # comes back in the moment in which the one that waits is cancelled
                asyncio.get_event_loop().call_soon(lambda: others.append(asyncio.ensure_future(held.close())))

        others = []

        async def wait():
            await watched(use(), act, counts)

        async def use():
            async with engine.connect() as connection:
                await connection.scalar(select(1))

        waiting = asyncio.ensure_future(wait())
        third = asyncio.ensure_future(use())
        await asyncio.wait([waiting])
        await asyncio.wait_for(third, 5)
        await asyncio.wait(others)
        assert engine.pool.checkedout() == 0 and engine.pool.metrics()["waiting"] == 0
        await engine.dispose()
        return len(counts), waiting.cancelled()

    total, was_cancelled = run_in(JumpingLoop(), scene(None))
    assert total >= 2 and not was_cancelled
    for chosen in range(1, total + 1):
        assert run_in(JumpingLoop(), scene(chosen))[1], chosen


def test_a_second_loop_is_told_apart(tmp_path) -> None:
    """Two loops that run at the same time cannot share the connections of an engine: the error names both."""
    path = tmp_path / "bank.db"
    Course(path).clean()
    url = "sqlite+aiosqlite:///%s" % path
    caught = []

    async def first():
        engine = create_async_engine(url, pool_size=1, max_overflow=0)
        async with engine.connect() as connection:
            await connection.scalar(select(1))

        def other() -> None:
            loop = asyncio.new_event_loop()
            try:
                loop.run_until_complete(second(engine))
            except exc.WrongLoopError as err:
                caught.append((str(err), repr(loop)))
            finally:
                loop.close()

        thread = threading.Thread(target=other)
        thread.start()
        while thread.is_alive():
            await asyncio.sleep(0.001)
        assert engine.pool.checkedout() == 0
        async with engine.connect() as connection:
            await connection.scalar(select(1))
        await engine.dispose()
        return repr(asyncio.get_event_loop())

    async def second(engine):
        async with engine.connect() as connection:
            await connection.scalar(select(1))

    mine = run_in(JumpingLoop(), first())
    text, theirs = caught[0]
    # their state may differ by now
    assert mine.split(" ")[0] in text and theirs.split(" ")[0] in text
