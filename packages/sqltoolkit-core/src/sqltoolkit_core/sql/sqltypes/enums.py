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
    from ..typing import Dialect

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
            util.warn_deprecated("inherit_schema=True is deprecated; give the schema of the type as schema=", "2.1")
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
        self._hear_as_well(_adapted_from)

    def _hear_as_well(self, other: Optional[SchemaType]) -> None:
        """Pass this type's events to the listeners of the one that it stands in for."""
        if other is not None and other.__dict__.get("dispatch") is not None:
            self.dispatch = self.dispatch.join(other.dispatch)

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
        self.__dict__.pop("_static_cache_key", None)
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

    def _in_use(self, dialect: Dialect, variants: Any) -> bool:
        return variants.get(dialect.name, variants["_default"]) is self

    def _on_table_create(self, target: Any, bind: Any, **kw: Any) -> None:
        self._pass_on("_on_table_create", target, bind, kw)

    def _on_table_drop(self, target: Any, bind: Any, **kw: Any) -> None:
        self._pass_on("_on_table_drop", target, bind, kw)

    def _on_metadata_create(self, target: Any, bind: Any, **kw: Any) -> None:
        self._pass_on("_on_metadata_create", target, bind, kw)

    def _on_metadata_drop(self, target: Any, bind: Any, **kw: Any) -> None:
        self._pass_on("_on_metadata_drop", target, bind, kw)

    def _needs_check(self, dialect: Dialect) -> bool:
        """Whether values are held to those allowed by a CHECK constraint."""
        raise NotImplementedError()


class _ConstraintRule:
    """Tells the DDL compiler whether the constraint of a type is needed; picklable."""

    def __init__(self, type_: Any, variants: Any) -> None:
        self.type = type_
        self.variants = variants

    def __call__(self, compiler: Any, *arg: Any, **kw: Any) -> bool:
        dialect = compiler.dialect
        if self.variants and not self.type._in_use(dialect, self.variants):
            return False
        needed: bool = self.type._needs_check(dialect)
        return needed


_ENUM_ATTRIBUTES = (
    "native_enum",
    "validate_strings",
    "values_callable",
    "create_constraint",
    "schema",
    "metadata",
)
_ENUM_OPTIONS: Dict[str, Any] = {
    "native_enum": True,
    "validate_strings": False,
    "values_callable": None,
    "create_constraint": False,
    "omit_aliases": True,
    "length": _UNSET,
    "sort_key_function": None,
    "_members": (),
}
_SCHEMA_TYPE_OPTIONS = frozenset(
    ["name", "schema", "metadata", "inherit_schema", "quote", "create_type", "_create_events", "_adapted_from"]
)


class Enum(String, SchemaType, Emulated):
    """One of a fixed set of values: strings, or members of an ``enum.Enum``, of which the names are stored.

    :param enums: the strings, or one enumerated class.
    :param create_constraint: whether a CHECK constraint is made where the type is not native.
    :param metadata: the MetaData with which a native type is created and dropped.
    :param name: what the native type and the CHECK constraint are called; by default the lower-case class name.
    :param native_enum: whether the database's own enumerated type is used where there is one.
    :param length: the length of the VARCHAR where it is not; by default that of the longest value, None for no length.
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

    def _enum_init(self, enums: Tuple[Any, ...], kw: Dict[str, Any]) -> None:
        unknown = [name for name in kw if name not in _ENUM_OPTIONS and name not in _SCHEMA_TYPE_OPTIONS]
        if unknown:
            raise TypeError("Enum takes no argument named %s" % ", ".join(map(repr, unknown)))
        self._given = kw
        options = {**_ENUM_OPTIONS, **kw}
        self.native_enum = options["native_enum"]
        self.validate_strings = options["validate_strings"]
        self.values_callable = options["values_callable"]
        self.create_constraint = options["create_constraint"]
        self._omit_aliases = options["omit_aliases"]
        self._read_members(enums or options["_members"])
        if self.enum_class is not None:
            options.setdefault("name", self.enum_class.__name__.lower())
        String.__init__(self, length=self._length_for(options["length"]))
        SchemaType.__init__(self, **{name: options[name] for name in _SCHEMA_TYPE_OPTIONS if name in options})

    def _length_for(self, wanted: Optional[int]) -> Optional[int]:
        """The length of the VARCHAR that stores the values, given the one asked for."""
        needed = max(map(len, self.enums), default=0)
        if wanted is _UNSET:
            return needed
        if wanted is not None and wanted < needed:
            raise ValueError(
                "length=%d is too short for the longest value, which has %d characters" % (wanted, needed)
            )
        return wanted

    def _read_members(self, members: Sequence[Any]) -> None:
        """Take strings, or one enumerated class, as the values; the first of several equal ones stands for them."""
        self.enum_class = None
        self._members = objects = self.enums = list(members)
        if len(members) == 1 and hasattr(members[0], "__members__"):
            self.enum_class = cls = members[0]
            named = {
                name: member
                for name, member in cls.__members__.items()
                if self._omit_aliases is not True or member.name == name
            }
            objects = list(named.values())
            self.enums = list(self.values_callable(cls) if self.values_callable else named)
        for text in self.enums:
            if not isinstance(text, str):
                raise exc.ArgumentError("Enum takes strings or one enumerated class, found %r" % (text,))
        self._objects = dict(zip(self.enums, objects))
        stored = dict(zip(reversed(objects), reversed(self.enums)))
        stored.update({text: stored[self._objects[text]] for text in self.enums})
        self._stored = stored
        self._stored[None] = self._objects[None] = None

    @property
    def sort_key_function(self) -> Any:  # type: ignore[override]
        """The stored string of a value, unless another function was given."""
        return self._given.get("sort_key_function", self._db_value_for_elem)

    @property
    def native(self) -> bool:  # type: ignore[override]
        """Whether the database's own enumerated type is used where there is one."""
        return bool(self.native_enum)

    @util.memoized_property
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
            return self._stored[elem]
        except (KeyError, TypeError) as err:
            if not self.validate_strings and isinstance(elem, str):
                return elem
            raise LookupError(
                "%r is not among the values of %s: %s"
                % (elem, "the enum %r" % str(self.name) if self.name else "this enum", _listed(self.enums))
            ) from err

    def _object_of(self, elem: Any) -> Any:
        """The value for a stored string; LookupError when it is unknown."""
        try:
            return self._objects[elem]
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

        arguments = self._arguments()
        if typing.is_pep695(python_type) and (not self._members or self.enum_class is enum.Enum):
            python_type = typing.pep695_value(python_type)
            if not typing.is_literal(python_type):
                raise exc.ArgumentError(
                    "An Enum of no particular values can't be made of the alias %r, which stands for %r and not for a "
                    "Literal" % (matched_on, python_type)
                )
        if typing.is_literal(python_type):
            members: List[Any] = list(typing.get_args(python_type))
            wrong = [member for member in members if not isinstance(member, str)]
            if wrong and (not self._members or self.enum_class is enum.Enum):
                raise exc.ArgumentError(
                    "An Enum holds texts, and %r has others: %s; give the column, or the Literal in the map of types, "
                    "a type" % (python_type, ", ".join(map(repr, wrong)))
                )
            arguments["native_enum"] = self._given.get("native_enum", False)
        elif isinstance(python_type, type) and issubclass(python_type, enum.Enum):
            members = [python_type]
        else:
            return super()._resolve_for_python_type(python_type, matched_on, matched_on_flattened)
        if self._members and self.enum_class is not enum.Enum:
            return self if self._members == members else None
        if self.enum_class is not None and self.name == "enum":
            del arguments["name"]  # that of the class stood for any class
        arguments["_members"] = members
        return type(self)(**arguments)

    class Comparator(String.Comparator):
        """The operators of strings; what is concatenated is text, no value of the enum."""

        __slots__ = ()

        def _adapt_expression(self, op: Any, other_comparator: Any) -> Tuple[Any, TypeEngine[Any]]:
            found, typ = super()._adapt_expression(op, other_comparator)
            return found, String(self.type.length) if found is operators.concat_op else typ

    comparator_factory = Comparator

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        """An Enum of the same values."""
        return Enum(*self.enums) if self.enum_class is None else Enum(self.enum_class, name=self.name)

    def _arguments(self) -> Dict[str, Any]:
        """The keyword arguments that make this type again, as it is now."""
        arguments = dict(self._given)
        arguments.update({name: getattr(self, name) for name in _ENUM_ATTRIBUTES})
        arguments["inherit_schema"] = self._inherit_schema or _UNSET
        arguments["_members"] = self._members
        for once in ("name", "quote", "_create_events", "_adapted_from"):
            arguments.pop(once, None)
        if self.name:
            arguments["name"] = self.name
        return arguments

    def adapt_to_emulated(self, impltype: Any, **kw: Any) -> Any:
        """This type as ``impltype``."""
        made = impltype(**{**self._arguments(), "_create_events": False, "_adapted_from": self, **kw})
        made._variant_mapping = self._variant_mapping
        return made

    def adapt(self, cls: Any, **kw: Any) -> Any:
        """This type as ``cls``, native or emulated."""
        has_native = hasattr(cls, "adapt_emulated_to_native")
        if has_native and self.native:
            return cls.adapt_emulated_to_native(self, **{**self._arguments(), **kw})
        if has_native or issubclass(cls, Enum):
            return self.adapt_to_emulated(cls, **kw)
        return constructor_copy(self, cls)

    def copy(self, **kw: Any) -> Any:
        """A copy that hears this type's events."""
        return self.adapt_to_emulated(type(self), _create_events=True, **self._copied_place(kw))

    def _with_collation(self, collation: str) -> Any:
        made = self.copy()
        made.collation = collation
        return made

    def _needs_check(self, dialect: Dialect) -> bool:
        return not (self.native_enum and dialect.supports_native_enum)

    def _set_table(self, column: Any, table: Any) -> None:
        SchemaType._set_table(self, column, table)
        if not self.create_constraint:
            return
        rule = _ConstraintRule(self, self._variants_of(column))
        _makers["check"](self, column, self.enums, rule)._set_parent_with_dispatch(table)

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """The stored string, quoted."""
        render = super().literal_processor(dialect)
        return lambda value: render(self._db_value_for_elem(value))

    def bind_processor(self, dialect: Dialect) -> Processor:
        """The stored string of a value."""
        after = super().bind_processor(dialect)
        find = self._db_value_for_elem
        return find if after is None else lambda value: after(find(value))

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:
        """The value for a stored string."""
        before = super().result_processor(dialect, coltype)
        find = self._object_of
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
        if self._given.get("length") is not None:
            shown.append("length=%r" % (self._given["length"],))
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
        self._hear_as_well(_adapted_from)

    def copy(self, **kw: Any) -> Any:
        """A copy that hears this type's events."""
        return self.adapt(self.__class__, _create_events=True)

    def adapt_to_emulated(self, impltype: Any, **kw: Any) -> Any:
        """This type as ``impltype``."""
        made = constructor_copy(self, impltype, **kw)
        made._variant_mapping = self._variant_mapping
        return made

    def _needs_check(self, dialect: Dialect) -> bool:
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

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """``true`` and ``false``, or 1 and 0."""
        words = ("false", "true") if dialect.supports_native_boolean else ("0", "1")
        return lambda value: words[_strict_bool(value)]

    def bind_processor(self, dialect: Dialect) -> Processor:
        """True, False, 0 and 1 pass, as the database wants them; all else is refused."""
        kept = _BOOLEANS if dialect.supports_native_boolean else _BITS

        def process(value: Any) -> Any:
            try:
                return kept[value]
            except (KeyError, TypeError):
                return _refuse_bool(value)

        return process

    def result_processor(self, dialect: Dialect, coltype: object) -> Optional[Processor]:
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
