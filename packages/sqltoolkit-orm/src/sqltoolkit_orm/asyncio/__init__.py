"""Sessions for asyncio, together with the asynchronous engines of the core."""

from __future__ import annotations

from sqltoolkit_core.asyncio import async_engine_from_config as async_engine_from_config
from sqltoolkit_core.asyncio import AsyncConnection as AsyncConnection
from sqltoolkit_core.asyncio import AsyncEngine as AsyncEngine
from sqltoolkit_core.asyncio import AsyncMappingResult as AsyncMappingResult
from sqltoolkit_core.asyncio import AsyncResult as AsyncResult
from sqltoolkit_core.asyncio import AsyncScalarResult as AsyncScalarResult
from sqltoolkit_core.asyncio import AsyncTransaction as AsyncTransaction
from sqltoolkit_core.asyncio import AsyncTupleResult as AsyncTupleResult
from sqltoolkit_core.asyncio import create_async_engine as create_async_engine
from sqltoolkit_core.asyncio import create_async_pool_from_url as create_async_pool_from_url

from . import exc as exc
from .scoping import async_scoped_session as async_scoped_session
from .session import async_object_session as async_object_session
from .session import async_session as async_session
from .session import async_sessionmaker as async_sessionmaker
from .session import AsyncAttrs as AsyncAttrs
from .session import AsyncSession as AsyncSession
from .session import AsyncSessionTransaction as AsyncSessionTransaction
from .session import close_all_sessions as close_all_sessions

__all__ = [
    "AsyncAttrs",
    "AsyncConnection",
    "AsyncEngine",
    "AsyncMappingResult",
    "AsyncResult",
    "AsyncScalarResult",
    "AsyncSession",
    "AsyncSessionTransaction",
    "AsyncTransaction",
    "AsyncTupleResult",
    "async_engine_from_config",
    "async_object_session",
    "async_scoped_session",
    "async_session",
    "async_sessionmaker",
    "close_all_sessions",
    "create_async_engine",
    "create_async_pool_from_url",
    "exc",
]
