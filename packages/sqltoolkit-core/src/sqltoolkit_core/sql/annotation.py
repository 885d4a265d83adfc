"""Annotations: marks on elements that survive copies and change neither the SQL nor equality.

What the marks mean is the business of who sets them, mostly a mapper.
"""

from __future__ import annotations

import weakref
from typing import Any, Dict, FrozenSet, Iterable, List, Mapping, Optional, Tuple

from ..util.collections import immutabledict
from .operators import ColumnOperators
from .traversals import HasFields, emit_annotations

__all__ = ["Annotated", "SupportsAnnotations", "annotated_class", "deep_annotate", "deep_deannotate"]

EMPTY: Any = immutabledict()


class SupportsAnnotations(HasFields):
    """An element that can carry annotations."""

    __slots__ = ()

    _annotations: Mapping[str, Any] = EMPTY
    _is_annotated = False
    _is_immutable = False

    @property
    def annotations(self) -> Mapping[str, Any]:
        """The marks on this element, an immutable mapping."""
        return self._annotations

    def annotate(self, values: Mapping[str, Any]) -> Any:
        """Return this element with more marks; it hashes and compares like the original."""
        return self._annotate(values)

    def deannotate(self, *keys: str, deep: bool = False) -> Any:
        """Return this element without the given marks, or without any; ``deep``: those below it too."""
        if deep:
            return deep_deannotate(self, keys or None)
        return self._deannotate(keys or None, clone=False)

    def _annotate(self, values: Mapping[str, Any]) -> Any:
        return _make_annotated(self, immutabledict(values))

    def _with_annotations(self, values: Mapping[str, Any]) -> Any:
        return _make_annotated(self, immutabledict(values))

    def _deannotate(self, values: Optional[Iterable[str]] = None, clone: bool = False) -> Any:
        return self._clone() if clone else self

class Annotated(SupportsAnnotations):
    """Mixed into the class of an element to make the class of its annotated copies."""

    __slots__ = ()

    _is_annotated = True
    annotated_of: type = object

    def __hash__(self) -> int:
        known: int = self.__dict__["_hash"]
        return known

    def __eq__(self, other: Any) -> Any:
        return self is other or hash(other) == self.__dict__["_hash"] and _same(self, other)

    def _annotate(self, values: Mapping[str, Any]) -> Any:
        merged = dict(self._annotations)
        merged.update(values)
        return self._with_annotations(merged)

    def _with_annotations(self, values: Mapping[str, Any]) -> Any:
        made = self._clone_annotated()
        made.__dict__["_annotations"] = immutabledict(values)
        return made

    def _deannotate(self, values: Optional[Iterable[str]] = None, clone: bool = True) -> Any:
        if values is None:
            return self.__dict__["_original"]
        kept = {name: value for name, value in self._annotations.items() if name not in values}
        return self._with_annotations(kept)

    def _clone_annotated(self) -> Any:
        made = object.__new__(self.__class__)
        d = self.__dict__.copy()
        for name in d.pop("_memo", ()):
            d.pop(name, None)
        made.__dict__ = d  # type: ignore[misc]
        return made

    def _clone(self, **kw: Any) -> Any:
        original = self.__dict__["_original"]
        clone = original._clone(**kw)
        if clone is original:
            # an immutable element: its copy is itself, with the same marks
            return self
        # the state of this object counts: it may differ from the original by now
        made = self._clone_annotated()
        for name, value in clone.__dict__.items():
            if name not in made.__dict__:
                made.__dict__[name] = value
        made.__dict__["_original"] = clone
        made.__dict__["_hash"] = hash(clone)
        return made

    def __reduce__(self) -> Tuple[Any, ...]:
        d = self.__dict__.copy()
        for name in d.pop("_memo", ()):
            d.pop(name, None)
        d.pop("_hash")
        element = d.pop("_original")
        return _rebuild, (element, d)

    def __reduce_ex__(self, protocol: Any) -> Tuple[Any, ...]:
        return self.__reduce__()

    def _flat(self, out: Any, binds: Any, seen: Any) -> None:
        annotations = self._annotations
        key = self.__dict__.get("_annotations_key")
        if key is None or key[0] is not annotations:
            key = _annotations_key(self, annotations)
        if key[2] is not None:
            out.append(key[2])
            return
        out += (Annotated, key[1])
        super()._flat(out, binds, seen)


class _Token:
    """Stands in keys for a column or table with its marks."""

    __slots__ = ("__weakref__",)


# by the token of the element and the key of its marks; as long as an element or a key in use has it
_tokens: weakref.WeakValueDictionary[Any, _Token] = weakref.WeakValueDictionary()


def _annotations_key(element: Any, annotations: Mapping[str, Any]) -> Tuple[Any, ...]:
    out: List[Any] = []
    emit_annotations(annotations, out, [], {})
    marks = tuple(out)
    own = getattr(element, "_token", None)
    token = None if own is None else _tokens.setdefault((own, marks), _Token())
    key = (annotations, marks, token)
    element.__dict__["_annotations_key"] = key
    return key


def _same(a: Any, b: Any) -> bool:
    while getattr(a, "_is_annotated", False):
        a = a.__dict__["_original"]
    while getattr(b, "_is_annotated", False):
        b = b.__dict__["_original"]
    return a is b or hash(a) == hash(b) and a.__class__ is b.__class__


def _rebuild(element: Any, state: Dict[str, Any]) -> Any:
    made = _make_annotated(element, state["_annotations"])
    made.__dict__.update(state)
    return made


_classes: Dict[type, type] = {}


def annotated_class(cls: type) -> type:
    """Return the class of annotated copies of ``cls``, made on first use."""
    made = _classes.get(cls)
    if made is None:
        namespace: Dict[str, Any] = {
            "__module__": cls.__module__,
            "annotated_of": cls,
            "inherit_cache": cls.__dict__.get("inherit_cache", True if "cache_key_fields" in cls.__dict__ else None),
        }
        if namespace["inherit_cache"] is None:
            namespace["inherit_cache"] = "_traverse_internals" in cls.__dict__
        if issubclass(cls, ColumnOperators):
            namespace["__eq__"] = cls.__eq__
            namespace["__hash__"] = Annotated.__hash__
        made = type("Annotated%s" % cls.__name__, (Annotated, cls), namespace)
        made = _classes.setdefault(cls, made)
    return made


def _make_annotated(element: Any, values: Any) -> Any:
    cls = element.__class__
    made: Any = object.__new__(_classes.get(cls) or annotated_class(cls))
    d = element.__dict__.copy()
    for name in d.pop("_memo", ()):
        d.pop(name, None)
    d["_annotations"] = values
    d["_original"] = element
    d["_hash"] = hash(element)
    made.__dict__ = d
    return made


def deep_annotate(el: Any, values: Mapping[str, Any], exclude: Iterable[Any] = (), **kw: Any) -> Any:
    """Return a copy of ``el`` in which every element carries the marks.

    :param exclude: elements, and proxies of them, that are copied without.
    :param kw: ``annotate_callable(element, values)``: how to mark, instead of ``annotate()``.
    """
    excluded: FrozenSet[Any] = frozenset(exclude)
    mark = kw.get("annotate_callable")
    made: Dict[int, Tuple[Any, Any]] = {}

    def clone(element: Any, **options: Any) -> Any:
        found = made.get(id(element))
        if found is not None:
            return found[1]
        if excluded and not excluded.isdisjoint(getattr(element, "proxy_set", ())):
            copy = element._clone(clone=clone, **options)
        elif any(element._annotations.get(name) != value for name, value in values.items()):
            copy = mark(element, values) if mark is not None else element._annotate(values)
        else:
            copy = element
        made[id(element)] = element, copy
        if copy is not element:
            copy._copy_internals(clone=clone)
        return copy

    return None if el is None else clone(el)


def deep_deannotate(el: Any, values: Optional[Iterable[str]] = None) -> Any:
    """Return a copy of ``el`` whose elements carry none of the named marks, or no marks at all."""
    made: Dict[Any, Tuple[Any, Any]] = {}

    def clone(element: Any, **kw: Any) -> Any:
        found = made.get(id(element))
        if found is not None:
            return found[1]
        copy = element._deannotate(values=values, clone=True)
        made[id(element)] = element, copy
        copy._copy_internals(clone=clone)
        return copy

    return None if el is None else clone(el)
