"""Events of engines, connections and dialects: who is told, and what an answer changes."""

from __future__ import annotations

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import pool
from sqltoolkit_core import select
from sqltoolkit_core import text
from sqltoolkit_core.engine import Connection
from sqltoolkit_core.engine import Engine


@pytest.fixture()
def engine(tmp_path):
    made = create_engine("sqlite:///%s" % (tmp_path / "test.db"))
    yield made
    made.dispose()


def noting(calls, *names):
    return {name: (lambda *args, name=name: calls.append(name)) for name in names}


def listen_to_all(target, listeners):
    for name, fn in listeners.items():
        event.listen(target, name, fn)


def test_course_of_a_transaction(engine) -> None:
    calls = []
    names = (
        "engine_connect begin before_execute before_cursor_execute after_cursor_execute after_execute "
        "savepoint release_savepoint rollback_savepoint commit rollback engine_disposed"
    ).split()
    listen_to_all(engine, noting(calls, *names))
    with engine.connect() as connection:
        connection.execute(select(1))
        with connection.begin_nested():
            pass
        connection.begin_nested().rollback()
        connection.commit()
        connection.execute(select(1))
        connection.rollback()
    engine.dispose()
    statement = ["before_execute", "before_cursor_execute", "after_cursor_execute", "after_execute"]
    executed = [call for call in calls if call in statement[:1] + statement[-1:]]
    # the statements about savepoints too
    assert executed == ["before_execute", "after_execute"] * 6
    assert calls[:2] == ["engine_connect", "begin"] or calls[1] == "before_execute"
    others = [call for call in calls if call not in statement]
    assert others == [
        "engine_connect",
        "begin",
        "savepoint",
        "release_savepoint",
        "savepoint",
        "rollback_savepoint",
        "commit",
        "begin",
        "rollback",
        "engine_disposed",
    ]


def test_answers_replace_what_is_executed(engine) -> None:
    @event.listens_for(engine, "before_execute", retval=True)
    def other_element(conn, clauseelement, multiparams, params, execution_options):
        return select(2), multiparams, params

    with engine.connect() as connection:
        assert connection.scalar(select(1)) == 2
    event.remove(engine, "before_execute", other_element)

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def other_text(conn, cursor, statement, parameters, context, executemany):
        return "SELECT 3", ()

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 3


def test_answers_count_only_where_they_are_announced(engine) -> None:
    event.listen(engine, "before_cursor_execute", lambda *args: ("SELECT 5", ()))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    with pytest.raises(exc.ArgumentError, match="retval"):
        event.listen(engine, "commit", lambda conn: None, retval=True)


def test_one_connection_all_engines_and_removal(engine) -> None:
    calls = []

    def listener(name):
        return lambda conn, cursor, statement, *rest: calls.append(name)

    of_class, of_engine, of_connection = map(listener, ("class", "engine", "connection"))
    event.listen(Engine, "before_cursor_execute", of_class)
    try:
        event.listen(engine, "before_cursor_execute", of_engine)
        with engine.connect() as connection:
            event.listen(connection, "before_cursor_execute", of_connection)
            connection.execute(text("SELECT 1"))
            assert calls == ["connection", "class", "engine"]
        calls.clear()
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        assert calls == ["class", "engine"]
        with engine.execution_options(mine=1).connect() as connection:
            connection.execute(text("SELECT 1"))
        assert calls == ["class", "engine"] * 2
    finally:
        event.remove(Engine, "before_cursor_execute", of_class)
    calls.clear()
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("SELECT 1"))
    assert calls == []


def test_listening_after_first_use(engine) -> None:
    calls = []
    with engine.connect() as connection:
        connection.execute(select(1))
        event.listen(engine, "before_cursor_execute", lambda *args: calls.append(1))
        connection.execute(select(1))
    assert calls == [1]


def test_all_connections(engine) -> None:
    calls = []

    def listener(conn):
        calls.append(conn)

    event.listen(Connection, "begin", listener)
    try:
        with engine.begin() as connection:
            assert calls == [connection]
    finally:
        event.remove(Connection, "begin", listener)


def test_older_parameters(engine) -> None:
    calls = []
    event.listen(engine, "engine_connect", lambda conn, branch: calls.append(branch))
    with pytest.warns(exc.SADeprecationWarning):
        engine.connect().close()
    assert calls == [False]


def test_options(engine) -> None:
    @event.listens_for(engine, "set_connection_execution_options")
    def change(conn, opts):
        opts["changed"] = opts.pop("given")

    with engine.connect() as connection:
        connection.execution_options(given=5)
        assert connection.get_execution_options()["changed"] == 5


def test_errors(engine) -> None:
    contexts = []
    event.listen(engine, "handle_error", lambda context: contexts.append(context))
    with engine.connect() as connection:
        with pytest.raises(exc.OperationalError):
            connection.execute(text("SELECT * FROM nowhere"))
        (context,) = contexts
        assert context.connection is connection and context.engine is engine
        assert context.statement == "SELECT * FROM nowhere"
        assert isinstance(context.sqlalchemy_exception, exc.OperationalError)
        assert not context.is_disconnect and not context.is_pre_ping

    class Mine(Exception):
        pass

    event.listen(engine, "handle_error", lambda context: Mine("instead"), retval=True)
    with engine.connect() as connection:
        with pytest.raises(Mine, match="instead"):
            connection.execute(text("SELECT * FROM nowhere"))
        with pytest.raises(exc.InvalidRequestError, match="Engine"):
            event.listen(connection, "handle_error", lambda context: None)


@pytest.mark.parametrize("retval", [True, False])
def test_errors_in_a_chain(engine, retval) -> None:
    chained = []

    def second(context):
        chained.append(context.chained_exception)
        return None if len(chained) == 1 else KeyError("second")

    first = ValueError("first")
    event.listen(engine, "handle_error", lambda context: first, retval=retval)
    event.listen(engine, "handle_error", second, retval=retval)
    with engine.connect() as connection:
        with pytest.raises(ValueError, match="first"):
            connection.execute(text("SELECT * FROM nowhere"))
        with pytest.raises(KeyError, match="second"):
            connection.execute(text("SELECT * FROM nowhere"))
    assert chained == [first, first]


def test_failed_ping_is_told(tmp_path) -> None:
    engine = create_engine("sqlite:///%s" % (tmp_path / "t.db"), pool_pre_ping=True)
    told = []

    @event.listens_for(engine, "handle_error")
    def told_of(context):
        told.append((context.is_pre_ping, context.is_disconnect))
        context.is_disconnect = True

    engine.connect().close()
    error = engine.dialect.dbapi.OperationalError

    def failing_ping(connection):
        engine.dialect.__dict__.pop("do_ping")
        raise error("no answer")

    engine.dialect.do_ping = failing_ping
    with engine.connect() as connection:
        assert connection.scalar(select(1)) == 1
    assert told == [(True, False)]
    assert engine.pool.metrics()["invalidated"] == 1


def test_dialect_does_its_work_otherwise(engine) -> None:
    calls = []

    @event.listens_for(engine, "do_execute")
    def execute(cursor, statement, parameters, context):
        calls.append(statement)
        cursor.execute("SELECT 9")
        return True

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 9
    assert calls == ["SELECT 1"]


def test_connecting_otherwise(tmp_path) -> None:
    import sqlite3

    engine = create_engine("sqlite:///%s" % (tmp_path / "t.db"))
    seen = []

    @event.listens_for(engine, "do_connect")
    def connect(dialect, conn_rec, cargs, cparams):
        seen.append(cargs)
        return sqlite3.connect(":memory:", **cparams)

    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA database_list").first()[2] == ""
    assert len(seen) == 1


def test_pool_events_on_engine_and_class(engine) -> None:
    calls = []

    def on_engine(connection, record):
        calls.append("engine")

    def on_class(connection, record):
        calls.append("class")

    event.listen(engine, "connect", on_engine)
    event.listen(Engine, "connect", on_class)
    try:
        engine.connect().close()
        assert sorted(calls) == ["class", "engine"]
        engine.dispose()
        engine.connect().close()
        assert len(calls) == 4
    finally:
        event.remove(Engine, "connect", on_class)
    assert not event.contains(pool.Pool, "connect", on_class)


def test_the_last_listener_gone_nobody_listens(engine) -> None:
    def listener(*args):
        pass

    def other(*args):
        pass

    for target in (Engine, engine, Connection):
        assert not target.has_events
        event.listen(target, "begin", listener)
        event.listen(target, "commit", other)
        event.remove(target, "begin", listener)
        assert target.has_events
        event.remove(target, "commit", other)
        assert not target.has_events
    event.listen(Engine, "begin", listener)
    event.listen(engine, "begin", other)
    event.remove(engine, "begin", other)
    # what listens to all engines listens to this one, too
    assert engine.has_events
    event.remove(Engine, "begin", listener)
    assert not engine.has_events
    event.listen(Engine, "begin", listener)
    event.listen(engine, "begin", other)
    event.remove(Engine, "begin", listener)
    # who listens to this one goes on
    assert engine.has_events


def test_the_nearest_listeners_come_first(engine) -> None:
    calls = []
    with_options = engine.execution_options(mark=1)

    def of_class(connection):
        calls.append("class")

    event.listen(Connection, "begin", of_class)
    try:
        event.listen(engine, "begin", lambda connection: calls.append("engine"))
        event.listen(with_options, "begin", lambda connection: calls.append("options"))
        with with_options.connect() as connection:
            event.listen(connection, "begin", lambda connection: calls.append("connection"))
            event.listen(connection, "begin", lambda connection: calls.append("before"), insert=True)
            connection.begin()
    finally:
        event.remove(Connection, "begin", of_class)
    assert calls == ["class", "before", "connection", "options", "engine"]
