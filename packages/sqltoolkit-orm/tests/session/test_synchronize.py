"""What the objects of a session learn of UPDATE and DELETE statements."""

from __future__ import annotations

from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


@pytest.fixture()
def model():
    class Base(orm.DeclarativeBase):
        pass

    class Item(Base):
        __tablename__ = "item"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[Optional[str]]
        stock: orm.Mapped[int]
        amount = orm.synonym("stock")

    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([Item(id=1, name="a", stock=1), Item(id=2, name="b", stock=2), Item(id=3, name=None, stock=3)])
        session.commit()
        yield session, Item, session.scalars(sa.select(Item).order_by(Item.id)).all()


def loaded(obj):
    return {key: value for key, value in obj.__dict__.items() if not key.startswith("_")}


@pytest.mark.parametrize("mode", ["auto", "evaluate", "fetch"])
def test_values_and_expressions_reach_the_objects(model, mode):
    session, Item, (one, two, three) = model
    statement = sa.update(Item).where(Item.stock > 1).values(name="x", stock=Item.stock * 10)
    session.execute(statement, execution_options={"synchronize_session": mode})
    assert loaded(one) == {"id": 1, "name": "a", "stock": 1}
    assert (two.name, two.stock, three.name, three.stock) == ("x", 20, "x", 30)


def test_nothing_is_told_without_synchronisation(model):
    session, Item, (one, _, _) = model
    session.execute(sa.update(Item).values(stock=0), execution_options={"synchronize_session": False})
    assert loaded(one)["stock"] == 1


def test_names_of_attributes_and_synonyms(model):
    session, Item, (one, _, _) = model
    session.execute(sa.update(Item).where(Item.id == 1).values(amount=7))
    assert loaded(one)["stock"] == 7
    with pytest.raises(sa.exc.InvalidRequestError, match="no attribute of Item"):
        session.execute(sa.update(Item).where(Item.id == 1).values({"other": 7}))


def test_where_it_is_not_known_whether_a_row_was_met_only_what_changed_is_read_again(model):
    session, Item, (one, two, _) = model
    session.expire(one, ["name"])
    session.execute(sa.update(Item).where(Item.name == "a").values(stock=50), execution_options={
        "synchronize_session": "evaluate"})
    assert loaded(one) == {"id": 1} and loaded(two)["stock"] == 2
    assert one.stock == 50


def test_pending_changes_are_not_lost(model):
    session, Item, (one, _, _) = model
    with session.no_autoflush:
        one.name = "mine"
        session.execute(sa.update(Item).values(stock=4))
        assert loaded(one)["name"] == "mine" and loaded(one)["stock"] == 4
    session.commit()
    assert (one.name, one.stock) == ("mine", 4)


@pytest.mark.parametrize("mode", ["evaluate", "fetch"])
def test_deleted_objects_leave(model, mode):
    session, Item, (one, two, three) = model
    session.execute(sa.delete(Item).where(Item.name.is_(None)), execution_options={"synchronize_session": mode})
    assert three not in session and one in session
    assert session.get(Item, 3) is None


def test_unknown_mode(model):
    session, Item, _ = model
    with pytest.raises(sa.exc.ArgumentError, match="synchronize_session"):
        session.execute(sa.delete(Item), execution_options={"synchronize_session": "guess"})


def test_values_of_an_object_that_was_inserted_without(engine, statements):
    Base = orm.declarative_base()

    class Stamped(Base):
        __tablename__ = "stamped"
        id = sa.Column(sa.Integer, primary_key=True)
        text = sa.Column(sa.String)
        stamp = sa.Column(sa.Integer, onupdate=7)
        by_trigger = sa.Column(sa.Integer, server_onupdate=sa.FetchedValue())

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        stamped = Stamped(id=1)
        session.add(stamped)
        session.flush()
        statements.take()
        # NULL was inserted, so nothing is loaded
        assert (stamped.text, stamped.stamp, stamped.by_trigger) == (None, None, None) and statements.take() == []
        session.execute(sa.update(Stamped).where(Stamped.id == 1).values(text="new"))
        assert (stamped.text, stamped.stamp) == ("new", 7)


class TestFetchBesideRowsOfTheUser:
    """The keys of the rows come with what the statement returns to the user."""

    @pytest.mark.parametrize(
        "returned, keys",
        [
            (lambda Item: (Item.name,), ["name"]),
            (lambda Item: (Item.name, Item.id), ["name", "id"]),
            (lambda Item: (Item,), ["Item"]),
            (lambda Item: (orm.Bundle("both", Item.id, Item.stock), Item.name), ["both", "name"]),
        ],
    )
    def test_of_an_update(self, model, returned, keys):
        session, Item, (one, *_) = model
        texts = []
        sa.event.listen(session.get_bind(), "before_cursor_execute", lambda *args: texts.append(args[2]))
        statement = sa.update(Item).where(sa.func.lower(Item.name) == "a").values(stock=9).returning(*returned(Item))
        result = session.execute(statement)
        assert list(result.keys()) == keys
        found = result.all()
        assert found == [tuple({"name": "a", "id": 1, "Item": one, "both": (1, 9)}[key] for key in keys)]
        assert loaded(one)["stock"] == 9
        assert len(texts) == 1 and " RETURNING id" in texts[0]

    def test_of_a_delete(self, model):
        session, Item, (one, *_) = model
        statement = sa.delete(Item).where(Item.id == 1).returning(Item.name)
        assert session.execute(statement, execution_options={"synchronize_session": "fetch"}).all() == [("a",)]
        assert one not in session

    def test_of_a_table_of_a_hierarchy(self, engine, statements):
        Base = orm.declarative_base()

        class Base_(Base):
            __tablename__ = "base"
            id = sa.Column(sa.Integer, primary_key=True)

        class Sub(Base_):
            __tablename__ = "sub"
            sub_id = sa.Column(sa.ForeignKey("base.id"), primary_key=True)
            name = sa.Column(sa.String)

        Base.metadata.create_all(engine)
        with orm.Session(engine) as session:
            session.add_all([Sub(name="a"), Sub(name="b")])
            session.commit()
            one, two = session.scalars(sa.select(Sub).order_by(Sub.name)).all()
            statements.take()
            statement = sa.update(Sub).where(sa.func.lower(Sub.name) == "a").values(name="z").returning(Sub.name)
            assert session.execute(statement).all() == [("z",)]
            assert statements.take() == ["UPDATE sub SET name=? WHERE lower(sub.name) = ? RETURNING sub_id, name"]
            assert (loaded(one)["name"], loaded(two)["name"]) == ("z", "b")

    def test_keys_that_are_fetched_first_are_those_of_the_criteria(self, engine, statements):
        Base = orm.declarative_base()

        class Base_(Base):
            __tablename__ = "base"
            __table_args__ = {"implicit_returning": False}
            id = sa.Column(sa.Integer, primary_key=True)

        class Sub(Base_):
            __tablename__ = "sub"
            __table_args__ = {"implicit_returning": False}
            id = sa.Column(sa.ForeignKey("base.id"), primary_key=True)
            name = sa.Column(sa.String)

        Base.metadata.create_all(engine)
        with orm.Session(engine) as session:
            session.add_all([Sub(name="a"), Sub(name="b")])
            session.commit()
            one, two = session.scalars(sa.select(Sub).order_by(Sub.name)).all()
            session.execute(sa.delete(Sub).where(sa.func.lower(Sub.name) == "a"))
            assert (one in session, two in session) == (False, True)


def test_division_is_left_to_the_database(model):
    session, Item, (one, *_) = model
    session.execute(sa.update(Item).values(stock=-7))
    session.execute(sa.update(Item).values(stock=Item.stock // 2))
    assert one.stock == session.scalar(sa.select(Item.stock).where(Item.id == 1)) == -3
