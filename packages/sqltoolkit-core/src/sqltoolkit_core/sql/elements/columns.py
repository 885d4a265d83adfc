"""Columns and labels: expressions with a name.

``Column`` of a schema, with its constraints and defaults, is in ``sql.schema``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Dict, FrozenSet, List, Optional, Tuple, TypeVar

from .. import coercions, operators, roles
from ..base import Immutable
from ..cache_key import NO_CACHE, KeyKind
from ..names import AnonLabel, quoted_name
from ..sqltypes import BOOLEANTYPE, NULLTYPE
from ..traversals import Uncacheable, clone_element, emit_name, memoized_attribute
from ..type_api import TypeEngine, to_instance
from .base import ClauseElement, ColumnElement, NamedColumn, factories
from .literals import BindParameter, plain_bind
from .operations import BinaryExpression, ExpressionClauseList, UnaryExpression

__all__ = [
    "ColumnClause", "DMLTargetCopy", "Label", "LabelReference", "TableValuedColumn", "TextualLabelReference",
    "compare_plain",
]  # fmt: skip

_T = TypeVar("_T")


class Label(roles.LabeledColumnExprRole[_T], NamedColumn[_T]):
    """``element AS name``."""

    __visit_name__ = "label"

    cache_key_fields = (("name", KeyKind.NAME), ("type", KeyKind.TYPE), ("_element", KeyKind.CLAUSE))

    def __init__(self, name: Optional[str], element: Any, type_: Any = None) -> None:
        element = coercions.expect(roles.ExpressionElementRole, element, sink=self)
        while isinstance(element, Label):
            # a label of a label is the outer one only
            element = element.element
        named: Any = name or self._name_from(getattr(element, "name", None))
        self.name = named
        self.key = named
        self._element = element
        its_type: Any = to_instance(type_) if type_ is not None else getattr(element, "type", NULLTYPE)
        self.type = its_type

    def _flat(self, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        identity = id(self)
        if identity in seen:
            out.append(seen[identity])
            return
        seen[identity] = len(seen)
        type_key = self.type._static_cache_key
        if type_key is NO_CACHE:
            raise Uncacheable(self.type)
        name = self.name
        if name.__class__ is not str:
            name = _name_key(name, seen)
        out += (self.__class__, name, type_key)
        self._element._flat(out, binds, seen)

    @property
    def element(self) -> Any:
        """The expression, as an operand of AS."""
        return self._element.self_group(against=operators.as_)

    @property
    def _proxies(self) -> Any:  # type: ignore[override]
        return (self._element,)

    @property
    def _is_implicitly_boolean(self) -> bool:  # type: ignore[override]
        return bool(self.element._is_implicitly_boolean)

    @property
    def _allow_label_resolve(self) -> bool:
        return self.__dict__.get("_resolves", True) and bool(self._element._allow_label_resolve)

    @_allow_label_resolve.setter
    def _allow_label_resolve(self, value: bool) -> None:
        self.__dict__["_resolves"] = value

    @property
    def _order_by_label_element(self) -> Any:
        return self

    def as_reference(self) -> Any:
        """Return an element that renders the name of this label, for places where the database knows it."""
        return LabelReference(self)

    def self_group(self, against: Any = None) -> Any:
        """Return this label, its expression grouped for ``against``."""
        inner = self._element
        grouped = inner.self_group(against=against)
        if grouped is inner:
            return self
        return Label(self.name, grouped, type_=self.type)

    def _negate(self) -> Any:
        return Label(self.name, self._element._negate(), type_=self.type)

    @property
    def primary_key(self) -> Any:  # type: ignore[override]
        """Whether the expression is a primary key column."""
        return getattr(self._element, "primary_key", False)

    @property
    def foreign_keys(self) -> Any:
        """The foreign keys of the expression."""
        return getattr(self._element, "foreign_keys", ())

    @property
    def _from_objects(self) -> List[Any]:
        froms: List[Any] = self._element._from_objects
        return froms

    @property
    def description(self) -> Any:
        """The name."""
        return self.name

    def _bound_value(self, operator: Any, obj: Any, type_: Any = None, expanding: bool = False) -> Any:
        # the name of a label says nothing about the values of its expression
        return ColumnElement._bound_value(self, operator, obj, type_=type_, expanding=expanding)

    def _copy_internals(
        self, *, clone: Any = None, anonymize_labels: bool = False, omit_attrs: Any = (), **kw: Any
    ) -> None:
        self._element = (clone or clone_element)(self._element, **kw)
        if anonymize_labels:
            self.__dict__.pop("_anon_token_memo", None)
            self.name = self.key = self._name_from(getattr(self._element, "name", None))

    def _make_proxy(
        self,
        selectable: Any,
        *,
        primary_key: Any,
        foreign_keys: Any,
        name: Optional[str] = None,
        compound_select_cols: Any = None,
        **kw: Any,
    ) -> Tuple[Any, Any]:
        name = self.name if not name else name
        key, made = self._element._make_proxy(
            selectable,
            name=name,
            disallow_is_literal=True,
            name_is_truncatable=isinstance(name, AnonLabel),
            compound_select_cols=compound_select_cols,
            primary_key=primary_key,
            foreign_keys=foreign_keys,
        )
        if not compound_select_cols:
            made._proxies = (self,)
        made.type = self.type
        if made.type is not self._element.type and "comparator" in made.__dict__:
            del made.__dict__["comparator"]
        self_key = self.key
        return (self_key if isinstance(key, AnonLabel) or key == name else key), made


# -- the short way for the commonest expressions ---------------------------------------------------------------------
#
# column <comparison> value, column <comparison> column and column IN (values) make up most of what statements are built
# of. For types that leave operators and the coercion of values to the defaults the result is known beforehand.

_OwnValues = Optional[FrozenSet[type]]

# per class of type: the classes of values bound with the column's own type; None: operators have to be asked
_own_values: Dict[type, _OwnValues] = {}
_SAMPLES: Dict[type, Any] = {
    int: 1, str: "", float: 1.0, bytes: b"", dt.date: dt.date(2000, 1, 1), dt.datetime: dt.datetime(2000, 1, 1),
}  # fmt: skip
_COMPARISONS = (
    "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "in_", "not_in", "like", "between", "desc", "asc",
    "operate",
)  # fmt: skip
_NEEDED = operators.OperatorClass.EQUALITY | operators.OperatorClass.ORDERING


def _learn_type(type_: Any) -> _OwnValues:
    cls = type_.__class__
    found: _OwnValues = None
    factory = cls.comparator_factory
    allowed = cls.operator_classes
    if (
        isinstance(factory, type)
        and issubclass(factory, TypeEngine.Comparator)
        and all(getattr(factory, name) is getattr(TypeEngine.Comparator, name) for name in _COMPARISONS)
        and cls.coerce_compared_value is TypeEngine.coerce_compared_value
        and (allowed is operators.OperatorClass.UNSPECIFIED or allowed & _NEEDED == _NEEDED)
    ):
        found = frozenset(
            [kind for kind, value in _SAMPLES.items() if type_.coerce_compared_value(operators.eq, value) is type_]
        )
    _own_values[cls] = found
    return found


def _own_classes(type_: Any) -> _OwnValues:
    try:
        return _own_values[type_.__class__]
    except KeyError:
        return _learn_type(type_)


def compare_plain(expr: Any, op: Any, negate: Any, other: Any, name: Any = None) -> BinaryExpression[bool]:
    """Return ``expr op other`` for an expression that needs no parentheses; ``name`` is that of a parameter.

    It takes the short way where the type has no say in the matter, else that of ``operate()``.
    """
    type_ = expr.type
    try:
        own = _own_values[type_.__class__]
    except KeyError:
        own = _learn_type(type_)
    right: Any
    general: BinaryExpression[bool]
    if own is None:
        general = expr.operate(op, other)
        return general
    if other.__class__ in own:
        right = object.__new__(BindParameter)
        # one by one: CPython keeps attributes that were set so without a dictionary
        right._orig_key = _key_of(expr) if name is None else name
        right.value = other
        right.type = type_
    elif isinstance(other, ColumnClause):
        right = other
    else:
        general = expr.operate(op, other)
        return general
    return _comparison(expr, op, negate, right)


def _comparison(expr: Any, op: Any, negate: Any, right: Any) -> BinaryExpression[bool]:
    made: Any = object.__new__(BinaryExpression)
    made.left = expr
    made.right = right
    made.operator = op
    made.type = BOOLEANTYPE
    made.negate = negate
    mark = expr.entity_mark or right.entity_mark
    if mark is not None:
        made.entity_mark = mark
    comparison: BinaryExpression[bool] = made
    return comparison


def _key_of(column: Any) -> str:
    """Return what a parameter that is compared with the column is named after."""
    key: Optional[str] = column.key
    if key is None or key.__class__ is AnonLabel:
        return "param"
    if (column.__class__ is ColumnClause or key[:9] == "_no_label") and column.name.__class__ is AnonLabel:
        return "param"
    return key


def _compare_in(expr: Any, op: Any, negate: Any, other: Any) -> BinaryExpression[bool]:
    if other.__class__ is list or other.__class__ is tuple:
        type_ = expr.type
        own = _own_classes(type_)
        if own is not None and own.issuperset(map(type, other)):
            right: Any = object.__new__(BindParameter)
            right._orig_key = _key_of(expr)
            right.value = list(other)
            right.type = type_
            right.expanding = True
            right.expand_op = op
            right._flags = 3
            return _comparison(expr, op, negate, right)
    general: BinaryExpression[bool] = expr.operate(op, other)
    return general


def _ordered(expr: Any, modifier: Any) -> UnaryExpression[Any]:
    if _own_classes(expr.type) is None:
        general: UnaryExpression[Any] = expr.operate(modifier)
        return general
    made: Any = object.__new__(UnaryExpression)
    made.modifier = modifier
    made.element = expr
    made.type = NULLTYPE
    if expr.entity_mark is not None:
        made.entity_mark = expr.entity_mark
    ordered: UnaryExpression[Any] = made
    return ordered


class ColumnClause(
    roles.DDLReferredColumnRole,
    roles.LabeledColumnExprRole[_T],
    roles.StrAsPlainColumnRole,
    Immutable,
    NamedColumn[_T],
):
    """A column by name, in a table or alone; also the ``literal_column()``."""

    __visit_name__ = "column"

    cache_key_fields = (
        ("name", KeyKind.NAME), ("type", KeyKind.TYPE), ("table", KeyKind.KEY_ONLY_CLAUSE),
        ("is_literal", KeyKind.PLAIN),
    )  # fmt: skip

    onupdate: Any = None
    default: Any = None
    server_default: Any = None
    server_onupdate: Any = None
    table: Any = None
    is_literal = False
    type: TypeEngine[_T] = NULLTYPE  # type: ignore[assignment]  # of no type that is known
    _is_star = False

    def __init__(
        self, text: str, type_: Any = None, is_literal: bool = False, _selectable: Any = None
    ) -> None:
        d = self.__dict__
        d["key"] = d["name"] = text
        if _selectable is not None:
            d["table"] = _selectable
        if type_ is not None:
            d["type"] = to_instance(type_)
        if is_literal:
            d["is_literal"] = True
            if text == "*":
                d["_is_star"] = True

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        own = cls.__dict__
        if "operate" in own or "comparator" in own:
            # who answers operators in another way is asked each time
            for name in _COMPARISONS[:-1]:
                if name not in own:
                    setattr(cls, name, getattr(operators.ColumnOperators, name))
            if "__hash__" not in own:
                cls.__hash__ = ColumnElement.__hash__

    __hash__ = ColumnElement.__hash__  # type: ignore[misc]

    def __eq__(self, other: Any) -> ColumnElement[bool]:  # type: ignore[override]
        return compare_plain(self, operators.eq, operators.ne, other)

    def __ne__(self, other: Any) -> ColumnElement[bool]:  # type: ignore[override]
        return compare_plain(self, operators.ne, operators.eq, other)

    def __lt__(self, other: Any) -> ColumnElement[bool]:
        return compare_plain(self, operators.lt, operators.ge, other)

    def __le__(self, other: Any) -> ColumnElement[bool]:
        return compare_plain(self, operators.le, operators.gt, other)

    def __gt__(self, other: Any) -> ColumnElement[bool]:
        return compare_plain(self, operators.gt, operators.le, other)

    def __ge__(self, other: Any) -> ColumnElement[bool]:
        return compare_plain(self, operators.ge, operators.lt, other)

    def like(self, other: Any, escape: Optional[str] = None) -> BinaryExpression[bool]:
        """Return ``self LIKE other``, with an ESCAPE character when one is given."""
        if escape is None and other.__class__ is str and str in (_own_classes(self.type) or ()):
            return compare_plain(self, operators.like_op, operators.not_like_op, other)
        general: BinaryExpression[bool] = self.operate(operators.like_op, other, escape=escape)
        return general

    def between(self, cleft: Any, cright: Any, symmetric: bool = False) -> BinaryExpression[bool]:
        """Return ``self BETWEEN cleft AND cright``, with SYMMETRIC when asked for."""
        own = _own_classes(self.type)
        if own is not None and not symmetric and cleft.__class__ in own and cright.__class__ in own:
            type_, name = self.type, _key_of(self)
            bounds = ExpressionClauseList._of_list(
                operators.and_, NULLTYPE, plain_bind(name, cleft, type_), plain_bind(name, cright, type_), group=False
            )
            bounds.group = False
            made = _comparison(self, operators.between_op, operators.not_between_op, bounds)
            # as operate() has it, which leaves the type of BETWEEN open
            made.type = NULLTYPE  # type: ignore[assignment]
            return made
        general: BinaryExpression[bool] = self.operate(operators.between_op, cleft, cright, symmetric=symmetric)
        return general

    def in_(self, other: Any) -> BinaryExpression[bool]:
        """Return ``self IN (other)``; ``other`` is a list of values, a SELECT or an expanding parameter."""
        return _compare_in(self, operators.in_op, operators.not_in_op, other)

    def not_in(self, other: Any) -> BinaryExpression[bool]:
        """Return ``self NOT IN (other)``."""
        return _compare_in(self, operators.not_in_op, operators.in_op, other)

    notin_ = not_in

    def desc(self) -> UnaryExpression[_T]:
        """Return ``self DESC``."""
        return _ordered(self, operators.desc_op)

    def asc(self) -> UnaryExpression[_T]:
        """Return ``self ASC``."""
        return _ordered(self, operators.asc_op)

    def _flat(self, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        identity = id(self)
        if identity in seen:
            out.append(seen[identity])
            return
        seen[identity] = len(seen)
        type_key = self.type._static_cache_key
        if type_key is NO_CACHE:
            raise Uncacheable(self.type)
        name = self.name
        if name.__class__ is not str:
            name = _name_key(name, seen)
        out += (self.__class__, name, type_key, self.is_literal)
        table = self.table
        if table is None:
            out.append(None)
        else:
            table._flat(out, binds, seen)

    @memoized_attribute
    def comparator(self) -> Any:
        """The object that builds this column's operators."""
        return self.type.comparator_factory(self)

    @property
    def _proxy_key(self) -> Optional[str]:
        return self._annotations.get("proxy_key") or self.key

    def get_children(self, *, column_tables: bool = False, **kw: Any) -> Any:
        """Return nothing: a column's table is reached through FROM."""
        return []

    @property
    def entity_namespace(self) -> Any:
        """Where ``filter_by()`` looks names up: the table."""
        if self.table is not None:
            return self.table.entity_namespace
        return super().entity_namespace

    def _clone(self, detect_subquery_cols: bool = False, **kw: Any) -> Any:
        if detect_subquery_cols and self.table is not None and self.table._is_subquery:
            clone = kw.pop("clone")
            table = clone(self.table, **kw)
            return table.c.corresponding_column(self)
        return self

    @property
    def _from_objects(self) -> List[Any]:
        table = self.table
        return [table] if table is not None else []

    @property
    def _may_be_labelled(self) -> bool:  # type: ignore[override]
        return self.table is not None

    @property
    def _ddl_label(self) -> Any:
        return self._qualify(self.name, dedupe_on_key=False)

    def _qualify(self, name: str, dedupe_on_key: bool = True) -> Any:
        table = self.table
        if self.is_literal:
            return None
        if table is None or not table.named_with_column:
            return name
        schema = getattr(table, "schema", None)
        label = (schema.replace(".", "_") + "_" + table.name if schema else table.name) + "_" + name
        if dedupe_on_key and not isinstance(label, AnonLabel) and label in table.c:
            # the qualified name of one column may be the plain name of another
            plain = label
            counter = 1
            while label in table.c:
                label = "%s_%d" % (plain, counter)
                counter += 1
        if isinstance(name, quoted_name) and name.quote is not None:
            return quoted_name(str(label), name.quote) if not isinstance(label, AnonLabel) else label
        if isinstance(table.name, quoted_name) and table.name.quote is not None and not isinstance(label, AnonLabel):
            return quoted_name(str(label), table.name.quote)
        return label

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
        is_literal = not disallow_is_literal and self.is_literal and (name is None or name == self.name)
        made = self._constructor(name or self.name, self.type, is_literal=is_literal)
        if name is None:
            made.key = self.key
        made.table = selectable
        made._proxies = tuple(compound_select_cols) if compound_select_cols else (self,)
        if selectable.entity_mark is not None:
            made.entity_mark = selectable.entity_mark
        return made.key, made

    @property
    def _constructor(self) -> Any:
        return ColumnClause

    def _bound_value(self, operator: Any, obj: Any, type_: Any = None, expanding: bool = False) -> Any:
        if type_ is None and not expanding:
            return plain_bind(_key_of(self), obj, self.type.coerce_compared_value(operator, obj))
        return super()._bound_value(operator, obj, type_=type_, expanding=expanding)

    def _compare_to(self, other: Any, comparison: Any) -> Any:
        if comparison.options.get("use_proxies") and isinstance(other, ColumnElement):
            if not self.proxy_set.isdisjoint(other.proxy_set):
                return True
        equivalents = comparison.options.get("equivalents")
        if equivalents:
            alike = set(equivalents.get(self, ())) | {self}
            others = set(equivalents.get(other, ())) | {other}
            if alike & others:
                return True
        if self.__class__ is not ColumnClause and not self._is_annotated:
            return hash(self) == hash(other)
        return NotImplemented


def _name_key(name: Any, seen: Dict[int, int]) -> Any:
    out: List[Any] = []
    emit_name(name, out, [], seen)
    return tuple(out)


class TableValuedColumn(NamedColumn[_T]):
    """A function or alias as a single value: all its columns in one."""

    __visit_name__ = "table_valued_column"

    cache_key_fields = (
        ("name", KeyKind.NAME), ("type", KeyKind.TYPE), ("scalar_alias", KeyKind.CLAUSE),
    )  # fmt: skip

    def __init__(self, scalar_alias: Any, type_: Any) -> None:
        self.scalar_alias = scalar_alias
        self.key = self.name = scalar_alias.name
        self.type = to_instance(type_)

    def _copy_internals(self, *, clone: Any = None, omit_attrs: Any = (), **kw: Any) -> None:
        self.scalar_alias = (clone or clone_element)(self.scalar_alias, **kw)
        self.key = self.name = self.scalar_alias.name

    @property
    def _from_objects(self) -> List[Any]:
        return [self.scalar_alias]


class LabelReference(ColumnElement[Any]):
    """An item of ORDER BY or GROUP BY that is rendered as the name of its label where that is in the columns clause."""

    __visit_name__ = "label_reference"

    cache_key_fields = (("element", KeyKind.CLAUSE),)

    def __init__(self, element: Any) -> None:
        self.__dict__["element"] = element
        self.__dict__["type"] = getattr(element, "type", NULLTYPE)
        if element.entity_mark is not None:
            self.__dict__["entity_mark"] = element.entity_mark

    @property
    def _from_objects(self) -> List[Any]:
        return []


class TextualLabelReference(ColumnElement[Any]):
    """A string in ORDER BY or GROUP BY: the name of a label or column, with DESC or ASC perhaps."""

    __visit_name__ = "textual_label_reference"

    cache_key_fields = (("element", KeyKind.NAME),)

    def __init__(self, element: str) -> None:
        self.__dict__["element"] = element

class DMLTargetCopy(roles.InElementRole, ColumnElement[Any]):
    """In a statement that stores rows: the value that it gives to another column."""

    __visit_name__ = "dmltargetcopy"
    _from_objects = ClauseElement._from_objects

    cache_key_fields = (("column", KeyKind.CLAUSE),)

    def __init__(self, column: Any) -> None:
        self.column = column
        self.key = column.key
        self.type = column.type


def _make_column(name: Any, type_: Any, is_literal: bool = False) -> Any:
    return ColumnClause(name, type_, is_literal=is_literal)


factories.label = Label
factories.column = _make_column
