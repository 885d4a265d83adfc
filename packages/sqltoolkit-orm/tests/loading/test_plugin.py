"""Statements of the ORM on their way to rows: keys, refreshes, descriptions of columns."""

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
    with pytest.raises((sa.exc.ArgumentError, sa.exc.InvalidRequestError)):
        session.get(dict, 1)


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
