"""The loader option functions: joinedload(), selectinload(), defer(), load_only() and kin.

Each makes a ``Load`` rooted at the entity of the attribute it is given; the class is in ``load``.
"""

from __future__ import annotations

import typing

from sqltoolkit_core import exc as sa_exc

from .load import AliasOption
from .load import Load
from .load import attribute_of
from .load import wildcard_load

if typing.TYPE_CHECKING:
    from typing import Any
    from typing import Optional

__all__ = [
    "contains_alias",
    "contains_eager",
    "defaultload",
    "defer",
    "immediateload",
    "joinedload",
    "lazyload",
    "load_only",
    "noload",
    "raiseload",
    "selectin_polymorphic",
    "selectinload",
    "subqueryload",
    "undefer",
    "undefer_group",
    "with_expression",
]


def _along(keys: Any, method: str, kw: Any, lead: str = "defaultload") -> Load:
    """Return a Load for a chain of attributes: the last takes ``method``, those before only lead to it."""
    if not keys:
        raise sa_exc.ArgumentError("%s() needs the attribute that it is for" % method)
    load: Optional[Load] = None
    for position, key in enumerate(keys):
        last = position == len(keys) - 1
        if isinstance(key, str) and not last:
            raise sa_exc.ArgumentError("Nothing follows '*' in a loader option")
        if load is None:
            load = wildcard_load() if isinstance(key, str) else Load(attribute_of(key).parent)
        load = getattr(load, method)(key, **kw) if last else getattr(load, lead)(key)
    return load  # type: ignore[return-value]


def contains_eager(*keys: Any, **kw: Any) -> Load:
    """Load the attribute from columns that the statement itself joins and selects.

    :param keys: the attribute, or several of which each leads on from the one before, which are all loaded so.
    :param alias: the alias that stands for the related entity in the statement.
    """
    return _along(keys, "contains_eager", kw, "contains_eager")


def load_only(*attrs: Any, raiseload: bool = False) -> Load:
    """Load only the named column attributes of their entity and defer the others.

    :param raiseload: raise when a deferred attribute is read later, rather than load it.
    """
    load: Optional[Load] = None
    for attr in attrs:
        if isinstance(attr, str):
            raise sa_exc.ArgumentError(
                "load_only() takes mapped attributes; %r is a string. Use the class-bound attribute" % attr
            )
    if attrs:
        load = Load(attribute_of(attrs[0]).parent)
    if load is None:
        raise sa_exc.ArgumentError("load_only() needs at least one attribute")
    return load.load_only(*attrs, raiseload=raiseload)


def joinedload(*keys: Any, **kw: Any) -> Load:
    """Load the attribute in the same SELECT, by a JOIN.

    :param innerjoin: use an INNER JOIN: True, or ``"unnested"``.
    """
    return _along(keys, "joinedload", kw)


def subqueryload(*keys: Any) -> Load:
    """Load the attribute of all objects by a second SELECT that embeds the first one."""
    return _along(keys, "subqueryload", {})


def selectinload(*keys: Any, recursion_depth: Optional[int] = None, chunksize: Optional[int] = None) -> Load:
    """Load the attribute of all objects by a second SELECT with IN.

    :param recursion_depth: for a self-referential relationship, how many levels; -1 for all.
    :param chunksize: how many keys one IN takes.
    """
    return _along(keys, "selectinload", {"recursion_depth": recursion_depth, "chunksize": chunksize})


def lazyload(*keys: Any) -> Load:
    """Load the attribute when it is first read."""
    return _along(keys, "lazyload", {})


def immediateload(*keys: Any, recursion_depth: Optional[int] = None) -> Load:
    """Load the attribute right after its object, one SELECT for each."""
    return _along(keys, "immediateload", {"recursion_depth": recursion_depth})


def noload(*keys: Any) -> Load:
    """Leave the attribute empty and never load it. Deprecated: it says of related objects that there are none."""
    return _along(keys, "noload", {})


def raiseload(*keys: Any, **kw: Any) -> Load:
    """Raise when the attribute is read.

    :param sql_only: raise only where reading would take a SELECT.
    """
    return _along(keys, "raiseload", kw)


def defaultload(*keys: Any) -> Load:
    """Keep the attribute's own loading and lead to options below it."""
    return _along(keys, "defaultload", {})


def defer(key: Any, *, raiseload: bool = False) -> Load:
    """Leave the column attribute out until it is read.

    :param raiseload: raise when it is read, rather than load it.
    """
    return _along((key,), "defer", {"raiseload": raiseload})


def undefer(key: Any) -> Load:
    """Load a deferred column attribute with its object."""
    return _along((key,), "undefer", {})


def undefer_group(name: str) -> Load:
    """Load all deferred attributes of a group with their object."""
    return wildcard_load().undefer_group(name)


def with_expression(key: Any, expression: Any) -> Load:
    """Give a ``query_expression()`` attribute the SQL expression to load."""
    return _along((key,), "with_expression", {"expression": expression})


def selectin_polymorphic(base_cls: Any, classes: Any) -> Load:
    """Load the columns of the named subclasses by one SELECT with IN for each."""
    return Load(base_cls).selectin_polymorphic(classes)


def contains_alias(alias: Any) -> Any:
    """Name the alias that stands for the main entity in a textual or foreign statement."""
    return AliasOption(alias)
