"""Class bodies on sqltoolkit and, as a black box, on SQLAlchemy: what is mapped, to which types, what is refused."""

import enum
import typing
import warnings
from typing import Any, Dict, List, NewType, Optional, Union

import pytest
from two_libraries import LIBRARIES, agree, agree_on_value
from typing_extensions import Annotated, Literal, TypeAliasType


class Kind(enum.Enum):
    a = "x"
    b = "y"


class TextKind(str, enum.Enum):
    a = "x"


class Number(enum.IntEnum):
    a = 1


class Text(str):
    pass


Name = NewType("Name", str)
Alias = TypeAliasType("Alias", str)
Json = Dict[str, Optional["Json"]]

TYPES = {
    "alias": Alias,
    "alias of alias": TypeAliasType("OfAlias", Alias),
    "alias of annotated": TypeAliasType("OfAnnotated", Annotated[str, 1]),
    "alias of optional": TypeAliasType("OfOptional", Optional[str]),
    "alias of optional alias": TypeAliasType("OfOptionalAlias", Optional[Alias]),
    "alias of a literal": TypeAliasType("OfLiteral", Literal["a", "bcd"]),
    "optional alias": Optional[Alias],
    "newtype": Name,
    "optional newtype": Optional[Name],
    "newtype of alias": NewType("OfAliasName", str),
    "annotated newtype": Annotated[Name, 1],
    "subclass": Text,
    "enum": Kind,
    "enum of texts": TextKind,
    "enum of numbers": Number,
    "literal": Literal["a", "bcd"],
    "optional literal": Optional[Literal["a", "bcd"]],
    "literal with others": Literal["a", 3],
    "annotated optional": Annotated[Optional[str], 1],
    "annotated twice": Annotated[Annotated[str, 1], 2],
    "annotated optional of annotated": Optional[Annotated[str, 2]],
    "union": Union[int, str],
    "list": List[int],
    "recursive": Json,
    "any": Any,
    "object": object,
}
MAPS = {
    "subclass": (lambda core: {str: core.String(3)}, Text),
    "newtype": (lambda core: {Name: core.String(5)}, Name),
    "newtype of a known type": (lambda core: {str: core.String(5)}, Name),
    "alias of alias": (lambda core: {Alias: core.String(4)}, TypeAliasType("Again", Alias)),
    "alias as optional": (lambda core: {Optional[Alias]: core.String(9)}, Optional[Alias]),
    "enum for aliases of texts": (lambda core: {Alias: core.Enum(enum.Enum)}, Alias),
    "enum for aliases of literals": (lambda core: {TYPES["alias of a literal"]: core.Enum(enum.Enum)}, TYPES["alias of a literal"]),
    "text before enum": (lambda core: {str: core.String(7)}, TextKind),
    "recursive": (lambda core: {Json: core.JSON}, Optional[Json]),
    "annotated": (lambda core: {Annotated[str, 3]: core.String(3)}, Optional[Annotated[str, 3]]),
    "list": (lambda core: {list: core.String(5)}, List[int]),
}  # fmt: skip


def column_of(lib, type_map, annotation):
    core, orm = lib.core, lib.orm
    Base = type("Base", (orm.DeclarativeBase,), {"type_annotation_map": type_map})
    body = {"__tablename__": "t", "id": orm.mapped_column(core.Integer, primary_key=True)}
    cls = type("T", (Base,), dict(body, __annotations__={"it": orm.Mapped[annotation]}))
    return repr(cls.__table__.c.it.type), cls.__table__.c.it.nullable


@pytest.mark.parametrize("name", TYPES)
def test_types_of_annotations(both, name):
    agree(both, lambda lib: column_of(lib, {}, TYPES[name]))


@pytest.mark.parametrize("name", MAPS)
def test_types_of_the_map(both, name):
    entries, annotation = MAPS[name]
    agree(both, lambda lib: column_of(lib, entries(lib.core), annotation))


def bodies(core, orm):
    """Classes by name: (bases besides the declarative one, annotations, attributes)."""
    Mapped, mapped_column = orm.Mapped, orm.mapped_column

    def mixin(annotations=None, **body):
        return (type("Mixin", (), dict(body, __annotations__=annotations or {})),)

    return {
        "annotated": ((), {"s": int}, {}),
        "annotated with a value": ((), {"s": int}, {"s": 5}),
        "annotated with None": ((), {"s": Optional[int]}, {"s": None}),
        "annotated with a function": ((), {"s": typing.Callable}, {"s": lambda self: 3}),
        "private": ((), {"_s": int}, {}),
        "class variable": ((), {"s": typing.ClassVar[int]}, {}),
        "allowed": ((), {"s": int}, {"__allow_unmapped__": True}),
        "annotated on a mixin": (mixin({"s": int}), {}, {}),
        "value on a mixin": (mixin({"s": int}, s=5), {}, {}),
        "column on a mixin": (mixin({"s": int}, s=mapped_column(core.Integer)), {}, {}),
        "core column": ((), {"s": int}, {"s": core.Column(core.Integer)}),
        "no type": ((), {}, {"s": mapped_column()}),
        "no type but a name": ((), {}, {"s": mapped_column("q")}),
        "no type but a foreign key": ((), {}, {"s": mapped_column(core.ForeignKey("t.id"))}),
        "bare Mapped": ((), {"s": Mapped}, {}),
        "bare Mapped with a column": ((), {"s": Mapped}, {"s": mapped_column()}),
        "no type on a mixin": (mixin(s=mapped_column()), {}, {}),
        "declared without a type": (mixin(s=orm.declared_attr(lambda cls: mapped_column())), {}, {}),
        "declared in the class": ((), {}, {"s": orm.declared_attr(lambda cls: mapped_column(core.Integer))}),
        "value declared in the class": ((), {}, {"s": orm.declared_attr(lambda cls: cls.__name__)}),
        "key left out": ((), {}, {"__mapper_args__": {"exclude_properties": ["id"]}}),
        "column left out": ((), {"s": Mapped[int]}, {"__mapper_args__": {"exclude_properties": ["s"]}}),
        "deferred column left out": ((), {}, {"s": mapped_column(core.Integer, deferred=True), "__mapper_args__": {"include_properties": ["id"]}}),
        "arguments from the body": ((), {}, {"s": mapped_column(core.Integer), "__mapper_args__": orm.declared_attr(lambda cls: {"polymorphic_on": cls.s})}),
        "table arguments of a mixin": (mixin(__table_args__={"comment": "c"}), {}, {}),
    }  # fmt: skip


@pytest.mark.parametrize("name", bodies(*LIBRARIES[0]))
def test_class_bodies(both, name):
    agree(both, lambda lib: map_body(lib, *bodies(lib.core, lib.orm)[name]))


def map_body(lib, bases, annotations, attributes):
    core, orm = lib.core, lib.orm
    Base = type("Base", (orm.DeclarativeBase,), {})
    body = {"__tablename__": "t", "id": orm.mapped_column(core.Integer, primary_key=True)}
    cls = type("T", bases + (Base,), dict(body, __annotations__=annotations, **attributes))
    child = type("Child", (cls,), {})
    return core.inspect(cls).attrs.keys(), cls.__table__.c.keys(), child.__table__ is cls.__table__, vars(cls).get("s") is cls.__name__


def columns_of_later_mixins(lib):
    core, orm = lib.core, lib.orm

    class Status:
        status = core.Column(core.String)

    class Counted(Status):
        id = core.Column(core.Integer, primary_key=True)

        @orm.declared_attr
        def note(cls):
            """Made of a column of the mixin above."""
            return orm.column_property(core.func.upper(cls.status))

    cls = type("Thing", (Counted, lib.Base), {"__tablename__": "thing"})
    return [str(core.select(cls.note)), cls.note.__doc__]


def hooks(lib):
    core, orm, said = lib.core, lib.orm, []

    class Hooked:
        @classmethod
        def __declare_first__(cls):
            said.append(("first", cls.__name__))

        @classmethod
        def __declare_last__(cls):
            said.append(("last", cls.__name__))

    for name in ("One", "Two"):
        Base = orm.declarative_base(cls=Hooked)
        body = {"__tablename__": name, "id": core.Column(core.Integer, primary_key=True)}
        parent = type(name, (Base,), dict(body, kind=core.Column(core.String), __mapper_args__={"polymorphic_on": "kind"}))
        type(name + "Child", (parent,), {"__mapper_args__": {"polymorphic_identity": "c"}})
        core.event.listen(Base.registry, "before_configured", lambda registry: said.append("before"))
        core.event.listen(Base.registry, "after_configured", lambda registry: said.append("after"))
        orm.configure_mappers()
    return said


def classes_without_an_identity(lib):
    core, orm, said = lib.core, lib.orm, []
    for arguments in ({}, {"polymorphic_identity": "c"}, {"polymorphic_abstract": True}):
        for on in ({}, {"polymorphic_on": "kind"}):
            Base = orm.declarative_base()
            body = {"id": core.Column(core.Integer, primary_key=True), "kind": core.Column(core.String)}
            parent = type("Parent", (Base,), dict(body, __tablename__="p", __mapper_args__=on))
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                try:
                    type("Child", (parent,), {"__mapper_args__": arguments})
                except Exception as err:
                    said.append(type(err).__name__)
            said.append([warning.category.__name__ for warning in caught])
    return said


@pytest.mark.parametrize("program", [columns_of_later_mixins, hooks, classes_without_an_identity], ids=lambda p: p.__name__)
def test_both_libraries_agree(both, program):
    agree_on_value(both, program)
