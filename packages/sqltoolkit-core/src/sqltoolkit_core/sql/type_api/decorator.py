"""TypeDecorator, UserDefinedType, Variant, and types that have a native and an emulated form.

What every type does lives in ``engine``.
"""

from __future__ import annotations

from typing import Any
from typing import Callable
from typing import Dict
from typing import Optional
from typing import Tuple
from typing import TYPE_CHECKING
from typing import TypeVar

from .engine import ExternalType
from .engine import Processor
from .engine import to_instance
from .engine import TypeEngine
from .engine import TypeEngineMixin
from .. import operators
from ..base import SchemaEventTarget
from ... import util

if TYPE_CHECKING:
    from ..typing import Dialect

__all__ = (
    "Emulated",
    "NativeForEmulated",
    "TypeDecorator",
    "UserDefinedType",
    "Variant",
)

_T = TypeVar("_T")
_SELF = TypeVar("_SELF")
_EQUALITY = frozenset(
    [operators.eq, operators.ne, operators.is_, operators.is_not, operators.is_distinct_from]
    + [operators.is_not_distinct_from, operators.lt, operators.le, operators.gt, operators.ge]
    + [operators.like_op, operators.not_like_op, operators.ilike_op, operators.not_ilike_op]
)


def _accepts_keywords(method: Callable[..., Any]) -> bool:
    code = getattr(getattr(method, "__wrapped__", method), "__code__", None)
    return code is None or bool(code.co_flags & 0x08)


def _swallow_keywords(method: Callable[..., Any]) -> Callable[..., Any]:
    def with_keywords(self: Any, *arg: Any, **kw: Any) -> Any:
        return method(self, *arg)

    with_keywords.__name__ = method.__name__
    with_keywords.__doc__ = method.__doc__
    with_keywords.__wrapped__ = method  # type: ignore[attr-defined]
    with_keywords.__kwdefaults__ = None
    return with_keywords


class UserDefinedType(ExternalType, TypeEngine[_T]):
    """Base of types for database types that this package does not know.

    A subclass gives ``get_col_spec(**kw)``, the DDL text, and what it needs of the processing methods.
    """

    __visit_name__ = "user_defined"
    _affinity_root = True

    ensure_kwarg = "get_col_spec"
    """Methods of subclasses with this name accept keyword arguments even when written without."""

    operator_classes = operators.OperatorClass.ANY

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        method = cls.__dict__.get(cls.ensure_kwarg)
        if method is not None and callable(method) and not _accepts_keywords(method):
            setattr(cls, cls.ensure_kwarg, _swallow_keywords(method))

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """This type itself: a plain value opposite to it is bound as one of its own."""
        return self


class Emulated(TypeEngineMixin):
    """Mixin of types that some databases have natively and others emulate by another type."""

    native: bool

    def adapt_to_emulated(self, impltype: Any, **kw: Any) -> Any:
        """This type as the emulated ``impltype``."""
        return TypeEngine.adapt(self, impltype, **kw)  # type: ignore[arg-type]

    def adapt(self, cls: Any, **kw: Any) -> Any:
        """This type as ``cls``, native or emulated."""
        if hasattr(cls, "adapt_emulated_to_native"):
            if self.native:
                return cls.adapt_emulated_to_native(self, **kw)
            return self.adapt_to_emulated(cls, **kw)
        if issubclass(cls, type(self)) or type(self) is cls:
            return self.adapt_to_emulated(cls, **kw)
        return TypeEngine.adapt(self, cls, **kw)  # type: ignore[arg-type]


class NativeForEmulated(TypeEngineMixin):
    """Mixin of the native form of an emulated type."""

    @classmethod
    def adapt_native_to_emulated(cls, impl: Any, **kw: Any) -> Any:
        """The generic type for a native one."""
        impltype = impl.__class__
        return impl.adapt(impltype, **kw)

    @classmethod
    def adapt_emulated_to_native(cls, impl: Any, **kw: Any) -> Any:
        """The native type for a generic one."""
        return cls(**kw)


class TypeDecorator(SchemaEventTarget, ExternalType, TypeEngine[_T]):
    """A type that adds processing in Python to another type, named by the class attribute ``impl``.

    Subclasses override ``process_bind_param``, ``process_result_value``, ``process_literal_param``,
    ``load_dialect_impl``, ``coerce_compared_value`` or the expression methods as they need, and set ``cache_ok``.
    """

    __visit_name__ = "type_decorator"
    _is_type_decorator = True

    impl: Any
    """The type that is decorated: a class on the class, an instance on the instance."""

    coerce_to_is_types: Any = (type(None),)
    """Python types whose values render ``== value`` as IS."""

    class Comparator(TypeEngine.Comparator[Any]):
        """The comparator of the decorated type, with the decorator's rule for IS."""

        __slots__ = ()

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """The expression that applies ``op`` to this one."""
            if op in _EQUALITY:
                kwargs["_python_is_types"] = self.expr.type.coerce_to_is_types
            return super().operate(op, *other, **kwargs)

        def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
            """The expression that applies ``op`` with this one on the right."""
            if op in _EQUALITY:
                kwargs["_python_is_types"] = self.expr.type.coerce_to_is_types
            return super().reverse_operate(op, other, **kwargs)

    class TDComparatorContainer:
        """Makes comparators that join the decorator's with the one of the decorated type."""

        _classes: Dict[Tuple[type, type], type] = {}

        def __init__(self, impl_instance: TypeEngine[Any]) -> None:
            self.impl_instance = impl_instance

        def __call__(self, expr: Any) -> TypeEngine.Comparator[Any]:
            """The comparator of ``expr``."""
            base = self.impl_instance.comparator_factory
            made: TypeEngine.Comparator[Any] = (_td_comparator(base) if isinstance(base, type) else base)(expr)
            return made

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Arguments go to the constructor of the decorated type."""
        if not hasattr(self.__class__, "impl"):
            raise AssertionError(
                "%s has no class attribute 'impl'; set it to the type that is to be decorated" % type(self).__name__
            )
        self.impl = to_instance(self.__class__.impl, *args, **kwargs)

    @property
    def impl_instance(self) -> TypeEngine[Any]:
        """The decorated type."""
        impl: TypeEngine[Any] = self.impl
        return impl

    @property
    def operator_classes(self) -> Any:  # type: ignore[override]
        """Those of the decorated type."""
        return self.impl.operator_classes

    @property
    def comparator_factory(self) -> Any:
        """The factory of comparators that know the decorator and the decorated type."""
        base = self.impl_instance.comparator_factory
        if isinstance(base, type) and issubclass(base, TypeDecorator.Comparator):
            return base
        if isinstance(base, type):
            return _td_comparator(base)
        return TypeDecorator.TDComparatorContainer(self.impl_instance)

    def _gen_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        variant = self._variant_mapping.get(dialect.name) if self._variant_mapping else None
        adapted: TypeEngine[Any] = dialect.type_descriptor(variant if variant is not None else self)
        if adapted is not self:
            return adapted
        typedesc = self.load_dialect_impl(dialect).dialect_impl(dialect)
        typ = self.copy()
        if not isinstance(typ, self.__class__):
            raise AssertionError(
                "copy() of %s returned a %s; it must return an instance of the same class"
                % (type(self).__name__, type(typ).__name__)
            )
        typ.impl = typedesc
        return typ

    def _set_parent(self, parent: Any, outer: bool = False, **kw: Any) -> None:
        """Pass the column on to the decorated type, which may bring constraints of its own."""
        super()._set_parent(parent)
        if not outer and isinstance(self.impl_instance, SchemaEventTarget):
            self.impl_instance._set_parent(parent, outer=False, **kw)

    def _set_parent_with_dispatch(self, parent: Any, outer: bool = False, **kw: Any) -> None:
        super()._set_parent_with_dispatch(parent, outer=True, **kw)
        if not outer and isinstance(self.impl_instance, SchemaEventTarget):
            self.impl_instance._set_parent_with_dispatch(parent)

    @util.memoized_property
    def _type_affinity(self) -> Any:
        return self.impl_instance._type_affinity

    def type_engine(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type below the decorator on ``dialect``."""
        adapted: TypeEngine[Any] = dialect.type_descriptor(self)
        if not isinstance(adapted, type(self)):
            return adapted
        return self.load_dialect_impl(dialect)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type to decorate on ``dialect``; override it to choose by dialect."""
        return self.impl_instance

    def _unwrapped_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        typ = self.dialect_impl(dialect)
        while isinstance(typ, TypeDecorator):
            inner = typ.load_dialect_impl(dialect)
            typ = inner.dialect_impl(dialect) if not isinstance(inner, TypeDecorator) else inner.impl_instance
        return typ.dialect_impl(dialect)

    def __getattr__(self, key: str) -> Any:
        """Attributes that the decorator lacks are those of the decorated type."""
        if key == "impl" or key.startswith("__"):
            raise AttributeError(key)
        return getattr(self.impl, key)

    # ------------------------------------------------------------ user hooks

    def process_literal_param(self, value: Any, dialect: Dialect) -> str:
        """The value to render inside SQL text; override it."""
        raise NotImplementedError()

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The value to hand to the decorated type; override it."""
        raise NotImplementedError()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The value to return for what the decorated type delivered; override it."""
        raise NotImplementedError()

    def _hooked(self, name: str) -> bool:
        """Whether a subclass overrides the hook ``name``."""
        return getattr(type(self), name) is not getattr(TypeDecorator, name)

    def literal_processor(self, dialect: Dialect) -> Optional[Callable[[Any], str]]:
        """Renders what the hooks return with the decorated type."""
        if self._hooked("process_literal_param"):
            process = self.process_literal_param
        elif self._hooked("process_bind_param"):
            process = self.process_bind_param
        else:
            return self.impl_instance.literal_processor(dialect)
        render = self.impl_instance.literal_processor(dialect)
        if render is None:
            return lambda value: process(value, dialect)
        return lambda value: render(process(value, dialect))

    def bind_processor(self, dialect: Dialect) -> Optional[Processor]:
        """The hook, then the processor of the decorated type."""
        after = self.impl_instance.bind_processor(dialect)
        if not self._hooked("process_bind_param"):
            return after
        process = self.process_bind_param
        if after is None:
            return lambda value: process(value, dialect)
        return lambda value: after(process(value, dialect))

    def result_processor(self, dialect: Dialect, coltype: object) -> Optional[Processor]:
        """The processor of the decorated type, then the hook."""
        before = self.impl_instance.result_processor(dialect, coltype)
        if not self._hooked("process_result_value"):
            return before
        process = self.process_result_value
        if before is None:
            return lambda value: process(value, dialect)
        return lambda value: process(before(value), dialect)

    def bind_expression(self, bindparam: Any) -> Any:
        """What the decorated type renders in place of a bound value."""
        return self.impl_instance.bind_expression(bindparam)

    def column_expression(self, column: Any) -> Any:
        """What the decorated type selects in place of a column."""
        return self.impl_instance.column_expression(column)

    @util.memoized_property
    def _has_bind_expression(self) -> bool:
        return self._expression_hook("bind_expression")

    @util.memoized_property
    def _has_column_expression(self) -> bool:
        return self._expression_hook("column_expression")

    def _expression_hook(self, name: str) -> bool:
        return self._hooked(name) or getattr(self.impl_instance, "_has_" + name)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """This type itself; override it where plain values opposite to it are of other types."""
        return self

    def copy(self: _SELF, **kw: Any) -> _SELF:
        """A shallow copy; no constructor is called."""
        instance = self.__class__.__new__(self.__class__)
        instance.__dict__.update(self.__dict__)
        for memo in ("_static_cache_key", "_type_affinity", "_has_bind_expression", "_has_column_expression"):
            instance.__dict__.pop(memo, None)
        return instance

    def get_dbapi_type(self, dbapi: Any) -> Optional[Any]:
        """That of the decorated type."""
        return self.impl.get_dbapi_type(dbapi)

    def compare_values(self, x: Any, y: Any) -> bool:
        """Whether two values are equal in the eyes of the decorated type."""
        return self.impl_instance.compare_values(x, y)

    @property
    def sort_key_function(self) -> Optional[Callable[[Any], Any]]:  # type: ignore[override]
        """That of the decorated type."""
        return self.impl_instance.sort_key_function

    def repr_struct(self) -> str:
        """The class with the arguments of the decorated type."""
        impl = self.impl_instance
        return type(self).__name__ + impl.repr_struct()[len(type(impl).__name__) :]


def _td_comparator(base: type) -> type:
    key = (TypeDecorator.Comparator, base)
    known = TypeDecorator.TDComparatorContainer._classes
    found = known.get(key)
    if found is None:
        found = known[key] = type("TDComparator", key, {"__slots__": (), "__reduce__": _reduce_comparator})
    return found


def _reduce_comparator(self: Any) -> Any:
    return _rebuild_comparator, (self.expr,)


def _rebuild_comparator(expr: Any) -> Any:
    return expr.type.comparator_factory(expr)


class Variant(TypeDecorator[_T]):
    """Name kept for ``isinstance`` tests; types hold their variants themselves, see ``with_variant()``."""

    def __init__(self, *arg: Any, **kw: Any) -> None:
        raise NotImplementedError("Variant is never made directly; call with_variant() on a type")

