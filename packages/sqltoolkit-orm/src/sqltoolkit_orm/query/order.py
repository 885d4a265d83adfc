"""In which order the methods of a ``Query`` may be called: what a clause that was given excludes later.

The clauses themselves are in ``clauses`` and ``joins``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc

from ..strategy_options.load import AliasOption

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Iterator
    from typing import Tuple

__all__ = ["given_clauses", "refuse_limited", "refuse_refined", "refuse_rewritten", "refuse_whole"]

#: what an UPDATE or DELETE made of a query has no place for
_NOT_IN_DML = frozenset(
    ("limit()", "offset()", "order_by()", "group_by()", "distinct()", "join()", "select_from()", "a set operation")
)
#: what get() would not take into account, but does no harm to it
_NOT_FOR_GET = frozenset(("order_by()", "distinct()"))


def given_clauses(query: Any) -> Iterator[str]:
    """Yield the names of the methods that have refined a query."""
    parts = query._statement.parts
    if query._from_statement is not None:
        yield "from_statement()"
    if any(isinstance(option, AliasOption) for option in parts.options):
        yield "a set operation"
    for name, given in (
        ("select_from()", parts.froms),
        ("join()", parts.joins or any(joins for _, joins, _ in parts.memoized_entities)),
        ("filter()", parts.where),
        ("group_by()", parts.group_by),
        ("order_by()", parts.order_by),
        ("distinct()", parts.distinct or parts.distinct_on),
    ):
        if given:
            yield name
    if parts.limit is not None:
        yield "limit()"
    if parts.offset is not None:
        yield "offset()"


def refuse_whole(query: Any, method: str) -> None:
    """Raise an error for a query that was given a whole statement, to which nothing can be added."""
    if query._from_statement is not None and query._assertions:
        raise sa_exc.InvalidRequestError(
            "%s() can't change a query that was given a whole statement by from_statement()" % method
        )


def refuse_limited(query: Any, method: str) -> None:
    """Raise an error for a query whose rows are counted already, so that a clause would come too late."""
    refuse_whole(query, method)
    parts = query._statement.parts
    if query._assertions and (parts.limit is not None or parts.offset is not None):
        raise sa_exc.InvalidRequestError(
            "%s() would change a query that has LIMIT or OFFSET; call %s() before limit() and offset()"
            % (method, method)
        )


def refuse_refined(query: Any, method: str) -> None:
    """Raise an error for a query that has clauses which what ``method`` gives would leave out."""
    if not query._assertions:
        return
    ignored: Tuple[str, ...] = tuple(
        name for name in given_clauses(query) if method != "get" or name not in _NOT_FOR_GET
    )
    if ignored:
        raise sa_exc.InvalidRequestError(
            "%s() comes first on a query, and this one has %s already" % (method, ", ".join(ignored))
        )


def refuse_rewritten(query: Any, method: str) -> None:
    """Raise an error for a query that is more than the criteria of an UPDATE or DELETE."""
    found = [name for name in given_clauses(query) if name in _NOT_IN_DML]
    if found:
        raise sa_exc.InvalidRequestError(
            "%s() takes the criteria of a query, and this one has %s as well; put what they say into a criterion, "
            "such as IN with a subquery" % (method, ", ".join(found))
        )
