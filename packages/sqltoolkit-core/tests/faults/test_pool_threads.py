"""Many threads on one pool, with connections that fail at random: none is lost, none is in two hands.

The number of checkouts per thread is small for daily work; ``SQLTOOLKIT_STRESS_CHECKOUTS=10000`` makes it the full run.
"""

from __future__ import annotations

import gc
import os
import random
import threading

import pytest

from sqltoolkit_core import pool

THREADS = 64
CHECKOUTS = int(os.environ.get("SQLTOOLKIT_STRESS_CHECKOUTS", "300"))


class Connection:
    def __init__(self, rand):
        self.rand = rand
        self.closed = False
        self.holder = None

    def rollback(self):
        if self.rand.random() < 0.01:
            raise OSError("lost")

    def close(self):
        self.closed = True


@pytest.mark.parametrize("use_lifo", [False, True])
def test_nothing_is_lost(use_lifo, caplog) -> None:
    caplog.set_level(100)
    rand = random.Random(5)
    opened = []
    wrong = []

    def connect():
        if rand.random() < 0.02:
            raise OSError("unreachable")
        made = Connection(rand)
        opened.append(made)
        return made

    one = pool.QueuePool(connect, pool_size=8, max_overflow=8, timeout=120, use_lifo=use_lifo)

    def work(number) -> None:
        own = random.Random(number)
        for _ in range(CHECKOUTS):
            try:
                proxy = one.connect()
            except OSError:
                continue
            raw = proxy.dbapi_connection
            if raw.holder is not None or raw.closed:
                wrong.append((number, raw.holder, raw.closed))
            raw.holder = number
            choice = own.random()
            raw.holder = None
            if choice < 0.01:
                proxy.invalidate()
            elif choice < 0.02:
                proxy.detach()
                proxy.close()
            elif choice < 0.03:
                del proxy
            else:
                proxy.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gc.collect()
    assert not wrong
    counts = one.metrics()
    assert (counts["in_use"], counts["waiting"], one.checkedout()) == (0, 0, 0)
    assert counts["total"] == counts["idle"] == one.checkedin() <= 16
    assert counts["opened"] == len(opened)
    still_open = [raw for raw in opened if not raw.closed]
    assert len(still_open) <= counts["idle"]
    one.dispose()
    assert all(raw.closed for raw in opened)
