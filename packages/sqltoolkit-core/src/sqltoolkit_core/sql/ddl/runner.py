"""Issuing CREATE and DROP for tables and what belongs to them, in order of dependency, with events.

The statements are in ``elements``; the order of tables is worked out in ``sql.schema.metadata``.
"""

from __future__ import annotations

from contextlib import contextmanager
from enum import Flag
from typing import Any
from typing import Callable
from typing import Dict
from typing import Iterator
from typing import List
from typing import Mapping
from typing import Optional
from typing import Tuple

from .elements import AddConstraint
from .elements import CreateIndex
from .elements import CreateSequence
from .elements import CreateTable
from .elements import DropConstraint
from .elements import DropIndex
from .elements import DropSequence
from .elements import DropTable
from .elements import SetColumnComment
from .elements import SetConstraintComment
from .elements import SetTableComment
from ..schema.base import SchemaVisitor
from ..schema.metadata import sort_tables as sort_tables
from ..schema.metadata import sort_tables_and_constraints as sort_tables_and_constraints
from ... import exc
from ... import util

__all__ = (
    "CheckFirst",
    "SchemaDropper",
    "SchemaGenerator",
    "create_all",
    "drop_all",
    "sort_tables",
    "sort_tables_and_constraints",
)


class CheckFirst(Flag):
    """What ``create_all()`` and ``drop_all()`` look for before they issue statements."""

    NONE = 0
    """Nothing."""
    TABLES = 2
    """Tables."""
    VIEWS = 4
    """Views."""
    INDEXES = 8
    """Indexes."""
    SEQUENCES = 16
    """Sequences."""
    TYPES = 32
    """Types."""
    ALL = TABLES | VIEWS | INDEXES | SEQUENCES | TYPES
    """All of these."""

    @classmethod
    def _missing_(cls, value: Any) -> Any:
        # True is ALL; False is NONE by its value
        if value is True:
            return cls.ALL
        if not isinstance(value, int):
            raise ValueError("%r is not a valid CheckFirst" % (value,))
        return super()._missing_(value)

    @classmethod
    def coerce(cls, value: Any) -> CheckFirst:
        """ALL for True, NONE for False and None, a CheckFirst as it is."""
        if isinstance(value, CheckFirst):
            return value
        return cls.ALL if value else cls.NONE


class _Runner(SchemaVisitor):
    """What creating and dropping share: they differ in verb, order, and in what has to be there already.

    An item is *due* when the database has it before DROP, or has it not before CREATE, or when nobody asks.
    """

    verb: str
    expected: bool
    """Whether an item has to exist already."""
    statements: Dict[str, Any]
    """The statement for each kind of item but tables."""

    def __init__(self, dialect: Any, connection: Any, checkfirst: Any = False, tables: Any = None) -> None:
        self.dialect = dialect
        self.connection = connection
        self.checkfirst = CheckFirst.coerce(checkfirst)
        self.tables = tables

    @contextmanager
    def _announcing(self, target: Any, **kw: Any) -> Iterator[None]:
        """Tell the listeners of ``target`` before and after the block."""
        kw.update(checkfirst=self.checkfirst, _ddl_runner=self)
        getattr(target.dispatch, "before_" + self.verb)(target, self.connection, **kw)
        yield
        getattr(target.dispatch, "after_" + self.verb)(target, self.connection, **kw)

    def traverse_single(self, obj: Any, **kw: Any) -> Any:
        """Call the method for the kind of ``obj``; None where there is none."""
        method = getattr(self, "visit_%s" % obj.__visit_name__, None)
        return None if method is None else method(obj, **kw)

    # ------------------------------------------------------------ what is due

    def _schema_of(self, item: Any) -> Optional[str]:
        """The schema of an item after ``schema_translate_map``."""
        translate: Optional[Callable[[Any], Optional[str]]] = getattr(self.connection, "schema_for_object", None)
        if translate is not None:
            return translate(item)
        options: Mapping[str, Any] = self.connection.get_execution_options()
        mapping: Optional[Mapping[Optional[str], Optional[str]]] = options.get("schema_translate_map")
        schema: Optional[str] = item.schema
        if mapping and item._translatable and schema in mapping:
            return mapping[schema]
        return schema

    def _validated_schema(self, table: Any) -> Optional[str]:
        schema = self._schema_of(table)
        if schema:
            self.dialect.validate_identifier(schema)
        return schema

    def _due_tables(self, tables: Any) -> List[Any]:
        groups: Dict[Any, List[Any]] = {}
        for table in sorted(tables, key=_views_last):
            self.dialect.validate_identifier(table.name)
            schema = self._validated_schema(table)
            if self.checkfirst & (CheckFirst.VIEWS if table.is_view else CheckFirst.TABLES):
                groups.setdefault((bool(table.is_view), schema), []).append(table)
        left_out: Any = set()
        for (_, schema), members in groups.items():
            names = [table.name for table in members]
            answer = self.dialect.has_multi_table(self.connection, names, schema=schema)
            present = {key[1]: found for key, found in dict(answer).items()}
            left_out.update(id(table) for table in members if bool(present[table.name]) is not self.expected)
        return [table for table in tables if id(table) not in left_out]

    def _index_is_due(self, index: Any) -> bool:
        schema = self._validated_schema(index.table)
        if not self.checkfirst & CheckFirst.INDEXES:
            return True
        found = self.dialect.has_index(self.connection, index.table.name, index.name, schema=schema)
        return bool(found) is self.expected

    def _sequence_is_due(self, sequence: Any) -> bool:
        dialect = self.dialect
        if not dialect.supports_sequences or (dialect.sequences_optional and sequence.optional):
            return False
        if not self.checkfirst & CheckFirst.SEQUENCES:
            return True
        found = dialect.has_sequence(self.connection, sequence.name, schema=self._schema_of(sequence))
        return bool(found) is self.expected

    # ------------------------------------------------------------ items with one statement

    def visit_index(self, index: Any, due: bool = False) -> None:
        """Create or drop an index.

        :param index: the index.
        :param due: whether that is known to be due.
        """
        if due or self._index_is_due(index):
            self._issue("index", index)

    def visit_sequence(self, sequence: Any, due: bool = False) -> None:
        """Create or drop a sequence.

        :param sequence: the sequence.
        :param due: whether that is known to be due.
        """
        if due or self._sequence_is_due(sequence):
            self._issue("sequence", sequence)

    def _issue(self, kind: str, item: Any) -> None:
        with self._announcing(item):
            self.statements[kind](item)._invoke_with(self.connection)

    def _alter(self, constraints: Any) -> None:
        """Add or drop foreign keys by ALTER, where the database has it."""
        if self.dialect.supports_alter:
            for constraint in sorted(constraints, key=_creation):
                self.statements["foreign_key"](constraint)._invoke_with(self.connection)


class SchemaGenerator(_Runner):
    """Creates tables, sequences, indexes, and what goes with them.

    :param dialect: the dialect.
    :param connection: the connection.
    :param checkfirst: what to look for first, as for ``MetaData.create_all()``.
    :param tables: the only tables of a MetaData to create.
    """

    verb = "create"
    expected = False
    statements = {"index": CreateIndex, "sequence": CreateSequence, "foreign_key": AddConstraint}

    def visit_metadata(self, metadata: Any) -> None:
        """Create all of a MetaData, or the tables asked for."""
        tables = list(metadata.tables.values()) if self.tables is None else self.tables
        ordered = sort_tables_and_constraints(self._due_tables(tables))
        sequences = [
            sequence
            for sequence in metadata._sequences.values()
            if sequence.column is None and self._sequence_is_due(sequence)
        ]
        with self._announcing(metadata, tables=[table for table, _ in ordered if table is not None]):
            for sequence in sequences:
                self.visit_sequence(sequence, due=True)
            for table, keys in ordered:
                if table is None:
                    self._alter(keys)
                else:
                    self._create(table, keys, with_all=True)

    def visit_table(self, table: Any) -> None:
        """Create one table with its sequences, indexes and comments."""
        for due in self._due_tables([table]):
            self._create(due, None, with_all=False)

    def _create(self, table: Any, keys: Any, with_all: bool) -> None:
        with self._announcing(table, _is_metadata_operation=with_all):
            for column in table.columns:
                if column.default is not None:
                    self.traverse_single(column.default)
            statement = table._creator_ddl
            if statement is None:
                # what cannot be added later is rendered at once
                inline = keys if self.dialect.supports_alter else None
                statement = CreateTable(table, include_foreign_key_constraints=inline)
            statement._invoke_with(self.connection)
            for index in sorted(table.indexes, key=_creation):
                self.visit_index(index, due=True)
            if self.dialect.supports_comments and not self.dialect.inline_comments:
                self._comment_on(table)

    def _comment_on(self, table: Any) -> None:
        commented = [(SetTableComment, [table]), (SetColumnComment, table.columns)]
        if getattr(self.dialect, "supports_constraint_comments", False):
            commented.append((SetConstraintComment, table._constraints_in_order))
        for statement, items in commented:
            for item in items:
                if item.comment is not None:
                    statement(item)._invoke_with(self.connection)


class SchemaDropper(_Runner):
    """Drops tables, sequences, indexes, and what goes with them.

    :param dialect: the dialect.
    :param connection: the connection.
    :param checkfirst: what to look for first, as for ``MetaData.drop_all()``.
    :param tables: the only tables of a MetaData to drop.
    """

    verb = "drop"
    expected = True
    statements = {"index": DropIndex, "sequence": DropSequence, "foreign_key": DropConstraint}

    def _in_order(self, tables: List[Any]) -> List[Tuple[Any, List[Any]]]:
        """Tables with those that refer before those referred to; circles are opened by dropping constraints first."""
        supports_alter = self.dialect.supports_alter

        def by_alter(constraint: Any) -> Optional[bool]:
            return False if not supports_alter or constraint.effective_name() is None else None

        try:
            return list(reversed(sort_tables_and_constraints(tables, by_alter)))
        except exc.CircularDependencyError as err:
            circle = ", ".join(sorted(table.fullname for table in err.cycles))
            if not supports_alter:
                util.warn(
                    "Tables refer to each other in a circle and cannot be sorted for DROP: %s. They are dropped in "
                    "the order given, which the database may refuse while foreign keys are enforced." % circle
                )
                return [(table, []) for table in tables]
            raise exc.CircularDependencyError(
                "",
                err.cycles,
                err.edges,
                msg="Tables cannot be sorted for DROP because these refer to each other in a circle: %s. Name the "
                "foreign key constraints between them; ALTER can then drop these before the tables." % circle,
            ) from err

    def visit_metadata(self, metadata: Any) -> None:
        """Drop all of a MetaData, or the tables asked for."""
        tables = list(metadata.tables.values()) if self.tables is None else list(self.tables)
        ordered = self._in_order(self._due_tables(tables))
        sequences = [sequence for sequence in metadata._sequences.values() if self._sequence_is_due(sequence)]
        with self._announcing(metadata, tables=[table for table, _ in ordered if table is not None]):
            for table, keys in ordered:
                if table is None:
                    self._alter(keys)
                else:
                    self._drop(table, kept=sequences, with_all=True)
            for sequence in sequences:
                self.visit_sequence(sequence, due=sequence.column is None)

    def visit_table(self, table: Any) -> None:
        """Drop one table with the sequences of its columns."""
        for due in self._due_tables([table]):
            self._drop(due, kept=(), with_all=False)

    def _drop(self, table: Any, kept: Any, with_all: bool) -> None:
        """Drop a table and the sequences of its columns but those ``kept`` for later."""
        with self._announcing(table, _is_metadata_operation=with_all):
            statement = DropTable(table) if table._dropper_ddl is None else table._dropper_ddl
            statement._invoke_with(self.connection)
            for column in table.columns:
                if column.default is not None and column.default not in kept:
                    self.traverse_single(column.default)


def _views_last(table: Any) -> bool:
    return bool(table.is_view)


def _creation(item: Any) -> int:
    number: int = item._creation_order
    return number


def create_all(bind: Any, element: Any, checkfirst: Any = False, **kw: Any) -> None:
    """Issue CREATE for a MetaData, Table, Index or Sequence on ``bind``."""
    _run_on(bind, SchemaGenerator, element, checkfirst=checkfirst, **kw)


def drop_all(bind: Any, element: Any, checkfirst: Any = False, **kw: Any) -> None:
    """Issue DROP for a MetaData, Table, Index or Sequence on ``bind``."""
    _run_on(bind, SchemaDropper, element, checkfirst=checkfirst, **kw)


def _run_on(bind: Any, runner: Any, element: Any, **kw: Any) -> None:
    run = getattr(bind, "_run_ddl", None)
    if run is None:
        raise exc.ArgumentError("CREATE and DROP are issued on an Engine or Connection, found %r" % (bind,))
    run(runner, element, **kw)
