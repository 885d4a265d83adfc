"""``with_loader_criteria()``: criteria that follow an entity wherever a statement mentions it.

They are applied by the lowering in ``context`` and by the loaders in ``strategies``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import inspect
from sqltoolkit_core.sql import coercions
from sqltoolkit_core.sql import roles
from sqltoolkit_core.sql import visitors
from sqltoolkit_core.sql.annotation import deep_annotate
from sqltoolkit_core.sql.cache_key import KeyKind
from sqltoolkit_core.sql.cache_key import generate
from sqltoolkit_core.sql.selectable import SelectBase

from ..interfaces import CriteriaOption

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import FrozenSet
    from typing import Iterable
    from typing import Iterator
    from typing import List

__all__ = ["LoaderCriteriaOption", "criteria_for", "with_loader_criteria"]


class LoaderCriteriaOption(CriteriaOption):
    """Adds WHERE criteria to every occurrence of an entity; made by :func:`with_loader_criteria`.

    :param entity_or_base: the class; one that is not mapped stands for its mapped subclasses.
    :param where_criteria: the criterion, or a function of the class that returns it.
    :param loader_only: apply to loaders of relationships only.
    :param include_aliases: apply to aliases, too.
    :param propagate_to_loaders: apply to later lazy loads as well.
    :param track_closure_variables: closure variables of the function are bound values.
    """

    inherit_cache = True
    #: the option is part of the cache key of its statement
    _is_has_cache_key = True
    cache_key_fields = (
        ("root_entity", KeyKind.PLAIN),
        ("entity", KeyKind.KEYED),
        ("where_criteria", KeyKind.CLAUSE),
        ("include_aliases", KeyKind.PLAIN),
        ("propagate_to_loaders", KeyKind.PLAIN),
        ("loader_only", KeyKind.PLAIN),
    )

    def __init__(
        self,
        entity_or_base: Any,
        where_criteria: Any,
        loader_only: bool = False,
        include_aliases: bool = False,
        propagate_to_loaders: bool = True,
        track_closure_variables: bool = True,
    ) -> None:
        entity = inspect(entity_or_base, raiseerr=False)
        if entity is None or not hasattr(entity, "mapper"):
            self.root_entity = entity_or_base
            self.entity = None
        else:
            self.root_entity = None
            self.entity = entity
        self.loader_only = loader_only
        self.include_aliases = include_aliases
        self.propagate_to_loaders = propagate_to_loaders
        self._function: Any = None
        self._made: Dict[Any, Any] = {}
        if callable(where_criteria) and not hasattr(where_criteria, "__clause_element__"):
            self.deferred_where_criteria = True
            self._function = where_criteria
            sample = self.entity
            if sample is None:
                sample = next(self._all_mappers(), None)
            self.where_criteria = self._resolved(sample) if sample is not None else None
        else:
            self.deferred_where_criteria = False
            self.where_criteria = coercions.expect(roles.WhereHavingRole, where_criteria)

    def _all_mappers(self) -> Iterator[Any]:
        if self.entity is not None:
            yield from self.entity.mapper.self_and_descendants
            return
        stack = list(self.root_entity.__subclasses__())
        while stack:
            subclass = stack.pop(0)
            found = inspect(subclass, raiseerr=False)
            if found is not None and hasattr(found, "self_and_descendants"):
                yield from found.self_and_descendants
            else:
                stack.extend(subclass.__subclasses__())

    def _resolved(self, entity: Any) -> Any:
        """Return what the function gives for the class or alias of an entity."""
        if entity.is_aliased_class:
            return coercions.expect(roles.WhereHavingRole, self._function(entity.entity))
        found = self._made.get(entity)
        if found is None:
            found = self._made[entity] = coercions.expect(roles.WhereHavingRole, self._function(entity.entity))
        return found

    def applies(self, entity: Any) -> bool:
        """Tell whether the criterion is for ``entity`` (a mapper or inspected alias)."""
        own = self.entity
        if own is entity:
            return True
        if own is None:
            if entity.is_aliased_class and not self.include_aliases:
                return False
            return issubclass(entity.mapper.class_, self.root_entity)
        return self.include_aliases and not own.is_aliased_class and bool(entity.mapper.isa(own))

    def criterion(self, entity: Any) -> Any:
        """Return the criterion in terms of ``entity``."""
        if self.deferred_where_criteria:
            return self._resolved(entity)
        return entity.adapt(self.where_criteria) if entity.is_aliased_class else self.where_criteria

    def criterion_to_compile(
        self, entity: Any, within: FrozenSet[LoaderCriteriaOption], forbid_caching: Callable[[], None]
    ) -> Any:
        """Return the criterion in terms of ``entity`` as a part of a statement that is compiled.

        :param within: the options in whose criteria it stands; neither they nor this one apply in its subqueries.
        :param forbid_caching: is called when the bound values of the criterion are not those of the cache key.
        """
        found = self.criterion(entity)
        if self.deferred_where_criteria:
            with_values = self._with_values_of_key(found)
            if with_values is None:
                forbid_caching()
            else:
                found = with_values
        if not any(isinstance(element, SelectBase) for element in visitors.iterate(found)):
            return found
        # in its subqueries this option does not apply
        return deep_annotate(found, {"for_loader_criteria": within | {self}})

    def _with_values_of_key(self, criterion: Any) -> Any:
        """Return what the function gave for another entity, with the parameters that the cache key of the option holds.

        A statement found in the cache by its key gets the values of the parameters that are in the key. None if this
        criterion has others.
        """
        sample = self.where_criteria
        if criterion is sample:
            return criterion
        key, of_sample = generate(criterion), generate(sample)
        if key is None or of_sample is None or len(key.bindparams) != len(of_sample.bindparams):
            return None
        known = {}
        for bind, other in zip(key.bindparams, of_sample.bindparams):
            if _shape_of(bind) != _shape_of(other):
                return None
            known[id(bind)] = other
        if not known:
            return criterion
        replaced = visitors.replacement_traverse(criterion, {}, lambda element: known.get(id(element)))
        found = generate(replaced)
        own = {id(bind) for bind in of_sample.bindparams}
        return replaced if found is not None and all(id(bind) in own for bind in found.bindparams) else None

    def get_global_criteria(self, attributes: Dict[Any, Any]) -> None:
        """Enter this option into ``attributes`` for each mapper it is about."""
        for mapper in self._all_mappers():
            attributes.setdefault(("additional_entity_criteria", mapper), []).append(self)

    def process_compile_state(self, compile_state: Any) -> None:
        """Take part in lowering; the criteria are read by :func:`criteria_for`."""

    def process_compile_state_replaced_entities(self, compile_state: Any, mapper_entities: Any) -> None:
        """Take part in lowering after the entities were replaced."""


def _shape_of(element: Any) -> Any:
    key = generate(element)
    return None if key is None else key.key


def criteria_for(
    options: Iterable[LoaderCriteriaOption],
    entity: Any,
    within: FrozenSet[LoaderCriteriaOption],
    forbid_caching: Callable[[], None],
) -> List[Any]:
    """Return the criteria that options have for an entity.

    :param within: the options in whose criteria the statement stands that they are for.
    :param forbid_caching: is called when the cache key of the options does not tell the values of a criterion.
    """
    return [option.criterion_to_compile(entity, within, forbid_caching) for option in options if option.applies(entity)]


def with_loader_criteria(
    entity_or_base: Any,
    where_criteria: Any,
    loader_only: bool = False,
    include_aliases: bool = False,
    propagate_to_loaders: bool = True,
    track_closure_variables: bool = True,
) -> LoaderCriteriaOption:
    """Return an option that adds criteria to every occurrence of an entity in a statement and its loaders."""
    return LoaderCriteriaOption(
        entity_or_base,
        where_criteria,
        loader_only,
        include_aliases,
        propagate_to_loaders,
        track_closure_variables,
    )
