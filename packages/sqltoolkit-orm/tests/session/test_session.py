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


@pytest.mark.parametrize("count", [1, 2, 7])
def test_cascade_of_deletes_is_followed_for_all_parents_at_once(model, count):
    session, Parent, Child = model
    session.add_all([Parent(children=[Child(), Child()]) for _ in range(count)])
    session.commit()
    parents = session.scalars(sa.select(Parent)).all()
    session.autoflush = True
    statements: List[str] = []
    sa.event.listen(session.get_bind(), "before_cursor_execute", lambda c, u, text, *rest: statements.append(text))
    waiting = Parent(name="pending")
    session.add(waiting)
    for parent in parents:
        session.delete(parent)
    # delete() itself loads nothing
    assert statements == []
    deleted = session.deleted
    assert len(statements) == 1 and "FROM child" in statements[0]
    assert len(deleted) == 3 * count
    assert all(parent in deleted for parent in parents)
    assert all(child in session.deleted for parent in parents for child in parent.children)
    # neither does following the cascade flush
    assert waiting in session.new and len(statements) == 1
    session.commit()
    assert session.scalars(sa.select(Child)).all() == []


@pytest.mark.parametrize("count", [1, 3])
def test_cascade_of_deletes_finds_the_children_of_expired_parents(model, count):
    session, Parent, Child = model
    parents = [Parent(children=[Child(), Child()]) for _ in range(count)]
    children = [child for parent in parents for child in parent.children]
    session.add_all(parents)
    session.commit()
    for parent in parents:
        session.delete(parent)
    deleted = session.deleted
    assert len(deleted) == 3 * count and all(child in deleted for child in children)
    # the SELECT that found the children has refreshed them
    assert all("parent_id" in child.__dict__ for child in children)
    session.rollback()
    assert not session.deleted and session.scalars(sa.select(sa.func.count(Child.id))).one() == 2 * count


def test_update_comes_before_insert(model):
    session, _Parent, _Child = model
    engine = session.get_bind()

    class Base(orm.DeclarativeBase):
        pass

    class Named(Base):
        __tablename__ = "named"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str] = orm.mapped_column(unique=True)

    Base.metadata.create_all(engine)
    first = Named(name="x")
    session.add(first)
    session.flush()
    # the new object takes the unique value that the change frees
    session.add(Named(name="x"))
    first.name = "y"
    session.commit()
    assert session.scalars(sa.select(Named.name).order_by(Named.id)).all() == ["y", "x"]


def test_columns_that_were_not_given_are_null_after_insert(model):
    session, Parent, _Child = model
    statements: List[str] = []
    parent = Parent()
    session.add(parent)
    session.flush()
    sa.event.listen(session.get_bind(), "before_cursor_execute", lambda c, u, text, *rest: statements.append(text))
    assert parent.name is None and statements == []


def test_changes_of_a_deleted_object_are_not_pending(model):
    session, Parent, _Child = model
    parent = Parent(name="x")
    session.add(parent)
    session.flush()
    session.delete(parent)
    session.flush()
    parent.name = "y"
    assert not session.dirty


def test_merge_of_a_pending_object_warns(model):
    session, Parent, _Child = model
    parent = Parent(name="x")
    session.add(parent)
    with session.no_autoflush, pytest.warns(sa.exc.SAWarning, match="pending"):
        merged = session.merge(parent)
    assert merged is not parent and len(session.new) == 2


def test_members_appended_to_an_unloaded_collection_join_the_loaded_ones(model):
    session, Parent, Child = model
    parent = Parent(children=[Child()])
    session.add(parent)
    session.commit()
    with session.no_autoflush:
        child = Child()
        child.parent = parent
        assert len(parent.children) == 2 and child in parent.children


def test_pending_orphan_may_be_added_again(model):
    session, Parent, Child = model
    parent, child = Parent(), Child()
    parent.children.append(child)
    child.parent = None
    session.add(child)
    assert child in session.new
    with pytest.raises(sa.exc.IntegrityError):
        # it is inserted, and has no parent
        session.flush()
