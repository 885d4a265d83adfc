"""``func`` and what a function call can do: filter, window, ordering, being a source of rows.

The functions that have a known type or a rendering of their own are in ``generic``.
"""

from __future__ import annotations

from sys import _getframe
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple, TypeVar, Union

from .. import coercions, operators, roles
from ..cache_key import KeyKind
from ..collections import WriteableColumnCollection
from ..elements.base import ColumnElement, NamedColumn
from ..elements.columns import compare_plain
from ..elements.lists import ClauseList
from ..elements.operations import BinaryExpression, Grouping
from ..elements.window import AggregateOrderBy, FunctionFilter, Over, WithinGroup
from ..executable import ExecutableStatement
from ..forward import slots
from ..selectable.base import EXECUTABLE_FIELDS, FromClause
from ..selectable.sources import TableValuedAlias, table_value_type
from ..sqltypes import ARRAY, BOOLEANTYPE, NULLTYPE, TableValueType
from ..traversals import NO_CACHE, HasCacheKey, Uncacheable, memoized_attribute
from ..type_api import to_instance
from ...util.decorators import warn

if TYPE_CHECKING:
    from typing import Type

    from typing_extensions import Self, overload

    from ..elements.columns import TableValuedColumn
    from ..type_api import TypeEngine
    from ..typing import SQLCoreOperations
    from . import generic as _generic

__all__ = [
    "Function",
    "FunctionAsBinary",
    "FunctionElement",
    "GenericFunction",
    "ScalarFunctionColumn",
    "call_function",
    "func",
    "modifier",
    "register_function",
]

_T = TypeVar("_T")


class FunctionElement(ColumnElement[_T], ExecutableStatement, FromClause):
    """The base of function calls; subclass it for functions with a rendering of their own.

    :param clauses: the arguments; plain values become bound parameters.
    """

    __visit_name__ = "function_element"
    cache_key_fields: Tuple[Tuple[str, int], ...] = (  # type: ignore[misc]
        ("_arguments", KeyKind.CLAUSES),
        ("_with_ordinality", KeyKind.PLAIN),
        ("_table_value_type", KeyKind.TYPE),
    ) + EXECUTABLE_FIELDS
    _is_function = True
    _has_args = False
    _with_ordinality = False
    _table_value_type: Optional[TableValueType] = None
    packagenames: Tuple[str, ...] = ()
    monotonic = False
    # as operands of the comma
    _arguments: Tuple[Any, ...] = ()
    # as a column it is no key and refers to nothing
    primary_key: Any = False
    foreign_keys: Any = ()

    def __init__(self, *clauses: Any) -> None:
        self._set_arguments(self._coerced(clauses))

    def _coerced(self, clauses: Tuple[Any, ...]) -> Tuple[Any, ...]:
        return coercions.expect_each(
            roles.ExpressionElementRole, clauses, self, name=getattr(self, "name", None)
        )

    def _set_arguments(self, clauses: Sequence[Any]) -> None:
        if clauses:
            self._has_args = True
        comma = operators.comma_op
        self._arguments = tuple([clause.self_group(against=comma) for clause in clauses])

    @property
    def clause_expr(self) -> Grouping[Any]:
        """The arguments in parentheses."""
        return Grouping(self.clauses)

    @memoized_attribute
    def clauses(self) -> ClauseList:
        """The arguments, as a :class:`.ClauseList`."""
        clauses: ClauseList = ClauseList._construct_raw(operators.comma_op, self._arguments)
        return clauses

    def _execute_on_connection(
        self, connection: Any, distilled_params: Any, execution_options: Any
    ) -> Any:
        return connection._execute_function(self, distilled_params, execution_options)

    # -- as a source of rows ---------------------------------------------------------------------

    def table_valued(self, *expr: Any, **kw: Any) -> TableValuedAlias:
        """Return the call as a source with columns.

        :param expr: names of the columns, or ``column()`` objects with types.
        :param kw: ``name``: name of the source; ``with_ordinality``: name of a column that numbers the
            rows; ``joins_implicitly``: it may stand in FROM beside other sources without a join.
        """
        name = kw.pop("name", None)
        ordinality = kw.pop("with_ordinality", None)
        joins_implicitly = kw.pop("joins_implicitly", None)
        if kw:
            raise TypeError(
                "table_valued() takes name, with_ordinality and joins_implicitly, not %s"
                % ", ".join(sorted(kw))
            )
        new = self._generate()
        if ordinality:
            expr = expr + (ordinality,)
            new._with_ordinality = True
        new.type = new._table_value_type = table_value_type(*expr)
        return new.alias(name=name, joins_implicitly=bool(joins_implicitly))

    def column_valued(
        self, name: Optional[str] = None, joins_implicitly: bool = False
    ) -> TableValuedColumn[_T]:
        """Return the call as a source of one column: the column, which brings its source to FROM.

        :param name: name of the source.
        :param joins_implicitly: see ``table_valued()``.
        """
        return self.alias(name=name, joins_implicitly=joins_implicitly).column

    def scalar_table_valued(self, name: str, type_: Any = None) -> ScalarFunctionColumn:
        """Return one column of the composite value that the call gives: ``(fn()).name``.

        :param name: name of the column.
        :param type_: its type.
        """
        return ScalarFunctionColumn(self, name, type_)

    def alias(
        self, name: Optional[str] = None, joins_implicitly: bool = False
    ) -> TableValuedAlias:
        """Return the call as a source under a name.

        :param name: the name; one is made up while compiling without it.
        :param joins_implicitly: see ``table_valued()``.
        """
        return TableValuedAlias._construct(self, name, self.type, joins_implicitly)

    def select(self) -> Any:
        """Return ``SELECT`` of this call."""
        statement = slots.select(self)
        statement.note_site(_getframe(1))
        if self._execution_options:
            statement = statement.execution_options(**self._execution_options)
        return statement

    @property
    def _all_selected_columns(self) -> Tuple[Any, ...]:
        if self._table_value_type is not None:
            return tuple(self._table_value_type._elements)
        return (self,)

    @property
    def c(self) -> Any:
        """The same as ``columns``."""
        return self.columns

    @property
    def columns(self) -> Any:
        """The columns this call gives: those of ``table_valued()``, or itself."""
        collection: Any = WriteableColumnCollection()
        for column in self._all_selected_columns:
            collection.add(column, column.key or column._anon_name_label)
        return collection.as_readonly()

    @property
    def exported_columns(self) -> Any:
        """The same as ``columns``."""
        return self.columns

    @property
    def _from_objects(self) -> List[Any]:
        return [source for clause in self._arguments for source in clause._from_objects]

    @property
    def _selected_items(self) -> Tuple[Any, ...]:
        return (self,)

    @property
    def entity_namespace(self) -> Any:
        """The namespace of the first argument that has one."""
        for clause in self._arguments:
            for source in clause._from_objects:
                return source.entity_namespace
        raise AttributeError("the arguments of %s belong to no table" % self.description)

    @property
    def description(self) -> str:
        """The function's name, for messages."""
        return getattr(self, "name", type(self).__name__)

    def is_derived_from(self, fromclause: Optional[FromClause]) -> bool:
        """Tell whether this is the very call, or a copy of it."""
        return fromclause in self._cloned_set

    # -- aggregates and windows ------------------------------------------------------------------

    def over(
        self,
        *,
        partition_by: Any = None,
        order_by: Any = None,
        rows: Any = None,
        range_: Any = None,
        groups: Any = None,
        exclude: Optional[str] = None,
    ) -> Over[_T]:
        """Return the call as a window function: ``fn() OVER (...)``.

        :param partition_by: expression or list of them.
        :param order_by: expression or list of them.
        :param rows: frame as (start, end) of row offsets; None is unbounded, 0 the current row.
        :param range_: frame by values.
        :param groups: frame by peer groups.
        :param exclude: what the frame leaves out, as SQL.
        """
        return Over(
            self,
            partition_by=partition_by,
            order_by=order_by,
            rows=rows,
            range_=range_,
            groups=groups,
            exclude=exclude,
        )

    def aggregate_order_by(self, *order_by: Any) -> AggregateOrderBy[_T]:
        """Return the aggregate call with ORDER BY inside its arguments."""
        return AggregateOrderBy(self, *order_by)

    def within_group(self, *order_by: Any) -> WithinGroup[_T]:
        """Return the call with ``WITHIN GROUP (ORDER BY ...)``."""
        return WithinGroup(self, *order_by)

    def filter(self, *criterion: Any) -> Union[Self, FunctionFilter[_T]]:
        """Return the aggregate call with ``FILTER (WHERE ...)``; without criteria the call itself."""
        if not criterion:
            return self
        return FunctionFilter(self, *criterion)

    def within_group_type(self, within_group: WithinGroup[Any]) -> Any:
        """Return the type under ``within_group``, or None for the function's own."""
        return None

    def as_comparison(self, left_index: int, right_index: int) -> FunctionAsBinary:
        """Return the call as a comparison of two of its arguments, for a relationship's condition.

        :param left_index: number of the left argument, from 1.
        :param right_index: number of the right argument.
        """
        return FunctionAsBinary(self, left_index, right_index)

    def self_group(self, against: Any = None) -> Any:
        """Return the call, in parentheses where an index follows an array it gives."""
        if against is operators.getitem and isinstance(self.type, ARRAY):
            return Grouping(self)
        return ColumnElement.self_group(self, against=against)

    def _bound_value(
        self, operator: Any, obj: Any, type_: Any = None, expanding: bool = False
    ) -> Any:
        return _operand(self, None, operator, obj, type_, expanding)

    def anonymous_fromclause(self, name: Optional[str] = None, flat: bool = False) -> Any:
        return self.alias(name=name)


def _operand(
    function: Any, name: Optional[str], operator: Any, obj: Any, type_: Any, expanding: bool
) -> Any:
    from ..elements.base import factories

    return factories.bind(
        name,
        obj,
        _beside_operator=operator,
        _beside_type=function.type,
        type_=type_,
        unique=True,
        expanding=expanding,
    )


def _compared(function: Any, op: Any, negate: Any, other: Any) -> ColumnElement[bool]:
    if function._is_collection_aggregate:
        general: ColumnElement[bool] = function.operate(op, other)
        return general
    return compare_plain(function, op, negate, other, function.name)


class FunctionAsBinary(BinaryExpression[Any]):
    """A function call seen as a comparison of two arguments; made by ``as_comparison()``."""

    cache_key_fields = (  # type: ignore[assignment]
        ("sql_function", KeyKind.CLAUSE),
        ("left_index", KeyKind.PLAIN),
        ("right_index", KeyKind.PLAIN),
    )
    operator = staticmethod(operators.function_as_comparison_op)
    negate = None
    modifiers: Dict[str, Any] = {}
    type = BOOLEANTYPE

    def __init__(self, fn: FunctionElement[Any], left_index: int, right_index: int) -> None:
        self.sql_function = fn
        self.left_index = left_index
        self.right_index = right_index

    @property
    def left(self) -> Any:
        """The left argument."""
        return self.sql_function._arguments[self.left_index - 1]

    @left.setter
    def left(self, value: Any) -> None:
        self._replace_argument(self.left_index, value)

    @property
    def right(self) -> Any:
        """The right argument."""
        return self.sql_function._arguments[self.right_index - 1]

    @right.setter
    def right(self, value: Any) -> None:
        self._replace_argument(self.right_index, value)

    def _replace_argument(self, index: int, value: Any) -> None:
        function = self.sql_function._generate()
        arguments = list(function._arguments)
        arguments[index - 1] = value
        function._set_arguments(arguments)
        self.sql_function = function

    @property
    def _from_objects(self) -> List[Any]:
        return self.sql_function._from_objects

    def _flat(self, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        ColumnElement._flat(self, out, binds, seen)

    def self_group(self, against: Any = None) -> Any:
        """Return the call: it needs no parentheses."""
        return self


class ScalarFunctionColumn(NamedColumn[Any]):
    """A column of a composite value; made by ``scalar_table_valued()``."""

    __visit_name__ = "scalar_function_column"
    cache_key_fields = (
        ("name", KeyKind.NAME),
        ("type", KeyKind.TYPE),
        ("fn", KeyKind.CLAUSE),
    )
    is_literal = False
    table = None

    def __init__(self, fn: FunctionElement[Any], name: str, type_: Any = None) -> None:
        self.fn = fn
        self.key = self.name = name
        self.type = NULLTYPE if type_ is None else to_instance(type_)

    @property
    def _from_objects(self) -> List[Any]:
        return self.fn._from_objects


class Function(FunctionElement[_T]):
    """A call of a function by its name; made by ``func.name(...)``.

    :param name: the name.
    :param clauses: the arguments.
    :param type_: type of the value.
    :param packagenames: names before that of the function.
    :param monotonic: the value grows with each row inserted, so that it orders them.
    """

    __visit_name__ = "function"
    cache_key_fields = FunctionElement.cache_key_fields + (  # type: ignore[misc]
        ("packagenames", KeyKind.PLAIN),
        ("name", KeyKind.NAME),
        ("type", KeyKind.TYPE),
    )
    identifier: str
    name: str

    def __init__(
        self,
        name: str,
        *clauses: Any,
        type_: Any = None,
        packagenames: Optional[Sequence[str]] = None,
        monotonic: bool = False,
    ) -> None:
        self.name = name
        if packagenames:
            self.packagenames = tuple(packagenames)
        its_type: Any = NULLTYPE if type_ is None else to_instance(type_)
        self.type = its_type
        if monotonic:
            self.monotonic = True
        if name in _COLLECTION_AGGREGATES:
            self._is_collection_aggregate = True
        self._set_arguments(self._coerced(clauses))

    def _flat(self, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        name = self.name
        if (
            name.__class__ is not str
            or self.packagenames
            or self._with_ordinality
            or self._with_options
            or self._table_value_type is not None
            or self.entity_mark is not None
        ):
            # the fields that few calls have
            HasCacheKey._flat(self, out, binds, seen)
            return
        identity = id(self)
        if identity in seen:
            out.append(seen[identity])
            return
        seen[identity] = len(seen)
        type_key = self.type._static_cache_key
        if type_key is NO_CACHE:
            raise Uncacheable(self.type)
        arguments = self._arguments
        out += (self.__class__, name, type_key, len(arguments))
        for argument in arguments:
            argument._flat(out, binds, seen)

    __hash__ = ColumnElement.__hash__  # type: ignore[misc]

    def __eq__(self, other: Any) -> ColumnElement[bool]:  # type: ignore[override]
        return _compared(self, operators.eq, operators.ne, other)

    def __ne__(self, other: Any) -> ColumnElement[bool]:  # type: ignore[override]
        return _compared(self, operators.ne, operators.eq, other)

    def __lt__(self, other: Any) -> ColumnElement[bool]:
        return _compared(self, operators.lt, operators.ge, other)

    def __le__(self, other: Any) -> ColumnElement[bool]:
        return _compared(self, operators.le, operators.gt, other)

    def __gt__(self, other: Any) -> ColumnElement[bool]:
        return _compared(self, operators.gt, operators.le, other)

    def __ge__(self, other: Any) -> ColumnElement[bool]:
        return _compared(self, operators.ge, operators.lt, other)

    def _bound_value(
        self, operator: Any, obj: Any, type_: Any = None, expanding: bool = False
    ) -> Any:
        return _operand(self, self.name, operator, obj, type_, expanding)


# -- the registry ----------------------------------------------------------------------------------

_registry: Dict[str, Dict[str, Any]] = {}


# comparisons with these are negated as a whole
_COLLECTION_AGGREGATES = frozenset(["all", "any", "some"])


def register_function(identifier: str, fn: Any, package: str = "_default") -> None:
    """Make ``func.<identifier>(...)`` call ``fn``; the case of the name does not matter.

    :param identifier: the name under ``func``.
    :param fn: what to call; mostly a class.
    :param package: for ``func.<package>.<identifier>``.
    """
    functions = _registry.setdefault(package, {})
    name = str(identifier).lower()
    if name in functions:
        warn(
            "the function %r was registered before and is replaced now; give one of both another "
            "identifier or package" % identifier
        )
    functions[name] = fn


class GenericFunction(Function[_T]):
    """The base of functions with a known name and type; a subclass is registered with ``func``.

    Class attributes of a subclass: ``type``, ``name`` (the class's name by default), ``identifier`` (the name
    under ``func``), ``package``, ``inherit_cache``.
    """

    coerce_arguments = True
    inherit_cache = True
    type: Any = NULLTYPE
    _register = False
    name = "GenericFunction"

    if not TYPE_CHECKING:

        def __class_getitem__(cls, item: Any) -> Any:
            # what typing builds for each of some hundred bases is a noticeable part of the import
            return cls

    def __init_subclass__(cls, **kw: Any) -> None:
        own = cls.__dict__
        if own.get("_register", True) is not False and "annotated_of" not in own:
            name = own.get("name", cls.__name__)
            cls.name = name
            cls.identifier = own.get("identifier", name)
            if "__return_type__" in own:
                cls.type = own["__return_type__"]
            if isinstance(cls.type, type):
                cls.type = to_instance(cls.type)
            register_function(cls.identifier, cls, own.get("package", "_default"))
            cls._register = True
        super().__init_subclass__(**kw)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not kwargs:
            self._set_arguments(self._coerced(args) if self.coerce_arguments else args)
            type_ = self.type
            self.type = to_instance(type_) if isinstance(type_, type) else type_
            return
        parsed = kwargs.pop("_parsed_args", None)
        if parsed is None:
            parsed = self._coerced(args) if self.coerce_arguments else list(args)
        type_ = kwargs.pop("type_", None)
        monotonic = kwargs.pop("monotonic", False)
        if kwargs:
            raise TypeError(
                "func.%s() takes type_ as keyword, not %s" % (self.name, ", ".join(sorted(kwargs)))
            )
        if monotonic:
            self.monotonic = True
        self._set_arguments(parsed)
        self.type = to_instance(type_ if type_ is not None else self.type)


# -- func ------------------------------------------------------------------------------------------


class _FunctionGenerator:
    """What attributes of ``func`` are: a name, perhaps with package names before it, to be called."""

    # ``__dict__`` keeps what was made for the known functions
    __slots__ = ("__dict__", "_names", "_options")

    if TYPE_CHECKING:
        # functions whose type is known; all others are reached by __getattr__()

        @property
        def aggregate_strings(self) -> Type[_generic.aggregate_strings]: ...

        @property
        def array_agg(self) -> Type[_generic.array_agg]: ...

        @property
        def char_length(self) -> Type[_generic.char_length]: ...

        @property
        def concat(self) -> Type[_generic.concat]: ...

        @property
        def count(self) -> Type[_generic.count]: ...

        @property
        def cube(self) -> Type[_generic.cube]: ...

        @property
        def cume_dist(self) -> Type[_generic.cume_dist]: ...

        @property
        def current_date(self) -> Type[_generic.current_date]: ...

        @property
        def current_time(self) -> Type[_generic.current_time]: ...

        @property
        def current_timestamp(self) -> Type[_generic.current_timestamp]: ...

        @property
        def current_user(self) -> Type[_generic.current_user]: ...

        @property
        def dense_rank(self) -> Type[_generic.dense_rank]: ...

        @property
        def grouping_sets(self) -> Type[_generic.grouping_sets]: ...

        @property
        def localtime(self) -> Type[_generic.localtime]: ...

        @property
        def localtimestamp(self) -> Type[_generic.localtimestamp]: ...

        @property
        def mode(self) -> Type[_generic.mode[Any]]: ...

        @property
        def next_value(self) -> Type[_generic.next_value]: ...

        @property
        def now(self) -> Type[_generic.now]: ...

        @property
        def percent_rank(self) -> Type[_generic.percent_rank]: ...

        @property
        def percentile_cont(self) -> Type[_generic.percentile_cont[Any]]: ...

        @property
        def percentile_disc(self) -> Type[_generic.percentile_disc[Any]]: ...

        @property
        def random(self) -> Type[_generic.random]: ...

        @property
        def rank(self) -> Type[_generic.rank]: ...

        @property
        def rollup(self) -> Type[_generic.rollup]: ...

        @property
        def session_user(self) -> Type[_generic.session_user]: ...

        @property
        def sysdate(self) -> Type[_generic.sysdate]: ...

        @property
        def user(self) -> Type[_generic.user]: ...

        @overload
        def coalesce(self, col: SQLCoreOperations[_T], *args: Any, **kwargs: Any) -> _generic.coalesce[_T]: ...

        @overload
        def coalesce(self, *args: Any, **kwargs: Any) -> _generic.coalesce[Any]: ...

        def coalesce(self, *args: Any, **kwargs: Any) -> Any: ...

        @overload
        def max(self, col: SQLCoreOperations[_T], *args: Any, **kwargs: Any) -> _generic.max[_T]: ...

        @overload
        def max(self, *args: Any, **kwargs: Any) -> _generic.max[Any]: ...

        def max(self, *args: Any, **kwargs: Any) -> Any: ...

        @overload
        def min(self, col: SQLCoreOperations[_T], *args: Any, **kwargs: Any) -> _generic.min[_T]: ...

        @overload
        def min(self, *args: Any, **kwargs: Any) -> _generic.min[Any]: ...

        def min(self, *args: Any, **kwargs: Any) -> Any: ...

        @overload
        def sum(self, col: SQLCoreOperations[_T], *args: Any, **kwargs: Any) -> _generic.sum[_T]: ...

        @overload
        def sum(self, *args: Any, **kwargs: Any) -> _generic.sum[Any]: ...

        def sum(self, *args: Any, **kwargs: Any) -> Any: ...

        @overload
        def pow(self, col: SQLCoreOperations[_T], *args: Any, **kwargs: Any) -> _generic.pow[_T]: ...

        @overload
        def pow(self, *args: Any, **kwargs: Any) -> _generic.pow[Any]: ...

        def pow(self, *args: Any, **kwargs: Any) -> Any: ...

    def __init__(self, names: Tuple[str, ...] = (), options: Optional[Dict[str, Any]] = None) -> None:
        self._names = names
        self._options = options

    def __getattr__(self, name: str) -> _FunctionGenerator:
        if name.startswith("__"):
            raise AttributeError(name)
        if name.endswith("_"):
            # for names that are words of Python: func.print_
            return _FunctionGenerator(self._names + (name[:-1],), self._options)
        made = _FunctionGenerator(self._names + (name,), self._options)
        if name in _registry["_default"]:
            self.__dict__[name] = made
        return made

    if TYPE_CHECKING:

        @overload
        def __call__(self, *args: Any, type_: TypeEngine[_T], **kw: Any) -> Function[_T]: ...

        @overload
        def __call__(self, *args: Any, type_: Type[TypeEngine[_T]], **kw: Any) -> Function[_T]: ...

        @overload
        def __call__(self, *args: Any, **kw: Any) -> Function[Any]: ...

    def __call__(self, *args: Any, **kw: Any) -> Any:
        names = self._names
        if self._options:
            kw = dict(self._options, **kw)
        count = len(names)
        if count == 1:
            made = _registry["_default"].get(names[0].lower())
        elif count == 2:
            made = _registry.get(names[0], _NO_FUNCTIONS).get(names[1].lower())
        else:
            made = None
        if made is not None:
            return made(*args, **kw)
        return Function(names[-1], *args, packagenames=names[:-1], **kw)

    def __reduce__(self) -> Any:
        return _FunctionGenerator, (self._names, self._options)

    def __repr__(self) -> str:
        return ".".join(("func",) + self._names)


def call_function(name: str, *args: Any, **kw: Any) -> Any:
    """Return ``func.<name>(*args)``."""
    return _FunctionGenerator((name,))(*args, **kw)


_NO_FUNCTIONS: Dict[str, Any] = {}

#: SQL functions: `func.any_name(...)` is the call of a function of that name
func: _FunctionGenerator = _FunctionGenerator()
#: like `func`, for what is written as a function and modifies the one around it
modifier: _FunctionGenerator = _FunctionGenerator()
