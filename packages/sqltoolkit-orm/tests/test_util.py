"""The names documented as ``orm.util``, and identity keys."""

from __future__ import annotations

import pytest

import sqltoolkit_orm

from sqltoolkit_core import exc
from sqltoolkit_core import select
from sqltoolkit_orm import DeclarativeBase
from sqltoolkit_orm import Mapped
from sqltoolkit_orm import Session
from sqltoolkit_orm import mapped_column
from sqltoolkit_orm import util


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "util_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind"}


class Admin(User):
    __mapper_args__ = {"polymorphic_identity": "admin"}


class Pair(Base):
    __tablename__ = "util_pair"
    a: Mapped[int] = mapped_column(primary_key=True)
    b: Mapped[int] = mapped_column(primary_key=True)


def test_names():
    for name in set(util.__all__) - {"identity_key", "object_state", "AliasedInsp", "AliasedClass"}:
        assert getattr(util, name) is getattr(sqltoolkit_orm, name), name


class TestIdentityKey:
    def test_of_a_class(self):
        assert util.identity_key(User, 5) == (User, (5,), None) == util.identity_key(User, (5,))
        assert util.identity_key(Admin, 5) == (User, (5,), None)
        assert util.identity_key(Pair, (1, 2), identity_token="x") == (Pair, (1, 2), "x")

    def test_of_an_object(self):
        assert util.identity_key(instance=Pair(a=1, b=2)) == (Pair, (1, 2), None)
        assert util.identity_key(instance=Admin(id=3)) == (User, (3,), None)

    def test_of_a_row(self, engine):
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add(Pair(a=1, b=2))
            session.flush()
            row = session.execute(select(Pair.__table__)).one()
            assert util.identity_key(Pair, row=row) == (Pair, (1, 2), None)

    @pytest.mark.parametrize("arguments", [{}, {"class_": User}, {"ident": 5}])
    def test_too_little_or_too_much(self, arguments):
        with pytest.raises((exc.ArgumentError, TypeError)):
            util.identity_key(**arguments)
