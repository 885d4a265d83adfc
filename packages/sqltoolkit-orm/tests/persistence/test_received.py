"""What objects know after a flush: values of defaults, what is loaded again, and what listeners are told."""

from __future__ import annotations

import itertools

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


@pytest.fixture()
def model(engine):
    class Base(orm.DeclarativeBase):
        pass

    numbers = itertools.count(10)

    class Thing(Base):
        __tablename__ = "thing"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        name = orm.mapped_column(sa.String)
        made = orm.mapped_column(sa.Integer, default=5)
        computed = orm.mapped_column(sa.Integer, default=sa.text("4"))
        served = orm.mapped_column(sa.Integer, server_default="7")
        changed = orm.mapped_column(sa.Integer, onupdate=lambda: next(numbers))
        expression = orm.mapped_column(sa.Integer, onupdate=sa.text("3"))

    class Eager(Base):
        __tablename__ = "eager"
        __mapper_args__ = {"eager_defaults": True}
        id = orm.mapped_column(sa.Integer, primary_key=True)
        name = orm.mapped_column(sa.String)
        expression = orm.mapped_column(sa.Integer, onupdate=sa.text("3"))

    Base.metadata.create_all(engine)
    return Base, Thing, Eager


@pytest.fixture()
def session(engine, model):
    with orm.Session(engine) as session:
        yield session


def loaded(obj):
    return {key: value for key, value in vars(obj).items() if not key.startswith("_")}


def test_defaults_are_known_after_an_insert(session, model, engine):
    thing = model[1](name="a")
    session.add(thing)
    session.flush()
    if not engine.dialect.insert_returning:
        assert (thing.computed, thing.served) == (4, 7)
    assert loaded(thing) == {"id": 1, "name": "a", "made": 5, "computed": 4, "served": 7}


def test_expressions_of_updates_are_loaded_again(session, model):
    things = [model[1](name="a"), model[1](name="b")]
    session.add_all(things)
    session.flush()
    assert things[0].expression is None
    for thing in things:
        thing.name = "c"
    session.flush()
    assert "expression" not in loaded(things[0]) and things[0].expression == 3
    # each row has a value of its own
    assert [thing.changed for thing in things] == [10, 11]


def test_values_that_were_set_are_not_loaded_again(session, model, statements):
    thing = model[1](name="a")
    session.add(thing)
    session.flush()
    thing.changed, thing.expression = 1, 2
    session.flush()
    statements.take()
    assert (thing.changed, thing.expression) == (1, 2) and statements.take() == []


def test_eager_defaults_fetch_at_once(session, model, statements, engine):
    thing = model[2](name="a")
    session.add(thing)
    session.flush()
    assert loaded(thing)["expression"] is None
    statements.take()
    thing.name = "b"
    session.flush()
    assert statements.verbs() == (["UPDATE"] if engine.dialect.update_returning else ["UPDATE", "SELECT"])
    assert loaded(thing)["expression"] == 3


def test_listeners_are_told_what_a_flush_fills(session, model, engine):
    if not engine.dialect.insert_returning:
        pytest.skip("this SQLite has no RETURNING")
    heard = []
    sa.event.listen(model[1], "refresh_flush", lambda obj, context, keys: heard.append(("filled", keys)))
    sa.event.listen(model[1], "expire", lambda obj, keys: heard.append(("expired", keys)))
    thing = model[1](name=sa.func.lower("A"))
    session.add(thing)
    session.flush()
    assert heard == [("filled", ["computed", "served", "made"]), ("expired", ["name"])]
    del heard[:]
    thing.made = 6
    session.flush()
    assert heard == [("filled", ["changed"]), ("expired", ["expression"])]
