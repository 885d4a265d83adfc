"""Objects of a session: add, expunge, delete, refresh, expire, merge, get."""

from __future__ import annotations

from typing import List
from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "parent"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[Optional[str]]
    rank: orm.Mapped[Optional[int]]
    children: orm.Mapped[List["Child"]] = orm.relationship(
        back_populates="parent", cascade="all, delete-orphan", order_by="Child.id"
    )


class Child(Base):
    __tablename__ = "child"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    parent_id: orm.Mapped[Optional[int]] = orm.mapped_column(sa.ForeignKey("parent.id"))
    label: orm.Mapped[Optional[str]]
    parent: orm.Mapped[Optional["Parent"]] = orm.relationship(back_populates="children")


class Cell(Base):
    __tablename__ = "cell"
    x: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    y: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    text: orm.Mapped[Optional[str]]


@pytest.fixture()
def session(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        yield session


@pytest.fixture()
def parent(session):
    parent = Parent(id=1, name="p", rank=5, children=[Child(id=1, label="a"), Child(id=2, label="b")])
    session.add(parent)
    session.commit()
    return parent


def test_add_cascades_along_relationships(session):
    child = Child(label="a")
    parent = Parent(children=[child])
    session.add(child)
    assert parent in session.new and child in session
    assert list(session) and len(session.new) == 2


def test_add_to_a_second_session_is_an_error(engine, session, parent):
    with orm.Session(engine) as other:
        with pytest.raises(sa.exc.InvalidRequestError):
            other.add(parent)


def test_add_of_something_unmapped(session):
    with pytest.raises(orm.exc.UnmappedInstanceError):
        session.add(object())
    with pytest.raises(orm.exc.UnmappedInstanceError):
        session.add(None)
    with pytest.raises(orm.exc.UnmappedInstanceError):
        session.delete(Parent)


def test_expunge_cascades_and_refuses_strangers(session, parent):
    child = parent.children[0]
    session.expunge(parent)
    assert parent not in session and child not in session
    with pytest.raises(sa.exc.InvalidRequestError):
        session.expunge(parent)


def test_delete_of_a_pending_object_is_an_error(session):
    parent = Parent()
    session.add(parent)
    with pytest.raises(sa.exc.InvalidRequestError):
        session.delete(parent)


def test_delete_all(session, parent):
    session.delete_all(parent.children)
    session.commit()
    assert parent.children == []


def test_refresh_of_all_attributes_discards_changes(session, parent):
    parent.name = "changed"
    with session.no_autoflush:
        session.refresh(parent)
    assert parent.name == "p" and parent not in session.dirty


def test_refresh_with_names_touches_only_those(session, parent, statements):
    assert (parent.name, parent.rank) == ("p", 5)
    session.execute(sa.update(Parent).values(name="q", rank=6), execution_options={"synchronize_session": False})
    statements.take()
    session.refresh(parent, ["rank"])
    assert len(statements.take()) == 1
    assert (parent.name, parent.rank) == ("p", 6)


def test_refresh_of_a_relationship_by_name(session, parent):
    assert len(parent.children) == 2
    session.execute(sa.delete(Child).where(Child.id == 2), execution_options={"synchronize_session": False})
    session.refresh(parent, ["children"])
    assert [c.id for c in parent.children] == [1]


def test_refresh_of_a_vanished_row(session, parent):
    session.execute(sa.delete(Parent), execution_options={"synchronize_session": False})
    with pytest.raises(sa.exc.InvalidRequestError):
        session.refresh(parent)


def test_refresh_of_something_not_persistent(session):
    with pytest.raises(sa.exc.InvalidRequestError):
        session.refresh(Parent())


def test_expire_names_and_reload_in_one_statement(session, parent, statements):
    assert (parent.name, parent.rank) == ("p", 5)
    session.expire(parent, ["name", "rank"])
    assert sa.inspect(parent).expired_attributes == {"name", "rank"}
    statements.take()
    assert (parent.rank, parent.name) == (5, "p")
    assert len(statements.take()) == 1


def test_expired_object_whose_row_is_gone(session, parent):
    session.execute(sa.delete(Parent), execution_options={"synchronize_session": False})
    session.expire(parent)
    with pytest.raises(orm.exc.ObjectDeletedError):
        parent.name


def test_expire_all_drops_pending_changes(session, parent):
    parent.name = "changed"
    session.expire_all()
    assert parent not in session.dirty
    assert parent.name == "p"


def test_get_uses_the_identity_map(session, parent, statements):
    parent.name
    statements.take()
    assert session.get(Parent, 1) is parent
    assert session.get(Parent, (1,)) is parent
    assert session.get(Parent, {"id": 1}) is parent
    assert statements.take() == []
    assert session.get(Parent, 99) is None
    assert len(statements.take()) == 1


def test_get_with_composite_keys(session):
    session.add(Cell(x=1, y=2, text="a"))
    session.commit()
    session.expunge_all()
    cell = session.get(Cell, (1, 2))
    assert cell.text == "a"
    assert session.get(Cell, {"y": 2, "x": 1}) is cell
    with pytest.raises(sa.exc.InvalidRequestError):
        session.get(Cell, 1)
    with pytest.raises(sa.exc.InvalidRequestError):
        session.get(Cell, {"x": 1})


def test_get_one(session, parent):
    assert session.get_one(Parent, 1) is parent
    with pytest.raises(sa.exc.NoResultFound):
        session.get_one(Parent, 99)


def test_get_populate_existing(session, parent):
    parent.name
    session.execute(sa.update(Parent).values(name="q"), execution_options={"synchronize_session": False})
    assert session.get(Parent, 1).name == "p"
    assert session.get(Parent, 1, populate_existing=True).name == "q"


def test_with_for_update_is_left_out_on_sqlite(session, parent, statements):
    parent.name
    statements.take()
    assert session.get(Parent, 1, with_for_update=True) is parent
    (text,) = statements.take()
    assert "FOR UPDATE" not in text


def test_merge_copies_onto_the_loaded_object(session, parent):
    given = Parent(id=1, name="merged", children=[Child(id=2, label="bb"), Child(id=3, label="c")])
    merged = session.merge(given)
    assert merged is parent and given not in session
    session.commit()
    assert parent.name == "merged" and parent.rank == 5
    assert [(c.id, c.label) for c in parent.children] == [(2, "bb"), (3, "c")]
    assert session.get(Child, 1) is None


def test_merge_of_an_unknown_key_makes_a_new_object(session):
    merged = session.merge(Parent(id=7, name="new"))
    assert sa.inspect(merged).pending
    session.commit()
    assert session.get(Parent, 7) is merged


def test_merge_without_load(engine, session, parent, statements):
    len(parent.children)
    parent.name
    session.expunge_all()
    with orm.Session(engine) as other:
        statements.take()
        merged = other.merge(parent, load=False)
        assert statements.take() == []
        assert merged is not parent and merged in other
        assert (merged.name, [c.id for c in merged.children]) == ("p", [1, 2])
        assert not other.dirty


def test_merge_without_load_refuses_transient_and_dirty_objects(engine, session, parent):
    with orm.Session(engine) as other:
        with pytest.raises(sa.exc.InvalidRequestError):
            other.merge(Parent(id=1), load=False)
        parent.name = "dirty"
        with pytest.raises(sa.exc.InvalidRequestError):
            other.merge(parent, load=False)


def test_is_modified(session, parent):
    assert not session.is_modified(parent)
    assert parent.name == "p"
    parent.name = "p"
    assert parent in session.dirty and not session.is_modified(parent)
    parent.name = "q"
    assert session.is_modified(parent)


def test_enable_relationship_loading(session, parent):
    child = Child(parent_id=1)
    session.enable_relationship_loading(child)
    assert child.parent is parent


def test_objects_of_a_class_that_only_inherits_from_a_mapped_one(session):
    class Unmapped(Parent):
        __abstract__ = True

    made = Unmapped(name="x")
    assert made.name == "x"
    for use in (session.add, session.merge, lambda obj: session.add_all([obj]), lambda obj: session.add(Child(parent=obj))):
        with pytest.raises(orm.exc.UnmappedClassError, match="Unmapped"):
            use(made)
    assert made not in session


class Counted(Base):
    __tablename__ = "counted"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    text: orm.Mapped[Optional[str]]
    version: orm.Mapped[int]
    __mapper_args__ = {"version_id_col": "version"}


def test_get_for_update_of_an_object_that_changed_in_the_database(session):
    counted = Counted(id=1, text="a")
    session.add(counted)
    session.commit()
    assert counted.version == 1
    session.execute(sa.text("UPDATE counted SET text = 'b', version = 7"))
    counted.text = "mine"
    with session.no_autoflush, pytest.raises(orm.exc.StaleDataError, match="version 1 .* version 7"):
        session.get(Counted, 1, with_for_update=True)
    # neither the change nor the version it was made for is lost
    assert (counted.text, counted.version) == ("mine", 1)
    session.expire(counted)
    assert session.get(Counted, 1, with_for_update=True).text == "b"


def test_refresh_flushes_what_it_does_not_give_up(session, parent):
    session.commit()
    child = Child(label="new")
    parent.name, parent.rank = "given up", 5
    session.add(child)
    session.refresh(parent, ["name"])
    assert (parent.name, parent.rank) != ("given up", None) and parent.rank == 5
    # the rest of the changes reached the database
    assert child.id is not None and not session.dirty
    assert session.execute(sa.select(Parent.name, Parent.rank)).one() == (parent.name, 5)


def test_refresh_with_no_names_is_of_all(session, parent):
    parent.name = "changed"
    session.refresh(parent, [])
    assert parent.name != "changed" and not session.dirty


def test_refresh_by_name_says_nothing_of_later_ones(session, parent, statements):
    for names in (["children"], ["name", "children"]):
        session.refresh(parent, names)
        session.expire(parent)
        statements.take()
        session.refresh(parent)
        assert "parent.name, parent.rank" in statements.take()[0]
