"""DDLCompiler: CREATE, DROP, ALTER, COMMENT and the parts of tables.

Expressions inside of DDL go through the SQL compiler of the same dialect; type names through ``types``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import cast

from ... import exc
from .. import sqltypes
from .base import Compiled
from .identifiers import FK_INITIALLY
from .identifiers import FK_ON_DELETE
from .identifiers import FK_ON_UPDATE

if TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Optional

    from .identifiers import IdentifierPreparer
    from .sql import SQLCompiler

__all__ = ["DDLCompiler"]


def _numbered(words: str, value: Any) -> str:
    try:
        return "%s %d" % (words, value)
    except TypeError:
        raise exc.CompileError("found %s %r, expected a number" % (words, value)) from None


def _spaced(*parts: Any) -> str:
    """The parts that are there, with spaces between them."""
    return " ".join([part for part in parts if part])


class DDLCompiler(Compiled):
    """DDL turned into text."""

    is_ddl = True
    _sql_compiler: Optional[SQLCompiler] = None

    @property
    def sql_compiler(self) -> SQLCompiler:
        """Return the compiler of expressions inside of DDL."""
        compiler = self._sql_compiler
        if compiler is None:
            made: SQLCompiler = self.dialect.statement_compiler(
                self.dialect, None, schema_translate_map=self.schema_translate_map
            )
            compiler = self._sql_compiler = made
        return compiler

    @property
    def type_compiler(self) -> Any:
        """Return the compiler of type names."""
        return self.dialect.type_compiler_instance

    def construct_params(
        self, params: Any = None, extracted_parameters: Any = None, escape_names: bool = True
    ) -> Any:
        """Return None: DDL has no parameters."""
        return None

    # -- text, schemas

    def visit_ddl(self, ddl: Any, **kwargs: Any) -> str:
        context = dict(ddl.context or {})
        if ddl.target is not None and hasattr(ddl.target, "name"):
            names = self.preparer.format_table_seq(ddl.target)
            about = {
                "table": names[-1],
                "schema": names[0] if len(names) > 1 else "",
                "fullname": self.preparer.format_table(ddl.target),
            }
            context = {**about, **context}
        return self.sql_compiler.post_process_text(ddl.statement % context)

    def visit_create_schema(self, create: Any, **kw: Any) -> str:
        name = self.preparer.format_schema(create.element)
        return _spaced("CREATE SCHEMA", create.if_not_exists and "IF NOT EXISTS", name)

    def visit_drop_schema(self, drop: Any, **kw: Any) -> str:
        name = self.preparer.format_schema(drop.element)
        return _spaced("DROP SCHEMA", drop.if_exists and "IF EXISTS", name, drop.cascade and "CASCADE")

    # -- tables

    def visit_create_table(self, create: Any, **kw: Any) -> str:
        table = create.element
        head = _spaced(
            "CREATE",
            *table._prefixes,
            "TABLE",
            create.if_not_exists and "IF NOT EXISTS",
            self.preparer.format_table(table),
            self.create_table_suffix(table),
        )
        items = self._column_texts(table, create.columns)
        constraints = self.create_table_constraints(
            table, _include_foreign_key_constraints=create.include_foreign_key_constraints
        )
        if constraints:
            items.append(constraints)
        body = "\n\t" + ", \n\t".join(items) if items else ""
        return "\n%s (%s\n)%s\n\n" % (head, body, self.post_create_table(table))

    def _column_texts(self, table: Any, columns: Any) -> List[str]:
        """Return the columns of a new table as they are declared, without those the database makes by itself."""
        texts = []
        key_seen = False
        for create_column in columns:
            column = create_column.element
            try:
                text = self.process(create_column, first_pk=column.primary_key and not key_seen)
            except exc.CompileError as err:
                raise exc.CompileError(
                    "(in table %r, column %r): %s" % (table.description, column.name, err.args[0])
                ) from err
            if text is not None:
                texts.append(text)
            key_seen = key_seen or column.primary_key
        return texts

    def visit_create_column(self, create: Any, first_pk: bool = False, **kw: Any) -> Optional[str]:
        column = create.element
        if column.system:
            return None
        checks = [self.process(constraint) for constraint in column.constraints]
        return _spaced(self.get_column_specification(column, first_pk=first_pk), *checks)

    def create_table_constraints(
        self, table: Any, _include_foreign_key_constraints: Any = None, **kw: Any
    ) -> str:
        """Return the constraints of a table: the primary key first, then the others in order of creation."""
        left_out = set()
        if _include_foreign_key_constraints is not None:
            left_out = table.foreign_key_constraints.difference(_include_foreign_key_constraints)
        texts = []
        for constraint in sorted(table._constraints_in_order, key=lambda item: item is not table.primary_key):
            added_later = self.dialect.supports_alter and getattr(constraint, "use_alter", False)
            if constraint not in left_out and not added_later and constraint._is_rendered(self):
                texts.append(self.process(constraint))
        return ", \n\t".join([text for text in texts if text])

    def create_table_suffix(self, table: Any) -> str:
        """Return what stands between the name of a new table and its columns."""
        return ""

    def post_create_table(self, table: Any) -> str:
        """Return what stands after the columns of a new table."""
        return ""

    def visit_drop_table(self, drop: Any, **kw: Any) -> str:
        name = self.preparer.format_table(drop.element)
        return "\n" + _spaced("DROP TABLE", drop.if_exists and "IF EXISTS", name)

    def visit_create_view(self, element: Any, **kw: Any) -> str:
        return _spaced(
            "CREATE",
            element.or_replace and "OR REPLACE",
            element.temporary and "TEMPORARY",
            element.materialized and "MATERIALIZED",
            "VIEW",
            self.create_view_guard(element) + self.preparer.format_table(element.table),
            "AS",
            self.sql_compiler.process(element.selectable, literal_binds=True),
        )

    def create_view_guard(self, element: Any) -> str:
        """Return IF NOT EXISTS, with a space after it, for a view that asks for it in the way of the dialect."""
        return ""

    def visit_drop_view(self, drop: Any, **kw: Any) -> str:
        return "\n" + _spaced(
            "DROP",
            getattr(drop, "materialized", False) and "MATERIALIZED",
            "VIEW",
            drop.if_exists and "IF EXISTS",
            self.preparer.format_table(drop.element),
        )

    def visit_create_table_as(self, element: Any, **kw: Any) -> str:
        return _spaced(
            "CREATE",
            element.temporary and "TEMPORARY",
            "TABLE",
            element.if_not_exists and "IF NOT EXISTS",
            self.preparer.format_table(element.table),
            self.create_table_select_suffixes(element, "pre_as", **kw),
            "AS",
            self.sql_compiler.process(element.selectable, literal_binds=True),
            self.create_table_select_suffixes(element, "post_select", **kw),
        )

    def create_table_select_suffixes(self, element: Any, type_: Any, **kw: Any) -> str:
        """Return what stands before AS or after the SELECT of CREATE TABLE AS."""
        return ""

    # -- indexes

    def visit_create_index(
        self, create: Any, include_schema: bool = False, include_table_schema: bool = True, **kw: Any
    ) -> str:
        index = create.element
        if index.table is None:
            raise exc.CompileError(
                "the index %r has no table: give it columns of one, or attach it to the table" % (index.name,)
            )
        indexed = [
            self.sql_compiler.process(expression, include_table=False, literal_binds=True)
            for expression in index.expressions
        ]
        return _spaced(
            "CREATE",
            index.unique and "UNIQUE",
            "INDEX",
            create.if_not_exists and "IF NOT EXISTS",
            self._index_name(index, with_schema=include_schema),
            "ON",
            self.preparer.format_table(index.table, use_schema=include_table_schema),
            "(%s)" % ", ".join(indexed),
        )

    def visit_drop_index(self, drop: Any, **kw: Any) -> str:
        name = self._index_name(drop.element, with_schema=True)
        return "\n" + _spaced("DROP INDEX", drop.if_exists and "IF EXISTS", name)

    def _index_name(self, index: Any, with_schema: bool) -> str:
        if index.name is None:
            raise exc.CompileError(
                "an index is created and dropped by its name; found one without%s"
                % (" of table %r" % (index.table.description,) if index.table is not None else "")
            )
        name = cast("str", self.preparer.format_index(index))
        schema = self.preparer.schema_for_object(index.table) if with_schema and index.table is not None else None
        return self.preparer.quote_schema(schema) + "." + name if schema else name

    # -- constraints

    def visit_add_constraint(self, create: Any, **kw: Any) -> str:
        constraint = self.process(create.element)
        return "ALTER TABLE %s ADD %s" % (self.preparer.format_table(create.element.table), constraint)

    def visit_drop_constraint(self, drop: Any, **kw: Any) -> str:
        constraint = drop.element
        name = self.preparer.format_constraint(constraint)
        if name is None:
            raise exc.CompileError(
                "found a constraint without a name, which ALTER TABLE ... DROP CONSTRAINT needs: %r" % (constraint,)
            )
        return "ALTER TABLE %s DROP CONSTRAINT %s%s%s" % (
            self.preparer.format_table(constraint.table),
            "IF EXISTS " if drop.if_exists else "",
            name,
            " CASCADE" if drop.cascade else "",
        )

    def define_constraint_preamble(self, constraint: Any, **kw: Any) -> str:
        """Return ``CONSTRAINT name``, with a space after it, or nothing for a nameless one."""
        name = self.preparer.format_constraint(constraint)
        return "CONSTRAINT %s " % name if name is not None else ""

    def _constraint_text(self, constraint: Any, define_body: Callable[..., str], kw: Dict[str, Any]) -> str:
        name = self.define_constraint_preamble(constraint, **kw)
        return name + define_body(constraint, **kw) + self.define_constraint_deferrability(constraint)

    def visit_check_constraint(self, constraint: Any, **kw: Any) -> str:
        return self._constraint_text(constraint, self.define_check_body, kw)

    def visit_column_check_constraint(self, constraint: Any, **kw: Any) -> str:
        return self.visit_check_constraint(constraint, **kw)

    def visit_table_or_column_check_constraint(self, constraint: Any, **kw: Any) -> str:
        if constraint.is_column_level:
            return self.visit_column_check_constraint(constraint, **kw)
        return self.visit_check_constraint(constraint, **kw)

    def define_check_body(self, constraint: Any, **kw: Any) -> str:
        """Return ``CHECK (...)``."""
        return "CHECK (%s)" % self.sql_compiler.process(
            constraint.sqltext, include_table=False, literal_binds=True
        )

    def visit_primary_key_constraint(self, constraint: Any, **kw: Any) -> str:
        return self._constraint_text(constraint, self.define_primary_key_body, kw) if len(constraint) else ""

    def define_primary_key_body(self, constraint: Any, **kw: Any) -> str:
        """Return ``PRIMARY KEY (...)``."""
        columns = constraint.columns_autoinc_first if constraint._implied else constraint.columns
        return "PRIMARY KEY (%s)" % ", ".join([self.preparer.quote(column.name) for column in columns])

    def visit_foreign_key_constraint(self, constraint: Any, **kw: Any) -> str:
        text = self.define_constraint_preamble(constraint, **kw)
        return text + self.define_foreign_key_body(constraint, **kw)

    def define_foreign_key_body(self, constraint: Any, **kw: Any) -> str:
        """Return ``FOREIGN KEY(...) REFERENCES ...`` with its actions."""
        preparer = self.preparer
        remote_table = list(constraint.elements)[0].column.table
        text = "FOREIGN KEY(%s) REFERENCES %s (%s)" % (
            ", ".join([preparer.quote(element.parent.name) for element in constraint.elements]),
            self.define_constraint_remote_table(constraint, remote_table, preparer),
            ", ".join([preparer.quote(element.column.name) for element in constraint.elements]),
        )
        text += self.define_constraint_match(constraint)
        text += self.define_constraint_cascades(constraint)
        return text + self.define_constraint_deferrability(constraint)

    def define_constraint_remote_table(self, constraint: Any, table: Any, preparer: IdentifierPreparer) -> str:
        """Return the name of the table that a foreign key refers to."""
        return preparer.format_table(table)

    def visit_unique_constraint(self, constraint: Any, **kw: Any) -> str:
        return self._constraint_text(constraint, self.define_unique_body, kw) if len(constraint) else ""

    def define_unique_body(self, constraint: Any, **kw: Any) -> str:
        """Return ``UNIQUE (...)``."""
        return "UNIQUE %s(%s)" % (
            self.define_unique_constraint_distinct(constraint, **kw),
            ", ".join([self.preparer.quote(column.name) for column in constraint]),
        )

    def define_unique_constraint_distinct(self, constraint: Any, **kw: Any) -> str:
        """Return what stands between UNIQUE and its columns, with a space after it."""
        return ""

    def define_constraint_cascades(self, constraint: Any) -> str:
        """Return ON DELETE and ON UPDATE."""
        actions = (
            (constraint.ondelete, self.define_constraint_ondelete_cascade),
            (constraint.onupdate, self.define_constraint_onupdate_cascade),
        )
        return "".join([define(constraint) for action, define in actions if action is not None])

    def define_constraint_ondelete_cascade(self, constraint: Any) -> str:
        """Return ON DELETE with its action."""
        return " ON DELETE %s" % self.preparer.validate_sql_phrase(constraint.ondelete, FK_ON_DELETE)

    def define_constraint_onupdate_cascade(self, constraint: Any) -> str:
        """Return ON UPDATE with its action."""
        return " ON UPDATE %s" % self.preparer.validate_sql_phrase(constraint.onupdate, FK_ON_UPDATE)

    def define_constraint_deferrability(self, constraint: Any) -> str:
        """Return DEFERRABLE and INITIALLY."""
        text = ""
        if constraint.deferrable is not None:
            text += " DEFERRABLE" if constraint.deferrable else " NOT DEFERRABLE"
        if constraint.initially is not None:
            text += " INITIALLY %s" % self.preparer.validate_sql_phrase(constraint.initially, FK_INITIALLY)
        return text

    def define_constraint_match(self, constraint: Any) -> str:
        """Return MATCH of a foreign key."""
        return " MATCH %s" % self.preparer.validate_sql_phrase(constraint.match) if constraint.match is not None else ""

    # -- comments

    def _comment_text(self, comment: Any) -> str:
        return self.sql_compiler.render_literal_value(comment, sqltypes.String())

    def visit_set_table_comment(self, create: Any, **kw: Any) -> str:
        return "COMMENT ON TABLE %s IS %s" % (
            self.preparer.format_table(create.element),
            self._comment_text(create.element.comment),
        )

    def visit_drop_table_comment(self, drop: Any, **kw: Any) -> str:
        return "COMMENT ON TABLE %s IS NULL" % self.preparer.format_table(drop.element)

    def visit_set_column_comment(self, create: Any, **kw: Any) -> str:
        return "COMMENT ON COLUMN %s IS %s" % (
            self.preparer.format_column(create.element, use_table=True, use_schema=True),
            self._comment_text(create.element.comment),
        )

    def visit_drop_column_comment(self, drop: Any, **kw: Any) -> str:
        return "COMMENT ON COLUMN %s IS NULL" % self.preparer.format_column(drop.element, use_table=True)

    def visit_set_constraint_comment(self, create: Any, **kw: Any) -> str:
        raise exc.UnsupportedCompilationError(self, type(create))

    def visit_drop_constraint_comment(self, drop: Any, **kw: Any) -> str:
        raise exc.UnsupportedCompilationError(self, type(drop))

    # -- sequences and generated values

    def get_identity_options(self, identity_options: Any) -> str:
        """Return the options of a sequence or identity column."""
        texts = []
        for words, value in (
            ("INCREMENT BY", identity_options.increment),
            ("START WITH", identity_options.start),
            ("MINVALUE", identity_options.minvalue),
            ("MAXVALUE", identity_options.maxvalue),
        ):
            if value is not None:
                texts.append(_numbered(words, value))
        if identity_options.nominvalue is not None:
            texts.append("NO MINVALUE")
        if identity_options.nomaxvalue is not None:
            texts.append("NO MAXVALUE")
        if identity_options.cache is not None:
            texts.append(_numbered("CACHE", identity_options.cache))
        if identity_options.cycle is not None:
            texts.append("CYCLE" if identity_options.cycle else "NO CYCLE")
        return " ".join(texts)

    def visit_create_sequence(self, create: Any, prefix: Optional[str] = None, **kw: Any) -> str:
        name = self.preparer.format_sequence(create.element) + (prefix or "")
        options = self.get_identity_options(create.element)
        return _spaced("CREATE SEQUENCE", create.if_not_exists and "IF NOT EXISTS", name, options)

    def visit_drop_sequence(self, drop: Any, **kw: Any) -> str:
        name = self.preparer.format_sequence(drop.element)
        return _spaced("DROP SEQUENCE", drop.if_exists and "IF EXISTS", name)

    def visit_computed_column(self, generated: Any, **kw: Any) -> str:
        expression = self.sql_compiler.process(generated.sqltext, include_table=False, literal_binds=True)
        kept = {True: "STORED", False: "VIRTUAL"}.get(generated.persisted)
        return _spaced("GENERATED ALWAYS AS (%s)" % expression, kept)

    def visit_identity_column(self, identity: Any, **kw: Any) -> str:
        options = self.get_identity_options(identity)
        when = "ALWAYS" if identity.always else "BY DEFAULT"
        return _spaced("GENERATED", when, "AS IDENTITY", options and "(%s)" % options)

    # -- columns

    def get_column_specification(self, column: Any, **kwargs: Any) -> str:
        """Return a column as it stands in CREATE TABLE: name, type, default, nullability."""
        default = self.get_column_default_string(column)
        has_identity = column.identity is not None and self.dialect.supports_identity_columns
        return _spaced(
            self.preparer.format_column(column),
            self.dialect.type_compiler_instance.process(column.type, type_expression=column),
            default is not None and "DEFAULT " + default,
            column.computed is not None and self.process(column.computed),
            has_identity and self.process(column.identity),
            not column.nullable and not has_identity and "NOT NULL",
        )

    def get_column_default_string(self, column: Any) -> Optional[str]:
        """Return the text of the server default of a column, None if it has none."""
        default = column.server_default
        if default is None or not hasattr(default, "arg"):
            return None
        return self.render_default_string(default.arg)

    def render_default_string(self, default: Any) -> str:
        """Return the text of a server default: a literal for strings, else the expression."""
        if isinstance(default, str):
            return self.sql_compiler.render_literal_value(default, sqltypes.STRINGTYPE)
        return self.sql_compiler.process(default, literal_binds=True)
