"""Rows given as dictionaries: their shapes, their keys, what is missing in them."""

from __future__ import annotations

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm
from sqltoolkit_orm.persistence.mappings import rows_for, spread, update_by_key
from sqltoolkit_orm.persistence.plan import table_plans


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __composite_values__(self):
        return self.x, self.y


@pytest.fixture()
def model():
    class Base(orm.DeclarativeBase):
        pass

    class Stop(Base):
        __tablename__ = "stop"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        title = orm.mapped_column("name", sa.String)
        seats = orm.mapped_column(sa.Integer, default=3)
        x = orm.mapped_column(sa.Integer)
        y = orm.mapped_column(sa.Integer)
        place = orm.composite(Point, x, y)
        label = orm.synonym("title")

    Base.registry.configure()
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with engine.connect() as connection:
        yield connection, sa.inspect(Stop)


def plan_of(mapper):
    return next(iter(table_plans(mapper).values()))


def test_composites_and_synonyms_are_taken_apart(model):
    _, mapper = model
    assert spread(mapper, {"label": "a", "place": Point(1, 2), "id": 5}) == {"title": "a", "x": 1, "y": 2, "id": 5}
    assert spread(mapper, {"place": None}) == {"x": None, "y": None}


def test_runs_of_equal_shape(model):
    _, mapper = model
    runs = rows_for(mapper, plan_of(mapper), [{"title": "a"}, {"title": None}, {"id": 1, "title": "b"}], True)
    assert runs == [[{"name": "a"}, {"name": None}], [{"id": 1, "name": "b"}]]


def test_none_protects_defaults_only_where_there_are_some(model):
    _, mapper = model
    given = [{"title": None, "seats": None}]
    assert rows_for(mapper, plan_of(mapper), given, False) == [[{"name": None}]]
    assert rows_for(mapper, plan_of(mapper), given, True) == [[{"name": None, "seats": None}]]
    assert rows_for(mapper, plan_of(mapper), [], True) == []


def test_updates_by_key(model):
    connection, mapper = model
    table = mapper.local_table
    connection.execute(sa.insert(table), [{"id": at, "name": "n"} for at in (1, 2, 3)])
    rows = [{"id": 1, "title": "a"}, {"id": 2, "title": "b"}, {"id": 3, "seats": sa.literal(4) + 5}]
    update_by_key(connection, mapper, rows, values=[(table.c.y, table.c.id * 2)])
    found = connection.execute(sa.select(table.c.name, table.c.seats, table.c.y).order_by(table.c.id)).all()
    assert found == [("a", 3, 2), ("b", 3, 4), ("n", 9, 6)]


def test_rows_that_cannot_be_found(model):
    connection, mapper = model
    with pytest.raises(sa.exc.InvalidRequestError, match="stop.id"):
        update_by_key(connection, mapper, [{"title": "a"}])
    with pytest.raises(orm.exc.StaleDataError, match="2 row.* and met 1"):
        connection.execute(sa.insert(mapper.local_table), {"id": 1})
        update_by_key(connection, mapper, [{"id": 1, "title": "a"}, {"id": 2, "title": "b"}])
    # with further criteria it is no error
    update_by_key(connection, mapper, [{"id": 2, "title": "b"}], where=[mapper.local_table.c.name == "q"])
