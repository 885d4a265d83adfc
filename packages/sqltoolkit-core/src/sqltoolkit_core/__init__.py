"""A SQL toolkit: expressions, schema, engines and results in one namespace.

Everything is defined in the subpackages; names of engines, results and DDL are imported when they are first used.
"""

from __future__ import annotations

import typing

from . import exc as exc
from .event import import_families_by as _import_families_by
from .inspection import inspect as inspect
from .sql.cache_key import CacheKey as CacheKey
from .sql.collections import ColumnCollection as ColumnCollection
from .sql.dml import Delete as Delete
from .sql.dml import Insert as Insert
from .sql.dml import Update as Update
from .sql.dml import UpdateBase as UpdateBase
from .sql.dml import ValuesBase as ValuesBase
from .sql.dml import delete as delete
from .sql.dml import insert as insert
from .sql.dml import merge_into as merge_into
from .sql.dml import update as update
from .sql.dml import upsert as upsert
from .sql.elements import AggregateOrderBy as AggregateOrderBy
from .sql.elements import BinaryExpression as BinaryExpression
from .sql.elements import BindParameter as BindParameter
from .sql.elements import BooleanClauseList as BooleanClauseList
from .sql.elements import Case as Case
from .sql.elements import Cast as Cast
from .sql.elements import ClauseElement as ClauseElement
from .sql.elements import ClauseList as ClauseList
from .sql.elements import CollectionAggregate as CollectionAggregate
from .sql.elements import ColumnClause as ColumnClause
from .sql.elements import ColumnElement as ColumnElement
from .sql.elements import Extract as Extract
from .sql.elements import False_ as False_
from .sql.elements import FrameClause as FrameClause
from .sql.elements import FrameClauseType as FrameClauseType
from .sql.elements import FunctionFilter as FunctionFilter
from .sql.elements import Grouping as Grouping
from .sql.elements import Label as Label
from .sql.elements import Null as Null
from .sql.elements import OrderByList as OrderByList
from .sql.elements import Over as Over
from .sql.elements import ReleaseSavepointClause as ReleaseSavepointClause
from .sql.elements import RollbackToSavepointClause as RollbackToSavepointClause
from .sql.elements import SavepointClause as SavepointClause
from .sql.elements import TString as TString
from .sql.elements import TableValuedColumn as TableValuedColumn
from .sql.elements import TextClause as TextClause
from .sql.elements import True_ as True_
from .sql.elements import TryCast as TryCast
from .sql.elements import Tuple as Tuple
from .sql.elements import TypeClause as TypeClause
from .sql.elements import TypeCoerce as TypeCoerce
from .sql.elements import UnaryExpression as UnaryExpression
from .sql.elements import WithinGroup as WithinGroup
from .sql.elements import aggregate_order_by as aggregate_order_by
from .sql.elements import all_ as all_
from .sql.elements import and_ as and_
from .sql.elements import any_ as any_
from .sql.elements import asc as asc
from .sql.elements import between as between
from .sql.elements import bindparam as bindparam
from .sql.elements import bitwise_not as bitwise_not
from .sql.elements import case as case
from .sql.elements import cast as cast
from .sql.elements import collate as collate
from .sql.elements import column as column
from .sql.elements import desc as desc
from .sql.elements import distinct as distinct
from .sql.elements import extract as extract
from .sql.elements import false as false
from .sql.elements import from_dml_column as from_dml_column
from .sql.elements import funcfilter as funcfilter
from .sql.elements import label as label
from .sql.elements import literal as literal
from .sql.elements import literal_column as literal_column
from .sql.elements import not_ as not_
from .sql.elements import null as null
from .sql.elements import nulls_first as nulls_first
from .sql.elements import nulls_last as nulls_last
from .sql.elements import nullsfirst as nullsfirst
from .sql.elements import nullslast as nullslast
from .sql.elements import or_ as or_
from .sql.elements import outparam as outparam
from .sql.elements import over as over
from .sql.elements import quoted_name as quoted_name
from .sql.elements import text as text
from .sql.elements import true as true
from .sql.elements import try_cast as try_cast
from .sql.elements import tstring as tstring
from .sql.elements import tuple_ as tuple_
from .sql.elements import type_coerce as type_coerce
from .sql.elements import within_group as within_group
from .sql.executable import Executable as Executable
from .sql.functions import Function as Function
from .sql.functions import FunctionElement as FunctionElement
from .sql.functions import func as func
from .sql.functions import modifier as modifier
from .sql.operators import ColumnOperators as ColumnOperators
from .sql.operators import Operators as Operators
from .sql.operators import custom_op as custom_op
from .sql.selectable import Alias as Alias
from .sql.selectable import AliasedReturnsRows as AliasedReturnsRows
from .sql.selectable import CTE as CTE
from .sql.selectable import CompoundSelect as CompoundSelect
from .sql.selectable import Exists as Exists
from .sql.selectable import FromClause as FromClause
from .sql.selectable import FromGrouping as FromGrouping
from .sql.selectable import GenerativeSelect as GenerativeSelect
from .sql.selectable import HasCTE as HasCTE
from .sql.selectable import HasPrefixes as HasPrefixes
from .sql.selectable import HasSuffixes as HasSuffixes
from .sql.selectable import Join as Join
from .sql.selectable import LABEL_STYLE_DEFAULT as LABEL_STYLE_DEFAULT
from .sql.selectable import LABEL_STYLE_DISAMBIGUATE_ONLY as LABEL_STYLE_DISAMBIGUATE_ONLY
from .sql.selectable import LABEL_STYLE_NONE as LABEL_STYLE_NONE
from .sql.selectable import LABEL_STYLE_TABLENAME_PLUS_COL as LABEL_STYLE_TABLENAME_PLUS_COL
from .sql.selectable import Lateral as Lateral
from .sql.selectable import ReturnsRows as ReturnsRows
from .sql.selectable import ScalarSelect as ScalarSelect
from .sql.selectable import Select as Select
from .sql.selectable import SelectBase as SelectBase
from .sql.selectable import SelectLabelStyle as SelectLabelStyle
from .sql.selectable import Selectable as Selectable
from .sql.selectable import Subquery as Subquery
from .sql.selectable import TableClause as TableClause
from .sql.selectable import TableSample as TableSample
from .sql.selectable import TableValuedAlias as TableValuedAlias
from .sql.selectable import TextAsFrom as TextAsFrom
from .sql.selectable import TextualSelect as TextualSelect
from .sql.selectable import Values as Values
from .sql.selectable import alias as alias
from .sql.selectable import cte as cte
from .sql.selectable import except_ as except_
from .sql.selectable import except_all as except_all
from .sql.selectable import exists as exists
from .sql.selectable import intersect as intersect
from .sql.selectable import intersect_all as intersect_all
from .sql.selectable import join as join
from .sql.selectable import lateral as lateral
from .sql.selectable import outerjoin as outerjoin
from .sql.selectable import select as select
from .sql.selectable import table as table
from .sql.selectable import tablesample as tablesample
from .sql.selectable import union as union
from .sql.selectable import union_all as union_all
from .sql.selectable import values as values
from .sql.typing import ColumnExpressionArgument as ColumnExpressionArgument
from .sql.typing import NotNullable as NotNullable
from .sql.typing import Nullable as Nullable
from .sql.typing import SQLColumnExpression as SQLColumnExpression
from .sql.visitors import Visitable as Visitable
from .types import ARRAY as ARRAY
from .types import BIGINT as BIGINT
from .types import BINARY as BINARY
from .types import BLOB as BLOB
from .types import BOOLEAN as BOOLEAN
from .types import BigInteger as BigInteger
from .types import Boolean as Boolean
from .types import CHAR as CHAR
from .types import CLOB as CLOB
from .types import DATE as DATE
from .types import DATETIME as DATETIME
from .types import DECIMAL as DECIMAL
from .types import DOUBLE as DOUBLE
from .types import DOUBLE_PRECISION as DOUBLE_PRECISION
from .types import Date as Date
from .types import DateTime as DateTime
from .types import Double as Double
from .types import Enum as Enum
from .types import FLOAT as FLOAT
from .types import Float as Float
from .types import INT as INT
from .types import INTEGER as INTEGER
from .types import Integer as Integer
from .types import Interval as Interval
from .types import JSON as JSON
from .types import LargeBinary as LargeBinary
from .types import NCHAR as NCHAR
from .types import NUMERIC as NUMERIC
from .types import NVARCHAR as NVARCHAR
from .types import Numeric as Numeric
from .types import NumericCommon as NumericCommon
from .types import PickleType as PickleType
from .types import REAL as REAL
from .types import SMALLINT as SMALLINT
from .types import SmallInteger as SmallInteger
from .types import String as String
from .types import TEXT as TEXT
from .types import TIME as TIME
from .types import TIMESTAMP as TIMESTAMP
from .types import Text as Text
from .types import Time as Time
from .types import TupleType as TupleType
from .types import TypeDecorator as TypeDecorator
from .types import UUID as UUID
from .types import Unicode as Unicode
from .types import UnicodeText as UnicodeText
from .types import UtcDateTime as UtcDateTime
from .types import Uuid as Uuid
from .types import VARBINARY as VARBINARY
from .types import VARCHAR as VARCHAR
from ._version import __version__ as __version__
from .sql.forward import slots as _slots
from .util.lazy import lazy_names as _lazy_names

if typing.TYPE_CHECKING:
    from .engine import AdaptedConnection as AdaptedConnection
    from .engine import BaseRow as BaseRow
    from .engine import BindTyping as BindTyping
    from .engine import ChunkedIteratorResult as ChunkedIteratorResult
    from .engine import Connection as Connection
    from .engine import CreateEnginePlugin as CreateEnginePlugin
    from .engine import CursorResult as CursorResult
    from .engine import Dialect as Dialect
    from .engine import Engine as Engine
    from .engine import ExceptionContext as ExceptionContext
    from .engine import ExecutionContext as ExecutionContext
    from .engine import FrozenResult as FrozenResult
    from .engine import IteratorResult as IteratorResult
    from .engine import MappingResult as MappingResult
    from .engine import MergedResult as MergedResult
    from .engine import NestedTransaction as NestedTransaction
    from .engine import Result as Result
    from .engine import ResultProxy as ResultProxy
    from .engine import RootTransaction as RootTransaction
    from .engine import Row as Row
    from .engine import RowMapping as RowMapping
    from .engine import ScalarResult as ScalarResult
    from .engine import Transaction as Transaction
    from .engine import TwoPhaseTransaction as TwoPhaseTransaction
    from .engine import URL as URL
    from .engine import create_engine as create_engine
    from .engine import create_mock_engine as create_mock_engine
    from .engine import create_pool_from_url as create_pool_from_url
    from .engine import engine_from_config as engine_from_config
    from .engine import make_url as make_url
    from .engine import result_tuple as result_tuple
    from .engine.reflection import Inspector as Inspector
    from .pool import AssertionPool as AssertionPool
    from .pool import AsyncAdaptedQueuePool as AsyncAdaptedQueuePool
    from .pool import NullPool as NullPool
    from .pool import Pool as Pool
    from .pool import PoolProxiedConnection as PoolProxiedConnection
    from .pool import PoolResetState as PoolResetState
    from .pool import QueuePool as QueuePool
    from .pool import SingletonThreadPool as SingletonThreadPool
    from .pool import StaticPool as StaticPool
    from .schema import BLANK_SCHEMA as BLANK_SCHEMA
    from .schema import BaseDDLElement as BaseDDLElement
    from .schema import CheckConstraint as CheckConstraint
    from .schema import CheckFirst as CheckFirst
    from .schema import Column as Column
    from .schema import ColumnDefault as ColumnDefault
    from .schema import Computed as Computed
    from .schema import Constraint as Constraint
    from .schema import CreateTable as CreateTable
    from .schema import CreateTableAs as CreateTableAs
    from .schema import CreateView as CreateView
    from .schema import DDL as DDL
    from .schema import DDLElement as DDLElement
    from .schema import DefaultClause as DefaultClause
    from .schema import DropTable as DropTable
    from .schema import DropView as DropView
    from .schema import ExecutableDDLElement as ExecutableDDLElement
    from .schema import FetchedValue as FetchedValue
    from .schema import ForeignKey as ForeignKey
    from .schema import ForeignKeyConstraint as ForeignKeyConstraint
    from .schema import ForeignKeyTarget as ForeignKeyTarget
    from .schema import Identity as Identity
    from .schema import Index as Index
    from .schema import MetaData as MetaData
    from .schema import Named as Named
    from .schema import PrimaryKeyConstraint as PrimaryKeyConstraint
    from .schema import Sequence as Sequence
    from .schema import Table as Table
    from .schema import TypedColumns as TypedColumns
    from .schema import UniqueConstraint as UniqueConstraint
    from .schema import insert_sentinel as insert_sentinel
    from .sql.compiler import Compiled as Compiled
    from .sql.compiler import TypeCompiler as TypeCompiler
    from .sql.lambdas import LambdaElement as LambdaElement
    from .sql.lambdas import StatementLambdaElement as StatementLambdaElement
    from .sql.lambdas import lambda_stmt as lambda_stmt

# where names are that programs without a database do not need
_PLACES = {
    ".engine": (
        "AdaptedConnection BaseRow BindTyping ChunkedIteratorResult Connection "
        "CreateEnginePlugin CursorResult Dialect Engine ExceptionContext ExecutionContext "
        "FrozenResult IteratorResult MappingResult MergedResult NestedTransaction Result "
        "ResultProxy RootTransaction Row RowMapping ScalarResult Transaction TwoPhaseTransaction "
        "URL create_engine create_mock_engine create_pool_from_url engine_from_config make_url "
        "result_tuple"
    ),
    ".engine.reflection": (
        "Inspector"
    ),
    ".pool": (
        "AssertionPool AsyncAdaptedQueuePool NullPool Pool PoolProxiedConnection PoolResetState "
        "QueuePool SingletonThreadPool StaticPool"
    ),
    ".schema": (
        "BLANK_SCHEMA BaseDDLElement CheckConstraint CheckFirst Column ColumnDefault Computed "
        "Constraint CreateTable CreateTableAs CreateView DDL DDLElement DefaultClause DropTable "
        "DropView ExecutableDDLElement FetchedValue ForeignKey ForeignKeyConstraint "
        "ForeignKeyTarget Identity Index MetaData Named PrimaryKeyConstraint Sequence Table "
        "TypedColumns UniqueConstraint insert_sentinel"
    ),
    ".sql.compiler": (
        "Compiled TypeCompiler"
    ),
    ".sql.lambdas": (
        "LambdaElement StatementLambdaElement lambda_stmt"
    ),
}

_slots.fill(
    __name__,
    {
        "select": (".sql.selectable", "select"),
        "insert": (".sql.dml", "insert"),
        "update": (".sql.dml", "update"),
        "delete": (".sql.dml", "delete"),
        "join": (".sql.selectable", "Join"),
        "alias": (".sql.selectable.constructors", "make_alias"),
        "lateral": (".sql.selectable.constructors", "make_lateral"),
        "tablesample": (".sql.selectable.constructors", "make_tablesample"),
        "textual_select": (".sql.selectable", "TextualSelect"),
        "func": (".sql.functions", "func"),
        "label_style_none": (".sql.selectable", "LABEL_STYLE_NONE"),
        "clause_adapter": (".sql.adapt", "ClauseAdapter"),
        "create_table_as": (".sql.ddl", "CreateTableAs"),
        "string_dialect_class": (".engine.default", "StrCompileDialect"),
        "dialect_registry": (".engine.url", "registry"),
        "schema_create_all": (".sql.ddl.runner", "create_all"),
        "schema_drop_all": (".sql.ddl.runner", "drop_all"),
        "lambda_element": (".sql.lambdas", "lambda_element"),
    },
)


__getattr__, __dir__ = _lazy_names(globals(), _PLACES, "asyncio dialects engine event events ext log pool")

# engines and pools may be listened to before anything else of them was needed
_import_families_by(lambda: __getattr__("events"))

__all__ = [
    "ARRAY", "AdaptedConnection", "AggregateOrderBy", "Alias", "AliasedReturnsRows",
    "AssertionPool", "AsyncAdaptedQueuePool", "BIGINT", "BINARY", "BLANK_SCHEMA", "BLOB",
    "BOOLEAN", "BaseDDLElement", "BaseRow", "BigInteger", "BinaryExpression", "BindParameter",
    "BindTyping", "Boolean", "BooleanClauseList", "CHAR", "CLOB", "CTE", "CacheKey", "Case",
    "Cast", "CheckConstraint", "CheckFirst", "ChunkedIteratorResult", "ClauseElement",
    "ClauseList", "CollectionAggregate", "Column", "ColumnClause", "ColumnCollection",
    "ColumnDefault", "ColumnElement", "ColumnExpressionArgument", "ColumnOperators", "Compiled",
    "CompoundSelect", "Computed", "Connection", "Constraint", "CreateEnginePlugin", "CreateTable",
    "CreateTableAs", "CreateView", "CursorResult", "DATE", "DATETIME", "DDL", "DDLElement",
    "DECIMAL", "DOUBLE", "DOUBLE_PRECISION", "Date", "DateTime", "DefaultClause", "Delete",
    "Dialect", "Double", "DropTable", "DropView", "Engine", "Enum", "ExceptionContext",
    "Executable", "ExecutableDDLElement", "ExecutionContext", "Exists", "Extract", "FLOAT",
    "False_", "FetchedValue", "Float", "ForeignKey", "ForeignKeyConstraint", "ForeignKeyTarget",
    "FrameClause", "FrameClauseType", "FromClause", "FromGrouping", "FrozenResult", "Function",
    "FunctionElement", "FunctionFilter", "GenerativeSelect", "Grouping", "HasCTE", "HasPrefixes",
    "HasSuffixes", "INT", "INTEGER", "Identity", "Index", "Insert", "Inspector", "Integer",
    "Interval", "IteratorResult", "JSON", "Join", "LABEL_STYLE_DEFAULT",
    "LABEL_STYLE_DISAMBIGUATE_ONLY", "LABEL_STYLE_NONE", "LABEL_STYLE_TABLENAME_PLUS_COL", "Label",
    "LambdaElement", "LargeBinary", "Lateral", "MappingResult", "MergedResult", "MetaData",
    "NCHAR", "NUMERIC", "NVARCHAR", "Named", "NestedTransaction", "NotNullable", "Null",
    "NullPool", "Nullable", "Numeric", "NumericCommon", "Operators", "OrderByList", "Over",
    "PickleType", "Pool", "PoolProxiedConnection", "PoolResetState", "PrimaryKeyConstraint",
    "QueuePool", "REAL", "ReleaseSavepointClause", "Result", "ResultProxy", "ReturnsRows",
    "RollbackToSavepointClause", "RootTransaction", "Row", "RowMapping", "SMALLINT",
    "SQLColumnExpression", "SavepointClause", "ScalarResult", "ScalarSelect", "Select",
    "SelectBase", "SelectLabelStyle", "Selectable", "Sequence", "SingletonThreadPool",
    "SmallInteger", "StatementLambdaElement", "StaticPool", "String", "Subquery", "TEXT", "TIME",
    "TIMESTAMP", "TString", "Table", "TableClause", "TableSample", "TableValuedAlias",
    "TableValuedColumn", "Text", "TextAsFrom", "TextClause", "TextualSelect", "Time",
    "Transaction", "True_", "TryCast", "Tuple", "TupleType", "TwoPhaseTransaction", "TypeClause",
    "TypeCoerce", "TypeCompiler", "TypeDecorator", "TypedColumns", "URL", "UUID",
    "UnaryExpression", "Unicode", "UnicodeText", "UniqueConstraint", "Update", "UpdateBase",
    "UtcDateTime", "Uuid", "VARBINARY", "VARCHAR", "Values", "ValuesBase", "Visitable", "WithinGroup",
    "__version__", "aggregate_order_by", "alias", "all_", "and_", "any_", "asc", "between",
    "bindparam", "bitwise_not", "case", "cast", "collate", "column", "create_engine",
    "create_mock_engine", "create_pool_from_url", "cte", "custom_op", "delete", "desc", "distinct",
    "engine_from_config", "exc", "except_", "except_all", "exists", "extract", "false",
    "from_dml_column", "func", "funcfilter", "insert", "insert_sentinel", "inspect", "intersect",
    "intersect_all", "join", "label", "lambda_stmt", "lateral", "literal", "literal_column",
    "make_url", "merge_into", "modifier", "not_", "null", "nulls_first", "nulls_last", "nullsfirst", "nullslast",
    "or_", "outerjoin", "outparam", "over", "quoted_name", "result_tuple", "select", "table",
    "tablesample", "text", "true", "try_cast", "tstring", "tuple_", "type_coerce", "union",
    "union_all", "update", "upsert", "values", "within_group",
]  # fmt: skip
