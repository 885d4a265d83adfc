"""The tables and the few rows that the pages about the expression language use.

    python weather.py

prints what is in them. Start Python in this folder to follow the pages: `from weather import open_database, station`.
"""

from __future__ import annotations

import datetime

from sqltoolkit_core import (
    CheckConstraint,
    Column,
    Date,
    Engine,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    func,
    insert,
    select,
)

metadata = MetaData()

region = Table(
    "region",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("parent_id", ForeignKey("region.id")),
)

station = Table(
    "station",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(8), nullable=False, unique=True),
    Column("name", String(60), nullable=False),
    Column("altitude", Integer),
    Column("region_id", ForeignKey("region.id"), nullable=False, index=True),
)

reading = Table(
    "reading",
    metadata,
    Column("station_id", ForeignKey("station.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("low", Float),
    Column("high", Float),
    Column("rain", Float, nullable=False, server_default="0"),
    CheckConstraint("low <= high", name="low_is_low"),
)

REGIONS = [(1, "Alps", None), (2, "Valais", 1), (3, "Tyrol", 1), (4, "Coast", None), (5, "Brittany", 4)]
STATIONS = [
    (1, "ZER", "Zermatt", 1608, 2),
    (2, "SIO", "Sion", 482, 2),
    (3, "INN", "Innsbruck", 578, 3),
    (4, "BRE", "Brest", 96, 5),
    (5, "OUE", "Ouessant", None, 5),
]
READINGS = {
    1: [(-9.5, -1.0, 0.0), (-7.0, 0.5, 4.5), (-11.0, -3.5, 12.0)],
    2: [(1.5, 12.0, 0.0), (3.0, 9.5, 2.0), (-0.5, 7.0, 6.5)],
    3: [(-2.0, 8.0, 0.0), (0.0, 6.5, 8.0)],
    4: [(6.0, 11.0, 9.5), (7.5, 10.5, 14.0), (5.0, 10.0, 1.0)],
}
FIRST_DAY = datetime.date(2030, 3, 1)


def open_database() -> Engine:
    """A new database in memory with the tables and their rows."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(region), [dict(zip(region.c.keys(), row)) for row in REGIONS])
        connection.execute(insert(station), [dict(zip(station.c.keys(), row)) for row in STATIONS])
        connection.execute(
            insert(reading),
            [
                {"station_id": number, "day": FIRST_DAY + datetime.timedelta(days=day), **values}
                for number, days in READINGS.items()
                for day, values in enumerate(dict(zip(("low", "high", "rain"), row)) for row in days)
            ],
        )
    return engine


def main() -> None:
    with open_database().connect() as connection:
        for table in metadata.sorted_tables:
            print(table.name, connection.scalar(select(func.count()).select_from(table)))


if __name__ == "__main__":
    main()
