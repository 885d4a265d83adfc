"""What can stand in a FROM list or give rows, and the clauses several statements share.

Concrete sources are in ``sources`` and ``join``, statements in ``select`` and ``sql.dml``.

Words: a *source* is a FROM object; to *hide* a source means that it is rendered as a part of another one.
"""

from __future__ import annotations

from enum import Enum
from sys import _getframe
from typing import TYPE_CHECKING, Any, Iterable, List, Mapping, Optional, Set, Tuple, cast

from .. import coercions, roles
from ..base import generative
from ..cache_key import KeyKind
from ..collections import ColumnSet, WriteableColumnCollection
from ..elements.base import ClauseElement
from ..forward import slots
from ...util.decorators import deprecated, memoized_property
from ...util.typing import Unsubscripted

if TYPE_CHECKING:
    from typing import Generic, Type

    from typing_extensions import Self, TypeVar

    from ..collections import ReadOnlyColumnCollection
    from ..elements.base import ColumnElement, KeyedColumnElement
    from .join import Join
    from .select import AnySelect
    from .sources import TableSample

    # the columns of a source, and the class that declares them when it was given as one
    _Columns = TypeVar(
        "_Columns",
        bound=ReadOnlyColumnCollection[Any, Any],
        covariant=True,
        default=ReadOnlyColumnCollection[str, KeyedColumnElement[Any]],
    )
    _Declared = TypeVar("_Declared", bound=ReadOnlyColumnCollection[Any, Any])

__all__ = [
    "EXECUTABLE_FIELDS",
    "LABEL_STYLE_DEFAULT",
    "LABEL_STYLE_DISAMBIGUATE_ONLY",
    "LABEL_STYLE_NONE",
    "LABEL_STYLE_TABLENAME_PLUS_COL",
    "FromClause",
    "HasHints",
    "HasPrefixes",
    "HasSuffixes",
    "HasSyntaxExtensions",
    "NamedFromClause",
    "ReturnsRows",
    "SelectLabelStyle",
    "Selectable",
    "add_dialect_options",
]


# what every executable adds to the fields of a cache key
EXECUTABLE_FIELDS = (
    ("_with_options", KeyKind.OPTIONS),
    ("entity_mark", KeyKind.KEYED),
)


class SelectLabelStyle(Enum):
    """How the columns of a SELECT are named; see ``set_label_style()``."""

    LABEL_STYLE_NONE = 0
    LABEL_STYLE_TABLENAME_PLUS_COL = 1
    LABEL_STYLE_DISAMBIGUATE_ONLY = 2
    LABEL_STYLE_DEFAULT = 2
    LABEL_STYLE_LEGACY_ORM = 3


LABEL_STYLE_NONE = SelectLabelStyle.LABEL_STYLE_NONE
LABEL_STYLE_TABLENAME_PLUS_COL = SelectLabelStyle.LABEL_STYLE_TABLENAME_PLUS_COL
LABEL_STYLE_DISAMBIGUATE_ONLY = SelectLabelStyle.LABEL_STYLE_DISAMBIGUATE_ONLY
LABEL_STYLE_DEFAULT = SelectLabelStyle.LABEL_STYLE_DEFAULT
LABEL_STYLE_LEGACY_ORM = SelectLabelStyle.LABEL_STYLE_LEGACY_ORM


def add_dialect_options(statement: Any, given: Mapping[str, Any]) -> None:
    """Give a statement, fresh from ``_generate()``, further ``<dialect>_<option>`` arguments of its own."""
    if not given:
        return
    shared = statement.__dict__.pop("_dialect_options", None)
    if shared is not None:
        for dialect, options in shared.items():
            statement.dialect_options[dialect].given.update(options.given)
    statement._take_dialect_kwargs(given)


class HasPrefixes:
    """Adds ``prefix_with()``: words right after the leading keyword."""

    _prefixes: Tuple[Tuple[Any, str], ...] = ()
    prefix_key_fields = (("_prefixes", KeyKind.CLAUSE_TUPLES),)

    @generative
    def prefix_with(self, *prefixes: Any, dialect: str = "*") -> Self:
        """Return a copy with these expressions rendered after the leading keyword.

        :param prefixes: strings or elements.
        :param dialect: render them for this dialect name only.
        """
        self._prefixes = self._prefixes + _option_texts(prefixes, dialect)
        return self


class HasSuffixes:
    """Adds ``suffix_with()``: words after the statement as a whole."""

    _suffixes: Tuple[Tuple[Any, str], ...] = ()
    suffix_key_fields = (("_suffixes", KeyKind.CLAUSE_TUPLES),)

    @generative
    def suffix_with(self, *suffixes: Any, dialect: str = "*") -> Self:
        """Return a copy with these expressions rendered at the end.

        :param suffixes: strings or elements.
        :param dialect: render them for this dialect name only.
        """
        self._suffixes = self._suffixes + _option_texts(suffixes, dialect)
        return self


def _option_texts(texts: Iterable[Any], dialect: str) -> Tuple[Tuple[Any, str], ...]:
    return tuple(
        (coercions.expect(roles.StatementOptionRole, text), dialect) for text in texts
    )


class HasHints:
    """Adds ``with_hint()`` and ``with_statement_hint()``."""

    _hints: Tuple[Tuple[Any, str, str], ...] = ()
    _statement_hints: Tuple[Tuple[str, str], ...] = ()
    hint_key_fields = (
        ("_hints", KeyKind.CLAUSE_TUPLES),
        ("_statement_hints", KeyKind.PLAIN),
    )

    @generative
    def with_statement_hint(self, text: str, dialect_name: str = "*") -> Self:
        """Return a copy with a hint for the statement as a whole."""
        self._statement_hints = self._statement_hints + ((dialect_name, text),)
        return self

    @generative
    def with_hint(self, selectable: Any, text: str, dialect_name: str = "*") -> Self:
        """Return a copy with a hint for one source; ``%(name)s`` in it becomes the source's name.

        :param selectable: table, alias or mapped class the hint is about.
        :param text: the hint as the database expects it.
        :param dialect_name: render it for this dialect only.
        """
        return self._with_hint(selectable, text, dialect_name)

    def _with_hint(self, selectable: Any, text: str, dialect_name: str) -> Self:
        if selectable is None:
            self._statement_hints = self._statement_hints + ((dialect_name, text),)
        else:
            source = coercions.expect(roles.FromClauseRole, selectable)
            kept = tuple(
                hint for hint in self._hints if not (hint[0] is source and hint[1] == dialect_name)
            )
            self._hints = kept + ((source, dialect_name, text),)
        return self


class HasSyntaxExtensions:
    """Adds ``ext()``: elements that take a place of their own in a statement."""

    # public name of a position -> attribute that holds the tuple of elements standing there
    _position_map: Mapping[str, str] = {}
    # the positions in use; only there to be asked quickly
    _syntax_extensions: Tuple[str, ...] = ()

    if TYPE_CHECKING:

        def _generate(self) -> Self: ...

    def ext(self, extension: Any) -> Self:
        """Return a copy with a :class:`.SyntaxExtension` applied.

        :param extension: the extension; its ``apply_to_<statement>`` method chooses the place.
        """
        element = coercions.expect(roles.SyntaxExtensionRole, extension)
        new = self._generate()
        new._apply_syntax_extension(element)
        return new

    def _apply_syntax_extension(self, extension: Any) -> None:
        raise NotImplementedError("%s takes no syntax extensions" % type(self).__name__)

    def apply_syntax_extension_point(self, apply_fn: Any, position: str) -> None:
        """Replace the elements standing at ``position`` by what ``apply_fn(existing)`` returns.

        Called from the ``apply_to_...`` methods of extensions, on the statement being built.

        :param apply_fn: takes the sequence of present elements, returns the new one.
        :param position: one of the places this statement offers.
        :raises ValueError: the statement has no such place.
        """
        attribute = self._position_map.get(position)
        if attribute is None:
            raise ValueError(
                "%s has no extension point %r; it has: %s"
                % (type(self).__name__, position, ", ".join(sorted(self._position_map)) or "none")
            )
        setattr(self, attribute, tuple(apply_fn(getattr(self, attribute, ()))))
        if position not in self._syntax_extensions:
            self._syntax_extensions = self._syntax_extensions + (position,)

    def _extensions_at(self, position: str) -> Tuple[Any, ...]:
        return getattr(self, self._position_map[position], ())


class ReturnsRows(roles.ReturnsRowsRole, ClauseElement):
    """The base of everything that yields rows: tables, aliases, SELECTs, DML with RETURNING."""

    _is_returns_rows = True
    _is_from_clause = False
    _is_select_base = False
    _is_select_statement = False
    is_lateral = False
    _hidden_froms: Tuple[FromClause, ...] = ()

    @property
    def selectable(self) -> ReturnsRows:
        """This object: rows come from here."""
        return self

    @property
    def _all_selected_columns(self) -> Tuple[Any, ...]:
        raise NotImplementedError()

    def is_derived_from(self, fromclause: Optional[FromClause]) -> bool:
        """Tell whether ``fromclause`` is this object or something it is made from."""
        raise NotImplementedError()

    def _offer_columns(
        self,
        fromclause: FromClause,
        columns: Any,
        primary_key: Any,
        foreign_keys: Set[Any],
    ) -> None:
        """Add to the collections columns of ``fromclause`` that stand for the columns given here."""
        raise NotImplementedError()

    @property
    def exported_columns(self) -> ReadOnlyColumnCollection[Any, Any]:
        """The columns this object gives to whoever reads rows from it."""
        raise NotImplementedError()


class Selectable(ReturnsRows):
    """Something whose rows can be read by a SELECT."""

    __visit_name__ = "selectable"
    is_selectable = True

    def lateral(self, name: Optional[str] = None) -> NamedFromClause:
        """Return this object as ``LATERAL``: it may refer to sources standing before it.

        :param name: name of the alias; one is made up without it.
        """
        made: NamedFromClause = slots.lateral(self, name)
        return made

    def corresponding_column(
        self, column: ColumnElement[Any], require_embedded: bool = False
    ) -> Optional[ColumnElement[Any]]:
        """Return the exported column that stands for ``column``, or None.

        :param column: a column of a source this object is made from.
        :param require_embedded: only accept a column that is really derived from ``column``.
        """
        found: Optional[ColumnElement[Any]] = self.exported_columns.corresponding_column(column, require_embedded)
        return found

    @deprecated("1.4", "replace_selectable() is legacy; use sql.visitors.replacement_traverse().")
    def replace_selectable(self, old: FromClause, alias: Any) -> Self:
        """Return a copy in which ``alias`` stands for ``old`` (legacy)."""
        made: Self = slots.clause_adapter(alias).traverse(self)
        return made


if TYPE_CHECKING:

    class _SelectableWith(Selectable, Generic[_Columns]):
        pass

else:
    _SelectableWith = Unsubscripted(Selectable)


class FromClause(roles.AnonymizedFromClauseRole, _SelectableWith["_Columns"]):
    """A source of rows that can stand in FROM and has named columns in ``.c``."""

    __visit_name__ = "fromclause"

    named_with_column = False
    schema: Optional[str] = None
    is_selectable = True
    _is_from_clause = True
    _is_join = False
    _is_table = False
    _translatable = False
    _autoincrement_column: Any = None

    def select(self) -> AnySelect:
        """Return ``SELECT`` of this source: ``select(self)``."""
        made: AnySelect = slots.select(self)
        made.note_site(_getframe(1))
        return made

    def join(
        self, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False
    ) -> Join:
        """Return a :class:`.Join` of this source with ``right``.

        :param right: the other source.
        :param onclause: the condition; derived from foreign keys when left out.
        :param isouter: LEFT OUTER JOIN.
        :param full: FULL OUTER JOIN.
        """
        made: Join = slots.join(self, right, onclause, isouter, full)
        return made

    def outerjoin(self, right: Any, onclause: Any = None, full: bool = False) -> Join:
        """Return a LEFT (or with ``full``, FULL) OUTER JOIN of this source with ``right``."""
        made: Join = slots.join(self, right, onclause, True, full)
        return made

    def alias(self, name: Optional[str] = None, flat: bool = False) -> NamedFromClause[_Columns]:
        """Return this source under another name.

        :param name: the name; one is made up while compiling without it.
        :param flat: accepted for mapped joins, where each side gets its own alias.
        """
        made: NamedFromClause[_Columns] = slots.alias(self, name)
        return made

    def tablesample(self, sampling: Any, name: Optional[str] = None, seed: Any = None) -> TableSample:
        """Return this source limited to a random part of it (TABLESAMPLE).

        :param sampling: percentage, or a function call naming the method.
        :param name: name of the alias.
        :param seed: expression for REPEATABLE.
        """
        made: TableSample = slots.tablesample(self, sampling, name, seed)
        return made

    def with_cols(self, type_: Type[_Declared]) -> FromClause[_Declared]:
        """Return this source; type checkers see its ``.c`` as ``type_``."""
        return cast("FromClause[_Declared]", self)

    def is_derived_from(self, fromclause: Optional[FromClause]) -> bool:
        """Tell whether ``fromclause`` is this source or one it is made from."""
        return fromclause in self._cloned_set

    @property
    def description(self) -> str:
        """A short name of this source for messages."""
        return getattr(self, "name", self.__class__.__name__ + " object")

    @property
    def entity_namespace(self) -> Any:
        """Where ``filter_by()`` looks names up: the columns."""
        return self.c

    @property
    def exported_columns(self) -> _Columns:
        """The columns: the same as ``.c``."""
        return self.c

    @property
    def columns(self) -> _Columns:
        """The columns by name; ``.c`` is the short form."""
        return self.c

    @memoized_property
    def c(self) -> _Columns:
        """The columns by name."""
        self._make_collections()
        columns: _Columns = self.__dict__["c"]
        return columns

    @memoized_property
    def primary_key(self) -> Iterable[Any]:
        """The columns that stand for primary key columns."""
        self._make_collections()
        columns: Iterable[Any] = self.__dict__["primary_key"]
        return columns

    @memoized_property
    def foreign_keys(self) -> Iterable[Any]:
        """The ForeignKey objects of the columns."""
        self._make_collections()
        keys: Iterable[Any] = self.__dict__["foreign_keys"]
        return keys

    @property
    def _selected_items(self) -> Iterable[Any]:
        return self.c

    @property
    def _all_selected_columns(self) -> Tuple[Any, ...]:
        return tuple(self.c)

    @property
    def _from_objects(self) -> List[FromClause]:
        return [self]

    def _make_collections(self) -> None:
        columns: Any = WriteableColumnCollection()
        primary_key = ColumnSet()
        foreign_keys: Set[Any] = set()
        self._fill_columns(columns, primary_key, foreign_keys)
        own = self.__dict__
        origin = own.get("_copied_from")
        if origin is not None and origin is not self:
            # a column of a copy answers for that of the original
            for key, column in columns.items():
                if column.table is self:
                    column._copied_from = origin.c.get(key)
        own["_columns"] = columns
        own.setdefault("c", columns.as_readonly())
        own.setdefault("primary_key", primary_key)
        own.setdefault("foreign_keys", foreign_keys)

    def _fill_columns(
        self, columns: Any, primary_key: Any, foreign_keys: Set[Any]
    ) -> None:
        """Fill the collections on first use; sources with columns of their own override this."""

    def _forget_columns(self) -> None:
        own = self.__dict__
        for name in ("_columns", "c", "primary_key", "foreign_keys"):
            own.pop(name, None)

    def accept_new_column(self, column: Any) -> None:
        """Take notice of a column that was added to a source this one is made from."""
        if "c" in self.__dict__:
            self._forget_columns()

    def _offer_columns(
        self,
        fromclause: FromClause,
        columns: Any,
        primary_key: Any,
        foreign_keys: Set[Any],
    ) -> None:
        for column in self.c:
            key, proxy = column._make_proxy(
                fromclause, primary_key=primary_key, foreign_keys=foreign_keys
            )
            columns.add(proxy, key)

    def anonymous_fromclause(self, name: Optional[str] = None, flat: bool = False) -> Any:
        """Return an alias of this source; for a join, a subquery of its columns.

        :param name: the name of the alias; by default one that is made when the statement is compiled.
        :param flat: make a join of aliases of a join instead of a subquery.
        """
        return self.alias(name=name)

    def self_group(self, against: Any = None) -> Any:
        """Return this source, in parentheses where an operator next to it needs them."""
        return self


class NamedFromClause(FromClause["_Columns"]):
    """A source that has a name, or gets one when it is compiled."""

    named_with_column = True
    name: str


