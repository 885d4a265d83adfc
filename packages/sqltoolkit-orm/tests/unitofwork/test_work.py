"""Batches, row switches, and objects outside of the session."""

from __future__ import annotations

import pytest
from orders import Line, Order

import sqltoolkit_core as sa


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
