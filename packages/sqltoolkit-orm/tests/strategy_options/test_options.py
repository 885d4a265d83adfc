"""Every loader option as a function."""

from __future__ import annotations

import pytest
from blog import User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


@pytest.mark.parametrize(
    "name, count", [("joinedload", 1), ("selectinload", 2), ("subqueryload", 2), ("immediateload", 4)]
)
def test_collections_are_there(session, statements, name, count):
    option = getattr(orm, name)(User.posts)
    users = session.scalars(sa.select(User).options(option).order_by(User.id)).unique().all()
    assert len(statements.take()) == count
    assert [[post.id for post in user.posts] for user in users] == [[1, 2], [3], []]
    assert statements.take() == []


def test_lazyload(session):
    assert "posts" not in session.scalars(sa.select(User).options(orm.lazyload(User.posts))).first().__dict__


def test_defer_with_several_and_load_only(session):
    stmt = sa.select(User).options(orm.load_only(User.name, User.bio))
    assert {"id", "name", "bio"} <= set(session.scalars(stmt).first().__dict__)


def test_undefer_group(session):
    class Grouped(orm.declarative_base()):
        __table__ = sa.Table("user_account", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String))
        __mapper_args__ = {"properties": {"name": orm.deferred(__table__.c.name, group="g")}}

    assert "name" not in session.scalars(sa.select(Grouped)).first().__dict__
    session.expunge_all()
    assert "name" in session.scalars(sa.select(Grouped).options(orm.undefer_group("g"))).first().__dict__
