"""Event families: who is called, in which order, and who no longer."""

from __future__ import annotations

import gc
import pickle
import weakref

import pytest

from sqltoolkit_core import event
from sqltoolkit_core import exc


@pytest.fixture()
def target():
    class TargetEvents(event.Events):
        def one(self, x, y):
            """The first."""

        def two(self, x, **kw):
            """The second."""

    class Target:
        dispatch = event.dispatcher(TargetEvents)
        has_events = False

    return Target


def collector(name, calls):
    def listener(*args):
        calls.append((name,) + args)

    return listener


def test_nobody_listens(target) -> None:
    one = target()
    assert not one.dispatch.one
    assert len(one.dispatch.one) == 0
    one.dispatch.one(1, 2)
    assert one.dispatch.one is target().dispatch.one
    assert not one.dispatch.any


def test_class_then_instance_in_order(target) -> None:
    calls = []
    class_one, class_two, mine = (collector(n, calls) for n in ("c1", "c2", "i"))
    one = target()
    event.listen(one, "one", mine)
    event.listen(target, "one", class_one)
    event.listen(target, "one", class_two, insert=True)
    one.dispatch.one(1, 2)
    assert [call[0] for call in calls] == ["c2", "c1", "i"]
    calls.clear()
    target().dispatch.one(1, 2)
    assert [call[0] for call in calls] == ["c2", "c1"]
    assert one.dispatch.any


def test_subclasses_made_before_and_after(target) -> None:
    calls = []
    event.listen(target, "one", collector("early", calls))

    class Sub(target):
        pass

    class Other(target):
        pass

    sub = Sub()
    event.listen(Sub, "one", collector("sub", calls))
    event.listen(target, "one", collector("late", calls))
    sub.dispatch.one(1, 2)
    assert [call[0] for call in calls] == ["early", "sub", "late"]
    calls.clear()
    Other().dispatch.one(1, 2)
    assert [call[0] for call in calls] == ["early", "late"]


def test_class_that_keeps_to_itself(target) -> None:
    calls = []

    class Sub(target):
        propagate_class_events = False

    event.listen(target, "one", collector("base", calls))
    Sub().dispatch.one(1, 2)
    assert calls == []


def test_flag_for_the_hot_path(target) -> None:
    one = target()
    event.listen(one, "one", lambda x, y: None)
    assert one.has_events and not target.has_events
    event.listen(target, "one", lambda x, y: None)
    assert target().has_events


def test_named_and_once(target) -> None:
    calls = []
    one = target()
    event.listen(one, "one", lambda **kw: calls.append(kw), named=True)
    event.listen(one, "two", lambda x, **kw: calls.append((x, kw)), named=True)
    event.listen(one, "one", lambda x, y: calls.append("once"), once=True)
    one.dispatch.one(1, 2)
    one.dispatch.one(3, 4)
    one.dispatch.two(5, z=6)
    assert calls == [{"x": 1, "y": 2}, "once", {"x": 3, "y": 4}, (5, {"z": 6})]


@pytest.mark.parametrize("on_class", [True, False])
def test_removal(target, on_class) -> None:
    calls = []
    one = target()
    where = target if on_class else one
    listener = collector("l", calls)
    event.listen(where, "one", listener)
    assert event.contains(where, "one", listener)
    event.remove(where, "one", listener)
    assert not event.contains(where, "one", listener)
    one.dispatch.one(1, 2)
    assert calls == []
    with pytest.raises(exc.InvalidRequestError):
        event.remove(where, "one", listener)
    event.listen(where, "one", listener)
    one.dispatch.one(1, 2)
    assert len(calls) == 1


def test_same_function_for_two_targets(target) -> None:
    calls = []
    one, two = target(), target()
    listener = collector("l", calls)
    event.listen(one, "one", listener)
    event.listen(two, "one", listener)
    event.remove(one, "one", listener)
    one.dispatch.one(1, 2)
    two.dispatch.one(3, 4)
    assert calls == [("l", 3, 4)]


def test_bound_methods_are_the_same_each_time(target) -> None:
    class Listener:
        def __init__(self):
            self.calls = []

        def on(self, x, y):
            self.calls.append((x, y))

    listener, one = Listener(), target()
    event.listen(one, "one", listener.on)
    one.dispatch.one(1, 2)
    event.remove(one, "one", listener.on)
    one.dispatch.one(1, 2)
    assert listener.calls == [(1, 2)]


def test_listeners_may_come_and_go_during_a_call(target) -> None:
    calls = []
    one = target()

    def first(x, y):
        calls.append("first")
        event.remove(one, "one", first)
        event.listen(one, "one", lambda x, y: calls.append("later"))

    event.listen(one, "one", first)
    event.listen(one, "one", lambda x, y: calls.append("second"))
    one.dispatch.one(1, 2)
    assert calls == ["first", "second"]
    one.dispatch.one(1, 2)
    assert calls == ["first", "second", "second", "later"]


def test_join_sees_later_listeners_of_both(target) -> None:
    calls = []
    parent, child = target(), target()
    child.dispatch = child.dispatch.join(parent.dispatch)
    child.dispatch.one(0, 0)
    event.listen(child, "one", collector("child", calls))
    event.listen(parent, "one", collector("parent", calls))
    child.dispatch.one(1, 2)
    assert [call[0] for call in calls] == ["parent", "child"]
    assert child.dispatch.one and len(child.dispatch.one) == 2
    parent.dispatch.one(1, 2)
    assert [call[0] for call in calls] == ["parent", "child", "parent"]


def test_update_takes_what_propagates(target) -> None:
    calls = []
    one, two, three = target(), target(), target()
    keep = collector("keep", calls)
    event.listen(one, "one", keep, propagate=True)
    event.listen(one, "one", collector("stay", calls))
    two.dispatch.update(one.dispatch)
    two.dispatch.update(one.dispatch)
    two.dispatch.one(1, 2)
    assert [call[0] for call in calls] == ["keep"]
    three.dispatch.update(one.dispatch, only_propagate=False)
    assert len(three.dispatch.one) == 2
    event.remove(one, "one", keep)
    assert len(two.dispatch.one) == 0 and len(three.dispatch.one) == 1


def test_once_for_all_until_it_goes_well(target) -> None:
    calls = []
    one = target()

    def failing(x, y):
        calls.append(x)
        if x < 2:
            raise ValueError(x)

    event.listen(one, "one", failing)
    collection = one.dispatch.for_modify("one")
    for number in (0, 1):
        with pytest.raises(ValueError):
            collection.exec_once_unless_exception(number, 0)
    collection.exec_once_unless_exception(2, 0)
    collection.exec_once_unless_exception(3, 0)
    assert calls == [0, 1, 2]


def test_family_changes_the_listener() -> None:
    class Adapting(event.Events):
        @classmethod
        def listen(cls, key, *, double=False, **kw):
            if double:
                fn = key.listener
                key = key.wrapped(lambda x: fn(x * 2))
            super().listen(key, **kw)

        def changed(self, x):
            """Something."""

    class Target:
        dispatch = event.dispatcher(Adapting)

    calls = []
    one = Target()
    event.listen(one, "changed", calls.append, double=True)
    one.dispatch.changed(4)
    event.remove(one, "changed", calls.append)
    one.dispatch.changed(4)
    assert calls == [8]


def test_family_accepts_what_stands_for_a_target() -> None:
    class Family(event.Events):
        @classmethod
        def accept_target(cls, target, identifier):
            return Target if target == "all targets" else None

        def happened(self):
            """Something."""

    class Target:
        dispatch = event.dispatcher(Family)

    calls = []
    event.listen("all targets", "happened", lambda: calls.append(1))
    Target().dispatch.happened()
    assert calls == [1]
    with pytest.raises(exc.InvalidRequestError):
        event.listen("others", "happened", lambda: None)


def test_older_parameters() -> None:
    class Family(event.Events):
        @event.legacy_signature("0.9", ["x", "y"])
        def three(self, x, y, z):
            """Has grown."""

        @event.legacy_signature("0.9", ["a", "b", "c"], lambda x, y: (x, y, x + y))
        def two(self, x, y):
            """Has shrunk."""

    class Target:
        dispatch = event.dispatcher(Family)

    calls = []
    one = Target()
    event.listen(one, "three", lambda x, y: calls.append((x, y)))
    event.listen(one, "two", lambda a, b, c: calls.append((a, b, c)))
    event.listen(one, "two", lambda x, y: calls.append((x, y)))
    with pytest.warns(exc.SADeprecationWarning, match="write it as"):
        one.dispatch.three(1, 2, 3)
    with pytest.warns(exc.SADeprecationWarning):
        one.dispatch.two(1, 2)
    assert calls == [(1, 2), (1, 2, 3), (1, 2)]


def test_wrong_use(target) -> None:
    with pytest.raises(exc.InvalidRequestError, match="nothing"):
        event.listen(target(), "nothing", lambda: None)
    with pytest.raises(exc.ArgumentError):
        event.listen(target(), "one", 5)
    with pytest.raises(TypeError):
        event.listen(target(), "one", lambda x, y: None, no_such_option=1)
    with pytest.raises(AttributeError):
        target().dispatch.nothing


def test_slots() -> None:
    class Family(event.Events):
        def happened(self, x):
            """Something."""

    class Roomy:
        __slots__ = ("event_dispatch",)
        dispatch = event.dispatcher(Family)

    class Full:
        __slots__ = ()
        dispatch = event.dispatcher(Family)

    calls = []
    one = Roomy()
    event.listen(one, "happened", calls.append)
    one.dispatch.happened(1)
    assert calls == [1]
    with pytest.raises(TypeError, match="event_dispatch"):
        event.listen(Full(), "happened", calls.append)


def test_targets_and_subclasses_are_not_kept_alive(target) -> None:
    one = target()
    event.listen(one, "one", lambda x, y: None)

    class Sub(target):
        pass

    sub = Sub()
    sub.dispatch.one(1, 2)
    refs = [weakref.ref(one), weakref.ref(Sub)]
    del one, sub, Sub
    gc.collect()
    assert [ref() for ref in refs] == [None, None]


class PickledEvents(event.Events):
    def happened(self):
        """Something."""


class Pickled:
    dispatch = event.dispatcher(PickledEvents)


def test_pickled_without_its_listeners() -> None:
    one = Pickled()
    event.listen(one, "happened", lambda: None)
    copied = pickle.loads(pickle.dumps(one))
    assert len(one.dispatch.happened) == 1 and not copied.dispatch.happened
