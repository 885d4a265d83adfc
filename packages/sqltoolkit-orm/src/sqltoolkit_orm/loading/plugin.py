"""The ORM's statement plugin for SELECT: lowered by ``context``, its rows shaped here; loads of single objects.

The loaders themselves are generated in ``instances``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import inspect
from sqltoolkit_core.engine.result import ShapedResult
from sqltoolkit_core import bindparam
from sqltoolkit_core import select
from sqltoolkit_core.sql.lowering import register_plugin
from sqltoolkit_core.sql.lowering import StatementPlugin
from sqltoolkit_core.util import warn
from sqltoolkit_core.util.collections import EMPTY_DICT
from sqltoolkit_core.util.collections import immutabledict

from .. import exc as orm_exc
from ..base import PASSIVE_NO_RESULT
from ..base import PASSIVE_OFF
from ..base import PassiveFlag
from ..base import state_str
from ..context.compile_state import DEFAULT_REQUEST
from ..context.compile_state import LoadNote
from ..context.compile_state import LoadRequest
from ..context.entities import QUERY_EXPRESSION
from ..context.entities import exported_columns
from ..context.nesting import from_statement
from ..context.description import describe_columns
from ..context.description import is_source
from ..context.select import lower_select
from ..context.select import note_criteria
from ..identity import session_of
from ..entities.criteria import LoaderCriteriaOption
from ..state import DELETED
from ..state import EXPIRED
from ..state import PARTIAL
from ..state import PARTLY_EXPIRED
from ..strategy_options.load import only_these
from ..strategy_options.load import without_deferral
from .instances import loader_for
from .instances import LoadRun
from .keys import LoadedKeys
from .keys import loose_key_of_rows
from .own_tables import select_from_own_tables

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import FrozenSet
    from typing import Iterable
    from typing import List
    from typing import Optional
    from typing import Sequence
    from typing import Tuple

    from typing_extensions import Unpack  # noqa: F401 - in the text of a base class

__all__ = [
    "CompoundPlugin",
    "LoadedResult",
    "RequestOptions",
    "SelectPlugin",
    "fetch_objects",
    "load_by_key",
    "load_expired_columns",
    "plan_single",
    "refresh_state",
    "request_of",
    "select_by_key",
    "shape_planned",
    "shape_result",
]

_REQUEST_KEYS = frozenset(("populate_existing", "autoflush", "yield_per", "identity_token", "prebuffer_rows"))


def request_of(statement: Any, options: Any) -> LoadRequest:
    """Return the load request that the execution options of a statement and of its run make."""
    own = statement.get_execution_options()
    if not own and not options:
        return DEFAULT_REQUEST
    merged = dict(own)
    merged.update(options)
    return LoadRequest(
        populate_existing=bool(merged.get("populate_existing", False)),
        autoflush=bool(merged.get("autoflush", True)),
        yield_per=merged.get("yield_per"),
        identity_token=merged.get("identity_token"),
        prebuffer=bool(merged.get("prebuffer_rows", False)),
        execution_options=immutabledict({key: merged[key] for key in merged if key not in _REQUEST_KEYS}),
    )


@register_plugin("orm", "select")
class SelectPlugin(StatementPlugin):
    """Lowers SELECT statements that mention entities, and makes objects of their rows."""

    def lower(self, statement: Any, ctx: Any) -> Any:
        return lower_select(statement, ctx)

    def columns_of(self, entry: Any) -> Any:
        entity = entry.annotations.get("parententity")
        return exported_columns(entity) if entity is not None and is_source(entry) else None

    def source_of(self, statement: Any, source: Any) -> Any:
        if not source.annotations:
            for raw in statement.parts.columns:
                entity = raw.annotations.get("parententity")
                if entity is not None and entity.selectable is source:
                    return entity.__clause_element__()
        return source

    def describe(self, statement: Any) -> Any:
        return describe_columns(statement)

    def from_statement(self, statement: Any, element: Any) -> Any:
        """Return what ``select(...).from_statement(element)`` gives."""
        return from_statement(statement, element)

    def before_execute(self, call: Any) -> Any:
        if call.request is None:
            call.request = request_of(call.statement, call.execution_options)
        return None

    def after_execute(self, call: Any, result: Any) -> Any:
        return shape_result(call.session, call.statement, result, call.request)

    def run(self, call: Any) -> Any:
        """Execute the call on its connection and return the result of objects."""
        statement = call.statement
        options = call.execution_options
        request = call.request
        if request is None:
            plain = not options and not statement.get_execution_options()
            request = DEFAULT_REQUEST if plain else request_of(statement, options)
        session = call.session
        if request.autoflush and session.autoflush:
            session._autoflush()
        if request.refresh_state is not None and statement.parts.options:
            statement = _without_criteria(statement, request.refresh_state.manager.mapper)
        result = call.connection.execute(statement, call.parameters or None, execution_options=options)
        return shape_result(session, statement, result, request)


def _without_criteria(statement: Any, mapper: Any) -> Any:
    """Return the SELECT that loads one object again without criteria for it that a listener added: it is known.

    Those for what is loaded along with it stay.
    """
    options = statement.parts.options
    kept = tuple(
        option for option in options if not (isinstance(option, LoaderCriteriaOption) and option.applies(mapper))
    )
    return statement if len(kept) == len(options) else statement.with_parts(options=kept)


@register_plugin("orm", "compound_select")
class CompoundPlugin(SelectPlugin):
    """Lets the options of a UNION and its kin reach the statements in it; its rows are plain ones."""

    def lower(self, statement: Any, ctx: Any) -> Any:
        note_criteria(statement, ctx)
        return statement

    def describe(self, statement: Any) -> Any:
        return None


def _converters(plan: Any, result: Any) -> Tuple[Any, ...]:
    dialect = result.compiled.dialect
    description = result.raw_description if hasattr(result, "raw_description") else None
    found: Any = []
    for position, type_ in enumerate(plan.types):
        if type_ is None:
            found.append(None)
            continue
        coltype = description[position][1] if description is not None else None
        found.append(type_.dialect_impl(dialect).result_processor(dialect, coltype))
    return tuple(found)


def _loader(run: LoadRun, result: Any, refresh: bool, scalars: bool) -> Any:
    """Return the function that makes objects of the rows of a run; its text is generated when it is first needed."""
    plan = run.plan
    session = run.session
    events = session.has_events and bool(session.dispatch.loaded_as_persistent)
    version = 0
    for entity in plan.entities:
        version += entity.mapper.loader_version
    key: Any = (refresh, scalars, events, version)
    if plan.by_name is not None:
        return _loader_by_name(run, result, key)
    bind = plan.loaders.get(key) or _make_binder(plan, result, key, key)
    return bind(run)


def _loader_by_name(run: LoadRun, result: Any, facts: Any) -> Any:
    """Return the same for a textual statement, whose columns may be in any order, or missing."""
    plan = run.plan
    places = plan.by_name(result) if callable(plan.by_name) else plan.by_name
    absent = tuple([place for place, at in enumerate(places) if at is None])
    key = (*facts, absent)
    bind = plan.loaders.get(key)
    if bind is None:
        if absent:
            _leave_to_later(plan, frozenset(absent))
        bind = _make_binder(plan, result, key, facts)
    load = bind(run)
    return lambda rows: load(tuple([None if at is None else row[at] for at in places]) for row in rows)


def _make_binder(plan: Any, result: Any, key: Any, facts: Any) -> Any:
    refresh, scalars, events, _version = facts
    if plan.converters is None:
        plan.converters = _converters(plan, result)
    made = plan.loaders[key] = loader_for(plan, plan.converters, refresh, scalars, events)
    return made


def _leave_to_later(plan: Any, absent: FrozenSet[int]) -> None:
    """Let attributes whose columns are not in the rows of a textual statement be loaded when they are read."""
    for entity in plan.entities:
        columns = [(key, position) for key, position in entity.columns if position not in absent]
        if len(columns) < len(entity.columns):
            entity.columns = columns
            entity.partial = True
        entity.known = {column: -1 if position in absent else position for column, position in entity.known.items()}


def _rows_are_ready(plan: Any, result: Any) -> bool:
    """Tell whether the rows of a statement of columns have the right names as the core makes them."""
    ready: Optional[bool] = plan.rows_are_ready
    if ready is None:
        ready = plan.rows_are_ready = plan.keys == tuple(result.keys())
    return ready


def _load_all(run: LoadRun, load: Any, result: Any) -> List[Any]:
    """Return the objects, or tuples, of all rows that are left."""
    out: List[Any] = result.feed_raw(load)
    run.finish()
    return out


def shape_result(session: Any, statement: Any, result: Any, request: LoadRequest) -> Any:
    """Return the result of objects for the executed cursor result of an ORM statement."""
    lowered = result.compiled.lowered
    plan = None if lowered is None else lowered.notes.get("plan")
    if plan is None or plan.only_columns and _rows_are_ready(plan, result):
        return result
    return shape_planned(session, statement, plan, result, request)


def shape_planned(session: Any, statement: Any, plan: Any, result: Any, request: LoadRequest) -> Any:
    """Return the result of objects for rows whose plan is known."""
    run = LoadRun(session, plan, request, statement)
    single = plan.single_entity
    load = _loader(run, result, request.populate_existing, single)
    metadata = plan.metadata
    if metadata is None:
        metadata = plan.metadata = LoadedKeys(plan)
    found = LoadedResult(metadata, result, load, single, run.finish)
    found.plan = plan
    if plan.eager_collections:
        # until the user calls unique(), any row raises
        found.needs_unique = True
        found.unique(_refuse_repeated)
    if request.yield_per:
        found.yield_per(request.yield_per)
    elif request.prebuffer:
        found.buffer()
    return found


class LoadedResult(ShapedResult["Unpack[Tuple[Any, ...]]"]):
    """The result of objects; ``needs_unique`` tells that eager collections repeat the rows of their parents."""

    needs_unique = False
    plan: Any = None
    _yields_parts = False

    def key_of_rows(self) -> Any:
        """Return the function by which ``Query`` tells its rows apart, None for the usual one."""
        plan = self.plan
        if "key_of_rows" not in plan.loaders:
            plan.loaders["key_of_rows"] = loose_key_of_rows(plan)
        return plan.loaders["key_of_rows"]

    def yield_per(self, num: int) -> Any:
        """Load the objects of ``num`` rows at a time from now on.

        :raises sqltoolkit_core.exc.InvalidRequestError: collections are loaded by joins, so that their parent's rows
            could be torn apart.
        """
        if self.needs_unique:
            raise sa_exc.InvalidRequestError(
                "yield_per() can't be used with joined eager loading of collections; use selectinload() instead"
            )
        if self._yields_parts:
            return super().yield_per(num)
        self._yields_parts = True
        shape = self.shape

        def shape_part(rows: Any) -> Any:
            if self.is_unique:
                # objects are told apart by their places in memory, and those of former parts may be gone
                raise sa_exc.InvalidRequestError(
                    "yield_per() keeps a part of the objects only, so unique() can't tell which came before; "
                    "use one of them"
                )
            return shape(rows)

        self.shape = shape_part
        return super().yield_per(num)


def _refuse_repeated(_value: Any) -> Any:
    raise sa_exc.InvalidRequestError(
        "Joined eager loading of collections gives an object once per row; call unique() on the result"
    )


# --------------------------------------------------------------------------------------------- internal loads


def fetch_objects(
    session: Any,
    statement: Any,
    params: Any,
    request: LoadRequest,
    mapper: Any,
    bind_arguments: Any = None,
    execution_options: Any = EMPTY_DICT,
) -> List[Any]:
    """Run an internal SELECT and return its objects (tuples, if it has several entries)."""
    if request.execution_options:
        execution_options = request.execution_options.union(execution_options)
    if session.has_events and session.dispatch.do_orm_execute:
        arguments = dict(bind_arguments or ())
        arguments.setdefault("mapper", mapper)
        result = session._run(statement, params, execution_options, arguments, request=request)
        if plan_single(statement):
            return list(result.unique().scalars().all())
        return list(result.unique().all())
    bind = session.bind
    if bind_arguments or not session.finds_bind_itself:
        arguments = dict(bind_arguments or ())
        arguments.setdefault("mapper", mapper)
        arguments.setdefault("clause", statement)
        bind = session.get_bind(**arguments)
    transaction = session._transaction
    if transaction is None:
        transaction = session._autobegin_t()
    connection = transaction.connection_for_bind(bind)
    if session.execution_options:
        execution_options = session.execution_options.union(execution_options)
    result = connection.execute(statement, params or {}, execution_options=execution_options)
    plan = result.compiled.lowered.notes["plan"]
    run = LoadRun(session, plan, request, statement)
    load = _loader(run, result, request.populate_existing, plan.single_entity)
    found = _load_all(run, load, result)
    result.close()
    if plan.eager_collections and not plan.single_entity:
        # the rows of eager collections repeat the object, which comes last, and its keys
        found = list({(*row[:-1], id(row[-1])): row for row in found}.values())
    return found


def plan_single(statement: Any) -> bool:
    """Tell whether a statement selects one entity alone."""
    columns = statement.parts.columns
    return len(columns) == 1 and is_source(columns[0])


class RequestOptions:
    """The arguments of ``Session.get()`` beyond entity and key."""

    __slots__ = (
        "bind_arguments",
        "execution_options",
        "identity_token",
        "options",
        "populate_existing",
        "with_for_update",
    )

    def __init__(
        self,
        options: Any = None,
        populate_existing: bool = False,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
    ) -> None:
        self.options = options
        self.populate_existing = populate_existing
        self.with_for_update = with_for_update
        self.identity_token = identity_token
        self.execution_options = execution_options
        self.bind_arguments = bind_arguments


def _is_there(session: Any, state: Any) -> bool:
    """Load what is expired of an object that the session has; tell whether there is still a row for it."""
    if state.flags & (EXPIRED | PARTLY_EXPIRED):
        try:
            state.load_expired(PASSIVE_OFF)
        except orm_exc.ObjectDeletedError:
            session._expunge_states([state])
            return False
    return not state.flags & DELETED


def load_by_key(session: Any, entity: Any, ident: Any, request: RequestOptions) -> Any:
    """Return the object of ``entity`` with this primary key, None without a row."""
    inspected = inspect(entity, raiseerr=False)
    mapper = getattr(inspected, "mapper", None)
    if inspected is None:
        raise sa_exc.NoInspectionAvailable("get() takes a mapped class or its mapper first, and got %r" % (entity,))
    if mapper is None or not getattr(inspected, "is_mapper", False):
        raise sa_exc.ArgumentError("get() takes a mapped class or its mapper first, and got %r" % (entity,))
    if getattr(mapper, "configured", True) is False:
        mapper.check_configure()
    pk = _normal_key(mapper, ident)
    if isinstance(entity, type) and request.identity_token is None:
        session._get_tables[entity] = session.identity_map.table(mapper.identity_class)
    options = request.execution_options or EMPTY_DICT
    populate = request.populate_existing or bool(options.get("populate_existing"))
    token = request.identity_token
    if not populate and not mapper.always_refresh and request.with_for_update is None:
        table = session.identity_map.table(mapper.identity_class, token)
        state = table.get(pk)
        obj = state() if state is not None else None
        if obj is not None:
            if not issubclass(type(obj), mapper.class_):
                return None
            if _is_there(session, state):
                return obj
            if state.flags & DELETED or state.manager.mapper is mapper:
                return None
            # the row may be one of another class by now
    session._autoflush()
    parts = pk if isinstance(pk, tuple) and len(mapper.primary_key) > 1 else (pk,)
    if all(part is None for part in parts):
        warn("get() was asked for an object of %s whose whole primary key is NULL; no row has such a key" % mapper)
    statement = select_by_key(mapper, tuple(part is None for part in parts))
    if request.options:
        statement = statement.options(*request.options)
    load_request = DEFAULT_REQUEST
    if request.with_for_update is not None and request.with_for_update is not False:
        arguments = request.with_for_update if isinstance(request.with_for_update, dict) else {}
        statement = statement.with_for_update(**arguments)
        load_request = LoadRequest(populate_existing=True, identity_token=token, version_check=True)
    elif populate or token is not None:
        load_request = LoadRequest(populate_existing=populate, identity_token=token)
    params = {"pk_%d" % at: part for at, part in enumerate(parts, 1) if part is not None}
    found = fetch_objects(
        session, statement, params, load_request, mapper, request.bind_arguments, options
    )
    return found[0] if found else None


def _normal_key(mapper: Any, ident: Any) -> Any:
    """Return the primary key of ``get()`` as states hold it."""
    columns = mapper.primary_key
    if hasattr(ident, "__composite_values__"):
        ident = ident.__composite_values__()
    if isinstance(ident, dict):
        expected = [mapper.get_property_by_column(column).key for column in columns]
        ident = {_synonym_target(mapper, name): value for name, value in ident.items()}
        if set(ident) != set(expected):
            raise sa_exc.InvalidRequestError(
                "get() needs a value for each of the primary key attributes %s (or synonyms of them), "
                "and no others"
                % ", ".join("'%s'" % name for name in expected)
            )
        ident = tuple(ident[name] for name in expected)
    if len(columns) == 1:
        if isinstance(ident, (tuple, list)) or (hasattr(ident, "_mapping") and hasattr(ident, "_fields")):
            if len(ident) != 1:
                raise _wrong_key(columns, len(ident))
            return ident[0]
        return ident
    if not isinstance(ident, (tuple, list)):
        for composite in mapper.composites:
            if isinstance(composite.composite_class, type) and isinstance(ident, composite.composite_class):
                return tuple(composite.values_of(ident))
        try:
            ident = tuple(ident) if not isinstance(ident, str) else (ident,)
        except TypeError:
            ident = (ident,)
    if len(ident) != len(columns):
        raise _wrong_key(columns, len(ident))
    return tuple(ident)


def _synonym_target(mapper: Any, name: str) -> str:
    """Return the name of the attribute that a synonym stands for, in the end."""
    while name in mapper.synonyms:
        name = mapper.synonyms[name].name
    return name


def _wrong_key(columns: Sequence[Any], count: int) -> Exception:
    return sa_exc.InvalidRequestError(
        "get() needs one value for each of the primary key columns %s; %d were given"
        % (", ".join("'%s'" % column for column in columns), count)
    )


def select_by_key(mapper: Any, nulls: Tuple[bool, ...], label_style: Any = None) -> Any:
    """Return the SELECT of one object of ``mapper`` by its primary key (parameters pk_1, pk_2 ...).

    :param label_style: None for the usual one.
    """
    memo: Dict[Any, Any] = mapper.memo
    place = ("select_by_key", nulls, label_style)
    found = memo.get(place)
    if found is None:
        statement = select(mapper)
        for at, (column, null) in enumerate(zip(mapper.primary_key, nulls), 1):
            if null:
                statement = statement.where(column.is_(None))
            else:
                statement = statement.where(column == bindparam("pk_%d" % at, type_=column.type))
        found = memo[place] = statement if label_style is None else statement.set_label_style(label_style)
    return found


def refresh_state(
    session: Any, state: Any, obj: Any, only_keys: Any = None, with_for_update: Any = None
) -> Any:
    """Load the row of a persistent object again and overwrite its attributes; None if the row is gone.

    :param only_keys: overwrite only these attributes.
    """
    mapper = state.manager.mapper
    pk = state.pk
    parts = pk if isinstance(pk, tuple) and len(mapper.primary_key) > 1 else (pk,)
    if (
        only_keys is not None
        and with_for_update in (None, False)
        and all(_is_column(mapper, key) for key in only_keys)
        and not _are_options_needed(mapper, state, only_keys)
    ):
        params = {"pk_%d" % at: part for at, part in enumerate(parts, 1) if part is not None}
        nulls = tuple(part is None for part in parts)
        try:
            _load_columns(session, state, obj, mapper, nulls, params, _in_order(mapper, only_keys), whole_row=True)
        except orm_exc.ObjectDeletedError:
            return None
        return obj
    statement = select_by_key(mapper, tuple(part is None for part in parts))
    relationships = []
    if only_keys is not None:
        statement = statement.options(only_these(mapper, [key for key in only_keys if _is_column(mapper, key)]))
        relationships = [key for key in only_keys if key in mapper.relationships]
    if state.load is not None and state.load.lasting:
        root = state.load.path
        if root is not None and getattr(root, "length", 1) <= 1:
            statement = statement.options(*state.load.lasting)
    if with_for_update not in (None, False):
        arguments = with_for_update if isinstance(with_for_update, dict) else {}
        statement = statement.with_for_update(**arguments)
    request = LoadRequest(
        populate_existing=True,
        refresh_state=state,
        only_keys=frozenset(only_keys) if only_keys is not None else None,
        identity_token=state.identity_token,
    )
    params = {"pk_%d" % at: part for at, part in enumerate(parts, 1) if part is not None}
    previous, session.autoflush = session.autoflush, False
    try:
        found = fetch_objects(session, statement, params, request, mapper)
    finally:
        session.autoflush = previous
    if not found:
        return None
    note = state.load
    if only_keys is None and note is not None and note.lasting is not note.options:
        state.load = LoadNote(note.entity, note.lasting, note.path)
    for key in relationships:
        if key not in obj.__dict__:
            # what is asked for by name is loaded, also with raiseload()
            state.manager[key].impl.get(state, obj.__dict__, PassiveFlag.PASSIVE_OFF | PassiveFlag.NO_RAISE)
    return found[0]


def _is_column(mapper: Any, key: str) -> bool:
    return key in mapper.column_attrs


def _are_options_needed(mapper: Any, state: Any, keys: Iterable[str]) -> bool:
    """Tell whether the options that an object was loaded with have the expression of some attribute."""
    given = [mapper.column_attrs[key] for key in keys if mapper.column_attrs[key].strategy_key == QUERY_EXPRESSION]
    node = state.load.node() if given and state.load is not None else None
    return node is not None and any(node.column_mode(prop)[0] == "expression" for prop in given)


def load_expired_columns(state: Any, keys: Any, passive: Any = None) -> Any:
    """Load expired or deferred column attributes of one object; the class managers call this.

    :raises sqltoolkit_orm.exc.DetachedInstanceError: the object has no session.
    :raises sqltoolkit_orm.exc.ObjectDeletedError: the row is gone.
    """
    if passive is not None and not passive & PassiveFlag.SQL_OK:
        return PASSIVE_NO_RESULT
    session = session_of(state)
    if session is None:
        raise orm_exc.DetachedInstanceError(
            "%s belongs to no Session, so its attributes can't be loaded; add() or merge() it to one first"
            % state_str(state)
        )
    mapper = state.manager.mapper
    if state.pk is None:
        return PASSIVE_NO_RESULT
    obj = state()
    columns = mapper.memo.get("column_keys")
    if columns is None:
        columns = mapper.memo["column_keys"] = frozenset(prop.key for prop in mapper.loaded_columns)
    wanted = set(keys) & columns
    if not wanted:
        return None
    pk = state.pk
    parts = pk if isinstance(pk, tuple) and len(mapper.primary_key) > 1 else (pk,)
    nulls = tuple(part is None for part in parts)
    params = {"pk_%d" % at: part for at, part in enumerate(parts, 1) if part is not None}
    if passive is None or not passive & PassiveFlag.NO_AUTOFLUSH:
        session._autoflush()
    everything = wanted >= _plain_columns(mapper)
    if not everything:
        return _load_columns(session, state, obj, mapper, nulls, params, _in_order(mapper, wanted))
    statement = select_by_key(mapper, nulls)
    note = state.load
    if note is not None and note.options:
        whole = bool(state.flags & EXPIRED)
        kept = [
            without_deferral(option, whole) if hasattr(option, "load_elements") else option for option in note.options
        ]
        kept = [option for option in kept if not hasattr(option, "load_elements") or option.load_elements]
        options = [option for option in kept if hasattr(option, "load_elements")]
        if options:
            statement = statement.options(*options)
        if whole:
            # for reading attributes, what was said about columns ends with the values
            state.load = LoadNote(note.entity, tuple(kept), note.path, note.lasting)
    request = LoadRequest(refresh_state=state, identity_token=state.identity_token, autoflush=False)
    if not state.flags & (EXPIRED | PARTLY_EXPIRED | PARTIAL):
        state.flags |= PARTIAL
    found = fetch_objects(session, statement, params, request, mapper)
    if not found or found[0] is not obj:
        raise orm_exc.ObjectDeletedError(state)
    return None


def _load_columns(
    session: Any,
    state: Any,
    obj: Any,
    mapper: Any,
    nulls: Tuple[bool, ...],
    params: Any,
    keys: Tuple[str, ...],
    whole_row: bool = False,
) -> Any:
    """Load some column attributes of one object by a SELECT of just their columns.

    :param whole_row: the rows of all tables of the object have to be there.
    """
    place = ("columns_by_key", nulls, keys, whole_row)
    memo: Dict[Any, Any] = mapper.memo
    found = memo.get(place)
    if found is None:
        found = None if whole_row or any(nulls) else select_from_own_tables(mapper, keys)
        if found is None:
            statement = select(*[getattr(mapper.class_, key) for key in keys])
            for at, (column, null) in enumerate(zip(mapper.primary_key, nulls), 1):
                if null:
                    statement = statement.where(column.is_(None))
                else:
                    statement = statement.where(column == bindparam("pk_%d" % at, type_=column.type))
            found = statement, None
        memo[place] = found
    statement, places = found
    if places is not None:
        params = {name: params["pk_%d" % (at + 1)] for name, at in places.items()}
    request = LoadRequest(refresh_state=state, identity_token=state.identity_token, autoflush=False)
    found = fetch_objects(session, statement, params, request, mapper)
    if not found:
        raise orm_exc.ObjectDeletedError(state)
    dict_ = obj.__dict__
    committed = state.committed
    filled = []
    for key, value in zip(keys, found[0]):
        if key not in dict_ and (committed is None or key not in committed):
            dict_[key] = value
            filled.append(key)
    expired = state.extra("expired")
    if expired is not None:
        expired.difference_update(filled)
    if state.flags & (EXPIRED | PARTLY_EXPIRED) and not state.expired_attributes:
        state.clear_expiry()
        if state.manager.dispatch.refresh:
            state.manager.dispatch.refresh(state, None, set(filled))
            state.commit(dict_, filled)
    return None


def _in_order(mapper: Any, keys: Any) -> Tuple[str, ...]:
    """Return attribute keys in the order of the properties."""
    wanted = set(keys)
    return tuple(prop.key for prop in mapper.attrs if prop.key in wanted)


def _plain_columns(mapper: Any) -> Any:
    memo = mapper.memo
    found = memo.get("plain_columns")
    if found is None:
        found = memo["plain_columns"] = frozenset(
            prop.key
            for prop in mapper.loaded_columns
            if not prop.deferred and getattr(prop, "strategy_key", None) != QUERY_EXPRESSION
        )
    return found
