"""Where each value of an INSERT or UPDATE comes from: parameters, literals, expressions, defaults, sequences.

Which columns are set at all is decided in ``crud``.

Words: to *prefetch* is to run a default before the statement and bind its result; to *postfetch* is to read a value
after it, which the database made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import exc
from ...util.decorators import warn
from ..elements import BindParameter
from ..visitors import iterate

if TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Set
    from typing import Tuple

    from .base import CompilerFields

__all__ = [
    "Assignment",
    "MultiRowColumn",
    "REQUIRED",
    "ValueSources",
    "unconsumed",
]

#: the value of a parameter that must come with the execution
REQUIRED: Any = object()
"""Stands for a value that comes with the parameters of the execution."""


class Assignment:
    """One column that is set: the column, its text, the text of its value, names of the parameters in that.

    ``is_parameter`` tells that the value is a parameter and no expression.
    """

    __slots__ = ("bind_names", "column", "column_text", "is_parameter", "value_text")

    def __init__(
        self,
        column: Any,
        column_text: str,
        value_text: str,
        bind_names: Tuple[str, ...] = (),
        is_parameter: bool = False,
    ) -> None:
        self.column = column
        self.column_text = column_text
        self.value_text = value_text
        self.bind_names = bind_names
        self.is_parameter = is_parameter

    def __iter__(self) -> Any:
        return iter((self.column, self.column_text, self.value_text, self.bind_names))

    def __repr__(self) -> str:
        return "Assignment(%s=%s)" % (self.column_text, self.value_text)


class ValueSources:
    """Builds the assignments of one statement.

    :param compiler: the SQL compiler; its lists of prefetched and fetched columns are filled here.
    :param statement: the INSERT or UPDATE.
    :param names: function that gives the parameter name of a column.
    :param plan: what has to come back; see ``crud.ReturningPlan``.
    """

    def __init__(self, compiler: Any, statement: Any, names: Any, plan: Any, include_table: bool, kw: Any) -> None:
        self.compiler = compiler
        self.dialect = compiler.dialect
        self.statement = statement
        self.bind_name = names
        self.plan = plan
        self.is_insert = statement.is_insert
        self.include_table = include_table
        self.kw: Dict[str, Any] = kw
        self.assignments: List[Assignment] = []
        self.done: Set[Any] = set()

    # -- binds

    def bind(
        self, column: Any, value: Any, name: str, required: bool = False, origin: Any = None, process: bool = True
    ) -> Any:
        """Return the text of a parameter for ``column``; or the parameter itself if not ``process``."""
        type_ = column.type
        if origin is not None and not origin.type._isnull:
            type_ = origin.type
        made: Any = BindParameter(name, value, type_=type_, required=required)
        made._is_crud = True
        if origin is not None:
            if origin.callable is not None or origin.literal_execute:
                made.callable = origin.callable
                made.literal_execute = origin.literal_execute
                made._set_flags()
            self.compiler._bind_origins[made] = origin
        if not process:
            return made
        return made._visit_kw(self.compiler, **self.kw) if self.kw else made._visit(self.compiler)

    def _column_text(self, column: Any) -> str:
        compiler: CompilerFields = self.compiler
        if self.include_table:
            return compiler.visit_column(column, include_table=True, **self.kw)
        preparer = compiler.preparer
        name = column.name
        known = preparer._strings.get(name) if name.__class__ is str else None
        return known if known is not None else preparer.quote(name)

    def _set(self, column: Any, value_text: str, *bind_names: str) -> None:
        self.assignments.append(
            Assignment(column, self._column_text(column), value_text, bind_names, bool(bind_names))
        )

    # -- given values

    def _return_made_key(self, column: Any) -> None:
        """Ask for the key that the database makes where it gets, or may get, None."""
        if (
            column.primary_key
            and self.plan.implicit_returning
            and self.dialect.insert_null_pk_still_autoincrements
            and self._is_autoincrement(column)
        ):
            self.compiler.implicit_returning.append(column)

    def given(self, column: Any, value: Any, key: Any) -> None:
        """Set ``column`` to a value of the statement, or to one that is required at execution."""
        name = self.bind_name(column)
        if value is REQUIRED:
            self._set(column, self.bind(column, None, name, required=True), name)
            if self.compiler.column_keys is not None:
                self._return_made_key(column)
            return
        if value.__visit_name__ == "bindparam" and not value.expanding:
            if value.unique and not value.nameless and not self.plan.nested:
                # a value without a name of its own: the parameter takes that of the column
                multi_name = self._multi_name(name, 0)
                self._set(column, self.bind(column, value.value, multi_name, origin=value), multi_name)
            else:
                if value.type._isnull:
                    value = self.compiler.typed_bind(value, column.type)
                self._set(column, self._named(value), value.key)
            if value.value is None and value.callable is None:
                self._return_made_key(column)
            return
        text = self._expression(column, value)
        plan = self.plan
        if self.is_insert:
            if column.primary_key and plan.need_pks:
                if plan.implicit_returning:
                    self.compiler.implicit_returning.append(column)
            elif plan.returns_default(column):
                self.compiler.implicit_returning.append(column)
            else:
                self.compiler.postfetch.append(column)
        elif plan.returns_default(column):
            self.compiler.implicit_returning.append(column)
        else:
            self.compiler.postfetch.append(column)
        names = tuple(self._names_in(value))
        self.assignments.append(Assignment(column, self._column_text(column), text, names))

    def _named(self, value: Any) -> str:
        text: str = self.compiler.process(value, **self.kw)
        return text

    def _multi_name(self, name: str, row: int) -> str:
        return "%s_m%d" % (name, row) if self.plan.multi_rows else name

    def _names_in(self, value: Any) -> List[str]:
        names = self.compiler.bind_names
        binds = [element for element in iterate(value) if element.__visit_name__ == "bindparam"]
        return [names[bind] for bind in binds if bind in names]

    def _expression(self, column: Any, value: Any) -> str:
        value = value.self_group()
        if value.__visit_name__ == "bindparam" and value.type._isnull:
            value = self.compiler.typed_bind(value, column.type)
        text: str = self.compiler.process(value, **self.kw)
        return text

    def row_value(self, column: Any, value: Any, row: int) -> Assignment:
        """Return the assignment of one row of a multi-row INSERT, for rows after the first."""
        name = "%s_m%d" % (self.bind_name(column), row)
        if value.__visit_name__ == "bindparam" and self.compiler._is_crud_literal(value) and not self.plan.nested:
            text = self.bind(column, value.value, name, origin=value)
        else:
            text = self._expression(column, value)
        return Assignment(column, self._column_text(column), text, (name,))

    def row_default(self, column: Any, first: Optional[Assignment], row: int) -> Assignment:
        """Return the default of a column for rows of a multi-row INSERT after the first.

        `first` is what stands in the first row, None where that is not the default.
        """
        default, column_text = column.default, self._column_text(column)
        if default is None or default.is_sequence or default.is_clause_element:
            text = self._default_text(default) if first is None else first.value_text
            return Assignment(column, column_text, text, ())
        name = "%s_m%d" % (self.bind_name(column), row)
        proxy = MultiRowColumn(column, row, name)
        self.compiler.insert_prefetch.append(proxy)
        return Assignment(column, column_text, self.bind(column, None, name), (name,))

    # -- defaults of INSERT

    def prefetched(self, column: Any) -> None:
        """Set ``column`` to the result of its default, computed before the execution."""
        name = self.bind_name(column)
        text = self.bind(column, None, name, process=True)
        prefetch = self.compiler.insert_prefetch if self.is_insert else self.compiler.update_prefetch
        prefetch.append(column)
        self._set(column, text, name)

    def primary_key(self, column: Any) -> None:
        """Set a primary key column without a value, or arrange for its value to come back."""
        if self.plan.implicit_returning:
            self._primary_key_returned(column)
        else:
            self._primary_key_before(column)

    def _primary_key_returned(self, column: Any) -> None:
        default = column.default
        if default is not None:
            if default.is_sequence:
                if self._usable(default):
                    self._set(column, self.compiler.process(default, **self.kw))
                self.compiler.implicit_returning.append(column)
            elif default.is_clause_element:
                self._set(column, self._default_text(default))
                self.compiler.implicit_returning.append(column)
            else:
                self.prefetched(column)
        elif self._is_autoincrement(column) or column.server_default is not None:
            self.compiler.implicit_returning.append(column)
        elif not column.nullable:
            self._warn_no_key(column)

    def _primary_key_before(self, column: Any) -> None:
        default = column.default
        autoincrement = self._is_autoincrement(column)
        if default is not None and (not default.is_sequence or self._usable(default)):
            # also that of a sequence, which cursor.lastrowid does not tell
            self.prefetched(column)
        elif autoincrement and self.dialect.preexecute_autoincrement_sequences:
            self.prefetched(column)
        elif autoincrement or column.server_default is not None:
            self.compiler.postfetch_lastrowid = self.plan.lastrowid
        elif default is None and not column.nullable:
            self._warn_no_key(column)

    def _is_autoincrement(self, column: Any) -> bool:
        return column is column.table._autoincrement_column

    def _usable(self, sequence: Any) -> bool:
        dialect = self.dialect
        return bool(dialect.supports_sequences and (not sequence.optional or not dialect.sequences_optional))

    def _default_text(self, default: Any) -> str:
        text: str = self.compiler.process(default.arg.self_group(), **self.kw)
        return text

    def insert_default(self, column: Any) -> None:
        """Set a column that has a Python-side default, SQL expression or sequence as default."""
        default = column.default
        if default.is_sequence:
            if not self._usable(default):
                return
            self._set(column, self.compiler.process(default, **self.kw))
        elif default.is_clause_element:
            self._set(column, self._default_text(default))
        else:
            self.prefetched(column)
            return
        if self.plan.returns_default(column):
            self.compiler.implicit_returning.append(column)
        elif not column.primary_key:
            self.compiler.postfetch.append(column)

    def update_default(self, column: Any) -> None:
        """Set a column that has a default for UPDATE, or arrange for its value to come back."""
        onupdate = column.onupdate
        plan = self.plan
        if onupdate is not None and not onupdate.is_sequence:
            if not onupdate.is_clause_element:
                self.prefetched(column)
                return
            self._set(column, self._default_text(onupdate))
            fetched = True
        else:
            fetched = column.server_onupdate is not None
        if not fetched:
            if plan.returns_default(column) and self.statement._return_defaults_columns:
                self.compiler.implicit_returning.append(column)
        elif plan.returns_default(column):
            self.compiler.implicit_returning.append(column)
        else:
            self.compiler.postfetch.append(column)

    def _warn_no_key(self, column: Any) -> None:
        hint = ""
        if len(column.table.primary_key) > 1:
            hint = (
                " In a primary key of several columns none is autoincremented by itself: "
                "set autoincrement=True on the one that is."
            )
        warn(
            "The INSERT gives no value to '%s.%s', a part of the primary key that has no default either.%s"
            % (column.table.fullname, column.name, hint)
        )


class MultiRowColumn:
    """A column in one row of a multi-row INSERT whose default is computed before the execution."""

    __slots__ = ("column", "key", "original", "row")

    def __init__(self, column: Any, row: int, name: str) -> None:
        self.column = self.original = column
        self.row = row
        self.key = name

    def __getattr__(self, name: str) -> Any:
        return getattr(self.column, name)

    def __hash__(self) -> int:
        return hash(self.column)

    def __eq__(self, other: Any) -> bool:
        return other is self or other is self.column

    def __ne__(self, other: Any) -> bool:
        return not self == other


def unconsumed(names: Set[Any], table: Any) -> exc.CompileError:
    """Return the error about values for columns that the table does not have."""
    columns = list(table.c.keys())
    return exc.CompileError(
        "The statement was given values for columns that its table %r does not have: %s. It has: %s"
        % (
            table.description,
            ", ".join(sorted(str(name) for name in names)),
            ", ".join(columns) if len(columns) < 30 else "%d others" % len(columns),
        )
    )

