"""What type checkers see of mapped classes, sessions and ORM statements."""

from __future__ import annotations

from typing import List, Optional

from typing_extensions import reveal_type

from sqltoolkit_core import ForeignKey, String, create_engine, func, select, update
from sqltoolkit_core.asyncio import create_async_engine
from sqltoolkit_orm import (
    DeclarativeBase,
    DynamicMapped,
    Mapped,
    MappedAsDataclass,
    Session,
    WriteOnlyMapped,
    aliased,
    mapped_column,
    relationship,
    selectinload,
    sessionmaker,
)
from sqltoolkit_orm.asyncio import AsyncSession, async_scoped_session, async_sessionmaker


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    nickname: Mapped[Optional[str]]
    addresses: Mapped[List[Address]] = relationship(back_populates="user")
    letters: WriteOnlyMapped[Address] = relationship()
    notes: DynamicMapped[Address] = relationship()


class Address(Base):
    __tablename__ = "address"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    user: Mapped[User] = relationship(back_populates="addresses")


class Point(MappedAsDataclass, Base):
    __tablename__ = "point"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    x: Mapped[int]
    y: Mapped[int] = mapped_column(default=0)


# classes
reveal_type(User.id)  # expect: InstrumentedAttribute[int]
reveal_type(User.nickname)  # expect: InstrumentedAttribute[str | None]
reveal_type(User.addresses)  # expect: InstrumentedAttribute[list[Address]]
reveal_type(User.id == 5)  # expect: ColumnElement[bool]
reveal_type(User.name.like("a%"))  # expect: BinaryExpression[bool]
reveal_type(User.id + 1)  # expect: ColumnElement[int]
reveal_type(User.name.label("n"))  # expect: Label[str]

# objects
user = User(name="x")
reveal_type(user.id)  # expect: int
reveal_type(user.nickname)  # expect: str | None
reveal_type(user.addresses)  # expect: list[Address]
reveal_type(user.addresses[0].user.name)  # expect: str
reveal_type(user.notes)  # expect: AppenderQuery[Address]
reveal_type(user.letters)  # expect: WriteOnlyCollection[Address]
user.name = "y"
user.nickname = None
user.addresses.append(Address(email="e"))
reveal_type(Point(x=3, y=4).x)  # expect: int

# statements
reveal_type(select(User))  # expect: Select[User]
reveal_type(select(User.id, User.name))  # expect: Select[int, str]
reveal_type(select(User, Address.email).join(User.addresses))  # expect: Select[User, str]
reveal_type(select(User).where(User.id == 5).options(selectinload(User.addresses)))  # expect: Select[User]
reveal_type(select(func.count(User.id)))  # expect: Select[int]
reveal_type(aliased(User))  # expect: type[User]

# sessions
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    reveal_type(session)  # expect: Session
    session.add(user)
    reveal_type(session.get(User, 1))  # expect: User | None
    reveal_type(session.get_one(User, 1))  # expect: User
    reveal_type(session.merge(user))  # expect: User
    reveal_type(session.scalars(select(User)))  # expect: ScalarResult[User]
    reveal_type(session.scalars(select(User)).all())  # expect: list[User]
    reveal_type(session.scalars(select(User)).first())  # expect: User | None
    reveal_type(session.scalar(select(User.name)))  # expect: str | None
    result = session.execute(select(User, Address.email))
    reveal_type(result.all())  # expect: list[Row[User, str]]
    for found, email in result:
        reveal_type(found)  # expect: User
        reveal_type(email)  # expect: str
    reveal_type(session.query(User).filter(User.id == 1).order_by(User.name).all())  # expect: list[User]
    session.execute(update(User).where(User.id == 5).values(name="z"))
    session.commit()

factory = sessionmaker(engine)
with factory.begin() as second:
    reveal_type(second)  # expect: Session
reveal_type(factory())  # expect: Session

async_factory = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"))
reveal_type(async_factory())  # expect: AsyncSession


def take(makes: "async_sessionmaker[AsyncSession]", scoped: "async_scoped_session[AsyncSession]") -> None:
    reveal_type(makes())  # expect: AsyncSession
    reveal_type(scoped())  # expect: AsyncSession
