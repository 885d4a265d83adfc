"""What the arguments of a mapper are, as a class body gives them and as they follow from the class."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column, Integer, MetaData, String, Table, exc
from sqltoolkit_orm import DeclarativeBase, class_mapper, declared_attr, mapped_column


@pytest.fixture()
def Base():
    class Base(DeclarativeBase):
        pass

    return Base


def test_columns_of_the_body_and_of_mixins_are_meant(Base):
    class Versioned:
        version = mapped_column(Integer)

        @declared_attr.directive
        def __mapper_args__(cls):
            return {"version_id_col": cls.version}

    class A(Versioned, Base):
        __tablename__ = "a"
        id = mapped_column(Integer, primary_key=True)

    class B(Versioned, Base):
        __tablename__ = "b"
        id = mapped_column(Integer, primary_key=True)

    assert class_mapper(A).version_id_col is A.__table__.c.version
    assert class_mapper(B).version_id_col is B.__table__.c.version


def test_primary_keys_by_the_names_of_attributes(Base):
    class A(Base):
        __table__ = Table("a", MetaData(), Column("x", Integer), Column("y", String))
        __mapper_args__ = {"primary_key": ["x", "y"]}

    assert [column.key for column in class_mapper(A).primary_key] == ["x", "y"]
    with pytest.raises(exc.ArgumentError, match="names 'nope', which no attribute is called"):

        class B(Base):
            __tablename__ = "b"
            id = mapped_column(Integer)
            __mapper_args__ = {"primary_key": "nope"}


def test_columns_that_are_declared_and_left_out(Base):
    with pytest.warns(exc.SADeprecationWarning, match="Attribute 'extra' of class .* is declared, and left out"):

        class A(Base):
            __tablename__ = "a"
            id = mapped_column(Integer, primary_key=True)
            extra = mapped_column(Integer)
            __mapper_args__ = {"exclude_properties": ["extra"]}

    assert "extra" in A.__table__.c
    assert "extra" not in class_mapper(A).attrs


def test_columns_of_siblings_are_no_attributes(Base):
    class A(Base):
        __tablename__ = "a"
        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(String)
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "a"}

    class B(A):
        b = mapped_column(Integer)
        __mapper_args__ = {"polymorphic_identity": "b"}

    class C(A):
        c = mapped_column(Integer)
        __mapper_args__ = {"polymorphic_identity": "c"}

    assert set(A.__table__.c.keys()) == {"id", "kind", "b", "c"}
    assert set(class_mapper(B).attrs.keys()) == {"b", "id", "kind"}
    assert set(class_mapper(C).attrs.keys()) == {"c", "id", "kind"}
