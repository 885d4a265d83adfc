"""``scoped_session``: one session per thread, or per whatever scope a function names, behind one object.

Sessions themselves are in ``session``.  The methods between the marks are generated from those of ``Session``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core.util.collections import EMPTY_DICT
from sqltoolkit_core.util.collections import ScopedRegistry
from sqltoolkit_core.util.collections import ThreadLocalRegistry
from sqltoolkit_core.util.decorators import warn
from sqltoolkit_core.util.typing import Unsubscripted

from .session.factory import close_all_sessions
from .session.session import Session

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import Generic
    from typing import Iterable
    from typing import Iterator
    from typing import Optional
    from typing import Tuple
    from typing import Type
    from typing import Union

    from sqltoolkit_core import Connection
    from sqltoolkit_core import Engine
    from sqltoolkit_core import Row
    from sqltoolkit_core.engine.cursor import CursorResult
    from sqltoolkit_core.engine.result import Result
    from sqltoolkit_core.engine.result import ScalarResult
    from sqltoolkit_core.sql.dml import UpdateBase
    from sqltoolkit_core.sql.typing import SQLCoreOperations
    from sqltoolkit_core.sql.typing import TypedReturnsRows
    from sqltoolkit_core.util.collections import IdentitySet
    from typing_extensions import TypeVar
    from typing_extensions import TypeVarTuple
    from typing_extensions import Unpack
    from typing_extensions import overload

    from .identity import IdentityMap
    from .session.session import _T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7
    from .session.session import _Entity
    from .session.session import Query
    from .session.transaction import SessionTransaction

    _S = TypeVar("_S", bound=Session, default=Session)
    _O = TypeVar("_O")
    _T = TypeVar("_T")
    _Ts = TypeVarTuple("_Ts")

    class _Scopes(Generic[_S]):
        pass

else:
    _Scopes = Unsubscripted(object)

__all__ = ["QueryPropertyDescriptor", "scoped_session"]


class QueryPropertyDescriptor:
    """The class attribute that :meth:`scoped_session.query_property` makes: a query of the class it is read on."""

    def __init__(self, registry: Any, query_cls: Any) -> None:
        self._registry = registry
        self._query_cls = query_cls

    def __get__(self, instance: Any, owner: Any) -> Any:
        session = self._registry()
        if self._query_cls is not None:
            return self._query_cls((owner,), session=session)
        return session.query(owner)


class scoped_session(_Scopes["_S"]):
    """Sessions by scope; calls and attributes go to the session of the current scope.

    :param session_factory: makes a session, such as a :class:`sessionmaker`.
    :param scopefunc: returns a key for the current scope; by default there is one session per thread.
    """

    session_factory: Callable[..., _S]

    def __class_getitem__(cls, _type: Any) -> Any:
        return cls

    def __init__(self, session_factory: Callable[..., _S], scopefunc: Optional[Callable[[], Any]] = None) -> None:
        self.session_factory = session_factory
        self.registry: Any = (
            ScopedRegistry(session_factory, scopefunc)
            if scopefunc is not None
            else ThreadLocalRegistry(session_factory)
        )

    @property
    def _proxied(self) -> _S:
        session: _S = self.registry()
        return session

    def __call__(self, **kw: Any) -> _S:
        """Return the session of the current scope; arguments are for a new one.

        :raises sqltoolkit_core.exc.InvalidRequestError: arguments were given and there is a session already.
        """
        if kw:
            if self.registry.has():
                raise sa_exc.InvalidRequestError("This scope has its session already, so it can't be "
                                                 "made with arguments; call remove() first")
            session = self.session_factory(**kw)
            self.registry.set(session)
            return session
        return self._proxied

    def configure(self, **kwargs: Any) -> None:
        """Change the arguments of the factory for sessions made from now on."""
        if self.registry.has():
            warn("configure() changes the sessions of scopes to come; this scope has its session already")
        factory: Any = self.session_factory
        factory.configure(**kwargs)

    def remove(self) -> None:
        """Close the session of the current scope and forget it."""
        if self.registry.has():
            self.registry().close()
        self.registry.clear()

    def query_property(self, query_cls: Any = None) -> Any:
        """Return a class attribute that gives a query of its class."""
        return QueryPropertyDescriptor(self, query_cls)

    def __contains__(self, instance: Any) -> bool:
        return instance in self._proxied

    def __iter__(self) -> Iterator[Any]:
        return iter(self._proxied)

    @classmethod
    def object_session(cls, instance: Any) -> Any:
        """Return the session of an object."""
        return Session.object_session(instance)

    @classmethod
    def close_all(cls) -> None:
        """Close every session."""
        close_all_sessions()

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

    def add(self, instance: Any) -> None:
        """Place an object into the session; it is inserted, or its changes written, at the next flush."""
        self._proxied.add(instance)

    def add_all(self, instances: Iterable[Any]) -> None:
        """Place all objects of an iterable into the session."""
        self._proxied.add_all(instances)

    def begin(self, nested: bool = False) -> SessionTransaction:
        """Begin a transaction, or a savepoint with ``nested``; usable as a context manager."""
        return self._proxied.begin(nested)

    def begin_nested(self) -> SessionTransaction:
        """Begin a savepoint."""
        return self._proxied.begin_nested()

    def bulk_insert_mappings(
        self,
        mapper: Any,
        mappings: Iterable[Dict[str, Any]],
        return_defaults: bool = False,
        render_nulls: bool = False,
    ) -> None:
        """Insert rows given as dictionaries."""
        self._proxied.bulk_insert_mappings(mapper, mappings, return_defaults, render_nulls)

    def bulk_save_objects(
        self,
        objects: Iterable[Any],
        return_defaults: bool = False,
        update_changed_only: bool = True,
        preserve_order: bool = True,
    ) -> None:
        """Insert or update objects without tracking them further."""
        self._proxied.bulk_save_objects(objects, return_defaults, update_changed_only, preserve_order)

    def bulk_update_mappings(self, mapper: Any, mappings: Iterable[Dict[str, Any]]) -> None:
        """Update rows given as dictionaries with their primary keys."""
        self._proxied.bulk_update_mappings(mapper, mappings)

    def close(self) -> None:
        """End the transaction and take all objects out; the session can be used anew."""
        self._proxied.close()

    def commit(self) -> None:
        """Flush and commit the transaction."""
        self._proxied.commit()

    def connection(self, bind_arguments: Any = None, execution_options: Any = None) -> Connection:
        """Return the connection of this session's transaction."""
        return self._proxied.connection(bind_arguments, execution_options)

    def delete(self, instance: Any) -> None:
        """Mark a persistent object, and what its delete cascades reach, for deletion at the next flush."""
        self._proxied.delete(instance)

    def delete_all(self, instances: Iterable[Any]) -> None:
        """Mark all objects of an iterable for deletion."""
        self._proxied.delete_all(instances)

    if typing.TYPE_CHECKING:

        @overload
        def execute(
            self,
            statement: TypedReturnsRows[Unpack[_Ts]],
            params: Any = None,
            *,
            execution_options: Any = EMPTY_DICT,
            bind_arguments: Any = None,
        ) -> Result[Unpack[_Ts]]: ...

        @overload
        def execute(
            self,
            statement: UpdateBase,
            params: Any = None,
            *,
            execution_options: Any = EMPTY_DICT,
            bind_arguments: Any = None,
        ) -> CursorResult[Unpack[Tuple[Any, ...]]]: ...

        @overload
        def execute(
            self,
            statement: Any,
            params: Any = None,
            *,
            execution_options: Any = EMPTY_DICT,
            bind_arguments: Any = None,
        ) -> Result[Unpack[Tuple[Any, ...]]]: ...

    def execute(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
    ) -> Any:
        """Run a statement in this session's transaction and return its result."""
        return self._proxied.execute(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments
        )

    def expire(self, instance: Any, attribute_names: Optional[Iterable[str]] = None) -> None:
        """Forget the loaded values of an object; they are loaded again when read."""
        self._proxied.expire(instance, attribute_names)

    def expire_all(self) -> None:
        """Forget the loaded values of all persistent objects."""
        self._proxied.expire_all()

    def expunge(self, instance: Any) -> None:
        """Take an object, and what its expunge cascades reach, out of the session."""
        self._proxied.expunge(instance)

    def expunge_all(self) -> None:
        """Take all objects out of the session."""
        self._proxied.expunge_all()

    def flush(self, objects: Optional[Iterable[Any]] = None) -> None:
        """Write all pending changes to the database."""
        self._proxied.flush(objects)

    def get(
        self,
        entity: Type[_O],
        ident: Any,
        *,
        options: Any = None,
        populate_existing: bool = False,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
    ) -> Optional[_O]:
        """Return the object with this primary key, from the session or the database; None if there is no row."""
        return self._proxied.get(
            entity,
            ident,
            options=options,
            populate_existing=populate_existing,
            with_for_update=with_for_update,
            identity_token=identity_token,
            execution_options=execution_options,
            bind_arguments=bind_arguments,
        )

    def get_bind(
        self, mapper: Any = None, *, clause: Any = None, bind: Any = None, **kw: Any
    ) -> Union[Engine, Connection]:
        """Return the engine or connection for a mapper or a statement."""
        return self._proxied.get_bind(mapper, clause=clause, bind=bind, **kw)

    def get_one(
        self,
        entity: Type[_O],
        ident: Any,
        *,
        options: Any = None,
        populate_existing: bool = False,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
    ) -> _O:
        """Like :meth:`get`, for a row that must exist."""
        return self._proxied.get_one(
            entity,
            ident,
            options=options,
            populate_existing=populate_existing,
            with_for_update=with_for_update,
            identity_token=identity_token,
            execution_options=execution_options,
            bind_arguments=bind_arguments,
        )

    def is_modified(self, instance: Any, include_collections: bool = True) -> bool:
        """Tell whether an object has changes that a flush would write."""
        return self._proxied.is_modified(instance, include_collections)

    def merge(self, instance: _O, *, load: bool = True, options: Any = None) -> _O:
        """Copy the state of an object onto the persistent object of the same identity, and return that one."""
        return self._proxied.merge(instance, load=load, options=options)

    def merge_all(self, instances: Iterable[Any], *, load: bool = True, options: Any = None) -> Any:
        """Merge each object of an iterable; return the list of persistent objects."""
        return self._proxied.merge_all(instances, load=load, options=options)

    if typing.TYPE_CHECKING:

        @overload
        def query(self, _entity: Type[_O], **kwargs: Any) -> Query[_O]: ...

        @overload
        def query(self, __ent0: SQLCoreOperations[_T0], **kwargs: Any) -> Query[Row[_T0]]: ...

        @overload
        def query(
            self, __ent0: _Entity[_T0], __ent1: _Entity[_T1], **kwargs: Any
        ) -> Query[Row[_T0, _T1]]: ...

        @overload
        def query(
            self, __ent0: _Entity[_T0], __ent1: _Entity[_T1], __ent2: _Entity[_T2], **kwargs: Any
        ) -> Query[Row[_T0, _T1, _T2]]: ...

        @overload
        def query(
            self, __ent0: _Entity[_T0], __ent1: _Entity[_T1], __ent2: _Entity[_T2], __ent3: _Entity[_T3], **kwargs: Any
        ) -> Query[Row[_T0, _T1, _T2, _T3]]: ...

        @overload
        def query(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            **kwargs: Any,
        ) -> Query[Row[_T0, _T1, _T2, _T3, _T4]]: ...

        @overload
        def query(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            __ent5: _Entity[_T5],
            **kwargs: Any,
        ) -> Query[Row[_T0, _T1, _T2, _T3, _T4, _T5]]: ...

        @overload
        def query(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            __ent5: _Entity[_T5],
            __ent6: _Entity[_T6],
            **kwargs: Any,
        ) -> Query[Row[_T0, _T1, _T2, _T3, _T4, _T5, _T6]]: ...

        @overload
        def query(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            __ent5: _Entity[_T5],
            __ent6: _Entity[_T6],
            __ent7: _Entity[_T7],
            **kwargs: Any,
        ) -> Query[Row[_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7]]: ...

        @overload
        def query(self, *entities: Any, **kwargs: Any) -> Query[Any]: ...

    def query(self, *entities: Any, **kwargs: Any) -> Any:
        """Return a :class:`Query` of entities and columns."""
        return self._proxied.query(*entities, **kwargs)

    def refresh(
        self,
        instance: Any,
        attribute_names: Optional[Iterable[str]] = None,
        with_for_update: Any = None,
    ) -> None:
        """Load the attributes of an object anew."""
        self._proxied.refresh(instance, attribute_names, with_for_update)

    def reset(self) -> None:
        """Like :meth:`close`, and the session can be used anew in any case."""
        self._proxied.reset()

    def rollback(self) -> None:
        """Roll the transaction back, if there is one."""
        self._proxied.rollback()

    if typing.TYPE_CHECKING:

        @overload
        def scalar(
            self,
            statement: TypedReturnsRows[_T, Unpack[_Ts]],
            params: Any = None,
            *,
            execution_options: Any = EMPTY_DICT,
            bind_arguments: Any = None,
            **kw: Any,
        ) -> Optional[_T]: ...

        @overload
        def scalar(
            self,
            statement: Any,
            params: Any = None,
            *,
            execution_options: Any = EMPTY_DICT,
            bind_arguments: Any = None,
            **kw: Any,
        ) -> Any: ...

    def scalar(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
        **kw: Any,
    ) -> Any:
        """Run a statement and return one value, that of the first row's first column; None without a row."""
        return self._proxied.scalar(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, **kw
        )

    if typing.TYPE_CHECKING:

        @overload
        def scalars(
            self,
            statement: TypedReturnsRows[_T, Unpack[_Ts]],
            params: Any = None,
            *,
            execution_options: Any = EMPTY_DICT,
            bind_arguments: Any = None,
            **kw: Any,
        ) -> ScalarResult[_T]: ...

        @overload
        def scalars(
            self,
            statement: Any,
            params: Any = None,
            *,
            execution_options: Any = EMPTY_DICT,
            bind_arguments: Any = None,
            **kw: Any,
        ) -> ScalarResult[Any]: ...

    def scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
        **kw: Any,
    ) -> Any:
        """Run a statement and return the first element of each row."""
        return self._proxied.scalars(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, **kw
        )

    @property
    def autoflush(self) -> bool:
        """``Session.autoflush`` of the current session."""
        return self._proxied.autoflush

    @autoflush.setter
    def autoflush(self, value: bool) -> None:
        self._proxied.autoflush = value

    @property
    def bind(self) -> Optional[Union[Engine, Connection]]:
        """``Session.bind`` of the current session."""
        return self._proxied.bind

    @bind.setter
    def bind(self, value: Any) -> None:
        self._proxied.bind = value

    @property
    def binds(self) -> Any:
        """``Session.binds`` of the current session."""
        return self._proxied.binds

    @property
    def deleted(self) -> IdentitySet:
        """``Session.deleted`` of the current session."""
        return self._proxied.deleted

    @property
    def dirty(self) -> IdentitySet:
        """``Session.dirty`` of the current session."""
        return self._proxied.dirty

    @property
    def execution_options(self) -> Any:
        """``Session.execution_options`` of the current session."""
        return self._proxied.execution_options

    @property
    def identity_map(self) -> IdentityMap:
        """``Session.identity_map`` of the current session."""
        found: IdentityMap = self._proxied.identity_map
        return found

    @property
    def info(self) -> Dict[Any, Any]:
        """``Session.info`` of the current session."""
        return self._proxied.info

    @property
    def is_active(self) -> bool:
        """``Session.is_active`` of the current session."""
        return self._proxied.is_active

    @property
    def new(self) -> IdentitySet:
        """``Session.new`` of the current session."""
        return self._proxied.new

    @property
    def no_autoflush(self) -> Any:
        """``Session.no_autoflush`` of the current session."""
        return self._proxied.no_autoflush

    # END generated
