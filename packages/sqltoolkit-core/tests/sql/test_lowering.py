"""Plugins are found by the mark a statement carries."""

from __future__ import annotations

from sqltoolkit_core import Integer, column, select
from sqltoolkit_core.sql.lowering import (
    EntityMark, LoweringContext, ResultMap, StatementPlugin, find_plugin, lower, register_plugin,
)  # fmt: skip

x = column("x", Integer)


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


def test_result_map():
    entries = ResultMap()
    entries.add("k", "n", (x,), x.type)
    assert entries.entries == [("k", "n", (x,), x.type)] and entries.ordered
