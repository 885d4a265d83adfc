"""Which columns an INSERT or UPDATE sets, and which come back.

Where each value comes from is in ``crud_values``; the text around it in ``dml``.

``DMLState`` is what the engine and plugins read about a compiled INSERT, UPDATE or DELETE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import exc
from ..dml import extra_froms
from ..dml.base import changed_sources
from ..dml.base import check_values
from .crud_values import REQUIRED
from .crud_values import Assignment
from .crud_values import ValueSources
from .crud_values import unconsumed

if TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import FrozenSet
    from typing import List
    from typing import Optional
    from typing import Sequence
    from typing import Set

# around the key of a column whose value is to be copied
TARGET_MARK = "\x05"

__all__ = ["CrudColumns", "DMLState", "ReturningPlan", "crud_columns"]


class DMLState:
    """What is known about one INSERT, UPDATE or DELETE while it is compiled, and kept with the result.

    ``dict_parameters``: values of the statement by column or key, those of the first row if there are several.
    ``main_table``: the one whose columns are given by name; of a join, which UPDATE takes as well, the leftmost.
    """

    __slots__ = (
        "dict_parameters", "extra_froms", "has_multi_parameters", "is_multitable", "isdelete", "isinsert", "isupdate",
        "main_table", "multi_parameters", "ordered_values", "statement", "table",
    )  # fmt: skip

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self.table = self.main_table = statement.table
        self.isinsert = statement.is_insert
        self.isupdate = statement.is_update
        self.isdelete = statement.is_delete
        self.multi_parameters: Optional[List[Dict[Any, Any]]] = None
        self.dict_parameters: Optional[Dict[Any, Any]] = None
        self.ordered_values: Any = None
        self.extra_froms: Sequence[Any] = ()
        if statement.__visit_name__ == "merge":
            pass  # its actions bring values of their own
        elif self.isdelete:
            self.extra_froms = extra_froms(statement)
        else:
            check_values(statement)
            if self.isinsert and statement._multi_values:
                rows = [row for chunk in statement._multi_values for row in chunk]
                self.multi_parameters = rows
                self.dict_parameters = rows[0] if rows else {}
            elif statement._ordered_values is not None:
                self.ordered_values = statement._ordered_values
                self.dict_parameters = dict(statement._ordered_values)
            elif statement._values is not None:
                self.dict_parameters = dict(statement._values)
            if self.isupdate:
                while self.main_table._is_join:
                    self.main_table = self.main_table.left
                self.extra_froms = self._froms_with_values(extra_froms(statement))
        self.has_multi_parameters = self.multi_parameters is not None
        self.is_multitable = bool(self.extra_froms) or self.main_table is not self.table

    def _froms_with_values(self, froms: Sequence[Any]) -> Sequence[Any]:
        """Return the sources of an UPDATE with those that only its values mention."""
        found = list(froms)
        known = changed_sources(self.table)
        for source in found:
            known.update(source._cloned_set)
        for _, value in self.ordered_values or (self.dict_parameters or {}).items():
            for source in value._from_objects:
                if known.isdisjoint(source._cloned_set):
                    found.append(source)
                    known.update(source._cloned_set)
        return found


class ReturningPlan:
    """What has to come back from a statement, and how.

    ``need_pks`` new keys are wanted; ``implicit_returning`` by RETURNING; ``lastrowid`` by ``cursor.lastrowid``.
    """

    __slots__ = ("defaults", "implicit_returning", "lastrowid", "many_values", "multi_rows", "need_pks", "nested",
                 "sentinel")  # fmt: skip

    def __init__(self, compiler: Any, statement: Any, state: DMLState, toplevel: bool) -> None:
        dialect = compiler.dialect
        insert = state.isinsert
        explicit = bool(statement._returning)
        many = compiler.for_executemany
        wants_defaults = bool(statement._return_defaults)
        self.multi_rows = state.has_multi_parameters
        # inside of another statement a plain value keeps a name of its own
        self.nested = not toplevel
        self.need_pks = bool(
            toplevel
            and insert
            and not statement._inline
            and not explicit
            and not state.has_multi_parameters
            and (not many or dialect.insert_executemany_returning and wants_defaults)
        )
        table = state.table
        unasked = getattr(table, "implicit_returning", True)
        self.implicit_returning = False
        self.lastrowid = False
        self.defaults: Optional[Set[Any]] = None
        if insert:
            can_return = bool(dialect.insert_returning and unasked)
            by_lastrowid = (
                self.need_pks
                and dialect.postfetch_lastrowid
                and (
                    not can_return
                    or (
                        not dialect.favor_returning_over_lastrowid
                        and table._autoincrement_column is not None
                        and not wants_defaults
                    )
                )
            )
            self.lastrowid = bool(by_lastrowid)
            self.implicit_returning = bool(self.need_pks and can_return and not by_lastrowid)
            one_row = not statement._inline and not state.has_multi_parameters
            if wants_defaults and can_return and one_row and (not many or dialect.insert_executemany_returning):
                self.defaults = self._default_columns(statement, table)
        elif wants_defaults and unasked:
            if state.isupdate and dialect.update_returning and (not many or dialect.update_executemany_returning):
                self.defaults = self._default_columns(statement, table)
            elif state.isdelete and dialect.delete_returning and (not many or dialect.delete_executemany_returning):
                self.defaults = self._default_columns(statement, table)
        if explicit:
            self.defaults = None
        self.many_values = bool(
            toplevel
            and insert
            and many
            and dialect.use_insertmanyvalues
            and statement.select is None
            and not state.has_multi_parameters
            and (
                (explicit or self.defaults is not None or statement._supplemental_returning)
                and dialect.insert_returning
                or dialect.use_insertmanyvalues_wo_returning
            )
        )
        self.sentinel: Any = None

    @staticmethod
    def _default_columns(statement: Any, table: Any) -> Set[Any]:
        columns = statement._return_defaults_columns
        found = set(table.c) if not columns else set(columns)
        if statement._supplemental_returning:
            found.update(statement._supplemental_returning)
        return found

    def returns_default(self, column: Any) -> bool:
        """Tell whether RETURNING brings the value of ``column`` that the database makes."""
        return self.defaults is not None and column in self.defaults


class CrudColumns:
    """The assignments of a statement: ``rows[0]`` for one row, more for a multi-row INSERT.

    ``select`` is where the rows of INSERT ... SELECT come from, with the defaults added.
    """

    __slots__ = ("plan", "rows", "select", "sentinel_columns", "sentinel_implicit", "use_named_only")

    def __init__(self, rows: List[List[Assignment]], plan: ReturningPlan, select: Any = None) -> None:
        self.rows = rows
        self.plan = plan
        self.select = select
        self.sentinel_columns: Optional[Sequence[Any]] = None
        self.sentinel_implicit = False

    @property
    def single(self) -> List[Assignment]:
        """The assignments of the first row."""
        return self.rows[0]


def crud_columns(compiler: Any, statement: Any, state: DMLState, toplevel: bool, **kw: Any) -> CrudColumns:
    """Return what an INSERT or UPDATE sets; fill the compiler's lists of columns to fetch before and after.

    :raise CompileError: if there are values for columns that do not exist.
    """
    if toplevel or compiler.stack and compiler.stack[0].selectable is statement:
        compiler.postfetch = []
        compiler.insert_prefetch = []
        compiler.update_prefetch = []
        compiler.implicit_returning = []
        lists = None
    else:
        # a statement inside of a CTE fetches nothing: its lists are thrown away
        lists = (compiler.postfetch, compiler.insert_prefetch, compiler.update_prefetch, compiler.implicit_returning)
        compiler.postfetch, compiler.insert_prefetch, compiler.update_prefetch, compiler.implicit_returning = (
            [], [], [], []
        )  # fmt: skip
    outer_targets, compiler._dml_targets = compiler._dml_targets, {}
    try:
        result = _Planner(compiler, statement, state, toplevel, kw).run()
        if compiler._dml_targets:
            _copy_targets(compiler, statement, result, kw)
        return result
    finally:
        compiler._dml_targets = outer_targets
        if lists is not None:
            _keep_prefetched(compiler, lists)


def _copy_targets(compiler: Any, statement: Any, result: CrudColumns, kw: Dict[str, Any]) -> None:
    """Put the values of other columns where from_dml_column() stands for them."""
    for row in result.rows:
        by_key = {getattr(assignment.column, "key", None): assignment.value_text for assignment in row}
        for key, column in compiler._dml_targets.items():
            mark = TARGET_MARK + key + TARGET_MARK
            text = by_key.get(key)
            if text is None:
                if statement.is_insert:
                    raise exc.CompileError(
                        "found the column name %r in the values of an INSERT, which has no value for it; "
                        "give the column a value" % key
                    )
                text = compiler.process(column, **kw)
            for assignment in row:
                if mark in assignment.value_text and assignment.value_text != text:
                    assignment.value_text = assignment.value_text.replace(mark, text)


def _keep_prefetched(compiler: Any, lists: Any) -> None:
    inserted, updated = compiler.insert_prefetch, compiler.update_prefetch
    compiler.postfetch, compiler.insert_prefetch, compiler.update_prefetch, compiler.implicit_returning = lists
    # values computed beforehand are needed wherever the statement stands
    compiler.insert_prefetch = list(compiler.insert_prefetch) + inserted
    compiler.update_prefetch = list(compiler.update_prefetch) + updated


class _Planner:
    """One pass over the columns of a table."""

    def __init__(self, compiler: Any, statement: Any, state: DMLState, toplevel: bool, kw: Dict[str, Any]) -> None:
        self.compiler = compiler
        self.statement = statement
        self.state = state
        self.toplevel = toplevel
        self.plan = ReturningPlan(compiler, statement, state, toplevel)
        self.other_tables: FrozenSet[Any] = frozenset()
        if state.isupdate:
            self.other_tables = frozenset(state.extra_froms)
            if state.table is not state.main_table:
                self.other_tables |= changed_sources(state.table) - {state.main_table}
        include_table = bool(self.other_tables and compiler.render_table_with_column_in_update_from)
        self.sources = ValueSources(compiler, statement, self.name_of, self.plan, include_table, kw)
        self.parameters: Dict[Any, Any] = {}

    # -- names

    def key_of(self, column: Any) -> Any:
        """Return the name a value of ``column`` is given under; with its table if that is not the main one."""
        if self.other_tables and column.table in self.other_tables:
            return column.table, column.key
        return column.key

    def name_of(self, column: Any) -> str:
        if self.other_tables and column.table in self.other_tables:
            return "%s_%s" % (column.table.name, column.key)
        key: str = column.key
        return key

    def _as_key(self, key: Any) -> Any:
        if isinstance(key, str):
            return key
        return self.key_of(key)

    # -- the pass

    def run(self) -> CrudColumns:
        compiler, state, statement = self.compiler, self.state, self.statement
        plan = self.plan
        columns = state.main_table.c
        if compiler.column_keys is None and state.dict_parameters is None and statement.is_insert and (
            statement.select is None
        ) or (
            compiler.column_keys is None and state.dict_parameters is None and statement.is_update
        ):  # fmt: skip
            for column in columns:
                if not column._hidden:
                    self.sources.given(column, REQUIRED, column.key)
            if self.toplevel:
                compiler.postfetch_lastrowid = False
            result = CrudColumns([self.sources.assignments], plan)
            return self._with_sentinel(result)
        given = self._gather()
        select = None
        if statement.is_insert and statement.select is not None:
            select = self._scan_insert_from_select()
        else:
            self._scan(given)
        names = set(self.parameters)
        if names and given:
            unknown = names.intersection(given).difference(self.sources.done)
            if unknown:
                raise unconsumed({self._shown(name) for name in unknown}, statement.table)
        if plan.many_values and plan.defaults is not None:
            compiler.inline = True
        rows = [self.sources.assignments]
        if state.has_multi_parameters:
            rows.extend(self._further_rows())
        elif (
            not self.sources.assignments
            and compiler.for_executemany
            and compiler.dialect.supports_default_metavalue
            and statement.is_insert
        ):
            first = next(iter(columns), None)
            if first is not None:
                # many rows without any value: one column says DEFAULT for each
                text = compiler.preparer.format_column(first)
                rows = [[Assignment(first, text, compiler.dialect.default_metavalue_token, ())]]
        return self._with_sentinel(CrudColumns(rows, plan, select))

    @staticmethod
    def _shown(name: Any) -> str:
        return name if isinstance(name, str) else "%s.%s" % (name[0].name, name[1])

    def _gather(self) -> Dict[Any, Any]:
        """Collect the values: those of the statement win over those of the execution."""
        keys = self.compiler.column_keys
        state = self.state
        given: Dict[Any, Any] = {}
        own = state.dict_parameters
        if own:
            items = state.ordered_values if state.ordered_values is not None else own.items()
            for key, value in items:
                if not isinstance(key, str) and not _is_plain_column(key):
                    self._expression_target(key, value)
                    continue
                given[self._as_key(key)] = value
        if keys is not None:
            for key in keys:
                key = self._as_key(key)
                if key not in given:
                    self.parameters[key] = REQUIRED
        self.parameters.update(given)
        return given

    def _expression_target(self, target: Any, value: Any) -> None:
        """Set an expression such as one element of an array column."""
        compiler, kw = self.compiler, self.sources.kw
        target_text = compiler.process(target, **dict(kw, include_table=False))
        if value.__visit_name__ == "bindparam":
            if value.type._isnull:
                value = compiler.typed_bind(value, target.type)
            value_text = compiler.process(value, **kw)
        else:
            value_text = compiler.process(value.self_group(), **kw)
        self.sources.assignments.append(Assignment(target, target_text, value_text, ()))

    def _columns_in_order(self, given: Dict[Any, Any]) -> List[Any]:
        statement = self.statement
        columns = list(self.state.main_table.c)
        if not (statement.is_update and statement._in_given_order):
            return columns
        by_key = {column.key: column for column in columns}
        first = [by_key[key] for key in given if not isinstance(key, tuple) and key in by_key]
        known = set(first)
        return first + [column for column in columns if column not in known]

    def _scan(self, given: Dict[Any, Any]) -> None:
        statement, sources, plan = self.statement, self.sources, self.plan
        parameters = self.parameters
        insert = statement.is_insert
        table = statement.table
        if self.other_tables:
            self._scan_other_tables(given)
        for column in self._columns_in_order(given):
            key = column.key
            if key in parameters and key not in sources.done:
                sources.given(column, parameters[key], key)
                sources.done.add(key)
            elif column._is_sentinel and (column.default is None or column.default.is_sentinel):
                continue  # it is numbered where rows have to be told apart
            elif not insert:
                sources.update_default(column)
            elif column.primary_key and plan.need_pks:
                sources.primary_key(column)
            elif column.default is not None:
                sources.insert_default(column)
            elif plan.returns_default(column):
                self.compiler.implicit_returning.append(column)
            elif column.server_default is not None:
                if not column.primary_key:
                    self.compiler.postfetch.append(column)
            elif column.primary_key and column is not table._autoincrement_column and not column.nullable:
                sources._warn_no_key(column)

    def _scan_other_tables(self, given: Dict[Any, Any]) -> None:
        """Set the columns of further tables of an UPDATE, and their defaults."""
        compiler = self.compiler
        affected: List[Any] = []
        for key in given:
            if isinstance(key, tuple) and key[0] not in affected:
                affected.append(key[0])
        if not compiler.render_table_with_column_in_update_from and not all(
            self.statement.table.is_derived_from(table) for table in affected
        ):
            raise exc.CompileError(
                "found values for columns of %s in an UPDATE of %r: the %s dialect sets columns of one table only"
                % (
                    ", ".join([repr(table.description) for table in affected]),
                    self.statement.table.description,
                    compiler.dialect.name,
                )
            )
        for table in affected:
            for column in table.c:
                key = (table, column.key)
                if key in self.parameters:
                    self.sources.given(column, self.parameters[key], key)
                    self.sources.done.add(key)
                elif column.onupdate is not None or column.server_onupdate is not None:
                    self.sources.update_default(column)

    def _scan_insert_from_select(self) -> Any:
        """Set the columns that are named and those with defaults; return the SELECT with the defaults."""
        statement, compiler, sources = self.statement, self.compiler, self.sources
        table = statement.table
        columns = [table.c[name] for name in statement._names_from_select]
        for column in columns:
            sources.assignments.append(Assignment(column, compiler.preparer.format_column(column), "", ()))
            sources.done.add(column.key)
            self.parameters.pop(column.key, None)
        if statement.include_insert_from_select_defaults:
            known = set(columns)
            added = []
            for column in table.c:
                if column in known or column.default is None or column._hidden:
                    continue
                default = column.default
                if default.is_sequence and not sources._usable(default):
                    continue
                if default.is_clause_element:
                    element = default.arg
                elif default.is_sequence:
                    element = default.next_value()
                else:
                    element = sources.bind(column, None, column.key, process=False)
                    compiler.insert_prefetch.append(column)
                sources.assignments.append(Assignment(column, compiler.preparer.format_column(column), "", ()))
                added.append(element)
            if added:
                return _with_columns(statement.select, added)
        return statement.select

    def _further_rows(self) -> List[List[Assignment]]:
        rows = []
        first = self.sources.assignments
        for number, values in enumerate((self.state.multi_parameters or [])[1:], 1):
            row = []
            by_key = {self._as_key(key): value for key, value in values.items()}
            for assignment in first:
                column = assignment.column
                if column.key in by_key:
                    row.append(self.sources.row_value(column, by_key.pop(column.key), number))
                elif column.key not in self.parameters or self.parameters[column.key] is REQUIRED:
                    row.append(self.sources.row_default(column, assignment, number))
                elif column.default is not None and not column.default.is_sequence:
                    row.append(self.sources.row_default(column, None, number))
                else:
                    raise exc.CompileError(
                        "found no value for column %r in row %d of a multi-row INSERT, expected one in every row since "
                        "the first row has one, and the column has no default" % (column.key, number)
                    )
            rows.append(row)
        return rows

    # -- sentinel of INSERT with many rows

    def _with_sentinel(self, result: CrudColumns) -> CrudColumns:
        statement, plan = self.statement, self.plan
        if not (plan.many_values and statement._sort_by_parameter_order):
            return result
        if not (statement._returning or plan.defaults is not None):
            return result
        present = {assignment.column for assignment in result.single}
        found = self.compiler._find_sentinel(statement, present, self._known_values(result))
        if found is None:
            return result
        columns, implicit = found
        for column in columns:
            if column not in present and not implicit and column.default is not None:
                self.sources.insert_default(column)
        result.sentinel_columns = columns
        result.sentinel_implicit = implicit
        return result


    def _known_values(self, result: CrudColumns) -> Set[Any]:
        """Return the columns whose values in the database are those of parameters."""
        dialect = self.compiler.dialect
        return {
            assignment.column
            for assignment in result.single
            if assignment.is_parameter and not assignment.column.type.dialect_impl(dialect)._has_bind_expression
        }


def _is_plain_column(key: Any) -> bool:
    return bool(key.__visit_name__ == "column")


def _with_columns(select: Any, added: List[Any]) -> Any:
    if select.__visit_name__ == "select":
        return select.with_parts(columns=tuple(select._raw_columns) + tuple(added))
    raise exc.CompileError(
        "found a %s as the source of an INSERT whose table has defaults for further columns, which can't be "
        "added to it: select from a subquery() of it, or pass include_defaults=False" % type(select).__name__
    )
