"""Transactions: begin, commit, savepoints, blocks."""

from __future__ import annotations

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
        nested.rollback()
        add(conn, 2)
    assert values(conn) == [2]


def test_ended_transaction_is_inactive(conn):
    transaction = conn.begin()
    transaction.commit()
    assert not transaction.is_active
    transaction.rollback()
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
    conn.commit()
    assert values(conn) == [1]


def test_savepoint_statements_can_be_rendered_by_the_dialect(conn):
    seen = []
    event.listen(conn, "before_execute", lambda connection, element, *rest: seen.append(element.__visit_name__))
    conn.begin_nested().commit()
    conn.begin_nested().rollback()
    assert seen == ["savepoint", "release_savepoint", "savepoint", "rollback_to_savepoint"]
