"""Listening to what happens: the functions, and the bases of event families."""

from __future__ import annotations

from .api import CANCEL as CANCEL
from .api import NO_RETVAL as NO_RETVAL
from .api import contains as contains
from .api import import_families_by as import_families_by
from .api import listen as listen
from .api import listens_for as listens_for
from .api import remove as remove
from .dispatch import ClassDispatch as ClassDispatch
from .dispatch import Dispatch as Dispatch
from .dispatch import EventKey as EventKey
from .dispatch import Events as Events
from .dispatch import EventTarget as EventTarget
from .dispatch import RefCollection as RefCollection
from .dispatch import dispatcher as dispatcher
from .dispatch import legacy_signature as legacy_signature

__all__ = [
    "CANCEL",
    "ClassDispatch",
    "Dispatch",
    "EventKey",
    "EventTarget",
    "Events",
    "NO_RETVAL",
    "RefCollection",
    "contains",
    "dispatcher",
    "import_families_by",
    "legacy_signature",
    "listen",
    "listens_for",
    "remove",
]
