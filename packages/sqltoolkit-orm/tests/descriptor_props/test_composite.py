"""Composites: values made from several columns."""

import dataclasses
from typing import Optional

import pytest
from sqltoolkit_core import Integer, inspect
from sqltoolkit_orm import DeclarativeBase, Mapped, composite, mapped_column


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
