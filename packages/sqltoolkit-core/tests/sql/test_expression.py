"""The facade has every name once and defines nothing."""

from __future__ import annotations

import pytest

import sqltoolkit_core
from sqltoolkit_core.sql import expression


@pytest.mark.parametrize("name", [name for name in expression.__all__ if "ambda" not in name])
def test_names_resolve(name):
    made = getattr(expression, name)
    top = getattr(sqltoolkit_core, name, made)
    assert top is made


def test_all_is_sorted_and_unique():
    assert expression.__all__ == sorted(set(expression.__all__))


def test_unknown_name():
    with pytest.raises(AttributeError, match="nonsense"):
        expression.nonsense
