"""Transactions: begin, commit, savepoints, blocks."""

from __future__ import annotations

import warnings

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import text


@pytest.fixture
def conn(tmp_path):
    with create_engine("sqlite:///%s" % (tmp_path / "t.db")).connect() as connection:
        connection.exec_driver_sql("create table t (x)")
        connection.commit()
        yield connection


def add(connection, value):
    connection.execute(text("insert into t values (:v)"), {"v": value})


def values(connection):
    return connection.scalars(text("select x from t order by x")).all()


def test_block_commits_and_rolls_back(conn):
    with conn.begin():
        add(conn, 1)
    with pytest.raises(ZeroDivisionError), conn.begin():
        add(conn, 2)
        1 / 0
    assert values(conn) == [1]


def test_savepoints(conn):
    with conn.begin():
        add(conn, 1)
        with conn.begin_nested():
            add(conn, 2)
            inner = conn.begin_nested()
            add(conn, 3)
            inner.rollback()
        with pytest.raises(ZeroDivisionError), conn.begin_nested():
            add(conn, 4)
            1 / 0
    assert values(conn) == [1, 2]


def test_savepoint_alone_is_part_of_a_transaction(conn):
    nested = conn.begin_nested()
    add(conn, 1)
    nested.commit()
    assert conn.in_transaction() and not conn.in_nested_transaction()
    conn.rollback()
    assert values(conn) == []


def test_ddl_is_transactional(conn):
    conn.exec_driver_sql("create table u (x)")
    conn.rollback()
    with pytest.raises(exc.OperationalError):
        conn.exec_driver_sql("select * from u")


def test_with_clause_is_transactional(conn):
    conn.exec_driver_sql("with a as (select 1 as x) insert into t select x from a")
    conn.rollback()
    assert values(conn) == []


def test_second_begin_is_refused(conn):
    conn.begin()
    with pytest.raises(exc.InvalidRequestError):
        conn.begin()


def test_block_with_ended_transaction_takes_no_statements(conn):
    with conn.begin() as transaction:
        add(conn, 1)
        transaction.commit()
        with pytest.raises(exc.InvalidRequestError):
            add(conn, 2)
    assert values(conn) == [1]


def test_failed_savepoint_wants_rollback(conn):
    with conn.begin():
        nested = conn.begin_nested()
        conn.exec_driver_sql("rollback to savepoint sa_savepoint_1")
        conn.exec_driver_sql("release savepoint sa_savepoint_1")
        with pytest.raises(exc.OperationalError):
            nested.commit()
        with pytest.raises(exc.PendingRollbackError):
            add(conn, 1)
        # the savepoint is gone, so that only the whole can be rolled back
        nested.rollback()
        with pytest.raises(exc.PendingRollbackError):
            add(conn, 2)
        conn.rollback()
    assert values(conn) == []


def test_rollback_after_a_failed_release_undoes_the_savepoint(conn, monkeypatch):
    def fail(connection, name):
        raise conn.dialect.dbapi.OperationalError("disk I/O error")

    with conn.begin():
        add(conn, 1)
        with monkeypatch.context() as patch:
            patch.setattr(conn.dialect, "do_release_savepoint", fail)
            with pytest.raises(conn.dialect.dbapi.OperationalError), conn.begin_nested():
                add(conn, 2)
        add(conn, 3)
    assert values(conn) == [1, 3]


def test_rollback_after_a_failed_commit_reaches_the_database(conn):
    conn.exec_driver_sql("pragma foreign_keys = on")
    conn.exec_driver_sql("create table p (id integer primary key)")
    conn.exec_driver_sql("create table c (p references p (id) deferrable initially deferred)")
    conn.commit()
    conn.exec_driver_sql("insert into c values (1)")
    with pytest.raises(exc.ForeignKeyViolation):
        conn.commit()
    with pytest.raises(exc.PendingRollbackError):
        add(conn, 1)
    assert conn.connection.in_transaction
    conn.rollback()
    assert not conn.connection.in_transaction
    conn.exec_driver_sql("insert into p values (1)")
    conn.commit()
    assert conn.exec_driver_sql("select count(*) from c").scalar() == 0
    conn.rollback()
    with pytest.raises(exc.ForeignKeyViolation), conn.begin():
        conn.exec_driver_sql("insert into c values (2)")
    assert not conn.connection.in_transaction


def fill_up(connection):
    connection.exec_driver_sql("pragma max_page_count = 4")
    with pytest.raises(exc.OperationalError, match="full"):
        connection.execute(text("insert into t values (:v)"), [{"v": "x" * 2000} for _ in range(50)])


def or_rollback(connection):
    connection.exec_driver_sql("create unique index i on t (x)")
    add(connection, 5)
    with pytest.raises(exc.UniqueViolation):
        connection.exec_driver_sql("insert or rollback into t values (5)")


@pytest.mark.parametrize("trouble", [fill_up, or_rollback])
def test_a_transaction_that_the_database_ended_takes_nothing_more(conn, trouble):
    conn.exec_driver_sql("pragma journal_mode = memory")
    conn.commit()
    add(conn, 1)
    trouble(conn)
    assert not conn.connection.in_transaction
    for attempt in (lambda: add(conn, 2), conn.commit, conn.begin_nested):
        with pytest.raises(exc.PendingRollbackError):
            attempt()
    conn.rollback()
    assert values(conn) == []
    conn.rollback()
    # a block does not end as if all had gone well
    with pytest.raises(exc.PendingRollbackError, match="nothing of it was committed"), conn.begin():
        add(conn, 1)
        trouble(conn)
    assert values(conn) == []


def test_errors_that_leave_the_transaction_alone(conn):
    conn.exec_driver_sql("create unique index i on t (x)")
    conn.commit()
    with conn.begin():
        add(conn, 1)
        for statement in ("insert into t values (1)", "select nothing"):
            with pytest.raises(exc.DBAPIError):
                conn.exec_driver_sql(statement)
    assert values(conn) == [1]
    conn.rollback()
    # nothing was begun, so nothing can have been ended
    with pytest.raises(exc.DBAPIError):
        conn.exec_driver_sql("select nothing")
    add(conn, 2)
    conn.commit()
    # each statement is a transaction of its own
    with conn.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
        add(other, 3)
        with pytest.raises(exc.UniqueViolation):
            add(other, 3)
        add(other, 4)
    assert values(conn) == [1, 2, 3, 4]


def test_a_driver_that_was_told_to_commit_by_itself(tmp_path):
    engine = create_engine("sqlite:///%s" % (tmp_path / "t.db"), connect_args={"isolation_level": None})
    with engine.connect() as connection:
        connection.exec_driver_sql("create table t (x unique)")
        add(connection, 1)
        with pytest.raises(exc.UniqueViolation):
            add(connection, 1)
        add(connection, 2)
        assert values(connection) == [1, 2]


def test_a_transaction_begun_by_a_listener(tmp_path):
    engine = create_engine("sqlite:///%s" % (tmp_path / "t.db"), connect_args={"isolation_level": None})
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with engine.begin() as connection:
        connection.exec_driver_sql("create table t (x unique)")
        add(connection, 1)
    with engine.connect() as connection:
        add(connection, 2)
        with pytest.raises(exc.UniqueViolation):
            connection.exec_driver_sql("insert or rollback into t values (1)")
        with pytest.raises(exc.PendingRollbackError):
            add(connection, 3)
        connection.rollback()
        assert values(connection) == [1]


def test_ended_transaction_is_inactive(conn):
    transaction = conn.begin()
    transaction.commit()
    assert not transaction.is_active
    transaction.close()
    with pytest.raises(exc.InvalidRequestError):
        transaction.commit()


def test_savepoints_ended_out_of_order(conn):
    conn.begin()
    outer = conn.begin_nested()
    inner = conn.begin_nested()
    add(conn, 1)
    with pytest.warns(exc.SAWarning, match="not the innermost"):
        outer.commit()
    # the database has released the inner one, too
    with pytest.raises(exc.OperationalError):
        inner.commit()
    with pytest.raises(exc.PendingRollbackError) as caught:
        add(conn, 2)
    assert caught.value.code == "8s2b"
    inner.rollback()
    # what was done since the inner one can't be told from the rest any more
    with pytest.raises(exc.PendingRollbackError):
        conn.commit()
    conn.rollback()
    assert values(conn) == []


def test_savepoint_statements_can_be_rendered_by_the_dialect(conn):
    seen = []
    event.listen(conn, "before_execute", lambda connection, element, *rest: seen.append(element.__visit_name__))
    conn.begin_nested().commit()
    conn.begin_nested().rollback()
    assert seen == ["savepoint", "release_savepoint", "savepoint", "rollback_to_savepoint"]


@pytest.mark.parametrize("kind", ["begin", "begin_nested"])
@pytest.mark.parametrize("first", ["commit", "rollback", "close"])
def test_rollback_of_what_was_ended_warns(kind, first):
    with create_engine("sqlite://").connect() as connection:
        if kind == "begin_nested":
            connection.begin()
        ended = getattr(connection, kind)()
        getattr(ended, first)()
        with pytest.warns(exc.SAWarning, match="nothing to roll back"):
            ended.rollback()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ended.close()
        assert connection.in_transaction() is (kind == "begin_nested")


def test_rolling_back_an_outer_savepoint_warns_and_closing_it_does_not(conn):
    outer = conn.begin_nested()
    conn.begin_nested()
    with pytest.warns(exc.SAWarning, match="innermost"):
        outer.rollback()
    conn.rollback()
    outer = conn.begin_nested()
    conn.begin_nested()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        outer.close()


def test_two_phases_do_not_begin_in_a_block_that_has_ended(conn):
    with conn.begin() as transaction:
        transaction.rollback()
        with pytest.raises(exc.InvalidRequestError, match="inside of the block"):
            conn.begin_twophase()


def test_an_error_after_a_savepoint_in_autocommit_mode_ends_nothing(conn):
    """What SQLite ended with the savepoint was no transaction of the connection."""
    conn.execution_options(isolation_level="AUTOCOMMIT")
    with conn.begin_nested():
        add(conn, 1)
    with pytest.raises(exc.OperationalError):
        conn.execute(text("insert into nowhere values (1)"))
    assert conn.in_transaction()
    add(conn, 2)
    assert values(conn) == [1, 2]


@pytest.mark.parametrize("in_transaction", [True, False])
def test_listeners_of_resets_learn_of_the_rollback_of_a_detached_connection(in_transaction):
    engine, states = create_engine("sqlite://"), []
    event.listen(engine, "reset", lambda connection, record, state: states.append(state))
    with engine.connect() as connection:
        connection.detach()
        if in_transaction:
            connection.begin()
    (state,) = states
    assert state.transaction_was_reset is in_transaction and state.terminate_only
