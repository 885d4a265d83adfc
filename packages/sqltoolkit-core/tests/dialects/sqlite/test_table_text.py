"""Taking CREATE TABLE statements apart."""

from __future__ import annotations

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from sqltoolkit_core.dialects.sqlite.table_text import parse_table
from sqltoolkit_core.dialects.sqlite.table_text import split_items

SQL = """
CREATE TABLE "a, (b" ( -- CHECK (not this)
    id INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT,
    [x y] VARCHAR(10) DEFAULT ('a,) b') UNIQUE CHECK ("x y" <> ')('),
    g INTEGER GENERATED ALWAYS AS (id * (2 + 1)) STORED,
    p INTEGER CONSTRAINT fk REFERENCES other (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT u UNIQUE (id, `x y`), CONSTRAINT "c 1" CHECK (id > 0 AND (g > 1)),
    FOREIGN KEY (id, g) REFERENCES "o ""2" ON UPDATE NO ACTION
) WITHOUT ROWID, STRICT
"""


def test_all_parts():
    found = parse_table(SQL)
    assert found.primary_key_name == "pk" and found.autoincrement
    assert found.without_rowid and found.strict
    assert found.uniques == [{"name": None, "columns": ["x y"]}, {"name": "u", "columns": ["id", "x y"]}]
    assert [check["sqltext"] for check in found.checks] == ["\"x y\" <> ')('", "id > 0 AND (g > 1)"]
    assert [check["name"] for check in found.checks] == [None, "c 1"]
    assert found.generated == {"g": "id * (2 + 1)"}
    one, two = found.foreign_keys
    assert one["name"] == "fk" and one["columns"] == ["p"] and one["referred"] == ["id"]
    assert one["options"] == {"ondelete": "SET NULL", "deferrable": True, "initially": "DEFERRED"}
    assert two["table"] == 'o "2' and two["columns"] == ["id", "g"] and two["options"] == {}


def test_views_and_nothing():
    assert parse_table(None).checks == [] and parse_table("CREATE VIEW v AS SELECT (1)").uniques == []


def test_items():
    assert split_items("a, f(b, c), ',', \"x,y\"") == ["a", "f(b, c)", "','", '"x,y"']


@given(st.text(alphabet=st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), min_size=1))
def test_any_name_of_a_constraint(name):
    connection = sqlite3.connect(":memory:")
    connection.execute('create table t (x, constraint "%s" unique (x))' % name.replace('"', '""'))
    (sql,) = connection.execute("select sql from sqlite_master where type = 'table'").fetchone()
    assert parse_table(sql).uniques == [{"name": name, "columns": ["x"]}]


def test_the_name_of_a_constraint_is_not_that_of_the_next():
    found = parse_table(
        "CREATE TABLE t (a CONSTRAINT one NOT NULL UNIQUE, b CONSTRAINT two DEFAULT 5 REFERENCES t,"
        " c CONSTRAINT three COLLATE nocase CHECK (c > 1), d CONSTRAINT four NOT NULL CONSTRAINT five UNIQUE)"
    )
    assert found.uniques == [{"name": None, "columns": ["a"]}, {"name": "five", "columns": ["d"]}]
    assert found.foreign_keys[0]["name"] is None and found.checks[0]["name"] is None
