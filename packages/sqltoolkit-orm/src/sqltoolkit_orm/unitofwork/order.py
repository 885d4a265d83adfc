"""The order of a flush: steps that depend on each other, by mapper and relationship.

Steps that could run at the same time do so by the names of their classes, so that equal flushes send equal statements.
Single objects are ordered only where relationships form a cycle.  What the steps do is in ``work``.

Words: a *step* is (kind, subject, flag, states); its *subject* is the base mapper of a hierarchy or the rule of a
relationship.  A *level* is how many steps must run before one.
"""

from __future__ import annotations

import typing

from sqltoolkit_core.exc import CircularDependencyError
from sqltoolkit_core.exc import SQLAlchemyError
from sqltoolkit_core.util.topological import find_cycles

from ..base import state_str
from ..mapper.configure import configured_rounds
from ..mapper.configure import registries
from ..sync import attribute_key

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import FrozenSet
    from typing import Iterable
    from typing import List
    from typing import Optional
    from typing import Set
    from typing import Tuple

    Node = Any
    Step = Tuple[int, Any, bool, Any]

__all__ = [
    "AFTER_SAVE",
    "BEFORE_DELETE",
    "DELETE",
    "DELETE_CHILD",
    "DELETE_PARENT",
    "POST_UPDATE",
    "PROCESS",
    "SAVE",
    "SAVE_CHILD",
    "SAVE_PARENT",
    "UPDATE_CHILD",
    "UPDATE_DELETED_CHILD",
    "UPDATE_DELETED_PARENT",
    "UPDATE_PARENT",
    "key_followers",
    "rules_of",
    "set_rule_factory",
    "steps_of",
]

# the kinds of steps; of two that could run at the same time, the smaller goes first
DELETE = 0
POST_UPDATE = 2
PROCESS = 3
SAVE = 5

# what the ordering of a rule speaks of: rows of both sides, the rule itself, updates after the fact
SAVE_PARENT = (SAVE, "parent", False)
SAVE_CHILD = (SAVE, "child", False)
DELETE_PARENT = (DELETE, "parent", False)
DELETE_CHILD = (DELETE, "child", False)
AFTER_SAVE = (PROCESS, "rule", False)
BEFORE_DELETE = (PROCESS, "rule", True)
UPDATE_PARENT = (POST_UPDATE, "parent", False)
UPDATE_DELETED_PARENT = (POST_UPDATE, "parent", True)
UPDATE_CHILD = (POST_UPDATE, "child", False)
UPDATE_DELETED_CHILD = (POST_UPDATE, "child", True)

#: the end of what must be done before a thing begins: takes no level of its own
_GATE = -1
_MANY_PLANS = 200


class _Rules:
    """Where the maker of rules is kept: the layer of the rules stands above this one."""

    make: Any = None


def set_rule_factory(make: Callable[[Any], Any]) -> None:
    """Have the rules of relationships made by a function of the relationship."""
    _Rules.make = make


def rules_of(mapper: Any) -> Tuple[Any, ...]:
    """Return the rules of the relationships of a mapper; subclasses share those they inherit."""
    memo = mapper.memo
    found: Optional[Tuple[Any, ...]] = memo.get("dependency_rules")
    if found is None:
        found = memo["dependency_rules"] = tuple(
            _rule_of(prop) for prop in mapper.relationships if not prop.viewonly
        )
    return found


def _rule_of(prop: Any) -> Any:
    memo = prop.parent.memo
    place = ("dependency_rule", prop)
    found = memo.get(place)
    if found is None:
        found = memo[place] = _Rules.make(prop)
    return found


def key_followers(mapper: Any) -> Tuple[FrozenSet[str], Tuple[Any, ...]]:
    """Return what else must know when keys of a class's objects change.

    :return: (keys of the attributes that many-to-one relationships refer to, the rules of those relationships).
    """
    now = configured_rounds()
    found: Optional[Tuple[int, FrozenSet[str], Tuple[Any, ...]]] = mapper.memo.get("key_followers")
    if found is None or found[0] != now:
        rules = []
        keys: Set[str] = set()
        for registry in list(registries):
            for other in registry.mappers_in_order():
                if not other.configured:
                    continue
                for rule in rules_of(other):
                    if rule.follows_keys and rule.parent is other and mapper.isa(rule.mapper):
                        rules.append(rule)
                        keys.update(attribute_key(mapper, left) for left, _right in rule.pairs)
        found = mapper.memo["key_followers"] = (now, frozenset(keys), tuple(rules))
    return found[1], found[2]


# ---------------------------------------------------------------------------------------------------------- the graph


class _Graph:
    """Nodes that wait for each other."""

    __slots__ = ("following", "waiting")

    def __init__(self) -> None:
        self.following: Dict[Node, List[Node]] = {}
        #: node -> how many it waits for
        self.waiting: Dict[Node, int] = {}

    def add(self, node: Node) -> None:
        if node not in self.waiting:
            self.waiting[node] = 0

    def edge(self, before: Node, after: Node) -> None:
        """Have one node wait for another; the same edge may be entered twice."""
        waiting = self.waiting
        if before not in waiting:
            waiting[before] = 0
        waiting[after] = waiting.get(after, 0) + 1
        following = self.following.get(before)
        if following is None:
            self.following[before] = [after]
        else:
            following.append(after)

    def levels(self) -> List[List[Node]]:
        """Return the nodes by level.

        :raises CircularDependencyError: some nodes wait for each other in a circle.
        """
        waiting = dict(self.waiting)
        following = self.following
        level = {node: -1 if node[0] == _GATE else 0 for node, count in waiting.items() if not count}
        order = list(level)
        for node in order:
            # the list grows while it is read
            at = level[node]
            for after in following.get(node, ()):
                own = at if after[0] == _GATE else at + 1
                if level.get(after, -1) < own:
                    level[after] = own
                waiting[after] -= 1
                if not waiting[after]:
                    level.setdefault(after, own)
                    order.append(after)
        if len(order) < len(waiting):
            raise _circular([node for node, count in waiting.items() if count])
        found: List[List[Node]] = []
        for node in order:
            if node[0] != _GATE:
                at = level[node]
                while len(found) <= at:
                    found.append([])
                found[at].append(node)
        return found

    def reaches(self, start: Node, goal: Node) -> bool:
        """Tell whether ``goal`` waits for ``start``."""
        seen = {start}
        stack = [start]
        while stack:
            node = stack.pop()
            if node == goal:
                return True
            for after in self.following.get(node, ()):
                if after not in seen:
                    seen.add(after)
                    stack.append(after)
        return False

    def in_cycles(self) -> Set[Node]:
        """Return the nodes that wait for themselves, directly or through others."""
        pairs = [(node, after) for node, following in self.following.items() for after in following]
        found = {node for node, after in pairs if node == after}
        return found.union(find_cycles(pairs, list(self.waiting)))


def _circular(nodes: List[Node]) -> Exception:
    """Return the error of objects that depend on each other in a circle."""
    left = [state_str(node[3]) for node in nodes if len(node) > 3 and node[0] != PROCESS]
    return CircularDependencyError(
        "The rows of these depend on each other in a circle: %s; post_update=True on one of the "
        "relationships breaks it" % ", ".join(left[:10]),
        set(left),
        set(),
    )


# ------------------------------------------------------------------------------------------------------------- planning


class _Plan:
    """The order of flushes with the same mappers and relationships."""

    __slots__ = ("cyclic", "graph", "steps")

    def __init__(self, graph: _Graph, cyclic: Set[Any]) -> None:
        self.graph = graph
        #: base mappers whose objects must be ordered one by one
        self.cyclic = cyclic
        self.steps: List[Step] = [] if cyclic else _flat(graph.levels())


def steps_of(uow: Any, bases: Dict[Any, bool], rules: Dict[Any, Any]) -> List[Step]:
    """Return the steps of a flush in order.

    :param bases: the base mappers that take part.
    :param rules: the relationships that take part.
    :raises CircularDependencyError: objects depend on each other in a circle.
    """
    if len(bases) == 1 and not rules:
        only = next(iter(bases))
        return [(SAVE, only, False, None), (DELETE, only, False, None)]
    memo = next(iter(bases)).memo.setdefault("flush_plans", {})
    key = frozenset(bases), frozenset(rules)
    plan: Optional[_Plan] = memo.get(key)
    if plan is None:
        if len(memo) > _MANY_PLANS:
            memo.clear()
        plan = memo[key] = _make_plan(bases, rules)
    if not plan.cyclic:
        return plan.steps
    return _expanded(uow, plan, rules)


def _make_plan(bases: Iterable[Any], rules: Iterable[Any]) -> _Plan:
    graph = _Graph()
    for base in bases:
        graph.edge((SAVE, base, False), (DELETE, base, False))
    for rule in rules:
        for before, after in rule.ordering:
            graph.edge(_node(rule, before), _node(rule, after))
        for base in (rule.parent.base_mapper, rule.mapper.base_mapper):
            if (SAVE, base, False) not in graph.following:
                graph.edge((SAVE, base, False), (DELETE, base, False))
    cyclic = {node[1] for node in graph.in_cycles() if node[0] in (SAVE, DELETE)}
    _follow_foreign_keys(graph, list(bases))
    return _Plan(graph, cyclic)


def _node(rule: Any, word: Any) -> Node:
    kind, side, flag = word
    if side == "rule":
        return kind, rule, flag
    return kind, (rule.parent if side == "parent" else rule.mapper).base_mapper, flag


def _follow_foreign_keys(graph: _Graph, bases: List[Any]) -> None:
    """Have rows wait for those that a foreign key refers to, where no relationship says anything about them."""
    owners = {table: base for base in bases for table in base.all_tables}
    for base in sorted(bases, key=_name_of_mapper):
        for referred in sorted(_referred(base, owners), key=_name_of_mapper):
            before, after = (SAVE, referred, False), (SAVE, base, False)
            if not graph.reaches(after, before):
                graph.edge(before, after)
                graph.edge((DELETE, base, False), (DELETE, referred, False))


def _referred(base: Any, owners: Dict[Any, Any]) -> Set[Any]:
    related = set()
    for mapper in base.self_and_descendants:
        for rule in rules_of(mapper):
            related.add(rule.mapper.base_mapper)
    found = set()
    for table in base.all_tables:
        for key in getattr(table, "foreign_keys", ()):
            try:
                other = owners.get(key.column.table)
            except SQLAlchemyError:
                # a reference to a table that is not known here says nothing about the order
                continue
            if other is None or other is base or other in related:
                continue
            if not any(rule.mapper.base_mapper is base for m in other.self_and_descendants for rule in rules_of(m)):
                found.add(other)
    return found


def _name_of_mapper(mapper: Any) -> str:
    return "%s.%s" % (mapper.class_.__module__, mapper.class_.__name__)


def _flat(levels: List[List[Node]]) -> List[Step]:
    """Return the steps of nodes by level: by kind and name in each level, with the objects that go together."""
    steps: List[Step] = []
    for level in levels:
        groups: Dict[Any, Any] = {}
        for node in level:
            kind, subject, flag = node[:3]
            place = (kind, subject, flag, len(node) > 3)
            if len(node) > 3:
                groups.setdefault(place, []).append(node[3])
            else:
                groups[place] = None
        for place, states in sorted(groups.items(), key=_rank):
            steps.append(place[:3] + (states,))
    return steps


def _rank(item: Any) -> Any:
    kind, subject, flag, single = item[0]
    if kind == PROCESS:
        name = "%s_%s" % (_name_of_mapper(subject.parent), subject.key)
    else:
        name = _name_of_mapper(subject)
    return kind + 1 if single else kind, name, flag


# --------------------------------------------------------------------------------------------------- object by object


def _expanded(uow: Any, plan: _Plan, rules: Dict[Any, Any]) -> List[Step]:
    """Return the steps of a flush in which the objects of some mappers are ordered one by one."""
    cyclic = plan.cyclic
    graph = _Graph()
    nodes: Dict[Any, Node] = {}
    for table, kind in ((uow.saves, SAVE), (uow.deletes, DELETE)):
        for mapper, states in table.items():
            base = mapper.base_mapper
            if base in cyclic:
                for state in states:
                    node = nodes[state] = (kind, base, False, state)
                    graph.edge((_GATE, (kind, base), False), node)
                    graph.edge(node, (_GATE, (kind, base), True))
    for base in cyclic:
        graph.edge((_GATE, (SAVE, base), True), (_GATE, (DELETE, base), False))
    own = {rule for rule in rules if rule.parent.base_mapper in cyclic}
    for before, following in plan.graph.following.items():
        for after in following:
            _copy_edge(graph, before, after, cyclic, own)
    for node in plan.graph.waiting:
        if node[0] == PROCESS and node[1] not in own:
            graph.add(node)
    for rule in own:
        for mapper in rules[rule]:
            _link_objects(uow, graph, nodes, rule, uow.saves.get(mapper, ()), False)
            _link_objects(uow, graph, nodes, rule, uow.deletes.get(mapper, ()), True)
    return _flat(graph.levels())


def _copy_edge(graph: _Graph, before: Node, after: Node, cyclic: Set[Any], own: Set[Any]) -> None:
    """Take over an edge between mappers, unless single objects say it better."""
    if before[1] in own or after[1] in own:
        return
    first = before[1] in cyclic and before[0] in (SAVE, DELETE)
    second = after[1] in cyclic and after[0] in (SAVE, DELETE)
    if first and second:
        return
    graph.edge(
        (_GATE, before[:2], True) if first else before,
        (_GATE, after[:2], False) if second else after,
    )


def _link_objects(
    uow: Any, graph: _Graph, nodes: Dict[Any, Node], rule: Any, states: Iterable[Any], isdelete: bool
) -> None:
    """Enter the edges between objects and the members of their relationship."""
    process = (PROCESS, rule, isdelete)
    unrelated = (SAVE_PARENT, AFTER_SAVE) if isdelete else (DELETE_PARENT, BEFORE_DELETE)
    edges = [edge for edge in rule.ordering if edge[0] not in unrelated and edge[1] not in unrelated]
    target = rule.mapper.base_mapper
    for state in states:
        members = rule.pending_members(uow, state, isdelete)
        if not members:
            continue
        step = process + (state,)
        graph.add(step)
        own = nodes[state]
        for before, after in edges:
            if before[1] != "child" and after[1] != "child":
                graph.edge(_object_node(rule, before, own, step), _object_node(rule, after, own, step))
        for child in members:
            known = uow.states.get(child)
            if known is None:
                # not in this flush, or no object at all
                continue
            gone = DELETE if known else SAVE
            single = nodes.get(child)
            for before, after in edges:
                if before[1] != "child" and after[1] != "child":
                    continue
                found = []
                for word, entry in ((before, True), (after, False)):
                    if word[1] == "child" and word[0] in (SAVE, DELETE):
                        if word[0] != gone:
                            break
                        found.append(single if single is not None else (word[0], target, False))
                    else:
                        found.append(_object_node(rule, word, own, step))
                else:
                    graph.edge(found[0], found[1])


def _object_node(rule: Any, word: Any, own: Node, step: Node) -> Node:
    """Return the node that a word of an ordering means for one object."""
    if word[1] == "rule":
        return step
    if word[1] == "parent" and word[0] in (SAVE, DELETE):
        return own
    return _node(rule, word)
