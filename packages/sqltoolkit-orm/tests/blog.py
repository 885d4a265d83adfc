"""Users, their posts and the tags of these: the model of tests that need no classes of their own."""

from __future__ import annotations

from typing import List
from typing import Optional

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


def entries():
    """Return new objects: three users, of whom ann has two posts, bob one and cid none, and a post of nobody."""
    one, two = Tag(id=1), Tag(id=2)
    return [
        User(id=1, name="ann", bio="a", posts=[Post(id=1, title="p1", tags=[one, two]), Post(id=2, title="p2")]),
        User(id=2, name="bob", bio="b", posts=[Post(id=3, title="p3", tags=[two])]),
        User(id=3, name="cid", bio="c"),
        Post(id=4, title="p4"),
    ]
