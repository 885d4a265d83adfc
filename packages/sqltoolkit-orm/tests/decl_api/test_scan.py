"""Class bodies: annotations, mixins, table and mapper arguments, errors."""

import datetime
import sys
from typing import ClassVar, Dict, List, Optional, Set

import pytest
from sqltoolkit_core import Column, ForeignKey, Integer, String, Table, UniqueConstraint, exc, inspect
from sqltoolkit_core.types import DateTime
from sqltoolkit_core.util.typing import Annotated
from sqltoolkit_orm import DeclarativeBase, DeclarativeBaseNoMeta, Mapped, attribute_keyed_dict, declarative_base
from sqltoolkit_orm import declared_attr, mapped_column, registry, relationship
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


def test_relationship_targets_from_annotations(Base):
    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[intpk]
        many: Mapped[List["Child"]] = relationship(overlaps="*")
        some: Mapped[Set["Child"]] = relationship(viewonly=True)
        named: Mapped[Dict[str, "Child"]] = relationship(
            collection_class=attribute_keyed_dict("name"), viewonly=True
        )

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[intpk]
        name: Mapped[str]
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
        parent: Mapped[Optional["Parent"]] = relationship(viewonly=True)

    Base.registry.configure()
    relationships = inspect(Parent).relationships
    assert relationships.many.uselist and relationships.some.collection_class is set
    assert all(prop.mapper is inspect(Child) for prop in relationships)
    assert inspect(Child).relationships.parent.uselist is False
    assert isinstance(Parent().some, set) and isinstance(Parent().named, dict)


def test_mixins_and_declared_attr(Base):
    class HasId:
        id: Mapped[intpk]

        @declared_attr.directive
        def __tablename__(cls):
            return cls.__name__.lower()

    class HasOwner:
        note = Column(String(5))

        @declared_attr
        def owner_id(cls):
            return mapped_column(ForeignKey("owner.id"))

        @declared_attr
        def owner(cls):
            return relationship("Owner")

    class Owner(HasId, Base):
        pass

    class First(HasId, HasOwner, Base):
        pass

    class Second(HasId, HasOwner, Base):
        pass

    Base.registry.configure()
    assert First.__table__.name == "first" and First.__table__.c.note is not Second.__table__.c.note
    assert First(owner=Owner()).owner is not None and First.owner.property is not Second.owner.property


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


def test_base_cannot_be_used_directly():
    with pytest.raises(exc.InvalidRequestError, match="'DeclarativeBase' is what bases are made of"):
        type("User", (DeclarativeBase,), {"__tablename__": "u", "id": mapped_column(Integer, primary_key=True)})


def test_attributes_put_on_a_mapped_class():
    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"
        id: Mapped[intpk]

    User.later = mapped_column(String(5))
    User.plain = 5
    assert "later" in User.__table__.c and User(later="x").later == "x" and User.plain == 5
    with pytest.raises(NotImplementedError):
        del User.later


def test_registry_decorator_and_constructor():
    mapping = registry()

    @mapping.mapped
    class User:
        __tablename__ = "users"
        id: Mapped[intpk]

    assert User(id=5).id == 5 and User.__mapper__ in mapping.mappers


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


@pytest.mark.skipif(sys.version_info < (3, 9), reason="list[...] needs Python 3.9")
def test_builtin_generics():
    class Base(DeclarativeBase):
        pass

    class P(Base):
        __tablename__ = "p"
        id: Mapped[intpk]
        qs: Mapped["list[Q]"] = relationship()

    class Q(Base):
        __tablename__ = "q"
        id: Mapped[intpk]
        p_id = mapped_column(ForeignKey("p.id"))

    Base.registry.configure()
    assert P.qs.property.mapper.class_ is Q and P().qs == []
