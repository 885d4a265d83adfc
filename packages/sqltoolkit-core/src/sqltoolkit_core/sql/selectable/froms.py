"""The FROM list of a SELECT: implied sources, join targets, correlation - pure functions.

The joins themselves and their ON conditions are in ``join``; the compiler renders what is returned here.

Words: *raw columns* are what ``select()`` was given; *implied* sources are those that only columns and
criteria mention; a source is *hidden* when it is rendered inside another one (the sides of a join).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, List, Optional, Sequence, Set, Tuple

from .. import visitors
from ... import exc
from .join import Join, can_join, join_condition

if TYPE_CHECKING:
    from .base import FromClause
    from .select import AnySelect

__all__ = [
    "columns_clause_froms",
    "correlated",
    "derive_froms",
    "explicit_froms",
    "find_left_sides",
    "froms_for",
    "matching_left_sides",
    "without_hidden",
]


def froms_for(
    select: AnySelect,
    explicit: Sequence[FromClause] = (),
    implicit: Sequence[FromClause] = (),
) -> List[FromClause]:
    """Return the sources to render in FROM, joins made and correlation applied.

    :param select: the statement.
    :param explicit: sources of all enclosing statements, which ``correlate()`` may name.
    :param implicit: sources of the enclosing statements with which it correlates by itself.
    :raises InvalidRequestError: automatic correlation would leave no source, or a join has no
        clear left side.
    """
    return correlated(select, derive_froms(select), explicit, implicit)


def derive_froms(select: AnySelect) -> List[FromClause]:
    """Return all sources of a SELECT, each once, those inside others left out.

    Explicit sources and joins come first, then those of the columns, then those of WHERE.
    """
    from_clauses = explicit_froms(select)
    sources = list(from_clauses)
    for column in select._raw_columns:
        sources.extend(column._from_objects)
    for criterion in select._where_criteria:
        sources.extend(criterion._from_objects)
    return without_hidden(sources, owner=select)


def without_hidden(sources: Iterable[FromClause], owner: Any = None) -> List[FromClause]:
    """Return the sources in order, each once, without those rendered inside another one."""
    seen: Set[Any] = set()
    unique: List[FromClause] = []
    hidden: Set[Any] = set()
    for source in sources:
        if source in seen:
            continue
        if source is owner:
            raise exc.InvalidRequestError("a SELECT cannot stand in its own FROM clause")
        alike = source._cloned_set
        if len(alike) > 1 and not seen.isdisjoint(alike):
            continue
        seen.update(alike)
        unique.append(source)
        inside = source._hidden_froms
        if inside:
            for each in inside:
                hidden.update(each._cloned_set)
    if not hidden:
        return unique
    return [source for source in unique if source not in hidden]


def columns_clause_froms(select: AnySelect) -> List[FromClause]:
    """Return the sources which the columns of a SELECT mention, each once, without those inside of joins."""
    return without_hidden(_sources_of(select._raw_columns))


def _sources_of(columns: Iterable[Any]) -> List[FromClause]:
    sources: List[FromClause] = []
    seen: Set[Any] = set()
    for column in columns:
        for source in column._from_objects:
            if source not in seen:
                seen.add(source)
                sources.append(source)
    return sources


# -- correlation ---------------------------------------------------------------------------------


def correlated(
    select: AnySelect,
    sources: List[FromClause],
    explicit: Sequence[FromClause] = (),
    implicit: Sequence[FromClause] = (),
) -> List[FromClause]:
    """Return ``sources`` without those that come from an enclosing statement.

    :raises InvalidRequestError: automatic correlation would leave no source.
    """
    if select._correlate:
        outer = _common(_common(sources, explicit), select._correlate)
        sources = [source for source in sources if source not in outer]
    if select._correlate_except is not None:
        outer = _common(sources, explicit)
        outer -= _common(list(outer), select._correlate_except)
        sources = [source for source in sources if source not in outer]
    if select._auto_correlate and implicit and len(sources) > 1:
        outer = _common(sources, implicit)
        remaining = [source for source in sources if source not in outer]
        if not remaining:
            raise exc.InvalidRequestError(
                "automatic correlation leaves no FROM clause in the subquery %r: all its sources "
                "are in the enclosing statement as well; name those to share with correlate() "
                "or turn it off with correlate(None)" % select
            )
        sources = remaining
    return sources


def _common(sources: Iterable[FromClause], others: Iterable[FromClause]) -> Set[Any]:
    """Return the members of ``sources`` of which ``others`` has a copy or the thing itself."""
    theirs: Set[Any] = set()
    for other in others:
        theirs.update(other._cloned_set)
    if not theirs:
        return set()
    return {source for source in sources if not theirs.isdisjoint(source._cloned_set)}


# -- joins ---------------------------------------------------------------------------------------


def explicit_froms(select: AnySelect) -> Tuple[FromClause, ...]:
    """Return the sources of ``select_from()`` with those of ``join()`` joined to them."""
    if not select._joins_asked and not select._memoized_select_entities:
        return select._from_obj
    sources = list(select._from_obj)
    criteria = select._where_criteria
    for columns, joins, _ in select._memoized_select_entities:
        _join_all(sources, joins, (*columns, *criteria))
    _join_all(sources, select._joins_asked, (*select._raw_columns, *criteria))
    return tuple(sources)


def _join_all(sources: List[FromClause], joins: Iterable[Any], mentioned_by: Sequence[Any]) -> None:
    """Add joins to the sources; where there are none they join to what the columns and criteria mention."""
    for target, onclause, left, isouter, full in joins:
        if left is None:
            left, place = _implied_left(mentioned_by, sources, target, onclause)
        else:
            named = left
            left, place = _given_left(sources, left)
            if onclause is None and place is not None:
                # the source that was named decides on the condition, not others it is joined to
                onclause = join_condition(named, target)
        joined = Join(left, target, onclause, isouter, full)
        if place is None:
            sources.append(joined)
        else:
            sources[place] = joined


def _implied_left(
    mentioned_by: Sequence[Any], sources: Sequence[FromClause], target: FromClause, onclause: Any
) -> Tuple[FromClause, Optional[int]]:
    """Find what a ``join()`` without a left side joins to: (left, its index in ``sources``)."""
    candidates = sources or _sources_of(mentioned_by)
    found = find_left_sides(candidates, target, onclause)
    if len(found) > 1:
        raise exc.InvalidRequestError(
            "%s could be joined to more than one of the FROM clauses (%s); "
            "choose the left side with select_from() or join_from(), or give an ON clause that "
            "makes it clear."
            % (_describe(target), ", ".join(_describe(candidates[index]) for index in found))
        )
    if not found:
        raise exc.InvalidRequestError(
            "there is nothing to join %s to; name the left side with select_from() or join_from() "
            "and give an ON clause if no foreign key links both." % _describe(target)
        )
    index = found[0]
    return candidates[index], (index if sources else None)


def _given_left(
    sources: Sequence[FromClause], left: FromClause
) -> Tuple[FromClause, Optional[int]]:
    """Find the source that has what ``join_from()`` starts from in it already."""
    found = matching_left_sides(sources, left)
    if len(found) > 1:
        raise exc.InvalidRequestError(
            "%s stands in more than one of the FROM clauses, so which of them to join is not clear; "
            "join from an alias of it." % _describe(left)
        )
    if found:
        return sources[found[0]], found[0]
    return left, None


def find_left_sides(
    froms: Sequence[FromClause], right: FromClause, onclause: Any = None
) -> List[int]:
    """Return the indexes of the sources that ``right`` can be joined to.

    With ``onclause`` and more than one source: those whose columns, with those of ``right``, cover
    the condition. Without one: those linked by foreign keys.
    """
    targets = right._from_objects
    wanted: Optional[Set[Any]] = None
    if onclause is not None and len(froms) > 1:
        wanted = _columns_in(onclause)
    found: List[int] = []
    for index, source in enumerate(froms):
        for target in targets:
            if target is source:
                continue
            if wanted is not None:
                fits = wanted.issubset(set(source.c).union(target.c))
            else:
                fits = onclause is not None or can_join(source, target)
            if fits:
                found.append(index)
                break
    if len(found) > 1:
        visible = without_hidden(froms)
        found = [index for index in found if froms[index] in visible]
    if not found and onclause is not None:
        return list(range(len(froms)))
    return found


def matching_left_sides(froms: Sequence[FromClause], left: FromClause) -> List[int]:
    """Return the indexes of the sources that contain ``left``, the exact ones if there are any."""
    parts = left._from_objects
    found = [
        index
        for index, source in enumerate(froms)
        if any(source.is_derived_from(part) for part in parts)
    ]
    if len(found) > 1:
        exact = [
            index for index in found if any(part in _surface(froms[index]) for part in parts)
        ]
        if exact:
            return exact
    return found


def _surface(source: FromClause) -> List[FromClause]:
    """Return the sources that are visible in a source: the sides of joins, not inside aliases."""
    stack: List[Any] = [source]
    visible: List[FromClause] = []
    while stack:
        each = stack.pop()
        visible.append(each)
        if each._is_join:
            stack.extend((each.left, each.right))
        elif each.__visit_name__ == "grouping":
            stack.append(each.element)
    return visible


def _columns_in(onclause: Any) -> Set[Any]:
    return {element for element in visitors.iterate(onclause) if element.__visit_name__ == "column"}


def _describe(source: Any) -> str:
    return repr(getattr(source, "description", source))
