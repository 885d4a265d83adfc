"""Tables and what belongs to them; the DDL statements for them live in ``sql.ddl``."""

from __future__ import annotations

from .base import BLANK_SCHEMA as BLANK_SCHEMA
from .base import conv as conv
from .base import DEFAULT_NAMING_CONVENTION as DEFAULT_NAMING_CONVENTION
from .base import HasConditionalDDL as HasConditionalDDL
from .base import HasSchemaAttr as HasSchemaAttr
from .base import NULL_UNSPECIFIED as NULL_UNSPECIFIED
from .base import RETAIN_SCHEMA as RETAIN_SCHEMA
from .base import SchemaConst as SchemaConst
from .base import SchemaItem as SchemaItem
from .base import SchemaVisitable as SchemaVisitable
from .base import SchemaVisitor as SchemaVisitor
from .base import table_key as table_key
from .column import Column as Column
from .column import insert_sentinel as insert_sentinel
from .column import Named as Named
from .constraints import CheckConstraint as CheckConstraint
from .constraints import ColumnCollectionConstraint as ColumnCollectionConstraint
from .constraints import ColumnCollectionMixin as ColumnCollectionMixin
from .constraints import Constraint as Constraint
from .constraints import Index as Index
from .constraints import PrimaryKeyConstraint as PrimaryKeyConstraint
from .constraints import UniqueConstraint as UniqueConstraint
from .defaults import CallableColumnDefault as CallableColumnDefault
from .defaults import ColumnDefault as ColumnDefault
from .defaults import ColumnElementColumnDefault as ColumnElementColumnDefault
from .defaults import Computed as Computed
from .defaults import DefaultClause as DefaultClause
from .defaults import DefaultGenerator as DefaultGenerator
from .defaults import FetchedValue as FetchedValue
from .defaults import Identity as Identity
from .defaults import IdentityOptions as IdentityOptions
from .defaults import InsertSentinelDefault as InsertSentinelDefault
from .defaults import next_value as next_value
from .defaults import ScalarElementColumnDefault as ScalarElementColumnDefault
from .defaults import Sequence as Sequence
from .foreign_key import ForeignKey as ForeignKey
from .foreign_key import ForeignKeyConstraint as ForeignKeyConstraint
from .foreign_key import ForeignKeyTarget as ForeignKeyTarget
from .metadata import MetaData as MetaData
from .metadata import sort_tables as sort_tables
from .metadata import sort_tables_and_constraints as sort_tables_and_constraints
from .table import Table as Table
from .table import TypedColumns as TypedColumns

__all__ = (
    "BLANK_SCHEMA",
    "CallableColumnDefault",
    "CheckConstraint",
    "Column",
    "ColumnCollectionConstraint",
    "ColumnCollectionMixin",
    "ColumnDefault",
    "ColumnElementColumnDefault",
    "Computed",
    "Constraint",
    "DEFAULT_NAMING_CONVENTION",
    "DefaultClause",
    "DefaultGenerator",
    "FetchedValue",
    "ForeignKey",
    "ForeignKeyConstraint",
    "ForeignKeyTarget",
    "HasConditionalDDL",
    "HasSchemaAttr",
    "Identity",
    "IdentityOptions",
    "Index",
    "InsertSentinelDefault",
    "MetaData",
    "NULL_UNSPECIFIED",
    "Named",
    "PrimaryKeyConstraint",
    "RETAIN_SCHEMA",
    "ScalarElementColumnDefault",
    "SchemaConst",
    "SchemaItem",
    "SchemaVisitable",
    "SchemaVisitor",
    "Sequence",
    "Table",
    "TypedColumns",
    "UniqueConstraint",
    "conv",
    "insert_sentinel",
    "next_value",
    "sort_tables",
    "sort_tables_and_constraints",
    "table_key",
)
