"""Relationships: directions, pairs, other ends, SQL operators and errors."""

import warnings

import pytest
from sqltoolkit_core import Column, ForeignKey, Table, exc, inspect
from sqltoolkit_orm import DeclarativeBase, MANYTOMANY, MANYTOONE, Mapped, ONETOMANY, backref, configure_mappers
from sqltoolkit_orm import mapped_column, relationship


class Base(DeclarativeBase):
    pass


tags = Table("rel_tags", Base.metadata, Column("u", ForeignKey("rel_user.id")), Column("a", ForeignKey("rel_addr.id")))


class User(Base):
    __tablename__ = "rel_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    addresses = relationship("Address", back_populates="user")


class Address(Base):
    __tablename__ = "rel_addr"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id = mapped_column(ForeignKey("rel_user.id"))
    user = relationship("User", back_populates="addresses")
    tagged = relationship("User", secondary=tags, backref="tags")


class Node(Base):
    __tablename__ = "rel_node"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id = mapped_column(ForeignKey("rel_node.id"))
    children = relationship("Node", backref=backref("parent", remote_side=[id]))


configure_mappers()


def prop(attribute):
    return attribute.property


@pytest.mark.parametrize(
    "attribute, direction, uselist, use_get",
    [
        (User.addresses, ONETOMANY, True, False),
        (Address.user, MANYTOONE, False, True),
        (Address.tagged, MANYTOMANY, True, False),
        (User.tags, MANYTOMANY, True, False),
        (Node.children, ONETOMANY, True, False),
        (Node.parent, MANYTOONE, False, True),
    ],
)
def test_directions(attribute, direction, uselist, use_get):
    found = prop(attribute)
    assert (found.direction, found.uselist, found.use_get) == (direction, uselist, use_get)


def test_overlapping_writes_warn():
    class Local(DeclarativeBase):
        pass

    class A(Local):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        bs = relationship("B")

    class B(Local):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id = mapped_column(ForeignKey("a.id"))
        a = relationship("A")

    with pytest.warns(exc.SAWarning, match="write one column"):
        Local.registry.configure()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Local.registry.configure()


def test_other_ends():
    assert prop(User.addresses).reverse_properties == {prop(Address.user)}
    assert inspect(User).relationships.keys() == ["addresses", "tags"]


def test_options_that_exclude_each_other():
    assert set(relationship("X", viewonly=True, cascade="all").cascade) == {"refresh-expire", "expunge", "merge"}
    with pytest.raises(exc.ArgumentError, match="two ways"):
        relationship("X", backref="a", back_populates="b")


def test_omit_join_is_no_promise_to_make():
    with pytest.warns(exc.SAWarning, match="omit_join"):
        relationship("Address", omit_join=True)


@pytest.mark.parametrize(
    "option", [{"passive_deletes": True}, {"passive_updates": False}, {"enable_typechecks": False}, {"active_history": True}]
)
def test_options_of_writing_are_warned_of_where_nothing_is_written(option):
    (name,) = option
    with pytest.warns(exc.SAWarning, match="writes nothing, so that %s=" % name):
        relationship("User", viewonly=True, **option)
