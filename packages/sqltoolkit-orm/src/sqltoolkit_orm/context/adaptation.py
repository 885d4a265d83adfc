"""What stands for the columns of each entity in one statement: polymorphic selectables, a replacement of all entities.

The joins that bring such selectables in are in ``joins``; adapting to one given source is the core's ``ColumnAdapter``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core.sql.adapt import ColumnAdapter
from sqltoolkit_core.sql.analysis import surface_selectables
from sqltoolkit_core.sql.elements import ColumnElement
from sqltoolkit_core.sql.functions import FunctionElement
from sqltoolkit_core.sql.selectable import FromClause
from sqltoolkit_core.sql.visitors import replacement_traverse

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterator
    from typing import Optional
    from typing import Tuple

__all__ = ["Adaptation", "adapts_polymorphically", "surface_expressions"]


def adapts_polymorphically(mapper: Any) -> bool:
    """Tell whether the class or one of its bases has a polymorphic source."""
    memo = mapper.memo
    found = memo.get("adapts_polymorphically")
    if found is None:
        found = memo["adapts_polymorphically"] = any(
            base.polymorphic_source_adapter is not None for base in mapper.iterate_to_root()
        )
    return bool(found)


class Adaptation:
    """The adapters in force in one statement.

    :param replacement: a FROM element that stands for all entities of the statement, or None.
    """

    __slots__ = ("by_key", "replacement")

    def __init__(self, replacement: Any = None) -> None:
        self.replacement: Any = None if replacement is None else ColumnAdapter(replacement)
        #: mapper or table -> adapter of its columns
        self.by_key: Dict[Any, Any] = {}

    def __bool__(self) -> bool:
        return self.replacement is not None or bool(self.by_key)

    def read_from(self, mapper: Any, adapter: Any) -> None:
        """Let the columns of a class and of the subclasses it is loaded with be those of ``adapter``."""
        for own in mapper.with_polymorphic_mappers or (mapper,):
            self.by_key[own] = adapter
            for base in own.iterate_to_root():
                self.by_key[base.local_table] = adapter

    def note_entity(self, mapper: Any) -> None:
        """Take note that the statement reads a class; its polymorphic source stands for its tables, if it has one."""
        if not adapts_polymorphically(mapper) or mapper.persist_selectable in self.by_key:
            return
        for base in mapper.iterate_to_root():
            self.read_from(base, _polymorphic_adapter(base, mapper.selectable))

    def note_source(self, mapper: Any) -> None:
        """Take note that the statement joins to the polymorphic source of a class."""
        self.read_from(mapper, _polymorphic_adapter(mapper, mapper.selectable))

    def of_mapper(self, mapper: Any) -> Any:
        """Return the adapter of the columns of a class, None if they stand for themselves."""
        found = self.by_key.get(mapper)
        if self.replacement is None:
            return found
        return self.replacement if found is None else found.wrap(self.replacement)

    def of_alias(self, alias: Any) -> Any:
        """Return the adapter of the columns of an inspected alias."""
        return alias.adapter if self.replacement is None else alias.adapter.wrap(self.replacement)

    def clause(self, element: Any) -> Any:
        """Return an element of the statement with all columns adapted."""
        return replacement_traverse(element, {}, self._replace)

    def clauses(self, elements: Any) -> Tuple[Any, ...]:
        """Return elements of the statement with all columns adapted."""
        if not self:
            return tuple(elements)
        return tuple(replacement_traverse(element, {}, self._replace) for element in elements)

    def _replace(self, element: Any) -> Any:
        if self.replacement is not None:
            found = self.replacement.replace(element)
            if found is not None:
                return found
        by_key = self.by_key
        if not by_key:
            return None
        if element.__visit_name__ == "select" and any(source in by_key for source in _own_sources(element)):
            # a subquery that reads from the table itself
            return element
        entity = element.annotations.get("parententity")
        if entity is not None:
            adapter = by_key.get(entity)
            if adapter is not None:
                return _changed(adapter, element)
        key: Optional[Any]
        if isinstance(element, FromClause) and not isinstance(element, ColumnElement):
            key = element
        else:
            key = getattr(element, "table", None)
            if key is None:
                return None
        adapter = by_key.get(key)
        return None if adapter is None else _changed(adapter, element)


def _own_sources(statement: Any) -> Iterator[Any]:
    """Yield what a subquery names as its sources, with the parts of joins."""
    for source in statement.parts.froms:
        yield from surface_selectables(source)


def _changed(adapter: Any, element: Any) -> Any:
    """Return what the adapter has for an element, None where it keeps it."""
    # the adapter remembers columns, whatever entity they are of
    if adapter.include_fn is not None and not adapter.include_fn(element):
        return None
    found = adapter.traverse(element)
    return None if found is element else found


def _polymorphic_adapter(mapper: Any, selectable: Any) -> Any:
    memo = mapper.memo
    place = ("polymorphic_adapter", selectable)
    found = memo.get(place)
    if found is None:
        found = memo[place] = ColumnAdapter(selectable, equivalents=mapper.equivalent_columns)
    return found


def surface_expressions(clause: Any) -> Iterator[Any]:
    """Yield an expression and those it is made of, without the arguments of functions and the inside of subqueries."""
    stack = [clause]
    while stack:
        element = stack.pop()
        yield element
        if isinstance(element, ColumnElement) and not isinstance(element, FunctionElement):
            stack.extend(element.get_children())
