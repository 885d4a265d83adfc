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
    from typing import List
    from typing import Optional

    from .identifiers import IdentifierPreparer
    from .sql import SQLCompiler

__all__ = ["DDLCompiler"]


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
            preparer = self.preparer
            path = preparer.format_table_seq(ddl.target)
            if len(path) == 1:
                table, schema = path[0], ""
            else:
                table, schema = path[-1], path[0]
            context.setdefault("table", table)
            context.setdefault("schema", schema)
            context.setdefault("fullname", preparer.format_table(ddl.target))
        return self.sql_compiler.post_process_text(ddl.statement % context)

    def visit_create_schema(self, create: Any, **kw: Any) -> str:
        text = "CREATE SCHEMA "
        if create.if_not_exists:
            text += "IF NOT EXISTS "
        return text + self.preparer.format_schema(create.element)

    def visit_drop_schema(self, drop: Any, **kw: Any) -> str:
        text = "DROP SCHEMA "
        if drop.if_exists:
            text += "IF EXISTS "
        text += self.preparer.format_schema(drop.element)
        return text + " CASCADE" if drop.cascade else text

    # -- tables

    def visit_create_table(self, create: Any, **kw: Any) -> str:
        table = create.element
        text = "\nCREATE "
        if table._prefixes:
            text += " ".join(table._prefixes) + " "
        text += "TABLE "
        if create.if_not_exists:
            text += "IF NOT EXISTS "
        text += self.preparer.format_table(table) + " "
        suffix = self.create_table_suffix(table)
        if suffix:
            text += suffix + " "
        text += "("
        separator = "\n"
        first_pk = False
        for create_column in create.columns:
            column = create_column.element
            try:
                column_text = self.process(
                    create_column, first_pk=column.primary_key and not first_pk
                )
            except exc.CompileError as err:
                raise exc.CompileError(
                    "(in table %r, column %r): %s" % (table.description, column.name, err.args[0])
                ) from err
            if column_text is not None:
                text += separator + "\t" + column_text
                separator = ", \n"
            if column.primary_key:
                first_pk = True
        constraints = self.create_table_constraints(
            table, _include_foreign_key_constraints=create.include_foreign_key_constraints
        )
        if constraints:
            text += separator + "\t" + constraints
        return text + "\n)%s\n\n" % self.post_create_table(table)

    def visit_create_column(self, create: Any, first_pk: bool = False, **kw: Any) -> Optional[str]:
        column = create.element
        if column.system:
            return None
        text = self.get_column_specification(column, first_pk=first_pk)
        checks = " ".join([self.process(constraint) for constraint in column.constraints])
        return text + " " + checks if checks else text

    def create_table_constraints(
        self, table: Any, _include_foreign_key_constraints: Any = None, **kw: Any
    ) -> str:
        """Return the constraints of a table: the primary key first, then the others in order of creation."""
        constraints: List[Any] = []
        if table.primary_key:
            constraints.append(table.primary_key)
        foreign_keys = table.foreign_key_constraints
        if _include_foreign_key_constraints is not None:
            omitted = foreign_keys.difference(_include_foreign_key_constraints)
        else:
            omitted = set()
        constraints.extend(
            [
                constraint
                for constraint in table._constraints_in_order
                if constraint is not table.primary_key and constraint not in omitted
            ]
        )
        texts = [
            self.process(constraint)
            for constraint in constraints
            if constraint._is_rendered(self)
            and (not self.dialect.supports_alter or not getattr(constraint, "use_alter", False))
        ]
        return ", \n\t".join([text for text in texts if text is not None and text != ""])

    def create_table_suffix(self, table: Any) -> str:
        """Return what stands between the name of a new table and its columns."""
        return ""

    def post_create_table(self, table: Any) -> str:
        """Return what stands after the columns of a new table."""
        return ""

    def visit_drop_table(self, drop: Any, **kw: Any) -> str:
        text = "\nDROP TABLE "
        if drop.if_exists:
            text += "IF EXISTS "
        return text + self.preparer.format_table(drop.element)

    def visit_create_view(self, element: Any, **kw: Any) -> str:
        text = "CREATE "
        if element.or_replace:
            text += "OR REPLACE "
        if element.temporary:
            text += "TEMPORARY "
        if element.materialized:
            text += "MATERIALIZED "
        text += "VIEW "
        text += self.create_view_guard(element) + self.preparer.format_table(element.table)
        selectable = self.sql_compiler.process(element.selectable, literal_binds=True)
        return text + " AS " + selectable

    def create_view_guard(self, element: Any) -> str:
        """Return IF NOT EXISTS, with a space after it, for a view that asks for it in the way of the dialect."""
        return ""

    def visit_drop_view(self, drop: Any, **kw: Any) -> str:
        text = "\nDROP "
        if getattr(drop, "materialized", False):
            text += "MATERIALIZED "
        text += "VIEW "
        if drop.if_exists:
            text += "IF EXISTS "
        return text + self.preparer.format_table(drop.element)

    def visit_create_table_as(self, element: Any, **kw: Any) -> str:
        text = "CREATE "
        if element.temporary:
            text += "TEMPORARY "
        text += "TABLE "
        if element.if_not_exists:
            text += "IF NOT EXISTS "
        text += self.preparer.format_table(element.table)
        suffix = self.create_table_select_suffixes(element, "pre_as", **kw)
        if suffix:
            text += " " + suffix
        text += " AS " + self.sql_compiler.process(element.selectable, literal_binds=True)
        suffix = self.create_table_select_suffixes(element, "post_select", **kw)
        return text + " " + suffix if suffix else text

    def create_table_select_suffixes(self, element: Any, type_: Any, **kw: Any) -> str:
        """Return what stands before AS or after the SELECT of CREATE TABLE AS."""
        return ""

    # -- indexes

    def _verify_index_table(self, index: Any) -> None:
        if index.table is None:
            raise exc.CompileError(
                "the index %r has no table: give it columns of one, or attach it to the table" % (index.name,)
            )

    def visit_create_index(
        self, create: Any, include_schema: bool = False, include_table_schema: bool = True, **kw: Any
    ) -> str:
        index = create.element
        self._verify_index_table(index)
        preparer = self.preparer
        text = "CREATE "
        if index.unique:
            text += "UNIQUE "
        if index.name is None:
            raise exc.CompileError("found an index of table %r without a name" % (index.table.description,))
        text += "INDEX "
        if create.if_not_exists:
            text += "IF NOT EXISTS "
        return text + "%s ON %s (%s)" % (
            self._prepared_index_name(index, include_schema=include_schema),
            preparer.format_table(index.table, use_schema=include_table_schema),
            ", ".join(
                [
                    self.sql_compiler.process(expression, include_table=False, literal_binds=True)
                    for expression in index.expressions
                ]
            ),
        )

    def visit_drop_index(self, drop: Any, **kw: Any) -> str:
        index = drop.element
        if index.name is None:
            raise exc.CompileError("found an index without a name, which DROP INDEX needs")
        text = "\nDROP INDEX "
        if drop.if_exists:
            text += "IF EXISTS "
        return text + self._prepared_index_name(index, include_schema=True)

    def _prepared_index_name(self, index: Any, include_schema: bool = False) -> str:
        schema = None
        if index.table is not None:
            schema = self.preparer.schema_for_object(index.table)
        # callers refuse an index without a name
        name = cast("str", self.preparer.format_index(index))
        if include_schema and schema:
            return self.preparer.quote_schema(schema) + "." + name
        return name

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

    def visit_check_constraint(self, constraint: Any, **kw: Any) -> str:
        text = self.define_constraint_preamble(constraint, **kw)
        text += self.define_check_body(constraint, **kw)
        return text + self.define_constraint_deferrability(constraint)

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
        if len(constraint) == 0:
            return ""
        text = self.define_constraint_preamble(constraint, **kw)
        text += self.define_primary_key_body(constraint, **kw)
        return text + self.define_constraint_deferrability(constraint)

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
        if len(constraint) == 0:
            return ""
        text = self.define_constraint_preamble(constraint, **kw)
        text += self.define_unique_body(constraint, **kw)
        return text + self.define_constraint_deferrability(constraint)

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
        text = ""
        if constraint.ondelete is not None:
            text += self.define_constraint_ondelete_cascade(constraint)
        if constraint.onupdate is not None:
            text += self.define_constraint_onupdate_cascade(constraint)
        return text

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
        for template, value in (
            ("INCREMENT BY %d", identity_options.increment),
            ("START WITH %d", identity_options.start),
            ("MINVALUE %d", identity_options.minvalue),
            ("MAXVALUE %d", identity_options.maxvalue),
        ):
            if value is not None:
                texts.append(template % value)
        if identity_options.nominvalue is not None:
            texts.append("NO MINVALUE")
        if identity_options.nomaxvalue is not None:
            texts.append("NO MAXVALUE")
        if identity_options.cache is not None:
            texts.append("CACHE %d" % identity_options.cache)
        if identity_options.cycle is not None:
            texts.append("CYCLE" if identity_options.cycle else "NO CYCLE")
        return " ".join(texts)

    def visit_create_sequence(self, create: Any, prefix: Optional[str] = None, **kw: Any) -> str:
        text = "CREATE SEQUENCE "
        if create.if_not_exists:
            text += "IF NOT EXISTS "
        text += self.preparer.format_sequence(create.element)
        if prefix:
            text += prefix
        options = self.get_identity_options(create.element)
        return text + " " + options if options else text

    def visit_drop_sequence(self, drop: Any, **kw: Any) -> str:
        text = "DROP SEQUENCE "
        if drop.if_exists:
            text += "IF EXISTS "
        return text + self.preparer.format_sequence(drop.element)

    def visit_computed_column(self, generated: Any, **kw: Any) -> str:
        text = "GENERATED ALWAYS AS (%s)" % self.sql_compiler.process(
            generated.sqltext, include_table=False, literal_binds=True
        )
        if generated.persisted is True:
            text += " STORED"
        elif generated.persisted is False:
            text += " VIRTUAL"
        return text

    def visit_identity_column(self, identity: Any, **kw: Any) -> str:
        text = "GENERATED %s AS IDENTITY" % ("ALWAYS" if identity.always else "BY DEFAULT")
        options = self.get_identity_options(identity)
        return text + " (%s)" % options if options else text

    # -- columns

    def get_column_specification(self, column: Any, **kwargs: Any) -> str:
        """Return a column as it stands in CREATE TABLE: name, type, default, nullability."""
        text = "%s %s" % (
            self.preparer.format_column(column),
            self.dialect.type_compiler_instance.process(column.type, type_expression=column),
        )
        default = self.get_column_default_string(column)
        if default is not None:
            text += " DEFAULT " + default
        if column.computed is not None:
            text += " " + self.process(column.computed)
        identity = column.identity is not None and self.dialect.supports_identity_columns
        if identity:
            text += " " + self.process(column.identity)
        if not column.nullable and not identity:
            text += " NOT NULL"
        return text

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
