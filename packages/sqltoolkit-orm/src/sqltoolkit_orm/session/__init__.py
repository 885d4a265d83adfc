"""Sessions: units of work over objects."""

from __future__ import annotations

from .dml import DeletePlugin as DeletePlugin
from .dml import InsertPlugin as InsertPlugin
from .dml import UpdatePlugin as UpdatePlugin
from .execution import ORMExecuteState as ORMExecuteState
from .factory import close_all_sessions as close_all_sessions
from .factory import make_transient as make_transient
from .factory import make_transient_to_detached as make_transient_to_detached
from .factory import object_session as object_session
from .factory import sessionmaker as sessionmaker
from .factory import was_deleted as was_deleted
from .session import Session as Session
from .transaction import SessionTransaction as SessionTransaction
from .transaction import SessionTransactionOrigin as SessionTransactionOrigin

__all__ = [
    "DeletePlugin",
    "InsertPlugin",
    "ORMExecuteState",
    "Session",
    "SessionTransaction",
    "SessionTransactionOrigin",
    "UpdatePlugin",
    "close_all_sessions",
    "make_transient",
    "make_transient_to_detached",
    "object_session",
    "sessionmaker",
    "was_deleted",
]
