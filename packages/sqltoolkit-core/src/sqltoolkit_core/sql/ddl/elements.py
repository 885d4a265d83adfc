"""The statements of DDL: CREATE, DROP, ALTER ... CONSTRAINT, COMMENT, and DDL() for all others.

How they are rendered is the business of ``sql.compiler.ddl``; in which order they are issued, of ``runner``.
"""

from __future__ import annotations

from typing import Any
from typing import Callable
from typing import Dict
from typing import List
from typing import Optional

from .. import coercions
from .. import roles
from ..base import DialectKWArgs
from ..base import Generative
from ..base import NO_ARG
from ..elements.base import ClauseElement
from ..executable import Executable
from ..schema.base import DDLCondition
from ..schema.column import Column
from ..schema.metadata import MetaData
from ..schema.table import Table
from ..visitors import iterate
from ... import exc
from ... import util

__all__ = (
    "AddConstraint",
    "BaseDDLElement",
    "CreateColumn",
    "CreateIndex",
    "CreateSchema",
    "CreateSequence",
    "CreateTable",
    "CreateTableAs",
    "CreateView",
    "DDL",
    "DDLElement",
    "DropColumnComment",
    "DropConstraint",
    "DropConstraintComment",
    "DropIndex",
    "DropSchema",
    "DropSequence",
    "DropTable",
    "DropTableComment",
    "DropView",
    "ExecutableDDLElement",
    "SetColumnComment",
    "SetConstraintComment",
    "SetTableComment",
    "TableCreateDDL",
    "TableDropDDL",
    "_CreateDropBase",
)


class BaseDDLElement(ClauseElement):
    """Base of all that the DDL compiler renders."""

    inherit_cache = False
    # nor are subclasses, which need not say so
    _never_cached = True

    def _compiler(self, dialect: Any, **kw: Any) -> Any:
        return dialect.ddl_compiler(dialect, self, **kw)


class ExecutableDDLElement(roles.DDLRole, Executable, Generative, BaseDDLElement):
    """Base of DDL statements; a subclass with a ``@compiles`` function is a statement of its own.

    Such an object can also be a listener of DDL events: it is then executed.
    """

    inherit_cache = False
    _ddl_if: Optional[DDLCondition] = None
    target: Any = None

    def _execute_on_connection(self, connection: Any, distilled_params: Any, execution_options: Any) -> Any:
        return connection._execute_ddl(self, distilled_params, execution_options)

    def _generate(self) -> Any:
        made = object.__new__(self.__class__)
        made.__dict__ = self.__dict__.copy()
        return made

    def against(self, target: Any) -> Any:
        """A copy of this statement for a schema item.

        :param target: the item, which ``%(table)s`` and its like in DDL() stand for.
        """
        made = self._generate()
        made.target = target
        return made

    def execute_if(
        self, dialect: Any = None, callable_: Optional[Callable[..., bool]] = None, state: Any = None
    ) -> Any:
        """A copy of this statement that as a listener is executed under a condition only.

        :param dialect: the name of a dialect, or several.
        :param callable_: called with ``(ddl, target, bind, **kw)``, returns whether to execute.
        :param state: handed to ``callable_`` as ``state=``.
        """
        made = self._generate()
        made._ddl_if = DDLCondition(dialect, callable_, state)
        return made

    def _should_execute(self, target: Any, bind: Any, **kw: Any) -> bool:
        return True if self._ddl_if is None else self._ddl_if.holds(self, target, bind, **kw)

    def _invoke_with(self, bind: Any) -> Any:
        """Execute this statement on ``bind`` if its condition holds."""
        if self._should_execute(self.target, bind):
            return bind.execute(self)
        return None

    def __call__(self, target: Any, bind: Any, **kw: Any) -> None:
        """Execute this statement for ``target``, as a listener does."""
        if self._should_execute(target, bind, **kw):
            bind.execute(self.against(target))


DDLElement = ExecutableDDLElement
"""The older name of ExecutableDDLElement."""


class DDL(ExecutableDDLElement):
    """A DDL statement given as text.

    ``%(table)s``, ``%(schema)s`` and ``%(fullname)s`` stand for names of the table it is executed for, and other names
    for what ``context`` has; a percent sign is written ``%%``.

    :param statement: the text.
    :param context: what further names stand for.
    """

    __visit_name__ = "ddl"

    def __init__(self, statement: str, context: Optional[Dict[str, Any]] = None) -> None:
        if not isinstance(statement, str):
            raise exc.ArgumentError("DDL() takes the text of a statement, not %r" % (statement,))
        self.statement = statement
        self.context = context or {}

    def __repr__(self) -> str:
        parts = [repr(self.statement)]
        if self.context:
            parts.append("context=%r" % self.context)
        return "<%s@%s; %s>" % (type(self).__name__, id(self), ", ".join(parts))


class _CreateDropBase(ExecutableDDLElement):
    """Base of statements about one schema item, ``element``."""

    element: Any

    def __init__(self, element: Any) -> None:
        self.element = self.target = element

    @property
    def stringify_dialect(self) -> str:  # type: ignore[override]
        """The dialect that str() renders for."""
        name: str = self.element.create_drop_stringify_dialect
        return name

    def _should_execute(self, target: Any, bind: Any, **kw: Any) -> bool:
        if not super()._should_execute(target, bind, **kw):
            return False
        condition = getattr(self.element, "_ddl_if", None)
        return condition is None or condition.holds(self, self.element, bind, **kw)

    @staticmethod
    def _never_in_table(compiler: Any) -> bool:
        """The rule of a constraint that a statement of its own creates."""
        return False


class _CreateBase(_CreateDropBase):
    """Base of CREATE statements."""

    if_not_exists: bool = False

    def __init__(self, element: Any, if_not_exists: bool = False) -> None:
        super().__init__(element)
        self.if_not_exists = if_not_exists


class _DropBase(_CreateDropBase):
    """Base of DROP statements."""

    if_exists: bool = False

    def __init__(self, element: Any, if_exists: bool = False) -> None:
        super().__init__(element)
        self.if_exists = if_exists


class CreateSchema(_CreateBase):
    """CREATE SCHEMA.

    :param name: what the schema is called.
    :param if_not_exists: whether to render IF NOT EXISTS.
    """

    __visit_name__ = "create_schema"
    stringify_dialect = "default"

    def __init__(self, name: str, if_not_exists: bool = False) -> None:
        super().__init__(name, if_not_exists=if_not_exists)


class DropSchema(_DropBase):
    """DROP SCHEMA.

    :param name: what the schema is called.
    :param cascade: whether to render CASCADE.
    :param if_exists: whether to render IF EXISTS.
    """

    __visit_name__ = "drop_schema"
    stringify_dialect = "default"

    def __init__(self, name: str, cascade: bool = False, if_exists: bool = False) -> None:
        super().__init__(name, if_exists=if_exists)
        self.cascade = cascade


class TableCreateDDL(_CreateBase):
    """Base of statements that create a table or view."""

    def to_metadata(self, metadata: Any, table: Any) -> Any:
        """The same statement for a copy of the table in another MetaData."""
        raise NotImplementedError()


class TableDropDDL(_DropBase):
    """Base of statements that drop a table or view."""

    def to_metadata(self, metadata: Any, table: Any) -> Any:
        """The same statement for a copy of the table in another MetaData."""
        raise NotImplementedError()


class CreateTable(TableCreateDDL):
    """CREATE TABLE.

    :param element: the Table.
    :param include_foreign_key_constraints: the ForeignKeyConstraint objects to render; all by default.
    :param if_not_exists: whether to render IF NOT EXISTS.
    """

    __visit_name__ = "create_table"

    def __init__(
        self, element: Any, include_foreign_key_constraints: Any = None, if_not_exists: bool = False
    ) -> None:
        if not hasattr(element, "columns"):
            raise exc.ArgumentError("CreateTable() takes a Table and got %r" % (element,))
        super().__init__(element, if_not_exists=if_not_exists)
        self.columns: List[CreateColumn] = [CreateColumn(column) for column in element.columns]
        self.include_foreign_key_constraints = include_foreign_key_constraints

    def to_metadata(self, metadata: Any, table: Any) -> CreateTable:
        """The same statement for a copy of the table in another MetaData."""
        return self.__class__(table, if_not_exists=self.if_not_exists)


class DropTable(TableDropDDL):
    """DROP TABLE.

    :param element: the Table.
    :param if_exists: whether to render IF EXISTS.
    """

    __visit_name__ = "drop_table"

    def __init__(self, element: Any, if_exists: bool = False) -> None:
        super().__init__(element, if_exists=if_exists)

    def to_metadata(self, metadata: Any, table: Any) -> DropTable:
        """The same statement for a copy of the table in another MetaData."""
        return self.__class__(table, if_exists=self.if_exists)


class CreateColumn(BaseDDLElement):
    """One column inside CREATE TABLE, so that ``@compiles`` can change how columns are rendered."""

    __visit_name__ = "create_column"
    element: Any

    def __init__(self, element: Any) -> None:
        self.element = element


# ---------------------------------------------------------------- tables and views made of a SELECT


class _TableViaSelect(TableCreateDDL):
    """Base of CREATE statements whose columns are those of a SELECT; ``table`` is the Table they make."""

    table: Any
    selectable: Any
    temporary: bool
    _makes_view = False

    def __init__(
        self,
        selectable: Any,
        name: str,
        metadata: Optional[MetaData],
        schema: Optional[str],
        temporary: bool,
        if_not_exists: bool,
    ) -> None:
        selectable = coercions.expect(roles.DMLSelectRole, selectable)
        self.schema = schema
        self.temporary = bool(temporary)
        self.selectable = selectable
        self.table = self._make_table(name, metadata)
        super().__init__(self.table, if_not_exists=if_not_exists)
        self._register()

    def _make_table(self, name: str, metadata: Optional[MetaData]) -> Any:
        columns = []
        for key, column in self.selectable.selected_columns.items():
            columns.append(Column(key if key is not None else column.name, column.type))
        return Table(
            name, MetaData() if metadata is None else metadata, *columns, schema=self.schema, _is_view=self._makes_view
        )

    def _register(self) -> None:
        """Make ``create_all()`` and ``drop_all()`` use this statement, after the tables it reads from."""
        for found in iterate(self.selectable):
            if isinstance(found, Table) and found.metadata is self.table.metadata:
                self.table.add_is_dependent_on(found)
        self.table.set_creator_ddl(self)
        if self._makes_view:
            self.table.set_dropper_ddl(self._dropper())

    @property
    def metadata(self) -> Any:
        """The MetaData of the table."""
        return self.table.metadata

    def _dropper(self) -> Any:
        return DropTable(self.table)

    def _copied_to(self, table: Any) -> Any:
        made = self._generate()
        made.table = made.element = made.target = table
        made.schema = table.schema
        return made

    def to_metadata(self, metadata: Any, table: Any) -> Any:
        """The same statement for a copy of the table in another MetaData."""
        made = self._copied_to(table)
        made._register()
        return made


class CreateTableAs(DialectKWArgs, _TableViaSelect):
    """CREATE TABLE ... AS SELECT.

    :param selectable: the SELECT.
    :param table_name: what the table is called; its Table is at hand as ``table``.
    :param metadata: the MetaData whose ``create_all()`` creates the table with the others; a new one when None.
    :param schema: the schema.
    :param temporary: whether it lasts as long as the connection only: TEMPORARY.
    :param if_not_exists: whether to render IF NOT EXISTS.
    """

    __visit_name__ = "create_table_as"

    def __init__(
        self,
        selectable: Any,
        table_name: str,
        *,
        metadata: Optional[MetaData] = None,
        schema: Optional[str] = None,
        temporary: bool = False,
        if_not_exists: bool = False,
        **dialect_kwargs: Any,
    ) -> None:
        self._take_dialect_kwargs(dialect_kwargs)
        super().__init__(selectable, table_name, metadata, schema, temporary, if_not_exists)


class CreateView(DialectKWArgs, _TableViaSelect):
    """CREATE VIEW ... AS SELECT.

    :param selectable: the SELECT.
    :param view_name: what the view is called; the Table that stands for it is at hand as ``table``.
    :param metadata: the MetaData whose ``create_all()`` creates the view with its tables; a new one when None.
    :param schema: the schema.
    :param temporary: whether it lasts as long as the connection only: TEMPORARY.
    :param or_replace: whether to render OR REPLACE.
    :param materialized: whether to render MATERIALIZED.
    """

    __visit_name__ = "create_view"
    _makes_view = True

    def __init__(
        self,
        selectable: Any,
        view_name: str,
        *,
        metadata: Optional[MetaData] = None,
        schema: Optional[str] = None,
        temporary: bool = False,
        or_replace: bool = False,
        materialized: bool = False,
        **dialect_kwargs: Any,
    ) -> None:
        self._take_dialect_kwargs(dialect_kwargs)
        self.materialized = materialized
        self.or_replace = or_replace
        super().__init__(selectable, view_name, metadata, schema, temporary, False)

    def _dropper(self) -> Any:
        return DropView(self.table, materialized=self.materialized)


class DropView(TableDropDDL):
    """DROP VIEW.

    :param element: the Table that stands for the view, or the CreateView.
    :param if_exists: whether to render IF EXISTS.
    :param materialized: whether to render MATERIALIZED.
    """

    __visit_name__ = "drop_view"

    def __init__(self, element: Any, *, if_exists: bool = False, materialized: bool = False) -> None:
        if isinstance(element, CreateView):
            materialized = materialized or element.materialized
            element = element.table
        super().__init__(element, if_exists=if_exists)
        self.materialized = materialized

    def to_metadata(self, metadata: Any, table: Any) -> DropView:
        """The same statement for a copy of the table in another MetaData."""
        return self.__class__(table, if_exists=self.if_exists, materialized=self.materialized)


# ---------------------------------------------------------------- sequences, indexes, constraints, comments


class CreateSequence(_CreateBase):
    """CREATE SEQUENCE.

    :param element: the Sequence.
    :param if_not_exists: whether to render IF NOT EXISTS.
    """

    __visit_name__ = "create_sequence"

    def __init__(self, element: Any, if_not_exists: bool = False) -> None:
        super().__init__(element, if_not_exists=if_not_exists)


class DropSequence(_DropBase):
    """DROP SEQUENCE.

    :param element: the Sequence.
    :param if_exists: whether to render IF EXISTS.
    """

    __visit_name__ = "drop_sequence"

    def __init__(self, element: Any, if_exists: bool = False) -> None:
        super().__init__(element, if_exists=if_exists)


class CreateIndex(_CreateBase):
    """CREATE INDEX.

    :param element: the Index.
    :param if_not_exists: whether to render IF NOT EXISTS.
    """

    __visit_name__ = "create_index"

    def __init__(self, element: Any, if_not_exists: bool = False) -> None:
        super().__init__(element, if_not_exists=if_not_exists)


class DropIndex(_DropBase):
    """DROP INDEX.

    :param element: the Index.
    :param if_exists: whether to render IF EXISTS.
    """

    __visit_name__ = "drop_index"

    def __init__(self, element: Any, if_exists: bool = False) -> None:
        super().__init__(element, if_exists=if_exists)


class AddConstraint(_CreateBase):
    """ALTER TABLE ... ADD CONSTRAINT.

    :param element: the constraint.
    :param isolate_from_table: whether CREATE TABLE leaves the constraint out from now on.
    """

    __visit_name__ = "add_constraint"

    def __init__(self, element: Any, *, isolate_from_table: bool = True) -> None:
        super().__init__(element)
        if isolate_from_table:
            element._create_rule = self._never_in_table


class DropConstraint(_DropBase):
    """ALTER TABLE ... DROP CONSTRAINT.

    :param element: the constraint, which needs a name.
    :param cascade: whether to render CASCADE.
    :param if_exists: whether to render IF EXISTS.
    :param isolate_from_table: whether CREATE TABLE leaves the constraint out from now on.
    """

    __visit_name__ = "drop_constraint"

    def __init__(
        self,
        element: Any,
        *,
        cascade: bool = False,
        if_exists: bool = False,
        isolate_from_table: Any = NO_ARG,
        **kw: Any,
    ) -> None:
        if kw:
            raise TypeError("DropConstraint takes no argument named %s" % ", ".join(map(repr, kw)))
        super().__init__(element, if_exists=if_exists)
        self.cascade = cascade
        if isolate_from_table is not NO_ARG:
            util.warn_deprecated(
                "isolate_from_table= of DropConstraint is deprecated: leave it out", "2.1"
            )
            if isolate_from_table:
                element._create_rule = self._never_in_table


class SetTableComment(_CreateDropBase):
    """COMMENT ON TABLE ... IS."""

    __visit_name__ = "set_table_comment"


class DropTableComment(_CreateDropBase):
    """COMMENT ON TABLE ... IS NULL."""

    __visit_name__ = "drop_table_comment"


class SetColumnComment(_CreateDropBase):
    """COMMENT ON COLUMN ... IS."""

    __visit_name__ = "set_column_comment"


class DropColumnComment(_CreateDropBase):
    """COMMENT ON COLUMN ... IS NULL."""

    __visit_name__ = "drop_column_comment"


class SetConstraintComment(_CreateDropBase):
    """COMMENT ON CONSTRAINT ... IS."""

    __visit_name__ = "set_constraint_comment"


class DropConstraintComment(_CreateDropBase):
    """COMMENT ON CONSTRAINT ... IS NULL."""

    __visit_name__ = "drop_constraint_comment"

