"""Constraints of tables and columns other than foreign keys, and indexes.

Foreign keys live in ``foreign_key``; the names that conventions give in ``base``.
"""

from __future__ import annotations

from typing import Any
from typing import Callable
from typing import Dict
from typing import Iterator
from typing import List
from typing import Optional
from typing import TYPE_CHECKING

from .base import HasConditionalDDL
from .base import name_for
from .base import NotYet
from .base import same_table
from .base import SchemaItem
from .base import unwrapped
from .base import without_marks
from .defaults import renamed
from .defaults import sqltext_of
from ..base import DialectKWArgs
from ..base import NO_ARG
from ..collections import DedupeColumnCollection
from ..elements import type_coerce
from ..forward import slots
from ..names import quoted_name
from ..sqltypes.basic import Integer
from ..sqltypes.basic import Numeric
from ..sqltypes.basic import String
from ..sqltypes.enums import constraint_maker
from ..visitors import iterate
from ... import exc
from ... import util

if TYPE_CHECKING:
    from ..collections import ReadOnlyColumnCollection
    from ..type_api import TypeEngine
    from .column import Column

__all__ = [
    "CheckConstraint",
    "ColumnCollectionConstraint",
    "ColumnCollectionMixin",
    "Constraint",
    "Index",
    "NamedByConvention",
    "PrimaryKeyConstraint",
    "UniqueConstraint",
    "as_column_argument",
    "schema_columns",
]


def as_column_argument(value: Any) -> Any:
    """A string as it is, else the SQL element that ``value`` stands for."""
    if isinstance(value, str):
        return value
    original = value
    value = unwrapped(value)
    if isinstance(value, str):
        return value
    if not getattr(value, "_is_column_element", False) and not getattr(value, "_is_text_clause", False):
        raise exc.ArgumentError("Expected the name of a column, a Column or an SQL expression, found %r" % (original,))
    return without_marks(value)


def schema_columns(element: Any) -> Iterator[Any]:
    """The schema columns inside an element, itself included, each once."""
    if getattr(element, "_is_schema_column", False):
        yield element
        return
    seen = set()
    for found in iterate(element):
        if getattr(found, "_is_schema_column", False) and id(found) not in seen:
            seen.add(id(found))
            yield found


def _named_columns(element: Any) -> Iterator[Any]:
    """The columns inside an element, each once; also those that are only names, as of ``column("x")``."""
    found = [column for column in iterate(element) if column.__visit_name__ == "column"]
    return iter({id(column): column for column in found}.values())


class NamedByConvention:
    """What constraints and indexes share: a name that may come from the naming convention."""

    name: Any
    table: Any
    _type_bound = False
    _convention_prefix: Optional[str] = None
    _given_name: Any = NO_ARG

    def _apply_convention(self, table: Any) -> None:
        """Take the name that the convention gives, once the columns it needs are there."""
        if getattr(table, "metadata", None) is None:
            return
        if self.name is None and self._type_bound:
            return  # many databases never see it: only rendering asks for the name
        try:
            name = name_for(self, table, self._convention_prefix)
        except NotYet:
            return
        if name is not None:
            if name is not self.name:
                self._given_name = self.name
            self.name = name

    def _table_for_name(self) -> Any:
        return self.table

    def effective_name(self) -> Optional[str]:
        """The name to render: the own one or that of the convention, None for no name."""
        table = self._table_for_name()
        own: Optional[str] = self.name
        if getattr(table, "metadata", None) is None:
            return own
        try:
            return name_for(self, table, self._convention_prefix)
        except NotYet:
            return own


class Constraint(NamedByConvention, DialectKWArgs, HasConditionalDDL, SchemaItem):
    """A constraint of a table.

    :param name: the name in the database.
    :param deferrable: DEFERRABLE or NOT DEFERRABLE.
    :param initially: INITIALLY DEFERRED or IMMEDIATE.
    :param info: notes of the user.
    :param comment: a comment, on databases that keep one.
    """

    __visit_name__ = "constraint"
    _creation_order: int
    _column_flag = False

    def __init__(
        self,
        name: Optional[str] = None,
        deferrable: Optional[bool] = None,
        initially: Optional[str] = None,
        info: Optional[Dict[Any, Any]] = None,
        comment: Optional[str] = None,
        _create_rule: Any = None,
        _type_bound: bool = False,
        **dialect_kw: Any,
    ) -> None:
        self.name = name
        self.deferrable = deferrable
        self.initially = initially
        if info:
            self.info = info
        self._create_rule = _create_rule
        self._type_bound = _type_bound
        util.set_creation_order(self)
        self._take_dialect_kwargs(dialect_kw)
        self.comment = comment

    def _is_rendered(self, compiler: Any, **kw: Any) -> bool:
        """Whether CREATE TABLE renders this constraint."""
        if self._create_rule is not None and not self._create_rule(compiler):
            return False
        if self._ddl_if is not None:
            from_compiler = self._ddl_if.holds(self, self, None, compiler=compiler, **kw)
            return bool(from_compiler)
        return True

    @property
    def table(self) -> Any:
        """The table; InvalidRequestError when the constraint has none."""
        parent = self.__dict__.get("parent")
        if parent is not None and getattr(parent, "_is_table", False):
            return parent
        raise exc.InvalidRequestError(
            "The %s %s belongs to no table; give it to a Table, or call Table.append_constraint()"
            % (type(self).__name__, "without name" if self.name is None else repr(self.name))
        )

    def _table_for_name(self) -> Any:
        parent = self.__dict__.get("parent")
        return parent if getattr(parent, "_is_table", False) else getattr(parent, "table", None)

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        if not hasattr(parent, "constraints"):
            raise exc.ArgumentError(
                "A %s belongs to a Table or Column, not to %r" % (type(self).__name__, parent)
            )
        self.parent = parent
        parent.constraints.add(self)
        if getattr(parent, "_is_table", False):
            self._apply_convention(parent)
        else:
            parent._on_table_attach(self._on_column_attached)

    def _on_column_attached(self, column: Any, table: Any) -> None:
        self._apply_convention(table)

    @util.deprecated("1.4", "copy() is deprecated; use Table.to_metadata()")
    def copy(self, **kw: Any) -> Any:
        """A copy; use ``Table.to_metadata()`` to copy whole tables."""
        return self._copy(**kw)

    def _copy(self, **kw: Any) -> Any:
        raise NotImplementedError()

    def _given_options(self) -> Dict[str, Any]:
        """What a copy is made with besides its columns."""
        options = {
            "name": self.name,
            "deferrable": self.deferrable,
            "initially": self.initially,
            "comment": self.comment,
            "_create_rule": self._create_rule,
        }
        options.update(self.dialect_kwargs)
        return options

    def __repr__(self) -> str:
        return util.generic_repr(self, omit_kwarg=["info"])


class ColumnCollectionMixin:
    """What constraints and indexes of columns share: columns given as objects, names or expressions."""

    _columns: Any
    _allow_multiple_tables = False
    _pending: List[Any]

    def __init__(self, *columns: Any, _follow_columns: bool = True, _column_flag: bool = False) -> None:
        self._column_flag = _column_flag
        self._columns = DedupeColumnCollection()
        self._pending = [as_column_argument(column) for column in columns]
        if _follow_columns and self._pending:
            self._attach_when_possible()

    @property
    def columns(self) -> ReadOnlyColumnCollection[str, Column[Any]]:
        """The columns, by key."""
        columns: ReadOnlyColumnCollection[str, Column[Any]] = self._columns.as_readonly()
        return columns

    @property
    def c(self) -> ReadOnlyColumnCollection[str, Column[Any]]:
        """Synonym of ``columns``."""
        columns: ReadOnlyColumnCollection[str, Column[Any]] = self._columns.as_readonly()
        return columns

    def _given_columns(self) -> List[Any]:
        """The schema columns among what was given."""
        return [column for item in self._pending if not isinstance(item, str) for column in schema_columns(item)]

    def _attach_when_possible(self, *event: Any) -> None:
        """Attach to the table of the columns: now, or when the last of them gets its table."""
        columns = self._given_columns()
        waiting = [column for column in columns if column.table is None]
        has_names = any(isinstance(item, str) for item in self._pending)
        if waiting:
            if not has_names and not event:
                for column in waiting:
                    column._on_table_attach(self._attach_when_possible)
            if not has_names or not any(column.table is not None for column in columns):
                return
        owners = [column for column in columns if getattr(column.table, "metadata", None) is not None]
        if not owners or self.__dict__.get("parent") is not None or self.__dict__.get("table") is not None:
            return
        if self._allow_multiple_tables:
            if len({id(column.table) for column in owners}) > 1:
                return
            table = owners[0].table
        else:
            table = same_table(owners, type(self).__name__)
        if len(owners) < len(columns):
            return
        self._set_parent_with_dispatch(table)  # type: ignore[attr-defined]

    def _column_of(self, parent: Any, item: Any) -> Any:
        if isinstance(item, str):
            try:
                return parent.c[item]
            except KeyError:
                raise exc.ConstraintColumnNotFoundError(
                    "The %s of table %r names a column %r that the table does not have; it has: %s"
                    % (type(self).__name__, parent.description, item, ", ".join(parent.c.keys()) or "none")
                ) from None
        return item

    def _set_columns(self, parent: Any) -> None:
        for item in self._pending:
            self._columns.add(self._column_of(parent, item))


class ColumnCollectionConstraint(ColumnCollectionMixin, Constraint):
    """A constraint of columns.

    :param columns: the columns, by name or as objects.
    :param name: the name in the database.
    :param deferrable: DEFERRABLE or NOT DEFERRABLE.
    :param initially: INITIALLY DEFERRED or IMMEDIATE.
    :param info: notes of the user.
    """

    def __init__(
        self,
        *columns: Any,
        name: Optional[str] = None,
        deferrable: Optional[bool] = None,
        initially: Optional[str] = None,
        info: Optional[Dict[Any, Any]] = None,
        _follow_columns: bool = True,
        _column_flag: bool = False,
        **dialect_kw: Any,
    ) -> None:
        Constraint.__init__(
            self, name=name, deferrable=deferrable, initially=initially, info=info, **dialect_kw
        )
        ColumnCollectionMixin.__init__(self, *columns, _follow_columns=_follow_columns, _column_flag=_column_flag)

    @property
    def columns(self) -> ReadOnlyColumnCollection[str, Column[Any]]:
        """The columns, by key."""
        columns: ReadOnlyColumnCollection[str, Column[Any]] = self._columns.as_readonly()
        return columns

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        if not getattr(parent, "_is_table", False) and not hasattr(parent, "constraints"):
            raise exc.ArgumentError("A %s belongs to a Table, not to %r" % (type(self).__name__, parent))
        self._set_columns(parent)
        Constraint._set_parent(self, parent)

    def contains_column(self, col: Any) -> bool:
        """Whether ``col`` is one of the columns."""
        found: bool = self._columns.contains_column(col)
        return found

    @util.deprecated("1.4", "copy() is deprecated; use Table.to_metadata()")
    def copy(self, *, target_table: Any = None, **kw: Any) -> Any:
        """A copy; use ``Table.to_metadata()`` to copy whole tables."""
        return self._copy(target_table=target_table, **kw)

    def _copy(self, *, target_table: Any = None, **kw: Any) -> Any:
        columns = [_key_in(self, item) for item in self._pending or self._columns]
        made = self.__class__(*columns, _column_flag=self._column_flag, **self._given_options())
        return self._endow(made)

    def _given_options(self) -> Dict[str, Any]:
        options = super()._given_options()
        if options["comment"] is None:
            del options["comment"]
        if options["_create_rule"] is None:
            del options["_create_rule"]
        return options

    def __iter__(self) -> Iterator[Any]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        shown = [repr(column) for column in (self._columns or self._pending)]
        if self.name is not None:
            shown.append("name=%r" % (self.name,))
        return "%s(%s)" % (type(self).__name__, ", ".join(shown))


def _key_in(constraint: Any, item: Any) -> Any:
    """What names the column of a copied constraint in its new table: the key."""
    if isinstance(item, str):
        return item
    return item.key if getattr(item, "_is_schema_column", False) else item


class CheckConstraint(ColumnCollectionConstraint):
    """CHECK.

    :param sqltext: the condition, as text or as an SQL expression.
    :param name: the name in the database.
    :param deferrable: DEFERRABLE or NOT DEFERRABLE.
    :param initially: INITIALLY DEFERRED or IMMEDIATE.
    :param table: the table, when the constraint is made apart from it.
    :param info: notes of the user.
    """

    __visit_name__ = "table_or_column_check_constraint"
    _allow_multiple_tables = True
    _convention_prefix = "ck"

    def __init__(
        self,
        sqltext: Any,
        name: Optional[str] = None,
        deferrable: Optional[bool] = None,
        initially: Optional[str] = None,
        table: Any = None,
        info: Optional[Dict[Any, Any]] = None,
        _create_rule: Any = None,
        _follow_columns: bool = True,
        _type_bound: bool = False,
        **dialect_kw: Any,
    ) -> None:
        self.sqltext = sqltext_of(sqltext)
        columns = list(schema_columns(self.sqltext))
        super().__init__(
            *_named_columns(self.sqltext),
            name=name,
            deferrable=deferrable,
            initially=initially,
            info=info,
            _follow_columns=False,
            **dialect_kw,
        )
        self._create_rule = _create_rule
        self._type_bound = _type_bound
        if table is not None:
            self._set_parent_with_dispatch(table)
        elif _follow_columns and columns:
            self._attach_when_possible()

    @property
    def is_column_level(self) -> bool:
        """Whether the constraint belongs to a column rather than to a table."""
        return not getattr(self.__dict__.get("parent"), "_is_table", False)

    def _copy(self, *, target_table: Any = None, **kw: Any) -> Any:
        parent = self.__dict__.get("parent")
        source = parent if getattr(parent, "_is_table", False) else None
        made = CheckConstraint(
            renamed(self.sqltext, source, target_table),
            _follow_columns=False,
            _type_bound=self._type_bound,
            **self._given_options(),
        )
        return self._endow(made)

    def __repr__(self) -> str:
        shown = [repr(self.sqltext)]
        if self.name is not None:
            shown.append("name=%r" % (self.name,))
        return "CheckConstraint(%s)" % ", ".join(shown)


class UniqueConstraint(ColumnCollectionConstraint):
    """UNIQUE.

    :param columns: the columns, by name or as objects.
    """

    __visit_name__ = "unique_constraint"
    _convention_prefix = "uq"


class PrimaryKeyConstraint(ColumnCollectionConstraint):
    """PRIMARY KEY; every table has one, if without columns.

    :param columns: the columns, by name or as objects.
    :param name: the name in the database.
    :param deferrable: DEFERRABLE or NOT DEFERRABLE.
    :param initially: INITIALLY DEFERRED or IMMEDIATE.
    :param info: notes of the user.
    """

    __visit_name__ = "primary_key_constraint"
    _convention_prefix = "pk"

    def __init__(
        self,
        *columns: Any,
        name: Optional[str] = None,
        deferrable: Optional[bool] = None,
        initially: Optional[str] = None,
        info: Optional[Dict[Any, Any]] = None,
        _implied: bool = False,
        **dialect_kw: Any,
    ) -> None:
        self._implied = _implied
        super().__init__(
            *columns, name=name, deferrable=deferrable, initially=initially, info=info, **dialect_kw
        )

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        previous = parent.__dict__.get("primary_key")
        if previous is not self:
            parent.constraints.discard(previous)
            parent.primary_key = self
        self.parent = parent
        parent.constraints.add(self)
        marked = [column for column in parent.c if column.primary_key]
        given = [self._column_of(parent, item) for item in self._pending]
        if marked and given and set(map(id, marked)) != set(map(id, given)):
            util.warn(
                "Table %r marks the columns %s as primary_key=True, but its PrimaryKeyConstraint names %s; the "
                "constraint wins. In a future version this will be an error."
                % (
                    parent.name,
                    ", ".join(repr(column.name) for column in marked),
                    ", ".join(repr(column.name) for column in given),
                )
            )
            for column in marked:
                if column not in given:
                    column.primary_key = False
        for column in given or marked:
            column.primary_key = True
            if column._user_defined_nullable is column._NULLABLE_BY_DEFAULT:
                column.nullable = False
            self._columns.add(column)
        self._forget()
        self._apply_convention(parent)

    def _forget(self) -> None:
        self.__dict__.pop("_autoincrement_column", None)

    def _reload(self, columns: Any) -> None:
        """Put the columns that were reflected in place of those known."""
        for column in columns:
            column.primary_key = True
        # columns that were marked before keep their mark
        reflected = set(map(id, columns))
        kept = [column for column in self.table.c if column.primary_key and id(column) not in reflected]
        self._columns = DedupeColumnCollection()
        for column in kept + list(columns):
            self._columns.add(column)
        self._pending = []
        self._implied = False
        self._forget()
        self._apply_convention(self.table)

    def _replace(self, col: Any) -> None:
        self._forget()
        self._columns.replace(col)
        if self._given_name is not NO_ARG:
            # the convention is applied anew to all columns
            self.name = self._given_name
        self._apply_convention(self.table)

    @property
    def columns_autoinc_first(self) -> List[Any]:
        """The columns, the autoincrementing one before the others."""
        first = self._autoincrement_column
        if first is None:
            return list(self._columns)
        return [first] + [column for column in self._columns if column is not first]

    @util.memoized_property
    def _autoincrement_column(self) -> Any:
        """The column whose values the database counts up, or None."""
        columns = list(self._columns)
        if len(columns) == 1:
            column = columns[0]
            if column.autoincrement is True:
                _require_autoincrement(column)
                return column
            if column.autoincrement in ("auto", "ignore_fk") and _may_autoincrement(column):
                return column
            return None
        marked = [column for column in columns if column.autoincrement is True]
        if len(marked) > 1:
            raise exc.ArgumentError(
                "The database counts up one column of a table; autoincrement=True stands on several: %s"
                % ", ".join(column.name for column in marked)
            )
        if marked:
            _require_autoincrement(marked[0])
            return marked[0]
        return None


def _number_without_fraction(column: Any) -> Optional[str]:
    """Why the type cannot count up, or None when it can."""
    typ = column.type
    affinity = typ._type_affinity
    if affinity is not Integer and affinity is not Numeric:
        return "type %s" % typ
    scale = getattr(typ, "scale", None)
    if affinity is Numeric and scale is not None and scale > 0:
        return "type %s with scale %d" % (typ, scale)
    return None


def _require_autoincrement(column: Any) -> None:
    reason = _number_without_fraction(column)
    if reason is not None:
        raise exc.ArgumentError(
            "Column '%s.%s' cannot be autoincrement=True: its %s does not count up"
            % (column.table.name, column.name, reason)
        )


def _may_autoincrement(column: Any) -> bool:
    typ = column.type
    if typ._type_affinity is not Integer:
        return False
    default = column.default
    if default is not None and not (default.is_sequence):
        return False
    server = column.server_default
    if server is not None and not server.is_identity:
        return False
    if column.foreign_keys and column.autoincrement != "ignore_fk":
        return False
    return True


class Index(NamedByConvention, DialectKWArgs, ColumnCollectionMixin, HasConditionalDDL, SchemaItem):
    """An index.

    :param name: the name; None for one by convention.
    :param expressions: column names, Column objects, expressions of columns.
    :param unique: whether the index is unique.
    :param quote: whether the name is quoted.
    :param info: notes of the user.
    """

    __visit_name__ = "index"
    table: Any
    _creation_order: int
    _convention_prefix = "ix"
    comment: Optional[str] = None

    def __init__(
        self,
        name: Optional[str],
        *expressions: Any,
        unique: bool = False,
        quote: Optional[bool] = None,
        info: Optional[Dict[Any, Any]] = None,
        _table: Any = None,
        _column_flag: bool = False,
        **dialect_kw: Any,
    ) -> None:
        self.table = None
        if name is None or (quote is None and isinstance(name, quoted_name)):
            self.name = name
        else:
            self.name = quoted_name(name, quote)
        self.unique = unique
        if info is not None:
            self.info = info
        util.set_creation_order(self)
        self._take_dialect_kwargs(dialect_kw)
        self.expressions: List[Any] = []
        ColumnCollectionMixin.__init__(self, *expressions, _follow_columns=False, _column_flag=_column_flag)
        self.expressions = list(self._pending)
        if _table is not None:
            self._set_parent_with_dispatch(_table)
        elif self._pending:
            self._attach_when_possible()

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        if not getattr(parent, "_is_table", False):
            raise exc.ArgumentError("An Index belongs to a Table, not to %r" % (parent,))
        if self.table is not None and parent is not self.table:
            raise exc.ArgumentError(
                "Index %r belongs to table %r; it cannot be given to table %r too"
                % (self.name, self.table.description, parent.description)
            )
        resolved = [self._column_of(parent, item) for item in self._pending]
        self.table = parent
        for item in resolved:
            for column in schema_columns(item):
                self._columns.add(column)
        parent.indexes.add(self)
        self.expressions = resolved
        self._apply_convention(parent)

    def create(self, bind: Any, checkfirst: Any = False) -> None:
        """Issue CREATE INDEX.

        :param bind: an engine or connection.
        :param checkfirst: whether to look first if it exists.
        """
        slots.schema_create_all(bind, self, checkfirst=checkfirst)

    def drop(self, bind: Any, checkfirst: Any = False) -> None:
        """Issue DROP INDEX.

        :param bind: an engine or connection.
        :param checkfirst: whether to look first if it exists.
        """
        slots.schema_drop_all(bind, self, checkfirst=checkfirst)

    def _copy_to(self, table: Any) -> Any:
        """A copy that belongs to ``table``."""
        source = self.table
        expressions = [
            item if isinstance(item, str) else _expression_in(item, source, table) for item in self.expressions
        ]
        made = Index(
            self.name,
            *expressions,
            unique=self.unique,
            _table=table,
            _column_flag=self._column_flag,
            **self.dialect_kwargs,
        )
        return self._endow(made)

    def __repr__(self) -> str:
        shown = [repr(self.name)] + [repr(item) for item in self.expressions]
        if self.unique:
            shown.append("unique=True")
        return "Index(%s)" % ", ".join(shown)


def _expression_in(item: Any, source: Any, target: Any) -> Any:
    if getattr(item, "_is_schema_column", False):
        return target.c[item.key]
    return renamed(item, source, target)


@constraint_maker("check")
def _check_of_type(type_: Any, column: Any, values: Any, create_rule: Callable[..., bool]) -> CheckConstraint:
    """The CHECK that holds a column to the values of its type."""
    bound_as: TypeEngine[Any] = String() if values and isinstance(values[0], str) else Integer()
    return CheckConstraint(
        type_coerce(column, bound_as).in_(values),
        name=type_.name,
        _create_rule=create_rule,
        _follow_columns=False,
        _type_bound=True,
    )
