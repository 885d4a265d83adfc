"""The event families of the core, under one roof; each lives beside what it is about."""

from __future__ import annotations

from .engine.base import ConnectionEventsTarget as ConnectionEventsTarget
from .engine.events import ConnectionEvents as ConnectionEvents
from .engine.events import DialectEvents as DialectEvents
from .pool import PoolResetState as PoolResetState
from .pool.events import PoolEvents as PoolEvents
from .sql.ddl.events import DDLEvents as DDLEvents
from .sql.base import SchemaEventTarget as SchemaEventTarget

__all__ = [
    "ConnectionEvents",
    "ConnectionEventsTarget",
    "DDLEvents",
    "DialectEvents",
    "PoolEvents",
    "PoolResetState",
    "SchemaEventTarget",
]
