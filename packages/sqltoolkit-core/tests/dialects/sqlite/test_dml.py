"""INSERT with ON CONFLICT for SQLite."""

from __future__ import annotations

import pytest

from sqltoolkit_core import Column
from sqltoolkit_core import Integer
from sqltoolkit_core import MetaData
from sqltoolkit_core import String
from sqltoolkit_core import Table
from sqltoolkit_core import exc
from sqltoolkit_core import func
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.dialects.sqlite import insert
from sqltoolkit_core.testing.assertions import AssertsCompiledSQL
from sqltoolkit_core.testing.assertions import expect_warnings

t = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("a", String, key="akey"), Column("b", Integer))


class TestOnConflict(AssertsCompiledSQL):
    __dialect__ = sqlite.dialect()

    def check(self, statement, clause):
        text = str(statement.compile(dialect=sqlite.dialect()))
        assert text.split(") ON CONFLICT", 1)[1].strip() == clause

    def test_clauses(self):
        base = insert(t).values(id=1)
        self.check(base.on_conflict_do_nothing(), "DO NOTHING")
        self.check(base.on_conflict_do_nothing(index_elements=[func.lower(t.c.akey)]), "(lower(a)) DO NOTHING")
        self.check(
            base.on_conflict_do_update(index_elements=["id"], set_={"akey": "x", t.c.b: t.c.b + 1}),
            "(id) DO UPDATE SET a = ?, b = (t.b + ?)",
        )
        self.check(
            base.on_conflict_do_update(index_elements=["id"], set_={"b": base.excluded.b}, where=base.excluded.b > t.c.b),
            "(id) DO UPDATE SET b = excluded.b WHERE excluded.b > t.b",
        )
        self.check(
            base.on_conflict_do_nothing(index_elements=["b"], index_where=t.c.b > 5),
            "(b) WHERE b > __[POSTCOMPILE_b_1] DO NOTHING",
        )

    def test_several(self):
        self.check(
            insert(t).values(id=1).on_conflict_do_nothing(index_elements=["id"]).on_conflict_do_nothing(),
            "(id) DO NOTHING ON CONFLICT DO NOTHING",
        )
        with pytest.raises(exc.InvalidRequestError, match="last"):
            insert(t).on_conflict_do_nothing().on_conflict_do_nothing(index_elements=["id"])

    def test_nothing_to_set(self):
        with pytest.raises(ValueError):
            insert(t).on_conflict_do_update(index_elements=["id"], set_={})

    def test_unknown_names(self):
        statement = insert(t).on_conflict_do_update(index_elements=["id"], set_={"nope": 1})
        with expect_warnings("'nope'"):
            statement.compile(dialect=sqlite.dialect())

    def test_cache_keys(self):
        def build(value):
            return insert(t).on_conflict_do_update(index_elements=["id"], set_={"b": value})

        assert build(1)._generate_cache_key().key == build(2)._generate_cache_key().key
        other = insert(t).on_conflict_do_update(index_elements=["b"], set_={"b": 1})
        assert build(1)._generate_cache_key().key != other._generate_cache_key().key
        cache = {}
        dialect = sqlite.dialect()
        for value in (1, 2):
            compiled, extracted, _ = build(value)._compile_w_cache(dialect, compiled_cache=cache, column_keys=["id"])
            assert compiled.bind_extractor()(extracted, {"id": 7}) == (7, value)
        assert len(cache) == 1
