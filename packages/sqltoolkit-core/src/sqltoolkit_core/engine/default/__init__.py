"""The shared implementation of dialects and execution contexts: re-exports, nothing is defined here."""

from __future__ import annotations

from .context import DefaultExecutionContext as DefaultExecutionContext
from .dialect import DefaultDialect as DefaultDialect
from .dialect import StrCompileDialect as StrCompileDialect

__all__ = ["DefaultDialect", "DefaultExecutionContext", "StrCompileDialect"]
