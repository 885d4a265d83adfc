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
