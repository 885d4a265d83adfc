"""What INSERT, UPDATE and DELETE share: RETURNING, CTEs, criteria."""

from __future__ import annotations

import pytest

from sqltoolkit_core import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    exc,
    func,
    insert,
)

metadata = MetaData()
A = Table(
    "a", metadata, Column("id", Integer, primary_key=True), Column("x", Integer), Column("y", Integer)
)
B = Table(
    "b",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("aid", Integer, ForeignKey("a.id")),
    Column("y", Integer),
    Column("aid2", Integer, ForeignKey("a.id")),
)
c = insert(A).values(x=3).returning(A.c.id).cte("ins")
DF = Table(
    "df",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("x", Integer, default=5),
    Column("y", Integer, onupdate=func.now()),
    Column("z", Integer, server_default="3"),
)


SQL = [
]  # fmt: skip


@pytest.mark.parametrize("make, sql, params", SQL)
def test_sql(make, sql, params):
    compiled = make().compile()
    assert str(compiled) == sql
    assert compiled.params == params


def test_hints_are_for_sources():
    assert str(A.delete().with_hint("h", B.alias())) == "DELETE FROM a"
    with pytest.raises(exc.ArgumentError):
        A.delete().with_hint("h", "mysql")


def test_sources_that_are_no_tables_have_no_generated_key():
    assert str(insert(A.alias("z"))) == "INSERT INTO z (id, x, y) VALUES (:id, :x, :y)"
