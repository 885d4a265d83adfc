"""Dispatch, walking, cloning and replacing."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Integer, and_, bindparam, case, column, func, select, table
from sqltoolkit_core.sql import visitors
from sqltoolkit_core.sql.visitors import Visitable, anon_map, cloned_traverse, iterate, replacement_traverse, traverse

x, y = column("x", Integer), column("y", Integer)


def test_visit_name_becomes_a_method_call():
    class Thing(Visitable):
        __visit_name__ = "thing"

    class Other(Thing):
        pass

    class Compiler:
        def visit_thing(self, element, **kw):
            return type(element).__name__, kw

    assert Thing()._visit(Compiler()) == ("Thing", {})
    assert Other()._visit_kw(Compiler(), a=1) == ("Other", {"a": 1})
    assert Other()._compiler_dispatch(Compiler()) == ("Other", {})


def test_missing_method_is_reported_to_the_compiler():
    class Thing(Visitable):
        __visit_name__ = "never_heard_of"

    class Compiler:
        def visit_unsupported_compilation(self, element, err, **kw):
            return type(err), kw

    assert Thing()._visit(Compiler()) == (AttributeError, {})
    assert Thing()._visit_kw(Compiler(), a=1) == (AttributeError, {"a": 1})


def test_no_visit_name():
    with pytest.raises(NotImplementedError):
        Visitable()._visit(None)


def test_iterate_goes_level_by_level():
    tree = and_(x == 5, func.f(y + 1) > 2)
    assert [element.__visit_name__ for element in iterate(tree)] == [
        "expression_clauselist", "binary", "binary", "column", "bindparam", "function", "bindparam", "binary", "column",
        "bindparam",
    ]  # fmt: skip


def test_traverse_calls_visitors_by_name():
    seen = []
    tree = and_(x == 5, y > 2)
    assert traverse(tree, {}, {"column": seen.append}) is tree
    assert seen == [x, y]


def test_cloned_traverse_leaves_the_original_alone():
    tree = and_(x == 5, y.in_([1, 2]))

    def visit(bind):
        bind.value = 7

    copy = cloned_traverse(tree, {}, {"bindparam": visit})
    assert list(copy.compile().params.values()) == [7, 7]
    assert tree.compile().params == {"x_1": 5, "y_1": [1, 2]}
    assert cloned_traverse(None, {}, {}) is None


def test_cloned_traverse_keeps_what_it_is_told_to():
    part = x == 5
    copy = cloned_traverse(and_(part, y == 6), {"stop_on": [part]}, {})
    assert copy.clauses[0] is part and copy.clauses[1] is not part


def test_an_element_used_twice_is_cloned_once():
    bind = bindparam(None, 5)
    copy = cloned_traverse(and_(x == bind, y == bind), {}, {})
    assert copy.clauses[0].right is copy.clauses[1].right is not bind


def test_replacement_traverse():
    tree = case((x == 5, y), else_=func.f(x))
    copy = replacement_traverse(tree, {}, lambda element: y if element is x else None)
    assert str(copy) == "CASE WHEN (y = :x_1) THEN y ELSE f(y) END"
    assert "x = " in str(tree)
    kept = tree._annotate({"no_replacement_traverse": True})
    assert replacement_traverse(kept, {}, lambda element: y if element is x else None) is kept


def test_visitor_objects_chain():
    class Names(visitors.ClauseVisitor):
        def __init__(self):
            self.seen = []

        def visit_column(self, element):
            self.seen.append(element.name)

    class Binds(visitors.ClauseVisitor):
        def visit_bindparam(self, element):
            self.value = element.value

    names, binds = Names(), Binds()
    names.chain(binds)
    tree = x == 5
    assert names.traverse(tree) is tree and names.seen == ["x"]
    names.traverse_single(tree.right)
    assert binds.value == 5
    assert list(names.visitor_iterator) == [names, binds]


def test_cloning_and_replacing_visitors():
    class Double(visitors.CloningVisitor):
        def visit_bindparam(self, bind):
            bind.value *= 2

    class Swap(visitors.ReplacingCloningVisitor):
        def replace(self, elem):
            return y if elem is x else None

    assert Double().traverse(x == 5).right.value == 10
    assert str(Swap().traverse(select(x).where(x == 5))) == "SELECT y \nWHERE y = :x_1"
    assert [str(part) for part in Swap().copy_and_process([x + 1, y])] == ["y + :x_1", "y"]


def test_anon_map_numbers_things():
    numbers = anon_map()
    assert numbers.get_anon(x) == (0, False) and numbers.get_anon(x) == (0, True) and numbers.get_anon(y) == (1, False)


def test_tables_and_columns_are_their_own_copies():
    t = table("t", column("a"))
    assert cloned_traverse(t.c.a, {}, {}) is t.c.a


def test_a_walk_finds_the_columns_that_are_used():
    source = table("t", column("a"), column("b"), column("c"))
    found = []
    visitors.traverse(select(source.c.a).where(source.c.b == 1), {}, {"column": found.append})
    assert found == [source.c.a, source.c.b] and list(source.get_children()) == []
    assert not source.compare(table("t", column("a"), column("b")))
