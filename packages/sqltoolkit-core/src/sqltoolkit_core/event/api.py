"""``listen()``, ``listens_for()``, ``remove()`` and ``contains()``.

Families, dispatch objects and keys are in ``event/dispatch.py``.
"""

from __future__ import annotations

import enum
import typing
from typing import Any
from typing import Callable
from typing import List
from typing import Optional

from .. import exc
from .dispatch import EventKey
from .dispatch import families_of

if typing.TYPE_CHECKING:
    from typing import TypeVar

    _F = TypeVar("_F", bound=Callable[..., Any])

__all__ = ["CANCEL", "NO_RETVAL", "contains", "import_families_by", "listen", "listens_for", "remove"]


class _Answer(enum.Enum):
    CANCEL = 1
    NO_RETVAL = 2


# what a listener may return where its family says so: do not go on; I have nothing to say
CANCEL = _Answer.CANCEL
NO_RETVAL = _Answer.NO_RETVAL


# import the families that nobody has needed so far
_imports: List[Callable[[], Any]] = []


def import_families_by(load: Callable[[], Any]) -> None:
    """Have ``load()`` called before a target is refused: the module of its family may not be imported yet."""
    _imports.append(load)


def _accepted_key(target: Any, identifier: str, fn: Any) -> Optional[EventKey]:
    for events in families_of(identifier):
        accepted = events.accept_target(target, identifier)
        if accepted is not None:
            return EventKey(target, identifier, fn, accepted, events)
    return None


def _key_for(target: Any, identifier: str, fn: Any) -> EventKey:
    key = _accepted_key(target, identifier, fn)
    if key is None:
        for load in _imports:
            # each time: another thread may be in the middle of it, and the import waits for that
            load()
        key = _accepted_key(target, identifier, fn)
    if key is not None:
        return key
    raise exc.InvalidRequestError(
        "There is no event %r for the target %r: check its name, and what it is an event of" % (identifier, target)
    )


def listen(target: Any, identifier: str, fn: Callable[..., Any], *args: Any, **kw: Any) -> None:
    """Let ``fn`` be called at each event ``identifier`` of ``target``, a class or an instance.

    ``named=True`` passes all arguments by name, ``once=True`` calls it one time only, ``insert=True`` puts it before
    the others; ``propagate`` and ``retval`` mean what the family says.  ``InvalidRequestError`` for an unknown event.
    A function that listens to the event of this instance already is called once, as it was registered first.
    """
    if not callable(fn):
        raise exc.ArgumentError("a listener must be callable, %r is not" % (fn,))
    _key_for(target, identifier, fn).listen(*args, **kw)


def listens_for(
    target: Any, identifier: str, *args: Any, **kw: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that lets the function be called at each event ``identifier`` of ``target``."""

    def decorate(fn: _F) -> _F:
        listen(target, identifier, fn, *args, **kw)
        return fn

    return decorate


def remove(target: Any, identifier: str, fn: Callable[..., Any]) -> None:
    """Let ``fn`` be called no more; the arguments are those that ``listen()`` was given.

    ``InvalidRequestError`` where nothing was registered with them.
    """
    key = _key_for(target, identifier, fn)
    key.events.remove_listener(key)


def contains(target: Any, identifier: str, fn: Callable[..., Any]) -> bool:
    """Say whether ``fn`` listens to the event ``identifier`` of ``target``."""
    return _key_for(target, identifier, fn).contains()
