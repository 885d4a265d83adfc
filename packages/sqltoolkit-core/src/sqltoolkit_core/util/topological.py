"""Sorting by dependency, and finding cycles.

What depends on what is the caller's knowledge; nodes are any hashable objects.  An *edge* is a pair (first, then).
"""

from __future__ import annotations

import typing
from typing import Any

from ..exc import CircularDependencyError

if typing.TYPE_CHECKING:
    from typing import Collection
    from typing import Dict
    from typing import Iterable
    from typing import Iterator
    from typing import List
    from typing import Sequence
    from typing import Set
    from typing import Tuple
    from typing import TypeVar

    _T = TypeVar("_T", bound=Any)

__all__ = ["find_cycles", "sort", "sort_as_subsets"]


def sort_as_subsets(
    tuples: Iterable[Tuple[_T, _T]], allitems: Collection[_T]
) -> Iterator[Sequence[_T]]:
    """Yield lists of nodes; every node of a list depends only on nodes of earlier lists.

    Inside a list the order of ``allitems`` is kept.  Raises ``CircularDependencyError`` where that cannot be.
    """
    edges = list(tuples)
    waiting_for: Dict[Any, Set[Any]] = {}
    for first, then in edges:
        waiting_for.setdefault(then, set()).add(first)
    todo = dict.fromkeys(allitems)
    while todo:
        ready = [
            node
            for node in todo
            if node not in waiting_for or waiting_for[node].isdisjoint(todo)
        ]
        if not ready:
            raise CircularDependencyError(
                "These objects depend on each other in a circle:",
                find_cycles(edges, allitems),
                {edge for edge in edges if edge[0] in todo and edge[1] in todo},
            )
        for node in ready:
            del todo[node]
        yield ready


def sort(
    tuples: Iterable[Tuple[_T, _T]],
    allitems: Collection[_T],
    deterministic_order: bool = True,
) -> Iterator[_T]:
    """Yield all nodes, each after those it depends on; always in the same order for the same input."""
    for subset in sort_as_subsets(tuples, allitems):
        for node in subset:
            yield node


def find_cycles(edges: Iterable[Tuple[_T, _T]], allitems: Iterable[_T]) -> Set[_T]:
    """Return every node that stands on some cycle of ``edges``."""
    following: Dict[Any, List[Any]] = {}
    for first, then in edges:
        following.setdefault(first, []).append(then)
    return _Components(following).on_cycles(allitems)


class _Components:
    # strongly connected components by Tarjan's method, with its own stack: graphs may be deeper than Python's stack
    def __init__(self, following: Dict[Any, List[Any]]) -> None:
        self.following = following
        self.index: Dict[Any, int] = {}
        self.low: Dict[Any, int] = {}
        self.stack: List[Any] = []
        self.on_stack: Set[Any] = set()
        self.found: Set[Any] = set()

    def on_cycles(self, nodes: Iterable[Any]) -> Set[Any]:
        for node in nodes:
            if node not in self.index:
                self._walk(node)
        return self.found

    def _enter(self, node: Any) -> Tuple[Any, Iterator[Any]]:
        self.index[node] = self.low[node] = len(self.index)
        self.stack.append(node)
        self.on_stack.add(node)
        return node, iter(self.following.get(node, ()))

    def _walk(self, root: Any) -> None:
        path = [self._enter(root)]
        while path:
            node, rest = path[-1]
            for other in rest:
                if other not in self.index:
                    path.append(self._enter(other))
                    break
                if other in self.on_stack:
                    self.low[node] = min(self.low[node], self.index[other])
            else:
                path.pop()
                if path:
                    parent = path[-1][0]
                    self.low[parent] = min(self.low[parent], self.low[node])
                if self.low[node] == self.index[node]:
                    self._leave(node)

    def _leave(self, root: Any) -> None:
        component = []
        while True:
            node = self.stack.pop()
            self.on_stack.discard(node)
            component.append(node)
            if node is root or node == root:
                break
        if len(component) > 1 or root in self.following.get(root, ()):
            self.found.update(component)
