"""What the user says of a relationship: names, functions, strings, marks and cascades."""

from __future__ import annotations

import pickle
import warnings

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import ForeignKey
from sqltoolkit_core import Integer
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import exc
from sqltoolkit_orm import aliased
from sqltoolkit_orm import declarative_base
from sqltoolkit_orm import foreign
from sqltoolkit_orm import relationship
from sqltoolkit_orm import remote
from sqltoolkit_orm.exc import UnmappedClassError
from sqltoolkit_orm.relationships import CascadeOptions
from sqltoolkit_orm.relationships.arguments import as_list


@pytest.fixture
def mapped():
    """A function that maps two classes, one with the given relationship; returns the configured property."""
    bases = []

    def make(argument="B", **options):
        Base = declarative_base()
        bases.append(Base)

        class A(Base):
            __tablename__ = "a"
            id = Column(Integer, primary_key=True)
            name = Column(String)

        class B(Base):
            __tablename__ = "b"
            id = Column(Integer, primary_key=True)
            a_id = Column(ForeignKey("a.id"))
            rank = Column(Integer)

        Table("ab", Base.metadata, Column("a", ForeignKey("a.id")), Column("b", ForeignKey("b.id")))
        make.A, make.B, make.Base = A, B, Base
        given = {name: value(make) if name.endswith("_of") else value for name, value in options.items()}
        given = {name[:-3] if name.endswith("_of") else name: value for name, value in given.items()}
        A.bs = relationship(argument(make) if callable(argument) else argument, **given)
        Base.registry.configure()
        return A.bs.property

    yield make
    for base in bases:
        base.registry.dispose()


class TestTarget:
    @pytest.mark.parametrize(
        "argument",
        [
            "B", __name__.rpartition(".")[2] + ".B", lambda make: make.B, lambda make: lambda: make.B,
            lambda make: lambda: "B", lambda make: make.B.__mapper__,
        ],
        ids=["name", "path", "class", "function", "function of a name", "mapper"],
    )  # fmt: skip
    def test_forms(self, mapped, argument):
        found = mapped(argument)
        assert found.mapper is mapped.B.__mapper__ and found.entity is found.mapper

    def test_alias(self, mapped):
        found = mapped(lambda make: aliased(make.B, name="other"))
        assert found.entity.is_aliased_class and found.mapper is mapped.B.__mapper__

    @pytest.mark.parametrize("argument, found", [(lambda make: lambda: 5, "class or a mapper"), (lambda make: lambda: "ab", "class or a mapper|not mapped")])
    def test_no_class(self, mapped, argument, found):
        with pytest.raises(exc.ArgumentError, match=found):
            mapped(argument)

    def test_unmapped_class(self, mapped):
        with pytest.raises(UnmappedClassError):
            mapped(lambda make: dict)

    def test_unknown_name(self, mapped):
        with pytest.raises(exc.InvalidRequestError, match="'Nothing'.*name is not known"):
            mapped("Nothing")


class TestExpressions:
    @pytest.mark.parametrize(
        "options",
        [
            {"order_by": "B.rank"}, {"order_by_of": lambda make: make.B.rank}, {"order_by_of": lambda make: lambda: make.B.rank},
            {"order_by_of": lambda make: [make.B.__table__.c.rank]}, {"order_by_of": lambda make: lambda: "B.rank"},
        ],
        ids=["string", "attribute", "function", "columns", "function of a string"],
    )  # fmt: skip
    def test_order(self, mapped, options):
        found = mapped(**options)
        assert [str(element) for element in found.order_by] == ["b.rank"]

    @pytest.mark.parametrize("name", ["order_by", "foreign_keys", "remote_side"])
    def test_strings_in_a_list(self, mapped, name):
        # a list is written within the string: "[B.rank]"
        with pytest.raises(exc.ArgumentError, match=name):
            mapped(**{name: ["B.rank"]})

    def test_several(self, mapped):
        assert [str(element) for element in mapped(order_by="(B.rank.desc(), B.id)").order_by] == ["b.rank DESC", "b.id"]

    @pytest.mark.parametrize("secondary", ["ab", lambda make: make.Base.metadata.tables["ab"]], ids=["name", "table"])
    def test_secondary(self, mapped, secondary):
        found = mapped(**({"secondary": secondary} if isinstance(secondary, str) else {"secondary_of": secondary}))
        assert found.secondary is mapped.Base.metadata.tables["ab"]

    def test_secondary_is_no_class(self, mapped):
        with pytest.raises(exc.ArgumentError, match="is a mapped class; give its Table"):
            mapped(secondary_of=lambda make: make.B)

    @pytest.mark.parametrize(
        "text", ["and_(A.id == B.a_id, B.rank > 5)", "and_(A.id == foreign(B.a_id), B.rank > 5)", "and_(A.id == remote(B.a_id), B.rank > 5)"]
    )
    def test_names_in_conditions(self, mapped, text):
        found = mapped(primaryjoin=text)
        assert str(found.primaryjoin) == "a.id = b.a_id AND b.rank > :rank_1"

    def test_attributes_in_conditions_are_columns(self, mapped):
        found = mapped(primaryjoin_of=lambda make: lambda: make.A.id == foreign(make.B.a_id))
        assert found.local_remote_pairs == [(mapped.A.__table__.c.id, mapped.B.__table__.c.a_id)]
        assert all("parententity" not in column.annotations for column in found.primaryjoin.get_children())

    @pytest.mark.parametrize("name", ["foreign_keys", "remote_side"])
    @pytest.mark.parametrize("value", ["B.a_id", "[B.a_id]", lambda make: [make.B.a_id], lambda make: make.B.__table__.c.a_id])
    def test_columns(self, mapped, name, value):
        found = mapped(**({name: value} if isinstance(value, str) else {name + "_of": value}))
        assert found.remote_side == {mapped.B.__table__.c.a_id}

    @pytest.mark.parametrize(
        "options, found",
        [
            ({"order_by": "B.nothing"}, "nothing"), ({"primaryjoin": "A.id == Nothing.id"}, "Nothing"),
            ({"foreign_keys": "[nothing.id]"}, "nothing"),
        ],
    )  # fmt: skip
    def test_names_that_are_not_known(self, mapped, options, found):
        with pytest.raises((exc.InvalidRequestError, AttributeError), match=found):
            mapped(**options)

    def test_builtins_are_out_of_reach(self, mapped):
        with pytest.raises(exc.InvalidRequestError, match="__import__"):
            mapped(order_by="__import__('os').getcwd()")


class TestMarks:
    def test_of_columns(self):
        column = Column("x", Integer)
        assert foreign(column).annotations["foreign"] is True and remote(column).annotations["remote"] is True
        both = remote(foreign(column))
        assert both.annotations["foreign"] and both.annotations["remote"] and not column.annotations

    def test_of_expressions(self):
        a, b = Column("a", Integer), Column("b", Integer)
        marked = foreign(a + b)
        assert [element.annotations.get("foreign") for element in (marked.left, marked.right)] == [True, True]
        assert "foreign" not in marked.annotations


class TestCascades:
    EVERY = {"save-update", "merge", "refresh-expire", "expunge", "delete"}

    @pytest.mark.parametrize(
        "given, expected",
        [
            ("all", EVERY), ("all, delete-orphan", EVERY | {"delete-orphan"}), ("merge ,  expunge", {"merge", "expunge"}),
            (["merge"], {"merge"}), (None, set()), ("", set()), ("none", set()), ("all, none", set()),
        ],
    )  # fmt: skip
    def test_names(self, given, expected):
        found = CascadeOptions(given)
        assert found == expected
        flags = {name: getattr(found, name.replace("-", "_")) for name in self.EVERY | {"delete-orphan"}}
        assert {name for name, is_set in flags.items() if is_set} == expected

    def test_unknown(self):
        with pytest.raises(exc.ArgumentError, match="no cascade named 'orphans', 'typo'"):
            CascadeOptions("merge, typo, orphans")

    def test_orphans_are_deleted(self):
        with pytest.warns(exc.SAWarning, match="together with 'delete'"):
            CascadeOptions("delete-orphan")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            CascadeOptions("delete, delete-orphan")

    def test_repr_and_pickle(self):
        found = CascadeOptions("merge, expunge")
        assert repr(found) == "CascadeOptions('expunge,merge')"
        again = pickle.loads(pickle.dumps(found))
        assert again == found and again.merge and not again.delete


@pytest.mark.parametrize("given, expected", [(None, []), (False, []), (5, [5]), ([1, 2], [1, 2]), ((1,), [1]), ({1}, [1]), ([], [])])
def test_one_or_several(given, expected):
    assert as_list(given) == expected
