"""Loading a relationship when it is read: lazy, immediate, raise, noload.

The loader set here serves every relationship: options that came with an object may choose another strategy for it.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import bindparam
from sqltoolkit_core import select
from sqltoolkit_core.sql import operators
from sqltoolkit_core.sql import visitors
from sqltoolkit_core.sql.names import anonymous_parameter
from sqltoolkit_core.sql.selectable import LABEL_STYLE_NONE
from sqltoolkit_core.util.decorators import warn

from .. import exc as orm_exc
from ..base import ATTR_EMPTY
from ..base import ATTR_WAS_SET
from ..base import NO_VALUE
from ..base import PASSIVE_NO_FETCH_RELATED
from ..base import PASSIVE_NO_RESULT
from ..base import PASSIVE_OFF
from ..base import PassiveFlag
from ..base import state_str
from ..base import STATE_ATTR
from ..context.compile_state import LoadRequest
from ..entities.criteria import LoaderCriteriaOption
from ..identity import session_of
from ..interfaces import LoaderStrategy
from ..interfaces import strategy_for
from ..loading.plugin import fetch_objects
from ..loading.plugin import select_by_key
from ..relationships import RelationshipProperty
from ..state import DELETED
from ..state import EXPIRED
from ..state import PARTLY_EXPIRED
from ..strategy_options.load import Load

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Tuple

__all__ = [
    "ImmediateLoader",
    "LazyLoader",
    "NoLoader",
    "RelationshipStrategy",
    "is_explicit",
    "leads_back",
    "load_each",
    "recursion_ends",
    "way_to",
]

_SQL_OK = PassiveFlag.SQL_OK
_RELATED_OBJECT_OK = PassiveFlag.RELATED_OBJECT_OK
_LOAD_AGAINST_COMMITTED = PassiveFlag.LOAD_AGAINST_COMMITTED
_NO_AUTOFLUSH = PassiveFlag.NO_AUTOFLUSH
_NO_RAISE = PassiveFlag.NO_RAISE
_NON_PERSISTENT_OK = PassiveFlag.NON_PERSISTENT_OK

_EAGER = ("joined", False, "selectin", "subquery", "immediate")


def is_explicit(choice: Any) -> bool:
    """Tell whether an option asks for a relationship by name, which knows how far it wants to go."""
    return choice is not None and choice.strategy is not None and not choice.wild


def recursion_ends(plan: Any, prop: Any, choice: Any) -> bool:
    """Tell whether eager loading stops here: the entity was met on the way before, or the depth is reached."""
    if is_explicit(choice):
        return False
    depth = prop.join_depth
    target = prop.mapper
    count = 0
    current = plan
    while current is not None:
        if current.origin is None:
            break
        parent, via = current.origin
        if via is prop or via.key == prop.key and via.parent is prop.parent:
            count += 1
        current = parent
    if depth:
        return bool(count >= depth)
    current = plan
    while current is not None:
        if current.mapper.isa(target) or target.isa(current.mapper):
            return True
        current = current.origin[0] if current.origin is not None else None
    return False


def way_to(run: Any, plan: Any) -> Tuple[Any, ...]:
    """Return the relationships that led to the objects of an entity: by former statements, then in its own."""
    way: Tuple[Any, ...] = run.request.trail
    return way if plan.origin is None else way + plan.trail()[1:]


def leads_back(prop: Any, way: Tuple[Any, ...]) -> bool:
    """Tell whether eager loading by several statements stops before ``prop``, as it does within one."""
    if not way:
        return False
    if prop.join_depth:
        return bool(way.count(prop) >= prop.join_depth)
    target = prop.mapper
    return any(via.parent.isa(target) or target.isa(via.parent) for via in way)


class RelationshipStrategy(LoaderStrategy):
    """What all strategies of relationships share: the loader of a value that is read and absent."""

    #: called with the implementation of each relationship attribute; set by ``unitofwork``
    on_attribute: Any = None

    def __init__(self, parent: Any, strategy_key: Any) -> None:
        super().__init__(parent, strategy_key)
        prop = parent
        self.prop = prop
        self.uselist = bool(prop.uselist)
        self.target = prop.entity
        self.mapper = prop.mapper
        self._plans: Dict[Any, Any] = {}
        self._statement: Any = None
        self._sources: Any = None
        #: whether an object none of whose columns has a value relates to nothing
        self._nothing_without_values = False

    def init_class_attribute(self, mapper: Any) -> None:
        self.is_class_level = True
        impl = mapper.class_manager[self.key].impl
        impl.loader = self.load
        if not self.uselist:
            impl.loads_for_persistent_only = not self.prop.load_on_pending
        if self.on_attribute is not None and not self.prop.viewonly:
            self.on_attribute(impl, self.prop)
        if self.prop.use_get and not self.prop.active_history:
            impl.many_to_one_by_key = True

    @property
    def use_get(self) -> bool:
        """Whether objects are looked for by primary key, in the identity map first."""
        return bool(self.prop.finds_by_key)

    # -- the loader --------------------------------------------------------
    def load(self, state: Any, passive: int, within: Any = None) -> Any:
        """Return the value for an object whose attribute is read; sets nothing itself.

        :param within: the run that this load is a part of.
        """
        prop = self.prop
        note = state.load
        choice = None
        if note is not None:
            node = note.node()
            if node is not None:
                choice = node.relationship(prop)
        strategy = prop.lazy if choice is None or choice.strategy is None else choice.strategy
        if strategy == "noload" or strategy is None:
            return [] if self.uselist else None
        use_get = self.use_get
        persistent = state.pk is not None
        if not persistent:
            loads_pending = prop.load_on_pending or state.extra("load_pending")
            if not loads_pending or session_of(state) is None:
                return ATTR_EMPTY
            if not passive & _NON_PERSISTENT_OK:
                return PASSIVE_NO_RESULT
        if not passive & _SQL_OK and not use_get:
            return PASSIVE_NO_RESULT
        if strategy == "raise" and not passive & _NO_RAISE:
            self._raise("raise")
        session = session_of(state)
        if session is None:
            if passive & _NO_RAISE:
                return PASSIVE_NO_RESULT
            raise orm_exc.DetachedInstanceError(
                "%s belongs to no Session, so its attribute '%s' can't be loaded; add() it to one, or "
                "load the attribute with the object"
                % (state_str(state), self.key)
            )
        if use_get:
            key = self._target_key(state, passive)
            if key is PASSIVE_NO_RESULT or key is ATTR_EMPTY:
                return key
            if self._came_along(state.dict, passive, note, choice):
                return ATTR_WAS_SET
            if key is None:
                return None
            found = self._from_session(session, key, passive, state)
            if found is not _MISSING:
                return found
            if not passive & _SQL_OK or not passive & _RELATED_OBJECT_OK:
                return PASSIVE_NO_RESULT
        if strategy == "raise_on_sql" and not passive & _NO_RAISE:
            self._raise("raise_on_sql")
        if use_get and not self._has_criteria(note, choice):
            if not passive & _NO_AUTOFLUSH and persistent:
                session._autoflush()
            return self._load_one(session, state, key, note, within)
        return self._load_query(session, state, passive, note, choice, within)

    def _raise(self, lazy: str) -> None:
        raise sa_exc.InvalidRequestError("'%s' is not loaded, and lazy='%s' forbids to load it now" % (self.prop, lazy))

    @staticmethod
    def _has_criteria(note: Any, choice: Any) -> bool:
        if choice is not None and choice.criteria:
            return True
        return note is not None and any(isinstance(option, LoaderCriteriaOption) for option in note.options)

    def _came_along(self, dict_: Any, passive: int, note: Any, choice: Any) -> bool:
        """Tell whether the value was loaded along with the expired columns that were read just now.

        What refreshes an object knows no criteria.
        """
        return self.key in dict_ and not passive & _LOAD_AGAINST_COMMITTED and not self._has_criteria(note, choice)

    # -- many-to-one by key ---------------------------------------------------
    def _key_plan(self, mapper: Any) -> Tuple[Tuple[str, ...], bool]:
        """Return the attribute keys of the local columns, in the order of the target's primary key."""
        found = self._plans.get(mapper)
        if found is None:
            _criterion, _binds, equated = self.prop.lazy_clause()
            keys = []
            for column in self.mapper.primary_key:
                local = equated.get(column)
                if local is None:
                    for remote, candidate in equated.items():
                        if remote in self.mapper.equivalent_columns.get(column, ()):
                            local = candidate
                keys.append(mapper.get_property_by_column(local).key)
            found = self._plans[mapper] = (tuple(keys), bool(self.mapper.allow_partial_pks))
        return found

    def _target_key(self, state: Any, passive: int) -> Any:
        """Return the primary key of the target: None for no target, a marker where it can't be known."""
        keys, partial = self._key_plan(state.manager.mapper)
        obj = state()
        dict_ = obj.__dict__ if obj is not None else {}
        values = []
        manager = state.manager
        committed = passive & _LOAD_AGAINST_COMMITTED
        for key in keys:
            if committed and state.committed is not None and key in state.committed:
                value = state.committed[key]
                if value is NO_VALUE or value is PASSIVE_NO_RESULT:
                    value = None
            elif key in dict_:
                value = dict_[key]
            else:
                impl = manager[key].impl
                value = impl.get(state, dict_, passive if passive & _SQL_OK else PASSIVE_OFF & ~_SQL_OK)
                if value is PASSIVE_NO_RESULT:
                    return PASSIVE_NO_RESULT
                if value is NO_VALUE:
                    value = None
            values.append(value)
        if len(values) == 1:
            return values[0]
        nulls = [value is None for value in values]
        if all(nulls) or (any(nulls) and not partial):
            return None
        return tuple(values)

    def _from_session(self, session: Any, key: Any, passive: int, state: Any) -> Any:
        token = state.identity_token if state.extras is not None else None
        mapper = self.mapper
        try:
            found = session.identity_map.table(mapper.identity_class, token).get(key)
        except TypeError:
            return _MISSING
        obj = found() if found is not None else None
        if obj is None:
            return _MISSING
        if not isinstance(obj, mapper.class_):
            return None
        flags = found.flags
        if flags & (EXPIRED | PARTLY_EXPIRED):
            if not passive & _SQL_OK:
                return PASSIVE_NO_RESULT
            if passive & _RELATED_OBJECT_OK:
                try:
                    found.load_expired(passive)
                except orm_exc.ObjectDeletedError:
                    session._expunge_states([found])
                    return None
        if flags & DELETED:
            return None if passive & _SQL_OK else PASSIVE_NO_RESULT
        return obj

    def _load_one(self, session: Any, state: Any, key: Any, note: Any, within: Any) -> Any:
        mapper = self.mapper
        single = len(mapper.primary_key) == 1
        parts = (key,) if single else key
        statement = select_by_key(mapper, tuple([part is None for part in parts]), LABEL_STYLE_NONE)
        request = LoadRequest(
            lazy_loaded_from=state,
            loader_path=self.prop,
            identity_token=state.identity_token,
            autoflush=False,
            within=within,
        )
        if note is not None:
            options = note.below(self.prop, mapper, wild=False)
            if options:
                statement = statement.options(*options)
        params = {"pk_%d" % at: part for at, part in enumerate(parts, 1) if part is not None}
        found = fetch_objects(session, statement, params, request, mapper)
        return found[0] if found else None

    # -- by criterion -----------------------------------------------------------
    def _prepare(self) -> Any:
        """Return the SELECT of the related objects; its parameters are values of the parent."""
        prop = self.prop
        criterion, binds, _equated = prop.lazy_clause()
        criterion, sources = _named_binds(criterion, binds)
        statement = select(self.target.entity if hasattr(self.target, "entity") else self.mapper)
        if prop.secondary is not None:
            statement = statement.select_from(self.mapper.selectable, prop.secondary)
        statement = statement.where(criterion)
        if prop.order_by:
            statement = statement.order_by(*prop.order_by)
        for reverse in prop.reverse_properties:
            if reverse.lazy in _EAGER and reverse.finds_by_key and reverse.parent is self.mapper:
                # the members refer to the object that is read, which the session has
                statement = statement.options(Load(self.mapper).lazyload(getattr(self.mapper.class_, reverse.key)))
        self._statement = statement.set_label_style(LABEL_STYLE_NONE)
        self._sources = sources
        self._nothing_without_values = _compares_by_equality(criterion)
        return self._statement

    def _bind_keys(self, mapper: Any) -> Any:
        place = ("binds", mapper)
        found = self._plans.get(place)
        if found is None:
            if self._statement is None:
                self._prepare()
            found = self._plans[place] = tuple(
                (name, mapper.get_property_by_column(column).key) for name, column in self._sources
            )
        return found

    def _load_query(
        self, session: Any, state: Any, passive: int, note: Any, choice: Any, within: Any
    ) -> Any:
        pairs = self._bind_keys(state.manager.mapper)
        obj = state()
        dict_ = obj.__dict__
        params = {}
        some = False
        committed = passive & _LOAD_AGAINST_COMMITTED
        for name, key in pairs:
            if committed and state.committed is not None and key in state.committed:
                value = state.committed[key]
            elif key in dict_:
                value = dict_[key]
            else:
                value = state.manager[key].impl.get(state, dict_, passive)
            if value is PASSIVE_NO_RESULT:
                return PASSIVE_NO_RESULT
            if value is NO_VALUE:
                value = None
            if value is not None:
                some = True
            params[name] = value
        if self._came_along(dict_, passive, note, choice):
            return ATTR_WAS_SET
        if not some and self._nothing_without_values:
            return [] if self.uselist else None
        statement = self._statement
        if note is not None:
            options = note.below(self.prop, self.mapper, wild=False)
            if choice is not None and choice.criteria:
                statement = statement.where(*choice.criteria)
            if options:
                statement = statement.options(*options)
        if not passive & _NO_AUTOFLUSH and state.pk is not None:
            session._autoflush()
        request = LoadRequest(
            lazy_loaded_from=state,
            loader_path=self.prop,
            identity_token=state.identity_token,
            autoflush=False,
            within=within,
        )
        found = fetch_objects(session, statement, params, request, self.mapper)
        if len(found) > 1 and len(set(map(id, found))) < len(found):
            found = list({id(obj): obj for obj in found}.values())
        if self.uselist:
            return found
        if len(found) > 1:
            warn("Several rows were found for '%s', which holds one object (uselist=False)" % self.prop)
        return found[0] if found else None


def _compares_by_equality(criterion: Any) -> bool:
    """Tell whether a criterion demands that a value of the parent equals something, which NULL does not."""
    parts = criterion.clauses if getattr(criterion, "operator", None) is operators.and_ else [criterion]
    return any(
        getattr(part, "operator", None) is operators.eq
        and "bindparam" in (part.left.__visit_name__, part.right.__visit_name__)
        for part in parts
    )


def _named_binds(criterion: Any, binds: Dict[Any, Any]) -> Tuple[Any, List[Tuple[str, Any]]]:
    """Return the criterion with parameters of lasting names, and (name, column) for each."""
    made: Dict[Any, Any] = {}
    sources = []
    for at, (key, column) in enumerate(binds.items()):
        name = _name(at)
        made[key] = bindparam(name, type_=column.type)
        sources.append((name, column))

    def replace(element: Any, **kw: Any) -> Any:
        if element.__visit_name__ == "bindparam":
            return made.get(element.key)
        # the columns of a copied alias would be of no entity
        return element if element.__visit_name__ == "alias" else None

    return visitors.replacement_traverse(criterion, {}, replace), sources


_names: List[str] = []


def _name(at: int) -> str:
    """Return the name of a parameter by its place: the same in every statement, and none that a user may have given."""
    while len(_names) <= at:
        _names.append(anonymous_parameter("param"))
    return _names[at]


class _Missing:
    __slots__ = ()


_MISSING = _Missing()


@strategy_for(RelationshipProperty, lazy="select")
@strategy_for(RelationshipProperty, lazy=True)
@strategy_for(RelationshipProperty, lazy="raise")
@strategy_for(RelationshipProperty, lazy="raise_on_sql")
class LazyLoader(RelationshipStrategy):
    """Loads when the attribute is read, or raises."""

    def setup_query(self, builder: Any, plan: Any, prop: Any, choice: Any) -> None:  # type: ignore[override]
        """Nothing is added to the statement; the options go with the objects."""


@strategy_for(RelationshipProperty, lazy="noload")
@strategy_for(RelationshipProperty, lazy=None)
class NoLoader(RelationshipStrategy):
    """Leaves the attribute empty."""

    def setup_query(self, builder: Any, plan: Any, prop: Any, choice: Any) -> None:  # type: ignore[override]
        plan.nones.append(prop)


@strategy_for(RelationshipProperty, lazy="immediate")
class ImmediateLoader(RelationshipStrategy):
    """Loads the attribute of each object right after the objects."""

    def setup_query(self, builder: Any, plan: Any, prop: Any, choice: Any) -> None:  # type: ignore[override]
        if not builder.enable_eagerloads:
            return
        # members of collections are loaded to the end
        limited = prop.finds_by_key and prop.is_self_referential and not is_explicit(choice)
        plan.add_post(_ImmediatePost(prop, limited, limited and recursion_ends(plan, prop, choice)))
        if choice is not None:
            plan.carry = True


class _ImmediatePost:
    """Loads a relationship of each object.

    :param limited: whether it ends where it leads back.
    :param at_end: whether that is here: objects of the session are still taken.
    """

    def __init__(self, prop: Any, limited: bool, at_end: bool) -> None:
        self.prop = prop
        self.limited = limited
        self.at_end = at_end
        self.key = ("immediate", prop)

    def __call__(self, run: Any, plan: Any, objects: Any) -> None:
        at_end = self.at_end or self.limited and leads_back(self.prop, way_to(run, plan))
        load_each(self.prop, objects, run, PASSIVE_NO_FETCH_RELATED if at_end else PASSIVE_OFF)


def load_each(prop: Any, objects: Any, run: Any, passive: int = PASSIVE_OFF) -> None:
    """Load a relationship of each object as when it is read; what its members need is loaded after all of them."""
    key = prop.key
    for obj in objects:
        if obj is None or key in obj.__dict__ and not run.request.populate_existing:
            continue
        dict_ = obj.__dict__
        state = dict_[STATE_ATTR]
        impl = state.manager[key].impl
        loader = impl.loader
        if loader is None or state.committed is not None and key in state.committed:
            continue
        strategy = loader.__self__
        value = strategy.load(state, passive | _NO_AUTOFLUSH, run)
        if value is not PASSIVE_NO_RESULT and value is not ATTR_EMPTY:
            impl.set_committed_value(state, dict_, value)
