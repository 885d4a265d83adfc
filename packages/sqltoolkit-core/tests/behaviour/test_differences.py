"""What docs/differences.md says about the core."""

from __future__ import annotations

import datetime as dt

import pytest

from sqltoolkit_core import JSON, Interval, create_engine, exc, literal, make_url, text


def row_of(sql):
    with create_engine("sqlite://").connect() as connection:
        return connection.execute(text(sql)).one()


def test_rows_are_tuples():
    row = row_of("SELECT 1 AS a, 2 AS b")
    assert isinstance(row, tuple) and row + (3,) == (1, 2, 3)
    with pytest.raises(TypeError):
        "row: %s" % row
    assert "row: %s" % (row,) == "row: (1, 2)" == "row: {}".format(row)
    # the silent one: a single column stands for itself
    assert "row: %s" % row_of("SELECT 1 AS a") == "row: 1"


@pytest.mark.parametrize("url", ["nonsense", "postgresql://[::1/db"])
def test_malformed_urls(url):
    with pytest.raises(exc.ArgumentError):
        make_url(url)


@pytest.mark.parametrize(
    "value, type_, expected",
    [(dt.timedelta(1), Interval(), "'1970-01-02 00:00:00.000000'"), ({"a": 1}, JSON(), "'{\"a\": 1}'")],
)
def test_literals_of_more_types(value, type_, expected):
    compiled = literal(value, type_).compile(create_engine("sqlite://"), compile_kwargs={"literal_binds": True})
    assert str(compiled) == expected


def test_error_texts_have_a_code_and_no_link():
    with pytest.raises(exc.OperationalError) as caught:
        row_of("SELECT * FROM nothing")
    assert str(caught.value).endswith("(code e3q8)") and "://" not in str(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE made (x INTEGER)",
        "DROP TABLE kept",
        "ALTER TABLE kept ADD COLUMN y INTEGER",
        "WITH n(i) AS (SELECT 5) INSERT INTO kept SELECT i FROM n",
    ],
)
def test_sqlite_rolls_everything_back(statement):
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("CREATE TABLE kept (x INTEGER)"))
        connection.commit()
        connection.execute(text(statement))
        connection.rollback()
        assert connection.execute(text("SELECT sql FROM sqlite_master")).scalars().all() == ["CREATE TABLE kept (x INTEGER)"]
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar() == 0


def test_functions_lead_to_their_arguments():
    from sqltoolkit_core import column, func
    from sqltoolkit_core.sql import visitors

    call = func.lower(column("x"))
    assert [element.__visit_name__ for element in visitors.iterate(call)] == ["function", "column"]
    assert [element.__visit_name__ for element in visitors.iterate(call.clause_expr)] == ["grouping", "clauselist", "column"]
