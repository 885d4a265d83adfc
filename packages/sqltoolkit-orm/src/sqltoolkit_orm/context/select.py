"""Lowering SELECT: entities to columns, ORM joins to joins, inheritance criteria, eager joins; and a plan for the rows.

Reading single entities is planned in ``entities``; wrapping around LIMIT, unions and ``from_statement()`` are in
``nesting``; what a relationship adds is decided by its strategy in ``strategies``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core.sql.adapt import ColumnAdapter
from sqltoolkit_core.sql.elements import ColumnElement
from sqltoolkit_core.sql.selectable import find_left_sides
from sqltoolkit_core.sql.selectable import FromClause
from sqltoolkit_core.sql.selectable import Join
from sqltoolkit_core.sql.selectable import label_namer
from sqltoolkit_core.sql.selectable import select

from ..entities.criteria import criteria_for
from ..entities.join import contains_source
from ..entities.join import JoinStep
from ..entities.join import relationship_step
from ..strategy_options.matching import build_nodes
from ..strategy_options.matching import OptionNode
from .compile_state import SelectPlan
from .entities import BundleEntry
from .entities import ColumnEntry
from .entities import EntityEntry
from .entities import plan_entity
from .nesting import lower_from_statement
from .nesting import wrap_for_eager_joins

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = ["EagerJoin", "SelectLowering", "describe_columns", "lower_select"]

_SECONDARY = 1 << 24


class EagerJoin:
    """A join that a loader adds: what is joined, on what, and the inner joins nested into its right side."""

    __slots__ = ("full", "inner", "isouter", "nested", "onclause", "parent", "right")

    def __init__(self, parent: Any, right: Any, onclause: Any, isouter: bool) -> None:
        #: the eager join that this one continues, None at the root
        self.parent = parent
        self.right = right
        self.onclause = onclause
        self.isouter = isouter
        self.nested: List[EagerJoin] = []

    def side(self) -> Any:
        """Return the right side with the nested inner joins."""
        found = self.right
        for nested in self.nested:
            found = Join(found, nested.side(), nested.onclause, False, False)
        return found


class SelectLowering:
    """Turns one SELECT that mentions entities into a plain one, and plans the reading of its rows."""

    def __init__(self, statement: Any, toplevel: bool = True, extra_options: Any = ()) -> None:
        self.statement = statement
        self.parts = statement.parts
        self.toplevel = toplevel
        self.options: Tuple[Any, ...] = tuple(self.parts.options) + tuple(extra_options)
        self.plan = SelectPlan()
        self.primary: List[Any] = []
        self.secondary: List[Any] = []
        self._places: Dict[Any, int] = {}
        self.entries: List[Any] = []
        #: entities of the columns clause, in order, each once
        self.root_entities: List[Any] = []
        self.root_sources: List[Any] = []
        self.where: List[Any] = list(self.parts.where)
        self.eager_joins: List[Tuple[Any, EagerJoin]] = []
        self.eager_order_by: List[Any] = []
        self.nodes: Dict[Any, OptionNode] = {}
        self.adapters: List[Any] = []
        self.covered: List[Any] = []
        self.plan.statement = statement
        execution_options = statement.get_execution_options()
        self.enable_eagerloads = execution_options.get("_enable_eagerloads", True)
        self.refreshing = bool(execution_options.get("_refreshing", False))
        #: a FROM element that stands for all entities of the statement
        self.replacement: Any = None
        for option in self.options:
            if hasattr(option, "alias") and not hasattr(option, "load_elements"):
                self.replacement = option.alias
        if self.replacement is not None:
            self.adapters.append(ColumnAdapter(self.replacement))

    # ------------------------------------------------------- the builder's face
    def position(self, expression: Any, secondary: bool = False) -> int:
        """Return the position of a column of the SELECT, added if it is new."""
        key = (secondary, expression)
        found = self._places.get(key)
        if found is None and secondary:
            found = self._places.get((False, expression))
        if found is None:
            if secondary:
                found = _SECONDARY + len(self.secondary)
                self.secondary.append(expression)
            else:
                found = len(self.primary)
                self.primary.append(expression)
            self._places[key] = found
        return found

    def register(self, plan: Any) -> None:
        """Number an entity plan."""
        plan.index = len(self.plan.entities)
        self.plan.entities.append(plan)

    def setup_relationship(self, plan: Any, prop: Any) -> None:
        """Let the strategy of a relationship add what it needs to the SELECT and to the plan."""
        choice = plan.node.relationship(prop)
        name = choice.strategy if choice is not None and choice.strategy is not None else prop.lazy
        if name in _PASSIVE and choice is None:
            return
        prop.get_strategy((("lazy", name),)).setup_query(self, plan, prop, choice)

    def finish_entity(self, plan: Any) -> None:
        """Take note of options of the whole entity, once its attributes were read."""
        node = plan.node
        if plan.mapper.self_and_descendants is not None and (
            node.polymorphic or _loads_subclasses(plan.mapper)
        ):
            plan.mapper.setup_polymorphic_load(self, plan)
        if not node.is_empty() or self._carries():
            plan.carry = True

    def _carries(self) -> bool:
        return any(
            getattr(option, "propagate_to_loaders", False)
            and (not hasattr(option, "load_elements"))
            for option in self.options
        )

    def nodes_for(self, options: Any, entities: List[Any]) -> Dict[Any, OptionNode]:
        """Return the option nodes of entities."""
        return build_nodes(options, entities, self.toplevel)

    # ---------------------------------------------------------------- entities
    def collect_entities(self) -> None:
        """Find the entities of the columns clause and of the joins."""
        for raw in self.parts.columns:
            entity = raw.annotations.get("parententity")
            if entity is not None and all(entity is not known for known in self.root_entities):
                self.root_entities.append(entity)
        for source in self.parts.froms:
            entity = source.annotations.get("parententity")
            if entity is not None and all(entity is not known for known in self.root_entities):
                self.root_entities.append(entity)

    def _option_entities(self) -> List[Any]:
        found = []
        for raw in self.parts.columns:
            entity = raw.annotations.get("parententity")
            if entity is not None and _is_source(raw):
                found.append(entity)
        if not found:
            found = list(self.root_entities)
        return found

    def run(self) -> Any:
        """Return the lowered statement; the plan is in :attr:`plan`."""
        self.collect_entities()
        load_options = [option for option in self.options if hasattr(option, "load_elements")]
        if load_options:
            self.nodes = build_nodes(load_options, self._option_entities(), self.toplevel)
        self.collect_entries()
        lowered = self._assemble()
        self._settle_positions()
        return lowered

    def collect_entries(self) -> None:
        """Plan the entries of the columns clause."""
        namer = label_namer(self.parts.label_style)
        names: List[str] = []
        extra: List[Tuple[Any, ...]] = []
        for raw in self.parts.columns:
            for entry in self._entries(raw, namer):
                self.entries.append(entry)
                names.append(entry.name)
                extra.append((raw,))
        plan = self.plan
        plan.entries = self.entries
        plan.keys = tuple(names)
        plan.extra = tuple(extra)
        plan.only_columns = bool(self.entries) and [
            entry.position if entry.kind == "column" else -1 for entry in self.entries
        ] == list(range(len(self.entries)))
        plan.single_entity = len(self.entries) == 1 and self.entries[0].kind == "entity"

    def _entries(self, raw: Any, namer: Callable[[Any], Any]) -> List[Any]:
        annotations = raw.annotations
        entity = annotations.get("parententity")
        if "bundle" in annotations:
            bundle = annotations["bundle"]
            return [self._bundle_entry(bundle, namer)]
        if _is_source(raw):
            if entity is None:
                found = []
                for column in raw.c:
                    found.append(ColumnEntry(self._own_position(column), namer(column)))
                self._note_source(raw, None)
                return found
            return [self._entity_entry(entity)]
        if self.replacement is not None:
            self._note_source(self.replacement, entity)
            raw = self._adapt_all(raw)
        elif entity is not None:
            self._note_source(entity.selectable, entity)
            adapter = self._polymorphic_adapter(entity)
            if adapter is not None:
                raw = adapter.traverse(raw)
        if raw.__visit_name__ == "textclause":
            # the database names it
            return [ColumnEntry(self._own_position(raw), None)]
        name = annotations.get("proxy_key")
        label = namer(raw)
        if name is None or raw.__visit_name__ == "label" or label != getattr(raw, "key", None):
            name = label
        return [ColumnEntry(self._own_position(raw), name)]

    def _own_position(self, column: Any) -> int:
        self.primary.append(column)
        position = len(self.primary) - 1
        self._places.setdefault((False, column), position)
        return position

    def _bundle_entry(self, bundle: Any, namer: Any) -> Any:
        parts = []
        labels = []
        for expression in bundle.exprs:
            found = getattr(expression, "is_bundle", False)
            if found:
                parts.append(self._bundle_entry(expression, namer))
                labels.append(expression.name)
                continue
            element = expression
            if hasattr(element, "__clause_element__"):
                element = element.__clause_element__()
            for entry in self._entries(element, namer):
                parts.append(entry)
                labels.append(getattr(expression, "key", None) or entry.name)
        maker = bundle.row_maker(labels)
        return BundleEntry(maker, parts, bundle.name)

    def _entity_entry(self, entity: Any) -> Any:
        self._note_source(self.replacement if self.replacement is not None else entity.selectable, entity)
        adapt = self.adapter_of(entity)
        plan = plan_entity(self, entity, self.nodes.get(entity), adapt=adapt)
        if getattr(entity, "is_aliased_class", False):
            name = entity.name if entity.name is not None else entity.mapper.class_.__name__
            name = name if isinstance(name, str) and type(name) is str else entity.mapper.class_.__name__
        else:
            name = entity.mapper.class_.__name__
        return EntityEntry(plan, name)

    def adapter_of(self, entity: Any) -> Optional[Callable[[Any], Any]]:
        """Return what says a mapped column of ``entity`` in terms of its FROM element."""
        if getattr(entity, "is_aliased_class", False):
            adapt: Callable[[Any], Any] = entity.adapt
            return adapt
        if self.replacement is not None:
            return self._adapt_all
        adapter = self._polymorphic_adapter(entity)
        return None if adapter is None else adapter.traverse

    def _polymorphic_adapter(self, entity: Any) -> Any:
        if getattr(entity, "is_aliased_class", False):
            return None
        mapper = entity.mapper
        selectable = entity.selectable
        if selectable is mapper.persist_selectable or isinstance(selectable, Join):
            return None
        if not getattr(selectable, "is_derived_from", None) or selectable is mapper.local_table:
            return None
        memo = mapper.memo
        found = memo.get("polymorphic_adapter")
        if found is None:
            found = memo["polymorphic_adapter"] = ColumnAdapter(
                selectable, equivalents=mapper.equivalent_columns
            )
        if all(found is not known for known in self.adapters):
            self.adapters.append(found)
        return found

    def _note_source(self, source: Any, entity: Any) -> None:
        if all(source is not known for known, _entity in self.root_sources):
            self.root_sources.append((source, entity))

    # ------------------------------------------------------------------- FROM
    def _assemble(self) -> Any:
        parts = self.parts
        froms = [_plain_source(source) for source in parts.froms]
        for source in parts.froms:
            entity = source.annotations.get("parententity")
            if entity is not None:
                self._add_criteria(entity)
        explicit = bool(froms)
        if parts.joins:
            self.plan.plain_joins = True
            froms = self._join_all(list(froms), parts.joins)
            explicit = True
        if self.replacement is not None or any(isinstance(source, Join) for source, _ in self.root_sources):
            explicit = True
        for _source, entity in self.root_sources:
            if entity is not None:
                self._add_criteria(entity)
        where = tuple(self.where)
        order_by, group_by, having = parts.order_by, parts.group_by, parts.having
        if self.adapters:
            where, order_by, group_by, having = (
                tuple(self._adapt_all(element) for element in elements)
                for elements in (where, order_by, group_by, having)
            )
        changes: Dict[str, Any] = {"joins": (), "options": (), "memoized_entities": ()}
        if self.eager_joins:
            multi = self.plan.eager_collections
            limited = (
                parts.limit is not None
                or parts.offset is not None
                or parts.fetch is not None
                or parts.distinct
                or parts.group_by
            )
            sources = self._all_sources(froms)
            if multi and limited:
                return wrap_for_eager_joins(self, sources, where, order_by, group_by, having, changes)
            froms = self.add_eager_joins(sources)
            order_by = tuple(order_by) + tuple(self.eager_order_by)
        elif explicit:
            froms = self._all_sources(froms)
        changes.update(
            columns=tuple(self.primary + self.secondary),
            froms=tuple(froms),
            where=where,
            order_by=order_by,
            group_by=group_by,
            having=having,
        )
        return self.finish(self.statement.with_parts(**changes))

    def finish(self, statement: Any) -> Any:
        """Take the mark of the plugin off a statement that is lowered."""
        statement.entity_mark = None
        return statement

    def _adapt_all(self, element: Any) -> Any:
        for adapter in self.adapters:
            element = adapter.traverse(element)
        return element

    def _all_sources(self, froms: List[Any]) -> List[Any]:
        """Return the explicit FROM elements and those of entities that are in none of them."""
        found = list(froms)
        for source, _entity in self.root_sources:
            if not any(contains_source(known, source) for known in found):
                found.append(_plain_source(source))
        return found

    def add_eager_joins(self, sources: List[Any], adapt: Any = None) -> List[Any]:
        """Return the FROM elements with the joins of loaders added."""
        found = list(sources)
        for root, eager in self.eager_joins:
            onclause = eager.onclause if adapt is None or eager.parent is not None else adapt(eager.onclause)
            place = _place_of(found, root)
            if place is None:
                found.append(_plain_source(root))
                place = len(found) - 1
            found[place] = Join(found[place], eager.side(), onclause, eager.isouter, False)
        return found

    def add_eager_join(self, root: Any, eager: EagerJoin) -> None:
        """Register a join of a loader to the FROM element ``root``."""
        parent = eager.parent
        if parent is not None and parent.isouter and not eager.isouter:
            parent.nested.append(eager)
            return
        self.eager_joins.append((root, eager))

    # ------------------------------------------------------------------ joins
    def _join_all(self, froms: List[Any], joins: Any) -> List[Any]:
        for target, onclause, left, isouter, full in joins:
            step = self._join_step(target, onclause, left, froms, isouter, full)
            place = self._left_place(step, froms, left)
            froms[place] = step.attach(froms[place], isouter, full)
        return froms

    def _join_step(
        self, target: Any, onclause: Any, left: Any, froms: List[Any], isouter: bool, full: bool
    ) -> JoinStep:
        step = relationship_step(target, onclause)
        entity = step.right_entity
        if entity is not None:
            # criteria of the statement may name the entity's tables, for which its polymorphic selectable stands
            self._polymorphic_adapter(entity)
            # a relationship brings the criterion of a single-table subclass itself
            extra = self._entity_criteria(entity, single_table=step.prop is None)
            if extra:
                step.criteria = tuple(step.criteria) + tuple(extra)
        return step

    def _left_place(self, step: JoinStep, froms: List[Any], left: Any) -> int:
        """Return the index of the FROM element to join to; it is added if need be."""
        if step.left_entity is not None:
            wanted = step.left_entity.selectable
            if left is not None and left.annotations.get("parententity") is not None:
                wanted = left
        elif left is not None:
            wanted = left
        else:
            wanted = None
        if wanted is not None:
            place = _place_of(froms, wanted)
            if place is None:
                plain = _plain_source(wanted)
                froms.append(plain)
                return len(froms) - 1
            return place
        if not froms:
            candidates = [source for source, _entity in self.root_sources]
            for implied in _implied_sources(self.primary):
                if not any(contains_source(known, implied) for known in candidates):
                    candidates.append(implied)
            target = step.right
            if len(candidates) > 1:
                found = find_left_sides(candidates, target, step.onclause)
                if len(found) != 1:
                    raise sa_exc.InvalidRequestError(
                        "join() found no FROM clause, or more than one, that leads to its target; choose the left "
                        "side with "
                        "select_from() or join_from(), and give an ON clause"
                    )
                candidates = [candidates[found[0]]]
            if not candidates:
                raise sa_exc.InvalidRequestError(
                    "There is nothing to join %s to: no entity or FROM element comes before it" % (target,)
                )
            froms.append(_plain_source(candidates[0]))
            return 0
        if len(froms) == 1:
            return 0
        found = find_left_sides(froms, step.right, step.onclause)
        if len(found) == 1:
            return found[0]
        raise sa_exc.InvalidRequestError(
            "Several FROM clauses could be joined to this target; choose the left side with "
            "select_from() or join_from(), and give an ON clause"
        )

    # --------------------------------------------------------------- criteria
    def _entity_criteria(self, entity: Any, single_table: bool = True) -> List[Any]:
        """Return the criteria that an entity brings: of single-table inheritance, of with_loader_criteria()."""
        found = []
        mapper = entity.mapper
        single = mapper.single_table_criterion if single_table else None
        if single is not None:
            if getattr(entity, "is_aliased_class", False):
                single = entity.adapt(single)
            found.append(single)
        found.extend(criteria_for(self.options, entity))
        return found

    def _add_criteria(self, entity: Any) -> None:
        if any(entity is known for known in self.covered):
            return
        self.covered.append(entity)
        self.where.extend(self._entity_criteria(entity))

    # --------------------------------------------------------------- positions
    def _settle_positions(self) -> None:
        """Give the columns of eager joins their final positions, behind the others."""
        offset = len(self.primary) - _SECONDARY
        self.plan.types = [getattr(column, "type", None) for column in self.primary + self.secondary]
        if not self.secondary:
            return

        def final(position: int) -> int:
            return position + offset if position >= _SECONDARY else position

        for plan in self.plan.entities:
            plan.columns = [(key, final(position)) for key, position in plan.columns]
            plan.pk = tuple(final(position) for position in plan.pk)
            plan.known = {column: final(position) for column, position in plan.known.items()}
            if plan.discriminator is not None:
                plan.discriminator = final(plan.discriminator)


_PASSIVE = frozenset(("select", True, "raise", "raise_on_sql", "write_only", "dynamic", "raise_"))


def _loads_subclasses(mapper: Any) -> bool:
    memo = mapper.memo
    found = memo.get("loads_subclasses")
    if found is None:
        found = memo["loads_subclasses"] = any(
            sub.polymorphic_load == "selectin" for sub in mapper.self_and_descendants if sub is not mapper
        )
    return bool(found)


def _is_source(raw: Any) -> bool:
    """Tell whether an entry of the columns clause is a FROM element (functions are both, and columns here)."""
    return isinstance(raw, FromClause) and not isinstance(raw, ColumnElement)


def _plain_source(source: Any) -> Any:
    """Return a FROM element without the marks of its entity."""
    return source.deannotate() if source.annotations else source


def _place_of(froms: List[Any], wanted: Any) -> Optional[int]:
    for place, source in enumerate(froms):
        if source is wanted or contains_source(source, wanted):
            return place
    for place, source in enumerate(froms):
        for part in wanted.iter_sources() if hasattr(wanted, "iter_sources") else ():
            if contains_source(source, part):
                return place
    return None


def _implied_sources(columns: List[Any]) -> List[Any]:
    """Return the FROM elements that plain expressions among the columns stand on."""
    return list(select(*columns).columns_clause_froms) if columns else []


def lower_select(statement: Any, ctx: Any) -> Any:
    """Return the plain statement for an ORM statement; for the outermost one, ``ctx.notes`` holds the plan."""
    if statement.is_from_statement:
        return lower_from_statement(statement, ctx, SelectLowering)
    lowering = SelectLowering(statement, ctx.toplevel)
    if not ctx.toplevel:
        lowering.enable_eagerloads = False
    lowered = lowering.run()
    if ctx.toplevel:
        ctx.notes["plan"] = lowering.plan
    return lowered


def describe_columns(statement: Any) -> List[Dict[str, Any]]:
    """Return the column descriptions of an ORM statement."""
    namer = label_namer(statement.parts.label_style)
    found: List[Dict[str, Any]] = []
    for raw in statement.parts.columns:
        annotations = raw.annotations
        entity = annotations.get("parententity")
        if "bundle" in annotations:
            bundle = annotations["bundle"]
            found.append(
                {
                    "name": bundle.name,
                    "type": type(bundle),
                    "aliased": False,
                    "expr": bundle,
                    "entity": _entity_of(entity),
                }
            )
        elif _is_source(raw) and entity is not None:
            aliased = bool(getattr(entity, "is_aliased_class", False))
            name = entity.mapper.class_.__name__
            if aliased:
                name = entity.name if type(entity.name) is str else None
            found.append(
                {
                    "name": name,
                    "type": entity.mapper.class_,
                    "aliased": aliased,
                    "expr": entity.entity,
                    "entity": entity.entity,
                }
            )
        elif _is_source(raw):
            for column in raw.c:
                found.append(
                    {"name": namer(column), "type": column.type, "aliased": False, "expr": column, "entity": None}
                )
        else:
            name = namer(raw)
            expr = raw
            if entity is not None and annotations.get("proxy_key") is not None:
                expr = getattr(entity.entity, annotations["proxy_key"], raw)
            found.append(
                {
                    "name": name,
                    "type": raw.type,
                    "aliased": bool(getattr(entity, "is_aliased_class", False)),
                    "expr": expr,
                    "entity": _entity_of(entity),
                }
            )
    return found


def _entity_of(entity: Any) -> Any:
    return None if entity is None else entity.entity
