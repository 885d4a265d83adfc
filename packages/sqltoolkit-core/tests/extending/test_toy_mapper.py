"""A toy mapper built on nothing but the numbered extension points of the core; one test for each of them."""

from __future__ import annotations

import sqlite3  # noqa: F401  (the driver the toy runs on)
from typing import Optional

import pytest

from sqltoolkit_core import (
    Column, ForeignKey, Integer, MetaData, String, Table, and_, bindparam, create_engine, event, exc, func, insert, inspect,
    select,
)  # fmt: skip
from sqltoolkit_core.engine import ChunkedIteratorResult
from sqltoolkit_core.engine.result import SimpleResultMetaData
from sqltoolkit_core.inspection import inspects
from sqltoolkit_core.schema import sort_tables
from sqltoolkit_core.sql import coercions, operators, roles, visitors
from sqltoolkit_core.sql.adapt import ClauseAdapter, ColumnAdapter
from sqltoolkit_core.sql.analysis import find_tables, walk_binaries
from sqltoolkit_core.sql.annotation import deep_annotate
from sqltoolkit_core.sql.cache_key import HasCacheKey, KeyKind, generate
from sqltoolkit_core.sql.dml import column_values
from sqltoolkit_core.sql.executable import ExecutableOption, OptionSet
from sqltoolkit_core.sql.lambdas import DeferredLambda
from sqltoolkit_core.sql.lowering import EntityMark, StatementPlugin, find_plugin, register_plugin
from sqltoolkit_core.sql.selectable import derive_froms, find_left_sides, join_condition, label_namer
from sqltoolkit_core.types import resolve_python_type

metadata = MetaData()
hooks = []


class Attribute:
    """A mapped attribute: the column on the class, a value on the object."""

    def __init__(self, mapper, name, column):
        self.mapper, self.name, self.column = mapper, name, column

    def __get__(self, obj, cls):
        return ToyColumn(self) if obj is None else obj.__dict__.get(self.name)


class ToyColumn(operators.ColumnOperators):
    def __init__(self, attribute):
        self.attribute = attribute

    def __clause_element__(self):
        mapper = self.attribute.mapper
        return self.attribute.column.annotate({"toy": mapper.cls.__name__}).with_entity_mark(mapper.mark)

    def operate(self, op, *other, **kw):
        return op(self.__clause_element__(), *other, **kw)

    def reverse_operate(self, op, other, **kw):
        return op(other, self.__clause_element__(), **kw)


class Mapper:
    def __init__(self, cls, table):
        self.cls, self.table, self.mark = cls, table, EntityMark("toy", self)
        self.selectable = table.annotate({"toy": cls.__name__}).with_entity_mark(self.mark)
        for column in table.c:
            setattr(cls, column.key, Attribute(self, column.key, column))


class Base:
    def __init_subclass__(cls, **kw):
        columns = [Column(name, type_, *args, **options) for name, (type_, args, options) in cls.fields.items()]
        cls.mapper = Mapper(cls, Table(cls.__name__.lower(), metadata, *columns))


@inspects(type)
def _inspect_class(cls):
    return cls.__dict__.get("mapper")


class User(Base):
    fields = {"id": (Integer, (), {"primary_key": True}), "name": (String(50), (), {})}


class Address(Base):
    fields = {
        "id": (Integer, (), {"primary_key": True}), "user_id": (Integer, (ForeignKey("user.id"),), {}),
        "email": (String(50), (), {}),
    }  # fmt: skip


@register_plugin("toy", "select")
class ToyPlugin(StatementPlugin):
    def lower(self, statement, ctx):
        ctx.notes["subject"] = statement.plugin_subject
        ctx.shared_notes.setdefault("lowered", []).append(ctx.toplevel)
        for option in statement.parts.options:
            option.apply(ctx)
        columns = list(statement.selected_columns)
        for column in columns:
            ctx.result_map.add(column.key, column.name, (column,), column.type)
        return statement.with_parts(columns=tuple(columns)) if ctx.notes.get("all_columns", True) else statement

    def before_execute(self, call):
        hooks.append("before")
        return None

    def after_execute(self, call, result):
        hooks.append("after")
        return load(result)


class Note(HasCacheKey, ExecutableOption):
    cache_key_fields = (("name", KeyKind.PLAIN),)

    def __init__(self, name):
        self.name = name

    def apply(self, lowering):
        lowering.notes["note"] = self.name


def load(result):
    """Rows to objects, in chunks, re-keyed."""
    cls = result.compiled.lowered.notes["subject"].cls
    names = list(cls.mapper.table.c.keys())
    get = result.getter(*range(len(names)))

    def chunks(size):
        made = []
        for row in result.raw_rows():
            obj = cls.__new__(cls)
            obj.__dict__.update(zip(names, get(row)))
            made.append((obj,))
        yield made

    return ChunkedIteratorResult(SimpleResultMetaData([cls.__name__]), chunks, source=result)


def run(connection, statement):
    plugin = find_plugin(statement)
    plugin.before_execute(statement)
    return plugin.after_execute(statement, connection.execute(statement))


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(insert(User.mapper.table), [{"id": 1, "name": "ed"}, {"id": 2, "name": "wendy"}])
        yield connection


def test_01_coercion():
    assert str(select(User)) == 'SELECT "user".id, "user".name \nFROM "user"'
    assert str(select(User.name).where(User.id == 5)) == 'SELECT "user".name \nFROM "user" \nWHERE "user".id = :id_1'
    assert str(5 + User.id) == ':id_1 + "user".id' and str(User.name.in_(["a"]))
    with pytest.raises(exc.ArgumentError):
        coercions.expect(roles.FromClauseRole, User.name)


def test_02_inspection():
    assert inspect(User) is User.mapper
    with pytest.raises(exc.NoInspectionAvailable):
        inspect(int)


def test_03_annotations():
    column = coercions.expect(roles.ExpressionElementRole, User.id)
    assert column.annotations == {"toy": "User"} and hash(column) == hash(User.mapper.table.c.id)
    marked = deep_annotate(User.id == 5, {"side": "left"})
    assert marked.left.annotations == {"toy": "User", "side": "left"} and str(marked) == str(User.id == 5)
    assert marked.deannotate("side", deep=True).left.annotations == {"toy": "User"}


def test_04_statement_plugin(connection):
    del hooks[:]
    users = run(connection, select(User).order_by(User.id)).scalars().all()
    assert [type(user) for user in users] == [User, User] and [user.name for user in users] == ["ed", "wendy"]
    assert hooks == ["before", "after"]
    statement = select(User.name)
    assert statement.plugin_name == "toy" and statement.plugin_subject is User.mapper
    # a second run finds the compiled statement, with what lowering left
    assert [user.id for user in run(connection, select(User).order_by(User.id)).scalars()] == [1, 2]


def test_05_statement_parts():
    statement = select(User.id).where(User.name == "ed").limit(3)
    parts = statement.parts
    assert len(parts.where) == 1 and parts.limit is not None and not parts.order_by
    other = statement.with_parts(where=(), order_by=parts.columns)
    assert "WHERE" not in str(other) and "ORDER BY" in str(other) and "WHERE" in str(statement)


def test_06_froms_and_joins():
    user, address = User.mapper.table, Address.mapper.table
    assert str(join_condition(user, address)) == '"user".id = address.user_id'
    assert list(find_left_sides([user], address)) == [0]
    statement = select(User.name, Address.email)
    assert len(derive_froms(statement)) == 2
    assert callable(label_namer(statement.parts.label_style))


def test_07_traversal_and_adaption():
    user = User.mapper.table
    alias = user.alias("u")
    adapted = ClauseAdapter(alias).traverse(and_(user.c.id == 5, user.c.name == "a"))
    assert str(adapted) == "u.id = :id_1 AND u.name = :name_1"
    assert ColumnAdapter(alias).columns[user.c.id] is alias.c.id
    assert find_tables(user.c.id == 5) == [] and set(find_tables(select(user.c.id).subquery())) == {user}
    pairs = []
    walk_binaries(user.c.id == Address.mapper.table.c.user_id, lambda binary, left, right: pairs.append((left, right)))
    assert pairs and {"column", "binary"} <= {element.__visit_name__ for element in visitors.iterate(user.c.id == 5)}


def test_08_cache_keys():
    assert generate(select(User).where(User.id == 1)).key == generate(select(User).where(User.id == 2)).key
    assert generate(select(User)).key != generate(select(User.mapper.table)).key
    one = generate(User.id == 1)
    other = generate(User.id == 2)
    assert other.rebind(User.name == one.bindparams[0], one).right.value == 2


def test_09_options(connection):
    class Flags(OptionSet):
        deep = False

    assert Flags(deep=True).merge(deep=False) == Flags(deep=False)
    statement = select(User).options(Note("hello"))
    result = connection.execute(statement)
    assert result.compiled.lowered.notes["note"] == "hello"
    assert generate(statement).key != generate(select(User).options(Note("bye"))).key


def test_10_lowering_context(connection):
    nested = select(User.id).where(User.id.in_(select(Address.user_id)))
    compiled = nested.compile(connection)
    assert compiled.lowered.shared_notes["lowered"] == [True, False]
    assert compiled.lowered.result_map.entries[0][0] == "id" and compiled.lowered.dialect is connection.dialect


def test_11_result_shaping(connection):
    result = run(connection, select(User).order_by(User.id))
    frozen = result.freeze()
    assert [user.name for user in frozen().scalars()] == ["ed", "wendy"] == [user.name for user in frozen().scalars()]
    assert len(run(connection, select(User)).unique(lambda row: 1).all()) == 1


def test_12_dml(connection):
    statement = insert(User.mapper.table).returning(User.mapper.table.c.id, sort_by_parameter_order=True)
    found = connection.execute(statement, [{"name": "b"}, {"name": "a"}, {"name": "c"}]).scalars().all()
    assert found == sorted(found) and len(found) == 3
    assert set(column_values(insert(User.mapper.table).values(name="x"))) == {"name"}


def test_13_schema_hooks():
    attached = []
    column = Column("extra", Integer)
    column.on_attach(lambda item, parent: attached.append(parent))
    table = Table("hooked", MetaData(), column)
    assert attached == [table] and column.clone(name="other").name == "other"
    assert sort_tables([Address.mapper.table, User.mapper.table]) == [User.mapper.table, Address.mapper.table]


def test_14_types_and_operators():
    assert isinstance(resolve_python_type(int, None), Integer)
    assert isinstance(resolve_python_type(Optional[str], {str: String(7)}), String)
    assert str(User.name.op("->")("a")) == '"user".name -> :name_1'

    def shout(a):
        return a.operate(shout)

    @operators.implements(shout)
    def build(expr, op, **kw):
        return func.upper(expr)

    assert str(shout(User.name)) == 'upper("user".name)'


def test_15_events():
    class Machine(event.EventTarget):
        pass

    class MachineEvents(event.Events):
        dispatch_target = Machine

        def started(self, machine, speed):
            """The machine runs."""

    Machine.dispatch = event.dispatcher(MachineEvents)
    seen = []
    machine = Machine()
    event.listen(machine, "started", lambda machine, speed: seen.append(speed))
    machine.dispatch.started(machine, 5)
    assert seen == [5]


def test_16_transactions(connection):
    nested = connection.begin_nested()
    connection.execute(insert(User.mapper.table), {"id": 50, "name": "gone"})
    nested.rollback()
    assert connection.execute(select(func.count()).select_from(User.mapper.table)).scalar() == 2
    with connection.begin_nested():
        assert connection.in_transaction()


def test_17_typing():
    from sqltoolkit_core.sql.typing import ColumnExpressionArgument, FromClauseArgument, SQLColumnExpression
    from sqltoolkit_core.util.typing import Self

    assert ColumnExpressionArgument[int] and FromClauseArgument and SQLColumnExpression[int] and Self


def test_18_services():
    criterion = DeferredLambda(lambda cls: cls.id == bindparam("id_", 5))
    assert str(criterion.resolve(User)) == '"user".id = :id_' and criterion.resolve(Address).right.value == 5
