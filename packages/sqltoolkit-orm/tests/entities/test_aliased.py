"""Aliases of mapped classes."""

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


def test_text_and_names():
    other = orm.aliased(User, name="other")
    assert str(sa.select(other.id).where(other.name == "x")) == (
        "SELECT other.id \nFROM user_account AS other \nWHERE other.name = :name_1"
    )
    assert sa.inspect(other).name == "other" and sa.inspect(other).mapper is sa.inspect(User)


def test_self_join(session):
    other = orm.aliased(User)
    stmt = sa.select(User.id, other.id).where(User.id < other.id).order_by(User.id, other.id)
    assert session.execute(stmt).all() == [(1, 2), (1, 3), (2, 3)]


def test_join_to_an_alias_by_relationship(session):
    other = orm.aliased(Post)
    stmt = sa.select(User.name, other.title).join(User.posts.of_type(other)).where(other.id == 3)
    assert session.execute(stmt).all() == [("bob", "p3")]
    assert session.execute(sa.select(User.name).join(other, User.posts).where(other.id == 3)).all() == [("bob",)]


def test_relationship_of_an_alias(session):
    other = orm.aliased(User)
    assert session.scalars(sa.select(Post.id).select_from(other).join(other.posts).where(other.id == 2)).all() == [3]


def test_missing_attribute():
    with pytest.raises(AttributeError):
        orm.aliased(User).nothing


def test_alias_of_what_is_not_mapped():
    with pytest.raises((sa.exc.ArgumentError, sa.exc.NoInspectionAvailable)):
        orm.aliased(dict)


def test_two_aliases_are_told_apart():
    one, two = orm.aliased(User), orm.aliased(User)
    text = str(sa.select(one.id, two.id))
    assert "user_account AS user_account_1, user_account AS user_account_2" in text
