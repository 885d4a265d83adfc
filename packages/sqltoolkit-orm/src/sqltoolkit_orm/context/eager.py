"""The joins that loaders add to a statement: which go side by side, which are nested into the right side of another.

What is joined, and on what, is said by ``strategies.joined``.

An INNER JOIN that continues an OUTER one is put into the right side of that one, ``a LEFT OUTER JOIN (b JOIN c ON ...)
ON ...``, so that it does not take rows of ``a`` away.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core.sql.adapt import adapt_lateral
from sqltoolkit_core.sql.analysis import matching_left_sides
from sqltoolkit_core.sql.selectable import Join

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Optional

__all__ = ["EagerJoin", "EagerJoins"]


class EagerJoin:
    """One join of a loader.

    :param parent: the join that it continues, None where it continues an element of the statement itself.
    :param right: what is joined.
    :param onclause: the condition.
    :param isouter: by LEFT OUTER JOIN.
    :param secondary: the table between both sides, or None.
    :param secondary_on: the condition of ``right`` with the secondary table.
    """

    __slots__ = ("chain", "isouter", "onclause", "parent", "right", "secondary", "secondary_on")

    def __init__(
        self,
        parent: Optional[EagerJoin],
        right: Any,
        onclause: Any,
        isouter: bool,
        secondary: Any = None,
        secondary_on: Any = None,
    ) -> None:
        self.parent = parent
        self.right = right
        self.onclause = onclause
        self.isouter = isouter
        self.secondary = secondary
        self.secondary_on = secondary_on
        #: inner joins that are made to the right side, in order
        self.chain: List[EagerJoin] = []

    def nest(self) -> bool:
        """Put this join into the right side of the outer join that it continues; False if there is none."""
        if self.isouter or self.parent is None:
            return False
        outer = self.parent
        while not outer.isouter:
            if outer.parent is None:
                return False
            outer = outer.parent
        chain = outer.chain
        chain.insert(0 if self.parent is outer else chain.index(self.parent) + 1, self)
        if self.secondary is not None and self.parent is not outer:
            parent = self.parent
            parent.right = Join(parent.right, self.secondary, self.onclause, False, False)
            self.onclause, self.secondary = self.secondary_on, None
        return True

    def attach(self, left: Any, adapter: Any) -> Any:
        """Return ``left`` with this join and what is nested into it.

        :param adapter: says a condition in terms of ``left``, None where it is that already.
        """
        adapt = _unchanged if adapter is None else adapter.traverse
        right = self.right
        if right.is_lateral and adapter is not None:
            right = adapt_lateral(right, adapter)
        secondary = self.secondary
        if secondary is None:
            return Join(left, self._chained(right), adapt(self.onclause), self.isouter, False)
        if not self.isouter:
            left = Join(left, secondary, adapt(self.onclause), False, False)
            return Join(left, self._chained(right), self.secondary_on, False, False)
        right = Join(secondary, right, self.secondary_on, False, False)
        return Join(left, self._chained(right), adapt(self.onclause), True, False)

    def _chained(self, right: Any) -> Any:
        for nested in self.chain:
            right = nested.attach(right, None)
        return right


def _unchanged(element: Any) -> Any:
    return element


class EagerJoins:
    """The joins that the loaders of one statement add, by the FROM element that they are added to."""

    __slots__ = ("_by_root", "order_by")

    def __init__(self) -> None:
        self._by_root: Dict[Any, List[EagerJoin]] = {}
        #: ORDER BY of the joined collections
        self.order_by: List[Any] = []

    def __bool__(self) -> bool:
        return bool(self._by_root)

    def add(self, root: Any, join: EagerJoin) -> None:
        """Add a join that starts at the FROM element ``root``."""
        if not join.nest():
            self._by_root.setdefault(root, []).append(join)

    def beside(self, elements: List[Any]) -> List[Any]:
        """Return the FROM elements of a statement with the joins made; those that got one come last."""
        made: Dict[Any, Any] = {}
        for root, joins in self._by_root.items():
            key, left = _place(elements, root)
            left = made.get(key, left)
            for join in joins:
                left = join.attach(left, None)
            made[key] = left
        return elements + list(made.values())

    def around(self, source: Any, adapter: Any) -> Any:
        """Return a subquery with all joins made to it.

        :param adapter: says a condition in terms of the subquery.
        """
        for joins in self._by_root.values():
            for join in joins:
                source = join.attach(source, adapter)
        return source


def _place(elements: List[Any], root: Any) -> Any:
    """Return (key, FROM element) of what the joins of a root are made to.

    :raises sqltoolkit_core.exc.InvalidRequestError: several elements hold the root.
    """
    found = matching_left_sides(elements, root) if elements else []
    if len(found) > 1:
        raise sa_exc.InvalidRequestError(
            "%s is in several FROM elements, so it is not clear to which of them joined eager loading adds its joins"
            % (root,)
        )
    if found:
        return found[0], elements[found[0]]
    return root, root
