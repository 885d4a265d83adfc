"""Which entities of a statement an option belongs to."""

from __future__ import annotations

import pytest
from blog import Post, User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


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
