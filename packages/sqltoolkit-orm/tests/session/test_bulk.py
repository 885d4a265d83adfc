"""The older methods for many rows."""

from __future__ import annotations

from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


@pytest.fixture()
def model():
    class Base(orm.DeclarativeBase):
        pass

    class Place(Base):
        __tablename__ = "place"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        title: orm.Mapped[Optional[str]] = orm.mapped_column("name")
        visits: orm.Mapped[int] = orm.mapped_column(default=1)

    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        yield session, Place


def rows(session, Place):
    return session.execute(sa.select(Place.id, Place.title, Place.visits).order_by(Place.id)).all()


def test_insert_mappings(model):
    session, Place = model
    given = [{"title": "a"}, {"title": "b", "visits": 5}]
    session.bulk_insert_mappings(Place, given, return_defaults=True)
    assert [row["id"] for row in given] == [1, 2]
    assert rows(session, Place) == [(1, "a", 1), (2, "b", 5)]


def test_update_mappings(model):
    session, Place = model
    session.bulk_insert_mappings(Place, [{"id": 1, "title": "a"}, {"id": 2, "title": "b"}])
    session.bulk_update_mappings(Place, [{"id": 1, "title": "x"}, {"id": 2, "visits": 9}])
    assert rows(session, Place) == [(1, "x", 1), (2, "b", 9)]


def test_update_mappings_of_a_row_that_is_gone(model):
    session, Place = model
    with pytest.raises(orm.exc.StaleDataError):
        session.bulk_update_mappings(Place, [{"id": 7, "title": "x"}])


def test_objects_are_saved_without_entering_the_session(model):
    session, Place = model
    new = [Place(title="a"), Place(title="b")]
    session.bulk_save_objects(new, return_defaults=True)
    assert [obj.id for obj in new] == [1, 2] and not any(obj in session for obj in new)
    session.commit()
    found = session.get(Place, 1)
    found.title = "changed"
    session.bulk_save_objects([found])
    session.expire_all()
    assert rows(session, Place) == [(1, "changed", 1), (2, "b", 1)]
