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
from sqltoolkit_core.sql.selectable import Join
from sqltoolkit_core.sql.selectable import join_condition

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Tuple

__all__ = ["JoinStep", "contains_source", "join", "outerjoin", "relationship_step", "with_parent"]


def contains_source(source: Any, wanted: Any) -> bool:
    """Tell whether a FROM element is, or as a join has in it, another one."""
    if source is wanted or hash(source) == hash(wanted):
        return True
    if isinstance(source, Join):
        return contains_source(source.left, wanted) or contains_source(source.right, wanted)
    element = getattr(source, "element", None)
    if element is not None and source.__visit_name__ == "grouping":
        return contains_source(element, wanted)
    return False


class JoinStep:
    """One ``join()`` of a statement, its target and condition resolved."""

    __slots__ = ("criteria", "left_entity", "onclause", "prop", "right", "right_entity")

    def __init__(self) -> None:
        self.left_entity: Any = None
        self.right_entity: Any = None
        self.right: Any = None
        self.onclause: Any = None
        self.prop: Any = None
        self.criteria: Tuple[Any, ...] = ()

    def attach(self, left: Any, isouter: bool, full: bool) -> Any:
        """Return ``left`` with the target joined to it."""
        right = self.right
        if self.prop is None:
            onclause = self.onclause
            if onclause is None:
                onclause = _derived_onclause(left, right)
            if self.criteria:
                onclause = and_(onclause, *self.criteria)
            return Join(left, right, onclause, isouter, full)
        source = self.left_entity.selectable
        primary, secondary_on, _source, dest, secondary, _adapter = self.prop.join_clauses(
            source_selectable=source,
            dest_selectable=right,
            source_polymorphic=True,
            dest_polymorphic=True,
            of_type_entity=self.right_entity,
            alias_secondary=True,
            extra_criteria=(),
        )
        if secondary is None:
            onclause = primary if not self.criteria else and_(primary, *self.criteria)
            return Join(left, right, onclause, isouter, full)
        if self.criteria:
            secondary_on = and_(secondary_on, *self.criteria)
        if isouter or full:
            return Join(left, Join(secondary, right, secondary_on), primary, isouter, full)
        return Join(Join(left, secondary, primary, isouter, full), right, secondary_on, isouter, full)


def _derived_onclause(left: Any, right: Any) -> Any:
    """Return the ON condition that foreign keys between two FROM elements give."""
    if isinstance(left, Join):
        try:
            return join_condition(left, right, a_subset=left.right)
        except sa_exc.NoForeignKeysError:
            raise
    return join_condition(left, right)


def relationship_step(target: Any, onclause: Any) -> JoinStep:
    """Return the join step for the arguments of ``join()``."""
    step = JoinStep()
    attr = None
    if _is_relationship(target):
        attr, target = target, None
        if onclause is not None:
            raise sa_exc.InvalidRequestError(
                "join() with a relationship attribute as its target takes no ON clause; "
                "give the target entity and the attribute: join(Target, Class.attribute)"
            )
    elif _is_relationship(onclause):
        attr, onclause = onclause, None
    if target is not None:
        inspected = inspect(target, raiseerr=False)
        annotated = getattr(target, "annotations", None)
        entity = annotated.get("parententity") if annotated else None
        if entity is None and inspected is not None and hasattr(inspected, "mapper"):
            entity = inspected
        if entity is not None:
            step.right_entity = entity
            step.right = entity.selectable
        else:
            step.right = coercions.expect(roles.FromClauseRole, target)
        if step.right.annotations:
            step.right = step.right.deannotate()
    if attr is None:
        if onclause is not None and not hasattr(onclause, "__visit_name__"):
            onclause = coercions.expect(roles.WhereHavingRole, onclause)
        step.onclause = onclause
        return step
    prop = attr.property
    of_type = getattr(attr, "_of_type", None)
    step.left_entity = attr.parent
    if step.right is None:
        step.right_entity = inspect(of_type) if of_type is not None else prop.entity
        step.right = step.right_entity.selectable
    if step.right_entity is None:
        # a table or subquery in place of the related entity: its columns stand for the entity's
        step.prop = prop
        step.criteria = tuple(getattr(attr, "_extra_criteria", ()) or ())
        return step
    step.prop = prop
    criteria = tuple(getattr(attr, "_extra_criteria", ()) or ())
    if criteria and getattr(step.right_entity, "is_aliased_class", False):
        criteria = tuple(step.right_entity.adapt(each) for each in criteria)
    step.criteria = criteria
    return step


def _is_relationship(obj: Any) -> bool:
    if obj is None:
        return False
    prop = getattr(obj, "property", None) if hasattr(obj, "parent") else None
    return prop is not None and hasattr(prop, "join_clauses")


def join(left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> Any:
    """Return a join of two entities or FROM elements; ``onclause`` may be a relationship attribute."""
    left_insp = inspect(left)
    left_source = left_insp.selectable if hasattr(left_insp, "selectable") else left_insp
    step = relationship_step(right, onclause)
    if step.prop is None and step.right_entity is not None and onclause is None:
        step.onclause = None
    joined = step.attach(left_source, isouter, full)
    return joined


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
        if getattr(prop, "_of_type", None) is not None and from_entity is None:
            from_entity = prop._of_type
        if from_entity is None:
            parent = prop.parent
            if getattr(parent, "is_aliased_class", False):
                from_entity = parent
        prop = prop.property
    adapt = None
    if from_entity is not None:
        inspected = inspect(from_entity)
        adapt = inspected.adapt if getattr(inspected, "is_aliased_class", False) else None
    return prop.optimized_compare(instance, value_is_parent=True, adapt_source=adapt)


