"""``inspect()`` and its registry of types.

What is returned for an engine, a table or a mapped class is said where those are defined, with ``inspects()``.
"""

from __future__ import annotations

import typing
from typing import Any
from typing import Callable
from typing import Generic
from typing import TypeVar

from . import exc

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import Type

    from typing_extensions import Literal
    from typing_extensions import Protocol
    from typing_extensions import overload

__all__ = ["Inspectable", "InspectedClass", "InspectedObject", "inspect", "inspects", "self_inspecting"]

_T = TypeVar("_T")
_Class = TypeVar("_Class", bound=type)
_TCov = TypeVar("_TCov", covariant=True)

_registry: Dict[type, Any] = {}


class Inspectable(Generic[_TCov]):
    """Something that ``inspect()`` knows, giving the type in brackets; for annotations."""

    __slots__ = ()


if typing.TYPE_CHECKING:

    class InspectedClass(Protocol[_TCov]):
        """A class whose annotations say what ``inspect()`` returns for it."""

        def __inspect_class__(self) -> _TCov: ...

    class InspectedObject(Protocol[_TCov]):
        """An object whose annotations say what ``inspect()`` returns for it."""

        def __inspect_object__(self) -> _TCov: ...

else:
    InspectedClass = InspectedObject = Inspectable


if typing.TYPE_CHECKING:

    @overload
    def inspect(subject: Type[InspectedClass[_T]], raiseerr: Literal[True] = True) -> _T: ...

    @overload
    def inspect(subject: InspectedObject[_T], raiseerr: Literal[True] = True) -> _T: ...

    @overload
    def inspect(subject: Any, raiseerr: bool = True) -> Any: ...


def inspect(subject: Any, raiseerr: bool = True) -> Any:
    """Return the inspection object for ``subject``, found by its type or a base of it.

    Where there is none: ``NoInspectionAvailable``, or None with ``raiseerr=False``.
    """
    for cls in type(subject).__mro__:
        found = _registry.get(cls)
        if found is None:
            continue
        if found is True:
            return subject
        result = found(subject)
        if result is not None:
            return result
    if raiseerr:
        raise exc.NoInspectionAvailable(
            "inspect() knows nothing about objects of type %s; inspects() registers who does" % (type(subject),)
        )
    return None


def inspects(*types: type) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Return a decorator of the function that inspects objects of ``types``; it may return None for: not mine."""

    def decorate(fn: Callable[[Any], Any]) -> Callable[[Any], Any]:
        for cls in types:
            if cls in _registry:
                raise AssertionError("%s is registered for inspection already" % (cls,))
            _registry[cls] = fn
        return fn

    return decorate


def self_inspecting(cls: _Class) -> _Class:
    """Let ``inspect()`` return instances of the class as they are; usable as a decorator."""
    if cls in _registry:
        raise AssertionError("%s is registered for inspection already" % (cls,))
    _registry[cls] = True
    return cls
