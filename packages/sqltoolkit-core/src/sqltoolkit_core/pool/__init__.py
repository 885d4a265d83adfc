"""Connection pools."""

from __future__ import annotations

import typing

from ..util.lazy import lazy_names

if typing.TYPE_CHECKING:
    from .base import Pool as Pool
    from .base import ResetStyle as ResetStyle
    from .base import reset_commit as reset_commit
    from .base import reset_none as reset_none
    from .base import reset_rollback as reset_rollback
    from .events import PoolEvents as PoolEvents
    from .impl import AssertionPool as AssertionPool
    from .impl import AsyncAdaptedQueuePool as AsyncAdaptedQueuePool
    from .impl import NullPool as NullPool
    from .impl import QueuePool as QueuePool
    from .impl import SingletonThreadPool as SingletonThreadPool
    from .impl import StaticPool as StaticPool
    from .record import ConnectionPoolEntry as ConnectionPoolEntry
    from .record import Holder as Holder
    from .record import ManagesConnection as ManagesConnection
    from .record import PoolProxiedConnection as PoolProxiedConnection
    from .record import PoolResetState as PoolResetState
    from .record import _ConnectionFairy as _ConnectionFairy
    from .record import _ConnectionRecord as _ConnectionRecord

_PLACES = {
    ".base": "Pool ResetStyle reset_commit reset_none reset_rollback",
    ".events": "PoolEvents",
    ".impl": "AssertionPool AsyncAdaptedQueuePool NullPool QueuePool SingletonThreadPool StaticPool",
    ".record": (
        "ConnectionPoolEntry Holder ManagesConnection PoolProxiedConnection PoolResetState "
        "_ConnectionFairy _ConnectionRecord"
    ),
}
__getattr__, __dir__ = lazy_names(globals(), _PLACES, "base events impl record")

__all__ = [
    "AssertionPool",
    "AsyncAdaptedQueuePool",
    "ConnectionPoolEntry",
    "Holder",
    "ManagesConnection",
    "NullPool",
    "Pool",
    "PoolEvents",
    "PoolProxiedConnection",
    "PoolResetState",
    "QueuePool",
    "ResetStyle",
    "SingletonThreadPool",
    "StaticPool",
    "reset_commit",
    "reset_none",
    "reset_rollback",
]
