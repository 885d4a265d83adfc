"""Columns of subclasses by SELECTs of their own, for objects of a query of the parent.

Two things ask for it: ``polymorphic_load="selectin"`` of a mapping, and ``selectin_polymorphic()``.  What relationships
lead to is in ``selectin``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import select
from sqltoolkit_core.sql.selectable import LABEL_STYLE_TABLENAME_PLUS_COL

from ..base import STATE_ATTR
from ..context.compile_state import LoadRequest
from ..loading.plugin import fetch_objects
from ..mapper import Mapper
from ..strategy_options.load import only_these
from ..strategy_options.load import with_elements
from ..strategy_options.matching import applies_to
from .selectin import CHUNK
from .selectin import EAGER
from .selectin import key_in

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Dict
    from typing import FrozenSet
    from typing import Iterable
    from typing import List
    from typing import Sequence
    from typing import Tuple

__all__ = ["PolymorphicPost", "setup_polymorphic"]


class PolymorphicPost:
    """Loads the columns of some subclasses for the objects of a chunk.

    :param mapped: the subclasses that are mapped to be loaded so; an object is loaded as the nearest of them.
    :param asked: those that options name; an object that is one is loaded as each class from there up to the query's.
    """

    __slots__ = ("asked", "key", "mapped")

    def __init__(self, mapped: Tuple[Any, ...], asked: Tuple[Any, ...]) -> None:
        self.mapped = mapped
        self.asked = asked
        self.key = ("polymorphic", mapped, asked)

    def __call__(self, run: Any, plan: Any, objects: List[Any]) -> None:
        options = run.propagated_options()
        request = LoadRequest(
            identity_token=run.token, autoflush=False, execution_options=run.request.execution_options
        )
        above = plan.mapper
        ways = [(mapper, None) for mapper in self.mapped] + _ways_up(self.asked, above)
        for mapper, named in ways:
            concerned = self._concerned(mapper, named, above, objects, _eager_keys(mapper, above, options))
            if not concerned:
                continue
            statement = _subclass_select(mapper, above).options(*_options_of(mapper, options))
            for start in range(0, len(concerned), CHUNK):
                part = concerned[start : start + CHUNK]
                fetch_objects(run.session, statement, {"primary_keys": part}, request, mapper)

    def _concerned(
        self, mapper: Any, named: Any, above: Any, objects: Iterable[Any], eager: FrozenSet[str]
    ) -> List[Any]:
        """Return the primary keys of the objects that lack what loading them as ``mapper`` brings."""
        keys: Dict[Any, None] = {}
        for obj in objects:
            if obj is None:
                continue
            dict_ = obj.__dict__
            state = dict_[STATE_ATTR]
            own = state.manager.mapper
            if not (self._nearest(own) is mapper if named is None else any(own.isa(one) for one in named)):
                continue
            if any(key not in dict_ for key in _brought(mapper, above, own)) or not eager.issubset(dict_):
                keys[state.pk] = None
        return list(keys)

    def _nearest(self, own: Any) -> Any:
        return next((mapper for mapper in own.iterate_to_root() if mapper in self.mapped), None)


def _ways_up(asked: Iterable[Any], above: Any) -> List[Tuple[Any, List[Any]]]:
    """Return the classes from those that options name up to that of the query, each with the named ones it is for."""
    found: Dict[Any, List[Any]] = {}
    for named in asked:
        for mapper in named.iterate_to_root():
            if above.isa(mapper):
                break
            found.setdefault(mapper, []).append(named)
    return list(found.items())


def _options_of(mapper: Any, options: Iterable[Any]) -> List[Any]:
    """Return what the options of a query have to say to the load of a subclass."""
    found = []
    for option in options:
        if hasattr(option, "load_elements"):
            option = with_elements(
                option,
                tuple(
                    element
                    for element in option.load_elements
                    if element.strategy != "polymorphic" and (element.root is None or applies_to(element.root, mapper))
                ),
            )
            if not option.load_elements:
                continue
        found.append(option)
    return found


def _eager_keys(mapper: Any, above: Any, options: Any) -> FrozenSet[str]:
    """Return the relationships of a subclass that are loaded with its columns, by mapping or by options."""
    own = [prop for prop in mapper.relationships if above.props.get(prop.key) is not prop]
    if not own:
        return frozenset()
    asked = any(
        element.strategy != "polymorphic" and _speaks_of(element, mapper, above)
        for option in options
        for element in getattr(option, "load_elements", ())
    )
    return frozenset(prop.key for prop in own if asked or prop.lazy in EAGER)


def _speaks_of(element: Any, mapper: Any, above: Any) -> bool:
    """Tell whether an option is about attributes that a subclass adds."""
    entity = element.root
    if element.steps and element.steps[0].entity is not None:
        entity = element.steps[0].entity
    return entity is not None and not above.isa(entity.mapper) and applies_to(entity, mapper)


def _own_keys(mapper: Any, above: Any) -> FrozenSet[str]:
    """Return the column attributes that loading objects of ``above`` as ``mapper`` is for.

    Those of parents that are loaded in the same way belong to it, and those of children that come by a join.
    """
    found: FrozenSet[str] = mapper.memo.get(("subclass_keys", above))
    if found is None:
        mappers = [mapper]
        if mapper.polymorphic_load == "selectin":
            for parent in mapper.inherits.iterate_to_root():
                if parent.polymorphic_load != "selectin" or above.isa(parent):
                    break
                mappers.append(parent)
        mappers.extend(mapper.with_polymorphic_mappers or ())
        found = mapper.memo[("subclass_keys", above)] = frozenset(
            prop.key for one in mappers for prop in one.loaded_columns if prop.parent is one
        )
    return found


def _brought(mapper: Any, above: Any, own: Any) -> Sequence[str]:
    """Return the attributes that an object of the class ``own`` has after it was loaded as ``mapper``."""
    memo = own.memo
    found: Sequence[str] = memo.get(("brought", mapper, above))
    if found is None:
        keys = _own_keys(mapper, above)
        found = memo[("brought", mapper, above)] = tuple(
            prop.key for prop in own.loaded_columns if not prop.deferred and prop.key in keys
        )
    return found


def _subclass_select(mapper: Any, above: Any) -> Any:
    memo = mapper.memo
    found = memo.get(("subclass_select", above))
    if found is None:
        statement = select(mapper).where(key_in(tuple(mapper.primary_key)))
        statement = statement.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        keys = sorted(_own_keys(mapper, above))
        found = memo[("subclass_select", above)] = statement.options(only_these(mapper, keys))
    return found


def setup_polymorphic(builder: Any, plan: Any) -> None:
    """Plan the loading of subclass columns that options or mappings ask for."""
    if not builder.enable_eagerloads or plan.discriminator is None:
        return
    above = plan.mapper
    mapped = tuple(
        mapper
        for mapper in above.self_and_descendants
        if mapper is not above and mapper.polymorphic_load == "selectin"
    )
    asked = dict.fromkeys(
        mapper
        for mappers in plan.node.polymorphic
        for mapper in mappers
        if mapper not in mapped and mapper is not above and mapper.isa(above)
    )
    if mapped or asked:
        plan.add_post(PolymorphicPost(mapped, tuple(asked)))


Mapper.setup_polymorphic_load = staticmethod(setup_polymorphic)  # type: ignore[attr-defined]
