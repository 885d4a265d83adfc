"""Asking a database what is in it: re-exports, nothing is defined here."""

from __future__ import annotations

from ..interfaces import ObjectKind as ObjectKind
from ..interfaces import ObjectScope as ObjectScope
from ..interfaces import ReflectionDefaults as ReflectionDefaults
from .inspector import Inspector as Inspector
from .inspector import cache as cache
from .inspector import connection_memoize as connection_memoize

__all__ = ["Inspector", "ObjectKind", "ObjectScope", "ReflectionDefaults", "cache", "connection_memoize"]
