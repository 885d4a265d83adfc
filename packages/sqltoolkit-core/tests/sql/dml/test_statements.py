"""INSERT, UPDATE and DELETE."""

from __future__ import annotations

import pytest

from sql_cases import A, B, check_error, check_sql

from sqltoolkit_core import Column, Integer, MetaData, Table, column, delete, exc, func, insert, select, table, update

WITH_DEFAULTS = Table(
    "df",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("x", Integer, default=5),
    Column("y", Integer, onupdate=func.now()),
    Column("z", Integer, server_default="3"),
)


SQL = [
    (lambda: insert(WITH_DEFAULTS).values(z=1),
     'INSERT INTO df (x, z) VALUES (:x, :z)', {'x': None, 'z': 1}),
    (lambda: update(WITH_DEFAULTS).values(z=1),
     'UPDATE df SET y=now(), z=:z', {'z': 1}),
    (lambda: insert(A).values([{'x': 1}, {'x': 2}]),
     'INSERT INTO a (x) VALUES (:x_m0), (:x_m1)', {'x_m0': 1, 'x_m1': 2}),
    (lambda: insert(A).values((4, 5)),
     'INSERT INTO a (id, x) VALUES (:id, :x)', {'id': 4, 'x': 5}),
    (lambda: insert(A).values(x=func.lower('X')),
     'INSERT INTO a (x) VALUES (lower(:lower_1))', {'lower_1': 'X'}),
    (lambda: insert(A).from_select(['x'], select(B.c.y).where(B.c.aid==2)),
     'INSERT INTO a (x) SELECT b.y \nFROM b \nWHERE b.aid = :aid_1', {'aid_1': 2}),
    (lambda: insert(WITH_DEFAULTS).from_select(['z'], select(B.c.y)),
     'INSERT INTO df (z, x) SELECT b.y, :x AS anon_1 \nFROM b', {'x': None}),
    (lambda: insert(WITH_DEFAULTS).from_select(['z'], select(B.c.y), include_defaults=False),
     'INSERT INTO df (z) SELECT b.y \nFROM b', {}),
    (lambda: update(A).values(x=A.c.x+1).where(A.c.id==7),
     'UPDATE a SET x=(a.x + :x_1) WHERE a.id = :id_1', {'x_1': 1, 'id_1': 7}),
    (lambda: update(A).values(x=B.c.y).where(A.c.id==B.c.aid),
     'UPDATE a SET x=b.y FROM b WHERE a.id = b.aid', {}),
    (lambda: update(B).ordered_values((B.c.y, 2), (B.c.aid, 1)),
     'UPDATE b SET y=:y, aid=:aid', {'y': 2, 'aid': 1}),
    (lambda: delete(A).where(A.c.id==B.c.aid),
     'DELETE FROM a , b WHERE a.id = b.aid', {}),
]  # fmt: skip
ERRORS = [
    (lambda: update(B).ordered_values((B.c.y, 2)).values(aid=1), exc.InvalidRequestError),
    (lambda: update(B).values([{'y': 1}, {'y': 2}]), exc.InvalidRequestError),
    (lambda: insert(A).from_select(['x'], select(B.c.y)).values(x=1), exc.InvalidRequestError),
]  # fmt: skip


@pytest.mark.parametrize("make, sql, params", SQL)
def test_sql(make, sql, params):
    check_sql(make, sql, params)


@pytest.mark.parametrize("make, error", ERRORS)
def test_errors(make, error):
    check_error(make, error)


@pytest.mark.filterwarnings("error")
def test_statements_among_several_rows_are_values():
    source = table("source", column("x"))
    statement = insert(table("target", column("a"), column("b"))).values(
        [{"a": select(source.c.x), "b": 1}, {"a": select(source.c.x), "b": 2}]
    )
    assert str(statement) == (
        "INSERT INTO target (a, b) VALUES ((SELECT source.x \nFROM source), :b_m0), ((SELECT source.x \nFROM source), :b_m1)"
    )
