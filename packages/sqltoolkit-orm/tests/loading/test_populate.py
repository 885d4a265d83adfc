"""Filling objects that are in the session already."""

from __future__ import annotations

from blog import Post, User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


def test_expired_attributes_are_filled_by_any_query(session, statements):
    user = session.get(User, 1)
    session.expire(user)
    session.scalars(sa.select(User)).all()
    statements.take()
    assert user.name == "ann"
    assert statements.take() == []


def test_deferred_column_is_filled_by_a_later_query(session, statements):
    user = session.get(User, 1)
    assert "bio" not in user.__dict__
    session.scalars(sa.select(User).options(orm.undefer(User.bio))).all()
    statements.take()
    assert user.bio == "a" and statements.take() == []


def test_populate_existing_overwrites_changes(session):
    user = session.get(User, 1)
    user.name = "changed"
    stmt = sa.select(User).where(User.id == 1).execution_options(populate_existing=True, autoflush=False)
    session.scalars(stmt).one()
    assert user.name == "ann" and user not in session.dirty


def test_unloaded_collection_is_filled_by_an_eager_query(session, statements):
    user = session.get(User, 1)
    session.scalars(sa.select(User).options(orm.selectinload(User.posts))).all()
    statements.take()
    assert len(user.posts) == 2 and statements.take() == []


def test_loaded_collection_with_changes_is_left_alone(session):
    user = session.get(User, 1)
    user.posts.append(Post(id=9, title="new"))
    with session.no_autoflush:
        session.scalars(sa.select(User).options(orm.selectinload(User.posts))).all()
    assert [post.id for post in user.posts] == [1, 2, 9]
