"""Relationships that are written and never loaded as a whole."""

from __future__ import annotations

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user_account"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    posts: orm.WriteOnlyMapped["Post"] = orm.relationship(
        order_by="Post.id", cascade="all, delete-orphan", passive_deletes=True
    )


class Post(Base):
    __tablename__ = "post"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    author_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"))


@pytest.fixture()
def session(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(User(id=1, posts=[Post(id=1), Post(id=2)]))
        session.commit()
        yield session


def ids(session, user):
    return [post.id for post in session.scalars(user.posts.select())]


def test_select_add_remove(session, statements):
    user = session.get(User, 1)
    statements.take()
    user.posts.add(Post(id=3))
    assert statements.take() == []
    assert ids(session, user) == [1, 2, 3]
    user.posts.remove(session.get(Post, 1))
    session.commit()
    assert ids(session, user) == [2, 3] and session.get(Post, 1) is None


def test_it_cannot_be_iterated(session):
    with pytest.raises(TypeError):
        iter(session.get(User, 1).posts)


def test_statements_of_the_collection(session):
    user = session.get(User, 1)
    session.execute(user.posts.insert(), [{"id": 7}, {"id": 8}])
    assert ids(session, user) == [1, 2, 7, 8]
    session.execute(user.posts.delete().where(Post.id > 2))
    assert ids(session, user) == [1, 2]


def test_criterion_of_select(session):
    user = session.get(User, 1)
    assert [p.id for p in session.scalars(user.posts.select().where(Post.id > 1))] == [2]
