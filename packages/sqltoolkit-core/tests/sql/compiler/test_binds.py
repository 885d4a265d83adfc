"""Bound values: names and placeholders, lists, literals, and what the driver is given."""

from __future__ import annotations

import collections.abc

import pytest

from sqltoolkit_core import Integer
from sqltoolkit_core import JSON
from sqltoolkit_core import String
from sqltoolkit_core import and_
from sqltoolkit_core import bindparam
from sqltoolkit_core import column
from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_core import literal
from sqltoolkit_core import literal_column
from sqltoolkit_core import outparam
from sqltoolkit_core import select
from sqltoolkit_core import table
from sqltoolkit_core import text
from sqltoolkit_core import tuple_
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.engine.interfaces import BindTyping
from sqltoolkit_core.sql.adapt import ClauseAdapter
from sqltoolkit_core.sql.compiler import SQLCompiler
from sqltoolkit_core.testing.assertions import AssertsCompiledSQL
from sqltoolkit_core.testing.assertions import compiled_text
from sqltoolkit_core.testing.assertions import expect_warnings
from sqltoolkit_core.types import TypeDecorator
from sqltoolkit_core.types import UserDefinedType

t = table("t", column("a", Integer), column("b", String))


class Folded(TypeDecorator):
    impl = String
    cache_ok = True

    def bind_expression(self, bindparam):
        return func.lower(bindparam, type_=self)


class Nowhere(UserDefinedType):
    cache_ok = True

    def bind_expression(self, bindparam):
        return func.nothing()


def dialect_of(style="named", **flags):
    dialect = DefaultDialect(paramstyle=style)
    for name, value in flags.items():
        setattr(dialect, name, value)
    return dialect


class TestPlaceholders(AssertsCompiledSQL):
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

    @pytest.mark.parametrize(
        "name, style, expected, escaped",
        [
            ("a b.c:d", "named", ":a_b_cCd", "a_b_cCd"),
            ("x(y)%z", "pyformat", "%(xAyZPz)s", "xAyZPz"),
            # the default dialect sends its text to no driver
            ("x-y", "named", ":x-y", None),
            ("x-y", "pyformat", "%(x-y)s", None),
            ("x[y]", "format", "%s", "x_y_"),
            ("1x", "named", ":1x", None),
            ("\u00e9", "named", ":\u00e9", None),
            ("", "named", ":param_1", None),
        ],
    )
    def test_characters_of_names(self, name, style, expected, escaped):
        compiled = bindparam(name, 3).compile(dialect=DefaultDialect(paramstyle=style))
        assert str(compiled) == expected
        assert dict(compiled.escaped_bind_names) == ({name: escaped} if escaped else {})
        assert list(compiled.params) == [escaped or name or "param_1"]

    def test_names_for_a_driver_are_words(self):
        assert str(bindparam("x-y", 3).compile(dialect=sqlite.dialect(paramstyle="named"))) == ":x_y"

    def test_characters_of_a_dialect(self, dialect_with):
        dialect = dialect_with(bindname_escape_characters={":": "_colon_"})
        assert str(bindparam("a:b").compile(dialect=dialect)) == ":a_colon_b"

    @pytest.mark.parametrize("names", [("x y", "x_y"), ("x_y", "x y"), ("x y", "x.y")])
    @pytest.mark.parametrize("required", [False, True])
    def test_names_that_would_become_one(self, names, required):
        one, other = bindparam(names[0], 1, required=required), bindparam(names[1], 2, required=required)
        clause = and_(t.c.a == one, t.c.b == other)
        compiled = clause.compile(dialect=DefaultDialect())
        found = compiled.construct_params(_check=False)
        assert sorted(found.values()) == [1, 2]
        shown = [compiled.escaped_bind_names.get(name, name) for name in names]
        assert str(compiled) == "t.a = :%s AND t.b = :%s" % tuple(shown)
        assert [found[name] for name in shown] == [1, 2]

    def test_marks_of_the_compiler_are_refused(self):
        with pytest.raises(exc.CompileError, match="name of a parameter"):
            bindparam("__[POSTCOMPILE_x]", 5).compile()

    @pytest.mark.parametrize(
        "bind, expected",
        [
            (bindparam("x" * 40, 5), ":" + "x" * 40), (bindparam("x" * 40, 5, unique=True), ":xxxxxxxxxxxxxx_1"),
            (column("x" * 40) == 5, "x" * 40 + " = :xxxxxxxxxxxxxx_1"),
        ],
    )  # fmt: skip
    def test_only_generated_names_are_shortened(self, bind, expected):
        assert str(bind.compile(dialect=dialect_of(label_length=20))) == expected

    def test_casts(self, dialect_with):
        def render_bind_cast(self, type_, dbapi_type, sqltext):
            return "%s::%s" % (sqltext, self.dialect.type_compiler_instance.process(dbapi_type))

        class Cast(Integer):
            render_bind_cast = True

        dialect = dialect_with(
            "numeric_dollar", flags={"bind_typing": BindTyping.RENDER_CASTS, "colspecs": {Integer: Cast}},
            render_bind_cast=render_bind_cast,
        )  # fmt: skip
        clause = and_(t.c.a == 5, t.c.b == "x", t.c.a.in_([6, 7]), tuple_(t.c.a, t.c.b).in_([(8, "y")]))
        assert compiled_text(clause, dialect, render_postcompile=True) == (
            "t.a = $1::INTEGER AND t.b = $2 AND t.a IN ($3::INTEGER, $4::INTEGER) AND (t.a, t.b) IN (($5::INTEGER, $6))"
        )

    def test_casts_that_a_compiler_does_not_have(self, dialect_with):
        class Cast(Integer):
            render_bind_cast = True

        dialect = dialect_with(flags={"bind_typing": BindTyping.RENDER_CASTS, "colspecs": {Integer: Cast}})
        with pytest.raises(NotImplementedError, match="casts of placeholders"):
            (t.c.a == 5).compile(dialect=dialect)

    def test_output(self):
        compiled = select(func.f(outparam("x", Integer))).compile(dialect=DefaultDialect())
        assert compiled.has_out_parameters and compiled.bind_extractor() is None


class TestConflicts:
    def test_one_name_for_equal_roles(self):
        clause = and_(t.c.a == bindparam("x", 5), t.c.a == bindparam("x", 6, unique=False))
        assert str(clause) == "t.a = :x AND t.a = :x"

    @pytest.mark.parametrize(
        "clause, found",
        [
            (and_(t.c.a == bindparam("x", 5, unique=True), t.c.a == bindparam("x_1", 6)), "'x_1', one of them unique"),
            (and_(t.c.b == bindparam("a_1", "x"), t.c.a == 5), "'a_1', one of them unique"),
            (and_(t.c.a == bindparam("x"), t.c.a.in_(bindparam("x"))), "'x' both as an expanding one"),
        ],
    )
    def test_two_roles(self, clause, found):
        with pytest.raises(exc.CompileError, match=found):
            clause.compile()


class TestValues:
    def test_required(self):
        compiled = (t.c.a == bindparam("x")).compile()
        with pytest.raises(exc.InvalidRequestError, match="'x' has no value, which the statement needs") as raised:
            compiled.construct_params({})
        assert raised.value.code == "cd3x"
        with pytest.raises(exc.InvalidRequestError, match="parameter group 2"):
            compiled.construct_params({}, _group_number=2)
        assert compiled.construct_params({"x": 3}) == {"x": 3}
        assert compiled.params == {"x": None}

    def test_by_key_and_by_rendered_name(self):
        bind = bindparam("x", 1, unique=True)
        compiled = (t.c.a == bind).compile()
        assert compiled.construct_params({"x_1": 2}) == compiled.construct_params({bind.key: 2}) == {"x_1": 2}

    def test_callables_are_asked_each_time(self):
        numbers = iter([1, 2])
        compiled = (t.c.a == bindparam("x", callable_=lambda: next(numbers))).compile()
        assert [compiled.params, compiled.params] == [{"x": 1}, {"x": 2}]

    def test_names_with_or_without_escapes(self):
        compiled = bindparam("a b", 3).compile(dialect=DefaultDialect())
        assert compiled.construct_params() == {"a_b": 3}
        assert compiled.construct_params({"a b": 4}, escape_names=False) == {"a b": 4}

    def test_parameters_of_an_equal_statement_need_a_key(self):
        compiled = (t.c.a == 5).compile()
        with pytest.raises(exc.CompileError, match="without a cache key"):
            compiled.construct_params(extracted_parameters=[literal(6)])


class TestLists(AssertsCompiledSQL):
    def test_text(self):
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

    @pytest.mark.parametrize(
        "style, placeholders, positions",
        [
            ("named", "(:x_1_1, :x_1_2), (:x_2_1, :x_2_2)", None),
            ("qmark", "(?, ?), (?, ?)", ["x_1_1", "x_1_2", "x_2_1", "x_2_2"]),
            ("numeric", "(:1, :2), (:3, :4)", ["x_1_1", "x_1_2", "x_2_1", "x_2_2"]),
        ],
    )
    def test_rows(self, style, placeholders, positions):
        clause = tuple_(t.c.a, t.c.b).in_(bindparam("x", [(1, "m"), (2, "n")]))
        for word, in_values in (("", False), ("VALUES ", True)):
            compiled = clause.compile(
                dialect=dialect_of(style, tuple_in_values=in_values), compile_kwargs={"render_postcompile": True}
            )
            assert str(compiled) == "(t.a, t.b) IN (%s%s)" % (word, placeholders)
            assert compiled.positiontup == positions
            assert compiled.params == {"x_1_1": 1, "x_1_2": "m", "x_2_1": 2, "x_2_2": "n"}

    def test_rows_as_text(self):
        clause = tuple_(t.c.a, t.c.b).in_([(1, "m"), (2, "n")])
        assert compiled_text(clause, dialect_of(tuple_in_values=True), literal_binds=True) == (
            "(t.a, t.b) IN (VALUES (1, 'm'), (2, 'n'))"
        )

    def test_lists_as_single_values(self):
        self.assert_compile(
            column("j", JSON).in_([[1, 2], [3]]), "j IN (:j_1_1, :j_1_2)", render_postcompile=True,
            checkparams={"j_1_1": [1, 2], "j_1_2": [3]},
        )  # fmt: skip

    def test_numbers_of_lists_come_last(self):
        clause = and_(t.c.a.in_([1, 2]), t.c.b == "x", t.c.b.in_(["y"]))
        compiled = self.assert_compile(
            clause, "t.a IN ($2, $3) AND t.b = $1 AND t.b IN ($4)", dialect=dialect_of("numeric_dollar"),
            render_postcompile=True,
        )  # fmt: skip
        assert [compiled.params[name] for name in compiled.positiontup] == ["x", 1, 2, "y"]

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
                with pytest.raises(exc.InvalidRequestError, match="no positions"):
                    state.positional_parameters

    def test_expanded_state(self):
        compiled = t.c.a.in_(bindparam("two words")).compile(dialect=DefaultDialect())
        state = compiled.construct_expanded_state({"two words": [1, 2]})
        assert state.statement == "t.a IN (:two_words_1, :two_words_2)"
        assert state.parameters == state.additional_parameters == {"two_words_1": 1, "two_words_2": 2}
        assert state.parameter_expansion == {"two words": ["two_words_1", "two_words_2"]}

    @pytest.mark.parametrize(
        "values",
        [[1, 2], (1, 2), {1, 2}, {1: 0, 2: 0}, range(1, 3), {1: 0, 2: 0}.keys(), (number for number in (1, 2))],
        ids=lambda values: type(values).__name__,
    )
    def test_what_a_list_can_be(self, values):
        compiled = t.c.a.in_(bindparam("x")).compile(dialect=DefaultDialect())
        compiled.process_expanding({"x": [3, 4]})
        state = compiled.process_expanding({"x": values})
        assert state.statement == "t.a IN (:x_1, :x_2)" and sorted(state.parameters.values()) == [1, 2]

    def test_no_list(self):
        compiled = t.c.a.in_(bindparam("x")).compile(dialect=DefaultDialect())
        assert compiled.process_expanding({"x": None}).statement == "t.a IN (NULL) AND (1 != 1)"
        with pytest.raises(TypeError, match="found 5 as the value of the expanding parameter 'x', expected a list"):
            compiled.process_expanding({"x": 5})
        with create_engine("sqlite://").connect() as connection, pytest.raises(exc.StatementError, match="expected a list"):
            connection.execute(select(literal(1).in_(bindparam("x"))), {"x": 5})

    def test_texts_are_kept_up_to_a_limit(self):
        compiled = t.c.a.in_(bindparam("x")).compile(dialect=DefaultDialect())
        first = compiled.process_expanding({"x": [1]}).statement
        assert compiled.process_expanding({"x": [2]}).statement is first
        for length in range(2, 100):
            found = compiled.process_expanding({"x": list(range(length))})
            assert found.statement.count(":") == length and len(compiled._expansions) <= 32

    def test_values_have_to_be_there_at_once(self):
        for clause in (t.c.a.in_(bindparam("x")), and_(t.c.a == bindparam("x"), t.c.a.in_([1]))):
            with pytest.raises(exc.InvalidRequestError, match="'x' has no value"):
                compiled_text(clause, render_postcompile=True)
        compiled = t.c.a.in_([1]).compile(compile_kwargs={"render_postcompile": True})
        with pytest.raises(exc.InvalidRequestError, match="render_postcompile"):
            compiled.construct_params({"a_1": [2]})


class TestBindExpressions:
    column = column("f", Folded)

    @pytest.mark.parametrize(
        "clause, options, expected",
        [
            (column == "X", {}, "f = lower(:f_1)"),
            (column.in_(["X", "Y"]), {}, "f IN (__[POSTCOMPILE_f_1~~lower(~~REPL~~)~~])"),
            (column.in_(["X", "Y"]), {"render_postcompile": True}, "f IN (lower(:f_1_1), lower(:f_1_2))"),
            (column.in_(["X", "Y"]), {"literal_binds": True}, "f IN (lower('X'), lower('Y'))"),
            (column.in_([]), {"render_postcompile": True}, "f IN (NULL) AND (1 != 1)"),
        ],
    )
    def test_around_each_value(self, clause, options, expected):
        assert compiled_text(clause, **options) == expected

    def test_without_the_parameter(self):
        assert compiled_text(column("n", Nowhere) == 5) == "n = nothing()"
        with pytest.raises(exc.CompileError, match="leaves out its parameter"):
            column("n", Nowhere).in_([5]).compile()


class TestLiterals(AssertsCompiledSQL):
    @pytest.mark.parametrize(
        "clause, expected",
        [
            (t.c.b == "it's", "t.b = 'it''s'"), (t.c.a == 5, "t.a = 5"), (t.c.b.is_(bindparam("x", None)), "t.b IS NULL"),
            (select(literal(None)), "SELECT NULL AS anon_1"), (t.c.b.in_(["a", None]), "t.b IN ('a', NULL)"),
        ],
    )  # fmt: skip
    def test_text(self, clause, expected):
        assert compiled_text(clause, literal_binds=True) == expected

    def test_null_that_is_compared(self):
        with expect_warnings() as seen:
            for clause in (t.c.b.is_(bindparam("x")), and_(t.c.a == 1, t.c.b.is_not(bindparam("x"))), func.f(bindparam("x"))):
                assert compiled_text(clause, literal_binds=True).endswith(("IS NULL", "IS NOT NULL", "f(NULL)"))
        assert not seen
        with expect_warnings("only IS and IS NOT compare with NULL"):
            assert compiled_text(t.c.b == bindparam("x"), literal_binds=True) == "t.b = NULL"

    @pytest.mark.parametrize(
        "value, found",
        [
            (literal(object()), "no literal processor"),
            (literal(object(), Integer), "could not be rendered as a literal of type INTEGER"),
            (literal("\x02"), "marks places"),
        ],
    )
    def test_refused(self, value, found):
        with pytest.raises(exc.CompileError, match=found):
            value.compile(compile_kwargs={"literal_binds": True})

    @pytest.mark.parametrize("style, positions", [("named", None), ("qmark", ["x"])])
    def test_at_execution(self, style, positions):
        compiled = (t.c.a == bindparam("x", 5, literal_execute=True)).compile(dialect=DefaultDialect(paramstyle=style))
        assert str(compiled) == "t.a = __[POSTCOMPILE_x]" and compiled.positiontup == positions
        state = compiled.process_expanding({"x": 7})
        assert (state.statement, state.parameters) == ("t.a = 7", {})
        assert state.positiontup == (None if positions is None else [])

    def test_lists_at_execution(self):
        bind = bindparam("x", [1, 2], Integer, expanding=True, literal_execute=True)
        assert compiled_text(t.c.a.in_(bind), render_postcompile=True) == "t.a IN (1, 2)"
        state = t.c.a.in_(bind).compile(dialect=DefaultDialect()).process_expanding({"x": {3}})
        assert state.statement == "t.a IN (3)"


class TestExtractor:
    """The short way from values to what the driver takes."""

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

    def test_own_values_and_conversion(self, dialect_with):
        class Doubled(TypeDecorator):
            impl = Integer
            cache_ok = True

            def process_bind_param(self, value, dialect):
                return value * 2

        clause = and_(t.c.a == literal(4, Doubled), t.c.b == bindparam("two words", "x"))
        extract = clause.compile(dialect=DefaultDialect()).bind_extractor()
        assert extract(None, None) == {"param_1": 8, "two_words": "x"}
        assert extract(None, {"two words": "y"}) == {"param_1": 8, "two_words": "y"}

    @pytest.mark.parametrize(
        "clause",
        [
            t.c.a.in_([1]), t.c.a == bindparam("x", 5, literal_execute=True), t.c.a == bindparam("x", callable_=int),
            and_(*[t.c.a == number for number in range(201)]), tuple_(t.c.a, t.c.b) == bindparam("x", (1, "y")),
        ],
        ids=["list", "late literal", "callable", "too many", "tuple"],
    )  # fmt: skip
    def test_others_take_the_long_way(self, clause):
        assert clause.compile(dialect=DefaultDialect()).bind_extractor() is None

    def test_type_of_a_parameter_that_is_compared(self):
        condition = t.c.a == bindparam("p")
        assert type(condition.right.type) is type(t.c.a.type)
        statement = select(literal_column("1")).where(column("n", Integer) == bindparam("p")).params(p=5)
        assert compiled_text(statement, literal_binds=True).endswith("WHERE n = 5")


class Pair(collections.abc.Sequence):
    """Looks like a tuple, as rows of some drivers do."""

    def __init__(self, *values):
        self.values = values

    def __getitem__(self, index):
        return self.values[index]

    def __len__(self):
        return len(self.values)


@pytest.mark.parametrize("make", [tuple, list, lambda pair: Pair(*pair)], ids=["tuple", "list", "sequence"])
def test_pairs_in_a_list_for_text(make):
    statement = text("SELECT x FROM (SELECT 1 AS x, 'a' AS z UNION SELECT 2, 'b') WHERE (x, z) IN :pairs").bindparams(
        bindparam("pairs", expanding=True)
    )
    with create_engine("sqlite://").connect() as connection:
        assert connection.scalars(statement, {"pairs": [make((2, "b")), make((1, "b"))]}).all() == [2]


@pytest.mark.parametrize("values", [["ab", "b"], [b"ab", b"b"], [bytearray(b"ab"), bytearray(b"b")]])
def test_texts_and_bytes_in_a_list_are_single_values(values):
    statement = text("SELECT 1 WHERE :one IN :many").bindparams(bindparam("many", expanding=True))
    with create_engine("sqlite://").connect() as connection:
        assert connection.scalar(statement, {"one": values[0], "many": values}) == 1


def test_values_of_copies_of_copies_are_found_in_the_cache_key():
    engine = create_engine("sqlite://")
    t = table("t", column("x", Integer))
    found = []
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x INTEGER)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1), (2), (3)")
        for value in (1, 2):
            # the parameter of the negation is a copy, and each adaptation makes a copy of it
            source = t.alias()
            condition = ClauseAdapter(source).traverse(~t.c.x.in_([value]))
            found.append(connection.scalars(select(source.c.x).where(condition)).all())
    assert found == [[2, 3], [1, 3]]


class TestOwnPlaceholders:
    """A dialect whose compiler writes placeholders in its own way."""

    class Compiler(SQLCompiler):
        def bindparam_string(self, name, **kw):
            return "@" + super().bindparam_string(name, **kw)

    @pytest.mark.parametrize(
        "statement, expected",
        [
            (select(t.c.a).where(t.c.a == 1), "SELECT t.a FROM t WHERE t.a = @:a_1"),
            (t.update().values(a=1).where(t.c.a == bindparam("q")), "UPDATE t SET a=@:a WHERE t.a = @:q"),
            (select(t.c.a + 1).limit(2), "SELECT t.a + @:a_1 AS anon_1 FROM t LIMIT @:param_1"),
        ],
    )
    def test_every_parameter_is_written_by_it(self, statement, expected):
        dialect = DefaultDialect()
        dialect.statement_compiler = self.Compiler
        assert " ".join(str(statement.compile(dialect=dialect)).split()) == expected
