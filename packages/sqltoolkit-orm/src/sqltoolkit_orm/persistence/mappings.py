"""Rows that are given as dictionaries of attribute values: inserted in runs of equal shape, updated by primary key.

Which statement asks for it, and what the session's objects learn of it, is in ``session.dml`` and ``session.bulk``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import and_
from sqltoolkit_core import bindparam
from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import update
from sqltoolkit_core.sql import visitors
from sqltoolkit_core.sql.analysis import find_columns

from ..context.dml import attribute_columns
from ..exc import StaleDataError
from .plan import has_expression
from .plan import is_expression
from .plan import table_plans

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import FrozenSet
    from typing import Iterable
    from typing import List
    from typing import Optional
    from typing import Set
    from typing import Tuple

__all__ = ["by_columns", "discriminator_values", "guarded_names", "rows_for", "spread", "update_by_key"]


def by_columns(mapper: Any, parameters: Any) -> Any:
    """Return parameters with attribute keys turned into column keys."""
    if mapper is None or not parameters:
        return parameters
    names = _renamed(mapper)
    if not names:
        return parameters
    if isinstance(parameters, list):
        return [{names.get(key, key): value for key, value in row.items()} for row in parameters]
    return {names.get(key, key): value for key, value in parameters.items()}


def _renamed(mapper: Any) -> Dict[str, str]:
    """Return column keys by attribute keys where they differ."""
    memo = mapper.memo
    found: Optional[Dict[str, str]] = memo.get("renamed")
    if found is None:
        found = memo["renamed"] = {
            key: column.key for key, column in attribute_columns(mapper).items() if column.key != key
        }
    return found


def discriminator_values(mapper: Any, plan: Any) -> Dict[str, Any]:
    """Return the discriminator value that rows of a subclass need."""
    column = mapper.polymorphic_on
    if column is None or mapper.polymorphic_identity is None:
        return {}
    for key, own in plan.columns:
        if own is column or own in mapper.equivalent_columns.get(column, ()):
            return {key: mapper.polymorphic_identity}
    return {}


def spread(mapper: Any, row: Dict[Any, Any]) -> Dict[str, Any]:
    """Return a row of values by column attributes: composites taken apart, synonyms followed."""
    made: Dict[str, Any] = {}
    for key, value in row.items():
        if not isinstance(key, str):
            key = getattr(key, "key", key)
        prop = mapper.props.get(key)
        while prop is not None and getattr(prop, "kind", "") == "synonym":
            prop = mapper.props.get(prop.name)
        if prop is not None and prop.kind == "composite":
            values = [None] * len(prop.props) if value is None else prop.values_of(value)
            for part, part_value in zip(prop.props, values):
                made[part.key] = part_value
        else:
            made[key if prop is None else prop.key] = value
    return made


# ------------------------------------------------------------------------------------------------------------- INSERT


def guarded_names(plan: Any, render_nulls: bool) -> List[str]:
    """Return the keys of columns for which None is left out, so that their default makes the value.

    :param render_nulls: send NULL for columns with defaults; the primary key is still left to the database.
    """
    pk_names = {column.key for column in plan.key_columns}
    evaluates = plan.evaluates_none
    return [
        name for name, _key, _column in plan.default_keys if name in pk_names or not (render_nulls or name in evaluates)
    ]


def rows_for(mapper: Any, plan: Any, rows: List[Dict[str, Any]], render_nulls: bool) -> List[List[Dict[str, Any]]]:
    """Return rows of column keys for rows of attribute keys, in runs of equal shape.

    None is left out for columns that have a default, and sent as NULL for all others.

    :param render_nulls: send NULL for columns with defaults, too.
    """
    if not rows:
        return []
    added = discriminator_values(mapper, plan)
    names = _renamed(mapper)
    guarded = guarded_names(plan, render_nulls)
    generator = mapper.version_id_generator if plan.version is not None else None
    known = {column.key for _key, column in plan.columns}
    plain = not added and not names and not generator
    runs: List[List[Dict[str, Any]]] = []
    shape: Any = None
    current: List[Dict[str, Any]] = []
    for row in rows:
        if not (plain and row.keys() <= known):
            made = dict(added)
            made.update(spread(mapper, row))
            if generator:
                made[plan.version_key] = generator(None)
            row = _by_column_key(mapper, made, names, known)
        drop = [key for key in guarded if key in row and row[key] is None]
        if drop:
            row = {key: value for key, value in row.items() if key not in drop}
        keys = row.keys()
        if shape is None or keys != shape:
            if current:
                runs.append(current)
            current = []
            shape = keys
        current.append(row)
    runs.append(current)
    return runs


def _by_column_key(mapper: Any, row: Dict[str, Any], names: Dict[str, str], known: Set[str]) -> Dict[str, Any]:
    found = {}
    for key, value in row.items():
        name = names.get(key, key)
        prop = mapper.props.get(key)
        # what is no attribute may be a parameter of the statement; a relationship is nothing to insert
        if prop is None or name in known:
            found[name] = value
    return found


# ------------------------------------------------------------------------------------------------------------- UPDATE


def update_by_key(
    connection: Any,
    mapper: Any,
    rows: Iterable[Dict[Any, Any]],
    *,
    values: Any = (),
    where: Any = (),
    execution_options: Any = None,
) -> Any:
    """Update rows of attribute values by their primary keys, table by table; return the last result, or None.

    :param values: (column, value) that every row gets.
    :param where: criteria that a row must fulfil, too; then it is no error if some don't.
    :raises InvalidRequestError: a row lacks a part of the primary key, or the version.
    :raises StaleDataError: a row was not met.
    """
    result = None
    simple = _simple_keys(mapper)
    spread_rows = [row if row.keys() <= simple else spread(mapper, row) for row in rows]
    for position, plan in enumerate(table_plans(mapper).values()):
        writer = _KeyedUpdate(connection, plan, values, where, position == 0, execution_options)
        for row in spread_rows:
            writer.add(row)
        writer.flush()
        result = writer.result if writer.result is not None else result
    return result


def _simple_keys(mapper: Any) -> FrozenSet[str]:
    """Return the keys of column attributes, whose values need no taking apart."""
    found: Optional[FrozenSet[str]] = mapper.memo.get("simple_keys")
    if found is None:
        simple = [key for key, prop in mapper.props.items() if prop.kind == "column"]
        found = mapper.memo["simple_keys"] = frozenset(simple)
    return found


class _KeyedUpdate:
    """The UPDATEs of one table, in runs of equal shape."""

    def __init__(
        self, connection: Any, plan: Any, values: Any, where: Any, is_first: bool, execution_options: Any
    ) -> None:
        self.connection = connection
        self.plan = plan
        self.options = execution_options
        self.by_key = {key: (place, column) for place, (key, column) in enumerate(plan.columns)}
        self.names = {
            key: "%s_%s" % (plan.table.name, column.name) for key, column in zip(plan.key_names, plan.key_columns)
        }
        self.values = {column: value for column, value in values if column.table is plan.table}
        own = set(plan.table.c)
        self.where = [each for each in where if is_first or own.issuperset(find_columns(each))]
        self.version_name: Optional[str] = None
        self.statement = self._make_statement()
        #: parameters of expressions in the statement
        self.parameters = _parameter_names(list(self.values.values()) + self.where)
        #: by the keys of a row
        self.layouts: Dict[Tuple[str, ...], Tuple[List[Tuple[str, str]], bool]] = {}
        self.run: List[Dict[str, Any]] = []
        self.shape: Any = None
        self.result: Any = None

    def _make_statement(self) -> Any:
        plan = self.plan
        criteria = [
            column == bindparam(self.names[key], type_=column.type)
            for key, column in zip(plan.key_names, plan.key_columns)
        ]
        if plan.version is not None:
            self.version_name = "%s_%s" % (plan.table.name, plan.version.name)
            criteria.append(plan.version == bindparam(self.version_name, type_=plan.version.type))
        statement = update(plan.table).where(and_(*criteria))
        if self.where:
            statement = statement.where(*self.where)
        if self.values:
            statement = statement.values(self.values)
        return statement

    def add(self, row: Dict[str, Any]) -> None:
        """Take a row of attribute values in."""
        keys = tuple(row)
        try:
            pairs, ours = self.layouts[keys]
        except KeyError:
            pairs, ours = self.layouts[keys] = self._layout(row)
        for key in self.names:
            if row.get(key) is None:
                raise self._incomplete(row)
        if not ours:
            return
        params = {name: row[key] for key, name in pairs}
        if self.plan.version is not None:
            self._add_version(row, params)
        self._enter(params)

    def _layout(self, row: Dict[str, Any]) -> Tuple[List[Tuple[str, str]], bool]:
        """Return what is sent of rows with these keys, as (key, parameter), and whether they change this table."""
        version = getattr(self.plan.version, "key", None)
        places = [(self.by_key[key], key) for key in row if key in self.by_key and key not in self.names]
        places.sort(key=_by_place)
        changes = [(key, column.key) for (_place, column), key in places if column.key != version]
        pairs = changes + [(name, name) for name in self.parameters if name in row]
        return pairs + [(key, name) for key, name in self.names.items()], bool(changes or self.values)

    def _incomplete(self, row: Dict[str, Any]) -> Exception:
        missing = [str(self.by_key[key][1]) for key in self.names if row.get(key) is None]
        return sa_exc.InvalidRequestError(
            "Parameters of an UPDATE by primary key lack the value of %s; each set needs the whole key"
            % ", ".join(missing),
            code="bupq",
        )

    def _add_version(self, row: Dict[str, Any], params: Dict[str, Any]) -> None:
        plan = self.plan
        if plan.version_key not in row:
            raise sa_exc.InvalidRequestError(
                "Parameters of an UPDATE by primary key lack the version of the row, '%s'" % plan.version
            )
        old = row[plan.version_key]
        generator = plan.mapper.version_id_generator
        if generator:
            params[plan.version.key] = generator(old)
        params[self.version_name] = old  # type: ignore[index]

    def _enter(self, params: Dict[str, Any]) -> None:
        if has_expression(params.values()):
            self.flush()
            plain = {name: value for name, value in params.items() if not is_expression(value)}
            given = {self.plan.table.c[name]: value for name, value in params.items() if is_expression(value)}
            self._execute(self.statement.values(given), [plain])
            return
        shape = tuple(params)
        if shape != self.shape:
            self.flush()
            self.shape = shape
        self.run.append(params)

    def flush(self) -> None:
        """Send what was taken in."""
        if self.run:
            rows, self.run, self.shape = self.run, [], None
            self._execute(self.statement, rows)

    def _execute(self, statement: Any, rows: List[Dict[str, Any]]) -> None:
        dialect = self.connection.dialect
        options = self.options or {}
        sane = dialect.supports_sane_multi_rowcount if len(rows) > 1 else dialect.supports_sane_rowcount
        self.result = self.connection.execute(statement, rows, execution_options=options)
        if sane and not self.where and 0 <= self.result.rowcount != len(rows):
            raise StaleDataError(
                "The UPDATE of rows of '%s' should have met %d row(s) and met %d; they were deleted or "
                "changed by somebody else" % (self.plan.table.description, len(rows), self.result.rowcount)
            )


def _by_place(found: Tuple[Tuple[int, Any], str]) -> int:
    return found[0][0]


def _parameter_names(elements: Iterable[Any]) -> Set[str]:
    """Return the names of parameters in expressions that the program named."""
    found = set()
    for element in elements:
        if not hasattr(element, "__visit_name__"):
            continue
        for inner in visitors.iterate(element):
            if inner.__visit_name__ == "bindparam" and not inner.unique:
                found.add(inner.key)
    return found
