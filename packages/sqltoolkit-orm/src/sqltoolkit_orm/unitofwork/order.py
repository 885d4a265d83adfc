"""The order of a flush: by mapper; single objects are ordered only where relationships form a cycle.

What is written then is in ``work``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core.exc import CircularDependencyError

from ..base import state_str

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Set
    from typing import Tuple

__all__ = ["components", "rules_of", "set_rule_factory", "sort_levels"]


class _Rules:
    """Where the maker of rules is kept: the layer of the rules stands above this one."""

    make: Any = None


def set_rule_factory(make: Callable[[Any], Any]) -> None:
    """Have the rules of relationships made by a function of the relationship."""
    _Rules.make = make


def rules_of(mapper: Any) -> Tuple[Any, ...]:
    """Return the rules of the relationships of a mapper."""
    memo = mapper.memo
    found: Optional[Tuple[Any, ...]] = memo.get("dependency_rules")
    if found is None:
        found = memo["dependency_rules"] = tuple(
            _Rules.make(prop) for prop in mapper.relationships if not prop.viewonly
        )
    return found


def components(uow: Any) -> List[Tuple[List[Any], bool]]:
    """Return the base mappers in the order to save them, grouped where they depend on each other."""
    bases: Dict[Any, bool] = {}
    for table in (uow.saves, uow.deletes):
        for mapper in table:
            bases[mapper.base_mapper] = True
    if len(bases) == 1:
        only = next(iter(bases))
        return [([only], _self_referential(uow, only))]
    edges: Set[Tuple[Any, Any]] = set()
    for table in (uow.saves, uow.deletes):
        for mapper in table:
            for rule in rules_of(mapper):
                if rule.many_to_many or rule.post_update:
                    continue
                before, after = rule.parent.base_mapper, rule.mapper.base_mapper
                if rule.target_first:
                    before, after = after, before
                if before is not after and before in bases and after in bases:
                    edges.add((before, after))
    ordered = sorted(bases, key=_table_rank)
    return _strongcomponents(ordered, edges, uow)


def _table_rank(mapper: Any) -> Any:
    """Return the place of a mapper's table among tables sorted by foreign keys."""
    memo = mapper.memo
    found = memo.get("table_rank")
    if found is None:
        found = memo["table_rank"] = _depth(mapper.local_table, set())
    return found


def _depth(table: Any, seen: Set[Any]) -> int:
    seen = seen | {table}
    deepest = 0
    for key in getattr(table, "foreign_keys", ()):
        try:
            referred = key.column.table
        except Exception:
            # a reference to a table that is not known here says nothing about the order
            continue
        if referred not in seen:
            deepest = max(deepest, 1 + _depth(referred, seen))
    return deepest


def _self_referential(uow: Any, base: Any) -> bool:
    for table in (uow.saves, uow.deletes):
        for mapper in table:
            if mapper.base_mapper is base:
                for rule in rules_of(mapper):
                    if rule.cyclic and not rule.many_to_many and not rule.post_update:
                        return True
    return False


def _strongcomponents(
    nodes: List[Any], edges: Set[Tuple[Any, Any]], uow: Any
) -> List[Tuple[List[Any], bool]]:
    """Return groups of nodes that reach each other, in an order that follows the edges (Tarjan)."""
    following: Dict[Any, List[Any]] = {node: [] for node in nodes}
    place = {node: at for at, node in enumerate(nodes)}
    for before, after in sorted(edges, key=lambda edge: (place[edge[0]], place[edge[1]])):
        following[before].append(after)
    index: Dict[Any, int] = {}
    low: Dict[Any, int] = {}
    stack: List[Any] = []
    on_stack: Set[Any] = set()
    found: List[List[Any]] = []

    def visit(node: Any) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        on_stack.add(node)
        for after in reversed(following[node]):
            if after not in index:
                visit(after)
                low[node] = min(low[node], low[after])
            elif after in on_stack:
                low[node] = min(low[node], index[after])
        if low[node] == index[node]:
            group = []
            while True:
                member = stack.pop()
                on_stack.discard(member)
                group.append(member)
                if member is node:
                    break
            found.append(group)

    for node in reversed(nodes):
        if node not in index:
            visit(node)
    found.reverse()
    return [(group, len(group) > 1 or _self_referential(uow, group[0])) for group in found]


def sort_levels(
    uow: Any, states: Dict[Any, Any], rules: List[Any], members: Set[Any]
) -> List[Dict[Any, Any]]:
    """Return levels of states, each depending on earlier ones only.

    :raises sqltoolkit_orm.exc.FlushError: objects depend on each other in a circle.
    """
    by_mapper: Dict[Any, List[Any]] = {}
    for state in states:
        by_mapper.setdefault(state.manager.mapper, []).append(state)
    following: Dict[Any, List[Any]] = {}
    waiting: Dict[Any, int] = {state: 0 for state in states}
    seen: Set[Tuple[Any, Any]] = set()
    for rule, mapper in rules:
        if rule.many_to_many or mapper not in by_mapper:
            continue
        for before, after in rule.edges(uow, by_mapper[mapper]):
            if before in waiting and after in waiting and before is not after and (before, after) not in seen:
                seen.add((before, after))
                following.setdefault(before, []).append(after)
                waiting[after] += 1
    levels = []
    current = [state for state in states if not waiting[state]]
    done = 0
    order = {state: at for at, state in enumerate(states)}
    while current:
        levels.append({state: states[state] for state in current})
        done += len(current)
        coming = []
        for state in current:
            for after in following.get(state, ()):
                waiting[after] -= 1
                if not waiting[after]:
                    coming.append(after)
        current = sorted(coming, key=order.__getitem__)
    if done < len(states):
        left = [state_str(state) for state in states if waiting[state] > 0]
        raise _circular(left)
    return levels


def _circular(left: List[str]) -> Exception:
    """Return the error of objects that depend on each other in a circle."""
    return CircularDependencyError(
        "The rows of these depend on each other in a circle: %s; post_update=True on one of the "
        "relationships breaks it"
        % ", ".join(left[:10]),
        set(left),
        set(),
    )
