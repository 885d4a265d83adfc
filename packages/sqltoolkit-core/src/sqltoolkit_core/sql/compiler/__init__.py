"""Turning statements, DDL and types into text: the compilers, identifier quoting, the compiled form.

What dialects override and what the engine reads is defined in the modules of this package and re-exported here.
"""

from __future__ import annotations

from .base import COLLECT_CARTESIAN_PRODUCTS as COLLECT_CARTESIAN_PRODUCTS
from .base import FROM_LINTING as FROM_LINTING
from .base import NO_LINTING as NO_LINTING
from .base import WARN_LINTING as WARN_LINTING
from .base import Compiled as Compiled
from .base import CompilerState as CompilerState
from .base import ExpandedState as ExpandedState
from .base import FromLinter as FromLinter
from .base import ResultColumnsEntry as ResultColumnsEntry
from .crud import DMLState as DMLState
from .ddl import DDLCompiler as DDLCompiler
from .expressions import FUNCTION_NAMES as FUNCTION_NAMES
from .expressions import OPERATORS as OPERATORS
from .identifiers import ILLEGAL_INITIAL_CHARACTERS as ILLEGAL_INITIAL_CHARACTERS
from .identifiers import LEGAL_CHARACTERS as LEGAL_CHARACTERS
from .identifiers import RESERVED_WORDS as RESERVED_WORDS
from .identifiers import IdentifierPreparer as IdentifierPreparer
from .insertmanyvalues import InsertManyValuesBatch as InsertManyValuesBatch
from .sql import SQLCompiler as SQLCompiler
from .sql import StrSQLCompiler as StrSQLCompiler
from .sql import compile_with_cache as compile_with_cache
from .types import GenericTypeCompiler as GenericTypeCompiler
from .types import StrSQLTypeCompiler as StrSQLTypeCompiler
from .types import TypeCompiler as TypeCompiler

__all__ = [
    "COLLECT_CARTESIAN_PRODUCTS",
    "Compiled",
    "CompilerState",
    "DDLCompiler",
    "DMLState",
    "ExpandedState",
    "FROM_LINTING",
    "FUNCTION_NAMES",
    "FromLinter",
    "GenericTypeCompiler",
    "ILLEGAL_INITIAL_CHARACTERS",
    "IdentifierPreparer",
    "InsertManyValuesBatch",
    "LEGAL_CHARACTERS",
    "NO_LINTING",
    "OPERATORS",
    "RESERVED_WORDS",
    "ResultColumnsEntry",
    "SQLCompiler",
    "StrSQLCompiler",
    "StrSQLTypeCompiler",
    "TypeCompiler",
    "WARN_LINTING",
    "compile_with_cache",
]
