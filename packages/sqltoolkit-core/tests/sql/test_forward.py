"""Late slots are filled once, by the top-level package."""

from __future__ import annotations

import pytest

import sqltoolkit_core  # noqa: F401
from sqltoolkit_core.sql.forward import Slots, slots, string_dialect


def test_every_slot_has_a_value():
    assert set(slots.places) == set(Slots.__annotations__)
    for name in slots.places:
        assert getattr(slots, name) is not None


def test_empty_and_unknown_slots():
    empty = Slots()
    with pytest.raises(AttributeError, match="not filled"):
        empty.select
    with pytest.raises(AttributeError, match="differ"):
        empty.fill("package", {"nonsense": (".a", "b")})


def test_helpers():
    assert string_dialect() is string_dialect()
    assert str(slots.function("lower", "a")) == "lower(:lower_1)"
    assert slots.load_dialect("sqlite").name == "sqlite"
