"""Running a coroutine function in a transaction again after errors that may not come back.

When this is done, and when it is refused, is said in ``engine/base/retry.py``.
"""

from __future__ import annotations

import typing
import weakref
from typing import Any

from ..engine.base.retry import RetryPlan

if typing.TYPE_CHECKING:
    from typing import Awaitable
    from typing import Callable
    from typing import List

    from .engine import AsyncEngine

__all__ = ["AsyncRetryRunner"]

# the pools of the calls under way, by task
_under_way: Any = weakref.WeakKeyDictionary()


class AsyncRetryRunner(RetryPlan):
    """One call of ``AsyncEngine.run()``."""

    async def run(self, engine: AsyncEngine, fn: Callable[[Any], Awaitable[Any]]) -> Any:
        """Await the function until it has gone well or there is no use in going on."""
        import asyncio

        task = asyncio.current_task()
        active = _under_way.setdefault(task, [])
        self.refuse_inside(active)
        pool = self.engine.pool
        active.append(pool)
        try:
            while True:
                in_commit: List[bool] = []
                try:
                    return await self._once(engine, fn, in_commit)
                except Exception as err:
                    pause = self.pause_after(err, bool(in_commit))
                    if pause is None:
                        raise
                await asyncio.sleep(pause)
        finally:
            active.remove(pool)

    async def _once(self, engine: AsyncEngine, fn: Callable[[Any], Awaitable[Any]], in_commit: Any) -> Any:
        async with engine.connect() as connection:
            if self.execution_options:
                await connection.execution_options(**self.execution_options)
            async with connection.begin() as transaction:
                found = await fn(connection)
                if transaction.is_active:
                    in_commit.append(True)
                    await _commit(transaction)
                return found


async def _commit(transaction: Any) -> None:
    try:
        await transaction.commit()
    except BaseException:
        # the error of the commit is the one that tells
        try:
            await transaction.rollback()
        finally:
            raise
