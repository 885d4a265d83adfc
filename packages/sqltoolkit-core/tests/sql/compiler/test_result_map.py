"""Which column of the cursor answers for which expression."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Integer
from sqltoolkit_core import LABEL_STYLE_TABLENAME_PLUS_COL
from sqltoolkit_core import String
from sqltoolkit_core import column
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_core import literal_column
from sqltoolkit_core import select
from sqltoolkit_core import table
from sqltoolkit_core import text
from sqltoolkit_core import tuple_
from sqltoolkit_core import union
from sqltoolkit_core.types import TupleType

t = table("t", column("a", Integer), column("b", String))
u = table("u", column("a", Integer))


def entries(statement):
    return statement.compile()._result_columns


@pytest.mark.parametrize(
    "statement, names",
    [
        (select(t), ["a", "b"]), (select(t.c.a, u.c.a), ["a", "a_1"]),
        (select(t.c.a, u.c.a).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL), ["t_a", "u_a"]),
        (select(t.c.a.label("x"), func.f(t.c.a), t.c.a + 1, literal_column("1")), ["x", "f_1", "anon_1", "1"]),
        (union(select(t.c.a.label("x")), select(u.c.a)), ["x"]),
        (select(select(t.c.b).subquery()), ["b"]),
    ],
)  # fmt: skip
def test_one_entry_per_column(statement, names):
    assert [entry.keyname for entry in entries(statement)] == names


def test_what_finds_a_column():
    labelled = (t.c.a + 1).label("x")
    plain, label, function = entries(select(t.c.a, labelled, func.f()))
    assert t.c.a in plain.objects and "a" in plain.objects and "t_a" in plain.objects
    assert labelled in label.objects and "x" in label.objects
    assert isinstance(plain.type, Integer) and isinstance(label.type, Integer)
    assert any(getattr(found, "name", None) == "f" for found in function.objects)


def test_nested_statements_add_nothing():
    inner = select(u.c.a).where(u.c.a == t.c.a).scalar_subquery()
    assert [entry.keyname for entry in entries(select(t.c.a).where(t.c.a == inner))] == ["a"]


@pytest.mark.parametrize("part", [text("x"), literal_column("*")])
def test_text_makes_the_order_unknown(part):
    compiled = select(part, t.c.a).compile()
    assert not compiled._ordered_columns and compiled._ad_hoc_textual


class TestForOthers:
    """What code outside of the compiler uses."""

    def test_adding(self):
        compiled = select(t.c.a).compile()
        compiled.result_map.add("z", "name", [t.c.b, "z"], t.c.b.type)
        assert [entry.keyname for entry in compiled.result_map.entries] == ["a", "z"]
        assert compiled._result_columns[1] == ("z", "name", (t.c.b, "z"), t.c.b.type)
        compiled.result_map.entries.clear()
        assert len(compiled.result_map.entries) == 2

    def test_order(self):
        compiled = select(t.c.a).compile()
        assert compiled.result_map.ordered is True
        compiled.result_map.ordered = False
        assert compiled._ordered_columns is False
        compiled.result_map.ordered = True
        compiled.result_map.add("*", "*", [], t.c.b.type)
        assert compiled.result_map.ordered is False

    def test_tuples(self):
        with pytest.raises(exc.CompileError, match="a tuple as a column"):
            select(t.c.a).compile().result_map.add("x", "x", [], TupleType(Integer))
        with pytest.raises(exc.CompileError, match="a tuple as a column"):
            select(tuple_(t.c.a, t.c.b).label("x")).compile()
