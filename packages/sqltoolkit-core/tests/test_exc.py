"""Errors: their texts, codes, pickles, and how driver errors are wrapped."""

from __future__ import annotations

import pickle
import sqlite3

import pytest

from sqltoolkit_core import exc


def test_statement_and_parameters_follow_the_message() -> None:
    error = exc.OperationalError("SELECT 1", {"a": 1}, Exception("boo"))
    lines = str(error).split("\n")
    assert lines[:3] == [
        "(builtins.Exception) boo",
        "[SQL: SELECT 1]",
        "[parameters: {'a': 1}]",
    ]
    assert "e3q8" in lines[3]


def test_details_come_first() -> None:
    error = exc.StatementError("bad", "SELECT 1", {}, None)
    error.add_detail("while flushing")
    assert str(error) == "(while flushing)\nbad\n[SQL: SELECT 1]"


def test_hidden_parameters() -> None:
    error = exc.StatementError("bad", "SELECT 1", {"secret": 5}, None, hide_parameters=True)
    assert "secret" not in str(error)
    assert "hide_parameters" in str(error)


def test_broken_str_of_driver_error() -> None:
    class Broken(Exception):
        def __str__(self) -> str:
            raise ValueError("no text")

    assert "no text" in str(exc.DBAPIError("s", {}, Broken()))


@pytest.mark.parametrize(
    "params, ismulti, expected",
    [
        ([{"x": i} for i in range(12)], True, "displaying 10 of 12 total bound parameter sets"),
        ({"k%d" % i: i for i in range(102)}, False, "... 2 parameters truncated ..."),
        ({"k": "x" * 400}, False, "(102 characters truncated)"),
        ([], None, "[]"),
        ([{"a": 1}], None, "[{'a': 1}]"),
        ((1,), False, "(1,)"),
    ],
)
def test_long_parameters_are_shortened(params, ismulti, expected) -> None:
    assert expected in exc.describe_params(params, ismulti=ismulti)


@pytest.mark.parametrize(
    "orig, expected",
    [
        (sqlite3.OperationalError("x"), exc.OperationalError),
        (sqlite3.IntegrityError("x"), exc.IntegrityError),
        (type("Own", (sqlite3.DataError,), {})("x"), exc.DataError),
        (sqlite3.Error("x"), exc.DBAPIError),
        (ValueError("x"), exc.StatementError),
        (exc.ArgumentError("x"), exc.StatementError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_wrapping(orig, expected) -> None:
    assert type(exc.DBAPIError.instance("SELECT 1", {}, orig, sqlite3.Error)) is expected


def test_not_to_be_wrapped() -> None:
    class Mine(exc.DontWrapMixin, Exception):
        pass

    mine = Mine()
    assert exc.DBAPIError.instance("SELECT 1", {}, mine, sqlite3.Error) is mine


def test_names_translated_by_dialect() -> None:
    class Dialect:
        dbapi_exception_translation_map = {"OperationalError": "DataError"}

    made = exc.DBAPIError.instance(
        "s", {}, sqlite3.OperationalError("x"), sqlite3.Error, dialect=Dialect()
    )
    assert type(made) is exc.DataError


@pytest.mark.parametrize(
    "error",
    [
        exc.ArgumentError("one"),
        exc.CircularDependencyError("around", {1, 2}, {(1, 2), (2, 1)}),
        exc.NoReferencedColumnError("msg", "t", "c"),
        exc.StatementError("m", "SELECT 1", {"a": 1}, sqlite3.Error("x")),
        exc.OperationalError("SELECT 1", {"a": 1}, sqlite3.Error("x"), connection_invalidated=True),
        exc.UnsupportedCompilationError("compiler", int, "why"),
        exc.ObjectNotExecutableError("x"),
    ],
)
def test_pickles(error) -> None:
    copied = pickle.loads(pickle.dumps(error))
    assert type(copied) is type(error)
    assert str(copied) == str(error)
    assert copied.code == error.code


def test_constraint_violation_carries_its_facts() -> None:
    error = exc.UniqueViolation("INSERT", {}, sqlite3.IntegrityError("x")).with_constraint(
        "users", ["name"], "uq_name"
    )
    copied = pickle.loads(pickle.dumps(error))
    for one in (error, copied):
        assert isinstance(one, exc.IntegrityError)
        assert (one.table_name, one.columns, one.constraint) == ("users", ("name",), "uq_name")
    assert error.code == "gkpj"


@pytest.mark.parametrize(
    "error, expected",
    [
        (exc.OperationalError("s", {}, sqlite3.OperationalError("database is locked")), True),
        (exc.OperationalError("s", {}, sqlite3.OperationalError("no such table: x")), False),
        (exc.OperationalError("s", {}, Exception(1213, "Deadlock found")), True),
        (exc.IntegrityError("s", {}, Exception("database is locked")), False),
        (exc.DBAPIError("s", {}, Exception("gone"), connection_invalidated=True), True),
        (exc.ArgumentError("x"), False),
    ],
)
def test_retryable(error, expected) -> None:
    assert exc.is_retryable(error) is expected


def test_sqlstate_decides() -> None:
    class Serialization(Exception):
        sqlstate = "40001"

    class Syntax(Exception):
        sqlstate = "42601"

    assert exc.OperationalError("s", {}, Serialization()).is_retryable
    assert not exc.OperationalError("s", {}, Syntax()).is_retryable


def test_driver_exception_behind_an_adapter() -> None:
    inner = RuntimeError("inner")
    error = exc.DBAPIError("s", {}, exc.EmulatedDBAPIException("outer", inner))
    assert error.driver_exception is inner
    assert exc.DBAPIError("s", {}, inner).driver_exception is inner
