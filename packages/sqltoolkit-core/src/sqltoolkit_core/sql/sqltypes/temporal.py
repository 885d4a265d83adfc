"""Dates, times, points in time and spans of time.

How SQLite stores them as text is the business of its own types in ``dialects.sqlite.types``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from typing import Callable
from typing import Optional
from typing import Type
from typing import TYPE_CHECKING

from .basic import HasExpressionLookup
from .. import operators
from ..type_api.decorator import Emulated
from ..type_api.decorator import TypeDecorator
from ..type_api.engine import Processor
from ..type_api.engine import TypeEngine
from ..type_api.engine import type_repr
from ..type_api.engine import unless_none

if TYPE_CHECKING:
    from ..typing import Dialect

__all__ = (
    "DATE",
    "DATETIME",
    "Date",
    "DateTime",
    "Interval",
    "TIME",
    "TIMESTAMP",
    "Time",
    "UtcDateTime",
)


def _iso_literal(value: Any) -> str:
    text = value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
    return "'%s'" % text


class DateTime(HasExpressionLookup, TypeEngine[dt.datetime]):
    """Points in time, as ``datetime``.

    :param timezone: whether the database's type with time zone is meant, where it has one.
    """

    __visit_name__ = "datetime"
    operator_classes = operators.OperatorClass.DATETIME

    def __init__(self, timezone: bool = False) -> None:
        self.timezone = timezone

    def get_dbapi_type(self, dbapi: Any) -> Any:
        """``DATETIME``."""
        return dbapi.DATETIME

    def _resolve_for_literal(self, value: Any) -> TypeEngine[Any]:
        return self if value.tzinfo is None else _DATETIME_TIMEZONE

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """ISO 8601 with a space between date and time."""
        return _iso_literal

    @property
    def python_type(self) -> Type[Any]:
        """``datetime``."""
        return dt.datetime


class Date(HasExpressionLookup, TypeEngine[dt.date]):
    """Days, as ``date``."""

    __visit_name__ = "date"
    operator_classes = operators.OperatorClass.DATETIME

    def get_dbapi_type(self, dbapi: Any) -> Any:
        """``DATETIME``."""
        return dbapi.DATETIME

    @property
    def python_type(self) -> Type[Any]:
        """``date``."""
        return dt.date

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """ISO 8601; of a ``datetime`` the day."""
        return lambda value: _iso_literal(value.date() if isinstance(value, dt.datetime) else value)


class Time(HasExpressionLookup, TypeEngine[dt.time]):
    """Times of day, as ``time``."""

    __visit_name__ = "time"
    operator_classes = operators.OperatorClass.DATETIME

    def __init__(self, timezone: bool = False) -> None:
        self.timezone = timezone

    def get_dbapi_type(self, dbapi: Any) -> Any:
        """``DATETIME``."""
        return dbapi.DATETIME

    @property
    def python_type(self) -> Type[Any]:
        """``time``."""
        return dt.time

    def _resolve_for_literal(self, value: Any) -> TypeEngine[Any]:
        return self if value.tzinfo is None else _TIME_TIMEZONE

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """ISO 8601; of a ``datetime`` the time of day."""
        return lambda value: _iso_literal(value.timetz() if isinstance(value, dt.datetime) else value)


class DATE(Date):
    """The type DATE."""

    __visit_name__ = "DATE"


class TIME(Time):
    """The type TIME."""

    __visit_name__ = "TIME"


class DATETIME(DateTime):
    """The type DATETIME."""

    __visit_name__ = "DATETIME"


class TIMESTAMP(DateTime):
    """The type TIMESTAMP.

    :param timezone: TIMESTAMP WITH TIME ZONE where the database has it.
    """

    __visit_name__ = "TIMESTAMP"

    def __init__(self, timezone: bool = False) -> None:
        super().__init__(timezone=timezone)

    def get_dbapi_type(self, dbapi: Any) -> Any:
        """``TIMESTAMP``."""
        return dbapi.TIMESTAMP


class _AbstractInterval(HasExpressionLookup, TypeEngine[dt.timedelta]):
    """What the generic and the native interval types share."""

    operator_classes = operators.OperatorClass.DATETIME

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """What the decorated type says."""
        return self.impl_instance.coerce_compared_value(op, value)  # type: ignore[attr-defined]


class Interval(Emulated, _AbstractInterval, TypeDecorator[dt.timedelta]):
    """Spans of time, as ``timedelta``.

    Databases with an interval type use it; without one a value becomes the point in time that lies so far from
    1970-01-01.

    :param native: whether to use the database's own type where it has one.
    :param second_precision: digits of the seconds, for databases whose type has that.
    :param day_precision: digits of the days, for databases whose type has that.
    """

    impl = DateTime
    cache_ok = True
    epoch = dt.datetime.fromtimestamp(0, dt.timezone.utc).replace(tzinfo=None)

    def __init__(
        self, native: bool = True, second_precision: Optional[int] = None, day_precision: Optional[int] = None
    ) -> None:
        super().__init__()
        self.native = native
        self.second_precision = second_precision
        self.day_precision = day_precision

    class Comparator(TypeDecorator.Comparator, _AbstractInterval.Comparator):
        """The operators of intervals."""

        __slots__ = ()

    comparator_factory = Comparator

    @property
    def _type_affinity(self) -> Any:
        return Interval

    @property
    def operator_classes(self) -> Any:  # type: ignore[override]
        """Those of dates and times."""
        return operators.OperatorClass.DATETIME

    @property
    def python_type(self) -> Type[Any]:
        """``timedelta``."""
        return dt.timedelta

    def adapt_to_emulated(self, impltype: Any, **kw: Any) -> Any:
        """This type as ``impltype``, with the same precisions."""
        return TypeEngine.adapt(self, impltype, **kw)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """The type of the value; points in time are opposite to an interval as often as intervals are."""
        return self.impl_instance.coerce_compared_value(op, value)

    def bind_processor(self, dialect: Dialect) -> Processor:
        """Adds the epoch, then does what the type below does."""
        epoch = self.epoch
        after = self.impl_instance.bind_processor(dialect)
        if after is None:
            return unless_none(lambda value: epoch + value)
        return lambda value: after(None if value is None else epoch + value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:
        """Does what the type below does, then takes the epoch away."""
        epoch = self.epoch
        before = self.impl_instance.result_processor(dialect, coltype)
        if before is None:
            return unless_none(lambda value: value - epoch)

        def process(value: Any) -> Any:
            value = before(value)
            return None if value is None else value - epoch

        return process

    def literal_processor(self, dialect: Dialect) -> Optional[Callable[[Any], str]]:
        """The stored point in time, as the type below writes it."""
        epoch = self.epoch
        render = self.impl_instance.literal_processor(dialect)
        if render is None:
            return None
        return lambda value: render(epoch + value)

    def repr_struct(self) -> str:
        """The class with its own arguments."""
        return type_repr(self)


class UtcDateTime(TypeDecorator[dt.datetime]):
    """Points in time that are always aware: UTC in the database, UTC-aware ``datetime`` in Python.

    Aware values of any zone are taken and converted; naive ones are refused with ValueError, because nothing says
    which point in time they mean. On databases without a type with time zone the UTC time is stored without zone.
    """

    impl = DateTime
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(timezone=True)

    @property
    def python_type(self) -> Type[Any]:
        """``datetime``."""
        return dt.datetime

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The value in UTC; without its zone where the database cannot keep zones."""
        if value is None:
            return None
        if not isinstance(value, dt.datetime):
            raise TypeError("UtcDateTime takes an aware datetime, not %r" % (value,))
        if value.utcoffset() is None:
            raise ValueError(
                "UtcDateTime found the naive datetime %r; give it a zone, for instance "
                "value.replace(tzinfo=datetime.timezone.utc)" % (value,)
            )
        value = value.astimezone(dt.timezone.utc)
        return value if _keeps_zone(dialect) else value.replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The value, aware, in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=dt.timezone.utc)
        return value.astimezone(dt.timezone.utc)

    def repr_struct(self) -> str:
        """The class without arguments."""
        return type(self).__name__ + "()"


def _keeps_zone(dialect: Dialect) -> bool:
    return dialect.name in ("postgresql", "oracle", "mssql", "duckdb", "cockroachdb")


_DATETIME_TIMEZONE = DateTime(timezone=True)
_TIME_TIMEZONE = Time(timezone=True)
