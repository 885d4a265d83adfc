"""The link between a collection, its owner and the attribute it is in."""

from __future__ import annotations

import gc
import pickle

import pytest

from sqltoolkit_core import ForeignKey
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import inspect
from sqltoolkit_orm import DeclarativeBase
from sqltoolkit_orm import Mapped
from sqltoolkit_orm import attributes
from sqltoolkit_orm import make_transient_to_detached
from sqltoolkit_orm import mapped_column
from sqltoolkit_orm import relationship
from sqltoolkit_orm.collections import bulk_replace
from sqltoolkit_orm.collections import collection_adapter


class Base(DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "adapt_owner"
    id: Mapped[int] = mapped_column(primary_key=True)
    items = relationship("Item", back_populates="owner", foreign_keys="Item.owner_id")
    members = relationship("Item", collection_class=set, foreign_keys="Item.member_of")


class Item(Base):
    __tablename__ = "adapt_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id = mapped_column(ForeignKey("adapt_owner.id"))
    member_of = mapped_column(ForeignKey("adapt_owner.id"))
    owner = relationship("Owner", back_populates="items", foreign_keys=[owner_id])


@pytest.fixture
def log():
    seen = []
    listeners = [
        ("append", lambda target, value, initiator: seen.append(("append", value))),
        ("remove", lambda target, value, initiator: seen.append(("remove", value))),
        ("append_wo_mutation", lambda target, value, initiator: seen.append(("kept", value))),
    ]
    for name, fn in listeners:
        event.listen(Owner.items, name, fn)
    yield seen
    for name, fn in listeners:
        event.remove(Owner.items, name, fn)


class TestAdapter:
    def test_what_it_links(self):
        owner = Owner(items=[Item(), Item()])
        adapter = collection_adapter(owner.items)
        assert adapter.data is adapter() is owner.items and adapter.owner_state is inspect(owner)
        assert adapter.attr is Owner.items.impl and list(adapter) == owner.items and len(adapter) == 2
        assert bool(collection_adapter(Owner().items))

    def test_it_does_not_keep_its_collection(self):
        owner = Owner(items=[Item()])
        adapter = collection_adapter(owner.items)
        del owner
        gc.collect()
        gc.collect()
        assert adapter.data is None and list(adapter) == []

    def test_adapters_are_told_apart(self):
        one, other = collection_adapter(Owner().items), collection_adapter(Owner().items)
        assert one != other and one == one and len({one, other}) == 2


class TestMembers:
    def test_with_events(self, log):
        owner, item = Owner(), Item()
        adapter = collection_adapter(owner.items)
        adapter.append_with_event(item)
        assert owner.items == [item] and item.owner is owner
        adapter.remove_with_event(item)
        assert owner.items == [] and item.owner is None
        assert log == [("append", item), ("remove", item)]

    def test_without_events(self, log):
        owner, items = Owner(items=[Item()]), [Item(), Item()]
        del log[:]
        adapter = collection_adapter(owner.items)
        adapter.append_without_event(items[0])
        adapter.append_multiple_without_event(items)
        adapter.remove_without_event(items[1])
        assert len(owner.items) == 3 and all(item.owner is None for item in items)
        adapter.clear_without_event()
        assert owner.items == [] and log == []

    def test_clearing_tells_of_each(self, log):
        items = [Item(), Item()]
        owner = Owner(items=list(items))
        del log[:]
        collection_adapter(owner.items).clear_with_event()
        assert owner.items == [] and log == [("remove", items[0]), ("remove", items[1])]

    def test_members_that_are_there(self, log):
        item = Item()
        owner = Owner(members={item}, items=[item])
        del log[:]
        collection_adapter(owner.items).fire_append_wo_mutation_event_bulk([item])
        assert log == [("kept", item)] and owner.items == [item]

    def test_a_collection_that_was_only_read_is_stored_when_it_gets_content(self):
        owner = Owner()
        adapter = collection_adapter(owner.items)
        assert adapter.empty and "items" not in owner.__dict__
        adapter.clear_with_event()
        assert adapter.empty
        adapter.append_with_event(Item())
        assert not adapter.empty and owner.__dict__["items"] is adapter.data


class TestStaleCollections:
    @pytest.mark.parametrize(
        "change", [lambda c: c.append(Item()), lambda c: c.remove(c[0]), lambda c: c.extend([Item()]), lambda c: c.clear()]
    )
    def test_what_was_replaced_is_a_plain_list(self, change, log, recwarn):
        owner = Owner(items=[Item()])
        old = owner.items
        owner.items = []
        del log[:]
        change(old)
        assert log == [] and owner.items == [] and not recwarn.list

    def test_changes_to_what_expired_are_warned_of(self, log):
        owner, item = Owner(id=1, items=[Item()]), Item()
        make_transient_to_detached(owner)
        old = owner.items
        inspect(owner).expire_attributes(owner.__dict__, ["items"])
        del log[:]
        with pytest.warns(exc.SAWarning, match="invalidated: attribute .items. was expired"):
            old.append(item)
        assert log == [("append", item)] and item.owner is owner

    def test_who_hears_that_a_collection_is_let_go(self):
        seen = []
        listener = lambda target, collection, adapter: seen.append((target, list(collection)))
        event.listen(Owner.items, "dispose_collection", listener)
        item = Item()
        owner = Owner(id=1, items=[item])
        make_transient_to_detached(owner)
        owner.items = []
        assert seen.pop() == (owner, [item])
        inspect(owner).expire_attributes(owner.__dict__, ["items"])
        event.remove(Owner.items, "dispose_collection", listener)
        # the one of the constructor took the place of one that was never seen
        assert seen == [(owner, [])]


class TestReplacing:
    def test_only_differences_are_told(self, log):
        kept, gone, new = Item(), Item(), Item()
        owner = Owner(items=[kept, gone])
        del log[:]
        owner.items = [new, kept]
        assert sorted(log, key=str) == sorted([("append", new), ("kept", kept), ("remove", gone)], key=str)
        assert owner.items == [new, kept] and gone.owner is None and new.owner is owner

    def test_without_a_former_one(self, log):
        owner, items = Owner(), [Item(), Item()]
        adapter = attributes.init_collection(owner, "items")
        bulk_replace(iter(items), None, adapter)
        assert owner.items == items and log == [("append", items[0]), ("append", items[1])]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_all_protocols(protocol):
    owner = Owner(id=1, items=[Item(id=1)], members={Item(id=2)})
    again = pickle.loads(pickle.dumps(owner, protocol))
    assert [item.id for item in again.items] == [1] and [item.id for item in again.members] == [2]
    assert again.items[0].owner is again
    again.items.remove(again.items[0])
    assert attributes.get_history(again, "items").added == []


def test_of_an_object_that_is_gone():
    owner = Owner(id=1, items=[Item(id=1)])
    items = owner.items
    del items[0].__dict__["owner"]
    del owner
    gc.collect()
    assert collection_adapter(items).owner_state() is None
    again = pickle.loads(pickle.dumps(items))
    assert [item.id for item in again] == [1]


def test_pickle():
    owner = Owner(id=1, items=[Item(id=2), Item(id=3)])
    again = pickle.loads(pickle.dumps(owner))
    adapter = collection_adapter(again.items)
    assert [item.id for item in again.items] == [2, 3] and adapter.owner_state is inspect(again)
    assert adapter.data is again.items and not adapter.invalidated
    item = Item()
    again.items.append(item)
    assert item.owner is again
