"""INSERT, UPDATE and DELETE of entities through a session."""

from __future__ import annotations

from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


@pytest.fixture()
def model():
    class Base(orm.DeclarativeBase):
        pass

    class Animal(Base):
        __tablename__ = "animal"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        kind: orm.Mapped[str]
        label: orm.Mapped[Optional[str]] = orm.mapped_column("label_text")
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}

    class Cat(Animal):
        __tablename__ = "cat"
        id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("animal.id"), primary_key=True)
        lives: orm.Mapped[int]
        __mapper_args__ = {"polymorphic_identity": "cat"}

    Base.registry.configure()
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        yield session, Animal, Cat


def test_insert_many_by_attribute_names(model):
    session, Animal, _ = model
    session.execute(sa.insert(Animal), [{"kind": "animal", "label": "a"}, {"kind": "animal", "label": None}])
    assert session.scalars(sa.select(Animal.label).order_by(Animal.id)).all() == ["a", None]


def test_insert_returning_gives_objects_in_order(model):
    session, Animal, _ = model
    rows = [{"kind": "animal", "label": str(at)} for at in range(5)]
    found = session.scalars(sa.insert(Animal).returning(Animal, sort_by_parameter_order=True), rows).all()
    assert [obj.label for obj in found] == ["0", "1", "2", "3", "4"]
    assert all(obj in session for obj in found)


def test_insert_into_joined_tables(model):
    session, _, Cat = model
    session.execute(sa.insert(Cat), [{"label": "x", "lives": 9}, {"label": "y", "lives": 7}])
    found = session.scalars(sa.select(Cat).order_by(Cat.lives)).all()
    assert [(cat.kind, cat.label, cat.lives) for cat in found] == [("cat", "y", 7), ("cat", "x", 9)]


@pytest.mark.parametrize("mode", ["evaluate", "fetch", "auto"])
def test_update_keeps_objects_in_step(model, mode):
    session, Animal, _ = model
    one, two = Animal(label="a"), Animal(label="b")
    session.add_all([one, two])
    session.commit()
    assert (one.label, two.label) == ("a", "b")
    statement = sa.update(Animal).where(Animal.label == "a").values(label="c")
    result = session.execute(statement, execution_options={"synchronize_session": mode})
    assert result.rowcount == 1
    assert one.__dict__.get("label", "c") == "c" and one.label == "c" and two.label == "b"


def test_delete_takes_objects_out(model):
    session, Animal, _ = model
    one, two = Animal(label="a"), Animal(label="b")
    session.add_all([one, two])
    session.commit()
    assert (one.label, two.label) == ("a", "b")
    session.execute(sa.delete(Animal).where(Animal.label == "a"))
    assert one not in session and two in session


def test_update_many_by_key(model):
    session, Animal, _ = model
    session.add_all([Animal(id=1, label="a"), Animal(id=2, label="b")])
    session.commit()
    session.execute(sa.update(Animal), [{"id": 1, "label": "x"}, {"id": 2, "label": "y"}])
    assert session.scalars(sa.select(Animal.label).order_by(Animal.id)).all() == ["x", "y"]
    with pytest.raises(sa.exc.InvalidRequestError):
        session.execute(sa.update(Animal), [{"label": "x"}])


def test_rows_with_different_attributes_in_joined_tables(model):
    session, _, Cat = model
    Cat.metadata.drop_all(session.connection())
    Cat.__table__.c.lives.nullable = True
    Cat.metadata.create_all(session.connection())
    rows = [{"label": "x", "lives": 9}, {"label": "y"}, {"lives": 7}]
    found = session.scalars(sa.insert(Cat).returning(Cat, sort_by_parameter_order=True), rows).all()
    assert [(cat.label, cat.lives) for cat in found] == [("x", 9), ("y", None), (None, 7)]


class TestNone:
    @pytest.fixture()
    def session(self, engine):
        Base = orm.declarative_base()

        class Parcel(Base):
            __tablename__ = "parcel"
            id = sa.Column(sa.Integer, primary_key=True)
            kind = sa.Column(sa.String)
            state = sa.Column(sa.String, server_default="new")
            size = sa.Column(sa.String, default="m")
            __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "parcel"}

        class Letter(Parcel):
            __tablename__ = "letter"
            id = sa.Column(sa.ForeignKey("parcel.id"), primary_key=True)
            stamp = sa.Column(sa.String, server_default="red")
            __mapper_args__ = {"polymorphic_identity": "letter"}

        Base.metadata.create_all(engine)
        self.Parcel, self.Letter = Parcel, Letter
        with orm.Session(engine) as session:
            yield session

    @pytest.mark.parametrize("rows", [{"state": None, "size": None}, [{"state": None, "size": None}]])
    def test_leaves_the_value_to_the_default(self, session, rows):
        session.execute(sa.insert(self.Parcel), rows)
        assert session.execute(sa.select(self.Parcel.state, self.Parcel.size)).all() == [("new", "m")]

    def test_leaves_it_to_the_defaults_of_several_tables(self, session):
        session.execute(sa.insert(self.Letter), [{"state": None, "stamp": None}])
        assert session.execute(sa.select(self.Letter.state, self.Letter.stamp)).all() == [("new", "red")]

    def test_is_null_where_that_is_asked_for(self, session):
        Parcel, Letter = self.Parcel, self.Letter
        options = {"render_nulls": True}
        session.execute(sa.insert(Parcel), [{"state": None, "size": None}], execution_options=options)
        session.execute(sa.insert(Letter), [{"state": None, "stamp": None}], execution_options=options)
        assert session.execute(sa.select(Parcel.state).order_by(Parcel.id)).all() == [(None,), (None,)]
        assert session.scalar(sa.select(Letter.stamp)) is None


def test_bulk_strategy_needs_rows(model):
    session, Animal, _ = model
    with pytest.raises(sa.exc.InvalidRequestError, match="executed with rows"):
        session.execute(sa.insert(Animal), execution_options={"dml_strategy": "bulk"})


def test_update_by_key_has_a_result_without_rows(model):
    session, Animal, _ = model
    session.add(Animal(id=1))
    session.flush()
    found = session.execute(sa.update(Animal), [{"id": 1, "label": "x"}])
    assert (found.all(), list(found.keys())) == ([], [])
