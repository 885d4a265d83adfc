"""Collections of columns by key, by position and by the columns they stand for."""

from __future__ import annotations

import pickle

import pytest

from sqltoolkit_core import Column, Integer, MetaData, Table, column, exc, select, union
from sqltoolkit_core.sql.collections import (
    ColumnCollection, ColumnSet, DedupeColumnCollection, ReadOnlyColumnCollection, WriteableColumnCollection,
)  # fmt: skip


def make(*names):
    made = WriteableColumnCollection()
    columns = [column(name) for name in names]
    for one in columns:
        made.add(one)
    return made, columns


def test_access():
    made, (a, b, other) = make("a", "b", "a")
    assert made.a is a and made["a"] is a and made[2] is other and made[-1] is other and len(made) == 3 and made
    assert made.keys() == ["a", "b", "a"] and made.values() == [a, b, other] and made.items()[1] == ("b", b)
    assert list(made) == [a, b, other] and made.get("no") is None and made.get("no", 1) == 1
    assert made["b", "a"].values() == [b, a] and made[1:].keys() == ["b", "a"] and made[0, "b"].keys() == ["a", "b"]
    assert "a" in made and "c" not in made and "b" in dir(made)
    assert made.contains_column(other) and not made.contains_column(column("a"))
    assert str(made) == "WriteableColumnCollection(a, b, a)"


def test_wrong_access():
    made, (a,) = make("a")
    with pytest.raises(AttributeError):
        made.b
    with pytest.raises(KeyError):
        made["b"]
    with pytest.raises(IndexError):
        made[7]
    with pytest.raises(exc.ArgumentError, match="contains_column"):
        a in made
    with pytest.raises(exc.ArgumentError):
        made.contains_column("a")
    for change in (lambda: made.__setitem__("a", a), lambda: made.__delitem__("a"), lambda: setattr(made, "a", a)):
        with pytest.raises(NotImplementedError):
            change()
    with pytest.raises(TypeError):
        hash(made)


def test_read_only_view_follows():
    made, (a,) = make("a")
    view = made.as_readonly()
    b = column("b")
    made.add(b, "other")
    assert view.other is b and isinstance(view, ReadOnlyColumnCollection)
    with pytest.raises(TypeError):
        view["z"] = b
    with pytest.raises(TypeError):
        view.z = b
    with pytest.raises(AttributeError):
        view.add(b)
    add = column("add")
    made.add(add)
    assert view.add is add
    assert view.compare(made) and view == made and view != make("a")[0]


def test_dedupe():
    made = DedupeColumnCollection()
    a, b, again = column("a"), column("b"), column("a")
    made.extend([a, b])
    made.add(again)
    assert made.values() == [again, b] and made.a is again
    made.add(column("first"), index=0)
    assert made.keys() == ["first", "a", "b"]
    made.remove(b)
    assert made.keys() == ["first", "a"]
    with pytest.raises(ValueError):
        made.remove(b)
    with pytest.raises(exc.ArgumentError):
        made.add(a, "z")


def test_corresponding_column():
    t = Table("t", MetaData(), Column("a", Integer), Column("b", Integer))
    sub = select(t.c.a, t.c.b.label("z")).subquery()
    assert sub.c.corresponding_column(t.c.a) is sub.c.a and sub.corresponding_column(t.c.b) is sub.c.z
    assert sub.c.corresponding_column(column("a")) is None and t.c.corresponding_column(t.c.a) is t.c.a
    twice = select(sub).subquery()
    assert twice.corresponding_column(t.c.a) is twice.c.a and twice.corresponding_column(sub.c.a) is twice.c.a
    both = union(select(t.c.a), select(t.c.b)).subquery()
    assert both.corresponding_column(t.c.a) is both.c.a and both.corresponding_column(t.c.b) is both.c.a
    alias = t.alias()
    assert alias.corresponding_column(t.c.b) is alias.c.b and t.corresponding_column(alias.c.b) is t.c.b


def test_pickle():
    made, _ = make("a", "b")
    again = pickle.loads(pickle.dumps(made))
    assert again.keys() == ["a", "b"] and again.a.name == "a" and isinstance(again, ColumnCollection)


def test_column_set():
    a, b = column("a"), column("b")
    made = ColumnSet([a, b, a])
    assert list(made) == [a, b] and made.contains_column(a) and isinstance(hash(made), int)
    made.extend([column("c")])
    assert len(made) == 3


def test_equal_to_its_columns_in_order():
    made, (a, b) = make("a", "b")
    assert made == [a, b] and (a, b) == made and made == iter([a, b]) and not made != [a, b]
    assert made != [b, a] and made != [a] and made != [a, b, b] and made != [] and made != 5 and made != None
    table = Table("t", MetaData(), Column("x", Integer), Column("y", Integer))
    assert table.c == [table.c.x, table.c.y] and table.c != table.alias().c
