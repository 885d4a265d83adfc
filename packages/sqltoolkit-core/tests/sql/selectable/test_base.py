"""What sources and statements share: prefixes, hints, extensions, column collections."""

from __future__ import annotations

import pytest

from sqltoolkit_core import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    column,
    delete,
    insert,
    select,
    table,
    update,
)
from sqltoolkit_core.sql import SyntaxExtension
from sqltoolkit_core.sql.elements import ClauseElement, TextClause

t = table("t", column("a"), column("b"))


class Qualify(SyntaxExtension, ClauseElement):
    """QUALIFY, as some databases have it."""

    __visit_name__ = "textclause"
    inherit_cache = False
    _bindparams = {}
    text = "QUALIFY x"

    def apply_to_select(self, select_stmt):
        select_stmt.apply_syntax_extension_point(self.append_replacing_same_type, "post_criteria")


def test_prefixes_by_dialect():
    statement = select(t.c.a).prefix_with("A").prefix_with("B", dialect="other")
    assert str(statement) == "SELECT A t.a \nFROM t"


def test_a_later_hint_replaces_one_for_the_same_source():
    statement = select(t).with_hint(t, "one").with_hint(t, "two")
    assert [hint[2] for hint in statement._hints] == ["two"]


def test_syntax_extension_takes_its_place_once():
    statement = select(t.c.a).where(t.c.b == 1).ext(Qualify()).ext(Qualify())
    assert str(statement) == "SELECT t.a \nFROM t \nWHERE t.b = :b_1 \nQUALIFY x"


@pytest.mark.parametrize(
    "position, expected",
    [
        ("post_select", "SELECT QUALIFY x ALSO DISTINCT t.a \nFROM t GROUP BY t.a \nHAVING t.a ORDER BY t.a\n LIMIT :param_1"),
        ("pre_columns", "SELECT ALSO DISTINCT QUALIFY x t.a \nFROM t GROUP BY t.a \nHAVING t.a ORDER BY t.a\n LIMIT :param_1"),
        ("post_criteria", "SELECT ALSO DISTINCT t.a \nFROM t GROUP BY t.a \nHAVING t.a \nQUALIFY x ORDER BY t.a\n LIMIT :param_1"),
        ("post_body", "SELECT ALSO DISTINCT t.a \nFROM t GROUP BY t.a \nHAVING t.a ORDER BY t.a\n LIMIT :param_1 QUALIFY x"),
    ],
)
def test_positions_of_syntax_extensions(position, expected):
    class Here(Qualify):
        def apply_to_select(self, select_stmt):
            select_stmt.apply_syntax_extension_point(self.append_replacing_same_type, position)

    plain = select(t.c.a).prefix_with("ALSO").distinct().group_by(t.c.a).having(t.c.a).order_by(t.c.a).limit(1)
    assert str(plain.ext(Here())) == expected


@pytest.mark.parametrize("statement", [insert(t), update(t), delete(t)])
def test_syntax_extension_for_another_statement(statement):
    with pytest.raises(NotImplementedError):
        statement.ext(Qualify())


def test_unknown_extension_point():
    with pytest.raises(ValueError, match="post_criteria"):
        select(t).apply_syntax_extension_point(lambda present: present, "nowhere")


def test_columns_of_an_alias_are_made_once_and_stand_for_the_table():
    metadata = MetaData()
    parent = Table("p", metadata, Column("id", Integer, primary_key=True))
    child = Table("c", metadata, Column("id", Integer, primary_key=True), Column("pid", ForeignKey("p.id")))
    other = child.alias("x")
    assert other.c is other.c
    assert other.c.pid.table is other
    assert other.corresponding_column(child.c.pid) is other.c.pid
    assert [key.column for key in other.foreign_keys] == [parent.c.id]
    assert list(other.primary_key) == [other.c.id]
    assert other.is_derived_from(child) and not child.is_derived_from(other)


def test_a_new_column_is_seen_after_notice():
    base = table("q", column("a"))
    other = base.alias()
    assert other.c.keys() == ["a"]
    base.append_column(column("b"))
    other.accept_new_column(base.c.b)
    assert other.c.keys() == ["a", "b"]


def test_selectable_is_itself():
    assert t.selectable is t
    assert select(t).selectable is not None
    assert isinstance(select(t).prefix_with("x")._prefixes[0][0], TextClause)
