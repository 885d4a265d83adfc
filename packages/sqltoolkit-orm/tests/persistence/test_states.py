"""Events and bookkeeping around rows: mapper events of a flush and what is expired afterwards."""

from __future__ import annotations

from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


@pytest.fixture()
def model(engine):
    class Base(orm.DeclarativeBase):
        pass

    class Row(Base):
        __tablename__ = "row_"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[Optional[str]]
        log: orm.Mapped[Optional[str]]

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        yield session, Row


def test_events_come_in_order(model):
    session, Row = model
    seen = []
    for name in ("before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete"):
        sa.event.listen(Row, name, lambda m, c, t, name=name: seen.append((name, t.id)))
    row = Row(id=1)
    session.add(row)
    session.flush()
    row.name = "x"
    session.flush()
    session.delete(row)
    session.flush()
    assert seen == [
        ("before_insert", 1),
        ("after_insert", 1),
        ("before_update", 1),
        ("after_update", 1),
        ("before_delete", 1),
        ("after_delete", 1),
    ]


def test_values_set_before_insert_and_update_are_written(model):
    session, Row = model

    @sa.event.listens_for(Row, "before_insert")
    def _insert(mapper, connection, target):
        target.log = "inserted"

    @sa.event.listens_for(Row, "before_update")
    def _update(mapper, connection, target):
        target.log = "updated"

    row = Row(id=1)
    session.add(row)
    session.flush()
    assert session.scalar(sa.select(Row.log)) == "inserted"
    row.name = "x"
    session.flush()
    assert session.scalar(sa.select(Row.__table__.c.log)) == "updated"


def test_connection_of_an_event_is_that_of_the_flush(model):
    session, Row = model

    @sa.event.listens_for(Row, "after_insert")
    def _more(mapper, connection, target):
        if target.id == 1:
            connection.execute(sa.insert(Row.__table__), {"id": 50, "name": "by event"})

    session.add(Row(id=1))
    session.flush()
    assert session.get(Row, 50).name == "by event"
    session.rollback()
    assert session.get(Row, 50) is None


def test_before_update_of_an_unchanged_object_sends_nothing(model, statements):
    session, Row = model
    row = Row(id=1, name="a")
    session.add(row)
    session.flush()
    seen = []
    sa.event.listen(Row, "before_update", lambda m, c, t: seen.append(t))
    row.name = "b"
    row.name = "a"
    statements.take()
    session.flush()
    assert statements.take() == []


def test_error_in_an_event_fails_the_flush(model):
    session, Row = model

    @sa.event.listens_for(Row, "before_insert")
    def _no(mapper, connection, target):
        raise ValueError("no")

    session.add(Row(id=1))
    with pytest.raises(ValueError):
        session.flush()
    session.rollback()
    assert session.scalars(sa.select(Row)).all() == []


def test_unset_columns_are_none_after_insert(model, statements):
    session, Row = model
    row = Row(id=1)
    session.add(row)
    session.flush()
    statements.take()
    assert row.name is None
    assert statements.take() == []


def test_history_is_empty_after_flush(model):
    session, Row = model
    row = Row(id=1, name="a")
    session.add(row)
    session.flush()
    row.name = "b"
    assert sa.inspect(row).attrs.name.history == (["b"], (), ["a"])
    session.flush()
    assert sa.inspect(row).attrs.name.history == ((), ["b"], ())
    assert row not in session.dirty


def test_single_table_subclasses_of_a_joined_class_whose_key_has_another_name(engine):
    Base = orm.declarative_base()

    class Animal(Base):
        __tablename__ = "animal"
        id = sa.Column(sa.Integer, primary_key=True)
        kind = sa.Column(sa.String)
        __mapper_args__ = {"polymorphic_on": kind}

    class Bird(Animal):
        __tablename__ = "bird"
        bird_id = sa.Column(sa.ForeignKey("animal.id"), primary_key=True)
        wings = sa.Column(sa.Integer)
        __mapper_args__ = {"polymorphic_identity": "bird"}

    class Penguin(Bird):
        __mapper_args__ = {"polymorphic_identity": "penguin"}

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        penguin = Penguin(id=7, wings=2)
        session.add(penguin)
        session.flush()
        assert penguin.bird_id == 7
        session.bulk_save_objects([Penguin(id=8, wings=2)])
        session.expunge_all()
        assert session.scalars(sa.select(Penguin.bird_id).order_by(Penguin.id)).all() == [7, 8]


class TestDiscriminators:
    @pytest.fixture()
    def classes(self, engine):
        Base = orm.declarative_base()

        class Boat(Base):
            __tablename__ = "boat"
            id = sa.Column(sa.Integer, primary_key=True)
            kind = sa.Column(sa.String)
            name = sa.Column(sa.String)
            __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "boat"}

        class Ferry(Boat):
            __mapper_args__ = {"polymorphic_identity": "ferry"}

        class Yacht(Boat):
            __tablename__ = "yacht"
            id = sa.Column(sa.ForeignKey("boat.id"), primary_key=True)
            __mapper_args__ = {"polymorphic_identity": "yacht"}

        Base.metadata.create_all(engine)
        with orm.Session(engine) as session:
            yield session, Boat, Ferry, Yacht

    def test_those_of_other_classes_are_warned_of(self, classes):
        session, Boat, Ferry, Yacht = classes
        for made in (Boat(kind="yacht"), Boat(kind="raft"), Ferry(kind="boat"), Yacht(kind="boat"), Yacht(kind=None)):
            session.add(made)
            with pytest.warns(sa.exc.SAWarning, match="may be loaded as that class"):
                session.flush()

    def test_a_change_is_warned_of_each_time_the_row_is_written(self, classes):
        session, _, _, Yacht = classes
        yacht = Yacht()
        session.add(yacht)
        session.flush()
        yacht.kind = "boat"
        with pytest.warns(sa.exc.SAWarning):
            session.flush()
        yacht.name = "x"
        with pytest.warns(sa.exc.SAWarning):
            session.flush()

    def test_those_of_classes_in_the_same_table_may_be_given(self, classes, recwarn):
        session, Boat, Ferry, Yacht = classes
        session.add_all([Boat(kind="ferry"), Ferry(), Yacht(kind="yacht")])
        session.flush()
        assert not recwarn.list


class TestSubclassesTogether:
    """Rows of several classes in one table."""

    @pytest.fixture()
    def zoo(self, engine):
        class Base(orm.DeclarativeBase):
            pass

        class Animal(Base):
            __tablename__ = "animal"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
            kind: orm.Mapped[str]
            name: orm.Mapped[Optional[str]]
            __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}

        class Cat(Animal):
            __tablename__ = "cat"
            id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("animal.id"), primary_key=True)
            lives: orm.Mapped[int]
            __mapper_args__ = {"polymorphic_identity": "cat"}

        class Dog(Animal):
            __tablename__ = "dog"
            id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("animal.id"), primary_key=True)
            tricks: orm.Mapped[int]
            __mapper_args__ = {"polymorphic_identity": "dog"}

        class Bird(Animal):
            wings: orm.Mapped[Optional[int]]
            __mapper_args__ = {"polymorphic_identity": "bird"}

        Base.metadata.create_all(engine)
        return Animal, Cat, Dog, Bird

    def test_rows_filled_alike_are_one_insert(self, engine, zoo, statements):
        _Animal, Cat, Dog, _Bird = zoo
        statements.clear()
        with orm.Session(engine) as session:
            added = [Cat(lives=1), Dog(tricks=2), Cat(lives=3), Dog(tricks=4)]
            session.add_all(added)
            session.flush()
            assert [animal.id for animal in added] == [1, 2, 3, 4]
            assert [text.split()[2] for text in statements] == ["animal", "cat", "dog"]
            session.expire_all()
            assert [(cat.id, cat.kind, cat.lives) for cat in session.query(Cat)] == [(1, "cat", 1), (3, "cat", 3)]

    def test_rows_of_other_columns_keep_their_place(self, engine, zoo, statements):
        Animal, Cat, _Dog, Bird = zoo
        statements.clear()
        with orm.Session(engine) as session:
            added = [Cat(lives=1), Bird(wings=2), Animal()]
            session.add_all(added)
            session.flush()
            assert [animal.id for animal in added] == [1, 2, 3]
            assert [text.split()[2] for text in statements] == ["animal", "animal", "animal", "cat"]

    def test_listeners_of_one_class_hear_of_its_rows(self, engine, zoo):
        Animal, Cat, Dog, _Bird = zoo
        heard = []
        Animal.__table__.c.name.default = sa.ColumnDefault("nobody")
        sa.event.listen(Dog, "refresh_flush", lambda target, context, keys: heard.append((target, list(keys))))
        with orm.Session(engine) as session:
            dog = Dog(tricks=1)
            session.add_all([Cat(lives=1), dog])
            session.flush()
            assert heard == [(dog, ["name"])]

    def test_rows_changed_alike_are_one_update(self, engine, zoo, statements):
        Animal, Cat, Dog, Bird = zoo
        with orm.Session(engine) as session:
            session.add_all([Dog(tricks=1), Cat(lives=2), Animal(), Dog(tricks=3), Bird()])
            session.commit()
            for animal in session.query(Animal).all():
                animal.name = "n%d" % animal.id
            statements.clear()
            session.flush()
            # that of birds has a column more
            assert [text.split()[1] for text in statements] == ["animal", "animal"]
            session.expire_all()
            assert [animal.name for animal in session.query(Animal).order_by(Animal.id)] == ["n1", "n2", "n3", "n4", "n5"]

    def test_rows_found_alike_are_one_delete(self, engine, zoo, statements):
        Animal, Cat, Dog, Bird = zoo
        with orm.Session(engine) as session:
            session.add_all([Bird(), Dog(tricks=1), Cat(lives=2), Animal()])
            session.commit()
            for animal in session.query(Animal).all():
                session.delete(animal)
            statements.clear()
            session.flush()
            tables = [text.split()[2] for text in statements]
            assert sorted(tables[:2]) == ["cat", "dog"] and tables[2:] == ["animal"]
            assert session.query(Animal).count() == 0
