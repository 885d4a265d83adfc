"""The events of connection pools.

When they happen is decided in ``pool/record.py`` and ``pool/base.py``.
"""

from __future__ import annotations

import typing
from typing import Any

from .. import event
from ..event import legacy_signature

if typing.TYPE_CHECKING:
    from typing import Optional
    from typing import Tuple

    from ..event import EventKey

__all__ = ["PoolEvents", "refuse_async"]

_USE_EVENTS = frozenset(["checkout", "checkin", "reset"])


def refuse_async(target: Any) -> None:
    """Raise if a target is the asynchronous face of another one, whose class says so."""
    kind: Any = target if isinstance(target, type) else type(target)
    found = getattr(kind, "events_on_sync_object", None)
    if found:
        raise NotImplementedError(
            "asynchronous events do not exist: listen on the attribute %s of the %s, with a plain function"
            % (found, kind.__name__)
        )


class PoolEvents(event.Events[Any]):
    """What happens to a pool's connections; listened to on a ``Pool``, an ``Engine``, or on those classes."""

    # classes whose instances have a pool, with the class of pool that stands for them: filled from above
    pool_owners: Tuple[type, ...] = ()

    @classmethod
    def accept_target(cls, target: Any, identifier: str) -> Any:
        refuse_async(target)
        pool_class = cls.dispatch_target
        kind = target if isinstance(target, type) else type(target)
        if issubclass(kind, pool_class):
            return target
        if issubclass(kind, cls.pool_owners):
            return pool_class if kind is target else target.pool
        return None

    @classmethod
    def listen(
        cls,
        key: EventKey,
        *,
        propagate: bool = False,
        insert: bool = False,
        named: bool = False,
        asyncio: bool = False,
    ) -> None:
        key.base_listen(propagate=propagate, insert=insert)
        if key.identifier in _USE_EVENTS:
            key.dispatch_target.has_use_listeners = True

    def connect(self, dbapi_connection: Any, connection_record: Any) -> None:
        """A connection was just opened by the driver."""

    def first_connect(self, dbapi_connection: Any, connection_record: Any) -> None:
        """The first connection of this pool was just opened; before ``connect``, and once."""

    def checkout(
        self, dbapi_connection: Any, connection_record: Any, connection_proxy: Any
    ) -> None:
        """A connection is being given out.

        A listener that raises ``DisconnectionError`` has it replaced by another one.
        """

    def checkin(self, dbapi_connection: Optional[Any], connection_record: Any) -> None:
        """A connection was given back; None stands for one that was invalidated."""

    @legacy_signature("2.0", ["dbapi_connection", "connection_record"])
    def reset(self, dbapi_connection: Any, connection_record: Any, reset_state: Any) -> None:
        """A connection is about to be reset; ``reset_state`` says how (see ``PoolResetState``)."""

    def invalidate(
        self, dbapi_connection: Any, connection_record: Any, exception: Optional[BaseException]
    ) -> None:
        """A connection is about to be closed because it is of no more use."""

    def soft_invalidate(
        self, dbapi_connection: Any, connection_record: Any, exception: Optional[BaseException]
    ) -> None:
        """A connection was marked to be replaced before its next use."""

    def close(self, dbapi_connection: Any, connection_record: Any) -> None:
        """A connection is about to be closed."""

    def detach(self, dbapi_connection: Any, connection_record: Any) -> None:
        """A connection was taken out of the pool for good."""

    def close_detached(self, dbapi_connection: Any) -> None:
        """A connection that was taken out of the pool is about to be closed."""
