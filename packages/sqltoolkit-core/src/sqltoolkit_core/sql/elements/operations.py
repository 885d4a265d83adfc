"""Operators applied to operands: unary, binary and boolean expressions, parentheses.

Lists of elements and tuples are in ``lists``; what an operator builds from which operands is decided in ``comparison``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, Optional, TypeVar
from typing import Tuple as TupleType

from ... import exc, util
from .. import coercions, operators, roles
from ..base import NO_ARG
from ..cache_key import NO_CACHE, KeyKind
from ..operators import and_, eq, inv, is_associative, is_comparison, is_precedent, ne, or_
from ..operators.functions import _PRECEDENCE as _RANKS
from ..operators.functions import _asbool
from ..sqltypes import BOOLEANTYPE, INTEGERTYPE, NULLTYPE, Boolean
from ..traversals import Uncacheable
from ..type_api import to_instance
from .base import ClauseElement, ColumnElement, NamedColumn, WrapsColumnExpression, factories
from .literals import False_, True_

if TYPE_CHECKING:
    from ..type_api import TypeEngine

__all__ = [
    "AsBoolean",
    "BinaryExpression",
    "BooleanClauseList",
    "CollectionAggregate",
    "ExpressionClauseList",
    "GroupedElement",
    "Grouping",
    "IndexExpression",
    "OperatorExpression",
    "Slice",
    "UnaryExpression",
    "operators_name",
]

_T = TypeVar("_T")


class OperatorExpression(ColumnElement[_T]):
    """Base of expressions with an operator."""

    inherit_cache = True
    operator: Any
    type: TypeEngine[_T]
    group = True

    @property
    def is_comparison(self) -> bool:
        """Whether the operator compares."""
        return is_comparison(self.operator)

    def __and__(self, other: Any) -> Any:
        if self.type is BOOLEANTYPE:
            return BooleanClauseList.and_(self, other)
        return self.operate(and_, other)

    def __or__(self, other: Any) -> Any:
        if self.type is BOOLEANTYPE:
            return BooleanClauseList.or_(self, other)
        return self.operate(or_, other)

    def self_group(self, against: Any = None) -> Any:
        """Return the expression, in parentheses when its operator does not bind tighter than ``against``."""
        if self.group and is_precedent(self.operator, against):
            return Grouping(self)
        return self

    @property
    def _operands(self) -> TupleType[Any, ...]:
        raise NotImplementedError()

    @classmethod
    def _applied_to(
        cls, left: Any, right: Any, op: Any, *, type_: Any, negate: Any = None, modifiers: Any = None
    ) -> Any:
        """Return ``left op right``: a list when nested uses of an associative operator can be joined."""
        if is_associative(op):
            clauses: TupleType[Any, ...]
            joined = False
            affinity = type_._type_affinity
            if left.operator is op and left.type._type_affinity is affinity:
                clauses = left._operands
                joined = True
            else:
                clauses = (left,)
            if right.operator is op and right.type._type_affinity is affinity:
                clauses += right._operands
                joined = True
            else:
                clauses += (right,)
            if joined:
                return ExpressionClauseList._of_list(op, type_, *clauses)
        if right._is_collection_aggregate:
            negate = None
        return BinaryExpression(left, right, op, type_=type_, negate=negate, modifiers=modifiers)


class UnaryExpression(ColumnElement[_T]):
    """An operator before its operand, or a modifier after it."""

    __visit_name__ = "unary"

    cache_key_fields = (
        ("element", KeyKind.CLAUSE), ("operator", KeyKind.OPERATOR), ("modifier", KeyKind.OPERATOR),
        ("type", KeyKind.TYPE),
    )  # fmt: skip

    operator: Any = None
    modifier: Any = None
    element: ColumnElement[Any]

    def __init__(
        self,
        element: Any,
        *,
        operator: Any = None,
        modifier: Any = None,
        type_: Any = None,
    ) -> None:
        if operator is not None:
            self.operator = operator
        if modifier is not None:
            self.modifier = modifier
        self.element = element.self_group(against=operator or modifier)
        if element.entity_mark is not None:
            self.entity_mark = element.entity_mark
        made: Any = NULLTYPE if type_ is None else to_instance(type_)
        self.type = made

    @property
    def wraps_column_expression(self) -> bool:
        """Whether the operand is an expression without a name, so that this one needs a label in a columns clause."""
        return not isinstance(self.element._without_parentheses(), NamedColumn)

    @property
    def wrapped_column_expression(self) -> Any:
        """The operand."""
        return self.element

    @property
    def _order_by_label_element(self) -> Any:
        if operators.is_order_by_modifier(self.modifier):
            return self.element._order_by_label_element
        return None

    @property
    def _from_objects(self) -> List[Any]:
        return self.element._from_objects

    def _negate(self) -> Any:
        if self.type._type_affinity is Boolean:
            return UnaryExpression(self.self_group(against=inv), operator=inv, type_=BOOLEANTYPE)
        return ColumnElement._negate(self)

    def self_group(self, against: Any = None) -> Any:
        """Return the expression, in parentheses when its operator does not bind tighter than ``against``."""
        if self.operator is not None and is_precedent(self.operator, against):
            return Grouping(self)
        return self


class CollectionAggregate(UnaryExpression[_T]):
    """ANY or ALL of a collection; the right side of a comparison."""

    inherit_cache = True
    _is_collection_aggregate = True

    @classmethod
    def _create(cls, element: Any, operator: Any) -> CollectionAggregate[bool]:
        column = coercions.expect(roles.ExpressionElementRole, element)
        made: CollectionAggregate[bool] = cls(column, operator=operator, type_=BOOLEANTYPE)  # type: ignore[assignment]
        return made

    def _bound_value(self, operator: Any, obj: Any, type_: Any = None, expanding: bool = False) -> Any:
        # what is compared is an element of the collection
        compared: Any = self.element.type
        return factories.bind(
            None, obj, _beside_operator=operator, type_=type_, unique=True, expanding=expanding,
            _beside_type=compared.item_type if compared._is_array else compared,
        )  # fmt: skip

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        if not is_comparison(op):
            raise exc.ArgumentError("ANY and ALL can only stand in comparisons, not with %s" % _op_name(op))
        if len(other) != 1:
            raise exc.ArgumentError("ANY and ALL take one other operand")
        # the collection belongs on the right
        return self.comparator.operate(operators.mirror(op), *other, reverse=True, **kwargs)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        raise exc.ArgumentError("ANY and ALL can only stand on the right of a comparison")


def _op_name(op: Any) -> str:
    return getattr(op, "opstring", None) or getattr(op, "__name__", None) or repr(op)


class AsBoolean(WrapsColumnExpression[bool], UnaryExpression[bool]):
    """A boolean value used as a condition; rendered as a comparison where the database has no booleans."""

    inherit_cache = True

    def __init__(self, element: Any, operator: Any, negate: Any) -> None:
        self.element = element
        self.type = BOOLEANTYPE
        self.operator = operator
        self.negate = negate
        if element.entity_mark is not None:
            self.entity_mark = element.entity_mark

    @property
    def wrapped_column_expression(self) -> Any:
        return self.element

    @property
    def _is_implicitly_boolean(self) -> bool:  # type: ignore[override]
        return bool(self.element._is_implicitly_boolean)

    def self_group(self, against: Any = None) -> Any:
        return self

    def _negate(self) -> Any:
        if isinstance(self.element, (True_, False_)):
            return self.element._negate()
        return AsBoolean(self.element, self.negate, self.operator)


class BinaryExpression(OperatorExpression[_T]):
    """``left operator right``."""

    __visit_name__ = "binary"

    cache_key_fields = (
        ("left", KeyKind.CLAUSE), ("right", KeyKind.CLAUSE), ("operator", KeyKind.OPERATOR),
        ("negate", KeyKind.OPERATOR), ("modifiers", KeyKind.PLAIN_DICT), ("type", KeyKind.TYPE),
    )  # fmt: skip

    negate: Any = None
    modifiers: Dict[str, Any] = util.EMPTY_DICT
    left: ColumnElement[Any]
    right: ColumnElement[Any]

    @property
    def _is_implicitly_boolean(self) -> bool:  # type: ignore[override]
        return operators.is_boolean(self.operator)

    def __init__(
        self,
        left: Any,
        right: Any,
        operator: Any,
        type_: Any = None,
        negate: Any = None,
        modifiers: Optional[Dict[str, Any]] = None,
    ) -> None:
        if operator.__class__ is str:
            operator = operators.custom_op(operator)
        self.left = grouped_left = left.self_group(against=operator)
        self.right = grouped_right = right.self_group(against=operator)
        self.operator = operator
        made: Any = NULLTYPE if type_ is None else type_
        self.type = made() if isinstance(made, type) else made
        if negate is not None:
            self.negate = negate
        if grouped_left is not left or grouped_right is not right:
            # bool() of an equality is about what was compared, not about parentheses around it
            self._compared = hash(left), hash(right)
        if modifiers:
            self.modifiers = modifiers
        mark = left.entity_mark or right.entity_mark
        if mark is not None:
            self.entity_mark = mark

    def _flat(self, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        identity = id(self)
        if identity in seen:
            out.append(seen[identity])
            return
        seen[identity] = len(seen)
        type_ = self.type
        if type_ is BOOLEANTYPE:
            type_key: Any = None
        else:
            type_key = type_._static_cache_key
            if type_key is NO_CACHE:
                raise Uncacheable(type_)
        # the opposite operator follows from the operator, or is never rendered
        out += (self.__class__, self.operator, type_key)
        self.left._flat(out, binds, seen)
        self.right._flat(out, binds, seen)
        modifiers = self.modifiers
        if modifiers:
            out.append(tuple(sorted(modifiers.items(), key=_first)) if _plain(modifiers) else repr(modifiers))

    @property
    def _operands(self) -> TupleType[Any, ...]:
        return (self.left, self.right)

    def __bool__(self) -> bool:
        operator = self.operator
        if operator is eq or operator is ne:
            compared = self.__dict__.get("_compared") or (hash(self.left), hash(self.right))
            return bool(operator(*compared))
        return super().__bool__()

    @property
    def _from_objects(self) -> List[Any]:
        return self.left._from_objects + self.right._from_objects

    def _negate(self) -> Any:
        if self.negate is not None:
            return BinaryExpression(
                self.left,
                self.right._negated_operand(self.negate, self.operator)
                if self.right._is_bind_parameter
                else self.right,
                self.negate,
                negate=self.operator,
                type_=self.type,
                modifiers=self.modifiers,
            )
        return ColumnElement._negate(self.self_group())

    def _compare_to(self, other: Any, comparison: Any) -> Any:
        if not isinstance(other, BinaryExpression):
            return False
        if self.operator != other.operator or self.modifiers != other.modifiers:
            return False
        if comparison.elements(self.left, other.left) and comparison.elements(self.right, other.right):
            return True
        return (
            operators.is_commutative(self.operator)
            and comparison.elements(self.left, other.right)
            and comparison.elements(self.right, other.left)
        )


def _first(pair: Any) -> Any:
    return pair[0]


def _plain(modifiers: Dict[str, Any]) -> bool:
    for value in modifiers.values():
        if isinstance(value, ClauseElement) or not (value is None or isinstance(value, (str, bool, int))):
            raise Uncacheable(value)
    return True


class IndexExpression(BinaryExpression[Any]):
    """An element of a collection, ``left[right]``."""

    inherit_cache = True


class Slice(ColumnElement[Any]):
    """``start:stop:step`` inside an index."""

    __visit_name__ = "slice"

    cache_key_fields = (("start", KeyKind.CLAUSE), ("stop", KeyKind.CLAUSE), ("step", KeyKind.CLAUSE))

    def __init__(self, start: Any, stop: Any, step: Any, _name: Optional[str] = None) -> None:
        self.start = self._part(start, _name)
        self.stop = self._part(stop, _name)
        self.step = self._part(step, _name)
        self.type = NULLTYPE

    @staticmethod
    def _part(value: Any, name: Optional[str]) -> Any:
        return coercions.expect(roles.ExpressionElementRole, value, name=name, type_=INTEGERTYPE)

    def self_group(self, against: Any = None) -> Any:
        """Return the slice itself."""
        return self


class ExpressionClauseList(OperatorExpression[_T]):
    """Several operands with the same operator between them."""

    __visit_name__ = "expression_clauselist"

    cache_key_fields = (("clauses", KeyKind.CLAUSES), ("operator", KeyKind.OPERATOR), ("type", KeyKind.TYPE))

    clauses: TupleType[Any, ...]

    def __init__(self, operator: Any, *clauses: Any, type_: Any = None) -> None:
        self.operator = operator
        made = tuple([coercions.expect(roles.ExpressionElementRole, c, sink=self) for c in clauses])
        self.clauses = tuple([clause.self_group(against=operator) for clause in made])
        known: Any = NULLTYPE if type_ is None else to_instance(type_)
        self.type = known

    @classmethod
    def _of_list(cls, operator: Any, type_: Any, *clauses: Any, group: bool = True) -> Any:
        made: Any = object.__new__(cls)
        if group:
            clauses = tuple([clause.self_group(against=operator) for clause in clauses])
        made.clauses = clauses
        made.operator = operator
        made.type = type_
        for clause in clauses:
            if clause.entity_mark is not None:
                made.entity_mark = clause.entity_mark
                break
        return made

    def _flat(self, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        identity = id(self)
        if identity in seen:
            out.append(seen[identity])
            return
        seen[identity] = len(seen)
        clauses = self.clauses
        type_key = self.type._static_cache_key
        if type_key is NO_CACHE:
            raise Uncacheable(self.type)
        out += (self.__class__, self.operator, type_key, len(clauses))
        for clause in clauses:
            clause._flat(out, binds, seen)

    @property
    def _operands(self) -> TupleType[Any, ...]:
        return self.clauses

    def __iter__(self) -> Iterator[Any]:
        return iter(self.clauses)

    def __len__(self) -> int:
        return len(self.clauses)

    @property
    def _selected_items(self) -> TupleType[Any, ...]:
        return (self,)

    @property
    def _from_objects(self) -> List[Any]:
        return [source for clause in self.clauses for source in clause._from_objects]

    def _negate(self) -> Any:
        return UnaryExpression(self.self_group(), operator=inv)

    def _compare_to(self, other: Any, comparison: Any) -> Any:
        if not isinstance(other, ExpressionClauseList) or self.operator is not other.operator:
            return False
        if len(self.clauses) != len(other.clauses):
            return False
        if is_associative(self.operator) and self.operator is not operators.concat_op:
            return comparison.unordered(self.clauses, other.clauses)
        return comparison.anything(self.clauses, other.clauses)


class BooleanClauseList(ExpressionClauseList[bool]):
    """Conditions joined by AND or OR."""

    __visit_name__ = "expression_clauselist"
    inherit_cache = True
    type = BOOLEANTYPE
    _is_implicitly_boolean = True

    def __init__(self, *arg: Any, **kw: Any) -> None:
        raise NotImplementedError("use and_() or or_() to make a list of conditions")

    @classmethod
    def _process_clauses_for_boolean(
        cls, operator: Any, continue_on: Any, skip_on: Any, clauses: Iterable[Any]
    ) -> TupleType[int, List[Any]]:
        """Drop what changes nothing, and everything else beside what decides the result."""
        neutral: Any = None
        kept: List[Any] = []
        for clause in clauses:
            if clause is continue_on or isinstance(clause, continue_on):
                neutral = clause
            elif isinstance(clause, skip_on):
                return 1, [clause]
            else:
                kept.append(clause)
        if not kept and neutral is not None:
            kept = [neutral]
        return len(kept), kept

    @classmethod
    def _of(cls, operator: Any, clauses: TupleType[Any, ...]) -> Any:
        """Return the list of clauses that are elements, grouped and flattened; the short way."""
        made: List[Any] = []
        for clause in clauses:
            if clause.__class__ is BooleanClauseList and clause.operator is operator:
                made.extend(clause.clauses)
            elif clause.__class__ is Grouping and clause.operator is operator:
                made.extend(clause._operands)
            else:
                made.append(clause.self_group(against=operator))
        return cls._of_list(operator, BOOLEANTYPE, *made, group=False)

    @classmethod
    def _construct(cls, operator: Any, continue_on: Any, skip_on: Any, initial_clause: Any, clauses: Any) -> Any:
        if initial_clause is not NO_ARG and initial_clause is not Ellipsis:
            clauses = (initial_clause,) + tuple(clauses)
        if len(clauses) > 1:
            # comparisons bind tighter than AND and OR: nothing to coerce, nothing to group
            for clause in clauses:
                if clause.__class__ is not BinaryExpression or _RANKS.get(clause.operator, 0) < 4:
                    break
            else:
                return cls._of_list(operator, BOOLEANTYPE, *clauses, group=False)
        given = len(clauses)
        expected = [coercions.expect(roles.WhereHavingRole, clause) for clause in clauses]
        if not given and initial_clause is not Ellipsis:
            name = operators_name(operator)
            util.warn_deprecated(
                "%s() without conditions is deprecated; pass %s as first argument, "
                "which is dropped once there are others"
                % (name, "true()" if operator is and_ else "false()"),
                version="1.4",
            )
            return cls._construct_raw(operator)
        count, kept = cls._process_clauses_for_boolean(operator, continue_on, skip_on, expected)
        if count > 1:
            return cls._of(operator, tuple(kept))
        if not kept:
            return cls._construct_raw(operator)
        return kept[0].self_group(against=_asbool)

    @classmethod
    def _construct_raw(cls, operator: Any, clauses: Iterable[Any] = ()) -> Any:
        return cls._of_list(operator, BOOLEANTYPE, *clauses, group=False)

    @classmethod
    def and_(cls, initial_clause: Any = NO_ARG, *clauses: Any) -> ColumnElement[bool]:
        """Return the conditions joined by AND; true() disappears, false() stands for all."""
        made: ColumnElement[bool] = cls._construct(and_, True_, False_, initial_clause, clauses)
        return made

    @classmethod
    def or_(cls, initial_clause: Any = NO_ARG, *clauses: Any) -> ColumnElement[bool]:
        """Return the conditions joined by OR; false() disappears, true() stands for all."""
        made: ColumnElement[bool] = cls._construct(or_, False_, True_, initial_clause, clauses)
        return made

    def self_group(self, against: Any = None) -> Any:
        if not self.clauses:
            return self
        return super().self_group(against=against)


def operators_name(op: Any) -> str:
    """Return ``and_`` or ``or_``."""
    return "and_" if op is and_ else "or_"


class GroupedElement(ClauseElement):
    """Base of what is in parentheses."""

    inherit_cache = True
    __visit_name__ = "grouping"
    element: Any

    def self_group(self, against: Any = None) -> Any:
        """Return the element itself."""
        return self

    def _without_parentheses(self) -> Any:
        return self.element._without_parentheses()


class Grouping(GroupedElement, ColumnElement[_T]):
    """An expression in parentheses."""

    __visit_name__ = "grouping"

    cache_key_fields = (("element", KeyKind.CLAUSE), ("type", KeyKind.TYPE))

    def __init__(self, element: Any) -> None:
        self.element = element
        its_type: Any = getattr(element, "type", NULLTYPE)
        self.type = its_type
        if element.entity_mark is not None:
            self.entity_mark = element.entity_mark

    def _flat(self, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        identity = id(self)
        if identity in seen:
            out.append(seen[identity])
            return
        seen[identity] = len(seen)
        type_key = self.type._static_cache_key
        if type_key is NO_CACHE:
            raise Uncacheable(self.type)
        out += (self.__class__, type_key)
        self.element._flat(out, binds, seen)

    @property
    def operator(self) -> Any:
        """The operator of the expression in parentheses: what is associative needs none."""
        return getattr(self.element, "operator", None)

    @property
    def _operands(self) -> TupleType[Any, ...]:
        clauses: TupleType[Any, ...] = self.element._operands
        return clauses

    def _with_binary_element_type(self, type_: Any) -> Any:
        return self.__class__(self.element._with_binary_element_type(type_))

    @property
    def _is_implicitly_boolean(self) -> bool:  # type: ignore[override]
        return bool(self.element._is_implicitly_boolean)

    @property
    def _qualified_label(self) -> Optional[str]:  # type: ignore[override]
        return getattr(self.element, "_qualified_label", None) or getattr(self, "_anon_name_label", None)

    @property
    def _anon_name_label(self) -> Any:
        # parentheses have no name of their own, so copies of them go by the same one
        return self.element._anon_name_label if self.element._is_column_element else super()._anon_name_label

    @property
    def _proxies(self) -> Any:  # type: ignore[override]
        return (self.element,) if isinstance(self.element, ColumnElement) else ()

    @property
    def _from_objects(self) -> List[Any]:
        froms: List[Any] = self.element._from_objects
        return froms

    def __getattr__(self, attr: str) -> Any:
        if attr[:2] == "__" or attr in ("element", "type"):
            raise AttributeError(attr)
        return getattr(self.element, attr)

    def _compare_to(self, other: Any, comparison: Any) -> Any:
        return isinstance(other, Grouping) and comparison.elements(self.element, other.element)


factories.grouping = Grouping
factories.unary = UnaryExpression
factories.as_boolean = AsBoolean
