"""Events of classes, mappers, attributes and objects."""

import pytest
from sqltoolkit_core import ForeignKey, String, event
from sqltoolkit_orm import DeclarativeBase, Mapped, Mapper, mapped_column, relationship


@pytest.fixture
def classes():
    class Base(DeclarativeBase):
        pass

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        bs = relationship("B", back_populates="a")

    class SubA(A):
        pass

    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id = mapped_column(ForeignKey("a.id"))
        a = relationship("A", back_populates="bs")

    yield Base, A, SubA, B
    Base.registry.dispose()


def test_set_event_may_change_the_value_and_be_removed(classes):
    _, A, _, _ = classes
    seen = []

    def upper(target, value, old, initiator):
        seen.append((value, initiator.key))
        return value.upper()

    event.listen(A.name, "set", upper, retval=True)
    a = A(name="x")
    a.name = "y"
    assert a.name == "Y" and seen == [("x", "name"), ("y", "name")]
    event.remove(A.name, "set", upper)
    a.name = "z"
    assert a.name == "z" and len(seen) == 2


def test_collection_events(classes):
    _, A, _, B = classes
    Base = classes[0]
    Base.registry.configure()
    seen = []
    event.listen(A.bs, "append", lambda target, value, initiator: seen.append(("append", value)))
    event.listen(A.bs, "remove", lambda target, value, initiator: seen.append(("remove", value)))
    event.listen(A.bs, "bulk_replace", lambda target, values, initiator: seen.append(("bulk", list(values))))
    a, b = A(), B()
    a.bs.append(b)
    b.a = None
    a.bs = [b]
    assert seen == [("append", b), ("remove", b), ("bulk", [b]), ("append", b)]


def test_propagation_to_subclasses(classes):
    _, A, SubA, _ = classes
    seen = []
    event.listen(A.name, "set", lambda *args: seen.append(args[1]), propagate=True)
    SubA(name="sub")
    assert seen == ["sub"]


def test_init_events_of_classes_mapped_later():
    class Base(DeclarativeBase):
        pass

    seen = []

    class Mixin:
        pass

    event.listen(Mixin, "init", lambda target, args, kwargs: seen.append(kwargs), propagate=True)

    class A(Mixin, Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)

    A(id=3)
    assert seen == [{"id": 3}]


def test_mapper_events():
    class Base(DeclarativeBase):
        pass

    seen = []
    listeners = {
        name: (lambda name: lambda mapper, cls: seen.append((name, cls.__name__)))(name)
        for name in ("instrument_class", "after_mapper_constructed", "mapper_configured")
    }
    for name, fn in listeners.items():
        event.listen(Mapper, name, fn)
    try:

        class A(Base):
            __tablename__ = "a"
            id: Mapped[int] = mapped_column(primary_key=True)

        Base.registry.configure()
    finally:
        for name, fn in listeners.items():
            event.remove(Mapper, name, fn)
    assert [item for item in seen if item[1] == "A"] == [(name, "A") for name in listeners]


def test_resolve_type_annotation():
    class Base(DeclarativeBase):
        pass

    class Money:
        pass

    @event.listens_for(Base, "resolve_type_annotation")
    def resolve(question):
        return String(9) if question.resolved_type is Money else None

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        price: Mapped[Money]

    assert A.__table__.c.price.type.length == 9
