"""Every exception and warning of the core.

Raising them happens where the fault is seen; ORM errors live in ``sqltoolkit_orm.exc``.  A *code* is the short
documented key of a family of errors; a *detail* is a remark added while an error travels upward.
"""

from __future__ import annotations

import typing

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Iterable
    from typing import List
    from typing import Optional
    from typing import Tuple
    from typing import Type

__all__ = [
    "AmbiguousColumnError",
    "AmbiguousForeignKeysError",
    "ArgumentError",
    "AwaitRequired",
    "Base20DeprecationWarning",
    "CheckViolation",
    "CircularDependencyError",
    "CompileError",
    "ConstraintColumnNotFoundError",
    "DBAPIError",
    "DataError",
    "DatabaseError",
    "DisconnectionError",
    "DontWrapMixin",
    "DuplicateColumnError",
    "EmulatedDBAPIException",
    "ExclusionViolation",
    "ForeignKeyViolation",
    "HasDescriptionCode",
    "IdentifierError",
    "IllegalStateChangeError",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "InvalidRequestError",
    "InvalidatePoolError",
    "LegacyAPIWarning",
    "MissingGreenlet",
    "MovedIn20Warning",
    "MultipleResultsFound",
    "NoDBAPILoaded",
    "NoForeignKeysError",
    "NoInspectionAvailable",
    "NoReferenceError",
    "NoReferencedColumnError",
    "NoReferencedTableError",
    "NoResultFound",
    "NoSuchColumnError",
    "NoSuchModuleError",
    "NoSuchTableError",
    "NotNullViolation",
    "NotSupportedError",
    "ObjectNotExecutableError",
    "OperationalError",
    "PendingRollbackError",
    "ProgrammingError",
    "ResourceClosedError",
    "SADeprecationWarning",
    "SAPendingDeprecationWarning",
    "SATestSuiteWarning",
    "SAWarning",
    "SQLAlchemyError",
    "StatementError",
    "TimeoutError",
    "UnboundExecutionError",
    "UniqueViolation",
    "UnreflectableTableError",
    "UnsupportedCompilationError",
    "WrongLoopError",
    "describe_params",
    "is_retryable",
]

_SETS_SHOWN = 10
_KEYS_SHOWN = 100
_CHARS_SHOWN = 300


class HasDescriptionCode:
    """Something whose message may end with a documented code."""

    code: Optional[str] = None

    def __init__(self, *arg: Any, **kw: Any) -> None:
        code = kw.pop("code", None)
        if code is not None:
            self.code = code
        super().__init__(*arg, **kw)

    def _words(self) -> str:
        """The message without its code."""
        return super().__str__()

    def __str__(self) -> str:
        words = self._words()
        return "%s (code %s)" % (words, self.code) if self.code else words


class SQLAlchemyError(HasDescriptionCode, Exception):
    """The base of every error raised by the toolkit on its own account."""

    def _words(self) -> str:
        if len(self.args) != 1:
            return str(self.args)
        words = self.args[0]
        return words.decode("utf-8", "backslashreplace") if isinstance(words, bytes) else str(words)

    def __reduce__(self) -> Any:
        # without a call of __init__(), whose arguments differ from class to class
        return _restored, (self.__class__, self.args), self._pickled_state()

    def _pickled_state(self) -> Any:
        return self.__dict__.copy()


def _restored(cls: Type[BaseException], args: Any) -> BaseException:
    return cls.__new__(cls, *args)


class EmulatedDBAPIException(Exception):
    """An error of an adapted driver, seen as the PEP 249 class that it stands for.

    ``orig`` is the error that the driver really raised, if there was one.
    """

    def __init__(self, message: str, orig: Optional[Exception] = None) -> None:
        # the original is no second element of ``args``: the text must stay the message alone
        super().__init__(message)
        self.orig = orig

    @property
    def driver_exception(self) -> Exception:
        """Return the driver's own error, or this one where the driver raised none."""
        return self.orig if self.orig is not None else self


class ArgumentError(SQLAlchemyError):
    """A call was made with arguments that are wrong or that contradict each other."""


class DuplicateColumnError(ArgumentError):
    """A column is added to a table that has one of this name already."""


class ObjectNotExecutableError(ArgumentError):
    """``execute()`` was given something that cannot be executed."""

    def __init__(self, target: Any) -> None:
        super().__init__(
            "Not an executable object: %r; pass a statement, or text(...) for a string" % (target,)
        )
        self.target = target


class NoSuchModuleError(ArgumentError):
    """No dialect or plugin is registered under the name asked for."""


class NoForeignKeysError(ArgumentError):
    """Two selectables are joined between which no foreign key leads."""


class AmbiguousForeignKeysError(ArgumentError):
    """Two selectables are joined between which more than one foreign key leads."""


class ConstraintColumnNotFoundError(ArgumentError):
    """A constraint names a column which its table does not have."""


class CircularDependencyError(SQLAlchemyError):
    """A sort by dependency met a cycle; ``cycles`` and ``edges`` hold what was found."""

    def __init__(
        self,
        message: str,
        cycles: Any,
        edges: Any,
        msg: Optional[str] = None,
        code: Optional[str] = None,
    ) -> None:
        super().__init__("%s (%s)" % (message, ", ".join(map(repr, cycles))) if msg is None else msg, code=code)
        self.cycles = cycles
        self.edges = edges


class CompileError(SQLAlchemyError):
    """An expression cannot be rendered."""


class UnsupportedCompilationError(CompileError):
    """The compiler in use has no way to render an element of this kind."""

    code = "l7de"

    def __init__(self, compiler: Any, element_type: type, message: Optional[str] = None) -> None:
        super().__init__(
            "%r has no SQL for %s%s; give it some with @compiles, or use what this database has"
            % (compiler, element_type, " (%s)" % message if message else "")
        )
        self.compiler = compiler
        self.element_type = element_type
        self.message = message


class IdentifierError(SQLAlchemyError):
    """A name is longer than the database can hold."""


class DisconnectionError(SQLAlchemyError):
    """Raised by a listener to say that the connection handed out is not alive."""

    invalidate_pool = False


class InvalidatePoolError(DisconnectionError):
    """Raised by a listener to say that every connection of the pool is to be replaced."""

    invalidate_pool = True


class TimeoutError(SQLAlchemyError):
    """The pool had no connection to give within its time limit.

    ``holders`` lists who had the connections at that moment, oldest checkout first.
    """

    holders: Tuple[Any, ...] = ()

    def __init__(self, *arg: Any, **kw: Any) -> None:
        self.holders = tuple(kw.pop("holders", ()))
        super().__init__(*arg, **kw)


class InvalidRequestError(SQLAlchemyError):
    """What was asked for is not possible in the present state."""


class IllegalStateChangeError(InvalidRequestError):
    """An object was asked to change its state while such a change was under way."""


class NoInspectionAvailable(InvalidRequestError):
    """``inspect()`` knows nothing about this kind of object."""


class PendingRollbackError(InvalidRequestError):
    """The transaction has failed and waits for its rollback."""


class ResourceClosedError(InvalidRequestError):
    """A connection, cursor or other resource is used after it was closed."""


class NoSuchColumnError(InvalidRequestError, KeyError):
    """A row or result has no column of the name asked for."""


class AmbiguousColumnError(InvalidRequestError):
    """A row or result has several columns for the name asked for."""


class NoResultFound(InvalidRequestError):
    """A row was required and there was none."""


class MultipleResultsFound(InvalidRequestError):
    """One row was required and there were several."""


class NoReferenceError(InvalidRequestError):
    """A foreign key refers to something which is not known; ``table_name`` says where."""

    table_name: str


class NoReferencedTableError(NoReferenceError):
    """A foreign key refers to a table which is not known."""

    def __init__(self, message: str, tname: str) -> None:
        super().__init__(message)
        self.table_name = tname


class NoReferencedColumnError(NoReferenceError):
    """A foreign key refers to a table which does not have the column."""

    def __init__(self, message: str, tname: str, cname: str) -> None:
        super().__init__(message)
        self.table_name = tname
        self.column_name = cname


class NoSuchTableError(InvalidRequestError):
    """The database has no table of the name asked for."""


class UnreflectableTableError(InvalidRequestError):
    """The table is there, and the database refuses to describe it."""


class UnboundExecutionError(InvalidRequestError):
    """Something was to be executed and no connection or engine was at hand."""


class NoDBAPILoaded(InvalidRequestError):
    """The driver's module is needed and was not loaded."""


class AwaitRequired(InvalidRequestError):
    """A call came back with something that has to be awaited first."""

    code = "xd1r"


class MissingGreenlet(InvalidRequestError):
    """An asynchronous driver was reached by a call which nobody bridged."""

    code = "xd2s"


class WrongLoopError(InvalidRequestError):
    """A connection that belongs to one event loop is used from another."""


class DontWrapMixin:
    """Marks an exception which travels upward as it is, not wrapped in ``StatementError``."""


class StatementError(SQLAlchemyError):
    """Something went wrong while a statement was run; the statement is kept with the error.

    ``statement`` is the SQL text, ``params`` what was bound, ``orig`` the error it came from, ``ismulti`` whether
    several parameter sets were given (None where that is not known).
    """

    statement: Optional[str] = None
    params: Any = None
    orig: Optional[BaseException] = None
    ismulti: Optional[bool] = None
    connection_invalidated: bool = False

    def __init__(
        self,
        message: str,
        statement: Optional[str],
        params: Any,
        orig: Optional[BaseException],
        hide_parameters: bool = False,
        code: Optional[str] = None,
        ismulti: Optional[bool] = None,
    ) -> None:
        super().__init__(message, code=code)
        self.statement = statement
        self.params = params
        self.orig = orig
        self.ismulti = ismulti
        self.hide_parameters = hide_parameters
        self.detail: List[str] = []

    def add_detail(self, msg: str) -> None:
        """Put the remark ``msg`` in front of the message."""
        self.detail.append(msg)

    def __str__(self) -> str:
        lines = ["(%s)" % remark for remark in self.detail]
        lines.append(self._words())
        if self.statement:
            lines.append("[SQL: %s]" % (self.statement,))
        if self.statement and self.params:
            lines.append(
                "[SQL parameters hidden due to hide_parameters=True]"
                if self.hide_parameters
                else "[parameters: %s]" % describe_params(self.params, self.ismulti)
            )
        if self.code:
            lines.append("(code %s)" % self.code)
        return "\n".join(lines)


class DBAPIError(StatementError):
    """The driver refused an operation; ``orig`` is its own error.

    The subclasses follow PEP 249.  ``connection_invalidated`` is true where the connection was lost.
    """

    code = "dbapi"

    def __init__(
        self,
        statement: Optional[str],
        params: Any,
        orig: BaseException,
        hide_parameters: bool = False,
        connection_invalidated: bool = False,
        code: Optional[str] = None,
        ismulti: Optional[bool] = None,
    ) -> None:
        try:
            text = str(orig)
        except Exception as err:
            text = "the driver's error cannot be shown: %r" % (err,)
        kind = orig.__class__
        super().__init__(
            "(%s.%s) %s" % (kind.__module__, kind.__name__, text),
            statement,
            params,
            orig,
            hide_parameters,
            code=code,
            ismulti=ismulti,
        )
        self.connection_invalidated = connection_invalidated

    @property
    def driver_exception(self) -> Any:
        """Return the error of the driver itself, also where an adapter stands in between."""
        if isinstance(self.orig, EmulatedDBAPIException):
            return self.orig.driver_exception
        return self.orig

    @property
    def is_retryable(self) -> bool:
        """Say whether running the whole transaction again may well succeed."""
        return is_retryable(self)

    @classmethod
    def instance(
        cls,
        statement: Optional[str],
        params: Any,
        orig: BaseException,
        dbapi_base_err: Type[BaseException],
        hide_parameters: bool = False,
        connection_invalidated: bool = False,
        dialect: Any = None,
        ismulti: Optional[bool] = None,
    ) -> BaseException:
        """Return the error to raise for ``orig``: wrapped, or as it is where it must not be wrapped."""
        if isinstance(orig, DontWrapMixin):
            return orig
        if isinstance(orig, BaseException) and not isinstance(orig, Exception):
            # KeyboardInterrupt, SystemExit, cancellation: never hidden in another error
            return orig
        if orig is not None:
            foreign = not isinstance(orig, dbapi_base_err)
            if statement and (foreign or isinstance(orig, SQLAlchemyError)):
                return cls._of_non_driver_error(statement, params, orig, hide_parameters, ismulti)
            found = cls._class_for(orig, dialect)
        else:
            found = cls
        return found(
            statement,
            params,
            orig,
            connection_invalidated=connection_invalidated,
            hide_parameters=hide_parameters,
            ismulti=ismulti,
        )

    @classmethod
    def _of_non_driver_error(
        cls,
        statement: Optional[str],
        params: Any,
        orig: BaseException,
        hide_parameters: bool,
        ismulti: Optional[bool],
    ) -> StatementError:
        kind = orig.__class__
        if isinstance(orig, SQLAlchemyError):
            text, code = orig._words(), orig.code
        else:
            text, code = str(orig), None
        return StatementError(
            "(%s.%s) %s" % (kind.__module__, kind.__name__, text),
            statement,
            params,
            orig,
            hide_parameters=hide_parameters,
            code=code,
            ismulti=ismulti,
        )

    @classmethod
    def _class_for(cls, orig: BaseException, dialect: Any) -> Type[DBAPIError]:
        names = getattr(dialect, "dbapi_exception_translation_map", None) or {}
        for base in orig.__class__.__mro__:
            name = names.get(base.__name__, base.__name__)
            found = _DRIVER_ERRORS.get(name)
            if found is not None:
                return found
        return cls


class InterfaceError(DBAPIError):
    """The driver, not the database, failed."""

    code = "rvf5"


class DatabaseError(DBAPIError):
    """The database failed."""

    code = "4xp6"


class DataError(DatabaseError):
    """A value is out of range or cannot be read."""

    code = "9h9h"


class OperationalError(DatabaseError):
    """The database cannot work at the moment, or was lost."""

    code = "e3q8"


class IntegrityError(DatabaseError):
    """A constraint was violated.

    ``table``, ``columns`` and ``constraint`` say which, as far as the database tells: ``table`` is the ``Table`` of the
    constraint if it is that of the statement or in the same ``MetaData``, else None; ``table_name`` its name, also for
    statements that are text; ``columns`` a tuple of column names, empty where they are not known; ``constraint`` a name
    or None.  SQLite does not say which foreign key was violated: it is told only where one alone comes into question,
    and never for an error of COMMIT.
    """

    code = "gkpj"
    table: Any = None
    table_name: Optional[str] = None
    columns: Tuple[str, ...] = ()
    constraint: Optional[str] = None

    def with_constraint(
        self,
        table: Any = None,
        columns: Iterable[str] = (),
        constraint: Optional[str] = None,
        table_name: Optional[str] = None,
    ) -> IntegrityError:
        """Note which constraint was violated and return this error."""
        self.table = table
        if table_name is None and table is not None:
            table_name = table if isinstance(table, str) else getattr(table, "name", None)
        self.table_name = table_name
        self.columns = tuple(columns)
        self.constraint = constraint
        return self

    def _pickled_state(self) -> Any:
        state = super()._pickled_state()
        if "table" in state:
            # a Table carries its whole MetaData: its name is what travels
            state["table"] = self.table_name
        return state


class UniqueViolation(IntegrityError):
    """A row of this key is there already."""


class ForeignKeyViolation(IntegrityError):
    """The row referred to is missing, or a row is still referred to."""


class NotNullViolation(IntegrityError):
    """A column that must have a value was given NULL."""


class CheckViolation(IntegrityError):
    """A CHECK condition does not hold."""


class ExclusionViolation(IntegrityError):
    """An exclusion constraint does not admit the row beside those that are there."""


class InternalError(DatabaseError):
    """The database met a fault of its own."""

    code = "2j85"


class ProgrammingError(DatabaseError):
    """The statement is wrong: its syntax, a name in it, or its number of parameters."""

    code = "f405"


class NotSupportedError(DatabaseError):
    """The database or its driver cannot do this."""

    code = "tw8g"


_DRIVER_ERRORS = {
    kind.__name__: kind
    for kind in (
        DBAPIError,
        InterfaceError,
        DatabaseError,
        DataError,
        OperationalError,
        IntegrityError,
        InternalError,
        ProgrammingError,
        NotSupportedError,
    )
}


class SATestSuiteWarning(Warning):
    """The test suite warns about itself."""


class SADeprecationWarning(HasDescriptionCode, DeprecationWarning):
    """Something deprecated is used; ``deprecated_since`` is the version that deprecated it."""

    deprecated_since: Optional[str] = None


class Base20DeprecationWarning(SADeprecationWarning):
    """Something is used which the 2.0 series does in another way."""

    deprecated_since: Optional[str] = "1.4"


class LegacyAPIWarning(Base20DeprecationWarning):
    """A call is used which is kept for older programs only."""


class MovedIn20Warning(Base20DeprecationWarning):
    """A name is used at the place where it was before the 2.0 series."""


class SAPendingDeprecationWarning(PendingDeprecationWarning):
    """Something is used which will be deprecated."""

    deprecated_since: Optional[str] = None


class SAWarning(HasDescriptionCode, RuntimeWarning):
    """What happens is probably not what was meant."""


def is_retryable(error: BaseException) -> bool:
    """Say whether running the whole transaction again, from its beginning, may well succeed.

    True for lost connections, deadlocks, serialisation failures and locks not obtained in time.  A constraint
    violation, a wrong statement or a bad value would only fail again.
    """
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        if isinstance(error, (OperationalError, InternalError)) or type(error) is DBAPIError:
            return _driver_says_retry(error.orig)
        return False
    return isinstance(error, DisconnectionError)


# SQLSTATE: serialisation failure, deadlock, lock not available, statement completion unknown
_RETRY_STATES = frozenset(["40001", "40P01", "55P03", "40003"])
# MySQL and MariaDB: lock wait timeout, deadlock; SQL Server: deadlock victim; Oracle: deadlock, serialisation
_RETRY_NUMBERS = frozenset([1205, 1213, 3572, 60, 8177])
_RETRY_SQLITE = ("database is locked", "database table is locked", "database schema is locked")


def _driver_says_retry(orig: Any) -> bool:
    if isinstance(orig, EmulatedDBAPIException):
        orig = orig.driver_exception
    state = getattr(orig, "sqlstate", None) or getattr(orig, "pgcode", None)
    if state is not None:
        return state in _RETRY_STATES
    args = getattr(orig, "args", ())
    first = args[0] if args else None
    number = getattr(first, "code", first)
    if isinstance(number, int):
        return number in _RETRY_NUMBERS
    if isinstance(first, str):
        return first.startswith(_RETRY_SQLITE) or first in _RETRY_STATES
    return False


def describe_params(params: Any, ismulti: Optional[bool] = None, batches: int = _SETS_SHOWN) -> str:
    """Return a text of bound parameters for messages and logs, shortened where it would be long.

    ``params`` is one parameter set or a list of them; ``ismulti`` says which, None means: look.  At most ``batches``
    sets, 100 parameters of a set and 300 characters of a value are shown; 300 characters in all where it is not known
    what ``params`` is.
    """
    if isinstance(params, list) and not params:
        return "[]"
    if ismulti is None:
        sets = isinstance(params, list) and isinstance(params[0], (list, tuple, dict))
        if not sets or len(params) <= batches:
            return _shorten(repr(params), _CHARS_SHOWN)
        ismulti = True
    if ismulti:
        return _describe_many(params, batches)
    return _describe_one(params)


def _describe_many(params: Any, batches: int) -> str:
    if len(params) <= batches:
        return "[%s]" % ", ".join(_describe_one(one) for one in params)
    tail = 2
    head = batches - tail
    return "[%s  ... displaying %d of %d total bound parameter sets ...  %s]" % (
        ", ".join(_describe_one(one) for one in params[:head]),
        batches,
        len(params),
        ", ".join(_describe_one(one) for one in params[-tail:]),
    )


def _describe_one(params: Any) -> str:
    if isinstance(params, dict):
        pieces = [
            "%r: %s" % (key, _shorten(repr(value), _CHARS_SHOWN)) for key, value in params.items()
        ]
        opening, closing = "{", "}"
    elif isinstance(params, (list, tuple)):
        pieces = [_shorten(repr(value), _CHARS_SHOWN) for value in params]
        opening, closing = ("[", "]") if isinstance(params, list) else ("(", ")")
        if len(pieces) == 1 and closing == ")":
            closing = ",)"
    else:
        return _shorten(repr(params), _CHARS_SHOWN)
    if len(pieces) > _KEYS_SHOWN:
        half = _KEYS_SHOWN // 2
        left_out = len(pieces) - 2 * half
        return "%s%s ... %d parameters truncated ... %s%s" % (
            opening,
            ", ".join(pieces[:half]),
            left_out,
            ", ".join(pieces[-half:]),
            closing,
        )
    return opening + ", ".join(pieces) + closing


def _shorten(text: str, limit: int) -> str:
    left_out = len(text) - limit
    if left_out <= 0:
        return text
    half = limit // 2
    return "%s ... (%d characters truncated) ... %s" % (text[:half], left_out, text[-half:])
