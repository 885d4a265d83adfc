"""Making engines."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import NullPool
from sqltoolkit_core import QueuePool
from sqltoolkit_core import SingletonThreadPool
from sqltoolkit_core import Table
from sqltoolkit_core import create_engine
from sqltoolkit_core import create_mock_engine
from sqltoolkit_core import create_pool_from_url
from sqltoolkit_core import engine_from_config
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import select
from sqltoolkit_core.dialects.sqlite import dialect
from sqltoolkit_core.engine import CreateEnginePlugin
from sqltoolkit_core.engine.url import plugins


def test_pools(tmp_path):
    assert isinstance(create_engine("sqlite://").pool, SingletonThreadPool)
    assert isinstance(create_engine("sqlite:///%s" % (tmp_path / "x.db")).pool, QueuePool)
    assert isinstance(create_engine("sqlite://", poolclass=NullPool).pool, NullPool)
    pool = create_pool_from_url("sqlite:///%s" % (tmp_path / "x.db"), pool_size=3, timeout=1)
    connection = pool.connect()
    assert connection.cursor().execute("select 1").fetchone() == (1,) and pool.size() == 3
    connection.close()


def test_keywords():
    with pytest.raises(TypeError, match="no_such"):
        create_engine("sqlite://", no_such=1)
    engine = create_engine("sqlite://", isolation_level="AUTOCOMMIT", execution_options={"a": 1})
    with engine.connect() as connection:
        assert connection.connection.dbapi_connection.isolation_level is None
        assert connection.get_execution_options()["a"] == 1
    with pytest.raises(exc.ArgumentError):
        create_engine("sqlite://", isolation_level="NONSENSE").connect()
    with pytest.raises(exc.NoSuchModuleError):
        create_engine("nothing://")


def test_creator_connect_args_and_dialect(tmp_path):
    import sqlite3

    made = []

    def creator():
        made.append(sqlite3.connect(":memory:"))
        return made[-1]

    with create_engine("sqlite://", creator=creator).connect() as connection:
        assert connection.connection.dbapi_connection is made[0]
    engine = create_engine("sqlite://", dialect=dialect(), connect_args={"cached_statements": 5})
    assert engine.connect().scalar(select(1)) == 1


def test_from_config():
    engine = engine_from_config(
        {"db.url": "sqlite://", "db.echo": "false", "db.pool_size": "7", "other": 1}, "db.",
    )
    assert engine.echo is False and engine.pool.size == 7


def test_do_connect_can_change_arguments():
    engine = create_engine("sqlite:///nowhere/at/all.db")

    @event.listens_for(engine, "do_connect")
    def change(dialect, record, cargs, cparams):
        cargs[0] = ":memory:"

    assert engine.connect().scalar(select(1)) == 1


def test_unreachable_file():
    with pytest.raises(exc.OperationalError):
        create_engine("sqlite:////no/such/folder/x.db").connect()


def test_plugin():
    seen = []

    class Plugin(CreateEnginePlugin):
        def update_url(self, url):
            return url.difference_update_query(["mine"])

        def handle_pool_kwargs(self, pool_cls, pool_args):
            pool_args["logging_name"] = "p"

        def engine_created(self, engine):
            seen.append(engine)

    plugins.register("testing_plugin", Plugin)
    try:
        engine = create_engine("sqlite://?plugin=testing_plugin&mine=1")
    finally:
        plugins.deregister("testing_plugin")
    assert seen == [engine] and engine.pool.logging_name == "p" and not engine.url.query


def test_mock_engine():
    seen = []
    engine = create_mock_engine("sqlite://", lambda statement, *arg: seen.append(str(statement.compile())))
    metadata = MetaData()
    Table("t", metadata, Column("x", Integer))
    metadata.create_all(engine)
    assert [text.split() for text in seen] == [["CREATE", "TABLE", "t", "(", "x", "INTEGER", ")"]]
