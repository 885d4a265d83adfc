"""The History tuple."""

from __future__ import annotations

from typing import Optional

import pytest
from hypothesis import given, strategies as st

import sqltoolkit_core as sa
import sqltoolkit_orm as orm
from sqltoolkit_orm.attributes import HISTORY_BLANK, History

parts = st.lists(st.integers(), max_size=4)


@given(parts, parts, parts)
def test_sums_and_truth(added, unchanged, deleted):
    history = History(added, unchanged, deleted)
    assert (history.added, history.unchanged, history.deleted) == tuple(history) == (added, unchanged, deleted)
    assert history.sum() == added + unchanged + deleted
    assert history.non_deleted() == added + unchanged and history.non_added() == unchanged + deleted
    assert bool(history) == history.has_changes() == bool(added or deleted)
    assert history.empty() == (not (added or unchanged or deleted))


def test_blank():
    assert HISTORY_BLANK.empty() and not HISTORY_BLANK


class Base(orm.DeclarativeBase):
    pass


class Desk(Base):
    __tablename__ = "desk"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    lamp: orm.Mapped[Optional["Lamp"]] = orm.relationship(back_populates="desk")


class Lamp(Base):
    __tablename__ = "lamp"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    desk_id: orm.Mapped[Optional[int]] = orm.mapped_column(sa.ForeignKey("desk.id"))
    desk: orm.Mapped[Optional[Desk]] = orm.relationship(back_populates="lamp")


@pytest.fixture()
def session(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([Desk(id=1, lamp=Lamp(id=1)), Desk(id=2)])
        session.commit()
        yield session


@pytest.mark.parametrize("new", ["another", "none"])
def test_what_was_replaced_on_the_other_side_is_loaded_by_the_flush(session, statements, new):
    desk = session.get(Desk, 1)
    del statements[:]
    desk.lamp = Lamp(id=2) if new == "another" else None
    assert statements == []
    session.commit()
    assert session.execute(sa.select(Lamp.id, Lamp.desk_id).order_by(Lamp.id)).all() == (
        [(1, None), (2, 1)] if new == "another" else [(1, None)]
    )


def test_history_loads_what_was_replaced(session):
    desk = session.get(Desk, 1)
    desk.lamp = new = Lamp(id=2)
    history = sa.inspect(desk).attrs.lamp.history
    assert history.added == [new] and [lamp.id for lamp in history.deleted] == [1]


def test_detached_objects_take_another_object_unseen(session):
    desk = session.get(Desk, 1)
    session.expunge(desk)
    desk.lamp = new = Lamp(id=2)
    assert sa.inspect(desk).attrs.lamp.history == History([new], (), ())


def test_nothing_went_where_there_was_none(session):
    desk = session.get(Desk, 2)
    assert desk.lamp is None
    desk.lamp = new = Lamp(id=2)
    assert sa.inspect(desk).attrs.lamp.history == History([new], (), ())
