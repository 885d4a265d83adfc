"""Makers of sessions and functions about objects and their sessions."""

from __future__ import annotations

from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "thing"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[Optional[str]]


@pytest.fixture()
def maker(engine):
    Base.metadata.create_all(engine)
    return orm.sessionmaker(engine)


def test_arguments_of_a_call_win(engine, maker):
    other = sa.create_engine("sqlite://")
    assert maker().bind is engine
    assert maker(bind=other).bind is other
    assert maker(autoflush=False).autoflush is False and maker().autoflush is True
    other.dispose()


def test_configure_changes_later_sessions(engine):
    maker = orm.sessionmaker()
    assert maker().bind is None
    maker.configure(bind=engine, expire_on_commit=False)
    session = maker()
    assert session.bind is engine and session.expire_on_commit is False


def test_info_is_copied_and_merged(engine):
    maker = orm.sessionmaker(engine, info={"a": 1})
    session = maker(info={"b": 2})
    assert session.info == {"a": 1, "b": 2}
    session.info["c"] = 3
    assert maker().info == {"a": 1}


def test_class_of_sessions(engine):
    class Mine(orm.Session):
        pass

    assert isinstance(orm.sessionmaker(engine, class_=Mine)(), Mine)
    first, second = orm.sessionmaker(engine), orm.sessionmaker(engine)
    assert first.class_ is not second.class_


def test_begin_commits_or_rolls_back(maker):
    with maker.begin() as session:
        session.add(Thing(id=1))
    with pytest.raises(ZeroDivisionError):
        with maker.begin() as session:
            session.add(Thing(id=2))
            session.flush()
            raise ZeroDivisionError()
    with maker() as session:
        assert session.scalars(sa.select(Thing.id)).all() == [1]


def test_object_session(maker):
    thing = Thing()
    assert orm.object_session(thing) is None
    with maker() as session:
        session.add(thing)
        assert orm.object_session(thing) is session
        session.expunge(thing)
        assert orm.object_session(thing) is None
    with pytest.raises(orm.exc.UnmappedInstanceError):
        orm.object_session(object())


def test_make_transient_forgets_the_identity(maker):
    with maker() as session:
        thing = Thing(id=1, name="a")
        session.add(thing)
        session.commit()
        session.refresh(thing)
        orm.make_transient(thing)
        assert sa.inspect(thing).transient and thing not in session
        thing.id = 2
        session.add(thing)
        session.commit()
        assert session.scalars(sa.select(Thing.id).order_by(Thing.id)).all() == [1, 2]


def test_make_transient_to_detached_loads_on_demand(maker):
    with maker.begin() as session:
        session.add(Thing(id=5, name="five"))
    thing = Thing(id=5)
    orm.make_transient_to_detached(thing)
    assert sa.inspect(thing).detached and sa.inspect(thing).identity == (5,)
    with maker() as session:
        session.add(thing)
        assert thing.name == "five"
        with pytest.raises(sa.exc.InvalidRequestError):
            orm.make_transient_to_detached(thing)


def test_was_deleted(maker):
    with maker() as session:
        thing = Thing()
        session.add(thing)
        session.commit()
        assert not orm.was_deleted(thing)
        session.delete(thing)
        session.commit()
        assert orm.was_deleted(thing)


def test_close_all_sessions(maker):
    session = maker()
    thing = Thing()
    session.add(thing)
    orm.close_all_sessions()
    assert thing not in session


def test_identity_key_forms(maker):
    key = orm.Session.identity_key(Thing, 3)
    assert key[:2] == (Thing, (3,))
    assert orm.Session.identity_key(instance=Thing(id=3)) == key
    assert orm.util.identity_key(Thing, (3,)) == key
