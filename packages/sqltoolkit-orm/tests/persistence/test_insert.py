"""Inserting rows of new objects: values that are sent, keys that come back, defaults."""

from __future__ import annotations

from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "item"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[Optional[str]]
    made: orm.Mapped[Optional[str]] = orm.mapped_column(server_default="now")
    size: orm.Mapped[Optional[int]] = orm.mapped_column(default=lambda: 7)


class Pair(Base):
    __tablename__ = "pair"
    a: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    b: orm.Mapped[str] = orm.mapped_column(primary_key=True)


class Animal(Base):
    __tablename__ = "animal"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    kind: orm.Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}


class Dog(Animal):
    __tablename__ = "dog"
    id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("animal.id"), primary_key=True)
    trick: orm.Mapped[Optional[str]]
    __mapper_args__ = {"polymorphic_identity": "dog"}


@pytest.fixture()
def session(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        yield session


def test_keys_come_back_in_the_order_of_adding(session):
    items = [Item(name="n%d" % n) for n in range(50)]
    session.add_all(items)
    session.flush()
    assert [item.id for item in items] == list(range(1, 51))
    found = dict(session.execute(sa.select(Item.id, Item.name)).all())
    assert all(found[item.id] == item.name for item in items)


def test_given_and_generated_keys_together(session):
    one, two = Item(id=10), Item()
    session.add_all([one, two])
    session.commit()
    assert one.id == 10 and two.id not in (None, 10)
    assert session.scalar(sa.select(sa.func.count()).select_from(Item)) == 2


def test_python_default_is_set_after_flush_without_a_select(session, statements):
    item = Item(id=1)
    session.add(item)
    session.flush()
    statements.take()
    assert item.size == 7
    assert statements.take() == []


def test_server_default_can_be_read(session):
    item = Item()
    session.add(item)
    session.flush()
    assert item.made == "now"


def test_none_gives_way_to_a_default_and_null_does_not(session):
    item, empty = Item(size=None, made=None), Item(size=sa.null(), made=sa.null())
    session.add_all([item, empty])
    session.commit()
    assert (item.size, item.made) == (7, "now")
    assert (empty.size, empty.made) == (None, None)


def test_sql_expression_as_value(session):
    item = Item(name=sa.func.upper("abc"))
    session.add(item)
    session.flush()
    assert item.name == "ABC"


def test_insert_of_nothing_but_defaults(session):
    class Bare(Base):
        __tablename__ = "bare"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    Base.metadata.create_all(session.connection())
    bare = [Bare(), Bare()]
    session.add_all(bare)
    session.commit()
    assert [b.id for b in bare] == [1, 2]


def test_missing_part_of_a_composite_key(session):
    session.add(Pair(a=1))
    with pytest.raises((sa.exc.IntegrityError, orm.exc.FlushError)):
        session.flush()


def test_composite_keys_become_identities(session):
    pair = Pair(a=1, b="x")
    session.add(pair)
    session.flush()
    assert sa.inspect(pair).identity == (1, "x")
    assert session.get(Pair, (1, "x")) is pair


def test_two_new_objects_with_one_key(session):
    session.add_all([Pair(a=1, b="x"), Pair(a=1, b="x")])
    with pytest.raises((sa.exc.IntegrityError, orm.exc.FlushError)):
        session.flush()


def test_new_object_with_the_key_of_a_loaded_one_warns(session):
    kept = Pair(a=1, b="x")
    session.add(kept)
    session.flush()
    session.add(Pair(a=1, b="x"))
    with pytest.warns(sa.exc.SAWarning):
        with pytest.raises((sa.exc.IntegrityError, orm.exc.FlushError)):
            session.flush()


def test_joined_inheritance_shares_the_key(session, statements):
    dogs = [Dog(trick="roll"), Dog(trick="sit")]
    session.add_all(dogs)
    statements.take()
    session.flush()
    tables = [text.split()[2] for text in statements.take()]
    assert sorted(set(tables)) == ["animal", "dog"] and tables.index("animal") < tables.index("dog")
    rows = session.execute(sa.select(Dog.__table__.c.id, Dog.__table__.c.trick).order_by(sa.text("1"))).all()
    assert rows == [(dogs[0].id, "roll"), (dogs[1].id, "sit")]
    assert dogs[0].kind == "dog"


def test_what_comes_back_is_in_the_order_of_the_table(engine, statements):
    class Base(orm.DeclarativeBase):
        pass

    class Stamped(Base):
        __tablename__ = "stamped"
        stamp = sa.Column(sa.Integer, server_default="7")
        id = sa.Column(sa.Integer, primary_key=True)
        name = sa.Column(sa.String)

    Base.metadata.create_all(engine)
    statements.clear()
    with orm.Session(engine) as session:
        rows = [Stamped(name="a"), Stamped(name="b")]
        session.add_all(rows)
        session.flush()
        assert [(row.id, row.stamp) for row in rows] == [(1, 7), (2, 7)]
        (text,) = statements
        assert text.endswith("RETURNING stamp, id")
