"""The kinds of pools: how many connections there are, who gets them, who waits."""

from __future__ import annotations

import gc
import os
import random
import threading
import time

import pytest

from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import pool
from sqltoolkit_core.util import frames
from sqltoolkit_core.pool import impl


def test_grows_to_its_limit_and_shrinks_back(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=2, max_overflow=1, timeout=0.05)
    held = [one.connect() for _ in range(3)]
    assert (one.checkedout(), one.checkedin(), one.overflow()) == (3, 0, 1)
    with pytest.raises(exc.TimeoutError):
        one.connect()
    for connection in held:
        connection.close()
    assert (one.checkedout(), one.checkedin(), one.overflow()) == (0, 2, 0)
    assert len(driver.open) == 2
    assert "size: 2" in one.status()


def test_unlimited(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=0, max_overflow=5)
    held = [one.connect() for _ in range(30)]
    for connection in held:
        connection.close()
    assert one.checkedin() == len(driver.open) == 30
    assert one.overflow() == 0


@pytest.mark.parametrize("lifo, expected", [(False, [0, 1, 2]), (True, [2, 1, 0])])
def test_order(driver, lifo, expected) -> None:
    one = pool.QueuePool(driver.connect, pool_size=3, use_lifo=lifo)
    held = [one.connect() for _ in range(3)]
    for connection in held:
        connection.close()
    again = [one.connect() for _ in range(3)]
    assert [driver.opened.index(c.dbapi_connection) for c in again] == expected


def test_waiting_ends_when_one_comes_back(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0, timeout=10)
    held = one.connect()
    got = []
    thread = threading.Thread(target=lambda: got.append(one.connect()))
    thread.start()
    while not one.metrics()["waiting"]:
        time.sleep(0.001)
    held.close()
    thread.join(5)
    assert len(got) == 1 and len(driver.opened) == 1
    assert one.metrics()["waits"] == 1


def test_waiting_ends_when_a_place_is_free(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0, timeout=10)
    held = one.connect()
    got = []
    thread = threading.Thread(target=lambda: got.append(one.connect()))
    thread.start()
    while not one.metrics()["waiting"]:
        time.sleep(0.001)
    held.invalidate()
    thread.join(5)
    assert len(got) == 1 and len(driver.open) == 1


def test_failed_connect_frees_its_place(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0, timeout=0.05)
    driver.failing["connect"] = ValueError("no")
    for _ in range(3):
        with pytest.raises(ValueError):
            one.connect()
    del driver.failing["connect"]
    one.connect().close()
    assert one.checkedin() == 1


def test_timeout_says_who_holds(driver) -> None:
    one = pool.QueuePool(
        driver.connect, pool_size=2, max_overflow=0, timeout=0.02, trace_checkouts=True
    )
    first = one.connect()
    first.note_statement("SELECT   1\nFROM t")
    first.dbapi_connection.in_transaction = True
    second = []
    thread = threading.Thread(target=lambda: second.append(one.connect()), name="worker-7")
    thread.start()
    thread.join()
    with pytest.raises(exc.TimeoutError) as caught:
        one.connect()
    assert caught.value.code == "3o7r"
    mine, others = caught.value.holders
    assert mine.thread == threading.current_thread().name
    assert "test_impl.py" in mine.site
    assert mine.in_transaction is True and mine.last_sql.startswith("SELECT")
    assert others.age >= 0 and others.in_transaction is False
    text = str(caught.value)
    assert "in a transaction" in text and "SELECT 1 FROM t" in text
    assert one.metrics()["timeouts"] == 1


def test_lines_are_noted_while_several_are_in_use(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=3, max_overflow=0)
    held = [one.connect() for _ in range(3)]
    first, *others = one.holders()
    assert first.site is None
    assert all("test_impl.py" in holder.site for holder in others)
    for connection in held:
        connection.close()
    again = one.connect()
    assert one.holders()[0].site is None
    again.close()


def test_all_lines_are_noted_once_somebody_had_to_wait(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0, timeout=0.01)
    held = one.connect()
    assert one.holders()[0].site is None
    with pytest.raises(exc.TimeoutError):
        one.connect()
    held.close()
    held = one.connect()
    assert "test_impl.py" in one.holders()[0].site
    held.close()


def test_lines_of_libraries_are_passed_over(driver, monkeypatch) -> None:
    monkeypatch.setattr(frames, "_hidden", frames._hidden)
    here = os.path.dirname(__file__)
    frames.hide_frames(here)
    one = pool.QueuePool(driver.connect, trace_checkouts=True)
    held = one.connect()
    assert here not in one.holders()[0].site
    held.close()


def test_statement_of_the_holder_before_is_not_shown(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0, timeout=0.02)
    first = one.connect()
    first.note_statement("SELECT 'earlier'")
    first.close()
    second = one.connect()
    with pytest.raises(exc.TimeoutError) as caught:
        one.connect()
    assert caught.value.holders[0].last_sql is None
    second.close()


def test_many_threads_with_failures(driver) -> None:
    """No connection is lost, none is in two hands, the counts are exact."""
    one = pool.QueuePool(driver.connect, pool_size=4, max_overflow=2, timeout=60)
    owners = {}
    wrong = []

    def work(seed) -> None:
        rand = random.Random(seed)
        for _ in range(400):
            connection = one.connect()
            raw = connection.dbapi_connection
            if owners.setdefault(id(raw), seed) != seed or raw.closed:
                wrong.append(raw)
            if rand.random() < 0.05:
                time.sleep(0.0001)
            del owners[id(raw)]
            choice = rand.random()
            if choice < 0.02:
                connection.invalidate()
            elif choice < 0.04:
                connection.detach()
                connection.close()
            elif choice < 0.06:
                del connection
            else:
                connection.close()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gc.collect()
    assert not wrong
    assert one.checkedout() == 0
    assert one.checkedin() <= 4
    assert len(driver.open) <= one.checkedin()


def test_connection_not_closed_by_its_user_comes_back(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0, timeout=0.02)
    for _ in range(3):
        connection = one.connect()
        del connection
        gc.collect()
    assert one.checkedin() == 1 and len(driver.opened) == 1
    assert driver.opened[0].calls.count("rollback") == 3


def test_lost_connections_are_looked_for_before_giving_up(driver, monkeypatch) -> None:
    one = pool.QueuePool(driver.connect, pool_size=1, max_overflow=0, timeout=0.2)
    connection = one.connect()
    # not even counting of references finds this one
    connection.itself = connection
    del connection
    gc.disable()
    try:
        monkeypatch.setattr(impl, "_FINALIZES_AT_ONCE", False)
        one.connect().close()
    finally:
        gc.enable()
    assert len(driver.opened) == 1 and one.metrics()["timeouts"] == 0


def test_minimum_size(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=5, min_size=3)
    assert not driver.opened
    one.connect().close()
    assert len(driver.opened) == 3 and one.checkedin() == 3


def test_dispose_closes_those_in_use_when_they_come_back(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=2)
    idle, used = one.connect(), one.connect()
    idle.close()
    one.dispose()
    assert driver.opened[0].closed and not driver.opened[1].closed
    two = one.recreate()
    used.close()
    assert driver.opened[1].closed
    two.connect().close()
    assert len(driver.open) == 1 and one.checkedout() == 0


def test_disposed_pool_goes_on_where_it_is_still_used(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=2)
    used = one.connect()
    one.dispose()
    used.close()
    assert one.connect().dbapi_connection is driver.opened[0]
    assert one.checkedout() <= 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_child_process_does_not_use_the_connections_of_its_parent(driver) -> None:
    one = pool.QueuePool(driver.connect, pool_size=2)
    idle, used = one.connect(), one.connect()
    idle.close()
    before = list(driver.opened)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            used.close()
            connection = one.connect()
            fresh = connection.dbapi_connection not in before
            untouched = not any(c.closed for c in before) and not before[1].calls
            code = 0 if fresh and untouched else 2
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    used.close()
    assert one.checkedin() == 2


def in_child(fn):
    """Return the exit status of a forked process: 0 where `fn()` returned."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            fn()
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(
    "kind", [pool.QueuePool, pool.NullPool, pool.StaticPool, pool.SingletonThreadPool, pool.AssertionPool]
)
def test_connections_in_use_are_invalid_in_a_child_process(driver, kind) -> None:
    one = kind(driver.connect)
    one.survives_fork = False
    used = one.connect()
    raw = used.dbapi_connection
    calls = list(raw.calls)

    def child() -> None:
        assert not used.is_valid
        with pytest.raises(exc.ResourceClosedError, match="parent process"):
            used.cursor()
        again = one.connect()
        assert again.dbapi_connection is not raw
        used.close()
        again.close()
        one.dispose()
        gc.collect()
        assert not raw.closed and raw.calls == calls

    assert in_child(child) == 0
    assert used.dbapi_connection is raw
    used.close()
    one.connect().close()
    assert len(driver.opened) == (2 if kind is pool.NullPool else 1)
    assert one.recreate().survives_fork is False


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_detached_connections_are_not_closed_by_a_child_process(driver) -> None:
    used = pool.QueuePool(driver.connect).connect()
    raw = used.dbapi_connection
    used.detach()

    def child() -> None:
        used.close()
        assert not raw.closed and not raw.calls

    assert in_child(child) == 0
    used.close()
    assert raw.closed


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_locks_of_other_threads_do_not_stop_a_child_process(driver) -> None:
    one = pool.QueuePool(driver.connect)
    locked, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with one._lock:
            locked.set()
            go_on.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    locked.wait(10)
    try:
        assert in_child(lambda: one.connect().close()) == 0
    finally:
        go_on.set()
        thread.join()


def test_null_pool(driver) -> None:
    one = pool.NullPool(driver.connect)
    first, second = one.connect(), one.connect()
    assert len(driver.open) == 2
    first.close()
    second.close()
    assert not driver.open
    assert isinstance(one.recreate(), pool.NullPool)


def test_static_pool_gives_everybody_the_same(driver) -> None:
    one = pool.StaticPool(driver.connect)
    first, second = one.connect(), one.connect()
    assert first.dbapi_connection is second.dbapi_connection
    first.close()
    second.close()
    assert len(driver.open) == 1
    one.dispose()
    assert not driver.open
    one.connect()
    assert len(driver.open) == 1


def test_static_pool_with_listeners(driver, recwarn) -> None:
    one = pool.StaticPool(driver.connect)
    seen = []
    for name in ("checkout", "checkin", "reset"):
        event.listen(one, name, lambda *args, name=name: seen.append(name))
    first, second = one.connect(), one.connect()
    first.close()
    second.close()
    assert seen == ["checkout", "checkout", "reset", "checkin", "reset"] and not recwarn.list
    assert one.metrics()["in_use"] == 0


def test_singleton_thread_pool(driver) -> None:
    one = pool.SingletonThreadPool(driver.connect, pool_size=2)
    first, second = one.connect(), one.connect()
    assert first is second
    second.close()
    assert first.is_valid
    raw = first.dbapi_connection
    first.close()
    assert raw.calls == ["rollback"]
    assert one.connect().dbapi_connection is raw

    def other() -> None:
        one.connect().close()

    for _ in range(4):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(driver.open) <= 2
    one.dispose()
    assert not driver.open


def test_assertion_pool_tells_where(driver) -> None:
    one = pool.AssertionPool(driver.connect)
    first = one.connect()
    with pytest.raises(AssertionError, match="test_assertion_pool_tells_where"):
        one.connect()
    first.close()
    one.connect().close()


@pytest.mark.parametrize(
    "cls",
    [
        pool.QueuePool,
        pool.NullPool,
        pool.StaticPool,
        pool.SingletonThreadPool,
        pool.AssertionPool,
    ],
)
def test_recreated_with_the_same_settings(cls, driver, dialect) -> None:
    one = cls(
        driver.connect,
        recycle=7,
        reset_on_return="commit",
        pre_ping=True,
        dialect=dialect,
        logging_name="mine",
        max_lifetime=60,
    )
    two = one.recreate()
    assert type(two) is cls and two is not one
    assert two._settings().keys() == one._settings().keys()
    for name, value in one._settings().items():
        if name != "_dispatch":
            assert two._settings()[name] == value, name


@pytest.mark.parametrize("cls", [pool.QueuePool, pool.NullPool, pool.StaticPool, pool.AssertionPool])
def test_checkouts_are_counted(cls, driver) -> None:
    one = cls(driver.connect)
    for _ in range(3):
        one.connect().close()
    one.dispose()
    one.connect().close()
    counts = one.metrics()
    assert (counts["checkouts"], counts["in_use"]) == (4, 0)
    assert counts["opened"] == len(driver.opened)
    assert counts["closed"] == len(driver.opened) - len(driver.open)


def test_refused_checkouts_are_not_counted(driver) -> None:
    one = pool.QueuePool(driver.connect)

    def refuse(connection, record, proxy):
        raise ValueError("not this one")

    event.listen(one, "checkout", refuse)
    with pytest.raises(ValueError):
        one.connect()
    event.remove(one, "checkout", refuse)
    one.connect().close()
    assert one.metrics()["checkouts"] == 1
    assert one.metrics()["invalidated"] == 1
