"""Engine, Connection and transactions: re-exports, nothing is defined here."""

from __future__ import annotations

import typing

from ...util.lazy import lazy_names

if typing.TYPE_CHECKING:
    from .connection import Connectable as Connectable
    from .connection import Connection as Connection
    from .connection import ConnectionEventsTarget as ConnectionEventsTarget
    from .engine import Engine as Engine
    from .engine import OptionEngine as OptionEngine
    from ..default.errors import ExceptionContextImpl as ExceptionContextImpl
    from .transaction import NestedTransaction as NestedTransaction
    from .transaction import RootTransaction as RootTransaction
    from .transaction import Transaction as Transaction
    from .transaction import TransactionalContext as TransactionalContext
    from .transaction import TwoPhaseTransaction as TwoPhaseTransaction

_PLACES = {
    ".connection": "Connectable Connection ConnectionEventsTarget",
    ".engine": "Engine OptionEngine",
    "..default.errors": "ExceptionContextImpl",
    ".transaction": "NestedTransaction RootTransaction Transaction TransactionalContext TwoPhaseTransaction",
}
__getattr__, __dir__ = lazy_names(globals(), _PLACES, "connection engine execution transaction")

__all__ = [
    "Connectable",
    "Connection",
    "ConnectionEventsTarget",
    "Engine",
    "ExceptionContextImpl",
    "NestedTransaction",
    "OptionEngine",
    "RootTransaction",
    "Transaction",
    "TransactionalContext",
    "TwoPhaseTransaction",
]
