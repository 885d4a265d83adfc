"""The second phase of mapping, in which mappers learn of each other; and the end of all mappings.

What happens when a class is mapped is in ``mapper``.
"""

from __future__ import annotations

import threading
import sys
import typing
import weakref
from typing import Any

from sqltoolkit_core import exc as core_exc

from ..base import EXT_SKIP

if typing.TYPE_CHECKING:
    from typing import Callable
    from typing import Iterable
    from typing import List

    from .mapper import Mapper

__all__ = [
    "check_configure",
    "clear_mappers",
    "configure_mappers",
    "configure_registries",
    "configured_rounds",
    "enter_mapper",
    "lock",
    "reconstructor",
    "registries",
    "validates",
]

#: held while mappers are made and configured
lock = threading.RLock()

#: all living registries
registries: weakref.WeakSet[Any] = weakref.WeakSet()


class _Progress:
    """Whether this process configures mappers at the moment."""

    running = False
    #: how many times mappers were configured
    rounds = 0
    #: where the class-wide events "before_configured" and "after_configured" are sent; see events.mapping
    mapper_class: Any = None


def enter_mapper(mapper: Mapper) -> None:
    """Note a new mapper, to be configured before any is used."""
    registry = mapper.registry
    registry.new_mappers = True
    _Progress.mapper_class = type(mapper)
    for other in list(registries):
        if other.any_finalized:
            other.any_finalized = False
            for manager in other.managers():
                manager.finalized = False


def configured_rounds() -> int:
    """Return how many times mappers were configured: what was found out about all of them holds until that changes."""
    return _Progress.rounds


def check_configure(registry: Any) -> None:
    """Configure the registry and those it refers to, if it has new mappers."""
    if registry.new_mappers:
        configure_registries([registry], cascade=True)


def configure_mappers() -> None:
    """Configure all mappers that are not configured yet: resolve what relationships name.

    It happens by itself when mapped classes are first used; call it to have errors early.
    """
    configure_registries(list(registries), cascade=True)


def configure_registries(found: Iterable[Any], cascade: bool) -> None:
    """Configure the mappers of these registries.

    :param found: the registries.
    :param cascade: configure other registries that these refer to, instead of an error.
    """
    found = list(found)
    if cascade:
        for registry in found:
            found.extend(other for other in registry.dependencies if other not in found)
    if not any(registry.new_mappers for registry in found):
        return
    with lock:
        if _Progress.running:
            return
        _Progress.running = True
        try:
            if not any(registry.new_mappers for registry in found):
                return
            if _Progress.mapper_class is not None:
                for fn in _Progress.mapper_class.dispatch.before_configured:
                    fn()
            told = [registry for registry in found if registry.new_mappers]
            for registry in told:
                registry.dispatch.before_configured(registry)
            _Progress.rounds += 1
            _configure_all(found, cascade)
        finally:
            _Progress.running = False
    for registry in told:
        registry.dispatch.after_configured(registry)
    if _Progress.mapper_class is not None:
        for fn in _Progress.mapper_class.dispatch.after_configured:
            fn()


def _configure_all(found: List[Any], cascade: bool) -> None:
    every = list(found)
    for registry in every:
        _configure_registry(registry)
        # configuring tells to which other registries relationships lead
        for other in registry.dependencies:
            if other not in every:
                if not cascade and other.new_mappers:
                    raise core_exc.InvalidRequestError(
                        "configure() was called for a registry that refers to another registry with mappers that are "
                        "not configured; pass cascade=True to configure both"
                    )
                every.append(other)


def _configure_registry(registry: Any) -> None:
    # configuring may make mappers of its own, which are met in the next round
    while True:
        waiting = [m for m in registry.mappers_in_order() if not m.configured and m not in registry.skipped]
        if not waiting:
            break
        for mapper in waiting:
            _configure_one(mapper, registry)
    registry.new_mappers = bool(registry.skipped)
    registry.skipped = set()


def _configure_one(mapper: Mapper, registry: Any) -> None:
    """Configure a mapper, if no listener puts it off."""
    if mapper.configure_failed:
        raise core_exc.InvalidRequestError(
            "The configuration of mapper '%s' failed earlier, so no mapper can be used. The error was: %s"
            % (mapper, mapper.configure_failed)
        )
    if mapper.configured:
        return
    for fn in mapper.dispatch.before_mapper_configured:
        if fn(mapper, mapper.class_) is EXT_SKIP:
            registry.skipped.add(mapper)
            return
    try:
        mapper.configure_properties()
        mapper.forget_memos()
        mapper.configured = True
        _log_configured(mapper)
        mapper.dispatch.mapper_configured(mapper, mapper.class_)
    except Exception as err:
        mapper.configured = False
        mapper.configure_failed = err
        raise


def _log_configured(mapper: Mapper) -> None:
    """Write what a class is mapped to, and how its relationships join, to the log."""
    # who has not imported logging has asked for no lines
    if "logging" not in sys.modules or not mapper.logger.isEnabledFor(20):
        return
    mapper.logger.info(
        "%s is configured: key (%s), attributes %s",
        mapper,
        ", ".join(column.name for column in mapper.primary_key),
        ", ".join(mapper.attrs.keys()),
    )
    for prop in mapper.relationships:
        joins = [join for join in (prop.primaryjoin, prop.secondaryjoin) if join is not None]
        prop.logger.info(
            "%s is %s to %s: %s", prop, prop.direction.name, prop.mapper.class_.__name__, " AND ".join(map(str, joins))
        )


def clear_mappers() -> None:
    """Remove all mappings from all classes."""
    with lock:
        for registry in list(registries):
            registry.dispose(cascade=True)


def reconstructor(fn: Any) -> Any:
    """Mark the method that loading an object calls, as it does not call ``__init__``."""
    fn._sa_reconstructor = True
    return fn


def validates(
    *names: str, include_removes: bool = False, include_backrefs: bool = True
) -> Callable[[Any], Any]:
    """Mark a method ``fn(self, key, value)`` as the validator of attributes; what it returns is used.

    :param names: the attributes.
    :param include_removes: call it for what leaves too, with a last argument ``is_remove``.
    :param include_backrefs: call it for changes that come from the other end of a relationship.
    """

    def decorate(fn: Any) -> Any:
        fn._sa_validators = names
        fn._sa_validation_options = {
            "include_removes": include_removes,
            "include_backrefs": include_backrefs,
        }
        return fn

    return decorate
