"""Clauses that a Query adds."""

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


def ids(query):
    return [row.id for row in query]


def test_filter_by_uses_the_last_joined_entity(session):
    assert ids(session.query(User).join(User.posts).filter_by(title="p3")) == [2]


def test_clauses_are_generative(session):
    base = session.query(User)
    assert base.filter(User.id == 1) is not base and base.count() == 3


def test_filter_after_limit_is_refused(session):
    with pytest.raises(sa.exc.InvalidRequestError):
        session.query(User).limit(1).filter(User.id == 1)


def test_add_and_replace_columns(session):
    assert session.query(User.id).add_columns(User.name).filter(User.id == 1).one() == (1, "ann")
    assert session.query(User).with_entities(User.name).filter(User.id == 1).all() == [("ann",)]


def test_unknown_name_in_filter_by(session):
    with pytest.raises(sa.exc.InvalidRequestError):
        session.query(User).filter_by(nothing=1)
