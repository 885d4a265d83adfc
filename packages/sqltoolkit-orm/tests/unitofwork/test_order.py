"""The order of statements in a flush; objects that depend on each other."""

from __future__ import annotations

from typing import List
from typing import Optional

import pytest
from orders import Line, Order

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


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
def session(session):
    """The session on orders and lines, with tables for the classes of this module."""
    Base.metadata.create_all(session.get_bind())
    return session


def test_parents_are_inserted_first_and_deleted_last(session, statements):
    session.add(Line(id=1, order=Order(id=1)))
    statements.take()
    session.flush()
    assert [text.split()[2] for text in statements.take()] == ["orders", "line"]
    order = session.get(Order, 1)
    session.delete(order)
    session.flush()
    assert [text.split()[2] for text in statements.take() if text.startswith("DELETE")] == ["line", "orders"]


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


@pytest.fixture()
def others(engine):
    class Other(orm.DeclarativeBase):
        pass

    class Zebra(Other):
        __tablename__ = "a_zebra"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        name = orm.mapped_column(sa.String)

    class Ape(Other):
        __tablename__ = "z_ape"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        name = orm.mapped_column(sa.String)

    class Cage(Other):
        __tablename__ = "cage"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        keeper_id = orm.mapped_column(sa.ForeignKey("keeper.id"))

    class Keeper(Other):
        __tablename__ = "keeper"
        id = orm.mapped_column(sa.Integer, primary_key=True)

    Other.metadata.create_all(engine)
    return Zebra, Ape, Cage, Keeper


def tables(statements):
    """The verbs and tables of what was executed since the last call."""
    return [text.split()[0] + " " + text.split()[1 if text.startswith("UPDATE") else 2] for text in statements.take()]


def test_classes_without_relationships_go_by_name(session, statements, others):
    zebra, ape = others[0](name="z"), others[1](name="a")
    session.add_all([zebra, ape])
    statements.take()
    session.flush()
    assert tables(statements) == ["INSERT z_ape", "INSERT a_zebra"]
    session.delete(ape)
    zebra.name = "y"
    session.flush()
    assert tables(statements) == ["UPDATE a_zebra", "DELETE z_ape"]


def test_foreign_keys_without_relationships_are_followed(session, statements, others):
    cage, keeper = others[2](keeper_id=1), others[3](id=1)
    session.add_all([cage, keeper])
    statements.take()
    session.flush()
    assert tables(statements) == ["INSERT keeper", "INSERT cage"]
    session.delete(keeper)
    session.delete(cage)
    session.flush()
    assert tables(statements) == ["DELETE cage", "DELETE keeper"]


def test_a_tree_is_inserted_level_by_level_in_the_order_of_its_members(session):
    leaves = [Node(), Node(), Node()]
    root = Node(children=[Node(children=leaves[:2]), Node(children=leaves[2:])])
    session.add(root)
    session.flush()
    assert (root.id, [node.id for node in root.children], [node.id for node in leaves]) == (1, [2, 3], [4, 5, 6])


def test_updates_go_by_primary_key(session, engine):
    session.add_all([Order(id=2), Order(id=1), Order(id=3)])
    session.flush()
    sent = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def _note(conn, cursor, statement, parameters, context, executemany):
        sent.append(parameters)

    for order in session.scalars(sa.select(Order).order_by(Order.id.desc())):
        order.note = "x"
    del sent[:]
    session.flush()
    assert sent == [[("x", 1), ("x", 2), ("x", 3)]]


def test_post_update_refers_to_an_object_of_the_same_flush(session):
    one, two = Person(), Person()
    one.best = two
    session.add_all([one, two])
    session.commit()
    assert one.best_id == two.id and one.best is two
    session.delete(two)
    one.best = None
    session.commit()
    assert one.best_id is None


def test_rows_of_a_circle_are_named(session):
    one, two = Node(id=1), Node(id=2)
    one.parent, two.parent = two, one
    session.add_all([one, two])
    with pytest.raises(sa.exc.CircularDependencyError, match="Node"):
        session.flush()
