"""What the user says of a relationship, and how names, functions and strings in it are resolved.

What follows for the join is in ``join_condition``.
"""

from __future__ import annotations

import re
import typing
from typing import Any
from typing import FrozenSet

from sqltoolkit_core import exc as core_exc
from sqltoolkit_core import inspection
from sqltoolkit_core.sql import coercions
from sqltoolkit_core.sql import roles
from sqltoolkit_core.sql import visitors
from sqltoolkit_core.util import warn

from .. import clsregistry
from ..base import class_mapper

if typing.TYPE_CHECKING:
    from typing import List

    from .relationship import RelationshipProperty

__all__ = [
    "CascadeOptions",
    "as_list",
    "foreign",
    "remote",
    "resolve_arguments",
    "resolve_target",
    "target_mapper",
]


def remote(expr: Any) -> Any:
    """Mark the part of a join condition that belongs to the target of the relationship."""
    return _mark(expr, "remote")


def foreign(expr: Any) -> Any:
    """Mark the part of a join condition that refers to the other part, like a foreign key."""
    return _mark(expr, "foreign")


def _mark(expr: Any, name: str) -> Any:
    expression = coercions.expect(roles.ColumnArgumentRole, expr)
    if expression.__visit_name__ == "column":
        return expression.annotate({name: True})

    def mark_column(element: Any) -> Any:
        return element.annotate({name: True}) if element.__visit_name__ == "column" else None

    return visitors.replacement_traverse(expression, {}, mark_column)


clsregistry.provide_names(foreign=foreign, remote=remote)

_ALL = frozenset(["save-update", "merge", "refresh-expire", "expunge", "delete"])
_KNOWN = _ALL | {"delete-orphan", "all", "none"}


class CascadeOptions(FrozenSet[str]):
    """The cascades of a relationship, from a comma-separated string or a collection of names."""

    __slots__ = ("save_update", "delete", "refresh_expire", "merge", "expunge", "delete_orphan")

    save_update: bool
    delete: bool
    refresh_expire: bool
    merge: bool
    expunge: bool
    delete_orphan: bool

    def __new__(cls, value_list: Any) -> CascadeOptions:
        if isinstance(value_list, str) or value_list is None:
            value_list = [name for name in re.split(r"\s*,\s*", value_list or "") if name]
        values = set(value_list)
        unknown = values.difference(_KNOWN)
        if unknown:
            raise core_exc.ArgumentError(
                "There is no cascade named %s" % ", ".join(repr(name) for name in sorted(unknown))
            )
        if "all" in values:
            values = values.union(_ALL) - {"all"}
        if "none" in values:
            values = set()
        self = super().__new__(cls, values)
        for attribute in cls.__slots__:
            setattr(self, attribute, attribute.replace("_", "-") in values)
        if self.delete_orphan and not self.delete:
            warn("'delete-orphan' cascades together with 'delete' only; give both")
        return self

    def __repr__(self) -> str:
        return "CascadeOptions(%r)" % ",".join(sorted(self))


#: the cascades a viewonly relationship may have
VIEWONLY_CASCADES = frozenset(["refresh-expire", "expunge", "merge"])


def target_mapper(prop: RelationshipProperty) -> Any:
    """Return the mapper or aliased entity that the relationship names."""
    argument = resolve_target(prop)
    if isinstance(argument, type):
        return class_mapper(argument, configure=False)
    found = inspection.inspect(argument, False)
    if found is None or not (getattr(found, "is_mapper", False) or getattr(found, "is_aliased_class", False)):
        raise core_exc.ArgumentError(
            "The target of relationship '%s' is a class or a mapper, not %s" % (prop.key, type(argument))
        )
    return found


def resolve_target(prop: RelationshipProperty) -> Any:
    """Return the class, mapper or alias given as the target, after names and functions were resolved."""
    argument = prop.argument
    if isinstance(argument, str):
        argument = clsregistry.resolver(prop.parent.class_, prop).resolve_name(argument)()
    elif callable(argument) and not isinstance(argument, type) and inspection.inspect(argument, False) is None:
        argument = argument()
        if isinstance(argument, str):
            argument = clsregistry.resolver(prop.parent.class_, prop).resolve_name(argument)()
    return argument


def resolve_arguments(prop: RelationshipProperty) -> None:
    """Resolve the expressions that were given as strings or functions."""
    for name in (
        "order_by",
        "primaryjoin",
        "secondaryjoin",
        "secondary",
        "foreign_keys_argument",
        "remote_side_argument",
    ):
        setattr(prop, name, _resolve(prop, name, getattr(prop, name)))
    prop.secondary = _as_from(prop.secondary)
    for name in ("primaryjoin", "secondaryjoin"):
        value = getattr(prop, name)
        if value is not None:
            setattr(prop, name, _deep_columns(coercions.expect(roles.WhereHavingRole, value, argname=name)))
    if prop.order_by is not False and prop.order_by is not None:
        prop.order_by = [
            coercions.expect(roles.ColumnArgumentRole, item, argname="order_by") for item in as_list(prop.order_by)
        ]
    prop.foreign_key_columns_argument = [
        _as_column(item, "foreign_keys") for item in as_list(prop.foreign_keys_argument)
    ]
    prop.remote_side_columns_argument = [
        _as_column(item, "remote_side") for item in as_list(prop.remote_side_argument)
    ]


def _resolve(prop: RelationshipProperty, name: str, value: Any) -> Any:
    resolver = clsregistry.resolver(prop.parent.class_, prop)
    if isinstance(value, str):
        if name == "secondary" and clsregistry.is_name(value):
            return resolver.resolve_table(value)()
        value = resolver.resolve_arg(value, favor_tables=name == "secondary")()
    elif _is_function(value):
        value = value()
        if isinstance(value, str):
            return _resolve(prop, name, value)
    return value


def _is_function(value: Any) -> bool:
    return (
        callable(value)
        and not isinstance(value, type)
        and not hasattr(value, "__clause_element__")
        and not hasattr(value, "__visit_name__")
    )


def as_list(value: Any) -> List[Any]:
    """Return a list of what may be one thing, several, or nothing."""
    if value is None or value is False:
        return []
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    return [value]


def _as_column(item: Any, argname: str) -> Any:
    return coercions.expect(roles.ColumnArgumentRole, item, argname=argname)


def _as_from(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, type) or getattr(value, "is_mapper", False):
        found = inspection.inspect(value, False)
        if found is not None:
            raise core_exc.ArgumentError(
                "secondary=%r of a relationship() is a mapped class; give its Table, whose rows are "
                "written without objects" % (value,)
            )
    return coercions.expect(roles.FromClauseRole, value, argname="secondary")


def _deep_columns(expression: Any) -> Any:
    """Return the expression without the entities that attributes brought in; marks of sides stay."""

    def plain(element: Any) -> Any:
        if element.__visit_name__ in ("select", "compound_select"):
            # its entities bring criteria into it
            return element
        if element.annotations and element.__visit_name__ == "column":
            kept = {name: True for name in ("remote", "foreign") if name in element.annotations}
            bare = element.deannotate()
            return bare.annotate(kept) if kept else bare
        return None

    return visitors.replacement_traverse(expression, {}, plain)
