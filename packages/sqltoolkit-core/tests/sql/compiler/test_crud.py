"""Which columns an INSERT or UPDATE sets, and which come back."""

from __future__ import annotations

import pytest

from sqltoolkit_core import ARRAY
from sqltoolkit_core import Column
from sqltoolkit_core import FetchedValue
from sqltoolkit_core import Integer
from sqltoolkit_core import JSON
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import bindparam
from sqltoolkit_core import exc
from sqltoolkit_core import from_dml_column
from sqltoolkit_core import func
from sqltoolkit_core import literal
from sqltoolkit_core import select
from sqltoolkit_core import union
from sqltoolkit_core import update
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.testing.assertions import AssertsCompiledSQL
from sqltoolkit_core.testing.assertions import compiled_text

m = MetaData()
t = Table(
    "t", m,
    Column("id", Integer, primary_key=True), Column("x", Integer, default=5), Column("y", Integer, server_default="7"),
    Column("z", Integer, default=func.foo()), Column("w", Integer, onupdate=9),
)  # fmt: skip
u = Table("u", m, Column("id", Integer, primary_key=True), Column("x", Integer), Column("name", String))
on_update = Table(
    "o", m, Column("id", Integer, primary_key=True), Column("now", Integer, onupdate=func.now()),
    Column("made", Integer, server_onupdate=FetchedValue()), Column("Key", Integer, key="k"),
)  # fmt: skip
RETURNING = {"supports_multivalues_insert": True, "insert_returning": True, "update_returning": True, "delete_returning": True}


def keys(columns):
    return [column.key for column in columns or ()]


class TestInsert(AssertsCompiledSQL):
    def test_without_values_every_column_is_a_parameter(self):
        self.assert_compile(t.insert(), "INSERT INTO t (id, x, y, z, w) VALUES (:id, :x, :y, :z, :w)")
        self.assert_compile(on_update.update(), 'UPDATE o SET id=:id, now=:now, made=:made, "Key"=:k')

    def test_keys_of_the_execution(self):
        compiled = self.assert_compile(
            t.insert(), "INSERT INTO t (x, z) VALUES (?, foo())", dialect=sqlite.dialect(), column_keys=["x", "nowhere"]
        )
        assert keys(compiled.insert_prefetch) == [] and keys(compiled.postfetch) == ["y", "z"]
        assert compiled.postfetch_lastrowid
        with pytest.raises(exc.InvalidRequestError, match="'x'"):
            compiled.construct_params({})

    def test_values_of_the_statement_win(self):
        self.assert_compile(
            u.insert().values(x=func.f()), "INSERT INTO u (id, x) VALUES (:id, f())", column_keys=["x", "id"]
        )

    def test_unknown_names(self):
        for statement in (u.insert().values(nope=5), u.update().values(nope=5), u.update().ordered_values(("nope", 5))):
            with pytest.raises(exc.CompileError, match="columns that its table .u. does not have: nope"):
                statement.compile()

    @pytest.mark.parametrize(
        "rows, expected",
        [
            ([{"x": 1}, {"x": 3, "name": "n"}], "INSERT INTO u (x) VALUES (:x_m0), (:x_m1)"),
            ([(1, 2, "n"), (3, 4, "o")],
             "INSERT INTO u (id, x, name) VALUES (:id_m0, :x_m0, :name_m0), (:id_m1, :x_m1, :name_m1)"),
            ([{"x": 1}, {"x": func.f()}], "INSERT INTO u (x) VALUES (:x_m0), (f())"),
        ],
    )  # fmt: skip
    def test_rows(self, rows, expected):
        self.assert_compile(u.insert().values(rows), expected)

    def test_row_without_a_value(self):
        with pytest.raises(exc.CompileError, match="column 'x' in row 1"):
            u.insert().values([{"x": 1, "name": "a"}, {"name": "b"}]).compile()


class TestInsertFromSelect(AssertsCompiledSQL):
    def test_defaults_are_selected_too(self):
        compiled = self.assert_compile(
            t.insert().from_select(["y"], select(u.c.x)),
            "INSERT INTO t (y, x, z) SELECT u.x, :x AS anon_1, foo() AS foo_1 FROM u",
        )
        assert keys(compiled.insert_prefetch) == ["x"]
        self.assert_compile(
            t.insert().from_select(["y"], select(u.c.x), include_defaults=False), "INSERT INTO t (y) SELECT u.x FROM u"
        )

    def test_insert_from_select_inside_of_insert_from_select(self):
        inside = t.insert().from_select(["x", "y"], select(u.c.id, u.c.x), include_defaults=False).cte("inside")
        self.assert_compile(
            u.insert().from_select(["x"], select(u.c.x + 1)).add_cte(inside),
            "WITH inside AS (INSERT INTO t (x, y) SELECT u.id AS id, u.x AS x FROM u) "
            "INSERT INTO u (x) SELECT u.x + :x_1 AS anon_1 FROM u",
        )

    def test_set_operations_take_no_defaults(self):
        both = union(select(u.c.x), select(u.c.id))
        with pytest.raises(exc.CompileError, match="CompoundSelect as the source of an INSERT"):
            t.insert().from_select(["y"], both).compile()
        self.assert_compile(
            t.insert().from_select(["y"], both, include_defaults=False),
            "INSERT INTO t (y) SELECT u.x FROM u UNION SELECT u.id FROM u",
        )

    def test_keys(self):
        self.assert_compile(
            on_update.insert().from_select([on_update.c.k], select(u.c.x)), 'INSERT INTO o ("Key") SELECT u.x FROM u'
        )


class TestUpdate(AssertsCompiledSQL):
    def test_order(self):
        self.assert_compile(u.update().values({"name": "n", u.c.x: 3}), "UPDATE u SET x=:x, name=:name")
        self.assert_compile(u.update().ordered_values((u.c.name, "n"), ("x", 3)), "UPDATE u SET name=:name, x=:x")

    def test_defaults(self):
        compiled = self.assert_compile(on_update.update().values(k=5), 'UPDATE o SET now=now(), "Key"=:k')
        assert keys(compiled.postfetch) == ["now", "made"]
        compiled = self.assert_compile(t.update(), "UPDATE t SET x=:x, w=:w", column_keys=["x"])
        assert keys(compiled.update_prefetch) == ["w"] and not compiled.insert_prefetch

    def test_parts_of_columns(self):
        v = Table("v", MetaData(), Column("a", ARRAY(Integer)), Column("j", JSON), Column("x", Integer))
        self.assert_compile(v.update().values({v.c.a[2]: 5, "x": 1}), "UPDATE v SET a[:a_1]=:param_1, x=:x")
        self.assert_compile(v.update().values({v.c.j["k"]: func.f(5)}), "UPDATE v SET j[:j_1]=f(:f_1)")
        compiled = v.update().values({v.c.a[2]: 5}).compile()
        assert isinstance(next(bind for bind in compiled.bind_names if bind.value == 5).type, Integer)

    def test_columns_of_other_tables(self, dialect_with):
        statement = u.update().values({u.c.x: 5, t.c.x: 6}).where(t.c.id == u.c.id)
        with pytest.raises(exc.CompileError, match="columns of 't' in an UPDATE of 'u'.*one table only"):
            statement.compile()
        both = dialect_with(
            render_table_with_column_in_update_from=True, update_from_clause=lambda self, *args, **kw: "FROM t"
        )
        compiled = self.assert_compile(
            statement, "UPDATE u SET t.x=:t_x, t.w=:t_w, u.x=:x FROM t WHERE t.id = u.id", dialect=both
        )
        assert keys(compiled.update_prefetch) == ["w"] and compiled.compile_state.is_multitable

    def test_columns_of_a_join(self, dialect_with):
        joined = u.join(t, t.c.id == u.c.id)
        statement = update(joined).values({u.c.x: u.c.x + 1, t.c.x: 6}).where(t.c.y == 2)
        text = "UPDATE u JOIN t ON t.id = u.id SET x=:t_x, w=:t_w, x=(u.x + :x_1) WHERE t.y = :y_1"
        compiled = self.assert_compile(statement, text, checkparams={"t_x": 6, "t_w": None, "x_1": 1, "y_1": 2})
        assert keys(compiled.update_prefetch) == ["w"] and compiled.compile_state.is_multitable
        qualified = dialect_with(render_table_with_column_in_update_from=True)
        assert "SET t.x=:t_x, t.w=:t_w, u.x=(u.x + :x_1)" in str(statement.compile(dialect=qualified))
        # names are those of the leftmost table
        self.assert_compile(update(joined).values(name="n"), "UPDATE u JOIN t ON t.id = u.id SET name=:name")
        with pytest.raises(exc.CompileError, match="columns .* does not have: y"):
            update(joined).values(y=5).compile()

    def test_reserved_names(self):
        with pytest.raises(exc.CompileError, match="'x', but that name is used for the column.*'b_x'"):
            u.update().values(x=5).where(u.c.id == bindparam("x")).compile()
        self.assert_compile(
            u.update().values(x=bindparam("q")).where(u.c.id == bindparam("x")), "UPDATE u SET x=:q WHERE u.id = :x"
        )


class TestWhatComesBack(AssertsCompiledSQL):
    @pytest.mark.parametrize(
        "statement, returned, fetched",
        [
            (t.insert().values(x=1), "t.id", ["y", "z"]),
            (t.insert().values(x=func.f()), "t.id", ["x", "y", "z"]),
            (t.insert().values(x=1).return_defaults(), "t.id, t.y, t.z, t.w", []),
            (t.insert().values(x=1).return_defaults(t.c.y), "t.id, t.y", ["z"]),
            (t.insert().values(x=1).inline(), None, ["y", "z"]),
            (t.insert().values([{"x": 1}, {"x": 2}]), None, ["y", "z"]),
            (t.insert().values(id=1, x=1), None, ["y", "z"]),
            (on_update.update().values(k=5).return_defaults(), "o.now, o.made", []),
            (t.update().values(x=5).return_defaults(), None, []),
            (t.update().values(x=5).return_defaults(t.c.y), "t.y", []),
            (u.delete().return_defaults(u.c.x), "u.x", []),
            (u.delete().return_defaults(), None, []),
        ],
    )
    def test_with_returning(self, dialect_with, statement, returned, fetched):
        dialect = dialect_with(flags=dict(RETURNING, favor_returning_over_lastrowid=True))
        compiled = statement.compile(dialect=dialect)
        assert str(compiled).partition(" RETURNING ")[2] == (returned or "")
        assert keys(compiled.postfetch) == fetched and not compiled.postfetch_lastrowid

    @pytest.mark.parametrize("favored", [False, True])
    def test_lastrowid_or_returning(self, dialect_with, favored):
        dialect = dialect_with(flags=dict(RETURNING, favor_returning_over_lastrowid=favored))
        compiled = u.insert().values(x=1).compile(dialect=dialect)
        assert ("RETURNING" in str(compiled), compiled.postfetch_lastrowid) == (favored, not favored)

    def test_asked_for_by_name(self, dialect_with):
        dialect = dialect_with(flags=RETURNING)
        compiled = t.insert().values(x=1).returning(u, t.c.x + 1).compile(dialect=dialect)
        assert [getattr(column, "name", None) for column in compiled.effective_returning] == ["id", "x", "name", None]
        assert not compiled.implicit_returning and compiled.returning is compiled.effective_returning

    def test_what_does_not_go_with_returning(self):
        with pytest.raises(exc.CompileError, match="return_defaults"):
            u.insert().returning(u.c.x).return_defaults().compile()
        with pytest.raises(exc.CompileError, match="list of parameters"):
            u.insert().values([{"x": 1}, {"x": 2}]).returning(u.c.x, sort_by_parameter_order=True).compile()

    def test_tables_without_implicit_returning_fetch_only_what_is_asked_for(self):
        v = Table(
            "v", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer), implicit_returning=False
        )  # fmt: skip
        dialect = sqlite.dialect()
        assert "RETURNING" not in str(v.insert().values(x=1).return_defaults(v.c.id).compile(dialect=dialect))
        extra = v.insert().values(x=1).return_defaults(v.c.id, supplemental_cols=[v.c.x])
        assert str(extra.compile(dialect=dialect)).endswith("RETURNING x")

    def test_inside_of_a_cte_nothing_is_fetched(self):
        inner = t.insert().values(x=func.f()).returning(t.c.id).cte("c")
        compiled = t.update().values(y=select(inner.c.id).scalar_subquery()).compile()
        assert keys(compiled.postfetch) == ["y"] and keys(compiled.update_prefetch) == ["w"]
        inner = t.insert().values(z=1).returning(t.c.id).cte("c")
        assert keys(select(inner.c.id).compile().insert_prefetch) == ["x"]


class TestState:
    """What the engine and plugins read about a statement."""

    def test_parameters(self):
        state = u.insert().values(x=1).compile().compile_state
        assert state.isinsert and not state.has_multi_parameters and not state.is_multitable
        assert list(state.dict_parameters) == ["x"] and state.dict_parameters["x"].value == 1
        state = u.insert().values([{"x": 1}, {"x": 2}]).compile().compile_state
        assert len(state.multi_parameters) == 2 and list(state.dict_parameters) == ["x"]
        state = u.update().ordered_values(("x", 1)).compile().compile_state
        assert state.isupdate and [key for key, _ in state.ordered_values] == ["x"]

    def test_further_sources(self):
        state = u.update().values(x=t.c.x).compile().compile_state
        assert list(state.extra_froms) == [t] and state.is_multitable
        assert list(u.delete().where(u.c.id == t.c.id).compile().compile_state.extra_froms) == [t]
        assert list(u.delete().where(u.c.id == 5).compile().compile_state.extra_froms) == []


class TestCopiedColumns(AssertsCompiledSQL):
    def test_value_of_another_column(self):
        self.assert_compile(
            u.insert().values(x=5, name=func.str(from_dml_column(u.c.x))),
            "INSERT INTO u (x, name) VALUES (:x, str(:x))",
            checkparams={"x": 5},
        )
        self.assert_compile(
            u.update().values(name=func.str(from_dml_column(u.c.x))), "UPDATE u SET name=str(u.x)"
        )

    def test_column_without_a_value(self):
        with pytest.raises(exc.CompileError, match="name 'x' in the values of an INSERT"):
            u.insert().values(name=from_dml_column(u.c.x)).compile()

    def test_outside_of_values(self):
        with pytest.raises(exc.CompileError, match="outside of the values"):
            select(from_dml_column(u.c.x)).compile()


@pytest.mark.parametrize(
    "flags, expected",
    [
        ({"supports_default_values": True}, "INSERT INTO u DEFAULT VALUES"),
        ({"supports_default_metavalue": True}, "INSERT INTO u (id) VALUES (DEFAULT)"),
        ({"supports_empty_insert": True, "supports_default_values": False}, "INSERT INTO u () VALUES ()"),
    ],
)
def test_rows_of_defaults(dialect_with, flags, expected):
    statement = u.insert()
    compiled = statement.compile(dialect=dialect_with(flags=flags), column_keys=[], for_executemany=True)
    assert str(compiled) == expected


def test_no_values_at_all(dialect_with):
    with pytest.raises(exc.CompileError, match="INSERT without values"):
        u.insert().compile(dialect=dialect_with(flags={"supports_empty_insert": False}), column_keys=[])


def test_key_that_may_be_none_comes_back():
    compiled = u.insert().return_defaults(u.c.x).compile(dialect=sqlite.dialect(), column_keys=["id"])
    assert str(compiled) == "INSERT INTO u (id) VALUES (?) RETURNING id, x"


def test_names_of_parameters_without_a_name():
    assert str(u.insert().values(x=bindparam(None, 5))) == "INSERT INTO u (x) VALUES (:param_1)"
    assert str(u.insert().values(x=literal(5))) == "INSERT INTO u (x) VALUES (:x)"
    rows = [{"x": bindparam(None, 5)}, {"x": bindparam(None, 6)}]
    assert str(u.insert().values(rows)) == "INSERT INTO u (x) VALUES (:param_1), (:param_2)"


def test_literals_without_a_value():
    literally = {"literal_binds": True}
    assert str(u.insert().compile(compile_kwargs=literally)) == "INSERT INTO u (id, x, name) VALUES (:id, :x, :name)"
    assert compiled_text(u.insert().values(x=bindparam("q")), **literally) == "INSERT INTO u (x) VALUES (NULL)"
    assert compiled_text(u.insert().values(x=5, name="n"), DefaultDialect(), **literally) == (
        "INSERT INTO u (x, name) VALUES (5, 'n')"
    )
