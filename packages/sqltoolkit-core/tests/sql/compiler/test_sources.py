"""What stands in FROM: tables, aliases, joins, VALUES, and the methods a dialect overrides."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import ForeignKey
from sqltoolkit_core import Integer
from sqltoolkit_core import JSON
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import column
from sqltoolkit_core import create_engine
from sqltoolkit_core import delete
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_core import literal_column
from sqltoolkit_core import select
from sqltoolkit_core import table
from sqltoolkit_core import true
from sqltoolkit_core import update
from sqltoolkit_core import values
from sqltoolkit_core.sql.compiler import FROM_LINTING
from sqltoolkit_core.testing.assertions import AssertsCompiledSQL
from sqltoolkit_core.testing.assertions import compiled_text
from sqltoolkit_core.testing.assertions import expect_warnings
from sqltoolkit_core.testing.assertions import one_line

t = table("t", column("a", Integer), column("b", String))
u = table("u", column("a", Integer), column("c", String))
in_schema = Table("T1", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer), schema="the schema")
rows = values(column("x", Integer), column("y", String), name="v").data([(1, "a"), (2, "b")])


class TestText(AssertsCompiledSQL):
    @pytest.mark.parametrize(
        "statement, expected",
        [
            (select(in_schema.c.x), 'SELECT "the schema"."T1".x FROM "the schema"."T1"'),
            (select(in_schema.alias("a b").c.x), 'SELECT "a b".x FROM "the schema"."T1" AS "a b"'),
            (select(t.alias().c.a, t.alias().c.a), "SELECT t_1.a, t_2.a AS a_1 FROM t AS t_1, t AS t_2"),
            (select(t.join(u, true())), "SELECT t.a, t.b, u.a AS a_1, u.c FROM t JOIN u ON true"),
            (select(t.c.a).outerjoin(u, t.c.a == u.c.a), "SELECT t.a FROM t LEFT OUTER JOIN u ON t.a = u.a"),
            (select(t.c.a).join(u, t.c.a == u.c.a, full=True), "SELECT t.a FROM t FULL OUTER JOIN u ON t.a = u.a"),
            (select(t.c.a).select_from(t.join(u.join(t.alias("z"), true()), true())),
             "SELECT t.a FROM t JOIN (u JOIN t AS z ON true) ON true"),
            (select(t.tablesample(5, name="s", seed=literal_column("1")).c.a),
             "SELECT s.a FROM t AS s TABLESAMPLE system(:system_1) REPEATABLE (1)"),
            (select(func.f(1).table_valued(column("x y", Integer)).render_derived("Z", with_types=True).c["x y"]),
             'SELECT "Z"."x y" FROM f(:f_1) AS "Z"("x y" INTEGER)'),
        ],
    )  # fmt: skip
    def test_sources(self, statement, expected):
        self.assert_compile(statement, expected)

    @pytest.mark.parametrize(
        "source, expected",
        [
            (t, ""), (t.alias("x"), ""), (t.join(u, true()), "t JOIN u ON true"),
            (select(t.c.a).subquery("s").lateral("l"), "LATERAL (SELECT t.a FROM t)"),
            (select(t.c.a).subquery("s"), "SELECT t.a FROM t"), (select(t.c.a).lateral("s"), "LATERAL (SELECT t.a FROM t)"),
            (values(column("x"), name="v").data([(1,)]), "VALUES (:param_1)"),
        ],
    )  # fmt: skip
    def test_by_themselves(self, source, expected):
        self.assert_compile(source, expected)

    def test_subquery_in_a_function_in_from_correlates(self):
        inner = select(t.c.a).where(t.c.b == u.c.c).scalar_subquery()
        each = func.each(inner).alias("e")
        self.assert_compile(
            select(u.c.c, each.column).select_from(u), "SELECT u.c, e FROM u, each((SELECT t.a FROM t WHERE t.b = u.c)) AS e"
        )

    def test_lateral_function_under_another_name(self):
        source = func.f(t.c.a).table_valued("n")
        self.assert_compile(select(source.lateral().alias("z").c.n), "SELECT z.n FROM LATERAL f(t.a) AS z")


class TestValues(AssertsCompiledSQL):
    def test_parameters(self):
        self.assert_compile(
            select(rows.c.x),
            "SELECT v.x FROM (VALUES (:param_1, :param_2), (:param_3, :param_4)) AS v (x, y)",
            checkparams={"param_1": 1, "param_2": "a", "param_3": 2, "param_4": "b"},
        )

    @pytest.mark.parametrize(
        "type_, expected",
        [(Integer(), "(NULL)"), (JSON(none_as_null=True), "(NULL)"), (JSON(), "(:param_2)")],
    )
    def test_none_is_null_where_the_type_has_no_value_for_it(self, type_, expected):
        statement = select(values(column("a", type_), name="v").data([(1,), (None,)]))
        self.assert_compile(statement, "SELECT v.a FROM (VALUES (:param_1), %s) AS v (a)" % expected)

    @pytest.mark.parametrize(
        "data, expected",
        [
            ([("x",), (None,)], "SELECT v.a FROM (VALUES ('x'), (NULL)) AS v (a)"),
            ([(func.now(),), (literal_column("5"),)], "SELECT v.a FROM (VALUES (now()), (5)) AS v (a)"),
        ],
    )
    def test_literals_and_expressions(self, data, expected):
        self.assert_compile(select(values(column("a", String), name="v", literal_binds=True).data(data).c.a), expected)

    @pytest.mark.parametrize("row, found", [((1, 2), "2 elements in VALUES, expected 1"), ((), "0 elements")])
    def test_width(self, row, found):
        with pytest.raises(exc.ArgumentError, match=found):
            select(values(column("a"), name="v").data([(1,), row])).compile()

    def test_lateral_values_in_a_cte(self):
        with pytest.raises(exc.CompileError, match="LATERAL VALUES"):
            select(rows.lateral("x").cte("c").c.x).compile()


class TestLinting:
    def lint(self, statement):
        statement.compile(linting=FROM_LINTING)

    @pytest.mark.parametrize(
        "statement",
        [
            select(t.c.a, u.c.c).where(t.c.a == u.c.a),
            select(t.c.a).select_from(t.join(u, t.c.a == u.c.a)),
            select(t.c.a).select_from(t.join(u, true())),
            select(t.c.a, rows.c.x).where(t.c.a == rows.c.x),
            select(t.c.a, select(u.c.c).where(u.c.a == t.c.a).lateral().c.c),
            select(t.c.a, func.f(t.c.a).table_valued("x", joins_implicitly=True).c.x),
        ],
    )
    def test_connected(self, statement):
        with expect_warnings() as seen:
            self.lint(statement)
        assert not seen

    @pytest.mark.parametrize(
        "statement, found",
        [
            (select(t.c.a, u.c.c), '"u".*"t"'),
            (select(t.c.a, in_schema.c.x), '"the schema.T1".*"t"'),
            (select(t.c.a, u.alias("z").c.c), '"z".*"t"'),
            (select(t.c.a, rows.c.x), '"v".*"t"'),
            (select(t.c.a, values(column("q")).data([(1,)]).c.q), r'"\(unnamed VALUES element\)"'),
            (select(t.c.a, select(u.c.a).subquery("s").c.a), '"s".*"t"'),
            (select(t.c.a, select(u.c.a).cte("s").c.a), '"s".*"t"'),
            (select(t.c.a, func.f().table_valued("x", name="fn").c.x), '"fn".*"t"'),
        ],
    )
    def test_not_connected(self, statement, found):
        with expect_warnings("cartesian product.*" + found):
            self.lint(statement)

    def test_lateral_is_connected_to_what_it_depends_on(self):
        beside = select(u.c.c).where(u.c.a == t.c.a).lateral()
        with expect_warnings('"other"'):
            self.lint(select(t.c.a, beside.c.c, table("other", column("z")).c.z))


class TestMethodsOfADialect:
    def test_names_without_as(self, dialect_with):
        dialect = dialect_with(get_render_as_alias_suffix=lambda self, name: " " + name)
        assert compiled_text(select(t.alias("z").c.a), dialect) == "SELECT z.a FROM t z"
        assert compiled_text(select(select(t.c.a).subquery().c.a), dialect) == (
            "SELECT anon_1.a FROM (SELECT t.a AS a FROM t) anon_1"
        )
        assert compiled_text(select(values(column("a"), name="v").data([(1,)]).c.a), dialect).endswith(" v (a)")

    def test_hints_behind_tables(self, dialect_with):
        dialect = dialect_with(get_from_hint_text=lambda self, source, text: text.upper())
        statement = select(t.c.a).select_from(t.join(u, true())).with_hint(u, "x")
        assert compiled_text(statement, dialect) == "SELECT t.a FROM t JOIN u X ON 1 = 1"
        assert compiled_text(select(t.c.a).with_hint(t, "x").with_hint(u, "y"), dialect) == "SELECT t.a FROM t X"

    def test_joins(self, dialect_with):
        def visit_join(self, join, asfrom=False, **kw):
            return "JOIN(%s, %s)" % (join.left._visit_kw(self, asfrom=True, **kw), join.right._visit_kw(self, asfrom=True, **kw))

        assert compiled_text(select(t.c.a).select_from(t.join(u, true())), dialect_with(visit_join=visit_join)) == (
            "SELECT t.a FROM JOIN(t, u)"
        )

    def test_tables(self, dialect_with):
        def visit_table(self, table, asfrom=False, **kw):
            return "TABLE(%s)" % self.preparer.quote(table.name) if asfrom else ""

        dialect = dialect_with(visit_table=visit_table)
        assert compiled_text(select(t.alias("z").c.a), dialect) == "SELECT z.a FROM TABLE(t) AS z"


class TestNamesakes:
    """Tables of one name in two schemas, where the name alone would mean either of them."""

    metadata = MetaData()
    plain = Table("t", metadata, Column("id", Integer, primary_key=True), Column("x", Integer))
    other = Table(
        "t", metadata, Column("id", Integer, primary_key=True), Column("aid", ForeignKey("t.id")), schema="s"
    )
    third = Table("o", metadata, Column("id", Integer))

    @pytest.mark.parametrize(
        "make, sql",
        [
            (lambda a, b, o: select(a, b), "SELECT t_1.id, t_1.x, s.t.id AS id_1, s.t.aid FROM t AS t_1, s.t"),
            (
                lambda a, b, o: select(a).join(b).where(a.c.x == 1).order_by(a.c.id),
                "SELECT t_1.id, t_1.x FROM t AS t_1 JOIN s.t ON t_1.id = s.t.aid WHERE t_1.x = :x_1 ORDER BY t_1.id",
            ),
            (
                lambda a, b, o: select(a.c.id).join(b).union(select(a.c.id)),
                "SELECT t_1.id FROM t AS t_1 JOIN s.t ON t_1.id = s.t.aid UNION SELECT t.id FROM t",
            ),
            (
                lambda a, b, o: select(a.alias(), b),
                "SELECT t_1.id, t_1.x, s.t.id AS id_1, s.t.aid FROM t AS t_1, s.t",
            ),
            (
                lambda a, b, o: select(a.c.id, a.alias().c.x, b.c.id),
                "SELECT t_1.id, t_2.x, s.t.id AS id_1 FROM t AS t_1, t AS t_2, s.t",
            ),
            (
                lambda a, b, o: update(b).values(aid=select(a.c.x).where(a.c.id == b.c.id).scalar_subquery()),
                "UPDATE s.t SET aid=(SELECT t_1.x FROM t AS t_1 WHERE t_1.id = s.t.id)",
            ),
            # each statement for itself
            (
                lambda a, b, o: select(a.c.id, b.c.id).where(select(a).correlate(None).where(a.c.id == 1).exists()),
                "SELECT t_1.id, s.t.id AS id_1 FROM t AS t_1, s.t "
                "WHERE EXISTS (SELECT t.id, t.x FROM t WHERE t.id = :id_2)",
            ),
            # what the enclosing statement calls a table holds inside as well
            (
                lambda a, b, o: select(a.c.id, b.c.id).where(select(o).where(o.c.id == a.c.id).exists()),
                "SELECT t_1.id, s.t.id AS id_1 FROM t AS t_1, s.t "
                "WHERE EXISTS (SELECT o.id FROM o WHERE o.id = t_1.id)",
            ),
            # the enclosing one has the plain name: the inner one gets another
            (
                lambda a, b, o: select(a).where(select(b.c.id).where(b.c.aid == a.c.id).exists()),
                "SELECT t.id, t.x FROM t WHERE EXISTS (SELECT t_1.id FROM s.t AS t_1 WHERE t_1.aid = t.id)",
            ),
            (
                lambda a, b, o: delete(a).where(select(b.c.id).where(b.c.aid == a.c.id).exists()),
                "DELETE FROM t WHERE EXISTS (SELECT t_1.id FROM s.t AS t_1 WHERE t_1.aid = t.id)",
            ),
            # nothing can be mistaken
            (lambda a, b, o: select(a), "SELECT t.id, t.x FROM t"),
            (lambda a, b, o: select(b, o), "SELECT s.t.id, s.t.aid, o.id AS id_1 FROM s.t, o"),
        ],
    )
    def test_text(self, make, sql):
        assert compiled_text(make(self.plain, self.other, self.third)) == sql

    def test_schema_translated(self):
        statement = select(self.plain.c.id, self.other.c.id)
        compiled = statement.compile(schema_translate_map={None: "main"})
        assert one_line(str(compiled)) == "SELECT __[SCHEMA__none].t.id, __[SCHEMA_s].t.id AS id_1 FROM __[SCHEMA__none].t, __[SCHEMA_s].t"

    def test_rows(self):
        with create_engine("sqlite://").connect() as connection:
            connection.exec_driver_sql("ATTACH ':memory:' AS s")
            for sql in (
                "CREATE TABLE t (id INTEGER PRIMARY KEY, x INTEGER)", "CREATE TABLE s.t (id INTEGER PRIMARY KEY, aid INTEGER)",
                "INSERT INTO t VALUES (1, 10), (2, 20)", "INSERT INTO s.t VALUES (1, 2), (3, 3)",
            ):  # fmt: skip
                connection.exec_driver_sql(sql)
            a, b = self.plain, self.other
            assert connection.execute(select(a.c.x, b.c.id).join(b)).all() == [(20, 1)]
            inside = select(b.c.id).where(b.c.aid == a.c.id).exists()
            assert connection.scalars(select(a.c.id).where(inside)).all() == [2]
            connection.execute(delete(a).where(inside))
            assert connection.scalars(select(a.c.id)).all() == [1]
