"""upsert() and merge_into(): what the statements hold; rendering is tested with the dialects."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column, Integer, MetaData, String, Table, exc, select
from sqltoolkit_core.sql.dml import Merge, ProposedColumn, Upsert, merge_into, upsert

metadata = MetaData()
users = Table(
    "users", metadata, Column("id", Integer, primary_key=True), Column("name", String), Column("n", Integer)
)
log = Table("log", metadata, Column("name", String))
source = Table("source", metadata, Column("id", Integer), Column("name", String))


def test_upsert_matches_on_the_primary_key_by_default():
    statement = upsert(users).values(id=1, name="a")
    assert isinstance(statement, Upsert)
    assert statement.match_columns == (users.c.id,)
    assert statement._set_values is None


def test_upsert_without_any_key():
    with pytest.raises(exc.ArgumentError, match="match_on"):
        upsert(log).match_columns


def test_upsert_match_and_values():
    statement = upsert(users).match_on("name").update_values("n", name="x")
    assert statement.match_columns == (users.c.name,)
    assert isinstance(statement._set_values[users.c.n], ProposedColumn)
    assert statement._set_values["name"].value == "x"


def test_proposed_columns():
    statement = upsert(users)
    assert statement.proposed.n.type is users.c.n.type
    assert statement.proposed["name"].column is users.c.name
    with pytest.raises(AttributeError, match="nonsense"):
        statement.proposed.nonsense


def test_ignore_and_update_exclude_each_other():
    with pytest.raises(exc.InvalidRequestError):
        upsert(users).ignore().update_values("n")
    with pytest.raises(exc.InvalidRequestError):
        upsert(users).update_values("n").ignore()


def test_cache_keys_tell_upserts_apart():
    plain = upsert(users).values(id=1)
    keys = {
        each._generate_cache_key().key
        for each in (plain, plain.ignore(), plain.match_on("name"), plain.update_values("n"))
    }
    assert len(keys) == 4
    assert plain._generate_cache_key().key == upsert(users).values(id=2)._generate_cache_key().key


def test_merge_holds_its_clauses_in_order():
    statement = (
        merge_into(users)
        .using(source, users.c.id == source.c.id)
        .when_matched_delete(source.c.name == None)
        .when_matched_update(name=source.c.name)
        .when_not_matched_insert({"id": source.c.id, users.c.name: source.c.name})
        .when_not_matched_by_source_delete()
    )
    assert isinstance(statement, Merge)
    assert [(when.kind, when.action) for when in statement._whens] == [
        ("matched", "delete"),
        ("matched", "update"),
        ("not_matched", "insert"),
        ("not_matched_by_source", "delete"),
    ]
    assert list(statement._whens[2].values) == ["id", users.c.name]
    assert statement._generate_cache_key() is not None


def test_merge_refuses_what_makes_no_sense():
    with pytest.raises(exc.ArgumentError):
        merge_into(users).using(source)
    with pytest.raises(exc.ArgumentError):
        merge_into(users).when_matched_update()


def test_merge_from_a_select():
    statement = merge_into(users).using(select(source), users.c.id == 1)
    assert statement._source.__visit_name__ == "subquery"
