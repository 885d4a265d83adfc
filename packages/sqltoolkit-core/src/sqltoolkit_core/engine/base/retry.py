"""Running a function in a transaction again after errors that may not come back.

Which errors these are is said by `exc.is_retryable()`.  The asynchronous form is in ``asyncio/retry.py``.
"""

from __future__ import annotations

import random
import threading
import time
import typing

from ... import exc
from ...util.introspect import safe_reraise

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Callable
    from typing import List
    from typing import Mapping
    from typing import Optional

    from .engine import Engine

__all__ = ["RetryPlan", "RetryRunner"]

_under_way = threading.local()


class RetryPlan:
    """How often and when a transaction is done again, and what stands in the way of doing so."""

    def __init__(
        self,
        engine: Engine,
        retry: int,
        deadline: Optional[float],
        backoff: float,
        max_backoff: float,
        execution_options: Optional[Mapping[str, Any]],
    ) -> None:
        if retry < 0:
            raise exc.ArgumentError("retry is the number of further attempts: 0 or more, not %r" % retry)
        self.engine = engine
        self.retry = retry
        self.deadline = None if deadline is None else time.monotonic() + deadline
        self.backoff = backoff
        self.max_backoff = max_backoff
        self.execution_options = execution_options or {}
        self.attempt = 0

    def pause_after(self, error: BaseException, in_commit: bool) -> Optional[float]:
        """Return the seconds to wait before the next attempt, None where the error is to be raised."""
        if self.attempt >= self.retry or not exc.is_retryable(error):
            return None
        if in_commit and not _is_surely_undone(error):
            return None
        longest = min(self.max_backoff, self.backoff * 2.0**self.attempt)
        # at random: clients that failed together must not come back together
        pause = random.uniform(longest / 2, longest)
        if self.deadline is not None and time.monotonic() + pause > self.deadline:
            return None
        self.attempt += 1
        return pause

    def refuse_inside(self, active: Any) -> None:
        """Raise if a transaction of the engine is under way: it would not be done again together with this one.

        ``active`` holds the pools of the calls of ``run()`` under way in this thread or task.
        """
        pool = self.engine.pool
        if any(one is pool for one in active) or self._holds_transaction():
            raise exc.InvalidRequestError(
                "run() was called while a transaction of the same engine is under way here: only the whole outer "
                "transaction could be done again; use its connection, or end it first"
            )

    def _holds_transaction(self) -> bool:
        known = self.engine.dialect.in_transaction  # type: ignore[attr-defined]
        return any(
            record.dbapi_connection is not None and known(record.dbapi_connection)
            for record in self.engine.pool.held_here()
        )


def _is_surely_undone(error: BaseException) -> bool:
    """Say whether an error of a commit means that nothing was committed: not if the answer was lost."""
    if isinstance(error, exc.DBAPIError):
        state = getattr(error.driver_exception, "sqlstate", None)
        return not error.connection_invalidated and state != "40003"
    return False


class RetryRunner(RetryPlan):
    """One call of `Engine.run()`."""

    def run(self, fn: Callable[[Any], Any]) -> Any:
        """Call the function until it has gone well or there is no use in going on."""
        active = _under_way.__dict__.setdefault("pools", [])
        self.refuse_inside(active)
        pool = self.engine.pool
        active.append(pool)
        try:
            return self._attempts(fn)
        finally:
            active.remove(pool)

    def _attempts(self, fn: Callable[[Any], Any]) -> Any:
        while True:
            in_commit: List[bool] = []
            try:
                return self._once(fn, in_commit)
            except Exception as err:
                pause = self.pause_after(err, bool(in_commit))
                if pause is None:
                    raise
            time.sleep(pause)

    def _once(self, fn: Callable[[Any], Any], in_commit: Any) -> Any:
        with self.engine.connect() as connection:
            if self.execution_options:
                connection = connection.execution_options(**self.execution_options)
            with connection.begin() as transaction:
                found = fn(connection)
                if transaction.is_active:
                    in_commit.append(True)
                    _commit(transaction)
                return found


def _commit(transaction: Any) -> None:
    try:
        transaction.commit()
    except BaseException:
        with safe_reraise():
            transaction.rollback()
