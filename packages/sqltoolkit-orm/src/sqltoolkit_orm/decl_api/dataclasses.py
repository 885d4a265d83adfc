"""Mapped classes that are dataclasses: fields from mapped attributes, and the dataclass decorator's call.

What is mapped is found in ``scan``.
"""

from __future__ import annotations

import dataclasses
import sys
import typing
from typing import Any

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.util.typing import get_annotations
from sqltoolkit_core.util.typing import replaced_annotations

from ..properties import NO_DEFAULT
from .annotations import is_class_var

if typing.TYPE_CHECKING:
    from typing import Collection
    from typing import Dict
    from typing import List
    from typing import Tuple

__all__ = ["ARGUMENTS", "apply_dataclass", "field_of"]

#: the arguments of the dataclass decorator that mapped classes take
ARGUMENTS = ("init", "repr", "eq", "order", "unsafe_hash", "match_args", "kw_only", "dataclass_callable")


def field_of(options: Dict[str, Any], is_column: bool) -> Any:
    """Return the dataclass field for the options of a mapped attribute.

    :param options: what the attribute's constructor was given.
    :param is_column: the default, if given as SQL, is the column's alone.
    """
    given = {name: value for name, value in options.items() if value is not NO_DEFAULT}
    default = given.get("default", NO_DEFAULT)
    if default is not NO_DEFAULT and callable(default) and hasattr(default, "__clause_element__"):
        given.pop("default")
    return dataclasses.field(**_supported(given))


def apply_dataclass(
    cls: Any, setup: Dict[str, Any], fields: List[Tuple[str, Any, Any]], left_out: Collection[str] = ()
) -> None:
    """Make a class a dataclass.

    Mapped attributes stand aside while the decorator reads the class, and come back afterwards.

    :param cls: the class.
    :param setup: the arguments of the decorator.
    :param fields: (name, annotation, field or NO_DEFAULT) in order.
    :param left_out: annotated attributes that are no fields.
    """
    arguments = _supported(
        {name: value for name, value in setup.items() if name != "dataclass_callable" and value is not NO_DEFAULT}
    )
    decorate = setup.get("dataclass_callable", NO_DEFAULT)
    if decorate is NO_DEFAULT or decorate is None:
        decorate = dataclasses.dataclass
    set_ = type.__setattr__
    own = cls.__dict__
    set_(cls, "__sa_attribute_order__", list(own))
    before = {name: own[name] for name, _, _ in fields if name in own}
    merged = {name: annotation for name, annotation, _ in fields}
    for name, annotation in get_annotations(cls).items():
        if name not in merged and name not in left_out and not is_class_var(annotation):
            merged[name] = annotation
    for name, _, field in fields:
        if field is NO_DEFAULT:
            if name in own:
                type.__delattr__(cls, name)
        else:
            set_(cls, name, field)
    try:
        with replaced_annotations(cls, merged):
            decorate(cls, **arguments)
    except TypeError as err:
        raise core_exc.InvalidRequestError(
            "The dataclass for %r could not be made: %s" % (cls.__name__, err)
        ) from err
    finally:
        for name, _, _ in fields:
            if name in before:
                set_(cls, name, before[name])
            elif name in cls.__dict__:
                type.__delattr__(cls, name)


def _supported(arguments: Dict[str, Any]) -> Dict[str, Any]:
    """Return the arguments without those that this Python's dataclasses do not know.

    :raises ArgumentError: if one of them asks for something.
    """
    if sys.version_info >= (3, 10):
        return arguments
    if arguments.get("kw_only"):
        raise core_exc.ArgumentError("kw_only=True needs the dataclasses of Python 3.10 or newer")
    return {name: value for name, value in arguments.items() if name not in ("match_args", "kw_only")}
