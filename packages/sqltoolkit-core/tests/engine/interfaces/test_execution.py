"""Declared options, contexts and plugins as their users see them."""

from __future__ import annotations

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core.dialects import plugins
from sqltoolkit_core.engine.default.errors import ExceptionContextImpl
from sqltoolkit_core.engine.interfaces import CreateEnginePlugin
from sqltoolkit_core.engine.interfaces import ExceptionContext
from sqltoolkit_core.engine.interfaces import ExecutionContext
from sqltoolkit_core.engine.interfaces import InsertmanyvaluesSentinelOpts
from sqltoolkit_core.engine.interfaces import declare_execution_option
from sqltoolkit_core.engine.interfaces import declared_execution_options
from sqltoolkit_core.engine.interfaces import execution
from sqltoolkit_core.engine.url import make_url


@pytest.fixture
def declared(monkeypatch):
    monkeypatch.setattr(execution, "_declared", dict(execution._declared))


class TestOptions:
    def test_what_is_known(self):
        known = declared_execution_options()
        assert {"isolation_level", "stream_results", "yield_per", "schema_translate_map", "timeout"} <= set(known)
        assert known["isolation_level"].scopes == {"connection", "engine"}
        assert known["schema_translate_map"].cached and not known["yield_per"].cached

    def test_one_of_ones_own(self, declared):
        declare_execution_option("mine", ["statement", "execution"], cached=True)
        found = declared_execution_options()["mine"]
        assert (found.name, found.scopes, found.cached) == ("mine", {"statement", "execution"}, True)

    def test_scopes(self, declared):
        with pytest.raises(exc.ArgumentError, match="are connection, engine, execution, statement, not session, table"):
            declare_execution_option("mine", ["statement", "table", "session"])
        assert "mine" not in declared_execution_options()

    def test_the_table_is_a_copy(self):
        declared_execution_options().clear()
        assert declared_execution_options()


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("fire_sequence", (None, None)), ("create_cursor", ()), ("pre_exec", ()), ("post_exec", ()),
        ("get_out_parameter_values", ([],)), ("handle_dbapi_exception", (None,)), ("lastrow_has_defaults", ()),
        ("get_rowcount", ()), ("fetchall_for_returning", (None,)),
    ],
)  # fmt: skip
def test_what_a_context_has_to_do(name, arguments):
    class Own(ExecutionContext):
        pass

    with pytest.raises(NotImplementedError, match=r"Own does not implement %s\(\)" % name):
        getattr(Own(), name)(*arguments)


def test_error_contexts_have_what_is_declared():
    assert issubclass(ExceptionContextImpl, ExceptionContext)
    assert set(ExceptionContext.__annotations__) == set(ExceptionContextImpl.__slots__)


def test_kinds_of_keys_that_count_up():
    every = InsertmanyvaluesSentinelOpts.ANY_AUTOINCREMENT
    for name in ("AUTOINCREMENT", "IDENTITY", "SEQUENCE"):
        assert every & InsertmanyvaluesSentinelOpts[name]
    assert not every & InsertmanyvaluesSentinelOpts.USE_INSERT_FROM_SELECT
    assert not every & InsertmanyvaluesSentinelOpts.NOT_SUPPORTED


class TestPlugins:
    def test_one_that_does_nothing(self):
        url, options = make_url("sqlite://?x=1"), {"a": 1}
        one = CreateEnginePlugin(url, options)
        assert one.update_url(url) is url and one.url is url
        assert one.handle_dialect_kwargs(None, options) is None and one.handle_pool_kwargs(None, options) is None
        assert one.engine_created(None) is None and options == {"a": 1}

    def test_the_life_of_one(self):
        calls = []

        class Noting(CreateEnginePlugin):
            def __init__(self, url, kwargs):
                super().__init__(url, kwargs)
                calls.append(("init", dict(url.query), kwargs.pop("noted", None)))

            def update_url(self, url):
                return url.difference_update_query(["mine"])

            def handle_dialect_kwargs(self, dialect_cls, dialect_args):
                dialect_args["label_length"] = 20

            def handle_pool_kwargs(self, pool_cls, pool_args):
                pool_args["echo"] = False
                calls.append(("pool", pool_cls.__name__))

            def engine_created(self, engine):
                calls.append(("created", engine))

        plugins.register("noting_plugin", __name__, "Noting")
        plugins.impls["noting_plugin"] = lambda: Noting
        try:
            engine = create_engine("sqlite://?plugin=noting_plugin&mine=5", noted="yes")
        finally:
            del plugins.impls["noting_plugin"]
        assert calls[0] == ("init", {"plugin": "noting_plugin", "mine": "5"}, "yes")
        assert calls[1][0] == "pool" and calls[2] == ("created", engine)
        assert "mine" not in engine.url.query and engine.dialect.label_length == 20
