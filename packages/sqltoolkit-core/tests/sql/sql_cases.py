"""The tables that cases of statements are about, and what a case is held against.

A case is a function that makes something, and what is expected of that: its text and parameters, or an error.
"""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column, ForeignKey, Integer, MetaData, Table

metadata = MetaData()
A = Table("a", metadata, Column("id", Integer, primary_key=True), Column("x", Integer))
B = Table(
    "b",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("aid", Integer, ForeignKey("a.id")),
    Column("y", Integer),
    Column("aid2", Integer, ForeignKey("a.id")),
)
C = Table("c", metadata, Column("id", Integer, primary_key=True), Column("bid", Integer, ForeignKey("b.id")))
D = Table("d", metadata, Column("id", Integer, primary_key=True), Column("z", Integer))
K = Table("k", metadata, Column("id", Integer, primary_key=True, key="kid"), Column("z", Integer, key="zkey"))


def check_sql(make, sql, params):
    """Assert that what was made has this text and these parameters."""
    compiled = make().compile()
    assert str(compiled) == sql
    assert compiled.params == params


def check_error(make, error):
    """Assert that making it fails, or compiling what was made."""
    with pytest.raises(error):
        made = make()
        if hasattr(made, "compile"):
            str(made.compile())
