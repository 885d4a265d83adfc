"""``declared_attr``: attributes of mixins that are made for each class anew.

Who calls them is in ``scan``.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core.util import warn

from ..base import Mapped
from ..base import class_mapper_or_none
from ..instrumentation import opt_manager_of_class
from ..typing import T

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Generic
    from typing import TypeVar
    from typing import Union

    from sqltoolkit_core.sql.typing import SQLCoreOperations
    from typing_extensions import overload

    from ..attributes import InstrumentedAttribute
    from ..base import _MappedAnnotationBase

    _U = TypeVar("_U")
    _Declares = Callable[[Any], Union[_MappedAnnotationBase[_U], SQLCoreOperations[_U]]]

    class _Directive(Generic[_U]):
        def __get__(self, instance: Any, owner: Any) -> _U: ...

__all__ = ["declared_attr", "has_inherited_table", "is_declared_attr"]


class _Stateful:
    """``declared_attr`` with options, waiting for its function."""

    def __init__(self, **options: Any) -> None:
        self.options = options

    @property
    def cascading(self) -> _Stateful:
        return _Stateful(**dict(self.options, cascading=True))

    @property
    def directive(self) -> _DirectiveDecorator:
        return _DirectiveDecorator(**self.options)

    def __call__(self, fn: Any) -> declared_attr[Any]:
        made: declared_attr[Any] = declared_attr(fn, **self.options)
        return made


class _DirectiveDecorator(_Stateful):
    pass


class _ClassProperty:
    """A property of the class itself."""

    def __init__(self, fget: Callable[[Any], Any]) -> None:
        self.fget = fget
        self.__doc__ = fget.__doc__

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self.fget(owner)


class declared_attr(Mapped[T]):
    """Decorates a method of a mixin or base that returns an attribute, called for each class that is mapped.

    :param fn: the method; it receives the class.
    :param cascading: give each mapped subclass an attribute of its own.
    """

    __hash__ = object.__hash__

    def __init__(self, fn: _Declares[T], cascading: bool = False, quiet: bool = False) -> None:
        if isinstance(fn, classmethod):
            fn = fn.__func__
        self.fget = fn
        self.is_cascading = cascading
        self.quiet = quiet
        self.__doc__ = fn.__doc__

    if typing.TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[T]: ...

        @overload
        def __get__(self, instance: object, owner: Any) -> T: ...

    def __get__(self, instance: Any, owner: Any) -> Any:
        cls = owner
        manager = opt_manager_of_class(cls)
        if manager is None:
            name = self.fget.__name__
            if not (name.startswith("__") and name.endswith("__")):
                if not getattr(cls, "_sa_scanning", False):
                    warn(
                        "The declared attribute %s was read on %s, which is not mapped; the value is "
                        "made anew each time" % (name, cls.__name__)
                    )
            return self.fget(cls)
        if manager.is_mapped:
            return self.fget(cls)
        scan = manager.declarative_scan
        if scan is None:
            return self.fget(cls)
        memo = scan.declared_attr_memo
        if self in memo:
            return memo[self]
        found = memo[self] = self.fget(cls)
        return found

    if typing.TYPE_CHECKING:

        @staticmethod
        def cascading(fn: _Declares[_U]) -> declared_attr[_U]:
            """Let each mapped subclass have an attribute of its own."""

        @staticmethod
        def directive(fn: Callable[[Any], _U]) -> _Directive[_U]:
            """Decorate a method that returns a setting such as ``__tablename__`` instead of an attribute."""

    else:

        @_ClassProperty
        def cascading(cls) -> _Stateful:
            """Let each mapped subclass have an attribute of its own."""
            return _Stateful(cascading=True)

        @_ClassProperty
        def directive(cls) -> _DirectiveDecorator:
            """Decorate a method that returns a setting such as ``__tablename__`` instead of an attribute."""
            return _DirectiveDecorator()


def is_declared_attr(value: Any) -> bool:
    """Return whether a class attribute is made for each class anew."""
    return isinstance(value, declared_attr)


def has_inherited_table(cls: Any) -> bool:
    """Return whether a base class of ``cls`` is mapped to a table; for use in declared_attr functions.

    :param cls: the class.
    """
    for base in cls.__mro__[1:]:
        if getattr(base, "__table__", None) is not None and class_mapper_or_none(base) is not None:
            return True
    return False
