"""Names of the columns of a SELECT: labels where it is rendered, keys where its columns are looked up.

The label styles are in ``base``; who renders the labels is ``compiler.select``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Set, Tuple

from ..elements.base import WrapsColumnExpression
from ..elements.columns import Label
from ..names import AnonLabel, AnonToken, anonymous
from ... import exc
from .base import LABEL_STYLE_LEGACY_ORM, LABEL_STYLE_NONE, LABEL_STYLE_TABLENAME_PLUS_COL, SelectLabelStyle

if TYPE_CHECKING:
    from .base import FromClause

__all__ = ["ColumnName", "add_proxies", "label_namer", "name_columns"]


class ColumnName:
    """One column of a SELECT with the names it goes by."""

    __slots__ = ("column", "fallback", "label", "repeated")

    def __init__(self, column: Any, label: Any, fallback: Any, repeated: bool) -> None:
        self.column = column
        self.label = label
        self.fallback = fallback
        self.repeated = repeated

    def __repr__(self) -> str:
        return "ColumnName(%r, label=%r)" % (self.column, self.label)


def name_columns(
    columns: Iterable[Any], style: SelectLabelStyle, mark_repeated: bool = True
) -> Tuple[ColumnName, ...]:
    """Return the columns of a SELECT with their labels.

    The first column of a name keeps it. Another column of that name gets a numbered one; when the
    same column comes again it gets a label of its own that nobody refers to.

    :param columns: the columns, in order.
    :param style: the label style.
    :param mark_repeated: False: the same column has the same label again, as in the columns of a
        subquery.
    """
    qualified = style is LABEL_STYLE_TABLENAME_PLUS_COL or style is LABEL_STYLE_LEGACY_ORM
    taken: Dict[Any, Any] = {}
    suffixes = _Suffixes()
    repeats = 0
    named: List[ColumnName] = []
    for column in columns:
        if column._is_text_clause:
            named.append(ColumnName(column, None, None, False))
            continue
        if not column._may_be_labelled:
            named.append(ColumnName(column, None, column._plain_name, False))
            continue
        label = column._qualified_label if qualified else None
        if qualified and label is None and getattr(column, "is_literal", False):
            # text that a subquery selects: no name of a table goes before it
            named.append(ColumnName(column, None, column._plain_name, False))
            continue
        fallback = name = label or _own_name(column)
        repeated = False
        if style is not LABEL_STYLE_NONE:
            present = taken.get(name)
            if present is None:
                taken[name] = column
            elif present is column or hash(present) == hash(column):
                repeated = mark_repeated
            else:
                label = _other_label(column, name, qualified, suffixes)
                repeated = mark_repeated and label in taken
                taken[label] = column
                if not qualified and column._plain_name is None:
                    # an expression that goes by the name of what it is made of takes that name over
                    taken[name] = column
            if repeated:
                repeats += 1
                own = column._qualified_label if qualified else column._plain_name
                if isinstance(own, AnonLabel):
                    label = own + "__%d" % suffixes.next()
                else:
                    label = _again_label(column, _base_name(column, name, qualified), repeats)
            fallback = label or fallback
        named.append(ColumnName(column, label, fallback, repeated))
    return tuple(named)


class _Suffixes:
    """The numbers behind names that are made up themselves."""

    __slots__ = ("count", "given")

    def __init__(self) -> None:
        self.count = 0
        self.given: Dict[Any, AnonLabel] = {}

    def next(self) -> int:
        """Return 1, then 2 and so on."""
        self.count += 1
        return self.count

    def label(self, name: AnonLabel, column: Any) -> AnonLabel:
        """Return the name with a number behind it, always the same one for a column."""
        key = name, hash(column)
        found = self.given.get(key)
        if found is None:
            found = self.given[key] = name + "_%d" % self.next()
        return found


def _base_name(column: Any, name: str, qualified: bool) -> str:
    """Return what the label of a column starts with that has to be another one than ``name``."""
    if not isinstance(name, AnonLabel):
        return name
    if qualified and column._plain_name is None or isinstance(column, WrapsColumnExpression):
        return "anon"
    return name.base


def _again_label(column: Any, base: str, number: int) -> AnonLabel:
    """Return the label of a column that comes again; the same one each time the columns are named."""
    tokens = column.__dict__.setdefault("_again_tokens", {})
    token = tokens.get(number)
    if token is None:
        token = tokens[number] = AnonToken()
    return anonymous(base + "_", token)


def _own_name(column: Any) -> str:
    """Return the name a column goes by when nothing else has it: its own, or a made-up one."""
    name = column._plain_name or column._attribute_label
    inner = column
    while name is None and isinstance(inner, WrapsColumnExpression):
        inner = inner.wrapped_column_expression
        # text() has no name at all
        name = getattr(inner, "_plain_name", None)
    shown: str = column._anon_name_label if name is None else name
    return shown


def _other_label(column: Any, name: str, qualified: bool, suffixes: _Suffixes) -> AnonLabel:
    """Return the label of a column whose name another one has taken."""
    if isinstance(name, AnonLabel):
        if column._plain_name is not None or qualified and name == column._qualified_label:
            return suffixes.label(name, column)
        if isinstance(column, WrapsColumnExpression) and _inner_label(column) == name:
            return name + "__%d" % suffixes.next()
    if column._plain_name is None and (isinstance(name, AnonLabel) or not qualified):
        return anonymous(_base_name(column, name, qualified) + "_", column._anon_token)
    label: AnonLabel = column._name_from(column._qualified_label) if qualified else column._anon_name_label
    return label


def _inner_label(column: Any) -> Any:
    return getattr(column.wrapped_column_expression, "_plain_name", None)


def label_namer(style: SelectLabelStyle, of_subquery: bool = False) -> Callable[[Any], str]:
    """Return a function that tells the key of each column given to it in turn.

    Keys are those of ``selected_columns``: the column's key, ``key_1``, ``key_2`` for others of the same key,
    ``_no_label`` for expressions without a name.  For rows of queries of the older form (LABEL_STYLE_LEGACY_ORM) they
    are the plain keys.

    :param of_subquery: the keys of a subquery's ``.c``, where an expression that goes by the name of a column has the
        table's name in its key as well, if the label style says so.
    """
    if style is LABEL_STYLE_LEGACY_ORM:
        return _plain_key
    qualified = style is LABEL_STYLE_TABLENAME_PLUS_COL
    taken: Set[str] = set()
    numbered: Dict[Any, str] = {}
    counts: Dict[str, int] = {}

    def number(base: str, identity: Any) -> str:
        key = numbered.get((base, identity))
        while key is None:
            counts[base] = counts.get(base, 0) + 1
            candidate = anonymous("%s_%d" % (base, counts[base])).base
            if candidate not in taken:
                numbered[base, identity] = key = candidate
        return key

    def key_of(column: Any) -> str:
        key = column._tq_key_label if qualified else None
        if key is None and qualified and of_subquery and isinstance(column, WrapsColumnExpression):
            key = column._qualified_label
        key = key or _plain_key(column)
        if isinstance(key, AnonLabel):
            key = "_no_label"
        if key in taken and (key == "_no_label" or style is not LABEL_STYLE_NONE):
            key = number(key, column._anon_token)
        taken.add(key)
        return key

    return key_of


def _plain_key(column: Any) -> str:
    key = column._proxy_key
    if key is None:
        key = getattr(column, "name", None)
    return "_no_label" if key is None else key


def add_proxies(
    selected: Iterable[Any],
    style: SelectLabelStyle,
    fromclause: FromClause,
    columns: Any,
    primary_key: Any,
    foreign_keys: Set[Any],
) -> None:
    """Add to ``columns`` the columns by which ``fromclause`` offers the ``selected`` ones.

    :param style: how the selected columns are labelled where they are rendered.
    """
    key_of = label_namer(style, of_subquery=True)
    for named in name_columns(selected, style, mark_repeated=False):
        column = named.column
        if column._is_text_clause:
            continue
        name = named.label
        is_named = column._plain_name is not None
        if name is None and not is_named:
            name = named.fallback
        if isinstance(column, Label) and name not in (None, column.name):
            if isinstance(column.name, AnonLabel):
                name = column.name
        if isinstance(column, Label) and name not in (None, column.name):
            raise exc.InvalidRequestError(
                "the label %r stands beside another column of that name, which a subquery cannot "
                "tell apart; give it a name of its own" % column.name
            )
        wanted = key_of(column)
        key, proxy = column._make_proxy(
            fromclause,
            primary_key=primary_key,
            foreign_keys=foreign_keys,
            key=wanted,
            name=name,
            name_is_truncatable=True,
        )
        if is_named and key != wanted:
            proxy.key = wanted
        columns.add(proxy, wanted)
