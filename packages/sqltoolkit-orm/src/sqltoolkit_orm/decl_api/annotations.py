"""Reading annotations of mapped classes: ``Mapped[...]`` to columns and relationships.

Which attributes a class has is found in ``scan``.
"""

from __future__ import annotations

import collections.abc
import re
import typing
from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.types import NullType
from sqltoolkit_core.util.typing import fwd_ref_text
from sqltoolkit_core.util.typing import get_args
from sqltoolkit_core.util.typing import get_origin
from sqltoolkit_core.util.typing import includes_none
from sqltoolkit_core.util.typing import is_annotated
from sqltoolkit_core.util.typing import is_fwd_ref
from sqltoolkit_core.util.typing import is_pep695
from sqltoolkit_core.util.typing import pep695_value
from sqltoolkit_core.util.typing import resolve_annotation
from sqltoolkit_core.util.typing import resolve_name_in
from sqltoolkit_core.util.typing import strip_optional

from .. import exc as orm_exc
from ..base import DynamicMapped
from ..base import Mapped
from ..base import WriteOnlyMapped
from ..interfaces import MapperProperty
from ..properties import MappedColumn
from .typed_tables import Unmapped

if typing.TYPE_CHECKING:
    from typing import Optional
    from typing import Tuple

__all__ = [
    "extract_mapped",
    "find_template_options",
    "is_class_var",
    "read_column_annotation",
    "read_relationship_annotation",
]

_CONTAINERS = (Mapped, DynamicMapped, WriteOnlyMapped, Unmapped)
_GENERIC_TEXT = re.compile(r"^\s*([\w.]+)\s*\[(.*)\]\s*$", re.S)


def _is_container(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, _CONTAINERS)


def is_class_var(annotation: Any) -> bool:
    """Return whether an annotation is a ClassVar."""
    if isinstance(annotation, str) or is_fwd_ref(annotation):
        return re.match(r"^(typing\.|t\.)?ClassVar\b", fwd_ref_text(annotation)) is not None
    return annotation is typing.ClassVar or get_origin(annotation) is typing.ClassVar


def extract_mapped(raw: Any, cls: Any, module: Optional[str], key: str) -> Tuple[Any, Any]:
    """Return (what is inside, the container class) of a ``Mapped[...]`` annotation; (None, None) for any other.

    What is inside may be text, where it names what cannot be resolved yet.

    :param raw: the annotation.
    :param cls: the class.
    :param module: the module in which it is written.
    :param key: the attribute.
    """
    if raw is None:
        return None, None
    if isinstance(raw, str) or is_fwd_ref(raw):
        text = fwd_ref_text(raw)
        try:
            raw = resolve_annotation(text, module or cls.__module__, _names_of(cls), in_class=cls.__name__)
        except (NameError, AttributeError, TypeError):
            return _from_text(text, cls, module, key)
    origin = get_origin(raw)
    if origin is not None and _is_container(origin):
        args = get_args(raw)
        return args[0], origin
    if _is_container(raw):
        return None, raw
    if is_annotated(raw):
        return extract_mapped(raw.__origin__, cls, module, key)
    return None, None


def _names_of(cls: Any) -> Any:
    """Return the names that annotations in the class body see besides those of the module."""
    # classes defined within the class body
    return {name: value for name, value in cls.__dict__.items() if isinstance(value, type)}


def _from_text(text: str, cls: Any, module: Optional[str], key: str) -> Tuple[Any, Any]:
    found = _GENERIC_TEXT.match(text)
    if found is None:
        return None, None
    try:
        container = resolve_name_in(found.group(1), module or cls.__module__)
    except NameError:
        if re.search(r"\b(Mapped|DynamicMapped|WriteOnlyMapped)$", found.group(1)):
            raise orm_exc.MappedAnnotationError(
                "The annotation %s of attribute '%s.%s' can't be read: the name %s is not known in "
                "module %s at run time; import it outside of TYPE_CHECKING"
                % (text, cls.__name__, key, found.group(1), module)
            ) from None
        return None, None
    if not _is_container(container):
        return None, None
    inner = found.group(2).strip()
    if inner[:1] in "'\"" and inner[-1:] == inner[:1]:
        inner = inner[1:-1]
    try:
        return resolve_annotation(inner, module or cls.__module__, _names_of(cls)), container
    except (NameError, TypeError, AttributeError):
        return inner, container


# -- columns ---------------------------------------------------------------------------------------------------------


def read_column_annotation(
    scan: Any, column: MappedColumn[Any], module: Optional[str], key: str, annotation: Any
) -> None:
    """Give a column the type and nullability of its annotation.

    :raises MappedAnnotationError: if no SQL type is known for the Python type.
    """
    cls = scan.cls
    annotation = _resolved(annotation, cls, module, key, column)
    if annotation is None:
        return
    nullable = includes_none(annotation) and annotation is not Any
    raw = annotation
    template = _find_template(annotation)
    if template is not None:
        column.take_template(template)
    if not column.has_nullable:
        if not (column.column.primary_key):
            column.column.nullable = nullable
    if isinstance(column.column.type, NullType) and not column.column.foreign_keys:
        _set_type(scan, column, key, raw, annotation)
    elif isinstance(column.column.type, NullType):
        found = _type_in_map_only(scan, raw)
        if found is not None:
            column.column.set_type(found)


def _resolved(annotation: Any, cls: Any, module: Optional[str], key: str, column: Any) -> Any:
    if isinstance(annotation, str) or is_fwd_ref(annotation, check_generic=True):
        try:
            # classes within the class may be named by way of it
            names = dict(_names_of(cls))
            names.setdefault(cls.__name__, cls)
            return resolve_annotation(annotation, module or cls.__module__, names, include_generic=True)
        except NameError as err:
            text = fwd_ref_text(annotation) if is_fwd_ref(annotation) else annotation
            if isinstance(column.column.type, NullType) and not column.column.foreign_keys:
                raise orm_exc.MappedAnnotationError(
                    "The annotation %r of attribute '%s.%s' has names that are not known; check their "
                    "spelling, and import them where the class is" % (text, cls.__name__, key)
                ) from err
            optional = strip_optional(text)[1]
            if not column.has_nullable and not column.column.primary_key:
                column.column.nullable = optional
            return None
    return annotation


def _find_template(annotation: Any) -> Any:
    """Return the mapped_column() within Annotated[...], through unions and aliases, or None."""
    waiting = [annotation]
    while waiting:
        item = waiting.pop(0)
        if is_pep695(item):
            waiting.append(pep695_value(item))
        elif is_annotated(item):
            for extra in item.__metadata__:
                if isinstance(extra, MapperProperty):
                    raise NotImplementedError(
                        "%s in Annotated[...]: only mapped_column() can be shared so" % type(extra).__name__
                    )
                if isinstance(extra, MappedColumn):
                    return extra
            waiting.append(item.__origin__)
        else:
            bare, optional = strip_optional(item)
            if optional and bare is not item:
                waiting.append(bare)
    return None


def find_template_options(annotation: Any) -> Any:
    """Return the dataclass arguments of the mapped_column() within Annotated[...]; empty without one."""
    if annotation is None or isinstance(annotation, str):
        return {}
    template = _find_template(annotation)
    return {} if template is None else template.attribute_options


def _set_type(scan: Any, column: MappedColumn[Any], key: str, raw: Any, annotation: Any) -> None:
    found = scan.registry.resolve_annotation_type(scan.cls, key, annotation)
    if found is not None:
        column.column.set_type(found)
        return
    bare = strip_optional(annotation)[0]
    if is_annotated(bare):
        bare = bare.__origin__
    raise orm_exc.MappedAnnotationError(
        "No SQL type is known for the Python type %r in the Mapped[] annotation of attribute '%s.%s'; "
        "give the column a type, or the registry an entry in its type_annotation_map"
        % (bare, scan.cls.__name__, key)
    )


def _type_in_map_only(scan: Any, annotation: Any) -> Any:
    """Return the type that the user's own map has for the annotation; a foreign key otherwise brings its type."""
    own = scan.registry.type_annotation_map
    candidates = [annotation, strip_optional(annotation)[0]]
    for item in candidates:
        try:
            if item in own and not isinstance(item, type):
                return own[item]
        except TypeError:
            continue
    return None


# -- relationships ---------------------------------------------------------------------------------------------------


def read_relationship_annotation(
    scan: Any, prop: Any, module: Optional[str], key: str, container: Any, annotation: Any
) -> None:
    """Give a relationship the target and the kind of collection of its annotation."""
    cls = scan.cls
    module = module or cls.__module__
    many = False
    if container is not None and issubclass(container, (DynamicMapped, WriteOnlyMapped)):
        many = True
        lazy = "dynamic" if issubclass(container, DynamicMapped) else "write_only"
        if prop.lazy in ("select", True):
            prop.lazy = lazy
            prop.strategy_key = (("lazy", lazy),)
    target, origin = _target_of(annotation, cls, module, key)
    if origin is not None:
        many = True
        if prop.collection_class is None:
            if not isinstance(origin, type) or getattr(origin, "__abstractmethods__", None):
                if not (container is not None and issubclass(container, (DynamicMapped, WriteOnlyMapped))):
                    raise core_exc.ArgumentError(
                        "The collection type %s in the annotation of attribute '%s.%s' is abstract; say "
                        "with collection_class= what is to be made, list or set for example"
                        % (origin, cls.__name__, key)
                    )
            else:
                prop.collection_class = origin
    if prop.uselist is None and not many:
        prop.uselist = False
    elif prop.uselist is None and origin is not None:
        prop.uselist = True
    if prop.argument is None:
        prop.argument = target


def _target_of(annotation: Any, cls: Any, module: str, key: str) -> Tuple[Any, Any]:
    """Return (target, collection class or None) of what is inside of Mapped[...]."""
    annotation = strip_optional(annotation)[0]
    if isinstance(annotation, str) or is_fwd_ref(annotation):
        return _target_of_text(fwd_ref_text(annotation), cls, module, key)
    if is_pep695(annotation):
        return _target_of(pep695_value(annotation), cls, module, key)
    origin = get_origin(annotation)
    if origin is None or not isinstance(origin, type):
        if origin is not None and get_args(annotation) and not isinstance(origin, type):
            return _target_of(get_args(annotation)[0], cls, module, key)
        return annotation, None
    if issubclass(origin, collections.abc.Collection):
        args = get_args(annotation)
        member = args[-1] if args else None
        return _target_of(member, cls, module, key)[0], origin
    return origin if not get_args(annotation) else annotation.__origin__, None


def _target_of_text(text: str, cls: Any, module: str, key: str) -> Tuple[Any, Any]:
    text = text.strip()
    if text[:1] in "'\"" and text[-1:] == text[:1]:
        text = text[1:-1].strip()
    try:
        found = resolve_annotation(text, module, _names_of(cls))
        if not isinstance(found, str) and not is_fwd_ref(found):
            if get_origin(found) is not None or isinstance(found, type):
                return _target_of(found, cls, module, key)
    except (NameError, TypeError, AttributeError, SyntaxError):
        pass  # names a class that does not exist yet: what follows takes the text apart
    generic = _GENERIC_TEXT.match(text)
    if generic is None:
        return strip_optional(text)[0], None
    try:
        container = resolve_name_in(generic.group(1), module)
    except NameError as err:
        raise orm_exc.MappedAnnotationError(
            "The annotation %s of attribute '%s.%s' can't be read: the name %s is not known in module %s at run time"
            % (text, cls.__name__, key, generic.group(1), module)
        ) from err
    origin = get_origin(container) or container
    inner = generic.group(2)
    if isinstance(origin, type) and issubclass(origin, collections.abc.Collection):
        return _target_of_text(_last_argument(inner), cls, module, key)[0], origin
    return _target_of_text(inner, cls, module, key)


def _last_argument(text: str) -> str:
    depth = 0
    start = 0
    for position, character in enumerate(text):
        if character in "[(":
            depth += 1
        elif character in "])":
            depth -= 1
        elif character == "," and depth == 0:
            start = position + 1
    return text[start:]
