"""``func`` and the SQL functions with known types.

How calls are rendered is in ``sql.compiler``.
"""

from __future__ import annotations

from .base import Function as Function
from .base import FunctionAsBinary as FunctionAsBinary
from .base import FunctionElement as FunctionElement
from .base import GenericFunction as GenericFunction
from .base import ScalarFunctionColumn as ScalarFunctionColumn
from .base import _registry as _registry
from .base import func as func
from .base import modifier as modifier
from .base import register_function as register_function
from .generic import AnsiFunction as AnsiFunction
from .generic import OrderedSetAgg as OrderedSetAgg
from .generic import ReturnTypeFromArgs as ReturnTypeFromArgs
from .generic import aggregate_strings as aggregate_strings
from .generic import array_agg as array_agg
from .generic import char_length as char_length
from .generic import coalesce as coalesce
from .generic import concat as concat
from .generic import count as count
from .generic import cube as cube
from .generic import cume_dist as cume_dist
from .generic import current_date as current_date
from .generic import current_time as current_time
from .generic import current_timestamp as current_timestamp
from .generic import current_user as current_user
from .generic import dense_rank as dense_rank
from .generic import grouping_sets as grouping_sets
from .generic import localtime as localtime
from .generic import localtimestamp as localtimestamp
from .generic import max as max
from .generic import min as min
from .generic import mode as mode
from .generic import next_value as next_value
from .generic import now as now
from .generic import percent_rank as percent_rank
from .generic import percentile_cont as percentile_cont
from .generic import percentile_disc as percentile_disc
from .generic import pow as pow
from .generic import random as random
from .generic import rank as rank
from .generic import rollup as rollup
from .generic import session_user as session_user
from .generic import sum as sum
from .generic import sysdate as sysdate
from .generic import user as user

__all__ = [
    "AnsiFunction", "Function", "FunctionAsBinary", "FunctionElement", "GenericFunction", "OrderedSetAgg",
    "ReturnTypeFromArgs", "ScalarFunctionColumn", "aggregate_strings", "array_agg", "char_length", "coalesce",
    "concat", "count", "cube", "cume_dist", "current_date", "current_time", "current_timestamp", "current_user",
    "dense_rank", "func", "grouping_sets", "localtime", "localtimestamp", "max", "min", "mode", "modifier",
    "next_value", "now", "percent_rank", "percentile_cont", "percentile_disc", "pow", "random", "rank",
    "register_function", "rollup", "session_user", "sum", "sysdate", "user",
]  # fmt: skip
