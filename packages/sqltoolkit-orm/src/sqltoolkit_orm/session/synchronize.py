"""Keeping the session's objects in step with UPDATE and DELETE statements: ``synchronize_session``.

The statements are run in ``dml``; evaluating criteria in Python is in ``evaluator``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import select

from ..base import STATE_ATTR
from ..context.compile_state import DEFAULT_REQUEST
from ..context.dml import expanded_values
from ..context.dml import returning_plan
from ..evaluator import EvaluatorCompiler
from ..evaluator import is_unknown
from ..evaluator import UnevaluatableError
from ..loading.plugin import shape_planned
from ..persistence.mappings import spread
from ..state import EXPIRED
from ..state import LACKING
from .returned import check_loaders
from .returned import converter
from .returned import Counted
from .returned import is_same_column
from .returned import SplicedRows

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterable
    from typing import List
    from typing import Tuple

__all__ = ["MODES", "Synchronizer", "mode_of", "synchronize_by_key"]

#: what ``synchronize_session`` may say
MODES = ("auto", "evaluate", "fetch", False, None)


def mode_of(given: Any) -> Any:
    """Return a value of ``synchronize_session`` after a check.

    :raises ArgumentError: it is none of the known ones.
    """
    if given not in MODES:
        raise sa_exc.ArgumentError("synchronize_session is 'auto', 'evaluate', 'fetch' or False; got %r" % (given,))
    return given


class Synchronizer:
    """What one UPDATE or DELETE by criteria does to the objects of the session.

    :param call: the statement's run.
    :param mapper: the class of the objects.
    :param mode: the value of ``synchronize_session``.
    """

    def __init__(self, call: Any, mapper: Any, mode: Any) -> None:
        self.call = call
        self.session = call.session
        self.mapper = mapper
        self.statement = call.statement
        self.mode = mode_of(mode)
        self.entity = self.statement.parts.table.annotations.get("parententity")
        #: objects that the statement touches, each with the parameters that it is touched with
        self.matched: List[Tuple[Any, Any]] = []
        #: objects of which it is not known, since they are expired
        self.doubtful: List[Any] = []
        #: the keys of the touched rows come back with the statement itself
        self.returning = False
        #: what else the statement returns: the plan of it, and the places of its columns
        self.plan: Any = None
        self.places: List[int] = []

    @property
    def _parameter_sets(self) -> List[Dict[str, Any]]:
        given = self.call.parameters
        if isinstance(given, list):
            return given or [{}]
        return [given or {}]

    # -- before the statement ------------------------------------------------------------------------------------------
    def before(self) -> None:
        """Find the objects that the statement will touch.

        :raises InvalidRequestError: the mode does not go with the statement.
        """
        if not self.mode:
            return
        if self.mode in ("auto", "evaluate"):
            try:
                for params in self._parameter_sets:
                    self._match(self._evaluator(params), params)
            except UnevaluatableError as err:
                if self.mode == "evaluate":
                    raise sa_exc.InvalidRequestError(
                        "The criteria have no evaluation in Python (%s); set synchronize_session to "
                        "'fetch' or False" % err
                    ) from err
                del self.matched[:], self.doubtful[:]
                self.mode = "fetch"
            else:
                self.mode = "evaluate"
                self._check_names()
                return
        self._prepare_fetch()
        self._check_names()

    def _check_names(self) -> None:
        """Raise for values of unknown attributes, before anything is written."""
        if self.matched and not self.statement.is_delete:
            expanded_values(self.statement, self.mapper)

    def _evaluator(self, params: Dict[str, Any]) -> Any:
        parts = self.statement.parts
        if getattr(parts, "using", ()):
            raise UnevaluatableError("the statement has further tables")
        compiler = EvaluatorCompiler(self.mapper.class_, params)
        criteria = tuple(parts.where)
        for option in parts.options:
            if hasattr(option, "criterion") and option.applies(self.mapper):
                criteria += (option.criterion(self.mapper),)
        return compiler.process(*criteria) if criteria else (lambda obj: True)

    def _match(self, evaluate: Any, params: Dict[str, Any]) -> None:
        for obj in self._candidates():
            if obj.__dict__[STATE_ATTR].flags & EXPIRED:
                # the next read loads it anyway
                continue
            value = evaluate(obj)
            if value is True:
                self.matched.append((obj, params))
            elif is_unknown(value):
                self.doubtful.append(obj)

    def _candidates(self) -> List[Any]:
        found = []
        for state in list(self._identities().values()):
            obj = state()
            if obj is not None and isinstance(obj, self.mapper.class_):
                found.append(obj)
        return found

    def _identities(self) -> Any:
        request = self.call.request
        token = None if request is None else request.identity_token
        return self.session.identity_map.table(self.mapper.identity_class, token)

    def _prepare_fetch(self) -> None:
        statement = self.statement
        dialect = self.call.connection.dialect
        many = isinstance(self.call.parameters, list) and len(self.call.parameters) > 1
        able = dialect.delete_returning if statement.is_delete else dialect.update_returning
        if many:
            able = able and (
                dialect.delete_executemany_returning if statement.is_delete else dialect.update_executemany_returning
            )
            if not able:
                raise sa_exc.InvalidRequestError(
                    "synchronize_session='fetch' does not go with many parameter sets: this database has no RETURNING "
                    "for them"
                )
        table = statement.parts.table
        if (
            able
            and getattr(table, "implicit_returning", True)
            and not getattr(statement.parts, "using", ())
        ):
            self._return_keys()
        else:
            self._fetch()

    def _return_keys(self) -> None:
        """Let the statement return the keys of the rows, before what it returns anyway."""
        self.returning = True
        statement = self.statement
        every = list(self._key_columns())
        if statement.parts.returning:
            columns, self.plan = returning_plan(statement)
            for column in columns:
                place = next((at for at, other in enumerate(every) if is_same_column(column, other)), len(every))
                if place == len(every):
                    every.append(column)
                self.places.append(place)
        self.call.statement = statement.with_parts(returning=tuple(every))

    def _key_columns(self) -> Any:
        mapper = self.mapper
        columns = mapper.primary_key
        if getattr(self.entity, "is_aliased_class", False):
            return [self.entity.adapt_element(column) for column in columns]
        # those of the table that is written
        own = mapper.local_table.c
        return [
            column
            if own.contains_column(column)
            else next(
                (other for other in mapper.equivalent_columns.get(column, ()) if own.contains_column(other)), column
            )
            for column in columns
        ]

    def _fetch(self) -> None:
        entity = self.mapper.class_ if self.entity is None else self.entity.entity
        statement = select(*[getattr(entity, key) for key in self.mapper.pk_keys]).where(*self.statement.parts.where)
        statement = statement.options(*self.statement.parts.options)
        params = self._parameter_sets[0]
        arguments = dict(self.call.bind_arguments or ())
        arguments.setdefault("mapper", self.mapper)
        options = {
            name: value for name, value in self.call.execution_options.items() if name not in ("synchronize_session",)
        }
        rows = self.session._run(statement, params, dict(options, autoflush=False), arguments, events=()).all()
        self._take(rows, params)

    # -- after it ----------------------------------------------------------------------------------------------------
    def taken(self, result: Any) -> Any:
        """Read the keys that came back with the statement and return a result of what else it returns."""
        if not self.returning:
            return result
        if self.plan is None:
            rows = result.all()
            self._take(rows, self._parameter_sets[0])
            return Counted(len(rows))
        check_loaders(self.statement)
        raw = list(result.raw_rows())
        dialect = self.call.connection.dialect
        keys = [
            [row[at] if convert is None else convert(row[at]) for row in raw]
            for at, convert in enumerate(converter(column, dialect) for column in self._key_columns())
        ]
        self._take(zip(*keys), self._parameter_sets[0])
        rows = [tuple([row[at] for at in self.places]) for row in raw]
        request = self.call.request or DEFAULT_REQUEST
        return shape_planned(
            self.session, self.statement, self.plan, SplicedRows(result, rows, len(self.places)), request
        )

    def _take(self, rows: Iterable[Any], params: Dict[str, Any]) -> None:
        table = self._identities()
        for row in rows:
            state = table.get(row[0] if len(row) == 1 else tuple(row))
            obj = state() if state is not None else None
            if obj is not None and isinstance(obj, self.mapper.class_):
                self.matched.append((obj, params))

    def after_update(self) -> None:
        """Set or expire the updated attributes."""
        if not self.mode or not (self.matched or self.doubtful):
            return
        functions: Dict[int, Any] = {}
        for obj, params in self.matched:
            setters = functions.get(id(params))
            if setters is None:
                setters = functions[id(params)] = self._setters(params)
            _set_values(self.session, obj, *setters)
        if self.doubtful:
            # their rows may have been met or not: what was updated has to be looked at
            changed, unknown = self._setters({})
            for obj in self.doubtful:
                _set_values(self.session, obj, {}, [*changed, *unknown])

    def _setters(self, params: Dict[str, Any]) -> Tuple[Dict[str, Any], List[str]]:
        """Return (attribute key -> function of an object, keys of attributes to expire)."""
        compiler = EvaluatorCompiler(self.mapper.class_, params)
        functions = {}
        expire = []
        for key, value in expanded_values(self.statement, self.mapper, params).items():
            try:
                functions[key] = compiler.process(value) if hasattr(value, "__visit_name__") else _constant(value)
            except UnevaluatableError:
                expire.append(key)
        for prop in self.mapper.loaded_columns:
            if prop.key not in functions and any(_changes_by_itself(column) for column in prop.columns):
                expire.append(prop.key)
        return functions, expire

    def after_delete(self) -> None:
        """Take the deleted objects out of the session."""
        if not self.mode:
            return
        session = self.session
        modified = session.identity_map.modified
        for obj in self.doubtful:
            obj.__dict__[STATE_ATTR].expire(obj.__dict__, modified)
        for obj, _params in self.matched:
            session._remove_deleted_by_criteria(obj.__dict__[STATE_ATTR], obj)


def _changes_by_itself(column: Any) -> bool:
    return getattr(column, "onupdate", None) is not None or getattr(column, "server_onupdate", None) is not None


def _constant(value: Any) -> Any:
    return lambda obj: value


def _set_values(session: Any, obj: Any, functions: Dict[str, Any], expire: Iterable[str]) -> None:
    """Give an object the values that an UPDATE gave its row.

    Attributes with pending changes are expired: which value the row has in the end is not known here.

    :param functions: attribute key -> function of the object.
    :param expire: keys of attributes whose new values are not known.
    """
    dict_ = obj.__dict__
    state = dict_[STATE_ATTR]
    committed = state.committed or ()
    fresh = {}
    # an attribute without a value that nothing would load stands for the NULL that was inserted
    complete = not state.flags & LACKING
    gone = [key for key in expire if complete or key in dict_]
    for key, function in functions.items():
        if key in committed or complete and key not in dict_:
            gone.append(key)
        elif key in dict_:
            value = function(obj)
            if is_unknown(value):
                gone.append(key)
            else:
                fresh[key] = value
    dict_.update(fresh)
    if fresh and state.manager.dispatch.refresh:
        state.manager.dispatch.refresh(state, None, set(fresh))
    state.commit(dict_, list(fresh))
    if gone:
        state.expire_attributes(dict_, gone)
    if state.committed is not None and not state.committed:
        state.commit_all(dict_, session.identity_map)


def synchronize_by_key(session: Any, mapper: Any, rows: Iterable[Dict[Any, Any]], values: Dict[str, Any]) -> None:
    """Give the session's objects the values of an UPDATE by primary key.

    :param rows: the rows of attribute values.
    :param values: attribute values that all rows got.
    """
    identities = session.identity_map.table(mapper.identity_class, None)
    if not identities:
        return
    keys = mapper.pk_keys
    for row in rows:
        given = spread(mapper, row)
        pk = given.get(keys[0]) if len(keys) == 1 else tuple([given.get(key) for key in keys])
        try:
            state = identities.get(pk)
        except TypeError:
            # an expression as key: whose row it is, the database knows
            continue
        obj = state() if state is not None else None
        if obj is None or not isinstance(obj, mapper.class_):
            continue
        compiler = EvaluatorCompiler(mapper.class_, given)
        functions = {}
        expire = []
        for key, value in {**values, **given}.items():
            if key in keys or key not in mapper.props:
                continue
            try:
                functions[key] = compiler.process(value) if hasattr(value, "__visit_name__") else _constant(value)
            except UnevaluatableError:
                expire.append(key)
        _set_values(session, obj, functions, expire)
