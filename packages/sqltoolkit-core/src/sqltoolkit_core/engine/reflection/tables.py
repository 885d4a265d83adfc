"""Filling a `Table` with what the inspector found.

The answers come from `.inspector`; what a table can hold is in `sql.schema`.
"""

from __future__ import annotations

import typing

from ... import exc
from ...schema import BLANK_SCHEMA
from ...schema import CheckConstraint
from ...schema import Column
from ...schema import Computed
from ...schema import DefaultClause
from ...schema import ForeignKeyConstraint
from ...schema import ForeignKeyTarget
from ...schema import Identity
from ...schema import Index
from ...schema import Sequence
from ...schema import UniqueConstraint
from ...sql.elements import text
from ...sql.schema.defaults import FetchedValue
from ...util.decorators import warn

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Collection
    from typing import Dict
    from typing import List
    from typing import Optional

    from .inspector import Inspector

__all__ = ["reflect_table"]


def reflect_table(
    inspector: Inspector,
    table: Any,
    include_columns: Optional[Collection[str]],
    exclude_columns: Collection[str],
    resolve_fks: bool,
    extend_on: Any,
) -> None:
    """Fill `table` with what the database has under its name."""
    if extend_on is not None:
        if table in extend_on:
            return
        extend_on.add(table)
    with inspector._on_one_connection() as over_connection:
        _TableReflection(over_connection, table, include_columns, exclude_columns, resolve_fks, extend_on).run()


class _TableReflection:
    """The reflection of one table."""

    def __init__(
        self,
        inspector: Inspector,
        table: Any,
        include_columns: Optional[Collection[str]],
        exclude_columns: Collection[str],
        resolve_fks: bool,
        extend_on: Any,
    ) -> None:
        self.inspector = inspector
        self.table = table
        self.include_columns = include_columns
        self.exclude_columns = exclude_columns
        self.resolve_fks = resolve_fks
        self.extend_on = extend_on
        self.name = table.name
        self.schema = inspector.bind.schema_for_object(table)  # type: ignore[union-attr]
        dialect = inspector.dialect
        # options such as the link of a remote database are passed on to every question
        self.options: Dict[str, Any] = {
            name: table.dialect_kwargs.get(name)
            for name in dialect.reflection_options
            if name in set(table.dialect_kwargs)
        }
        self.by_name: Dict[str, Any] = {}
        self.answers: Dict[str, Dict[Any, Any]] = {}

    def run(self) -> None:
        """Ask for everything and add it to the table."""
        self._gather()
        columns = self._described_columns()
        self._table_options()
        for described in columns:
            self._add_column(described)
        self._primary_key()
        self._foreign_keys()
        self._indexes()
        self._unique_constraints()
        self._check_constraints()
        self._comment()

    def _gather(self) -> None:
        # may be there from a reflection of many tables
        key = (self.schema, self.name)
        if not self.inspector._knows(key):
            self.inspector = self.inspector.gather([self.name], self.schema, **self.options)
        self.answers, unreflectable = self.inspector._gathered
        if key in unreflectable:
            raise unreflectable[key]

    def _ask(self, method: str) -> Any:
        key = (self.schema, self.name)
        found = self.answers.get(method)
        if found is not None and key in found:
            return found[key]
        return getattr(self.inspector, method)(self.name, self.schema, **self.options)

    def _table_options(self) -> None:
        options = self._ask("get_table_options")
        if options:
            # what the user gave stays; the view also answers for arguments that were not given
            given = set(self.table.dialect_kwargs)
            self.table._take_dialect_kwargs(
                {name: value for name, value in options.items() if name not in given}
            )

    # ---------------------------------------------------------------- columns

    def _described_columns(self) -> List[Any]:
        # the first question: it tells whether there is such a table, and whether it can be reflected
        found = list(self._ask("get_columns"))
        if not found and not self.inspector.has_table(self.name, self.schema, **self.options):
            raise exc.NoSuchTableError(self.name)
        return found

    def _add_column(self, described: Dict[str, Any]) -> None:
        table = self.table
        in_database = described["name"]
        described = dict(described)
        described.pop("expression", None)
        table.metadata.dispatch.column_reflect(self.inspector, table, described)
        table.dispatch.column_reflect(self.inspector, table, described)
        name = described["name"]
        if self.include_columns is not None and name not in self.include_columns:
            return
        if name in self.exclude_columns:
            return
        arguments = {
            key: described[key]
            for key in ("nullable", "autoincrement", "quote", "info", "key", "comment")
            if key in described
        }
        arguments.update(described.get("dialect_options") or {})
        items: List[Any] = []
        default = described.get("default")
        if default is not None:
            items.append(_server_default(default))
        if described.get("computed"):
            items.append(Computed(**described["computed"]))
        if described.get("identity"):
            items.append(Identity(**described["identity"]))
        if described.get("sequence"):
            items.append(_sequence(described["sequence"]))
        column = Column(name, described["type"], *items, **arguments)
        self.by_name[in_database] = column
        if column.key in table.c:
            column.primary_key = table.c[column.key].primary_key
        table.append_column(column, replace_existing=True)

    # ------------------------------------------------------------ constraints

    def _primary_key(self) -> None:
        described = self._ask("get_pk_constraint")
        if not described:
            return
        columns = [
            self.by_name[name]
            for name in described["constrained_columns"]
            if name in self.by_name and name not in self.exclude_columns
        ]
        key = self.table.primary_key
        key.name = described.get("name")
        if described.get("comment"):
            key.comment = described["comment"]
        if described.get("dialect_options"):
            key.dialect_kwargs.update(described["dialect_options"])
        key._reload(columns)

    def _foreign_keys(self) -> None:
        for described in self._ask("get_foreign_keys"):
            names = [
                self.by_name[name].key if name in self.by_name else name
                for name in described["constrained_columns"]
            ]
            if self.exclude_columns and set(described["constrained_columns"]) & set(
                self.exclude_columns
            ):
                continue
            if self.include_columns is not None and not all(
                name in self.by_name for name in described["constrained_columns"]
            ):
                continue
            self._add_foreign_key(described, names)

    def _add_foreign_key(self, described: Dict[str, Any], names: List[str]) -> None:
        table = self.table
        referred_schema = described["referred_schema"]
        referred_table = described["referred_table"]
        referred = described["referred_columns"]
        options: Dict[str, Any] = dict(described.get("options") or {})
        settings: Dict[str, Any] = {}
        if referred_schema is not None:
            settings["schema"] = referred_schema
        elif table.schema is not None or table.metadata.schema is not None:
            # without a name the default of the MetaData would be taken
            settings["schema"] = BLANK_SCHEMA
        if self.resolve_fks:
            type(table)(
                referred_table,
                table.metadata,
                autoload_with=self.inspector,
                _extend_on=self.extend_on,
                **settings,
                **self.options,
            )
        table.append_constraint(
            ForeignKeyConstraint(
                names,
                [ForeignKeyTarget(referred_schema, referred_table, name) for name in referred],
                described.get("name"),
                link_to_name=True,
                comment=described.get("comment"),
                **options,
            )
        )

    def _indexes(self) -> None:
        for described in self._ask("get_indexes"):
            names = described["column_names"]
            if described.get("duplicates_constraint"):
                continue
            if self._left_out([name for name in names if name is not None]):
                continue
            if self.include_columns is not None and None in names:
                # an expression may be made of columns that are left out
                continue
            elements = self._index_elements(described)
            if elements is None:
                continue
            Index(
                described["name"],
                *elements,
                _table=self.table,
                unique=described["unique"],
                **dict(described.get("dialect_options") or {}),
            )

    def _index_elements(self, described: Dict[str, Any]) -> Optional[List[Any]]:
        expressions = described.get("expressions")
        elements: List[Any] = []
        for at, name in enumerate(described["column_names"]):
            if name is None:
                elements.append(text(expressions[at]) if expressions else None)
            elif name in self.by_name:
                elements.append(self.by_name[name])
            elif name in self.table.c:
                elements.append(self.table.c[name])
            else:
                warn(
                    "index key %r was not found among the columns of table %r"
                    % (name, self.table.name)
                )
                return None
        sorting = described.get("column_sorting") or {}
        return [self._sorted(element, sorting) for element in elements]

    @staticmethod
    def _sorted(element: Any, sorting: Dict[str, Any]) -> Any:
        for word in sorting.get(getattr(element, "name", None), ()):  # type: ignore[arg-type]
            make = {
                "asc": "asc",
                "desc": "desc",
                "nulls_first": "nulls_first",
                "nulls_last": "nulls_last",
            }.get(word)
            if make is not None:
                element = getattr(element, make)()
        return element

    def _left_out(self, names: Collection[str]) -> bool:
        if self.include_columns is not None and not set(names) <= set(self.include_columns):
            return True
        return bool(set(names) & set(self.exclude_columns))

    def _unique_constraints(self) -> None:
        try:
            found = self._ask("get_unique_constraints")
        except NotImplementedError:
            return
        for described in found:
            if described.get("duplicates_index"):
                continue
            names = described["column_names"]
            if self._left_out(names):
                continue
            columns = [self.by_name.get(name) for name in names]
            if any(column is None for column in columns):
                warn(
                    "a column of the unique constraint %r was not found among those of table %r"
                    % (described["name"], self.table.name)
                )
                continue
            self.table.append_constraint(
                UniqueConstraint(
                    *columns,
                    name=described["name"],
                    comment=described.get("comment"),
                    **dict(described.get("dialect_options") or {}),
                )
            )

    def _check_constraints(self) -> None:
        try:
            found = self._ask("get_check_constraints")
        except NotImplementedError:
            return
        for described in found:
            arguments = dict(described)
            options = arguments.pop("dialect_options", None) or {}
            self.table.append_constraint(CheckConstraint(**arguments, **options))

    def _comment(self) -> None:
        try:
            described = self._ask("get_table_comment")
        except NotImplementedError:
            return
        if described and described["text"] is not None:
            self.table.comment = described["text"]


def _server_default(default: Any) -> Any:
    if isinstance(default, FetchedValue):
        return default
    if isinstance(default, str):
        default = text(default.replace(":", r"\:"))
    return DefaultClause(default, _reflected=True)


def _sequence(described: Dict[str, Any]) -> Any:
    arguments = {
        key: described[key] for key in ("start", "increment") if described.get(key) is not None
    }
    return Sequence(described["name"], **arguments)
