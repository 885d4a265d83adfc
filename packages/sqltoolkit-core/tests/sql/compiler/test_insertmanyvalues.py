"""One INSERT for many rows: batches, and rows told apart by sentinels."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Identity
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import Sequence
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import bindparam
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_core import insert_sentinel
from sqltoolkit_core import select
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.engine.interfaces import InsertmanyvaluesSentinelOpts
from sqltoolkit_core.sql.compiler import SQLCompiler
from sqltoolkit_core.sql.dml import upsert

m = MetaData()
u = Table("u", m, Column("id", Integer, primary_key=True), Column("x", Integer), Column("name", String))
coded = Table("v", m, Column("code", String, primary_key=True), Column("x", Integer))
ROWS = [{"x": number, "name": "n%d" % number} for number in range(5)]


def many_dialect(style="named", sentinel="NOT_SUPPORTED", **flags):
    options = {
        "insert_returning": True, "use_insertmanyvalues": True, "supports_multivalues_insert": True,
        "insert_executemany_returning": True, "insert_executemany_returning_sort_by_parameter_order": True,
        "favor_returning_over_lastrowid": True,
        "insertmanyvalues_implicit_sentinel": getattr(InsertmanyvaluesSentinelOpts, sentinel),
        "statement_compiler": SQLCompiler,
    }  # fmt: skip
    return type("Many", (DefaultDialect,), dict(options, **flags))(paramstyle=style)


def compiled_for(statement, rows, dialect):
    return statement.compile(dialect=dialect, column_keys=list(rows[0]), for_executemany=True)


def batches(statement, rows, dialect, size=1000, translate=None):
    compiled = compiled_for(statement, rows, dialect)
    parameters = rows
    if compiled.positional:
        parameters = [tuple(row[name] for name in compiled.positiontup) for row in rows]
    in_order = bool(statement._sort_by_parameter_order)
    return list(
        compiled.deliver_insertmanyvalues_batches(str(compiled), parameters, rows, None, size, in_order, translate)
    )


class TestBatches:
    statement = u.insert().returning(u.c.id)

    def test_sizes(self):
        found = batches(self.statement, ROWS, sqlite.dialect(), size=2)
        assert [(one.current_batch_size, one.batchnum, one.total_batches) for one in found] == [(2, 1, 3), (2, 2, 3), (1, 3, 3)]
        assert [one.replaced_parameters for one in found] == [(0, "n0", 1, "n1"), (2, "n2", 3, "n3"), (4, "n4")]
        assert found[0].replaced_statement == "INSERT INTO u (x, name) VALUES (?, ?), (?, ?) RETURNING id"
        assert found[2].replaced_statement == "INSERT INTO u (x, name) VALUES (?, ?) RETURNING id"
        assert not any(one.is_downgraded for one in found)

    @pytest.mark.parametrize(
        "style, rows, parameters",
        [
            ("qmark", "(?, ?), (?, ?)", (0, "n0", 1, "n1")), ("format", "(%s, %s), (%s, %s)", (0, "n0", 1, "n1")),
            ("numeric", "(:1, :2), (:3, :4)", (0, "n0", 1, "n1")), ("numeric_dollar", "($1, $2), ($3, $4)", (0, "n0", 1, "n1")),
            ("named", "(:x__0, :name__0), (:x__1, :name__1)", {"x__0": 0, "name__0": "n0", "x__1": 1, "name__1": "n1"}),
            ("pyformat", "(%(x__0)s, %(name__0)s), (%(x__1)s, %(name__1)s)",
             {"x__0": 0, "name__0": "n0", "x__1": 1, "name__1": "n1"}),
        ],
    )  # fmt: skip
    def test_styles(self, style, rows, parameters):
        (found,) = batches(self.statement, ROWS[:2], many_dialect(style))
        assert found.replaced_statement == "INSERT INTO u (x, name) VALUES %s RETURNING u.id" % rows
        assert found.replaced_parameters == parameters

    @pytest.mark.parametrize("style", ["qmark", "numeric", "named"])
    def test_parameters_around_the_rows(self, style):
        statement = (
            u.insert().values(x=bindparam("x")).returning(u.c.id + 7)
            .add_cte(select(u.c.x + 5).cte("c"))
        )  # fmt: skip
        rows = [{"x": 1, "x_1": 5, "id_1": 7}, {"x": 2, "x_1": 5, "id_1": 7}]
        compiled = statement.compile(dialect=many_dialect(style), column_keys=["x"], for_executemany=True)
        parameters = rows if style == "named" else [tuple(row[name] for name in compiled.positiontup) for row in rows]
        (found,) = compiled.deliver_insertmanyvalues_batches(str(compiled), parameters, rows, None, 10, False)
        assert found.current_batch_size == 2
        values = found.replaced_parameters
        if style == "named":
            assert values == {"x__0": 1, "x__1": 2, "x_1": 5, "id_1": 7}
        else:
            assert values == (5, 1, 2, 7)
        if style == "numeric":
            assert "(:2), (:3) RETURNING u.id + :4" in found.replaced_statement

    def test_names_with_other_characters(self):
        v = Table("w", MetaData(), Column("two words", Integer), Column("id", Integer, primary_key=True))
        rows = [{"two_words": 1}, {"two_words": 2}]
        compiled = v.insert().returning(v.c.id).compile(
            dialect=many_dialect(), column_keys=["two words"], for_executemany=True
        )
        (found,) = compiled.deliver_insertmanyvalues_batches(str(compiled), rows, rows, None, 10, False)
        assert found.replaced_statement == (
            'INSERT INTO w ("two words") VALUES (:two_words__0), (:two_words__1) RETURNING w.id'
        )
        assert found.replaced_parameters == {"two_words__0": 1, "two_words__1": 2}

    def test_limit_of_parameters(self):
        found = batches(self.statement, ROWS, many_dialect("qmark", insertmanyvalues_max_parameters=5))
        assert [one.current_batch_size for one in found] == [2, 2, 1]
        found = batches(self.statement, ROWS, many_dialect("qmark", insertmanyvalues_max_parameters=1))
        assert [one.current_batch_size for one in found] == [1] * 5

    def test_schema_names(self):
        v = Table("w", MetaData(), Column("x", Integer), Column("id", Integer, primary_key=True), schema="s")
        compiled = v.insert().returning(v.c.id).compile(
            dialect=many_dialect("qmark"), column_keys=["x"], for_executemany=True, schema_translate_map={"s": "z"}
        )
        rows = [{"x": 1}, {"x": 2}]
        (found,) = compiled.deliver_insertmanyvalues_batches(
            str(compiled), [(1,), (2,)], rows, None, 10, False, {"s": "z"}
        )
        assert found.replaced_statement == "INSERT INTO z.w (x) VALUES (?), (?) RETURNING z.w.id"


class TestRowByRow:
    def sizes(self, found):
        return [(one.current_batch_size, one.is_downgraded) for one in found]

    def test_parameters_outside_of_the_row(self):
        statement = sqlite.insert(u).on_conflict_do_update(index_elements=["id"], set_={"x": bindparam("other")})
        rows = [{"id": number, "x": 1, "other": number} for number in range(2)]
        compiled = statement.returning(u.c.id).compile(
            dialect=sqlite.dialect(), column_keys=["id", "x"], for_executemany=True
        )
        parameters = [tuple(row[name] for name in compiled.positiontup) for row in rows]
        found = list(compiled.deliver_insertmanyvalues_batches(str(compiled), parameters, rows, None, 10, False))
        assert self.sizes(found) == [(1, True), (1, True)]
        assert [batch.replaced_parameters for batch in found] == parameters

    def test_rows_of_defaults(self):
        compiled = u.insert().returning(u.c.id).compile(
            dialect=many_dialect("qmark", supports_default_values=True), column_keys=[], for_executemany=True
        )
        found = list(compiled.deliver_insertmanyvalues_batches(str(compiled), [(), ()], [{}, {}], None, 10, False))
        assert self.sizes(found) == [(1, True)] * 2
        assert found[0].replaced_statement == "INSERT INTO u DEFAULT VALUES RETURNING u.id"

    def test_where_rows_can_not_be_told_apart(self):
        statement = u.insert().returning(u.c.id, sort_by_parameter_order=True)
        found = batches(statement, ROWS[:2], many_dialect("qmark"))
        assert self.sizes(found) == [(1, True)] * 2

    def test_upserts_in_order(self):
        statement = upsert(coded).returning(coded.c.x, sort_by_parameter_order=True)
        rows = [{"code": "a", "x": 1}, {"code": "b", "x": 2}]
        assert self.sizes(batches(statement, rows, sqlite.dialect())) == [(1, True)] * 2
        statement = upsert(coded).returning(coded.c.x)
        assert self.sizes(batches(statement, rows, sqlite.dialect())) == [(2, False)]

    def test_databases_with_one_row_per_insert(self):
        found = batches(u.insert().returning(u.c.id), ROWS[:2], many_dialect("qmark", supports_multivalues_insert=False))
        assert self.sizes(found) == [(1, True)] * 2


class TestSentinels:
    def test_keys_that_are_given(self):
        rows = [{"code": "b", "x": 1}, {"code": "a", "x": 2}]
        statement = coded.insert().returning(coded.c.x, sort_by_parameter_order=True)
        found = batches(statement, rows, sqlite.dialect())
        assert found[0].sentinel_values == ["b", "a"] and not found[0].rows_sorted
        assert found[0].replaced_statement.endswith("RETURNING x, code")

    @pytest.mark.parametrize("value", [func.f(), func.lower(bindparam("code"))])
    def test_keys_that_are_expressions_tell_nothing(self, value):
        statement = coded.insert().values(code=value).returning(coded.c.x, sort_by_parameter_order=True)
        rows = [{"code": "B", "x": 1}, {"code": "A", "x": 2}]
        compiled = statement.compile(dialect=sqlite.dialect(), column_keys=["x"], for_executemany=True)
        assert not compiled._insertmanyvalues.sentinel_columns and str(compiled).endswith("RETURNING x")
        parameters = [tuple(row[name] for name in compiled.positiontup) for row in rows]
        found = compiled.deliver_insertmanyvalues_batches(str(compiled), parameters, rows, None, 10, True)
        assert [one.is_downgraded for one in found] == [True, True]

    def test_several_keys(self):
        v = Table("w", MetaData(), Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True))
        statement = v.insert().returning(v.c.a, sort_by_parameter_order=True)
        rows = [{"a": 2, "b": 1}, {"a": 1, "b": 1}]
        found = batches(statement, rows, sqlite.dialect())
        assert found[0].sentinel_values == [(2, 1), (1, 1)]
        assert found[0].replaced_statement.endswith("RETURNING a, b")

    @pytest.mark.parametrize(
        "column, sentinel, counted",
        [
            (Column("id", Integer, primary_key=True), "AUTOINCREMENT", True),
            (Column("id", Integer, primary_key=True), "IDENTITY", False),
            (Column("id", Integer, Identity(), primary_key=True), "IDENTITY", True),
            (Column("id", Integer, Identity(), primary_key=True), "AUTOINCREMENT", False),
            (Column("id", Integer, Sequence("s"), primary_key=True), "SEQUENCE", True),
            (Column("id", Integer, primary_key=True, server_default="1"), "ANY_AUTOINCREMENT", False),
            (Column("id", Integer, primary_key=True, default=func.f()), "ANY_AUTOINCREMENT", False),
        ],
    )
    def test_keys_that_the_database_counts(self, column, sentinel, counted):
        v = Table("w", MetaData(), column._copy(), Column("x", Integer))
        statement = v.insert().returning(v.c.x, sort_by_parameter_order=True)
        dialect = many_dialect("qmark", sentinel)
        record = compiled_for(statement, [{"x": 1}], dialect)._insertmanyvalues
        assert record.implicit_sentinel is counted and bool(record.sentinel_columns) is counted
        assert [one.is_downgraded for one in batches(statement, [{"x": 1}, {"x": 2}], dialect)] == (
            [False] if counted else [True, True]
        )

    def test_rows_selected_in_the_order_of_a_counter(self):
        dialect = many_dialect("qmark", "ANY_AUTOINCREMENT")
        dialect.insertmanyvalues_implicit_sentinel |= InsertmanyvaluesSentinelOpts.USE_INSERT_FROM_SELECT
        statement = u.insert().returning(u.c.x, sort_by_parameter_order=True)
        (found,) = batches(statement, ROWS[:2], dialect)
        assert found.replaced_statement == (
            "INSERT INTO u (x, name) SELECT p0, p1 FROM (VALUES (?, ?, 0), (?, ?, 1)) AS imp_sen(p0, p1, sen_counter) "
            "ORDER BY sen_counter RETURNING u.x, u.id"
        )
        assert found.replaced_parameters == (0, "n0", 1, "n1")

    def test_column_that_numbers_the_rows(self):
        v = Table(
            "v", MetaData(), Column("id", Integer, primary_key=True, default=func.next_id()), Column("x", Integer),
            insert_sentinel("s"),
        )  # fmt: skip
        statement = v.insert().returning(v.c.x, sort_by_parameter_order=True)
        rows = [{"x": number, "s": None} for number in (7, 8)]
        for dialect, parameters in (
            (sqlite.dialect(), (7, 0, 8, 1)),
            (sqlite.dialect(paramstyle="named"), {"x__0": 7, "s__0": 0, "x__1": 8, "s__1": 1}),
        ):
            compiled = statement.compile(dialect=dialect, column_keys=["x"], for_executemany=True)
            given = rows if compiled.positional is False else [(row["x"], row["s"]) for row in rows]
            (found,) = compiled.deliver_insertmanyvalues_batches(str(compiled), given, rows, None, 10, True)
            assert found.replaced_parameters == parameters and found.sentinel_values == [0, 1]

    def test_column_with_values_or_a_default(self):
        v = Table("v", MetaData(), Column("id", Integer, primary_key=True), insert_sentinel("s", default=lambda: 3))
        w = Table("w", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer), insert_sentinel("s"))
        assert str(v.insert().values(id=1)) == "INSERT INTO v (id, s) VALUES (:id, :s)"
        assert str(w.insert().values(x=1)) == "INSERT INTO w (x) VALUES (:x)"
        statement = w.insert().returning(w.c.x, sort_by_parameter_order=True)
        (found,) = batches(statement, [{"x": 1, "s": 8}, {"x": 2, "s": 9}], sqlite.dialect())
        assert found.replaced_parameters == (1, 8, 2, 9) and found.sentinel_values == [8, 9]

    def test_column_that_can_be_null(self):
        v = Table("v", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer, insert_sentinel=True))
        statement = v.insert().returning(v.c.id, sort_by_parameter_order=True)
        with pytest.raises(exc.InvalidRequestError, match="Sentinel v.x has no default"):
            compiled_for(statement, [{"id": 1}], sqlite.dialect())


class TestRecord:
    def test_what_is_repeated(self):
        record = compiled_for(u.insert().returning(u.c.id + 7), ROWS, many_dialect())._insertmanyvalues
        assert record.names == ["x", "name"] and record.names_outside == ["id_1"]
        assert not record.has_upsert_bound_parameters and record.num_sentinel_columns == 0

    def test_upserts(self):
        statement = sqlite.insert(u).on_conflict_do_update(index_elements=["id"], set_={"x": 5})
        record = compiled_for(statement.returning(u.c.id), ROWS, sqlite.dialect())._insertmanyvalues
        assert record.includes_upsert and record.has_upsert_bound_parameters

    @pytest.mark.parametrize(
        "statement, flags",
        [
            (u.insert(), {}), (u.insert().returning(u.c.id), {"use_insertmanyvalues": False}),
            (u.insert().from_select(["x"], select(coded.c.x)).returning(u.c.id), {}),
            (u.insert().values([{"x": 1}, {"x": 2}]).returning(u.c.id), {}),
        ],
    )  # fmt: skip
    def test_statements_without(self, statement, flags):
        assert compiled_for(statement, ROWS, many_dialect("qmark", **flags))._insertmanyvalues is None

    def test_without_returning_where_the_dialect_wants_it(self):
        compiled = compiled_for(u.insert(), ROWS, many_dialect("qmark", use_insertmanyvalues_wo_returning=True))
        assert compiled._insertmanyvalues is not None and str(compiled) == "INSERT INTO u (x, name) VALUES (?, ?)"
