"""``Session``: its construction, transactions and flush.

The other methods are in the parts it is made of: ``objects`` (add, delete, merge ...) and ``execution`` (execute,
binds, autoflush).  Making sessions is in ``factory``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import inspect
from sqltoolkit_core.util.collections import EMPTY_DICT
from sqltoolkit_core.util.collections import immutabledict
from sqltoolkit_core.util.decorators import warn

from ..identity import IdentityMap
from ..identity import new_session_id
from ..identity import session_of
from ..identity import sessions
from ..loading.plugin import load_by_key
from ..loading.plugin import RequestOptions
from ..state import DELETED
from ..state import EXPIRED
from ..unitofwork import flush as run_flush
from .bulk import bulk_insert_mappings
from .bulk import bulk_save_objects
from .bulk import bulk_update_mappings
from .execution import Execution
from .objects import ObjectOperations
from .objects import required_state
from .transaction import SessionTransaction
from .transaction import SessionTransactionOrigin

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import ContextManager
    from typing import Iterable
    from typing import List
    from typing import Optional
    from typing import Type
    from typing import TypeVar
    from typing import Union

    from sqltoolkit_core import Row
    from sqltoolkit_core.sql.typing import SQLCoreOperations
    from typing_extensions import Self
    from typing_extensions import overload

    from ..query import Query as Query

    _O = TypeVar("_O")
    _T = TypeVar("_T")
    _T0 = TypeVar("_T0")
    _T1 = TypeVar("_T1")
    _T2 = TypeVar("_T2")
    _T3 = TypeVar("_T3")
    _T4 = TypeVar("_T4")
    _T5 = TypeVar("_T5")
    _T6 = TypeVar("_T6")
    _T7 = TypeVar("_T7")
    # what a query can have several of: a mapped class, or a column expression of a Python type
    _Entity = Union[SQLCoreOperations[_T], Type[_T]]

__all__ = ["Session"]

_MODES = ("conditional_savepoint", "rollback_only", "control_fully", "create_savepoint")


class Session(ObjectOperations, Execution):
    """The objects of one unit of work, and the transaction that they are read and written in.

    :param bind: engine or connection.
    :param autoflush: flush before each query.
    :param expire_on_commit: forget all loaded values at commit.
    :param autobegin: begin a transaction by itself when one is needed.
    :param twophase: commit in two phases.
    :param binds: binds by mapped class, table or other class.
    :param info: the ``info`` dictionary.
    :param query_cls: the class of :meth:`query` objects.
    :param join_transaction_mode: what to do when ``bind`` is a connection with a transaction.
    :param close_resets_only: whether the session can be used again after :meth:`close`.
    :param execution_options: options for every statement.
    """

    dispatch: Any
    #: the class of query() objects, set by the query module
    query_class: Any = None
    #: a weak reference to the AsyncSession, if that is what this session is behind
    async_session_ref: Any
    #: called with a session by connection(); here for asyncio
    connection_callable: Any = None

    #: the transaction whose ``with`` block is open, the innermost one
    open_block: Optional[SessionTransaction] = None

    def __init__(
        self,
        bind: Any = None,
        *,
        autoflush: bool = True,
        future: Any = True,
        expire_on_commit: bool = True,
        autobegin: bool = True,
        twophase: bool = False,
        binds: Optional[Dict[Any, Any]] = None,
        enable_baked_queries: bool = True,
        info: Optional[Dict[Any, Any]] = None,
        query_cls: Any = None,
        autocommit: Any = False,
        join_transaction_mode: str = "conditional_savepoint",
        close_resets_only: Any = True,
        execution_options: Any = EMPTY_DICT,
    ) -> None:
        if autocommit:
            raise sa_exc.ArgumentError("autocommit mode is gone; begin() and commit() say what is wanted")
        if not future:
            raise sa_exc.ArgumentError("future= has one value left, True")
        if join_transaction_mode not in _MODES:
            raise sa_exc.ArgumentError(
                "join_transaction_mode is one of %s, got %r" % (", ".join(_MODES), join_transaction_mode)
            )
        self.identity_map = IdentityMap()
        self._new: Dict[Any, Any] = {}
        self._deleted: Dict[Any, Any] = {}
        self._waiting_deletes: List[Any] = []
        self._get_tables: Dict[Any, Any] = {}
        self.bind = bind
        self._binds = immutabledict()
        self._flushing = False
        self._warn_on_events = False
        self._transaction: Optional[SessionTransaction] = None
        self._nested_transaction: Optional[SessionTransaction] = None
        self.hash_key = new_session_id()
        self.autobegin = autobegin
        self.autoflush = autoflush
        self.expire_on_commit = expire_on_commit
        self.enable_baked_queries = enable_baked_queries
        self.twophase = twophase
        self.join_transaction_mode = join_transaction_mode
        self.close_resets_only = close_resets_only
        self._close_state = "open"
        self._query_cls = query_cls if query_cls is not None else self.query_class
        self.execution_options = immutabledict(execution_options) if execution_options else EMPTY_DICT
        self._info: Any = dict(info) if info else None
        if binds is not None:
            for key, value in binds.items():
                self._add_bind(key, value)
        sessions.enter(self.hash_key, self)

    def _begun_block(self) -> ContextManager[Self]:
        """Return a context manager: this session in a transaction, both ended after the block."""
        return _BegunBlock(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, type_: Any, value: Any, traceback: Any) -> None:
        self.close()

    @property
    def info(self) -> Dict[Any, Any]:
        """A dictionary for whatever the user wants to keep with the session."""
        if self._info is None:
            self._info = {}
        found: Dict[Any, Any] = self._info
        return found

    @property
    def binds(self) -> immutabledict[Any, Any]:
        """The binds by class and table; another dictionary after each that is added."""
        return self._binds

    # ------------------------------------------------------------- transactions
    def _autobegin_t(self) -> SessionTransaction:
        transaction = self._transaction
        if transaction is not None:
            return transaction
        SessionTransaction.check_subject(self)
        if self._close_state == "closed":
            raise sa_exc.InvalidRequestError(
                "This session was closed for good (close_resets_only=False); make a new one"
            )
        if not self.autobegin:
            raise sa_exc.InvalidRequestError(
                "This session has autobegin=False: call begin() before its first use"
            )
        transaction = SessionTransaction(self, SessionTransactionOrigin.AUTOBEGIN)
        return transaction

    def in_transaction(self) -> bool:
        """Tell whether a transaction has begun."""
        return self._transaction is not None

    def in_nested_transaction(self) -> bool:
        """Tell whether a savepoint is open."""
        return self._nested_transaction is not None

    def get_transaction(self) -> Optional[SessionTransaction]:
        """Return the outermost transaction, None if there is none."""
        transaction = self._transaction
        while transaction is not None and transaction.parent is not None:
            transaction = transaction.parent
        return transaction

    def get_nested_transaction(self) -> Optional[SessionTransaction]:
        """Return the innermost savepoint, None if there is none."""
        return self._nested_transaction

    @property
    def is_active(self) -> bool:
        """Whether the session can run statements: not after a failed flush before rollback()."""
        return self._transaction is None or self._transaction.is_active

    def begin(self, nested: bool = False) -> SessionTransaction:
        """Begin a transaction, or a savepoint with ``nested``; usable as a context manager.

        :raises sqltoolkit_core.exc.InvalidRequestError: one has begun already.
        """
        transaction = self._transaction
        SessionTransaction.check_subject(self)
        if transaction is None:
            if self._close_state == "closed":
                self._autobegin_t()
            origin = SessionTransactionOrigin.AUTOBEGIN if nested else SessionTransactionOrigin.BEGIN
            transaction = SessionTransaction(self, origin)
            if not nested:
                return transaction
        elif not nested:
            raise sa_exc.InvalidRequestError("This session is in a transaction already; begin_nested() "
                                             "makes a savepoint in it")
        transaction.require_usable()
        return SessionTransaction(self, SessionTransactionOrigin.BEGIN_NESTED, transaction)

    def begin_nested(self) -> SessionTransaction:
        """Begin a savepoint."""
        return self.begin(nested=True)

    def commit(self) -> None:
        """Flush and commit the transaction."""
        transaction = self._transaction
        if transaction is None:
            transaction = self._autobegin_t()
        transaction.commit(_to_root=True)

    def rollback(self) -> None:
        """Roll the transaction back, if there is one."""
        if self._transaction is not None:
            self._transaction.rollback(_to_root=True)

    def prepare(self) -> None:
        """Prepare the transaction for a two-phase commit."""
        (self._transaction or self._autobegin_t()).prepare()

    def close(self) -> None:
        """End the transaction and take all objects out; the session can be used anew."""
        self._close(False)

    def reset(self) -> None:
        """Like :meth:`close`, and the session can be used anew in any case."""
        self._close(False, True)

    def invalidate(self) -> None:
        """Like :meth:`close`, and the connections are thrown away."""
        self._close(True)

    def _close(self, invalidate: bool, reset: bool = False) -> None:
        if not reset and self.close_resets_only is False:
            self._close_state = "closed"
        self.expunge_all()
        transaction = self._transaction
        while transaction is not None:
            parent = transaction.parent
            transaction.close(invalidate)
            transaction = parent

    # --------------------------------------------------------------------- flush
    def _is_clean(self) -> bool:
        return not (self.identity_map.modified or self._deleted or self._new)

    def flush(self, objects: Optional[Iterable[Any]] = None) -> None:
        """Write all pending changes to the database.

        :param objects: only these objects (deprecated).
        :raises sqltoolkit_core.exc.InvalidRequestError: a flush is running.
        """
        if self._flushing:
            raise sa_exc.InvalidRequestError("flush() was called within a flush; listeners of flush "
                                             "events can't flush")
        if not (self._new or self._deleted or self.identity_map.modified):
            return
        self._flushing = True
        try:
            run_flush(self, objects)
        finally:
            self._flushing = False

    def _warn_in_flush(self, method: str) -> None:
        warn(
            "%r was called while the flush writes; what it changes may not be written. Listen to "
            "before_flush() instead, or use the connection." % method
        )

    def note_modified(self, state: Any, obj: Any) -> None:
        """Keep a changed object until the next flush; attribute changes call this."""
        if self._transaction is None:
            self._autobegin_t()
        if state.pk is not None and not state.flags & DELETED:
            self.identity_map.modified[state] = obj

    def _register_persistent(self, states: Iterable[Any]) -> None:
        """Enter flushed new states into the identity map and the transaction's snapshot."""
        transaction = self._transaction
        new = self._new
        replace = self.identity_map.replace
        snapshot = transaction.new if transaction is not None else {}
        pending_to_persistent = self.dispatch.pending_to_persistent if self.has_events else None
        for state in states:
            if state() is None:
                continue
            old = replace(state)
            if old is not None and not (old.flags & DELETED):
                warn(
                    "The identity key %s of a new object was that of another one in this session, which "
                    "is replaced; does a listener load objects during the flush?" % (state.key,)
                )
                old.session_id = None
            new.pop(state, None)
            snapshot[state] = True
            if pending_to_persistent:
                pending_to_persistent(self, state)

    # ----------------------------------------------------------------------- get
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
        """Return the object with this primary key, from the session or the database; None if there is no row.

        :param ident: the key: a scalar, a tuple, or a dictionary by attribute name.
        :param options: loader options for the row.
        :param populate_existing: load the row in any case and overwrite the object.
        :param with_for_update: lock the row (loads it in any case).
        """
        if options is None and not populate_existing and with_for_update is None and identity_token is None:
            table = self._get_tables.get(entity)
            if table is not None:
                try:
                    state = table.get(ident)
                except TypeError:
                    state = None
                if state is not None and not state.flags & (EXPIRED | DELETED):
                    obj = state()
                    if isinstance(obj, entity):
                        return obj
        found: Optional[_O] = load_by_key(
            self,
            entity,
            ident,
            RequestOptions(
                options, populate_existing, with_for_update, identity_token, execution_options, bind_arguments
            ),
        )
        return found

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
        """Like :meth:`get`, for a row that must exist.

        :raises sqltoolkit_core.exc.NoResultFound: there is none.
        """
        found = self.get(
            entity,
            ident,
            options=options,
            populate_existing=populate_existing,
            with_for_update=with_for_update,
            identity_token=identity_token,
            execution_options=execution_options,
            bind_arguments=bind_arguments,
        )
        if found is None:
            raise sa_exc.NoResultFound("One row was required and none was found")
        return found

    # --------------------------------------------------------------------- query
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
        if self._query_cls is None:
            self._query_cls = self.query_class
        return self._query_cls(entities, self, **kwargs)

    # ---------------------------------------------------------------------- bulk
    def bulk_save_objects(
        self,
        objects: Iterable[Any],
        return_defaults: bool = False,
        update_changed_only: bool = True,
        preserve_order: bool = True,
    ) -> None:
        """Insert or update objects without tracking them further."""
        bulk_save_objects(self, objects, return_defaults, update_changed_only, preserve_order)

    def bulk_insert_mappings(
        self,
        mapper: Any,
        mappings: Iterable[Dict[str, Any]],
        return_defaults: bool = False,
        render_nulls: bool = False,
    ) -> None:
        """Insert rows given as dictionaries."""
        bulk_insert_mappings(self, inspect(mapper).mapper, mappings, return_defaults, render_nulls)

    def bulk_update_mappings(self, mapper: Any, mappings: Iterable[Dict[str, Any]]) -> None:
        """Update rows given as dictionaries with their primary keys."""
        bulk_update_mappings(self, inspect(mapper).mapper, mappings)

    # ------------------------------------------------------------------- classic
    @classmethod
    def object_session(cls, instance: Any) -> Any:
        """Return the session of an object, None if it has none."""
        return session_of(required_state(instance))

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
        """Return an identity key: of a class and a primary key, of an object, or of a row."""
        if class_ is not None:
            mapper = inspect(class_).mapper
            if row is None:
                if ident is None:
                    raise sa_exc.ArgumentError("identity_key() with a class needs ident or row")
                pk = ident if isinstance(ident, (tuple, list)) else (ident,)
                return mapper.identity_key_from_primary_key(tuple(pk), identity_token=identity_token)
            return mapper.identity_key_from_row(row, identity_token=identity_token)
        if instance is not None:
            return required_state(instance).manager.mapper.identity_key_from_instance(instance)
        raise sa_exc.ArgumentError("identity_key() needs a class or an instance")


class _BegunBlock:
    """A session and its transaction for one block."""

    __slots__ = ("session", "transaction")

    def __init__(self, session: Any) -> None:
        self.session: Any = session
        self.transaction: Any = None

    def __enter__(self) -> Any:
        self.transaction = self.session.begin()
        self.transaction.__enter__()
        return self.session

    def __exit__(self, type_: Any, value: Any, traceback: Any) -> None:
        try:
            self.transaction.__exit__(type_, value, traceback)
        finally:
            self.session.close()
