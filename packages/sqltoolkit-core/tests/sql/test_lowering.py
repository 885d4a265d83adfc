"""Plugins are found by the mark a statement carries."""

from __future__ import annotations

from sqltoolkit_core import Column, Integer, MetaData, Table, column, insert, select, update
from sqltoolkit_core.sql.lowering import (
    EntityMark, LoweringContext, ResultMap, StatementPlugin, find_plugin, lower, register_plugin,
)  # fmt: skip

x = column("x", Integer)


class Values(StatementPlugin):
    def expand_values(self, statement, values):
        return {name: value for value in values.values() for name in "ab"}


for kind in ("insert", "update"):
    register_plugin("lowering-values", kind)(Values)


@register_plugin("lowering-test", "select")
class Plugin(StatementPlugin):
    def lower(self, statement, ctx):
        ctx.notes["seen"] = statement.plugin_subject
        return statement.where(x == 5)


def test_plain_statements_have_no_plugin():
    statement = select(x)
    assert find_plugin(statement) is None and lower(statement, LoweringContext(None, True)) is statement


def test_marked_statements_are_lowered():
    context = LoweringContext(None, True)
    statement = select(x.with_entity_mark(EntityMark("lowering-test", "subject")))
    assert isinstance(find_plugin(statement), Plugin)
    assert "WHERE" in str(lower(statement, context)) and context.notes == {"seen": "subject"}
    assert find_plugin(select(x.with_entity_mark(EntityMark("unknown", 1)))) is None


def test_defaults_change_nothing():
    plugin = StatementPlugin()
    statement = select(x)
    assert plugin.lower(statement, None) is statement and plugin.before_execute(1) is None
    assert plugin.after_execute(1, "result") == "result" and plugin.describe(statement) is None
    values = {"x": 1}
    assert plugin.expand_values(statement, values) is values


def test_a_name_in_values_that_stands_for_several():
    table = Table("t", MetaData(), Column("a", Integer), Column("b", Integer)).with_entity_mark(EntityMark("lowering-values", 1))
    assert insert(table).values({"both": 5}).compile().params == {"a": 5, "b": 5}
    several = insert(table).values([{"both": 5}, {"both": 6}]).compile().params
    assert several == {"a_m0": 5, "b_m0": 5, "a_m1": 6, "b_m1": 6}
    statement = update(table).ordered_values(("both", 5))
    assert str(statement) == "UPDATE t SET a=:a, b=:b" and statement.compile().params == {"a": 5, "b": 5}


def test_result_map():
    entries = ResultMap()
    entries.add("k", "n", (x,), x.type)
    assert entries.entries == [("k", "n", (x,), x.type)] and entries.ordered
