"""Compiled, and the state that the chapters of the compiler share."""

from __future__ import annotations

import re

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import Table
from sqltoolkit_core import column
from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core import exists
from sqltoolkit_core import literal
from sqltoolkit_core import select
from sqltoolkit_core import table
from sqltoolkit_core import update
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.sql.compiler import COLLECT_CARTESIAN_PRODUCTS
from sqltoolkit_core.sql.compiler import FROM_LINTING
from sqltoolkit_core.sql.compiler import Compiled
from sqltoolkit_core.sql.compiler import SQLCompiler
from sqltoolkit_core.sql.compiler import WARN_LINTING
from sqltoolkit_core.sql.compiler.base import AnonMap
from sqltoolkit_core.sql.compiler.base import CompilerState
from sqltoolkit_core.sql.compiler.base import ExpandedState
from sqltoolkit_core.sql.compiler.base import Frame
from sqltoolkit_core.sql.compiler.base import FromLinter
from sqltoolkit_core.sql.ddl import CreateTable
from sqltoolkit_core.sql.elements import ColumnElement
from sqltoolkit_core.sql.names import AnonToken
from sqltoolkit_core.sql.names import anonymous
from sqltoolkit_core.testing.assertions import expect_warnings

t = table("t", column("a"))
u = table("u", column("a"))


class TestCompiled:
    def test_without_a_statement(self):
        made = SQLCompiler(DefaultDialect(), None)
        assert made.state is CompilerState.NO_STATEMENT and str(made) == ""
        assert made.process(literal(5) + column("x")) == ":param_1 + x"

    def test_only_complete_ones_have_a_text(self):
        made = select(t.c.a).compile()
        assert made.state is CompilerState.STRING_APPLIED and str(made) == made.string
        made.state = CompilerState.COMPILING
        assert str(made) == ""

    def test_parts_are_not_executable(self):
        engine = create_engine("sqlite://")
        compiled = (t.c.a == 5).compile(dialect=engine.dialect)
        assert not compiled.can_execute
        with engine.connect() as connection, pytest.raises(exc.ObjectNotExecutableError):
            connection.execute(compiled)
        assert select(t.c.a).execution_options(x=1).compile().execution_options["x"] == 1

    def test_what_a_subclass_has_to_say(self):
        class Plain(Compiled):
            def visit_table(self, table, **kw):
                return table.name

        made = Plain(DefaultDialect(), Table("t", MetaData()))
        assert str(made) == "t" and not made.is_sql
        for part in (lambda: made.sql_compiler, lambda: made.params):
            with pytest.raises(NotImplementedError, match="Plain"):
                part()

    def test_schema_names_at_once_or_later(self):
        inside = Table("t", MetaData(), Column("a", Integer), schema="s")
        later = select(inside.c.a).compile(schema_translate_map={"s": "z"})
        assert str(later).endswith("FROM __[SCHEMA_s].t")
        assert later.schema_translate_map == {"s": "z"}
        for element in (select(inside.c.a), CreateTable(inside)):
            at_once = element.compile(schema_translate_map={"s": "z"}, render_schema_translate=True)
            assert "z.t" in str(at_once) and "SCHEMA" not in str(at_once)


class TestUnsupported:
    class Unheard(ColumnElement):
        __visit_name__ = "unheard"
        inherit_cache = False

    def test_by_itself(self):
        with pytest.raises(exc.UnsupportedCompilationError, match="Unheard") as raised:
            self.Unheard().compile(dialect=DefaultDialect())
        assert raised.value.element_type is self.Unheard and "part of" not in str(raised.value)

    def test_the_statement_around_it_is_named(self):
        with pytest.raises(exc.UnsupportedCompilationError, match="part of a SELECT statement"):
            select(self.Unheard()).compile(dialect=DefaultDialect())
        v = Table("v", MetaData(), Column("x", Integer))
        with pytest.raises(exc.UnsupportedCompilationError, match="part of a UPDATE|part of an UPDATE"):
            v.update().values(x=self.Unheard()).compile(dialect=DefaultDialect())


class TestStack:
    def test_current_statement(self, dialect_with):
        seen = []

        def visit_column(self, column, **kw):
            seen.append((self.current_executable, self.is_subquery(), [frame["selectable"] for frame in self.stack]))
            return column.name

        inner = select(u.c.a).scalar_subquery()
        outer = select(inner)
        outer.compile(dialect=dialect_with(visit_column=visit_column))
        assert seen == [(inner.element, True, [outer, inner.element])]

    def test_outside_of_statements(self):
        compiler = SQLCompiler(DefaultDialect(), None)
        with pytest.raises(IndexError, match="not inside of a statement"):
            compiler.current_executable
        assert not compiler.is_subquery()

    def test_frames_read_like_dictionaries(self):
        frame = Frame(t, frozenset([u]))
        assert frame["selectable"] is t and frame["correlate_froms"] == {u} and not frame["asfrom_froms"]
        with pytest.raises(KeyError, match="nothing"):
            frame["nothing"]


class TestAnonymousNames:
    def test_numbers_by_base(self):
        names = AnonMap()
        labels = [anonymous(base, AnonToken()) for base in ("a", "b", "a")]
        assert [names[label] for label in labels] == ["a_1", "b_1", "a_2"]
        assert names[labels[0]] == "a_1" and len(names) == 3


class TestExpandedState:
    def test_positions(self):
        state = ExpandedState("x", {"a": 1, "b": 2}, {}, ["b", "a", "b"], {})
        assert state.positional_parameters == (2, 1, 2) and state.additional_parameters == {"a": 1, "b": 2}
        named = ExpandedState("x", {"a": 1}, {}, None, {})
        with pytest.raises(exc.InvalidRequestError, match="no positions; use .parameters"):
            named.positional_parameters


class TestFromLinter:
    def linter(self, names, pairs=()):
        sources = {name: table(name) for name in names}
        made = FromLinter()
        for name, source in sources.items():
            made.add(source, name)
        for left, right in pairs:
            made.connect([sources[left]], [sources[right]])
        rest, start = made.lint()
        return None if rest is None else ({source.name for source in rest}, start.name)

    @pytest.mark.parametrize(
        "names, pairs, expected",
        [
            ("", [], None), ("a", [], None), ("ab", [], ({"b"}, "a")), ("ab", ["ab"], None), ("ab", ["ba"], None),
            ("abc", ["ac"], ({"b"}, "a")), ("abc", ["ab", "bc"], None), ("abcd", ["ab", "cd"], ({"c", "d"}, "a")),
            ("ab", ["aa"], ({"b"}, "a")),
        ],
    )  # fmt: skip
    def test_components(self, names, pairs, expected):
        assert self.linter(names, pairs) == expected

    def test_start(self):
        made = FromLinter()
        for source in (t, u):
            made.add(source, source.name)
        assert made.lint(start=u) == ({t}, u)

    def test_sources_that_are_not_in_from(self):
        made = FromLinter()
        made.add(t, "t")
        made.connect([t], [u])
        assert made.lint() == (None, None)

    def test_warning(self):
        made = FromLinter()
        for source in (t, u):
            made.add(source, source.name)
        with expect_warnings('^DELETE statement makes a cartesian product: nothing joins or compares "u" with "t"'):
            made.warn("DELETE")
        made.connect([t], [u])
        with expect_warnings() as seen:
            made.warn()
        assert not seen

    @pytest.mark.parametrize("linting, warned, collected", [(0, 0, False), (COLLECT_CARTESIAN_PRODUCTS, 0, True), (FROM_LINTING, 1, True)])
    def test_what_a_compiler_is_asked_for(self, linting, warned, collected):
        assert FROM_LINTING == COLLECT_CARTESIAN_PRODUCTS | WARN_LINTING
        with expect_warnings() as seen:
            compiled = select(t.c.a, u.c.a).compile(linting=linting)
        assert len(seen) == warned and (compiled.from_linter is not None) is collected
        if collected:
            assert set(compiled.from_linter.froms.values()) == {"t", "u"}

    def test_the_line_that_built_the_statement(self):
        def outer():
            return select(t.c.a).where(exists().where(t.c.a == 1))

        def inner():
            return select(t.c.a, u.c.a).where(t.c.a == 1)

        def written():
            return update(t).values(a=u.c.a)

        for made, kind in ((inner, "SELECT"), (written, "UPDATE")):
            line = "%s:%d in %s" % (__file__, made.__code__.co_firstlineno + 1, made.__name__)
            with expect_warnings("^%s statement built at %s makes a cartesian product" % (kind, re.escape(line))):
                made().compile(linting=FROM_LINTING)
        # a statement inside of another has its own line; one that a library made has that of the one around it
        nested = select(inner().subquery())
        with expect_warnings("^SELECT statement built at .* in inner makes"):
            nested.compile(linting=FROM_LINTING)
        with expect_warnings("^SELECT statement built at .* in outer makes"):
            outer().where(exists().where(t.c.a == u.alias().c.a).where(u.alias().c.a == 1)).compile(linting=FROM_LINTING)
