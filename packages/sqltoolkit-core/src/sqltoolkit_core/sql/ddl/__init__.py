"""DDL statements, their events, and issuing them for whole schemas."""

from __future__ import annotations

from .elements import _CreateDropBase as _CreateDropBase
from .elements import AddConstraint as AddConstraint
from .elements import BaseDDLElement as BaseDDLElement
from .elements import CreateColumn as CreateColumn
from .elements import CreateIndex as CreateIndex
from .elements import CreateSchema as CreateSchema
from .elements import CreateSequence as CreateSequence
from .elements import CreateTable as CreateTable
from .elements import CreateTableAs as CreateTableAs
from .elements import CreateView as CreateView
from .elements import DDL as DDL
from .elements import DDLElement as DDLElement
from .elements import DropColumnComment as DropColumnComment
from .elements import DropConstraint as DropConstraint
from .elements import DropConstraintComment as DropConstraintComment
from .elements import DropIndex as DropIndex
from .elements import DropSchema as DropSchema
from .elements import DropSequence as DropSequence
from .elements import DropTable as DropTable
from .elements import DropTableComment as DropTableComment
from .elements import DropView as DropView
from .elements import ExecutableDDLElement as ExecutableDDLElement
from .elements import SetColumnComment as SetColumnComment
from .elements import SetConstraintComment as SetConstraintComment
from .elements import SetTableComment as SetTableComment
from .elements import TableCreateDDL as TableCreateDDL
from .elements import TableDropDDL as TableDropDDL
from .events import DDLEvents as DDLEvents
from .runner import CheckFirst as CheckFirst
from .runner import create_all as create_all
from .runner import drop_all as drop_all
from .runner import SchemaDropper as SchemaDropper
from .runner import SchemaGenerator as SchemaGenerator
from .runner import sort_tables as sort_tables
from .runner import sort_tables_and_constraints as sort_tables_and_constraints

__all__ = (
    "AddConstraint",
    "BaseDDLElement",
    "CheckFirst",
    "CreateColumn",
    "CreateIndex",
    "CreateSchema",
    "CreateSequence",
    "CreateTable",
    "CreateTableAs",
    "CreateView",
    "DDL",
    "DDLElement",
    "DDLEvents",
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
    "SchemaDropper",
    "SchemaGenerator",
    "SetColumnComment",
    "SetConstraintComment",
    "SetTableComment",
    "TableCreateDDL",
    "TableDropDDL",
    "_CreateDropBase",
    "create_all",
    "drop_all",
    "sort_tables",
    "sort_tables_and_constraints",
)
