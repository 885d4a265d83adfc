"""The small collections, compared with the builtin ones they stand beside."""

from __future__ import annotations

import copy
import pickle
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqltoolkit_core import util

small = st.lists(st.integers(0, 6), max_size=8)


@given(small, small)
def test_ordered_set_agrees_with_set(one, two) -> None:
    a, b = util.OrderedSet(one), util.OrderedSet(two)
    x, y = set(one), set(two)
    assert set(a | b) == x | y
    assert set(a & b) == x & y
    assert set(a - b) == x - y
    assert set(a ^ b) == x ^ y
    assert (a <= b, a >= b, a < b, a > b, a == b) == (x <= y, x >= y, x < y, x > y, x == y)
    assert list(a) == list(dict.fromkeys(one))
    assert list(a | b) == list(a + two) == list(dict.fromkeys(one + two))
    assert util.duck_type_collection(a) is set


@given(small, small)
def test_identity_set_agrees_with_set_of_ids(one, two) -> None:
    pool = [object() for _ in range(7)]
    a = util.IdentitySet(pool[i] for i in one)
    b = util.IdentitySet(pool[i] for i in two)
    x, y = set(one), set(two)
    place = {id(item): index for index, item in enumerate(pool)}
    for ours, theirs in ((a | b, x | y), (a & b, x & y), (a - b, x - y), (a ^ b, x ^ y)):
        assert {place[id(item)] for item in ours} == theirs
    assert (a <= b, a >= b, a < b, a > b, a == b) == (x <= y, x >= y, x < y, x > y, x == y)


def test_identity_set_needs_no_hash() -> None:
    one, two = [], []
    found = util.IdentitySet([one])
    assert one in found and two not in found
    assert len(pickle.loads(pickle.dumps(found))) == 1


def test_immutabledict() -> None:
    base = util.immutabledict({"a": 1})
    for change in (
        lambda: base.__setitem__("b", 2),
        lambda: base.pop("a"),
        lambda: base.update(b=2),
        lambda: base.clear(),
        lambda: base.setdefault("a", 2),
        lambda: setattr(base, "x", 1),
    ):
        with pytest.raises(TypeError):
            change()
    assert base.union({"b": 2}) == {"a": 1, "b": 2}
    assert base.union({"a": 3}) == {"a": 3}
    assert base.union({}) is base
    assert base.merge_with({"b": 1}, None, {"b": 2}) == {"a": 1, "b": 2}
    assert base.merge_with(None, {}) is base
    assert hash(base) == hash(util.immutabledict({"a": 1}))
    assert copy.copy(base) is base
    assert pickle.loads(pickle.dumps(base)) == base
    assert type(base | {"c": 1}) is util.immutabledict
    assert ({"a": 2} | base if hasattr(dict, "__or__") else {"a": 1}) == {"a": 1}


def test_lru_cache_drops_what_is_not_used() -> None:
    alerts = []
    cache = util.LRUCache(4, threshold=0.5, size_alert=alerts.append)
    for key in range(6):
        cache[key] = key
    assert not alerts
    assert cache[0] == 0
    cache[6] = 6
    assert len(cache) == 4
    assert 0 in cache and 1 not in cache
    assert alerts == [cache]
    assert cache.get(1, "none") == "none"


def test_lru_cache_in_threads() -> None:
    cache = util.LRUCache(10)

    def work() -> None:
        for number in range(3000):
            cache[number % 40] = number
            cache.get((number * 7) % 40)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(cache) <= cache.size_threshold + 4


def test_registries() -> None:
    scope = ["a"]
    made = []
    registry = util.ScopedRegistry(lambda: made.append(1) or len(made), lambda: scope[0])
    assert (registry(), registry()) == (1, 1)
    scope[0] = "b"
    assert not registry.has()
    assert registry() == 2
    registry.clear()
    assert registry() == 3
    local = util.ThreadLocalRegistry(object)
    mine, others = local(), []
    thread = threading.Thread(target=lambda: others.append(local()))
    thread.start()
    thread.join()
    assert local() is mine and others[0] is not mine


def test_lists() -> None:
    assert util.unique_list([3, 1, 3, 2, 1]) == [3, 1, 2]
    assert util.unique_list(["a", "A", "b"], str.lower) == ["a", "b"]
    assert util.to_list(None) is None
    assert util.to_list(None, []) == []
    assert util.to_list("ab") == ["ab"]
    assert util.to_list((1, 2)) == [1, 2]
    assert util.to_set(None) == set()
    assert list(util.flatten_iterator([1, [2, ["ab", (3,)]]])) == [1, 2, "ab", 3]
    assert util.merge_lists_w_ordering(["a", "c", "e"], ["b", "c", "d", "e"]) == list("abcde")


def test_properties() -> None:
    found = util.Properties({"a": 1})
    found.b = 2
    assert (found.a, found["b"], list(found), "b" in found) == (1, 2, [1, 2], True)
    with pytest.raises(AttributeError):
        found.c
    with pytest.raises(TypeError):
        found.as_readonly().c = 3
