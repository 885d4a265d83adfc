"""Columns: arguments, defaults, copies, templates."""

from __future__ import annotations

import pytest

from sqltoolkit_core import exc
from sqltoolkit_core import types
from sqltoolkit_core.schema import Column
from sqltoolkit_core.schema import ColumnDefault
from sqltoolkit_core.schema import Computed
from sqltoolkit_core.schema import FetchedValue
from sqltoolkit_core.schema import ForeignKey
from sqltoolkit_core.schema import Identity
from sqltoolkit_core.schema import insert_sentinel
from sqltoolkit_core.schema import MetaData
from sqltoolkit_core.schema import NULL_UNSPECIFIED
from sqltoolkit_core.schema import Sequence
from sqltoolkit_core.schema import Table
from sqltoolkit_core.sql.functions import func


@pytest.mark.parametrize(
    "column, name, typ",
    [
        (Column("x", types.Integer), "x", "Integer()"),
        (Column("x"), "x", "NullType()"),
        (Column(types.Integer), None, "Integer()"),
        (Column("x", ForeignKey("a.b")), "x", "NullType()"),
        (Column(name="x", type_=types.Text()), "x", "Text()"),
        (Column(None, types.Integer), None, "Integer()"),
    ],
)
def test_name_and_type(column, name, typ):
    assert column.name == name and repr(column.type) == typ


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: Column("x", name="y"), "twice"),
        (lambda: Column("x", types.Integer, type_=types.Text), "twice"),
        (lambda: Column("x", types.Integer, types.Text), "Expected a schema item"),
        (lambda: Column("x", default=1, insert_default=2), "the same"),
        (lambda: Column(types.Integer, quote=True), "quote"),
        (lambda: Column("x", Computed("y"), server_default="5"), "generated"),
        (lambda: Column("x", Identity(), server_default="5"), "Identity"),
        (lambda: Column("x", default=FetchedValue()), "server_default"),
        (lambda: Column("x", default=lambda a, b: 5), "one, the execution context"),
        (lambda: Column("x", server_default=5), "string or an SQL expression"),
        (lambda: ForeignKey(5), "'table.column'"),
    ],
)
def test_refusals(make, words):
    with pytest.raises(exc.ArgumentError, match=words):
        make()


def test_nullable():
    assert Column("x").nullable
    assert not Column("x", primary_key=True).nullable
    assert not Column("x", types.Integer, Identity()).nullable
    assert Column("x", types.Integer, Identity(), nullable=True).nullable
    assert Column("x", nullable=NULL_UNSPECIFIED)._user_defined_nullable is NULL_UNSPECIFIED


def test_kinds_of_defaults():
    scalar, function, clause = Column("x", default=5), Column("x", default=lambda: 6), Column("x", default=func.now())
    assert scalar.default.is_scalar and scalar.default.kind == "scalar"
    assert function.default.is_callable and function.default.arg(None) == 6
    assert clause.default.is_clause_element
    assert Column("x", default=lambda ctx: ctx + 1).default.arg(5) == 6
    assert Column("x", default=int).default.arg(None) == 0
    assert Column("x", Sequence("s")).default.is_sequence
    assert Column("x", default=None).default is None
    same = ColumnDefault(5)
    assert same.compare(ColumnDefault(5)) and not same.compare(ColumnDefault(6))


def test_copies():
    column = Column(
        "a",
        types.String(5),
        ForeignKey("t.id"),
        default=5,
        onupdate=lambda: 6,
        nullable=False,
        unique=True,
        comment="c",
        info={"x": 1},
        server_default="s",
        key="k",
    )
    made = column.clone()
    assert repr(made) .replace(repr(made.onupdate), "") == repr(column).replace(repr(column.onupdate), "")
    assert made.info == column.info and made.info is not column.info
    assert made.default is not column.default and made.default.column is made
    assert made._token is not column._token
    renamed = column.clone(name="b", type=types.Integer(), nullable=True)
    assert renamed.name == "b" and isinstance(renamed.type, types.Integer) and renamed.nullable


def test_templates_give_what_is_not_said():
    template = Column(types.String(50), index=True, default=5, nullable=False, comment="c")
    column = Column("x", default=7)
    template.merge_into(column)
    assert repr(column.type) == "String(length=50)"
    assert column.index and column.default.arg == 7 and not column.nullable and column.comment == "c"


def test_type_follows_the_column_referred_to():
    metadata = MetaData()
    child = Table("child", metadata, Column("pid", ForeignKey("parent.id")), Column("cid", ForeignKey("child.pid")))
    assert isinstance(child.c.pid.type, types.NullType)
    Table("parent", metadata, Column("id", types.String(7), primary_key=True))
    assert repr(child.c.pid.type) == "String(length=7)"
    assert repr(child.c.cid.type) == "String(length=7)"


def test_proxies_in_aliases():
    metadata = MetaData()
    parent = Table("parent", metadata, Column("id", types.Integer, primary_key=True))
    child = Table("child", metadata, Column("pid", ForeignKey("parent.id")))
    alias = child.alias()
    proxy = alias.c.pid
    assert isinstance(proxy, Column) and proxy.table is alias
    assert next(iter(proxy.foreign_keys)).column is parent.c.id
    assert proxy.references(parent.c.id)
    other = parent.alias()
    assert next(iter(proxy.foreign_keys)).get_referent(other) is other.c.id
    assert [column.name for column in other.primary_key] == ["id"]


def test_insert_sentinel():
    table = Table("t", MetaData(), Column("id", types.Integer, primary_key=True), insert_sentinel("s"))
    assert table.sentinel_columns == (table.c.s,)
    assert str(table.select()) == "SELECT t.id \nFROM t"
    with pytest.raises(exc.ArgumentError, match="sentinel"):
        table.append_column(insert_sentinel("other"))
