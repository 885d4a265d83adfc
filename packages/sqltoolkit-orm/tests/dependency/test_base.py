"""Which relationships take part in a flush, and how many rows they read to do so."""

from __future__ import annotations

from typing import List
from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


class A(Base):
    __tablename__ = "a"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    bs: orm.Mapped[List["B"]] = orm.relationship(back_populates="a", order_by="B.id")
    seen: orm.Mapped[List["B"]] = orm.relationship(viewonly=True)
    tags: orm.Mapped[List["Tag"]] = orm.relationship(secondary="tagging", back_populates="tagged")


class B(Base):
    __tablename__ = "b"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    a_id: orm.Mapped[Optional[int]] = orm.mapped_column(sa.ForeignKey("a.id"))
    a: orm.Mapped[Optional["A"]] = orm.relationship(back_populates="bs")


class Tag(Base):
    __tablename__ = "tag"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    tagged: orm.Mapped[List["A"]] = orm.relationship(secondary="tagging", back_populates="tags")


sa.Table("tagging", Base.metadata, sa.Column("a", sa.ForeignKey("a.id")), sa.Column("tag", sa.ForeignKey("tag.id")))


@pytest.fixture()
def session(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([A(id=1, bs=[B(id=1), B(id=2)]), A(id=2)])
        session.commit()
        yield session


def test_viewonly_members_are_not_written(session):
    a = session.get(A, 2)
    a.seen.append(B(id=9))
    session.commit()
    assert session.get(B, 9) is None


def test_append_to_an_unloaded_collection_does_not_load_it_through_the_backref(session, statements):
    a = session.get(A, 1)
    statements.take()
    b = B(id=3, a=a)
    session.add(b)
    session.flush()
    assert [text.split()[0] for text in statements.take()] == ["INSERT"]
    assert "bs" not in a.__dict__
    assert [x.id for x in a.bs] == [1, 2, 3] and b.a_id == 1


def test_foreign_key_assigned_by_hand_is_kept(session):
    b = session.get(B, 1)
    b.a_id = 2
    session.flush()
    session.expire(b, ["a"])
    assert b.a is session.get(A, 2)


def test_relationship_wins_over_a_foreign_key_set_by_hand(session):
    b = session.get(B, 1)
    b.a_id = 1
    b.a = session.get(A, 2)
    session.flush()
    assert b.a_id == 2


def test_null_foreign_key_loads_nothing(session, statements):
    b = B(id=8)
    session.add(b)
    session.commit()
    assert b.a_id is None
    statements.take()
    assert b.a is None
    assert statements.take() == []


def test_delete_of_both_ends(session):
    a = session.get(A, 1)
    for b in list(a.bs):
        session.delete(b)
    session.delete(a)
    session.commit()
    assert session.scalars(sa.select(B)).all() == []
    assert session.scalars(sa.select(A.id)).all() == [2]


@pytest.mark.parametrize("loaded", [False, True])
@pytest.mark.parametrize("make", [lambda a: B(id=9, a=a), lambda a: Tag(id=9, tagged=[a])], ids=["one", "many"])
def test_a_member_outside_of_the_session_is_told_of_once(session, loaded, make):
    a = session.get(A, 2)
    if loaded:
        assert a.bs == [] and a.tags == []
    made = make(a)
    assert made not in session
    with pytest.warns(sa.exc.SAWarning, match="is not in the session: its add by 'A") as told:
        session.flush()
    assert len(told) == 1
