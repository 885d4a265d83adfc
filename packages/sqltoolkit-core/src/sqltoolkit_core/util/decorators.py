"""Memoised attributes, properties on classes and instances, deprecations.

What is deprecated is said where it is defined; the warnings' classes are in ``exc``.
"""

from __future__ import annotations

import functools
import typing
import warnings
from typing import Any
from typing import Callable
from typing import Generic
from typing import Optional
from typing import TypeVar

from .. import exc

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import Tuple
    from typing import Type

__all__ = [
    "HasMemoized",
    "became_legacy_20",
    "classproperty",
    "deprecated",
    "deprecated_cls",
    "deprecated_params",
    "generic_fn_descriptor",
    "hybridmethod",
    "hybridproperty",
    "memoized_instancemethod",
    "memoized_property",
    "moved_20",
    "non_memoized_property",
    "reset_memoizations",
    "ro_memoized_property",
    "ro_non_memoized_property",
    "rw_hybridproperty",
    "warn",
    "warn_deprecated",
    "warn_limited",
]

# also where the packages are vendored below another name
_OWN_PACKAGE = __name__.rpartition(".util.")[0]
_FAMILY = _OWN_PACKAGE[: -len("core")] if _OWN_PACKAGE.endswith("_core") else _OWN_PACKAGE + "."

_T = TypeVar("_T")
_F = TypeVar("_F", bound=Callable[..., Any])


class memoized_property(Generic[_T]):
    """A property computed once and then kept in the object's ``__dict__`` under its own name."""

    fget: Callable[..., _T]
    __name__: str

    def __init__(self, fget: Callable[..., _T], doc: Optional[str] = None) -> None:
        self.fget = fget
        self.__doc__ = doc or fget.__doc__
        self.__name__ = fget.__name__

    @typing.overload
    def __get__(self, obj: None, cls: Any) -> memoized_property[_T]: ...

    @typing.overload
    def __get__(self, obj: object, cls: Any) -> _T: ...

    def __get__(self, obj: Any, cls: Any) -> Any:
        if obj is None:
            return self
        obj.__dict__[self.__name__] = result = self.fget(obj)
        return result

    @staticmethod
    def reset(obj: Any, name: str) -> None:
        """Forget the value of ``name`` kept in ``obj``."""
        obj.__dict__.pop(name, None)


generic_fn_descriptor = memoized_property
ro_memoized_property = memoized_property
non_memoized_property = property
ro_non_memoized_property = property


def memoized_instancemethod(fn: _F) -> _F:
    """Return a method computed once per object; it must be called without arguments."""

    @functools.wraps(fn)
    def first_call(self: Any, *arg: Any, **kw: Any) -> Any:
        result = fn(self, *arg, **kw)
        self.__dict__[fn.__name__] = functools.wraps(fn)(lambda *arg, **kw: result)
        return result

    return typing.cast(_F, first_call)


def reset_memoizations(obj: Any) -> None:
    """Forget every memoised attribute of ``obj``."""
    kept = obj.__dict__
    for name in list(kept):
        if isinstance(getattr(type(obj), name, None), memoized_property):
            del kept[name]


class HasMemoized:
    """A base for classes whose memoised attributes are reset together."""

    __slots__ = ()

    memoized_attribute = memoized_property
    memoized_instancemethod = staticmethod(memoized_instancemethod)

    def _reset_memoizations(self) -> None:
        reset_memoizations(self)


class classproperty(Generic[_T]):
    """A property of the class."""

    def __init__(self, fget: Callable[[Any], _T]) -> None:
        self.fget = fget
        self.__doc__ = fget.__doc__

    def __get__(self, obj: Any, cls: Any) -> _T:
        return self.fget(cls)


class hybridproperty(Generic[_T]):
    """A property that answers on the class too, by ``func`` or by what ``classlevel()`` gave."""

    def __init__(self, func: Callable[[Any], _T]) -> None:
        self.func = func
        self.clslevel: Callable[[Any], Any] = func
        self.__doc__ = func.__doc__

    def __get__(self, obj: Any, cls: Any) -> Any:
        if obj is None:
            return self.clslevel(cls)
        return self.func(obj)

    def classlevel(self, func: Callable[[Any], Any]) -> hybridproperty[_T]:
        """Let ``func`` answer for the class."""
        self.clslevel = func
        return self


class rw_hybridproperty(hybridproperty[_T]):
    """A ``hybridproperty`` that can be set on instances."""

    def __init__(self, func: Callable[[Any], _T]) -> None:
        super().__init__(func)
        self.setfn: Optional[Callable[[Any, Any], None]] = None

    def __set__(self, obj: Any, value: Any) -> None:
        if self.setfn is None:
            raise AttributeError("this attribute cannot be set")
        self.setfn(obj, value)

    def setter(self, func: Callable[[Any, Any], None]) -> rw_hybridproperty[_T]:
        """Let ``func`` set the value on an instance."""
        self.setfn = func
        return self


class hybridmethod(Generic[_T]):
    """A method that answers on the class too."""

    def __init__(self, func: Callable[..., _T]) -> None:
        self.func = self.clslevel = func
        self.__doc__ = func.__doc__
        self.__wrapped__ = func

    def __get__(self, obj: Any, cls: Any) -> Any:
        if obj is None:
            return self.clslevel.__get__(cls, cls.__class__)
        return self.func.__get__(obj, cls)

    def classlevel(self, func: Callable[..., Any]) -> hybridmethod[_T]:
        """Let ``func`` answer for the class."""
        self.clslevel = func
        return self


def warn(msg: str, code: Optional[str] = None) -> None:
    """Warn that what happens is probably not what was meant."""
    warnings.warn(_warning(exc.SAWarning, msg, code), stacklevel=_caller_level())


_TEXTS_PER_MESSAGE = 10


class _LimitedText(str):
    """A warning's text that is equal to a bounded number of others only.

    The warnings module keeps every text it has shown: values in texts would fill its registry without end.
    """

    _mark: int

    def __new__(cls, message: str, args: Any) -> _LimitedText:
        text = message % args
        self = super().__new__(cls, text)
        self._mark = hash("%s %d" % (message, hash(text) % _TEXTS_PER_MESSAGE))
        return self

    def __hash__(self) -> int:
        return self._mark

    def __eq__(self, other: Any) -> bool:
        return hash(self) == hash(other)

    def __ne__(self, other: Any) -> bool:
        return hash(self) != hash(other)


def warn_limited(msg: str, args: Any) -> None:
    """Warn with ``args`` put into ``msg``; the number of different texts that are remembered is bounded."""
    warnings.warn(_LimitedText(msg, args), exc.SAWarning, stacklevel=_caller_level())


def warn_deprecated(
    msg: str, version: str, stacklevel: int = 3, code: Optional[str] = None
) -> None:
    """Warn that something deprecated since ``version`` is used."""
    warning = _warning(exc.SADeprecationWarning, msg, code)
    warning.deprecated_since = version
    warnings.warn(warning, stacklevel=_caller_level())


def _warning(kind: Type[Any], msg: str, code: Optional[str]) -> Any:
    warning = kind(msg)
    if code is not None:
        warning.code = code
    return warning


def _caller_level() -> int:
    # the line to show is the first one outside of the distributions that stand on this one
    import sys

    own = _OWN_PACKAGE
    family = _FAMILY
    level = 2
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if not (name.startswith(family) or name == own or name.startswith(own + ".")):
            return level
        if frame.f_back is None:
            break
        frame = frame.f_back
        level += 1
    return level


def deprecated(
    version: str,
    message: Optional[str] = None,
    add_deprecation_to_docstring: bool = True,
    warning: Optional[Type[Any]] = None,
    enable_warnings: bool = True,
) -> Callable[[_F], _F]:
    """Return a decorator of a function that warns at each call; ``message`` may hold ``:func:`.%(func)s```."""
    kind = warning or exc.SADeprecationWarning

    def decorate(fn: _F) -> _F:
        text = (message or "%(func)s() is deprecated") % {"func": fn.__name__}

        if add_deprecation_to_docstring:
            note = "Deprecated since version %s: %s" % (version, text)
            fn.__doc__ = "%s\n\n%s" % (fn.__doc__, note) if fn.__doc__ else note
        if not enable_warnings:
            return fn

        @functools.wraps(fn)
        def warning_call(*args: Any, **kw: Any) -> Any:
            given = kind(text)
            given.deprecated_since = version
            warnings.warn(given, stacklevel=_caller_level())
            return fn(*args, **kw)

        return typing.cast(_F, warning_call)

    return decorate


def deprecated_cls(version: str, message: str, constructor: Optional[str] = "__init__") -> Callable[[Any], Any]:
    """Return a decorator of a class that warns when it is constructed."""

    def decorate(cls: Any) -> Any:
        if constructor is not None:
            made = deprecated(version, message, False)(getattr(cls, constructor))
            setattr(cls, constructor, made)
        note = "Deprecated since version %s: %s" % (version, message)
        cls.__doc__ = "%s\n\n%s" % (cls.__doc__, note) if cls.__doc__ else note
        return cls

    return decorate


def deprecated_params(**specs: Tuple[str, str]) -> Callable[[_F], _F]:
    """Return a decorator that warns when one of the named parameters is given; ``name=(version, message)``.

    The default of a parameter, given as its value, is no reason to warn.
    """

    def decorate(fn: _F) -> _F:
        code = fn.__code__
        positions = {
            name: code.co_varnames.index(name)
            for name in specs
            if name in code.co_varnames[: code.co_argcount]
        }
        values = fn.__defaults__ or ()
        defaults = dict(zip(code.co_varnames[code.co_argcount - len(values) : code.co_argcount], values))
        defaults.update(fn.__kwdefaults__ or {})

        def is_given(name: str, args: Tuple[Any, ...], kw: Dict[str, Any]) -> bool:
            if name in kw:
                value = kw[name]
            elif name in positions and len(args) > positions[name]:
                value = args[positions[name]]
            else:
                return False
            return name not in defaults or not (value is defaults[name] or value == defaults[name])

        @functools.wraps(fn)
        def warning_call(*args: Any, **kw: Any) -> Any:
            for name, (version, message) in specs.items():
                if is_given(name, args, kw):
                    warning = exc.SADeprecationWarning(message)
                    warning.deprecated_since = version
                    warnings.warn(warning, stacklevel=_caller_level())
            return fn(*args, **kw)

        return typing.cast(_F, warning_call)

    return decorate


def moved_20(message: str, **kw: Any) -> Callable[[_F], _F]:
    """Mark a function that moved to another place in the 2.0 series."""
    return deprecated("2.0", message, warning=exc.MovedIn20Warning, **kw)


def became_legacy_20(api_name: str, alternative: Optional[str] = None, **kw: Any) -> Callable[[_F], _F]:
    """Mark a function that is kept for older programs only."""
    message = "%s is kept for older programs%s" % (
        api_name,
        "; use %s" % alternative if alternative else "",
    )
    return deprecated("2.0", message, warning=exc.LegacyAPIWarning, **kw)
