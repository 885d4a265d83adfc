"""The second phase of mapping."""

from __future__ import annotations

import logging
from typing import List

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


def test_log_says_what_is_mapped_to_what(caplog):
    class Base(orm.DeclarativeBase):
        pass

    class Garden(Base):
        __tablename__ = "garden"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        beds: orm.Mapped[List["Bed"]] = orm.relationship()

    class Bed(Base):
        __tablename__ = "bed"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        garden_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("garden.id"))

    with caplog.at_level(logging.INFO, "sqltoolkit_orm"):
        Base.registry.configure()
    assert caplog.messages == [
        "Mapper[Garden(garden)] is configured: key (id), attributes beds, id",
        "Garden.beds is ONETOMANY to Bed: garden.id = bed.garden_id",
        "Mapper[Bed(bed)] is configured: key (id), attributes id, garden_id",
    ]


def test_nothing_is_logged_unasked(caplog):
    class Base(orm.DeclarativeBase):
        pass

    class Bed(Base):
        __tablename__ = "bed"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    Base.registry.configure()
    assert sa.inspect(Bed).configured
    assert caplog.messages == []
