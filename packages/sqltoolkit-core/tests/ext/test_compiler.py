"""@compiles: rendering of own classes, for all dialects or some."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Integer, column, exc, func, select, table
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.ext.compiler import compiles, deregister
from sqltoolkit_core.sql.cache_key import KeyKind
from sqltoolkit_core.sql.elements import BindParameter, ColumnClause, ColumnElement
from sqltoolkit_core.sql.functions import GenericFunction
from sqltoolkit_core.types import UserDefinedType

t = table("t", column("x", Integer))


def sqlite_dialect():
    return sqlite.dialect()


def test_own_element():
    class Thing(ColumnClause):
        inherit_cache = True

    @compiles(Thing)
    def render(element, compiler, **kw):
        return ">>%s<<" % element.name.upper()

    assert str(select(column("foo"), Thing("bar"))) == "SELECT foo, >>BAR<<"

    @compiles(Thing, "sqlite")
    def render_sqlite(element, compiler, **kw):
        return "sqlite"

    assert str(Thing("a").compile(dialect=sqlite_dialect())) == "sqlite" and str(Thing("a")) == ">>A<<"


def test_over_the_method_of_the_compiler_and_back():
    before = str(t.c.x == 5)

    @compiles(BindParameter)
    def render(element, compiler, **kw):
        return "<%s>" % compiler.visit_bindparam(element, **kw)

    try:
        assert str(t.c.x == 5) == "t.x = <:x_1>"
    finally:
        deregister(BindParameter)
    assert str(t.c.x == 5) == before
    deregister(BindParameter)


def test_only_other_dialects():
    class Nothing(ColumnElement):
        inherit_cache = True

    @compiles(Nothing, "sqlite")
    def render(element, compiler, **kw):
        return "something"

    assert str(Nothing().compile(dialect=sqlite_dialect())) == "something"
    with pytest.raises(exc.UnsupportedCompilationError):
        Nothing().compile()


def test_functions_and_subclasses():
    class shout(GenericFunction):
        type = Integer()
        inherit_cache = True

    class louder(shout):
        inherit_cache = True

    @compiles(shout)
    def render(element, compiler, **kw):
        return "SHOUT(%s)!" % compiler.process(element.clauses, **kw)

    assert str(select(shout(t.c.x))) == "SELECT SHOUT(t.x)! AS shout_1 \nFROM t"
    assert str(louder(5)) == "SHOUT(:louder_1)!" and str(func.other(5)) == "other(:other_1)"


def test_types():
    class Money(UserDefinedType):
        cache_ok = True

    @compiles(Money)
    def render(type_, compiler, **kw):
        return "MONEY"

    from sqltoolkit_core import cast

    assert str(cast(t.c.x, Money)) == "CAST(t.x AS MONEY)"


def test_own_element_brings_the_sources_of_its_parts():
    class Rounded(ColumnElement):
        cache_key_fields = (("value", KeyKind.CLAUSE), ("width", KeyKind.PLAIN))

        def __init__(self, value, width):
            self.value, self.width = value, width

    @compiles(Rounded)
    def render(element, compiler, **kw):
        return "round(%s, %d)" % (compiler.process(element.value, **kw), element.width)

    assert str(select(Rounded(t.c.x, 2).label("r"))) == "SELECT round(t.x, 2) AS r \nFROM t"
    assert str(select(column("y")).where(Rounded(t.c.x, 2) == 1)) == "SELECT y \nFROM t \nWHERE round(t.x, 2) = :param_1"
