"""Joins of entities and criteria of parents."""

from __future__ import annotations

import pytest
from blog import Post, User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


def test_functions_for_joins(session):
    stmt = sa.select(User.id, Post.id).select_from(orm.join(User, Post, User.posts)).order_by(Post.id)
    assert session.execute(stmt).all() == [(1, 1), (1, 2), (2, 3)]
    stmt = sa.select(User.id).select_from(orm.outerjoin(User, Post)).where(Post.id.is_(None))
    assert session.scalars(stmt).all() == [3]


def test_joins_of_entities_compare_like_those_of_tables():
    plain = User.__table__.join(Post.__table__)
    assert orm.join(User, Post, User.posts).compare(plain) and plain.compare(orm.join(User, Post))
    assert not orm.outerjoin(User, Post).compare(plain)
    assert sa.select(User).join(User.posts).get_final_froms()[0].compare(plain)


def test_with_parent(session):
    user = session.get(User, 1)
    stmt = sa.select(Post.id).where(orm.with_parent(user, User.posts)).order_by(Post.id)
    assert session.scalars(stmt).all() == [1, 2]


def test_criterion_in_a_join(session):
    stmt = sa.select(User.id).join(User.posts.and_(Post.id == 2))
    assert session.scalars(stmt).all() == [1]


def test_any_has_contains(session):
    assert session.scalars(sa.select(User.id).where(User.posts.any(Post.id == 3))).all() == [2]
    assert session.scalars(sa.select(Post.id).where(Post.author.has(name="bob"))).all() == [3]
    assert session.scalars(sa.select(User.id).where(User.posts.contains(session.get(Post, 3)))).all() == [2]
    assert session.scalars(sa.select(Post.id).where(Post.author == None)).all() == [4]


def test_a_column_is_no_target():
    for column in (User.id, Post.id):
        with pytest.raises(sa.exc.ArgumentError, match="neither"):
            str(sa.select(User).join(column))
