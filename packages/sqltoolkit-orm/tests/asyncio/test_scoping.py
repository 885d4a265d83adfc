"""Registries of asynchronous sessions."""

from __future__ import annotations

import asyncio

import pytest

import sqltoolkit_core as sa
from sqltoolkit_core.asyncio import create_async_engine
from sqltoolkit_orm.asyncio import async_scoped_session
from sqltoolkit_orm.asyncio import async_sessionmaker

pytest.importorskip("aiosqlite")
pytest.importorskip("greenlet")


def test_one_session_per_task():
    async def main():
        engine = create_async_engine("sqlite+aiosqlite://")
        registry = async_scoped_session(async_sessionmaker(engine), scopefunc=asyncio.current_task)
        first = registry()
        assert registry() is first
        assert await registry.scalar(sa.select(sa.literal(5))) == 5

        async def other():
            found = registry()
            await registry.remove()
            return found

        assert await asyncio.ensure_future(other()) is not first
        await registry.remove()
        assert registry() is not first
        await registry.remove()
        await engine.dispose()

    asyncio.run(main())
