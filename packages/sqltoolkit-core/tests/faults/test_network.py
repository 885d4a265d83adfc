"""A network that cuts, stalls and truncates at every byte: what the engine makes of it, with a driver that talks over TCP."""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import sys
import time
from pathlib import Path

import pytest

from sqltoolkit_core import Column, Integer, MetaData, String, Table, create_engine, event, exc, func, insert, select
from sqltoolkit_core.pool import QueuePool
from sqltoolkit_core.testing.proxy import BOTH, TO_CLIENT, TO_SERVER, FaultProxy

_spec = importlib.util.spec_from_file_location("wire_driver", str(Path(__file__).with_name("wire_driver.py")))
wire_driver = importlib.util.module_from_spec(_spec)
sys.modules["wire_driver"] = wire_driver
_spec.loader.exec_module(wire_driver)

STEP = int(os.environ.get("SQLTOOLKIT_STRESS_BYTES", "7"))
account = Table("account", MetaData(), Column("id", Integer, primary_key=True), Column("owner", String(20)))


class Bank:
    """A server, the proxy before it and an engine on the proxy."""

    def __init__(self, path, timeout=5.0, **options):
        plain = sqlite3.connect(path)
        plain.execute("PRAGMA journal_mode=wal")
        plain.execute("CREATE TABLE IF NOT EXISTS account (id INTEGER PRIMARY KEY, owner TEXT)")
        plain.close()
        self.path = path
        self.server = wire_driver.Server(path)
        self.proxy = FaultProxy(self.server.host, self.server.port, lifetime=300)
        settings = dict(poolclass=QueuePool, pool_size=2, max_overflow=0, pool_timeout=1)
        settings.update(options)
        self.engine = create_engine(
            "wire://%s:%d/" % self.proxy.address, dialect=wire_driver.WireDialect, connect_args={"timeout": timeout},
            **settings,
        )  # fmt: skip
        self.number = 0

    def program(self):
        """A transaction of two rows, then one that reads; a new connection each time."""
        self.number += 2
        with self.engine.begin() as connection:
            connection.execute(insert(account), {"id": self.number, "owner": "a"})
            connection.execute(insert(account), {"id": self.number + 1, "owner": "b"})
        with self.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(account))

    def rows(self):
        plain = sqlite3.connect(self.path)
        try:
            return plain.execute("SELECT count(*) FROM account").fetchone()[0]
        finally:
            plain.close()

    def bytes_of_program(self):
        """Return how many bytes the program moves in each direction, with the connection there already."""
        self.program()
        before = dict(self.proxy.forwarded)
        self.program()
        return {way: self.proxy.forwarded[way] - before[way] for way in before}

    def wait_for_the_server(self):
        """Wait until the server has met the end of all connections that the engine has given up."""
        counts = self.engine.pool.metrics()
        until = time.monotonic() + 5
        while self.proxy.connections > counts["opened"] - counts["closed"]:
            assert time.monotonic() < until
            time.sleep(0.001)
        self.server.wait_for_sessions()

    def check(self):
        counts = self.engine.pool.metrics()
        assert (self.engine.pool.checkedout(), counts["in_use"]) == (0, 0), self.engine.pool.holders()

    def close(self):
        self.engine.dispose()
        self.proxy.close()
        self.server.close()


@pytest.fixture
def bank(request, tmp_path):
    made = Bank(str(tmp_path / "bank.db"), **getattr(request, "param", {}))
    yield made
    made.check()
    made.close()


def break_at(bank, fault, after, way, recover):
    """Run the program through a fault, then through a network that works again."""
    before = bank.rows()
    fault(after, direction=way)
    try:
        bank.program()
    except exc.DBAPIError as error:
        assert error.connection_invalidated and error.is_retryable, (after, way, error)
    else:
        # a fault right behind the last byte is met by the next user
        assert after >= 0
    bank.check()
    bank.proxy.restore()
    bank.wait_for_the_server()
    # all or nothing; the answer to COMMIT may be what was lost
    assert bank.rows() - before in (0, 2), (after, way)
    recover(bank)


def goes_on(bank):
    """The engine replaces all connections after the loss of one: nobody meets another lost one."""
    before = bank.rows()
    assert bank.program() == before + 2
    bank.check()


@pytest.mark.parametrize("way", [TO_SERVER, TO_CLIENT])
@pytest.mark.parametrize("kind", ["cut", "truncate"])
def test_broken_at_each_byte(bank, kind, way):
    total = bank.bytes_of_program()[way]
    assert total > 100
    for after in range(0, total, STEP):
        break_at(bank, getattr(bank.proxy, kind), after, way, goes_on)


@pytest.mark.parametrize("bank", [{"timeout": 0.05}], indirect=True)
@pytest.mark.parametrize("way", [TO_SERVER, TO_CLIENT, BOTH])
def test_stalled(bank, way):
    """What is late is not waited for, and never taken for the answer to something else."""
    total = max(bank.bytes_of_program().values())
    for after in range(0, total - 1, STEP * 5):
        break_at(bank, bank.proxy.stall, after, way, goes_on)


def test_all_connections_are_replaced_after_one_was_lost(bank):
    engine = bank.engine
    with engine.connect() as one, engine.connect() as two:
        one.scalar(select(1))
        two.scalar(select(1))
    bank.proxy.cut()
    with pytest.raises(exc.DBAPIError) as caught:
        bank.program()
    assert caught.value.connection_invalidated
    bank.proxy.restore()
    opened = bank.proxy.accepted
    with engine.connect() as one, engine.connect() as two:
        assert one.scalar(select(1)) == two.scalar(select(1)) == 1
    assert bank.proxy.accepted == opened + 2


@pytest.mark.parametrize("bank", [{"pool_pre_ping": True}], indirect=True)
def test_pings_hide_connections_that_broke_while_idle(bank):
    for _ in range(3):
        before = bank.program()
        bank.proxy.cut()
        while bank.proxy.connections:
            time.sleep(0.001)
        bank.proxy.restore()
        assert bank.program() == before + 2
    counts = bank.engine.pool.metrics()
    assert counts["invalidated"] >= 3 and counts["timeouts"] == 0


def test_refused(bank):
    bank.program()
    bank.engine.dispose()
    bank.proxy.refuse()
    for _ in range(3):
        with pytest.raises(exc.OperationalError, match="no connection"):
            bank.engine.connect()
        bank.check()
    bank.proxy.restore()
    goes_on(bank)


def test_run_tries_again(bank):
    total = bank.bytes_of_program()[TO_CLIENT]
    for after in (0, total // 3, total // 2):
        bank.proxy.cut(after, direction=TO_CLIENT)
        attempts = []

        def work(connection, attempts=attempts):
            attempts.append(connection)
            if len(attempts) > 1:
                bank.proxy.restore()
            return [connection.scalar(select(number)) for number in range(1, 9)]

        assert bank.engine.run(work, retry=3) == list(range(1, 9))
        bank.proxy.restore()
        # the connection of the second attempt may have been made before the proxy was whole again
        assert len(attempts) <= 3


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_an_answer_that_nobody_took_is_not_given_to_the_next(bank, error):
    """Interrupted between question and answer, a connection has a state that nobody knows: it is closed."""

    def interrupt():
        raise error()

    with pytest.raises(error):
        with bank.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            connection.scalar(select(1))
            raw.interrupt = interrupt
            connection.scalar(select(17))
    assert raw.closed
    with bank.engine.connect() as connection:
        assert connection.connection.dbapi_connection is not raw
        assert connection.scalar(select(4)) == 4


def test_lost_at_commit(bank):
    """The connection asks for a rollback before it goes on, and is on a new connection then."""
    bank.program()
    with bank.engine.connect() as connection:
        connection.execute(insert(account), {"id": 1000, "owner": "x"})
        bank.proxy.cut()
        with pytest.raises(exc.DBAPIError) as caught:
            connection.commit()
        assert caught.value.connection_invalidated and connection.invalidated
        bank.proxy.restore()
        with pytest.raises(exc.PendingRollbackError):
            connection.scalar(select(1))
        connection.rollback()
        assert connection.scalar(select(1)) == 1 and not connection.invalidated
    assert bank.rows() == 2


def test_listeners_are_told(bank):
    told = []
    event.listen(bank.engine, "invalidate", lambda raw, record, error: told.append(type(error).__name__))
    event.listen(bank.engine, "handle_error", lambda context: told.append(context.is_disconnect))
    bank.program()
    bank.proxy.cut()
    with pytest.raises(exc.DBAPIError):
        bank.program()
    bank.proxy.restore()
    assert told == [True, "OperationalError"]
