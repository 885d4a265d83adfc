"""What all lowerings share: the request of a load, the plan that a lowered statement leaves for its rows.

Lowering a SELECT is in ``select``, of DML in ``dml``; plans of single entities are in ``entities``; turning a plan
into functions that make objects is in ``loading.instances``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core.util.collections import EMPTY_DICT

from ..strategy_options.load import descend
from ..strategy_options.matching import build_nodes

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = ["DEFAULT_REQUEST", "LoadNote", "LoadRequest", "SelectPlan"]


class LoadRequest:
    """How the rows of one SELECT are to be loaded, as its execution options and its caller say."""

    __slots__ = (
        "autoflush",
        "execution_options",
        "identity_token",
        "lazy_loaded_from",
        "loader_path",
        "only_keys",
        "options",
        "populate_existing",
        "prebuffer",
        "queue",
        "refresh_state",
        "trail",
        "version_check",
        "yield_per",
    )

    def __init__(
        self,
        populate_existing: bool = False,
        autoflush: bool = True,
        yield_per: Optional[int] = None,
        identity_token: Any = None,
        refresh_state: Any = None,
        only_keys: Any = None,
        lazy_loaded_from: Any = None,
        loader_path: Any = None,
        version_check: bool = False,
        options: Any = None,
        within: Any = None,
        prebuffer: bool = False,
        execution_options: Any = EMPTY_DICT,
    ) -> None:
        self.populate_existing = populate_existing
        self.autoflush = autoflush
        self.yield_per = yield_per
        self.identity_token = identity_token
        self.refresh_state = refresh_state
        self.only_keys = only_keys
        self.lazy_loaded_from = lazy_loaded_from
        self.loader_path = loader_path
        self.version_check = version_check
        #: loader options that reach the load from outside of its statement
        self.options = options
        #: load everything before the result is given out, for programs that cannot wait while they read it
        self.prebuffer = prebuffer
        #: execution options of the run that do not concern loading; loads that belong to it have them, too
        self.execution_options = execution_options
        #: what waits for further loads in the outermost run, and the relationships that led from there
        self.queue: Any = None
        self.trail: Tuple[Any, ...] = ()
        if within is not None:
            self.execution_options = within.request.execution_options
            self.queue = within.queue
            self.trail = (*within.request.trail, loader_path)
        elif loader_path is not None:
            self.trail = (loader_path,)


#: a load that asks for nothing special
DEFAULT_REQUEST = LoadRequest()


class LoadNote:
    """What objects of one query and path share: loader options that go on to their lazy loads.

    The options are relative to the entity: they start at it.

    :param lasting: the options of a refresh, where those for reading attributes have become fewer.
    """

    __slots__ = ("entity", "lasting", "memo", "options", "path")

    def __init__(
        self, entity: Any, options: Tuple[Any, ...], path: Any, lasting: Optional[Tuple[Any, ...]] = None
    ) -> None:
        self.entity = entity
        self.options = options
        self.path = path
        self.lasting = options if lasting is None else lasting
        #: whatever loaders work out from the options
        self.memo: Dict[Any, Any] = {}

    def node(self) -> Any:
        """Return the option node of the entity."""
        memo = self.memo
        if "node" not in memo:
            memo["node"] = build_nodes(self.options, [self.entity], False).get(self.entity)
        return memo["node"]

    def below(self, prop: Any, target: Any, wild: bool = True) -> Tuple[Any, ...]:
        """Return the options that start at the target of a relationship.

        :param wild: those of all entities are among them; they are for what one statement loads, and what follows it.
        """
        memo = self.memo
        place = (prop, wild)
        if place not in memo:
            memo[place] = descend(self.options, self.entity, prop, target, wild)
        found: Tuple[Any, ...] = memo[place]
        return found

    def __reduce__(self) -> Any:
        return LoadNote, (self.entity.mapper, self.options, None, self.lasting)


class SelectPlan:
    """How the rows of a lowered SELECT become objects; kept with the compiled statement."""

    __slots__ = (
        "by_name",
        "converters",
        "entities",
        "entries",
        "eager_collections",
        "extra",
        "keys",
        "loaders",
        "metadata",
        "only_columns",
        "posts",
        "repeats",
        "rows_are_ready",
        "single_entity",
        "statement",
        "types",
    )

    def __init__(self) -> None:
        #: row entries in order: what each element of a result row is
        self.entries: List[Any] = []
        #: names of the row elements
        self.keys: Tuple[str, ...] = ()
        #: further look-up keys for each row element
        self.extra: Tuple[Tuple[Any, ...], ...] = ()
        #: all entity plans, also those of eager joins, in order of their index
        self.entities: List[Any] = []
        #: types of the raw columns, by position
        self.types: List[Any] = []
        #: whether eager joins multiply the rows, so that unique() is required
        self.eager_collections = False
        #: whether the statement itself may give a row more than once, so that children repeat
        self.repeats = False
        #: whether the rows are objects of one entity alone
        self.single_entity = False
        #: raw columns are found by name (textual statements)
        self.by_name: Optional[List[Any]] = None
        #: the rows are plain columns in order, as the core gives them
        self.only_columns = False
        #: (entity plan, function) called after a chunk of rows, in order
        self.posts: List[Any] = []
        #: generated loaders, by what they depend on besides the plan
        self.loaders: Dict[Any, Any] = {}
        #: the function or None for each raw column, the meta data of the result, and whether rows of plain columns
        #: are named as the result wants them; known when there was a result
        self.converters: Optional[Tuple[Any, ...]] = None
        self.metadata: Any = None
        self.rows_are_ready: Optional[bool] = None
        self.statement: Any = None
