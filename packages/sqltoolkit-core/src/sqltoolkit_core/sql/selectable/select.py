"""``Select`` and its fluent methods.

What it shares with set operations is in ``statement``; how its FROM list comes about is in ``froms``.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, Optional, Set, Tuple, cast

from .. import coercions, roles
from ..base import generative
from ..cache_key import KeyKind
from ..collections import (
    ColumnCollection,
    DedupeColumnCollection,
    ReadOnlyColumnCollection,
    WriteableColumnCollection,
)
from ..executable import ExecutableStatement
from ..lowering import find_plugin, lower, LoweringContext
from ..traversals import clone_element as shallow_copy
from ..traversals import memoized_attribute
from ..sqltypes import NULLTYPE
from ... import exc
from ...util.decorators import deprecated, warn_deprecated
from ...util.typing import Unsubscripted
from . import froms as _froms
from .base import (
    EXECUTABLE_FIELDS,
    FromClause,
    HasHints,
    HasPrefixes,
    HasSuffixes,
    HasSyntaxExtensions,
)
from .join import column_replacer, conjunction, reduce_columns
from .parts import HasParts, SelectParts
from .sources import HasCTE
from .statement import (
    CompoundKeyword,
    CompoundSelect,
    ColumnName,
    GenerativeSelect,
    SelectStatementGrouping,
    add_proxies,
    label_namer,
    name_columns,
)

if TYPE_CHECKING:
    from typing_extensions import Self, TypeVarTuple, Unpack, overload

    from ..elements.base import ColumnElement
    from ..typing import _T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7, TypedReturnsRows, _Entity

    _Ts = TypeVarTuple("_Ts")

    class _TypedStatement(ExecutableStatement, TypedReturnsRows[Unpack[_Ts]]):
        pass


else:
    _TypedStatement = Unsubscripted(ExecutableStatement)

__all__ = ["Select", "namespace_column"]

_EXTENSION_FIELDS = (
    "_replace_columns_clause",
    "_post_columns_clause",
    "_post_select_clause",
    "_pre_columns_clause",
    "_post_criteria_clause",
    "_post_body_clause",
)
SetupJoin = Tuple[Any, Any, Any, bool, bool]


class Select(
    HasPrefixes,
    HasSuffixes,
    HasHints,
    HasSyntaxExtensions,
    HasParts,
    GenerativeSelect,
    _TypedStatement["Unpack[_Ts]"],
):
    """A SELECT statement; made by ``select()``.

    Every method returns a new statement and leaves this one as it is.

    :param entities: columns, tables, mapped classes, expressions.
    :param dialect_kw: ``<dialect>_<option>`` arguments.
    """

    __visit_name__ = "select"
    cache_key_fields = (
        (
            ("_raw_columns", KeyKind.CLAUSES),
            ("_from_obj", KeyKind.CLAUSES),
            ("_joins_asked", KeyKind.CLAUSE_TUPLES),
            ("_where_criteria", KeyKind.CLAUSES),
            ("_having_criteria", KeyKind.CLAUSES),
            ("_distinct", KeyKind.PLAIN),
            ("_distinct_on", KeyKind.CLAUSES),
            ("_correlate", KeyKind.CLAUSES),
            ("_correlate_except", KeyKind.CLAUSES),
            ("_auto_correlate", KeyKind.PLAIN),
            ("_memoized_select_entities", KeyKind.CLAUSE_TUPLES),
        )
        + GenerativeSelect.generative_key_fields
        + HasCTE.cte_key_fields
        + HasPrefixes.prefix_key_fields
        + HasSuffixes.suffix_key_fields
        + HasHints.hint_key_fields
        + tuple((name, KeyKind.CLAUSES) for name in _EXTENSION_FIELDS)
        + EXECUTABLE_FIELDS
    )
    parts_class = SelectParts
    _position_map = {
        "replace_columns": "_replace_columns_clause",
        "post_columns": "_post_columns_clause",
        "post_select": "_post_select_clause",
        "pre_columns": "_pre_columns_clause",
        "post_criteria": "_post_criteria_clause",
        "post_body": "_post_body_clause",
    }
    is_select = True
    _is_select_statement = True
    inherit_cache = None

    _raw_columns: Tuple[Any, ...] = ()
    _from_obj: Tuple[Any, ...] = ()
    _joins_asked: Tuple[SetupJoin, ...] = ()
    _where_criteria: Tuple[Any, ...] = ()
    _having_criteria: Tuple[Any, ...] = ()
    _distinct = False
    _distinct_on: Tuple[Any, ...] = ()
    _correlate: Tuple[Any, ...] = ()
    _correlate_except: Optional[Tuple[Any, ...]] = None
    _auto_correlate = True
    _memoized_select_entities: Tuple[Any, ...] = ()

    def __init__(self, *entities: Any, **dialect_kw: Any) -> None:
        self._raw_columns = _coerced_columns(entities, self)
        if dialect_kw:
            self._take_dialect_kwargs(dialect_kw)

    # -- columns ---------------------------------------------------------------------------------

    @generative
    def add_columns(self, *entities: Any) -> Select[Unpack[Tuple[Any, ...]]]:
        """Return a copy with these columns added to the columns clause."""
        self._raw_columns = self._raw_columns + _coerced_columns(entities, self)
        return self

    @deprecated("1.4", "Select.column() is legacy; use add_columns().")
    def column(self, column: Any) -> Select[Unpack[Tuple[Any, ...]]]:
        """Return a copy with one more column (legacy)."""
        return self.add_columns(column)

    if TYPE_CHECKING:

        @overload
        def with_only_columns(
            self, __ent0: _Entity[_T0], *, maintain_column_froms: bool = False
        ) -> Select[_T0]: ...

        @overload
        def with_only_columns(
            self, __ent0: _Entity[_T0], __ent1: _Entity[_T1], *, maintain_column_froms: bool = False
        ) -> Select[_T0, _T1]: ...

        @overload
        def with_only_columns(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            *,
            maintain_column_froms: bool = False,
        ) -> Select[_T0, _T1, _T2]: ...

        @overload
        def with_only_columns(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            *,
            maintain_column_froms: bool = False,
        ) -> Select[_T0, _T1, _T2, _T3]: ...

        @overload
        def with_only_columns(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            *,
            maintain_column_froms: bool = False,
        ) -> Select[_T0, _T1, _T2, _T3, _T4]: ...

        @overload
        def with_only_columns(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            __ent5: _Entity[_T5],
            *,
            maintain_column_froms: bool = False,
        ) -> Select[_T0, _T1, _T2, _T3, _T4, _T5]: ...

        @overload
        def with_only_columns(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            __ent5: _Entity[_T5],
            __ent6: _Entity[_T6],
            *,
            maintain_column_froms: bool = False,
        ) -> Select[_T0, _T1, _T2, _T3, _T4, _T5, _T6]: ...

        @overload
        def with_only_columns(
            self,
            __ent0: _Entity[_T0],
            __ent1: _Entity[_T1],
            __ent2: _Entity[_T2],
            __ent3: _Entity[_T3],
            __ent4: _Entity[_T4],
            __ent5: _Entity[_T5],
            __ent6: _Entity[_T6],
            __ent7: _Entity[_T7],
            *,
            maintain_column_froms: bool = False,
        ) -> Select[_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7]: ...

        @overload
        def with_only_columns(
            self, *entities: Any, maintain_column_froms: bool = False
        ) -> Select[Unpack[Tuple[Any, ...]]]: ...

    def with_only_columns(self, *entities: Any, maintain_column_froms: bool = False) -> Any:
        """Return a copy with these columns in place of the present ones.

        :param maintain_column_froms: keep the sources of the present columns in FROM.
        """
        if len(entities) == 1 and isinstance(entities[0], (list, set, tuple)):
            raise exc.ArgumentError(
                "with_only_columns() takes columns as separate arguments, not as a %s; write "
                "with_only_columns(*columns)" % type(entities[0]).__name__
            )
        new = self._generate()
        if maintain_column_froms:
            new._from_obj = new._from_obj + tuple(
                source for source in self.columns_clause_froms if source not in new._from_obj
            )
        if new._joins_asked or new._with_options:
            # what a join() joins to and what an option is for was said by the columns of that time
            new._memoized_select_entities = new._memoized_select_entities + (
                (new._raw_columns, new._joins_asked, new._with_options),
            )
            new._joins_asked = ()
        new._raw_columns = _coerced_columns(entities, new)
        return new

    def reduce_columns(self, only_synonyms: bool = True) -> Self:
        """Return a copy without columns that another column determines by foreign key or criterion.

        :param only_synonyms: only drop columns named as the one they repeat.
        """
        criteria = self._where_criteria + tuple(
            source.onclause for source in self._from_obj if source._is_join
        )
        kept = reduce_columns(self._all_selected_columns, *criteria, only_synonyms=only_synonyms)
        return cast("Self", self.with_only_columns(*kept))

    @property
    def inner_columns(self) -> Iterator[Any]:
        """The columns to render, tables and other sources expanded to theirs."""
        return iter(self._all_selected_columns)

    @memoized_attribute
    def _all_selected_columns(self) -> List[Any]:
        plugin = None if self.entity_mark is None else find_plugin(self)
        if plugin is not None:
            return _columns_by_plugin(plugin, self._raw_columns)
        return [each for column in self._raw_columns for each in column._selected_items]

    def _named_columns(self) -> Tuple[ColumnName, ...]:
        return name_columns(self._all_selected_columns, self._label_style)

    @memoized_attribute
    def selected_columns(self) -> ReadOnlyColumnCollection[str, ColumnElement[Any]]:
        """The columns of the result by key, in order; text is left out."""
        key_of = label_namer(self._label_style)
        collection: Any = WriteableColumnCollection()
        for column in self._all_selected_columns:
            if not column._is_text_clause:
                collection.add(column, key_of(column))
        columns: ReadOnlyColumnCollection[str, ColumnElement[Any]] = collection.as_readonly()
        return columns

    @property
    def column_descriptions(self) -> List[Dict[str, Any]]:
        """A dictionary for each column: ``name``, ``type``, ``expr``; with mapped classes more."""
        plugin = find_plugin(self)
        if plugin is not None:
            described: List[Dict[str, Any]] = plugin.describe(self)
            return described
        key_of = label_namer(self._label_style)
        return [
            {"name": key_of(column), "type": column.type, "expr": column}
            for column in self._all_selected_columns
        ]

    def _scalar_type(self) -> Any:
        for column in self._raw_columns:
            for first in column._selected_items:
                return getattr(first, "type", NULLTYPE)
        return NULLTYPE

    def _offer_columns(
        self, fromclause: FromClause, columns: Any, primary_key: Any, foreign_keys: Set[Any]
    ) -> None:
        add_proxies(
            self._all_selected_columns,
            self._label_style,
            fromclause,
            columns,
            primary_key,
            foreign_keys,
        )

    # -- criteria --------------------------------------------------------------------------------

    def where(self, *whereclause: Any) -> Self:
        """Return a copy with further WHERE criteria, joined by AND."""
        new = self._generate()
        new._where_criteria = self._where_criteria + coercions.expect_each(roles.WhereHavingRole, whereclause, new)
        return new

    def filter(self, *criteria: Any) -> Self:
        """Return the same as ``where()``."""
        return self.where(*criteria)

    def filter_by(self, **kwargs: Any) -> Self:
        """Return a copy with ``column == value`` criteria; names are looked up in all sources.

        :raises InvalidRequestError: no source has such a column.
        :raises AmbiguousColumnError: more than one has.
        """
        sources, inside_joins = self._filter_by_sources()
        criteria = []
        for key, value in kwargs.items():
            known = not inside_joins or any(hasattr(source.entity_namespace, key) for source in sources)
            criteria.append(namespace_column(sources if known else sources + inside_joins, key) == value)
        return self.where(*criteria)

    def _filter_by_sources(self) -> Tuple[List[Any], List[Any]]:
        """Return the sources, and those inside of joins that select_from() got, which are the second choice."""
        found: List[Any] = []
        inside: List[Any] = []
        for source in self._from_obj:
            if source._is_join and "entity_namespace" not in source._annotations:
                inside.extend(source._from_objects)
            else:
                found.append(source)
        for column in self._raw_columns:
            found.extend((column,) if _has_namespace(column) else column._from_objects)
        former = [joined for _, joins, _ in self._memoized_select_entities for joined in joins]
        for joined in former + list(self._joins_asked):
            target = joined[0]
            if "entity_namespace" in getattr(target, "_annotations", ()):
                found.append(target)
            else:
                # attributes of mapped classes are targets, too
                (inside if getattr(target, "_is_join", False) else found).extend(target._from_objects)
            if joined[2] is not None:
                found.append(joined[2])
        unique = _unique_sources(found)
        return unique, _unique_sources(unique + inside)[len(unique) :]

    @property
    def whereclause(self) -> Optional[ColumnElement[Any]]:
        """The WHERE criteria joined by AND, or None."""
        criterion: Optional[ColumnElement[Any]] = conjunction(self._where_criteria)
        return criterion

    @generative
    def having(self, *having: Any) -> Self:
        """Return a copy with further HAVING criteria, joined by AND."""
        self._having_criteria = self._having_criteria + coercions.expect_each(roles.WhereHavingRole, having, self)
        return self

    @generative
    def distinct(self, *expr: Any) -> Self:
        """Return a copy with DISTINCT.

        :param expr: expressions for DISTINCT ON (legacy; use the PostgreSQL ``distinct_on()``).
        """
        self._distinct = True
        if expr:
            warn_deprecated(
                "distinct() with expressions is an older form of ext(distinct_on(...)), which PostgreSQL has",
                "2.1",
            )
            self._distinct_on = self._distinct_on + tuple(
                [
                    coercions.expect(roles.ByOfRole, each, sink=self)
                    for each in expr
                ]
            )
        return self

    # -- sources ---------------------------------------------------------------------------------

    @generative
    def select_from(self, *froms: Any) -> Self:
        """Return a copy with these sources in FROM, beside those which columns imply."""
        self._from_obj = self._from_obj + coercions.expect_each(roles.FromClauseRole, froms, self)
        return self

    def join(
        self, target: Any, onclause: Any = None, *, isouter: bool = False, full: bool = False
    ) -> Self:
        """Return a copy with a JOIN; its left side is the source that ``target`` can be joined to.

        :param target: table, alias, mapped class or relationship.
        :param onclause: the condition; derived from foreign keys when left out.
        :param isouter: LEFT OUTER JOIN.
        :param full: FULL OUTER JOIN.
        """
        return self._join(None, target, onclause, isouter, full)

    def outerjoin(self, target: Any, onclause: Any = None, *, full: bool = False) -> Self:
        """Return a copy with a LEFT (or with ``full``, FULL) OUTER JOIN; see ``join()``."""
        return self._join(None, target, onclause, True, full)

    def join_from(
        self,
        from_: Any,
        target: Any,
        onclause: Any = None,
        *,
        isouter: bool = False,
        full: bool = False,
    ) -> Self:
        """Return a copy with ``from_ JOIN target``.

        :param from_: left side; added to FROM if it is not there yet.
        :param target: right side; the other parameters are those of ``join()``.
        """
        return self._join(from_, target, onclause, isouter, full)

    def outerjoin_from(
        self, from_: Any, target: Any, onclause: Any = None, *, full: bool = False
    ) -> Self:
        """Return a copy with ``from_ LEFT OUTER JOIN target``; see ``join_from()``."""
        return self._join(from_, target, onclause, True, full)

    def _join(self, left: Any, target: Any, onclause: Any, isouter: bool, full: bool) -> Self:
        new = self._generate()
        target = coercions.expect(roles.JoinTargetRole, target, sink=new)
        if left is not None:
            left = coercions.expect(roles.FromClauseRole, left, sink=new)
        if onclause is not None:
            onclause = coercions.expect(roles.OnClauseRole, onclause)
        new._joins_asked = self._joins_asked + ((target, onclause, left, isouter, full),)
        return new

    @generative
    def correlate(self, *fromclauses: Any) -> Self:
        """Return a copy that leaves these sources to the statement it stands in.

        Automatic correlation ends; ``correlate(None)`` does only that.
        """
        self._auto_correlate = False
        if len(fromclauses) == 1 and fromclauses[0] in _NOTHING:
            self._correlate = ()
        else:
            self._correlate = self._correlate + tuple(
                [coercions.expect(roles.FromClauseRole, source) for source in fromclauses]
            )
        return self

    @generative
    def correlate_except(self, *fromclauses: Any) -> Self:
        """Return a copy that leaves all but these sources to the statement it stands in."""
        self._auto_correlate = False
        if len(fromclauses) == 1 and fromclauses[0] in _NOTHING:
            self._correlate_except = ()
        else:
            self._correlate_except = (self._correlate_except or ()) + tuple(
                [coercions.expect(roles.FromClauseRole, source) for source in fromclauses]
            )
        return self

    @property
    def columns_clause_froms(self) -> List[FromClause]:
        """The sources that the columns clause mentions."""
        found = _froms.columns_clause_froms(self)
        plugin = find_plugin(self)
        return found if plugin is None else [plugin.source_of(self, source) for source in found]

    def get_final_froms(self) -> List[FromClause]:
        """Return what will stand in FROM: joins made, implied sources included."""
        return _froms.froms_for(lower(self, LoweringContext(None, toplevel=False, sources_of=_froms.froms_for)))

    @property
    def froms(self) -> List[FromClause]:
        """The same as ``get_final_froms()`` (legacy)."""
        warn_deprecated("Select.froms is an older form of get_final_froms(); use that", "1.4.23")
        return self.get_final_froms()

    def is_derived_from(self, fromclause: Optional[FromClause]) -> bool:
        """Tell whether one of the sources is, or is made from, ``fromclause``."""
        return any(source.is_derived_from(fromclause) for source in self._mentioned_sources())

    def _mentioned_sources(self) -> List[Any]:
        found: List[Any] = []
        seen: Set[Any] = set()
        for element in self._raw_columns + self._where_criteria + self._from_obj:
            for source in element._from_objects:
                if source not in seen:
                    seen.add(source)
                    found.append(source)
        return found

    def _all_sources(self) -> List[Any]:
        """Return the sources of all clauses, also of those which do not put them into FROM."""
        elements = list(self._raw_columns + self._where_criteria + self._from_obj)
        elements.extend(self._having_criteria + self._distinct_on + self._correlate)
        for clause in self._order_by_clauses + self._group_by_clauses:
            elements.append(clause.element if clause.__visit_name__ == "label_reference" else clause)
        joins = list(self._joins_asked)
        for columns, earlier, _ in self._memoized_select_entities:
            elements.extend(columns)
            joins.extend(earlier)
        for target, onclause, left, _, _ in joins:
            elements.extend(each for each in (target, onclause, left) if each is not None)
        found: Dict[Any, None] = {}
        for element in elements:
            found.update(dict.fromkeys(element._from_objects))
        return list(found)

    # -- set operations --------------------------------------------------------------------------

    def _needs_parentheses(self) -> bool:
        return self._limits_rows() or bool(self._order_by_clauses)

    def self_group(self, against: Any = None) -> Any:
        """Return this SELECT, in parentheses unless it can stand in ``against`` without."""
        if isinstance(against, CompoundSelect) and not self._needs_parentheses():
            return self
        return SelectStatementGrouping(self)

    def union(self, *other: Any) -> CompoundSelect[Unpack[_Ts]]:
        """Return this SELECT UNION the others."""
        return CompoundSelect(CompoundKeyword.UNION, self, *other)

    def union_all(self, *other: Any) -> CompoundSelect[Unpack[_Ts]]:
        """Return this SELECT UNION ALL the others."""
        return CompoundSelect(CompoundKeyword.UNION_ALL, self, *other)

    def except_(self, *other: Any) -> CompoundSelect[Unpack[_Ts]]:
        """Return this SELECT EXCEPT the others."""
        return CompoundSelect(CompoundKeyword.EXCEPT, self, *other)

    def except_all(self, *other: Any) -> CompoundSelect[Unpack[_Ts]]:
        """Return this SELECT EXCEPT ALL the others."""
        return CompoundSelect(CompoundKeyword.EXCEPT_ALL, self, *other)

    def intersect(self, *other: Any) -> CompoundSelect[Unpack[_Ts]]:
        """Return this SELECT INTERSECT the others."""
        return CompoundSelect(CompoundKeyword.INTERSECT, self, *other)

    def intersect_all(self, *other: Any) -> CompoundSelect[Unpack[_Ts]]:
        """Return this SELECT INTERSECT ALL the others."""
        return CompoundSelect(CompoundKeyword.INTERSECT_ALL, self, *other)

    def from_statement(self, statement: Any) -> Any:
        """Return a statement that gives the mapped classes of this SELECT from another statement.

        :raises NotImplementedError: nothing mapped is selected.
        """
        plugin = find_plugin(self)
        make = getattr(plugin, "from_statement", None)
        if make is None:
            raise NotImplementedError(
                "from_statement() needs a SELECT of mapped classes; this one selects plain columns"
            )
        return make(self, statement)

    # -- walking ---------------------------------------------------------------------------------

    def _apply_syntax_extension(self, extension: Any) -> None:
        extension.apply_to_select(self)

    def get_children(self, *, omit_attrs: Iterable[str] = (), **kw: Any) -> Iterable[Any]:
        """Return the clauses, and the sources that they imply."""
        children = super().get_children(
            omit_attrs=tuple(omit_attrs) + ("_from_obj", "_correlate", "_correlate_except"), **kw
        )
        return list(children) + self._mentioned_sources()

    def _copy_internals(
        self, *, omit_attrs: Iterable[str] = (), clone: Any = shallow_copy, **kw: Any
    ) -> None:
        """Copy sources first, so that columns of a changed source become columns of its copy."""
        visible = self._mentioned_sources()
        copies = {source: clone(source, **kw) for source in self._all_sources()}
        changed = {old: new for old, new in copies.items() if new is not old}
        own = self.__dict__
        if self._from_obj:
            own["_from_obj"] = tuple([clone(source, **kw) for source in self._from_obj])
        added = [
            changed[old]
            for old in visible
            if old in changed
            and changed[old]._is_join
            and changed[old] not in copies
            and changed[old] not in self._from_obj
        ]
        if added:
            own["_from_obj"] = self._from_obj + tuple(added)
        if changed:
            kw["replace"] = column_replacer(changed, kw.get("replace"))
        super()._copy_internals(omit_attrs=tuple(omit_attrs) + ("_from_obj",), clone=clone, **kw)

    def accept_new_column(self, column: Any) -> None:
        """Take notice of a column added to one of the sources."""
        for name in ("_all_selected_columns", "selected_columns"):
            self.__dict__.pop(name, None)


if TYPE_CHECKING:
    # with rows of any kind
    AnySelect = Select[Unpack[Tuple[Any, ...]]]


def _coerced_columns(entities: Tuple[Any, ...], statement: AnySelect) -> Tuple[Any, ...]:
    """Return the items of a columns clause as elements; a collection of columns as its members."""
    if len(entities) == 1 and entities[0].__class__ not in _SEVERAL:
        return (coercions.expect(roles.ColumnsClauseRole, entities[0], sink=statement),)
    return coercions.expect_each(roles.ColumnsClauseRole, entities, statement, _coerced_one_by_one)


def _coerced_one_by_one(entities: Tuple[Any, ...], statement: AnySelect) -> Tuple[Any, ...]:
    made: List[Any] = []
    for entity in entities:
        if entity.__class__ in _COLLECTIONS:
            made.extend(entity)
        else:
            element = coercions.expect(roles.ColumnsClauseRole, entity, sink=statement)
            # a function may return several
            made.extend(element if element.__class__ is tuple else (element,))
    return tuple(made)


_COLLECTIONS = frozenset(
    [ColumnCollection, DedupeColumnCollection, ReadOnlyColumnCollection, WriteableColumnCollection]
)
# what may stand for several items
_SEVERAL = _COLLECTIONS | {types.FunctionType, types.BuiltinFunctionType}
_NOTHING = frozenset([None, False])


def _has_namespace(element: Any) -> bool:
    return "entity_namespace" in element._annotations or element.__visit_name__ == "table"


def _unique_sources(sources: Iterable[Any]) -> List[Any]:
    """Return the first source of each namespace: attributes of one class stand for that class."""
    unique: List[Any] = []
    namespaces: List[Any] = []
    for source in sources:
        namespace = _namespace_of(source)
        if namespace is source and getattr(source, "_is_join", False):
            continue
        if namespace not in namespaces:
            namespaces.append(namespace)
            unique.append(source)
    return unique


def _columns_by_plugin(plugin: Any, raw_columns: Iterable[Any]) -> List[Any]:
    """Return the selected columns, where a plugin says what its entities stand for."""
    found: List[Any] = []
    for raw in raw_columns:
        columns = plugin.columns_of(raw)
        found.extend(raw._selected_items if columns is None else columns)
    return found


def namespace_column(sources: List[Any], key: str) -> Any:
    """Return the attribute ``key`` of the one source that has it, as ``filter_by()`` needs it.

    :raises InvalidRequestError: none has it.
    :raises AmbiguousColumnError: several have it.
    """
    found: List[Any] = []
    having: List[Any] = []
    for source in sources:
        named = _namespace_of(source)
        # a mapper or alias names the class whose attributes are meant
        space = getattr(named, "entity_namespace", named)
        try:
            found.append(getattr(space, key))
        except AttributeError:
            continue
        having.append(named)
    if len(found) == 1:
        return found[0]
    if found:
        raise exc.AmbiguousColumnError(
            "filter_by(%s=...) could mean a column of: %s; use filter() and name the table or class."
            % (key, ", ".join(_name_of(source) for source in having))
        )
    raise exc.InvalidRequestError(
        "no FROM clause of this statement has a column named %r to filter by; looked in: %s"
        % (key, ", ".join(_name_of(_namespace_of(source)) for source in sources) or "none")
    )


def _namespace_of(source: Any) -> Any:
    """Return what ``source`` stands for: a mapper or alias it is annotated with, or itself."""
    namespace = source._annotations.get("entity_namespace")
    return source if namespace is None else namespace


def _name_of(source: Any) -> str:
    return str(getattr(source, "description", source))
