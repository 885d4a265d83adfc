"""Enum, Boolean, and what types share that bring schema objects along: a CHECK constraint, a type to create.

The constraints themselves are made by ``sql.schema``, which registers its maker here.
"""

from __future__ import annotations

import functools
from typing import Any
from typing import Callable
from typing import Dict
from typing import List
from typing import Optional
from typing import Sequence
from typing import Tuple
from typing import Type
from typing import TYPE_CHECKING

from .basic import String
from .. import operators
from ..base import SchemaEventTarget
from ..names import quoted_name
from ..type_api.decorator import Emulated
from ..type_api.engine import constructor_copy
from ..type_api.engine import constructor_names
from ..type_api.engine import Processor
from ..type_api.engine import TypeEngine
from ..type_api.engine import TypeEngineMixin
from ..type_api.engine import unless_none
from ... import event
from ... import exc
from ... import util
from ...util import typing

if TYPE_CHECKING:
    from ..typing import DialectLike

__all__ = (
    "BOOLEAN",
    "Boolean",
    "Enum",
    "MatchType",
    "SchemaType",
    "constraint_maker",
)

_makers: Dict[str, Callable[..., Any]] = {}


def constraint_maker(kind: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register what makes the constraint of a type.

    ``maker(type_, column, values, create_rule)`` returns a constraint that is not yet attached to a table.
    """

    def register(maker: Callable[..., Any]) -> Callable[..., Any]:
        _makers[kind] = maker
        return maker

    return register


_UNSET: Any = util.symbol("NOT_SPECIFIED")


class SchemaType(SchemaEventTarget, TypeEngineMixin):
    """Mixin of types that bring schema objects along.

    Such a type listens to the creation and removal of the table, or of the MetaData when it has one, and passes the
    events to the type that the dialect uses in its place.
    """

    name: Optional[str]
    metadata: Any
    """The MetaData with which the type is created and dropped, when it is not with each table."""
    _translatable = True
    _create_events = True

    def __init__(
        self,
        name: Optional[str] = None,
        schema: Any = _UNSET,
        metadata: Any = None,
        inherit_schema: Any = _UNSET,
        quote: Optional[bool] = None,
        create_type: bool = True,
        _create_events: bool = True,
        _adapted_from: Optional[SchemaType] = None,
    ) -> None:
        if name is None or (quote is None and isinstance(name, quoted_name)):
            self.name = name
        else:
            self.name = quoted_name(name, quote)
        self._schema_given = schema is not _UNSET
        self._inherit_schema = bool(inherit_schema) and inherit_schema is not _UNSET
        if self._inherit_schema and _adapted_from is None:
            util.warn_deprecated("the inherit_schema parameter is deprecated; give schema= to the type", "2.1")
            if self._schema_given and schema is not None:
                raise exc.ArgumentError(
                    "inherit_schema=True and schema= exclude each other; found schema=%r" % (schema,)
                )
        if self._schema_given:
            self.schema = schema
        else:
            self.schema = None if metadata is None else metadata.schema
        self.metadata = metadata
        self.create_type = create_type
        self._create_events = _create_events
        if _create_events and metadata is not None:
            self._listen(metadata, "metadata", None)
            self._register_with(metadata)
        if _adapted_from is not None and _adapted_from.__dict__.get("dispatch") is not None:
            self.dispatch = self.dispatch.join(_adapted_from.dispatch)

    @property
    def inherit_schema(self) -> bool:
        """Whether the type takes the schema of its table; deprecated."""
        util.warn_deprecated("inherit_schema is deprecated: read the schema of the type", "2.1")
        return self._inherit_schema

    def _register_with(self, metadata: Any) -> None:
        if self.name is not None:
            metadata._add_object(self)

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        """Wait for the column's table."""
        parent._on_table_attach(self._set_table)

    def _variants_of(self, column: Any) -> Any:
        """Type by dialect name with the column's own under ``_default``; None when there are no variants."""
        mapping = column.type._variant_mapping
        if not mapping:
            return None
        known = dict(mapping)
        known["_default"] = column.type
        return known

    def _listen(self, target: Any, kind: str, variants: Any) -> None:
        """Hear of the creation and removal of a table or MetaData."""
        for name, verb in (("before_create", "create"), ("after_drop", "drop")):
            method = getattr(self, "_on_%s_%s" % (kind, verb))
            event.listen(target, name, functools.partial(method, variant_mapping=variants))

    def _set_table(self, column: Any, table: Any) -> None:
        metadata = table.metadata
        if self._inherit_schema and table.schema is not None:
            self.schema = table.schema
        elif not self._schema_given and self.schema is None:
            self.schema = metadata.schema if self.metadata is None else self.metadata.schema
        self._listen_to_table(column, table)

    def _listen_to_table(self, column: Any, table: Any) -> None:
        if not self._create_events:
            return
        variants = self._variants_of(column)
        self._listen(table, "table", variants)
        if self.metadata is None:
            self.metadata = table.metadata
            self._listen(table.metadata, "metadata", variants)
            self._register_with(table.metadata)

    def copy(self, **kw: Any) -> Any:
        """A copy that does not listen to the MetaData a second time."""
        return self.adapt(self.__class__, _create_events=True, **self._copied_place(kw))

    def _copied_place(self, kw: Dict[str, Any]) -> Dict[str, Any]:
        """Schema and MetaData of a copy: those of the table it is copied with, or the given ones."""
        place: Dict[str, Any] = {}
        if "schema" in kw:
            place["schema"] = kw["schema"]
        elif self._schema_given:
            place["schema"] = self.schema
        if "metadata" in kw:
            place["metadata"] = None
        return place

    def adapt(self, cls: Any, **kw: Any) -> Any:
        """A ``cls`` with this type's arguments that hears this type's events."""
        kw.setdefault("_create_events", False)
        kw.setdefault("_adapted_from", self)
        if "schema" in constructor_names(cls):
            kw.setdefault("inherit_schema", self._inherit_schema or _UNSET)
            kw.setdefault("schema", self.schema)
        return super().adapt(cls, **kw)  # type: ignore[misc]

    def create(self, bind: Any, checkfirst: Any = False) -> None:
        """Issue CREATE for this type where the dialect has such a thing.

        :param bind: the engine or connection.
        :param checkfirst: whether to look first if it exists.
        """
        impl = self.dialect_impl(bind.dialect)  # type: ignore[attr-defined]
        if isinstance(impl, SchemaType) and impl.__class__ is not self.__class__:
            impl.create(bind, checkfirst=checkfirst)

    def drop(self, bind: Any, checkfirst: Any = False) -> None:
        """Issue DROP for this type where the dialect has such a thing.

        :param bind: the engine or connection.
        :param checkfirst: whether to look first if it exists.
        """
        impl = self.dialect_impl(bind.dialect)  # type: ignore[attr-defined]
        if isinstance(impl, SchemaType) and impl.__class__ is not self.__class__:
            impl.drop(bind, checkfirst=checkfirst)

    def _pass_on(self, name: str, target: Any, bind: Any, kw: Dict[str, Any]) -> None:
        """Hand an event to the dialect's type, when this type is the one in use there."""
        variants = kw.pop("variant_mapping", None)
        if variants and not self._in_use(bind.dialect, variants):
            return
        impl = self.dialect_impl(bind.dialect)  # type: ignore[attr-defined]
        if isinstance(impl, SchemaType) and impl.__class__ is not self.__class__:
            getattr(impl, name)(target, bind, **kw)

    def _in_use(self, dialect: DialectLike, variants: Any) -> bool:
        chosen = variants.get(dialect.name)
        if chosen is None:
            chosen = variants["_default"]
            return chosen is self
        return chosen is self

    def _on_table_create(self, target: Any, bind: Any, **kw: Any) -> None:
        self._pass_on("_on_table_create", target, bind, kw)

    def _on_table_drop(self, target: Any, bind: Any, **kw: Any) -> None:
        self._pass_on("_on_table_drop", target, bind, kw)

    def _on_metadata_create(self, target: Any, bind: Any, **kw: Any) -> None:
        self._pass_on("_on_metadata_create", target, bind, kw)

    def _on_metadata_drop(self, target: Any, bind: Any, **kw: Any) -> None:
        self._pass_on("_on_metadata_drop", target, bind, kw)

    def _should_create_constraint(self, compiler: Any, **kw: Any) -> bool:
        raise NotImplementedError()


class _ConstraintRule:
    """Tells the DDL compiler whether the constraint of a type is needed; picklable."""

    def __init__(self, type_: Any, variants: Any) -> None:
        self.type = type_
        self.variants = variants

    def __call__(self, compiler: Any, *arg: Any, **kw: Any) -> bool:
        return self.type._should_create_constraint(compiler, variant_mapping=self.variants)


class Enum(String, SchemaType, Emulated):
    """One of a fixed set of values: strings, or members of an ``enum.Enum``, of which the names are stored.

    :param enums: the strings, or one enumerated class.
    :param create_constraint: whether a CHECK constraint is made where the type is not native.
    :param metadata: the MetaData with which a native type is created and dropped.
    :param name: the name of the native type and of the CHECK constraint; by default the lower-case class name.
    :param native_enum: whether the database's own enumerated type is used where there is one.
    :param length: the length of the VARCHAR where it is not; by default that of the longest value.
    :param schema: the schema of the native type.
    :param quote: whether to quote the name.
    :param inherit_schema: whether the native type takes the schema of its table.
    :param validate_strings: whether strings that are not among the values are refused.
    :param values_callable: given the class, returns the strings to store in order of the members.
    :param sort_key_function: turns a value into one that sorts.
    :param omit_aliases: whether other names of a member are left out.
    """

    __visit_name__ = "enum"
    enum_class: Any
    values_callable: Any
    create_type = True

    def __init__(self, *enums: Any, **kw: Any) -> None:
        self._enum_init(enums, kw)

    @property
    def _enums_argument(self) -> Sequence[Any]:
        return self.enums if self.enum_class is None else [self.enum_class]

    def _enum_init(self, enums: Any, kw: Dict[str, Any]) -> None:
        self._native_given = kw.pop("native_enum", _UNSET)
        self.native_enum = True if self._native_given is _UNSET else self._native_given
        self.create_constraint = kw.pop("create_constraint", False)
        self.values_callable = kw.pop("values_callable", None)
        self._sort_key_function = kw.pop("sort_key_function", _UNSET)
        length_arg = kw.pop("length", _UNSET)
        self._omit_aliases = kw.pop("omit_aliases", True)
        self._disable_warnings = kw.pop("_disable_warnings", False)
        values, objects = self._parse_into_values(enums, kw)
        self._set_values(values, objects)
        self.validate_strings = kw.pop("validate_strings", False)
        length = max(map(len, self.enums)) if self.enums else 0
        if length_arg is not _UNSET and length_arg is not None:
            if length_arg < length and not self.native_enum:
                raise ValueError(
                    "length=%d is too short for the longest value, which has %d characters" % (length_arg, length)
                )
            if length_arg >= length or not self.native_enum:
                length = length_arg
        self._length_given = length_arg
        self._valid_lookup[None] = self._object_lookup[None] = None
        String.__init__(self, length=length)
        create_type = kw.pop("create_type", True)
        SchemaType.__init__(
            self,
            name=kw.pop("name", None),
            schema=kw.pop("schema", _UNSET),
            metadata=kw.pop("metadata", None),
            inherit_schema=kw.pop("inherit_schema", _UNSET),
            quote=kw.pop("quote", None),
            create_type=create_type,
            _create_events=kw.pop("_create_events", True),
            _adapted_from=kw.pop("_adapted_from", None),
        )
        if kw:
            raise TypeError("Enum takes no argument named %s" % ", ".join(map(repr, kw)))

    def _parse_into_values(self, enums: Any, kw: Dict[str, Any]) -> Tuple[List[Any], List[Any]]:
        if not enums and "_enums" in kw:
            enums = kw.pop("_enums")
        if len(enums) == 1 and hasattr(enums[0], "__members__"):
            self.enum_class = enums[0]
            members = self.enum_class.__members__
            if self._omit_aliases is True:
                members = {name: member for name, member in members.items() if member.name == name}
            values = self.values_callable(self.enum_class) if self.values_callable else list(members)
            kw.setdefault("name", self.enum_class.__name__.lower())
            return list(values), list(members.values())
        self.enum_class = None
        return list(enums), list(enums)

    def _set_values(self, values: List[Any], objects: List[Any]) -> None:
        self.enums = values
        self._valid_lookup = dict(zip(reversed(objects), reversed(values)))
        self._object_lookup: Dict[Any, Any] = dict(zip(values, objects))
        self._valid_lookup.update([(value, self._valid_lookup[self._object_lookup[value]]) for value in values])

    @property
    def sort_key_function(self) -> Any:  # type: ignore[override]
        """The stored string of a value, unless another function was given."""
        if self._sort_key_function is _UNSET:
            return self._db_value_for_elem
        return self._sort_key_function

    @property
    def native(self) -> bool:  # type: ignore[override]
        """Whether the database's own enumerated type is used where there is one."""
        return self.native_enum

    @property
    def _static_cache_key(self) -> Any:
        return (
            type(self),
            tuple(self.enums),
            self.enum_class,
            self.name,
            self.schema,
            self.native_enum,
            self.length,
            self.validate_strings,
            self.values_callable,
        ) + tuple([(name, variant._static_cache_key) for name, variant in self._variant_mapping.items()])

    def _db_value_for_elem(self, elem: Any) -> Any:
        """The string stored for a value; LookupError when it is none of the values."""
        try:
            return self._valid_lookup[elem]
        except (KeyError, TypeError) as err:
            if not self.validate_strings and isinstance(elem, str):
                return elem
            raise LookupError(
                "%r is not among the values of %s: %s"
                % (elem, "the enum %r" % str(self.name) if self.name else "this enum", _listed(self.enums))
            ) from err

    def _object_value_for_elem(self, elem: Any) -> Any:
        """The value for a stored string; LookupError when it is unknown."""
        try:
            return self._object_lookup[elem]
        except KeyError as err:
            raise LookupError(
                "The stored value %r is not among those of %s: %s"
                % (elem, "the enum %r" % str(self.name) if self.name else "this enum", _listed(self.enums))
            ) from err

    def _resolve_for_literal(self, value: Any) -> Any:
        types = type(value)
        return Enum(types) if self.enum_class is not types else self

    def _resolve_for_python_type(self, python_type: Any, matched_on: Any, matched_on_flattened: Any) -> Any:
        """This type for the class or Literal found in an annotation; its options are those given here."""
        import enum

        options: Dict[str, Any] = {}
        args: Tuple[Any, ...]
        if typing.is_literal(python_type):
            args = tuple([str(arg) for arg in typing.get_args(python_type) if arg is not None])
            options["native_enum"] = False
        elif isinstance(python_type, type) and issubclass(python_type, enum.Enum):
            args = (python_type,)
        else:
            return super()._resolve_for_python_type(python_type, matched_on, matched_on_flattened)
        given = self._enums_argument
        if len(given) == 1 and given[0] is enum.Enum or not given or self.enum_class is enum.Enum:
            if self._native_given is not _UNSET:
                options["native_enum"] = self._native_given
            if self._length_given is not _UNSET:
                options["length"] = self._length_given
            typ = self._make_enum_kw({"_enums": args})
            typ.update(options)
            if self.enum_class is enum.Enum and typ.get("name") == "enum":
                typ.pop("name")
            return type(self)(**typ)
        return self if tuple(given) == args else None

    class Comparator(String.Comparator):
        """The operators of strings; what is concatenated is text, no value of the enum."""

        __slots__ = ()

        def _adapt_expression(self, op: Any, other_comparator: Any) -> Tuple[Any, TypeEngine[Any]]:
            op, typ = super()._adapt_expression(op, other_comparator)
            if op is operators.concat_op:
                typ = String(self.type.length)
            return op, typ

    comparator_factory = Comparator

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        """An Enum of the same values."""
        return Enum(*self._enums_argument, **({} if self.enum_class is None else {"name": self.name}))

    def adapt_to_emulated(self, impltype: Any, **kw: Any) -> Any:
        """This type as ``impltype``."""
        self._make_enum_kw(kw)
        kw["_disable_warnings"] = True
        kw.setdefault("_create_events", False)
        kw.setdefault("_adapted_from", self)
        made = impltype(**kw)
        made._variant_mapping = self._variant_mapping
        return made

    def _make_enum_kw(self, kw: Dict[str, Any]) -> Dict[str, Any]:
        kw.setdefault("validate_strings", self.validate_strings)
        if self.name:
            kw.setdefault("name", self.name)
        kw.setdefault("schema", self.schema)
        kw.setdefault("inherit_schema", self._inherit_schema or _UNSET)
        kw.setdefault("metadata", self.metadata)
        kw.setdefault("native_enum", self.native_enum)
        kw.setdefault("values_callable", self.values_callable)
        kw.setdefault("create_constraint", self.create_constraint)
        kw.setdefault("length", self._length_given)
        kw.setdefault("omit_aliases", self._omit_aliases)
        kw.setdefault("sort_key_function", self._sort_key_function)
        if "_enums" not in kw:
            kw["_enums"] = self._enums_argument
        return kw

    def adapt(self, cls: Any, **kw: Any) -> Any:
        """This type as ``cls``, native or emulated."""
        kw["_enums"] = self._enums_argument
        kw["_disable_warnings"] = True
        return Emulated.adapt(self, cls, **kw) if issubclass(cls, Enum) or hasattr(
            cls, "adapt_emulated_to_native"
        ) else constructor_copy(self, cls)

    def copy(self, **kw: Any) -> Any:
        """A copy that hears this type's events."""
        return self.adapt_to_emulated(type(self), _create_events=True, **self._copied_place(kw))

    def _should_create_constraint(self, compiler: Any, **kw: Any) -> bool:
        variants = kw.get("variant_mapping")
        if variants and not self._in_use(compiler.dialect, variants):
            return False
        return not self.native_enum or not compiler.dialect.supports_native_enum

    def _set_table(self, column: Any, table: Any) -> None:
        SchemaType._set_table(self, column, table)
        if not self.create_constraint:
            return
        rule = _ConstraintRule(self, self._variants_of(column))
        _makers["check"](self, column, self.enums, rule)._set_parent_with_dispatch(table)

    def literal_processor(self, dialect: DialectLike) -> Callable[[Any], str]:
        """The stored string, quoted."""
        render = super().literal_processor(dialect)
        return lambda value: render(self._db_value_for_elem(value))

    def bind_processor(self, dialect: DialectLike) -> Processor:
        """The stored string of a value."""
        after = super().bind_processor(dialect)
        find = self._db_value_for_elem
        return find if after is None else lambda value: after(find(value))

    def result_processor(self, dialect: DialectLike, coltype: object) -> Processor:
        """The value for a stored string."""
        before = super().result_processor(dialect, coltype)
        find = self._object_value_for_elem
        return find if before is None else lambda value: find(before(value))

    @property
    def python_type(self) -> Type[Any]:
        """The enumerated class, or ``str``."""
        return self.enum_class or super().python_type

    def repr_struct(self) -> str:
        """The values with the options that were given."""
        shown = [repr(value) for value in self.enums]
        if self.name:
            shown.append("name=%r" % (self.name,))
        if self.schema:
            shown.append("schema=%r" % (self.schema,))
        if not self.native_enum:
            shown.append("native_enum=False")
        if self.create_constraint:
            shown.append("create_constraint=True")
        if self._length_given not in (_UNSET, None):
            shown.append("length=%r" % (self._length_given,))
        return "%s(%s)" % (type(self).__name__, ", ".join(shown))


def _listed(values: Sequence[Any], most: int = 4) -> str:
    """A few of the values, for messages."""
    shown = [str(value)[:20] for value in values]
    if len(shown) > most:
        shown = shown[: most - 1] + ["..."] + shown[-1:]
    return ", ".join(shown) or "there are none"


class Boolean(SchemaType, Emulated, TypeEngine[bool]):
    """True and false: the database's own type where it has one, else a small integer.

    :param create_constraint: whether a CHECK constraint is made where the type is not native.
    :param name: the name of that constraint.
    """

    __visit_name__ = "boolean"
    operator_classes = operators.OperatorClass.BOOLEAN
    native = True
    schema: Any = None
    metadata: Any = None
    _inherit_schema: Any = False

    def __init__(
        self,
        create_constraint: bool = False,
        name: Optional[str] = None,
        _create_events: bool = True,
        _adapted_from: Optional[SchemaType] = None,
    ) -> None:
        self.create_constraint = create_constraint
        self.name = name
        self._create_events = _create_events
        if _adapted_from is not None and _adapted_from.__dict__.get("dispatch") is not None:
            self.dispatch = self.dispatch.join(_adapted_from.dispatch)

    def copy(self, **kw: Any) -> Any:
        """A copy that hears this type's events."""
        return self.adapt(self.__class__, _create_events=True)

    def adapt_to_emulated(self, impltype: Any, **kw: Any) -> Any:
        """This type as ``impltype``."""
        made = constructor_copy(self, impltype, **kw)
        made._variant_mapping = self._variant_mapping
        return made

    def _should_create_constraint(self, compiler: Any, **kw: Any) -> bool:
        variants = kw.get("variant_mapping")
        if variants and not self._in_use(compiler.dialect, variants):
            return False
        dialect = compiler.dialect
        return not dialect.supports_native_boolean and dialect.non_native_boolean_check_constraint

    def _set_table(self, column: Any, table: Any) -> None:
        if not self.create_constraint:
            return
        rule = _ConstraintRule(self, self._variants_of(column))
        _makers["check"](self, column, [0, 1], rule)._set_parent_with_dispatch(table)

    @property
    def python_type(self) -> Type[Any]:
        """``bool``."""
        return bool

    def literal_processor(self, dialect: DialectLike) -> Callable[[Any], str]:
        """``true`` and ``false``, or 1 and 0."""
        words = ("false", "true") if dialect.supports_native_boolean else ("0", "1")
        return lambda value: words[_strict_bool(value)]

    def bind_processor(self, dialect: DialectLike) -> Processor:
        """True, False, 0 and 1 pass, as the database wants them; all else is refused."""
        kept = _BOOLEANS if dialect.supports_native_boolean else _BITS

        def process(value: Any) -> Any:
            try:
                return kept[value]
            except (KeyError, TypeError):
                return _refuse_bool(value)

        return process

    def result_processor(self, dialect: DialectLike, coltype: object) -> Optional[Processor]:
        """``bool``, unless the driver returns it."""
        return None if dialect.supports_native_boolean else _TO_BOOL


_BOOLEANS = {None: None, True: True, False: False}
_BITS = {None: None, True: 1, False: 0}
_TO_BOOL = unless_none(bool)


def _refuse_bool(value: Any) -> Any:
    if isinstance(value, int):
        raise ValueError("A Boolean is None, True, False, 0 or 1, not %r" % (value,))
    raise TypeError("A Boolean is None, True or False, not the %s %r" % (type(value).__name__, value))


def _strict_bool(value: Any) -> bool:
    try:
        return bool(_BITS[value])
    except (KeyError, TypeError):
        _refuse_bool(value)
        raise


class BOOLEAN(Boolean):
    """The type BOOLEAN."""

    __visit_name__ = "BOOLEAN"


class MatchType(Boolean):
    """The type of ``match()``: a boolean, or a score on databases that return one."""
