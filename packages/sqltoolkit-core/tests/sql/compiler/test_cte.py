"""The WITH clause: what stands in it, where and in which order."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import column
from sqltoolkit_core import exc
from sqltoolkit_core import exists
from sqltoolkit_core import func
from sqltoolkit_core import literal
from sqltoolkit_core import select
from sqltoolkit_core import table
from sqltoolkit_core import union
from sqltoolkit_core import values
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.testing.assertions import AssertsCompiledSQL
from sqltoolkit_core.testing.assertions import compiled_text

t = table("t", column("a", Integer), column("b", String))
u = table("u", column("a", Integer), column("c", String))
w = Table("w", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer))
first = select(t.c.a).cte("first")
second = select(first.c.a).where(first.c.a > 5).cte("second")
nested = select(t.c.a).cte("n", nesting=True)
FIRST = "first AS (SELECT t.a AS a FROM t)"
SECOND = "second AS (SELECT first.a AS a FROM first WHERE first.a > :a_1)"
N = "n AS (SELECT t.a AS a FROM t)"


def numbers(alias=None):
    start = select(literal(1).label("n")).cte("numbers", recursive=True)
    source = start if alias is None else start.alias(alias)
    return start.union_all(select(source.c.n + 1).where(source.c.n < 10))


class TestPlace(AssertsCompiledSQL):
    @pytest.mark.parametrize(
        "statement, expected",
        [
            (select(second.c.a), "WITH %s, %s SELECT second.a FROM second" % (FIRST, SECOND)),
            (select(t.c.a).where(exists(select(first.c.a).where(first.c.a == t.c.a))),
             "WITH %s SELECT t.a FROM t WHERE EXISTS (SELECT first.a FROM first WHERE first.a = t.a)" % FIRST),
            (union(select(first.c.a), select(first.c.a)),
             "WITH %s SELECT first.a FROM first UNION SELECT first.a FROM first" % FIRST),
            (select(select(first.c.a).subquery().c.a),
             "WITH %s SELECT anon_1.a FROM (SELECT first.a AS a FROM first) AS anon_1" % FIRST),
            (select(first.alias("x").c.a, first.c.a), "WITH %s SELECT x.a, first.a AS a_1 FROM first AS x, first" % FIRST),
            (select(first.alias("x").alias("y").c.a), "WITH %s SELECT y.a FROM first AS y" % FIRST),
            (select(select(t.c.a).cte().c.a, select(u.c.a).cte().c.a),
             "WITH anon_1 AS (SELECT t.a AS a FROM t), anon_2 AS (SELECT u.a AS a FROM u) "
             "SELECT anon_1.a, anon_2.a AS a_1 FROM anon_1, anon_2"),
            (w.insert().from_select(["x"], select(first.c.a)), "WITH %s INSERT INTO w (x) SELECT first.a FROM first" % FIRST),
            (w.update().values(x=select(first.c.a).scalar_subquery()),
             "WITH %s UPDATE w SET x=(SELECT first.a FROM first)" % FIRST),
            (w.delete().where(w.c.x.in_(select(first.c.a))),
             "WITH %s DELETE FROM w WHERE w.x IN (SELECT first.a FROM first)" % FIRST),
            (select(w.insert().values(x=1).returning(w.c.id).cte("ins").c.id),
             "WITH ins AS (INSERT INTO w (x) VALUES (:param_1) RETURNING w.id) SELECT ins.id FROM ins"),
            (select(values(column("q", Integer), name="v").data([(1,)]).cte("c").c.q),
             "WITH c(q) AS (VALUES (:param_1)) SELECT c.q FROM c"),
            (first, "SELECT t.a FROM t"),
        ],
    )  # fmt: skip
    def test_outermost_statement(self, statement, expected):
        self.assert_compile(statement, expected)

    @pytest.mark.parametrize(
        "statement, expected",
        [
            (select(nested.c.a), "WITH %s SELECT n.a FROM n" % N),
            (select(select(nested.c.a).subquery().c.a),
             "SELECT anon_1.a FROM (WITH %s SELECT n.a AS a FROM n) AS anon_1" % N),
            (select(select(nested.c.a).cte("o").c.a), "WITH o AS (WITH %s SELECT n.a AS a FROM n) SELECT o.a FROM o" % N),
            (select(select(nested.c.a).subquery().c.a, select(nested.c.a).scalar_subquery()),
             "SELECT anon_1.a, (WITH {0} SELECT n.a FROM n) AS anon_2 "
             "FROM (WITH {0} SELECT n.a AS a FROM n) AS anon_1".format(N)),
        ],
    )  # fmt: skip
    def test_where_it_is_used(self, statement, expected):
        self.assert_compile(statement, expected)

    @pytest.mark.parametrize(
        "statement, expected",
        [
            (select(u.c.a).add_cte(first), "WITH %s SELECT u.a FROM u" % FIRST),
            (w.insert().values(x=1).add_cte(first), "WITH %s INSERT INTO w (x) VALUES (:x)" % FIRST),
            (select(select(u.c.a).add_cte(first).subquery()), "WITH %s SELECT anon_1.a FROM (SELECT u.a AS a FROM u) AS anon_1" % FIRST),
            (select(select(u.c.a).add_cte(first, nest_here=True).subquery()),
             "SELECT anon_1.a FROM (WITH %s SELECT u.a AS a FROM u) AS anon_1" % FIRST),
        ],
    )  # fmt: skip
    def test_added_by_hand(self, statement, expected):
        self.assert_compile(statement, expected)

    def test_added_here_and_there(self):
        inner = select(t.c.a).add_cte(first, nest_here=True).subquery()
        with pytest.raises(exc.CompileError, match="'first' added with nest_here"):
            select(inner).add_cte(first, nest_here=True).compile()


class TestNames(AssertsCompiledSQL):
    def test_two_of_one_name(self):
        one, other = select(t.c.a).cte("x"), select(u.c.a).cte("x")
        with pytest.raises(exc.CompileError, match="two different CTEs named 'x'"):
            select(one, other).compile()

    def test_one_name_on_two_levels(self):
        inner = select(select(t.c.a).cte("x", nesting=True).c.a).subquery()
        self.assert_compile(
            select(select(u.c.a).cte("x").c.a, inner.c.a),
            "WITH x AS (SELECT u.a AS a FROM u) SELECT x.a, anon_1.a AS a_1 "
            "FROM x, (WITH x AS (SELECT t.a AS a FROM t) SELECT x.a AS a FROM x) AS anon_1",
        )

    def test_names_are_quoted(self):
        self.assert_compile(
            select(select(t.c.a).cte("the name").c.a), 'WITH "the name" AS (SELECT t.a AS a FROM t) SELECT "the name".a FROM "the name"'
        )


class TestRecursive(AssertsCompiledSQL):
    @pytest.mark.parametrize("alias, named", [(None, "numbers"), ("p", "numbers AS p")])
    def test_text(self, alias, named):
        self.assert_compile(
            select(numbers(alias).c.n),
            "WITH RECURSIVE numbers(n) AS (SELECT :param_1 AS n UNION ALL SELECT {1}.n + :n_1 AS anon_1 "
            "FROM {0} WHERE {1}.n < :n_2) SELECT numbers.n FROM numbers".format(named, alias or "numbers"),
        )

    def test_beside_others(self):
        both = compiled_text(select(numbers().c.n, first.c.a))
        assert both.startswith("WITH RECURSIVE numbers(n) AS (") and ", first AS (" in both

    def test_columns_have_names_of_their_own(self):
        many = select(t.c.a, u.c.a, func.f(), t.c.a + 1).cte("many", recursive=True)
        assert compiled_text(select(many.c.a)).startswith("WITH RECURSIVE many(a, a_1, f_1, anon_1) AS (")


class TestOptions(AssertsCompiledSQL):
    def test_prefixes_and_suffixes(self):
        one = select(t.c.a).cte("x").prefix_with("NOT MATERIALIZED").suffix_with("CYCLE", dialect="default")
        self.assert_compile(
            select(one.c.a), "WITH x AS NOT MATERIALIZED (SELECT t.a AS a FROM t) CYCLE  SELECT x.a FROM x",
            dialect=DefaultDialect(),
        )  # fmt: skip

    def test_literals_reach_into_definitions(self):
        assert compiled_text(select(second.c.a), literal_binds=True).endswith("first.a > 5) SELECT second.a FROM second")

    def test_lines(self):
        assert str(select(second.c.a)) == (
            "WITH first AS \n(SELECT t.a AS a \nFROM t), \nsecond AS \n(SELECT first.a AS a \nFROM first \n"
            "WHERE first.a > :a_1)\n SELECT second.a \nFROM second"
        )

    def test_positions_are_those_of_the_text(self):
        statement = select(u.c.a + 1).add_cte(second).where(u.c.a < 7)
        compiled = statement.compile(dialect=DefaultDialect(paramstyle="qmark"))
        assert [compiled.params[name] for name in compiled.positiontup] == [5, 1, 7]


class TestMethodsOfADialect:
    def test_preamble(self, dialect_with):
        dialect = dialect_with(get_cte_preamble=lambda self, recursive: "WITH%s" % (" R" if recursive else ""))
        assert compiled_text(select(first.c.a), dialect).startswith("WITH first AS")
        assert compiled_text(select(numbers().c.n), dialect).startswith("WITH R numbers(n) AS")


class TestOnItsOwn(AssertsCompiledSQL):
    @pytest.mark.parametrize(
        "cte, expected",
        [
            (first, "SELECT t.a FROM t"),
            (second, "WITH %s SELECT first.a FROM first WHERE first.a > :a_1" % FIRST),
            (numbers(), "SELECT :param_1 AS n UNION ALL SELECT numbers.n + :n_1 AS anon_1 FROM numbers WHERE numbers.n < :n_2"),
            (numbers().alias("x"), "SELECT :param_1 AS n UNION ALL SELECT numbers.n + :n_1 AS anon_1 FROM numbers WHERE numbers.n < :n_2"),
        ],
    )  # fmt: skip
    def test_its_statement_is_shown(self, cte, expected):
        self.assert_compile(cte, expected)
