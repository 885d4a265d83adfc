"""The join condition of a relationship: primaryjoin, secondaryjoin, its lazy form and its adaptions to aliases.

Which columns are foreign, remote and local, and the direction, is found in ``join_pairs``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.sql import expression
from sqltoolkit_core.sql import operators
from sqltoolkit_core.sql import visitors
from sqltoolkit_core.sql.adapt import adapt_lateral
from sqltoolkit_core.sql.adapt import ClauseAdapter
from sqltoolkit_core.sql.analysis import find_columns
from sqltoolkit_core.sql.analysis import surface_selectables
from sqltoolkit_core.sql.annotation import deep_deannotate
from sqltoolkit_core.sql.selectable import join_condition

from .join_pairs import annotate_joins
from .join_pairs import collect_pairs
from .join_pairs import columns_with
from .join_pairs import determine_direction
from .join_pairs import is_column
from .join_pairs import warn_of_local_remotes

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Set
    from typing import Tuple

__all__ = ["JoinCondition", "without_own_sources"]


class JoinCondition:
    """How the tables of a relationship join.

    :param prop: the relationship.
    :param support_sync: a flush copies keys along it.
    """

    local_remote_pairs: List[Tuple[Any, Any]]
    synchronize_pairs: List[Tuple[Any, Any]]
    secondary_synchronize_pairs: List[Tuple[Any, Any]]
    remote_columns: Set[Any]
    local_columns: Set[Any]
    foreign_key_columns: Set[Any]

    def __init__(self, prop: Any, support_sync: bool = True) -> None:
        parent = prop.parent
        target = prop.mapper
        # the columns of a target that is an alias are those of what it selects from
        alias = prop.entity.selectable if prop.entity.is_aliased_class else None
        self.prop = prop
        self.support_sync = support_sync
        self.parent_persist_selectable = parent.persist_selectable
        self.parent_local_selectable = parent.local_table
        self.child_persist_selectable = target.persist_selectable if alias is None else alias
        self.child_local_selectable = target.local_table if alias is None else alias
        self.parent_equivalents = parent.equivalent_columns
        self.child_equivalents = target.equivalent_columns
        self.secondary = prop.secondary
        self.primaryjoin = prop.primaryjoin
        self.secondaryjoin = prop.secondaryjoin
        self.consider_as_foreign_keys = prop.foreign_key_columns_argument
        self.remote_side_given = prop.remote_side_columns_argument
        self.self_referential = prop.is_self_referential
        self._lazy: Dict[bool, Any] = {}
        self._determine_joins()
        #: the user marked columns of the condition as remote or foreign
        self.remote_given_by_marks = bool(columns_with(self.primaryjoin, "remote"))
        self.foreign_given_by_marks = bool(columns_with(self.primaryjoin, "foreign"))
        annotate_joins(self)
        collect_pairs(self)
        self._check()
        self.direction = determine_direction(self)
        self._check_remote_side()
        # comparisons that are no column pairs stay in the deannotated criteria
        self.deannotated_primaryjoin = _deannotated(self.primaryjoin)
        self.deannotated_secondaryjoin = _deannotated(self.secondaryjoin)

    # -- finding the condition ---------------------------------------------------------------------------------------

    def _determine_joins(self) -> None:
        if self.secondaryjoin is not None and self.secondary is None:
            raise core_exc.ArgumentError(
                "%s has a secondaryjoin, but no secondary table" % self.prop
            )
        parent = (self.parent_persist_selectable, self.parent_local_selectable)
        child = (self.child_persist_selectable, self.child_local_selectable)
        try:
            if self.secondary is not None and self.secondaryjoin is None:
                self.secondaryjoin = self._by_foreign_keys(child, self.secondary)
            if self.primaryjoin is None:
                self.primaryjoin = self._by_foreign_keys(parent, child[0] if self.secondary is None else self.secondary)
        except core_exc.NoForeignKeysError as err:
            raise core_exc.NoForeignKeysError(self._no_keys_message()) from err
        except core_exc.AmbiguousForeignKeysError as err:
            raise core_exc.AmbiguousForeignKeysError(self._ambiguous_message()) from err

    def _by_foreign_keys(self, side: Tuple[Any, Any], other: Any) -> Any:
        """Return the condition that the foreign keys between a side's tables, its own first, and ``other`` give."""
        tables, own_table = side
        keys = self.consider_as_foreign_keys or None
        return join_condition(tables, other, a_subset=own_table, consider_as_foreign_keys=keys)

    def _no_keys_message(self) -> str:
        if self.secondary is not None:
            return (
                "Relationship %s joins over the secondary table '%s', and no foreign key of that table leads to one of "
                "the two sides. Declare the foreign keys, or give 'primaryjoin' and 'secondaryjoin'."
                % (self.prop, getattr(self.secondary, "description", self.secondary))
            )
        return (
            "Relationship %s finds no foreign key between the tables of its two classes, '%s' and '%s'. Declare one, "
            "or give a 'primaryjoin'."
            % (self.prop, _name(self.parent_persist_selectable), _name(self.child_persist_selectable))
        )

    def _ambiguous_message(self) -> str:
        if self.secondary is not None:
            return (
                "Relationship %s joins over the secondary table '%s', and several foreign keys of that table lead to "
                "one of the two sides. Name in 'foreign_keys' the columns of the secondary table that count."
                % (self.prop, getattr(self.secondary, "description", self.secondary))
            )
        return (
            "Relationship %s finds several foreign keys between the tables of its two classes, '%s' and '%s'. Name in "
            "'foreign_keys' the columns of the one that counts."
            % (self.prop, _name(self.parent_persist_selectable), _name(self.child_persist_selectable))
        )

    def _check(self) -> None:
        """Check that something can be done with the condition."""
        has_foreign = bool(columns_with(self.primaryjoin, "foreign"))
        if self.secondaryjoin is not None:
            has_foreign = has_foreign and bool(columns_with(self.secondaryjoin, "foreign"))
        can_sync = bool(self.synchronize_pairs) and (
            self.secondaryjoin is None or bool(self.secondary_synchronize_pairs)
        )
        if has_foreign and (can_sync or not self.support_sync):
            return
        which = "primary" if self.secondaryjoin is None or not self.synchronize_pairs else "secondary"
        if has_foreign:
            raise core_exc.ArgumentError(
                "The %s join condition '%s' of relationship %s has no equality between a column and a "
                "foreign key column of a mapped table. Declare the foreign key, mark the column with "
                "foreign(), or set viewonly=True to compare by other operators."
                % (which, self.primaryjoin if which == "primary" else self.secondaryjoin, self.prop)
            )
        raise core_exc.ArgumentError(
            "The %s join condition '%s' of relationship %s has no foreign key column. Declare the "
            "foreign key, or mark the column with foreign()."
            % (which, self.primaryjoin if which == "primary" else self.secondaryjoin, self.prop)
        )

    def _check_remote_side(self) -> None:
        if not self.local_remote_pairs:
            raise core_exc.ArgumentError(
                "Relationship %s does not show which columns of its join condition are on the other "
                "side; mark those with remote(), or name them in remote_side" % self.prop
            )
        warn_of_local_remotes(self)

    # -- forms of the condition --------------------------------------------------------------------------------------

    def lazy_clause(self, reverse: bool = False) -> Tuple[Any, Dict[str, Any], Dict[Any, Any]]:
        """Return (criterion, bind key -> column, remote -> local column) for loading from one side's values.

        :param reverse: take the values from the remote side, to find the parents.
        """
        found = self._lazy.get(reverse)
        if found is None:
            found = self._lazy[reverse] = self._make_lazy(reverse)
        return found

    def _make_lazy(self, reverse: bool) -> Tuple[Any, Dict[str, Any], Dict[Any, Any]]:
        binds: Dict[Any, Any] = {}
        to_column: Dict[str, Any] = {}
        equated: Dict[Any, Any] = {}
        has_secondary = self.secondaryjoin is not None
        if has_secondary:
            lookup: Dict[Any, List[Any]] = {}
            for local, remote in self.local_remote_pairs:
                lookup.setdefault(local, []).append((local, remote))
                equated[remote] = local
        elif not reverse:
            for local, remote in self.local_remote_pairs:
                equated[remote] = local
        else:
            for local, remote in self.local_remote_pairs:
                equated[local] = remote

        def to_bind(element: Any) -> Any:
            if element.__visit_name__ == "alias":
                return element
            if not is_column(element):
                return None
            marks = element.annotations
            if (not reverse and "local" in marks) or (
                reverse
                and ((has_secondary and element in secondary_locals) or (not has_secondary and "remote" in marks))
            ):
                plain = element.deannotate()
                if plain not in binds:
                    bind = expression.bindparam(None, None, type_=element.type, unique=True)
                    binds[plain] = bind
                    to_column[bind.key] = plain
                return binds[plain]
            return None

        secondary_locals = set()
        if has_secondary and reverse:
            secondary_locals = {local for local, _ in self.secondary_synchronize_pairs}
        criterion = self.primaryjoin
        if self.secondaryjoin is None or not reverse:
            criterion = visitors.replacement_traverse(criterion, {}, to_bind)
        if self.secondaryjoin is not None:
            secondaryjoin = self.secondaryjoin
            if reverse:
                secondaryjoin = visitors.replacement_traverse(secondaryjoin, {}, to_bind)
            criterion = expression.and_(criterion, secondaryjoin)
        plain = _deannotated(criterion)
        # a copied parameter with a unique name has another one
        renamed = {old.key: new.key for old, new in zip(_binds_in(criterion), _binds_in(plain))}
        return plain, {renamed.get(key, key): column for key, column in to_column.items()}, equated

    def simple_pairs(self) -> Optional[List[Tuple[Any, Any]]]:
        """Return (local, remote) of a condition that is nothing but their equality; None for any other."""
        if self.secondaryjoin is not None:
            return None
        parts = [self.primaryjoin]
        if self.primaryjoin.__visit_name__ in ("clauselist", "expression_clauselist"):
            if self.primaryjoin.operator is not operators.and_:
                return None
            parts = list(self.primaryjoin.clauses)
        for part in parts:
            if part.__visit_name__ != "binary" or part.operator is not operators.eq:
                return None
            if not is_column(part.left) or not is_column(part.right):
                return None
        return self.local_remote_pairs if len(parts) == len(self.local_remote_pairs) else None

    def join_targets(
        self,
        source_selectable: Any,
        dest_selectable: Any,
        aliased: bool,
        single_criterion: Any = None,
        extra_criteria: Any = (),
    ) -> Tuple[Any, Any, Any, Any, Any]:
        """Return (primaryjoin, secondaryjoin, secondary, target adapter, destination) for these selectables.

        :param source_selectable: what to join from; None for the parent's table.
        :param dest_selectable: what to join to.
        :param aliased: the destination is an alias, or there is another one.
        :param single_criterion: the criterion of a single-table subclass.
        :param extra_criteria: more criteria on the target.
        """
        primaryjoin, secondaryjoin, secondary = self.primaryjoin, self.secondaryjoin, self.secondary
        extra = [single_criterion] if single_criterion is not None else []
        # what the user says of the target in a subquery of his is meant for the destination as well
        extra.extend(deep_deannotate(element, ("no_replacement_traverse",)) for element in extra_criteria)
        if source_selectable is self.parent_persist_selectable:
            # nothing to say in other terms; columns of subclasses in subqueries stay what they are
            source_selectable = None
        if not aliased:
            primaryjoin, secondaryjoin = _with_extra(primaryjoin, secondaryjoin, extra)
            return _deannotated(primaryjoin), _deannotated(secondaryjoin), secondary, None, dest_selectable
        if secondary is not None:
            secondary = secondary.anonymous_fromclause(flat=True)
            primary_adapter: Any = ClauseAdapter(secondary, exclude=_in_local)
            secondary_adapter: Any = ClauseAdapter(dest_selectable, equivalents=self.child_equivalents).chain(
                primary_adapter
            )
            if source_selectable is not None:
                primary_adapter = ClauseAdapter(secondary, exclude=_in_local).chain(
                    ClauseAdapter(source_selectable, equivalents=self.parent_equivalents)
                )
        else:
            primary_adapter = ClauseAdapter(dest_selectable, exclude=_in_local, equivalents=self.child_equivalents)
            if source_selectable is not None:
                primary_adapter.chain(
                    ClauseAdapter(source_selectable, exclude=_in_remote, equivalents=self.parent_equivalents)
                )
            secondary_adapter = None
        target_adapter = secondary_adapter or primary_adapter
        extra = [without_own_sources(criterion, target_adapter, self.secondary) for criterion in extra]
        primaryjoin, secondaryjoin = _with_extra(primaryjoin, secondaryjoin, extra)
        if secondaryjoin is not None:
            secondaryjoin = secondary_adapter.traverse(secondaryjoin)
        primaryjoin = primary_adapter.traverse(primaryjoin)
        target_adapter.exclude_fn = None
        if source_selectable is not None and dest_selectable.is_lateral:
            dest_selectable = adapt_lateral(
                dest_selectable, ClauseAdapter(source_selectable, equivalents=self.parent_equivalents)
            )
        return _deannotated(primaryjoin), _deannotated(secondaryjoin), secondary, target_adapter, dest_selectable


def _with_extra(primaryjoin: Any, secondaryjoin: Any, extra: List[Any]) -> Tuple[Any, Any]:
    """Return the two conditions with criteria on the target, which belong to the one that leads there."""
    if not extra:
        return primaryjoin, secondaryjoin
    if secondaryjoin is not None:
        return primaryjoin, expression.and_(secondaryjoin, *extra)
    return expression.and_(primaryjoin, *extra), None


def without_own_sources(criterion: Any, adapter: Any, secondary: Any) -> Any:
    """Return a criterion in which subqueries that read from what an adapter replaces are kept: it is theirs there.

    Where they speak of something else that the adapter replaces, too, they are not.
    """

    def keep(element: Any) -> Any:
        if element.__visit_name__ != "select":
            return None
        own = {part for source in element.parts.froms for part in surface_selectables(source)}
        if all(source is secondary or adapter.traverse(source) is source for source in own):
            return None
        if any(column.table not in own and adapter.traverse(column) is not column for column in find_columns(element)):
            return None
        return element.annotate({"no_replacement_traverse": True})

    return visitors.replacement_traverse(criterion, {}, keep)


def _name(selectable: Any) -> str:
    return str(getattr(selectable, "description", selectable))


def _in_local(column: Any) -> bool:
    return "local" in column.annotations


def _in_remote(column: Any) -> bool:
    return "remote" in column.annotations


def _binds_in(criterion: Any) -> List[Any]:
    return [element for element in visitors.iterate(criterion) if element.__visit_name__ == "bindparam"]


def _deannotated(criterion: Any) -> Any:
    """Return the criterion without the marks of sides, keeping those of entities."""
    if criterion is None:
        return None

    def plain(element: Any) -> Any:
        if element.__visit_name__ in ("bindparam", "alias"):
            # a copy would be another parameter; the columns of another alias would be of no entity
            return element
        if is_column(element) and element.annotations:
            if any(name in element.annotations for name in ("local", "remote", "foreign")):
                kept = {k: v for k, v in element.annotations.items() if k not in ("local", "remote", "foreign")}
                bare = element.deannotate()
                return bare.annotate(kept) if kept else bare
        return None

    return visitors.replacement_traverse(criterion, {}, plain)
