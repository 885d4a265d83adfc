"""Dates, times, intervals, and times that are always aware."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqltoolkit_core import types
from sqltoolkit_core.engine.default import DefaultDialect

DIALECT = DefaultDialect()
NOW = dt.datetime(2020, 1, 2, 3, 4, 5, 678)


@pytest.mark.parametrize(
    "typ, value, text",
    [
        (types.Date(), NOW.date(), "'2020-01-02'"),
        (types.Date(), NOW, "'2020-01-02'"),
        (types.Time(), NOW.time(), "'03:04:05.000678'"),
        (types.DateTime(), NOW, "'2020-01-02 03:04:05.000678'"),
        (types.Interval(), dt.timedelta(1), "'1970-01-02 00:00:00'"),
    ],
)
def test_literals(typ, value, text):
    assert typ._cached_literal_processor(DIALECT)(value) == text


@given(st.timedeltas(min_value=dt.timedelta(days=-300000), max_value=dt.timedelta(days=300000)))
def test_interval_round_trip(value):
    typ = types.Interval()
    stored = typ._cached_bind_processor(DIALECT)(value)
    assert isinstance(stored, dt.datetime)
    assert typ._cached_result_processor(DIALECT, None)(stored) == value


def test_interval_keeps_none():
    typ = types.Interval()
    assert typ._cached_bind_processor(DIALECT)(None) is None
    assert typ._cached_result_processor(DIALECT, None)(None) is None


class TestUtcDateTime:
    @given(st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1)), st.integers(-14, 14))
    def test_round_trip(self, value, hours):
        aware = value.replace(tzinfo=dt.timezone(dt.timedelta(hours=hours)))
        typ = types.UtcDateTime()
        stored = typ._cached_bind_processor(DIALECT)(aware)
        assert stored.tzinfo is None
        found = typ._cached_result_processor(DIALECT, None)(stored)
        assert found == aware
        assert found.utcoffset() == dt.timedelta(0)

    def test_naive_is_refused(self):
        with pytest.raises(ValueError, match="naive"):
            types.UtcDateTime()._cached_bind_processor(DIALECT)(NOW)
        with pytest.raises(TypeError, match="aware datetime"):
            types.UtcDateTime()._cached_bind_processor(DIALECT)("2020-01-01")
        assert types.UtcDateTime()._cached_bind_processor(DIALECT)(None) is None

    def test_zone_stays_where_the_database_keeps_it(self):
        other = DefaultDialect()
        other.name = "postgresql"
        stored = types.UtcDateTime()._cached_bind_processor(other)(NOW.replace(tzinfo=dt.timezone.utc))
        assert stored.tzinfo is dt.timezone.utc
