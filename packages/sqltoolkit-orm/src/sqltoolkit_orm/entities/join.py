"""Joins between entities: ORM ``join()``, the join steps of statements, ``with_parent()``.

Finding the left side in a statement is in ``context.select``; ON conditions come from the relationship itself.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import inspect
from sqltoolkit_core import and_
from sqltoolkit_core.sql import coercions
from sqltoolkit_core.sql import roles
from sqltoolkit_core.sql.analysis import clause_is_present
from sqltoolkit_core.sql.selectable import Join
from sqltoolkit_core.sql.selectable import join_condition

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Tuple

__all__ = ["EntityJoin", "JoinTarget", "entity_of", "join", "outerjoin", "resolve_join", "with_parent"]


def entity_of(element: Any) -> Any:
    """Return the entity (mapper or inspected alias) that a join's argument stands for, None for a plain source."""
    annotations = getattr(element, "annotations", None)
    if annotations:
        return annotations.get("parententity")
    found = inspect(element, raiseerr=False)
    return found if found is not None and hasattr(found, "mapper") else None


class EntityJoin(Join):
    """A join whose next targets may be entities and relationship attributes."""

    inherit_cache = True

    def join(self, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Any:
        """Return this join with another target joined to it."""
        return join(self, right, onclause, isouter, full)

    def outerjoin(self, right: Any, onclause: Any = None, full: bool = False) -> Any:
        """Return this join with another target joined to it by LEFT OUTER JOIN."""
        return join(self, right, onclause, True, full)


class JoinTarget:
    """What is joined and on what, resolved: the arguments of ``join()``.

    :param right: the FROM element.
    :param entity: the entity it stands for, or None.
    :param attr: the relationship attribute that gives the condition, or None.
    :param onclause: the condition, None if foreign keys are to give it.
    """

    __slots__ = ("attr", "entity", "onclause", "right")

    def __init__(self, right: Any, entity: Any, attr: Any, onclause: Any) -> None:
        self.right = right
        self.entity = entity
        self.attr = attr
        self.onclause = onclause

    def joined_to(
        self,
        left: Any,
        left_selectable: Any,
        isouter: bool,
        full: bool,
        criteria: Tuple[Any, ...] = (),
    ) -> Any:
        """Return ``left`` with this target joined to it.

        :param left_selectable: what the columns of the left entity are columns of, where ``left`` lacks its tables.
        :param criteria: more criteria of the ON clause.
        """
        if self.attr is not None:
            return self._along_relationship(left, left_selectable, isouter, full, criteria)
        right, onclause = self.right, self.onclause
        if onclause is None:
            onclause = join_condition(left, right, a_subset=left.right if isinstance(left, Join) else None)
        single = None
        if self.entity is not None and self.entity.mapper.single:
            single = self.entity.mapper.single_table_criterion
        extra = list(criteria)
        if single is not None:
            extra.append(self.entity.adapt(single) if self.entity.is_aliased_class else single)
        if extra:
            onclause = and_(onclause, *extra)
        return EntityJoin(left, right, onclause, isouter, full)

    def _along_relationship(
        self, left: Any, left_selectable: Any, isouter: bool, full: bool, criteria: Tuple[Any, ...]
    ) -> Any:
        attr = self.attr
        prop = attr.property
        source = attr.comparator._source_selectable
        if not clause_is_present(source, left):
            source = left_selectable
        primary, secondary_on, _source, dest, secondary, _adapter = prop.join_clauses(
            source_selectable=source,
            dest_selectable=self.right,
            source_polymorphic=True,
            of_type_entity=self.entity,
            alias_secondary=True,
            extra_criteria=tuple(criteria) + tuple(attr._extra_criteria or ()),
        )
        if secondary_on is None:
            return EntityJoin(left, dest, primary, isouter, full)
        if isouter or full:
            return EntityJoin(left, Join(secondary, dest, secondary_on), primary, isouter, full)
        return EntityJoin(Join(left, secondary, primary, isouter, full), dest, secondary_on, isouter, full)


def resolve_join(target: Any, onclause: Any) -> JoinTarget:
    """Return the resolved arguments of ``join()``.

    :raises sqltoolkit_core.exc.ArgumentError: the target is a column attribute.
    :raises sqltoolkit_core.exc.InvalidRequestError: a relationship is the target and there is an ON clause, too.
    """
    attr = None
    if _is_relationship(target):
        if onclause is not None:
            raise sa_exc.InvalidRequestError(
                "join() with a relationship attribute as its target takes no ON clause; "
                "give the target entity and the attribute: join(Target, Class.attribute)"
            )
        attr = target
        of_type = attr._of_type
        entity = inspect(of_type) if of_type is not None else attr.property.entity
        return JoinTarget(entity.selectable, entity, attr, None)
    if getattr(target, "is_attribute", False):
        raise sa_exc.ArgumentError("join() leads to an entity or along a relationship; %s is neither" % target)
    if _is_relationship(onclause):
        attr, onclause = onclause, None
    elif onclause is not None and not hasattr(onclause, "__visit_name__"):
        onclause = coercions.expect(roles.OnClauseRole, onclause)
    entity = entity_of(target)
    if entity is not None:
        return JoinTarget(entity.selectable, entity, attr, onclause)
    right = coercions.expect(roles.FromClauseRole, target)
    return JoinTarget(right, None, attr, onclause)


def _is_relationship(obj: Any) -> bool:
    if obj is None or not getattr(obj, "is_attribute", False):
        return False
    prop = getattr(obj, "property", None)
    return prop is not None and hasattr(prop, "join_clauses")


def join(left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Any:
    """Return a join of two entities or FROM elements; ``onclause`` may be a relationship attribute."""
    lead = entity_of(left)
    source = lead.selectable if lead is not None else coercions.expect(roles.FromClauseRole, left)
    target = resolve_join(right, onclause)
    joined = target.joined_to(source, source, isouter, full)
    if lead is None:
        lead = source.annotations.get("lead_entity")
    # criteria of the left entity are put into WHERE where a statement selects from the join
    return joined if lead is None else joined.annotate({"lead_entity": lead})


def outerjoin(left: Any, right: Any, onclause: Any = None, full: bool = False) -> Any:
    """Return a LEFT OUTER JOIN of two entities or FROM elements."""
    return join(left, right, onclause, True, full)


def with_parent(instance: Any, prop: Any, from_entity: Any = None) -> Any:
    """Return the criterion "is related to ``instance`` through the relationship ``prop``".

    :param prop: the class-bound relationship attribute of the parent.
    :param from_entity: the entity (alias) the criterion is about.
    """
    if isinstance(prop, str):
        raise sa_exc.ArgumentError("with_parent() takes a relationship attribute, not the string %r" % prop)
    if hasattr(prop, "property"):
        if from_entity is None:
            from_entity = prop._of_type
        prop = prop.property
    if not hasattr(prop, "optimized_compare"):
        raise sa_exc.ArgumentError("with_parent() takes a relationship attribute, not %s" % (prop,))
    adapt = None
    if from_entity is not None:
        inspected = inspect(from_entity)
        adapt = inspected.adapt if inspected.is_aliased_class else None
    return prop.optimized_compare(instance, value_is_parent=True, adapt_source=adapt)
