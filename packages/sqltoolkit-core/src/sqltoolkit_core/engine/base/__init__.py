"""Engine, Connection and transactions: re-exports, nothing is defined here."""

from __future__ import annotations

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

__all__ = [
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
