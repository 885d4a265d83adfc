"""Mapped dataclasses."""

import dataclasses
from typing import List, Optional

import pytest
from sqltoolkit_core import ForeignKey, exc, inspect
from sqltoolkit_orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, registry, relationship


class Base(MappedAsDataclass, DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "dc_parent"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str]
    size: Mapped[Optional[int]] = mapped_column(default=None)
    kids: Mapped[List["Kid"]] = relationship(back_populates="parent", default_factory=list, repr=False)


class Kid(Base):
    __tablename__ = "dc_kid"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey("dc_parent.id"), init=False)
    parent: Mapped[Optional["Parent"]] = relationship(back_populates="kids", default=None)


def test_fields_and_constructor():
    assert [f.name for f in dataclasses.fields(Parent)] == ["id", "name", "size", "kids"]
    parent = Parent("x")
    assert repr(parent).endswith("Parent(id=None, name='x', size=None)") and parent.kids == []
    kid = Kid(parent=parent)
    assert parent.kids == [kid] and inspect(parent).attrs.name.history.added == ["x"]
    with pytest.raises(TypeError):
        Parent()


def test_comparison_is_by_value():
    assert Parent("x") == Parent("x") and Parent("x") != Parent("y")


def test_decorator_with_arguments():
    mapping = registry()

    @mapping.mapped_as_dataclass(order=True)
    class Thing:
        __tablename__ = "dc_thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(default="n")

    assert Thing(id=1).name == "n" and Thing(id=1, name="m").name == "m"


def test_field_arguments_need_a_dataclass():
    class Plain(DeclarativeBase):
        pass

    with pytest.raises(exc.ArgumentError, match="dataclass"):
        type(
            "T",
            (Plain,),
            {"__tablename__": "t", "id": mapped_column(primary_key=True, init=False), "__annotations__": {"id": Mapped[int]}},
        )
