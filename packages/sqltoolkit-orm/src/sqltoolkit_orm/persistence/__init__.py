"""Writing rows for objects: INSERT, UPDATE and DELETE in batches."""

from __future__ import annotations

from .insert import insert_rows as insert_rows
from .plan import table_plans as table_plans
from .plan import TablePlan as TablePlan
from .update import delete_rows as delete_rows
from .update import post_update_rows as post_update_rows
from .update import update_rows as update_rows

__all__ = ["TablePlan", "delete_rows", "insert_rows", "post_update_rows", "table_plans", "update_rows"]
