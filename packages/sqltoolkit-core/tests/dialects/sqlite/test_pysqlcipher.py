"""Encrypted files: the key and the settings reach the driver before anything else does."""

from __future__ import annotations

import sqlite3
import sys
import types

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import make_url
from sqltoolkit_core.dialects.sqlite import pysqlcipher
from sqltoolkit_core.pool import SingletonThreadPool


class Recorder:
    """A connection and its cursor in one, which notes what is executed."""

    def __init__(self):
        self.log = []

    def cursor(self):
        return self

    def execute(self, sql):
        self.log.append(sql)

    def close(self):
        self.log.append("close")

    def create_function(self, name, *args, **kw):
        self.log.append("function " + name)

    def set_trace_callback(self, fn):
        return None


def unlocked(url):
    recorder = Recorder()
    pysqlcipher.dialect(dbapi=sqlite3).on_connect_url(make_url(url))(recorder)
    return [entry for entry in recorder.log if entry.startswith("PRAGMA")], recorder.log


@pytest.mark.parametrize(
    "url, expected",
    [
        ("sqlite+pysqlcipher://:secret@/x.db", ['PRAGMA key="secret"']),
        ("sqlite+pysqlcipher://:a%22b@/x.db?kdf_iter=64000&cipher=aes-256-cfb",
         ['PRAGMA key="a""b"', 'PRAGMA kdf_iter="64000"', 'PRAGMA cipher="aes-256-cfb"']),
        ("sqlite+pysqlcipher:///x.db", ['PRAGMA key=""']),
        ('sqlite+pysqlcipher://:x@/x.db?cipher_page_size=1%22%3B--', ['PRAGMA key="x"', 'PRAGMA cipher_page_size="1"";--"']),
    ],
)  # fmt: skip
def test_key_and_settings(url, expected):
    pragmas, log = unlocked(url)
    assert pragmas == expected
    # what any SQLite connection is given comes after the key
    assert log[: len(expected)] == expected and log[len(expected)] == "close" and "function regexp" in log


def test_they_are_no_arguments_of_connect():
    url = make_url("sqlite+pysqlcipher://me:secret@/x.db?kdf_iter=64000&timeout=7.5")
    positional, named = pysqlcipher.dialect(dbapi=sqlite3).create_connect_args(url)
    assert positional[0].endswith("x.db")
    assert named["timeout"] == 7.5 and not {"kdf_iter", "password", "username"} & set(named)


def test_pool():
    assert pysqlcipher.dialect.get_pool_class(make_url("sqlite+pysqlcipher:///x.db")) is SingletonThreadPool


class TestDriver:
    def test_the_newer_one_is_preferred(self, monkeypatch):
        newer, older = types.ModuleType("sqlcipher3"), types.ModuleType("pysqlcipher3")
        older.dbapi2 = types.ModuleType("pysqlcipher3.dbapi2")
        monkeypatch.setitem(sys.modules, "pysqlcipher3", older)
        monkeypatch.setitem(sys.modules, "pysqlcipher3.dbapi2", older.dbapi2)
        monkeypatch.setitem(sys.modules, "sqlcipher3", newer)
        assert pysqlcipher.dialect.import_dbapi() is newer
        monkeypatch.setitem(sys.modules, "sqlcipher3", None)
        assert pysqlcipher.dialect.import_dbapi() is older.dbapi2

    def test_neither(self, monkeypatch):
        for name in ("sqlcipher3", "pysqlcipher3"):
            monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(ImportError):
            create_engine("sqlite+pysqlcipher://:x@/x.db")

    def test_a_plain_driver_will_do_for_everything_but_the_encryption(self, tmp_path):
        engine = create_engine("sqlite+pysqlcipher://:secret@/%s?kdf_iter=5" % (tmp_path / "x.db"), module=sqlite3)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE t (x)")
            assert connection.exec_driver_sql("select 'abc' regexp 'b'").scalar() == 1
        engine.dispose()
