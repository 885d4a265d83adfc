"""Key values copied along relationships at flush time."""

from __future__ import annotations

from typing import List
from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm
from sqltoolkit_orm import sync


class Base(orm.DeclarativeBase):
    pass


class Site(Base):
    __tablename__ = "site"
    country: orm.Mapped[str] = orm.mapped_column(primary_key=True)
    number: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    rooms: orm.Mapped[List["Room"]] = orm.relationship(back_populates="site")


class Room(Base):
    __tablename__ = "room"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    site_country: orm.Mapped[Optional[str]]
    site_number: orm.Mapped[Optional[int]]
    site: orm.Mapped[Optional["Site"]] = orm.relationship(back_populates="rooms")
    __table_args__ = (sa.ForeignKeyConstraint(["site_country", "site_number"], ["site.country", "site.number"]),)


@pytest.fixture()
def session(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        yield session


def test_composite_keys_are_copied_and_emptied_as_a_whole(session):
    room = Room(id=1, site=Site(country="nl", number=3))
    session.add(room)
    session.flush()
    assert (room.site_country, room.site_number) == ("nl", 3)
    room.site = None
    session.flush()
    assert (room.site_country, room.site_number) == (None, None)


def test_values_arrive_whichever_side_is_added(session):
    session.add(Site(country="nl", number=1, rooms=[Room(id=1), Room(id=2)]))
    session.commit()
    rows = session.execute(sa.select(Room.site_country, Room.site_number)).all()
    assert rows == [("nl", 1), ("nl", 1)]


def test_pairs_of_keys_name_attributes():
    site, room = sa.inspect(Site), sa.inspect(Room)
    pairs = Site.rooms.property.synchronize_pairs
    assert sorted(p[:2] for p in sync.key_pairs(site, room, pairs)) == [
        ("country", "site_country"),
        ("number", "site_number"),
    ]


def test_populate_dict_gives_columns_of_the_row():
    site = Site(country="nl", number=1)
    row = {}
    sync.populate_dict(sa.inspect(site), sa.inspect(Site), row, Site.rooms.property.synchronize_pairs)
    assert row == {"site_country": "nl", "site_number": 1}


def test_unmapped_column_is_named():
    stranger = sa.Column("stranger", sa.Integer)
    sa.Table("elsewhere", sa.MetaData(), stranger)
    with pytest.raises(orm.exc.UnmappedColumnError, match="stranger"):
        sync.attribute_key(sa.inspect(Site), stranger)


def test_source_modified(session):
    site = Site(country="nl", number=1)
    session.add(site)
    session.commit()
    site.number
    pairs = Site.rooms.property.synchronize_pairs
    assert not sync.source_modified(None, sa.inspect(site), sa.inspect(Site), pairs)
    site.number = 2
    assert sync.source_modified(None, sa.inspect(site), sa.inspect(Site), pairs)


class Key(Base):
    __tablename__ = "natural_key"
    name = orm.mapped_column(sa.String, primary_key=True)


class Holder(Base):
    __tablename__ = "natural_holder"
    id = orm.mapped_column(sa.Integer, primary_key=True)
    key_name = orm.mapped_column(sa.ForeignKey("natural_key.name"))
    key = orm.relationship(Key, passive_updates=False)


def test_changed_keys_reach_objects_that_refer_to_them(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        key = Key(name="a")
        holders = [Holder(key=key), Holder(key=key), Holder()]
        session.add_all(holders)
        session.commit()
        key.name = "b"
        session.commit()
        assert [holder.key_name for holder in holders] == ["b", "b", None] and holders[0].key is key


def test_a_primary_key_that_is_an_expression_is_known_after_the_update(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        key = Key(name="a")
        session.add(key)
        session.flush()
        if not engine.dialect.update_returning:
            pytest.skip("this SQLite has no RETURNING")
        key.name = Key.name + "!"
        session.flush()
        assert key.name == "a!" and session.get(Key, "a!") is key
