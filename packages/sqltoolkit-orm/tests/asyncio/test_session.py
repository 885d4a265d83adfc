"""Sessions for asyncio."""

from __future__ import annotations

import asyncio
import contextlib
from typing import List

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm
from sqltoolkit_core.asyncio import create_async_engine
from sqltoolkit_orm.asyncio import async_object_session
from sqltoolkit_orm.asyncio import async_scoped_session
from sqltoolkit_orm.asyncio import async_sessionmaker
from sqltoolkit_orm.asyncio import AsyncAttrs
from sqltoolkit_orm.asyncio import AsyncSession
from sqltoolkit_orm.asyncio.exc import AsyncBindNotFound

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


@contextlib.asynccontextmanager
async def opened():
    """A session on a database of its own."""
    engine = create_async_engine("sqlite+aiosqlite://")
    async with AsyncSession(engine) as session:
        yield session
    await engine.dispose()


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


def test_binds_are_asynchronous():
    first, second, third = (create_async_engine("sqlite+aiosqlite://") for _ in range(3))
    session = AsyncSession(first, binds={Parent: second})
    assert session.bind is first and session.sync_session.bind is first.sync_engine
    assert session.binds == {Parent: second, Parent.__table__: second}
    assert session.get_async_bind(Parent) is second and session.get_async_bind(Child) is first
    assert session.get_async_bind(Parent, bind=third) is third
    session.bind = third
    session.bind_table(Child.__table__, first)
    assert session.bind is third and session.get_async_bind(Child) is first
    session.bind = None
    assert session.bind is None
    assert dict(AsyncSession().binds) == {}
    scoped = async_scoped_session(async_sessionmaker(first), scopefunc=lambda: None)
    scoped.bind = second
    assert scoped().bind is second


@pytest.mark.parametrize("use", ["bind", "binds", "assign", "bind_table", "get_async_bind"])
def test_synchronous_binds_are_refused(use):
    engine = create_async_engine("sqlite+aiosqlite://").sync_engine
    session = AsyncSession()
    with pytest.raises(sa.exc.ArgumentError, match="AsyncEngine or an AsyncConnection, not to Engine"):
        if use == "bind":
            AsyncSession(engine)
        elif use == "binds":
            AsyncSession(binds={Parent: engine})
        elif use == "assign":
            session.bind = engine
        elif use == "bind_table":
            session.bind_table(Parent.__table__, engine)
        else:
            session.get_async_bind(bind=engine)


def test_a_bind_that_only_the_session_behind_has():
    session = AsyncSession()
    session.sync_session.bind = create_async_engine("sqlite+aiosqlite://").sync_engine
    with pytest.raises(AsyncBindNotFound):
        session.bind


def test_transactions_are_found_again():
    async def main():
        async with opened() as session:
            outer = await session.begin()
            inner = await session.begin_nested()
            assert session.get_transaction() is outer and session.get_nested_transaction() is inner
            await inner.commit()
            assert session.get_nested_transaction() is None
            await outer.rollback()
            await session.begin()
            found = session.get_transaction()
            assert found.session is session and not found.nested
            assert found.sync_transaction is session.sync_session.get_transaction()

    asyncio.run(main())


@pytest.mark.parametrize("ended_by", ["commit", "rollback"])
def test_a_block_whose_transaction_ended_takes_nothing_more(ended_by):
    async def main():
        async with opened() as session:
            async with session.begin() as transaction:
                await getattr(transaction, ended_by)()
                with pytest.raises(sa.exc.InvalidRequestError, match="with"):
                    await session.execute(sa.select(sa.literal(1)))
            assert await session.scalar(sa.select(sa.literal(1))) == 1

    asyncio.run(main())


def test_a_factory_of_the_synchronous_kind():
    async def main():
        engine = create_async_engine("sqlite+aiosqlite://")
        maker = orm.sessionmaker(engine, class_=AsyncSession)
        async with maker.begin() as session:
            assert session.in_transaction()
            assert await session.scalar(sa.select(sa.literal(1))) == 1
        assert not session.in_transaction()
        await engine.dispose()

    asyncio.run(main())


def test_listeners_are_for_the_session_behind():
    with pytest.raises(NotImplementedError, match="sync_session"):
        sa.event.listen(AsyncSession(), "before_flush", print)


def test_replacing_an_object_on_the_other_side_awaits_nothing():
    class Own(orm.DeclarativeBase):
        pass

    class Desk(Own):
        __tablename__ = "desk"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        lamp = orm.relationship("Lamp", uselist=False)

    class Lamp(Own):
        __tablename__ = "lamp"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        desk_id = orm.mapped_column(sa.ForeignKey("desk.id"))

    async def main():
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.begin() as connection:
            await connection.run_sync(Own.metadata.create_all)
        async with AsyncSession(engine) as session:
            desk = Desk(lamp=Lamp())
            session.add(desk)
            await session.commit()
            desk.lamp = Lamp()
            await session.commit()
            rows = await session.execute(sa.select(Lamp.id, Lamp.desk_id).order_by(Lamp.id))
            assert rows.all() == [(1, None), (2, 1)]
        await engine.dispose()

    asyncio.run(main())


def test_close_all_is_deprecated():
    async def close():
        session = AsyncSession()
        parent = Parent()
        session.add(parent)
        with pytest.warns(sa.exc.SADeprecationWarning, match="close_all_sessions"):
            await AsyncSession.close_all()
        assert parent not in session

    asyncio.run(close())


def test_factories_are_subscripted_in_annotations():
    assert async_sessionmaker[AsyncSession] is async_sessionmaker
    assert async_scoped_session[AsyncSession] is async_scoped_session
