"""Attributes of objects: histories, collections, the two ends of a relationship."""

import pytest
from sqltoolkit_core import ForeignKey, inspect
from sqltoolkit_orm import DeclarativeBase, Mapped, Session
from sqltoolkit_orm import attributes, make_transient_to_detached, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "impl_parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    kids = relationship("Kid", back_populates="parent")
    card = relationship("Card", uselist=False, overlaps="only,eager")
    only = relationship("Card", uselist=False, cascade="all, delete-orphan", overlaps="card,eager")
    eager = relationship("Card", uselist=False, _legacy_inactive_history_style=True, overlaps="card,only")


class Kid(Base):
    __tablename__ = "impl_kid"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id = mapped_column(ForeignKey("impl_parent.id"))
    parent = relationship("Parent", back_populates="kids")


class Card(Base):
    __tablename__ = "impl_card"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id = mapped_column(ForeignKey("impl_parent.id"))


def loaded(kids):
    parent = Parent(id=1)
    make_transient_to_detached(parent)
    attributes.set_committed_value(parent, "kids", kids)
    return parent


def counts(obj, key):
    return tuple(len(part) for part in attributes.get_history(obj, key))


def test_collection_history():
    first, second = Kid(), Kid()
    parent = loaded([first])
    assert counts(parent, "kids") == (0, 1, 0)
    parent.kids.append(second)
    assert counts(parent, "kids") == (1, 1, 0)
    parent.kids.remove(first)
    assert counts(parent, "kids") == (1, 0, 1)
    parent.kids = [first]
    assert counts(parent, "kids") == (0, 1, 0)


def test_new_object_counts_everything_as_added():
    parent = Parent(kids=[Kid(), Kid()])
    assert counts(parent, "kids") == (2, 0, 0)


def test_reading_a_collection_of_a_new_object_stores_nothing():
    parent = Parent()
    kids = parent.kids
    assert kids == [] and "kids" not in parent.__dict__ and parent.kids is kids
    kids.append(Kid())
    assert parent.__dict__["kids"] is kids


@pytest.mark.parametrize("bad", [None, {}, 5, (), "kids", set(), iter([])])
def test_collections_refuse_other_containers(bad):
    with pytest.raises(TypeError, match="list-like"):
        Parent().kids = bad


def test_members_must_be_mapped():
    with pytest.raises(AttributeError):
        Parent().kids = [1]


def test_replaced_collection_is_no_longer_in_use():
    parent = Parent()
    old = parent.kids = [Kid()]
    old = parent.kids
    parent.kids = []
    kid = Kid()
    old.append(kid)
    assert parent.kids == [] and kid.parent is None and len(old) == 2


def test_changes_of_an_unloaded_collection_wait():
    parent, kid, other = Parent(id=1), Kid(), Kid()
    make_transient_to_detached(parent)
    kid.parent = parent
    assert "kids" not in parent.__dict__
    attributes.set_committed_value(parent, "kids", [other])
    assert list(parent.kids) == [other, kid] and counts(parent, "kids") == (1, 1, 0)


def test_no_object_leaves_where_there_was_none():
    kid, parent = Kid(id=1), Parent()
    make_transient_to_detached(kid)
    attributes.set_committed_value(kid, "parent", None)
    kid.parent = parent
    assert attributes.get_history(kid, "parent") == ([parent], (), ())
    del kid.parent
    assert attributes.get_history(kid, "parent") == ([None], (), ())


@pytest.fixture()
def session(engine):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Parent(id=1, kids=[Kid(id=1)], card=Card(id=1)))
        session.commit()
        session.expunge_all()
        yield session


def test_a_container_of_another_kind_is_refused_before_anything_is_loaded(session, statements):
    parent = session.get(Parent, 1)
    statements.take()
    with pytest.raises(TypeError, match="list-like"):
        parent.kids = None
    assert statements.take() == []


def test_changes_that_wait_are_flushed_before_a_collection_is_replaced(session, statements):
    parent = session.get(Parent, 1)
    session.add(Kid(id=2, parent=parent))
    statements.take()
    parent.kids = []
    assert statements.verbs() == ["INSERT", "SELECT"]
    session.flush()
    assert session.get(Kid, 2).parent_id is None


class TestReplacingInAnUnloadedOneToOne:
    def test_the_flush_loads_the_former_object(self, session, statements):
        parent = session.get(Parent, 1)
        statements.take()
        parent.card = Card(id=2)
        assert statements.take() == []
        session.flush()
        assert statements.verbs() == ["SELECT", "UPDATE", "INSERT"]
        assert session.get(Card, 1).parent_id is None and session.get(Card, 2).parent_id == 1

    def test_the_history_loads_it_once(self, session, statements):
        parent, former = session.get(Parent, 1), session.get(Card, 1)
        parent.card = None
        statements.take()
        assert inspect(parent).attrs.card.history == ([None], (), [former])
        assert attributes.get_history(parent, "card") == ([None], (), [former])
        assert statements.verbs() == ["SELECT"]

    def test_an_orphan(self, session):
        parent = session.get(Parent, 1)
        # that the object has a parent is known from here
        assert parent.only.id == 1
        session.expire(parent)
        parent.only = None
        session.flush()
        assert session.get(Card, 1) is None

    def test_without_a_session(self, session):
        parent = session.get(Parent, 1)
        session.expunge(parent)
        parent.card = None
        assert attributes.get_history(parent, "card") == ([None], (), ())

    def test_the_former_style(self, session, statements):
        parent = session.get(Parent, 1)
        statements.take()
        parent.eager = None
        assert statements.verbs() == ["SELECT"]
