"""How tests get a SQLite database."""

from __future__ import annotations

import os

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import make_url
from sqltoolkit_core.dialects.sqlite.provision import follower_url
from sqltoolkit_core.dialects.sqlite.provision import remove_database


@pytest.mark.parametrize(
    "url, expected",
    [
        ("sqlite://", "sqlite://"), ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite:///data/test.sqlite", "sqlite:///data/test_p1.sqlite"), ("sqlite:////abs/test", "sqlite:////abs/test_p1.db"),
        ("sqlite+aiosqlite:///test.db?timeout=5", "sqlite+aiosqlite:///test_p1.db?timeout=5"),
    ],
)  # fmt: skip
def test_one_database_per_process(url, expected):
    assert follower_url(make_url(url), "p1") == make_url(expected)


def test_removing(tmp_path):
    url = follower_url(make_url("sqlite:///%s" % (tmp_path / "x.db")), "p1")
    engine = create_engine(url)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode = wal").scalar() == "wal"
        connection.exec_driver_sql("CREATE TABLE t (x)")
    with engine.connect() as connection:
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
        assert {name.rpartition(".")[2] for name in os.listdir(str(tmp_path))} >= {"db", "db-wal"}
    engine.dispose()
    (tmp_path / "x_p1.db-journal").write_text("left over")
    (tmp_path / "other.db").write_text("kept")
    remove_database(url)
    assert os.listdir(str(tmp_path)) == ["other.db"]
    remove_database(url)


def test_nothing_to_remove():
    for url in ("sqlite://", "sqlite:///:memory:"):
        remove_database(make_url(url))
