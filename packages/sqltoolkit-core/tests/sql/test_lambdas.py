"""Statements and criteria given as functions."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Integer, column, exc, lambda_stmt, select, table
from sqltoolkit_core.sql import roles
from sqltoolkit_core.sql.lambdas import DeferredLambda, LambdaElement

t = table("t", column("x", Integer), column("y", Integer))


def build(value):
    statement = lambda_stmt(lambda: select(t.c.x))
    statement += lambda s: s.where(t.c.x == value)
    return statement + (lambda s: s.order_by(t.c.y))


def test_statement_from_functions():
    one, other = build(5), build(6)
    assert str(one) == "SELECT t.x \nFROM t \nWHERE t.x = :x_1 ORDER BY t.y"
    assert one.compile().params == {"x_1": 5} and other.compile().params == {"x_1": 6}
    assert one._generate_cache_key().key == other._generate_cache_key().key
    assert one.is_select and not one.is_dml and not one.is_text and len(one.tracker_key) == 3
    assert one.parent_lambda.parent_lambda.parent_lambda is None


def test_add_criteria_and_options():
    statement = build(5).add_criteria(lambda s: s.limit(3), track_on=["a"]).execution_options(a=1)
    assert "LIMIT" in str(statement) and dict(statement.resolved.get_execution_options()) == {"a": 1}
    assert statement.spoil() is statement


def test_criteria():
    value = 7
    statement = select(t.c.x).where(lambda: t.c.x == value).order_by(lambda: t.c.y.desc())
    assert str(statement) == "SELECT t.x \nFROM t \nWHERE t.x = :x_1 ORDER BY t.y DESC"
    element = LambdaElement(lambda: t.c.x == value, roles.WhereHavingRole)
    assert str(element) == "t.x = :x_1"


def test_several_columns():
    made = select(lambda: (t.c.x, t.c.x + 1), t.c.x.label("y"))
    assert str(select(lambda: (t.c.x, t.c.x + 1))).startswith("SELECT t.x, t.x + :x_1 AS anon_1")
    assert len(made.selected_columns) == 3
    with pytest.raises(exc.ArgumentError, match="condition for WHERE"):
        select(t).where(lambda: (t.c.x, t.c.x))


def test_deferred():
    criterion = DeferredLambda(lambda source: source.c.x == 5)
    assert str(criterion.resolve(t.alias("a"))) == "a.x = :x_1"
    with pytest.raises(exc.ArgumentError):
        DeferredLambda(5)


def test_no_function():
    with pytest.raises(exc.ArgumentError, match="function"):
        lambda_stmt(5)
