"""What the log says about statements, and the comments that are put behind them.

Whether anything is logged is decided in `.execution`.
"""

from __future__ import annotations

import typing

from ... import exc
from ...exc import describe_params

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Mapping

__all__ = ["LoggedParameters", "log_parameters", "log_slow", "tagged"]


class LoggedParameters:
    """Parameters in a log record: turned into text when the record is written."""

    __slots__ = ("many", "parameters")

    def __init__(self, parameters: Any, many: bool) -> None:
        self.parameters = parameters
        self.many = many

    def __repr__(self) -> str:
        return describe_params(self.parameters, ismulti=self.many)

    __str__ = __repr__


def log_parameters(engine: Any, parameters: Any, many: bool) -> Any:
    """Return what stands for the parameters in the log."""
    if engine.hide_parameters:
        return "[SQL parameters hidden due to hide_parameters=True]"
    return LoggedParameters(parameters, many)


def log_slow(connection: Any, taken: float, statement: str, parameters: Any, many: bool) -> None:
    """Write a warning about a statement that took long."""
    connection.engine.logger.warning(
        connection._message("slow statement (%.3f s): %s %s"),
        taken,
        statement,
        log_parameters(connection.engine, parameters, many),
    )


def tagged(statement: str, tags: Mapping[str, Any], dialect: Any) -> str:
    """Return the statement with a comment behind it that carries `tags`.

    Keys and values are quoted as in URLs, so that nothing in them can end the comment.
    """
    if not hasattr(tags, "items"):
        raise exc.ArgumentError(
            "query_tags is a dictionary of names and values, not %s" % type(tags).__name__
        )
    from urllib.parse import quote

    text = ",".join(
        "%s='%s'" % (quote(str(key), safe=""), quote(str(value), safe=""))
        for key, value in sorted(tags.items())
    )
    if dialect.paramstyle in ("format", "pyformat"):
        text = text.replace("%", "%%")
    return "%s /*%s*/" % (statement, text)
