"""Attributes put on a mapped class after it was mapped."""

import dataclasses

import pytest
from sqltoolkit_core import Column, ForeignKey, Integer, String, inspect, select
from sqltoolkit_orm import DeclarativeBase, Mapped, column_property, composite, deferred, mapped_column, relationship
from sqltoolkit_orm import synonym, unmapped_column
from sqltoolkit_orm.decl_api.added import add_attribute, delete_attribute


@dataclasses.dataclass
class Point:
    x: int
    y: int


@pytest.fixture()
def User():
    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        plain = 5

    yield User
    Base.registry.dispose()


@pytest.mark.parametrize(
    "value, columns, attributes",
    [
        (lambda User: mapped_column(String(5)), ["it"], ["it"]),
        (lambda User: mapped_column("other", Integer), ["other"], ["it"]),
        (lambda User: mapped_column(Integer, deferred=True), ["it"], ["it"]),
        (lambda User: Column(String), ["it"], ["it"]),
        (lambda User: Column("other", String, key="k"), ["k"], ["it"]),
        (lambda User: deferred(Column(Integer)), ["it"], ["it"]),
        (lambda User: column_property(Column(Integer), Column("second", Integer)), ["it", "second"], ["it"]),
        (lambda User: column_property(User.id + 1), [], ["it"]),
        (lambda User: unmapped_column(Integer), ["it"], []),
        (lambda User: synonym("id"), [], ["it"]),
        (lambda User: User.id, [], ["it"]),
        (lambda User: composite(Point, mapped_column("x", Integer), Column("y", Integer)), ["x", "y"], ["x", "y", "it"]),
        (lambda User: relationship(User, primaryjoin="foreign(User.id) == User.id", remote_side="User.id"), [], ["it"]),
        (lambda User: 7, [], []),
        (lambda User: lambda self: 7, [], []),
    ],
)  # fmt: skip
def test_what_joins_the_mapping(User, value, columns, attributes):
    User.it = value(User)
    assert User.__table__.c.keys() == ["id", *columns] and inspect(User).attrs.keys() == ["id", *attributes]


def test_values(User):
    User.other_id = mapped_column(ForeignKey("users.id"))
    User.others = relationship(User)
    User.point = composite(Point, mapped_column("x", Integer), mapped_column("y", Integer))
    User.plain = 6
    inner = User(point=Point(1, 2))
    user = User(others=[inner])
    assert user.others == [inner] and (inner.x, inner.y) == (1, 2) and user.plain == 6


def test_before_and_after_the_mappers_are_configured(User):
    User.first = mapped_column(Integer)
    User.registry.configure()
    User.second = mapped_column(Integer)
    User.third = column_property(User.second + 1)
    text = "SELECT users.id, users.first, users.second, users.second + :second_1 AS anon_1 \nFROM users"
    assert str(select(User)) == text


def test_subclasses_get_them_too(User):
    class Sub(User):
        __tablename__ = "sub"
        id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
        own: Mapped[int]

    User.late = mapped_column(Integer)
    assert Sub(late=5).late == 5 and inspect(Sub).attrs.keys() == ["id", "own", "late"]
    text = "SELECT sub.id, users.id AS id_1, sub.own, users.late \nFROM users JOIN sub ON users.id = sub.id"
    assert str(select(Sub)) == text


def test_mapped_attributes_stay(User):
    with pytest.raises(NotImplementedError, match="can't be deleted"):
        del User.id
    del User.plain
    assert not hasattr(User, "plain") and inspect(User).attrs.keys() == ["id"]
    with pytest.raises(AttributeError):
        del User.plain


def test_classes_that_are_not_mapped():
    class Plain:
        pass

    column = Column(Integer)
    add_attribute(Plain, "it", column)
    assert Plain.it is column
    delete_attribute(Plain, "it")
    assert not hasattr(Plain, "it")
