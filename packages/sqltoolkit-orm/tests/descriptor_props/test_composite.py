"""Composites: values made from several columns."""

import dataclasses
from typing import Optional

import pytest
from sqltoolkit_core import ForeignKey, Integer, event, exc, inspect, select, update
from sqltoolkit_orm import DeclarativeBase, Mapped, Session, aliased, composite, declarative_base, defer, load_only, mapped_column
from sqltoolkit_orm import relationship, undefer


@dataclasses.dataclass
class Point:
    x: int
    y: int


class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __composite_values__(self):
        return self.a, self.b

    def __eq__(self, other):
        return isinstance(other, Pair) and (self.a, self.b) == (other.a, other.b)


class Base(DeclarativeBase):
    pass


class Line(Base):
    __tablename__ = "cmp_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[Point] = composite(mapped_column("x1"), mapped_column("y1"))
    end: Mapped[Optional[Point]] = composite(mapped_column("x2"), mapped_column("y2"))
    p = mapped_column(Integer)
    q = mapped_column(Integer)
    pair = composite(Pair, "p", "q")


def test_columns_and_value():
    line = Line(start=Point(1, 2))
    assert (line.x1, line.y1, line.start, line.end) == (1, 2, Point(1, 2), None)
    assert inspect(Line).composites.keys() == ["start", "end", "pair"]
    line.start = None
    assert (line.x1, line.y1) == (None, None)
    line.pair = Pair(3, 4)
    assert (line.p, line.q) == (3, 4) and line.pair == Pair(3, 4)


def test_operators():
    assert str(Line.start == Point(1, 2)) == "cmp_line.x1 = :x1_1 AND cmp_line.y1 = :y1_1"
    assert str(Line.pair == None) == "cmp_line.p IS NULL AND cmp_line.q IS NULL"
    assert str(Line.start != Point(1, 2)) == "cmp_line.x1 != :x1_1 AND cmp_line.y1 != :y1_1"


def test_history():
    line = Line(start=Point(1, 2))
    assert inspect(line).attrs.start.history.added == [Point(1, 2)]


def test_listeners(engine):
    class Own(DeclarativeBase):
        pass

    class Edge(Own):
        __tablename__ = "cmp_edge"
        id: Mapped[int] = mapped_column(primary_key=True)
        start: Mapped[Point] = composite(mapped_column("x"), mapped_column("y"))

    told = []
    event.listen(Edge.start, "set", lambda edge, value, before, initiator: told.append(value))
    edge = Edge()
    edge.start = Point(1, 2)
    assert told == [Point(1, 2)] and edge.x == 1


def test_a_class_that_cannot_be_taken_apart():
    class Local(DeclarativeBase):
        pass

    class Bad(Local):
        __tablename__ = "bad"
        id: Mapped[int] = mapped_column(primary_key=True)
        a = mapped_column(Integer)
        v = composite(object, "a")

    with pytest.raises(Exception, match="__composite_values__"):
        Bad(v=object())


def test_an_object_without_values():
    line = Line()
    assert line.start == Point(None, None) and line.end is None


def test_a_relationship_as_a_part():
    Base = declarative_base()

    class Owner(Base):
        __tablename__ = "owner"
        id = mapped_column(Integer, primary_key=True)

    class Thing(Base):
        __tablename__ = "thing"
        id = mapped_column(Integer, primary_key=True)
        number = mapped_column(Integer)
        owner_id = mapped_column(ForeignKey("owner.id"))
        owner = relationship(Owner)
        both = composite(Pair, "number", "owner")

    expected = "%s.number = :number_1 AND :param_1 = %s.owner_id"
    assert str(Thing.both == Pair(1, Owner(id=5))) == expected % ("thing", "thing")
    assert "thing_1.number = :number_1" in str(aliased(Thing).both == Pair(1, Owner(id=5)))


@pytest.mark.parametrize("template", ["point", "%s_%s", "%(name)s", "%s%d"])
def test_templates_have_one_place(template):
    with pytest.raises(exc.ArgumentError, match="column_template"):
        composite(Point, column_template=template)


def test_templates_are_for_dataclasses():
    with pytest.raises(exc.ArgumentError, match="fields of a dataclass"):
        body = {"__tablename__": "t", "id": mapped_column(Integer, primary_key=True)}
        body["pair"] = composite(Pair, mapped_column("a", Integer), column_template="p_%s")
        type("Thing", (Base,), body)


def test_get_by_a_composite_key(engine):
    class Key(DeclarativeBase):
        pass

    class Thing(Key):
        __tablename__ = "thing"
        at: Mapped[Point] = composite(mapped_column("x", primary_key=True), mapped_column("y", primary_key=True))

    Key.metadata.create_all(engine)
    with Session(engine) as session:
        thing = Thing(at=Point(1, 2))
        session.add(thing)
        session.flush()
        assert session.get(Thing, Point(1, 2)) is thing and session.get(Thing, Point(1, 3)) is None


def test_values_are_made_when_they_are_read(engine):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Line(start=Point(1, 2), end=Point(3, 4)))
        session.commit()
        line = session.scalars(select(Line)).one()
        assert "start" not in line.__dict__ and line.start == Point(1, 2) and "start" in line.__dict__
        session.execute(update(Line).values({Line.end: Line.start}))
        assert session.execute(select(Line.end)).scalar_one() == Point(1, 2)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("column", [lambda: mapped_column("x1"), lambda: mapped_column("other", key="x1")])
def test_a_column_with_the_name_of_one_of_a_composite(column):
    with pytest.raises(exc.DuplicateColumnError, match="x1"):

        class Twice(Base):
            __tablename__ = "cmp_twice"
            id: Mapped[int] = mapped_column(primary_key=True)
            start: Mapped[Point] = composite(mapped_column("x1"), mapped_column("y1"))
            other: Mapped[int] = column()


class TestLoaderOptions:
    """An option for a composite is one for each of its columns."""

    @pytest.mark.parametrize(
        "entity, option, columns",
        [
            (Line, load_only(Line.start), ["id", "x1", "y1"]),
            (Line, defer(Line.start), ["id", "x2", "y2", "p", "q"]),
            (Line, [load_only(Line.p), undefer(Line.end)], ["id", "x2", "y2", "p"]),
        ],
    )
    def test_columns_are_what_is_loaded(self, entity, option, columns):
        found = str(select(entity).options(*(option if isinstance(option, list) else [option])))
        assert found == "SELECT %s \nFROM cmp_line" % ", ".join("cmp_line.%s" % name for name in columns)

    def test_of_an_alias(self):
        alias = aliased(Line)
        found = str(select(alias).options(load_only(alias.start)))
        assert found == "SELECT cmp_line_1.id, cmp_line_1.x1, cmp_line_1.y1 \nFROM cmp_line AS cmp_line_1"


def test_operators_that_composites_lack():
    with pytest.raises(NotImplementedError, match="use their columns"):
        Line.start.in_([Point(1, 2)])
