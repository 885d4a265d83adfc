"""Rows to objects."""

from __future__ import annotations
