"""Statements and sources where another role is asked for."""

from __future__ import annotations

import decimal

import pytest

from sqltoolkit_core import CheckConstraint, ColumnDefault, Computed, DefaultClause, Sequence
from sqltoolkit_core import (
    column, exc, exists, func, insert, literal_column, select, table, true, union, update, values,
)  # fmt: skip
from sqltoolkit_core.sql import coercions, roles
from sqltoolkit_core.sql.selectable import ScalarSelect
from sqltoolkit_core.testing.assertions import expect_warnings

t = table("t", column("a"), column("b"))
u = table("u", column("a"))


def test_select_as_a_value_is_its_scalar_subquery():
    with expect_warnings("^a Select is taken for a value here; make it one with scalar_subquery\\(\\)$"):
        element = coercions.expect(roles.ExpressionElementRole, select(t.c.a))
    assert isinstance(element, ScalarSelect)


@pytest.mark.parametrize(
    "make, end, kind",
    [
        (lambda: func.f(select(t.c.a)), "f((SELECT t.a \nFROM t))", "Select"),
        (lambda: func.f(select(t.c.a).subquery()), "f((SELECT t.a \nFROM t))", "Subquery"),
        (lambda: select(t).order_by(select(t.c.b)), "ORDER BY (SELECT t.b \nFROM t)", "Select"),
        (lambda: t.join(u, select(u.c.a)), "ON (SELECT u.a \nFROM u)", "Select"),
        (lambda: t.c.a == union(select(t.c.a), select(t.c.b)), " UNION SELECT t.b \nFROM t)", "CompoundSelect"),
        (lambda: update(t).values(a=select(u.c.a)), "SET a=(SELECT u.a \nFROM u)", "Select"),
    ],
)
def test_it_is_better_said(make, end, kind):
    with expect_warnings("^a %s is taken for a value here" % kind):
        made = make()
    assert str(made).endswith(end)


def test_rows_and_values_that_are_said_warn_of_nothing():
    rows = select(u.c.a)
    with expect_warnings() as seen:
        select(t).where(t.c.a.in_(rows), rows.exists(), t.c.b == rows.scalar_subquery(), exists(rows))
        select(t, rows.label("x")).join(rows.lateral(), true())
    assert not seen


@pytest.mark.parametrize(
    "make",
    [lambda s: s.limit(s), lambda s: s.offset(s), lambda s: CheckConstraint(s), lambda s: Computed(s),
     lambda s: literal_column(s), lambda s: column(s), lambda s: s.union(s.subquery())],
)  # fmt: skip
def test_a_select_where_it_has_no_meaning_is_shown(make):
    with pytest.raises(exc.ArgumentError, match="(found|got) the (Select|Subquery) ['\"].*SELECT t.a FROM t"):
        make(select(t.c.a))


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
