"""Functions that make selectables: ``select()``, ``union()``, ``join()``, ``exists()``, ``values()`` ...

The classes are in the modules below this one.
"""

from __future__ import annotations

from sys import _getframe
from typing import TYPE_CHECKING, Any, Optional

from .. import coercions, roles
from .join import Join
from .select import Select
from .sources import (
    CTE,
    Alias,
    Lateral,
    TableClause,
    TableSample,
    Values,
)
from .statement import CompoundKeyword, CompoundSelect, Exists

if TYPE_CHECKING:
    from typing import Tuple

    from typing_extensions import TypeVarTuple, Unpack, overload

    from ..typing import _T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7, _T8, _T9, TypedReturnsRows, _Entity
    from .base import FromClause, NamedFromClause, _Columns

    _Ts = TypeVarTuple("_Ts")

__all__ = [
    "alias",
    "cte",
    "except_",
    "except_all",
    "exists",
    "intersect",
    "intersect_all",
    "join",
    "lateral",
    "make_alias",
    "make_lateral",
    "make_tablesample",
    "outerjoin",
    "select",
    "table",
    "tablesample",
    "union",
    "union_all",
    "values",
]


if TYPE_CHECKING:

    @overload
    def select(__ent0: _Entity[_T0]) -> Select[_T0]: ...

    @overload
    def select(__ent0: _Entity[_T0], __ent1: _Entity[_T1]) -> Select[_T0, _T1]: ...

    @overload
    def select(__ent0: _Entity[_T0], __ent1: _Entity[_T1], __ent2: _Entity[_T2]) -> Select[_T0, _T1, _T2]: ...

    @overload
    def select(
        __ent0: _Entity[_T0],
        __ent1: _Entity[_T1],
        __ent2: _Entity[_T2],
        __ent3: _Entity[_T3],
    ) -> Select[_T0, _T1, _T2, _T3]: ...

    @overload
    def select(
        __ent0: _Entity[_T0],
        __ent1: _Entity[_T1],
        __ent2: _Entity[_T2],
        __ent3: _Entity[_T3],
        __ent4: _Entity[_T4],
    ) -> Select[_T0, _T1, _T2, _T3, _T4]: ...

    @overload
    def select(
        __ent0: _Entity[_T0],
        __ent1: _Entity[_T1],
        __ent2: _Entity[_T2],
        __ent3: _Entity[_T3],
        __ent4: _Entity[_T4],
        __ent5: _Entity[_T5],
    ) -> Select[_T0, _T1, _T2, _T3, _T4, _T5]: ...

    @overload
    def select(
        __ent0: _Entity[_T0],
        __ent1: _Entity[_T1],
        __ent2: _Entity[_T2],
        __ent3: _Entity[_T3],
        __ent4: _Entity[_T4],
        __ent5: _Entity[_T5],
        __ent6: _Entity[_T6],
    ) -> Select[_T0, _T1, _T2, _T3, _T4, _T5, _T6]: ...

    @overload
    def select(
        __ent0: _Entity[_T0],
        __ent1: _Entity[_T1],
        __ent2: _Entity[_T2],
        __ent3: _Entity[_T3],
        __ent4: _Entity[_T4],
        __ent5: _Entity[_T5],
        __ent6: _Entity[_T6],
        __ent7: _Entity[_T7],
    ) -> Select[_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7]: ...

    @overload
    def select(
        __ent0: _Entity[_T0],
        __ent1: _Entity[_T1],
        __ent2: _Entity[_T2],
        __ent3: _Entity[_T3],
        __ent4: _Entity[_T4],
        __ent5: _Entity[_T5],
        __ent6: _Entity[_T6],
        __ent7: _Entity[_T7],
        __ent8: _Entity[_T8],
    ) -> Select[_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7, _T8]: ...

    @overload
    def select(
        __ent0: _Entity[_T0],
        __ent1: _Entity[_T1],
        __ent2: _Entity[_T2],
        __ent3: _Entity[_T3],
        __ent4: _Entity[_T4],
        __ent5: _Entity[_T5],
        __ent6: _Entity[_T6],
        __ent7: _Entity[_T7],
        __ent8: _Entity[_T8],
        __ent9: _Entity[_T9],
    ) -> Select[_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7, _T8, _T9]: ...

    @overload
    def select(*entities: Any) -> Select[Unpack[Tuple[Any, ...]]]: ...


def select(*entities: Any) -> Select[Unpack[Tuple[Any, ...]]]:
    """Return a SELECT of columns, tables, mapped classes or other expressions.

    :param entities: what to select; FROM follows from it.
    """
    made: Select[Unpack[Tuple[Any, ...]]] = Select(*entities)
    frame = _getframe(1)
    made._site = frame.f_code, frame.f_lasti
    return made


if TYPE_CHECKING:

    @overload
    def alias(
        selectable: FromClause[_Columns], name: Optional[str] = None, flat: bool = False
    ) -> NamedFromClause[_Columns]: ...

    @overload
    def alias(selectable: Any, name: Optional[str] = None, flat: bool = False) -> NamedFromClause: ...


def alias(selectable: Any, name: Optional[str] = None, flat: bool = False) -> NamedFromClause[Any]:
    """Return a table, or another source, under another name.

    :param selectable: the source.
    :param name: the name; one is made up while compiling without it.
    :param flat: see ``FromClause.alias()``.
    """
    source = coercions.expect(roles.FromClauseRole, selectable)
    made: NamedFromClause[Any] = source.alias(name=name, flat=flat)
    return made


def make_alias(source: FromClause, name: Optional[str] = None) -> Alias:
    """Return an :class:`.Alias`, whatever the ``alias()`` method of the source does."""
    return Alias._construct(source, name)


def cte(selectable: Any, name: Optional[str] = None, recursive: bool = False) -> CTE:
    """Return a statement as a common table expression; see ``HasCTE.cte()``."""
    made: CTE = coercions.expect(roles.HasCTERole, selectable).cte(name=name, recursive=recursive)
    return made


def join(
    left: Any, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False
) -> Join:
    """Return ``left JOIN right``.

    :param left: left source.
    :param right: right source.
    :param onclause: the condition; derived from foreign keys when left out.
    :param isouter: LEFT OUTER JOIN.
    :param full: FULL OUTER JOIN.
    """
    return Join(left, right, onclause, isouter, full)


def outerjoin(left: Any, right: Any, onclause: Any = None, full: bool = False) -> Join:
    """Return ``left LEFT OUTER JOIN right``; see ``join()``."""
    return Join(left, right, onclause, True, full)


def exists(__argument: Any = None) -> Exists:
    """Return ``EXISTS (SELECT ...)``.

    The one argument is a SELECT, a scalar subquery, a column or a table; without it the SELECT is
    ``SELECT *`` and gets its sources from ``where()`` and ``select_from()``.
    """
    return Exists(__argument)


def lateral(selectable: Any, name: Optional[str] = None) -> NamedFromClause:
    """Return a statement or source as LATERAL: it may refer to sources before it."""
    source = coercions.expect(roles.FromClauseRole, selectable, explicit_subquery=True)
    made: NamedFromClause = source.lateral(name=name)
    return made


def make_lateral(source: Any, name: Optional[str] = None) -> Lateral:
    """Return a :class:`.Lateral`, whatever the ``lateral()`` method of the source does."""
    return Lateral._construct(source, name)


def tablesample(
    selectable: Any, sampling: Any, name: Optional[str] = None, seed: Any = None
) -> TableSample:
    """Return a random part of a table.

    :param selectable: the table.
    :param sampling: percentage, or a function call that names the method.
    :param name: name of the alias.
    :param seed: expression for REPEATABLE.
    """
    source = coercions.expect(roles.FromClauseRole, selectable)
    made: TableSample = source.tablesample(sampling, name=name, seed=seed)
    return made


def make_tablesample(
    source: FromClause, sampling: Any, name: Optional[str] = None, seed: Any = None
) -> TableSample:
    """Return a :class:`.TableSample` of a source."""
    return TableSample._construct(source, name, sampling, seed)


def table(name: str, *columns: Any, **kw: Any) -> TableClause:
    """Return a light table: a name with columns, without types of schema and constraints.

    :param name: the name.
    :param columns: ``column()`` objects.
    :param kw: ``schema``: name of the schema.
    """
    return TableClause(name, *columns, **kw)


def values(*columns: Any, name: Optional[str] = None, literal_binds: bool = False) -> Values:
    """Return a ``VALUES`` source; rows are added with ``data()``.

    :param columns: ``column()`` objects that name and type the values.
    :param name: name of the source.
    :param literal_binds: render the values into the statement.
    """
    return Values(*columns, name=name, literal_binds=literal_binds)


if TYPE_CHECKING:

    @overload
    def union(*selects: TypedReturnsRows[Unpack[_Ts]]) -> CompoundSelect[Unpack[_Ts]]: ...

    @overload
    def union(*selects: Any) -> CompoundSelect[Unpack[Tuple[Any, ...]]]: ...


def union(*selects: Any) -> CompoundSelect[Unpack[Tuple[Any, ...]]]:
    """Return the UNION of several SELECTs."""
    return CompoundSelect(CompoundKeyword.UNION, *selects)


if TYPE_CHECKING:

    @overload
    def union_all(*selects: TypedReturnsRows[Unpack[_Ts]]) -> CompoundSelect[Unpack[_Ts]]: ...

    @overload
    def union_all(*selects: Any) -> CompoundSelect[Unpack[Tuple[Any, ...]]]: ...


def union_all(*selects: Any) -> CompoundSelect[Unpack[Tuple[Any, ...]]]:
    """Return the UNION ALL of several SELECTs."""
    return CompoundSelect(CompoundKeyword.UNION_ALL, *selects)


if TYPE_CHECKING:

    @overload
    def except_(*selects: TypedReturnsRows[Unpack[_Ts]]) -> CompoundSelect[Unpack[_Ts]]: ...

    @overload
    def except_(*selects: Any) -> CompoundSelect[Unpack[Tuple[Any, ...]]]: ...


def except_(*selects: Any) -> CompoundSelect[Unpack[Tuple[Any, ...]]]:
    """Return the EXCEPT of several SELECTs."""
    return CompoundSelect(CompoundKeyword.EXCEPT, *selects)


if TYPE_CHECKING:

    @overload
    def except_all(*selects: TypedReturnsRows[Unpack[_Ts]]) -> CompoundSelect[Unpack[_Ts]]: ...

    @overload
    def except_all(*selects: Any) -> CompoundSelect[Unpack[Tuple[Any, ...]]]: ...


def except_all(*selects: Any) -> CompoundSelect[Unpack[Tuple[Any, ...]]]:
    """Return the EXCEPT ALL of several SELECTs."""
    return CompoundSelect(CompoundKeyword.EXCEPT_ALL, *selects)


if TYPE_CHECKING:

    @overload
    def intersect(*selects: TypedReturnsRows[Unpack[_Ts]]) -> CompoundSelect[Unpack[_Ts]]: ...

    @overload
    def intersect(*selects: Any) -> CompoundSelect[Unpack[Tuple[Any, ...]]]: ...


def intersect(*selects: Any) -> CompoundSelect[Unpack[Tuple[Any, ...]]]:
    """Return the INTERSECT of several SELECTs."""
    return CompoundSelect(CompoundKeyword.INTERSECT, *selects)


if TYPE_CHECKING:

    @overload
    def intersect_all(*selects: TypedReturnsRows[Unpack[_Ts]]) -> CompoundSelect[Unpack[_Ts]]: ...

    @overload
    def intersect_all(*selects: Any) -> CompoundSelect[Unpack[Tuple[Any, ...]]]: ...


def intersect_all(*selects: Any) -> CompoundSelect[Unpack[Tuple[Any, ...]]]:
    """Return the INTERSECT ALL of several SELECTs."""
    return CompoundSelect(CompoundKeyword.INTERSECT_ALL, *selects)
