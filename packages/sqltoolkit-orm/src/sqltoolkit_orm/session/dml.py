"""INSERT, UPDATE and DELETE of entities through a session: the plugins that run them.

Lowering the statements is in ``context.dml``; rows given as dictionaries are written in ``persistence.mappings``; what
the session's objects learn is in ``synchronize``.
"""

from __future__ import annotations

import itertools
import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import insert
from sqltoolkit_core.engine.result import null_result
from sqltoolkit_core.sql.analysis import find_tables
from sqltoolkit_core.sql.annotation import deep_deannotate
from sqltoolkit_core.sql.lowering import register_plugin
from sqltoolkit_core.sql.lowering import StatementPlugin

from ..context.compile_state import DEFAULT_REQUEST
from ..context.dml import expanded_composites
from ..context.dml import expanded_values
from ..context.dml import lower_dml
from ..context.dml import returning_plan
from ..context.dml import target_mapper
from ..loading.plugin import request_of
from ..loading.plugin import shape_planned
from ..loading.plugin import shape_result
from ..persistence.mappings import by_columns
from ..persistence.mappings import discriminator_values
from ..persistence.mappings import guarded_names
from ..persistence.mappings import rows_for
from ..persistence.mappings import spread
from ..persistence.mappings import update_by_key
from ..persistence.plan import table_plans
from .returned import check_loaders
from .returned import converter
from .returned import is_same_column
from .returned import SplicedRows
from .synchronize import mode_of
from .synchronize import synchronize_by_key
from .synchronize import Synchronizer

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Tuple

__all__ = ["DeletePlugin", "InsertPlugin", "UpdatePlugin"]


class _DMLPlugin(StatementPlugin):
    """What the plugins of all three statements share."""

    def expand_values(self, statement: Any, values: Any) -> Any:
        """Take composites apart into their columns."""
        return expanded_composites(statement, values)

    def lower(self, statement: Any, ctx: Any) -> Any:
        return lower_dml(statement, ctx)

    def before_execute(self, call: Any) -> Any:
        if call.request is None:
            call.request = request_of(call.statement, call.execution_options)
        return None

    def describe_entity(self, statement: Any) -> Dict[str, Any]:
        """Return ``statement.entity_description``."""
        entity = statement.parts.table.annotations.get("parententity")
        if entity is None:
            return {"name": statement.parts.table.name, "table": statement.parts.table}
        name = entity.name if entity.is_aliased_class else entity.mapper.class_.__name__
        return {
            "name": name,
            "type": entity.mapper.class_,
            "expr": entity.entity,
            "entity": entity.entity,
            "table": entity.mapper.local_table,
        }

    def describe_returning(self, statement: Any) -> List[Dict[str, Any]]:
        """Return ``statement.returning_column_descriptions``."""
        found = []
        for raw in statement.parts.returning:
            entity = raw.annotations.get("parententity")
            if entity is not None and not hasattr(raw, "type"):
                found.append(
                    {
                        "name": entity.mapper.class_.__name__,
                        "type": entity.mapper.class_,
                        "aliased": bool(getattr(entity, "is_aliased_class", False)),
                        "expr": entity.entity,
                        "entity": entity.entity,
                    }
                )
                continue
            key = raw.annotations.get("proxy_key") or getattr(raw, "key", None)
            expr = getattr(entity.entity, key, raw) if entity is not None else raw  # type: ignore[arg-type]
            found.append(
                {
                    "name": key,
                    "type": raw.type,
                    "aliased": bool(getattr(entity, "is_aliased_class", False)),
                    "expr": expr,
                    "entity": entity.entity if entity is not None else None,
                }
            )
        return found

    def prepare(self, call: Any) -> None:
        """Flush before the statement, unless that is not wanted."""
        self.before_execute(call)
        if self.option(call, "autoflush", True):
            call.session._autoflush()

    @staticmethod
    def option(call: Any, name: str, default: Any) -> Any:
        """Return an execution option of the run or of its statement."""
        options = call.execution_options
        if name in options:
            return options[name]
        return call.statement.get_execution_options().get(name, default)

    @staticmethod
    def shaped(call: Any, result: Any) -> Any:
        """Return the result with objects where RETURNING names entities."""
        if call.statement.parts.returning and result.returns_rows:
            check_loaders(call.statement)
            request = call.request or DEFAULT_REQUEST
            return shape_result(call.session, call.statement, result, request)
        return result


@register_plugin("orm", "insert")
class InsertPlugin(_DMLPlugin):
    """Runs INSERT of entities."""

    def run(self, call: Any) -> Any:
        """Execute the call."""
        self.prepare(call)
        statement = call.statement
        strategy = self.option(call, "dml_strategy", "auto")
        if strategy not in ("auto", "bulk", "raw", "orm"):
            raise sa_exc.ArgumentError(
                "dml_strategy of an INSERT is 'raw', 'orm', 'bulk' or 'auto', not %r" % (strategy,)
            )
        mapper = target_mapper(statement)
        parameters = call.parameters
        if mapper is None or strategy in ("raw", "orm") or (strategy == "auto" and _is_plain(statement, parameters)):
            result = call.connection.execute(
                statement, by_columns(mapper, parameters) or {}, execution_options=call.execution_options
            )
            return self.shaped(call, result)
        if strategy == "bulk" and parameters is None:
            raise sa_exc.InvalidRequestError("dml_strategy='bulk' is for an INSERT that is executed with rows")
        _check_bulk_returning(call)
        rows = parameters if isinstance(parameters, list) else [dict(parameters or {})]
        render_nulls = self.option(call, "render_nulls", False)
        if len(table_plans(mapper)) > 1:
            return _JoinedInsert(call, mapper, rows, render_nulls).run()
        return self._bulk(call, mapper, rows, render_nulls, not isinstance(parameters, list))

    def _bulk(self, call: Any, mapper: Any, rows: List[Dict[str, Any]], render_nulls: bool, one: bool) -> Any:
        statement = call.statement
        plan = next(iter(table_plans(mapper).values()))
        results = []
        for run in rows_for(mapper, plan, rows, render_nulls):
            results.append(
                call.connection.execute(
                    statement, run[0] if one and len(run) == 1 else run, execution_options=call.execution_options
                )
            )
        if not results:
            results.append(call.connection.execute(statement, {}, execution_options=call.execution_options))
        if len(results) == 1:
            return self.shaped(call, results[0])
        if statement.parts.returning:
            shaped = [self.shaped(call, result) for result in results]
            return shaped[0].merge(*shaped[1:])
        return results[0]


def _is_plain(statement: Any, parameters: Any) -> bool:
    """Tell whether an INSERT says itself what it inserts, so that its parameters are no rows."""
    parts = statement.parts
    if parts.select is not None or parts.multi_values:
        return True
    return not isinstance(parameters, list) and bool(parts.values or (parts.post_values and not parameters))


def _check_bulk_returning(call: Any) -> None:
    """Raise for what an INSERT of rows can't return.

    :raises InvalidRequestError: the database returns no rows of an INSERT of many.
    :raises CompileError: the columns are not told.
    """
    parts = call.statement.parts
    if not parts.returning:
        return
    if any(raw.__visit_name__ == "column" and raw.is_literal and raw.name == "*" for raw in parts.returning):
        raise sa_exc.CompileError("RETURNING * does not go with an INSERT of rows of an entity; name what is to return")
    if not isinstance(call.parameters, list):
        return
    dialect = call.connection.dialect
    able = dialect.insert_executemany_returning
    if parts.sort_by_parameter_order:
        able = able and dialect.insert_executemany_returning_sort_by_parameter_order
    if not able:
        raise sa_exc.InvalidRequestError(
            "An INSERT of many rows can't have RETURNING%s with the dialect '%s' as it is configured"
            % (" in the order of the parameters" if parts.sort_by_parameter_order else "", dialect.name)
        )


class _JoinedInsert:
    """An INSERT of rows of a joined-table mapping: the parent's table first, its keys go into the others."""

    def __init__(self, call: Any, mapper: Any, rows: List[Dict[str, Any]], render_nulls: bool) -> None:
        self.call = call
        self.mapper = mapper
        self.render_nulls = render_nulls
        statement = call.statement
        parts = statement.parts
        if parts.post_values:
            raise sa_exc.InvalidRequestError(
                "An INSERT of rows of %s, which has several tables, takes no clause after its values, such as ON "
                "CONFLICT" % mapper
            )
        self.fixed = expanded_values(statement, mapper)
        self.records = [spread(mapper, row) for row in rows]
        self.columns: Tuple[Any, ...] = ()
        self.plan: Any = None
        if parts.returning:
            self.columns, self.plan = returning_plan(statement)
        #: place among the columns -> values of the rows, as the driver gave them
        self.returned: Dict[int, List[Any]] = {}
        self.result: Any = None

    def run(self) -> Any:
        """Insert the rows of every table, and return what is to return."""
        for plan in table_plans(self.mapper).values():
            self._insert(plan)
        if self.plan is None:
            return self.result
        rows = list(zip(*[self.returned[at] for at in range(len(self.columns))]))
        call = self.call
        check_loaders(call.statement)
        request = call.request or DEFAULT_REQUEST
        spliced = SplicedRows(self.result, rows, len(self.columns))
        return shape_planned(call.session, call.statement, self.plan, spliced, request)

    def _insert(self, plan: Any) -> None:
        mapper = self.mapper
        by_key = dict(plan.columns)
        for key, value in discriminator_values(mapper, plan).items():
            for record in self.records:
                record.setdefault(key, value)
        if plan.version is not None and mapper.version_id_generator:
            for record in self.records:
                record[plan.version_key] = mapper.version_id_generator(None)
        self._copy_renamed_keys(plan)
        missing = [
            key
            for key in plan.key_names
            if key not in self.fixed and any(record.get(key) is None for record in self.records)
        ]
        guarded = guarded_names(plan, self.render_nulls)
        rows = [
            {
                by_key[key].key: value
                for key, value in record.items()
                if key in by_key and not (value is None and by_key[key].key in guarded)
            }
            for record in self.records
        ]
        given = {by_key[key]: value for key, value in self.fixed.items() if key in by_key}
        statement = insert(plan.table)
        if given:
            statement = statement.values(given)
        wanted = [at for at, column in enumerate(self.columns) if _table_of(column, plan.table) is plan.table]
        fetched = [self.columns[at] for at in wanted]
        keys = [by_key[key] for key in missing if not any(by_key[key] is column for column in fetched)]
        returned = keys + fetched
        raw = self._send(statement, rows, returned)
        if not returned:
            return
        for place, at in enumerate(wanted, len(keys)):
            self.returned[at] = [row[place] for row in raw]
        for key in missing:
            own = by_key[key]
            place = next(at for at, column in enumerate(returned) if is_same_column(column, own))
            convert = converter(own, self.call.connection.dialect)
            for record, row in zip(self.records, raw):
                record[key] = row[place] if convert is None else convert(row[place])

    def _send(self, statement: Any, rows: List[Dict[str, Any]], returned: List[Any]) -> List[Any]:
        """Insert rows, those of one shape together, and return what comes back of each."""
        raw: List[Any] = []
        for _shape, run in itertools.groupby(rows, frozenset):
            part = list(run)
            if not returned:
                self.result = self.call.connection.execute(statement, part)
                continue
            many = len(part) > 1
            sent = statement.returning(*returned, sort_by_parameter_order=many)
            self.result = self.call.connection.execute(sent, part if many else part[0])
            raw.extend(self.result.raw_rows())
        return raw

    def _copy_renamed_keys(self, plan: Any) -> None:
        """Give rows of a subclass table the key of the parent's row under its own name."""
        for mapper in self.mapper.iterate_to_root():
            for left, right in mapper.inherits_sync_pairs:
                if right.table is plan.table:
                    source = self.mapper.column_to_property[left].key
                    target = self.mapper.column_to_property[right].key
                    if source != target:
                        for record in self.records:
                            record[target] = record.get(source)


def _table_of(element: Any, default: Any) -> Any:
    """Return the table whose INSERT returns an expression: that of its columns."""
    table = getattr(element, "table", None)
    if table is not None:
        return table
    tables = find_tables(element, check_columns=True)
    return tables[0] if tables else default


@register_plugin("orm", "update")
class UpdatePlugin(_DMLPlugin):
    """Runs UPDATE of entities: by criteria, or of many rows by primary key."""

    def run(self, call: Any) -> Any:
        """Execute the call."""
        self.prepare(call)
        statement = call.statement
        mapper = target_mapper(statement)
        strategy = self.option(call, "dml_strategy", "auto")
        if strategy not in ("auto", "bulk", "core_only", "orm"):
            raise sa_exc.ArgumentError(
                "dml_strategy of an UPDATE is 'orm', 'bulk', 'core_only' or 'auto', not %r" % (strategy,)
            )
        parameters = call.parameters
        if mapper is None or strategy == "core_only":
            return call.connection.execute(statement, parameters or {}, execution_options=call.execution_options)
        if strategy == "bulk" or (strategy == "auto" and isinstance(parameters, list)):
            return self._by_key(call, mapper, parameters if isinstance(parameters, list) else [parameters or {}])
        sync = Synchronizer(call, mapper, self.option(call, "synchronize_session", "auto"))
        sync.before()
        result = call.connection.execute(
            call.statement, by_columns(mapper, parameters) or {}, execution_options=call.execution_options
        )
        result = sync.taken(result)
        sync.after_update()
        return result if sync.returning else self.shaped(call, result)

    def _by_key(self, call: Any, mapper: Any, rows: List[Dict[str, Any]]) -> Any:
        statement = call.statement
        parts = statement.parts
        mode = mode_of(self.option(call, "synchronize_session", "auto"))
        if mode == "fetch":
            raise sa_exc.InvalidRequestError(
                "synchronize_session='fetch' does not go with an UPDATE of many parameter sets by primary key"
            )
        if parts.ordered_values:
            raise sa_exc.InvalidRequestError(
                "An UPDATE of many parameter sets by primary key orders its columns itself; use values() instead of "
                "ordered_values()"
            )
        if mode and parts.where:
            raise sa_exc.InvalidRequestError(
                "An UPDATE of many parameter sets by primary key that has further criteria can't bring objects up to "
                "date, since it is not known which rows it met; set synchronize_session=None"
            )
        # rows are found by their keys: what tells classes of one table apart, and options, have no say in it
        lowered = lower_dml(statement.with_parts(returning=(), where=(), options=()), _NoNotes()).parts
        update_by_key(
            call.connection,
            mapper,
            rows,
            values=list((lowered.values or {}).items()),
            where=[deep_deannotate(criterion) for criterion in parts.where],
            execution_options=call.execution_options,
        )
        if parts.returning:
            raise sa_exc.InvalidRequestError(
                "An UPDATE of many parameter sets by primary key returns nothing; leave out returning()"
            )
        if mode:
            synchronize_by_key(call.session, mapper, rows, expanded_values(statement, mapper))
        return null_result()


class _NoNotes:
    """What lowering wants to leave notes in, where nobody reads them."""

    toplevel = False

    def __init__(self) -> None:
        self.notes: Dict[Any, Any] = {}
        self.shared_notes: Dict[Any, Any] = {}

    def forbid_caching(self) -> None:
        """The statement is not what is compiled."""


@register_plugin("orm", "delete")
class DeletePlugin(_DMLPlugin):
    """Runs DELETE of entities by criteria."""

    def run(self, call: Any) -> Any:
        """Execute the call."""
        self.prepare(call)
        statement = call.statement
        mapper = target_mapper(statement)
        if mapper is None:
            return call.connection.execute(
                statement, call.parameters or {}, execution_options=call.execution_options
            )
        if isinstance(call.parameters, list):
            raise sa_exc.InvalidRequestError(
                "A DELETE of an entity takes one parameter set; execute it on session.connection() for many"
            )
        sync = Synchronizer(call, mapper, self.option(call, "synchronize_session", "auto"))
        sync.before()
        result = call.connection.execute(
            call.statement, call.parameters or {}, execution_options=call.execution_options
        )
        result = sync.taken(result)
        sync.after_delete()
        return result if sync.returning else self.shaped(call, result)
