"""ForeignKey and ForeignKeyConstraint, and how the columns they name are found.

The order in which tables depend on each other is worked out in ``metadata``.
"""

from __future__ import annotations

from typing import Any
from typing import Dict
from typing import List
from typing import NamedTuple
from typing import Optional
from typing import TYPE_CHECKING

from .base import BLANK_SCHEMA
from .base import RETAIN_SCHEMA
from .base import SchemaItem
from .base import table_key
from .base import unwrapped
from .base import without_marks
from .constraints import ColumnCollectionConstraint
from .constraints import Constraint
from ..base import DialectKWArgs
from ..collections import WriteableColumnCollection
from ..elements import ColumnClause
from ... import exc
from ... import util

if TYPE_CHECKING:
    from .column import Column

__all__ = (
    "ForeignKey",
    "ForeignKeyConstraint",
    "ForeignKeyTarget",
)


class ForeignKeyTarget(
    NamedTuple(
        "ForeignKeyTarget",
        [("schema", Optional[str]), ("table_name", str), ("column_name", Optional[str])],
    )
):
    """What a foreign key refers to, in parts; names may contain dots.

    :param schema: the schema, or None.
    :param table_name: the table.
    :param column_name: the column; None for the one of the same name.
    """

    __slots__ = ()

    @property
    def _table_key(self) -> str:
        return table_key(self.table_name, self.schema)

    @property
    def fullname(self) -> str:
        """The parts that are given, with dots between them, for messages."""
        return ".".join([part for part in self if part is not None])

    def _as_string(self) -> str:
        """As ``fullname``; InvalidRequestError where dots in names would make it ambiguous."""
        reason = None
        if self.table_name is None:
            reason = "no table is named"
        elif "." in self.table_name:
            reason = "the table name %r contains a dot" % (self.table_name,)
        elif self.column_name is not None and "." in self.column_name:
            reason = "the column name %r contains a dot" % (self.column_name,)
        elif self.schema is not None and self.column_name is None:
            reason = "the schema %r would be read as a table, for no column is named" % (self.schema,)
        if reason is not None:
            raise exc.InvalidRequestError(
                "No single string stands for this target of a foreign key (schema=%r, table_name=%r, column_name=%r): "
                "%s; read target_tokens instead" % (self.schema, self.table_name, self.column_name, reason)
            )
        return self.fullname


def _parse_target(spec: str) -> ForeignKeyTarget:
    """``[[schema.]table.]column`` in parts; a name without dots is that of a table."""
    tokens = spec.split(".")
    if len(tokens) == 1:
        return ForeignKeyTarget(None, tokens[0], None)
    column = tokens.pop()
    table = tokens.pop()
    return ForeignKeyTarget(".".join(tokens) if tokens else None, table, column)


def _target_of_tuple(parts: Any) -> ForeignKeyTarget:
    if isinstance(parts, ForeignKeyTarget):
        return parts
    if len(parts) == 2:
        parts = (None,) + tuple(parts)
    if len(parts) != 3:
        raise exc.ArgumentError(
            "A ForeignKey takes a tuple (table, column) or (schema, table, column) as what it refers to, not %r"
            % (parts,)
        )
    schema, table, column = parts
    if not isinstance(table, str) or not table:
        raise exc.ArgumentError("A ForeignKey refers to a table by its name, not by %r" % (table,))
    for name, part in (("schema", schema), ("column", column)):
        if part is not None and (not isinstance(part, str) or not part):
            raise exc.ArgumentError("The %s that a ForeignKey refers to is a name or None, not %r" % (name, part))
    return ForeignKeyTarget(schema, table, column)


_REFERENCE_OPTIONS = ("name", "use_alter", "onupdate", "ondelete", "deferrable", "initially", "match", "comment")


def _options_of(reference: Any) -> Dict[str, Any]:
    """The options that a ForeignKey hands to its constraint, a constraint to its keys, and both to their copies."""
    return {option: getattr(reference, option) for option in _REFERENCE_OPTIONS}


class ForeignKey(DialectKWArgs, SchemaItem):
    """A reference from one column to another.

    :param column: what is referred to: ``"table.column"``, ``"schema.table.column"``, a Column or a ForeignKeyTarget.
    :param use_alter: whether the constraint is always added by ALTER.
    :param name: what the constraint is called.
    :param onupdate: the action for ON UPDATE.
    :param ondelete: the action for ON DELETE.
    :param deferrable: DEFERRABLE or NOT DEFERRABLE.
    :param initially: INITIALLY DEFERRED or IMMEDIATE.
    :param link_to_name: whether a string names the column by name rather than by key.
    :param match: the kind for MATCH.
    :param info: notes of the user.
    :param comment: a comment, on databases that keep one.
    """

    __visit_name__ = "foreign_key"
    parent: Any
    onupdate: Optional[str] = None
    ondelete: Optional[str] = None
    deferrable: Optional[bool] = None
    initially: Optional[str] = None
    match: Optional[str] = None
    comment: Optional[str] = None

    def __init__(
        self,
        column: Any,
        _constraint: Any = None,
        use_alter: bool = False,
        name: Optional[str] = None,
        onupdate: Optional[str] = None,
        ondelete: Optional[str] = None,
        deferrable: Optional[bool] = None,
        initially: Optional[str] = None,
        link_to_name: bool = False,
        match: Optional[str] = None,
        info: Optional[Dict[Any, Any]] = None,
        comment: Optional[str] = None,
        _unresolvable: bool = False,
        **dialect_kw: Any,
    ) -> None:
        self._unresolvable = _unresolvable
        self._named_target, self._given_target = self._read_target(column)
        self.constraint = _constraint
        self.parent = None
        self.use_alter = use_alter
        self.name = name
        self.onupdate = onupdate
        self.ondelete = ondelete
        self.deferrable = deferrable
        self.initially = initially
        self.link_to_name = link_to_name
        self.match = match
        self.comment = comment
        if info:
            self.info = info
        self._dialect_kw = dialect_kw
        util.set_creation_order(self)

    @staticmethod
    def _read_target(column: Any) -> Any:
        """``(target in parts, None)`` or ``(None, column)``."""
        if isinstance(column, str):
            return _parse_target(column), None
        if isinstance(column, tuple):
            return _target_of_tuple(column), None
        original = column
        column = unwrapped(column)
        if isinstance(column, str):
            return _parse_target(column), None
        if not isinstance(column, ColumnClause):
            raise exc.ArgumentError(
                "A ForeignKey refers to a column by 'table.column' or by a Column object, not by %r" % (original,)
            )
        column = without_marks(column)
        table = column.table
        if table is not None and not getattr(table, "_is_table", False):
            raise exc.ArgumentError(
                "A ForeignKey refers to a column of a Table; %r belongs to %r" % (column.key, table)
            )
        return None, column

    # ------------------------------------------------------------ what is referred to

    @property
    def target_tokens(self) -> ForeignKeyTarget:
        """Schema, table and column that are referred to, as given."""
        if self._original is not None:
            return self._original.target_tokens
        if self._named_target is None:
            column = self._given_target
            table = column.table
            if table is None:
                # a column without table is matched to a table of that name later on
                return ForeignKeyTarget(None, column.key, None)
            return ForeignKeyTarget(table.schema, table.name, column.key)
        target: ForeignKeyTarget = self._named_target
        return target

    def _effective_target(self) -> ForeignKeyTarget:
        """As ``target_tokens``, with the schema of the MetaData where none is given."""
        spec = self.target_tokens
        if spec.schema is None and self._named_target is not None:
            metadata = getattr(getattr(self.parent, "table", None), "metadata", None)
            schema = getattr(metadata, "schema", None)
            if schema is not None:
                return ForeignKeyTarget(schema, spec.table_name, spec.column_name)
        return spec

    def _copied_target(self, schema: Any = None, table_name: Optional[str] = None) -> ForeignKeyTarget:
        """The target to give to a copy of this key, in another schema or for another table name."""
        if self._named_target is None and self._given_target.table is None:
            raise exc.InvalidRequestError(
                "The ForeignKey to column %r cannot be copied before that column belongs to a table"
                % (self._given_target.name,)
            )
        target = self.target_tokens
        if schema is BLANK_SCHEMA:
            own = None
        elif schema is None or schema is RETAIN_SCHEMA:
            own = target.schema
        else:
            own = schema
        name = target.table_name if table_name is None else table_name
        return ForeignKeyTarget(own, name, target.column_name)

    @property
    def _colspec(self) -> Any:
        """The target as other libraries read it: a string, or the Column given."""
        return self._given_target if self._named_target is None else self._named_target._as_string()

    def _get_colspec(self, schema: Any = None, table_name: Optional[str] = None, _is_copy: bool = False) -> str:
        return self._copied_target(schema, table_name)._as_string()

    @property
    def target_fullname(self) -> str:
        """What is referred to, as ``[schema.]table.column``; InvalidRequestError where names contain dots."""
        return self.target_tokens._as_string()

    @property
    def target_table_key(self) -> Optional[str]:
        """The key of the table that is referred to in ``MetaData.tables``; None for a Column without table."""
        if self._named_target is None and self._given_target.table is None:
            return None
        return self._effective_target()._table_key

    @property
    def target_column(self) -> Any:
        """The Column that was given; None when the target was named. ``column`` is the one found."""
        return self._given_target

    @util.memoized_property
    def column(self) -> Column[Any]:
        """The Column that is referred to; NoReferencedTableError or NoReferencedColumnError when it is not there."""
        column: Column[Any] = self._resolve_column()
        return column

    _original: Optional[ForeignKey] = None
    _creation_order: int

    def proxied_by(self, column: Any) -> ForeignKey:
        """The same foreign key for a column that stands for this key's in an alias or subquery."""
        made: ForeignKey = object.__new__(ForeignKey)
        made._original = self._original or self
        made._named_target = self._named_target
        made._given_target = self._given_target
        made.constraint = self.constraint
        made.link_to_name = self.link_to_name
        made.use_alter = self.use_alter
        made.name = self.name
        made._creation_order = self._creation_order
        made._unresolvable = False
        made.parent = column
        return made

    def _resolve_column(self, *, raiseerr: bool = True) -> Any:
        if self._original is not None:
            return self._original.column
        if self._named_target is None:
            return self._given_target
        if self.parent is None:
            raise exc.InvalidRequestError(
                "The ForeignKey to %r belongs to no Column yet, so what it refers to cannot be found"
                % self._named_target.fullname
            )
        table = self.parent.table
        if table is None or getattr(table, "metadata", None) is None:
            raise exc.InvalidRequestError(
                "Column %r belongs to no Table yet, so what its ForeignKey to %r refers to cannot be found"
                % (self.parent.name, self._named_target.fullname)
            )
        if not raiseerr and table.key not in table.metadata.tables:
            return None
        target = self._effective_target()
        key = target._table_key
        referred = table.metadata.tables.get(key)
        if referred is None or self._unresolvable:
            if not raiseerr:
                return None
            raise exc.NoReferencedTableError(
                "Column '%s.%s' refers to column %r of table %r, which is not in the MetaData"
                % (table.name, self.parent.name, target.column_name or self.parent.key, key),
                key,
            )
        name = target.column_name or self.parent.key
        found = None
        if self.link_to_name:
            for candidate in referred.c:
                if candidate.name == name:
                    found = candidate
        else:
            found = referred.c.get(name)
        if found is None and raiseerr:
            raise exc.NoReferencedColumnError(
                "Column '%s.%s' refers to column %r, which table %r does not have; it has: %s"
                % (table.name, self.parent.name, name, key, ", ".join(referred.c.keys()) or "none"),
                key,
                name,
            )
        return found

    def references(self, table: Any) -> bool:
        """Whether the key refers to a column of ``table``."""
        return table.c.corresponding_column(self.column) is not None

    def get_referent(self, table: Any) -> Any:
        """The column of ``table``, a table, alias or subquery, that stands for the one referred to; or None."""
        return table.c.corresponding_column(self.column)

    # ------------------------------------------------------------ attaching

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        if self.parent is not None and self.parent is not parent:
            raise exc.InvalidRequestError("This ForeignKey belongs to column %r; make another one" % self.parent.name)
        self.parent = parent
        parent.foreign_keys.add(self)
        parent._on_table_attach(self._column_in_table)

    def _column_in_table(self, column: Any, table: Any) -> None:
        """Bring the table a constraint of this key alone, and look for the column that is referred to."""
        if self.constraint is None:
            self.constraint = alone = ForeignKeyConstraint([], [], **_options_of(self), **self._dialect_kw)
            alone._add_reference(column, self)
            alone._set_parent_with_dispatch(table)
        table.foreign_keys.add(self)
        if self._named_target is None:
            target = self._given_target
            if target.table is None:
                target._on_table_attach(self._on_target_attached)
            else:
                self._target_found(target)
            return
        metadata = getattr(table, "metadata", None)
        if metadata is None:
            return
        metadata._waiting_keys.setdefault(self._wait_key(), []).append(self)
        found = self._resolve_column(raiseerr=False)
        if found is not None:
            self._target_found(found)

    def _wait_key(self) -> Any:
        target = self._effective_target()
        return target._table_key, target.column_name or self.parent.key

    def _on_target_attached(self, column: Any, table: Any) -> None:
        self._target_found(column)

    def _target_found(self, column: Any) -> None:
        """Take notice of the column referred to, whose type a column without type takes over."""
        self.column = column
        if self.parent.type._isnull and not column.type._isnull:
            self.parent.set_type(column.type)
        elif self.parent.type._isnull:
            column.__dict__.setdefault("_type_followers", []).append(self.parent)

    def _stop_waiting(self, metadata: Any) -> None:
        waiting = metadata._waiting_keys.get(self._wait_key())
        if waiting and self in waiting:
            waiting.remove(self)

    # ------------------------------------------------------------ copies

    @util.deprecated("1.4", "copy() is deprecated; use Column.clone() or Table.to_metadata()")
    def copy(self, *, schema: Any = None, **kw: Any) -> ForeignKey:
        """A copy; use ``Column.clone()`` or ``Table.to_metadata()`` to copy whole columns and tables."""
        return self._copy(schema=schema, **kw)

    def _copy(self, *, schema: Any = None, **kw: Any) -> ForeignKey:
        made = ForeignKey(
            self._copied_target(schema=schema),
            link_to_name=self.link_to_name,
            **_options_of(self),
            **self._dialect_kw,
        )
        return self._endow(made)

    def __repr__(self) -> str:
        target = self.target_tokens
        try:
            return "ForeignKey(%r)" % target._as_string()
        except exc.InvalidRequestError:
            return "ForeignKey(%r)" % (target,)


class ForeignKeyConstraint(ColumnCollectionConstraint):
    """FOREIGN KEY of a table, over one or several columns.

    :param columns: the columns that refer, by name or as objects.
    :param refcolumns: the columns referred to, as for ForeignKey.
    :param name: the name in the database.
    :param onupdate: the action for ON UPDATE.
    :param ondelete: the action for ON DELETE.
    :param deferrable: DEFERRABLE or NOT DEFERRABLE.
    :param initially: INITIALLY DEFERRED or IMMEDIATE.
    :param use_alter: whether it is always added by ALTER.
    :param link_to_name: whether strings name columns by name rather than by key.
    :param match: the kind for MATCH.
    :param table: the table, when the constraint is made apart from it.
    :param info: notes of the user.
    :param comment: a comment, on databases that keep one.
    """

    __visit_name__ = "foreign_key_constraint"
    _convention_prefix = "fk"

    def __init__(
        self,
        columns: Any,
        refcolumns: Any,
        name: Optional[str] = None,
        onupdate: Optional[str] = None,
        ondelete: Optional[str] = None,
        deferrable: Optional[bool] = None,
        initially: Optional[str] = None,
        use_alter: bool = False,
        link_to_name: bool = False,
        match: Optional[str] = None,
        table: Any = None,
        info: Optional[Dict[Any, Any]] = None,
        comment: Optional[str] = None,
        **dialect_kw: Any,
    ) -> None:
        Constraint.__init__(self, name, deferrable, initially, info, comment, **dialect_kw)
        self.use_alter = use_alter
        self.link_to_name = link_to_name
        self.onupdate = onupdate
        self.ondelete = ondelete
        self.match = match
        self._columns = WriteableColumnCollection()
        columns, refcolumns = list(columns), list(refcolumns)
        if len(columns) != len(refcolumns):
            raise exc.ArgumentError(
                "A ForeignKeyConstraint needs as many columns as it refers to: found %d and %d"
                % (len(columns), len(refcolumns))
            )
        self.elements: List[Any] = [
            ForeignKey(
                target, _constraint=self, link_to_name=link_to_name, **_options_of(self), **self.dialect_kwargs
            )
            for target in refcolumns
        ]
        self._pending = [_coerced(column) for column in columns]
        if table is not None:
            self._set_parent_with_dispatch(table)
        elif self._pending:
            self._attach_when_possible()

    def _add_reference(self, column: Any, fk: ForeignKey) -> None:
        self._columns.add(column)
        self._pending.append(column)
        self.elements.append(fk)

    @property
    def columns(self) -> Any:
        """The columns that refer."""
        return self._columns.as_readonly()

    @property
    def referred_table(self) -> Any:
        """The Table referred to; NoReferencedTableError when it is not there."""
        return self.elements[0].column.table

    @property
    def _referred_schema(self) -> Optional[str]:
        """The schema that is named, or that of the Column given."""
        return self.elements[0].target_tokens.schema if self.elements else None

    @property
    def column_keys(self) -> List[str]:
        """The keys of the columns that refer."""
        if self.__dict__.get("parent") is not None:
            return list(self._columns.keys())
        return [item if isinstance(item, str) else item.key for item in self._pending]

    @property
    def _col_description(self) -> str:
        return ", ".join(self.column_keys)

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        if self.__dict__.get("parent") is not parent:
            if not len(self._columns):
                self._set_columns(parent)
        self.parent = parent
        parent.constraints.add(self)
        for column, fk in zip(list(self._columns), self.elements):
            if fk.parent is not column:
                fk._set_parent_with_dispatch(column)
        self._refuse_several_targets(parent)
        self._apply_convention(parent)

    def _refuse_several_targets(self, table: Any) -> None:
        keys = {fk.target_table_key for fk in self.elements}.difference([None])
        if len(keys) > 1:
            raise exc.ArgumentError(
                "The ForeignKeyConstraint on %s(%s) refers to several tables: %s"
                % (table.fullname, self._col_description, ", ".join(sorted(keys)))
            )

    @util.deprecated("1.4", "copy() is deprecated; use Table.to_metadata()")
    def copy(self, *, schema: Any = None, target_table: Any = None, **kw: Any) -> ForeignKeyConstraint:
        """A copy; use ``Table.to_metadata()`` to copy whole tables."""
        return self._copy(schema=schema, target_table=target_table, **kw)

    def _copy(self, *, schema: Any = None, target_table: Any = None, **kw: Any) -> ForeignKeyConstraint:
        own = self.__dict__.get("parent")

        def target(fk: ForeignKey) -> Any:
            own_key = getattr(own, "key", None)
            new_name = None
            if target_table is not None and own_key is not None and fk.target_tokens._table_key == own_key:
                new_name = target_table.name
            return fk._copied_target(schema=schema, table_name=new_name)

        made = ForeignKeyConstraint(
            [column.key for column in self._columns],
            [target(fk) for fk in self.elements],
            link_to_name=self.link_to_name,
            **_options_of(self),
            **self.dialect_kwargs,
        )
        for fk, copied in zip(self.elements, made.elements):
            fk._endow(copied)
        return self._endow(made)

    def __repr__(self) -> str:
        shown = [repr(self.column_keys), repr([fk.target_tokens.fullname for fk in self.elements])]
        for option in ("name", "onupdate", "ondelete"):
            if getattr(self, option) is not None:
                shown.append("%s=%r" % (option, getattr(self, option)))
        return "ForeignKeyConstraint(%s)" % ", ".join(shown)


def _coerced(column: Any) -> Any:
    if isinstance(column, str):
        return column
    column = unwrapped(column)
    if isinstance(column, str):
        return column
    if isinstance(column, ColumnClause):
        return without_marks(column)
    raise exc.ArgumentError(
        "A ForeignKeyConstraint takes column names or Column objects, not %r" % (column,)
    )

