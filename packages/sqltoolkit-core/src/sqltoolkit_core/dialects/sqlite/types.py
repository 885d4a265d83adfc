"""The types that SQLite keeps as text: DATE, TIME, DATETIME and JSON.

Which of them stands for which generic type is told by the dialect in ``base``.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any
from typing import Callable
from typing import Dict
from typing import Optional
from typing import Pattern
from typing import Sequence
from typing import Tuple
from typing import Union

from ...sql import sqltypes
from ...sql.sqltypes import quote_literal
from ...sql.type_api import unless_none

__all__ = (
    "DATE",
    "DATETIME",
    "JSON",
    "JSONIndexType",
    "JSONPathType",
    "TIME",
)

Processor = Callable[[Any], Any]

_DATETIME_FORMAT = (
    "%(year)04d-%(month)02d-%(day)02d %(hour)02d:%(minute)02d:%(second)02d.%(microsecond)06d"
)
_DATETIME_SECONDS = "%(year)04d-%(month)02d-%(day)02d %(hour)02d:%(minute)02d:%(second)02d"
_DATE_FORMAT = "%(year)04d-%(month)02d-%(day)02d"
_TIME_FORMAT = "%(hour)02d:%(minute)02d:%(second)02d.%(microsecond)06d"
_TIME_SECONDS = "%(hour)02d:%(minute)02d:%(second)02d"

_ISO_DATETIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6})\d*)?)?)?(Z|[+-]\d{2}:?\d{2})?$"
)
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")
_ISO_TIME = re.compile(r"(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6})\d*)?)?$")

_ESCAPED_IN_JSON = re.compile(r'[^ !#-\[\]-~]')


class _StoredAsText:
    """What the three types share: a format to write by and a pattern to read by."""

    storage_format: str
    regexp: Optional[Pattern[str]] = None
    _kind: Any

    def __init__(
        self,
        storage_format: Optional[str] = None,
        regexp: Union[str, Pattern[str], None] = None,
        **kw: Any,
    ) -> None:
        super().__init__(**kw)
        if regexp is not None:
            self.regexp = re.compile(regexp)
        if storage_format is not None:
            self.storage_format = storage_format

    def repr_struct(self) -> str:
        """The class with the format and the pattern that were given."""
        given = [(name, self.__dict__[name]) for name in ("storage_format", "regexp") if name in self.__dict__]
        return "%s(%s)" % (type(self).__name__, ", ".join(["%s=%r" % pair for pair in given]))

    @property
    def format_is_text_affinity(self) -> bool:
        """Whether what is stored holds something else than digits, so that SQLite keeps it as text."""
        zeros: Dict[str, int] = dict.fromkeys(
            ("year", "month", "day", "hour", "minute", "second", "microsecond"), 0
        )
        return bool(re.search(r"[^0-9]", self.storage_format % zeros))

    def literal_processor(self, dialect: Any) -> Callable[[Any], str]:
        """The stored text, quoted."""
        write = self.bind_processor(dialect)  # type: ignore[attr-defined]
        return lambda value: quote_literal(write(value), dialect)

    def _reader(self, from_iso: Processor, from_text: Processor) -> Processor:
        """Reads by the pattern given, else as ISO 8601."""
        if self.regexp is not None:
            return _by_pattern(self.regexp, self._kind)

        def read(value: Any) -> Any:
            try:
                return from_iso(value)
            except ValueError:
                return from_text(value)

        return read


def _by_pattern(pattern: Pattern[str], kind: Any) -> Processor:
    """A function from text to ``kind``, by the groups of a pattern: by name, or in order."""
    match = pattern.match
    named = bool(pattern.groupindex)

    def read(value: Any) -> Any:
        found = match(value) if isinstance(value, str) else None
        if found is None:
            raise ValueError("What is stored, %r, is not what %r describes" % (value, pattern.pattern))
        if named:
            return kind(**{name: int(part or 0) for name, part in found.groupdict().items()})
        return kind(*[int(part or 0) for part in found.groups()])

    return read


def _fields_of(value: Any) -> Dict[str, int]:
    """What the names in a format stand for; a date has no time of day: zeros."""
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return {name: getattr(value, name, 0) for name in names}


def _text_to_datetime(value: Any) -> dt.datetime:
    found = _ISO_DATETIME.match(value)
    if found is None:
        raise ValueError("The stored text %r is no date and time" % (value,))
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    made = dt.datetime(
        int(year),
        int(month),
        int(day),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        int((fraction or "").ljust(6, "0")),
    )
    if zone is None:
        return made
    if zone == "Z":
        return made.replace(tzinfo=dt.timezone.utc)
    offset = dt.timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return made.replace(tzinfo=dt.timezone(-offset if zone[0] == "-" else offset))


def _text_to_date(value: Any) -> dt.date:
    found = _ISO_DATE.match(value)
    if found is None:
        raise ValueError("The stored text %r is no date" % (value,))
    return dt.date(*map(int, found.groups()))


def _text_to_time(value: Any) -> dt.time:
    found = _ISO_TIME.match(value)
    if found is None:
        raise ValueError("The stored text %r is no time of day" % (value,))
    hour, minute, second, fraction = found.groups()
    return dt.time(int(hour), int(minute), int(second or 0), int((fraction or "").ljust(6, "0")))


class DATETIME(_StoredAsText, sqltypes.DateTime):
    """Points in time, stored as text such as ``2021-03-15 12:05:57.105542``.

    Takes the arguments of ``DateTime``, and these by name, of which the last two may come first without names:

    :param truncate_microseconds: whether microseconds are left out.
    :param storage_format: a format string with the names year, month, day, hour, minute, second, microsecond.
    :param regexp: a pattern that reads what is stored; its groups, by name or in order, are arguments of ``datetime``.
    """

    storage_format = _DATETIME_FORMAT
    _kind = dt.datetime

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.pop("truncate_microseconds", False):
            _only_alone(args, kwargs)
            kwargs["storage_format"] = _DATETIME_SECONDS
        super().__init__(*args, **kwargs)

    def bind_processor(self, dialect: Any) -> Processor:
        """The text to store."""
        template = self.storage_format
        plain = template == _DATETIME_FORMAT

        def write(value: Any) -> Any:
            if plain and isinstance(value, dt.datetime) and value.tzinfo is None:
                return value.isoformat(" ", "microseconds")
            if isinstance(value, dt.date):
                return template % _fields_of(value)
            raise TypeError("DATETIME of SQLite takes datetime and date objects, not %r" % (value,))

        return unless_none(write)

    def result_processor(self, dialect: Any, coltype: object) -> Processor:
        """The text as ``datetime``."""
        return unless_none(self._reader(dt.datetime.fromisoformat, _text_to_datetime))


class DATE(_StoredAsText, sqltypes.Date):
    """Days, stored as text such as ``2021-03-15``.

    :param storage_format: a format string with the names year, month, day.
    :param regexp: a pattern that reads what is stored; its groups, by name or in order, are arguments of ``date``.
    """

    storage_format = _DATE_FORMAT
    _kind = dt.date

    def __init__(
        self,
        storage_format: Optional[str] = None,
        regexp: Union[str, Pattern[str], None] = None,
        **kw: Any,
    ) -> None:
        super().__init__(storage_format, regexp, **kw)

    def bind_processor(self, dialect: Any) -> Processor:
        """The text to store."""
        template = self.storage_format
        plain = template == _DATE_FORMAT

        def write(value: Any) -> Any:
            if plain and value.__class__ is dt.date:
                return value.isoformat()
            if isinstance(value, dt.date):
                return template % _fields_of(value)
            raise TypeError("DATE of SQLite takes date objects, not %r" % (value,))

        return unless_none(write)

    def result_processor(self, dialect: Any, coltype: object) -> Processor:
        """The text as ``date``."""
        return unless_none(self._reader(dt.date.fromisoformat, _text_to_date))


class TIME(_StoredAsText, sqltypes.Time):
    """Times of day, stored as text such as ``12:05:57.105558``.

    Takes the arguments of ``Time``, and these by name, of which the last two may come first without names:

    :param truncate_microseconds: whether microseconds are left out.
    :param storage_format: a format string with the names hour, minute, second, microsecond.
    :param regexp: a pattern that reads what is stored; its groups, by name or in order, are arguments of ``time``.
    """

    storage_format = _TIME_FORMAT
    _kind = dt.time

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.pop("truncate_microseconds", False):
            _only_alone(args, kwargs)
            kwargs["storage_format"] = _TIME_SECONDS
        super().__init__(*args, **kwargs)

    def bind_processor(self, dialect: Any) -> Processor:
        """The text to store."""
        template = self.storage_format
        plain = template == _TIME_FORMAT

        def write(value: Any) -> Any:
            if not isinstance(value, dt.time):
                raise TypeError("TIME of SQLite takes time objects, not %r" % (value,))
            if plain and value.tzinfo is None:
                return value.isoformat("microseconds")
            return template % _fields_of(value)

        return unless_none(write)

    def result_processor(self, dialect: Any, coltype: object) -> Processor:
        """The text as ``time``."""
        return unless_none(self._reader(dt.time.fromisoformat, _text_to_time))


def _only_alone(args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> None:
    if args or kwargs.get("storage_format") is not None or kwargs.get("regexp") is not None:
        raise ValueError("truncate_microseconds= says how the value is stored; storage_format= and regexp= cannot too")


class JSON(sqltypes.JSON):
    """JSON documents, by the functions JSON_EXTRACT and JSON_QUOTE of SQLite's JSON1."""

    def result_processor(self, dialect: Any, coltype: object) -> Optional[Processor]:
        """The document; numbers, as SQLite stores documents that are nothing else, pass."""
        read = super().result_processor(dialect, coltype)
        if read is None:
            return None

        def process(value: Any) -> Any:
            return value if isinstance(value, (int, float)) else read(value)

        return process


class _PathOfText:
    """An index written as a path of SQLite."""

    def _parts(self, value: Any) -> Sequence[Any]:
        raise NotImplementedError()

    def _path_maker(self, dialect: Any) -> Processor:
        # SQLite compares a name in a path with the text of the document: it has to be written in the same way
        serialize = getattr(dialect, "_json_serializer", None) or json.dumps

        def step(part: Any) -> str:
            if isinstance(part, int):
                return "[%d]" % part
            name = str(part)
            return ".%s" % (serialize(name) if _ESCAPED_IN_JSON.search(name) else '"%s"' % name)

        return lambda value: "$" + "".join([step(part) for part in self._parts(value)])

    def bind_processor(self, dialect: Any) -> Processor:
        """The path to bind."""
        path = self._path_maker(dialect)
        text = self.string_bind_processor(dialect)  # type: ignore[attr-defined]
        return path if text is None else lambda value: text(path(value))

    def literal_processor(self, dialect: Any) -> Callable[[Any], str]:
        """The path, quoted."""
        path = self._path_maker(dialect)
        text = self.string_literal_processor(dialect)  # type: ignore[attr-defined]
        return lambda value: text(path(value))


class JSONIndexType(_PathOfText, sqltypes.JSON.JSONIndexType):
    """One index, as a path: ``$[1]`` or ``$."name"``."""

    def _parts(self, value: Any) -> Sequence[Any]:
        return (value,)


class JSONPathType(_PathOfText, sqltypes.JSON.JSONPathType):
    """Several indexes, as a path."""

    def _parts(self, value: Any) -> Sequence[Any]:
        parts: Sequence[Any] = value
        return parts
