"""The state of an object: what it tells, and what it holds."""

import copy
import gc
import pickle

import pytest
from sqltoolkit_core import Column, Integer, MetaData, String, Table, inspect
from sqltoolkit_orm import DeclarativeBase, Mapped, NO_VALUE, Session, mapped_column, registry
from sqltoolkit_orm import attributes, make_transient_to_detached
from sqltoolkit_orm.state import EXPIRED, InstanceState, MODIFIED


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "state_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def detached(**values):
    user = User(id=values.pop("id", 1))
    make_transient_to_detached(user)
    for key, value in values.items():
        attributes.set_committed_value(user, key, value)
    return user


def test_state_is_the_weak_reference():
    user = User()
    state = inspect(user)
    assert isinstance(state, InstanceState) and state() is user and state.obj() is user
    assert state.manager is User._sa_class_manager and state.class_ is User
    del user
    gc.collect()
    assert state() is None and state.object is None and state.dict == {}


def test_states_are_told_apart_by_identity():
    first, second = inspect(User()), inspect(User())
    assert first == first and first != second and len({first, second, first}) == 2


def test_transient_and_detached():
    user = User(name="x")
    state = inspect(user)
    assert (state.transient, state.pending, state.persistent, state.detached) == (True, False, False, False)
    assert state.key is None and state.identity is None and not state.has_identity
    state = inspect(detached(id=5))
    assert state.detached and state.identity == (5,) and state.key == (User, (5,), None)


def test_session_states():
    with Session() as session:
        user = User(id=1)
        session.add(user)
        assert inspect(user).pending and inspect(user).session is session
        session.expunge(user)
        assert inspect(user).transient and inspect(user).session is None


def test_attrs_tell_value_and_history():
    user = detached(name="a")
    user.name = "b"
    attr = inspect(user).attrs.name
    assert attr.value == "b" and attr.loaded_value == "b"
    assert attr.history == (["b"], (), ["a"]) and attr.load_history() == attr.history
    assert inspect(User()).attrs.name.loaded_value is NO_VALUE


def test_unloaded_and_unmodified():
    user = detached(name="a")
    state = inspect(user)
    assert state.unloaded == set() and state.unmodified == {"id", "name"}
    user = detached(name="a")
    user.name = "b"
    assert inspect(user).unmodified == {"id"} and inspect(user).unmodified_intersection(["id", "name"]) == {"id"}


def test_expire_forgets_values_and_changes():
    user = detached(name="a")
    state = inspect(user)
    user.name = "b"
    assert state.flags & MODIFIED
    state.expire(user.__dict__, {})
    assert state.flags & EXPIRED and state.expired and not state.modified
    assert state.expired_attributes == {"id", "name"} and "name" not in user.__dict__


def test_expire_keeps_attributes_that_are_not_mapped():
    user = detached(name="a")
    user.note = "mine"
    inspect(user).expire(user.__dict__, {})
    assert user.note == "mine"


def test_setting_an_expired_attribute_loads_nothing():
    user = detached(name="a")
    inspect(user).expire(user.__dict__, {})
    user.name = "b"
    assert inspect(user).attrs.name.history == (["b"], (), ())
    assert inspect(user).expired_attributes == {"id"}


def test_pickle_keeps_identity_and_changes():
    user = detached(name="a")
    user.name = "b"
    other = pickle.loads(pickle.dumps(user))
    assert inspect(other).key == inspect(user).key and other.name == "b"
    assert inspect(other).attrs.name.history == (["b"], (), ["a"])
    assert inspect(other)() is other


def test_deepcopy_makes_a_state_of_its_own():
    user = detached(name="a")
    other = copy.deepcopy(user)
    assert inspect(other) is not inspect(user) and inspect(other)() is other


def test_composite_key():
    mapping = registry()

    class Pair:
        pass

    table = Table(
        "pair", MetaData(), Column("a", Integer, primary_key=True), Column("b", String(5), primary_key=True)
    )
    mapping.map_imperatively(Pair, table)
    pair = Pair(a=1, b="x")
    make_transient_to_detached(pair)
    assert inspect(pair).pk == (1, "x") and inspect(pair).identity == (1, "x")


def test_object_without_state():
    with pytest.raises(Exception, match="Unmapped|not mapped|no ORM state"):
        from sqltoolkit_orm import object_mapper

        object_mapper(object())


def test_a_pickled_object_whose_row_was_deleted_may_be_added_again(engine):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        user = User(id=1, name="a")
        session.add(user)
        session.commit()
        session.delete(user)
        session.flush()
        again = pickle.loads(pickle.dumps(user))
        session.rollback()
        session.expunge_all()
        session.add(again)
        assert again in session and not inspect(again).deleted
