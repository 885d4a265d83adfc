"""upsert() and merge_into() for dialects that have them and that do not."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import bindparam
from sqltoolkit_core import column
from sqltoolkit_core import exc
from sqltoolkit_core import literal_column
from sqltoolkit_core import select
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.sql.dml import merge_into
from sqltoolkit_core.sql.dml import upsert
from sqltoolkit_core.testing.assertions import AssertsCompiledSQL
from sqltoolkit_core.testing.assertions import compiled_text
from sqltoolkit_core.testing.assertions import expect_warnings

m = MetaData()
t = Table("t", m, Column("id", Integer, primary_key=True), Column("x", Integer))
u = Table("u", m, Column("id", Integer, primary_key=True), Column("x", Integer), Column("the name", String, key="name"))
MERGE = "MERGE INTO u USING t ON t.id = u.id"


def merging():
    return merge_into(u).using(t, t.c.id == u.c.id)


class TestUpsert(AssertsCompiledSQL):
    __dialect__ = sqlite.dialect()

    @pytest.mark.parametrize(
        "statement, expected",
        [
            (upsert(u).values(id=1, x=2, name="n"),
             'INSERT INTO u (id, x, "the name") VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET x = excluded.x, '
             '"the name" = excluded."the name"'),
            (upsert(u).values(id=1, x=2).ignore(), "INSERT INTO u (id, x) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"),
            (upsert(u).values(id=1), "INSERT INTO u (id) VALUES (?) ON CONFLICT (id) DO NOTHING"),
            (upsert(u).match_on("name").values(id=1, name="n").update_values(id=5).update_where(u.c.x > 3, u.c.id < 9),
             'INSERT INTO u (id, "the name") VALUES (?, ?) ON CONFLICT ("the name") DO UPDATE SET id = ? '
             "WHERE u.x > ? AND u.id < ?"),
        ],
    )  # fmt: skip
    def test_text(self, statement, expected):
        self.assert_compile(statement, expected)

    def test_a_database_that_has_none(self):
        with pytest.raises(exc.CompileError, match="upsert.. of 'u', which the default dialect"):
            upsert(u).values(id=1).compile(dialect=DefaultDialect())

    def test_a_clause_of_another_database(self, dialect_with):
        def upsert_clause(self, statement, **kw):
            return "ON DUPLICATE KEY UPDATE " + self.upsert_assignments(self.upsert_values(statement), **kw)

        def visit_proposed_column(self, element, **kw):
            return "VALUES(%s)" % self.preparer.quote(element.column.name)

        dialect = dialect_with(upsert_clause=upsert_clause, visit_proposed_column=visit_proposed_column)
        assert compiled_text(upsert(u).values(id=1, x=2), dialect) == (
            "INSERT INTO u (id, x) VALUES (:id, :x) ON DUPLICATE KEY UPDATE x = VALUES(x)"
        )


class TestAssignments(AssertsCompiledSQL):
    """What is set in a row that is there, also by the insert() of a dialect."""

    __dialect__ = sqlite.dialect()

    def conflict(self, values):
        return sqlite.insert(u).values(id=1).on_conflict_do_update(index_elements=["id"], set_=values)

    def test_in_the_order_of_the_table(self):
        self.assert_compile(
            self.conflict({"name": "a", "x": u.c.x + 1}),
            'INSERT INTO u (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET x = (u.x + ?), "the name" = ?',
            checkpositional=(1, 1, "a"),
        )

    def test_values_take_the_type_of_the_column(self):
        compiled = self.conflict({"x": bindparam("n")}).compile(dialect=sqlite.dialect())
        assert isinstance(next(bind for bind in compiled.bind_names if bind.key == "n").type, Integer)

    def test_names_that_are_no_columns(self):
        with expect_warnings("no columns of table 'u': 'nowhere'"):
            self.assert_compile(
                self.conflict({"nowhere": 1, "x": 2}),
                "INSERT INTO u (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET x = ?, nowhere = ?",
            )
        with expect_warnings("no columns"):
            self.assert_compile(
                self.conflict({column("else where"): 1}),
                'INSERT INTO u (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET "else where" = ?',
            )


class TestMerge(AssertsCompiledSQL):
    @pytest.mark.parametrize(
        "statement, expected",
        [
            (merging().when_matched_update(x=t.c.x).when_not_matched_insert(id=t.c.id, x=5),
             "%s WHEN MATCHED THEN UPDATE SET x = t.x WHEN NOT MATCHED THEN INSERT (id, x) VALUES (t.id, :param_1)" % MERGE),
            (merging().when_matched_delete(u.c.x > 5, u.c.x < 9),
             "%s WHEN MATCHED AND u.x > :x_1 AND u.x < :x_2 THEN DELETE" % MERGE),
            (merging().when_matched_nothing().when_matched_update({u.c.name: "n"}),
             '%s WHEN MATCHED THEN DO NOTHING WHEN MATCHED THEN UPDATE SET "the name" = :param_1' % MERGE),
            (merging().when_not_matched_by_source_delete(),
             "%s WHEN NOT MATCHED BY SOURCE THEN DELETE" % MERGE),
            (merging().when_matched_update(x=select(t.c.x).scalar_subquery(), name=bindparam("n")),
             '%s WHEN MATCHED THEN UPDATE SET x = (SELECT t.x FROM t), "the name" = :n' % MERGE),
            (merge_into(u).using(select(t).subquery("s"), t.c.id == literal_column("1")).when_matched_delete(),
             "MERGE INTO u USING (SELECT t.id AS id, t.x AS x FROM t) AS s ON t.id = 1 WHEN MATCHED THEN DELETE"),
        ],
    )  # fmt: skip
    def test_text(self, statement, expected):
        self.assert_compile(statement, expected)

    @pytest.mark.parametrize(
        "statement, found",
        [
            (merge_into(u).when_matched_delete(), "without a source"),
            (merging(), "does nothing"),
            (merging().when_matched_update(nowhere=5), "nowhere"),
            (merging().when_not_matched_insert({"nowhere": 5}), "nowhere"),
        ],
    )
    def test_incomplete(self, statement, found):
        with pytest.raises(exc.CompileError, match=found):
            statement.compile()

    def test_databases_that_have_none(self, dialect_with):
        with pytest.raises(exc.CompileError, match="MERGE into 'u', which the sqlite dialect"):
            merging().when_matched_delete().compile(dialect=sqlite.dialect())
        some = dialect_with(supports_merge=True)
        assert compiled_text(merging().when_matched_delete(), some) == MERGE + " WHEN MATCHED THEN DELETE"
        with pytest.raises(exc.CompileError, match="NOT MATCHED BY SOURCE, which the default dialect"):
            merging().when_not_matched_by_source_delete().compile(dialect=some)

    def test_what_it_is_for_the_engine(self):
        compiled = merging().when_matched_delete().compile()
        assert compiled.isupdate and not compiled.isinsert and compiled.compile_state.dict_parameters is None
