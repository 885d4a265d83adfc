"""URLs, connections and functions of the driver sqlite3."""

from __future__ import annotations

import os
import sys

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core import make_url
from sqltoolkit_core import text
from sqltoolkit_core.dialects.sqlite import dialect


@pytest.mark.parametrize(
    "url, path, arguments",
    [
        ("sqlite://", ":memory:", {"check_same_thread": True}),
        ("sqlite:///x.db?timeout=5", os.path.abspath("x.db"), {"timeout": 5.0, "check_same_thread": False}),
        ("sqlite:///file:x?uri=true&mode=ro", "file:x?mode=ro", {"uri": True, "check_same_thread": False}),
    ],
)
def test_connect_arguments(url, path, arguments):
    assert dialect().create_connect_args(make_url(url)) == ([path], arguments)


def test_wrong_urls():
    with pytest.raises(exc.ArgumentError):
        dialect().create_connect_args(make_url("sqlite://host/x.db"))
    with pytest.warns(exc.SAWarning):
        dialect().create_connect_args(make_url("sqlite:///x.db?nonsense=1"))


def test_functions():
    with create_engine("sqlite://").connect() as connection:
        sql = "select 'abc' regexp 'b.', 'abc' regexp 'x', null regexp 'x', floor(-1.5)"
        assert connection.execute(text(sql)).one() == (1, 0, None, -2)


def test_version():
    engine = create_engine("sqlite://")
    engine.connect().close()
    assert engine.dialect.server_version_info == engine.dialect.dbapi.sqlite_version_info
    assert engine.dialect.dbapi_version == engine.dialect.dbapi.sqlite_version_info
    assert engine.dialect.default_schema_name == "main"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the setting came with Python 3.12")
def test_a_driver_that_commits_by_itself_is_left_alone(tmp_path):
    """Its commit() does nothing: a transaction begun for it would never end."""
    url = "sqlite:///%s" % (tmp_path / "t.db")
    engine = create_engine(url, connect_args={"autocommit": True})
    with engine.connect() as connection:
        connection.execute(text("create table t (x int)"))
        connection.execute(text("with one as (select 1) insert into t select * from one"))
        assert not connection.connection.dbapi_connection.in_transaction
        connection.rollback()
    with create_engine(url).connect() as connection:
        assert connection.execute(text("select x from t")).all() == [(1,)]
