"""The clause methods of ``Query``: WHERE, ORDER BY, LIMIT and kin, each handed to the statement it builds.

Joins are in ``joins``; running a query is in ``query``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core.sql.analysis import extract_first_column_annotation
from sqltoolkit_core.sql.selectable import LABEL_STYLE_TABLENAME_PLUS_COL
from sqltoolkit_core.util import became_legacy_20

from ..context.description import is_source
from ..entities.join import resolve_join
from ..entities.join import with_parent
from ..strategy_options.load import EagerOption
from .order import refuse_limited
from .order import refuse_refined
from .order import refuse_whole

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable

    from typing_extensions import Self

__all__ = ["ClauseMethods"]


class ClauseMethods:
    """The part of :class:`Query` that changes clauses."""

    _statement: Any
    _assertions: bool
    #: target and ON clause of the last join, for filter_by()
    _joinpoint: Any = None
    _from_statement: Any
    _params: Any
    _first_entity: Any

    def _with(self, statement: Any) -> Self:
        raise NotImplementedError()

    def where(self, *criterion: Any) -> Self:
        """Add criteria to WHERE."""
        return self.filter(*criterion)

    def filter(self, *criterion: Any) -> Self:
        """Add criteria to WHERE."""
        refuse_limited(self, "filter")
        return self._with(self._statement.where(*criterion))

    def filter_by(self, **kwargs: Any) -> Self:
        """Add criteria "attribute = value" of the last joined entity, or of the first one.

        A name that it has not is looked up in all sources.
        """
        refuse_limited(self, "filter_by")
        statement = self._statement
        source = self._filter_by_source()
        for key, value in kwargs.items():
            attribute = getattr(source, key, None)
            if attribute is None:
                statement = statement.filter_by(**{key: value})
            else:
                statement = statement.where(attribute == value)
        return self._with(statement)

    def _filter_by_source(self) -> Any:
        """Return what has the attributes that filter_by() names first: a class, an alias or a collection of columns."""
        entity: Any = None
        source: Any = None
        parts = self._statement.parts
        if self._joinpoint is not None:
            target = resolve_join(*self._joinpoint)
            entity, source = target.entity, target.right
        elif parts.froms or parts.columns:
            source = parts.froms[0] if parts.froms else parts.columns[0]
            entity = source.annotations.get("parententity")
            if entity is None and not is_source(source):
                entity = extract_first_column_annotation(source, "parententity")
                source = getattr(source, "table", None)
        if entity is not None:
            return entity.entity
        return None if source is None else source.c

    def having(self, *having: Any) -> Self:
        """Add criteria to HAVING."""
        refuse_limited(self, "having")
        return self._with(self._statement.having(*having))

    def order_by(self, __first: Any = Ellipsis, *clauses: Any) -> Self:
        """Add to ORDER BY; None or False alone removes it."""
        refuse_limited(self, "order_by")
        if __first is Ellipsis:
            return self._with(self._statement.order_by(*clauses))
        if __first is False:
            __first = None
        return self._with(self._statement.order_by(__first, *clauses))

    def group_by(self, __first: Any = Ellipsis, *clauses: Any) -> Self:
        """Add to GROUP BY; None or False alone removes it."""
        refuse_limited(self, "group_by")
        if __first is Ellipsis:
            return self._with(self._statement.group_by(*clauses))
        if __first is False:
            __first = None
        return self._with(self._statement.group_by(__first, *clauses))

    def distinct(self, *expr: Any) -> Self:
        """Add DISTINCT."""
        refuse_whole(self, "distinct")
        return self._with(self._statement.distinct(*expr))

    def limit(self, limit: Any) -> Self:
        """Set LIMIT."""
        refuse_whole(self, "limit")
        return self._with(self._statement.limit(limit))

    def offset(self, offset: Any) -> Self:
        """Set OFFSET."""
        refuse_whole(self, "offset")
        return self._with(self._statement.offset(offset))

    def slice(self, start: int, stop: int) -> Self:
        """Set LIMIT and OFFSET like a slice of a list."""
        refuse_whole(self, "slice")
        return self._with(self._statement.slice(start, stop))

    def with_for_update(
        self,
        *,
        nowait: bool = False,
        read: bool = False,
        of: Any = None,
        skip_locked: bool = False,
        key_share: bool = False,
    ) -> Self:
        """Add FOR UPDATE."""
        return self._with(
            self._statement.with_for_update(
                nowait=nowait, read=read, of=of, skip_locked=skip_locked, key_share=key_share
            )
        )

    def correlate(self, *fromclauses: Any) -> Self:
        """Leave these FROM elements to the enclosing statement."""
        if fromclauses and fromclauses[0] in (None, False):
            return self._with(self._statement.correlate(None))
        return self._with(self._statement.correlate(*fromclauses))

    def prefix_with(self, *prefixes: Any, dialect: str = "*") -> Self:
        """Add text after SELECT."""
        return self._with(self._statement.prefix_with(*prefixes, dialect=dialect))

    def suffix_with(self, *suffixes: Any, dialect: str = "*") -> Self:
        """Add text at the end."""
        return self._with(self._statement.suffix_with(*suffixes, dialect=dialect))

    def with_hint(self, selectable: Any, text: str, dialect_name: str = "*") -> Self:
        """Add a hint for a FROM element."""
        return self._with(self._statement.with_hint(selectable, text, dialect_name))

    def with_statement_hint(self, text: str, dialect_name: str = "*") -> Self:
        """Add a hint for the statement."""
        return self._with(self._statement.with_statement_hint(text, dialect_name))

    def select_from(self, *from_obj: Any) -> Self:
        """Set the FROM elements."""
        refuse_refined(self, "select_from")
        return self._with(self._statement.select_from(*from_obj))

    def options(self, *args: Any) -> Self:
        """Add loader options."""
        flat: Any = []
        for arg in args:
            flat.extend(arg) if isinstance(arg, (list, tuple)) else flat.append(arg)
        return self._with(self._statement.options(*flat))

    def with_transformation(self, fn: Callable[[Any], Any]) -> Any:
        """Return what ``fn`` makes of this query."""
        return fn(self)

    def execution_options(self, **kwargs: Any) -> Self:
        """Add execution options."""
        return self._with(self._statement.execution_options(**kwargs))

    def get_execution_options(self) -> Any:
        """Return the execution options."""
        return self._statement.get_execution_options()

    def yield_per(self, count: int) -> Self:
        """Fetch and load in chunks of ``count`` rows."""
        return self._with(self._statement.execution_options(yield_per=count))

    def populate_existing(self) -> Self:
        """Overwrite objects that are in the session already."""
        return self._with(self._statement.execution_options(populate_existing=True))

    def autoflush(self, setting: bool) -> Self:
        """Flush before the query, or not."""
        return self._with(self._statement.execution_options(autoflush=setting))

    def enable_eagerloads(self, value: bool) -> Self:
        """Allow or forbid joined eager loading."""
        others = [option for option in self._statement.parts.options if not isinstance(option, EagerOption)]
        return self._with(self._statement.with_parts(options=(*others, EagerOption(value))))

    def _as_part(self) -> Self:
        """Return the query as a part of other statements, which nothing is joined to for eager loading.

        It is the same statement nevertheless, unlike that of :meth:`enable_eagerloads`.
        """
        return self._with(self._statement.execution_options(_is_part=True))

    def set_label_style(self, style: Any) -> Self:
        """Set the style of column labels."""
        return self._with(self._statement.set_label_style(style))

    def with_labels(self) -> Self:
        """Label columns with their table's name (older name)."""
        return self.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)

    apply_labels = with_labels

    @property
    def get_label_style(self) -> Any:
        """The style of column labels."""
        return self._statement.get_label_style()

    def ext(self, extension: Any) -> Self:
        """Add a syntax extension."""
        return self._with(self._statement.ext(extension))

    @became_legacy_20("Query.with_parent()", "filter() with the function with_parent()")
    def with_parent(self, instance: Any, property: Any = None, from_entity: Any = None) -> Self:
        """Add the criterion "related to ``instance``"."""
        entity = from_entity if from_entity is not None else self._first_entity()
        if property is None:
            mapper = instance.__dict__["_sa_instance_state"].manager.mapper
            for prop in mapper.relationships:
                if prop.mapper is entity.mapper:
                    property = prop
                    break
            else:
                raise sa_exc.InvalidRequestError(
                    "No relationship leads from class '%s' to class '%s'"
                    % (entity.mapper.class_.__name__, type(instance).__name__)
                )
        return self.filter(with_parent(instance, property, from_entity))

    def params(self, __params: Any = None, **kw: Any) -> Self:
        """Set values of named parameters."""
        if __params:
            kw.update(__params)
        new = self._with(self._statement)
        new._params = dict(self._params, **kw)
        return new

    def enable_assertions(self, value: bool) -> Self:
        """Check, or not, that clauses are given in a sensible order."""
        new = self._with(self._statement)
        new._assertions = value
        return new

    def reset_joinpoint(self) -> Self:
        """Let filter_by() speak about the first entity again."""
        new = self._with(self._statement)
        new._joinpoint = None
        return new
