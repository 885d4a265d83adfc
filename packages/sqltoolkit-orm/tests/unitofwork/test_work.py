"""Batches, row switches, and objects outside of the session."""

from __future__ import annotations

from typing import List
from typing import Optional

import pytest

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


@pytest.fixture()
def session(engine):
    @sa.event.listens_for(engine, "connect")
    def _enforce(dbapi_connection, record):
        dbapi_connection.execute("PRAGMA foreign_keys = ON")

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        yield session


def test_equal_statements_run_together(session, statements):
    session.add_all([Order(id=n, note="x") for n in range(1, 6)])
    statements.take()
    session.flush()
    assert statements.verbs() == ["INSERT"]
    for order in session.scalars(sa.select(Order)).all():
        order.note = "y"
    statements.take()
    session.flush()
    assert statements.verbs() == ["UPDATE"]


def test_delete_and_insert_of_the_same_key_becomes_an_update(session, statements):
    session.add(Order(id=1, note="old"))
    session.commit()
    session.delete(session.get(Order, 1))
    new = Order(id=1, note="new")
    session.add(new)
    statements.take()
    session.flush()
    assert "INSERT" not in statements.verbs()
    session.commit()
    assert session.get(Order, 1) is new and new.note == "new"


def test_relation_to_an_object_outside_the_session_warns(session):
    line = Line(id=1)
    order = Order(id=1, lines=[])
    session.add(order)
    session.flush()
    with session.no_autoflush:
        order.lines.append(line)
        session.expunge(line)
        with pytest.warns(sa.exc.SAWarning):
            session.flush()
