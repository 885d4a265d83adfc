"""Flushes that fail, that find nothing to do, and what listeners of flushes may do."""

from __future__ import annotations

import pytest
from orders import Order

import sqltoolkit_core as sa


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
