"""Mapped dataclasses."""

import dataclasses
import sys
from typing import List, Optional

import pytest
from sqltoolkit_core import Column, ForeignKey, Integer, String, exc, inspect
from sqltoolkit_orm import DeclarativeBase, Mapped, MappedAsDataclass, deferred, mapped_column, query_expression
from sqltoolkit_orm import registry, relationship, synonym


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


@pytest.mark.parametrize(
    "make",
    [
        lambda: deferred(Column(Integer), default=3), lambda: relationship("T", default=None), lambda: synonym("id", init=False),
        lambda: query_expression(repr=False),
    ],
)  # fmt: skip
def test_arguments_of_properties_need_a_dataclass(make):
    class Plain(DeclarativeBase):
        pass

    body = {"__tablename__": "t", "id": mapped_column(Integer, primary_key=True)}
    with pytest.raises(exc.ArgumentError, match="arguments for dataclasses"):
        type("T", (Plain,), dict(body, it=make()))
    assert type("T", (Plain,), dict(body, it=query_expression(), other=synonym("id"))).it.property.query_expression


@pytest.mark.skipif(sys.version_info < (3, 10), reason="dataclasses know kw_only since Python 3.10")
class TestByKeywordOnly:
    def test_all_fields(self):
        class Thing(Base, kw_only=True):
            __tablename__ = "dc_keywords"
            id: Mapped[int] = mapped_column(primary_key=True, default=3)
            name: Mapped[str]

        assert Thing(name="n").id == 3
        with pytest.raises(TypeError):
            Thing(1, "n")

    def test_one_field(self):
        class Thing(Base):
            __tablename__ = "dc_keyword"
            id: Mapped[int] = mapped_column(primary_key=True, kw_only=True)
            name: Mapped[str]

        assert Thing("n", id=4).id == 4


@pytest.mark.skipif(sys.version_info >= (3, 10), reason="dataclasses know kw_only since Python 3.10")
def test_keywords_only_need_a_newer_python():
    body = {"__tablename__": "dc_old", "__annotations__": {"id": Mapped[int]}}
    with pytest.raises(exc.ArgumentError, match="kw_only=True needs the dataclasses of Python 3.10"):
        type("Thing", (Base,), dict(body, id=mapped_column(primary_key=True, kw_only=True)))
    mapping = registry()
    with pytest.raises(exc.ArgumentError, match="kw_only=True needs the dataclasses of Python 3.10"):
        mapping.mapped_as_dataclass(type("Thing", (), dict(body, id=mapped_column(primary_key=True))), kw_only=True)
    made = mapping.mapped_as_dataclass(
        type("Thing", (), dict(body, id=mapped_column(primary_key=True, kw_only=False))), kw_only=False, match_args=True
    )
    assert made(5).id == 5


def test_fields_in_an_order_that_cannot_be():
    body = {"__annotations__": {"id": Mapped[int], "name": Mapped[str]}, "__tablename__": "dc_order"}
    with pytest.raises(exc.InvalidRequestError, match="dataclass for 'Thing' could not be made: non-default argument"):
        type("Thing", (Base,), dict(body, id=mapped_column(primary_key=True, default=3)))


class TestFieldsOfClassesThatWereDataclassesBefore:
    @staticmethod
    def field(mapped, **options):
        return dataclasses.field(metadata={"sa": mapped}, **options)

    def test_mapping_in_the_metadata(self):
        mapping = registry()

        @mapping.mapped
        @dataclasses.dataclass
        class Owner:
            __tablename__ = "owner"
            __sa_dataclass_metadata_key__ = "sa"
            id: int = self.field(Column(Integer, primary_key=True), init=False)
            name: Optional[str] = self.field(Column(String(20)), default=None)
            note: Optional[str] = None
            pets: List["Pet"] = self.field(relationship("Pet"), default_factory=list)

        @mapping.mapped
        @dataclasses.dataclass
        class Pet:
            __tablename__ = "pet"
            __sa_dataclass_metadata_key__ = "sa"
            id: int = self.field(lambda: Column(Integer, primary_key=True), init=False)
            owner_id: int = self.field(mapped_column(ForeignKey("owner.id")), init=False)
            rank: Mapped[int] = self.field(mapped_column("rank_no"), default=3)

        assert [column.key for column in Owner.__table__.c] == ["id", "name"]
        assert repr(Pet.__table__.c.rank_no.type) == "Integer()" and not Pet.__table__.c.rank_no.nullable
        owner = Owner("ann", "new", [Pet()])
        assert owner.pets[0].rank == 3 and inspect(owner).attrs.name.history.added == ["ann"]
        # the default is the value of new objects, not that of the class
        assert Owner().name is None and Owner.name.property.key == "name"

    def test_mixins_and_subclasses(self):
        mapping = registry()

        @dataclasses.dataclass
        class Named:
            __sa_dataclass_metadata_key__ = "sa"
            name: str = self.field(lambda: Column(String), default="")

        @mapping.mapped
        @dataclasses.dataclass
        class Base(Named):
            __tablename__ = "base"
            id: int = self.field(Column(Integer, primary_key=True), init=False)

        @mapping.mapped
        @dataclasses.dataclass
        class Sub(Base):
            __tablename__ = "sub"
            __sa_dataclass_metadata_key__ = "sa"
            id: int = self.field(Column(ForeignKey("base.id"), primary_key=True), init=False)
            size: int = self.field(Column(Integer), default=0)

        assert list(Base.__table__.c.keys()) == ["id", "name"] and list(Sub.__table__.c.keys()) == ["id", "size"]
        assert Sub("n", 4).name == "n"

    def test_the_annotation_names_no_target(self):
        mapping = registry()
        with pytest.raises(exc.ArgumentError, match="pets"):

            @mapping.mapped
            @dataclasses.dataclass
            class Owner:
                __tablename__ = "owner"
                __sa_dataclass_metadata_key__ = "sa"
                id: int = self.field(Column(Integer, primary_key=True), init=False)
                pets: List["Owner"] = self.field(relationship(), default_factory=list)
