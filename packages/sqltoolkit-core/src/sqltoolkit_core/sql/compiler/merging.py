"""Chapter of the SQL compiler: ``upsert()`` and ``merge_into()``.

A dialect says by ``upsert_style`` how it spells an upsert, or overrides ``upsert_clause``; one that says nothing
refuses, as does one without MERGE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import exc
from ...util.decorators import warn
from .. import operators
from ..elements import literal
from .base import CompilerFields
from .crud import DMLState
from .crud_values import unconsumed
from .dml import _OWN_FLAGS

if TYPE_CHECKING:
    from typing import Any
    from typing import Iterable
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = ["MergingChapter"]


class MergingChapter(CompilerFields):
    """Visit methods of upserts and MERGE."""

    # "on_conflict" or None
    upsert_style: Optional[str] = None
    supports_merge = False
    supports_merge_by_source = False

    # -- upsert()

    def visit_upsert(self, upsert_stmt: Any, **kw: Any) -> str:
        """Render as an INSERT with the clause that the dialect has for it."""
        return self.visit_insert(upsert_stmt, **kw)

    def upsert_clause(self, statement: Any, **kw: Any) -> str:
        """Return the clause after VALUES that makes an INSERT an upsert."""
        if self.upsert_style != "on_conflict":
            raise exc.CompileError(
                "found an upsert() of %r, which the %s dialect can't express" % (
                    statement.table.description, self.dialect.name
                )
            )  # fmt: skip
        match = statement.match_columns
        target = ", ".join([self.preparer.quote(column.name) for column in match])
        if statement._ignore:
            return "ON CONFLICT (%s) DO NOTHING" % target
        pairs = self.upsert_values(statement)
        if not pairs:
            return "ON CONFLICT (%s) DO NOTHING" % target
        text = "ON CONFLICT (%s) DO UPDATE SET %s" % (target, self.upsert_assignments(pairs, **kw))
        criteria = statement._update_criteria
        if criteria:
            text += " WHERE " + self._and_joined(criteria, kw)
        return text

    def upsert_values(self, statement: Any) -> List[Tuple[Any, Any]]:
        """Return (column, element) for what an upsert sets in a row that is there."""
        if statement._set_values is not None:
            return list(statement._set_values.items())
        match = set(statement.match_columns)
        inserted = [assignment.column for assignment in self._insert_crud_columns]
        proposed = statement.proposed
        return [(column, proposed[column.key]) for column in inserted if column not in match and hasattr(column, "key")]

    # assignments of the INSERT being rendered
    _insert_crud_columns: Any = ()

    def upsert_assignments(self, values: Iterable[Tuple[Any, Any]], **kw: Any) -> str:
        """Return ``column = value, ...`` of an update in an INSERT, in the order of the table's columns.

        :param values: pairs of a column or its name and an element.
        """
        statement = self.current_executable
        pending = {(key if isinstance(key, str) else getattr(key, "key", key)): (key, value) for key, value in values}
        texts = []
        for column in statement.table.c:
            found = pending.pop(column.key, None)
            if found is not None:
                texts.append(
                    "%s = %s" % (self.preparer.quote(column.name), self._upsert_value(column, found[1], kw))
                )
        if pending:
            warn(
                "found names in the SET of ON CONFLICT that are no columns of table %r: %s"
                % (statement.table.description, ", ".join(["%r" % (key,) for key in pending]))
            )
            for key, value in pending.values():
                shown = (
                    self.preparer.quote(key)
                    if isinstance(key, str)
                    else self.process(key, include_table=False, use_schema=False)
                )
                texts.append("%s = %s" % (shown, self._upsert_value(None, value, kw)))
        return ", ".join(texts)

    def _upsert_value(self, column: Any, value: Any, kw: Any) -> str:
        if not hasattr(value, "_visit_kw"):
            value = literal(value, type_=column.type if column is not None else None)
        if value.__visit_name__ == "bindparam" and value.type._isnull and column is not None:
            value = self.typed_bind(value, column.type)
        return self.process(value.self_group(), is_upsert_set=True, use_schema=False, **kw)

    def visit_proposed_column(self, element: Any, **kw: Any) -> str:
        return "excluded." + self.preparer.quote(element.column.name)

    # -- MERGE

    def visit_merge(self, merge_stmt: Any, **kw: Any) -> str:
        if not self.supports_merge:
            raise exc.CompileError(
                "found a MERGE into %r, which the %s dialect does not have: use upsert() where it says the same"
                % (merge_stmt.table.description, self.dialect.name)
            )
        if merge_stmt._source is None:
            raise exc.CompileError("found a MERGE without a source, expected merge_into(...).using(source, criterion)")
        if not merge_stmt._whens:
            raise exc.CompileError("found a MERGE that does nothing, expected a when_...() call")
        toplevel = not self.stack
        if toplevel:
            self.isupdate = True
            self.compile_state = self.dml_compile_state = DMLState(merge_stmt)
        for name in _OWN_FLAGS + ("visiting_cte",):
            kw.pop(name, None)
        table, source = merge_stmt.table, merge_stmt._source
        self.stack.append(self._dml_frame(merge_stmt, table, [source]))
        try:
            text = "MERGE INTO %s USING %s ON %s" % (
                self.process(table, asfrom=True, iscrud=True, **kw),
                self.process(source, asfrom=True, **kw),
                self.process(merge_stmt._on, **kw),
            )
            for when in merge_stmt._whens:
                text += " " + self.process(when, **kw)
            returning = self._returning_of(merge_stmt, toplevel, None, kw)
            if returning:
                text += " " + returning
            if self.ctes:
                text = self._with_ctes(text, toplevel)
        finally:
            self.stack.pop()
        return text

    def visit_merge_when(self, when: Any, **kw: Any) -> str:
        if when.kind == "not_matched_by_source" and not self.supports_merge_by_source:
            raise exc.CompileError(
                "found WHEN NOT MATCHED BY SOURCE, which the %s dialect does not have" % self.dialect.name
            )
        text = "WHEN " + _WHEN[when.kind]
        if when.condition is not None:
            text += " AND " + self.process(when.condition.self_group(against=operators.and_), **kw)
        return text + " THEN " + self._merge_action(when, kw)

    def _merge_action(self, when: Any, kw: Any) -> str:
        if when.action == "delete":
            return "DELETE"
        if when.action == "nothing":
            return "DO NOTHING"
        table = self.current_executable.table
        pairs = []
        for key, value in when.values.items():
            column = table.c.get(key) if isinstance(key, str) else key
            if column is None or not table.c.contains_column(column):
                raise unconsumed({key}, table)
            if value.__visit_name__ == "bindparam" and value.type._isnull:
                value = self.typed_bind(value, column.type)
            pairs.append((self.preparer.quote(column.name), self.process(value.self_group(), **kw)))
        if when.action == "update":
            return "UPDATE SET " + ", ".join(["%s = %s" % pair for pair in pairs])
        return "INSERT (%s) VALUES (%s)" % (
            ", ".join([name for name, _ in pairs]),
            ", ".join([value for _, value in pairs]),
        )


_WHEN = {
    "matched": "MATCHED",
    "not_matched": "NOT MATCHED",
    "not_matched_by_source": "NOT MATCHED BY SOURCE",
}
