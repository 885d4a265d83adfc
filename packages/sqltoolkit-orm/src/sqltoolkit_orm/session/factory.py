"""Making sessions, and functions about the session of an object.

``Session`` itself is in ``session``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core.util.typing import Unsubscripted

from ..identity import session_of
from ..identity import sessions
from ..state import DELETED
from .objects import required_state
from .session import Session

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import ContextManager
    from typing import Generic
    from typing import Optional
    from typing import Type
    from typing import TypeVar

    from typing_extensions import overload

    _S = TypeVar("_S", bound=Session)

    class _Makes(Generic[_S]):
        pass

else:
    _Makes = Unsubscripted(object)

__all__ = [
    "close_all_sessions",
    "create_session",
    "make_transient",
    "make_transient_to_detached",
    "object_session",
    "sessionmaker",
    "was_deleted",
]


class sessionmaker(_Makes["_S"]):
    """A factory of sessions: holds the arguments for :class:`Session`.

    :param bind: engine or connection.
    :param class_: the session class to make.
    """

    class_: Type[_S]

    def __class_getitem__(cls, _type: Any) -> Any:
        return cls

    if typing.TYPE_CHECKING:

        @overload
        def __init__(self, bind: Any = None, *, class_: Type[_S], **kw: Any) -> None: ...

        @overload
        def __init__(self: sessionmaker[Session], bind: Any = None, **kw: Any) -> None: ...

    def __init__(
        self,
        bind: Any = None,
        *,
        class_: Any = Session,
        autoflush: bool = True,
        expire_on_commit: bool = True,
        info: Optional[Dict[Any, Any]] = None,
        **kw: Any,
    ) -> None:
        kw.update(bind=bind, autoflush=autoflush, expire_on_commit=expire_on_commit)
        self.kw = kw if info is None else {**kw, "info": info}
        # a class of its own, so that events can be listened for on this factory's sessions alone
        self.class_ = type(class_.__name__, (class_,), {})

    def begin(self) -> ContextManager[_S]:
        """Return a context manager: a new session in a transaction, both ended after the block."""
        return self()._begun_block()

    def __call__(self, **local_kw: Any) -> _S:
        """Return a new session; the arguments given here win."""
        for key, value in self.kw.items():
            if key == "info" and "info" in local_kw:
                merged = dict(value)
                merged.update(local_kw["info"])
                local_kw["info"] = merged
            else:
                local_kw.setdefault(key, value)
        return self.class_(**local_kw)

    def configure(self, **new_kw: Any) -> None:
        """Change the arguments for sessions made from now on."""
        self.kw.update(new_kw)

    @classmethod
    def identity_key(
        cls,
        class_: Any = None,
        ident: Any = None,
        *,
        instance: Any = None,
        row: Any = None,
        identity_token: Any = None,
    ) -> Any:
        """Return an identity key."""
        return Session.identity_key(
            class_, ident, instance=instance, row=row, identity_token=identity_token
        )

    @classmethod
    def object_session(cls, instance: Any) -> Any:
        """Return the session of an object."""
        return object_session(instance)

    def __repr__(self) -> str:
        return "%s(class_=%r, %s)" % (
            type(self).__name__,
            self.class_.__name__,
            ", ".join("%s=%r" % item for item in self.kw.items()),
        )


def close_all_sessions() -> None:
    """Close every living session."""
    for session in list(sessions.values()):
        session.close()


def make_transient(instance: Any) -> None:
    """Make an object transient: outside of any session, without identity."""
    state = required_state(instance)
    session = session_of(state)
    if session is not None:
        session._expunge_states([state])
    state.expired_attributes.clear()
    if state.extras:
        state.extras.pop("callables", None)
        state.extras.pop("expired", None)
    state.pk = None
    state.flags = 0
    state.load = None
    state.committed = None


def make_transient_to_detached(instance: Any) -> None:
    """Make a transient object detached: with the identity of its primary key, all else expired.

    :raises sqltoolkit_core.exc.InvalidRequestError: it is not transient.
    """
    state = required_state(instance)
    if state.session_id is not None or state.pk is not None:
        raise sa_exc.InvalidRequestError("make_transient_to_detached() takes a transient object")
    mapper = state.manager.mapper
    dict_ = instance.__dict__
    state.pk = mapper.pk_from_state(state, dict_)
    if state.flags & DELETED:
        state.flags &= ~DELETED
    state.commit_all(dict_)
    state.expire_attributes(dict_, list(state.unloaded))


def object_session(instance: Any) -> Optional[Session]:
    """Return the session that an object belongs to, None if it has none."""
    session: Optional[Session] = session_of(required_state(instance))
    return session


def was_deleted(object_: Any) -> bool:
    """Tell whether an object was deleted by a flush."""
    return bool(required_state(object_).was_deleted)


def create_session(bind: Any = None, **kwargs: Any) -> Session:
    """Return a session that neither flushes by itself nor expires at commit (older name)."""
    kwargs.setdefault("autoflush", False)
    kwargs.setdefault("expire_on_commit", False)
    return Session(bind=bind, **kwargs)
