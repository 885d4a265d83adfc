"""Joins of a Query."""

from __future__ import annotations

from blog import Post, Tag, User



def test_by_relationship_and_target(session):
    assert session.query(User.id).join(User.posts).filter(Post.id == 3).all() == [(2,)]
    assert session.query(User.id).join(Post).filter(Post.id == 3).all() == [(2,)]
    assert session.query(User.id).join(Post, User.id == Post.author_id).filter(Post.id == 3).all() == [(2,)]


def test_outer(session):
    assert session.query(User.id).outerjoin(User.posts).filter(Post.id.is_(None)).all() == [(3,)]
    assert session.query(User.id).join(User.posts, isouter=True).filter(Post.id.is_(None)).all() == [(3,)]


def test_chain(session):
    query = session.query(User.id).join(User.posts).join(Post.tags).filter(Tag.id == 1)
    assert query.all() == [(1,)]


def test_select_from(session):
    assert session.query(User.id).select_from(Post).join(Post.author).filter(Post.id == 3).all() == [(2,)]


def test_reset_joinpoint_is_kept_for_old_programs(session):
    query = session.query(User).join(User.posts).reset_joinpoint().filter_by(name="ann")
    assert {user.id for user in query} == {1}
