"""Names of loggers, echo, and the loggers of single instances.

What is logged is said where it happens; this module answers "is anybody interested" cheaply and finds the logger.
"""

from __future__ import annotations

import sys
import typing
from typing import Any

from . import exc

if typing.TYPE_CHECKING:
    from typing import Literal
    from typing import Optional
    from typing import Type
    from typing import TypeVar
    from typing import Union

    _IT = TypeVar("_IT", bound="Identified")
    EchoFlag = Union[None, bool, Literal["debug"]]

__all__ = [
    "Identified",
    "InstanceLogger",
    "STACKLEVEL",
    "class_logger",
    "echo_property",
    "instance_logger",
    "rootlogger_name",
]

#: the logger above all loggers of the toolkit
rootlogger_name = __name__.rpartition(".")[0] or "sqltoolkit_core"

# logging passes a stack level since 3.8; since 3.11 it starts to count one frame further in
STACKLEVEL = sys.version_info >= (3, 8)
_OWN_FRAMES = 2 if sys.version_info >= (3, 11) else 1

_LEVELS = {None: 0, False: 0, True: 20, "debug": 10}


def _qualified(cls: Any) -> str:
    # a class may have a logger of another name than where it is defined
    named: Optional[str] = getattr(cls, "logger_namespace", None)
    return cls.__module__ + "." + cls.__name__ if named is None else named


class _LazyLogger:
    # logging is imported with the first message, or by the program itself
    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, obj: Any, cls: Any) -> Any:
        import logging

        return logging.getLogger(self.name)


def class_logger(cls: Type[Any]) -> Type[Any]:
    """Give the class a ``logger`` of its own name, and the questions whether debug or info is wanted; a decorator."""
    cls.logger = _LazyLogger(_qualified(cls))
    cls._should_log_debug = lambda self: self.logger.isEnabledFor(10)
    cls._should_log_info = lambda self: self.logger.isEnabledFor(20)
    return cls


class Identified:
    """Something that has a logger of its own, named after its class and ``logging_name``."""

    __slots__ = ()

    logging_name: Optional[str] = None
    logger: Any
    _echo: EchoFlag

    def _should_log_debug(self) -> bool:
        return bool(self.logger.isEnabledFor(10))

    def _should_log_info(self) -> bool:
        return bool(self.logger.isEnabledFor(20))


class InstanceLogger:
    """A logger whose level is that of ``echo`` where it is set, else that of the logger of the same name."""

    __slots__ = ("echo", "logger")

    def __init__(self, echo: EchoFlag, name: str) -> None:
        import logging

        if echo not in _LEVELS:
            raise exc.ArgumentError("echo is True, False, None or 'debug', not %r" % (echo,))
        self.echo = echo
        self.logger = logging.getLogger(name)
        if _LEVELS[echo] and not self.logger.hasHandlers():
            _print_to_stdout()

    def getEffectiveLevel(self) -> int:
        """Return the level of `echo` where it is set, else that of the logger."""
        return _LEVELS[self.echo] or self.logger.getEffectiveLevel()

    def isEnabledFor(self, level: int) -> bool:
        """Say whether a record of this level would be written."""
        if self.logger.manager.disable >= level:
            return False
        return level >= self.getEffectiveLevel()

    def log(self, level: int, msg: str, *args: Any, **kw: Any) -> None:
        """Write ``msg % args`` if ``level`` is enabled here, whatever the logger's own level."""
        self._write(level, msg, args, kw)

    def _write(self, level: int, msg: str, args: Any, kw: Any) -> None:
        if not self.isEnabledFor(level):
            return
        if STACKLEVEL:
            kw["stacklevel"] = kw.get("stacklevel", 1) + _OWN_FRAMES
        else:
            kw.pop("stacklevel", None)
        self.logger._log(level, msg, args, **kw)

    def debug(self, msg: str, *args: Any, **kw: Any) -> None:
        """Write a record of level DEBUG."""
        self._write(10, msg, args, kw)

    def info(self, msg: str, *args: Any, **kw: Any) -> None:
        """Write a record of level INFO."""
        self._write(20, msg, args, kw)

    def warning(self, msg: str, *args: Any, **kw: Any) -> None:
        """Write a record of level WARNING."""
        self._write(30, msg, args, kw)

    warn = warning

    def error(self, msg: str, *args: Any, **kw: Any) -> None:
        """Write a record of level ERROR."""
        self._write(40, msg, args, kw)

    def exception(self, msg: str, *args: Any, **kw: Any) -> None:
        """Write a record of level ERROR with the traceback of the exception being handled."""
        kw["exc_info"] = True
        self._write(40, msg, args, kw)

    def critical(self, msg: str, *args: Any, **kw: Any) -> None:
        """Write a record of level CRITICAL."""
        self._write(50, msg, args, kw)


def _print_to_stdout() -> None:
    import logging

    root = logging.getLogger(rootlogger_name)
    if root.handlers:
        return
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)


class _LoggerOnUse:
    """Stands for an instance's logger until somebody asks it for something."""

    __slots__ = ("_name", "_owner")

    def __init__(self, owner: Any, name: str) -> None:
        self._owner = owner
        self._name = name

    def isEnabledFor(self, level: int) -> bool:
        logging = sys.modules.get("logging")
        if logging is None:
            # nobody can have asked for messages
            return level >= 30
        return bool(logging.getLogger(self._name).isEnabledFor(level))

    def __getattr__(self, name: str) -> Any:
        import logging

        found = self._owner.__dict__["logger"] = logging.getLogger(self._name)
        return getattr(found, name)


def instance_logger(instance: Any, echoflag: EchoFlag = None) -> None:
    """Give ``instance`` its ``logger``: its own level where echo is set, the shared logger of its name otherwise."""
    name = _qualified(instance.__class__)
    if instance.logging_name:
        name = "%s.%s" % (name, instance.logging_name)
    instance._echo = echoflag
    if echoflag in (False, None):
        instance.logger = _LoggerOnUse(instance, name)
    else:
        instance.logger = InstanceLogger(echoflag, name)


class echo_property:
    """The ``echo`` attribute: True writes what is done to standard output, ``"debug"`` results too."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        if isinstance(instance.logger, InstanceLogger):
            return instance.logger.echo
        return instance._echo

    def __set__(self, instance: Any, value: EchoFlag) -> None:
        instance_logger(instance, echoflag=value)
