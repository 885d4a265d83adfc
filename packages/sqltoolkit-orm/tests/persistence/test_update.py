"""Updating and deleting rows of changed objects: columns that are sent, version counters, lost rows."""

from __future__ import annotations

from typing import Optional

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm


class Base(orm.DeclarativeBase):
    pass


class Plain(Base):
    __tablename__ = "plain"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[Optional[str]]
    rank: orm.Mapped[Optional[int]]
    stamp: orm.Mapped[Optional[str]] = orm.mapped_column(onupdate="changed")


class Counted(Base):
    __tablename__ = "counted"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[Optional[str]]
    version: orm.Mapped[int] = orm.mapped_column()
    __mapper_args__ = {"version_id_col": version}


class Own(Base):
    __tablename__ = "own"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[Optional[str]]
    version: orm.Mapped[str] = orm.mapped_column()
    __mapper_args__ = {"version_id_col": version, "version_id_generator": lambda v: "v%d" % (int((v or "v0")[1:]) + 1)}


@pytest.fixture()
def session(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        yield session


def _add(session, *objects):
    session.add_all(objects)
    session.commit()
    for obj in objects:
        session.refresh(obj)
    return objects[0]


def test_only_changed_columns_are_sent(session, statements):
    plain = _add(session, Plain(id=1, name="a", rank=1))
    plain.rank = 2
    statements.take()
    session.flush()
    assert statements.take() == ["UPDATE plain SET rank=?, stamp=? WHERE plain.id = ?"]
    assert plain.stamp == "changed"


def test_changes_that_differ_in_columns_run_apart(session, statements):
    one, two, three = Plain(id=1), Plain(id=2), Plain(id=3)
    _add(session, one, two, three)
    one.name, two.rank, three.name = "x", 1, "y"
    statements.take()
    session.commit()
    assert statements.verbs().count("UPDATE") in (2, 3)
    assert (one.name, two.rank, three.name) == ("x", 1, "y")


def test_sql_expression_is_read_back(session):
    plain = _add(session, Plain(id=1, rank=1))
    plain.rank = Plain.rank + 10
    session.flush()
    assert plain.rank == 11


def test_changed_primary_key_moves_the_identity(session):
    plain = _add(session, Plain(id=1, name="a"))
    plain.id = 5
    session.flush()
    assert session.get(Plain, 5) is plain
    assert session.get(Plain, 1) is None


def test_update_of_a_row_that_is_gone(session):
    plain = _add(session, Plain(id=1, name="a"))
    session.execute(sa.delete(Plain.__table__))
    plain.name = "b"
    with pytest.raises(orm.exc.StaleDataError):
        session.flush()


def test_delete_of_a_row_that_is_gone_warns(session):
    plain = _add(session, Plain(id=1, name="a"))
    session.execute(sa.delete(Plain.__table__))
    session.delete(plain)
    with pytest.warns(sa.exc.SAWarning):
        session.flush()


def test_version_counts_and_is_compared(session, statements):
    counted = _add(session, Counted(id=1, name="a"))
    assert counted.version == 1
    counted.name = "b"
    statements.take()
    session.flush()
    assert statements.take() == [
        "UPDATE counted SET name=?, version=? WHERE counted.id = ? AND counted.version = ?"
    ]
    assert counted.version == 2


def test_stale_version_on_update_and_delete(session):
    counted = _add(session, Counted(id=1, name="a"))
    session.execute(sa.update(Counted.__table__).values(version=9))
    counted.name = "b"
    with pytest.raises(orm.exc.StaleDataError):
        session.flush()
    session.rollback()
    counted.name
    session.execute(sa.update(Counted.__table__).values(version=9))
    session.delete(counted)
    with pytest.raises(orm.exc.StaleDataError):
        session.flush()


def test_own_generator_of_versions(session):
    own = _add(session, Own(id=1))
    assert own.version == "v1"
    own.name = "x"
    session.commit()
    assert own.version == "v2"


def test_no_net_change_keeps_the_version(session):
    counted = _add(session, Counted(id=1, name="a"))
    counted.name = "b"
    counted.name = "a"
    session.commit()
    assert counted.version == 1


def test_refresh_with_another_version_in_for_update(session):
    _kept = _add(session, Counted(id=1, name="a"))
    session.execute(sa.update(Counted.__table__).values(version=9))
    with pytest.raises(orm.exc.StaleDataError):
        session.get(Counted, 1, with_for_update={"read": True})


def test_rows_are_deleted_together(session, statements):
    objects = [Plain(id=n) for n in range(1, 5)]
    _add(session, *objects)
    for obj in objects:
        session.delete(obj)
    statements.take()
    session.flush()
    assert statements.take() == ["DELETE FROM plain WHERE plain.id = ?"]


def test_version_of_an_expired_object(engine):
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        counted = Counted(name="a")
        session.add(counted)
        session.commit()
        counted.name = "b"
        session.commit()
        assert counted.version == 2
        session.delete(counted)
        session.commit()
        assert session.scalars(sa.select(Counted)).all() == []


def test_a_row_needs_a_version(engine):
    class Own(Base):
        __tablename__ = "own_version"
        id = orm.mapped_column(sa.Integer, primary_key=True)
        version = orm.mapped_column(sa.Integer)
        __mapper_args__ = {"version_id_col": version, "version_id_generator": False}

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(Own())
        with pytest.raises(orm.exc.FlushError):
            session.flush()


def test_no_update_by_a_key_with_null(engine):
    class Pair(Base):
        __tablename__ = "pair_with_null"
        a = orm.mapped_column(sa.String, primary_key=True, nullable=True)
        b = orm.mapped_column(sa.String, primary_key=True, nullable=True)
        name = orm.mapped_column(sa.String)

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        pair = Pair(a="x", b=None)
        session.add(pair)
        session.flush()
        pair.name = "n"
        with pytest.raises(orm.exc.FlushError):
            session.flush()
