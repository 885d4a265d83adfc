"""Statement plugins: who turns a statement that mentions foreign entities into one that can be compiled.

The mark on an element that names its plugin is ``base.EntityMark``; the compiler asks here before it visits a
statement.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, TypeVar

from .base import EntityMark as EntityMark

__all__ = [
    "EntityMark", "LoweringContext", "ResultMap", "StatementPlugin", "find_plugin", "lower", "register_plugin",
]  # fmt: skip

_P = TypeVar("_P", bound=type)


class ResultMap:
    """Says, for a lowered statement, which objects each result column answers for."""

    __slots__ = ("entries", "ordered")

    def __init__(self) -> None:
        self.entries: List[Tuple[str, str, Tuple[Any, ...], Any]] = []
        self.ordered = True

    def add(self, key: str, name: str, objects: Tuple[Any, ...], type_: Any) -> None:
        """Add the next result column."""
        self.entries.append((key, name, objects, type_))


class LoweringContext:
    """What the lowering of a statement knows about its surroundings.

    ``notes`` belong to one statement, ``shared_notes`` to a statement with all that are nested in it.
    """

    __slots__ = (
        "dialect", "toplevel", "notes", "shared_notes", "enclosing_froms", "params", "result_map", "compiler",
        "cache_key", "options", "sources_of",
    )  # fmt: skip

    def __init__(
        self,
        dialect: Any,
        toplevel: bool,
        shared_notes: Optional[Dict[Any, Any]] = None,
        enclosing_froms: Tuple[Any, ...] = (),
        params: Optional[Mapping[str, Any]] = None,
        compiler: Any = None,
        cache_key: Any = None,
        options: Optional[Mapping[str, Any]] = None,
        sources_of: Optional[Callable[[Any], Sequence[Any]]] = None,
    ) -> None:
        self.dialect = dialect
        self.toplevel = toplevel
        self.notes: Dict[Any, Any] = {}
        self.shared_notes: Dict[Any, Any] = {} if shared_notes is None else shared_notes
        self.enclosing_froms = enclosing_froms
        self.params = params
        self.result_map = ResultMap()
        self.compiler = compiler
        self.cache_key = cache_key
        self.options = options or {}
        #: tells which FROM elements a plain SELECT would have here, without those that it leaves to enclosing ones
        self.sources_of = sources_of

    def forbid_caching(self) -> None:
        """Have the statement compiled again the next time: its cache key does not tell all that lowering made of it."""
        if self.compiler is not None:
            self.compiler.cacheable = False


class StatementPlugin:
    """Takes part in compiling and running the statements of one kind.

    A subclass is registered for a plugin name and the visit name of a statement; an object is made per process.
    """

    def lower(self, statement: Any, ctx: LoweringContext) -> Any:
        """Return the statement to compile; what else is needed later goes into ``ctx``."""
        return statement

    def before_execute(self, call: Any) -> Any:
        """Prepare a call of ``execute()``; what it returns replaces the call, None leaves it."""
        return None

    def after_execute(self, call: Any, result: Any) -> Any:
        """Return the result that the caller gets."""
        return result

    def columns_of(self, entry: Any) -> Optional[Sequence[Any]]:
        """Return the columns that an entry of the columns clause stands for, None for those it has by itself."""
        return None

    def expand_values(self, statement: Any, values: Mapping[Any, Any]) -> Mapping[Any, Any]:
        """Return what ``values()`` is given by column, where a name in it stands for several columns.

        This comes before cache keys: they are made of the single values.
        """
        return values

    def source_of(self, statement: Any, source: Any) -> Any:
        """Return a FROM element that columns of a statement stand on, with the marks that their entity brings along."""
        return source

    def describe(self, statement: Any) -> Any:
        """Return ``statement.column_descriptions``, None for the plain ones."""
        return None


_plugins: Dict[Tuple[str, str], StatementPlugin] = {}


def register_plugin(name: str, visit_name: str) -> Callable[[_P], _P]:
    """Register a plugin class for statements of a visit name that carry an ``EntityMark`` of that name."""

    def register(cls: _P) -> _P:
        _plugins[name, visit_name] = cls()
        return cls

    return register


def find_plugin(statement: Any) -> Optional[StatementPlugin]:
    """Return the plugin a statement belongs to, None when it is plain."""
    mark = statement.entity_mark
    if mark is None:
        return None
    return _plugins.get((mark.name, statement.__visit_name__))


def lower(statement: Any, ctx: LoweringContext) -> Any:
    """Return what its plugin makes of a statement, or the statement itself."""
    plugin = find_plugin(statement)
    return statement if plugin is None else plugin.lower(statement, ctx)
