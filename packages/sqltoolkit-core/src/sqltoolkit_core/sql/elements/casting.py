"""Expressions that change a type or pick a part: CASE, CAST, type_coerce, EXTRACT, COLLATE.

Their short functions ``case()``, ``cast()`` ... are in ``constructors``.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple, TypeVar

from ... import exc
from .. import coercions, roles
from ..cache_key import NO_CACHE, KeyKind
from ..operators import collate
from ..sqltypes import INTEGERTYPE, NULLTYPE, String
from ..traversals import Uncacheable, memoize
from ..type_api import to_instance, value_type
from .base import ClauseElement, ColumnElement, WrapsColumnExpression, factories
from .literals import plain_bind
from .operations import BinaryExpression

__all__ = ["Case", "Cast", "CollationClause", "Extract", "TryCast", "TypeClause", "TypeCoerce"]

_T = TypeVar("_T")


class TypeClause(ClauseElement):
    """A type, as it stands in CAST."""

    __visit_name__ = "typeclause"

    cache_key_fields = (("type", KeyKind.TYPE),)

    def __init__(self, type_: Any) -> None:
        self.type = type_


class Case(ColumnElement[_T]):
    """``CASE WHEN ... THEN ... ELSE ... END``."""

    __visit_name__ = "case"

    cache_key_fields = (
        ("value", KeyKind.CLAUSE), ("whens", KeyKind.CLAUSE_TUPLES), ("else_", KeyKind.CLAUSE), ("type", KeyKind.TYPE),
    )  # fmt: skip

    value: Any = None
    else_: Any = None

    def __init__(self, *whens: Any, value: Any = None, else_: Any = None) -> None:
        pairs = _when_pairs(whens)
        if not pairs:
            raise exc.ArgumentError("case() needs at least one (condition, result) pair")
        made: List[Tuple[Any, Any]] = []
        type_: Any = NULLTYPE
        for condition, result in pairs:
            when = coercions.expect(roles.ExpressionElementRole, condition, sink=self).self_group()
            made.append((when, _chosen(result)))
        if value is not None:
            self.value = coercions.expect(roles.ExpressionElementRole, value)
        self.whens = made
        if else_ is not None:
            self.else_ = _chosen(else_)
        for _, then in reversed(made):
            if not then.type._isnull:
                type_ = then.type
                break
        else:
            if self.else_ is not None:
                type_ = self.else_.type
        self.type = type_

    def _flat(self, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        identity = id(self)
        if identity in seen:
            out.append(seen[identity])
            return
        seen[identity] = len(seen)
        type_key = self.type._static_cache_key
        if type_key is NO_CACHE:
            raise Uncacheable(self.type)
        whens = self.whens
        out += (self.__class__, type_key, len(whens))
        for condition, result in whens:
            condition._flat(out, binds, seen)
            result._flat(out, binds, seen)
        for single in (self.value, self.else_):
            if single is None:
                out.append(None)
            else:
                single._flat(out, binds, seen)

    @property
    def _from_objects(self) -> List[Any]:
        return [source for child in self.get_children() for source in child._from_objects]


def _chosen(result: Any) -> Any:
    """Return what a CASE can come to as an element."""
    if result.__class__ is str or result.__class__ is int:
        return plain_bind("param", result, value_type(result))
    return coercions.expect(roles.ExpressionElementRole, result)


def _when_pairs(whens: Tuple[Any, ...]) -> List[Tuple[Any, Any]]:
    pairs: List[Tuple[Any, Any]] = []
    if len(whens) == 1 and isinstance(whens[0], dict):
        return list(whens[0].items())
    for when in whens:
        if when.__class__ is tuple and len(when) == 2:
            pairs.append(when)
        elif isinstance(when, dict):
            pairs.extend(when.items())
        elif isinstance(when, (tuple, list)) and len(when) == 2 and not (isinstance(when, list) and len(whens) == 1):
            pairs.append((when[0], when[1]))
        elif isinstance(when, list):
            raise exc.ArgumentError(
                "case() takes its (condition, result) pairs one by one, not as a list: "
                "case(*pairs) instead of case(pairs)"
            )
        else:
            raise exc.ArgumentError("case() takes (condition, result) pairs or one dict, and got %r" % (when,))
    return pairs


class Cast(WrapsColumnExpression[_T]):
    """``CAST(clause AS type)``."""

    __visit_name__ = "cast"

    cache_key_fields = (("clause", KeyKind.CLAUSE), ("type", KeyKind.TYPE))

    def __init__(self, expression: Any, type_: Any) -> None:
        self.type = to_instance(type_)
        self.clause = coercions.expect(roles.ExpressionElementRole, expression, type_=self.type, sink=self)

    @property
    def typeclause(self) -> TypeClause:
        """The type as an element."""
        found = self.__dict__.get("_typeclause")
        if found is None:
            found = self.__dict__["_typeclause"] = TypeClause(self.type)
        return found

    @property
    def _from_objects(self) -> List[Any]:
        froms: List[Any] = self.clause._from_objects
        return froms

    @property
    def wrapped_column_expression(self) -> Any:
        """The expression that is cast."""
        return self.clause


class TryCast(Cast[_T]):
    """``TRY_CAST(clause AS type)``."""

    __visit_name__ = "try_cast"
    inherit_cache = True


class TypeCoerce(WrapsColumnExpression[_T]):
    """An expression that Python treats as of another type; the SQL is the expression's own."""

    __visit_name__ = "type_coerce"

    cache_key_fields = (("clause", KeyKind.CLAUSE), ("type", KeyKind.TYPE))

    def __init__(self, expression: Any, type_: Any) -> None:
        self.type = to_instance(type_)
        self.clause = coercions.expect(roles.ExpressionElementRole, expression, type_=self.type, sink=self)

    @property
    def _from_objects(self) -> List[Any]:
        froms: List[Any] = self.clause._from_objects
        return froms

    @property
    def typed_expression(self) -> Any:
        """The expression with the type: a parameter is copied with it."""
        if not self.clause._is_bind_parameter:
            return self.clause
        made = self.__dict__.get("_typed_parameter")
        if made is None:
            made = self.clause._clone()
            made.type = self.type
            memoize(self, "_typed_parameter", made)
        return made

    @property
    def wrapped_column_expression(self) -> Any:
        """The expression."""
        return self.clause

    def self_group(self, against: Any = None) -> Any:
        """Return this, its expression grouped for ``against``."""
        grouped = self.clause.self_group(against=against)
        if grouped is self.clause:
            return self
        return TypeCoerce(grouped, self.type)


class Extract(ColumnElement[int]):
    """``EXTRACT(field FROM expr)``."""

    __visit_name__ = "extract"

    cache_key_fields = (("expr", KeyKind.CLAUSE), ("field", KeyKind.NAME), ("type", KeyKind.TYPE))

    def __init__(self, field: str, expr: Any) -> None:
        if not isinstance(field, str):
            raise exc.ArgumentError("extract() takes the name of a field, such as 'year', and got %r" % (field,))
        self.type = INTEGERTYPE
        self.field = field
        self.expr = coercions.expect(roles.ExpressionElementRole, expr, sink=self)

    @property
    def _from_objects(self) -> List[Any]:
        froms: List[Any] = self.expr._from_objects
        return froms


class CollationClause(ColumnElement[str]):
    """The name of a collation, on the right of COLLATE."""

    __visit_name__ = "collation"

    cache_key_fields = (("collation", KeyKind.NAME), ("collation_schema", KeyKind.NAME))

    collation_schema: Optional[str] = None

    def __init__(self, collation: str, collation_schema: Optional[str] = None) -> None:
        if not isinstance(collation, str):
            raise exc.ArgumentError("a collation is given by its name, found %r" % (collation,))
        self.collation = collation
        if collation_schema is not None:
            self.collation_schema = collation_schema

    @classmethod
    def _create_collation_expression(cls, expression: Any, collation: str, collation_schema: Any = None) -> Any:
        type_ = expression.type
        if type_._type_affinity is String:
            type_ = type_._with_collation(collation) if hasattr(type_, "_with_collation") else type_
        right = cls(collation, collation_schema)
        return BinaryExpression(expression, right, collate, type_=type_)


factories.cast = Cast
