"""The two ends of a relationship follow each other in memory."""

from __future__ import annotations

import gc

import pytest

from sqltoolkit_core import ForeignKey
from sqltoolkit_core import Table
from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import inspect
from sqltoolkit_orm import DeclarativeBase
from sqltoolkit_orm import Mapped
from sqltoolkit_orm import Session
from sqltoolkit_orm import attributes
from sqltoolkit_orm import declarative_base
from sqltoolkit_orm import make_transient_to_detached
from sqltoolkit_orm import mapped_column
from sqltoolkit_orm import relationship
from sqltoolkit_orm.exc import DetachedInstanceError
from sqltoolkit_orm.exc import ObjectDereferencedError


class Base(DeclarativeBase):
    pass


links = Table(
    "back_links", Base.metadata, Column("tag", ForeignKey("back_tag.id"), primary_key=True),
    Column("kid", ForeignKey("back_kid.id"), primary_key=True),
)  # fmt: skip


class Parent(Base):
    __tablename__ = "back_parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    kids = relationship("Kid", back_populates="parent")
    card = relationship("Card", back_populates="parent", uselist=False)


class Kid(Base):
    __tablename__ = "back_kid"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id = mapped_column(ForeignKey("back_parent.id"))
    parent = relationship("Parent", back_populates="kids")
    tags = relationship("Tag", secondary=links, back_populates="kids")


class Card(Base):
    __tablename__ = "back_card"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id = mapped_column(ForeignKey("back_parent.id"))
    parent = relationship("Parent", back_populates="card")


class Tag(Base):
    __tablename__ = "back_tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    kids = relationship("Kid", secondary=links, back_populates="tags")


class Unrelated(Base):
    __tablename__ = "back_unrelated"
    id: Mapped[int] = mapped_column(primary_key=True)


class TestCollectionAndScalar:
    def test_append_sets_the_other_end_and_moves_it(self):
        a, b, kid = Parent(), Parent(), Kid()
        a.kids.append(kid)
        assert kid.parent is a
        b.kids.append(kid)
        assert kid.parent is b and a.kids == [] and b.kids == [kid]

    def test_setting_the_scalar_moves_between_collections(self):
        a, b, kid = Parent(), Parent(), Kid()
        kid.parent = a
        assert a.kids == [kid]
        kid.parent = b
        assert a.kids == [] and b.kids == [kid]
        kid.parent = None
        assert b.kids == []
        kid.parent = a
        del kid.parent
        assert a.kids == []

    def test_replacing_a_collection_tells_those_that_leave(self):
        first, second, parent = Kid(), Kid(), Parent()
        parent.kids = [first]
        parent.kids = [second]
        assert first.parent is None and second.parent is parent

    def test_setting_the_same_again_changes_nothing(self):
        parent, kid = Parent(), Kid()
        kid.parent = parent
        kid.parent = parent
        assert parent.kids == [kid]
        parent.kids = list(parent.kids)
        assert kid.parent is parent

    @pytest.mark.parametrize(
        "change",
        [
            lambda kids, kid: kids.remove(kid),
            lambda kids, kid: kids.__delitem__(0),
            lambda kids, kid: kids.__delitem__(slice(0, 1)),
            lambda kids, kid: kids.__setitem__(0, Kid()),
            lambda kids, kid: kids.__setitem__(slice(0, 1), [Kid(), Kid()]),
        ],
        ids=["remove", "del", "del slice", "set", "set slice"],
    )
    def test_removed_from_one_of_two_places(self, change):
        parent, kid = Parent(), Kid()
        parent.kids = [kid, kid]
        change(parent.kids, kid)
        assert kid in parent.kids and kid.parent is parent
        parent.kids.remove(kid)
        assert kid.parent is None

    def test_all_places_go_at_once(self):
        for change in (lambda kids: kids.clear(), lambda kids: kids.__delitem__(slice(None))):
            parent, kid = Parent(), Kid()
            parent.kids = [kid, kid]
            change(parent.kids)
            assert kid.parent is None

    def test_leaving_for_another_parent_takes_one_place(self):
        parent, other, kid = Parent(), Parent(), Kid()
        parent.kids = [kid, kid]
        kid.parent = other
        assert parent.kids == [kid] and other.kids == [kid]


class TestOneToOne:
    def test_both_ways(self):
        a, b, card = Parent(), Parent(), Card()
        card.parent = a
        assert a.card is card
        b.card = card
        assert card.parent is b and a.card is None

    def test_the_former_one_is_let_go(self):
        parent, first, second = Parent(), Card(), Card()
        parent.card = first
        parent.card = second
        assert first.parent is None and second.parent is parent
        first.parent = parent
        assert parent.card is first and second.parent is None


class TestManyToMany:
    def test_both_ways(self):
        kid, other, tag = Kid(), Kid(), Tag()
        kid.tags.append(tag)
        tag.kids.append(other)
        assert tag.kids == [kid, other] and other.tags == [tag]
        tag.kids.remove(kid)
        assert kid.tags == []
        other.tags = []
        assert tag.kids == []


class TestUnloadedEnds:
    def test_nothing_is_loaded(self):
        parent, kid = Parent(id=1), Kid()
        make_transient_to_detached(parent)
        kid.parent = parent
        assert "kids" not in parent.__dict__
        attributes.set_committed_value(parent, "kids", [])
        assert parent.kids == [kid]

    def test_an_unknown_former_parent(self):
        kid, parent = Kid(id=1, parent_id=4), Parent()
        make_transient_to_detached(kid)
        kid.parent = parent
        assert parent.kids == [kid]


class TestEvents:
    @pytest.fixture
    def log(self):
        seen = []

        def note(name):
            return lambda target, value, *rest: seen.append((name, type(target).__name__))

        listeners = [
            (Parent.kids, "append", note("append")), (Parent.kids, "remove", lambda t, v, i: seen.append(("remove", "Parent"))),
            (Kid.parent, "set", note("set")),
        ]  # fmt: skip
        for attribute, name, fn in listeners:
            event.listen(attribute, name, fn)
        yield seen
        for attribute, name, fn in listeners:
            event.remove(attribute, name, fn)

    def test_each_end_hears_of_it_once(self, log):
        a, b, kid = Parent(), Parent(), Kid()
        a.kids.append(kid)
        assert sorted(log) == [("append", "Parent"), ("set", "Kid")]
        del log[:]
        kid.parent = b
        assert sorted(log) == [("append", "Parent"), ("remove", "Parent"), ("set", "Kid")]


class TestErrors:
    @pytest.mark.parametrize("put", [lambda p, o: p.kids.append(o), lambda p, o: setattr(p, "kids", [o]), lambda p, o: setattr(p, "card", o)])
    def test_objects_without_the_other_end(self, put):
        with pytest.raises(ValueError, match="class Unrelated is put into attribute '(kids|card)'.*no attribute 'parent'"):
            put(Parent(), Unrelated())

    def test_the_other_end_of_a_collection(self):
        with pytest.raises(ValueError, match="class Unrelated is put into attribute 'parent'.*no attribute 'kids'"):
            Kid().parent = Unrelated()


class TestActiveHistoryOfTheOtherEnd:
    @pytest.fixture
    def model(self, engine):
        def make(lazy):
            Base = declarative_base()

            class Owner(Base):
                __tablename__ = "owner"
                id = Column(Integer, primary_key=True)
                things = relationship("Thing", back_populates="owner")

            class Thing(Base):
                __tablename__ = "thing"
                id = Column(Integer, primary_key=True)
                owner_id = Column(ForeignKey("owner.id"))
                owner = relationship(Owner, back_populates="things", active_history=True, lazy=lazy)

            Base.metadata.create_all(engine)
            session = Session(engine)
            owner, other = Owner(things=[Thing()]), Owner()
            session.add_all([owner, other])
            session.commit()
            return session, owner, other, owner.things[0]

        return make

    def test_what_must_not_be_loaded(self, model):
        session, owner, other, thing = model("raise")
        for change in (lambda: owner.things.remove(thing), lambda: other.things.append(thing)):
            with pytest.raises(exc.InvalidRequestError, match="Thing.owner"):
                change()
        session.close()

    def test_without_a_session(self, model):
        session, owner, _other, thing = model("select")
        session.expunge(thing)
        with pytest.raises(DetachedInstanceError):
            owner.things.remove(thing)
        session.close()

    def test_an_object_is_in_the_session_before_its_other_end_is_loaded(self, model):
        session, owner, other, thing = model("select")
        session.expunge(thing)
        other.things.append(thing)
        assert thing in session and inspect(thing).attrs.owner.history.deleted == [owner]
        session.close()


def test_the_collection_of_an_object_that_is_gone(engine):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Parent(id=1))
        session.commit()
        session.expunge_all()
        kid = Kid(id=1)
        session.add(kid)
        kids = session.get(Parent, 1).kids
        gc.collect()
        with pytest.raises(ObjectDereferencedError, match="keep a reference"):
            kids.append(kid)
        assert "parent" not in kid.__dict__
        session.commit()
