"""What is saved, deleted or let go along with another object."""

from __future__ import annotations

from typing import Any

import pytest
from shared_models import parents_and_children
from two_libraries import Library, agree


@pytest.mark.parametrize("uselist", [True, False])
@pytest.mark.parametrize("cascade", ["all", "all, delete-orphan", "save-update"])
@pytest.mark.parametrize("flushed", [True, False])
@pytest.mark.parametrize("what", ["taken out", "moved", "moved by backref", "replaced"])
def test_deleting_a_parent_of_what_left_it(both, uselist, cascade, flushed, what):
    if what == "replaced" and not flushed and cascade != "save-update":
        pytest.skip("one library inserts the new object, and its key is that of the row that is deleted")
    if what == "moved" and "orphan" in cascade:
        pytest.skip("one library flushes in between, so that the object is an orphan for a moment")

    def program(lib: Library) -> Any:
        session = lib.session
        Parent, Child = parents_and_children(lib, children={"uselist": uselist, "cascade": cascade}, parent={})
        one, two, child = Parent(id=1), Parent(id=2), Child(id=1)
        session.add_all([one, two, child])
        one.children = [child, Child(id=2)] if uselist else child
        session.commit()
        if what == "taken out":
            one.children = one.children[1:] if uselist else None
        elif what == "moved":
            one.children = one.children[1:] if uselist else None
            two.children = [child] if uselist else child
        elif what == "moved by backref":
            child.parent = two
        else:
            one.children = [Child(id=3)] if uselist else Child(id=3)
        if flushed:
            session.flush()
        session.delete(one)
        session.commit()
        return session.execute(lib.core.select(Child.id, Child.parent_id).order_by(Child.id)).all()

    agree(both, program)


@pytest.mark.parametrize("delete_old", [True, False])
@pytest.mark.parametrize("cascade", ["all", "all, delete-orphan"])
def test_moving_an_object_without_taking_it_out(both, delete_old, cascade):
    def program(lib: Library) -> Any:
        session = lib.session
        Parent, Child = parents_and_children(lib, children={"uselist": False, "cascade": cascade})
        session.autoflush = False
        child = Child(id=1)
        one = Parent(id=1, children=child)
        session.add(one)
        session.flush()
        if delete_old:
            session.delete(one)
        session.add(Parent(id=2, children=child))
        session.flush()
        return session.execute(lib.core.select(Child.id, Child.parent_id)).all()

    agree(both, program)


@pytest.mark.parametrize("put", ["append", "assign", "constructor"])
@pytest.mark.parametrize("many", [True, False])
def test_none_in_a_collection(both, put, many):
    def program(lib: Library) -> Any:
        owner = lib.model.Book(id=9) if many else lib.model.Author(id=9)
        key = "tags" if many else "books"
        if put == "append":
            getattr(owner, key).append(None)
        else:
            setattr(owner, key, [None])
        lib.session.add(owner)
        try:
            lib.session.flush()
        except lib.orm.exc.FlushError:
            return "refused"

    agree(both, program)


@pytest.mark.parametrize("cascade", [None, False, "", "none", "all", "delete", "all, delete-orphan"])
@pytest.mark.parametrize("viewonly", [True, False])
def test_cascades_of_a_relationship(both, cascade, viewonly):
    def program(lib: Library) -> Any:
        arguments = {} if cascade is False else {"cascade": cascade}
        found = lib.orm.relationship("X", viewonly=viewonly, **arguments)
        return sorted(found.cascade)

    agree(both, program)


@pytest.mark.parametrize("how", ["set", "list", "dict"])
def test_putting_in_what_the_backref_brought(both, how):
    def program(lib: Library) -> Any:
        kinds = {"set": set, "list": list, "dict": lib.orm.attribute_keyed_dict("id")}
        Parent, Child = parents_and_children(lib, children={"collection_class": kinds[how]}, parent={})
        parent, child = Parent(id=1), Child(id=1)
        lib.session.add(parent)
        child.parent = parent
        found = [child in lib.session]
        if how == "set":
            parent.children.add(child)
        elif how == "list":
            parent.children = [child]
        else:
            parent.children.update({1: child})
        return found + [child in lib.session]

    agree(both, program)


def test_orphans_leave_the_session_with_all_that_is_theirs(both):
    def program(lib: Library) -> Any:
        core, orm, session = lib.core, lib.orm, lib.session

        class Order(lib.Base):
            __tablename__ = "orders"
            id = core.Column(core.Integer, primary_key=True)
            items = orm.relationship("Item", cascade="all, delete-orphan")

        class Item(lib.Base):
            __tablename__ = "item"
            id = core.Column(core.Integer, primary_key=True)
            order_id = core.Column(core.ForeignKey("orders.id"))
            notes = orm.relationship("Note", cascade="all, delete-orphan")

        class Note(lib.Base):
            __tablename__ = "note"
            id = core.Column(core.Integer, primary_key=True)
            item_id = core.Column(core.ForeignKey("item.id"))

        order, note = Order(), Note()
        item = Item(notes=[note])
        session.add(order)
        order.items.append(item)
        found = [item in session, note in session]
        order.items.remove(item)
        return found + [item in session, note in session]

    agree(both, program)
