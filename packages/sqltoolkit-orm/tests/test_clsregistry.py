"""Class names to classes, and the evaluation of strings that relationships are given."""

from __future__ import annotations

import gc
import warnings

import pytest

from sqltoolkit_core import BLANK_SCHEMA
from sqltoolkit_core import Column
from sqltoolkit_core import ForeignKey
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import Table
from sqltoolkit_core import exc
from sqltoolkit_orm import clsregistry
from sqltoolkit_orm import column_property
from sqltoolkit_orm import declarative_base
from sqltoolkit_orm import relationship
from sqltoolkit_orm import synonym


def cls(name, module):
    return type(name, (), {"__module__": module})


class TestNames:
    def test_one_class(self):
        registry, made = {}, cls("A", "pkg.one")
        clsregistry.add_class("A", made, registry)
        for name in ("A", "one.A", "pkg.one.A"):
            assert clsregistry.class_for_name(name, registry) is made
        for name in ("B", "two.A", "ne.A"):
            with pytest.raises(KeyError):
                clsregistry.class_for_name(name, registry)
        assert clsregistry.find_by_key("A", registry) is made and clsregistry.find_by_key("B", registry) is None

    def test_several_of_one_name(self):
        registry, one, other = {}, cls("A", "pkg.one"), cls("A", "pkg.two")
        for made in (one, other):
            clsregistry.add_class("A", made, registry)
        assert clsregistry.class_for_name("two.A", registry) is other
        with pytest.raises(exc.InvalidRequestError, match="several classes.*: pkg.one.A, pkg.two.A"):
            clsregistry.class_for_name("A", registry)

    def test_a_class_made_again(self):
        registry, old, new = {}, cls("A", "pkg.one"), cls("A", "pkg.one")
        clsregistry.add_class("A", old, registry)
        with pytest.warns(exc.SAWarning, match="pkg.one.A is registered .* already"):
            clsregistry.add_class("A", new, registry)
        assert clsregistry.class_for_name("A", registry) is new
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            clsregistry.add_class("A", new, registry)

    def test_collected_classes_are_forgotten(self):
        registry = {}
        clsregistry.add_class("A", cls("A", "pkg.one"), registry)
        gc.collect()
        gc.collect()
        with pytest.raises(KeyError):
            clsregistry.class_for_name("A", registry)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            clsregistry.add_class("A", cls("A", "pkg.one"), registry)

    def test_removing(self):
        registry, one, other = {}, cls("A", "pkg.one"), cls("A", "pkg.two")
        for made in (one, other):
            clsregistry.add_class("A", made, registry)
        clsregistry.remove_class("A", one, registry)
        assert clsregistry.class_for_name("A", registry) is other
        clsregistry.remove_class("A", other, registry)
        assert registry == {}
        clsregistry.remove_class("A", other, registry)

    def test_classes_entered_by_hand(self):
        made, other = cls("A", "pkg.one"), cls("A", "pkg.two")
        registry = {"A": made}
        assert clsregistry.class_for_name("A", registry) is made
        clsregistry.add_class("A", other, registry)
        assert clsregistry.class_for_name("one.A", registry) is made

    @pytest.mark.parametrize("text, expected", [("A", True), ("a.b_c.D1", True), ("A.x + 1", False), ("1a", False), ("A.", False), ("", False)])
    def test_what_is_a_name(self, text, expected):
        assert clsregistry.is_name(text) is expected


@pytest.fixture
def evaluate():
    """A function that evaluates a string as a relationship of class A would."""
    Base = declarative_base(metadata=MetaData())

    class A(Base):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)
        x = Column("the_x", Integer)
        y = synonym("x")
        total = column_property(x + 1)
        others = relationship("B")
        plain = 5

        @staticmethod
        def method():
            return "called"

    class B(Base):
        __tablename__ = "b"
        __table_args__ = {"schema": "s"}
        id = Column(Integer, primary_key=True)
        a_id = Column(ForeignKey("a.id"))

    Table("links", Base.metadata, Column("q", Integer))

    def run(text, favor_tables=False):
        return clsregistry.resolver(A, A.others.property).resolve_arg(text, favor_tables)()

    run.A, run.B, run.Base = A, B, Base
    run.name = lambda text: clsregistry.resolver(A, A.others.property).resolve_name(text)()
    yield run
    Base.registry.dispose()


class TestEvaluation:
    @pytest.mark.parametrize(
        "text, expected",
        [
            ("A.id == B.a_id", "a.id = s.b.a_id"), ("and_(A.id == B.a_id, B.id > 5)", "a.id = s.b.a_id AND s.b.id > :id_1"),
            ("A.x.desc()", "a.the_x DESC"), ("A.y", "A.x"), ("links.c.q", "links.q"), ("s.b.c.a_id", "b.a_id"),
            ("func.lower(A.x)", "lower(a.the_x)"), ("foreign(B.a_id)", "b.a_id"), ("remote(A.id)", "a.id"), ("A.total", "A.total"),
            ("%s.A.id" % __name__.rpartition(".")[2], "A.id"), ("desc(A.id)", "a.id DESC"), ("text('x')", "x"),
        ],
    )  # fmt: skip
    def test_expressions(self, evaluate, text, expected):
        assert str(evaluate(text)) == expected

    def test_classes_and_lists(self, evaluate):
        assert evaluate("A") is evaluate.A and evaluate.name("B") is evaluate.B
        assert [str(item) for item in evaluate("[A.id, B.id]")] == ["A.id", "B.id"]
        assert evaluate("A.plain") == 5 and evaluate("A.method()") == "called"

    def test_tables_first(self, evaluate):
        Table("B", evaluate.Base.metadata, Column("q", Integer))
        assert evaluate("B") is evaluate.B and evaluate("B", favor_tables=True) is evaluate.Base.metadata.tables["B"]

    @pytest.mark.parametrize("text, found", [("Nothing.id", "'Nothing.id'.*Nothing"), ("open('x')", "open"), ("__builtins__.open", "open")])
    def test_unknown_names(self, evaluate, text, found):
        with pytest.raises((exc.InvalidRequestError, AttributeError), match=found):
            evaluate(text)

    @pytest.mark.parametrize(
        "text, error, found",
        [
            ("A.nothing", AttributeError, "Class A has no mapped attribute 'nothing'"),
            ("A.others", exc.InvalidRequestError, "'others' is not mapped to a column"), ("s.nothing", AttributeError, "nothing"),
        ],
    )  # fmt: skip
    def test_unknown_parts(self, evaluate, text, error, found):
        with pytest.raises(error, match=found):
            evaluate(text)

    @pytest.mark.parametrize("text", ["Nothing", "s.nothing.deeper"])
    def test_names_alone(self, evaluate, text):
        with pytest.raises((exc.InvalidRequestError, AttributeError)):
            evaluate.name(text)

    def test_modules_on_the_way(self, evaluate):
        module = __name__.rpartition(".")[2]
        with pytest.raises(exc.InvalidRequestError, match="'Nothing' under '%s' is not known" % module):
            evaluate("%s.Nothing.id" % module)

    def test_names_offered_by_others(self, evaluate):
        clsregistry.provide_names(twice=lambda column: column * 2)
        try:
            assert str(evaluate("twice(A.id)")) == "a.id * :id_1"
        finally:
            clsregistry._provided.pop("twice")
            clsregistry._names.clear()


class TestMetadata:
    @staticmethod
    def secondary(base, table_arguments, text, **links):
        """Return the table that a relationship of a class under ``base`` finds for a string."""
        options = {"__table_args__": table_arguments}
        key = {"id": Column(Integer, primary_key=True)}
        a = type("A", (base,), dict(options, __tablename__="a", bs=relationship("B", secondary=text), **key))
        b = type("B", (base,), dict(options, __tablename__="b", id=Column(Integer, primary_key=True)))
        keys = [Column("a", ForeignKey(a.__table__.c.id)), Column("b", ForeignKey(b.__table__.c.id))]
        links = Table("links", a.metadata, *keys, **links)
        found = a.bs.property.secondary
        assert found is links
        return found.fullname

    @pytest.mark.parametrize("own", [{}, {"schema": BLANK_SCHEMA}, {"schema": "other"}])
    def test_default_schemas_are_added(self, own):
        base = declarative_base(metadata=MetaData(schema="s"))
        assert self.secondary(base, own, "links") == "s.links"
        base = declarative_base(metadata=MetaData(schema="s"))
        assert self.secondary(base, own, "s.links") == "s.links"
        base = declarative_base(metadata=MetaData(schema="s"))
        assert self.secondary(base, own, "other.links", schema="other") == "other.links"
        base = declarative_base(metadata=MetaData(schema="s"))
        with pytest.raises(exc.InvalidRequestError, match="links"):
            self.secondary(base, own, "links", schema="other")

    def test_tables_without_a_schema_are_found_still(self):
        base = declarative_base(metadata=MetaData(schema="s"))
        with pytest.warns(exc.SADeprecationWarning, match="'links'.* of A .*means the table without a schema for now"):
            assert self.secondary(base, {}, "links", schema=BLANK_SCHEMA) == "links"

    def test_the_class_decides_on_its_metadata(self):
        base = declarative_base()
        abstract = type("Abstract", (base,), {"__abstract__": True, "metadata": MetaData()})
        assert self.secondary(abstract, {}, "links") == "links"
        registry = base.registry
        assert clsregistry.metadata_of(abstract, registry) is abstract.metadata
        assert clsregistry.metadata_of(object, registry) is registry.metadata

    def test_an_attribute_of_that_name_does_not_hide_it(self):
        base = declarative_base()
        abstract = type("Abstract", (base,), {"__abstract__": True, "metadata": MetaData()})

        class Instance(abstract):
            __tablename__ = "instance"
            id = Column(Integer, primary_key=True)

        class Note(abstract):
            __tablename__ = "note"
            id = Column(Integer, primary_key=True)
            instance_id = Column(ForeignKey("instance.id"))
            instance = relationship("Instance", backref="metadata")

        base.registry.configure()
        assert Instance(metadata=[Note()]).metadata and Note.instance.property.mapper.class_ is Instance
        assert clsregistry.metadata_of(Instance, base.registry) is abstract.metadata


def test_strings_know_types():
    class Node(declarative_base()):
        __tablename__ = "typed_node"
        id = Column(Integer, primary_key=True)
        code = Column(Integer)
        same = relationship(
            "Node", primaryjoin="cast(foreign(Node.code), Integer) == remote(Node.id)", viewonly=True, uselist=True
        )

    assert str(Node.same.property.primaryjoin) == "CAST(typed_node.code AS INTEGER) = typed_node.id"
