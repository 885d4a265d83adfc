"""Engines: caches, disposal, options."""

from __future__ import annotations

import os

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core import inspect
from sqltoolkit_core import select
from sqltoolkit_core import text
from sqltoolkit_core.engine.base.engine import StatementCache


def test_begin_and_dispose(tmp_path):
    engine = create_engine("sqlite:///%s" % (tmp_path / "e.db"))
    with engine.begin() as connection:
        connection.exec_driver_sql("create table t (x)")
    pool = engine.pool
    engine.dispose()
    assert engine.pool is not pool and inspect(engine).get_table_names() == ["t"]
    assert (engine.name, engine.driver, engine.engine) == ("sqlite", "pysqlite", engine)
    assert engine.execution_options(a=1).pool is engine.pool


def test_holders_tell_the_last_statement_and_the_line(tmp_path):
    engine = create_engine("sqlite:///%s" % (tmp_path / "e.db"), pool_trace_checkouts=True)
    statement = select(5)
    with engine.begin() as connection:
        assert engine.pool.holders()[0].last_sql is None
        for run in (connection.scalar, connection.execute):
            run(statement)
            assert engine.pool.holders()[0].last_sql == "SELECT 5"
        with pytest.raises(exc.OperationalError):
            connection.execute(text("nonsense"))
        holder = engine.pool.holders()[0]
        assert holder.last_sql == "nonsense" and "test_engine.py" in holder.site
        connection.execute(text("create table t (x)"))
        assert engine.pool.holders()[0].in_transaction is True
        connection.detach()
        connection.execute(statement)


def test_raw_connection():
    pooled = create_engine("sqlite://").raw_connection()
    assert pooled.cursor().execute("select 1").fetchone() == (1,)
    pooled.close()


def test_compiled_cache_of_ones_own():
    cache = {}
    with create_engine("sqlite://").connect() as connection:
        connection.execution_options(compiled_cache=cache).execute(select(1))
    assert len(cache) == 1


def test_statement_cache_drops_the_oldest():
    evicted = []
    cache = StatementCache(4, evicted.append)
    for n in range(7):
        cache[n] = n
    assert list(cache) == [3, 4, 5, 6] and evicted


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_process_goes_on_with_connections_of_its_own(tmp_path):
    engine = create_engine("sqlite:///%s" % (tmp_path / "fork.db"))
    with engine.begin() as connection:
        connection.execute(text("create table t (x)"))
    connection = engine.connect()
    connection.execute(text("insert into t values (1)"))
    child = os.fork()
    if child == 0:
        code = 1
        try:
            assert connection.invalidated
            with pytest.raises(exc.PendingRollbackError):
                connection.execute(text("select 1"))
            connection.rollback()
            assert connection.scalar(text("select count(*) from t")) == 0
            connection.close()
            engine.dispose()
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    connection.commit()
    assert connection.scalar(text("select count(*) from t")) == 1
    connection.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_database_in_memory_is_copied_into_the_child_process():
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("create table t (x)"))
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with engine.connect() as connection:
                assert connection.scalar(text("select count(*) from t")) == 0
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
