"""Orders and their lines, which are deleted with them: the model of tests of flushes."""

from __future__ import annotations

from typing import List
from typing import Optional

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    note: orm.Mapped[Optional[str]]
    lines: orm.Mapped[List["Line"]] = orm.relationship(
        back_populates="order", cascade="all, delete-orphan", order_by="Line.id"
    )


class Line(Base):
    __tablename__ = "line"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    order_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("orders.id"))
    order: orm.Mapped["Order"] = orm.relationship(back_populates="lines")
