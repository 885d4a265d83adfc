"""What happens to the file below a SQLite engine: locked, deleted, replaced, cut off, full; writers that are killed.

Whatever it is, the error is of the library, no connection is lost or left in a transaction, a transaction happened as a
whole or not at all, and the engine works again, without help, once the file does.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from sqltoolkit_core import Column, Integer, MetaData, String, Table, create_engine, exc, func, insert, select
from sqltoolkit_core.pool import NullPool, QueuePool

metadata = MetaData()
account = Table("account", metadata, Column("id", Integer, primary_key=True), Column("owner", String(5000)))


@pytest.fixture
def path(tmp_path):
    made = str(tmp_path / "bank.db")
    engine = create_engine("sqlite:///" + made)
    metadata.create_all(engine)
    engine.dispose()
    return made


@pytest.fixture(params=[QueuePool, NullPool])
def engine(request, path):
    made = create_engine("sqlite:///" + path, poolclass=request.param, connect_args={"timeout": 0.05})
    yield made
    check(made)
    made.dispose()


def check(engine):
    """No connection is given out, none is in a transaction."""
    counts = engine.pool.metrics()
    assert counts["in_use"] == 0 and counts["opened"] - counts["closed"] == counts.get("idle", 0)
    for _ in range(counts.get("idle", 0)):
        with engine.connect() as connection:
            assert not connection.connection.dbapi_connection.in_transaction


def transfer(engine, text="x"):
    """Write two rows in a transaction."""
    with engine.begin() as connection:
        connection.execute(insert(account), {"owner": text})
        connection.execute(insert(account), {"owner": text})


def count(engine):
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(account))


def works(engine):
    before = count(engine)
    transfer(engine)
    assert count(engine) == before + 2


@pytest.mark.parametrize("lock", ["IMMEDIATE", "EXCLUSIVE"])
def test_locked_by_another_connection(engine, path, lock):
    works(engine)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN " + lock)
    for _ in range(3):
        with pytest.raises(exc.OperationalError) as caught:
            transfer(engine)
        assert caught.value.is_retryable and not caught.value.connection_invalidated
        check(engine) if lock == "IMMEDIATE" else None
    other.execute("ROLLBACK")
    other.close()
    works(engine)
    assert count(engine) == 4


def test_locked_in_the_middle_of_a_transaction(engine, path):
    """A reader that wants to write, and may not: its savepoints and its end still work."""
    other = sqlite3.connect(path, isolation_level=None)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(account)) == 0
        other.execute("BEGIN IMMEDIATE")
        nested = connection.begin_nested()
        with pytest.raises(exc.OperationalError, match="locked"):
            connection.execute(insert(account), {"owner": "x"})
        nested.rollback()
        assert connection.scalar(select(func.count()).select_from(account)) == 0
        connection.rollback()
        other.execute("COMMIT")
        connection.execute(insert(account), {"owner": "x"})
        connection.commit()
    other.close()
    assert count(engine) == 1


def test_commit_that_meets_a_reader(engine, path):
    """The commit waits for readers in vain: nothing was committed, and the rollback takes everything back."""
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM account").fetchall()
    with pytest.raises(exc.OperationalError, match="locked") as caught:
        transfer(engine)
    assert caught.value.is_retryable
    check(engine)
    reader.execute("COMMIT")
    reader.close()
    assert count(engine) == 0
    works(engine)


def test_run_goes_on_when_the_lock_is_gone(engine, path):
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.2, other.execute, ("ROLLBACK",))
    timer.start()
    attempts = []

    def work(connection):
        attempts.append(1)
        connection.execute(insert(account), [{"owner": "x"}, {"owner": "y"}])

    engine.run(work, retry=100, deadline=20)
    timer.join()
    other.close()
    assert len(attempts) > 1 and count(engine) == 2


_WRITER = """
import sys
from sqltoolkit_core import create_engine, text
engine = create_engine("sqlite:///" + sys.argv[1], connect_args={"timeout": 5})
while True:
    with engine.begin() as connection:
        for _ in range(2):
            connection.execute(text("INSERT INTO account (owner) VALUES (:owner)"), {"owner": "w" * 3000})
    print("written", flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_writer_is_killed(engine, path, mode):
    """Killed anywhere, it leaves whole transactions; connections that were open all the time go on."""
    plain = sqlite3.connect(path)
    plain.execute("PRAGMA journal_mode=" + mode)
    plain.close()
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    with engine.connect() as kept:
        kept.scalar(select(1))
        kept.rollback()
        for number in range(4):
            before = count(engine)
            writer = subprocess.Popen([sys.executable, "-c", _WRITER, path], stdout=subprocess.PIPE, env=environment)
            assert writer.stdout.readline().strip() == b"written"
            # somewhere in one of the next transactions
            time.sleep(0.003 * number)
            writer.send_signal(signal.SIGKILL)
            writer.wait()
            writer.stdout.close()
            after = count(engine)
            assert after > before and after % 2 == 0
            assert kept.scalar(select(func.count()).select_from(account)) == after
            kept.rollback()
            works(engine)


def test_deleted(engine, path):
    """Nothing is written into the void without an error, and a new file is met as what it is: empty."""
    works(engine)
    os.remove(path)
    with pytest.raises(exc.DBAPIError):
        transfer(engine)
    check(engine)
    engine.dispose()
    with pytest.raises(exc.OperationalError, match="no such table"):
        transfer(engine)
    metadata.create_all(engine)
    works(engine)


def test_directory_is_gone(tmp_path):
    place = tmp_path / "there"
    engine = create_engine("sqlite:///%s" % (place / "x.db"), pool_size=1, max_overflow=0, pool_timeout=0.1)
    for _ in range(3):
        with pytest.raises(exc.OperationalError):
            engine.connect()
    check(engine)
    place.mkdir()
    metadata.create_all(engine)
    works(engine)
    engine.dispose()


@pytest.mark.parametrize("harm", ["garbage", "cut off", "emptied"])
def test_harmed(engine, path, harm):
    """Garbage, and half a file, are errors that are not worth another attempt; a good copy is used at once."""
    transfer(engine, "x" * 4000)
    engine.dispose()
    with open(path, "rb") as file:
        good = file.read()
    with open(path, "wb") as file:
        file.write({"garbage": b"\0not a database" * 1000, "cut off": good[: len(good) // 2], "emptied": b""}[harm])
    for _ in range(3):
        with pytest.raises(exc.DatabaseError) as caught:
            with engine.begin() as connection:
                connection.execute(select(account)).all()
        assert not caught.value.is_retryable
        check(engine) if harm == "emptied" else None
    engine.dispose()
    with open(path, "wb") as file:
        file.write(good)
    assert count(engine) == 2
    works(engine)


def test_read_only(path):
    engine = create_engine("sqlite:///file:%s?mode=ro&uri=true" % path)
    for _ in range(3):
        with pytest.raises(exc.OperationalError, match="readonly"):
            transfer(engine)
        assert count(engine) == 0
    check(engine)
    engine.dispose()


def test_full(engine):
    """SQLite ends the transaction by itself: what came before in it is gone, and a commit does not pretend otherwise."""

    def fill(connection):
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql("PRAGMA max_page_count=%d" % (pages + 3))
        for _ in range(100):
            connection.execute(insert(account), {"owner": "x" * 4000})

    with pytest.raises(exc.OperationalError, match="full"):
        with engine.begin() as connection:
            fill(connection)
    engine.dispose()
    assert count(engine) == 0
    with pytest.raises(exc.PendingRollbackError):
        with engine.begin() as connection:
            with pytest.raises(exc.OperationalError, match="full"):
                fill(connection)
    engine.dispose()
    assert count(engine) == 0
    works(engine)
