"""Questions about trees of elements: which tables and columns they mention, what they say is equal.

Deriving joins, and which columns repeat others, is in ``selectable.join`` and offered here too; rewriting trees is in
``adapt``.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, Iterator, List, Optional, Sequence, Set, Tuple

from . import operators
from .selectable.base import FromClause
from .selectable.froms import find_left_sides as find_left_sides
from .selectable.froms import matching_left_sides as matching_left_sides
from .selectable.join import can_join as can_join
from .selectable.join import join_condition as join_condition
from .selectable.join import reduce_columns as reduce_columns
from .visitors import iterate, replacement_traverse

__all__ = [
    "can_join",
    "clause_is_present",
    "equated_pairs",
    "expand_column_list_from_order_by",
    "extract_first_column_annotation",
    "find_columns",
    "find_left_sides",
    "find_tables",
    "join_condition",
    "matching_left_sides",
    "overlaps",
    "reduce_columns",
    "sort_tables_by_mention",
    "surface_selectables",
    "tables_from_leftmost",
    "unwrap_label_reference",
    "unwrap_order_by",
    "visit_binary_product",
    "walk_binaries",
]


def find_tables(
    clause: Any,
    *,
    check_columns: bool = False,
    include_aliases: bool = False,
    include_joins: bool = False,
    include_selects: bool = False,
    include_crud: bool = False,
) -> List[Any]:
    """Return the tables that an element mentions, in the order they are met.

    :param check_columns: the tables of columns too, also where the table itself does not stand.
    :param include_aliases: aliases, subqueries, CTEs and lateral sources too.
    :param include_joins: joins too.
    :param include_selects: SELECT statements too.
    :param include_crud: the tables of INSERT, UPDATE and DELETE too.
    """
    wanted = {"table"}
    if include_aliases:
        wanted.update(("alias", "subquery", "tablesample", "lateral", "cte", "table_valued_alias"))
    if include_joins:
        wanted.add("join")
    if include_selects:
        wanted.update(("select", "compound_select"))
    found: List[Any] = []
    for element in iterate(clause):
        name = element.__visit_name__
        if name in wanted:
            found.append(element)
        elif name == "column":
            if check_columns and element.table is not None:
                found.append(element.table)
        elif include_crud and name in _CRUD:
            found.append(element.table)
    return found


_CRUD = frozenset(["insert", "update", "delete"])


def find_columns(clause: Any) -> Set[Any]:
    """Return the columns that an element mentions."""
    return {element for element in iterate(clause) if element.__visit_name__ == "column"}


def overlaps(first: Any, second: Any) -> bool:
    """Tell whether two elements mention a table in common, aliases being different from their table."""
    mentioned = {
        table
        for table in find_tables(first, check_columns=True, include_aliases=True, include_joins=True)
    }
    if isinstance(first, FromClause):
        mentioned.update(first._from_objects)
    for table in find_tables(second, check_columns=True, include_aliases=True, include_joins=True):
        if any(table.is_derived_from(each) or each.is_derived_from(table) for each in mentioned):
            return True
    return False


def clause_is_present(clause: Any, search: Any) -> bool:
    """Tell whether ``clause`` is ``search`` or one of the visible sides of the join ``search``."""
    return any(clause is each or clause == each for each in surface_selectables(search))


def surface_selectables(clause: Any) -> Iterator[Any]:
    """Yield a source and, of joins and parentheses, what stands inside; not what is inside aliases."""
    stack = [clause]
    while stack:
        element = stack.pop()
        yield element
        if getattr(element, "_is_join", False):
            stack.extend((element.left, element.right))
        elif element.__visit_name__ == "grouping":
            stack.append(element.element)


def tables_from_leftmost(clause: Any) -> Iterator[Any]:
    """Yield the tables of a join from left to right."""
    if getattr(clause, "_is_join", False):
        for side in (clause.left, clause.right):
            for table in tables_from_leftmost(side):
                yield table
    elif clause.__visit_name__ == "grouping":
        for table in tables_from_leftmost(clause.element):
            yield table
    else:
        yield clause


def sort_tables_by_mention(clause: Any, tables: Iterable[Any]) -> List[Any]:
    """Return the tables in the order in which ``clause`` mentions them, others last."""
    tables = list(tables)
    order = {table: number for number, table in enumerate(find_tables(clause, check_columns=True))}
    return sorted(tables, key=lambda table: order.get(table, len(order)))


# -- comparisons -----------------------------------------------------------------------------------


def walk_binaries(clause: Any, visit: Callable[[Any, Any, Any], None]) -> None:
    """Call ``visit(binary, left column, right column)`` for every pair of columns that a comparison brings together.

    Both sides of a comparison are searched, so that ``f(a) == b + c`` gives the pairs (a, b) and (a, c). A subquery is
    left out.
    """
    stack: List[Any] = []

    def columns_below(element: Any) -> Iterator[Any]:
        if element.__visit_name__ == "binary" and operators.is_comparison(element.operator):
            stack.insert(0, element)
            for left in columns_below(element.left):
                for right in columns_below(element.right):
                    visit(stack[0], left, right)
            stack.pop(0)
            for child in element.get_children():
                for column in columns_below(child):
                    yield column
        elif element.__visit_name__ == "scalar_select":
            return
        else:
            if element.__visit_name__ == "column":
                yield element
            for child in element.get_children():
                for column in columns_below(child):
                    yield column

    for _ in columns_below(clause):
        pass


def visit_binary_product(fn: Callable[[Any, Any, Any], None], expr: Any) -> None:
    """Call ``fn`` as ``walk_binaries(expr, fn)`` does; the documented older order of arguments."""
    walk_binaries(expr, fn)


def equated_pairs(
    clause: Any,
    *,
    consider_as_foreign_keys: Optional[Iterable[Any]] = None,
    consider_as_referenced_keys: Optional[Iterable[Any]] = None,
    any_operator: bool = False,
) -> List[Tuple[Any, Any]]:
    """Return (referred column, referring column) pairs that a condition sets equal.

    :param clause: the condition.
    :param consider_as_foreign_keys: these columns refer; else the foreign keys of the columns say it.
    :param consider_as_referenced_keys: these columns are referred to.
    :param any_operator: look at all comparisons, not at ``=`` only.
    """
    referring = None if consider_as_foreign_keys is None else set(consider_as_foreign_keys)
    referred = None if consider_as_referenced_keys is None else set(consider_as_referenced_keys)
    pairs: List[Tuple[Any, Any]] = []
    for element in iterate(clause):
        if element.__visit_name__ != "binary":
            continue
        if not any_operator and element.operator is not operators.eq:
            continue
        left, right = element.left, element.right
        if not (left._is_column_element and right._is_column_element):
            continue
        pair = _directed(left, right, referring, referred)
        if pair is not None:
            pairs.append(pair)
    return pairs


def _directed(
    left: Any, right: Any, referring: Optional[Set[Any]], referred: Optional[Set[Any]]
) -> Optional[Tuple[Any, Any]]:
    if referring is not None:
        if left in referring and (right is left or right not in referring):
            return right, left
        if right in referring and (left is right or left not in referring):
            return left, right
        return None
    if referred is not None:
        if left in referred and (right is left or right not in referred):
            return left, right
        if right in referred and (left is right or left not in referred):
            return right, left
        return None
    if hasattr(left, "references") and hasattr(right, "references"):
        if left.references(right):
            return right, left
        if right.references(left):
            return left, right
    return None


# -- order by --------------------------------------------------------------------------------------


def unwrap_order_by(clause: Any) -> List[Any]:
    """Return the plain expressions of an ORDER BY: without DESC, NULLS LAST, labels and references to them.

    Scalar subqueries keep their labels.
    """
    columns: List[Any] = []
    stack = [clause]
    while stack:
        element = stack.pop(0)
        modifier = getattr(element, "modifier", None)
        if getattr(element, "_is_clause_list", False) or element.__visit_name__ in _LISTS:
            stack[:0] = list(element.clauses)
        elif modifier is not None and element.__visit_name__ == "unary":
            stack.insert(0, element.element)
        elif element.__visit_name__ == "label_reference":
            stack.insert(0, element.element)
        elif element.__visit_name__ == "label" and element.element.__visit_name__ != "scalar_select":
            stack.insert(0, element.element)
        elif element.__visit_name__ == "grouping" and not element._is_from_clause:
            stack.insert(0, element.element)
        elif element.__visit_name__ == "textual_label_reference" or element._is_text_clause:
            continue
        elif element not in columns:
            columns.append(element)
    return columns


_LISTS = frozenset(["clauselist", "order_by_list"])


def unwrap_label_reference(element: Any) -> Any:
    """Return a copy of an ORDER BY expression with labels in place of the references to them."""
    def replace(found: Any, **kw: Any) -> Any:
        if found.__visit_name__ in ("label_reference", "textual_label_reference"):
            return found.element
        return None

    return replacement_traverse(element, {}, replace)


def expand_column_list_from_order_by(columns: Sequence[Any], order_by: Iterable[Any]) -> List[Any]:
    """Return the ORDER BY expressions that are not among the columns, for SELECT DISTINCT."""
    present = set(columns)
    present.update(column._order_by_label_element for column in columns)
    present.update(getattr(column, "element", column) for column in columns)
    added: List[Any] = []
    for clause in order_by:
        for column in unwrap_order_by(clause):
            if column not in present and column not in added:
                added.append(column)
    return added


def extract_first_column_annotation(column: Any, name: str) -> Any:
    """Return the annotation of that name on the element, or the first one below it that has one.

    What stands inside of subqueries does not count.
    """
    stack = [column]
    while stack:
        element = stack.pop(0)
        if name in element._annotations:
            return element._annotations[name]
        if getattr(element, "_is_select_statement", False):
            continue
        stack.extend(element.get_children())
    return None
