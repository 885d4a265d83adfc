"""Collections report their changes: lists, sets, dicts and classes of the user's."""

import pytest
from hypothesis import given, settings, strategies as st
from sqltoolkit_core import ForeignKey, exc
from sqltoolkit_orm import DeclarativeBase, Mapped, attribute_keyed_dict, configure_mappers, mapped_column, relationship
from sqltoolkit_orm.collections import InstrumentedDict, InstrumentedList, InstrumentedSet, collection, instrument_class


def mapped(collection_class):
    class Base(DeclarativeBase):
        pass

    class Owner(Base):
        __tablename__ = "owner"
        id: Mapped[int] = mapped_column(primary_key=True)
        items = relationship("Item", back_populates="owner", collection_class=collection_class)

    class Item(Base):
        __tablename__ = "item"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        owner_id = mapped_column(ForeignKey("owner.id"))
        owner = relationship("Owner", back_populates="items")

    configure_mappers()
    return Owner, Item


LIST = mapped(list)
SET = mapped(set)
DICT = mapped(attribute_keyed_dict("name"))

list_steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["append", "insert", "set", "remove"]), st.integers(0, 5)),
        st.tuples(st.sampled_from(["pop", "del", "slice", "extend", "iadd", "clear"]), st.integers(0, 5)),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(list_steps)
def test_the_other_end_follows_a_list(steps):
    Owner, Item = LIST
    owner = Owner()
    pool = [Item(name=str(number)) for number in range(6)]
    for name, number in steps:
        items, item = owner.items, pool[number]
        if name == "append" and item not in items:
            items.append(item)
        elif name == "insert" and item not in items:
            items.insert(0, item)
        elif name == "set" and items and item not in items:
            items[number % len(items)] = item
        elif name == "remove" and item in items:
            items.remove(item)
        elif name == "pop" and items:
            items.pop()
        elif name == "del" and items:
            del items[number % len(items)]
        elif name == "slice":
            items[0:1] = [i for i in [item] if i not in items]
        elif name == "extend":
            items.extend(i for i in pool[:2] if i not in items)
        elif name == "iadd":
            items += [i for i in pool[2:3] if i not in items]
        elif name == "clear":
            items.clear()
        assert {i.name for i in owner.items} == {i.name for i in pool if i.owner is owner}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["add", "discard", "update", "__ior__", "__isub__", "__iand__", "__ixor__", "pop", "clear"]),
            st.sets(st.integers(0, 5), max_size=3),
        ),
        max_size=10,
    )
)
def test_a_set_behaves_as_a_set_and_the_other_end_follows(steps):
    Owner, Item = SET
    owner, pool = Owner(), [Item(name=str(number)) for number in range(6)]
    model = set()
    for name, numbers in steps:
        members = {pool[number] for number in numbers}
        if name in ("add", "discard"):
            for member in members:
                getattr(owner.items, name)(member)
                getattr(model, name)(member)
        elif name == "pop":
            if model:
                model.discard(owner.items.pop())
        elif name == "clear":
            owner.items.clear()
            model.clear()
        else:
            getattr(owner.items, name)(members)
            getattr(model, name)(members)
        assert set(owner.items) == model == {item for item in pool if item.owner is owner}


def test_dict_of_members():
    Owner, Item = DICT
    owner, one, two = Owner(), Item(name="a"), Item(name="b")
    owner.items["a"] = one
    two.owner = owner
    assert dict(owner.items) == {"a": one, "b": two} and one.owner is owner
    assert owner.items.pop("a") is one and one.owner is None
    owner.items.update(a=one)
    owner.items.setdefault("a", two)
    assert owner.items.popitem()[1].owner is None
    owner.items.clear()
    assert two.owner is None
    owner.items = {"x": one}
    assert dict(owner.items) == {"a": one} and one.owner is owner


def test_duck_typed_collection():
    class Bag:
        def __init__(self):
            self.members = []

        @collection.appender
        def put(self, item):
            self.members.append(item)

        @collection.remover
        def take(self, item):
            self.members.remove(item)

        @collection.iterator
        def each(self):
            return iter(self.members)

        @collection.removes_return()
        def last(self):
            return self.members.pop()

    Owner, Item = mapped(Bag)
    owner, one, two = Owner(), Item(name="a"), Item(name="b")
    owner.items.put(one)
    two.owner = owner
    assert owner.items.members == [one, two] and one.owner is owner
    assert owner.items.last() is two and two.owner is None
    owner.items.take(one)
    assert one.owner is None


def test_list_subclass_is_instrumented_in_place():
    class Sorted(list):
        def append(self, item):
            super().append(item)
            self.sort(key=lambda member: member.name)

    Owner, Item = mapped(Sorted)
    owner = Owner()
    owner.items.append(Item(name="b"))
    owner.items.append(Item(name="a"))
    assert [item.name for item in owner.items] == ["a", "b"] and all(i.owner is owner for i in owner.items)


def test_a_class_without_roles_is_refused():
    class Nothing:
        pass

    with pytest.raises(exc.ArgumentError, match="has no appender"):
        instrument_class(Nothing)
    with pytest.raises(exc.ArgumentError, match="built-in"):
        instrument_class(list)


def test_collections_without_owner_are_plain():
    items = InstrumentedList([1])
    items.append(2)
    members = InstrumentedSet([1])
    members.add(2)
    values = InstrumentedDict(a=1)
    values["b"] = 2
    assert items == [1, 2] and members == {1, 2} and values == {"a": 1, "b": 2}
