"""Criteria evaluated in Python against loaded objects, for ``synchronize_session="evaluate"``.

Who evaluates what is in ``session.synchronize``.
"""

from __future__ import annotations

import operator
import typing

from sqltoolkit_core import exc as sa_exc
from sqltoolkit_core import inspect
from sqltoolkit_core.sql import operators

from .base import NO_VALUE
from .base import STATE_ATTR

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Dict
    from typing import Optional

__all__ = ["EvaluatorCompiler", "UnevaluatableError", "is_unknown"]


class UnevaluatableError(sa_exc.InvalidRequestError):
    """There is no way to decide a criterion by the objects in memory."""


class _Unknown(operators.ColumnOperators):
    """The value of an attribute that is not loaded: every operation with it gives it again."""

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        return self

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        return self

    def __bool__(self) -> bool:
        return False

    __hash__ = object.__hash__


_NO_OBJECT = _Unknown()
_EXPIRED_OBJECT = _Unknown()



def is_unknown(value: Any) -> bool:
    """Return whether an evaluation came to nothing, since an attribute is expired."""
    return isinstance(value, _Unknown)


_COMPARE = {
    operators.eq: operator.eq,
    operators.ne: operator.ne,
    operators.lt: operator.lt,
    operators.le: operator.le,
    operators.gt: operator.gt,
    operators.ge: operator.ge,
    operators.add: operator.add,
    operators.sub: operator.sub,
    operators.mul: operator.mul,
    operators.truediv: operator.truediv,
    # not floordiv, which databases round towards zero
    operators.mod: operator.mod,
}


class EvaluatorCompiler:
    """Turns SQL criteria into functions of an object; they return True, False, None (NULL) or a value.

    :param target_cls: the class whose objects are looked at.
    :param params: the values of named parameters.
    """

    def __init__(self, target_cls: Any = None, params: Optional[Dict[str, Any]] = None) -> None:
        self.target_cls = target_cls
        self.params = params or {}

    def process(self, clause: Any, *clauses: Any) -> Callable[[Any], Any]:
        """Return the function for criteria (joined by AND).

        :raises UnevaluatableError: something in them needs the database.
        """
        if clauses:
            functions = [self._visit(each) for each in (clause,) + clauses]
            return _all_of(functions)
        return self._visit(clause)

    def _visit(self, clause: Any) -> Callable[[Any], Any]:
        name = clause.__visit_name__
        method = getattr(self, "visit_" + name, None)
        if method is None:
            raise UnevaluatableError("There is no evaluation in Python of %s" % type(clause).__name__)
        found: Callable[[Any], Any] = method(clause)
        return found

    def visit_grouping(self, clause: Any) -> Any:
        return self._visit(clause.element)

    def visit_null(self, clause: Any) -> Any:
        return lambda obj: None

    def visit_false(self, clause: Any) -> Any:
        return lambda obj: False

    def visit_true(self, clause: Any) -> Any:
        return lambda obj: True

    def visit_label(self, clause: Any) -> Any:
        return self._visit(clause.element)

    def visit_column(self, clause: Any) -> Any:
        annotations = clause.annotations
        parent = annotations.get("parentmapper")
        if parent is not None:
            target = self.target_cls
            if target is not None and not issubclass(target, parent.class_) and not issubclass(parent.class_, target):
                raise UnevaluatableError(
                    "The criteria are about another class, %s" % parent.class_
                )
            key = annotations.get("proxy_key")
            if key is None:
                key = parent.get_property_by_column(clause.deannotate()).key
            impl = parent.class_manager.get(key)
            if impl is None:
                raise UnevaluatableError("The column %s has no value in Python" % clause)
        else:
            key = self._plain_column_key(clause)
        return _reader(key)

    def _plain_column_key(self, clause: Any) -> str:
        target = self.target_cls
        mapper = inspect(target) if target is not None else None
        if mapper is not None:
            prop = mapper.column_to_property.get(clause)
            if prop is not None:
                return str(prop.key)
            if getattr(clause, "table", None) is None and mapper.has_property(clause.key):
                return str(clause.key)
        raise UnevaluatableError("The column %s has no value in Python" % clause)

    def visit_bindparam(self, clause: Any) -> Any:
        if clause.key in self.params:
            value = self.params[clause.key]
        elif clause.callable:
            value = clause.callable()
        else:
            value = clause.value
        return lambda obj: value

    def visit_tuple(self, clause: Any) -> Any:
        return self.visit_clauselist(clause)

    def visit_expression_clauselist(self, clause: Any) -> Any:
        return self.visit_clauselist(clause)

    def visit_clauselist(self, clause: Any) -> Any:
        functions = [self._visit(each) for each in clause.clauses]
        op = getattr(clause, "operator", None)
        if op is operators.or_:
            return _any_of(functions)
        if op is operators.and_:
            return _all_of(functions)
        if op is operators.comma_op or op is None:
            return _tuple_of(functions)
        if op in _COMPARE:
            return _chain(functions, _COMPARE[op])
        raise UnevaluatableError("There is no evaluation in Python of a list with the operator %s" % (op,))

    visit_boolean_clauselist = visit_clauselist

    def visit_unary(self, clause: Any) -> Any:
        inner = self._visit(clause.element)
        if clause.operator is operators.inv:

            def negate(obj: Any) -> Any:
                value = inner(obj)
                if isinstance(value, _Unknown):
                    return value
                return None if value is None else not value

            return negate
        if clause.operator is operators.neg:
            return lambda obj: None if inner(obj) is None else -inner(obj)
        raise UnevaluatableError(
            "There is no evaluation in Python of %s with the operator %s" % (type(clause).__name__, clause.operator)
        )

    def visit_binary(self, clause: Any) -> Any:
        left, right = self._visit(clause.left), self._visit(clause.right)
        op = clause.operator
        if op is operators.is_ or op is operators.is_not:
            wanted = op is operators.is_

            def same(obj: Any) -> Any:
                one, other = left(obj), right(obj)
                if isinstance(one, _Unknown) or isinstance(other, _Unknown):
                    return _EXPIRED_OBJECT
                return (one == other) is wanted

            return same
        if op is operators.in_op or op is operators.not_in_op:
            return _membership(left, right, op is operators.in_op)
        if op is operators.concat_op:
            return _null_safe(left, right, lambda a, b: a + b)
        if op is operators.startswith_op:
            return _null_safe(left, right, lambda a, b: a.startswith(b))
        if op is operators.endswith_op:
            return _null_safe(left, right, lambda a, b: a.endswith(b))
        function = _COMPARE.get(op)
        if function is None:
            raise UnevaluatableError(
                "There is no evaluation in Python of %s with the operator %s" % (type(clause).__name__, op)
            )
        return _null_safe(left, right, function)


def _reader(key: str) -> Callable[[Any], Any]:
    def read(obj: Any) -> Any:
        if obj is None:
            return _NO_OBJECT
        dict_ = obj.__dict__
        if key in dict_:
            return dict_[key]
        state = dict_[STATE_ATTR]
        if state.pk is None:
            return None
        committed: Optional[Dict[str, Any]] = state.committed
        if committed is not None and key in committed and committed[key] is not NO_VALUE:
            return None
        return _EXPIRED_OBJECT

    return read


def _null_safe(left: Any, right: Any, function: Any) -> Callable[[Any], Any]:
    def evaluate(obj: Any) -> Any:
        one, other = left(obj), right(obj)
        if isinstance(one, _Unknown) or isinstance(other, _Unknown):
            return _EXPIRED_OBJECT
        if one is None or other is None:
            return None
        return function(one, other)

    return evaluate


def _membership(left: Any, right: Any, positive: bool) -> Callable[[Any], Any]:
    def evaluate(obj: Any) -> Any:
        value, values = left(obj), right(obj)
        if isinstance(value, _Unknown) or isinstance(values, _Unknown):
            return _EXPIRED_OBJECT
        if value is None or values is None:
            return None
        found = value in values
        if not found and any(each is None for each in values):
            return None
        return found is positive

    return evaluate


def _tuple_of(functions: Any) -> Callable[[Any], Any]:
    def evaluate(obj: Any) -> Any:
        values = []
        for function in functions:
            value = function(obj)
            if isinstance(value, _Unknown):
                return _EXPIRED_OBJECT
            if value is None:
                return None
            values.append(value)
        return tuple(values)

    return evaluate


def _chain(functions: Any, combine: Any) -> Callable[[Any], Any]:
    def evaluate(obj: Any) -> Any:
        values = [function(obj) for function in functions]
        if any(isinstance(value, _Unknown) for value in values):
            return _EXPIRED_OBJECT
        if any(value is None for value in values):
            return None
        result = values[0]
        for value in values[1:]:
            result = combine(result, value)
        return result

    return evaluate


def _all_of(functions: Any) -> Callable[[Any], Any]:
    def evaluate(obj: Any) -> Any:
        unknown: Any = True
        for function in functions:
            value = function(obj)
            if isinstance(value, _Unknown):
                unknown = _EXPIRED_OBJECT
                continue
            if value is None:
                if unknown is True:
                    unknown = None
                continue
            if not value:
                return False
        return unknown

    return evaluate


def _any_of(functions: Any) -> Callable[[Any], Any]:
    def evaluate(obj: Any) -> Any:
        unknown: Any = False
        for function in functions:
            value = function(obj)
            if isinstance(value, _Unknown):
                unknown = _EXPIRED_OBJECT
                continue
            if value is None:
                if unknown is False:
                    unknown = None
                continue
            if value:
                return True
        return unknown

    return evaluate
