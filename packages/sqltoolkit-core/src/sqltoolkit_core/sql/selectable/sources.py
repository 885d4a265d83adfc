"""Named sources for FROM: aliases, subqueries, CTEs, lateral and sampled sources, VALUES, light tables.

Joins are in ``join``, the statements inside subqueries in ``statement`` and ``select``, full tables in
``sql.schema``.
"""

from __future__ import annotations

from sys import _getframe
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Optional, Sequence, Set, Tuple

from .. import coercions, roles
from ..base import Generative, Immutable, generative
from ..cache_key import KeyKind
from ..collections import ColumnSet, DedupeColumnCollection
from ..elements.base import ClauseElement, ColumnElement
from ..elements.columns import ColumnClause, TableValuedColumn
from ..elements.literals import BindParameter, Null
from ..forward import slots
from ..names import anonymous, is_anonymous
from ..sqltypes import NULLTYPE, TableValueType
from ..traversals import Uncacheable
from ..traversals import clone_element as shallow_copy
from ... import exc
from ...util.decorators import deprecated
from .base import LABEL_STYLE_NONE, FromClause, HasPrefixes, HasSuffixes, NamedFromClause, ReturnsRows

if TYPE_CHECKING:
    from typing import Type

    from typing_extensions import Self, TypeVar

    from ..collections import ReadOnlyColumnCollection
    from ..dml import Delete, Insert, Update
    from .base import _Columns, _Declared

    # the columns of a table() that declares no others
    _PlainColumns = TypeVar(
        "_PlainColumns",
        bound=ReadOnlyColumnCollection[Any, Any],
        covariant=True,
        default=ReadOnlyColumnCollection[str, ColumnClause[Any]],
    )

__all__ = [
    "CTE",
    "Alias",
    "AliasedReturnsRows",
    "HasCTE",
    "Lateral",
    "ScalarValues",
    "Subquery",
    "TableClause",
    "TableSample",
    "TableValuedAlias",
    "Values",
    "table_value_type",
]


def table_value_type(*elements: Any) -> TableValueType:
    """Return the type of a whole row of these columns; strings are names of untyped ones."""
    return TableValueType(
        *[
            ColumnClause(element, NULLTYPE)
            if isinstance(element, str)
            else coercions.expect(roles.StrAsPlainColumnRole, element)
            for element in elements
        ]
    )


class AliasedReturnsRows(NamedFromClause["_Columns"]):
    """The base of everything that gives another source, or a statement, a name in FROM."""

    cache_key_fields: Tuple[Tuple[str, int], ...] = (  # type: ignore[misc]
        ("element", KeyKind.CLAUSE),
        ("name", KeyKind.NAME),
    )
    element: ReturnsRows

    def __init__(self, *arg: Any, **kw: Any) -> None:
        raise NotImplementedError(
            "%s objects are made by a method or function: alias(), subquery(), cte(), lateral(), "
            "tablesample(), table_valued()" % type(self).__name__
        )

    @classmethod
    def _construct(cls, *arg: Any, **kw: Any) -> Self:
        new = object.__new__(cls)
        new._init(*arg, **kw)
        return new

    def _init(self, element: Any, name: Optional[str] = None) -> None:
        self.element = coercions.expect(roles.ReturnsRowsRole, element)
        self.name = name if name is not None else _anonymous_name(self.element)
        if self.element.entity_mark is not None:
            self.entity_mark = self.element.entity_mark
        if self.element.is_lateral:
            # an alias of a LATERAL is one too
            self.is_lateral = True

    @property
    def description(self) -> str:
        """The name, or ``anon_1`` while it is not chosen."""
        return "anon_1" if is_anonymous(self.name) else self.name

    @property
    def original(self) -> ReturnsRows:
        """What the alias was made of; an older name of ``element``."""
        return self.element

    @property
    def implicit_returning(self) -> bool:
        """Whether an INSERT into the aliased table may use RETURNING on its own."""
        table: Any = self.element
        return bool(table.implicit_returning)

    def is_derived_from(self, fromclause: Optional[FromClause]) -> bool:
        """Tell whether ``fromclause`` is this alias or something it is made from."""
        return fromclause in self._cloned_set or self.element.is_derived_from(fromclause)

    def _fill_columns(
        self, columns: Any, primary_key: Any, foreign_keys: Set[Any]
    ) -> None:
        self.element._offer_columns(
            self, columns=columns, primary_key=primary_key, foreign_keys=foreign_keys
        )

    def _copy_internals(self, clone: Any = shallow_copy, **kw: Any) -> None:
        """Copy the inner element; columns stay as they are unless it really changed."""
        element = clone(self.element, **kw)
        if element is not self.element:
            self._forget_columns()
            self.element = element

    def table_valued(self) -> TableValuedColumn[Any]:
        """Return one column that stands for whole rows of this source."""
        return TableValuedColumn(self, table_value_type(*self.c))

    if TYPE_CHECKING:

        def with_cols(self, type_: Type[_Declared]) -> NamedFromClause[_Declared]: ...


def _anonymous_name(element: Any) -> Any:
    base = "anon"
    if element._is_from_clause and element.named_with_column:
        name = getattr(element, "name", None)
        if name and not is_anonymous(name):
            base = name
    return anonymous(base)


class Alias(roles.DMLTableRole, AliasedReturnsRows["_Columns"]):
    """A table or other source under another name (``AS``); made by ``FromClause.alias()``."""

    __visit_name__ = "alias"
    inherit_cache = True
    element: FromClause

    def __repr__(self) -> str:
        return "<%s at 0x%x; %s>" % (type(self).__name__, id(self), self.description)

    @property
    def description(self) -> str:
        """The name; for a made-up one, what the alias is made of."""
        if not is_anonymous(self.name):
            return self.name
        inner = getattr(self.element, "description", None)
        if isinstance(self.element, FromClause) and inner and not isinstance(self.element, Alias):
            return "Anonymous alias of %s" % inner
        return "anon_1"


class TableValuedAlias(Generative, Alias):
    """A function call as a source with columns; made by ``FunctionElement.table_valued()``."""

    __visit_name__ = "table_valued_alias"
    inherit_cache = None  # type: ignore[assignment]
    _render_derived = False
    _render_derived_w_types = False
    is_lateral = False
    joins_implicitly = False
    cache_key_fields = (  # type: ignore[misc]
        ("element", KeyKind.CLAUSE),
        ("name", KeyKind.NAME),
        ("_row_type", KeyKind.TYPE),
        ("joins_implicitly", KeyKind.PLAIN),
        ("is_lateral", KeyKind.PLAIN),
        ("_render_derived", KeyKind.PLAIN),
        ("_render_derived_w_types", KeyKind.PLAIN),
    )

    def _init(
        self,
        element: Any,
        name: Optional[str] = None,
        table_value_type: Any = None,
        joins_implicitly: bool = False,
    ) -> None:
        self.element = element
        self.name = name if name is not None else anonymous("anon")
        if joins_implicitly:
            self.joins_implicitly = True
        self._row_type = (
            TableValueType() if table_value_type is None else table_value_type
        )

    @property
    def column(self) -> TableValuedColumn[Any]:
        """One column that stands for the rows of this source."""
        return TableValuedColumn(self, self._row_type)

    def alias(self, name: Optional[str] = None, flat: bool = False) -> TableValuedAlias:
        """Return the same function call under another name."""
        new = TableValuedAlias._construct(
            self.element, name, self._row_type, self.joins_implicitly
        )
        if self._render_derived:
            new._render_derived = True
            new._render_derived_w_types = self._render_derived_w_types
        if self.is_lateral:
            new.is_lateral = True
        return new

    def lateral(self, name: Optional[str] = None) -> TableValuedAlias:
        """Return the same function call as LATERAL, under another name."""
        new = self.alias(name=name)
        new.is_lateral = True
        return new

    def render_derived(
        self, name: Optional[str] = None, with_types: bool = False
    ) -> TableValuedAlias:
        """Return a copy whose name is followed by the column names: ``AS name(a, b)``.

        :param name: another name for the alias.
        :param with_types: render the column types as well.
        """
        new = TableValuedAlias._construct(
            self.element, name, self._row_type, self.joins_implicitly
        )
        new._render_derived = True
        new._render_derived_w_types = with_types
        if self.is_lateral:
            new.is_lateral = True
        return new

    def _fill_columns(
        self, columns: Any, primary_key: Any, foreign_keys: Set[Any]
    ) -> None:
        for element in self.element._all_selected_columns:
            key, proxy = element._make_proxy(
                self, primary_key=primary_key, foreign_keys=foreign_keys
            )
            columns.add(proxy, key)


class Lateral(AliasedReturnsRows["_Columns"]):
    """A subquery that may refer to sources standing before it; made by ``lateral()``."""

    __visit_name__ = "lateral"
    inherit_cache = True
    is_lateral = True


class TableSample(AliasedReturnsRows):
    """A random part of a table; made by ``tablesample()``."""

    __visit_name__ = "tablesample"
    cache_key_fields = AliasedReturnsRows.cache_key_fields + (  # type: ignore[misc]
        ("sampling", KeyKind.CLAUSE),
        ("seed", KeyKind.CLAUSE),
    )

    def _init(
        self, element: Any, name: Optional[str] = None, sampling: Any = None, seed: Any = None
    ) -> None:
        super()._init(element, name)
        if not getattr(sampling, "_is_function", False):
            sampling = slots.function("system", sampling)
        self.sampling = sampling
        self.seed = seed

    def _get_method(self) -> Any:
        return self.sampling


class CTE(roles.DMLTableRole, roles.IsCTERole, HasPrefixes, HasSuffixes, Generative, AliasedReturnsRows["_Columns"]):
    """A common table expression; made by ``HasCTE.cte()``."""

    __visit_name__ = "cte"
    inherit_cache = None
    cache_key_fields = (  # type: ignore[misc]
        AliasedReturnsRows.cache_key_fields
        + (
            ("_cte_alias", KeyKind.CLAUSE),
            ("_restates", KeyKind.CLAUSE),
            ("recursive", KeyKind.PLAIN),
            ("nesting", KeyKind.PLAIN),
        )
        + HasPrefixes.prefix_key_fields
        + HasSuffixes.suffix_key_fields
    )
    recursive = False
    nesting = False
    _cte_alias: Optional[CTE] = None
    _restates: Optional[CTE] = None

    def _init(
        self,
        element: Any,
        name: Optional[str] = None,
        *,
        recursive: bool = False,
        nesting: bool = False,
        _cte_alias: Optional[CTE] = None,
        _restates: Optional[CTE] = None,
        _prefixes: Tuple[Any, ...] = (),
        _suffixes: Tuple[Any, ...] = (),
    ) -> None:
        self.element = coercions.expect(roles.HasCTERole, element)
        self.name = name if name is not None else _anonymous_name(self.element)
        if self.element.entity_mark is not None:
            self.entity_mark = self.element.entity_mark
        if recursive:
            self.recursive = True
        if nesting:
            self.nesting = True
        if _cte_alias is not None:
            self._cte_alias = _cte_alias
        if _restates is not None:
            self._restates = _restates
        if _prefixes:
            self._prefixes = _prefixes
        if _suffixes:
            self._suffixes = _suffixes

    def alias(self, name: Optional[str] = None, flat: bool = False) -> CTE[_Columns]:
        """Return the CTE under another name in FROM; it is still defined once."""
        if name is None:
            name = anonymous("anon")
        return CTE._construct(
            self.element,
            name,
            recursive=self.recursive,
            nesting=self.nesting,
            _cte_alias=self,
            _prefixes=self._prefixes,
            _suffixes=self._suffixes,
        )

    def union(self, *other: Any) -> CTE:
        """Return a CTE of the same name whose statement is this one's UNION the others.

        :param other: one or more statements; with ``recursive=True`` they may refer to this CTE.
        """
        return self._restated(self._statement("union").union(*other))

    def union_all(self, *other: Any) -> CTE:
        """Return a CTE of the same name whose statement is this one's UNION ALL the others."""
        return self._restated(self._statement("union_all").union_all(*other))

    def _statement(self, method: str) -> Any:
        if not hasattr(self.element, method):
            raise exc.InvalidRequestError(
                "CTE %r is made of a %s, which cannot be part of a UNION; a SELECT can."
                % (self.description, type(self.element).__name__)
            )
        return self.element

    def _restated(self, element: Any) -> CTE:
        return CTE._construct(
            element,
            self.name,
            recursive=self.recursive,
            nesting=self.nesting,
            _restates=self,
            _prefixes=self._prefixes,
            _suffixes=self._suffixes,
        )

    if TYPE_CHECKING:

        def with_cols(self, type_: Type[_Declared]) -> CTE[_Declared]: ...

    def _defining_cte(self) -> CTE:
        return self._restates if self._restates is not None else self

    def _fill_columns(
        self, columns: Any, primary_key: Any, foreign_keys: Set[Any]
    ) -> None:
        source = self if self._cte_alias is None else self._cte_alias
        source = source.element if source is self else source  # type: ignore[assignment]
        source._offer_columns(
            self, columns=columns, primary_key=primary_key, foreign_keys=foreign_keys
        )

    def _copy_internals(self, clone: Any = shallow_copy, **kw: Any) -> None:
        element = clone(self.element, **kw)
        if self._cte_alias is not None:
            self._cte_alias = clone(self._cte_alias, **kw)
        if self._restates is not None:
            self._restates = clone(self._restates, **kw)
        if element is not self.element:
            self._forget_columns()
            self.element = element


class HasCTE(roles.HasCTERole, ReturnsRows):
    """Adds ``cte()`` and ``add_cte()``."""

    name_cte_columns = False
    _extra_ctes: Tuple[Tuple[CTE, bool], ...] = ()
    cte_key_fields = (("_extra_ctes", KeyKind.CLAUSE_TUPLES),)

    @generative
    def add_cte(self, *ctes: CTE, nest_here: bool = False) -> Self:
        """Return a copy that defines these CTEs even if nothing refers to them.

        :param ctes: CTEs, also of INSERT, UPDATE or DELETE.
        :param nest_here: define them inside this statement rather than at the top.
        """
        added = tuple((coercions.expect(roles.IsCTERole, cte), nest_here) for cte in ctes)
        self._extra_ctes = self._extra_ctes + added
        return self

    def cte(
        self, name: Optional[str] = None, recursive: bool = False, nesting: bool = False
    ) -> CTE:
        """Return this statement as a common table expression.

        :param name: its name; one is made up without it.
        :param recursive: ``WITH RECURSIVE``; extend it with ``union()`` or ``union_all()``.
        :param nesting: define it in the statement that refers to it rather than at the top.
        """
        return CTE._construct(self, name, recursive=recursive, nesting=nesting)


class Subquery(AliasedReturnsRows["_Columns"]):
    """A SELECT in FROM, under a name; made by ``SelectBase.subquery()``."""

    __visit_name__ = "subquery"
    _is_subquery = True
    inherit_cache = True
    element: Any

    @deprecated("1.4", "Subquery.as_scalar() is legacy; use SelectBase.scalar_subquery().")
    def as_scalar(self) -> Any:
        """Return the inner SELECT as a scalar subquery (legacy)."""
        return self.element.set_label_style(LABEL_STYLE_NONE).scalar_subquery()

    if TYPE_CHECKING:

        def with_cols(self, type_: Type[_Declared]) -> Subquery[_Declared]: ...


class TableClause(roles.DMLTableRole, Immutable, NamedFromClause["_PlainColumns"]):
    """A table known by name only, with columns as given; made by ``table()``.

    :param name: the name.
    :param columns: ``column()`` objects.
    :param schema: name of the schema.
    """

    __visit_name__ = "table"
    cache_key_fields: Tuple[Tuple[str, int], ...] = (  # type: ignore[misc]
        # a statement's walk leads to the columns it uses, not to all that its tables have
        ("_columns", KeyKind.KEY_ONLY_CLAUSES),
        ("name", KeyKind.NAME),
        ("schema", KeyKind.NAME),
    )
    _is_table = True
    implicit_returning = False
    _columns: Any

    def __init__(self, name: str, *columns: Any, **kw: Any) -> None:
        self.name = name
        schema = kw.pop("schema", None)
        if kw:
            raise exc.ArgumentError(
                "table() takes only 'schema' as keyword, not: %s" % ", ".join(sorted(kw))
            )
        if schema is not None:
            self.schema = schema
            self.fullname = "%s.%s" % (schema, name)
        else:
            self.fullname = name
        own = self.__dict__
        own["_columns"] = collection = DedupeColumnCollection()  # type: ignore[var-annotated]
        own["c"] = collection.as_readonly()
        own["primary_key"] = ColumnSet()
        own["foreign_keys"] = set()
        for column in columns:
            self.append_column(column)

    def __str__(self) -> str:
        return "%s.%s" % (self.schema, self.name) if self.schema is not None else self.name

    @property
    def description(self) -> str:
        """The name."""
        return self.name

    def _forget_columns(self) -> None:
        """A table's columns are its own."""

    def append_column(self, column: Any) -> None:
        """Add a column at the end, replacing one of the same name.

        :raises ArgumentError: the column belongs to another table.
        """
        if not isinstance(column, ColumnClause):
            raise exc.ArgumentError("table() takes column() objects and got %r" % (column,))
        self._check_unowned(column)
        self._columns.add(column)
        column.table = self

    def insert_column(self, column: Any, index: int) -> None:
        """Add a column at the position ``index``."""
        self._check_unowned(column)
        self._columns.add(column, index=index)
        column.table = self

    def _check_unowned(self, column: Any) -> None:
        existing = column.table
        if existing is not None and existing is not self:
            raise exc.ArgumentError(
                "column %r belongs to table %r already; give %r a column of its own."
                % (column.key, existing.description, self.name)
            )

    def insert(self) -> Insert:
        """Return ``insert(self)``."""
        made: Insert = slots.insert(self)
        made.note_site(_getframe(1))
        return made

    def update(self) -> Update:
        """Return ``update(self)``."""
        made: Update = slots.update(self)
        made.note_site(_getframe(1))
        return made

    def delete(self) -> Delete:
        """Return ``delete(self)``."""
        made: Delete = slots.delete(self)
        made.note_site(_getframe(1))
        return made

    def table_valued(self) -> TableValuedColumn[Any]:
        """Return one column that stands for whole rows of this table."""
        return TableValuedColumn(self, table_value_type(*self.c))


class Values(HasCTE, Generative, NamedFromClause):
    """A ``VALUES`` list as a source; made by ``values()``.

    :param columns: columns that name and type the values.
    :param name: name of the source.
    :param literal_binds: render the values into the statement.
    """

    __visit_name__ = "values"
    cache_key_fields = (
        ("_column_args", KeyKind.CLAUSES),
        ("_data", KeyKind.DML_ROWS),
        ("name", KeyKind.NAME),
        ("literal_binds", KeyKind.PLAIN),
        ("is_lateral", KeyKind.PLAIN),
        ("_unnamed", KeyKind.PLAIN),
    ) + HasCTE.cte_key_fields
    name_cte_columns = True
    _data: Tuple[Any, ...] = ()
    _unnamed = False

    def __init__(
        self, *columns: Any, name: Optional[str] = None, literal_binds: bool = False
    ) -> None:
        for column in columns:
            if not hasattr(column, "type"):
                raise exc.ArgumentError("values() takes column() objects and got %r" % (column,))
        self._column_args = columns
        if name is None:
            self._unnamed = True
            self.name = anonymous("anon")
        else:
            self.name = name
        self.literal_binds = literal_binds
        self.named_with_column = not self._unnamed

    def _flat(self, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        _refuse_literals(self)
        super()._flat(out, binds, seen)

    @property
    def _column_types(self) -> List[Any]:
        return [column.type for column in self._column_args]

    @generative
    def alias(self, name: Optional[str] = None, flat: bool = False) -> Self:
        """Return the same values under another name."""
        self.name = name if name is not None else anonymous("anon")
        self._unnamed = False
        self.named_with_column = True
        return self

    @generative
    def lateral(self, name: Optional[str] = None) -> Self:
        """Return the same values as LATERAL; under another name if one is given."""
        self.name = name if name is not None else self.name
        self._unnamed = False
        self.named_with_column = True
        self.is_lateral = True
        return self

    @generative
    def data(self, values: Sequence[Tuple[Any, ...]]) -> Self:
        """Return a copy with more rows.

        :param values: list of tuples, each with a value for every column.
        """
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise exc.ArgumentError("data() takes a list of tuples, one for each row, and got %r" % (values,))
        types = self._column_types
        self._data = self._data + (tuple([_bound_row(row, types) for row in values]),)
        return self

    def scalar_values(self) -> ScalarValues:
        """Return the values as an expression, for ``IN`` and the like."""
        return ScalarValues(self._column_args, self._data, self.literal_binds)

    def table_valued(self) -> TableValuedColumn[Any]:
        """Return one column that stands for whole rows of this source."""
        return TableValuedColumn(self, table_value_type(*self.c))

    def _fill_columns(
        self, columns: Any, primary_key: Any, foreign_keys: Set[Any]
    ) -> None:
        for column in self._column_args:
            if column.table is None:
                # a column of nobody becomes one of this source
                column.table = self
            if column.table is self:
                columns.add(column)
                continue
            key, proxy = column._make_proxy(
                self, primary_key=primary_key, foreign_keys=foreign_keys
            )
            columns.add(proxy, key)

    def _compare_to(self, other: Any, comparison: Any) -> Any:
        """Compare names and types of the columns, which may or may not have been taken over yet."""
        return (
            isinstance(other, Values)
            and [column.name for column in self._column_args]
            == [column.name for column in other._column_args]
            and all(
                mine._compare_type_affinity(theirs)
                for mine, theirs in zip(self._column_types, other._column_types)
            )
            and comparison.name(self.name, other.name)
            and (self.literal_binds, self.is_lateral) == (other.literal_binds, other.is_lateral)
            and comparison.anything(self._data, other._data)
        )

    def __sa_operate__(self, op: Any, *other: Any, **kw: Any) -> Any:
        return self.scalar_values().__sa_operate__(op, *other, **kw)


def _refuse_literals(values: Any) -> None:
    """Raise Uncacheable for values that are part of the text, which a key leaves out."""
    if values.literal_binds:
        raise Uncacheable(values)


def _bound_row(row: Sequence[Any], types: List[Any]) -> Tuple[Any, ...]:
    """Return a row of VALUES with its plain values as parameters; too many of them are kept as they are."""
    bound: List[Any] = list(row)
    for index, (value, type_) in enumerate(zip(row, types)):
        if hasattr(value, "__clause_element__") or isinstance(value, ClauseElement):
            bound[index] = coercions.expect(roles.ExpressionElementRole, value)
        elif value is None and not type_.should_evaluate_none:
            bound[index] = Null()
        else:
            known = None if type_._isnull else type_
            bound[index] = BindParameter(None, value, type_=known, unique=True)
    return tuple(bound)


class ScalarValues(roles.InElementRole, ColumnElement[Any]):
    """A ``VALUES`` list as an expression; made by ``Values.scalar_values()``."""

    __visit_name__ = "scalar_values"
    _from_objects = ClauseElement._from_objects
    cache_key_fields = (
        ("_column_args", KeyKind.CLAUSES),
        ("_data", KeyKind.DML_ROWS),
        ("literal_binds", KeyKind.PLAIN),
    )

    def __init__(self, columns: Sequence[Any], data: Tuple[Any, ...], literal_binds: bool) -> None:
        self._column_args = tuple(columns)
        self._data = data
        self.literal_binds = literal_binds

    def _flat(self, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        _refuse_literals(self)
        super()._flat(out, binds, seen)

    @property
    def type(self) -> Any:  # type: ignore[override]
        """The type of the first column."""
        return self._column_args[0].type

    @property
    def _column_types(self) -> List[Any]:
        return [column.type for column in self._column_args]

    def __clause_element__(self) -> ScalarValues:
        return self

    def self_group(self, against: Any = None) -> Any:
        """Return the values; they bring their own parentheses."""
        return self
