"""Random statements, built from one description with this library and with SQLAlchemy: text and parameters agree.

Skipped where the package ``sqlalchemy`` is not installed.
"""

from __future__ import annotations

import pytest

pytest.importorskip("hypothesis")
sqlalchemy = pytest.importorskip("sqlalchemy", reason="compares with SQLAlchemy, which is not installed")

from hypothesis import given  # noqa: E402
from hypothesis import settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from sqlalchemy.dialects import sqlite as other_sqlite  # noqa: E402

import sqltoolkit_core  # noqa: E402
from sqltoolkit_core.dialects import sqlite as own_sqlite  # noqa: E402

if sqlalchemy.__dict__.get("__name__", "").startswith("sqltoolkit"):
    pytest.skip("the name sqlalchemy is an alias of this library", allow_module_level=True)


class Library:
    """Tables and constructors of one of the libraries."""

    def __init__(self, lib, dialect):
        self.lib = lib
        self.dialect = dialect
        m = lib.MetaData()
        self.tables = [
            lib.Table(
                name,
                m,
                lib.Column("id", lib.Integer, primary_key=True),
                lib.Column("x", lib.Integer),
                lib.Column("name", lib.String(20)),
                lib.Column("flag", lib.Boolean),
            )
            for name in ("alpha", "beta")
        ]


LIBRARIES = [Library(sqlalchemy, other_sqlite.dialect()), Library(sqltoolkit_core, own_sqlite.dialect())]

numbers = st.integers(-5, 5)
words = st.sampled_from(["a", "b%", "it's", "/x_"])
columns = st.tuples(st.just("column"), st.integers(0, 1), st.sampled_from(["id", "x"]))
strings = st.tuples(st.just("column"), st.integers(0, 1), st.just("name"))

number_expressions = st.recursive(
    st.one_of(columns, st.tuples(st.just("literal"), numbers)),
    lambda inner: st.one_of(
        st.tuples(st.just("math"), st.sampled_from("+-*/%"), inner, inner),
        st.tuples(st.just("negative"), inner),
        st.tuples(st.just("function"), st.sampled_from(["max", "coalesce", "abs", "count"]), inner),
    ),
    max_leaves=5,
)
# not among the columns: of two casts of one column in a subquery SQLAlchemy selects the first one twice
compared = st.one_of(number_expressions, st.tuples(st.just("cast"), columns))
conditions = st.recursive(
    st.one_of(
        st.tuples(st.just("compare"), st.sampled_from(["<", "<=", "==", "!=", ">"]), columns, compared),
        st.tuples(st.just("in"), columns, st.lists(numbers, max_size=3), st.booleans()),
        st.tuples(st.just("between"), columns, numbers, numbers, st.booleans()),
        st.tuples(
            st.just("match"),
            st.sampled_from(["like", "ilike", "startswith", "contains", "endswith", "icontains"]),
            strings,
            words,
            st.booleans(),
        ),
        st.tuples(st.just("null"), columns, st.booleans()),
        st.tuples(st.just("flag"), st.integers(0, 1)),
        st.tuples(st.just("exists"), columns),
        st.tuples(st.just("constant"), st.booleans()),
    ),
    lambda inner: st.one_of(
        st.tuples(st.just("and"), st.lists(inner, min_size=1, max_size=3)),
        st.tuples(st.just("or"), st.lists(inner, min_size=1, max_size=3)),
        st.tuples(st.just("not"), inner),
    ),
    max_leaves=6,
)
_COMPARE = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
}
_MATH = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": lambda a, b: a % b,
}


def build(library, node):
    """Return the expression that a description stands for."""
    lib = library.lib
    kind, rest = node[0], node[1:]
    if kind == "column":
        return library.tables[rest[0]].c[rest[1]]
    if kind == "literal":
        return lib.literal(rest[0])
    if kind == "math":
        return _MATH[rest[0]](build(library, rest[1]), build(library, rest[2]))
    if kind == "negative":
        return -build(library, rest[0])
    if kind == "function":
        return getattr(lib.func, rest[0])(build(library, rest[1]))
    if kind == "cast":
        return lib.cast(build(library, rest[0]), lib.Integer)
    if kind == "compare":
        return _COMPARE[rest[0]](build(library, rest[1]), build(library, rest[2]))
    if kind == "in":
        column = build(library, rest[0])
        return column.not_in(rest[1]) if rest[2] else column.in_(rest[1])
    if kind == "between":
        made = build(library, rest[0]).between(rest[1], rest[2])
        return ~made if rest[3] else made
    if kind == "match":
        made = getattr(build(library, rest[1]), rest[0])(rest[2])
        return ~made if rest[3] else made
    if kind == "null":
        return build(library, rest[0]).is_not(None) if rest[1] else build(library, rest[0]).is_(None)
    if kind == "flag":
        return library.tables[rest[0]].c.flag
    if kind == "exists":
        inner = library.tables[1].alias("inner_beta")
        return lib.exists().where(inner.c.id == build(library, rest[0]))
    if kind == "constant":
        return lib.true() if rest[0] else lib.false()
    if kind == "and":
        return lib.and_(*[build(library, inner) for inner in rest[0]])
    if kind == "or":
        return lib.or_(*[build(library, inner) for inner in rest[0]])
    return lib.not_(build(library, rest[0]))


def rendered(library, make):
    """Return (text, parameters, positions) of a statement, or the class of the error it gives."""
    try:
        compiled = make(library).compile(dialect=library.dialect)
    except Exception as err:
        return type(err).__name__
    return str(compiled), compiled.params, compiled.positiontup


def agree(make):
    expected, found = (rendered(library, make) for library in LIBRARIES)
    assert found == expected


@settings(max_examples=300, deadline=None)
@given(conditions)
def test_conditions(node):
    agree(lambda library: library.lib.select(library.tables[0].c.id).where(build(library, node)))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(number_expressions, min_size=1, max_size=4),
    st.lists(conditions, max_size=2),
    st.sampled_from(["plain", "subquery", "cte", "union", "alias", "scalar"]),
    st.sampled_from(["", "tablename", "none"]),
    st.one_of(st.none(), numbers.map(abs)),
    st.booleans(),
)
def test_selects(expressions, where, shape, style, limit, ordered):
    def make(library):
        lib = library.lib
        made = lib.select(*[build(library, node) for node in expressions])
        if style:
            made = made.set_label_style(
                lib.LABEL_STYLE_TABLENAME_PLUS_COL if style == "tablename" else lib.LABEL_STYLE_NONE
            )
        made = made.where(*[build(library, node) for node in where])
        if ordered:
            made = made.order_by(build(library, expressions[0]), library.tables[0].c.name.desc())
        if limit is not None:
            made = made.limit(limit).offset(limit + 1)
        if shape == "subquery":
            return lib.select(made.subquery())
        if shape == "cte":
            inner = made.cte("c")
            return lib.select(inner).union_all(lib.select(inner.alias("d")))
        if shape == "union":
            return lib.union(made, lib.select(library.tables[1].c.x)).limit(3)
        if shape == "alias":
            other = library.tables[0].alias()
            return made.join_from(other, library.tables[1], other.c.id == library.tables[1].c.x, isouter=True)
        if shape == "scalar":
            return lib.select(library.tables[1].c.id, made.scalar_subquery().label("one"))
        return made

    agree(make)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["insert", "rows", "update", "delete", "from_select"]),
    st.dictionaries(st.sampled_from(["x", "name", "flag"]), st.one_of(st.none(), numbers, number_expressions), max_size=3),
    st.lists(conditions, max_size=2),
    st.booleans(),
)
def test_dml(kind, given_values, where, returning):
    def make(library):
        lib = library.lib
        alpha = library.tables[0]

        def values_of_row():
            return {
                name: build(library, value) if isinstance(value, tuple) else value
                for name, value in given_values.items()
            }

        made_values = values_of_row()
        if kind == "insert":
            made = alpha.insert().values(**made_values)
        elif kind == "rows":
            made = alpha.insert().values([made_values, values_of_row()])
        elif kind == "from_select":
            made = alpha.insert().from_select(["x"], lib.select(library.tables[1].c.x))
        elif kind == "update":
            made = alpha.update().values(**made_values).where(*[build(library, node) for node in where])
        else:
            made = alpha.delete().where(*[build(library, node) for node in where])
        return made.returning(alpha.c.id, alpha.c.x + 1) if returning else made

    agree(make)
