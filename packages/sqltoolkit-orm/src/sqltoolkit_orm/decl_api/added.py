"""Attributes that are put on a mapped class, or taken off it, after it was mapped.

What a class body says is read in ``scan``.
"""

from __future__ import annotations

from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.sql.schema import Column
from sqltoolkit_core.sql.schema import Table

from ..attributes import InstrumentedAttribute
from ..attributes import QueryableAttribute
from ..descriptor_props import Synonym
from ..interfaces import InspectionAttr
from ..interfaces import MapperProperty
from ..properties import ColumnProperty
from ..properties import MappedColumn

__all__ = ["add_attribute", "delete_attribute"]


def add_attribute(cls: Any, key: str, value: Any) -> None:
    """Put an attribute on a mapped class after it was mapped: columns and properties join its mapping."""
    mapper = cls.__dict__.get("__mapper__")
    if mapper is None:
        type.__setattr__(cls, key, value)
        return
    if isinstance(value, Column):
        _append_column(cls, key, value)
        mapper.add_property(key, value)
    elif isinstance(value, MappedColumn):
        _append_column(cls, key, value.column)
        if value.unmapped:
            return
        prop = value.mapper_property_to_assign
        mapper.add_property(key, value.column if prop is None else prop)
    elif isinstance(value, ColumnProperty):
        for column in value.columns:
            if isinstance(column, Column) and column.table is None:
                _append_column(cls, key, column)
        mapper.add_property(key, value)
    elif isinstance(value, MapperProperty):
        for column, _ in value.columns_to_assign:
            _append_column(cls, key, column)
            mapper.add_property(column.key, column)
        mapper.add_property(key, value)
    elif isinstance(value, QueryableAttribute) and not isinstance(value, InspectionAttr) or (
        isinstance(value, InstrumentedAttribute) and value.key != key
    ):
        mapper.add_property(key, Synonym(value.key))
    else:
        type.__setattr__(cls, key, value)
        mapper.forget_memos()


def _append_column(cls: Any, key: str, column: Any) -> None:
    """Put a column into the table of a class; it is called as the attribute is, if it has no name."""
    if column.name is None:
        column.name = key
    if column.key is None:
        column.key = key
    if not isinstance(cls.__table__, Table):
        raise core_exc.InvalidRequestError(
            "Class %r is mapped to %r, which is no table and takes no new column %r"
            % (cls.__name__, type(cls.__table__).__name__, key)
        )
    cls.__table__.append_column(column, replace_existing=True)


def delete_attribute(cls: Any, key: str) -> None:
    """Take an attribute off a mapped class; a mapped attribute cannot be taken off."""
    mapper = cls.__dict__.get("__mapper__")
    if mapper is not None and key in cls.__dict__ and mapper.has_property(key):
        raise NotImplementedError("A mapped attribute can't be deleted from its class")
    type.__delattr__(cls, key)
    if mapper is not None:
        mapper.forget_memos()
