"""SELECT, its clauses and set operations: the text, and the methods a dialect overrides."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import bindparam
from sqltoolkit_core import case
from sqltoolkit_core import cast
from sqltoolkit_core import column
from sqltoolkit_core import except_
from sqltoolkit_core import exc
from sqltoolkit_core import exists
from sqltoolkit_core import false
from sqltoolkit_core import func
from sqltoolkit_core import literal
from sqltoolkit_core import literal_column
from sqltoolkit_core import or_
from sqltoolkit_core import select
from sqltoolkit_core import table
from sqltoolkit_core import text
from sqltoolkit_core import true
from sqltoolkit_core import tuple_
from sqltoolkit_core import union
from sqltoolkit_core import union_all
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.sql.compiler import SQLCompiler
from sqltoolkit_core.testing.assertions import AssertsCompiledSQL
from sqltoolkit_core.testing.assertions import compiled_text
from sqltoolkit_core.testing.assertions import expect_warnings

t = table("t", column("a", Integer), column("b", String))
u = table("u", column("a", Integer), column("c", String))


class TestColumns(AssertsCompiledSQL):
    def test_line_breaks(self):
        compiled = self.assert_compile(
            select(t.c.a).where(t.c.a == 5), "SELECT t.a FROM t WHERE t.a = :a_1", checkparams={"a_1": 5}
        )
        assert str(compiled) == "SELECT t.a \nFROM t \nWHERE t.a = :a_1"

    @pytest.mark.parametrize(
        "columns, expected",
        [
            ((t.c.a, t.c.a, u.c.a), "SELECT t.a, t.a AS a__1, u.a AS a_1 FROM t, u"),
            ((t.c.a, u.c.a, t.c.a.label("a")), "SELECT t.a, u.a AS a_1, t.a AS a FROM t, u"),
            ((func.count(t.c.a), t.c.a + 1), "SELECT count(t.a) AS count_1, t.a + :a_1 AS anon_1 FROM t"),
            ((cast(t.c.a, String), cast(t.c.a, Integer)),
             "SELECT CAST(t.a AS VARCHAR) AS a, CAST(t.a AS INTEGER) AS a__1 FROM t"),
            ((literal_column("5 + 1"), literal("x")), "SELECT 5 + 1, :param_1 AS anon_1"),
            ((case((t.c.a == 1, "x"), else_="y"),),
             "SELECT CASE WHEN (t.a = :a_1) THEN :param_1 ELSE :param_2 END AS anon_1 FROM t"),
            ((text("a"), text("b")), "SELECT a, b"),
            ((t.c.b.collate("x"),), "SELECT t.b COLLATE x AS anon_1 FROM t"),
            ((), "SELECT"),
        ],
    )  # fmt: skip
    def test_names(self, columns, expected):
        self.assert_compile(select(*columns), expected)

    def test_a_tuple_can_not_come_back(self):
        with pytest.raises(exc.CompileError, match="a tuple as a column"):
            select(tuple_(t.c.a, t.c.b)).compile()

    def test_subquery_names_its_columns(self):
        inner = select(t.c.a, u.c.a).subquery()
        self.assert_compile(
            select(inner),
            "SELECT anon_1.a, anon_1.a_1 FROM (SELECT t.a AS a, u.a AS a_1 FROM t, u) AS anon_1",
        )

    def test_stars_have_no_known_columns(self):
        assert select(t).compile()._ordered_columns
        for star in (literal_column("*"), text("*")):
            compiled = select(star).select_from(t).compile()
            assert str(compiled) == "SELECT * \nFROM t" and not compiled._ordered_columns


class TestClauses(AssertsCompiledSQL):
    def test_order(self):
        statement = (
            select(t.c.a, func.count().label("n"))
            .where(or_(t.c.a > 1, t.c.b == "x"), t.c.b != "y")
            .group_by(t.c.a)
            .having(func.count() > 2)
            .order_by(func.count().label("n").desc(), "n", t.c.a)
            .limit(3)
            .offset(4)
        )
        self.assert_compile(
            statement,
            "SELECT t.a, count(*) AS n FROM t WHERE (t.a > :a_1 OR t.b = :b_1) AND t.b != :b_2 GROUP BY t.a "
            "HAVING count(*) > :count_1 ORDER BY count(*) DESC, n, t.a LIMIT :param_1 OFFSET :param_2",
        )

    @pytest.mark.parametrize(
        "criteria, expected",
        [
            ((true(), t.c.a == t.c.b), " WHERE t.a = t.b"),
            ((true(), true()), " WHERE true"),
            ((t.c.a == t.c.b, false(), t.c.a == 5), " WHERE false"),
            ((text(""),), ""),
            ((text("a = 1"), text("")), " WHERE a = 1"),
        ],
    )
    def test_criteria_that_say_nothing(self, criteria, expected):
        self.assert_compile(select(t.c.a).where(*criteria), "SELECT t.a FROM t" + expected)
        self.assert_compile(
            select(t.c.a).having(*criteria), "SELECT t.a FROM t" + expected.replace("WHERE", "HAVING")
        )

    @pytest.mark.parametrize(
        "statement, expected",
        [
            (select(t.c.a).limit(5), "\n LIMIT :param_1"),
            (select(t.c.a).offset(5), "\n LIMIT -1 OFFSET :param_1"),
            (select(t.c.a).limit(literal(5) + 3).offset(bindparam("o")), "\n LIMIT :param_1 + :param_2 OFFSET :o"),
            (select(t.c.a).fetch(5), "\n FETCH FIRST :param_1 ROWS ONLY"),
            (select(t.c.a).fetch(5, percent=True).offset(2),
             "\n OFFSET :param_1 ROWS\n FETCH FIRST :param_2 PERCENT ROWS ONLY"),
            (select(t.c.a).fetch(5, with_ties=True), "\n FETCH FIRST :param_1 ROWS WITH TIES"),
            (select(t.c.a).with_for_update(read=True, nowait=True), " FOR UPDATE"),
            (select(t.c.a).prefix_with("X").suffix_with("Y").suffix_with("Z", dialect="other"), " Y "),
        ],
    )  # fmt: skip
    def test_end_of_the_statement(self, statement, expected):
        assert str(statement).replace("SELECT X", "SELECT") == "SELECT t.a \nFROM t" + expected

    def test_statement_hints(self):
        statement = select(t.c.a).with_statement_hint("A").with_statement_hint("B", "other").with_statement_hint("C")
        self.assert_compile(statement, "SELECT t.a FROM t A C")

    def test_distinct_on_is_for_another_database(self):
        with expect_warnings("distinct", category=exc.SADeprecationWarning):
            statement = select(t.c.a).distinct(t.c.b)
        with expect_warnings("DISTINCT ON", category=exc.SADeprecationWarning):
            self.assert_compile(statement, "SELECT DISTINCT t.a FROM t", dialect=DefaultDialect())


class TestCorrelation(AssertsCompiledSQL):
    def test_automatic(self):
        inner = select(u.c.c).where(u.c.a == t.c.a)
        self.assert_compile(
            select(t.c.a).where(exists(inner)),
            "SELECT t.a FROM t WHERE EXISTS (SELECT u.c FROM u WHERE u.a = t.a)",
        )
        self.assert_compile(
            select(inner.scalar_subquery().label("c")), "SELECT (SELECT u.c FROM u, t WHERE u.a = t.a) AS c"
        )

    @pytest.mark.parametrize(
        "change, expected",
        [
            (lambda s: s.correlate(None), "SELECT t.a FROM t, u WHERE t.a = u.a"),
            (lambda s: s.correlate_except(t), "SELECT t.a FROM t WHERE t.a = u.a"),
            (lambda s: s.correlate(t), "SELECT t.a FROM t, u WHERE t.a = u.a"),
        ],
    )
    def test_explicit(self, change, expected):
        inner = change(select(t.c.a).where(t.c.a == u.c.a)).scalar_subquery()
        self.assert_compile(
            select(u.c.c).where(u.c.a == inner), "SELECT u.c FROM u WHERE u.a = (%s)" % expected
        )

    def test_nothing_is_left(self):
        inner = exists(select(u.c.a).where(u.c.a == t.c.a))
        with pytest.raises(exc.InvalidRequestError, match="leaves no FROM"):
            select(t).join(u, t.c.a == u.c.a).where(inner).compile()


class TestNamesInOrderBy(AssertsCompiledSQL):
    @pytest.mark.parametrize(
        "statement, expected",
        [
            (select(t.c.a.label("x")).order_by("x"), "SELECT t.a AS x FROM t ORDER BY x"),
            (select(t.c.a.label("x")).group_by("x"), "SELECT t.a AS x FROM t GROUP BY x"),
            (select(t.c.a).order_by("b"), "SELECT t.a FROM t ORDER BY t.b"),
            (select(t.c.a.label("b")).order_by("b"), "SELECT t.a AS b FROM t ORDER BY b"),
            (select(t.c.a, u.c.a).order_by("a"), "SELECT t.a, u.a AS a_1 FROM t, u ORDER BY u.a"),
            (select(t.c.a).order_by(t.c.a.label("x")), "SELECT t.a FROM t ORDER BY t.a"),
            (select(t.c.a.label("x")).order_by(func.lower(t.c.a.label("x"))),
             "SELECT t.a AS x FROM t ORDER BY lower(t.a)"),
            (union(select(t.c.a), select(u.c.a)).order_by("a"), "SELECT t.a FROM t UNION SELECT u.a FROM u ORDER BY a"),
        ],
    )  # fmt: skip
    def test_text(self, statement, expected):
        self.assert_compile(statement, expected)

    @pytest.mark.parametrize(
        "statement",
        [
            select(t.c.a).order_by("nowhere"), select(t.c.a).group_by("nowhere"), select(t.c.a, u.c.a).order_by("nowhere"),
            union(select(t.c.a), select(u.c.a)).order_by("nowhere"),
        ],
    )  # fmt: skip
    def test_unknown(self, statement):
        with pytest.raises(exc.CompileError, match=r"'nowhere' in ORDER BY.*text\('nowhere'\)"):
            statement.compile()

    def test_by_itself_it_is_a_name(self):
        self.assert_compile(func.f(t.c.a).over(order_by="x"), "f(t.a) OVER (ORDER BY x)")


class TestSetOperations(AssertsCompiledSQL):
    one, other = select(t.c.a), select(u.c.a)

    @pytest.mark.parametrize(
        "statement, expected",
        [
            (union(one, other.limit(2)).order_by("a"), "SELECT t.a FROM t UNION (SELECT u.a FROM u LIMIT :param_1) ORDER BY a"),
            (union(one.order_by("a"), other), "(SELECT t.a FROM t ORDER BY t.a) UNION SELECT u.a FROM u"),
            (union_all(one, union(one, other)), "SELECT t.a FROM t UNION ALL (SELECT t.a FROM t UNION SELECT u.a FROM u)"),
            (except_(one, other).limit(1).offset(2),
             "SELECT t.a FROM t EXCEPT SELECT u.a FROM u LIMIT :param_1 OFFSET :param_2"),
            (select(union(one, other).subquery().c.a),
             "SELECT anon_1.a FROM (SELECT t.a AS a FROM t UNION SELECT u.a AS a FROM u) AS anon_1"),
            (union(text("select 1").columns(column("a")), one), "select 1 UNION SELECT t.a FROM t"),
        ],
    )  # fmt: skip
    def test_text(self, statement, expected):
        self.assert_compile(statement, expected)

    def test_widths(self):
        with pytest.raises(exc.CompileError, match="number 1 has 1 columns, number 2 has 2"):
            union(self.one, select(u)).compile()

    def test_result_columns_are_those_of_the_first(self):
        entries = union(select(t.c.a.label("x")), self.other).compile()._result_columns
        assert [entry.keyname for entry in entries] == ["x"]


class TestTextualSelect(AssertsCompiledSQL):
    statement = text("select 1 as a").columns(column("a", Integer))

    def test_result_columns(self):
        compiled = self.statement.compile()
        (entry,) = compiled._result_columns
        assert entry.keyname == "a" and isinstance(entry.type, Integer)
        assert compiled._textual_ordered_columns and compiled._ordered_columns
        by_name = text("select 1 as a").columns(a=Integer).compile()
        assert not by_name._ordered_columns and by_name._loose_column_name_matching

    def test_inside_of_others(self):
        self.assert_compile(
            select(self.statement.subquery().c.a), "SELECT anon_1.a FROM (select 1 as a) AS anon_1"
        )
        self.assert_compile(
            self.statement.add_cte(select(t.c.a).cte("x")), "WITH x AS (SELECT t.a AS a FROM t) select 1 as a"
        )


class TestMethodsOfADialect:
    def test_without_sources(self, dialect_with):
        dialect = dialect_with(default_from=lambda self: " FROM DUAL")
        assert compiled_text(select(literal_column("5")), dialect) == "SELECT 5 FROM DUAL"
        assert compiled_text(select(t.c.a), dialect) == "SELECT t.a FROM t"

    @pytest.mark.parametrize(
        "method, result, expected",
        [
            ("get_select_precolumns", "TOP 5 ", "SELECT TOP 5 t.a FROM t GROUP BY t.a ORDER BY t.a LIMIT :param_1 FOR UPDATE"),
            ("group_by_clause", " G", "SELECT t.a FROM t G ORDER BY t.a LIMIT :param_1 FOR UPDATE"),
            ("order_by_clause", " O", "SELECT t.a FROM t GROUP BY t.a O LIMIT :param_1 FOR UPDATE"),
            ("limit_clause", " L", "SELECT t.a FROM t GROUP BY t.a ORDER BY t.a L FOR UPDATE"),
            ("for_update_clause", " FOR SHARE", "SELECT t.a FROM t GROUP BY t.a ORDER BY t.a LIMIT :param_1 FOR SHARE"),
        ],
    )
    def test_clauses(self, dialect_with, method, result, expected):
        statement = select(t.c.a).group_by(t.c.a).order_by(t.c.a).limit(1).with_for_update()
        assert compiled_text(statement, dialect_with(**{method: lambda self, select, **kw: result})) == expected

    @pytest.mark.parametrize(
        "statement, expected",
        [
            (select(t.c.a).limit(5), " OFFSET 0 ROWS FETCH FIRST __[POSTCOMPILE_param_1] ROWS ONLY"),
            (select(t.c.a).limit(5).offset(2),
             " OFFSET __[POSTCOMPILE_param_1] ROWS FETCH FIRST __[POSTCOMPILE_param_2] ROWS ONLY"),
            (select(t.c.a).limit(literal(5) + 1), " OFFSET 0 ROWS FETCH FIRST :param_1 + :param_2 ROWS ONLY"),
            (select(t.c.a).limit(bindparam("n")), " OFFSET 0 ROWS FETCH FIRST :n ROWS ONLY"),
        ],
    )  # fmt: skip
    def test_fetch_instead_of_limit(self, dialect_with, statement, expected):
        def limit_clause(self, select, **kw):
            return self.fetch_clause(
                select, fetch_clause=select._limit_clause, require_offset=True, use_literal_execute_for_simple_int=True,
                **kw
            )  # fmt: skip

        assert compiled_text(statement, dialect_with(limit_clause=limit_clause)) == "SELECT t.a FROM t" + expected

    def test_hints(self, dialect_with):
        dialect = dialect_with(
            get_select_hint_text=lambda self, byfroms: "/*+ %s */" % " ".join(byfroms.values()),
            get_from_hint_text=lambda self, table, text: "WITH (%s)" % text,
            get_statement_hint_text=lambda self, texts: "OPTION (%s)" % ", ".join(texts),
        )
        alias = t.alias("z")
        statement = (
            select(alias.c.a).with_hint(alias, "x %(name)s").with_hint(alias, "y", "other").with_statement_hint("s")
        )
        assert compiled_text(statement, dialect) == "SELECT /*+ x z */ z.a FROM t AS z WITH (x z) OPTION (s)"
        assert compiled_text(statement, DefaultDialect()) == "SELECT z.a FROM t AS z s"

    def test_another_structure(self, dialect_with):
        def translate(select_stmt, **kw):
            return select_stmt.where(t.c.a == 1) if not select_stmt._where_criteria else select_stmt

        dialect = dialect_with(translate_select_structure=staticmethod(translate))
        assert compiled_text(select(t.c.a), dialect) == "SELECT t.a FROM t WHERE t.a = :a_1"

    def test_keywords_of_set_operations(self, dialect_with):
        keywords = dict(SQLCompiler.compound_keywords)
        keywords[next(key for key in keywords if key.value == "EXCEPT")] = "MINUS"
        dialect = dialect_with(compound_keywords=keywords)
        assert compiled_text(except_(select(t.c.a), select(u.c.a)), dialect) == "SELECT t.a FROM t MINUS SELECT u.a FROM u"

    def test_expressions_of_a_type(self):
        class Upper(String):
            def column_expression(self, column):
                return func.upper(column, type_=self)

        v = Table("v", MetaData(), Column("name", Upper()))
        assert compiled_text(select(v)) == "SELECT upper(v.name) AS name FROM v"
        # only where values come back from
        assert compiled_text(select(select(v).subquery())) == (
            "SELECT upper(anon_1.name) AS name FROM (SELECT v.name AS name FROM v) AS anon_1"
        )
