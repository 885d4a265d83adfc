"""Attributes of objects: histories, collections, the two ends of a relationship."""

import pytest
from sqltoolkit_core import ForeignKey
from sqltoolkit_orm import DeclarativeBase, Mapped, attributes, make_transient_to_detached, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "impl_parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    kids = relationship("Kid", back_populates="parent")


class Kid(Base):
    __tablename__ = "impl_kid"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id = mapped_column(ForeignKey("impl_parent.id"))
    parent = relationship("Parent", back_populates="kids")


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


@pytest.mark.parametrize("bad", [None, {}, 5])
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
    with pytest.warns(Warning, match="invalidated"):
        old.append(Kid())
    assert parent.kids == []


def test_changes_of_an_unloaded_collection_wait():
    parent, kid, other = Parent(id=1), Kid(), Kid()
    make_transient_to_detached(parent)
    kid.parent = parent
    assert "kids" not in parent.__dict__
    attributes.set_committed_value(parent, "kids", [other])
    assert list(parent.kids) == [other, kid] and counts(parent, "kids") == (1, 1, 0)
