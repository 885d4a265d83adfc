"""What SQLite stores for dates, times and documents."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqltoolkit_core.dialects.sqlite import types
from sqltoolkit_core.engine.default import DefaultDialect

DIALECT = DefaultDialect()


def write(typ, value):
    return typ.bind_processor(DIALECT)(value)


def read(typ, value):
    return typ.result_processor(DIALECT, None)(value)


@given(st.datetimes())
def test_datetime_round_trip(value):
    stored = write(types.DATETIME(), value)
    assert len(stored) == 26
    assert read(types.DATETIME(), stored) == value
    short = write(types.DATETIME(truncate_microseconds=True), value)
    assert read(types.DATETIME(truncate_microseconds=True), short) == value.replace(microsecond=0)


@given(st.dates())
def test_date_round_trip(value):
    assert read(types.DATE(), write(types.DATE(), value)) == value


@given(st.times())
def test_time_round_trip(value):
    assert read(types.TIME(), write(types.TIME(), value)) == value


@pytest.mark.parametrize(
    "text, value",
    [
        ("2020-01-02", dt.datetime(2020, 1, 2)),
        ("2020-01-02 03:04", dt.datetime(2020, 1, 2, 3, 4)),
        ("2020-01-02 03:04:05.5", dt.datetime(2020, 1, 2, 3, 4, 5, 500000)),
        ("2020-01-02T03:04:05Z", dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.timezone.utc)),
        (None, None),
    ],
)
def test_forms_of_other_tools(text, value):
    assert read(types.DATETIME(), text) == value


@pytest.mark.parametrize("cls", [types.DATETIME, types.DATE, types.TIME])
def test_formats_come_first_and_are_part_of_the_key(cls):
    fields = "%(hour)02d" if cls is types.TIME else "%(year)04d"
    by_position, by_name = cls(fields, r"(\d+)"), cls(storage_format=fields, regexp=r"(\d+)")
    assert by_position.storage_format == by_name.storage_format == fields
    assert by_position._static_cache_key == by_name._static_cache_key != cls()._static_cache_key
    assert by_position.adapt(cls).storage_format == fields
    assert repr(cls()) == cls.__name__ + "()"
    assert repr(by_name) == "%s(storage_format=%r, regexp=re.compile('(\\\\d+)'))" % (cls.__name__, fields)
    with pytest.raises(TypeError):
        cls(nothing_like_this=1)


@pytest.mark.parametrize("cls", [types.DATETIME, types.TIME])
def test_truncation_excludes_formats(cls):
    assert cls(truncate_microseconds=True, timezone=True).timezone
    assert cls(truncate_microseconds=True)._static_cache_key != cls()._static_cache_key
    for arguments in ({"storage_format": "%(hour)d"}, {"regexp": "x"}):
        with pytest.raises(ValueError):
            cls(truncate_microseconds=True, **arguments)


@pytest.mark.parametrize("typ", [types.DATETIME(), types.DATE(), types.TIME()])
def test_nonsense_is_refused(typ):
    with pytest.raises(ValueError):
        read(typ, "nonsense")
    with pytest.raises(TypeError):
        write(typ, "2020-01-01")
    assert write(typ, None) is None


def test_own_formats():
    typ = types.DATE(storage_format="%(month)02d/%(day)02d/%(year)04d", regexp=r"(?P<month>\d+)/(?P<day>\d+)/(?P<year>\d+)")
    assert write(typ, dt.date(2020, 1, 2)) == "01/02/2020"
    assert read(typ, "01/02/2020") == dt.date(2020, 1, 2)
    with pytest.raises(ValueError):
        read(typ, "2020-01-02")
    with pytest.raises(ValueError, match="truncate_microseconds"):
        types.DATETIME(truncate_microseconds=True, regexp="x")
    digits = types.DATETIME(storage_format="%(year)04d%(month)02d%(day)02d")
    assert not digits.format_is_text_affinity and types.DATETIME().format_is_text_affinity
    assert digits._static_cache_key != types.DATETIME()._static_cache_key


def test_paths():
    assert write(types.JSONIndexType(), "a") == '$."a"'
    assert write(types.JSONIndexType(), 3) == "$[3]"
    assert write(types.JSONPathType(), ["a", 3, "b"]) == '$."a"[3]."b"'
    assert types.JSONPathType().literal_processor(DIALECT)(["o'x"]) == "'$.\"o''x\"'"
