"""What INSERT, UPDATE and DELETE share: the table, values, criteria, RETURNING, hints.

The statements are in ``statements``, upsert and MERGE in ``merging``; which columns are finally set, and from
where, is decided in ``compiler.crud``.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Mapping, Optional, Set, Tuple

from .. import coercions, roles
from ..base import DialectKWArgs, generative
from ..cache_key import KeyKind
from ..collections import WriteableColumnCollection
from ..elements.literals import plain_bind
from ..executable import ExecutableStatement
from ..lowering import find_plugin
from ..selectable.base import (
    EXECUTABLE_FIELDS,
    HasPrefixes,
    HasSyntaxExtensions,
    add_dialect_options,
)
from ..selectable.join import conjunction
from ..selectable.select import namespace_column
from ..selectable.sources import HasCTE
from ..selectable.statement import (
    LABEL_STYLE_DISAMBIGUATE_ONLY,
    ColumnName,
    add_proxies,
    name_columns,
)
from ..traversals import memoized_attribute
from ..sqltypes import NULLTYPE
from ... import exc

if TYPE_CHECKING:
    from typing_extensions import Self

    from ..selectable.base import EXECUTABLE_FIELDS, FromClause

__all__ = [
    "DMLWhereBase",
    "UpdateBase",
    "ValuesBase",
    "changed_sources",
    "check_values",
    "column_values",
    "crud_value",
    "extra_froms",
]


class UpdateBase(
    roles.DMLRole, HasCTE, DialectKWArgs, HasPrefixes, HasSyntaxExtensions, ExecutableStatement
):
    """The base of INSERT, UPDATE and DELETE."""

    __visit_name__ = "update_base"
    dml_key_fields = (
        (
            ("table", KeyKind.CLAUSE),
            ("_returning", KeyKind.CLAUSES),
            ("_return_defaults", KeyKind.PLAIN),
            ("_return_defaults_columns", KeyKind.CLAUSES),
            ("_supplemental_returning", KeyKind.CLAUSES),
            ("_sort_by_parameter_order", KeyKind.PLAIN),
            ("_hints", KeyKind.CLAUSE_TUPLES),
            ("_dialect_options", KeyKind.PLAIN_DICT),
        )
        + HasPrefixes.prefix_key_fields
        + HasCTE.cte_key_fields
        + EXECUTABLE_FIELDS
    )
    is_dml = True
    named_with_column = True
    _label_style = LABEL_STYLE_DISAMBIGUATE_ONLY
    table: Any
    _hints: Tuple[Tuple[Any, str, str], ...] = ()
    _returning: Tuple[Any, ...] = ()
    _return_defaults = False
    _return_defaults_columns: Optional[Tuple[Any, ...]] = None
    _supplemental_returning: Optional[Tuple[Any, ...]] = None
    _sort_by_parameter_order = False

    def __init__(self, table: Any) -> None:
        self.table = coercions.expect(
            roles.DMLTableRole, table, sink=self
        )

    # -- returning -------------------------------------------------------------------------------

    def returning(self, *cols: Any, sort_by_parameter_order: bool = False) -> UpdateBase:
        """Return a copy that gives rows: these expressions for each row changed.

        :param cols: columns, tables or expressions of the table.
        :param sort_by_parameter_order: whether an INSERT of many rows gives them in the order of the
            parameters.
        :raises InvalidRequestError: ``return_defaults()`` is in use.
        """
        if self._return_defaults:
            raise exc.InvalidRequestError(
                "this statement uses return_defaults(), which sets RETURNING itself; returning() "
                "cannot be added"
            )
        self._check_sorting(sort_by_parameter_order, "returning")
        new = self._generate()
        new._returning = self._returning + tuple(
            [
                coercions.expect(roles.ColumnsClauseRole, col, sink=new)
                for col in cols
            ]
        )
        if sort_by_parameter_order:
            new._sort_by_parameter_order = True
        return new

    def return_defaults(
        self,
        *cols: Any,
        supplemental_cols: Optional[Iterable[Any]] = None,
        sort_by_parameter_order: bool = False,
    ) -> Self:
        """Return a copy that fetches values the database made, where it can do so at once.

        They are found in ``CursorResult.returned_defaults``; the statement gives no rows.

        :param cols: only fetch these columns.
        :param supplemental_cols: fetch these as well, whether or not they have a default.
        :param sort_by_parameter_order: as in ``returning()``.
        """
        self._check_sorting(sort_by_parameter_order, "return_defaults")
        new = self._generate()
        columns = tuple([coercions.expect(roles.ColumnsClauseRole, col) for col in cols])
        present = self._return_defaults_columns
        if not self._return_defaults:
            new._return_defaults_columns = columns or None
        elif present is not None:
            # asked for without columns before or now: all of them
            new._return_defaults_columns = _merged(present, columns) if columns else None
        if supplemental_cols is not None:
            new._supplemental_returning = _merged(
                self._supplemental_returning or (),
                tuple([coercions.expect(roles.ColumnsClauseRole, c) for c in supplemental_cols]),
            )
        new._return_defaults = True
        if sort_by_parameter_order:
            new._sort_by_parameter_order = True
        return new

    def _check_sorting(self, wanted: bool, method: str) -> None:
        if wanted and not self.is_insert:
            raise exc.ArgumentError(
                "sort_by_parameter_order of %s() is for INSERT; this is %s"
                % (method, type(self).__name__.upper())
            )

    @memoized_attribute
    def _all_selected_columns(self) -> Tuple[Any, ...]:
        return tuple([each for col in self._returning for each in col._selected_items])

    def _named_columns(self) -> Tuple[ColumnName, ...]:
        return name_columns(self._all_selected_columns, LABEL_STYLE_DISAMBIGUATE_ONLY)

    @memoized_attribute
    def exported_columns(self) -> Any:
        """The columns of RETURNING, by key."""
        collection: Any = WriteableColumnCollection()
        for column in self._all_selected_columns:
            if not column._is_text_clause:
                collection.add(column, column._proxy_key)
        return collection.as_readonly()

    @property
    def returning_column_descriptions(self) -> List[Dict[str, Any]]:
        """A dictionary for each column of RETURNING: ``name``, ``type``, ``expr``."""
        describe = getattr(find_plugin(self), "describe_returning", None)
        if describe is not None:
            described: List[Dict[str, Any]] = describe(self)
            return described
        return [
            {"name": column.key, "type": column.type, "expr": column}
            for column in self._all_selected_columns
        ]

    @property
    def entity_description(self) -> Dict[str, Any]:
        """A dictionary about the table: ``name``, ``table``; with a mapped class more."""
        describe = getattr(find_plugin(self), "describe_entity", None)
        if describe is not None:
            described: Dict[str, Any] = describe(self)
            return described
        table = self.table
        return {"name": table.name if table.named_with_column else None, "table": table}

    def _offer_columns(
        self, fromclause: FromClause, columns: Any, primary_key: Any, foreign_keys: Set[Any]
    ) -> None:
        add_proxies(
            self._all_selected_columns,
            LABEL_STYLE_DISAMBIGUATE_ONLY,
            fromclause,
            columns,
            primary_key,
            foreign_keys,
        )

    def corresponding_column(self, column: Any, require_embedded: bool = False) -> Any:
        """Return the column of RETURNING that stands for ``column``, or None."""
        return self.exported_columns.corresponding_column(column, require_embedded)

    def is_derived_from(self, fromclause: Optional[FromClause]) -> bool:
        """Return False: rows of RETURNING are new rows."""
        return False

    # -- other -----------------------------------------------------------------------------------

    def params(self, *arg: Any, **kw: Any) -> Any:
        """Not available: values are set with ``values()``.

        :raises NotImplementedError: always.
        """
        raise NotImplementedError(
            "INSERT, UPDATE and DELETE have no params(); set values with statement.values(...)"
        )

    @generative
    def with_dialect_options(self, **opt: Any) -> Self:
        """Return a copy with ``<dialect>_<option>`` arguments."""
        add_dialect_options(self, opt)
        return self

    @generative
    def with_hint(self, text: str, selectable: Any = None, dialect_name: str = "*") -> Self:
        """Return a copy with a hint for the table, or another source of the statement.

        :param text: the hint as the database expects it.
        :param selectable: the source; the table by default.
        :param dialect_name: render it for this dialect only.
        """
        source = self.table if selectable is None else coercions.expect(roles.DMLTableRole, selectable)
        kept = tuple(
            hint for hint in self._hints if not (hint[0] is source and hint[1] == dialect_name)
        )
        self._hints = kept + ((source, dialect_name, text),)
        return self

    @property
    def _from_objects(self) -> List[Any]:
        return []

def _merged(present: Tuple[Any, ...], added: Tuple[Any, ...]) -> Tuple[Any, ...]:
    known = set(present)
    return present + tuple(column for column in added if column not in known)


class DMLWhereBase:
    """WHERE for UPDATE and DELETE."""

    table: Any
    _where_criteria: Tuple[Any, ...] = ()
    _extra_froms: Tuple[Any, ...] = ()
    where_key_fields = (("_where_criteria", KeyKind.CLAUSES),)

    @generative
    def where(self, *whereclause: Any) -> Self:
        """Return a copy with further criteria, joined by AND."""
        self._where_criteria = self._where_criteria + tuple(
            [
                coercions.expect(roles.WhereHavingRole, criterion, sink=self)
                for criterion in whereclause
            ]
        )
        return self

    def filter(self, *criteria: Any) -> Self:
        """Return the same as ``where()``."""
        return self.where(*criteria)

    def filter_by(self, **kwargs: Any) -> Self:
        """Return a copy with ``column == value`` criteria on the table.

        :raises InvalidRequestError: there is no such column.
        """
        sources = [self.table] + extra_froms(self)
        return self.where(
            *[namespace_column(sources, key) == value for key, value in kwargs.items()]
        )

    @property
    def whereclause(self) -> Any:
        """The criteria joined by AND, or None."""
        return conjunction(self._where_criteria)


class ValuesBase(UpdateBase):
    """VALUES for INSERT and SET for UPDATE."""

    __visit_name__ = "values_base"
    _supports_multi_parameters = False
    _inline = False
    select: Any = None
    _values: Optional[Dict[Any, Any]] = None
    _multi_values: Tuple[Tuple[Dict[Any, Any], ...], ...] = ()
    _ordered_values: Optional[Tuple[Tuple[Any, Any], ...]] = None
    _names_from_select: Optional[Tuple[str, ...]] = None
    values_key_fields = (
        ("_values", KeyKind.DML_VALUES),
        ("_multi_values", KeyKind.CLAUSE_TUPLES),
        ("_ordered_values", KeyKind.CLAUSE_TUPLES),
        ("_inline", KeyKind.PLAIN),
    )

    def values(self, *args: Any, **kwargs: Any) -> Self:
        """Return a copy with values for columns.

        :param args: one dictionary (keys: names or columns); one tuple or list of values in the
            order of the table's columns; for INSERT also a list of dictionaries, tuples or lists:
            one row each.
        :param kwargs: values by column key.
        :raises ArgumentError: the arguments have none of these forms.
        :raises InvalidRequestError: they do not go together with what the statement has.
        """
        if self.select is not None:
            raise exc.InvalidRequestError(
                "this INSERT takes its rows from a SELECT; values() cannot be added"
            )
        if self._ordered_values:
            raise exc.InvalidRequestError(
                "this UPDATE has ordered_values() already; values() cannot be added"
            )
        if args:
            given = self._positional_values(args, kwargs)
            if isinstance(given, list):
                return self._with_rows(given)
        else:
            given = kwargs
        new = self._generate()
        present = self._values
        made = self._expanded_values(given)
        new._values = made if present is None else _updated(present, made)
        return new

    def _expanded_values(self, given: Mapping[Any, Any], among_rows: bool = False) -> Dict[Any, Any]:
        plugin = None if self.entity_mark is None else find_plugin(self)
        return _coerced_values(given if plugin is None else plugin.expand_values(self, given), among_rows)

    def _positional_values(self, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Any:
        """Return the one positional argument as a dictionary, or a list of them for several rows."""
        if kwargs:
            raise exc.ArgumentError(
                "values() takes one positional argument or keywords, not both at once"
            )
        if len(args) > 1:
            raise exc.ArgumentError(
                "values() takes one positional argument: a dictionary or tuple, or a list of "
                "them; got %d arguments" % len(args)
            )
        given = args[0]
        if isinstance(given, (list, tuple)):
            if not given:
                return {}
            if isinstance(given[0], Mapping):
                return list(given)
            if isinstance(given[0], (list, tuple)):
                names = [column.key for column in self.table.c]
                return [dict(zip(names, row)) for row in given]
            return {column.key: value for column, value in zip(self.table.c, given)}
        if not hasattr(given, "items"):
            raise exc.ArgumentError(
                "values() takes a dictionary, a tuple or a list of them as positional argument; "
                "got %r" % (given,)
            )
        return given

    def _with_rows(self, rows: List[Mapping[Any, Any]]) -> Self:
        new = self._generate()
        made = tuple([self._expanded_values(row, among_rows=True) for row in rows])
        new._multi_values = self._multi_values + (made,)
        return new


def check_values(statement: ValuesBase) -> None:
    """Check, before it is compiled, that the values of a statement go together.

    :raises InvalidRequestError: several rows where one is possible, or both forms of values.
    """
    if not statement._multi_values:
        return
    if not statement._supports_multi_parameters:
        raise exc.InvalidRequestError(
            "%s takes one set of values; a list of them is for INSERT. Pass the list as "
            "parameters to execute() instead" % type(statement).__name__.upper()
        )
    if statement._values:
        raise exc.InvalidRequestError(
            "an INSERT has either one set of values, which further values() calls add to, or a "
            "list of rows; the two cannot be mixed"
        )


def _updated(present: Dict[Any, Any], added: Dict[Any, Any]) -> Dict[Any, Any]:
    merged = dict(present)
    merged.update(added)
    return merged


def _coerced_values(given: Mapping[Any, Any], among_rows: bool = False) -> Dict[Any, Any]:
    """Return the values as elements: columns by name or as column, plain values as parameters."""
    expect = coercions.expect
    made: Dict[Any, Any] = {}
    for key, value in given.items():
        if key.__class__ is not str:
            key = expect(roles.DMLColumnRole, key)
        made[key] = crud_value(value, among_rows)
    return made


# what needs no look at its class: it can only become a parameter
_PLAIN_VALUES = frozenset(
    [str, int, float, bool, bytes, type(None), dt.date, dt.datetime, dt.time, dt.timedelta]
)


def crud_value(value: Any, among_rows: bool = False) -> Any:
    """Return the element for a value to be set.

    :param among_rows: it is in one of several rows, where a SELECT can't be meant as anything but a value.
    """
    if value.__class__ in _PLAIN_VALUES:
        made = plain_bind("param", value, NULLTYPE)
        made.__dict__["_is_crud"] = True
        return made
    if among_rows and getattr(value, "_is_select_base", False):
        value = value.scalar_subquery()
    return coercions.expect(roles.ExpressionElementRole, value, type_=NULLTYPE, is_crud=True)


def column_values(statement: ValuesBase) -> Dict[str, Any]:
    """Return the values of an INSERT or UPDATE by column key; of several rows, those of the first.

    Values are elements: plain ones stand in bound parameters.
    """
    if statement._multi_values:
        given: Iterable[Tuple[Any, Any]] = statement._multi_values[0][0].items()
    elif statement._ordered_values:
        given = statement._ordered_values
    else:
        given = (statement._values or {}).items()
    return {key if isinstance(key, str) else key.key: value for key, value in given}


def changed_sources(table: Any) -> Set[Any]:
    """Return what stands for the table of a statement: itself, or the tables of a join with the join."""
    sources = table._from_objects if table._is_join else (table,)
    return {each for source in sources for each in source._cloned_set}


def extra_froms(statement: Any) -> List[FromClause]:
    """Return the sources, other than the table itself, that an UPDATE or DELETE refers to."""
    known = changed_sources(statement.table)
    found: List[Any] = []
    sources = list(statement._extra_froms)
    for criterion in statement._where_criteria:
        sources.extend(criterion._from_objects)
    for source in sources:
        if known.isdisjoint(source._cloned_set):
            found.append(source)
            known.update(source._cloned_set)
    hidden = {inner for source in found for inner in source._hidden_froms}
    return [source for source in found if source not in hidden]
