"""Sorting by dependency: every order respects its edges, every cycle is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqltoolkit_core import exc
from sqltoolkit_core.util import topological

edges = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=16)


def reachable(pairs, start):
    seen, stack = set(), [start]
    while stack:
        node = stack.pop()
        for first, then in pairs:
            if first == node and then not in seen:
                seen.add(then)
                stack.append(then)
    return seen


@given(edges)
def test_sorted_or_refused(pairs) -> None:
    nodes = list(range(8))
    on_cycles = {node for node in nodes if node in reachable(pairs, node)}
    assert topological.find_cycles(pairs, nodes) == on_cycles
    if on_cycles:
        with pytest.raises(exc.CircularDependencyError) as caught:
            list(topological.sort(pairs, nodes))
        assert caught.value.cycles == on_cycles
        return
    found = list(topological.sort(pairs, nodes))
    assert sorted(found) == nodes
    for first, then in pairs:
        assert found.index(first) < found.index(then)


def test_subsets() -> None:
    found = list(topological.sort_as_subsets([("a", "b"), ("a", "c"), ("c", "d")], "abcd"))
    assert found == [["a"], ["b", "c"], ["d"]]


def test_deep_chains_do_not_recurse() -> None:
    pairs = [(i, i + 1) for i in range(20000)] + [(20000, 0)]
    assert len(topological.find_cycles(pairs, range(20001))) == 20001


def test_strangers_are_ignored() -> None:
    assert list(topological.sort([("x", "a"), ("a", "b")], ["b", "a"])) == ["a", "b"]
