"""Bad input gets an error of the documented class that names what was wrong, and changes nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Iterator, List, Optional

import pytest

from sqltoolkit_core import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, event, exc, insert, select
from sqltoolkit_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    configure_mappers,
    mapped_column,
    registry,
    relationship,
)
from sqltoolkit_orm.exc import DetachedInstanceError, UnmappedInstanceError


class Base(DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "owner"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    pets: Mapped[List["Pet"]] = relationship(back_populates="owner")


class Pet(Base):
    __tablename__ = "pet"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    age: Mapped[Optional[int]]
    owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"))
    owner: Mapped[Owner] = relationship(back_populates="pets")


@pytest.fixture
def engine() -> Iterator[Any]:
    engine = create_engine("sqlite://")

    @event.listens_for(engine, "connect")
    def enforce(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA foreign_keys = ON")

    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def counted(engine: Any) -> List[int]:
    with engine.connect() as connection:
        return [len(connection.execute(select(table)).all()) for table in Base.metadata.sorted_tables]


def test_unknown_column() -> None:
    with pytest.raises(AttributeError, match="shoe_size"):
        Pet.shoe_size  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="shoe_size"):
        Pet.__table__.c.shoe_size
    with pytest.raises(KeyError, match="shoe_size"):
        Pet.__table__.c["shoe_size"]
    with pytest.raises(TypeError, match="shoe_size"):
        Pet(shoe_size=3)
    with pytest.raises(exc.InvalidRequestError, match="shoe_size"):
        select(Pet).filter_by(shoe_size=3)


def test_unknown_column_in_values() -> None:
    with pytest.raises(exc.CompileError, match="shoe_size"):
        str(insert(Pet.__table__).values(shoe_size=3))


@pytest.mark.parametrize("wrong", [42, object(), [1, 2], "name = 'x'"])
def test_where_takes_no_plain_values(wrong: Any) -> None:
    with pytest.raises(exc.ArgumentError):
        select(Pet).where(wrong)


def test_python_and_is_refused() -> None:
    with pytest.raises(TypeError):
        bool(Pet.age > 3)


def test_missing_foreign_key() -> None:
    metadata = MetaData()
    a = Table("a", metadata, Column("id", Integer, primary_key=True))
    b = Table("b", metadata, Column("id", Integer, primary_key=True))
    with pytest.raises(exc.NoForeignKeysError, match="'a'.*'b'|a.*b"):
        a.join(b)
    local = registry()

    class Left:
        pass

    class Right:
        pass

    local.map_imperatively(Right, b)
    local.map_imperatively(Left, a, properties={"right": relationship(Right)})
    with pytest.raises(exc.NoForeignKeysError, match="right"):
        local.configure()
    local.dispose()


def test_foreign_key_to_nowhere() -> None:
    metadata = MetaData()
    Table("c", metadata, Column("id", Integer, primary_key=True), Column("x", ForeignKey("nowhere.id")))
    with pytest.raises(exc.NoReferencedTableError, match="nowhere"):
        metadata.create_all(create_engine("sqlite://"))


def test_two_mappers_for_one_class() -> None:
    with pytest.raises(exc.ArgumentError, match="Pet"):
        registry().map_imperatively(Pet, Table("pet2", MetaData(), Column("id", Integer, primary_key=True)))
    configure_mappers()


def test_no_primary_key() -> None:
    with pytest.raises(exc.ArgumentError, match="primary key"):
        registry().map_imperatively(type("Keyless", (), {}), Table("k", MetaData(), Column("x", Integer)))


def test_unmapped_object(engine: Any) -> None:
    with Session(engine) as session, pytest.raises(UnmappedInstanceError, match="object"):
        session.add(object())


def test_closed_session(engine: Any) -> None:
    with Session(engine) as session:
        session.add(Owner(name="a", pets=[Pet(name="p")]))
        session.commit()
    with Session(engine) as session:
        owner = session.scalars(select(Owner)).one()
    with pytest.raises(DetachedInstanceError, match="pets"):
        owner.pets
    final = Session(engine, close_resets_only=False)
    final.close()
    with pytest.raises(exc.InvalidRequestError):
        final.scalars(select(Owner))


def test_unreachable_file(tmp_path: Path) -> None:
    engine = create_engine("sqlite:///" + str(tmp_path / "no" / "such" / "folder" / "x.sqlite"))
    with pytest.raises(exc.OperationalError, match="unable to open|Could not open"):
        engine.connect()
    assert engine.pool.checkedout() == 0


def test_no_database(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("this is a letter, and long enough to be read as a header of a database file " * 20)
    engine = create_engine("sqlite:///" + str(path))
    with pytest.raises(exc.DatabaseError, match="not a database"), engine.begin() as connection:
        connection.execute(insert(Owner).values(name="x"))
    assert engine.pool.checkedout() == 0


def test_locked_database(tmp_path: Path) -> None:
    path = str(tmp_path / "x.sqlite")
    engine = create_engine("sqlite:///" + path, connect_args={"timeout": 0.05})
    Base.metadata.create_all(engine)
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    with Session(engine) as session:
        pending = Owner(name="late")
        session.add(pending)
        with pytest.raises(exc.OperationalError, match="locked"):
            session.commit()
        other.rollback()
        session.rollback()
        session.add(pending)
        session.commit()
    assert counted(engine)[0] == 1
    other.close()
    engine.dispose()


def test_value_too_large(engine: Any) -> None:
    with Session(engine) as session:
        session.add(Owner(name="a", pets=[Pet(name="p", age=2**70)]))
        with pytest.raises((OverflowError, exc.DBAPIError, exc.StatementError)):
            session.commit()
        session.rollback()
    assert counted(engine) == [0, 0]


def test_value_of_no_type_the_driver_knows(engine: Any) -> None:
    with Session(engine) as session:
        session.add(Owner(name=object()))
        with pytest.raises(exc.DBAPIError, match="owner"):
            session.flush()
        session.rollback()
    assert counted(engine) == [0, 0]


def test_a_failed_flush_leaves_neither_rows_nor_half_changed_objects(engine: Any) -> None:
    with Session(engine) as session:
        session.add(Owner(name="taken"))
        session.commit()
    with Session(engine) as session:
        taken = session.scalars(select(Owner)).one()
        fresh = Owner(name="fresh", pets=[Pet(name="one"), Pet(name="two")])
        double = Owner(name="taken")
        taken.name = "changed"
        taken.name = "taken"
        session.add_all([fresh, double])
        with pytest.raises(exc.IntegrityError, match="owner.name"):
            session.flush()
        session.rollback()
        assert fresh not in session and double not in session
        assert fresh.id is None and [pet.id for pet in fresh.pets] == [None, None]
        assert [pet.owner_id for pet in fresh.pets] == [None, None]
        assert taken in session and taken.name == "taken"
        # corrected, the same objects can be added again
        double.name = "other"
        session.add_all([fresh, double])
        session.commit()
        assert sorted(owner.name for owner in session.scalars(select(Owner))) == ["fresh", "other", "taken"]
    assert counted(engine) == [3, 2]


def test_foreign_key_violation_in_a_flush(engine: Any) -> None:
    with Session(engine) as session:
        session.add(Pet(name="stray", owner_id=99))
        with pytest.raises(exc.IntegrityError, match="FOREIGN KEY"):
            session.commit()
        session.rollback()
        assert session.scalars(select(Pet)).all() == []


def test_use_after_a_failed_flush_says_what_to_do(engine: Any) -> None:
    with Session(engine) as session:
        session.add(Pet(name="stray", owner_id=99))
        with pytest.raises(exc.IntegrityError):
            session.flush()
        with pytest.raises(exc.PendingRollbackError, match="rollback"):
            session.scalars(select(Pet)).all()
        session.rollback()
        assert session.scalars(select(Pet)).all() == []
