"""Precedence, traits and registry of operators."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqltoolkit_core import Integer, String, column
from sqltoolkit_core.exc import InvalidRequestError
from sqltoolkit_core.sql import operators
from sqltoolkit_core.sql.operators import OperatorClass, custom_op, is_precedent

x, y = column("x", Integer), column("y", Integer)


def test_precedence():
    assert is_precedent(operators.add, operators.mul) and not is_precedent(operators.mul, operators.add)
    assert not is_precedent(operators.add, operators.add) and is_precedent(operators.sub, operators.sub)
    assert is_precedent(operators.or_, operators.and_) and not is_precedent(operators.and_, operators.or_)
    assert is_precedent(custom_op("@"), operators.eq) and not is_precedent(custom_op("@", precedence=6), operators.eq)
    assert is_precedent(custom_op("@"), custom_op("@"))
    assert not is_precedent(custom_op("@", natural_self_precedent=True), custom_op("@", natural_self_precedent=True))
    assert operators.precedence_of(operators.mul) > operators.precedence_of(operators.eq)


def test_traits():
    assert operators.is_comparison(operators.in_op) and not operators.is_comparison(operators.add)
    assert operators.is_comparison(custom_op("@", is_comparison=True)) and operators.is_boolean(operators.and_)
    assert operators.is_commutative(operators.eq) and operators.is_associative(operators.concat_op)
    assert operators.is_ordering_modifier(operators.desc_op) and operators.mirror(operators.lt) is operators.gt
    assert operators.negate(operators.not_in_op) is operators.in_op and operators.negate(operators.add) is None
    assert operators.notlike_op is operators.not_like_op and operators.isnot is operators.is_not


def test_operator_classes():
    assert operators.operator_class_of(operators.eq) is OperatorClass.EQUALITY
    assert operators.operator_class_of(operators.add) & OperatorClass.CONCATENABLE
    assert OperatorClass.STRING & OperatorClass.STRING_MATCH and not OperatorClass.INTEGER & OperatorClass.STRING_MATCH
    assert operators.operator_class_of(custom_op("@", operator_class=OperatorClass.MATH)) is OperatorClass.MATH


def test_custom_op():
    op = custom_op("->", precedence=5, return_type=String, python_impl=lambda a, b: (a, b))
    assert op == custom_op("->", precedence=5, return_type=String) != custom_op("->") and "->" in repr(op)
    assert hash(op) == hash(custom_op("->", precedence=5, return_type=String))
    assert op(1, 2) == (1, 2) and str(op(x, 5)) == "x -> :x_1" and str(op(x, 5).type) == "VARCHAR"
    with pytest.raises(InvalidRequestError, match="python_impl"):
        custom_op("->")(1, 2)
    assert pickle.loads(pickle.dumps(custom_op("->", precedence=3))) == custom_op("->", precedence=3)


@pytest.mark.parametrize(
    "op, args, sql",
    [
        (operators.is_, (None,), "x IS NULL"), (operators.is_distinct_from, (5,), "x IS DISTINCT FROM :x_1"),
        (operators.between_op, (1, 2), "x BETWEEN :x_1 AND :x_2"), (operators.not_between_op, (1, 2), "x NOT BETWEEN :x_1 AND :x_2"),
        (operators.in_op, ([1],), "x IN (__[POSTCOMPILE_x_1])"), (operators.not_in_op, ([1],), "(x NOT IN (__[POSTCOMPILE_x_1]))"),
        (operators.desc_op, (), "x DESC"), (operators.nulls_last_op, (), "x NULLS LAST"), (operators.distinct_op, (), "DISTINCT x"),
        (operators.bitwise_and_op, (3,), "x & :x_1"), (operators.any_op, (), "ANY (x)"), (operators.add, (1,), "x + :x_1"),
    ],
)  # fmt: skip
def test_functions_apply_the_operator(op, args, sql):
    assert str(op(x, *args)) == sql


def test_markers_have_no_meaning_in_python():
    for op, count in ((operators.null_op, 1), (operators.comma_op, 2), (operators.from_, 0), (operators.json_getitem_op, 2)):
        with pytest.raises(NotImplementedError):
            op(*[x] * count)


def test_registry():
    def my_op(a):
        return a.operate(my_op)

    with pytest.raises(NotImplementedError, match="my_op"):
        my_op(x)

    @operators.implements(my_op)
    def build(expr, op, **kw):
        return expr + 1

    assert str(my_op(x)) == "x + :x_1" and operators.implementation(my_op) is build


arithmetic = st.recursive(
    st.sampled_from(["x", "y", "2"]),
    lambda inner: st.tuples(st.sampled_from(["+", "-", "*"]), inner, inner),
    max_leaves=8,
)


def build_expression(tree):
    if isinstance(tree, str):
        return {"x": x, "y": y}.get(tree, 2)
    op, left, right = tree
    left, right = build_expression(left), build_expression(right)
    return {"+": operators.add, "-": operators.sub, "*": operators.mul}[op](left, right)


def evaluate(tree):
    if isinstance(tree, str):
        return {"x": 7, "y": 3, "2": 2}[tree]
    op, left, right = tree
    return {"+": operators.add, "-": operators.sub, "*": operators.mul}[op](evaluate(left), evaluate(right))


@given(arithmetic)
def test_parentheses_keep_the_value(tree):
    expression = build_expression(tree)
    if isinstance(expression, int):
        return
    sql = str(expression.compile(compile_kwargs={"literal_binds": True}))
    assert eval(sql, {"x": 7, "y": 3}) == evaluate(tree)
