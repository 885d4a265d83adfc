"""Lowering SELECT: entities to columns, joins to joins, criteria of entities, eager joins; and a plan for the rows.

Reading single entities is planned in ``entities``; joins are made in ``joins`` and ``eager``; wrapping around LIMIT and
``from_statement()`` are in ``nesting``; what a relationship adds is decided by its strategy in ``strategies``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core.sql.analysis import extract_first_column_annotation
from sqltoolkit_core.sql.analysis import find_columns
from sqltoolkit_core.sql.analysis import surface_selectables
from sqltoolkit_core.sql.selectable import LABEL_STYLE_TABLENAME_PLUS_COL
from sqltoolkit_core.sql.selectable import select
from sqltoolkit_core.sql.selectable import SelectLabelStyle
from sqltoolkit_core.sql.visitors import cloned_traverse

from ..entities.criteria import criteria_for
from ..entities.criteria import LoaderCriteriaOption
from ..strategy_options.load import EagerOption
from ..strategy_options.matching import build_nodes
from ..strategy_options.matching import Choice
from ..strategy_options.matching import OptionNode
from .adaptation import Adaptation
from .adaptation import surface_expressions
from .compile_state import SelectPlan
from .description import is_source
from .description import row_namer
from .eager import EagerJoins
from .entities import BundleEntry
from .entities import ColumnEntry
from .entities import EntityEntry
from .entities import exported_columns
from .entities import plan_entity
from .joins import FromElements
from .joins import plain_source
from .joins import Subject
from .nesting import lower_from_statement
from .nesting import wrap_for_eager_joins

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import FrozenSet
    from typing import List
    from typing import Optional
    from typing import Sequence
    from typing import Set
    from typing import Tuple

__all__ = ["SelectLowering", "fresh_criterion", "lower_select", "note_criteria", "within_criteria_of"]

_SECONDARY = 1 << 24
#: where a statement keeps the criteria of its options for those nested in it
_CRITERIA = "loader_criteria"


def note_criteria(statement: Any, ctx: Any) -> Tuple[Any, ...]:
    """Return the criteria options in force for a statement: those of the outermost one.

    In a subquery that belongs to a criterion, however deep, the option of that criterion is not.
    """
    found: Tuple[Any, ...]
    if ctx.toplevel:
        found = tuple(option for option in statement.parts.options if isinstance(option, LoaderCriteriaOption))
        if found:
            ctx.shared_notes[_CRITERIA] = found
        return found
    found = ctx.shared_notes.get(_CRITERIA, ())
    if found:
        within = within_criteria_of(statement)
        if within:
            found = tuple(option for option in found if option not in within)
    return found


def within_criteria_of(statement: Any) -> FrozenSet[LoaderCriteriaOption]:
    """Return the options in whose criteria a statement stands."""
    within: FrozenSet[LoaderCriteriaOption] = statement.annotations.get("for_loader_criteria", frozenset())
    return within


class SelectLowering:
    """Turns one SELECT that mentions entities into a plain one, and plans the reading of its rows.

    :param statement: the statement.
    :param toplevel: whether it is the outermost one, whose rows are read.
    :param criteria: the options of ``with_loader_criteria()`` in force.
    :param ctx: the surroundings of the statement; needed where there are criteria.
    """

    #: whether the rows come from a statement that is not lowered here
    from_statement = False
    #: whether they are those of RETURNING, which has columns of the table and no joins
    is_returning = False

    def __init__(
        self,
        statement: Any,
        toplevel: bool = True,
        criteria: Tuple[Any, ...] = (),
        ctx: Any = None,
    ) -> None:
        self.statement = statement
        self.parts = statement.parts
        self.toplevel = toplevel
        self.options: Tuple[Any, ...] = tuple(self.parts.options)
        self.criteria = criteria
        self.ctx = ctx
        self.plan = SelectPlan()
        self.primary: List[Any] = []
        self.secondary: List[Any] = []
        self._places: Dict[Any, int] = {}
        self.entries: List[Any] = []
        self.nodes: Dict[Any, OptionNode] = {}
        #: the wildcard for relationships of all entities
        self.general: Optional[Choice] = None
        #: FROM elements of the entries, used where no others are given
        self.fallback: List[Any] = []
        #: entities whose criteria go into WHERE, in order
        self.concerned: Dict[Any, None] = {}
        self.eager = EagerJoins()
        #: (plan of the parent, relationship) of the joins that loaders add
        self.compared: List[Tuple[Any, Any]] = []
        #: how many columns the ORDER BY adds between those of the entries and those of eager joins
        self.added = 0
        self.plan.statement = statement
        self.enable_eagerloads = toplevel and not statement.get_execution_options().get("_is_part", False)
        #: a FROM element that stands for all entities of the statement
        self.replacement: Any = None
        for option in self.options:
            if hasattr(option, "alias") and not hasattr(option, "load_elements"):
                self.replacement = option.alias
            elif isinstance(option, EagerOption):
                self.enable_eagerloads = toplevel and option.allowed
        self.adaptation = Adaptation(self.replacement)
        self.froms = FromElements(self.adaptation, self.criteria_of)

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
        choice = plan.node.relationship(prop, self.general)
        name = choice.strategy if choice is not None and choice.strategy is not None else prop.lazy
        if name in _PASSIVE and choice is None:
            return
        if prop.lazy in _NEVER_LOADED and name != prop.lazy:
            if name in _WHEN_READ:
                return
            raise sa_exc.InvalidRequestError(
                "%s has lazy='%s': it is never loaded as a whole, so no option can load it eagerly" % (prop, prop.lazy)
            )
        if choice is not None and "recursion_depth" in choice.options and not prop.is_self_referential:
            raise sa_exc.InvalidRequestError(
                "recursion_depth is for relationships that lead back to their own class; %s does not" % prop
            )
        prop.get_strategy((("lazy", name),)).setup_query(self, plan, prop, choice)

    def finish_entity(self, plan: Any) -> None:
        """Take note of options of the whole entity, once its attributes were read."""
        node = plan.node
        if plan.mapper.self_and_descendants is not None and (
            node.polymorphic or _loads_subclasses(plan.mapper)
        ):
            plan.mapper.setup_polymorphic_load(self, plan)
        if not node.is_empty() or self.general is not None or self._carries():
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

    def adapter_of(self, entity: Any) -> Optional[Callable[[Any], Any]]:
        """Return what says a mapped column of ``entity`` in terms of its FROM element."""
        if entity.is_aliased_class:
            adapt: Callable[[Any], Any] = self.adaptation.of_alias(entity).traverse
            return adapt
        adapter = self.adaptation.of_mapper(entity)
        return None if adapter is None else adapter.traverse

    def criteria_of(self, entity: Any) -> List[Any]:
        """Return the criteria that ``with_loader_criteria()`` has for an entity of the statement."""
        if not self.criteria:
            return []
        return criteria_for(self.criteria, entity, within_criteria_of(self.statement), self.ctx.forbid_caching)

    # ------------------------------------------------------------------ lowering
    def run(self) -> Any:
        """Return the lowered statement; the plan is in :attr:`plan`."""
        parts = self.parts
        subjects = self._subjects(parts.columns)
        load_options = [option for option in self.options if hasattr(option, "load_elements")]
        if load_options:
            former = [
                (self._option_entities(self._subjects(columns)), options)
                for columns, _joins, options in parts.memoized_entities
            ]
            self.nodes = build_nodes(load_options, self._option_entities(subjects), self.toplevel, former)
            if None in self.nodes:
                self.general = self.nodes[None].relationship_wildcard
        for subject in subjects:
            entity = subject.entity
            if entity is not None and not entity.is_aliased_class:
                self.adaptation.note_entity(entity)
        froms = self.froms
        if self.replacement is not None:
            froms.add(self.replacement)
        for source in parts.froms:
            froms.add(source)
        for columns, joins, _options in parts.memoized_entities:
            froms.join_all(joins, self._subjects(columns))
        if parts.joins:
            froms.join_all(parts.joins, subjects)
        self.collect_entries(parts.columns)
        self._select_compared()
        lowered = self._assemble()
        self.settle_positions()
        return lowered

    def _subjects(self, columns: Any) -> List[Subject]:
        """Return the entries of a columns clause as joins and options see them."""
        found = []
        for raw in columns:
            annotations = raw.annotations
            entity = annotations.get("parententity")
            if is_source(raw):
                found.append(
                    Subject(raw, entity, raw if entity is None else entity.selectable, entity is not None)
                )
                continue
            if entity is None:
                entity = extract_first_column_annotation(raw, "parententity")
            source = None if entity is None else entity.selectable
            if source is None:
                source = next(iter(_sources_of(raw)), None)
            found.append(Subject(raw, entity, source, False))
        return found

    @staticmethod
    def _option_entities(subjects: List[Subject]) -> List[Any]:
        """Return the entities that loader options may start at, those selected as a whole."""
        return list(dict.fromkeys(subject.entity for subject in subjects if subject.whole))

    # ------------------------------------------------------------------- entries
    def collect_entries(self, columns: Any) -> None:
        """Plan the entries of the columns clause."""
        namer = row_namer(self.parts.label_style)
        names: List[Any] = []
        extra: List[Tuple[Any, ...]] = []
        for raw in columns:
            for place, entry in enumerate(self._entries(raw, namer)):
                self.entries.append(entry)
                names.append(entry.name)
                if entry.kind == "entity":
                    extra.append((raw, entry.plan.entity.entity))
                else:
                    extra.append((list(raw.c)[place] if _is_table(raw) else raw,))
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
            return [self._bundle_entry(annotations["bundle"])]
        if is_source(raw):
            if entity is not None:
                return [self._entity_entry(entity)] if self.toplevel else self._exported_entries(entity)
            self._fall_back_on(raw)
            return [ColumnEntry(self._own_position(column), namer(column)) for column in raw.c]
        return [self._column_entry(raw, entity, namer)]

    def _column_entry(self, raw: Any, entity: Any, namer: Callable[[Any], Any]) -> ColumnEntry:
        if entity is None:
            entity = extract_first_column_annotation(raw, "parententity")
        if entity is not None:
            self.concerned.setdefault(entity)
            if any(source in _parts_of(entity.selectable) for source in _sources_of(raw)):
                self._fall_back_on(entity.selectable)
        expression = self.adaptation.clause(raw) if self.adaptation else raw
        if raw.__visit_name__ == "textclause":
            # the database names it
            return ColumnEntry(self._own_position(expression), None)
        name = namer(raw)
        return ColumnEntry(self._own_position(expression), name)

    def _own_position(self, column: Any) -> int:
        self.primary.append(column)
        position = len(self.primary) - 1
        self._places.setdefault((False, column), position)
        return position

    def _bundle_entry(self, bundle: Any) -> Any:
        parts = []
        labels = []
        # its values have names among themselves
        namer = row_namer(self.parts.label_style)
        for expression in bundle.exprs:
            if getattr(expression, "is_bundle", False):
                parts.append(self._bundle_entry(expression))
                labels.append(expression.name)
                continue
            element = expression
            if hasattr(element, "__clause_element__"):
                element = element.__clause_element__()
            for entry in self._entries(element, namer):
                parts.append(entry)
                labels.append(getattr(expression, "key", None) or entry.name)
        return BundleEntry(bundle.row_maker(labels), parts, bundle.name)

    def _exported_entries(self, entity: Any) -> List[Any]:
        """Return the columns of an entity in a subquery, which are those that ``subquery().c`` has."""
        self.concerned.setdefault(entity)
        self._fall_back_on(entity.selectable)
        adapt: Any = None
        if not entity.is_aliased_class:
            adapt = self.adapter_of(entity)
        elif self.adaptation.replacement is not None:
            adapt = self.adaptation.replacement.traverse
        found = []
        for column in exported_columns(entity):
            expression = column if adapt is None else adapt(column)
            found.append(ColumnEntry(self.position(expression), None))
        return found

    def _entity_entry(self, entity: Any) -> Any:
        self.concerned.setdefault(entity)
        self._fall_back_on(entity.selectable)
        plan = plan_entity(self, entity, self.nodes.get(entity), adapt=self.adapter_of(entity))
        name = entity.mapper.class_.__name__
        if entity.is_aliased_class:
            name = entity.name if type(entity.name) is str else None
        return EntityEntry(plan, name)

    def _fall_back_on(self, source: Any) -> None:
        if all(source is not known for known in self.fallback):
            self.fallback.append(source)

    # ------------------------------------------------------------------- FROM
    def _assemble(self) -> Any:
        parts = self.parts
        adapted = self.adaptation.clauses
        where = adapted(parts.where)
        order_by, group_by, having = adapted(parts.order_by), adapted(parts.group_by), adapted(parts.having)
        elements = self.froms.elements or [plain_source(source) for source in self.fallback]
        changes: Dict[str, Any] = {"joins": (), "options": (), "memoized_entities": ()}
        for name in ("correlate", "correlate_except"):
            given = getattr(parts, name)
            if given:
                # an entity may be mapped to a join, whose tables are what is to be correlated
                changes[name] = tuple(part for source in given for part in surface_selectables(source))
        if parts.label_style is SelectLabelStyle.LABEL_STYLE_LEGACY_ORM:
            changes["label_style"] = LABEL_STYLE_TABLENAME_PLUS_COL
        where += tuple(self._criteria_of_entities(elements, where, changes))
        if self.plan.eager_collections and not self._rows_are_unique(elements, where):
            self.plan.repeats = True
        if self.eager:
            if self._compares_rows() or self.plan.eager_collections and self._counts_rows():
                return wrap_for_eager_joins(self, elements, where, order_by, group_by, having, changes)
            elements = self.eager.beside(elements)
            order_by = tuple(order_by) + tuple(self.eager.order_by)
        changes.update(
            columns=tuple(self.primary + self.secondary),
            froms=tuple(elements),
            where=where,
            order_by=order_by,
            group_by=group_by,
            having=having,
        )
        return self.finish(self.statement.with_parts(**changes))

    def _select_compared(self) -> None:
        """Select the columns that the joins of loaders compare: a subquery around the statement must offer them."""
        for plan, prop in self.compared:
            compared = find_columns(prop.primaryjoin)
            for column in plan.mapper.persist_selectable.c:
                if column in compared:
                    self.position(column if plan.adapt is None else plan.adapt(column), plan.secondary)

    def _rows_are_unique(self, elements: List[Any], where: Tuple[Any, ...]) -> bool:
        """Tell whether the rows are those of one mapped table alone."""
        if len(elements) != 1:
            return False
        sources = select(*self.primary).select_from(*elements).where(*where).get_final_froms()
        return len(sources) == 1 and any(
            sources[0] is entity.selectable
            and (not entity.is_aliased_class or getattr(sources[0], "element", None) is entity.mapper.selectable)
            for entity in self.concerned
        )

    def _counts_rows(self) -> bool:
        """Tell whether LIMIT or OFFSET count rows, of which a joined collection makes more."""
        parts = self.parts
        return parts.limit is not None or parts.offset is not None or parts.fetch is not None

    def _compares_rows(self) -> bool:
        """Tell whether DISTINCT or GROUP BY compare rows, of which the columns of loaders are no part."""
        parts = self.parts
        return bool(parts.distinct or parts.group_by)

    def finish(self, statement: Any) -> Any:
        """Take the mark of the plugin off a statement that is lowered."""
        statement.entity_mark = None
        return statement

    # --------------------------------------------------------------- criteria
    def _criteria_of_entities(
        self, elements: List[Any], where: Tuple[Any, ...], changes: Dict[str, Any]
    ) -> List[Any]:
        """Return the criteria that the entities of the statement bring into WHERE.

        Those of joined entities are in ON, those of entities of an enclosing statement are there.
        """
        concerned = self.concerned
        for lead in self.froms.leads:
            if lead is not None:
                concerned.setdefault(lead)
        for criterion in self.parts.where:
            for element in surface_expressions(criterion):
                entity = element.annotations.get("parententity")
                if entity is not None:
                    concerned.setdefault(entity)
        found: List[Any] = []
        sources: Optional[Set[Any]] = None
        joined = self.froms.joined
        if self.replacement is not None:
            # what a set operation gives was selected by the criteria in it
            return found
        for entity in concerned:
            if any(entity is other for other in joined):
                continue
            own = self.criteria_of(entity)
            single = entity.mapper.single_table_criterion
            if single is not None and not _is_part(entity):
                own.append(entity.adapt(single) if entity.is_aliased_class else fresh_criterion(single))
            if own and not self.toplevel and self.ctx is not None:
                if sources is None:
                    plain = self.statement.with_parts(
                        **dict(changes, columns=tuple(self.primary), froms=tuple(elements), where=where)
                    )
                    sources = set(_parts_of_all(self.ctx.sources_of(self.finish(plain))))
                if sources.isdisjoint(_parts_of(entity.selectable)):
                    continue
            found.extend(own)
        return list(self.adaptation.clauses(found))

    # --------------------------------------------------------------- positions
    def settle_positions(self) -> None:
        """Give the columns of eager joins their final positions, behind the others."""
        offset = len(self.primary) + self.added - _SECONDARY
        self.plan.types = [
            getattr(column, "type", None) for column in self.primary + [None] * self.added + self.secondary
        ]
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
            if plan.leaf_discriminator is not None:
                plan.leaf_discriminator = final(plan.leaf_discriminator)


_PASSIVE = frozenset(("select", True, "raise", "raise_on_sql", "write_only", "dynamic", "raise_"))
#: values of ``lazy`` with which a collection is never loaded, and the strategies that do not try to
_NEVER_LOADED = frozenset(("write_only", "dynamic"))
_WHEN_READ = _PASSIVE | frozenset(("noload", None))


def _loads_subclasses(mapper: Any) -> bool:
    memo = mapper.memo
    found = memo.get("loads_subclasses")
    if found is None:
        found = memo["loads_subclasses"] = any(
            sub.polymorphic_load == "selectin" for sub in mapper.self_and_descendants if sub is not mapper
        )
    return bool(found)


def fresh_criterion(criterion: Any) -> Any:
    """Return a copy of a criterion of a mapping, whose parameters are of one statement alone."""
    return cloned_traverse(criterion, {}, {})


def _is_part(entity: Any) -> bool:
    """Tell whether an entity stands for a subclass within ``with_polymorphic()``, whose rows are of other ones, too."""
    return entity.is_aliased_class and entity.base_alias is not entity


def _is_table(raw: Any) -> bool:
    """Tell whether an entry of the columns clause is a FROM element that no entity is mapped to."""
    return is_source(raw) and "parententity" not in raw.annotations


def _sources_of(raw: Any) -> List[Any]:
    """Return the FROM elements that an expression stands on."""
    return [plain_source(source) for source in select(raw).columns_clause_froms]


def _parts_of(source: Any) -> List[Any]:
    """Return a FROM element with all that stand in its joins."""
    return list(surface_selectables(source))


def _parts_of_all(sources: Sequence[Any]) -> List[Any]:
    """Return FROM elements, without the marks of entities, with all that stand in their joins."""
    return [part for source in sources for part in surface_selectables(plain_source(source))]


def lower_select(statement: Any, ctx: Any) -> Any:
    """Return the plain statement for an ORM statement; for the outermost one, ``ctx.notes`` holds the plan."""
    criteria = note_criteria(statement, ctx)
    if statement.is_from_statement:
        return lower_from_statement(statement, ctx, SelectLowering, criteria)
    lowering = SelectLowering(statement, ctx.toplevel, criteria, ctx)
    lowered = lowering.run()
    if ctx.toplevel:
        ctx.notes["plan"] = lowering.plan
    return lowered
