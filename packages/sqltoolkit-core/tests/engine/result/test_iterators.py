"""Chunked, frozen and merged results."""

from __future__ import annotations

import pytest

from sqltoolkit_core import exc
from sqltoolkit_core.engine.result import ChunkedIteratorResult
from sqltoolkit_core.engine.result import IteratorResult
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
