"""How the two ends of a bidirectional relationship follow each other in memory.

A BackrefFollower is an internal listener of one end; it changes the other end.  Each chain of events carries the token
of the attribute and operation it began with, which is how it ends.
"""

from __future__ import annotations

import typing
from typing import Any

from ..base import NO_VALUE
from ..base import PASSIVE_NO_FETCH
from ..base import PASSIVE_NO_RESULT
from ..base import PassiveFlag
from ..base import STATE_ATTR
from ..base import state_str
from ..exc import ObjectDereferencedError

if typing.TYPE_CHECKING:
    from .impl import AttributeEventToken
    from .impl import AttributeImpl

__all__ = ["BackrefFollower"]

_QUIETLY = PASSIVE_NO_FETCH | PassiveFlag.NO_RAISE


class BackrefFollower:
    """Changes attribute ``key`` of the objects that enter or leave an attribute.

    :param impl: the attribute that is followed.
    :param key: the attribute of the other end.
    """

    __slots__ = ("impl", "key")

    def __init__(self, impl: AttributeImpl, key: str) -> None:
        self.impl = impl
        self.key = key

    def _other(self, state: Any, child_state: Any) -> Any:
        """Return the implementation of the other end, on the class of the object that came in."""
        try:
            return child_state.manager[self.key].impl
        except KeyError:
            raise ValueError(
                "The two ends of a relationship do not fit: an object of class %s is put into attribute "
                "'%s' of %s, but its class has no attribute '%s' to follow"
                % (child_state.class_.__name__, self.impl.key, state_str(state), self.key)
            ) from None

    def on_set(self, state: Any, child: Any, oldchild: Any, initiator: AttributeEventToken) -> Any:
        """One object takes the place of another in a scalar attribute."""
        if oldchild is child:
            return child
        mine = self.impl
        if oldchild is not None and oldchild is not PASSIVE_NO_RESULT and oldchild is not NO_VALUE:
            old_state = oldchild.__dict__[STATE_ATTR]
            other = self._other(state, old_state)
            if child is not None or initiator.parent_token is not other.parent_token:
                other.pop(old_state, oldchild.__dict__, state(), mine.replace_token, passive=_QUIETLY)
        if child is not None:
            child_state = _state(child)
            if child_state is None:
                return child
            other = self._other(state, child_state)
            if initiator.parent_token is not other.parent_token:
                other.append(child_state, child.__dict__, state(), initiator, passive=_QUIETLY)
        return child

    def on_append(self, state: Any, child: Any, initiator: AttributeEventToken) -> Any:
        """An object enters a collection."""
        if child is None:
            return None
        child_state = _state(child)
        if child_state is None:
            return child
        other = self._other(state, child_state)
        if initiator.parent_token is not other.parent_token:
            other.append(child_state, child.__dict__, _parent(state), initiator, passive=_QUIETLY)
        return child

    def on_append_again(self, state: Any, child: Any, initiator: AttributeEventToken) -> None:
        """An object that is in the collection is put into it: the other end knows."""

    def on_remove(self, state: Any, child: Any, initiator: AttributeEventToken) -> None:
        """An object leaves a collection, or a scalar attribute is deleted."""
        if child is None or child is PASSIVE_NO_RESULT or child is NO_VALUE:
            return
        if initiator is self.impl.one_place_token:
            return
        child_state = child.__dict__[STATE_ATTR]
        other = self._other(state, child_state)
        if initiator.parent_token is not other.parent_token:
            other.pop(child_state, child.__dict__, state(), initiator, passive=_QUIETLY)


def _parent(state: Any) -> Any:
    """Return the object that a collection belongs to."""
    parent = state()
    if parent is None:
        raise ObjectDereferencedError(
            "The %s that this collection belonged to was garbage collected; keep a reference to it while you change "
            "its collections" % state.class_.__name__
        )
    return parent


def _state(child: Any) -> Any:
    try:
        return child.__dict__[STATE_ATTR]
    except (AttributeError, KeyError):
        return None
