"""Flushing: order of statements, cycles, cascades, orphans and failing flushes."""

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


class Node(Base):
    __tablename__ = "node"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    parent_id: orm.Mapped[Optional[int]] = orm.mapped_column(sa.ForeignKey("node.id"))
    children: orm.Mapped[List["Node"]] = orm.relationship(
        cascade="all", backref=orm.backref("parent", remote_side="Node.id"), order_by="Node.id"
    )


class Person(Base):
    __tablename__ = "person"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    best_id: orm.Mapped[Optional[int]] = orm.mapped_column(sa.ForeignKey("person.id"))
    best: orm.Mapped[Optional["Person"]] = orm.relationship(remote_side="Person.id", post_update=True)


@pytest.fixture()
def session(engine):
    @sa.event.listens_for(engine, "connect")
    def _enforce(dbapi_connection, record):
        dbapi_connection.execute("PRAGMA foreign_keys = ON")

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        yield session


def test_parents_are_inserted_first_and_deleted_last(session, statements):
    session.add(Line(id=1, order=Order(id=1)))
    statements.take()
    session.flush()
    assert [text.split()[2] for text in statements.take()] == ["orders", "line"]
    order = session.get(Order, 1)
    session.delete(order)
    session.flush()
    assert [text.split()[2] for text in statements.take() if text.startswith("DELETE")] == ["line", "orders"]


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


def test_self_referential_tree_in_one_flush(session):
    root = Node(id=30, children=[Node(id=20, children=[Node(id=10)]), Node(id=25)])
    session.add(root)
    session.commit()
    assert [n.id for n in root.children] == [20, 25]
    assert root.children[0].children[0].parent.parent is root
    session.delete(root)
    session.commit()
    assert session.scalars(sa.select(Node)).all() == []


def test_rows_of_a_cycle_need_post_update(session, statements):
    one, two = Person(id=1), Person(id=2)
    one.best, two.best = two, one
    session.add_all([one, two])
    statements.take()
    session.commit()
    assert [verb for verb in statements.verbs() if verb != "BEGIN"] == ["INSERT", "UPDATE"]
    assert (one.best_id, two.best_id) == (2, 1)
    session.delete(one)
    session.delete(two)
    session.commit()
    assert session.scalars(sa.select(Person)).all() == []


def test_cycle_without_post_update_is_an_error(session):
    one, two = Node(id=1), Node(id=2)
    one.parent, two.parent = two, one
    session.add_all([one, two])
    with pytest.raises(sa.exc.CircularDependencyError):
        session.flush()


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
