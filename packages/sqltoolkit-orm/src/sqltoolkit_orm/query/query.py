"""``Query``: entities, running, counting, bulk updates.

It builds a SELECT behind the scenes; the clause methods are in ``clauses`` and ``joins``.
"""

from __future__ import annotations

import typing
from sys import _getframe

from sqltoolkit_core import delete
from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import exists
from sqltoolkit_core import func
from sqltoolkit_core import literal_column
from sqltoolkit_core import select
from sqltoolkit_core import union
from sqltoolkit_core import update
from sqltoolkit_core.sql import coercions
from sqltoolkit_core.engine.row import row_factory
from sqltoolkit_core.sql import roles
from sqltoolkit_core.sql.analysis import extract_first_column_annotation
from sqltoolkit_core.sql.selectable import LABEL_STYLE_DISAMBIGUATE_ONLY
from sqltoolkit_core.sql.selectable import LABEL_STYLE_TABLENAME_PLUS_COL
from sqltoolkit_core.sql.selectable import SelectLabelStyle
from sqltoolkit_core.util import became_legacy_20
from sqltoolkit_core.util import deprecated
from sqltoolkit_core.util import warn_deprecated
from sqltoolkit_core.util.typing import Unsubscripted

from ..context.description import describe_columns
from ..context.description import is_source
from ..context.select import SelectLowering
from ..entities.aliased import aliased
from ..interfaces import CriteriaOption
from ..session.session import Session
from ..strategy_options.load import AliasOption
from .clauses import ClauseMethods
from .joins import JoinMethods
from .order import refuse_refined
from .order import refuse_rewritten

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import Iterator
    from typing import List
    from typing import Generic
    from typing import Optional
    from typing import TypeVar

    from sqltoolkit_core import CTE
    from sqltoolkit_core import ColumnElement
    from sqltoolkit_core import Exists
    from sqltoolkit_core import Label
    from sqltoolkit_core import ScalarSelect
    from sqltoolkit_core import Subquery
    from typing_extensions import Self

    _T = TypeVar("_T")

    class _Rows(JoinMethods, Generic[_T]):
        pass

else:
    _Rows = Unsubscripted(JoinMethods)

__all__ = ["AliasOption", "BulkUD", "Query"]


class BulkUD:
    """What ``after_bulk_update`` and ``after_bulk_delete`` listeners see of a ``Query.update()`` or ``delete()``."""

    def __init__(self, query: Any, values: Any = None) -> None:
        self.query = query
        self.values = values
        self.result: Any = None
        target = query._statement.parts.columns[0].annotations.get("parententity")
        self.mapper: Any = None if target is None else target.mapper

    @property
    def session(self) -> Session:
        """The session."""
        session: Session = self.query.session
        return session

    @property
    def rowcount(self) -> int:
        """How many rows were matched."""
        return int(self.result.rowcount)


class Query(ClauseMethods, _Rows["_T"]):
    """A SELECT of entities and columns that runs in a session; the older form of ``select()``.

    :param entities: entities and columns.
    :param session: the session it runs in.
    """

    dispatch: Any
    _params: Dict[str, Any] = {}
    _assertions = True
    _only_tuples = False
    _from_statement: Any = None
    _memo: Any = None

    def __class_getitem__(cls, _type: Any) -> Any:
        return cls

    def __init__(self, entities: Any, session: Any = None) -> None:
        self.session = session
        if not isinstance(entities, (tuple, list)):
            entities = (entities,)
        statement = select(*entities).set_label_style(_LEGACY)
        statement.note_site(_getframe(1))
        for column in statement.parts.columns:
            # attributes that other classes bring (backrefs) are there from now on
            entity = column.annotations.get("parententity")
            if entity is not None and entity.mapper.registry.new_mappers:
                entity.mapper.check_configure()
        self._statement = statement

    def _with(self, statement: Any) -> Self:
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new._statement = statement
        return new

    # ----------------------------------------------------------------- entities
    def _first_entity(self) -> Any:
        for raw in self._statement.parts.columns:
            entity = raw.annotations.get("parententity")
            if entity is not None:
                return entity
        raise sa_exc.InvalidRequestError("This query has no entity")

    def _entity_of_first(self) -> Any:
        """Return the entity of the first column, None without one."""
        columns = self._statement.parts.columns
        return extract_first_column_annotation(columns[0], "parententity") if columns else None

    def _dml_target(self) -> Any:
        columns = self._statement.parts.columns
        if len(columns) != 1 or not is_source(columns[0]):
            raise sa_exc.ArgumentError("update() and delete() are for a query of a single entity or table")
        entity = columns[0].annotations.get("parententity")
        return columns[0] if entity is None else entity.entity

    @property
    def is_single_entity(self) -> bool:
        """Whether the query returns objects of one entity rather than rows."""
        columns = self._statement.parts.columns
        return not self._only_tuples and len(columns) == 1 and _is_entity(columns[0])

    def _has_entities(self) -> bool:
        return any(_is_entity(raw) for raw in self._statement.parts.columns)

    def only_return_tuples(self, value: bool) -> Any:
        """Return rows even for a single entity."""
        new = self._with(self._statement)
        new._only_tuples = value
        return new

    @property
    def column_descriptions(self) -> Any:
        """Descriptions of the entities and columns."""
        return describe_columns(self._statement)

    def add_columns(self, *column: Any) -> Query[Any]:
        """Add columns."""
        return self._with(self._statement.add_columns(*column))

    @deprecated("1.4", "Query.add_column() is deprecated; use add_columns()")
    def add_column(self, column: Any) -> Query[Any]:
        """Add a column (older name)."""
        return self.add_columns(column)

    def add_entity(self, entity: Any, alias: Any = None) -> Query[Any]:
        """Add an entity."""
        if alias is not None:
            entity = aliased(entity, alias)
        return self._with(self._statement.add_columns(entity))

    def with_entities(self, *entities: Any) -> Query[Any]:
        """Replace the entities and columns."""
        new = self._with(self._statement.with_only_columns(*entities, maintain_column_froms=False))
        new._joinpoint = None
        return new

    def with_session(self, session: Any) -> Self:
        """Run in another session."""
        new = self._with(self._statement)
        new.session = session
        return new

    @property
    def whereclause(self) -> Optional[ColumnElement[Any]]:
        """The WHERE criterion, None without one."""
        criterion: Optional[ColumnElement[Any]] = self._statement.whereclause
        return criterion

    @property
    def load_options(self) -> Any:
        """The execution options that concern loading."""
        return self._statement.get_execution_options()

    # --------------------------------------------------------------- statements
    def _compiled_query(self) -> Any:
        query = self
        if type(self).dispatch.before_compile:
            for fn in type(self).dispatch.before_compile:
                found = fn(query)
                if found is not None:
                    query = found
        return query

    @property
    def statement(self) -> Any:
        """The SELECT of this query; its columns are labelled where their names would collide."""
        query = self._compiled_query()
        statement = query._bare_statement()
        if query._from_statement is None and statement.get_label_style() is _LEGACY:
            statement = statement.set_label_style(LABEL_STYLE_DISAMBIGUATE_ONLY)
        return statement

    def _bare_statement(self) -> Any:
        """Return the SELECT with the parameters of the query; one that reads from a union is lowered already."""
        if self._from_statement is not None:
            return self._statement.from_statement(self._from_statement)
        statement = self._statement
        if self._params:
            statement = statement.params(self._params)
        return statement

    def _select_alone(self) -> None:
        if self._from_statement is not None:
            raise sa_exc.InvalidRequestError(
                "A query that was given a whole statement by from_statement() can't be put into another one"
            )

    def _nested_statement(self) -> Any:
        """Return the SELECT for use inside other statements."""
        self._select_alone()
        return _with_own_columns(self._as_part().statement)

    def __clause_element__(self) -> Any:
        return self.selectable

    @property
    def selectable(self) -> Any:
        """The SELECT of this query with labels of tables and columns, for use inside other statements."""
        statement = self._as_part()._compiled_query()._bare_statement()
        if self._from_statement is None and statement.get_label_style() is _LEGACY:
            statement = statement.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        return _with_own_columns(statement)

    def subquery(
        self, name: Optional[str] = None, with_labels: bool = False, reduce_columns: bool = False
    ) -> Subquery:
        """Return the query as a subquery.

        :param with_labels: name its columns after their tables, too.
        :param reduce_columns: leave out columns that repeat others.
        """
        query = self.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL) if with_labels else self
        statement = query._nested_statement()
        if reduce_columns:
            statement = statement.reduce_columns()
        made: Subquery = statement.subquery(name=name)
        return made

    def cte(self, name: Optional[str] = None, recursive: bool = False, nesting: bool = False) -> CTE:
        """Return the query as a common table expression."""
        made: CTE = self._nested_statement().cte(name=name, recursive=recursive, nesting=nesting)
        return made

    def label(self, name: Optional[str]) -> Label[Any]:
        """Return the query as a labelled scalar subquery."""
        return self.scalar_subquery().label(name)

    def scalar_subquery(self) -> ScalarSelect[Any]:
        """Return the query as a scalar subquery."""
        made: ScalarSelect[Any] = self._nested_statement().scalar_subquery()
        return made

    @deprecated("1.4", "Query.as_scalar() is deprecated; use scalar_subquery()")
    def as_scalar(self) -> ScalarSelect[Any]:
        """Return the query as a scalar subquery (older name)."""
        return self.scalar_subquery()

    def exists(self) -> Exists:
        """Return an EXISTS of the query."""
        self._select_alone()
        statement = self._as_part().statement
        entity = self._entity_of_first()
        statement = statement.with_only_columns(_one(), maintain_column_froms=False)
        if entity is not None:
            statement = statement.select_from(entity.entity)
        return exists(statement.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL))

    def from_statement(self, statement: Any) -> Self:
        """Read the entities from another statement."""
        refuse_refined(self, "from_statement")
        statement = coercions.expect(roles.SelectStatementRole, statement)
        new = self._with(self._statement)
        new._from_statement = statement
        return new

    # ------------------------------------------------------------------ running
    def _iter(self) -> Any:
        statement = self._compiled_query()._bare_statement()
        return self.session._run(statement, self._params or None, _REQUEST, None)

    def _result(self) -> Any:
        result = self._iter()
        # rows with entities are deduplicated, as this older API always did
        unique = getattr(result, "needs_unique", False) or (
            self._has_entities() and not self._statement.get_execution_options().get("yield_per")
        )
        if self.is_single_entity:
            result = result.scalars()
            return result.unique() if unique else result
        if not unique:
            return result
        # a listener may have put another kind of result in its place
        key_of_rows = getattr(result, "key_of_rows", None)
        return result.unique(None if key_of_rows is None else key_of_rows())

    def all(self) -> List[_T]:
        """Return all objects or rows as a list."""
        return list(self._result().all())

    def __iter__(self) -> Iterator[_T]:
        return iter(self._result())

    def first(self) -> Optional[_T]:
        """Return the first object or row, None without one."""
        if self._from_statement is not None:
            found: Optional[_T] = self._result().first()
        else:
            found = self.limit(1)._result().first()
        return found

    def one(self) -> _T:
        """Return exactly one object or row."""
        found: _T = self._result().one()
        return found

    def one_or_none(self) -> Optional[_T]:
        """Return one object or row, or None."""
        found: Optional[_T] = self._result().one_or_none()
        return found

    def scalar(self) -> Any:
        """Return the first element of exactly one row, None without a row."""
        try:
            found = self.one()
        except sa_exc.NoResultFound:
            return None
        if self.is_single_entity:
            return found
        return found[0]  # type: ignore[index]

    def count(self) -> int:
        """Return how many rows the query gives."""
        self._select_alone()
        subquery = self._as_part()._bare_statement().subquery()
        counted = select(func.count()).select_from(subquery)
        criteria = [option for option in self._statement.parts.options if isinstance(option, CriteriaOption)]
        if criteria:
            # those of the outermost statement hold in all of it
            counted = counted.with_entity_mark(self._statement.entity_mark).options(*criteria)
        return int(
            self.session.scalar(
                counted,
                self._params or None,
                execution_options=_REQUEST,
                bind_arguments={"mapper": self._bind_mapper()} if self._bind_mapper() is not None else None,
            )
        )

    def _bind_mapper(self) -> Any:
        for raw in self._statement.parts.columns:
            entity = raw.annotations.get("parententity")
            if entity is not None:
                return entity.mapper
        return None

    @became_legacy_20("Query.get()", "Session.get()", add_deprecation_to_docstring=False)
    def get(self, ident: Any) -> Optional[_T]:
        """Return the object with a primary key."""
        refuse_refined(self, "get")
        if len(self._statement.parts.columns) != 1 or not self._has_entities():
            raise sa_exc.InvalidRequestError("get() is for a query of a single entity")
        entity = self._first_entity()
        found: Optional[_T] = self.session.get(
            entity.mapper.class_, ident, options=list(self._statement.parts.options) or None,
            populate_existing=bool(self._statement.get_execution_options().get("populate_existing", False)),
        )
        return found

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, slice):
            start, stop, step = item.start, item.stop, item.step
            if isinstance(start, int) and isinstance(stop, int) and stop - start <= 0:
                return []
            if (isinstance(start, int) and start < 0) or (isinstance(stop, int) and stop < 0):
                raise IndexError("a query has no negative indexes: order it the other way round")
            found = list(self.slice(start, stop))
            return found[None : None : step] if step is not None else found
        if item < 0:
            raise IndexError("a query has no negative indexes: order it the other way round")
        return list(self[item : item + 1])[0]

    def tuples(self) -> Any:
        """Return rows even for a single entity (older method of static typing)."""
        warn_deprecated("Query.tuples() is not needed any more, as rows are typed as tuples", "2.1.0")
        return self.only_return_tuples(True)

    @deprecated("1.4", "Query.values() is deprecated; use with_entities()")
    def values(self, *columns: Any) -> Any:
        """Return an iterator of rows of other columns."""
        return iter(self.with_entities(*columns))

    def value(self, column: Any) -> Any:
        """Return one value of another column, None without a row."""
        for row in self.with_entities(column):
            return row[0]
        return None

    def instances(self, result_proxy: Any, context: Any = None) -> Any:
        """Return the objects of a result (older API)."""
        raise sa_exc.InvalidRequestError("Query.instances() is not available; use from_statement()")

    @became_legacy_20("Query.merge_result()", "merge_frozen_result()")
    def merge_result(self, iterator: Any, load: bool = True) -> Any:
        """Merge the objects of rows into the session."""
        session = self.session
        single = self.is_single_entity
        make_row = row_factory([description["name"] for description in self.column_descriptions])
        found = []
        for row in iterator:
            if single:
                found.append(session.merge(row, load=load))
            else:
                found.append(
                    make_row(
                        session.merge(part, load=load) if hasattr(part, "_sa_instance_state") else part for part in row
                    )
                )
        return iter(found)

    @property
    def lazy_loaded_from(self) -> Any:
        """The state whose relationship is loaded; None for a query of the user's."""
        return None

    # --------------------------------------------------------------- set operations
    def _combined(self, method: Any, others: Any) -> Self:
        mine = self.selectable
        statements = [mine] + [getattr(other, "selectable", other) for other in others]
        compound = method(*statements) if not isinstance(method, str) else getattr(mine, method)(*statements[1:])
        return self._from_selectable(compound)

    def _from_selectable(self, compound: Any) -> Self:
        subquery = compound.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).subquery()
        entities = list(self._statement.parts.columns)
        statement = select(*entities).set_label_style(_LEGACY)
        kept = [option for option in self._statement.parts.options if not isinstance(option, AliasOption)]
        new = self._with(statement.options(AliasOption(subquery), *kept))
        new._joinpoint = None
        return new

    def union(self, *q: Any) -> Self:
        """Return a query of the UNION with other queries."""
        return self._combined(union, q)

    def union_all(self, *q: Any) -> Self:
        """Return a query of the UNION ALL with other queries."""
        return self._combined("union_all", q)

    def intersect(self, *q: Any) -> Self:
        """Return a query of the INTERSECT with other queries."""
        return self._combined("intersect", q)

    def intersect_all(self, *q: Any) -> Self:
        """Return a query of the INTERSECT ALL with other queries."""
        return self._combined("intersect_all", q)

    def except_(self, *q: Any) -> Self:
        """Return a query of the EXCEPT with other queries."""
        return self._combined("except_", q)

    def except_all(self, *q: Any) -> Self:
        """Return a query of the EXCEPT ALL with other queries."""
        return self._combined("except_all", q)

    # --------------------------------------------------------------------- bulk
    def update(self, values: Any, synchronize_session: Any = "auto", update_args: Any = None) -> int:
        """Update the rows of the query by one statement; return how many were matched."""
        refuse_rewritten(self, "update")
        context = BulkUD(self, values)
        query = self
        for fn in type(self).dispatch.before_compile_update:
            found = fn(query, context)
            if found is not None:
                query = found
        context.query = query
        statement = update(self._dml_target())
        args = dict(update_args or {})
        if args.pop("preserve_parameter_order", False):
            statement = statement.ordered_values(*values)
        else:
            statement = statement.values(context.values)
        if args:
            statement = statement.with_dialect_options(**args)
        statement = statement.where(*query._statement.parts.where)
        result = self.session.execute(
            statement, self._params or None, execution_options={"synchronize_session": synchronize_session}
        )
        context.result = result
        self.session.dispatch.after_bulk_update(context)
        result.close()
        return int(result.rowcount)

    def delete(self, synchronize_session: Any = "auto", delete_args: Any = None) -> int:
        """Delete the rows of the query by one statement; return how many were matched."""
        refuse_rewritten(self, "delete")
        context = BulkUD(self)
        query = self
        for fn in type(self).dispatch.before_compile_delete:
            found = fn(query, context)
            if found is not None:
                query = found
        context.query = query
        statement = delete(self._dml_target())
        if delete_args:
            statement = statement.with_dialect_options(**delete_args)
        statement = statement.where(*query._statement.parts.where)
        result = self.session.execute(
            statement, self._params or None, execution_options={"synchronize_session": synchronize_session}
        )
        context.result = result
        self.session.dispatch.after_bulk_delete(context)
        result.close()
        return int(result.rowcount)

    def __str__(self) -> str:
        statement = self._compiled_query()._bare_statement()
        if not statement.parts.columns:
            raise sa_exc.InvalidRequestError("The query selects nothing; name entities or columns")
        try:
            bind = self.session.get_bind(clause=statement) if self.session is not None else None
        except sa_exc.UnboundExecutionError:
            bind = None
        return str(statement.compile(bind) if bind is not None else statement)


_REQUEST: Any = {}
#: columns are labelled with their table in SQL, and rows have the plain names
_LEGACY = SelectLabelStyle.LABEL_STYLE_LEGACY_ORM


def _is_entity(raw: Any) -> bool:
    annotations = raw.annotations
    if "bundle" in annotations:
        return bool(annotations["bundle"].single_entity)
    return "parententity" in annotations and not hasattr(raw, "type")


def _with_own_columns(statement: Any) -> Any:
    """Return a SELECT for use inside of others; one that reads from a union is lowered, and has the columns of that."""
    if any(isinstance(option, AliasOption) for option in statement.parts.options):
        return SelectLowering(statement, False).run()
    return statement


def _one() -> Any:
    return literal_column("1")


Session.query_class = Query
