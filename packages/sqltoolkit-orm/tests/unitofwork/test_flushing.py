"""Flushes that fail, that find nothing to do, and what listeners of flushes may do."""

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


def test_flush_of_nothing_sends_nothing(session, statements):
    session.flush()
    order = Order(id=1, note="a")
    session.add(order)
    session.commit()
    order.note
    statements.take()
    order.note = "a"
    session.flush()
    assert statements.take() == [] and order not in session.dirty


def test_failed_flush_leaves_pending_objects_to_retry(session):
    session.add(Order(id=1))
    session.commit()
    clash = Order(id=1)
    session.expunge_all()
    session.add(clash)
    with pytest.raises(sa.exc.IntegrityError):
        session.flush()
    session.rollback()
    assert clash not in session and sa.inspect(clash).transient
    clash.id = 2
    session.add(clash)
    session.commit()
    assert session.scalars(sa.select(Order.id).order_by(Order.id)).all() == [1, 2]


def test_flush_inside_a_flush_is_an_error(session):
    @sa.event.listens_for(session, "after_flush")
    def _again(session, context):
        with pytest.raises(sa.exc.InvalidRequestError):
            session.flush()

    session.add(Order(id=1))
    session.commit()
    assert session.get(Order, 1) is not None


def test_object_added_in_before_flush_is_flushed_too(session):
    @sa.event.listens_for(session, "before_flush")
    def _audit(session, context, instances):
        if any(isinstance(obj, Order) and obj.note is None for obj in session.new):
            session.add(Order(id=99, note="audit"))

    session.add(Order(id=1))
    session.commit()
    assert session.scalars(sa.select(Order.id).order_by(Order.id)).all() == [1, 99]
