"""Statements of the ORM on their way to rows: keys, refreshes, descriptions of columns."""

from __future__ import annotations

import pytest
from blog import Post, User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


def test_get_reads_by_primary_key(session, statements):
    session.get(User, 1)
    assert statements.take() == [
        "SELECT user_account.id, user_account.name \nFROM user_account \nWHERE user_account.id = ?"
    ]


def test_deferred_column_is_read_alone(session, statements):
    user = session.get(User, 1)
    statements.take()
    assert user.bio == "a"
    assert statements.take() == ["SELECT user_account.bio \nFROM user_account \nWHERE user_account.id = ?"]


def test_get_of_a_class_that_is_not_mapped(session):
    for entity in (dict, "User", None):
        with pytest.raises(sa.exc.NoInspectionAvailable, match="mapped class"):
            session.get(entity, 1)
    for entity in (User(), User.id, orm.aliased(User), User.__table__):
        with pytest.raises(sa.exc.ArgumentError, match="mapped class"):
            session.get(entity, 1)


def test_detached_object_cannot_load(session):
    user = session.get(User, 1)
    session.expunge(user)
    with pytest.raises(orm.exc.DetachedInstanceError):
        user.bio
    with pytest.raises(orm.exc.DetachedInstanceError):
        user.posts


def test_column_descriptions():
    names = [(d["name"], d["entity"]) for d in sa.select(User, Post.title).column_descriptions]
    assert names == [("User", User), ("title", Post)]


def test_statement_runs_again_with_other_values(session):
    for ident, name in ((1, "ann"), (2, "bob")):
        assert session.scalar(sa.select(User.name).where(User.id == ident)) == name


def test_keyed_lookup_with_options(session, statements):
    user = session.get(User, 1, options=[orm.selectinload(User.posts)])
    statements.take()
    assert len(user.posts) == 2 and statements.take() == []


def test_reading_an_expired_attribute_of_a_changed_object_flushes(session, statements):
    user = session.get(User, 1)
    session.expire(user, ["name"])
    user.bio = "changed"
    statements.take()
    assert user.name == "ann" and not session.dirty
    assert statements.verbs() == ["UPDATE", "SELECT"]


def test_an_expired_object_whose_row_is_of_another_class_by_now():
    Base = orm.declarative_base()

    class Pet(Base):
        __tablename__ = "pet"
        id = sa.Column(sa.Integer, primary_key=True)
        kind = sa.Column(sa.String)
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "pet"}

    class Dog(Pet):
        __mapper_args__ = {"polymorphic_identity": "dog"}

    class Cat(Pet):
        __mapper_args__ = {"polymorphic_identity": "cat"}

    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        dog = Dog(id=1)
        session.add(dog)
        session.commit()
        session.execute(sa.text("UPDATE pet SET kind = 'cat'"))
        assert isinstance(session.get(Pet, 1), Cat)
        assert dog not in session
        assert session.get(Dog, 1) is None


def test_criteria_of_listeners_count_for_what_is_loaded_again_along_with_an_object(engine):
    Base = orm.declarative_base()

    class Leaf(Base):
        __tablename__ = "leaf"
        id = sa.Column(sa.Integer, primary_key=True)
        tree_id = sa.Column(sa.ForeignKey("tree.id"))

    class Tree(Base):
        __tablename__ = "tree"
        id = sa.Column(sa.Integer, primary_key=True)
        leaves = orm.relationship(Leaf, lazy="joined", order_by=Leaf.id)

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(Tree(id=1, leaves=[Leaf(id=1), Leaf(id=2)]))
        session.commit()

        @sa.event.listens_for(session, "do_orm_execute")
        def narrow(call):
            call.statement = call.statement.options(
                orm.with_loader_criteria(Leaf, Leaf.id != 2), orm.with_loader_criteria(Tree, Tree.id != 1)
            )

        session.expunge_all()
        assert session.get(Tree, 1) is None
        tree = Tree(id=1)
        orm.make_transient_to_detached(tree)
        session.add(tree)
        for _ in range(2):
            assert [leaf.id for leaf in tree.leaves] == [1]
            session.expire(tree)
        session.refresh(tree)
        assert [leaf.id for leaf in tree.leaves] == [1]
