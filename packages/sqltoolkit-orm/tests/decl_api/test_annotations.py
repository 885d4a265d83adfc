"""What annotations of mapped classes mean: SQL types, nullability, targets and kinds of relationships."""

# ruff: noqa: F821 - names that nothing defines are what some cases are about

import datetime
import decimal
import enum
import sys
import typing
import uuid
from typing import Any, ClassVar, Collection, Dict, List, NewType, Optional, Sequence, Set, Union

import pytest
from sqltoolkit_core import BigInteger, Column, ForeignKey, Integer, String, Text, exc, inspect
from sqltoolkit_core import types as t
from sqltoolkit_core.util.typing import Annotated
from sqltoolkit_orm import DeclarativeBase, DynamicMapped, Mapped, MappedColumn, WriteOnlyMapped, attribute_keyed_dict
from sqltoolkit_orm import exc as orm_exc
from sqltoolkit_orm import mapped_column, relationship
from sqltoolkit_orm.decl_api.annotations import extract_mapped, find_template_options, is_class_var
from sqltoolkit_orm.decl_api.typed_tables import Unmapped

intpk = Annotated[int, mapped_column(primary_key=True)]
short = Annotated[str, 20]
money = Annotated[decimal.Decimal, mapped_column(t.Numeric(12, 2), index=True, nullable=True, comment="cents")]
link = Annotated[int, mapped_column(ForeignKey("child.id"))]
Name = NewType("Name", str)
MaybeName = Optional[str]


class Colour(enum.Enum):
    RED = 1


class Unknown:
    pass


class Base(DeclarativeBase):
    type_annotation_map = {short: String(20), Name: String(7), bytes: t.LargeBinary(9), Dict[str, Any]: t.JSON}


@pytest.fixture()
def declare():
    """A function that maps a class with the given annotation of its attribute ``it``, and returns the class."""
    made = []

    def declare(annotation, value=None, **more):
        fresh = type("Fresh", (DeclarativeBase,), {"type_annotation_map": Base.type_annotation_map})
        body = {"__tablename__": "t", "id": mapped_column(Integer, primary_key=True), "__module__": __name__}
        body["__annotations__"] = {"it": annotation}
        if value is not None:
            body["it"] = value
        body.update(more)
        cls = type("T", (fresh,), body)
        made.append(fresh)
        return cls

    yield declare
    for fresh in made:
        fresh.registry.dispose()


class Child(Base):
    __tablename__ = "child"
    id: Mapped[intpk]


@pytest.mark.parametrize(
    "annotation, type_, nullable",
    [
        (Mapped[int], "INTEGER", False),
        (Mapped[Optional[int]], "INTEGER", True),
        (Mapped[Union[None, int]], "INTEGER", True),
        (Mapped[str], "VARCHAR", False),
        (Mapped[bool], "BOOLEAN", False),
        (Mapped[float], "DOUBLE", False),
        (Mapped[decimal.Decimal], "NUMERIC", False),
        (Mapped[datetime.date], "DATE", False),
        (Mapped[datetime.datetime], "DATETIME", False),
        (Mapped[Optional[datetime.time]], "TIME", True),
        (Mapped[datetime.timedelta], "DATETIME", False),
        (Mapped[uuid.UUID], "CHAR(32)", False),
        (Mapped[bytes], "BLOB", False),
        (Mapped[Colour], "VARCHAR(3)", False),
        (Mapped[short], "VARCHAR(20)", False),
        (Mapped[Optional[short]], "VARCHAR(20)", True),
        (Mapped[Name], "VARCHAR(7)", False),
        (Mapped[Optional[Name]], "VARCHAR(7)", True),
        (Mapped[MaybeName], "VARCHAR", True),
        (Mapped[Dict[str, Any]], "JSON", False),
        (Mapped[Annotated[str, "unknown"]], "VARCHAR", False),
        (Mapped["int"], "INTEGER", False),
        (Mapped["Optional[short]"], "VARCHAR(20)", True),
        (Mapped[Optional["int"]], "INTEGER", True),
        ("Mapped[int]", "INTEGER", False),
        ("Mapped[Optional[datetime.date]]", "DATE", True),
        ("Mapped['short']", "VARCHAR(20)", False),
    ],
)  # fmt: skip
def test_types_and_nullability(declare, annotation, type_, nullable):
    column = declare(annotation).__table__.c.it
    assert (str(column.type), column.nullable) == (type_, nullable)


@pytest.mark.skipif(sys.version_info < (3, 8), reason="Literal is in typing since Python 3.8")
def test_literals_are_enumerations_of_their_values(declare):
    column = declare(Mapped[typing.Literal["a", "bcd"]]).__table__.c.it
    assert isinstance(column.type, t.Enum) and column.type.enums == ["a", "bcd"] and not column.type.native_enum


@pytest.mark.skipif(sys.version_info < (3, 10), reason="int | None needs Python 3.10")
@pytest.mark.parametrize("text", ["Mapped[int | None]", "Mapped[None | int]", "Mapped['int | None']"])
def test_unions_written_with_a_bar(declare, text):
    column = declare(text).__table__.c.it
    assert isinstance(column.type, Integer) and column.nullable


def test_the_column_itself_has_the_last_word(declare):
    column = declare(Mapped[Optional[int]], mapped_column(BigInteger, nullable=False)).__table__.c.it
    assert isinstance(column.type, BigInteger) and not column.nullable
    column = declare(Mapped[int], mapped_column("other", nullable=True)).__table__.c.other
    assert isinstance(column.type, Integer) and column.nullable
    # the type decides, whatever the annotation is
    assert isinstance(declare(Mapped[Unknown], mapped_column(Text)).__table__.c.it.type, Text)
    assert not declare(Mapped[Any], mapped_column(Text)).__table__.c.it.nullable
    # names that cannot be resolved are no error then
    assert not declare(Mapped["Missing"], mapped_column(Text)).__table__.c.it.nullable
    assert not declare(Mapped[List["Missing"]], mapped_column(Text)).__table__.c.it.nullable
    assert declare(Mapped[Optional["Missing"]], mapped_column(Text)).__table__.c.it.nullable
    assert declare(Mapped["Optional[Missing]"], mapped_column(Text)).__table__.c.it.nullable


def test_primary_keys_are_never_nullable_by_annotation(declare):
    cls = declare(Mapped[Optional[int]], mapped_column(primary_key=True))
    assert not cls.__table__.c.it.nullable
    cls = declare(Mapped["Optional[Missing]"], mapped_column(Integer, primary_key=True))
    assert not cls.__table__.c.it.nullable


def test_columns_in_annotated_are_templates(declare):
    cls = declare(Mapped[money])
    column = cls.__table__.c.it
    assert str(column.type) == "NUMERIC(12, 2)" and column.index and column.nullable and column.comment == "cents"
    # what is given besides goes before the template
    column = declare(Mapped[money], mapped_column(t.Integer, nullable=False)).__table__.c.it
    assert isinstance(column.type, Integer) and not column.nullable and column.comment == "cents"
    # every class has a column of its own
    assert declare(Mapped[link]).__table__.c.it.foreign_keys != declare(Mapped[link]).__table__.c.it.foreign_keys
    assert declare(Mapped[Optional[link]]).__table__.c.it.nullable


def test_foreign_keys_bring_the_type():
    class Local(DeclarativeBase):
        type_annotation_map = {short: String(20)}

    class Target(Local):
        __tablename__ = "target"
        id: Mapped[str] = mapped_column(String(5), primary_key=True)

    class Source(Local):
        __tablename__ = "source"
        id: Mapped[intpk]
        plain: Mapped[str] = mapped_column(ForeignKey("target.id"))
        own: Mapped[Optional[short]] = mapped_column(ForeignKey("target.id"))
        unresolved: Mapped["Optional[Missing]"] = mapped_column(ForeignKey("target.id"))

    c = Source.__table__.c
    assert c.plain.type.length == 5 and c.own.type.length == 20 and c.unresolved.type.length == 5
    assert (c.plain.nullable, c.own.nullable, c.unresolved.nullable) == (False, True, True)


@pytest.mark.parametrize(
    "annotation, message",
    [
        (Mapped[Unknown], "No SQL type is known for the Python type .*Unknown.* of attribute 'T.it'"),
        (Mapped[Optional[Unknown]], "No SQL type is known for the Python type .*Unknown"),
        (Mapped[Annotated[Unknown, 5]], "No SQL type is known for the Python type .*Unknown"),
        (Mapped[Union[int, str]], "No SQL type is known .*Union|No SQL type is known .*int | str"),
        (Mapped[List[int]], "No SQL type is known"),
        (Mapped[Any], "No SQL type is known"),
        (Mapped["Missing"], "'Missing' of attribute 'T.it' has names that are not known"),
        (Mapped[List["Missing"]], "of attribute 'T.it' has names that are not known"),
        ("Mapped[Missing]", "'Missing' of attribute 'T.it' has names that are not known"),
        ("elsewhere.Mapped[int]", "the name elsewhere.Mapped is not known in module .*test_annotations"),
    ],
)  # fmt: skip
def test_annotations_that_tell_no_type(declare, annotation, message):
    with pytest.raises(orm_exc.MappedAnnotationError, match=message):
        declare(annotation)


@pytest.mark.parametrize("annotation", [ClassVar[int], "ClassVar[int]", "typing.ClassVar[Unheard]", ClassVar])
def test_class_variables(declare, annotation):
    cls = declare(annotation, 5)
    assert cls.it == 5 and "it" not in inspect(cls).attrs and is_class_var(annotation)


def test_what_is_no_class_variable():
    assert not any(is_class_var(annotation) for annotation in (int, "Mapped[int]", "ClassVariable", None))


@pytest.mark.parametrize(
    "raw, expected",
    [
        (None, (None, None)),
        (int, (None, None)),
        (List[int], (None, None)),
        ("int", (None, None)),
        ("Nowhere", (None, None)),
        ("List[Nowhere]", (None, None)),
        ("Nothing[Nowhere]", (None, None)),
        (Mapped, (None, Mapped)),
        (Mapped[int], (int, Mapped)),
        ("Mapped[int]", (int, Mapped)),
        ("Mapped[List[int]]", (List[int], Mapped)),
        ("Mapped[Nowhere]", ("Nowhere", Mapped)),
        ("Mapped['Nowhere']", ("Nowhere", Mapped)),
        ("Mapped[List[Nowhere]]", ("List[Nowhere]", Mapped)),
        ("WriteOnlyMapped[Nowhere]", ("Nowhere", WriteOnlyMapped)),
        ("DynamicMapped[Inner]", ("Inner", DynamicMapped)),
        (Unmapped[int], (int, Unmapped)),
        (MappedColumn[int], (int, MappedColumn)),
        (Annotated[Mapped[int], 5], (int, Mapped)),
    ],
)  # fmt: skip
def test_extract_mapped(raw, expected):
    inner, container = extract_mapped(raw, Unknown, __name__, "it")
    assert (getattr(inner, "__forward_arg__", inner), container) == expected


def test_classes_within_the_body_are_known(declare):
    class Inner(enum.Enum):
        X = 1

    cls = declare("Mapped[Inner]", Inner=Inner)
    assert cls.__table__.c.it.type.enum_class is Inner


def test_dataclass_arguments_in_annotated():
    assert find_template_options(None) == find_template_options("x") == find_template_options(int) == {}
    options = find_template_options(Annotated[Optional[int], "x", mapped_column(default=5)])
    assert options["default"] == 5


# -- relationships ---------------------------------------------------------------------------------------------------


@pytest.fixture()
def relate():
    """A function that returns the relationship of a class whose attribute ``it`` has the given annotation."""
    bases, kids = [], []

    def relate(annotation, value=None):
        local = type("Local", (DeclarativeBase,), {})
        bases.append(local)
        key = Column("id", Integer, primary_key=True)
        columns = {"id": key, "name": Column(String), "parent_id": Column(ForeignKey("parent.id"))}
        kids.append(type("Kid", (local,), dict(columns, __tablename__="kid")))
        body = {"__tablename__": "parent", "id": Column(Integer, primary_key=True), "__module__": __name__}
        body.update({"__annotations__": {"it": annotation}, "it": value or relationship()})
        return type("Parent", (local,), body).__mapper__.props["it"]

    yield relate
    for local in bases:
        local.registry.dispose()


@pytest.mark.parametrize(
    "annotation, kind",
    [
        (Mapped["Kid"], None),
        (Mapped[Optional["Kid"]], None),
        (Mapped["Optional[Kid]"], None),
        ("Mapped[Kid]", None),
        ("Mapped['Kid']", None),
        ("Mapped[Optional[Kid]]", None),
        ("Mapped['Optional[Kid]']", None),
        (Mapped[List["Kid"]], list),
        (Mapped["List[Kid]"], list),
        ("Mapped[List[Kid]]", list),
        ("Mapped[typing.List['Kid']]", list),
        (Mapped[Set["Kid"]], set),
        (Mapped["Set['Kid']"], set),
        (Mapped[Dict[str, "Kid"]], dict),
        ("Mapped[Dict[str, Kid]]", dict),
        (Mapped["Dict[typing.Tuple[int, str], Kid]"], dict),
    ],
)  # fmt: skip
def test_targets_and_collections(relate, annotation, kind):
    prop = relate(annotation, relationship(collection_class=attribute_keyed_dict("name")) if kind is dict else None)
    assert prop.mapper.class_.__name__ == "Kid" and prop.uselist is (kind is not None)
    value = prop.parent.class_().it
    assert value is None if kind is None else isinstance(value, kind)


@pytest.mark.skipif(sys.version_info < (3, 9), reason="list[...] needs Python 3.9")
@pytest.mark.parametrize("text", ["Mapped[list[Kid]]", "Mapped['list[Kid]']", "Mapped[list['Kid']]"])
def test_builtin_collections(relate, text):
    prop = relate(text)
    assert prop.mapper.class_.__name__ == "Kid" and prop.parent.class_().it == []


def test_classes_as_targets(relate):
    for annotation in (Mapped[Child], "Mapped[Child]", Mapped[Optional[Child]], "Mapped['Optional[Child]']"):
        prop = relate(annotation)
        assert prop.argument is Child and prop.uselist is False
    prop = relate(Mapped[Set[Child]])
    assert prop.argument is Child and prop.collection_class is set


def test_what_is_said_in_the_call_goes_before_the_annotation(relate):
    prop = relate(Mapped[List["Other"]], relationship("Kid"))
    assert prop.mapper.class_.__name__ == "Kid" and prop.uselist
    assert relate(Mapped["Kid"], relationship(uselist=True)).uselist
    assert relate(Mapped[List["Kid"]], relationship(collection_class=set)).collection_class is set


@pytest.mark.parametrize("abstract", [Sequence, Collection])
def test_abstract_collections_need_a_class(relate, abstract):
    with pytest.raises(exc.ArgumentError, match="annotation of attribute 'Parent.it' is abstract; say with"):
        relate(Mapped[abstract["Kid"]])
    prop = relate(Mapped[abstract["Kid"]], relationship(collection_class=list))
    assert prop.uselist and prop.collection_class is list


@pytest.mark.parametrize(
    "annotation, lazy",
    [
        (WriteOnlyMapped["Kid"], "write_only"),
        (DynamicMapped["Kid"], "dynamic"),
        ("WriteOnlyMapped[Kid]", "write_only"),
        ("DynamicMapped['Kid']", "dynamic"),
        (WriteOnlyMapped[Sequence["Kid"]], "write_only"),
    ],
)  # fmt: skip
def test_kinds_of_loading_by_annotation(relate, annotation, lazy):
    prop = relate(annotation)
    prop.parent.check_configure()
    assert prop.lazy == lazy and prop.mapper.class_.__name__ == "Kid" and prop.uselist


def test_targets_that_are_not_known(relate):
    with pytest.raises(exc.InvalidRequestError, match="a name is not known .Nobody."):
        relate(Mapped[List["Nobody"]]).parent.check_configure()
