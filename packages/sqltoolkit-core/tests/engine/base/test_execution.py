"""Running statements: errors, events, time limits, tags, logs."""

from __future__ import annotations

import logging
import pickle

import pytest

from sqltoolkit_core import CheckConstraint
from sqltoolkit_core import Column
from sqltoolkit_core import ForeignKey
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import UniqueConstraint
from sqltoolkit_core import bindparam
from sqltoolkit_core import create_engine
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import insert
from sqltoolkit_core import literal
from sqltoolkit_core import literal_column
from sqltoolkit_core import select
from sqltoolkit_core import text
from sqltoolkit_core import update

metadata = MetaData()
item = Table(
    "item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("qty", Integer),
    Column("parent", ForeignKey("item.id")),
    UniqueConstraint("name", name="uq_name"),
    CheckConstraint("qty > 0", name="positive"),
)


@pytest.fixture
def engine():
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(insert(item), {"id": 1, "name": "a", "qty": 1})
    return engine


@pytest.mark.parametrize(
    "values, kind, columns, constraint",
    [
        ({"name": "a"}, exc.UniqueViolation, ("name",), "uq_name"),
        ({"name": None}, exc.NotNullViolation, ("name",), None),
        ({"name": "b", "qty": 0}, exc.CheckViolation, ("qty",), "positive"),
        ({"name": "b", "parent": 99}, exc.ForeignKeyViolation, ("parent",), None),
    ],
)
@pytest.mark.parametrize("many", [False, True])
def test_violations_are_typed(engine, values, kind, columns, constraint, many):
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma foreign_keys = on")
        with pytest.raises(kind) as caught:
            connection.execute(insert(item), [values, dict(values, name="z")] if many else values)
    error = caught.value
    assert error.table is item and error.constraint == constraint and not error.is_retryable
    assert error.columns in (columns, ())
    assert "INSERT INTO item" in error.statement and error.orig is not None


def test_missing_and_wrong_parameters(engine):
    with engine.connect() as connection:
        stmt = select(item).where(item.c.id == bindparam("pk"))
        with pytest.raises(exc.StatementError, match="'pk'"):
            connection.execute(stmt)
        with pytest.raises(exc.StatementError, match="group 2"):
            connection.execute(insert(item), [{"name": "x"}, {}])
        with pytest.raises(exc.ArgumentError):
            connection.execute(stmt, [1])
        with pytest.raises(exc.ObjectNotExecutableError):
            connection.execute("select 1")


def test_executemany(engine):
    with engine.begin() as connection:
        connection.execute(insert(item), [{"name": n, "qty": 3} for n in "bcd"])
        stmt = update(item).where(item.c.name == bindparam("n")).values(qty=item.c.qty + 1)
        assert connection.execute(stmt, [{"n": "b"}, {"n": "c"}, {"n": "none"}]).rowcount == 2
        assert connection.scalars(select(item.c.qty).order_by(item.c.id)).all() == [1, 4, 4, 3]


def test_events_after_first_use(engine):
    seen = []
    with engine.connect() as connection:
        connection.execute(select(item)).all()

        @event.listens_for(connection, "before_cursor_execute", retval=True)
        def change(conn, cursor, statement, parameters, context, executemany):
            seen.append((statement, parameters))
            return "select 42", ()

        assert connection.execute(select(item.c.id)).scalar() == 42
        event.remove(connection, "before_cursor_execute", change)
        assert connection.execute(select(item.c.id)).scalar() == 1
    assert seen == [("SELECT item.id \nFROM item", ())]


def test_engine_events_reach_option_engines(engine):
    seen = []
    event.listen(engine, "before_execute", lambda *arg: seen.append("engine"))
    options = engine.execution_options(x=1)
    event.listen(options, "before_execute", lambda *arg: seen.append("options"))
    with options.connect() as connection:
        connection.execute(select(1))
    assert seen == ["options", "engine"]


def test_handle_error_replaces(engine):
    class Special(Exception):
        pass

    @event.listens_for(engine, "handle_error")
    def handle(context):
        assert context.statement == "select nothing" and not context.is_disconnect
        raise Special()

    with engine.connect() as connection, pytest.raises(Special) as caught:
        connection.exec_driver_sql("select nothing")
    assert caught.value.__cause__ is not None


def test_time_limit(engine):
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    with engine.connect() as connection:
        with pytest.raises(exc.OperationalError, match="time limit"):
            connection.execute(text(endless), execution_options={"timeout": 0.05}).scalar()
        connection.rollback()
        assert connection.scalar(select(1)) == 1
        assert connection.execute(select(2), execution_options={"timeout": 5}).scalar() == 2


def test_tags_and_slow_statements(engine, caplog):
    slow = create_engine("sqlite://", slow_query_threshold=0.0)
    with caplog.at_level(logging.WARNING), slow.connect() as connection:
        connection.execute(select(1), execution_options={"query_tags": {"a b": "*/ x"}})
    (message,) = [record.getMessage() for record in caplog.records]
    assert "SELECT 1 /*a%20b='%2A%2F%20x'*/" in message


def test_hidden_parameters():
    engine = create_engine("sqlite://", hide_parameters=True)
    with engine.connect() as connection, pytest.raises(exc.OperationalError) as caught:
        connection.execute(text("select * from nothing where x = :x"), {"x": "secret"})
    assert "secret" not in str(caught.value)


def test_interrupt_throws_the_connection_away(engine):
    with engine.connect() as connection:

        @event.listens_for(connection, "before_cursor_execute")
        def interrupt(*arg):
            raise KeyboardInterrupt()

        with pytest.raises(KeyboardInterrupt):
            connection.execute(select(1))
        assert connection.invalidated


def test_cache_is_bounded():
    engine = create_engine("sqlite://", query_cache_size=10)
    with engine.connect() as connection:
        for n in range(60):
            connection.execute(select(literal(1).label("c%d" % n)))
        assert len(connection.compiled_cache) <= 15
    engine.clear_compiled_cache()
    assert not engine.connect().compiled_cache


def test_context_says_what_the_cache_did(engine):
    with engine.connect() as connection:
        hits = [connection.execute(select(item).where(item.c.id == i)).context.cache_hit.name for i in (1, 2)]
        assert hits == ["CACHE_MISS", "CACHE_HIT"]
        without = connection.execute(select(item), execution_options={"compiled_cache": None})
        assert without.context.cache_hit.name == "CACHING_DISABLED"
        assert connection.exec_driver_sql("SELECT 1").context.cache_hit.name == "NO_CACHE_KEY"


@pytest.mark.parametrize(
    "make, parameters",
    [
        (lambda t: select(t.c.x).where(t.c.x == 1), None),
        (lambda t: select(t.c.x).where(t.c.x == 1), {}),
        (lambda t: select(t.c.x).where(t.c.x == bindparam("v")), {"v": 1}),
        (lambda t: t.insert().values(x=1), None),
        (lambda t: t.insert(), {"x": 1}),
        (lambda t: t.update().values(x=2), {}),
        (lambda t: t.delete().where(t.c.x == 5), None),
    ],
)
def test_equal_statements_go_the_short_way(engine, monkeypatch, make, parameters):
    table = Table("short", MetaData(), Column("x", Integer))
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(make(table), parameters)

        def refuse(self, *args):
            raise AssertionError("compiled again, or a context was made")

        monkeypatch.setattr(type(connection), "_execute_with_context", refuse)
        connection.execute(make(table), parameters)


def test_a_statement_that_is_executed_again_finds_what_fits():
    first, second = create_engine("sqlite://"), create_engine("sqlite://")
    statement = select(bindparam("a", 1, Integer), bindparam("b", 2, Integer))
    for _ in range(3):
        for engine, shift in ((first, 0), (second, 10)):
            with engine.connect() as connection:
                assert connection.execute(statement).first() == (1, 2)
                assert connection.execute(statement, {"b": 5 + shift}).first() == (1, 5 + shift)
                assert connection.execute(statement, {"b": 6, "a": shift}).first() == (shift, 6)
        copy = pickle.loads(pickle.dumps(statement.add_columns(literal_column("3"))))
        with first.connect() as connection:
            assert connection.execute(copy).first() == (1, 2, 3)
    # without a cache nothing is remembered
    with first.connect().execution_options(compiled_cache=None) as connection:
        assert connection.execute(statement).first() == (1, 2)
    first.dispose()
    second.dispose()
