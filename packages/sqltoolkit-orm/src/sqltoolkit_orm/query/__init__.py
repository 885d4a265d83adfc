"""``Query``: the older fluent API of entities and columns."""

from __future__ import annotations

from .merging import merge_frozen_result as merge_frozen_result
from .query import AliasOption as AliasOption
from .query import Query as Query

__all__ = ["AliasOption", "Query", "merge_frozen_result"]
