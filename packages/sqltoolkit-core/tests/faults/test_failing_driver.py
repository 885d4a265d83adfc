"""Every driver call of a small program fails in turn: no connection is lost, none goes back dirty, no row half-written."""

from __future__ import annotations

import importlib.util
import sqlite3
import sys
from pathlib import Path
from typing import Any, Iterator, Tuple

import pytest

from sqltoolkit_core import Column, Integer, MetaData, String, Table, create_engine, event, func, insert, select, update
from sqltoolkit_core.pool import QueuePool

_spec = importlib.util.spec_from_file_location("failing_driver", str(Path(__file__).with_name("failing_driver.py")))
assert _spec is not None and _spec.loader is not None
failing_driver = importlib.util.module_from_spec(_spec)
sys.modules["failing_driver"] = failing_driver
_spec.loader.exec_module(failing_driver)

metadata = MetaData()
account = Table(
    "account", metadata, Column("id", Integer, primary_key=True), Column("owner", String(20)), Column("cents", Integer)
)


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[Tuple[Any, Any, str]]:
    faults = failing_driver.Faults()
    path = str(tmp_path / "bank.sqlite")
    engine = create_engine(
        "sqlite:///" + path, module=failing_driver.Module(faults), poolclass=QueuePool, pool_size=2, max_overflow=0,
        pool_timeout=1,
    )
    metadata.create_all(engine)
    yield engine, faults, path
    faults.reset()
    engine.dispose()
    assert faults.open == []


def program(engine: Any) -> None:
    """One transaction that writes two rows and moves money, one that only reads, one that is rolled back."""
    with engine.begin() as connection:
        connection.execute(insert(account), [{"owner": "a", "cents": 5}, {"owner": "b", "cents": 7}])
        connection.execute(update(account).where(account.c.owner == "a").values(cents=account.c.cents + 1))
        with connection.begin_nested():
            connection.execute(update(account).where(account.c.owner == "b").values(cents=account.c.cents - 1))
    with engine.connect() as connection:
        for _ in connection.execute(select(account)):
            pass
        connection.scalar(select(func.sum(account.c.cents)))
    with engine.connect() as connection:
        connection.execute(insert(account), {"owner": "never", "cents": 0})
        connection.rollback()


def rows(path: str) -> int:
    plain = sqlite3.connect(path)
    try:
        return int(plain.execute("SELECT count(*) FROM account").fetchone()[0])
    finally:
        plain.close()


def calls_of_one_run(engine: Any, faults: Any) -> int:
    faults.reset()
    program(engine)
    return len(faults.calls)


@pytest.mark.parametrize("name", sorted(failing_driver.VARIANTS))
def test_any_failing_call_leaves_everything_in_order(driver: Any, name: str) -> None:
    engine, faults, path = driver
    total = calls_of_one_run(engine, faults)
    fired = 0
    for position in range(1, total + 1):
        engine.dispose()
        before = rows(path)
        faults.reset(position, failing_driver.VARIANTS[name])
        try:
            program(engine)
        except Exception:
            assert name != "interrupt" or not faults.fired
        except KeyboardInterrupt:
            assert name == "interrupt"
        fired += faults.fired
        faults.reset()
        assert engine.pool.checkedout() == 0, "call %d (%s) lost a connection" % (position, name)
        # the writing transaction happened as a whole, or not at all
        assert rows(path) - before in (0, 2), "call %d left part of a transaction" % position
        for connection in faults.open:
            assert not connection.in_transaction, "call %d left a transaction open in the pool" % position
        # the engine works at once, without anybody's help
        between = rows(path)
        program(engine)
        assert rows(path) == between + 2
        assert engine.pool.checkedout() == 0
    assert fired > total // 2


def test_a_failing_listener_returns_the_connection(driver: Any) -> None:
    engine, _, path = driver

    def refuse(*args: Any) -> None:
        raise ValueError("no")

    event.listen(engine, "before_cursor_execute", refuse)
    try:
        with pytest.raises(ValueError):
            program(engine)
    finally:
        event.remove(engine, "before_cursor_execute", refuse)
    assert engine.pool.checkedout() == 0
    assert rows(path) == 0
    program(engine)
    assert rows(path) == 2
