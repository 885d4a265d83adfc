"""Collections of columns: ordered, by key and by position.

How a FROM element fills its collection is in ``selectable``; sets of columns by identity are here too.
"""

from __future__ import annotations

from typing import (
    TYPE_CHECKING, Any, Callable, Dict, Generic, Iterable, Iterator, List, NoReturn, Optional, Sequence, Tuple, TypeVar,
    Union,
)  # fmt: skip

from .. import exc
from ..util.collections import OrderedSet

if TYPE_CHECKING:
    from typing_extensions import overload

__all__ = [
    "ColumnCollection", "ColumnSet", "DedupeColumnCollection", "MissingColumn", "ReadOnlyColumnCollection",
    "WriteableColumnCollection",
]  # fmt: skip

_K = TypeVar("_K", covariant=True)
_C = TypeVar("_C", covariant=True)
_D = TypeVar("_D")


class MissingColumn(KeyError):
    """A key that is not in a collection of columns; shown with the keys that are near."""

    def __init__(self, key: Any, text: Optional[str] = None) -> None:
        super().__init__(key)
        self._text = text

    def __reduce__(self) -> Tuple[Any, ...]:
        return type(self), (self.args[0], self._text)

    def __str__(self) -> str:
        return self._text or super().__str__()


def _missing_text(key: Any, collection: ColumnCollection[Any, Any]) -> str:
    import difflib  # seldom needed, and not small

    keys = [other for other in collection.keys() if isinstance(other, str)]
    tables = {id(table): table for table in [getattr(each, "table", None) for each in collection]}
    table = tables.popitem()[1] if len(tables) == 1 else None
    near = difflib.get_close_matches(str(key), keys, 3)
    if near:
        advice = "; did you mean %s?" % " or ".join(map(repr, near))
    else:
        advice = ", which has %s" % (", ".join(keys) if len(keys) < 30 else "%d others" % len(keys))
    where = "these columns" if table is None else repr(table.description)
    return "there is no column %r in %s%s" % (key, where, advice)


class ColumnCollection(Generic[_K, _C]):
    """Columns in order, found by key as attribute or item, by position, or several at once as ``c["a", "b"]``.

    Several columns may have one key; the first of them is found by it, all of them by position.
    """

    # ``__dict__`` keeps columns that were found as attributes, so that they are found at once from then on
    __slots__ = ("__dict__", "_collection", "_index")

    _collection: List[Tuple[Any, Any]]
    _index: Dict[Any, Any]

    def __init__(self, columns: Optional[Iterable[Tuple[Any, Any]]] = None) -> None:
        _set_collection(self, [])
        _set_index(self, {})
        if columns is not None:
            self._populate(columns)

    def _populate(self, columns: Iterable[Tuple[Any, Any]]) -> None:
        collection, index = self._collection, self._index
        for key, column in columns:
            collection.append((key, column))
            index.setdefault(key, column)

    @property
    def _all_columns(self) -> List[_C]:
        # the name by which dialects of other packages read them
        return [column for _, column in self._collection]

    def keys(self) -> List[_K]:
        """Return the keys in order."""
        return [key for key, _ in self._collection]

    def values(self) -> List[_C]:
        """Return the columns in order."""
        return [column for _, column in self._collection]

    def items(self) -> List[Tuple[_K, _C]]:
        """Return ``(key, column)`` pairs in order."""
        return list(self._collection)

    def __bool__(self) -> bool:
        return bool(self._collection)

    def __len__(self) -> int:
        return len(self._collection)

    def __iter__(self) -> Iterator[_C]:
        return iter([column for _, column in self._collection])

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, key: Union[str, int]) -> _C: ...

        @overload
        def __getitem__(self, key: Union[Tuple[Union[str, int], ...], slice]) -> ReadOnlyColumnCollection[_K, _C]: ...

    def __getitem__(self, key: Any) -> Any:
        found = self._index.get(key) if key.__class__ is str else None
        if found is not None:
            return found
        if isinstance(key, int):
            try:
                return self._collection[key][1]
            except IndexError:
                raise IndexError(key) from None
        if isinstance(key, (tuple, slice)):
            if isinstance(key, slice):
                chosen: Sequence[Tuple[Any, Any]] = self._collection[key]
            else:
                chosen = [self._item(part) for part in key]
            return ReadOnlyColumnCollection(chosen)
        try:
            return self._index[key]
        except KeyError:
            raise MissingColumn(key, _missing_text(key, self)) from None

    def _item(self, key: Union[str, int]) -> Tuple[Any, Any]:
        if isinstance(key, int):
            return self._collection[key]
        return key, self[key]

    def __getattr__(self, key: str) -> _C:
        try:
            found: _C = self._index[key]
        except KeyError:
            # names with two underscores are looked for by protocols, not by people
            raise AttributeError(key if key[:2] == "__" else _missing_text(key, self)) from None
        self.__dict__[key] = found
        return found

    def __contains__(self, key: Any) -> bool:
        """Tell whether there is a column of that key; for a column use :meth:`contains_column`."""
        if key in self._index:
            return True
        if not isinstance(key, str):
            raise exc.ArgumentError(
                "'in' looks for the key of a column, a string, and got %s; "
                "for a column object use contains_column()" % type(key).__name__
            )
        return False

    def compare(self, other: ColumnCollection[Any, Any]) -> bool:
        """Tell whether the other collection holds the very same columns in the same order."""
        if len(self) != len(other):
            return False
        return all(a is b for a, b in zip(self, other))

    def __eq__(self, other: Any) -> bool:
        """Say whether ``other``, a collection or another iterable, has the same columns in the same order."""
        if not isinstance(other, Iterable):
            return False
        others = list(other)
        return len(self) == len(others) and all(mine is theirs for mine, theirs in zip(self, others))

    def __ne__(self, other: Any) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    if TYPE_CHECKING:

        @overload
        def get(self, key: str, default: None = None) -> Optional[_C]: ...

        @overload
        def get(self, key: str, default: _D) -> Union[_C, _D]: ...

    def get(self, key: str, default: Any = None) -> Any:
        """Return the column of that key, or the default."""
        return self._index.get(key, default)

    def __str__(self) -> str:
        return "%s(%s)" % (self.__class__.__name__, ", ".join([str(column) for column in self]))

    def __setitem__(self, key: str, value: Any) -> NoReturn:
        raise NotImplementedError("columns cannot be assigned by key; use append_column() of the table")

    def __delitem__(self, key: str) -> NoReturn:
        raise NotImplementedError("columns cannot be removed by key")

    def __setattr__(self, key: str, value: Any) -> NoReturn:
        raise NotImplementedError("columns cannot be assigned as attributes; use append_column() of the table")

    def __dir__(self) -> List[str]:
        return list(super().__dir__()) + [key for key in self._index if isinstance(key, str)]

    def __getstate__(self) -> Dict[str, Any]:
        return {"_collection": self._collection, "_index": self._index}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        _set_collection(self, state["_collection"])
        _set_index(self, state["_index"])

    def contains_column(self, col: Any) -> bool:
        """Tell whether that very column is in the collection."""
        if isinstance(col, str):
            raise exc.ArgumentError("contains_column() takes a column object; for its key use 'in'")
        return any(column is col or hash(column) == hash(col) for _, column in self._collection)

    def corresponding_column(self, column: Any, require_embedded: bool = False) -> Optional[_C]:
        """Return the column here that stands for ``column``: they share a base column; None when there is none.

        :param require_embedded: every base of ``column`` has to be one of the found column's.
        """
        wanted = column.proxy_set
        if self._has(column):
            same: _C = column
            return same
        candidates = []
        for _, mine in self._collection:
            # of copied elements the originals count as well
            shared = wanted.intersection(mine._lineage_and_copies)
            if shared and (not require_embedded or shared == wanted or _embedded(wanted - shared, mine)):
                candidates.append((mine, shared))
        found: Optional[_C]
        if len(candidates) < 2:
            found = candidates[0][0] if candidates else None
        else:
            found = _closest(candidates)
        return found

    def _has(self, column: Any) -> bool:
        return any(mine is column for _, mine in self._collection)


# assigning attributes is refused, as columns are found as attributes
_set_collection: Callable[[Any, Any], None] = ColumnCollection._collection.__set__  # type: ignore[attr-defined]
_set_index: Callable[[Any, Any], None] = ColumnCollection._index.__set__  # type: ignore[attr-defined]
_set_attribute = object.__setattr__


def _embedded(rest: Iterable[Any], target: Any) -> bool:
    known = target._lineage_and_copies
    return all(not known.isdisjoint(part._cloned_set) for part in rest)


def _closest(candidates: List[Tuple[Any, Any]]) -> Any:
    """Choose between several columns with a common base: the most shared bases, then the nearest of them."""
    best, shared = candidates[0]
    for other, other_shared in candidates[1:]:
        if best is not other and len(other_shared) > len(shared):
            best, shared = other, other_shared
        elif len(other_shared) == len(shared):
            if _distance(other, other_shared) < _distance(best, shared):
                best, shared = other, other_shared
    return best


def _distance(column: Any, shared: Any) -> int:
    """Return how far below ``column`` the shared bases are: the sum of their places in its proxy set."""
    total = 0
    bases = list(column._uncached_proxy_list())
    for base in shared:
        for position, found in enumerate(bases):
            if found is base or hash(found) == hash(base):
                total += position
                break
    return total


class WriteableColumnCollection(ColumnCollection[_K, _C]):
    """A collection that columns can be added to."""

    __slots__ = ()

    def add(self, column: Any, key: Any = None) -> None:
        """Append a column under a key, its own by default."""
        if key is None:
            key = column.key
        self._collection.append((key, column))
        self._index.setdefault(key, column)

    def as_readonly(self) -> ReadOnlyColumnCollection[_K, _C]:
        """Return a view of this collection that cannot be changed and follows its changes."""
        view: ReadOnlyColumnCollection[_K, _C] = object.__new__(ReadOnlyColumnCollection)
        _set_collection(view, self._collection)
        _set_index(view, self._index)
        _set_attribute(view, "__dict__", self.__dict__)
        return view

    def remove(self, column: Any) -> None:
        """Remove a column."""
        self._collection[:] = [pair for pair in self._collection if pair[1] is not column]
        self._reindex()

    def _reindex(self) -> None:
        self._index.clear()
        self.__dict__.clear()
        for key, column in self._collection:
            self._index.setdefault(key, column)


class DedupeColumnCollection(WriteableColumnCollection[str, _C]):
    """The columns of a table: one per key, a later column of the same key or name takes the place of the first."""

    __slots__ = ()

    def add(self, column: Any, key: Any = None, *, index: Optional[int] = None) -> None:
        """Append a column, or put it at ``index``; one of the same key is replaced in its place."""
        if key is not None and column.key != key:
            raise exc.ArgumentError(
                "a column of a table is found by its own key %r and cannot be added as %r" % (column.key, key)
            )
        key = column.key
        if key is None:
            raise exc.ArgumentError("a column needs a name before it can be added to a table")
        existing = self._index.get(key)
        if existing is column:
            return
        if existing is not None:
            self.replace(column, index=index)
            return
        self._insert((key, column), index)
        self._index[key] = column

    def _insert(self, pair: Tuple[Any, Any], index: Optional[int]) -> None:
        if index is None:
            self._collection.append(pair)
        else:
            self._collection.insert(index, pair)

    def _populate(self, columns: Iterable[Tuple[Any, Any]]) -> None:
        for key, column in columns:
            self.add(column, key)

    def extend(self, iter_: Iterable[Any]) -> None:
        """Append several columns."""
        for column in iter_:
            self.add(column)

    def remove(self, column: Any) -> None:
        """Remove a column.

        :raises ValueError: when it is not here.
        """
        if not self._has(column):
            raise ValueError("cannot remove the column %r: it is not in this collection" % column)
        self._collection[:] = [pair for pair in self._collection if pair[1] is not column]
        self._reindex()

    def replace(
        self, column: Any, *, extra_remove: Optional[Iterable[Any]] = None, index: Optional[int] = None
    ) -> None:
        """Add a column in the place of those with its key or, failing that, its name."""
        removed = set(extra_remove or ())
        by_name = self._index.get(column.name)
        if by_name is not None and by_name.key == by_name.name:
            removed.add(by_name)
        by_key = self._index.get(column.key)
        if by_key is not None:
            removed.add(by_key)
        made: List[Tuple[Any, Any]] = []
        placed = False
        for pair in self._collection:
            if pair[1] in removed:
                if not placed and index is None:
                    made.append((column.key, column))
                    placed = True
            else:
                made.append(pair)
        if not placed:
            if index is None:
                made.append((column.key, column))
            else:
                made.insert(index, (column.key, column))
        self._collection[:] = made
        self._reindex()


class ReadOnlyColumnCollection(ColumnCollection[_K, _C]):
    """A collection that cannot be changed by its user."""

    __slots__ = ()

    def __init__(self, columns: Any = None) -> None:
        if isinstance(columns, ColumnCollection):
            _set_collection(self, columns._collection)
            _set_index(self, columns._index)
            _set_attribute(self, "__dict__", columns.__dict__)
        else:
            super().__init__(columns)

    # without add(), remove() and so on: columns may have these names
    def _refuse(self, *arg: Any, **kw: Any) -> NoReturn:
        raise TypeError("%s cannot be changed" % self.__class__.__name__)

    __setitem__ = __delitem__ = __setattr__ = _refuse


class ColumnSet(OrderedSet[Any]):
    """An ordered set of columns."""

    def contains_column(self, col: Any) -> bool:
        """Tell whether the column is in the set."""
        return col in self

    def extend(self, cols: Iterable[Any]) -> None:
        """Add several columns."""
        for column in cols:
            self.add(column)

    def __eq__(self, other: Any) -> Any:
        """Return the condition that columns of both sets which share a base are equal."""
        return [mine == theirs for theirs in other for mine in self if mine.shares_lineage(theirs)]

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self))
