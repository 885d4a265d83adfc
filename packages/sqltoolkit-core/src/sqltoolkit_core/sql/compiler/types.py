"""How a SQL type is written in DDL and in CAST: one ``visit_`` method per type name.

What a type does with values is the type's own business (``sql.type_api``, ``sql.sqltypes``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ... import exc

if TYPE_CHECKING:
    from typing import Any

__all__ = ["GenericTypeCompiler", "StrSQLTypeCompiler", "TypeCompiler"]


class TypeCompiler:
    """Turn a type into text for one dialect.

    :param dialect: the dialect whose type names are written.
    """

    ensure_kwarg = r"visit_\w+"

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def process(self, type_: Any, **kw: Any) -> str:
        """Return the text of ``type_``, or of its variant for this dialect."""
        variants = type_._variant_mapping
        if variants:
            variant = variants.get(self.dialect.name)
            if variant is not None:
                type_ = variant
        if kw:
            text: str = type_._visit_kw(self, **kw)
        else:
            text = type_._visit(self)
        return text

    def visit_unsupported_compilation(self, element: Any, err: Any, **kw: Any) -> str:
        """Raise UnsupportedCompilationError: there is no method for this type."""
        raise exc.UnsupportedCompilationError(self, type(element)) from err


_SIZE = re.compile(r"\w+(?: \w+)*\Z")


def _sized(name: str, *numbers: Any) -> str:
    given = [str(number) for number in numbers if number is not None]
    for text in given:
        # databases have words here too, such as max and 10 CHAR
        if _SIZE.match(text) is None:
            raise exc.CompileError("found %r as a length or precision of %s, expected a number" % (text, name))
    return "%s(%s)" % (name, ", ".join(given)) if given else name


class GenericTypeCompiler(TypeCompiler):
    """The type names that most databases share; dialects override what they spell differently."""

    def visit_FLOAT(self, type_: Any, **kw: Any) -> str:
        return "FLOAT"

    def visit_DOUBLE(self, type_: Any, **kw: Any) -> str:
        return "DOUBLE"

    def visit_DOUBLE_PRECISION(self, type_: Any, **kw: Any) -> str:
        return "DOUBLE PRECISION"

    def visit_REAL(self, type_: Any, **kw: Any) -> str:
        return "REAL"

    def _exact(self, name: str, type_: Any) -> str:
        if type_.precision is None:
            return name
        return _sized(name, type_.precision, type_.scale)

    def visit_NUMERIC(self, type_: Any, **kw: Any) -> str:
        return self._exact("NUMERIC", type_)

    def visit_DECIMAL(self, type_: Any, **kw: Any) -> str:
        return self._exact("DECIMAL", type_)

    def visit_INTEGER(self, type_: Any, **kw: Any) -> str:
        return "INTEGER"

    def visit_SMALLINT(self, type_: Any, **kw: Any) -> str:
        return "SMALLINT"

    def visit_BIGINT(self, type_: Any, **kw: Any) -> str:
        return "BIGINT"

    def visit_TIMESTAMP(self, type_: Any, **kw: Any) -> str:
        return "TIMESTAMP"

    def visit_DATETIME(self, type_: Any, **kw: Any) -> str:
        return "DATETIME"

    def visit_DATE(self, type_: Any, **kw: Any) -> str:
        return "DATE"

    def visit_TIME(self, type_: Any, **kw: Any) -> str:
        return "TIME"

    def visit_CLOB(self, type_: Any, **kw: Any) -> str:
        return "CLOB"

    def visit_NCLOB(self, type_: Any, **kw: Any) -> str:
        return "NCLOB"

    def _string(self, name: str, length: Any, collation: Any = None) -> str:
        text = _sized(name, length)
        if collation:
            text += " COLLATE %s" % self.dialect.identifier_preparer.format_collation(collation)
        return text

    def visit_CHAR(self, type_: Any, **kw: Any) -> str:
        return self._string("CHAR", type_.length, type_.collation)

    def visit_NCHAR(self, type_: Any, **kw: Any) -> str:
        return self._string("NCHAR", type_.length, type_.collation)

    def visit_VARCHAR(self, type_: Any, **kw: Any) -> str:
        return self._string("VARCHAR", type_.length, type_.collation)

    def visit_NVARCHAR(self, type_: Any, **kw: Any) -> str:
        return self._string("NVARCHAR", type_.length, type_.collation)

    def visit_TEXT(self, type_: Any, **kw: Any) -> str:
        return self._string("TEXT", type_.length, type_.collation)

    def visit_UUID(self, type_: Any, **kw: Any) -> str:
        return "UUID"

    def visit_BLOB(self, type_: Any, **kw: Any) -> str:
        return "BLOB"

    def visit_BINARY(self, type_: Any, **kw: Any) -> str:
        return _sized("BINARY", type_.length or None)

    def visit_VARBINARY(self, type_: Any, **kw: Any) -> str:
        return _sized("VARBINARY", type_.length or None)

    def visit_BOOLEAN(self, type_: Any, **kw: Any) -> str:
        return "BOOLEAN"

    def visit_uuid(self, type_: Any, **kw: Any) -> str:
        if not type_.native_uuid or not self.dialect.supports_native_uuid:
            return self._string("CHAR", 32)
        return self.visit_UUID(type_, **kw)

    def visit_large_binary(self, type_: Any, **kw: Any) -> str:
        return self.visit_BLOB(type_, **kw)

    def visit_boolean(self, type_: Any, **kw: Any) -> str:
        return self.visit_BOOLEAN(type_, **kw)

    def visit_time(self, type_: Any, **kw: Any) -> str:
        return self.visit_TIME(type_, **kw)

    def visit_datetime(self, type_: Any, **kw: Any) -> str:
        return self.visit_DATETIME(type_, **kw)

    def visit_date(self, type_: Any, **kw: Any) -> str:
        return self.visit_DATE(type_, **kw)

    def visit_interval(self, type_: Any, **kw: Any) -> str:
        return self.visit_DATETIME(type_, **kw)

    def visit_big_integer(self, type_: Any, **kw: Any) -> str:
        return self.visit_BIGINT(type_, **kw)

    def visit_small_integer(self, type_: Any, **kw: Any) -> str:
        return self.visit_SMALLINT(type_, **kw)

    def visit_integer(self, type_: Any, **kw: Any) -> str:
        return self.visit_INTEGER(type_, **kw)

    def visit_real(self, type_: Any, **kw: Any) -> str:
        return self.visit_REAL(type_, **kw)

    def visit_float(self, type_: Any, **kw: Any) -> str:
        return self.visit_FLOAT(type_, **kw)

    def visit_double(self, type_: Any, **kw: Any) -> str:
        return self.visit_DOUBLE(type_, **kw)

    def visit_numeric(self, type_: Any, **kw: Any) -> str:
        return self.visit_NUMERIC(type_, **kw)

    def visit_string(self, type_: Any, **kw: Any) -> str:
        return self.visit_VARCHAR(type_, **kw)

    def visit_unicode(self, type_: Any, **kw: Any) -> str:
        return self.visit_VARCHAR(type_, **kw)

    def visit_text(self, type_: Any, **kw: Any) -> str:
        return self.visit_TEXT(type_, **kw)

    def visit_unicode_text(self, type_: Any, **kw: Any) -> str:
        return self.visit_TEXT(type_, **kw)

    def visit_enum(self, type_: Any, **kw: Any) -> str:
        return self.visit_VARCHAR(type_, **kw)

    def visit_null(self, type_: Any, **kw: Any) -> str:
        raise exc.CompileError(
            "found the type %r, which has no name in DDL: give the column or the CAST a real type" % (type_,)
        )

    def visit_type_decorator(self, type_: Any, **kw: Any) -> str:
        return self.process(type_.type_engine(self.dialect), **kw)

    def visit_user_defined(self, type_: Any, **kw: Any) -> str:
        text: str = type_.get_col_spec(**kw)
        return text


class StrSQLTypeCompiler(GenericTypeCompiler):
    """Write any type, for ``str()`` of elements without a dialect; types without a method show their own name."""

    def process(self, type_: Any, **kw: Any) -> str:
        """Return the text of ``type_``, whatever it is."""
        if not hasattr(type_, "_visit_kw"):
            return self._name_of(type_)
        text: str = type_._visit_kw(self, **kw)
        return text

    def visit_unsupported_compilation(self, element: Any, err: Any, **kw: Any) -> str:
        """Return the name of the type instead of raising."""
        return self._name_of(element)

    def _name_of(self, type_: Any) -> str:
        name = type_.__class__.__name__
        return name if name == name.upper() else repr(type_)

    def visit_null(self, type_: Any, **kw: Any) -> str:
        return "NULL"

    def visit_user_defined(self, type_: Any, **kw: Any) -> str:
        try:
            get_col_spec = type_.get_col_spec
        except AttributeError:
            return repr(type_)
        text: str = get_col_spec(**kw)
        return text
