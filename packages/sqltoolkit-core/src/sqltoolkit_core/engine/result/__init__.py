"""Results: re-exports of the classes in `.base` and `.iterators`; nothing is defined here."""

from __future__ import annotations

from ..row import BaseRow as BaseRow
from ..row import RMKeyView as RMKeyView
from ..row import Row as Row
from ..row import RowMapping as RowMapping
from ..row import result_tuple as result_tuple
from ..row import row_factory as row_factory
from .base import FilterResult as FilterResult
from .base import MappingResult as MappingResult
from .base import NO_ROW as NO_ROW
from .base import Result as Result
from .base import ResultMetaData as ResultMetaData
from .base import ScalarResult as ScalarResult
from .base import SimpleResultMetaData as SimpleResultMetaData
from .base import TupleResult as TupleResult
from .iterators import ChunkedIteratorResult as ChunkedIteratorResult
from .iterators import FrozenResult as FrozenResult
from .iterators import IteratorResult as IteratorResult
from .iterators import MergedResult as MergedResult
from .iterators import ShapedResult as ShapedResult
from .iterators import null_result as null_result

__all__ = [
    "BaseRow",
    "ChunkedIteratorResult",
    "FilterResult",
    "FrozenResult",
    "IteratorResult",
    "MappingResult",
    "MergedResult",
    "NO_ROW",
    "RMKeyView",
    "Result",
    "ResultMetaData",
    "Row",
    "RowMapping",
    "ScalarResult",
    "ShapedResult",
    "SimpleResultMetaData",
    "TupleResult",
    "null_result",
    "result_tuple",
    "row_factory",
]
