"""Chapter of the SQL compiler: INSERT, UPDATE, DELETE and RETURNING.

Which columns are set, and to what, comes from ``crud``; INSERT of many rows is in ``insertmanyvalues``.  Writes
``isinsert``, ``isupdate``, ``isdelete``, ``inline``, ``compile_state`` and ``effective_returning``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import exc
from ..selectable.statement import LABEL_STYLE_DISAMBIGUATE_ONLY
from ..selectable.statement import name_columns
from .base import CompilerFields
from .base import COLLECT_CARTESIAN_PRODUCTS
from .base import Frame
from .base import FromLinter
from .base import WARN_LINTING
from .crud import TARGET_MARK
from .crud import DMLState
from .crud import crud_columns

if TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Tuple

    from ..visitors import Visitable

__all__ = ["DMLChapter"]

_NO_FROMS: Any = frozenset()
_OWN_FLAGS = (
    "asfrom", "within_columns_clause", "enclosing_alias", "insert_into", "lateral", "compound_index", "include_table",
    "cte_opts",
)  # fmt: skip


class DMLChapter(CompilerFields):
    """Visit methods of INSERT, UPDATE, DELETE."""

    def _is_crud_literal(self, bind: Any) -> bool:
        """Tell whether a parameter is a plain value given to ``values()``, which takes the name of its column."""
        if bind.nameless:
            return False
        return bool(bind._is_crud or (bind.unique and bind._orig_key == "param" and bind.type._isnull))

    @property
    def insert_single_values_expr(self) -> Optional[str]:
        """Return what stands in the parentheses of VALUES for one row; None where that is not repeatable."""
        return self._insert_single_values

    @property
    def prefetch(self) -> List[Any]:
        """Return the columns whose defaults are computed before the execution."""
        return list(self.insert_prefetch) + list(self.update_prefetch)

    @property
    def returning(self) -> Any:
        """Return the same as ``effective_returning``; an older name."""
        return self.effective_returning

    # -- INSERT

    def visit_insert(
        self, insert_stmt: Any, visited_bindparam: Any = None, visiting_cte: Any = None, **kw: Any
    ) -> str:
        insert_stmt = self._lower(insert_stmt)
        state = DMLState(insert_stmt)
        toplevel = not self.stack
        if toplevel:
            self.isinsert = True
            self.compile_state = self.dml_compile_state = state
            self.inline = insert_stmt._inline
        for name in _OWN_FLAGS:
            kw.pop(name, None)
        table = state.table
        frame = Frame(insert_stmt, _NO_FROMS, _NO_FROMS, compile_state=None)
        self.stack.append(frame)
        try:
            dialect = self.dialect
            in_cte = visiting_cte is not None
            marks = toplevel and self.for_executemany and dialect.use_insertmanyvalues
            if marks:
                self._mark_binds = True
            crud = crud_columns(self, insert_stmt, state, toplevel, **kw)
            single = crud.single
            self._check_insert(state, single)
            text = "INSERT "
            if insert_stmt._prefixes:
                text += self._words_of(insert_stmt, insert_stmt._prefixes, kw)
            text += "INTO "
            table_text = self._dml_table_text(insert_stmt, table, kw)
            text += table_text
            if single or not dialect.supports_default_values:
                text += " (%s)" % ", ".join([assignment.column_text for assignment in single])
            # parameters are numbered in this order
            if insert_stmt._extra_ctes:
                self._render_independent_ctes(insert_stmt, kw)
            returning = self._returning_of(insert_stmt, toplevel, crud.sentinel_columns, kw)
            if returning and self.returning_precedes_values:
                text += " " + returning
            text += self._insert_source(insert_stmt, crud, toplevel, in_cte, kw)
            post_values = insert_stmt._after_values
            if post_values:
                if not isinstance(post_values, tuple):
                    post_values = (post_values,)
                text += " " + " ".join([self.process(clause, **kw) for clause in post_values])
            if insert_stmt.__visit_name__ == "upsert":
                self._insert_crud_columns = single
                text += " " + self.upsert_clause(insert_stmt, **kw)
            if returning and not self.returning_precedes_values:
                text += " " + returning
            if self.ctes and not (dialect.cte_follows_insert and insert_stmt.select is not None):
                text = self._with_ctes(text, toplevel, include_following=True)
        finally:
            self.stack.pop()
        return text

    def _check_insert(self, state: DMLState, single: List[Any]) -> None:
        dialect = self.dialect
        if state.has_multi_parameters and state.statement._sort_by_parameter_order:
            raise exc.CompileError(
                "found an INSERT with several rows in VALUES whose returned rows are to be in the order of the "
                "parameters, which can't be had in that form: pass a list of parameters to execute() instead"
            )
        if (
            not single
            and state.statement.select is None
            and not dialect.supports_default_values
            and not dialect.supports_default_metavalue
            and not dialect.supports_empty_insert
        ):
            raise exc.CompileError(
                "found an INSERT without values, which the %r dialect in this version of the database can't express"
                % dialect.name
            )
        if state.has_multi_parameters and not dialect.supports_multivalues_insert:
            raise exc.CompileError(
                "found an INSERT with several rows in VALUES, which the %r dialect in this version of the database "
                "can't express; pass a list of parameters to execute() instead" % dialect.name
            )

    def _insert_source(self, statement: Any, crud: Any, toplevel: bool, in_cte: bool, kw: Dict[str, Any]) -> str:
        dialect = self.dialect
        if statement.select is not None:
            if in_cte:
                kw = dict(kw, asfrom=True)
            text = self.process(crud.select, insert_into=True, **kw)
            if self.ctes and dialect.cte_follows_insert:
                level = None if toplevel else len(self.stack)
                text = self._with_text(level, True) + text
            return " " + text
        single = crud.single
        if not single and dialect.supports_default_values:
            if crud.plan.many_values:
                self._prepare_many_values(statement, crud, "", is_default=True)
            return " DEFAULT VALUES"
        if len(crud.rows) > 1 or crud.plan.multi_rows:
            rows = [
                "(%s)" % ", ".join([assignment.value_text for assignment in row]) for row in crud.rows
            ]
            return " VALUES " + ", ".join(rows)
        values = ", ".join([assignment.value_text for assignment in single])
        if toplevel:
            self._insert_single_values = values
            self._insert_crud_params = single
        if crud.plan.many_values:
            return " " + self._prepare_many_values(statement, crud, values)
        return " VALUES (%s)" % values

    # -- UPDATE

    def visit_update(self, update_stmt: Any, visiting_cte: Any = None, **kw: Any) -> str:
        update_stmt = self._lower(update_stmt)
        state = DMLState(update_stmt)
        toplevel = not self.stack
        if toplevel:
            self.isupdate = True
            self.compile_state = self.dml_compile_state = state
            self.inline = update_stmt._inline
        for name in _OWN_FLAGS:
            kw.pop(name, None)
        table = state.table
        extra_froms = state.extra_froms
        frame = self._dml_frame(update_stmt, table, extra_froms)
        self.stack.append(frame)
        try:
            linter = self._dml_linter(toplevel, table, extra_froms)
            text = "UPDATE "
            if update_stmt._prefixes:
                text += self._words_of(update_stmt, update_stmt._prefixes, kw)
            hints = self._dml_hints(update_stmt)
            table_text = self.update_tables_clause(update_stmt, table, extra_froms, **kw)
            if hints and table in hints:
                table_text = self.format_from_hint_text(table_text, table, hints[table], True)
            text += table_text
            crud = crud_columns(self, update_stmt, state, toplevel, **kw)
            # parameters are numbered in this order
            if update_stmt._extra_ctes:
                self._render_independent_ctes(update_stmt, kw)
            text += " SET " + ", ".join(
                [assignment.column_text + "=" + assignment.value_text for assignment in crud.single]
            )
            if self.returning_precedes_values:
                returning = self._returning_of(update_stmt, toplevel, None, kw)
                if returning:
                    text += " " + returning
            if extra_froms:
                extra = self.update_from_clause(update_stmt, table, extra_froms, hints, **kw)
                if extra:
                    text += " " + extra
            text += self._dml_where(update_stmt, kw)
            post = self.update_post_criteria_clause(update_stmt, **kw)
            if post:
                text += " " + post
            if not self.returning_precedes_values:
                returning = self._returning_of(update_stmt, toplevel, None, kw)
                if returning:
                    text += " " + returning
            self._dml_lint(linter, "UPDATE", update_stmt)
            if self.ctes:
                text = self._with_ctes(text, toplevel)
        finally:
            self._linter = None
            self.stack.pop()
        return text

    def update_post_criteria_clause(self, update_stmt: Any, **kw: Any) -> Optional[str]:
        """Return what stands after WHERE, before RETURNING."""
        return self._post_criteria(update_stmt, kw)

    def delete_post_criteria_clause(self, delete_stmt: Any, **kw: Any) -> Optional[str]:
        """Return what stands after WHERE, before RETURNING."""
        return self._post_criteria(delete_stmt, kw)

    def _post_criteria(self, statement: Any, kw: Dict[str, Any]) -> Optional[str]:
        clause = statement._post_criteria_clause
        if not clause:
            return None
        if not isinstance(clause, tuple):
            clause = (clause,)
        return " ".join([self.process(element, **kw) for element in clause])

    def update_tables_clause(self, update_stmt: Any, from_table: Any, extra_froms: Any, **kw: Any) -> str:
        """Return the table of UPDATE, and further ones where they stand beside it."""
        kw["asfrom"] = True
        table: Visitable = from_table
        return table._visit_kw(self, iscrud=True, **kw)

    def update_from_clause(
        self, update_stmt: Any, from_table: Any, extra_froms: Any, from_hints: Any, **kw: Any
    ) -> str:
        """Return the FROM clause of UPDATE."""
        raise NotImplementedError(
            "the %s dialect has no FROM clause in UPDATE: use a correlated subquery in WHERE" % self.dialect.name
        )

    # -- DELETE

    def visit_delete(self, delete_stmt: Any, visiting_cte: Any = None, **kw: Any) -> str:
        delete_stmt = self._lower(delete_stmt)
        state = DMLState(delete_stmt)
        toplevel = not self.stack
        if toplevel:
            self.isdelete = True
            self.compile_state = self.dml_compile_state = state
        for name in _OWN_FLAGS:
            kw.pop(name, None)
        table = state.table
        extra_froms = state.extra_froms
        self.stack.append(self._dml_frame(delete_stmt, table, extra_froms))
        try:
            if delete_stmt._extra_ctes:
                self._render_independent_ctes(delete_stmt, kw)
            linter = self._dml_linter(toplevel, table, extra_froms)
            text = "DELETE "
            if delete_stmt._prefixes:
                text += self._words_of(delete_stmt, delete_stmt._prefixes, kw)
            text += "FROM "
            hints = self._dml_hints(delete_stmt)
            table_text = self.delete_table_clause(delete_stmt, table, extra_froms, **kw)
            if hints and table in hints:
                table_text = self.format_from_hint_text(table_text, table, hints[table], True)
            text += table_text
            if toplevel:
                self.implicit_returning = self._delete_defaults(delete_stmt)
            if self.returning_precedes_values:
                returning = self._returning_of(delete_stmt, toplevel, None, kw)
                if returning:
                    text += " " + returning
            if extra_froms:
                extra = self.delete_extra_from_clause(delete_stmt, table, extra_froms, hints, **kw)
                if extra:
                    text += " " + extra
            text += self._dml_where(delete_stmt, kw)
            post = self.delete_post_criteria_clause(delete_stmt, **kw)
            if post:
                text += " " + post
            if not self.returning_precedes_values:
                returning = self._returning_of(delete_stmt, toplevel, None, kw)
                if returning:
                    text += " " + returning
            self._dml_lint(linter, "DELETE", delete_stmt)
            if self.ctes:
                text = self._with_ctes(text, toplevel)
        finally:
            self._linter = None
            self.stack.pop()
        return text

    def _delete_defaults(self, statement: Any) -> List[Any]:
        if not statement._return_defaults or not self.dialect.delete_returning:
            return []
        # no column has a default for DELETE: only those that are named come back
        return list(statement._return_defaults_columns or ())

    def delete_table_clause(self, delete_stmt: Any, from_table: Any, extra_froms: Any, **kw: Any) -> str:
        """Return the table of DELETE, and further ones where they stand beside it."""
        table: Visitable = from_table
        return table._visit_kw(self, asfrom=True, iscrud=True, **kw)

    def delete_extra_from_clause(
        self, delete_stmt: Any, from_table: Any, extra_froms: Any, from_hints: Any, **kw: Any
    ) -> str:
        """Return the USING clause of DELETE."""
        raise NotImplementedError(
            "the %s dialect has no further tables in DELETE: use a correlated subquery in WHERE" % self.dialect.name
        )

    # -- shared

    def _dml_frame(self, statement: Any, table: Any, extra_froms: Any) -> Frame:
        correlate = {table}
        correlate.update(extra_froms)
        for source in list(correlate):
            correlate.update(source._from_objects)
        froms = frozenset(correlate)
        return Frame(statement, froms, froms)

    def _dml_table_text(self, statement: Any, table: Any, kw: Dict[str, Any]) -> str:
        text: str = self.preparer.format_table(table)
        hints = self._dml_hints(statement)
        if hints and table in hints:
            text = self.format_from_hint_text(text, table, hints[table], True)
        return text

    def _dml_hints(self, statement: Any) -> Optional[Dict[Any, str]]:
        if not statement._hints:
            return None
        return {
            source: text
            for source, dialect, text in statement._hints
            if dialect in ("*", self.dialect.name)
        }

    def _dml_where(self, statement: Any, kw: Dict[str, Any]) -> str:
        criteria = statement._where_criteria
        if not criteria:
            return ""
        clause = self._and_joined(criteria, kw)
        return " WHERE " + clause if clause else ""

    def _dml_linter(self, toplevel: bool, table: Any, extra_froms: Any) -> Optional[FromLinter]:
        if not (self.linting & COLLECT_CARTESIAN_PRODUCTS):
            return None
        linter = FromLinter()
        if toplevel:
            self.from_linter = linter
        linter.add(table, getattr(table, "fullname", None) or table.description)
        self._linter = linter
        return linter

    def _dml_lint(self, linter: Optional[FromLinter], kind: str, statement: Any) -> None:
        self._linter = None
        if linter is not None and self.linting & WARN_LINTING:
            linter.warn(kind, self._line_of(statement))

    # -- RETURNING

    def _returning_of(
        self, statement: Any, toplevel: bool, sentinel_columns: Any, kw: Dict[str, Any]
    ) -> Optional[str]:
        columns = statement._returning
        if columns and statement._return_defaults:
            raise exc.CompileError(
                "found returning() and return_defaults() on one statement, which both decide what RETURNING has: "
                "use one of them"
            )
        if not columns and toplevel:
            if statement._supplemental_returning:
                self.implicit_returning = self._with_supplemental(statement)
            columns = self.implicit_returning
        if not columns:
            return None
        columns = [each for column in columns for each in column._selected_items]
        if toplevel:
            self.effective_returning = columns
        if sentinel_columns:
            known = set(columns)
            columns = columns + [column for column in sentinel_columns if column not in known]
        return self.returning_clause(statement, columns, populate_result_map=toplevel, **kw)

    def _with_supplemental(self, statement: Any) -> List[Any]:
        """Return the columns that come back, with those asked for besides, in the order of the table."""
        columns = list(self.implicit_returning or ())
        columns += [column for column in statement._supplemental_returning if column not in columns]
        places = {column: at for at, column in enumerate(statement.table.c)}
        return sorted(columns, key=lambda column: places.get(column, len(places)))

    def returning_clause(
        self, stmt: Any, returning_cols: Any, *, populate_result_map: bool, **kw: Any
    ) -> str:
        """Return RETURNING with its columns."""
        return "RETURNING " + ", ".join(
            [
                self._returning_column(stmt, named, populate_result_map, kw)
                for named in self._named_returning(returning_cols)
            ]
        )

    # how the columns of RETURNING are labelled
    _returning_style = LABEL_STYLE_DISAMBIGUATE_ONLY

    def _named_returning(self, returning_cols: Any) -> Tuple[Any, ...]:
        raw = [each for column in returning_cols for each in column._selected_items]
        return name_columns(raw, self._returning_style)

    def _returning_column(self, stmt: Any, named: Any, fill: bool, kw: Dict[str, Any]) -> str:
        return self._select_column(stmt, named, False, fill, fill, kw)

    def visit_dmltargetcopy(self, element: Any, *, bindmarkers: Any = None, **kw: Any) -> str:
        targets = self._dml_targets if bindmarkers is None else bindmarkers
        if targets is None:
            raise exc.CompileError(
                "found from_dml_column() outside of the values of an INSERT or UPDATE, where it has no column to copy"
            )
        key: str = element.column.key
        targets[key] = element.column
        return TARGET_MARK + key + TARGET_MARK
