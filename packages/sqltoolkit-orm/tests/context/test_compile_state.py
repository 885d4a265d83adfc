"""Requests that travel with a statement: options of one execution do not stick to the next."""

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


def test_options_of_one_run_do_not_reach_the_next(session):
    stmt = sa.select(User).where(User.id == 1)
    user = session.scalars(stmt).one()
    user.name = "changed"
    session.scalars(stmt, execution_options={"populate_existing": True, "autoflush": False}).one()
    assert user.name == "ann"
    user.name = "again"
    with session.no_autoflush:
        session.scalars(stmt).one()
    assert user.name == "again"


def test_yield_per_refuses_joined_collections(session):
    stmt = sa.select(User).options(orm.joinedload(User.posts)).execution_options(yield_per=1)
    with pytest.raises(sa.exc.InvalidRequestError):
        session.scalars(stmt).unique().all()


def test_yield_per_with_selectin_loads_each_part(session, statements):
    stmt = sa.select(User).options(orm.selectinload(User.posts)).order_by(User.id)
    users = [user for user in session.scalars(stmt, execution_options={"yield_per": 2})]
    assert [len(user.posts) for user in users] == [2, 1, 0]
    assert len(statements.take()) == 3


def test_statements_of_the_orm_have_cache_keys():
    one, two = sa.select(User).where(User.id == 1), sa.select(User).where(User.id == 2)
    assert one._generate_cache_key() == two._generate_cache_key()
    other = sa.select(User).options(orm.selectinload(User.posts)).where(User.id == 1)
    assert other._generate_cache_key() != one._generate_cache_key()
