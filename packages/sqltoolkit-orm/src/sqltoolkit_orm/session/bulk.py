"""INSERT, UPDATE and DELETE of entities through a session: many rows at once, by key or by criteria.

Lowering the statements is in ``context.dml``; evaluating criteria in Python is in ``evaluator``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import and_
from sqltoolkit_core import bindparam
from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import insert
from sqltoolkit_core import select
from sqltoolkit_core import update
from sqltoolkit_core.engine.result import IteratorResult
from sqltoolkit_core.engine.result import SimpleResultMetaData
from sqltoolkit_core.sql.lowering import register_plugin
from sqltoolkit_core.sql.lowering import StatementPlugin

from ..base import STATE_ATTR
from ..context.compile_state import DEFAULT_REQUEST
from ..context.dml import attribute_columns
from ..context.dml import lower_dml
from ..context.dml import target_mapper
from ..evaluator import EvaluatorCompiler
from ..evaluator import UnevaluatableError
from ..loading.plugin import request_of
from ..loading.plugin import shape_result
from ..persistence.plan import has_expression
from ..persistence.plan import table_plans
from ..persistence.states import insert_new_rows
from ..persistence.update import update_rows

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterable
    from typing import List
    from typing import Optional
    from typing import Tuple

    from typing_extensions import Unpack  # noqa: F401 - in the text of a base class

__all__ = [
    "DeletePlugin",
    "InsertPlugin",
    "UpdatePlugin",
    "bulk_insert_mappings",
    "bulk_save_objects",
    "bulk_update_mappings",
]

_SYNC = ("auto", "evaluate", "fetch", False, None)


class _DMLPlugin(StatementPlugin):
    """What the plugins of all three statements share."""

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
        name = entity.mapper.class_.__name__
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
            request = call.request or DEFAULT_REQUEST
            return shape_result(call.session, call.statement, result, request)
        return result


@register_plugin("orm", "insert")
class InsertPlugin(_DMLPlugin):
    """Runs INSERT of entities."""

    def run(self, call: Any) -> Any:
        """Execute the call."""
        session = call.session
        session._autoflush()
        statement = call.statement
        parts = statement.parts
        strategy = self.option(call, "dml_strategy", "auto")
        if strategy not in ("auto", "bulk", "raw", "orm"):
            raise sa_exc.ArgumentError(
                "dml_strategy of an INSERT is 'raw', 'orm', 'bulk' or 'auto', not %r" % (strategy,)
            )
        mapper = target_mapper(statement)
        parameters = call.parameters
        if (
            mapper is None
            or strategy in ("raw", "orm")
            or parts.select is not None
            or parts.multi_values
            or (strategy == "auto" and parts.values and not isinstance(parameters, list))
            or (strategy == "auto" and getattr(statement, "_after_values", None) is not None and not parameters)
        ):
            result = call.connection.execute(
                statement, _by_columns(mapper, parameters) or {}, execution_options=call.execution_options
            )
            return self.shaped(call, result)
        rows = parameters if isinstance(parameters, list) else [dict(parameters or {})]
        render_nulls = self.option(call, "render_nulls", True)
        fixed = {}
        if parts.values:
            fixed = dict(parts.values)
        return self._bulk(call, mapper, rows, fixed, render_nulls, not isinstance(parameters, list))

    def _bulk(
        self, call: Any, mapper: Any, rows: List[Dict[str, Any]], fixed: Dict[Any, Any], render_nulls: bool, one: bool
    ) -> Any:
        statement = call.statement
        tables = table_plans(mapper)
        if len(tables) == 1:
            plan = next(iter(tables.values()))
            runs = _rows_for(mapper, plan, rows, render_nulls)
            results = []
            for run in runs:
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
        found = _insert_joined(call, mapper, tables, rows, fixed)
        if statement.parts.returning:
            return _returned(call, mapper, found)
        return found[-1][1]


def _by_columns(mapper: Any, parameters: Any) -> Any:
    """Return parameters with attribute keys turned into column keys."""
    if mapper is None or not parameters:
        return parameters
    names = _renamed(mapper)
    if not names:
        return parameters
    if isinstance(parameters, list):
        return [{names.get(key, key): value for key, value in row.items()} for row in parameters]
    return {names.get(key, key): value for key, value in parameters.items()}


def _renamed(mapper: Any) -> Dict[str, str]:
    """Return column keys by attribute keys where they differ."""
    memo = mapper.memo
    found: Optional[Dict[str, str]] = memo.get("renamed")
    if found is None:
        found = memo["renamed"] = {
            key: column.key for key, column in attribute_columns(mapper).items() if column.key != key
        }
    return found


def _identity_values(mapper: Any, plan: Any) -> Dict[str, Any]:
    """Return the discriminator value that rows of a subclass need."""
    column = mapper.polymorphic_on
    if column is None or mapper.polymorphic_identity is None:
        return {}
    for key, own in plan.columns:
        if own is column or own in mapper.equivalent_columns.get(column, ()):
            return {key: mapper.polymorphic_identity}
    return {}


def _rows_for(mapper: Any, plan: Any, rows: List[Dict[str, Any]], render_nulls: bool) -> List[List[Dict[str, Any]]]:
    """Return rows of column keys for rows of attribute keys, in runs of equal shape.

    None is left out for columns that have a default, and sent as NULL for all others.
    """
    if not rows:
        return []
    added = _identity_values(mapper, plan)
    names = _renamed(mapper)
    guarded = [] if render_nulls else [key for _name, key, _column in plan.default_keys]
    plain = not added and not names
    known = {key for key, _column in plan.columns}
    runs: List[List[Dict[str, Any]]] = []
    shape: Any = None
    current: List[Dict[str, Any]] = []
    pk_keys = [key for key in plan.key_names]
    for row in rows:
        if not (plain and row.keys() <= known):
            row = _converted(row, names, known, added, mapper)
        drop = [key for key in guarded if key in row and row[key] is None]
        drop += [key for key in pk_keys if key not in drop and key in row and row[key] is None]
        if drop:
            row = {key: value for key, value in row.items() if key not in drop}
        keys = row.keys()
        if shape is None or keys != shape:
            if current:
                runs.append(current)
            current = []
            shape = keys
        current.append(row)
    runs.append(current)
    return runs


def _converted(
    row: Dict[str, Any], names: Dict[str, str], known: Any, added: Dict[str, Any], mapper: Any
) -> Dict[str, Any]:
    made = dict(added)
    for key, value in row.items():
        if not isinstance(key, str):
            key = getattr(key, "key", key)
        if key in known or key in names:
            made[key] = value
            continue
        prop = mapper.get_property(key) if mapper.has_property(key) else None
        if prop is not None and hasattr(prop, "composite_class"):
            values = value.__composite_values__() if hasattr(value, "__composite_values__") else tuple(
                getattr(value, each.key) for each in prop.props
            )
            for part, part_value in zip(prop.props, values):
                made[part.key] = part_value
        elif prop is not None and hasattr(prop, "name") and prop.name in known:
            made[prop.name] = value
        elif prop is None:
            made[key] = value
    if names:
        made = {names.get(key, key): value for key, value in made.items()}
    return made


def _insert_joined(call: Any, mapper: Any, tables: Any, rows: List[Dict[str, Any]], fixed: Dict[Any, Any]) -> Any:
    """Insert rows of a joined-table mapping: the parent table first, its keys go into the others."""
    records = [dict(row) for row in rows]
    found = []
    values = {_attribute_name(mapper, key): value for key, value in fixed.items()}
    for plan in tables.values():
        own = {column: values[key] for key, column in plan.columns if key in values}
        base = insert(plan.table).values(own) if own else insert(plan.table)
        for key, value in _identity_values(mapper, plan).items():
            for record in records:
                record.setdefault(key, value)
        batch: List[Dict[str, Any]] = []
        by_key = {key: column for key, column in plan.columns}
        for record in records:
            batch.append(
                {
                    by_key[key].key: value
                    for key, value in record.items()
                    if key in by_key and not (value is None and by_key[key].primary_key)
                }
            )
        missing = [key for key in plan.key_names if any(key not in record or record[key] is None for record in records)]
        if missing:
            columns = [by_key[key] for key in missing]
            statement = base.returning(*columns, sort_by_parameter_order=True)
            result = call.connection.execute(statement, batch)
            returned = result.all()
            for record, row in zip(records, returned):
                for key, value in zip(missing, row):
                    record[key] = value
        else:
            result = call.connection.execute(base, batch)
        found.append((records, result))
    return found


def _attribute_name(mapper: Any, key: Any) -> Any:
    """Return the attribute key that a key of values() means: a name, a column, or an attribute."""
    if isinstance(key, str):
        return key
    name = key.annotations.get("proxy_key")
    if name is not None:
        return name
    prop = mapper.column_to_property.get(key)
    return prop.key if prop is not None else key.key


def _returned(call: Any, mapper: Any, found: Any) -> Any:
    """Return the rows of RETURNING of a multi-table insert, by a SELECT of the new keys."""
    records = found[-1][0]
    keys = [mapper.get_property_by_column(column).key for column in mapper.primary_key]
    statement = select(*call.statement.parts.returning)
    if len(keys) == 1:
        values = [record[keys[0]] for record in records]
        statement = statement.where(mapper.primary_key[0].in_(values)).order_by(mapper.primary_key[0])
    return call.session._run(statement, None, call.execution_options, None)


# ----------------------------------------------------------------------------------------------- UPDATE and DELETE


class _Counted(IteratorResult["Unpack[Tuple[Any, ...]]"]):
    """The result of a statement whose RETURNING was for the session alone: a row count and no rows."""

    def __init__(self, rowcount: int) -> None:
        super().__init__(SimpleResultMetaData(()), iter(()))
        self.rowcount = rowcount
        self.returns_rows = False


class _Synchronizer:
    """Keeps the session's objects in step with an UPDATE or DELETE by criteria."""

    def __init__(self, call: Any, mapper: Any, plugin: _DMLPlugin) -> None:
        self.call = call
        self.session = call.session
        self.mapper = mapper
        self.statement = call.statement
        mode = plugin.option(call, "synchronize_session", "auto")
        if mode not in _SYNC:
            raise sa_exc.ArgumentError(
                "synchronize_session is 'auto', 'evaluate', 'fetch' or False"
            )
        self.mode = mode
        self.matched: List[Any] = []
        #: the keys of the touched rows come back with the statement itself
        self.returning = False

    def before(self) -> None:
        """Find the objects that the statement will touch."""
        if self.mode in ("auto", "evaluate"):
            try:
                evaluate = self._evaluator()
            except UnevaluatableError as err:
                if self.mode == "evaluate":
                    raise sa_exc.InvalidRequestError(
                        "The criteria have no evaluation in Python (%s); set synchronize_session to "
                        "'fetch' or False" % err
                    ) from err
                self.mode = "fetch"
            else:
                self.mode = "evaluate"
                self._match(evaluate)
                return
        if self.mode == "fetch":
            dialect = self.call.connection.dialect
            statement = self.statement
            able = dialect.delete_returning if statement.is_delete else dialect.update_returning
            if able and not statement.parts.returning and not getattr(statement.parts, "using", ()):
                self.returning = True
                self.call.statement = statement.returning(*self.mapper.primary_key)
            else:
                self._fetch()

    def _evaluator(self) -> Any:
        parts = self.statement.parts
        if getattr(parts, "using", ()):
            raise UnevaluatableError("the statement has further tables")
        compiler = EvaluatorCompiler(self.mapper.class_)
        criteria = tuple(parts.where)
        for option in parts.options:
            if hasattr(option, "criterion") and option.applies(self.mapper):
                criteria += (option.criterion(self.mapper),)
        return compiler.process(*criteria) if criteria else (lambda obj: True)

    def _candidates(self) -> List[Any]:
        session = self.session
        token = self.call.request.identity_token if self.call.request is not None else None
        table = session.identity_map.table(self.mapper.identity_class, token)
        found = []
        for state in list(table.values()):
            obj = state()
            if obj is not None and isinstance(obj, self.mapper.class_):
                found.append(obj)
        return found

    def _match(self, evaluate: Any) -> None:
        for obj in self._candidates():
            value = evaluate(obj)
            if value is True or (value is not None and value is not False and _is_unknown(value)):
                self.matched.append((obj, value is True))

    def _fetch(self) -> None:
        mapper = self.mapper
        statement = select(*mapper.primary_key).where(*self.statement.parts.where).select_from(mapper.local_table)
        single = mapper.single_table_criterion
        if single is not None:
            statement = statement.where(single)
        statement = statement.options(*self.statement.parts.options)
        self._take(self.call.connection.execute(statement, self.call.parameters or {}).all())

    def taken(self, result: Any) -> Any:
        """Read the keys that came back with the statement and return a result without rows."""
        if not self.returning:
            return result
        rows = result.all()
        self._take(rows)
        return _Counted(len(rows))

    def _take(self, rows: Any) -> None:
        mapper = self.mapper
        token = self.call.request.identity_token if self.call.request is not None else None
        table = self.session.identity_map.table(mapper.identity_class, token)
        for row in rows:
            pk = row[0] if len(row) == 1 else tuple(row)
            state = table.get(pk)
            obj = state() if state is not None else None
            if obj is not None and isinstance(obj, mapper.class_):
                self.matched.append((obj, True))

    # -- after -----------------------------------------------------------------
    def after_update(self) -> None:
        """Set or expire the updated attributes."""
        if not self.mode or not self.matched:
            return
        values, expire = self._attribute_values()
        session = self.session
        compiler = EvaluatorCompiler(self.mapper.class_)
        evaluators = {}
        for key, value in values.items():
            try:
                evaluators[key] = compiler.process(value) if hasattr(value, "__visit_name__") else _constant(value)
            except UnevaluatableError:
                expire.append(key)
        modified = session.identity_map.modified
        for obj, sure in self.matched:
            state = obj.__dict__[STATE_ATTR]
            dict_ = obj.__dict__
            if not sure:
                continue
            evaluated = []
            fresh = {}
            for key, function in evaluators.items():
                if key in dict_:
                    value = function(obj)
                    if _is_unknown(value):
                        expire_now = [key]
                        state.expire_attributes(dict_, expire_now)
                    else:
                        fresh[key] = value
                        evaluated.append(key)
            dict_.update(fresh)
            state.commit(dict_, evaluated)
            gone = [key for key in expire if key in dict_]
            if gone:
                state.expire_attributes(dict_, gone)
            if state.committed is not None and not state.committed:
                modified.pop(state, None)
                state.commit_all(dict_, session.identity_map)

    def _attribute_values(self) -> Tuple[Dict[str, Any], List[str]]:
        parts = self.statement.parts
        pairs: List[Tuple[Any, Any]] = []
        if parts.values:
            pairs.extend(parts.values.items())
        if parts.ordered_values:
            pairs.extend(parts.ordered_values)
        parameters = self.call.parameters
        if isinstance(parameters, dict):
            pairs.extend(parameters.items())
        found: Dict[str, Any] = {}
        expire: List[str] = []
        mapper = self.mapper
        for key, value in pairs:
            name = None
            if isinstance(key, str):
                if mapper.has_property(key):
                    prop = mapper.get_property(key)
                    while not hasattr(prop, "columns") and isinstance(getattr(prop, "name", None), str):
                        prop = mapper.get_property(prop.name)
                    name = prop.key if hasattr(prop, "columns") and not hasattr(prop, "composite_class") else None
                else:
                    for prop in mapper.column_attrs:
                        if any(column.key == key for column in prop.columns):
                            name = prop.key
            else:
                name = key.annotations.get("proxy_key")
                if name is None:
                    prop = mapper.column_to_property.get(key)
                    name = prop.key if prop is not None else None
            if name is not None:
                found[name] = value
        for prop in mapper.column_attrs:
            for column in prop.columns:
                if (
                    getattr(column, "onupdate", None) is not None
                    or getattr(column, "server_onupdate", None) is not None
                ):
                    if prop.key not in found:
                        expire.append(prop.key)
        return found, expire

    def after_delete(self) -> None:
        """Take the deleted objects out of the session."""
        if not self.mode:
            return
        session = self.session
        for obj, sure in self.matched:
            if not sure:
                continue
            state = obj.__dict__[STATE_ATTR]
            session._remove_deleted_by_criteria(state, obj)


def _is_unknown(value: Any) -> bool:
    return type(value).__name__ == "_Unknown"


def _constant(value: Any) -> Any:
    return lambda obj: value


@register_plugin("orm", "update")
class UpdatePlugin(_DMLPlugin):
    """Runs UPDATE of entities: by criteria, or of many rows by primary key."""

    def run(self, call: Any) -> Any:
        """Execute the call."""
        session = call.session
        session._autoflush()
        statement = call.statement
        mapper = target_mapper(statement)
        strategy = self.option(call, "dml_strategy", "auto")
        parameters = call.parameters
        parts = statement.parts
        if mapper is not None and isinstance(parameters, list) and strategy in ("auto", "bulk", "orm"):
            if not parts.where and not parts.values and not parts.ordered_values:
                return self._by_key(call, mapper, parameters)
            mode = self.option(call, "synchronize_session", "auto")
            if strategy == "bulk" or (not _has_binds(statement) and mode is not None):
                raise sa_exc.InvalidRequestError(
                    "bulk ORM UPDATE by primary key takes neither WHERE nor VALUES; execute an UPDATE with criteria "
                    "once, "
                    "or through session.connection() for many parameter sets"
                )
            if mode not in ("auto", None, False):
                raise sa_exc.InvalidRequestError(
                    "synchronize_session must be None for UPDATE or DELETE of many parameter sets"
                )
            return call.connection.execute(statement, parameters, execution_options=call.execution_options)
        if mapper is None:
            return call.connection.execute(
                statement, parameters or {}, execution_options=call.execution_options
            )
        sync = _Synchronizer(call, mapper, self)
        sync.before()
        result = call.connection.execute(
            call.statement, _by_columns(mapper, parameters) or {}, execution_options=call.execution_options
        )
        result = sync.taken(result)
        sync.after_update()
        return result if sync.returning else self.shaped(call, result)

    @staticmethod
    def _by_key(call: Any, mapper: Any, rows: List[Dict[str, Any]]) -> Any:
        if call.statement.parts.returning:
            raise sa_exc.InvalidRequestError("An UPDATE of many parameter sets by primary key returns "
                                             "nothing; leave out returning()")
        result = _update_by_key(call.connection, mapper, rows)
        return result if result is not None else call.connection.execute(select(1).where(False))


def _has_binds(statement: Any) -> bool:
    return bool(statement.parts.where)


def _update_by_key(connection: Any, mapper: Any, rows: Iterable[Dict[str, Any]]) -> Any:
    """Update rows of attribute values by their primary keys, table by table."""
    result = None
    rows = list(rows)
    for plan in table_plans(mapper).values():
        by_key = {key: column for key, column in plan.columns}
        names = {key: "%s_%s" % (plan.table.name, column.name) for key, column in zip(plan.key_names, plan.key_columns)}
        place = "update_by_key"
        statement = plan.memo.get(place)
        if statement is None:
            statement = plan.memo[place] = update(plan.table).where(
                and_(
                    *[
                        column == bindparam(names[key], type_=column.type)
                        for key, column in zip(plan.key_names, plan.key_columns)
                    ]
                )
            )
        run: List[Dict[str, Any]] = []
        shape: Any = None
        for row in rows:
            params = {}
            for key, value in row.items():
                column = by_key.get(key)
                if column is None:
                    continue
                if key in names:
                    params[names[key]] = value
                else:
                    params[column.key] = value
            missing = [key for key in names if names[key] not in params]
            if missing:
                raise sa_exc.InvalidRequestError(
                    "Parameters of an UPDATE by primary key lack the value of %s; each set needs the "
                    "whole key" % ", ".join(str(by_key[key]) for key in missing),
                    code="bupq",
                )
            if len(params) == len(names):
                continue
            keys = tuple(params)
            if keys != shape or has_expression(params.values()):
                if run:
                    result = connection.execute(statement, run)
                run, shape = [], keys
            run.append(params)
        if run:
            result = connection.execute(statement, run)
    return result


@register_plugin("orm", "delete")
class DeletePlugin(_DMLPlugin):
    """Runs DELETE of entities by criteria."""

    def run(self, call: Any) -> Any:
        """Execute the call."""
        session = call.session
        session._autoflush()
        statement = call.statement
        mapper = target_mapper(statement)
        if mapper is None or isinstance(call.parameters, list):
            return call.connection.execute(
                statement, call.parameters or {}, execution_options=call.execution_options
            )
        sync = _Synchronizer(call, mapper, self)
        sync.before()
        result = call.connection.execute(
            call.statement, call.parameters or {}, execution_options=call.execution_options
        )
        result = sync.taken(result)
        sync.after_delete()
        return result if sync.returning else self.shaped(call, result)


# -------------------------------------------------------------------------------------------------- the older methods


def bulk_insert_mappings(
    session: Any, mapper: Any, mappings: Iterable[Dict[str, Any]], return_defaults: bool, render_nulls: bool
) -> None:
    """Insert rows of attribute values; with ``return_defaults`` the new keys go into the dictionaries."""
    rows = list(mappings)
    if not rows:
        return
    with _flushing(session):
        connection = session.connection({"mapper": mapper})
        if return_defaults:
            records = [dict(row) for row in rows]
            insert_new_rows(connection, mapper, [(None, record) for record in records])
            for row, record in zip(rows, records):
                row.update(record)
            return
        for plan in table_plans(mapper).values():
            if len(table_plans(mapper)) > 1:
                insert_new_rows(connection, mapper, [(None, dict(row)) for row in rows])
                return
            for run in _rows_for(mapper, plan, rows, render_nulls):
                connection.execute(insert(plan.table), run)


def bulk_update_mappings(session: Any, mapper: Any, mappings: Iterable[Dict[str, Any]]) -> None:
    """Update rows of attribute values by their primary keys."""
    with _flushing(session):
        _update_by_key(session.connection({"mapper": mapper}), mapper, mappings)


def bulk_save_objects(
    session: Any, objects: Iterable[Any], return_defaults: bool, update_changed_only: bool, preserve_order: bool
) -> None:
    """Insert transient objects and update persistent ones without further tracking."""
    groups: List[Tuple[Any, bool, List[Any]]] = []
    ordered = list(objects)
    if not preserve_order:
        ordered.sort(key=lambda obj: (id(type(obj)), obj.__dict__[STATE_ATTR].pk is not None))
    for obj in ordered:
        state = obj.__dict__[STATE_ATTR]
        persistent = state.pk is not None
        mapper = state.manager.mapper
        if not groups or groups[-1][0] is not mapper or groups[-1][1] != persistent:
            groups.append((mapper, persistent, []))
        groups[-1][2].append(obj)
    with _flushing(session):
        for mapper, persistent, members in groups:
            connection = session.connection({"mapper": mapper})
            if persistent:
                _update_objects(connection, mapper, members, update_changed_only)
            elif return_defaults:
                insert_new_rows(connection, mapper, [(obj.__dict__[STATE_ATTR], obj.__dict__) for obj in members])
                for obj in members:
                    state = obj.__dict__[STATE_ATTR]
                    state.pk = mapper.pk_from_state(state, obj.__dict__)
                    state.commit_all(obj.__dict__)
            else:
                rows = [_row_of(mapper, obj) for obj in members]
                if len(table_plans(mapper)) > 1:
                    insert_new_rows(connection, mapper, [(None, row) for row in rows])
                    continue
                plan = next(iter(table_plans(mapper).values()))
                for run in _rows_for(mapper, plan, rows, False):
                    connection.execute(insert(plan.table), run)


def _row_of(mapper: Any, obj: Any) -> Dict[str, Any]:
    dict_ = obj.__dict__
    return {prop.key: dict_[prop.key] for prop in mapper.column_attrs if prop.key in dict_}


def _update_objects(connection: Any, mapper: Any, members: List[Any], changed_only: bool) -> None:
    if changed_only:
        for plan in table_plans(mapper).values():
            records = [(obj.__dict__[STATE_ATTR], obj.__dict__) for obj in members]
            update_rows(None, connection, plan, records, False, ())
        for obj in members:
            obj.__dict__[STATE_ATTR].commit_all(obj.__dict__)
        return
    _update_by_key(connection, mapper, [_row_of(mapper, obj) for obj in members])


class _flushing:
    """Marks a session as flushing and rolls back on errors."""

    def __init__(self, session: Any) -> None:
        self.session = session

    def __enter__(self) -> None:
        session = self.session
        if session._flushing:
            raise sa_exc.InvalidRequestError("flush() was called within a flush; listeners of flush "
                                             "events can't flush")
        session._flushing = True
        if session._transaction is None:
            session._autobegin_t()

    def __exit__(self, type_: Any, value: Optional[BaseException], traceback: Any) -> None:
        session = self.session
        session._flushing = False
        if value is not None and session._transaction is not None:
            session._transaction.rollback_failed_flush(value)

