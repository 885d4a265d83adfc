"""`Inspector`: asks the dialect what is in a database, and remembers the answers.

The questions are those of `..interfaces.Dialect`; `Table` objects are made of the answers in `.tables`.
"""

from __future__ import annotations

import contextlib
import functools
import typing

from ... import exc
from ...inspection import self_inspecting
from ...util import topological
from ...util.decorators import warn_deprecated
from ..interfaces import ObjectKind
from ..interfaces import ObjectScope
from .tables import reflect_table

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Collection
    from typing import Dict
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Sequence
    from typing import Set
    from typing import Tuple
    from typing import TypeVar
    from typing import Union

    from ..base import Connection, Engine
    from ..interfaces import Dialect
    from ..interfaces import ReflectedCheckConstraint
    from ..interfaces import ReflectedColumn
    from ..interfaces import ReflectedForeignKeyConstraint
    from ..interfaces import ReflectedIndex
    from ..interfaces import ReflectedPrimaryKeyConstraint
    from ..interfaces import ReflectedTableComment
    from ..interfaces import ReflectedUniqueConstraint

    _T = TypeVar("_T")
    TableKey = Tuple[Optional[str], str]

__all__ = ["Inspector", "cache", "connection_memoize", "inspector_of"]


# what there is to ask about a table: the methods are get_... and get_multi_...
_QUESTIONS = (
    "columns",
    "table_options",
    "pk_constraint",
    "foreign_keys",
    "indexes",
    "unique_constraints",
    "check_constraints",
    "table_comment",
)


def cache(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Keep what a method of a dialect returned in the dictionary that it is given as `info_cache`; a decorator.

    The key is made of the method's name and its arguments that are strings, numbers or tuples.
    """

    @functools.wraps(fn)
    def kept(self: Any, con: Any, *args: Any, **kw: Any) -> Any:
        known = kw.get("info_cache")
        if known is None:
            return fn(self, con, *args, **kw)
        exclude = ("info_cache", "unreflectable")
        key = (
            fn.__name__,
            tuple(one for one in args if isinstance(one, str)),
            tuple(
                (name, value if not isinstance(value, (list, set)) else tuple(value))
                for name, value in sorted(kw.items())
                if name not in exclude
            ),
        )
        found = known.get(key)
        if found is None:
            known[key] = found = fn(self, con, *args, **kw)
        return found

    return kept


def connection_memoize(key: str) -> Callable[[Any], Any]:
    """Return a decorator that keeps what `fn(self, connection)` returned in the connection's `info`, under `key`."""

    def decorate(fn: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        @functools.wraps(fn)
        def kept(self: Any, connection: Any) -> Any:
            info = connection.info
            try:
                return info[key]
            except KeyError:
                info[key] = found = fn(self, connection)
                return found

        return kept

    return decorate


@self_inspecting
class Inspector:
    """What is in a database, as seen over an engine or a connection; made by `inspect(engine)`.

    Answers are remembered until `clear_cache()`.
    """

    bind: Union[Engine, Connection]
    engine: Engine
    dialect: Dialect
    info_cache: Dict[Any, Any]
    # what `gather()` found, by method and table, and the tables that could not be reflected
    _gathered: Tuple[Dict[str, Dict[Any, Any]], Dict[Any, Any]] = ({}, {})

    def __init__(self, bind: Union[Engine, Connection]) -> None:
        warn_deprecated("Inspector() is deprecated: use inspect() on the engine or connection", "1.4")
        self._set_up(bind)

    def _set_up(self, bind: Any) -> None:
        self.bind = bind
        self.engine = bind.engine
        self._over_connection = not hasattr(bind, "connect")
        if not self._over_connection:
            # has the dialect ask what must be known before anything else
            bind.connect().close()
        self.dialect = self.engine.dialect
        self.info_cache = {}

    @classmethod
    def from_engine(cls, bind: Engine) -> Inspector:
        """Return an inspector; the older spelling of `inspect(bind)`."""
        warn_deprecated("Inspector.from_engine() is deprecated: use inspect()", "1.4")
        return _made(cls, bind)

    def clear_cache(self) -> None:
        """Forget what was found so far."""
        self.info_cache.clear()

    @contextlib.contextmanager
    def _connection(self) -> Iterator[Connection]:
        if self._over_connection:
            yield typing.cast("Connection", self.bind)
        else:
            with self.bind.connect() as connection:  # type: ignore[union-attr]
                yield connection

    def _ask(self, question: Callable[..., _T], *arg: Any, **kw: Any) -> _T:
        """Return what a method of the dialect answers over a connection; it is remembered there."""
        with self._connection() as connection:
            return question(connection, *arg, info_cache=self.info_cache, **kw)

    @contextlib.contextmanager
    def _on_one_connection(self) -> Iterator[Inspector]:
        """Return an inspector that asks everything over one connection and shares what is known."""
        with self._connection() as connection:
            inner = self.__class__.__new__(self.__class__)
            inner.__dict__.update(self.__dict__)
            inner.bind = connection
            inner._over_connection = True
            yield inner

    @property
    def default_schema_name(self) -> Optional[str]:
        """Return the schema that is meant where none is named."""
        return self.dialect.default_schema_name

    # ----------------------------------------------------------------- names

    def get_schema_names(self, **kw: Any) -> List[str]:
        """Return the names of all schemas."""
        return self._ask(self.dialect.get_schema_names, **kw)

    def get_table_names(self, schema: Optional[str] = None, **kw: Any) -> List[str]:
        """Return the names of the tables of a schema, without views."""
        return self._ask(self.dialect.get_table_names, schema, **kw)

    def get_temp_table_names(self, **kw: Any) -> List[str]:
        """Return the names of the temporary tables of this connection."""
        return self._ask(self.dialect.get_temp_table_names, **kw)

    def get_temp_view_names(self, **kw: Any) -> List[str]:
        """Return the names of the temporary views of this connection."""
        return self._ask(self.dialect.get_temp_view_names, **kw)

    def get_view_names(self, schema: Optional[str] = None, **kw: Any) -> List[str]:
        """Return the names of the views of a schema."""
        return self._ask(self.dialect.get_view_names, schema, **kw)

    def get_materialized_view_names(self, schema: Optional[str] = None, **kw: Any) -> List[str]:
        """Return the names of the materialized views of a schema."""
        return self._ask(self.dialect.get_materialized_view_names, schema, **kw)

    def get_sequence_names(self, schema: Optional[str] = None, **kw: Any) -> List[str]:
        """Return the names of the sequences of a schema."""
        return self._ask(self.dialect.get_sequence_names, schema, **kw)

    def get_view_definition(self, view_name: str, schema: Optional[str] = None, **kw: Any) -> str:
        """Return the statement that defines a view."""
        return self._ask(self.dialect.get_view_definition, view_name, schema, **kw)

    # ----------------------------------------------------- is there such a ..

    def has_table(self, table_name: str, schema: Optional[str] = None, **kw: Any) -> bool:
        """Say whether there is a table or view of this name."""
        return self._ask(self.dialect.has_table, table_name, schema, **kw)

    def has_multi_table(
        self, table_names: Collection[str], schema: Optional[str] = None, **kw: Any
    ) -> Dict[TableKey, bool]:
        """Say for each name whether there is such a table or view: a dictionary by (schema, name)."""

        def answers(connection: Any, *arg: Any, **asked: Any) -> Dict[TableKey, bool]:
            # dialects may answer for one table after the other, which needs the connection
            return dict(self.dialect.has_multi_table(connection, *arg, **asked))

        return self._ask(answers, table_names, schema, **kw)

    def has_sequence(self, sequence_name: str, schema: Optional[str] = None, **kw: Any) -> bool:
        """Say whether there is a sequence of this name."""
        return self._ask(self.dialect.has_sequence, sequence_name, schema, **kw)

    def has_index(
        self, table_name: str, index_name: str, schema: Optional[str] = None, **kw: Any
    ) -> bool:
        """Say whether a table has an index of this name."""
        return self._ask(self.dialect.has_index, table_name, index_name, schema, **kw)

    def has_schema(self, schema_name: str, **kw: Any) -> bool:
        """Say whether there is a schema of this name."""
        return self._ask(self.dialect.has_schema, schema_name, **kw)

    # ------------------------------------------------------------- one table

    def get_table_options(
        self, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> Dict[str, Any]:
        """Return the dialect options of a table."""
        return self._ask(self.dialect.get_table_options, table_name, schema, **kw)

    def get_columns(
        self, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> List[ReflectedColumn]:
        """Return the columns of a table or view."""
        found = self._ask(self.dialect.get_columns, table_name, schema, **kw)
        _make_types(found)
        return found

    def get_pk_constraint(
        self, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> ReflectedPrimaryKeyConstraint:
        """Return the primary key that a table has."""
        return self._ask(self.dialect.get_pk_constraint, table_name, schema, **kw)

    def get_foreign_keys(
        self, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> List[ReflectedForeignKeyConstraint]:
        """Return the foreign keys of a table."""
        return self._ask(self.dialect.get_foreign_keys, table_name, schema, **kw)

    def get_indexes(
        self, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> List[ReflectedIndex]:
        """Return the indexes of a table."""
        return self._ask(self.dialect.get_indexes, table_name, schema, **kw)

    def get_unique_constraints(
        self, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> List[ReflectedUniqueConstraint]:
        """Return the unique constraints of a table."""
        return self._ask(self.dialect.get_unique_constraints, table_name, schema, **kw)

    def get_table_comment(
        self, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> ReflectedTableComment:
        """Return the comment of a table."""
        return self._ask(self.dialect.get_table_comment, table_name, schema, **kw)

    def get_check_constraints(
        self, table_name: str, schema: Optional[str] = None, **kw: Any
    ) -> List[ReflectedCheckConstraint]:
        """Return the check constraints of a table."""
        return self._ask(self.dialect.get_check_constraints, table_name, schema, **kw)

    # ---------------------------------------------------------- many tables

    def _multi(
        self, method: str, schema: Any, filter_names: Any, kind: Any, scope: Any, kw: Dict[str, Any]
    ) -> Dict[TableKey, Any]:
        question = getattr(self.dialect, method)

        def answers(connection: Any, **asked: Any) -> Dict[TableKey, Any]:
            # dialects may answer one table after the other, which needs the connection
            return dict(question(connection, **asked))

        return self._ask(answers, schema=schema, filter_names=filter_names, kind=kind, scope=scope, **kw)

    def get_multi_table_options(
        self,
        schema: Optional[str] = None,
        filter_names: Optional[Sequence[str]] = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> Dict[TableKey, Dict[str, Any]]:
        """Return the dialect options of a table, for several: a dictionary by (schema, name)."""
        return self._multi("get_multi_table_options", schema, filter_names, kind, scope, kw)

    def get_multi_columns(
        self,
        schema: Optional[str] = None,
        filter_names: Optional[Sequence[str]] = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> Dict[TableKey, List[ReflectedColumn]]:
        """Return the columns of a table or view, for several: a dictionary by (schema, name)."""
        found = self._multi("get_multi_columns", schema, filter_names, kind, scope, kw)
        for columns in found.values():
            _make_types(columns)
        return found

    def get_multi_pk_constraint(
        self,
        schema: Optional[str] = None,
        filter_names: Optional[Sequence[str]] = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> Dict[TableKey, ReflectedPrimaryKeyConstraint]:
        """Return the primary key that a table has, for several: a dictionary by (schema, name)."""
        return self._multi("get_multi_pk_constraint", schema, filter_names, kind, scope, kw)

    def get_multi_foreign_keys(
        self,
        schema: Optional[str] = None,
        filter_names: Optional[Sequence[str]] = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> Dict[TableKey, List[ReflectedForeignKeyConstraint]]:
        """Return the foreign keys of a table, for several: a dictionary by (schema, name)."""
        return self._multi("get_multi_foreign_keys", schema, filter_names, kind, scope, kw)

    def get_multi_indexes(
        self,
        schema: Optional[str] = None,
        filter_names: Optional[Sequence[str]] = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> Dict[TableKey, List[ReflectedIndex]]:
        """Return the indexes of a table, for several: a dictionary by (schema, name)."""
        return self._multi("get_multi_indexes", schema, filter_names, kind, scope, kw)

    def get_multi_unique_constraints(
        self,
        schema: Optional[str] = None,
        filter_names: Optional[Sequence[str]] = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> Dict[TableKey, List[ReflectedUniqueConstraint]]:
        """Return the unique constraints of a table, for several: a dictionary by (schema, name)."""
        return self._multi("get_multi_unique_constraints", schema, filter_names, kind, scope, kw)

    def get_multi_table_comment(
        self,
        schema: Optional[str] = None,
        filter_names: Optional[Sequence[str]] = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> Dict[TableKey, ReflectedTableComment]:
        """Return the comment of a table, for several: a dictionary by (schema, name)."""
        return self._multi("get_multi_table_comment", schema, filter_names, kind, scope, kw)

    def get_multi_check_constraints(
        self,
        schema: Optional[str] = None,
        filter_names: Optional[Sequence[str]] = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> Dict[TableKey, List[ReflectedCheckConstraint]]:
        """Return the check constraints of a table, for several: a dictionary by (schema, name)."""
        return self._multi("get_multi_check_constraints", schema, filter_names, kind, scope, kw)

    def gather(
        self,
        filter_names: Sequence[str],
        schema: Optional[str] = None,
        kind: ObjectKind = ObjectKind.ANY,
        scope: ObjectScope = ObjectScope.ANY,
        **kw: Any,
    ) -> Inspector:
        """Return an inspector that knows all about some tables: the database is asked about all of them at once.

        Its `reflect_table()` does not ask again. This is how `MetaData.reflect()` reads many tables.
        """
        answers: Dict[str, Dict[Any, Any]] = {}
        unreflectable: Dict[Any, Any] = {}
        with self._on_one_connection() as over_connection:
            for question in _QUESTIONS:
                ask = getattr(over_connection, "get_multi_" + question)
                try:
                    answers["get_" + question] = ask(
                        schema, filter_names, kind, scope, unreflectable=unreflectable, **kw
                    )
                except NotImplementedError:
                    # then each table is asked for, and says so
                    continue
        knowing = self.__class__.__new__(self.__class__)
        knowing.__dict__.update(self.__dict__)
        knowing._gathered = answers, unreflectable
        return knowing

    def _knows(self, key: TableKey) -> bool:
        answers, unreflectable = self._gathered
        return key in unreflectable or key in answers.get("get_columns", ())

    # --------------------------------------------------------- dependencies

    def get_sorted_table_and_fkc_names(
        self, schema: Optional[str] = None, **kw: Any
    ) -> List[Tuple[Optional[str], List[Tuple[str, Optional[str]]]]]:
        """Return pairs of table name and foreign keys, tables after those that they refer to.

        The last pair has None as name: the foreign keys that must be made after all tables.
        """
        return [
            (None if key is None else key[1], [(of_table[1], fk) for of_table, fk in found])
            for key, found in self.sort_tables_on_foreign_key_dependency(
                consider_schemas=(schema,), **kw
            )
        ]

    def sort_tables_on_foreign_key_dependency(
        self, consider_schemas: Collection[Optional[str]] = (None,), **kw: Any
    ) -> List[Tuple[Optional[TableKey], List[Tuple[TableKey, Optional[str]]]]]:
        """Return pairs of (schema, table) and foreign keys, tables after those that they refer to.

        The last pair has None in the place of the table: the foreign keys that must be made after all tables.  A
        foreign key is given as a pair of its table and its name.
        """
        edges: Set[Tuple[TableKey, TableKey]] = set()
        names: Dict[TableKey, List[Tuple[Optional[str], TableKey]]] = {}
        keys: List[TableKey] = []
        for schema in consider_schemas:
            for name in self.get_table_names(schema, **kw):
                key = (schema, name)
                keys.append(key)
                for fk in self.get_foreign_keys(name, schema, **kw):
                    target = (fk["referred_schema"], fk["referred_table"])
                    names.setdefault(key, []).append((fk["name"], target))
                    if target != key:
                        edges.add((target, key))
        ordered, broken = _sorted_without_cycles(edges, keys)
        result: List[Any] = []
        late: List[Any] = []
        for key in ordered:
            kept: List[Any] = []
            for fk_name, target in names.get(key, ()):
                named = (key, fk_name)
                found = late if (target, key) in broken else kept
                if named not in found:
                    found.append(named)
            result.append((key, kept))
        result.append((None, late))
        return result

    # ------------------------------------------------------------ reflection

    def reflect_table(
        self,
        table: Any,
        include_columns: Optional[Collection[str]],
        exclude_columns: Collection[str] = (),
        resolve_fks: bool = True,
        _extend_on: Any = None,
        _reflect_info: Any = None,
    ) -> None:
        """Fill a `Table` with the columns and constraints that it has in the database.

        Raises `NoSuchTableError` where there is none.
        """
        reflect_table(self, table, include_columns, exclude_columns, resolve_fks, _extend_on)


def _make_types(columns: Any) -> None:
    for column in columns:
        # a class stands for a type without arguments
        if isinstance(column["type"], type):
            column["type"] = column["type"]()


def inspector_of(bind: Any) -> Inspector:
    """Return an inspector for an engine or connection, of the class that its dialect names."""
    cls = getattr(bind.dialect, "inspector", Inspector)
    return _made(cls, bind)


def _made(cls: Any, bind: Any) -> Inspector:
    made: Inspector = cls.__new__(cls)
    made._set_up(bind)
    return made


def _sorted_without_cycles(edges: Set[Any], items: Sequence[Any]) -> Tuple[List[Any], Set[Any]]:
    """Return the items in order of dependency, and the edges that had to be left out for it."""
    left_out: Set[Any] = set()
    while True:
        try:
            return list(topological.sort(edges - left_out, items)), left_out
        except exc.CircularDependencyError as err:
            cyclic = set(err.edges) & edges
            left_out |= {edge for edge in cyclic if edge[0] in err.cycles and edge[1] in err.cycles} or cyclic
