"""Criteria that apply to every use of an entity."""

from __future__ import annotations

import pytest
from blog import Post, User

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


@pytest.fixture()
def session(session):
    """The session on users and posts, with tables for the classes of this module."""
    Base.metadata.create_all(session.get_bind())
    return session


def only(session, stmt):
    return session.scalars(stmt.order_by(Post.id)).all()


def test_criteria_of_an_entity(session):
    stmt = sa.select(Post.id).options(orm.with_loader_criteria(Post, Post.id < 3))
    assert only(session, stmt) == [1, 2]


@pytest.mark.parametrize("loader", ["selectinload", "joinedload", "subqueryload", "lazyload"])
def test_criteria_reach_relationships(session, loader):
    stmt = sa.select(User).options(
        getattr(orm, loader)(User.posts), orm.with_loader_criteria(Post, lambda cls: cls.id > 1)
    )
    users = session.scalars(stmt.order_by(User.id)).unique().all()
    assert [[post.id for post in user.posts] for user in users] == [[2], [3], []]


def test_criteria_do_not_propagate_when_told(session):
    stmt = sa.select(User).options(orm.with_loader_criteria(Post, Post.id > 1, propagate_to_loaders=False))
    assert [p.id for p in session.scalars(stmt.where(User.id == 1)).one().posts] == [1, 2]


def test_values_of_closures_are_read_each_time(session):
    def below(limit):
        return only(session, sa.select(Post.id).options(orm.with_loader_criteria(Post, lambda cls: cls.id < limit)))

    assert (below(2), below(4)) == ([1], [1, 2, 3])


def test_criteria_for_update(session):
    stmt = sa.update(Post).values(title="x").options(orm.with_loader_criteria(Post, Post.id == 1))
    assert session.execute(stmt).rowcount == 1


def test_added_for_all_statements_of_a_session(session):
    @sa.event.listens_for(session, "do_orm_execute")
    def _tenant(state):
        if state.is_select and not state.is_column_load and not state.is_relationship_load:
            state.statement = state.statement.options(orm.with_loader_criteria(Post, Post.id == 2))

    assert only(session, sa.select(Post.id)) == [2]
    assert [p.id for p in session.get(User, 1).posts] == [2]


class Numbered:
    """Has no table; its mapped subclasses differ in theirs."""

    number: orm.Mapped[int]


class Card(Numbered, Base):
    __tablename__ = "card"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    number: orm.Mapped[int]


class Dice(Numbered, Base):
    __tablename__ = "dice"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    number: orm.Mapped[int]
    sides: orm.Mapped[int]


@pytest.mark.parametrize("of_several", [False, True])
def test_functions_of_the_class_have_their_values_in_every_statement(session, of_several):
    session.add_all([Card(id=n, number=n) for n in (1, 2, 3)] + [Dice(id=n, number=n, sides=n) for n in (1, 2, 3)])
    session.commit()

    def criterion(cls, number):
        found = cls.number == number
        return sa.and_(found, cls.sides == number) if of_several and hasattr(cls, "sides") else found

    def selected(statement, number):
        option = orm.with_loader_criteria(Numbered, lambda cls: criterion(cls, number), include_aliases=True)
        return session.scalars(statement.options(option)).all()

    for number in (1, 2, 3):
        alias = orm.aliased(Dice)
        assert selected(sa.select(Card.id), number) == [number]
        assert selected(sa.select(Dice.id), number) == [number]
        assert selected(sa.select(alias.id), number) == [number]
        option = orm.with_loader_criteria(Numbered, lambda cls: criterion(cls, number))
        session.execute(sa.update(Dice).values(sides=7).options(option))
        assert session.scalars(sa.select(Dice.id).where(Dice.sides == 7)).all() == [number]
        session.rollback()


def test_statements_are_cached_where_the_values_are_known(session):
    def run(number):
        option = orm.with_loader_criteria(Numbered, lambda cls: cls.number == number)
        return session.scalars(sa.select(Dice.id).options(option)).all()

    run(1)
    before = len(session.connection().compiled_cache)
    run(2)
    assert len(session.connection().compiled_cache) == before
