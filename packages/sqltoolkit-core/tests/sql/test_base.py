"""Generative methods, keyword arguments of dialects, singletons."""

from __future__ import annotations

import pickle

import pytest

from sqltoolkit_core import exc, false, null, true
from sqltoolkit_core.sql.base import (
    NO_ARG, DialectKWArgConst, DialectKWArgs, EntityMark, Generative, SchemaEventTarget, generative,
)  # fmt: skip
from sqltoolkit_core.sql.traversals import memoize


class Query(Generative):
    parts = ()

    @generative
    def add(self, *parts, times=1):
        """Add parts."""
        self.parts += parts * times


def test_generative_methods_work_on_a_copy():
    one = Query()
    memoize(one, "memo", 1)
    two = one.add("a", times=2)
    assert one.parts == () and two.parts == ("a", "a") and not hasattr(two, "memo")
    assert Query.add.__doc__ == "Add parts."
    Query.add.non_generative(one, "b")
    assert one.parts == ("b",)


class Thing(DialectKWArgs):
    def __init__(self, **kw):
        self._take_dialect_kwargs(kw)


Thing.argument_for("sqlite", "heart", "default")


def test_dialect_arguments():
    thing = Thing(sqlite_heart=5)
    assert dict(thing.dialect_kwargs) == {"sqlite_heart": 5} == dict(thing.kwargs)
    assert thing.dialect_options["sqlite"]["heart"] == 5
    assert Thing().dialect_options["sqlite"]["heart"] == "default" and not dict(Thing().kwargs)
    thing.dialect_kwargs["sqlite_heart"] = 6
    assert thing.kwargs["sqlite_heart"] == 6 and len(thing.kwargs) == 1
    del thing.kwargs["sqlite_heart"]
    assert thing.kwargs["sqlite_heart"] == "default"
    assert pickle.loads(pickle.dumps(Thing(sqlite_heart=7))).kwargs["sqlite_heart"] == 7


def test_wrong_dialect_arguments():
    with pytest.raises(exc.ArgumentError, match="heart"):
        Thing(sqlite_brain=5)
    with pytest.raises(TypeError, match="takes no argument"):
        Thing(nothing=5)
    with pytest.warns(exc.SAWarning, match="no dialect named"):
        assert dict(Thing(unheard_of=5).kwargs) == {"unheard_of": 5}
    with pytest.raises(KeyError):
        Thing().kwargs["nonsense"]


def test_arguments_for_dialects_that_are_not_installed(recwarn):
    assert dict(Thing(mysql_engine="InnoDB").kwargs) == {"mysql_engine": "InnoDB"}
    assert not recwarn.list


def test_get_dialect_option():
    class SQLite:
        name = "sqlite"

    assert Thing(sqlite_heart=5).get_dialect_option(SQLite, "heart") == 5
    only = Thing(sqlite_heart=DialectKWArgConst.REFLECTED_ONLY)
    assert only.get_dialect_option(SQLite, "heart", else_=3) == 3
    assert only.reflect_only_elements == {"sqlite_heart"}


def test_singletons():
    assert null() is null() and true() is true() and false() is not true()
    assert pickle.loads(pickle.dumps(null())) is null() and null()._clone() is null()
    assert repr(NO_ARG) == "NO_ARG"


def test_entity_mark():
    subject = object()
    assert EntityMark("a", subject) == EntityMark("a", subject) != EntityMark("a", object())
    assert hash(EntityMark("a", subject)) == hash(EntityMark("a", subject))


def test_attaching_announces_itself():
    calls = []

    class Dispatch:
        def before_parent_attach(self, target, parent):
            calls.append("before")

        def after_parent_attach(self, target, parent):
            calls.append("after")

    class Item(SchemaEventTarget):
        def _set_parent(self, parent, **kw):
            calls.append(parent)

    Item()._set_parent_with_dispatch(1)
    item = Item()
    item.dispatch = Dispatch()
    item._set_parent_with_dispatch(2)
    assert calls == [1, "before", 2, "after"]
