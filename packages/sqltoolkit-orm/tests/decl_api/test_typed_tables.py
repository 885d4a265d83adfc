"""Tables typed by classes: ``as_typed_table()``, and columns that the mapper leaves out."""

import dataclasses

import pytest
from sqltoolkit_core import Column, Integer, Table, exc, inspect, select
from sqltoolkit_orm import DeclarativeBase, Mapped, MappedAsDataclass, as_typed_table, mapped_column, registry, unmapped_column
from sqltoolkit_orm.decl_api.typed_tables import Unmapped


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "typed_thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    hidden: Unmapped[int] = unmapped_column(default=5)
    bare: Unmapped[str]


class Columns:
    id: Column[int]


def test_the_table_is_returned():
    assert as_typed_table(Thing) is as_typed_table(Thing, Columns) is Thing.__table__
    given = Table("typed_given", Base.metadata, Column("id", Integer, primary_key=True))

    class Given(Base):
        __table__ = given

    assert as_typed_table(Given) is given


def test_classes_without_a_table():
    for cls in (Base, object, registry()):
        with pytest.raises(exc.InvalidRequestError, match="has no table"):
            as_typed_table(cls)


def test_columns_that_are_not_mapped():
    table = Thing.__table__
    assert table.c.keys() == ["id", "hidden", "bare"] and inspect(Thing).attrs.keys() == ["id"]
    assert not table.c.hidden.nullable and table.c.hidden.default.arg == 5 and not hasattr(Thing, "hidden")
    assert str(select(Thing)) == "SELECT typed_thing.id \nFROM typed_thing"
    with pytest.raises(TypeError, match="'hidden'"):
        Thing(hidden=5)


def test_they_are_no_fields_of_dataclasses():
    class Data(MappedAsDataclass, Base):
        __tablename__ = "typed_data"
        id: Mapped[int] = mapped_column(primary_key=True)
        hidden: Unmapped[int] = unmapped_column(nullable=True)
        bare: Unmapped[int]

    assert repr(Data(5)).endswith("Data(id=5)") and Data.__table__.c.keys() == ["id", "hidden", "bare"]
    assert Data.__table__.c.hidden.nullable


def test_nor_of_dataclass_mixins():
    class Mixin(MappedAsDataclass):
        hidden: Unmapped[int] = unmapped_column(nullable=True)
        shown: Mapped[int] = mapped_column(default=3)

    class Mixed(Mixin, Base):
        __tablename__ = "typed_mixed"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)

    assert [field.name for field in dataclasses.fields(Mixin)] == ["shown"]
    assert Mixed().shown == 3 and Mixed.__table__.c.keys() == ["id", "hidden", "shown"]


@pytest.mark.parametrize(
    "annotation, value, message",
    [
        (Unmapped[int], mapped_column(Integer), r"has the annotation Unmapped\[\], which goes with unmapped_column"),
        (Unmapped[int], Column(Integer), r"has the annotation Unmapped\[\], which goes with unmapped_column"),
        (Unmapped[int], 5, "it is 5"),
        (Mapped[int], unmapped_column(Integer), r"'Bad.it' is an unmapped_column\(\): its annotation is Unmapped"),
    ],
)  # fmt: skip
def test_annotations_and_columns_that_do_not_go_together(annotation, value, message):
    body = {"__tablename__": "bad", "id": Column(Integer, primary_key=True), "it": value}
    with pytest.raises(exc.ArgumentError, match=message):
        type("Bad", (Base,), dict(body, __annotations__={"it": annotation}))
