"""`DefaultExecutionContext`: the parameters of one execution, its cursor, and the result that comes of it.

Default values and the keys of new rows are in `.defaults`; who calls the context, and when, is in `..base.execution`.
A *plan* is what was found out about a compiled statement at its first execution and holds for all others.
"""

from __future__ import annotations

import typing
from operator import itemgetter
from time import perf_counter

from ... import exc
from ...util.codegen import TemplateCache
from ...util.collections import immutabledict
from ..cursor import NO_ROWS
from ..cursor import CursorResult
from ..cursor import compiled_metadata
from ..cursor import named_metadata
from ..fetch import BufferedRowFetch
from ..fetch import FullyBufferedFetch
from ..interfaces import CacheStats
from ..interfaces import ExecuteStyle
from ..interfaces import ExecutionContext
from .defaults import DefaultValues

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import List
    from typing import Mapping
    from typing import Optional
    from typing import Sequence
    from typing import Tuple

    from ..cursor import AnyCursorResult

__all__ = [
    "DefaultExecutionContext",
    "ExecutionPlan",
    "many_builder",
    "plan_of",
]

EMPTY: Any = immutabledict()


# --------------------------------------------------------------------- plans


class ExecutionPlan:
    """What holds for each execution of a compiled statement."""

    __slots__ = (
        "dialect",
        "expand",
        "extract",
        "is_dml",
        "keys",
        "many",
        "metadata",
        "needs_defaults",
        "plain",
        "plain_many",
        "returns",
        "sql",
        "steady",
        "wants_lastrowid",
    )

    def __init__(self, compiled: Any, dialect: Any) -> None:
        self.dialect = dialect
        self.sql: str = compiled.string
        self.extract = compiled.bind_extractor()
        # for statements with lists: gives the text together with the values
        self.expand = None if self.extract is not None else compiled.expanding_extractor()
        self.is_dml = bool(compiled.isinsert or compiled.isupdate or compiled.isdelete)
        self.returns = bool(compiled._result_columns)
        self.needs_defaults = bool(compiled.insert_prefetch or compiled.update_prefetch)
        # NULL as key makes a new key in some databases, so does an expression that turns out as NULL
        self.wants_lastrowid = bool(
            compiled.isinsert
            and not compiled.effective_returning
            and (
                compiled.postfetch_lastrowid
                or (
                    dialect.postfetch_lastrowid
                    and dialect.insert_null_pk_still_autoincrements
                    and not compiled.inline
                    and compiled.statement.select is None
                )
            )
        )
        # meta data of the result, kept where every execution has the same columns
        self.metadata: Any = None
        self.steady = bool(
            compiled._ordered_columns
            and compiled._result_columns
            and not compiled._ad_hoc_textual
            and not compiled.isplaintext
        )
        self.many: Any = None
        # may all parameter sets of an executemany() be made by one function?
        self.plain_many = (
            self.is_dml and not self.needs_defaults and not compiled.has_out_parameters
        )
        allowed = (
            dialect.allows_plain_execution(compiled)
            and not compiled.has_out_parameters
            and (self.extract is not None or self.expand is not None)
        )
        # may an execution without any special demand do without an execution context?
        self.plain = allowed and not self.needs_defaults and (
            self.steady if not self.is_dml else not self.returns
        )


def plan_of(compiled: Any, dialect: Any) -> ExecutionPlan:
    """Return the plan of a compiled statement, made at its first execution."""
    plan = compiled.__dict__.get("execution_plan")
    if plan is None or plan.dialect is not dialect:
        plan = compiled.execution_plan = ExecutionPlan(compiled, dialect)
    return typing.cast("ExecutionPlan", plan)


def _many_source(pattern: Tuple[Any, ...]) -> str:
    """Return the source of a function from parameter dicts to what `executemany()` takes.

    Per parameter: `g` given in each dict, `c` the same in all; `p` behind it means converted.
    """
    positional = pattern[0]
    arguments: List[str] = []
    values: List[str] = []
    for number, kind in enumerate(pattern[1:]):
        arguments.append("k%d" % number)
        text = ("d[k%d]" if kind[0] == "g" else "k%d") % number
        if len(kind) > 1:
            arguments.append("p%d" % number)
            if kind[0] == "g":
                text = "p%d(%s)" % (number, text)
        if not positional:
            arguments.append("o%d" % number)
            text = "o%d: %s" % (number, text)
        values.append(text)
    shape = "(%s,)" if positional else "{%s}"
    return "def many(dicts, %s):\n    return [%s for d in dicts]\n" % (
        ", ".join(arguments),
        shape % ", ".join(values),
    )


_many_template = TemplateCache("many", _many_source)


def many_builder(
    compiled: Any, first: Mapping[str, Any], extracted: Any
) -> Optional[Callable[[Any], Any]]:
    """Return the function that makes the parameter sets of an `executemany()`, None where that is not so simple."""
    if compiled.post_compile_params or compiled.literal_execute_params:
        return None
    by_name = {name: bind for bind, name in compiled.bind_names.items()}
    names = compiled.positiontup if compiled.positional else list(by_name)
    if not names:
        return None
    processors = compiled._bind_processors
    positions = compiled._extract_positions() if extracted and compiled.cache_key else {}
    pattern: List[Any] = [compiled.positional]
    values: List[Any] = []
    plain = True
    for name in names:
        bind = by_name[name]
        if bind.callable is not None or bind.type._is_tuple_type:
            return None
        processor = processors.get(name)
        if bind.key in first or name in first:
            kind = "g"
            values.append(bind.key if bind.key in first else name)
        elif bind.required:
            return None
        else:
            kind = "c"
            plain = False
            at = positions.get(bind)
            value = bind.value if at is None else extracted[at].value
            values.append(value if processor is None else processor(value))
            processor = None
        if processor is not None:
            kind += "p"
            plain = False
            values.append(processor)
        if not compiled.positional:
            values.append(compiled.escaped_bind_names.get(name, name))
        pattern.append(kind)
    if plain and compiled.positional and len(names) > 1:
        take = itemgetter(*values)
        return lambda dicts: list(map(take, dicts))
    return _many_template.make(tuple(pattern), tuple(values))


# ------------------------------------------------------------------- context


class DefaultExecutionContext(DefaultValues, ExecutionContext):
    """One execution over a PEP 249 driver."""

    isinsert = False
    isupdate = False
    isdelete = False
    is_crud = False
    is_text = False
    isddl = False
    execute_style = ExecuteStyle.EXECUTE
    compiled: Any = None
    extracted_parameters: Any = None
    cache_hit: Any = CacheStats.NO_CACHE_KEY
    result_column_struct: Any = None
    returned_default_rows: Any = None
    execution_options: Mapping[str, Any] = EMPTY
    cursor_fetch_strategy: Any = None
    invoked_statement: Any = None
    include_set_input_sizes: Any = None
    exclude_set_input_sizes: Any = None
    cursor: Any = None
    statement: Any = ""
    parameters: Any = ()
    plan: Any = None
    _rowcount: Any = None
    _is_server_side = False
    _is_explicit_returning = False
    _is_implicit_returning = False
    _lastrowid: Any = None
    _buffered_rows: Any = None
    _batch_description: Any = None

    def __init__(self, connection: Any, execution_options: Mapping[str, Any]) -> None:
        self.root_connection = connection
        self.dialect = connection.dialect
        self.execution_options = execution_options

    # --------------------------------------------------------------- kinds

    @classmethod
    def _for_compiled(
        cls,
        connection: Any,
        execution_options: Mapping[str, Any],
        compiled: Any,
        parameters: Any,
        invoked_statement: Any,
        extracted_parameters: Any,
        cache_hit: Any,
    ) -> DefaultExecutionContext:
        """Return the context of a compiled statement with its parameters ready."""
        self = cls(connection, execution_options)
        self._note_compiled(compiled, invoked_statement, extracted_parameters, cache_hit)
        self._take_parameters(parameters)
        self.cursor = self.create_cursor()
        if self.needs_defaults and self.given_parameters is None:
            self._process_defaults()
        self._finish_parameters()
        translate = execution_options.get("schema_translate_map")
        if translate:
            self._translate_schemas(translate)
        return self

    def _note_compiled(
        self, compiled: Any, invoked_statement: Any, extracted_parameters: Any, cache_hit: Any
    ) -> None:
        self.compiled = compiled
        self.plan = plan_of(compiled, self.dialect)
        self.extracted_parameters = extracted_parameters
        self.invoked_statement = invoked_statement
        self.cache_hit = cache_hit
        self.isinsert = compiled.isinsert
        self.isupdate = compiled.isupdate
        self.isdelete = compiled.isdelete
        self.is_text = compiled.isplaintext
        self.is_crud = self.plan.is_dml
        self.statement = self.unicode_statement = compiled.string
        if self.is_crud and compiled.effective_returning:
            self._note_returning(compiled)

    def _note_returning(self, compiled: Any) -> None:
        self._is_explicit_returning = bool(self._dml_statement()._returning)
        self._is_implicit_returning = not self._is_explicit_returning

    def _dml_statement(self) -> Any:
        """Return the statement that was compiled: what a plugin made of the one executed."""
        statement = getattr(self.compiled.compile_state, "statement", None)
        return self.compiled.statement if statement is None else statement

    needs_defaults = False

    def _take_parameters(self, parameters: Any) -> None:
        compiled = self.compiled
        plan = self.plan
        self.needs_defaults = plan.needs_defaults
        extracted = self.extracted_parameters
        if not parameters:
            self.compiled_parameters = [
                compiled.construct_params(extracted_parameters=extracted, escape_names=False)
            ]
            return
        if len(parameters) == 1:
            self.compiled_parameters = [
                compiled.construct_params(
                    parameters[0], extracted_parameters=extracted, escape_names=False, _group_number=0
                )
            ]
            return
        self.execute_style = (
            ExecuteStyle.INSERTMANYVALUES
            if self._uses_insertmanyvalues()
            else ExecuteStyle.EXECUTEMANY
        )
        if self._is_explicit_returning and self.execute_style is ExecuteStyle.EXECUTEMANY:
            self._check_rows_of_many()
        if plan.plain_many and self._take_many(parameters):
            return
        construct = compiled.construct_params
        self.compiled_parameters = [
            construct(one, extracted_parameters=extracted, escape_names=False, _group_number=at)
            for at, one in enumerate(parameters, 1)
        ]

    def _uses_insertmanyvalues(self) -> bool:
        return bool(self.compiled._insertmanyvalues) and self.isinsert

    def _check_rows_of_many(self) -> None:
        """Raise where the driver returns no rows from several sets of parameters."""
        kind = "insert" if self.isinsert else "update" if self.isupdate else "delete"
        able = "%s_executemany_returning" % kind
        if self.isinsert and self._dml_statement()._sort_by_parameter_order:
            able += "_sort_by_parameter_order"
        if not getattr(self.dialect, able):
            raise exc.InvalidRequestError(
                "found several sets of parameters for %s with RETURNING, of which %s+%s returns no rows: execute it "
                "once for each set" % (kind.upper(), self.dialect.name, self.dialect.driver)
            )

    def _take_many(self, parameters: Sequence[Mapping[str, Any]]) -> bool:
        """Build all parameter sets at once; False where a set needs to be looked at by itself."""
        record = self.compiled._insertmanyvalues
        if record and any(key not in parameters[0] for key in record.sentinel_keys or ()):
            return False
        build = many_builder(self.compiled, parameters[0], self.extracted_parameters)
        if build is None:
            return False
        try:
            self.parameters = build(parameters)
        except KeyError:
            # a set without one of the keys: going through them one by one gives the error its place
            return False
        self.given_parameters = parameters
        return True

    def _finish_parameters(self) -> None:
        """Turn the parameters by name into those that the driver takes."""
        if self.given_parameters is not None:
            return
        compiled = self.compiled
        positiontup = compiled.positiontup
        processors = compiled._bind_processors
        escaped = compiled.escaped_bind_names
        if compiled.post_compile_params or compiled.literal_execute_params:
            if self.executemany:
                raise exc.InvalidRequestError(
                    "found several sets of parameters for a statement with a list or with values that are written into "
                    "its text, which differs from set to set: execute it once for each set"
                )
            state = compiled.process_expanding(self.compiled_parameters[0], escape_names=False)
            self.statement = self.unicode_statement = state.statement
            positiontup = state.positiontup
            if state.processors:
                processors = {**processors, **state.processors}
            names = [state.parameters]
            self._expanded_parameters = state.parameter_expansion
        else:
            names = self.compiled_parameters
        if compiled.positional:
            make = self.dialect.execute_sequence_format
            readers = [(name, processors.get(name)) for name in positiontup]
            self.parameters = [
                make([one[name] if read is None else read(one[name]) for name, read in readers])
                for one in names
            ]
        else:
            self.parameters = [
                {
                    escaped.get(name, name): (
                        processors[name](value) if processors.get(name) is not None else value
                    )
                    for name, value in one.items()
                }
                for one in names
            ]

    @classmethod
    def _for_ddl(
        cls, connection: Any, execution_options: Mapping[str, Any], compiled: Any
    ) -> DefaultExecutionContext:
        """Return the context of a DDL statement."""
        self = cls(connection, execution_options)
        self.compiled = compiled
        self.isddl = True
        self.invoked_statement = compiled.statement
        self.statement = self.unicode_statement = compiled.string
        translate = execution_options.get("schema_translate_map")
        if compiled.schema_translate_map and translate:
            self._translate_schemas(translate)
        self.cursor = self.create_cursor()
        if self.dialect.positional:
            self.parameters = [self.dialect.execute_sequence_format()]
        else:
            self.parameters = [{}]
        self.compiled_parameters = []
        return self

    @classmethod
    def _for_text(
        cls,
        connection: Any,
        execution_options: Mapping[str, Any],
        statement: str,
        parameters: Any,
    ) -> DefaultExecutionContext:
        """Return the context of a string that goes to the driver as it is."""
        self = cls(connection, execution_options)
        self.is_text = True
        if not parameters:
            self.parameters = [
                self.dialect.execute_sequence_format() if self.dialect.positional else {}
            ]
        elif isinstance(parameters[0], self.dialect.execute_sequence_format):
            self.parameters = parameters
        elif isinstance(parameters[0], dict):
            self.parameters = parameters
        else:
            make = self.dialect.execute_sequence_format
            self.parameters = [make(one) for one in parameters]
        if len(parameters or ()) > 1:
            self.execute_style = ExecuteStyle.EXECUTEMANY
        self.statement = self.unicode_statement = statement
        self.cursor = self.create_cursor()
        return self

    @classmethod
    def _for_default(
        cls, connection: Any, execution_options: Mapping[str, Any]
    ) -> DefaultExecutionContext:
        """Return the context in which a default is run by itself."""
        self = cls(connection, execution_options)
        self.cursor = self.create_cursor()
        return self

    def _translate_schemas(self, translate: Mapping[Any, Any]) -> None:
        self.statement = self.unicode_statement = self.compiled.preparer.render_schema_translates(
            self.statement, translate
        )

    # ---------------------------------------------------------- properties

    @property
    def _dbapi_connection(self) -> Any:
        return self.root_connection.connection

    @property
    def connection(self) -> Any:  # type: ignore[override]
        """Return the connection."""
        return self.root_connection

    @property
    def engine(self) -> Any:  # type: ignore[override]
        """Return the engine."""
        return self.root_connection.engine

    @property
    def identifier_preparer(self) -> Any:
        """Return the object that quotes identifiers, with translated schemas where there are such."""
        compiled = self.compiled
        if compiled is not None:
            return compiled.preparer
        translate = self.execution_options.get("schema_translate_map")
        preparer = self.dialect.identifier_preparer
        return preparer.with_schema_translate(translate) if translate else preparer

    @property
    def executemany(self) -> bool:  # type: ignore[override]
        """Say whether several parameter sets were given."""
        return self.execute_style is not ExecuteStyle.EXECUTE

    @property
    def no_parameters(self) -> bool:  # type: ignore[override]
        """Say whether the driver is called without a collection of parameters where there are none."""
        return bool(self.execution_options.get("no_parameters", False))

    @property
    def postfetch_cols(self) -> Any:  # type: ignore[override]
        """Return the columns whose values the database made."""
        return self.compiled.postfetch

    @property
    def prefetch_cols(self) -> Any:  # type: ignore[override]
        """Return the columns whose values Python defaults made."""
        if self.isinsert:
            return self.compiled.insert_prefetch
        return self.compiled.update_prefetch if self.isupdate else ()

    def lastrow_has_defaults(self) -> bool:
        """Say whether the row written last has values which only the database knows."""
        return (self.isinsert or self.isupdate) and bool(self.compiled.postfetch)

    # --------------------------------------------------------------- cursors

    def create_cursor(self) -> Any:
        """Return the cursor for this execution: a server-side one where it is wanted and can be had."""
        dialect = self.dialect
        wanted = self.execution_options.get("stream_results")
        if wanted is None:
            wanted = dialect.server_side_cursors and self._may_stream()
        if wanted and dialect.supports_server_side_cursors:
            self._is_server_side = True
            return self.create_server_side_cursor()
        self._is_server_side = False
        return self.create_default_cursor()

    def _may_stream(self) -> bool:
        if self.is_text:
            return bool(self.statement.lstrip()[:6].upper() == "SELECT")
        return self.compiled is not None and bool(getattr(self.compiled.statement, "is_select", False))

    def create_default_cursor(self) -> Any:
        """Return a plain cursor."""
        return self.root_connection.connection.cursor()

    def create_server_side_cursor(self) -> Any:
        """Return a cursor whose rows stay on the server."""
        raise NotImplementedError("the dialect %s has no server-side cursors" % self.dialect.name)

    def pre_exec(self) -> None:
        """Do what must be done before the cursor is used: nothing here."""

    def post_exec(self) -> None:
        """Do what must be done after the cursor was used: nothing here."""

    def handle_dbapi_exception(self, e: BaseException) -> None:
        """Note or act upon an error of the driver: nothing here."""

    def get_result_processor(self, type_: Any, colname: str, coltype: Any) -> Any:
        """Return the function that converts the values of a result column, None where there is none."""
        return type_._cached_result_processor(self.dialect, coltype)

    def get_out_parameter_values(self, names: Sequence[str]) -> Sequence[Any]:
        """Return the values of OUT parameters; this driver has none."""
        raise NotImplementedError("the dialect %s has no OUT parameters" % self.dialect.name)

    def fetchall_for_returning(self, cursor: Any) -> Any:
        """Return the rows of a RETURNING clause."""
        return cursor.fetchall()

    def get_lastrowid(self) -> Any:
        """Return the key that the driver says the new row has."""
        return self.cursor.lastrowid

    def get_rowcount(self) -> Any:
        """Return the number of rows matched."""
        return self.cursor.rowcount

    def supports_sane_rowcount(self) -> bool:
        """Say whether the row count can be relied upon."""
        return bool(self.dialect.supports_sane_rowcount)

    def supports_sane_multi_rowcount(self) -> bool:
        """Say whether the row count of an executemany() can be relied upon."""
        return bool(self.dialect.supports_sane_multi_rowcount)

    @property
    def rowcount(self) -> Any:
        """Return the number of rows matched, -1 where it is not known."""
        if self._rowcount is None:
            self._rowcount = self.get_rowcount()
        return self._rowcount

    @property
    def keeps_rowcount(self) -> bool:
        """Say whether the number must be noted before the cursor is closed."""
        return self.isupdate or self.isdelete or bool(
            self.execution_options.get("preserve_rowcount", False)
        )

    # ---------------------------------------------------------------- result

    def result_metadata(self, description: Any) -> Any:
        """Return the meta data for a cursor's description."""
        made = self._described(description)
        compiled = self.compiled
        if compiled is not None and compiled.statement is not self.invoked_statement:
            made.share()
        return made

    def _described(self, description: Any) -> Any:
        compiled = self.compiled
        dialect = self.dialect
        options = self.execution_options
        translate = getattr(self, "translate_colname", None)
        own = type(self).get_result_processor is not DefaultExecutionContext.get_result_processor
        processor = self.get_result_processor if own else None
        if compiled is None or not getattr(compiled, "is_sql", False):
            return named_metadata(dialect, description, translate, processor)
        plan = self.plan
        if options.get("driver_column_names", False):
            return compiled_metadata(compiled, dialect, description, driver_names=True, processor=processor)
        if plan.metadata is not None:
            return plan.metadata
        if not compiled._result_columns:
            return named_metadata(dialect, description, translate, processor)
        made = compiled_metadata(
            compiled, dialect, description, translate=translate, processor=processor,
            left_out=self._columns_for_sorting(compiled),
        )  # fmt: skip
        if plan.steady and len(description) == len(compiled._result_columns):
            plan.metadata = made
        return made

    def _keep_batches(self, rows: Any, description: Any) -> None:
        """Keep the rows of all batches for the result, without the columns that put them in order."""
        for_sorting = self._columns_for_sorting(self.compiled)
        if for_sorting:
            # they stand behind the columns that were asked for
            rows = [row[:-for_sorting] for row in rows]
            description = description and description[:-for_sorting]
        self._buffered_rows = rows
        self._batch_description = description

    @staticmethod
    def _columns_for_sorting(compiled: Any) -> int:
        """Return how many columns come back only to put rows in order."""
        record = compiled._insertmanyvalues
        if not record or not record.sentinel_columns or not compiled.effective_returning:
            return 0
        asked: Any = set()
        for column in compiled.effective_returning:
            asked.update(column._selected_items)
        return sum(1 for column in record.sentinel_columns if column not in asked)

    def make_result(self) -> AnyCursorResult:
        """Return the result, once the cursor has run the statement."""
        if self.is_crud or self.is_text:
            result = self._result_of_dml()
        else:
            result = CursorResult(self, self._fetch_strategy(), self._description())
        per = self.execution_options.get("yield_per")
        if per and result.returns_rows:
            result.yield_per(per)
        return result

    def _description(self) -> Any:
        if self._batch_description is not None:
            return self._batch_description
        return self.cursor.description

    def _column_names(self) -> Any:
        return tuple([one[0] for one in self._description() or ()])

    def _fetch_strategy(self) -> Any:
        strategy = self.cursor_fetch_strategy
        if strategy is None and self._is_server_side:
            strategy = self._streaming_strategy()
        return strategy

    def _streaming_strategy(self) -> Any:
        options = self.execution_options
        per = options.get("yield_per")
        if per:
            return BufferedRowFetch(per, growing=False)
        return BufferedRowFetch(options.get("max_row_buffer", 1000))

    def _result_of_dml(self) -> AnyCursorResult:
        compiled = self.compiled
        rows = None
        if self.isinsert and compiled is not None:
            if self._is_implicit_returning:
                return self._result_of_insert_with_keys()
            if not self._is_explicit_returning and self.plan.wants_lastrowid:
                if not self.executemany:
                    self._lastrowid = self.get_lastrowid()
        description = self.cursor.description if self._buffered_rows is None else self._description()
        strategy = self._fetch_strategy()
        if self._buffered_rows is not None:
            strategy = FullyBufferedFetch(self._buffered_rows)
        elif description is not None and self.is_crud:
            # a statement that writes is complete only when its rows were fetched
            rows = self.fetchall_for_returning(self.cursor)
            strategy = FullyBufferedFetch(rows)
        if self._rowcount is None and ((self.is_crud and not self.isinsert) or self.keeps_rowcount):
            self._rowcount = self.get_rowcount()
            if rows is not None and not self.dialect.supports_sane_rowcount_returning:
                self._rowcount = len(rows)
        if (self.isupdate or self.isdelete) and self._is_implicit_returning:
            return self._result_of_implicit_update(description, rows)
        return CursorResult(self, strategy, description)

    def _result_of_implicit_update(self, description: Any, rows: Any) -> AnyCursorResult:
        result: AnyCursorResult = CursorResult(self, FullyBufferedFetch(rows or ()), description)
        self.returned_default_rows = result.all()
        self._show_or_hide(result, rows or ())
        return result

    def _result_of_insert_with_keys(self) -> AnyCursorResult:
        """Take the keys and defaults out of the rows that came back without being asked for by the user."""
        rows = self._buffered_rows
        if rows is None:
            rows = self.fetchall_for_returning(self.cursor)
        result: AnyCursorResult = CursorResult(self, FullyBufferedFetch(rows), self._description())
        made = result.all()
        self.returned_default_rows = made
        self._keys_from_rows(made)
        self._show_or_hide(result, rows)
        return result

    def _show_or_hide(self, result: AnyCursorResult, rows: Any) -> None:
        """Leave rows in the result for supplemental columns, its columns for `return_defaults()`, else nothing."""
        statement = self._dml_statement()
        if statement._supplemental_returning:
            result._rewind(rows)
        elif not statement._return_defaults:
            self._hide_rows(result)

    @staticmethod
    def _hide_rows(result: AnyCursorResult) -> None:
        result._metadata = NO_ROWS
        result._made = None
        result._strategy = None
        result._soft_close()

    def _cache_note(self) -> str:
        """Return what the log says about the statement cache and this execution."""
        compiled = self.compiled
        if compiled is None:
            return "raw sql"
        dialect = self.dialect
        hit = self.cache_hit
        age = perf_counter() - compiled._gen_time
        if self.isddl or hit is dialect.NO_CACHE_KEY:
            note = "no key"
        elif hit is dialect.CACHE_HIT:
            return "cached since %.4gs ago" % age
        elif hit is dialect.CACHING_DISABLED:
            note = "caching disabled"
        elif hit is dialect.NO_DIALECT_SUPPORT:
            note = "dialect %s+%s does not support caching" % (dialect.name, dialect.driver)
        else:
            note = "generated in"
        return "%s %.5fs" % (note, age)

    def _batch_sorter(self, compiled: Any, in_order: bool) -> Any:
        """Return a function that puts the rows of a batch in the order of its parameters, None if none is needed.

        Columns that were returned for this only are in the rows still.
        """
        record = compiled._insertmanyvalues
        if not in_order or not record.sentinel_columns:
            return None
        width = len(record.sentinel_columns)
        places = self._sentinel_places(compiled, record)
        pick = itemgetter(*places)
        implicit = record.implicit_sentinel
        keys = None if implicit else record.sentinel_keys
        converters = [
            column.type._cached_result_processor(self.dialect, None)
            for column in record.sentinel_columns
        ]
        plain = not any(converters)

        def key_of(row: Any) -> Any:
            if width == 1:
                value = row[places[0]]
                return value if plain or converters[0] is None else converters[0](value)
            return tuple(
                row[at] if convert is None else convert(row[at])
                for at, convert in zip(places, converters)
            )

        def sort(batch: Any, rows: Any) -> Any:
            if batch.is_downgraded or batch.current_batch_size == 1:
                return rows
            if len(rows) != len(batch.batch):
                raise exc.InvalidRequestError(
                    "%d rows were inserted, but %d came back: a trigger or an ON CONFLICT clause left rows "
                    "out, so they can't be put in the order of the parameters"
                    % (len(batch.batch), len(rows))
                )
            if implicit:
                return sorted(rows, key=pick)
            by_key = {key_of(row): row for row in rows}
            if len(by_key) != len(rows):
                raise exc.InvalidRequestError(
                    "The returned rows can't be put in the order of the parameters: several rows have the same "
                    "sentinel value (columns %s)" % ", ".join(column.name for column in record.sentinel_columns)
                )
            try:
                return [by_key[value] for value in batch.sentinel_values]
            except KeyError as err:
                raise exc.InvalidRequestError(
                    "The returned rows can't be put in the order of the parameters: no row has the sentinel "
                    "value %r (columns %s)"
                    % (err.args[0], ", ".join(column.name for column in record.sentinel_columns))
                ) from err

        return sort if keys or implicit else None

    @staticmethod
    def _sentinel_places(compiled: Any, record: Any) -> List[int]:
        entries = compiled._result_columns
        places = []
        for column in record.sentinel_columns:
            for at, entry in enumerate(entries):
                if any(column is obj or _is_marked(obj, column) for obj in entry[2]):
                    places.append(at)
                    break
        return places


def _is_marked(found: Any, column: Any) -> bool:
    """Say whether ``found`` is the column with annotations."""
    return getattr(found, "_is_annotated", False) and hash(found) == hash(column)
