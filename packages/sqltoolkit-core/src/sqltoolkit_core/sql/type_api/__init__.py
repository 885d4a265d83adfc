"""The machinery of SQL types; the concrete types live in ``sqltypes``."""

from __future__ import annotations

from .decorator import Emulated as Emulated
from .decorator import NativeForEmulated as NativeForEmulated
from .decorator import TypeDecorator as TypeDecorator
from .decorator import UserDefinedType as UserDefinedType
from .decorator import Variant as Variant
from .engine import adapt_type as adapt_type
from .engine import CALL_ALWAYS as CALL_ALWAYS
from .engine import CALL_UNLESS_NONE as CALL_UNLESS_NONE
from .engine import constructor_copy as constructor_copy
from .engine import ExternalType as ExternalType
from .engine import PASS_THROUGH as PASS_THROUGH
from .engine import to_instance as to_instance
from .engine import TypeEngine as TypeEngine
from .engine import TypeEngineMixin as TypeEngineMixin
from .engine import unless_none as unless_none
from .engine import value_type as value_type

__all__ = (
    "CALL_ALWAYS",
    "CALL_UNLESS_NONE",
    "Emulated",
    "ExternalType",
    "NativeForEmulated",
    "PASS_THROUGH",
    "TypeDecorator",
    "TypeEngine",
    "TypeEngineMixin",
    "UserDefinedType",
    "Variant",
    "adapt_type",
    "constructor_copy",
    "to_instance",
    "unless_none",
    "value_type",
)
