"""TypeEngine: how a SQL type processes values, compares itself, varies by database and joins expressions.

Types that wrap other types, and types with a native and an emulated form, live in ``decorator``; the concrete
types in ``sqltypes``. Words: *implementation*, the type a dialect uses in place of a generic one; *processor*, a
function of one value (None stands for "the value passes as it is"); *conversion*, the hint that tells a generated
row converter how to call a result processor.
"""

from __future__ import annotations

import weakref
from typing import Any
from typing import Callable
from typing import cast
from typing import Dict
from typing import Generic
from typing import Optional
from typing import Set
from typing import Tuple
from typing import Type
from typing import TYPE_CHECKING
from typing import TypeVar
from typing import Union

from .. import forward
from .. import operators
from ..cache_key import NO_CACHE
from ..visitors import Visitable
from ... import exc
from ... import inspection
from ... import util
from ...util.typing import Unsubscripted

if TYPE_CHECKING:
    from typing import Mapping

    from typing_extensions import TypedDict

    from ..typing import Dialect

    class TypeMemo(TypedDict, total=False):
        """What a type remembers together with one dialect."""

        impl: TypeEngine[Any]
        bind: Optional[Callable[[Any], Any]]
        literal: Optional[Callable[[Any], str]]
        result: Dict[Any, Optional[Callable[[Any], Any]]]
        sentinel: Optional[Callable[[Any], Any]]
        custom: Dict[str, Any]

    _V = TypeVar("_V")
    TypeEngineArgument = Union[Type["TypeEngine[_V]"], "TypeEngine[_V]"]

__all__ = (
    "CALL_ALWAYS",
    "CALL_UNLESS_NONE",
    "ExternalType",
    "NO_CACHE",
    "PASS_THROUGH",
    "TypeEngine",
    "TypeEngineMixin",
    "adapt_type",
    "constructor_copy",
    "constructor_names",
    "register_value_types",
    "to_instance",
    "type_repr",
    "unless_none",
    "value_type",
)

_T = TypeVar("_T")
_CT = TypeVar("_CT", bound="TypeEngine[Any]")
_OT = TypeVar("_OT", bound="TypeEngine[Any]")
Processor = Callable[[Any], Any]

PASS_THROUGH = 0
"""Conversion hint: use the value as it is."""
CALL_ALWAYS = 1
"""Conversion hint: ``f(value)``, None included."""
CALL_UNLESS_NONE = 2
"""Conversion hint: ``None if value is None else f(value)``."""

_VARARGS, _VARKEYWORDS = 0x04, 0x08


def unless_none(function: Processor) -> Processor:
    """A processor that keeps None and calls ``function`` on everything else.

    ``function`` stays readable as ``.inner``, so that generated converters test for None inline.
    """

    def process(value: Any) -> Any:
        return None if value is None else function(value)

    process.inner = function  # type: ignore[attr-defined]
    return process


# ---------------------------------------------------------------- constructor arguments


def _init_names(cls: type) -> Tuple[Tuple[str, ...], Tuple[Any, ...], bool]:
    """Names, trailing defaults and "takes more" of the ``__init__`` one class defines itself."""
    init = cls.__dict__["__init__"]
    init = getattr(init, "__wrapped__", init)
    code = getattr(init, "__code__", None)
    if code is None:
        return (), (), True
    count = code.co_argcount
    names = code.co_varnames[1:count]
    names += code.co_varnames[count : count + code.co_kwonlyargcount]
    return names, init.__defaults__ or (), bool(code.co_flags & (_VARKEYWORDS | _VARARGS))


def constructor_names(cls: type) -> Tuple[str, ...]:
    """Names of the arguments that ``cls(...)`` takes, those reached through ``**kw`` included; memoised per class."""
    found = cls.__dict__.get("_constructor_names")
    if found is None:
        names: Dict[str, None] = {}
        for base in cls.__mro__:
            if base is object or "__init__" not in base.__dict__:
                continue
            own, _, more = _init_names(base)
            names.update(dict.fromkeys(own))
            if not more:
                break
        found = tuple(names)
        cls._constructor_names = found  # type: ignore[attr-defined]
    return found


def constructor_copy(obj: Any, cls: Type[_CT], *args: Any, **kw: Any) -> _CT:
    """A ``cls`` made with the attributes of ``obj`` that its constructor takes; ``kw`` wins over them."""
    state = obj.__dict__
    for name in constructor_names(cls):
        if name not in kw and name in state:
            kw[name] = state[name]
    return cls(*args, **kw)


def type_repr(obj: Any, cls: Optional[type] = None, extra: Tuple[Tuple[str, Any], ...] = ()) -> str:
    """``Name(required, option=value)`` with every constructor argument that differs from its default."""
    shown = [name_text for name_text in _repr_arguments(obj, cls or type(obj))]
    shown.extend("%s=%r" % (name, value) for name, value in extra if value is not None)
    return "%s(%s)" % (type(obj).__name__, ", ".join(shown))


def _repr_arguments(obj: Any, cls: type) -> Any:
    seen = set()
    for base in cls.__mro__:
        if base is object or "__init__" not in base.__dict__:
            continue
        init = getattr(base.__dict__["__init__"], "__wrapped__", base.__dict__["__init__"])
        code = getattr(init, "__code__", None)
        if code is None:
            continue
        positional = code.co_varnames[1 : code.co_argcount]
        defaults = init.__defaults__ or ()
        required = positional[: len(positional) - len(defaults)]
        options = dict(zip(positional[len(required) :], defaults))
        options.update(init.__kwdefaults__ or {})
        for name in required:
            if name not in seen:
                seen.add(name)
                yield repr(getattr(obj, name, None))
        if code.co_flags & _VARARGS:
            stars = code.co_varnames[code.co_argcount + code.co_kwonlyargcount]
            values = getattr(obj, stars, None)
            if isinstance(values, (tuple, list)):
                for value in values:
                    yield repr(value)
        for name, default in options.items():
            value = default if isinstance(getattr(cls, name, None), property) else getattr(obj, name, default)
            if name not in seen and value is not default and value != default:
                yield "%s=%r" % (name, value)
            seen.add(name)
        if not code.co_flags & _VARKEYWORDS:
            break


# ---------------------------------------------------------------- Python values to types

_value_types: Dict[type, Any] = {}
_value_types_by_name: Dict[Tuple[str, str], Any] = {}
_null_type: TypeEngine[Any]


def register_value_types(
    table: Dict[type, Any], by_name: Dict[Tuple[str, str], Any], null_type: TypeEngine[Any]
) -> None:
    """Set the SQL type of values by their Python type, and the type of all others.

    An entry is a type instance, or a function from the value to one. ``by_name`` names classes by module and name,
    so that their modules need not be imported.
    """
    global _null_type
    _value_types.update(table)
    _value_types_by_name.update(by_name)
    _null_type = null_type


def value_type(value: Any) -> TypeEngine[Any]:
    """The SQL type that a plain Python value is bound with; the null type when there is none.

    :raises ArgumentError: the value is something that ``inspect()`` knows, as objects of mapped classes are.
    """
    cls = value.__class__
    found = _value_types.get(cls)
    if found is None:
        # a subclass may mean something else than its base, so only the class itself counts
        found = _value_types_by_name.get((cls.__module__, cls.__name__))
        if found is None:
            found = _null_type
            if inspection.inspect(value, raiseerr=False) is not None:
                raise exc.ArgumentError("%r is no value of a column; give one of its attributes" % (value,))
    made: TypeEngine[Any] = found if isinstance(found, TypeEngine) else found(value)
    return made


# ---------------------------------------------------------------- the type


class TypeEngineMixin:
    """Marks a class that adds to types without being a type itself."""



class ExternalType(TypeEngineMixin):
    """Mixin of types defined outside this package: they say whether they may take part in cache keys."""

    cache_ok: Optional[bool] = None
    """True: the constructor arguments identify the type in a cache key. False: never cache. None: warn, never cache."""

    @util.memoized_property
    def _static_cache_key(self) -> Any:
        cls = type(self)
        verdict = None
        for base in cls.__mro__:
            if "cache_ok" in base.__dict__ and base is not ExternalType:
                verdict = base.__dict__["cache_ok"]
                break
        if verdict is None:
            if "_warned_of_cache" not in cls.__dict__:
                cls._warned_of_cache = True  # type: ignore[attr-defined]
                util.warn(
                    "%s does not set 'cache_ok', so statements that use it are compiled each time. Set cache_ok = True "
                    "on the class when its constructor arguments are hashable and decide its behaviour, False when not."
                    % type_repr(self)
                )
            return NO_CACHE
        if not verdict:
            return NO_CACHE
        return TypeEngine._static_cache_key.fget(self)


def _full_name(cls: type) -> str:
    return "%s.%s" % (cls.__module__, cls.__qualname__)


def _keyed(value: Any) -> Any:
    """A hashable stand-in of one constructor argument, or NO_CACHE."""
    if isinstance(value, TypeEngine):
        return value._static_cache_key
    if isinstance(value, (list, tuple)):
        parts = tuple([_keyed(part) for part in value])
        return NO_CACHE if NO_CACHE in parts else (value.__class__, parts)
    if isinstance(value, (set, frozenset)):
        return (value.__class__, frozenset(value))
    if isinstance(value, dict):
        parts = tuple([(_keyed(key), _keyed(item)) for key, item in value.items()])
        return NO_CACHE if any(NO_CACHE in part for part in parts) else (dict, parts)
    return (value.__class__, value)


if TYPE_CHECKING:

    class _TypedOperators(operators.ColumnOperators, Generic[_CT]):
        pass

else:
    _TypedOperators = Unsubscripted(operators.ColumnOperators)


class TypeEngine(Visitable, Generic[_T]):
    """The base of all SQL types."""

    _sqla_type = True
    _isnull = False
    _is_tuple_type = False
    _is_table_value = False
    _is_array = False
    _is_type_decorator = False

    operator_classes = operators.OperatorClass.UNSPECIFIED
    """The families of operators that make sense for this type."""

    render_bind_cast = False
    """Whether a bound value is rendered with a cast to this type."""

    render_literal_cast = False
    """Whether a literal value is rendered with a cast to this type."""

    should_evaluate_none = False
    """Whether None is a value of this type that INSERT passes explicitly."""

    hashable = True
    """Whether values can stand in sets; rows with unhashable ones are told apart by identity."""

    sort_key_function: Optional[Callable[[Any], Any]] = None
    """Turns a value into one that sorts; None when values sort by themselves."""

    _variant_mapping: Mapping[str, TypeEngine[Any]] = util.EMPTY_DICT
    _operators_known: Set[Any] = set()

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        cls._operators_known = set()

    def _learn_operator(self, op: Any) -> None:
        """Remember that an operator suits this class; warn where it is outside of its operator classes."""
        classes = self.operator_classes
        if classes is operators.OperatorClass.UNSPECIFIED:
            util.warn_deprecated(
                "The type %s does not say which operators it supports; set operator_classes to members of "
                "OperatorClass, such as OperatorClass.ANY. A future version will need it." % _full_name(type(self)),
                "2.1",
            )
            return
        if not operators.operator_class_of(op) & classes:
            util.warn_deprecated(
                "The operator %s is not one that %s supports by its operator classes; a later version will refuse it. "
                "Cast the expression, or use op() for an operator of your own."
                % (getattr(op, "opstring", None) or getattr(op, "__name__", op), _full_name(type(self))),
                "2.1",
            )
            return
        self._operators_known.add(op)

    class Comparator(_TypedOperators["_CT"]):
        """Gives the operators of one type to the expression ``expr``."""

        __slots__ = ("expr", "type")

        def __class_getitem__(cls, key: Any) -> Any:
            return cls

        def __init__(self, expr: Any) -> None:
            self.expr = expr
            self.type = expr.type

        def __clause_element__(self) -> Any:
            return self.expr

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """The expression that applies ``op`` to this one."""
            if op not in self.type._operators_known:
                self.type._learn_operator(op)
            return operators.implementation(op)(self.expr, op, *other, **kwargs)

        def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
            """The expression that applies ``op`` with this one on the right."""
            if op not in self.type._operators_known:
                self.type._learn_operator(op)
            return operators.implementation(op)(self.expr, op, other, reverse=True, **kwargs)

        def _adapt_expression(self, op: Any, other_comparator: Any) -> Tuple[Any, TypeEngine[Any]]:
            """The operator to use and the type of ``self <op> other``."""
            return op, self.type

        def __reduce__(self) -> Any:
            return type(self), (self.expr,)

    comparator_factory: Any = Comparator
    """Called with an expression, returns the object that builds its operators."""

    # ------------------------------------------------------------ values

    def bind_processor(self, dialect: Dialect) -> Optional[Processor]:
        """The function that prepares a bound value for the driver, or None."""
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> Optional[Processor]:
        """The function that converts a value of the driver, or None."""
        return None

    def literal_processor(self, dialect: Dialect) -> Optional[Callable[[Any], str]]:
        """The function that renders a value inside SQL text, or None when this type cannot."""
        return None

    def column_expression(self, colexpr: Any) -> Any:
        """The expression selected in place of a column of this type, or None."""
        return None

    def bind_expression(self, bindvalue: Any) -> Any:
        """The expression rendered in place of a bound value of this type, or None."""
        return None

    @util.memoized_property
    def _has_column_expression(self) -> bool:
        return self._overrides("column_expression")

    @util.memoized_property
    def _has_bind_expression(self) -> bool:
        return self._overrides("bind_expression")

    def _overrides(self, name: str) -> bool:
        return getattr(type(self), name) is not getattr(TypeEngine, name)

    def compare_values(self, x: Any, y: Any) -> bool:
        """Whether two Python values of this type are equal."""
        same: bool = x == y
        return same

    def copy_value(self, value: Any) -> Any:
        """A copy of a value, for types whose values change in place."""
        return value

    def get_dbapi_type(self, dbapi: Any) -> Optional[Any]:
        """The type object of the driver module that stands for this type, or None."""
        return None

    @property
    def python_type(self) -> Type[Any]:
        """The Python type of the values; ``object`` where it is not known."""
        return object

    def evaluates_none(self: _CT) -> _CT:
        """A copy of this type for which None is a value that INSERT passes explicitly."""
        typ = self.copy()
        typ.should_evaluate_none = True
        return typ

    def copy(self: _CT, **kw: Any) -> _CT:
        """A copy of this type."""
        return self.adapt(self.__class__)

    def adapt(self, cls: Type[_OT], **kw: Any) -> _OT:
        """A ``cls`` with the same constructor arguments as this type, except for those in ``kw``."""
        typ = constructor_copy(self, cls, **kw)
        if self._variant_mapping:
            typ._variant_mapping = self._variant_mapping
        if "should_evaluate_none" in self.__dict__:
            typ.should_evaluate_none = self.__dict__["should_evaluate_none"]
        return typ

    def with_variant(self: _CT, type_: Any, *dialect_names: str) -> _CT:
        """A copy of this type that is ``type_`` on the databases named."""
        if not dialect_names:
            raise exc.ArgumentError("with_variant() needs the name of at least one dialect, such as 'sqlite'")
        known = self._variant_mapping
        for name in dialect_names:
            if name in known:
                raise exc.ArgumentError("Type %r already has a variant for dialect %r" % (self, name))
        variant = to_instance(type_)
        if variant._variant_mapping:
            raise exc.ArgumentError(
                "%r has variants of its own; call with_variant() on the type that is to hold all of them" % variant
            )
        typ = self.copy()
        added = dict(known)
        added.update(dict.fromkeys(dialect_names, variant))
        typ._variant_mapping = util.immutabledict(added)
        for memo in ("_has_bind_expression", "_has_column_expression", "_static_cache_key"):
            typ.__dict__.pop(memo, None)
        return typ

    def _resolve_for_literal(self, value: Any) -> TypeEngine[Any]:
        """The type of ``literal(value)`` once this type was chosen for it."""
        return self

    def _resolve_for_python_type(
        self, python_type: Any, matched_on: Any, matched_on_flattened: Any
    ) -> Optional[TypeEngine[Any]]:
        """The type for an annotation that led to this entry of a type map; None to decline."""
        return self if python_type is matched_on_flattened else None

    def _with_collation(self, collation: str) -> TypeEngine[Any]:
        """This type as it is after COLLATE."""
        return self

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """The type with which a plain value opposite to this type in an expression is bound."""
        found = value_type(value)
        if found is _null_type or found._type_affinity is self._type_affinity:
            return self
        return found

    def _compare_type_affinity(self, other: TypeEngine[Any]) -> bool:
        return self._type_affinity is other._type_affinity

    @util.memoized_property
    def _type_affinity(self) -> Optional[Type[TypeEngine[Any]]]:
        """The basic class of types to which this one belongs."""
        found: Optional[type] = None
        for base in type(self).__mro__:
            if base is TypeEngine:
                return found
            if "_affinity_root" in base.__dict__:
                return found or base
            if isinstance(base, type) and issubclass(base, TypeEngine):
                found = base
        return found

    @util.memoized_property
    def _generic_type_affinity(self) -> Type[TypeEngine[Any]]:
        upper = None
        home = __name__.rpartition(".type_api.")[0] + ".sqltypes."
        for base in type(self).__mro__:
            if base.__module__.startswith(home) and issubclass(base, TypeEngine) and base.__name__[0] != "_":
                if not base.__name__.isupper():
                    return base
                upper = upper or base
        return upper or type(_null_type)

    @property
    def affinity(self) -> Type[TypeEngine[Any]]:
        """The basic class of types to which this one belongs: String of a VARCHAR, Integer of a BIGINT."""
        # None of TypeEngine alone, which no column has
        return cast("Type[TypeEngine[Any]]", self._type_affinity)

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        """The closest type that every database has, with the same arguments.

        NotImplementedError when there is none; with ``allow_nulltype`` the null type instead.
        """
        target = self._generic_type_affinity
        if target is type(_null_type) and not allow_nulltype:
            raise NotImplementedError(
                "No generic type is known for %s; give the class an as_generic() of its own"
                % _full_name(type(self))
            )
        return constructor_copy(self, target)

    # ------------------------------------------------------------ dialects

    def dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type that ``dialect`` uses in place of this one."""
        try:
            memo: TypeMemo = dialect._type_memos[self]
            return memo["impl"]
        except (KeyError, AttributeError):
            return self._dialect_memo(dialect)["impl"]

    def _unwrapped_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """As dialect_impl(), past all type decorators."""
        return self.dialect_impl(dialect)

    def _dialect_memo(self, dialect: Dialect) -> TypeMemo:
        """What is remembered of this type together with ``dialect``."""
        try:
            memos = dialect._type_memos
        except AttributeError:
            memos = dialect._type_memos = weakref.WeakKeyDictionary()
        memo: Optional[TypeMemo] = memos.get(self)
        if memo is None:
            impl = self._gen_dialect_impl(dialect)
            if impl is self:
                impl = self._shallow_copy()  # the memo's values must not keep its own key alive
            made: TypeMemo = {"impl": impl, "result": {}}
            memo = memos.setdefault(self, made)
        return memo

    def _shallow_copy(self) -> TypeEngine[Any]:
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__)
        return copied

    def _gen_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        variant = self._variant_mapping.get(dialect.name) if self._variant_mapping else None
        if variant is not None:
            return variant._gen_dialect_impl(dialect)
        impl: TypeEngine[Any] = dialect.type_descriptor(self)
        return impl

    def _cached_bind_processor(self, dialect: Dialect) -> Optional[Processor]:
        memo = self._dialect_memo(dialect)
        try:
            return memo["bind"]
        except KeyError:
            memo["bind"] = found = memo["impl"].bind_processor(dialect)
            return found

    def _cached_literal_processor(self, dialect: Dialect) -> Optional[Callable[[Any], str]]:
        memo = self._dialect_memo(dialect)
        try:
            return memo["literal"]
        except KeyError:
            memo["literal"] = found = memo["impl"].literal_processor(dialect)
            return found

    def _cached_result_processor(self, dialect: Dialect, coltype: Any) -> Optional[Processor]:
        memo = self._dialect_memo(dialect)
        try:
            return memo["result"][coltype]
        except KeyError:
            memo["result"][coltype] = found = memo["impl"].result_processor(dialect, coltype)
            return found

    def result_conversion(self, dialect: Dialect, coltype: Any = None) -> Tuple[int, Optional[Processor]]:
        """How a generated row converter treats a value: (PASS_THROUGH, None), (CALL_ALWAYS, f) or
        (CALL_UNLESS_NONE, f).
        """
        process = self._cached_result_processor(dialect, coltype)
        if process is None:
            return PASS_THROUGH, None
        inner = getattr(process, "inner", None)
        return (CALL_ALWAYS, process) if inner is None else (CALL_UNLESS_NONE, inner)

    def bind_conversion(self, dialect: Dialect) -> Tuple[int, Optional[Processor]]:
        """As result_conversion(), for bound values."""
        process = self._cached_bind_processor(dialect)
        if process is None:
            return PASS_THROUGH, None
        inner = getattr(process, "inner", None)
        return (CALL_ALWAYS, process) if inner is None else (CALL_UNLESS_NONE, inner)

    # ------------------------------------------------------------ keys, text

    @util.memoized_property
    def _static_cache_key(self) -> Any:
        """What identifies this type in a cache key: class and constructor arguments; or NO_CACHE."""
        state = self.__dict__
        cls = type(self)
        key = [cls]
        for name in constructor_names(cls):
            if name in state and name[0] != "_":
                value = state[name]
                if value is None:
                    continue
                part = _keyed(value)
                if part is NO_CACHE:
                    return NO_CACHE
                key += (name, part)  # type: ignore[arg-type]
        for name, variant in self._variant_mapping.items():
            part = variant._static_cache_key
            if part is NO_CACHE:
                return NO_CACHE
            key += ("variant", name, part)  # type: ignore[arg-type]
        found = tuple(key)
        try:
            hash(found)
        except TypeError:
            return NO_CACHE
        return found

    def compile(self, dialect: Optional[Dialect] = None) -> str:
        """The DDL text of this type, for ``dialect`` or for a plain default one."""
        if dialect is None:
            dialect = self._default_dialect()
        text: str = dialect.type_compiler_instance.process(self)
        return text

    def _default_dialect(self) -> Dialect:
        dialect: Dialect = forward.string_dialect()
        return dialect

    def __str__(self) -> str:
        return str(self.compile())

    def repr_struct(self) -> str:
        """The text that repr() shows."""
        return type_repr(self)

    def __repr__(self) -> str:
        return self.repr_struct()

    def __getstate__(self) -> Dict[str, Any]:
        state = self.__dict__.copy()
        state.pop("_static_cache_key", None)
        return state


def to_instance(typeobj: Union[Type[TypeEngine[Any]], TypeEngine[Any], None], *arg: Any, **kw: Any) -> TypeEngine[Any]:
    """The type itself, or an instance made with the arguments when a class or other callable is given.

    None gives the null type.
    """
    if typeobj is None:
        return _null_type
    made = typeobj(*arg, **kw) if callable(typeobj) else typeobj
    if not hasattr(made, "_unwrapped_dialect_impl"):
        raise exc.ArgumentError("expected a SQL type such as Integer or String(30), found %r" % (typeobj,))
    return made


def adapt_type(typeobj: Any, colspecs: Mapping[Any, Type[TypeEngine[Any]]]) -> TypeEngine[Any]:
    """The type that a dialect with this table of implementations uses in place of ``typeobj``."""
    given = to_instance(typeobj)
    cls = type(given)
    for base in cls.__mro__[:-1]:
        impl = colspecs.get(base)
        if impl is not None:
            if issubclass(cls, impl):
                return given
            return given.adapt(impl)
    return given
