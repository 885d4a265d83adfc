"""The faces of a driver: what is missing is named."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from sqltoolkit_core.engine.interfaces import AdaptedConnection
from sqltoolkit_core.engine.interfaces import DBAPIConnection
from sqltoolkit_core.engine.interfaces import DBAPICursor
from sqltoolkit_core.engine.interfaces import DBAPIModule
from sqltoolkit_core.util import greenlet_spawn


class Incomplete(DBAPICursor, DBAPIConnection, DBAPIModule):
    pass


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("connect", ()), ("close", ()), ("commit", ()), ("rollback", ()), ("cursor", ()), ("execute", ("x",)),
        ("executemany", ("x", [])), ("fetchone", ()), ("fetchmany", (1,)), ("fetchall", ()), ("setinputsizes", ([],)),
        ("setoutputsize", (1, 2)), ("callproc", ("x",)), ("nextset", ()),
    ],
)  # fmt: skip
def test_methods(name, arguments):
    with pytest.raises(NotImplementedError, match=r"Incomplete has no %s\(\)" % name):
        getattr(Incomplete(), name)(*arguments)


@pytest.mark.parametrize("name", ["description", "rowcount"])
def test_attributes(name):
    with pytest.raises(NotImplementedError, match="Incomplete has no " + name):
        getattr(Incomplete(), name)


def test_a_real_driver_has_them_all():
    connection = sqlite3.connect(":memory:")
    cursor = connection.cursor()
    for face, thing in ((DBAPIModule, sqlite3), (DBAPIConnection, connection), (DBAPICursor, cursor)):
        wanted = [name for name in vars(face) if not name.startswith("_")]
        assert [name for name in wanted if not hasattr(thing, name)] in ([], ["callproc", "nextset"])
    connection.close()


class TestAdaptedConnection:
    class Adapted(AdaptedConnection):
        __slots__ = ()

        def __init__(self, connection):
            self._connection = connection

    def test_connection_of_the_driver(self):
        raw = object()
        adapted = self.Adapted(raw)
        assert adapted.driver_connection is raw and repr(adapted) == "<AdaptedConnection %s>" % (raw,)

    def test_awaiting_from_synchronous_code(self):
        async def ask(connection):
            await asyncio.sleep(0)
            return connection, "answer"

        async def main():
            return await greenlet_spawn(lambda: self.Adapted("raw").run_async(ask))

        loop = asyncio.new_event_loop()
        try:
            assert loop.run_until_complete(main()) == ("raw", "answer")
        finally:
            loop.close()
