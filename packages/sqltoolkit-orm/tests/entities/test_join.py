"""Joins of entities and criteria of parents."""

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


def test_functions_for_joins(session):
    stmt = sa.select(User.id, Post.id).select_from(orm.join(User, Post, User.posts)).order_by(Post.id)
    assert session.execute(stmt).all() == [(1, 1), (1, 2), (2, 3)]
    stmt = sa.select(User.id).select_from(orm.outerjoin(User, Post)).where(Post.id.is_(None))
    assert session.scalars(stmt).all() == [3]


def test_with_parent(session):
    user = session.get(User, 1)
    stmt = sa.select(Post.id).where(orm.with_parent(user, User.posts)).order_by(Post.id)
    assert session.scalars(stmt).all() == [1, 2]


def test_criterion_in_a_join(session):
    stmt = sa.select(User.id).join(User.posts.and_(Post.id == 2))
    assert session.scalars(stmt).all() == [1]


def test_any_has_contains(session):
    assert session.scalars(sa.select(User.id).where(User.posts.any(Post.id == 3))).all() == [2]
    assert session.scalars(sa.select(Post.id).where(Post.author.has(name="bob"))).all() == [3]
    assert session.scalars(sa.select(User.id).where(User.posts.contains(session.get(Post, 3)))).all() == [2]
    assert session.scalars(sa.select(Post.id).where(Post.author == None)).all() == [4]
