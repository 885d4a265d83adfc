"""Mapped dataclasses on sqltoolkit and, as a black box, on SQLAlchemy: constructors, defaults and what is written agree."""

import dataclasses
import inspect
import warnings
from typing import Dict, List, Optional

import pytest
from two_libraries import agree_on_value


def signature(lib):
    core, orm = lib.core, lib.orm
    Mapped, mapped_column = orm.Mapped, orm.mapped_column

    class Mixin(orm.MappedAsDataclass):
        m1: Mapped[int] = mapped_column()

        @orm.declared_attr
        def made(cls) -> Mapped[int]:
            return mapped_column()

        m2: Mapped[Optional[int]] = mapped_column(default=None, kw_only=True)

    class Thing(Mixin, lib.Base):
        __tablename__ = "thing"
        plain: int
        id: Mapped[int] = mapped_column(primary_key=True)
        _: dataclasses.KW_ONLY
        name: Mapped[str]
        other: int = 10
        state: Mapped[str] = mapped_column(default="new")
        hidden: Mapped[str] = mapped_column(default="h", init=False)
        expression: Mapped[str] = orm.column_property(core.literal("x"))

    return [str(inspect.signature(Thing.__init__)), [f.name for f in dataclasses.fields(Thing)]]


def unset_defaults(lib):
    core, orm, session = lib.core, lib.orm, lib.session
    Mapped, mapped_column = orm.Mapped, orm.mapped_column

    class Thing(lib.Base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        name: Mapped[Optional[str]] = mapped_column(default="x")
        hidden: Mapped[str] = mapped_column(default="h", init=False)
        later: Mapped[Optional[int]] = orm.deferred(core.Column(core.Integer), default=7)
        alias: Mapped[str] = orm.synonym("hidden", default="h")
        made: Mapped[int] = mapped_column(default_factory=lambda: 3)

    class Part(Thing):
        size: Mapped[Optional[int]] = mapped_column(default=4)

    first, second, third = Thing(), Part(), Thing(name=None, alias="z")
    said = [sorted(set(first.__dict__) - {"_sa_instance_state"})]
    said += [first.name, first.hidden, first.later, first.made, second.size, second.name, third.name, third.hidden]
    said.append(tuple(core.inspect(first).attrs.name.history))
    second.name = None
    said.append(second.name)
    del second.name
    said.append(second.name)
    lib.create_tables()
    session.add_all([first, second, third])
    session.flush()
    said.append([thing.__dict__.get("name") for thing in (first, second, third)])
    table = Thing.__table__
    said.append([tuple(row) for row in session.execute(core.select(table).order_by(table.c.id))])
    first.name = "other"
    session.flush()
    session.expire(first)
    said.append(first.name)
    return said


def foreign_key_or_object(lib):
    core, orm, session = lib.core, lib.orm, lib.session
    Mapped, mapped_column = orm.Mapped, orm.mapped_column

    class Parent(lib.Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        children: Mapped[List["Child"]] = orm.relationship(default_factory=list, back_populates="parent")

    class Child(lib.Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[Optional[int]] = mapped_column(core.ForeignKey("parent.id"), default=None)
        parent: Mapped[Optional[Parent]] = orm.relationship(default=None, back_populates="children")

    said = []
    lib.create_tables()
    parent = Parent(14)
    said.append(sorted(set(parent.__dict__) - {"_sa_instance_state"}))
    session.add_all([parent, Child(7, parent_id=14)])
    session.flush()
    child = session.get(Child, 7)
    said += [child.parent is parent, child.parent_id, Child(1).parent, Parent(2).children]
    merged = session.merge(Parent(14))
    said += [merged is parent, [c.id for c in merged.children]]
    said.append([c.id for c in session.merge(Parent(14, children=[])).children])
    return said


def shared_column(lib):
    core, orm, session = lib.core, lib.orm, lib.session
    Mapped, mapped_column = orm.Mapped, orm.mapped_column

    class Parent(lib.Base):
        __tablename__ = "parent"
        __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "parent"}
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        type: Mapped[str] = mapped_column(init=False)
        data: Mapped[Optional[str]] = mapped_column(default="of parent")

    class Child(Parent):
        __mapper_args__ = {"polymorphic_identity": "child"}
        data: Mapped[Optional[str]] = mapped_column(default="of child", use_existing_column=True)

    refreshed = []
    core.event.listen(Child, "refresh_flush", lambda target, context, attrs: refreshed.append(list(attrs)))
    lib.create_tables()
    things = [Parent(), Child(), Child(data=None), Child(data="own"), Parent(data="own")]
    said = [thing.data for thing in things]
    session.add_all(things)
    session.flush()
    said.append([thing.__dict__.get("data") for thing in things])
    rows = session.execute(core.select(Parent.__table__.c.data).order_by(Parent.id))
    said += [sorted(row[0] for row in rows), refreshed]
    return said


def read_only_with_default(lib):
    core, orm, session = lib.core, lib.orm, lib.session
    Mapped, mapped_column = orm.Mapped, orm.mapped_column
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")

        class Thing(lib.Base):
            __tablename__ = "thing"
            id: Mapped[int] = mapped_column(primary_key=True, init=False)
            data: Mapped[str] = orm.column_property(core.Column(core.String), default="d")
            mark: Mapped[int] = orm.orm_insert_sentinel()

    lib.create_tables()
    session.add_all([Thing(), Thing()])
    session.flush()
    return [list(row) for row in session.execute(core.select(Thing.id, Thing.data).order_by(Thing.id))]


def keyed_collections(lib):
    core, orm = lib.core, lib.orm
    Mapped, mapped_column = orm.Mapped, orm.mapped_column

    class Note(lib.Base, eq=False):
        __tablename__ = "note"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        of: Mapped[Optional[int]] = mapped_column(core.ForeignKey("book.id"), init=False)
        word: Mapped[str]

    class Book(lib.Base):
        __tablename__ = "book"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        notes: Mapped[Dict[str, Note]] = orm.relationship(
            collection_class=orm.attribute_keyed_dict("word"), default_factory=dict
        )

    empty, full = Book(), Book(notes={"a": Note("a")})
    return [type(empty.notes) is type(full.notes), isinstance(full.notes, orm.KeyFuncDict), list(full.notes)]


def bases_are_dataclasses(lib):
    orm = lib.orm
    Mapped, mapped_column = orm.Mapped, orm.mapped_column

    class Parent(orm.MappedAsDataclass, orm.DeclarativeBase, unsafe_hash=True):
        a: int = dataclasses.field(default=10)

    class Middle(Parent):
        __abstract__ = True
        b: dataclasses.InitVar[int] = 3

        def __post_init__(self, b):
            self.seen = b

    class Child(Middle, repr=False):
        __tablename__ = "child"
        c: Mapped[int] = mapped_column(primary_key=True, default=9)

    child = Child(c=5)
    return [str(inspect.signature(Child.__init__)), repr(child), child.seen, child.c, hash(child) == hash(Child(c=5))]


def refused(lib):
    """The class of the error for each of several mistakes."""
    core, orm = lib.core, lib.orm
    Mapped, mapped_column = orm.Mapped, orm.mapped_column

    class Plain:
        a: Mapped[int] = mapped_column()

    def make(bases=(), annotations=None, **body):
        Base = type("Base", (orm.MappedAsDataclass, orm.DeclarativeBase), {})
        body.update({"__tablename__": "t", "id": mapped_column(primary_key=True)})
        body["__annotations__"] = dict({"id": Mapped[int]}, **(annotations or {}))
        try:
            type("Thing", bases + (Base,), body)
            Base.registry.configure()
        finally:
            Base.registry.dispose()

    attempts = [
        lambda: make((Plain,)),
        lambda: make(__table__=core.Table("t", core.MetaData())),
        lambda: make(annotations={"r": Mapped[List["Thing"]]}, r=orm.relationship(default_factory=set)),  # noqa: F821
        lambda: make(annotations={"r": Mapped["Thing"]}, r=orm.relationship(default_factory=list)),
        lambda: make(annotations={"n": Mapped[int], "s": Mapped[int]}, n=mapped_column(default=7), s=orm.synonym("n", default=8)),
        lambda: make(annotations={"n": Mapped[int], "s": Mapped[int]}, n=mapped_column(), s=orm.synonym("n", default=8)),
        lambda: make(annotations={"n": Mapped[int]}, n=mapped_column(default=7, default_factory=int)),
        lambda: make(annotations={"n": Mapped[List[int]]}, n=mapped_column(core.JSON, default=[])),
        lambda: make(
            __sa_dataclass_metadata_key__="sa", annotations={"f": int},
            f=dataclasses.field(default=1, metadata={"sa": core.Column(core.Integer)}),
        ),
    ]  # fmt: skip
    return [kind_of_error(attempt) for attempt in attempts]


def kind_of_error(attempt):
    try:
        attempt()
    except Exception as err:
        return type(err).__name__
    return None


PROGRAMS = [
    signature, unset_defaults, foreign_key_or_object, shared_column, read_only_with_default, keyed_collections,
    bases_are_dataclasses, refused,
]  # fmt: skip


def with_dataclasses(lib, defaults_in_objects):
    """The library, the classes of whose base are dataclasses, with defaults that stand in the objects or do not."""
    body = {"_sa_disable_descriptor_defaults": True} if defaults_in_objects else {}
    lib.Base = type("Base", (lib.orm.MappedAsDataclass, lib.orm.DeclarativeBase), body)
    return lib


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
@pytest.mark.parametrize("before", [False, True], ids=["", "defaults_in_objects"])
def test_both_libraries_agree(both, program, before):
    agree_on_value(both, lambda lib: program(with_dataclasses(lib, before)))
