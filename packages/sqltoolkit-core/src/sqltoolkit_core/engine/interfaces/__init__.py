"""Interfaces of dialects, drivers, executions and reflected data: re-exports, nothing is defined here."""

from __future__ import annotations

from .dialect import Dialect as Dialect
from .driver import AdaptedConnection as AdaptedConnection
from .driver import ConnectArgsType as ConnectArgsType
from .driver import DBAPIConnection as DBAPIConnection
from .driver import DBAPICursor as DBAPICursor
from .driver import DBAPIModule as DBAPIModule
from .driver import DBAPIType as DBAPIType
from .execution import AggregateOrderByStyle as AggregateOrderByStyle
from .execution import BindTyping as BindTyping
from .execution import CacheStats as CacheStats
from .execution import CreateEnginePlugin as CreateEnginePlugin
from .execution import ExceptionContext as ExceptionContext
from .execution import ExecuteStyle as ExecuteStyle
from .execution import ExecutionContext as ExecutionContext
from .execution import InsertmanyvaluesSentinelOpts as InsertmanyvaluesSentinelOpts
from .execution import declare_execution_option as declare_execution_option
from .execution import declared_execution_options as declared_execution_options
from .reflected import ObjectKind as ObjectKind
from .reflected import ObjectScope as ObjectScope
from .reflected import ReflectedCheckConstraint as ReflectedCheckConstraint
from .reflected import ReflectedColumn as ReflectedColumn
from .reflected import ReflectedComputed as ReflectedComputed
from .reflected import ReflectedConstraint as ReflectedConstraint
from .reflected import ReflectedForeignKeyConstraint as ReflectedForeignKeyConstraint
from .reflected import ReflectedIdentity as ReflectedIdentity
from .reflected import ReflectedIndex as ReflectedIndex
from .reflected import ReflectedPrimaryKeyConstraint as ReflectedPrimaryKeyConstraint
from .reflected import ReflectedTableComment as ReflectedTableComment
from .reflected import ReflectedUniqueConstraint as ReflectedUniqueConstraint
from .reflected import ReflectionDefaults as ReflectionDefaults
from .reflected import TableKey as TableKey

__all__ = [
    "AdaptedConnection",
    "AggregateOrderByStyle",
    "BindTyping",
    "CacheStats",
    "ConnectArgsType",
    "CreateEnginePlugin",
    "DBAPIConnection",
    "DBAPICursor",
    "DBAPIModule",
    "DBAPIType",
    "Dialect",
    "ExceptionContext",
    "ExecuteStyle",
    "ExecutionContext",
    "InsertmanyvaluesSentinelOpts",
    "ObjectKind",
    "ObjectScope",
    "ReflectedCheckConstraint",
    "ReflectedColumn",
    "ReflectedComputed",
    "ReflectedConstraint",
    "ReflectedForeignKeyConstraint",
    "ReflectedIdentity",
    "ReflectedIndex",
    "ReflectedPrimaryKeyConstraint",
    "ReflectedTableComment",
    "ReflectedUniqueConstraint",
    "ReflectionDefaults",
    "TableKey",
    "declare_execution_option",
    "declared_execution_options",
]
