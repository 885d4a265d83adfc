"""Mapped classes that are dataclasses: fields from mapped attributes, and the dataclass decorator's call.

What is mapped is found in ``scan``. The module ``dataclasses`` is imported by those who need it: with ``inspect``,
which it imports, it would be a tenth of the time that importing this package takes.
"""

from __future__ import annotations

import sys
import typing
from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.util import warn_deprecated
from sqltoolkit_core.util.typing import replaced_annotations

from ..base import DONT_SET
from ..properties import NO_DEFAULT
from ..properties import instance_default

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import List
    from typing import Tuple

__all__ = [
    "ARGUMENTS",
    "NOT_MAPPED",
    "apply_dataclass",
    "field_of",
    "left_to_attribute",
    "options_of",
    "refuse_options",
    "warn_callable_default",
]

#: the arguments of the dataclass decorator that mapped classes take
ARGUMENTS = ("init", "repr", "eq", "order", "unsafe_hash", "match_args", "kw_only", "dataclass_callable")

#: stands for the field of an attribute that is not mapped
NOT_MAPPED: Any = object()


def options_of(value: Any) -> Dict[str, Any]:
    """Return the arguments for a dataclass field that a mapped attribute was given."""
    for name in ("attribute_options", "dataclass_arguments", "_attribute_options"):
        found = getattr(value, name, None)
        if found is not None:
            return {name: value for name, value in dict(found).items() if value is not NO_DEFAULT}
    return {}


def refuse_options(cls: Any, name: str, value: Any) -> None:
    """Refuse arguments for a dataclass field in a class that is no dataclass."""
    options = options_of(value)
    if value.kind == "column" and options.get("init") is False:
        # attributes that are only read have it by themselves
        del options["init"]
    if options:
        raise core_exc.ArgumentError(
            "Attribute '%s' of class %s has arguments for dataclasses, %s, but its class is not mapped as one "
            "(MappedAsDataclass)" % (name, cls, ", ".join(map(repr, sorted(options))))
        )


def field_of(options: Dict[str, Any], unset: bool) -> Any:
    """Return the dataclass field for the options of a mapped attribute.

    :param options: what the attribute's constructor was given.
    :param unset: the attribute itself knows its default, so the constructor leaves it alone unless it is given a value.
    """
    from dataclasses import field

    given = dict(options)
    if unset:
        given.pop("default", None)
        given.pop("default_factory", None)
        if given.get("init", True):
            given["default"] = DONT_SET
        else:
            given["default_factory"] = _nothing_to_set
    elif not given.get("init", True) and "default" in given and not callable(given["default"]):
        # dataclasses leave such a default to the class, where the attribute is
        default = given.pop("default")
        given["default_factory"] = lambda: default
    return field(**_supported(given))


def _nothing_to_set() -> Any:
    return DONT_SET


def left_to_attribute(value: Any, options: Dict[str, Any]) -> bool:
    """Return whether a mapped attribute knows its default itself.

    :param value: what the class body has.
    :param options: its arguments for a dataclass field.
    """
    if "default" in options and "default_factory" in options:
        return False
    kind = getattr(value, "kind", "column")
    if kind == "relationship":
        return "default" in options or "default_factory" in options
    return kind in ("column", "synonym") and instance_default(options) is not NO_DEFAULT


def warn_callable_default(name: str, options: Dict[str, Any]) -> None:
    """Warn of a function as default of a column, which dataclasses take for the value."""
    if callable(options.get("default")):
        warn_deprecated(
            "The default of attribute '%s' is a function: as the default of the dataclass it is the value itself, as "
            "the one of the column it is called for each INSERT. Say which with default_factory= or insert_default=; "
            "this will be an error" % name,
            "2.0",
        )


def apply_dataclass(cls: Any, setup: Dict[str, Any], fields: List[Tuple[str, Any, Any]]) -> None:
    """Make a class a dataclass.

    Mapped attributes stand aside while the decorator reads the class, and come back afterwards.

    :param cls: the class.
    :param setup: the arguments of the decorator.
    :param fields: (name, annotation, field or NO_DEFAULT) in order; with NOT_MAPPED for a field the class has it as it
        stands.
    """
    from dataclasses import dataclass

    arguments = _supported(
        {name: value for name, value in setup.items() if name != "dataclass_callable" and value is not NO_DEFAULT}
    )
    decorate = setup.get("dataclass_callable", NO_DEFAULT)
    if decorate is NO_DEFAULT or decorate is None:
        decorate = dataclass
    set_ = type.__setattr__
    own = cls.__dict__
    set_(cls, "__sa_attribute_order__", list(own))
    mapped = [(name, field) for name, _, field in fields if field is not NOT_MAPPED]
    before = {name: own[name] for name, _ in mapped if name in own}
    for name, field in mapped:
        if field is not NO_DEFAULT:
            set_(cls, name, field)
        elif name in own:
            type.__delattr__(cls, name)
    constructor = own.get("__init__")
    try:
        with replaced_annotations(cls, {name: annotation for name, annotation, _ in fields}):
            decorate(cls, **arguments)
    except (TypeError, ValueError) as err:
        raise core_exc.InvalidRequestError(
            "The dataclass for %r could not be made: %s" % (cls.__name__, err)
        ) from err
    finally:
        for name, _ in mapped:
            if name in before:
                set_(cls, name, before[name])
            elif name in cls.__dict__:
                type.__delattr__(cls, name)
    made = own.get("__init__")
    if made is not constructor and decorate is dataclass:
        # the types of the arguments are not the Mapped[...] of the fields
        made.__annotations__ = {}


def _supported(arguments: Dict[str, Any]) -> Dict[str, Any]:
    """Return the arguments without those that this Python's dataclasses do not know.

    :raises ArgumentError: if one of them asks for something.
    """
    if sys.version_info >= (3, 10):
        return arguments
    if arguments.get("kw_only"):
        raise core_exc.ArgumentError("kw_only=True needs the dataclasses of Python 3.10 or newer")
    return {name: value for name, value in arguments.items() if name not in ("match_args", "kw_only")}
