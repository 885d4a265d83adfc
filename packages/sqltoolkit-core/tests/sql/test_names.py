"""Quoted names and names chosen when compiling."""

from __future__ import annotations

import pickle

import pytest

from sqltoolkit_core.sql.names import AnonLabel, AnonToken, anonymous, anonymous_parameter, is_anonymous, quoted_name


def test_quoted_name():
    name = quoted_name("Foo", True)
    assert name == "Foo" and name.quote is True and name.lower() == "Foo" == name.upper() and type(str(name)) is str
    assert quoted_name("Foo", None).lower() == "foo" and quoted_name(name, None) is name
    assert quoted_name(name, False).quote is False and repr(name) == "'Foo'"
    assert pickle.loads(pickle.dumps(name)).quote is True
    assert quoted_name.construct(None, True) is None and quoted_name.construct("a", True).quote
    with pytest.raises(TypeError):
        quoted_name(None, True)


def test_anonymous_labels():
    token = AnonToken()
    one, same, other = anonymous("a", token), anonymous("a", token), anonymous("a")
    assert one == same != other and is_anonymous(one) and not is_anonymous("a")
    assert anonymous("some name (x)").base == "some_name_x_"
    assert anonymous_parameter("_a.b: [x]_").base == "a_b_x"
    both = "t_" + one + "_1"
    assert isinstance(both, AnonLabel) and both.parts == ("t_", one, "_1") and both.base == "a"
    assert (one + other).parts == (one, other)


def test_pickled_labels_keep_their_identity_among_each_other_only():
    one = anonymous("a")
    again, twice = pickle.loads(pickle.dumps([one, one + "_x"]))
    assert again != one and twice.parts[0] == again
