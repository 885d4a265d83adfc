"""Memoised attributes, hybrids, deprecations."""

from __future__ import annotations

import warnings

import pytest

from sqltoolkit_core import exc
from sqltoolkit_core import util


class Thing:
    calls = 0

    @util.memoized_property
    def value(self):
        """A value."""
        self.calls += 1
        return self.calls

    @util.memoized_instancemethod
    def method(self):
        self.calls += 1
        return self.calls

    @util.hybridproperty
    def name(self):
        return "instance"

    @name.classlevel
    def name(cls):
        return "class"

    @util.hybridmethod
    def do(self):
        return "instance"

    @do.classlevel
    def do(cls):
        return "class"

    @util.classproperty
    def title(cls):
        return cls.__name__


def test_memoized() -> None:
    thing = Thing()
    assert (thing.value, thing.value, thing.method(), thing.method()) == (1, 1, 2, 2)
    util.reset_memoizations(thing)
    assert thing.value == 3
    util.memoized_property.reset(thing, "value")
    assert thing.value == 4
    assert Thing.value.__doc__ == "A value."


def test_hybrids() -> None:
    assert (Thing.name, Thing().name) == ("class", "instance")
    assert (Thing.do(), Thing().do()) == ("class", "instance")
    assert (Thing.title, Thing().title) == ("Thing", "Thing")


def test_deprecated_function() -> None:
    @util.deprecated("1.1", "use other()")
    def older(x):
        """Do it."""
        return x

    with pytest.warns(exc.SADeprecationWarning, match="use other") as caught:
        assert older(5) == 5
    assert caught[0].filename == __file__
    assert caught[0].message.deprecated_since == "1.1"
    assert "Deprecated since" in older.__doc__ and older.__name__ == "older"


def test_deprecated_parameter() -> None:
    @util.deprecated_params(old=("1.2", "old is old"))
    def function(a, old=None, *, new=None):
        return a

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert function(1, new=2) == 1
    for call in (lambda: function(1, old=2), lambda: function(1, 2)):
        with pytest.warns(exc.SADeprecationWarning, match="old is old"):
            call()


def test_defaults_given_as_values_are_no_use_of_a_deprecated_parameter() -> None:
    @util.deprecated_params(old=("1.2", "old is old"))
    def function(a, old=3):
        return a + old

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert function(1, 3) == function(1, old=3) == 4
    with pytest.warns(exc.SADeprecationWarning, match="old is old"):
        function(1, old=0)


def test_older_api() -> None:
    @util.became_legacy_20("Thing.get", alternative="other()")
    def get():
        return 1

    @util.moved_20("it moved")
    def moved():
        return 2

    with pytest.warns(exc.LegacyAPIWarning, match="other"):
        assert get() == 1
    with pytest.warns(exc.MovedIn20Warning, match="moved"):
        assert moved() == 2


def test_warnings_point_at_the_caller() -> None:
    with pytest.warns(exc.SAWarning, match="beware") as caught:
        util.warn("beware", code="abcd")
    assert caught[0].filename == __file__
    assert "abcd" in str(caught[0].message)


def test_limited_warnings_do_not_fill_the_registry() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        globals().pop("__warningregistry__", None)
        for number in range(200):
            util.warn_limited("value %s", (number,))
    assert 1 <= len(caught) <= 10
