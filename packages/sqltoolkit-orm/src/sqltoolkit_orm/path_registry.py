"""Paths through mapped entities and their relationships, as loader options and strategies use them.

A path alternates entities (mappers, aliased entities) and properties: ``User -> addresses -> Address -> email``.  What
is stored under a path lives in a plain dictionary that callers hand in.
"""

from __future__ import annotations

import typing
from typing import Any

from sqltoolkit_core.sql.cache_key import HasCacheKey
from sqltoolkit_core.sql.cache_key import KeyKind

if typing.TYPE_CHECKING:
    from typing import Dict
    from typing import Iterator
    from typing import List
    from typing import Optional
    from typing import Tuple

__all__ = ["DEFAULT_TOKEN", "EntityPath", "PathRegistry", "PropertyPath", "RootPath", "TokenPath", "WILDCARD_TOKEN"]

#: every attribute
WILDCARD_TOKEN = "*"
#: what applies where nothing else is said
DEFAULT_TOKEN = "_sa_default"


class PathRegistry(HasCacheKey):
    """One path; index it with an entity, a property or a token for the path one step on."""

    inherit_cache = True
    cache_key_fields = (("path", KeyKind.KEYEDS),)

    is_token = False
    is_root = False
    is_entity = False
    is_property = False
    has_entity = False
    is_unnatural = False
    is_aliased_class = False

    root: RootPath
    path: Tuple[Any, ...] = ()
    natural_path: Tuple[Any, ...] = ()
    parent: Optional[PathRegistry] = None

    def _children(self) -> Dict[Any, PathRegistry]:
        kept: Dict[str, Dict[Any, PathRegistry]] = self.__dict__
        try:
            return kept["_steps"]
        except KeyError:
            steps: Dict[Any, PathRegistry] = {}
            kept["_steps"] = steps
            return steps

    def __getitem__(self, step: Any) -> Any:
        if isinstance(step, int):
            return self.path[step]
        if isinstance(step, slice):
            return self.coerce(self.path[step])
        steps = self._children()
        found = steps.get(step)
        if found is None:
            found = steps[step] = self._step(step)
        return found

    def _step(self, step: Any) -> PathRegistry:
        raise NotImplementedError()

    def token(self, token: str) -> TokenPath:
        """Return the path that ends in a token such as ``relationship:*``."""
        path: TokenPath = self[token]
        return path

    @classmethod
    def coerce(cls, raw: Any) -> PathRegistry:
        """Return the path of a sequence of entities, properties and tokens."""
        found: PathRegistry = PathRegistry.root
        for step in raw:
            found = found[step]
        return found

    @classmethod
    def per_mapper(cls, mapper: Any) -> PathRegistry:
        """Return the path of one entity."""
        path: PathRegistry = PathRegistry.root[mapper]
        return path

    # -- facts under a path ------------------------------------------------------------------------------------------

    def set(self, attributes: Dict[Any, Any], key: Any, value: Any) -> None:
        """Store a fact under this path."""
        attributes[(key, self.natural_path)] = value

    def get(self, attributes: Dict[Any, Any], key: Any, value: Any = None) -> Any:
        """Return a fact under this path, or the default."""
        return attributes.get((key, self.natural_path), value)

    def setdefault(self, attributes: Dict[Any, Any], key: Any, value: Any) -> None:
        """Store a fact under this path, unless there is one."""
        attributes.setdefault((key, self.natural_path), value)

    def contains(self, attributes: Dict[Any, Any], key: Any) -> bool:
        """Return whether there is a fact under this path."""
        return (key, self.natural_path) in attributes

    # -- reading -----------------------------------------------------------------------------------------------------

    @property
    def length(self) -> int:
        """The number of steps."""
        return len(self.path)

    def __len__(self) -> int:
        return len(self.path)

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[Any]:
        return iter(self.path)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, PathRegistry) and self.path == other.path

    def __ne__(self, other: Any) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.path)

    def __add__(self, other: Any) -> PathRegistry:
        found: PathRegistry = self
        for step in other.path:
            found = found[step]
        return found

    def pairs(self) -> Iterator[Tuple[Any, Any]]:
        """Iterate over (entity, property)."""
        path = self.path
        for at in range(0, len(path), 2):
            yield path[at], path[at + 1] if at + 1 < len(path) else None

    def contains_mapper(self, mapper: Any) -> bool:
        """Return whether the path goes through the mapper."""
        return any(step is mapper or getattr(step, "mapper", None) is mapper for step in self.path[::2])

    def odd_element(self, index: int) -> Any:
        """Return the mapper at an even position."""
        return self.path[index].mapper

    # -- serialising -------------------------------------------------------------------------------------------------

    def serialize(self) -> List[Tuple[Any, Optional[str]]]:
        """Return the path as (class, attribute key) pairs."""
        found = []
        for entity, prop in self.pairs():
            key = prop if prop is None or isinstance(prop, str) else prop.key
            found.append((entity if isinstance(entity, str) else entity.mapper.class_, key))
        return found

    @classmethod
    def deserialize(cls, pairs: Any) -> PathRegistry:
        """Return the path that ``serialize()`` wrote down."""
        from .base import class_mapper

        found: PathRegistry = PathRegistry.root
        for owner, key in pairs or ():
            if isinstance(owner, str):
                found = found[owner]
                continue
            mapper = class_mapper(owner, configure=False)
            found = found[mapper]
            if key is not None:
                found = found[mapper.get_property(key) if mapper.has_property(key) else key]
        return found

    def __reduce__(self) -> Any:
        return PathRegistry.deserialize, (self.serialize(),)

    def __repr__(self) -> str:
        return "<%s %s>" % (type(self).__name__, " -> ".join(str(step) for step in self.path) or "(root)")


class RootPath(PathRegistry):
    """The empty path."""

    inherit_cache = True
    is_root = True

    def __init__(self) -> None:
        self.path = ()

    def __getitem__(self, step: Any) -> Any:
        # the root does not keep entities alive: each entity keeps its own path
        if isinstance(step, (int, slice)):
            return super().__getitem__(step)
        if isinstance(step, str):
            return TokenPath(self, step)
        found = step.__dict__.get("_own_path")
        if found is None:
            found = step.__dict__["_own_path"] = EntityPath(self, step)
        return found


class TokenPath(PathRegistry):
    """A path that ends in a token that stands for several attributes."""

    inherit_cache = True
    is_token = True
    cache_key_fields = (("parent", KeyKind.KEYED), ("text", KeyKind.PLAIN))  # type: ignore[assignment]

    def __init__(self, parent: PathRegistry, token: str) -> None:
        self.text = token
        self.parent = parent
        self.path = parent.path + (token,)
        self.natural_path = parent.natural_path + (token,)

    def generate_for_superclasses(self) -> Iterator[PathRegistry]:
        """Iterate over this path and those of the base classes of its entity."""
        parent = self.parent
        if parent is None or not parent.is_entity:
            yield self
            return
        entity = parent.entity  # type: ignore[attr-defined]
        if entity.is_aliased_class:
            yield self
            return
        for mapper in entity.iterate_to_root():
            yield parent.parent[mapper][self.text]  # type: ignore[index]

    def _step(self, step: Any) -> PathRegistry:
        raise NotImplementedError("Nothing follows the token %r in a path" % self.text)


class PropertyPath(PathRegistry):
    """A path that ends in a property."""

    inherit_cache = True
    is_property = True

    def __init__(self, parent: EntityPath, prop: Any) -> None:
        self.prop = prop
        self.parent = parent
        self.path = parent.path + (prop,)
        self.natural_path = parent.natural_path + (prop,)
        owner = prop.parent
        if owner is not None and owner is not parent.mapper and parent.mapper is not None:
            # the same attribute met through a subclass: what is said about one holds for the other
            if not parent.is_aliased_class and parent.mapper.isa(owner) and parent.mapper.has_property(prop.key):
                self.is_unnatural = parent.mapper.get_property_unconfigured(prop.key) is not prop
        entity = getattr(prop, "entity", None) if getattr(prop, "links_to_entity", False) else None
        self.entity = entity
        self.has_entity = entity is not None
        #: keys of facts that strategies store under the property
        self._loader_key = ("loader", self.natural_path)

    @property
    def mapper(self) -> Any:
        """The mapper that the property leads to."""
        return self.prop.mapper

    @property
    def entity_path(self) -> Any:
        """The path to the entity that the property leads to."""
        return self[self.entity]

    def _step(self, step: Any) -> PathRegistry:
        if isinstance(step, str):
            return TokenPath(self, step)
        return EntityPath(self, step)


class EntityPath(PathRegistry):
    """A path that ends in an entity."""

    inherit_cache = True
    is_entity = True
    has_entity = True

    def __init__(self, parent: PathRegistry, entity: Any) -> None:
        self.entity = entity
        self.parent = parent
        self.is_aliased_class = entity.is_aliased_class
        self.path = parent.path + (entity,)
        self.natural_path = parent.natural_path + (entity,)

    @property
    def mapper(self) -> Any:
        """The mapper of the entity."""
        return self.entity.mapper

    @property
    def entity_path(self) -> EntityPath:
        """This path."""
        return self

    def _step(self, step: Any) -> PathRegistry:
        if isinstance(step, str):
            return TokenPath(self, step)
        return PropertyPath(self, step)


PathRegistry.root = RootPath()
