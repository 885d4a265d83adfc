"""What INSERT, UPDATE and DELETE share: RETURNING, CTEs, criteria."""

from __future__ import annotations

import pytest
from sql_cases import A, B, check_error, check_sql

from sqltoolkit_core import delete, exc, insert, select, update

SQL = [
    (lambda: insert(A).values(x=3).returning(A.c.id, (A.c.x + 1).label("next")),
     'INSERT INTO a (x) VALUES (:x) RETURNING a.id, a.x + :x_1 AS next', {'x': 3, 'x_1': 1}),
    (lambda: update(A).values(x=3).where(A.c.id==1).where(A.c.x==2).returning(A),
     'UPDATE a SET x=:x WHERE a.id = :id_1 AND a.x = :x_1 RETURNING a.id, a.x', {'x': 3, 'id_1': 1, 'x_1': 2}),
    (lambda: delete(A).filter_by(x=2).returning(A.c.id),
     'DELETE FROM a WHERE a.x = :x_1 RETURNING a.id', {'x_1': 2}),
    (lambda: select(insert(A).values(x=3).returning(A.c.id).cte('ins')),
     'WITH ins AS \n(INSERT INTO a (x) VALUES (:param_1) RETURNING a.id)\n SELECT ins.id \nFROM ins', {'param_1': 3}),
    (lambda: delete(A).where(A.c.id.in_(select(select(B.c.aid).cte('gone').c.aid))),
     'WITH gone AS \n(SELECT b.aid AS aid \nFROM b)\n DELETE FROM a WHERE a.id IN (SELECT gone.aid \nFROM gone)', {}),
    (lambda: update(A).values(x=select(B.c.y).where(B.c.aid==A.c.id).scalar_subquery()),
     'UPDATE a SET x=(SELECT b.y \nFROM b \nWHERE b.aid = a.id)', {}),
    (lambda: insert(A).prefix_with('OR IGNORE').values(x=1),
     'INSERT OR IGNORE INTO a (x) VALUES (:x)', {'x': 1}),
]  # fmt: skip
ERRORS = [
    (lambda: insert(A).values(nothing=1), exc.CompileError),
    (lambda: update(A).values(nothing=1), exc.CompileError),
    (lambda: delete(A).filter_by(nothing=1), exc.InvalidRequestError),
    (lambda: insert(A).values(x=1).values([{'x': 2}]), exc.InvalidRequestError),
    (lambda: insert(A).returning('x'), exc.ArgumentError),
]  # fmt: skip


@pytest.mark.parametrize("make, sql, params", SQL)
def test_sql(make, sql, params):
    check_sql(make, sql, params)


@pytest.mark.parametrize("make, error", ERRORS)
def test_errors(make, error):
    check_error(make, error)


def test_hints_are_for_sources():
    assert str(A.delete().with_hint("h", B.alias())) == "DELETE FROM a"
    with pytest.raises(exc.ArgumentError):
        A.delete().with_hint("h", "mysql")


def test_sources_that_are_no_tables_have_no_generated_key():
    assert str(insert(A.alias("z"))) == "INSERT INTO z (id, x) VALUES (:id, :x)"
