"""Older place of the names of engines; everything is defined in `engine`."""

from __future__ import annotations

from .engine import Connection as Connection
from .engine import Engine as Engine
from .engine import create_engine as create_engine

__all__ = ["Connection", "Engine", "create_engine"]
