"""What dialects of PEP 249 drivers have in common."""

from __future__ import annotations

import copy
import pickle
import sqlite3
import types

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import create_engine
from sqltoolkit_core import exc
from sqltoolkit_core import literal
from sqltoolkit_core import select
from sqltoolkit_core import text
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.engine.default import DefaultExecutionContext
from sqltoolkit_core.engine.default.dialect import StrCompileDialect
from sqltoolkit_core.engine.interfaces import BindTyping
from sqltoolkit_core.engine.interfaces import ObjectKind
from sqltoolkit_core.engine.interfaces import ObjectScope
from sqltoolkit_core.engine.url import make_url
from sqltoolkit_core.pool import NullPool
from sqltoolkit_core.pool import QueuePool
from sqltoolkit_core.sql.names import quoted_name


class Cursor:
    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kw: self.calls.append((name, args, kw))


class TestArguments:
    def test_unknown(self):
        with pytest.raises(TypeError, match="DefaultDialect does not take the arguments a, b"):
            DefaultDialect(b=1, a=2)

    @pytest.mark.parametrize(
        "given, of_driver, style, positional",
        [
            (None, None, "named", False), ("qmark", None, "qmark", True), (None, "format", "format", True),
            ("pyformat", "format", "pyformat", False), ("numeric_dollar", None, "numeric_dollar", True),
        ],
    )  # fmt: skip
    def test_paramstyle(self, given, of_driver, style, positional):
        driver = types.SimpleNamespace(paramstyle=of_driver) if of_driver else None
        dialect = DefaultDialect(paramstyle=given, dbapi=driver)
        assert (dialect.paramstyle, dialect.positional) == (style, positional)

    def test_none_leaves_what_the_class_says(self):
        class Own(DefaultDialect):
            max_identifier_length = 30
            label_length = 20
            insertmanyvalues_page_size = 7
            supports_native_boolean = True

        plain, given = Own(), Own(
            max_identifier_length=40, label_length=10, insertmanyvalues_page_size=8, supports_native_boolean=False
        )
        names = ("max_identifier_length", "label_length", "insertmanyvalues_page_size", "supports_native_boolean")
        assert [getattr(plain, name) for name in names] == [30, 20, 7, True]
        assert [getattr(given, name) for name in names] == [40, 10, 8, False]

    def test_server_side_cursors_where_there_are_none(self):
        with pytest.raises(exc.ArgumentError, match="default has no such cursors"), pytest.warns(exc.SADeprecationWarning):
            DefaultDialect(server_side_cursors=True)

    @pytest.mark.parametrize(
        "name, text, value",
        [
            ("pool_size", "5", 5), ("pool_recycle", "-1", -1), ("echo", "debug", "debug"), ("echo", "true", True),
            ("hide_parameters", "no", False), ("slow_query_threshold", "0.5", 0.5), ("pool_use_lifo", "on", True),
        ],
    )  # fmt: skip
    def test_types_of_configuration_files(self, name, text, value):
        assert DefaultDialect.engine_config_types[name](text) == value


class TestDriver:
    def test_none(self):
        dialect = sqlite.dialect()
        for name in ("loaded_dbapi", "dbapi_version"):
            with pytest.raises(exc.NoDBAPILoaded, match="without a driver"):
                getattr(dialect, name)
        assert dialect.dbapi_version_or_none is None

    def test_version(self):
        class Own(DefaultDialect):
            name = driver = "own"
            minimum_dbapi_version = (2, 1)

            def retrieve_dbapi_version(self, dbapi):
                return self.version_numbers(dbapi.version)

        def driver(version):
            return types.SimpleNamespace(paramstyle="qmark", version=version)

        assert Own(dbapi=driver("2.1.7rc1")).dbapi_version == (2, 1, 7)
        with pytest.raises(exc.InvalidRequestError, match=r"own\+own is of version 2\.0, but 2\.1 or newer"):
            Own(dbapi=driver("2.0"))
        unknown = Own(dbapi=driver(None))
        assert unknown.dbapi_version_or_none is None
        with pytest.raises(exc.NoDBAPILoaded, match="no version in its driver"):
            unknown.dbapi_version
        with pytest.raises(NotImplementedError, match="retrieve_dbapi_version"):
            DefaultDialect().retrieve_dbapi_version(None)

    def test_arguments_of_connect(self):
        url = make_url("x://me:secret@host:5/db?a=b&c=d")
        positional, named = DefaultDialect().create_connect_args(url)
        assert list(positional) == []
        assert named == {"username": "me", "password": "secret", "host": "host", "port": 5, "database": "db", "a": "b", "c": "d"}

    def test_pools(self):
        class Own(DefaultDialect):
            poolclass = NullPool

        assert DefaultDialect.get_pool_class(make_url("x://")) is QueuePool
        assert Own().get_dialect_pool_class(make_url("x://")) is NullPool

    def test_input_sizes(self):
        cursor = Cursor()
        DefaultDialect(paramstyle="qmark").do_set_input_sizes(cursor, [("a", int, 1), ("b", None, 2)], None)
        DefaultDialect(paramstyle="named").do_set_input_sizes(cursor, [("a", int, 1), ("b", None, 2)], None)
        assert cursor.calls == [("setinputsizes", (int, None), {}), ("setinputsizes", (), {"a": int})]

    def test_calls_of_the_cursor(self):
        cursor, dialect = Cursor(), DefaultDialect()
        dialect.do_execute(cursor, "a", (1,))
        dialect.do_execute_no_params(cursor, "b")
        dialect.do_executemany(cursor, "c", [(1,), (2,)])
        assert [(name, args) for name, args, _ in cursor.calls] == [
            ("execute", ("a", (1,))), ("execute", ("b",)), ("executemany", ("c", [(1,), (2,)])),
        ]  # fmt: skip

    def test_ping(self):
        dialect = sqlite.dialect(dbapi=sqlite3)
        connection = sqlite3.connect(":memory:")
        assert dialect.ping_with_events(connection) is True
        connection.close()
        assert dialect.ping_with_events(connection) is False
        dialect.is_disconnect = lambda *args: False
        with pytest.raises(exc.DBAPIError):
            dialect.ping_with_events(connection)

    def test_transactions_known_to_the_driver(self):
        dialect = DefaultDialect()
        for told, expected in ((True, True), (False, False), ("yes", None)):
            assert dialect.in_transaction(types.SimpleNamespace(in_transaction=told)) is expected
        assert dialect.in_transaction(object()) is None

    def test_rollback_can_be_left_out_in_autocommit_mode(self):
        cursor = Cursor()
        dialect = DefaultDialect(skip_autocommit_rollback=True)
        with pytest.raises(NotImplementedError, match="AUTOCOMMIT"):
            dialect.do_rollback(cursor)
        dialect.detect_autocommit_setting = lambda connection: True
        dialect.do_rollback(cursor)
        assert not cursor.calls
        dialect.detect_autocommit_setting = lambda connection: False
        dialect.do_rollback(cursor)
        assert [name for name, _, _ in cursor.calls] == ["rollback"]


class TestServer:
    def dialect(self, **answers):
        class Own(DefaultDialect):
            isolation_levels = ("SERIALIZABLE", "READ COMMITTED")

            def get_isolation_level_values(self, connection):
                return self.isolation_levels

        dialect = Own()
        for name, value in answers.items():
            setattr(dialect, name, value)
        return dialect

    connection = types.SimpleNamespace(connection=types.SimpleNamespace(dbapi_connection=None))

    def test_what_it_does_not_know(self):
        dialect = self.dialect()
        dialect.initialize(self.connection)
        assert dialect.server_version_info is dialect.default_schema_name is dialect.default_isolation_level is None

    def test_what_it_finds_out(self):
        dialect = self.dialect(
            _get_server_version_info=lambda connection: (1, 2), _get_default_schema_name=lambda connection: "main",
            get_isolation_level=lambda connection: "SERIALIZABLE", _check_max_identifier_length=lambda connection: 30,
        )  # fmt: skip
        dialect.initialize(self.connection)
        assert (dialect.server_version_info, dialect.default_schema_name) == ((1, 2), "main")
        assert (dialect.default_isolation_level, dialect.max_identifier_length) == ("SERIALIZABLE", 30)

    def test_labels_can_not_be_longer_than_identifiers(self):
        dialect = DefaultDialect(label_length=40, max_identifier_length=30)
        with pytest.raises(exc.ArgumentError, match="label_length is 40.*30 characters"):
            dialect.initialize(self.connection)

    def test_isolation_levels(self):
        dialect = self.dialect()
        seen = []
        dialect.set_isolation_level = lambda connection, level: seen.append(level)
        for level in ("read_committed", "Serializable"):
            dialect._set_checked_level(None, level)
        assert seen == ["READ COMMITTED", "SERIALIZABLE"]
        with pytest.raises(exc.ArgumentError, match="'chaos' is no isolation level of default; it has SERIALIZABLE"):
            dialect._set_checked_level(None, "chaos")

    def test_set_back(self):
        dialect = self.dialect()
        seen = []
        dialect.set_isolation_level = lambda connection, level: seen.append(level)
        with pytest.raises(exc.InvalidRequestError, match="not known, so it can't be set back"):
            dialect.reset_isolation_level(None)
        dialect.default_isolation_level = "SERIALIZABLE"
        dialect.reset_isolation_level(None)
        dialect.isolation_level = "READ COMMITTED"
        dialect.reset_isolation_level(None)
        assert seen == ["SERIALIZABLE", "READ COMMITTED"]

    def test_limit_of_time(self):
        with pytest.raises(exc.InvalidRequestError, match="option 'timeout'"):
            DefaultDialect().begin_timeout(None, 1.0)

    def test_identifiers_of_two_phase_transactions(self):
        one, other = DefaultDialect().create_xid(), DefaultDialect().create_xid()
        assert one != other and one.startswith("_sqltk_") and len(one) == 39


class TestNames:
    def test_length(self):
        dialect = DefaultDialect(max_identifier_length=5)
        dialect.validate_identifier("abcde")
        with pytest.raises(exc.IdentifierError, match="'abcdef' has 6 characters; 5 are allowed"):
            dialect.validate_identifier("abcdef")

    @pytest.mark.parametrize(
        "database, program",
        [("NAME", "name"), ("SELECT", "SELECT"), ("Name", "Name"), ("A B", "A B"), ("123", "123"), (None, None)],
    )
    def test_of_databases_in_upper_case(self, database, program):
        dialect = DefaultDialect()
        assert dialect.normalize_name(database) == program
        assert dialect.denormalize_name(program) == database

    def test_in_lower_case_they_were_quoted(self):
        dialect = DefaultDialect()
        found = dialect.normalize_name("name")
        assert found == "name" and isinstance(found, quoted_name) and found.quote is True
        assert dialect.denormalize_name("name") == "NAME"


class TestReflection:
    class Own(DefaultDialect):
        def get_table_names(self, connection, schema=None, **kw):
            return ["t1", "t2", "gone", "broken"]

        def get_view_names(self, connection, schema=None, **kw):
            return ["v"]

        def get_schema_names(self, connection, **kw):
            return ["main"]

        def has_table(self, connection, name, schema=None, **kw):
            return name in self.get_table_names(connection)

        def get_indexes(self, connection, name, schema=None, **kw):
            if name == "gone":
                raise exc.NoSuchTableError(name)
            if name == "broken":
                raise exc.UnreflectableTableError(name)
            return [{"name": "ix_" + name}]

    def test_one_after_the_other(self):
        unreadable = {}
        found = dict(self.Own().get_multi_indexes(None, schema="s", kind=ObjectKind.ANY, unreflectable=unreadable))
        assert found == {("s", name): [{"name": "ix_" + name}] for name in ("t1", "t2", "v")}
        assert list(unreadable) == [("s", "broken")]

    def test_some_of_them(self):
        found = dict(self.Own().get_multi_indexes(None, filter_names=["t2", "v", "other"]))
        assert list(found) == [(None, "t2")]
        assert dict(self.Own().get_multi_indexes(None, scope=ObjectScope.TEMPORARY)) == {}

    def test_unreadable_ones(self):
        with pytest.raises(exc.UnreflectableTableError):
            dict(self.Own().get_multi_indexes(None))

    def test_questions_answered_by_others(self):
        dialect = self.Own()
        assert dialect.has_schema(None, "main") and not dialect.has_schema(None, "other")
        assert dialect.has_index(None, "t1", "ix_t1") and not dialect.has_index(None, "t1", "ix_t2")
        assert not dialect.has_index(None, "other", "ix_other")
        assert dict(dialect.has_multi_table(None, ["t1", "x"])) == {(None, "t1"): True, (None, "x"): False}

    def test_it_takes_a_connection(self):
        engine = create_engine("sqlite://")
        with pytest.raises(exc.ArgumentError, match="is given a Connection, not Engine"):
            engine.dialect.has_table(engine, "t")


class TestShortWay:
    def test_hooks_are_called(self):
        class Context(DefaultExecutionContext):
            def pre_exec(self):
                return None

        class Own(DefaultDialect):
            execution_ctx_cls = Context

        class Sizes(DefaultDialect):
            bind_typing = BindTyping.SETINPUTSIZES

        assert DefaultDialect().plain_execution and not Own().plain_execution and not Sizes().plain_execution
        Context.hooks_optional = True
        assert Own().plain_execution

    def test_hooks_of_subclasses_and_of_the_dialect_are_called_each_time(self):
        seen = []
        sqlite_dialect = type(create_engine("sqlite://").dialect)

        class Context(sqlite_dialect.execution_ctx_cls):
            def post_exec(self):
                seen.append("post_exec")
                super().post_exec()

        class WithContext(sqlite_dialect):
            execution_ctx_cls = Context

        class WithExecute(sqlite_dialect):
            def do_execute(self, cursor, statement, parameters, context=None):
                seen.append(type(context).__name__)
                super().do_execute(cursor, statement, parameters, context)

        for kind, expected in ((WithContext, "post_exec"), (WithExecute, sqlite_dialect.execution_ctx_cls.__name__)):
            del seen[:]
            engine = create_engine(
                "sqlite://", dialect=kind(dbapi=sqlite3), creator=lambda: sqlite3.connect(":memory:"), poolclass=NullPool
            )
            with engine.connect() as connection:
                del seen[:]
                for _ in range(3):
                    assert connection.execute(select(literal(5))).scalar() == 5
            assert seen == [expected] * 3

    def test_a_context_says_how_values_are_converted(self):
        sqlite_dialect = type(create_engine("sqlite://").dialect)
        asked = []

        class Context(sqlite_dialect.execution_ctx_cls):
            def get_result_processor(self, type_, colname, coltype):
                asked.append((colname, type(type_).__name__))
                if colname == "x":
                    return lambda value: -value
                return super().get_result_processor(type_, colname, coltype)

        class Own(sqlite_dialect):
            execution_ctx_cls = Context

        engine = create_engine(
            "sqlite://", dialect=Own(dbapi=sqlite3), creator=lambda: sqlite3.connect(":memory:"), poolclass=NullPool
        )
        with engine.connect() as connection:
            statement = select(literal(5).label("x"), literal("{}", String).label("y"))
            for _ in range(3):
                assert connection.execute(statement).all() == [(-5, "{}")]
            assert set(asked) == {("x", "Integer"), ("y", "String")}
            del asked[:]
            assert connection.exec_driver_sql("SELECT 1 AS x, 2 AS z").all() == [(-1, 2)]
            assert connection.execute(text("SELECT 1 AS z, 2 AS x")).mappings().one() == {"z": 1, "x": -2}
            assert set(asked) == {("x", "NullType"), ("z", "NullType")}


class TestCopies:
    def test_pickle(self):
        dialect = sqlite.dialect(paramstyle="named")
        String().dialect_impl(dialect)
        dialect.named_shapes["x"] = object()
        for other in (pickle.loads(pickle.dumps(dialect)), copy.copy(dialect)):
            assert other.paramstyle == "named" and other.named_shapes == {}
            assert str(select(Column("x", Integer) == 5).compile(dialect=other)) == "SELECT x = :x_1 AS anon_1"

    def test_repr(self):
        assert repr(sqlite.dialect()) == "<SQLiteDialect_pysqlite sqlite+pysqlite>"
        assert "default+?" in repr(DefaultDialect())


class TestReturning:
    def test_together(self):
        class Own(DefaultDialect):
            insert_returning = update_returning = delete_returning = True

        assert Own().full_returning and not DefaultDialect().full_returning
        assert not Own().insert_executemany_returning
        Own.supports_multivalues_insert = True
        assert Own(use_insertmanyvalues=True).insert_executemany_returning_sort_by_parameter_order
        assert not Own(use_insertmanyvalues=False).insert_executemany_returning

    def test_the_dialect_of_str_renders_everything(self):
        dialect = StrCompileDialect()
        table = Table("t", MetaData(), Column("x", Integer))
        assert str(table.insert().values(x=1).returning(table.c.x).compile(dialect=dialect)).endswith("RETURNING t.x")


def test_setinputsizes_as_dialects_said_it_before():
    class Before(DefaultDialect):
        use_setinputsizes = True

    with pytest.warns(exc.SADeprecationWarning, match="bind_typing"):
        dialect = Before()
    assert dialect.bind_typing is BindTyping.SETINPUTSIZES
    assert DefaultDialect().bind_typing is BindTyping.NONE
