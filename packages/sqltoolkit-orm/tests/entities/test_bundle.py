"""Columns grouped in a row."""

from __future__ import annotations

import pytest
from blog import Post, User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


def test_bundle_in_where(session):
    who = orm.Bundle("who", User.id, User.name)
    assert session.execute(sa.select(who).where(who.c.name == "bob")).one().who == (2, "bob")


def test_single_entity_in_query(session):
    who = orm.Bundle("who", User.id, User.name, single_entity=True)
    first = session.query(who).order_by(User.id).first()
    assert (first.id, first.name) == (1, "ann")


def test_own_row_processor(session):
    class Upper(orm.Bundle):
        def create_row_processor(self, query, procs, labels):
            def read(row):
                return {label: proc(row) for label, proc in zip(labels, procs)}

            return read

    assert session.execute(sa.select(Upper("u", User.id)).order_by(User.id)).first().u == {"id": 1}


def test_unknown_field(session):
    row = session.execute(sa.select(orm.Bundle("who", User.id))).first()
    with pytest.raises(AttributeError):
        row.who.name


def test_row_processors_of_subclasses_are_told_apart_in_the_cache(session):
    for factor in (1, 10):

        class Times(orm.Bundle):
            def create_row_processor(self, query, procs, labels, factor=factor):
                return lambda row: procs[0](row) * factor

        assert Times("n", User.id)._generate_cache_key() is not None
        assert session.scalars(sa.select(Times("n", User.id)).order_by(User.id)).first() == factor


def test_what_a_constructor_keeps_is_not_in_the_cache_unasked(session):
    class Times(orm.Bundle):
        def __init__(self, name, *exprs, factor):
            super().__init__(name, *exprs)
            self.factor = factor

        def create_row_processor(self, query, procs, labels):
            return lambda row: procs[0](row) * self.factor

    for factor in (1, 10):
        made = Times("n", User.id, factor=factor)
        assert session.scalars(sa.select(made).order_by(User.id)).first() == factor

    class Asked(Times):
        inherit_cache = True

    assert made._generate_cache_key() is None
    assert Asked("n", User.id, factor=1)._generate_cache_key() is not None


def test_bundles_in_bundles_have_the_elements_of_both():
    inside = orm.Bundle("inside", User.name)
    outside = orm.Bundle("outside", User.id, inside)
    assert [element.name for element in outside.elements] == ["id", "name"]


def test_dictionaries(session):
    both = orm.DictBundle("both", User.id, User.name.label("called"))
    assert session.execute(sa.select(both).order_by(User.id)).scalars().first() == {"id": 1, "called": "ann"}


def test_two_values_of_one_name_in_a_dictionary():
    with pytest.raises(sa.exc.ArgumentError, match="one name.*label them"):
        orm.DictBundle("both", User.id, Post.id)


def test_names_of_values_are_taken_within_the_bundle_only():
    Base = orm.declarative_base()

    class Coin(Base):
        __tablename__ = "coin"
        id = sa.Column(sa.Integer, primary_key=True)

    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(Coin(id=1))
        session.flush()
        row = session.execute(sa.select(orm.Bundle("one", Coin.id), Coin.id, orm.Bundle("two", Coin.id))).one()
        assert row._fields == ("one", "id", "two")
        assert row.one._fields == row.two._fields == ("id",)
