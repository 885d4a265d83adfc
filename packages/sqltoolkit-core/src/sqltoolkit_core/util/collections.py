"""Ordered, identity and immutable collections, caches, scoped registries and small list functions.

Collections of columns are no business of this module, they live in ``sql/collections.py``.
"""

from __future__ import annotations

import collections.abc as _abc
import threading
from collections import deque
import typing
from typing import Any
from typing import Callable
from typing import Dict
from typing import Generic
from typing import Iterable
from typing import Iterator
from typing import List
from typing import Mapping
from typing import Optional
from typing import Sequence
from typing import Set
from typing import Tuple
from typing import TypeVar

if typing.TYPE_CHECKING:
    from typing import NoReturn

__all__ = [
    "EMPTY_DICT",
    "FacadeDict",
    "IdentitySet",
    "LRUCache",
    "NONE_SET",
    "OrderedDict",
    "OrderedIdentitySet",
    "OrderedSet",
    "PopulateDict",
    "Properties",
    "ReadOnlyProperties",
    "ScopedRegistry",
    "ThreadLocalRegistry",
    "UniqueAppender",
    "WeakSequence",
    "coerce_generator_arg",
    "coerce_to_immutabledict",
    "flatten_iterator",
    "has_dupes",
    "has_intersection",
    "immutabledict",
    "merge_lists_w_ordering",
    "sort_dictionary",
    "to_column_set",
    "to_list",
    "to_set",
    "unique_list",
    "update_copy",
]

_T = TypeVar("_T")
_KT = TypeVar("_KT")
_VT = TypeVar("_VT")
_NOTHING: Any = object()

# every supported Python keeps the order of insertion
OrderedDict = dict


class immutabledict(Dict[_KT, _VT]):
    """A dictionary that never changes; ``union()`` and ``merge_with()`` return new ones."""

    __slots__ = ("_hash",)

    _hash: int

    def _refuse(self, *arg: Any, **kw: Any) -> NoReturn:
        raise TypeError("an %s never changes; union() and merge_with() return another one" % type(self).__name__)

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = _refuse
    __ior__ = _refuse

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        self._refuse()

    __delattr__ = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        try:
            return self._hash
        except AttributeError:
            value = hash(frozenset(self.items()))
            object.__setattr__(self, "_hash", value)
            return value

    def union(
        self, other: Optional[Mapping[Any, Any]] = None, **kw: Any
    ) -> immutabledict[_KT, _VT]:
        """Return a dictionary of these items and those of ``other`` and ``kw``, which win."""
        if not other and not kw:
            return self
        merged = dict(self)
        if other:
            merged.update(other)
        if kw:
            merged.update(kw)  # type: ignore[arg-type]
        return type(self)(merged)

    def merge_with(self, *others: Optional[Mapping[Any, Any]]) -> immutabledict[_KT, _VT]:
        """Return a dictionary of these items and those of all ``others``, the later ones winning."""
        given = [other for other in others if other]
        if not given:
            return self
        if not self and len(given) == 1 and type(given[0]) is type(self):
            return given[0]
        merged: Dict[Any, Any] = dict(self)
        for other in given:
            merged.update(other)
        return type(self)(merged)

    def copy(self) -> immutabledict[_KT, _VT]:
        """Return the mapping itself, since it cannot change."""
        return self

    def __copy__(self) -> immutabledict[_KT, _VT]:
        return self

    def __or__(self, other: Any) -> Any:
        if not isinstance(other, _abc.Mapping):
            return NotImplemented
        merged = dict(self)
        merged.update(other)
        return type(self)(merged)

    def __ror__(self, other: Any) -> Any:
        if not isinstance(other, _abc.Mapping):
            return NotImplemented
        merged = dict(other)
        merged.update(self)
        return type(self)(merged)

    def __repr__(self) -> str:
        return "immutabledict(%s)" % dict.__repr__(self)

    def __reduce__(self) -> Any:
        return type(self), (dict(self),)


#: the empty mapping that nothing can be put in
EMPTY_DICT: immutabledict[Any, Any] = immutabledict()
#: the set of None alone
NONE_SET = frozenset([None])


class FacadeDict(immutabledict[_KT, _VT]):
    """A dictionary that looks immutable, and that its owner fills through ``_insert_item()``."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def _insert_item(self, key: _KT, value: _VT) -> None:
        dict.__setitem__(self, key, value)

    # a snapshot: unlike its base it does change
    def copy(self) -> Any:
        """Return a plain dictionary with what is in it now."""
        return dict(self)

    def __copy__(self) -> Any:
        return dict(self)

    def __repr__(self) -> str:
        return "FacadeDict(%s)" % dict.__repr__(self)


class OrderedSet(Generic[_T]):
    """A set that keeps the order of insertion."""

    __slots__ = ("_items",)
    __emulates__ = set

    def __init__(self, d: Optional[Iterable[_T]] = None) -> None:
        self._items: Dict[_T, None] = dict.fromkeys(d) if d is not None else {}

    def __copy__(self) -> OrderedSet[_T]:
        return self.copy()

    def copy(self) -> OrderedSet[_T]:
        """Return a set of the same elements in the same order."""
        return type(self)(self._items)

    def add(self, element: _T) -> None:
        """Add an element at the end if it is not there."""
        self._items[element] = None

    def append(self, element: _T) -> None:
        """Do what `add()` does."""
        self._items[element] = None

    def remove(self, element: _T) -> None:
        """Take an element out; raise KeyError if it is not there."""
        del self._items[element]

    def discard(self, element: _T) -> None:
        """Take an element out if it is there."""
        self._items.pop(element, None)

    def pop(self) -> _T:
        """Take the last element out and return it; raise KeyError if there is none."""
        try:
            return self._items.popitem()[0]
        except KeyError:
            raise KeyError("pop from an empty set") from None

    def insert(self, pos: int, element: _T) -> None:
        """Put ``element`` at position ``pos``, unless it is there already."""
        if element not in self._items:
            items = list(self._items)
            items.insert(pos, element)
            self._items = dict.fromkeys(items)

    def clear(self) -> None:
        """Take everything out."""
        self._items.clear()

    def __getitem__(self, key: Any) -> Any:
        return list(self._items)[key]

    def __iter__(self) -> Iterator[_T]:
        return iter(self._items)

    def __reversed__(self) -> Iterator[_T]:
        return iter(list(self._items)[::-1])

    def __contains__(self, element: Any) -> bool:
        return element in self._items

    def __len__(self) -> int:
        return len(self._items)

    def __bool__(self) -> bool:
        return bool(self._items)

    def __eq__(self, other: Any) -> bool:
        if isinstance(other, OrderedSet):
            return self._items.keys() == other._items.keys()
        if isinstance(other, _abc.Set):
            return self._items.keys() == other
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "%s(%r)" % (type(self).__name__, list(self._items))

    __str__ = __repr__

    def update(self, *iterables: Iterable[_T]) -> None:
        """Add the elements of other collections, in their order."""
        for iterable in iterables:
            self._items.update(dict.fromkeys(iterable))

    def __ior__(self, other: Any) -> OrderedSet[_T]:
        self.update(other)
        return self

    def union(self, *other: Iterable[_T]) -> OrderedSet[_T]:
        """Return a set with the elements of all, these first."""
        result = self.copy()
        result.update(*other)
        return result

    def __or__(self, other: Any) -> OrderedSet[_T]:
        return self.union(other)

    def __add__(self, other: Any) -> OrderedSet[_T]:
        return self.union(other)

    def intersection(self, *other: Iterable[Any]) -> OrderedSet[_T]:
        """Return a set of the elements that are in all."""
        kept = set().union(other[0]).intersection(*other[1:]) if other else set(self._items)
        return type(self)(item for item in self._items if item in kept)

    def __and__(self, other: Any) -> OrderedSet[_T]:
        return self.intersection(other)

    def intersection_update(self, *other: Iterable[Any]) -> None:
        """Keep the elements that are in the other collections, too."""
        self._items = self.intersection(*other)._items

    def __iand__(self, other: Any) -> OrderedSet[_T]:
        self.intersection_update(other)
        return self

    def difference(self, *other: Iterable[Any]) -> OrderedSet[_T]:
        """Return a set of the elements that are in no other collection."""
        dropped: Set[Any] = set().union(*other)
        return type(self)(item for item in self._items if item not in dropped)

    def __sub__(self, other: Any) -> OrderedSet[_T]:
        return self.difference(other)

    def difference_update(self, *other: Iterable[Any]) -> None:
        """Take the elements of other collections out."""
        self._items = self.difference(*other)._items

    def __isub__(self, other: Any) -> OrderedSet[_T]:
        self.difference_update(other)
        return self

    def symmetric_difference(self, other: Iterable[_T]) -> OrderedSet[_T]:
        """Return a set of the elements that are in one of both only."""
        there = OrderedSet(other)
        result = type(self)(item for item in self._items if item not in there)
        result.update(item for item in there if item not in self._items)
        return result

    def __xor__(self, other: Any) -> OrderedSet[_T]:
        return self.symmetric_difference(other)

    def symmetric_difference_update(self, other: Iterable[_T]) -> None:
        """Keep what is in one of both only."""
        self._items = self.symmetric_difference(other)._items

    def __ixor__(self, other: Any) -> OrderedSet[_T]:
        self.symmetric_difference_update(other)
        return self

    def issubset(self, other: Iterable[Any]) -> bool:
        """Say whether every element is in the other collection, too."""
        return set(self._items).issubset(other)

    def issuperset(self, other: Iterable[Any]) -> bool:
        """Say whether every element of the other collection is here, too."""
        return set(self._items).issuperset(other)

    def isdisjoint(self, other: Iterable[Any]) -> bool:
        """Say whether no element is in the other collection."""
        return set(self._items).isdisjoint(other)

    def __le__(self, other: Any) -> bool:
        return self.issubset(other)

    def __ge__(self, other: Any) -> bool:
        return self.issuperset(other)

    def __lt__(self, other: Any) -> bool:
        return self.issubset(other) and len(self) < len(set(other))

    def __gt__(self, other: Any) -> bool:
        return self.issuperset(other) and len(self) > len(set(other))


def _between_sets(method: Callable[[Any, Any], Any], in_place: bool = False) -> Callable[[Any, Any], Any]:
    """Return an operator that calls ``method`` with another identity set, and leaves other operands to their class."""

    def operate(self: Any, other: Any) -> Any:
        if not isinstance(other, IdentitySet):
            return NotImplemented
        result = method(self, other)
        return self if in_place else result

    return operate


class IdentitySet:
    """A set of objects by identity, whatever their ``__eq__`` and ``__hash__`` say; ordered."""

    __slots__ = ("_members",)

    def __init__(self, iterable: Optional[Iterable[Any]] = None) -> None:
        self._members: Dict[int, Any] = {}
        if iterable is not None:
            self.update(iterable)

    @staticmethod
    def _ids(iterable: Any) -> Dict[int, Any]:
        if isinstance(iterable, IdentitySet):
            return iterable._members
        return {id(item): item for item in iterable}

    def _of(self, members: Dict[int, Any]) -> Any:
        result = type(self)()
        result._members = members
        return result

    def add(self, value: Any) -> None:
        """Add an object."""
        self._members[id(value)] = value

    append = add

    def __contains__(self, value: Any) -> bool:
        return id(value) in self._members

    def remove(self, value: Any) -> None:
        """Take an object out; raise KeyError if it is not there."""
        del self._members[id(value)]

    def discard(self, value: Any) -> None:
        """Take an object out if it is there."""
        self._members.pop(id(value), None)

    def pop(self) -> Any:
        """Take any object out and return it; raise KeyError if there is none."""
        try:
            return self._members.popitem()[1]
        except KeyError:
            raise KeyError("pop from an empty set") from None

    def clear(self) -> None:
        """Take everything out."""
        self._members.clear()

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, IdentitySet) and self._members.keys() == other._members.keys()

    def __ne__(self, other: Any) -> bool:
        return not self.__eq__(other)

    __hash__ = None  # type: ignore[assignment]

    def issubset(self, iterable: Iterable[Any]) -> bool:
        """Say whether every object is in the other collection, too."""
        return self._members.keys() <= self._ids(iterable).keys()

    def issuperset(self, iterable: Iterable[Any]) -> bool:
        """Say whether every object of the other collection is here, too."""
        return self._members.keys() >= self._ids(iterable).keys()

    def union(self, iterable: Iterable[Any]) -> Any:
        """Return a set with the objects of both."""
        members = dict(self._members)
        members.update(self._ids(iterable))
        return self._of(members)

    def update(self, iterable: Iterable[Any]) -> None:
        """Add the objects of another collection."""
        self._members.update(self._ids(iterable))

    def difference(self, iterable: Iterable[Any]) -> Any:
        """Return a set of the objects that are not in the other collection."""
        dropped = self._ids(iterable)
        return self._of({k: v for k, v in self._members.items() if k not in dropped})

    def difference_update(self, iterable: Iterable[Any]) -> None:
        """Take the objects of another collection out."""
        self._members = self.difference(iterable)._members

    def intersection(self, iterable: Iterable[Any]) -> Any:
        """Return a set of the objects that are in both."""
        kept = self._ids(iterable)
        return self._of({k: v for k, v in self._members.items() if k in kept})

    def intersection_update(self, iterable: Iterable[Any]) -> None:
        """Keep the objects that are in the other collection, too."""
        self._members = self.intersection(iterable)._members

    def symmetric_difference(self, iterable: Iterable[Any]) -> Any:
        """Return a set of the objects that are in one of both only."""
        there = self._ids(iterable)
        members = {k: v for k, v in self._members.items() if k not in there}
        members.update((k, v) for k, v in there.items() if k not in self._members)
        return self._of(members)

    def symmetric_difference_update(self, iterable: Iterable[Any]) -> None:
        """Keep what is in one of both only."""
        self._members = self.symmetric_difference(iterable)._members

    __le__ = _between_sets(issubset)
    __ge__ = _between_sets(issuperset)
    __lt__ = _between_sets(lambda one, other: one._members.keys() < other._members.keys())
    __gt__ = _between_sets(lambda one, other: one._members.keys() > other._members.keys())
    __or__ = _between_sets(union)
    __and__ = _between_sets(intersection)
    __sub__ = _between_sets(difference)
    __xor__ = _between_sets(symmetric_difference)
    __ior__ = _between_sets(update, in_place=True)
    __iand__ = _between_sets(intersection_update, in_place=True)
    __isub__ = _between_sets(difference_update, in_place=True)
    __ixor__ = _between_sets(symmetric_difference_update, in_place=True)

    def copy(self) -> Any:
        """Return a set of the same objects."""
        return self._of(dict(self._members))

    __copy__ = copy

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._members.values())

    def __repr__(self) -> str:
        return "%s(%r)" % (type(self).__name__, list(self._members.values()))

    def __reduce__(self) -> Any:
        # the ids of another process mean nothing here
        return type(self), (list(self._members.values()),)


class OrderedIdentitySet(IdentitySet):
    """The same as ``IdentitySet``, which is ordered already; for code that says what it relies on."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        return list(self._members.values())[key]


class Properties(Generic[_T]):
    """Items by key and by attribute, in order."""

    __slots__ = ("_data",)

    _data: Dict[str, _T]

    def __init__(self, data: Dict[str, _T]) -> None:
        object.__setattr__(self, "_data", data)

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[_T]:
        return iter(list(self._data.values()))

    def __dir__(self) -> List[str]:
        return list(dir(super())) + [str(key) for key in self._data]

    def __setitem__(self, key: str, obj: _T) -> None:
        self._data[key] = obj

    def __getitem__(self, key: str) -> _T:
        return self._data[key]

    def __delitem__(self, key: str) -> None:
        del self._data[key]

    def __setattr__(self, key: str, obj: Any) -> None:
        self._data[key] = obj

    def __getattr__(self, key: str) -> Any:
        try:
            return object.__getattribute__(self, "_data")[key]
        except KeyError:
            raise AttributeError(key) from None

    def __contains__(self, key: Any) -> bool:
        return key in self._data

    def __getstate__(self) -> Any:
        return {"_data": self._data}

    def __setstate__(self, state: Any) -> None:
        object.__setattr__(self, "_data", state["_data"])

    def as_readonly(self) -> ReadOnlyProperties[_T]:
        """Return a view that cannot be written to."""
        return ReadOnlyProperties(self._data)

    def update(self, value: Mapping[str, _T]) -> None:
        """Take the items of a mapping over."""
        self._data.update(value)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the item under a key, or `default`."""
        return self._data.get(key, default)

    def keys(self) -> List[str]:
        """Return the keys, in order."""
        return list(self._data)

    def values(self) -> List[_T]:
        """Return the items, in order."""
        return list(self._data.values())

    def items(self) -> List[Tuple[str, _T]]:
        """Return pairs of key and item, in order."""
        return list(self._data.items())

    def has_key(self, key: str) -> bool:
        """Say whether there is an item under this key."""
        return key in self._data

    def clear(self) -> None:
        """Take everything out."""
        self._data.clear()


class ReadOnlyProperties(Properties[_T]):
    """``Properties`` that refuse every change."""

    __slots__ = ()

    def _refuse(self, *arg: Any, **kw: Any) -> NoReturn:
        raise TypeError("%s are a view for reading: nothing can be set or taken out" % type(self).__name__)

    __setitem__ = __delitem__ = __setattr__ = update = clear = _refuse


class PopulateDict(Dict[_KT, _VT]):
    """A dictionary that makes a missing value by ``creator(key)`` and keeps it."""

    def __init__(self, creator: Callable[[Any], Any]) -> None:
        super().__init__()
        self.creator = creator

    def __missing__(self, key: Any) -> Any:
        self[key] = value = self.creator(key)
        return value


class LRUCache(typing.MutableMapping[_KT, _VT]):
    """A bounded mapping for many threads, which drops what was used least recently.

    It grows to ``capacity * (1 + threshold)`` and is then cut back to ``capacity``; ``size_alert(cache)`` is called
    first.  Reading takes no lock.
    """

    __slots__ = ("_counter", "_data", "_lock", "_ready", "capacity", "size_alert", "threshold")

    def __init__(
        self,
        capacity: int = 100,
        threshold: float = 0.5,
        size_alert: Optional[Callable[[Any], None]] = None,
    ) -> None:
        self.capacity = capacity
        self.threshold = threshold
        self.size_alert = size_alert
        self._counter = 0
        self._lock = threading.Lock()
        self._data: Dict[Any, List[Any]] = {}

    @property
    def size_threshold(self) -> float:
        """The number of entries beyond which the cache is cut back."""
        return self.capacity + self.capacity * self.threshold

    def get(self, key: Any, default: Any = None) -> Any:
        """Return a value and mark it as used; `default` if it is not there."""
        entry = self._data.get(key)
        if entry is None:
            return default
        self._counter = entry[1] = self._counter + 1
        return entry[0]

    def __getitem__(self, key: Any) -> Any:
        entry = self._data[key]
        self._counter = entry[1] = self._counter + 1
        return entry[0]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._counter += 1
        self._data[key] = [value, self._counter]
        if len(self._data) > self.size_threshold:
            self._cut()

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Return a value; put `default` there first if there is none."""
        entry = self._data.get(key)
        if entry is not None:
            return entry[0]
        self[key] = default
        return default

    def _cut(self) -> None:
        if not self._lock.acquire(False):
            return
        try:
            alert = self.size_alert
            while len(self._data) > self.size_threshold:
                if alert is not None:
                    alert(self)
                    alert = None
                by_age = sorted(list(self._data.items()), key=lambda pair: pair[1][1])
                for key, _entry in by_age[: max(1, len(by_age) - self.capacity)]:
                    self._data.pop(key, None)
        finally:
            self._lock.release()

    def __delitem__(self, key: Any) -> None:
        del self._data[key]

    def __contains__(self, key: Any) -> bool:
        return key in self._data

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._data))

    def __len__(self) -> int:
        return len(self._data)

    def keys(self) -> Any:
        """Return the keys of this moment."""
        return list(self._data)

    def values(self) -> Any:
        """Return the values of this moment, without marking them as used."""
        return [entry[0] for entry in list(self._data.values())]

    def items(self) -> Any:
        """Return the keys and values of this moment, without marking them as used."""
        return [(key, entry[0]) for key, entry in list(self._data.items())]

    def clear(self) -> None:
        """Forget everything."""
        self._data.clear()


class ScopedRegistry(Generic[_T]):
    """One object per scope; ``scopefunc()`` says which scope one is in.

    Calling the registry returns the object of the present scope, made by ``createfunc()`` at the first time.
    """

    __slots__ = ("createfunc", "registry", "scopefunc")

    createfunc: Callable[[], _T]
    scopefunc: Callable[[], Any]
    registry: Dict[Any, _T]

    def __init__(self, createfunc: Callable[[], _T], scopefunc: Callable[[], Any]) -> None:
        self.createfunc = createfunc
        self.scopefunc = scopefunc
        self.registry = {}

    def __call__(self) -> _T:
        scope = self.scopefunc()
        found = self.registry.get(scope, _NOTHING)
        if found is _NOTHING:
            # two threads may share a scope: the object of the faster one stays
            found = self.registry.setdefault(scope, self.createfunc())
        return typing.cast(_T, found)

    def has(self) -> bool:
        """Say whether the present scope has an object."""
        return self.scopefunc() in self.registry

    def set(self, obj: _T) -> None:
        """Make ``obj`` the object of the present scope."""
        self.registry[self.scopefunc()] = obj

    def clear(self) -> None:
        """Forget the object of the present scope."""
        self.registry.pop(self.scopefunc(), None)


class ThreadLocalRegistry(ScopedRegistry[_T]):
    """A registry whose scope is the thread; what a thread has goes with it."""

    __slots__ = ("_local",)

    def __init__(self, createfunc: Callable[[], _T]) -> None:
        self.createfunc = createfunc
        self.scopefunc = threading.get_ident
        self._local = threading.local()

    @property
    def registry(self) -> Dict[Any, _T]:  # type: ignore[override]
        """The object of the present thread by the thread's number."""
        return self._local.__dict__


class UniqueAppender(Generic[_T]):
    """Appends an object to a collection once, by identity."""

    __slots__ = ("_append", "_seen", "data")

    def __init__(self, data: Any, via: Optional[str] = None) -> None:
        self.data = data
        self._seen: Dict[int, _T] = {}
        name = via or ("append" if hasattr(data, "append") else "add")
        self._append = getattr(data, name)

    def append(self, item: _T) -> None:
        """Add an object unless it was added before."""
        if id(item) not in self._seen:
            self._append(item)
            self._seen[id(item)] = item

    def __iter__(self) -> Iterator[_T]:
        return iter(self.data)


class WeakSequence(Generic[_T]):
    """A list of weak references that forgets what died."""

    __slots__ = ("_refs",)

    def __init__(self, elements: Iterable[_T] = ()) -> None:
        import weakref

        self._refs: List[Any] = [weakref.ref(item) for item in elements]

    def append(self, item: _T) -> None:
        """Add an object, which stays as long as something else holds it."""
        import weakref

        self._refs = [ref for ref in self._refs if ref() is not None]
        self._refs.append(weakref.ref(item))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[_T]:
        for ref in self._refs:
            item = ref()
            if item is not None:
                yield item

    def __getitem__(self, index: int) -> _T:
        return list(self)[index]


def unique_list(seq: Iterable[_T], hashfunc: Optional[Callable[[_T], Any]] = None) -> List[_T]:
    """Return the items of ``seq``, each once, at its first place."""
    if hashfunc is None:
        return list(dict.fromkeys(seq))
    seen: Set[Any] = set()
    result = []
    for item in seq:
        mark = hashfunc(item)
        if mark not in seen:
            seen.add(mark)
            result.append(item)
    return result


def to_list(x: Any, default: Any = None) -> Any:
    """Return ``x`` as a list: None gives ``default``, a string or a scalar a list of one."""
    if x is None:
        return default
    if isinstance(x, list):
        return x
    if not isinstance(x, _abc.Iterable) or isinstance(x, (str, bytes)):
        return [x]
    return list(x)


def to_set(x: Any) -> Set[Any]:
    """Return ``x`` as a set: None gives an empty one, a string or a scalar a set of one."""
    if x is None:
        return set()
    if isinstance(x, set):
        return x
    return set(to_list(x))


def to_column_set(x: Any) -> Any:
    """Return ``x`` as a set of columns by identity."""
    if x is None:
        return IdentitySet()
    if isinstance(x, IdentitySet):
        return x
    return IdentitySet(to_list(x))


def update_copy(d: Dict[Any, Any], _new: Optional[Dict[Any, Any]] = None, **kw: Any) -> Dict[Any, Any]:
    """Return a copy of ``d`` with the items of ``_new`` and ``kw`` put in."""
    result = dict(d)
    if _new:
        result.update(_new)
    result.update(kw)
    return result


def flatten_iterator(x: Iterable[Any]) -> Iterator[Any]:
    """Yield the items of ``x`` and of the iterables in it; strings are items."""
    for item in x:
        if isinstance(item, _abc.Iterable) and not isinstance(item, (str, bytes)):
            for inner in flatten_iterator(item):
                yield inner
        else:
            yield item


def coerce_generator_arg(arg: Any) -> Any:
    """Return a list for a call with one generator, the arguments as they are otherwise."""
    if len(arg) == 1 and isinstance(arg[0], _abc.Generator):
        return list(arg[0])
    return list(arg)


def coerce_to_immutabledict(d: Any) -> immutabledict[Any, Any]:
    """Return ``d`` as an ``immutabledict``."""
    if not d:
        return EMPTY_DICT
    if isinstance(d, immutabledict):
        return d
    return immutabledict(d)


def has_dupes(sequence: Sequence[Any], target: Any) -> bool:
    """Say whether ``target`` itself stands in ``sequence`` more than once."""
    return sum(1 for item in sequence if item is target) > 1


def has_intersection(set_: Any, iterable: Iterable[Any]) -> bool:
    """Say whether any hashable item of ``iterable`` is in ``set_``."""
    return any(item in set_ for item in iterable if getattr(item, "__hash__", None) is not None)


def sort_dictionary(d: Dict[Any, Any], key: Optional[Callable[[Any], Any]] = None) -> Dict[Any, Any]:
    """Put the items of ``d`` in the order of their keys, in place, and return it."""
    items = sorted(d.items(), key=key if key is not None else lambda pair: pair[0])
    d.clear()
    d.update(items)
    return d


def merge_lists_w_ordering(a: List[Any], b: List[Any]) -> List[Any]:
    """Return the items of both lists, each once, keeping as much of both orders as possible."""
    shared = set(a).intersection(b)
    result: List[Any] = []
    current, other = deque(a), deque(b)
    # the item of both lists up to which the other list is followed now
    awaited: Any = None
    while current or other:
        if not current:
            current, other = other, current
            awaited = None
            continue
        item = current[0]
        if item in result:
            current.popleft()
        elif item in shared and awaited is None and item in other:
            awaited = item
            current, other = other, current
        else:
            result.append(current.popleft())
            if awaited is not None and item in shared:
                awaited = None
    return result

