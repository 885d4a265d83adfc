"""Columns said in terms of an alias or a subquery."""

from __future__ import annotations

import pickle

from sqltoolkit_core import Column, ForeignKey, Integer, MetaData, Table, and_, null, select, true
from sqltoolkit_core.sql import visitors
from sqltoolkit_core.sql.adapt import ClauseAdapter, ColumnAdapter, adapt_lateral

metadata = MetaData()
a = Table("a", metadata, Column("id", Integer, primary_key=True), Column("x", Integer))
b = Table("b", metadata, Column("id", Integer, primary_key=True), Column("aid", ForeignKey("a.id")))


def test_adapts_to_an_alias_and_leaves_other_tables():
    other = a.alias("q")
    made = ClauseAdapter(other).traverse(and_(a.c.id == b.c.aid, a.c.x > 3))
    assert str(made) == "q.id = b.aid AND q.x > :x_1"


def test_adapts_to_a_subquery():
    inner = select(a.c.id).where(a.c.x == 1).subquery("s")
    assert str(ClauseAdapter(inner).traverse(a.c.id + a.c.x)) == "s.id + a.x"


def test_include_and_exclude():
    other = a.alias("q")
    kept = ClauseAdapter(other, exclude=lambda column: column is a.c.x)
    assert str(kept.traverse(a.c.id == a.c.x)) == "q.id = a.x"
    only = ClauseAdapter(other, include=lambda column: column is a.c.x)
    assert str(only.traverse(a.c.id == a.c.x)) == "a.id = q.x"


def test_equivalent_columns_are_looked_up_too():
    other = select(a.c.id).subquery("s")
    adapter = ClauseAdapter(other, equivalents={b.c.aid: {a.c.id}})
    assert str(adapter.traverse(b.c.aid == 1)) == "s.id = :aid_1"


def test_names_as_a_last_resort():
    other = select(b.c.id.label("x")).subquery("s")
    assert str(ClauseAdapter(other, adapt_on_names=True).traverse(a.c.x == 1)) == "s.x = :x_1"
    assert str(ClauseAdapter(other).traverse(a.c.x == 1)) == "a.x = :x_1"


def test_a_statement_is_adapted_as_a_whole():
    other = a.alias("q")
    statement = select(a.c.x).where(a.c.id == 5).order_by(a.c.x)
    made = ClauseAdapter(other).traverse(statement)
    assert str(made) == "SELECT q.x \nFROM a AS q \nWHERE q.id = :id_1 ORDER BY q.x"
    assert str(statement).endswith("FROM a \nWHERE a.id = :id_1 ORDER BY a.x")


def test_column_adapter_remembers():
    adapter = ColumnAdapter(a.alias("q"))
    assert adapter.columns[a.c.id] is adapter.columns[a.c.id]
    assert adapter.columns[b.c.id] is b.c.id
    assert adapter.traverse(a.c.id).table.name == "q"


def test_column_adapters_chain_and_wrap():
    left, right = ColumnAdapter(a.alias("q")), ColumnAdapter(b.alias("r"))
    assert str(left.chain(right).traverse(a.c.id == b.c.aid)) == "q.id = r.aid"
    inner = select(a.c.id).subquery("s")
    outer = inner.alias("o")
    wrapped = ColumnAdapter(inner).wrap(ColumnAdapter(outer))
    assert str(wrapped.columns[a.c.id]) == "o.id"


def test_required_columns():
    adapter = ColumnAdapter(select(a.c.id).subquery("s"), adapt_required=True)
    assert adapter.columns[a.c.x] is None
    assert a.c.x not in adapter.columns
    assert a.c.id in adapter.columns


def test_column_adapter_pickles():
    again = pickle.loads(pickle.dumps(ColumnAdapter(a.alias("q"))))
    assert again.selectable.name == "q"
    assert len(again.columns) == 0


def test_lateral_is_adapted_to_its_left_side():
    newest = select(b.c.id, b.c.aid).where(b.c.aid == a.c.id).limit(1).lateral("newest")
    other = a.alias("q")
    adapted = adapt_lateral(newest, ClauseAdapter(other))
    statement = select(other.c.id, adapted.c.id).join_from(other, adapted, true())
    assert "FROM b \nWHERE b.aid = q.id" in str(statement)


def test_lateral_keeps_what_it_selects_from():
    both = a.join(b, b.c.aid == a.c.id)
    wrapped = select(a.c.id, b.c.aid).select_from(both).subquery("s")
    newest = select(b.c.id).where(b.c.aid == a.c.id).correlate(a).lateral("newest")
    adapted = adapt_lateral(newest, ClauseAdapter(wrapped))
    assert "FROM b \nWHERE b.aid = s.id" in str(select(wrapped.c.id).join(adapted, true()))


def test_alias_of_a_lateral_is_lateral():
    newest = select(b.c.id).where(b.c.aid == a.c.id).lateral()
    again = newest.alias("again")
    assert again.is_lateral
    assert "JOIN LATERAL (SELECT" in str(select(a.c.id).join(again, true()))


def test_aliases_in_subqueries_stay_what_they_are():
    inner, target = a.alias(), a.alias()
    subquery = select(inner.c.x.annotate({"mark": True})).where(inner.c.x > a.c.x).scalar_subquery()
    adapted = ClauseAdapter(target).traverse(subquery)
    columns = [element for element in visitors.iterate(adapted) if element.__visit_name__ == "column"]
    assert inner in [element.table for element in columns] and target in [element.table for element in columns]
    assert any("mark" in element.annotations for element in columns)


def test_constants_are_the_same_everywhere():
    source = select(null().label("nothing"), a.c.id).subquery("source")
    assert str(ClauseAdapter(source).traverse(a.c.id.is_not(null()))) == "source.id IS NOT NULL"
