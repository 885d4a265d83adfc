"""INSERT, UPDATE, DELETE, upsert and MERGE.

Statements that select are in ``sql.selectable``.
"""

from __future__ import annotations

from .base import DMLWhereBase as DMLWhereBase
from .base import UpdateBase as UpdateBase
from .base import ValuesBase as ValuesBase
from .base import column_values as column_values
from .base import extra_froms as extra_froms
from .merging import Merge as Merge
from .merging import MergeWhen as MergeWhen
from .merging import ProposedColumn as ProposedColumn
from .merging import Upsert as Upsert
from .merging import merge_into as merge_into
from .merging import upsert as upsert
from .statements import Delete as Delete
from .statements import Insert as Insert
from .statements import Update as Update
from .statements import delete as delete
from .statements import insert as insert
from .statements import update as update

__all__ = [
    "DMLWhereBase", "Delete", "Insert", "Merge", "MergeWhen", "ProposedColumn", "Update", "UpdateBase", "Upsert",
    "ValuesBase", "column_values", "delete", "extra_froms", "insert", "merge_into", "update", "upsert",
]  # fmt: skip
