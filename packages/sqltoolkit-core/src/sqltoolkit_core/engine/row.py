"""Rows: `Row`, `RowMapping`, the keys of a row, and the functions that turn driver tuples into rows.

Fetching and the `Result` classes live in `.result`; how a column expression finds its place in a row of a
cursor lives in `.cursor`.  A *shape* is a subclass of `Row` made for one sequence of keys; a *maker* is a function
which turns raw driver tuples into rows, values or mappings, with the conversions of the columns fused in.
"""

from __future__ import annotations

import threading
import typing
from collections.abc import ItemsView
from collections.abc import KeysView
from collections.abc import Mapping
from collections.abc import ValuesView
from functools import partial
from operator import itemgetter

from .. import exc
from ..util.codegen import TemplateCache
from ..util.decorators import warn_deprecated
from ..util.typing import Unsubscripted

try:
    from collections import _tuplegetter  # type: ignore[attr-defined]
except ImportError:  # CPython 3.7, PyPy

    def _tuplegetter(index: int, doc: str) -> property:
        return property(itemgetter(index), doc=doc)


if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import FrozenSet
    from typing import Iterable
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Sequence
    from typing import Tuple
    from typing import Type

    from typing_extensions import Self
    from typing_extensions import TypeVarTuple
    from typing_extensions import Unpack

    _Ts = TypeVarTuple("_Ts")
    _MappingOfAny = Mapping[Any, Any]
    _ItemsOfAny = ItemsView[Any, Any]
    _ValuesOfAny = ValuesView[Any]
    _KeysOfAny = KeysView[Any]
else:
    Tuple = Unsubscripted(tuple)
    _MappingOfAny, _ItemsOfAny, _ValuesOfAny, _KeysOfAny = Mapping, ItemsView, ValuesView, KeysView

__all__ = [
    "BaseRow",
    "RMKeyView",
    "Row",
    "RowKeys",
    "RowMapping",
    "ambiguous_name",
    "plain_index",
    "rebuild_row",
    "result_tuple",
    "row_factory",
    "tuple_getter",
]

_new_tuple = tuple.__new__


class BaseRow:
    """What `Row` and `RowMapping` have in common: both stand for one row of a result."""

    __slots__ = ()


class Row(BaseRow, Tuple["Unpack[_Ts]"]):
    """One row of a result: a tuple whose values can also be read by column name.

    Results make rows, each of a class for its names; `row_factory()` does it for others.

    `row[0]`, unpacking, comparison and hashing are those of a tuple; `row.name` reads a column, and
    `row._mapping` is the view that takes names and column expressions as keys.
    """

    __slots__ = ()

    _parent: RowKeys

    def __class_getitem__(cls, _types: Any) -> Any:
        return cls

    if typing.TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    @property
    def _fields(self) -> Tuple[str, ...]:
        """Return the names of the columns, in order."""
        return tuple(self._parent.names())

    @property
    def _mapping(self) -> RowMapping:
        """Return a mapping view of this row."""
        return RowMapping(self._parent, self)

    def _asdict(self) -> Dict[str, Any]:
        """Return a new dict of column names and values."""
        return dict(RowMapping(self._parent, self).items())

    def _tuple(self) -> Tuple[Unpack[_Ts]]:
        """Return this row: it is a tuple already."""
        _warn_is_tuple("Row._tuple() method")
        return self

    def tuple(self) -> Tuple[Unpack[_Ts]]:
        """Return this row: it is a tuple already."""
        _warn_underscored("Row.tuple() method", "Row._tuple()")
        return self

    @property
    def _t(self) -> Tuple[Unpack[_Ts]]:
        """Return this row: it is a tuple already."""
        _warn_is_tuple("Row._t attribute")
        return self

    @property
    def t(self) -> Tuple[Unpack[_Ts]]:
        """Return this row: it is a tuple already."""
        _warn_underscored("Row.t attribute", "Row._t")
        return self

    @property
    def count(self) -> Callable[[Any], int]:
        """Return the tuple method that counts a value; a column of this name takes its place."""
        return partial(tuple.count, self)  # type: ignore[arg-type]

    @property
    def index(self) -> Callable[..., int]:
        """Return the tuple method that finds a value; a column of this name takes its place."""
        return partial(tuple.index, self)  # type: ignore[arg-type]

    def __getnewargs__(self) -> Any:
        return (tuple(self),)  # type: ignore[arg-type]

    def __reduce__(self) -> Any:
        parent = self._parent
        return rebuild_row, (parent.keys_tuple, tuple(self), parent.pickled_index())  # type: ignore[arg-type]

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.__reduce__()

    def __copy__(self) -> Self:
        return self


if typing.TYPE_CHECKING:
    # of columns of any number and type
    AnyRow = Row[Unpack[Tuple[Any, ...]]]


def _warn_is_tuple(what: str) -> None:
    warn_deprecated(
        "%s is deprecated: a row is a tuple and can be unpacked as it is" % what, "2.1"
    )


def _warn_underscored(what: str, instead: str) -> None:
    warn_deprecated(
        "The %s is deprecated in favor of %s: names without underscore belong to columns"
        % (what, instead),
        "2.0.19",
    )


class RowMapping(BaseRow, _MappingOfAny):
    """The mapping view of one row: keys are column names, look-up also takes column expressions."""

    __slots__ = ("_parent", "_row", "_index")

    def __init__(self, parent: RowKeys, row: Tuple[Any, ...]) -> None:
        self._parent = parent
        self._row = row
        self._index = parent.index

    def __getitem__(self, key: Any) -> Any:
        try:
            return self._row[self._index[key]]
        except (KeyError, TypeError):
            at = None
        if at is None:
            # outside of the except block: an error about the key is not about the look-up before
            at = self._parent.index_for(key)
        return self._row[at]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parent.names())

    def __len__(self) -> int:
        return len(self._row)

    def __contains__(self, key: Any) -> bool:
        return self._parent.has_key(key)

    def __hash__(self) -> int:
        # equal ones may have their columns in another order
        return hash(frozenset(self.items()))

    def __repr__(self) -> str:
        return repr(dict(self.items()))

    def keys(self) -> RMKeyView:
        """Return a view of the column names."""
        return RMKeyView(self._parent)

    def items(self) -> _Items:
        """Return a view of pairs of column name and value."""
        return _Items(self)

    def values(self) -> _Values:
        """Return a view of the values."""
        return _Values(self)

    def __reduce__(self) -> Any:
        parent = self._parent
        arguments = (parent.keys_tuple, tuple(self._row), parent.pickled_index())
        return _rebuild_mapping, arguments


class _Items(_ItemsOfAny):
    __slots__ = ()

    def __repr__(self) -> str:
        return "%s(%r)" % (type(self).__name__, dict(self))


class _Values(_ValuesOfAny):
    __slots__ = ()

    def __repr__(self) -> str:
        return "%s(%r)" % (type(self).__name__, list(self))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._mapping._row)  # type: ignore[attr-defined]

    def __eq__(self, other: Any) -> bool:
        return list(self) == list(other)

    def __ne__(self, other: Any) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]


class RMKeyView(_KeysOfAny):
    """The keys of a result or of a row mapping: ordered, comparable with a list of names."""

    __slots__ = ("_parent",)

    def __init__(self, parent: RowKeys) -> None:
        self._parent = parent

    def __len__(self) -> int:
        return len(self._parent.names())

    def __iter__(self) -> Iterator[str]:
        return iter(self._parent.names())

    def __repr__(self) -> str:
        return "%s(%r)" % (type(self).__name__, list(self._parent.names()))

    def __contains__(self, item: Any) -> bool:
        if isinstance(item, int):
            return False
        return self._parent.has_key(item)

    def __eq__(self, other: Any) -> bool:
        return list(self) == list(other)

    def __ne__(self, other: Any) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]


class RowKeys:
    """The keys of rows, where each key points, and the makers of rows with these keys.

    `processors` holds a conversion or None for each position, `hints` a letter for each: `v` the value as it
    is, `f` the conversion of any value, `n` the conversion which is not called for None.  `tuple_filter` takes a raw
    tuple and returns the one to which the keys apply.
    """

    ambiguous: FrozenSet[str] = frozenset()
    processors: Optional[Tuple[Any, ...]] = None
    hints: str = ""
    # the functions that templates call, where they differ from `processors`: those of `n` never see None
    row_functions: Optional[Tuple[Any, ...]] = None
    tuple_filter: Optional[Callable[[Any], Tuple[Any, ...]]] = None
    unpickled = False

    keys_tuple: Tuple[str, ...]
    index: Dict[Any, int]

    # --------------------------------------------------------------- keys

    def names(self) -> Sequence[str]:
        """Return the names, those of columns without one left out."""
        names = self.keys_tuple
        if None in names:
            return [name for name in names if name is not None]
        return names

    def index_for(self, key: Any) -> int:
        """Return the position for `key`, or raise `NoSuchColumnError` or `AmbiguousColumnError`."""
        found = self.find(key)
        if found is None:
            raise self.missing_key(key)
        return found

    def find(self, key: Any) -> Optional[int]:
        """Return the position for `key`, None where there is none."""
        try:
            found = self.index.get(key)
        except TypeError:
            raise exc.NoSuchColumnError(
                "%r cannot be a key: give a column name or a column expression" % (key,)
            )
        if found is None:
            if isinstance(key, str):
                if key in self.ambiguous:
                    raise ambiguous_name(key)
                return None
            if self.ambiguous and not isinstance(key, int) and key in self.ambiguous:
                raise ambiguous_name(str(key))
            return self.find_expression(key)
        return found

    def find_expression(self, key: Any) -> Optional[int]:
        """Return the position for a key that is no string and was not found directly; for subclasses."""
        return None

    def missing_key(self, key: Any) -> Exception:
        """Return the error for a key that no column answers to."""
        if self.unpickled and not isinstance(key, (str, int)):
            return exc.NoSuchColumnError(
                "The row was unpickled: it can be read by name and position, not by an expression such as %s"
                % (key,)
            )
        return exc.NoSuchColumnError(
            "No column of the row answers to '%s'; it has: %s" % (key, ", ".join(self.names()))
        )

    def has_key(self, key: Any) -> bool:
        """Say whether a column, be it ambiguous, answers to `key`."""
        if isinstance(key, str):
            return key in self.index or key in self.ambiguous
        try:
            return self.find(key) is not None
        except exc.InvalidRequestError:
            return False

    def pickled_index(self) -> Optional[Tuple[Dict[str, int], FrozenSet[str]]]:
        """Return what besides the keys a pickled row must carry, None if nothing."""
        names = {key: at for key, at in self.index.items() if isinstance(key, str)}
        if not self.ambiguous and names == plain_index(self.keys_tuple):
            return None
        return names, frozenset(name for name in self.ambiguous if isinstance(name, str))

    # ------------------------------------------------------------- makers

    def __getattr__(self, name: str) -> Any:
        # makers are made at their first use and kept on the instance, where they are found without this method
        build = _MAKERS.get(name)
        if build is None:
            raise AttributeError("%r has no attribute %r" % (type(self).__name__, name))
        made = build(self)
        self.__dict__[name] = made
        return made

    if typing.TYPE_CHECKING:
        # the class of the rows
        row_class: Type[AnyRow]
        # raw tuple -> Row
        make_row: Callable[[Any], AnyRow]
        # iterable of raw tuples -> list of Row
        make_rows: Callable[[Iterable[Any]], List[AnyRow]]
        # (iterable of raw tuples, result) -> iterator of Row, which tells the result about errors and the end
        iter_rows: Callable[[Iterable[Any], Any], Iterator[AnyRow]]
        make_mapping: Callable[[Any], RowMapping]
        make_mappings: Callable[[Iterable[Any]], List[RowMapping]]
        iter_mappings: Callable[[Iterable[Any], Any], Iterator[RowMapping]]

    def scalar_makers(self, index: int) -> Tuple[Any, Any, Any]:
        """Return the makers (one, list, iterator) of the plain value at position `index`."""
        cache = self.__dict__.setdefault("_scalar_makers", {})
        found = cache.get(index)
        if found is None:
            found = cache[index] = _build_scalar_makers(self, index)
        return typing.cast("Tuple[Any, Any, Any]", found)

    def _pattern(self) -> str:
        if self.processors is None:
            return "v" * len(self.keys_tuple)
        if self.hints:
            return self.hints
        return "".join("v" if one is None else "f" for one in self.processors)

    def _functions(self) -> Tuple[Any, ...]:
        if self.processors is None:
            return ()
        return tuple(one for one in self.row_functions or self.processors if one is not None)


def ambiguous_name(name: str) -> Exception:
    """Return the error for a name that several columns have."""
    return exc.AmbiguousColumnError(
        "The column name '%s' is ambiguous: several columns of the result have it; "
        "use the column itself, its position, or labels" % (name,)
    )


def plain_index(names: Sequence[str]) -> Dict[Any, int]:
    """Return the positions of names; of equal names the last one is found."""
    return {name: at for at, name in enumerate(names) if name is not None}


# -------------------------------------------------------------------- shapes


def _build_row_class(keys: RowKeys) -> Type[AnyRow]:
    space: Dict[str, Any] = {"__slots__": (), "_parent": keys, "__module__": __name__}
    for key, at in keys.index.items():
        if isinstance(key, str) and _may_be_attribute(key):
            # the exact type: quoted names and other subclasses of str are no good names of attributes
            space[str(key)] = _tuplegetter(at, "")
    for name in keys.ambiguous:
        if isinstance(name, str) and _may_be_attribute(name):
            space[str(name)] = property(_ambiguous_reader(name))
    return type("Row", (Row,), space)


def _may_be_attribute(name: str) -> bool:
    return name in ("count", "index") or (name != "_parent" and not hasattr(Row, name))


def _ambiguous_reader(name: str) -> Callable[[Any], Any]:
    def read(_row: Any) -> Any:
        raise ambiguous_name(name)

    return read


def _build_make_row(keys: RowKeys) -> Callable[[Any], AnyRow]:
    make = _make_tuple_as(keys, keys.row_class)
    before = keys.tuple_filter
    if before is None:
        return make
    return lambda raw: make(before(raw))


def _make_tuple_as(keys: RowKeys, cls: type) -> Callable[[Any], Any]:
    if keys.processors is None:
        # a class without a constructor of its own is the fastest function that makes its objects
        return cls
    return _one_template.make(keys._pattern(), (_new_tuple, cls) + keys._functions())


def _build_make_rows(keys: RowKeys) -> Callable[[Iterable[Any]], List[AnyRow]]:
    before = keys.tuple_filter
    if keys.processors is None:
        make = keys.make_row
        return lambda raws: list(map(make, raws))
    many = _many_template.make(
        keys._pattern(), (_new_tuple, keys.row_class) + keys._functions()
    )
    if before is None:
        return many
    return lambda raws: many(map(before, raws))


def _build_iter_rows(keys: RowKeys) -> Callable[[Iterable[Any], Any], Iterator[AnyRow]]:
    before = keys.tuple_filter
    if keys.processors is None:
        return partial(_iterate_through, keys.make_row)
    stream = _stream_template.make(
        keys._pattern(), (_new_tuple, keys.row_class) + keys._functions()
    )
    if before is None:
        return stream
    return lambda raws, result: stream(map(before, raws), result)


def _iterate_through(make: Any, raws: Iterable[Any], result: Any) -> Iterator[Any]:
    try:
        for made in map(make, raws):
            yield made
    except GeneratorExit:
        raise
    except BaseException as err:
        result._fetch_failed(err)
        raise
    result._exhausted()


def _expression(letter: str, at: int) -> str:
    if letter == "f":
        return "f%d(c%d)" % (at, at)
    if letter == "n":
        return "None if c%d is None else f%d(c%d)" % (at, at, at)
    return "c%d" % at


def _parts(pattern: str) -> Tuple[str, str, str]:
    targets = "".join("c%d, " % at for at in range(len(pattern)))
    values = "".join(_expression(letter, at) + ", " for at, letter in enumerate(pattern))
    functions = "".join(", f%d" % at for at, letter in enumerate(pattern) if letter != "v")
    return targets, values, functions


def _one_source(pattern: str) -> str:
    targets, values, functions = _parts(pattern)
    return "def make(raw, new, cls%s):\n    %s= raw\n    return new(cls, (%s))\n" % (
        functions,
        targets,
        values,
    )


def _many_source(pattern: str) -> str:
    targets, values, functions = _parts(pattern)
    return "def make(raws, new, cls%s):\n    return [new(cls, (%s)) for %sin raws]\n" % (
        functions,
        values,
        targets,
    )


_STREAM = """\
def make(raws, result, new, cls%s):
    try:
        for %sin raws:
            yield new(cls, (%s))
    except GeneratorExit:
        raise
    except BaseException as err:
        result._fetch_failed(err)
        raise
    result._exhausted()
"""


def _stream_source(pattern: str) -> str:
    targets, values, functions = _parts(pattern)
    return _STREAM % (functions, targets, values)


def _plain_source(pattern: str) -> str:
    targets, values, functions = _parts(pattern)
    return "def make(raw%s):\n    %s= raw\n    return (%s)\n" % (functions, targets, values)


_one_template = TemplateCache("make", _one_source)
_many_template = TemplateCache("make", _many_source)
_stream_template = TemplateCache("make", _stream_source)
_plain_template = TemplateCache("make", _plain_source)


# ------------------------------------------------------- mappings and values


def _build_make_mapping(keys: RowKeys) -> Callable[[Any], RowMapping]:
    convert = _build_plain_tuple(keys)
    if convert is None:
        return partial(RowMapping, keys)
    return lambda raw: RowMapping(keys, convert(raw))


def _build_plain_tuple(keys: RowKeys) -> Optional[Callable[[Any], Tuple[Any, ...]]]:
    """Return the function from raw to converted tuples, None if nothing is to be done."""
    before = keys.tuple_filter
    if keys.processors is None:
        return before
    convert = _plain_template.make(keys._pattern(), keys._functions())
    if before is None:
        return convert
    return lambda raw: convert(before(raw))


def _build_make_mappings(keys: RowKeys) -> Callable[[Iterable[Any]], List[RowMapping]]:
    make = keys.make_mapping
    return lambda raws: list(map(make, raws))


def _build_iter_mappings(keys: RowKeys) -> Callable[[Iterable[Any], Any], Iterator[RowMapping]]:
    return partial(_iterate_through, keys.make_mapping)


def _build_scalar_makers(keys: RowKeys, index: int) -> Tuple[Any, Any, Any]:
    names = keys.keys_tuple
    names[index]  # the error of a position that is not there is the tuple's own
    before = keys.tuple_filter
    convert = keys.processors[index] if keys.processors is not None else None
    one: Any = itemgetter(index)
    if before is not None:
        pick = one

        def one(raw: Any) -> Any:
            return pick(before(raw))

    if convert is not None:
        read = one

        def one(raw: Any) -> Any:
            return convert(read(raw))

    if before is None and len(names) == 1:
        many = _only_values if convert is None else partial(_only_converted, convert)
    else:

        def many(raws: Iterable[Any]) -> List[Any]:
            return list(map(one, raws))

    return one, many, partial(_iterate_through, one)


def _only_values(raws: Iterable[Any]) -> List[Any]:
    return [value for value, in raws]


def _only_converted(convert: Callable[[Any], Any], raws: Iterable[Any]) -> List[Any]:
    return [convert(value) for value, in raws]


_MAKERS: Dict[str, Callable[[Any], Any]] = {
    "row_class": _build_row_class,
    "make_row": _build_make_row,
    "make_rows": _build_make_rows,
    "iter_rows": _build_iter_rows,
    "make_mapping": _build_make_mapping,
    "make_mappings": _build_make_mappings,
    "iter_mappings": _build_iter_mappings,
}


def tuple_getter(indexes: Sequence[int]) -> Callable[[Any], Tuple[Any, ...]]:
    """Return a function which takes the values at `indexes` out of a tuple, as a tuple."""
    if len(indexes) == 1:
        (only,) = indexes
        return lambda row: (row[only],)
    if not indexes:
        return lambda _row: ()
    return typing.cast("Callable[[Any], Tuple[Any, ...]]", itemgetter(*indexes))


# ------------------------------------------------ rows without a cursor


class _NamedKeys(RowKeys):
    """Keys that are names alone: unpickled rows, rows of `row_factory()`."""

    def __init__(self, names: Tuple[str, ...], index: Any = None, unpickled: bool = False) -> None:
        self.keys_tuple = names
        if index is None:
            self.index = plain_index(names)
        else:
            self.index, self.ambiguous = index
        self.unpickled = unpickled


_unpickled_keys: Dict[Any, RowKeys] = {}
_unpickled_lock = threading.Lock()
_UNPICKLED_KEPT = 200


def _keys_of_unpickled(names: Tuple[str, ...], index: Any) -> RowKeys:
    key = names if index is None else (names, tuple(index[0].items()), index[1])
    found = _unpickled_keys.get(key)
    if found is None:
        found = _NamedKeys(names, index, unpickled=True)
        with _unpickled_lock:
            if len(_unpickled_keys) >= _UNPICKLED_KEPT:
                _unpickled_keys.clear()
            found = _unpickled_keys.setdefault(key, found)
    return found


def rebuild_row(names: Tuple[str, ...], values: Tuple[Any, ...], index: Any = None) -> AnyRow:
    """Return the row of a pickle; its columns are found by name and position only."""
    return _new_tuple(_keys_of_unpickled(names, index).row_class, values)


def _rebuild_mapping(names: Tuple[str, ...], values: Tuple[Any, ...], index: Any) -> RowMapping:
    return RowMapping(_keys_of_unpickled(names, index), values)


def row_factory(keys: Iterable[str]) -> Callable[[Iterable[Any]], AnyRow]:
    """Return a function which turns an iterable of values into a `Row` with the names `keys`."""
    return _NamedKeys(tuple(keys)).row_class


def result_tuple(
    fields: Sequence[str], extra: Optional[Any] = None
) -> Callable[[Iterable[Any]], AnyRow]:
    """Return a function which turns an iterable of values into a `Row` with the names `fields`.

    `extra` holds, for each position, a sequence of further keys that find it.
    """
    names = tuple(fields)
    keys = _NamedKeys(names)
    if extra:
        for at, more in enumerate(extra):
            for key in more:
                keys.index.setdefault(key, at)
    return keys.row_class
