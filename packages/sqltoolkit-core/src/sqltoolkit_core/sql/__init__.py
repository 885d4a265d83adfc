"""The SQL language: elements, statements, schema, types and the compiler.

The names here are those most used; each is defined in one of the subpackages and imported when it is first asked for,
so that a module of this package can be imported without the others.
"""

from __future__ import annotations

import typing

from ..util.lazy import lazy_names

if typing.TYPE_CHECKING:
    from .collections import ColumnCollection as ColumnCollection
    from .collections import WriteableColumnCollection as WriteableColumnCollection
    from .compiler import COLLECT_CARTESIAN_PRODUCTS as COLLECT_CARTESIAN_PRODUCTS
    from .compiler import FROM_LINTING as FROM_LINTING
    from .compiler import NO_LINTING as NO_LINTING
    from .compiler import WARN_LINTING as WARN_LINTING
    from .ddl import BaseDDLElement as BaseDDLElement
    from .ddl import CheckFirst as CheckFirst
    from .ddl import DDL as DDL
    from .ddl import DDLElement as DDLElement
    from .ddl import ExecutableDDLElement as ExecutableDDLElement
    from .dml import Delete as Delete
    from .dml import Insert as Insert
    from .dml import Update as Update
    from .dml import delete as delete
    from .dml import insert as insert
    from .dml import update as update
    from .elements import ClauseElement as ClauseElement
    from .elements import ColumnElement as ColumnElement
    from .elements import False_ as False_
    from .elements import TString as TString
    from .elements import TableValuedColumn as TableValuedColumn
    from .elements import TextClause as TextClause
    from .elements import True_ as True_
    from .elements import aggregate_order_by as aggregate_order_by
    from .elements import all_ as all_
    from .elements import and_ as and_
    from .elements import any_ as any_
    from .elements import asc as asc
    from .elements import between as between
    from .elements import bindparam as bindparam
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
    from .elements import quoted_name as quoted_name
    from .elements import text as text
    from .elements import true as true
    from .elements import try_cast as try_cast
    from .elements import tstring as tstring
    from .elements import tuple_ as tuple_
    from .elements import type_coerce as type_coerce
    from .elements import within_group as within_group
    from .executable import Executable as Executable
    from .executable import ExecutableStatement as ExecutableStatement
    from .executable import SyntaxExtension as SyntaxExtension
    from .functions import func as func
    from .functions import modifier as modifier
    from .lambdas import LambdaElement as LambdaElement
    from .lambdas import StatementLambdaElement as StatementLambdaElement
    from .lambdas import lambda_stmt as lambda_stmt
    from .selectable import Alias as Alias
    from .selectable import CompoundSelect as CompoundSelect
    from .selectable import FromClause as FromClause
    from .selectable import Join as Join
    from .selectable import LABEL_STYLE_DEFAULT as LABEL_STYLE_DEFAULT
    from .selectable import LABEL_STYLE_DISAMBIGUATE_ONLY as LABEL_STYLE_DISAMBIGUATE_ONLY
    from .selectable import LABEL_STYLE_NONE as LABEL_STYLE_NONE
    from .selectable import LABEL_STYLE_TABLENAME_PLUS_COL as LABEL_STYLE_TABLENAME_PLUS_COL
    from .selectable import Select as Select
    from .selectable import SelectLabelStyle as SelectLabelStyle
    from .selectable import Selectable as Selectable
    from .selectable import Subquery as Subquery
    from .selectable import TableClause as TableClause
    from .selectable import TableSample as TableSample
    from .selectable import TableValuedAlias as TableValuedAlias
    from .selectable import Values as Values
    from .selectable import alias as alias
    from .selectable import cte as cte
    from .selectable import except_ as except_
    from .selectable import except_all as except_all
    from .selectable import exists as exists
    from .selectable import intersect as intersect
    from .selectable import intersect_all as intersect_all
    from .selectable import join as join  # type: ignore[no-redef]
    from .selectable import lateral as lateral
    from .selectable import outerjoin as outerjoin
    from .selectable import select as select  # type: ignore[no-redef]
    from .selectable import table as table
    from .selectable import tablesample as tablesample
    from .selectable import union as union
    from .selectable import union_all as union_all
    from .selectable import values as values
    from .typing import ColumnExpressionArgument as ColumnExpressionArgument
    from .typing import NotNullable as NotNullable
    from .typing import Nullable as Nullable
    from .typing import SQLColumnExpression as SQLColumnExpression
    from .visitors import ClauseVisitor as ClauseVisitor

_PLACES = {
    ".collections": (
        "ColumnCollection WriteableColumnCollection"
    ),
    ".compiler": (
        "COLLECT_CARTESIAN_PRODUCTS FROM_LINTING NO_LINTING WARN_LINTING"
    ),
    ".ddl": (
        "BaseDDLElement CheckFirst DDL DDLElement ExecutableDDLElement"
    ),
    ".dml": (
        "Delete Insert Update delete insert update"
    ),
    ".elements": (
        "ClauseElement ColumnElement False_ TString TableValuedColumn TextClause True_ "
        "aggregate_order_by all_ and_ any_ asc between bindparam case cast collate column desc "
        "distinct extract false from_dml_column funcfilter label literal literal_column not_ "
        "null nulls_first nulls_last nullsfirst nullslast or_ outparam over quoted_name text "
        "true try_cast tstring tuple_ type_coerce within_group"
    ),
    ".executable": (
        "Executable ExecutableStatement SyntaxExtension"
    ),
    ".functions": (
        "func modifier"
    ),
    ".lambdas": (
        "LambdaElement StatementLambdaElement lambda_stmt"
    ),
    ".selectable": (
        "Alias CompoundSelect FromClause Join LABEL_STYLE_DEFAULT LABEL_STYLE_DISAMBIGUATE_ONLY "
        "LABEL_STYLE_NONE LABEL_STYLE_TABLENAME_PLUS_COL Select SelectLabelStyle Selectable "
        "Subquery TableClause TableSample TableValuedAlias Values alias cte except_ except_all "
        "exists intersect intersect_all join lateral outerjoin select table tablesample union "
        "union_all values"
    ),
    ".typing": (
        "ColumnExpressionArgument NotNullable Nullable SQLColumnExpression"
    ),
    ".visitors": (
        "ClauseVisitor"
    ),
}


_MODULES = (
    "adapt analysis annotation base cache_key coercions collections compiler ddl dml elements executable expression "
    "functions lambdas lowering names operators roles schema selectable sqltypes traversals type_api typing visitors"
)
__getattr__, __dir__ = lazy_names(globals(), _PLACES, _MODULES)

__all__ = [
    "Alias", "BaseDDLElement", "COLLECT_CARTESIAN_PRODUCTS", "CheckFirst", "ClauseElement",
    "ClauseVisitor", "ColumnCollection", "ColumnElement", "ColumnExpressionArgument",
    "CompoundSelect", "DDL", "DDLElement", "Delete", "Executable", "ExecutableDDLElement",
    "ExecutableStatement", "FROM_LINTING", "False_", "FromClause", "Insert", "Join",
    "LABEL_STYLE_DEFAULT", "LABEL_STYLE_DISAMBIGUATE_ONLY", "LABEL_STYLE_NONE",
    "LABEL_STYLE_TABLENAME_PLUS_COL", "LambdaElement", "NO_LINTING", "NotNullable", "Nullable",
    "SQLColumnExpression", "Select", "SelectLabelStyle", "Selectable", "StatementLambdaElement",
    "Subquery", "SyntaxExtension", "TString", "TableClause", "TableSample", "TableValuedAlias",
    "TableValuedColumn", "TextClause", "True_", "Update", "Values", "WARN_LINTING",
    "WriteableColumnCollection", "aggregate_order_by", "alias", "all_", "and_", "any_", "asc",
    "between", "bindparam", "case", "cast", "collate", "column", "cte", "delete", "desc",
    "distinct", "except_", "except_all", "exists", "extract", "false", "from_dml_column", "func",
    "funcfilter", "insert", "intersect", "intersect_all", "join", "label", "lambda_stmt",
    "lateral", "literal", "literal_column", "modifier", "not_", "null", "nulls_first",
    "nulls_last", "nullsfirst", "nullslast", "or_", "outerjoin", "outparam", "over", "quoted_name",
    "select", "table", "tablesample", "text", "true", "try_cast", "tstring", "tuple_",
    "type_coerce", "union", "union_all", "update", "values", "within_group",
]  # fmt: skip
