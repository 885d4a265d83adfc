"""The short way from an equal statement's parameters to SQL and values when lists have to be expanded.

Expanding itself, and the memory of expanded texts by the lengths of their lists, is in ``binds``.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

__all__ = ["ExpandingExtractor"]

# no rows, which are expanded in another way
_SCALARS = frozenset([int, str, float, bool, bytes, type(None)])


class ExpandingExtractor:
    """Gives the text and the values of one execution of a statement with lists.

    It knows only texts that were expanded before for lists of the same lengths, and lists of plain values.  For all
    others it returns None: ``process_expanding()`` then makes, and keeps, the text.
    """

    __slots__ = ("_compiled", "_lists", "_order", "_processors", "_values")

    def __init__(self, compiled: Any, values: Any) -> None:
        #: gives all parameters, in the form that the driver takes, with lists as they are
        self._values = values
        self._compiled = compiled
        names = compiled.positiontup if compiled.positional else list(compiled.bind_names.values())
        processors = compiled._bind_processors
        late = {compiled.bind_names[bind]: bind for bind in compiled.post_compile_params}
        # from the last to the first, so that positions before a list stay as they are
        self._lists: Tuple[Any, ...] = tuple(
            (
                at if compiled.positional else name,
                processors.get(name),
                late[name].type,
            )
            for at, name in reversed(list(enumerate(names)))
            if name in late
        )
        places = {name: at for at, name in enumerate(reversed([name for name in names if name in late]))}
        # the lengths in the order of the key of ``_expansion_key()``
        self._order: Tuple[int, ...] = tuple(
            places[compiled.bind_names[bind]] for bind in compiled.post_compile_params
        )

    def __call__(self, extracted: Any, params: Any) -> Optional[Tuple[str, Any]]:
        """Return ``(sql, values)``, or None when these lists need the long way."""
        known = self._compiled._expansions
        if not known:
            return None
        values = self._values(extracted, params)
        lists: List[Any] = []
        lengths: List[int] = []
        for place, _, type_ in self._lists:
            one = values[place]
            if one.__class__ is not list and one.__class__ is not tuple:
                return None
            if one and one[0].__class__ not in _SCALARS and self._compiled._is_row_list(type_, one):
                return None
            lists.append(one)
            lengths.append(len(one))
        expansion = known.get(tuple([lengths[index] for index in self._order]))
        if expansion is None:
            return None
        return expansion[0], (
            self._in_order(values, lists) if values.__class__ is tuple else self._by_name(values, lists, expansion[4])
        )

    def _in_order(self, values: Tuple[Any, ...], lists: List[Any]) -> Tuple[Any, ...]:
        for (at, process, _), one in zip(self._lists, lists):
            if process is not None:
                one = [process(value) for value in one]
            values = values[:at] + tuple(one) + values[at + 1 :]
        return values

    def _by_name(self, values: Dict[str, Any], lists: List[Any], names_of: Dict[str, List[str]]) -> Dict[str, Any]:
        for (name, process, _), one in zip(self._lists, lists):
            del values[name]
            if process is not None:
                one = [process(value) for value in one]
            values.update(zip(names_of[name], one))
        return values
