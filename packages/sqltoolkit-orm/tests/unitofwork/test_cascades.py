"""Objects that enter and leave sessions with relationships; orphans."""

from __future__ import annotations

import pytest
from orders import Line, Order

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


def test_removed_member_is_deleted_as_orphan(session):
    order = Order(id=1, lines=[Line(id=1), Line(id=2)])
    session.add(order)
    session.commit()
    gone = order.lines.pop(0)
    session.flush()
    assert sa.inspect(gone).deleted
    session.commit()
    assert [line.id for line in order.lines] == [2]


def test_pending_orphan_is_expunged(session):
    order = Order(id=1)
    session.add(order)
    session.commit()
    line = Line()
    order.lines.append(line)
    assert line in session
    order.lines.remove(line)
    assert line not in session
    session.commit()
    assert session.scalars(sa.select(Line)).all() == []


def test_orphan_that_never_had_a_parent(session):
    session.add(Line())
    with pytest.raises((orm.exc.FlushError, sa.exc.IntegrityError)):
        session.flush()


def test_member_moved_to_another_parent_is_kept(session):
    one, two = Order(id=1, lines=[Line(id=1)]), Order(id=2)
    session.add_all([one, two])
    session.commit()
    line = one.lines[0]
    two.lines.append(line)
    session.commit()
    assert line.order_id == 2 and one.lines == [] and two.lines == [line]
