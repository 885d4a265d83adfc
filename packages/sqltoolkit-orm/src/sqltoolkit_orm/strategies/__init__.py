"""Loader strategies of column attributes and relationships; importing the package registers them."""

from __future__ import annotations

from .columns import ColumnLoader as ColumnLoader
from .joined import JoinedLoader as JoinedLoader
from .lazy import LazyLoader as LazyLoader
from .selectin import SelectInLoader as SelectInLoader
from .subclasses import PolymorphicPost as PolymorphicPost

__all__ = ["ColumnLoader", "JoinedLoader", "LazyLoader", "PolymorphicPost", "SelectInLoader"]
