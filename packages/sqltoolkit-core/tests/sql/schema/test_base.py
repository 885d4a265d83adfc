"""Names by convention, and conditions of DDL."""

from __future__ import annotations

import pytest

from sqltoolkit_core import column
from sqltoolkit_core import exc
from sqltoolkit_core import types
from sqltoolkit_core.engine.default import DefaultDialect
from sqltoolkit_core.schema import CheckConstraint
from sqltoolkit_core.schema import Column
from sqltoolkit_core.schema import CreateTable
from sqltoolkit_core.schema import conv
from sqltoolkit_core.schema import ForeignKey
from sqltoolkit_core.schema import Index
from sqltoolkit_core.schema import MetaData
from sqltoolkit_core.schema import PrimaryKeyConstraint
from sqltoolkit_core.schema import Table
from sqltoolkit_core.schema import UniqueConstraint

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_key)s_%(referred_table_name)s_%(referred_column_0_name)s",
    "pk": "pk_%(table_name)s_%(column_0N_name)s",
}


@pytest.fixture
def table():
    metadata = MetaData(naming_convention=CONVENTION)
    Table("parent", metadata, Column("id", types.Integer, primary_key=True))
    return Table(
        "t",
        metadata,
        Column("id", types.Integer, primary_key=True),
        Column("sub", types.Integer, primary_key=True),
        Column("pid", ForeignKey("parent.id")),
        Column("n", types.Integer, CheckConstraint("n > 5", name="big")),
        UniqueConstraint("n", "pid"),
        UniqueConstraint("n", name=conv("as_is")),
        CheckConstraint("n > 1", name="one"),
        Index(None, "n"),
        schema="s",
    )


def test_names(table):
    names = {str(c.name) for c in table.constraints} | {str(c.name) for c in table.c.n.constraints}
    assert names == {
        "pk_t_idsub",
        "fk_t_pid_parent_id",
        "uq_t_n_pid",
        "as_is",
        "ck_t_one",
        "ck_t_big",
    }
    assert [index.name for index in table.indexes] == ["ix_s_t_n"]
    assert isinstance(table.primary_key, PrimaryKeyConstraint)


def test_names_survive_copies_once(table):
    copied = table.to_metadata(MetaData(naming_convention=CONVENTION), name="other")
    assert {str(c.name) for c in copied.constraints} >= {"pk_t_idsub", "ck_t_one"}


def test_check_without_the_name_asked_for():
    with pytest.raises(exc.InvalidRequestError, match="constraint_name"):
        Table("t", MetaData(naming_convention=CONVENTION), CheckConstraint("a > 5"))


def test_checks_of_types_need_the_name_where_they_are_rendered():
    flags = Table("t", MetaData(naming_convention=CONVENTION), Column("a", types.Boolean(create_constraint=True)))
    native = DefaultDialect()
    native.supports_native_boolean = True
    assert "CHECK" not in str(CreateTable(flags).compile(dialect=native))
    with pytest.raises(exc.InvalidRequestError, match="constraint_name"):
        CreateTable(flags).compile(dialect=DefaultDialect())


def test_unresolved_reference_is_named_later():
    metadata = MetaData(naming_convention=CONVENTION)
    table = Table("t", metadata, Column("pid", ForeignKey("parent.id")))
    (constraint,) = table.foreign_key_constraints
    assert constraint.name is None
    Table("parent", metadata, Column("id", types.Integer))
    assert constraint.effective_name() == "fk_t_pid_parent_id"


def test_own_tokens_and_classes():
    metadata = MetaData(
        naming_convention={"shout": lambda const, table: table.name.upper(), UniqueConstraint: "u_%(shout)s"}
    )
    table = Table("t", metadata, Column("a", unique=True))
    assert [c.name for c in table.constraints if isinstance(c, UniqueConstraint)] == ["u_T"]


def test_checks_are_named_after_columns_that_are_only_names():
    metadata = MetaData(naming_convention={"ck": "ck_%(table_name)s_%(column_0_N_name)s"})
    check = CheckConstraint(column("low") < column("high"))
    table = Table("t", metadata, Column("low", types.Integer), Column("high", types.Integer), check)
    assert check.name == "ck_t_low_high" and check.columns.keys() == ["low", "high"]
    copied = table.to_metadata(MetaData(naming_convention=metadata.naming_convention))
    assert "CONSTRAINT ck_t_low_high CHECK (low < high)" in str(CreateTable(copied))


def test_an_empty_convention_names_nothing():
    unique = UniqueConstraint("a")
    Table("t", MetaData(naming_convention={"uq": ""}), Column("a", types.Integer), unique)
    assert unique.name is None
