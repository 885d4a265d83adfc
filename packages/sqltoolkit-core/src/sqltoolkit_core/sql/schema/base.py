"""What all schema objects share: attaching to a parent, ``info``, conditions of their DDL, names by convention.

Dialect keyword arguments live in ``sql.base``; DDL statements in ``sql.ddl``.
"""

from __future__ import annotations

from enum import Enum
from typing import Any
from typing import Callable
from typing import Dict
from typing import List
from typing import NamedTuple
from typing import Optional
from typing import Tuple
from typing import TYPE_CHECKING
from typing import TypeVar

from ..annotation import deep_deannotate
from ..base import SchemaEventTarget
from ..names import quoted_name
from ..visitors import ExternalTraversal
from ..visitors import iterate
from ..visitors import Visitable
from ... import exc
from ... import util
from ...inspection import self_inspecting

if TYPE_CHECKING:
    from .table import Table

__all__ = [
    "BLANK_SCHEMA",
    "DEFAULT_NAMING_CONVENTION",
    "DDLCondition",
    "HasConditionalDDL",
    "HasSchemaAttr",
    "NULL_UNSPECIFIED",
    "RETAIN_SCHEMA",
    "SchemaConst",
    "SchemaItem",
    "SchemaVisitable",
    "SchemaVisitor",
    "conv",
    "name_for",
    "table_key",
    "NotYet",
    "unwrapped",
    "without_marks",
    "same_table",
]

_SELF = TypeVar("_SELF")


class SchemaConst(Enum):
    """Constants with a meaning of their own among arguments that may also be None."""

    RETAIN_SCHEMA = 1
    """Keep the schema the table has."""
    BLANK_SCHEMA = 2
    """No schema, whatever the MetaData says."""
    NULL_UNSPECIFIED = 3
    """Say nothing about NULL, so that the database decides."""


RETAIN_SCHEMA = SchemaConst.RETAIN_SCHEMA
BLANK_SCHEMA = SchemaConst.BLANK_SCHEMA
NULL_UNSPECIFIED = SchemaConst.NULL_UNSPECIFIED


def table_key(name: str, schema: Optional[str]) -> str:
    """The key of a table in ``MetaData.tables``."""
    return name if schema is None else "%s.%s" % (schema, name)


class SchemaVisitor(ExternalTraversal):
    """Base of visitors of schema objects."""

    __traverse_options__: Dict[str, Any] = {"schema_visitor": True}


class SchemaVisitable(SchemaEventTarget, Visitable):
    """Base of schema objects that a SchemaVisitor can visit."""

    def get_children(self, *, omit_attrs: Tuple[str, ...] = (), **kw: Any) -> Any:
        """The schema objects below this one."""
        return ()


@self_inspecting
class SchemaItem(SchemaVisitable):
    """Base of the objects that make up a database schema."""

    __visit_name__ = "schema_item"
    create_drop_stringify_dialect = "default"
    _translatable = True

    def _init_items(self, *args: Any, **kw: Any) -> None:
        """Attach each item to this one."""
        for item in args:
            if item is None:
                continue
            attach = getattr(item, "_set_parent_with_dispatch", None)
            if attach is None or isinstance(item, type):
                raise exc.ArgumentError(
                    "Expected a schema item, such as a Column or Constraint, found %r" % (item,)
                )
            attach(self, **kw)

    def __repr__(self) -> str:
        return util.generic_repr(self, omit_kwarg=["info"])

    @util.memoized_property
    def info(self) -> Dict[Any, Any]:
        """A dictionary for the user's own notes."""
        return {}

    def on_attach(self, fn: Callable[[Any, Any], Any], *, before: bool = False) -> None:
        """Call ``fn(item, parent)`` each time this item is attached to a parent.

        :param fn: the function.
        :param before: whether to call it before the item is attached rather than after.
        """
        self.__dict__.setdefault("_attach_hooks", []).append((before, fn))

    def _set_parent_with_dispatch(self, parent: Any, **kw: Any) -> None:
        hooks = self.__dict__.get("_attach_hooks")
        if hooks is None:
            super()._set_parent_with_dispatch(parent, **kw)
            return
        for before, fn in list(hooks):
            if before:
                fn(self, parent)
        super()._set_parent_with_dispatch(parent, **kw)
        for before, fn in list(hooks):
            if not before:
                fn(self, parent)

    def _endow(self, schema_item: _SELF) -> _SELF:
        """Give a copy the notes and the propagating listeners of this item; return the copy."""
        if "info" in self.__dict__:
            schema_item.info = self.info.copy()  # type: ignore[attr-defined]
        dispatch = self.__dict__.get("dispatch")
        if dispatch is not None:
            schema_item.dispatch.update(dispatch)  # type: ignore[attr-defined]
        return schema_item


class HasSchemaAttr(SchemaItem):
    """A schema item that lies in a schema of the database."""

    schema: Optional[str]


class DDLCondition(NamedTuple("DDLCondition", [("dialect", Any), ("callable_", Any), ("state", Any)])):
    """When an item of DDL is rendered: on which dialects, and if a function agrees."""

    __slots__ = ()

    def holds(self, ddl: Any, target: Any, bind: Any, compiler: Any = None, **kw: Any) -> bool:
        """Whether both parts of the condition hold."""
        if bind is not None:
            dialect = bind.dialect
        elif compiler is not None:
            dialect = compiler.dialect
        else:
            return True
        names = self.dialect
        if isinstance(names, str):
            if names != dialect.name:
                return False
        elif names is not None and dialect.name not in names:
            return False
        if self.callable_ is None:
            return True
        return bool(
            self.callable_(ddl, target, bind, compiler=compiler, dialect=dialect, state=self.state, **kw)
        )


class HasConditionalDDL:
    """Mixin of items that CREATE renders only under a condition."""

    _ddl_if: Optional[DDLCondition] = None

    def ddl_if(self: _SELF, dialect: Any = None, callable_: Any = None, state: Any = None) -> _SELF:
        """Render this item on the dialects named only, and if ``callable_`` returns True; return the item.

        :param dialect: a name, or several.
        :param callable_: called with ``(ddl, target, bind, compiler=, dialect=, state=, **kw)``.
        :param state: handed to ``callable_``.
        """
        self._ddl_if = DDLCondition(dialect, callable_, state)  # type: ignore[attr-defined]
        return self


# ---------------------------------------------------------------- names by convention


class conv(quoted_name):
    """A name that a naming convention has already been applied to, or that none is to be applied to.

    Such names are shortened where the database's limit asks for it.
    """

    truncates = True

    def __new__(cls, value: str, quote: Optional[bool] = None) -> conv:
        self = str.__new__(cls, value)
        self.quote = getattr(value, "quote", None) if quote is None else quote
        return self

    def apply_map(self, map_: Any) -> str:
        """The name itself: it has no parts to replace."""
        return self

    def __reduce__(self) -> Any:
        return conv, (str(self), self.quote)


#: how indexes are named in a MetaData that was told nothing else
DEFAULT_NAMING_CONVENTION = util.immutabledict({"ix": "ix_%(column_0_label)s"})
"""The convention of a MetaData without one."""


class NotYet(Exception):
    """A name depends on columns that are not there yet."""


def name_for(const: Any, table: Any, prefix: Optional[str]) -> Optional[str]:
    """The name of a constraint or index of ``table``: its own, or the one that the convention makes.

    Raises NotYet when columns are missing, InvalidRequestError when the convention uses a name that is not given.
    """
    name = const.name
    if isinstance(name, conv):
        return name
    conventions = table.metadata.naming_convention
    convention = None
    for cls in type(const).__mro__:
        if cls in conventions:
            convention = conventions[cls]
            break
    else:
        if prefix is not None:
            convention = conventions.get(prefix)
    if not convention or not (name is None or "%(constraint_name)s" in convention):
        given: Optional[str] = name
        return given
    return conv(convention % _Tokens(const, table, conventions))


class _Tokens(Dict[str, str]):
    """The tokens of a convention, worked out as they are asked for."""

    def __init__(self, const: Any, table: Any, conventions: Any) -> None:
        super().__init__()
        self.const = const
        self.table = table
        self.conventions = conventions

    def __missing__(self, token: str) -> str:
        custom = self.conventions.get(token)
        if custom is not None and callable(custom):
            text: str = custom(self.const, self.table)
            return text
        if token == "table_name":
            name: str = self.table.name
            return name
        if token == "constraint_name":
            return self._own_name()
        if token == "referred_table_name":
            table: str = _target_of(self.const.elements[0])[1]
            return table
        parts = token.split("_")
        referred = parts[0] == "referred"
        if referred:
            parts = parts[1:]
        if parts[0] != "column" or len(parts) < 3:
            raise KeyError(token)
        return self._columns(parts[1:], _referred_column if referred else _own_column)

    def _own_name(self) -> str:
        name: Optional[str] = self.const.name
        if name is None:
            raise exc.InvalidRequestError(
                "The naming convention of this MetaData uses %%(constraint_name)s, so the %s of table %r needs a name"
                % (type(self.const).__name__, self.table.name)
            )
        return name

    def _columns(self, parts: List[str], fetch: Callable[[Any, int, str], str]) -> str:
        """``0_name``, ``0N_name`` or ``0_N_name``: one column, or all from there on, joined."""
        if len(parts) == 3 and parts[1] == "N":
            return "_".join(self._from(int(parts[0]), parts[2], fetch))
        if parts[0].endswith("N"):
            return "".join(self._from(int(parts[0][:-1]), parts[1], fetch))
        return fetch(self.const, int(parts[0]), parts[1])

    def _from(self, first: int, attribute: str, fetch: Callable[[Any, int, str], str]) -> List[str]:
        elements = getattr(self.const, "elements", None)
        count = len(elements if elements is not None else self.const.columns)
        if count <= first:
            raise NotYet()
        return [fetch(self.const, index, attribute) for index in range(first, count)]


def _own_column(const: Any, index: int, attribute: str) -> str:
    elements = getattr(const, "elements", None)
    if elements is not None:
        column = elements[index].parent
    else:
        columns = list(const.columns)
        if index >= len(columns):
            raise NotYet()
        column = columns[index]
    if attribute == "label":
        label: str = column._ddl_label
        return label
    text: str = getattr(column, attribute)
    return text


def _referred_column(const: Any, index: int, attribute: str) -> str:
    fk = const.elements[index]
    try:
        column = fk.column
    except exc.NoReferenceError:
        raise NotYet() from None
    text: str = getattr(column, attribute)
    return text


def _target_of(fk: Any) -> Any:
    return fk.target_tokens


def unwrapped(value: Any) -> Any:
    """The SQL element that an object stands for; the object itself when it stands for none."""
    while hasattr(value, "__clause_element__"):
        element = value.__clause_element__()
        if element is value:
            break
        value = element
    return value


def without_marks(element: Any) -> Any:
    """An element as it was before annotations, which the schema has no use for; itself when it has none."""
    if any(getattr(found, "_is_annotated", False) for found in iterate(element)):
        return deep_deannotate(element)
    return element


def same_table(items: Any, what: str) -> Optional[Table]:
    """The one Table that columns belong to; None when there is none, ArgumentError when there are several."""
    tables = {id(item.table): item.table for item in items if item.table is not None}
    if len(tables) > 1:
        raise exc.ArgumentError(
            "The columns of %s belong to several tables: %s"
            % (what, ", ".join(sorted(table.description for table in tables.values())))
        )
    return next(iter(tables.values())) if tables else None
