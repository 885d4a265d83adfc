"""CHECK, UNIQUE, PRIMARY KEY and indexes: text, copies, refusals."""

from __future__ import annotations

import pytest

from sqltoolkit_core import exc
from sqltoolkit_core import types
from sqltoolkit_core.schema import CheckConstraint
from sqltoolkit_core.schema import Column
from sqltoolkit_core.schema import CreateIndex
from sqltoolkit_core.schema import CreateTable
from sqltoolkit_core.schema import Index
from sqltoolkit_core.schema import MetaData
from sqltoolkit_core.schema import PrimaryKeyConstraint
from sqltoolkit_core.schema import Table
from sqltoolkit_core.schema import UniqueConstraint
from sqltoolkit_core.sql.elements import text
from sqltoolkit_core.sql.functions import func


def make(*items):
    return Table("t", MetaData(), Column("a", types.Integer), Column("b", types.String(5)), *items)


@pytest.mark.parametrize(
    "item, line",
    [
        (UniqueConstraint("a", "b", name="u", deferrable=True, initially="DEFERRED"),
         "CONSTRAINT u UNIQUE (a, b) DEFERRABLE INITIALLY DEFERRED"),
        (CheckConstraint("a > 5"), "CHECK (a > 5)"),
        (CheckConstraint(text("a > 5"), name="Quoted"), 'CONSTRAINT "Quoted" CHECK (a > 5)'),
        (PrimaryKeyConstraint("b", name="pk"), "CONSTRAINT pk PRIMARY KEY (b)"),
    ],
)  # fmt: skip
def test_text(item, line):
    assert line in str(CreateTable(make(item)))


def test_check_of_an_expression_moves_with_its_table():
    table = make()
    check = CheckConstraint(table.c.a > 5, name="c")
    assert check.table is table and check.columns.keys() == ["a"]
    copied = table.to_metadata(MetaData(), name="other")
    (moved,) = [c for c in copied.constraints if isinstance(c, CheckConstraint)]
    assert moved.sqltext.left.table is copied
    assert not moved.is_column_level


def test_columns_of_constraints():
    table = make(UniqueConstraint("b", "a"))
    (unique,) = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    assert [column.name for column in unique] == ["b", "a"]
    assert unique.contains_column(table.c.a) and len(unique) == 2
    assert unique.columns.a is table.c.a and unique.c is not None


def test_functional_and_named_indexes():
    table = make()
    index = Index("ix", table.c.b.desc(), func.lower(table.c.b), text("c"), unique=True)
    assert str(CreateIndex(index)) == "CREATE UNIQUE INDEX ix ON t (b DESC, lower(b), c)"
    assert index.columns.keys() == ["b"]
    named = Index(None, table.c.a, table.c.b)
    assert named.name == "ix_t_a"
    with pytest.raises(exc.ArgumentError, match="belongs to table 't'"):
        index._set_parent(Table("o", MetaData()))
    with pytest.raises(exc.ArgumentError, match="Expected the name of a column"):
        Index("x", table)


def test_primary_key_wins_over_marks():
    with pytest.warns(exc.SAWarning, match="constraint wins"):
        table = Table(
            "t",
            MetaData(),
            Column("a", types.Integer, primary_key=True),
            Column("b", types.Integer),
            PrimaryKeyConstraint("b"),
        )
    assert not table.c.a.primary_key and table.c.b.primary_key
    assert [column.name for column in table.primary_key.columns_autoinc_first] == ["b"]


def test_dialect_arguments():
    index = Index("ix", make().c.a, sqlite_where=text("a > 5"))
    assert str(index.dialect_options["sqlite"]["where"]) == "a > 5"
    with pytest.raises(exc.ArgumentError, match="nonsense"):
        Index("ix", "a", sqlite_nonsense=True)
