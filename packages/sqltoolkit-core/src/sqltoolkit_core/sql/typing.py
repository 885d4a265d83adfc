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

    from typing_extensions import TypeVarTuple, Unpack, overload

    from ..engine.interfaces import Dialect as Dialect
    from .operators import OperatorClass
    from .elements import BinaryExpression, CollectionAggregate, ColumnElement, Label, UnaryExpression

    _Number = TypeVar("_Number", bound=Union[int, float, Decimal])
    _Ts = TypeVarTuple("_Ts")
    _T0 = TypeVar("_T0")
    _T1 = TypeVar("_T1")
    _T2 = TypeVar("_T2")
    _T3 = TypeVar("_T3")
    _T4 = TypeVar("_T4")
    _T5 = TypeVar("_T5")
    _T6 = TypeVar("_T6")
    _T7 = TypeVar("_T7")
    _T8 = TypeVar("_T8")
    _T9 = TypeVar("_T9")

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

        def in_(self, other: Any) -> BinaryExpression[bool]: ...

        def not_in(self, other: Any) -> BinaryExpression[bool]: ...

        def notin_(self, other: Any) -> BinaryExpression[bool]: ...

        def is_(self, other: Any) -> BinaryExpression[bool]: ...

        def is_not(self, other: Any) -> BinaryExpression[bool]: ...

        def isnot(self, other: Any) -> BinaryExpression[bool]: ...

        def like(self, other: Any, escape: Optional[str] = None) -> BinaryExpression[bool]: ...

        def ilike(self, other: Any, escape: Optional[str] = None) -> BinaryExpression[bool]: ...

        def not_like(self, other: Any, escape: Optional[str] = None) -> BinaryExpression[bool]: ...

        def notlike(self, other: Any, escape: Optional[str] = None) -> BinaryExpression[bool]: ...

        def not_ilike(self, other: Any, escape: Optional[str] = None) -> BinaryExpression[bool]: ...

        def notilike(self, other: Any, escape: Optional[str] = None) -> BinaryExpression[bool]: ...

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

        def between(self, cleft: Any, cright: Any, symmetric: bool = False) -> BinaryExpression[bool]: ...

        def regexp_match(self, pattern: Any, flags: Optional[str] = None) -> ColumnElement[bool]: ...

        def desc(self) -> UnaryExpression[_T_co]: ...

        def asc(self) -> UnaryExpression[_T_co]: ...

        def nulls_first(self) -> UnaryExpression[_T_co]: ...

        def nullsfirst(self) -> UnaryExpression[_T_co]: ...

        def nulls_last(self) -> UnaryExpression[_T_co]: ...

        def nullslast(self) -> UnaryExpression[_T_co]: ...

        @overload
        def __add__(self: SQLCoreOperations[_Number], other: Any) -> ColumnElement[_Number]: ...

        @overload
        def __add__(self: SQLCoreOperations[str], other: Any) -> ColumnElement[str]: ...

        @overload
        def __add__(self, other: Any) -> ColumnElement[Any]: ...

        def __add__(self, other: Any) -> Any: ...

        @overload
        def __radd__(self: SQLCoreOperations[_Number], other: Any) -> ColumnElement[_Number]: ...

        @overload
        def __radd__(self: SQLCoreOperations[str], other: Any) -> ColumnElement[str]: ...

        @overload
        def __radd__(self, other: Any) -> ColumnElement[Any]: ...

        def __radd__(self, other: Any) -> Any: ...

        @overload
        def __sub__(self: SQLCoreOperations[_Number], other: Any) -> ColumnElement[_Number]: ...

        @overload
        def __sub__(self, other: Any) -> ColumnElement[Any]: ...

        def __sub__(self, other: Any) -> Any: ...

        @overload
        def __rsub__(self: SQLCoreOperations[_Number], other: Any) -> ColumnElement[_Number]: ...

        @overload
        def __rsub__(self, other: Any) -> ColumnElement[Any]: ...

        def __rsub__(self, other: Any) -> Any: ...

        @overload
        def __mul__(self: SQLCoreOperations[_Number], other: Any) -> ColumnElement[_Number]: ...

        @overload
        def __mul__(self, other: Any) -> ColumnElement[Any]: ...

        def __mul__(self, other: Any) -> Any: ...

        @overload
        def __rmul__(self: SQLCoreOperations[_Number], other: Any) -> ColumnElement[_Number]: ...

        @overload
        def __rmul__(self, other: Any) -> ColumnElement[Any]: ...

        def __rmul__(self, other: Any) -> Any: ...

        @overload
        def __mod__(self: SQLCoreOperations[_Number], other: Any) -> ColumnElement[_Number]: ...

        @overload
        def __mod__(self, other: Any) -> ColumnElement[Any]: ...

        def __mod__(self, other: Any) -> Any: ...

        @overload
        def __rmod__(self: SQLCoreOperations[_Number], other: Any) -> ColumnElement[_Number]: ...

        @overload
        def __rmod__(self, other: Any) -> ColumnElement[Any]: ...

        def __rmod__(self, other: Any) -> Any: ...

        @overload
        def __floordiv__(self: SQLCoreOperations[_Number], other: Any) -> ColumnElement[_Number]: ...

        @overload
        def __floordiv__(self, other: Any) -> ColumnElement[Any]: ...

        def __floordiv__(self, other: Any) -> Any: ...

        @overload
        def __rfloordiv__(self: SQLCoreOperations[_Number], other: Any) -> ColumnElement[_Number]: ...

        @overload
        def __rfloordiv__(self, other: Any) -> ColumnElement[Any]: ...

        def __rfloordiv__(self, other: Any) -> Any: ...

        @overload
        def __truediv__(
            self: SQLCoreOperations[Union[int, float, Decimal]], other: Any
        ) -> ColumnElement[Union[float, Decimal]]: ...

        @overload
        def __truediv__(self, other: Any) -> ColumnElement[Any]: ...

        def __truediv__(self, other: Any) -> Any: ...

        @overload
        def __rtruediv__(
            self: SQLCoreOperations[Union[int, float, Decimal]], other: Any
        ) -> ColumnElement[Union[float, Decimal]]: ...

        @overload
        def __rtruediv__(self, other: Any) -> ColumnElement[Any]: ...

        def __rtruediv__(self, other: Any) -> Any: ...

        def __getitem__(self, other: Any) -> ColumnElement[Any]: ...

        def __neg__(self) -> UnaryExpression[_T_co]: ...

        def __invert__(self) -> ColumnElement[_T_co]: ...

        def __and__(self, other: Any) -> ColumnElement[bool]: ...

        def __or__(self, other: Any) -> ColumnElement[bool]: ...

        def __lshift__(self, other: Any) -> ColumnElement[Any]: ...

        def __rshift__(self, other: Any) -> ColumnElement[Any]: ...

        def bitwise_xor(self, other: Any) -> BinaryExpression[Any]: ...

        def bitwise_or(self, other: Any) -> BinaryExpression[Any]: ...

        def bitwise_and(self, other: Any) -> BinaryExpression[Any]: ...

        def bitwise_not(self) -> UnaryExpression[_T_co]: ...

        def bitwise_lshift(self, other: Any) -> BinaryExpression[Any]: ...

        def bitwise_rshift(self, other: Any) -> BinaryExpression[Any]: ...

        def match(self, other: Any, **kwargs: Any) -> ColumnElement[bool]: ...

        def op(
            self,
            opstring: str,
            precedence: int = 0,
            is_comparison: bool = False,
            return_type: Any = None,
            python_impl: Optional[Callable[..., Any]] = None,
            operator_class: OperatorClass = ...,
            visit_name: Optional[str] = None,
        ) -> Callable[[Any], BinaryExpression[Any]]: ...

        def bool_op(
            self, opstring: str, precedence: int = 0, python_impl: Optional[Callable[..., Any]] = None
        ) -> Callable[[Any], BinaryExpression[bool]]: ...

        def regexp_replace(self, pattern: Any, replacement: Any, flags: Optional[str] = None) -> ColumnElement[str]: ...

        def concat(self, other: Any) -> ColumnElement[str]: ...

        def collate(self, collation: str, collation_schema: Optional[str] = None) -> ColumnElement[str]: ...

        def distinct(self) -> UnaryExpression[_T_co]: ...

        def any_(self) -> CollectionAggregate[Any]: ...

        def all_(self) -> CollectionAggregate[Any]: ...


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
    from typing import Type

    # what can be selected or returned: a column expression of a Python type, or a mapped class
    _Entity = Union[SQLCoreOperations[_T], Type[_T]]

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
