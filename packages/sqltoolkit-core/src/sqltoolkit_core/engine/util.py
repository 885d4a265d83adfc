"""Small helpers of code that runs on connections."""

from __future__ import annotations

import functools
import typing

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable

__all__ = ["connection_memoize"]


def connection_memoize(key: str) -> Callable[[Any], Any]:
    """Return a decorator that keeps what `fn(self, connection)` returned in the connection's `info`, under `key`."""

    def decorate(fn: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        @functools.wraps(fn)
        def kept(self: Any, connection: Any) -> Any:
            info = connection.info
            try:
                return info[key]
            except KeyError:
                info[key] = found = fn(self, connection)
                return found

        return kept

    return decorate
