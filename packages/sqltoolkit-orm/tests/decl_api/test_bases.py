"""Declarative bases: what they take from their bodies, and classes that become dataclasses by their base."""

import dataclasses
from typing import Generic, List, Optional, TypeVar

import pytest
from sqltoolkit_core import Column, ForeignKey, Integer, MetaData, String, Table, exc, inspect, select
from sqltoolkit_orm import DeclarativeBase, DeclarativeBaseNoMeta, DeclarativeMeta, Mapped, MappedAsDataclass
from sqltoolkit_orm import add_mapped_attribute, as_declarative, declarative_base, declarative_mixin, declared_attr
from sqltoolkit_orm import exc as orm_exc
from sqltoolkit_orm import mapped_as_dataclass, mapped_column, registry, relationship, unmapped_dataclass

BASES = [DeclarativeBase, DeclarativeBaseNoMeta]


@pytest.mark.parametrize("parent", BASES)
class TestBases:
    def test_what_a_base_has(self, parent):
        base = type("Base", (parent,), {})
        assert isinstance(base.registry, registry) and base.metadata is base.registry.metadata
        assert not hasattr(parent, "registry") and inspect(base, raiseerr=False) is None
        other = type("Other", (parent,), {})
        assert other.registry is not base.registry

    def test_metadata_of_its_own(self, parent):
        metadata = MetaData(schema="s")
        base = type("Base", (parent,), {"metadata": metadata})
        assert base.registry.metadata is metadata
        # or of a mixin
        base = type("Base", (type("Mixin", (), {"metadata": metadata}), parent), {})
        assert base.registry.metadata is base.metadata is metadata

    def test_a_registry_of_its_own(self, parent):
        mapping = registry(metadata=MetaData(), type_annotation_map={str: String(7)})
        base = type("Base", (parent,), {"registry": mapping})
        assert base.registry is mapping and base.metadata is mapping.metadata
        made = type("T", (base,), {"__tablename__": "t", "id": Column(Integer, primary_key=True)})
        assert made.__mapper__.registry is mapping

    def test_several_bases_of_one_registry_have_tables_of_their_own(self, parent):
        mapping, first, second = registry(), MetaData(), MetaData()
        one = type("One", (parent,), {"registry": mapping, "metadata": first})
        other = type("Other", (parent,), {"registry": mapping, "metadata": second})
        assert one.metadata is first and other.metadata is second and mapping.metadata not in (first, second)
        Table("links", first, Column("a", ForeignKey("a.id")), Column("b", ForeignKey("b.id")))
        body = {"__tablename__": "a", "id": Column(Integer, primary_key=True)}
        a = type("A", (one,), dict(body, bs=relationship("B", secondary="links")))
        b = type("B", (one,), {"__tablename__": "b", "id": Column(Integer, primary_key=True)})
        assert a.bs.property.secondary.metadata is first and a.bs.property.mapper.class_ is b
        assert type("C", (other,), {"__tablename__": "a", "id": Column(Integer, primary_key=True)}).metadata is second

    def test_abstract_classes_may_have_metadata_of_their_own(self, parent):
        base = type("Base", (parent,), {})
        abstract = type("Abstract", (base,), {"__abstract__": True, "metadata": MetaData(schema="s")})
        assert inspect(abstract, raiseerr=False) is None and abstract.registry is base.registry
        made = type("T", (abstract,), {"__tablename__": "t", "id": Column(Integer, primary_key=True)})
        assert made.__table__.fullname == "s.t" and not base.metadata.tables

    @pytest.mark.parametrize(
        "body, message",
        [
            ({"metadata": 5}, "'metadata' of .*Base.* is no MetaData"),
            ({"registry": 5}, r"must be a registry\(\)"),
            ({"registry": registry(), "type_annotation_map": {}}, "put the map into the registry"),
            ({"__tablename__": "t", "id": Column(Integer, primary_key=True)}, "is what bases are made of, not a base"),
            ({"__table__": Table("t", MetaData())}, "has a table and cannot be its child"),
        ],
    )  # fmt: skip
    def test_bad_bodies(self, parent, body, message):
        with pytest.raises(exc.InvalidRequestError, match=message):
            type("Base", (parent,), body)

    def test_table_names_may_come_from_the_base(self, parent):
        base = type("Base", (parent,), {"__tablename__": declared_attr(lambda cls: cls.__name__.lower())})
        assert type("User", (base,), {"id": Column(Integer, primary_key=True)}).__table__.name == "user"

    def test_constructor(self, parent):
        base = type("Base", (parent,), {})
        made = type("T", (base,), {"__tablename__": "t", "id": Column(Integer, primary_key=True)})
        assert made(id=5).id == 5
        with pytest.raises(TypeError, match="no attribute 'nope' .* constructor of T"):
            made(nope=5)
        with pytest.raises(TypeError):
            made(5)
        calls = []
        base = type("Base", (parent,), {"__init__": lambda self, **kw: calls.append(kw)})
        made = type("T", (base,), {"__tablename__": "t", "id": Column(Integer, primary_key=True)})
        assert made(id=5).id is None and calls == [{"id": 5}]


def test_without_the_metaclass_attributes_join_by_function_only():
    class Base(DeclarativeBaseNoMeta):
        pass

    class T(Base):
        __tablename__ = "t"
        id: Mapped[int] = mapped_column(primary_key=True)

    T.plain = column = mapped_column(Integer)
    assert T.plain is column and "plain" not in T.__table__.c
    add_mapped_attribute(T, "more", mapped_column(Integer))
    assert "more" in T.__table__.c and T(more=5).more == 5


def test_declarative_base_takes_what_a_registry_takes():
    class Parent:
        """Of the parent."""

        def hello(self):
            return "hello"

    names, metadata = {}, MetaData()

    def init(self, number):
        self.number = number

    Base = declarative_base(
        metadata=metadata, cls=Parent, name="Named", class_registry=names, constructor=init,
        type_annotation_map={str: String(9)},
    )  # fmt: skip
    assert Base.__name__ == "Named" and Base.__doc__ == "Of the parent." and isinstance(Base, DeclarativeMeta)
    assert Base.metadata is metadata and Base.registry.class_registry is names

    class User(Base):
        __tablename__ = "users"
        number: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    assert User(5).number == 5 and User(6).hello() == "hello" and "User" in names
    assert User.__table__.c.name.type.length == 9


def test_declarative_base_of_several_and_of_generic_classes():
    class Generics(Generic[TypeVar("T")]):
        pass

    class Plain:
        pass

    Base = declarative_base(cls=(Generics, Plain))
    assert issubclass(Base, Generics) and issubclass(Base, Plain)
    Base = declarative_base(cls=Generics)
    assert Base[int] is Base


def test_own_metaclasses_and_constructors():
    class Meta(DeclarativeMeta):
        def __init__(cls, name, bases, body, **kw):
            body_names.append(name)
            super().__init__(name, bases, body, **kw)

    body_names = []
    Base = declarative_base(metaclass=Meta, constructor=None)
    T = Meta("T", (Base,), {"__tablename__": "t", "id": Column(Integer, primary_key=True)})
    assert body_names == ["Base", "T"] and "__init__" not in Base.__dict__
    with pytest.raises(TypeError):
        T(id=5)


def test_as_declarative():
    @as_declarative(metadata=MetaData(schema="s"), type_annotation_map={str: String(3)})
    class Base:
        @declared_attr.directive
        def __tablename__(cls):
            return cls.__name__.lower()

    class User(Base):
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    assert Base.__name__ == "Base" and User.__table__.fullname == "s.user" and User(name="x").name == "x"
    assert User.__table__.c.name.type.length == 3


def test_declarative_mixin_changes_nothing():
    before = dict(vars(TestBases))
    assert declarative_mixin(TestBases) is TestBases and dict(vars(TestBases)) == before


# -- dataclasses -----------------------------------------------------------------------------------------------------


def test_arguments_of_the_class_statement_are_inherited():
    class Base(MappedAsDataclass, DeclarativeBase, repr=False, eq=False):
        pass

    class Quiet(Base):
        __tablename__ = "quiet"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Loud(Base, repr=True, order=True, eq=True):
        __tablename__ = "loud"
        id: Mapped[int] = mapped_column(primary_key=True)

    assert repr(Quiet(5)).startswith("<") and Quiet(5) != Quiet(5)
    assert repr(Loud(5)).endswith("Loud(id=5)") and Loud(5) < Loud(6)


@pytest.mark.parametrize("parent", BASES)
def test_only_some_classes_are_dataclasses(parent):
    base = type("Base", (parent,), {})

    class Plain(base):
        __tablename__ = "plain"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Data(MappedAsDataclass, base, unsafe_hash=True):
        __tablename__ = "data"
        id: Mapped[int] = mapped_column(primary_key=True)

    assert not dataclasses.is_dataclass(Plain) and dataclasses.is_dataclass(Data)
    assert hash(Data(5)) == hash(Data(5)) and Plain(id=5) != Plain(id=5)


def test_mixins_are_dataclasses_before_the_classes_that_use_them():
    class Base(DeclarativeBase):
        pass

    class Mixin(MappedAsDataclass):
        created: Mapped[Optional[int]] = mapped_column(default=3)

    class User(Mixin, Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True, default=5)

    assert [field.name for field in dataclasses.fields(Mixin)] == ["created"]
    assert User().created == 3 and [field.name for field in dataclasses.fields(User)] == ["created", "id"]
    assert Mixin.__annotations__["created"] == Mapped[Optional[int]] and User.__table__.c.keys() == ["id", "created"]


def test_unmapped_dataclasses():
    mapping = registry()

    @unmapped_dataclass
    class Mixin:
        kind: Mapped[str] = mapped_column(default="x")

    @unmapped_dataclass(repr=False)
    class Silent:
        pass

    @mapped_as_dataclass(mapping, order=True)
    class User(Mixin):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        friends: Mapped[List["User"]] = relationship(default_factory=list, repr=False)
        friend_id: Mapped[Optional[int]] = mapped_column(ForeignKey("users.id"), init=False, default=None)

    assert repr(User()).endswith("User(kind='x', id=None, friend_id=None)") and "__repr__" not in Silent.__dict__
    assert User("b") > User("a") and inspect(Mixin, raiseerr=False) is None and User().friends == []


def test_another_dataclass_decorator():
    seen = []

    def decorate(cls, **kw):
        seen.append((cls.__name__, sorted(kw)))
        return dataclasses.dataclass(cls, **kw)

    class Base(MappedAsDataclass, DeclarativeBase, dataclass_callable=decorate, eq=False):
        pass

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)

    assert seen == [("Base", ["eq"]), ("User", ["eq"])] and repr(User(5)).endswith("User(id=5)")


def test_inspection_and_selection_of_classes_that_are_not_mapped():
    class Base(DeclarativeBase):
        pass

    assert inspect(Base, raiseerr=False) is None
    with pytest.raises(exc.NoInspectionAvailable):
        inspect(Base)
    with pytest.raises(exc.ArgumentError):
        select(Base)


def test_classes_whose_mapping_waits():
    class Base(DeclarativeBase):
        pass

    class Late(Base):
        __sa_defer_mapping__ = True
        __tablename__ = "late"
        id: Mapped[int] = mapped_column(primary_key=True)

    with pytest.raises(orm_exc.UnmappedClassError, match=r"Late waits for its mapping: call prepare\(\)"):
        inspect(Late)
    with pytest.raises(orm_exc.UnmappedClassError, match="waits for its mapping"):
        type("Sub", (Late,), {"__sa_defer_mapping__": False})
    Base.registry.dispose()
