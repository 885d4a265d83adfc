"""SQL text for SQLite."""

from __future__ import annotations

import pytest

from sqltoolkit_core import JSON
from sqltoolkit_core import Column
from sqltoolkit_core import Index
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core import extract
from sqltoolkit_core import func
from sqltoolkit_core import insert
from sqltoolkit_core import or_
from sqltoolkit_core import select
from sqltoolkit_core import text
from sqltoolkit_core import true
from sqltoolkit_core import tuple_
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.schema import CreateTable
from sqltoolkit_core.testing.assertions import AssertsCompiledSQL

t = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("a", String), Column("j", JSON))


class TestExpressions(AssertsCompiledSQL):
    __dialect__ = sqlite.dialect()

    @pytest.mark.parametrize(
        "element, expected",
        [
            (t.c.id / 2, "t.id / (? + 0.0)"),
            (t.c.id.is_distinct_from(None), "t.id IS NOT NULL"),
            (t.c.a.is_distinct_from("x"), "t.a IS NOT ?"),
            (t.c.id.bitwise_xor(5), "((t.id | ?) - (t.id & ?))"),
            (t.c.a.regexp_match("x"), "t.a REGEXP ?"),
            (~t.c.a.regexp_match("x"), "t.a NOT REGEXP ?"),
            (t.c.j["x"], "JSON_QUOTE(JSON_EXTRACT(t.j, ?))"),
            (t.c.j["x"].as_integer(), "CAST(JSON_EXTRACT(t.j, ?) AS INTEGER)"),
            (extract("year", t.c.a), "CAST(STRFTIME('%Y', t.a) AS INTEGER)"),
            (func.now(), "CURRENT_TIMESTAMP"),
            (func.char_length(t.c.a), "length(t.a)"),
            (or_(true(), t.c.id == 1), "1 = 1"),
        ],
    )
    def test_expressions(self, element, expected):
        self.assert_compile(element, expected)

    def test_limits(self):
        self.assert_compile(select(t.c.id).limit(5), "SELECT t.id FROM t LIMIT ? OFFSET ?", checkpositional=(5, 0))
        self.assert_compile(select(t.c.id).offset(5), "SELECT t.id FROM t LIMIT ? OFFSET ?", checkpositional=(-1, 5))

    def test_lists(self):
        self.assert_compile(
            t.c.id.in_([]), "t.id IN (SELECT 1 FROM (SELECT 1) WHERE 1!=1)", render_postcompile=True
        )
        self.assert_compile(
            tuple_(t.c.id, t.c.a).in_([(1, "x")]), "(t.id, t.a) IN (VALUES (?, ?))", render_postcompile=True
        )

    def test_what_it_cannot_do(self):
        with pytest.raises(exc.CompileError, match="foo"):
            extract("foo", t.c.a).compile(dialect=sqlite.dialect())
        with pytest.raises(exc.CompileError):
            t.c.a.regexp_replace("x", "y").compile(dialect=sqlite.dialect())
        other = t.alias("other")
        with pytest.raises(NotImplementedError):
            t.delete().where(t.c.id == other.c.id).compile(dialect=sqlite.dialect())


@pytest.mark.parametrize(
    "default, expected",
    [
        ("5", "5"), ("'x'", "'x'"), ("current_date", "current_date"), ("(1 + 2)", "(1 + 2)"), ("-1", "(-1)"),
        ("1.5", "(1.5)"), ("1 + 2", "(1 + 2)"), ("date('now')", "(date('now'))"), ("'a' || 'b'", "('a' || 'b')"),
    ],
)  # fmt: skip
def test_expressions_as_defaults_stand_in_parentheses(default, expected):
    table = Table("t", MetaData(), Column("x", Integer, server_default=text(default)))
    text_of_table = str(CreateTable(table).compile(dialect=sqlite.dialect()))
    assert text_of_table == "\nCREATE TABLE t (\n\tx INTEGER DEFAULT %s\n)\n\n" % expected


# https://www.sqlite.org/lang_keywords.html
KEYWORDS = """
abort action add after all alter always analyze and as asc attach autoincrement before begin between by cascade case
cast check collate column commit conflict constraint create cross current current_date current_time current_timestamp
database default deferrable deferred delete desc detach distinct do drop each else end escape except exclude exclusive
exists explain fail filter first following for foreign from full generated glob group groups having if ignore immediate
in index indexed initially inner insert instead intersect into is isnull join key last left like limit match
materialized natural no not nothing notnull null nulls of offset on or order others outer over partition plan pragma
preceding primary query raise range recursive references regexp reindex release rename replace restrict returning right
rollback row rows savepoint select set table temp temporary then ties to transaction trigger unbounded union unique
update using vacuum values view virtual when where window with without
""".split()


def test_no_name_is_taken_for_a_word_of_the_language():
    metadata = MetaData()
    tables = [Table(word, metadata, Column(word, Integer), Index("ix_" + word, word)) for word in KEYWORDS]
    with create_engine("sqlite://").connect() as connection:
        metadata.create_all(connection)
        for word, table in zip(KEYWORDS, tables):
            connection.execute(insert(table), {word: 1})
            column = table.c[word]
            assert connection.scalar(select(column.label(word)).where(column == 1).order_by(column)) == 1
