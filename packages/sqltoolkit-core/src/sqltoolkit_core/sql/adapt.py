"""Saying the columns of one source in terms of another: of a table in terms of its alias or of a subquery.

Walking and replacing in general is in ``visitors``.

Words: to *adapt* is to replace each column by the one that the *target* has for it; *equivalents* maps a column to
others
known to be equal to it.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Set

from .visitors import ReplacingExternalTraversal, iterate, replacement_traverse

__all__ = ["ClauseAdapter", "ColumnAdapter", "adapt_lateral"]

_Filter = Optional[Callable[[Any], bool]]


class ClauseAdapter(ReplacingExternalTraversal):
    """Replaces columns of other sources by those of one target.

    :param target: the source whose columns take the place.
    :param equivalents: column to columns that are equal to it and may be looked up instead.
    :param include: only replace columns for which this is true.
    :param exclude: keep columns for which this is true.
    :param adapt_on_names: fall back to the target's column of the same name.
    :param anonymize_labels: give labels new names.
    :param adapt_from_selectables: only replace columns of these sources.
    """

    def __init__(
        self,
        target: Any,
        equivalents: Optional[Mapping[Any, Set[Any]]] = None,
        include: _Filter = None,
        exclude: _Filter = None,
        adapt_on_names: bool = False,
        anonymize_labels: bool = False,
        adapt_from_selectables: Optional[Sequence[Any]] = None,
    ) -> None:
        self.__traverse_options__ = {"stop_on": [target], "anonymize_labels": anonymize_labels}
        self.selectable = target
        self.include_fn = include
        self.exclude_fn = exclude
        self.equivalents: Mapping[Any, Set[Any]] = equivalents or {}
        self.adapt_on_names = adapt_on_names
        self.adapt_from_selectables = (
            None if adapt_from_selectables is None else frozenset(adapt_from_selectables)
        )

    @property
    def target(self) -> Any:
        """The source whose columns take the place."""
        return self.selectable

    def replace(self, elem: Any) -> Any:
        """Return what stands for the element in the target, or None to keep it."""
        if elem._is_from_clause and not elem._is_column_element:
            return self._replace_source(elem)
        if not elem._is_column_element or elem.__visit_name__ in _CONSTANTS:
            return None
        if "adapt_column" in elem._annotations:
            elem = elem._annotations["adapt_column"]
        if self.adapt_from_selectables is not None and not self._comes_from(elem):
            return None
        if self.include_fn is not None and not self.include_fn(elem):
            return None
        if self.exclude_fn is not None and self.exclude_fn(elem):
            return None
        return self._corresponding_column(elem, True)

    def _replace_source(self, source: Any) -> Any:
        target = self.selectable
        if target.is_derived_from(source):
            if self.adapt_from_selectables is not None and not any(
                source is each or source.is_derived_from(each)
                for each in self.adapt_from_selectables
            ):
                return None
            return target
        # an alias of a table has nothing in it to adapt; the columns of a copy would be without the marks of these
        return source if source.__visit_name__ == "alias" and source.element.__visit_name__ == "table" else None

    def _comes_from(self, column: Any) -> bool:
        table = getattr(column, "table", None)
        if table is None:
            return True
        return any(
            table is each or table.is_derived_from(each)
            for each in self.adapt_from_selectables or ()
        )

    def _corresponding_column(
        self, column: Any, require_embedded: bool, seen: Sequence[Any] = ()
    ) -> Any:
        found = self.selectable.corresponding_column(column, require_embedded=require_embedded)
        if found is None and column in self.equivalents and column not in seen:
            for other in self.equivalents[column]:
                found = self._corresponding_column(
                    other, require_embedded, seen=tuple(seen) + (column,)
                )
                if found is not None:
                    return found
        if found is None and self.adapt_on_names and getattr(column, "name", None) is not None:
            found = self.selectable.exported_columns.get(column.name)
        return found


class ColumnAdapter(ClauseAdapter):
    """A :class:`ClauseAdapter` that remembers what it made of each column; adapters can be chained.

    :param target: the source whose columns take the place.
    :param equivalents: column to columns equal to it.
    :param adapt_required: columns the target does not have give None in ``columns``.
    :param allow_label_resolve: whether ORDER BY may name an adapted column by its label.
    :param include: only replace columns for which this is true.
    :param exclude: keep columns for which this is true.
    :param adapt_on_names: fall back to columns of the same name.
    :param anonymize_labels: give labels new names.
    :param adapt_from_selectables: only replace columns of these sources.
    """

    def __init__(
        self,
        target: Any,
        equivalents: Optional[Mapping[Any, Set[Any]]] = None,
        adapt_required: bool = False,
        include: _Filter = None,
        exclude: _Filter = None,
        adapt_on_names: bool = False,
        allow_label_resolve: bool = True,
        anonymize_labels: bool = False,
        adapt_from_selectables: Optional[Sequence[Any]] = None,
    ) -> None:
        super().__init__(
            target,
            equivalents,
            include=include,
            exclude=exclude,
            adapt_on_names=adapt_on_names,
            anonymize_labels=anonymize_labels,
            adapt_from_selectables=adapt_from_selectables,
        )
        self.adapt_required = adapt_required
        self.allow_label_resolve = allow_label_resolve
        self._wrapped_by: Optional[ColumnAdapter] = None
        self._later: List[ColumnAdapter] = []
        self.columns = _Columns(self)

    def wrap(self, adapter: ColumnAdapter) -> ColumnAdapter:
        """Return an adapter that applies this one, then ``adapter`` to what it made."""
        made = self._copy()
        made._wrapped_by = adapter
        if any(each.anonymize for each in (self, adapter)):
            made.__traverse_options__ = dict(self.__traverse_options__, anonymize_labels=True)
        return made

    def chain(self, visitor: Any) -> ColumnAdapter:
        """Return an adapter that asks this one and, for what it does not replace, ``visitor``."""
        made = self._copy()
        made._later = self._later + [visitor]
        return made

    def _copy(self) -> ColumnAdapter:
        made = object.__new__(self.__class__)
        made.__dict__.update(self.__dict__)
        made.columns = _Columns(made)
        return made

    @property
    def anonymize(self) -> bool:
        """Whether labels get new names."""
        return bool(self.__traverse_options__.get("anonymize_labels"))

    @property
    def visitor_iterator(self) -> Any:
        """This adapter and those chained to it."""
        yield self
        for later in self._later:
            for each in later.visitor_iterator:
                yield each

    def traverse(self, obj: Any) -> Any:
        """Return a copy of the element with columns adapted; a lone column by way of ``columns``."""
        return self.columns[obj] if obj is not None else None

    adapt_clause = traverse
    adapt_list = ReplacingExternalTraversal.copy_and_process

    def adapt_check_present(self, column: Any) -> Any:
        """Return the adapted column, or None when the target has none for it."""
        adapted = self.columns[column]
        if adapted is column and self.selectable.corresponding_column(column) is None:
            return None
        return adapted

    def _adapt(self, column: Any) -> Any:
        def replace(element: Any, **kw: Any) -> Any:
            for visitor in self.visitor_iterator:
                found = visitor.replace(element)
                if found is not None:
                    return found
            return None

        made = replacement_traverse(column, self.__traverse_options__, replace)
        if self._wrapped_by is not None:
            again = self._wrapped_by._adapt(made)
            if again is not None:
                made = again
        if self.adapt_required and made is column:
            return None
        if not self.allow_label_resolve and made is not column:
            made = made._clone() if not getattr(made, "_is_immutable", False) else made
            made._allow_label_resolve = False
        return made

    def __getstate__(self) -> Dict[str, Any]:
        state = self.__dict__.copy()
        del state["columns"]
        return state

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.columns = _Columns(self)


_KEPT = frozenset(["column", "label"])
#: what is the same everywhere, though a target may select it
_CONSTANTS = frozenset(["null", "true", "false"])


class _Columns(Dict[Any, Any]):
    """Adapted columns by original, made when asked for.

    Columns and labels are kept: they must be the same object each time.  Criteria are not, of which an alias that
    lives long may see any number.
    """

    def __init__(self, adapter: ColumnAdapter) -> None:
        super().__init__()
        self.adapter = adapter

    def __missing__(self, column: Any) -> Any:
        made = self.adapter._adapt(column)
        if column.__visit_name__ in _KEPT:
            self[column] = made
        return made

    def __contains__(self, column: Any) -> bool:
        return self[column] is not None

    def get(self, column: Any, default: Any = None) -> Any:
        """Return the adapted column."""
        made = self[column]
        return default if made is None else made


def adapt_lateral(lateral: Any, adapter: ClauseAdapter) -> Any:
    """Return a LATERAL with what it takes from its left side adapted; what it selects from itself stays.

    :param lateral: the LATERAL, or an alias of one.
    """
    own: Set[Any] = set()
    for element in iterate(lateral):
        if element.__visit_name__ == "select":
            parts = element.parts
            outer = {part for source in parts.correlate for part in source._from_objects}
            for source in (*element.columns_clause_froms, *parts.froms, *(join[0] for join in parts.joins)):
                own.update(part for part in source._from_objects if part not in outer)

    def replace(element: Any, **kw: Any) -> Any:
        if element._is_from_clause and not element._is_column_element:
            return element if element in own else adapter.replace(element)
        if getattr(element, "table", None) in own:
            return element
        return adapter.replace(element)

    return replacement_traverse(lateral, {}, replace)
