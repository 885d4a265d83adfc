"""Sessions: states of objects, transactions, savepoints, failed flushes, merging."""

from __future__ import annotations

from typing import List
from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


@pytest.fixture()
def model():
    class Base(orm.DeclarativeBase):
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[Optional[str]]
        children: orm.Mapped[List["Child"]] = orm.relationship(
            back_populates="parent", cascade="all, delete-orphan", order_by="Child.id"
        )

    class Child(Base):
        __tablename__ = "child"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        parent_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("parent.id"))
        parent: orm.Mapped["Parent"] = orm.relationship(back_populates="children")

    Base.registry.configure()
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        yield session, Parent, Child


def test_states_of_an_object(model):
    session, Parent, _ = model
    obj = Parent(name="x")
    state = sa.inspect(obj)
    assert state.transient
    session.add(obj)
    assert state.pending and obj in session.new
    session.flush()
    assert state.persistent and session.get(Parent, obj.id) is obj
    session.delete(obj)
    session.flush()
    assert state.deleted
    session.commit()
    assert state.detached and state.was_deleted


def test_commit_expires_and_rollback_restores(model):
    session, Parent, _ = model
    obj = Parent(name="one")
    session.add(obj)
    session.commit()
    assert "name" not in obj.__dict__
    obj.name = "two"
    session.flush()
    session.rollback()
    assert obj.name == "one"


def test_rollback_makes_new_objects_transient(model):
    session, Parent, _ = model
    obj = Parent(name="x")
    session.add(obj)
    session.flush()
    session.rollback()
    assert sa.inspect(obj).transient
    assert session.scalar(sa.select(sa.func.count(Parent.id))) == 0


def test_failed_flush_leaves_no_rows_and_waits_for_rollback(model):
    session, Parent, Child = model
    good, bad = Parent(name="x"), Child()
    session.add_all([good, bad])
    with pytest.raises(sa.exc.IntegrityError):
        session.flush()
    with pytest.raises(sa.exc.PendingRollbackError):
        session.execute(sa.select(Parent))
    session.rollback()
    assert sa.inspect(good).transient and sa.inspect(good).identity is None
    assert session.scalars(sa.select(Parent)).all() == []


def test_savepoint(model):
    session, Parent, _ = model
    session.add(Parent(name="kept"))
    with session.begin_nested() as savepoint:
        session.add(Parent(name="dropped"))
        session.flush()
        savepoint.rollback()
    session.commit()
    assert session.scalars(sa.select(Parent.name)).all() == ["kept"]


def test_orphans_and_delete_cascade(model):
    session, Parent, Child = model
    parent = Parent(children=[Child(), Child(), Child()])
    session.add(parent)
    session.commit()
    parent.children.pop()
    session.flush()
    assert session.scalar(sa.select(sa.func.count(Child.id))) == 2
    session.expire_all()
    session.delete(parent)
    assert len(session.deleted) == 3
    session.flush()
    assert session.scalar(sa.select(sa.func.count(Child.id))) == 0


def test_merge_copies_onto_the_persistent_object(model):
    session, Parent, Child = model
    session.add(Parent(id=1, name="old", children=[Child(id=1)]))
    session.commit()
    given = Parent(id=1, name="new", children=[Child(id=1), Child(id=2)])
    merged = session.merge(given)
    session.commit()
    assert merged is not given and merged.name == "new"
    assert [child.id for child in merged.children] == [1, 2]


def test_changed_object_survives_collection(model):
    session, Parent, _ = model
    session.add(Parent(id=1, name="a"))
    session.commit()
    session.get(Parent, 1).name = "b"
    session.commit()
    assert session.scalar(sa.select(Parent.name)) == "b"


def test_get_refuses_wrong_keys(model):
    session, Parent, _ = model
    with pytest.raises(sa.exc.InvalidRequestError):
        session.get(Parent, (1, 2))
    assert session.get(Parent, 99) is None
    with pytest.raises(sa.exc.NoResultFound):
        session.get_one(Parent, 99)


def test_detached_object_cannot_load(model):
    session, Parent, Child = model
    parent = Parent(children=[Child()])
    session.add(parent)
    session.commit()
    session.refresh(parent)
    session.expunge(parent)
    with pytest.raises(orm.exc.DetachedInstanceError):
        parent.children
