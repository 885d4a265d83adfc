"""Loading a relationship in the same SELECT: by a JOIN that the loader adds, or one that the statement has.

How rows fill collections is in ``loading``; how the joins get into FROM is in ``context.select``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import inspect
from sqltoolkit_core import and_
from sqltoolkit_core.sql.selectable import Join

from ..context.entities import JoinedChild
from ..context.entities import plan_entity
from ..context.select import EagerJoin
from ..entities.aliased import AliasedClass
from ..entities.aliased import with_polymorphic
from ..entities.criteria import criteria_for
from ..interfaces import strategy_for
from ..relationships import RelationshipProperty
from .lazy import RelationshipStrategy

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import List

__all__ = ["ContainsEagerLoader", "JoinedLoader", "recursion_ends"]


def recursion_ends(plan: Any, prop: Any, choice: Any) -> bool:
    """Tell whether eager loading stops here: the entity was met on the way before, or the depth is reached."""
    if choice is not None and choice.strategy is not None:
        return False
    depth = prop.join_depth
    target = prop.mapper
    count = 0
    current = plan
    while current is not None:
        if current.origin is None:
            break
        parent, via = current.origin
        if via is prop or via.key == prop.key and via.parent is prop.parent:
            count += 1
        current = parent
    if depth:
        return bool(count >= depth)
    current = plan
    while current is not None:
        if current.mapper.isa(target) or target.isa(current.mapper):
            return True
        current = current.origin[0] if current.origin is not None else None
    return False


@strategy_for(RelationshipProperty, lazy="joined")
@strategy_for(RelationshipProperty, lazy=False)
class JoinedLoader(RelationshipStrategy):
    """Adds a join to the related entity and reads it from the same rows."""

    def setup_query(self, builder: Any, plan: Any, prop: Any, choice: Any) -> None:  # type: ignore[override]
        if not builder.enable_eagerloads or getattr(builder, "from_statement", False):
            return
        if recursion_ends(plan, prop, choice):
            return
        entity = self._target(choice, prop)
        source = plan.entity.selectable
        primary, secondary_on, _source, dest, secondary, adapter = prop.join_clauses(
            source_selectable=source,
            dest_selectable=entity.selectable,
            source_polymorphic=True,
            dest_polymorphic=True,
            of_type_entity=entity,
            alias_secondary=True,
            extra_criteria=(),
        )
        criteria = self._criteria(builder, entity, choice)
        innerjoin = prop.innerjoin
        if choice is not None and choice.options.get("innerjoin") is not None:
            innerjoin = choice.options["innerjoin"]
        isouter = not innerjoin
        parent = plan.eager
        if innerjoin == "unnested" and parent is not None and parent.isouter:
            isouter = True
        right: Any = entity.selectable
        if secondary is None:
            onclause = and_(primary, *criteria) if criteria else primary
        else:
            if criteria:
                secondary_on = and_(secondary_on, *criteria)
            right = Join(secondary, right, secondary_on, False, False)
            onclause = primary
        eager = EagerJoin(parent, right, onclause, isouter)
        if secondary is not None and not isouter:
            first = EagerJoin(parent, secondary, primary, False)
            builder.add_eager_join(_root(plan), first)
            eager = EagerJoin(parent, entity.selectable, secondary_on, False)
        builder.add_eager_join(_root(plan), eager)
        if prop.uselist:
            builder.plan.eager_collections = True
        if prop.order_by:
            adapt = adapter.traverse if adapter is not None else entity.adapt
            builder.eager_order_by.extend(adapt(element) for element in prop.order_by)
        child = plan_entity(
            builder,
            entity,
            choice.child if choice is not None else None,
            path=plan.path[prop][entity] if hasattr(plan.path, "__getitem__") else None,
            adapt=entity.adapt,
            optional=True,
            secondary=True,
            origin=(plan, prop),
            eager=eager,
        )
        plan.children.append(JoinedChild(prop, child))

    @staticmethod
    def _target(choice: Any, prop: Any) -> Any:
        of_type = choice.of_type if choice is not None else None
        if of_type is not None:
            if getattr(of_type, "is_aliased_class", False):
                # an alias that the user made is joined under a name of its own
                if of_type.with_polymorphic_mappers:
                    made = AliasedClass(
                        of_type.mapper.class_,
                        of_type.selectable.alias() if not isinstance(of_type.selectable, Join) else None,
                        with_polymorphic_mappers=of_type.with_polymorphic_mappers,
                        flat=True,
                        use_mapper_path=True,
                    ) if not isinstance(of_type.selectable, Join) else _polymorphic_alias(of_type)
                    return _kept(made)
                return of_type
            return _kept(AliasedClass(of_type.class_, flat=True, use_mapper_path=True))
        entity = prop.entity
        if getattr(entity, "is_aliased_class", False):
            return _kept(AliasedClass(entity.entity, flat=True, use_mapper_path=True))
        return _kept(AliasedClass(prop.mapper.class_, flat=True, use_mapper_path=True))

    @staticmethod
    def _criteria(builder: Any, entity: Any, choice: Any) -> List[Any]:
        found: List[Any] = []
        if choice is not None:
            found.extend(entity.adapt(element) for element in choice.criteria)
        single = entity.mapper.single_table_criterion
        if single is not None:
            found.append(entity.adapt(single))
        for criterion in criteria_for(builder.options, _Unaliased(entity), True):
            found.append(entity.adapt(criterion))
        return found


class _Unaliased:
    """The entity of a loader's alias, as criteria see it: no alias of the user's."""

    is_aliased_class = False

    def __init__(self, entity: Any) -> None:
        self.mapper = entity.mapper
        self.entity = entity.mapper.class_


def _polymorphic_alias(of_type: Any) -> Any:
    return with_polymorphic(
        of_type.mapper.class_,
        [sub.class_ for sub in of_type.with_polymorphic_mappers],
        flat=True,
        aliased=True,
        innerjoin=not of_type.represents_outer_join,
    )


def _kept(alias: AliasedClass) -> Any:
    """Return the inspected alias, which keeps the alias object alive."""
    inspected = inspect(alias)
    inspected._strong_entity = alias
    return inspected


def _root(plan: Any) -> Any:
    while plan.origin is not None:
        plan = plan.origin[0]
    return plan.entity.selectable


@strategy_for(RelationshipProperty, lazy="contains_eager")
class ContainsEagerLoader(RelationshipStrategy):
    """Reads the related entity from columns that the statement itself joins."""

    def setup_query(self, builder: Any, plan: Any, prop: Any, choice: Any) -> None:  # type: ignore[override]
        entity = choice.options.get("alias") or choice.of_type or prop.entity
        if not hasattr(entity, "mapper"):
            # a FROM element stands for the entity
            entity = _kept(AliasedClass(prop.mapper.class_, entity))
        if prop.uselist:
            builder.plan.eager_collections = True
        child = plan_entity(
            builder,
            entity,
            choice.child,
            path=plan.path[prop][entity] if hasattr(plan.path, "__getitem__") else None,
            adapt=builder.adapter_of(entity),
            optional=True,
            secondary=plan.secondary,
            origin=(plan, prop),
        )
        plan.children.append(JoinedChild(prop, child))
