"""Dictionaries of related objects, keyed by what their members say."""

from __future__ import annotations

import pickle

import pytest

from sqltoolkit_core import ForeignKey
from sqltoolkit_core import String
from sqltoolkit_core import exc
from sqltoolkit_core import select
from sqltoolkit_orm import DeclarativeBase
from sqltoolkit_orm import KeyFuncDict
from sqltoolkit_orm import Mapped
from sqltoolkit_orm import Session
from sqltoolkit_orm import attribute_keyed_dict
from sqltoolkit_orm import column_keyed_dict
from sqltoolkit_orm import keyfunc_mapping
from sqltoolkit_orm import mapped_column
from sqltoolkit_orm import registry as make_registry
from sqltoolkit_orm import relationship
from sqltoolkit_orm.collections import MappedCollection
from sqltoolkit_orm.collections import attribute_mapped_collection
from sqltoolkit_orm.collections import collection_adapter
from sqltoolkit_orm.collections import column_mapped_collection
from sqltoolkit_orm.collections import mapped_collection


class Base(DeclarativeBase):
    pass


def first_letter(member):
    return member.name[:1]


class Note(Base):
    __tablename__ = "keyed_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id = mapped_column(ForeignKey("keyed_item.id"))
    keyword: Mapped[str]
    name = mapped_column("name_", String, default="x")
    item = relationship("Item", back_populates="by_attribute")


class Item(Base):
    __tablename__ = "keyed_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    by_attribute = relationship(Note, collection_class=attribute_keyed_dict("keyword"), back_populates="item", cascade="all, delete-orphan")
    by_column = relationship(Note, collection_class=column_keyed_dict(Note.__table__.c.name_), viewonly=True)
    by_columns = relationship(Note, collection_class=column_keyed_dict([Note.keyword, Note.name]), viewonly=True)
    by_function = relationship(Note, collection_class=keyfunc_mapping(first_letter), viewonly=True)
    lenient = relationship(Note, collection_class=attribute_keyed_dict("keyword", ignore_unpopulated_attribute=True), viewonly=True, sync_backref=False)


@pytest.fixture
def session(engine):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


class TestKeys:
    @pytest.mark.parametrize(
        "name, keys", [("by_attribute", ["a", "b"]), ("by_column", ["n1", "n2"]), ("by_columns", [("a", "n1"), ("b", "n2")]), ("by_function", ["n"])]
    )
    def test_of_loaded_members(self, session, name, keys):
        item = Item()
        for keyword, text in (("a", "n1"), ("b", "n2")):
            item.by_attribute[keyword] = Note(keyword=keyword, name=text)
        session.add(item)
        session.commit()
        found = getattr(session.scalars(select(Item)).one(), name)
        assert sorted(found) == keys and isinstance(found, KeyFuncDict)

    def test_loading_keeps_quiet(self, session, statements):
        session.add(Item(by_attribute={"a": Note(keyword="a")}))
        session.commit()
        item = session.scalars(select(Item)).one()
        assert item.by_attribute["a"].item is item and not session.dirty

    def test_columns_of_other_names(self):
        keyfunc = column_keyed_dict(Note.__table__.c.name_)().keyfunc
        assert keyfunc(Note(name="q")) == "q"
        with pytest.raises(exc.ArgumentError):
            column_keyed_dict(5)


class TestMembers:
    def test_by_key_and_by_set(self):
        item, one, two = Item(), Note(keyword="a"), Note(keyword="b")
        item.by_attribute["a"] = one
        item.by_attribute.set(two)
        assert item.by_attribute == {"a": one, "b": two} and two.item is item

    def test_by_the_other_end(self):
        item, note = Item(), Note(keyword="a")
        note.item = item
        assert item.by_attribute == {"a": note}
        note.item = None
        assert item.by_attribute == {}

    def test_removing(self):
        item, note = Item(), Note(keyword="a")
        item.by_attribute.set(note)
        item.by_attribute.remove(note)
        assert item.by_attribute == {} and note.item is None

    def test_a_key_that_changed_meanwhile(self):
        item, note = Item(), Note(keyword="a")
        item.by_attribute.set(note)
        note.keyword = "b"
        with pytest.raises(KeyError, match="b"):
            item.by_attribute.remove(note)
        # whatever the key, it has no parent now
        note.item = None
        assert item.by_attribute == {"a": note} and note.item is None
        item.by_attribute["b"] = Note(keyword="b")
        with pytest.raises(exc.InvalidRequestError, match="under its key 'b'.*may have changed"):
            item.by_attribute.remove(note)


    def test_a_place_that_is_taken(self):
        item, one, two = Item(), Note(keyword="a"), Note(keyword="a")
        item.by_attribute.set(one)
        item.by_attribute.set(two)
        assert item.by_attribute == {"a": two} and one.item is None and two.item is item

    def test_dictionaries_are_keyed_anew_when_assigned(self):
        note = Note(keyword="a")
        item = Item(by_attribute={"wrong": note})
        assert item.by_attribute == {"a": note}


class TestMissingKeys:
    def test_are_an_error(self):
        item, note = Item(), Note()
        with pytest.raises(exc.InvalidRequestError, match="its key attribute has no value yet.*ignore_unpopulated_attribute=True"):
            item.by_attribute.set(note)
        with pytest.raises(exc.InvalidRequestError, match="no value yet"):
            note.item = item
        assert item.by_attribute == {}

    def test_none_is_a_key_that_is_warned_of(self):
        item, note = Item(), Note(keyword=None, name=None)
        with pytest.warns(exc.SAWarning, match="is None"):
            item.by_attribute.set(note)
        with pytest.warns(exc.SAWarning, match="is None"):
            item.by_column.set(note)
        assert item.by_attribute == item.by_column == {None: note}

    def test_may_be_left_out(self):
        made = attribute_keyed_dict("keyword", ignore_unpopulated_attribute=True)()
        made.set(Note())
        made.set(Note(keyword=None))
        assert made == {}
        made.remove(Note())
        note = Note(keyword="a")
        made.set(note)
        assert made == {"a": note}

    def test_of_several_columns(self):
        keyfunc = column_keyed_dict([Note.keyword, Note.name])().keyfunc
        assert keyfunc(Note(keyword="a", name="b")) == ("a", "b")
        made = column_keyed_dict([Note.keyword, Note.name], ignore_unpopulated_attribute=True)()
        made.set(Note(keyword="a"))
        assert made == {}


class TestOwnClasses:
    def test_subclass(self):
        class Ordered(KeyFuncDict):
            def __init__(self):
                super().__init__(lambda member: member.keyword)

            def longest(self):
                return max(self, key=len)

        registry = make_registry()

        @registry.mapped
        class Child:
            __tablename__ = "child"
            id: Mapped[int] = mapped_column(primary_key=True)
            parent_id = mapped_column(ForeignKey("parent.id"))
            keyword: Mapped[str]

        @registry.mapped
        class Parent:
            __tablename__ = "parent"
            id: Mapped[int] = mapped_column(primary_key=True)
            children = relationship(Child, collection_class=Ordered, backref="parent")

        try:
            parent, child = Parent(), Child(keyword="abc")
            parent.children["abc"] = child
            Child(keyword="a", parent=parent)
            assert parent.children.longest() == "abc" and len(parent.children) == 2 and child.parent is parent
        finally:
            registry.dispose()

    def test_plain_arguments_of_dict(self):
        made = KeyFuncDict(first_letter, {"a": 1})
        assert made == {"a": 1} and made.keyfunc is first_letter

    def test_older_names(self):
        assert MappedCollection is KeyFuncDict and mapped_collection is keyfunc_mapping
        assert attribute_mapped_collection is attribute_keyed_dict and column_mapped_collection is column_keyed_dict


class TestPickle:
    @pytest.mark.parametrize("name", ["by_attribute", "by_function"])
    def test_with_its_owner(self, name):
        item = Item()
        note = Note(keyword="a", name="n")
        item.by_attribute.set(note)
        again = pickle.loads(pickle.dumps(item))
        assert list(again.by_attribute) == ["a"] and collection_adapter(again.by_attribute).owner_state() is again
        other = Note(keyword="b")
        again.by_attribute.set(other)
        assert other.item is again

    @pytest.mark.parametrize("factory", [attribute_keyed_dict("keyword"), keyfunc_mapping(first_letter)])
    def test_by_itself(self, factory):
        made = factory()
        made["x"] = 1
        again = pickle.loads(pickle.dumps(made))
        assert again == {"x": 1} and again.keyfunc(Note(keyword="k", name="k")) == "k"

    def test_what_members_know_of_their_parents_is_that_of_the_mapping(self):
        item = Item()
        note = Note(keyword="a", name="n")
        item.by_attribute.set(note)
        again = pickle.loads(pickle.dumps(item)).by_attribute["a"]
        assert Item.by_attribute.impl.hasparent(again._sa_instance_state)


def test_factories_are_classes():
    factory = attribute_keyed_dict("keyword")
    assert isinstance(factory({"a": 1}), factory) and issubclass(factory, KeyFuncDict)
    assert isinstance(Item().by_attribute, KeyFuncDict) and factory() == {}
