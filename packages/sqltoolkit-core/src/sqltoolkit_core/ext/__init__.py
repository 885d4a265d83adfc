"""Extensions of the core."""

from __future__ import annotations

__all__ = ["compiler"]
