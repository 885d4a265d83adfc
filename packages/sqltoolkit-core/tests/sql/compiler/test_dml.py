"""SQL text of INSERT, UPDATE and DELETE, and what they fetch."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import bindparam
from sqltoolkit_core import exc
from sqltoolkit_core import from_dml_column
from sqltoolkit_core import func
from sqltoolkit_core import insert
from sqltoolkit_core import insert_sentinel
from sqltoolkit_core import literal
from sqltoolkit_core import select
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.sql.dml import merge_into
from sqltoolkit_core.sql.dml import upsert
from sqltoolkit_core.testing.assertions import AssertsCompiledSQL

m = MetaData()
t = Table(
    "t", m,
    Column("id", Integer, primary_key=True), Column("x", Integer, default=5), Column("y", Integer, server_default="7"),
    Column("z", Integer, default=func.foo()), Column("w", Integer, onupdate=9),
)  # fmt: skip
u = Table("u", m, Column("id", Integer, primary_key=True), Column("x", Integer), Column("name", String))


def keys(columns):
    return [column.key for column in columns or ()]


class TestInsert(AssertsCompiledSQL):
    def test_defaults(self):
        compiled = self.assert_compile(
            t.insert(), "INSERT INTO t (x, z) VALUES (?, foo())", dialect=sqlite.dialect(), column_keys=[]
        )
        assert keys(compiled.insert_prefetch) == ["x"]
        assert keys(compiled.postfetch) == ["y", "z"]
        assert compiled.postfetch_lastrowid

    def test_rows(self):
        self.assert_compile(
            u.insert().values([{"x": 1, "name": "a"}, {"x": 2, "name": "b"}]),
            "INSERT INTO u (x, name) VALUES (:x_m0, :name_m0), (:x_m1, :name_m1)",
            checkparams={"x_m0": 1, "name_m0": "a", "x_m1": 2, "name_m1": "b"},
        )

    def test_row_without_a_value(self):
        with pytest.raises(exc.CompileError, match="row 1"):
            u.insert().values([{"x": 1, "name": "a"}, {"x": 2}]).compile()

    def test_from_select(self):
        self.assert_compile(
            u.insert().from_select(["x", "name"], select(t.c.x, func.lower("A"))),
            "INSERT INTO u (x, name) SELECT t.x, lower(:lower_2) AS lower_1 FROM t",
        )

    def test_returning(self):
        self.assert_compile(
            t.insert().values(x=1, z=2).returning(t.c.id, t.c.x + 1),
            "INSERT INTO t (x, z) VALUES (?, ?) RETURNING id, x + ? AS anon_1",
            dialect=sqlite.dialect(),
            checkpositional=(1, 2, 1),
        )

    def test_unknown_column(self):
        with pytest.raises(exc.CompileError, match="nope"):
            u.insert().values(nope=5).compile()

    def test_empty(self):
        self.assert_compile(u.insert(), "INSERT INTO u DEFAULT VALUES", dialect=sqlite.dialect(), column_keys=[])

    def test_copied_column(self):
        self.assert_compile(
            u.insert().values(x=5, name=func.str(from_dml_column(u.c.x))),
            "INSERT INTO u (x, name) VALUES (:x, str(:x))",
            checkparams={"x": 5},
        )


class TestUpdateDelete(AssertsCompiledSQL):
    def test_update(self):
        compiled = self.assert_compile(
            t.update().values(x=t.c.x + 1).where(t.c.id == 3),
            "UPDATE t SET x=(t.x + :x_1), w=:w WHERE t.id = :id_1",
        )
        assert keys(compiled.update_prefetch) == ["w"]

    def test_ordered(self):
        self.assert_compile(
            u.update().ordered_values((u.c.name, "n"), ("x", 3)), "UPDATE u SET name=:name, x=:x"
        )

    def test_from(self):
        self.assert_compile(
            u.update().values(x=t.c.x).where(t.c.id == u.c.id), "UPDATE u SET x=t.x FROM t WHERE t.id = u.id"
        )
        with pytest.raises(NotImplementedError):
            u.update().values(x=t.c.x).where(t.c.id == u.c.id).compile(dialect=DefaultDialect())

    def test_reserved_bind_name(self):
        with pytest.raises(exc.CompileError, match="'x'"):
            u.update().values(x=5).where(u.c.id == bindparam("x")).compile()

    def test_delete(self):
        self.assert_compile(u.delete().where(u.c.id == 3), "DELETE FROM u WHERE u.id = :id_1")


class TestManyValues:
    def batches(self, statement, rows, dialect, **kw):
        compiled = statement.compile(dialect=dialect, column_keys=list(rows[0]), for_executemany=True)
        if compiled.positional:
            parameters = [tuple(row[name] for name in compiled.positiontup) for row in rows]
        else:
            parameters = rows
        size = kw.pop("batch_size", 1000)
        in_order = bool(statement._sort_by_parameter_order)
        return list(
            compiled.deliver_insertmanyvalues_batches(str(compiled), parameters, rows, None, size, in_order)
        )

    def test_positional(self):
        rows = [{"x": number, "name": "n%d" % number} for number in range(5)]
        found = self.batches(u.insert().returning(u.c.id), rows, sqlite.dialect(), batch_size=2)
        assert [batch.replaced_parameters for batch in found] == [
            (0, "n0", 1, "n1"), (2, "n2", 3, "n3"), (4, "n4")
        ]  # fmt: skip
        assert found[0].replaced_statement == "INSERT INTO u (x, name) VALUES (?, ?), (?, ?) RETURNING id"
        assert found[2].replaced_statement == "INSERT INTO u (x, name) VALUES (?, ?) RETURNING id"

    def test_named(self):
        rows = [{"x": number, "name": "n%d" % number} for number in range(2)]
        found = self.batches(u.insert().returning(u.c.id), rows, sqlite.dialect(paramstyle="named"))
        assert found[0].replaced_statement == (
            "INSERT INTO u (x, name) VALUES (:x__0, :name__0), (:x__1, :name__1) RETURNING id"
        )
        assert found[0].replaced_parameters == {"x__0": 0, "name__0": "n0", "x__1": 1, "name__1": "n1"}

    def test_parameters_outside_of_the_row_go_one_by_one(self):
        statement = sqlite.insert(u).on_conflict_do_update(index_elements=["id"], set_={"x": bindparam("other")})
        rows = [{"id": number, "x": 1, "other": number} for number in range(2)]
        compiled = statement.returning(u.c.id).compile(
            dialect=sqlite.dialect(), column_keys=["id", "x"], for_executemany=True
        )
        parameters = [tuple(row[name] for name in compiled.positiontup) for row in rows]
        found = list(compiled.deliver_insertmanyvalues_batches(str(compiled), parameters, rows, None, 10, False))
        assert [batch.current_batch_size for batch in found] == [1, 1]
        assert [batch.replaced_parameters for batch in found] == parameters

    def test_sentinel_values(self):
        v = Table("v", MetaData(), Column("code", String, primary_key=True), Column("x", Integer))
        rows = [{"code": "b", "x": 1}, {"code": "a", "x": 2}]
        statement = v.insert().returning(v.c.x, sort_by_parameter_order=True)
        found = self.batches(statement, rows, sqlite.dialect())
        assert found[0].sentinel_values == ["b", "a"]
        assert found[0].replaced_statement.endswith("RETURNING x, code")


class TestUpsertAndMerge(AssertsCompiledSQL):
    def test_upsert(self):
        self.assert_compile(
            upsert(u).values(id=1, x=2, name="n"),
            "INSERT INTO u (id, x, name) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET x = excluded.x, "
            "name = excluded.name",
            dialect=sqlite.dialect(),
        )
        self.assert_compile(
            upsert(u).values(id=1, x=2).ignore(),
            "INSERT INTO u (id, x) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
            dialect=sqlite.dialect(),
        )

    def test_refused(self):
        with pytest.raises(exc.CompileError, match="upsert"):
            upsert(u).values(id=1).compile(dialect=DefaultDialect())
        merge = merge_into(u).using(t, t.c.id == u.c.id).when_matched_delete()
        with pytest.raises(exc.CompileError, match="MERGE"):
            merge.compile(dialect=sqlite.dialect())

    def test_merge(self):
        merge = (
            merge_into(u)
            .using(t, t.c.id == u.c.id)
            .when_matched_update(x=t.c.x)
            .when_not_matched_insert(id=t.c.id, x=5)
        )
        self.assert_compile(
            merge,
            "MERGE INTO u USING t ON t.id = u.id WHEN MATCHED THEN UPDATE SET x = t.x WHEN NOT MATCHED THEN "
            "INSERT (id, x) VALUES (t.id, :param_1)",
        )


def test_insert_function_takes_tables_only():
    with pytest.raises(exc.ArgumentError):
        insert(select(u.c.x))


def test_sentinel_column_numbers_the_rows():
    v = Table(
        "v", MetaData(), Column("id", Integer, primary_key=True, default=func.next_id()), Column("x", Integer),
        insert_sentinel("s"),
    )  # fmt: skip
    statement = v.insert().returning(v.c.x, sort_by_parameter_order=True)
    compiled = statement.compile(dialect=sqlite.dialect(), column_keys=["x"], for_executemany=True)
    assert compiled.positiontup == ["x", "s"]
    rows = [{"x": number, "s": None} for number in (7, 8)]
    found = list(
        compiled.deliver_insertmanyvalues_batches(
            str(compiled), [(row["x"], row["s"]) for row in rows], rows, None, 10, True
        )
    )
    assert found[0].replaced_parameters == (7, 0, 8, 1)
    assert found[0].sentinel_values == [0, 1]


def test_sentinel_column_with_values_or_a_default():
    v = Table("v", MetaData(), Column("id", Integer, primary_key=True), insert_sentinel("s", default=lambda: 3))
    w = Table("w", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer), insert_sentinel("s"))
    dialect = sqlite.dialect()
    assert str(v.insert().values(id=1)) == "INSERT INTO v (id, s) VALUES (:id, :s)"
    assert str(w.insert().values(x=1)) == "INSERT INTO w (x) VALUES (:x)"
    compiled = (
        w.insert().returning(w.c.x, sort_by_parameter_order=True)
        .compile(dialect=dialect, column_keys=["x", "s"], for_executemany=True)
    )  # fmt: skip
    rows = [{"x": 1, "s": 8}, {"x": 2, "s": 9}]
    found = list(compiled.deliver_insertmanyvalues_batches(str(compiled), [(1, 8), (2, 9)], rows, None, 10, True))
    assert found[0].replaced_parameters == (1, 8, 2, 9) and found[0].sentinel_values == [8, 9]


def test_what_does_not_go_with_returning():
    with pytest.raises(exc.CompileError, match="return_defaults"):
        u.insert().returning(u.c.x).return_defaults().compile()
    with pytest.raises(exc.CompileError, match="list of parameters"):
        u.insert().values([{"x": 1}, {"x": 2}]).returning(u.c.x, sort_by_parameter_order=True).compile()


def test_tables_without_implicit_returning_fetch_only_what_is_asked_for():
    v = Table(
        "v", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer), implicit_returning=False
    )  # fmt: skip
    dialect = sqlite.dialect()
    assert "RETURNING" not in str(v.insert().values(x=1).return_defaults(v.c.id).compile(dialect=dialect))
    extra = v.insert().values(x=1).return_defaults(v.c.id, supplemental_cols=[v.c.x])
    assert str(extra.compile(dialect=dialect)).endswith("RETURNING x")


def test_key_that_may_be_none_comes_back():
    compiled = u.insert().return_defaults(u.c.x).compile(dialect=sqlite.dialect(), column_keys=["id"])
    assert str(compiled) == "INSERT INTO u (id) VALUES (?) RETURNING id, x"


def test_missing_key_is_warned_of_with_returning_too():
    v = Table("v", MetaData(), Column("id", String, primary_key=True), Column("x", Integer))
    with pytest.warns(exc.SAWarning, match="v.id"):
        v.insert().values(x=1).returning(v.c.x).compile()


def test_names_of_parameters_without_a_name():
    assert str(u.insert().values(x=bindparam(None, 5))) == "INSERT INTO u (x) VALUES (:param_1)"
    assert str(u.insert().values(x=literal(5))) == "INSERT INTO u (x) VALUES (:x)"
    rows = [{"x": bindparam(None, 5)}, {"x": bindparam(None, 6)}]
    assert str(u.insert().values(rows)) == "INSERT INTO u (x) VALUES (:param_1), (:param_2)"


def test_literals_without_a_value():
    literally = {"literal_binds": True}
    assert str(u.insert().compile(compile_kwargs=literally)) == "INSERT INTO u (id, x, name) VALUES (:id, :x, :name)"
    assert str(u.insert().values(x=bindparam("q")).compile(compile_kwargs=literally)) == (
        "INSERT INTO u (x) VALUES (NULL)"
    )
    with pytest.warns(exc.SAWarning, match="NULL"):
        assert str((u.c.x == bindparam("q")).compile(compile_kwargs=literally)) == "u.x = NULL"
