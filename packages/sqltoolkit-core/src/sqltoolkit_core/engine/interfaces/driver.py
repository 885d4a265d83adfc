"""The faces of a PEP 249 driver, as the toolkit uses it, and of adapted asynchronous drivers.

What the toolkit asks of a database beyond its driver is in `.dialect`.
"""

from __future__ import annotations

import typing

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Awaitable
    from typing import Callable
    from typing import Dict
    from typing import Mapping
    from typing import Optional
    from typing import Sequence
    from typing import Tuple
    from typing import Type
    from typing import Union

    _Positional = Sequence[Any]
    _Named = Mapping[str, Any]
    _AnyParameters = Union[_Positional, _Named]

__all__ = [
    "AdaptedConnection",
    "ConnectArgsType",
    "DBAPIConnection",
    "DBAPICursor",
    "DBAPIModule",
    "DBAPIType",
]

# positional and keyword arguments for the driver's connect()
if typing.TYPE_CHECKING:
    #: positional and keyword arguments of a driver's `connect()`
    ConnectArgsType = Tuple[Sequence[str], Dict[str, Any]]
else:
    ConnectArgsType = tuple


def _not_here(instance: Any, name: str) -> NotImplementedError:
    return NotImplementedError("%s has no %s()" % (type(instance).__name__, name))


class DBAPIModule:
    """The module of a driver: its `connect()` and its classes of errors."""

    paramstyle: str
    Error: Type[BaseException]
    OperationalError: Type[BaseException]
    InterfaceError: Type[BaseException]
    IntegrityError: Type[BaseException]

    def connect(self, *args: Any, **kwargs: Any) -> DBAPIConnection:
        """Return a new connection."""
        raise _not_here(self, "connect")


class DBAPIType:
    """A type object of a driver, for `setinputsizes()` and for comparing with `description`."""


class DBAPIConnection:
    """A connection of a driver."""

    autocommit: bool

    def close(self) -> None:
        """Close the connection."""
        raise _not_here(self, "close")

    def commit(self) -> None:
        """Commit the transaction under way."""
        raise _not_here(self, "commit")

    def cursor(self, *args: Any, **kwargs: Any) -> DBAPICursor:
        """Return a new cursor."""
        raise _not_here(self, "cursor")

    def rollback(self) -> None:
        """Roll back the transaction under way."""
        raise _not_here(self, "rollback")


class DBAPICursor:
    """A cursor of a driver."""

    arraysize: int
    lastrowid: int

    @property
    def description(self) -> Optional[Sequence[Sequence[Any]]]:
        """Return one sequence for each column of the result, None where there is no result."""
        raise _not_here(self, "description")

    @property
    def rowcount(self) -> int:
        """Return the number of rows that the last statement matched, -1 where it is not known."""
        raise _not_here(self, "rowcount")

    def close(self) -> None:
        """Close the cursor."""
        raise _not_here(self, "close")

    def execute(self, operation: Any, parameters: Optional[_AnyParameters] = None) -> Any:
        """Run a statement."""
        raise _not_here(self, "execute")

    def executemany(self, operation: Any, parameters: Sequence[_AnyParameters]) -> Any:
        """Run a statement once for each set of parameters."""
        raise _not_here(self, "executemany")

    def fetchone(self) -> Optional[Any]:
        """Return the next row, None at the end."""
        raise _not_here(self, "fetchone")

    def fetchmany(self, size: int = 1) -> Sequence[Any]:
        """Return the next `size` rows."""
        raise _not_here(self, "fetchmany")

    def fetchall(self) -> Sequence[Any]:
        """Return all rows left."""
        raise _not_here(self, "fetchall")

    def setinputsizes(self, sizes: Sequence[Any]) -> None:
        """Tell the driver the types of the parameters before they are given."""
        raise _not_here(self, "setinputsizes")

    def setoutputsize(self, size: Any, column: Any) -> None:
        """Tell the driver how large a column may be."""
        raise _not_here(self, "setoutputsize")

    def callproc(self, procname: str, parameters: Sequence[Any] = ()) -> Any:
        """Call a stored procedure."""
        raise _not_here(self, "callproc")

    def nextset(self) -> Optional[bool]:
        """Go to the next result of the statement, if there is one."""
        raise _not_here(self, "nextset")


class AdaptedConnection:
    """A connection which shows an asynchronous driver's connection with the interface of PEP 249."""

    __slots__ = ("_connection",)

    _connection: Any

    @property
    def driver_connection(self) -> Any:
        """Return the connection of the driver itself."""
        return self._connection

    def run_async(self, fn: Callable[[Any], Awaitable[Any]]) -> Any:
        """Call `fn` with the driver's connection, await what it returns, and return the outcome."""
        from ...util.concurrency import await_only

        return await_only(fn(self._connection))

    def __repr__(self) -> str:
        return "<AdaptedConnection %s>" % (self._connection,)
