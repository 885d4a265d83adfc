"""Every loader option as a function."""

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


@pytest.mark.parametrize(
    "name, count", [("joinedload", 1), ("selectinload", 2), ("subqueryload", 2), ("immediateload", 4)]
)
def test_collections_are_there(session, statements, name, count):
    option = getattr(orm, name)(User.posts)
    users = session.scalars(sa.select(User).options(option).order_by(User.id)).unique().all()
    assert len(statements.take()) == count
    assert [[post.id for post in user.posts] for user in users] == [[1, 2], [3], []]
    assert statements.take() == []


def test_lazyload(session):
    assert "posts" not in session.scalars(sa.select(User).options(orm.lazyload(User.posts))).first().__dict__


def test_defer_with_several_and_load_only(session):
    stmt = sa.select(User).options(orm.load_only(User.name, User.bio))
    assert {"id", "name", "bio"} <= set(session.scalars(stmt).first().__dict__)


def test_undefer_group(session):
    class Grouped(Base):
        __table__ = sa.Table("user_account", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String))
        __mapper_args__ = {"properties": {"name": orm.deferred(__table__.c.name, group="g")}}

    assert "name" not in session.scalars(sa.select(Grouped)).first().__dict__
    session.expunge_all()
    assert "name" in session.scalars(sa.select(Grouped).options(orm.undefer_group("g"))).first().__dict__
