"""Values and text in SQL: bound parameters, text(), template strings, NULL, TRUE, FALSE, savepoint statements.

``literal_column()`` makes a column, see ``columns``; how Python objects become these is in ``comparison``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple, TypeVar

from ... import exc
from .. import coercions, roles
from ..base import NO_ARG, SingletonConstant
from ..cache_key import NO_CACHE, KeyKind
from ..executable import ExecutableStatement
from ..forward import slots
from ..names import AnonLabel, anonymous_parameter, lasting_token, quoted_name
from ..operators import concat_op, in_op, not_in_op
from ..sqltypes import BOOLEANTYPE, NULLTYPE
from ..traversals import Uncacheable, memoize, memoized_attribute
from ..type_api import to_instance, value_type
from .base import ClauseElement, ColumnElement, KeyedColumnElement, factories

if TYPE_CHECKING:
    from typing_extensions import Self

    from ..selectable import Subquery, TextualSelect
    from .columns import Label

__all__ = [
    "AbstractTextClause",
    "BindParameter",
    "False_",
    "Null",
    "OffsetLimitParam",
    "ReleaseSavepointClause",
    "RollbackToSavepointClause",
    "SavepointClause",
    "TString",
    "TextClause",
    "True_",
    "plain_bind",
]

_T = TypeVar("_T")

_UNIQUE, _EXPANDING, _LITERAL, _REQUIRED, _CALLABLE, _OUT, _NAMELESS = 1, 2, 4, 8, 16, 32, 64


class BindParameter(roles.InElementRole, KeyedColumnElement[_T]):
    """A bound value: in SQL its placeholder, in the parameters its value.

    Optional settings are class attributes; an object holds what differs.
    """

    __visit_name__ = "bindparam"
    _from_objects = ClauseElement._from_objects

    cache_key_fields = (("type", KeyKind.TYPE), ("value", KeyKind.PLAIN))
    inherit_cache = True

    unique = True
    expanding = False
    required = False
    callable: Any = None
    literal_execute = False
    isoutparam = False
    expand_op: Any = None
    value: Any = None
    _orig_key: Any = "param"
    _is_crud = False
    # made without a name on purpose: it gets none from a column that it is set to, either
    nameless = False
    _is_bind_parameter = True
    _key_is_anon = True
    # what of the settings decides the SQL or the way to the values
    _flags = _UNIQUE

    def __init__(
        self,
        key: Optional[str],
        value: Any = NO_ARG,
        type_: Any = None,
        unique: bool = False,
        required: Any = NO_ARG,
        quote: Optional[bool] = None,
        callable_: Any = None,
        expanding: bool = False,
        isoutparam: bool = False,
        literal_execute: bool = False,
        _beside_operator: Any = None,
        _beside_type: Any = None,
        _is_crud: bool = False,
    ) -> None:
        d = self.__dict__
        if required is NO_ARG:
            required = value is NO_ARG and callable_ is None
        if value is NO_ARG:
            value = None
        if key == "" and not unique:
            # no name at all
            key = None
        if quote is not None and key is not None:
            key = quoted_name.construct(key, quote)
        d["unique"] = bool(unique) or key is None or isinstance(key, AnonLabel)
        if key is None:
            d["_orig_key"] = "param"
            if not unique:
                d["nameless"] = True
        elif isinstance(key, AnonLabel):
            d["_orig_key"] = "param"
            d["unique"] = bool(unique)
            d["key"] = key
        else:
            d["_orig_key"] = key
            if not unique:
                d["key"] = key
                d["_key_is_anon"] = False
        d["value"] = value
        if required:
            d["required"] = True
        if callable_ is not None:
            d["callable"] = callable_
        if isoutparam:
            d["isoutparam"] = True
        if literal_execute:
            d["literal_execute"] = True
        if _is_crud:
            d["_is_crud"] = True
        if type_ is None:
            if expanding:
                d["expanding"] = True
            sample = value
            if expanding and value:
                sample = list(value)[0]
            if _beside_type is not None:
                d["type"] = _beside_type.coerce_compared_value(_beside_operator, sample)
            else:
                d["type"] = value_type(sample)
        else:
            if expanding:
                d["expanding"] = True
            d["type"] = to_instance(type_)
        if d["type"]._is_tuple_type and value:
            sample = list(value)[0] if expanding else value
            d["type"] = d["type"]._resolve_values_to_types(sample)
        self._set_flags()

    def _set_flags(self) -> None:
        self.__dict__["_flags"] = (
            (_UNIQUE if self.unique else 0)
            | (_EXPANDING if self.expanding else 0)
            | (_LITERAL if self.literal_execute else 0)
            | (_REQUIRED if self.required else 0)
            | (_CALLABLE if self.callable is not None else 0)
            | (_OUT if self.isoutparam else 0)
            | (_NAMELESS if self.nameless else 0)
        )

    @memoized_attribute
    def key(self) -> Any:
        """The name; that of a unique parameter is made when it is first asked for, which compiling does."""
        return anonymous_parameter(str(self._orig_key))

    def _flat(self, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        identity = id(self)
        if identity in seen:
            out.append(seen[identity])
            return
        seen[identity] = len(seen)
        type_key = self.type._static_cache_key
        if type_key is NO_CACHE:
            raise Uncacheable(self.type)
        out += (self.__class__, type_key, self._orig_key, self._flags)
        if not self._key_is_anon or not self.unique:
            out.append(self.key if not self._key_is_anon else self._orig_key)
        binds.append(self)

    @property
    def effective_value(self) -> Any:
        """The value, or what the callable returns."""
        if self.callable is not None:
            return self.callable()
        return self.value

    def render_literal_execute(self) -> BindParameter[_T]:
        """Return a copy whose value is written into the SQL when the statement is executed."""
        made = self.__class__(
            None if self.unique else self.key, self.value, type_=self.type, literal_execute=True,
            callable_=self.callable, unique=self.unique, expanding=self.expanding,
        )  # fmt: skip
        made.__dict__["_orig_key"] = self._orig_key
        return made

    def _negated_operand(self, negated_op: Any, original_op: Any) -> BindParameter[_T]:
        if self.expand_op is original_op:
            made = self._clone()
            made.expand_op = negated_op
            return made
        return self

    def _with_binary_element_type(self, type_: Any) -> BindParameter[_T]:
        made = ClauseElement._clone(self)
        made.__dict__["type"] = type_
        if self.unique and "key" in self.__dict__:
            memoize(made, "key", self.key)
        return made

    def _with_value(self, value: Any, maintain_key: bool = False, required: Any = NO_ARG) -> BindParameter[_T]:
        made = self._clone(maintain_key=maintain_key)
        d = made.__dict__
        d["value"] = value
        d["required"] = False if required is NO_ARG else required
        if made.type is NULLTYPE:
            d["type"] = value_type(value)
        made._set_flags()
        return made

    def _clone(self, maintain_key: bool = False, **kw: Any) -> Self:
        made = ClauseElement._clone(self)
        made.__dict__.pop("_anon_token_memo", None)
        if maintain_key and self.unique:
            memoize(made, "key", self.key)
        return made

    def _convert_to_unique(self) -> None:
        if not self.unique:
            d = self.__dict__
            d["unique"] = True
            d.pop("key", None)
            d["_key_is_anon"] = True
            self._set_flags()

    def __getstate__(self) -> Dict[str, Any]:
        value = self.effective_value
        d = super().__getstate__()
        d.pop("callable", None)
        d["value"] = value
        return d

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._set_flags()

    def _compare_to(self, other: Any, comparison: Any) -> Any:
        if not isinstance(other, BindParameter):
            return False
        if not self.type._compare_type_affinity(other.type) or self.expanding != other.expanding:
            return False
        if self.literal_execute != other.literal_execute:
            return False
        if comparison.options.get("compare_keys", True) and not (self.unique and other.unique):
            if self.unique != other.unique or self.key != other.key:
                return False
        return self.callable is other.callable and bool(self.value == other.value)

    def __repr__(self) -> str:
        return "%s(%r, %r, type_=%r)" % (type(self).__name__, self.key, self.value, self.type)

    @property
    def description(self) -> Optional[str]:
        return None


class OffsetLimitParam(BindParameter[_T]):
    """The number in LIMIT or OFFSET."""

    inherit_cache = True

def plain_bind(key: Any, value: Any, type_: Any) -> BindParameter[Any]:
    """Return a unique parameter; the short way for operands of expressions."""
    made: BindParameter[Any] = object.__new__(BindParameter)
    # one by one: CPython keeps attributes that were set so without a dictionary
    made._orig_key = key
    made.value = value
    made.type = type_
    return made


factories.bind = BindParameter


class AbstractTextClause(
    roles.DDLConstraintColumnRole,
    roles.DDLExpressionRole,
    roles.StatementOptionRole,
    roles.WhereHavingRole,
    roles.OrderByRole,
    roles.FromClauseRole,
    roles.SelectStatementRole,
    roles.InElementRole,
    ExecutableStatement,
    roles.DDLRole,
    roles.BinaryElementRole[Any],
    ClauseElement,
):
    """Base of SQL given as text."""

    __visit_name__ = "abstract_text"

    _is_textual = True
    _is_text_clause = True
    _is_implicitly_boolean = False
    supports_execution = True
    is_text = True
    key: Optional[str] = None
    named_with_column = False
    operator: Any = None
    allows_lambda = False
    uses_inspection = False
    _may_be_labelled = False
    _hidden = False
    _allow_label_resolve = False
    _hidden_froms: Tuple[Any, ...] = ()
    _bindparams: Dict[str, Any]

    @property
    def _is_star(self) -> bool:  # type: ignore[override]
        return False

    @property
    def _selected_items(self) -> Tuple[Any, ...]:
        return (self,)

    @property
    def type(self) -> Any:
        """NULLTYPE: nothing is known about text."""
        return NULLTYPE

    @property
    def comparator(self) -> Any:
        """The operators of an untyped expression."""
        return self.type.comparator_factory(self)

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        """Apply an operator to the text, which has no type of its own."""
        return op(self.comparator, *other, **kwargs)

    def concat(self, other: Any) -> Any:
        """Return ``self || other``."""
        return self.operate(concat_op, other)

    def _rconcat(self, other: Any) -> Any:
        left = factories.bind(None, other, unique=True) if isinstance(other, str) else other
        return left.concat(self)

    def __and__(self, other: Any) -> Any:
        return factories.and_(self, other)

    def __or__(self, other: Any) -> Any:
        return factories.or_(self, other)

    def self_group(self, against: Any = None) -> Any:
        """Return the text, in parentheses on the right of IN."""
        if against is in_op or against is not_in_op:
            return factories.grouping(self)
        return self

    def bindparams(self, *binds: Any, **names_to_values: Any) -> Self:
        """Return the text with values or BindParameter objects for the ``:names`` in it.

        :raises ArgumentError: when the text has no parameter of that name.
        """
        made = self._generate()
        made._bindparams = params = dict(self._bindparams)
        for bind in binds:
            if not isinstance(bind, BindParameter):
                raise exc.ArgumentError("bindparams() takes bindparam() objects and name=value, found %r" % (bind,))
            if bind._orig_key not in params:
                raise exc.ArgumentError("the text has no parameter :%s" % bind._orig_key)
            params[bind._orig_key] = bind
        for name, value in names_to_values.items():
            if name not in params:
                raise exc.ArgumentError("the text has no parameter :%s" % name)
            params[name] = params[name]._with_value(value, required=False)
        return made

    def columns(self, *cols: Any, **types: Any) -> TextualSelect:
        """Return the text as a SELECT with these result columns, by position, or with types by name."""
        positional = [
            factories.column(column.key, types.pop(column.key))
            if getattr(column, "key", None) in types
            else coercions.expect(roles.LabeledColumnExprRole, column)
            for column in cols
        ]
        keyed = [factories.column(key, type_) for key, type_ in types.items()]
        made: TextualSelect = slots.textual_select(
            self, positional + keyed, positional=bool(positional) and not keyed
        )
        return made

    def label(self, name: Optional[str]) -> Label[Any]:
        """Return the text as a labelled expression."""
        column = factories.column(self.text, NULLTYPE, is_literal=True)  # type: ignore[attr-defined]
        label: Label[Any] = factories.label(name, column)
        return label

    def subquery(self, name: Optional[str] = None) -> Subquery:
        """Return the text as a subquery without declared columns."""
        return self.columns().subquery(name)


class TextClause(AbstractTextClause):
    """SQL given as a string, with ``:name`` parameters."""

    __visit_name__ = "textclause"

    cache_key_fields = (("_bindparams", KeyKind.CLAUSE_DICT), ("text", KeyKind.NAME))

    _bind_params_regex = re.compile(r"(?<![:\w\x5c]):(\w+)(?!:)", re.UNICODE)

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise exc.ArgumentError("text() takes a string and got %r" % (text,))
        self._bindparams = {}
        for name in self._bind_params_regex.findall(text):
            if name not in self._bindparams:
                self._bindparams[name] = BindParameter(name)
        self.text = text

    @property
    def _is_star(self) -> bool:  # type: ignore[override]
        return self.text == "*"

    def _flat(self, out: List[Any], binds: List[Any], seen: Dict[int, int]) -> None:
        identity = id(self)
        if identity in seen:
            out.append(seen[identity])
            return
        seen[identity] = len(seen)
        params = self._bindparams
        out += (self.__class__, self.text, len(params))
        for name in params:
            params[name]._flat(out, binds, seen)


class TString(AbstractTextClause):
    """SQL given as a template string: interpolated values become parameters, interpolated elements are rendered.

    :param template: the template, a ``string.templatelib.Template``.
    """

    __visit_name__ = "tstring"

    cache_key_fields = (("parts", KeyKind.CLAUSES), ("_bindparams", KeyKind.CLAUSE_DICT))

    def __init__(self, template: Any) -> None:
        parts: List[Any] = []
        for part in template:
            if isinstance(part, str):
                parts.append(_TemplateText(part))
            else:
                parts.append(coercions.expect(roles.TStringElementRole, part.value, argname=part.expression))
        self.parts = tuple(parts)
        self._bindparams = {}

    @property
    def text(self) -> str:
        """The SQL text, with a name in the place of each value."""
        return str(self)


class _TemplateText(ClauseElement):
    """The literal text between two interpolations."""

    __visit_name__ = "tstring_text"
    cache_key_fields = (("text", KeyKind.NAME),)

    def __init__(self, text: str) -> None:
        self.text = text


class Null(SingletonConstant, roles.ConstExprRole[None], ColumnElement[None]):
    """NULL."""

    __visit_name__ = "null"
    _anon_token = lasting_token("null")
    _from_objects = ClauseElement._from_objects
    inherit_cache = True
    _is_singleton_constant = True
    type = NULLTYPE

    def __init__(self) -> None:
        pass


class True_(SingletonConstant, roles.ConstExprRole[bool], ColumnElement[bool]):
    """TRUE, or what a database without it has instead."""

    __visit_name__ = "true"
    _anon_token = lasting_token("true")
    _from_objects = ClauseElement._from_objects
    inherit_cache = True
    _is_singleton_constant = True
    _is_unconditional_true = True
    type = BOOLEANTYPE

    def __init__(self) -> None:
        pass

    def _negate(self) -> Any:
        return False_()


class False_(SingletonConstant, roles.ConstExprRole[bool], ColumnElement[bool]):
    """FALSE, or what a database without it has instead."""

    __visit_name__ = "false"
    _anon_token = lasting_token("false")
    _from_objects = ClauseElement._from_objects
    inherit_cache = True
    _is_singleton_constant = True
    _is_unconditional_false = True
    type = BOOLEANTYPE

    def __init__(self) -> None:
        pass

    def _negate(self) -> Any:
        return True_()


class _IdentifiedClause(ExecutableStatement, ClauseElement):
    __visit_name__ = "identified"
    cache_key_fields = (("ident", KeyKind.NAME),)
    inherit_cache = True
    supports_execution = True

    def __init__(self, ident: Any) -> None:
        self.ident = ident


class SavepointClause(_IdentifiedClause):
    """SAVEPOINT."""

    __visit_name__ = "savepoint"
    inherit_cache = False


class RollbackToSavepointClause(_IdentifiedClause):
    """ROLLBACK TO SAVEPOINT."""

    __visit_name__ = "rollback_to_savepoint"
    inherit_cache = False


class ReleaseSavepointClause(_IdentifiedClause):
    """RELEASE SAVEPOINT."""

    __visit_name__ = "release_savepoint"
    inherit_cache = False
