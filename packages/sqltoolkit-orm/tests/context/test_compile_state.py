"""Requests that travel with a statement: options of one execution do not stick to the next."""

from __future__ import annotations

import pytest
from blog import User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


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
