"""The functions of ``event``: decorators and questions."""

from __future__ import annotations

import subprocess
import sys

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
    def listener(x):
        calls.append(x)

    assert listener.__name__ == "listener"
    one.dispatch.happened(7)
    assert calls == [7]
    assert event.contains(one, "happened", listener)
    assert not event.contains(Target, "happened", listener)
    event.remove(one, "happened", listener)
    one.dispatch.happened(8)
    assert calls == [7]


def test_answers_are_constants() -> None:
    assert event.CANCEL is not event.NO_RETVAL
    assert event.CANCEL and event.NO_RETVAL


def test_unknown_event_is_refused_by_every_function() -> None:
    for function in (event.listen, event.remove, event.contains):
        with pytest.raises(exc.InvalidRequestError, match="nothing"):
            function(Target(), "nothing", lambda: None)


def test_a_function_listens_to_an_instance_once() -> None:
    """Code that sets up listeners may run twice; the first registration is the one that counts."""
    one, other, calls = Target(), Target(), []

    def listener(x):
        calls.append(x)

    for target in (one, one, other):
        event.listen(target, "happened", listener)
    event.listen(one, "happened", listener, named=True, insert=True)
    one.dispatch.happened(1)
    other.dispatch.happened(2)
    assert calls == [1, 2]
    event.remove(one, "happened", listener)
    one.dispatch.happened(3)
    event.listen(one, "happened", listener)
    one.dispatch.happened(4)
    assert calls == [1, 2, 4]


def test_the_class_and_the_instance_are_two_targets() -> None:
    one, calls = Target(), []

    def listener(x):
        calls.append(x)

    event.listen(Target, "happened", listener)
    event.listen(one, "happened", listener)
    one.dispatch.happened(1)
    event.remove(Target, "happened", listener)
    one.dispatch.happened(2)
    assert calls == [1, 1, 2]


def test_once_is_once_however_often_it_is_asked_for() -> None:
    one, calls = Target(), []
    for _ in range(2):
        event.listen(one, "happened", calls.append, once=True)
    one.dispatch.happened(1)
    one.dispatch.happened(2)
    assert calls == [1]


@pytest.mark.parametrize(
    "module, name, identifier",
    [
        ("", "Engine", "connect"),
        ("", "Engine", "before_cursor_execute"),
        (".engine.base", "Engine", "checkout"),
        (".engine", "Connection", "begin"),
        (".engine", "Dialect", "do_connect"),
        (".dialects.sqlite", "dialect", "do_connect"),
        (".pool", "Pool", "checkin"),
        ("", "Table", "before_create"),
    ],
)
def test_the_first_thing_a_program_does_may_be_to_listen(module, name, identifier) -> None:
    code = "from sqltoolkit_core import event; from sqltoolkit_core%s import %s; event.listen(%s, '%s', print)" % (
        module, name, name, identifier
    )  # fmt: skip
    subprocess.run([sys.executable, "-c", code], check=True)


_MANY_FIRST = """
import sys, threading
import sqltoolkit_core as tk
sys.setswitchinterval(1e-6)
together, failed = threading.Barrier(6), []

def listen():
    together.wait()
    try:
        tk.event.listen(tk.Engine, "before_cursor_execute", print)
    except tk.exc.InvalidRequestError as error:
        failed.append(error)

threads = [threading.Thread(target=listen) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failed, failed
"""


def test_several_threads_may_be_the_first_to_listen() -> None:
    for _ in range(3):
        subprocess.run([sys.executable, "-c", _MANY_FIRST], check=True)
