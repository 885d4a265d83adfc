"""Columns of subclasses come by a SELECT for each class, for the objects of that class that lack them."""

from __future__ import annotations

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


@pytest.fixture()
def vehicles(engine, statements):
    """Return a function that maps Vehicle > Car > Van > Bus, one table each, and gives a session with one of each."""
    sessions = []

    def make(**loaded):
        Base = orm.declarative_base()

        class Vehicle(Base):
            __tablename__ = "vehicle"
            id = sa.Column(sa.Integer, primary_key=True)
            kind = sa.Column(sa.String(9))
            wheels = sa.Column(sa.Integer)
            __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "vehicle"}

        def extend(parent, name, column):
            arguments = {"polymorphic_identity": name, "polymorphic_load": loaded.get(name)}
            key = sa.Column(sa.ForeignKey(parent.__tablename__ + ".id"), primary_key=True)
            body = {"__tablename__": name, "id": key, column: sa.Column(sa.Integer), "__mapper_args__": arguments}
            return type(name.title(), (parent,), body)

        Car = extend(Vehicle, "car", "doors")
        Car.parts = orm.relationship(
            type("Part", (Base,), {
                "__tablename__": "part",
                "id": sa.Column(sa.Integer, primary_key=True),
                "car_id": sa.Column(sa.ForeignKey("car.id")),
            })
        )  # fmt: skip
        Van = extend(Car, "van", "volume")
        Bus = extend(Van, "bus", "seats")
        Base.metadata.create_all(engine)
        session = orm.Session(engine)
        session.add_all(
            [
                Vehicle(id=1, wheels=4),
                Car(id=2, wheels=4, doors=3),
                Van(id=3, wheels=4, doors=3, volume=9),
                Bus(id=4, wheels=6, doors=4, volume=40, seats=50),
            ]
        )
        session.commit()
        session.expunge_all()
        statements.take()
        sessions.append(session)
        return session, Vehicle, Car, Van, Bus

    yield make
    for session in sessions:
        session.close()


def columns(texts):
    """Return what each SELECT with IN reads beside keys and discriminator, and of how many objects."""
    keys = {"vehicle_id", "vehicle_kind", "car_id", "van_id", "bus_id"}
    found = []
    for text in texts:
        if " IN (" in text:
            names = [part.split(" AS ")[1].strip() for part in text.split("\nFROM")[0].split(", ")]
            found.append(([name for name in names if name not in keys], text.count("?")))
    return found


def lacking(objects, *names):
    return [[name for name in names if name not in one.__dict__] for one in objects]


class TestMapped:
    def test_each_object_is_loaded_as_the_nearest_class(self, vehicles, statements):
        session, Vehicle, *_ = vehicles(car="selectin", van="selectin", bus="selectin")
        found = session.scalars(sa.select(Vehicle).order_by(Vehicle.id)).all()
        assert columns(statements.take()) == [
            (["car_doors"], 1),
            (["car_doors", "van_volume"], 1),
            (["car_doors", "van_volume", "bus_seats"], 1),
        ]
        assert [one.__dict__.get("doors") for one in found] == [None, 3, 3, 4]
        assert found[3].seats == 50

    def test_what_the_query_itself_reads_is_not_read_again(self, vehicles, statements):
        session, _, Car, *_ = vehicles(car="selectin", van="selectin", bus="selectin")
        session.scalars(sa.select(Car)).all()
        assert columns(statements.take()) == [(["van_volume"], 1), (["van_volume", "bus_seats"], 1)]

    def test_a_parent_that_is_not_loaded_so_ends_the_chain(self, vehicles, statements):
        session, Vehicle, *_ = vehicles(car="selectin", bus="selectin")
        found = session.scalars(sa.select(Vehicle).order_by(Vehicle.id)).all()
        assert columns(statements.take()) == [(["car_doors"], 2), (["bus_seats"], 1)]
        assert lacking(found, "doors", "volume", "seats")[3] == ["doors", "volume"]

    def test_children_that_come_by_a_join_come_with_it(self, vehicles, statements):
        session, Vehicle, *_ = vehicles(car="inline", van="selectin", bus="inline")
        found = session.scalars(sa.select(Vehicle).order_by(Vehicle.id)).all()
        assert columns(statements.take()) == [(["van_volume", "bus_seats"], 2)]
        assert (found[3].doors, found[3].volume, found[3].seats) == (4, 40, 50)
        assert statements.take() == []


class TestAsked:
    def test_each_named_class_has_its_own_columns(self, vehicles, statements):
        session, Vehicle, Car, Van, Bus = vehicles()
        loaded = orm.selectin_polymorphic(Vehicle, [Car, Van, Bus])
        found = session.scalars(sa.select(Vehicle).options(loaded).order_by(Vehicle.id)).all()
        assert columns(statements.take()) == [(["car_doors"], 3), (["van_volume"], 2), (["bus_seats"], 1)]
        assert (found[3].doors, found[3].volume, found[3].seats) == (4, 40, 50)

    def test_classes_between_are_loaded_for_the_named_one(self, vehicles, statements):
        session, Vehicle, *_, Bus = vehicles()
        loaded = orm.selectin_polymorphic(Vehicle, [Bus])
        found = session.scalars(sa.select(Vehicle).options(loaded).order_by(Vehicle.id)).all()
        assert columns(statements.take()) == [(["bus_seats"], 1), (["van_volume"], 1), (["car_doors"], 1)]
        assert lacking(found, "doors", "volume", "seats")[3] == []
        assert lacking(found, "doors", "volume")[2] == ["doors", "volume"]

    def test_options_say_what_becomes_of_the_columns(self, vehicles, statements):
        session, Vehicle, Car, *_ = vehicles()
        loaded = orm.selectin_polymorphic(Vehicle, [Car])
        session.scalars(sa.select(Vehicle).options(loaded, orm.defer(Car.doors), orm.defer(Vehicle.wheels))).all()
        assert columns(statements.take()) == [([], 3)]

    def test_columns_of_the_parent_stay_away(self, vehicles, statements):
        session, Vehicle, Car, *_ = vehicles()
        loaded = orm.selectin_polymorphic(Vehicle, [Car])
        session.scalars(sa.select(Vehicle).options(orm.load_only(Vehicle.wheels), loaded)).all()
        assert columns(statements.take()) == [(["car_doors"], 3)]

    def test_options_below_lead_on_from_the_subclass(self, vehicles, statements):
        session, Vehicle, Car, *_ = vehicles()
        loaded = orm.selectin_polymorphic(Vehicle, [Car]).options(orm.selectinload(Car.parts))
        found = session.scalars(sa.select(Vehicle).options(loaded).order_by(Vehicle.id)).all()
        assert lacking(found, "parts") == [["parts"], [], [], []]
