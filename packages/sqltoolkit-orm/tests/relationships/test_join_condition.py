"""How the tables of a relationship join: finding the condition, its lazy form, its adaptions, and what is wrong with it."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import ForeignKey
from sqltoolkit_core import Integer
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import exc
from sqltoolkit_core import select
from sqltoolkit_orm import aliased
from sqltoolkit_orm import declarative_base
from sqltoolkit_orm import joinedload
from sqltoolkit_orm import relationship
from sqltoolkit_orm import with_loader_criteria


@pytest.fixture
def Base():
    Base = declarative_base()
    yield Base
    Base.registry.dispose()


@pytest.fixture
def mapped(Base):
    def make(keys=("id",), links=("a.id", "b.id"), **options):
        class A(Base):
            __tablename__ = "a"
            id = Column(Integer, primary_key=True)
            code = Column(String)

        columns = {"a%d" % number: Column(ForeignKey("a." + key)) for number, key in enumerate(keys)}
        B = type("B", (Base,), dict(columns, __tablename__="b", id=Column(Integer, primary_key=True), x=Column(Integer)))
        linked = Table("links", Base.metadata, *[Column("c%d" % i, ForeignKey(key)) for i, key in enumerate(links)])
        if options.pop("over", False):
            options["secondary"] = linked
        A.bs = relationship(B, **options)
        Base.registry.configure()
        return A.bs.property

    return make


def text(element):
    return None if element is None else " ".join(str(element).split())


class TestFinding:
    def test_by_foreign_keys(self, mapped):
        found = mapped()
        assert (text(found.primaryjoin), found.secondaryjoin) == ("a.id = b.a0", None)

    def test_over_a_table(self, mapped):
        found = mapped(over=True)
        assert (text(found.primaryjoin), text(found.secondaryjoin)) == ("a.id = links.c0", "b.id = links.c1")

    def test_one_half_given(self, mapped):
        found = mapped(over=True, links=("a.id", "b.id", "b.id"), secondaryjoin="B.id == links.c.c2")
        assert (text(found.primaryjoin), text(found.secondaryjoin)) == ("a.id = links.c0", "b.id = links.c2")

    @pytest.mark.parametrize(
        "options, found",
        [
            ({"keys": ()}, "A.bs finds no foreign key between the tables of its two classes, 'a' and 'b'.*primaryjoin"),
            ({"over": True, "links": ("a.id",)}, "A.bs joins over the secondary table 'links', and no foreign key.*secondaryjoin"),
        ],
    )
    def test_no_foreign_key(self, mapped, options, found):
        with pytest.raises(exc.NoForeignKeysError, match=found):
            mapped(**options)

    @pytest.mark.parametrize(
        "options, found",
        [
            ({"keys": ("id", "id")}, "A.bs finds several foreign keys.*foreign_keys"),
            ({"over": True, "links": ("a.id", "a.id", "b.id")}, "'links', and several foreign keys.*foreign_keys"),
        ],
    )
    def test_several(self, mapped, options, found):
        with pytest.raises(exc.AmbiguousForeignKeysError, match=found):
            mapped(**options)

    def test_the_one_that_counts(self, mapped):
        found = mapped(keys=("id", "id"), foreign_keys="B.a1")
        assert text(found.primaryjoin) == "a.id = b.a1"

    def test_of_a_table(self, mapped):
        found = mapped(over=True, links=("a.id", "a.id", "b.id"), foreign_keys="[links.c.c1, links.c.c2]")
        assert text(found.primaryjoin) == "a.id = links.c1"


class TestWrong:
    @pytest.mark.parametrize(
        "options, found",
        [
            ({"secondaryjoin": "B.id == links.c.c1"}, "has a secondaryjoin, but no secondary table"),
            ({"primaryjoin": "A.id == B.x"}, "primary join condition 'a.id = b.x' of relationship A.bs has no foreign key column"),
            ({"primaryjoin": "A.id > foreign(B.x)"}, "has no equality between a column and a foreign key column.*viewonly=True"),
            ({"over": True, "secondaryjoin": "B.x == B.id"}, "secondary join condition 'b.x = b.id'.*no foreign key column"),
            ({"primaryjoin": "foreign(A.id) == 5", "viewonly": True}, "remote|other side"),
        ],
    )
    def test_conditions(self, mapped, options, found):
        with pytest.raises(exc.ArgumentError, match=found):
            mapped(**options)

    @pytest.mark.parametrize("options", [{"primaryjoin": "A.id == foreign(B.x)"}, {"primaryjoin": "A.id > foreign(B.x)", "viewonly": True}])
    def test_what_helps(self, mapped, options):
        assert mapped(**options).direction.name == "ONETOMANY"


class TestLazyForm:
    def test_values_of_the_parent(self, mapped):
        found = mapped()
        criterion, binds, equated = found.lazy_clause()
        assert text(criterion) == ":param_1 = b.a0"
        assert [str(column) for column in binds.values()] == ["a.id"]
        assert {str(key): str(value) for key, value in equated.items()} == {"b.a0": "a.id"}
        assert found.lazy_clause()[0] is criterion

    def test_values_of_the_target(self, mapped):
        criterion, binds, _ = mapped().lazy_clause(reverse=True)
        assert text(criterion) == "a.id = :param_1" and [str(column) for column in binds.values()] == ["b.a0"]

    def test_over_a_table(self, mapped):
        found = mapped(over=True)
        assert text(found.lazy_clause()[0]) == ":param_1 = links.c0 AND b.id = links.c1"
        assert text(found.lazy_clause(reverse=True)[0]) == "a.id = links.c0 AND :param_1 = links.c1"

    def test_one_parameter_for_one_column(self, mapped):
        criterion, binds, _ = mapped(primaryjoin="and_(A.id == foreign(B.x), A.id < B.id)").lazy_clause()
        assert text(criterion) == ":param_1 = b.x AND :param_1 < b.id" and len(binds) == 1

    def test_criteria_without_columns_of_the_parent(self, mapped):
        criterion, binds, _ = mapped(primaryjoin="and_(A.id == B.a0, B.x > 5)").lazy_clause()
        assert text(criterion) == ":param_1 = b.a0 AND b.x > :x_1" and len(binds) == 1


class TestSimplePairs:
    @pytest.mark.parametrize(
        "options, simple",
        [
            ({}, True), ({"over": True}, False), ({"primaryjoin": "and_(A.id == foreign(B.x), B.id == 5)"}, False),
            ({"primaryjoin": "and_(A.id == foreign(B.x), A.code == foreign(B.id))"}, True),
            ({"primaryjoin": "or_(A.id == foreign(B.x), A.code == foreign(B.id))"}, False),
            ({"primaryjoin": "A.id > foreign(B.x)", "viewonly": True}, False),
        ],
    )  # fmt: skip
    def test_nothing_but_equal_columns(self, mapped, options, simple):
        found = mapped(**options)
        pairs = found.join_condition.simple_pairs()
        assert (pairs == found.local_remote_pairs) if simple else pairs is None


class TestTargets:
    def targets(self, prop, source=None, dest=None, aliased=True, **kw):
        found = prop.join_condition.join_targets(source, dest, aliased, **kw)
        return text(found[0]), text(found[1])

    def test_plain(self, mapped):
        prop = mapped()
        assert self.targets(prop, dest=prop.mapper.local_table, aliased=False) == ("a.id = b.a0", None)

    def test_aliases_of_both_sides(self, mapped):
        prop = mapped()
        source, dest = prop.parent.local_table.alias("p"), prop.mapper.local_table.alias("q")
        assert self.targets(prop, dest=dest) == ("a.id = q.a0", None)
        assert self.targets(prop, source, dest) == ("p.id = q.a0", None)

    def test_over_a_table(self, mapped):
        prop = mapped(over=True)
        dest = prop.mapper.local_table.alias("q")
        assert self.targets(prop, dest=dest) == ("a.id = links_1.c0", "q.id = links_1.c1")

    def test_more_criteria(self, mapped):
        prop = mapped()
        table = prop.mapper.local_table
        found = self.targets(prop, dest=table.alias("q"), single_criterion=table.c.x == 1, extra_criteria=(table.c.id > 2,))
        assert found == ("a.id = q.a0 AND q.x = :x_1 AND q.id > :id_1", None)


class TestAliasedTarget:
    def test_pairs_are_those_of_the_alias(self, Base):
        class A(Base):
            __tablename__ = "a"
            id = Column(Integer, primary_key=True)

        class B(Base):
            __tablename__ = "b"
            id = Column(Integer, primary_key=True)
            a_id = Column(ForeignKey("a.id"))

        other = aliased(B, select(B).where(B.id > 5).subquery("recent"))
        A.recent = relationship(other, primaryjoin=other.a_id == A.id)
        found = A.recent.property
        Base.registry.configure()
        assert found.uselist
        assert [(str(one), str(two)) for one, two in found.local_remote_pairs] == [("a.id", "recent.a_id")]
        assert text(select(A.id).join(A.recent)).endswith("AS recent ON recent.a_id = a.id")


def test_join_between_the_tables(Base):
    class A(Base):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)

    class B(Base):
        __tablename__ = "b"
        id = Column(Integer, primary_key=True)

    one = Table("one", Base.metadata, Column("a_id", ForeignKey("a.id")), Column("id", Integer, primary_key=True))
    two = Table("two", Base.metadata, Column("b_id", ForeignKey("b.id")), Column("one_id", ForeignKey("one.id")))
    A.bs = relationship(
        B,
        secondary=one.join(two),
        primaryjoin=A.id == one.c.a_id,
        secondaryjoin=B.id == two.c.b_id,
        viewonly=True,
    )
    assert text(select(A.id).outerjoin(A.bs)).endswith(
        "FROM a LEFT OUTER JOIN (one AS one_1 JOIN two AS two_1 ON one_1.id = two_1.one_id "
        "JOIN b ON b.id = two_1.b_id) ON a.id = one_1.a_id"
    )
    assert "FROM a, (SELECT one.a_id AS one_a_id" in text(select(A.id).where(A.bs.contains(B(id=3))))


class TestSubqueriesInCriteriaOfJoins:
    """A column of the target within has() or any() is that of the target as it is joined."""

    @pytest.fixture
    def classes(self):
        Base = declarative_base()

        class Maker(Base):
            __tablename__ = "maker"
            id = Column(Integer, primary_key=True)

        class Part(Base):
            __tablename__ = "part"
            id = Column(Integer, primary_key=True)
            whole_id = Column(ForeignKey("whole.id"))
            maker_id = Column(ForeignKey("maker.id"))
            code = Column(String)
            maker = relationship(Maker)

        class Whole(Base):
            __tablename__ = "whole"
            id = Column(Integer, primary_key=True)
            parts = relationship(Part)

        Base.registry.configure()
        yield Maker, Part, Whole
        Base.registry.dispose()

    expected = (
        "part AS part_1 ON whole.id = part_1.whole_id AND (EXISTS (SELECT 1 FROM maker "
        "WHERE maker.id = part_1.maker_id AND part_1.code = :code_1))"
    )

    def test_loaders(self, classes):
        _Maker, Part, Whole = classes
        statement = select(Whole).options(joinedload(Whole.parts.and_(Part.maker.has(Part.code == "x"))))
        assert " ".join(str(statement).split()).endswith(self.expected)

    def test_joins_to_aliases(self, classes):
        _Maker, Part, Whole = classes
        statement = select(Whole.id).join(Whole.parts.of_type(aliased(Part)).and_(Part.maker.has(Part.code == "x")))
        assert " ".join(str(statement).split()).endswith(self.expected)

    def test_criteria_of_all_entities(self, classes):
        _Maker, Part, Whole = classes
        everywhere = with_loader_criteria(Part, Part.maker.has(Part.code == "x"), include_aliases=True)
        assert " ".join(str(select(Whole).options(everywhere, joinedload(Whole.parts))).split()).endswith(self.expected)
