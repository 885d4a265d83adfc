"""Labels and keys of the columns of a SELECT."""

from __future__ import annotations

from sqltoolkit_core import column, func, literal, select, table
from sqltoolkit_core.sql.names import is_anonymous
from sqltoolkit_core.sql.selectable import (
    LABEL_STYLE_DISAMBIGUATE_ONLY,
    LABEL_STYLE_NONE,
    LABEL_STYLE_TABLENAME_PLUS_COL,
    label_namer,
)
from sqltoolkit_core.sql.selectable.naming import name_columns

a = table("a", column("id"), column("x"))
b = table("b", column("id"))


def test_first_of_a_name_keeps_it():
    first, second, again = name_columns([a.c.id, b.c.id, a.c.id], LABEL_STYLE_DISAMBIGUATE_ONLY)
    assert first.label is None and not first.repeated
    assert is_anonymous(second.label) and second.label.base == "id"
    assert again.repeated and again.label.base == "id_"


def test_labels_stay_the_same_from_run_to_run():
    columns = [a.c.id, a.c.id, b.c.id, b.c.id]
    for style in (LABEL_STYLE_DISAMBIGUATE_ONLY, LABEL_STYLE_TABLENAME_PLUS_COL):
        runs = [[named.label for named in name_columns(columns, style)] for _ in range(2)]
        assert runs[0] == runs[1]


def test_qualified_names():
    named = name_columns([a.c.id, b.c.id], LABEL_STYLE_TABLENAME_PLUS_COL)
    assert [each.label for each in named] == ["a_id", "b_id"]


def test_no_labels():
    assert [each.label for each in name_columns([a.c.id, b.c.id], LABEL_STYLE_NONE)] == [None, None]


def test_keys():
    key_of = label_namer(LABEL_STYLE_DISAMBIGUATE_ONLY)
    columns = [a.c.id, b.c.id, func.count(), a.c.x + 1, literal(5), a.c.x.label("q")]
    assert [key_of(each) for each in columns] == ["id", "id_1", "count", "_no_label", "_no_label_1", "q"]


def test_keys_find_columns_of_a_subquery():
    inner = select(a.c.id, b.c.id, func.count()).subquery("s")
    assert inner.c.keys() == ["id", "id_1", "count"]
    assert str(select(inner.c.id_1)).startswith("SELECT s.id_1 \nFROM (SELECT a.id AS id, b.id AS id_1")
