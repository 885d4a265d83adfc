"""The functions of class bodies: what they make of their arguments."""

from __future__ import annotations

import inspect as python_inspect
import warnings

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import ForeignKey
from sqltoolkit_core import Integer
from sqltoolkit_core import String
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_core import insert
from sqltoolkit_core import select
from sqltoolkit_orm import Session
from sqltoolkit_orm import backref
from sqltoolkit_orm import column_property
from sqltoolkit_orm import composite
from sqltoolkit_orm import constructors
from sqltoolkit_orm import declarative_base
from sqltoolkit_orm import deferred
from sqltoolkit_orm import dynamic_loader
from sqltoolkit_orm import mapped_column
from sqltoolkit_orm import orm_insert_sentinel
from sqltoolkit_orm import query_expression
from sqltoolkit_orm import relationship
from sqltoolkit_orm import synonym
from sqltoolkit_orm import synonym_for
from sqltoolkit_orm import unmapped_column
from sqltoolkit_orm import with_expression
from sqltoolkit_orm.exc import LoaderStrategyException


@pytest.fixture
def Base():
    Base = declarative_base()
    yield Base
    Base.registry.dispose()


FIELDS = {"init": False, "repr": False, "default_factory": int, "compare": False, "kw_only": True, "hash": True}


@pytest.mark.parametrize(
    "make", [lambda **kw: mapped_column(**kw).attribute_options, lambda **kw: synonym("x", **kw).dataclass_arguments,
             lambda **kw: relationship("X", **kw).dataclass_arguments, lambda **kw: deferred(Column("x"), **kw).dataclass_arguments,
             lambda **kw: composite("X", **kw).dataclass_arguments],
    ids=["mapped_column", "synonym", "relationship", "deferred", "composite"],
)  # fmt: skip
def test_fields_of_dataclasses(make):
    found = make(dataclass_metadata={"a": 1}, **FIELDS)
    assert {name: found[name] for name in FIELDS} == FIELDS and found["metadata"] == {"a": 1}
    assert not make()


def test_fields_that_are_only_read():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert column_property(Column("x"), repr=False).dataclass_arguments == {"init": False, "repr": False}
    for name in ("init", "default", "default_factory", "kw_only"):
        with pytest.warns(exc.SADeprecationWarning, match="argument %s of column_property" % name):
            column_property(Column("x"), **{name: None})


def test_the_default_of_a_relationship_is_none():
    assert relationship("X", default=None).dataclass_arguments == {"default": None}
    with pytest.raises(exc.ArgumentError, match="None only"):
        relationship("X", default=5)


class TestColumns:
    def test_positions(self):
        assert mapped_column().column.name is None
        assert mapped_column("x").name == "x" and mapped_column(String(4)).column.type.length == 4
        assert mapped_column("x", String(4)).column.type.length == 4
        assert mapped_column(name="x", type_=String(4)).column.type.length == 4

    @pytest.mark.parametrize(
        "name, value", [("index", True), ("unique", True), ("comment", "c"), ("doc", "d"), ("info", {"a": 1}), ("system", True), ("autoincrement", False), ("key", "k")]
    )
    def test_arguments_of_column(self, name, value):
        assert getattr(mapped_column("x", Integer, **{name: value}).column, name) == value

    def test_of_dialects(self):
        assert mapped_column(Integer, sqlite_on_conflict_unique="FAIL").column.dialect_options["sqlite"]["on_conflict_unique"] == "FAIL"
        with pytest.raises(TypeError, match="nothing"):
            mapped_column(Integer, nothing=5)

    def test_unmapped(self, Base):
        class A(Base):
            __tablename__ = "a"
            id = mapped_column(Integer, primary_key=True)
            hidden = unmapped_column("hidden_", String(5), server_default="x")

        assert A.__table__.c.hidden_.type.length == 5 and "hidden" not in A.__mapper__.attrs
        with pytest.raises(exc.ArgumentError, match="takes no 'deferred', 'active_history'"):
            unmapped_column(Integer, deferred=True, active_history=True)

    def test_sentinel(self, Base, engine):
        class A(Base):
            __tablename__ = "a"
            id = mapped_column(Integer, primary_key=True, default=func.abs(func.random()))
            x = mapped_column(Integer)
            number = orm_insert_sentinel()

        assert A.__table__.c.number.insert_sentinel
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            found = session.scalars(A.__table__.insert().returning(A.x, sort_by_parameter_order=True), [{"x": 1}, {"x": 2}])
            assert found.all() == [1, 2]
            assert "number" not in str(select(A))
            made = session.scalars(insert(A).returning(A, sort_by_parameter_order=True), [{"x": 3}, {"x": 4}]).all()
            assert [obj.x for obj in made] == [3, 4]


class TestProperties:
    def test_deferred(self):
        prop = deferred(Column("x", Integer), group="g", raiseload=True)
        assert prop.deferred and prop.group == "g" and prop.raiseload

    def test_query_expression(self, Base, engine):
        class A(Base):
            __tablename__ = "a"
            id = Column(Integer, primary_key=True)
            extra = query_expression()
            fallen_back = query_expression(func.abs(-3))

        Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add(A(id=4))
            session.commit()
            found = session.scalars(select(A).options(with_expression(A.extra, A.id + 1))).one()
            assert (found.extra, found.fallen_back) == (5, 3)
            session.expunge_all()
            assert session.scalars(select(A)).one().extra is None

    def test_synonyms(self, Base):
        class A(Base):
            __tablename__ = "a"
            id = Column(Integer, primary_key=True)
            _x = Column("x", Integer)
            y = synonym("_x", doc="other name", info={"a": 1})

            @synonym_for("_x")
            @property
            def loud(self):
                """The documentation."""
                return "%s!" % self._x

        assert str(A.y == 1) == str(A.loud == 1) == "a.x = :x_1" and A(y=4).loud == "4!"
        assert A.__mapper__.attrs.y.doc == A.y.__doc__ == "other name" and A.__mapper__.attrs.y.info == {"a": 1}
        assert A.__mapper__.attrs.loud.doc == "The documentation."

    def test_relationships(self):
        assert dynamic_loader("X").lazy == "dynamic"
        assert relationship("X", lazy="joined", innerjoin=True).lazy == "joined"
        assert backref("name", lazy="joined") == ("name", {"lazy": "joined"})
        with pytest.raises(TypeError, match="nothing"):
            relationship("X", nothing=5)

    def test_loaders_that_do_not_exist(self, Base):
        class A(Base):
            __tablename__ = "a"
            id = Column(Integer, primary_key=True)
            parent_id = Column(ForeignKey("a.id"))
            children = relationship("A", lazy="sometimes")

        with pytest.raises(LoaderStrategyException, match="lazy='sometimes' exists for A.children"):
            Base.registry.configure()


def test_every_argument_is_documented():
    for name in ("mapped_column", "relationship", "column_property", "composite", "synonym"):
        function = getattr(constructors, name)
        text = python_inspect.getdoc(function)
        assert text and text[0].isupper(), name
