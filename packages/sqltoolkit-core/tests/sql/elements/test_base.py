"""What every element can do: truth, sets, copies, pickles, parameters, labels."""

from __future__ import annotations

import copy
import pickle

import pytest

from sqltoolkit_core import (
    Boolean, Integer, MetaData, String, Table, Column, and_, bindparam, case, cast, column, exc, func, inspect, literal, null,
    or_, select, table, text, true, tuple_,
)  # fmt: skip
from sqltoolkit_core.sql import operators
from sqltoolkit_core.sql.base import EntityMark
from sqltoolkit_core.sql.elements import BinaryExpression, ColumnElement

x, y, b = column("x", Integer), column("y", String), column("b", Boolean)
t = table("t", column("x", Integer), column("y", String))

ELEMENTS = [
    x == 5, x != y, x.in_([1, 2]), y.like("a%", escape="/"), x.between(1, 2), and_(x == 5, or_(y == "a", b)), ~b, -x,
    x + 1 + 2, case((x == 1, y), else_=5), cast(x, String), func.count(x).over(rows=(1, 2), partition_by=y),
    func.count(x).filter(x > 5), tuple_(x, y).in_([(1, "a")]), null() == true(), text("a = :b").bindparams(b=5),
    x.label("q"), x.desc().nulls_last(), literal(5), bindparam("q", 7), x.op("@")(5), y.regexp_replace("a", "b", flags="i"),
    select(t.c.x).where(t.c.y == "a").order_by(t.c.x.label("z").desc()).limit(5), (x == 5).self_group(), y.collate("c"),
]  # fmt: skip


@pytest.mark.parametrize("element", ELEMENTS, ids=str)
def test_pickles_and_copies_render_alike(element):
    for again in (pickle.loads(pickle.dumps(element)), copy.copy(element), copy.deepcopy(element)):
        assert str(again) == str(element)
        assert again.compile().params == element.compile().params


@pytest.mark.parametrize("element", ELEMENTS, ids=str)
def test_compares_equal_to_itself_and_to_a_clone(element):
    assert element.compare(element)
    assert element.compare(pickle.loads(pickle.dumps(element)))
    assert not element.compare(column("other"))


def test_truth_is_refused_except_for_equality():
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(x > 5)
    with pytest.raises(TypeError):
        bool(and_(x == 5, y == "a"))
    assert bool(x == x) and not bool(x != x)
    assert not bool(x == column("x", Integer))
    grouped = x > 5
    assert bool(grouped == grouped)
    labelled = (x > 5).label(None)
    assert bool(labelled == labelled)


def test_sets_and_lists_hold_elements_by_identity():
    assert x in {x, y} and x in [y, x]
    assert column("x", Integer) not in {x}
    assert len({x, x._annotate({"a": 1})}) == 1


def test_contains_and_iteration_have_no_meaning():
    with pytest.warns(exc.SADeprecationWarning), pytest.raises(NotImplementedError):
        5 in x
    with pytest.raises(TypeError):
        list(x)


def test_params_of_a_statement_replace_values():
    statement = select(t.c.x).where(t.c.x == bindparam("q", 1))
    assert statement.params(q=7).compile().params == {"q": 7}
    assert statement.params({"q": 8}).compile().params == {"q": 8}
    assert statement.compile().params == {"q": 1}


def test_params_of_other_elements_are_deprecated():
    with pytest.warns(exc.SADeprecationWarning):
        changed = (x == bindparam("q", 1)).params(q=7)
    assert changed.compile().params == {"q": 7}
    with pytest.warns(exc.SADeprecationWarning):
        assert list((x == bindparam("q", 1)).unique_params(q=7).compile().params.values()) == [7]


def test_unique_params_are_deprecated_for_statements_too():
    for statement in (select(x).where(x == bindparam("q")), t.delete().where(x == bindparam("q"))):
        with pytest.warns(exc.SADeprecationWarning):
            assert statement.unique_params(q=7).compile().params == {"q_1": 7}


def test_elements_cannot_be_executed():
    with pytest.raises(exc.ObjectNotExecutableError):
        x._execute_on_connection(None, (), {})


def test_inspection_gives_the_element():
    statement = select(x)
    assert inspect(statement) is statement and inspect(x) is x


def test_unknown_attribute_names_type_and_comparator():
    with pytest.raises(AttributeError, match="Comparator"):
        x.no_such_thing


def test_comparator_attributes_are_found():
    from sqltoolkit_core import JSON

    assert str(column("j", JSON)["a"].as_string().type) == "VARCHAR"


def test_user_defined_comparator_and_operate():
    class Loud(Integer):
        class comparator_factory(Integer.Comparator):
            def __eq__(self, other):
                return self.op("===")(other)

    assert str(column("a", Loud()) == 5) == "a === :a_1"

    class Logged(ColumnElement):
        inherit_cache = False
        seen = []

        def operate(self, op, *other, **kw):
            self.seen.append(op)
            return "called"

    assert (Logged() == 5) == "called" and Logged.seen == [operators.eq]


def test_entity_marks_travel_to_expressions_and_statements():
    mark = EntityMark("toy", object())
    marked = x.with_entity_mark(mark)
    assert marked is not x and x.entity_mark is None
    for expression in (marked == 5, marked + 1, marked.in_([1]), and_(marked == 5, y == "a"), marked.label("q"),
                       marked.desc(), func.max(marked), cast(marked, String)):  # fmt: skip
        assert expression.entity_mark == mark, expression
    assert select(marked).plugin_name == "toy"
    assert select(marked == 5).plugin_subject is mark.subject


def test_schema_columns_take_the_short_way_too():
    users = Table("users", MetaData(), Column("id", Integer), Column("name", String(5)))
    made = users.c.id == 5
    assert made.__class__ is BinaryExpression and made.right.type is users.c.id.type
    assert str((users.c.name == "a")) == "users.name = :name_1"
    assert str((users.c.name == None)) == "users.name IS NULL"
    assert str((users.c.id == 5.5).right.type) == "DOUBLE"
    assert str((users.c.id == users.c.name)) == "users.id = users.name"
