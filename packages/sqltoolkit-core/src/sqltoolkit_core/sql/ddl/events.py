"""DDLEvents: what happens to schema objects, and where listeners may step in.

Issuing the statements is the business of ``runner``.
"""

from __future__ import annotations

from typing import Any
from typing import TYPE_CHECKING

from ..base import SchemaEventTarget
from ...event import EventKey
from ...event import Events

if TYPE_CHECKING:
    from ..schema.base import SchemaItem

__all__ = ("DDLEvents",)


class DDLEvents(Events[SchemaEventTarget]):
    """Events of MetaData, Table, Column, constraints and the types that bring schema objects along.

    Listeners of before and after events receive ``checkfirst`` and, for MetaData, ``tables`` as keyword arguments. A
    DDL element may be a listener: it is executed.
    """

    dispatch_target = SchemaEventTarget

    def before_create(self, target: SchemaEventTarget, connection: Any, **kw: Any) -> None:
        """Called before CREATE statements are issued."""

    def after_create(self, target: SchemaEventTarget, connection: Any, **kw: Any) -> None:
        """Called after CREATE statements were issued."""

    def before_drop(self, target: SchemaEventTarget, connection: Any, **kw: Any) -> None:
        """Called before DROP statements are issued."""

    def after_drop(self, target: SchemaEventTarget, connection: Any, **kw: Any) -> None:
        """Called after DROP statements were issued."""

    def before_parent_attach(self, target: SchemaEventTarget, parent: SchemaItem) -> None:
        """Called before an item is attached to its parent."""

    def after_parent_attach(self, target: SchemaEventTarget, parent: SchemaItem) -> None:
        """Called after an item was attached to its parent."""

    def column_reflect(self, inspector: Any, table: Any, column_info: Any) -> None:
        """Called for each column read from the database; ``column_info`` may be changed in place."""

    @classmethod
    def listen(cls, key: EventKey, *, propagate: bool = False, **kw: Any) -> None:
        """Register a listener; those of MetaData for ``column_reflect`` are heard for all its tables."""
        key.base_listen(propagate=propagate, **kw)
