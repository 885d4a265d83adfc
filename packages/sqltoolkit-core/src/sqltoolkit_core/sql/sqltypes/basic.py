"""Strings, binary data, numbers, and the null type.

Boolean, which brings a constraint along, lives in ``enums``; which type results when two meet is told by
``resolution``.
"""

from __future__ import annotations

from typing import Any
from typing import Callable
from typing import Dict
from typing import Optional
from typing import Tuple
from typing import Type
from typing import TYPE_CHECKING
from typing import TypeVar
from typing import Union

from .. import operators
from ..type_api.engine import constructor_copy
from ..type_api.engine import Processor
from ..type_api.engine import to_instance
from ..type_api.engine import TypeEngine
from ..type_api.engine import TypeEngineMixin
from ..type_api.engine import unless_none

if TYPE_CHECKING:
    import decimal

    from typing_extensions import Literal
    from typing_extensions import overload

    from ..typing import Dialect

__all__ = (
    "BIGINT",
    "BINARY",
    "BLOB",
    "BigInteger",
    "CHAR",
    "CLOB",
    "Concatenable",
    "DECIMAL",
    "DOUBLE",
    "DOUBLE_PRECISION",
    "Double",
    "FLOAT",
    "Float",
    "HasExpressionLookup",
    "INT",
    "INTEGER",
    "Integer",
    "LargeBinary",
    "NCHAR",
    "NULLTYPE",
    "NUMERIC",
    "NVARCHAR",
    "NullType",
    "Numeric",
    "NumericCommon",
    "REAL",
    "SMALLINT",
    "STRINGTYPE",
    "SmallInteger",
    "String",
    "TEXT",
    "Text",
    "Unicode",
    "UnicodeText",
    "VARBINARY",
    "VARCHAR",
    "quote_literal",
    "to_decimal",
)

_T = TypeVar("_T")
_N = TypeVar("_N", bound="Union[decimal.Decimal, float]")


class HasExpressionLookup(TypeEngineMixin):
    """Mixin of types whose expressions with other types have a type of their own."""

    _expression_adaptations: Dict[Any, Dict[Any, Any]] = {}
    """Operator, then affinity of the other side, to the resulting type; filled by ``resolution``."""

    class Comparator(TypeEngine.Comparator[Any]):
        """Looks the resulting type up by operator and affinities."""

        __slots__ = ()

        def _adapt_expression(self, op: Any, other_comparator: Any) -> Tuple[Any, TypeEngine[Any]]:
            own = self.type
            by_other = own._expression_adaptations.get(op)
            if by_other is None:
                return op, own
            other = other_comparator.type
            affinity = other._type_affinity
            found = by_other.get(affinity)
            if found is None:
                return op, own
            kind = type(own.impl_instance if own._is_type_decorator else own)
            if found is own._type_affinity and (found is not affinity or kind is not found):
                # of two types of one kind, the left one, unless it is the general class of that kind
                return op, own
            if found is affinity:
                return op, other
            return op, to_instance(found)

    comparator_factory: Any = Comparator


class Concatenable(TypeEngineMixin):
    """Mixin of types for which ``+`` means concatenation, as strings."""

    class Comparator(TypeEngine.Comparator[Any]):
        """Turns ``+`` into concatenation."""

        __slots__ = ()

        def _adapt_expression(self, op: Any, other_comparator: Any) -> Tuple[Any, TypeEngine[Any]]:
            if op is operators.add and isinstance(other_comparator, (Concatenable.Comparator, NullType.Comparator)):
                return operators.concat_op, self.type
            return super()._adapt_expression(op, other_comparator)

    comparator_factory: Any = Comparator


class NullType(TypeEngine[None]):
    """The type of expressions whose type is not known.

    Values pass as they are; a column of this type cannot be created.
    """

    __visit_name__ = "null"
    _isnull = True
    operator_classes = operators.OperatorClass.ANY

    def literal_processor(self, dialect: Dialect) -> Optional[Callable[[Any], str]]:
        """None: a value of unknown type cannot be written into SQL text."""
        return None

    class Comparator(TypeEngine.Comparator[Any]):
        """Leaves the resulting type to the other side where the operator has no direction."""

        __slots__ = ()

        def _adapt_expression(self, op: Any, other_comparator: Any) -> Tuple[Any, TypeEngine[Any]]:
            other_decides = operators.is_commutative(op) and not isinstance(other_comparator, NullType.Comparator)
            adapted: Tuple[Any, TypeEngine[Any]] = (
                other_comparator._adapt_expression(op, self) if other_decides else (op, self.type)
            )
            return adapted

    comparator_factory = Comparator


# ---------------------------------------------------------------- strings


def quote_literal(text: str, dialect: Dialect) -> str:
    """``text`` as a string literal of ``dialect``."""
    text = text.replace("'", "''")
    preparer = getattr(dialect, "identifier_preparer", None)
    if preparer is not None and preparer._double_percents:
        text = text.replace("%", "%%")
    return "'%s'" % text


class String(Concatenable, TypeEngine[str]):
    """Text of bounded length: VARCHAR.

    :param length: the most characters a value may have; many databases require it in CREATE TABLE.
    :param collation: the collation, rendered as COLLATE.
    :param collation_schema: the schema that holds the collation.
    """

    __visit_name__ = "string"
    operator_classes = operators.OperatorClass.STRING

    def __init__(
        self, length: Optional[int] = None, collation: Optional[str] = None, collation_schema: Optional[str] = None
    ) -> None:
        self.length = length
        self.collation = collation
        self.collation_schema = collation_schema

    def _resolve_for_literal(self, value: Any) -> TypeEngine[Any]:
        return self if value.isascii() else _UNICODE

    def _with_collation(self, collation: str) -> TypeEngine[Any]:
        return constructor_copy(self, self.__class__, collation=collation)

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """Quotes the text."""

        def process(value: Any) -> str:
            return quote_literal(value, dialect)

        return process

    def bind_processor(self, dialect: Dialect) -> Optional[Processor]:
        """None: drivers take ``str``."""
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> Optional[Processor]:
        """None: drivers return ``str``."""
        return None

    @property
    def python_type(self) -> Type[Any]:
        """``str``."""
        return str

    def get_dbapi_type(self, dbapi: Any) -> Any:
        """``STRING``."""
        return dbapi.STRING


class Text(String):
    """Text of any length: CLOB or TEXT."""

    __visit_name__ = "text"


class Unicode(String):
    """Text of bounded length in the national character set where the database tells the two apart: NVARCHAR."""

    __visit_name__ = "unicode"


class UnicodeText(Text):
    """Text of any length in the national character set where the database tells the two apart: NCLOB."""

    __visit_name__ = "unicode_text"


class VARCHAR(String):
    """The type VARCHAR."""

    __visit_name__ = "VARCHAR"


class NVARCHAR(Unicode):
    """The type NVARCHAR."""

    __visit_name__ = "NVARCHAR"


class CHAR(String):
    """The type CHAR."""

    __visit_name__ = "CHAR"


class NCHAR(Unicode):
    """The type NCHAR."""

    __visit_name__ = "NCHAR"


class TEXT(Text):
    """The type TEXT."""

    __visit_name__ = "TEXT"


class CLOB(Text):
    """The type CLOB."""

    __visit_name__ = "CLOB"


# ---------------------------------------------------------------- binary


def _only_bytes(value: Any) -> Any:
    """``value`` if it is bytes or None, else a view of its bytes; TypeError if it has none."""
    return value if value is None or value.__class__ is bytes else memoryview(value)


class _Binary(TypeEngine[bytes]):
    """What all binary types share."""

    operator_classes = operators.OperatorClass.BINARY
    length: Optional[int]

    def __init__(self, length: Optional[int] = None) -> None:
        self.length = length

    def literal_processor(self, dialect: Dialect) -> Optional[Callable[[Any], str]]:
        """Writes the bytes as text, in the encoding of the dialect."""

        def process(value: Any) -> str:
            encoding = getattr(dialect, "_legacy_binary_type_literal_encoding", "utf-8")
            return quote_literal(value.decode(encoding), dialect)

        return process

    @property
    def python_type(self) -> Type[Any]:
        """``bytes``."""
        return bytes

    def bind_processor(self, dialect: Dialect) -> Optional[Processor]:
        """The ``Binary`` of the driver module, when one is loaded; what is not bytes is refused."""
        dbapi = getattr(dialect, "dbapi", None)
        if dbapi is None:
            return None
        binary = dbapi.Binary
        if binary in (memoryview, bytes):
            return _only_bytes
        return unless_none(binary)

    def result_processor(self, dialect: Dialect, coltype: object) -> Optional[Processor]:
        """``bytes``, unless the driver returns them itself."""
        if getattr(dialect, "returns_native_bytes", False):
            return None
        return unless_none(bytes)

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """This type for text too; the type of the value otherwise."""
        if isinstance(value, str):
            return self
        return super().coerce_compared_value(op, value)

    def get_dbapi_type(self, dbapi: Any) -> Any:
        """``BINARY``."""
        return dbapi.BINARY

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        """A LargeBinary of the same length."""
        return constructor_copy(self, LargeBinary)


class LargeBinary(_Binary):
    """Bytes of any length: BLOB or BYTEA.

    :param length: rendered in DDL by databases that have a sized form of it.
    """

    __visit_name__ = "large_binary"

    def __init__(self, length: Optional[int] = None) -> None:
        self.length = length


class BLOB(LargeBinary):
    """The type BLOB."""

    __visit_name__ = "BLOB"


class BINARY(_Binary):
    """The type BINARY."""

    __visit_name__ = "BINARY"


class VARBINARY(_Binary):
    """The type VARBINARY."""

    __visit_name__ = "VARBINARY"


# ---------------------------------------------------------------- numbers


class Integer(HasExpressionLookup, TypeEngine[int]):
    """Whole numbers."""

    __visit_name__ = "integer"
    operator_classes = operators.OperatorClass.INTEGER

    def get_dbapi_type(self, dbapi: Any) -> Any:
        """``NUMBER``."""
        return dbapi.NUMBER

    @property
    def python_type(self) -> Type[Any]:
        """``int``."""
        return int

    def _resolve_for_literal(self, value: Any) -> TypeEngine[Any]:
        return _BIGINTEGER if value.bit_length() >= 32 else self

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """The digits."""

        def process(value: Any) -> str:
            return str(int(value))

        return process


class SmallInteger(Integer):
    """Whole numbers that fit in 16 bits: SMALLINT."""

    __visit_name__ = "small_integer"


class BigInteger(Integer):
    """Whole numbers that fit in 64 bits: BIGINT."""

    __visit_name__ = "big_integer"


class INTEGER(Integer):
    """The type INTEGER."""

    __visit_name__ = "INTEGER"


INT = INTEGER
"""Another spelling of INTEGER."""


class SMALLINT(SmallInteger):
    """The type SMALLINT."""

    __visit_name__ = "SMALLINT"


class BIGINT(BigInteger):
    """The type BIGINT."""

    __visit_name__ = "BIGINT"


def to_decimal(scale: int) -> Processor:
    """A function from a number of the driver to a Decimal with that many places."""
    from decimal import Decimal

    template = "%%.%df" % scale
    return lambda value: Decimal(template % value)


class NumericCommon(HasExpressionLookup, TypeEngineMixin):
    """What the exact and the approximate numbers share.

    :param precision: digits in all.
    :param scale: digits after the point.
    :param decimal_return_scale: digits after the point of Decimals made from floats of the driver.
    :param asdecimal: whether values are Decimal rather than float.
    """

    operator_classes = operators.OperatorClass.NUMERIC
    _default_decimal_return_scale = 10

    def __init__(
        self,
        *,
        precision: Optional[int],
        scale: Optional[int],
        decimal_return_scale: Optional[int],
        asdecimal: bool,
    ) -> None:
        self.precision = precision
        self.scale = scale
        self.decimal_return_scale = decimal_return_scale
        self.asdecimal = asdecimal

    @property
    def _decimal_places(self) -> int:
        if self.decimal_return_scale is not None:
            return self.decimal_return_scale
        scale = getattr(self, "scale", None)
        return self._default_decimal_return_scale if scale is None else scale

    def get_dbapi_type(self, dbapi: Any) -> Any:
        """``NUMBER``."""
        return dbapi.NUMBER

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """The number as Python writes it; anything that is no number is refused."""
        return _number_text

    @property
    def python_type(self) -> Type[Any]:
        """``Decimal`` or ``float``, as ``asdecimal`` says."""
        if self.asdecimal:
            from decimal import Decimal

            return Decimal
        return float

    def bind_processor(self, dialect: Dialect) -> Optional[Processor]:
        """``float``, for drivers that take no Decimal."""
        return None if dialect.supports_native_decimal else _FLOAT_UNLESS_NONE

    def _to_python(self, dialect: Dialect) -> Optional[Processor]:
        if self.asdecimal:
            return unless_none(to_decimal(self._decimal_places))
        return _FLOAT_UNLESS_NONE if dialect.supports_native_decimal else None


_FLOAT_UNLESS_NONE = unless_none(float)


def _number_text(value: Any) -> str:
    if not isinstance(value, (int, float)):
        from decimal import Decimal

        value = Decimal(value)
    return str(value)


class Numeric(NumericCommon, TypeEngine[_N]):
    """Exact numbers: NUMERIC or DECIMAL; values are Decimal unless ``asdecimal`` is False.

    :param precision: digits in all.
    :param scale: digits after the point.
    :param decimal_return_scale: digits after the point of Decimals made from floats of the driver; by default the
        scale, or ten.
    :param asdecimal: False for float values.
    """

    __visit_name__ = "numeric"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: Numeric[decimal.Decimal],
            precision: Optional[int] = None,
            scale: Optional[int] = None,
            decimal_return_scale: Optional[int] = None,
            asdecimal: Literal[True] = True,
        ) -> None: ...

        @overload
        def __init__(
            self: Numeric[float],
            precision: Optional[int] = None,
            scale: Optional[int] = None,
            decimal_return_scale: Optional[int] = None,
            asdecimal: bool = True,
        ) -> None: ...

    def __init__(
        self,
        precision: Optional[int] = None,
        scale: Optional[int] = None,
        decimal_return_scale: Optional[int] = None,
        asdecimal: bool = True,
    ) -> None:
        super().__init__(
            precision=precision, scale=scale, decimal_return_scale=decimal_return_scale, asdecimal=asdecimal
        )

    def result_processor(self, dialect: Dialect, coltype: object) -> Optional[Processor]:
        """To Decimal or float where the driver returns the other."""
        if self.asdecimal and dialect.supports_native_decimal:
            return None
        return self._to_python(dialect)


class Float(NumericCommon, TypeEngine[_N]):
    """Approximate numbers: FLOAT; values are float unless ``asdecimal`` is True.

    :param precision: the precision rendered in DDL.
    :param asdecimal: True for Decimal values.
    :param decimal_return_scale: digits after the point of Decimals made from floats; by default ten.
    """

    __visit_name__ = "float"
    scale: Optional[int] = None

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: Float[float],
            precision: Optional[int] = None,
            asdecimal: Literal[False] = False,
            decimal_return_scale: Optional[int] = None,
        ) -> None: ...

        @overload
        def __init__(
            self: Float[decimal.Decimal],
            precision: Optional[int] = None,
            asdecimal: bool = False,
            decimal_return_scale: Optional[int] = None,
        ) -> None: ...

    def __init__(
        self, precision: Optional[int] = None, asdecimal: bool = False, decimal_return_scale: Optional[int] = None
    ) -> None:
        super().__init__(
            precision=precision, scale=None, decimal_return_scale=decimal_return_scale, asdecimal=asdecimal
        )

    def result_processor(self, dialect: Dialect, coltype: object) -> Optional[Processor]:
        """To Decimal when asked for, else to float where the driver returns Decimal."""
        return self._to_python(dialect)


class Double(Float[_N]):
    """Approximate numbers of double precision: DOUBLE or DOUBLE PRECISION."""

    __visit_name__ = "double"


class NUMERIC(Numeric[_N]):
    """The type NUMERIC."""

    __visit_name__ = "NUMERIC"


class DECIMAL(Numeric[_N]):
    """The type DECIMAL."""

    __visit_name__ = "DECIMAL"


class FLOAT(Float[_N]):
    """The type FLOAT."""

    __visit_name__ = "FLOAT"


class REAL(Float[_N]):
    """The type REAL."""

    __visit_name__ = "REAL"


class DOUBLE(Double[_N]):
    """The type DOUBLE."""

    __visit_name__ = "DOUBLE"


class DOUBLE_PRECISION(Double[_N]):
    """The type DOUBLE PRECISION."""

    __visit_name__ = "DOUBLE_PRECISION"


#: the type of an expression of which no type is known
NULLTYPE = NullType()
"""The null type."""
#: strings of no particular length
STRINGTYPE = String()
"""A plain string type."""
_UNICODE = Unicode()
_BIGINTEGER = BigInteger()
