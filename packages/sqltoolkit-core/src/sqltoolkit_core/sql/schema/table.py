"""Table, and the classes that declare typed columns.

Tables by name only, as ``table()`` makes them, live in ``sql.selectable.sources``.
"""

from __future__ import annotations

from typing import Any
from typing import Callable
from typing import Dict
from typing import Iterable
from typing import List
from typing import Optional
from typing import Sequence as SequenceOf
from typing import Set
from typing import Tuple
from typing import TYPE_CHECKING

from .base import BLANK_SCHEMA
from .base import HasSchemaAttr
from .base import RETAIN_SCHEMA
from .base import table_key
from .base import unwrapped
from .column import Column
from .column import Named
from .constraints import PrimaryKeyConstraint
from .constraints import UniqueConstraint
from .foreign_key import ForeignKeyConstraint
from .metadata import MetaData
from ..base import DialectKWArgs
from ..base import NO_ARG
from ..collections import DedupeColumnCollection
from ..collections import ReadOnlyColumnCollection
from ..forward import slots
from ..names import quoted_name
from ..selectable.sources import TableClause
from ..sqltypes.enums import SchemaType
from ..sqltypes.resolution import resolve_python_type
from ... import event
from ... import exc
from ... import inspection
from ... import util
from ...util import typing as typing_tools

__all__ = [
    "Table",
    "TypedColumns",
    "declared_columns",
]

if TYPE_CHECKING:
    from typing import Type

    from typing_extensions import TypeVar, overload

    from .constraints import Constraint, Index
    from .foreign_key import ForeignKey

    # the columns of a table that declares no others
    _TableColumns = TypeVar(
        "_TableColumns",
        bound=ReadOnlyColumnCollection[Any, Any],
        covariant=True,
        default=ReadOnlyColumnCollection[str, Column[Any]],
    )
    _Declared = TypeVar("_Declared", bound=ReadOnlyColumnCollection[Any, Any])


class TypedColumns(ReadOnlyColumnCollection[str, Column[Any]]):
    """Base of classes that declare the columns of a table for type checkers.

    A subclass has annotations ``name: Named[type]`` or ``name: Column[type]`` with or without a ``Column`` as value,
    and is given to ``Table`` in place of columns. Subclasses inherit the columns of their bases.
    """

    __slots__ = ()

    def __new__(cls, *args: Any, **kw: Any) -> TypedColumns:
        raise exc.InvalidRequestError("%s declares columns; no object of it is made" % cls.__name__)

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        own = vars(cls)
        methods = [name for name in own if callable(own[name]) and (name == "__init__" or not name.startswith("__"))]
        if methods:
            raise exc.InvalidRequestError(
                "%s declares columns and has no methods; found %s" % (cls.__name__, ", ".join(methods))
            )


def declared_columns(cls: Any) -> List[Column[Any]]:
    """New columns as a TypedColumns class declares them, those of its bases first."""
    found: Dict[str, Column[Any]] = {}
    for base in reversed(cls.__mro__):
        if base not in TypedColumns.__mro__:
            found.update(_own_columns(base))
    for name, column in found.items():
        if column.name is None:
            column.name = quoted_name(name, None)
        if column.key is None or column.key == column.name:
            column.key = name
    return list(found.values())


def _own_columns(cls: Any) -> Dict[str, Column[Any]]:
    """The columns of one class: those without an annotation, then the others."""
    annotations = typing_tools.get_annotations(cls)
    values = {name: value for name, value in vars(cls).items() if not name.startswith("__")}
    for name, value in values.items():
        if not isinstance(value, Column):
            raise exc.ArgumentError("%s.%s is %r, expected a Column" % (cls.__name__, name, value))
    made = {name: value._copy() for name, value in values.items() if name not in annotations}
    for name, annotation in annotations.items():
        if isinstance(annotation, str) or typing_tools.is_fwd_ref(annotation):
            annotation = typing_tools.resolve_annotation(annotation, cls.__module__, {"Named": Named, "Column": Column})
        inner = _declared_type(annotation)
        if inner is None:
            raise exc.ArgumentError(
                "The annotation of %s.%s is %r; a column is declared by Named[...] or Column[...]"
                % (cls.__name__, name, annotation)
            )
        made[name] = _from_annotation(cls, name, values.get(name), inner[0])
    return made


def _declared_type(annotation: Any) -> Optional[Tuple[Any, ...]]:
    origin = getattr(annotation, "__origin__", None)
    if origin is Named or (isinstance(origin, type) and issubclass(origin, Named)):
        arguments: Tuple[Any, ...] = annotation.__args__
        return arguments
    return (Any,) if annotation is Column or annotation is Named else None


def _nullable_as(column: Column[Any], python_type: Any) -> Column[Any]:
    if column._user_defined_nullable is column._NULLABLE_BY_DEFAULT and not column.primary_key:
        column.nullable = typing_tools.includes_none(python_type)
    return column


def _from_annotation(cls: Any, name: str, given: Optional[Column[Any]], python_type: Any) -> Column[Any]:
    column = Column(name) if given is None else given._copy()
    if column.type._isnull:
        sql_type = None if python_type is Any else resolve_python_type(python_type)
        if sql_type is None:
            raise exc.ArgumentError(
                "No SQL type is known for %r, the annotation of %s.%s; give a Column with a type as value"
                % (python_type, cls.__name__, name)
            )
        column.set_type(sql_type)
    return column if python_type is Any else _nullable_as(column, python_type)


class Table(DialectKWArgs, HasSchemaAttr, TableClause["_TableColumns"]):
    """A table of a database.

    ``Table("name", metadata)`` returns the table that the MetaData has under that name; with columns or other items
    it makes one, and fails when there is one already unless told what to do.

    :param name: the name.
    :param metadata: the MetaData it belongs to.
    :param args: columns, constraints, indexes, or one TypedColumns class.
    :param schema: the schema; by default that of the MetaData; BLANK_SCHEMA for none.
    :param quote: whether the name is quoted.
    :param quote_schema: whether the schema is quoted.
    :param autoload_with: engine, connection or inspector to read columns and constraints from.
    :param autoload_replace: with ``autoload_with`` on an existing table, whether its columns are replaced.
    :param keep_existing: whether an existing table is returned as it is.
    :param extend_existing: whether the items are added to an existing table.
    :param resolve_fks: whether reflection reads tables that are referred to as well.
    :param include_columns: names of the columns to reflect, all by default.
    :param implicit_returning: whether RETURNING may be used to fetch new keys.
    :param comment: the comment of the table.
    :param info: notes of the user.
    :param listeners: pairs of event name and function, in place before reflection.
    :param prefixes: words between CREATE and TABLE.
    :param must_exist: whether the MetaData must have the table already.
    """

    __visit_name__ = "table"
    inherit_cache = True
    implicit_returning = True
    comment: Optional[str] = None
    metadata: MetaData
    schema: Optional[str] = None
    primary_key: PrimaryKeyConstraint
    foreign_keys: Set[ForeignKey]
    constraints: Set[Constraint]
    """The constraints of the table."""
    indexes: Set[Index]
    """The indexes of the table."""
    _prefixes: List[str]
    _token: Any = None
    _is_view = False
    _creator_ddl: Any = None
    _dropper_ddl: Any = None

    def __new__(cls, *args: Any, **kw: Any) -> Any:
        if not args and not kw:
            return object.__new__(cls)
        if len(args) < 2:
            raise TypeError("Table needs a name and a MetaData as its first two arguments")
        name, metadata = args[0], args[1]
        if not isinstance(metadata, MetaData):
            raise exc.ArgumentError("The second argument of Table is a MetaData, not %r" % (metadata,))
        if not isinstance(name, str):
            raise exc.ArgumentError("The first argument of Table is its name, a string, not %r" % (name,))
        schema = _schema_of(metadata, kw.get("schema"))
        keep, extend = kw.get("keep_existing", False), kw.get("extend_existing", False)
        if keep and extend:
            raise exc.ArgumentError("keep_existing= and extend_existing= exclude each other")
        existing = metadata.tables.get(table_key(name, schema))
        if "mustexist" in kw:
            util.warn_deprecated("mustexist= is the older name of must_exist=", "1.4")
        must_exist = kw.get("must_exist", kw.get("mustexist", False))
        if existing is None:
            if must_exist:
                raise exc.InvalidRequestError(
                    "The MetaData has no table %r, and must_exist=True" % table_key(name, schema)
                )
            return object.__new__(cls)
        if not keep and not extend and len(args) > 2:
            raise exc.InvalidRequestError(
                "The MetaData has a table %r already; use extend_existing=True to add to it, keep_existing=True to "
                "get it as it is" % table_key(name, schema)
            )
        return existing

    if TYPE_CHECKING:

        def with_cols(self, type_: Type[_Declared]) -> Table[_Declared]: ...

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: Table[_Declared], name: str, metadata: MetaData, columns: Type[_Declared], *args: Any, **kw: Any
        ) -> None: ...

        @overload
        def __init__(
            self: Table[ReadOnlyColumnCollection[str, Column[Any]]],
            name: str,
            metadata: MetaData,
            *args: Any,
            **kw: Any,
        ) -> None: ...

    def __init__(
        self,
        name: str,
        metadata: MetaData,
        *args: Any,
        schema: Any = None,
        quote: Optional[bool] = None,
        quote_schema: Optional[bool] = None,
        autoload_with: Any = None,
        autoload_replace: bool = True,
        keep_existing: bool = False,
        extend_existing: bool = False,
        resolve_fks: bool = True,
        include_columns: Any = None,
        implicit_returning: Any = NO_ARG,
        comment: Optional[str] = None,
        info: Optional[Dict[Any, Any]] = None,
        listeners: Any = None,
        prefixes: Optional[SequenceOf[str]] = None,
        must_exist: bool = False,
        _extend_on: Any = None,
        _is_view: bool = False,
        **kw: Any,
    ) -> None:
        reflection = (autoload_with, autoload_replace, include_columns, resolve_fks, _extend_on)
        kw.pop("mustexist", None)
        if "_token" in self.__dict__:
            if extend_existing:
                changes = {
                    "implicit_returning": implicit_returning,
                    "comment": comment,
                    "info": info,
                    "prefixes": prefixes,
                    "quote": quote,
                    "quote_schema": quote_schema,
                }
                self._extend(args, reflection, changes, kw)
            return
        super().__init__(quoted_name(name, quote))
        self._init_state(metadata, schema, quote_schema)
        self._is_view = _is_view
        if implicit_returning is not NO_ARG:
            self.implicit_returning = bool(implicit_returning)
        self.comment = comment
        self._prefixes = list(prefixes) if prefixes else []
        if info is not None:
            self.info = info
        for event_name, fn in listeners or ():
            event.listen(self, event_name, fn)
        dispatch = self.dispatch
        if dispatch is not None:
            dispatch.before_parent_attach(self, metadata)
        PrimaryKeyConstraint(_implied=True)._set_parent_with_dispatch(self)
        metadata._take_in(self)
        try:
            self._extra_kwargs(kw)
            if autoload_with is not None:
                self._autoload(*reflection)
            self._add_items(args, allow_replacements=extend_existing or keep_existing or autoload_with is not None)
        except BaseException:
            metadata.remove(self)
            raise
        if dispatch is not None:
            dispatch.after_parent_attach(self, metadata)

    def _init_state(self, metadata: MetaData, schema: Any, quote_schema: Optional[bool]) -> None:
        d = self.__dict__
        d["_token"] = object()
        d["metadata"] = metadata
        chosen = _schema_of(metadata, schema)
        if chosen is None:
            d["schema"] = None
        else:
            if quote_schema is None and schema is None:
                quote_schema = getattr(metadata.schema, "quote", None)
            d["schema"] = quoted_name(chosen, quote_schema)
        d["fullname"] = table_key(self.name, self.schema)
        d["indexes"] = set()
        d["constraints"] = set()
        d["foreign_keys"] = set()
        d["_needed_tables"] = set()
        d["_columns"] = DedupeColumnCollection()
        d["c"] = d["_columns"].as_readonly()

    # ------------------------------------------------------------ items

    def _add_items(self, items: Any, allow_replacements: bool) -> None:
        all_names = {column.name: column for column in self._columns}
        for position, item in enumerate(items):
            if item is None:
                continue
            if isinstance(item, type) and position == 0:
                if not issubclass(item, TypedColumns) or hasattr(item, "__table__"):
                    raise exc.InvalidRequestError(
                        "Table %r was given the class %r; one that declares columns derives from TypedColumns, and a "
                        "mapped class has its table: as_typed_table() returns it" % (self.name, item)
                    )
                for column in declared_columns(item):
                    column._set_parent_with_dispatch(
                        self, all_names=all_names, allow_replacements=allow_replacements
                    )
                continue
            attach = getattr(item, "_set_parent_with_dispatch", None)
            if attach is None or isinstance(item, type):
                raise exc.ArgumentError(
                    "Table %r takes columns, constraints and indexes; found %r" % (self.name, item)
                )
            if getattr(item, "_is_schema_column", False):
                attach(self, all_names=all_names, allow_replacements=allow_replacements)
            else:
                attach(self)

    def _autoload(
        self, autoload_with: Any, autoload_replace: bool, include_columns: Any, resolve_fks: bool, extend_on: Any
    ) -> None:
        inspector = inspection.inspect(autoload_with)
        inspector.reflect_table(
            self,
            include_columns,
            () if autoload_replace else [column.name for column in self.c],
            resolve_fks,
            _extend_on=extend_on,
        )

    def _extend(self, items: Any, reflection: Any, changes: Dict[str, Any], kw: Dict[str, Any]) -> None:
        if changes["quote"] is not None or changes["quote_schema"] is not None:
            raise exc.ArgumentError("The quoting of an existing table cannot be changed")
        if changes["implicit_returning"] is not NO_ARG:
            self.implicit_returning = bool(changes["implicit_returning"])
        if changes["comment"] is not None:
            self.comment = changes["comment"]
        if changes["info"] is not None:
            self.info = changes["info"]
        if changes["prefixes"] is not None:
            self._prefixes = list(changes["prefixes"])
        include_columns = reflection[2]
        if include_columns is not None:
            for column in list(self.c):
                if column.name not in include_columns:
                    self._columns.remove(column)
        self._extra_kwargs(kw)
        if reflection[0] is not None:
            self._autoload(*reflection)
        self._add_items(items, allow_replacements=True)

    def _extra_kwargs(self, kw: Dict[str, Any]) -> None:
        if kw:
            self._take_dialect_kwargs(kw)

    # ------------------------------------------------------------ what it is

    @property
    def key(self) -> str:
        """The key in ``MetaData.tables``."""
        return table_key(self.name, self.schema)

    @property
    def is_view(self) -> bool:
        """Whether the table stands for a view."""
        return self._is_view

    @property
    def foreign_key_constraints(self) -> Set[ForeignKeyConstraint]:
        """The ForeignKeyConstraint objects of the table."""
        return {fk.constraint for fk in self.foreign_keys}

    @property
    def _autoincrement_column(self) -> Any:
        return self.primary_key._autoincrement_column

    @property
    def autoincrement_column(self) -> Optional[Column[int]]:
        """The column whose values the database counts up, or None."""
        column: Optional[Column[int]] = self._autoincrement_column
        return column

    @property
    def sentinel_columns(self) -> Tuple[Any, ...]:
        """The columns declared as insert sentinels."""
        return tuple([column for column in self.c if column._is_sentinel])

    @property
    def _constraints_in_order(self) -> List[Any]:
        """The constraints in order of their making."""
        return sorted(self.constraints, key=lambda constraint: constraint._creation_order)

    @property
    def _selected_items(self) -> Iterable[Any]:
        hidden = [column for column in self.c if column._hidden]
        return self.c if not hidden else [column for column in self.c if not column._hidden]

    def _flat(self, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        out.append(self._token)

    def _init_items(self, *args: Any, **kw: Any) -> None:
        self._add_items(args, allow_replacements=kw.get("allow_replacements", True))

    def get_children(self, *, omit_attrs: Any = (), **kw: Any) -> Any:
        """Nothing: columns are reached where statements name them. For schema visitors the items of the table."""
        if kw.get("schema_visitor"):
            return list(self.c) + self._constraints_in_order + list(self.indexes)
        return ()

    def __repr__(self) -> str:
        shown = [repr(str(self.name)), repr(self.metadata)]
        shown.extend(repr(column) for column in self.c)
        shown.append("schema=%s" % (None if self.schema is None else repr(str(self.schema))))
        return "Table(%s)" % ", ".join(shown)

    def __str__(self) -> str:
        return table_key(self.description, self.schema)

    # ------------------------------------------------------------ changes

    def add_is_dependent_on(self, table: Any) -> None:
        """Say that ``table`` must be created before this one, though no foreign key says so."""
        self._needed_tables.add(table)  # type: ignore[attr-defined]

    def append_column(self, column: Any, *, replace_existing: bool = False) -> None:
        """Add a column at the end; no ALTER is issued.

        :param column: the column.
        :param replace_existing: whether it may take the place of one with its name or key.
        """
        column = _as_column(column)
        column._set_parent_with_dispatch(self, allow_replacements=replace_existing, all_names=self._names())

    def insert_column(self, column: Any, index: int, *, replace_existing: bool = False) -> None:
        """Add a column before position ``index``; no ALTER is issued.

        :param column: the column.
        :param index: the position.
        :param replace_existing: whether it may take the place of one with its name or key.
        """
        column = _as_column(column)
        column._set_parent_with_dispatch(
            self, allow_replacements=replace_existing, all_names=self._names(), index=index
        )

    def replace_column(self, old: Any, new: Any) -> None:
        """Put a column in the place of another one.

        :param old: the column of this table that goes.
        :param new: the column that comes.
        """
        positions = [index for index, column in enumerate(self.c) if column is old]
        if not positions:
            raise exc.ArgumentError("Table %r does not have the column %r that is to be replaced" % (self.name, old))
        if old.primary_key:
            self.primary_key._columns.remove(old)
        self._columns.remove(old)
        for fk in old.foreign_keys:
            self.foreign_keys.discard(fk)
            self.constraints.discard(fk.constraint)
        new._set_parent_with_dispatch(self, allow_replacements=True, index=positions[0])

    def _names(self) -> Dict[str, Any]:
        return {column.name: column for column in self._columns}

    def append_constraint(self, constraint: Any) -> None:
        """Add a constraint or index; no ALTER is issued."""
        constraint._set_parent_with_dispatch(self)

    def set_creator_ddl(self, ddl: Any) -> None:
        """Create the table by ``ddl`` instead of CREATE TABLE."""
        self._creator_ddl = ddl

    def set_dropper_ddl(self, ddl: Any) -> None:
        """Drop the table by ``ddl`` instead of DROP TABLE."""
        self._dropper_ddl = ddl

    # ------------------------------------------------------------ CREATE and DROP

    def create(self, bind: Any, checkfirst: Any = False) -> None:
        """Issue CREATE TABLE and what belongs to it.

        :param bind: an engine or connection.
        :param checkfirst: whether to look first if it exists.
        """
        self.metadata._wake()
        slots.schema_create_all(bind, self, checkfirst=checkfirst)

    def drop(self, bind: Any, checkfirst: Any = False) -> None:
        """Issue DROP TABLE and what belongs to it.

        :param bind: an engine or connection.
        :param checkfirst: whether to look first if it exists.
        """
        self.metadata._wake()
        slots.schema_drop_all(bind, self, checkfirst=checkfirst)

    # ------------------------------------------------------------ copies, pickles

    def to_metadata(
        self,
        metadata: MetaData,
        schema: Any = RETAIN_SCHEMA,
        referred_schema_fn: Optional[Callable[..., Any]] = None,
        name: Optional[str] = None,
    ) -> Table:
        """A copy of this table in another MetaData; a warning and the table there when it has one already.

        :param metadata: the MetaData.
        :param schema: the schema of the copy; RETAIN_SCHEMA for that of this table, None for that of the MetaData.
        :param referred_schema_fn: called with ``(table, schema, constraint, referred_schema)``, returns the schema that
            a foreign key of the copy refers to.
        :param name: what the copy is called, by default as this table.
        """
        if not hasattr(metadata, "tables"):
            raise exc.ArgumentError("to_metadata() takes a MetaData and got %r" % (metadata,))
        name = self.name if name is None else name
        if schema is RETAIN_SCHEMA:
            chosen = self.schema
        elif schema is None:
            chosen = metadata.schema
        elif schema is BLANK_SCHEMA:
            chosen = None
        else:
            chosen = schema
        key = table_key(name, chosen)
        if key in metadata.tables:
            util.warn("The MetaData has a table %r already; it was not copied" % key)
            return metadata.tables[key]
        columns = [column._copy(schema=chosen, metadata=metadata) for column in self.c]
        made = Table(
            name,
            metadata,
            *columns,
            schema=BLANK_SCHEMA if chosen is None else chosen,
            comment=self.comment,
            implicit_returning=self.implicit_returning,
            prefixes=list(self._prefixes),
            _is_view=self._is_view,
            **self.dialect_kwargs,
        )
        for constraint in self._constraints_in_order:
            self._copy_constraint(constraint, made, chosen, referred_schema_fn)
        for index in sorted(self.indexes, key=lambda item: item._creation_order):
            if not index._column_flag:
                index._copy_to(made)
        if self._creator_ddl is not None:
            made._creator_ddl = self._creator_ddl.to_metadata(metadata, made)
        if self._dropper_ddl is not None:
            made._dropper_ddl = self._dropper_ddl.to_metadata(metadata, made)
        return self._endow(made)

    def _copy_constraint(self, constraint: Any, made: Table, schema: Any, referred_schema_fn: Any) -> None:
        if isinstance(constraint, ForeignKeyConstraint):
            referred = constraint._referred_schema
            if referred_schema_fn is not None:
                target = referred_schema_fn(self, schema, constraint, referred)
            elif referred == self.schema and referred != schema:
                target = BLANK_SCHEMA if schema is None else schema
            else:
                target = None
            made.append_constraint(constraint._copy(schema=target, target_table=made))
        elif not constraint._type_bound:
            if constraint._column_flag and isinstance(constraint, UniqueConstraint):
                return
            made.append_constraint(constraint._copy(schema=schema, target_table=made))

    @util.deprecated("1.4", "Table.tometadata() is called Table.to_metadata() now")
    def tometadata(
        self,
        metadata: MetaData,
        schema: Any = RETAIN_SCHEMA,
        referred_schema_fn: Optional[Callable[..., Any]] = None,
        name: Optional[str] = None,
    ) -> Table:
        """The older name of ``to_metadata()``."""
        return self.to_metadata(metadata, schema=schema, referred_schema_fn=referred_schema_fn, name=name)

    def __getstate__(self) -> Dict[str, Any]:
        state = super().__getstate__()
        state.pop("_attach_hooks", None)
        state.pop("c", None)
        return state

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__dict__["c"] = self._columns.as_readonly()

    def _wake(self) -> None:
        """After unpickling, let types hear again of the table being created and dropped."""
        for column in self.c:
            for typ in [column.type] + list(column.type._variant_mapping.values()):
                if isinstance(typ, SchemaType):
                    typ._listen(self, "table", typ._variants_of(column))


def _schema_of(metadata: MetaData, schema: Any) -> Optional[str]:
    if schema is None:
        return metadata.schema
    return None if schema is BLANK_SCHEMA else schema


def _as_column(column: Any) -> Any:
    column = unwrapped(column)
    if not getattr(column, "_is_schema_column", False):
        raise exc.ArgumentError("A Table is made of Column objects, not of %r" % (column,))
    return column


MetaData._table_class = Table
