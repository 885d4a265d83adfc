"""Elements of SQL expressions: classes, the functions that make them, and what operators build."""

from __future__ import annotations

from ..names import quoted_name as quoted_name
from . import comparison as comparison
from .base import ClauseElement as ClauseElement
from .base import ColumnElement as ColumnElement
from .base import KeyedColumnElement as KeyedColumnElement
from .base import NamedColumn as NamedColumn
from .base import WrapsColumnExpression as WrapsColumnExpression
from .casting import *
from .casting import __all__ as _casting
from .columns import *
from .columns import __all__ as _columns
from .constructors import *
from .constructors import __all__ as _constructors
from .lists import *
from .lists import __all__ as _lists
from .literals import *
from .literals import __all__ as _literals
from .operations import *
from .operations import __all__ as _operations
from .window import *
from .window import __all__ as _window

__all__ = [
    "ClauseElement", "ColumnElement", "KeyedColumnElement", "NamedColumn", "WrapsColumnExpression", "quoted_name",
]  # fmt: skip
__all__ += _casting + _columns + _constructors + _lists + _literals + _operations + _window
