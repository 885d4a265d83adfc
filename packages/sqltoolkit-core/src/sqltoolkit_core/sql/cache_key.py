"""Cache keys: the flat tuple that tells two statements apart, with their bound values beside it.

How each element contributes to a key follows from its declared fields, in ``traversals``.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Tuple

from .traversals import NO_CACHE as NO_CACHE
from .traversals import HasCacheKey as HasCacheKey
from .traversals import KeyKind as KeyKind
from .traversals import Uncacheable, memoize
from .visitors import cloned_traverse

__all__ = ["CacheKey", "HasCacheKey", "KeyKind", "MemoizedHasCacheKey", "NO_CACHE", "generate"]


_Parts = NamedTuple("_Parts", [("key", Tuple[Any, ...]), ("bindparams", List[Any]), ("params", Dict[str, Any])])


class CacheKey(_Parts):
    """What identifies the SQL of a statement.

    ``key`` is a hashable tuple without any bound value; ``bindparams`` are the statement's parameters in the order they
    were met: the same position means the same parameter in every statement with an equal key.
    """

    __slots__ = ()

    def __new__(cls, key: Any, bindparams: List[Any], params: Optional[Dict[str, Any]] = None) -> CacheKey:
        return super().__new__(cls, key, bindparams, {} if params is None else params)

    def __hash__(self) -> int:
        raise TypeError("a CacheKey is not hashable because it holds bound values; use its .key")

    def __eq__(self, other: Any) -> bool:
        return bool(self.key == other.key)

    def __ne__(self, other: Any) -> bool:
        return not self.key == other.key

    def rebind(self, element: Any, original: CacheKey) -> Any:
        """Return ``element``, compiled under ``original``, with the bound values that this key holds.

        ``original`` is a key equal to this one; its parameters are found in ``element`` by identity.
        """
        values = {id(old): new for old, new in zip(original.bindparams, self.bindparams)}

        def replace(found: Any) -> Any:
            return values.get(id(found))

        return cloned_traverse(element, {"replace": replace}, {})

    def to_offline_string(
        self, statement_cache: Dict[Any, str], statement: Any, parameters: Dict[str, Any]
    ) -> str:
        """Return a string for this statement and these parameters, for caches outside the process.

        The SQL text stands for the statement, as long as the names of the parameters do.
        """
        sql = statement_cache.get(self.key)
        if sql is None:
            statement_cache[self.key] = sql = str(statement)
        if not self.bindparams:
            values: Iterable[Any] = ()
        else:
            values = tuple([parameters.get(bind.key, bind.value) for bind in self.bindparams])
        return repr((sql, values))


def generate(obj: Any) -> Optional[CacheKey]:
    """Return the cache key of an element, None when it cannot have one."""
    out: List[Any] = []
    binds: List[Any] = []
    try:
        obj._flat(out, binds, {})
    except Uncacheable:
        return None
    return tuple.__new__(CacheKey, (tuple(out), binds, {}))


def _generate_cache_key(self: HasCacheKey) -> Optional[CacheKey]:
    """Return the cache key, None when there cannot be one."""
    return generate(self)


HasCacheKey._generate_cache_key = _generate_cache_key  # type: ignore[assignment]


_KEY_ALONE = ("_cache_key_memo",)


class MemoizedHasCacheKey(HasCacheKey):
    """A participant that keeps its key, being immutable."""

    __slots__ = ()

    def _generate_cache_key(self) -> Optional[CacheKey]:
        d: Dict[str, Any] = self.__dict__
        if "_cache_key_memo" in d:
            known: Optional[CacheKey] = d["_cache_key_memo"]
            return known
        # the same as generate(), which every statement would call from here
        out: List[Any] = []
        binds: List[Any] = []
        key: Optional[CacheKey]
        try:
            self._flat(out, binds, {})
        except Uncacheable:
            key = None
        else:
            key = tuple.__new__(CacheKey, (tuple(out), binds, {}))
        if "_memo" in d:
            return memoize(self, "_cache_key_memo", key)
        d["_cache_key_memo"] = key
        d["_memo"] = _KEY_ALONE
        return key
