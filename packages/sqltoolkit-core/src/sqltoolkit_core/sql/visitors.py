"""Dispatch to a compiler, and walking, cloning and replacing in trees of elements.

Which children an element has is declared by its class and read in ``traversals``.
"""

from __future__ import annotations

from collections import deque
from enum import Enum, auto
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional

from ..util.codegen import install_visit

__all__ = [
    "ClauseVisitor", "CloningExternalTraversal", "CloningVisitor", "ExternalTraversal", "ExternallyTraversible",
    "InternalTraversal", "ReplacingCloningVisitor", "ReplacingExternalTraversal", "Visitable", "anon_map",
    "cloned_traverse", "iterate", "prefix_anon_map", "replacement_traverse", "traverse", "traverse_using",
]  # fmt: skip


class Visitable:
    """Base of everything a compiler visits; ``__visit_name__`` says by which method.

    A class with ``__visit_name__ = "binary"`` is rendered by ``compiler.visit_binary(element, **kw)``.
    """

    __slots__ = ()
    __visit_name__: str

    def __init_subclass__(cls, **kw: Any) -> None:
        name = cls.__dict__.get("__visit_name__")
        if isinstance(name, str):
            install_visit(cls, name)
        super().__init_subclass__(**kw)

    def _visit(self, compiler: Any) -> str:
        raise NotImplementedError("%s has no __visit_name__" % type(self).__name__)

    def _visit_kw(self, compiler: Any, **kw: Any) -> str:
        raise NotImplementedError("%s has no __visit_name__" % type(self).__name__)

    def _compiler_dispatch(self, visitor: Any, **kw: Any) -> Any:
        return self._visit_kw(visitor, **kw) if kw else self._visit(visitor)

    @classmethod
    def __class_getitem__(cls, key: Any) -> Any:
        return cls


class InternalTraversal(Enum):
    """Kinds of fields, in the spelling of ``_traverse_internals`` declarations.

    New classes declare ``cache_key_fields`` with ``traversals.KeyKind``; both may be mixed in one hierarchy.
    """

    dp_has_cache_key = auto()
    dp_has_cache_key_list = auto()
    dp_clauseelement = auto()
    dp_fromclause_canonical_column_collection = auto()
    dp_clauseelement_tuples = auto()
    dp_clauseelement_list = auto()
    dp_clauseelement_tuple = auto()
    dp_executable_options = auto()
    dp_compile_state_funcs = auto()
    dp_fromclause_ordered_set = auto()
    dp_string = auto()
    dp_string_list = auto()
    dp_anon_name = auto()
    dp_boolean = auto()
    dp_operator = auto()
    dp_type = auto()
    dp_plain_dict = auto()
    dp_dialect_options = auto()
    dp_string_clauseelement_dict = auto()
    dp_string_multi_dict = auto()
    dp_annotations_key = auto()
    dp_plain_obj = auto()
    dp_named_ddl_element = auto()
    dp_prefix_sequence = auto()
    dp_table_hint_list = auto()
    dp_setup_join_tuple = auto()
    dp_memoized_select_entities = auto()
    dp_statement_hint_list = auto()
    dp_unknown_structure = auto()
    dp_dml_ordered_values = auto()
    dp_dml_values = auto()
    dp_dml_multi_values = auto()
    dp_propagate_attrs = auto()
    dp_params = auto()
    dp_ignore = auto()
    dp_inspectable = auto()
    dp_multi = auto()
    dp_multi_list = auto()
    dp_has_cache_key_tuples = auto()


class ExternallyTraversible(Visitable):
    """A visitable thing with children."""

    __slots__ = ()

    def get_children(self, *, omit_attrs: Iterable[str] = (), **kw: Any) -> Iterable[Any]:
        """Return the elements directly below this one."""
        return ()

    def _clone(self, **kw: Any) -> Any:
        raise NotImplementedError("%s cannot be cloned" % type(self).__name__)

    def _copy_internals(self, *, omit_attrs: Iterable[str] = (), **kw: Any) -> None:
        raise NotImplementedError("%s has no internals to copy" % type(self).__name__)


def iterate(obj: Any, opts: Mapping[str, Any] = {}) -> Iterator[Any]:
    """Yield ``obj`` and everything below it, level by level."""
    yield obj
    waiting = deque([obj.get_children(**opts)])
    while waiting:
        for child in waiting.popleft():
            yield child
            waiting.append(child.get_children(**opts))


def traverse_using(iterator: Iterable[Any], obj: Any, visitors: Mapping[str, Callable[[Any], Any]]) -> Any:
    """Call ``visitors[visit name]`` for each element of ``iterator``; return ``obj``."""
    for target in iterator:
        visit = visitors.get(target.__visit_name__)
        if visit is not None:
            visit(target)
    return obj


def traverse(obj: Any, opts: Mapping[str, Any], visitors: Mapping[str, Callable[[Any], Any]]) -> Any:
    """Call ``visitors[visit name]`` for ``obj`` and everything below it; return ``obj``."""
    return traverse_using(iterate(obj, opts), obj, visitors)


def cloned_traverse(obj: Any, opts: Mapping[str, Any], visitors: Mapping[str, Callable[[Any], Any]]) -> Any:
    """Return a deep copy of ``obj`` whose elements were each handed to their visitor, which may change them.

    :param opts: ``stop_on``: elements that are kept as they are.
    """
    made: Dict[int, Any] = {}
    kept = {id(element): element for element in opts.get("stop_on", ())}
    options = {name: value for name, value in opts.items() if name != "stop_on"}

    def clone(element: Any, **kw: Any) -> Any:
        identity = id(element)
        if identity in kept:
            return element
        copy = made.get(identity)
        if copy is None:
            replace = kw.get("replace")
            if replace is not None:
                replaced = replace(element)
                if replaced is not None:
                    made[identity] = replaced
                    return replaced
            made[identity] = copy = element._clone(clone=clone, **kw)
            if copy is element:
                # of a class that cannot change: nothing to copy, and not to be visited
                return copy
            copy._copy_internals(clone=clone, **kw)
            visit = visitors.get(copy.__visit_name__)
            if visit is not None:
                visit(copy)
        return copy

    if obj is None:
        return None
    obj = clone(obj, **options)
    # ids are only meaningful while the elements live
    made.clear()
    kept.clear()
    return obj


def replacement_traverse(obj: Any, opts: Mapping[str, Any], replace: Callable[..., Any]) -> Any:
    """Return a copy of ``obj`` in which each element for which ``replace(element)`` returns another gives way to it.

    What was put in is not searched again. Elements annotated with ``no_replacement_traverse`` are kept.
    """
    made: Dict[int, Any] = {}
    kept: Dict[int, Any] = {id(element): element for element in opts.get("stop_on", ())}
    options = {name: value for name, value in opts.items() if name != "stop_on"}

    def clone(element: Any, **kw: Any) -> Any:
        identity = id(element)
        if identity in kept or "no_replacement_traverse" in element._annotations:
            return element
        copy = replace(element)
        if copy is not None:
            kept[id(copy)] = copy
            return copy
        copy = made.get(identity)
        if copy is None:
            nested = kw.get("replace")
            if nested is not None:
                copy = nested(element)
                if copy is not None:
                    made[identity] = copy
                    return copy
            made[identity] = copy = element._clone(**kw)
            copy._copy_internals(clone=clone, **kw)
        return copy

    if obj is None:
        return None
    return clone(obj, **options)


class ExternalTraversal:
    """A visitor object: its ``visit_<name>`` methods are called for elements of that visit name."""

    __traverse_options__: Dict[str, Any] = {}
    _next: Optional[ExternalTraversal] = None

    @property
    def visitor_iterator(self) -> Iterator[ExternalTraversal]:
        """This visitor and those chained to it."""
        visitor: Optional[ExternalTraversal] = self
        while visitor is not None:
            yield visitor
            visitor = visitor._next

    @property
    def _visitor_dict(self) -> Dict[str, Callable[[Any], Any]]:
        return {
            name[6:]: getattr(self, name)
            for name in dir(self)
            if name.startswith("visit_") and name != "visit_iterator"
        }

    def chain(self, visitor: ExternalTraversal) -> ExternalTraversal:
        """Append a visitor that is asked for what this one does not handle; return self."""
        tail = list(self.visitor_iterator)[-1]
        tail._next = visitor
        return self

    def traverse_single(self, obj: Any, **kw: Any) -> Any:
        """Hand one element to the first visitor of the chain that has a method for it."""
        for visitor in self.visitor_iterator:
            visit = getattr(visitor, "visit_%s" % obj.__visit_name__, None)
            if visit is not None:
                return visit(obj, **kw)
        return None

    def iterate(self, obj: Any) -> Iterator[Any]:
        """Yield the element and everything below it."""
        return iterate(obj, self.__traverse_options__)

    def traverse(self, obj: Any) -> Any:
        """Visit the element and everything below it; return it."""
        return traverse(obj, self.__traverse_options__, self._visitor_dict)


ClauseVisitor = ExternalTraversal


class CloningExternalTraversal(ExternalTraversal):
    """A visitor that works on a copy."""

    def copy_and_process(self, list_: List[Any]) -> List[Any]:
        """Return copies of all elements of a list."""
        return [self.traverse(element) for element in list_]

    def traverse(self, obj: Any) -> Any:
        """Visit a copy of the element; return the copy."""
        return cloned_traverse(obj, self.__traverse_options__, self._visitor_dict)


class ReplacingExternalTraversal(CloningExternalTraversal):
    """A visitor whose :meth:`replace` names substitutes."""

    def replace(self, elem: Any) -> Any:
        """Return what stands in for the element, None to keep it."""
        return None

    def traverse(self, obj: Any) -> Any:
        """Return a copy in which elements were replaced."""

        def replace(element: Any, **kw: Any) -> Any:
            for visitor in self.visitor_iterator:
                found = visitor.replace(element)  # type: ignore[attr-defined]
                if found is not None:
                    return found
            return None

        return replacement_traverse(obj, self.__traverse_options__, replace)


CloningVisitor = CloningExternalTraversal
ReplacingCloningVisitor = ReplacingExternalTraversal


class anon_map(Dict[Any, Any]):
    """Numbers given to things in order of first meeting."""

    index = 0

    def get_anon(self, obj: Any) -> Any:
        """Return ``(number, known before)`` for an object."""
        key = id(obj)
        if key in self:
            return self[key], True
        self[key] = number = self.index
        self.index += 1
        return number, False

    def __missing__(self, key: Any) -> Any:
        self[key] = number = self.index
        self.index += 1
        return number


class prefix_anon_map(Dict[str, str]):
    """Names ``base_1``, ``base_2`` ... by key: the number is counted for each base."""

    def __missing__(self, key: str) -> str:
        base = key.split(" ", 1)[-1]
        number = self.get(base, 1)
        self[base] = int(number) + 1  # type: ignore[assignment]
        self[key] = name = "%s_%s" % (base, number)
        return name
