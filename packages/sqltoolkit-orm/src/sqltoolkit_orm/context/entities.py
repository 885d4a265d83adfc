"""The entries of a SELECT's columns clause: entities, bundles, columns - and the plan of reading each from a row.

Joins and criteria of the statement are in ``select``.  A *plan* knows positions of raw columns; the functions that
read rows by it are generated in ``loading.instances``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core.sql.schema import Column

from ..properties import ColumnProperty
from ..strategy_options.matching import OptionNode

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Sequence
    from typing import Set
    from typing import Tuple

__all__ = [
    "BundleEntry",
    "ColumnEntry",
    "EntityEntry",
    "EntityPlan",
    "JoinedChild",
    "exported_columns",
    "is_null_expression",
    "plan_entity",
    "subclass_plan",
]

EMPTY_NODE = OptionNode()
QUERY_EXPRESSION = (("query_expression", True),)


class JoinedChild:
    """A relationship whose objects stand in the same row as their parent."""

    __slots__ = ("key", "optional", "plan", "prop", "uselist")

    def __init__(self, prop: Any, plan: EntityPlan) -> None:
        self.prop = prop
        self.key = prop.key
        self.plan = plan
        self.uselist = bool(prop.uselist)


class EntityPlan:
    """How one mapped entity is read from the raw columns of a row."""

    __slots__ = (
        "adapt",
        "builder",
        "carry",
        "children",
        "columns",
        "discriminator",
        "done",
        "eager",
        "entity",
        "index",
        "known",
        "leaf_discriminator",
        "mapper",
        "node",
        "nones",
        "optional",
        "origin",
        "partial",
        "path",
        "pk",
        "polymorphic",
        "posts",
        "secondary",
        "subplans",
        "version_key",
    )

    def __init__(
        self,
        mapper: Any,
        entity: Any,
        node: OptionNode,
        path: Any,
        adapt: Optional[Callable[[Any], Any]],
        optional: bool,
    ) -> None:
        self.mapper = mapper
        self.entity = entity
        self.node = node
        self.path = path
        self.adapt = adapt
        #: the row may have no such entity (outer join)
        self.optional = optional
        self.index = -1
        #: (attribute key, position)
        self.columns: List[Tuple[str, int]] = []
        self.pk: Tuple[int, ...] = ()
        #: mapped column -> position
        self.known: Dict[Any, int] = {}
        self.children: List[JoinedChild] = []
        #: objects are collected for functions that are called after a chunk of rows
        self.posts = False
        #: keys set to None or an empty collection
        self.nones: List[Any] = []
        #: some column attributes of the class are not loaded
        self.partial = False
        #: objects keep the loader options for their lazy loads
        self.carry = False
        self.discriminator: Optional[int] = None
        #: the same, of a class without subclasses: each row must have its identity
        self.leaf_discriminator: Optional[int] = None
        self.polymorphic: Tuple[Any, ...] = ()
        self.subplans: Dict[Any, EntityPlan] = {}
        self.version_key: Any = None
        self.builder: Any = None
        #: (parent plan, relationship) of a plan that was reached by one, None at the root
        self.origin: Any = None
        #: the eager join that reads this entity
        self.eager: Any = None
        self.secondary = False
        #: keys of relationships that were set up
        self.done: Set[Any] = set()


    def add_post(self, post: Any) -> None:
        """Have ``post(run, plan, objects)`` called with the objects of each chunk of rows."""
        self.posts = True
        self.builder.plan.posts.append((self, post))

    def trail(self) -> Tuple[Any, ...]:
        """Return how the entity was reached within its statement."""
        if self.origin is None:
            return (self.entity,)
        parent, prop = self.origin
        return (*parent.trail(), prop)


class EntityEntry:
    """A row element that is an object."""

    __slots__ = ("name", "plan")
    kind = "entity"

    def __init__(self, plan: EntityPlan, name: str) -> None:
        self.plan = plan
        self.name = name


class ColumnEntry:
    """A row element that is a column value."""

    __slots__ = ("name", "position")
    kind = "column"

    def __init__(self, position: int, name: Optional[str]) -> None:
        self.position = position
        self.name = name


class BundleEntry:
    """A row element that holds several columns."""

    __slots__ = ("bundle", "entries", "name")
    kind = "bundle"

    def __init__(self, bundle: Any, entries: List[Any], name: str) -> None:
        self.bundle = bundle
        self.entries = entries
        self.name = name


def _column_props(mapper: Any) -> Sequence[Any]:
    memo = mapper.memo
    found: Optional[Sequence[Any]] = memo.get("column_props")
    if found is None:
        found = memo["column_props"] = tuple(
            prop for prop in mapper.attrs if isinstance(prop, ColumnProperty) and prop.instrument
        )
    return found


def _relationship_props(mapper: Any) -> Sequence[Any]:
    memo = mapper.memo
    found: Optional[Sequence[Any]] = memo.get("relationship_props")
    if found is None:
        found = memo["relationship_props"] = tuple(mapper.relationships)
    return found


def _polymorphic_mappers(mapper: Any, entity: Any) -> Tuple[Any, ...]:
    if entity is mapper:
        return tuple(mapper.with_polymorphic_mappers or ())
    return tuple(getattr(entity, "with_polymorphic_mappers", ()) or ())


def plan_entity(
    builder: Any,
    entity: Any,
    node: Optional[OptionNode],
    path: Any = None,
    adapt: Optional[Callable[[Any], Any]] = None,
    optional: bool = False,
    secondary: bool = False,
    polymorphic: Optional[Tuple[Any, ...]] = None,
    origin: Any = None,
    eager: Any = None,
    mapper: Any = None,
) -> EntityPlan:
    """Return the plan of reading ``entity``; its columns are added to the builder's SELECT.

    :param builder: the lowering: ``position(expression)``, ``register(plan)``, ``setup_relationship(...)``.
    :param entity: the mapper or inspected alias.
    :param node: the loader options of the entity.
    :param adapt: says a mapped column in terms of the FROM element.
    :param secondary: its columns come after those of the statement's own entries (eager joins).
    :param mapper: the mapper of the rows, where ``entity`` reads them as a subclass of it.
    """
    if mapper is None:
        mapper = entity.mapper
    if path is None:
        path = entity.path_registry
    plan = EntityPlan(mapper, entity, node or EMPTY_NODE, path, adapt, optional)
    plan.builder = builder
    plan.secondary = secondary
    plan.origin = origin
    plan.eager = eager
    builder.register(plan)
    plan.polymorphic = polymorphic if polymorphic is not None else _polymorphic_mappers(mapper, entity)
    if entity.mapper is not mapper and entity.mapper.isa(mapper) and entity.mapper not in plan.polymorphic:
        plan.polymorphic = (*(m for m in entity.mapper.iterate_to_root() if m.isa(mapper)), *plan.polymorphic)
    _read_attributes(plan, mapper, True)
    for column in mapper.primary_key:
        if plan.known.get(column, -1) < 0:
            plan.known[column] = _add(plan, column)
    plan.pk = tuple(plan.known[column] for column in mapper.primary_key)
    for sub in plan.polymorphic:
        if sub is not mapper:
            _read_attributes(plan, sub, False)
    _read_discriminator(plan)
    builder.finish_entity(plan)
    return plan


def _add(plan: EntityPlan, expression: Any) -> int:
    adapted = expression if plan.adapt is None else plan.adapt(expression)
    position: int = plan.builder.position(adapted, plan.secondary)
    return position


def _read_discriminator(plan: EntityPlan) -> None:
    mapper = plan.mapper
    column = mapper.polymorphic_on
    if plan.entity is not mapper and plan.entity.polymorphic_on is not None:
        column = plan.entity.polymorphic_on
    if column is None or not mapper.polymorphic_map:
        return
    # a statement that was written by hand may have rows of other classes even where criteria exclude them
    among = mapper.base_mapper if plan.builder.from_statement else mapper
    leaf = len(among.self_and_descendants) < 2
    if leaf and (mapper.single or _is_elsewhere(plan, column)):
        return
    position = plan.known.get(column, -1)
    if position < 0:
        prop = mapper.column_to_property.get(column)
        if prop is not None:
            known = _known_position(plan, prop.columns)
            position = -1 if known is None else known
    if position < 0:
        position = plan.known[column] = _add(plan, column)
    if leaf:
        plan.leaf_discriminator = position
    else:
        plan.discriminator = position


def exported_columns(entity: Any) -> Tuple[Any, ...]:
    """Return the columns of an entity in a subquery: those of all attributes that are no expressions of options."""
    memo = entity.mapper.memo if entity.is_mapper else entity.memos
    found: Optional[Tuple[Any, ...]] = memo.get("exported_columns")
    if found is None:
        mapper = entity.mapper
        columns: Dict[Any, Any] = {}
        for own in (mapper, *(sub for sub in _polymorphic_mappers(mapper, entity) if sub is not mapper)):
            for prop in own.attrs:
                if isinstance(prop, ColumnProperty) and _renders_in_subqueries(prop):
                    columns.update(dict.fromkeys(prop.columns, prop))
        adapter = entity.polymorphic_source_adapter if entity.is_mapper else entity.adapter
        found = memo["exported_columns"] = tuple(
            _exported(column, prop, adapter) for column, prop in columns.items()
        )
    return found


def _exported(column: Any, prop: Any, adapter: Any) -> Any:
    found = column if adapter is None else adapter.traverse(column)
    # the key of an expression is that of its attribute
    return found if isinstance(column, Column) else found.annotate({"proxy_key": prop.key})


def _renders_in_subqueries(prop: Any) -> bool:
    if prop.strategy_key == QUERY_EXPRESSION:
        return not is_null_expression(prop.columns[0])
    return not prop.deferred or isinstance(prop.columns[0], Column)


def is_null_expression(expression: Any) -> bool:
    """Tell whether an expression is NULL, under whatever label."""
    while expression.__visit_name__ == "label":
        expression = expression.element
    return bool(expression.__visit_name__ == "null")


def _read_attributes(plan: EntityPlan, mapper: Any, reading: bool) -> None:
    """Add what the properties of a mapper need, in the order of its properties."""
    node = plan.node
    always = _always_loaded(mapper)
    done = plan.done
    for prop in mapper.attrs:
        key = prop.key
        if isinstance(prop, ColumnProperty):
            if getattr(prop.columns[0], "omit_from_statements", False):
                continue
            if not prop.instrument and _is_elsewhere(plan, prop.columns[0]):
                continue
            known = _load_column(plan, prop, node, always)
            if known is None:
                plan.partial = True
            elif reading and prop.instrument:
                plan.columns.append((key, known))
        elif hasattr(prop, "uselist"):
            # a subclass may have another relationship of the name
            if not reading and prop in done:
                continue
            done.add(prop)
            plan.builder.setup_relationship(plan, prop)


def _is_elsewhere(plan: EntityPlan, column: Any) -> bool:
    """Tell whether a discriminator is a column of another FROM element than the one the entity is read from."""
    if column.__visit_name__ != "column":
        return False
    entity = plan.entity
    source = entity.selectable if entity.is_aliased_class else plan.mapper.with_polymorphic_selectable
    return source.corresponding_column(column) is None


def _load_column(plan: EntityPlan, prop: Any, node: OptionNode, always: Any) -> Optional[int]:
    """Add the columns of an attribute that is to be loaded; return the position, None for a deferred one."""
    columns = prop.columns
    known = plan.known
    if all(known.get(column, -1) >= 0 for column in columns):
        return known[columns[0]]
    mode, arguments = node.column_mode(prop)
    if mode == "expression":
        position = _add(plan, arguments["expression"])
        plan.known[columns[0]] = position
        return position
    if plan.builder.is_returning and not isinstance(columns[0], Column):
        # the table of the statement is no source that an expression could read from
        return None
    if prop.strategy_key == QUERY_EXPRESSION:
        if mode == "defer" or is_null_expression(columns[0]):
            return None
    elif mode == "defer" and prop.key not in always:
        return None
    elif mode is None and prop.deferred and prop.key not in always:
        return None
    first = None
    entity = plan.entity
    for column in columns:
        position = known.get(column, -1)
        if position < 0:
            if entity.is_aliased_class and entity.find(column) is None:
                continue
            position = known[column] = _add(plan, column)
        if first is None:
            first = position
    return first


def _known_position(plan: EntityPlan, columns: Sequence[Any]) -> Optional[int]:
    known = plan.known
    for column in columns:
        position = known.get(column, -1)
        if position >= 0:
            return position
    return None


def _shown_columns(plan: EntityPlan) -> Dict[Any, int]:
    """Return the position of each table's column that a column of a union shows, as the parent is mapped to one."""
    return {
        behind: position
        for column, position in plan.known.items()
        if position >= 0
        for behind in getattr(column, "proxy_set", ())
    }


def _always_loaded(mapper: Any) -> Any:
    memo = mapper.memo
    found = memo.get("always_loaded")
    if found is None:
        keys = set()
        columns = list(mapper.primary_key)
        if mapper.polymorphic_on is not None:
            columns.append(mapper.polymorphic_on)
        if mapper.version_id_col is not None:
            columns.append(mapper.version_id_col)
        for prop in _column_props(mapper):
            for column in prop.columns:
                if any(column is other for other in columns):
                    keys.add(prop.key)
        found = memo["always_loaded"] = keys
    return found


def subclass_plan(plan: EntityPlan, mapper: Any) -> EntityPlan:
    """Return the plan for rows of ``plan`` whose discriminator names the subclass ``mapper``."""
    found = plan.subplans.get(mapper)
    if found is not None:
        return found
    sub = EntityPlan(mapper, plan.entity, plan.node, plan.path, plan.adapt, plan.optional)
    sub.builder = plan.builder
    sub.index = plan.index
    sub.known = plan.known
    sub.pk = plan.pk
    sub.carry = plan.carry
    sub.posts = plan.posts
    sub.origin = plan.origin
    sub.nones = plan.nones
    shown = _shown_columns(plan) if mapper.concrete else {}
    for prop in _column_props(mapper):
        position = _known_position(plan, prop.columns)
        if position is None:
            position = shown.get(prop.columns[0])
        if position is None:
            sub.partial = True
        else:
            sub.columns.append((prop.key, position))
    # by property: subclasses may have relationships of one name
    own = set(_relationship_props(mapper))
    sub.children = [child for child in plan.children if child.prop in own]
    plan.subplans[mapper] = sub
    return sub
