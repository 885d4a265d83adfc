"""Loading a relationship of many objects by a second SELECT with IN.

The first SELECT's loader hands the objects of each chunk of rows to the functions made here.  Columns of subclasses
are loaded in ``subclasses``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import and_
from sqltoolkit_core import bindparam
from sqltoolkit_core import inspect
from sqltoolkit_core.sql import operators
from sqltoolkit_core import select
from sqltoolkit_core import tuple_
from sqltoolkit_core.sql import visitors
from sqltoolkit_core.sql.annotation import deep_deannotate
from sqltoolkit_core.sql.selectable import LABEL_STYLE_NONE
from sqltoolkit_core.util import warn

from ..base import NO_VALUE
from ..base import PASSIVE_NO_RESULT
from ..base import RelationshipDirection
from ..base import STATE_ATTR
from ..collections import InstrumentedList
from ..context.compile_state import LoadRequest
from ..entities.aliased import AliasedClass
from ..entities.aliased import polymorphic_alias
from ..interfaces import strategy_for
from ..loading.plugin import fetch_objects
from ..relationships import RelationshipProperty
from ..state import LACKING
from .joined import warn_of_returning
from .lazy import is_explicit
from .lazy import leads_back
from .lazy import load_each
from .lazy import recursion_ends
from .lazy import RelationshipStrategy
from .lazy import way_to

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterable
    from typing import List
    from typing import Optional
    from typing import Sequence
    from typing import Tuple

__all__ = [
    "CHUNK",
    "EAGER",
    "SelectInLoader",
    "SelectInPost",
    "key_in",
    "load_relationship",
    "shape_of",
]

#: keys per SELECT
CHUNK = 500
#: values of ``lazy`` that load a relationship with its object
EAGER = ("joined", False, "selectin", "subquery", "immediate")


class _Shape:
    """What the second SELECT of a relationship looks like."""

    __slots__ = ("alias", "entity", "key_columns", "kind", "parent", "parent_keys", "prop", "statement", "wider")

    def __init__(self, prop: Any, parent: Any, entity: Any) -> None:
        self.prop = prop
        self.parent = parent
        self.entity = entity
        self.wider: Optional[_Shape] = None
        #: "target": the IN is on the target's own key; "foreign": on its foreign key; "secondary": on the table
        #: between; "parent": on the key of the parent, which is joined
        self.kind = "parent"
        #: the statement; criteria of an ON clause are not in it
        self.statement: Any = None
        #: columns of the statement that hold the key
        self.key_columns: Tuple[Any, ...] = ()
        #: attribute keys of the parent that give the key
        self.parent_keys: Tuple[str, ...] = ()
        self.alias: Any = None

    @property
    def by_target(self) -> bool:
        """Whether the IN is on the target's own primary key (many-to-one)."""
        return self.kind == "target"

    def over_parent(self) -> _Shape:
        """Return the shape that joins to the parent, for parents whose own columns are not loaded."""
        if self.wider is None:
            self.wider = _Shape(self.prop, self.parent, self.entity)
            self.wider.join_parent()
        return self.wider

    def join_parent(self) -> None:
        """Join to the parent, and look for its primary key."""
        parent = self.parent
        self.alias = AliasedClass(parent.class_, use_mapper_path=True)
        self.parent_keys = tuple(parent.get_property_by_column(column).key for column in parent.primary_key)
        self.key_columns = tuple(inspect(self.alias).adapt(column) for column in parent.primary_key)
        self.statement = self.make()

    def with_criteria(self, criteria: Tuple[Any, ...]) -> Any:
        """Return the statement with more criteria: of the ON clause, where it has one."""
        if not criteria:
            return self.statement
        if self.kind in ("target", "foreign"):
            return self.statement.where(*[_in_terms_of(self.entity, element) for element in criteria])
        return self.make(criteria)

    def make(self, criteria: Tuple[Any, ...] = ()) -> Any:
        """Return the statement, made anew."""
        prop = self.prop
        target = self.entity.entity
        if self.kind == "target":
            statement = select(target)
        else:
            statement = select(*self.key_columns).add_columns(target)
        if self.kind == "secondary":
            condition = _in_terms_of(self.entity, deep_deannotate(prop.secondaryjoin))
            if criteria:
                condition = and_(condition, *[_in_terms_of(self.entity, element) for element in criteria])
            statement = statement.join_from(prop.secondary, target, condition)
        elif self.kind == "parent":
            related = getattr(self.alias, prop.key)
            if self.entity is not prop.entity:
                related = related.of_type(target)
            statement = statement.select_from(self.alias).join(related.and_(*criteria) if criteria else related)
        statement = statement.where(key_in(self.key_columns))
        if prop.order_by:
            statement = statement.order_by(*[_in_terms_of(self.entity, element) for element in prop.order_by])
        return statement.set_label_style(LABEL_STYLE_NONE)


def _is_plain_foreign_key(prop: Any, parent_mapper: Any) -> bool:
    """Tell whether a one-to-many relationship is just "foreign key = primary key of the parent"."""
    if prop.secondary is not None:
        return False
    if prop.omit_join is not None:
        return bool(prop.omit_join)
    if prop.direction is not RelationshipDirection.ONETOMANY:
        return False
    pairs = prop.local_remote_pairs
    if not _are_primary_key(parent_mapper, [local for local, _remote in pairs]):
        return False
    return _only_compares(prop.primaryjoin, len(pairs))


def _is_plain_secondary(prop: Any, parent_mapper: Any) -> bool:
    """Tell whether the secondary table holds the primary keys of parents, joined by plain equality."""
    if prop.secondary is None or prop.omit_join is False:
        return False
    if prop.omit_join is None and parent_mapper.common_parent(prop.mapper):
        return False
    pairs = prop.synchronize_pairs
    if not _are_primary_key(parent_mapper, [local for local, _remote in pairs]):
        return False
    return _only_compares(prop.primaryjoin, len(pairs))


def _are_primary_key(mapper: Any, columns: Sequence[Any]) -> bool:
    """Tell whether columns are those of the primary key, or equal to them by inheritance."""
    primary = list(mapper.primary_key)
    if len(columns) != len(primary):
        return False
    equivalents = mapper.equivalent_columns
    return all(
        any(column is key or key in equivalents.get(column, ()) for column in columns) for key in primary
    )


def _only_compares(criterion: Any, count: int) -> bool:
    """Tell whether a criterion is nothing but ``count`` equalities of columns."""
    elements = list(visitors.iterate(criterion))
    binaries = [element for element in elements if element.__visit_name__ == "binary"]
    return (
        len(binaries) == count
        and all(element.operator is operators.eq for element in binaries)
        and all(element.__visit_name__ in _PLAIN for element in elements)
    )


_PLAIN = frozenset(["binary", "clauselist", "expression_clauselist", "column", "grouping"])


def shape_of(prop: Any, parent_mapper: Any, choice: Any) -> _Shape:
    """Return the shape of the second SELECT; kept with the mapper of the parent, or with an alias of the user's.

    :param choice: what the options say about the relationship, or None.
    """
    of_type = choice.of_type if choice is not None else None
    memo = parent_mapper.memo
    place: Any = ("selectin", prop.key, None)
    if of_type is not None:
        if of_type.is_aliased_class:
            memo = of_type.memos
            place = ("selectin", prop, parent_mapper)
        else:
            place = ("selectin", prop.key, tuple(choice.of_types))
    found: Optional[_Shape] = memo.get(place)
    if found is None:
        if of_type is None:
            entity = prop.entity
        elif of_type.is_aliased_class:
            entity = of_type
        else:
            alias = polymorphic_alias(choice.of_types)
            entity = inspect(alias)
            entity._strong_entity = alias
        found = memo[place] = _make_shape(prop, parent_mapper, entity)
    return found


def _make_shape(prop: Any, parent_mapper: Any, entity: Any) -> _Shape:
    shape = _Shape(prop, parent_mapper, entity)
    key_of = parent_mapper.get_property_by_column
    primary = tuple(parent_mapper.primary_key)
    if prop.use_get and prop.omit_join is not False:
        shape.kind = "target"
        columns = tuple(prop.mapper.primary_key)
        shape.parent_keys = tuple(key_of(_local_of(prop, column)).key for column in columns)
        shape.key_columns = tuple(_in_terms_of(entity, column) for column in columns)
    elif _is_plain_foreign_key(prop, parent_mapper):
        shape.kind = "foreign"
        pairs = {local: remote for local, remote in prop.local_remote_pairs}
        locals_ = [_local_for(parent_mapper, pairs, column) for column in primary]
        shape.parent_keys = tuple(key_of(local).key for local in locals_)
        shape.key_columns = tuple(_in_terms_of(entity, pairs[local]) for local in locals_)
    elif _is_plain_secondary(prop, parent_mapper):
        shape.kind = "secondary"
        pairs = {local: remote for local, remote in prop.synchronize_pairs}
        shape.parent_keys = tuple(key_of(column).key for column in primary)
        shape.key_columns = tuple(pairs[_local_for(parent_mapper, pairs, column)] for column in primary)
    else:
        shape.join_parent()
        return shape
    shape.statement = shape.make()
    return shape


def _local_of(prop: Any, column: Any) -> Any:
    """Return the column of the parent that holds a primary key column of the target."""
    _criterion, _binds, equated = prop.lazy_clause()
    local = equated.get(column)
    if local is None:
        equivalents = prop.mapper.equivalent_columns.get(column, ())
        for remote, candidate in equated.items():
            if remote in equivalents:
                local = candidate
    return local


def _local_for(mapper: Any, pairs: Dict[Any, Any], column: Any) -> Any:
    if column in pairs:
        return column
    for equivalent in mapper.equivalent_columns.get(column, ()):
        if equivalent in pairs:
            return equivalent
    return column


def _in_terms_of(entity: Any, element: Any) -> Any:
    return entity.adapt(element) if entity.is_aliased_class else element


def key_in(columns: Tuple[Any, ...]) -> Any:
    """Return the condition that columns have one of the keys of a chunk."""
    left = columns[0] if len(columns) == 1 else tuple_(*columns)
    if len(columns) == 1:
        return left.in_(bindparam("primary_keys", expanding=True, type_=left.type))
    return left.in_(bindparam("primary_keys", expanding=True))


@strategy_for(RelationshipProperty, lazy="selectin")
@strategy_for(RelationshipProperty, lazy="subquery")
class SelectInLoader(RelationshipStrategy):
    """Hands the objects of a chunk to a second SELECT with IN."""

    def setup_query(self, builder: Any, plan: Any, prop: Any, choice: Any) -> None:  # type: ignore[override]
        if not builder.enable_eagerloads or recursion_ends(plan, prop, choice):
            return
        name = prop.lazy if choice is None or choice.strategy is None else choice.strategy
        if builder.is_returning and name == "subquery":
            warn_of_returning(choice, "subqueryload")
            return
        plan.add_post(SelectInPost(prop, not is_explicit(choice)))
        if choice is not None:
            plan.carry = True


class SelectInPost:
    """Loads one relationship for the objects of a chunk.

    :param limited: whether it ends where it leads back.
    """

    __slots__ = ("key", "limited", "prop")

    def __init__(self, prop: Any, limited: bool = False) -> None:
        self.prop = prop
        self.limited = limited
        self.key = ("selectin", prop)

    def __call__(self, run: Any, plan: Any, objects: List[Any]) -> None:
        way = way_to(run, plan)
        if self.limited and leads_back(self.prop, way):
            return
        if run.request.refresh_state is not None and plan.origin is None:
            # one object is loaded again: its relationships are loaded as when they are read
            load_each(self.prop, objects, run)
            return
        note = run.note(plan) if run.plan is not None and _has_options(run) else None
        load_relationship(
            run.session,
            self.prop,
            objects,
            note,
            populate_existing=run.request.populate_existing,
            token=run.token,
            within=run,
            way=way,
        )


def _has_options(run: Any) -> bool:
    return bool(run.propagated_options())


def load_relationship(
    session: Any,
    prop: Any,
    objects: Iterable[Any],
    note: Any = None,
    populate_existing: bool = False,
    token: Any = None,
    within: Any = None,
    way: Tuple[Any, ...] = (),
) -> None:
    """Load a relationship of many objects by SELECTs with IN.

    :param note: the loader options of the objects' entity.
    :param populate_existing: overwrite what is loaded already.
    :param within: the run that this load is a part of.
    :param way: the relationships that led to the objects.
    """
    key = prop.key
    waiting: Dict[Any, Tuple[Any, Any]] = {}
    owner = prop.parent
    node = note.node() if note is not None else None
    choice = node.relationship(prop) if node is not None else None
    # what is loaded is selected again where something is asked for its members
    leads_on = _leads_on(choice)
    for obj in objects:
        if obj is None:
            continue
        dict_ = obj.__dict__
        if key in dict_ and not populate_existing and not leads_on:
            continue
        state = dict_[STATE_ATTR]
        if state in waiting:
            continue
        mapper = state.manager.mapper
        if mapper is not owner and not mapper.isa(owner):
            continue
        if state.committed is not None and key in state.committed:
            if populate_existing or not leads_on or key not in dict_:
                continue
        waiting[state] = (obj, dict_)
    if not waiting:
        return
    request = LoadRequest(
        populate_existing=populate_existing,
        identity_token=token,
        loader_path=prop,
        autoflush=False,
        within=within,
    )
    request.trail = (*way, prop)
    shape = shape_of(prop, owner, choice)
    if shape.by_target:
        statement, chunk = _statement(prop, shape, choice, note)
        waiting = _load_targets(session, prop, shape, statement, waiting, request, shape.entity, chunk)
        if not waiting:
            return
        # the columns that refer to the target are not loaded: one more join is cheaper than a query for each object
        shape = shape.over_parent()
    statement, chunk = _statement(prop, shape, choice, note)
    _load_members(session, prop, shape, statement, waiting, request, shape.entity, chunk)


def _statement(prop: Any, shape: _Shape, choice: Any, note: Any) -> Tuple[Any, int]:
    """Return the second SELECT, with what the options say about it, and how many keys it takes at a time."""
    statement = shape.statement
    chunk = CHUNK
    if choice is not None:
        chunk = choice.options.get("chunksize") or CHUNK
        if choice.criteria:
            statement = shape.with_criteria(tuple(choice.criteria))
    if note is not None:
        options = note.below(prop, shape.entity)
        if options:
            statement = statement.options(*options)
    return statement, chunk


def _leads_on(choice: Any) -> bool:
    """Tell whether options ask for relationships of the members, which loads of those bring."""
    child = choice.child if choice is not None and "recursion_depth" not in choice.options else None
    return child is not None and any(
        further.strategy in EAGER for choices in child.choices.values() for further in choices
    )


def _value(state: Any, dict_: Any, key: str) -> Any:
    if key in dict_:
        return dict_[key]
    value = state.manager[key].impl.get(state, dict_)
    return None if value is NO_VALUE or value is PASSIVE_NO_RESULT else value


def _load_targets(
    session: Any, prop: Any, shape: _Shape, statement: Any, waiting: Any, request: Any, entity: Any, chunk: int
) -> Dict[Any, Any]:
    """Load the targets of a many-to-one relationship; return what waits on, as its foreign key is not loaded."""
    keys = shape.parent_keys
    single = len(keys) == 1
    mapper = entity.mapper
    wanted: Dict[Any, List[Any]] = {}
    unknown: Dict[Any, Any] = {}
    attribute = prop.key
    for state, (obj, dict_) in waiting.items():
        if single:
            target = dict_.get(keys[0])
            missing = target is None
        else:
            target = tuple([dict_.get(key) for key in keys])
            missing = any(part is None for part in target)
        if missing and any(key not in dict_ for key in keys) and state.flags & LACKING and state.pk is not None:
            unknown[state] = (obj, dict_)
            continue
        if missing:
            if attribute not in dict_ or request.populate_existing:
                dict_[attribute] = None
            continue
        wanted.setdefault(target, []).append((state, dict_))
    todo = list(wanted)
    for start in range(0, len(todo), chunk):
        part = todo[start : start + chunk]
        found_by_key = {}
        for related in fetch_objects(session, statement, {"primary_keys": part}, request, mapper):
            if related is not None:
                found_by_key[related.__dict__[STATE_ATTR].pk] = related
        for target in part:
            related = found_by_key.get(target)
            for state, dict_ in wanted[target]:
                if attribute in dict_ and not request.populate_existing:
                    continue
                _store(prop, state, dict_, [related] if related is not None else [])
    return unknown


def _load_members(
    session: Any, prop: Any, shape: _Shape, statement: Any, waiting: Any, request: Any, entity: Any, chunk: int
) -> None:
    """Load collections, or one-to-one targets, by the keys of their parents."""
    keys = shape.parent_keys
    single = len(keys) == 1
    by_key: Dict[Any, List[Any]] = {}
    primary = tuple(prop.parent.primary_key)
    use_pk = len(primary) == len(keys)
    for state, (_obj, dict_) in waiting.items():
        if use_pk and state.pk is not None:
            parent_key = state.pk
        elif single:
            parent_key = _value(state, dict_, keys[0])
        else:
            parent_key = tuple(_value(state, dict_, key) for key in keys)
        by_key.setdefault(parent_key, []).append((state, dict_))
    todo = list(by_key)
    uselist = prop.uselist
    attribute = prop.key
    width = len(keys)
    for start in range(0, len(todo), chunk):
        part = todo[start : start + chunk]
        groups: Dict[Any, List[Any]] = {}
        rows = fetch_objects(session, statement, {"primary_keys": part}, request, entity.mapper)
        if single:
            for parent_key, related in rows:
                try:
                    groups[parent_key].append(related)
                except KeyError:
                    groups[parent_key] = [related]
        else:
            for row in rows:
                groups.setdefault(tuple(row[:width]), []).append(row[width])
        for parent_key in part:
            members = groups.get(parent_key, ())
            for state, dict_ in by_key[parent_key]:
                if attribute in dict_ and not request.populate_existing:
                    continue
                if uselist:
                    impl = state.manager[attribute].impl
                    adapter, collection = impl.new_collection(state, dict_)
                    if type(collection) is InstrumentedList and not _pending(state, attribute):
                        list.extend(collection, members)
                        dict_[attribute] = collection
                    else:
                        dict_.pop(attribute, None)
                        impl.set_committed_value(state, dict_, list(members))
                else:
                    _store(prop, state, dict_, members)


def _pending(state: Any, key: str) -> bool:
    extras = state.extras
    return extras is not None and key in extras.get("pending", ())


def _store(prop: Any, state: Any, dict_: Any, members: Any) -> None:
    if not prop.uselist and len(members) > 1:
        warn("Several rows were found for '%s', which holds one object (uselist=False)" % prop)
    value: Any = list(members) if prop.uselist else (members[0] if members else None)
    state.manager[prop.key].impl.set_committed_value(state, dict_, value)
