"""Errors of the ORM.

The errors shared with the core live in ``sqltoolkit_core.exc``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core.exc import MultipleResultsFound as MultipleResultsFound
from sqltoolkit_core.exc import NoResultFound as NoResultFound

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Optional
    from typing import Type

__all__ = [
    "ConcurrentModificationError",
    "DetachedInstanceError",
    "FlushError",
    "LoaderStrategyException",
    "MappedAnnotationError",
    "MultipleResultsFound",
    "NO_STATE",
    "NoResultFound",
    "ObjectDeletedError",
    "ObjectDereferencedError",
    "StaleDataError",
    "UnmappedClassError",
    "UnmappedColumnError",
    "UnmappedError",
    "UnmappedInstanceError",
]

#: raised by reading the state of an object that has none
NO_STATE = (AttributeError, KeyError)


class StaleDataError(core_exc.SQLAlchemyError):
    """A row met by a flush or refresh is not the row the session knew: it is gone or has another version."""


ConcurrentModificationError = StaleDataError


class FlushError(core_exc.SQLAlchemyError):
    """A flush met objects in a condition that cannot be written."""


class MappedAnnotationError(core_exc.ArgumentError):
    """An annotation of a mapped class cannot be interpreted."""


class UnmappedError(core_exc.InvalidRequestError):
    """A mapping was expected where there is none."""


class ObjectDereferencedError(core_exc.SQLAlchemyError):
    """An operation needs an object that was garbage collected meanwhile."""


class DetachedInstanceError(core_exc.SQLAlchemyError):
    """An attribute must be loaded, but its object belongs to no session."""

    code = "bhk3"


class UnmappedInstanceError(UnmappedError):
    """A mapping was requested for an object whose class has none, or which was never initialised.

    :param obj: the object.
    :param msg: replaces the generated message.
    """

    def __init__(self, obj: object, msg: Optional[str] = None) -> None:
        if not msg:
            msg = _unmapped_instance_message(obj)
        super().__init__(msg)
        self._arguments = (obj, msg)

    def __reduce__(self) -> Any:
        return self.__class__, (None, self.args[0])


def _unmapped_instance_message(obj: object) -> str:
    name = _class_name(type(obj))
    if "_sa_class_manager" in type(obj).__dict__:
        return (
            "This object of the mapped class %r has no state (_sa_instance_state): it was made around the __init__() "
            "that mapping gave the class." % name
        )
    hint = ""
    if isinstance(obj, type):
        hint = "; %r is a class, and an object of it was expected" % _class_name(obj)
    return "Class %r is not mapped%s" % (name, hint)


class UnmappedClassError(UnmappedError):
    """A mapping was requested for a class that has none.

    :param cls: the class.
    :param msg: replaces the generated message.
    """

    def __init__(self, cls: Type[Any], msg: Optional[str] = None) -> None:
        super().__init__(msg or "Class %r is not mapped" % _class_name(cls))

    def __reduce__(self) -> Any:
        return self.__class__, (None, self.args[0])


class ObjectDeletedError(core_exc.InvalidRequestError):
    """A refresh found no row any more for an object of the session.

    :param state: the state of the object.
    :param msg: replaces the generated message.
    """

    def __init__(self, state: Any, msg: Optional[str] = None) -> None:
        if not msg:
            msg = (
                "The row of the object of class %s is gone: it was deleted, or its primary key was changed elsewhere"
                % _class_name(state.class_)
            )
        super().__init__(msg)

    def __reduce__(self) -> Any:
        return self.__class__, (None, self.args[0])


class UnmappedColumnError(core_exc.InvalidRequestError):
    """A column was named that the mapping does not hold."""


class LoaderStrategyException(core_exc.InvalidRequestError):
    """A loader option does not fit the kind of attribute it names."""

    def __init__(
        self,
        applied_to_property_type: Type[Any],
        requesting_property: Any,
        applies_to: Optional[Type[Any]],
        actual_strategy_type: Optional[Type[Any]],
        strategy_key: Any,
    ) -> None:
        wanted = ", ".join("%s=%r" % pair for pair in strategy_key) or "no options"
        if actual_strategy_type is None or applies_to is None:
            message = "No loading strategy with %s exists for %s" % (wanted, requesting_property)
        else:
            message = (
                'A loader option with %s applies to a %s and cannot be used for the %s "%s"'
                % (wanted, applies_to.__name__, applied_to_property_type.__name__, requesting_property)
            )
        super().__init__(message)


def _class_name(cls: Any) -> str:
    if isinstance(cls, type):
        return "%s.%s" % (cls.__module__, cls.__name__)
    return repr(cls)
