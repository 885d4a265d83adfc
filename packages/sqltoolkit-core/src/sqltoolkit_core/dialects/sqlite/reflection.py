"""What is in a SQLite database: PRAGMAs and the text of CREATE TABLE, as reflected dictionaries.

PRAGMAs tell columns, keys and indexes; names of constraints, CHECK conditions and generated columns are only in the
statement that made the table, which is taken apart by `.table_text`.
"""

from __future__ import annotations

import re
import typing

from ... import exc
from ...engine.reflection import cache
from ...sql import sqltypes
from ...util.decorators import warn
from .table_text import parse_table

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Sequence

__all__ = ["SQLiteReflection"]

_TYPE = re.compile(r"\s*([\w ]+?)\s*(?:\(([^)]*)\))?\s*\Z")
_NOT_INTERNAL = " AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
_LEGACY_REFERENCE = re.compile(r"\bWHERE\b", re.I)


class SQLiteReflection:
    """The part of the SQLite dialect that reads schemas."""

    identifier_preparer: Any
    ischema_names: Dict[str, Any]
    server_version_info: Any
    loaded_dbapi: Any

    # ------------------------------------------------------------- questions

    def _rows(self, connection: Any, sql: str, parameters: Any = ()) -> List[Any]:
        return typing.cast("List[Any]", connection.exec_driver_sql(sql, parameters).fetchall())

    def _pragma(
        self, connection: Any, pragma: str, name: str, schema: Optional[str] = None
    ) -> List[Any]:
        """Return the rows of a PRAGMA about a table or index; without a schema, a temporary one counts too."""
        quote = self.identifier_preparer.quote_identifier
        schemas = [quote(schema)] if schema is not None else ["main", "temp"]
        for one in schemas:
            statement = "PRAGMA %s.%s(%s)" % (one, pragma, quote(name))
            found = self._rows(connection, statement)
            if found:
                return found
        return []

    def _master(self, schema: Optional[str], temporary: bool = False) -> str:
        if temporary:
            return "sqlite_temp_master"
        if schema is None:
            return "sqlite_master"
        return "%s.sqlite_master" % self.identifier_preparer.quote_identifier(schema)

    def _names(
        self,
        connection: Any,
        kind: str,
        schema: Optional[str],
        temporary: bool,
        include_internal: bool = False,
    ) -> List[str]:
        sql = "SELECT name FROM %s WHERE type='%s'%s ORDER BY name" % (
            self._master(schema, temporary),
            kind,
            "" if include_internal else _NOT_INTERNAL,
        )
        return [row[0] for row in self._rows(connection, sql)]

    def _statement(self, connection: Any, name: str, schema: Optional[str]) -> Optional[str]:
        """Return the statement that made a table or view, None where there is none."""
        if schema is not None:
            sources = self._master(schema)
        else:
            sources = (
                "(SELECT * FROM sqlite_master UNION ALL SELECT * FROM sqlite_temp_master)"
            )
        sql = "SELECT sql FROM %s WHERE name = ? AND type in ('table', 'view')" % sources
        row = connection.exec_driver_sql(sql, (name,)).first()
        return None if row is None else row[0]

    def _check_there(self, connection: Any, name: str, schema: Optional[str], kw: Any) -> None:
        if not self.has_table(connection, name, schema, **kw):
            raise exc.NoSuchTableError("%s.%s" % (schema, name) if schema else name)

    @cache
    def get_schema_names(self, connection: Any, **kw: Any) -> List[str]:
        """Return the names of the attached databases."""
        return [row[1] for row in self._rows(connection, "PRAGMA database_list") if row[1] != "temp"]

    @cache
    def get_table_names(
        self,
        connection: Any,
        schema: Optional[str] = None,
        sqlite_include_internal: bool = False,
        **kw: Any,
    ) -> List[str]:
        """Return the names of the tables."""
        return self._names(connection, "table", schema, False, sqlite_include_internal)

    @cache
    def get_temp_table_names(
        self, connection: Any, sqlite_include_internal: bool = False, **kw: Any
    ) -> List[str]:
        """Return the names of the temporary tables."""
        return self._names(connection, "table", None, True, sqlite_include_internal)

    @cache
    def get_view_names(
        self,
        connection: Any,
        schema: Optional[str] = None,
        sqlite_include_internal: bool = False,
        **kw: Any,
    ) -> List[str]:
        """Return the names of the views."""
        return self._names(connection, "view", schema, False, sqlite_include_internal)

    @cache
    def get_temp_view_names(
        self, connection: Any, sqlite_include_internal: bool = False, **kw: Any
    ) -> List[str]:
        """Return the names of the temporary views."""
        return self._names(connection, "view", None, True, sqlite_include_internal)

    @cache
    def has_table(
        self, connection: Any, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> bool:
        """Say whether there is such a table or view, temporary ones included."""
        self.check_connection(connection)  # type: ignore[attr-defined]
        # the schema of temporary tables is always there, though it is not listed
        if schema not in (None, "temp") and schema not in self.get_schema_names(connection, **kw):
            return False
        return bool(self._pragma(connection, "table_info", table_name, schema))

    @cache
    def get_view_definition(
        self, connection: Any, view_name: str, schema: Optional[str] = None, **kw: Any
    ) -> str:
        """Return the statement that made a view."""
        if schema is not None:
            sources = self._master(schema)
        else:
            sources = "(SELECT * FROM sqlite_master UNION ALL SELECT * FROM sqlite_temp_master)"
        row = connection.exec_driver_sql(
            "SELECT sql FROM %s WHERE name = ? AND type = 'view'" % sources, (view_name,)
        ).first()
        if row is None:
            raise exc.NoSuchTableError("%s.%s" % (schema, view_name) if schema else view_name)
        return typing.cast("str", row[0])

    # --------------------------------------------------------------- columns

    @cache
    def get_columns(
        self, connection: Any, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> List[Any]:
        """Return the columns of a table or view, generated ones included."""
        with_hidden = self.loaded_dbapi.sqlite_version_info >= (3, 31)
        pragma = "table_xinfo" if with_hidden else "table_info"
        found = self._pragma(connection, pragma, table_name, schema)
        if not found:
            self._check_there(connection, table_name, schema, kw)
            return []
        text = None
        columns = []
        for row in found:
            _, name, type_, not_null, default, in_key = row[:6]
            hidden = row[6] if with_hidden else 0
            if hidden == 1:
                # of a virtual table, and not for SELECT *
                continue
            described: Dict[str, Any] = {
                "name": name,
                "type": self._resolve_type(type_),
                "nullable": not not_null,
                "default": None if default is None else str(default),
                "primary_key": in_key,
            }
            if hidden in (2, 3):
                if text is None:
                    text = parse_table(self._statement(connection, table_name, schema))
                expression = text.generated.get(name, "")
                described["computed"] = {"sqltext": expression, "persisted": hidden == 3}
                # what the table says after GENERATED ALWAYS belongs to no type
                described["type"] = self._resolve_type(
                    re.sub(r"\s*generated\s+always\s*\Z", "", type_, flags=re.I)
                )
            columns.append(described)
        return columns

    def _resolve_type(self, text: str) -> Any:
        """Return the type for the words behind a column's name, by SQLite's rules of affinity where it is unknown."""
        found = _TYPE.match(text)
        name, arguments = (found.group(1), found.group(2)) if found else ("", None)
        kind = self.ischema_names.get(name) or self.ischema_names.get(name.upper())
        if kind is None:
            kind = _affinity(name.upper())
        if arguments:
            numbers = [int(one) for one in re.findall(r"\d+", arguments)]
            try:
                return kind(*numbers)
            except TypeError:
                warn(
                    "The arguments %s of the column type %r were left out: %s takes none like these"
                    % (arguments, text, kind.__name__)
                )
        return kind()

    # ------------------------------------------------------------------ keys

    @cache
    def get_pk_constraint(
        self, connection: Any, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> Any:
        """Return the primary key that a table has."""
        rows = self._pragma(connection, "table_info", table_name, schema)
        if not rows:
            self._check_there(connection, table_name, schema, kw)
        columns = [row[1] for row in sorted((r for r in rows if r[5]), key=lambda row: row[5])]
        name = None
        if columns:
            name = parse_table(self._statement(connection, table_name, schema)).primary_key_name
        return {"constrained_columns": columns, "name": name}

    @cache
    def get_foreign_keys(
        self, connection: Any, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> List[Any]:
        """Return the foreign keys of a table."""
        rows = self._pragma(connection, "foreign_key_list", table_name, schema)
        if not rows:
            self._check_there(connection, table_name, schema, kw)
            return []
        keys: Dict[int, Any] = {}
        for row in rows:
            number, _, target, local, remote = row[0], row[1], row[2], row[3], row[4]
            described = keys.get(number)
            if described is None:
                described = keys[number] = {
                    "name": None,
                    "constrained_columns": [],
                    "referred_schema": schema,
                    "referred_table": target,
                    "referred_columns": [],
                    "options": {},
                }
            described["constrained_columns"].append(local)
            if remote:
                described["referred_columns"].append(remote)
        for described in keys.values():
            if not described["referred_columns"]:
                # REFERENCES without columns: the key of the other table
                described["referred_columns"] = self._key_of_target(
                    connection, described, schema, kw
                )
        return self._named_foreign_keys(connection, table_name, schema, list(keys.values()))

    def _key_of_target(
        self, connection: Any, described: Any, schema: Optional[str], kw: Any
    ) -> List[str]:
        try:
            key = self.get_pk_constraint(
                connection, described["referred_table"], schema=schema, **kw
            )
            found = list(key["constrained_columns"])
        except exc.NoSuchTableError:
            found = []
        return found

    def _named_foreign_keys(
        self, connection: Any, table_name: str, schema: Optional[str], keys: List[Any]
    ) -> List[Any]:
        """Give the keys their names and options, which are in the text of the table, in the order of that text."""
        text = parse_table(self._statement(connection, table_name, schema))
        waiting = list(keys)
        ordered = []
        for found in text.foreign_keys:
            for described in waiting:
                same = (
                    [one.lower() for one in described["constrained_columns"]]
                    == [one.lower() for one in found["columns"]]
                    and described["referred_table"].lower() == found["table"].lower()
                    and (
                        not found["referred"]
                        or [one.lower() for one in described["referred_columns"]]
                        == [one.lower() for one in found["referred"]]
                    )
                )
                if same:
                    described["name"] = found["name"]
                    described["options"] = found["options"]
                    waiting.remove(described)
                    ordered.append(described)
                    break
        # what was not found in the text, such as in tables altered by old versions
        return ordered + waiting

    # ------------------------------------------------------------ constraints

    @cache
    def get_unique_constraints(
        self, connection: Any, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> List[Any]:
        """Return the unique constraints of a table."""
        automatic = {}
        for index in self._all_indexes(connection, table_name, schema, kw):
            if index["origin"] == "u" or index["name"].startswith("sqlite_autoindex"):
                automatic[tuple(index["column_names"])] = index
        statement = self._statement(connection, table_name, schema)
        if statement is None:
            self._check_there(connection, table_name, schema, kw)
        found = []
        for unique in parse_table(statement).uniques:
            if automatic.pop(tuple(unique["columns"]), None) is not None:
                described: Dict[str, Any] = {"name": unique["name"], "column_names": unique["columns"]}
                found.append(described)
        return found

    @cache
    def get_check_constraints(
        self, connection: Any, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> List[Any]:
        """Return the check constraints of a table: unnamed ones last, others by name."""
        statement = self._statement(connection, table_name, schema)
        if statement is None:
            self._check_there(connection, table_name, schema, kw)
        checks = [
            {"sqltext": check["sqltext"], "name": check["name"]}
            for check in parse_table(statement).checks
        ]
        checks.sort(key=lambda check: check["name"] or "~")
        return checks

    # ---------------------------------------------------------------- indexes

    def _all_indexes(
        self, connection: Any, table_name: str, schema: Optional[str], kw: Any
    ) -> List[Any]:
        found = []
        for row in self._pragma(connection, "index_list", table_name, schema):
            name, unique = row[1], bool(row[2])
            origin = row[3] if len(row) > 3 else ""
            partial = bool(row[4]) if len(row) > 4 else False
            keys = self._pragma(connection, "index_xinfo", name, schema) or []
            columns = [one[2] for one in keys if one[5]]
            found.append(
                {
                    "name": name,
                    "unique": unique,
                    "origin": origin,
                    "partial": partial,
                    "column_names": columns,
                    "descending": [one[2] for one in keys if one[5] and one[3] and one[2]],
                }
            )
        return found

    @cache
    def get_indexes(
        self, connection: Any, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> List[Any]:
        """Return the indexes of a table, without those that SQLite makes for constraints."""
        include_auto = kw.pop("include_auto_indexes", False)
        found = []
        rows = self._all_indexes(connection, table_name, schema, kw)
        if not rows:
            self._check_there(connection, table_name, schema, kw)
        for row in rows:
            if not include_auto and row["name"].startswith("sqlite_autoindex"):
                continue
            described: Dict[str, Any] = {
                "name": row["name"],
                "column_names": row["column_names"],
                "unique": int(row["unique"]),
                "dialect_options": {},
            }
            text = None
            if row["partial"] or None in row["column_names"]:
                text = self._index_text(connection, row["name"], schema)
            if row["partial"]:
                condition = _condition_of(text)
                if condition is None:
                    warn(
                        "the condition of the partial index %r could not be read; it is reflected without"
                        % row["name"]
                    )
                else:
                    described["dialect_options"]["sqlite_where"] = self.text_condition(condition)
            if None in row["column_names"]:
                expressions = _expressions_of(text, row["column_names"])
                if expressions is None:
                    warn("The index %s is made of expressions and was left out: only indexes of columns "
                         "are reflected" % row["name"])
                    continue
                described["expressions"] = expressions
            if row["descending"]:
                described["column_sorting"] = {name: ("desc",) for name in row["descending"]}
            found.append(described)
        found.sort(key=lambda index: index["name"] or "~")
        return found

    @staticmethod
    def text_condition(condition: str) -> Any:
        """Return the condition of a partial index as an expression."""
        from ...sql.elements import text

        return text(condition.replace(":", r"\:"))

    def _index_text(self, connection: Any, name: str, schema: Optional[str]) -> Optional[str]:
        for temporary in (False, True):
            if temporary and schema is not None:
                break
            row = connection.exec_driver_sql(
                "SELECT sql FROM %s WHERE name = ? AND type = 'index'"
                % self._master(schema, temporary),
                (name,),
            ).first()
            if row is not None:
                text: Optional[str] = row[0]
                return text
        return None

    # ------------------------------------------------------ nothing of these

    @cache
    def get_table_options(
        self, connection: Any, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> Dict[str, Any]:
        """Return the options behind the columns: WITHOUT ROWID and STRICT."""
        statement = self._statement(connection, table_name, schema)
        if statement is None:
            self._check_there(connection, table_name, schema, kw)
        text = parse_table(statement)
        options: Dict[str, Any] = {}
        if text.without_rowid:
            options["sqlite_with_rowid"] = False
        if text.strict:
            options["sqlite_strict"] = True
        return options


def _affinity(name: str) -> Any:
    if "INT" in name:
        return sqltypes.INTEGER
    if "CHAR" in name or "CLOB" in name or "TEXT" in name:
        return sqltypes.TEXT
    if not name or "BLOB" in name:
        return sqltypes.NullType
    if "REAL" in name or "FLOA" in name or "DOUB" in name:
        return sqltypes.REAL
    return sqltypes.NUMERIC


def _condition_of(text: Optional[str]) -> Optional[str]:
    if text is None:
        return None
    end = _end_of_columns(text)
    found = _LEGACY_REFERENCE.search(text, end)
    return text[found.end() :].strip() if found else None


def _end_of_columns(text: str) -> int:
    """Return where the list of columns of a CREATE INDEX ends."""
    from .table_text import matching_parenthesis

    start = text.find("(")
    return 0 if start < 0 else matching_parenthesis(text, start) + 1


def _expressions_of(text: Optional[str], columns: Sequence[Optional[str]]) -> Optional[List[str]]:
    if text is None:
        return None
    from .table_text import split_items

    start = text.find("(")
    items = split_items(text[start + 1 : _end_of_columns(text) - 1])
    if len(items) != len(columns):
        return None
    return [item if name is None else name for item, name in zip(items, columns)]
