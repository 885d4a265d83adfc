"""One statement's way to the cursor, with its events and errors.

`_execute_clauseelement()` is the short way for statements that nobody observes: parameters, cursor, result, nothing in
between.  Everything else goes the long way, with an execution context.  Transactions and the life of the connection are
in `.connection`.
"""

from __future__ import annotations

import time
import typing

from ... import exc
from ...sql.executable import Executable
from ...sql.traversals import memoize
from ...util.collections import immutabledict
from ...util.concurrency import is_exit_exception
from ..cursor import CursorResult
from ..cursor import NO_ROWS
from ..cursor import compiled_metadata
from ..default.context import plan_of
from ..default.errors import ExceptionContextImpl
from ..default.errors import Outcome
from ..default.errors import ask_listeners
from ..default.errors import connect_error
from ..default.errors import typed_violation
from ..fetch import LoggedFetch
from ..interfaces import ExecuteStyle
from .limits import LimitedCursor
from .limits import TimeLimit
from .messages import LoggedParameters
from .messages import log_parameters
from .messages import log_slow
from .messages import tagged
from .parameters import distill_driver_parameters
from .parameters import distill_parameters

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Mapping
    from typing import Optional
    from typing import Set
    from typing import Tuple

    from typing import TypeVar

    from typing_extensions import TypeVarTuple
    from typing_extensions import Unpack
    from typing_extensions import overload

    from ...sql.typing import TypedReturnsRows
    from ..cursor import AnyCursorResult
    from ..interfaces import Dialect
    from ..result import ScalarResult
    from .engine import Engine

    _T = TypeVar("_T")
    _Ts = TypeVarTuple("_Ts")

__all__ = ["ExceptionContextImpl", "StatementExecution"]

EMPTY: Any = immutabledict()
_new_result = CursorResult.__new__

# classes of statements that are executed as Executable says: known, they need not be asked
_PLAIN_STATEMENTS: Set[type] = set()

# options that the short way does not know about
_LONG_WAY_OPTIONS = frozenset(
    [
        "compiled_cache",
        "driver_column_names",
        "logging_token",
        "max_row_buffer",
        "no_parameters",
        "preserve_rowcount",
        "query_tags",
        "schema_translate_map",
        "stream_results",
        "timeout",
        "yield_per",
    ]
)


class StatementExecution:
    """The part of `Connection` that runs statements."""

    engine: Engine
    dialect: Dialect
    dispatch: Any
    has_events: bool
    _dbapi_connection: Any
    _transaction: Any
    _nested_transaction: Any
    open_block: Any
    _execution_options: Mapping[str, Any]
    _compiled_cache: Any
    _reentrant_error: bool
    # is each statement logged, or its time taken?
    _observed: bool

    # ------------------------------------------------------------------ face

    if typing.TYPE_CHECKING:

        @overload
        def execute(
            self,
            statement: TypedReturnsRows[Unpack[_Ts]],
            parameters: Any = None,
            *,
            execution_options: Optional[Mapping[str, Any]] = None,
        ) -> CursorResult[Unpack[_Ts]]: ...

        @overload
        def execute(
            self,
            statement: Any,
            parameters: Any = None,
            *,
            execution_options: Optional[Mapping[str, Any]] = None,
        ) -> CursorResult[Unpack[Tuple[Any, ...]]]: ...

    def execute(
        self,
        statement: Any,
        parameters: Any = None,
        *,
        execution_options: Optional[Mapping[str, Any]] = None,
    ) -> AnyCursorResult:
        """Execute a statement and return its result.

        `parameters` is a dictionary of values for bound parameters, or a list of them to run the statement for each.
        Raises `ObjectNotExecutableError` for what is no statement, and `DBAPIError` (one of its subclasses) for what
        the database refuses.
        """
        if parameters is None:
            distilled: Any = ()
        elif parameters.__class__ is dict:
            distilled = (parameters,)
        else:
            distilled = distill_parameters(parameters)
        if statement.__class__ in _PLAIN_STATEMENTS:
            return self._execute_clauseelement(statement, distilled, execution_options or EMPTY)
        try:
            run = statement._execute_on_connection
        except AttributeError as err:
            raise exc.ObjectNotExecutableError(statement) from err
        if getattr(run, "__func__", None) is Executable._execute_on_connection:
            _PLAIN_STATEMENTS.add(statement.__class__)
        result: AnyCursorResult = run(self, distilled, execution_options or EMPTY)
        return result

    if typing.TYPE_CHECKING:

        @overload
        def scalar(
            self,
            statement: TypedReturnsRows[_T, Unpack[_Ts]],
            parameters: Any = None,
            *,
            execution_options: Optional[Mapping[str, Any]] = None,
        ) -> Optional[_T]: ...

        @overload
        def scalar(
            self,
            statement: Any,
            parameters: Any = None,
            *,
            execution_options: Optional[Mapping[str, Any]] = None,
        ) -> Any: ...

    def scalar(
        self,
        statement: Any,
        parameters: Any = None,
        *,
        execution_options: Optional[Mapping[str, Any]] = None,
    ) -> Any:
        """Run a statement and return one value, that of the first row's first column; None without a row."""
        try:
            run = statement._execute_on_scalar
        except AttributeError as err:
            raise exc.ObjectNotExecutableError(statement) from err
        return run(self, distill_parameters(parameters), execution_options or EMPTY)

    if typing.TYPE_CHECKING:

        @overload
        def scalars(
            self,
            statement: TypedReturnsRows[_T, Unpack[_Ts]],
            parameters: Any = None,
            *,
            execution_options: Optional[Mapping[str, Any]] = None,
        ) -> ScalarResult[_T]: ...

        @overload
        def scalars(
            self,
            statement: Any,
            parameters: Any = None,
            *,
            execution_options: Optional[Mapping[str, Any]] = None,
        ) -> ScalarResult[Any]: ...

    def scalars(
        self,
        statement: Any,
        parameters: Any = None,
        *,
        execution_options: Optional[Mapping[str, Any]] = None,
    ) -> ScalarResult[Any]:
        """Run a statement; the result has the values of the first column."""
        return self.execute(statement, parameters, execution_options=execution_options).scalars()

    def exec_driver_sql(
        self,
        statement: str,
        parameters: Any = None,
        execution_options: Optional[Mapping[str, Any]] = None,
    ) -> AnyCursorResult:
        """Execute a string as it is; `parameters` in the form that the driver wants, or a list of such."""
        distilled = distill_driver_parameters(parameters)
        options = self._merged_options(EMPTY, execution_options)
        ctx_cls = self.dialect.execution_ctx_cls
        return self._execute_context(
            lambda: ctx_cls._for_text(self, options, statement, distilled),
            statement,
            distilled,
            options,
        )

    def _merged_options(
        self, statement_options: Mapping[str, Any], execution_options: Optional[Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        own = self._execution_options
        if not execution_options and not statement_options:
            merged = own
        else:
            merged = immutabledict({**statement_options, **own, **(execution_options or EMPTY)})
        per = merged.get("yield_per")
        if per and not merged.get("stream_results"):
            merged = immutabledict({**merged, "stream_results": True, "max_row_buffer": per})
        return merged

    # ------------------------------------------------------------- statements

    def _execute_clauseelement(
        self, elem: Any, distilled: Any, execution_options: Mapping[str, Any]
    ) -> AnyCursorResult:
        """Execute a statement the short way if nothing about it asks for the long one."""
        dialect = self.dialect
        cache = self._compiled_cache
        if (
            self._observed
            or self.has_events
            or self.engine.has_events
            or dialect.has_events  # type: ignore[attr-defined]
            or cache is None
        ):
            return self._execute_with_context(elem, distilled, execution_options)
        if execution_options or elem._execution_options or self._execution_options:
            if not (
                _LONG_WAY_OPTIONS.isdisjoint(execution_options)
                and _LONG_WAY_OPTIONS.isdisjoint(elem._execution_options)
                and _LONG_WAY_OPTIONS.isdisjoint(self._execution_options)
            ):
                return self._execute_with_context(elem, distilled, execution_options)
        keys = None
        values = None
        if distilled:
            if len(distilled) > 1:
                return self._execute_with_context(elem, distilled, execution_options)
            values = distilled[0]
            keys = tuple(values) or None
        # a statement that is executed again remembers what it was compiled to: its key need not be hashed
        known = elem.__dict__.get("_compiled_memo")
        if known is None or known[0] is not dialect or known[1] != keys:
            known = self._known_compiled(elem, cache, keys)
            if known is None:
                # the long way compiles it and knows that it did
                return self._execute_with_context(elem, distilled, execution_options)
        _, _, compiled, plan, parameters = known
        sql = plan.sql
        try:
            if plan.expand is None:
                bound = plan.extract(parameters, values)
            else:
                found = plan.expand(parameters, values)
                if found is None:
                    return self._execute_with_context(elem, distilled, execution_options)
                sql, bound = found
        except Exception:
            # the long way meets the same error and says what it is about
            return self._execute_with_context(elem, distilled, execution_options)
        transaction = self._transaction
        if transaction is None:
            self._autobegin()  # type: ignore[attr-defined]
        elif not transaction.is_active or self.open_block is not None or (
            self._nested_transaction is not None
        ):
            self._check_transaction()  # type: ignore[attr-defined]
        pooled = self._dbapi_connection
        driver = None if pooled is None else pooled.dbapi_connection
        cursor = None
        if driver is None:
            pooled = self.connection  # type: ignore[attr-defined]
        record = pooled._connection_record
        if record is not None:
            record.last_sql = sql
        try:
            cursor = pooled.cursor() if driver is None else driver.cursor()
            dialect.do_execute(cursor, sql, bound)
        except BaseException as err:
            self._plain_failed(err, cursor, elem, compiled, parameters, distilled, sql, bound)
            raise
        result = _new_result(CursorResult)
        result.connection = self  # type: ignore[assignment]
        result.cursor = cursor
        result.compiled = compiled
        result._bound = (parameters, distilled)
        result._invoked = elem
        if plan.is_dml:
            self._transaction.has_written = True
            if not compiled.isinsert:
                result._rowcount = cursor.rowcount
            result._metadata = NO_ROWS
            if plan.wants_lastrowid:
                result._lastrowid = cursor.lastrowid  # type: ignore[attr-defined]
            result._soft_closed = True
            try:
                cursor.close()
            except BaseException as err:
                self._cursor_close_failed(err, cursor)
        else:
            metadata = plan.metadata
            if metadata is None:
                metadata = self._metadata_for(plan, compiled, cursor.description)
            if compiled.statement is not elem:
                metadata.shared = True
            result._metadata = metadata
        return result

    def _known_compiled(self, elem: Any, cache: Any, keys: Any) -> Any:
        """Return (dialect, keys, compiled, plan, parameters) of a statement that may go the short way, or None."""
        dialect = self.dialect
        own = elem.__dict__
        repeated = "_cache_key_memo" in own
        cache_key = elem._generate_cache_key()
        if cache_key is None:
            return None
        compiled = cache.get((dialect, cache_key.key, keys, False, False))
        if compiled is None:
            return None
        plan = compiled.__dict__.get("execution_plan") or plan_of(compiled, dialect)
        if not plan.plain:
            return None
        known = (dialect, keys, compiled, plan, cache_key.bindparams)
        if "_compiled_memo" in own:
            own["_compiled_memo"] = known
        elif repeated:
            memoize(elem, "_compiled_memo", known)
        return known

    def _metadata_for(self, plan: Any, compiled: Any, description: Any) -> Any:
        made = compiled_metadata(compiled, self.dialect, description)
        if len(description) == len(compiled._result_columns):
            plan.metadata = made
        return made

    def _plain_failed(
        self,
        error: BaseException,
        cursor: Any,
        elem: Any,
        compiled: Any,
        parameters: Any,
        distilled: Any,
        sql: str,
        bound: Any,
    ) -> None:
        """Raise what the error of a statement that went the short way is to be seen as."""
        if cursor is None:
            # no connection, or no cursor
            self._handle_dbapi_exception(error, sql, bound, None, None)
            return
        result = _new_result(CursorResult)
        result.connection = self  # type: ignore[assignment]
        result.cursor = cursor
        result.compiled = compiled
        result._bound = (parameters, distilled)
        result._invoked = elem
        context = self._context_of_result(result)
        self._handle_dbapi_exception(error, sql, bound, cursor, context)

    def _context_of_result(self, result: Any) -> Any:
        """Return an execution context for a statement that was executed without one."""
        compiled = result.compiled
        extracted, distilled = result._bound
        context = self.dialect.execution_ctx_cls(
            self, self._merged_options(result._invoked._execution_options, None)
        )
        context._note_compiled(compiled, result._invoked, extracted, self.dialect.CACHE_HIT)
        context.cursor = result.cursor
        context.compiled_parameters = [
            compiled.construct_params(
                distilled[0] if distilled else None,
                extracted_parameters=extracted,
                escape_names=False,
            )
        ]
        context._finish_parameters()
        context._rowcount = result._rowcount
        context._lastrowid = result.__dict__.get("_lastrowid")
        return context

    def _execute_with_context(
        self, elem: Any, distilled: Any, execution_options: Mapping[str, Any]
    ) -> AnyCursorResult:
        """Execute a statement the long way: with events, all options and an execution context."""
        options = self._merged_options(elem._execution_options, execution_options)
        events = self.has_events or self.engine.has_events
        many: Any = None
        single: Any = None
        if events:
            elem, distilled, many, single = self._before_execute(elem, distilled, options)
        dialect = self.dialect
        # no parameters: an INSERT, also one inside of a CTE, gets the columns that have values
        keys = tuple(distilled[0]) if distilled else ()
        translate = options.get("schema_translate_map")
        compiled, extracted, cache_hit = elem._compile_w_cache(
            dialect,
            compiled_cache=options.get("compiled_cache", self._compiled_cache),
            column_keys=keys,
            for_executemany=len(distilled) > 1,
            schema_translate_map=translate,
            linting=dialect.compiler_linting,
        )
        ctx_cls = dialect.execution_ctx_cls
        result = self._execute_context(
            lambda: ctx_cls._for_compiled(
                self, options, compiled, distilled, elem, extracted, cache_hit
            ),
            compiled.string,
            distilled,
            options,
        )
        if events:
            self.dispatch.after_execute(self, elem, many, single, options, result)
        return result

    def _before_execute(self, elem: Any, distilled: Any, options: Mapping[str, Any]) -> Any:
        """Call the listeners of `before_execute` and return what they made of it."""
        if len(distilled) == 1:
            many, single = [], distilled[0]
        else:
            many, single = distilled, {}
        for fn in self.dispatch.before_execute:
            elem, many, single = fn(self, elem, many, single, options)
        if many:
            distilled = list(many)
            if single:
                raise exc.InvalidRequestError(
                    "before_execute() listeners may return a list of parameter sets or one set, not both"
                )
        else:
            distilled = [single] if single else ()
        return elem, distilled, many, single

    def _execute_compiled(
        self, compiled: Any, distilled: Any, execution_options: Mapping[str, Any]
    ) -> AnyCursorResult:
        """Execute what was compiled before."""
        options = self._merged_options(compiled.execution_options, execution_options)
        events = self.has_events or self.engine.has_events
        many: Any = None
        single: Any = None
        if events:
            _, distilled, many, single = self._before_execute(compiled, distilled, options)
        ctx_cls = self.dialect.execution_ctx_cls
        if not compiled.is_sql:
            return self._execute_context(
                lambda: ctx_cls._for_ddl(self, options, compiled), compiled.string, (), options
            )
        result = self._execute_context(
            lambda: ctx_cls._for_compiled(
                self, options, compiled, distilled, compiled.statement, None, None
            ),
            compiled.string,
            distilled,
            options,
        )
        if events:
            self.dispatch.after_execute(self, compiled, many, single, options, result)
        return result

    def _execute_ddl(
        self, ddl: Any, distilled: Any, execution_options: Mapping[str, Any]
    ) -> AnyCursorResult:
        """Execute a DDL element."""
        options = self._merged_options(ddl._execution_options, execution_options)
        events = self.has_events or self.engine.has_events
        many: Any = None
        single: Any = None
        if events:
            ddl, distilled, many, single = self._before_execute(ddl, distilled, options)
        translate = options.get("schema_translate_map")
        dialect = self.dialect
        compiled = ddl.compile(dialect=dialect, schema_translate_map=translate)
        ctx_cls = dialect.execution_ctx_cls
        result = self._execute_context(
            lambda: ctx_cls._for_ddl(self, options, compiled), compiled.string, (), options
        )
        if events:
            self.dispatch.after_execute(self, ddl, many, single, options, result)
        return result

    def _execute_function(
        self, func: Any, distilled: Any, execution_options: Mapping[str, Any]
    ) -> AnyCursorResult:
        """Execute a SQL function by selecting it."""
        return self._execute_clauseelement(func.select(), distilled, execution_options)

    def _execute_default(
        self, default: Any, distilled: Any, execution_options: Mapping[str, Any]
    ) -> Any:
        """Run a default generator, such as a sequence, and return its value."""
        options = self._merged_options(
            getattr(default, "_execution_options", EMPTY), execution_options
        )
        events = self.has_events or self.engine.has_events
        many: Any = None
        single: Any = None
        if events:
            default, distilled, many, single = self._before_execute(default, distilled, options)
        try:
            context = self.dialect.execution_ctx_cls._for_default(self, options)
        except (exc.PendingRollbackError, exc.ResourceClosedError):
            raise
        except BaseException as err:
            self._handle_dbapi_exception(err, None, None, None, None)
            raise
        value = context._value_of_default(None, default, None)
        if events:
            self.dispatch.after_execute(self, default, many, single, options, value)
        return value

    # --------------------------------------------------------------- contexts

    def _execute_context(
        self,
        make_context: Callable[[], Any],
        statement: str,
        parameters: Any,
        options: Mapping[str, Any],
    ) -> AnyCursorResult:
        """Run the statement of a context and return the result."""
        transaction = self._transaction
        if transaction is not None and (
            not transaction.is_active
            or self._nested_transaction is not None
            or self.open_block is not None
        ):
            self._check_transaction()  # type: ignore[attr-defined]
        # errors of a reconnect are dealt with there
        self._driver_connection()  # type: ignore[attr-defined]
        try:
            context = make_context()
        except (exc.PendingRollbackError, exc.ResourceClosedError):
            raise
        except BaseException as err:
            self._handle_dbapi_exception(err, statement, parameters, None, None)
            raise
        if self._transaction is None:
            self._autobegin()  # type: ignore[attr-defined]
        context.pre_exec()
        if context.execute_style is ExecuteStyle.INSERTMANYVALUES:
            return self._execute_batches(context)
        return self._execute_single(context, options)

    def _execute_single(self, context: Any, options: Mapping[str, Any]) -> AnyCursorResult:
        dialect = self.dialect
        cursor, statement = context.cursor, context.statement
        many = context.executemany
        parameters = context.parameters if many else context.parameters[0]
        if options.get("query_tags"):
            statement = tagged(statement, options["query_tags"], dialect)
        limit = None
        if options.get("timeout") is not None:
            limit = TimeLimit(self, options["timeout"])
        started = time.perf_counter() if self._observed else 0.0
        try:
            self._set_input_sizes(context)
            if self.has_events or self.engine.has_events:
                for fn in self.dispatch.before_cursor_execute:
                    statement, parameters = fn(self, cursor, statement, parameters, context, many)
            if self._observed:
                self._log_statement(context, statement, parameters, many)
            pooled = self._dbapi_connection
            if pooled is not None:
                pooled.note_statement(statement)
            if limit is None:
                self._send(dialect, context, cursor, statement, parameters, many)
            else:
                with limit:
                    self._send(dialect, context, cursor, statement, parameters, many)
                self._limit_fetching(context, limit)
            self._note_begun()  # type: ignore[attr-defined]
            if self._observed:
                self._note_duration(started, statement, parameters, many)
            if self.has_events or self.engine.has_events:
                self.dispatch.after_cursor_execute(
                    self, cursor, statement, parameters, context, many
                )
            context.post_exec()
            result: AnyCursorResult = context.make_result()
            if self._observed:
                self._log_rows(result)
        except BaseException as err:
            timed_out = limit is not None and limit.is_over
            self._handle_dbapi_exception(
                err, statement, parameters, cursor, context, timed_out=timed_out
            )
            raise
        return result

    def _limit_fetching(self, context: Any, limit: TimeLimit) -> None:
        # the rows of an asynchronous driver are here already, except with a server-side cursor
        if context._is_server_side or not self.dialect.is_async:
            context.cursor = LimitedCursor(context.cursor, limit)

    def _send(
        self,
        dialect: Any,
        context: Any,
        cursor: Any,
        statement: str,
        parameters: Any,
        many: bool,
    ) -> None:
        """Give the statement to the driver, or to a listener that takes it over."""
        events = dialect.dispatch if dialect.has_events else None
        if many:
            if events is not None:
                for fn in events.do_executemany:
                    if fn(cursor, statement, parameters, context):
                        return
            dialect.do_executemany(cursor, statement, parameters, context)
        elif not parameters and context.no_parameters:
            if events is not None:
                for fn in events.do_execute_no_params:
                    if fn(cursor, statement, context):
                        return
            dialect.do_execute_no_params(cursor, statement, context)
        else:
            if events is not None:
                for fn in events.do_execute:
                    if fn(cursor, statement, parameters, context):
                        return
            dialect.do_execute(cursor, statement, parameters, context)

    def _set_input_sizes(self, context: Any) -> None:
        if self.dialect.bind_typing.name == "SETINPUTSIZES":
            prepare = getattr(context, "_set_input_sizes", None)
            if prepare is not None:
                prepare()

    def _execute_batches(self, context: Any) -> AnyCursorResult:
        """Insert many rows by statements with many rows of VALUES each."""
        dialect = self.dialect
        compiled = context.compiled
        options = context.execution_options
        size = options.get("insertmanyvalues_page_size", dialect.insertmanyvalues_page_size)
        in_order = bool(compiled._insertmanyvalues.sort_by_parameter_order)
        returns = bool(compiled.effective_returning)
        events = self.has_events or self.engine.has_events
        rows: Any = [] if returns else None
        cursor = context.cursor
        description = None
        count = 0
        sort = context._batch_sorter(compiled, in_order) if returns else None
        limit = None
        if options.get("timeout") is not None:
            limit = TimeLimit(self, options["timeout"])
        for batch in compiled.deliver_insertmanyvalues_batches(
            context.statement,
            context.parameters,
            context.parameters_by_name(),
            None,
            size,
            in_order,
            options.get("schema_translate_map"),
        ):
            statement, parameters = batch.replaced_statement, batch.replaced_parameters
            if options.get("query_tags"):
                statement = tagged(statement, options["query_tags"], dialect)
            try:
                if events:
                    for fn in self.dispatch.before_cursor_execute:
                        statement, parameters = fn(
                            self, cursor, statement, parameters, context, True
                        )
                if self._observed:
                    self._log_batch(context, statement, parameters, batch)
                pooled = self._dbapi_connection
                if pooled is not None:
                    pooled.note_statement(statement)
                if limit is None:
                    self._send(dialect, context, cursor, statement, parameters, False)
                else:
                    with limit:
                        self._send(dialect, context, cursor, statement, parameters, False)
                if events:
                    self.dispatch.after_cursor_execute(
                        self, cursor, statement, parameters, context, True
                    )
                if returns:
                    description = cursor.description
                    found = context.fetchall_for_returning(cursor)
                    rows.extend(found if sort is None else sort(batch, found))
                else:
                    count += max(cursor.rowcount, 0)
            except BaseException as err:
                self._handle_dbapi_exception(
                    err, statement, parameters, cursor, context, is_sub_exec=True,
                    timed_out=limit is not None and limit.is_over,
                )  # fmt: skip
                raise
        try:
            self._note_begun()  # type: ignore[attr-defined]
            context.post_exec()
            context._keep_batches(rows, description)
            context._rowcount = len(rows) if returns else count
            result: AnyCursorResult = context.make_result()
            self._log_rows(result)
            return result
        except BaseException as err:
            self._handle_dbapi_exception(err, context.statement, None, cursor, context)
            raise

    # ---------------------------------------------------------------- logging

    def _log_statement(self, context: Any, statement: str, parameters: Any, many: bool) -> None:
        if not self._echo:  # type: ignore[attr-defined]
            return
        self._log_info(statement)  # type: ignore[attr-defined]
        self._log_info(  # type: ignore[attr-defined]
            "[%s] %s", context._cache_note(), log_parameters(self.engine, parameters, many)
        )

    def _log_batch(self, context: Any, statement: str, parameters: Any, batch: Any) -> None:
        if not self._echo:  # type: ignore[attr-defined]
            return
        self._log_info(statement)  # type: ignore[attr-defined]
        note = "insertmanyvalues"
        if batch.batchnum == 1:
            note = "%s (insertmanyvalues)" % context._cache_note()
        self._log_info(  # type: ignore[attr-defined]
            "[%s %d/%d (%s%s)] %s",
            note,
            batch.batchnum,
            batch.total_batches,
            "ordered" if context.compiled._insertmanyvalues.sort_by_parameter_order else "unordered",
            "; batch not supported" if batch.is_downgraded else "",
            log_parameters(self.engine, parameters, False),
        )

    def _log_rows(self, result: AnyCursorResult) -> None:
        """Have the rows written into the log when they are fetched, where that is wanted."""
        if not self._echo or not result.returns_rows:  # type: ignore[attr-defined]
            return
        if self.engine.logger.isEnabledFor(10):
            result._strategy = LoggedFetch(result.cursor_strategy, self._log_row)
            self._log_debug("Col %s", LoggedParameters(result._context._column_names(), False))  # type: ignore[attr-defined]

    def _log_row(self, row: Any) -> None:
        self._log_debug("Row %s", LoggedParameters(tuple(row), False))  # type: ignore[attr-defined]

    def _note_duration(self, started: float, statement: str, parameters: Any, many: bool) -> None:
        limit = self.engine.slow_query_threshold
        if limit is not None:
            taken = time.perf_counter() - started
            if taken >= limit:
                log_slow(self, taken, statement, parameters, many)

    # ----------------------------------------------------------------- errors

    def _fetch_failed(self, error: BaseException, result: Any) -> None:
        """Raise what an error met while fetching is to be seen as."""
        timed_out = isinstance(result.cursor, LimitedCursor) and result.cursor.limit.is_over
        self._handle_dbapi_exception(
            error, None, None, result.cursor, result._context, timed_out=timed_out
        )

    def _cursor_close_failed(self, error: BaseException, cursor: Any) -> None:
        """Note that a cursor could not be closed; an error of the driver is not worth failing for."""
        if is_exit_exception(error):
            # what the interrupted call left on the connection is not known
            self._safe_close_cursor(cursor, quiet=True)
            self._throw_away(error, False)
            raise error
        self.engine.pool.logger.error("Error closing cursor", exc_info=True)

    def _safe_close_cursor(self, cursor: Any, quiet: bool = False) -> None:
        """Close a cursor, also on a lost connection: an open one may keep the database's locks (SQLite)."""
        try:
            cursor.close()
        except Exception as err:
            if is_exit_exception(err):
                raise
            if not quiet:
                self.engine.pool.logger.error("Error closing cursor", exc_info=True)

    def _handle_dbapi_exception(
        self,
        e: BaseException,
        statement: Optional[str],
        parameters: Any,
        cursor: Any,
        context: Any,
        is_sub_exec: bool = False,
        timed_out: bool = False,
    ) -> None:
        """Raise what `e` is to be seen as; return where it is to be raised as it is."""
        dialect = self.dialect
        is_exit = is_exit_exception(e)
        driver_error = isinstance(e, dialect.loaded_dbapi.Error)
        multi = None
        if context is not None:
            multi = context.executemany and not is_sub_exec
        hide = self.engine.hide_parameters
        if self._reentrant_error:
            raise exc.DBAPIError.instance(
                statement, parameters, e, dialect.loaded_dbapi.Error,
                hide_parameters=hide, dialect=dialect, ismulti=multi,
            ) from e  # fmt: skip
        lost = self._is_lost(e, driver_error, is_exit, cursor)
        self._reentrant_error = True
        state = Outcome(lost, not is_exit)
        try:
            wrap = driver_error or (statement is not None and context is None and not is_exit)
            wrapped: Any = None
            if wrap:
                wrapped = exc.DBAPIError.instance(
                    statement, parameters, e, dialect.loaded_dbapi.Error,
                    hide_parameters=hide, connection_invalidated=lost, dialect=dialect, ismulti=multi,
                )  # fmt: skip
                wrapped = typed_violation(dialect, wrapped, e, context)
                if timed_out:
                    wrapped.add_detail("the statement was stopped: its time limit was over")
            instead = None
            if not self._execution_options.get("skip_user_error_events", False):
                instead = ask_listeners(
                    dialect, self, self.engine, e, wrapped, cursor, statement, parameters, context, state, False
                )
            if driver_error and not lost:
                self._note_end()  # type: ignore[attr-defined]
            if wrap and context is not None:
                context.handle_dbapi_exception(e)
            if cursor is not None:
                self._safe_close_cursor(cursor, quiet=state.is_disconnect)
            if instead is not None:
                raise instead.with_traceback(e.__traceback__) from e
            if wrapped is not None and wrapped is not e:
                raise wrapped.with_traceback(e.__traceback__) from e
        finally:
            self._reentrant_error = False
            if state.is_disconnect:
                self._throw_away(e, state.invalidate_pool)

    def _is_lost(self, e: BaseException, driver_error: bool, is_exit: bool, cursor: Any) -> bool:
        pooled = self._dbapi_connection
        if pooled is None:
            return False
        if is_exit:
            # what the interrupted call left on the connection is not known
            return True
        return driver_error and self.dialect.is_disconnect(e, pooled, cursor)

    def _throw_away(self, e: BaseException, whole_pool: bool) -> None:
        pooled = self._dbapi_connection
        if pooled is None or not pooled.is_valid:
            return
        if whole_pool:
            self.engine.pool._invalidate(pooled, e)
        self.invalidate(e)  # type: ignore[attr-defined]

    @classmethod
    def _handle_connect_error(
        cls, e: BaseException, engine: Any, is_pre_ping: bool = False
    ) -> None:
        """Raise what an error met while connecting is to be seen as; return where it is to be raised as it is."""
        connect_error(e, engine.dialect, engine, is_pre_ping)
