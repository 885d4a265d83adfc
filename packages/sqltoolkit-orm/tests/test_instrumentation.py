"""How classes are prepared: construction, the two modes of attribute access, tracking."""

import inspect as stdlib_inspect

import pytest

import sqltoolkit_core as sa
import sqltoolkit_orm as orm
from sqltoolkit_core import Column, ForeignKey, Integer, String, Table, event, inspect
from sqltoolkit_orm import DeclarativeBase, Mapped, mapped_column, registry
from sqltoolkit_orm import make_transient_to_detached
from sqltoolkit_orm.attributes import DataInstrumentedAttribute, InstrumentedAttribute
from sqltoolkit_orm.instrumentation import ClassManager, is_instrumented


class Base(DeclarativeBase):
    pass


class Plain(Base):
    __tablename__ = "instr_plain"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Custom(Base):
    __tablename__ = "instr_custom"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

    def __setattr__(self, key, value):
        object.__setattr__(self, key, value)


@pytest.mark.parametrize("cls", [Plain, Custom])
def test_both_modes_track_changes(cls):
    obj = cls(id=1, name="a")
    make_transient_to_detached(obj)
    obj.__dict__["name"] = "a"
    obj.name = "b"
    assert inspect(obj).attrs.name.history == (["b"], (), ["a"])
    del obj.name
    assert inspect(obj).attrs.name.history == ((), (), ["a"]) and obj.name is None
    with pytest.raises(AttributeError):
        del obj.name


def test_modes_are_chosen_by_the_class():
    assert type(Plain.name) is InstrumentedAttribute and Plain._sa_class_manager.fast
    assert type(Custom.name) is DataInstrumentedAttribute and not Custom._sa_class_manager.fast


def test_setattr_put_on_a_mapped_class_keeps_tracking():
    class Later(Base):
        __tablename__ = "instr_later"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    seen = []

    def __setattr__(self, key, value):
        seen.append(key)
        object.__setattr__(self, key, value)

    Later.__setattr__ = __setattr__
    obj = Later(id=1)
    obj.name = "x"
    assert seen[-1] == "name" and inspect(obj).attrs.name.history == (["x"], (), ())


def test_attributes_that_are_not_mapped_are_plain():
    obj = Plain()
    obj.note = 5
    assert obj.note == 5 and "note" not in inspect(obj).committed_state
    del obj.note
    assert not hasattr(obj, "note")


def test_default_constructor_refuses_unknown_names():
    with pytest.raises(TypeError, match="'nope'.*Plain"):
        Plain(nope=1)


def test_reading_an_unset_attribute_stores_nothing():
    obj = Plain()
    assert obj.name is None and "name" not in obj.__dict__


def test_own_constructor_keeps_its_signature():
    class Own(Base):
        __tablename__ = "instr_own"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

        def __init__(self, name, *, times=1):
            self.name = name * times

    assert str(stdlib_inspect.signature(Own)) == "(name, *, times=1)"
    obj = Own("ab", times=2)
    assert obj.name == "abab" and inspect(obj).attrs.name.history == (["abab"], (), ())


def test_object_made_without_constructor_has_no_state():
    obj = Plain.__new__(Plain)
    with pytest.raises(AttributeError, match="no ORM state"):
        obj.name = "x"
    with pytest.raises(AttributeError, match="no ORM state"):
        obj.name


def test_init_listeners_are_called_and_may_be_added_later():
    class Heard(Base):
        __tablename__ = "instr_heard"
        id: Mapped[int] = mapped_column(primary_key=True)

    Heard()
    calls = []
    event.listen(Heard, "init", lambda target, args, kwargs: calls.append((target, kwargs)))
    obj = Heard(id=3)
    assert calls == [(obj, {"id": 3})]


def test_imperative_subclass_tracks_its_own_columns():
    mapping = registry()
    base = Table("instr_base", mapping.metadata, Column("id", Integer, primary_key=True), Column("a", String(5)))
    sub = Table(
        "instr_sub", mapping.metadata, Column("id", ForeignKey("instr_base.id"), primary_key=True), Column("b", String(5))
    )

    class A:
        pass

    class B(A):
        pass

    mapping.map_imperatively(A, base)
    mapping.map_imperatively(B, sub, inherits=A)
    obj = B(a="1", b="2")
    obj.b = "3"
    assert obj.a == "1" and inspect(obj).attrs.b.history == (["3"], (), ())
    assert is_instrumented(obj, "b") and not is_instrumented(obj, "c")


def test_disposed_classes_are_plain_again():
    mapping = registry()

    class Gone:
        pass

    mapping.map_imperatively(Gone, Table("instr_gone", mapping.metadata, Column("id", Integer, primary_key=True)))
    mapping.dispose()
    obj = Gone()
    obj.id = 5
    assert "_sa_instance_state" not in obj.__dict__ and not hasattr(Gone, "__mapper__")


@pytest.mark.parametrize("name", [ClassManager.MANAGER_ATTR, ClassManager.STATE_ATTR])
def test_names_that_the_orm_needs_itself(name):
    mapping = registry()

    class Thing:
        pass

    with pytest.raises(KeyError, match=name):
        mapping.map_imperatively(Thing, Table("t", mapping.metadata, Column("id", Integer, primary_key=True), Column(name)))


def test_classes_without_rows_of_their_own_have_no_objects():
    Base = orm.declarative_base()

    class Shape(Base):
        __tablename__ = "shape"
        id = sa.Column(sa.Integer, primary_key=True)
        kind = sa.Column(sa.String)
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_abstract": True}

    class Circle(Shape):
        __mapper_args__ = {"polymorphic_identity": "circle"}

    for _ in range(2):
        with pytest.raises(sa.exc.InvalidRequestError, match="make an object of a subclass"):
            Shape()
        assert Circle().kind == "circle"
