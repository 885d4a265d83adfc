"""The SQL compiler as a whole: str() without a dialect, compiling through a cache, parts of other statements."""

from __future__ import annotations

import pytest

from sqltoolkit_core import ARRAY
from sqltoolkit_core import Integer
from sqltoolkit_core import JSON
from sqltoolkit_core import Sequence
from sqltoolkit_core import String
from sqltoolkit_core import bindparam
from sqltoolkit_core import cast
from sqltoolkit_core import column
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_core import select
from sqltoolkit_core import table
from sqltoolkit_core import text
from sqltoolkit_core import try_cast
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.sql.compiler import SQLCompiler
from sqltoolkit_core.sql.compiler import StrSQLCompiler
from sqltoolkit_core.sql.compiler.sql import compile_with_cache
from sqltoolkit_core.sql.elements import ColumnElement
from sqltoolkit_core.testing.assertions import AssertsCompiledSQL
from sqltoolkit_core.testing.assertions import compiled_text

t = table("t", column("a", Integer), column("b", String), column("j", JSON), column("l", ARRAY(Integer)))
u = table("u", column("a", Integer), column("c", String))


class TestWithoutADialect(AssertsCompiledSQL):
    @pytest.mark.parametrize(
        "element, expected",
        [
            (t.c.j["k"], "t.j[:j_1]"), (t.c.j[("k", 1)], "t.j[:j_1]"), (t.c.l[2], "t.l[:l_1]"), (t.c.l[1:3], "t.l[:l_1::l_2]"),
            (t.c.l[:3:2], "t.l[::l_1::l_2]"), (t.c.l[1:], "t.l[:l_1:]"),
            (try_cast(t.c.a, String), "TRY_CAST(t.a AS VARCHAR)"), (Sequence("q", schema="s").next_value(), "<next sequence value: s.q>"),
            (t.c.b.regexp_match("x"), "t.b <regexp> :b_1"), (~t.c.b.regexp_match("x"), "t.b <not regexp> :b_1"),
            (t.c.b.regexp_replace("x", "y"), "<regexp replace>(t.b, :b_1, :b_2)"),
            (select(t.c.a).with_hint(t, "h"), "SELECT t.a FROM t [h]"),
            (t.update().values(a=u.c.a), "UPDATE t SET a=u.a FROM u"),
            (t.delete().where(t.c.a == u.c.a), "DELETE FROM t , u WHERE t.a = u.a"),
            (t.insert().values(a=1).returning(t.c.a), "INSERT INTO t (a) VALUES (:a) RETURNING t.a"),
        ],
    )  # fmt: skip
    def test_everything_has_a_text(self, element, expected):
        self.assert_compile(element, expected)
        assert isinstance(element.compile(), StrSQLCompiler)

    def test_lists_of_another_operator(self):
        element = t.c.a.op("@>")(bindparam("x", [], expanding=True))
        self.assert_compile(element, "t.a @> (SELECT 1 WHERE 1!=1)", render_postcompile=True)

    def test_elements_of_a_dialect_use_its_compiler(self):
        class Special(ColumnElement):
            __visit_name__ = "is_distinct_only_here"
            inherit_cache = False
            stringify_dialect = "sqlite"

        with pytest.raises(exc.UnsupportedCompilationError, match="Special"):
            str(Special())
        statement = sqlite.insert(t).values(a=1).on_conflict_do_nothing()
        self.assert_compile(statement, "INSERT INTO t (a) VALUES (?) ON CONFLICT DO NOTHING")


class TestPartsOfAnother:
    def test_names_go_on(self):
        whole = select(t.c.a + 1).compile(dialect=DefaultDialect())
        part = SQLCompiler(sqlite.dialect(paramstyle="named"), None, _part_of=whole)
        assert part.process(t.c.a + 2) == "t.a + :a_2"
        assert part.dialect is not whole.dialect and part.sql_compiler is part


class TestCache:
    def compile(self, statement, cache, dialect, **kw):
        return compile_with_cache(statement, dialect, cache, **kw)

    def test_equal_statements_are_compiled_once(self):
        dialect, cache = DefaultDialect(), {}
        one, first, flag = self.compile(select(t.c.a).where(t.c.a == 1), cache, dialect)
        assert flag is dialect.CACHE_MISS
        other, second, flag = self.compile(select(t.c.a).where(t.c.a == 2), cache, dialect)
        assert other is one and flag is dialect.CACHE_HIT and len(cache) == 1
        assert one.construct_params(extracted_parameters=first) == {"a_1": 1}
        assert one.construct_params(extracted_parameters=second) == {"a_1": 2}

    @pytest.mark.parametrize(
        "one, other",
        [
            ({"column_keys": ["a"]}, {"column_keys": ["a", "b"]}), ({"column_keys": ["a"]}, {"column_keys": None}),
            ({"for_executemany": True}, {"for_executemany": False}), ({"schema_translate_map": {"s": "z"}}, {}),
        ],
    )  # fmt: skip
    def test_what_else_tells_them_apart(self, one, other):
        dialect, cache = DefaultDialect(), {}
        for options in (one, other, one):
            compiled, _, flag = self.compile(t.insert(), cache, dialect, **options)
        assert flag is dialect.CACHE_HIT and len(cache) == 2

    def test_maps_of_schema_names_share_a_statement(self):
        dialect, cache = DefaultDialect(), {}
        for names in ({"s": "y"}, {"s": "z"}):
            self.compile(select(t.c.a), cache, dialect, schema_translate_map=names)
        assert len(cache) == 1

    def test_dialects_have_their_own(self):
        cache, dialects = {}, [DefaultDialect(), DefaultDialect()]
        for dialect in dialects:
            self.compile(select(t.c.a), cache, dialect)
        assert len(cache) == 2

    def test_no_cache(self):
        dialect = DefaultDialect()
        _, extracted, flag = self.compile(select(t.c.a), None, dialect)
        assert extracted is None and flag is dialect.CACHING_DISABLED

    def test_statements_without_a_key(self):
        class Unkeyed(ColumnElement):
            __visit_name__ = "null"
            inherit_cache = False

        dialect, cache = DefaultDialect(), {}
        _, extracted, flag = self.compile(select(cast(Unkeyed(), Integer)), cache, dialect)
        assert extracted is None and flag is dialect.NO_CACHE_KEY and not cache

    def test_dialects_without_support(self):
        dialect = DefaultDialect()
        dialect.supports_statement_cache = False
        cache = {}
        _, extracted, flag = self.compile(select(t.c.a), cache, dialect)
        assert extracted is None and flag is dialect.NO_DIALECT_SUPPORT and not cache


class TestTogether:
    """Chapters that meet in one statement."""

    def test_blanks(self):
        assert str(select()) == "SELECT"
        assert str(select(t.c.a).suffix_with("X")) == "SELECT t.a \nFROM t X "

    def test_positions_follow_the_text(self):
        first = select(u.c.a).where(u.c.c == "one").cte("first")
        statement = (
            select(t.c.a + 2, text(":three").bindparams(three=3)).where(t.c.a.in_([4, 5]), t.c.a == first.c.a)
            .order_by(func.f(6)).limit(7).offset(8)
        )  # fmt: skip
        compiled = statement.compile(dialect=DefaultDialect(paramstyle="qmark"), compile_kwargs={"render_postcompile": True})
        assert [compiled.params[name] for name in compiled.positiontup] == ["one", 2, 3, 4, 5, 6, 7, 8]
        assert str(compiled).count("?") == 8

    def test_literals_everywhere(self):
        first = select(u.c.a).where(u.c.c == "it's").cte("first")
        statement = select(t.c.a + 2).where(t.c.a.in_([4, 5]), t.c.a == first.c.a).limit(7)
        assert compiled_text(statement, DefaultDialect(), literal_binds=True) == (
            "WITH first AS (SELECT u.a AS a FROM u WHERE u.c = 'it''s') SELECT t.a + 2 AS anon_1 FROM t, first "
            "WHERE t.a IN (4, 5) AND t.a = first.a LIMIT 7"
        )
