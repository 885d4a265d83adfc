"""Making engines."""

from __future__ import annotations

import threading

import pytest

from sqltoolkit_core import AsyncAdaptedQueuePool
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
from sqltoolkit_core.engine.url import URL
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


def test_strategy_mock_is_deprecated():
    seen = []
    with pytest.warns(exc.SADeprecationWarning):
        engine = create_engine("sqlite://", strategy="mock", executor=lambda *arg: seen.append(arg))
    engine.execute(select(1))
    assert len(seen) == 1
    with pytest.warns(exc.SADeprecationWarning), pytest.raises(exc.ArgumentError):
        create_engine("sqlite://", strategy="plain")


def test_pool_and_driver_go_together():
    with pytest.raises(exc.ArgumentError, match="take QueuePool") as caught:
        create_engine("sqlite://", poolclass=AsyncAdaptedQueuePool)
    assert caught.value.code == "pcls"


def test_texts_of_a_configuration_become_values(tmp_path):
    settings = {
        "url": "sqlite:///%s" % (tmp_path / "x.db"),
        "pool_pre_ping": "true",
        "pool_use_lifo": "no",
        "pool_size": "2",
        "pool_min_size": "1",
        "pool_max_lifetime": "60.5",
        "pool_ping_idle": "1",
        "hide_parameters": "off",
        "query_cache_size": "20",
        "insertmanyvalues_page_size": "7",
        "use_insertmanyvalues": "false",
        "label_length": "12",
        "native_datetime": "false",
        "slow_query_threshold": "0.5",
        "skip_autocommit_rollback": "yes",
    }
    engine = engine_from_config({"sqlalchemy." + name: value for name, value in settings.items()})
    assert engine.hide_parameters is False and engine.slow_query_threshold == 0.5
    dialect = engine.dialect
    assert dialect.insertmanyvalues_page_size == 7 and dialect.use_insertmanyvalues is False
    assert dialect.label_length == 12 and dialect.native_datetime is False and dialect.skip_autocommit_rollback is True
    assert engine.pool.size() == 2
    with engine.connect() as connection:
        assert connection.scalar(select(1)) == 1
    with pytest.raises(ValueError):
        engine_from_config({"sqlalchemy.url": "sqlite://", "sqlalchemy.hide_parameters": "perhaps"})


def test_isolation_level_among_the_execution_options(tmp_path):
    url = "sqlite:///%s" % (tmp_path / "x.db")
    engine = create_engine(url, execution_options={"isolation_level": "autocommit"})
    with engine.connect() as connection:
        assert connection.connection.dbapi_connection.isolation_level is None
    engine = create_engine(url, isolation_level="read_uncommitted")
    with engine.connect() as connection:
        assert connection.get_isolation_level() == connection.default_isolation_level == "READ UNCOMMITTED"


class AskingDialect(dialect):
    """Notes the course of a first connection."""

    supports_statement_cache = True
    notes = []

    def on_connect(self):
        return lambda connection: self.notes.append("set up")

    def initialize(self, connection):
        self.notes.append("asked")
        connection.exec_driver_sql("select 1")
        super().initialize(connection)


def test_the_first_connection_is_set_up_before_it_is_asked():
    AskingDialect.notes = notes = []
    engine = create_engine("sqlite://", dialect=AskingDialect, poolclass=NullPool)
    for name in ("before_cursor_execute", "begin", "engine_connect"):
        event.listen(engine, name, lambda *args, name=name: notes.append(name))
    event.listen(engine.pool, "connect", lambda *args: notes.append("connect"))
    for _ in range(2):
        engine.connect().close()
    engine.dispose()
    engine.connect().close()
    assert notes == ["set up", "asked", "connect", "engine_connect"] + ["set up", "connect", "engine_connect"] * 2


def test_questions_are_asked_again_after_a_failure():
    class Failing(AskingDialect):
        supports_statement_cache = True
        failures = 1

        def initialize(self, connection):
            if self.failures:
                self.failures -= 1
                connection.exec_driver_sql("select no_such_column")
            super().initialize(connection)

    engine = create_engine("sqlite://", dialect=Failing)
    with pytest.raises(exc.OperationalError, match="no_such_column"):
        engine.connect()
    with engine.connect() as connection:
        assert connection.scalar(select(1)) == 1


def test_others_wait_until_the_questions_are_answered(tmp_path):
    begun, go_on = threading.Event(), threading.Event()

    class Slow(dialect):
        supports_statement_cache = True

        def initialize(self, connection):
            begun.set()
            assert go_on.wait(10)
            super().initialize(connection)

    engine = create_engine("sqlite:///%s" % (tmp_path / "x.db"), dialect=Slow)
    schemas = []

    def work():
        with engine.connect() as connection:
            schemas.append(connection.dialect.default_schema_name)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(10) and not schemas
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert schemas == ["main"] * 3


def test_a_url_may_know_its_dialect():
    class OwnURL(URL):
        def get_dialect(self):
            return AskingDialect

    engine = create_engine(OwnURL.create("elsewhere"))
    assert type(engine.dialect) is AskingDialect and engine.url.drivername == "elsewhere"
