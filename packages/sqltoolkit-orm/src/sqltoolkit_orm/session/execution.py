"""How a session runs statements: binds, autoflush, execute events, and the call that a statement plugin gets.

What a plugin makes of a SELECT is in ``loading.plugin``, of DML in ``session.dml``.
"""

from __future__ import annotations

import contextlib
import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import inspect
from sqltoolkit_core.sql import coercions
from sqltoolkit_core.sql import roles
from sqltoolkit_core.sql import visitors
from sqltoolkit_core.sql.lambdas import StatementLambdaElement
from sqltoolkit_core.sql.lowering import find_plugin
from sqltoolkit_core.util.collections import EMPTY_DICT
from sqltoolkit_core.util.collections import immutabledict

from ..context.compile_state import LoadRequest
from ..exc import UnmappedClassError
from ..interfaces import UserDefinedOption

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Tuple
    from typing import TypeVar
    from typing import Union

    from sqltoolkit_core import Connection
    from sqltoolkit_core import Engine
    from sqltoolkit_core.engine.cursor import CursorResult
    from sqltoolkit_core.engine.result import Result
    from sqltoolkit_core.engine.result import ScalarResult
    from sqltoolkit_core.sql.dml import UpdateBase
    from sqltoolkit_core.sql.typing import TypedReturnsRows
    from typing_extensions import Self
    from typing_extensions import TypeVarTuple
    from typing_extensions import Unpack
    from typing_extensions import overload

    _T = TypeVar("_T")
    _Ts = TypeVarTuple("_Ts")

__all__ = ["Execution", "ORMExecuteState", "StatementCall"]


class StatementCall:
    """One run of a statement through a session, as its plugin sees it."""

    __slots__ = (
        "bind_arguments",
        "connection",
        "execution_options",
        "notes",
        "parameters",
        "request",
        "session",
        "statement",
    )

    def __init__(
        self,
        session: Any,
        statement: Any,
        parameters: Any,
        execution_options: Any,
        bind_arguments: Any,
        request: Any = None,
    ) -> None:
        self.session = session
        self.statement = statement
        self.parameters = parameters
        self.execution_options = execution_options
        self.bind_arguments = bind_arguments
        self.connection: Any = None
        self.request = request
        self.notes: Any = None


class ORMExecuteState:
    """What a ``do_orm_execute`` listener sees, and may change, of a statement that a session runs."""

    def __init__(
        self,
        session: Any,
        statement: Any,
        parameters: Any,
        execution_options: Any,
        bind_arguments: Any,
        compile_state_cls: Any,
        events_todo: Any,
    ) -> None:
        self.session = session
        self.statement = statement
        self.parameters = parameters
        #: the execution options of the run and of the statement, as they were when the run began
        self.execution_options = _all_options(statement, execution_options)
        #: the execution options of the run alone, with those that listeners added
        self.local_execution_options = execution_options
        self.bind_arguments = dict(bind_arguments or {})
        self._plugin = compile_state_cls
        self._events_todo = list(events_todo)
        self._starting = None
        self.request: Any = None

    # ----------------------------------------------------------------- running
    def invoke_statement(
        self,
        statement: Any = None,
        params: Any = None,
        execution_options: Any = None,
        bind_arguments: Any = None,
    ) -> Any:
        """Run the statement past this event and return its result.

        :param statement: another statement to run in its place.
        :param params: parameters that are merged into the given ones.
        """
        if statement is None:
            statement = self.statement
        arguments = dict(self.bind_arguments)
        if bind_arguments:
            arguments.update(bind_arguments)
        arguments.pop("clause", None)
        options = self.local_execution_options
        if execution_options:
            options = immutabledict(options).union(execution_options)
        parameters = self.parameters
        if params:
            parameters = _merged_parameters(parameters, params)
        return self.session._run(
            statement, parameters, options, arguments, events=self._events_todo, request=self.request
        )

    def update_execution_options(self, **opts: Any) -> None:
        """Add to the execution options of this run."""
        self.local_execution_options = immutabledict(self.local_execution_options).union(opts)

    # ------------------------------------------------------------------- facts
    @property
    def bind_mapper(self) -> Any:
        """The mapper whose bind is used, None for a statement without entities."""
        mapper = self.bind_arguments.get("mapper")
        if mapper is None:
            subject = self._subject()
            mapper = getattr(subject, "mapper", None)
        return mapper

    def _subject(self) -> Any:
        return getattr(self.statement, "plugin_subject", None)

    @property
    def all_mappers(self) -> List[Any]:
        """The mappers of the entities that the statement itself names, without its subqueries."""
        if not self.is_orm_statement:
            return []
        if self.is_select or self.is_from_statement:
            found: Dict[Any, bool] = {}
            for description in getattr(self.statement, "column_descriptions", ()):
                entity = description.get("entity")
                if entity is not None:
                    inspected = inspect(entity, raiseerr=False)
                    if inspected is not None and getattr(inspected, "mapper", None) is not None:
                        found[inspected.mapper] = True
            return list(found)
        mapper = self.bind_mapper
        return [mapper] if mapper is not None else []

    @property
    def is_orm_statement(self) -> bool:
        """Whether the statement mentions mapped entities."""
        return getattr(self.statement, "plugin_name", None) is not None

    @property
    def is_executemany(self) -> bool:
        """Whether the parameters are a list of dictionaries."""
        return isinstance(self.parameters, list)

    @property
    def _rows(self) -> Any:
        """The statement whose rows are read: for ``from_statement()`` the one that was given to it."""
        return self.statement.element if self.is_from_statement else self.statement

    @property
    def is_select(self) -> bool:
        """Whether this is a SELECT."""
        return bool(getattr(self._rows, "is_select", False))

    @property
    def is_from_statement(self) -> bool:
        """Whether this is ``select(...).from_statement(...)``."""
        return bool(getattr(self.statement, "is_from_statement", False))

    @property
    def is_insert(self) -> bool:
        """Whether this is an INSERT."""
        return bool(getattr(self._rows, "is_insert", False))

    @property
    def is_update(self) -> bool:
        """Whether this is an UPDATE."""
        return bool(getattr(self._rows, "is_update", False))

    @property
    def is_delete(self) -> bool:
        """Whether this is a DELETE."""
        return bool(getattr(self._rows, "is_delete", False))

    @property
    def load_options(self) -> Any:
        """The options of loading objects, for a SELECT."""
        if not self.is_select and not self.is_from_statement:
            raise sa_exc.InvalidRequestError("The statement of this execution is no SELECT")
        return self.request if self.request is not None else LoadRequest()

    @property
    def update_delete_options(self) -> Any:
        """The options of an UPDATE or DELETE by criteria."""
        if not (self.is_update or self.is_delete):
            raise sa_exc.InvalidRequestError("The statement of this execution is neither UPDATE nor DELETE")
        return immutabledict(
            {"synchronize_session": self.execution_options.get("synchronize_session", "auto")}
        )

    @property
    def is_column_load(self) -> bool:
        """Whether expired or deferred column attributes of one object are loaded."""
        return self.request is not None and self.request.refresh_state is not None

    @property
    def is_relationship_load(self) -> bool:
        """Whether a relationship loader runs this SELECT."""
        return self.request is not None and self.request.loader_path is not None

    @property
    def lazy_loaded_from(self) -> Any:
        """The state whose relationship is loaded lazily, or None.

        :raises sqltoolkit_core.exc.InvalidRequestError: the statement is no SELECT.
        """
        if not self.is_select:
            raise sa_exc.InvalidRequestError("The statement of this execution is no SELECT")
        return self.request.lazy_loaded_from if self.request is not None else None

    @property
    def loader_strategy_path(self) -> Any:
        """The path of the relationship that is loaded, or None."""
        return self.request.loader_path if self.request is not None else None

    @property
    def identity_token(self) -> Any:
        """The identity token of the run."""
        return self.execution_options.get("identity_token")

    @property
    def user_defined_options(self) -> List[Any]:
        """The :class:`UserDefinedOption` objects on the statement."""
        parts = getattr(self.statement, "parts", None)
        options = getattr(parts, "options", ())
        return [option for option in options if isinstance(option, UserDefinedOption)]


class Execution:
    """The part of :class:`Session` that runs statements."""

    bind: Optional[Union[Engine, Connection]]
    dispatch: Any
    #: whether somebody listens to the session's events
    has_events = False
    autoflush: bool
    execution_options: Any

    if typing.TYPE_CHECKING:
        # of Session and of ObjectOperations
        identity_map: Any
        _binds: immutabledict[Any, Union[Engine, Connection]]
        _transaction: Any
        _flushing: bool
        _new: Any
        _deleted: Any

        def _autobegin_t(self) -> Any: ...

        def flush(self, objects: Any = None) -> None: ...

    if typing.TYPE_CHECKING:

        @overload
        def execute(
            self,
            statement: TypedReturnsRows[Unpack[_Ts]],
            params: Any = None,
            *,
            execution_options: Any = EMPTY_DICT,
            bind_arguments: Any = None,
        ) -> Result[Unpack[_Ts]]: ...

        @overload
        def execute(
            self,
            statement: UpdateBase,
            params: Any = None,
            *,
            execution_options: Any = EMPTY_DICT,
            bind_arguments: Any = None,
        ) -> CursorResult[Unpack[Tuple[Any, ...]]]: ...

        @overload
        def execute(
            self,
            statement: Any,
            params: Any = None,
            *,
            execution_options: Any = EMPTY_DICT,
            bind_arguments: Any = None,
        ) -> Result[Unpack[Tuple[Any, ...]]]: ...

    def execute(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
    ) -> Any:
        """Run a statement in this session's transaction and return its result.

        :param params: a dictionary of parameters, or a list of them.
        :param bind_arguments: arguments for :meth:`get_bind`.
        """
        return self._run(statement, params, execution_options, bind_arguments)

    if typing.TYPE_CHECKING:

        @overload
        def scalars(
            self,
            statement: TypedReturnsRows[_T, Unpack[_Ts]],
            params: Any = None,
            *,
            execution_options: Any = EMPTY_DICT,
            bind_arguments: Any = None,
            **kw: Any,
        ) -> ScalarResult[_T]: ...

        @overload
        def scalars(
            self,
            statement: Any,
            params: Any = None,
            *,
            execution_options: Any = EMPTY_DICT,
            bind_arguments: Any = None,
            **kw: Any,
        ) -> ScalarResult[Any]: ...

    def scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
        **kw: Any,
    ) -> Any:
        """Run a statement and return the first element of each row."""
        return self._run(statement, params, execution_options, bind_arguments).scalars()

    if typing.TYPE_CHECKING:

        @overload
        def scalar(
            self,
            statement: TypedReturnsRows[_T, Unpack[_Ts]],
            params: Any = None,
            *,
            execution_options: Any = EMPTY_DICT,
            bind_arguments: Any = None,
            **kw: Any,
        ) -> Optional[_T]: ...

        @overload
        def scalar(
            self,
            statement: Any,
            params: Any = None,
            *,
            execution_options: Any = EMPTY_DICT,
            bind_arguments: Any = None,
            **kw: Any,
        ) -> Any: ...

    def scalar(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
        **kw: Any,
    ) -> Any:
        """Run a statement and return one value, that of the first row's first column; None without a row."""
        return self._run(statement, params, execution_options, bind_arguments).scalar()

    def _run(
        self,
        statement: Any,
        params: Any,
        execution_options: Any,
        bind_arguments: Any,
        events: Any = None,
        request: Any = None,
    ) -> Any:
        try:
            plugin: Any = find_plugin(statement)
        except AttributeError:
            given, statement = statement, coercions.expect(roles.StatementRole, statement)
            if statement is not given:
                # a Query, for example, which knows better how it is run
                raise sa_exc.ObjectNotExecutableError(given)
            plugin = find_plugin(statement) if hasattr(statement, "plugin_name") else None
        if plugin is None and isinstance(statement, StatementLambdaElement):
            statement = statement.resolved
            plugin = find_plugin(statement)
        if self.execution_options:
            # those of the session stand behind those of the statement, and these behind those of the call
            own = statement.get_execution_options() if hasattr(statement, "get_execution_options") else EMPTY_DICT
            execution_options = immutabledict(self.execution_options).union(own).union(execution_options)
        call = StatementCall(self, statement, params, execution_options, bind_arguments, request)
        if events is None and self.has_events:
            events = list(self.dispatch.do_orm_execute)
        if events:
            replaced = self._announce(call, plugin, events)
            if replaced is not None:
                return replaced
            bind_arguments = call.bind_arguments
        bind = self.bind
        if bind_arguments or not self.finds_bind_itself:
            bind = self._bind_of(call)
        transaction = self._transaction
        if transaction is None:
            transaction = self._autobegin_t()
        call.connection = connection = transaction.connection_for_bind(bind)
        if plugin is not None:
            return plugin.run(call)
        self._autoflush()
        return connection.execute(
            call.statement, call.parameters or {}, execution_options=call.execution_options
        )

    def _announce(self, call: StatementCall, plugin: Any, events: List[Any]) -> Any:
        """Let listeners see and change a call; return the result that one of them gives in its place, or None."""
        request = call.request
        if plugin is not None:
            plugin.before_execute(call)
        state = ORMExecuteState(
            self,
            call.statement,
            call.parameters,
            call.execution_options,
            call.bind_arguments,
            plugin,
            (),
        )
        state.request = call.request
        for position, listener in enumerate(events):
            state._events_todo = list(events[position + 1 :])
            found = listener(state)
            if found is not None:
                return found
        call.statement, call.parameters = state.statement, state.parameters
        call.execution_options = state.local_execution_options
        call.bind_arguments = state.bind_arguments
        # options that a listener added say anew how to load
        call.request = request
        if plugin is not None:
            plugin.before_execute(call)
        return None

    def _bind_of(self, call: StatementCall) -> Any:
        arguments = dict(call.bind_arguments or ())
        arguments.setdefault("clause", call.statement)
        subject = getattr(call.statement, "plugin_subject", None)
        if subject is not None and "mapper" not in arguments and hasattr(subject, "mapper"):
            arguments["mapper"] = subject.mapper
        return self.get_bind(**arguments)

    # -------------------------------------------------------------------- binds
    #: whether a class derived from Session says in its get_bind() what to use
    _routes = False

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        cls._routes = cls.get_bind is not Execution.get_bind

    @property
    def finds_bind_itself(self) -> bool:
        """Whether all statements go to the one bind of this session, so that :meth:`get_bind` need not be asked."""
        return self.bind is not None and not self._binds and not self._routes

    def get_bind(
        self,
        mapper: Any = None,
        *,
        clause: Any = None,
        bind: Optional[Union[Engine, Connection]] = None,
        **kw: Any,
    ) -> Union[Engine, Connection]:
        """Return the engine or connection for a mapper or a statement.

        :raises sqltoolkit_core.exc.UnboundExecutionError: none was configured.
        """
        if bind is not None:
            return bind
        if not self._binds and self.bind is not None:
            return self.bind
        if mapper is not None:
            inspected = inspect(mapper, raiseerr=False)
            if inspected is None or getattr(inspected, "mapper", None) is None:
                if isinstance(mapper, type):
                    raise UnmappedClassError(mapper)
                inspect(mapper)
                raise sa_exc.ArgumentError("get_bind() takes a mapped class or a mapper, got %r" % (mapper,))
            mapper = inspected.mapper
        if self._binds:
            if mapper is not None:
                for cls in mapper.class_.__mro__:
                    if cls in self._binds:
                        return self._binds[cls]
                if clause is None:
                    clause = mapper.persist_selectable
            if clause is not None:
                for element in visitors.iterate(clause):
                    if element in self._binds:
                        return self._binds[element]
                    subject = getattr(element, "plugin_subject", None)
                    if subject is not None and hasattr(subject, "mapper"):
                        for cls in subject.mapper.class_.__mro__:
                            if cls in self._binds:
                                return self._binds[cls]
                    inner = getattr(element, "table", None)
                    if inner is not None and not callable(inner):
                        try:
                            if inner in self._binds:
                                return self._binds[inner]
                        except TypeError:
                            continue
        if self.bind is not None:
            return self.bind
        what = []
        if mapper is not None:
            what.append("mapper %s" % mapper)
        if clause is not None:
            what.append("SQL expression")
        raise sa_exc.UnboundExecutionError(
            "No bind is configured on this session%s; pass an engine to Session(...) or to its binds"
            % (" for " + " or ".join(what) if what else ""),
        )

    def _add_bind(self, key: Any, bind: Any) -> None:
        inspected = inspect(key, raiseerr=False)
        if getattr(inspected, "is_mapper", False):
            keys = [inspected.class_, *inspected.tables]
        elif isinstance(key, type):
            keys = [key]
        elif getattr(inspected, "is_selectable", False):
            keys = [inspected]
        else:
            raise sa_exc.ArgumentError("binds takes mapped classes, mappers and tables as keys, not %r" % (key,))
        # whoever was given the former ones keeps them
        self._binds = self._binds.union(dict.fromkeys(keys, bind))

    def bind_mapper(self, mapper: Any, bind: Any) -> None:
        """Use ``bind`` for a mapped class and its tables."""
        self._add_bind(mapper, bind)

    def bind_table(self, table: Any, bind: Any) -> None:
        """Use ``bind`` for a table."""
        self._add_bind(table, bind)

    def connection(self, bind_arguments: Any = None, execution_options: Any = None) -> Connection:
        """Return the connection of this session's transaction.

        :param bind_arguments: arguments for :meth:`get_bind`.
        :param execution_options: options for the connection, when it is new in the transaction.
        """
        arguments = dict(bind_arguments or ())
        bind = arguments.pop("bind", None)
        if bind is None:
            bind = self.get_bind(**arguments)
        transaction = self._transaction or self._autobegin_t()
        connection: Connection = transaction.connection_for_bind(bind, execution_options)
        return connection

    # --------------------------------------------------------------- autoflush
    @property
    @contextlib.contextmanager
    def no_autoflush(self) -> Iterator[Self]:
        """A context manager in which queries do not flush first."""
        previous = self.autoflush
        self.autoflush = False
        try:
            yield self
        finally:
            self.autoflush = previous

    def _autoflush(self) -> None:
        if self.autoflush and not self._flushing and (
            self._new or self._deleted or self.identity_map.modified
        ):
            try:
                self.flush()
            except sa_exc.StatementError as err:
                err.add_detail(
                    "the flush that a query calls for met this error; where it comes too early, run the query in "
                    "a block of "
                    "session.no_autoflush"
                )
                raise


def _merged_parameters(given: Any, more: Any) -> Any:
    """Return parameters with those of a listener added, dictionary by dictionary where there are several.

    :raises sqltoolkit_core.exc.InvalidRequestError: there are not as many dictionaries on both sides.
    """
    if isinstance(more, dict):
        return dict(given or {}, **more)
    if not given:
        return more
    if isinstance(given, dict):
        given = [given]
    if len(given) != len(more):
        raise sa_exc.InvalidRequestError(
            "The statement runs with %d dictionaries of parameters, and a listener gave %d to be merged with them"
            % (len(given), len(more))
        )
    return [dict(one, **other) for one, other in zip(given, more)]


def _all_options(statement: Any, options: Any) -> Any:
    """Return the execution options of a statement and of its run, merged."""
    own = statement.get_execution_options() if hasattr(statement, "get_execution_options") else EMPTY_DICT
    return immutabledict(own).union(options) if own or options else EMPTY_DICT
