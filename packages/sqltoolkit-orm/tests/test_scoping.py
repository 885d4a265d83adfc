"""Registries of sessions."""

from __future__ import annotations

import pytest
from blog import User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


@pytest.fixture()
def scoped(engine, session):
    registry = orm.scoped_session(orm.sessionmaker(engine))
    yield registry
    registry.remove()


def test_one_session_per_thread(scoped):
    import threading

    found = []
    thread = threading.Thread(target=lambda: found.append(scoped()))
    thread.start()
    thread.join()
    assert scoped() is scoped() and found[0] is not scoped()
    found[0].close()


def test_remove_closes_and_forgets(scoped):
    first = scoped()
    user = scoped.get(User, 1)
    scoped.remove()
    assert user not in first and scoped() is not first


def test_methods_are_those_of_the_session(scoped):
    scoped.add(User(id=9, name="new"))
    assert len(scoped.new) == 1 and scoped.dirty is not None
    scoped.commit()
    assert scoped.scalar(sa.select(User.name).where(User.id == 9)) == "new"


def test_arguments_after_the_first_use_are_refused(scoped):
    scoped()
    with pytest.raises(sa.exc.InvalidRequestError):
        scoped(autoflush=False)


def test_own_scope(engine):
    scope = ["a"]
    registry = orm.scoped_session(orm.sessionmaker(engine), scopefunc=lambda: scope[0])
    first = registry()
    scope[0] = "b"
    assert registry() is not first
    scope[0] = "a"
    assert registry() is first


def test_configure_warns_when_a_session_exists(scoped):
    scoped()
    with pytest.warns(sa.exc.SAWarning):
        scoped.configure(autoflush=False)


def test_query_property(scoped):
    User.query = scoped.query_property()
    try:
        assert User.query.filter_by(name="ann").one().id == 1
    finally:
        del User.query
