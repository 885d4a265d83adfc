"""What a flush does along relationships: foreign keys set and emptied, link rows, passive deletes."""

from __future__ import annotations

from typing import List
from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


link = sa.Table(
    "link",
    Base.metadata,
    sa.Column("left_id", sa.ForeignKey("lefty.id"), primary_key=True),
    sa.Column("right_id", sa.ForeignKey("righty.id"), primary_key=True),
)


class Lefty(Base):
    __tablename__ = "lefty"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    rights: orm.Mapped[List["Righty"]] = orm.relationship(
        secondary=link, back_populates="lefts", order_by="Righty.id"
    )


class Righty(Base):
    __tablename__ = "righty"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    lefts: orm.Mapped[List["Lefty"]] = orm.relationship(secondary=link, back_populates="rights", order_by="Lefty.id")


class Owner(Base):
    __tablename__ = "owner"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    pets: orm.Mapped[List["Pet"]] = orm.relationship(
        back_populates="owner", order_by="Pet.id", passive_updates=False
    )
    watched: orm.Mapped[List["Watched"]] = orm.relationship(passive_deletes="all")
    cached: orm.Mapped[List["Cached"]] = orm.relationship(cascade="all, delete", passive_deletes=True)


class Pet(Base):
    __tablename__ = "pet"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    owner_id: orm.Mapped[Optional[int]] = orm.mapped_column(sa.ForeignKey("owner.id"))
    owner: orm.Mapped[Optional["Owner"]] = orm.relationship(back_populates="pets")


class Watched(Base):
    __tablename__ = "watched"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    owner_id: orm.Mapped[Optional[int]] = orm.mapped_column(sa.ForeignKey("owner.id"))


class Cached(Base):
    __tablename__ = "cached"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    owner_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("owner.id", ondelete="CASCADE"))


class Key(Base):
    __tablename__ = "key_"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    parts: orm.Mapped[List["Part"]] = orm.relationship()


class Part(Base):
    __tablename__ = "part"
    key_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("key_.id"), primary_key=True)
    number: orm.Mapped[int] = orm.mapped_column(primary_key=True)


@pytest.fixture()
def session(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        yield session


def links(session):
    return session.execute(sa.select(link).order_by(link.c.left_id, link.c.right_id)).all()


def test_foreign_key_is_set_from_either_side(session):
    one, two = Pet(id=1), Pet(id=2)
    owner = Owner(id=1, pets=[one])
    two.owner = owner
    session.add(owner)
    session.flush()
    assert (one.owner_id, two.owner_id) == (1, 1)
    assert owner.pets == [one, two]


def test_foreign_key_is_emptied_by_removal(session):
    pet = Pet(id=1)
    owner = Owner(id=1, pets=[pet])
    session.add(owner)
    session.commit()
    owner.pets.remove(pet)
    session.commit()
    assert pet.owner_id is None and pet.owner is None


def test_delete_of_the_owner_empties_foreign_keys(session):
    pet = Pet(id=1)
    owner = Owner(id=1, pets=[pet])
    session.add(owner)
    session.commit()
    session.delete(owner)
    session.commit()
    assert pet.owner_id is None


def test_passive_deletes_all_leaves_rows_alone(session):
    owner = Owner(id=1, watched=[Watched(id=1)])
    session.add(owner)
    session.commit()
    session.delete(owner)
    session.commit()
    assert session.scalar(sa.select(Watched.owner_id)) == 1


def test_passive_deletes_does_not_load_members(session, statements):
    session.add(Owner(id=1, cached=[Cached(id=1)]))
    session.commit()
    session.expunge_all()
    owner = session.get(Owner, 1)
    statements.take()
    session.delete(owner)
    session.flush()
    assert not any("cached" in text for text in statements.take())


def test_dependent_key_cannot_be_emptied(session):
    key = Key(id=1, parts=[Part(number=1)])
    session.add(key)
    session.commit()
    key.parts = []
    with pytest.raises(AssertionError):
        session.flush()


def test_key_of_a_new_parent_reaches_a_composite_key(session):
    key = Key(parts=[Part(number=1), Part(number=2)])
    session.add(key)
    session.flush()
    assert [sa.inspect(part).identity for part in key.parts] == [(key.id, 1), (key.id, 2)]


def test_link_rows_from_both_sides_are_written_once(session):
    left, right = Lefty(id=1), Righty(id=1)
    left.rights.append(right)
    assert right.lefts == [left]
    session.add(left)
    session.commit()
    assert links(session) == [(1, 1)]
    right.lefts.remove(left)
    session.commit()
    assert links(session) == [] and left.rights == []


def test_link_rows_go_with_either_end(session):
    session.add_all([Lefty(id=1, rights=[Righty(id=1), Righty(id=2)]), Lefty(id=2)])
    session.commit()
    left = session.get(Lefty, 2)
    left.rights.append(session.get(Righty, 2))
    session.commit()
    session.delete(session.get(Righty, 2))
    session.commit()
    assert links(session) == [(1, 1)]
    session.delete(session.get(Lefty, 1))
    session.commit()
    assert links(session) == []


def test_replacing_a_linked_collection_writes_the_difference(session, statements):
    one, two, three = Righty(id=1), Righty(id=2), Righty(id=3)
    left = Lefty(id=1, rights=[one, two])
    session.add_all([left, three])
    session.commit()
    assert left.rights == [one, two]
    left.rights = [two, three]
    statements.take()
    session.flush()
    assert [text.split()[0] for text in statements.take() if "link" in text and "SELECT" not in text] in (
        ["DELETE", "INSERT"],
        ["INSERT", "DELETE"],
    )
    assert links(session) == [(1, 2), (1, 3)]


def test_lost_link_row_is_noticed(session):
    left = Lefty(id=1, rights=[Righty(id=1)])
    session.add(left)
    session.commit()
    left.rights
    session.execute(sa.delete(link))
    left.rights = []
    with pytest.raises(orm.exc.StaleDataError):
        session.flush()


def test_changed_key_is_copied_to_loaded_members(session):
    pet = Pet(id=1)
    owner = Owner(id=1, pets=[pet])
    session.add(owner)
    session.commit()
    assert owner.pets == [pet]
    owner.id = 7
    session.commit()
    assert pet.owner_id == 7 and pet.owner is owner


def test_what_a_many_to_one_lost_is_loaded_before_anything_is_written(engine, statements):
    class Own(orm.DeclarativeBase):
        pass

    class Zone(Own):
        __tablename__ = "zone"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        code: orm.Mapped[str]

    class Shop(Own):
        __tablename__ = "shop"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        code: orm.Mapped[Optional[str]]
        # not by the key of the other class
        zone: orm.Mapped[Optional[Zone]] = orm.relationship(primaryjoin=lambda: orm.foreign(Shop.code) == Zone.code)

    Own.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(Shop(id=1, zone=Zone(id=1, code="a")))
        session.commit()
        shop = session.get(Shop, 1)
        shop.zone = Zone(id=2, code="b")
        statements.take()
        session.flush()
        assert statements.verbs() == ["SELECT", "INSERT", "UPDATE"] and shop.code == "b"


def test_links_are_deleted_by_one_statement_from_either_end(session, statements):
    one, two = Righty(id=1), Righty(id=2)
    lefty = Lefty(id=1, rights=[one, two])
    session.add(lefty)
    session.flush()
    statements.take()
    lefty.rights.remove(one)
    session.flush()
    two.lefts.remove(lefty)
    session.flush()
    assert statements.take() == ["DELETE FROM link WHERE link.left_id = ? AND link.right_id = ?"] * 2
