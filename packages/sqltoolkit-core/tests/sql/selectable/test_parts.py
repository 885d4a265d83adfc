"""Statements taken apart and put together again."""

from __future__ import annotations

import pytest

from sqltoolkit_core import column, delete, exc, insert, select, table, union, update

t = table("t", column("a"), column("b"))


def test_parts_show_clauses_by_name():
    parts = select(t.c.a).where(t.c.b == 1).order_by(t.c.a).limit(3).parts
    assert parts.columns == (t.c.a,)
    assert [str(criterion) for criterion in parts.where] == ["t.b = :b_1"]
    assert parts.limit.value == 3
    assert parts.correlation == ((), None, True)
    assert dict(parts)["distinct"] is False
    assert "limit" in dir(parts)


def test_with_parts_replaces_and_keeps_the_rest():
    statement = select(t.c.a).where(t.c.b == 1)
    changed = statement.with_parts(columns=[t.c.b], where=())
    assert str(changed) == "SELECT t.b \nFROM t"
    assert str(statement) == "SELECT t.a \nFROM t \nWHERE t.b = :b_1"
    assert changed.parts.columns == (t.c.b,)


def test_same_parts_give_the_same_statement():
    statement = select(t.c.a).where(t.c.b == 1).group_by(t.c.a).distinct()
    again = select().with_parts(**dict(statement.parts))
    assert str(again) == str(statement)


@pytest.mark.parametrize(
    "statement, part",
    [
        (union(select(t.c.a), select(t.c.b)), "selects"),
        (insert(t).values(a=1), "values"),
        (update(t).where(t.c.a == 1), "where"),
        (delete(t).where(t.c.a == 1), "where"),
    ],
)
def test_other_statements_have_parts(statement, part):
    assert getattr(statement.parts, part)
    assert str(statement.with_parts(**{part: getattr(statement.parts, part)})) == str(statement)


def test_unknown_parts_are_refused():
    with pytest.raises(AttributeError, match="it has: .*order_by"):
        select(t).parts.nonsense
    with pytest.raises(exc.ArgumentError, match="nonsense"):
        select(t).with_parts(nonsense=1)
