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
    "InvokeCreateDDLBase",
    "InvokeDDLBase",
    "InvokeDropDDLBase",
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


class InvokeDDLBase(SchemaVisitor):
    """Base of visitors that issue DDL on a connection."""

    def __init__(self, connection: Any, **kw: Any) -> None:
        if kw:
            raise TypeError("%s takes no argument named %s" % (type(self).__name__, ", ".join(map(repr, kw))))
        self.connection = connection

    @contextmanager
    def with_ddl_events(self, target: Any, **kw: Any) -> Iterator[None]:
        """Announce to the listeners of ``target`` what happens inside the block."""
        raise NotImplementedError()

    def traverse_single(self, obj: Any, **kw: Any) -> Any:
        """Call the method for the kind of ``obj``; None where there is none."""
        method = getattr(self, "visit_%s" % obj.__visit_name__, None)
        return None if method is None else method(obj, **kw)

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


class InvokeCreateDDLBase(InvokeDDLBase):
    """Base of visitors that create."""

    @contextmanager
    def with_ddl_events(self, target: Any, **kw: Any) -> Iterator[None]:
        """Announce before_create and after_create around the block."""
        target.dispatch.before_create(target, self.connection, _ddl_runner=self, **kw)
        yield
        target.dispatch.after_create(target, self.connection, _ddl_runner=self, **kw)


class InvokeDropDDLBase(InvokeDDLBase):
    """Base of visitors that drop."""

    @contextmanager
    def with_ddl_events(self, target: Any, **kw: Any) -> Iterator[None]:
        """Announce before_drop and after_drop around the block."""
        target.dispatch.before_drop(target, self.connection, _ddl_runner=self, **kw)
        yield
        target.dispatch.after_drop(target, self.connection, _ddl_runner=self, **kw)


class _Runner:
    """What creating and dropping share: the dialect and what to look for first."""

    dialect: Any
    connection: Any
    checkfirst: CheckFirst

    def _setup(self, dialect: Any, checkfirst: Any, tables: Any) -> None:
        self.checkfirst = CheckFirst.coerce(checkfirst)
        self.tables = tables
        self.preparer = dialect.identifier_preparer
        self.dialect = dialect
        self.memo: Dict[Any, Any] = {}

    def _look_for(self, table: Any) -> bool:
        return bool(self.checkfirst & (CheckFirst.VIEWS if table.is_view else CheckFirst.TABLES))

    def _validated_schema(self, table: Any) -> Optional[str]:
        self.dialect.validate_identifier(table.name)
        schema: Optional[str] = self._schema_of(table)  # type: ignore[attr-defined]
        if schema:
            self.dialect.validate_identifier(schema)
        return schema

    def _chosen(self, tables: Any, existing: bool) -> List[Any]:
        """The tables that exist, or that do not; all those that are not looked for."""
        groups: Dict[Any, List[Any]] = {}
        for table in sorted(tables, key=_views_last):
            schema = self._validated_schema(table)
            if self._look_for(table):
                groups.setdefault((bool(table.is_view), schema), []).append(table)
        dropped: Any = set()
        for (_, schema), members in groups.items():
            names = [table.name for table in members]
            answer = self.dialect.has_multi_table(self.connection, names, schema=schema)
            if hasattr(answer, "items"):
                present = answer
            else:
                present = {name: found for (_, name), found in answer}
            dropped.update(id(table) for table in members if bool(present[table.name]) is not existing)
        return [table for table in tables if id(table) not in dropped]

    def _sequence_wanted(self, sequence: Any) -> bool:
        return self.dialect.supports_sequences and not (self.dialect.sequences_optional and sequence.optional)


class SchemaGenerator(_Runner, InvokeCreateDDLBase):
    """Creates tables, sequences, indexes, and what goes with them."""

    def __init__(
        self, dialect: Any, connection: Any, checkfirst: Any = False, tables: Any = None, **kwargs: Any
    ) -> None:
        InvokeCreateDDLBase.__init__(self, connection, **kwargs)
        self._setup(dialect, checkfirst, tables)

    def _can_create_index(self, index: Any) -> bool:
        schema = self._schema_of(index.table)
        if schema:
            self.dialect.validate_identifier(schema)
        return not self.checkfirst & CheckFirst.INDEXES or not self.dialect.has_index(
            self.connection, index.table.name, index.name, schema=schema
        )

    def _can_create_sequence(self, sequence: Any) -> bool:
        schema = self._schema_of(sequence)
        return self._sequence_wanted(sequence) and (
            not self.checkfirst & CheckFirst.SEQUENCES
            or not self.dialect.has_sequence(self.connection, sequence.name, schema=schema)
        )

    def visit_metadata(self, metadata: Any) -> None:
        """Create all of a MetaData, or the tables asked for."""
        tables = list(metadata.tables.values()) if self.tables is None else self.tables
        collection = sort_tables_and_constraints(self._chosen(tables, existing=False))
        sequences = [
            sequence
            for sequence in metadata._sequences.values()
            if sequence.column is None and self._can_create_sequence(sequence)
        ]
        with self.with_ddl_events(
            metadata, tables=[table for table, _ in collection if table is not None], checkfirst=self.checkfirst
        ):
            for sequence in sequences:
                self.visit_sequence(sequence, create_ok=True)
            for table, keys in collection:
                if table is not None:
                    self.visit_table(
                        table, create_ok=True, include_foreign_key_constraints=keys, _is_metadata_operation=True
                    )
                else:
                    for key in sorted(keys, key=_creation):
                        self.visit_foreign_key_constraint(key)

    def visit_table(
        self,
        table: Any,
        create_ok: bool = False,
        include_foreign_key_constraints: Any = None,
        _is_metadata_operation: bool = False,
    ) -> None:
        """Create one table with its sequences, indexes and comments."""
        if not create_ok and not self._chosen([table], existing=False):
            return
        with self.with_ddl_events(table, checkfirst=self.checkfirst, _is_metadata_operation=_is_metadata_operation):
            for column in table.columns:
                if column.default is not None:
                    self.traverse_single(column.default)
            if not self.dialect.supports_alter:
                # what cannot be added later is rendered at once
                include_foreign_key_constraints = None
            if table._creator_ddl is not None:
                statement = table._creator_ddl
            else:
                statement = CreateTable(table, include_foreign_key_constraints=include_foreign_key_constraints)
            statement._invoke_with(self.connection)
            for index in sorted(table.indexes, key=_creation):
                self.visit_index(index, create_ok=True)
            if self.dialect.supports_comments and not self.dialect.inline_comments:
                self._comment_on(table)

    def _comment_on(self, table: Any) -> None:
        if table.comment is not None:
            SetTableComment(table)._invoke_with(self.connection)
        for column in table.columns:
            if column.comment is not None:
                SetColumnComment(column)._invoke_with(self.connection)
        if getattr(self.dialect, "supports_constraint_comments", False):
            for constraint in table._constraints_in_order:
                if constraint.comment is not None:
                    SetConstraintComment(constraint)._invoke_with(self.connection)

    def visit_foreign_key_constraint(self, constraint: Any) -> None:
        """Add a constraint by ALTER."""
        if self.dialect.supports_alter:
            AddConstraint(constraint)._invoke_with(self.connection)

    def visit_sequence(self, sequence: Any, create_ok: bool = False) -> None:
        """Create a sequence."""
        if not create_ok and not self._can_create_sequence(sequence):
            return
        with self.with_ddl_events(sequence, checkfirst=self.checkfirst):
            CreateSequence(sequence)._invoke_with(self.connection)

    def visit_index(self, index: Any, create_ok: bool = False) -> None:
        """Create an index."""
        if not create_ok and not self._can_create_index(index):
            return
        with self.with_ddl_events(index, checkfirst=self.checkfirst):
            CreateIndex(index)._invoke_with(self.connection)


class SchemaDropper(_Runner, InvokeDropDDLBase):
    """Drops tables, sequences, indexes, and what goes with them."""

    def __init__(
        self, dialect: Any, connection: Any, checkfirst: Any = False, tables: Any = None, **kwargs: Any
    ) -> None:
        InvokeDropDDLBase.__init__(self, connection, **kwargs)
        self._setup(dialect, checkfirst, tables)

    def _can_drop_index(self, index: Any) -> bool:
        schema = self._schema_of(index.table)
        if schema:
            self.dialect.validate_identifier(schema)
        return not self.checkfirst & CheckFirst.INDEXES or bool(
            self.dialect.has_index(self.connection, index.table.name, index.name, schema=schema)
        )

    def _can_drop_sequence(self, sequence: Any) -> bool:
        schema = self._schema_of(sequence)
        return self._sequence_wanted(sequence) and (
            not self.checkfirst & CheckFirst.SEQUENCES
            or bool(self.dialect.has_sequence(self.connection, sequence.name, schema=schema))
        )

    def _in_order(self, tables: List[Any]) -> List[Tuple[Any, List[Any]]]:
        """Tables with those that refer before those referred to; circles are opened by dropping constraints first."""
        supports_alter = self.dialect.supports_alter

        def by_alter(constraint: Any) -> Optional[bool]:
            return False if not supports_alter or constraint.effective_name() is None else None

        try:
            return list(reversed(sort_tables_and_constraints(tables, by_alter)))
        except exc.CircularDependencyError as err:
            if not supports_alter:
                util.warn(
                    "Tables refer to each other in a circle and cannot be sorted for DROP: %s. They are dropped in "
                    "the order given, which the database may refuse while foreign keys are enforced."
                    % ", ".join(sorted(table.fullname for table in err.cycles))
                )
                return [(table, []) for table in tables]
            raise exc.CircularDependencyError(
                "",
                err.cycles,
                err.edges,
                msg="Tables cannot be sorted for DROP because these refer to each other in a circle: %s. Give the "
                "foreign key constraints between them names, so that they can be dropped first by ALTER."
                % ", ".join(sorted(table.fullname for table in err.cycles)),
            ) from err

    def visit_metadata(self, metadata: Any) -> None:
        """Drop all of a MetaData, or the tables asked for."""
        tables = list(metadata.tables.values()) if self.tables is None else list(self.tables)
        collection = self._in_order(self._chosen(tables, existing=True))
        sequences = [
            sequence for sequence in metadata._sequences.values() if self._can_drop_sequence(sequence)
        ]
        with self.with_ddl_events(
            metadata, tables=[table for table, _ in collection if table is not None], checkfirst=self.checkfirst
        ):
            for table, keys in collection:
                if table is not None:
                    self.visit_table(table, drop_ok=True, _is_metadata_operation=True, _ignore_sequences=sequences)
                else:
                    for key in sorted(keys, key=_creation):
                        self.visit_foreign_key_constraint(key)
            for sequence in sequences:
                self.visit_sequence(sequence, drop_ok=sequence.column is None)

    def visit_table(
        self,
        table: Any,
        drop_ok: bool = False,
        _is_metadata_operation: bool = False,
        _ignore_sequences: Any = (),
    ) -> None:
        """Drop one table with the sequences of its columns."""
        if not drop_ok and not self._chosen([table], existing=True):
            return
        with self.with_ddl_events(table, checkfirst=self.checkfirst, _is_metadata_operation=_is_metadata_operation):
            statement = DropTable(table) if table._dropper_ddl is None else table._dropper_ddl
            statement._invoke_with(self.connection)
            for column in table.columns:
                if column.default is not None and column.default not in _ignore_sequences:
                    self.traverse_single(column.default)

    def visit_foreign_key_constraint(self, constraint: Any) -> None:
        """Drop a constraint by ALTER."""
        if self.dialect.supports_alter:
            DropConstraint(constraint)._invoke_with(self.connection)

    def visit_sequence(self, sequence: Any, drop_ok: bool = False) -> None:
        """Drop a sequence."""
        if not drop_ok and not self._can_drop_sequence(sequence):
            return
        with self.with_ddl_events(sequence, checkfirst=self.checkfirst):
            DropSequence(sequence)._invoke_with(self.connection)

    def visit_index(self, index: Any, drop_ok: bool = False) -> None:
        """Drop an index."""
        if not drop_ok and not self._can_drop_index(index):
            return
        with self.with_ddl_events(index, checkfirst=self.checkfirst):
            DropIndex(index)(index, self.connection)


def _views_last(table: Any) -> bool:
    return bool(table.is_view)


def _creation(item: Any) -> int:
    number: int = item._creation_order
    return number


def create_all(bind: Any, element: Any, checkfirst: Any = False, **kw: Any) -> None:
    """Issue CREATE for a MetaData, Table, Index or Sequence on ``bind``."""
    bind._run_ddl_visitor(SchemaGenerator, element, checkfirst=CheckFirst.coerce(checkfirst), **kw)


def drop_all(bind: Any, element: Any, checkfirst: Any = False, **kw: Any) -> None:
    """Issue DROP for a MetaData, Table, Index or Sequence on ``bind``."""
    bind._run_ddl_visitor(SchemaDropper, element, checkfirst=CheckFirst.coerce(checkfirst), **kw)
