"""Relationships that are loaded when read."""

from __future__ import annotations

from typing import List
from typing import Optional

import pytest
from blog import Post, User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


def test_many_to_one_uses_the_identity_map(session, statements):
    user, post = session.get(User, 1), session.get(Post, 1)
    statements.take()
    assert post.author is user and statements.take() == []


def test_null_foreign_key_needs_no_statement(session, statements):
    post = session.get(Post, 4)
    statements.take()
    assert post.author is None and statements.take() == []


def test_collection_is_loaded_once_and_in_order(session, statements):
    user = session.get(User, 1)
    statements.take()
    assert [post.id for post in user.posts] == [1, 2] and len(user.posts) == 2
    (text,) = statements.take()
    assert text.endswith("WHERE ? = post.author_id ORDER BY post.id")


def test_raiseload(session):
    user = session.scalars(sa.select(User).options(orm.raiseload(User.posts)).where(User.id == 1)).one()
    with pytest.raises(sa.exc.InvalidRequestError):
        user.posts


def test_raise_on_sql_allows_what_is_at_hand(session):
    user = session.get(User, 1)
    stmt = sa.select(Post).options(orm.raiseload(Post.author, sql_only=True)).order_by(Post.id)
    posts = session.scalars(stmt).all()
    assert posts[0].author is user and posts[3].author is None
    with pytest.raises(sa.exc.InvalidRequestError):
        posts[2].author


def test_wildcard_raiseload(session):
    post = session.scalars(sa.select(Post).options(orm.joinedload(Post.author), orm.raiseload("*")).where(Post.id == 1)).one()
    assert post.author.name == "ann"
    with pytest.raises(sa.exc.InvalidRequestError):
        post.tags


def test_immediateload(session, statements):
    user = session.scalars(sa.select(User).options(orm.immediateload(User.posts)).where(User.id == 1)).one()
    assert "posts" in user.__dict__
    assert len(statements.take()) == 2


def test_reading_autoflushes(session):
    user = session.get(User, 3)
    session.add(Post(id=8, title="t", author_id=3))
    assert [post.id for post in user.posts] == [8]


def test_criteria_of_lazyload(session):
    user = session.scalars(
        sa.select(User).options(orm.lazyload(User.posts.and_(Post.id > 1))).where(User.id == 1)
    ).one()
    assert [post.id for post in user.posts] == [2]


def test_noload_is_deprecated(session):
    for make in (lambda: orm.noload(User.posts), lambda: orm.noload("*"), lambda: orm.Load(User).noload(User.posts)):
        with pytest.warns(sa.exc.SADeprecationWarning, match="noload.. is deprecated; use raiseload") as caught:
            option = make()
        assert len(caught) == 1
    assert session.scalars(sa.select(User).options(option)).first().posts == []

    class Other(orm.DeclarativeBase):
        pass

    class Node(Other):
        __tablename__ = "node"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        parent_id: orm.Mapped[Optional[int]] = orm.mapped_column(sa.ForeignKey("node.id"))
        children: orm.Mapped[List["Node"]] = orm.relationship(lazy="noload")

    with pytest.warns(sa.exc.SADeprecationWarning, match="lazy='noload' of relationship Node.children"):
        Other.registry.configure()


class TestEagerLoadersOfTheMembers:
    @pytest.fixture()
    def model(self, engine):
        Base = orm.declarative_base()

        class Parent(Base):
            __tablename__ = "parent"
            id = sa.Column(sa.Integer, primary_key=True)
            children = orm.relationship("Child", back_populates="parent")

        class Child(Base):
            __tablename__ = "child"
            id = sa.Column(sa.Integer, primary_key=True)
            parent_id = sa.Column(sa.ForeignKey("parent.id"))
            parent = orm.relationship(Parent, back_populates="children", lazy="joined")

        Base.metadata.create_all(engine)
        with orm.Session(engine) as session:
            session.add(Parent(id=1, children=[Child(id=1), Child(id=2)]))
            session.commit()
            session.expunge_all()
            yield session, Parent, Child

    def test_the_way_back_is_not_joined(self, model, statements):
        session, Parent, Child = model
        parent = session.get(Parent, 1)
        statements.take()
        children = parent.children
        assert "JOIN" not in statements.take()[0]
        assert all(child.parent is parent for child in children) and statements.take() == []

    def test_columns_of_joins_have_their_own_names(self, engine, statements):
        Base = orm.declarative_base()

        class Leaf(Base):
            __tablename__ = "leaf"
            id = sa.Column(sa.Integer, primary_key=True)

        class Branch(Base):
            __tablename__ = "branch"
            id = sa.Column(sa.Integer, primary_key=True)
            leaf_id = sa.Column(sa.ForeignKey("leaf.id"))
            leaf = orm.relationship(Leaf, lazy="joined")

        class Tree(Base):
            __tablename__ = "tree"
            id = sa.Column(sa.Integer, primary_key=True)
            branch_id = sa.Column(sa.ForeignKey("branch.id"))
            branch = orm.relationship(Branch)

        Base.metadata.create_all(engine)
        with orm.Session(engine) as session:
            session.add(Tree(id=1, branch=Branch(id=2, leaf=Leaf(id=3))))
            session.commit()
            session.expunge_all()
            tree = session.get(Tree, 1)
            statements.take()
            assert tree.branch.leaf.id == 3
            assert statements.take()[0].startswith("SELECT branch.id, branch.leaf_id, leaf_1.id \n")


def test_many_to_one_finds_what_is_flushed_first(session, statements):
    post = session.get(Post, 4)
    session.add(User(id=7, name="eve"))
    post.author_id = 7
    statements.take()
    assert post.author.name == "eve"
    assert statements.verbs() == ["INSERT", "UPDATE", "SELECT"]


def test_many_to_one_without_autoflush(session, statements):
    post = session.get(Post, 4)
    post.author_id = 1
    statements.take()
    with session.no_autoflush:
        assert post.author.name == "ann"
    assert statements.verbs() == ["SELECT"]


def test_conditions_that_null_fulfils(engine, statements):
    class Base(orm.DeclarativeBase):
        pass

    class Rate(Base):
        __tablename__ = "rate"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        zone: orm.Mapped[Optional[str]]

    class Order(Base):
        __tablename__ = "order_"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        zone: orm.Mapped[Optional[str]]
        same: orm.Mapped[List[Rate]] = orm.relationship(
            primaryjoin=lambda: orm.foreign(Order.zone).is_not_distinct_from(Rate.zone), viewonly=True, uselist=True
        )
        usual: orm.Mapped[Optional[Rate]] = orm.relationship(
            primaryjoin=lambda: sa.func.coalesce(orm.foreign(Order.zone), "eu") == Rate.zone, viewonly=True
        )
        plain: orm.Mapped[Optional[Rate]] = orm.relationship(
            primaryjoin=lambda: sa.and_(orm.foreign(Order.zone) == Rate.zone, Rate.id > 0), viewonly=True
        )

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([Rate(id=1), Rate(id=2, zone="eu"), Order(id=1)])
        session.commit()
        order = session.get(Order, 1)
        assert [rate.id for rate in order.same] == [1] and order.usual.id == 2
        statements.take()
        assert order.plain is None and statements.take() == []


def test_what_the_refresh_loads_is_not_loaded_again(session, statements):
    user = session.scalars(sa.select(User).options(orm.joinedload(User.posts)).where(User.id == 1)).unique().one()
    session.expire(user)
    statements.take()
    assert [post.id for post in user.posts] == [1, 2]
    (text,) = statements.take()
    assert "LEFT OUTER JOIN post" in text
    session.expunge_all()
    post = session.scalars(sa.select(Post).options(orm.joinedload(Post.author)).where(Post.id == 1)).one()
    session.expire(post)
    statements.take()
    assert post.author.name == "ann"
    (text,) = statements.take()
    assert "LEFT OUTER JOIN user_account" in text


def test_criteria_hold_after_an_expiry(session):
    few = orm.with_loader_criteria(Post, Post.id > 1)
    for option in (orm.joinedload(User.posts), orm.selectinload(User.posts)):
        user = session.scalars(sa.select(User).options(option, few).where(User.id == 1)).unique().one()
        session.expire(user)
        assert [post.id for post in user.posts] == [2]
        session.expunge_all()
