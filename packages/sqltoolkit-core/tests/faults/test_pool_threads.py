"""Many threads on one pool, with connections that fail at random: none is lost, none is in two hands, counts are exact.

``SQLTOOLKIT_STRESS_CHECKOUTS`` is the number of checkouts per thread.
"""

from __future__ import annotations

import collections
import gc
import os
import random
import sys
import threading
import time

import pytest

from sqltoolkit_core import exc, pool

THREADS = 64
CHECKOUTS = int(os.environ.get("SQLTOOLKIT_STRESS_CHECKOUTS", "10000"))
SIZE, OVERFLOW = 8, 8


class Lost(OSError):
    """The connection is gone."""


class Connection:
    def __init__(self, place):
        self.place = place
        self.holder = None
        self.times_closed = 0
        self.is_pooled = True

    def rollback(self):
        self.place.maybe("reset" if self.is_pooled else "reset of a detached one", 0.005)

    def close(self):
        self.times_closed += 1
        self.place.maybe("close", 0.05)


class Place:
    """The server, and the dialect that talks to it."""

    is_async = False
    has_terminate = False

    def __init__(self):
        self.opened = []
        self.failed = collections.Counter()
        self.own = threading.local()
        self.lock = threading.Lock()

    def maybe(self, what, chance):
        rand = getattr(self.own, "random", None)
        if rand is not None and rand.random() < chance:
            with self.lock:
                self.failed[what] += 1
            raise Lost(what)

    def connect(self):
        self.maybe("connect", 0.02)
        made = Connection(self)
        self.opened.append(made)
        return made

    def do_ping(self, connection):
        if connection.times_closed:
            raise AssertionError("a closed connection is pinged")
        self.maybe("ping", 0.005)
        return True

    def is_disconnect(self, error, connection, cursor):
        return isinstance(error, Lost)

    def do_rollback(self, connection):
        connection.rollback()

    def do_close(self, connection):
        connection.close()

    def in_transaction(self, connection):
        return False


class User:
    """What one thread does, and what it saw."""

    def __init__(self, number, one, place):
        self.number = number
        self.pool = one
        self.place = place
        self.taken = self.refused = self.invalidated = 0
        self.wrong = []
        self.error = None

    def run(self, start):
        rand = self.place.own.random = random.Random(self.number)
        try:
            start.wait()
            for _ in range(CHECKOUTS):
                self.step(rand.random())
        except BaseException as err:
            self.error = err

    def step(self, choice):
        try:
            proxy = self.pool.connect()
        except (Lost, exc.InvalidRequestError):
            self.refused += 1
            return
        self.taken += 1
        raw = proxy.dbapi_connection
        self.hold(raw, choice)
        if choice < 0.01:
            self.invalidated += 1
            proxy.invalidate()
        elif choice < 0.02:
            proxy.detach()
            raw.is_pooled = False
            proxy.close()
        elif choice < 0.03:
            del proxy
        else:
            proxy.close()

    def hold(self, raw, choice):
        if raw.holder is not None or raw.times_closed:
            self.wrong.append((self.number, raw.holder, raw.times_closed))
        raw.holder = self.number
        if choice > 0.98:
            # let others run in the middle
            time.sleep(0)
        if raw.holder != self.number:
            self.wrong.append((self.number, raw.holder, raw.times_closed))
        raw.holder = None


@pytest.fixture
def often():
    """Change between threads more often than usual, so that they meet in the middle of things."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-3)
    yield
    sys.setswitchinterval(before)


@pytest.mark.parametrize("pre_ping", [False, True], ids=["", "pre_ping"])
@pytest.mark.parametrize("use_lifo", [False, True], ids=["fifo", "lifo"])
def test_nothing_is_lost(use_lifo, pre_ping, caplog, often) -> None:
    caplog.set_level(100)
    place = Place()
    one = pool.QueuePool(
        place.connect,
        pool_size=SIZE,
        max_overflow=OVERFLOW,
        timeout=120,
        use_lifo=use_lifo,
        pre_ping=pre_ping,
        dialect=place,
    )
    users = [User(number, one, place) for number in range(THREADS)]
    start = threading.Barrier(THREADS)
    threads = [threading.Thread(target=user.run, args=(start,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _ in range(3):
        # where objects are not counted, the finalizers that one collection finds run in the next
        gc.collect()
    assert [user.error for user in users if user.error is not None] == []
    assert [wrong for user in users for wrong in user.wrong] == []

    def total(name):
        return sum(getattr(user, name) for user in users)

    assert total("taken") + total("refused") == THREADS * CHECKOUTS
    counts = one.metrics()
    assert (counts["in_use"], counts["waiting"], one.checkedout(), counts["timeouts"]) == (0, 0, 0, 0)
    assert counts["checkouts"] == total("taken")
    assert counts["total"] == counts["idle"] == one.checkedin() <= SIZE
    assert counts["opened"] == len(place.opened)
    # each was closed once, and those that were not are idle in the pool
    still_open = [raw for raw in place.opened if not raw.times_closed]
    assert counts["closed"] == sum(raw.times_closed for raw in place.opened) == len(place.opened) - len(still_open)
    assert len(still_open) <= counts["idle"]
    assert counts["invalidated"] == total("invalidated") + place.failed["reset"] + place.failed["ping"]
    assert counts["waits"] > 0 and all(place.failed[what] for what in ("connect", "reset", "close"))
    assert bool(place.failed["ping"]) is bool(counts["pings"]) is pre_ping
    one.dispose()
    assert [raw.times_closed for raw in place.opened] == [1] * len(place.opened)
