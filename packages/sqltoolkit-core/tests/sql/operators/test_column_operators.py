"""Every method hands its operator to operate()."""

from __future__ import annotations

import datetime

import pytest

from sqltoolkit_core.sql import operators
from sqltoolkit_core.sql.operators import ColumnOperators, Operators


class Recorder(ColumnOperators):
    def operate(self, op, *other, **kwargs):
        return op.__name__, other, kwargs

    def reverse_operate(self, op, other, **kwargs):
        return "reverse", op.__name__, other


c = Recorder()

CALLS = [
    (lambda: c == 1, "eq"), (lambda: c != 1, "ne"), (lambda: c < 1, "lt"), (lambda: c <= 1, "le"), (lambda: c > 1, "gt"),
    (lambda: c >= 1, "ge"), (lambda: c + 1, "add"), (lambda: c - 1, "sub"), (lambda: c * 1, "mul"), (lambda: c / 1, "truediv"),
    (lambda: c // 1, "floordiv"), (lambda: c % 1, "mod"), (lambda: c**1, "pow"), (lambda: c @ 1, "matmul"), (lambda: c & 1, "and_"),
    (lambda: c | 1, "or_"), (lambda: ~c, "inv"), (lambda: -c, "neg"), (lambda: c << 1, "lshift"), (lambda: c >> 1, "rshift"),
    (lambda: c[1], "getitem"), (lambda: c.in_(1), "in_op"), (lambda: c.notin_(1), "not_in_op"), (lambda: c.like(1), "like_op"),
    (lambda: c.notlike(1), "not_like_op"), (lambda: c.ilike(1), "ilike_op"), (lambda: c.notilike(1), "not_ilike_op"),
    (lambda: c.is_(1), "is_"), (lambda: c.isnot(1), "is_not"), (lambda: c.is_distinct_from(1), "is_distinct_from"),
    (lambda: c.isnot_distinct_from(1), "is_not_distinct_from"), (lambda: c.startswith(1), "startswith_op"),
    (lambda: c.istartswith(1), "istartswith_op"), (lambda: c.endswith(1), "endswith_op"), (lambda: c.iendswith(1), "iendswith_op"),
    (lambda: c.contains(1), "contains_op"), (lambda: c.icontains(1), "icontains_op"), (lambda: c.match(1), "match_op"),
    (lambda: c.regexp_match(1), "regexp_match_op"), (lambda: c.regexp_replace(1, 2), "regexp_replace_op"), (lambda: c.desc(), "desc_op"),
    (lambda: c.asc(), "asc_op"), (lambda: c.nullsfirst(), "nulls_first_op"), (lambda: c.nullslast(), "nulls_last_op"),
    (lambda: c.collate("a"), "collate"), (lambda: c.between(1, 2), "between_op"), (lambda: c.distinct(), "distinct_op"),
    (lambda: c.any_(), "any_op"), (lambda: c.all_(), "all_op"), (lambda: c.concat(1), "concat_op"),
    (lambda: c.bitwise_and(1), "bitwise_and_op"), (lambda: c.bitwise_or(1), "bitwise_or_op"), (lambda: c.bitwise_xor(1), "bitwise_xor_op"),
    (lambda: c.bitwise_not(), "bitwise_not_op"), (lambda: c.bitwise_lshift(1), "bitwise_lshift_op"),
    (lambda: c.bitwise_rshift(1), "bitwise_rshift_op"),
]  # fmt: skip


@pytest.mark.parametrize("call, name", CALLS, ids=[name for _, name in CALLS])
def test_operators(call, name):
    assert call()[0] == name


@pytest.mark.parametrize(
    "call, name",
    [
        (lambda: 1 + c, "add"), (lambda: 1 - c, "sub"), (lambda: 1 * c, "mul"), (lambda: 1 / c, "truediv"), (lambda: 1 % c, "mod"),
        (lambda: 1 // c, "floordiv"), (lambda: 1**c, "pow"), (lambda: 1 << c, "lshift"), (lambda: 1 >> c, "rshift"), (lambda: 1 @ c, "matmul"),
    ],
)  # fmt: skip
def test_reversed(call, name):
    assert call() == ("reverse", name, 1)


def test_keyword_arguments_travel():
    assert c.like("a", escape="/") == ("like_op", ("a",), {"escape": "/"})
    assert c.between(1, 2, symmetric=True)[2] == {"symmetric": True}
    assert c.contains("a", autoescape=True)[2] == {"autoescape": True}
    assert c.regexp_match("a", flags="i")[2] == {"flags": "i"}
    assert c.op("@", precedence=3)(1)[1] == (1,) and c.bool_op("@")(1)[0] == "custom_op"
    assert c.__sa_operate__(operators.add, 1)[0] == "add"


def test_hash_iteration_and_dates():
    assert isinstance(hash(c), int) and c.timetuple is None
    with pytest.raises(TypeError):
        list(c)
    assert (datetime.date(2020, 1, 1) == c)[0] == "eq"


def test_without_operate():
    with pytest.raises(NotImplementedError, match="and_"):
        Operators() & 1
    with pytest.raises(NotImplementedError):
        Operators().reverse_operate(operators.add, 1)
