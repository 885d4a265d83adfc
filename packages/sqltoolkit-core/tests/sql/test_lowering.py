"""Plugins are found by the mark a statement carries."""

from __future__ import annotations

from sqltoolkit_core import (
    Column, Integer, MetaData, Table, column, create_engine, insert, select, table, update,
)  # fmt: skip
from sqltoolkit_core.sql.lowering import (
    EntityMark, LoweringContext, ResultMap, StatementPlugin, find_plugin, lower, register_plugin,
)  # fmt: skip

x = column("x", Integer)
t = table("t", x)


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


@register_plugin("lowering-varies", "select")
class Varying(StatementPlugin):
    """Adds a value that the cache key does not hold, and the sources of the statement as it stands."""

    values = iter((1, 2, 3, 4, 5))
    sources = []

    def lower(self, statement, ctx):
        self.sources.append([source.name for source in ctx.sources_of(statement.with_parts())])
        if ctx.toplevel:
            ctx.forbid_caching()
            return statement.with_parts(where=(*statement.parts.where, x == next(self.values)))
        return statement


def test_statements_that_must_not_be_cached():
    engine = create_engine("sqlite://")
    mark = EntityMark("lowering-varies", "subject")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x INTEGER)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1), (2), (3)")
        for value in (1, 2, 3):
            statement = select(x.with_entity_mark(mark)).select_from(t)
            assert connection.scalars(statement).all() == [value]


def test_sources_without_those_of_enclosing_statements():
    mark = EntityMark("lowering-varies", "subject")
    u = table("u", column("y", Integer))
    inner = select(u.c.y.with_entity_mark(mark)).where(u.c.y == t.c.x)
    del Varying.sources[:]
    str(select(t.c.x).where(inner.exists()))
    str(select(inner.subquery()))
    assert Varying.sources[0] == ["t"] and Varying.sources[1] == ["u"] and Varying.sources[3] == ["u", "t"]


def test_a_plugin_gives_sources_their_marks():
    mark = EntityMark("lowering-sources", "subject")

    @register_plugin("lowering-sources", "select")
    class Sources(StatementPlugin):
        def source_of(self, statement, source):
            return source.with_entity_mark(mark)

        def lower(self, statement, ctx):
            return statement.select_from(table("more", column("y", Integer)))

    statement = select(t.c.x.with_entity_mark(mark))
    (source,) = statement.columns_clause_froms
    assert source.entity_mark == mark and select(t.c.x).columns_clause_froms == [t]
    assert [str(found) for found in statement.get_final_froms()] == ["more", "t"]
