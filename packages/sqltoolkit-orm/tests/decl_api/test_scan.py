"""Class bodies: annotations, mixins, table and mapper arguments, errors."""

import datetime
from typing import ClassVar, Optional

import pytest
from sqltoolkit_core import Column, Integer, String, Table, UniqueConstraint, exc, inspect
from sqltoolkit_core.types import DateTime
from sqltoolkit_core.util.typing import Annotated
from sqltoolkit_orm import DeclarativeBase, DeclarativeBaseNoMeta, Mapped, declarative_base
from sqltoolkit_orm import mapped_column, relationship
from sqltoolkit_orm import exc as orm_exc

intpk = Annotated[int, mapped_column(primary_key=True)]
short = Annotated[str, 20]


@pytest.fixture(params=["base", "nometa", "function"])
def Base(request):
    if request.param == "function":
        return declarative_base(type_annotation_map={short: String(20)})
    parent = DeclarativeBase if request.param == "base" else DeclarativeBaseNoMeta
    return type("Base", (parent,), {"type_annotation_map": {short: String(20)}})


def test_columns_from_annotations(Base):
    class User(Base):
        __tablename__ = "users"
        id: Mapped[intpk]
        name: Mapped[short]
        nick: Mapped[Optional[short]]
        born: Mapped[Optional[datetime.datetime]]
        plain: Mapped[str] = mapped_column("plain_name", nullable=True)
        count: ClassVar[int] = 0

    c = User.__table__.c
    assert c.keys() == ["id", "name", "nick", "born", "plain_name"]
    assert c.id.primary_key and not c.name.nullable and c.nick.nullable and c.plain_name.nullable
    assert c.name.type.length == 20 and c.nick.type.length == 20 and isinstance(c.born.type, DateTime)
    assert User.plain.property.columns == [c.plain_name] and "count" not in inspect(User).attrs


def test_properties_on_mixins_are_refused(Base):
    class Mixin:
        other = relationship("Other")

    with pytest.raises(exc.InvalidRequestError, match="declared_attr"):
        type("User", (Mixin, Base), {"__tablename__": "u", "id": Column(Integer, primary_key=True)})


def test_table_args(Base):
    class User(Base):
        __tablename__ = "users"
        __table_args__ = (UniqueConstraint("a", "b"), {"schema": "s"})
        id: Mapped[intpk]
        a: Mapped[int]
        b: Mapped[int]

    assert User.__table__.schema == "s" and any(len(c.columns) == 2 for c in User.__table__.constraints)
    with pytest.raises(exc.ArgumentError, match="tuple, a dictionary or None"):
        type("Bad", (Base,), {"__tablename__": "b", "__table_args__": 5, "id": Column(Integer, primary_key=True)})


def test_given_table(Base):
    class User(Base):
        __table__ = Table("users", Base.metadata, Column("id", Integer, primary_key=True), Column("n", String(5)))
        id: Mapped[int]

    assert inspect(User).attrs.keys() == ["id", "n"]


def test_errors_of_class_bodies(Base):
    with pytest.raises(exc.InvalidRequestError, match="__tablename__"):
        type("NoTable", (Base,), {"id": Column(Integer, primary_key=True)})
    with pytest.raises(orm_exc.MappedAnnotationError, match="No SQL type"):
        type(
            "NoType",
            (Base,),
            {"__tablename__": "t", "id": Column(Integer, primary_key=True), "__annotations__": {"x": Mapped[object]}},
        )
    with pytest.raises(orm_exc.MappedAnnotationError, match="not of the form Mapped"):
        type(
            "NoMapped",
            (Base,),
            {"__tablename__": "t2", "id": mapped_column(primary_key=True), "__annotations__": {"id": int}},
        )


def test_single_table_subclass_columns():
    class Base(DeclarativeBase):
        pass

    class A(Base):
        __tablename__ = "a"
        id: Mapped[intpk]
        kind: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind"}

    class B(A):
        x: Mapped[Optional[int]]
        __mapper_args__ = {"polymorphic_identity": "b"}

    class C(A):
        x: Mapped[Optional[int]] = mapped_column(use_existing_column=True)
        __mapper_args__ = {"polymorphic_identity": "c"}

    assert A.__table__.c.keys() == ["id", "kind", "x"] and "x" in inspect(C).attrs and "x" not in inspect(A).attrs
    with pytest.raises(exc.ArgumentError, match="the shared table has already"):
        type("D", (A,), {"x": mapped_column(Integer), "__mapper_args__": {"polymorphic_identity": "d"}})
