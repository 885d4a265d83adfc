"""Joins of two sources and the ON condition that foreign keys imply.

Where a SELECT's ``join()`` finds its left side is in ``froms``.
"""

from __future__ import annotations

import sys
from sys import _getframe
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Optional, Sequence, Set, Tuple

from .. import coercions, operators, roles, visitors
from ..cache_key import KeyKind
from ..collections import ColumnSet
from ..elements.operations import BooleanClauseList
from ..forward import slots
from ..names import is_anonymous
from ..traversals import clone_element as shallow_copy
from ... import exc
from .base import LABEL_STYLE_TABLENAME_PLUS_COL, FromClause

if TYPE_CHECKING:
    from ..elements.base import ColumnElement
    from .select import AnySelect

__all__ = [
    "FromGrouping",
    "Join",
    "can_join",
    "column_replacer",
    "conjunction",
    "join_condition",
    "reduce_columns",
]


class Join(roles.DMLTableRole, FromClause):
    """``left JOIN right ON onclause``.

    :param left: left source.
    :param right: right source.
    :param onclause: the condition; derived from foreign keys when left out.
    :param isouter: LEFT OUTER JOIN.
    :param full: FULL OUTER JOIN.
    :raises NoForeignKeysError: there is no ``onclause`` and no foreign key between both sides.
    :raises AmbiguousForeignKeysError: there is no ``onclause`` and more than one way to join.
    """

    __visit_name__ = "join"
    cache_key_fields = (
        ("left", KeyKind.CLAUSE),
        ("right", KeyKind.CLAUSE),
        ("onclause", KeyKind.CLAUSE),
        ("isouter", KeyKind.PLAIN),
        ("full", KeyKind.PLAIN),
    )
    _is_join = True
    left: FromClause
    right: FromClause
    onclause: Optional[ColumnElement[Any]]

    def __init__(
        self,
        left: Any,
        right: Any,
        onclause: Any = None,
        isouter: bool = False,
        full: bool = False,
    ) -> None:
        self.isouter, self.full = isouter, full
        self.left, inner = [coercions.expect(roles.FromClauseRole, side) for side in (left, right)]
        self.right = inner.self_group()
        if onclause is not None:
            self.onclause = coercions.expect(roles.OnClauseRole, onclause).self_group(against=operators._asbool)
        else:
            self.onclause = self._natural_onclause(self.left, self.right)

    @property
    def description(self) -> str:
        """Both sides, for messages."""
        return "join of %s and %s" % (self.left.description, self.right.description)

    def is_derived_from(self, fromclause: Optional[FromClause]) -> bool:
        """Tell whether ``fromclause`` is this join or one of its sides, at any depth."""
        if fromclause is self or hash(fromclause) == hash(self):
            return True
        return any(side.is_derived_from(fromclause) for side in (self.left, self.right))

    def self_group(self, against: Any = None) -> FromGrouping:
        """Return the join in parentheses: it stands on the right of another join."""
        return FromGrouping(self)

    def select(self) -> AnySelect:
        """Return a SELECT of all columns of both sides from this join."""
        made: AnySelect = slots.select(self.left, self.right).select_from(self)
        made.note_site(_getframe(1))
        return made

    def _natural_onclause(self, left: FromClause, right: FromClause) -> ColumnElement[Any]:
        """Derive ON; of a left-nested join its rightmost table is tried first."""
        if isinstance(left, Join):
            return join_condition(left, right, a_subset=left.right)
        return join_condition(left, right)

    def _fill_columns(
        self, columns: Any, primary_key: Any, foreign_keys: Set[Any]
    ) -> None:
        members = list(self.left.c) + list(self.right.c)
        primary_key.update(
            reduce_columns((col for col in members if col.primary_key), self.onclause)
        )
        for column in members:
            columns.add(column, column._tq_key_label)
            foreign_keys.update(column.foreign_keys)

    def _copy_internals(
        self, *, omit_attrs: Iterable[str] = (), clone: Any = shallow_copy, **kw: Any
    ) -> None:
        """Copy both sides first, so that ON speaks of the columns of their copies."""
        sources = self.left._from_objects + self.right._from_objects
        copies = ((source, clone(source, **kw)) for source in sources)
        changed = {old: new for old, new in copies if new is not old}
        if changed:
            kw["replace"] = column_replacer(changed, kw.get("replace"))
            self._forget_columns()
        super()._copy_internals(omit_attrs=omit_attrs, clone=clone, **kw)

    @property
    def _selected_items(self) -> Iterable[Any]:
        return list(self.left._selected_items) + list(self.right._selected_items)

    @property
    def _from_objects(self) -> List[FromClause]:
        return [self] + self.left._from_objects + self.right._from_objects

    @property
    def _hidden_froms(self) -> Tuple[FromClause, ...]:  # type: ignore[override]
        hidden: List[FromClause] = []
        for side in (self.left, self.right):
            hidden.extend(side._from_objects)
            hidden.extend(side._hidden_froms)
        return tuple(hidden)

    def anonymous_fromclause(self, name: Optional[str] = None, flat: bool = False) -> Any:
        if not flat:
            statement = self.select().set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
            return statement.correlate(None).alias(name)
        sides = [
            side.anonymous_fromclause(name=_side_name(side, name), flat=True)
            for side in (self.left, self.right)
        ]
        return _FlatJoin(self, *sides).build()


def column_replacer(changed: Dict[Any, Any], outer: Any) -> Callable[..., Any]:
    """Return a function that finds the column of a copied source for one of the original.

    :param changed: original source to its copy.
    :param outer: such a function of the enclosing element, which is asked first, or None.
    """

    def replace(element: Any, **kw: Any) -> Any:
        if outer is not None:
            found = outer(element, **kw)
            if found is not None:
                return found
        if element.__visit_name__ == "column":
            source = changed.get(element.table)
            if source is not None:
                return source.corresponding_column(element)
        return None

    return replace


def _side_name(side: Any, name: Optional[str]) -> Optional[str]:
    """Return the name for a side of a join that is aliased under ``name``."""
    inner = side.element if isinstance(side, FromGrouping) else side
    if name is None or isinstance(inner, Join):
        return name
    own = getattr(inner, "name", None)
    return None if own is None or is_anonymous(own) else "%s_%s" % (name, own)


class _FlatJoin:
    """Builds a join whose two sides are aliased one by one, with ON rewritten to the aliases."""

    def __init__(self, join: Join, left: FromClause, right: FromClause) -> None:
        self.join = join
        self.sides = ((join.left, left), (join.right, right))
        self.left = left
        self.right = right

    def build(self) -> Join:
        onclause = visitors.replacement_traverse(self.join.onclause, {}, self._replace)
        return Join(self.left, self.right, onclause, self.join.isouter, self.join.full)

    def _replace(self, element: Any, **kw: Any) -> Any:
        if not getattr(element, "_is_column_element", False):
            return None
        for old, new in self.sides:
            if element in set(old.c):
                return new.corresponding_column(element)
        return None


class FromGrouping(FromClause):
    """A source in parentheses."""

    __visit_name__ = "grouping"
    cache_key_fields = (("element", KeyKind.CLAUSE),)
    element: FromClause

    def __init__(self, element: Any) -> None:
        self.element = coercions.expect(roles.FromClauseRole, element)

    @property
    def c(self) -> Any:
        """The columns of the source inside."""
        return self.element.c

    @property
    def primary_key(self) -> Any:
        """The primary key columns of the source inside."""
        return self.element.primary_key

    @property
    def foreign_keys(self) -> Any:
        """The ForeignKey objects of the source inside."""
        return self.element.foreign_keys

    @property
    def named_with_column(self) -> bool:  # type: ignore[override]
        """Whether the source inside of the parentheses has a name that can stand before a column."""
        return self.element.named_with_column

    @property
    def description(self) -> str:
        """The description of the source inside."""
        return self.element.description

    def is_derived_from(self, fromclause: Optional[FromClause]) -> bool:
        """Tell whether the source inside is made from ``fromclause``."""
        return self.element.is_derived_from(fromclause)

    def alias(  # type: ignore[override]  # the name stays inside of the parentheses
        self, name: Optional[str] = None, flat: bool = False
    ) -> FromGrouping:
        """Return an alias of the source inside, in parentheses."""
        return FromGrouping(self.element.alias(name=name, flat=flat))

    def anonymous_fromclause(self, name: Optional[str] = None, flat: bool = False) -> Any:
        return FromGrouping(self.element.anonymous_fromclause(name=name, flat=flat))

    @property
    def _selected_items(self) -> Iterable[Any]:
        return self.element._selected_items

    @property
    def _hidden_froms(self) -> Tuple[FromClause, ...]:  # type: ignore[override]
        return self.element._hidden_froms

    @property
    def _from_objects(self) -> List[FromClause]:
        return self.element._from_objects

    def __getstate__(self) -> Dict[str, Any]:
        return {"element": self.element}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.element = state["element"]


# -- ON from foreign keys ------------------------------------------------------------------------


def join_condition(
    a: FromClause,
    b: FromClause,
    *,
    a_subset: Optional[FromClause] = None,
    consider_as_foreign_keys: Optional[Iterable[Any]] = None,
) -> ColumnElement[Any]:
    """Return the ON condition that the foreign keys between two sources imply.

    :param a: left source.
    :param b: right source.
    :param a_subset: part of ``a`` that is tried before ``a`` as a whole.
    :param consider_as_foreign_keys: look at foreign keys of these columns only.
    :raises NoForeignKeysError: nothing links both.
    :raises AmbiguousForeignKeysError: more than one constraint does.
    """
    links = _links_between(a, b, a_subset, consider_as_foreign_keys)
    if len(links) > 1:
        links = _narrowed(links, a_subset, consider_as_foreign_keys)
    if not links:
        raise exc.NoForeignKeysError(_no_link_message(a, b))
    if len(links) > 1:
        raise exc.AmbiguousForeignKeysError(
            "%d foreign keys link %r and %r, so the condition of the join is not clear; say it with the "
            "'onclause' argument"
            % (len(links), a.description, b.description)
        )
    pairs = next(iter(links.values()))
    criteria = [referred == referring for referred, referring in pairs]
    condition: ColumnElement[Any] = conjunction(criteria)
    return condition


def conjunction(criteria: Sequence[Any]) -> Any:
    """Return the criteria joined by AND, None when there are none."""
    if len(criteria) < 2:
        return criteria[0] if criteria else None
    return BooleanClauseList.and_(*criteria)


def can_join(
    a: FromClause,
    b: FromClause,
    *,
    a_subset: Optional[FromClause] = None,
    consider_as_foreign_keys: Optional[Iterable[Any]] = None,
) -> bool:
    """Tell whether foreign keys link the two sources."""
    return bool(_links_between(a, b, a_subset, consider_as_foreign_keys))


def _no_link_message(a: FromClause, b: FromClause) -> str:
    hint = ""
    if isinstance(b, FromGrouping):
        hint = " Perhaps the right side was meant to become a subquery with alias()?"
    return (
        "There is no foreign key between %r and %r, so the condition of the join cannot be "
        "derived; say it with the 'onclause' argument.%s" % (a.description, b.description, hint)
    )


def _links_between(
    a: FromClause,
    b: FromClause,
    a_subset: Optional[FromClause],
    columns: Optional[Iterable[Any]],
) -> Dict[Any, List[Tuple[Any, Any]]]:
    """Map each constraint that links both sources to its (referred, referring) column pairs."""
    chosen = None if columns is None else set(columns)
    links: Dict[Any, List[Tuple[Any, Any]]] = {}
    for left in (a_subset, a):
        if left is None:
            continue
        _collect_links(links, left, b, chosen, a)
        if left is not b:
            _collect_links(links, b, left, chosen, a)
        if links:
            break
    return links


def _collect_links(
    links: Dict[Any, List[Tuple[Any, Any]]],
    referred: FromClause,
    referring: FromClause,
    chosen: Optional[Set[Any]],
    left: FromClause,
) -> None:
    for key in _in_order(referring):
        if chosen is not None and key.parent not in chosen:
            continue
        try:
            column = key.get_referent(referred)
        except exc.NoReferenceError as err:
            if _names_other_table(err, referred):
                continue
            raise
        if column is not None:
            links.setdefault(key.constraint, []).append((column, key.parent))


def _in_order(source: FromClause) -> List[Any]:
    """Return the foreign keys of a source: those of tables as they were made, then those of aliases as they stand."""
    keys = list(source.foreign_keys)
    if len(keys) < 2:
        return keys
    places = {id(column): place for place, column in enumerate(source.c)}

    def rank(key: Any) -> Tuple[int, int]:
        column = key.parent
        return column._creation_order or sys.maxsize, places.get(id(column), 0)

    return sorted(keys, key=rank)


def _names_other_table(err: exc.NoReferenceError, referred: FromClause) -> bool:
    """A foreign key to a table that does not exist matters only if it could be this one."""
    names = {getattr(source, "name", None) for source in referred._from_objects}
    return err.table_name not in names


def _narrowed(
    links: Dict[Any, List[Tuple[Any, Any]]],
    a_subset: Optional[FromClause],
    columns: Optional[Iterable[Any]],
) -> Dict[Any, List[Tuple[Any, Any]]]:
    """Drop constraints that say the same, and those not made of exactly the given columns."""
    if columns is not None:
        wanted = set(columns)
        exact = {
            key: pairs
            for key, pairs in links.items()
            if {element.parent for element in key.elements} == wanted
        }
        if exact:
            links = exact
    seen: Set[Any] = set()
    different: Dict[Any, List[Tuple[Any, Any]]] = {}
    for key, pairs in links.items():
        said = frozenset((hash(left), hash(right)) for left, right in pairs)
        if said not in seen:
            seen.add(said)
            different[key] = pairs
    return different


# -- columns that repeat each other --------------------------------------------------------------


def reduce_columns(
    columns: Iterable[Any],
    *clauses: Any,
    ignore_nonexistent_tables: bool = False,
    only_synonyms: bool = False,
) -> ColumnSet:
    """Return the columns without those that another one of them already determines.

    A column goes when it refers to another one by foreign key, or is said to equal an earlier
    one in ``clauses``.

    :param columns: columns or plain column-like elements.
    :param clauses: conditions known to hold.
    :param ignore_nonexistent_tables: pass over foreign keys to tables that are not defined.
    :param only_synonyms: drop only columns that are called like the one they repeat.
    """
    remaining = list(ColumnSet(columns))
    dropped: Set[Any] = set()
    for column in remaining:
        if column._is_column_element and _is_reference(column, remaining, ignore_nonexistent_tables, only_synonyms):
            dropped.add(column)
    for clause in clauses:
        if clause is None:
            continue
        for binary in visitors.iterate(clause):
            if getattr(binary, "operator", None) is operators.eq:
                _drop_equal(binary, remaining, dropped, only_synonyms)
    return ColumnSet(column for column in remaining if column not in dropped)


def _is_reference(
    column: Any,
    columns: Sequence[Any],
    ignore_nonexistent_tables: bool,
    only_synonyms: bool,
) -> bool:
    for base in column.proxy_set:
        for key in getattr(base, "foreign_keys", ()):
            try:
                target = key.column
            except exc.NoReferencedTableError:
                if ignore_nonexistent_tables:
                    continue
                raise
            except exc.NoReferencedColumnError:
                continue
            for other in columns:
                if other is column or not other._is_column_element:
                    continue
                if target.shares_lineage(other) and (
                    not only_synonyms or other.name == column.name
                ):
                    return True
    return False


def _drop_equal(
    binary: Any, columns: Sequence[Any], dropped: Set[Any], only_synonyms: bool
) -> None:
    kept = [column for column in columns if column not in dropped]
    names_agree = not only_synonyms or getattr(binary.left, "name", None) == getattr(
        binary.right, "name", None
    )
    if not names_agree:
        return
    left = _first_sharing(binary.left, kept)
    right = _first_sharing(binary.right, kept)
    if left is None or right is None or left is right:
        return
    dropped.add(max((left, right), key=lambda col: _position(kept, col)))


def _first_sharing(side: Any, columns: Sequence[Any]) -> Any:
    if not getattr(side, "_is_column_element", False):
        return None
    for column in columns:
        if column is side or hash(column) == hash(side):
            return column
    for column in columns:
        if column._is_column_element and column.shares_lineage(side):
            return column
    return None


def _position(columns: Sequence[Any], column: Any) -> int:
    for number, each in enumerate(columns):
        if each is column:
            return number
    return -1
