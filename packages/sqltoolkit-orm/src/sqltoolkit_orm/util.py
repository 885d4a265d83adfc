"""Names documented as ``orm.util``: aliases, identity keys, states of objects.

They are defined in ``entities``, ``base`` and ``session``.
"""

from __future__ import annotations

from .base import object_state as object_state
from .entities.aliased import AliasedClass as AliasedClass
from .entities.aliased import AliasedInsp as AliasedInsp
from .entities.bundle import Bundle as Bundle
from .entities.join import with_parent as with_parent
from .session.factory import was_deleted as was_deleted
from .session.session import Session

__all__ = [
    "AliasedClass",
    "AliasedInsp",
    "Bundle",
    "identity_key",
    "object_state",
    "was_deleted",
    "with_parent",
]

#: ``identity_key(class, ident)``, ``identity_key(instance=...)``, ``identity_key(class, row=...)``
identity_key = Session.identity_key
