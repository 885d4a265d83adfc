"""Attributes of subclasses are loaded from the tables of the subclasses alone."""

from __future__ import annotations

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm
from sqltoolkit_orm.loading.own_tables import select_from_own_tables

Base = orm.declarative_base()


class Animal(Base):
    __tablename__ = "animal"
    id = sa.Column(sa.Integer, primary_key=True)
    kind = sa.Column(sa.String)
    name = sa.Column(sa.String)
    __mapper_args__ = {"polymorphic_on": kind}


class Bird(Animal):
    __tablename__ = "bird"
    bird_id = sa.Column(sa.ForeignKey("animal.id"), primary_key=True)
    wings = sa.Column(sa.Integer)
    feathers = orm.column_property(wings * 100, deferred=True)
    songs = orm.column_property(sa.select(sa.func.count()).select_from(sa.table("song")).scalar_subquery(), deferred=True)
    __mapper_args__ = {"polymorphic_identity": "bird"}


class Owl(Bird):
    __tablename__ = "owl"
    owl_id = sa.Column(sa.ForeignKey("bird.bird_id"), primary_key=True)
    prey = sa.Column(sa.String)
    __mapper_args__ = {"polymorphic_identity": "owl"}


class WhiteOwl(Owl):
    __mapper_args__ = {"polymorphic_identity": "white owl"}


class TawnyOwl(Owl):
    __tablename__ = "tawny_owl"
    tawny_id = sa.Column(sa.ForeignKey("owl.owl_id"), primary_key=True)
    call = sa.Column(sa.String)
    __mapper_args__ = {"polymorphic_identity": "tawny owl"}


@pytest.fixture()
def session(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([Bird(id=1, wings=2, name="b"), Owl(id=2, wings=2, prey="mouse", name="o")])
        session.commit()
        session.expunge_all()
        yield session


def test_what_a_load_of_the_base_class_left_out(session, statements):
    owl = session.scalars(sa.select(Animal).where(Animal.id == 2)).one()
    statements.take()
    assert (owl.prey, owl.wings) == ("mouse", 2)
    (text,) = statements.take()
    assert "animal" not in text and text.endswith("FROM bird, owl \nWHERE ? = bird.bird_id AND bird.bird_id = owl.owl_id")


def test_tables_of_columns_come_first(session, statements):
    session.add(TawnyOwl(id=3, wings=2, call="hoo"))
    session.commit()
    owl = session.scalars(sa.select(Animal).where(Animal.id == 3)).one()
    session.expire(owl, ["wings", "call"])
    statements.take()
    assert (owl.call, owl.wings) == ("hoo", 2)
    assert "FROM bird, tawny_owl, owl \nWHERE" in statements.take()[0]


def test_keys_follow_over_several_classes(session, statements):
    session.add(TawnyOwl(id=3, wings=2, call="hoo"))
    session.commit()
    session.expunge_all()
    owl = session.scalars(sa.select(Owl).where(Owl.id == 3)).one()
    statements.take()
    assert owl.call == "hoo"
    assert statements.take()[0].endswith("\nFROM tawny_owl \nWHERE ? = tawny_owl.tawny_id")


@pytest.mark.parametrize(
    "names, expected",
    [
        (["prey"], "SELECT owl.prey AS owl_prey \nFROM owl \nWHERE ? = owl.owl_id"),
        (["wings"], "SELECT bird.wings AS bird_wings \nFROM bird, owl \nWHERE ? = bird.bird_id AND bird.bird_id = owl.owl_id"),
        (["name"], "SELECT animal.name \nFROM animal JOIN bird ON animal.id = bird.bird_id JOIN owl ON bird.bird_id = owl.owl_id \n"
         "WHERE animal.id = ?"),
    ],
)  # fmt: skip
def test_expired_attributes(session, statements, names, expected):
    owl = session.get(Animal, 2)
    assert (owl.prey, owl.wings, owl.name) == ("mouse", 2, "o")
    session.expire(owl, names)
    statements.take()
    assert getattr(owl, names[0]) == {"prey": "mouse", "wings": 2, "name": "o"}[names[0]]
    assert statements.take() == [expected]


def test_expressions_of_the_own_table(session, statements):
    bird = session.get(Bird, 1)
    statements.take()
    assert bird.feathers == 200
    assert statements.take() == ["SELECT bird.wings * ? AS anon_1 \nFROM bird \nWHERE ? = bird.bird_id"]


@pytest.mark.parametrize("keys", [("name",), ("name", "prey"), ("id",), ("songs",)])
def test_what_needs_more_than_the_own_tables(keys):
    assert select_from_own_tables(Owl.__mapper__, keys) is None


@pytest.mark.parametrize("cls, key", [(Animal, "name"), (WhiteOwl, "prey")])
def test_a_class_without_a_table_that_its_parent_has_not(cls, key):
    assert select_from_own_tables(cls.__mapper__, (key,)) is None


def test_a_row_that_is_gone(session):
    bird = session.get(Bird, 1)
    session.execute(sa.delete(Bird.__table__))
    session.expire(bird, ["wings"])
    with pytest.raises(orm.exc.ObjectDeletedError):
        bird.wings


def test_refresh_looks_at_all_tables(session, statements):
    bird = session.get(Bird, 1)
    statements.take()
    session.refresh(bird, ["wings"])
    assert statements.take() == ["SELECT bird.wings \nFROM animal JOIN bird ON animal.id = bird.bird_id \nWHERE animal.id = ?"]
