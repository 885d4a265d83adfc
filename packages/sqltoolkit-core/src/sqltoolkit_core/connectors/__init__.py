"""What several dialects share on the side of their drivers."""

from __future__ import annotations

from typing import List

__all__: List[str] = []
