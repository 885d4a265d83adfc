"""Filling objects that are in the session already."""

from __future__ import annotations

from typing import List
from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


link = sa.Table(
    "link",
    Base.metadata,
    sa.Column("post_id", sa.ForeignKey("post.id"), primary_key=True),
    sa.Column("tag_id", sa.ForeignKey("tag.id"), primary_key=True),
)


class User(Base):
    __tablename__ = "user_account"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str]
    bio: orm.Mapped[Optional[str]] = orm.mapped_column(deferred=True)
    posts: orm.Mapped[List["Post"]] = orm.relationship(back_populates="author", order_by="Post.id")


class Post(Base):
    __tablename__ = "post"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    author_id: orm.Mapped[Optional[int]] = orm.mapped_column(sa.ForeignKey("user_account.id"))
    title: orm.Mapped[str]
    author: orm.Mapped[Optional["User"]] = orm.relationship(back_populates="posts")
    tags: orm.Mapped[List["Tag"]] = orm.relationship(secondary=link, order_by="Tag.id")


class Tag(Base):
    __tablename__ = "tag"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)


@pytest.fixture()
def session(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        one, two = Tag(id=1), Tag(id=2)
        session.add_all(
            [
                User(id=1, name="ann", bio="a", posts=[Post(id=1, title="p1", tags=[one, two]), Post(id=2, title="p2")]),
                User(id=2, name="bob", bio="b", posts=[Post(id=3, title="p3", tags=[two])]),
                User(id=3, name="cid", bio="c"),
                Post(id=4, title="p4"),
            ]
        )
        session.commit()
        session.expunge_all()
        yield session


def test_expired_attributes_are_filled_by_any_query(session, statements):
    user = session.get(User, 1)
    session.expire(user)
    session.scalars(sa.select(User)).all()
    statements.take()
    assert user.name == "ann"
    assert statements.take() == []


def test_deferred_column_is_filled_by_a_later_query(session, statements):
    user = session.get(User, 1)
    assert "bio" not in user.__dict__
    session.scalars(sa.select(User).options(orm.undefer(User.bio))).all()
    statements.take()
    assert user.bio == "a" and statements.take() == []


def test_populate_existing_overwrites_changes(session):
    user = session.get(User, 1)
    user.name = "changed"
    stmt = sa.select(User).where(User.id == 1).execution_options(populate_existing=True, autoflush=False)
    session.scalars(stmt).one()
    assert user.name == "ann" and user not in session.dirty


def test_unloaded_collection_is_filled_by_an_eager_query(session, statements):
    user = session.get(User, 1)
    session.scalars(sa.select(User).options(orm.selectinload(User.posts))).all()
    statements.take()
    assert len(user.posts) == 2 and statements.take() == []


def test_loaded_collection_with_changes_is_left_alone(session):
    user = session.get(User, 1)
    user.posts.append(Post(id=9, title="new"))
    with session.no_autoflush:
        session.scalars(sa.select(User).options(orm.selectinload(User.posts))).all()
    assert [post.id for post in user.posts] == [1, 2, 9]
