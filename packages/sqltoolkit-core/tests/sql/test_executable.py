"""Options, execution options and extensions of statements."""

from __future__ import annotations

import pickle
import sys

import pytest

from sqltoolkit_core import (
    Integer, column, delete, exc, exists, func, insert, select, table, text, update,
)  # fmt: skip
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.sql.cache_key import HasCacheKey, KeyKind
from sqltoolkit_core.sql.executable import ExecutableOption, OptionSet, SyntaxExtension, UserDefinedOption

t = table("t", column("x", Integer))


def test_execution_options():
    one = select(t.c.x).execution_options(a=1)
    two = one.execution_options(b=2, a=3)
    assert dict(one.get_execution_options()) == {"a": 1} and dict(two.get_execution_options()) == {"a": 3, "b": 2}
    assert dict(text("a").execution_options(x=1).get_execution_options()) == {"x": 1}
    for name in ("isolation_level", "compiled_cache"):
        with pytest.raises(exc.ArgumentError, match=name):
            one.execution_options(**{name: None})


class Keyed(HasCacheKey, ExecutableOption):
    cache_key_fields = (("n", KeyKind.PLAIN),)

    def __init__(self, n):
        self.n = n


def test_options_and_cache_keys():
    plain = select(t.c.x)
    key = plain.options(Keyed(1))._generate_cache_key().key
    assert key == plain.options(Keyed(1))._generate_cache_key().key
    assert key not in (plain._generate_cache_key().key, plain.options(Keyed(2))._generate_cache_key().key)
    user = plain.options(UserDefinedOption("payload"))
    assert user._with_options[0].payload == "payload"
    assert user._generate_cache_key().key == plain.options(UserDefinedOption())._generate_cache_key().key
    with pytest.raises(exc.ArgumentError, match="options"):
        plain.options("no option")


class Flags(OptionSet):
    deep = False
    names = ()
    hidden = None
    uncached = frozenset(["hidden"])


def test_option_set():
    one = Flags(deep=True)
    two = one.merge(names=("a",))
    assert one.names == () and two.deep and two.names == ("a",) and one == Flags(deep=True) != two
    assert (one + {"deep": False}).deep is False and hash(one) == hash(Flags(deep=True))
    assert repr(two) == "Flags(deep=True, names=('a',))" and pickle.loads(pickle.dumps(two)) == two
    with pytest.raises(TypeError, match="no option"):
        Flags(shallow=1)
    found, options = Flags.from_execution_options("flags", ("deep",), {"deep": True}, {"names": "x"})
    assert found.deep and options["flags"] is found
    same, untouched = Flags.from_execution_options("flags", ("deep",), {}, {})
    assert same == Flags() and untouched == {}


def test_option_set_in_keys():
    def key(**kw):
        out = []
        Flags(**kw)._flat(out, [], {})
        return out

    assert key(deep=True) == key(deep=True, hidden=5) != key(deep=1)


def test_compile_with_cache():
    dialect, cache = DefaultDialect(), {}
    one, _, did = select(t.c.x).where(t.c.x == 5)._compile_w_cache(dialect, compiled_cache=cache)
    assert did is dialect.CACHE_MISS and len(cache) == 1
    two, binds, did = select(t.c.x).where(t.c.x == 6)._compile_w_cache(dialect, compiled_cache=cache)
    assert two is one and did is dialect.CACHE_HIT and binds[0].value == 6
    _, _, did = select(t.c.x)._compile_w_cache(dialect, compiled_cache=None)
    assert did is dialect.CACHING_DISABLED
    many, _, _ = select(t.c.x).where(t.c.x == 5)._compile_w_cache(dialect, compiled_cache=cache, for_executemany=True)
    assert many is not one and len(cache) == 2


def test_syntax_extension_refuses_what_it_does_not_know():
    class Mine(SyntaxExtension):
        pass

    extension = Mine()
    assert extension.append_replacing_same_type([Mine(), 1]) == [1, extension]
    for name in ("select", "insert", "update", "delete"):
        with pytest.raises(NotImplementedError):
            getattr(extension, "apply_to_" + name)(None)


def test_statements_know_the_line_that_built_them():
    line = sys._getframe().f_lineno + 1
    first = select(t.c.x).where(t.c.x == 1)
    assert first.built_at == "%s:%d in test_statements_know_the_line_that_built_them" % (__file__, line)
    assert first.limit(2).built_at == first.built_at
    calls = [t.select, t.insert, t.update, t.delete, t.join(t.alias(), text("1")).select, func.now().select,
             exists().select, lambda: insert(t), lambda: update(t), lambda: delete(t)]  # fmt: skip
    for call in calls:
        assert call().built_at.startswith(__file__), call
    # it is no part of the statement
    second = select(t.c.x).where(t.c.x == 1)
    assert first.built_at != second.built_at and first.compare(second)
    assert first._generate_cache_key() == second._generate_cache_key()
    loaded = pickle.loads(pickle.dumps(first))
    assert loaded.built_at is None and str(loaded) == str(first)
    loaded.note_site(sys._getframe())
    assert loaded.built_at.startswith(__file__)
