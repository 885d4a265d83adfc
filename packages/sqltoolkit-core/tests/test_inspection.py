"""The registry of ``inspect()``."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column, MetaData, Sequence, UniqueConstraint, exc
from sqltoolkit_core import inspection


def test_by_type_and_base() -> None:
    class One:
        pass

    class Two(One):
        pass

    class Own:
        pass

    inspection.inspects(One)(lambda subject: ("one", subject))
    inspection.self_inspecting(Own)
    one, two, own = One(), Two(), Own()
    assert inspection.inspect(one) == ("one", one)
    assert inspection.inspect(two) == ("one", two)
    assert inspection.inspect(own) is own
    with pytest.raises(AssertionError):
        inspection.inspects(One)(lambda subject: None)
    inspection.inspects(Two)(lambda subject: None)
    assert inspection.inspect(two) == ("one", two)


def test_schema_objects_are_their_own_inspection() -> None:
    for item in (MetaData(), UniqueConstraint("x"), Sequence("s"), Column("c")):
        assert inspection.inspect(item) is item


def test_unknown() -> None:
    with pytest.raises(exc.NoInspectionAvailable):
        inspection.inspect(object())
    assert inspection.inspect(object(), raiseerr=False) is None
