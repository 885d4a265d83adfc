"""What many kinds of elements share: generative methods, dialect keyword arguments, attaching to a parent.

Executables and their options are in ``executable``; collections of columns in ``collections``.
"""

from __future__ import annotations

import functools
from enum import Enum
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, Mapping, MutableMapping, Optional, Set, Tuple, TypeVar

from .. import exc, util
from .forward import slots
from .traversals import HasCacheKey as HasCacheKey
from .traversals import _emit_any as emit_any
from .traversals import _emit_keyed as emit_keyed
from .traversals import memoize as memoize
from .traversals import memoized_attribute as memoized_attribute

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "DialectKWArgConst", "DialectKWArgs", "EntityMark", "Generative", "Immutable", "NO_ARG",
    "SchemaEventTarget", "SingletonConstant", "generative",
]  # fmt: skip

_F = TypeVar("_F", bound=Callable[..., Any])

#: names of dialects that packages of their own bring
_KNOWN_DIALECTS = frozenset(("mariadb", "mssql", "mysql", "oracle", "postgresql"))


class _NoArg(Enum):
    NO_ARG = 0

    def __repr__(self) -> str:
        return "NO_ARG"


#: the default of arguments for which None means something
NO_ARG = _NoArg.NO_ARG


class EntityMark:
    """Says which plugin a coerced element belongs to, and to which subject of it: a mapper, for example."""

    __slots__ = ("name", "subject")

    def __init__(self, name: str, subject: Any) -> None:
        self.name = name
        self.subject = subject

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, EntityMark) and self.name == other.name and self.subject is other.subject

    def __hash__(self) -> int:
        return hash((self.name, id(self.subject)))

    def _flat(self, out: Any, binds: Any, seen: Any) -> None:
        out.append(self.name)
        subject = self.subject
        token = getattr(subject, "_token", None)
        if token is None:
            # an alias, say: another of the same thing makes an equal statement
            emit_keyed(subject, out, binds, seen)
        else:
            out.append(token)

    def __repr__(self) -> str:
        return "EntityMark(%r, %r)" % (self.name, self.subject)


class Immutable:
    """An element that is its own copy."""

    __slots__ = ()
    _is_immutable = True

    def unique_params(self, *optionaldict: Any, **kwargs: Any) -> Any:
        """Raise NotImplementedError: an element without parameters has none to set."""
        raise NotImplementedError("%s does not hold parameters of its own" % type(self).__name__)

    def params(self, *optionaldict: Any, **kwargs: Any) -> Any:
        """Raise NotImplementedError: an element without parameters has none to set."""
        raise NotImplementedError("%s does not hold parameters of its own" % type(self).__name__)

    def _clone(self, **kw: Any) -> Any:
        return self

    def _copy_internals(self, *, omit_attrs: Any = (), **kw: Any) -> None:
        pass


class SingletonConstant(Immutable):
    """A class with one object, which calling the class returns."""

    _singleton: Any = None

    def __new__(cls, *arg: Any, **kw: Any) -> Any:
        found = cls.__dict__.get("_singleton")
        return found if found is not None else cls._create_singleton()

    @classmethod
    def _create_singleton(cls) -> Any:
        made = object.__new__(cls)
        made.__init__()  # type: ignore[misc]
        cls._singleton = made
        return made

    def __reduce__(self) -> Tuple[Any, ...]:
        return self.__class__, ()

    def __reduce_ex__(self, protocol: Any) -> Tuple[Any, ...]:
        return self.__reduce__()


class Generative:
    """Something whose methods return changed copies."""

    __slots__ = ()

    def _generate(self) -> Self:
        made = object.__new__(self.__class__)
        d = self.__dict__.copy()
        memo = d.pop("_memo", None)
        if memo is not None:
            for name in memo:
                d.pop(name, None)
        made.__dict__ = d  # type: ignore[misc]
        return made


def generative(fn: _F) -> _F:
    """Make a method that changes its object return a changed copy instead."""

    @functools.wraps(fn)
    def on_copy(self: Any, *args: Any, **kw: Any) -> Any:
        made = self._generate()
        fn(made, *args, **kw)
        return made

    on_copy.non_generative = fn  # type: ignore[attr-defined]
    return on_copy  # type: ignore[return-value]


class SchemaEventTarget:
    """Something that is attached to a parent in a schema, announcing it to listeners."""

    dispatch: Any = None

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        """Attach to the parent."""

    def _set_parent_with_dispatch(self, parent: Any, **kw: Any) -> None:
        dispatch = self.dispatch
        if dispatch is None:
            self._set_parent(parent, **kw)
            return
        dispatch.before_parent_attach(self, parent)
        self._set_parent(parent, **kw)
        dispatch.after_parent_attach(self, parent)


# -- keyword arguments of dialects ----------------------------------------------------------------------------------


class DialectKWArgConst(Enum):
    """Constants that stand in for the value of a dialect's keyword argument."""

    REFLECTED_ONLY = "reflected_only"


class _Options(MutableMapping[str, Any]):
    """The arguments of one dialect: those given over those it defaults to."""

    __slots__ = ("given", "defaults")

    def __init__(self) -> None:
        self.given: Dict[str, Any] = {}
        self.defaults: Dict[str, Any] = {}

    def __len__(self) -> int:
        return len(set(self.given).union(self.defaults))

    def __iter__(self) -> Iterator[str]:
        return iter(set(self.given).union(self.defaults))

    def __getitem__(self, key: str) -> Any:
        return self.given[key] if key in self.given else self.defaults[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.given[key] = value

    def __delitem__(self, key: str) -> None:
        del self.given[key]

    def _flat(self, out: Any, binds: Any, seen: Any) -> None:
        out.append(len(self.given))
        for name in sorted(self.given):
            out.append(name)
            emit_any(self.given[name], out, binds, seen)


class _OptionsByDialect(Dict[str, _Options]):
    """Makes the options of a dialect when they are asked for."""

    def __init__(self, owner: type) -> None:
        super().__init__()
        self.owner = owner

    def __missing__(self, dialect_name: str) -> _Options:
        options = _Options()
        accepted = _accepted_arguments(dialect_name)
        if accepted is None:
            options.defaults["*"] = None
        else:
            for cls in reversed(self.owner.__mro__):
                options.defaults.update(accepted.get(cls, {}))
        self[dialect_name] = options
        return options

    def __reduce__(self) -> Tuple[Any, ...]:
        return _options_by_dialect, (self.owner, {name: options.given for name, options in self.items()})


def _options_by_dialect(owner: type, given: Dict[str, Dict[str, Any]]) -> _OptionsByDialect:
    made = _OptionsByDialect(owner)
    for name, values in given.items():
        if values:
            try:
                made[name].given.update(values)
            except exc.NoSuchModuleError:
                made[name] = options = _Options()
                options.defaults["*"] = None
                options.given.update(values)
    return made


_registry: Dict[str, Optional[Dict[type, Dict[str, Any]]]] = {}


def _accepted_arguments(dialect_name: str) -> Optional[Dict[type, Dict[str, Any]]]:
    if dialect_name not in _registry:
        dialect = slots.load_dialect(dialect_name)
        declared = dialect.construct_arguments
        _registry[dialect_name] = None if declared is None else {cls: dict(args) for cls, args in declared}
    return _registry[dialect_name]


class _DialectArgView(MutableMapping[str, Any]):
    """All dialects' arguments of one object as ``<dialect>_<argument>``."""

    __slots__ = ("obj",)

    def __init__(self, obj: Any) -> None:
        self.obj = obj

    def _split(self, key: str) -> Tuple[str, str]:
        try:
            dialect, name = key.split("_", 1)
        except ValueError:
            raise KeyError(key) from None
        return dialect, name

    def __getitem__(self, key: str) -> Any:
        dialect, name = self._split(key)
        try:
            options = self.obj.dialect_options[dialect]
        except exc.NoSuchModuleError:
            raise KeyError(key) from None
        return options[name]

    def __setitem__(self, key: str, value: Any) -> None:
        try:
            dialect, name = self._split(key)
        except KeyError:
            raise exc.ArgumentError(
                "%r is no keyword argument of a dialect: expected <dialect name>_<argument name>" % key
            ) from None
        self.obj.dialect_options[dialect][name] = value

    def __delitem__(self, key: str) -> None:
        dialect, name = self._split(key)
        del self.obj.dialect_options[dialect][name]

    def __len__(self) -> int:
        return sum(len(options.given) for options in self.obj.dialect_options.values())

    def __iter__(self) -> Iterator[str]:
        return iter(
            [
                "%s_%s" % (dialect, name)
                for dialect, options in self.obj.dialect_options.items()
                for name in options.given
            ]
        )


class DialectKWArgs:
    """Something that takes keyword arguments of dialects, as ``mysql_engine="InnoDB"``."""

    __slots__ = ()

    @classmethod
    def argument_for(cls, dialect_name: str, argument_name: str, default: Any) -> None:
        """Declare an argument of a dialect for objects of this class.

        :param default: its value where it is not given.
        """
        accepted = _accepted_arguments(dialect_name)
        if accepted is None:
            raise exc.ArgumentError(
                "the dialect %r declares no arguments (its construct_arguments is None), so none can be added"
                % dialect_name
            )
        accepted.setdefault(cls, {})[argument_name] = default

    @property
    def dialect_options(self) -> Dict[str, Any]:
        """The arguments by dialect and name, defaults included."""
        options = self.__dict__.get("_dialect_options")
        if options is None:
            options = self.__dict__["_dialect_options"] = _OptionsByDialect(self.__class__)
        return options

    @property
    def dialect_kwargs(self) -> Any:
        """The arguments given, as a mapping of ``<dialect>_<argument>``."""
        return _DialectArgView(self)

    @property
    def kwargs(self) -> Any:
        """The same as :attr:`dialect_kwargs`."""
        return _DialectArgView(self)

    @property
    def reflect_only_elements(self) -> Set[str]:
        """The names of arguments that were only reflected and are not rendered."""
        return {
            "%s_%s" % (dialect, name)
            for dialect, options in self.dialect_options.items()
            for name, value in options.given.items()
            if value is DialectKWArgConst.REFLECTED_ONLY
        }

    def get_dialect_option(
        self,
        dialect: Any,
        argument_name: str,
        *,
        else_: Any = None,
        deprecated_fallback: Optional[str] = None,
    ) -> Any:
        """Return an argument of a dialect; for one of no known name that of the fallback dialect.

        :param else_: what to return when it was not given, or only reflected.
        """
        value = self.dialect_options[dialect.name].get(argument_name, else_)
        if value is None and deprecated_fallback is not None:
            fallback = self.dialect_options[deprecated_fallback].get(argument_name, None)
            if fallback is not None:
                util.warn_deprecated(
                    "use %s_%s in place of %s_%s for the dialect %r"
                    % (dialect.name, argument_name, deprecated_fallback, argument_name, dialect.name),
                    version="2.1",
                )
                value = fallback
        return else_ if value is DialectKWArgConst.REFLECTED_ONLY else value

    def _take_dialect_kwargs(self, kwargs: Mapping[str, Any]) -> None:
        if not kwargs:
            return
        for key, value in kwargs.items():
            dialect_name, sep, argument_name = key.partition("_")
            if not (sep and dialect_name and argument_name):
                raise TypeError(
                    "%s takes no argument %r; arguments of dialects are named <dialect name>_<argument name>"
                    % (self.__class__.__name__, key)
                )
            try:
                options = self.dialect_options[dialect_name]
            except exc.NoSuchModuleError:
                # schemas for several databases are used where one of them is installed
                if dialect_name not in _KNOWN_DIALECTS:
                    util.warn(
                        "the argument %r of %s cannot be checked: there is no dialect named %r"
                        % (key, self.__class__.__name__, dialect_name)
                    )
                self.dialect_options[dialect_name] = options = _Options()
                options.defaults["*"] = None
            if argument_name not in options and "*" not in options:
                raise exc.ArgumentError(
                    "the dialect %r has no argument %r for %s; it has: %s"
                    % (dialect_name, argument_name, self.__class__.__name__, _names(options))
                )
            options[argument_name] = value


def _names(options: _Options) -> str:
    return ", ".join(sorted(options.defaults)) or "none"


