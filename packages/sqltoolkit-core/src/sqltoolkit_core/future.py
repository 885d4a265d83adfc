"""Older place of the names of engines and of `select`; everything is defined in `engine` and `sql.selectable`."""

from __future__ import annotations

from .engine import Connection as Connection
from .engine import Engine as Engine
from .engine import create_engine as create_engine
from .sql.selectable import select as select

__all__ = ["Connection", "Engine", "create_engine", "select"]
