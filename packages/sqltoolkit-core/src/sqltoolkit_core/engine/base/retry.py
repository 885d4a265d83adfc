"""Running a function in a transaction again after errors that may not come back.

Which errors these are is said by `exc.is_retryable()`.
"""

from __future__ import annotations

import random
import threading
import time
import typing

from ... import exc

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import Mapping
    from typing import Optional

    from .engine import Engine

__all__ = ["RetryRunner"]

_under_way = threading.local()


class RetryRunner:
    """One call of `Engine.run()`."""

    def __init__(
        self,
        engine: Engine,
        retry: int,
        deadline: Optional[float],
        backoff: float,
        max_backoff: float,
        execution_options: Mapping[str, Any],
    ) -> None:
        if retry < 0:
            raise exc.ArgumentError("retry is the number of further attempts: 0 or more, not %r" % retry)
        self.engine = engine
        self.retry = retry
        self.deadline = None if deadline is None else time.monotonic() + deadline
        self.backoff = backoff
        self.max_backoff = max_backoff
        self.execution_options = execution_options

    def run(self, fn: Callable[[Any], Any]) -> Any:
        """Call the function until it has gone well or there is no use in going on."""
        active = _under_way.__dict__.setdefault("pools", [])
        if any(pool is self.engine.pool for pool in active):
            raise exc.InvalidRequestError(
                "run() was called inside of another run() of the same engine: only the whole outer "
                "transaction can be done again; pass its connection on instead"
            )
        pool = self.engine.pool
        active.append(pool)
        try:
            return self._attempts(fn)
        finally:
            active.remove(pool)

    def _attempts(self, fn: Callable[[Any], Any]) -> Any:
        attempt = 0
        while True:
            try:
                return self._once(fn)
            except Exception as err:
                if attempt >= self.retry or not exc.is_retryable(err):
                    raise
                pause = self._pause(attempt)
                if self.deadline is not None and time.monotonic() + pause > self.deadline:
                    raise
            attempt += 1
            time.sleep(pause)

    def _once(self, fn: Callable[[Any], Any]) -> Any:
        with self.engine.connect() as connection:
            if self.execution_options:
                connection = connection.execution_options(**self.execution_options)
            with connection.begin():
                return fn(connection)

    def _pause(self, attempt: int) -> float:
        longest = min(self.max_backoff, self.backoff * 2.0**attempt)
        # anything up to the whole: clients that failed together must not come back together
        return random.uniform(longest / 2, longest)
