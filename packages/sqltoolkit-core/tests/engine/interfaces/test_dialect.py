"""What every dialect has to answer, and the answers of one that can do little."""

from __future__ import annotations

import inspect

import pytest

from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.engine.interfaces import Dialect
from sqltoolkit_core.engine.interfaces import InsertmanyvaluesSentinelOpts
from sqltoolkit_core.engine.url import make_url

METHODS = [name for name, value in vars(Dialect).items() if inspect.isfunction(value) and not name.startswith("_")]
# what is no error to leave out
OPTIONAL = {"engine_created", "on_connect", "on_connect_url", "get_driver_connection", "retrieve_dbapi_version"}


def call(dialect, name):
    parameters = list(inspect.signature(getattr(dialect, name)).parameters.values())
    return getattr(dialect, name)(*[None for one in parameters if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD])


@pytest.mark.parametrize("name", sorted(set(METHODS) - OPTIONAL))
def test_a_missing_answer_is_named(name):
    class Own(Dialect):
        name = "own"

    with pytest.raises(NotImplementedError, match=r"dialect 'own' does not implement %s\(\)" % name):
        call(Own(), name)


@pytest.mark.parametrize("name", ["import_dbapi", "load_provisioning"])
def test_questions_to_the_class(name):
    class Own(Dialect):
        pass

    with pytest.raises(NotImplementedError, match=r"Own does not implement %s\(\)" % name):
        getattr(Own, name)()


@pytest.mark.parametrize("name", ["loaded_dbapi", "dbapi_version"])
def test_properties(name):
    with pytest.raises(NotImplementedError, match="dialect 'default' does not implement " + name):
        getattr(Dialect(), name)


def test_what_may_be_left_out():
    dialect, connection, url = Dialect(), object(), make_url("x://")
    assert dialect.on_connect() is None and dialect.on_connect_url(url) is None
    assert dialect.get_driver_connection(connection) is connection
    assert Dialect.get_dialect_cls(url) is Dialect and Dialect.get_async_dialect_cls(url) is Dialect
    assert Dialect.engine_created(None) is None


def test_a_dialect_can_do_little_by_itself():
    abilities = [name for name in dir(Dialect) if name.startswith("supports_")]
    assert len(abilities) > 15
    can = {name for name in abilities if getattr(Dialect, name) is True}
    assert not can & {
        "supports_sequences", "supports_identity_columns", "supports_native_boolean", "supports_native_uuid",
        "supports_multivalues_insert", "supports_comments", "supports_server_side_cursors", "supports_default_metavalue",
    }  # fmt: skip
    assert not (Dialect.insert_returning or Dialect.update_returning or Dialect.delete_returning)
    assert Dialect.insertmanyvalues_implicit_sentinel is InsertmanyvaluesSentinelOpts.NOT_SUPPORTED
    assert not Dialect.is_async and Dialect.paramstyle == "named" and Dialect.execute_sequence_format is tuple


def test_defaults_are_refined_by_the_shared_implementation():
    assert issubclass(DefaultDialect, Dialect)
    missing = {name for name in METHODS if getattr(DefaultDialect, name) is getattr(Dialect, name)}
    assert {"do_execute", "do_commit", "connect", "type_descriptor", "initialize"}.isdisjoint(missing)
    assert {"get_columns", "has_table", "get_table_names", "set_isolation_level"} <= missing
