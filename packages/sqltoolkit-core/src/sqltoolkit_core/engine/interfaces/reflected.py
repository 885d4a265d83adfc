"""The dictionaries in which a dialect describes what it found in the database.

Dialects fill them, `..reflection` hands them out and builds `Table` objects from them.  A key whose annotation says
`NotRequired` may be absent.
"""

from __future__ import annotations

import typing
from enum import Flag

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Tuple

    from typing_extensions import NotRequired
    from typing_extensions import TypedDict

    from ...sql.type_api import TypeEngine

    #: schema, or None for the default one, and name of a table
    TableKey = Tuple[Optional[str], str]
else:
    TypedDict = dict
    TableKey = tuple

__all__ = [
    "ObjectKind",
    "ObjectScope",
    "ReflectedCheckConstraint",
    "ReflectedColumn",
    "ReflectedComputed",
    "ReflectedConstraint",
    "ReflectedForeignKeyConstraint",
    "ReflectedIdentity",
    "ReflectedIndex",
    "ReflectedPrimaryKeyConstraint",
    "ReflectedTableComment",
    "ReflectedUniqueConstraint",
    "ReflectionDefaults",
    "TableKey",
]


class ObjectKind(Flag):
    """Which kinds of objects a method of reflection looks at."""

    TABLE = 1
    VIEW = 2
    MATERIALIZED_VIEW = 4

    ANY_VIEW = VIEW | MATERIALIZED_VIEW
    ANY = TABLE | VIEW | MATERIALIZED_VIEW


class ObjectScope(Flag):
    """Whether a method of reflection looks at lasting objects, temporary ones, or both."""

    DEFAULT = 1
    TEMPORARY = 2

    ANY = DEFAULT | TEMPORARY


class ReflectedIdentity(TypedDict):
    """The IDENTITY of a column."""

    always: bool
    on_null: bool
    start: int
    increment: int
    minvalue: int
    maxvalue: int
    nominvalue: bool
    nomaxvalue: bool
    cycle: bool
    cache: Optional[int]
    order: bool


class ReflectedComputed(TypedDict):
    """The expression of a generated column."""

    sqltext: str
    persisted: NotRequired[bool]


class ReflectedColumn(TypedDict):
    """A column."""

    name: str
    type: TypeEngine[Any]
    nullable: bool
    default: Optional[str]
    autoincrement: NotRequired[bool]
    comment: NotRequired[Optional[str]]
    computed: NotRequired[ReflectedComputed]
    identity: NotRequired[ReflectedIdentity]
    dialect_options: NotRequired[Dict[str, Any]]


class ReflectedConstraint(TypedDict):
    """What all constraints have."""

    name: Optional[str]
    comment: NotRequired[Optional[str]]


class ReflectedCheckConstraint(ReflectedConstraint):
    """A CHECK constraint."""

    sqltext: str
    dialect_options: NotRequired[Dict[str, Any]]


class ReflectedUniqueConstraint(ReflectedConstraint):
    """A UNIQUE constraint."""

    column_names: List[str]
    duplicates_index: NotRequired[Optional[str]]
    dialect_options: NotRequired[Dict[str, Any]]


class ReflectedPrimaryKeyConstraint(ReflectedConstraint):
    """A primary key."""

    constrained_columns: List[str]
    dialect_options: NotRequired[Dict[str, Any]]


class ReflectedForeignKeyConstraint(ReflectedConstraint):
    """A foreign key."""

    constrained_columns: List[str]
    referred_schema: Optional[str]
    referred_table: str
    referred_columns: List[str]
    options: NotRequired[Dict[str, Any]]


class ReflectedIndex(TypedDict):
    """An index; `column_names` has None at the places of expressions."""

    name: Optional[str]
    column_names: List[Optional[str]]
    expressions: NotRequired[List[str]]
    unique: bool
    duplicates_constraint: NotRequired[Optional[str]]
    include_columns: NotRequired[List[str]]
    column_sorting: NotRequired[Dict[str, Tuple[str, ...]]]
    dialect_options: NotRequired[Dict[str, Any]]


class ReflectedTableComment(TypedDict):
    """The comment of a table."""

    text: Optional[str]


class ReflectionDefaults:
    """What a dialect returns for a table that has nothing of a kind."""

    @classmethod
    def columns(cls) -> List[ReflectedColumn]:
        """Return no columns."""
        return list()

    @classmethod
    def pk_constraint(cls) -> ReflectedPrimaryKeyConstraint:
        """Return a primary key without columns."""
        return {"name": None, "constrained_columns": []}

    @classmethod
    def foreign_keys(cls) -> List[ReflectedForeignKeyConstraint]:
        """Return no foreign keys."""
        return list()

    @classmethod
    def indexes(cls) -> List[ReflectedIndex]:
        """Return no indexes."""
        return list()

    @classmethod
    def unique_constraints(cls) -> List[ReflectedUniqueConstraint]:
        """Return no unique constraints."""
        return list()

    @classmethod
    def check_constraints(cls) -> List[ReflectedCheckConstraint]:
        """Return no check constraints."""
        return list()

    @classmethod
    def table_options(cls) -> Dict[str, Any]:
        """Return no options."""
        return dict()

    @classmethod
    def table_comment(cls) -> ReflectedTableComment:
        """Return an empty comment."""
        return {"text": None}
