"""Relationships that are a query, and those that are only written: changes without loading."""

from __future__ import annotations

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user_account"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    posts: orm.DynamicMapped["Post"] = orm.relationship(order_by="Post.id")


class Post(Base):
    __tablename__ = "post"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    author_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("user_account.id"), nullable=True)


@pytest.fixture()
def user(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        user = User(id=1)
        session.add(user)
        user.posts.add_all([Post(id=1), Post(id=2)])
        session.commit()
        yield user


def test_it_is_a_query(user):
    assert [p.id for p in user.posts] == [1, 2]
    assert user.posts.count() == 2
    assert [p.id for p in user.posts.filter(Post.id > 1)] == [2]
    assert user.posts[0].id == 1


def test_add_and_remove(user):
    session = orm.object_session(user)
    user.posts.remove(user.posts[0])
    user.posts.add(Post(id=3))
    session.commit()
    assert [p.id for p in user.posts] == [2, 3]
    assert session.get(Post, 1).author_id is None


def test_pending_parent_shows_what_was_added(engine):
    user = User(id=5)
    user.posts.append(Post(id=9))
    assert [p.id for p in user.posts] == [9]


def test_count_is_that_of_the_query(user, statements):
    assert user.id == 1
    statements.take()
    user.posts.count()
    (text,) = statements.take()
    assert " ".join(text.split()).startswith("SELECT count(*) AS count_1 FROM (SELECT post.id AS post_id, ")
