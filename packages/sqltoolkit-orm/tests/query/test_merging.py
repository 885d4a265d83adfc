"""Kept results come into another session."""

from __future__ import annotations

import pytest
from blog import User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


@pytest.mark.parametrize("load", [True, False])
def test_objects_and_values(session, statements, load):
    statement = sa.select(User, User.name).order_by(User.id)
    frozen = session.execute(statement).freeze()
    session.expunge_all()
    known = session.get(User, 1)
    statements.take()
    rows = orm.merge_frozen_result(session, statement, frozen, load=load)().all()
    assert [name for _user, name in rows] == ["ann", "bob", "cid"]
    assert rows[0][0] is known and all(user in session for user, _name in rows)
    # one is here already
    assert len(statements.take()) == (2 if load else 0)


def test_what_waits_is_flushed_first(session, statements):
    statement = sa.select(User).where(User.id == 1)
    frozen = session.execute(statement).freeze()
    session.add(User(id=9, name="new"))
    statements.take()
    orm.merge_frozen_result(session, statement, frozen)
    assert statements.verbs() == ["INSERT"] and not session.new
