"""Rows of RETURNING that the session reads itself before they become objects and values.

The statements are run in ``dml``; which objects they touch is found in ``synchronize``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core.engine.result import IteratorResult
from sqltoolkit_core.engine.result import SimpleResultMetaData
from sqltoolkit_core.util.decorators import warn_deprecated

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import List
    from typing import Tuple  # noqa: F401 - in the text of a base class

    from typing_extensions import Unpack  # noqa: F401 - in the text of a base class

__all__ = ["Counted", "SplicedRows", "check_loaders", "converter", "is_same_column"]


class Counted(IteratorResult["Unpack[Tuple[Any, ...]]"]):
    """The result of a statement whose RETURNING was for the session alone: a row count and no rows."""

    def __init__(self, rowcount: int) -> None:
        super().__init__(SimpleResultMetaData(()), iter(()))
        self.rowcount = rowcount
        self.returns_rows = False


class SplicedRows(IteratorResult["Unpack[Tuple[Any, ...]]"]):
    """Rows as the driver gave them, put together from those of one or more statements: what a loader reads."""

    def __init__(self, result: Any, rows: List[Any], width: int) -> None:
        super().__init__(SimpleResultMetaData(["column_%d" % at for at in range(width)]), iter(rows))
        self.compiled = result.compiled


def is_same_column(column: Any, other: Any) -> bool:
    """Tell whether a column of RETURNING, which may carry marks, is a column of a table."""
    return column.__visit_name__ == "column" and (column.deannotate() if column.annotations else column) is other


def converter(column: Any, dialect: Any) -> Any:
    """Return the function that makes a Python value of what the driver gives for a column, None where it is one."""
    return column.type.dialect_impl(dialect).result_processor(dialect, None)


def check_loaders(statement: Any) -> None:
    """Warn of loader options of a statement with RETURNING that need a SELECT of their own kind."""
    for option in statement.parts.options:
        for name in getattr(option, "first_strategies", ()):
            if name in ("joined", "subquery"):
                warn_deprecated(
                    "The loader option %sload() does not go with INSERT, UPDATE and DELETE, and is ignored; use "
                    "selectinload() or immediateload()" % name,
                    "2.0",
                )
