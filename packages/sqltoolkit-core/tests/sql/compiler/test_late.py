"""Lists of the short way: the text is the one of the long way, the values are converted and in their order."""

from __future__ import annotations

import datetime
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqltoolkit_core import Column
from sqltoolkit_core import Date
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import bindparam
from sqltoolkit_core import create_engine
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_core import select
from sqltoolkit_core import tuple_

_table = Table(
    "late_rows", MetaData(), Column("id", Integer, primary_key=True), Column("d", Date), Column("s", String(8))
)


def _day(number: int) -> datetime.date:
    return datetime.date(2020, 1, number)


@pytest.fixture(scope="module")
def connection() -> typing.Iterator[typing.Any]:
    engine = create_engine("sqlite://")
    with engine.connect() as made:
        _table.create(made)
        made.execute(_table.insert(), [{"id": i, "d": _day(i), "s": "s%d" % i} for i in range(1, 9)])
        made.commit()
        yield made
    engine.dispose()


@given(ids=st.lists(st.integers(1, 8), max_size=5), texts=st.lists(st.sampled_from(["s1", "s3", "x"]), max_size=3))
def test_lists_of_any_length(connection: typing.Any, ids: typing.List[int], texts: typing.List[str]) -> None:
    statement = (
        select(_table.c.id)
        .where(_table.c.s != "s2", _table.c.id.in_(ids), _table.c.s.in_(texts), _table.c.id < 8)
        .order_by(_table.c.id)
    )
    found = connection.execute(statement).scalars().all()
    assert found == [i for i in range(1, 8) if i != 2 and i in ids and "s%d" % i in texts]


def test_known_lengths_go_the_short_way(connection: typing.Any) -> None:
    def run(ids: typing.List[int], days: typing.List[int]) -> typing.Any:
        return connection.execute(
            select(_table.c.s).where(_table.c.id.in_(ids), _table.c.d.in_([_day(day) for day in days]))
        )

    assert run([1, 2, 3], [2]).scalars().all() == ["s2"]
    result = run([4, 5, 6], [5])
    if not connection.has_events:  # a listener for the class Engine, once there was one, sends all the long way
        assert result._context is None
    # one parameter per value, dates as the driver takes them
    assert result.context.parameters == [(4, 5, 6, "2020-01-05")]
    assert result.context.statement.count("?") == 4
    assert result.scalars().all() == ["s5"]
    assert run([], [5]).scalars().all() == []
    assert run([5], [5]).scalars().all() == ["s5"]


def test_lists_given_at_execution(connection: typing.Any) -> None:
    statement = select(_table.c.id).where(_table.c.id.in_(bindparam("ids", expanding=True))).order_by(_table.c.id)
    for ids in ([1, 2], [3, 4], [5], []):
        assert connection.execute(statement, {"ids": ids}).scalars().all() == ids
    with pytest.raises(exc.StatementError):
        connection.execute(statement)


def test_rows_take_the_long_way(connection: typing.Any) -> None:
    pair = tuple_(_table.c.id, _table.c.s)
    for wanted in ([(1, "s1"), (2, "x")], [(3, "s3"), (4, "x")]):
        assert connection.execute(select(_table.c.id).where(pair.in_(wanted))).scalars().all() == [wanted[0][0]]


def test_changes_and_errors(connection: typing.Any) -> None:
    for ids in ([1, 2], [3, 4]):
        changed = connection.execute(_table.update().where(_table.c.id.in_(ids)).values(s="new"))
        assert changed.rowcount == 2
    connection.rollback()
    shown = []
    for ids in ([1, 2], [3, 4]):
        with pytest.raises(exc.OperationalError) as raised:
            connection.execute(select(func.no_such_function(_table.c.id)).where(_table.c.id.in_(ids)))
        shown.append((raised.value.statement, raised.value.params))
    assert shown[0][0] == shown[1][0] and "IN (?, ?)" in shown[1][0]
    assert [params for _, params in shown] == [(1, 2), (3, 4)]


def test_listeners_see_the_expanded_text(connection: typing.Any) -> None:
    seen = []
    statement = select(_table.c.id).where(_table.c.id.in_([7, 8]))
    connection.execute(statement).all()

    def note(conn: typing.Any, cursor: typing.Any, text: str, parameters: typing.Any, *rest: typing.Any) -> None:
        seen.append((text, parameters))

    event.listen(connection, "before_cursor_execute", note)
    try:
        connection.execute(statement).all()
    finally:
        event.remove(connection, "before_cursor_execute", note)
    assert seen == [("SELECT late_rows.id \nFROM late_rows \nWHERE late_rows.id IN (?, ?)", (7, 8))]
