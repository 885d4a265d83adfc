"""``expect()``: a Python object becomes a SQL element fit for a role, or an error says why not.

Layers above register how their objects are coerced with :func:`coerces`; the roles are in ``roles``.
"""

from __future__ import annotations

import types
from typing import Any, Callable, Dict, List, Optional, Tuple

from .. import exc, inspection
from .forward import slots
from .visitors import Visitable

__all__ = ["coerces", "completes", "expect", "expect_as_key", "expect_each", "reject", "shown"]

_Resolver = Callable[..., Any]
_OneByOne = Callable[[Tuple[Any, ...], Any], Tuple[Any, ...]]

# per role: how an object of a class becomes an element; None: it plays the role as it is
_tables: Dict[type, Dict[type, Optional[_Resolver]]] = {}
# per role: the resolvers, latest first, each with the classes it is for (none: all)
_resolvers: Dict[type, List[Tuple[Tuple[type, ...], _Resolver]]] = {}
# per role and class: the resolvers of the role, then those of its parent classes, that are for objects of the class
_chains: Dict[Tuple[type, type], List[_Resolver]] = {}
_UNKNOWN = object()
# what inspect() has nothing to say about
_NOT_INSPECTED = (Visitable, str, int, float, bytes)
# per role: what is done to elements that play it already, or were just made
_completions: Dict[type, _Resolver] = {}


def coerces(role: type, *classes: type) -> Callable[[_Resolver], _Resolver]:
    """Register a function that turns objects which do not play ``role`` into elements that do.

    It is called for objects of ``classes``, or of any class where none are given, as
    ``resolver(obj, role=role, argname=..., **hints)`` and returns the element, or NotImplemented to leave the object
    to those registered earlier, then to those of the role's parent classes.
    """

    def register(resolver: _Resolver) -> _Resolver:
        _resolvers.setdefault(role, []).insert(0, (classes, resolver))
        _chains.clear()
        _tables.clear()
        return resolver

    return register


def completes(role: type) -> Callable[[_Resolver], _Resolver]:
    """Register the function ``fn(element, **hints)`` that has the last word on elements coerced for ``role``."""

    def register(completion: _Resolver) -> _Resolver:
        _completions[role] = completion
        _tables.clear()
        return completion

    return register


def expect(role: Any, obj: Any, *, argname: Optional[str] = None, sink: Any = None, **hints: Any) -> Any:
    """Return ``obj`` as an element for ``role``.

    :param argname: the name of the argument, for error messages.
    :param sink: a statement that takes over the entity mark of the element.
    :param hints: what resolvers of the role ask for, such as ``expr`` and ``operator`` of a comparison.
    :raises ArgumentError: when the object cannot stand there.
    """
    try:
        resolve = _tables[role][obj.__class__]
    except KeyError:
        resolve = _learn(role, obj)
    if resolve is not None:
        given = obj
        obj = resolve(given, role=role, argname=argname, **hints)
        if obj is NotImplemented:
            obj = _unwrap(given, role=role, argname=argname, **hints)
    if sink is not None and sink.entity_mark is None:
        mark = getattr(obj, "entity_mark", None)
        if mark is not None:
            sink.entity_mark = mark
    return obj


def expect_each(
    role: Any, objects: Tuple[Any, ...], sink: Any, one_by_one: Optional[_OneByOne] = None, **hints: Any
) -> Tuple[Any, ...]:
    """Return each of the objects as an element for ``role``; the same as ``expect()`` for one after the other.

    :param one_by_one: called with the objects and the sink in place of that, where they are no elements yet.
    """
    try:
        resolve = _tables[role]
    except KeyError:
        resolve = _tables.setdefault(role, {})
    unmarked = sink.entity_mark is None
    for obj in objects:
        if resolve.get(obj.__class__, _UNKNOWN) is not None:
            if one_by_one is not None:
                return one_by_one(objects, sink)
            return tuple([expect(role, each, sink=sink, **hints) for each in objects])
        if unmarked:
            mark = obj.entity_mark
            if mark is not None:
                sink.entity_mark = mark
                unmarked = False
    # all are elements that stay as they are
    return objects


def expect_as_key(role: Any, obj: Any, **hints: Any) -> Any:
    """Return the key that a column object, or a string, stands for."""
    found = expect(role, obj, as_key=True, **hints)
    return found if isinstance(found, str) else found.key


def _learn(role: Any, obj: Any) -> Optional[_Resolver]:
    table = _tables.setdefault(role, {})
    cls = obj.__class__
    completion = _completions.get(role)
    if issubclass(cls, role):
        skips = getattr(completion, "skips", None)
        resolve: Optional[_Resolver] = None if completion is None or skips is not None and skips(cls) else _complete
    elif getattr(getattr(cls, "__clause_element__", None), "returns_self", False):
        resolve = _resolver(role, cls)
    elif isinstance(obj, type):
        # classes of one metaclass, such as mapped ones and their abstract bases, differ in what they stand for
        resolve = _registered(role, cls) or _unwrap
    elif hasattr(obj, "__clause_element__"):
        resolve = _unwrap
    elif isinstance(obj, (types.FunctionType, types.BuiltinFunctionType)) and role.allows_lambda:
        resolve = _lambda
    else:
        resolve = _resolver(role, cls)
    if resolve is not None and resolve is not _complete and completion is not None:
        resolve = _resolve_and_complete
    table[cls] = resolve
    return resolve


def _registered(role: Any, metaclass: type) -> Optional[_Resolver]:
    """Return the function that was registered for classes of a metaclass."""
    for base in role.__mro__:
        for classes, resolver in _resolvers.get(base, ()):
            if classes and issubclass(metaclass, classes):
                return resolver
    return None


def _resolver(role: Any, cls: type) -> _Resolver:
    if not role.uses_inspection or issubclass(cls, _NOT_INSPECTED):
        chain = _chain(role, cls)
        if len(chain) == 1:
            return chain[0]
    return _resolve


def _complete(obj: Any, *, role: Any, **hints: Any) -> Any:
    return _completions[role](obj, **hints)


def _resolve_and_complete(obj: Any, *, role: Any, **hints: Any) -> Any:
    if isinstance(obj, (types.FunctionType, types.BuiltinFunctionType)) and role.allows_lambda:
        return _lambda(obj, role=role, **hints)
    return _completions[role](_unwrap(obj, role=role, **hints), **hints)


def _unwrap(obj: Any, *, role: Any, argname: Optional[str], **hints: Any) -> Any:
    if not hasattr(obj, "__clause_element__"):
        return _resolve(obj, role=role, argname=argname, **hints)
    original = obj
    depth = 0
    while hasattr(obj, "__clause_element__"):
        found = obj.__clause_element__()
        if found is obj:
            break
        obj = found
        depth += 1
        if depth > 50:
            raise exc.ArgumentError("__clause_element__() of %r never returns an element" % (original,))
    if isinstance(obj, role):
        return obj
    return _resolve(obj, role=role, argname=argname, original=original, **hints)


def _lambda(obj: Any, *, role: Any, argname: Optional[str], **hints: Any) -> Any:
    return slots.lambda_element(obj, role, **hints)


def _resolve(obj: Any, *, role: Any, argname: Optional[str], original: Any = None, **hints: Any) -> Any:
    if role.uses_inspection and not isinstance(obj, _NOT_INSPECTED):
        inspected = inspection.inspect(obj, raiseerr=False)
        if inspected is not None and inspected is not obj:
            found = _from_inspected(inspected, role)
            if found is not None:
                return found
            # what stands for the object may be a source that the role takes in another form
            selectable = getattr(inspected, "selectable", None)
            if selectable is not None:
                original = obj if original is None else original
                obj = selectable
    for resolver in _chain(role, obj.__class__):
        found = resolver(obj, role=role, argname=argname, **hints)
        if found is not NotImplemented:
            return found
    raise reject(role, obj if original is None else original, argname)


def _chain(role: Any, cls: type) -> List[_Resolver]:
    chain = _chains.get((role, cls))
    if chain is None:
        chain = _chains[role, cls] = [
            resolver
            for base in role.__mro__
            for classes, resolver in _resolvers.get(base, ())
            if not classes or issubclass(cls, classes)
        ]
    return chain


def _from_inspected(inspected: Any, role: Any) -> Any:
    if hasattr(inspected, "__clause_element__"):
        found = inspected.__clause_element__()
        if isinstance(found, role):
            return found
    selectable = getattr(inspected, "selectable", None)
    if isinstance(selectable, role):
        return selectable
    return inspected if isinstance(inspected, role) else None


def reject(role: Any, obj: Any, argname: Optional[str] = None, advice: str = "") -> exc.ArgumentError:
    """Return the error that says that ``obj`` cannot play ``role``."""
    where = "" if argname is None else " (argument %r)" % argname
    return exc.ArgumentError(
        "expected %s%s, found %s%s" % (role.role_name, where, shown(obj), "; " + advice if advice else "")
    )


def shown(obj: Any) -> str:
    """Return a text for an object in an error message: for an element without a name its class and its SQL."""
    text = repr(obj)
    if not hasattr(obj, "_visit") or " at 0x" not in text:
        return text
    try:
        sql = " ".join(str(obj).split())
    except exc.SQLAlchemyError:
        return text
    return "the %s %r" % (type(obj).__name__, sql if len(sql) <= 120 else sql[:117] + "...")
