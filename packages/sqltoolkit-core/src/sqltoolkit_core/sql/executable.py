"""Executable statements and the options that ride on them.

How a statement is run is in ``engine.base``; who lowers one before it is compiled is in ``lowering``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, FrozenSet, Iterable, Mapping, Optional, Tuple

from .. import exc
from ..util.collections import immutabledict
from ..util.frames import site_of, site_text
from . import roles
from .base import Generative
from .cache_key import HasCacheKey
from .traversals import Uncacheable

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "Executable", "ExecutableOption", "ExecutableStatement", "OptionSet", "SyntaxExtension",
    "UserDefinedOption",
]  # fmt: skip

EMPTY: Any = immutabledict()


class ExecutableOption:
    """Base of what ``statement.options()`` takes.

    An option that is part of cache keys sets ``_is_has_cache_key``, or inherits ``HasCacheKey`` first.
    """

    __visit_name__: Any = "executable_option"
    _is_has_cache_key = False
    cache_key_fields: ClassVar[Tuple[Tuple[str, int], ...]] = ()
    inherit_cache: Optional[bool] = None

    # borrowed, not inherited: a class may name HasCacheKey before this one
    _flat = HasCacheKey._flat
    _generate_cache_key = HasCacheKey._generate_cache_key
    _annotations: Mapping[str, Any] = EMPTY

    def _clone(self, **kw: Any) -> Any:
        """Return a shallow copy."""
        made = object.__new__(self.__class__)
        made.__dict__.update(self.__dict__)
        return made

    def apply(self, lowering: Any) -> None:
        """Take effect on a statement that is being lowered."""

    @property
    def propagate_to_loaders(self) -> bool:
        """Whether statements that load related objects carry the option too."""
        return False


class UserDefinedOption(ExecutableOption):
    """An option with a payload for listeners; it is no part of the cache key."""

    __visit_name__ = "user_defined_option"
    propagate_to_loaders: Any = False

    def __init__(self, payload: Any = None) -> None:
        self.payload = payload


class OptionSet(HasCacheKey):
    """An immutable set of named options with defaults given as class attributes.

    ``cache_key_fields`` is not needed: all options are part of cache keys, except those named in ``uncached``.
    """

    uncached: ClassVar[FrozenSet[str]] = frozenset()
    _is_has_cache_key = True

    def __init__(self, **kw: Any) -> None:
        for name in kw:
            if not hasattr(self.__class__, name):
                raise TypeError("%s has no option %r" % (self.__class__.__name__, name))
        self.__dict__.update(kw)

    def merge(self, other: Any = None, **kw: Any) -> Any:
        """Return a set with these options changed."""
        values = dict(self.__dict__)
        values.pop("_memo", None)
        if other is not None:
            values.update(other.__dict__ if isinstance(other, OptionSet) else other)
        values.update(kw)
        return self.__class__(**values)

    __add__ = merge

    def __eq__(self, other: Any) -> bool:
        return self.__class__ is other.__class__ and self.__dict__ == other.__dict__

    def __ne__(self, other: Any) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.__class__)

    def __repr__(self) -> str:
        return "%s(%s)" % (
            self.__class__.__name__,
            ", ".join(["%s=%r" % (name, self.__dict__[name]) for name in sorted(self.__dict__)]),
        )

    @classmethod
    def from_execution_options(
        cls, key: str, attrs: Iterable[str], exec_options: Mapping[str, Any], statement_exec_options: Mapping[str, Any]
    ) -> Tuple[Any, Mapping[str, Any]]:
        """Read options given as execution options; return the set and the execution options with it under ``key``.

        An option ``name`` is read from ``name`` in either mapping, those of the call coming first.
        """
        found = {}
        for name in attrs:
            if name in exec_options:
                found[name] = exec_options[name]
            elif name in statement_exec_options:
                found[name] = statement_exec_options[name]
        existing = exec_options.get(key) or statement_exec_options.get(key)
        if not found:
            return existing or cls(), exec_options
        made = (existing or cls()).merge(**found)
        merged = dict(exec_options)
        merged[key] = made
        return made, immutabledict(merged)

    def _flat(self, out: Any, binds: Any, seen: Dict[int, int]) -> None:
        out.append(self.__class__)
        d = self.__dict__
        for name in sorted(d):
            value = d[name]
            if name in self.uncached or name == "_memo":
                continue
            out.append(name)
            if hasattr(value, "_flat"):
                value._flat(out, binds, seen)
            else:
                try:
                    hash(value)
                except TypeError:
                    raise Uncacheable(value) from None
                out.append((value.__class__, value))
        out.append(None)

    _flat.for_subclasses = True  # type: ignore[attr-defined]


class Executable(roles.StatementRole):
    """Something that a connection can execute."""

    if not TYPE_CHECKING:
        # the classes that this is mixed into have a __dict__, for the fields below too
        __slots__ = ()

    supports_execution: bool = True
    is_select = False
    is_from_statement = False
    is_update = False
    is_insert = False
    is_text = False
    is_delete = False
    is_dml = False
    _is_implicitly_boolean = False
    _is_default_generator = False

    _with_options: Tuple[Any, ...] = ()
    _execution_options: Mapping[str, Any] = EMPTY
    entity_mark: Any = None

    # what the elements have that this is mixed into
    __visit_name__: str
    _generate_cache_key: Any
    _compiler: Any

    @property
    def plugin_name(self) -> Optional[str]:
        """The plugin this statement belongs to, None for a plain one."""
        mark = self.entity_mark
        return None if mark is None else mark.name

    @property
    def plugin_subject(self) -> Any:
        """The subject of the plugin: what the first entity of the statement stands for."""
        mark = self.entity_mark
        return None if mark is None else mark.subject

    def _generate(self) -> Self:
        raise NotImplementedError

    def options(self, *options: Any) -> Self:
        """Return the statement with these options added; each is an :class:`ExecutableOption`."""
        made = self._generate()
        made._with_options = self._with_options + tuple([_option(option) for option in options])
        return made

    def execution_options(self, **kw: Any) -> Self:
        """Return the statement with execution options set; a later value replaces an earlier one."""
        if "isolation_level" in kw:
            raise exc.ArgumentError(
                "isolation_level cannot be set for one statement; use Connection.execution_options() "
                "or Engine.execution_options()"
            )
        if "compiled_cache" in kw:
            raise exc.ArgumentError(
                "compiled_cache cannot be set for one statement; use Connection.execution_options() "
                "or Engine.execution_options()"
            )
        made = self._generate()
        made._execution_options = immutabledict(self._execution_options, **kw)
        return made

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the execution options set so far."""
        return self._execution_options

    def _compile_w_cache(
        self,
        dialect: Any,
        *,
        compiled_cache: Any = None,
        column_keys: Any = None,
        for_executemany: bool = False,
        schema_translate_map: Any = None,
        **kw: Any,
    ) -> Tuple[Any, Any, Any]:
        """Return ``(compiled, parameters of this statement, what the cache did)``.

        :param column_keys: sorted keys of the columns an INSERT or UPDATE has parameters for.
        """
        if compiled_cache is None:
            cache_key, stats = None, dialect.CACHING_DISABLED
        elif not dialect.supports_statement_cache:
            cache_key, stats = None, dialect.NO_DIALECT_SUPPORT
        else:
            cache_key = self._generate_cache_key()
            stats = dialect.NO_CACHE_KEY if cache_key is None else dialect.CACHE_MISS
        if cache_key is not None:
            # the dialect is part of the key because options of an engine may change what it renders
            key = (
                dialect, cache_key.key, None if not column_keys else tuple(column_keys), bool(schema_translate_map),
                for_executemany,
            )  # fmt: skip
            compiled = compiled_cache.get(key)
            if compiled is not None:
                return compiled, cache_key.bindparams, dialect.CACHE_HIT
        compiled = self._compiler(
            dialect,
            cache_key=cache_key,
            column_keys=column_keys,
            for_executemany=for_executemany,
            schema_translate_map=schema_translate_map,
            **kw,
        )
        if cache_key is None:
            return compiled, None, stats
        if compiled.cacheable:
            compiled_cache[key] = compiled
        return compiled, cache_key.bindparams, stats

    def _execute_on_connection(self, connection: Any, distilled_params: Any, execution_options: Any) -> Any:
        return connection._execute_clauseelement(self, distilled_params, execution_options)

    def _execute_on_scalar(self, connection: Any, distilled_params: Any, execution_options: Any) -> Any:
        return self._execute_on_connection(connection, distilled_params, execution_options).scalar()


def _option(option: Any) -> Any:
    if not isinstance(option, ExecutableOption):
        found = getattr(option, "__clause_element__", None)
        option = found() if found is not None else option
        if not isinstance(option, (ExecutableOption, roles.ExecutableOptionRole)):
            raise exc.ArgumentError(
                "options() takes statement options such as loader options and got %r" % (option,)
            )
    return option


class ExecutableStatement(Executable, Generative):
    """An executable that stands alone as a statement, with parameters of its own."""

    __slots__ = ()

    _generate = Generative._generate
    _replace_params: Any

    # a place in a program, and no part of the statement: it is neither compared nor pickled
    _site: Any = None

    @property
    def built_at(self) -> Optional[str]:
        """The line that called ``select()``, ``update()`` or kin, as ``file:line in function``.

        None for a statement that came about in another way: unpickled, for example, or made by a library.
        """
        return site_text(self._site)

    def note_site(self, frame: Any) -> None:
        """Take the line of a frame, or of its nearest caller outside of libraries, for that of the statement.

        For functions that make statements for others; ``util.hide_frames()`` says what is a library.
        """
        self._site = site_of(frame)

    def params(self, __optionaldict: Optional[Mapping[str, Any]] = None, **kwargs: Any) -> Self:
        """Return the statement with values for its named parameters."""
        made: Self = self._replace_params(False, __optionaldict, kwargs)
        return made


class SyntaxExtension(roles.SyntaxExtensionRole):
    """Base of an element that adds a clause of its own to statements, through ``statement.ext()``."""

    __slots__ = ()

    def append_replacing_same_type(self, existing: Any) -> Any:
        """Return the extensions of a position with this one in place of those of its class."""
        cls = type(self)
        return [element for element in existing if not isinstance(element, cls)] + [self]

    def apply_to_select(self, select_stmt: Any) -> None:
        """Take a place in a SELECT."""
        raise NotImplementedError("%s cannot be used in a SELECT" % type(self).__name__)

    def apply_to_update(self, update_stmt: Any) -> None:
        """Take a place in an UPDATE."""
        raise NotImplementedError("%s cannot be used in an UPDATE" % type(self).__name__)

    def apply_to_delete(self, delete_stmt: Any) -> None:
        """Take a place in a DELETE."""
        raise NotImplementedError("%s cannot be used in a DELETE" % type(self).__name__)

    def apply_to_insert(self, insert_stmt: Any) -> None:
        """Take a place in an INSERT."""
        raise NotImplementedError("%s cannot be used in an INSERT" % type(self).__name__)
