"""ClauseElement and ColumnElement: what every piece of SQL, and every expression with a type, can do.

The kinds of expressions are in the sibling modules; FROM elements and statements are in ``selectable`` and ``dml``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, FrozenSet, List, Mapping, Optional, Tuple, TypeVar

from ... import exc, util
from ..annotation import SupportsAnnotations
from ..cache_key import MemoizedHasCacheKey
from ...inspection import self_inspecting
from ..executable import ExecutableStatement
from ..forward import slots, string_dialect
from ..names import AnonLabel, AnonToken, anonymous
from ..operators import and_ as _and_op
from ..operators import all_op, any_op, inv, is_false, is_true
from ..operators import or_ as _or_op
from ..operators.functions import _asbool
from .. import roles
from ..sqltypes import NULLTYPE, Boolean
from ..traversals import memoize
from ..typing import SQLColumnExpression
from ..visitors import cloned_traverse

if TYPE_CHECKING:
    from typing import Callable

    from typing_extensions import Self, overload

    from ..operators import OperatorClass
    from ..type_api import TypeEngine
    from ..type_api.engine import TypeEngineArgument
    from .casting import Cast
    from .columns import Label
    from .operations import BinaryExpression

__all__ = ["ClauseElement", "ColumnElement", "KeyedColumnElement", "NamedColumn", "WrapsColumnExpression", "factories"]

_T = TypeVar("_T")
_OT = TypeVar("_OT")


class _Factories:
    """Constructors of sibling modules that the base classes call; each module fills in its own."""

    grouping: Any
    unary: Any
    as_boolean: Any
    label: Any
    bind: Any
    cast: Any
    column: Any
    and_: Any
    or_: Any
    not_: Any


#: constructors of elements that are defined in higher modules of this package
factories = _Factories()


def _warn_of_params() -> None:
    util.warn_deprecated(
        "unique_params(), and params() of elements that are no statements, will be removed; call params() of the "
        "statement, or give the values with execute()",
        version="2.1",
    )


@self_inspecting
class ClauseElement(SupportsAnnotations, MemoizedHasCacheKey):
    """Base of everything that is rendered as SQL."""

    __visit_name__ = "clause"

    inherit_cache: Optional[bool] = True

    stringify_dialect = "default"
    supports_execution = False
    is_clause_element = True
    is_selectable = False
    is_dml = False

    entity_mark: Any = None
    negation_clause: Any
    proxy_set: Any

    _is_column_element = False
    _is_keyed_column_element = False
    _is_named_column = False
    _is_bind_parameter = False
    _is_clause_list = False
    _is_textual = False
    _is_text_clause = False
    _is_from_clause = False
    _is_returns_rows = False
    _is_select_base = False
    _is_select_statement = False
    _is_has_cache_key = True
    _is_collection_aggregate = False
    _is_implicitly_boolean = False
    _is_lambda_element = False
    _is_singleton_constant = False
    _is_star = False
    _is_table = False
    _is_subquery = False
    _is_join = False
    _is_unconditional_true = False
    _is_unconditional_false = False
    _translatable = False

    _order_by_label_element: Any = None
    _copied_from: Any = None

    # -- copies ----------------------------------------------------------------------------------------------------

    def _clone(self, **kw: Any) -> Self:
        made: Self = SupportsAnnotations._clone(self)
        origin = self
        while origin.__dict__.get("_copied_from") is not None:
            origin = origin.__dict__["_copied_from"]
        # a copy answers for what it was copied from
        made.__dict__["_copied_from"] = origin
        return made

    @property
    def _cloned_set(self) -> FrozenSet[Any]:
        found = self.__dict__.get("_cloned_set_memo")
        if found is None:
            made = [self]
            element = self._copied_from
            while element is not None:
                made.append(element)
                element = element._copied_from
            found = memoize(self, "_cloned_set_memo", frozenset(made))
        return found

    def with_entity_mark(self, mark: Any) -> Any:
        """Return this element with an :class:`.EntityMark`, which statements take over from it."""
        if self.entity_mark == mark:
            return self
        # an annotated copy is the same source or column as its original to whoever compares them
        made = self._clone_annotated() if self._is_annotated else self._annotate({})  # type: ignore[attr-defined]
        made.__dict__["entity_mark"] = mark
        return made

    # -- parameters ------------------------------------------------------------------------------------------------

    def unique_params(self, __optionaldict: Optional[Mapping[str, Any]] = None, **kwargs: Any) -> Self:
        """Return a copy with values for its parameters, whose names are made unique.

        Deprecated: give the values when the parameters are made, or when executing.
        """
        _warn_of_params()
        return self._replace_params(True, __optionaldict, kwargs)

    def params(self, __optionaldict: Optional[Mapping[str, Any]] = None, **kwargs: Any) -> Self:
        """Return a copy with values for its named parameters.

        Deprecated for elements that are no statements: give the values when the parameters are made, or when executing.
        """
        if not isinstance(self, ExecutableStatement):
            _warn_of_params()
        return self._replace_params(False, __optionaldict, kwargs)

    def _replace_params(self, unique: bool, given: Optional[Mapping[str, Any]], kwargs: Dict[str, Any]) -> Self:
        if given:
            kwargs.update(given)

        def visit(bind: Any) -> None:
            if bind.key in kwargs:
                bind.value = kwargs[bind.key]
                bind.required = False
                bind.callable = None
            if unique:
                bind._convert_to_unique()

        options = {"maintain_key": True, "detect_subquery_cols": True}
        made: Self = cloned_traverse(self, options, {"bindparam": visit})
        return made

    # -- grouping and negation -------------------------------------------------------------------------------------

    def self_group(self, against: Any = None) -> Any:
        """Return this element, in parentheses when as an operand of ``against`` it needs them."""
        return self

    def _without_parentheses(self) -> Any:
        return self

    def _negate(self) -> Any:
        grouped = self.self_group(against=inv)
        return factories.unary(grouped, operator=inv)

    def __invert__(self) -> Any:
        return self._negate()

    def __bool__(self) -> bool:
        raise TypeError(
            "a SQL expression is neither true nor false in Python; combine conditions with &, | and ~, "
            "or and_(), or_() and not_(), and test for absence with 'is None'"
        )

    # -- what it stands for ----------------------------------------------------------------------------------------

    @property
    def _from_objects(self) -> List[Any]:
        return []

    @property
    def description(self) -> Optional[str]:
        """A short name for messages, None when there is none."""
        return None

    @property
    def entity_namespace(self) -> Any:
        """Where ``filter_by()`` looks names up."""
        raise AttributeError("%s has no columns to look names up in" % type(self).__name__)

    @property
    def _anon_token(self) -> AnonToken:
        found = self.__dict__.get("_anon_token_memo")
        if found is None:
            # annotated copies go by the name of the original
            element = self.__dict__.get("_original") if self._is_annotated else None
            found = memoize(self, "_anon_token_memo", AnonToken() if element is None else element._anon_token)
        return found

    # -- compiling -------------------------------------------------------------------------------------------------

    def compile(self, bind: Any = None, dialect: Any = None, **kw: Any) -> Any:
        """Return the compiled form: its SQL by ``str()``, its parameters as ``.params``.

        :param bind: an engine or connection whose dialect is used.
        :param dialect: the dialect; without it and ``bind`` a plain one.
        :param kw: ``column_keys``: names of columns an INSERT or UPDATE has parameters for; ``compile_kwargs``: options
         for compiler methods, such as ``{"literal_binds": True}``.
        """
        if dialect is None:
            if bind is not None:
                dialect = bind if hasattr(bind, "statement_compiler") else bind.dialect
            elif self.stringify_dialect == "default":
                dialect = string_dialect()
            else:
                dialect = slots.load_dialect(self.stringify_dialect)()
        return self._compiler(dialect, **kw)

    def _compiler(self, dialect: Any, **kw: Any) -> Any:
        return dialect.statement_compiler(dialect, self, **kw)

    def _execute_on_connection(self, connection: Any, distilled_params: Any, execution_options: Any) -> Any:
        raise exc.ObjectNotExecutableError(self)

    _execute_on_scalar = _execute_on_connection

    def __str__(self) -> str:
        return str(self.compile())

    def __repr__(self) -> str:
        name = self.description
        at = "<%s.%s at 0x%x" % (type(self).__module__, type(self).__name__, id(self))
        return at + "; %s>" % name if name is not None else at + ">"

    def __getstate__(self) -> Dict[str, Any]:
        d = self.__dict__.copy()
        for name in d.pop("_memo", ()):
            if name == "_anon_token_memo":
                # the columns of a subquery may be named after this element
                d["_memo"] = (name,)
            else:
                d.pop(name, None)
        d.pop("_copied_from", None)
        d.pop("_site", None)
        return d

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)


class ColumnElement(
    roles.ColumnArgumentOrKeyRole,
    roles.StatementOptionRole,
    roles.WhereHavingRole,
    roles.BinaryElementRole[_T],
    roles.OrderByRole,
    roles.ColumnsClauseRole,
    roles.LimitOffsetRole,
    roles.DMLColumnRole,
    roles.DDLConstraintColumnRole,
    roles.DDLExpressionRole,
    SQLColumnExpression[_T],
    ClauseElement,
):
    """Base of expressions: columns, operators, functions, literals and what is built from them."""

    __visit_name__ = "column_element"

    primary_key: bool = False
    foreign_keys: Any = ()
    key: Optional[str] = None
    type: TypeEngine[_T] = NULLTYPE  # type: ignore[assignment]  # of no type that is known

    # expressions without an operator say so, which is cheaper to read than an attribute that is missing
    operator: Any = None

    _is_column_element = True
    _proxies: Tuple[Any, ...] = ()
    _alt_names: Tuple[Any, ...] = ()
    _allow_label_resolve = True
    _may_be_labelled = True
    _label: Optional[str] = None
    _qualified_label: Optional[str] = None
    _tq_key_label: Optional[str] = None
    _plain_name: Optional[str] = None
    _is_sentinel: bool = False
    _hidden = False

    table: Any = None

    __hash__: ClassVar[Any] = object.__hash__  # type: ignore[misc]

    @property
    def _from_objects(self) -> List[Any]:
        # kinds that are built often, or hide what they refer to, say it themselves; this is for elements of users
        return [source for child in self.get_children() for source in child._from_objects]

    # -- operators -------------------------------------------------------------------------------------------------

    if TYPE_CHECKING:

        @overload
        def op(
            self,
            opstring: str,
            precedence: int = 0,
            is_comparison: bool = False,
            *,
            return_type: TypeEngineArgument[_OT],
            python_impl: Optional[Callable[..., Any]] = None,
            operator_class: OperatorClass = ...,
            visit_name: Optional[str] = None,
        ) -> Callable[[Any], BinaryExpression[_OT]]: ...

        @overload
        def op(
            self,
            opstring: str,
            precedence: int = 0,
            is_comparison: bool = False,
            return_type: Any = None,
            python_impl: Optional[Callable[..., Any]] = None,
            operator_class: OperatorClass = ...,
            visit_name: Optional[str] = None,
        ) -> Callable[[Any], BinaryExpression[Any]]: ...

        def op(self, *args: Any, **kw: Any) -> Any: ...

    @property
    def comparator(self) -> Any:
        """The object that builds this expression's operators, of its type's ``comparator_factory``."""
        return self.type.comparator_factory(self)

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        """Return ``op`` applied to this expression, as its type's comparator builds it."""
        return op(self.comparator, *other, **kwargs)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        """Return ``op`` applied to ``other`` and this expression."""
        return op(other, self.comparator, **kwargs)

    def __getattr__(self, key: str) -> Any:
        if key[:2] == "__" or key == "type" or key == "comparator":
            raise AttributeError(key)
        comparator = self.comparator
        try:
            return getattr(comparator, key)
        except AttributeError:
            raise AttributeError(
                "neither %r nor its comparator %r has an attribute %r"
                % (type(self).__name__, type(comparator).__name__, key)
            ) from None

    def _bound_value(self, operator: Any, obj: Any, type_: Any = None, expanding: bool = False) -> Any:
        return factories.bind(
            None, obj, _beside_operator=operator, type_=type_, _beside_type=self.type, unique=True,
            expanding=expanding,
        )  # fmt: skip

    def self_group(self, against: Any = None) -> Any:
        """Return this expression, wrapped where as an operand of ``against`` it has to be."""
        if against is _and_op or against is _or_op or against is _asbool:
            if self.type._type_affinity is Boolean:
                return factories.as_boolean(self, is_true, is_false)
        elif against is any_op or against is all_op:
            return factories.grouping(self)
        return self

    def _negate(self) -> Any:
        if self.type._type_affinity is Boolean:
            return factories.as_boolean(self, is_false, is_true)
        grouped = self.self_group(against=inv)
        return factories.unary(grouped, operator=inv)

    def __invert__(self) -> ColumnElement[_T]:
        # a criterion whose opposite is another expression than NOT before it
        negation = self.__dict__.get("negation_clause")
        negated: ColumnElement[_T] = self.operate(inv) if negation is None else negation
        return negated

    # -- as an item of a columns clause ----------------------------------------------------------------------------

    def __clause_element__(self) -> Any:
        return self

    # tells coercion that there is nothing to unwrap
    __clause_element__.returns_self = True  # type: ignore[attr-defined]

    @property
    def expression(self) -> Any:
        """The expression itself; attributes of mapped classes have one of the same name."""
        return self

    @property
    def _selected_items(self) -> Tuple[Any, ...]:
        return (self,)

    def label(self, name: Optional[str]) -> Label[_T]:
        """Return ``self AS name``; with None the name is chosen when compiling."""
        label: Label[_T] = factories.label(name, self)
        return label

    def cast(self, type_: TypeEngineArgument[_OT]) -> Cast[_OT]:
        """Return ``CAST(self AS type_)``."""
        made: Cast[_OT] = factories.cast(self, type_)
        return made

    # -- where it comes from ---------------------------------------------------------------------------------------

    @property
    def base_columns(self) -> FrozenSet[Any]:
        """The columns this one finally stands for: itself, if for no other."""
        return frozenset([column for column in self.proxy_set if not column._proxies])

    @property
    def proxy_set(self) -> FrozenSet[Any]:
        """This column and all those it stands for."""
        found = self.__dict__.get("_proxy_set_memo")
        if found is None:
            found = frozenset([column._deannotate() for column in self._uncached_proxy_list()])
            memoize(self, "_proxy_set_memo", found)
        return found

    @property
    def _lineage_and_copies(self) -> FrozenSet[Any]:
        found = self.__dict__.get("_expanded_proxy_set_memo")
        if found is None:
            proxies = self.proxy_set
            found = memoize(self, "_expanded_proxy_set_memo", proxies.union(*[c._cloned_set for c in proxies]))
        return found

    def _uncached_proxy_list(self) -> List[Any]:
        made: List[Any] = [self]
        for column in self._proxies:
            made.extend(column._uncached_proxy_list())
        return made

    def shares_lineage(self, othercolumn: Any) -> bool:
        """Tell whether both columns stand for a common one."""
        return not self.proxy_set.isdisjoint(othercolumn.proxy_set)

    @property
    def _proxy_key(self) -> Optional[str]:
        name = self._annotations.get("proxy_key") or self.key
        if not name:
            name = self._plain_name
        return name

    @property
    def _attribute_label(self) -> Optional[str]:
        """The name that an expression without one of its own gets in a SELECT: that of the attribute it stands for."""
        if getattr(self, "name", None) is not None:
            return None
        return self._annotations.get("proxy_key")

    def _make_proxy(
        self,
        selectable: Any,
        *,
        primary_key: Any,
        foreign_keys: Any,
        name: Optional[str] = None,
        key: Optional[str] = None,
        name_is_truncatable: bool = False,
        compound_select_cols: Any = None,
        **kw: Any,
    ) -> Tuple[Any, Any]:
        """Return ``(key, column)``: the column by which ``selectable`` offers this expression."""
        if name is None:
            name = self._anon_name_label
            if key is None:
                key = self._proxy_key
        else:
            key = name
        made = factories.column(name, self.type)
        made.table = selectable
        made._proxies = tuple(compound_select_cols) if compound_select_cols else (self,)
        if selectable.entity_mark is not None:
            made.entity_mark = selectable.entity_mark
        return key if key is not None else name, made

    # -- labels ----------------------------------------------------------------------------------------------------

    def _name_from(self, base: Optional[str], add: int = 0) -> AnonLabel:
        label = anonymous(str(base) if base and not isinstance(base, AnonLabel) else "anon", self._anon_token)
        if isinstance(base, AnonLabel) and not add:
            label = base
        return label + "_%d" % add if add else label

    @property
    def _anon_name_label(self) -> AnonLabel:
        return self._name_from(getattr(self, "name", None))

    def _made_name_again(self, idx: int) -> AnonLabel:
        return self._name_from(getattr(self, "name", None), idx)

    @property
    def anon_label(self) -> AnonLabel:
        """The name this expression is given when it needs one."""
        return self._anon_name_label

    @property
    def anon_key_label(self) -> AnonLabel:
        """The name this expression is given when it needs one, made of its key."""
        return self._name_from(self._proxy_key)


class KeyedColumnElement(ColumnElement[_T]):
    """An expression with a key."""

    inherit_cache = True
    _is_keyed_column_element = True
    key: str


class NamedColumn(KeyedColumnElement[_T]):
    """An expression with a name, possibly in a table."""

    inherit_cache = True
    _is_named_column = True
    is_literal = False
    table: Any = None
    name: str

    @property
    def description(self) -> str:
        """The name of the column."""
        return self.name

    @property
    def _tq_key_label(self) -> Optional[str]:  # type: ignore[override]
        proxy_key = self._proxy_key
        if proxy_key and proxy_key != self.name:
            return self._qualify(proxy_key)
        return self._qualified_label

    @property
    def _qualified_label(self) -> Optional[str]:  # type: ignore[override]
        """The name with that of the table before it: what it is called under TABLENAME_PLUS_COL."""
        return self._qualify(self.name)

    @property
    def _plain_name(self) -> Optional[str]:  # type: ignore[override]
        return self.name

    def _qualify(self, name: str, dedupe_on_key: bool = True) -> Optional[str]:
        return name

    def _bound_value(self, operator: Any, obj: Any, type_: Any = None, expanding: bool = False) -> Any:
        return factories.bind(
            self.key, obj, _beside_operator=operator, type_=type_, _beside_type=self.type, unique=True,
            expanding=expanding,
        )  # fmt: skip

    def _make_proxy(
        self,
        selectable: Any,
        *,
        primary_key: Any,
        foreign_keys: Any,
        name: Optional[str] = None,
        key: Optional[str] = None,
        name_is_truncatable: bool = False,
        compound_select_cols: Any = None,
        disallow_is_literal: bool = False,
        **kw: Any,
    ) -> Tuple[Any, Any]:
        made = factories.column(name or self.name, self.type)
        made.key = self.key if name is None else made.name
        made.table = selectable
        made._proxies = tuple(compound_select_cols) if compound_select_cols else (self,)
        if selectable.entity_mark is not None:
            made.entity_mark = selectable.entity_mark
        return made.key, made


class WrapsColumnExpression(ColumnElement[_T]):
    """An expression around another that, when it has no name of its own, goes by the name of the inner one."""

    inherit_cache = True

    @property
    def wrapped_column_expression(self) -> Any:
        """The expression inside."""
        raise NotImplementedError()

    @property
    def _qualified_label(self) -> Optional[str]:  # type: ignore[override]
        inner = self.wrapped_column_expression
        return inner._qualified_label if hasattr(inner, "_qualified_label") else None

    @property
    def _plain_name(self) -> Optional[str]:  # type: ignore[override]
        return None

    @property
    def _anon_name_label(self) -> AnonLabel:
        inner = self.wrapped_column_expression
        if not inner._is_column_element:
            return super()._anon_name_label
        name = inner._plain_name
        label: AnonLabel = inner._anon_name_label if name is None else self._name_from(name)
        return label

    def _made_name_again(self, idx: int) -> AnonLabel:
        inner = self.wrapped_column_expression
        return self._name_from(inner._plain_name if inner._is_column_element else None, idx)

    @property
    def _proxy_key(self) -> Optional[str]:
        given: Optional[str] = self._annotations.get("proxy_key")
        if given is not None:
            return given
        inner = self.wrapped_column_expression
        if inner._is_column_element and not isinstance(inner._proxy_key, AnonLabel):
            key: Optional[str] = inner._proxy_key or getattr(inner, "name", None)
            return key
        return super()._proxy_key
