"""Engines, connections, results, dialects and URLs: re-exports, nothing is defined here."""

from __future__ import annotations

import typing

from ..util.lazy import lazy_names

if typing.TYPE_CHECKING:
    from .base import Connectable as Connectable
    from .base import Connection as Connection
    from .base import ConnectionEventsTarget as ConnectionEventsTarget
    from .base import Engine as Engine
    from .base import NestedTransaction as NestedTransaction
    from .base import RootTransaction as RootTransaction
    from .base import Transaction as Transaction
    from .base import TransactionalContext as TransactionalContext
    from .base import TwoPhaseTransaction as TwoPhaseTransaction
    from .create import create_engine as create_engine
    from .create import create_mock_engine as create_mock_engine
    from .create import create_pool_from_url as create_pool_from_url
    from .create import engine_from_config as engine_from_config
    from .cursor import CursorResult as CursorResult
    from .cursor import ResultProxy as ResultProxy
    from .interfaces import AdaptedConnection as AdaptedConnection
    from .interfaces import BindTyping as BindTyping
    from .interfaces import ConnectArgsType as ConnectArgsType
    from .interfaces import CreateEnginePlugin as CreateEnginePlugin
    from .interfaces import Dialect as Dialect
    from .interfaces import ExceptionContext as ExceptionContext
    from .interfaces import ExecutionContext as ExecutionContext
    from .interfaces import ObjectKind as ObjectKind
    from .interfaces import ObjectScope as ObjectScope
    from .reflection import Inspector as Inspector
    from .reflection import connection_memoize as connection_memoize
    from .result import ChunkedIteratorResult as ChunkedIteratorResult
    from .result import FilterResult as FilterResult
    from .result import FrozenResult as FrozenResult
    from .result import IteratorResult as IteratorResult
    from .result import MappingResult as MappingResult
    from .result import MergedResult as MergedResult
    from .result import Result as Result
    from .result import ScalarResult as ScalarResult
    from .result import TupleResult as TupleResult
    from .row import BaseRow as BaseRow
    from .row import Row as Row
    from .row import RowMapping as RowMapping
    from .row import result_tuple as result_tuple
    from .url import URL as URL
    from .url import make_url as make_url

_PLACES = {
    ".base": (
        "Connectable Connection ConnectionEventsTarget Engine NestedTransaction RootTransaction "
        "Transaction TransactionalContext TwoPhaseTransaction"
    ),
    ".create": "create_engine create_mock_engine create_pool_from_url engine_from_config",
    ".cursor": "CursorResult ResultProxy",
    ".interfaces": (
        "AdaptedConnection BindTyping ConnectArgsType CreateEnginePlugin Dialect ExceptionContext "
        "ExecutionContext ObjectKind ObjectScope"
    ),
    ".reflection": "Inspector connection_memoize",
    ".result": (
        "ChunkedIteratorResult FilterResult FrozenResult IteratorResult MappingResult "
        "MergedResult Result ScalarResult TupleResult"
    ),
    ".row": "BaseRow Row RowMapping result_tuple",
    ".url": "URL make_url",
}
_MODULES = "base characteristics create cursor default events fetch interfaces reflection result row url"
__getattr__, __dir__ = lazy_names(globals(), _PLACES, _MODULES)

__all__ = [
    "AdaptedConnection",
    "BaseRow",
    "BindTyping",
    "ChunkedIteratorResult",
    "ConnectArgsType",
    "Connectable",
    "Connection",
    "ConnectionEventsTarget",
    "CreateEnginePlugin",
    "CursorResult",
    "Dialect",
    "Engine",
    "ExceptionContext",
    "ExecutionContext",
    "FilterResult",
    "FrozenResult",
    "Inspector",
    "IteratorResult",
    "MappingResult",
    "MergedResult",
    "NestedTransaction",
    "ObjectKind",
    "ObjectScope",
    "Result",
    "ResultProxy",
    "RootTransaction",
    "Row",
    "RowMapping",
    "ScalarResult",
    "Transaction",
    "TransactionalContext",
    "TupleResult",
    "TwoPhaseTransaction",
    "URL",
    "connection_memoize",
    "create_engine",
    "create_mock_engine",
    "create_pool_from_url",
    "engine_from_config",
    "make_url",
    "result_tuple",
]
