"""Joins of a Query."""

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


def test_by_relationship_and_target(session):
    assert session.query(User.id).join(User.posts).filter(Post.id == 3).all() == [(2,)]
    assert session.query(User.id).join(Post).filter(Post.id == 3).all() == [(2,)]
    assert session.query(User.id).join(Post, User.id == Post.author_id).filter(Post.id == 3).all() == [(2,)]


def test_outer(session):
    assert session.query(User.id).outerjoin(User.posts).filter(Post.id.is_(None)).all() == [(3,)]
    assert session.query(User.id).join(User.posts, isouter=True).filter(Post.id.is_(None)).all() == [(3,)]


def test_chain(session):
    query = session.query(User.id).join(User.posts).join(Post.tags).filter(Tag.id == 1)
    assert query.all() == [(1,)]


def test_select_from(session):
    assert session.query(User.id).select_from(Post).join(Post.author).filter(Post.id == 3).all() == [(2,)]


def test_reset_joinpoint_is_kept_for_old_programs(session):
    query = session.query(User).join(User.posts).reset_joinpoint().filter_by(name="ann")
    assert {user.id for user in query} == {1}
