"""The Query object."""

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


def test_all_first_one(session):
    query = session.query(User).order_by(User.id)
    assert [u.id for u in query.all()] == [1, 2, 3] == [u.id for u in query]
    assert query.first().id == 1
    assert query.filter_by(name="bob").one().id == 2
    assert query.filter(User.id > 9).one_or_none() is None
    with pytest.raises(sa.exc.NoResultFound):
        query.filter(User.id > 9).one()
    with pytest.raises(sa.exc.MultipleResultsFound):
        query.one()


def test_joined_collections_are_unique_by_themselves(session):
    users = session.query(User).options(orm.joinedload(User.posts)).order_by(User.id).all()
    assert [len(user.posts) for user in users] == [2, 1, 0]


def test_update_and_delete(session):
    user = session.get(User, 1)
    assert session.query(User).filter(User.id == 1).update({"name": "x"}) == 1
    assert user.name == "x"
    assert session.query(User).filter(User.id == 3).delete() == 1
    assert session.query(User).count() == 2


def test_union(session):
    one, two = session.query(User).filter(User.id == 1), session.query(User).filter(User.id == 2)
    assert sorted(u.id for u in one.union(two)) == [1, 2]


def test_text_of_a_query(session):
    assert str(session.query(User.id)) == "SELECT user_account.id AS user_account_id \nFROM user_account"


def test_populate_existing_and_yield_per(session):
    user = session.get(User, 1)
    user.name = "changed"
    session.query(User).autoflush(False).populate_existing().all()
    assert user.name == "ann"
    assert [u.id for u in session.query(User).order_by(User.id).yield_per(1)] == [1, 2, 3]


def test_a_query_knows_its_line(session):
    made = session.query(User, Post).filter(User.id == 1)
    assert made.statement.built_at.startswith(__file__)
    with pytest.warns(sa.exc.SAWarning, match="^SELECT statement built at .*test_query.py:[0-9]+ in test_a_query_knows"):
        made.all()
