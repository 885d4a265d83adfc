"""SELECTs around SELECTs: eager joins of collections around LIMIT, and ``from_statement()``.

The plain case is in ``select``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core.sql import coercions
from sqltoolkit_core.sql import roles
from sqltoolkit_core.sql.adapt import ColumnAdapter
from sqltoolkit_core.sql.analysis import expand_column_list_from_order_by
from sqltoolkit_core.sql.base import Generative
from sqltoolkit_core.sql.cache_key import KeyKind
from sqltoolkit_core.sql.elements import ClauseElement
from sqltoolkit_core.sql.executable import ExecutableStatement
from sqltoolkit_core.sql.selectable import LABEL_STYLE_DISAMBIGUATE_ONLY
from sqltoolkit_core.sql.selectable import SelectLabelStyle

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterable
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = ["FromStatement", "from_statement", "lower_from_statement", "prepare_lowering", "wrap_for_eager_joins"]


def wrap_for_eager_joins(
    lowering: Any,
    sources: List[Any],
    where: Tuple[Any, ...],
    order_by: Tuple[Any, ...],
    group_by: Tuple[Any, ...],
    having: Tuple[Any, ...],
    changes: Dict[str, Any],
) -> Any:
    """Return a SELECT that joins collections to the limited statement, which becomes a subquery."""
    plain_order = [element.element if _is_label_reference(element) else element for element in order_by]
    columns = list(lowering.primary)
    columns.extend(expand_column_list_from_order_by(columns, plain_order))
    inner = lowering.statement.with_parts(
        columns=tuple(columns),
        froms=tuple(sources),
        where=where,
        order_by=order_by,
        group_by=group_by,
        having=having,
        ctes=(),
        **changes,
    )
    subquery = lowering.finish(inner).alias()
    adapter = ColumnAdapter(subquery, equivalents=_equivalents(lowering))
    lock = lowering.statement.parts.for_update
    outer = lowering.statement.with_parts(
        **dict(
            changes,
            columns=(subquery,) + tuple(lowering.secondary),
            froms=(lowering.eager.around(subquery, adapter),),
            where=(),
            having=(),
            group_by=(),
            order_by=tuple(adapter.traverse(element) for element in plain_order) + tuple(lowering.eager.order_by),
            limit=None,
            offset=None,
            fetch=None,
            distinct=False,
            distinct_on=(),
            prefixes=(),
            suffixes=(),
            hints=(),
            statement_hints=(),
            correlate=(),
            correlate_except=None,
            # the tables that are to be locked are in the subquery
            for_update=None if lock is not None and lock.of else lock,
        )
    )
    # what the ORDER BY needs stands between the columns of the entries and those of the joins
    lowering.added = len(columns) - len(lowering.primary)
    return lowering.finish(outer)


def _is_label_reference(element: Any) -> bool:
    return bool(element.__visit_name__ == "label_reference")


def _equivalents(lowering: Any) -> Dict[Any, Any]:
    """Return the columns that the inheritance of the statement's entities equates."""
    found: Dict[Any, Any] = {}
    for plan in lowering.plan.entities:
        found.update(plan.mapper.equivalent_columns)
    return found


class FromStatement(ExecutableStatement, Generative, ClauseElement):
    """``select(Entity).from_statement(statement)``: entities read from the rows of any statement."""

    # the compiler asks the plugin of SELECT, which gives it the inner statement
    __visit_name__ = "select"
    inherit_cache = True
    is_from_statement = True
    cache_key_fields = (
        ("raw_columns", KeyKind.CLAUSES),
        ("element", KeyKind.CLAUSE),
        ("_with_options", KeyKind.OPTIONS),
        ("label_style", KeyKind.PLAIN),
    )

    def __init__(
        self, entities: Any, element: Any, label_style: SelectLabelStyle = LABEL_STYLE_DISAMBIGUATE_ONLY
    ) -> None:
        self.raw_columns = tuple(
            coercions.expect(roles.ColumnsClauseRole, entity, apply_propagate_attrs=self, sink=self)
            for entity in entities
        )
        self.element = element
        self.is_text = bool(getattr(element, "is_text", False))
        self.label_style = label_style

    @property
    def parts(self) -> Any:
        """The columns and options as parts."""
        return _FromStatementParts(self.raw_columns, self._with_options, self.label_style)

    @property
    def column_descriptions(self) -> Any:
        """Descriptions of the entities."""
        return [
            {
                "name": raw.annotations["parententity"].mapper.class_.__name__,
                "type": raw.annotations["parententity"].mapper.class_,
                "entity": raw.annotations["parententity"].entity,
                "expr": raw.annotations["parententity"].entity,
                "aliased": False,
            }
            for raw in self.raw_columns
            if "parententity" in raw.annotations
        ]


class _FromStatementParts:
    __slots__ = ("columns", "froms", "joins", "label_style", "options", "where")

    def __init__(self, columns: Any, options: Any, label_style: SelectLabelStyle) -> None:
        self.columns = columns
        self.options = options
        self.froms: Tuple[Any, ...] = ()
        self.joins: Tuple[Any, ...] = ()
        self.where: Tuple[Any, ...] = ()
        self.label_style = label_style


def from_statement(statement: Any, element: Any) -> FromStatement:
    """Return the statement that reads the entities of a SELECT from ``element``."""
    element = coercions.expect(roles.ReturnsRowsRole, element)
    style = statement.parts.label_style
    if style is not SelectLabelStyle.LABEL_STYLE_LEGACY_ORM:
        style = LABEL_STYLE_DISAMBIGUATE_ONLY
    made = FromStatement(statement.parts.columns, element, style)
    made._with_options = statement.parts.options
    made._execution_options = statement.get_execution_options()
    return made


def lower_from_statement(statement: Any, ctx: Any, lowering_class: Any, criteria: Any) -> Any:
    """Return the inner statement; the plan finds its columns in the rows by name."""
    element = statement.element
    columns = None
    if getattr(element, "plugin_name", None) is not None and element.__visit_name__ == "select":
        if not element.is_from_statement:
            inner = lowering_class(element, True, criteria, ctx)
            inner.enable_eagerloads = False
            element = inner.run()
            columns = inner.primary
    if columns is None:
        columns = _columns_of(element)
    lowering = lowering_class.__new__(lowering_class)
    prepare_lowering(lowering, statement, statement.raw_columns, statement.parts.options)
    plan = lowering.plan
    needed = list(lowering.primary) + list(lowering.secondary)
    keys = [place for entity in plan.entities if not entity.optional for place in entity.pk]
    plan.by_name = _ByName(needed, keys, columns)
    if ctx.toplevel:
        ctx.notes["plan"] = plan
    return element


def _columns_of(element: Any) -> List[Any]:
    """Return the columns that a statement is known to give, in order."""
    found = getattr(element, "selected_columns", None)
    if found is None and getattr(element, "is_dml", False):
        found = getattr(element, "exported_columns", None)
    return [] if found is None else list(found)


def prepare_lowering(lowering: Any, statement: Any, columns: Any, options: Any, returning: bool = False) -> None:
    """Plan the rows of a statement that is no SELECT: those of RETURNING or of a foreign statement."""
    lowering.__init__(_Described(statement, columns, options))
    lowering.from_statement = True
    lowering.is_returning = returning
    lowering.statement = statement
    lowering.nodes = lowering.nodes_for(
        options, [raw.annotations["parententity"] for raw in columns if "parententity" in raw.annotations]
    )
    lowering.collect_entries(columns)
    lowering.settle_positions()


class _Described:
    """The face of a statement that a lowering reads."""

    def __init__(self, statement: Any, columns: Any, options: Any) -> None:
        self.statement = statement
        self.parts = _FromStatementParts(
            columns, options, getattr(statement, "label_style", LABEL_STYLE_DISAMBIGUATE_ONLY)
        )

    def get_execution_options(self) -> Any:
        return self.statement.get_execution_options()


class _ByName:
    """Finds the columns of a plan in the rows of a foreign statement.

    :param needed: the columns of the plan.
    :param keys: the places of those that no row goes without, the primary keys of entities.
    :param columns: the columns that the statement is known to give.
    """

    def __init__(self, needed: List[Any], keys: Iterable[int], columns: List[Any]) -> None:
        self.needed = needed
        self.keys = keys
        self.columns = columns

    def __call__(self, result: Any) -> List[Optional[int]]:
        names = list(result.keys())
        found = [_find(column, names, self.columns) for column in self.needed]
        for place in self.keys:
            if found[place] is None:
                raise sa_exc.NoSuchColumnError(
                    "The rows of the statement lack %s, a part of the entity's primary key; they have: %s"
                    % (self.needed[place], ", ".join(names))
                )
        return found


def _find(column: Any, names: List[str], columns: List[Any]) -> Optional[int]:
    for place, other in enumerate(columns):
        if other is column or getattr(other, "proxy_set", frozenset()) and column in other.proxy_set:  # type: ignore[arg-type]
            return place
    candidates = [getattr(column, "name", None), getattr(column, "key", None)]
    table = getattr(column, "table", None)
    if table is not None and getattr(table, "name", None):
        candidates.insert(0, "%s_%s" % (table.name, column.name))
    for name in candidates:
        if name in names:
            return names.index(name)
    lowered = [name.lower() for name in names]
    for name in candidates:
        if name is not None and name.lower() in lowered:
            return lowered.index(name.lower())
    return None

