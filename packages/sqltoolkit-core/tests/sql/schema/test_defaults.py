"""Defaults of every kind, run on SQLite."""

from __future__ import annotations

import pickle

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core import types
from sqltoolkit_core.schema import Column
from sqltoolkit_core.schema import ColumnDefault
from sqltoolkit_core.schema import Computed
from sqltoolkit_core.schema import DefaultClause
from sqltoolkit_core.schema import FetchedValue
from sqltoolkit_core.schema import Identity
from sqltoolkit_core.schema import MetaData
from sqltoolkit_core.schema import Sequence
from sqltoolkit_core.schema import Table
from sqltoolkit_core.sql.elements import text
from sqltoolkit_core.sql.functions import func
from sqltoolkit_core.sql.selectable import select
from sqltoolkit_core.testing.assertions import expect_warnings


def seven():
    return 7


def test_each_kind_gives_its_value():
    engine = create_engine("sqlite://")
    table = Table(
        "t",
        MetaData(),
        Column("id", types.Integer, primary_key=True),
        Column("scalar", types.Integer, default=5, onupdate=50),
        Column("function", types.Integer, default=seven),
        Column("context", types.Integer, default=lambda ctx: ctx.get_current_parameters()["scalar"] + 1),
        Column("clause", types.Integer, default=func.length("abcd")),
        Column("server", types.String(5), server_default="it's"),
        Column("server_sql", types.Integer, server_default=text("(1 + 2)")),
        Column("computed", types.Integer, Computed("id * 10")),
    )
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), {})
        assert connection.execute(table.select()).one() == (1, 5, 7, 6, 4, "it's", 3, 10)
        connection.execute(table.insert(), [{"scalar": 8}, {"scalar": 9}])
        assert connection.execute(table.select().where(table.c.id > 1)).all() == [
            (2, 8, 7, 9, 4, "it's", 3, 20),
            (3, 9, 7, 10, 4, "it's", 3, 30),
        ]
        connection.execute(table.update().values(function=1))
        assert connection.scalars(table.select().with_only_columns(table.c.scalar)).all() == [50, 50, 50]
        assert connection.scalar(ColumnDefault(5)) == 5
    engine.dispose()


@pytest.mark.parametrize("default", [ColumnDefault(5), ColumnDefault(seven), ColumnDefault("x")])
def test_pickles_and_copies(default):
    for made in (pickle.loads(pickle.dumps(default)), default._copy()):
        assert made is not default and made.compare(default)
        assert made.compare_argument(5) == default.compare_argument(5)


def test_what_a_server_default_is():
    column = Column("x", types.Integer, server_default=FetchedValue(), server_onupdate=FetchedValue())
    assert column.server_default.is_server_default and not column.server_default.has_argument
    assert column.server_onupdate.for_update and column.server_onupdate is not column.server_default
    assert DefaultClause("x").has_argument
    with pytest.raises(exc.ArgumentError, match="string or an SQL expression"):
        DefaultClause(5)


def test_sequences():
    metadata = MetaData(schema="main")
    sequence = Sequence("s", start=5, increment=2, cycle=True, metadata=metadata, data_type=types.BigInteger)
    assert sequence.schema == "main" and sequence.metadata is metadata
    assert repr(Sequence("s", start=5)) == "Sequence('s', start=5)"
    column = Column("x", types.Integer, sequence)
    table = Table("t", metadata, column)
    assert column.default is sequence and sequence.column is table.c.x
    with pytest.raises(exc.ArgumentError, match="Sequence"):
        Table("u", metadata, Column("x", types.Integer, Sequence("q"), Identity()))


def test_identity_and_computed_keep_their_options():
    identity = Identity(always=True, start=3, maxvalue=9)
    column = Column("x", types.Integer, identity)
    assert column.identity is identity and column.server_default is identity and not column.nullable
    assert repr(column.clone().identity) == repr(identity) == "Identity(always=True, start=3, maxvalue=9)"
    computed = Column("y", types.Integer, Computed("x + 1", persisted=True))
    assert computed.clone().computed.persisted is True
    with pytest.raises(exc.ArgumentError, match="autoincrement=False"):
        Column("x", types.Integer, Identity(), autoincrement=False)


@pytest.mark.parametrize("make", [lambda **kw: Sequence("s", **kw), lambda **kw: Identity(**kw)])
def test_options_of_oracle_have_its_prefix(make):
    with expect_warnings("order= is for Oracle only: give it as oracle_order=", category=exc.SADeprecationWarning):
        made = make(order=True)
    assert made.order is True and make(oracle_order=True).order is True
    with pytest.raises(exc.ArgumentError, match="not both"):
        make(order=True, oracle_order=False)


def test_on_null_of_oracle():
    with expect_warnings("on_null= is for Oracle only", category=exc.SADeprecationWarning):
        assert Identity(on_null=True).on_null is True
    assert Identity(oracle_on_null=True).on_null is True


def test_a_select_as_default():
    metadata = MetaData()
    made = Table("made", metadata, Column("id", types.Integer, primary_key=True))
    query = select(func.coalesce(func.max(made.c.id), 0) + 1)
    other = Table("other", metadata, Column("id", types.Integer, default=query, onupdate=query), Column("x", types.Integer))
    assert "VALUES ((SELECT coalesce(max(made.id)" in str(other.insert().values({}))
    with create_engine("sqlite://").connect() as connection:
        metadata.create_all(connection)
        connection.execute(made.insert(), {"id": 6})
        connection.execute(other.insert(), {"x": 1})
        assert connection.execute(select(other)).all() == [(7, 1)]
        connection.execute(made.insert(), {"id": 8})
        connection.execute(other.update().values(x=2))
        assert connection.execute(select(other)).all() == [(9, 2)]
    for wrong in (lambda: Computed(query), lambda: Computed(made), lambda: Column("x", types.Integer, default=made.alias())):
        with pytest.raises(exc.ArgumentError):
            wrong()
