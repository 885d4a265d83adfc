"""Settings of connections that are given as execution options."""

from __future__ import annotations

import sqlite3

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqltoolkit_core.engine.characteristics import ConnectionCharacteristic
from sqltoolkit_core.engine.characteristics import IsolationLevelCharacteristic
from sqltoolkit_core.engine.characteristics import LoggingTokenCharacteristic
from sqltoolkit_core.engine.characteristics import characteristics_in
from sqltoolkit_core.pool import QueuePool
from sqltoolkit_core.util import immutabledict


class CacheSize(ConnectionCharacteristic):
    """A setting of SQLite that a dialect of one's own makes an option."""

    def __init__(self, transactional=False):
        self.transactional = transactional
        self.log = []

    def set_characteristic(self, dialect, dbapi_conn, value):
        self.log.append(("set", value))
        dbapi_conn.execute("PRAGMA cache_size = %d" % value)

    def reset_characteristic(self, dialect, dbapi_conn):
        self.log.append("reset")
        dbapi_conn.execute("PRAGMA cache_size = 100")

    def get_characteristic(self, dialect, dbapi_conn):
        return dbapi_conn.execute("PRAGMA cache_size").fetchone()[0]


@pytest.fixture
def engine(request, tmp_path):
    setting = CacheSize(getattr(request, "param", True))
    known = dict(SQLiteDialect_pysqlite.connection_characteristics, cache_size=setting)
    dialect = type("Dialect", (SQLiteDialect_pysqlite,), {"connection_characteristics": immutabledict(known)})
    engine = create_engine("sqlite:///%s" % (tmp_path / "x"), dialect=dialect(dbapi=sqlite3), poolclass=QueuePool)
    engine.setting = setting
    yield engine
    engine.dispose()


def size(connection):
    return connection.exec_driver_sql("PRAGMA cache_size").scalar()


def test_set_and_taken_back(engine):
    with engine.connect() as connection:
        connection.execution_options(cache_size=77)
        assert size(connection) == 77
    assert engine.setting.log == [("set", 77), "reset"]
    with engine.connect() as connection:
        assert size(connection) == 100


def test_of_an_engine(engine):
    other = engine.execution_options(cache_size=55)
    with other.connect() as connection:
        assert size(connection) == 55
    with engine.connect() as connection:
        assert size(connection) == 100


@pytest.mark.parametrize("engine", [True], indirect=True)
def test_not_inside_of_a_transaction(engine):
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
        with pytest.raises(exc.InvalidRequestError, match="cache_size can't be changed"):
            connection.execution_options(cache_size=5)


@pytest.mark.parametrize("engine", [False], indirect=True)
def test_those_that_may_change_at_any_time(engine):
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
        connection.execution_options(cache_size=5)
        assert size(connection) == 5


def test_detached_connections_keep_it(engine):
    with engine.connect() as connection:
        connection.execution_options(cache_size=66)
        connection.detach()
        assert size(connection) == 66
    assert "reset" not in engine.setting.log


@pytest.mark.parametrize("call", ["set_characteristic", "reset_characteristic", "get_characteristic"])
def test_what_a_setting_has_to_say(call):
    class Nothing(ConnectionCharacteristic):
        pass

    arguments = (None, None, 1) if call.startswith("set") else (None, None)
    with pytest.raises(NotImplementedError, match="Nothing can't be"):
        getattr(Nothing(), call)(*arguments)


def test_isolation_level(engine):
    one = IsolationLevelCharacteristic()
    assert one.transactional
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert one.get_connection_characteristic(engine.dialect, connection, raw) == "SERIALIZABLE"
        one.set_connection_characteristic(engine.dialect, connection, raw, "read uncommitted")
        assert one.get_characteristic(engine.dialect, raw) == "READ UNCOMMITTED"
        one.reset_connection_characteristic(engine.dialect, connection, raw)
        assert one.get_characteristic(engine.dialect, raw) == "SERIALIZABLE"
        with pytest.raises(exc.ArgumentError, match="'nothing' is no isolation level of sqlite; it has"):
            one.set_characteristic(engine.dialect, raw, "nothing")


def test_logging_token(engine):
    one = LoggingTokenCharacteristic()
    assert not one.transactional
    with engine.connect() as connection:
        connection.execution_options(logging_token="mine")
        assert one.get_connection_characteristic(engine.dialect, connection, None) == "mine"
        one.reset_connection_characteristic(engine.dialect, connection, None)
        assert one.reset_characteristic(engine.dialect, None) is None
    with pytest.raises(NotImplementedError, match="belongs to a Connection"):
        one.set_characteristic(engine.dialect, None, "x")


def test_which_options_are_settings():
    known = {"a": 1, "b": 2}
    assert characteristics_in(known, {"b": 5, "c": 6}) == {"b": 5}
    assert characteristics_in(known, {}) == {}
