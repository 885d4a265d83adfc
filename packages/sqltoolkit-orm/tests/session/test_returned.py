"""Rows of RETURNING on their way through the session."""

from __future__ import annotations

import datetime

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


@pytest.fixture()
def model(engine):
    Base = orm.declarative_base()

    class Day(Base):
        __tablename__ = "day"
        date = sa.Column(sa.Date, primary_key=True)
        note = sa.Column(sa.String)
        tasks = orm.relationship("Task", lazy="raise")

    class Task(Base):
        __tablename__ = "task"
        id = sa.Column(sa.Integer, primary_key=True)
        day = sa.Column(sa.ForeignKey("day.date"))

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(Day(date=datetime.date(2020, 2, 29), note="leap"))
        session.commit()
        yield session, Day, session.scalars(sa.select(Day)).one()


FETCH = {"synchronize_session": "fetch"}


def test_keys_are_what_the_type_makes_of_them(model):
    session, Day, day = model
    statement = sa.update(Day).values(note="x").returning(Day.note, Day.date)
    assert session.execute(statement, execution_options=FETCH).all() == [("x", datetime.date(2020, 2, 29))]
    assert day.__dict__["note"] == "x"


def test_keys_for_the_session_alone_are_no_rows(model):
    session, Day, day = model
    result = session.execute(sa.update(Day).values(note="x"), execution_options=FETCH)
    assert (result.rowcount, result.returns_rows, result.all()) == (1, False, [])
    assert day.__dict__["note"] == "x"


@pytest.mark.parametrize("options", [FETCH, {"synchronize_session": False}])
def test_joins_of_loaders_are_warned_of(model, options):
    session, Day, day = model
    statement = sa.update(Day).values(note="x").returning(Day).options(orm.joinedload(Day.tasks))
    with pytest.warns(sa.exc.SADeprecationWarning, match="selectinload"):
        assert session.scalars(statement, execution_options=options).all() == [day]
