"""Statements that select: what all share, set operations, scalar subqueries, EXISTS, textual SELECTs.

``Select`` itself is in ``select``; how columns are named in ``naming``.
"""

from __future__ import annotations

from enum import Enum
from sys import _getframe
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Set, Tuple, TypeVar

from .. import coercions, operators, roles
from ..base import NO_ARG, DialectKWArgs, Generative, generative
from ..cache_key import KeyKind
from ..collections import WriteableColumnCollection
from ..elements.base import ClauseElement, ColumnElement
from ..elements.columns import ColumnClause
from ..elements.literals import OffsetLimitParam, TextClause
from ..elements.operations import UnaryExpression
from ..executable import ExecutableStatement
from ..forward import slots
from ..sqltypes import BOOLEANTYPE, NULLTYPE
from ..traversals import memoized_attribute
from ... import exc
from ...util.decorators import deprecated
from ...util.typing import Unsubscripted
from .base import (
    EXECUTABLE_FIELDS,
    LABEL_STYLE_DISAMBIGUATE_ONLY,
    LABEL_STYLE_NONE,
    LABEL_STYLE_TABLENAME_PLUS_COL,
    FromClause,
    Selectable,
    SelectLabelStyle,
    add_dialect_options,
)
from .base import LABEL_STYLE_DEFAULT as LABEL_STYLE_DEFAULT
from .naming import ColumnName as ColumnName
from .naming import add_proxies as add_proxies
from .naming import label_namer as label_namer
from .naming import name_columns as name_columns
from .parts import CompoundParts, HasParts
from .sources import HasCTE, Subquery

if TYPE_CHECKING:
    from typing_extensions import Self, TypeVarTuple, Unpack

    from ..collections import ReadOnlyColumnCollection
    from ..elements.columns import Label
    from ..typing import TypedReturnsRows
    from .base import NamedFromClause
    from .select import Select

    _Ts = TypeVarTuple("_Ts")

    class _TypedStatement(ExecutableStatement, TypedReturnsRows[Unpack[_Ts]]):
        pass

else:
    _TypedStatement = Unsubscripted(ExecutableStatement)

__all__ = [
    "LABEL_STYLE_DEFAULT",
    "LABEL_STYLE_DISAMBIGUATE_ONLY",
    "LABEL_STYLE_NONE",
    "LABEL_STYLE_TABLENAME_PLUS_COL",
    "ColumnName",
    "CompoundKeyword",
    "CompoundSelect",
    "Exists",
    "ForUpdateArg",
    "GenerativeSelect",
    "ScalarSelect",
    "SelectBase",
    "SelectLabelStyle",
    "SelectStatementGrouping",
    "TextAsFrom",
    "TextualSelect",
    "label_namer",
]

_T = TypeVar("_T")


# -- FOR UPDATE ------------------------------------------------------------------------------------


class ForUpdateArg(ClauseElement):
    """The arguments of ``with_for_update()``."""

    __visit_name__ = "for_update_arg"
    cache_key_fields = (
        ("of", KeyKind.CLAUSES),
        ("nowait", KeyKind.PLAIN),
        ("read", KeyKind.PLAIN),
        ("skip_locked", KeyKind.PLAIN),
        ("key_share", KeyKind.PLAIN),
    )
    of: Optional[Tuple[Any, ...]]

    def __init__(
        self,
        *,
        nowait: bool = False,
        read: bool = False,
        of: Any = None,
        skip_locked: bool = False,
        key_share: bool = False,
    ) -> None:
        self.nowait = nowait
        self.read = read
        self.skip_locked = skip_locked
        self.key_share = key_share
        if of is None:
            self.of = None
        else:
            items = of if isinstance(of, (list, tuple, set)) else [of]
            self.of = tuple(coercions.expect(roles.ColumnsClauseRole, item) for item in items)

    @classmethod
    def from_argument(cls, argument: Any) -> Optional[ForUpdateArg]:
        """Return the object for what a ``with_for_update`` argument may be: None, bool, dict or this."""
        if argument is None or argument is False:
            return None
        if isinstance(argument, ForUpdateArg):
            return argument
        if argument is True:
            return cls()
        return cls(**argument)

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, ForUpdateArg) or not _same(other.of, self.of):
            return False
        flags = ("nowait", "read", "skip_locked", "key_share")
        return all(getattr(other, flag) == getattr(self, flag) for flag in flags)

    def __ne__(self, other: Any) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return id(self)


def _same(left: Optional[Sequence[Any]], right: Optional[Sequence[Any]]) -> bool:
    if left is None or right is None:
        return left is right
    return len(left) == len(right) and all(a is b for a, b in zip(left, right))


# -- what all SELECT-like statements share ---------------------------------------------------------


class SelectBase(
    roles.SelectStatementRole,
    roles.DMLSelectRole,
    roles.CompoundElementRole,
    HasCTE,
    Selectable,
):
    """The base of SELECT, set operations, textual SELECTs and groupings of them."""

    _is_select_base = True
    is_select = True
    _label_style: SelectLabelStyle = LABEL_STYLE_NONE

    @property
    def selected_columns(self) -> ReadOnlyColumnCollection[str, ColumnElement[Any]]:
        """The columns of the result by key, in order, as they are in the statement itself."""
        raise NotImplementedError()

    @property
    def exported_columns(self) -> ReadOnlyColumnCollection[str, ColumnElement[Any]]:
        """The columns of the result; the same as ``selected_columns``."""
        return self.selected_columns

    def get_label_style(self) -> SelectLabelStyle:
        """Return how the columns of this statement are named."""
        return LABEL_STYLE_NONE

    def set_label_style(self, style: SelectLabelStyle) -> Any:
        """Return a copy whose columns are named in another way."""
        raise NotImplementedError()

    def _scalar_type(self) -> Any:
        raise NotImplementedError()

    def _with_distinct_names(self) -> Any:
        raise NotImplementedError()

    def subquery(self, name: Optional[str] = None) -> Subquery:
        """Return this statement as a named source for FROM.

        :param name: its name; one is made up without it.
        """
        return Subquery._construct(self._with_distinct_names(), name)

    def alias(self, name: Optional[str] = None, flat: bool = False) -> Subquery:
        """Return the same as ``subquery()``."""
        return self.subquery(name=name)

    def lateral(self, name: Optional[str] = None) -> NamedFromClause:
        """Return this statement as a LATERAL source."""
        made: NamedFromClause = slots.lateral(self._with_distinct_names(), name)
        return made

    def scalar_subquery(self) -> ScalarSelect[Any]:
        """Return this statement as an expression: the one value of its one column."""
        statement = self
        if self.get_label_style() is not LABEL_STYLE_NONE:
            statement = self.set_label_style(LABEL_STYLE_NONE)
        return ScalarSelect(statement)

    def label(self, name: Optional[str]) -> Label[Any]:
        """Return this statement as a labelled scalar subquery."""
        return self.scalar_subquery().label(name)

    @deprecated("1.4", "SelectBase.as_scalar() is legacy; use scalar_subquery().")
    def as_scalar(self) -> ScalarSelect[Any]:
        """Return the same as ``scalar_subquery()`` (legacy)."""
        return self.scalar_subquery()

    def exists(self) -> Exists:
        """Return ``EXISTS (this statement)``."""
        return Exists(self)

    def into(
        self,
        target: str,
        *,
        metadata: Any = None,
        schema: Optional[str] = None,
        temporary: bool = False,
        if_not_exists: bool = False,
    ) -> Any:
        """Return ``CREATE TABLE target AS`` this statement.

        :param target: name of the new table.
        :param metadata: collection for the Table object that describes it.
        :param schema: name of its schema.
        :param temporary: make a temporary table.
        :param if_not_exists: keep a table that is there.
        """
        return slots.create_table_as(
            self,
            target,
            metadata=metadata,
            schema=schema,
            temporary=temporary,
            if_not_exists=if_not_exists,
        )

    @property
    def _from_objects(self) -> List[Any]:
        return [self]


class SelectStatementGrouping(SelectBase):
    """A statement in parentheses inside a set operation."""

    __visit_name__ = "select_statement_grouping"
    cache_key_fields = (("element", KeyKind.CLAUSE),) + HasCTE.cte_key_fields
    element: SelectBase

    def __init__(self, element: SelectBase) -> None:
        self.element = coercions.expect(roles.SelectStatementRole, element)

    def _with_distinct_names(self) -> SelectStatementGrouping:
        element = self.element._with_distinct_names()
        return self if element is self.element else SelectStatementGrouping(element)

    def get_label_style(self) -> SelectLabelStyle:
        """Return the label style of the statement inside."""
        return self.element.get_label_style()

    def set_label_style(self, style: SelectLabelStyle) -> SelectStatementGrouping:
        """Return a grouping of the statement with another label style."""
        return SelectStatementGrouping(self.element.set_label_style(style))

    @property
    def select_statement(self) -> Any:
        """The statement inside."""
        return self.element

    def self_group(self, against: Any = None) -> Any:
        """Return this grouping: one pair of parentheses is enough."""
        return self

    def _without_parentheses(self) -> Any:
        return self.element

    def _scalar_type(self) -> Any:
        return self.element._scalar_type()

    def is_derived_from(self, fromclause: Optional[FromClause]) -> bool:
        """Tell whether the statement inside is made from ``fromclause``."""
        return self.element.is_derived_from(fromclause)

    def _offer_columns(
        self, fromclause: FromClause, columns: Any, primary_key: Any, foreign_keys: Set[Any]
    ) -> None:
        self.element._offer_columns(
            fromclause, columns=columns, primary_key=primary_key, foreign_keys=foreign_keys
        )

    @property
    def _all_selected_columns(self) -> Tuple[Any, ...]:
        return self.element._all_selected_columns

    @property
    def selected_columns(self) -> Any:
        """The columns of the statement inside."""
        return self.element.selected_columns

    @property
    def _from_objects(self) -> List[Any]:
        return self.element._from_objects


class GenerativeSelect(DialectKWArgs, SelectBase, Generative):
    """What SELECT and set operations share: ORDER BY, GROUP BY, LIMIT, FOR UPDATE, label style."""

    _order_by_clauses: Tuple[Any, ...] = ()
    _group_by_clauses: Tuple[Any, ...] = ()
    _limit_clause: Optional[ColumnElement[Any]] = None
    _offset_clause: Optional[ColumnElement[Any]] = None
    _fetch_clause: Optional[ColumnElement[Any]] = None
    _fetch_clause_options: Optional[Dict[str, bool]] = None
    _for_update_arg: Optional[ForUpdateArg] = None
    _label_style = LABEL_STYLE_DEFAULT
    generative_key_fields = (
        ("_order_by_clauses", KeyKind.CLAUSES),
        ("_group_by_clauses", KeyKind.CLAUSES),
        ("_limit_clause", KeyKind.CLAUSE),
        ("_offset_clause", KeyKind.CLAUSE),
        ("_fetch_clause", KeyKind.CLAUSE),
        ("_fetch_clause_options", KeyKind.PLAIN_DICT),
        ("_for_update_arg", KeyKind.CLAUSE),
        ("_label_style", KeyKind.PLAIN),
        ("_dialect_options", KeyKind.PLAIN_DICT),
    )

    @generative
    def with_for_update(
        self,
        *,
        nowait: bool = False,
        read: bool = False,
        of: Any = None,
        skip_locked: bool = False,
        key_share: bool = False,
    ) -> Self:
        """Return a copy with FOR UPDATE, as far as the dialect has the parts asked for.

        :param nowait: fail instead of waiting for a lock.
        :param read: FOR SHARE.
        :param of: table or column, or a list of them, to lock.
        :param skip_locked: leave out locked rows.
        :param key_share: FOR NO KEY UPDATE, or with ``read`` FOR KEY SHARE.
        """
        self._for_update_arg = ForUpdateArg(
            nowait=nowait, read=read, of=of, skip_locked=skip_locked, key_share=key_share
        )
        return self

    def get_label_style(self) -> SelectLabelStyle:
        """Return how the columns of this statement are named."""
        return self._label_style

    def set_label_style(self, style: SelectLabelStyle) -> Self:
        """Return a copy whose columns are named in another way.

        :param style: one of the ``LABEL_STYLE_...`` constants.
        """
        if self._label_style is style:
            return self
        new = self._generate()
        new._label_style = style
        return new

    def _with_distinct_names(self) -> Self:
        if self._label_style is LABEL_STYLE_NONE:
            return self.set_label_style(LABEL_STYLE_DISAMBIGUATE_ONLY)
        return self

    @generative
    def limit(self, limit: Any) -> Self:
        """Return a copy that gives at most so many rows; None takes the limit away.

        :param limit: a number or expression.
        """
        self._fetch_clause = self._fetch_clause_options = None
        self._limit_clause = _row_count(limit)
        return self

    @generative
    def offset(self, offset: Any) -> Self:
        """Return a copy that skips so many rows; None takes the offset away."""
        self._offset_clause = _row_count(offset)
        return self

    @generative
    def fetch(
        self, count: Any, with_ties: bool = False, percent: bool = False, **dialect_kw: Any
    ) -> Self:
        """Return a copy with ``FETCH FIRST count ROWS``; None takes it away.

        :param count: a number or expression.
        :param with_ties: also rows equal in order to the last one.
        :param percent: ``count`` is a percentage.
        :param dialect_kw: ``<dialect>_<option>`` arguments.
        """
        add_dialect_options(self, dialect_kw)
        self._limit_clause = None
        if count is None:
            self._fetch_clause = self._fetch_clause_options = None
        else:
            self._fetch_clause = _row_count(count)
            self._fetch_clause_options = {"with_ties": with_ties, "percent": percent}
        return self

    @generative
    def slice(self, start: Any, stop: Any) -> Self:
        """Return a copy limited to rows ``start`` to ``stop`` (not included), as list slicing does.

        Both are numbers or expressions, or None for no limit.

        The present offset counts on; a limit is replaced.
        """
        self._fetch_clause = self._fetch_clause_options = None
        if stop is not None:
            count = stop if start is None else stop - start
            self._limit_clause = _row_count(count if isinstance(count, ClauseElement) else max(count, 0))
        if start is not None:
            self._skip_more(start)
        return self

    def _skip_more(self, start: Any) -> None:
        present = self._offset_clause
        if isinstance(present, OffsetLimitParam):
            start += present.value
        elif present is not None:
            # an expression or a parameter, of which only the execution knows the value
            if isinstance(start, ClauseElement) or start:
                self._offset_clause = present + start
            return
        self._offset_clause = _row_count(start) if isinstance(start, ClauseElement) or start else None

    @generative
    def order_by(self, __first: Any = NO_ARG, *clauses: Any) -> Self:
        """Return a copy with more ORDER BY expressions; a single None takes all away.

        :param clauses: columns, expressions, label names as strings.
        """
        if not clauses and __first is None:
            self._order_by_clauses = ()
        elif __first is not NO_ARG:
            self._order_by_clauses = self._order_by_clauses + coercions.expect_each(
                roles.OrderByRole, (__first,) + clauses, self
            )
        return self

    @generative
    def group_by(self, __first: Any = NO_ARG, *clauses: Any) -> Self:
        """Return a copy with more GROUP BY expressions; a single None takes all away.

        :param clauses: columns, expressions, label names as strings.
        """
        if not clauses and __first is None:
            self._group_by_clauses = ()
        elif __first is not NO_ARG:
            self._group_by_clauses = self._group_by_clauses + coercions.expect_each(
                roles.GroupByRole, (__first,) + clauses, self
            )
        return self

    def _limits_rows(self) -> bool:
        limits = (self._limit_clause, self._offset_clause, self._fetch_clause)
        return any(clause is not None for clause in limits)

    @property
    def _limit(self) -> Optional[int]:
        return _int_value(self._limit_clause, "limit")

    def _simple_int_clause(self, clause: Any) -> bool:
        """Tell whether a row count is a plain number rather than an expression."""
        return bool(clause._is_bind_parameter and clause.unique and isinstance(clause.value, int))


def _row_count(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, str):
        value = int(value)
    return coercions.expect(roles.LimitOffsetRole, value)


def _int_value(clause: Any, name: str) -> Optional[int]:
    if clause is None:
        return None
    value = getattr(clause, "effective_value", None)
    if value is None:
        raise exc.CompileError(
            "this SELECT has an expression in its %s, where a plain number is needed" % name.upper()
        )
    return int(value)


# -- set operations --------------------------------------------------------------------------------


class CompoundKeyword(Enum):
    """The set operations."""

    UNION = "UNION"
    UNION_ALL = "UNION ALL"
    EXCEPT = "EXCEPT"
    EXCEPT_ALL = "EXCEPT ALL"
    INTERSECT = "INTERSECT"
    INTERSECT_ALL = "INTERSECT ALL"


class CompoundSelect(HasParts, GenerativeSelect, _TypedStatement["Unpack[_Ts]"]):
    """UNION, INTERSECT or EXCEPT of several SELECTs; made by ``union()`` and its kin."""

    __visit_name__ = "compound_select"
    cache_key_fields = (
        (
            ("selects", KeyKind.CLAUSES),
            ("keyword", KeyKind.PLAIN),
        )
        + GenerativeSelect.generative_key_fields
        + HasCTE.cte_key_fields
        + EXECUTABLE_FIELDS
    )
    parts_class = CompoundParts
    _auto_correlate = False
    UNION = CompoundKeyword.UNION
    UNION_ALL = CompoundKeyword.UNION_ALL
    EXCEPT = CompoundKeyword.EXCEPT
    EXCEPT_ALL = CompoundKeyword.EXCEPT_ALL
    INTERSECT = CompoundKeyword.INTERSECT
    INTERSECT_ALL = CompoundKeyword.INTERSECT_ALL
    selects: Tuple[Any, ...]
    keyword: CompoundKeyword

    def __init__(self, keyword: CompoundKeyword, *selects: Any) -> None:
        self.keyword = keyword
        self.selects = tuple(
            [
                coercions.expect(
                    roles.CompoundElementRole, each, sink=self
                ).self_group(against=self)
                for each in selects
            ]
        )

    def _scalar_type(self) -> Any:
        return self.selects[0]._scalar_type()

    def self_group(self, against: Any = None) -> Any:
        """Return this statement in parentheses."""
        return SelectStatementGrouping(self)

    def is_derived_from(self, fromclause: Optional[FromClause]) -> bool:
        """Tell whether one of the SELECTs is made from ``fromclause``."""
        return any(each.is_derived_from(fromclause) for each in self.selects)

    def set_label_style(self, style: SelectLabelStyle) -> Self:
        """Return a copy; the first SELECT, which names the columns, has another label style."""
        if self._label_style is style:
            return self
        new = self._generate()
        first = self.selects[0].set_label_style(style)
        new.selects = (first,) + self.selects[1:]
        new._label_style = style
        return new

    def _with_distinct_names(self) -> Self:
        first = self.selects[0]._with_distinct_names()
        if first is self.selects[0]:
            return self
        new = self._generate()
        new.selects = (first,) + self.selects[1:]
        return new

    @property
    def _all_selected_columns(self) -> Tuple[Any, ...]:
        columns: Tuple[Any, ...] = self.selects[0]._all_selected_columns
        return columns

    @property
    def selected_columns(self) -> ReadOnlyColumnCollection[str, ColumnElement[Any]]:
        """The columns of the first SELECT, which name those of the result."""
        columns: ReadOnlyColumnCollection[str, ColumnElement[Any]] = self.selects[0].selected_columns
        return columns

    def _offer_columns(
        self, fromclause: FromClause, columns: Any, primary_key: Any, foreign_keys: Set[Any]
    ) -> None:
        first = self.selects[0]
        others = [
            [col for col in each._all_selected_columns if not col._is_text_clause]
            for each in self.selects[1:]
        ]
        before = len(columns)
        first._offer_columns(
            fromclause, columns=columns, primary_key=primary_key, foreign_keys=foreign_keys
        )
        for number, proxy in enumerate(list(columns)[before:]):
            stands_for = [each[number] for each in others if number < len(each)]
            proxy._proxies = list(proxy._proxies) + stands_for

    def accept_new_column(self, column: Any) -> None:
        """Take notice of a column added to a source of one of the SELECTs."""
        for each in self.selects:
            each.accept_new_column(column)


# -- a SELECT as an expression ---------------------------------------------------------------------


class ScalarSelect(roles.InElementRole, Generative, ColumnElement[_T]):
    """A SELECT that stands for one value; made by ``scalar_subquery()``."""

    __visit_name__ = "scalar_select"
    cache_key_fields = (("element", KeyKind.CLAUSE), ("type", KeyKind.TYPE))
    _is_implicitly_boolean = False
    element: Any

    def __init__(self, element: Any) -> None:
        self.element = element
        self.type = element._scalar_type()
        if element.entity_mark is not None:
            self.entity_mark = element.entity_mark

    def __getattr__(self, name: str) -> Any:
        """Look further methods up on the SELECT inside, as older programs expect."""
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("_") or "element" not in self.__dict__:
                raise
            return getattr(self.element, name)

    @property
    def columns(self) -> Any:
        """There are none: this is a value.

        :raises InvalidRequestError: always.
        """
        raise exc.InvalidRequestError(
            "a scalar subquery is one value and has no columns; use it as an expression, or "
            "subquery() for a source with columns"
        )

    @property
    def c(self) -> Any:
        """There are none: this is a value.

        :raises InvalidRequestError: always.
        """
        return self.columns

    @generative
    def where(self, crit: Any) -> Self:
        """Return a copy with a further WHERE criterion inside."""
        self.element = self.element.where(crit)
        return self

    def self_group(self, against: Any = None) -> ScalarSelect[Any]:
        """Return the subquery; it brings its own parentheses."""
        return self

    def _without_parentheses(self) -> ScalarSelect[Any]:
        return self

    @generative
    def correlate(self, *fromclauses: Any) -> Self:
        """Return a copy that leaves these sources to the enclosing statement; see ``Select``."""
        self.element = self.element.correlate(*fromclauses)
        return self

    @generative
    def correlate_except(self, *fromclauses: Any) -> Self:
        """Return a copy that leaves all but these sources to the enclosing statement."""
        self.element = self.element.correlate_except(*fromclauses)
        return self

    @property
    def _from_objects(self) -> List[Any]:
        return []


class Exists(UnaryExpression[bool]):
    """``EXISTS (SELECT ...)``; made by ``exists()``.

    :param argument: a SELECT, scalar subquery, column or table; nothing means ``SELECT *``.
    """

    inherit_cache = True

    def __init__(self, __argument: Any = None) -> None:
        if __argument is None:
            inner: Any = _any_row()
        elif isinstance(__argument, SelectBase):
            inner = __argument.scalar_subquery()
        elif isinstance(__argument, ScalarSelect):
            inner = __argument
        else:
            inner = slots.select(__argument).scalar_subquery()
        super().__init__(
            inner,
            operator=operators.exists,
            type_=BOOLEANTYPE,
        )

    @property
    def _from_objects(self) -> List[Any]:
        return []

    def _with_select(self, change: Any) -> Exists:
        inner = self.element.element
        if not inner._is_select_statement:
            raise exc.InvalidRequestError(
                "EXISTS holds a %s; this can only be applied to a plain SELECT" % type(inner).__name__
            )
        new = self._clone()
        new.element = ScalarSelect(change(inner))
        if new.element.entity_mark is not None:
            new.entity_mark = new.element.entity_mark
        return new

    def select(self) -> Select[bool]:
        """Return ``SELECT EXISTS (...)``."""
        made: Select[bool] = slots.select(self)
        made.note_site(_getframe(1))
        return made

    def correlate(self, *fromclauses: Any) -> Exists:
        """Return a copy that leaves these sources to the enclosing statement."""
        return self._with_select(lambda inner: inner.correlate(*fromclauses))

    def correlate_except(self, *fromclauses: Any) -> Exists:
        """Return a copy that leaves all but these sources to the enclosing statement."""
        return self._with_select(lambda inner: inner.correlate_except(*fromclauses))

    def select_from(self, *froms: Any) -> Exists:
        """Return a copy whose SELECT has these sources."""
        return self._with_select(lambda inner: inner.select_from(*froms))

    def where(self, *clause: Any) -> Exists:
        """Return a copy whose SELECT has further criteria."""
        return self._with_select(lambda inner: inner.where(*clause))

    def with_hint(self, selectable: Any, text: str, dialect_name: str = "*") -> Exists:
        """Return a copy whose SELECT has a hint for one source."""
        return self._with_select(lambda inner: inner.with_hint(selectable, text, dialect_name))

    def with_statement_hint(self, text: str, dialect_name: str = "*") -> Exists:
        """Return a copy whose SELECT has a hint for the whole statement."""
        return self._with_select(lambda inner: inner.with_statement_hint(text, dialect_name))


def _any_row() -> ScalarSelect[Any]:
    """Return ``(SELECT *)``, which is the same for all."""
    if not _ANY_ROW:
        _ANY_ROW.append(slots.select(ColumnClause("*", is_literal=True)).scalar_subquery())
    return _ANY_ROW[0]


_ANY_ROW: List[ScalarSelect[Any]] = []


# -- text() with columns ---------------------------------------------------------------------------


class TextualSelect(SelectBase, ExecutableStatement):
    """``text()`` with known result columns; made by ``TextClause.columns()``.

    :param text: the text.
    :param columns: the columns it gives.
    :param positional: they match by position, not by name.
    """

    __visit_name__ = "textual_select"
    cache_key_fields = (
        (
            ("element", KeyKind.CLAUSE),
            ("column_args", KeyKind.CLAUSES),
            ("positional", KeyKind.PLAIN),
        )
        + HasCTE.cte_key_fields
        + EXECUTABLE_FIELDS
    )
    _is_textual = True
    is_text = True
    is_select = True
    element: TextClause

    def __init__(self, text: Any, columns: Sequence[Any], positional: bool = False) -> None:
        self.element = text
        # result columns of a text have names but belong to nobody
        self.column_args = tuple(
            [coercions.expect(roles.ColumnsClauseRole, column) for column in columns]
        )
        self.positional = positional

    @memoized_attribute
    def selected_columns(self) -> Any:
        """The columns given to ``columns()``, by key."""
        collection: Any = WriteableColumnCollection()
        for column in self.column_args:
            collection.add(column)
        return collection.as_readonly()

    @property
    def _all_selected_columns(self) -> Tuple[Any, ...]:
        return self.column_args

    def set_label_style(self, style: SelectLabelStyle) -> TextualSelect:
        """Return this statement: text is rendered as it is."""
        return self

    def _with_distinct_names(self) -> TextualSelect:
        return self

    @generative
    def bindparams(self, *binds: Any, **bind_as_values: Any) -> Self:
        """Return a copy with bound values, as ``TextClause.bindparams()`` does."""
        self.element = self.element.bindparams(*binds, **bind_as_values)
        return self

    def is_derived_from(self, fromclause: Optional[FromClause]) -> bool:
        """Text is made from nothing but itself."""
        return fromclause is self  # type: ignore[comparison-overlap]

    def _offer_columns(
        self, fromclause: FromClause, columns: Any, primary_key: Any, foreign_keys: Set[Any]
    ) -> None:
        for column in self.column_args:
            key, proxy = column._make_proxy(
                fromclause, primary_key=primary_key, foreign_keys=foreign_keys
            )
            columns.add(proxy, key)

    def _scalar_type(self) -> Any:
        return self.column_args[0].type if self.column_args else NULLTYPE

    @property
    def _from_objects(self) -> List[Any]:
        return [self]


TextAsFrom = TextualSelect
