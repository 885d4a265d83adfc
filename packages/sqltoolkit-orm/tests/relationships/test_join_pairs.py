"""Which columns are foreign, remote and local, the pairs they make, and the direction that follows."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import ForeignKey
from sqltoolkit_core import ForeignKeyConstraint
from sqltoolkit_core import Integer
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import and_
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_orm import column_property
from sqltoolkit_orm import declarative_base
from sqltoolkit_orm import foreign
from sqltoolkit_orm import relationship
from sqltoolkit_orm import remote
from sqltoolkit_orm.relationships.join_pairs import columns_with
from sqltoolkit_orm.relationships.join_pairs import is_column


@pytest.fixture
def Base():
    Base = declarative_base()
    yield Base
    Base.registry.dispose()


def names(pairs):
    return [tuple(str(column) for column in pair) for pair in pairs]


def shown(columns):
    return sorted(str(column) for column in columns)


@pytest.fixture
def two(Base):
    """A function that maps a parent and a child class and returns the property of their relationship."""

    def make(side="parent", extra=(), **options):
        class A(Base):
            __tablename__ = "a"
            id = Column(Integer, primary_key=True)
            code = Column(String)
            b_id = Column(Integer)

        class B(Base):
            __tablename__ = "b"
            id = Column(Integer, primary_key=True)
            a_id = Column(ForeignKey("a.id"))
            a_code = Column(String)

        class_, other = (A, "B") if side == "parent" else (B, "A")
        class_.other = relationship(other, **options)
        Base.registry.configure()
        return class_.other.property

    return make


class TestByForeignKeys:
    def test_to_many_and_to_one(self, two):
        found = two()
        assert found.direction.name == "ONETOMANY" and found.uselist
        assert names(found.local_remote_pairs) == names(found.synchronize_pairs) == [("a.id", "b.a_id")]
        assert shown(found.remote_side) == ["b.a_id"] and shown(found.local_columns) == ["a.id"]

    def test_to_one(self, two):
        found = two("child")
        assert found.direction.name == "MANYTOONE" and not found.uselist
        assert names(found.local_remote_pairs) == [("b.a_id", "a.id")]
        # a flush copies from the key to the foreign key, whichever side has the relationship
        assert names(found.synchronize_pairs) == [("a.id", "b.a_id")]

    def test_over_a_table(self, Base):
        links = Table("links", Base.metadata, Column("a", ForeignKey("a.id")), Column("b", ForeignKey("b.id")))

        class A(Base):
            __tablename__ = "a"
            id = Column(Integer, primary_key=True)
            bs = relationship("B", secondary=links)

        class B(Base):
            __tablename__ = "b"
            id = Column(Integer, primary_key=True)

        found = A.bs.property
        Base.registry.configure()
        assert found.direction.name == "MANYTOMANY"
        assert names(found.synchronize_pairs) == [("a.id", "links.a")]
        assert names(found.secondary_synchronize_pairs) == [("b.id", "links.b")]
        assert shown(found.remote_side) == ["links.a", "links.b"]

    def test_keys_of_several_columns(self, Base):
        class A(Base):
            __tablename__ = "a"
            x = Column(Integer, primary_key=True)
            y = Column(Integer, primary_key=True)
            bs = relationship("B")

        class B(Base):
            __tablename__ = "b"
            id = Column(Integer, primary_key=True)
            ax = Column(Integer)
            ay = Column(Integer)
            __table_args__ = (ForeignKeyConstraint(["ax", "ay"], ["a.x", "a.y"]),)

        Base.registry.configure()
        assert names(A.bs.property.local_remote_pairs) == [("a.x", "b.ax"), ("a.y", "b.ay")]


class TestSelfReferential:
    @pytest.fixture
    def node(self, Base):
        class Node(Base):
            __tablename__ = "node"
            id = Column(Integer, primary_key=True)
            parent_id = Column(ForeignKey("node.id"))
            tree = Column(Integer)

        return Node

    def test_to_many_by_itself(self, node, Base):
        node.children = relationship(node)
        Base.registry.configure()
        found = node.children.property
        assert found.direction.name == "ONETOMANY" and shown(found.remote_side) == ["node.parent_id"]

    @pytest.mark.parametrize("by", ["remote_side", "mark"])
    def test_to_one(self, node, Base, by):
        if by == "remote_side":
            node.parent = relationship(node, remote_side=[node.id])
        else:
            node.parent = relationship(node, primaryjoin=lambda: remote(node.id) == node.parent_id)
        Base.registry.configure()
        found = node.parent.property
        assert found.direction.name == "MANYTOONE" and names(found.local_remote_pairs) == [("node.parent_id", "node.id")]

    def test_column_on_both_sides(self, Base):
        class Node(Base):
            __tablename__ = "node"
            tree = Column(Integer, primary_key=True)
            id = Column(Integer, primary_key=True)
            parent_id = Column(Integer)
            __table_args__ = (ForeignKeyConstraint(["tree", "parent_id"], ["node.tree", "node.id"]),)
            children = relationship("Node", back_populates="parent")
            parent = relationship("Node", remote_side=[tree, id], back_populates="children")

        Base.registry.configure()
        assert Node.children.property.direction.name == "ONETOMANY"
        assert Node.parent.property.direction.name == "MANYTOONE"
        assert names(Node.parent.property.local_remote_pairs) == [("node.tree", "node.tree"), ("node.parent_id", "node.id")]


class TestWithinAHierarchy:
    def test_subclass_to_base(self, Base):
        class Person(Base):
            __tablename__ = "person"
            id = Column(Integer, primary_key=True)
            type = Column(String)
            __mapper_args__ = {"polymorphic_on": type}

        class Manager(Person):
            __tablename__ = "manager"
            id = Column(ForeignKey("person.id"), primary_key=True)
            assistant_id = Column(ForeignKey("person.id"))
            assistant = relationship(Person, primaryjoin=lambda: Manager.assistant_id == Person.id, remote_side=lambda: Person.id)
            __mapper_args__ = {"inherit_condition": id == Person.id}

        Base.registry.configure()
        found = Manager.assistant.property
        assert found.direction.name == "MANYTOONE"
        assert names(found.local_remote_pairs) == [("manager.assistant_id", "person.id")]

    def test_base_to_subclass(self, Base):
        class Person(Base):
            __tablename__ = "person"
            id = Column(Integer, primary_key=True)
            boss_id = Column(ForeignKey("manager.id", use_alter=True))

        class Manager(Person):
            __tablename__ = "manager"
            id = Column(ForeignKey("person.id"), primary_key=True)
            __mapper_args__ = {"inherit_condition": id == Person.id}

        Person.boss = relationship(Manager, foreign_keys=[Person.boss_id], remote_side=[Manager.__table__.c.id], post_update=True)
        Base.registry.configure()
        assert Person.boss.property.direction.name == "MANYTOONE"
        assert names(Person.boss.property.local_remote_pairs) == [("person.boss_id", "manager.id")]


class TestMappedToAJoin:
    def test_the_target_is_one_of_the_tables(self, Base):
        class Address(Base):
            __tablename__ = "address"
            subscriber_id = Column(ForeignKey("subscriber.id"), primary_key=True)
            kind = Column(String, primary_key=True)

        subscriber = Table("subscriber", Base.metadata, Column("id", Integer, primary_key=True))

        class Subscriber(Base):
            __table__ = subscriber.join(Address.__table__)
            id = column_property(subscriber.c.id, Address.__table__.c.subscriber_id)
            addresses = relationship("Address", back_populates="subscriber")

        Address.subscriber = relationship("Subscriber", back_populates="addresses")
        to_many, to_one = Subscriber.addresses.property, Address.subscriber.property
        assert (to_many.direction.name, to_one.direction.name) == ("ONETOMANY", "MANYTOONE")
        assert names(to_many.local_remote_pairs) == [("subscriber.id", "address.subscriber_id")]
        assert names(to_one.local_remote_pairs) == [("address.subscriber_id", "subscriber.id")]


class TestByHand:
    def test_marks_decide(self, two):
        found = two(primaryjoin="A.code == foreign(B.a_code)")
        assert found.direction.name == "ONETOMANY" and names(found.synchronize_pairs) == [("a.code", "b.a_code")]

    def test_marks_on_the_parent(self, two):
        found = two(primaryjoin="foreign(A.code) == B.a_code")
        assert found.direction.name == "MANYTOONE" and names(found.synchronize_pairs) == [("b.a_code", "a.code")]

    def test_foreign_keys_argument(self, two):
        found = two(primaryjoin="A.b_id == B.id", foreign_keys="A.b_id")
        assert found.direction.name == "MANYTOONE"

    def test_other_operators_make_no_pairs_for_the_flush(self, two):
        found = two(primaryjoin="A.code > foreign(B.a_code)", viewonly=True)
        assert names(found.local_remote_pairs) == [("a.code", "b.a_code")] and found.synchronize_pairs == []

    def test_functions_around_columns(self, two):
        found = two(
            primaryjoin="and_(A.id == B.a_id, func.lower(A.code) == func.lower(B.a_code))"
        )  # fmt: skip
        assert names(found.synchronize_pairs) == [("a.id", "b.a_id")]

    def test_direction_that_is_not_clear(self, two):
        with pytest.raises(exc.ArgumentError, match="both sides of its join condition have foreign key columns"):
            two(primaryjoin="and_(foreign(A.b_id) == B.id, A.id == foreign(B.a_id))")


class TestParts:
    a, b = Column("a", Integer), Column("b", Integer)

    def test_marked_columns(self):
        both = (remote(foreign(self.a)) == foreign(self.b)) & (func.f(remote(self.b)) == 5)
        assert shown(columns_with(both, "foreign")) == ["a", "b"]
        assert shown(columns_with(both, "foreign", "remote")) == ["a"]
        assert columns_with(both, "local") == columns_with(None, "foreign") == set()

    def test_columns(self):
        assert is_column(self.a) and not is_column(self.a + 1)


class TestUnclear:
    @pytest.fixture
    def joined(self, Base):
        """A function that relates two classes, with a table between their tables; returns the property."""

        def make(options):
            between = Table("between", Base.metadata, Column("id", Integer, primary_key=True))

            class A(Base):
                __tablename__ = "a"
                id = Column(Integer, primary_key=True)

            class B(Base):
                __tablename__ = "b"
                id = Column(Integer, primary_key=True)
                between_id = Column(ForeignKey("between.id"))

            A.bs = relationship(B, **options(A, B, between))
            Base.registry.configure()
            return A.bs.property

        return make

    @pytest.mark.parametrize("viewonly", [False, True])
    def test_both_sides_are_foreign(self, joined, viewonly):
        with pytest.raises(exc.ArgumentError, match="direction of relationship 'A.bs' is not clear"):
            joined(
                lambda A, B, between: dict(
                    primaryjoin=A.id == B.between_id, foreign_keys=[A.id, B.between_id], viewonly=viewonly
                )
            )

    def test_the_foreign_key_refers_to_a_table_in_between(self, joined):
        with pytest.raises(exc.ArgumentError, match="no equality between a column and a foreign key column"):
            joined(lambda A, B, between: dict(primaryjoin=and_(B.between_id == between.c.id, between.c.id == A.id)))

    def test_which_is_not_enough_for_reading_either(self, joined):
        with pytest.raises(exc.ArgumentError, match="which columns of its join condition are on the other side"):
            joined(
                lambda A, B, between: dict(
                    primaryjoin=and_(B.between_id == between.c.id, between.c.id == A.id), viewonly=True
                )
            )
