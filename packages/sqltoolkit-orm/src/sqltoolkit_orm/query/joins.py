"""The join methods of ``Query``.

The other clauses are in ``clauses``.
"""

from __future__ import annotations

import typing

from .order import refuse_limited

if typing.TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Self

__all__ = ["JoinMethods"]


class JoinMethods:
    """The part of :class:`Query` that joins."""

    _statement: Any
    _joinpoint: Any

    def _with(self, statement: Any) -> Self:
        raise NotImplementedError()

    def join(self, target: Any, onclause: Any = None, *, isouter: bool = False, full: bool = False) -> Self:
        """Join an entity, or along a relationship attribute."""
        refuse_limited(self, "join")
        new = self._with(self._statement.join(target, onclause, isouter=isouter, full=full))
        new._joinpoint = (target, onclause)
        return new

    def outerjoin(self, target: Any, onclause: Any = None, *, full: bool = False) -> Self:
        """Like :meth:`join`, LEFT OUTER JOIN."""
        return self.join(target, onclause, isouter=True, full=full)
