"""Generated functions: templates, dispatchers, their sources."""

from __future__ import annotations

import traceback

import pytest

from sqltoolkit_core.util import codegen


def test_template_is_compiled_once_and_bound_by_defaults() -> None:
    built = []

    def build(count):
        built.append(count)
        names = ", ".join("k%d" % i for i in range(count))
        items = ", ".join("row[k%d]" % i for i in range(count))
        return "def pick(row, %s):\n    return (%s,)\n" % (names, items)

    cache = codegen.TemplateCache("pick", build, size=2)
    one = cache.make(2, ("a", "b"))
    two = cache.make(2, ("b", "a"))
    assert built == [2]
    row = {"a": 1, "b": 2}
    assert (one(row), two(row)) == ((1, 2), (2, 1))
    assert "row[k1]" in codegen.source_of(one)
    cache.make(1, ("a",))
    cache.make(3, ("a", "b", "a"))
    assert len(cache) <= 2
    assert one(row) == (1, 2)


def test_source_lines_are_shown_in_tracebacks() -> None:
    failing = codegen.define("def failing(x):\n    return x.nothing_like_this\n", "failing")
    with pytest.raises(AttributeError) as caught:
        failing(1)
    assert "return x.nothing_like_this" in "".join(traceback.format_tb(caught.tb))


def test_builtins_are_at_hand_in_templates() -> None:
    cache = codegen.TemplateCache("count", lambda p: "def count(x):\n    return len(x)\n")
    assert cache.make(0)([1, 2]) == 2


def test_visit_dispatch() -> None:
    class Node:
        pass

    codegen.install_visit(Node, "thing")

    class Compiler:
        def visit_thing(self, node, **kw):
            return "thing", kw

    class Lacking:
        def visit_unsupported_compilation(self, node, err, **kw):
            return type(err), kw

    node = Node()
    assert node._visit(Compiler()) == ("thing", {})
    assert node._visit_kw(Compiler(), a=1) == ("thing", {"a": 1})
    assert node._visit(Lacking()) == (AttributeError, {})
    assert node._visit_kw(Lacking(), a=1) == (AttributeError, {"a": 1})
    replaced = Compiler()
    replaced.visit_thing = lambda node: "replaced"
    assert node._visit(replaced) == "replaced"


def test_visit_name_must_be_an_identifier() -> None:
    with pytest.raises(ValueError):
        codegen.install_visit(type("Node", (), {}), "no name")
