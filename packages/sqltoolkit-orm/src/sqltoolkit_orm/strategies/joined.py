"""Loading a relationship in the same SELECT: by a JOIN that the loader adds, or one that the statement has.

How rows fill collections is in ``loading``; how the joins get into FROM is in ``context.select``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import inspect
from sqltoolkit_core.sql.analysis import surface_selectables
from sqltoolkit_core.util import warn_deprecated

from ..context.entities import JoinedChild
from ..context.entities import plan_entity
from ..context.eager import EagerJoin
from ..entities.aliased import AliasedClass
from ..entities.aliased import polymorphic_alias
from ..interfaces import strategy_for
from ..relationships import RelationshipProperty
from .lazy import is_explicit
from .lazy import recursion_ends
from .lazy import RelationshipStrategy

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Tuple

__all__ = ["ContainsEagerLoader", "JoinedLoader", "warn_of_returning"]


def warn_of_returning(choice: Any, name: str) -> None:
    """Warn of an option that means nothing for the objects of RETURNING."""
    if is_explicit(choice):
        warn_deprecated(
            "%s() does nothing for an INSERT, UPDATE or DELETE with RETURNING, and will be an error; use selectinload()"
            % name,
            "2.0",
        )


@strategy_for(RelationshipProperty, lazy="joined")
@strategy_for(RelationshipProperty, lazy=False)
class JoinedLoader(RelationshipStrategy):
    """Adds a join to the related entity and reads it from the same rows."""

    def setup_query(self, builder: Any, plan: Any, prop: Any, choice: Any) -> None:  # type: ignore[override]
        if not builder.enable_eagerloads or builder.from_statement:
            if builder.is_returning:
                warn_of_returning(choice, "joinedload")
            return
        if recursion_ends(plan, prop, choice):
            return
        entity = self._target(choice, prop)
        primary, secondary_on, _source, dest, secondary, adapter = prop.join_clauses(
            source_selectable=plan.entity.selectable,
            dest_selectable=entity.selectable,
            source_polymorphic=True,
            of_type_entity=entity,
            alias_secondary=True,
            extra_criteria=self._criteria(builder, entity, choice),
        )
        if plan.adapt is not None and not plan.entity.is_aliased_class:
            primary = plan.adapt(primary)
        elif builder.adaptation.replacement is not None and not plan.secondary:
            # the alias was read within what stands for the whole statement
            primary = builder.adaptation.replacement.traverse(primary)
        innerjoin = prop.innerjoin
        if choice is not None and choice.options.get("innerjoin") is not None:
            innerjoin = choice.options["innerjoin"]
        root = _root(plan)
        # rows of the other classes have nothing to join to
        isouter = not innerjoin or getattr(root, "represents_outer_join", False)
        parent = plan.eager
        if innerjoin == "unnested" and parent is not None and parent.isouter:
            isouter = True
        eager = EagerJoin(parent, dest, primary, isouter, secondary, secondary_on)
        if not plan.secondary:
            builder.compared.append((plan, prop))
        builder.eager.add(root.selectable, eager)
        if prop.uselist:
            builder.plan.eager_collections = True
        if prop.order_by:
            adapt = adapter.traverse if adapter is not None else entity.adapt
            builder.eager.order_by.extend(adapt(element) for element in prop.order_by)
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
            mapper=prop.mapper,
        )
        plan.children.append(JoinedChild(prop, child))

    @staticmethod
    def _target(choice: Any, prop: Any) -> Any:
        """Return the inspected alias that the related rows are read from."""
        of_type = choice.of_type if choice is not None else None
        if of_type is None:
            entity = prop.entity
            source = entity.selectable.anonymous_fromclause(flat=True) if entity.is_aliased_class else None
            return _unnamed(AliasedClass(prop.mapper.class_, source, flat=True, use_mapper_path=True))
        if not of_type.is_aliased_class:
            return _unnamed(polymorphic_alias(choice.of_types))
        tables = of_type.mapper.all_tables
        if any(source in tables for source in surface_selectables(of_type.selectable)):
            raise sa_exc.InvalidRequestError(
                "Joined eager loading of %s reads %s from tables that have no alias; make it with flat=True or "
                "aliased=True" % (prop, of_type)
            )
        return of_type

    @staticmethod
    def _criteria(builder: Any, entity: Any, choice: Any) -> Tuple[Any, ...]:
        """Return the criteria of the ON clause beyond the relationship's own."""
        found = tuple(choice.criteria) if choice is not None else ()
        if builder.criteria:
            found += tuple(builder.criteria_of(entity.mapper if entity.use_mapper_path else entity))
        return found


def _unnamed(alias: AliasedClass) -> Any:
    """Return the inspected alias, whose columns a name in ORDER BY does not mean: the user does not see the join."""
    inspected = _kept(alias)
    inspected.adapter.allow_label_resolve = False
    return inspected


def _kept(alias: AliasedClass) -> Any:
    """Return the inspected alias, which keeps the alias object alive."""
    inspected = inspect(alias)
    inspected._strong_entity = alias
    return inspected


def _root(plan: Any) -> Any:
    while plan.origin is not None:
        plan = plan.origin[0]
    return plan.entity


@strategy_for(RelationshipProperty, lazy="contains_eager")
class ContainsEagerLoader(RelationshipStrategy):
    """Reads the related entity from columns that the statement itself joins."""

    def setup_query(self, builder: Any, plan: Any, prop: Any, choice: Any) -> None:  # type: ignore[override]
        entity = choice.options.get("alias")
        if entity is None:
            entity = choice.of_type or prop.entity
        if not hasattr(entity, "mapper"):
            # a FROM element stands for the entity
            entity = _kept(AliasedClass(prop.mapper.class_, entity))
        if prop.uselist:
            builder.plan.repeats = True
            # who wrote the statement knows its rows
            builder.plan.eager_collections = not builder.from_statement
        child = plan_entity(
            builder,
            entity,
            choice.child,
            path=plan.path[prop][entity] if hasattr(plan.path, "__getitem__") else None,
            adapt=builder.adapter_of(entity),
            optional=True,
            secondary=plan.secondary,
            origin=(plan, prop),
            mapper=prop.mapper if entity.mapper.isa(prop.mapper) else None,
        )
        plan.children.append(JoinedChild(prop, child))
