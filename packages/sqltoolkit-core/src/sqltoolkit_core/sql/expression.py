"""The expression language in one place: every public name of its elements, statements and functions.

Nothing is defined here; tables with types and constraints are in ``sqltoolkit_core.schema``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .cache_key import CacheKey as CacheKey
from .collections import ColumnCollection as ColumnCollection
from .collections import ReadOnlyColumnCollection as ReadOnlyColumnCollection
from .collections import WriteableColumnCollection as WriteableColumnCollection
from .dml import Delete as Delete
from .dml import Insert as Insert
from .dml import Merge as Merge
from .dml import Update as Update
from .dml import UpdateBase as UpdateBase
from .dml import Upsert as Upsert
from .dml import ValuesBase as ValuesBase
from .dml import delete as delete
from .dml import insert as insert
from .dml import merge_into as merge_into
from .dml import update as update
from .dml import upsert as upsert
from .elements import AggregateOrderBy as AggregateOrderBy
from .elements import BinaryExpression as BinaryExpression
from .elements import BindParameter as BindParameter
from .elements import BooleanClauseList as BooleanClauseList
from .elements import Case as Case
from .elements import Cast as Cast
from .elements import ClauseElement as ClauseElement
from .elements import ClauseList as ClauseList
from .elements import CollationClause as CollationClause
from .elements import CollectionAggregate as CollectionAggregate
from .elements import ColumnClause as ColumnClause
from .elements import ColumnElement as ColumnElement
from .elements import DMLTargetCopy as DMLTargetCopy
from .elements import ExpressionClauseList as ExpressionClauseList
from .elements import Extract as Extract
from .elements import False_ as False_
from .elements import FrameClause as FrameClause
from .elements import FrameClauseType as FrameClauseType
from .elements import FunctionFilter as FunctionFilter
from .elements import Grouping as Grouping
from .elements import KeyedColumnElement as KeyedColumnElement
from .elements import Label as Label
from .elements import NamedColumn as NamedColumn
from .elements import Null as Null
from .elements import OrderByList as OrderByList
from .elements import Over as Over
from .elements import ReleaseSavepointClause as ReleaseSavepointClause
from .elements import RollbackToSavepointClause as RollbackToSavepointClause
from .elements import SavepointClause as SavepointClause
from .elements import Slice as Slice
from .elements import TString as TString
from .elements import TableValuedColumn as TableValuedColumn
from .elements import TextClause as TextClause
from .elements import True_ as True_
from .elements import TryCast as TryCast
from .elements import Tuple as Tuple
from .elements import TypeClause as TypeClause
from .elements import TypeCoerce as TypeCoerce
from .elements import UnaryExpression as UnaryExpression
from .elements import WithinGroup as WithinGroup
from .elements import WrapsColumnExpression as WrapsColumnExpression
from .elements import aggregate_order_by as aggregate_order_by
from .elements import all_ as all_
from .elements import and_ as and_
from .elements import any_ as any_
from .elements import asc as asc
from .elements import between as between
from .elements import bindparam as bindparam
from .elements import bitwise_not as bitwise_not
from .elements import case as case
from .elements import cast as cast
from .elements import collate as collate
from .elements import column as column
from .elements import desc as desc
from .elements import distinct as distinct
from .elements import extract as extract
from .elements import false as false
from .elements import from_dml_column as from_dml_column
from .elements import funcfilter as funcfilter
from .elements import label as label
from .elements import literal as literal
from .elements import literal_column as literal_column
from .elements import not_ as not_
from .elements import null as null
from .elements import nulls_first as nulls_first
from .elements import nulls_last as nulls_last
from .elements import nullsfirst as nullsfirst
from .elements import nullslast as nullslast
from .elements import or_ as or_
from .elements import outparam as outparam
from .elements import over as over
from .elements import text as text
from .elements import true as true
from .elements import try_cast as try_cast
from .elements import tstring as tstring
from .elements import tuple_ as tuple_
from .elements import type_coerce as type_coerce
from .elements import within_group as within_group
from .executable import Executable as Executable
from .executable import ExecutableOption as ExecutableOption
from .executable import ExecutableStatement as ExecutableStatement
from .executable import SyntaxExtension as SyntaxExtension
from .functions import Function as Function
from .functions import FunctionElement as FunctionElement
from .functions import func as func
from .functions import modifier as modifier
from .names import quoted_name as quoted_name
from .operators import ColumnOperators as ColumnOperators
from .operators import OperatorClass as OperatorClass
from .operators import Operators as Operators
from .operators import custom_op as custom_op
from .selectable import Alias as Alias
from .selectable import AliasedReturnsRows as AliasedReturnsRows
from .selectable import CTE as CTE
from .selectable import CompoundSelect as CompoundSelect
from .selectable import Exists as Exists
from .selectable import FromClause as FromClause
from .selectable import FromGrouping as FromGrouping
from .selectable import GenerativeSelect as GenerativeSelect
from .selectable import HasCTE as HasCTE
from .selectable import HasPrefixes as HasPrefixes
from .selectable import HasSuffixes as HasSuffixes
from .selectable import Join as Join
from .selectable import LABEL_STYLE_DEFAULT as LABEL_STYLE_DEFAULT
from .selectable import LABEL_STYLE_DISAMBIGUATE_ONLY as LABEL_STYLE_DISAMBIGUATE_ONLY
from .selectable import LABEL_STYLE_NONE as LABEL_STYLE_NONE
from .selectable import LABEL_STYLE_TABLENAME_PLUS_COL as LABEL_STYLE_TABLENAME_PLUS_COL
from .selectable import Lateral as Lateral
from .selectable import ReturnsRows as ReturnsRows
from .selectable import ScalarSelect as ScalarSelect
from .selectable import ScalarValues as ScalarValues
from .selectable import Select as Select
from .selectable import SelectBase as SelectBase
from .selectable import SelectLabelStyle as SelectLabelStyle
from .selectable import Selectable as Selectable
from .selectable import Subquery as Subquery
from .selectable import TableClause as TableClause
from .selectable import TableSample as TableSample
from .selectable import TableValuedAlias as TableValuedAlias
from .selectable import TextAsFrom as TextAsFrom
from .selectable import TextualSelect as TextualSelect
from .selectable import Values as Values
from .selectable import alias as alias
from .selectable import cte as cte
from .selectable import except_ as except_
from .selectable import except_all as except_all
from .selectable import exists as exists
from .selectable import intersect as intersect
from .selectable import intersect_all as intersect_all
from .selectable import join as join
from .selectable import lateral as lateral
from .selectable import outerjoin as outerjoin
from .selectable import select as select
from .selectable import table as table
from .selectable import tablesample as tablesample
from .selectable import union as union
from .selectable import union_all as union_all
from .selectable import values as values
from .typing import ColumnExpressionArgument as ColumnExpressionArgument
from .typing import NotNullable as NotNullable
from .typing import Nullable as Nullable
from .typing import SQLColumnExpression as SQLColumnExpression
from .visitors import Visitable as Visitable

__all__ = [
    "AggregateOrderBy", "Alias", "AliasedReturnsRows", "BinaryExpression", "BindParameter",
    "BooleanClauseList", "CTE", "CacheKey", "Case", "Cast", "ClauseElement", "ClauseList",
    "CollationClause", "CollectionAggregate", "ColumnClause", "ColumnCollection", "ColumnElement",
    "ColumnExpressionArgument", "ColumnOperators", "CompoundSelect", "DMLTargetCopy", "Delete",
    "Executable", "ExecutableOption", "ExecutableStatement", "Exists", "ExpressionClauseList",
    "Extract", "False_", "FrameClause", "FrameClauseType", "FromClause", "FromGrouping", "Function",
    "FunctionElement", "FunctionFilter", "GenerativeSelect", "Grouping", "HasCTE", "HasPrefixes",
    "HasSuffixes", "Insert", "Join", "KeyedColumnElement", "LABEL_STYLE_DEFAULT",
    "LABEL_STYLE_DISAMBIGUATE_ONLY", "LABEL_STYLE_NONE", "LABEL_STYLE_TABLENAME_PLUS_COL", "Label",
    "LambdaElement", "Lateral", "Merge", "NamedColumn", "NotNullable", "Null", "Nullable",
    "OperatorClass", "Operators", "OrderByList", "Over", "ReadOnlyColumnCollection",
    "ReleaseSavepointClause", "ReturnsRows", "RollbackToSavepointClause", "SQLColumnExpression",
    "SavepointClause", "ScalarSelect", "ScalarValues", "Select", "SelectBase", "SelectLabelStyle",
    "Selectable", "Slice", "StatementLambdaElement", "Subquery", "SyntaxExtension", "TString",
    "TableClause", "TableSample", "TableValuedAlias", "TableValuedColumn", "TextAsFrom",
    "TextClause", "TextualSelect", "True_", "TryCast", "Tuple", "TypeClause", "TypeCoerce",
    "UnaryExpression", "Update", "UpdateBase", "Upsert", "Values", "ValuesBase", "Visitable",
    "WithinGroup", "WrapsColumnExpression", "WriteableColumnCollection", "aggregate_order_by",
    "alias", "all_", "and_", "any_", "asc", "between", "bindparam", "bitwise_not", "case", "cast",
    "collate", "column", "cte", "custom_op", "delete", "desc", "distinct", "except_", "except_all",
    "exists", "extract", "false", "from_dml_column", "func", "funcfilter", "insert", "intersect",
    "intersect_all", "join", "label", "lambda_stmt", "lateral", "literal", "literal_column",
    "merge_into", "modifier", "not_", "null", "nulls_first", "nulls_last", "nullsfirst",
    "nullslast", "or_", "outerjoin", "outparam", "over", "quoted_name", "select", "table",
    "tablesample", "text", "true", "try_cast", "tstring", "tuple_", "type_coerce", "union",
    "union_all", "update", "upsert", "values", "within_group",
]  # fmt: skip

if TYPE_CHECKING:
    from .lambdas import LambdaElement as LambdaElement
    from .lambdas import StatementLambdaElement as StatementLambdaElement
    from .lambdas import lambda_stmt as lambda_stmt

_LAMBDA_NAMES = frozenset(["LambdaElement", "StatementLambdaElement", "lambda_stmt"])


def __getattr__(name: str) -> Any:
    """Import the few names of lambda statements when one of them is asked for."""
    if name not in _LAMBDA_NAMES:
        raise AttributeError("module %r has no attribute %r" % (__name__, name))
    from . import lambdas

    value = globals()[name] = getattr(lambdas, name)
    return value
