"""What asynchronous objects have in common: their start and end, and the way back from what they stand for.

The engine's objects are in ``asyncio/engine.py``, results in ``asyncio/result.py``.  A *proxy* stands for one
synchronous object; *starting* makes that object, by ``await`` or by entering ``async with``.
"""

from __future__ import annotations

import typing
import weakref
from typing import Any
from typing import Generic
from typing import TypeVar

from .exc import AsyncContextAlreadyStarted
from .exc import AsyncContextNotStarted

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Generator
    from typing import NoReturn

__all__ = [
    "GeneratorStartableContext",
    "ReversibleProxy",
    "StartableContext",
    "asyncstartablecontext",
    "refuse_second_start",
]

_T = TypeVar("_T")


class ReversibleProxy(Generic[_T]):
    """A proxy that is found again by what it stands for: there is one per object while anybody holds it."""

    __slots__ = ("__weakref__",)

    # by id of the target, which the proxy keeps alive
    _proxies: Any = weakref.WeakValueDictionary()

    def assign_proxied(self, target: Any) -> Any:
        """Note that this is the proxy of ``target`` and return that."""
        if target is not None:
            self._proxies[id(target)] = self
        return target

    @classmethod
    def retrieve_proxy_for_target(cls, target: Any, regenerate: bool = True) -> Any:
        """Return the proxy of ``target``, a new one if there is none and ``regenerate`` is true."""
        found = cls._proxies.get(id(target))
        if found is None and regenerate:
            found = cls.regenerate_proxy_for_target(target)
        return found

    @classmethod
    def regenerate_proxy_for_target(cls, target: Any) -> Any:
        """Return a new proxy of ``target``."""
        raise NotImplementedError()


class StartableContext(Generic[_T]):
    """Something that starts when it is awaited, or entered by ``async with``, which ends it too."""

    __slots__ = ()

    async def start(self, is_ctxmanager: bool = False) -> _T:
        """Start and return what ``async with`` gives."""
        raise NotImplementedError()

    def __await__(self) -> Generator[Any, Any, _T]:
        return self.start().__await__()

    async def __aenter__(self) -> _T:
        return await self.start(is_ctxmanager=True)

    async def __aexit__(self, type_: Any, value: Any, traceback: Any) -> Any:
        raise NotImplementedError()

    def raise_for_not_started(self) -> NoReturn:
        """Raise the error for a use before the start."""
        raise AsyncContextNotStarted(
            "this %s is not started: await it, or enter it with 'async with'" % type(self).__name__
        )


class GeneratorStartableContext(StartableContext[_T]):
    """The context of an asynchronous generator function that yields once."""

    __slots__ = ("gen",)

    def __init__(self, func: Callable[..., Any], args: Any, kwds: Any) -> None:
        self.gen = func(*args, **kwds)

    async def start(self, is_ctxmanager: bool = False) -> _T:
        try:
            start_value: _T = await self.gen.__anext__()
        except StopAsyncIteration:
            raise RuntimeError("the generator did not yield") from None
        if not is_ctxmanager:
            # awaited: there is no block whose end it could wait for
            await self.gen.aclose()
        return start_value

    async def __aexit__(self, type_: Any, value: Any, traceback: Any) -> Any:
        if type_ is None:
            try:
                await self.gen.__anext__()
            except StopAsyncIteration:
                return False
            raise RuntimeError("the generator did not stop after its one yield")
        if value is None:
            value = type_()
        try:
            await self.gen.athrow(value)
        except StopAsyncIteration as error:
            return error is not value
        except RuntimeError as error:
            if error is value:
                return False
            # a StopIteration that went through the generator comes out wrapped
            if isinstance(value, (StopIteration, StopAsyncIteration)) and error.__cause__ is value:
                return False
            raise
        except BaseException as error:
            if error is not value:
                raise
            return False
        raise RuntimeError("the generator did not stop after an error was thrown into it")


def asyncstartablecontext(func: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function whose result can be awaited and entered, made of an asynchronous generator function."""
    import functools

    @functools.wraps(func)
    def make(*args: Any, **kwds: Any) -> Any:
        return GeneratorStartableContext(func, args, kwds)

    return make


def refuse_second_start(subject: Any) -> Any:
    """Raise the error for a second start."""
    raise AsyncContextAlreadyStarted("this %s is started already" % type(subject).__name__)
