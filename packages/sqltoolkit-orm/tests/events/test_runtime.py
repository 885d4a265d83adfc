"""Events of sessions."""

from __future__ import annotations

import pytest
from blog import User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


def test_order_of_a_commit(session):
    seen = []
    for name in ("before_commit", "before_flush", "after_flush", "after_flush_postexec", "after_commit"):
        sa.event.listen(session, name, lambda *args, name=name: seen.append(name))
    session.add(User(id=9, name="x"))
    session.commit()
    assert seen == ["before_commit", "before_flush", "after_flush", "after_flush_postexec", "after_commit"]


def test_events_of_a_class_and_of_a_maker(engine, session):
    class Mine(orm.Session):
        pass

    seen = []
    maker = orm.sessionmaker(engine)
    sa.event.listen(Mine, "after_begin", lambda s, t, c: seen.append("class"))
    sa.event.listen(maker, "after_begin", lambda s, t, c: seen.append("maker"))
    Mine(engine).connection().close()
    maker().connection().close()
    assert seen == ["class", "maker"]


def test_lives_of_an_object(session):
    seen = []
    for name in (
        "transient_to_pending",
        "pending_to_persistent",
        "persistent_to_deleted",
        "deleted_to_detached",
        "pending_to_transient",
        "loaded_as_persistent",
        "persistent_to_detached",
    ):
        sa.event.listen(session, name, lambda s, obj, name=name: seen.append(name))
    user = User(id=9, name="x")
    session.add(user)
    session.flush()
    session.delete(user)
    session.flush()
    session.commit()
    assert seen == ["transient_to_pending", "pending_to_persistent", "persistent_to_deleted", "deleted_to_detached"]
    del seen[:]
    other = User(id=10, name="y")
    session.add(other)
    session.expunge(other)
    session.expunge(session.get(User, 1))
    assert seen == ["transient_to_pending", "pending_to_transient", "loaded_as_persistent", "persistent_to_detached"]


def test_before_attach_may_refuse(session):
    @sa.event.listens_for(session, "before_attach")
    def _no(session, instance):
        raise ValueError("no")

    with pytest.raises(ValueError):
        session.add(User(name="x"))
    assert not session.new


def test_after_rollback(session):
    seen = []
    sa.event.listen(session, "after_rollback", lambda s: seen.append("hard"))
    sa.event.listen(session, "after_soft_rollback", lambda s, t: seen.append("soft"))
    session.connection()
    session.rollback()
    assert sorted(seen) == ["hard", "soft"]


def test_bulk_events(session):
    seen = []
    sa.event.listen(session, "after_bulk_update", lambda context: seen.append(context.result.rowcount))
    sa.event.listen(session, "after_bulk_delete", lambda context: seen.append(context.result.rowcount))
    session.query(User).update({"name": "x"})
    session.query(User).filter(User.id == 3).delete()
    assert seen == [3, 1]


def test_removing_a_listener(session):
    seen = []
    listener = lambda s: seen.append(1)
    sa.event.listen(session, "before_commit", listener)
    sa.event.remove(session, "before_commit", listener)
    session.commit()
    assert seen == []
