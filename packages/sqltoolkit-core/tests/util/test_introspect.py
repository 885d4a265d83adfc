"""Signatures, classes, and the small conversions."""

from __future__ import annotations

import pytest

from sqltoolkit_core import exc
from sqltoolkit_core import util


class Base:
    def __init__(self, a, b=2, *, c=3, **kw):
        self.a, self.b, self.c = a, b, c


class Sub(Base):
    def __init__(self, *arg, d=4, **kw):
        super().__init__(*arg, **kw)
        self.d = d


def test_keywords_of_constructors() -> None:
    assert util.get_cls_kwargs(Base) == {"a", "b", "c"}
    assert util.get_cls_kwargs(Sub) == {"a", "b", "c", "d"}
    assert set(util.get_func_kwargs(lambda x, y=1: None)) == {"x", "y"}


@pytest.mark.parametrize(
    "fn, no_self, expected",
    [
        (lambda x, y: None, False, ["x", "y"]),
        (Base, True, ["a", "b"]),
        (Base.__init__, False, ["self", "a", "b"]),
        (Base(1).__init__, True, ["a", "b"]),
    ],
)
def test_argspec(fn, no_self, expected) -> None:
    assert util.get_callable_argspec(fn, no_self=no_self).args == expected


def test_argspec_of_builtins_is_unknown() -> None:
    with pytest.raises(TypeError):
        util.get_callable_argspec(len)


def test_generic_repr() -> None:
    assert util.generic_repr(Base(1)) == "Base(1)"
    assert util.generic_repr(Base(1, b=5, c=6)) == "Base(1, b=5, c=6)"
    assert util.generic_repr(Base(1, b=5), omit_kwarg=["b"]) == "Base(1)"
    assert util.generic_repr(Sub(1, d=5), to_inspect=[Sub, Base]) == "Sub(1, d=5)"


def test_classes() -> None:
    assert set(util.walk_subclasses(Base)) == {Base, Sub}
    assert {Base, Sub} <= set(util.class_hierarchy(Sub))
    assert util.method_is_overridden(Sub, Base.__init__)
    assert not util.method_is_overridden(Base, Base.__init__)


def test_reraise() -> None:
    calls = []
    with pytest.raises(ValueError, match="first"):
        try:
            raise ValueError("first")
        except ValueError:
            with util.safe_reraise():
                calls.append("cleaned")
    assert calls == ["cleaned"]
    with pytest.raises(KeyError) as caught:
        try:
            raise ValueError("first")
        except ValueError:
            with util.safe_reraise():
                raise KeyError("second")
    assert isinstance(caught.value.__context__, ValueError)


@pytest.mark.parametrize(
    "specimen, expected",
    [([], list), (set(), set), ({}, dict), (frozenset, None), (dict, dict), (5, None)],
)
def test_duck_types(specimen, expected) -> None:
    assert util.duck_type_collection(specimen) is expected


def test_emulated_type() -> None:
    class Bag:
        __emulates__ = set

    assert util.duck_type_collection(Bag()) is set


def test_conversions() -> None:
    assert [util.asbool(word) for word in ("yes", " ON ", "1", "f", "0")] == [1, 1, 1, 0, 0]
    with pytest.raises(ValueError):
        util.asbool("perhaps")
    assert util.bool_or_str("debug")("debug") == "debug"
    assert util.bool_or_str("debug")("true") is True
    assert util.asint("5") == 5 and util.asint(None) is None
    kw = {"a": "5", "b": "no", "c": None}
    util.coerce_kw_type(kw, "a", int)
    util.coerce_kw_type(kw, "b", bool)
    util.coerce_kw_type(kw, "c", int)
    assert kw == {"a": 5, "b": False, "c": None}


@pytest.mark.parametrize(
    "text, expected",
    [
        ("name", ["name"]),
        ("a.b", ["a", "b"]),
        ('"a.b".c', ["a.b", "c"]),
        ('a."b""c"', ["a", 'b"c']),
    ],
)
def test_quoted_tokens(text, expected) -> None:
    assert util.quoted_token_parser(text) == expected


def test_only_once() -> None:
    calls = []

    def work(x):
        calls.append(x)
        if x == 1:
            raise ValueError()

    once = util.only_once(work)
    with pytest.raises(ValueError):
        once(1)
    once(2)
    assert calls == [1]
    calls.clear()
    until_it_works = util.only_once(work, retry_on_exception=True)
    with pytest.raises(ValueError):
        until_it_works(1)
    until_it_works(2)
    until_it_works(3)
    assert calls == [1, 2]


def test_choices() -> None:
    choices = {"A": ["a", True], "B": ["b"]}
    assert util.parse_user_argument_for_enum("a", choices, "x") == "A"
    assert util.parse_user_argument_for_enum(True, choices, "x") == "A"
    with pytest.raises(exc.ArgumentError, match="x"):
        util.parse_user_argument_for_enum("c", choices, "x")


def test_symbols() -> None:
    import pickle

    one = util.symbol("ONE_OF_A_KIND")
    assert one is util.symbol("ONE_OF_A_KIND") is pickle.loads(pickle.dumps(one))
