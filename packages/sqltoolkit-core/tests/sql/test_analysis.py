"""Questions about trees of elements."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column, ForeignKey, Integer, MetaData, Table, and_, desc, exc, func, select
from sqltoolkit_core.sql import analysis

metadata = MetaData()
a = Table("a", metadata, Column("id", Integer, primary_key=True), Column("x", Integer))
b = Table(
    "b",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("aid", ForeignKey("a.id")),
    Column("aid2", ForeignKey("a.id")),
)
c = Table("c", metadata, Column("id", Integer, primary_key=True), Column("bid", ForeignKey("b.id")))


def test_find_tables():
    other = a.alias()
    statement = select(a.c.id).select_from(a.join(b, a.c.id == b.c.aid)).where(other.c.x == 1)
    assert set(analysis.find_tables(statement)) == {a, b}
    assert other in analysis.find_tables(statement, include_aliases=True)
    assert any(found._is_join for found in analysis.find_tables(statement, include_joins=True) if found.is_selectable)
    assert analysis.find_tables(a.c.x == 1) == []
    assert analysis.find_tables(a.c.x == 1, check_columns=True) == [a]
    assert analysis.find_tables(a.insert(), include_crud=True)[0] is a


def test_find_columns():
    assert analysis.find_columns(func.f(a.c.x) == b.c.aid) == {a.c.x, b.c.aid}


def test_overlaps():
    assert analysis.overlaps(a.c.x == 1, a.c.id == 2)
    assert not analysis.overlaps(a.c.x == 1, b.c.id == 2)


def test_equated_pairs():
    condition = and_(a.c.id == b.c.aid, b.c.id == c.c.bid, a.c.x > 3)
    assert analysis.equated_pairs(condition) == [(a.c.id, b.c.aid), (b.c.id, c.c.bid)]
    assert analysis.equated_pairs(a.c.x == b.c.id, consider_as_foreign_keys=[a.c.x]) == [(b.c.id, a.c.x)]
    assert analysis.equated_pairs(a.c.x > b.c.id, consider_as_foreign_keys=[a.c.x]) == []
    assert analysis.equated_pairs(
        a.c.x > b.c.id, consider_as_referenced_keys=[a.c.x], any_operator=True
    ) == [(a.c.x, b.c.id)]


def test_walk_binaries():
    seen = []
    analysis.walk_binaries(
        func.f(a.c.id) == b.c.aid + c.c.bid, lambda binary, left, right: seen.append((left, right))
    )
    assert seen == [(a.c.id, b.c.aid), (a.c.id, c.c.bid)]


def test_join_condition():
    assert str(analysis.join_condition(b, c)) == "b.id = c.bid"
    assert analysis.can_join(b, c) and not analysis.can_join(a, c)
    with pytest.raises(exc.AmbiguousForeignKeysError, match="2 foreign key"):
        analysis.join_condition(a, b)
    chosen = analysis.join_condition(a, b, consider_as_foreign_keys={b.c.aid2})
    assert str(chosen) == "a.id = b.aid2"
    with pytest.raises(exc.NoForeignKeysError, match="onclause"):
        analysis.join_condition(a, c)


def test_reduce_columns():
    assert list(analysis.reduce_columns([a.c.id, b.c.aid, b.c.id])) == [a.c.id, b.c.id]
    assert list(analysis.reduce_columns([a.c.x, b.c.id], a.c.x == b.c.id)) == [a.c.x]
    kept = analysis.reduce_columns([a.c.x, b.c.id], a.c.x == b.c.id, only_synonyms=True)
    assert list(kept) == [a.c.x, b.c.id]


def test_order_by_helpers():
    assert analysis.unwrap_order_by(desc(a.c.x).nulls_last()) == [a.c.x]
    assert analysis.expand_column_list_from_order_by([a.c.id], [a.c.x.desc(), a.c.id]) == [a.c.x]


def test_labels_of_an_order_by_are_unwrapped_but_those_of_subqueries():
    upper, value = func.upper(a.c.x), select(b.c.id).scalar_subquery().label("value")
    assert analysis.unwrap_order_by(upper.label("name").desc()) == [upper]
    assert analysis.expand_column_list_from_order_by([a.c.x], [a.c.x.label("name"), value.desc()]) == [value]


def test_tables_in_order():
    joined = a.join(b, a.c.id == b.c.aid).join(c)
    assert list(analysis.tables_from_leftmost(joined)) == [a, b, c]
    assert analysis.clause_is_present(b, joined)
    assert not analysis.clause_is_present(a.alias(), joined)
    assert analysis.sort_tables_by_mention(b.c.aid == a.c.id, [a, b]) == [b, a]
