"""Lowering ORM statements: from entities to tables and columns."""

from __future__ import annotations
