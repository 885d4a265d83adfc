"""Relationships: directions, pairs, other ends, SQL operators and errors."""

import warnings

import pytest
from sqltoolkit_core import Column, ForeignKey, Integer, Table, exc, inspect, select
from sqltoolkit_orm import DeclarativeBase, MANYTOMANY, MANYTOONE, Mapped, ONETOMANY, aliased, backref, configure_mappers
from sqltoolkit_orm import foreign, mapped_column, relationship, remote
from sqltoolkit_orm.relationships import CascadeOptions


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


def test_pairs():
    user, address = User.__table__.c, Address.__table__.c
    assert prop(User.addresses).local_remote_pairs == [(user.id, address.user_id)]
    assert prop(Address.user).local_remote_pairs == [(address.user_id, user.id)]
    assert prop(Address.user).synchronize_pairs == [(user.id, address.user_id)]
    assert prop(Address.tagged).secondary_synchronize_pairs == [(user.id, tags.c.u)]
    assert prop(Address.tagged).remote_side == {tags.c.u, tags.c.a}
    assert prop(Node.parent).remote_side == {Node.__table__.c.id}
    assert prop(User.addresses).reverse_properties == {prop(Address.user)}


def test_lazy_clauses():
    criterion, binds, _ = prop(User.addresses).lazy_clause()
    assert str(criterion) == ":param_1 = rel_addr.user_id" and list(binds.values()) == [User.__table__.c.id]
    criterion, _, _ = prop(Address.tagged).lazy_clause()
    assert str(criterion) == ":param_1 = rel_tags.a AND rel_user.id = rel_tags.u"


def text(element):
    return " ".join(str(element).split())


def test_operators():
    user = User(id=3)
    assert text(Address.user == user) == ":param_1 = rel_addr.user_id"
    assert text(Address.user == None) == "rel_addr.user_id IS NULL"
    assert text(Address.user != None) == "rel_addr.user_id IS NOT NULL"
    assert text(select(User.id).where(User.addresses.any(Address.id == 5))) == (
        "SELECT rel_user.id FROM rel_user WHERE EXISTS (SELECT 1 FROM rel_addr "
        "WHERE rel_user.id = rel_addr.user_id AND rel_addr.id = :id_1)"
    )
    assert text(select(Address.id).where(Address.user.has(name="x"))) == (
        "SELECT rel_addr.id FROM rel_addr WHERE EXISTS (SELECT 1 FROM rel_user "
        "WHERE rel_user.id = rel_addr.user_id AND rel_user.name = :name_1)"
    )
    assert text(Address.tagged.contains(user)) == "rel_addr.id = rel_tags_1.a AND :param_1 = rel_tags_1.u"
    assert text(select(Node.id).where(Node.children.any())) == (
        "SELECT rel_node.id FROM rel_node WHERE EXISTS (SELECT 1 FROM rel_node AS rel_node_1 "
        "WHERE rel_node.id = rel_node_1.parent_id)"
    )
    alias = aliased(Address)
    assert "rel_addr_1.user_id" in text(alias.user == user)


def test_operators_that_do_not_fit():
    with pytest.raises(exc.InvalidRequestError, match="any"):
        Address.user.any()
    with pytest.raises(exc.InvalidRequestError, match="has"):
        User.addresses.has()
    with pytest.raises(exc.InvalidRequestError, match="collection"):
        User.addresses == User()
    with pytest.raises(exc.ArgumentError):
        Address.user == 5
    with pytest.raises(NotImplementedError):
        Address.user.in_([1])


def failing(**options):
    class Local(DeclarativeBase):
        pass

    class A(Local):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        bs = relationship("B", **options)

    class B(Local):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        x = mapped_column(Integer)
        a1 = mapped_column(ForeignKey("a.id"))
        a2 = mapped_column(ForeignKey("a.id"))

    try:
        Local.registry.configure()
    finally:
        Local.registry.dispose()
    return A


def test_ambiguous_join():
    with pytest.raises(exc.AmbiguousForeignKeysError, match="foreign_keys"):
        failing()
    failing(foreign_keys="B.a1")


def test_condition_without_foreign_key():
    with pytest.raises(exc.ArgumentError, match="foreign key column"):
        failing(primaryjoin="A.id == B.x")
    failing(primaryjoin="A.id == foreign(B.x)")


def test_cascades():
    assert CascadeOptions("all, delete-orphan").delete_orphan and CascadeOptions(None) == frozenset()
    assert CascadeOptions("all") == {"save-update", "merge", "refresh-expire", "expunge", "delete"}
    with pytest.raises(exc.ArgumentError, match="'typo'"):
        CascadeOptions("typo")
    with pytest.warns(exc.SAWarning, match="together with 'delete'"):
        CascadeOptions("delete-orphan")
    with pytest.raises(exc.ArgumentError, match="viewonly"):
        relationship("X", viewonly=True, cascade="all")
    with pytest.raises(exc.ArgumentError, match="two ways"):
        relationship("X", backref="a", back_populates="b")


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

    with pytest.warns(exc.SAWarning, match="conflicts with relationship"):
        Local.registry.configure()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        configure_mappers()


def test_marks_are_kept():
    column = User.__table__.c.id
    assert foreign(column).annotations["foreign"] and remote(User.id).annotations["remote"]
    assert inspect(User).relationships.keys() == ["addresses", "tags"]
