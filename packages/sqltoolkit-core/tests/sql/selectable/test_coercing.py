"""Statements and sources where another role is asked for."""

from __future__ import annotations

import decimal

import pytest

from sqltoolkit_core import ColumnDefault, DefaultClause, Sequence
from sqltoolkit_core import column, exc, func, insert, select, table, union, values
from sqltoolkit_core.sql import coercions, roles
from sqltoolkit_core.sql.selectable import ScalarSelect

t = table("t", column("a"), column("b"))


def test_select_as_a_value_is_its_scalar_subquery():
    element = coercions.expect(roles.ExpressionElementRole, select(t.c.a))
    assert isinstance(element, ScalarSelect)
    assert str(func.f(select(t.c.a))) == "f((SELECT t.a \nFROM t))"
    assert str(select(t).order_by(select(t.c.b))).endswith("ORDER BY (SELECT t.b \nFROM t)")


@pytest.mark.parametrize("value, sql", [(5, "5"), (2.5, "2.5"), (decimal.Decimal("3"), "3"), ("*", "*")])
def test_numbers_and_star_can_be_selected(value, sql):
    assert str(select(value)) == "SELECT " + sql


@pytest.mark.parametrize("value, sql", [(None, "NULL"), (True, "true"), (False, "false")])
def test_constants_can_be_selected(value, sql):
    assert str(select(value)) == "SELECT %s AS anon_1" % sql


@pytest.mark.parametrize("value", ["text", b"x", object(), (1, 2), [t.c.a], select(t)])
def test_other_things_cannot(value):
    with pytest.raises(exc.ArgumentError):
        select(value)


def test_a_select_in_from_is_refused_with_advice():
    with pytest.raises(exc.ArgumentError, match="subquery"):
        select(t).select_from(select(t))


def test_a_source_in_a_union_is_refused_with_advice():
    with pytest.raises(exc.ArgumentError, match="select"):
        union(select(t.c.a), t)


def test_right_side_of_in():
    rows = values(column("x")).data([(1,), (2,)])
    assert str(t.c.a.in_(rows)) == "t.a IN (VALUES (:param_1), (:param_2))"
    assert str(t.c.a.in_(select(t.c.b))) == "t.a IN (SELECT t.b \nFROM t)"


def test_insert_from_a_source_takes_all_its_rows():
    assert str(insert(t).from_select(["a", "b"], t)) == "INSERT INTO t (a, b) SELECT t.a, t.b \nFROM t"


def test_collections_of_columns_are_their_members():
    assert str(select(t.c)) == "SELECT t.a, t.b \nFROM t"
    assert str(select(t.c["b", "a"])) == "SELECT t.b, t.a \nFROM t"


def test_collections_of_columns_stand_for_their_columns():
    some = t.c["b", "a"]
    assert str(insert(t).returning(some)).endswith("RETURNING t.b, t.a")
    assert str(select(t.c.a).order_by(some).group_by(some)).endswith("GROUP BY t.b, t.a ORDER BY t.b, t.a")
    with pytest.raises(exc.ArgumentError):
        func.f(some)


@pytest.mark.parametrize("item", [Sequence("s"), ColumnDefault(5), DefaultClause("5")])
def test_schema_items_are_no_values(item):
    for build in (lambda: insert(t).values(a=item), lambda: t.c.a == item, lambda: func.f(item)):
        with pytest.raises(exc.ArgumentError):
            build()
