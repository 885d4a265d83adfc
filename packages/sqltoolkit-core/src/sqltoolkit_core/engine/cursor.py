"""`CursorResult`: the result of a statement run by a cursor, and how result columns answer for expressions.

The verbs of fetching live in `.result`, strategies of fetching in `.fetch`, the keys of new rows in
`.default.defaults`.
"""

from __future__ import annotations

import typing
from itertools import chain

from .. import exc
from ..sql.cache_key import generate as generate_cache_key
from ..sql.sqltypes import NULLTYPE
from ..sql.type_api.engine import CALL_ALWAYS
from ..sql.type_api.engine import CALL_UNLESS_NONE
from ..sql.type_api.engine import PASS_THROUGH
from ..util.decorators import warn
from .fetch import FetchStrategy
from .fetch import FullyBufferedFetch
from .fetch import PlainFetch
from .fetch import chunks
from .result.base import NO_ROW
from .result.base import Result
from .result.base import ResultMetaData

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import Iterable
    from typing import List
    from typing import Optional
    from typing import Sequence
    from typing import Tuple
    from typing import TypeVar

    from typing_extensions import Self
    from typing_extensions import TypeVarTuple
    from typing_extensions import Unpack
    from typing_extensions import overload

    from .base import Connection
    from .interfaces import Dialect
    from .result.base import AnyResult
    from .result.iterators import MergedResult
    from .row import Row

    _T = TypeVar("_T")
    _Ts = TypeVarTuple("_Ts")
    _ProcessorOf = Callable[[Any, str, Any], Optional[Callable[[Any], Any]]]

__all__ = [
    "CursorResult",
    "CursorResultMetaData",
    "NO_ROWS",
    "ResultProxy",
    "compiled_metadata",
    "named_metadata",
]

# how many raw rows are fetched before they are made into what is asked for: few enough to stay in the cache of the
# processor, many enough to hide what the next batch costs
_CHUNK = 256


# ----------------------------------------------------------------- meta data


class CursorResultMetaData(ResultMetaData):
    """The columns of a cursor and the expressions they answer for."""

    # was it used for a statement other than the one compiled, equal in all but identity?
    shared = False

    def __init__(
        self,
        names: Tuple[str, ...],
        index: Dict[Any, int],
        ambiguous: Any = frozenset(),
        conversions: Tuple[Any, str, Any] = (None, "", None),
    ) -> None:
        self.keys_tuple = names
        self.index = index
        if ambiguous:
            self.ambiguous = frozenset(ambiguous)
        if conversions[0] is not None:
            self.processors, self.hints, self.row_functions = conversions

    def share(self) -> None:
        """Serve the columns of statements that equal the one compiled."""
        self.shared = True

    def find_expression(self, key: Any) -> Optional[int]:
        """Return the position for an expression that equals one of the statement's in all but identity.

        A statement found in the cache has columns equal to, but not the same as, those that were compiled.
        """
        if isinstance(key, int):
            return None
        if not self.shared and not hasattr(key, "__clause_element__"):
            return None
        resolve = getattr(key, "__clause_element__", None)
        if resolve is not None:
            key = resolve()
            found = self.index.get(key)
            if found is not None:
                return found
        if not self.shared or not hasattr(key, "_flat"):
            return None
        ours = _shape_of(key)
        if ours is None:
            return None
        places = {
            at
            for obj, at in self.index.items()
            if obj.__class__ is key.__class__ and _shape_of(obj) == ours
        }
        return places.pop() if len(places) == 1 else None

    def __getstate__(self) -> Dict[str, Any]:
        index = {key: at for key, at in self.index.items() if isinstance(key, str)}
        return {
            "keys_tuple": self.keys_tuple,
            "index": index,
            "ambiguous": self.ambiguous,
            "unpickled": True,
        }


def _shape_of(element: Any) -> Any:
    key = generate_cache_key(element)
    return None if key is None else key.key


class _NoRowsMetaData(ResultMetaData):
    """Stands for the columns of a result without rows: whoever asks for them gets an error."""

    returns_rows = False
    unique_filters = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise _returns_no_rows()

    @property
    def keys(self) -> Any:
        raise _returns_no_rows()

    def index_of(self, key: Any) -> int:
        raise _returns_no_rows()

    def frozen(self) -> ResultMetaData:
        return self

    def scalar_makers(self, index: int) -> Any:
        raise _returns_no_rows()


def _returns_no_rows() -> Exception:
    return exc.ResourceClosedError(
        "The statement returned no rows (such as an INSERT without RETURNING), so its result was closed "
        "at once and has neither columns nor rows"
    )


#: the metadata of a statement that returns no rows: asking it for keys is an error
NO_ROWS = _NoRowsMetaData()


def compiled_metadata(
    compiled: Any,
    dialect: Dialect,
    description: Sequence[Sequence[Any]],
    translate: Any = None,
    driver_names: bool = False,
    processor: Optional[_ProcessorOf] = None,
    left_out: int = 0,
) -> CursorResultMetaData:
    """Return the meta data for the result columns of a compiled statement and a cursor's description.

    `translate` turns a column name of the driver into the one to be seen; with `driver_names` the keys are the names
    that the driver gives. `processor` is asked for conversions in the place of the types: a context's
    `get_result_processor()`. The last `left_out` columns of the statement are in neither the description nor the rows.
    """
    entries = compiled._result_columns
    if left_out:
        entries = entries[:-left_out]
    in_order = compiled._ordered_columns or compiled._textual_ordered_columns
    if compiled._textual_ordered_columns:
        _check_textual(entries, description)
        driver_names = True
    if in_order and len(entries) == len(description):
        names = [one[0] for one in description] if driver_names else None
        return _positional_metadata(entries, dialect, description, names, processor)
    if compiled._textual_ordered_columns:
        return _positional_metadata(
            list(entries)[: len(description)]
            + [_plain_entry(one[0]) for one in description[len(entries) :]],
            dialect,
            description,
            [one[0] for one in description],
            processor,
        )
    return _matched_metadata(compiled, dialect, description, translate, processor)


def _check_textual(entries: Sequence[Any], description: Sequence[Any]) -> None:
    """Look at the columns that the user promised for a textual statement."""
    seen = set()
    for entry in entries:
        first = entry[2][0] if entry[2] else None
        if first is None or isinstance(first, str):
            continue
        if first in seen:
            raise exc.InvalidRequestError(
                "The column expression %r was given twice to columns(); each names one column of the text" % (first,)
            )
        seen.add(first)
    if len(entries) > len(description):
        warn(
            "The text returned %d columns, but columns() names %d; name no more than there are"
            % (len(description), len(entries))
        )


def _plain_entry(name: str) -> Any:
    return name, name, (name,), None


def _positional_metadata(
    entries: Sequence[Any],
    dialect: Dialect,
    description: Sequence[Sequence[Any]],
    names: Optional[Sequence[str]] = None,
    processor: Optional[_ProcessorOf] = None,
) -> CursorResultMetaData:
    further = names is not None
    if names is None:
        names = [entry[0] for entry in entries]
    index: Dict[Any, int] = {}
    ambiguous = set()
    for at, name in enumerate(names):
        if index.setdefault(name, at) != at:
            ambiguous.add(name)
    # where names meet, keys and other strings of columns are no safer than they
    primary = set() if ambiguous else set(names)
    secondary: Dict[str, int] = {}
    for at, entry in enumerate(entries):
        for obj in (entry[0],) + tuple(entry[2]) if further else entry[2]:
            if not isinstance(obj, str):
                index.setdefault(obj, at)
            elif obj not in primary and (
                secondary.setdefault(obj, at) != at or index.get(obj, at) != at
            ):
                ambiguous.add(obj)
    for name, at in secondary.items():
        index.setdefault(name, at)
    for name in ambiguous:
        del index[name]
    return CursorResultMetaData(
        tuple(names), index, ambiguous, _conversions(entries, dialect, description, processor)
    )


def _conversions(
    entries: Sequence[Any],
    dialect: Dialect,
    description: Sequence[Sequence[Any]],
    processor: Optional[_ProcessorOf],
) -> Tuple[Any, str, Any]:
    """Return, by position, the conversions, the letters that say how to call them, and what templates call."""
    processors: List[Any] = []
    functions: List[Any] = []
    hints: List[str] = []
    for entry, column in zip(entries, description):
        type_ = entry[3]
        kind, convert, inner = 0, None, None
        if processor is not None:
            convert = inner = processor(NULLTYPE if type_ is None else type_, column[0], column[1])
            kind = PASS_THROUGH if convert is None else CALL_ALWAYS
        elif type_ is not None:
            convert = type_._cached_result_processor(dialect, column[1])
            if convert is not None:
                kind, inner = type_.result_conversion(dialect, column[1])
        processors.append(convert)
        functions.append(inner)
        hints.append(_LETTERS[kind])
    if not any(processors):
        return None, "", None
    return tuple(processors), "".join(hints), tuple(functions)


_LETTERS = {PASS_THROUGH: "v", CALL_ALWAYS: "f", CALL_UNLESS_NONE: "n"}


def _matched_metadata(
    compiled: Any,
    dialect: Dialect,
    description: Sequence[Sequence[Any]],
    translate: Any,
    processor: Optional[_ProcessorOf],
) -> CursorResultMetaData:
    """Match by name: for textual SQL, whose columns may come in any order and number."""
    by_name: Dict[str, Any] = {}
    for entry in compiled._result_columns:
        same = by_name.get(entry[0])
        if same is not None:
            # columns of one name: which of them a column of the cursor is can't be known
            entry = (same[0], same[1], tuple(same[2]) + tuple(entry[2]), same[3])
        by_name[entry[0]] = entry
        if compiled._loose_column_name_matching:
            for obj in entry[2]:
                if isinstance(obj, str):
                    by_name.setdefault(obj, entry)
    entries = []
    names = []
    in_place = (
        compiled._result_columns if len(compiled._result_columns) == len(description) else None
    )
    for at, column in enumerate(description):
        name = column[0]
        if translate is not None:
            name = translate(name)
        if dialect.requires_name_normalize:
            name = dialect.normalize_name(name)
        found = by_name.get(name)
        if found is None and in_place is not None and in_place[at][0] is None:
            # a piece of text in the place of a column: nothing but its place says which column it is
            found = (name, name, in_place[at][2], in_place[at][3])
        if found is None:
            found = by_name.get(name.lower()) if isinstance(name, str) else None
        entries.append(_plain_entry(name) if found is None else found)
        names.append(name)
    index: Dict[Any, int] = {}
    ambiguous = set()
    for at, name in enumerate(names):
        if name in index and any(name == entry[0] for entry in compiled._result_columns):
            ambiguous.add(name)
        index[name] = at
    for at, entry in enumerate(entries):
        for obj in entry[2]:
            if index.setdefault(obj, at) != at and not isinstance(obj, str):
                ambiguous.add(obj)
    for key in ambiguous:
        del index[key]
    return CursorResultMetaData(
        tuple(names), index, ambiguous, _conversions(entries, dialect, description, processor)
    )


_NAMED_KEPT = 500


def named_metadata(
    dialect: Any,
    description: Sequence[Sequence[Any]],
    translate: Any = None,
    processor: Optional[_ProcessorOf] = None,
) -> CursorResultMetaData:
    """Return the meta data for columns of which only the names are known."""
    names = tuple([column[0] for column in description])
    if processor is not None:
        made = [_plain_entry(name if translate is None else translate(name)) for name in names]
        return _positional_metadata(made, dialect, description, processor=processor)
    known: Dict[Any, CursorResultMetaData] = dialect.named_shapes
    key = (names, translate is not None)
    found = known.get(key)
    if found is None:
        shown = names
        if translate is not None:
            shown = tuple([translate(name) for name in shown])
        if dialect.requires_name_normalize:
            shown = tuple([dialect.normalize_name(name) for name in shown])
        index: Dict[Any, int] = {name: at for at, name in enumerate(names)}
        index.update({name: at for at, name in enumerate(shown)})
        found = CursorResultMetaData(shown, index)
        if len(known) >= _NAMED_KEPT:
            known.clear()
        known[key] = found
    return found


# ------------------------------------------------------------------- result


class CursorResult(Result["Unpack[_Ts]"]):
    """The result of a statement, over the cursor that ran it."""

    _is_cursor = True
    _strategy: Optional[FetchStrategy] = None
    _context: Any = None
    _soft_closed = False
    _hard_closed = False
    # what was bound and which statement was executed; what the context is made of when it is asked for
    _bound: Any = None
    _invoked: Any = None
    _rowcount: Optional[int] = None

    cursor: Any
    compiled: Any

    def __init__(
        self, context: Any, cursor_strategy: Optional[FetchStrategy], cursor_description: Any
    ) -> None:
        self._context = context
        self.cursor = context.cursor
        self.connection = context.root_connection
        self.compiled = context.compiled
        self._strategy = cursor_strategy
        if cursor_description is None:
            self._metadata = NO_ROWS
            if cursor_strategy is None:
                self._soft_close()
        else:
            self._metadata = context.result_metadata(cursor_description)

    # ------------------------------------------------------------- identity

    @property
    def dialect(self) -> Dialect:
        """Return the dialect."""
        return self.connection.dialect

    connection: Connection

    @property
    def context(self) -> Any:
        """Return the execution context, making it where the execution did not need one."""
        context = self._context
        if context is None:
            context = self._context = self.connection._context_of_result(self)
        return context

    @context.setter
    def context(self, context: Any) -> None:
        self._context = context

    @property
    def cursor_strategy(self) -> Any:
        """Return the object that fetches rows."""
        return PlainFetch() if self._strategy is None else self._strategy

    @property
    def returns_rows(self) -> bool:
        """Say whether the statement returned rows, be they none in number."""
        return self._metadata.returns_rows

    @property
    def is_insert(self) -> bool:
        """Say whether the statement was an INSERT."""
        compiled = self.compiled
        return bool(compiled is not None and getattr(compiled, "isinsert", False))

    @property
    def closed(self) -> bool:
        """Say whether the result was closed for good."""
        return self._hard_closed

    # ------------------------------------------------------------- fetching

    def _cursor_or_raise(self) -> Any:
        """Return the cursor, None after the last row."""
        if self._metadata is NO_ROWS:
            raise _returns_no_rows()
        if self._hard_closed:
            raise exc.ResourceClosedError(
                "This result is closed: close() was called, or a method which closes it such as first()"
            )
        return None if self._soft_closed else self.cursor

    def _raw_one(self) -> Any:
        cursor = self._cursor_or_raise()
        if cursor is None:
            return NO_ROW
        strategy = self._strategy
        try:
            raw = cursor.fetchone() if strategy is None else strategy.one(cursor)
        except BaseException as err:
            self._fetch_failed(err)
            raise
        if raw is None:
            self._soft_close()
            return NO_ROW
        return raw

    def _raw_many(self, size: Optional[int]) -> Sequence[Any]:
        cursor = self._cursor_or_raise()
        if cursor is None:
            return ()
        strategy = self._strategy
        try:
            if strategy is not None:
                rows = strategy.many(cursor, size)
            elif size is None:
                rows = cursor.fetchmany()
            else:
                rows = cursor.fetchmany(size)
        except BaseException as err:
            self._fetch_failed(err)
            raise
        if not rows:
            self._soft_close()
        return typing.cast("Sequence[Any]", rows)  # type: ignore[redundant-cast]

    def _raw_all(self) -> Iterable[Any]:
        cursor = self._cursor_or_raise()
        if cursor is None:
            return ()
        try:
            if self._strategy is not None:
                return self._strategy.all(cursor)
            if not self.connection.dialect.fast_cursor_iteration or not hasattr(type(cursor), "__iter__"):
                return typing.cast("Iterable[Any]", cursor.fetchall())
            rows = cursor.fetchmany(_CHUNK)
        except BaseException as err:
            self._fetch_failed(err)
            raise
        if len(rows) < _CHUNK:
            return typing.cast("Iterable[Any]", rows)
        return chain(rows, chain.from_iterable(chunks(cursor, _CHUNK)))

    def _raw_stream(self) -> Iterable[Any]:
        cursor = self._cursor_or_raise()
        if cursor is None:
            return ()
        if self._strategy is not None:
            return self._strategy.stream(cursor)
        if self.connection.dialect.fast_cursor_iteration and hasattr(type(cursor), "__iter__"):
            return typing.cast("Iterable[Any]", cursor)
        return iter(cursor.fetchone, None)

    def _fetch_failed(self, error: BaseException) -> None:
        self.connection._fetch_failed(error, self)

    def _exhausted(self) -> None:
        if not self._soft_closed:
            self._soft_close()

    def _soft_close(self, hard: bool = False) -> None:
        if hard:
            self._hard_closed = True
        if self._soft_closed:
            return
        self._soft_closed = True
        cursor = self.cursor
        if cursor is not None:
            if self._rowcount is None and self._keeps_rowcount():
                self._rowcount = self._context.rowcount
            try:
                cursor.close()
            except BaseException as err:
                self.connection._cursor_close_failed(err, cursor)

    def _keeps_rowcount(self) -> bool:
        return self._context is not None and self._context.keeps_rowcount

    def close(self) -> None:
        """Close the result and its cursor; fetching from it is an error from now on."""
        self._soft_close(hard=True)

    def yield_per(self, num: int) -> Self:
        """Fetch rows in batches of `num` from now on; it is the default size of `partitions()` too."""
        self._yield_per = num
        if self._strategy is None:
            self._strategy = PlainFetch()
        self._strategy.yield_per(num)
        return self

    def first(self) -> Optional[Row[Unpack[_Ts]]]:
        """Return the first row, None where there is none, and close the result."""
        if self._soft_closed or self._strategy is not None:
            return super().first()
        cursor = self.cursor
        try:
            raw = cursor.fetchone()
        except BaseException as err:
            self._fetch_failed(err)
            raise
        self._soft_closed = self._hard_closed = True
        row: Optional[Row[Unpack[_Ts]]] = None
        try:
            if raw is not None:
                make_row: Any = self._metadata.make_row
                row = make_row(raw)
        finally:
            try:
                cursor.close()
            except BaseException as err:
                self.connection._cursor_close_failed(err, cursor)
        return row

    if typing.TYPE_CHECKING:

        @overload
        def scalar(self: Result[_T, Unpack[Tuple[Any, ...]]]) -> Optional[_T]: ...

        @overload
        def scalar(self) -> Any: ...

    def scalar(self) -> Any:
        """Return the first row's first value, None where there is no row, and close the result."""
        was_open = not self._soft_closed
        raw = self._raw_one()
        if raw is NO_ROW:
            self._hard_closed = was_open
            return None
        keys = self._metadata
        if keys.processors is None and keys.tuple_filter is None:
            value = raw[0]
        else:
            value = keys.scalar_makers(0)[0](raw)
        self._soft_close(hard=True)
        return value

    # ----------------------------------------------------------- the outcome

    @property
    def rowcount(self) -> int:
        """Return the number of rows that the statement matched, -1 where it is not known."""
        if self._rowcount is None:
            try:
                context = self._context
                if context is not None:
                    found = context.rowcount
                else:
                    found = self.cursor.rowcount
            except BaseException as err:
                self.connection._handle_dbapi_exception(err, None, None, self.cursor, self._context)
                raise
            self._rowcount = -1 if found is None else found
        return self._rowcount

    @property
    def lastrowid(self) -> int:
        """Return the driver's `cursor.lastrowid`; what it means is the driver's affair."""
        try:
            key: int = self.context.get_lastrowid()
            return key
        except BaseException as err:
            self.connection._handle_dbapi_exception(err, None, None, self.cursor, self._context)
            raise

    def _require_compiled(self, what: str) -> Any:
        compiled = self.compiled
        if compiled is None or not getattr(compiled, "is_sql", False):
            raise exc.InvalidRequestError(
                "%s is known for statements made of expressions only, not for textual SQL" % what
            )
        return compiled

    def _require_insert(self, what: str) -> Any:
        compiled = self._require_compiled(what)
        if not compiled.isinsert:
            raise exc.InvalidRequestError("%s needs an INSERT: this was another statement" % what)
        return compiled

    @property
    def inserted_primary_key_rows(self) -> List[Any]:
        """Return the primary key of each new row, as a list of rows.

        Known for an INSERT of one row, and of many rows where the keys came back with RETURNING.
        """
        self._require_insert("inserted_primary_key_rows")
        context = self.context
        if context._is_explicit_returning:
            raise exc.InvalidRequestError(
                "The statement has returning(): the new keys are among the rows that it returned"
            )
        return typing.cast("List[Any]", context.inserted_primary_key_rows)

    @property
    def inserted_primary_key(self) -> Any:
        """Return the primary key of the one new row, as a row named by the columns of the key."""
        compiled = self._require_insert("inserted_primary_key")
        if self._context is None:
            make = compiled.__dict__.get("make_key_of_lastrowid")
            made = self.__dict__.get("_lastrowid")
            if make is not None and made is not None:
                return make((made,))
        context = self.context
        if context.executemany:
            raise exc.InvalidRequestError(
                "Many rows were inserted: inserted_primary_key is known for one row, "
                "inserted_primary_key_rows for several if the database returned their keys"
            )
        if context._is_explicit_returning:
            raise exc.InvalidRequestError(
                "The statement has returning(): the new key is among the row that it returned"
            )
        return self._first_key()

    def _first_key(self) -> Any:
        rows = self.context.inserted_primary_key_rows
        return rows[0] if rows else None

    def last_updated_params(self) -> Any:
        """Return what was bound in an UPDATE: a dict, or a list of them."""
        compiled = self._require_compiled("last_updated_params()")
        if not compiled.isupdate:
            raise exc.InvalidRequestError(
                "last_updated_params() needs an UPDATE: this was another statement"
            )
        return self._last_params()

    def last_inserted_params(self) -> Any:
        """Return what was bound in an INSERT: a dict, or a list of them."""
        self._require_insert("last_inserted_params()")
        return self._last_params()

    def _last_params(self) -> Any:
        context = self.context
        if context.executemany:
            return context.compiled_parameters
        return context.compiled_parameters[0]

    @property
    def returned_defaults_rows(self) -> Optional[Sequence[Any]]:
        """Return the rows that `return_defaults()` brought back, one for each row written."""
        return typing.cast("Optional[Sequence[Any]]", self.context.returned_default_rows)

    @property
    def returned_defaults(self) -> Any:
        """Return the row that `return_defaults()` brought back, for a statement of one row."""
        if self.context.executemany:
            raise exc.InvalidRequestError(
                "Many rows were written: returned_defaults is known for one row, returned_defaults_rows for several"
            )
        rows = self.context.returned_default_rows
        return rows[0] if rows else None

    def lastrow_has_defaults(self) -> bool:
        """Say whether the row written last has values which only the database knows."""
        return bool(self.context.lastrow_has_defaults())

    def postfetch_cols(self) -> Any:
        """Return the columns whose new values were made by the database and must be fetched."""
        compiled = self._require_compiled("postfetch_cols()")
        if not compiled.isinsert and not compiled.isupdate:
            raise exc.InvalidRequestError("postfetch_cols() needs an INSERT or UPDATE")
        return self.context.postfetch_cols

    def prefetch_cols(self) -> Any:
        """Return the columns whose new values were made by Python defaults."""
        compiled = self._require_compiled("prefetch_cols()")
        if not compiled.isinsert and not compiled.isupdate:
            raise exc.InvalidRequestError("prefetch_cols() needs an INSERT or UPDATE")
        return self.context.prefetch_cols

    @property
    def prefetched(self) -> Any:
        """Return the same as `prefetch_cols()`."""
        return self.prefetch_cols()

    @property
    def postfetched(self) -> Any:
        """Return the same as `postfetch_cols()`."""
        return self.postfetch_cols()

    def supports_sane_rowcount(self) -> bool:
        """Say whether `rowcount` can be relied upon."""
        return self.dialect.supports_sane_rowcount

    def supports_sane_multi_rowcount(self) -> bool:
        """Say whether `rowcount` can be relied upon after an executemany()."""
        return self.dialect.supports_sane_multi_rowcount

    # ----------------------------------------------------------- combination

    def _rewind(self, rows: Iterable[Any]) -> Self:
        """Have the result deliver `rows`, which are raw, from its beginning."""
        self._strategy = FullyBufferedFetch(rows)
        self._soft_closed = self._hard_closed = False
        return self

    def splice_horizontally(self, other: AnyCursorResult) -> Self:
        """Return a result whose rows are those of this one extended by those of `other`.

        Both are results of statements that wrote the same rows in the same order.
        """
        left, right = list(self._deliver_all()), list(other._deliver_all())
        if len(left) != len(right):
            raise exc.InvalidRequestError(
                "the results can't be put side by side: they have %d and %d rows"
                % (len(left), len(right))
            )
        mine, theirs = self._metadata, other._metadata
        width = len(mine.keys_tuple)
        index: Dict[Any, int] = dict(mine.index)
        ambiguous = set(mine.ambiguous) | set(theirs.ambiguous)
        for key, at in theirs.index.items():
            if key in index and isinstance(key, str):
                ambiguous.add(key)
            index.setdefault(key, at + width)
        for name in ambiguous:
            index.pop(name, None)
        joined = self.__class__.__new__(self.__class__)
        joined.__dict__.update(self.__dict__)
        joined._metadata = CursorResultMetaData(
            mine.keys_tuple + theirs.keys_tuple, index, ambiguous
        )
        joined._made = None
        context = joined.context
        context.returned_default_rows = _side_by_side(
            self.context.returned_default_rows, other.context.returned_default_rows
        )
        return joined._rewind(
            [tuple(one) + tuple(two) for one, two in zip(left, right)]
        )

    def splice_vertically(self, other: AnyCursorResult) -> Self:
        """Return a result with the rows of this one and then those of `other`, which has the same columns."""
        rows = list(self.raw_rows()) + list(other.raw_rows())
        return self._rewind(rows)

    def merge(self, *others: AnyResult) -> MergedResult[Unpack[Tuple[Any, ...]]]:
        """Return a result which delivers the rows of this one and then those of the others."""
        merged = super().merge(*others)
        if merged.rowcount is None:
            merged.rowcount = self.rowcount
        return merged

    def buffered(self) -> Self:
        """Fetch all rows into memory and give the cursor's resources back; return this result."""
        rows = list(self._raw_all())
        self._soft_close()
        return self._rewind(rows)


if typing.TYPE_CHECKING:
    # of rows of any kind
    AnyCursorResult = CursorResult[Unpack[Tuple[Any, ...]]]


def _side_by_side(left: Any, right: Any) -> Any:
    if not left or not right:
        return left or right
    from .row import result_tuple

    make = result_tuple(tuple(left[0]._fields) + tuple(right[0]._fields))
    return [make(tuple(one) + tuple(two)) for one, two in zip(left, right)]


ResultProxy = CursorResult
