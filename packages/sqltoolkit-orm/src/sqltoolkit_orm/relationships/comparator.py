"""The SQL operators of relationships: ``==``, ``any()``, ``has()``, ``contains()``, ``of_type()``, ``and_()``.

The join condition behind them is in ``join_condition``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core import inspection
from sqltoolkit_core.sql import coercions
from sqltoolkit_core.sql import expression
from sqltoolkit_core.sql import operators
from sqltoolkit_core.sql import roles
from sqltoolkit_core import bindparam
from sqltoolkit_core.sql import visitors
from sqltoolkit_core.sql.adapt import ClauseAdapter
from sqltoolkit_core.util import warn

from .. import attributes
from ..base import MANYTOONE
from ..base import ONETOMANY
from ..base import PassiveFlag
from ..base import state_str
from ..interfaces import PropComparator
from ..typing import T
from .join_condition import without_own_sources

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Dict
    from typing import Optional

__all__ = ["RelationshipComparator", "optimized_compare", "value_of_instance"]


class RelationshipComparator(PropComparator[T]):
    """The SQL operators of a relationship.

    :param prop: the relationship.
    :param parentmapper: the mapper whose attribute it is.
    :param adapt_to_entity: an aliased entity to speak for.
    :param of_type: a subclass or alias of the target.
    :param extra_criteria: more criteria of the join.
    """

    def __init__(
        self,
        prop: Any,
        parentmapper: Any,
        adapt_to_entity: Any = None,
        of_type: Any = None,
        extra_criteria: Any = (),
    ) -> None:
        self.prop = prop
        self._parententity = adapt_to_entity or parentmapper
        self._adapt_to_entity = adapt_to_entity
        self._of_type = of_type
        self._extra_criteria = extra_criteria

    def adapt_to_entity(self, adapt_to_entity: Any) -> RelationshipComparator[Any]:
        return self.__class__(
            self.prop,
            self._parententity,
            adapt_to_entity=adapt_to_entity,
            of_type=self._of_type,
            extra_criteria=self._extra_criteria,
        )

    @property
    def entity(self) -> Any:
        """The mapper or aliased entity that the relationship leads to."""
        self.prop.parent.check_configure()
        return self.prop.entity if self._of_type is None else inspection.inspect(self._of_type)

    @property
    def mapper(self) -> Any:
        """The mapper that the relationship leads to."""
        return self.prop.mapper

    @property
    def _source_selectable(self) -> Any:
        entity = self._adapt_to_entity
        return self._parententity.selectable if entity is not None else self.prop.parent.with_polymorphic_selectable

    def __clause_element__(self) -> Any:
        self.prop.parent.check_configure()
        of_entity = None if self._of_type is None else inspection.inspect(self._of_type)
        source = self._source_selectable if self._adapt_to_entity is not None else None
        pj, sj, _, dest, secondary, _ = self.prop.join_clauses(
            source_selectable=source,
            source_polymorphic=True,
            of_type_entity=of_entity,
            alias_secondary=True,
            extra_criteria=self._extra_criteria,
        )
        return pj if sj is None else expression.and_(pj, sj)

    def of_type(self, class_: Any) -> RelationshipComparator[Any]:
        """Return the relationship seen as leading to a subclass or alias of its target."""
        return self.__class__(
            self.prop,
            self._parententity,
            adapt_to_entity=self._adapt_to_entity,
            of_type=class_,
            extra_criteria=self._extra_criteria,
        )

    def and_(self, *criteria: Any) -> RelationshipComparator[Any]:
        """Return the relationship with more criteria in its ON clause."""
        expected = tuple(coercions.expect(roles.WhereHavingRole, item) for item in criteria)
        return self.__class__(
            self.prop,
            self._parententity,
            adapt_to_entity=self._adapt_to_entity,
            of_type=self._of_type,
            extra_criteria=tuple(self._extra_criteria) + expected,
        )

    def in_(self, other: Any) -> Any:
        """Refuse: comparing with several objects is not supported."""
        raise NotImplementedError(
            "in_() does not exist for relationships; compare the foreign key column of a many-to-one "
            "with the keys"
        )

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: Any) -> Any:
        prop = self.property
        if other is None or getattr(other, "__visit_name__", None) == "null":
            if prop.direction is MANYTOONE or prop.direction is not ONETOMANY and not prop.uselist:
                return self._optimized(None)
            return ~self._exists(None)
        if prop.uselist:
            raise core_exc.InvalidRequestError(
                "A collection is not compared as a whole; contains() asks for a member"
            )
        return self._optimized(other)

    def __ne__(self, other: Any) -> Any:
        prop = self.property
        if other is None or getattr(other, "__visit_name__", None) == "null":
            if prop.direction is MANYTOONE:
                return ~self._optimized(None)
            return self._exists(None)
        if prop.uselist:
            raise core_exc.InvalidRequestError(
                "A collection is not compared as a whole; contains() asks for a member"
            )
        return self._negated_comparison(other)

    def _optimized(self, other: Any) -> Any:
        return optimized_compare(self.prop, other, adapt_source=self.adapter)

    def _negated_comparison(self, other: Any) -> Any:
        """Return the criterion for objects that refer to another object, or to none."""
        state = _compared_state(self.prop, other, self.prop.mapper)
        if self.prop.use_get:
            parts = []
            for local, remote in self.prop.local_remote_pairs:
                column = self._adapted(local)
                value = expression.bindparam(
                    local.key,
                    callable_=value_of_instance(self.prop.mapper, state, remote),
                    unique=True,
                    type_=column.type,
                )
                parts.append(expression.or_(column != value, column.is_(None)))
            return expression.and_(*parts)
        # the object may be reached through several rows: ask whether any row leads to it
        return ~self._exists(
            expression.and_(
                *[a == b for a, b in zip(self.prop.mapper.primary_key, _keys_of(self.prop.mapper, other))]
            )
        )

    def _adapted(self, column: Any) -> Any:
        adapter = self.adapter
        return column if adapter is None else adapter(column)

    def any(self, criterion: Optional[Any] = None, **kwargs: Any) -> Any:
        if not self.property.uselist:
            raise core_exc.InvalidRequestError(
                "any() is for collections; this relationship leads to one object: use has()"
            )
        return self._exists(criterion, **kwargs)

    def has(self, criterion: Optional[Any] = None, **kwargs: Any) -> Any:
        if self.property.uselist:
            raise core_exc.InvalidRequestError("has() is for relationships to one object; this one is a "
                                               "collection: use any()")
        return self._exists(criterion, **kwargs)

    def contains(self, other: Any, **kwargs: Any) -> Any:
        """Return the criterion for collections that hold an object.

        :param other: the object.
        """
        if not self.property.uselist:
            raise core_exc.InvalidRequestError(
                "contains() is for collections; this relationship leads to one object: use =="
            )
        clause = self._optimized(other)
        if self.prop.secondaryjoin is not None:
            clause.negation_clause = self.__negated_contains(other)
        return clause

    def __negated_contains(self, other: Any) -> Any:
        return ~self._exists(
            expression.and_(
                *[a == b for a, b in zip(self.prop.mapper.primary_key, _keys_of(self.prop.mapper, other))]
            )
        )

    def _exists(self, criterion: Optional[Any] = None, **kwargs: Any) -> Any:
        of_type = None if self._of_type is None else inspection.inspect(self._of_type)
        is_aliased = of_type is not None and of_type.is_aliased_class
        target = self.prop.entity if of_type is None else of_type
        dest = None if of_type is None else of_type.selectable
        if self.prop.is_self_referential and not is_aliased and (of_type is not None or self._adapt_to_entity is None):
            dest = target.selectable.anonymous_fromclause()
        source = self._source_selectable if self._adapt_to_entity is not None else None
        pj, sj, source, dest, secondary, target_adapter = self.prop.join_clauses(
            dest_selectable=dest,
            source_selectable=source,
            of_type_entity=of_type,
            extra_criteria=self._extra_criteria,
        )
        for key, value in kwargs.items():
            compared = getattr(target.entity, key) == value
            criterion = compared if criterion is None else expression.and_(criterion, compared)
        # the condition speaks of the enclosing query's table: that one must stay outside of the subquery
        whole = pj if sj is None else expression.and_(pj, sj)
        if criterion is not None:
            criterion = coercions.expect(roles.WhereHavingRole, criterion)
            if target_adapter is not None and not is_aliased:
                criterion = without_own_sources(criterion, target_adapter, self.prop.secondary)
                criterion = target_adapter.traverse(criterion)
            whole = expression.and_(whole, criterion.annotate({"no_replacement_traverse": True}))
        if dest is target.selectable:
            # criteria that follow the entity apply here as well
            dest = target.__clause_element__()
        found = expression.exists(1).where(whole)
        if secondary is not None:
            found = found.select_from(dest, secondary)
        else:
            found = found.select_from(dest)
        return found.correlate_except(*[item for item in (dest, secondary) if item is not None])

    def __str__(self) -> str:
        return "%s.%s" % (self._parententity, self.prop.key)

    # last, since it hides the builtin within this class body
    @property
    def property(self) -> Any:
        """The relationship, with its arguments resolved: the mappers are configured first."""
        self.prop.parent.check_configure()
        return self.prop


def _keys_of(mapper: Any, obj: Any) -> Any:
    return mapper.primary_key_from_instance(obj)


def value_of_instance(mapper: Any, state: Any, column: Any) -> Callable[[], Any]:
    """Return a function that gives the value of a column of an object when a statement is executed.

    The value is that of the time of execution; when it expired, the last one known counts.
    """
    prop = mapper.get_property_by_column(column)
    state.track_last_known_value(prop.key)
    dict_ = state.dict
    known = dict_.get(prop.key, attributes.NO_VALUE)
    last = {"value": known}

    def current() -> Any:
        found = looked_up()
        if found is None:
            warn(
                "The value of column %s of %s is None, so the comparison with it is never true in SQL"
                % (column, state_str(state))
            )
        return found

    def looked_up() -> Any:
        values = state.dict
        if prop.key in values:
            found = last["value"] = values[prop.key]
            return found
        obj = state()
        if obj is not None:
            deleted = state.committed is not None and prop.key in state.committed
            kept = None if deleted else state.extra("last_known")
            last["value"] = (kept or {}).get(prop.key, attributes.NO_VALUE)
        passive = PassiveFlag.PASSIVE_OFF if state.has_identity and state.attached else PassiveFlag.PASSIVE_NO_FETCH
        if last["value"] is attributes.NO_VALUE or (state.has_identity and state.attached):
            if obj is not None:
                found = state.manager[prop.key].impl.get(state, values, passive & ~PassiveFlag.INIT_OK)
                if found is not attributes.PASSIVE_NO_RESULT and found is not attributes.NO_VALUE:
                    last["value"] = found
                    return found
        if last["value"] is attributes.NO_VALUE and state.has_identity and state.attached:
            # nobody set it before the object was written
            return None
        if last["value"] is attributes.NO_VALUE:
            raise core_exc.InvalidRequestError(
                "The value of column %s of %s is needed; it was expired, and the object belongs to no "
                "session that could load it"
                % (column, state_str(state))
                if state.has_identity
                else "The value of column %s of %s is needed, and none was set"
                % (column, state_str(state))
            )
        return last["value"]

    return current


def optimized_compare(
    prop: Any,
    value: Any,
    value_is_parent: bool = False,
    adapt_source: Any = None,
    alias_secondary: bool = True,
) -> Any:
    """Return the criterion that compares a relationship with one object by its keys, without a join.

    :param value: an object, or None.
    :param value_is_parent: the object is the parent, and its members are wanted.
    :param adapt_source: translates columns to those of an aliased entity.
    :param alias_secondary: give the secondary table an alias.
    """
    if value is None:
        return _compare_with_none(prop, value_is_parent, adapt_source)
    state = _compared_state(prop, value, prop.parent if value_is_parent else prop.mapper)
    reverse = not value_is_parent
    criterion, bind_to_column, _ = prop.lazy_clause(reverse=reverse)
    mapper = prop.mapper if reverse else prop.parent
    made: Dict[str, Any] = {}

    def with_values(element: Any, **kw: Any) -> Any:
        if element.__visit_name__ == "bindparam" and element.key in bind_to_column:
            found = made.get(element.key)
            if found is None:
                value = value_of_instance(mapper, state, bind_to_column[element.key])
                found = made[element.key] = bindparam(None, callable_=value, type_=element.type, unique=True)
            return found
        return None

    criterion = visitors.replacement_traverse(criterion, {}, with_values)
    if prop.secondary is not None and alias_secondary:
        # after the values: copies of placeholders have other names
        criterion = ClauseAdapter(prop.secondary.anonymous_fromclause()).traverse(criterion)
    return criterion if adapt_source is None else adapt_source(criterion)


def _compared_state(prop: Any, value: Any, wanted: Any) -> Any:
    """Return the state of an object that a relationship is compared with; raise ArgumentError for anything else."""
    found = inspection.inspect(value, False)
    if not getattr(found, "is_instance", False):
        raise core_exc.ArgumentError(
            "A relationship is compared with a mapped object or None; for criteria on its target use "
            "%s.has(**criteria)"
            % prop
        )
    if not found.mapper.isa(wanted) and not wanted.isa(found.mapper):
        raise core_exc.ArgumentError(
            "Object %s is no %s and cannot be compared with relationship %s"
            % (state_str(found), wanted.class_.__name__, prop)
        )
    return found


def _compare_with_none(prop: Any, value_is_parent: bool, adapt_source: Any) -> Any:
    reverse = not value_is_parent
    criterion, bind_to_column, _ = prop.lazy_clause(reverse=reverse)

    def to_null(element: Any) -> Any:
        if element.__visit_name__ == "binary":
            for here, other in ((element.left, element.right), (element.right, element.left)):
                if here.__visit_name__ == "bindparam" and here.key in bind_to_column:
                    if element.operator is operators.ne:
                        return other.is_not(None)
                    return other.is_(None)
        return None

    criterion = visitors.replacement_traverse(criterion, {}, to_null)
    return criterion if adapt_source is None else adapt_source(criterion)

