"""Strategies of fetching."""

from __future__ import annotations

import sqlite3

import pytest

from sqltoolkit_core.engine.fetch import BufferedRowFetch
from sqltoolkit_core.engine.fetch import FullyBufferedFetch
from sqltoolkit_core.engine.fetch import LoggedFetch
from sqltoolkit_core.engine.fetch import PlainFetch


def cursor(count=23):
    numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < %d) select i from n"
    return sqlite3.connect(":memory:").execute(numbers % count)


@pytest.mark.parametrize("make", [PlainFetch, BufferedRowFetch, lambda: BufferedRowFetch(4, growing=False), lambda: LoggedFetch(PlainFetch(), print)])
def test_all_ways_give_the_same(make):
    expected = [(n,) for n in range(1, 24)]
    assert list(make().stream(cursor())) == expected
    strategy, source = make(), cursor()
    first = [strategy.one(source), *strategy.many(source, 3)]
    assert first + list(strategy.all(source)) == expected and strategy.one(source) is None
    strategy, source = make(), cursor()
    strategy.yield_per(10)
    assert list(strategy.stream(source)) == expected


def test_fully_buffered():
    strategy = FullyBufferedFetch([(1,), (2,), (3,)])
    assert strategy.one(None) == (1,) and strategy.many(None, 1) == [(2,)]
    assert strategy.all(None) == [(3,)] and strategy.one(None) is None


def test_rows_are_logged_when_they_are_fetched():
    seen = []
    strategy = LoggedFetch(PlainFetch(), seen.append)
    rows = cursor(9)
    assert strategy.one(rows) == (1,) and seen == [(1,)]
    assert strategy.many(rows, 2) == [(2,), (3,)] and len(seen) == 3
    assert next(strategy.stream(rows)) == (4,) and len(seen) == 4
    assert len(list(strategy.all(rows))) == 5 and seen == [(number,) for number in range(1, 10)]
    assert strategy.one(rows) is None and len(seen) == 9
