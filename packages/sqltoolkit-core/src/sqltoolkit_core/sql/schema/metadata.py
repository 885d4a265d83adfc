"""MetaData, the collection of tables, and the order in which they depend on each other.

Issuing CREATE and DROP is the business of ``sql.ddl.runner``.
"""

from __future__ import annotations

from typing import Any
from typing import Callable
from typing import Dict
from typing import Iterable
from typing import Mapping
from typing import Iterator
from typing import List
from typing import Optional
from typing import Set
from typing import Tuple
from typing import TYPE_CHECKING

from .base import DEFAULT_NAMING_CONVENTION
from .base import HasSchemaAttr
from .base import table_key
from ..forward import slots
from ..names import quoted_name
from ..sqltypes.enums import SchemaType
from ... import exc
from ... import inspection
from ... import util
from ...util import topological

if TYPE_CHECKING:
    from .table import Table

__all__ = (
    "MetaData",
    "sort_tables",
    "sort_tables_and_constraints",
)


class MetaData(HasSchemaAttr):
    """A collection of tables and what belongs to them.

    :param schema: the schema of tables and sequences that name none.
    :param quote_schema: whether that schema is quoted.
    :param naming_convention: how constraints and indexes without names are named: templates by constraint class or by
        ``"ix"``, ``"uq"``, ``"ck"``, ``"fk"``, ``"pk"``, and functions for tokens of your own.
    :param info: notes of the user.
    """

    __visit_name__ = "metadata"

    def __init__(
        self,
        schema: Optional[str] = None,
        quote_schema: Optional[bool] = None,
        naming_convention: Any = None,
        info: Optional[Dict[Any, Any]] = None,
    ) -> None:
        if schema is not None and not isinstance(schema, str):
            raise exc.ArgumentError(
                "MetaData takes the name of a schema, a string, not %r; pass an engine to create_all() and reflect()"
                % (schema,)
            )
        self.tables: util.FacadeDict[str, Table] = util.FacadeDict()
        """The tables by key: name, or schema and name with a dot."""
        self.schema = None if schema is None else quoted_name(schema, quote_schema)
        if naming_convention:
            if not isinstance(naming_convention, Mapping):
                raise exc.ArgumentError("naming_convention is a dictionary, found %r" % (naming_convention,))
            self.naming_convention = util.immutabledict(naming_convention)
        else:
            self.naming_convention = DEFAULT_NAMING_CONVENTION
        if info:
            self.info = info
        self._sequences: Dict[str, Any] = {}
        self._waiting_keys: Dict[Tuple[str, Optional[str]], List[Any]] = {}
        self._objects: Dict[Any, Any] = {}

    def __repr__(self) -> str:
        return "MetaData()"

    def __contains__(self, table_or_key: Any) -> bool:
        key = table_or_key if isinstance(table_or_key, str) else table_or_key.key
        return key in self.tables

    def _take_in(self, table: Any) -> None:
        """Know a table under its key."""
        dict.__setitem__(self.tables, table.key, table)

    def __getstate__(self) -> Dict[str, Any]:
        return {
            "tables": dict(self.tables),
            "schema": self.schema,
            "sequences": self._sequences,
            "waiting_keys": self._waiting_keys,
            "naming_convention": dict(self.naming_convention),
            "objects": self._objects,
            "info": self.__dict__.get("info"),
        }

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.tables = util.FacadeDict(state["tables"])
        self.schema = state["schema"]
        self.naming_convention = util.immutabledict(state["naming_convention"])
        self._sequences = state["sequences"]
        self._waiting_keys = state["waiting_keys"]
        self._objects = state["objects"]
        if state["info"]:
            self.info = state["info"]
        self.__dict__["_unpickled"] = True

    def _wake(self) -> None:
        """After unpickling, let types hear again of what is created and dropped."""
        if self.__dict__.pop("_unpickled", False):
            for item in list(self._objects.values()):
                if isinstance(item, SchemaType):
                    item._listen(self, "metadata", None)
            for table in self.tables.values():
                table._wake()

    def clear(self) -> None:
        """Forget all tables."""
        dict.clear(self.tables)
        self._waiting_keys.clear()

    def remove(self, table: Any) -> None:
        """Forget one table."""
        removed = dict.pop(self.tables, table.key, None)
        if removed is not None:
            for fk in removed.foreign_keys:
                fk._stop_waiting(self)

    @property
    def sorted_tables(self) -> List[Table]:
        """The tables, each after those it refers to.

        Tables that refer to each other in a circle cannot be sorted; they come in alphabetical order, with a warning.
        """
        return sort_tables(sorted(self.tables.values(), key=lambda table: table.key))

    @property
    def schemas(self) -> Tuple[str, ...]:
        """The names of the schemas that tables lie in, and the one of the MetaData."""
        return tuple(self._schemas.union([self.schema] if self.schema else ()))

    @property
    def _schemas(self) -> Set[str]:
        """The schemas that tables lie in."""
        return {table.schema for table in self.tables.values() if table.schema}

    schema_names = schemas
    """Synonym of ``schemas``."""

    def get_schema_objects(self, kind: Any, *, schema: Any = None) -> Tuple[Any, ...]:
        """The sequences and named types of a class, such as Sequence or Enum, that belong to this MetaData.

        :param kind: the class.
        :param schema: only those of this schema, or without a schema when None.
        """
        return tuple(
            item for item in self._iter_objects(kind) if (getattr(item, "schema", None) or None) == schema
        )

    def get_schema_object_by_name(self, kind: Any, name: str, *, schema: Any = None) -> Any:
        """The object of a class with this name, or None.

        :param kind: the class.
        :param name: the name.
        :param schema: its schema, None for one without.
        """
        for item in self.get_schema_objects(kind, schema=schema):
            if item.name == name:
                return item
        return None

    def _iter_objects(self, kind: Any) -> Iterator[Any]:
        for item in self._objects.values():
            if isinstance(item, kind):
                yield item

    def _add_object(self, item: Any) -> None:
        """Take note of a named type or sequence."""
        self._objects[(getattr(item, "is_sequence", False), item.schema, item.name)] = item

    def reflect(
        self,
        bind: Any,
        schema: Optional[str] = None,
        views: bool = False,
        only: Any = None,
        extend_existing: bool = False,
        autoload_replace: bool = True,
        resolve_fks: bool = True,
        **dialect_kwargs: Any,
    ) -> None:
        """Add the tables that the database has.

        :param bind: an engine or connection.
        :param schema: the schema to look in.
        :param views: whether views count too.
        :param only: names of the tables wanted, or a function ``(name, metadata)`` that tells.
        :param extend_existing: whether tables already here are looked at again.
        :param autoload_replace: whether columns already here are replaced.
        :param resolve_fks: whether tables referred to are added too.
        """
        options: Dict[str, Any] = {
            "autoload_replace": autoload_replace,
            "extend_existing": extend_existing,
            "resolve_fks": resolve_fks,
            "_extend_on": set(),
        }
        options.update(dialect_kwargs)
        if schema is None:
            schema = self.schema
        if schema is not None:
            options["schema"] = schema
        inspector = inspection.inspect(bind)
        available: Any = util.OrderedSet(inspector.get_table_names(schema, **dialect_kwargs))
        if views:
            available.update(inspector.get_view_names(schema, **dialect_kwargs))
            try:
                available.update(inspector.get_materialized_view_names(schema, **dialect_kwargs))
            except NotImplementedError:
                available.update(())  # the database has none
        wanted = self._wanted_tables(available, schema, only, extend_existing)
        if wanted:
            options["autoload_with"] = inspector.gather(wanted, schema, **dialect_kwargs)
        for name in wanted:
            try:
                self._table_class(name, self, **options)
            except exc.UnreflectableTableError as err:
                util.warn("Table %s was left out by reflect(): %s" % (name, err))

    _table_class: Any = None  # set by ``table``

    def _wanted_tables(self, available: Any, schema: Optional[str], only: Any, extend_existing: bool) -> List[str]:
        def known(name: str) -> bool:
            return table_key(name, schema) in self.tables

        if only is None:
            return [name for name in available if extend_existing or not known(name)]
        if callable(only):
            return [name for name in available if (extend_existing or not known(name)) and only(name, self)]
        missing = [name for name in only if name not in available]
        if missing:
            raise exc.InvalidRequestError(
                "reflect() did not find the table%s %s%s"
                % (
                    "" if len(missing) == 1 else "s",
                    ", ".join(map(str, missing)),
                    " in schema %s" % schema if schema else "",
                )
            )
        return [name for name in only if extend_existing or not known(name)]

    def create_all(self, bind: Any, tables: Any = None, checkfirst: Any = True) -> None:
        """Issue CREATE for all tables, types and sequences, in order of dependency.

        :param bind: an engine or connection.
        :param tables: only these tables.
        :param checkfirst: what to look for first and leave out when it exists: True for everything that can be looked
            for, False for nothing, or a CheckFirst.
        """
        self._wake()
        slots.schema_create_all(bind, self, checkfirst=checkfirst, tables=tables)

    def drop_all(self, bind: Any, tables: Any = None, checkfirst: Any = True) -> None:
        """Issue DROP for all tables, types and sequences, in reverse order of dependency.

        :param bind: an engine or connection.
        :param tables: only these tables.
        :param checkfirst: what to look for first and leave out when it is missing, as for ``create_all()``.
        """
        self._wake()
        slots.schema_drop_all(bind, self, checkfirst=checkfirst, tables=tables)


# ---------------------------------------------------------------- order of dependency




def sort_tables(
    tables: Iterable[Any],
    skip_fn: Optional[Callable[[Any], bool]] = None,
    extra_dependencies: Optional[Iterable[Tuple[Any, Any]]] = None,
) -> List[Any]:
    """The tables, each after those it refers to.

    :param tables: the tables.
    :param skip_fn: called with a ForeignKey, returns whether to leave it out.
    :param extra_dependencies: further pairs ``(before, after)``.
    """
    filter_fn = None
    if skip_fn is not None:

        def filter_fn(fkc: Any) -> Optional[bool]:
            return None if not any(skip_fn(fk) for fk in fkc.elements) else True

    ordered = sort_tables_and_constraints(
        tables, filter_fn, extra_dependencies, _warn_for_cycles=True
    )
    return [table for table, _ in ordered if table is not None]


def sort_tables_and_constraints(
    tables: Iterable[Any],
    filter_fn: Optional[Callable[[Any], Optional[bool]]] = None,
    extra_dependencies: Optional[Iterable[Tuple[Any, Any]]] = None,
    _warn_for_cycles: bool = False,
) -> List[Tuple[Any, Any]]:
    """Pairs of a table and its foreign key constraints in order of dependency; at the end None with the constraints
    that must be added by ALTER, because their tables refer to each other in a circle.

    :param tables: the tables.
    :param filter_fn: called with a ForeignKeyConstraint: True to add it by ALTER, False never to, None to decide here.
    :param extra_dependencies: further pairs ``(before, after)``.
    """
    tables = list(tables)
    fixed: Set[Tuple[Any, Any]] = set(extra_dependencies or ())
    mutable: Set[Tuple[Any, Any]] = set()
    by_alter: Any = util.OrderedSet()
    for table in tables:
        for fkc in sorted(table.foreign_key_constraints, key=_creation):
            if fkc.use_alter:
                by_alter.add(fkc)
                continue
            if filter_fn:
                verdict = filter_fn(fkc)
                if verdict is True:
                    by_alter.add(fkc)
                    continue
            referred = fkc.referred_table
            if referred is not table:
                mutable.add((referred, table))
        fixed.update((parent, table) for parent in table._needed_tables)
    try:
        candidates = list(topological.sort(fixed.union(mutable), tables))
    except exc.CircularDependencyError as err:
        if _warn_for_cycles:
            util.warn(
                "Tables refer to each other in a circle and cannot be sorted: %s. Those foreign keys are left out of "
                "the order; put use_alter=True on one of them, or leave it out, to have the others respected."
                % ", ".join(sorted(table.fullname for table in err.cycles))
            )
        for before, after in err.edges:
            if (before, after) in mutable and after in err.cycles:
                broken = [
                    fkc
                    for fkc in after.foreign_key_constraints
                    if not filter_fn or filter_fn(fkc) is not False
                ]
                by_alter.update(sorted(broken, key=_creation))
                for fkc in broken:
                    referred = fkc.referred_table
                    if referred is not after:
                        mutable.discard((referred, after))
        candidates = list(topological.sort(fixed.union(mutable), tables))
    ordered: List[Tuple[Any, Any]] = [
        (table, {fkc for fkc in table.foreign_key_constraints if fkc not in by_alter})
        for table in candidates
    ]
    return ordered + [(None, set(by_alter))]


def _creation(item: Any) -> int:
    number: int = item._creation_order
    return number
