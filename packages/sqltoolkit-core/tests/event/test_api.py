"""The functions of ``event``: decorators and questions."""

from __future__ import annotations

import pytest

from sqltoolkit_core import event
from sqltoolkit_core import exc


class Family(event.Events):
    def happened(self, x):
        """Something."""


class Target:
    dispatch = event.dispatcher(Family)


def test_decorator_returns_the_function() -> None:
    one, calls = Target(), []

    @event.listens_for(one, "happened")
    @event.listens_for(one, "happened", named=True)
    def listener(x):
        calls.append(x)

    assert listener.__name__ == "listener"
    one.dispatch.happened(7)
    assert calls == [7, 7]
    assert event.contains(one, "happened", listener)
    assert not event.contains(Target, "happened", listener)
    event.remove(one, "happened", listener)
    one.dispatch.happened(8)
    assert calls == [7, 7]


def test_answers_are_constants() -> None:
    assert event.CANCEL is not event.NO_RETVAL
    assert event.CANCEL and event.NO_RETVAL


def test_unknown_event_is_refused_by_every_function() -> None:
    for function in (event.listen, event.remove, event.contains):
        with pytest.raises(exc.InvalidRequestError, match="nothing"):
            function(Target(), "nothing", lambda: None)
