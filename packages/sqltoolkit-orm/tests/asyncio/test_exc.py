"""Errors of asynchronous sessions."""

from __future__ import annotations

import asyncio

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import exc as core_exc
from sqltoolkit_orm.asyncio import AsyncSession
from sqltoolkit_orm.asyncio.exc import AsyncBindNotFound


def test_family():
    assert issubclass(AsyncBindNotFound, core_exc.InvalidRequestError)


def test_a_bind_of_the_synchronous_kind():
    async def ask():
        async with AsyncSession() as session:
            session.sync_session.bind = create_engine("sqlite://")
            session.get_async_bind()

    loop = asyncio.new_event_loop()
    try:
        with pytest.raises(AsyncBindNotFound, match="No asynchronous bind was given for Engine"):
            loop.run_until_complete(ask())
    finally:
        loop.close()
