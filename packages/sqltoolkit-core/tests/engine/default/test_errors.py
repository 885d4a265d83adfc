"""What an error of the driver is seen as, and what listeners of handle_error are told."""

from __future__ import annotations

import sqlite3

import pytest

from sqltoolkit_core import create_engine
from sqltoolkit_core import event
from sqltoolkit_core import exc
from sqltoolkit_core.dialects import sqlite
from sqltoolkit_core.engine.default.errors import Outcome
from sqltoolkit_core.engine.default.errors import ask_listeners
from sqltoolkit_core.engine.default.errors import connect_error
from sqltoolkit_core.engine.default.errors import typed_violation


@pytest.fixture
def dialect():
    dialect = sqlite.dialect(dbapi=sqlite3)
    dialect.is_disconnect = lambda error, connection, cursor: "gone" in str(error)
    return dialect


@pytest.fixture
def told(dialect):
    """A listener of the dialect: `told.seen` is what it was told, `told.answer` what it does."""

    @event.listens_for(dialect, "handle_error", retval=True)
    def listen(context):
        listen.seen.append(context)
        return listen.answer(context)

    listen.seen = []
    listen.answer = lambda context: None
    return listen


class TestWithoutAConnection:
    def test_errors_of_the_driver_are_wrapped(self, dialect):
        error = sqlite3.OperationalError("no such file")
        with pytest.raises(exc.OperationalError) as raised:
            connect_error(error, dialect, None)
        assert raised.value.orig is error and raised.value.__cause__ is error
        assert not raised.value.connection_invalidated

    def test_lost_connections(self, dialect):
        with pytest.raises(exc.OperationalError) as raised:
            connect_error(sqlite3.OperationalError("server gone"), dialect, None)
        assert raised.value.connection_invalidated

    def test_other_errors_are_left_alone(self, dialect):
        assert connect_error(ValueError("x"), dialect, None) is False

    @pytest.mark.parametrize("text, lost", [("gone", True), ("busy", False)])
    def test_pings(self, dialect, text, lost):
        if lost:
            assert connect_error(sqlite3.OperationalError(text), dialect, None, is_pre_ping=True) is True
        else:
            with pytest.raises(exc.OperationalError):
                connect_error(sqlite3.OperationalError(text), dialect, None, is_pre_ping=True)

    def test_parameters_can_be_hidden(self, dialect):
        engine = create_engine("sqlite://", hide_parameters=True)
        with pytest.raises(exc.OperationalError) as raised:
            connect_error(sqlite3.OperationalError("x"), dialect, engine)
        assert raised.value.hide_parameters


class TestListeners:
    def test_what_they_are_told(self, dialect, told):
        error = sqlite3.OperationalError("gone")
        assert connect_error(error, dialect, None, is_pre_ping=True)
        (context,) = told.seen
        assert context.original_exception is error and context.is_disconnect and context.is_pre_ping
        assert isinstance(context.sqlalchemy_exception, exc.OperationalError)
        assert context.dialect is dialect and context.statement is context.connection is context.cursor is None
        assert context.invalidate_pool_on_disconnect and context.chained_exception is None

    def test_they_hear_of_other_errors_too(self, dialect, told):
        told.answer = lambda context: RuntimeError("instead")
        with pytest.raises(RuntimeError, match="instead"):
            connect_error(ValueError("x"), dialect, None)
        assert told.seen[0].sqlalchemy_exception is None

    def test_they_decide_whether_a_connection_is_lost(self, dialect, told):
        def lost(context):
            context.is_disconnect = True

        told.answer = lost
        assert connect_error(sqlite3.OperationalError("busy"), dialect, None, is_pre_ping=True)
        with pytest.raises(exc.OperationalError) as raised:
            connect_error(sqlite3.OperationalError("busy"), dialect, None)
        assert raised.value.connection_invalidated

    def test_one_that_raises_has_the_last_word(self, dialect, told):
        def fail(context):
            raise KeyError("from the listener")

        told.answer = fail
        later = []
        event.listen(dialect, "handle_error", later.append)
        with pytest.raises(KeyError, match="from the listener"):
            connect_error(sqlite3.OperationalError("x"), dialect, None)
        assert not later

    def test_the_next_one_sees_what_the_one_before_made_of_it(self, dialect, told):
        told.answer = lambda context: RuntimeError("first")
        seen = []

        @event.listens_for(dialect, "handle_error", retval=True)
        def second(context):
            seen.append(str(context.chained_exception))
            return LookupError("second")

        with pytest.raises(LookupError, match="second"):
            connect_error(sqlite3.OperationalError("x"), dialect, None)
        assert seen == ["first"]

    def test_the_pool_can_be_left_alone(self, dialect, told):
        def leave(context):
            context.invalidate_pool_on_disconnect = False

        told.answer = leave
        state = Outcome(True, True)
        assert ask_listeners(dialect, None, None, ValueError(), None, None, None, None, None, state, False) is None
        assert state.is_disconnect and not state.invalidate_pool

    def test_nobody_listens(self, dialect):
        state = Outcome(False, True)
        assert ask_listeners(dialect, None, None, ValueError(), None, None, None, None, None, state, False) is None


class TestViolations:
    def wrapped(self, kind=exc.IntegrityError):
        return kind("INSERT", {"x": 1}, sqlite3.IntegrityError("x"), hide_parameters=True, ismulti=False)

    def test_the_kind_that_the_dialect_tells(self, dialect):
        details = {"table": "t", "columns": ("a",), "constraint": "uq"}
        dialect.violation_of = lambda error, context: (exc.UniqueViolation, details)
        typed = typed_violation(dialect, self.wrapped(), sqlite3.IntegrityError("x"), None)
        assert type(typed) is exc.UniqueViolation
        assert (typed.table, typed.columns, typed.constraint) == ("t", ("a",), "uq")
        assert (typed.statement, typed.params, typed.hide_parameters) == ("INSERT", {"x": 1}, True)

    def test_unknown_kinds(self, dialect):
        dialect.violation_of = lambda error, context: None
        wrapped = self.wrapped()
        assert typed_violation(dialect, wrapped, sqlite3.IntegrityError("x"), None) is wrapped

    def test_other_errors(self, dialect):
        dialect.violation_of = None
        wrapped = self.wrapped(exc.OperationalError)
        assert typed_violation(dialect, wrapped, sqlite3.IntegrityError("x"), None) is wrapped
