"""The concrete SQL types; what all types do lives in ``type_api``."""

from __future__ import annotations

from .basic import BIGINT as BIGINT
from .basic import BigInteger as BigInteger
from .basic import BINARY as BINARY
from .basic import BLOB as BLOB
from .basic import CHAR as CHAR
from .basic import CLOB as CLOB
from .basic import Concatenable as Concatenable
from .basic import DECIMAL as DECIMAL
from .basic import DOUBLE as DOUBLE
from .basic import Double as Double
from .basic import DOUBLE_PRECISION as DOUBLE_PRECISION
from .basic import FLOAT as FLOAT
from .basic import Float as Float
from .basic import HasExpressionLookup as HasExpressionLookup
from .basic import INT as INT
from .basic import INTEGER as INTEGER
from .basic import Integer as Integer
from .basic import LargeBinary as LargeBinary
from .basic import NCHAR as NCHAR
from .basic import NULLTYPE as NULLTYPE
from .basic import NullType as NullType
from .basic import NUMERIC as NUMERIC
from .basic import Numeric as Numeric
from .basic import NumericCommon as NumericCommon
from .basic import NVARCHAR as NVARCHAR
from .basic import quote_literal as quote_literal
from .basic import REAL as REAL
from .basic import SMALLINT as SMALLINT
from .basic import SmallInteger as SmallInteger
from .basic import String as String
from .basic import STRINGTYPE as STRINGTYPE
from .basic import TEXT as TEXT
from .basic import Text as Text
from .basic import to_decimal as to_decimal
from .basic import Unicode as Unicode
from .basic import UnicodeText as UnicodeText
from .basic import VARBINARY as VARBINARY
from .basic import VARCHAR as VARCHAR
from .enums import BOOLEAN as BOOLEAN
from .enums import Boolean as Boolean
from .enums import constraint_maker as constraint_maker
from .enums import Enum as Enum
from .enums import MatchType as MatchType
from .enums import SchemaType as SchemaType
from .resolution import BOOLEANTYPE as BOOLEANTYPE
from .resolution import INTEGERTYPE as INTEGERTYPE
from .resolution import MATCHTYPE as MATCHTYPE
from .resolution import python_types as python_types
from .resolution import resolve_python_type as resolve_python_type
from .resolution import resolve_value_type as resolve_value_type
from .resolution import TABLEVALUE as TABLEVALUE
from .resolution import TableValueType as TableValueType
from .structured import ARRAY as ARRAY
from .structured import Indexable as Indexable
from .structured import JSON as JSON
from .structured import PickleType as PickleType
from .structured import TupleType as TupleType
from .structured import UUID as UUID
from .structured import Uuid as Uuid
from .temporal import DATE as DATE
from .temporal import Date as Date
from .temporal import DATETIME as DATETIME
from .temporal import DateTime as DateTime
from .temporal import Interval as Interval
from .temporal import TIME as TIME
from .temporal import Time as Time
from .temporal import TIMESTAMP as TIMESTAMP
from .temporal import UtcDateTime as UtcDateTime

__all__ = (
    "ARRAY",
    "BIGINT",
    "BINARY",
    "BLOB",
    "BOOLEAN",
    "BOOLEANTYPE",
    "BigInteger",
    "Boolean",
    "CHAR",
    "CLOB",
    "Concatenable",
    "DATE",
    "DATETIME",
    "DECIMAL",
    "DOUBLE",
    "DOUBLE_PRECISION",
    "Date",
    "DateTime",
    "Double",
    "Enum",
    "FLOAT",
    "Float",
    "HasExpressionLookup",
    "INT",
    "INTEGER",
    "INTEGERTYPE",
    "Indexable",
    "Integer",
    "Interval",
    "JSON",
    "LargeBinary",
    "MATCHTYPE",
    "MatchType",
    "NCHAR",
    "NULLTYPE",
    "NUMERIC",
    "NVARCHAR",
    "NullType",
    "Numeric",
    "NumericCommon",
    "PickleType",
    "REAL",
    "SMALLINT",
    "STRINGTYPE",
    "SchemaType",
    "SmallInteger",
    "String",
    "TABLEVALUE",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "TableValueType",
    "Text",
    "Time",
    "TupleType",
    "UUID",
    "Unicode",
    "UnicodeText",
    "UtcDateTime",
    "Uuid",
    "VARBINARY",
    "VARCHAR",
    "constraint_maker",
    "python_types",
    "quote_literal",
    "resolve_python_type",
    "resolve_value_type",
    "to_decimal",
)
