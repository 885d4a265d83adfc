"""One execution: its parameters, its cursor, and the result that comes of it."""

from __future__ import annotations

import sqlite3

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import TypeDecorator
from sqltoolkit_core import bindparam
from sqltoolkit_core import create_engine
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_core import insert_sentinel
from sqltoolkit_core import literal
from sqltoolkit_core import select
from sqltoolkit_core import text
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.dialects.sqlite.base import SQLiteExecutionContext
from sqltoolkit_core.engine.default.context import ExecutionPlan
from sqltoolkit_core.engine.default.context import many_builder
from sqltoolkit_core.engine.default.context import plan_of
from sqltoolkit_core.engine.interfaces import ExecuteStyle
from sqltoolkit_core.pool import StaticPool

metadata = MetaData()
t = Table("t", metadata, Column("id", Integer, primary_key=True), Column("x", Integer), Column("name", String(10)))
in_schema = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer), schema="s")


class Doubled(TypeDecorator):
    impl = Integer
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value * 2

    def process_result_value(self, value, dialect):
        return value + 100


@pytest.fixture
def engine():
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine):
    with engine.connect() as connection:
        yield connection


@pytest.fixture
def contexts(engine):
    """The contexts of all executions."""
    seen = []
    event.listen(engine, "before_cursor_execute", lambda c, cursor, sql, params, context, many: seen.append(context))
    return seen


class TestPlan:
    def plan(self, statement, dialect=None, **kw):
        dialect = dialect or sqlite.dialect()
        return plan_of(statement.compile(dialect=dialect, **kw), dialect)

    def test_kept_with_the_statement(self):
        dialect, other = sqlite.dialect(), sqlite.dialect()
        compiled = select(t).compile(dialect=dialect)
        assert plan_of(compiled, dialect) is plan_of(compiled, dialect)
        assert plan_of(compiled, other).dialect is other

    @pytest.mark.parametrize(
        "statement, plain, steady",
        [
            (select(t), True, True), (select(text("x")), False, False), (text("select 1"), False, False),
            (select(t).where(t.c.x == bindparam("p", callable_=int)), False, True), (select(t).where(t.c.x.in_([1])), True, True),
            (select(t).limit(literal(1).render_literal_execute()), False, True), (t.update().values(x=1), True, False),
            (t.insert().values(x=1).returning(t.c.id), False, True),
        ],
    )  # fmt: skip
    def test_which_statements_need_no_context(self, statement, plain, steady):
        plan = self.plan(statement)
        assert (plan.plain, plan.steady) == (plain, steady)

    def test_defaults_need_one(self):
        v = Table("v", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer, default=5))
        plan = self.plan(v.insert(), column_keys=[])
        assert plan.needs_defaults and not plan.plain and not plan.plain_many

    def test_keys_that_the_driver_tells(self):
        assert self.plan(t.insert().values(x=1)).wants_lastrowid
        assert not self.plan(t.insert().values(x=1).returning(t.c.id)).wants_lastrowid
        assert not self.plan(t.insert().values(x=1).inline()).wants_lastrowid
        assert not self.plan(t.update().values(x=1)).wants_lastrowid

    def test_fields(self):
        assert isinstance(self.plan(select(t)), ExecutionPlan) and self.plan(select(t)).sql.startswith("SELECT t.id")
        assert self.plan(select(t)).returns and self.plan(t.delete()).is_dml


class TestManySets:
    def build(self, statement, rows, style="qmark", **kw):
        compiled = statement.compile(dialect=sqlite.dialect(paramstyle=style), column_keys=list(rows[0]))
        build = many_builder(compiled, rows[0], kw.get("extracted"))
        return None if build is None else build(rows)

    @pytest.mark.parametrize(
        "style, expected",
        [("qmark", [(1, "a"), (2, "b")]), ("named", [{"x": 1, "name": "a"}, {"x": 2, "name": "b"}])],
    )
    def test_styles(self, style, expected):
        rows = [{"x": 1, "name": "a"}, {"x": 2, "name": "b"}]
        assert self.build(t.insert(), rows, style) == expected

    def test_one_value_is_a_sequence_too(self):
        assert self.build(t.insert(), [{"x": 1}, {"x": 2}]) == [(1,), (2,)]

    def test_constants_and_conversion(self):
        v = Table("v", MetaData(), Column("id", Integer, primary_key=True), Column("x", Doubled), Column("y", Doubled))
        statement = v.insert().values(y=literal(3, Doubled))
        assert self.build(statement, [{"x": 1}, {"x": 2}]) == [(2, 6), (4, 6)]

    def test_sets_of_updates(self):
        statement = t.update().where(t.c.id == bindparam("b_id"))
        assert self.build(statement, [{"x": 1, "b_id": 7}, {"x": 2, "b_id": 8}]) == [(1, 7), (2, 8)]

    @pytest.mark.parametrize(
        "statement",
        [
            t.update().where(t.c.id.in_(bindparam("ids"))), t.update().where(t.c.id == bindparam("q")),
            t.update().where(t.c.id == bindparam("q", callable_=int)),
        ],
        ids=["lists", "missing", "callables"],
    )  # fmt: skip
    def test_others_are_made_one_by_one(self, statement):
        assert self.build(statement, [{"x": 1}]) is None


class TestParameters:
    def test_kinds_of_executions(self, connection, contexts):
        connection.execute(t.insert(), {"x": 1})
        connection.execute(t.insert(), [{"x": 1}, {"x": 2}])
        connection.execute(t.insert().returning(t.c.id), [{"x": 1}, {"x": 2}])
        connection.execute(t.insert(), [{"x": 1}])
        assert [context.execute_style for context in contexts] == [
            ExecuteStyle.EXECUTE, ExecuteStyle.EXECUTEMANY, ExecuteStyle.INSERTMANYVALUES, ExecuteStyle.EXECUTE,
        ]  # fmt: skip
        assert [context.executemany for context in contexts] == [False, True, True, False]
        assert [context.isinsert for context in contexts] == [True] * 4

    def test_place_of_a_missing_value(self, connection):
        rows = [{"x": 1, "name": "a"}, {"x": 2}]
        with pytest.raises(exc.StatementError, match="'name'.*parameter group 2"):
            connection.execute(t.insert(), rows)

    def test_lists_and_many_sets_do_not_go_together(self, connection):
        with pytest.raises(exc.StatementError, match="execute it once for each set"):
            connection.execute(t.update().where(t.c.id.in_(bindparam("ids"))).values(x=1), [{"ids": [1]}, {"ids": [2]}])

    def test_text_with_parameters(self, connection, contexts):
        connection.exec_driver_sql("select ?", (1,))
        connection.exec_driver_sql("insert into t (x) values (?)", [(1,), (2,)])
        connection.exec_driver_sql("select 1")
        connection.exec_driver_sql("select :a", {"a": 1})
        assert [context.parameters for context in contexts] == [[(1,)], [(1,), (2,)], [()], [{"a": 1}]]
        assert [context.is_text for context in contexts] == [True] * 4 and contexts[1].executemany

    def test_names_of_schemas(self, connection, contexts):
        statement = select(in_schema.c.x)
        for name in ("main", None):
            connection.execute(statement, execution_options={"schema_translate_map": {"s": name}})
        assert [context.statement for context in contexts] == ["SELECT main.t.x \nFROM main.t"] * 2

    def test_what_is_known_of_an_execution(self, connection, contexts):
        statement = t.insert().values(x=func.abs(-1))
        result = connection.execute(statement)
        (context,) = contexts
        assert context.invoked_statement is statement and context.connection is connection
        assert context.engine is connection.engine and context.dialect is connection.dialect
        assert context.prefetch_cols == [] and context.postfetch_cols == [t.c.x]
        assert context.lastrow_has_defaults() and result.context is context
        assert context.identifier_preparer is context.compiled.preparer
        connection.execute(t.update().values(x=1))
        assert contexts[1].isupdate and contexts[1].rowcount == 1


class Streaming(SQLiteExecutionContext):
    def create_server_side_cursor(self):
        return self.root_connection.connection.cursor()


class TestCursors:
    def engine(self, **flags):
        kind = type("Dialect", (sqlite.dialect,), dict(flags, execution_ctx_cls=Streaming))
        raw = sqlite3.connect(":memory:", check_same_thread=False)
        return create_engine("sqlite://", dialect=kind(dbapi=sqlite3), creator=lambda: raw, poolclass=StaticPool)

    @pytest.mark.parametrize("supported", [False, True])
    def test_on_demand(self, supported):
        engine = self.engine(supports_server_side_cursors=supported)
        with engine.connect() as connection:
            plain = connection.execute(select(literal(1)))
            wanted = connection.execution_options(stream_results=True).execute(select(literal(1)))
            assert wanted.context._is_server_side is supported
            assert (plain.all(), wanted.all()) == ([(1,)], [(1,)])

    def test_not_wanted(self):
        engine = self.engine(supports_server_side_cursors=True, server_side_cursors=True)
        with engine.connect() as connection:
            for option in (None, True, False):
                options = {} if option is None else {"stream_results": option}
                result = connection.execute(select(literal(1)), execution_options=options)
                assert result.context._is_server_side is (option is not False) and result.all() == [(1,)]

    def test_for_all_statements_that_read(self):
        engine = self.engine(supports_server_side_cursors=True, server_side_cursors=True)
        seen = []
        event.listen(engine, "before_cursor_execute", lambda c, cu, sql, p, context, m: seen.append(context._is_server_side))
        with engine.connect() as connection:
            connection.exec_driver_sql("create table t (x)")
            connection.execute(text(" select 1"))
            connection.execute(select(literal(1)))
            connection.execute(text("insert into t values (1)"))
        assert seen == [False, True, True, False]

    def test_dialects_without(self, connection):
        context = connection.execute(t.insert().values(x=1)).context
        with pytest.raises(NotImplementedError, match="no server-side cursors|server"):
            super(SQLiteExecutionContext, context).create_server_side_cursor()
        with pytest.raises(NotImplementedError, match="OUT parameters"):
            context.get_out_parameter_values(["x"])


class TestResults:
    def test_rows_written_and_read_at_once(self, connection):
        result = connection.execute(t.insert().returning(t.c.id, t.c.x), [{"x": 5}, {"x": 6}])
        assert result.all() == [(1, 5), (2, 6)]
        assert connection.execute(t.update().values(x=t.c.x + 1).returning(t.c.x)).scalars().all() == [6, 7]

    def test_columns_asked_for_by_nobody_are_hidden(self, connection):
        v = Table("v", MetaData(), Column("id", Integer, primary_key=True, default=func.abs(-4)), Column("x", Integer))
        v.create(connection)
        result = connection.execute(v.insert().values(x=1))
        assert result.inserted_primary_key == (4,) and not result.returns_rows

    def test_defaults_asked_for(self, connection):
        result = connection.execute(t.insert().values(x=func.abs(-3)).return_defaults(t.c.x))
        assert result.returned_defaults.x == 3 and result.inserted_primary_key == (1,)
        result = connection.execute(t.update().values(x=func.abs(-8)).return_defaults(t.c.x))
        assert result.returned_defaults == (8,)

    def test_number_of_rows(self, connection):
        connection.execute(t.insert(), [{"x": number} for number in range(4)])
        assert connection.execute(t.update().where(t.c.x > 1).values(name="n")).rowcount == 2
        assert connection.execute(t.delete().where(t.c.x > 1).returning(t.c.id)).rowcount == 2
        kept = connection.execution_options(preserve_rowcount=True).execute(t.insert().values(x=1))
        assert kept.rowcount == 1 and kept.context.keeps_rowcount

    def test_types_convert(self, connection):
        v = Table("v", MetaData(), Column("id", Integer, primary_key=True), Column("x", Doubled))
        v.create(connection)
        connection.execute(v.insert(), [{"x": 1}, {"x": 2}])
        assert connection.execute(select(v.c.x)).scalars().all() == [102, 104]
        assert connection.execute(v.insert().returning(v.c.x), [{"x": 3}]).scalars().all() == [106]


class TestOrderOfReturnedRows:
    class Shuffled(SQLiteExecutionContext):
        """Returned rows come back to front, as databases may."""

        def fetchall_for_returning(self, cursor):
            return cursor.fetchall()[::-1]

    @pytest.fixture
    def connection(self):
        kind = type("Dialect", (sqlite.dialect,), {"execution_ctx_cls": self.Shuffled})
        raw = sqlite3.connect(":memory:", check_same_thread=False)
        engine = create_engine("sqlite://", dialect=kind(dbapi=sqlite3), creator=lambda: raw, poolclass=StaticPool)
        with engine.connect() as connection:
            yield connection

    def test_keys_that_the_database_counts(self, connection):
        t.create(connection)
        found = connection.execute(t.insert().returning(t.c.x, sort_by_parameter_order=True), [{"x": n} for n in range(5)])
        assert found.keys() == ["x"] and found.scalars().all() == [0, 1, 2, 3, 4]

    def test_keys_that_are_given(self, connection):
        v = Table("v", MetaData(), Column("code", String, primary_key=True), Column("x", Integer))
        v.create(connection)
        rows = [{"code": code, "x": number} for number, code in enumerate("cab")]
        found = connection.execute(v.insert().returning(v.c.x, sort_by_parameter_order=True), rows)
        assert found.all() == [(0,), (1,), (2,)]

    def test_several_keys_with_conversion(self, connection):
        class Text(TypeDecorator):
            impl = Integer
            cache_ok = True

            def process_bind_param(self, value, dialect):
                return int(value)

            def process_result_value(self, value, dialect):
                return str(value)

        v = Table("v", MetaData(), Column("a", Text, primary_key=True), Column("b", Integer, primary_key=True), Column("x", Integer))
        v.create(connection)
        rows = [{"a": a, "b": b, "x": x} for x, (a, b) in enumerate([("2", 1), ("1", 1), ("1", 2)])]
        found = connection.execute(v.insert().returning(v.c.x, v.c.a, sort_by_parameter_order=True), rows)
        assert found.all() == [(0, "2"), (1, "1"), (2, "1")]

    def test_a_column_for_nothing_else(self, connection):
        v = Table(
            "v", MetaData(), Column("id", Integer, primary_key=True, default=func.abs(func.random())), Column("x", Integer),
            insert_sentinel("number"),
        )  # fmt: skip
        v.create(connection)
        found = connection.execute(v.insert().returning(v.c.x, sort_by_parameter_order=True), [{"x": n} for n in range(5)])
        assert found.all() == [(n,) for n in range(5)]

    def test_what_puts_rows_in_order_is_not_in_them(self, connection):
        v = Table("v", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer), insert_sentinel("number"))
        v.create(connection)
        found = connection.execute(v.insert().returning(v.c.id, v.c.x, sort_by_parameter_order=True), [{"x": n} for n in (7, 8)])
        assert list(found.keys()) == ["id", "x"]
        assert list(found.raw_rows()) == [(1, 7), (2, 8)]

    def test_upserted_rows_are_counted(self, connection):
        v = Table("v", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer), insert_sentinel("number"))
        v.create(connection)
        statement = sqlite.insert(v).on_conflict_do_nothing().returning(v.c.x, sort_by_parameter_order=True)
        assert connection.execute(statement, [{"x": 7}, {"x": 8}]).all() == [(7,), (8,)]
        assert connection.execute(select(v.c.x, v.c.number)).all() == [(7, 0), (8, 1)]

    def test_values_that_are_not_unique(self, connection):
        v = Table("v", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer), Column("s", Integer, insert_sentinel=True, default=lambda: 5))
        v.create(connection)
        with pytest.raises(exc.InvalidRequestError, match="several rows have the same sentinel value .columns s"):
            connection.execute(v.insert().returning(v.c.x, sort_by_parameter_order=True), [{"x": 1}, {"x": 2}])

    def test_values_that_come_back_otherwise(self, connection):
        v = Table("v", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer), Column("s", Doubled, insert_sentinel=True, default=lambda: 5))
        v.create(connection)
        numbers = iter(range(10))
        v.c.s.default.arg = lambda context: next(numbers)
        with pytest.raises(exc.InvalidRequestError, match="no row has the sentinel value 0 .columns s"):
            connection.execute(v.insert().returning(v.c.x, sort_by_parameter_order=True), [{"x": 1}, {"x": 2}])

    def test_rows_left_out(self, connection):
        v = Table("v", MetaData(), Column("code", String, primary_key=True), Column("x", Integer))
        v.create(connection)
        connection.execute(v.insert(), {"code": "a", "x": 0})
        connection.exec_driver_sql("CREATE TRIGGER skip BEFORE INSERT ON v WHEN NEW.x = 9 BEGIN SELECT RAISE(IGNORE); END")
        with pytest.raises(exc.InvalidRequestError, match="2 rows were inserted, but 1 came back"):
            connection.execute(
                v.insert().returning(v.c.x, sort_by_parameter_order=True), [{"code": "b", "x": 9}, {"code": "c", "x": 1}]
            )


@pytest.mark.parametrize("batches", [True, False])
def test_rows_of_several_sets_are_refused_where_the_driver_returns_none(batches):
    table = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer))
    at = table.c.id == bindparam("at")
    updated, deleted = table.update().where(at).values(x=1).returning(table.c.x), table.delete().where(at).returning(table.c.x)
    with create_engine("sqlite://", use_insertmanyvalues=batches).connect() as connection:
        table.create(connection)
        added = [{"x": 1}, {"x": 2}]
        if batches:
            assert connection.scalars(table.insert().returning(table.c.x), added).all() == [1, 2]
        else:
            with pytest.raises(exc.StatementError, match="INSERT with RETURNING"):
                connection.execute(table.insert().returning(table.c.x), added)
        for statement, kind in ((updated, "UPDATE"), (deleted, "DELETE")):
            with pytest.raises(exc.StatementError, match="%s with RETURNING" % kind) as caught:
                connection.execute(statement, [{"at": 1}, {"at": 2}])
            assert isinstance(caught.value.orig, exc.InvalidRequestError)
