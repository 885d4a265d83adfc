"""Sessions for asyncio."""

from __future__ import annotations

import asyncio
from typing import List

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm
from sqltoolkit_core.asyncio import create_async_engine
from sqltoolkit_orm.asyncio import async_object_session
from sqltoolkit_orm.asyncio import async_sessionmaker
from sqltoolkit_orm.asyncio import AsyncAttrs

pytest.importorskip("aiosqlite")
pytest.importorskip("greenlet")


class Base(AsyncAttrs, orm.DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "parent"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    children: orm.Mapped[List["Child"]] = orm.relationship()


class Child(Base):
    __tablename__ = "child"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    parent_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("parent.id"))


def test_round_trip():
    async def main():
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        maker = async_sessionmaker(engine)
        async with maker.begin() as session:
            session.add(Parent(children=[Child(), Child()]))
        async with maker() as session:
            parent = (await session.scalars(sa.select(Parent))).one()
            assert len(await parent.awaitable_attrs.children) == 2
            assert async_object_session(parent) is session
            seen = [child.id async for child in await session.stream_scalars(sa.select(Child))]
            assert seen == [1, 2]
            await session.delete(parent.children[0])
            await session.rollback()
            assert await session.get(Parent, 1) is not None
        await engine.dispose()

    asyncio.run(main())


def test_results_are_loaded_before_they_are_given_out():
    async def main():
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        maker = async_sessionmaker(engine)
        async with maker.begin() as session:
            session.add_all([Parent(children=[Child(), Child()]), Parent(children=[Child()]), Parent()])
        query = sa.select(Parent).order_by(Parent.id)
        for option in (orm.selectinload, orm.joinedload, orm.immediateload, orm.subqueryload):
            async with maker() as session:
                parents = await session.scalars(query.options(option(Parent.children)))
                assert [len(parent.children) for parent in parents.unique()] == [2, 1, 0]
        async with maker() as session:
            eager = query.options(orm.selectinload(Parent.children))
            result = await session.execute(eager)
            assert [len(part) for part in result.partitions(2)] == [2, 1]
            result = await session.scalars(eager)
            assert len(result.fetchmany(1)[0].children) == 2
            assert [len(parent.children) for parent in result] == [1, 0]
            assert [len(parent.children) async for parent in await session.stream_scalars(eager)] == [2, 1, 0]
        await engine.dispose()

    asyncio.run(main())
