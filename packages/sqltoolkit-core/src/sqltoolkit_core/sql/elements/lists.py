"""Lists of elements: comma-separated clauses, items of ORDER BY, tuples.

Operands joined by an operator are in ``operations``.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, List
from typing import Tuple as TupleType

from ... import exc
from .. import coercions, roles
from ..cache_key import KeyKind
from ..operators import Operators, comma_op, is_precedent
from ..sqltypes import TupleType as TupleSQLType
from ..type_api import to_instance
from .base import ClauseElement, ColumnElement, factories
from .operations import Grouping

__all__ = ["ClauseList", "ElementList", "OrderByList", "Tuple"]


class ClauseList(
    roles.InElementRole, roles.OrderByRole, roles.ColumnsClauseRole, roles.DMLColumnRole, ClauseElement
):
    """Elements with an operator between them, the comma by default."""

    __visit_name__ = "clauselist"

    cache_key_fields = (("clauses", KeyKind.CLAUSES), ("operator", KeyKind.OPERATOR), ("group", KeyKind.PLAIN))

    _is_clause_list = True
    allows_lambda = True
    uses_inspection = True
    operator: Any = comma_op
    group = True
    group_contents = True

    def __init__(
        self,
        *clauses: Any,
        operator: Any = comma_op,
        group: bool = True,
        group_contents: bool = True,
        _role: Any = roles.WhereHavingRole,
    ) -> None:
        self.operator = operator
        self.group = group
        self.group_contents = group_contents
        self._text_converter_role = _role
        made = [coercions.expect(_role, clause, sink=self) for clause in clauses]
        if group_contents:
            made = [clause.self_group(against=operator) for clause in made]
        self.clauses = tuple(made)

    @classmethod
    def _construct_raw(cls, operator: Any, clauses: Iterable[Any] = ()) -> Any:
        made = cls.__new__(cls)
        made.clauses = tuple(clauses)
        made.group = True
        made.operator = operator
        made.group_contents = True
        made._text_converter_role = roles.WhereHavingRole
        return made

    def _flat(self, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        identity = id(self)
        if identity in seen:
            out.append(seen[identity])
            return
        seen[identity] = len(seen)
        clauses = self.clauses
        out += (self.__class__, self.operator, self.group, len(clauses))
        for clause in clauses:
            clause._flat(out, binds, seen)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.clauses)

    def __len__(self) -> int:
        return len(self.clauses)

    @property
    def _selected_items(self) -> Iterable[Any]:
        return [column for clause in self.clauses for column in clause._selected_items]

    def append(self, clause: Any) -> None:
        """Add an element at the end of this list."""
        clause = coercions.expect(self._text_converter_role, clause)
        if self.group_contents:
            clause = clause.self_group(against=self.operator)
        self.clauses += (clause,)

    @property
    def _from_objects(self) -> List[Any]:
        return [source for clause in self.clauses for source in clause._from_objects]

    def self_group(self, against: Any = None) -> Any:
        """Return the list, in parentheses when its operator does not bind tighter than ``against``."""
        if self.group and is_precedent(self.operator, against):
            return Grouping(self)
        return self

    def _compare_to(self, other: Any, comparison: Any) -> Any:
        if not isinstance(other, ClauseList) or self.operator is not other.operator or self.group != other.group:
            return False
        return comparison.anything(self.clauses, other.clauses)


class OrderByList(
    roles.InElementRole, roles.OrderByRole, roles.ColumnsClauseRole, roles.DMLColumnRole, Operators, ClauseElement
):
    """Several items of ORDER BY, to which ordering modifiers apply one by one."""

    __visit_name__ = "order_by_list"

    cache_key_fields = (("clauses", KeyKind.CLAUSES),)
    allows_lambda = True
    uses_inspection = True

    def __init__(self, clauses: Iterable[Any], _role: Any = roles.OrderByRole) -> None:
        self.clauses = tuple([coercions.expect(_role, clause, sink=self) for clause in clauses])

    def __iter__(self) -> Iterator[Any]:
        return iter(self.clauses)

    def __len__(self) -> int:
        return len(self.clauses)

    @property
    def _selected_items(self) -> Iterable[Any]:
        return [column for clause in self.clauses for column in clause._selected_items]

    @property
    def _from_objects(self) -> List[Any]:
        return [source for clause in self.clauses for source in clause._from_objects]

    def self_group(self, against: Any = None) -> Any:
        """Return the list itself."""
        return self

    def _each(self, method: str) -> OrderByList:
        made = OrderByList.__new__(OrderByList)
        made.clauses = tuple([getattr(_inner(clause), method)() for clause in self.clauses])
        return made

    def desc(self) -> OrderByList:
        """Return the items, each DESC."""
        return self._each("desc")

    def asc(self) -> OrderByList:
        """Return the items, each ASC."""
        return self._each("asc")

    def nulls_first(self) -> OrderByList:
        """Return the items, each NULLS FIRST."""
        return self._each("nulls_first")

    def nulls_last(self) -> OrderByList:
        """Return the items, each NULLS LAST."""
        return self._each("nulls_last")

    nullsfirst = nulls_first
    nullslast = nulls_last


def _inner(clause: Any) -> Any:
    return clause.element if clause.__visit_name__ == "label_reference" else clause


class Tuple(ClauseList, ColumnElement[Any]):
    """``(a, b, ...)`` as one value."""

    __visit_name__ = "tuple"

    cache_key_fields = ClauseList.cache_key_fields

    def __init__(self, *clauses: Any, types: Any = None) -> None:
        if types is None:
            made = [coercions.expect(roles.ExpressionElementRole, clause, sink=self) for clause in clauses]
        else:
            if len(types) != len(clauses):
                raise exc.ArgumentError(
                    "the tuple has %d elements and %d types were given" % (len(clauses), len(types))
                )
            made = [
                coercions.expect(roles.ExpressionElementRole, c, type_=typ if not _is_null(typ) else None, sink=self)
                for typ, c in zip(types, clauses)
            ]
        self.type = TupleSQLType(*[clause.type for clause in made])
        ClauseList.__init__(self, *made)

    @property
    def _selected_items(self) -> TupleType[Any, ...]:
        return (self,)

    def _bound_value(self, operator: Any, obj: Any, type_: Any = None, expanding: bool = False) -> Any:
        if expanding:
            if any(isinstance(item, (str, bytes)) or not hasattr(item, "__iter__") for item in obj):
                raise TypeError("IN of a tuple takes a list of tuples, and got %r" % (obj,))
            if type_ is None:
                type_ = self.type
                for item in obj:
                    made = [typ.coerce_compared_value(operator, part) for typ, part in zip(type_.types, item)]
                    if len(made) == len(type_.types):
                        type_ = type_.__class__(*made)
                    break
            return factories.bind(
                None, value=obj, _beside_operator=operator, unique=True, expanding=True, type_=type_
            )
        return Tuple(
            *[
                factories.bind(
                    None, item, _beside_operator=operator, _beside_type=compared, unique=True, type_=type_
                )
                for item, compared in zip(obj, self.type.types)  # type: ignore[attr-defined]
            ]
        )

    def self_group(self, against: Any = None) -> Any:
        """Return the tuple, which brings its own parentheses."""
        return self


def _is_null(type_: Any) -> bool:
    return bool(to_instance(type_)._isnull)


class ElementList(roles.ColumnArgumentRole, ClauseElement):
    """Elements rendered side by side without separator; for compilers' own use."""

    __visit_name__ = "element_list"
    cache_key_fields = (("clauses", KeyKind.CLAUSES),)

    def __init__(self, clauses: Iterable[Any]) -> None:
        self.clauses = tuple(clauses)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.clauses)
