"""Quoting and formatting of names: identifiers, labels, constraint and index names, schema names.

How anonymous labels get their numbers is in ``base``; which name a constraint has by convention is decided in
``sql.schema.base``.
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING

from ... import exc
from ..names import AnonLabel
from ..names import quoted_name

if TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import List
    from typing import Mapping
    from typing import Optional
    from typing import Sequence

__all__ = [
    "ILLEGAL_INITIAL_CHARACTERS",
    "LEGAL_CHARACTERS",
    "RESERVED_WORDS",
    "IdentifierPreparer",
    "refuse_place_marks",
    "quoted_as",
    "resolve",
    "constraint_name",
]

#: words that are quoted where they are names
RESERVED_WORDS = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate
    column constraint create cross current_date current_role current_time current_timestamp current_user default
    deferrable desc distinct do else end except false for foreign freeze from full grant group having ilike in
    initially inner intersect into is isnull join leading left like limit localtime localtimestamp natural new not
    notnull null off offset old on only or order outer overlaps placing primary references right select
    session_user set similar some symmetric table then to trailing true union unique user using verbose when where
    """.split()
)
# "\Z", not "$": a line break at the end is no legal character
LEGAL_CHARACTERS = re.compile(r"^[A-Z0-9_$]+\Z", re.I | re.A)
LEGAL_CHARACTERS_PLUS_SPACE = re.compile(r"^[A-Z0-9_ $]+\Z", re.I | re.A)
#: what a name cannot begin with unless it is quoted
ILLEGAL_INITIAL_CHARACTERS = frozenset("0123456789$")
FK_ON_DELETE = re.compile(r"^(?:RESTRICT|CASCADE|SET NULL|NO ACTION|SET DEFAULT)\Z", re.I)
FK_ON_UPDATE = re.compile(r"^(?:RESTRICT|CASCADE|SET NULL|NO ACTION|SET DEFAULT)\Z", re.I)
FK_INITIALLY = re.compile(r"^(?:DEFERRED|IMMEDIATE)\Z", re.I)

_KEYWORDS = re.compile(r"^[a-z][a-z_]*(?: [a-z][a-z_]*)*\Z", re.I)
_SCHEMA_TOKEN = re.compile(r"(__\[SCHEMA_([^\]]+)\])")
_PLAIN_COLLATION = re.compile(r"[^\W\d]\w*\Z")
# what a compiler puts into unfinished text to find the place again: names and literals must not pass for it
_PLACE_MARKS = re.compile("[\x02-\x05]|__\\[(?:SCHEMA|POSTCOMPILE)_")
_schema_of = operator.attrgetter("schema")


class IdentifierPreparer:
    """Quote identifiers where the dialect needs it.

    :param dialect: the dialect that names are prepared for.
    :param initial_quote: the character that opens a quoted name.
    :param final_quote: the character that closes it; the same one when None.
    :param escape_quote: the character that is doubled inside a quoted name.
    :param quote_case_sensitive_collations: whether collation names are quoted by the same rules.
    :param omit_schema: leave schema names out.
    """

    reserved_words = RESERVED_WORDS
    legal_characters = LEGAL_CHARACTERS
    illegal_initial_characters = ILLEGAL_INITIAL_CHARACTERS
    schema_for_object: Callable[[Any], Optional[str]] = staticmethod(_schema_of)
    _includes_none_schema_translate = False

    initial_quote: str
    final_quote: str

    def __init__(
        self,
        dialect: Any,
        initial_quote: str = '"',
        final_quote: Optional[str] = None,
        escape_quote: str = '"',
        quote_case_sensitive_collations: bool = True,
        omit_schema: bool = False,
    ) -> None:
        self.dialect = dialect
        self.initial_quote = initial_quote
        self.final_quote = final_quote or initial_quote
        self.escape_quote = escape_quote
        self.escape_to_quote = escape_quote * 2
        self.omit_schema = omit_schema
        self.quote_case_sensitive_collations = quote_case_sensitive_collations
        self._strings: Dict[str, str] = {}
        # a literal percent sign has to be doubled where the driver interpolates with %
        self._double_percents = dialect.paramstyle in ("format", "pyformat")

    def with_schema_translate(self, schema_translate_map: Mapping[Optional[str], Optional[str]]) -> IdentifierPreparer:
        """Return a copy that writes ``__[SCHEMA_name]`` for schema names, to be replaced per execution."""
        copy = self.__class__.__new__(self.__class__)
        copy.__dict__.update(self.__dict__)
        includes_none = None in schema_translate_map

        def symbol_of(obj: Any) -> Optional[str]:
            name: Optional[str] = obj.schema
            if not obj._translatable or (name is None and not includes_none):
                return name
            if name is not None and ("[" in name or "]" in name):
                raise exc.CompileError(
                    "found the schema name %r: names with square brackets can't be translated by "
                    "schema_translate_map" % (name,)
                )
            return quoted_name("__[SCHEMA_%s]" % (name or "_none"), quote=False)

        copy.schema_for_object = symbol_of
        copy._includes_none_schema_translate = includes_none
        copy._strings = {}
        return copy

    def render_schema_translates(
        self, statement: str, schema_translate_map: Mapping[Optional[str], Optional[str]]
    ) -> str:
        """Return ``statement`` with its schema tokens replaced by quoted names."""
        names = dict(schema_translate_map)
        if None in names and not self._includes_none_schema_translate:
            raise exc.InvalidRequestError(
                "schema_translate_map has a key None now and had none when the statement was compiled: "
                "the statement has no place for the default schema. Use maps that agree about None."
            )
        if None in names:
            names["_none"] = names[None]

        def replaced(match: Any) -> str:
            name = match.group(2)
            if name in names:
                effective = names[name]
            elif name == "_none" and self._includes_none_schema_translate:
                raise exc.InvalidRequestError(
                    "schema_translate_map had a key None when the statement was compiled and has none now. "
                    "Use maps that agree about None."
                )
            else:
                effective = name
            if not effective:
                effective = self.dialect.default_schema_name
                if not effective:
                    raise exc.CompileError(
                        "the dialect knows no default schema name, so schema_translate_map can't map to None"
                    )
            return self.quote_schema(effective)

        return _SCHEMA_TOKEN.sub(replaced, statement)

    # -- quoting

    def _escape_identifier(self, value: str) -> str:
        value = value.replace(self.escape_quote, self.escape_to_quote)
        return value.replace("%", "%%") if self._double_percents else value

    def _unescape_identifier(self, value: str) -> str:
        return value.replace(self.escape_to_quote, self.escape_quote)

    def quote_identifier(self, value: str) -> str:
        """Return ``value`` in quotes, whatever it is; raise CompileError if it looks like a mark of the compiler."""
        refuse_place_marks(value, "name")
        return self.initial_quote + self._escape_identifier(value) + self.final_quote

    def _requires_quotes(self, value: str) -> bool:
        if not isinstance(value, str):
            raise exc.CompileError(
                "A name is needed and %r was given; with a type in its place, column() may have been written for "
                "Column()" % (value,)
            )
        lower = value.lower()
        return (
            lower in self.reserved_words
            or not value
            or value[0] in self.illegal_initial_characters
            or not self.legal_characters.match(str(value))
            or lower != value
        )

    def _has_illegal_characters(self, value: str) -> bool:
        return not self.legal_characters.match(str(value))

    def quote(self, ident: str) -> str:
        """Return the identifier, in quotes if it asks for them or if its characters do."""
        force = None if ident.__class__ is str else getattr(ident, "quote", None)
        if force is None:
            known = self._strings.get(ident)
            if known is None:
                known = self.quote_identifier(ident) if self._requires_quotes(ident) else str(ident)
                self._strings[str(ident)] = known
            return known
        return self.quote_identifier(ident) if force else str(ident)

    def quote_schema(self, schema: str) -> str:
        """Return the schema name, quoted where needed."""
        return self.quote(schema)

    def validate_sql_phrase(self, element: str, reg: Any = _KEYWORDS) -> str:
        """Return a keyword phrase such as an ON DELETE action; raise CompileError if ``reg`` does not match.

        Without ``reg`` any words are taken, and nothing else.
        """
        if element is not None and not reg.match(element):
            raise exc.CompileError(
                "found the phrase %r, expected something that matches %r" % (element, reg.pattern)
            )
        return element

    def unformat_identifiers(self, identifiers: str) -> Sequence[str]:
        """Return the parts of a dotted name, without their quotes."""
        initial, final = re.escape(self.initial_quote), re.escape(self.final_quote)
        escaped = re.escape(self._escape_identifier(self.final_quote))
        pattern = r"(?:(?:%s((?:%s|[^%s])+)%s|([^\.]+))(?=\.|$))+" % (initial, escaped, final, final)
        return [self._unescape_identifier(a or b) for a, b in re.findall(pattern, identifiers)]

    # -- formatting

    def format_collation(self, collation_name: str, collation_schema: Optional[str] = None) -> str:
        """Return a collation name, quoted where the dialect quotes collations.

        Where it does not, CompileError is raised for a name that is no plain identifier.
        """
        if self.quote_case_sensitive_collations:
            name = self.quote(collation_name)
        elif getattr(collation_name, "quote", None) is None and not _PLAIN_COLLATION.match(collation_name):
            raise exc.CompileError(
                "found the collation name %r, expected letters, digits and underscores: dialect %r does not quote "
                "names of collations. A name that is known to be good is given as quoted_name(name, quote=False)."
                % (collation_name, self.dialect.name)
            )
        else:
            name = collation_name
        if collation_schema is not None:
            return self.quote_schema(collation_schema) + "." + name
        return name

    def format_sequence(self, sequence: Any, use_schema: bool = True) -> str:
        """Return the name of a sequence, with its schema."""
        name = self.quote(sequence.name)
        schema = self.schema_for_object(sequence)
        if not self.omit_schema and use_schema and schema is not None:
            name = self.quote_schema(schema) + "." + name
        return name

    def format_label(self, label: Any, name: Optional[str] = None) -> str:
        """Return the name of a label."""
        return self.quote(name or label.name)

    def format_alias(self, alias: Any, name: Optional[str] = None) -> str:
        """Return the name of an alias."""
        return self.quote(name or alias.name)

    def format_savepoint(self, savepoint: Any, name: Optional[str] = None) -> str:
        """Return the name of a savepoint."""
        ident = name or savepoint.ident
        if self._requires_quotes(ident):
            ident = self.quote_identifier(ident)
        return ident

    def format_constraint(self, constraint: Any, _alembic_quote: bool = True) -> Optional[str]:
        """Return the name of a constraint or index, by convention if it has none; None if it stays nameless."""
        name = constraint_name(constraint)
        if name is None:
            return None
        if constraint.__visit_name__ == "index":
            return self.truncate_and_render_index_name(name, _alembic_quote=_alembic_quote)
        return self.truncate_and_render_constraint_name(name, _alembic_quote=_alembic_quote)

    def truncate_and_render_index_name(self, name: str, _alembic_quote: bool = True) -> str:
        """Return the quoted name of an index, shortened if a convention made it too long."""
        limit = self.dialect.max_index_name_length or self.dialect.max_identifier_length
        return self._fit(name, limit, _alembic_quote)

    def truncate_and_render_constraint_name(self, name: str, _alembic_quote: bool = True) -> str:
        """Return the quoted name of a constraint, shortened if a convention made it too long."""
        limit = self.dialect.max_constraint_name_length or self.dialect.max_identifier_length
        return self._fit(name, limit, _alembic_quote)

    def _fit(self, name: str, limit: int, quote: bool) -> str:
        if len(name) > limit:
            if not getattr(name, "truncates", False):
                self.dialect.validate_identifier(name)
            else:
                from hashlib import md5

                digest = md5(name.encode("utf-8"), usedforsecurity=False) if _MD5_FLAG else md5(name.encode("utf-8"))
                name = name[0 : limit - 8] + "_" + digest.hexdigest()[-4:]
        return self.quote(name) if quote else name

    def format_index(self, index: Any) -> Optional[str]:
        """Return the name of an index."""
        return self.format_constraint(index)

    def format_table(
        self, table: Any, use_schema: bool = True, name: Optional[str] = None
    ) -> str:
        """Return the name of a table, with its schema."""
        if name is None:
            name = table.name
        result = self.quote(name)
        schema = self.schema_for_object(table)
        if not self.omit_schema and use_schema and schema:
            result = self.quote_schema(schema) + "." + result
        return result

    def format_schema(self, name: str) -> str:
        """Return a schema name."""
        return self.quote(name)

    def format_label_name(self, name: Any, anon_map: Any = None) -> str:
        """Return the name of a label, its number taken from ``anon_map`` if it is anonymous."""
        if anon_map is not None and isinstance(name, AnonLabel):
            name = resolve(name, anon_map)
        return self.quote(name)

    def format_column(
        self,
        column: Any,
        use_table: bool = False,
        name: Optional[str] = None,
        table_name: Optional[str] = None,
        use_schema: bool = False,
        anon_map: Any = None,
    ) -> str:
        """Return the name of a column, with that of its table if ``use_table``."""
        if name is None:
            name = column.name
        if anon_map is not None and isinstance(name, AnonLabel):
            name = resolve(name, anon_map)
        # a literal column is text, not a name
        text = name if getattr(column, "is_literal", False) else self.quote(name)
        if use_table:
            table = self.format_table(column.table, use_schema=use_schema, name=table_name)
            return table + "." + text
        return text

    def format_table_seq(self, table: Any, use_schema: bool = True) -> Sequence[str]:
        """Return schema and table name as a sequence of quoted names."""
        schema = self.schema_for_object(table)
        names: List[str] = [self.format_table(table, use_schema=False)]
        if not self.omit_schema and use_schema and schema:
            names.insert(0, self.quote_schema(schema))
        return tuple(names)


def refuse_place_marks(text: str, what: str) -> None:
    """Raise CompileError if ``text`` has something in it that the compiler would take for a mark of its own."""
    found = _PLACE_MARKS.search(text)
    if found is not None:
        raise exc.CompileError(
            "found %r in the %s %r: the compiler marks places in unfinished statements with it, so it can't stand in "
            "the text of a statement; send it as a bound value" % (found.group(), what, text)
        )


def resolve(label: AnonLabel, anon_map: Any) -> str:
    """Return the text of an anonymous label; ``anon_map`` maps a plain label to its name, choosing one if new."""
    if label.parts:
        return "".join(anon_map[part] if isinstance(part, AnonLabel) else part for part in label.parts)
    name: str = anon_map[label]
    return name


def quoted_as(name: Any, text: str) -> str:
    """Return the text, quoted as the name or the last quoted part of an anonymous one says."""
    parts = name.parts if name.__class__ is AnonLabel else (name,)
    for part in reversed(parts):
        if part.__class__ is quoted_name and part.quote is not None:
            return quoted_name(text, part.quote)
    return text


def constraint_name(constraint: Any) -> Optional[str]:
    """Return the name that a constraint or index is rendered with, None if it has none."""
    name: Optional[str] = constraint.effective_name()
    return name


def _md5_takes_flag() -> bool:
    import sys

    return sys.version_info >= (3, 9)


_MD5_FLAG = _md5_takes_flag()
