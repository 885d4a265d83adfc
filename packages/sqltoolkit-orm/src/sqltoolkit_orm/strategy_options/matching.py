"""The tree of loader options of one statement: which loader an option means for an attribute.

The fluent option objects are in ``load``; what a loader does is in ``strategies``.  A *node* stands for one entity on
the way from the root of a query; a *choice* is what the options say about one attribute of that entity.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import FrozenSet
    from typing import Iterable
    from typing import List
    from typing import Optional
    from typing import Sequence
    from typing import Tuple

_COLUMN_MODES = frozenset(["load", "defer", "expression"])

__all__ = ["Choice", "OptionNode", "applies_to", "build_nodes", "entity_mapper"]


def entity_mapper(entity: Any) -> Any:
    """Return the mapper of a mapper or of an inspected alias."""
    return entity.mapper


def applies_to(option_entity: Any, query_entity: Any) -> bool:
    """Tell whether an option rooted at ``option_entity`` speaks about ``query_entity`` of a statement."""
    if option_entity is query_entity:
        return True
    if getattr(option_entity, "is_aliased_class", False):
        return query_entity in getattr(option_entity, "with_polymorphic_parents", ()) or (
            getattr(query_entity, "is_aliased_class", False) and query_entity.represents(option_entity)
        )
    if getattr(query_entity, "is_aliased_class", False):
        return bool(getattr(query_entity, "use_mapper_path", False)) and _related(
            option_entity, query_entity.mapper
        )
    return _related(option_entity, query_entity)


def _related(one: Any, other: Any) -> bool:
    return bool(one.isa(other) or other.isa(one))


class Choice:
    """What the options say about one attribute: the strategy, its arguments and the options below it."""

    __slots__ = (
        "child", "criteria", "entity", "key", "of_type", "of_types", "options", "propagate", "said", "strategy", "wild",
    )

    def __init__(self, entity: Any, key: str) -> None:
        self.entity = entity
        self.key = key
        self.strategy: Optional[str] = None
        #: the strategy with its arguments, as an option gave them
        self.said: Any = None
        self.options: Dict[str, Any] = {}
        self.criteria: Tuple[Any, ...] = ()
        #: the entity that ``of_type()`` named last
        self.of_type: Any = None
        #: the mappers that it named, where those were classes
        self.of_types: List[Any] = []
        self.child: Optional[OptionNode] = None
        self.propagate = True
        #: the strategy is that of a wildcard
        self.wild = False

    def node(self) -> OptionNode:
        """Return the node below this attribute, made when it is first needed."""
        if self.child is None:
            self.child = OptionNode()
        return self.child


class OptionNode:
    """The options of one entity: choices by attribute key, wildcards, column groups, subclasses."""

    __slots__ = (
        "choices",
        "column_wildcard",
        "groups",
        "only_keys",
        "polymorphic",
        "relationship_wildcard",
    )

    def __init__(self) -> None:
        self.choices: Dict[str, List[Choice]] = {}
        self.column_wildcard: Optional[Choice] = None
        self.relationship_wildcard: Optional[Choice] = None
        self.groups: Dict[str, str] = {}
        #: all other column attributes are left out; what options say about other entities does not count
        self.only_keys: Optional[FrozenSet[str]] = None
        self.polymorphic: List[Any] = []

    def choice(self, prop: Any) -> Optional[Choice]:
        """Return what is said about ``prop``, None if nothing is."""
        found = self.choices.get(prop.key)
        if found is None:
            return None
        mapper = prop.parent
        for choice in found:
            own = choice.entity.mapper
            if own is mapper or own.isa(mapper) or mapper.isa(own):
                return choice
        return None

    def relationship(self, prop: Any, general: Optional[Choice] = None) -> Optional[Choice]:
        """Return the choice for a relationship, the wildcard included.

        :param general: the wildcard for all entities of the statement, where this one has none.
        """
        choice = self.choice(prop)
        if choice is not None and choice.strategy is not None:
            return choice
        wild = self.relationship_wildcard or general
        if wild is None:
            return choice
        if choice is None:
            return wild
        merged = Choice(choice.entity, choice.key)
        merged.strategy, merged.options, merged.wild = wild.strategy, wild.options, True
        merged.criteria, merged.of_type, merged.child = choice.criteria, choice.of_type, choice.child
        merged.of_types = choice.of_types
        return merged

    def column_mode(self, prop: Any) -> Tuple[Optional[str], Dict[str, Any]]:
        """Return ``("load" | "defer" | "expression" | None, arguments)`` for a column attribute.

        :raises LoaderStrategyException: the option is for relationships.
        """
        only = self.only_keys
        if only is not None and prop.key not in only:
            return "defer", {}
        choice = self.choice(prop)
        if choice is not None and choice.strategy is not None:
            if choice.strategy not in _COLUMN_MODES:
                # says that this one is for relationships
                prop.get_strategy((("lazy", choice.strategy),))
            return choice.strategy, choice.options
        group = getattr(prop, "group", None)
        if group is not None and group in self.groups:
            return self.groups[group], {}
        wild = self.column_wildcard
        if wild is not None and only is None:
            return wild.strategy, wild.options
        return None, {}

    def is_empty(self) -> bool:
        """Tell whether no option says anything here."""
        return not (
            self.choices
            or self.column_wildcard
            or self.relationship_wildcard
            or self.groups
            or self.polymorphic
        )


def build_nodes(
    options: Iterable[Any], entities: Sequence[Any], check: bool = True, former: Sequence[Tuple[Any, Any]] = ()
) -> Dict[Any, OptionNode]:
    """Return an option node for each of ``entities`` that the loader ``options`` speak about.

    The node for None holds what is said about all entities, also those that relationships lead to.

    :param check: raise where an option names an entity that is not among ``entities``, or two contradict each other.
    :param former: (entities, options) that the statement had before its columns were replaced; such options may
        speak about what is gone.
    :raises sqltoolkit_core.exc.ArgumentError: an option fits no entity.
    """
    nodes: Dict[Any, OptionNode] = {}
    for option in options:
        elements = getattr(option, "load_elements", None)
        if elements is None:
            continue
        for element in elements:
            targets = _targets(element, entities)
            for target in targets:
                node = nodes.get(target)
                if node is None:
                    node = nodes[target] = OptionNode()
                element.place(node, check)
            if check and not element.is_general:
                meant = next((before for before, given in former if option in given), entities)
                if not targets or meant is not entities:
                    _check_fit(element, meant)
            if element.root is None and element.is_general:
                element.place(nodes.setdefault(None, OptionNode()))
    return nodes


def _targets(element: Any, entities: Sequence[Any]) -> List[Any]:
    """Return the entities that a load element speaks about."""
    root = element.root
    if root is None:
        return list(entities)
    targets = []
    for entity in entities:
        if entity is root:
            return [entity]
        if applies_to(root, entity):
            targets.append(entity)
    return targets


def _check_fit(element: Any, entities: Sequence[Any]) -> None:
    if not element.strict or _targets(element, entities):
        return
    if not entities:
        raise sa_exc.ArgumentError(
            "The loader option for %s applies to objects, and the statement selects none, only expressions"
            % element.describe()
        )
    raise sa_exc.ArgumentError(
        "The loader option for %s starts at %s, which is none of the entities of this statement (%s); start the option "
        "at an attribute of a selected entity"
        % (element.describe(), element.root, ", ".join(str(getattr(entity, "entity", entity)) for entity in entities))
    )
