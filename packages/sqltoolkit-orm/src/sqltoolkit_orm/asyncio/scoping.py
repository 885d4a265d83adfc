"""``async_scoped_session``: one AsyncSession per scope behind one object.

The sessions are in ``session``.  The methods between the marks are generated from those of ``AsyncSession``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core.util.collections import EMPTY_DICT
from sqltoolkit_core.util.collections import ScopedRegistry
from sqltoolkit_core.util.decorators import warn
from sqltoolkit_core.util.typing import Unsubscripted

from ..session.factory import object_session
from ..session.session import Session
from .session import close_all_sessions

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Iterable
    from typing import Iterator

    from typing import Generic
    from typing import TypeVar

    from .session import AsyncSession

    _AS = TypeVar("_AS", bound=AsyncSession)

    class _Scopes(Generic[_AS]):
        pass

else:
    _Scopes = Unsubscripted(object)

__all__ = ["async_scoped_session"]


class async_scoped_session(_Scopes["_AS"]):
    """AsyncSessions by scope; calls and attributes go to the session of the current scope.

    :param session_factory: an :class:`async_sessionmaker`.
    :param scopefunc: returns a key for the current scope, such as ``asyncio.current_task``.
    """

    _support_async = True

    session_factory: Any = None
    registry: Any = None

    def __class_getitem__(cls, _type: Any) -> Any:
        return cls

    def __init__(self, session_factory: Callable[..., _AS], scopefunc: Callable[[], Any]) -> None:
        self.session_factory = session_factory
        self.registry = ScopedRegistry(session_factory, scopefunc)

    @property
    def _proxied(self) -> _AS:
        session: _AS = self.registry()
        return session

    def __call__(self, **kw: Any) -> _AS:
        """Return the session of the current scope; arguments are for a new one."""
        session: _AS
        if kw:
            if self.registry.has():
                raise sa_exc.InvalidRequestError(
                    "This scope has its session already, so it can't be made with arguments; call "
                    "remove() first"
                )
            session = self.session_factory(**kw)
            self.registry.set(session)
            return session
        session = self.registry()
        return session

    def configure(self, **kwargs: Any) -> None:
        """Change the arguments of the factory for sessions made from now on."""
        if self.registry.has():
            warn("configure() changes the sessions of scopes to come; this scope has its session already")
        self.session_factory.configure(**kwargs)

    async def remove(self) -> None:
        """Close the session of the current scope and forget it."""
        if self.registry.has():
            await self.registry().close()
        self.registry.clear()

    def __contains__(self, instance: Any) -> bool:
        return instance in self._proxied

    def __iter__(self) -> Iterator[Any]:
        return iter(self._proxied)

    @classmethod
    async def close_all(cls) -> None:
        """Close every session."""
        await close_all_sessions()

    @classmethod
    def object_session(cls, instance: Any) -> Any:
        """Return the synchronous session of an object."""
        return object_session(instance)

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
        return Session.identity_key(class_, ident, instance=instance, row=row, identity_token=identity_token)

    # BEGIN generated

    async def execute(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
        **kw: Any,
    ) -> Any:
        """Run a statement and return its buffered result."""
        return await self._proxied.execute(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, **kw
        )

    async def scalar(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
        **kw: Any,
    ) -> Any:
        """Run a statement and return one value, that of the first row's first column."""
        return await self._proxied.scalar(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, **kw
        )

    async def scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
        **kw: Any,
    ) -> Any:
        """Return the first elements of the rows."""
        return await self._proxied.scalars(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, **kw
        )

    async def stream(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
        **kw: Any,
    ) -> Any:
        """Return a result that is fetched asynchronously."""
        return await self._proxied.stream(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, **kw
        )

    async def stream_scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
        **kw: Any,
    ) -> Any:
        """Return first elements, fetched asynchronously."""
        return await self._proxied.stream_scalars(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, **kw
        )

    async def get(
        self,
        entity: Any,
        ident: Any,
        *,
        options: Any = None,
        populate_existing: Any = False,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: Any = EMPTY_DICT,
    ) -> Any:
        """Return the object with this primary key."""
        return await self._proxied.get(
            entity,
            ident,
            options=options,
            populate_existing=populate_existing,
            with_for_update=with_for_update,
            identity_token=identity_token,
            execution_options=execution_options,
        )

    async def get_one(
        self,
        entity: Any,
        ident: Any,
        *,
        options: Any = None,
        populate_existing: Any = False,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: Any = EMPTY_DICT,
    ) -> Any:
        """Return the object with this primary key, which must exist."""
        return await self._proxied.get_one(
            entity,
            ident,
            options=options,
            populate_existing=populate_existing,
            with_for_update=with_for_update,
            identity_token=identity_token,
            execution_options=execution_options,
        )

    async def connection(self, bind_arguments: Any = None, execution_options: Any = None, **kw: Any) -> Any:
        """Return the AsyncConnection of the transaction."""
        return await self._proxied.connection(bind_arguments, execution_options, **kw)

    async def delete(self, instance: Any) -> None:
        """Mark an object, and what its delete cascades reach, for deletion."""
        await self._proxied.delete(instance)

    async def delete_all(self, instances: Iterable[Any]) -> None:
        """Mark all objects of an iterable for deletion."""
        await self._proxied.delete_all(instances)

    async def merge(self, instance: Any, *, load: bool = True, options: Any = None) -> Any:
        """Copy the state of an object onto the persistent object of the same identity, and return that one."""
        return await self._proxied.merge(instance, load=load, options=options)

    async def merge_all(self, instances: Iterable[Any], *, load: bool = True, options: Any = None) -> Any:
        """Merge each object of an iterable."""
        return await self._proxied.merge_all(instances, load=load, options=options)

    async def refresh(self, instance: Any, attribute_names: Any = None, with_for_update: Any = None) -> None:
        """Load the attributes of an object anew."""
        await self._proxied.refresh(instance, attribute_names=attribute_names, with_for_update=with_for_update)

    async def flush(self, objects: Any = None) -> None:
        """Write all pending changes."""
        await self._proxied.flush(objects=objects)

    async def commit(self) -> None:
        """Flush and commit."""
        await self._proxied.commit()

    async def rollback(self) -> None:
        """Roll the transaction back."""
        await self._proxied.rollback()

    async def reset(self) -> None:
        """End the transaction, take all objects out; the session can be used anew."""
        await self._proxied.reset()

    async def close(self) -> None:
        """End the transaction and take all objects out."""
        await self._proxied.close()

    async def invalidate(self) -> None:
        """Like close(), and the connections are thrown away."""
        await self._proxied.invalidate()

    async def aclose(self) -> None:
        """The same as close()."""
        await self._proxied.aclose()

    def add(self, instance: Any) -> None:
        """Place an object into the session."""
        self._proxied.add(instance)

    def add_all(self, instances: Iterable[Any]) -> None:
        """Place all objects of an iterable into the session."""
        self._proxied.add_all(instances)

    def expire(self, instance: Any, attribute_names: Any = None) -> None:
        """Forget the loaded values of an object."""
        self._proxied.expire(instance, attribute_names=attribute_names)

    def expire_all(self) -> None:
        """Forget the loaded values of all objects."""
        self._proxied.expire_all()

    def expunge(self, instance: Any) -> None:
        """Take an object out of the session."""
        self._proxied.expunge(instance)

    def expunge_all(self) -> None:
        """Take all objects out of the session."""
        self._proxied.expunge_all()

    def is_modified(self, instance: Any, include_collections: bool = True) -> bool:
        """Tell whether an object has changes to write."""
        return self._proxied.is_modified(instance, include_collections=include_collections)

    def begin(self) -> Any:
        """Begin a transaction."""
        return self._proxied.begin()

    def begin_nested(self) -> Any:
        """Begin a savepoint."""
        return self._proxied.begin_nested()

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kw: Any) -> Any:
        """Return the synchronous bind."""
        return self._proxied.get_bind(mapper, clause, bind, **kw)

    def get_async_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kw: Any) -> Any:
        """Return the asynchronous bind."""
        return self._proxied.get_async_bind(mapper, clause, bind, **kw)

    @property
    def autoflush(self) -> Any:
        """``AsyncSession.autoflush`` of the current session."""
        return self._proxied.autoflush

    @property
    def deleted(self) -> Any:
        """``AsyncSession.deleted`` of the current session."""
        return self._proxied.deleted

    @property
    def dirty(self) -> Any:
        """``AsyncSession.dirty`` of the current session."""
        return self._proxied.dirty

    @property
    def execution_options(self) -> Any:
        """``AsyncSession.execution_options`` of the current session."""
        return self._proxied.execution_options

    @property
    def identity_map(self) -> Any:
        """``AsyncSession.identity_map`` of the current session."""
        return self._proxied.identity_map

    @property
    def info(self) -> Any:
        """``AsyncSession.info`` of the current session."""
        return self._proxied.info

    @property
    def is_active(self) -> Any:
        """``AsyncSession.is_active`` of the current session."""
        return self._proxied.is_active

    @property
    def new(self) -> Any:
        """``AsyncSession.new`` of the current session."""
        return self._proxied.new

    @property
    def no_autoflush(self) -> Any:
        """``AsyncSession.no_autoflush`` of the current session."""
        return self._proxied.no_autoflush

    @property
    def bind(self) -> Any:
        """``AsyncSession.bind`` of the current session."""
        return self._proxied.bind

    @bind.setter
    def bind(self, value: Any) -> None:
        self._proxied.bind = value

    @property
    def binds(self) -> Any:
        """``AsyncSession.binds`` of the current session."""
        return self._proxied.binds

    # END generated
