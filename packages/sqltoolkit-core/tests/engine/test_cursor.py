"""Results of a cursor: columns as keys, cached statements, new keys, streaming."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import LABEL_STYLE_NONE
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import bindparam
from sqltoolkit_core import create_engine
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import insert
from sqltoolkit_core import select
from sqltoolkit_core import text

metadata = MetaData()
one = Table("one", metadata, Column("id", Integer, primary_key=True), Column("x", String))
two = Table("two", metadata, Column("id", Integer, primary_key=True), Column("y", String))


@pytest.fixture
def conn():
    with create_engine("sqlite://").connect() as connection:
        metadata.create_all(connection)
        connection.execute(insert(one), {"id": 1, "x": "a"})
        connection.execute(insert(two), {"id": 7, "y": "b"})
        yield connection


def test_columns_are_keys(conn):
    row = conn.execute(select(one, two).join_from(one, two, one.c.x < two.c.y)).first()
    assert row._fields == ("id", "x", "id_1", "y") and row._mapping[two.c.id] == 7
    assert one.c.id in row._mapping and "zz" not in row._mapping


def test_equal_names_are_ambiguous(conn):
    stmt = select(one, two).join_from(one, two, one.c.x < two.c.y).set_label_style(LABEL_STYLE_NONE)
    row = conn.execute(stmt).first()
    assert row == (1, "a", 7, "b") and row._mapping[two.c.id] == 7
    for read in (lambda: row.id, lambda: row._mapping["id"]):
        with pytest.raises(exc.AmbiguousColumnError):
            read()


def test_last_of_equal_names_in_text(conn):
    assert conn.execute(text("select 1 as a, 2 as a")).first().a == 2


def test_labels_of_a_cached_statement_are_keys(conn):
    for _ in range(2):
        label = (one.c.id + 1).label("q")
        row = conn.execute(select(label)).first()
        assert row._mapping[label] == 2
    with pytest.raises(exc.NoSuchColumnError):
        row._mapping[one.c.x]


def test_no_rows(conn):
    result = conn.execute(insert(one), {"x": "n"})
    assert not result.returns_rows and result.inserted_primary_key == (2,)
    for use in (result.all, result.keys, result.scalars, result.first):
        with pytest.raises(exc.ResourceClosedError):
            use()


def test_returning_in_order_of_parameters(conn):
    stmt = insert(one).returning(one.c.id, one.c.x, sort_by_parameter_order=True)
    rows = conn.execute(stmt, [{"x": str(n)} for n in range(2500)]).all()
    assert [row.x for row in rows] == [str(n) for n in range(2500)]
    assert [row.id for row in rows] == sorted(row.id for row in rows)


def test_streaming(conn):
    conn.execute(insert(one), [{"x": str(n)} for n in range(50)])
    result = conn.execution_options(yield_per=20).execute(select(one.c.id))
    assert [len(part) for part in result.partitions()] == [20, 20, 11]


def test_context_on_demand(conn):
    result = conn.execute(select(one).where(one.c.id == 1))
    assert result.context.compiled_parameters == [{"id_1": 1}]
    assert result.context.parameters == [(1,)] and result.all() == [(1, "a")]


def test_splice_horizontally(conn):
    def run(column):
        return conn.execute(
            insert(two).returning(column, sort_by_parameter_order=True), [{"y": "p"}, {"y": "q"}]
        )

    rows = run(two.c.y).splice_horizontally(run(two.c.id)).all()
    assert [row.y for row in rows] == ["p", "q"] and len(rows[0]) == 2


def _without_rows(connection):
    return connection.execute(text("SELECT 1 AS x WHERE 1 = 0"))


_ONCE = ["first", "one_or_none", "scalar", "scalar_one_or_none"]


@pytest.mark.parametrize("name", _ONCE)
@pytest.mark.parametrize(
    "form", [lambda result: result, lambda result: result.unique(), lambda result: result.freeze()()]
)
def test_what_fetches_one_row_closes_a_result_without_rows_too(name, form) -> None:
    with create_engine("sqlite://").connect() as connection:
        result = form(_without_rows(connection))
        assert getattr(result, name)() is None and result.closed
        with pytest.raises(exc.ResourceClosedError):
            result.fetchone()


@pytest.mark.parametrize("name", _ONCE)
def test_a_result_whose_rows_were_all_fetched_stays_as_it_is(name) -> None:
    with create_engine("sqlite://").connect() as connection:
        result = _without_rows(connection)
        assert result.all() == [] and getattr(result, name)() is None
        assert not result.closed and result.fetchone() is None
        with pytest.raises(exc.NoResultFound):
            result.one()


def test_merged_results_without_rows_count_together() -> None:
    with create_engine("sqlite://").connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1), (2), (3)")
        one = connection.exec_driver_sql("UPDATE t SET x = 5 WHERE x < 3")
        two = connection.exec_driver_sql("DELETE FROM t WHERE x = 3")
        merged = one.merge(two)
        assert merged.rowcount == 3
        with pytest.raises(exc.ResourceClosedError):
            merged.all()


def test_names_with_a_dot() -> None:
    with create_engine("sqlite://").connect() as connection:
        assert list(connection.execute(text('SELECT 1 AS "x.y"')).keys()) == ["x.y"]


class TestEqualStatements:
    """A statement found in the cache has columns equal to, but not the same as, those that were compiled."""

    made = Table("made", MetaData(), Column("id", Integer, primary_key=True), Column("x", String))

    def statement(self):
        inner = select(self.made.c.id, self.made.c.x.label("named")).subquery()
        return select(inner.c.id, inner.c.named)

    @pytest.fixture(params=["plain", "events", "own cache"])
    def connection(self, request):
        engine = create_engine("sqlite://")
        self.made.create(engine)
        if request.param == "events":
            event.listen(engine, "before_cursor_execute", lambda *args: None)
        with engine.begin() as connection:
            if request.param == "own cache":
                connection = connection.execution_options(compiled_cache={})
            connection.execute(self.made.insert(), [{"id": 1, "x": "a"}])
            yield connection

    def test_their_columns_find_values(self, connection):
        for _ in range(3):
            statement = self.statement()
            row = connection.execute(statement).one()
            assert [row._mapping[column] for column in statement.selected_columns] == [1, "a"]
            narrowed = connection.execute(statement).columns(1).one()
            assert narrowed._mapping[statement.selected_columns[1]] == "a"
            frozen = connection.execute(statement).freeze()().one()
            assert frozen._mapping[statement.selected_columns[1]] == "a"

    def test_in_the_order_of_parameters(self, connection):
        for start in (10, 20, 30):
            one = self.made.c.x.label("named")
            rows = connection.execute(
                self.made.insert().returning(one, sort_by_parameter_order=True),
                [{"id": start + 1, "x": "b"}, {"id": start, "x": "c"}],
            ).all()
            assert [row._mapping[one] for row in rows] == ["b", "c"]


def test_values_that_are_the_same_for_all_rows_are_among_the_last_parameters() -> None:
    table = Table("t", MetaData(), Column("x", Integer), Column("y", Integer))
    with create_engine("sqlite://").connect() as connection:
        table.create(connection)
        inserted = connection.execute(table.insert().values(y=5), [{"x": 1}, {"x": 2}])
        assert inserted.last_inserted_params() == [{"x": 1, "y": 5}, {"x": 2, "y": 5}]
        statement = table.update().where(table.c.x == bindparam("at")).values(y=6)
        updated = connection.execute(statement, [{"at": 1}, {"at": 2}])
        assert updated.last_updated_params() == [{"at": 1, "y": 6}, {"at": 2, "y": 6}]
