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


@pytest.mark.parametrize("early", [True, False])
def test_listeners_that_came_before_the_configuration_are_told_before_the_other_end(classes, early):
    Base, A, _, B = classes
    if not early:
        Base.registry.configure()
    event.listen(A.bs, "append", lambda target, value, initiator: value.copy, retval=True)
    a, b, copy = A(), B(), B()
    b.copy = copy
    a.bs.append(b)
    assert a.bs == [copy]
    assert (b.a, copy.a) == ((None, a) if early else (a, None))


def test_the_other_end_follows_when_nobody_listens_any_more(classes):
    Base, A, _, B = classes
    seen = []

    def note(target, value, initiator):
        seen.append(value)

    event.listen(A.bs, "append", note)
    a, b, c = A(), B(), B()
    a.bs.append(b)
    event.remove(A.bs, "append", note)
    a.bs.append(c)
    assert seen == [b] and b.a is a and c.a is a
    a.bs.remove(b)
    assert b.a is None


def test_keys_of_list_members(classes):
    Base, A, _, B = classes
    Base.registry.configure()
    seen = []
    event.listen(A.bs, "append", lambda t, value, i, key: seen.append(("in", value, key)), include_key=True)
    event.listen(A.bs, "remove", lambda t, value, i, key: seen.append(("out", value, key)), include_key=True)
    a, (one, two, three, four) = A(), [B() for _ in range(4)]
    a.bs[:] = [one, two]
    assert seen == [("in", one, 0), ("in", two, 1)]
    del seen[:]
    a.bs[1:] = [three]
    assert seen == [("out", two, 1), ("in", three, 1)]
    del seen[:]
    a.bs[::2] = [four]
    assert seen == [("out", one, 0), ("in", four, 0)]
    del seen[:]
    a.bs[:] = a.bs
    assert seen == []
    del a.bs[0:1]
    assert seen == [("out", four, slice(0, 1))]


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
