"""Chunked, frozen and merged results."""

from __future__ import annotations

import pytest

from sqltoolkit_core import exc
from sqltoolkit_core.engine.result import ChunkedIteratorResult
from sqltoolkit_core.engine.result import FrozenResult
from sqltoolkit_core.engine.result import IteratorResult
from sqltoolkit_core.engine.result import ShapedResult
from sqltoolkit_core.engine.result import SimpleResultMetaData
from sqltoolkit_core.engine.result import null_result


def rows(*values):
    return IteratorResult(SimpleResultMetaData(["a"]), iter([(value,) for value in values]))


def test_chunks_of_plain_values():
    def chunks(size):
        return iter([[1, None], [3]])

    def make():
        return ChunkedIteratorResult(SimpleResultMetaData(["a"]), chunks, source_supports_scalars=True)

    assert make().scalars().all() == [1, None, 3]
    assert make().all() == [(1,), (None,), (3,)]
    assert make().mappings().first() == {"a": 1}
    assert make().columns("a").all() == [(1,), (None,), (3,)]


def test_chunks_know_the_size():
    asked = []

    def chunks(size):
        asked.append(size)
        return iter([[(1,)], [(2,)]])

    result = ChunkedIteratorResult(SimpleResultMetaData(["a"]), chunks).yield_per(7)
    assert result.all() == [(1,), (2,)] and asked == [None, 7]
    with pytest.raises(exc.ResourceClosedError):
        result.yield_per(3)


def test_frozen_can_be_thawed_often():
    frozen = rows(1, 2).freeze()
    assert frozen().all() == frozen().all() == [(1,), (2,)]
    assert frozen.with_rows([(9,)])().scalars().all() == [9]


def test_merged():
    assert rows(1).merge(rows(2), rows(3)).scalars().all() == [1, 2, 3]
    assert rows(1).unique().merge(rows(1)).all() == [(1,)]


def test_null_result():
    assert null_result().all() == [] and list(null_result().keys()) == []


class TestShaped:
    def make(self, count=5):
        calls = []
        raw = IteratorResult(SimpleResultMetaData(["a"]), iter([(n,) for n in range(count)]))

        def shape(rows):
            return [-row[0] for row in rows]

        made = ShapedResult(SimpleResultMetaData(["a"]), raw, shape, True, lambda: calls.append(None))
        return made, raw, calls

    def test_nothing_is_fetched_before_it_is_asked_for(self):
        made, _, calls = self.make()
        rows = iter(made.scalars())
        assert calls == []
        assert next(rows) == 0 and len(calls) == 1
        assert list(rows) == [-1, -2, -3, -4] and len(calls) == 1

    def test_verbs_go_on_where_the_one_before_stopped(self):
        made, _, _ = self.make()
        assert made.fetchone() == (0,)
        assert made.fetchmany(2) == [(-1,), (-2,)]
        assert made.all() == [(-3,), (-4,)]
        assert made.fetchone() is None and made.all() == []

    def test_as_many_rows_at_a_time_as_asked_for(self):
        made, _, calls = self.make()
        rows = iter(made.scalars().yield_per(2))
        assert [next(rows), next(rows)] == [0, -1] and len(calls) == 1
        assert list(rows) == [-2, -3, -4] and len(calls) == 3

    def test_rows_fetched_before_a_change_of_size_are_not_lost(self):
        made, _, _ = self.make()
        assert made.fetchmany(2) == [(0,), (-1,)]
        assert made.yield_per(2).all() == [(-2,), (-3,), (-4,)]

    def test_one_closes_both(self):
        made, raw, _ = self.make(1)
        assert made.scalars().one() == 0
        assert made.closed and raw.closed
        with pytest.raises(exc.ResourceClosedError):
            made.all()
        with pytest.raises(exc.MultipleResultsFound):
            self.make(3)[0].one()
        with pytest.raises(exc.NoResultFound):
            self.make(0)[0].scalar_one()

    def test_buffered_rows_need_the_other_result_no_more(self):
        made, raw, calls = self.make()
        made.buffer()
        assert len(calls) == 1
        assert raw.all() == []
        assert made.scalars().all() == [0, -1, -2, -3, -4]


def test_frozen_results_are_subscripted_in_annotations():
    assert FrozenResult[int] is FrozenResult
