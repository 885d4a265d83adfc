"""Composites on sqltoolkit and, as a black box, on SQLAlchemy: None, columns, statements and history agree."""

import dataclasses
from typing import List, Optional

import pytest
from two_libraries import agree_on_value


@dataclasses.dataclass
class Point:
    x: Optional[int]
    y: Optional[int]


def declare(lib):
    orm, Mapped, mapped_column = lib.orm, lib.orm.Mapped, lib.orm.mapped_column

    class Line(lib.Base):
        __tablename__ = "line"
        id: Mapped[int] = mapped_column(primary_key=True)
        start: Mapped[Point] = orm.composite(mapped_column("x1"), mapped_column("y1"))
        end: Mapped[Optional[Point]] = orm.composite(column_template="end_%s")
        ruled: Mapped[Point] = orm.composite(column_template="ruled_%s", return_none_on=lambda x, y: y is None)
        watched: Mapped[Point] = orm.composite(column_template="watched_%s", active_history=True)

    lib.create_tables()
    return Line


def none_and_columns(lib, Line):
    core, session = lib.core, lib.session
    line = Line()
    said = [line.start, line.end, line.ruled]
    line.x1 = 5
    said.append(line.start)
    session.add_all([line, Line(ruled=Point(1, None)), Line(ruled=Point(None, 2), end=Point(3, 4))])
    session.commit()
    said += [(line.start, line.end, line.ruled), Line.__table__.c.keys()]
    said.append([tuple(row) for row in session.execute(core.select(Line.start, Line.end, Line.ruled).order_by(Line.id))])
    said += [row.named for row in session.execute(core.select(Line.end.label("named")).order_by(Line.id))]
    return said


def values_of_statements(lib, Line):
    core, session = lib.core, lib.session
    rows = [{"start": Point(1, 2)}, {"start": Point(3, 4)}]
    session.execute(core.insert(Line).values(rows))
    session.execute(core.insert(Line).values(start=Point(5, 6)))
    session.execute(core.insert(Line).values({Line.start: Point(7, 8)}))
    session.execute(core.insert(Line), [{"start": Point(9, 9)}])
    said = []
    for number in (10, 20, 30):
        session.execute(core.update(Line).where(Line.id == 1).values({Line.start: Point(number, number + 1)}))
        said.append(session.execute(core.select(Line.start).where(Line.id == 1)).scalar_one())
    for number in (40, 50):
        session.execute(core.update(Line).where(Line.start == Point(3, 4)).values(end=Point(number, 0)))
        said.append(session.execute(core.select(Line.end).where(Line.id == 2)).scalar_one())
    said.append(str(core.update(Line).values(start=None)))
    said.append(str(core.update(Line).ordered_values((Line.end, Point(1, 2)), (Line.start, Point(3, 4)))))
    return said


def ordering(lib, Line):
    core, orm, session = lib.core, lib.orm, lib.session
    session.add_all([Line(start=Point(2, 1)), Line(start=Point(1, 2)), Line(start=Point(2, 3))])
    session.flush()
    orders: List[object] = [
        (Line.start.desc(), Line.end), (Line.start.asc().nulls_first(), Line.end.nulls_last()),
        (core.nulls_first(core.asc(Line.start)),), (orm.aliased(Line).start.desc(),),
    ]  # fmt: skip
    said = [str(core.select(Line.id).order_by(*order)) for order in orders]
    return said + session.scalars(core.select(Line.id).order_by(Line.start.desc())).all()


def events_and_history(lib, Line):
    core, session = lib.core, lib.session
    said = []
    core.event.listen(Line.start, "set", lambda obj, value, old, initiator: said.append(("set", value, str(old))))
    core.event.listen(Line.watched, "set", lambda obj, value, old, initiator: said.append(("set", value, str(old))))
    core.event.listen(Line.watched, "remove", lambda obj, value, initiator: said.append(("remove", value)))
    line = Line()
    line.start, line.watched = Point(1, 2), Point(3, 4)
    said.append([tuple(core.inspect(line).attrs[key].history) for key in ("start", "watched")])
    session.add(line)
    session.commit()
    line.watched = Point(7, 8)
    said.append(tuple(core.inspect(line).attrs.watched.history))
    session.commit()
    del line.watched
    said.append((line.watched, line.watched_x))
    return said


PROGRAMS = [none_and_columns, values_of_statements, ordering, events_and_history]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_both_libraries_agree(both, program):
    agree_on_value(both, lambda lib: program(lib, declare(lib)))
