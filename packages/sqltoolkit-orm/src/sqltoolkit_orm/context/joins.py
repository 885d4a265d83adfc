"""The FROM elements of a statement under construction, and its joins: which left side, which alias of the right one.

Resolving the arguments of one ``join()`` is in ``entities.join``; the joins of loaders are in ``eager``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core.sql.adapt import ColumnAdapter
from sqltoolkit_core.sql.analysis import find_left_sides
from sqltoolkit_core.sql.analysis import join_condition
from sqltoolkit_core.sql.analysis import matching_left_sides
from sqltoolkit_core.sql.analysis import surface_selectables
from sqltoolkit_core.sql.elements import ClauseElement
from sqltoolkit_core.sql.selectable import Join
from sqltoolkit_core.sql.selectable import SelectBase
from sqltoolkit_core.util import warn
from sqltoolkit_core.util import warn_deprecated
from sqltoolkit_core import inspect

from ..entities.aliased import AliasedClass
from ..entities.join import entity_of
from ..entities.join import resolve_join

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import List
    from typing import Optional
    from typing import Sequence
    from typing import Set
    from typing import Tuple

    from ..entities.join import JoinTarget
    from .adaptation import Adaptation

__all__ = ["FromElements", "Subject", "plain_source"]


def plain_source(source: Any) -> Any:
    """Return a FROM element without the marks of its entity."""
    return source.deannotate() if source.annotations else source


class Subject:
    """An entry of the columns clause, as joins see it.

    :param raw: the entry.
    :param entity: the entity it belongs to, or None.
    :param source: the FROM element it stands on, or None.
    :param whole: the entry is the entity itself rather than a column.
    """

    __slots__ = ("entity", "raw", "source", "whole")

    def __init__(self, raw: Any, entity: Any, source: Any, whole: bool) -> None:
        self.raw = raw
        self.entity = entity
        self.source = source
        self.whole = whole

    def leads(self, entity: Any) -> bool:
        """Tell whether attributes of ``entity`` are attributes of this entry's entity."""
        own = self.entity
        if own is None:
            return False
        if entity.is_aliased_class:
            return own is entity or bool(own.is_aliased_class and entity.base_alias is own)
        if own.is_aliased_class:
            return bool(own.use_mapper_path and entity in own.with_polymorphic_mappers)
        return bool(own.common_parent(entity))


class FromElements:
    """The explicit FROM elements of one statement.

    :param adaptation: the adapters of the statement.
    :param criteria: gives the criteria that an entity brings into the ON clause.
    """

    __slots__ = ("_criteria", "_edges", "adaptation", "elements", "joined", "leads")

    def __init__(self, adaptation: Adaptation, criteria: Callable[[Any], Sequence[Any]]) -> None:
        self.adaptation = adaptation
        self._criteria = criteria
        #: (left entity, relationship, right entity) of the joins along relationships
        self._edges: Set[Any] = set()
        #: the elements, joins made
        self.elements: List[Any] = []
        #: for each element the entity at its left end, or None
        self.leads: List[Any] = []
        #: entities that are the right side of a join: their criteria are in its ON clause
        self.joined: List[Any] = []

    def add(self, source: Any) -> None:
        """Add what ``select_from()`` was given."""
        annotations = source.annotations
        self.leads.append(annotations.get("parententity") or annotations.get("lead_entity"))
        self.elements.append(plain_source(source))

    def join_all(self, joins: Sequence[Any], subjects: Sequence[Subject]) -> None:
        """Make the joins of a statement, given as its ``joins`` part."""
        for target, onclause, left, isouter, full in joins:
            self._join(resolve_join(target, onclause), left, subjects, isouter, full)

    # -- one join ----------------------------------------------------------------------------------------------------

    def _join(
        self, target: JoinTarget, left: Any, subjects: Sequence[Subject], isouter: bool, full: bool
    ) -> None:
        left_entity = None if left is None else entity_of(left)
        if target.attr is not None:
            _check_sides(target, left_entity)
        if left is None and target.attr is not None:
            left_entity = target.attr.parent
            left = left_entity.selectable
        if target.attr is not None and target.entity is not None:
            edge = (left_entity, target.attr.property, target.entity)
            if edge in self._edges:
                # programs that add joins where they need them may add one again
                return
            self._edges.add(edge)
        if left is None:
            place, left, left_entity = self._implied_left(target, subjects)
            given = None
        else:
            place, left = self._given_left(left, left_entity, subjects)
            given = left
        if left_entity is not None and left_entity is target.entity:
            raise sa_exc.InvalidRequestError(
                "%s would be joined to itself; join to an alias of it, made by aliased()" % left_entity
            )
        self._settle_target(target, left)
        entity = target.entity
        criteria: Tuple[Any, ...] = ()
        if entity is not None:
            criteria = tuple(self._criteria(entity))
            self.joined.append(entity)
        clause = left if place is None else self.elements[place]
        if place is not None and given is not None and target.attr is None and target.onclause is None:
            if clause is not given:
                # the side that was named decides on the condition before others it is joined to
                target.onclause = join_condition(clause, target.right, a_subset=given)
        joined = target.joined_to(clause, clause, isouter, full, criteria)
        if place is None:
            self.elements.append(joined)
            self.leads.append(left_entity)
        else:
            self.elements[place] = joined

    def _given_left(self, left: Any, entity: Any, subjects: Sequence[Subject]) -> Tuple[Optional[int], Any]:
        """Return (index, FROM element) of a left side that is known; the index is None where it is not in FROM yet."""
        plain = plain_source(left)
        if self.elements:
            found = matching_left_sides(self.elements, plain)
            if len(found) > 1:
                raise sa_exc.InvalidRequestError(
                    "%s is in several FROM elements, so it is not clear which of them is joined; "
                    "join to an alias of it, or give an ON clause" % _described(entity, plain)
                )
            if found:
                return found[0], plain
            return None, plain
        if entity is not None:
            for subject in subjects:
                if subject.leads(entity):
                    return None, subject.source
        return None, plain

    def _implied_left(
        self, target: JoinTarget, subjects: Sequence[Subject]
    ) -> Tuple[Optional[int], Any, Any]:
        """Return (index, FROM element, its entity) of the left side that foreign keys or the ON clause point at."""
        onclause = target.onclause
        right = target.right
        if self.elements:
            found = find_left_sides(self.elements, right, onclause)
            self._check_found(found, right)
            place = found[0]
            lead = self.leads[place]
            if isinstance(self.elements[place], Join):
                lead = None
            return place, self.elements[place], lead
        sources: List[Any] = []
        entities: List[Any] = []
        nothing = True
        for subject in subjects:
            if subject.source is None:
                continue
            nothing = False
            if subject.entity is not None and subject.entity is target.entity and len(subjects) > 1:
                continue
            if subject.entity is None and subject.source is right:
                continue
            if all(subject.source is not known for known in sources):
                sources.append(subject.source)
                entities.append(subject.entity)
        if nothing:
            raise sa_exc.InvalidRequestError(
                "There is nothing to join %s to: no entity or FROM element comes before it" % (right,)
            )
        if len(sources) == 1 and entities[0] is not None and entities[0] is target.entity:
            return None, sources[0], entities[0]
        found = find_left_sides(sources, right, onclause)
        self._check_found(found, right)
        return None, sources[found[0]], entities[found[0]]

    @staticmethod
    def _check_found(found: Sequence[int], right: Any) -> None:
        if len(found) > 1:
            raise sa_exc.InvalidRequestError(
                "Several FROM elements could be joined to %s; choose the left side with select_from() or join_from(), "
                "and give an ON clause" % (right,)
            )
        if not found:
            raise sa_exc.InvalidRequestError(
                "No FROM element leads to %s; choose the left side with select_from() or join_from(), and give an ON "
                "clause" % (right,)
            )

    # -- the right side ----------------------------------------------------------------------------------------------

    def _settle_target(self, target: JoinTarget, left: Any) -> None:
        """Put an alias in place of the right side where it needs one, and adapt the ON clause."""
        right = target.right
        entity = target.entity
        mapper = None if entity is None else entity.mapper
        overlapping = mapper is not None and self._overlaps(left, right, mapper)
        if overlapping and left is right:
            raise sa_exc.InvalidRequestError("%s would be joined to itself; join to an alias of it" % (right,))
        if entity is None:
            if target.attr is not None:
                self._read_from_source(target, right)
        elif not entity.is_aliased_class:
            if overlapping:
                self._alias_target(target)
            elif entity.polymorphic_source_adapter is not None:
                self.adaptation.note_source(mapper)
        if isinstance(target.onclause, ClauseElement) and self.adaptation:
            target.onclause = self.adaptation.clause(target.onclause)

    def _overlaps(self, left: Any, right: Any, mapper: Any) -> bool:
        """Tell whether a joined hierarchy as the right side repeats tables that are on the left."""
        if mapper.with_polymorphic_argument is None and not isinstance(mapper.persist_selectable, Join):
            return False
        ours, theirs = set(surface_selectables(left)), set(surface_selectables(right))
        for source in self.elements or [left]:
            parts = set(surface_selectables(source))
            if parts & ours and parts & theirs:
                return True
        return False

    def _read_from_source(self, target: JoinTarget, right: Any) -> None:
        """Read the related entity from a table or subquery that was given instead of it."""
        prop = target.attr.property
        mapper = prop.mapper
        if isinstance(right, SelectBase):
            right = right.subquery()
        if not right.is_derived_from(mapper.persist_selectable):
            raise sa_exc.InvalidRequestError(
                "%s is joined along %s, but is not made from the table of %s" % (right, prop, mapper)
            )
        warn_deprecated(
            "%s is joined along the relationship %s as a plain FROM element; make an entity of it with "
            "aliased(%s, ...)" % (right, prop, mapper.class_.__name__),
            "1.4",
        )
        self._take_alias(target, mapper, AliasedClass(mapper.class_, right))

    def _alias_target(self, target: JoinTarget) -> None:
        entity = target.entity
        warn(
            "%s is joined under an alias made here, since the join has its tables already; "
            "make the alias with aliased(%s, flat=True)" % (entity, entity.class_.__name__)
        )
        self._take_alias(target, entity.mapper, AliasedClass(entity.class_, flat=True))

    def _take_alias(self, target: JoinTarget, mapper: Any, alias: Any) -> None:
        inspected = inspect(alias)
        inspected._strong_entity = alias
        target.entity = inspected
        target.right = inspected.selectable

        def is_meant(element: Any) -> bool:
            # siblings share tables with the class and stay what they are
            owner = element.annotations.get("parentmapper")
            return owner is None or owner.isa(mapper) or mapper.isa(owner)

        self.adaptation.read_from(
            mapper, ColumnAdapter(inspected.selectable, equivalents=mapper.equivalent_columns, include=is_meant)
        )


def _check_sides(target: JoinTarget, left_entity: Any) -> None:
    """Raise for a join along a relationship between other entities than those that were named."""
    attr, prop = target.attr, target.attr.property
    if left_entity is not None and left_entity is not attr.parent:
        if not Subject(None, left_entity, None, False).leads(attr.parent):
            raise sa_exc.InvalidRequestError(
                "%s is named as the left side, but the relationship %s starts at %s" % (left_entity, attr, attr.parent)
            )
    entity = target.entity
    if entity is not None and not entity.mapper.common_parent(prop.mapper):
        raise sa_exc.InvalidRequestError(
            "%s is to be joined, but the relationship %s leads to %s" % (entity, attr, prop.mapper)
        )


def _described(entity: Any, source: Any) -> Any:
    return source if entity is None else entity
