"""The text of statements in corners that random statements found: names, labels, parentheses, joins."""

from __future__ import annotations

import pickle

import pytest

from sqltoolkit_core import LABEL_STYLE_NONE, LABEL_STYLE_TABLENAME_PLUS_COL, BigInteger, Boolean, Column, Enum, ForeignKey, Integer
from sqltoolkit_core import MetaData, String, Table, Text, and_, any_, bindparam, cast, create_engine, exc, func, literal, literal_column
from sqltoolkit_core import null, or_, select, text, true, type_coerce, union, values
from sqltoolkit_core import column as c
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.sql.visitors import cloned_traverse, replacement_traverse
from sqltoolkit_core.testing.assertions import one_line

m = MetaData()
A = Table(
    "alpha", m, Column("id", Integer, primary_key=True), Column("x", Integer), Column("name", String(20)),
    Column("flag", Boolean), Column("alpha_id", ForeignKey("alpha.id")),
)  # fmt: skip
B = Table("beta", m, Column("id", Integer, primary_key=True), Column("x", Integer), Column("alpha_id", ForeignKey("alpha.id")))
a, b = A.c, B.c
fn, e = func.foo(), A.c.id + 1
few = select(B.c.x).scalar_subquery()
twice = type_coerce(literal(3), Boolean)
counted = select(func.count()).subquery("z")
again = A.alias("again")
first = union(select(a.id), select(b.id))

DEFAULT = [
    # names of parameters
    (lambda: c("a!b") == 1, '"a!b" = :a!b_1'),
    (lambda: c("_u") == 1, "_u = :u_1"),
    (lambda: c("x:y") == 1, '"x:y" = :x_y_1'),
    (lambda: select(counted.c[0]).where(counted.c[0] == 1, counted.c[0].in_([1])),
     "SELECT z.count_1 \nFROM (SELECT count(*) AS count_1) AS z "
     "\nWHERE z.count_1 = :param_1 AND z.count_1 IN (__[POSTCOMPILE_param_2])"),
    (lambda: twice & twice, ":param_1 AND :param_1"),
    # labels
    (lambda: select(func._a(1), getattr(func, "(f)")()), 'SELECT _a(:a_1) AS _a_1, "(f)"() AS _f__1'),
    (lambda: select(a.id, cast(b.id, Integer), b.id, a.id, a.id, b.id),
     "SELECT alpha.id, CAST(beta.id AS INTEGER) AS id__1, beta.id AS id_1, alpha.id AS id_2, alpha.id AS id__2, "
     "beta.id AS id__3 \nFROM alpha, beta"),
    (lambda: select(fn, cast(fn, Integer), fn), "SELECT foo() AS foo_1, CAST(foo() AS INTEGER) AS anon__1, foo() AS foo__1"),
    (lambda: select(e, cast(e, Integer)), "SELECT alpha.id + :id_1 AS anon_1, CAST(alpha.id + :id_1 AS INTEGER) AS anon__1 \nFROM alpha"),
    (lambda: select(cast(null(), Integer), null()), "SELECT CAST(NULL AS INTEGER) AS anon_1, NULL AS anon__1"),
    (lambda: select(fn, cast(fn, Integer)).set_label_style(LABEL_STYLE_NONE), "SELECT foo() AS foo_1, CAST(foo() AS INTEGER) AS foo_1"),
    (lambda: select(type_coerce(func.p(1).within_group(a.id), Boolean)), "SELECT p(:p_2) WITHIN GROUP (ORDER BY alpha.id) AS p_1 \nFROM alpha"),
    (lambda: select(counted, counted), "SELECT z.count_1, z.count_1 AS count_1__1 \nFROM (SELECT count(*) AS count_1) AS z"),
    (lambda: (lambda s: select(s.c.id, s.c.id).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL))(A.alias()),
     "SELECT alpha_1.id AS alpha_1_id, alpha_1.id AS alpha_1_id__1 \nFROM alpha AS alpha_1"),
    (lambda: select(~func.foo(type_=Boolean), ~literal(True)), "SELECT foo() = 0 AS foo_1, :param_1 = 0 AS anon_1"),
    (lambda: select(and_(a.flag), and_(a.flag)), "SELECT alpha.flag = 1 AS flag, alpha.flag = 1 AS flag__1 \nFROM alpha"),
    (lambda: select(select(cast(a.x, Integer), a.x).lateral("l")),
     "SELECT l.x, l.x_1 \nFROM LATERAL (SELECT CAST(alpha.x AS INTEGER) AS x, alpha.x AS x_1 \nFROM alpha) AS l"),
    (lambda: (lambda s: select(cast(s.c.now, Integer), s.c.now, s.c.now).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL))(
        select(literal_column("now")).subquery("s")),
     "SELECT CAST(s.now AS INTEGER) AS now, s.now, s.now \nFROM (SELECT now) AS s"),
    # parentheses
    (lambda: (a.id + a.id).self_group() + 1, "alpha.id + alpha.id + :param_1"),
    (lambda: and_(and_(a.id > 1, a.x > 1).self_group(), a.x > 2), "alpha.id > :id_1 AND alpha.x > :x_1 AND alpha.x > :x_2"),
    (lambda: or_(and_(a.id > 1, a.x > 1).self_group(), a.x > 2), "(alpha.id > :id_1 AND alpha.x > :x_1) OR alpha.x > :x_2"),
    (lambda: a.name.contains(a.name + "a"), "alpha.name LIKE '%' || alpha.name || :name_1 || '%'"),
    (lambda: a.name.endswith(literal_column("n").concat(a.name)), "alpha.name LIKE '%' || (n || alpha.name)"),
    (lambda: a.name.startswith(literal_column("n").concat(a.name)), "alpha.name LIKE n || alpha.name || '%'"),
    (lambda: a.name.concat(cast(a.name, Text).concat("x")), "alpha.name || CAST(alpha.name AS TEXT) || :param_1"),
    (lambda: a.x + (cast(a.x, BigInteger) + 1), "alpha.x + CAST(alpha.x AS BIGINT) + :param_1"),
    (lambda: ~(any_(few) != true()), "NOT (ANY (SELECT beta.x \nFROM beta) != 1)"),
    (lambda: ~(any_(few).is_distinct_from(None)), "NOT (ANY (SELECT beta.x \nFROM beta) IS DISTINCT FROM NULL)"),
    (lambda: ~~and_(a.id > 1, a.x > 1).self_group(), "(alpha.id > :id_1 AND alpha.x > :x_1)"),
    (lambda: cast("a", Enum("a", "b", name="k")).collate("fr"), "CAST(:param_1 AS VARCHAR(1)) COLLATE fr"),
    # joins, limits and names in ORDER BY
    (lambda: select(func.count()).where(a.id == 0).join(B),
     "SELECT count(*) AS count_1 \nFROM alpha JOIN beta ON alpha.id = beta.alpha_id \nWHERE alpha.id = :id_1"),
    (lambda: select(a.id).select_from(A.join(B)).join_from(A, again),
     "SELECT alpha.id \nFROM alpha JOIN beta ON alpha.id = beta.alpha_id "
     "JOIN alpha AS again ON alpha.id = again.alpha_id AND again.id = alpha.alpha_id"),
    (lambda: select(a.id).offset(bindparam("o", 3)).slice(1, 5), "SELECT alpha.id \nFROM alpha\n LIMIT :param_1 OFFSET :o + :param_2"),
    (lambda: select(a.id).offset(literal_column("3")).slice(0, 5), "SELECT alpha.id \nFROM alpha\n LIMIT :param_1 OFFSET 3"),
    (lambda: select(a.id, a.x).select_from(A, B).order_by("x"), "SELECT alpha.id, alpha.x \nFROM alpha, beta ORDER BY beta.x"),
    (lambda: A.join(select(a.alpha_id.label("up"), a.id.label("down")).subquery("s")),
     "alpha JOIN (SELECT alpha.alpha_id AS up, alpha.id AS down \nFROM alpha) AS s ON alpha.id = s.up AND s.down = alpha.alpha_id"),
    (lambda: again.join(A.join(again.alias("third"), true())),
     "alpha AS again JOIN (alpha JOIN alpha AS third ON 1 = 1) "
     "ON again.id = alpha.alpha_id AND again.id = third.alpha_id AND alpha.id = again.alpha_id"),
    (lambda: select(a.id).join_from(A.join(again, true()), B),
     "SELECT alpha.id \nFROM alpha JOIN alpha AS again ON 1 = 1 JOIN beta ON again.id = beta.alpha_id"),
    (lambda: union(select(cast(a.name, Integer)), select(b.id)).order_by("name"),
     "SELECT CAST(alpha.name AS INTEGER) AS name \nFROM alpha UNION SELECT beta.id \nFROM beta ORDER BY name"),
    (lambda: union(select(a.name), select(b.id)).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).order_by("alpha_name"),
     "SELECT alpha.name AS alpha_name \nFROM alpha UNION SELECT beta.id \nFROM beta ORDER BY alpha_name"),
    (lambda: union(select(b.id, a.id), select(b.id, b.x)).order_by("id_1"),
     "SELECT beta.id, alpha.id AS id_1 \nFROM beta, alpha UNION SELECT beta.id, beta.x \nFROM beta ORDER BY id_1"),
    (lambda: first.order_by("id"), "SELECT alpha.id \nFROM alpha UNION SELECT beta.id \nFROM beta ORDER BY id"),
]  # fmt: skip


@pytest.mark.parametrize("make, sql", DEFAULT, ids=range(len(DEFAULT)))
def test_text(make, sql):
    assert str(make().compile(dialect=DefaultDialect(paramstyle="named"))) == sql


def test_filter_by_looks_into_joins_that_are_sources_last():
    query = select(literal(1)).select_from(A.join(B), A.alias("y")).filter_by(name=1)
    assert str(query).endswith("WHERE y.name = :name_1")
    assert str(select(literal(1)).select_from(A.join(B)).filter_by(name=1)).endswith("WHERE alpha.name = :name_1")
    with pytest.raises(exc.AmbiguousColumnError):
        select(literal(1)).select_from(A.join(B)).filter_by(id=1)


def test_filter_by_looks_into_joins_that_are_joined_to_last():
    joined = select(a.id).join(A.join(again, true()), true())
    assert str(joined.filter_by(id=1)).endswith("WHERE alpha.id = :id_1")
    with pytest.raises(exc.AmbiguousColumnError):
        select(b.id).join(A.join(again, true()), true()).filter_by(flag=True)


def test_sources_of_the_columns_are_those_outside_of_joins():
    joined = A.join(again, true())
    assert select(joined, a.id).columns_clause_froms == [joined]
    assert select(joined).with_only_columns(a.x, maintain_column_froms=True).get_final_froms() == [joined]


def test_on_clause_with_text_does_not_say_what_is_joined():
    with pytest.raises(exc.InvalidRequestError):
        select(a.id, again.c.id).join(B, a.id == literal_column("7")).get_final_froms()


def test_types_of_negated_conditions():
    both = and_(a.id > 1, a.x > 1)
    assert isinstance((~both.self_group()).type, Boolean)
    assert isinstance((~both.label("both")).type, Boolean)
    assert isinstance((~literal(1).label("one")).type, Integer)


@pytest.mark.parametrize("make", [lambda s: s.subquery(), lambda s: s.cte(), lambda s: s.lateral(), lambda s: s.cte().alias()])
def test_columns_of_a_copy_are_found_by_those_of_the_original(make):
    instead = A.alias("instead")

    def replace(element, **kw):
        if element is A:
            return instead
        return instead.c[element.key] if getattr(element, "table", None) is A else None

    source = make(select(again.c.x, a.x, a.x.label("y")))
    copy = replacement_traverse(source, {}, replace)
    for key in ("x", "x_1", "y"):
        assert copy.corresponding_column(source.c[key]) is copy.c[key]
        assert copy.corresponding_column(source.c[key], require_embedded=True) is copy.c[key]
        query = replacement_traverse(select(source.c[key]).where(source.c[key] > 1), {}, replace)
        assert list(query.selected_columns)[0].key == key
        assert "instead.x" in str(query)


def test_columns_of_a_subquery_made_of_one_expression_stay_apart():
    inner = select(fn, cast(fn, Integer), cast(a.x, Integer), cast(a.x, String(3)), a.x).subquery("s")
    names = str(select(inner)).split("\nFROM")[0]
    assert names == "SELECT s.foo_1, s.anon__1, s.x, s.x__1, s.x_1 "
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        made = select(literal(2).label("v")).subquery("m")
        both = select(cast(made.c.v + 1, Integer), cast(made.c.v + 1, String), made.c.v).subquery("n")
        assert connection.execute(select(both)).one() == (3, "3", 2)


def test_keys_of_a_subquery_named_after_tables():
    inner = select(cast(a.x, Integer), a.id).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).subquery()
    assert inner.c.keys() == ["alpha_x", "alpha_id_1"]
    assert select(c("a b"), c("a b")).selected_columns.keys() == ["a b", "a_b_1"]


@pytest.mark.parametrize("order", ["x", "nothing"])
def test_names_behind_a_set_operation_are_those_of_its_columns(order):
    with pytest.raises(exc.CompileError, match="neither a label nor a column"):
        str(first.order_by(order))
    with pytest.raises(exc.CompileError):
        str(union(first.order_by(order), select(a.id)))


def test_condition_of_a_join_comes_from_the_side_that_is_named():
    other = B.alias("bb")
    with pytest.raises(exc.NoForeignKeysError):
        str(select(a.id).select_from(B.join(A, a.id == 1)).join_from(B, other))


def test_joins_from_named_sides_are_one_chain():
    query = select(literal(1)).join_from(A, B).join_from(B, again)
    assert str(query).split("\nFROM ")[1] == (
        "alpha JOIN beta ON alpha.id = beta.alpha_id JOIN alpha AS again ON again.id = beta.alpha_id"
    )


def test_set_operations_of_different_width():
    assert str(union(select(a.id), select(b.id)).with_for_update()).endswith("FOR UPDATE")
    with pytest.raises(exc.CompileError, match="differ in width"):
        str(union(first, union(select(a.id, a.x), select(b.id, b.x))))


def test_lateral_values_without_a_name_are_qualified():
    made = values(c("id", Integer)).data([(1,)]).lateral()
    assert str(select(a.id, made.c.id)).startswith("SELECT alpha.id, anon_1.id AS id_1")


def test_warning_about_distinct():
    with pytest.warns(exc.SAWarning, match="DISTINCT"):
        str(select(a.id.distinct()))
    with pytest.warns(exc.SAWarning, match="DISTINCT"):
        str(func.count(a.id).filter(a.x.distinct() == 1))
    assert str(select(func.count(a.id.distinct())).compile(dialect=sqlite.dialect())).startswith("SELECT count(DISTINCT alpha.id)")


def test_xor_on_sqlite():
    with create_engine("sqlite://").connect() as connection:
        for one in range(8):
            for other in range(8):
                assert connection.scalar(select(literal(one).bitwise_xor(other))) == one ^ other


def test_function_that_joins_strings_needs_a_dialect():
    with pytest.raises(exc.CompileError, match="joins strings"):
        func.aggregate_strings(a.name, ",").compile(dialect=DefaultDialect())
    assert str(func.aggregate_strings(a.name, ",")).startswith("aggregate_strings(")


def test_names_of_made_up_columns_do_not_keep_a_statement_from_the_cache():
    def made():
        inner = select(func.count()).subquery("z")
        return select(inner.c[0]).where(inner.c[0] > 1)

    assert made()._generate_cache_key() == made()._generate_cache_key()


def test_copies_of_statements_are_copies_through_and_through():
    inner = select(a.id.label("x"), a.id, a.id + 1).subquery("s")
    other = A.alias("other")

    def replace(element, **kw):
        if element is A:
            return other
        return other.c[element.key] if getattr(element, "table", None) is A else None

    for query in (select(inner.c.x), select(inner.c.id), select(inner.c[2]), select(inner.c[2], inner)):
        assert str(cloned_traverse(query, {}, {})) == str(query)
        assert "alpha." not in str(replacement_traverse(query, {}, replace))


def test_columns_named_after_an_expression_keep_their_names_when_pickled():
    for expression in (a.id + 1, null(), true(), func.count()):
        query = select(select(expression).subquery("s"))
        assert str(pickle.loads(pickle.dumps(query))) == str(query)


def test_values_in_the_text_are_not_found_in_the_cache():
    def made(value, **settings):
        return select(values(c("v", Integer), name="v", **settings).data([(value,)]))

    assert made(1, literal_binds=True)._generate_cache_key() is None
    assert made(1)._generate_cache_key() == made(2)._generate_cache_key()
    unnamed = values(c("v", Integer)).data([(1,)])
    assert select(unnamed)._generate_cache_key() != select(unnamed.alias())._generate_cache_key()
    with create_engine("sqlite://").connect() as connection:
        for value in (1, 2):
            found = select(values(c("v", Integer), literal_binds=True).data([(value,)]).cte("t"))
            assert connection.scalar(found) == value


def test_columns_of_sources_made_alike_are_equal():
    assert select(A.alias().c.id).compare(select(A.alias().c.id))
    assert not select(A.alias("y").c.id).compare(select(A.alias("z").c.id))
    assert not bindparam("p", callable_=lambda: 1).compare(bindparam("p", callable_=lambda: 2))


def test_names_beside_a_name_that_is_escaped():
    first_time = union(select(bindparam("a b", type_=Integer)), select(literal(1)))
    assert list(first_time.compile(dialect=sqlite.dialect()).params) == ["a_b", "param_1"]


def test_keys_that_the_database_makes_come_back_where_the_value_is_none():
    made = A.insert().values(id=None).return_defaults()
    assert str(made.compile(dialect=sqlite.dialect())).endswith("VALUES (?) RETURNING id, x, name, flag, alpha_id")
    for made in (A.insert().inline().values(x=1), A.insert().values([{"x": 1}])):
        assert str(made.return_defaults().compile(dialect=sqlite.dialect())) == "INSERT INTO alpha (x) VALUES (?)"


def test_parameters_of_added_ctes_are_numbered_after_those_of_values():
    extra = select(b.id).where(b.x == 5).cte("extra")
    inner = select(b.id).where(b.x == 1).scalar_subquery()
    for made in (A.insert().values(x=inner), A.update().values(x=inner)):
        params = made.add_cte(extra).compile(dialect=sqlite.dialect()).params
        assert params == {"x_1": 1, "x_2": 5}


def test_returning_is_shown_as_it_was_written():
    assert str(A.delete().returning(a.id, a.id, a.id + 1)).endswith("RETURNING alpha.id, alpha.id, alpha.id + :id_1 AS anon_1")


class TestShortNames:
    """Names of a subquery's columns are as short outside as inside; names that were given are kept."""

    made = Table("made", MetaData(), Column("id", Integer, primary_key=True), Column("a_name_that_is_long", Integer, default=7))

    @pytest.mark.parametrize(
        "make, sql",
        [
            (lambda t: select(select(t).subquery()), "SELECT anon_1.id, anon_1.a_name_1 FROM (SELECT made.id AS id, made.a_name_that_is_long AS a_name_1 FROM made) AS anon_1"),
            (lambda t: select(select(t.c[1]).cte("c")), "WITH c AS (SELECT made.a_name_that_is_long AS a_name_1 FROM made) SELECT c.a_name_1 FROM c"),
            (lambda t: select(select(t.c[1]).cte("c").alias("d")), "WITH c AS (SELECT made.a_name_that_is_long AS a_name_1 FROM made) SELECT d.a_name_1 FROM c AS d"),
            (lambda t: select(select(t.c[1].label("also_a_long_name")).subquery()), "SELECT anon_1.also_a_long_name FROM (SELECT made.a_name_that_is_long AS also_a_long_name FROM made) AS anon_1"),
            (lambda t: select(text("x").columns(t.c[1]).subquery()), "SELECT anon_1.a_name_that_is_long FROM (x) AS anon_1"),
            (lambda t: select(t.alias("q").c[1]), "SELECT q.a_name_that_is_long FROM made AS q"),
        ],
    )  # fmt: skip
    def test_text(self, make, sql):
        assert one_line(str(make(self.made).compile(dialect=DefaultDialect(label_length=12)))) == sql

    @pytest.mark.parametrize("style", ["qmark", "named"])
    def test_rows(self, style):
        engine = create_engine("sqlite://", label_length=12, paramstyle=style)
        self.made.create(engine)
        with engine.begin() as connection:
            connection.execute(self.made.insert())
            connection.execute(self.made.insert(), [{"a_name_that_is_long": 8}, {"a_name_that_is_long": 9}])
            outer = select(self.made).subquery()
            result = connection.execute(select(outer).where(outer.c.a_name_that_is_long > 7).order_by(outer.c.id))
            assert list(result.keys()) == ["id", "a_name_1"]
            assert [row._mapping[outer.c.a_name_that_is_long] for row in result] == [8, 9]
            assert connection.scalars(select(self.made.c.a_name_that_is_long)).all() == [7, 8, 9]
