"""Roles: the places in a statement where an element may stand.

Classes of elements inherit the roles they can play. How a Python object becomes an element for a role is in
``coercions``.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

__all__ = [
    "AllowsLambdaRole", "AnonymizedFromClauseRole", "BinaryElementRole", "ByOfRole", "ColumnArgumentOrKeyRole",
    "ColumnArgumentRole", "ColumnListRole", "ColumnsClauseRole", "CompoundElementRole", "ConstExprRole",
    "DDLConstraintColumnRole", "DDLExpressionRole", "DDLReferredColumnRole", "DDLRole", "DMLColumnRole", "DMLRole",
    "DMLSelectRole", "DMLTableRole", "ExecutableOptionRole", "ExpressionElementRole", "FromClauseRole", "GroupByRole",
    "HasCTERole", "HasCacheKeyRole", "InElementRole", "IsCTERole", "JoinTargetRole", "LabeledColumnExprRole",
    "LimitOffsetRole", "LiteralValueRole", "OnClauseRole", "OrderByRole", "ReturnsRowsRole", "SQLRole",
    "SelectStatementRole", "StatementOptionRole", "StatementRole", "StrAsPlainColumnRole", "StringRole",
    "StructuralRole", "SyntaxExtensionRole", "TStringElementRole", "TruncatedLabelRole", "TypedColumnsClauseRole",
    "UsesInspection", "WhereHavingRole",
]  # fmt: skip

_T = TypeVar("_T")


class SQLRole:
    """Base of all roles."""

    __slots__ = ()
    allows_lambda = False
    uses_inspection = False
    role_name = "a SQL construct"
    #: what says, in a statement made of it, whose plugin is to lower it
    entity_mark: Any = None


class UsesInspection:
    """A role whose argument may be anything that ``inspect()`` turns into an element."""

    __slots__ = ()
    uses_inspection = True


class AllowsLambdaRole:
    """A role whose argument may be a function that returns the element."""

    __slots__ = ()
    allows_lambda = True


class HasCacheKeyRole(SQLRole):
    """Something that takes part in a cache key."""

    __slots__ = ()
    role_name = "an object that a cache key can hold"


class ExecutableOptionRole(SQLRole):
    """An option for ``statement.options()``."""

    __slots__ = ()
    role_name = "a statement option"


class LiteralValueRole(SQLRole):
    """A plain Python value that becomes a bound parameter."""

    __slots__ = ()
    role_name = "a plain value"


class ColumnArgumentRole(SQLRole):
    """A column given as an argument."""

    __slots__ = ()
    role_name = "a column expression"


class ColumnArgumentOrKeyRole(ColumnArgumentRole):
    """A column or the key of one."""

    __slots__ = ()
    role_name = "a column or the name of one"


class StrAsPlainColumnRole(ColumnArgumentRole):
    """A column or its name, which is rendered as a quoted identifier."""

    __slots__ = ()
    role_name = "a column or the name of one"


class ColumnListRole(SQLRole):
    """An item of a list of columns."""

    __slots__ = ()


class StringRole(SQLRole):
    """A string inside of a construct."""

    __slots__ = ()


class TruncatedLabelRole(StringRole, SQLRole):
    """A name that may have to be shortened."""

    __slots__ = ()
    role_name = "an identifier"


class TStringElementRole(UsesInspection, SQLRole):
    """A value interpolated into a template string."""

    __slots__ = ()
    role_name = "an element for a template string"


class ColumnsClauseRole(TStringElementRole, AllowsLambdaRole, UsesInspection, ColumnListRole):
    """What a SELECT may select."""

    __slots__ = ()
    role_name = "a column expression, table or other item of a columns clause"


class TypedColumnsClauseRole(Generic[_T], SQLRole):
    """A columns clause item with a Python type."""

    __slots__ = ()


class LimitOffsetRole(SQLRole):
    """The number in LIMIT, OFFSET or FETCH."""

    __slots__ = ()
    role_name = "an integer or expression for LIMIT or OFFSET"


class ByOfRole(ColumnListRole):
    """An item of ORDER BY, GROUP BY, PARTITION BY or FOR UPDATE OF."""

    __slots__ = ()
    role_name = "an expression for a list of columns"


class GroupByRole(AllowsLambdaRole, UsesInspection, ByOfRole):
    """An item of GROUP BY."""

    __slots__ = ()
    role_name = "an expression for GROUP BY"


class OrderByRole(AllowsLambdaRole, ByOfRole):
    """An item of ORDER BY."""

    __slots__ = ()
    role_name = "an expression for ORDER BY"


class StructuralRole(SQLRole):
    """Something with a place in the structure of a statement."""

    __slots__ = ()


class StatementOptionRole(StructuralRole):
    """Text added to a statement: prefix, suffix, hint."""

    __slots__ = ()
    role_name = "a part of a statement"


class OnClauseRole(AllowsLambdaRole, StructuralRole):
    """The ON of a join."""

    __slots__ = ()
    role_name = "an ON condition"


class WhereHavingRole(OnClauseRole):
    """A criterion of WHERE or HAVING."""

    __slots__ = ()
    role_name = "a condition for WHERE or HAVING"


class ExpressionElementRole(TypedColumnsClauseRole[_T]):
    """An operand of an expression."""

    __slots__ = ()
    role_name = "a SQL expression"


class ConstExprRole(ExpressionElementRole[_T]):
    """NULL, TRUE or FALSE."""

    __slots__ = ()
    role_name = "a constant: None, True or False"


class LabeledColumnExprRole(ExpressionElementRole[_T]):
    """An expression that gets a label."""

    __slots__ = ()


class BinaryElementRole(ExpressionElementRole[_T]):
    """The other side of a binary expression; plain values become bound parameters."""

    __slots__ = ()
    role_name = "a SQL expression or plain value"


class InElementRole(SQLRole):
    """The right side of IN."""

    __slots__ = ()
    role_name = "a list of values, a SELECT or an expanding parameter for IN"


class JoinTargetRole(AllowsLambdaRole, UsesInspection, StructuralRole):
    """The target of a join."""

    __slots__ = ()
    role_name = "the target of a join"


class FromClauseRole(ColumnsClauseRole, JoinTargetRole):
    """Something in FROM."""

    __slots__ = ()
    role_name = "a table, alias or other FROM element"
    named_with_column: bool


class AnonymizedFromClauseRole(FromClauseRole):
    """Something in FROM that gets an anonymous alias when it has none."""

    __slots__ = ()


class ReturnsRowsRole(SQLRole):
    """Something that returns rows."""

    __slots__ = ()
    role_name = "something that returns rows"


class StatementRole(SQLRole):
    """A whole statement."""

    __slots__ = ()
    role_name = "an executable statement"


class SelectStatementRole(StatementRole, ReturnsRowsRole):
    """A SELECT, or something that acts like one."""

    __slots__ = ()
    role_name = "a SELECT or a text() with columns"


class HasCTERole(ReturnsRowsRole):
    """A statement that may carry CTEs."""

    __slots__ = ()


class IsCTERole(SQLRole):
    """A CTE."""

    __slots__ = ()
    role_name = "a CTE"


class CompoundElementRole(AllowsLambdaRole, SQLRole):
    """One SELECT of a UNION and its kin."""

    __slots__ = ()
    role_name = "a SELECT for a UNION or similar"


class DMLRole(StatementRole):
    """INSERT, UPDATE or DELETE."""

    __slots__ = ()


class DMLTableRole(FromClauseRole):
    """The table that DML changes."""

    __slots__ = ()
    role_name = "a table for INSERT, UPDATE or DELETE"


class DMLColumnRole(SQLRole):
    """A column that DML sets."""

    __slots__ = ()
    role_name = "a column to set, or its name"


class DMLSelectRole(SQLRole):
    """The SELECT of INSERT .. FROM SELECT."""

    __slots__ = ()
    role_name = "a SELECT for INSERT"


class DDLRole(StatementRole):
    """A DDL statement."""

    __slots__ = ()


class DDLExpressionRole(StructuralRole):
    """An expression inside DDL: a default, a check."""

    __slots__ = ()
    role_name = "an expression for DDL"


class DDLConstraintColumnRole(SQLRole):
    """A column of a constraint or index."""

    __slots__ = ()
    role_name = "a column of a constraint, or its name"


class DDLReferredColumnRole(DDLConstraintColumnRole):
    """The column a foreign key refers to."""

    __slots__ = ()
    role_name = "a referred column, or its name"


class SyntaxExtensionRole(SQLRole):
    """A syntax extension for ``statement.ext()``."""

    __slots__ = ()
    role_name = "a syntax extension"
