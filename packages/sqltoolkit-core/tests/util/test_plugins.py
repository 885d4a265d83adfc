"""Registries of named objects."""

from __future__ import annotations

import pytest

from sqltoolkit_core import exc
from sqltoolkit_core import util


def test_by_call_by_place_and_by_function() -> None:
    loader = util.PluginLoader("a.group", lambda name: (lambda: name) if name == "auto" else None)
    loader.register("number", 5)
    loader.register("path", "os.path", "join")
    import os

    assert loader.load("number") == 5
    assert loader.load("path") is os.path.join
    assert loader.load("auto") == "auto"
    loader.register("number", 6)
    assert loader.load("number") == 6
    loader.deregister("number")
    with pytest.raises(exc.NoSuchModuleError, match="a.group:number"):
        loader.load("number")
    loader.clear()
    with pytest.raises(exc.NoSuchModuleError):
        loader.load("path")


def test_near_miss_is_named() -> None:
    loader = util.PluginLoader("a.group")
    loader.register("postgresql", 5)
    with pytest.raises(exc.NoSuchModuleError, match="'postgresql' meant"):
        loader.load("postgresq")


def test_entry_points(monkeypatch) -> None:
    class EntryPoint:
        name = "installed"

        @staticmethod
        def load():
            return "found"

    from sqltoolkit_core.util import plugins

    monkeypatch.setattr(plugins, "_entry_points", lambda group: [EntryPoint])
    assert util.PluginLoader("a.group").load("installed") == "found"


def test_entry_points_are_looked_up_for_real() -> None:
    with pytest.raises(exc.NoSuchModuleError):
        util.PluginLoader("sqltoolkit.no_such_group").load("anything")
