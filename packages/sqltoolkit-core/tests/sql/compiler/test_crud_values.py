"""Where each value comes from: parameters, expressions, defaults, sequences."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import Sequence
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import TypeDecorator
from sqltoolkit_core import bindparam
from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core import exists
from sqltoolkit_core import func
from sqltoolkit_core import literal
from sqltoolkit_core import null
from sqltoolkit_core import select
from sqltoolkit_core.sql.compiler.crud_values import Assignment
from sqltoolkit_core.sql.compiler.crud_values import MultiRowColumn
from sqltoolkit_core.sql.compiler.crud_values import unconsumed
from sqltoolkit_core.testing.assertions import AssertsCompiledSQL
from sqltoolkit_core.testing.assertions import expect_warnings

m = MetaData()
u = Table("u", m, Column("id", Integer, primary_key=True), Column("x", Integer), Column("name", String))
by_function = Table("f", m, Column("id", Integer, primary_key=True, default=func.next_id()), Column("x", Integer))
by_python = Table("p", m, Column("id", Integer, primary_key=True, default=lambda: 5), Column("x", Integer))
by_sequence = Table("s", m, Column("id", Integer, Sequence("one"), primary_key=True), Column("x", Integer, Sequence("two")))
optional = Table("so", m, Column("id", Integer, Sequence("one", optional=True), primary_key=True), Column("x", Integer))
by_server = Table("d", m, Column("id", Integer, primary_key=True, server_default="1"), Column("x", Integer))
compound = Table("c", m, Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True), Column("x", Integer))
text_key = Table("k", m, Column("id", String, primary_key=True), Column("x", Integer))


def visit_sequence(self, sequence, **kw):
    return "nextval('%s')" % sequence.name


def keys(columns):
    return [column.key for column in columns or ()]


class TestGivenValues(AssertsCompiledSQL):
    @pytest.mark.parametrize(
        "value, text, params",
        [
            (5, ":x", {"x": 5}), (None, ":x", {"x": None}), (null(), "NULL", {}), (literal(5), ":x", {"x": 5}),
            (bindparam("q", 5), ":q", {"q": 5}), (bindparam("x", 5), ":x", {"x": 5}), (bindparam(None, 5), ":param_1", {"param_1": 5}),
            (func.f(5), "f(:f_1)", {"f_1": 5}), (u.c.x + 1, "(u.x + :x_1)", {"x_1": 1}),
            (select(by_server.c.x).scalar_subquery(), "(SELECT d.x FROM d)", {}),
            (exists().where(by_server.c.id == 5), "(EXISTS (SELECT * FROM d WHERE d.id = :id_1))", {"id_1": 5}),
        ],
    )  # fmt: skip
    def test_kinds(self, value, text, params):
        self.assert_compile(u.insert().values(x=value), "INSERT INTO u (x) VALUES (%s)" % text, checkparams=params)
        if "EXISTS" not in text:
            self.assert_compile(u.update().values(x=value), "UPDATE u SET x=%s" % text, checkparams=params)

    def test_parameters_have_the_type_of_the_column(self):
        compiled = u.insert().values(name=bindparam("q"), x=5).compile()
        types = {name: type(bind.type) for bind, name in compiled.bind_names.items()}
        assert types == {"q": String, "x": Integer}

    def test_parameters_with_a_type_keep_it(self):
        class Doubled(TypeDecorator):
            impl = Integer
            cache_ok = True

        compiled = u.insert().values(x=literal(5, Doubled)).compile()
        assert [type(bind.type) for bind in compiled.bind_names] == [Doubled]

    def test_late_literals_stay_late(self):
        compiled = u.insert().values(x=bindparam(None, 5, unique=True, literal_execute=True)).compile()
        assert compiled.literal_execute_params

    def test_values_of_a_nested_statement_have_names_of_their_own(self):
        inner = u.insert().values(x=1).returning(u.c.id).cte("c")
        compiled = u.update().values(x=2).where(u.c.id == inner.c.id).compile()
        assert compiled.params == {"param_1": 1, "x": 2}


class TestKeys:
    """Values of primary keys that nobody gave."""

    @pytest.mark.parametrize(
        "table, values, returned, prefetched",
        [
            (u, ":x", ["id"], []), (by_function, "next_id(), :x", ["id"], []), (by_python, ":id, :x", [], ["id"]),
            (by_sequence, "nextval('one'), :x", ["id"], []), (optional, ":x", ["id"], []), (by_server, ":x", ["id"], []),
        ],
    )  # fmt: skip
    def test_with_returning(self, dialect_with, table, values, returned, prefetched):
        flags = {
            "insert_returning": True, "favor_returning_over_lastrowid": True, "supports_sequences": True,
            "sequences_optional": True,
        }  # fmt: skip
        dialect = dialect_with(flags=flags, visit_sequence=visit_sequence)
        compiled = table.insert().values(x=1).compile(dialect=dialect)
        assert "VALUES (%s)" % values in str(compiled)
        assert keys(compiled.implicit_returning) == returned and keys(compiled.insert_prefetch) == prefetched

    @pytest.mark.parametrize(
        "table, values, prefetched, by_lastrowid",
        [
            (u, ":x", [], True), (by_function, ":id, :x", ["id"], False), (by_python, ":id, :x", ["id"], False),
            (by_sequence, ":id, :x", ["id"], False), (optional, ":x", [], True), (by_server, ":x", [], True),
        ],
    )  # fmt: skip
    def test_without(self, dialect_with, table, values, prefetched, by_lastrowid):
        flags = {"supports_sequences": True, "sequences_optional": True}
        compiled = table.insert().values(x=1).compile(dialect=dialect_with(flags=flags, visit_sequence=visit_sequence))
        assert "VALUES (%s)" % values in str(compiled)
        assert keys(compiled.insert_prefetch) == prefetched and compiled.postfetch_lastrowid == by_lastrowid

    def test_sequences_that_run_before(self, dialect_with):
        dialect = dialect_with(flags={"preexecute_autoincrement_sequences": True})
        compiled = u.insert().values(x=1).compile(dialect=dialect)
        assert str(compiled) == "INSERT INTO u (id, x) VALUES (:id, :x)" and keys(compiled.insert_prefetch) == ["id"]

    def test_where_no_sequences_are(self, dialect_with):
        compiled = by_sequence.insert().compile(dialect=dialect_with(), column_keys=[])
        assert str(compiled) == "INSERT INTO s () VALUES ()" and compiled.postfetch_lastrowid

    @pytest.mark.parametrize("table, found", [(text_key, "'k.id'"), (compound, "'c.a'.*autoincrement=True")])
    @pytest.mark.parametrize("returning", [False, True])
    def test_no_value_at_all(self, dialect_with, table, found, returning):
        dialect = dialect_with(flags={"insert_returning": returning})
        for statement in (table.insert().values(x=1), table.insert().values(x=1).returning(table.c.x)):
            with expect_warnings(found, "part of the primary key") as seen:
                statement.compile(dialect=dialect)
            assert len(seen) == len(table.primary_key)

    def test_keys_of_the_execution_are_values(self):
        with expect_warnings() as seen:
            text_key.insert().compile(column_keys=["id"])
        assert not seen


class TestOtherDefaults:
    v = Table(
        "v", MetaData(), Column("python", Integer, default=1), Column("sql", Integer, default=func.f()),
        Column("number", Integer, Sequence("q")), Column("server", Integer, server_default="1"), Column("none", Integer),
    )  # fmt: skip

    def test_what_is_set(self, dialect_with):
        dialect = dialect_with(flags={"supports_sequences": True}, visit_sequence=visit_sequence)
        compiled = self.v.insert().compile(dialect=dialect, column_keys=["none"])
        assert str(compiled) == "INSERT INTO v (python, sql, number, none) VALUES (:python, f(), nextval('q'), :none)"
        assert keys(compiled.insert_prefetch) == ["python"] and keys(compiled.postfetch) == ["sql", "number", "server"]
        assert str(self.v.insert().compile(dialect=dialect_with(), column_keys=[])) == (
            "INSERT INTO v (python, sql) VALUES (:python, f())"
        )

    def test_further_rows(self):
        compiled = self.v.insert().values([{"none": 1}, {"none": 2}, {"none": 3, "python": 4}]).compile()
        assert str(compiled) == (
            "INSERT INTO v (python, sql, number, none) VALUES (:python, f(), <next sequence value: q>, :none_m0), "
            "(:python_m1, f(), <next sequence value: q>, :none_m1), (:python_m2, f(), <next sequence value: q>, :none_m2)"
        )
        assert keys(compiled.insert_prefetch) == ["python", "python_m1"]
        second = compiled.insert_prefetch[1]
        assert second == self.v.c.python and second.default is self.v.c.python.default and second.row == 1


class TestParts:
    def test_assignment(self):
        made = Assignment(u.c.x, "x", ":x", ("x",))
        column, column_text, value_text, names = made
        assert (column, column_text, value_text, names) == (u.c.x, "x", ":x", ("x",))
        assert repr(made) == "Assignment(x=:x)"

    def test_column_of_a_row(self):
        one, other = MultiRowColumn(u.c.x, 1, "x_m1"), MultiRowColumn(u.c.x, 2, "x_m2")
        assert one == u.c.x and one != other and hash(one) == hash(u.c.x)
        assert (one.key, one.name, one.original) == ("x_m1", "x", u.c.x)

    def test_unconsumed(self):
        text = "values for columns that its table 'u' does not have: a, b. It has: %s" % ", ".join(u.c.keys())
        assert text in str(unconsumed({"b", "a"}, u))


def test_rows_without_a_value_that_the_first_one_has_take_the_default():
    table = Table(
        "t", MetaData(), Column("id", Integer, primary_key=True), Column("a", Integer, default=func.abs(-3)),
        Column("b", Integer, default=lambda context: context.get_current_parameters()["x"] + 1), Column("x", Integer),
    )  # fmt: skip
    with create_engine("sqlite://").connect() as connection:
        table.create(connection)
        for first in ({"a": 1, "x": 10}, {"b": 2, "x": 20}, {"a": 5, "b": 6, "x": 30}):
            connection.execute(table.insert().values([first, {"x": first["x"] + 1}]))
        rows = connection.execute(select(table.c["a", "b", "x"])).all()
        assert rows == [(1, 11, 10), (3, 12, 11), (3, 2, 20), (3, 22, 21), (5, 6, 30), (3, 32, 31)]
        with pytest.raises(exc.CompileError, match="no default"):
            connection.execute(table.insert().values([{"x": 1}, {"a": 1}]))
