"""Deferred, grouped and raising columns."""

from __future__ import annotations

from typing import Optional

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


def test_defer_and_undefer(session, statements):
    user = session.scalars(sa.select(User).options(orm.defer(User.name), orm.undefer(User.bio)).where(User.id == 1)).one()
    assert set(user.__dict__) - {"_sa_instance_state"} == {"id", "bio"}
    assert user.name == "ann"


def test_load_only_always_has_the_key(session):
    user = session.scalars(sa.select(User).options(orm.load_only(User.bio)).where(User.id == 1)).one()
    assert set(user.__dict__) - {"_sa_instance_state"} == {"id", "bio"}


def test_raiseload_of_a_column(session):
    user = session.scalars(sa.select(User).options(orm.defer(User.name, raiseload=True)).where(User.id == 1)).one()
    with pytest.raises(sa.exc.InvalidRequestError):
        user.name


def test_undefer_everything(session):
    user = session.scalars(sa.select(User).options(orm.undefer("*")).where(User.id == 1)).one()
    assert user.__dict__["bio"] == "a"


def test_deferred_column_may_be_set_without_loading(session, statements):
    user = session.get(User, 1)
    statements.take()
    user.bio = "new"
    session.flush()
    assert statements.verbs() == ["UPDATE"]


def test_options_of_a_related_entity(session):
    stmt = sa.select(User).options(orm.selectinload(User.posts).load_only(Post.author_id)).where(User.id == 1)
    post = session.scalars(stmt).one().posts[0]
    assert "title" not in post.__dict__ and post.title == "p1"


class Sized(Base):
    __tablename__ = "sized"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    width: orm.Mapped[int]
    area: orm.Mapped[Optional[int]] = orm.query_expression()


class TestExpressionsOfOptions:
    @pytest.fixture()
    def sized(self, session, statements):
        session.add(Sized(id=1, width=3))
        session.commit()
        session.expunge_all()
        sized = session.scalars(self.statement(2)).one()
        assert sized.area == 6
        statements.take()
        return sized

    @staticmethod
    def statement(factor):
        return sa.select(Sized).options(orm.with_expression(Sized.area, Sized.width * factor))

    def test_expired_alone_it_is_none_until_a_query_gives_it(self, session, sized, statements):
        session.expire(sized, ["area"])
        assert sized.area is None and statements.take() == []
        session.scalars(self.statement(4)).one()
        assert sized.area == 12

    def test_reloaded_by_a_query_without_it(self, session, sized):
        session.expire(sized)
        session.scalars(sa.select(Sized)).one()
        assert sized.area is None
        session.scalars(self.statement(4)).one()
        assert sized.area == 12

    def test_expired_with_another_column(self, session, sized, statements):
        session.expire(sized, ["area", "width"])
        assert sized.width == 3
        assert statements.take() == ["SELECT sized.width \nFROM sized \nWHERE sized.id = ?"]
        assert sized.area is None

    def test_reload_of_the_object_keeps_it(self, session, sized, statements):
        session.expire(sized)
        assert sized.area is None and statements.take() == []
        assert sized.width == 3
        assert "sized.width * ?" in statements.take()[0]
        assert sized.area == 6 and statements.take() == []

    def test_refreshed_by_name_it_is_what_the_option_said(self, session, sized, statements):
        session.connection().exec_driver_sql("UPDATE sized SET width = 4")
        statements.take()
        session.refresh(sized, ["area"])
        assert sized.area == 8 and sized.width == 3
        assert len(statements.take()) == 1

    def test_setting_it_is_a_change(self, session, sized, statements):
        sized.area = 5
        assert sized in session.dirty
        session.flush()
        assert sized.area == 5 and statements.take() == []


class Triggered(Base):
    __tablename__ = "triggered"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    note: orm.Mapped[Optional[str]]
    stamp: orm.Mapped[Optional[int]] = orm.mapped_column(server_default="5")
    __table_args__ = {"implicit_returning": False}


def test_what_was_inserted_as_null_is_not_loaded_with_what_the_database_made(session, statements):
    row = Triggered(id=1)
    session.add(row)
    session.flush()
    statements.take()
    assert (row.note, row.stamp, row.note) == (None, 5, None)
    assert statements.take() == ["SELECT triggered.stamp \nFROM triggered \nWHERE triggered.id = ?"]


class Counted(Base):
    __tablename__ = "counted"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[Optional[str]]
    seven: orm.Mapped[int] = orm.query_expression(sa.literal_column("7"))


@pytest.mark.parametrize("option", [orm.load_only(Counted.name), orm.defer(Counted.seven), orm.defer("*")])
def test_the_default_of_an_expression_is_left_out_like_a_column(option):
    assert "7" in str(sa.select(Counted))
    assert "7" not in str(sa.select(Counted).options(option))


def test_a_default_that_was_left_out_is_loaded_when_it_is_read(session, statements):
    session.add(Counted(id=1, name="a"))
    session.commit()
    session.expunge_all()
    counted = session.scalars(sa.select(Counted).options(orm.load_only(Counted.name))).one()
    statements.take()
    assert counted.seven == 7
    assert statements.take() == ["SELECT 7 \nFROM counted \nWHERE counted.id = ?"]
    session.expire(counted)
    assert counted.seven is None and statements.take() == []


def test_a_default_of_a_new_object_is_not_loaded(session, statements):
    counted = Counted(id=1)
    session.add(counted)
    session.flush()
    statements.take()
    assert counted.seven is None and statements.take() == []


def test_options_of_columns_outlive_a_reload(session, statements):
    user = session.scalars(sa.select(User).options(orm.defer(User.name)).where(User.id == 1)).one()
    session.expire(user)
    assert user.id == 1 and "name" in user.__dict__
    session.refresh(user)
    assert "name" not in user.__dict__


def test_columns_may_be_read_after_a_reload_whatever_the_options(session):
    user = session.scalars(sa.select(User).options(orm.defer(User.bio, raiseload=True)).where(User.id == 1)).one()
    session.expire(user)
    assert user.name == "ann" and user.bio == "a"


def test_a_refresh_goes_by_the_options_again(session):
    user = session.scalars(sa.select(User).options(orm.defer(User.bio, raiseload=True)).where(User.id == 1)).one()
    session.expire(user)
    assert user.name == "ann"
    session.refresh(user)
    with pytest.raises(sa.exc.InvalidRequestError):
        user.bio
