"""DDLEvents: targets, order, removal, listeners given to a table."""

from __future__ import annotations

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import types
from sqltoolkit_core.schema import Column
from sqltoolkit_core.schema import MetaData
from sqltoolkit_core.schema import Table


def test_events_in_order_and_removal():
    engine = create_engine("sqlite://")
    seen = []
    metadata = MetaData()
    table = Table("t", metadata, Column("x", types.Integer))

    def note(name):
        return lambda target, connection, **kw: seen.append((name, type(target).__name__))

    names = ["before_create", "after_create", "before_drop", "after_drop"]
    listeners = {(target, name): note(name) for target in (metadata, table) for name in names}
    for (target, name), fn in listeners.items():
        event.listen(target, name, fn)
    metadata.create_all(engine)
    metadata.drop_all(engine)
    both = [("before", "MetaData"), ("before", "Table"), ("after", "Table"), ("after", "MetaData")]
    assert seen == [("%s_create" % when, who) for when, who in both] + [
        ("%s_drop" % when, who) for when, who in both
    ]
    del seen[:]
    for (target, name), fn in listeners.items():
        event.remove(target, name, fn)
    metadata.create_all(engine)
    assert seen == []
    engine.dispose()


def test_listeners_of_a_table_and_propagation_to_copies():
    seen = []
    table = Table(
        "t",
        MetaData(),
        Column("x", types.Integer),
        listeners=[("before_create", lambda target, connection, **kw: seen.append("given"))],
    )
    event.listen(table, "before_create", lambda *a, **kw: seen.append("kept"), propagate=True)
    copied = table.to_metadata(MetaData())
    copied.create(create_engine("sqlite://"))
    assert seen == ["kept"]


def test_unknown_events_are_refused():
    with pytest.raises(exc.InvalidRequestError):
        event.listen(MetaData(), "before_nothing", print)
