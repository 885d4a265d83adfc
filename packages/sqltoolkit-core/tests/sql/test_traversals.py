"""Fields declared once give children, copies and comparison."""

from __future__ import annotations

from sqltoolkit_core import Integer, String, and_, bindparam, case, column, func, or_, select, table
from sqltoolkit_core.sql.cache_key import KeyKind
from sqltoolkit_core.sql.elements import ColumnElement
from sqltoolkit_core.sql.traversals import compare, field_kinds, memoize, memoized_attribute, walked_fields

x, y = column("x", Integer), column("y", String)
t = table("t", column("x", Integer), column("y", String))


class Pair(ColumnElement):
    __visit_name__ = "pair"
    cache_key_fields = (
        ("left", KeyKind.CLAUSE), ("rest", KeyKind.CLAUSES), ("table_", KeyKind.CLAUSE_DICT),
        ("mixed", KeyKind.CLAUSE_TUPLES), ("n", KeyKind.PLAIN),
    )  # fmt: skip
    left = None
    rest = ()
    table_ = None
    mixed = ()
    n = 0

    def __init__(self, **kw):
        self.__dict__.update(kw)


def test_children_follow_the_declaration():
    made = Pair(mixed=((x, "a"), (None, y)), left=x == 1, rest=(y, x), table_={"k": x})
    assert [str(child) for child in made.get_children()] == ["x = :x_1", "y", "x", "x", "x", "y"]
    assert [str(child) for child in made.get_children(omit_attrs=("mixed", "rest"))] == ["x = :x_1", "x"]
    assert list(field_kinds(Pair)) == ["left", "rest", "table_", "mixed", "n"]
    assert [name for name, _ in walked_fields(Pair)] == ["left", "rest", "table_", "mixed"]


def test_copy_internals_replaces_only_what_changed():
    made = Pair(left=x, rest=(x, y), table_={"k": x}, mixed=((x, 1),), n=3)
    copy = made._clone()
    copy._copy_internals(clone=lambda element, **kw: y if element is x else element)
    assert copy.left is y and copy.rest == (y, y) and copy.table_ == {"k": y} and copy.mixed == ((y, 1),)
    assert made.left is x and made.rest[0] is x and copy.n == 3
    unchanged = made._clone()
    rest = unchanged.rest
    unchanged._copy_internals(clone=lambda element, **kw: element)
    assert unchanged.rest is rest


def test_memoised_values_are_not_copied():
    class Counted(Pair):
        inherit_cache = True
        calls = 0

        @memoized_attribute
        def answer(self):
            type(self).calls += 1
            return object()

    made = Counted()
    assert made.answer is made.answer and Counted.calls == 1
    memoize(made, "extra", 1)
    copy = made._clone()
    assert "extra" not in copy.__dict__ and copy.answer is not made.answer
    assert isinstance(Counted.answer, memoized_attribute)


EQUAL = [
    (lambda: x == 5, lambda: x == 5), (lambda: x + 1, lambda: 1 + x), (lambda: and_(x == 1, y == "a"), lambda: and_(y == "a", x == 1)),
    (lambda: x == y, lambda: y == x), (lambda: select(t.c.x).where(t.c.y == "a"), lambda: select(t.c.x).where(t.c.y == "a")),
    (lambda: x.label(None), lambda: x.label(None)), (lambda: func.f(x, 1), lambda: func.f(x, 1)),
    (lambda: (x == 5)._annotate({"a": 1}), lambda: x == 5), (lambda: case((x == 1, y)), lambda: case((x == 1, y))),
]  # fmt: skip
DIFFERENT = [
    (lambda: x == 5, lambda: x == 6), (lambda: x == 5, lambda: x != 5), (lambda: x - 1, lambda: 1 - x),
    (lambda: and_(x == 1, y == "a"), lambda: or_(x == 1, y == "a")), (lambda: x.label("a"), lambda: x.label("b")),
    (lambda: func.f(x), lambda: func.g(x)), (lambda: x == 5, lambda: None), (lambda: x, lambda: column("x", String)),
    (lambda: and_(x == 1, x == 2), lambda: and_(x == 1, x == 1)), (lambda: x.in_([1]), lambda: x.in_([2])),
    (lambda: func.f().table_valued("a"), lambda: func.f().table_valued("b")),
    (lambda: bindparam("a", 1, literal_execute=True), lambda: bindparam("a", 1)),
]  # fmt: skip


def test_compare():
    for one, other in EQUAL:
        assert compare(one(), other()) and other().compare(one()), str(one())
    for one, other in DIFFERENT:
        assert not compare(one(), other()), str(one())


def test_compare_options():
    annotated = x._annotate({"a": 1})
    assert not annotated.compare(x, compare_annotations=True) and annotated.compare(x)
    sub = select(t.c.x).subquery()
    assert sub.c.x.compare(t.c.x, use_proxies=True) and not sub.c.x.compare(t.c.x)
    assert t.c.x.compare(x, equivalents={t.c.x: {x}})


def test_anonymous_names_compare_by_their_place():
    def make(same):
        one, other = t.alias(), t.alias()
        return select(one.c.x, (one if same else other).c.y)

    assert make(True).compare(make(True)) and make(False).compare(make(False))
