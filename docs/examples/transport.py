"""The classes and the few objects that the pages about the object relational mapper use.

    python transport.py

prints what is in them. Start Python in this folder to follow the pages: `from transport import Depot, open_database`.
"""

from __future__ import annotations

from typing import List, Optional

from sqltoolkit_core import Column, Engine, ForeignKey, String, Table, create_engine, func, select
from sqltoolkit_orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    """The base of all mapped classes, which holds their tables."""


licence = Table(
    "licence",
    Base.metadata,
    Column("driver_id", ForeignKey("driver.id"), primary_key=True),
    Column("vehicle_id", ForeignKey("vehicle.id"), primary_key=True),
)


class Depot(Base):
    """A place where vehicles stand."""

    __tablename__ = "depot"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    vehicles: Mapped[List[Vehicle]] = relationship(back_populates="depot", order_by="Vehicle.number")

    def __repr__(self) -> str:
        return "Depot(%r)" % self.name


class Vehicle(Base):
    """A bus or tram, with the drivers who may drive it."""

    __tablename__ = "vehicle"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    seats: Mapped[int]
    depot_id: Mapped[Optional[int]] = mapped_column(ForeignKey("depot.id"))
    depot: Mapped[Optional[Depot]] = relationship(back_populates="vehicles")
    drivers: Mapped[List[Driver]] = relationship(secondary=licence, back_populates="vehicles", order_by="Driver.name")

    def __repr__(self) -> str:
        return "Vehicle(%r)" % self.number


class Driver(Base):
    """Somebody who drives."""

    __tablename__ = "driver"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    vehicles: Mapped[List[Vehicle]] = relationship(secondary=licence, back_populates="drivers")

    def __repr__(self) -> str:
        return "Driver(%r)" % self.name


class Line(Base):
    """A line and the stops along it, in order."""

    __tablename__ = "line"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(5), unique=True)
    calls: Mapped[List[Call]] = relationship(
        back_populates="line", cascade="all, delete-orphan", order_by="Call.position"
    )

    def __repr__(self) -> str:
        return "Line(%r)" % self.code


class Stop(Base):
    """A stop, which many lines may call at."""

    __tablename__ = "stop"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    calls: Mapped[List[Call]] = relationship(back_populates="stop")

    def __repr__(self) -> str:
        return "Stop(%r)" % self.name


class Call(Base):
    """A line calls at a stop: a link with data of its own."""

    __tablename__ = "call"
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("stop.id"))
    minutes: Mapped[int] = mapped_column(default=0)
    line: Mapped[Line] = relationship(back_populates="calls")
    stop: Mapped[Stop] = relationship(back_populates="calls")


def objects() -> List[Base]:
    """New objects of all classes; those they refer to come along."""
    harbour, market, hill = Stop(name="Harbour"), Stop(name="Market"), Stop(name="Hill")
    anna, bela = Driver(name="Anna"), Driver(name="Bela")
    north = Depot(
        name="North",
        vehicles=[Vehicle(number=11, seats=40, drivers=[anna, bela]), Vehicle(number=12, seats=60, drivers=[anna])],
    )
    south = Depot(name="South", vehicles=[Vehicle(number=21, seats=90, drivers=[bela])])
    one = Line(code="1", calls=[Call(position=1, stop=harbour), Call(position=2, stop=market, minutes=7)])
    two = Line(code="2", calls=[Call(position=1, stop=market), Call(position=2, stop=hill, minutes=4)])
    return [north, south, one, two, Depot(name="Museum")]


def open_database() -> Engine:
    """A new database in memory with the tables and their rows."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(objects())
        session.commit()
    return engine


def main() -> None:
    with Session(open_database()) as session:
        for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__):
            print(mapper.class_.__name__, session.scalar(select(func.count()).select_from(mapper.class_)))


if __name__ == "__main__":
    main()
