"""Results that have no cursor: over iterators, over chunks, frozen and merged.

The verbs of fetching live in `.base`.
"""

from __future__ import annotations

import typing
from itertools import chain
from itertools import islice

from ... import exc
from .base import FilterResult
from .base import MappingResult
from .base import NO_ROW
from .base import Result
from .base import ResultMetaData
from .base import ScalarResult
from .base import SimpleResultMetaData
from ...util.typing import Unsubscripted

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Iterable
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Generic
    from typing import Sequence
    from typing import Tuple

    from typing_extensions import Self
    from typing_extensions import TypeVarTuple
    from typing_extensions import Unpack

    from .base import AnyResult

    _Ts = TypeVarTuple("_Ts")

    class _Frozen(Generic[Unpack[_Ts]]):
        pass

else:
    _Frozen = Unsubscripted(object)

__all__ = [
    "ChunkedIteratorResult",
    "FrozenResult",
    "IteratorResult",
    "MergedResult",
    "ShapedResult",
    "null_result",
]


class IteratorResult(Result["Unpack[_Ts]"]):
    """A result over an iterator of tuples; of plain values where `_source_supports_scalars` is given.

    `raw` is the result that stands behind the iterator: closing this one closes it, too.
    """

    _hard_closed = False
    _soft_closed = False

    def __init__(
        self,
        cursor_metadata: ResultMetaData,
        iterator: Iterator[Any],
        raw: Optional[AnyResult] = None,
        _source_supports_scalars: bool = False,
        *,
        context: Any = None,
    ) -> None:
        self._metadata = cursor_metadata
        self.iterator = iterator
        self.raw = raw
        self._plain_values = _source_supports_scalars
        self.context = context

    @property
    def closed(self) -> bool:
        """Say whether this result, or the one behind it, is closed."""
        return self._hard_closed

    def _soft_close(self, hard: bool = False) -> None:
        if hard:
            self._hard_closed = True
        if self.raw is not None:
            self.raw._soft_close(hard=hard)
        self.iterator = iter(())
        self._soft_closed = True

    def _check_open(self) -> None:
        if self._hard_closed:
            raise exc.ResourceClosedError(
                "This result is closed: close() was called, or a method which closes it such as first()"
            )

    def _raw_stream(self) -> Iterable[Any]:
        self._check_open()
        return self.iterator

    def _raw_one(self) -> Any:
        self._check_open()
        found = next(self.iterator, NO_ROW)
        if found is NO_ROW:
            self._soft_close()
        return found

    def _raw_two(self) -> Sequence[Any]:
        self._check_open()
        return list(islice(self.iterator, 2))

    def _raw_many(self, size: Optional[int]) -> Sequence[Any]:
        self._check_open()
        return list(islice(self.iterator, 0, size))


class ChunkedIteratorResult(IteratorResult["Unpack[_Ts]"]):
    """A result over a function `chunks(size)` which returns an iterator of lists of rows.

    `size` is None for "as many as you like"; with `dynamic_yield_per` each `fetchmany(size)` asks for new chunks of
    that size.  With `source_supports_scalars` the rows are plain values of one column.
    """

    def __init__(
        self,
        cursor_metadata: ResultMetaData,
        chunks: Callable[[Optional[int]], Iterator[Sequence[Any]]],
        source_supports_scalars: bool = False,
        raw: Optional[AnyResult] = None,
        dynamic_yield_per: bool = False,
        context: Any = None,
        *,
        source: Optional[AnyResult] = None,
    ) -> None:
        super().__init__(
            cursor_metadata,
            iter(()),
            raw if raw is not None else source,
            source_supports_scalars,
            context=context,
        )
        self.chunks = chunks
        self.dynamic_yield_per = dynamic_yield_per
        self.iterator = chain.from_iterable(chunks(None))

    def yield_per(self, num: int) -> Self:
        """Have chunks of `num` rows made from now on."""
        if self._soft_closed:
            raise exc.ResourceClosedError("The rows of this result were all fetched already")
        self._yield_per = num
        self.iterator = chain.from_iterable(self.chunks(num))
        return self

    def _soft_close(self, hard: bool = False) -> None:
        super()._soft_close(hard=hard)
        self.chunks = _no_chunks

    def _raw_many(self, size: Optional[int]) -> Sequence[Any]:
        if self.dynamic_yield_per and not self._hard_closed:
            self.iterator = chain.from_iterable(self.chunks(size))
        return super()._raw_many(size)


def _no_chunks(_size: Optional[int]) -> Iterator[Sequence[Any]]:
    return iter([])


# an iterator that is at its end stays there, so that one serves all
_NO_ITEMS: Iterator[Any] = iter(())


class ShapedResult(IteratorResult["Unpack[_Ts]"]):
    """What a function makes of the raw rows of another result, when they are asked for.

    :param raw: the other result; it is closed together with this one.
    :param shape: gets an iterable of raw rows, all that are left or as many as ``yield_per()`` says, and returns a list
        with what becomes of them; plain values of one column with `source_supports_scalars`, else tuples.
    :param after: is called without arguments after each call of `shape`.
    """

    iterator: Any = None
    context = None

    def __init__(
        self,
        cursor_metadata: ResultMetaData,
        raw: AnyResult,
        shape: Callable[[Iterable[Any]], Sequence[Any]],
        source_supports_scalars: bool = False,
        after: Optional[Callable[[], Any]] = None,
    ) -> None:
        self._metadata = cursor_metadata
        self.raw: AnyResult = raw
        self.shape = shape
        self._plain_values = source_supports_scalars
        self.after = after

    def yield_per(self, num: int) -> Self:
        """Shape `num` rows at a time from now on."""
        if self._soft_closed:
            raise exc.ResourceClosedError("The rows of this result were all fetched already")
        self._yield_per = num
        parts = chain.from_iterable(self._parts(num))
        self.iterator = parts if self.iterator is None else chain(self.iterator, parts)
        return self

    def buffer(self) -> None:
        """Fetch and shape all rows now."""
        self.iterator = iter(self._rest())

    def _rest(self) -> Sequence[Any]:
        self.iterator = _NO_ITEMS
        return self._shaped()

    def _shaped(self) -> Sequence[Any]:
        made = self.raw.feed_raw(self.shape)
        if self.after is not None:
            self.after()
        return made

    def _once(self) -> Iterator[Sequence[Any]]:
        yield self._shaped()

    def _parts(self, size: int) -> Iterator[Sequence[Any]]:
        rows = self.raw.raw_rows()
        while True:
            part = list(islice(rows, size))
            if not part:
                return
            made = self.shape(part)
            if self.after is not None:
                self.after()
            yield made

    def _raw_stream(self) -> Iterable[Any]:
        self._check_open()
        if self.iterator is None:
            # nothing is fetched before the first item is asked for
            self.iterator = chain.from_iterable(self._once())
        return typing.cast("Iterable[Any]", self.iterator)

    def _raw_all(self) -> Iterable[Any]:
        if self.iterator is None and not self._hard_closed:
            return self._rest()
        return self._raw_stream()

    def _raw_two(self) -> Sequence[Any]:
        if self.iterator is None and not self._hard_closed:
            # more than two do no harm: the result is closed next
            return self._rest()
        return list(islice(self._raw_stream(), 2))

    def _raw_one(self) -> Any:
        if self.iterator is None:
            self._raw_stream()
        return super()._raw_one()

    def _raw_many(self, size: Optional[int]) -> Sequence[Any]:
        return list(islice(self._raw_stream(), 0, size))


class MergedResult(IteratorResult["Unpack[_Ts]"]):
    """The rows of several results with the same columns, one result after the other."""

    rowcount: Optional[int]

    def __init__(self, cursor_metadata: ResultMetaData, results: Sequence[AnyResult]) -> None:
        self._results = results
        first = results[0]
        super().__init__(
            cursor_metadata.frozen(),
            chain.from_iterable(_converted(one) for one in results),
        )
        self._unique = first._unique
        self._yield_per = first._yield_per
        self._plain_values = first._plain_values
        self.rowcount = _total_rowcount(results)

    def _soft_close(self, hard: bool = False) -> None:
        for one in self._results:
            one._soft_close(hard=hard)
        super()._soft_close(hard=hard)


def _converted(result: AnyResult) -> Iterator[Any]:
    """Yield the rows of a result, its own uniqueness left out: the merged result has it."""
    if result._plain_values:
        return iter(result.scalars()._iterate())
    made = result._get_makers()
    return typing.cast("Iterator[Any]", made[2](result._raw_stream(), result))


def _total_rowcount(results: Sequence[AnyResult]) -> Optional[int]:
    if not all(one._is_cursor for one in results):
        return None
    cursors: Sequence[Any] = results
    return sum(max(0, int(one.rowcount)) for one in cursors)


class FrozenResult(_Frozen["Unpack[_Ts]"]):
    """All rows of a result, kept; calling the object returns a new result of them."""

    data: List[Any]

    def __class_getitem__(cls, _type: Any) -> Any:
        return cls

    def __init__(self, result: Any) -> None:
        source: AnyResult = result._source
        self.metadata = source._metadata.frozen()
        self._plain_values = source._plain_values
        self._unique_strategy = None if result._unique is None else (result._unique[1],)
        if self._plain_values:
            self.data = list(source.scalars().fetchall())
        else:
            made = source._get_makers()
            self.data = [tuple(row) for row in made[1](source._raw_all())]
            source._exhausted()
        self._shape = _shape_of(result)

    def with_new_rows(self, tuple_data: Sequence[Any]) -> FrozenResult[Unpack[Tuple[Any, ...]]]:
        """Return a frozen result with the same columns and the rows `tuple_data`."""
        new: FrozenResult[Unpack[Tuple[Any, ...]]] = FrozenResult.__new__(FrozenResult)
        new.__dict__.update(self.__dict__)
        if self._plain_values:
            new.data = [row[0] for row in tuple_data]
        else:
            new.data = list(tuple_data)
        return new

    def with_rows(self, rows: Sequence[Any]) -> FrozenResult[Unpack[Tuple[Any, ...]]]:
        """Return a frozen result with the same columns and other rows, the same as `with_new_rows()`."""
        return self.with_new_rows(rows)

    def rewrite_rows(self) -> Sequence[Sequence[Any]]:
        """Return the kept rows as tuples, also where they are plain values."""
        if self._plain_values:
            return [[value] for value in self.data]
        return list(self.data)

    def __call__(self) -> Any:
        """Return a new result of the kept rows."""
        result: Any = IteratorResult(
            self.metadata, iter(self.data), _source_supports_scalars=self._plain_values
        )
        if self._unique_strategy is not None:
            result._set_unique(self._unique_strategy[0])
        kind, index = self._shape
        if kind == "scalars":
            return result.scalars(index)
        if kind == "mappings":
            return result.mappings()
        return result


def _shape_of(result: Any) -> Any:
    if isinstance(result, ScalarResult):
        return "scalars", result._at
    if isinstance(result, MappingResult):
        return "mappings", None
    return "rows", None


def null_result() -> IteratorResult[Unpack[Tuple[Any, ...]]]:
    """Return a result without columns and rows."""
    return IteratorResult(SimpleResultMetaData([]), iter([]))


Result._frozen_type = FilterResult._frozen_type = FrozenResult
Result._merged_type = FilterResult._merged_type = MergedResult
