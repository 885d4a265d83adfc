"""Registries of sessions."""

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


@pytest.fixture()
def scoped(engine, session):
    registry = orm.scoped_session(orm.sessionmaker(engine))
    yield registry
    registry.remove()


def test_one_session_per_thread(scoped):
    import threading

    found = []
    thread = threading.Thread(target=lambda: found.append(scoped()))
    thread.start()
    thread.join()
    assert scoped() is scoped() and found[0] is not scoped()
    found[0].close()


def test_remove_closes_and_forgets(scoped):
    first = scoped()
    user = scoped.get(User, 1)
    scoped.remove()
    assert user not in first and scoped() is not first


def test_methods_are_those_of_the_session(scoped):
    scoped.add(User(id=9, name="new"))
    assert len(scoped.new) == 1 and scoped.dirty is not None
    scoped.commit()
    assert scoped.scalar(sa.select(User.name).where(User.id == 9)) == "new"


def test_arguments_after_the_first_use_are_refused(scoped):
    scoped()
    with pytest.raises(sa.exc.InvalidRequestError):
        scoped(autoflush=False)


def test_own_scope(engine):
    scope = ["a"]
    registry = orm.scoped_session(orm.sessionmaker(engine), scopefunc=lambda: scope[0])
    first = registry()
    scope[0] = "b"
    assert registry() is not first
    scope[0] = "a"
    assert registry() is first


def test_configure_warns_when_a_session_exists(scoped):
    scoped()
    with pytest.warns(sa.exc.SAWarning):
        scoped.configure(autoflush=False)


def test_query_property(scoped):
    User.query = scoped.query_property()
    try:
        assert User.query.filter_by(name="ann").one().id == 1
    finally:
        del User.query
