"""Column: what a table is made of; its copies, and how it is attached.

Columns by name only, as ``column()`` makes them, live in ``sql.elements.columns``.
"""

from __future__ import annotations

from typing import Any
from typing import Callable
from typing import Dict
from typing import List
from typing import Optional
from typing import Tuple
from typing import TYPE_CHECKING
from typing import TypeVar

from .base import NULL_UNSPECIFIED
from .base import SchemaItem
from .constraints import Index
from .constraints import UniqueConstraint
from .defaults import ColumnDefault
from .defaults import DefaultClause
from .defaults import DefaultGenerator
from .defaults import FetchedValue
from .defaults import InsertSentinelDefault
from .defaults import NULLABLE_BY_DEFAULT
from ..base import DialectKWArgs
from ..base import SchemaEventTarget
from ..elements import ColumnClause
from ..names import quoted_name
from ..sqltypes.basic import Integer
from ..sqltypes.basic import NULLTYPE
from ..type_api.engine import to_instance
from ... import exc
from ... import util

if TYPE_CHECKING:
    from typing import Generic
    from typing import Set
    from typing import Type
    from typing import Union

    from typing_extensions import Literal
    from typing_extensions import overload

    from ..type_api import TypeEngine
    from .defaults import Computed
    from .defaults import Identity
    from .foreign_key import ForeignKey
    from .table import Table

__all__ = (
    "Column",
    "Named",
    "insert_sentinel",
)

_T = TypeVar("_T")

if TYPE_CHECKING:
    _TypeOf = Union[TypeEngine[_T], Type[TypeEngine[_T]]]
_NO_DEFAULT: Any = util.symbol("NO_DEFAULT")
_NO_KEYS: Any = frozenset()
_UNLESS_SAID = {
    "primary_key": False,
    "autoincrement": "auto",
    "system": False,
    "index": None,
    "unique": None,
    "doc": None,
    "comment": None,
}
"""Plain attributes, each with the value that stands for "nothing was said"."""


class _Declared:
    """What ``Named[X]`` and ``Column[X]`` are at run time: a class and its argument, as annotations are read."""

    def __init__(self, origin: type, item: Any) -> None:
        self.__origin__ = origin
        self.__args__ = item if isinstance(item, tuple) else (item,)

    def __mro_entries__(self, bases: Any) -> Any:
        return (self.__origin__,)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, _Declared) and (self.__origin__, self.__args__) == (other.__origin__, other.__args__)

    def __hash__(self) -> int:
        return hash((self.__origin__, self.__args__))

    def __repr__(self) -> str:
        return "%s[%r]" % (self.__origin__.__name__, self.__args__[0])

    def __call__(self, *arg: Any, **kw: Any) -> Any:
        return self.__origin__(*arg, **kw)


if TYPE_CHECKING:

    class Named(Generic[_T]):
        """In the annotations of a TypedColumns class, ``Named[int]`` says that there is a column of that type."""

        key: str

        def __get__(self, instance: Any, owner: Any) -> Column[_T]: ...

    class _Named:
        pass

else:

    class Named:
        """In the annotations of a TypedColumns class, ``Named[int]`` says that there is a column of that type."""

        key: str

        def __class_getitem__(cls, item: Any) -> Any:
            return _Declared(cls, item)

    _Named = Named


class Column(DialectKWArgs, SchemaItem, ColumnClause[_T], _Named):  # type: ignore[misc]
    """A column of a table.

    :param name_pos: the name; it may be left out when it is given elsewhere.
    :param type_pos: the type; without one, a column with a foreign key takes over that of the column referred to.
    :param args: foreign keys, constraints, sequences, Identity, Computed.
    :param name: the name, by keyword.
    :param type_: the type, by keyword.
    :param autoincrement: ``"auto"``, True, False or ``"ignore_fk"``: whether the database counts the values up.
    :param default: value, function or SQL expression for INSERTs that give no value.
    :param insert_default: another name of ``default``.
    :param doc: a text for the documentation of the program.
    :param key: the name in ``Table.c``, when it is another one.
    :param index: whether to make an index.
    :param unique: whether to make a unique constraint, or with ``index`` a unique index.
    :param info: notes of the user.
    :param nullable: whether NULL is allowed; by default unless the column is a primary key.
    :param onupdate: value, function or SQL expression for UPDATEs that give no value.
    :param primary_key: whether the column is part of the primary key.
    :param server_default: the DEFAULT in DDL.
    :param server_onupdate: says that the database sets a new value on UPDATE.
    :param quote: whether the name is quoted.
    :param system: whether the database makes the column, so that CREATE TABLE leaves it out.
    :param comment: the comment of the column.
    :param insert_sentinel: whether the column may serve to find inserted rows again.
    """

    __visit_name__ = "column"
    inherit_cache = True
    _is_schema_column = True

    def __class_getitem__(cls, item: Any) -> Any:
        return _Declared(cls, item)

    _NULLABLE_BY_DEFAULT = NULLABLE_BY_DEFAULT

    table: Table = None  # type: ignore[assignment]  # until the column is in one
    primary_key: bool = False
    nullable: Optional[bool] = True
    _user_defined_nullable: Any = NULLABLE_BY_DEFAULT
    index: Optional[bool] = None
    unique: Optional[bool] = None
    system = False
    doc: Optional[str] = None
    autoincrement: Union[bool, Literal["auto", "ignore_fk"]] = "auto"
    comment: Optional[str] = None
    computed: Optional[Computed] = None
    identity: Optional[Identity] = None
    default: Optional[DefaultGenerator] = None
    onupdate: Optional[DefaultGenerator] = None
    server_default: Optional[FetchedValue] = None
    server_onupdate: Optional[FetchedValue] = None
    foreign_keys: Set[ForeignKey] = _NO_KEYS
    constraints: Any = _NO_KEYS
    _is_sentinel = False
    _hidden = False
    _token: Any = None
    _creation_order: int = 0

    if TYPE_CHECKING:

        @overload
        def __init__(self, name_pos: str, type_pos: _TypeOf[_T], *args: Any, **kw: Any) -> None: ...

        @overload
        def __init__(self, name_pos: _TypeOf[_T], *args: Any, **kw: Any) -> None: ...

        @overload
        def __init__(self: Column[Any], *args: Any, **kw: Any) -> None: ...

    def __init__(
        self,
        name_pos: Any = None,
        type_pos: Any = None,
        *args: Any,
        name: Optional[str] = None,
        type_: Any = None,
        autoincrement: Any = "auto",
        default: Any = _NO_DEFAULT,
        insert_default: Any = _NO_DEFAULT,
        doc: Optional[str] = None,
        key: Optional[str] = None,
        index: Optional[bool] = None,
        unique: Optional[bool] = None,
        info: Optional[Dict[Any, Any]] = None,
        nullable: Any = NULLABLE_BY_DEFAULT,
        onupdate: Any = None,
        primary_key: bool = False,
        server_default: Any = None,
        server_onupdate: Any = None,
        quote: Optional[bool] = None,
        system: bool = False,
        comment: Optional[str] = None,
        insert_sentinel: bool = False,
        _hidden: bool = False,
        **dialect_kwargs: Any,
    ) -> None:
        name, type_, items = _positional(name_pos, type_pos, args, name, type_)
        if name is not None:
            name = quoted_name(name, quote)
        elif quote is not None:
            raise exc.ArgumentError("A Column without a name takes no quote=")
        d = self.__dict__
        d["name"] = name
        d["key"] = name if key is None else key
        d["type"] = NULLTYPE if type_ is None else to_instance(type_)
        d["_token"] = object()
        d["foreign_keys"] = set()
        d["constraints"] = set()
        d["primary_key"] = primary_key
        d["autoincrement"] = autoincrement
        self._set_nullable(nullable, primary_key)
        for attribute, value in (
            ("index", index),
            ("unique", unique),
            ("doc", doc),
            ("comment", comment),
        ):
            if value is not None:
                d[attribute] = value
        if system:
            d["system"] = system
        if insert_sentinel:
            d["_is_sentinel"] = True
        if _hidden:
            d["_hidden"] = True
        if info is not None:
            self.info = info
        util.set_creation_order(self)
        self._attach_type()
        self._init_defaults(_one_default(default, insert_default), onupdate, server_default, server_onupdate)
        self._init_items(*items)
        if dialect_kwargs:
            self._take_dialect_kwargs(dialect_kwargs)

    def _set_nullable(self, nullable: Any, primary_key: bool) -> None:
        d = self.__dict__
        if nullable is NULL_UNSPECIFIED:
            d["_user_defined_nullable"] = nullable
            d["nullable"] = not primary_key
        elif nullable is NULLABLE_BY_DEFAULT:
            d["nullable"] = not primary_key
        else:
            d["_user_defined_nullable"] = d["nullable"] = nullable

    def _init_defaults(self, default: Any, onupdate: Any, server_default: Any, server_onupdate: Any) -> None:
        if default is not _NO_DEFAULT and default is not None:
            if not isinstance(default, DefaultGenerator):
                default = ColumnDefault(default)
            default._set_parent_with_dispatch(self)
        if onupdate is not None:
            if not isinstance(onupdate, DefaultGenerator):
                onupdate = ColumnDefault(onupdate, for_update=True)
            onupdate._set_parent_with_dispatch(self, for_update=True)
        if server_default is not None:
            if not isinstance(server_default, FetchedValue):
                server_default = DefaultClause(server_default)
            server_default._serving(False)._set_parent_with_dispatch(self)
        if server_onupdate is not None:
            if not isinstance(server_onupdate, FetchedValue):
                server_onupdate = DefaultClause(server_onupdate, for_update=True)
            server_onupdate._serving(True)._set_parent_with_dispatch(self)

    def _attach_type(self) -> None:
        """Let types that bring schema objects know their column."""
        typ = self.type
        if isinstance(typ, SchemaEventTarget):
            typ._set_parent_with_dispatch(self)
        for variant in typ._variant_mapping.values():
            if isinstance(variant, SchemaEventTarget):
                variant._set_parent_with_dispatch(self)

    # ------------------------------------------------------------ what it is

    @property
    def insert_sentinel(self) -> bool:
        """Whether the column may serve to find inserted rows again."""
        return self._is_sentinel

    @property
    def omit_from_statements(self) -> bool:
        """Whether SELECT and INSERT leave the column out unless it is named."""
        return self._hidden

    def __str__(self) -> str:
        if self.name is None:
            return "(no name)"
        if self.table is not None:
            if self.table.named_with_column:
                return "%s.%s" % (self.table.description, self.description)
            return self.description
        return self.description

    def __repr__(self) -> str:
        shown: List[str] = [repr(None if self.name is None else str(self.name)), repr(self.type)]
        shown.extend(repr(fk) for fk in self.foreign_keys)
        shown.extend(repr(constraint) for constraint in self.constraints)
        shown.append("table=<%s>" % self.table.description if self.table is not None else "table=None")
        if self.key != self.name:
            shown.append("key=%r" % (self.key,))
        if self.primary_key:
            shown.append("primary_key=True")
        if not self.nullable:
            shown.append("nullable=False")
        for attribute in ("onupdate", "default", "server_default", "comment"):
            value = getattr(self, attribute)
            if value is not None:
                shown.append("%s=%r" % (attribute, value))
        return "Column(%s)" % ", ".join(shown)

    def _flat(self, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        token = self._token
        if token is None:
            ColumnClause._flat(self, out, binds, seen)
        else:
            out.append(token)

    def _compare_to(self, other: Any, comparison: Any) -> Any:
        answer = super()._compare_to(other, comparison)
        if answer is False and getattr(other, "_is_schema_column", False):
            if self._token is None and other._token is None:
                # columns of aliases and subqueries, which are made anew with them
                return comparison.fields(self, other)
            # the same column of the same table, once pickled or copied with its MetaData
            mine, theirs = getattr(self.table, "key", None), getattr(other.table, "key", None)
            return mine is not None and mine == theirs and self.name == other.name
        return answer

    def references(self, column: Any) -> bool:
        """Whether a foreign key of this column refers to ``column``."""
        for fk in self.foreign_keys:
            if fk.column.proxy_set.intersection(column.proxy_set):
                return True
        return False

    def append_foreign_key(self, fk: Any) -> None:
        """Add a foreign key."""
        fk._set_parent_with_dispatch(self)

    def set_type(self, type_: Any) -> None:
        """Change the type; columns without type that refer to this one follow."""
        self.type = to_instance(type_)
        self.__dict__.pop("comparator", None)
        self._attach_type()
        for follower in self.__dict__.pop("_type_followers", ()):
            if follower.type._isnull:
                follower.set_type(self.type)

    # ------------------------------------------------------------ attaching

    def _on_table_attach(self, fn: Callable[[Any, Any], Any]) -> None:
        """Call ``fn(column, table)`` once the column has its table, which may be now."""
        if getattr(self.table, "metadata", None) is not None:
            fn(self, self.table)
        else:
            self.on_attach(fn)

    def _set_parent(
        self,
        parent: Any,
        *,
        all_names: Optional[Dict[str, Any]] = None,
        allow_replacements: bool = True,
        index: Optional[int] = None,
        **kw: Any,
    ) -> None:
        table: Table = parent
        if not self.name:
            raise exc.ArgumentError(
                "A Column needs a name before it is added to table %r; give it one, or set .name" % table.description
            )
        if self.key is None:
            self.key = self.name
        existing = self.table
        if existing is not None and existing is not table:
            raise exc.ArgumentError(
                "Column %r belongs to table %r; give table %r a column of its own, for instance by .clone()"
                % (self.key, existing.description, table.description)
            )
        replaced = self._displaced(table, all_names, allow_replacements)
        if index is not None and replaced:
            index = _index_without(list(table._columns), replaced, index)
        if self._is_sentinel:
            for other in table.sentinel_columns:
                if other is not self and other not in replaced:
                    raise exc.ArgumentError(
                        "Table %r has a sentinel column, %r; it cannot have %r as well"
                        % (table.description, other.name, self.name)
                    )
        table._columns.replace(self, extra_remove=replaced, index=index)
        if all_names is not None:
            all_names[self.name] = self
        self.table = table
        if self.primary_key:
            table.primary_key._replace(self)
        elif table.primary_key._columns.get(self.key) is not None:
            raise exc.ArgumentError(
                "Column %r of table %r is part of the primary key; its replacement must have primary_key=True"
                % (self.key, table.description)
            )
        self._bring_index(table)
        if self.identity is not None and (
            getattr(self.default, "is_sequence", False) or getattr(self.onupdate, "is_sequence", False)
        ):
            raise exc.ArgumentError("Column %r has an Identity; it takes no Sequence as well" % self.name)

    def _displaced(self, table: Any, all_names: Optional[Dict[str, Any]], allow_replacements: bool) -> List[Any]:
        """The columns of ``table`` that this one takes the place of."""
        displaced: List[Any] = []
        by_key = table._columns.get(self.key)
        by_name = None
        if all_names is not None:
            by_name = all_names.get(self.name)
        else:
            for column in table._columns:
                if column.name == self.name:
                    by_name = column
        for found, what in ((by_name, "name"), (by_key, "key")):
            if found is None or found is self:
                continue
            if not allow_replacements:
                raise exc.DuplicateColumnError(
                    "Table %r has a column with %s %r already; append_column() and insert_column() put the new one in "
                    "its place when given replace_existing=True"
                    % (table.description, what, str(getattr(self, what)))
                )
            displaced.append(found)
        for found in displaced:
            if found.key != found.name and self.key == self.name:
                util.warn(
                    "Column %r, known by the key %r, is replaced by a column without a key of its own; the key %r is "
                    "gone" % (found.name, found.key, found.key)
                )
            for fk in found.foreign_keys:
                table.foreign_keys.discard(fk)
                if fk.constraint in table.constraints:
                    # a key of several columns loses its constraint as a whole
                    table.constraints.discard(fk.constraint)
        return displaced

    def _bring_index(self, table: Any) -> None:
        for attribute, what in (("index", "an Index"), ("unique", "a UniqueConstraint or Index")):
            if isinstance(getattr(self, attribute), str):
                raise exc.ArgumentError(
                    "%s= of Column %r is True or False; for one with a name of its own make %s beside the column"
                    % (attribute, self.name, what)
                )
        if self.index:
            Index(None, self.key, unique=bool(self.unique), _table=table, _column_flag=True)
        elif self.unique:
            UniqueConstraint(self.key, _column_flag=True)._set_parent_with_dispatch(table)

    def _attached(self, table: Any) -> None:
        """Let foreign keys that wait for this column find it."""
        waiting = getattr(getattr(table, "metadata", None), "_waiting_keys", None)
        if not waiting:
            return
        for name, by_name in ((self.key, False), (self.name, True)):
            for fk in list(waiting.get((table.key, name), ())):
                if bool(fk.link_to_name) is by_name:
                    fk._target_found(self)

    def _set_parent_with_dispatch(self, parent: Any, **kw: Any) -> None:
        super()._set_parent_with_dispatch(parent, **kw)
        self._attached(parent)

    # ------------------------------------------------------------ copies

    @util.deprecated("1.4", "copy() is deprecated; use Column.clone() or Table.to_metadata()")
    def copy(self, **kw: Any) -> Column[_T]:
        """A copy without table; use ``clone()`` instead."""
        return self._copy(**kw)

    def clone(self, **overrides: Any) -> Column[_T]:
        """A copy without table, with some attributes changed.

        :param overrides: attributes by name; ``type`` and ``name`` among them.
        """
        made = self._copy()
        if "name" in overrides:
            renamed = overrides.pop("name")
            if made.key == made.name and "key" not in overrides:
                made.key = renamed
            made.name = renamed
        for attribute, value in overrides.items():
            if attribute in ("type", "type_"):
                made.set_type(value)
            else:
                setattr(made, attribute, value)
        return made

    def _copy(self, **kw: Any) -> Column[_T]:
        items: List[Any] = [c._copy(**kw) for c in self.constraints if not c._type_bound]
        items += [fk._copy(**kw) for fk in self.foreign_keys if not fk.constraint]
        server_default, server_onupdate = self.server_default, self.server_onupdate
        if self.computed is not None:
            server_default = server_onupdate = None
            items.append(self.computed._copy(**kw))
        if self.identity is not None:
            server_default = None
            items.append(self.identity._copy(**kw))
        typ = self.type
        if isinstance(typ, SchemaEventTarget):
            typ = typ.copy(**kw)
        made = self._copy_constructor()(
            name=self.name,
            key=self.key,
            type_=typ,
            default=_copied(self.default),
            onupdate=_copied(self.onupdate),
            server_default=_copied(server_default),
            server_onupdate=_copied(server_onupdate),
            insert_sentinel=self._is_sentinel,
            _hidden=self._hidden,
            **{attribute: getattr(self, attribute) for attribute in _UNLESS_SAID},
            **self.dialect_kwargs,
        )
        made._init_items(*items)
        made.nullable = self.nullable
        made._user_defined_nullable = self._user_defined_nullable
        return self._endow(made)

    def merge_into(self, other: Column[Any]) -> None:
        """Give ``other`` what this column has and ``other`` does not say itself.

        Columns found in ``Annotated`` are templates: what the column in the class says wins over them.
        """
        for attribute, unsaid in _UNLESS_SAID.items():
            value = getattr(self, attribute)
            if value != unsaid and getattr(other, attribute) == unsaid:
                setattr(other, attribute, value)
        if "info" in self.__dict__:
            other.info.update(self.info)
        typ = self.type
        if not typ._isnull and other.type._isnull:
            if isinstance(typ, SchemaEventTarget):
                typ = typ.copy()
            other.set_type(typ)
        given = self._user_defined_nullable
        if given is not NULLABLE_BY_DEFAULT and other._user_defined_nullable is NULLABLE_BY_DEFAULT:
            other._user_defined_nullable = other.nullable = given
        self._merge_defaults(other)
        if self.dialect_kwargs:
            for key, value in self.dialect_kwargs.items():
                if key not in other.dialect_kwargs:
                    other._take_dialect_kwargs({key: value})
        for constraint in self.constraints:
            if not constraint._type_bound:
                constraint._copy()._set_parent_with_dispatch(other)
        for fk in self.foreign_keys:
            if not fk.constraint:
                fk._copy()._set_parent_with_dispatch(other)

    _merge = merge_into

    def _merge_defaults(self, other: Column[Any]) -> None:
        if self.computed is not None:
            if other.computed is None and other.server_default is None:
                self.computed._copy()._set_parent_with_dispatch(other)
        elif self.identity is not None:
            if other.identity is None and other.server_default is None:
                self.identity._copy()._set_parent_with_dispatch(other)
        else:
            for attribute in ("server_default", "server_onupdate"):
                value = getattr(self, attribute)
                if value is not None and getattr(other, attribute) is None:
                    _copied(value)._serving(attribute == "server_onupdate")._set_parent_with_dispatch(other)
        for attribute in ("default", "onupdate"):
            value = getattr(self, attribute)
            if value is not None and getattr(other, attribute) is None:
                _copied(value)._set_parent_with_dispatch(other, for_update=attribute == "onupdate")

    def _copy_constructor(self) -> Any:
        cls = type(self)
        return getattr(cls, "annotated_of", cls)

    @property
    def _constructor(self) -> Any:
        return self._copy_constructor()

    def _make_proxy(
        self,
        selectable: Any,
        *,
        primary_key: Any,
        foreign_keys: Any,
        name: Optional[str] = None,
        key: Optional[str] = None,
        name_is_truncatable: bool = False,
        compound_select_cols: Any = None,
        **kw: Any,
    ) -> Tuple[Any, Any]:
        """``(key, column)``: the column by which ``selectable`` offers this one, foreign keys included."""
        if name is None and self.name is None:
            raise exc.InvalidRequestError(
                "A Column without a name cannot be selected from; give it its name first"
            )
        if key is None:
            key = self.key if name is None else name
        cls = self.__class__
        made = object.__new__(cls if cls is Column else self._copy_constructor())
        made.name = self.name if name is None else name
        made.key = key
        made.type = self.type
        made.table = selectable
        made.primary_key = self.primary_key
        made.nullable = self.nullable
        made._proxies = tuple(compound_select_cols) if compound_select_cols else (self,)
        if selectable.entity_mark is not None:
            made.entity_mark = selectable.entity_mark
        if self.foreign_keys:
            made.foreign_keys = own_keys = {fk.proxied_by(made) for fk in self.foreign_keys}
            if foreign_keys is not None:
                foreign_keys.update(own_keys)
        if self.primary_key and primary_key is not None:
            primary_key.add(made)
        mark = self.entity_mark
        if mark is not None:
            made.entity_mark = mark
        return key, made

    def __getstate__(self) -> Dict[str, Any]:
        state = super().__getstate__()
        hooks = state.pop("_attach_hooks", None)
        if hooks:
            kept = [hook for hook in hooks if getattr(hook[1], "__self__", None) is not None]
            if kept and self.table is None:
                state["_attach_hooks"] = kept
        return state


def _index_without(columns: List[Any], removed: List[Any], index: int) -> int:
    """The position that ``index`` is once some columns are gone."""
    if index < 0:
        index = max(0, len(columns) + index)
    before = [column for column in columns[:index] if any(column is gone for gone in removed)]
    return index - len(before)


def _positional(name_pos: Any, type_pos: Any, args: Any, name: Any, type_: Any) -> Tuple[Any, Any, List[Any]]:
    """Name, type and items from the arguments, of which the first two may be missing."""
    given = [arg for arg in (name_pos, type_pos) if arg is not None] + list(args)
    if given and isinstance(given[0], str):
        if name is not None:
            raise exc.ArgumentError("A Column is given its name twice: %r and name=%r" % (given[0], name))
        name = given.pop(0)
    if given and hasattr(given[0], "_sqla_type"):
        if type_ is not None:
            raise exc.ArgumentError("A Column is given its type twice: %r and type_=%r" % (given[0], type_))
        type_ = given.pop(0)
    return name, type_, given


def _one_default(default: Any, insert_default: Any) -> Any:
    if insert_default is _NO_DEFAULT:
        return default
    if default is not _NO_DEFAULT:
        raise exc.ArgumentError("default= and insert_default= of a Column are the same; give one of them")
    return insert_default


def _copied(default: Any) -> Any:
    """A default for a copied column: what remembers its column is copied too."""
    if default is None:
        return None
    return default._copy() if isinstance(default, (DefaultGenerator, FetchedValue)) else default


def insert_sentinel(
    name: Optional[str] = None,
    type_: Any = None,
    *,
    default: Any = None,
    omit_from_statements: bool = True,
) -> Column[Any]:
    """A column that serves to find inserted rows again; statements leave it out unless they name it.

    :param name: the name.
    :param type_: the type, by default Integer; another one needs a default.
    :param default: what makes the values; by default each INSERT numbers its own rows.
    :param omit_from_statements: whether SELECT and INSERT leave the column out.
    """
    return Column(
        name=name,
        type_=Integer if type_ is None else type_,
        default=InsertSentinelDefault() if default is None else default,
        _hidden=omit_from_statements,
        insert_sentinel=True,
    )
