"""Which entities of a statement an option belongs to."""

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


def test_option_for_an_entity_that_is_not_there(session):
    with pytest.raises(sa.exc.ArgumentError):
        session.scalars(sa.select(User).options(orm.joinedload(Post.author))).all()


def test_option_of_an_alias_is_its_own(session):
    other = orm.aliased(User)
    stmt = sa.select(User, other).where(User.id == 1, other.id == 2).options(orm.undefer(other.bio))
    user, second = session.execute(stmt).one()
    assert "bio" in second.__dict__ and "bio" not in user.__dict__


def test_options_reach_lazy_loads(session):
    user = session.scalars(
        sa.select(User).options(orm.lazyload(User.posts).joinedload(Post.tags)).where(User.id == 1)
    ).one()
    assert "tags" in user.posts[0].__dict__


def test_wildcard_is_weaker_than_a_name(session):
    stmt = sa.select(User).options(orm.raiseload("*"), orm.selectinload(User.posts)).where(User.id == 1)
    user = session.scalars(stmt).one()
    assert len(user.posts) == 2
    with pytest.raises(sa.exc.InvalidRequestError):
        user.posts[0].tags


def test_wildcard_of_one_entity(session):
    stmt = sa.select(User, Post).join(User.posts).options(orm.Load(User).raiseload("*")).order_by(Post.id)
    user, post = session.execute(stmt).first()
    with pytest.raises(sa.exc.InvalidRequestError):
        user.posts
    assert [tag.id for tag in post.tags] == [1, 2]


class TestWildcards:
    def test_they_hold_for_what_is_joined(self, session):
        user = session.scalars(sa.select(User).options(orm.joinedload(User.posts), orm.raiseload("*")).where(User.id == 1)).unique().one()
        with pytest.raises(sa.exc.InvalidRequestError, match="Post.tags"):
            user.posts[0].tags

    def test_and_for_what_the_statement_leads_to(self, session):
        user = session.scalars(sa.select(User).options(orm.selectinload(User.posts), orm.raiseload("*")).where(User.id == 1)).one()
        with pytest.raises(sa.exc.InvalidRequestError, match="Post.tags"):
            user.posts[0].tags

    @pytest.mark.parametrize("option", [orm.lazyload, orm.immediateload])
    def test_but_not_for_statements_of_their_own(self, session, option):
        user = session.scalars(sa.select(User).options(option(User.posts), orm.raiseload("*")).where(User.id == 1)).one()
        assert [tag.id for tag in user.posts[0].tags] == [1, 2]
