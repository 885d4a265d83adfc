"""``AsyncSession`` and kin: sessions for asyncio.

Each public method that may reach the database is one trip over the bridge to the synchronous session behind.
"""

from __future__ import annotations

import typing
import weakref
from typing import Any

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core.asyncio import AsyncConnection
from sqltoolkit_core.asyncio import AsyncEngine
from sqltoolkit_core.asyncio import AsyncResult
from sqltoolkit_core.asyncio.base import ReversibleProxy
from sqltoolkit_core.asyncio.base import StartableContext
from sqltoolkit_core.asyncio.result import ensure_sync_result
from sqltoolkit_core.util import deprecated
from sqltoolkit_core.util import greenlet_spawn
from sqltoolkit_core.util.collections import EMPTY_DICT
from sqltoolkit_core.util.collections import immutabledict
from sqltoolkit_core.util.typing import Unsubscripted

from ..session.factory import close_all_sessions as sync_close_all_sessions
from ..session.factory import object_session
from ..session.session import Session
from ..session.transaction import SessionTransaction
from ..state import InstanceState
from .exc import AsyncBindNotFound

if typing.TYPE_CHECKING:
    from typing import AsyncContextManager
    from typing import Dict
    from typing import Generic
    from typing import Iterable
    from typing import Iterator
    from typing import Optional
    from typing import Type
    from typing import TypeVar

    from typing_extensions import overload

    _AS = TypeVar("_AS", bound="AsyncSession")

    class _Makes(Generic[_AS]):
        pass

else:
    _Makes = Unsubscripted(object)

__all__ = [
    "AsyncAttrs",
    "AsyncSession",
    "AsyncSessionTransaction",
    "async_object_session",
    "async_session",
    "async_sessionmaker",
    "close_all_sessions",
]

_STREAM = immutabledict({"stream_results": True})
#: AsyncSession objects by their synchronous session
_proxies: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()


class AsyncAttrs:
    """A mixin for mapped classes: ``await obj.awaitable_attrs.name`` reads an attribute that may have to be loaded."""

    class _Awaitable:
        __slots__ = ("_instance",)

        def __init__(self, instance: Any) -> None:
            self._instance = instance

        def __getattr__(self, name: str) -> Any:
            return greenlet_spawn(getattr, self._instance, name)

    @property
    def awaitable_attrs(self) -> Any:
        """The attributes of the object, each to be awaited."""
        return AsyncAttrs._Awaitable(self)


def _sync_bind(bind: Any) -> Any:
    if isinstance(bind, AsyncEngine):
        return bind.sync_engine
    if isinstance(bind, AsyncConnection):
        return bind.sync_connection
    return bind


def _sync_form(bind: Any) -> Any:
    found = _sync_bind(bind)
    if found is bind:
        raise sa_exc.ArgumentError(
            "An AsyncSession is bound to an AsyncEngine or an AsyncConnection, not to %s; make one with "
            "create_async_engine()" % type(bind).__name__
        )
    return found


class AsyncSession:
    """The asynchronous face of a :class:`Session`, which is ``sync_session``.

    :param bind: an AsyncEngine or AsyncConnection.
    :param binds: binds by class, mapper or table.
    :param sync_session_class: the class of the session behind.
    :param kw: more arguments for that session.
    :raises sqltoolkit_core.exc.ArgumentError: a bind is none of asyncio.
    """

    _is_asyncio = True
    #: the class of sessions behind
    sync_session_class: Type[Session] = Session
    #: the session behind
    sync_session: Session

    def __init__(
        self, bind: Any = None, *, binds: Optional[Dict[Any, Any]] = None, sync_session_class: Any = None, **kw: Any
    ) -> None:
        #: asynchronous binds by what stands behind them
        self._async_binds: Dict[Any, Any] = {}
        if bind is not None:
            bind = self._taken(bind)
        if binds:
            binds = {key: self._taken(value) for key, value in binds.items()}
        if sync_session_class is not None:
            self.sync_session_class = sync_session_class
        self.sync_session = self.sync_session_class(bind=bind, binds=binds, **kw)
        self.sync_session.async_session_ref = weakref.ref(self)
        _proxies[self.sync_session] = weakref.ref(self)

    def _taken(self, bind: Any) -> Any:
        """Return what stands behind an asynchronous bind, which is remembered."""
        found = _sync_form(bind)
        self._async_binds[found] = bind
        return found

    def _async_form(self, bind: Any) -> Any:
        try:
            return self._async_binds[bind]
        except KeyError:
            raise AsyncBindNotFound(
                "No asynchronous bind was given for %r: set binds on the AsyncSession, not on the session behind"
                % (bind,)
            ) from None

    @property
    def bind(self) -> Any:
        """The AsyncEngine or AsyncConnection for what has no bind of its own, or None.

        :raises sqltoolkit_orm.asyncio.exc.AsyncBindNotFound: the session behind got a bind of its own.
        """
        found = self.sync_session.bind
        return None if found is None else self._async_form(found)

    @bind.setter
    def bind(self, value: Any) -> None:
        self.sync_session.bind = None if value is None else self._taken(value)

    @property
    def binds(self) -> Any:
        """The asynchronous binds by class and table; another dictionary after each that is added."""
        return immutabledict({key: self._async_form(bind) for key, bind in self.sync_session.binds.items()})

    async def __aenter__(self) -> AsyncSession:
        return self

    async def __aexit__(self, type_: Any, value: Any, traceback: Any) -> None:
        await _shielded(self.close())

    def _begun_block(self) -> Any:
        """Return an async context manager: this session in a transaction, both ended after the block."""
        return _BegunBlock(self)

    def __contains__(self, instance: Any) -> bool:
        return instance in self.sync_session

    def __iter__(self) -> Iterator[Any]:
        return iter(self.sync_session)

    async def run_sync(self, fn: Any, *arg: Any, **kw: Any) -> Any:
        """Run a synchronous function that takes the session behind, and return what it returns."""
        return await greenlet_spawn(fn, self.sync_session, *arg, **kw)

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
        options = immutabledict(execution_options).union({"prebuffer_rows": True})
        result = await greenlet_spawn(
            self.sync_session.execute, statement, params, execution_options=options, bind_arguments=bind_arguments, **kw
        )
        return await ensure_sync_result(result, self.execute)

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
        return await greenlet_spawn(
            self.sync_session.scalar,
            statement,
            params,
            execution_options=immutabledict(execution_options).union({"prebuffer_rows": True}),
            bind_arguments=bind_arguments,
            **kw,
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
        """Run a statement and return the first elements of its rows, buffered."""
        result = await self.execute(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, **kw
        )
        return result.scalars()

    async def stream(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
        **kw: Any,
    ) -> Any:
        """Run a statement and return a result that is fetched asynchronously."""
        result = await greenlet_spawn(
            self.sync_session.execute,
            statement,
            params,
            execution_options=_STREAM.union(execution_options),
            bind_arguments=bind_arguments,
            **kw,
        )
        return AsyncResult(result)

    async def stream_scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
        **kw: Any,
    ) -> Any:
        """Like :meth:`stream`, the first element of each row."""
        result = await self.stream(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, **kw
        )
        return result.scalars()

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
        """Return the object with this primary key, None without a row."""
        return await greenlet_spawn(
            self.sync_session.get,
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
        """Like :meth:`get`, for a row that must exist."""
        return await greenlet_spawn(
            self.sync_session.get_one,
            entity,
            ident,
            options=options,
            populate_existing=populate_existing,
            with_for_update=with_for_update,
            identity_token=identity_token,
            execution_options=execution_options,
        )

    def begin(self) -> Any:
        """Begin a transaction; used with ``async with`` or awaited."""
        return AsyncSessionTransaction(self)

    def begin_nested(self) -> Any:
        """Begin a savepoint; used with ``async with`` or awaited."""
        return AsyncSessionTransaction(self, nested=True)

    async def connection(self, bind_arguments: Any = None, execution_options: Any = None, **kw: Any) -> Any:
        """Return the AsyncConnection of the transaction."""
        connection = await greenlet_spawn(
            self.sync_session.connection, bind_arguments=bind_arguments, execution_options=execution_options, **kw
        )
        return AsyncConnection.retrieve_proxy_for_target(connection)

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kw: Any) -> Any:
        """Return the synchronous bind of the session behind."""
        return self.sync_session.get_bind(mapper=mapper, clause=clause, bind=_sync_bind(bind), **kw)

    def get_async_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kw: Any) -> Any:
        """Return the asynchronous bind for a mapper or a statement.

        :raises sqltoolkit_orm.asyncio.exc.AsyncBindNotFound: the bind was given in synchronous form.
        """
        sync_bind = None if bind is None else _sync_form(bind)
        found = self.sync_session.get_bind(mapper=mapper, clause=clause, bind=sync_bind, **kw)
        return bind if found is sync_bind else self._async_form(found)

    def bind_mapper(self, mapper: Any, bind: Any) -> None:
        """Use ``bind`` for a mapped class and its tables."""
        self.sync_session.bind_mapper(mapper, self._taken(bind))

    def bind_table(self, table: Any, bind: Any) -> None:
        """Use ``bind`` for a table."""
        self.sync_session.bind_table(table, self._taken(bind))

    def get_transaction(self) -> Any:
        """Return the outermost transaction, None if there is none."""
        found = self.sync_session.get_transaction()
        return None if found is None else AsyncSessionTransaction.retrieve_proxy_for_target(found)

    def get_nested_transaction(self) -> Any:
        """Return the innermost savepoint, None if there is none."""
        found = self.sync_session.get_nested_transaction()
        return None if found is None else AsyncSessionTransaction.retrieve_proxy_for_target(found)

    @classmethod
    @deprecated("2.0", "AsyncSession.close_all() is deprecated; use sqltoolkit_orm.asyncio.close_all_sessions()")
    async def close_all(cls) -> None:
        """Close every session."""
        await close_all_sessions()

    async def delete(self, instance: Any) -> None:
        """Mark an object, and what its delete cascades reach, for deletion."""
        await greenlet_spawn(self.sync_session.delete, instance)

    async def delete_all(self, instances: Iterable[Any]) -> None:
        """Mark all objects of an iterable for deletion."""
        await greenlet_spawn(self.sync_session.delete_all, instances)

    async def merge(self, instance: Any, *, load: bool = True, options: Any = None) -> Any:
        """Copy the state of an object onto the persistent object of the same identity, and return that one."""
        return await greenlet_spawn(self.sync_session.merge, instance, load=load, options=options)

    async def merge_all(self, instances: Iterable[Any], *, load: bool = True, options: Any = None) -> Any:
        """Merge each object of an iterable."""
        return await greenlet_spawn(self.sync_session.merge_all, instances, load=load, options=options)

    async def refresh(self, instance: Any, attribute_names: Any = None, with_for_update: Any = None) -> None:
        """Load the attributes of an object anew."""
        await greenlet_spawn(
            self.sync_session.refresh, instance, attribute_names=attribute_names, with_for_update=with_for_update
        )

    async def flush(self, objects: Any = None) -> None:
        """Write all pending changes."""
        await greenlet_spawn(self.sync_session.flush, objects=objects)

    async def commit(self) -> None:
        """Flush and commit."""
        await greenlet_spawn(self.sync_session.commit)

    async def rollback(self) -> None:
        """Roll the transaction back."""
        await greenlet_spawn(self.sync_session.rollback)

    async def reset(self) -> None:
        """End the transaction, take all objects out; the session can be used anew."""
        await greenlet_spawn(self.sync_session.reset)

    async def close(self) -> None:
        """End the transaction and take all objects out."""
        await greenlet_spawn(self.sync_session.close)

    async def invalidate(self) -> None:
        """Like close(), and the connections are thrown away."""
        await greenlet_spawn(self.sync_session.invalidate)

    async def aclose(self) -> None:
        """The same as :meth:`close`."""
        await self.close()

    def add(self, instance: Any) -> None:
        """Place an object into the session."""
        self.sync_session.add(instance)

    def add_all(self, instances: Iterable[Any]) -> None:
        """Place all objects of an iterable into the session."""
        self.sync_session.add_all(instances)

    def expire(self, instance: Any, attribute_names: Any = None) -> None:
        """Forget the loaded values of an object."""
        self.sync_session.expire(instance, attribute_names=attribute_names)

    def expire_all(self) -> None:
        """Forget the loaded values of all objects."""
        self.sync_session.expire_all()

    def expunge(self, instance: Any) -> None:
        """Take an object out of the session."""
        self.sync_session.expunge(instance)

    def expunge_all(self) -> None:
        """Take all objects out of the session."""
        self.sync_session.expunge_all()

    def is_modified(self, instance: Any, include_collections: bool = True) -> bool:
        """Tell whether an object has changes to write."""
        return self.sync_session.is_modified(instance, include_collections=include_collections)

    def in_transaction(self) -> bool:
        """Tell whether a transaction has begun."""
        return self.sync_session.in_transaction()

    def in_nested_transaction(self) -> bool:
        """Tell whether a savepoint is open."""
        return self.sync_session.in_nested_transaction()

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

    @property
    def autoflush(self) -> Any:
        """``Session.autoflush`` of the session behind."""
        return self.sync_session.autoflush

    @autoflush.setter
    def autoflush(self, value: bool) -> None:
        self.sync_session.autoflush = value

    @property
    def deleted(self) -> Any:
        """``Session.deleted`` of the session behind."""
        return self.sync_session.deleted

    @property
    def dirty(self) -> Any:
        """``Session.dirty`` of the session behind."""
        return self.sync_session.dirty

    @property
    def execution_options(self) -> Any:
        """``Session.execution_options`` of the session behind."""
        return self.sync_session.execution_options

    @property
    def identity_map(self) -> Any:
        """``Session.identity_map`` of the session behind."""
        return self.sync_session.identity_map

    @property
    def info(self) -> Any:
        """``Session.info`` of the session behind."""
        return self.sync_session.info

    @property
    def is_active(self) -> Any:
        """``Session.is_active`` of the session behind."""
        return self.sync_session.is_active

    @property
    def new(self) -> Any:
        """``Session.new`` of the session behind."""
        return self.sync_session.new

    @property
    def no_autoflush(self) -> Any:
        """``Session.no_autoflush`` of the session behind."""
        return self.sync_session.no_autoflush

    @property
    def dispatch(self) -> Any:
        """Not available: events are listened for on ``sync_session``."""
        raise sa_exc.InvalidRequestError("an AsyncSession has no events of its own; listen on "
                                         "AsyncSession.sync_session")


class AsyncSessionTransaction(ReversibleProxy[SessionTransaction], StartableContext["AsyncSessionTransaction"]):
    """A transaction or savepoint of an :class:`AsyncSession`."""

    __slots__ = ("nested", "session", "sync_transaction")

    def __init__(self, session: AsyncSession, nested: bool = False) -> None:
        self.session = session
        self.nested = nested
        self.sync_transaction: Any = None

    @classmethod
    def regenerate_proxy_for_target(cls, target: SessionTransaction) -> AsyncSessionTransaction:
        made = cls(async_session(target.session), bool(target.nested))
        made.sync_transaction = made.assign_proxied(target)
        return made

    def _sync(self) -> Any:
        if self.sync_transaction is None:
            self.raise_for_not_started()
        return self.sync_transaction

    @property
    def is_active(self) -> bool:
        """Whether the transaction was started and can be used."""
        return self.sync_transaction is not None and self.sync_transaction.is_active

    @property
    def connections(self) -> Any:
        """The AsyncConnection objects that take part."""
        return {AsyncConnection.retrieve_proxy_for_target(each) for each in self._sync().connections}

    def bound_connection(self, bindkey: Any = None, *, bind: Any = None, **kw: Any) -> Any:
        """Return the AsyncConnection of a bind in this transaction."""
        if bind is not None:
            kw["bind"] = _sync_bind(bind)
        return AsyncConnection.retrieve_proxy_for_target(self._sync().bound_connection(bindkey, **kw))

    async def commit(self) -> None:
        """Flush and commit."""
        await greenlet_spawn(self._sync().commit)

    async def rollback(self) -> None:
        """Roll back."""
        await greenlet_spawn(self._sync().rollback)

    async def start(self, is_ctxmanager: bool = False) -> AsyncSessionTransaction:
        """Begin the transaction."""
        session = self.session.sync_session
        begin = session.begin_nested if self.nested else session.begin
        self.sync_transaction = self.assign_proxied(await greenlet_spawn(begin))
        if is_ctxmanager:
            self.sync_transaction.__enter__()
        return self

    async def __aexit__(self, type_: Any, value: Any, traceback: Any) -> None:
        await greenlet_spawn(self._sync().__exit__, type_, value, traceback)


class async_sessionmaker(_Makes["_AS"]):
    """A factory of :class:`AsyncSession` objects: holds their arguments."""

    class_: Type[_AS]

    def __class_getitem__(cls, _type: Any) -> Any:
        return cls

    if typing.TYPE_CHECKING:

        @overload
        def __init__(self, bind: Any = None, *, class_: Type[_AS], **kw: Any) -> None: ...

        @overload
        def __init__(self: async_sessionmaker[AsyncSession], bind: Any = None, **kw: Any) -> None: ...

    def __init__(
        self,
        bind: Any = None,
        *,
        class_: Any = AsyncSession,
        autoflush: bool = True,
        expire_on_commit: bool = True,
        info: Optional[Dict[Any, Any]] = None,
        **kw: Any,
    ) -> None:
        kw.update(bind=bind, autoflush=autoflush, expire_on_commit=expire_on_commit)
        self.kw = kw if info is None else {**kw, "info": info}
        self.class_ = type(class_.__name__, (class_,), {})

    def begin(self) -> AsyncContextManager[_AS]:
        """Return an async context manager: a new session in a transaction, both ended after the block."""
        block: AsyncContextManager[_AS] = self()._begun_block()
        return block

    def __call__(self, **local_kw: Any) -> _AS:
        """Return a new session; the arguments given here win."""
        for key, value in self.kw.items():
            if key == "info" and "info" in local_kw:
                local_kw["info"] = dict(value, **local_kw["info"])
            else:
                local_kw.setdefault(key, value)
        return self.class_(**local_kw)

    def configure(self, **new_kw: Any) -> None:
        """Change the arguments for sessions made from now on."""
        self.kw.update(new_kw)

    def __repr__(self) -> str:
        return "%s(class_=%r, %s)" % (
            type(self).__name__,
            self.class_.__name__,
            ", ".join("%s=%r" % item for item in self.kw.items()),
        )


class _BegunBlock:
    __slots__ = ("session", "transaction")

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.transaction: Any = None

    async def __aenter__(self) -> AsyncSession:
        self.transaction = self.session.begin()
        await self.transaction.__aenter__()
        return self.session

    async def __aexit__(self, type_: Any, value: Any, traceback: Any) -> None:
        async def go() -> None:
            try:
                await self.transaction.__aexit__(type_, value, traceback)
            finally:
                await self.session.close()

        await _shielded(go())


async def _shielded(awaitable: Any) -> None:
    """Finish an awaitable even where the task is cancelled meanwhile."""
    import asyncio

    task = asyncio.ensure_future(awaitable)
    await asyncio.shield(task)


def async_object_session(instance: Any) -> Any:
    """Return the AsyncSession of an object, None if it has none."""
    session = object_session(instance)
    return None if session is None else async_session(session)


def async_session(session: Any) -> Any:
    """Return the AsyncSession in front of a session, None if there is none."""
    found = _proxies.get(session)
    return found() if found is not None else None


async def close_all_sessions() -> None:
    """Close every living session."""
    await greenlet_spawn(sync_close_all_sessions)


def _async_session_of(state: Any) -> Any:
    session = state.session
    return None if session is None else async_session(session)


InstanceState.async_session = property(  # type: ignore[assignment,method-assign]
    _async_session_of, doc="The AsyncSession that the object belongs to, or None."
)
