"""The functions that make selectables give the same as the methods."""

from __future__ import annotations

import pytest

from sqltoolkit_core import (
    alias,
    column,
    cte,
    exists,
    join,
    lateral,
    outerjoin,
    select,
    table,
    tablesample,
    true,
    union,
    union_all,
    values,
)

t = table("t", column("a"))
u = table("u", column("a"))


@pytest.mark.parametrize(
    "by_function, by_method",
    [
        (alias(t, "x").select(), t.alias("x").select()),
        (cte(select(t), "x").select(), select(t).cte("x").select()),
        (join(t, u, t.c.a == u.c.a), t.join(u, t.c.a == u.c.a)),
        (outerjoin(t, u, true()), t.outerjoin(u, true())),
        (lateral(select(t), "x").select(), select(t).lateral("x").select()),
        (tablesample(t, 5, name="x").select(), t.tablesample(5, name="x").select()),
        (union(select(t), select(u)), select(t).union(select(u))),
        (union_all(select(t), select(u)), select(t).union_all(select(u))),
        (exists(select(t)), select(t).exists()),
    ],
)
def test_same_sql(by_function, by_method):
    assert str(by_function) == str(by_method)


def test_values_and_table():
    made = values(column("a"), name="v").data([(1,)])
    assert str(select(made)) == "SELECT v.a \nFROM (VALUES (:param_1)) AS v (a)"
    assert str(select(table("t", column("a"), schema="s"))) == "SELECT s.t.a \nFROM s.t"
