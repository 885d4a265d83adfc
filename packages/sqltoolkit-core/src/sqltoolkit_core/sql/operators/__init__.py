"""Operators of the SQL language: functions with precedence and traits, and the classes they apply to."""

from __future__ import annotations

from . import column_operators as _methods
from . import functions as _functions
from .column_operators import ColumnOperators as ColumnOperators
from .column_operators import Operators as Operators
from .column_operators import OrderingOperators as OrderingOperators
from .functions import *
from .functions import _asbool as _asbool

__all__ = _functions.__all__ + _methods.__all__
