"""`Result` and its filters: fetching, column selection, uniqueness, and the meta data of a result.

Results over plain iterators, chunks and frozen data live in `.iterators`, the result of a cursor in `..cursor`, rows
and the makers of rows in `..row`.  The *source* of a delivery is the result that owns the raw rows; a *delivery* is
the form in which they are handed out: rows, single values or mappings.
"""

from __future__ import annotations

import typing
from operator import itemgetter

from ... import exc
from ..row import RMKeyView
from ..row import RowKeys
from ..row import _warn_is_tuple
from ..row import plain_index
from ..row import tuple_getter
from ...util.typing import Unsubscripted

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import Iterable
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Sequence
    from typing import Set
    from typing import Tuple
    from typing import Type

    from typing import Generic
    from typing import TypeVar

    from typing_extensions import Literal
    from typing_extensions import Self
    from typing_extensions import TypeVarTuple
    from typing_extensions import Unpack
    from typing_extensions import overload

    from ..row import Row
    from ..row import RowMapping
    from .iterators import FrozenResult
    from .iterators import MergedResult

__all__ = [
    "ConvertedColumns",
    "FilterResult",
    "MappingResult",
    "NO_ROW",
    "Result",
    "ResultMetaData",
    "ScalarResult",
    "SelectedColumns",
    "SimpleResultMetaData",
    "TupleResult",
]


class _NoRow:
    __slots__ = ()

    def __repr__(self) -> str:
        return "NO_ROW"


# what `_raw_one()` returns at the end: None may be a value
NO_ROW = _NoRow()


# ----------------------------------------------------------------- meta data


class ResultMetaData(RowKeys):
    """What is known about the columns of a result: their keys, conversions and filters of uniqueness."""

    returns_rows = True
    # a function for each position (None: the value itself) whose outcome decides whether two rows are equal
    unique_filters: Optional[Sequence[Optional[Callable[[Any], Any]]]] = None

    @property
    def keys(self) -> RMKeyView:
        """Return a view of the names."""
        return RMKeyView(self)

    def index_of(self, key: Any) -> int:
        """Return the position for a name, an expression or a position."""
        if isinstance(key, int):
            count = len(self.keys_tuple)
            if not -count <= key < count:
                raise IndexError(
                    "position %d is out of range: the result has %d columns" % (key, count)
                )
            return key % count
        return self.index_for(key)

    def getter(self, key: Any) -> Callable[[Any], Any]:
        """Return a function that takes the value for `key` out of a row."""
        return itemgetter(self.index_of(key))

    def share(self) -> None:
        """Serve the columns of equal statements too, as far as these meta data know of statements."""

    def reduce(self, keys: Iterable[Any]) -> ResultMetaData:
        """Return the meta data of the same rows with the columns `keys` alone, in that order."""
        return SelectedColumns(self, [self.index_of(key) for key in keys])

    def frozen(self) -> ResultMetaData:
        """Return meta data with the same keys for rows that are converted already."""
        return ConvertedColumns(self)

    def unique_key(self) -> Optional[Callable[[Any], Any]]:
        """Return the function from a row to what must be unique, None for the row itself."""
        filters = self.unique_filters
        if filters is None or not any(filters):
            return None
        pairs = tuple(enumerate(filters))
        return lambda row: tuple(
            row[at] if read is None else read(row[at]) for at, read in pairs
        )


class SimpleResultMetaData(ResultMetaData):
    """Meta data of a result whose columns are known by their names.

    `extra` holds a sequence of further keys for each position; `tuple_filter` takes a raw row and returns the tuple to
    which the keys apply; `unique_filters` holds a function (or None) for each position, applied before values are
    compared for `Result.unique()`.
    """

    def __init__(
        self,
        keys: Iterable[str],
        extra: Optional[Sequence[Sequence[Any]]] = None,
        *,
        tuple_filter: Optional[Callable[[Any], Tuple[Any, ...]]] = None,
        unique_filters: Optional[Sequence[Optional[Callable[[Any], Any]]]] = None,
    ) -> None:
        self.keys_tuple = names = tuple(keys)
        self.index = plain_index(names)
        if extra:
            for at, more in enumerate(extra):
                for key in more:
                    self.index.setdefault(key, at)
        if tuple_filter is not None:
            self.tuple_filter = tuple_filter
        if unique_filters is not None:
            self.unique_filters = unique_filters

    def __getstate__(self) -> Dict[str, Any]:
        index = {key: at for key, at in self.index.items() if isinstance(key, str)}
        return {"keys_tuple": self.keys_tuple, "index": index, "unpickled": True}


class SelectedColumns(ResultMetaData):
    """Meta data of `Result.columns()`: some columns of another result's rows."""

    def __init__(self, parent: ResultMetaData, indexes: Sequence[int]) -> None:
        names = parent.keys_tuple
        self.keys_tuple = tuple(names[at] for at in indexes)
        self._parent = parent
        self._indexes = tuple(indexes)
        places: Dict[int, int] = {}
        for new, old in enumerate(indexes):
            places.setdefault(old, new)
        self.index = {key: places[old] for key, old in parent.index.items() if old in places}
        if parent.ambiguous:
            self.ambiguous = parent.ambiguous
        self.unpickled = parent.unpickled
        pick = tuple_getter(indexes)
        before = parent.tuple_filter
        self.tuple_filter = pick if before is None else lambda raw: pick(before(raw))
        if parent.processors is not None:
            processors = tuple(parent.processors[at] for at in indexes)
            if any(one is not None for one in processors):
                self.processors = processors
                self.hints = "".join(parent.hints[at] for at in indexes) if parent.hints else ""
                if parent.row_functions is not None:
                    self.row_functions = tuple(parent.row_functions[at] for at in indexes)
        if parent.unique_filters is not None:
            self.unique_filters = [parent.unique_filters[at] for at in indexes]

    def share(self) -> None:
        self._parent.share()

    def find_expression(self, key: Any) -> Optional[int]:
        old = self._parent.find_expression(key)
        return self._indexes.index(old) if old in self._indexes else None


class ConvertedColumns(ResultMetaData):
    """Meta data for rows that were filtered and converted before."""

    _source: Optional[ResultMetaData] = None

    def __init__(self, parent: ResultMetaData) -> None:
        self._source = parent
        self.keys_tuple = parent.keys_tuple
        self.index = parent.index
        self.ambiguous = parent.ambiguous
        self.unpickled = parent.unpickled
        if parent.unique_filters is not None:
            self.unique_filters = parent.unique_filters

    def find_expression(self, key: Any) -> Optional[int]:
        return None if self._source is None else self._source.find_expression(key)

    def __getstate__(self) -> Dict[str, Any]:
        index = {key: at for key, at in self.index.items() if isinstance(key, str)}
        return {
            "keys_tuple": self.keys_tuple,
            "index": index,
            "ambiguous": self.ambiguous,
            "unpickled": True,
        }


def _identity(value: Any) -> Any:
    return value


def _iterate_plain(raws: Iterable[Any], result: Any) -> Iterator[Any]:
    try:
        for value in raws:
            yield value
    except GeneratorExit:
        raise
    except BaseException as err:
        result._fetch_failed(err)
        raise
    result._exhausted()


_PLAIN_MAKERS = (_identity, list, _iterate_plain)


def _no_row_found() -> Exception:
    return exc.NoResultFound("Exactly one row was expected, but the result has none")


def _many_rows_found() -> Exception:
    return exc.MultipleResultsFound("One row at most was expected, but the result has more")


# ---------------------------------------------------------------- deliveries


class _Delivery:
    """The verbs of fetching, shared by `Result` and its filters.

    A subclass says who owns the raw rows (`_source`) and how they are handed out (`_new_makers()`).
    """

    _source: AnyResult
    # (what was seen, strategy or None)
    _unique: Optional[Tuple[Set[Any], Optional[Callable[[Any], Any]]]] = None
    # functions that make (one, a list, an iterator) of what is delivered
    _made: Optional[Tuple[Any, Any, Any]] = None

    # `.iterators` stands above this module and attaches its classes here
    _frozen_type: Type[FrozenResult[Unpack[Tuple[Any, ...]]]]
    _merged_type: Type[MergedResult[Unpack[Tuple[Any, ...]]]]

    def _new_makers(self) -> Tuple[Any, Any, Any]:
        raise NotImplementedError

    def _default_unique_key(self) -> Optional[Callable[[Any], Any]]:
        raise NotImplementedError

    def _get_makers(self) -> Tuple[Any, Any, Any]:
        made = self._made
        if made is None:
            made = self._made = self._new_makers()
        return made

    def _unique_key(self) -> Callable[[Any], Any]:
        strategy = self._unique[1]  # type: ignore[index]
        if strategy is None:
            strategy = self._default_unique_key()
        return _identity if strategy is None else strategy

    def _set_unique(self, strategy: Optional[Callable[[Any], Any]]) -> None:
        self._unique = (set(), strategy)
        self._source.is_unique = True

    def _only_new(self, items: Iterable[Any]) -> List[Any]:
        """Return the items that were not seen before and note them as seen."""
        seen = self._unique[0]  # type: ignore[index]
        key_of = self._unique_key()
        fresh = []
        for item in items:
            key = key_of(item)
            if key not in seen:
                seen.add(key)
                fresh.append(item)
        return fresh

    def _iterate(self) -> Iterator[Any]:
        source = self._source
        made = self._made or self._get_makers()
        stream = made[2](source._raw_stream(), source)
        if self._unique is None:
            return typing.cast("Iterator[Any]", stream)
        return self._iterate_new(stream)

    def _iterate_new(self, stream: Iterable[Any]) -> Iterator[Any]:
        seen = self._unique[0]  # type: ignore[index]
        key_of = self._unique_key()
        for item in stream:
            key = key_of(item)
            if key not in seen:
                seen.add(key)
                yield item

    def _deliver_all(self) -> List[Any]:
        source = self._source
        made = self._made or self._get_makers()
        raws = source._raw_all()
        try:
            items = made[1](raws)
        except BaseException as err:
            source._fetch_failed(err)
            raise
        source._exhausted()
        if self._unique is not None:
            items = self._only_new(items)
        return typing.cast("List[Any]", items)

    def _deliver_many(self, size: Optional[int]) -> List[Any]:
        source = self._source
        made = self._made or self._get_makers()
        if size is None:
            size = source._yield_per
        if self._unique is None:
            return typing.cast("List[Any]", made[1](source._raw_many(size)))
        found: List[Any] = []
        while True:
            raws = source._raw_many(size if size is None else size - len(found))
            if not raws:
                return found
            found.extend(self._only_new(made[1](raws)))
            if (found and size is None) or len(found) == size:
                return found

    def _deliver_one(self) -> Any:
        """Return the next item, `NO_ROW` at the end."""
        source = self._source
        make = (self._made or self._get_makers())[0]
        while True:
            raw = source._raw_one()
            if raw is NO_ROW:
                return NO_ROW
            item = make(raw)
            if self._unique is None or self._only_new((item,)):
                return item

    def _deliver_first(self) -> Any:
        """Return the first item or `NO_ROW`, and close the result."""
        source = self._source
        was_open = not source._soft_closed
        raw = source._raw_one()
        if raw is not NO_ROW:
            raw = (self._made or self._get_makers())[0](raw)
        if was_open:
            source._soft_close(hard=True)
        return raw

    def _deliver_only(self, or_none: bool) -> Any:
        """Return the only item and close the result; raise where there are more, or none and that is not allowed."""
        source = self._source
        make = (self._made or self._get_makers())[0]
        was_open = not source._soft_closed
        if self._unique is None:
            raws = source._raw_two()
            item = make(raws[0]) if raws else NO_ROW
            another = len(raws) > 1
        else:
            raw = source._raw_one()
            item = NO_ROW if raw is NO_ROW else make(raw)
            another = item is not NO_ROW and self._has_different(item, make)
        if was_open:
            source._soft_close(hard=True)
        if item is NO_ROW:
            if or_none:
                return None
            raise _no_row_found()
        if another:
            raise _many_rows_found()
        return item

    def _has_different(self, item: Any, make: Callable[[Any], Any]) -> bool:
        key_of = self._unique_key()
        key = key_of(item)
        while True:
            raw = self._source._raw_one()
            if raw is NO_ROW:
                return False
            if key_of(make(raw)) != key:
                return True

    def _deliver_partitions(self, size: Optional[int]) -> Iterator[List[Any]]:
        while True:
            part = self._deliver_many(size)
            if not part:
                return
            yield part


if typing.TYPE_CHECKING:
    _A = TypeVar("_A")
    _T = TypeVar("_T")
    _R = TypeVar("_R")
    _Ts = TypeVarTuple("_Ts")

    class _RowDelivery(_Delivery, Generic[Unpack[_Ts]]):
        pass

else:
    _RowDelivery = Unsubscripted(_Delivery)


class Result(_RowDelivery["Unpack[_Ts]"]):
    """The rows that a statement returned, fetched as they are asked for.

    Every method of fetching goes on where the one before it stopped.  When the last row was fetched the cursor is
    given back; after `close()`, `first()`, `one()` and their kin the result is closed for good.
    """

    #: whether unique() was called, on the result or on one that hands out its rows in another form
    is_unique = False
    _metadata: ResultMetaData
    _yield_per: Optional[int] = None
    # raw rows are the values of the only column, not tuples
    _plain_values: bool = False
    _is_cursor = False
    # were all rows fetched, so that nothing is left to be given back?
    _soft_closed = False

    def __init__(self, cursor_metadata: ResultMetaData) -> None:
        self._metadata = cursor_metadata

    def __class_getitem__(cls, _types: Any) -> Any:
        return cls

    @property
    def _source(self) -> Result[Unpack[_Ts]]:  # type: ignore[override]
        return self

    # ------------------------------------------------- what subclasses give

    def _raw_stream(self) -> Iterable[Any]:
        """Return an iterable of the raw rows left, fetched as it goes."""
        raise NotImplementedError

    def _raw_all(self) -> Iterable[Any]:
        """Return an iterable of all raw rows left."""
        return self._raw_stream()

    def _raw_many(self, size: Optional[int]) -> Sequence[Any]:
        raise NotImplementedError

    def _raw_two(self) -> Sequence[Any]:
        """Return the next raw rows, two at most; the result is closed next."""
        first = self._raw_one()
        if first is NO_ROW:
            return ()
        second = self._raw_one()
        return (first,) if second is NO_ROW else (first, second)

    def _raw_one(self) -> Any:
        raise NotImplementedError

    def _soft_close(self, hard: bool = False) -> None:
        """Give the cursor back; `hard` also forbids to fetch again."""
        raise NotImplementedError

    def _exhausted(self) -> None:
        self._soft_close()

    def _fetch_failed(self, error: BaseException) -> None:
        """Raise what the failure of a fetch is to be seen as; return where that is the error itself."""

    @property
    def closed(self) -> bool:
        """Say whether the result was closed, or used up by a method that closes it."""
        raise NotImplementedError

    # -------------------------------------------------------------- makers

    def _new_makers(self) -> Tuple[Any, Any, Any]:
        keys = self._metadata
        if self._plain_values:
            return _wrapped_values(keys)
        return keys.make_row, keys.make_rows, keys.iter_rows

    def _default_unique_key(self) -> Optional[Callable[[Any], Any]]:
        return self._metadata.unique_key()

    # ---------------------------------------------------------- life time

    def __enter__(self) -> Self:
        return self

    def __exit__(self, type_: Any, value: Any, traceback: Any) -> None:
        self.close()

    def close(self) -> None:
        """Close the result and its cursor; fetching from it is an error from now on."""
        self._soft_close(hard=True)

    # -------------------------------------------------------------- columns

    def keys(self) -> RMKeyView:
        """Return a view of the names of the columns."""
        return self._metadata.keys

    def columns(self, *col_expressions: Any) -> Self:
        """Limit the rows to the columns given by name, expression or position, in that order."""
        if self._plain_values:
            self._unwrap_plain_values()
        self._metadata = self._metadata.reduce(col_expressions)
        self._made = None
        return self

    def _unwrap_plain_values(self) -> None:
        """Have raw rows of plain values seen as tuples of one."""
        keys = ConvertedColumns(self._metadata)
        keys.tuple_filter = _one_tuple
        self._metadata = keys
        self._plain_values = False

    if typing.TYPE_CHECKING:

        @overload
        def scalars(self: Result[_T, Unpack[Tuple[Any, ...]]], index: Literal[0]) -> ScalarResult[_T]: ...

        @overload
        def scalars(self: Result[_T, Unpack[Tuple[Any, ...]]]) -> ScalarResult[_T]: ...

        @overload
        def scalars(self, index: Any = 0) -> ScalarResult[Any]: ...

    def scalars(self, index: Any = 0) -> ScalarResult[Any]:
        """Return a result of single values: those of the column at `index`, a name or expression."""
        return ScalarResult(self, index)

    def mappings(self) -> MappingResult:
        """Return a result of `RowMapping` objects."""
        return MappingResult(self)

    def tuples(self) -> TupleResult[Tuple[Unpack[_Ts]]]:
        """Return this result; type checkers see plain tuples."""
        _warn_is_tuple("Result.tuples() method")
        return typing.cast("TupleResult[Tuple[Unpack[_Ts]]]", self)

    @property
    def t(self) -> TupleResult[Tuple[Unpack[_Ts]]]:
        """Return this result; type checkers see plain tuples."""
        _warn_is_tuple("Result.t attribute")
        return typing.cast("TupleResult[Tuple[Unpack[_Ts]]]", self)

    # ------------------------------------------------------------- settings

    def unique(self, strategy: Optional[Callable[[Any], Any]] = None) -> Self:
        """Leave out rows that were delivered before; `strategy(row)` returns what is compared."""
        self._set_unique(strategy)
        return self

    def yield_per(self, num: int) -> Self:
        """Fetch rows in batches of `num` from now on; it is the default size of `partitions()` too."""
        self._yield_per = num
        return self

    # ------------------------------------------------------------- fetching

    def __iter__(self) -> Iterator[Row[Unpack[_Ts]]]:
        return self._iterate()

    def __next__(self) -> Row[Unpack[_Ts]]:
        item = self._deliver_one()
        if item is NO_ROW:
            raise StopIteration()
        row: Row[Unpack[_Ts]] = item
        return row

    def partitions(self, size: Optional[int] = None) -> Iterator[List[Row[Unpack[_Ts]]]]:
        """Iterate over lists of `size` rows each, of the size given to `yield_per()` by default."""
        return self._deliver_partitions(size)

    def fetchall(self) -> List[Row[Unpack[_Ts]]]:
        """Return all rows left, the same as `all()`."""
        return self._deliver_all()

    def fetchone(self) -> Optional[Row[Unpack[_Ts]]]:
        """Return the next row, None at the end."""
        item = self._deliver_one()
        return None if item is NO_ROW else item

    def fetchmany(self, size: Optional[int] = None) -> List[Row[Unpack[_Ts]]]:
        """Return the next `size` rows, fewer at the end; the driver's own number by default."""
        return self._deliver_many(size)

    def all(self) -> List[Row[Unpack[_Ts]]]:
        """Return all rows left in a list and give the cursor back."""
        return self._deliver_all()

    def first(self) -> Optional[Row[Unpack[_Ts]]]:
        """Return the first row left, None where there is none, and close the result."""
        item = self._deliver_first()
        return None if item is NO_ROW else item

    def one(self) -> Row[Unpack[_Ts]]:
        """Return the only row and close the result.

        Raises `NoResultFound` or `MultipleResultsFound` where there isn't exactly one.
        """
        row: Row[Unpack[_Ts]] = self._deliver_only(False)
        return row

    def one_or_none(self) -> Optional[Row[Unpack[_Ts]]]:
        """Return the only row, None where there is none; `MultipleResultsFound` where there are more."""
        row: Optional[Row[Unpack[_Ts]]] = self._deliver_only(True)
        return row

    if typing.TYPE_CHECKING:

        @overload
        def scalar(self: Result[_T, Unpack[Tuple[Any, ...]]]) -> Optional[_T]: ...

        @overload
        def scalar(self) -> Any: ...

    def scalar(self) -> Any:
        """Return the first row's first value, None where there is no row, and close the result."""
        item = self.scalars()._deliver_first()
        return None if item is NO_ROW else item

    if typing.TYPE_CHECKING:

        @overload
        def scalar_one(self: Result[_T, Unpack[Tuple[Any, ...]]]) -> _T: ...

        @overload
        def scalar_one(self) -> Any: ...

    def scalar_one(self) -> Any:
        """Return the first column of the only row; raises like `one()`."""
        return self.scalars()._deliver_only(False)

    if typing.TYPE_CHECKING:

        @overload
        def scalar_one_or_none(self: Result[_T, Unpack[Tuple[Any, ...]]]) -> Optional[_T]: ...

        @overload
        def scalar_one_or_none(self) -> Any: ...

    def scalar_one_or_none(self) -> Any:
        """Return the first column of the only row, None where there is no row; raises like `one_or_none()`."""
        return self.scalars()._deliver_only(True)

    # ------------------------------------------------------------- as a whole

    def freeze(self) -> FrozenResult[Unpack[_Ts]]:
        """Fetch all rows and return an object which makes a new result of them at each call."""
        return self._frozen_type(self)

    def merge(self, *others: AnyResult) -> MergedResult[Unpack[Tuple[Any, ...]]]:
        """Return a result which delivers the rows of this one and then those of the others."""
        return self._merged_type(self._metadata, (self,) + others)

    def getter(self, *columns: Any) -> Callable[[Any], Any]:
        """Return a function that takes the value (several columns: a tuple of values) out of a raw row.

        Columns are names, expressions or positions.  The raw rows are those of `raw_rows()`; no conversion applies.
        """
        indexes = [self._metadata.index_of(column) for column in columns]
        pick: Any = itemgetter(*indexes)
        before = self._metadata.tuple_filter
        if before is None:
            return typing.cast("Callable[[Any], Any]", pick)
        return lambda raw: pick(before(raw))

    def raw_rows(self) -> Iterator[Any]:
        """Iterate over the rows as the source has them: no `Row` is made and no conversion applied."""
        return _iterate_plain(self._raw_all(), self)

    def feed_raw(self, fn: Callable[[Iterable[Any]], _A]) -> _A:
        """Call `fn` with an iterable of the raw rows that are left, as `raw_rows()` has them; return what it returns.

        The rows go to `fn` without a step in between; afterwards the result is exhausted.
        """
        raws = self._raw_all()
        try:
            made = fn(raws)
        except BaseException as err:
            self._fetch_failed(err)
            raise
        self._exhausted()
        return made

    def to_arrow(self, schema: Any = None, batch_size: Optional[int] = None) -> Any:
        """Return all rows as a ``pyarrow.Table``, made column by column without making rows.

        :param schema: a ``pyarrow.Schema`` with a field for each column; by default types follow from SQL types.
        :param batch_size: how many rows to fetch at a time; by default all of them.

        Raises an error that is an ImportError, too, where ``pyarrow`` is not installed.
        """
        from .arrow import table

        return table(self, schema, batch_size)

    def to_arrow_batches(self, size: int, schema: Any = None) -> Iterator[Any]:
        """Return an iterator of ``pyarrow.RecordBatch`` objects with up to ``size`` rows each.

        A column whose SQL type is not known has the Arrow type of its first values; give a schema where those may be
        NULL throughout a batch.
        """
        from .arrow import record_batches

        return record_batches(self, size, schema)


if typing.TYPE_CHECKING:
    # of rows of any kind
    AnyResult = Result[Unpack[Tuple[Any, ...]]]


def _one_tuple(value: Any) -> Tuple[Any]:
    return (value,)


def _wrapped_values(keys: ResultMetaData) -> Tuple[Any, Any, Any]:
    make_row, make_rows, iter_rows = keys.make_row, keys.make_rows, keys.iter_rows
    return (
        lambda value: make_row((value,)),
        lambda values: make_rows([(value,) for value in values]),
        lambda values, result: iter_rows(map(_one_tuple, values), result),
    )


# ------------------------------------------------------------------- filters


class FilterResult(_Delivery):
    """A result that hands out the rows of another one in another form."""

    def __init__(self, result: AnyResult) -> None:
        self._source = result
        self._unique = result._unique

    def __class_getitem__(cls, _types: Any) -> Any:
        return cls

    def __enter__(self) -> Self:
        return self

    def __exit__(self, type_: Any, value: Any, traceback: Any) -> None:
        self._source.close()

    def yield_per(self, num: int) -> Self:
        """Fetch rows in batches of `num` from now on."""
        self._source.yield_per(num)
        return self

    @property
    def closed(self) -> bool:
        """Say whether the underlying result is closed."""
        return self._source.closed

    def close(self) -> None:
        """Close the underlying result."""
        self._source.close()

    def freeze(self) -> FrozenResult[Unpack[Tuple[Any, ...]]]:
        """Fetch all that is left and return an object which makes a new result of it at each call."""
        return self._frozen_type(self)


if typing.TYPE_CHECKING:

    class _ValueDelivery(FilterResult, Generic[_R]):
        pass

else:
    _ValueDelivery = Unsubscripted(FilterResult)


class ScalarResult(_ValueDelivery["_R"]):
    """A result of single values, made by `Result.scalars()`."""

    def __init__(self, real_result: AnyResult, index: Any) -> None:
        self._source = real_result
        self._unique = real_result._unique
        keys = real_result._metadata
        if real_result._plain_values:
            if index != 0:
                keys.index_of(index)
            self._made = _PLAIN_MAKERS
            self._at = 0
        else:
            self._at = index if index == 0 else keys.index_of(index)
            self._made = keys.scalar_makers(self._at)
        filters = keys.unique_filters
        self._value_filter = filters[self._at] if filters is not None else None

    def _new_makers(self) -> Tuple[Any, Any, Any]:
        return typing.cast("Tuple[Any, Any, Any]", self._made)

    def _default_unique_key(self) -> Optional[Callable[[Any], Any]]:
        return self._value_filter

    def unique(self, strategy: Optional[Callable[[Any], Any]] = None) -> Self:
        """Leave out values that were delivered before; `strategy(value)` returns what is compared."""
        self._set_unique(strategy)
        return self

    def partitions(self, size: Optional[int] = None) -> Iterator[List[_R]]:
        """Iterate over lists of `size` values each."""
        return self._deliver_partitions(size)

    def fetchall(self) -> List[_R]:
        """Return all values left, the same as `all()`."""
        return self._deliver_all()

    def fetchmany(self, size: Optional[int] = None) -> List[_R]:
        """Return the next `size` values, fewer at the end."""
        return self._deliver_many(size)

    def all(self) -> List[_R]:
        """Return all values left in a list."""
        return self._deliver_all()

    def __iter__(self) -> Iterator[_R]:
        return self._iterate()

    def __next__(self) -> _R:
        item = self._deliver_one()
        if item is NO_ROW:
            raise StopIteration()
        value: _R = item
        return value

    def first(self) -> Optional[_R]:
        """Return the first value left, None where there is none, and close the result."""
        item = self._deliver_first()
        return None if item is NO_ROW else item

    def one_or_none(self) -> Optional[_R]:
        """Return the only value, None where there is none; `MultipleResultsFound` where there are more."""
        value: Optional[_R] = self._deliver_only(True)
        return value

    def one(self) -> _R:
        """Return the only value; `NoResultFound` or `MultipleResultsFound` where there isn't exactly one."""
        value: _R = self._deliver_only(False)
        return value


class MappingResult(FilterResult):
    """A result of `RowMapping` objects, made by `Result.mappings()`."""

    def __init__(self, result: AnyResult) -> None:
        super().__init__(result)
        if result._plain_values:
            result._unwrap_plain_values()

    def _new_makers(self) -> Tuple[Any, Any, Any]:
        keys = self._source._metadata
        return keys.make_mapping, keys.make_mappings, keys.iter_mappings

    def _default_unique_key(self) -> Optional[Callable[[Any], Any]]:
        of_row = self._source._metadata.unique_key()
        if of_row is None:
            return lambda mapping: tuple(mapping._row)
        return lambda mapping: of_row(mapping._row)

    def keys(self) -> RMKeyView:
        """Return a view of the names of the columns."""
        return self._source._metadata.keys

    def unique(self, strategy: Optional[Callable[[Any], Any]] = None) -> Self:
        """Leave out mappings that were delivered before; `strategy(mapping)` returns what is compared."""
        self._set_unique(strategy)
        return self

    def columns(self, *col_expressions: Any) -> Self:
        """Limit the mappings to the columns given."""
        self._source.columns(*col_expressions)
        self._made = None
        return self

    def partitions(self, size: Optional[int] = None) -> Iterator[List[RowMapping]]:
        """Iterate over lists of `size` mappings each."""
        return self._deliver_partitions(size)

    def fetchall(self) -> List[RowMapping]:
        """Return all mappings left, the same as `all()`."""
        return self._deliver_all()

    def fetchone(self) -> Optional[RowMapping]:
        """Return the next mapping, None at the end."""
        item = self._deliver_one()
        return None if item is NO_ROW else item

    def fetchmany(self, size: Optional[int] = None) -> List[RowMapping]:
        """Return the next `size` mappings, fewer at the end."""
        return self._deliver_many(size)

    def all(self) -> List[RowMapping]:
        """Return all mappings left in a list."""
        return self._deliver_all()

    def __iter__(self) -> Iterator[RowMapping]:
        return self._iterate()

    def __next__(self) -> RowMapping:
        item = self._deliver_one()
        if item is NO_ROW:
            raise StopIteration()
        return typing.cast("RowMapping", item)

    def first(self) -> Optional[RowMapping]:
        """Return the first mapping left, None where there is none, and close the result."""
        item = self._deliver_first()
        return None if item is NO_ROW else item

    def one_or_none(self) -> Optional[RowMapping]:
        """Return the only mapping, None where there is none; `MultipleResultsFound` where there are more."""
        return typing.cast("Optional[RowMapping]", self._deliver_only(True))

    def one(self) -> RowMapping:
        """Return the only mapping; `NoResultFound` or `MultipleResultsFound` where there isn't exactly one."""
        return typing.cast("RowMapping", self._deliver_only(False))


class TupleResult(_ValueDelivery["_R"]):
    """What type checkers see for `Result.tuples()`: a `Result` whose rows are plain tuples."""

    if typing.TYPE_CHECKING:

        def partitions(self, size: Optional[int] = None) -> Iterator[List[_R]]: ...

        def fetchone(self) -> Optional[_R]: ...

        def fetchall(self) -> List[_R]: ...

        def fetchmany(self, size: Optional[int] = None) -> List[_R]: ...

        def all(self) -> List[_R]: ...

        def __iter__(self) -> Iterator[_R]: ...

        def first(self) -> Optional[_R]: ...

        def one_or_none(self) -> Optional[_R]: ...

        def one(self) -> _R: ...

        def scalar(self) -> Any: ...

        def scalar_one(self) -> Any: ...

        def scalar_one_or_none(self) -> Any: ...
