"""The identity map of a session, and sessions found by number.

An identity map is a plain dictionary of states per identity class, so that generated loaders probe it directly.  A
state is a weak reference: entries of collected objects are skipped, and swept once a table has doubled.
"""

from __future__ import annotations

import itertools
import typing
import weakref
from typing import Any

from sqltoolkit_core import exc as core_exc

from .base import state_str

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Tuple

    from .state import InstanceState
    from .typing import InstanceKey

__all__ = ["IdentityMap", "SWEPT_FROM", "new_session_id", "session_of", "sessions"]

_numbers = itertools.count(1)

#: tables smaller than this are never swept
SWEPT_FROM = 1000


class _LivingSessions:
    """Sessions by their number, held weakly; ``references`` is what the hottest paths look into themselves."""

    __slots__ = ("references",)

    def __init__(self) -> None:
        self.references: Dict[int, weakref.ref[Any]] = {}

    def enter(self, number: int, session: Any) -> None:
        """Add a session until it is collected."""
        references = self.references
        references[number] = weakref.ref(session, lambda _: references.pop(number, None))

    def get(self, number: int) -> Any:
        """Return the session of a number, None if it is gone."""
        found = self.references.get(number)
        return None if found is None else found()

    def values(self) -> List[Any]:
        """Return the sessions that live."""
        return [session for session in [found() for found in list(self.references.values())] if session is not None]


#: every living session of the process, by number
sessions = _LivingSessions()


def new_session_id() -> int:
    """Return a number no session had before."""
    return next(_numbers)


def session_of(state: Any) -> Any:
    """Return the session a state belongs to, or None."""
    number = state.session_id
    return None if number is None else sessions.get(number)


class IdentityMap:
    """The persistent objects of one session, by identity key, held weakly; changed ones are held strongly."""

    __slots__ = ("tables", "modified", "_limits", "__weakref__")

    def __init__(self) -> None:
        #: (identity class, token) -> {primary key: state}; the class alone where there is no token
        self.tables: Dict[Any, Dict[Any, InstanceState]] = {}
        #: states with pending changes and their objects
        self.modified: Dict[InstanceState, Any] = {}
        self._limits: Dict[Any, int] = {}

    # -- tables ------------------------------------------------------------------------------------------------------

    def table(self, identity_class: Any, token: Any = None) -> Dict[Any, InstanceState]:
        """Return the live dictionary of the states of one identity class and token."""
        where = identity_class if token is None else (identity_class, token)
        try:
            return self.tables[where]
        except KeyError:
            return self.tables.setdefault(where, {})

    @staticmethod
    def _place(key: InstanceKey) -> Tuple[Any, Any]:
        pk = key[1]
        token = key[2] if len(key) > 2 else None
        return key[0] if token is None else (key[0], token), pk[0] if len(pk) == 1 else pk

    def note_growth(self, identity_class: Any, token: Any = None) -> None:
        """Sweep the table of the class if it has grown to twice what it held alive last."""
        where = identity_class if token is None else (identity_class, token)
        table = self.tables.get(where)
        if table is not None and len(table) > self._limits.get(where, SWEPT_FROM):
            self._sweep(where, table)

    def _sweep(self, where: Any, table: Dict[Any, InstanceState]) -> None:
        for pk in [pk for pk, state in list(table.items()) if state() is None]:
            del table[pk]
        self._limits[where] = max(SWEPT_FROM, 2 * len(table))

    def sweep(self) -> None:
        """Remove the entries of collected objects from every table."""
        for where, table in list(self.tables.items()):
            self._sweep(where, table)

    # -- look-ups ----------------------------------------------------------------------------------------------------

    def get_state(self, key: InstanceKey) -> Optional[InstanceState]:
        """Return the state with this identity key whose object is alive, or None."""
        where, pk = self._place(key)
        table = self.tables.get(where)
        if table is None:
            return None
        state = table.get(pk)
        return state if state is not None and state() is not None else None

    def get(self, key: InstanceKey, default: Any = None) -> Any:
        """Return the object with this identity key, or the default."""
        where, pk = self._place(key)
        table = self.tables.get(where)
        if table is not None:
            state = table.get(pk)
            if state is not None:
                obj = state()
                if obj is not None:
                    return obj
        return default

    def __getitem__(self, key: InstanceKey) -> Any:
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __contains__(self, key: Any) -> bool:
        return self.get(key) is not None

    has_key = __contains__

    def contains_state(self, state: InstanceState) -> bool:
        """Return whether this very state is the map's entry for its key."""
        table = self.tables.get(state.table_key)
        return table is not None and state.pk is not None and table.get(state.pk) is state

    def fast_get_state(self, key: InstanceKey) -> Optional[InstanceState]:
        """Return the state with this identity key, though its object may be gone."""
        where, pk = self._place(key)
        table = self.tables.get(where)
        return None if table is None else table.get(pk)

    def _live(self) -> Iterator[Tuple[InstanceState, Any]]:
        for table in list(self.tables.values()):
            for state in list(table.values()):
                obj = state()
                if obj is not None:
                    yield state, obj

    def all_states(self) -> List[InstanceState]:
        """Return the states of all living objects."""
        return [state for state, _ in self._live()]

    def values(self) -> List[Any]:
        """Return all living objects."""
        return [obj for _, obj in self._live()]

    def keys(self) -> List[InstanceKey]:
        """Return the identity keys of all living objects."""
        return [state.key for state, _ in self._live()]

    def items(self) -> List[Tuple[InstanceKey, Any]]:
        """Return (identity key, object) of all living objects."""
        return [(state.key, obj) for state, obj in self._live()]

    def __iter__(self) -> Iterator[InstanceKey]:
        return iter(self.keys())

    def __len__(self) -> int:
        return sum(1 for _ in self._live())

    def check_modified(self) -> bool:
        """Return whether any object has pending changes."""
        return bool(self.modified)

    # -- changes -----------------------------------------------------------------------------------------------------

    def add(self, state: InstanceState) -> bool:
        """Enter a state; return False if it is there already.

        :raises InvalidRequestError: if another living object has the same identity.
        """
        where = state.table_key
        table = self.tables.get(where)
        if table is None:
            table = self.tables.setdefault(where, {})
        present = table.get(state.pk)
        if present is not None:
            if present is state:
                return False
            if present() is not None:
                raise core_exc.InvalidRequestError(
                    "%s cannot be attached: the session has another object, %s, with the same "
                    "identity key %s" % (state_str(state), state_str(present), state.key)
                )
        table[state.pk] = state
        if len(table) > self._limits.get(where, SWEPT_FROM):
            self._sweep(where, table)
        return True

    def replace(self, state: InstanceState) -> Optional[InstanceState]:
        """Enter a state in the place of any other; return the one whose place it took, or None."""
        table = self.tables.setdefault(state.table_key, {})
        present = table.get(state.pk)
        if present is state:
            return None
        table[state.pk] = state
        if present is not None:
            self.modified.pop(present, None)
            if present() is None:
                present = None
        return present

    def discard(self, state: InstanceState) -> None:
        """Remove this state, if it is the map's entry for its key."""
        self.modified.pop(state, None)
        table = self.tables.get(state.table_key)
        if table is not None and table.get(state.pk) is state:
            del table[state.pk]

    safe_discard = discard

    def clear(self) -> None:
        """Forget everything, without telling the states."""
        self.tables.clear()
        self.modified.clear()
        self._limits.clear()

    def __repr__(self) -> str:
        return "<%s of %d objects>" % (type(self).__name__, len(self))
