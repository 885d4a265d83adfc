"""What may be given as parameters."""

from __future__ import annotations

import pytest

from sqltoolkit_core import exc
from sqltoolkit_core.engine.base.parameters import distill_driver_parameters
from sqltoolkit_core.engine.base.parameters import distill_parameters


def test_forms():
    assert distill_parameters(None) == () and list(distill_parameters({"a": 1})) == [{"a": 1}]
    assert distill_parameters([{"a": 1}, {"a": 2}]) == [{"a": 1}, {"a": 2}]
    assert distill_driver_parameters((1, 2)) == [(1, 2)]
    assert distill_driver_parameters([(1,), (2,)]) == [(1,), (2,)]


@pytest.mark.parametrize("wrong", [[1], [(1,)], 5, "x"])
def test_wrong(wrong):
    with pytest.raises(exc.ArgumentError):
        distill_parameters(wrong)


def test_wrong_for_the_driver():
    for wrong in ([1], 5, "x"):
        with pytest.raises(exc.ArgumentError):
            distill_driver_parameters(wrong)
