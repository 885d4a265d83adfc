"""The identity map: living objects by key, collected ones forgotten."""

import gc

import pytest
from sqltoolkit_core import exc, inspect
from sqltoolkit_orm import DeclarativeBase, Mapped, Session, make_transient_to_detached, mapped_column
from sqltoolkit_orm.identity import IdentityMap, new_session_id, sessions


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "identity_thing"
    id: Mapped[int] = mapped_column(primary_key=True)


def thing(key):
    made = Thing(id=key)
    make_transient_to_detached(made)
    return made


def test_add_get_discard():
    found, one = IdentityMap(), thing(1)
    state = inspect(one)
    assert found.add(state) is True and found.add(state) is False
    assert found.get((Thing, (1,), None)) is one and found[Thing, (1,), None] is one
    assert (Thing, (1,), None) in found and found.contains_state(state) and len(found) == 1
    assert found.keys() == [(Thing, (1,), None)] and found.values() == [one] and found.all_states() == [state]
    found.discard(state)
    assert found.get((Thing, (1,), None), "none") == "none" and len(found) == 0


def test_two_objects_of_one_identity_are_refused():
    found, one, other = IdentityMap(), thing(1), thing(1)
    found.add(inspect(one))
    with pytest.raises(exc.InvalidRequestError, match="another object"):
        found.add(inspect(other))
    assert found.replace(inspect(other)) is inspect(one) and found.values() == [other]


def test_collected_objects_are_skipped_and_swept():
    found = IdentityMap()
    kept = thing(0)
    found.add(inspect(kept))
    for key in range(1, 50):
        found.add(inspect(thing(key)))
    gc.collect()
    assert len(found) == 1 and list(found) == [(Thing, (0,), None)]
    found.sweep()
    assert list(found.table(Thing)) == [0]


def test_a_place_of_a_collected_object_can_be_taken():
    found = IdentityMap()
    found.add(inspect(thing(1)))
    gc.collect()
    one = thing(1)
    assert found.add(inspect(one)) is True and found.values() == [one]


def test_tokens_tell_equal_keys_apart():
    found, one, other = IdentityMap(), thing(1), thing(1)
    inspect(other).identity_token = "shard"
    found.add(inspect(one))
    found.add(inspect(other))
    assert found.get((Thing, (1,), None)) is one and found.get((Thing, (1,), "shard")) is other


def test_session_numbers_are_new():
    assert new_session_id() != new_session_id()


def test_sessions_are_found_by_number_while_they_live() -> None:
    session = Session()
    number = session.hash_key
    assert sessions.get(number) is session and session in sessions.values()
    del session
    gc.collect()
    assert sessions.get(number) is None and number not in sessions.references
