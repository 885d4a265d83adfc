"""What docs/differences.md says about the core."""

from __future__ import annotations

import datetime as dt

import pytest

from sqltoolkit_core import (
    JSON, Column, ForeignKey, Integer, Interval, MetaData, String, Table, TypeDecorator, bindparam, case, column,
    create_engine, exc, func, insert, insert_sentinel, inspect, literal, literal_column, make_url, not_, select, text, union,
)  # fmt: skip
from sqltoolkit_core.engine import Row, RowMapping
from sqltoolkit_core.schema import CreateIndex


def row_of(sql):
    with create_engine("sqlite://").connect() as connection:
        return connection.execute(text(sql)).one()


def test_rows_are_tuples():
    row = row_of("SELECT 1 AS a, 2 AS b")
    assert isinstance(row, tuple) and row + (3,) == (1, 2, 3)
    with pytest.raises(TypeError):
        "row: %s" % row
    assert "row: %s" % (row,) == "row: (1, 2)" == "row: {}".format(row)
    # the silent one: a single column stands for itself
    assert "row: %s" % row_of("SELECT 1 AS a") == "row: 1"


@pytest.mark.parametrize("url", ["nonsense", "postgresql://[::1/db"])
def test_malformed_urls(url):
    with pytest.raises(exc.ArgumentError):
        make_url(url)


@pytest.mark.parametrize(
    "value, type_, expected",
    [(dt.timedelta(1), Interval(), "'1970-01-02 00:00:00.000000'"), ({"a": 1}, JSON(), "'{\"a\": 1}'")],
)
def test_literals_of_more_types(value, type_, expected):
    compiled = literal(value, type_).compile(create_engine("sqlite://"), compile_kwargs={"literal_binds": True})
    assert str(compiled) == expected


def test_error_texts_have_a_code_and_no_link():
    with pytest.raises(exc.OperationalError) as caught:
        row_of("SELECT * FROM nothing")
    assert str(caught.value).endswith("(code e3q8)") and "://" not in str(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE made (x INTEGER)",
        "DROP TABLE kept",
        "ALTER TABLE kept ADD COLUMN y INTEGER",
        "WITH n(i) AS (SELECT 5) INSERT INTO kept SELECT i FROM n",
    ],
)
def test_sqlite_rolls_everything_back(statement):
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("CREATE TABLE kept (x INTEGER)"))
        connection.commit()
        connection.execute(text(statement))
        connection.rollback()
        assert connection.execute(text("SELECT sql FROM sqlite_master")).scalars().all() == ["CREATE TABLE kept (x INTEGER)"]
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar() == 0


def test_functions_lead_to_their_arguments():
    from sqltoolkit_core import column, func
    from sqltoolkit_core.sql import visitors

    call = func.lower(column("x"))
    assert [element.__visit_name__ for element in visitors.iterate(call)] == ["function", "column"]
    assert [element.__visit_name__ for element in visitors.iterate(call.clause_expr)] == ["grouping", "clauselist", "column"]


def test_indexes_of_expressions_are_reflected():
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("CREATE TABLE t (x TEXT, y TEXT)"))
        connection.execute(text("CREATE INDEX lowered ON t (lower(x), y)"))
        (index,) = inspect(connection).get_indexes("t")
        assert index["column_names"] == [None, "y"] and index["expressions"] == ["lower(x)", "y"]
        (reflected,) = Table("t", MetaData(), autoload_with=connection).indexes
        assert str(CreateIndex(reflected)) == "CREATE INDEX lowered ON t (lower(x), y)"


def test_an_alias_follows_keys_to_tables_that_are_made_later():
    metadata = MetaData()
    b = Table("b", metadata, Column("x", Integer), Column("a_id", ForeignKey("a.x")))
    before = b.alias()
    assert before.c.keys() == ["x", "a_id"]
    a = Table("a", metadata, Column("x", Integer))
    assert str(select(before).join(a)) == (
        "SELECT b_1.x, b_1.a_id \nFROM b AS b_1 JOIN a ON a.x = b_1.a_id"
    )


def test_sqlite_detaches_outside_of_transactions(tmp_path):
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("ATTACH '%s' AS other" % (tmp_path / "other.db")))
        connection.execute(text("CREATE TABLE other.t (x INTEGER)"))
        with pytest.raises(exc.OperationalError, match="locked"):
            connection.execute(text("DETACH other"))
        connection.commit()
        connection.execute(text("DETACH other"))


def test_waiting_outside_of_greenlets_is_an_error_of_its_own():
    import asyncio

    from sqltoolkit_core.asyncio import create_async_engine

    async def main():
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.connect() as connection:
            for call in (
                lambda: connection.sync_connection.execute(text("SELECT 1")),
                lambda: connection.sync_connection.exec_driver_sql("SELECT 1"),
            ):
                with pytest.raises(exc.MissingGreenlet) as caught:
                    call()
                assert type(caught.value) is exc.MissingGreenlet and caught.value.code == "xd2s"
            # and the connection works on
            assert await connection.scalar(text("SELECT 1")) == 1
        await engine.dispose()

    asyncio.run(main())


def test_rows_are_of_a_class_of_their_result():
    row = row_of("SELECT 1 AS a, 2 AS b")
    assert isinstance(row, Row) and type(row) is not Row


def test_columns_of_one_name_stay_readable():
    with create_engine("sqlite://").connect() as connection:
        five = literal_column("5").label(None)
        inner = select(five).subquery()
        outer = select(inner, five).subquery()
        assert connection.execute(select(outer)).all() == [(5, 5)]
        made = Table("made", MetaData(), Column("id", Integer))
        made.create(connection)
        connection.execute(made.insert(), {"id": 3})
        common = select(made.c.id, made.c.id, made.c.id).cte("c", recursive=True)
        assert "c(id, id_1, id_2)" in str(select(common)).replace("__", "_")
        assert connection.execute(select(common)).all() == [(3, 3, 3)]


@pytest.mark.filterwarnings("ignore::sqltoolkit_core.exc.SADeprecationWarning")
def test_later_params_win():
    made = Table("made", MetaData(), Column("id", Integer))
    statement = select(made).where(made.c.id == bindparam("x", 1))
    outer = statement.params(x=6).subquery().params(x=8).select()
    assert outer.compile().params == {"x": 8}


def test_subclasses_of_column_with_another_constructor():
    class Typed(Column):
        inherit_cache = True

        def __init__(self, type_, **kw):
            super().__init__(type_, **kw)

    own = Typed(Integer)
    own.name = "id"
    made = Table("made", MetaData(), own)
    found = select(made.select().alias()).subquery().c.id
    assert isinstance(found, Column) and found.name == "id" and isinstance(found.type, Integer)


def test_rows_in_the_order_of_parameters():
    class Lowered(TypeDecorator):
        cache_ok = True
        impl = String

        def bind_expression(self, bindvalue):
            return func.lower(bindvalue)

    made = Table("made", MetaData(), Column("id", Integer, primary_key=True), Column("x", String), insert_sentinel("mark", Lowered(10)))
    with create_engine("sqlite://").connect() as connection:
        made.create(connection)
        given = [{"x": "x%d" % at, "mark": "MARK%d" % (9 - at)} for at in range(5)]
        statement = insert(made).returning(made.c.x, made.c.mark, sort_by_parameter_order=True)
        assert connection.execute(statement, given).all() == [("x%d" % at, "mark%d" % (9 - at)) for at in range(5)]


def test_texts_are_negated_and_united():
    assert str(not_(text("a = 1"))) == "NOT a = 1"
    with create_engine("sqlite://").connect() as connection:
        both = union(text("SELECT 1").columns(column("a")), select(literal(2).label("a")))
        assert sorted(connection.execute(both).scalars()) == [1, 2]
    with pytest.raises(exc.ArgumentError):
        case()


def test_strategies_of_unique_get_what_is_delivered():
    seen = []

    def note(value):
        seen.append(type(value))
        return repr(value)

    statement = select(literal(1).label("a")).union_all(select(literal(1)))
    with create_engine("sqlite://").connect() as connection:
        assert connection.scalars(statement).unique(note).all() == [1]
        assert connection.execute(statement).mappings().unique(note).all() == [{"a": 1}]
    assert set(seen) == {int, RowMapping}
