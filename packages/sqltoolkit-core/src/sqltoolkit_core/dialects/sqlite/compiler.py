"""How SQLite spells SQL, DDL, types and names.

What the dialect can do is in ``base``; the types with storage formats are in ``types``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import exc
from ...sql import sqltypes
from ...sql.compiler import DDLCompiler
from ...sql.compiler import GenericTypeCompiler
from ...sql.compiler import IdentifierPreparer
from ...sql.compiler import SQLCompiler
from ...sql.elements import literal

if TYPE_CHECKING:
    from typing import Any
    from typing import Optional

__all__ = ["SQLiteCompiler", "SQLiteDDLCompiler", "SQLiteIdentifierPreparer", "SQLiteTypeCompiler"]


class SQLiteCompiler(SQLCompiler):
    """SQL for SQLite."""

    upsert_style = "on_conflict"
    extract_map = dict(
        SQLCompiler.extract_map,
        month="%m",
        day="%d",
        year="%Y",
        second="%S",
        hour="%H",
        doy="%j",
        minute="%M",
        epoch="%s",
        dow="%w",
        week="%W",
    )

    # -- operators

    def visit_truediv_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        # one operand has to be a floating point number, or the rest is lost
        return "%s / (%s + 0.0)" % (self.process(binary.left, **kw), self.process(binary.right, **kw))

    def visit_is_distinct_from_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.render_binary(binary, " IS NOT ", **kw)

    def visit_is_not_distinct_from_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.render_binary(binary, " IS ", **kw)

    def visit_bitwise_xor_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        # there is no XOR: a^b is (a|b) without (a&b), and the operands are rendered twice for it; "-" binds tighter
        # than "|" and "&"
        left, right = self.process(binary.left, **kw), self.process(binary.right, **kw)
        return "((%s | %s) - (%s & %s))" % (left, right, left, right)

    def visit_regexp_match_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.render_binary(binary, " REGEXP ", **kw)

    def visit_not_regexp_match_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self.render_binary(binary, " NOT REGEXP ", **kw)

    def visit_json_getitem_op_binary(self, binary: Any, operator: Any, _cast_applied: bool = False, **kw: Any) -> str:
        type_ = binary.type
        if not _cast_applied and not isinstance(type_, sqltypes.JSON) and type_.affinity is not sqltypes.JSON:
            from ...sql.elements import cast

            kw["_cast_applied"] = True
            return self.process(cast(binary, type_), **kw)
        text = "JSON_EXTRACT(%s, %s)" % (self.process(binary.left, **kw), self.process(binary.right, **kw))
        return "JSON_QUOTE(%s)" % text if type_.affinity is sqltypes.JSON else text

    def visit_json_path_getitem_op_binary(
        self, binary: Any, operator: Any, _cast_applied: bool = False, **kw: Any
    ) -> str:
        return self.visit_json_getitem_op_binary(binary, operator, _cast_applied=_cast_applied, **kw)

    def visit_empty_set_op_expr(self, type_: Any, expand_op: Any, **kw: Any) -> str:
        # an empty set is a SELECT without rows: NULL in the list would make NOT IN unknown
        types = type_.types if hasattr(type_, "types") else [type_]
        return self.visit_empty_set_expr(types)

    def visit_empty_set_expr(self, element_types: Any, **kw: Any) -> str:
        ones = ", ".join("1" for _ in element_types or [None])
        return "SELECT %s FROM (SELECT %s) WHERE 1!=1" % (ones, ones)

    # -- functions, literals, casts

    def visit_now_func(self, fn: Any, **kw: Any) -> str:
        return "CURRENT_TIMESTAMP"

    def visit_localtimestamp_func(self, func: Any, **kw: Any) -> str:
        return "DATETIME(CURRENT_TIMESTAMP, 'localtime')"

    def visit_char_length_func(self, fn: Any, **kw: Any) -> str:
        return "length%s" % self.function_argspec(fn)

    def visit_aggregate_strings_func(self, fn: Any, **kw: Any) -> str:
        kw.pop("use_function_name", None)
        return super().visit_aggregate_strings_func(fn, use_function_name="group_concat", **kw)

    def visit_true(self, expr: Any, **kw: Any) -> str:
        return "1"

    def visit_false(self, expr: Any, **kw: Any) -> str:
        return "0"

    def visit_cast(self, cast: Any, **kwargs: Any) -> str:
        if self.dialect.supports_cast:
            return super().visit_cast(cast, **kwargs)
        return self.process(cast.clause, **kwargs)

    def visit_extract(self, extract: Any, **kw: Any) -> str:
        field = self.extract_map.get(extract.field)
        if field is None or not field.startswith("%"):
            raise exc.CompileError(
                "found the field %r in extract(), which SQLite can't take out of a date" % extract.field
            )
        return "CAST(STRFTIME('%s', %s) AS INTEGER)" % (
            self.escape_literal_column(field),
            self.process(extract.expr, **kw),
        )

    # -- statements

    def returning_clause(
        self, stmt: Any, returning_cols: Any, *, populate_result_map: bool, **kw: Any
    ) -> str:
        # SQLite finds columns of RETURNING by their bare names only
        kw["include_table"] = False
        return super().returning_clause(stmt, returning_cols, populate_result_map=populate_result_map, **kw)

    def limit_clause(self, select: Any, **kw: Any) -> str:
        parts = select.parts
        text = ""
        if parts.limit is not None:
            text += "\n LIMIT " + self.process(parts.limit, **kw)
        if parts.offset is not None:
            if parts.limit is None:
                text += "\n LIMIT " + self.process(literal(-1), **kw)
            text += " OFFSET " + self.process(parts.offset, **kw)
        else:
            text += " OFFSET " + self.process(literal(0), **kw)
        return text

    def for_update_clause(self, select: Any, **kw: Any) -> str:
        # a database file is locked as a whole
        return ""

    def update_from_clause(
        self, update_stmt: Any, from_table: Any, extra_froms: Any, from_hints: Any, **kw: Any
    ) -> str:
        kw["asfrom"] = True
        return "FROM " + ", ".join(
            [self.process(source, fromhints=from_hints, **kw) for source in extra_froms]
        )

    # -- ON CONFLICT

    def visit_on_conflict_do_nothing(self, on_conflict: Any, **kw: Any) -> str:
        target = self._conflict_target(on_conflict, **kw)
        return "ON CONFLICT %s DO NOTHING" % target if target else "ON CONFLICT DO NOTHING"

    def visit_on_conflict_do_update(self, on_conflict: Any, **kw: Any) -> str:
        text = "ON CONFLICT %s DO UPDATE SET %s" % (
            self._conflict_target(on_conflict, **kw),
            self.upsert_assignments(on_conflict.update_values_to_set, **kw),
        )
        if on_conflict.update_whereclause is not None:
            text += " WHERE %s" % self.process(
                on_conflict.update_whereclause, include_table=True, use_schema=False, **kw
            )
        return text

    def _conflict_target(self, clause: Any, **kw: Any) -> str:
        if clause.inferred_target_elements is None:
            return ""
        text = "(%s)" % ", ".join(
            [
                self.preparer.quote(target)
                if isinstance(target, str)
                else self.process(target, include_table=False, use_schema=False)
                for target in clause.targets
            ]
        )
        if clause.inferred_target_whereclause is not None:
            text += " WHERE %s" % self.process(
                clause.inferred_target_whereclause,
                include_table=False,
                use_schema=False,
                literal_execute=not kw.get("literal_binds", False),
                **kw,
            )
        return text


class SQLiteDDLCompiler(DDLCompiler):
    """DDL for SQLite."""

    def get_column_specification(self, column: Any, **kwargs: Any) -> str:
        type_text = self.dialect.type_compiler_instance.process(column.type, type_expression=column)
        text: str = self.preparer.format_column(column) + " " + type_text
        default = self.get_column_default_string(column)
        if default is not None:
            text += " DEFAULT " + default
        options = column.dialect_options["sqlite"]
        if not column.nullable:
            text += " NOT NULL"
            text += self._on_conflict(options["on_conflict_not_null"])
        if column.primary_key:
            text += self._inline_primary_key(column, options)
        if column.computed is not None:
            text += " " + self.process(column.computed)
        return text

    def _inline_primary_key(self, column: Any, options: Any) -> str:
        table = column.table
        autoincrement = table.dialect_options["sqlite"]["autoincrement"]
        if column.autoincrement is True and len(table.primary_key.columns) != 1:
            raise exc.CompileError("found AUTOINCREMENT in a primary key of several columns, which SQLite can't do")
        if (
            autoincrement
            and len(table.primary_key.columns) == 1
            and column.type.affinity is not None
            and issubclass(column.type.affinity, sqltypes.Integer)
            and not column.foreign_keys
        ):
            return " PRIMARY KEY%s AUTOINCREMENT" % self._on_conflict(options["on_conflict_primary_key"])
        return ""

    def render_default_string(self, default: Any) -> str:
        text = super().render_default_string(default)
        if isinstance(default, str):
            return text
        # what is more than one word or literal stands in parentheses, where it has to and where it need not
        stripped = text.strip()
        simple = (
            stripped[:1] in ("'", '"', "(")
            and stripped[-1:] in ("'", '"', ")")
            and _one_token(stripped)
            or stripped.replace("_", "a").isalnum()
        )
        return text if simple else "(%s)" % text

    def visit_primary_key_constraint(self, constraint: Any, **kw: Any) -> Optional[str]:  # type: ignore[override]
        if len(constraint.columns) == 1:
            column = list(constraint)[0]
            if (
                column.primary_key
                and column.table.dialect_options["sqlite"]["autoincrement"]
                and column.type.affinity is not None
                and issubclass(column.type.affinity, sqltypes.Integer)
                and not column.foreign_keys
            ):
                # it stands with the column, because of AUTOINCREMENT
                return None
        text = super().visit_primary_key_constraint(constraint)
        clause = constraint.dialect_options["sqlite"]["on_conflict"]
        if clause is None and len(constraint.columns) == 1:
            clause = list(constraint)[0].dialect_options["sqlite"]["on_conflict_primary_key"]
        return text + self._on_conflict(clause) if text else text

    def visit_unique_constraint(self, constraint: Any, **kw: Any) -> str:
        text = super().visit_unique_constraint(constraint)
        clause = constraint.dialect_options["sqlite"]["on_conflict"]
        if clause is None and len(constraint.columns) == 1:
            clause = list(constraint)[0].dialect_options["sqlite"]["on_conflict_unique"]
        return text + self._on_conflict(clause)

    def visit_check_constraint(self, constraint: Any, **kw: Any) -> str:
        text = super().visit_check_constraint(constraint)
        return text + self._on_conflict(constraint.dialect_options["sqlite"]["on_conflict"])

    def visit_column_check_constraint(self, constraint: Any, **kw: Any) -> str:
        text = super().visit_check_constraint(constraint)
        if constraint.dialect_options["sqlite"]["on_conflict"] is not None:
            raise exc.CompileError(
                "found ON CONFLICT on a CHECK constraint of a column, which SQLite has for constraints of tables only"
            )
        return text

    def visit_foreign_key_constraint(self, constraint: Any, **kw: Any) -> Optional[str]:  # type: ignore[override]
        local = list(constraint.elements)[0].parent.table
        remote = list(constraint.elements)[0].column.table
        if local.schema != remote.schema:
            # a foreign key can't reach into another database file
            return None
        return super().visit_foreign_key_constraint(constraint)

    def define_constraint_remote_table(self, constraint: Any, table: Any, preparer: IdentifierPreparer) -> str:
        return preparer.format_table(table, use_schema=False)

    def visit_create_index(
        self, create: Any, include_schema: bool = True, include_table_schema: bool = False, **kw: Any
    ) -> str:
        text = super().visit_create_index(
            create, include_schema=include_schema, include_table_schema=include_table_schema
        )
        where = create.element.dialect_options["sqlite"]["where"]
        if where is not None:
            text += " WHERE " + self.sql_compiler.process(where, include_table=False, literal_binds=True)
        return text

    def create_view_guard(self, element: Any) -> str:
        return "IF NOT EXISTS " if element.dialect_options["sqlite"]["if_not_exists"] else ""

    def _on_conflict(self, clause: Any) -> str:
        if clause is None:
            return ""
        return " ON CONFLICT %s" % self.preparer.validate_sql_phrase(clause)

    def post_create_table(self, table: Any) -> str:
        options = table.dialect_options["sqlite"]
        texts = []
        if options["with_rowid"] is False:
            texts.append("WITHOUT ROWID")
        if options["strict"] is True:
            texts.append("STRICT")
        return "\n " + ",\n ".join(texts) if texts else ""


def _one_token(text: str) -> bool:
    """Tell whether the first quote or parenthesis of a text is closed by its last character."""
    if text[0] == "(":
        depth = 0
        quoted = False
        for position, character in enumerate(text):
            if character == "'":
                quoted = not quoted
            elif quoted:
                continue
            elif character == "(":
                depth += 1
            elif character == ")":
                depth -= 1
                if depth == 0:
                    return position == len(text) - 1
        return False
    inner = text[1:-1]
    return text[0] == text[-1] and text[0] not in inner.replace(text[0] * 2, "")


class SQLiteTypeCompiler(GenericTypeCompiler):
    """Type names for SQLite."""

    def visit_large_binary(self, type_: Any, **kw: Any) -> str:
        return self.visit_BLOB(type_)

    def visit_DATETIME(self, type_: Any, **kw: Any) -> str:
        return self._temporal("DATETIME", type_)

    def visit_DATE(self, type_: Any, **kw: Any) -> str:
        return self._temporal("DATE", type_)

    def visit_TIME(self, type_: Any, **kw: Any) -> str:
        return self._temporal("TIME", type_)

    def _temporal(self, name: str, type_: Any) -> str:
        # a format of digits alone would be stored as a number under the plain name
        return name if getattr(type_, "format_is_text_affinity", True) else name + "_CHAR"

    def visit_JSON(self, type_: Any, **kw: Any) -> str:
        return "JSON"

    def visit_JSONB(self, type_: Any, **kw: Any) -> str:
        return "JSONB"


class SQLiteIdentifierPreparer(IdentifierPreparer):
    """Names for SQLite."""

    reserved_words = frozenset(
        """
        add after all alter analyze and as asc attach autoincrement before begin between by cascade case cast check
        collate column commit conflict constraint create cross current_date current_time current_timestamp database
        default deferrable deferred delete desc detach distinct drop each else end escape except exclusive exists
        explain false fail for foreign from full glob group having if ignore immediate in index indexed initially
        inner insert instead intersect into is isnull join key left like limit match natural not nothing notnull null of
        offset on or order outer plan pragma primary query raise references reindex rename replace restrict
        returning right rollback row select set table temp temporary then to transaction trigger true union unique
        update using vacuum values view virtual when where
        """.split()
    )

