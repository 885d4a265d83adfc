"""Transactions of sessions: what commit, rollback and savepoints do to objects, and misuse."""

from __future__ import annotations

from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user_account"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[Optional[str]] = orm.mapped_column(unique=True)


@pytest.fixture()
def session(engine):
    @sa.event.listens_for(engine, "connect")
    def _no_own_begin(dbapi_connection, record):
        dbapi_connection.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def _begin(conn):
        conn.exec_driver_sql("BEGIN")

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        yield session


def names(session):
    return session.scalars(sa.select(User.name).order_by(User.id)).all()


def test_begins_by_itself_and_ends_with_commit(session):
    assert not session.in_transaction()
    assert session.get_transaction() is None
    session.add(User(name="a"))
    assert session.in_transaction()
    session.commit()
    assert not session.in_transaction()
    assert names(session) == ["a"]


def test_begin_twice_is_an_error(session):
    session.begin()
    with pytest.raises(sa.exc.InvalidRequestError):
        session.begin()


def test_without_autobegin_a_transaction_must_be_begun(engine, session):
    with orm.Session(engine, autobegin=False) as manual:
        with pytest.raises(sa.exc.InvalidRequestError):
            manual.scalars(sa.select(User))
        with manual.begin():
            manual.add(User(name="a"))
        assert names(session) == ["a"]


def test_begin_as_context_manager_rolls_back_on_errors(session):
    with pytest.raises(ZeroDivisionError):
        with session.begin():
            session.add(User(name="a"))
            session.flush()
            raise ZeroDivisionError()
    assert names(session) == []


def test_rollback_makes_new_objects_transient_and_old_ones_expired(session):
    old = User(name="old")
    session.add(old)
    session.commit()
    old.name = "changed"
    new = User(name="new")
    session.add(new)
    session.flush()
    session.rollback()
    assert sa.inspect(new).transient and new.name == "new"
    assert sa.inspect(old).persistent
    assert "name" not in old.__dict__
    assert old.name == "old"


def test_rollback_restores_deleted_objects(session):
    user = User(name="a")
    session.add(user)
    session.commit()
    session.delete(user)
    session.flush()
    assert sa.inspect(user).deleted and user not in session
    session.rollback()
    assert sa.inspect(user).persistent and user in session
    assert user.name == "a"


def test_commit_without_expiry_keeps_attributes(engine, session, statements):
    with orm.Session(engine, expire_on_commit=False) as keeping:
        user = User(name="a")
        keeping.add(user)
        keeping.commit()
        statements.take()
        assert user.name == "a"
        assert statements.take() == []


def test_savepoint_rollback_keeps_what_came_before(session):
    first = User(name="first")
    session.add(first)
    nested = session.begin_nested()
    assert session.in_nested_transaction() and session.get_nested_transaction() is nested
    second = User(name="second")
    session.add(second)
    session.flush()
    nested.rollback()
    assert not session.in_nested_transaction()
    assert sa.inspect(second).transient
    assert sa.inspect(first).persistent
    session.commit()
    assert names(session) == ["first"]


def test_savepoint_rollback_expires_only_what_it_changed(session):
    one, two = User(name="one"), User(name="two")
    session.add_all([one, two])
    session.commit()
    assert (one.name, two.name) == ("one", "two")
    with pytest.raises(ZeroDivisionError):
        with session.begin_nested():
            one.name = "changed"
            session.flush()
            raise ZeroDivisionError()
    assert "name" not in one.__dict__
    assert two.__dict__["name"] == "two"
    assert one.name == "one"


def test_failing_row_in_a_savepoint_leaves_the_session_usable(session):
    session.add(User(name="a"))
    session.flush()
    for name in ("b", "a", "c"):
        try:
            with session.begin_nested():
                session.add(User(name=name))
        except sa.exc.IntegrityError:
            assert name == "a"
    session.commit()
    assert names(session) == ["a", "b", "c"]


def test_savepoints_nest(session):
    with session.begin_nested():
        session.add(User(name="outer"))
        inner = session.begin_nested()
        session.add(User(name="inner"))
        session.flush()
        inner.rollback()
    session.commit()
    assert names(session) == ["outer"]


def test_failed_flush_rolls_back_and_the_session_goes_on(session):
    session.add_all([User(name="a"), User(name="a")])
    with pytest.raises(sa.exc.IntegrityError):
        session.flush()
    session.rollback()
    session.add(User(name="b"))
    session.commit()
    assert names(session) == ["b"]


def test_using_a_session_inside_a_failed_flush_hook(session):
    seen = []

    @sa.event.listens_for(session, "after_soft_rollback")
    def _after(session, previous):
        seen.append(previous.is_active)

    session.add_all([User(name="a"), User(name="a")])
    with pytest.raises(sa.exc.IntegrityError):
        session.commit()
    session.rollback()
    assert seen and seen[-1] is False
    assert session.is_active


def test_close_inside_a_transaction_rolls_back_and_detaches(session):
    user = User(name="a")
    session.add(user)
    session.flush()
    session.close()
    assert sa.inspect(user).detached or sa.inspect(user).transient
    assert len(session.identity_map) == 0
    assert names(session) == []


def test_closed_for_good_without_close_resets_only(engine, session):
    strict = orm.Session(engine, close_resets_only=False)
    strict.close()
    with pytest.raises(sa.exc.InvalidRequestError):
        strict.scalars(sa.select(User))
    strict = orm.Session(engine)
    strict.close()
    assert strict.scalars(sa.select(User)).all() == []


def test_joining_an_outer_transaction_with_savepoints(engine, session):
    with engine.connect() as connection:
        outer = connection.begin()
        with orm.Session(connection, join_transaction_mode="create_savepoint") as inner:
            inner.add(User(name="a"))
            inner.commit()
            assert names(inner) == ["a"]
            inner.rollback()
        outer.rollback()
    assert names(session) == []


def test_session_rollback_inside_joined_rollback_only(engine, session):
    with engine.connect() as connection:
        outer = connection.begin()
        with orm.Session(connection, join_transaction_mode="rollback_only") as inner:
            inner.add(User(name="a"))
            inner.commit()
        assert outer.is_active
        with orm.Session(connection, join_transaction_mode="rollback_only") as inner:
            inner.execute(sa.select(User))
            inner.rollback()
        assert not outer.is_active


def test_expired_transaction_object_refuses_use(session):
    transaction = session.begin()
    session.commit()
    with pytest.raises(sa.exc.InvalidRequestError):
        transaction.commit()


def test_reports_of_the_pool_name_the_line_that_uses_the_session(tmp_path) -> None:
    engine = sa.create_engine("sqlite:///%s" % (tmp_path / "t.db"), pool_trace_checkouts=True)
    with orm.Session(engine) as session:
        session.execute(sa.text("select 1"))
        assert "test_transaction.py" in engine.pool.holders()[0].site


class TestWhatListenersSee:
    @pytest.fixture()
    def heard(self, session):
        """Names of events in order; levels of transactions are numbered by their depth."""
        heard = []

        def depth(transaction):
            return 0 if transaction.parent is None else 1 + depth(transaction.parent)

        for name in ("after_transaction_create", "after_transaction_end"):
            sa.event.listen(session, name, lambda s, t, name=name: heard.append("%s %d" % (name[18:], depth(t))))
        for name in ("before_flush", "after_flush", "after_flush_postexec", "after_rollback", "after_commit"):
            sa.event.listen(session, name, lambda *args, name=name: heard.append(name))
        sa.event.listen(
            session, "after_soft_rollback", lambda s, t: heard.append("soft %s" % ("active" if s.is_active else "waiting"))
        )
        return heard

    def test_a_flush_is_a_level_of_its_own(self, session, heard):
        session.add(User(name="a"))
        session.flush()
        assert heard == ["create 0", "before_flush", "create 1", "after_flush", "after_flush_postexec", "end 1"]
        assert session.get_transaction().parent is None
        del heard[:]
        session.commit()
        assert heard == ["after_commit", "end 0"]

    def test_so_are_the_older_bulk_methods(self, session, heard):
        session.bulk_insert_mappings(User, [{"name": "a"}])
        assert heard == ["create 0", "create 1", "end 1"]

    def test_a_failed_flush_and_the_rollback_that_it_waits_for(self, session, heard):
        session.add_all([User(name="a"), User(name="a")])
        with pytest.raises(sa.exc.IntegrityError):
            session.flush()
        assert heard == ["create 0", "before_flush", "create 1", "after_rollback", "end 1", "soft waiting"]
        del heard[:]
        session.rollback()
        # the session can be used again when listeners hear of it
        assert heard == ["end 0", "soft active"]

    def test_a_block_whose_flush_failed_is_just_closed(self, session, heard):
        session.begin()
        with pytest.raises(sa.exc.IntegrityError):
            with session.begin_nested():
                session.add_all([User(name="a"), User(name="a")])
                del heard[:]
                session.flush()
        assert heard == ["before_flush", "create 2", "after_rollback", "end 2", "soft waiting", "end 1"]
        assert session.is_active

    def test_what_a_savepoint_changed_is_expired_all_the_same(self, session, heard):
        one, two = User(name="one"), User(name="two")
        session.add_all([one, two])
        session.commit()
        assert (one.name, two.name) == ("one", "two")
        savepoint = session.begin_nested()
        one.name = "changed"
        session.flush()
        savepoint.rollback()
        assert "name" not in one.__dict__ and two.__dict__["name"] == "two"

    def test_a_session_is_usable_in_the_last_event_of_a_rollback(self, session):
        user = User(name="a")
        session.add(user)
        session.commit()
        read = []
        sa.event.listen(session, "after_soft_rollback", lambda s, t: read.append(user.name))
        user.name = "b"
        session.rollback()
        assert read == ["a"]

    def test_objects_are_restored_after_the_event_of_a_rollback(self, session):
        user = User(name="a")
        session.add(user)
        session.commit()
        user.name = "b"
        seen = []
        sa.event.listen(session, "after_rollback", lambda s: seen.append(user.name))
        session.rollback()
        assert seen == ["b"] and user.name == "a"

    def test_a_listener_that_raises_does_not_keep_objects_from_being_restored(self, session):
        user = User(name="a")
        session.add(user)
        session.commit()
        user.name = "b"

        def refuse(session):
            raise ValueError("no")

        sa.event.listen(session, "after_rollback", refuse)
        with pytest.raises(ValueError):
            session.rollback()
        assert "name" not in user.__dict__


@pytest.mark.parametrize("ended_by", ["commit", "rollback", "session.commit", "session.rollback", "session.close"])
@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("use", ["execute", "begin_nested", "flush"])
def test_a_block_whose_transaction_ended_takes_nothing_more(session, ended_by, nested, use):
    if nested:
        session.begin()
    with session.begin_nested() if nested else session.begin() as transaction:
        owner = session if ended_by.startswith("session") else transaction
        getattr(owner, ended_by.split(".")[-1])()
        with pytest.raises(sa.exc.InvalidRequestError, match="of this 'with' block was committed or rolled back"):
            if use == "execute":
                session.execute(sa.select(User))
            elif use == "begin_nested":
                session.begin_nested()
            else:
                session.add(User(name="late"))
                session.flush()
    session.rollback()
    session.expunge_all()
    assert names(session) == []


def test_blocks_of_a_factory_and_after_one_another(engine, session):
    maker = orm.sessionmaker(engine)
    with maker.begin() as own:
        own.add(User(name="a"))
        own.commit()
        with pytest.raises(sa.exc.InvalidRequestError, match="with"):
            own.add(User(name="b"))
    with session.begin():
        assert names(session) == ["a"]
    with session.begin() as transaction:
        transaction.commit()
    with session.begin():
        assert names(session) == ["a"]


def test_a_savepoint_block_outlived_by_none_of_its_transaction(session):
    with session.begin() as transaction:
        with session.begin_nested():
            transaction.rollback()
            with pytest.raises(sa.exc.InvalidRequestError):
                session.execute(sa.select(User))
        with pytest.raises(sa.exc.InvalidRequestError):
            session.execute(sa.select(User))
    assert names(session) == []


def test_changes_in_a_block_that_ended_are_not_taken_and_not_lost(session):
    session.add(User(id=1, name="a"))
    session.commit()
    user = session.get(User, 1)
    with session.begin_nested():
        pass
    session.commit()
    session.expire_on_commit = False
    with session.begin():
        assert user.name == "a"
        session.commit()
        with pytest.raises(sa.exc.InvalidRequestError, match="leave the block"):
            user.name = "b"
    user.name = "b"
    session.commit()
    assert names(session) == ["b"]


def test_without_autobegin_attributes_do_not_change_outside_of_transactions(engine, session):
    session.add(User(id=1, name="a"))
    session.commit()
    with orm.Session(engine, autobegin=False, expire_on_commit=False) as other:
        assert other.is_active
        with other.begin():
            user = other.get(User, 1)
        with pytest.raises(sa.exc.InvalidRequestError, match="begin"):
            user.name = "b"
        assert user.name == "a"
        with other.begin():
            user.name = "b"
    assert names(session) == ["b"]


def test_rollback_only_within_a_savepoint_of_the_connection(engine, session):
    session.close()
    with engine.connect() as connection, connection.begin() as transaction:
        connection.execute(sa.insert(User).values(name="outer"))
        savepoint = connection.begin_nested()
        with orm.Session(connection, join_transaction_mode="rollback_only") as inner:
            inner.add(User(name="inner"))
            inner.flush()
            inner.rollback()
        assert transaction.is_active and not savepoint.is_active
        assert connection.scalars(sa.select(User.name)).all() == ["outer"]
