"""SQL text of INSERT, UPDATE and DELETE, and the methods a dialect overrides."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_core import insert
from sqltoolkit_core import select
from sqltoolkit_core import text
from sqltoolkit_core import true
from sqltoolkit_core import update
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.sql.compiler import FROM_LINTING
from sqltoolkit_core.testing.assertions import AssertsCompiledSQL
from sqltoolkit_core.testing.assertions import compiled_text
from sqltoolkit_core.testing.assertions import expect_warnings

m = MetaData()
t = Table("t", m, Column("id", Integer, primary_key=True), Column("x", Integer, default=5), Column("z", Integer, default=func.foo()))
u = Table("u", m, Column("id", Integer, primary_key=True), Column("x", Integer), Column("name", String), schema="s")


class TestInsert(AssertsCompiledSQL):
    @pytest.mark.parametrize(
        "statement, expected",
        [
            (u.insert().values(x=1), "INSERT INTO s.u (x) VALUES (:x)"),
            (u.insert().values([{"x": 1}, {"x": 2}]), "INSERT INTO s.u (x) VALUES (:x_m0), (:x_m1)"),
            (u.insert().from_select(["x", "name"], select(t.c.x, func.lower("A"))),
             "INSERT INTO s.u (x, name) SELECT t.x, lower(:lower_2) AS lower_1 FROM t"),
            (u.insert().prefix_with("OR REPLACE").prefix_with("X", dialect="other").values(x=1),
             "INSERT OR REPLACE INTO s.u (x) VALUES (:x)"),
            (u.insert().values(x=1).with_hint("h"), "INSERT INTO s.u [h] (x) VALUES (:x)"),
            (u.insert().values({}), "INSERT INTO s.u () VALUES ()"),
        ],
    )  # fmt: skip
    def test_text(self, statement, expected):
        self.assert_compile(statement, expected)

    def test_returning(self):
        compiled = self.assert_compile(
            t.insert().values(x=1, z=2).returning(t.c.id, t.c.x + 1),
            "INSERT INTO t (x, z) VALUES (?, ?) RETURNING id, x + ? AS anon_1",
            dialect=sqlite.dialect(),
            checkpositional=(1, 2, 1),
        )
        assert [entry.keyname for entry in compiled._result_columns] == ["id", "anon_1"]

    def test_what_the_engine_reads(self):
        compiled = t.insert().values(x=1).compile(dialect=sqlite.dialect())
        assert compiled.isinsert and not compiled.isupdate and not compiled.inline
        assert compiled.insert_single_values_expr == "\x02x\x03, foo()" or "foo()" in compiled.insert_single_values_expr
        assert [column.key for column in t.insert().compile(column_keys=[]).prefetch] == ["x"]
        assert t.insert().inline().compile().inline

    def test_tables_only(self):
        with pytest.raises(exc.ArgumentError):
            insert(select(u.c.x))

    def test_rows_in_one_statement(self):
        with pytest.raises(exc.CompileError, match="several rows in VALUES.*list of parameters to execute"):
            u.insert().values([{"x": 1}, {"x": 2}]).compile(dialect=DefaultDialect())


class TestUpdate(AssertsCompiledSQL):
    @pytest.mark.parametrize(
        "statement, expected",
        [
            (u.update().values(x=u.c.x + 1).where(u.c.id == 3), "UPDATE s.u SET x=(s.u.x + :x_1) WHERE s.u.id = :id_1"),
            (u.update().values(x=t.c.x).where(t.c.id == u.c.id), "UPDATE s.u SET x=t.x FROM t WHERE t.id = s.u.id"),
            (u.update().values(x=1).where(true(), true()), "UPDATE s.u SET x=:x WHERE true"),
            (u.update().values(x=1).where(text("")), "UPDATE s.u SET x=:x"),
            (u.update().prefix_with("LOW").values(x=1), "UPDATE LOW s.u SET x=:x"),
            (u.update().values(x=1).with_hint("h"), "UPDATE s.u [h] SET x=:x"),
            (u.update().values(x=1).returning(u.c.name), "UPDATE s.u SET x=:x RETURNING s.u.name"),
            (u.update().values(x=select(t.c.x).where(t.c.id == u.c.id).scalar_subquery()),
             "UPDATE s.u SET x=(SELECT t.x FROM t WHERE t.id = s.u.id)"),
            (update(u.alias("q")).values(x=1), "UPDATE s.u AS q SET x=:x"),
        ],
    )  # fmt: skip
    def test_text(self, statement, expected):
        self.assert_compile(statement, expected)

    def test_further_tables_are_not_for_every_database(self):
        with pytest.raises(NotImplementedError, match="no FROM clause in UPDATE"):
            u.update().values(x=t.c.x).compile(dialect=DefaultDialect())


class TestDelete(AssertsCompiledSQL):
    @pytest.mark.parametrize(
        "statement, expected",
        [
            (u.delete(), "DELETE FROM s.u"), (u.delete().where(u.c.id == 3), "DELETE FROM s.u WHERE s.u.id = :id_1"),
            (u.delete().where(u.c.id == t.c.id), "DELETE FROM s.u , t WHERE s.u.id = t.id"),
            (u.delete().prefix_with("LOW").with_hint("h"), "DELETE LOW FROM s.u [h]"),
            (u.delete().returning(u.c.id.label("q")), "DELETE FROM s.u RETURNING s.u.id AS q"),
            (u.delete().where(u.c.id.in_(select(u.c.x))), "DELETE FROM s.u WHERE s.u.id IN (SELECT s.u.x FROM s.u)"),
        ],
    )  # fmt: skip
    def test_text(self, statement, expected):
        self.assert_compile(statement, expected)

    def test_further_tables_are_not_for_every_database(self):
        with pytest.raises(NotImplementedError, match="no further tables in DELETE"):
            u.delete().where(u.c.id == t.c.id).compile(dialect=DefaultDialect())


class TestLinting:
    @pytest.mark.parametrize(
        "statement, found",
        [
            (u.update().values(x=t.c.x), '^UPDATE statement.*"t".*"s.u"'),
            (u.delete().where(t.c.x == 5), '^DELETE statement.*"t".*"s.u"'),
        ],
    )
    def test_sources_that_nothing_connects(self, statement, found):
        with expect_warnings(found):
            statement.compile(linting=FROM_LINTING)
        with expect_warnings() as seen:
            statement.where(u.c.id == t.c.id).compile(linting=FROM_LINTING)
        assert not seen


class TestMethodsOfADialect:
    def test_sources_of_update_and_delete(self, dialect_with):
        def sources(self, statement, table, extra_froms, from_hints, **kw):
            return "USING " + ", ".join(source._visit_kw(self, asfrom=True, **kw) for source in extra_froms)

        dialect = dialect_with(update_from_clause=sources, delete_extra_from_clause=sources)
        assert compiled_text(u.update().values(x=t.c.x), dialect) == "UPDATE s.u SET x=t.x USING t"
        assert compiled_text(u.delete().where(u.c.id == t.c.id), dialect) == "DELETE FROM s.u USING t WHERE s.u.id = t.id"

    def test_tables(self, dialect_with):
        def tables(self, statement, table, extra_froms, **kw):
            return ", ".join(source._visit_kw(self, asfrom=True, **kw) for source in [table] + list(extra_froms))

        nothing = {"update_from_clause": lambda *args, **kw: None, "delete_extra_from_clause": lambda *args, **kw: ""}
        dialect = dialect_with(update_tables_clause=tables, delete_table_clause=tables, **nothing)
        assert compiled_text(u.update().values(x=t.c.x), dialect) == "UPDATE s.u, t SET x=t.x"
        assert compiled_text(u.delete().where(t.c.x == u.c.x), dialect) == "DELETE FROM s.u, t WHERE t.x = s.u.x"

    def test_ends(self, dialect_with):
        dialect = dialect_with(
            update_post_criteria_clause=lambda self, stmt, **kw: "LIMIT 1", delete_post_criteria_clause=lambda self, stmt, **kw: None
        )
        assert compiled_text(u.update().values(x=1).returning(u.c.x), dialect) == "UPDATE s.u SET x=:x LIMIT 1 RETURNING s.u.x"
        assert compiled_text(u.delete(), dialect) == "DELETE FROM s.u"

    @pytest.mark.parametrize(
        "statement, expected",
        [
            (u.insert().values(x=1).returning(u.c.id), "INSERT INTO s.u (x) OUTPUT id VALUES (:x)"),
            (u.update().values(x=1).where(u.c.x == 2).returning(u.c.id), "UPDATE s.u SET x=:x OUTPUT id WHERE s.u.x = :x_1"),
            (u.delete().where(u.c.x == 2).returning(u.c.id), "DELETE FROM s.u OUTPUT id WHERE s.u.x = :x_1"),
        ],
    )
    def test_returned_columns_before_the_values(self, dialect_with, statement, expected):
        def returning_clause(self, stmt, returning_cols, *, populate_result_map, **kw):
            return "OUTPUT " + ", ".join(column.name for column in returning_cols)

        dialect = dialect_with(returning_precedes_values=True, returning_clause=returning_clause)
        assert compiled_text(statement, dialect) == expected

    def test_hints(self, dialect_with):
        dialect = dialect_with(get_from_hint_text=lambda self, table, text: "WITH (%s)" % text)
        assert compiled_text(u.update().values(x=1).with_hint("h", dialect_name="default"), dialect) == "UPDATE s.u WITH (h) SET x=:x"
        assert compiled_text(u.delete().with_hint("h", dialect_name="other"), dialect) == "DELETE FROM s.u"

    def test_definitions_behind_insert(self, dialect_with):
        cte = select(t.c.x).cte("c")
        dialect = dialect_with(flags={"cte_follows_insert": True})
        assert compiled_text(u.insert().from_select(["x"], select(cte.c.x)), dialect) == (
            "INSERT INTO s.u (x) WITH c AS (SELECT t.x AS x FROM t) SELECT c.x FROM c"
        )
