"""Results as Arrow tables and record batches, made column by column from the rows of the driver.

Needs the package ``pyarrow``, which is imported here on first use and nowhere else.  Rows are in `..row`, results in
`.base`.  SQL types decide about Arrow types: `arrow_type()`.
"""

from __future__ import annotations

import typing
from operator import attrgetter

from ... import exc
from ...sql import sqltypes

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Sequence
    from typing import Tuple

    from .base import AnyResult

__all__ = ["ArrowNotInstalled", "arrow_type", "record_batches", "table"]


class ArrowNotInstalled(exc.InvalidRequestError, ImportError):
    """A result was asked for in the form of Arrow, and the package ``pyarrow`` is not installed."""


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ImportError as err:
        raise ArrowNotInstalled(
            "Results in the form of Arrow need the package 'pyarrow', which could not be imported (%s): install it "
            "with 'pip install pyarrow'" % err
        ) from err
    return pyarrow


def arrow_type(type_: Any) -> Any:
    """Return the Arrow type for values of a SQL type, None where the values themselves have to tell.

    Integer is ``int64``, Float ``float64``, Boolean ``bool_``, String and Enum ``string``, LargeBinary ``binary``, Date
    ``date32``, Time ``time64("us")``, DateTime ``timestamp("us")`` (in UTC with ``timezone=True``), Interval
    ``duration("us")``, Uuid and JSON ``string``.  Numeric is ``float64`` with ``asdecimal=False``; else ``decimal128``
    if precision (of 38 at most) and scale are given, ``string`` if not, for no scale of Arrow's would hold all values.
    """
    pa = _pyarrow()
    if isinstance(type_, sqltypes.Numeric) and not isinstance(type_, sqltypes.Float):
        if not type_.asdecimal:
            return pa.float64()
        if type_.precision is None or type_.scale is None or type_.precision > 38:
            return pa.string()
        return pa.decimal128(type_.precision, type_.scale)
    if isinstance(type_, sqltypes.Float):
        return pa.string() if type_.asdecimal else pa.float64()
    if isinstance(type_, sqltypes.DateTime):
        return pa.timestamp("us", tz="UTC" if type_.timezone else None)
    for kind, make in (
        (sqltypes.Boolean, pa.bool_),
        (sqltypes.Integer, pa.int64),
        (sqltypes.Interval, lambda: pa.duration("us")),
        (sqltypes.Enum, pa.string),
        (sqltypes.String, pa.string),
        (sqltypes.Date, pa.date32),
        (sqltypes.Time, lambda: pa.time64("us")),
        (sqltypes.Uuid, pa.string),
        (sqltypes.JSON, pa.string),
        (sqltypes.LargeBinary, pa.binary),
    ):
        if isinstance(type_, kind):
            return make()
    return None


_name_of = attrgetter("name")


def _enum_text(value: Any) -> str:
    return value if isinstance(value, str) else str(_name_of(value))


def _json_text(value: Any) -> str:
    import json

    return json.dumps(value)


def _finisher(type_: Any, arrow: Any) -> Optional[Callable[[Any], Any]]:
    """Return what makes of a value that has its Python type one that Arrow takes."""
    if arrow is None or not _pyarrow().types.is_string(arrow):
        return None
    if isinstance(type_, sqltypes.Enum):
        return _enum_text
    if isinstance(type_, sqltypes.JSON):
        return _json_text
    if isinstance(type_, (sqltypes.Uuid, sqltypes.Numeric)):
        return str
    return None


class _Columns:
    """Names, types and conversions of the columns of a result."""

    def __init__(self, result: Any, schema: Any) -> None:
        metadata = result._metadata
        self.names: Sequence[str] = list(metadata.keys)
        count = len(self.names)
        types = _sql_types(result, metadata)
        self.types: List[Any] = [None if type_ is None else arrow_type(type_) for type_ in types]
        self.finishers = [_finisher(type_, arrow) for type_, arrow in zip(types, self.types)]
        self.processors: Sequence[Any] = (metadata.processors if result._is_cursor else None) or [None] * count
        if schema is not None:
            if len(schema) != count:
                raise exc.ArgumentError(
                    "found a schema of %d fields for a result of %d columns: it needs one for each"
                    % (len(schema), count)
                )
            self.names = list(schema.names)
            self.types = list(schema.types)
            self.finishers = [_finisher(type_, arrow) for type_, arrow in zip(types, self.types)]
        self.schema = schema

    def batch(self, rows: Sequence[Any]) -> Any:
        """Return the rows as a record batch."""
        pa = _pyarrow()
        values: Sequence[Any] = list(zip(*rows)) if rows else [()] * len(self.names)
        arrays = [self._array(at, column) for at, column in enumerate(values)]
        if self.schema is not None:
            return pa.RecordBatch.from_arrays(arrays, schema=self.schema)
        return pa.RecordBatch.from_arrays(arrays, names=self.names)

    def _array(self, at: int, values: Sequence[Any]) -> Any:
        pa = _pyarrow()
        for convert, keeps_none in ((self.processors[at], False), (self.finishers[at], True)):
            if convert is not None:
                values = [None if keeps_none and value is None else convert(value) for value in values]
        try:
            array = pa.array(values, type=self.types[at])
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as err:
            raise exc.InvalidRequestError(
                "The values of the column %r do not fit in the Arrow type %s (%s): give a schema that has another one"
                % (self.names[at], self.types[at], err)
            ) from err
        if self.types[at] is None and not pa.types.is_null(array.type):
            # what the first values are, those of later batches have to be
            self.types[at] = array.type
        return array


def _sql_types(result: Any, metadata: Any) -> List[Any]:
    """Return the SQL type for each column of a result, None where it is not known."""
    parent = getattr(metadata, "_parent", None)
    if parent is not None:
        types = _sql_types(result, parent)
        return [types[at] for at in metadata._indexes]
    names = metadata.keys_tuple
    compiled: Any = getattr(result, "compiled", None)
    entries = getattr(compiled, "_result_columns", None)
    if not result._is_cursor or not entries:
        return [None] * len(names)
    dialect = result.dialect
    in_order = compiled._ordered_columns or compiled._textual_ordered_columns
    if in_order and len(entries) == len(names):
        found = [entry[3] for entry in entries]
    else:
        by_name = {entry[0]: entry[3] for entry in entries}
        found = [by_name.get(name) for name in names]
    return [None if type_ is None else _known_type(type_, dialect) for type_ in found]


def _known_type(type_: Any, dialect: Any) -> Any:
    """Return the type that says what Python values a column has, None for decorators: theirs are their own."""
    if isinstance(type_, sqltypes.Interval):
        return type_
    return None if type_._is_type_decorator else type_.dialect_impl(dialect)


def _chunks(result: Any, size: Optional[int]) -> Iterator[Sequence[Any]]:
    """Yield raw rows of a cursor, or the rows of another kind of result, ``size`` at a time."""
    if not result._is_cursor:
        if size is None:
            yield result.all()
            return
        for part in result.partitions(size):
            yield part
        return
    pick = result._metadata.tuple_filter
    while True:
        rows = list(result._raw_all()) if size is None else result._raw_many(size)
        if size is None:
            result._exhausted()
        if rows:
            yield rows if pick is None else [pick(row) for row in rows]
        if not rows or size is None:
            return


def _batches(result: Any, schema: Any, size: Optional[int]) -> Tuple[Any, Iterator[Any]]:
    if size is not None and (not isinstance(size, int) or size < 1):
        raise exc.ArgumentError("found %r for the number of rows in a batch, expected a whole number above 0" % (size,))
    if result._unique is not None:
        raise exc.InvalidRequestError(
            "unique() compares rows, which results in the form of Arrow do not make: use DISTINCT in the statement"
        )
    _pyarrow()
    columns = _Columns(result, schema)

    def batches() -> Iterator[Any]:
        try:
            for rows in _chunks(result, size):
                yield columns.batch(rows)
        except GeneratorExit:
            raise
        except BaseException:
            result.close()
            raise

    return columns, batches()


def record_batches(result: AnyResult, size: int, schema: Any = None) -> Iterator[Any]:
    """Return an iterator of record batches with up to ``size`` rows each; see `Result.to_arrow_batches()`."""
    return _batches(result, schema, size)[1]


def table(result: AnyResult, schema: Any = None, batch_size: Optional[int] = None) -> Any:
    """Return all rows as a table; see `Result.to_arrow()`."""
    pa = _pyarrow()
    columns, batches = _batches(result, schema, batch_size)
    found = list(batches) or [columns.batch(())]
    if all(batch.schema == found[0].schema for batch in found):
        return pa.Table.from_batches(found)
    # columns without a known type that began with nothing but NULL
    return pa.concat_tables([pa.Table.from_batches([batch]) for batch in found], promote_options="default")
