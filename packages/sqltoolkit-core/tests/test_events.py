"""The facade of the event families."""

from __future__ import annotations

import pytest

from sqltoolkit_core import event
from sqltoolkit_core import events


@pytest.mark.parametrize("name", events.__all__)
def test_every_name_is_there(name) -> None:
    assert getattr(events, name).__name__ == name


def test_families_know_their_events() -> None:
    families = [getattr(events, name) for name in events.__all__ if name.endswith("Events")]
    assert len(families) == 4
    for family in families:
        assert issubclass(family, event.Events)
        assert family.event_names
        assert not {"accept_target", "listen"} & set(family.event_names)
