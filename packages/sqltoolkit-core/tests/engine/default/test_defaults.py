"""Default values at execution, and the keys of new rows."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import DateTime
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import Sequence
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import TypeDecorator
from sqltoolkit_core import create_engine
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_core import select
from sqltoolkit_core import text


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def made(connection, *columns, key=True):
    keys = (Column("id", Integer, primary_key=True),) if key else ()
    table = Table("t", MetaData(), *keys + columns)
    table.create(connection)
    return table


def rows(connection, table):
    return [tuple(row) for row in connection.execute(select(table).order_by(table.c[0]))]


class TestKindsOfDefaults:
    def test_all(self, connection):
        numbers = iter(range(100))
        table = made(
            connection, Column("scalar", Integer, default=7), Column("callable", Integer, default=lambda: next(numbers)),
            Column("sql", Integer, default=func.abs(-9)), Column("select", Integer, default=select(func.length("four")).scalar_subquery()),
            Column("given", Integer, default=1),
        )  # fmt: skip
        connection.execute(table.insert(), [{"given": 2}, {"given": 3}])
        connection.execute(table.insert())
        assert rows(connection, table) == [(1, 7, 0, 9, 4, 2), (2, 7, 1, 9, 4, 3), (3, 7, 2, 9, 4, 1)]

    def test_of_updates(self, connection):
        numbers = iter(range(100))
        table = made(connection, Column("x", Integer), Column("n", Integer, onupdate=lambda: next(numbers)), Column("s", Integer, onupdate=5))
        connection.execute(table.insert(), [{"x": 1}, {"x": 2}])
        connection.execute(table.update().values(x=9))
        assert rows(connection, table) == [(1, 9, 0, 5), (2, 9, 0, 5)]
        connection.execute(table.update().values(n=None, x=3).where(table.c.id == 1))
        assert rows(connection, table)[0] == (1, 3, None, 5)

    def test_sql_of_a_key_runs_before(self, connection):
        table = made(connection, Column("id", Integer, default=select(func.length("four")).scalar_subquery(), primary_key=True), key=False)
        result = connection.execute(table.insert())
        assert result.inserted_primary_key == (4,)

    def test_results_of_sql_have_the_type_of_the_column(self, connection):
        table = made(connection, Column("at", DateTime, default=text("'2020-01-02 03:04:05'")), Column("n", Integer, primary_key=True), key=False)
        with connection.engine.connect() as other:
            table.create(other, checkfirst=True)
            context = other.execute(table.insert().values(n=1)).context
            assert context.get_insert_default(table.c.at).year == 2020

    def test_columns_without(self, connection):
        table = made(connection, Column("x", Integer))
        context = connection.execute(table.insert().values(x=1)).context
        assert context.get_insert_default(table.c.x) is None and context.get_update_default(table.c.x) is None

    def test_no_sequences(self, connection):
        table = made(connection, Column("x", Integer))
        context = connection.execute(table.insert().values(x=1)).context
        with pytest.raises(NotImplementedError, match="sqlite has no sequences"):
            context.fire_sequence(Sequence("s"), Integer())


class TestCurrentParameters:
    def table(self, connection, **options):
        seen = []

        def double(context):
            seen.append(dict(context.get_current_parameters(**options)))
            return context.get_current_parameters()["x"] * 2

        table = made(connection, Column("x", Integer), Column("y", Integer, default=double, index=True))
        return table, seen

    def test_one_row(self, connection):
        table, seen = self.table(connection)
        connection.execute(table.insert().values(x=4))
        assert rows(connection, table) == [(1, 4, 8)] and seen[0]["x"] == 4

    def test_several_sets(self, connection):
        table, seen = self.table(connection)
        connection.execute(table.insert(), [{"x": 1}, {"x": 2}])
        assert rows(connection, table) == [(1, 1, 2), (2, 2, 4)]

    def test_several_rows_of_values(self, connection):
        table, seen = self.table(connection)
        connection.execute(table.insert().values([{"x": 1}, {"x": 2}, {"x": 3}]))
        assert rows(connection, table) == [(1, 1, 2), (2, 2, 4), (3, 3, 6)]
        assert [parameters["x"] for parameters in seen] == [1, 2, 3]

    def test_all_rows_together(self, connection):
        table, seen = self.table(connection, isolate_multiinsert_groups=False)
        connection.execute(table.insert().values([{"x": 1}, {"x": 2}]))
        assert [(parameters["x_m0"], parameters["x_m1"]) for parameters in seen] == [(1, 2), (1, 2)]

    def test_updates(self, connection):
        table = made(connection, Column("x", Integer), Column("y", Integer, onupdate=lambda c: c.get_current_parameters()["x"] + 1))
        connection.execute(table.insert().values(x=1))
        connection.execute(table.update().values(x=5))
        assert rows(connection, table) == [(1, 5, 6)]

    def test_elsewhere(self, connection):
        table = made(connection, Column("x", Integer))
        context = connection.execute(table.insert().values(x=1)).context
        with pytest.raises(exc.InvalidRequestError, match="inside a function given as default"):
            context.get_current_parameters()


class TestKeys:
    def test_made_and_given(self, connection):
        table = made(connection, Column("x", Integer))
        assert connection.execute(table.insert().values(x=1)).inserted_primary_key == (1,)
        assert connection.execute(table.insert().values(id=7, x=1)).inserted_primary_key == (7,)
        assert connection.execute(table.insert().values(x=1)).inserted_primary_key == (8,)
        result = connection.execute(table.insert(), [{"id": 20, "x": 1}, {"id": 21, "x": 1}])
        assert result.inserted_primary_key_rows == [(20,), (21,)]

    def test_several_columns(self, connection):
        table = made(connection, Column("a", Integer, primary_key=True), Column("b", String, primary_key=True, default="q"), key=False)
        row = connection.execute(table.insert().values(a=3)).inserted_primary_key
        assert row == (3, "q") and (row.a, row.b) == (3, "q")

    def test_none(self, connection):
        table = made(connection, Column("x", Integer), key=False)
        assert connection.execute(table.insert().values(x=1)).inserted_primary_key == ()

    def test_unknown(self, connection):
        table = made(connection, Column("x", Integer))
        result = connection.execute(table.insert().values([{"x": 1}, {"x": 2}]))
        assert result.inserted_primary_key == (None,)

    def test_converted_by_their_type(self, connection):
        class Tagged(TypeDecorator):
            impl = Integer
            cache_ok = True

            def process_result_value(self, value, dialect):
                return ("key", value)

            def process_bind_param(self, value, dialect):
                return value[1] if value is not None else None

        table = made(connection, Column("id", Tagged, primary_key=True, autoincrement=True), Column("x", Integer), key=False)
        for _ in range(2):
            result = connection.execute(table.insert().values(x=1))
        assert result.inserted_primary_key == (("key", 2),)

    def test_returned_ones_are_completed_by_those_given(self, connection):
        table = made(connection, Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True, server_default="5"), key=False)
        result = connection.execute(table.insert().return_defaults(), [{"a": 1}, {"a": 2}])
        assert result.inserted_primary_key_rows == [(1, 5), (2, 5)]


NESTED = [
    (lambda table: select(table.insert().values(id=3).returning(table.c.id).cte("x")), (3, 5, 0)),
    (lambda table: select(table.insert().returning(table.c.id).cte("x")), (5, 0)),
    (lambda table: select(table.update().values(id=3).returning(table.c.id).cte("x")), (3, 6, 1)),
    (lambda table: table.delete().add_cte(table.insert().values(id=3).returning(table.c.id).cte("x")), (3, 5, 0)),
]


@pytest.mark.parametrize("make, expected", NESTED)
def test_defaults_of_statements_inside_of_ctes(connection, make, expected):
    table = Table(
        "t",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("fixed", Integer, default=5, onupdate=6),
        Column("called", Integer, default=lambda: 0, onupdate=lambda: 1),
    )
    sent = []
    event.listen(connection, "before_cursor_execute", lambda *args: sent.append(args[3]))
    with pytest.raises(exc.OperationalError):
        # SQLite has no INSERT in CTEs
        connection.execute(make(table))
    assert sent == [expected]
