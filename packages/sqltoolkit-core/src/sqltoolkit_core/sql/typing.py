"""Names for argument types, and the protocols of dialect and connection that lower layers rely on.

Typing names that differ between Python versions are in ``util.typing``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, Generic, List, Mapping, Optional, Sequence, Tuple, TypeVar, Union

from .operators import ColumnOperators as ColumnOperators
from .operators import Operators as Operators

__all__ = [
    "ColumnExpressionArgument", "ColumnExpressionOrStrLabelArgument", "ConnectionLike", "DMLColumnArgument",
    "DMLTableArgument", "DialectLike", "FromClauseArgument", "JoinTargetArgument", "NotNullable", "Nullable",
    "OnClauseArgument", "SQLColumnExpression", "SQLCoreOperations", "SelectStatementArgument", "TypedReturnsRows",
    "TypeArgument",
]  # fmt: skip

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)

if TYPE_CHECKING:
    from decimal import Decimal
    from typing import MutableMapping

    from typing_extensions import TypeVarTuple, Unpack, overload

    from .elements import ColumnElement, Label, UnaryExpression

    _Ts = TypeVarTuple("_Ts")

#: what may stand in FROM: a table, an alias, a subquery, a mapped class
FromClauseArgument = Any
#: what may be joined: a source in FROM, or an attribute that leads to one
JoinTargetArgument = Any
#: what may stand in ON: a condition, or an attribute that has one
OnClauseArgument = Any
#: what may be part of a set operation: a SELECT, or what stands for one
SelectStatementArgument = Any
#: what may be inserted into, updated or deleted from
DMLTableArgument = Any
#: what may name a column in `values()`: its name, the column, an attribute
DMLColumnArgument = Union[str, Any]
#: what may be the type of an expression: a type class or a type object
TypeArgument = Any


class SQLCoreOperations(Generic[_T_co], ColumnOperators):
    """Base, for type checkers, of what has the operators of a column of Python type ``T``."""

    __slots__ = ()

    if TYPE_CHECKING:
        # the bodies of ColumnOperators serve; here is what comes back

        def __eq__(self, other: Any) -> ColumnElement[bool]: ...  # type: ignore[override]

        def __ne__(self, other: Any) -> ColumnElement[bool]: ...  # type: ignore[override]

        def __lt__(self, other: Any) -> ColumnElement[bool]: ...

        def __le__(self, other: Any) -> ColumnElement[bool]: ...

        def __gt__(self, other: Any) -> ColumnElement[bool]: ...

        def __ge__(self, other: Any) -> ColumnElement[bool]: ...

        def is_distinct_from(self, other: Any) -> ColumnElement[bool]: ...

        def is_not_distinct_from(self, other: Any) -> ColumnElement[bool]: ...

        def isnot_distinct_from(self, other: Any) -> ColumnElement[bool]: ...

        def in_(self, other: Any) -> ColumnElement[bool]: ...

        def not_in(self, other: Any) -> ColumnElement[bool]: ...

        def notin_(self, other: Any) -> ColumnElement[bool]: ...

        def is_(self, other: Any) -> ColumnElement[bool]: ...

        def is_not(self, other: Any) -> ColumnElement[bool]: ...

        def isnot(self, other: Any) -> ColumnElement[bool]: ...

        def like(self, other: Any, escape: Optional[str] = None) -> ColumnElement[bool]: ...

        def ilike(self, other: Any, escape: Optional[str] = None) -> ColumnElement[bool]: ...

        def not_like(self, other: Any, escape: Optional[str] = None) -> ColumnElement[bool]: ...

        def notlike(self, other: Any, escape: Optional[str] = None) -> ColumnElement[bool]: ...

        def not_ilike(self, other: Any, escape: Optional[str] = None) -> ColumnElement[bool]: ...

        def notilike(self, other: Any, escape: Optional[str] = None) -> ColumnElement[bool]: ...

        def startswith(
            self, other: Any, escape: Optional[str] = None, autoescape: bool = False
        ) -> ColumnElement[bool]: ...

        def endswith(
            self, other: Any, escape: Optional[str] = None, autoescape: bool = False
        ) -> ColumnElement[bool]: ...

        def contains(self, other: Any, **kw: Any) -> ColumnElement[bool]: ...

        def istartswith(
            self, other: Any, escape: Optional[str] = None, autoescape: bool = False
        ) -> ColumnElement[bool]: ...

        def iendswith(
            self, other: Any, escape: Optional[str] = None, autoescape: bool = False
        ) -> ColumnElement[bool]: ...

        def icontains(self, other: Any, **kw: Any) -> ColumnElement[bool]: ...

        def between(self, cleft: Any, cright: Any, symmetric: bool = False) -> ColumnElement[bool]: ...

        def regexp_match(self, pattern: Any, flags: Optional[str] = None) -> ColumnElement[bool]: ...

        def desc(self) -> UnaryExpression[_T_co]: ...

        def asc(self) -> UnaryExpression[_T_co]: ...

        def nulls_first(self) -> UnaryExpression[_T_co]: ...

        def nullsfirst(self) -> UnaryExpression[_T_co]: ...

        def nulls_last(self) -> UnaryExpression[_T_co]: ...

        def nullslast(self) -> UnaryExpression[_T_co]: ...

        @overload
        def __add__(self: SQLCoreOperations[int], other: Any) -> ColumnElement[int]: ...

        @overload
        def __add__(self: SQLCoreOperations[float], other: Any) -> ColumnElement[float]: ...

        @overload
        def __add__(self: SQLCoreOperations[Decimal], other: Any) -> ColumnElement[Decimal]: ...

        @overload
        def __add__(self: SQLCoreOperations[str], other: Any) -> ColumnElement[str]: ...

        @overload
        def __add__(self, other: Any) -> ColumnElement[Any]: ...

        def __add__(self, other: Any) -> Any: ...

        @overload
        def __radd__(self: SQLCoreOperations[int], other: Any) -> ColumnElement[int]: ...

        @overload
        def __radd__(self: SQLCoreOperations[float], other: Any) -> ColumnElement[float]: ...

        @overload
        def __radd__(self: SQLCoreOperations[Decimal], other: Any) -> ColumnElement[Decimal]: ...

        @overload
        def __radd__(self: SQLCoreOperations[str], other: Any) -> ColumnElement[str]: ...

        @overload
        def __radd__(self, other: Any) -> ColumnElement[Any]: ...

        def __radd__(self, other: Any) -> Any: ...

        @overload
        def __sub__(self: SQLCoreOperations[int], other: Any) -> ColumnElement[int]: ...

        @overload
        def __sub__(self: SQLCoreOperations[float], other: Any) -> ColumnElement[float]: ...

        @overload
        def __sub__(self: SQLCoreOperations[Decimal], other: Any) -> ColumnElement[Decimal]: ...

        @overload
        def __sub__(self, other: Any) -> ColumnElement[Any]: ...

        def __sub__(self, other: Any) -> Any: ...

        @overload
        def __rsub__(self: SQLCoreOperations[int], other: Any) -> ColumnElement[int]: ...

        @overload
        def __rsub__(self: SQLCoreOperations[float], other: Any) -> ColumnElement[float]: ...

        @overload
        def __rsub__(self: SQLCoreOperations[Decimal], other: Any) -> ColumnElement[Decimal]: ...

        @overload
        def __rsub__(self, other: Any) -> ColumnElement[Any]: ...

        def __rsub__(self, other: Any) -> Any: ...

        @overload
        def __mul__(self: SQLCoreOperations[int], other: Any) -> ColumnElement[int]: ...

        @overload
        def __mul__(self: SQLCoreOperations[float], other: Any) -> ColumnElement[float]: ...

        @overload
        def __mul__(self: SQLCoreOperations[Decimal], other: Any) -> ColumnElement[Decimal]: ...

        @overload
        def __mul__(self, other: Any) -> ColumnElement[Any]: ...

        def __mul__(self, other: Any) -> Any: ...

        @overload
        def __rmul__(self: SQLCoreOperations[int], other: Any) -> ColumnElement[int]: ...

        @overload
        def __rmul__(self: SQLCoreOperations[float], other: Any) -> ColumnElement[float]: ...

        @overload
        def __rmul__(self: SQLCoreOperations[Decimal], other: Any) -> ColumnElement[Decimal]: ...

        @overload
        def __rmul__(self, other: Any) -> ColumnElement[Any]: ...

        def __rmul__(self, other: Any) -> Any: ...

        @overload
        def __mod__(self: SQLCoreOperations[int], other: Any) -> ColumnElement[int]: ...

        @overload
        def __mod__(self: SQLCoreOperations[float], other: Any) -> ColumnElement[float]: ...

        @overload
        def __mod__(self: SQLCoreOperations[Decimal], other: Any) -> ColumnElement[Decimal]: ...

        @overload
        def __mod__(self, other: Any) -> ColumnElement[Any]: ...

        def __mod__(self, other: Any) -> Any: ...

        @overload
        def __rmod__(self: SQLCoreOperations[int], other: Any) -> ColumnElement[int]: ...

        @overload
        def __rmod__(self: SQLCoreOperations[float], other: Any) -> ColumnElement[float]: ...

        @overload
        def __rmod__(self: SQLCoreOperations[Decimal], other: Any) -> ColumnElement[Decimal]: ...

        @overload
        def __rmod__(self, other: Any) -> ColumnElement[Any]: ...

        def __rmod__(self, other: Any) -> Any: ...

        @overload
        def __floordiv__(self: SQLCoreOperations[int], other: Any) -> ColumnElement[int]: ...

        @overload
        def __floordiv__(self: SQLCoreOperations[float], other: Any) -> ColumnElement[float]: ...

        @overload
        def __floordiv__(self: SQLCoreOperations[Decimal], other: Any) -> ColumnElement[Decimal]: ...

        @overload
        def __floordiv__(self, other: Any) -> ColumnElement[Any]: ...

        def __floordiv__(self, other: Any) -> Any: ...

        @overload
        def __rfloordiv__(self: SQLCoreOperations[int], other: Any) -> ColumnElement[int]: ...

        @overload
        def __rfloordiv__(self: SQLCoreOperations[float], other: Any) -> ColumnElement[float]: ...

        @overload
        def __rfloordiv__(self: SQLCoreOperations[Decimal], other: Any) -> ColumnElement[Decimal]: ...

        @overload
        def __rfloordiv__(self, other: Any) -> ColumnElement[Any]: ...

        def __rfloordiv__(self, other: Any) -> Any: ...

        def __truediv__(self, other: Any) -> ColumnElement[Any]: ...

        def __rtruediv__(self, other: Any) -> ColumnElement[Any]: ...

        def __getitem__(self, other: Any) -> ColumnElement[Any]: ...

        def __neg__(self) -> UnaryExpression[_T_co]: ...

        def concat(self, other: Any) -> ColumnElement[str]: ...

        def collate(self, collation: str, collation_schema: Optional[str] = None) -> ColumnElement[str]: ...

        def distinct(self) -> UnaryExpression[_T_co]: ...


class SQLColumnExpression(SQLCoreOperations[_T_co]):
    """Base of expressions and of class attributes that act as expressions."""

    __slots__ = ()
    allows_lambda = True
    uses_inspection = True

    if TYPE_CHECKING:

        def label(self, name: Optional[str]) -> Label[_T_co]: ...


# what may stand for a column expression: an element, something with __clause_element__(), a function returning one
ColumnExpressionArgument = Union[SQLCoreOperations[_T], Callable[[], SQLCoreOperations[_T]], Any]
#: an expression, or the name of a label
ColumnExpressionOrStrLabelArgument = Union[str, SQLCoreOperations[_T], Any]


if TYPE_CHECKING:

    class TypedReturnsRows(Generic[Unpack[_Ts]]):
        """A statement whose rows have these types."""

else:

    class TypedReturnsRows(Generic[_T]):
        """Base, for type checkers, of statements whose rows have the types ``T``."""

        __slots__ = ()


def Nullable(val: Any) -> Any:
    """Return ``val``; a type checker sees a value that may be None."""
    return val


def NotNullable(val: Any) -> Any:
    """Return ``val``; a type checker sees a value that is never None."""
    return val


if TYPE_CHECKING:
    from typing_extensions import Protocol

    class DialectLike(Protocol):
        """What types, compilers and statements read off a dialect."""

        name: str
        driver: str
        identifier_preparer: Any
        type_compiler_instance: Any
        paramstyle: str
        positional: bool
        supports_native_boolean: bool
        non_native_boolean_check_constraint: bool
        supports_native_enum: bool
        supports_native_decimal: bool
        supports_native_uuid: bool
        statement_compiler: Any
        ddl_compiler: Any
        dbapi: Any

        # what types remember together with the dialect
        _type_memos: MutableMapping[Any, Any]

        def type_descriptor(self, typeobj: Any) -> Any: ...

    class ConnectionLike(Protocol):
        """What a statement calls to have itself executed."""

        dialect: DialectLike

        def _execute_clauseelement(self, elem: Any, parameters: Any, options: Mapping[str, Any]) -> Any: ...

else:
    DialectLike = Any
    ConnectionLike = Any

_CoreMultiParams = Sequence[Mapping[str, Any]]
_Params = Union[Mapping[str, Any], Sequence[Any], List[Dict[str, Any]], Tuple[Any, ...]]
