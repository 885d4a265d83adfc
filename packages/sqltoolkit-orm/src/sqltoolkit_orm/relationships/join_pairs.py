"""Which columns of a join condition are foreign, remote and local; the pairs they make; the direction that follows.

The condition itself, its lazy form and its adaptions are in ``join_condition``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.sql import operators
from sqltoolkit_core.sql import visitors
from sqltoolkit_core.sql.analysis import overlaps
from sqltoolkit_core.sql.analysis import walk_binaries
from sqltoolkit_core.util import OrderedSet
from sqltoolkit_core.util import warn

from ..base import MANYTOMANY
from ..base import MANYTOONE
from ..base import ONETOMANY

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import List
    from typing import Set
    from typing import Tuple

    from .join_condition import JoinCondition

__all__ = [
    "annotate_joins",
    "collect_pairs",
    "columns_with",
    "determine_direction",
    "is_column",
    "warn_of_local_remotes",
]


def is_column(element: Any) -> bool:
    """Return whether an element is a column of a table or of another selectable."""
    return bool(element.__visit_name__ == "column")


def _references(a: Any, b: Any) -> bool:
    references = getattr(a, "references", None)
    return bool(references is not None and references(b))


def columns_with(expression: Any, *names: str) -> Set[Any]:
    """Return the columns of the expression that carry all of the marks."""
    if expression is None:
        return set()
    wanted = set(names)
    return {
        element
        for element in visitors.iterate(expression)
        if is_column(element) and wanted.issubset(element.annotations)
    }


def _has_mark(expression: Any, name: str) -> bool:
    return expression is not None and any(name in e.annotations for e in visitors.iterate(expression))


def _mark_columns(expression: Any, test: Callable[[Any], bool], name: str) -> Any:
    """Return the expression with the mark on every column for which the test is true."""
    if expression is None:
        return None

    def replace(element: Any) -> Any:
        if element.__visit_name__ == "alias":
            # the columns of a copy would be of no entity
            return element
        if is_column(element) and name not in element.annotations and test(element):
            return element.annotate({name: True})
        return None

    return visitors.replacement_traverse(expression, {}, replace)


def _mark_in_binaries(expression: Any, choose: Callable[[Any, Any], Tuple[bool, bool]], name: str) -> Any:
    """Return the expression with marks chosen for the two sides of each comparison of columns."""
    if expression is None:
        return None

    def visit(binary: Any) -> None:
        left, right = binary.left, binary.right
        if not is_column(left) or not is_column(right):
            return
        mark_left, mark_right = choose(left, right)
        if mark_left and name not in left.annotations:
            binary.left = left.annotate({name: True})
        if mark_right and name not in right.annotations:
            binary.right = right.annotate({name: True})

    aliases = [element for element in visitors.iterate(expression) if element.__visit_name__ == "alias"]
    return visitors.cloned_traverse(expression, {"stop_on": aliases}, {"binary": visit})


def annotate_joins(join: JoinCondition) -> None:
    """Mark the columns of the join condition as foreign, remote and local."""
    _annotate_foreign(join)
    _annotate_remote(join)
    _annotate_local(join)


def _annotate_foreign(join: JoinCondition) -> None:
    if _has_mark(join.primaryjoin, "foreign"):
        return
    given = set(join.consider_as_foreign_keys)
    if given:
        join.primaryjoin = _mark_columns(join.primaryjoin, lambda c: c in given, "foreign")
        join.secondaryjoin = _mark_columns(join.secondaryjoin, lambda c: c in given, "foreign")
        return
    secondary = join.secondary

    def choose(a: Any, b: Any) -> Tuple[bool, bool]:
        if _references(a, b):
            return True, False
        if _references(b, a):
            return False, True
        if secondary is not None:
            in_a, in_b = secondary.c.contains_column(a), secondary.c.contains_column(b)
            if in_a != in_b:
                return in_a, in_b
        return False, False

    join.primaryjoin = _mark_in_binaries(join.primaryjoin, choose, "foreign")
    join.secondaryjoin = _mark_in_binaries(join.secondaryjoin, choose, "foreign")


def _annotate_remote(join: JoinCondition) -> None:
    if _has_mark(join.primaryjoin, "remote"):
        return
    if join.secondary is not None:
        contains = join.secondary.c.contains_column
        join.primaryjoin = _mark_columns(join.primaryjoin, contains, "remote")
        join.secondaryjoin = _mark_columns(join.secondaryjoin, contains, "remote")
    elif join.self_referential and _compares_shared_columns(join):
        given = set(join.remote_side_given)
        join.primaryjoin = _mark_self_join(join.primaryjoin, given)
        if given and not _has_mark(join.primaryjoin, "remote"):
            join.primaryjoin = _mark_columns(join.primaryjoin, lambda c: c in given, "remote")
    elif join.remote_side_given:
        given = set(join.remote_side_given)
        join.primaryjoin = _mark_columns(join.primaryjoin, lambda c: c in given, "remote")
    elif _tables_overlap(join):
        join.primaryjoin = _mark_overlapping(join)
    else:
        join.primaryjoin = _mark_distinct(join)


def _compares_shared_columns(join: JoinCondition) -> bool:
    """Return whether the condition compares columns that parent and target both have, as a tree of rows does.

    Classes of one hierarchy may refer to each other by columns that only one of them has.
    """
    parent_c, child_c = join.parent_persist_selectable.c, join.child_persist_selectable.c
    return any(
        all(
            is_column(side) and parent_c.contains_column(side) and child_c.contains_column(side)
            for side in (element.left, element.right)
        )
        for element in visitors.iterate(join.primaryjoin)
        if element.__visit_name__ == "binary"
    )


def _mark_self_join(expression: Any, given: Set[Any]) -> Any:
    """Mark the remote columns where a table is joined to itself: those given, else the foreign ones.

    A column compared with itself, as in composite keys, is remote on one side.
    """

    def is_remote(column: Any) -> bool:
        return column in given if given else "foreign" in column.annotations

    def choose(a: Any, b: Any) -> Tuple[bool, bool]:
        return is_remote(a), is_remote(b) and _plain(a) is not _plain(b)

    return _mark_in_binaries(expression, choose, "remote")


def _tables_overlap(join: JoinCondition) -> bool:
    """Return whether parent and target share tables, as the classes of a joined hierarchy do."""
    return overlaps(join.parent_local_selectable, join.child_persist_selectable) or bool(
        overlaps(join.child_local_selectable, join.parent_persist_selectable)
    )


def _mark_overlapping(join: JoinCondition) -> Any:
    """Mark the side that belongs to the target, or is foreign where both tables belong to both."""
    parent_c, child_c = join.parent_persist_selectable.c, join.child_persist_selectable.c
    own_c = join.child_local_selectable.c
    parent_own = join.parent_local_selectable.c

    def is_remote(a: Any, b: Any) -> bool:
        if not child_c.contains_column(a):
            return False
        if not parent_c.contains_column(a):
            return True
        if child_c.contains_column(b) and parent_c.contains_column(b):
            if own_c.contains_column(a) and not own_c.contains_column(b):
                return True
            if own_c.contains_column(b) and not own_c.contains_column(a):
                return False
            return "foreign" in a.annotations
        if child_c.contains_column(b) and not parent_c.contains_column(b):
            # the other one can only be the target's, so this one is the parent's
            return False
        return not parent_own.contains_column(a) or own_c.contains_column(a)

    return _mark_in_binaries(join.primaryjoin, lambda a, b: (is_remote(a, b), is_remote(b, a)), "remote")


def _mark_distinct(join: JoinCondition) -> Any:
    child_c = join.child_persist_selectable.c
    parent_c = join.parent_local_selectable.c
    own_c = join.child_local_selectable.c

    def test(column: Any) -> bool:
        return child_c.contains_column(column) and (
            not parent_c.contains_column(column) or own_c.contains_column(column)
        )

    return _mark_columns(join.primaryjoin, test, "remote")


def warn_of_local_remotes(join: JoinCondition) -> None:
    """Warn of columns that were said to be remote and are the parent's alone."""
    if join.secondary is not None:
        return
    own, others = join.parent_persist_selectable.c, join.child_persist_selectable.c
    wrong = [
        str(column)
        for column in columns_with(join.primaryjoin, "remote")
        if own.contains_column(_plain(column)) and not others.contains_column(_plain(column))
    ]
    if wrong:
        warn(
            "The columns %s are remote according to relationship %s, but only its parent has them; name the columns of "
            "the other side in remote() or remote_side" % (", ".join(sorted(wrong)), join.prop)
        )


def _annotate_local(join: JoinCondition) -> None:
    if _has_mark(join.primaryjoin, "local"):
        return
    contains = join.parent_persist_selectable.c.contains_column
    join.primaryjoin = _mark_columns(
        join.primaryjoin, lambda c: "remote" not in c.annotations and contains(c), "local"
    )


def collect_pairs(join: JoinCondition) -> None:
    """Collect the pairs of local and remote columns, and those a flush copies from."""
    local_remote: Any = OrderedSet()
    join.synchronize_pairs = []
    join.secondary_synchronize_pairs = []
    is_mapped = _test_of_mapped(join)
    _pairs_of(join.primaryjoin, is_mapped, local_remote, join.synchronize_pairs)
    if join.secondaryjoin is not None:
        _pairs_of(join.secondaryjoin, is_mapped, local_remote, join.secondary_synchronize_pairs)
    join.local_remote_pairs = [(_plain(l), _plain(r)) for l, r in local_remote]
    join.synchronize_pairs = [(_plain(a), _plain(b)) for a, b in join.synchronize_pairs]
    join.secondary_synchronize_pairs = [(_plain(a), _plain(b)) for a, b in join.secondary_synchronize_pairs]
    join.remote_columns = _ordered(join, "remote")
    join.local_columns = _ordered(join, "local")
    join.foreign_key_columns = _ordered(join, "foreign")


def _plain(column: Any) -> Any:
    return column.deannotate() if column.annotations else column


def _ordered(join: JoinCondition, name: str) -> Set[Any]:
    found = columns_with(join.primaryjoin, name) | columns_with(join.secondaryjoin, name)
    return {_plain(column) for column in found}


def _test_of_mapped(join: JoinCondition) -> Callable[[Any], bool]:
    """Return a function that tells whether the parent, the target or the secondary table has a column.

    Tables in between have no part in what a flush copies.
    """
    sources = [join.parent_persist_selectable.c, join.child_persist_selectable.c]
    if join.secondary is not None:
        sources.append(join.secondary.c)
    return lambda column: any(source.contains_column(column) for source in sources)


def _pairs_of(expression: Any, is_mapped: Callable[[Any], bool], local_remote: Any, sync: List[Any]) -> None:
    def visit(binary: Any, left: Any, right: Any) -> None:
        if not is_column(left) or not is_column(right):
            return
        l_marks, r_marks = left.annotations, right.annotations
        if "remote" in r_marks and "remote" not in l_marks:
            if is_mapped(left):
                local_remote.add((left, right))
        elif "remote" in l_marks and "remote" not in r_marks:
            if is_mapped(right):
                local_remote.add((right, left))
        if binary.operator is operators.eq and is_mapped(left) and is_mapped(right):
            if "foreign" in r_marks and "foreign" not in l_marks:
                sync.append((left, right))
            elif "foreign" in l_marks and "foreign" not in r_marks:
                sync.append((right, left))
            elif "foreign" in l_marks and "foreign" in r_marks:
                if "remote" in r_marks:
                    sync.append((left, right))
                else:
                    sync.append((right, left))

    walk_binaries(expression, visit)


def determine_direction(join: JoinCondition) -> Any:
    """Return whether the foreign key stands on the side of the target, of the parent, or between them."""
    if join.secondaryjoin is not None:
        return MANYTOMANY
    parent_c, target_c = join.parent_persist_selectable.c, join.child_persist_selectable.c
    foreign = columns_with(join.primaryjoin, "foreign")
    on_target = [c for c in foreign if target_c.contains_column(c)]
    on_parent = [c for c in foreign if parent_c.contains_column(c)]
    if on_target and on_parent:
        to_many = columns_with(join.primaryjoin, "foreign", "remote")
        to_one = {c for c in foreign if "remote" not in c.annotations}
        if to_many and to_one:
            # columns compared with themselves do not tell
            both = {_plain(c) for c in join.remote_columns} & {_plain(c) for c in join.local_columns}
            to_many = {c for c in to_many if _plain(c) not in both}
            to_one = {c for c in to_one if _plain(c) not in both}
        if to_many and not to_one:
            return ONETOMANY
        if to_one and not to_many:
            return MANYTOONE
        raise core_exc.ArgumentError(
            "The direction of relationship '%s' is not clear: both sides of its join condition have "
            "foreign key columns. Mark only those that refer to the other side, with foreign() or "
            "foreign_keys=." % join.prop
        )
    if on_target:
        return ONETOMANY
    if on_parent:
        return MANYTOONE
    raise core_exc.ArgumentError(
        "The direction of relationship '%s' is not clear: neither side's table has a foreign key column "
        "of its join condition" % join.prop
    )
