"""Loading column attributes: plain, deferred, and expressions given by options.

Which columns a SELECT gets is planned in ``context.entities``; here is what reading an absent attribute does.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc

from ..base import ATTR_EMPTY
from ..base import ATTR_WAS_SET
from ..base import PASSIVE_NO_RESULT
from ..base import PassiveFlag
from ..context.entities import is_null_expression
from ..instrumentation import ClassManager
from ..interfaces import LoaderStrategy
from ..interfaces import strategy_for
from ..loading.plugin import load_expired_columns
from ..properties import ColumnProperty
from ..state import EXPIRED
from ..state import PARTIAL

if typing.TYPE_CHECKING:
    from typing import Any

__all__ = ["ColumnLoader", "ExpressionLoader"]


@strategy_for(ColumnProperty, deferred=False, instrument=True)
@strategy_for(ColumnProperty, deferred=True, instrument=True)
@strategy_for(ColumnProperty, deferred=True, instrument=True, raiseload=True)
class ColumnLoader(LoaderStrategy):
    """Loads an absent column attribute, with the others of its group or of its object."""

    def init_class_attribute(self, mapper: Any) -> None:
        mapper.class_manager[self.key].impl.loader = self.load

    def load(self, state: Any, passive: int) -> Any:
        """Load the attribute of one object; called when it is read and has no value."""
        if state.pk is None:
            return ATTR_EMPTY
        prop = self.parent_property
        mapper = state.manager.mapper
        if _stands_for_null(state, mapper, prop.key):
            return ATTR_EMPTY
        if not passive & PassiveFlag.SQL_OK:
            return PASSIVE_NO_RESULT
        own = mapper.get_property(prop.key)
        note = state.load
        # what options said about columns ends when the object expires
        node = note.node() if note is not None and not state.flags & EXPIRED else None
        mode, arguments = node.column_mode(own) if node is not None else (None, {})
        if arguments.get("raiseload") or (mode is None and own.deferred and own.raiseload):
            raise sa_exc.InvalidRequestError("'%s' is not loaded, and raiseload=True forbids to load it now" % (own,))
        keys = self._keys(state, mapper, own, node, mode)
        load_expired_columns(state, keys, passive)
        return ATTR_WAS_SET

    @staticmethod
    def _keys(state: Any, mapper: Any, own: Any, node: Any, mode: Any) -> Any:
        dict_ = state.dict
        if own.group is not None:
            return {
                prop.key for prop in mapper.loaded_columns if prop.group == own.group and prop.key not in dict_
            }
        if own.deferred or mode == "defer":
            return {own.key}
        found = {own.key}
        for prop in mapper.loaded_columns:
            if prop.deferred or prop.key in dict_ or prop.strategy_key == _EXPRESSION:
                continue
            if _stands_for_null(state, mapper, prop.key):
                continue
            if node is not None and node.column_mode(prop)[0] == "defer":
                continue
            found.add(prop.key)
        return found


def _stands_for_null(state: Any, mapper: Any, key: str) -> bool:
    """Tell whether an attribute without a value is NULL: it was inserted without, as a loaded row would give one."""
    return (
        not state.flags & (EXPIRED | PARTIAL) and key in _inserted_as_null(mapper) and not state.is_expired(key)
    )


def _inserted_as_null(mapper: Any) -> Any:
    """Return the keys of undeferred columns that are NULL in the row of an object that has no value for them."""
    found = mapper.memo.get("inserted_as_null")
    if found is None:
        found = mapper.memo["inserted_as_null"] = frozenset(
            prop.key
            for prop in mapper.loaded_columns
            if not prop.deferred and all(_has_no_default(mapper, column) for column in prop.columns)
        )
    return found


def _has_no_default(mapper: Any, column: Any) -> bool:
    return getattr(column, "table", None) in mapper.tables and not (
        column.primary_key
        or column.default is not None
        or column.server_default is not None
        or column.computed is not None
        or column.identity is not None
        or column.omit_from_statements
    )


_EXPRESSION = (("query_expression", True),)


@strategy_for(ColumnProperty, query_expression=True)
class ExpressionLoader(LoaderStrategy):
    """An attribute whose expression comes from ``with_expression()``.

    It is never loaded by itself, but for a default expression that an option put off.
    """

    def init_class_attribute(self, mapper: Any) -> None:
        has_default = not is_null_expression(self.parent_property.columns[0])
        mapper.class_manager[self.key].impl.loader = self.load if has_default else None

    def load(self, state: Any, passive: int) -> Any:
        """Load the default expression of one object, if it was loaded without."""
        node = None if state.load is None or state.flags & EXPIRED else state.load.node()
        if state.pk is None or node is None or node.column_mode(self.parent_property)[0] != "defer":
            return ATTR_EMPTY
        if not passive & PassiveFlag.SQL_OK:
            return PASSIVE_NO_RESULT
        load_expired_columns(state, {self.key}, passive)
        return ATTR_WAS_SET


ClassManager.expired_attribute_loader = staticmethod(load_expired_columns)
