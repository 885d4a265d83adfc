"""SQL text of statements, one line per case."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Boolean
from sqltoolkit_core import LABEL_STYLE_TABLENAME_PLUS_COL
from sqltoolkit_core import Integer
from sqltoolkit_core import String
from sqltoolkit_core import and_
from sqltoolkit_core import bindparam
from sqltoolkit_core import case
from sqltoolkit_core import cast
from sqltoolkit_core import column
from sqltoolkit_core import exc
from sqltoolkit_core import exists
from sqltoolkit_core import func
from sqltoolkit_core import literal
from sqltoolkit_core import literal_column
from sqltoolkit_core import or_
from sqltoolkit_core import select
from sqltoolkit_core import table
from sqltoolkit_core import text
from sqltoolkit_core import tuple_
from sqltoolkit_core import union
from sqltoolkit_core import values
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.sql.compiler import FROM_LINTING
from sqltoolkit_core.sql.operators import custom_op
from sqltoolkit_core.testing.assertions import AssertsCompiledSQL
from sqltoolkit_core.testing.assertions import compiled_text
from sqltoolkit_core.testing.assertions import expect_warnings

t = table("t", column("a", Integer), column("b", String), column("flag", Boolean))
u = table("u", column("a", Integer), column("c", String))


class TestSelect(AssertsCompiledSQL):
    def test_plain(self):
        compiled = self.assert_compile(
            select(t.c.a).where(t.c.a == 5), "SELECT t.a FROM t WHERE t.a = :a_1", checkparams={"a_1": 5}
        )
        assert str(compiled) == "SELECT t.a \nFROM t \nWHERE t.a = :a_1"

    @pytest.mark.parametrize(
        "columns, expected",
        [
            ((t.c.a, t.c.a, u.c.a), "SELECT t.a, t.a AS a__1, u.a AS a_1 FROM t, u"),
            ((func.count(t.c.a), t.c.a + 1), "SELECT count(t.a) AS count_1, t.a + :a_1 AS anon_1 FROM t"),
            ((t.c.a.label("x"),), "SELECT t.a AS x FROM t"),
            ((cast(t.c.a, String),), "SELECT CAST(t.a AS VARCHAR) AS a FROM t"),
            ((literal_column("5 + 1"),), "SELECT 5 + 1"),
            ((case((t.c.a == 1, "x"), else_="y"),),
             "SELECT CASE WHEN (t.a = :a_1) THEN :param_1 ELSE :param_2 END AS anon_1 FROM t"),
        ],
    )  # fmt: skip
    def test_columns(self, columns, expected):
        self.assert_compile(select(*columns), expected)

    def test_clauses(self):
        statement = (
            select(t.c.a, func.count().label("n"))
            .where(or_(t.c.a > 1, t.c.b == "x"), t.c.b != "y")
            .group_by(t.c.a)
            .having(func.count() > 2)
            .order_by(func.count().label("n").desc(), "n", t.c.a)
            .limit(3)
            .offset(4)
        )
        text_ = compiled_text(statement)
        assert text_.startswith(
            "SELECT t.a, count(*) AS n FROM t WHERE (t.a > :a_1 OR t.b = :b_1) AND t.b != :b_2 GROUP BY t.a "
            "HAVING count(*) > :count_1 ORDER BY "
        )
        assert text_.endswith(", n, t.a LIMIT :param_1 OFFSET :param_2")

    def test_subquery_names_its_columns(self):
        inner = select(t.c.a, u.c.a).subquery()
        self.assert_compile(
            select(inner),
            "SELECT anon_1.a, anon_1.a_1 FROM (SELECT t.a AS a, u.a AS a_1 FROM t, u) AS anon_1",
        )

    def test_correlation(self):
        inner = select(u.c.c).where(u.c.a == t.c.a)
        self.assert_compile(
            select(t.c.a).where(exists(inner)),
            "SELECT t.a FROM t WHERE EXISTS (SELECT u.c FROM u WHERE u.a = t.a)",
        )
        self.assert_compile(
            select(inner.scalar_subquery().label("c")), "SELECT (SELECT u.c FROM u, t WHERE u.a = t.a) AS c"
        )

    def test_set_operations(self):
        self.assert_compile(
            union(select(t.c.a), select(u.c.a).limit(2)).order_by("a"),
            "SELECT t.a FROM t UNION (SELECT u.a FROM u LIMIT :param_1) ORDER BY a",
        )

    def test_recursive_cte(self):
        numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
        numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < 10))
        self.assert_compile(
            select(numbers.c.n),
            "WITH RECURSIVE numbers(n) AS (SELECT :param_1 AS n UNION ALL SELECT numbers.n + :n_1 AS anon_1 "
            "FROM numbers WHERE numbers.n < :n_2) SELECT numbers.n FROM numbers",
        )

    def test_two_ctes_of_one_name(self):
        one, other = select(t.c.a).cte("x"), select(u.c.a).cte("x")
        with pytest.raises(exc.CompileError, match="'x'"):
            select(one, other).compile()

    def test_unknown_order_by_text(self):
        with pytest.raises(exc.CompileError, match="nothing_of_that_name"):
            select(t.c.a).order_by("nothing_of_that_name").compile()

    def test_values(self):
        source = values(column("x", Integer), column("y", String), name="v").data([(1, "a"), (2, "b")])
        self.assert_compile(
            select(source.c.x),
            "SELECT v.x FROM (VALUES (:param_1, :param_2), (:param_3, :param_4)) AS v (x, y)",
            checkparams={"param_1": 1, "param_2": "a", "param_3": 2, "param_4": "b"},
        )

    def test_boolean_column_without_native_type(self):
        dialect = DefaultDialect(supports_native_boolean=False)
        self.assert_compile(
            select(t.c.a).where(t.c.flag), "SELECT t.a FROM t WHERE t.flag = 1", dialect=dialect
        )


class TestBinds(AssertsCompiledSQL):
    @pytest.mark.parametrize(
        "style, expected, positions",
        [
            ("named", "t.a = :a_1 AND t.b = :x AND t.b != :x", None),
            ("pyformat", "t.a = %(a_1)s AND t.b = %(x)s AND t.b != %(x)s", None),
            ("qmark", "t.a = ? AND t.b = ? AND t.b != ?", ["a_1", "x", "x"]),
            ("format", "t.a = %s AND t.b = %s AND t.b != %s", ["a_1", "x", "x"]),
            ("numeric", "t.a = :1 AND t.b = :2 AND t.b != :2", ["a_1", "x"]),
            ("numeric_dollar", "t.a = $1 AND t.b = $2 AND t.b != $2", ["a_1", "x"]),
        ],
    )
    def test_paramstyles(self, style, expected, positions):
        clause = and_(t.c.a == 5, t.c.b == bindparam("x", "v"), t.c.b != bindparam("x", "v"))
        compiled = clause.compile(dialect=DefaultDialect(paramstyle=style))
        assert str(compiled) == expected
        assert compiled.positiontup == positions
        assert compiled.params == {"a_1": 5, "x": "v"}

    def test_expanding(self):
        self.assert_compile(t.c.a.in_([1, 2]), "t.a IN (__[POSTCOMPILE_a_1])")
        self.assert_compile(
            t.c.a.in_([1, 2]), "t.a IN (:a_1_1, :a_1_2)", render_postcompile=True,
            checkparams={"a_1_1": 1, "a_1_2": 2},
        )  # fmt: skip
        self.assert_compile(t.c.a.in_([]), "t.a IN (NULL) AND (1 != 1)", render_postcompile=True)
        self.assert_compile(t.c.a.not_in([]), "(t.a NOT IN (NULL) OR (1 = 1))", literal_binds=True)
        self.assert_compile(
            tuple_(t.c.a, t.c.b).in_([(1, "x")]), "(t.a, t.b) IN ((1, 'x'))", literal_binds=True
        )

    @pytest.mark.parametrize("style", ["qmark", "numeric", "named"])
    def test_expansion_by_execution(self, style):
        clause = and_(t.c.b == "x", t.c.a.in_([1]), t.c.b != "y")
        compiled = clause.compile(dialect=DefaultDialect(paramstyle=style))
        for values_ in ([7, 8, 9], [1], [4, 5, 6]):
            params = compiled.construct_params({"a_1": values_}, escape_names=False)
            state = compiled.process_expanding(params)
            if style == "qmark":
                assert state.statement.count("?") == 2 + len(values_)
                assert state.positional_parameters == ("x",) + tuple(values_) + ("y",)
            elif style == "numeric":
                assert [state.parameters[name] for name in state.positiontup] == ["x", "y"] + values_
            else:
                assert [state.parameters["a_1_%d" % (i + 1)] for i in range(len(values_))] == values_

    def test_names_with_other_characters(self):
        compiled = self.assert_compile(
            literal_column("x") == bindparam("a b.c:d", 3), "x = :a_b_cCd", checkparams={"a_b_cCd": 3}
        )
        assert compiled.escaped_bind_names == {"a b.c:d": "a_b_cCd"}

    def test_conflicting_names(self):
        clause = and_(t.c.a == bindparam("x", 5), t.c.a == bindparam("x", 6, unique=False))
        assert str(clause) == "t.a = :x AND t.a = :x"
        with pytest.raises(exc.CompileError, match="'x_1'"):
            and_(t.c.a == bindparam("x", 5, unique=True), t.c.a == bindparam("x_1", 6)).compile()

    def test_required(self):
        compiled = (t.c.a == bindparam("x")).compile()
        with pytest.raises(exc.InvalidRequestError, match="'x'"):
            compiled.construct_params({})
        assert compiled.construct_params({"x": 3}) == {"x": 3}

    def test_literal_without_processor(self):
        with pytest.raises(exc.CompileError, match="literal"):
            literal(object()).compile(compile_kwargs={"literal_binds": True})


class TestExtractor:
    @pytest.mark.parametrize("style", ["qmark", "named"])
    def test_values_of_an_equal_statement(self, style):
        def build(x, y):
            return select(t.c.a).where(t.c.a == x, t.c.b == bindparam("p"), t.c.b != y)

        dialect = DefaultDialect(paramstyle=style)
        cache = {}
        one, _, hit = build(1, "m")._compile_w_cache(dialect, compiled_cache=cache)
        compiled, extracted, hit = build(2, "n")._compile_w_cache(dialect, compiled_cache=cache)
        assert compiled is one and hit == dialect.CACHE_HIT
        extract = compiled.bind_extractor()
        found = extract(extracted, {"p": "q"})
        if style == "qmark":
            assert found == (2, "q", "n")
        else:
            assert found == {"a_1": 2, "p": "q", "b_1": "n"}
        with pytest.raises(KeyError):
            extract(extracted, None)

    def test_lists_take_the_long_way(self):
        assert select(t.c.a).where(t.c.a.in_([1])).compile(dialect=DefaultDialect()).bind_extractor() is None


class TestLinting:
    def test_cartesian_product(self):
        statement = select(t.c.a, u.c.c)
        with expect_warnings('"u".*"t"'):
            statement.compile(linting=FROM_LINTING)

    def test_connected(self):
        with expect_warnings() as seen:
            select(t.c.a, u.c.c).where(t.c.a == u.c.a).compile(linting=FROM_LINTING)
            select(t.c.a).select_from(t.join(u, t.c.a == u.c.a)).compile(linting=FROM_LINTING)
        assert not seen

    def test_lateral_is_connected_to_what_it_depends_on(self):
        beside = select(u.c.c).where(u.c.a == t.c.a).lateral()
        with expect_warnings() as seen:
            select(t.c.a, beside.c.c).compile(linting=FROM_LINTING)
        assert not seen
        with expect_warnings('"other"'):
            select(t.c.a, beside.c.c, table("other", column("z")).c.z).compile(linting=FROM_LINTING)


class TestText(AssertsCompiledSQL):
    def test_binds_and_escapes(self):
        self.assert_compile(
            text(r"select :x, y::int, '\:z'").bindparams(x=5), "select :x, y::int, ':z'", checkparams={"x": 5}
        )

    def test_percent_signs(self):
        self.assert_compile(
            select(literal_column("'a%b'")), "SELECT 'a%%b'", dialect=DefaultDialect(paramstyle="format")
        )


class TestPlaces(AssertsCompiledSQL):
    def test_operators_that_group_eagerly(self):
        op = custom_op("->", precedence=15, eager_grouping=True, natural_self_precedent=True)
        a, b = column("a", String), column("b", String)
        part = op(a, b)
        self.assert_compile(part, "a -> b")
        self.assert_compile(func.f(part), "f(a -> b)")
        self.assert_compile(part + b, "(a -> b) || b")
        self.assert_compile(b == cast(part, String), "b = CAST((a -> b) AS VARCHAR)")
        self.assert_compile(select(part.label("x"), part == b), "SELECT a -> b AS x, (a -> b) = b AS anon_1")

    def test_sources_and_windows_by_themselves(self):
        self.assert_compile(select(t.c.a).lateral("x"), "LATERAL (SELECT t.a FROM t)")
        self.assert_compile(func.f(t.c.a).over(order_by="x"), "f(t.a) OVER (ORDER BY x)")

    def test_blanks(self):
        assert str(select()) == "SELECT"
        assert str(select(t.c.a).suffix_with("X")) == "SELECT t.a \nFROM t X "

    def test_type_of_a_parameter_compared(self):
        condition = t.c.a == bindparam("p")
        statement = select(t.c.a).where(column("n", Integer) == bindparam("p")).params(p=5)
        assert type(condition.right.type) is type(t.c.a.type)
        assert str(statement.compile(compile_kwargs={"literal_binds": True})).endswith("WHERE n = 5")

    def test_negated_aggregates_of_collections(self):
        self.assert_compile(~(func.any(column("x")) == column("y")), "NOT (any(x) = y)")
        self.assert_compile(~(func.f() == column("y")), "f() != y")

    def test_subquery_in_a_function_in_from_correlates(self):
        inner = select(t.c.a).where(t.c.b == u.c.c).scalar_subquery()
        each = func.each(inner).alias("e")
        self.assert_compile(
            select(u.c.c, each.column).select_from(u), "SELECT u.c, e FROM u, each((SELECT t.a FROM t WHERE t.b = u.c)) AS e"
        )

    def test_lateral_function_under_another_name(self):
        rows = func.f(t.c.a).table_valued("n")
        self.assert_compile(select(rows.lateral().alias("z").c.n), "SELECT z.n FROM LATERAL f(t.a) AS z")

    def test_keys_of_columns_named_after_their_table(self):
        keyed = table("k", column("a"))
        keyed.c.a.key = "b"
        entry = select(keyed).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).compile()._result_columns[0]
        assert entry.keyname == "k_a" and "k_b" in entry.objects and "b" not in entry.objects
