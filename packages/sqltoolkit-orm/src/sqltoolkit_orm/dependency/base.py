"""How a relationship takes part in a flush: the interface of its rule, and history look-ups.

The three rules are in ``rules``; the order of the work is in ``unitofwork``.
"""

from __future__ import annotations

import typing

from ..base import PASSIVE_NO_FETCH_RELATED
from ..base import PASSIVE_NO_INITIALIZE
from ..base import PASSIVE_OFF
from ..base import PassiveFlag
from ..base import STATE_ATTR
from ..exc import FlushError
from ..state import DELETED
from ..sync import key_pairs

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterable
    from typing import List
    from typing import Tuple

__all__ = [
    "DependencyRule",
    "raise_none",
    "raise_type",
    "state_of",
]

_EMPTY: Tuple[Any, ...] = ()
#: a flush loads what the rows refer to as they are, in its own transaction, and whatever the loader strategy says
_IN_FLUSH = PassiveFlag.NO_AUTOFLUSH | PassiveFlag.LOAD_AGAINST_COMMITTED | PassiveFlag.NO_RAISE


def state_of(obj: Any) -> Any:
    """Return the state of a mapped object, None for None."""
    return None if obj is None else obj.__dict__[STATE_ATTR]


class DependencyRule:
    """What a flush does along one relationship.

    ``presort_*`` register further objects, before anything is written; ``after_parents``/``before_children`` copy keys.
    """

    #: the related objects are written before those of ``prop.parent``
    target_first = False
    many_to_many = False
    #: changed keys of targets are looked for, since no other rule carries them over
    follows_keys = False
    #: pairs (first, then) of what a flush does with both sides; see ``unitofwork.order``
    ordering: Tuple[Any, ...] = ()

    def __init__(self, prop: Any) -> None:
        self.prop = prop
        self.key = prop.key
        self.parent = prop.parent
        self.mapper = prop.mapper
        self.post_update = prop.post_update
        self.passive_deletes = prop.passive_deletes
        self.passive_updates = prop.passive_updates
        self.cascade = prop.cascade
        self.pairs = tuple(prop.synchronize_pairs)
        self._keys: Dict[Any, Any] = {}
        self.cyclic = prop.parent.base_mapper is prop.mapper.base_mapper
        if self.passive_deletes:
            self.delete_passive = self.glance_passive = PASSIVE_NO_INITIALIZE
        else:
            self.delete_passive = PASSIVE_OFF | _IN_FLUSH
            #: how far to look for what a deleted parent refers to
            self.glance_passive = self.delete_passive
            if self.target_first:
                self.glance_passive = PASSIVE_NO_FETCH_RELATED | _IN_FLUSH

    def keys_for(self, mapper: Any) -> Any:
        """Return what :func:`sync.key_pairs` gives for a class of the referring side; kept with the rule."""
        found = self._keys.get(mapper)
        if found is None:
            source = self.mapper if self.target_first else self.parent
            found = self._keys[mapper] = key_pairs(source, mapper, self.pairs)
        return found

    # -- history ------------------------------------------------------------
    def touched(self, state: Any) -> bool:
        """Tell whether the attribute has pending changes without looking at its members."""
        obj = state()
        if obj is None:
            return False
        if state.pk is None:
            return self.key in obj.__dict__ or self._has_pending(state)
        committed = state.committed
        return (committed is not None and self.key in committed) or self._has_pending(state)

    def _has_pending(self, state: Any) -> bool:
        extras = state.extras
        return extras is not None and self.key in extras.get("pending", _EMPTY)

    def history(self, uow: Any, state: Any, passive: int = PASSIVE_NO_INITIALIZE) -> Tuple[Any, Any, Any]:
        """Return (added, unchanged, deleted) states of the attribute."""
        found: Tuple[Any, Any, Any] = uow.history(state, self.key, passive)
        return found

    def delete_history(self, uow: Any, state: Any) -> Tuple[Any, Any, Any]:
        """Return the history of a deleted parent, loading members unless the database cares for them."""
        return self.history(uow, state, self.delete_passive)

    def is_active(self, uow: Any, saved: Iterable[Any], deleted: Iterable[Any]) -> bool:
        """Tell whether the relationship leads anywhere in a flush."""
        for state in deleted:
            if any(self.history(uow, state, self.glance_passive)):
                return True
        for state in saved:
            if self.has_content(state):
                return True
        return not self.cyclic and (self.mapper in uow.saves or self.mapper in uow.deletes)

    # -- the rule -------------------------------------------------------------
    def presort_saves(self, uow: Any, states: Iterable[Any]) -> None:
        """Register what saving ``states`` draws in."""

    def presort_deletes(self, uow: Any, states: Iterable[Any]) -> None:
        """Register what deleting ``states`` draws in."""

    def process_saves(self, uow: Any, states: Iterable[Any]) -> None:
        """Copy keys for saved ``states``."""

    def process_deletes(self, uow: Any, states: Iterable[Any]) -> None:
        """Clear keys for ``states`` that are going to be deleted."""

    def has_content(self, state: Any) -> bool:
        """Tell whether the attribute holds or held anything, as far as is known without loading."""
        obj = state()
        if obj is None:
            return False
        dict_ = obj.__dict__
        if self.key in dict_:
            value = dict_[self.key]
            if not self.prop.uselist or value:
                return True
        committed = state.committed
        return (committed is not None and self.key in committed) or self._has_pending(state)

    def pending_members(self, uow: Any, state: Any, isdelete: bool) -> List[Any]:
        """Return the states that the attribute holds, or held before its changes; None where it holds None."""
        passive = self.delete_passive if isdelete else PASSIVE_NO_INITIALIZE
        impl = state.manager[self.key].impl
        return [found for found, _obj in impl.get_all_pending(state, state.dict, passive)]

    def warn_of_pending(self, uow: Any, state: Any) -> None:
        """Warn of members that a collection which is not loaded is to get, and that the session does not hold."""
        if not self._has_pending(state):
            return
        known, contains = uow.states, uow.session._contains_state
        for child in state.extras["pending"][self.key].added_items:
            child_state = child.__dict__[STATE_ATTR]
            if child_state not in known and not contains(child_state) and not child_state.flags & DELETED:
                uow.warn_outside(child_state, self.prop, "add")

    def verify(self, state: Any, child: Any) -> None:
        """Check that a member is of the class that the relationship leads to."""
        if child is None or child.manager.mapper is self.mapper or not self.prop.enable_typechecks:
            return
        # without a discriminator every row is loaded as the class that the relationship leads to
        if self.mapper.polymorphic_on is None or not child.manager.mapper.isa(self.mapper):
            raise_type(self, state, child)


def raise_none(rule: DependencyRule) -> None:
    """Raise the error of a collection that None was put into."""
    raise FlushError("None is in the collection %s; a row can't be written for it, so take it out" % rule.prop)


def raise_type(rule: DependencyRule, state: Any, child: Any) -> None:
    """Raise the error of a member of the wrong class."""
    hint = ""
    if child.manager.mapper.common_parent(rule.mapper):
        hint = (
            " Both are of one hierarchy: give that a discriminator (polymorphic_on), so that members are loaded "
            "as what "
            "they are, or say enable_typechecks=False to the relationship if they need not be."
        )
    raise FlushError(
        "An object of type %s was found in '%s' at a flush. Expected an object of type %s or of a "
        "subclass of it that its mapper knows.%s"
        % (child.manager.class_, rule.prop, rule.mapper.class_, hint)
    )
