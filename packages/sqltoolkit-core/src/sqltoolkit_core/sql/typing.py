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

FromClauseArgument = Any
JoinTargetArgument = Any
OnClauseArgument = Any
SelectStatementArgument = Any
DMLTableArgument = Any
DMLColumnArgument = Union[str, Any]
TypeArgument = Any


class SQLCoreOperations(Generic[_T_co], ColumnOperators):
    """Base, for type checkers, of what has the operators of a column of Python type ``T``."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __eq__(self, other: Any) -> Any: ...

        def __ne__(self, other: Any) -> Any: ...

        def in_(self, other: Any) -> Any: ...


class SQLColumnExpression(SQLCoreOperations[_T_co]):
    """Base of expressions and of class attributes that act as expressions."""

    __slots__ = ()
    allows_lambda = True
    uses_inspection = True

    if TYPE_CHECKING:

        def label(self, name: Optional[str]) -> Any: ...


# what may stand for a column expression: an element, something with __clause_element__(), a function returning one
ColumnExpressionArgument = Union[SQLCoreOperations[_T], Callable[[], SQLCoreOperations[_T]], Any]
ColumnExpressionOrStrLabelArgument = Union[str, SQLCoreOperations[_T], Any]


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
        statement_compiler: Any
        ddl_compiler: Any
        dbapi: Any

    class ConnectionLike(Protocol):
        """What a statement calls to have itself executed."""

        dialect: DialectLike

        def _execute_clauseelement(self, elem: Any, parameters: Any, options: Mapping[str, Any]) -> Any: ...

else:
    DialectLike = Any
    ConnectionLike = Any

_CoreMultiParams = Sequence[Mapping[str, Any]]
_Params = Union[Mapping[str, Any], Sequence[Any], List[Dict[str, Any]], Tuple[Any, ...]]
