"""Engines: caches, disposal, options."""

from __future__ import annotations

from sqltoolkit_core import create_engine
from sqltoolkit_core import inspect
from sqltoolkit_core import select
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
