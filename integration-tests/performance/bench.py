"""A few everyday workloads against the plain driver and, where it is installed, SQLAlchemy: ratios of one run.

    python bench.py [workload ...] [--repeat N]

Variants take turns within one process, each sample after a full collection; shown is the median time per operation and
its ratio to the driver's. Absolute times say more about the machine than about the library.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import sqlite3
import statistics
import time
from typing import Any, Callable

ROWS = 5000
LIBRARIES = {"sqltoolkit": ("sqltoolkit_core", "sqltoolkit_orm"), "sqlalchemy": ("sqlalchemy", "sqlalchemy.orm")}
INSERT = "INSERT INTO person (name, age, score) VALUES (?, ?, ?)"


def data() -> list[dict[str, Any]]:
    return [{"name": "name %d" % i, "age": i % 90, "score": i / 7} for i in range(ROWS)]


class Driver:
    """The same work by hand."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, age INTEGER, score FLOAT)")
        self.rows = [tuple(row.values()) for row in data()]
        self.connection.executemany(INSERT, self.rows)
        self.connection.commit()

    def core_fetch(self) -> int:
        return sum(row[2] for row in self.connection.execute("SELECT id, name, age, score FROM person").fetchall())

    def core_select(self) -> int:
        found = 0
        for key in range(1, ROWS // 5):
            sql = "SELECT id, name, age FROM person WHERE id = ?"
            found += self.connection.execute(sql, (key,)).fetchone()[2]
        return found

    def core_insert(self) -> int:
        self.connection.executemany(INSERT, self.rows)
        self.connection.rollback()
        return ROWS

    def orm_load(self) -> int:
        return self.core_fetch()

    def orm_flush(self) -> int:
        return self.core_insert()


class Library:
    """The work in terms of one library."""

    def __init__(self, core: str, orm: str) -> None:
        self.core = core_module = importlib.import_module(core)
        self.orm = orm_module = importlib.import_module(orm)

        class Base(orm_module.DeclarativeBase):  # type: ignore[name-defined, misc]
            pass

        class Person(Base):
            __tablename__ = "person"
            id = orm_module.mapped_column(core_module.Integer, primary_key=True)
            name = orm_module.mapped_column(core_module.String)
            age = orm_module.mapped_column(core_module.Integer)
            score = orm_module.mapped_column(core_module.Float)

        self.person, self.table = Person, Person.__table__
        self.engine = core_module.create_engine("sqlite://")
        Base.metadata.create_all(self.engine)
        self.rows = data()
        with self.engine.begin() as connection:
            connection.execute(core_module.insert(self.table), self.rows)

    def core_fetch(self) -> int:
        with self.engine.connect() as connection:
            return sum(row.age for row in connection.execute(self.core.select(self.table)).all())

    def core_select(self) -> int:
        found, columns = 0, self.table.c
        with self.engine.connect() as connection:
            for key in range(1, ROWS // 5):
                statement = self.core.select(columns.id, columns.name, columns.age).where(columns.id == key)
                found += connection.execute(statement).first().age
        return found

    def core_insert(self) -> int:
        with self.engine.connect() as connection:
            connection.execute(self.core.insert(self.table), self.rows)
        return ROWS

    def orm_load(self) -> int:
        with self.orm.Session(self.engine) as session:
            people = session.scalars(self.core.select(self.person)).all()
            return sum(person.age for person in people)

    def orm_flush(self) -> int:
        with self.orm.Session(self.engine) as session:
            session.add_all([self.person(**row) for row in self.rows])
            session.flush()
        return ROWS


WORKLOADS = ("core_fetch", "core_select", "core_insert", "orm_load", "orm_flush")


def sample(work: Callable[[], int]) -> tuple[float, int]:
    gc.collect()
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def main() -> None:
    parser = argparse.ArgumentParser(description="Everyday workloads, as ratios to the plain driver.")
    parser.add_argument("workloads", nargs="*", default=WORKLOADS, metavar="workload", help=", ".join(WORKLOADS))
    parser.add_argument("--repeat", type=int, default=7)
    options = parser.parse_args()
    sides: dict[str, Any] = {"driver": Driver()}
    for name, modules in LIBRARIES.items():
        try:
            sides[name] = Library(*modules)
        except ImportError:
            print("(%s is not installed)" % name)
    print("%-12s %s" % ("", "".join("%24s" % name for name in sides)))
    for workload in options.workloads:
        times: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(options.repeat + 1):  # the first round warms up
            results = set()
            for name, side in sides.items():
                taken, result = sample(getattr(side, workload))
                times[name].append(taken)
                results.add(result)
            assert len(results) == 1, "%s: results differ: %s" % (workload, results)
        medians = {name: statistics.median(found[1:]) for name, found in times.items()}
        cells = ["%14.1f ms %6.2fx" % (value * 1e3, value / medians["driver"]) for value in medians.values()]
        print("%-12s %s" % (workload, "".join("%24s" % cell for cell in cells)))


if __name__ == "__main__":
    main()
