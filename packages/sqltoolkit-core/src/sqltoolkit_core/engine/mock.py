"""`create_mock_engine()`: an object in the place of an engine that hands statements to a function.

It serves to write DDL to a file; real engines are made in `.create`.
"""

from __future__ import annotations

import typing

from ..util.introspect import get_cls_kwargs
from .url import make_url

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Mapping

__all__ = ["MockConnection", "create_mock_engine"]


class MockConnection:
    """Stands for engine and connection; each statement is given to the executor."""

    def __init__(self, dialect: Any, execute: Callable[..., Any]) -> None:
        self._dialect = dialect
        self._execute_impl = execute

    @property
    def engine(self) -> MockConnection:
        """Return the object itself."""
        return self

    @property
    def dialect(self) -> Any:
        """Return the dialect."""
        return self._dialect

    @property
    def name(self) -> str:
        """Return the name of the dialect."""
        return typing.cast("str", self._dialect.name)

    def connect(self, **kwargs: Any) -> MockConnection:
        """Return the object itself."""
        return self

    def schema_for_object(self, obj: Any) -> Any:
        """Return the schema of a table or sequence."""
        return obj.schema

    def execution_options(self, **kw: Any) -> MockConnection:
        """Return the object itself; options have no effect."""
        return self

    def _run_ddl_visitor(self, visitorcallable: Any, element: Any, **kwargs: Any) -> None:
        # there is no database to ask what exists already
        kwargs["checkfirst"] = False
        visitorcallable(dialect=self.dialect, connection=self, **kwargs).traverse_single(element)

    def execute(
        self,
        obj: Any,
        parameters: Any = None,
        execution_options: Any = None,
    ) -> Any:
        """Give a statement to the executor and return what it returns."""
        return self._execute_impl(obj, parameters)


def create_mock_engine(url: Any, executor: Callable[..., Any], **kw: Any) -> MockConnection:
    """Return an object that calls `executor(statement, parameters)` for each statement executed.

    The dialect is that of `url`; no driver is needed.
    """
    dialect_cls = make_url(url).get_dialect()
    options: Mapping[str, Any] = {
        name: kw.pop(name) for name in get_cls_kwargs(dialect_cls) if name in kw
    }
    return MockConnection(dialect_cls(**options), executor)
