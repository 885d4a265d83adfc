"""Attributes of objects: histories, collections, the two ends of a relationship."""

import pytest
from sqltoolkit_core import ForeignKey, inspect
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


def test_append_sets_the_other_end_and_moves_it():
    a, b, kid = Parent(), Parent(), Kid()
    a.kids.append(kid)
    assert kid.parent is a
    b.kids.append(kid)
    assert kid.parent is b and a.kids == [] and b.kids == [kid]


def test_setting_the_scalar_moves_between_collections():
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


def test_replacing_a_collection_tells_those_that_leave():
    first, second, parent = Kid(), Kid(), Parent()
    parent.kids = [first]
    parent.kids = [second]
    assert first.parent is None and second.parent is parent


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


def test_flag_modified():
    kid = Kid(id=1)
    with pytest.raises(Exception, match="no value loaded"):
        attributes.flag_modified(Kid(), "parent_id")
    make_transient_to_detached(kid)
    attributes.set_committed_value(kid, "parent_id", 5)
    attributes.flag_modified(kid, "parent_id")
    assert inspect(kid).modified and attributes.get_history(kid, "parent_id").added == [5]


def test_functions_on_attributes():
    kid = Kid()
    attributes.set_attribute(kid, "id", 7)
    assert attributes.get_attribute(kid, "id") == 7
    attributes.del_attribute(kid, "id")
    assert attributes.get_attribute(kid, "id") is None
    parent = Parent()
    adapter = attributes.init_collection(parent, "kids")
    adapter.append_without_event(kid)
    assert parent.kids == [kid] and kid.parent is None
