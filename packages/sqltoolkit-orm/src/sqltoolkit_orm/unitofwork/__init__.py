"""The flush: collects what has changed, orders it by mapper, has it written, and settles the objects."""

from __future__ import annotations

from .cascades import expand_deletes as expand_deletes
from .cascades import track_cascade_events as track_cascade_events
from .flushing import flush as flush
from .order import set_rule_factory as set_rule_factory
from .work import UOWTransaction as UOWTransaction

__all__ = ["UOWTransaction", "expand_deletes", "flush", "set_rule_factory", "track_cascade_events"]
