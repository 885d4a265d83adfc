"""URLs: parsing, rendering, changing; and which dialect a name means."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st

from sqltoolkit_core import exc
from sqltoolkit_core.engine import url as url_module
from sqltoolkit_core.engine.url import URL
from sqltoolkit_core.engine.url import make_url

PARTS = ("drivername", "username", "password", "host", "port", "database", "query")


@pytest.mark.parametrize(
    "text, expected",
    [
        ("sqlite://", {}),
        ("sqlite:///", {"database": ""}),
        ("sqlite:////abs/x.db", {"database": "/abs/x.db"}),
        ("db://u:p@h:5432/d", dict(username="u", password="p", host="h", port=5432, database="d")),
        ("db+drv://h?x=1", dict(host="h", query={"x": "1"})),
        ("db://[::1]:80/d", dict(host="::1", port=80, database="d")),
        ("db://u:p/w?x@h/d", dict(username="u", password="p/w?x", host="h", database="d")),
        ("db://u%40x:p%2Fw+ @h", dict(username="u@x", password="p/w+ ", host="h")),
        ("db://u@n:pw@h", dict(username="u@n", password="pw", host="h")),
        ("db://u:a@b@h", dict(username="u", password="a", host="b@h")),
        ("db://:@h", dict(username="", password="", host="h")),
        ("db://@h", dict(username="", host="h")),
        ("db:///?a=1&a=2&b=%20+c&empty=", dict(database="", query={"a": ("1", "2"), "b": "  c"})),
        ("db://h/d%2F%3F#x", dict(host="h", database="d/?#x")),
    ],
)
def test_parsing(text, expected) -> None:
    found = make_url(text)
    wanted = dict.fromkeys(PARTS[1:])
    wanted.update({"query": {}}, **expected)
    assert {name: getattr(found, name) for name in PARTS[1:]} == wanted
    assert found.drivername == text.partition("://")[0]


@pytest.mark.parametrize("text", ["", "db", "db:/x", "d-b://h", "a.b://h", "db://[::1/d", "db://[::1]x"])
def test_no_url(text) -> None:
    with pytest.raises(exc.ArgumentError):
        make_url(text)


@pytest.mark.parametrize("text", ["db://h:port/d", "db://h:/d", "db://h:1:2/d"])
def test_wrong_port(text) -> None:
    with pytest.raises(ValueError, match="port"):
        make_url(text)


def test_no_secret_in_errors() -> None:
    with pytest.raises(exc.ArgumentError) as caught:
        make_url("d-b://user:secret@host")
    assert "secret" not in str(caught.value)


words = st.one_of(st.none(), st.text(min_size=1, max_size=12))


@given(
    words,
    words,
    st.one_of(st.none(), st.from_regex(r"[a-z0-9.:-]{1,12}", fullmatch=True)),
    st.one_of(st.none(), st.integers(0, 65535)),
    words,
    st.dictionaries(
        st.text(min_size=1, max_size=6),
        st.one_of(
            st.text(min_size=1, max_size=6),
            st.lists(st.text(min_size=1, max_size=6), min_size=2, max_size=3).map(tuple),
        ),
        max_size=3,
    ),
)
@example("a:b@c/d", "x:y@z/?%", "h", 1, "d?b/x y#%", {"a b": "c&d=é", "z": ("1", "2")})
def test_rendered_and_parsed_again(username, password, host, port, database, query) -> None:
    if username is None:
        password = None
    made = URL.create("db+drv", username, password, host, port, database, query)
    assert make_url(made.render_as_string(hide_password=False)) == made


def test_password_is_hidden_unless_asked_for() -> None:
    class Secret:
        def __str__(self):
            return "s@cret"

    made = URL.create("db", "u", Secret(), "h")
    assert str(made) == repr(made) == "db://u:***@h"
    assert made.render_as_string(hide_password=False) == "db://u:s%40cret@h"
    assert made.translate_connect_args()["password"] == "s@cret"


@pytest.mark.parametrize(
    "arguments",
    [
        (5,),
        ("db", b"u"),
        ("db", None, None, 5),
        ("db", None, None, None, []),
        ("db", None, None, None, None, 5),
        ("db", None, None, None, None, None, {"a": 5}),
        ("db", None, None, None, None, None, {5: "a"}),
        ("db", None, None, None, None, None, {"a": [5]}),
        ("db", None, None, None, None, None, {"a": None}),
    ],
)
def test_wrong_types(arguments) -> None:
    with pytest.raises(TypeError):
        URL.create(*arguments)


def test_set() -> None:
    base = make_url("db://u:p@h:1/d?a=1")
    assert base.set(database="e", port=2).render_as_string(False) == "db://u:p@h:2/e?a=1"
    assert base.set(query={}).query == {}
    assert base.set(port=None).port == 1
    assert base.set(username="").username == ""


def test_changes_of_the_query() -> None:
    base = make_url("db://h/d?a=1&b=2")
    assert base.update_query_string("c=3&a=9").query == {"a": "9", "b": "2", "c": "3"}
    assert base.update_query_string("a=9", append=True).query == {"a": ("1", "9"), "b": "2"}
    assert base.update_query_string("c=").query == base.query
    assert base.update_query_string("c=", keep_blank_values=True).query["c"] == ""
    assert base.update_query_dict({"b": ["6", "7"]}).query == {"a": "1", "b": ("6", "7")}
    assert base.update_query_pairs([("n", "x"), ("n", "y")]).query["n"] == ("x", "y")
    assert base.difference_update_query(["a", "zz"]).query == {"b": "2"}
    assert base.difference_update_query(["zz"]) is base
    assert base.normalized_query == {"a": ("1",), "b": ("2",)}
    with pytest.raises(TypeError):
        base.update_query_dict({"a": 5})
    with pytest.raises(TypeError):
        base.query["x"] = "y"


def test_value_semantics() -> None:
    one, two = make_url("db://h/d?a=1&b=2"), make_url("db://h/d?b=2&a=1")
    assert one == two and hash(one) == hash(two) and one != make_url("db://h/e") and one != 5
    assert copy.copy(one) == one == copy.deepcopy(one) == pickle.loads(pickle.dumps(one))
    with pytest.raises(AttributeError):
        one.port = 5
    assert make_url(one) is one
    with pytest.raises(exc.ArgumentError):
        make_url(5)


def test_connect_arguments() -> None:
    one = make_url("db://u:p@h:1/d")
    assert one.translate_connect_args(username="user", database="db") == {
        "host": "h",
        "db": "d",
        "user": "u",
        "password": "p",
        "port": 1,
    }
    assert make_url("db://").translate_connect_args() == {}
    with pytest.warns(exc.SADeprecationWarning):
        assert one.translate_connect_args(["server"])["server"] == "h"


class FakeDialect:
    driver = "fakedriver"

    @classmethod
    def get_dialect_cls(cls, url):
        return cls

    @classmethod
    def get_async_dialect_cls(cls, url):
        return "async"


def test_registered_dialects() -> None:
    url_module.register("fakedb", FakeDialect)
    url_module.register("fakedb.other", __name__, "FakeDialect")
    try:
        assert make_url("fakedb://").get_dialect() is FakeDialect
        assert make_url("fakedb://").get_driver_name() == "fakedriver"
        assert make_url("fakedb+other://").get_driver_name() == "other"
        assert make_url("fakedb+other://").get_backend_name() == "fakedb"
        with pytest.raises(exc.NoSuchModuleError, match="fakedb"):
            make_url("fakedbb://").get_dialect()
    finally:
        url_module.registry.deregister("fakedb")
        url_module.registry.deregister("fakedb.other")
    with pytest.raises(exc.NoSuchModuleError):
        make_url("fakedb://").get_dialect()


def test_plugins_are_named_by_url_and_keyword() -> None:
    seen = []

    class Plugin:
        def __init__(self, url, kwargs):
            self.option = url.query.get("mine") or kwargs.pop("mine", None)
            seen.append(self.option)

        def update_url(self, url):
            return url.difference_update_query(["mine"])

    url_module.plugins.register("one", lambda: None)
    url_module.plugins.deregister("one")
    url_module.plugins.register("one", Plugin)
    try:
        url, made, rest = make_url("db://h?plugin=one&mine=5&x=1").instantiate_plugins(
            {"plugins": ["one"], "echo": True}
        )
    finally:
        url_module.plugins.deregister("one")
    assert seen == ["5", "5"] and len(made) == 2
    assert url.query == {"x": "1"} and rest == {"echo": True}
