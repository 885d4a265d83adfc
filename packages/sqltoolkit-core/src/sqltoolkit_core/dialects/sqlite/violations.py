"""Which constraint an error of SQLite is about: its messages, read with the help of the tables that the program knows.

SQLite names columns, indexes and checks; the `Table` and the names of constraints come from the `MetaData` of the
statement's table.  A *subject* is what a message says behind the colon.
"""

from __future__ import annotations

import re
import typing

from ... import exc
from ...schema import Table
from .table_text import tokens_of

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = ["violation_of"]

# of RAISE() in a trigger, whose message may look like any other
_SQLITE_CONSTRAINT_TRIGGER = 1811

_MESSAGE = re.compile(r"(UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed(?:: (.*))?\Z", re.I | re.S)
_KINDS: Dict[str, Any] = {
    "UNIQUE": exc.UniqueViolation,
    "NOT NULL": exc.NotNullViolation,
    "CHECK": exc.CheckViolation,
    "FOREIGN KEY": exc.ForeignKeyViolation,
}
# of SQLite before 3.8: names of columns without their table
_OLD_MESSAGES = (
    (re.compile(r"PRIMARY KEY must be unique\Z"), exc.UniqueViolation),
    (re.compile(r"columns? (?P<columns>.*) (?:is|are) not unique\Z", re.S), exc.UniqueViolation),
    (re.compile(r"(?P<columns>.*) may not be NULL\Z", re.S), exc.NotNullViolation),
    (re.compile(r"constraint (?P<check>.*) failed\Z", re.S), exc.CheckViolation),
)
_STRICT = re.compile(r"cannot store \w+ value in \w+ column (.*)\Z", re.S)
_NAME = re.compile(r"[^\W\d]\w*\Z")


def violation_of(error: BaseException, context: Any) -> Any:
    """Return `(class of error, arguments of with_constraint())` for an error, None where it tells nothing."""
    if getattr(error, "sqlite_errorcode", None) == _SQLITE_CONSTRAINT_TRIGGER:
        return None
    message = str(error)
    tables = _tables(context)
    found = _MESSAGE.match(message)
    if found is not None:
        kind, subject = _KINDS[found.group(1).upper()], (found.group(2) or "").strip()
        if kind is exc.ForeignKeyViolation:
            return kind, _foreign_key(context, tables)
        if kind is exc.CheckViolation:
            return kind, _check(subject, tables)
        return kind, _columns(subject, tables, kind is exc.UniqueViolation)
    strict = _STRICT.match(message)
    if strict is not None:
        return exc.IntegrityError, _columns(strict.group(1), tables, False)
    return _old_violation(message, tables)


def _old_violation(message: str, tables: List[Table]) -> Any:
    for pattern, kind in _OLD_MESSAGES:
        found = pattern.match(message)
        if found is None:
            continue
        named = found.groupdict()
        if "check" in named:
            return kind, _check(named["check"], tables)
        table = tables[0] if tables else None
        columns: Tuple[str, ...] = ()
        if named.get("columns") is not None:
            pieces = named["columns"].split(", ")
            table_name, dot, _ = pieces[0].rpartition(".")
            columns = tuple(piece[len(table_name) + 1 :] if dot else piece for piece in pieces)
        elif table is not None:
            columns = tuple(column.name for column in table.primary_key)
        return kind, _described(table, columns, table is not None and _unique_of(table, columns))
    return None


def _tables(context: Any) -> List[Table]:
    """Return the statement's table, then the others of its MetaData."""
    statement = getattr(getattr(context, "compiled", None), "statement", None)
    table = getattr(statement, "table", None)
    if not isinstance(table, Table):
        return []
    return [table] + [one for one in table.metadata.tables.values() if one is not table]


def _described(table: Optional[Table], columns: Any, constraint: Any) -> Dict[str, Any]:
    name = getattr(constraint, "name", None)
    return {"table": table, "columns": tuple(columns), "constraint": None if name is None else str(name)}


# ------------------------------------------------------- columns and indexes


def _columns(subject: str, tables: List[Table], is_unique: bool) -> Dict[str, Any]:
    if is_unique and subject.startswith("index '"):
        return _index(subject[len("index '") : -1], tables)
    for table in tables:
        prefix = "%s." % table.name
        if subject.startswith(prefix):
            # names may hold commas and dots: what stands between the columns is known
            columns = subject[len(prefix) :].split(", " + prefix)
            if all(name in _names_of(table) for name in columns):
                return _described(table, columns, is_unique and _unique_of(table, columns))
    name, _, first = subject.partition(", ")[0].rpartition(".")
    columns = subject[len(name) + 1 :].split(", %s." % name) if name else [subject]
    return {"table_name": name or None, "columns": tuple(columns)}


def _names_of(table: Table) -> Any:
    return {column.name for column in table.columns}


def _unique_of(table: Table, columns: Any) -> Any:
    """Return the unique constraint, primary key or unique index for these columns."""
    wanted = set(columns)
    for one in typing.cast("Any", table.constraints):
        if one.__visit_name__ in ("unique_constraint", "primary_key_constraint"):
            if {column.name for column in one.columns} == wanted:
                return one
    for index in table.indexes:
        # those of expressions are told by their names
        plain = all(any(one is column for column in index.columns) for one in index.expressions)
        if index.unique and plain and {column.name for column in index.columns} == wanted:
            return index
    return None


def _index(name: str, tables: List[Table]) -> Dict[str, Any]:
    for table in tables:
        for index in table.indexes:
            if index.name == name:
                columns = [column.name for column in index.columns]
                for expression in index.expressions:
                    columns.extend(found for found in _mentioned(str(expression), table) if found not in columns)
                return _described(table, columns, index)
    return {"constraint": name}


def _mentioned(text: str, table: Table) -> Iterator[str]:
    """Yield the columns of a table whose names are in a piece of SQL."""
    names = {name.lower(): name for name in _names_of(table)}
    for token in tokens_of(text):
        if token.kind in ("word", "quoted"):
            # an expression is one word where it has no spaces
            for piece in re.findall(r"\w+", token.text) if token.kind == "word" else [token.name]:
                found = names.pop(piece.lower(), None)
                if found is not None:
                    yield found


# -------------------------------------------------------------------- checks


def _check(subject: str, tables: List[Table]) -> Dict[str, Any]:
    """Find a check by its name or, where it has none, by its text; very old versions tell the name of the table."""
    for table in tables:
        for check in _checks_of(table):
            text = str(getattr(check, "sqltext", ""))
            if subject in (check.name, text):
                columns = [column.name for column in check.columns] or list(_mentioned(text, table))
                return _described(table, columns, check)
    for table in tables:
        if subject == table.name:
            return {"table": table}
    return {"constraint": subject if _NAME.match(subject) else None}


def _checks_of(table: Table) -> Iterator[Any]:
    for holder in [table] + list(table.columns):
        for one in holder.constraints:
            if hasattr(one, "sqltext"):
                yield one


# -------------------------------------------------------------- foreign keys


def _foreign_key(context: Any, tables: List[Table]) -> Dict[str, Any]:
    """Find the foreign key if only one can have been violated: SQLite does not say which one it was.

    At a COMMIT nothing is known about the statements before it.
    """
    if not tables:
        return {}
    table = tables[0]
    possible: List[Any] = []
    if not context.isdelete:
        possible.extend(table.foreign_key_constraints)
    if not context.isinsert:
        for other in tables:
            possible.extend(key for key in other.foreign_key_constraints if _refers_to(key, table))
    # of deferred ones a statement says nothing
    at_once = [key for key in possible if str(key.initially or "").upper() != "DEFERRED"]
    if len(set(map(id, at_once))) != 1:
        return {"table": table}
    key = at_once[0]
    return _described(key.table, [column.name for column in key.columns], key)


def _refers_to(key: Any, table: Table) -> bool:
    try:
        return bool(key.referred_table is table)
    except exc.NoReferenceError:
        # a table that is not in the MetaData
        return False
