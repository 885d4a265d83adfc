"""Types whose values have parts: JSON, arrays, tuples, UUIDs, pickled objects.

Structured types of a single database live in its dialect.
"""

from __future__ import annotations

from typing import Any
from typing import Callable
from typing import Optional
from typing import Tuple
from typing import Type
from typing import TYPE_CHECKING
from typing import TypeVar

from .basic import Concatenable
from .basic import Float
from .basic import Integer
from .basic import LargeBinary
from .basic import NULLTYPE
from .basic import Numeric
from .basic import quote_literal
from .basic import String
from .basic import Unicode
from .enums import Boolean
from .. import operators
from ..base import SchemaEventTarget
from ..type_api.decorator import Emulated
from ..type_api.decorator import NativeForEmulated
from ..type_api.decorator import TypeDecorator
from ..type_api.engine import Processor
from ..type_api.engine import to_instance
from ..type_api.engine import TypeEngine
from ..type_api.engine import TypeEngineMixin
from ..type_api.engine import unless_none
from ..type_api.engine import value_type
from ..visitors import Visitable
from ... import exc
from ... import util

if TYPE_CHECKING:
    import uuid
    from typing import Union

    from typing_extensions import Literal
    from typing_extensions import overload

    from ..typing import Dialect

__all__ = (
    "ARRAY",
    "Indexable",
    "JSON",
    "PickleType",
    "TupleType",
    "UUID",
    "Uuid",
)

_U = TypeVar("_U", bound="Union[uuid.UUID, str]")


class Indexable(TypeEngineMixin):
    """Mixin of types whose values have elements reached by ``[]``."""

    class Comparator(TypeEngine.Comparator[Any]):
        """Gives ``[]`` to expressions."""

        __slots__ = ()

        def _setup_getitem(self, index: Any) -> Tuple[Any, Any, Optional[TypeEngine[Any]], TypeEngine[Any]]:
            """Operator, index, type of the index when it is a plain value (None: by the value), type of the result."""
            raise NotImplementedError("%s does not say what an index means" % type(self.type).__name__)

        def __getitem__(self, index: Any) -> Any:
            operator, index, index_type, result_type = self._setup_getitem(index)
            return self.operate(operator, index, bindparam_type=index_type, result_type=result_type)

    comparator_factory: Any = Comparator


# ---------------------------------------------------------------- JSON


class JSON(Indexable, TypeEngine[Any]):
    """JSON documents, on databases that have them.

    ``column["key"]``, ``column[5]`` and ``column["path", 3, "to"]`` are expressions for parts of the document;
    ``.as_string()``, ``.as_integer()`` and so on turn such a part into an SQL value.

    :param none_as_null: whether None is stored as SQL NULL rather than as the document ``null``.
    """

    __visit_name__ = "JSON"
    operator_classes = operators.OperatorClass.JSON
    hashable = False

    NULL = util.symbol("JSON_NULL")
    """The document ``null``, whatever ``none_as_null`` says."""

    def __init__(self, none_as_null: bool = False) -> None:
        self.none_as_null = none_as_null

    class JSONElementType(TypeEngine[Any]):
        """An index into a document, as a bound value."""

        _integer = Integer()
        _string = String()

        def string_bind_processor(self, dialect: Dialect) -> Optional[Processor]:
            """How a text index is bound."""
            return self._string._cached_bind_processor(dialect)

        def string_literal_processor(self, dialect: Dialect) -> Optional[Callable[[Any], str]]:
            """How a text index is rendered."""
            return self._string._cached_literal_processor(dialect)

        def bind_processor(self, dialect: Dialect) -> Optional[Processor]:
            """Numbers and text, each as its type does."""
            number = self._integer._cached_bind_processor(dialect)
            text = self.string_bind_processor(dialect)
            if number is None and text is None:
                return None

            def process(value: Any) -> Any:
                if number is not None and isinstance(value, int):
                    return number(value)
                if text is not None and isinstance(value, str):
                    return text(value)
                return value

            return process

        def literal_processor(self, dialect: Dialect) -> Optional[Callable[[Any], str]]:
            """Numbers and text, each as its type does."""
            number = self._integer._cached_literal_processor(dialect)
            text = self.string_literal_processor(dialect)

            def process(value: Any) -> str:
                if number is not None and isinstance(value, int):
                    return number(value)
                if text is not None and isinstance(value, str):
                    return text(value)
                raise NotImplementedError("A JSON index is a number or text, not %r" % (value,))

            return process

    class JSONIndexType(JSONElementType):
        """A single index, for dialects that treat numbers and text alike."""

    class JSONIntIndexType(JSONIndexType):
        """A number as index."""

    class JSONStrIndexType(JSONIndexType):
        """Text as index."""

    class JSONPathType(JSONElementType):
        """Several indexes, one within the other."""

        __visit_name__ = "json_path"

    class Comparator(Indexable.Comparator, Concatenable.Comparator):
        """The operators of documents."""

        __slots__ = ()

        def _setup_getitem(self, index: Any) -> Tuple[Any, Any, Optional[TypeEngine[Any]], TypeEngine[Any]]:
            if isinstance(index, (list, tuple, bytes, range)):
                return operators.json_path_getitem_op, index, JSON.JSONPathType(), self.type
            kind = JSON.JSONIntIndexType if isinstance(index, int) else JSON.JSONStrIndexType
            return operators.json_getitem_op, index, kind(), self.type

        def as_boolean(self) -> Any:
            """The indexed part as a boolean."""
            return self._part_as(Boolean(), "as_boolean")

        def as_string(self) -> Any:
            """The indexed part as text."""
            return self._part_as(Unicode(), "as_string")

        def as_integer(self) -> Any:
            """The indexed part as an integer."""
            return self._part_as(Integer(), "as_integer")

        def as_float(self) -> Any:
            """The indexed part as a float."""
            return self._part_as(Float(), "as_float")

        def as_numeric(self, precision: int, scale: int, asdecimal: bool = True) -> Any:
            """The indexed part as an exact number."""
            return self._part_as(Numeric(precision, scale, asdecimal=asdecimal), "as_numeric")

        def as_json(self) -> Any:
            """The indexed part as a document, which it is by default."""
            return self.expr

        def _part_as(self, typ: TypeEngine[Any], name: str) -> Any:
            operator = getattr(self.expr, "operator", None)
            if operator not in (operators.json_getitem_op, operators.json_path_getitem_op):
                raise exc.InvalidRequestError(
                    "%s() needs an indexed part of a JSON expression, as in col['key'].%s()" % (name, name)
                )
            expr = self.expr._clone()
            expr.type = typ
            expr.__dict__.pop("comparator", None)
            return expr

    comparator_factory = Comparator

    @property
    def should_evaluate_none(self) -> bool:
        """Whether None is stored as the document ``null``."""
        return not self.none_as_null

    @should_evaluate_none.setter
    def should_evaluate_none(self, value: bool) -> None:
        self.none_as_null = not value

    _string_impl = String()

    def _encoder(self, dialect: Dialect) -> Callable[[Any], Optional[str]]:
        serialize = getattr(dialect, "_json_serializer", None)
        if serialize is None:
            import json

            serialize = json.dumps
        none_as_null = self.none_as_null
        document_null = self.NULL

        def encode(value: Any) -> Optional[str]:
            if value is None:
                if none_as_null:
                    return None
            elif value is document_null:
                value = None
            elif getattr(value, "__visit_name__", None) == "null":
                return None
            return serialize(value)

        return encode

    def bind_processor(self, dialect: Dialect) -> Optional[Processor]:
        """The document as text, by the ``json_serializer`` of the engine or ``json.dumps``."""
        encode = self._encoder(dialect)
        text = self._string_impl.bind_processor(dialect)
        if text is None:
            return encode
        return lambda value: text(encode(value))

    def result_processor(self, dialect: Dialect, coltype: object) -> Optional[Processor]:
        """The text as a document, by the ``json_deserializer`` of the engine or ``json.loads``."""
        deserialize = getattr(dialect, "_json_deserializer", None)
        if deserialize is None:
            import json

            deserialize = json.loads
        return unless_none(deserialize)

    def literal_processor(self, dialect: Dialect) -> Optional[Callable[[Any], str]]:
        """The text of the document, quoted; NULL for None with ``none_as_null``."""
        encode = self._encoder(dialect)

        def process(value: Any) -> str:
            text = encode(value)
            return "NULL" if text is None else quote_literal(text, dialect)

        return process


# ---------------------------------------------------------------- arrays


class ARRAY(SchemaEventTarget, Indexable, Concatenable, TypeEngine[Any]):
    """Arrays of one type, on databases that have them.

    :param item_type: the type of the elements.
    :param as_tuple: whether values are tuples rather than lists.
    :param dimensions: how many dimensions there are; without it, as many as the values have.
    :param zero_indexes: whether indexes in Python count from zero; they are moved by one in SQL.
    """

    __visit_name__ = "ARRAY"
    _is_array = True
    operator_classes = operators.OperatorClass.ARRAY
    zero_indexes = False

    def __init__(
        self, item_type: Any, as_tuple: bool = False, dimensions: Optional[int] = None, zero_indexes: bool = False
    ) -> None:
        if isinstance(item_type, ARRAY):
            raise ValueError("ARRAY holds no ARRAY; say how many dimensions it has with dimensions=")
        self.as_tuple = as_tuple
        self.dimensions = dimensions
        self.zero_indexes = zero_indexes
        self.item_type = to_instance(item_type)

    class Comparator(Indexable.Comparator, Concatenable.Comparator):
        """The operators of arrays."""

        __slots__ = ()

        def _setup_getitem(self, index: Any) -> Tuple[Any, Any, Optional[TypeEngine[Any]], TypeEngine[Any]]:
            typ = self.type
            if isinstance(index, slice):
                if typ.zero_indexes:
                    index = slice(_one_up(index.start), _one_up(index.stop), index.step)
                return operators.getitem, index, Integer(), typ
            if typ.zero_indexes:
                index += 1
            if typ.dimensions is None or typ.dimensions == 1:
                return operators.getitem, index, None, typ.item_type
            return operators.getitem, index, None, typ.adapt(typ.__class__, dimensions=typ.dimensions - 1)

        def contains(self, *arg: Any, **kw: Any) -> Any:
            """Not available on the generic type; the ARRAY of a dialect has it."""
            raise NotImplementedError(
                "contains() of the generic ARRAY has no SQL; use the ARRAY type of the database's own package"
            )

        def any(self, other: Any, operator: Any = None) -> Any:
            """``other <operator> ANY (array)``; ``other == any_(array)`` is the newer spelling."""
            return self._compared(self.expr.any_(), other, operator)

        def all(self, other: Any, operator: Any = None) -> Any:
            """``other <operator> ALL (array)``; ``other == all_(array)`` is the newer spelling."""
            return self._compared(self.expr.all_(), other, operator)

        def _compared(self, collection: Any, other: Any, operator: Any) -> Any:
            util.warn_deprecated(
                "any() and all() of arrays will be removed: write value == any_(array) or value == all_(array)", "2.1"
            )
            item_type = self.type.item_type
            if not hasattr(other, "__clause_element__") and not isinstance(other, Visitable):
                other = self.expr._bound_value(operators.eq, other, type_=item_type)
            elif getattr(other, "_is_bind_parameter", False) and other.type._isnull:
                other = other._with_binary_element_type(item_type)
            return collection.operate(operators.mirror(operator or operators.eq), other)

    comparator_factory = Comparator

    @property
    def hashable(self) -> bool:  # type: ignore[override]
        """Whether values are tuples."""
        return self.as_tuple

    @property
    def python_type(self) -> Type[Any]:
        """``list``."""
        return list

    def compare_values(self, x: Any, y: Any) -> bool:
        """Whether two arrays are equal."""
        same: bool = x == y
        return same

    def _set_parent(self, parent: Any, outer: bool = False, **kw: Any) -> None:
        if not outer and isinstance(self.item_type, SchemaEventTarget):
            self.item_type._set_parent(parent, **kw)

    def _set_parent_with_dispatch(self, parent: Any, **kw: Any) -> None:
        super()._set_parent_with_dispatch(parent, outer=True)
        if isinstance(self.item_type, SchemaEventTarget):
            self.item_type._set_parent_with_dispatch(parent)

    def literal_processor(self, dialect: Dialect) -> Optional[Callable[[Any], str]]:
        """The elements in brackets, each as its type writes it."""
        element = self.item_type.dialect_impl(dialect).literal_processor(dialect)
        if element is None:
            return None
        return lambda value: self._nested(value, self.dimensions, element, _bracketed)

    def _nested(
        self, value: Any, dimensions: Optional[int], element: Optional[Processor], collect: Callable[[Any], Any]
    ) -> Any:
        """``value`` with ``element`` applied to its innermost items and ``collect`` to each level."""
        if dimensions is None:
            value = list(value)
            deeper = bool(value) and isinstance(value[0], (list, tuple))
            if not deeper:
                return collect(value if element is None else (element(item) for item in value))
            return collect(self._nested(item, None, element, collect) for item in value)
        if dimensions == 1:
            return collect(value if element is None else (element(item) for item in value))
        return collect(
            None if item is None else self._nested(item, dimensions - 1, element, collect) for item in value
        )


def _bracketed(items: Any) -> str:
    return "[%s]" % ", ".join(items)


def _one_up(bound: Any) -> Any:
    return None if bound is None else bound + 1


class TupleType(TypeEngine[Any]):
    """The type of a tuple of expressions; it has no values of its own and no place in DDL."""

    _is_tuple_type = True
    operator_classes = operators.OperatorClass.TUPLE

    def __init__(self, *types: Any) -> None:
        self._fully_typed = NULLTYPE not in types
        self.types = [typ() if isinstance(typ, type) else typ for typ in types]

    @util.memoized_property
    def _static_cache_key(self) -> Any:
        parts = tuple([typ._static_cache_key for typ in self.types])
        return (type(self),) + parts

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """This type for a tuple or list of values, else what the value says."""
        if isinstance(value, (tuple, list)):
            return self._resolve_values_to_types(value)
        return super().coerce_compared_value(op, value)

    def _resolve_values_to_types(self, value: Any) -> TupleType:
        """This type, or one with the places that have no type yet taken from ``value``."""
        if self._fully_typed:
            return self
        return TupleType(
            *[value_type(item) if typ is NULLTYPE else typ for typ, item in zip(self.types, value)]
        )

    def result_processor(self, dialect: Dialect, coltype: object) -> Optional[Processor]:
        """NotImplementedError: no row holds a tuple."""
        raise NotImplementedError("A tuple of expressions cannot be a column of a result; select its parts instead")


# ---------------------------------------------------------------- UUID


_uuid_parts: Any = None


def _load_uuid() -> Any:
    global _uuid_parts
    if _uuid_parts is None:
        import uuid

        _uuid_parts = uuid.UUID, object.__new__, object.__setattr__, uuid.SafeUUID.unknown
    return _uuid_parts


def _uuid_from_text() -> Processor:
    """A function from the text of a UUID to the UUID, built without its slow constructor where that is safe."""
    cls, new, put, unknown = _load_uuid()

    def convert(text: Any) -> Any:
        if text.__class__ is str and len(text) == 32:
            made = new(cls)
            put(made, "int", int(text, 16))
            put(made, "is_safe", unknown)
            return made
        return text if isinstance(text, cls) else cls(text)

    return convert


class Uuid(Emulated, TypeEngine[_U]):
    """UUIDs: the database's own type where it has one, else CHAR(32).

    :param as_uuid: whether values are ``uuid.UUID`` rather than text.
    :param native_uuid: False for CHAR(32) everywhere.
    """

    __visit_name__ = "uuid"
    operator_classes = (
        operators.OperatorClass.BASE | operators.OperatorClass.COMPARISON
    )
    length: Optional[int] = None
    collation: Optional[str] = None
    collation_schema: Optional[str] = None

    if TYPE_CHECKING:

        @overload
        def __init__(self: Uuid[uuid.UUID], as_uuid: Literal[True] = True, native_uuid: bool = True) -> None: ...

        @overload
        def __init__(self: Uuid[str], as_uuid: bool = True, native_uuid: bool = True) -> None: ...

    def __init__(self, as_uuid: bool = True, native_uuid: bool = True) -> None:
        self.as_uuid = as_uuid
        self.native_uuid = native_uuid

    @property
    def python_type(self) -> Type[Any]:
        """``uuid.UUID`` or ``str``."""
        return _load_uuid()[0] if self.as_uuid else str

    @property
    def native(self) -> bool:  # type: ignore[override]
        """Whether the database's own type is used where there is one."""
        return self.native_uuid

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """This type for text too; the type of the value otherwise."""
        if isinstance(value, str):
            return self
        return super().coerce_compared_value(op, value)

    def _as_text(self, dialect: Dialect) -> bool:
        return not dialect.supports_native_uuid or not self.native_uuid

    def bind_processor(self, dialect: Dialect) -> Optional[Processor]:
        """32 hexadecimal digits, unless the database has the type itself."""
        if not self._as_text(dialect):
            return None
        return unless_none(_hex_digits if self.as_uuid else _without_hyphens)

    def result_processor(self, dialect: Dialect, coltype: object) -> Optional[Processor]:
        """The ``uuid.UUID`` or its text."""
        if self._as_text(dialect):
            convert = _uuid_from_text()
            return unless_none(convert if self.as_uuid else lambda value: str(convert(value)))
        return None if self.as_uuid else unless_none(str)

    def literal_processor(self, dialect: Dialect) -> Optional[Callable[[Any], str]]:
        """The digits, quoted; with hyphens where the database has the type itself."""
        if self._as_text(dialect):
            render: Callable[[Any], str] = _hex_digits if self.as_uuid else _without_hyphens
        else:
            render = str
        return lambda value: "'%s'" % render(value).replace("'", "''")


def _hex_digits(value: Any) -> str:
    digits: str = value.hex
    return digits


def _without_hyphens(value: Any) -> str:
    digits: str = value.replace("-", "")
    return digits


class UUID(Uuid[_U], NativeForEmulated):
    """The type UUID, on databases that have it.

    :param as_uuid: whether values are ``uuid.UUID`` rather than text.
    """

    __visit_name__ = "UUID"

    if TYPE_CHECKING:

        @overload
        def __init__(self: UUID[uuid.UUID], as_uuid: Literal[True] = True) -> None: ...

        @overload
        def __init__(self: UUID[str], as_uuid: bool = True) -> None: ...

    def __init__(self, as_uuid: bool = True) -> None:
        self.as_uuid = as_uuid
        self.native_uuid = True

    @classmethod
    def adapt_emulated_to_native(cls, impl: Any, **kw: Any) -> Any:
        """The native type for a generic one."""
        kw.setdefault("as_uuid", impl.as_uuid)
        return cls(**kw)


# ---------------------------------------------------------------- pickles


class PickleType(TypeDecorator[object]):
    """Python objects, pickled into a binary column.

    :param protocol: the pickle protocol; by default the highest.
    :param pickler: an object with ``dumps`` and ``loads``; by default the ``pickle`` module.
    :param comparator: a function that tells whether two values are equal; by default ``==``.
    :param impl: the binary type to store in; by default LargeBinary.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(
        self, protocol: Optional[int] = None, pickler: Any = None, comparator: Any = None, impl: Any = None
    ) -> None:
        import pickle

        super().__init__()
        if impl:
            self.impl = to_instance(impl)  # type: ignore[assignment]
        self.comparator = comparator
        self.pickler = pickler or pickle
        self.protocol = pickle.HIGHEST_PROTOCOL if protocol is None else protocol

    def __reduce__(self) -> Any:
        return PickleType, (self.protocol, None, self.comparator)

    @property
    def _static_cache_key(self) -> Any:
        return (PickleType, self.protocol, self.impl_instance._static_cache_key)

    def bind_processor(self, dialect: Dialect) -> Processor:
        """Pickles the value, then does what the type below does."""
        after = self.impl_instance.bind_processor(dialect)
        dumps, protocol = self.pickler.dumps, self.protocol
        if after is None:
            return unless_none(lambda value: dumps(value, protocol))
        return lambda value: after(None if value is None else dumps(value, protocol))

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:
        """Does what the type below does, then unpickles."""
        before = self.impl_instance.result_processor(dialect, coltype)
        loads = self.pickler.loads
        if before is None:
            return unless_none(loads)

        def process(value: Any) -> Any:
            value = before(value)
            return None if value is None else loads(value)

        return process

    def literal_processor(self, dialect: Dialect) -> Optional[Callable[[Any], str]]:
        """None: a pickle cannot be written into SQL text."""
        return None

    def compare_values(self, x: Any, y: Any) -> bool:
        """Whether two values are equal, by the comparator given or ``==``."""
        same: bool = self.comparator(x, y) if self.comparator else x == y
        return same

    def repr_struct(self) -> str:
        """The class without arguments."""
        return type(self).__name__ + "()"
