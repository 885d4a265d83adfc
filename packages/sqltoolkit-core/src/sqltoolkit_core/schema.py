"""All schema objects and DDL statements by name; they are defined in ``sql.schema`` and ``sql.ddl``."""

from __future__ import annotations

from .sql.ddl import _CreateDropBase as _CreateDropBase
from .sql.ddl import AddConstraint as AddConstraint
from .sql.ddl import BaseDDLElement as BaseDDLElement
from .sql.ddl import CheckFirst as CheckFirst
from .sql.ddl import CreateColumn as CreateColumn
from .sql.ddl import CreateIndex as CreateIndex
from .sql.ddl import CreateSchema as CreateSchema
from .sql.ddl import CreateSequence as CreateSequence
from .sql.ddl import CreateTable as CreateTable
from .sql.ddl import CreateTableAs as CreateTableAs
from .sql.ddl import CreateView as CreateView
from .sql.ddl import DDL as DDL
from .sql.ddl import DDLElement as DDLElement
from .sql.ddl import DropColumnComment as DropColumnComment
from .sql.ddl import DropConstraint as DropConstraint
from .sql.ddl import DropConstraintComment as DropConstraintComment
from .sql.ddl import DropIndex as DropIndex
from .sql.ddl import DropSchema as DropSchema
from .sql.ddl import DropSequence as DropSequence
from .sql.ddl import DropTable as DropTable
from .sql.ddl import DropTableComment as DropTableComment
from .sql.ddl import DropView as DropView
from .sql.ddl import ExecutableDDLElement as ExecutableDDLElement
from .sql.ddl import SchemaDropper as SchemaDropper
from .sql.ddl import SchemaGenerator as SchemaGenerator
from .sql.ddl import SetColumnComment as SetColumnComment
from .sql.ddl import SetConstraintComment as SetConstraintComment
from .sql.ddl import SetTableComment as SetTableComment
from .sql.ddl import TableCreateDDL as TableCreateDDL
from .sql.ddl import TableDropDDL as TableDropDDL
from .sql.schema import BLANK_SCHEMA as BLANK_SCHEMA
from .sql.schema import CallableColumnDefault as CallableColumnDefault
from .sql.schema import CheckConstraint as CheckConstraint
from .sql.schema import Column as Column
from .sql.schema import ColumnCollectionConstraint as ColumnCollectionConstraint
from .sql.schema import ColumnCollectionMixin as ColumnCollectionMixin
from .sql.schema import ColumnDefault as ColumnDefault
from .sql.schema import ColumnElementColumnDefault as ColumnElementColumnDefault
from .sql.schema import Computed as Computed
from .sql.schema import Constraint as Constraint
from .sql.schema import conv as conv
from .sql.schema import DefaultClause as DefaultClause
from .sql.schema import DefaultGenerator as DefaultGenerator
from .sql.schema import FetchedValue as FetchedValue
from .sql.schema import ForeignKey as ForeignKey
from .sql.schema import ForeignKeyConstraint as ForeignKeyConstraint
from .sql.schema import ForeignKeyTarget as ForeignKeyTarget
from .sql.schema import HasConditionalDDL as HasConditionalDDL
from .sql.schema import Identity as Identity
from .sql.schema import IdentityOptions as IdentityOptions
from .sql.schema import Index as Index
from .sql.schema import insert_sentinel as insert_sentinel
from .sql.schema import MetaData as MetaData
from .sql.schema import Named as Named
from .sql.schema import NULL_UNSPECIFIED as NULL_UNSPECIFIED
from .sql.schema import PrimaryKeyConstraint as PrimaryKeyConstraint
from .sql.schema import RETAIN_SCHEMA as RETAIN_SCHEMA
from .sql.schema import ScalarElementColumnDefault as ScalarElementColumnDefault
from .sql.schema import SchemaConst as SchemaConst
from .sql.schema import SchemaItem as SchemaItem
from .sql.schema import SchemaVisitable as SchemaVisitable
from .sql.schema import SchemaVisitor as SchemaVisitor
from .sql.schema import Sequence as Sequence
from .sql.schema import sort_tables as sort_tables
from .sql.schema import sort_tables_and_constraints as sort_tables_and_constraints
from .sql.schema import Table as Table
from .sql.schema import table_key as table_key
from .sql.schema import TypedColumns as TypedColumns
from .sql.schema import UniqueConstraint as UniqueConstraint

__all__ = (
    "AddConstraint",
    "BLANK_SCHEMA",
    "BaseDDLElement",
    "CallableColumnDefault",
    "CheckConstraint",
    "CheckFirst",
    "Column",
    "ColumnCollectionConstraint",
    "ColumnCollectionMixin",
    "ColumnDefault",
    "ColumnElementColumnDefault",
    "Computed",
    "Constraint",
    "CreateColumn",
    "CreateIndex",
    "CreateSchema",
    "CreateSequence",
    "CreateTable",
    "CreateTableAs",
    "CreateView",
    "DDL",
    "DDLElement",
    "DefaultClause",
    "DefaultGenerator",
    "DropColumnComment",
    "DropConstraint",
    "DropConstraintComment",
    "DropIndex",
    "DropSchema",
    "DropSequence",
    "DropTable",
    "DropTableComment",
    "DropView",
    "ExecutableDDLElement",
    "FetchedValue",
    "ForeignKey",
    "ForeignKeyConstraint",
    "ForeignKeyTarget",
    "HasConditionalDDL",
    "Identity",
    "IdentityOptions",
    "Index",
    "MetaData",
    "NULL_UNSPECIFIED",
    "Named",
    "PrimaryKeyConstraint",
    "RETAIN_SCHEMA",
    "ScalarElementColumnDefault",
    "SchemaConst",
    "SchemaDropper",
    "SchemaGenerator",
    "SchemaItem",
    "SchemaVisitable",
    "SchemaVisitor",
    "Sequence",
    "SetColumnComment",
    "SetConstraintComment",
    "SetTableComment",
    "Table",
    "TableCreateDDL",
    "TableDropDDL",
    "TypedColumns",
    "UniqueConstraint",
    "_CreateDropBase",
    "conv",
    "insert_sentinel",
    "sort_tables",
    "sort_tables_and_constraints",
    "table_key",
)
