"""The verbs of fetching, filters and uniqueness."""

from __future__ import annotations

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core import text
from sqltoolkit_core.engine.result import IteratorResult
from sqltoolkit_core.engine.result import SimpleResultMetaData

ROWS = [(1, 1, 1), (2, 1, 2), (1, 3, 2), (4, 1, 2)]


def make(rows=ROWS, **kw):
    return IteratorResult(SimpleResultMetaData(["a", "b", "c"], **kw), iter(list(rows)))


def test_fetching():
    assert make().all() == ROWS and list(make()) == ROWS
    result = make()
    assert result.fetchone() == ROWS[0] and result.fetchmany(2) == ROWS[1:3]
    assert result.fetchall() == ROWS[3:] and result.fetchone() is None and result.all() == []


def test_first_closes():
    result = make()
    assert result.first() == ROWS[0]
    with pytest.raises(exc.ResourceClosedError):
        result.all()


@pytest.mark.parametrize("rows, error", [([], exc.NoResultFound), (ROWS, exc.MultipleResultsFound)])
def test_one(rows, error):
    for method in ("one", "scalar_one"):
        with pytest.raises(error):
            getattr(make(rows), method)()
    assert make(ROWS[:1]).one() == ROWS[0] and make([]).one_or_none() is None
    assert make(ROWS[:1]).scalar_one_or_none() == 1


def test_scalars_mappings_columns():
    assert make().scalars("b").all() == [1, 1, 3, 1]
    assert make().scalars(-1).first() == 1
    assert make().mappings().all()[1] == {"a": 2, "b": 1, "c": 2}
    assert make().columns("c", 0).all() == [(1, 1), (2, 2), (2, 1), (2, 4)]
    assert make().columns("c", "a").columns("a").keys() == ["a"]
    with pytest.raises(exc.NoSuchColumnError):
        make().columns("zz")
    with pytest.raises(IndexError):
        make().scalars(9)


def test_unique():
    assert make().unique(lambda row: row[1]).all() == [ROWS[0], ROWS[2]]
    assert make().scalars(1).unique().all() == [1, 3]
    assert make().unique().scalars(1).fetchmany(5) == [1, 3]
    assert make([ROWS[0]] * 3).unique().one() == ROWS[0]
    assert make(unique_filters=[None, None, lambda v: 0]).unique().columns("c").all() == [(1,)]


def test_partitions():
    assert [len(part) for part in make().partitions(3)] == [3, 1]
    assert [len(part) for part in make().yield_per(2).partitions()] == [2, 2]


def test_getter_and_raw_rows():
    result = make()
    get = result.getter("c", "a")
    assert [get(raw) for raw in result.raw_rows()] == [(1, 1), (2, 2), (2, 1), (2, 4)]


def test_context_manager_closes():
    with make() as result:
        result.fetchone()
    assert result.closed


def test_raw_rows_are_fed_to_a_function():
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        result = connection.execute(text("SELECT 1 AS a UNION ALL SELECT 2"))
        assert result.fetchone() == (1,)
        assert result.feed_raw(list) == [(2,)]
        assert result.all() == []

        def refuse(rows):
            next(iter(rows))
            raise LookupError("no")

        result = connection.execute(text("SELECT 1 AS a UNION ALL SELECT 2"))
        with pytest.raises(LookupError):
            result.feed_raw(refuse)
        overflow = text("SELECT 1 UNION ALL SELECT abs(-9223372036854775808)")
        with pytest.raises(exc.DBAPIError):
            connection.execute(overflow).feed_raw(list)
