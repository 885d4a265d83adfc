"""Operators, functions, casts and literal text: what depends on the dialect, and the methods a dialect overrides."""

from __future__ import annotations

import pytest

from sqltoolkit_core import LABEL_STYLE_TABLENAME_PLUS_COL
from sqltoolkit_core import Boolean
from sqltoolkit_core import Column
from sqltoolkit_core import DateTime
from sqltoolkit_core import Integer
from sqltoolkit_core import Numeric
from sqltoolkit_core import Sequence
from sqltoolkit_core import String
from sqltoolkit_core import TypeDecorator
from sqltoolkit_core import and_
from sqltoolkit_core import bindparam
from sqltoolkit_core import cast
from sqltoolkit_core import column
from sqltoolkit_core import exc
from sqltoolkit_core import extract
from sqltoolkit_core import false
from sqltoolkit_core import func
from sqltoolkit_core import literal
from sqltoolkit_core import literal_column
from sqltoolkit_core import or_
from sqltoolkit_core import select
from sqltoolkit_core import table
from sqltoolkit_core import text
from sqltoolkit_core import true
from sqltoolkit_core import try_cast
from sqltoolkit_core import tuple_
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.engine.interfaces import AggregateOrderByStyle
from sqltoolkit_core.sql import operators
from sqltoolkit_core.sql.compiler import OPERATORS
from sqltoolkit_core.sql.compiler import GenericTypeCompiler
from sqltoolkit_core.sql.compiler import SQLCompiler
from sqltoolkit_core.sql.elements import UnaryExpression
from sqltoolkit_core.sql.names import quoted_name
from sqltoolkit_core.sql.operators import custom_op
from sqltoolkit_core.testing.assertions import AssertsCompiledSQL
from sqltoolkit_core.testing.assertions import compiled_text

t = table(
    "t",
    column("a", Integer), column("b", String), column("flag", Boolean), column("n", Numeric), column("d", DateTime),
)  # fmt: skip
WITHOUT_BOOLEANS = DefaultDialect(supports_native_boolean=False)
WITH_BOOLEANS = DefaultDialect(supports_native_boolean=True)


def text_of(element, dialect=None):
    return compiled_text(element, dialect)


class TestBooleans:
    @pytest.mark.parametrize(
        "criterion, native, emulated",
        [
            (t.c.flag, "t.flag", "t.flag = 1"),
            (~t.c.flag, "NOT t.flag", "t.flag = 0"),
            (t.c.flag.is_(true()), "t.flag IS true", "t.flag IS 1"),
            (t.c.flag == false(), "t.flag = false", "t.flag = 0"),
            (and_(t.c.flag, t.c.a == t.c.n), "t.flag AND t.a = t.n", "t.flag = 1 AND t.a = t.n"),
            (~(t.c.a == t.c.n), "t.a != t.n", "t.a != t.n"),
            (or_(true(), t.c.flag), "true", "1 = 1"),
            (or_(false(), ~t.c.flag), "NOT t.flag", "t.flag = 0"),
            (and_(false(), t.c.flag), "false", "0 = 1"),
        ],
    )
    def test_criteria(self, criterion, native, emulated):
        statement = select(t.c.a).where(criterion)
        assert text_of(statement, WITH_BOOLEANS) == "SELECT t.a FROM t WHERE " + native
        assert text_of(statement, WITHOUT_BOOLEANS) == "SELECT t.a FROM t WHERE " + emulated

    def test_constants(self):
        assert text_of(true(), WITHOUT_BOOLEANS) == "1" and text_of(false(), WITHOUT_BOOLEANS) == "0"
        assert text_of(select(true(), false()), WITH_BOOLEANS) == "SELECT true AS anon_1, false AS anon_2"


class TestDivision:
    @pytest.mark.parametrize(
        "expression, floors, exact",
        [
            (t.c.a / t.c.a, "t.a / CAST(t.a AS NUMERIC)", "t.a / t.a"),
            (t.c.a / t.c.n, "t.a / CAST(t.n AS NUMERIC)", "t.a / t.n"),
            (t.c.a // t.c.a, "t.a / t.a", "FLOOR(t.a / t.a)"),
            (t.c.n // t.c.a, "FLOOR(t.n / t.a)", "FLOOR(t.n / t.a)"),
        ],
    )
    def test_by_what_the_database_does(self, dialect_with, expression, floors, exact):
        assert text_of(expression, dialect_with(flags={"div_is_floordiv": True})) == floors
        assert text_of(expression, dialect_with(flags={"div_is_floordiv": False})) == exact


class TestPercentSigns:
    @pytest.mark.parametrize(
        "element, plain, doubled",
        [
            (t.c.a % t.c.n, "t.a % t.n", "t.a %% t.n"),
            (t.c.b.contains(t.c.b), "t.b LIKE '%' || t.b || '%'", "t.b LIKE '%%' || t.b || '%%'"),
            (t.c.a.op("%>")(t.c.b), "t.a %> t.b", "t.a %%> t.b"),
            (UnaryExpression(t.c.a, operator=custom_op("%~")), "%~ t.a", "%%~ t.a"),
            (UnaryExpression(t.c.a, modifier=custom_op("%~")), "t.a %~", "t.a %%~"),
            (literal_column("x%y"), "x%y", "x%%y"),
            (text("x % y"), "x % y", "x %% y"),
            (column("a%b"), '"a%b"', '"a%%b"'),
        ],
    )
    def test_doubled_where_the_driver_interpolates(self, element, plain, doubled):
        assert text_of(element, DefaultDialect(paramstyle="qmark")) == plain
        for style in ("format", "pyformat"):
            assert text_of(element, DefaultDialect(paramstyle=style)) == doubled


class TestText(AssertsCompiledSQL):
    def test_binds_and_escapes(self):
        self.assert_compile(
            text(r"select :x, y::int, '\:z'").bindparams(x=5), "select :x, y::int, ':z'", checkparams={"x": 5}
        )

    def test_a_parameter_nobody_declared_is_a_placeholder(self):
        assert text_of(text("a = :x"), DefaultDialect(paramstyle="pyformat")) == "a = %(x)s"

    def test_only_text_by_itself_is_plain(self):
        assert text("a").compile().isplaintext
        assert not select(text("a")).compile().isplaintext

    def test_a_dialect_processes_text(self, dialect_with):
        dialect = dialect_with(post_process_text=lambda self, text: text.upper())
        assert text_of(text("a = :x"), dialect) == "A = :X"


class TestLabels(AssertsCompiledSQL):
    LONG = "the_label_is_longer_than_anything"

    def test_generated_names_are_shortened(self):
        short = DefaultDialect(label_length=16)
        statement = select(func.the_function_with_a_name(), func.the_function_with_a_name(t.c.a))
        self.assert_compile(
            statement,
            "SELECT the_function_with_a_name() AS the_functi_1, the_function_with_a_name(t.a) AS the_functi_2 FROM t",
            dialect=short,
        )

    def test_given_names_are_kept(self):
        self.assert_compile(
            select(t.c.a.label(self.LONG)), "SELECT t.a AS %s FROM t" % self.LONG, dialect=DefaultDialect(label_length=16)
        )

    def test_a_label_is_written_once(self):
        named = (t.c.a + t.c.n).label("x")
        self.assert_compile(named, "t.a + t.n")
        self.assert_compile(select(named).order_by(named), "SELECT t.a + t.n AS x FROM t ORDER BY x")
        unable = DefaultDialect()
        unable.supports_simple_order_by_label = False
        self.assert_compile(
            select(named).order_by(named), "SELECT t.a + t.n AS x FROM t ORDER BY t.a + t.n", dialect=unable
        )

    def test_a_label_inside_of_a_label(self):
        self.assert_compile(select(t.c.a.label("x").label("y")), "SELECT t.a AS y FROM t")
        self.assert_compile(select(func.f(t.c.a.label("x")).label("y")), "SELECT f(t.a) AS y FROM t")

    def test_column_without_a_name(self):
        with pytest.raises(exc.CompileError, match="without a name"):
            select(Column(Integer)).compile()

    def test_keys_of_columns_named_after_their_table(self):
        keyed = table("k", column("a"))
        keyed.c.a.key = "b"
        entry = select(keyed).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).compile()._result_columns[0]
        assert entry.keyname == "k_a" and "k_b" in entry.objects and "b" not in entry.objects


class TestGrouping(AssertsCompiledSQL):
    def test_operators_that_group_eagerly(self):
        op = custom_op("->", precedence=15, eager_grouping=True, natural_self_precedent=True)
        a, b = column("a", String), column("b", String)
        part = op(a, b)
        self.assert_compile(part, "a -> b")
        self.assert_compile(func.f(part), "f(a -> b)")
        self.assert_compile(part + b, "(a -> b) || b")
        self.assert_compile(b == cast(part, String), "b = CAST((a -> b) AS VARCHAR)")
        self.assert_compile(select(part.label("x"), part == b), "SELECT a -> b AS x, (a -> b) = b AS anon_1")

    def test_negated_aggregates_of_collections(self):
        self.assert_compile(~(func.any(column("x")) == column("y")), "NOT (any(x) = y)")
        self.assert_compile(~(func.f() == column("y")), "f() != y")


class TestCasts:
    def test_collation_goes_behind_the_parentheses(self):
        assert text_of(cast(t.c.b, String(5, collation="nocase"))) == "CAST(t.b AS VARCHAR(5)) COLLATE nocase"
        assert text_of(cast(t.c.b, String(collation="no case"))) == 'CAST(t.b AS VARCHAR) COLLATE "no case"'

    def test_collation_of_a_decorated_type(self):
        class Name(TypeDecorator):
            impl = String(5, collation="nocase")
            cache_ok = True

        assert text_of(cast(t.c.b, Name()), DefaultDialect()) == "CAST(t.b AS VARCHAR(5)) COLLATE nocase"

    def test_collation_that_only_the_dialect_writes(self):
        class Compiler(GenericTypeCompiler):
            def visit_VARCHAR(self, type_, **kw):
                return "TEXT COLLATE binary"

        dialect = DefaultDialect()
        dialect.type_compiler_instance = Compiler(dialect)
        assert text_of(cast(t.c.b, String(5)), dialect) == "CAST(t.b AS TEXT) COLLATE binary"

    def test_try_cast_is_for_some_databases_only(self):
        with pytest.raises(exc.UnsupportedCompilationError, match="TryCast"):
            try_cast(t.c.a, String).compile(dialect=DefaultDialect())

    def test_extract_takes_a_field_and_no_other_text(self):
        assert text_of(extract("century", t.c.d)) == "EXTRACT(century FROM t.d)"
        with pytest.raises(exc.CompileError, match="'year FROM x\\); DROP'"):
            extract("year FROM x); DROP", t.c.d).compile()

    def test_fields_of_a_dialect(self, dialect_with):
        dialect = dialect_with(extract_map=dict(SQLCompiler.extract_map, dow="weekday"))
        assert text_of(extract("dow", t.c.d), dialect) == "EXTRACT(weekday FROM t.d)"


class TestUnary:
    @pytest.mark.parametrize(
        "element, expected",
        [
            (UnaryExpression(t.c.a, operator=custom_op("@")), "@ t.a"),
            (UnaryExpression(t.c.a, modifier=custom_op("!")), "t.a !"),
            (t.c.a.desc().nulls_first(), "t.a DESC NULLS FIRST"),
            (-(t.c.a + 1), "-(t.a + :a_1)"),
        ],
    )
    def test_text(self, element, expected):
        assert text_of(element) == expected

    @pytest.mark.parametrize(
        "element, found",
        [
            (UnaryExpression(t.c.a), "without"),
            (UnaryExpression(t.c.a, operator=operators.neg, modifier=operators.desc_op), "and a modifier"),
        ],
    )
    def test_neither_or_both(self, element, found):
        with pytest.raises(exc.CompileError, match=found):
            element.compile()

    def test_operators_without_a_text(self):
        def unheard_of(a):
            return a

        with pytest.raises(exc.UnsupportedCompilationError, match="unheard_of"):
            UnaryExpression(t.c.a, operator=unheard_of).compile()


class TestBinary:
    def test_operators_without_a_text(self):
        def unheard_of(a, b):
            return a

        element = (t.c.a == t.c.n)._clone()
        element.operator = unheard_of
        with pytest.raises(exc.UnsupportedCompilationError, match="unheard_of"):
            element.compile()

    def test_known_operators_have_spaces_around_them(self):
        between = [text for op, text in OPERATORS.items() if op in (operators.add, operators.eq, operators.and_)]
        assert between == [" AND ", " + ", " = "]

    @pytest.mark.parametrize("element", [t.c.b.regexp_match("x"), ~t.c.b.regexp_match("x")])
    def test_no_regular_expressions(self, element):
        with pytest.raises(exc.CompileError, match="default dialect has no regular expressions"):
            element.compile(dialect=DefaultDialect())

    def test_no_replacement(self):
        with pytest.raises(exc.CompileError, match="replacement by regular expressions"):
            t.c.b.regexp_replace("x", "y").compile(dialect=DefaultDialect())

    def test_two_values_where_the_database_wants_a_type(self, dialect_with):
        dialect = dialect_with("qmark", ansi_bind_rules=True)
        compiled = (literal(5) == literal(6)).compile(dialect=dialect)
        assert str(compiled) == "__[POSTCOMPILE_param_1] = __[POSTCOMPILE_param_2]"
        assert str((t.c.a == literal(6)).compile(dialect=dialect)) == "t.a = ?"


class TestEmptyLists:
    @pytest.mark.parametrize(
        "criterion, expected",
        [
            (t.c.a.in_([]), "t.a IN (NULL) AND (1 != 1)"),
            (t.c.a.not_in([]), "(t.a NOT IN (NULL) OR (1 = 1))"),
            (tuple_(t.c.a, t.c.b).in_([]), "(t.a, t.b) IN ((NULL, NULL)) AND (1 != 1)"),
            (tuple_(t.c.a, t.c.b).not_in([]), "((t.a, t.b) NOT IN ((NULL, NULL)) OR (1 = 1))"),
        ],
    )
    def test_text(self, criterion, expected):
        assert compiled_text(criterion, DefaultDialect(), render_postcompile=True) == expected

    def test_another_operator_needs_an_expression_of_the_dialect(self, dialect_with):
        criterion = t.c.a.op("@>")(bindparam("x", [], expanding=True))
        with pytest.raises(NotImplementedError, match="visit_empty_set_expr"):
            compiled_text(criterion, DefaultDialect(), render_postcompile=True)
        dialect = dialect_with(visit_empty_set_expr=lambda self, types, **kw: "SELECT 1 WHERE false")
        assert compiled_text(criterion, dialect, render_postcompile=True) == "t.a @> (SELECT 1 WHERE false)"


class TestFunctions:
    @pytest.mark.parametrize(
        "element, expected",
        [
            (func.current_timestamp(), "CURRENT_TIMESTAMP"),
            (func.current_timestamp(3), "CURRENT_TIMESTAMP(:current_timestamp_1)"),
            (func.cube(t.c.a, t.c.b), "CUBE(t.a, t.b)"),
            (func.Foo(), "Foo()"),
            (func.select(), "select()"),
            (getattr(func, "two words")(), '"two words"()'),
            (getattr(func, "1st")(), '"1st"()'),
            (func.pkg.sub.fn(t.c.a), "pkg.sub.fn(t.a)"),
            (getattr(func, "the pkg").fn(), '"the pkg".fn()'),
            (getattr(func, quoted_name("Fn", True))(), '"Fn"()'),
        ],
    )
    def test_names(self, element, expected):
        assert text_of(element, DefaultDialect()) == expected

    def test_no_sequences(self):
        with pytest.raises(NotImplementedError, match="'seq'.*no sequences"):
            Sequence("seq").next_value().compile(dialect=DefaultDialect())

    @pytest.mark.parametrize(
        "style, expected",
        [
            (AggregateOrderByStyle.INLINE, "array_agg(t.b ORDER BY t.a DESC)"),
            (AggregateOrderByStyle.WITHIN_GROUP, "array_agg(t.b) WITHIN GROUP (ORDER BY t.a DESC)"),
        ],
    )
    def test_order_inside_of_aggregates(self, dialect_with, style, expected):
        element = func.array_agg(t.c.b).aggregate_order_by(t.c.a.desc())
        assert text_of(element, dialect_with(flags={"aggregate_order_by_style": style})) == expected

    def test_no_order_inside_of_aggregates(self, dialect_with):
        element = func.array_agg(t.c.b).aggregate_order_by(t.c.a)
        with pytest.raises(exc.CompileError, match="no ORDER BY inside"):
            element.compile(dialect=dialect_with(flags={"aggregate_order_by_style": AggregateOrderByStyle.NONE}))

    def test_delimiters_are_written_into_the_text(self):
        assert compiled_text(func.aggregate_strings(t.c.b, "'"), render_postcompile=True) == (
            "aggregate_strings(t.b, '''')"
        )

    def test_frames_exclude_what_there_is(self):
        over = func.f().over(rows=(None, None), exclude="ties")
        assert text_of(over) == "f() OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE ties)"
        with pytest.raises(exc.CompileError, match="'me'"):
            func.f().over(rows=(None, None), exclude="me").compile()


class TestMethodsOfADialect:
    """What a compiler for another database overrides, by the name of the method."""

    @pytest.mark.parametrize(
        "element, method, expected",
        [
            (t.c.a + t.c.n, "visit_add_binary", "<t.a>"),
            (t.c.a == t.c.n, "visit_eq_binary", "<t.a>"),
            (t.c.a.is_distinct_from(t.c.n), "visit_is_distinct_from_binary", "<t.a>"),
            (t.c.a.in_([1]), "visit_in_op_binary", "<t.a>"),
            (t.c.b.startswith("x"), "visit_startswith_op_binary", "<t.b>"),
            (t.c.b.regexp_match("x"), "visit_regexp_match_op_binary", "<t.b>"),
            (t.c.a.op("@@", visit_name="at")(1), "visit_at_op_binary", "<t.a>"),
        ],
    )
    def test_operators(self, dialect_with, element, method, expected):
        def visit(self, binary, operator, **kw):
            return "<%s>" % self.process(binary.left, **kw)

        assert text_of(element, dialect_with(**{method: visit})) == expected

    def test_one_dialect_does_not_change_another(self, dialect_with):
        element = t.c.a + t.c.n
        plain = dialect_with()
        assert text_of(element, plain) == "t.a + t.n"
        other = dialect_with(visit_add_binary=lambda self, binary, operator, **kw: "sum")
        assert text_of(element, other) == "sum" and text_of(element, plain) == "t.a + t.n"

    @pytest.mark.parametrize(
        "element, method",
        [
            (-t.c.a, "visit_neg_unary_operator"), (t.c.a.desc(), "visit_desc_op_unary_modifier"),
            (t.c.a.nulls_last(), "visit_nulls_last_op_unary_modifier"),
            (UnaryExpression(t.c.a, operator=custom_op("@", visit_name="at")), "visit_at_op_unary"),
            (UnaryExpression(t.c.a, modifier=custom_op("@", visit_name="at")), "visit_at_op_unary"),
        ],
    )  # fmt: skip
    def test_unary_operators(self, dialect_with, element, method):
        def visit(self, unary, operator, **kw):
            return "<%s>" % self.process(unary.element, **kw)

        assert text_of(element, dialect_with(**{method: visit})) == "<t.a>"

    def test_functions(self, dialect_with):
        def visit(self, fn, **kw):
            return "len" + self.function_argspec(fn, **kw)

        dialect = dialect_with(visit_length_func=visit)
        assert text_of(func.length(t.c.b), dialect) == text_of(func.LENGTH(t.c.b), dialect) == "len(t.b)"
        assert text_of(select(func.length(t.c.b)), dialect) == "SELECT len(t.b) AS length_1 FROM t"

    def test_folding_of_case(self, dialect_with):
        dialect = dialect_with(visit_ilike_case_insensitive_operand=lambda self, e, **kw: "fold(%s)" % self.process(e.element))
        for element in (t.c.b.ilike(t.c.b), t.c.b.icontains(t.c.b), ~t.c.b.istartswith(t.c.b)):
            assert text_of(element, dialect).startswith("fold(t.b) ")
            assert "lower" not in text_of(element, dialect)

    def test_generic_text_with_another_operator(self, dialect_with):
        def visit(self, binary, operator, **kw):
            return self.render_binary(binary, " <=> ", eager_grouping=True, **kw)

        dialect = dialect_with(visit_is_not_distinct_from_binary=visit)
        element = t.c.a.is_not_distinct_from(t.c.n)
        assert text_of(element, dialect) == "t.a <=> t.n"
        assert text_of(func.f(element), dialect) == "f(t.a <=> t.n)"
        assert text_of(element == t.c.flag, dialect) == "((t.a <=> t.n)) = t.flag"

    def test_sequences_and_savepoints(self, dialect_with):
        dialect = dialect_with(visit_sequence=lambda self, s, **kw: "nextval('%s')" % self.preparer.format_sequence(s))
        assert text_of(Sequence("q", schema="s").next_value(), dialect) == "nextval('s.q')"
        assert text_of(select(Sequence("q").next_value()), dialect) == "SELECT nextval('q') AS next_value_1"

    def test_literal_columns(self, dialect_with):
        dialect = dialect_with(escape_literal_column=lambda self, text: text.replace("?", "??"))
        assert text_of(literal_column("a ? b"), dialect) == "a ?? b"
        assert text_of(t.c.a.op("?")(t.c.b), dialect) == "t.a ?? t.b"
