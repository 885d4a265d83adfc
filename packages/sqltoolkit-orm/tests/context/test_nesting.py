"""Entities inside subqueries, CTEs, unions and foreign statements."""

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


def test_union_of_entities(session):
    union = sa.union_all(sa.select(User).where(User.id == 1), sa.select(User).where(User.id == 3))
    assert sorted(u.id for u in session.scalars(sa.select(User).from_statement(union))) == [1, 3]


def test_alias_of_a_subquery(session):
    sub = sa.select(User).where(User.id < 3).subquery()
    inner = orm.aliased(User, sub)
    assert [u.name for u in session.scalars(sa.select(inner).order_by(inner.id.desc()))] == ["bob", "ann"]
    assert isinstance(session.scalars(sa.select(inner)).first(), User)


def test_cte(session):
    counts = sa.select(Post.author_id, sa.func.count().label("n")).group_by(Post.author_id).cte("counts")
    stmt = sa.select(User.name, counts.c.n).join(counts, counts.c.author_id == User.id).order_by(User.id)
    assert str(stmt).startswith("WITH counts AS")
    assert session.execute(stmt).all() == [("ann", 2), ("bob", 1)]


def test_scalar_subquery_correlates(session):
    count = sa.select(sa.func.count(Post.id)).where(Post.author_id == User.id).scalar_subquery()
    assert session.execute(sa.select(User.id, count).order_by(User.id)).all() == [(1, 2), (2, 1), (3, 0)]


def test_exists_and_in(session):
    stmt = sa.select(User.id).where(sa.exists().where(Post.author_id == User.id)).order_by(User.id)
    assert session.scalars(stmt).all() == [1, 2]
    stmt = sa.select(User.id).where(User.id.in_(sa.select(Post.author_id).where(Post.id > 2)))
    assert session.scalars(stmt).all() == [2]


def test_text_with_columns(session):
    text = sa.text("select id, name from user_account where id = :id").columns(User.id, User.name)
    assert session.scalars(sa.select(User).from_statement(text), {"id": 2}).one().name == "bob"


def test_statement_without_any_column_of_the_entity(session):
    with pytest.raises(sa.exc.NoSuchColumnError):
        session.scalars(sa.select(User).from_statement(sa.text("select 1 as unrelated"))).all()


def test_columns_that_a_statement_lacks_are_loaded_when_they_are_read(session):
    table = User.__table__
    for statement in (sa.select(table.c.id).where(table.c.id == 2), sa.text("select id from %s where id = 2" % table.name)):
        session.expunge_all()
        user = session.scalars(sa.select(User).from_statement(statement)).one()
        assert "name" not in user.__dict__ and user.name == "bob"


def test_contains_eager_of_a_foreign_statement_gives_its_rows(session):
    rows = sa.select(User, Post).join(User.posts).order_by(Post.id)
    statement = sa.select(User).from_statement(rows).options(orm.contains_eager(User.posts))
    users = session.scalars(statement).all()
    assert [user.id for user in users] == session.scalars(sa.select(User.id).join(User.posts).order_by(Post.id)).all()
    assert len(session.scalars(statement).unique().all()) == len(set(users)) < len(users)
    assert [len(user.posts) for user in session.query(User).from_statement(rows).options(orm.contains_eager(User.posts))]
